// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: telling subsystems that an mm has another owner.
 *
 * The new owner keeps its cgroups while ownership changes and until subsystems know: its thread
 * group is held for reading, so a write to tasks or cgroup.procs does not move it.  But it may
 * be in another process, of another user, who can keep a move of it from ending.  So the lock of
 * another process is only tried: if a move is under way, the hand-over does not wait for it.
 *
 * Such a move, and a change of a hierarchy or of an inherit flag, can give the new owner another
 * css meanwhile.  Then subsystems are told once more, so the last css that they are told is the
 * right one.  A user could go on with that, so it is not done for ever.  The move or change
 * calls attach() after it has switched the task, and the mm has its new owner before this reads
 * the task's csses.  So a subsystem that looks at the mm in both callbacks ends with the right css.
 */
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

static struct rw_semaphore *owner_lock_of(struct task_struct *task)
{
	return &task->signal->cgroup_threadgroup_rwsem;
}

/* Exclude moves of the new owner, unless it is in another process and a move is under way. */
static void owner_change_lock(struct cgroup_owner_change *change)
{
	struct rw_semaphore *own = owner_lock_of(current), *lock = owner_lock_of(change->to);

	if (lock == own)
		down_read(lock);
	else if (!down_read_trylock(lock))
		lock = NULL;
	change->lock = lock;
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
 * Context: no lock of the task or of the mm; may sleep while the process of the current task
 *	is moved.
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
