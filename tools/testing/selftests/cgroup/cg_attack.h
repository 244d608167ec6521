/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attacks of test_delegation.c and of the delegation part of the bench: the owner of
 * a delegated subtree, uid 1000, writes to its files while it is kept from running.
 *
 *  h/			mounted with the attack's options
 *  `-- u/		of the owner
 *      |-- slow/	the tasks that hardly run: by a quota, or by a low weight
 *      |   |-- a/
 *      |   |-- b/
 *      |   `-- x/	the group that the attack is about; g0/, g1/, ... if it has groups
 *      `-- free/	the owner's other tasks
 */
#ifndef CG_ATTACK_H
#define CG_ATTACK_H

#include "cg_others.h"

#define CG_OWNER	1000

/* What keeps the tasks in slow/ from running. */
enum cg_starve {
	CG_BY_QUOTA,		/* 2 ms in 100 ms; 1 ms in 10 ms if measured for a short time */
	CG_BY_SHARES,		/* the least cpu.shares, beside spinning tasks in free/ */
	CG_BY_NICE,		/* the writer is nice, beside spinning tasks */
	CG_BY_IDLE,		/* the writer is SCHED_IDLE, beside spinning tasks */
	CG_BY_CROWD,		/* hundreds of spinning tasks, all alike */
};

/**
 * struct cg_attack - one attack
 * @name: of the attack
 * @options: of the mount at h
 * @ours: only this core has it, mainline has not
 * @starve: see there
 * @is_free: the writer is in free/, not in @home
 * @by_root: the writer is root, not the owner, and starved by nothing
 * @home: group of the spinning tasks, and of the writer
 * @members: sleeping tasks in x
 * @groups: groups below x, among which @members are spread
 * @spinners: spinning tasks
 * @forkers: threads of one process in x that fork all the time
 * @files: open sockets of each member
 * @wedged: there is a process in x whose mmap_lock nobody gets, see cg_wedge.h
 * @looks: the spinning tasks look for files during the attack
 * @disk: the owner may write to a disk
 * @numa: it takes two memory nodes
 * @kinds: what others do that must not be held up; 0: all
 * @prepare: by the owner, before there are members and groups; may be NULL
 * @begin: by the writer, before it starts; may be NULL
 * @write: by the writer, again and again; 0 or -errno
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

/* All of them; behind the last is one without a name. */
extern const struct cg_attack cg_attacks[];

const struct cg_attack *cg_attack_find(const char *name);
const char *cg_attack_lacks(const struct cg_attack *attack);
int cg_attack_run(const struct cg_attack *attack, int ms, struct cg_times_pair *pair);

#endif
