// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the freezer.
 *
 * A group freezes when FROZEN is written to its freezer.state, or while its
 * parent freezes.  Its tasks then enter the refrigerator.  Tasks that sleep
 * freezable, or are stopped or traced, are frozen in place (kernel/freezer.c).
 *
 * The state that user space reads follows from two things:
 *
 *   freezing?   nr_busy     state
 *   no          any         THAWED
 *   yes         > 0         FREEZING
 *   yes         0           FROZEN
 *
 * nr_busy counts everything that keeps a group from being frozen:
 *
 *   each task that holds it up     task_struct::freezer_hold points to it
 *   each child that is busy itself
 *   each attach to it under way    from can_attach() to attach()
 *   one more, while @unswept: a walk has not told all members yet
 *
 * It is maintained even while the group does not freeze.  The state is computed
 * when nr_busy becomes 0 or stops being 0 and when freezing begins or ends, never
 * on a read; pollers are woken when it has changed.
 *
 * A task has a hold on the group that waits for it (freezer_hold).  The hold changes
 * as follows.  Only the first two lines make a group wait:
 *
 *   what happens                              hold             how
 *   group begins to freeze                    group            freezer_sweep()
 *   forked or attached into a freezing group  group            freezer_conform()
 *   frozen: in place, in the refrigerator,    none             cgroup_freezer_settled()
 *     or before
 *   kernel thread that never freezes, OOM     none             cgroup_freezer_settled()
 *     victim (it dies and runs no more code)
 *   group thaws, or attached to a thawed one  none             freezer_conform()
 *   exits                                     FREEZER_GONE     freezer_exit()
 *
 * Why FROZEN is never shown while a member can run its program:
 *
 * - A task that has no hold and is not frozen is being forked or moved, or a walk
 *   has not met it yet.  A child does not run before freezer_fork(), and its
 *   parent, which is not frozen, holds their common group.  An attach keeps its
 *   destination busy from before the task is a member until the task itself holds
 *   the group.  A group that begins to freeze is busy until a walk that began
 *   afterwards has met all members (cgroup/task_walk.c).  All groups of a subtree
 *   are made busy before the first one is walked.
 * - A frozen task stays frozen.  Only __thaw_task() wakes it, and it does not do so
 *   while the group or suspend still requires the task to be frozen.  A task that
 *   finds in the refrigerator that it has no reason to stay leaves TASK_FROZEN
 *   under freezer_lock.  It does not count as frozen after that.
 *
 * A task that was running when it was asked to freeze may then fall asleep
 * where only freeze_task() can freeze it: as the parent of a vfork, stopped, or in
 * an exec that waits for its other threads.  So freezer_retry() asks such tasks
 * again from time to time, as long as any hold is left.  It also repeats walks that
 * failed: because memory was short, or because tasks were moved too often.
 *
 * Suspend freezes tasks by the same means.  A group that does not freeze stays
 * THAWED meanwhile.  A group that begins to freeze meanwhile counts those tasks as
 * frozen, and they stay frozen when suspend thaws its tasks.
 *
 * Locks, outermost first; each field of struct freezer names the one that protects it:
 *
 *   freezer_key_mutex     the static key freezer_active
 *   css_set_lock, css_set::lock   inside cgroup_walk_next() only
 *   freezer_lock          kernel/freezer.c: a task becomes frozen, or thaws
 *     freezer_state_lock  L: holds, counts, states, which groups freeze; IRQs off
 *       cgroup_file_lock  and the locks of kernfs_notify()
 *
 * No lock is held while a whole group or tree is walked.  FREEZER_PARENT of a group is derived
 * from the flags of its parent, under L, after each change of these: by the walk that
 * made the change, or when the group comes online.  If two walks change the same tree,
 * the last one to reach a group makes it agree with its parent.
 *
 * The flags of a group are set before the walk of its members begins, and fork, exit, attach
 * and the walk all take css_set::lock.  So a task that joins too late to be met sees the flags.
 */
#include <linux/freezer.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "cgroup/call.h"
#include "cgroup/migrate.h"
#include "cgroup/subsys.h"
#include "cgroup/task_walk.h"

/* Bits of freezer::flags. */
enum {
	FREEZER_ONLINE		= BIT(0),
	FREEZER_SELF		= BIT(1),	/* FROZEN was written to it */
	FREEZER_PARENT		= BIT(2),	/* its parent freezes */

	FREEZER_FREEZING	= FREEZER_SELF | FREEZER_PARENT,
};

enum freezer_state {
	FREEZER_THAWED,
	FREEZER_STILL_FREEZING,
	FREEZER_FROZEN,
};

static const char * const freezer_state_names[] = {
	[FREEZER_THAWED]		= "THAWED",
	[FREEZER_STILL_FREEZING]	= "FREEZING",
	[FREEZER_FROZEN]		= "FROZEN",
};

/**
 * struct freezer - the freezer's css
 * @css: its generic part
 * @state_file: freezer.state
 * @flags: FREEZER_* bits; written under L, read with or without it
 * @unswept: L: members may not know @flags yet; counts in @nr_busy
 * @nr_marks: L: how often it began or stopped freezing
 * @node: L: node in freezers_at_work, which holds a reference
 * @round: L: the last round of freezer_retry() that has visited it
 * @nr_busy: L: how many things keep it from being frozen
 * @nr_held: L: how many of these are tasks
 * @state: L: what freezer.state shows
 */
struct freezer {
	struct cgroup_subsys_state css;
	struct cgroup_file state_file;
	unsigned int flags;
	bool unswept;
	unsigned int nr_marks;
	struct list_head node;
	unsigned int round;
	int nr_busy;
	int nr_held;
	enum freezer_state state;
};

/*
 * task_struct::freezer_hold is NULL, or the freezer that the task holds up,
 * referenced, or this: the task has exited and never holds up a freezer again.
 * Written under L, except when an exiting task itself changes NULL to this.
 */
#define FREEZER_GONE	((struct freezer *)ERR_PTR(-ESRCH))

static DEFINE_SPINLOCK(freezer_state_lock);

/* L: groups that are freezing or frozen, or are unswept */
static LIST_HEAD(freezers_at_work);

/* L: how many groups are freezing or frozen */
static unsigned int freezer_nr_freezing;

/*
 * freezer_key_on: the static key freezer_active is enabled for groups; freezer_key_users:
 * writers that need it, see freezer_key_need().
 */
static bool freezer_key_on;
static atomic_t freezer_key_users;

/* How long the key stays on after the last thaw, in jiffies. */
#define FREEZER_KEY_DELAY	(HZ / 4)

/* Jiffies until tasks are asked again to freeze; doubled each time up to the maximum. */
#define FREEZER_RETRY_MIN	1UL
#define FREEZER_RETRY_MAX	((unsigned long)HZ / 4)

/* How often a walk over the members may start again, if it is for a writer other than root. */
#define FREEZER_SWEEPS	4

static unsigned long freezer_retry_delay = FREEZER_RETRY_MIN;

/* Runs freezer_retry(); set up with the root freezer. */
static struct delayed_work freezer_retry_work;

static struct freezer *css_freezer(struct cgroup_subsys_state *css)
{
	return container_of(css, struct freezer, css);
}

static bool freezer_is_freezing(const struct freezer *fz)
{
	return READ_ONCE(fz->flags) & FREEZER_FREEZING;
}

/* The freezer that counts @fz while @fz is busy, or NULL. */
static struct freezer *freezer_above(struct freezer *fz)
{
	if (!(fz->flags & FREEZER_ONLINE) || !fz->css.parent)
		return NULL;
	return css_freezer(fz->css.parent);
}

/* Compute the state of @fz, and tell pollers if it has changed. */
static void __freezer_update_state(struct freezer *fz)
{
	enum freezer_state state = FREEZER_THAWED;

	lockdep_assert_held(&freezer_state_lock);

	if (freezer_is_freezing(fz))
		state = fz->nr_busy ? FREEZER_STILL_FREEZING : FREEZER_FROZEN;
	if (state == fz->state)
		return;
	fz->state = state;
	cgroup_file_notify(&fz->state_file);
}

/* Count one more reason why @fz is not frozen. */
static void __freezer_busy(struct freezer *fz)
{
	lockdep_assert_held(&freezer_state_lock);

	while (fz && !fz->nr_busy++) {
		__freezer_update_state(fz);
		fz = freezer_above(fz);
	}
}

/* Undo __freezer_busy(). */
static void __freezer_done(struct freezer *fz)
{
	lockdep_assert_held(&freezer_state_lock);

	while (fz && !--fz->nr_busy) {
		__freezer_update_state(fz);
		fz = freezer_above(fz);
	}
}

/* Let @task hold up @fz, or nothing if @fz is NULL. */
static void __freezer_set_hold(struct task_struct *task, struct freezer *fz)
{
	struct freezer *old = READ_ONCE(task->freezer_hold);

	lockdep_assert_held(&freezer_state_lock);

	do {
		if (old == fz || old == FREEZER_GONE)
			return;
	} while (!try_cmpxchg(&task->freezer_hold, &old, fz));

	if (fz) {
		css_get(&fz->css);
		fz->nr_held++;
		__freezer_busy(fz);
	}
	if (old) {
		__freezer_done(old);
		old->nr_held--;
		css_put(&old->css);
	}
}

/* Schedule freezer_retry(), which asks again the tasks that are not frozen yet. */
static void freezer_retry_soon(void)
{
	if (READ_ONCE(freezer_retry_delay) == FREEZER_RETRY_MIN) {
		queue_delayed_work(system_wq, &freezer_retry_work, FREEZER_RETRY_MIN);
	} else {
		WRITE_ONCE(freezer_retry_delay, FREEZER_RETRY_MIN);
		mod_delayed_work(system_wq, &freezer_retry_work, FREEZER_RETRY_MIN);
	}
}

/*
 * Make @task hold up its group if the group freezes, and no group otherwise.
 * Return: true if the group freezes.
 */
static bool freezer_update_hold(struct task_struct *task)
{
	struct freezer *fz;
	bool freezing;

	guard(rcu)();
	scoped_guard(spinlock_irqsave, &freezer_state_lock) {
		/* looked up under the lock: a later move of @task comes here later, too */
		fz = css_freezer(task_css(task, freezer_cgrp_id));
		freezing = freezer_is_freezing(fz);
		__freezer_set_hold(task, freezing ? fz : NULL);
	}
	return freezing;
}

/* Does @task hold a group up? */
static bool freezer_task_holds(struct task_struct *task)
{
	struct freezer *fz = READ_ONCE(task->freezer_hold);

	return fz && fz != FREEZER_GONE;
}

/* Ask @task to freeze; return false if it is frozen, or never will be. */
static bool freezer_ask(struct task_struct *task)
{
	bool asked = freeze_task(task);

	/*
	 * The task has begun to exit meanwhile, and may have been frozen in a late sleep
	 * (zap_pid_ns_processes()).  No walk would meet it any more to thaw it.
	 */
	if (unlikely(READ_ONCE(task->freezer_hold) == FREEZER_GONE))
		__thaw_task(task);

	/* a task that is exempt for a while keeps its hold, and is asked again */
	return asked || freezer_task_holds(task);
}

/* Freeze or thaw @task to match its group. */
static void freezer_conform(struct task_struct *task)
{
	if (!freezer_update_hold(task))
		__thaw_task(task);
	else if (freezer_ask(task))
		freezer_retry_soon();
}

/**
 * cgroup_freezing - is the freezer group of a task freezing or frozen?
 * @task: the task
 *
 * Returns false for an exiting task that has left its group, because no walk would thaw it.
 *
 * Context: any.
 * Return: true in either state.
 */
bool cgroup_freezing(struct task_struct *task)
{
	if (READ_ONCE(task->freezer_hold) == FREEZER_GONE)
		return false;

	guard(rcu)();
	return freezer_is_freezing(css_freezer(task_css(task, freezer_cgrp_id)));
}

/**
 * cgroup_freezer_settled - stop waiting for a task that is frozen, or never will be
 * @task: the task
 *
 * A user task that is exempt only for a while keeps its hold: the task that suspends
 * the machine, and a kernel helper that has not become a program yet.  A victim of
 * the OOM killer does not keep it, because it is about to die.
 *
 * Context: freezer_lock of kernel/freezer.c.  A task that is not frozen when it is checked
 * under this lock calls this function when it freezes.
 */
void cgroup_freezer_settled(struct task_struct *task)
{
	/* the hold is set before the task is checked under freezer_lock */
	if (!READ_ONCE(task->freezer_hold))
		return;
	if (!frozen(task) && !(task->flags & PF_KTHREAD) &&
	    !test_tsk_thread_flag(task, TIF_MEMDIE))
		return;

	/* the group of a kernel thread may have begun to freeze since the caller checked */
	scoped_guard(spinlock_irqsave, &freezer_state_lock)
		if (frozen(task) || !freezing(task))
			__freezer_set_hold(task, NULL);
}

/* Freeze or thaw all members to match @fz; return false if freezer_retry() must walk again. */
static bool freezer_sweep(struct freezer *fz)
{
	struct cgroup_walk walk = {};
	struct task_struct *task;

	cgroup_walk_begin(&walk, &fz->css, false);
	while ((task = cgroup_walk_next(&walk))) {
		freezer_conform(task);
		cond_resched();
		/*
		 * Too many restarts: leave it to freezer_retry().  It runs as root, so its walk
		 * always takes notes.
		 */
		if (!walk.by_root && walk.nr_rounds > FREEZER_SWEEPS)
			walk.err = -EAGAIN;
	}
	cgroup_walk_end(&walk);
	return !walk.err;
}

/* Ask the tasks again that @fz still waits for. */
static void freezer_nudge(struct freezer *fz)
{
	struct css_task_iter it;
	struct task_struct *task;

	css_task_iter_start(&fz->css, 0, &it);
	while ((task = css_task_iter_next(&it))) {
		if (READ_ONCE(task->freezer_hold) == fz)
			freezer_ask(task);
		cond_resched();
	}
	css_task_iter_end(&it);
}

/* All members know the changes of @fz up to @nr_marks. */
static void freezer_swept(struct freezer *fz, unsigned int nr_marks)
{
	bool idle = false;

	scoped_guard(spinlock_irq, &freezer_state_lock) {
		if (!fz->unswept || fz->nr_marks != nr_marks)
			return;
		fz->unswept = false;
		__freezer_done(fz);
		idle = !freezer_is_freezing(fz);
		if (idle)
			list_del_init(&fz->node);
	}
	if (idle)
		css_put(&fz->css);
}

/* Does @fz need a walk?  *@nr_marks is set to the last change that the walk covers. */
static bool freezer_is_unswept(struct freezer *fz, unsigned int *nr_marks)
{
	guard(spinlock_irq)(&freezer_state_lock);
	*nr_marks = fz->nr_marks;
	return fz->unswept;
}

/*
 * Do the pending work for @fz, to which the caller has a reference.  Return true if more work
 * is left for later.
 */
static bool freezer_work(struct freezer *fz)
{
	unsigned int nr_marks;

	if (!freezer_is_unswept(fz, &nr_marks)) {
		if (READ_ONCE(fz->nr_held))
			freezer_nudge(fz);
		return READ_ONCE(fz->nr_held);
	}
	if (!freezer_sweep(fz))
		return true;
	freezer_swept(fz, nr_marks);
	return READ_ONCE(fz->nr_held);
}

/* Get a freezer that @round has not visited yet, referenced; NULL if there is none. */
static struct freezer *freezer_take_work(unsigned int round)
{
	struct freezer *fz;

	guard(spinlock_irq)(&freezer_state_lock);
	/* new freezers, and those visited already, are behind those still to be visited */
	fz = list_first_entry_or_null(&freezers_at_work, struct freezer, node);
	if (!fz || fz->round == round)
		return NULL;
	fz->round = round;
	list_move_tail(&fz->node, &freezers_at_work);
	css_get(&fz->css);
	return fz;
}

static void freezer_retry(struct work_struct *work)
{
	unsigned long longer, delay = READ_ONCE(freezer_retry_delay);
	static unsigned int round;
	struct freezer *fz;
	bool more = false;

	round++;
	while ((fz = freezer_take_work(round))) {
		more |= freezer_work(fz);
		css_put(&fz->css);
	}

	/* if freezer_retry_soon() has changed the delay meanwhile, its value stays */
	longer = more ? min(2 * delay, FREEZER_RETRY_MAX) : FREEZER_RETRY_MIN;
	cmpxchg(&freezer_retry_delay, delay, longer);
	if (more)
		queue_delayed_work(system_wq, to_delayed_work(work),
				   READ_ONCE(freezer_retry_delay));
}

/*
 * Beginning and ending to freeze
 */

/* From now on @fz freezes for the reasons in @flags, if any; freezer_work() tells its members. */
static void __freezer_mark(struct freezer *fz, unsigned int flags)
{
	bool on = flags & FREEZER_FREEZING;
	bool change = freezer_is_freezing(fz) != on;

	lockdep_assert_held(&freezer_state_lock);

	WRITE_ONCE(fz->flags, flags);
	if (change) {
		WRITE_ONCE(freezer_nr_freezing, freezer_nr_freezing + (on ? 1 : -1));
		fz->nr_marks++;
		if (!fz->unswept) {
			fz->unswept = true;
			__freezer_busy(fz);
		}
		if (list_empty(&fz->node)) {
			css_get(&fz->css);
			list_add_tail(&fz->node, &freezers_at_work);
		}
	}
	__freezer_update_state(fz);
}

static void freezer_mark_self(struct freezer *fz, bool freeze)
{
	guard(spinlock_irq)(&freezer_state_lock);
	if (fz->flags & FREEZER_ONLINE)
		__freezer_mark(fz, freeze ? fz->flags | FREEZER_SELF : fz->flags & ~FREEZER_SELF);
}

/* FREEZER_PARENT if the parent of @fz freezes, else 0. */
static unsigned int __freezer_parent_flag(struct freezer *fz)
{
	lockdep_assert_held(&freezer_state_lock);
	if (fz->css.parent && freezer_is_freezing(css_freezer(fz->css.parent)))
		return FREEZER_PARENT;
	return 0;
}

static void freezer_mark_by_parent(struct freezer *fz)
{
	guard(spinlock_irq)(&freezer_state_lock);
	if (fz->flags & FREEZER_ONLINE)
		__freezer_mark(fz, (fz->flags & ~FREEZER_PARENT) | __freezer_parent_flag(fz));
}

/*
 * Get the online freezer after @pos (NULL: the first) of a walk over @top and all below it,
 * referenced; drop the reference to @pos.
 */
static struct freezer *freezer_next(struct freezer *pos, struct freezer *top)
{
	struct cgroup_subsys_state *css = pos ? &pos->css : NULL;

	scoped_guard(rcu) {
		do {
			css = css_next_descendant_pre(css, &top->css);
		} while (css && !((READ_ONCE(css_freezer(css)->flags) & FREEZER_ONLINE) &&
				  css_tryget(css)));
	}
	if (pos)
		css_put(&pos->css);
	cond_resched();
	return css ? css_freezer(css) : NULL;
}

/*
 * Tasks check whether they must freeze only while the static key is on.  Switching it takes
 * machine-wide locks, so a starved writer leaves that to a worker.  The key stays on for a
 * while after the last thaw.
 */
static DEFINE_MUTEX(freezer_key_mutex);

static int freezer_key_switch_on(void *arg)
{
	guard(mutex)(&freezer_key_mutex);
	if (!freezer_key_on) {
		static_branch_inc(&freezer_active);
		WRITE_ONCE(freezer_key_on, true);
	}
	return 0;
}

static void freezer_key_switch_off(struct work_struct *work)
{
	guard(mutex)(&freezer_key_mutex);
	if (!freezer_key_on || READ_ONCE(freezer_nr_freezing))
		return;
	WRITE_ONCE(freezer_key_on, false);
	/* pairs with atomic_inc_return() in freezer_key_need(): one side sees the other's store */
	smp_mb();
	if (atomic_read(&freezer_key_users) || READ_ONCE(freezer_nr_freezing))
		WRITE_ONCE(freezer_key_on, true);
	else
		static_branch_dec(&freezer_active);
}

static DECLARE_DELAYED_WORK(freezer_key_work, freezer_key_switch_off);

static void freezer_key_done(void)
{
	atomic_dec(&freezer_key_users);
	if (!READ_ONCE(freezer_nr_freezing))
		queue_delayed_work(system_wq, &freezer_key_work, FREEZER_KEY_DELAY);
}

/*
 * Switch the key on.  It stays on until freezer_key_done(), and as long as any group freezes.
 * Return: 0; -EINTR if the writer was killed while it waited for a worker.
 */
static int freezer_key_need(void)
{
	int ret = 0;

	atomic_inc_return(&freezer_key_users);
	if (!READ_ONCE(freezer_key_on))
		ret = cgroup_call_write(freezer_key_switch_on, NULL);
	if (ret)
		freezer_key_done();
	return ret;
}

/* FROZEN or THAWED was written to @top. */
static int freezer_change(struct freezer *top, bool freeze)
{
	struct freezer *fz;
	bool more = false;
	int ret = freezer_key_need();

	if (ret)
		return ret;
	freezer_mark_self(top, freeze);
	for (fz = freezer_next(NULL, top); fz; fz = freezer_next(fz, top))
		freezer_mark_by_parent(fz);
	for (fz = freezer_next(NULL, top); fz; fz = freezer_next(fz, top))
		more |= freezer_work(fz);
	if (more)
		freezer_retry_soon();
	freezer_key_done();
	return 0;
}

/*
 * Groups
 */
static struct cgroup_subsys_state *freezer_group_alloc(struct cgroup_subsys_state *parent_css)
{
	struct freezer *fz = kzalloc(sizeof(*fz), GFP_KERNEL);

	if (!fz)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&fz->node);
	if (!parent_css)
		INIT_DELAYED_WORK(&freezer_retry_work, freezer_retry);
	return &fz->css;
}

static int freezer_group_online(struct cgroup_subsys_state *css)
{
	struct freezer *fz = css_freezer(css);

	/*
	 * The group has no tasks yet, so it is FROZEN or THAWED at once and its parent's state does
	 * not change.
	 */
	guard(spinlock_irq)(&freezer_state_lock);
	WRITE_ONCE(fz->flags, FREEZER_ONLINE | __freezer_parent_flag(fz));
	if (freezer_is_freezing(fz)) {
		WRITE_ONCE(freezer_nr_freezing, freezer_nr_freezing + 1);
		css_get(&fz->css);
		list_add_tail(&fz->node, &freezers_at_work);
	}
	__freezer_update_state(fz);
	return 0;
}

static void freezer_group_offline(struct cgroup_subsys_state *css)
{
	struct freezer *fz = css_freezer(css);
	bool unswept;

	scoped_guard(spinlock_irq, &freezer_state_lock) {
		if (fz->nr_busy)
			__freezer_done(freezer_above(fz));
		WRITE_ONCE(fz->flags, fz->flags & ~FREEZER_ONLINE);
		__freezer_mark(fz, fz->flags & ~FREEZER_FREEZING);
		unswept = fz->unswept;
	}
	/* tasks that are exiting may be left in it: thaw them */
	if (unswept)
		freezer_retry_soon();
	if (!READ_ONCE(freezer_nr_freezing))
		queue_delayed_work(system_wq, &freezer_key_work, FREEZER_KEY_DELAY);
}

static void freezer_group_free(struct cgroup_subsys_state *css)
{
	kfree(css_freezer(css));
}

/*
 * Members
 */

/* The freezer that the tasks of an attach move to; the same in each of its callbacks. */
static struct freezer *freezer_attach_dst(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *css = NULL;

	if (WARN_ON_ONCE(!cgroup_taskset_first(tset, &css)))
		return NULL;
	return css_freezer(css);
}

static int freezer_can_attach(struct cgroup_taskset *tset)
{
	struct freezer *dst = freezer_attach_dst(tset);

	scoped_guard(spinlock_irq, &freezer_state_lock)
		__freezer_busy(dst);
	return 0;
}

static void freezer_cancel_attach(struct cgroup_taskset *tset)
{
	struct freezer *dst = freezer_attach_dst(tset);

	scoped_guard(spinlock_irq, &freezer_state_lock)
		__freezer_done(dst);
}

static void freezer_attach(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *css;
	struct task_struct *task;

	cgroup_taskset_for_each(task, css, tset)
		freezer_conform(task);
	freezer_cancel_attach(tset);
}

static int freezer_can_fork(struct task_struct *child, struct css_set *cset)
{
	/* it was copied from the parent */
	child->freezer_hold = NULL;
	return 0;
}

static void freezer_fork(struct task_struct *child)
{
	if (unlikely(cgroup_freezing(child)))
		freezer_conform(child);
}

static void freezer_exit(struct task_struct *task)
{
	struct freezer *none = NULL;

	/* a walk that met the task before it left its group may be about to set its hold */
	if (likely(try_cmpxchg(&task->freezer_hold, &none, FREEZER_GONE)))
		return;

	scoped_guard(spinlock_irq, &freezer_state_lock) {
		__freezer_set_hold(task, NULL);
		WRITE_ONCE(task->freezer_hold, FREEZER_GONE);
	}
}

/*
 * Files
 */
static int freezer_state_show(struct seq_file *seq, void *v)
{
	struct freezer *fz = css_freezer(seq_css(seq));
	enum freezer_state state;

	/* under the lock: the state is not older than the event that woke a poller */
	scoped_guard(spinlock_irq, &freezer_state_lock)
		state = fz->state;
	seq_printf(seq, "%s\n", freezer_state_names[state]);
	return 0;
}

static ssize_t freezer_state_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				   loff_t off)
{
	struct freezer *fz = css_freezer(of_css(of));
	const char *word = strstrip(buf);
	int ret = -EINVAL;

	if (!strcmp(word, freezer_state_names[FREEZER_FROZEN]))
		ret = freezer_change(fz, true);
	else if (!strcmp(word, freezer_state_names[FREEZER_THAWED]))
		ret = freezer_change(fz, false);
	return ret ?: nbytes;
}

/* Does the group freeze for the reason in cftype::private? */
static u64 freezer_flag_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return !!(READ_ONCE(css_freezer(css)->flags) & cft->private);
}

static struct cftype freezer_files[] = {
	{
		.name = "state",
		.file_offset = offsetof(struct freezer, state_file),
		.flags = CFTYPE_NOT_ON_ROOT,
		.seq_show = freezer_state_show,
		.write = freezer_state_write,
	},
	{
		.name = "self_freezing",
		.private = FREEZER_SELF,
		.flags = CFTYPE_NOT_ON_ROOT,
		.read_u64 = freezer_flag_read,
	},
	{
		.name = "parent_freezing",
		.private = FREEZER_PARENT,
		.flags = CFTYPE_NOT_ON_ROOT,
		.read_u64 = freezer_flag_read,
	},
	{ }
};

struct cgroup_subsys freezer_cgrp_subsys = {
	.css_alloc = freezer_group_alloc,
	.css_online = freezer_group_online,
	.css_offline = freezer_group_offline,
	.css_free = freezer_group_free,
	.can_attach = freezer_can_attach,
	.cancel_attach = freezer_cancel_attach,
	.attach = freezer_attach,
	.can_fork = freezer_can_fork,
	.fork = freezer_fork,
	.exit = freezer_exit,
	.legacy_cftypes = freezer_files,
};
