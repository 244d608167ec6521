// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: transactions.
 *
 * mkdir, mount, remount and moving tasks have one thing in common: some tasks
 * get other csses, or new csses are made.  Each is a list of steps.  First the
 * steps are prepared, with everything that can fail.  Then all of them are
 * committed, or all are aborted in reverse order:
 *
 *	DEFINE_CGROUP_TXN(txn);
 *
 *	cgroup_lock();
 *	ret = prepare_this(&txn, ...) ?: prepare_that(&txn, ...);
 *	if (!ret)
 *		cgroup_txn_commit(&txn);
 *	ret = cgroup_txn_conclude(&txn, ret);
 *	cgroup_unlock();
 *	cgroup_txn_finish(&txn);
 *
 * A prepare function that fails leaves nothing behind except memory from
 * cgroup_txn_alloc().  The abort undoes the steps before it.  What the parts of a step may do
 * is described at struct cgroup_step_ops.
 */
#define pr_fmt(fmt) "cgroup: " fmt

#include <linux/capability.h>
#include <linux/ratelimit.h>
#include "subsys.h"
#include "txn.h"

/* Memory for steps, handed out from its beginning. */
struct cgroup_txn_block {
	struct cgroup_txn_block *next;
	size_t used;
	u64 data[126];
};

/**
 * cgroup_txn_alloc - get memory for a step
 * @txn: the transaction, which frees it at the end of cgroup_txn_finish()
 * @size: how many bytes; at most what one block has
 *
 * Steps share blocks of memory, because a change of a tree has one or two for each cgroup.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: zeroed memory, or NULL.
 */
void *cgroup_txn_alloc(struct cgroup_txn *txn, size_t size)
{
	struct cgroup_txn_block *block = txn->blocks;
	void *mem;

	lockdep_assert_held(&cgroup_mutex);

	size = ALIGN(size, sizeof(block->data[0]));
	if (WARN_ON_ONCE(size > sizeof(block->data)))
		return NULL;
	if (!block || size > sizeof(block->data) - block->used) {
		block = kzalloc(sizeof(*block), GFP_KERNEL);
		if (!block)
			return NULL;
		block->next = txn->blocks;
		txn->blocks = block;
	}
	mem = (void *)block->data + block->used;
	block->used += size;
	return mem;
}

static void cgroup_txn_free_blocks(struct cgroup_txn *txn)
{
	struct cgroup_txn_block *block, *next;

	for (block = txn->blocks; block; block = next) {
		next = block->next;
		kfree(block);
	}
	txn->blocks = NULL;
}

/**
 * cgroup_txn_add - add a prepared step to a transaction
 * @txn: the transaction
 * @step: the step; lives until cgroup_txn_finish() has called its @ops->finish
 * @ops: what it does
 *
 * Context: cgroup_mutex.
 */
void cgroup_txn_add(struct cgroup_txn *txn, struct cgroup_step *step,
		    const struct cgroup_step_ops *ops)
{
	lockdep_assert_held(&cgroup_mutex);

	step->ops = ops;
	list_add_tail(&step->node, &txn->steps);
}

/**
 * cgroup_txn_commit - commit all prepared steps, in order
 * @txn: the transaction
 *
 * Context: cgroup_mutex; cpus_read_lock() as well if a step is a migration; may sleep.
 */
void cgroup_txn_commit(struct cgroup_txn *txn)
{
	struct cgroup_step *step;

	lockdep_assert_held(&cgroup_mutex);

	list_for_each_entry(step, &txn->steps, node)
		if (step->ops->commit)
			step->ops->commit(step);
	txn->committed = true;
}

/* Do what follows a commit, still under cgroup_mutex, but under no other lock. */
static void cgroup_txn_post(struct cgroup_txn *txn)
{
	struct cgroup_step *step;

	list_for_each_entry(step, &txn->steps, node)
		if (step->ops->post)
			step->ops->post(step);
}

/**
 * cgroup_txn_abort - undo all prepared steps, the last one first
 * @txn: the transaction
 *
 * Context: cgroup_mutex; may sleep.
 */
void cgroup_txn_abort(struct cgroup_txn *txn)
{
	struct cgroup_step *step;

	lockdep_assert_held(&cgroup_mutex);

	list_for_each_entry_reverse(step, &txn->steps, node)
		if (step->ops->abort)
			step->ops->abort(step);
}

/**
 * cgroup_txn_conclude - do what follows a commit, or abort after a refusal
 * @txn: the transaction
 * @ret: 0 if it was committed
 *
 * Context: cgroup_mutex and no other lock; may sleep.
 * Return: @ret.
 */
int cgroup_txn_conclude(struct cgroup_txn *txn, int ret)
{
	lockdep_assert_held(&cgroup_mutex);

	if (ret)
		cgroup_txn_abort(txn);
	else
		cgroup_txn_post(txn);
	return ret;
}

/**
 * cgroup_txn_late - do what follows a commit after cgroup_mutex is dropped
 * @txn: the transaction, committed or aborted
 *
 * cgroup_txn_finish() does it if this was not called.
 *
 * Context: of the locks of the core, only cgroup_reshape_mutex and the thread group that is moved
 * may be held; may sleep and wait.
 */
void cgroup_txn_late(struct cgroup_txn *txn)
{
	struct cgroup_step *step;

	lockdep_assert_not_held(&cgroup_mutex);

	if (!txn->committed || txn->late_done)
		return;
	txn->late_done = true;
	list_for_each_entry(step, &txn->steps, node)
		if (step->ops->late)
			step->ops->late(step);
}

/**
 * cgroup_txn_finish - do the work that had to wait until the locks were dropped
 * @txn: the transaction, committed or aborted
 *
 * The steps, and all other memory of cgroup_txn_alloc(), are gone afterwards.
 *
 * Context: of the locks of the core, only cgroup_reshape_mutex and the thread group that
 * was moved may be held; may sleep and wait.
 */
void cgroup_txn_finish(struct cgroup_txn *txn)
{
	struct cgroup_step *step, *next;

	might_sleep();
	lockdep_assert_not_held(&cgroup_mutex);

	cgroup_txn_late(txn);
	/* some steps free themselves */
	list_for_each_entry_safe(step, next, &txn->steps, node)
		if (step->ops->finish)
			step->ops->finish(step, txn->committed);
	INIT_LIST_HEAD(&txn->steps);
	cgroup_txn_free_blocks(txn);
}

/**
 * cgroup_txn_say - log why an operation was refused, unless that was logged already
 * @txn: the operation's transaction; a mount shows the text to its caller, and logs nothing
 *
 * The rate of lines is limited.  Root has its own limit, which other users cannot use up.
 *
 * Context: may sleep.
 */
void cgroup_txn_say(struct cgroup_txn *txn)
{
	static struct ratelimit_state of_root =
		RATELIMIT_STATE_INIT_FLAGS(of_root, 5 * HZ, 10, RATELIMIT_MSG_ON_RELEASE);
	static struct ratelimit_state of_others =
		RATELIMIT_STATE_INIT_FLAGS(of_others, 5 * HZ, 10, RATELIMIT_MSG_ON_RELEASE);
	bool root = ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);

	if (!txn->why[0] || txn->has_text || txn->said)
		return;
	txn->said = true;
	if (__ratelimit(root ? &of_root : &of_others))
		pr_info("%s: %s of hierarchy %d: error %d\n", txn->why, txn->path,
			txn->hierarchy_id, txn->err);
}

/**
 * cgroup_txn_refuse - note why an operation is refused, and log it
 * @txn: the operation's transaction
 * @cgrp: the cgroup that was to change
 * @err: the errno that the caller gets
 * @fmt: why: a sentence without a full stop, which names the subsystem if there is one
 *
 * If the operation may be tried again, -ENOMEM is logged only after the last try.
 *
 * Context: may sleep.
 * Return: @err.
 */
int cgroup_txn_refuse(struct cgroup_txn *txn, struct cgroup *cgrp, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(txn->why, sizeof(txn->why), fmt, args);
	va_end(args);

	txn->said = false;
	txn->err = err;
	txn->hierarchy_id = cgrp->root->hierarchy_id;
	cgroup_path(cgrp, txn->path, sizeof(txn->path));
	if (err != -ENOMEM || !txn->tries_again)
		cgroup_txn_say(txn);
	return err;
}

/**
 * cgroup_file_refuse - as cgroup_txn_refuse(), for a write that starts no transaction
 * @of: the control file that was written
 * @cgrp: its cgroup
 * @err: the errno that the caller gets
 * @fmt: what is wrong, after the name of the file
 *
 * Context: the write operation of @of; @cgrp is referenced, or the active protection of @of
 * is not broken.  May sleep.
 * Return: @err.
 */
int cgroup_file_refuse(struct kernfs_open_file *of, struct cgroup *cgrp, int err,
		       const char *fmt, ...)
{
	DEFINE_CGROUP_TXN(txn);
	struct va_format why = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	why.va = &args;
	cgroup_txn_refuse(&txn, cgrp, err, "%s %pV", of->kn->name, &why);
	va_end(args);
	return err;
}
