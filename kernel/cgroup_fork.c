// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: fork, exec and exit.
 *
 * The css_set of a task is changed by whoever moves it, with its thread group
 * held for writing.  A fork holds its thread group for reading from before
 * can_fork() until the child is a member, so parent and child are in the same
 * css_set, and can_fork(), cancel_fork() and fork() see one css.  A child that
 * is a process of its own has a thread group of its own, which is held as well:
 * it can be found by its pid before it is a member.
 *
 * An exiting thread sets PF_EXITING with its thread group held; from then on
 * nobody moves it.  It stops being a member in cgroup_exit(), keeps its css_set
 * until it is freed, and so keeps what it charged alive.
 */
#include <linux/cpuset.h>
#include <linux/export.h>
#include <linux/percpu-rwsem.h>
#include <linux/rcu_sync.h>
#include <linux/sched/deadline.h>
#include <linux/sched/task.h>
#include <linux/nsproxy.h>
#include "cgroup_internal.h"

/* Subsystems that have the callback; constant after boot. */
static cgroup_mask_t have_can_fork __ro_after_init;
static cgroup_mask_t have_fork __ro_after_init;
static cgroup_mask_t have_exit __ro_after_init;
static cgroup_mask_t have_release __ro_after_init;

/**
 * cgroup_fork_init_subsys - note which fork and exit callbacks a subsystem has
 * @ss: the subsystem
 *
 * Context: boot.
 */
void __init cgroup_fork_init_subsys(struct cgroup_subsys *ss)
{
	cgroup_mask_t bit = BIT(ss->id);

	if (ss->can_fork || ss->cancel_fork)
		have_can_fork |= bit;
	if (ss->fork)
		have_fork |= bit;
	if (ss->exit)
		have_exit |= bit;
	if (ss->release)
		have_release |= bit;
}

/* Walks the subsystems of a callback mask by its set bits. */
#define for_each_callback(ss, bits, mask)					\
	for ((bits) = (mask);							\
	     (bits) && ((ss) = cgroup_subsys[__ffs(bits)], true);		\
	     (bits) &= (bits) - 1)

/*
 * Held for reading with any thread group; for writing while a hierarchy that is in
 * use changes, or all processes of a group are to be met: nobody forks, and nobody
 * begins to exit.
 */
DEFINE_STATIC_PERCPU_RWSEM(cgroup_gate);

/**
 * cgroup_gate_announce - get ready to close the gate
 *
 * Takes the grace period that a close would wait for otherwise; forks are only a
 * little slower until cgroup_gate_renounce().
 *
 * Context: no locks; waits.
 */
void cgroup_gate_announce(void)
{
	lockdep_assert_not_held(&cgroup_mutex);
	rcu_sync_enter(&cgroup_gate.rss);
}

/**
 * cgroup_gate_renounce - undo cgroup_gate_announce()
 */
void cgroup_gate_renounce(void)
{
	rcu_sync_exit(&cgroup_gate.rss);
}

/**
 * cgroup_gate_close - no fork, exec or exit from now on
 *
 * Context: after cgroup_gate_announce(); cgroup_mutex or not; waits for forks under way.
 */
void cgroup_gate_close(void)
{
	percpu_down_write(&cgroup_gate);
}

/**
 * cgroup_gate_open - undo cgroup_gate_close()
 */
void cgroup_gate_open(void)
{
	percpu_up_write(&cgroup_gate);
}

/**
 * cgroup_gate_assert_closed - the caller counts on nobody to fork or begin to exit
 */
void cgroup_gate_assert_closed(void)
{
	percpu_rwsem_assert_held(&cgroup_gate);
}

/**
 * cgroup_threadgroup_change_begin - keep the process of a task where it is
 * @tsk: a task of the caller's own process
 *
 * Context: process context; may sleep while the process is moved.
 */
void cgroup_threadgroup_change_begin(struct task_struct *tsk)
{
	percpu_down_read(&cgroup_gate);
	down_read(&tsk->signal->cgroup_threadgroup_rwsem);
}

/**
 * cgroup_threadgroup_change_end - undo cgroup_threadgroup_change_begin()
 * @tsk: the same task
 */
void cgroup_threadgroup_change_end(struct task_struct *tsk)
{
	up_read(&tsk->signal->cgroup_threadgroup_rwsem);
	percpu_up_read(&cgroup_gate);
}

/* A child that shares its parent's thread group is held by that. */
static bool child_has_own_group(struct task_struct *child)
{
	return child->signal != current->signal;
}

static void cgroup_fork_hold(struct task_struct *child)
{
	cgroup_threadgroup_change_begin(current);
	if (child_has_own_group(child))
		down_read_nested(&child->signal->cgroup_threadgroup_rwsem,
				 SINGLE_DEPTH_NESTING);
}

static void cgroup_fork_unhold(struct task_struct *child)
{
	if (child_has_own_group(child))
		up_read(&child->signal->cgroup_threadgroup_rwsem);
	cgroup_threadgroup_change_end(current);
}

/* Undo cgroup_can_fork() for the subsystems in @bits that had agreed. */
static void cgroup_fork_cancel(struct task_struct *child, struct kernel_clone_args *kargs,
			       unsigned long bits)
{
	struct cgroup_subsys *ss;

	for_each_callback(ss, bits, bits)
		if (ss->cancel_fork)
			ss->cancel_fork(child, kargs->cset);

	put_css_set(kargs->cset);
	kargs->cset = NULL;
	cgroup_fork_unhold(child);
}

/**
 * cgroup_fork - make a new task harmless for readers of its css_set
 * @child: the task
 *
 * It gets its own in cgroup_post_fork().
 */
void cgroup_fork(struct task_struct *child)
{
	RCU_INIT_POINTER(child->cgroups, &init_css_set);
	INIT_LIST_HEAD(&child->cg_list);
}

/**
 * cgroup_can_fork - may a new task join its parent?
 * @child: the task
 * @kargs: arguments of the clone; its cset is set
 *
 * Followed by cgroup_post_fork() or cgroup_cancel_fork().
 *
 * Context: by the parent; may sleep.
 * Return: 0; -EBADF for CLONE_INTO_CGROUP, which takes directories of a unified
 * hierarchy only; the refusal of a subsystem.
 */
int cgroup_can_fork(struct task_struct *child, struct kernel_clone_args *kargs)
{
	struct cgroup_subsys *ss;
	unsigned long bits;
	int ret;

	if (kargs->flags & CLONE_INTO_CGROUP)
		return -EBADF;

	cgroup_fork_hold(child);
	/* cannot change: only who holds our thread group for writing moves us */
	kargs->cset = rcu_dereference_protected(current->cgroups, true);
	get_css_set(kargs->cset);

	for_each_callback(ss, bits, have_can_fork) {
		ret = ss->can_fork ? ss->can_fork(child, kargs->cset) : 0;
		if (ret)
			goto cancel;
	}
	return 0;
cancel:
	cgroup_fork_cancel(child, kargs, have_can_fork & (BIT(ss->id) - 1));
	return ret;
}

/**
 * cgroup_cancel_fork - undo cgroup_can_fork(): the fork failed elsewhere
 * @child: the task
 * @kargs: arguments of the clone
 *
 * Context: by the parent; may sleep.
 */
void cgroup_cancel_fork(struct task_struct *child, struct kernel_clone_args *kargs)
{
	cgroup_fork_cancel(child, kargs, have_can_fork);
}

/* CLONE_NEWCGROUP copied the namespace before the place of the child was certain. */
static void cgroup_fork_fix_ns(struct task_struct *child, struct css_set *cset)
{
	struct cgroup_namespace *ns = child->nsproxy->cgroup_ns;
	struct css_set *old = ns->root_cset;

	if (old == cset)
		return;
	get_css_set(cset);
	ns->root_cset = cset;
	put_css_set(old);
}

/**
 * cgroup_post_fork - make a new task a member
 * @child: the task, which does not run yet
 * @kargs: arguments of the clone
 *
 * Context: by the parent; may sleep.
 */
void cgroup_post_fork(struct task_struct *child, struct kernel_clone_args *kargs)
{
	struct css_set *cset = kargs->cset;
	struct cgroup_subsys *ss;
	unsigned long bits;

	kargs->cset = NULL;
	if (kargs->flags & CLONE_NEWCGROUP)
		cgroup_fork_fix_ns(child, cset);

	/* idle tasks are nowhere */
	if (likely(child->pid))
		cset_add_task(cset, child);
	else
		put_css_set(cset);

	for_each_callback(ss, bits, have_fork)
		ss->fork(child);
	cgroup_fork_unhold(child);
}

/**
 * cgroup_exit - a task is no member any more
 * @tsk: current, in do_exit(), PF_EXITING set
 *
 * Context: may sleep.
 */
void cgroup_exit(struct task_struct *tsk)
{
	struct cgroup_subsys *ss;
	unsigned long bits;

	if (!WARN_ON_ONCE(list_empty(&tsk->cg_list)))
		cset_exit_task(task_css_set(tsk), tsk);

	/* its cpuset counts these, and hears of an exit from us only */
	if (dl_task(tsk))
		dec_dl_tasks_cs(tsk);

	for_each_callback(ss, bits, have_exit)
		ss->exit(tsk);
}

/**
 * cgroup_release - a task is about to be unhashed
 * @tsk: the task
 *
 * Context: in release_task(), before it takes locks.
 */
void cgroup_release(struct task_struct *tsk)
{
	struct cgroup_subsys *ss;
	unsigned long bits;

	for_each_callback(ss, bits, have_release)
		ss->release(tsk);
	if (!list_empty(&tsk->cg_list))
		cset_release_leader(task_css_set(tsk), tsk);
}

/**
 * cgroup_free - nobody uses a task any more
 * @tsk: the task; one whose fork failed never comes here
 *
 * Context: any, RCU callbacks among them.
 */
void cgroup_free(struct task_struct *tsk)
{
	struct css_set *cset = rcu_dereference_protected(tsk->cgroups, true);

	put_css_set(cset);
}
