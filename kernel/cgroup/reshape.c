// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: changing which subsystems a hierarchy in use carries, by remount
 * or by `cgroup.subsystems`.
 *
 * Any number of subsystems come and go in one transaction:
 *
 *   coming   each cgroup below the root gets a css, top-down, as mkdir makes it, and
 *            its files, hidden; then the root css moves here, and tasks get the css
 *            of their cgroup
 *   going    tasks get the root css, which moves back to the default hierarchy; then
 *            the csses below the root are taken down as by rmdir
 *
 * Only one such change is under way at a time, and it ends when the files of what went
 * are gone, and its csses offline: the next one may bring the same back.  The owner of a
 * group may change SUBSYS.inherit at any time; one of those waits only for another one of
 * the same group and subsystem, see cgroup::files_leaving.
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
 * Context: no locks of the core; a file operation has broken its active protection.
 *	Waits for other such changes.
 */
void cgroup_reshape_begin(void)
{
	mutex_lock(&cgroup_reshape_mutex);
}

/**
 * cgroup_reshape_end - undo cgroup_reshape_begin()
 *
 * Context: after cgroup_txn_finish().
 */
void cgroup_reshape_end(void)
{
	cgroup_css_wait_leaving();
	mutex_unlock(&cgroup_reshape_mutex);
}

/**
 * struct cgroup_reshape_step - a subsystem comes to, or goes from, a cgroup in use
 * @step: node in the transaction
 * @cgrp: the cgroup; referenced if it goes, for the finish
 * @ss: the subsystem
 * @css: its css that comes or goes, referenced in the same way; NULL if there is none
 * @keep_inherit: the subsystem stays bound, only the css comes or goes: SUBSYS.inherit stays
 * @files_exist: there are files to be taken away
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

/* Files for a subsystem that comes. */
static int reshape_add_files(struct cgroup_reshape_step *s)
{
	return s->keep_inherit ? cgroup_css_files_add(s->cgrp, s->css) :
				 cgroup_files_add(s->cgrp, s->ss, s->css);
}

/* Nobody makes them from now on; notes whether they are there already. */
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
		/* those of a css that it owned until just now may still be going */
		cgroup_files_wait_left(s->cgrp, s->ss);
	} else if (s->css) {
		cgroup_css_files_rm(s->cgrp, s->css);
		cgroup_files_set_left(s->cgrp, s->ss);
	}
}

/*
 * Coming
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

/* A css that comes up as if its cgroup had been made with clone_children, so that it is of use. */
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
 * cgroup_reshape_add - a subsystem comes to a cgroup in use
 * @txn: transaction that this becomes steps of
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @keep_inherit: it is bound there already, and ceases to be inherited
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
 * Going
 */

static void reshape_remove_post(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	reshape_cancel_files(s);
	if (s->css)
		css_mark_leaving(s->css, !s->keep_inherit);
}

/* Before what takes longer, such as to tell tasks: a change that follows waits for it. */
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
 * cgroup_reshape_remove - a subsystem goes from a cgroup in use
 * @txn: transaction that this becomes a step of
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @keep_inherit: it stays bound there, and begins to be inherited
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
 * The whole
 */

/* What comes and goes in one cgroup below the root. */
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

/* Can the cgroups below the root follow? */
static int reshape_check(struct cgroup_txn *txn, struct cgroup_root *root,
			 cgroup_mask_t add, cgroup_mask_t remove)
{
	/* cpuset learns of that mode when its root has come, and the others come before */
	if ((add & cgroup_rules_mask(CGRP_ROOT_CPUSET_V2_MODE)) &&
	    (root->flags & CGRP_ROOT_CPUSET_V2_MODE))
		return cgroup_txn_refuse(txn, &root->cgrp, -EINVAL,
					 "cpuset cannot come to a tree with cpuset_v2_mode");
	return cgroup_can_bind_below(txn, root, add, remove);
}

/* Commit, with the tasks' part if that is not for nobody. */
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
 * cgroup_reshape - change what a hierarchy carries
 * @txn: an empty transaction, to be finished by the caller
 * @root: the hierarchy
 * @mask: subsystems that it shall carry, stateful and stateless
 *
 * Context: between cgroup_reshape_begin() and cgroup_reshape_end(); cgroup_mutex.
 * Return: 0; -EBUSY if a stateful subsystem is in another hierarchy, -EEXIST if a group has
 * the name of a file that would come, -EINVAL if a subsystem refuses the company, -ENOMEM,
 * or the refusal of a subsystem: then nothing has changed.
 */
int cgroup_reshape(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask)
{
	cgroup_mask_t remove = root->subsys_mask & ~mask;
	cgroup_mask_t add = mask & ~root->subsys_mask;
	int ret;

	/* by the task that a worker may do this for: lockdep takes it for another's */
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
