/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attacks of test_delegation.c and of the delegation part of the bench: the owner of
 * a delegated subtree, uid 1000, writes to its files while its tasks hardly run.
 *
 *  h/			mounted with the attack's options
 *  `-- u/		of the owner
 *      |-- slow/	the tasks that hardly run, because of a quota or a low weight
 *      |   |-- a/
 *      |   |-- b/
 *      |   `-- x/	the group to which most attacks write; g0/, g1/, ... if @groups
 *      `-- free/	the owner's other tasks
 */
#ifndef CG_ATTACK_H
#define CG_ATTACK_H

#include "cg_others.h"

#define CG_OWNER	1000

/* What keeps the tasks in slow/ from running. */
enum cg_starve {
	CG_BY_QUOTA,		/* 2 ms in 100 ms; 1 ms in 10 ms in a short measurement */
	CG_BY_SHARES,		/* the lowest cpu.shares, beside spinning tasks in free/ */
	CG_BY_NICE,		/* the writer is nice, beside spinning tasks */
	CG_BY_IDLE,		/* the writer is SCHED_IDLE, beside spinning tasks */
	CG_BY_CROWD,		/* hundreds of spinning tasks of the same weight */
};

/**
 * struct cg_attack - one attack
 * @name: its name
 * @options: the options of the mount at h
 * @ours: it needs an operation that mainline does not have
 * @starve: what keeps the tasks in slow/ from running
 * @is_free: the writer is in free/, not in @home
 * @by_root: the writer is root, not the owner, and is not starved
 * @home: group of the spinning tasks, and of the writer
 * @members: sleeping tasks in x
 * @groups: groups below x, among which @members are spread
 * @spinners: spinning tasks
 * @forkers: threads of one process in x that fork all the time
 * @files: open sockets of each member
 * @wedged: x has a process whose mmap_lock no other task can take, see cg_wedge.h
 * @looks: the spinning tasks look up files during the attack
 * @disk: the owner may write to a disk
 * @numa: it needs two memory nodes
 * @kinds: the operations of others that must not be held up; 0: all
 * @prepare: the owner calls it before it makes members and the groups in x; may be NULL
 * @begin: the writer calls it once before it writes; may be NULL
 * @write: the writer calls it again and again; returns 0 or -errno
 */
struct cg_attack {
	const char *name;
	const char *options;
	bool ours;
	enum cg_starve starve;
	bool is_free;
	bool by_root;
	const char *home;
	int members;
	int groups;
	int spinners;
	int forkers;
	int files;
	bool looks;
	bool wedged;
	bool disk;
	bool numa;
	unsigned int kinds;
	int (*prepare)(void);
	int (*begin)(void);
	int (*write)(long turn);
};

/* All attacks, and an entry without a name at the end. */
extern const struct cg_attack cg_attacks[];

const struct cg_attack *cg_attack_find(const char *name);
const char *cg_attack_lacks(const struct cg_attack *attack);
int cg_attack_run(const struct cg_attack *attack, int ms, struct cg_times_pair *pair);

#endif
