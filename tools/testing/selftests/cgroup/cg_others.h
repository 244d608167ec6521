/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long the operations of others take at worst, while the owner of a subtree does
 * what it can against them: cg_others.c.  The callers are test_delegation*.c and the
 * delegation part of the bench.
 *
 *  h/		the hierarchy with the owner's subtree
 *  |-- u/	that subtree
 *  `-- v/	of the others, who are root's; with a/ and b/
 *  o/		another hierarchy
 *  `-- v/	of the others, too
 */
#ifndef CG_OTHERS_H
#define CG_OTHERS_H

#include <stdbool.h>
#include <sys/types.h>

/* What the others do, each kind in a process of its own. */
enum {
	CG_FORK,		/* fork, exit, wait */
	CG_EXEC,		/* the same with an exec of a small program */
	CG_MKDIR,		/* mkdir and rmdir, in h and o by turns */
	CG_MOVE,		/* a process, by cgroup.procs, in h and o by turns */
	CG_KINDS
};

#define CG_ALL_KINDS	((1U << CG_KINDS) - 1)

extern const char * const cg_kind_names[CG_KINDS];

/* The times of one phase: the longest of each kind, in microseconds, and how many. */
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

/* Processors: the others have the first one to themselves, the load has the rest. */
void cg_pin_first(void);
void cg_pin_rest(int turn);

long long cg_now_us(void);
int cg_phase_ms(int by_default);
int cg_give(const char *dir, uid_t uid);
int cg_become(uid_t uid);

#endif
