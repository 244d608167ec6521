// SPDX-License-Identifier: GPL-2.0
/*
 * The owner of an mm.
 *
 * Several tasks can use one mm: the threads of a process, and processes that were cloned with
 * CLONE_VM.  One of these tasks is the owner.  A subsystem that keeps something for each mm,
 * for example the memory controller, takes it for the mm of the owner.  A kernel thread that uses
 * the mm for a while (kthread_use_mm()) is never its owner.
 *
 * Users of an mm are found without a look at other tasks.  All threads of a process use one
 * mm.  The process of the owner is found through the owner.  Each process that was cloned
 * with CLONE_VM is in mm_struct::sharers until its last thread stops using the mm:
 *
 *	mm ──owner──> task ──> its process, all threads
 *	 └──sharers──> process ── process ── ...
 *
 * The process for which the mm was made is not in the list, but is the process of the first
 * owner.  So all users are found, and a clone of a process with an mm of its own costs nothing.
 *
 * A task stops using an mm when it clears or changes task_struct::mm under task_lock().  It
 * calls mm_update_next_owner() afterwards.  If it is the owner, it hands over: first to a thread of
 * its own process, else to a process in the list.  A task becomes owner under its task_lock() while
 * it uses the mm.  So each owner hands over, and an owner that is found in mm_struct::owner under
 * RCU is not freed within that read section.
 *
 * mm_struct::owner_lock protects mm_struct::sharers.  No lock nests inside it.
 */
#include <linux/mm_owner.h>
#include <linux/mm_types.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

/**
 * mm_owner_share - a task was cloned that shares the mm of its parent
 * @child: a process, or a thread of a process that is in the list of its mm; it does not run
 *	yet, and the clone cannot fail any more
 *
 * Context: by the parent, which uses the mm until this returns.
 */
void mm_owner_share(struct task_struct *child)
{
	struct signal_struct *process = child->signal;
	struct mm_struct *mm = child->mm;

	guard(spinlock)(&mm->owner_lock);
	if (!process->nr_mm_sharers++)
		hlist_add_head(&process->mm_sharer, &mm->sharers);
}

/**
 * mm_owner_in_process - is a process that of the owner of an mm?
 * @mm: the mm
 * @task: a task of the process
 *
 * Context: any; the caller has references to both.
 * Return: true if the owner is a thread of the process; it may change at any time.
 */
bool mm_owner_in_process(struct mm_struct *mm, struct task_struct *task)
{
	struct task_struct *owner;

	guard(rcu)();
	owner = rcu_dereference(mm->owner);
	return owner && same_thread_group(owner, task);
}

/* With so many threads that are exiting, a process has hardly one that is not. */
#define MM_EXITING_MAX	64

/* A thread of a process that uses @mm, preferably one that is not exiting; or NULL. */
static struct task_struct *mm_user_in(struct signal_struct *process, struct mm_struct *mm)
{
	struct task_struct *thread, *exiting = NULL;
	int nr_exiting = 0;

	__for_each_thread(process, thread) {
		/* a thread that has stopped using the mm may have made one: read that afterwards */
		if (smp_load_acquire(&thread->mm) != mm)
			continue;
		if (!(READ_ONCE(thread->flags) & PF_EXITING))
			return thread;
		exiting = thread;
		if (++nr_exiting == MM_EXITING_MAX)
			break;
	}
	return exiting;
}

/* The current task does not use @mm any more: forget its process if no thread of it does. */
static void mm_owner_unshare(struct mm_struct *mm)
{
	struct signal_struct *process = current->signal;

	/* it is in the list before it runs, and each of its threads comes here once */
	if (likely(hlist_unhashed_lockless(&process->mm_sharer)))
		return;
	guard(spinlock)(&mm->owner_lock);
	if (!--process->nr_mm_sharers)
		hlist_del_init(&process->mm_sharer);
}

/* Find a task that uses @mm, and get a reference; NULL if there is none. */
static struct task_struct *mm_get_user(struct mm_struct *mm)
{
	struct signal_struct *process;
	struct task_struct *task;

	guard(rcu)();
	task = mm_user_in(current->signal, mm);
	if (task)
		return get_task_struct(task);
	guard(spinlock)(&mm->owner_lock);
	hlist_for_each_entry(process, &mm->sharers, mm_sharer) {
		task = mm_user_in(process, mm);
		if (task)
			return get_task_struct(task);
	}
	return NULL;
}

/* Make @task the owner, if it uses @mm. */
static bool mm_set_owner(struct mm_struct *mm, struct task_struct *task)
{
	bool uses;

	task_lock(task);
	uses = task->mm == mm;
	if (uses)
		rcu_assign_pointer(mm->owner, task);
	task_unlock(task);
	return uses;
}

/* Hand over to @task; return false if it does not use @mm any more. */
static bool mm_hand_over(struct mm_struct *mm, struct task_struct *task)
{
	struct cgroup_owner_change change;
	bool done;

	cgroup_owner_change_begin(&change, task);
	done = mm_set_owner(mm, task);
	cgroup_owner_change_end(&change, done);
	return done;
}

/* There is no other user. */
static void mm_give_up(struct mm_struct *mm)
{
	struct cgroup_owner_change change;

	cgroup_owner_change_begin(&change, NULL);
	RCU_INIT_POINTER(mm->owner, NULL);
	cgroup_owner_change_end(&change, true);
}

/**
 * mm_update_next_owner - the current task has stopped using an mm
 * @mm: the mm; the caller has not dropped its reference yet
 *
 * If the task is the owner, another user becomes owner.  Subsystems are told: see
 * cgroup_subsys::mm_owner_changed.  This takes a time in proportion to the threads, dead ones that
 * nobody has waited for too, of the processes that use the mm.
 *
 * Context: by a task that exits or execs, after it has changed its task_struct::mm; may sleep.
 */
void mm_update_next_owner(struct mm_struct *mm)
{
	struct task_struct *task;
	bool done = false;

	mm_owner_unshare(mm);
	/* since it stopped using the mm, no other task can have made it the owner */
	if (rcu_access_pointer(mm->owner) != current)
		return;
	while (!done) {
		task = atomic_read(&mm->mm_users) > 1 ? mm_get_user(mm) : NULL;
		if (!task) {
			mm_give_up(mm);
			return;
		}
		done = mm_hand_over(mm, task);
		put_task_struct(task);
	}
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "mm_owner_kunit.c"
#endif
