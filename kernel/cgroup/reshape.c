// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: changing which subsystems a hierarchy in use carries, by remount
 * or by `cgroup.subsystems`.
 *
 * One transaction can add and remove any number of subsystems:
 *
 *   add      each cgroup below the root gets a css and hidden files, top-down, as
 *            mkdir makes them; then the root css moves to this hierarchy, and tasks
 *            get the css of their cgroup
 *   remove   tasks get the root css, which moves back to the default hierarchy; then
 *            the csses below the root are taken down, as rmdir does
 *
 * Only one such change is under way at a time.  It ends when the files of the removed
 * subsystems are gone and their csses are offline, because the next change may add the
 * same subsystems again.  The owner of a group may change SUBSYS.inherit at any time.  Such
 * a write waits only for another one for the same group and subsystem, see
 * cgroup::files_leaving.
 */
#include "css.h"
#include "file.h"
#include "hierarchy.h"
#include "reshape.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"

/**
 * cgroup_reshape_begin - get ready to change a hierarchy that is in use
 *
 * Context: no locks of the core; a file operation has broken its active protection.  May sleep;
 *	waits for other such changes.
 */
void cgroup_reshape_begin(void)
{
	mutex_lock(&cgroup_reshape_mutex);
}

/**
 * cgroup_reshape_end - undo cgroup_reshape_begin()
 *
 * Context: after cgroup_txn_finish(), no cgroup_mutex; may sleep, waits until the csses that went
 *	are offline.
 */
void cgroup_reshape_end(void)
{
	cgroup_css_wait_leaving();
	mutex_unlock(&cgroup_reshape_mutex);
}

/**
 * struct cgroup_reshape_step - a subsystem is added to a cgroup in use, or removed from it
 * @step: node in the transaction
 * @cgrp: the cgroup; a removal holds a reference until the finish
 * @ss: the subsystem
 * @css: the css that is added or removed, referenced in the same way; NULL if there is none
 * @keep_inherit: the subsystem stays bound, only the css is added or removed: the file
 *	SUBSYS.inherit stays
 * @files_exist: there are files to remove
 */
struct cgroup_reshape_step {
	struct cgroup_step step;
	struct cgroup *cgrp;
	struct cgroup_subsys *ss;
	struct cgroup_subsys_state *css;
	bool keep_inherit;
	bool files_exist;
};

static struct cgroup_reshape_step *reshape_step(struct cgroup_txn *txn, struct cgroup *cgrp,
						struct cgroup_subsys *ss, bool keep_inherit)
{
	struct cgroup_subsys_state *css = ss->stateless ? NULL : cgroup_css(cgrp, ss->id);
	struct cgroup_reshape_step *s = cgroup_txn_alloc(txn, sizeof(*s));

	if (s) {
		s->cgrp = cgrp;
		s->ss = ss;
		s->css = css;
		s->keep_inherit = keep_inherit;
	}
	return s;
}

/* Add the files of the subsystem. */
static int reshape_add_files(struct cgroup_reshape_step *s)
{
	return s->keep_inherit ? cgroup_css_files_add(s->cgrp, s->css) :
				 cgroup_files_add(s->cgrp, s->ss, s->css);
}

/* Pending files will not be made any more; note whether the files exist already. */
static void reshape_cancel_files(struct cgroup_reshape_step *s)
{
	s->files_exist = s->keep_inherit ? !cgroup_files_are_pending(s->cgrp, s->ss) :
				    !cgroup_files_cancel(s->cgrp, s->ss);
	if (s->files_exist && s->keep_inherit && s->css)
		cgroup_files_set_leaving(s->cgrp, s->ss);
}

static void reshape_rm_files(struct cgroup_reshape_step *s)
{
	if (!s->files_exist)
		return;
	if (!s->keep_inherit) {
		cgroup_files_rm(s->cgrp, s->ss, s->css);
		/* files of a css that the cgroup no longer owns may still be on their way out */
		cgroup_files_wait_left(s->cgrp, s->ss);
	} else if (s->css) {
		cgroup_css_files_rm(s->cgrp, s->css);
		cgroup_files_set_left(s->cgrp, s->ss);
	}
}

/*
 * Adding
 */

static void reshape_add_commit(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	cgroup_files_show(s->cgrp, s->ss);
}

/* The css itself is undone by the step of cgroup_css_prepare(), after this. */
static void reshape_add_abort(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	reshape_cancel_files(s);
	reshape_rm_files(s);
}

static const struct cgroup_step_ops reshape_add_ops = {
	.commit = reshape_add_commit,
	.abort = reshape_add_abort,
};

/* Make a css as if its cgroup had been made with clone_children, so that tasks can use it. */
static int reshape_prepare_css(struct cgroup_txn *txn, struct cgroup *cgrp,
			       struct cgroup_subsys *ss, enum cgroup_css_use use)
{
	bool set = !test_and_set_bit(CGRP_CPUSET_CLONE_CHILDREN, &cgrp->flags);
	int ret = cgroup_css_prepare(txn, cgrp, ss, use);

	if (set)
		clear_bit(CGRP_CPUSET_CLONE_CHILDREN, &cgrp->flags);
	return ret;
}

/**
 * cgroup_reshape_add - add a subsystem to a cgroup in use
 * @txn: transaction that this becomes steps of
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @keep_inherit: the subsystem is bound there already, and the cgroup stops inheriting it
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0, -ENOMEM, or the subsystem's refusal.
 */
int cgroup_reshape_add(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
		       bool keep_inherit)
{
	struct cgroup_reshape_step *s;
	int ret = 0;

	if (!ss->stateless)
		ret = reshape_prepare_css(txn, cgrp, ss, keep_inherit ? CGROUP_CSS_IN_USE :
									CGROUP_CSS_RESHAPED);
	if (ret)
		return ret;
	s = reshape_step(txn, cgrp, ss, keep_inherit);
	if (!s)
		return -ENOMEM;
	ret = reshape_add_files(s);
	if (ret)
		return cgroup_refuse_files(txn, cgrp, ss, ret);
	cgroup_txn_add(txn, &s->step, &reshape_add_ops);
	return 0;
}

/*
 * Removing
 */

static void reshape_remove_post(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	reshape_cancel_files(s);
	if (s->css)
		css_mark_leaving(s->css, !s->keep_inherit);
}

/* This runs before slower late work, such as attach(): the next change waits for it. */
static void reshape_remove_late(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	reshape_rm_files(s);
	if (s->css)
		css_kill(s->css);
}

static void reshape_remove_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	if (s->css)
		css_put(s->css);
	cgroup_put(s->cgrp);
}

static const struct cgroup_step_ops reshape_remove_ops = {
	.post = reshape_remove_post,
	.late = reshape_remove_late,
	.finish = reshape_remove_finish,
};

/**
 * cgroup_reshape_remove - remove a subsystem from a cgroup in use
 * @txn: transaction that this becomes a step of
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @keep_inherit: the subsystem stays bound there, and the cgroup begins to inherit it
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -ENOMEM.
 */
int cgroup_reshape_remove(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			  bool keep_inherit)
{
	struct cgroup_reshape_step *s;

	s = reshape_step(txn, cgrp, ss, keep_inherit);
	if (!s)
		return -ENOMEM;
	cgroup_get(cgrp);
	if (s->css)
		css_get(s->css);
	cgroup_txn_add(txn, &s->step, &reshape_remove_ops);
	return 0;
}

/*
 * The whole change
 */

/* Add and remove subsystems in one cgroup below the root. */
static int reshape_prepare_cgroup(struct cgroup_txn *txn, struct cgroup *cgrp,
				  cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, remove) {
		ret = cgroup_reshape_remove(txn, cgrp, ss, false);
		if (ret)
			return ret;
	}
	for_each_subsys_mask(ss, ssid, add) {
		ret = cgroup_reshape_add(txn, cgrp, ss, false);
		if (ret)
			return ret;
	}
	return 0;
}

static int reshape_prepare_tree(struct cgroup_txn *txn, struct cgroup_root *root,
				cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup *cgrp;
	int ret;

	for_each_live_cgroup(cgrp, &root->cgrp) {
		ret = reshape_prepare_cgroup(txn, cgrp, add, remove);
		if (ret)
			return ret;
	}
	return 0;
}

/* Can the cgroups below the root make the same change? */
static int reshape_check(struct cgroup_txn *txn, struct cgroup_root *root,
			 cgroup_mask_t add, cgroup_mask_t remove)
{
	/* cpuset learns the mode when its root css moves here; its other csses are made before */
	if ((add & cgroup_rules_mask(CGRP_ROOT_CPUSET_V2_MODE)) &&
	    (root->flags & CGRP_ROOT_CPUSET_V2_MODE))
		return cgroup_txn_refuse(txn, &root->cgrp, -EINVAL,
					 "cpuset cannot be added to a hierarchy with cpuset_v2_mode");
	return cgroup_can_bind_below(txn, root, add, remove);
}

/* Commit.  If csses change and there are cgroups below the root, tasks get other csses. */
static int reshape_commit(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup_reslot_change change = {
		.top = &root->cgrp,
		.add = add,
		.remove = remove,
	};

	if (root->cgrp.nr_live_children && ((add | remove) & CGROUP_STATEFUL_MASK))
		return cgroup_reslot_commit_txn(txn, &change);
	cgroup_txn_commit(txn);
	return 0;
}

/**
 * cgroup_reshape - change which subsystems a hierarchy carries
 * @txn: an empty transaction, to be finished by the caller
 * @root: the hierarchy
 * @mask: subsystems that it shall carry, stateful and stateless
 *
 * Context: between cgroup_reshape_begin() and cgroup_reshape_end(); cgroup_mutex; may sleep.
 * Return: 0; -EBUSY if a stateful subsystem is in another hierarchy, -EEXIST if a group has
 * the name of a file that would be added, -EINVAL if a subsystem refuses to be with the others,
 * -ENOMEM, or the refusal of a subsystem.  On error nothing has changed.
 */
int cgroup_reshape(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask)
{
	cgroup_mask_t remove = root->subsys_mask & ~mask;
	cgroup_mask_t add = mask & ~root->subsys_mask;
	int ret;

	/* the task holds it, but a worker may run this for the task: lockdep would complain */
	WARN_ON_ONCE(!mutex_is_locked(&cgroup_reshape_mutex));
	lockdep_assert_held(&cgroup_mutex);

	ret = cgroup_root_rebind(txn, root, mask);
	if (!ret && root->cgrp.nr_live_children)
		ret = reshape_check(txn, root, add, remove) ?:
		      reshape_prepare_tree(txn, root, add, remove);
	if (!ret)
		ret = reshape_commit(txn, root, add, remove);
	return cgroup_txn_conclude(txn, ret);
}
