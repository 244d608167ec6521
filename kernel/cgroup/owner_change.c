// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: telling subsystems that an mm has another owner.
 *
 * Both owners keep their cgroups while ownership changes, and the new one until subsystems
 * know: their thread groups are held for reading, so neither is moved.  Two tasks may hand
 * over to each other's process, and a mover that waits for one of the locks keeps readers
 * out.  So the lock with the lower address is taken first.  The holders for writing are moves of
 * the two processes, which wait for nothing that a hand-over holds.  A move can wait for a
 * hand-over whose task gets little CPU time.  Both processes belong to one user, because they
 * share an mm.
 *
 * A change of a hierarchy, or of an inherit flag, can give a task another css meanwhile, and
 * does not wait for this.  Then subsystems are told once more, so the last css that they are told
 * is the right one.
 */
#include <linux/mm_owner.h>
#include <linux/minmax.h>
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

/* A task that exits is not moved, except a leader whose process lives on and has other users. */
static bool owner_change_needs_lock(struct task_struct *to)
{
	return to || !(current->flags & PF_EXITING);
}

/*
 * The css_set of the old owner.  An exit without a next owner does not wait for a migration:
 * the memory of the process is freed after this.
 */
static struct css_set *owner_change_from(struct task_struct *to)
{
	return owner_change_needs_lock(to) ? cset_get_settled(current) : cset_get_of(current);
}

/* Exclude moves of the current task and of @to. */
static void owner_change_lock(struct task_struct *to)
{
	struct rw_semaphore *a = owner_lock_of(current), *b = to ? owner_lock_of(to) : a;

	if (!owner_change_needs_lock(to))
		return;
	down_read(min(a, b));
	if (a != b)
		down_read_nested(max(a, b), SINGLE_DEPTH_NESTING);
}

static void owner_change_unlock(struct task_struct *to)
{
	struct rw_semaphore *a = owner_lock_of(current), *b = to ? owner_lock_of(to) : a;

	if (!owner_change_needs_lock(to))
		return;
	if (a != b)
		up_read(b);
	up_read(a);
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

/* Tell subsystems until the new owner has the css_set that they were told last. */
static void owner_change_tell_all(struct cgroup_owner_change *change)
{
	struct css_set *from = change->from_cset, *to = change->to_cset;

	owner_change_tell(change->told, from, to, change->to);
	while (to && !cset_is_settled_of(to, change->to)) {
		put_css_set(from);
		from = to;
		to = cset_get_settled(change->to);
		owner_change_tell(change->told, from, to, change->to);
	}
	change->from_cset = from;
	change->to_cset = to;
}

/**
 * cgroup_owner_change_begin - the current task is about to give up an mm
 * @change: to be filled; cgroup_owner_change_end() must follow
 * @to: the next owner, referenced; NULL if there is none
 *
 * Context: no lock of the task or of the mm; may sleep while one of both processes is moved.
 */
void cgroup_owner_change_begin(struct cgroup_owner_change *change, struct task_struct *to)
{
	change->to = to;
	change->told = READ_ONCE(owner_change_told);
	if (!change->told)
		return;
	owner_change_lock(to);
	change->from_cset = owner_change_from(to);
	change->to_cset = to ? cset_get_settled(to) : NULL;
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
	if (changed)
		owner_change_tell_all(change);
	put_css_set(change->from_cset);
	if (change->to_cset)
		put_css_set(change->to_cset);
	owner_change_unlock(change->to);
}
