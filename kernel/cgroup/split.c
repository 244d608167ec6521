// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: splitting a hierarchy.
 *
 * Some subsystems of a hierarchy move to a new one, which has the same tree of groups with
 * the same state, and every task at the same path.  No task gets another css.  So no
 * can_attach() is called, and no task is stopped or moved: the csses change their cgroups, and
 * each css_set gets one more cgroup.
 */
#include <linux/cred.h>
#include <linux/init_task.h>
#include "css.h"
#include "css_set.h"
#include "dir.h"
#include "file.h"
#include "hierarchy.h"
#include "reshape.h"
#include "subsys.h"
#include "txn.h"

/**
 * struct cgroup_split - the step that gives css_sets their places in the new tree
 * @step: node in the transaction
 * @tp: the pairs of groups; its own step is finished after this
 * @spare: links for css_sets that are not in the table
 */
struct cgroup_split {
	struct cgroup_step step;
	struct cgroup_transplant *tp;
	struct list_head spare;
};

static void cgroup_split_commit(struct cgroup_step *step)
{
	struct cgroup_split *split = container_of(step, struct cgroup_split, step);
	struct cgroup_transplant *tp = split->tp;
	unsigned int i;

	for (i = 0; i < tp->nr; i++)
		cset_link_members(tp->pairs[i].to, tp->pairs[i].from, &split->spare);
}

static void cgroup_split_finish(struct cgroup_step *step, bool committed)
{
	cset_free_spare(&container_of(step, struct cgroup_split, step)->spare);
}

static const struct cgroup_step_ops cgroup_split_ops = {
	.commit = cgroup_split_commit,
	.finish = cgroup_split_finish,
};

static int split_prepare_csets(struct cgroup_txn *txn, struct cgroup_transplant *tp)
{
	struct cgroup_split *split = cgroup_txn_alloc(txn, sizeof(*split));
	unsigned int i, nr = 0;

	if (!split)
		return -ENOMEM;
	split->tp = tp;
	INIT_LIST_HEAD(&split->spare);
	for (i = 0; i < tp->nr; i++)
		nr += cset_count_retired(tp->pairs[i].from);
	if (cset_alloc_spare(nr, &split->spare))
		return -ENOMEM;
	cgroup_txn_add(txn, &split->step, &cgroup_split_ops);
	return 0;
}

/* Make a hidden copy of each group of the old hierarchy in the new one. */
static int split_grow(struct cgroup_txn *txn, struct cgroup_transplant *tp)
{
	struct cgroup *from, *to;

	for_each_live_cgroup(from, &tp->from->cgrp) {
		to = cgroup_mkdir_prepare(txn, tp->path[from->level - 1], from->kn->name,
					  from->kn->mode & 07777, false);
		if (IS_ERR(to))
			return PTR_ERR(to);
		to->flags = from->flags;
		tp->path[from->level] = to;
		cgroup_transplant_add(tp, to, from);
	}
	return 0;
}

static int split_check(struct cgroup_txn *txn, struct cgroup_root *from, const char *name,
		       cgroup_mask_t mask)
{
	cgroup_mask_t rest = from->subsys_mask & ~mask, wrong = mask & ~from->subsys_mask;
	struct cgroup *cgrp;
	int ret;

	if (cgroup_root_by_name(name))
		return cgroup_txn_refuse(txn, &from->cgrp, -EEXIST,
					 "hierarchy '%s' already exists", name);
	if (wrong)
		return cgroup_txn_refuse(txn, &from->cgrp, -EINVAL,
					 "subsystem '%s' is not bound here",
					 cgroup_subsys[__ffs(wrong)]->legacy_name);
	/* without a name and without a subsystem it could not be mounted again */
	if (!from->name[0] && !rest)
		return cgroup_txn_refuse(txn, &from->cgrp, -EINVAL,
					 "neither a name nor a subsystem would be left here");
	ret = cgroup_can_bind(txn, &from->cgrp, rest) ?: cgroup_can_bind(txn, &from->cgrp, mask);
	if (ret)
		return ret;
	for_each_live_cgroup(cgrp, &from->cgrp) {
		cgroup_mask_t owned = cgroup_owned(cgrp);

		ret = cgroup_can_bind(txn, cgrp, owned & ~mask) ?:
		      cgroup_can_bind(txn, cgrp, owned & mask);
		if (ret)
			return ret;
	}
	return 0;
}

/* Give the copy of a group, and the files in it, the same owners and modes. */
static int split_copy_owners(struct cgroup *to, struct cgroup *from, cgroup_mask_t mask,
			     struct super_block *sb)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	ret = cgroup_copy_dir_owner(to, from, sb) ?:
	      cgroup_files_copy_owners(to, from, NULL, sb);
	for_each_subsys_mask(ss, ssid, mask)
		ret = ret ?: cgroup_files_copy_owners(to, from, ss, sb);
	return ret;
}

static int split_copy_all_owners(struct cgroup_transplant *tp, struct super_block *sb)
{
	unsigned int i;
	int ret = split_copy_owners(&tp->to->cgrp, &tp->from->cgrp, tp->mask, sb);

	for (i = 0; !ret && i < tp->nr; i++)
		ret = split_copy_owners(tp->pairs[i].to, tp->pairs[i].from, tp->mask, sb);
	return ret;
}

/* Make the new hierarchy and its tree, and prepare the move of the csses. */
static int split_prepare(struct cgroup_txn *txn, struct cgroup_root *from,
			 struct super_block *sb, const char *name, cgroup_mask_t mask)
{
	struct cgroup_fs_context ctx = {
		.name = (char *)name,
		.flags = from->flags,
	};
	struct cgroup_root *to = cgroup_root_create(txn, &ctx);
	struct cgroup_transplant *tp;
	int ret;

	if (IS_ERR(to))
		return PTR_ERR(to);
	to->cgrp.flags = from->cgrp.flags;
	tp = cgroup_transplant_alloc(to, from, mask, from);
	if (!tp)
		return -ENOMEM;
	ret = split_grow(txn, tp) ?: split_prepare_csets(txn, tp);
	if (ret) {
		cgroup_transplant_free(tp);
		return ret;
	}
	/* the transaction owns @tp after that */
	return cgroup_transplant_prepare(txn, tp) ?: split_copy_all_owners(tp, sb);
}

/**
 * cgroup_split - let a new hierarchy take over some subsystems
 * @txn: an empty transaction, to be finished by the caller
 * @from: the hierarchy that has them
 * @sb: superblock that shows it
 * @name: name of the new one
 * @mask: stateful subsystems
 *
 * Context: between cgroup_reshape_begin() and cgroup_reshape_end(); cgroup_mutex; may sleep.
 * Return: 0; -EEXIST if the name is taken, -EINVAL if a subsystem is not bound there or a
 * dependency would be broken, or -ENOMEM.  On error nothing has changed.
 */
int cgroup_split(struct cgroup_txn *txn, struct cgroup_root *from, struct super_block *sb,
		 const char *name, cgroup_mask_t mask)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	ret = split_check(txn, from, name, mask);
	if (!ret) {
		/* root owns the copies, not the caller, unless the original has another owner */
		const struct cred *cred = override_creds(&init_cred);

		ret = split_prepare(txn, from, sb, name, mask);
		revert_creds(cred);
	}
	if (!ret)
		cgroup_txn_commit(txn);
	return cgroup_txn_conclude(txn, ret);
}
