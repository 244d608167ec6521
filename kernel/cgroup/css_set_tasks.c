// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the tasks of css_sets.
 *
 * A fork joins a css_set, and an exit leaves it, under the lock of that css_set alone.  A
 * change that gives all tasks of a css_set another one marks both css_sets as migrating.
 * It does so before it collects the tasks, and until the subsystems know where the tasks
 * are.  A fork that would join meanwhile, or whose parent has another css_set by now, goes
 * back to can_fork(); an exit waits.  So the change never waits for a fork or an exit,
 * however slow that is.
 */
#include <linux/cpuset.h>
#include <linux/sched/deadline.h>
#include <linux/sched/task.h>
#include <linux/wait.h>
#include "css_set.h"
#include "migrate.h"
#include "release_agent.h"
#include "subsys.h"
#include "task_walk.h"
#include <linux/psi.h>
#include <trace/events/cgroup.h>

/* A css_set of @cgrp got its first task or lost its last one: update @cgrp and those above. */
static void cgroup_update_populated(struct cgroup *cgrp, int change)
{
	int *count = &cgrp->nr_populated_csets;

	for (; cgrp; cgrp = cgroup_parent(cgrp), count = &cgrp->nr_populated_children) {
		bool was = cgroup_is_populated(cgrp);
		bool is;

		*count += change;
		is = cgroup_is_populated(cgrp);
		if (was == is)
			break;
		if (!is)
			cgroup_check_for_release(cgrp);
		TRACE_CGROUP_PATH(notify_populated, cgrp, is);
	}
}

static void cset_update_populated(struct css_set *cset, int change)
{
	struct cgrp_cset_link *link;

	lockdep_assert_held(&css_set_lock);

	list_for_each_entry(link, &cset->links, cset_node)
		cgroup_update_populated(link->cgrp, change);
}

/**
 * cset_link_members - make the members of a cgroup members of one in a new hierarchy as well
 * @to: a cgroup of the new hierarchy; the step of cset_prepare_root_links() has been committed
 * @from: the cgroup
 * @spare: contains as many links as cset_count_retired() has counted
 *
 * Context: cgroup_mutex; takes css_set_lock.
 */
void cset_link_members(struct cgroup *to, struct cgroup *from, struct list_head *spare)
{
	struct cgroup *root = &to->root->cgrp;
	struct cgrp_cset_link *link;

	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &from->cset_links, cgrp_node) {
		struct css_set *cset = link->cset;

		if (cset->nr_tasks)
			cgroup_update_populated(to, 1);
		if (cset_set_last_place(cset, to, spare) && cset->nr_tasks)
			cgroup_update_populated(root, -1);
	}
}

static DECLARE_WAIT_QUEUE_HEAD(cset_settled_wait);

/* Lock the css_set of a task, IRQs off, and return it; the task stays in it while locked. */
static struct css_set *cset_lock_of(struct task_struct *task)
{
	struct css_set *cset;

	guard(rcu)();
	for (;;) {
		cset = rcu_dereference(task->cgroups);
		spin_lock_irq(&cset->lock);
		if (likely(cset == rcu_access_pointer(task->cgroups)))
			return cset;
		spin_unlock_irq(&cset->lock);
	}
}

static void cset_wait_settled(struct css_set *cset)
{
	wait_event(cset_settled_wait, !READ_ONCE(cset->migrating));
}

/* Wait until the css_set of an exiting task is not migrating. */
static void cset_wait_settled_of(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	get_css_set(cset);
	spin_unlock_irq(&cset->lock);
	cset_wait_settled(cset);
	put_css_set(cset);
}

/**
 * cset_get_of - the css_set of a task
 * @task: the task
 *
 * Context: any; @task is current, or the caller has a reference to it.
 * Return: the css_set, referenced; it may be migrating, and @task may get another one.
 */
struct css_set *cset_get_of(struct task_struct *task)
{
	struct css_set *cset;

	guard(rcu)();
	do {
		cset = rcu_dereference(task->cgroups);
	} while (!refcount_inc_not_zero(&cset->refcount));
	return cset;
}

/**
 * cset_get_settled - wait until the css_set of a task is not migrating, and return it
 * @task: the current task, a child that it is forking, or a task that the caller refers to
 *
 * Kernel threads that fork do not wait, because the migration may need them.  They are in
 * the root of each hierarchy, where tasks only arrive.
 *
 * Context: process; no cgroup_mutex, under which the migration goes on; may sleep and wait.
 * Return: the css_set, referenced; it may migrate again at any time.
 */
struct css_set *cset_get_settled(struct task_struct *task)
{
	struct css_set *cset;

	for (;;) {
		cset = cset_get_of(task);
		if (likely(!READ_ONCE(cset->migrating) || current->flags & PF_KTHREAD))
			return cset;
		cset_wait_settled(cset);
		put_css_set(cset);
	}
}

/**
 * cset_is_settled_of - has a task stayed in its css_set since cset_get_settled()?
 * @cset: what cset_get_settled() returned
 * @task: the task
 *
 * Context: process, IRQs on; takes css_set::lock of @cset.
 * Return: false if it has another css_set by now, or is migrating.
 */
bool cset_is_settled_of(struct css_set *cset, struct task_struct *task)
{
	guard(spinlock_irq)(&cset->lock);
	return rcu_access_pointer(task->cgroups) == cset &&
	       (!cset->migrating || current->flags & PF_KTHREAD);
}

/**
 * cset_set_migrating - exclude forks and exits of the tasks of a css_set, or allow them again
 * @cset: the css_set
 * @migrating: exclude them
 *
 * Context: cgroup_mutex, IRQs on; takes css_set::lock of @cset.
 */
void cset_set_migrating(struct css_set *cset, bool migrating)
{
	lockdep_assert_held(&cgroup_mutex);

	scoped_guard(spinlock_irq, &cset->lock)
		WRITE_ONCE(cset->migrating, migrating);
	if (!migrating && wq_has_sleeper(&cset_settled_wait))
		wake_up_all(&cset_settled_wait);
}

static void __cset_add_task(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	cset->nr_tasks++;
	cgroup_move_task(task, cset);
	list_add_tail(&task->cg_list, &cset->tasks);
}

/**
 * cset_join - make a new task a member of its parent's css_set
 * @cset: the css_set that the fork began with; the task takes over the reference
 * @child: the task
 *
 * If @cset has no tasks, because the parent is no member itself (the boot task), the child is
 * left to cset_add_task().
 *
 * Context: by the parent, IRQs off, no css_set locks; takes css_set::lock of @cset.
 * Return: false if the css_set of the parent has changed, or is about to.
 */
bool cset_join(struct css_set *cset, struct task_struct *child)
{
	lockdep_assert_irqs_disabled();

	/* check without the lock first: do not wait for a move of its tasks under tasklist_lock */
	if (unlikely(rcu_access_pointer(current->cgroups) != cset || READ_ONCE(cset->migrating)) &&
	    !(current->flags & PF_KTHREAD))
		return false;
	guard(spinlock)(&cset->lock);
	if (unlikely(rcu_access_pointer(current->cgroups) != cset))
		return false;
	if (unlikely(cset->migrating && !(current->flags & PF_KTHREAD)))
		return false;
	if (likely(cset->nr_tasks))
		__cset_add_task(cset, child);
	return true;
}

/**
 * cset_add_task - make a new task the first member of a css_set
 * @cset: the css_set; the task takes over the reference
 * @task: the task, a member of no css_set yet
 *
 * Context: IRQs on, no css_set locks; takes css_set_lock.
 */
void cset_add_task(struct css_set *cset, struct task_struct *task)
{
	guard(spinlock_irq)(&css_set_lock);
	if (!cset->nr_tasks)
		cset_update_populated(cset, 1);
	guard(spinlock)(&cset->lock);
	__cset_add_task(cset, task);
}

static void cset_del_leader(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	css_task_iters_skip(cset, task);
	list_del_init(&task->cg_list);
	cset->nr_leaders--;
}

static void cset_add_leader(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	list_add_tail(&task->cg_list, &cset->dying_leaders);
	cset->nr_leaders++;
}

static void cset_move_batch(struct cgroup_move *moves, unsigned int nr)
{
	struct css_set *from = moves->src, *to = moves->dst;
	unsigned int i;

	guard(spinlock)(&from->lock);
	spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	for (i = 0; i < nr; i++) {
		css_task_iters_skip(from, moves[i].task);
		list_del(&moves[i].task->cg_list);
		__cset_add_task(to, moves[i].task);
	}
	from->nr_tasks -= nr;
	spin_unlock(&to->lock);
}

/**
 * cset_move_tasks - move live members of one css_set to another
 * @moves: the tasks, all from one css_set to one other
 * @nr: how many, at least one
 *
 * Each task takes over one of the caller's references to the new css_set.  The caller takes
 * over the references of the tasks to the old one.
 *
 * Context: cgroup_mutex, css_set_lock; takes css_set::lock of both.
 */
void cset_move_tasks(struct cgroup_move *moves, unsigned int nr)
{
	struct css_set *from = moves->src, *to = moves->dst;
	unsigned int i;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	/* first in, then out: a cgroup that both css_sets share never looks empty */
	if (!to->nr_tasks)
		cset_update_populated(to, 1);

	for (i = 0; i < nr; i += CSET_BATCH)
		cset_move_batch(moves + i, min(nr - i, CSET_BATCH));

	if (!from->nr_tasks)
		cset_update_populated(from, -1);
	cgroup_walks_note_moves(moves, nr);
}

/* The caller holds the locks of both css_sets. */
static void __cset_move_leader(struct css_set *from, struct css_set *to, struct task_struct *task)
{
	bool deadline;

	if (task->cgroup_exited) {
		css_task_iters_skip(from, task);
		rcu_assign_pointer(task->cgroups, to);
		/* it is always on a list: cgroup_release() checks that without a lock */
		list_move_tail(&task->cg_list, &to->dying_leaders);
		from->nr_leaders--;
		to->nr_leaders++;
		return;
	}
	/* it is exiting, and still a member */
	deadline = dl_task(task);
	if (deadline)
		dec_dl_tasks_cs(task);
	if (!to->nr_tasks)
		cset_update_populated(to, 1);
	css_task_iters_skip(from, task);
	list_del(&task->cg_list);
	__cset_add_task(to, task);
	if (deadline)
		inc_dl_tasks_cs(task);
	if (!--from->nr_tasks)
		cset_update_populated(from, -1);
}

/**
 * cset_move_leader - move a leader that has exited, or is about to, to another css_set
 * @move: the leader, and both css_sets; references as with cset_move_tasks()
 * @charge: called before the leader moves, with the locks of both css_sets held; not called
 *	if the leader does not move
 * @arg: for @charge
 *
 * Nothing excludes the release of the leader.  The release takes the leader out of its
 * css_set first.
 *
 * Context: cgroup_mutex, css_set_lock; takes css_set::lock of both.
 * Return: false if the leader has been released.
 */
bool cset_move_leader(struct cgroup_move *move, void (*charge)(void *arg, struct cgroup_move *move),
		      void *arg)
{
	struct css_set *from = move->src, *to = move->dst;
	bool there, is_member;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	spin_lock(&from->lock);
	spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	there = !list_empty(&move->task->cg_list);
	is_member = there && !move->task->cgroup_exited;
	if (there) {
		charge(arg, move);
		__cset_move_leader(from, to, move->task);
	}
	spin_unlock(&to->lock);
	spin_unlock(&from->lock);
	/* walks need not meet a leader that has exited: its process may have no member there */
	if (is_member)
		cgroup_walks_note_moves(move, 1);
	return there;
}

static void __cset_exit_task(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	css_task_iters_skip(cset, task);
	list_del_init(&task->cg_list);
	cset->nr_tasks--;
	task->cgroup_exited = 1;
	/*
	 * cpuset counts deadline tasks, and only the core tells it of their exit.  A leader that
	 * has exited is not counted any more, wherever it moves.
	 */
	if (dl_task(task))
		dec_dl_tasks_cs(task);
	/* a process is found by its leader, even after the leader has exited */
	if (thread_group_leader(task) && atomic_read(&task->signal->live))
		cset_add_leader(cset, task);
}

/* As cset_exit_task(), for a task that may be the last member; return false if it must wait. */
static bool cset_exit_last_task(struct task_struct *task)
{
	struct css_set *cset;

	/* under this lock the task stays in its css_set */
	guard(spinlock_irq)(&css_set_lock);
	cset = task_css_set(task);
	scoped_guard(spinlock, &cset->lock) {
		if (cset->migrating)
			return false;
		__cset_exit_task(cset, task);
	}
	if (!cset->nr_tasks)
		cset_update_populated(cset, -1);
	return true;
}

/**
 * cset_exit_task - remove the current task from the members of its css_set
 * @task: the current task; it keeps its css_set as task_css_set()
 *
 * Context: process; no cgroup_mutex, no css_set locks; may sleep, waits for a migration.
 */
void cset_exit_task(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	if (likely(cset->nr_tasks > 1 && !cset->migrating)) {
		__cset_exit_task(cset, task);
		spin_unlock_irq(&cset->lock);
		return;
	}
	spin_unlock_irq(&cset->lock);
	while (!cset_exit_last_task(task))
		cset_wait_settled_of(task);
}

/**
 * cset_release_leader - remove a dead leader, which is not needed to find its process any more
 * @task: the task, after cset_exit_task(); its css_set is final from now on
 *
 * Context: process, IRQs on; takes css_set::lock.
 */
void cset_release_leader(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	if (!list_empty(&task->cg_list))
		cset_del_leader(cset, task);
	spin_unlock_irq(&cset->lock);
}
