// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the tasks of many cgroups get other csses.
 *
 * When a hierarchy in use begins or ends to carry a subsystem, takes one over with
 * its csses, or a cgroup begins or ends to inherit, tasks stay where they are and yet
 * have another css: for the subsystem that is an attach.  Each css_set concerned is
 * retired, another one with the slots that are right from then on takes its place, and
 * the tasks that live go there.  One that is exiting or dead keeps the old css_set: what
 * it has charged is in the csses of that.
 *
 * It is the last step of a transaction to be prepared, in two parts: with the gate
 * open everything that takes memory or time, css_sets above all; with the gate closed,
 * when no task comes and none begins to go, the tasks are noted, the subsystems asked,
 * and the whole transaction is committed.
 */
#include <linux/cpu.h>
#include <linux/sched/deadline.h>
#include <linux/sched/task.h>
#include "cgroup_internal.h"

/**
 * struct reslot_cset - a css_set and what takes its place
 * @old: referenced, retired
 * @new: referenced; NULL if no task is in @old
 * @first: index of the first move from @old to @new
 * @nr: how many
 * @agreed: subsystems that were asked about these moves and did not refuse
 */
struct reslot_cset {
	struct css_set *old;
	struct css_set *new;
	unsigned int first;
	unsigned int nr;
	cgroup_mask_t agreed;
};

/**
 * struct cgroup_reslot - the step
 * @step: node in the transaction
 * @change: what the caller asked for
 * @csets: the css_sets concerned
 * @nr_csets: how many
 * @room_csets: for how many there is room
 * @moves: their tasks, those of a css_set together
 * @nr_moves: how many
 * @room_moves: for how many there is room
 * @changed: subsystems whose slot changes for some task
 * @agreed: subsystems that were asked about all moves and did not refuse
 */
struct cgroup_reslot {
	struct cgroup_step step;
	struct cgroup_reslot_change change;
	struct reslot_cset *csets;
	unsigned int nr_csets;
	unsigned int room_csets;
	struct cgroup_move *moves;
	unsigned int nr_moves;
	unsigned int room_moves;
	cgroup_mask_t changed;
	cgroup_mask_t agreed;
};

/*
 * Memory's can_attach() prepares to move charges along, one attach at a time.  Here
 * charges stay with the group that made them, so it is only told.
 */
static bool reslot_asks(struct cgroup_subsys *ss)
{
#ifdef CONFIG_MEMCG
	if (ss->id == memory_cgrp_id)
		return false;
#endif
	return true;
}

/*
 * Who looks at the first task of an attach only, to learn whence and where all go.  All
 * others are called once: the scheduler holds a lock from can_attach() to attach().
 */
static bool reslot_by_cset(struct cgroup_subsys *ss)
{
#ifdef CONFIG_CPUSETS
	if (ss->id == cpuset_cgrp_id)
		return true;
#endif
#ifdef CONFIG_CGROUP_FREEZER
	if (ss->id == freezer_cgrp_id)
		return true;
#endif
	return false;
}

/*
 * css_sets, with the gate open: only who holds cgroup_mutex makes any, and an exit at
 * most empties them.
 */

/* Room for as many css_sets as can be concerned. */
static int reslot_alloc_csets(struct cgroup_reslot *rs, struct cgroup *top, bool itself)
{
	unsigned int nr = 0;
	struct cgroup *cgrp;

	scoped_guard(spinlock_irq, &css_set_lock) {
		if (itself)
			nr += list_count_nodes(&top->cset_links);
	}
	for_each_live_cgroup(cgrp, top) {
		guard(spinlock_irq)(&css_set_lock);
		nr += list_count_nodes(&cgrp->cset_links);
	}
	if (rs->change.fold)
		for_each_live_cgroup(cgrp, &rs->change.fold->cgrp) {
			guard(spinlock_irq)(&css_set_lock);
			nr += list_count_nodes(&cgrp->cset_links);
		}
	rs->room_csets = nr;
	rs->csets = kvcalloc(max(nr, 1U), sizeof(*rs->csets), GFP_KERNEL);
	return rs->csets ? 0 : -ENOMEM;
}

/* Note and retire the css_sets of @cgrp; those retired before have no task that lives. */
static void reslot_take_csets(struct cgroup_reslot *rs, struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &cgrp->cset_links, cgrp_node) {
		if (!cset_retire(link->cset))
			continue;
		get_css_set(link->cset);
		rs->csets[rs->nr_csets++].old = link->cset;
	}
}

static void reslot_take_all_csets(struct cgroup_reslot *rs)
{
	struct cgroup *cgrp, *top = rs->change.top;

	if (rs->change.itself)
		reslot_take_csets(rs, top);
	for_each_live_cgroup(cgrp, top)
		reslot_take_csets(rs, cgrp);
	if (rs->change.fold)
		for_each_live_cgroup(cgrp, &rs->change.fold->cgrp)
			reslot_take_csets(rs, cgrp);
}

/* The slots that the tasks of @old shall have. */
static void reslot_derive(struct cgroup_reslot *rs, struct css_set *old,
			  struct cgroup_subsys_state **slots)
{
	struct cgroup_reslot_change *change = &rs->change;
	struct cgroup *cgrp = cset_cgroup_from_root(old, change->top->root);
	struct cgroup *above = cgroup_parent(change->top);
	struct cgroup_subsys *ss;
	int ssid;

	memcpy(slots, old->subsys, sizeof(old->subsys));
	for_each_subsys_mask(ss, ssid, change->add & CGROUP_STATEFUL_MASK)
		slots[ssid] = cgroup_e_css(cgrp, ss);
	for_each_subsys_mask(ss, ssid, change->remove & CGROUP_STATEFUL_MASK)
		slots[ssid] = above ? cgroup_e_css(above, ss) : init_css_set.subsys[ssid];
}

/* Find or make what takes the place of @rc->old; the retired ones are not found. */
static int reslot_replace(struct cgroup_reslot *rs, struct reslot_cset *rc)
{
	struct cgroup *place = rs->change.fold ? &rs->change.fold->cgrp : rc->old->dfl_cgrp;
	struct cgroup_subsys_state *slots[CGROUP_SUBSYS_COUNT];

	if (!READ_ONCE(rc->old->nr_tasks))
		return 0;
	/* if tuples stay, then that of @old is nobody else's */
	if (rs->change.fold)
		rc->new = cset_find(rc->old, place);
	if (!rc->new) {
		reslot_derive(rs, rc->old, slots);
		rc->new = cset_make(rc->old, place, slots);
	}
	return rc->new ? 0 : -ENOMEM;
}

static int reslot_replace_all(struct cgroup_reslot *rs)
{
	unsigned int i;
	int ret;

	for (i = 0; i < rs->nr_csets; i++) {
		ret = reslot_replace(rs, &rs->csets[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* Room for the tasks that are there, and for some that may come until the gate closes. */
static int reslot_reserve_moves(struct cgroup_reslot *rs)
{
	unsigned int i, nr = 0;

	for (i = 0; i < rs->nr_csets; i++)
		nr += READ_ONCE(rs->csets[i].old->nr_tasks);
	nr += nr / 4 + 64;
	if (nr <= rs->room_moves)
		return 0;
	kvfree(rs->moves);
	rs->room_moves = 0;
	rs->moves = kvmalloc_array(nr, sizeof(*rs->moves), GFP_KERNEL);
	if (!rs->moves)
		return -ENOMEM;
	rs->room_moves = nr;
	return 0;
}

/*
 * Tasks, with the gate closed
 */

/* Note the tasks of a css_set, but for the exiting ones; false if there is no room. */
static bool reslot_gather_cset(struct cgroup_reslot *rs, struct reslot_cset *rc)
{
	struct task_struct *task;

	rc->first = rs->nr_moves;
	guard(spinlock_irq)(&rc->old->lock);
	list_for_each_entry(task, &rc->old->tasks, cg_list) {
		if (task->flags & PF_EXITING)
			continue;
		if (rs->nr_moves == rs->room_moves)
			return false;
		get_css_set(rc->new);
		rs->moves[rs->nr_moves++] = (struct cgroup_move) {
			.task = get_task_struct(task),
			.src = rc->old,
			.dst = rc->new,
		};
	}
	rc->nr = rs->nr_moves - rc->first;
	return true;
}

static void reslot_forget_moves(struct cgroup_reslot *rs)
{
	while (rs->nr_moves) {
		struct cgroup_move *move = &rs->moves[--rs->nr_moves];

		put_css_set(move->dst);
		put_task_struct(move->task);
	}
}

/* Note all tasks, and which subsystems they mean something to. */
static bool reslot_gather(struct cgroup_reslot *rs)
{
	unsigned int i;
	int ssid;

	cgroup_gate_assert_closed();

	rs->changed = 0;
	for (i = 0; i < rs->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[i];

		rc->nr = 0;
		if (!rc->new)
			continue;
		if (!reslot_gather_cset(rs, rc)) {
			reslot_forget_moves(rs);
			return false;
		}
		for (ssid = 0; rc->nr && ssid < CGROUP_SUBSYS_COUNT; ssid++)
			if (rc->old->subsys[ssid] != rc->new->subsys[ssid])
				rs->changed |= BIT(ssid);
	}
	return true;
}

/* What @ss is to see: the tasks of one css_set, or of all (NULL). */
static struct cgroup_taskset reslot_taskset(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
					    struct reslot_cset *rc)
{
	return (struct cgroup_taskset) {
		.moves = rs->moves + (rc ? rc->first : 0),
		.nr = rc ? rc->nr : rs->nr_moves,
		.ssid = ss->id,
	};
}

static bool reslot_concerns(struct reslot_cset *rc, struct cgroup_subsys *ss)
{
	return rc->nr && rc->old->subsys[ss->id] != rc->new->subsys[ss->id];
}

static int reslot_ask_about(struct cgroup_txn *txn, struct cgroup_reslot *rs,
			    struct cgroup_subsys *ss, struct reslot_cset *rc,
			    cgroup_mask_t *agreed)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, rc);
	struct cgroup *cgrp = rs->change.top;
	int ret = ss->can_attach ? ss->can_attach(&tset) : 0;

	if (!ret) {
		*agreed |= BIT(ss->id);
		return 0;
	}
	if (rc)
		cgrp = cset_cgroup_from_root(rc->old, cgrp->root);
	return cgroup_txn_refuse(txn, cgrp, ret, "%s refuses a change of its hierarchy",
				 ss->legacy_name);
}

/*
 * Cpuset books the bandwidth of deadline tasks for one attach at a time.  In a merge several
 * of its csses may lose tasks to one.
 */
static bool reslot_has_deadline(struct cgroup_reslot *rs, struct reslot_cset *rc)
{
	unsigned int i;

	for (i = 0; i < rc->nr; i++)
		if (dl_task(rs->moves[rc->first + i].task))
			return true;
	return false;
}

static int reslot_check_deadline(struct cgroup_txn *txn, struct cgroup_reslot *rs)
{
#ifdef CONFIG_CPUSETS
	struct cgroup_subsys *ss = cgroup_subsys[cpuset_cgrp_id];
	unsigned int i;

	if (!rs->change.fold || !(rs->changed & BIT(cpuset_cgrp_id)))
		return 0;
	for (i = 0; i < rs->nr_csets; i++)
		if (reslot_concerns(&rs->csets[i], ss) && reslot_has_deadline(rs, &rs->csets[i]))
			return cgroup_txn_refuse(txn, rs->change.top, -EBUSY,
						 "cpuset has a deadline task at another path");
#endif
	return 0;
}

static int reslot_ask(struct cgroup_txn *txn, struct cgroup_reslot *rs, struct cgroup_subsys *ss)
{
	unsigned int i;
	int ret;

	if (!reslot_asks(ss))
		return 0;
	if (!reslot_by_cset(ss))
		return reslot_ask_about(txn, rs, ss, NULL, &rs->agreed);

	for (i = 0; i < rs->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[i];

		if (!reslot_concerns(rc, ss))
			continue;
		ret = reslot_ask_about(txn, rs, ss, rc, &rc->agreed);
		if (ret)
			return ret;
	}
	return 0;
}

static int reslot_ask_all(struct cgroup_txn *txn, struct cgroup_reslot *rs)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	ret = reslot_check_deadline(txn, rs);
	if (ret)
		return ret;
	for_each_subsys_mask(ss, ssid, rs->changed) {
		ret = reslot_ask(txn, rs, ss);
		if (ret)
			return ret;
	}
	return 0;
}

static void reslot_cancel_about(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
				struct reslot_cset *rc, cgroup_mask_t agreed)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, rc);

	if ((agreed & BIT(ss->id)) && ss->cancel_attach)
		ss->cancel_attach(&tset);
}

static void reslot_cancel_all(struct cgroup_reslot *rs)
{
	unsigned int i;
	int ssid;

	for (ssid = CGROUP_SUBSYS_COUNT - 1; ssid >= 0; ssid--) {
		struct cgroup_subsys *ss = cgroup_subsys[ssid];

		if (!(rs->changed & BIT(ssid)))
			continue;
		reslot_cancel_about(rs, ss, NULL, rs->agreed);
		for (i = rs->nr_csets; i--; )
			reslot_cancel_about(rs, ss, &rs->csets[i], rs->csets[i].agreed);
	}
}

/*
 * The step
 */

static void cgroup_reslot_abort(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	unsigned int i;

	for (i = 0; i < rs->nr_csets; i++) {
		if (rs->csets[i].new)
			put_css_set(rs->csets[i].new);
		scoped_guard(spinlock_irq, &css_set_lock)
			cset_restore(rs->csets[i].old);
		put_css_set(rs->csets[i].old);
	}
	rs->nr_csets = 0;
}

static void reslot_tell(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
			struct reslot_cset *rc)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, rc);

	ss->attach(&tset);
}

/* One task at a time. */
static void reslot_tell_each(struct cgroup_reslot *rs, struct cgroup_subsys *ss)
{
	unsigned int i;

	for (i = 0; i < rs->nr_moves; i++) {
		struct cgroup_taskset tset = {
			.moves = &rs->moves[i],
			.nr = 1,
			.ssid = ss->id,
		};

		if (rs->moves[i].src->subsys[ss->id] != rs->moves[i].dst->subsys[ss->id])
			ss->attach(&tset);
	}
}

static void reslot_tell_all(struct cgroup_reslot *rs, struct cgroup_subsys *ss)
{
	unsigned int i;

	if (!ss->attach)
		return;
	if (!reslot_asks(ss)) {
		/* memory looks at the first process of an attach only, for its page tables */
		reslot_tell_each(rs, ss);
		return;
	}
	if (!reslot_by_cset(ss)) {
		reslot_tell(rs, ss, NULL);
		return;
	}
	for (i = 0; i < rs->nr_csets; i++)
		if (reslot_concerns(&rs->csets[i], ss))
			reslot_tell(rs, ss, &rs->csets[i]);
}

static void cgroup_reslot_commit(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	struct cgroup_subsys *ss;
	unsigned int i;
	int ssid;

	for (i = 0; i < rs->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[i];

		/* one at a time: it may have thousands of tasks, and IRQs are off */
		guard(spinlock_irq)(&css_set_lock);
		cgroup_swing_moves(rs->moves + rc->first, rc->nr);
	}
	for_each_subsys_mask(ss, ssid, rs->changed)
		reslot_tell_all(rs, ss);
}

/* What attach() began is waited for as after any attach. */
static void cgroup_reslot_post(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, rs->changed)
		if (ss->post_attach && reslot_asks(ss))
			ss->post_attach();
}

static void cgroup_reslot_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	unsigned int i;

	for (i = 0; i < rs->nr_moves; i++) {
		/* the task's reference before the move */
		put_css_set(rs->moves[i].src);
		put_task_struct(rs->moves[i].task);
	}
	for (i = 0; i < rs->nr_csets; i++) {
		if (rs->csets[i].new)
			put_css_set(rs->csets[i].new);
		put_css_set(rs->csets[i].old);
	}
	kvfree(rs->csets);
	kvfree(rs->moves);
}

static const struct cgroup_step_ops cgroup_reslot_ops = {
	.commit = cgroup_reslot_commit,
	.post = cgroup_reslot_post,
	.abort = cgroup_reslot_abort,
	.finish = cgroup_reslot_finish,
};

/* Close the gate, ask, commit. False if more tasks had come than there was room for. */
static bool reslot_try(struct cgroup_txn *txn, struct cgroup_reslot *rs, int *ret)
{
	bool room;

	cpus_read_lock();
	cgroup_gate_close();
	room = reslot_gather(rs);
	if (room) {
		*ret = reslot_ask_all(txn, rs);
		if (*ret) {
			reslot_cancel_all(rs);
			reslot_forget_moves(rs);
		} else {
			cgroup_txn_commit(txn);
		}
	}
	cgroup_gate_open();
	cpus_read_unlock();
	return room;
}

/**
 * cgroup_reslot_commit_txn - give tasks other csses, and commit the transaction with that
 * @txn: transaction, all its other steps prepared; to be aborted if this fails
 * @change: what changes
 *
 * Context: cgroup_mutex, cgroup_gate_announce(); may sleep; closes the gate for a while.
 * Return: 0, -ENOMEM, or the refusal of a subsystem.
 */
int cgroup_reslot_commit_txn(struct cgroup_txn *txn, const struct cgroup_reslot_change *change)
{
	struct cgroup_reslot *rs = cgroup_txn_alloc(txn, sizeof(*rs));
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	if (!rs)
		return -ENOMEM;
	rs->change = *change;
	ret = reslot_alloc_csets(rs, change->top, change->itself);
	if (ret)
		return ret;
	cgroup_txn_add(txn, &rs->step, &cgroup_reslot_ops);
	reslot_take_all_csets(rs);
	ret = reslot_replace_all(rs);
	if (ret)
		return ret;
	do {
		ret = reslot_reserve_moves(rs);
		if (ret)
			return ret;
	} while (!reslot_try(txn, rs, &ret));
	return ret;
}
