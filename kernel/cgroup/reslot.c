// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: giving the tasks of many cgroups other csses.
 *
 * When a subsystem is bound to or unbound from a hierarchy in use, when a merge brings
 * csses, or when a cgroup begins or ceases to inherit, tasks stay in their cgroups but get
 * another css.  For the subsystem that is an attach.  Each css_set concerned is retired.
 * Another css_set with the new slots takes its place, and the live tasks migrate to it.
 * A task that is exiting or dead keeps the old css_set, because its csses hold what the task
 * charged: when pids uncharges a dead task, it does so from the css of the task.  The exception
 * is a leader whose process lives on: it migrates too.
 *
 * The new css_set has the same tuple, except for a fold: there the place in the merged hierarchy
 * becomes its root.  So several old css_sets may have the same successor, and only with a fold
 * can the successor exist already.  A css_set without tasks, exited leaders and namespaces gets
 * no successor.
 *
 * css_sets are made under cgroup_mutex only.  Until tasks are collected, a fork still joins the
 * retired css_set of its parent, and the child is collected with it.  After that, a fork waits
 * or goes back.  Namespaces switch to the successor after the tasks.
 *
 * This file decides which css_set takes the place of a retired one; migrate.c moves the tasks.
 */
#include "css.h"
#include "css_set.h"
#include "migrate.h"
#include "namespace.h"
#include "reshape.h"
#include "subsys.h"
#include "txn.h"

/**
 * struct reslot_cset - a css_set and the one that takes its place
 * @old: referenced, retired
 * @new: referenced; NULL if @old has no tasks, no exited leaders and no namespaces
 */
struct reslot_cset {
	struct css_set *old;
	struct css_set *new;
};

/**
 * struct cgroup_reslot - the step that retires css_sets
 * @step: node in the transaction
 * @change: what the caller asked for
 * @csets: the css_sets concerned
 * @nr_csets: how many
 * @mg: the tasks, a step of its own
 */
struct cgroup_reslot {
	struct cgroup_step step;
	struct cgroup_reslot_change change;
	struct reslot_cset *csets;
	unsigned int nr_csets;
	struct cgroup_migration mg;
};

/* Allocate room for all css_sets that can be concerned. */
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
	rs->csets = kvcalloc(max(nr, 1U), sizeof(*rs->csets), GFP_KERNEL);
	rs->mg.sources = kvmalloc_array(max(nr, 1U), sizeof(*rs->mg.sources), GFP_KERNEL);
	return rs->csets && rs->mg.sources ? 0 : -ENOMEM;
}

/* Add and retire the css_sets of @cgrp; those retired earlier have no live task. */
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

/* Compute the slots that the tasks of @old get. */
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

/* Find or make the successor of @rc->old; retired css_sets are not found. */
static int reslot_replace(struct cgroup_reslot *rs, struct reslot_cset *rc)
{
	struct cgroup *place = rs->change.fold ? &rs->change.fold->cgrp : rc->old->dfl_cgrp;
	struct cgroup_subsys_state *slots[CGROUP_SUBSYS_COUNT];

	if (!cset_is_used(rc->old))
		return 0;
	/* another css_set in the table can have the new tuple only with a fold */
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

/* The tasks have moved, so no new namespace gets one of the old css_sets as its root. */
static void cgroup_reslot_post(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	unsigned int i;

	for (i = 0; i < rs->nr_csets; i++) {
		guard(spinlock_irq)(&css_set_lock);
		if (rs->csets[i].new)
			cgroup_ns_follow(rs->csets[i].old, rs->csets[i].new);
	}
}

static void cgroup_reslot_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	unsigned int i;

	for (i = 0; i < rs->nr_csets; i++) {
		if (rs->csets[i].new)
			put_css_set(rs->csets[i].new);
		put_css_set(rs->csets[i].old);
	}
	kvfree(rs->csets);
}

static const struct cgroup_step_ops cgroup_reslot_ops = {
	.post = cgroup_reslot_post,
	.abort = cgroup_reslot_abort,
	.finish = cgroup_reslot_finish,
};

/* Let the tasks of each css_set that has a successor migrate to it. */
static void reslot_add_sources(struct cgroup_reslot *rs)
{
	unsigned int i;

	for (i = 0; i < rs->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[i];

		if (!rc->new)
			continue;
		get_css_set(rc->new);
		cgroup_migration_add_source(&rs->mg, rc->old, rc->new);
	}
}

/**
 * cgroup_reslot_commit_txn - give tasks other csses, and commit the transaction
 * @txn: transaction, all its other steps prepared; the caller aborts it if this fails
 * @change: what changes
 *
 * Only forks and exits of the tasks concerned wait, until the subsystems have been told.
 *
 * Context: cgroup_mutex; takes cpus_read_lock(); may sleep, but waits for no fork and no exit.
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
	rs->mg.cgrp = change->top;
	rs->mg.refusal = "%s refuses a change of its hierarchy";
	rs->mg.collects = true;
	rs->mg.by_source = true;
	rs->mg.many_to_one = change->fold;
	cgroup_txn_add(txn, &rs->step, &cgroup_reslot_ops);
	ret = reslot_alloc_csets(rs, change->top, change->itself);
	if (!ret) {
		reslot_take_all_csets(rs);
		ret = reslot_replace_all(rs);
	}
	if (!ret) {
		reslot_add_sources(rs);
		ret = cgroup_migrate(txn, &rs->mg);
	}
	if (ret)
		cgroup_migration_free(&rs->mg);
	return ret;
}
