/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs to kill a group.
 */
#ifndef KILLS_H
#define KILLS_H

void bench_kills(const char *freezer, const char *signals, int size);
void bench_kill_bombs(const char *freezer, const char *signals);

#endif
