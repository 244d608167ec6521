// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: telling subsystems that an mm has another owner.
 *
 * The new owner keeps its cgroups while ownership changes and until subsystems know: its thread
 * group is held for reading, so a write to tasks or cgroup.procs does not move it.  But a process
 * that shares the mm may belong to another user, who can keep a move of it from ending.  And its
 * moves, forks and exits would wait while the current task is kept from running.  So this lock is
 * taken only if the current task's user is the only one who may move the process.
 *
 * Moves of others, and changes of a hierarchy or of an inherit flag, can give the new owner another
 * css meanwhile.  Then subsystems are told once more, so the last css that they are told is the
 * right one.  A user could go on with that, so it is not done for ever.  A move or change
 * calls attach() after it has switched the task, and the mm has its new owner before this reads
 * the task's csses.  So a subsystem that looks at the mm in both callbacks ends with the right css.
 */
#include <linux/cred.h>
#include <linux/mm_owner.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "css_set.h"
#include "owner_change.h"
#include "subsys.h"

/* The subsystems that are told (M; read without it). */
static cgroup_mask_t owner_change_told __read_mostly;

/**
 * cgroup_owner_change_tell_subsys - tell a subsystem of new owners from now on, or no more
 * @ss: the subsystem
 * @tell: tell it, if it has mm_owner_changed()
 *
 * A change of owner that is under way is told or not.
 *
 * Context: cgroup_mutex, or boot.
 */
void cgroup_owner_change_tell_subsys(struct cgroup_subsys *ss, bool tell)
{
	cgroup_mask_t bit = ss->mm_owner_changed ? BIT(ss->id) : 0;

	WRITE_ONCE(owner_change_told, tell ? owner_change_told | bit : owner_change_told & ~bit);
}

/* Is the user of the current task, apart from root, the only one who may move @task? */
static bool owner_is_of_same_user(struct task_struct *task)
{
	const struct cred *cred;
	kuid_t uid = current_uid();

	guard(rcu)();
	cred = __task_cred(task);
	return uid_eq(cred->uid, uid) && uid_eq(cred->suid, uid);
}

/* Exclude moves of the new owner, unless others may move it. */
static void owner_change_lock(struct cgroup_owner_change *change)
{
	struct task_struct *to = change->to;

	if (!same_thread_group(to, current) && !owner_is_of_same_user(to))
		return;
	change->lock = &to->signal->cgroup_threadgroup_rwsem;
	down_read(change->lock);
}

/*
 * Also if both csses are the same: the old owner may have got its css after it stopped using
 * the mm, and it may own the mm so shortly that the owner before it has not told yet.
 */
static void owner_change_tell(cgroup_mask_t told, struct css_set *from, struct css_set *to,
			      struct task_struct *task)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, told)
		ss->mm_owner_changed(from->subsys[ssid], to ? to->subsys[ssid] : NULL, task);
}

/* How often subsystems are told of one hand-over. */
#define OWNER_CHANGE_TELL_MAX	8

/* Tell subsystems until the new owner has the css_set that they were told last. */
static void owner_change_tell_new(struct cgroup_owner_change *change)
{
	struct css_set *from = change->from_cset, *to = cset_get_of(change->to);
	int tells = 1;

	owner_change_tell(change->told, from, to, change->to);
	while (!cset_is_settled_of(to, change->to) && tells++ < OWNER_CHANGE_TELL_MAX) {
		put_css_set(from);
		from = to;
		to = cset_get_settled(change->to);
		owner_change_tell(change->told, from, to, change->to);
	}
	put_css_set(to);
	change->from_cset = from;
}

/**
 * cgroup_owner_change_begin - the current task is about to give up an mm
 * @change: to be filled; cgroup_owner_change_end() must follow
 * @to: the next owner, referenced; NULL if there is none
 *
 * Context: no lock of the task or of the mm; may sleep while the user of the current task moves
 *	the new owner.
 */
void cgroup_owner_change_begin(struct cgroup_owner_change *change, struct task_struct *to)
{
	change->to = to;
	change->told = READ_ONCE(owner_change_told);
	if (!change->told)
		return;
	change->lock = NULL;
	if (to)
		owner_change_lock(change);
	change->from_cset = cset_get_of(current);
}

/**
 * cgroup_owner_change_end - the mm has another owner now, or keeps the old one
 * @change: as filled by cgroup_owner_change_begin()
 * @changed: it has another one; tell subsystems
 *
 * Context: as cgroup_owner_change_begin().
 */
void cgroup_owner_change_end(struct cgroup_owner_change *change, bool changed)
{
	if (!change->told)
		return;
	if (changed && change->to)
		owner_change_tell_new(change);
	else if (changed)	/* no task uses it */
		owner_change_tell(change->told, change->from_cset, NULL, NULL);
	put_css_set(change->from_cset);
	if (change->lock)
		up_read(change->lock);
}
