/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owners of subtrees who write everything they may, all at once, for as long as a test runs.
 * Each has a uid of its own and a group DIR/oN.  It makes, renames and removes groups below it,
 * reads and writes all their files, and its tasks fork, exec, exit and are moved, frozen,
 * signalled and starved by it.  The owner itself is in no group of its own, so it runs on.
 */
#ifndef CG_OWNERS_H
#define CG_OWNERS_H

#include <sys/types.h>

#define CG_MAX_OWNERS	8

/* What an owner has done so far. */
struct cg_owners_work {
	long written;		/* writes that were done */
	long refused;		/* writes that were refused */
	long made, renamed, removed;
	long attached;		/* writes to tasks and cgroup.procs that moved something */
	long born;		/* tasks that they started */
	int wrong;		/* what they should not have been allowed to do */
};

int cg_owners_start(const char *dir, int nr);
int cg_owners_get_on(int ms);
int cg_owners_stop(void);

#endif
