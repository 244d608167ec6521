// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: merging hierarchies.
 *
 * Two hierarchies with the same tree become one.  It carries the subsystems of both, and
 * each cgroup has the csses of both cgroups at its path.  A task keeps its place in the surviving
 * hierarchy.  If it was at another path in the other hierarchy, it gets the csses of another
 * cgroup, as in an attach.
 *
 * transplant.c moves the csses.  reslot.c gives the tasks their new slots.  It also replaces the
 * place of each css_set in the other hierarchy by its root, the only cgroup that is left there.
 */
#include "css.h"
#include "dir.h"
#include "hierarchy.h"
#include "reshape.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"

/* A child of @cgrp that @other lacks, or NULL. */
static struct cgroup *merge_child_alone(struct cgroup *cgrp, struct cgroup *other)
{
	struct cgroup_subsys_state *child;

	css_for_each_child(child, &cgrp->self)
		if (!cgroup_is_dead(child->cgroup) &&
		    !cgroup_child_by_name(other, child->cgroup->kn->name))
			return child->cgroup;
	return NULL;
}

/* Add the pairs.  Return a cgroup that only one tree has, or NULL if all paths are the same. */
static struct cgroup *merge_match(struct cgroup_transplant *tp)
{
	struct cgroup *cgrp, *other;
	unsigned int i, nr = 0;

	for_each_live_cgroup(cgrp, &tp->to->cgrp) {
		other = cgroup_child_by_name(tp->path[cgrp->level - 1], cgrp->kn->name);
		if (!other)
			return cgrp;
		tp->path[cgrp->level] = other;
		cgroup_transplant_add(tp, cgrp, other);
	}
	for_each_live_cgroup(other, &tp->from->cgrp)
		nr++;
	if (nr == tp->nr)
		return NULL;
	cgrp = merge_child_alone(&tp->from->cgrp, &tp->to->cgrp);
	for (i = 0; !cgrp && i < tp->nr; i++)
		cgrp = merge_child_alone(tp->pairs[i].from, tp->pairs[i].to);
	return cgrp ?: &tp->from->cgrp;
}

/* May each cgroup own all the csses that it would have after the merge? */
static int merge_can_bind(struct cgroup_txn *txn, struct cgroup_transplant *tp)
{
	unsigned int i;
	int ret;

	ret = cgroup_can_bind(txn, &tp->to->cgrp, tp->to->subsys_mask | tp->mask);
	for (i = 0; !ret && i < tp->nr; i++)
		ret = cgroup_can_bind(txn, tp->pairs[i].to, cgroup_owned(tp->pairs[i].to) |
							    cgroup_owned(tp->pairs[i].from));
	return ret;
}

static int merge_check(struct cgroup_txn *txn, struct cgroup_root *to, struct cgroup_root *from)
{
	unsigned int names = CGRP_ROOT_NOPREFIX, mode = 0;

	/* cpuset_v2_mode is a flag of the hierarchy, and must stay the same for cpuset */
	if (from->subsys_mask & cgroup_rules_mask(CGRP_ROOT_CPUSET_V2_MODE))
		mode = CGRP_ROOT_CPUSET_V2_MODE;
	if (from == to || from == &cgrp_dfl_root)
		return cgroup_txn_refuse(txn, &to->cgrp, -EINVAL, from == to ?
					 "a hierarchy cannot be merged into itself" :
					 "the default hierarchy cannot be merged");
	if ((from->flags | to->flags) & names)
		return cgroup_txn_refuse(txn, &to->cgrp, -EINVAL,
					 "noprefix works with cpuset only");
	if ((from->flags ^ to->flags) & mode)
		return cgroup_txn_refuse(txn, &to->cgrp, -EINVAL,
					 "cpuset needs cpuset_v2_mode in both hierarchies");
	return 0;
}

/* Create the step, with a pair of cgroups for each path.  Return an ERR_PTR on failure. */
static struct cgroup_transplant *merge_pair(struct cgroup_txn *txn, struct cgroup_root *to,
					    struct cgroup_root *from)
{
	struct cgroup_transplant *tp = cgroup_transplant_alloc(to, from, from->subsys_mask, to);
	struct cgroup *alone;
	int ret = 0;

	if (!tp)
		return ERR_PTR(-ENOMEM);
	tp->fold = true;
	alone = merge_match(tp);
	if (alone)
		ret = cgroup_txn_refuse(txn, alone, -EINVAL,
					"hierarchy %d has other groups", from->hierarchy_id);
	if (!ret)
		ret = merge_can_bind(txn, tp);
	if (!ret)
		return tp;
	cgroup_transplant_free(tp);
	return ERR_PTR(ret);
}

/**
 * cgroup_merge - let a hierarchy take over all subsystems of another one
 * @txn: an empty transaction; the caller finishes it
 * @to: the hierarchy
 * @from: the other one; only its root is left afterwards
 *
 * Context: between cgroup_reshape_begin() and cgroup_reshape_end(); cgroup_mutex; may sleep.
 * Return: 0; -EINVAL if they cannot be merged, -EBUSY if cpuset has a deadline task at
 * another path, -ENOMEM, or the refusal of a subsystem.  After an error nothing has changed.
 */
int cgroup_merge(struct cgroup_txn *txn, struct cgroup_root *to, struct cgroup_root *from)
{
	struct cgroup_reslot_change change = {
		.top = &to->cgrp,
		.add = from->subsys_mask,
		.fold = from,
	};
	struct cgroup_transplant *tp;
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	ret = merge_check(txn, to, from);
	if (ret)
		return ret;
	tp = merge_pair(txn, to, from);
	if (IS_ERR(tp))
		return PTR_ERR(tp);

	ret = cgroup_transplant_prepare(txn, tp) ?: cgroup_reslot_commit_txn(txn, &change);
	return cgroup_txn_conclude(txn, ret);
}
