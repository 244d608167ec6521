/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that keeps its mmap lock.
 *
 * One thread holds the lock for reading while it populates a mapping. The bandwidth control of
 * its cpu group throttles it meanwhile, so it does not finish. Another thread waits for the
 * lock for writing, so no new reader gets it either.
 *
 * The process has CG_HOLD_KEPT bytes of memory all the time, and more while it holds the lock.
 * A caller has one such process at a time: orders and reports go through pipes of the last one.
 */
#ifndef CG_HOLD_H
#define CG_HOLD_H

#include <sys/types.h>

#define CG_HOLD_KEPT	(2LL << 20)

int cg_hold_setup(void);
pid_t cg_hold_mmap_lock(void);
int cg_hold_begin(pid_t pid);
int cg_hold_end(pid_t pid);
int cg_hold_kill(pid_t pid);

#endif
