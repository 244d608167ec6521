// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: moving csses from the cgroups of one hierarchy to those of another one of
 * the same shape.  They stay the same objects: they keep their ids, limits, counters, charges
 * and children.  Registered eventfds and OOM waiters stay.
 *
 * A css gets new files in its new cgroup.  Its old files are removed, and tasks that poll
 * them are woken.  The css holds a reference to the new cgroup instead of the old one.  Csses
 * of removed cgroups, which live on because of their charges, stay where they are; see
 * "strays" in rstat.c.
 *
 * Readers of css->cgroup see the old cgroup or the new one.  The old one exists for at least
 * a grace period after the change.
 */
#include "css.h"
#include "file.h"
#include "hierarchy.h"
#include "reshape.h"
#include "rstat.h"
#include "subsys.h"
#include "txn.h"

/**
 * cgroup_transplant_alloc - make the step, with room for the cgroups of a hierarchy
 * @to: the hierarchy that gets the csses
 * @from: the hierarchy that has them
 * @mask: the subsystems, a subset of what @from carries
 * @shape: the hierarchy whose cgroups are walked to find the pairs: @to for a merge, in which all
 *	cgroups exist already; @from for a split, which makes those of @to
 *
 * The caller adds the pairs and calls cgroup_transplant_prepare(), or calls
 * cgroup_transplant_free().
 *
 * Context: cgroup_mutex; may sleep.
 * Return: the step; NULL if there is no memory.
 */
struct cgroup_transplant *cgroup_transplant_alloc(struct cgroup_root *to,
						  struct cgroup_root *from, cgroup_mask_t mask,
						  struct cgroup_root *shape)
{
	struct cgroup_transplant *tp = kzalloc(sizeof(*tp), GFP_KERNEL);
	struct cgroup *cgrp;

	lockdep_assert_held(&cgroup_mutex);

	if (!tp)
		return NULL;
	tp->to = to;
	tp->from = from;
	tp->mask = mask;
	for_each_live_cgroup(cgrp, &shape->cgrp) {
		tp->capacity++;
		tp->depth = max(tp->depth, cgrp->level);
	}
	/*
	 * path[level]: ancestors-or-self of the cgroup added last.  The parent of the next pair is
	 * among them.
	 */
	tp->pairs = kvcalloc(max(tp->capacity, 1U), sizeof(*tp->pairs), GFP_KERNEL);
	tp->path = kvcalloc(tp->depth + 1, sizeof(*tp->path), GFP_KERNEL);
	if (!tp->pairs || !tp->path) {
		cgroup_transplant_free(tp);
		return NULL;
	}
	cgroup_get(&from->cgrp);
	cgroup_get(&to->cgrp);
	tp->path[0] = shape == from ? &to->cgrp : &from->cgrp;
	return tp;
}

/**
 * cgroup_transplant_add - add a pair of cgroups
 * @tp: the step
 * @to: the cgroup that gets the csses
 * @from: the cgroup that has them
 *
 * Context: cgroup_mutex.
 */
void cgroup_transplant_add(struct cgroup_transplant *tp, struct cgroup *to, struct cgroup *from)
{
	struct cgroup_transplant_pair *pair = &tp->pairs[tp->nr++];

	cgroup_get(to);
	cgroup_get(from);
	pair->to = to;
	pair->from = from;
}

/**
 * cgroup_transplant_free - free the step
 * @tp: the step
 *
 * Context: any.
 */
void cgroup_transplant_free(struct cgroup_transplant *tp)
{
	while (tp->nr) {
		struct cgroup_transplant_pair *pair = &tp->pairs[--tp->nr];

		cgroup_put(pair->to);
		cgroup_put(pair->from);
	}
	if (tp->path && tp->pairs) {
		cgroup_put(&tp->from->cgrp);
		cgroup_put(&tp->to->cgrp);
	}
	kvfree(tp->pairs);
	kvfree(tp->path);
	kfree(tp);
}

/* The css of @ss in @cgrp, NULL if it has none; it stays while the step exists. */
static struct cgroup_subsys_state *transplant_css(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	if (ss->stateless)
		return NULL;
	return rcu_dereference_protected(cgrp->subsys[ss->id], true);
}

/*
 * The csses are in cgroup::subsys[] of both cgroups from the prepare to the commit, so that
 * code which computes slots meanwhile finds the csses that tasks get.
 */
static int transplant_prepare_one(struct cgroup *to, struct cgroup *from,
				  struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = transplant_css(from, ss);
	int ret = cgroup_files_add(to, ss, css);

	if (!ret && css)
		rcu_assign_pointer(to->subsys[ss->id], css);
	return ret;
}

static void transplant_undo_one(struct cgroup *to, struct cgroup_subsys *ss)
{
	if (!cgroup_files_cancel(to, ss))
		cgroup_files_rm(to, ss, transplant_css(to, ss));
	if (!ss->stateless)
		RCU_INIT_POINTER(to->subsys[ss->id], NULL);
}

/* Undo pair @nr for @mask, and all pairs before it. */
static void transplant_undo(struct cgroup_transplant *tp, unsigned int nr, cgroup_mask_t mask)
{
	struct cgroup_subsys *ss;
	int ssid;

	do {
		struct cgroup *to = nr ? tp->pairs[nr - 1].to : &tp->to->cgrp;

		for_each_subsys_mask(ss, ssid, mask)
			transplant_undo_one(to, ss);
		mask = tp->new_mask;
	} while (nr--);
}

static void cgroup_transplant_abort(struct cgroup_step *step)
{
	struct cgroup_transplant *tp = container_of(step, struct cgroup_transplant, step);

	transplant_undo(tp, tp->nr, tp->new_mask);
}

/*
 * The change
 */

/* Move one css below the root; it takes a reference to its new cgroup. */
static void transplant_move(struct cgroup_subsys_state *css, struct cgroup *to,
			    struct cgroup *from)
{
	struct cgroup_subsys *ss = css->ss;

	if (ss->css_rstat_flush)
		cgroup_rstat_del_css(css);
	cgroup_files_follow(css, to);
	cgroup_get(to);
	WRITE_ONCE(css->cgroup, to);
	RCU_INIT_POINTER(from->subsys[ss->id], NULL);
	if (ss->css_rstat_flush)
		cgroup_rstat_add_css(css);
}

/* Mark the cgroups of @from below its root dead; their tasks migrate to the root next. */
static void transplant_fold(struct cgroup_transplant *tp)
{
	unsigned int i;

	for (i = 0; i < tp->nr; i++) {
		struct cgroup *cgrp = tp->pairs[i].from;

		cgrp->self.flags &= ~CSS_ONLINE;
		cgrp->self.flags |= CSS_DYING;
		cgrp->nr_live_children = 0;
	}
	tp->from->cgrp.nr_live_children = 0;
}

static void cgroup_transplant_commit(struct cgroup_step *step)
{
	struct cgroup_transplant *tp = container_of(step, struct cgroup_transplant, step);
	struct cgroup_subsys *ss;
	unsigned int i;
	int ssid;

	if (tp->fold)
		transplant_fold(tp);
	/* children first: if a parent moved first, its child would become a stray */
	for (i = tp->nr; i--; ) {
		struct cgroup_transplant_pair *pair = &tp->pairs[i];

		for_each_subsys_mask(ss, ssid, tp->mask) {
			struct cgroup_subsys_state *css = transplant_css(pair->from, ss);

			if (!cgroup_files_cancel(pair->from, ss))
				pair->files_exist |= BIT(ssid);
			if (!css)
				continue;
			transplant_move(css, pair->to, pair->from);
			pair->moved |= BIT(ssid);
		}
	}
	for_each_subsys_mask(ss, ssid, tp->mask & CGROUP_STATEFUL_MASK) {
		cgroup_files_follow(init_css_set.subsys[ssid], &tp->to->cgrp);
		cgroup_move_root_css(ss, tp->to);
	}
	cgroup_set_masks(tp->to, tp->to->subsys_mask | tp->mask,
			 tp->from, tp->from->subsys_mask & ~tp->mask);
	kernfs_activate(tp->to->cgrp.kn);
}

/* Remove the files in @from of subsystems that have left it; tasks that poll them are woken. */
static void transplant_leave(struct cgroup *from, cgroup_mask_t left, cgroup_mask_t files_exist,
			     cgroup_mask_t moved)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, files_exist)
		/* any css of the subsystem will do: only the names of the files matter */
		cgroup_files_rm(from, ss, moved & BIT(ssid) ? init_css_set.subsys[ssid] : NULL);
	for_each_subsys_mask(ss, ssid, left & CGROUP_STATEFUL_MASK)
		cgroup_files_wait_left(from, ss);
}

/* Remove the directories of the cgroups that were folded, and so the cgroups, as rmdir does. */
static void transplant_bury(struct cgroup_transplant *tp)
{
	unsigned int i;

	for (i = tp->nr; i--; ) {
		kernfs_remove(tp->pairs[i].from->kn);
		/* the base reference */
		cgroup_put(tp->pairs[i].from);
	}
}

static void cgroup_transplant_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_transplant *tp = container_of(step, struct cgroup_transplant, step);
	unsigned int i;

	for (i = tp->nr; committed && i--; ) {
		struct cgroup_transplant_pair *pair = &tp->pairs[i];

		transplant_leave(pair->from, tp->mask, pair->files_exist, pair->moved);
		for (; pair->moved; pair->moved &= pair->moved - 1)
			cgroup_put(pair->from);
	}
	if (committed)
		transplant_leave(&tp->from->cgrp, 0, tp->mask, tp->mask & CGROUP_STATEFUL_MASK);
	if (committed && tp->fold)
		transplant_bury(tp);
	cgroup_transplant_free(tp);
}

static const struct cgroup_step_ops cgroup_transplant_ops = {
	.commit = cgroup_transplant_commit,
	.abort = cgroup_transplant_abort,
	.finish = cgroup_transplant_finish,
};

/**
 * cgroup_transplant_prepare - get ready to move the csses
 * @txn: transaction that this becomes a step of
 * @tp: the step, with its pairs, parents before children; freed if this fails
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or an errno.
 */
int cgroup_transplant_prepare(struct cgroup_txn *txn, struct cgroup_transplant *tp)
{
	struct cgroup_subsys *ss;
	unsigned int nr;
	int ssid, ret;

	lockdep_assert_held(&cgroup_mutex);

	/* a stateless subsystem may be in both hierarchies */
	tp->new_mask = tp->mask & ~tp->to->subsys_mask;
	for (nr = 0; nr <= tp->nr; nr++) {
		struct cgroup *to = nr ? tp->pairs[nr - 1].to : &tp->to->cgrp;
		struct cgroup *from = nr ? tp->pairs[nr - 1].from : &tp->from->cgrp;

		for_each_subsys_mask(ss, ssid, tp->new_mask) {
			ret = transplant_prepare_one(to, from, ss);
			if (!ret)
				continue;
			cgroup_refuse_files(txn, to, ss, ret);
			transplant_undo(tp, nr, tp->new_mask & (BIT(ssid) - 1));
			cgroup_transplant_free(tp);
			return ret;
		}
	}
	cgroup_txn_add(txn, &tp->step, &cgroup_transplant_ops);
	return 0;
}
