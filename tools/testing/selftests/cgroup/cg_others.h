/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The others: processes outside a subtree whose owner attacks them.  cg_others.c measures the
 * longest time of each of their operations.  The callers are test_delegation*.c and the
 * delegation part of the bench.
 *
 *  h/		the hierarchy with the owner's subtree
 *  |-- u/	that subtree
 *  `-- v/	of the others, which run as root; with a/ and b/
 *  o/		another hierarchy
 *  `-- v/	of the others, too; with a/ and b/
 */
#ifndef CG_OTHERS_H
#define CG_OTHERS_H

#include <stdbool.h>
#include <sys/types.h>

/* What the others do, each kind in a process of its own. */
enum {
	CG_FORK,		/* fork, exit, wait */
	CG_EXEC,		/* the same with an exec of a small program */
	CG_MKDIR,		/* mkdir and rmdir, in h and o in turn */
	CG_MOVE,		/* move a process by cgroup.procs, in h and o in turn */
	CG_KINDS
};

#define CG_ALL_KINDS	((1U << CG_KINDS) - 1)

extern const char * const cg_kind_names[CG_KINDS];

/* One phase: the longest operation of each kind, in microseconds, and their number. */
struct cg_times {
	long long worst[CG_KINDS];
	long count[CG_KINDS];
};

/* The same load without the attack, and with it. */
struct cg_times_pair {
	struct cg_times baseline;
	struct cg_times attack;
	long writes;		/* how often the attacker wrote */
	long long longest;	/* its longest write, in microseconds */
	int error;		/* a write that failed: -errno */
};

int cg_others_mount(const char *options);
int cg_others_start(unsigned int kinds);
void cg_others_measure(int ms, struct cg_times *times);
int cg_others_stop(void);
bool cg_others_are_free(const struct cg_times_pair *pair);
void cg_others_print(const char *name, const struct cg_times_pair *pair);

/* Processors: the others run alone on the first one, the load runs on the rest. */
void cg_pin_first(void);
void cg_pin_rest(int turn);

long long cg_now_us(void);
int cg_give(const char *dir, uid_t uid);
int cg_become(uid_t uid);

#endif
