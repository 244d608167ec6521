// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: fork, exec and exit.
 *
 * The css_set of a task changes in two ways:
 *
 * - The process, or a thread of it, is moved, with the thread group held for writing.  A
 *   fork holds its thread group for reading from before can_fork() until fork() has been
 *   called, so they exclude each other.  The same holds for an exec, and for the beginning of
 *   an exit.  A child that is a process has a thread group of its own, which the fork holds
 *   as well: the child can be found by its pid before fork() is called.
 * - All tasks of its css_set get another one (css_set::migrating).  A fork does not hold that
 *   up.  cgroup_can_fork() remembers the css_set of the parent.  cgroup_fork_join() checks it
 *   under css_set::lock, when the child becomes visible and a member (cset_join() in
 *   css_set_tasks.c).  If the parent has
 *   another css_set by then, or its css_set is migrating, the fork goes back to
 *   cgroup_can_fork().  So can_fork() and cancel_fork() see the same css.  Either the child
 *   migrates as a member, or the fork sees all of the change.  fork() is called again if
 *   the child migrated meanwhile (cgroup_fork_tell()).
 *
 *	fork					change of all tasks of some css_sets
 *	----					------------------------------------
 *	cgroup_can_fork()
 *	  thread groups held for reading
 *	  kargs->cset = cset_get_settled()
 *	    (waits while it is migrating)
 *	  can_fork() of subsystems
 *	... most of copy_process() ...		css_set::migrating = true
 *						tasks are collected
 *	cgroup_fork_join(), under		can_attach()
 *	 tasklist_lock and the siglock		switch, attach()
 *	  same css_set, not migrating:		css_set::migrating = false
 *	    the child is a member
 *	  else cgroup_cancel_fork(), and
 *	    back to cgroup_can_fork()
 *	cgroup_post_fork()
 *	  fork() of subsystems
 *	  thread groups released
 *
 * From cgroup_fork() to cgroup_fork_join() the css_set of the child is init_css_set, so that
 * readers find a valid one.  The child is in no list during this time.  Kernel threads that
 * fork do not wait while their css_set is migrating, because the change may need them.  They
 * are in the root of each hierarchy and are never moved.
 *
 * An exiting thread sets PF_EXITING with its thread group held.  From then on no move takes
 * it, except a leader, which goes along with its process.  It stops being a member in
 * cgroup_exit(), which waits while its css_set is migrating.  A leader with live threads is
 * then on css_set::dying_leaders until cgroup_release().  An exited task keeps its css_set, and
 * so the csses that it charged, until cgroup_free(): task_css() still works.
 */
#include <linux/export.h>
#include <linux/mm_owner.h>
#include <linux/sched/task.h>
#include <linux/nsproxy.h>
#include "css_set.h"
#include "fork.h"
#include "namespace.h"
#include "subsys.h"

/* The subsystems that have each callback; constant after boot. */
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

/**
 * cgroup_threadgroup_change_begin - exclude moves of the process of a task
 * @tsk: a task of the caller's own process
 *
 * Context: process context; may sleep while the process is moved.
 */
void cgroup_threadgroup_change_begin(struct task_struct *tsk)
{
	down_read(&tsk->signal->cgroup_threadgroup_rwsem);
}

/**
 * cgroup_threadgroup_change_end - undo cgroup_threadgroup_change_begin()
 * @tsk: the same task
 *
 * Context: by the task that called cgroup_threadgroup_change_begin().
 */
void cgroup_threadgroup_change_end(struct task_struct *tsk)
{
	up_read(&tsk->signal->cgroup_threadgroup_rwsem);
}

/* A thread shares the thread group of its parent, which the fork holds already. */
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

/* Undo cgroup_can_fork(); @bits are the subsystems that agreed. */
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
 * cgroup_fork - give a new task a css_set that readers can use
 * @child: the task
 *
 * It gets the css_set of its parent in cgroup_fork_join().
 *
 * Context: by the parent; the child is not visible yet.
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
 * Followed by cgroup_fork_join() and cgroup_post_fork(), or by cgroup_cancel_fork().
 *
 * Context: by the parent; no cgroup_mutex; may sleep and wait.  Takes css_set_lock if the child
 * gets a new namespace.
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
	kargs->cset = cset_get_settled(current);
	/* the namespace was made before it was certain which css_set the child gets */
	if (kargs->flags & CLONE_NEWCGROUP)
		cgroup_ns_set_root(child->nsproxy->cgroup_ns, kargs->cset);

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

/**
 * cgroup_fork_join - make a new task a member, if its parent still has the same css_set
 * @child: the task, about to become visible
 * @kargs: arguments of the clone
 * @delayed: signals of the parent's process group, and the like, since the fork began
 *
 * After this the fork cannot fail.  A child that is a process has the signals of @delayed.  If
 * one is from a write to signal.send, that write must not signal the child again (signal.c).
 *
 * Context: by the parent, tasklist_lock and its siglock held; takes css_set::lock.
 * Return: false if the fork has to go back to cgroup_can_fork(), after cgroup_cancel_fork().
 */
bool cgroup_fork_join(struct task_struct *child, struct kernel_clone_args *kargs,
		      const struct multiprocess_signals *delayed)
{
	if (thread_group_leader(child))
		child->signal->cgroup_signal = delayed->cgroup_signal;
	/* idle tasks are members of no css_set */
	return unlikely(!child->pid) || cset_join(kargs->cset, child);
}

/*
 * Tell subsystems of a new task.  Meanwhile a change of a hierarchy may give the child and
 * its parent other csses, one after the other.  Then tell the subsystems again, so that in
 * the end they have copied from the parent what belongs to the css of the child.
 */
static void cgroup_fork_tell(struct task_struct *child)
{
	struct cgroup_subsys *ss;
	struct css_set *cset;
	unsigned long bits;
	bool same;

	do {
		cset = cset_get_settled(child);
		for_each_callback(ss, bits, have_fork)
			ss->fork(child);
		same = cset_is_settled_of(cset, child);
		put_css_set(cset);
	} while (unlikely(!same));
}

/**
 * cgroup_post_fork - tell subsystems of a new task, which is a member
 * @child: the task, which does not run yet
 * @kargs: arguments of the clone
 *
 * Context: by the parent; no cgroup_mutex; may sleep and wait.  Takes css_set_lock only for a
 * child of the boot task.
 */
void cgroup_post_fork(struct task_struct *child, struct kernel_clone_args *kargs)
{
	struct css_set *cset = kargs->cset;

	kargs->cset = NULL;
	if (unlikely(!child->pid))
		put_css_set(cset);
	else if (unlikely(list_empty(&child->cg_list)))
		/* first member of its css_set: a child of the boot task */
		cset_add_task(cset, child);

	cgroup_fork_tell(child);
	if (mm_owner_is_shared(child))
		mm_owner_share(child);
	cgroup_fork_unhold(child);
}

/**
 * cgroup_exit - take an exiting task out of its css_set's members
 * @tsk: current, in do_exit(), PF_EXITING set
 *
 * Context: no cgroup_mutex; may sleep, waits for a migration.  Takes css_set_lock only for the
 * last member of the css_set.
 */
void cgroup_exit(struct task_struct *tsk)
{
	struct cgroup_subsys *ss;
	unsigned long bits;

	if (!WARN_ON_ONCE(list_empty(&tsk->cg_list)))
		cset_exit_task(tsk);

	for_each_callback(ss, bits, have_exit)
		ss->exit(tsk);
}

/**
 * cgroup_release - tell subsystems that a task is about to be unhashed
 * @tsk: the task
 *
 * Context: in release_task(), before it takes locks; does not sleep.
 */
void cgroup_release(struct task_struct *tsk)
{
	struct cgroup_subsys *ss;
	unsigned long bits;

	/* from now on a dead leader does not migrate with its process: its csses are final */
	if (!list_empty_careful(&tsk->cg_list))
		cset_release_leader(tsk);
	for_each_callback(ss, bits, have_release)
		ss->release(tsk);
}

/**
 * cgroup_free - drop the css_set of a task that is being freed
 * @tsk: the task; not called for one whose fork failed
 *
 * Context: any, including RCU callbacks.
 */
void cgroup_free(struct task_struct *tsk)
{
	struct css_set *cset = rcu_dereference_protected(tsk->cgroups, true);

	put_css_set(cset);
}
