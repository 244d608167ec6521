// SPDX-License-Identifier: GPL-2.0
/*
 * The oom controller: what is counted and remembered, in a group and in all groups above it.
 *
 * The killer holds oom_lock, it may kill many processes that share one mm, and the tree of groups
 * can be very deep.  So only the kill of the victim is noted in all groups at once.  That of
 * another process is noted in its group at once, and a work item tells the groups above.
 */
#include <linux/cleanup.h>
#include <linux/oom.h>
#include <linux/oom_cgroup.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "oom_cgroup.h"

/* The groups with kills of which the groups above are to be told. */
static LIST_HEAD(oom_kills_list);
static DEFINE_SPINLOCK(oom_kills_lock);

static struct workqueue_struct *oom_kills_wq;
static void oom_tell_kills(struct work_struct *work);
static DECLARE_WORK(oom_kills_work, oom_tell_kills);

/* The constraint of the out_of_memory() under way, for the history of its kills (oom_lock). */
static u8 oom_now;

/*
 * Counters.  The caller keeps @oom, which keeps the groups above.
 */

/**
 * oom_add - count an event in a group and all above, without telling readers
 * @oom: the group
 * @event: the event
 *
 * Context: any; the caller keeps @oom.
 */
void oom_add(struct oom_css *oom, enum oom_event event)
{
	for (; oom; oom = oom_parent(oom))
		atomic64_inc(&oom->events[event]);
}

/**
 * oom_tell - tell readers of oom.events of a group and all above that it has changed
 * @oom: the group
 *
 * Context: any; the caller keeps @oom.
 */
void oom_tell(struct oom_css *oom)
{
	for (; oom; oom = oom_parent(oom))
		cgroup_file_notify(&oom->events_file);
}

/**
 * oom_count - count an event in a group and all above, and tell readers
 * @oom: the group
 * @event: the event
 *
 * Context: any; the caller keeps @oom.
 */
void oom_count(struct oom_css *oom, enum oom_event event)
{
	oom_add(oom, event);
	oom_tell(oom);
}

/**
 * oom_cgroup_chose - the kernel's killer has chosen a victim
 * @oc: for this allocation
 *
 * Context: oom_lock.
 */
void oom_cgroup_chose(struct oom_control *oc)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;
	bool in_fault = current->in_user_fault && !(current->flags & PF_KTHREAD);

	lockdep_assert_held(&oom_lock);

	oom_now = oc->constraint;
	/* SysRq: no allocation has failed */
	if (oc->order == -1)
		return;
	/* an OOM of a fault is counted once: now, or when it began to wait */
	if (in_fault && note->counted)
		return;
	scoped_guard(rcu)
		oom_count(task_oom_css(current), OOM_EVENT_OOM);
	if (!in_fault)
		return;
	note->counted = true;
	if (note->state == OOM_CGROUP_NONE)
		note->state = OOM_CGROUP_KILLED;
}

/*
 * Kills
 */

/**
 * oom_history_init - a new group has no kills
 * @oom: the group
 *
 * Context: any; nobody else knows @oom.
 */
void oom_history_init(struct oom_css *oom)
{
	INIT_LIST_HEAD(&oom->kills_node);
	spin_lock_init(&oom->history_lock);
}

/**
 * oom_history_free - forget the kills of a group
 * @oom: the group
 *
 * Context: any; nobody else knows @oom.
 */
void oom_history_free(struct oom_css *oom)
{
	int i;

	for (i = 0; i < OOM_HISTORY; i++)
		put_pid(oom->history[i].pid);
}

/* Note a kill in one group. */
static void oom_note_kill(struct oom_css *oom, const struct oom_kill_note *kill)
{
	struct oom_kill_note *last;

	lockdep_assert_held(&oom->history_lock);

	last = &oom->history[oom->nr_kills++ % OOM_HISTORY];
	put_pid(last->pid);
	*last = *kill;
	get_pid(last->pid);
}

/* Let the work item tell the groups above @oom.  Takes over a reference to @oom. */
static void oom_tell_later(struct oom_css *oom)
{
	guard(spinlock)(&oom_kills_lock);
	if (list_empty(&oom->kills_node))
		list_add_tail(&oom->kills_node, &oom_kills_list);
	else
		css_put(&oom->css);	/* it is there, with another one */
	queue_work(oom_kills_wq, &oom_kills_work);
}

static struct oom_css *oom_get_untold(void)
{
	struct oom_css *oom;

	guard(spinlock)(&oom_kills_lock);
	oom = list_first_entry_or_null(&oom_kills_list, struct oom_css, kills_node);
	if (oom)
		list_del_init(&oom->kills_node);
	return oom;
}

/*
 * Take the kills of which the groups above @oom are to be told: the last ones, referenced.
 * Return: how many; @nr is how many there were in all.
 */
static int oom_take_kills(struct oom_css *oom, struct oom_kill_note *kills, unsigned long *nr)
{
	int i, n = 0;

	guard(spinlock)(&oom->history_lock);
	for (i = 0; i < OOM_HISTORY; i++) {
		struct oom_kill_note *kill = &oom->history[(oom->nr_kills + i) % OOM_HISTORY];

		if (!kill->untold)
			continue;
		kill->untold = false;
		kills[n] = *kill;
		get_pid(kills[n++].pid);
	}
	*nr = oom->nr_untold;
	oom->nr_untold = 0;
	return n;
}

static void oom_tell_above(struct oom_css *oom)
{
	struct oom_kill_note kills[OOM_HISTORY];
	struct oom_css *above;
	unsigned long nr;
	int i, n = oom_take_kills(oom, kills, &nr);

	for (above = oom_parent(oom); above; above = oom_parent(above)) {
		scoped_guard(spinlock, &above->history_lock)
			for (i = 0; i < n; i++)
				oom_note_kill(above, &kills[i]);
		atomic64_add(nr, &above->events[OOM_EVENT_KILLED]);
		cgroup_file_notify(&above->events_file);
		cond_resched();
	}
	for (i = 0; i < n; i++)
		put_pid(kills[i].pid);
}

static void oom_tell_kills(struct work_struct *work)
{
	struct oom_css *oom;

	while ((oom = oom_get_untold())) {
		oom_tell_above(oom);
		css_put(&oom->css);
	}
}

/* The oom group of a task, referenced; if that is about to be freed, the next one above. */
static struct oom_css *oom_get_css_of(struct task_struct *task)
{
	struct oom_css *oom;

	guard(rcu)();
	/* the root's can always be referenced */
	for (oom = task_oom_css(task); !css_tryget(&oom->css); oom = oom_parent(oom))
		;
	return oom;
}

/* What there is to remember about the kill of a process. */
static struct oom_kill_note oom_kill_of(struct task_struct *task)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;
	struct oom_kill_note kill = { .pid = task_tgid(task), .constraint = oom_now };

	lockdep_assert_held(&oom_lock);

	if (current->in_user_fault &&
	    (note->state == OOM_CGROUP_PASS || note->state == OOM_CGROUP_KILL))
		kill.id = note->id;
	strscpy_pad(kill.comm, task->comm);
	return kill;
}

/**
 * oom_cgroup_killed - the kernel's killer kills its victim
 * @victim: a thread of the process
 *
 * Context: oom_lock, and task_lock() of @victim.  Does not sleep.
 */
void oom_cgroup_killed(struct task_struct *victim)
{
	struct oom_kill_note kill = oom_kill_of(victim);
	struct oom_css *oom;

	guard(rcu)();
	for (oom = task_oom_css(victim); oom; oom = oom_parent(oom))
		scoped_guard(spinlock, &oom->history_lock)
			oom_note_kill(oom, &kill);
	oom_count(task_oom_css(victim), OOM_EVENT_KILLED);
}

/**
 * oom_cgroup_killed_too - the kernel's killer kills another process that shares the victim's mm
 * @sharer: a thread of the process
 *
 * Context: oom_lock and RCU.  Does not sleep.
 */
void oom_cgroup_killed_too(struct task_struct *sharer)
{
	struct oom_kill_note kill = oom_kill_of(sharer);
	struct oom_css *oom = oom_get_css_of(sharer);

	kill.untold = true;
	scoped_guard(spinlock, &oom->history_lock) {
		oom_note_kill(oom, &kill);
		oom->nr_untold++;
	}
	atomic64_inc(&oom->events[OOM_EVENT_KILLED]);
	cgroup_file_notify(&oom->events_file);
	oom_tell_later(oom);
}

static int __init oom_kills_init(void)
{
	/* it must also run when no worker can be made */
	oom_kills_wq = alloc_workqueue("oom_kills", WQ_MEM_RECLAIM | WQ_UNBOUND, 1);
	return oom_kills_wq ? 0 : -ENOMEM;
}
core_initcall(oom_kills_init);
