/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HAND_H
#define HAND_H

void hand_mirror(const char *from, const char *to);
void hand_clear(const char *dir);
void hand_move(const char *from, const char *to);
void hand_move_all(const char *from, const char *to);
void hand_remount(const char *dir, const char *options);

#endif
