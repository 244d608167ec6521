/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: transactions; the head of txn.c says how an operation uses them.
 */
#ifndef __CGROUP_TXN_H
#define __CGROUP_TXN_H

#include <linux/cgroup.h>
#include <linux/list.h>

struct cgroup_step;
struct cgroup_txn;

/**
 * struct cgroup_step_ops - what a step of a transaction can do
 * @commit: in order, under the locks of the operation: make the change; cannot fail
 * @post: in order, after all commits, under cgroup_mutex, after the locks nested in it are
 *	dropped: work that takes other locks
 * @abort: in reverse order, under cgroup_mutex: undo the prepare exactly
 * @late: in order, after a commit, without cgroup_mutex, before any finish: work that may sleep
 *	on locks which user space can hold.  A move still holds its thread group.  A worker may
 *	call it: see cgroup_call_locked_then().
 * @finish: in order, without cgroup_mutex, after all late parts or after an abort: work that
 *	waits, and cleanup.  Then the memory of cgroup_txn_alloc() is freed.
 *
 * All of them are optional.  What can fail is done before, by the function that prepares the step
 * and then adds it with cgroup_txn_add().
 */
struct cgroup_step_ops {
	void (*commit)(struct cgroup_step *step);
	void (*post)(struct cgroup_step *step);
	void (*abort)(struct cgroup_step *step);
	void (*late)(struct cgroup_step *step);
	void (*finish)(struct cgroup_step *step, bool committed);
};

/* The first member of each kind of step; most steps are allocated by cgroup_txn_alloc(). */
struct cgroup_step {
	const struct cgroup_step_ops *ops;
	struct list_head node;
};

/**
 * struct cgroup_txn - a transaction, on the stack of its operation
 * @steps: the prepared steps, in order
 * @blocks: memory of its steps
 * @committed: it was committed
 * @late_done: cgroup_txn_late() has been called
 * @has_text: the operation shows @why to its caller
 * @tries_again: the operation may be tried again after -ENOMEM
 * @said: the refusal described below has been logged
 * @err: the errno of the refusal
 * @hierarchy_id: hierarchy of the cgroup that was to change
 * @path: path of that cgroup, cut if it is too long
 * @why: why it was refused, or empty; see cgroup_txn_refuse()
 */
struct cgroup_txn {
	struct list_head steps;
	struct cgroup_txn_block *blocks;
	bool committed;
	bool late_done;
	bool has_text;
	bool tries_again;
	bool said;
	int err;
	int hierarchy_id;
	char path[128];
	char why[128];
};

/* The initializer of a transaction without steps, which may be a member of a struct. */
#define CGROUP_TXN_INIT(_txn)	{ .steps = LIST_HEAD_INIT((_txn).steps) }

#define DEFINE_CGROUP_TXN(_name)						\
	struct cgroup_txn _name = CGROUP_TXN_INIT(_name)

void cgroup_txn_say(struct cgroup_txn *txn);
void *cgroup_txn_alloc(struct cgroup_txn *txn, size_t size);
void cgroup_txn_add(struct cgroup_txn *txn, struct cgroup_step *step,
		    const struct cgroup_step_ops *ops);
void cgroup_txn_commit(struct cgroup_txn *txn);
void cgroup_txn_late(struct cgroup_txn *txn);
void cgroup_txn_abort(struct cgroup_txn *txn);
int cgroup_txn_conclude(struct cgroup_txn *txn, int ret);
void cgroup_txn_finish(struct cgroup_txn *txn);
__printf(4, 5)
int cgroup_txn_refuse(struct cgroup_txn *txn, struct cgroup *cgrp, int err, const char *fmt, ...);
__printf(4, 5)
int cgroup_file_refuse(struct kernfs_open_file *of, struct cgroup *cgrp, int err,
		       const char *fmt, ...);

#endif	/* __CGROUP_TXN_H */
