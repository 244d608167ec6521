/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs to make and to remove groups.
 */
#ifndef DIRS_H
#define DIRS_H

/* A group is made, or removed; LISTED: after it was made, the names of its files are read. */
enum { MADE, REMOVED, LISTED, REMOVED_LISTED, DIR_COSTS };

/* The name of each of these figures. */
extern const char *const dir_costs[DIR_COSTS];

void list_dir(const char *name);
void measure_dirs(char *root, long long cost_of[DIR_COSTS]);

#endif
