// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: which subsystems a hierarchy carries.
 *
 * A stateful subsystem is always bound to one hierarchy.  When it is bound to another
 * one, its root css moves with it from root cgroup to root cgroup.  A stateless subsystem
 * is only a bit in cgroup_root::subsys_mask of any number of hierarchies, and files.
 *
 * This file changes root cgroups only.  The caller takes care of the cgroups below:
 * reshape.c does for a hierarchy in use, and a new hierarchy has none yet.  The subsystem is
 * told by cgroup_subsys::bind, at boot by kernel/cgroup.c.
 */
#include "css.h"
#include "file.h"
#include "hierarchy.h"
#include "rstat.h"
#include "subsys.h"
#include "txn.h"

/*
 * Dependencies
 */

/* Find why @ss refuses @mask; @buf gets the end of the sentence "SS refuses to ...". */
static void cgroup_bind_reason(struct cgroup_subsys *ss, cgroup_mask_t mask, char *buf, size_t size)
{
	struct cgroup_subsys *other;
	int ssid;

	for_each_subsys_mask(other, ssid, CGROUP_STATEFUL_MASK & ~mask) {
		if (!ss->can_bind(mask | BIT(ssid))) {
			snprintf(buf, size, "be without '%s'", other->legacy_name);
			return;
		}
	}
	for_each_subsys_mask(other, ssid, mask & ~BIT(ss->id)) {
		if (!ss->can_bind(mask & ~BIT(ssid))) {
			snprintf(buf, size, "be with '%s'", other->legacy_name);
			return;
		}
	}
	strscpy(buf, "be one of these subsystems", size);
}

/**
 * cgroup_can_bind - may subsystems be bound together?
 * @txn: the transaction, which records the reason of a refusal
 * @cgrp: the root of a hierarchy, or a cgroup that is to own their csses
 * @mask: the subsystems, stateful and stateless
 *
 * Calls can_bind() of each subsystem, with the stateful ones of @mask.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -EINVAL.
 */
int cgroup_can_bind(struct cgroup_txn *txn, struct cgroup *cgrp, cgroup_mask_t mask)
{
	cgroup_mask_t stateful = mask & CGROUP_STATEFUL_MASK;
	struct cgroup_subsys *ss;
	char reason[64];
	int ssid;

	lockdep_assert_held(&cgroup_mutex);

	for_each_subsys_mask(ss, ssid, mask) {
		if (!ss->can_bind || !ss->can_bind(stateful))
			continue;
		cgroup_bind_reason(ss, stateful, reason, sizeof(reason));
		return cgroup_txn_refuse(txn, cgrp, -EINVAL, "subsystem '%s' refuses to %s",
					 ss->legacy_name, reason);
	}
	return 0;
}

/**
 * cgroup_owned - the subsystems of which a cgroup owns a css
 * @cgrp: the cgroup
 *
 * Context: cgroup_mutex.
 * Return: their mask.
 */
cgroup_mask_t cgroup_owned(struct cgroup *cgrp)
{
	cgroup_mask_t mask = 0;
	int ssid;

	for_each_ssid_mask(ssid, cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
		if (cgroup_css(cgrp, ssid))
			mask |= BIT(ssid);
	return mask;
}

/* Most subsystems do not depend on others. */
static bool any_has_can_bind(cgroup_mask_t mask)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, mask)
		if (ss->can_bind)
			return true;
	return false;
}

/**
 * cgroup_can_bind_below - may the cgroups of a hierarchy own what a change leaves them?
 * @txn: the transaction, which records the reason of a refusal
 * @root: the hierarchy; cgroup_root_rebind() has checked its root cgroup
 * @add: subsystems of which each cgroup gets a css
 * @remove: subsystems whose csses go
 *
 * A cgroup that inherits may own less than its hierarchy carries, so the check of the
 * root cgroup does not cover it.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -EINVAL.
 */
int cgroup_can_bind_below(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove)
{
	cgroup_mask_t all = root->subsys_mask & CGROUP_STATEFUL_MASK;
	struct cgroup *cgrp;
	int ret;

	if (!any_has_can_bind((root->subsys_mask | add) & ~remove))
		return 0;
	for_each_live_cgroup(cgrp, &root->cgrp) {
		cgroup_mask_t owned = cgroup_owned(cgrp);

		if (owned == all)
			continue;
		ret = cgroup_can_bind(txn, cgrp, (owned | (add & CGROUP_STATEFUL_MASK)) & ~remove);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Root csses
 */

/* The step that moves the root csses of subsystems from root cgroup to root cgroup. */
struct cgroup_rebind_step {
	struct cgroup_step step;
	struct cgroup_root *root;
	cgroup_mask_t add;
	cgroup_mask_t remove;
};

/**
 * cgroup_set_masks - change what two hierarchies carry, in one step
 * @a: one hierarchy
 * @mask_a: what it carries from now on
 * @b: the other one
 * @mask_b: what @b carries from now on
 *
 * A holder of css_set_lock sees both changes or neither.  A lockless reader of one mask
 * sees its old value or its new one.  If @a is new, it becomes visible only now; its tree
 * and the css_sets linked to it are complete.
 *
 * Context: cgroup_mutex; takes css_set_lock; the root csses have moved.
 */
void cgroup_set_masks(struct cgroup_root *a, cgroup_mask_t mask_a,
		      struct cgroup_root *b, cgroup_mask_t mask_b)
{
	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	WRITE_ONCE(a->subsys_mask, mask_a);
	WRITE_ONCE(b->subsys_mask, mask_b);
	if (list_empty(&a->root_list))
		list_add_rcu(&a->root_list, &cgroup_roots);
}

/**
 * cgroup_move_root_css - move the root css of a subsystem to another hierarchy
 * @ss: the subsystem
 * @to: the hierarchy; the files of the css are there already, or not needed any more
 *
 * Context: cgroup_mutex; may sleep; the caller must call cgroup_set_masks() afterwards.
 */
void cgroup_move_root_css(struct cgroup_subsys *ss, struct cgroup_root *to)
{
	struct cgroup_subsys_state *css = init_css_set.subsys[ss->id];
	struct cgroup_root *from = ss->root;

	lockdep_assert_held(&cgroup_mutex);

	if (ss->css_rstat_flush)
		cgroup_rstat_del_css(css);
	RCU_INIT_POINTER(from->cgrp.subsys[ss->id], NULL);

	WRITE_ONCE(css->cgroup, &to->cgrp);
	rcu_assign_pointer(to->cgrp.subsys[ss->id], css);
	/* a lockless reader that follows ss->root finds the css set up there */
	smp_store_release(&ss->root, to);
	if (ss->css_rstat_flush)
		cgroup_rstat_add_css(css);
	if (ss->bind)
		ss->bind(css);
}

/**
 * cgroup_hide_root_css - take the root css of a subsystem out of its hierarchy
 * @ss: the subsystem; it can be mounted elsewhere once the masks have changed
 *
 * Context: cgroup_mutex; may sleep; the caller must call cgroup_set_masks() afterwards.
 */
void cgroup_hide_root_css(struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = init_css_set.subsys[ss->id];

	cgroup_file_forget(css);
	css->flags &= ~CSS_VISIBLE;
	cgroup_move_root_css(ss, &cgrp_dfl_root);
}

static void cgroup_rebind_commit(struct cgroup_step *step)
{
	struct cgroup_rebind_step *s = container_of(step, struct cgroup_rebind_step, step);
	cgroup_mask_t add = s->add & CGROUP_STATEFUL_MASK;
	cgroup_mask_t remove = s->remove & CGROUP_STATEFUL_MASK;
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, remove)
		cgroup_hide_root_css(ss);
	for_each_subsys_mask(ss, ssid, add)
		cgroup_move_root_css(ss, s->root);
	cgroup_set_masks(s->root, (s->root->subsys_mask | s->add) & ~s->remove,
			 &cgrp_dfl_root, (cgrp_dfl_root.subsys_mask | remove) & ~add);
	for_each_subsys_mask(ss, ssid, s->add)
		cgroup_files_show(&s->root->cgrp, ss);
}

static struct cgroup_subsys_state *cgroup_root_css(struct cgroup_subsys *ss)
{
	return ss->stateless ? NULL : init_css_set.subsys[ss->id];
}

/* Undo cgroup_rebind_add_files(); the files are still hidden: there is nothing to wait for. */
static void cgroup_rebind_drop_files(struct cgroup_root *root, cgroup_mask_t mask)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, mask) {
		cgroup_files_rm(&root->cgrp, ss, cgroup_root_css(ss));
		if (!ss->stateless)
			init_css_set.subsys[ssid]->flags &= ~CSS_VISIBLE;
	}
}

static void cgroup_rebind_abort(struct cgroup_step *step)
{
	struct cgroup_rebind_step *s = container_of(step, struct cgroup_rebind_step, step);

	cgroup_rebind_drop_files(s->root, s->add);
}

static void cgroup_rebind_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_rebind_step *s = container_of(step, struct cgroup_rebind_step, step);
	struct cgroup_subsys *ss;
	int ssid;

	if (committed) {
		for_each_subsys_mask(ss, ssid, s->remove)
			cgroup_files_rm(&s->root->cgrp, ss, cgroup_root_css(ss));
	}
}

static const struct cgroup_step_ops cgroup_rebind_ops = {
	.commit = cgroup_rebind_commit,
	.abort = cgroup_rebind_abort,
	.finish = cgroup_rebind_finish,
};

/* Make hidden files for @mask in @root. */
static int cgroup_rebind_add_files(struct cgroup_txn *txn, struct cgroup_root *root,
				   cgroup_mask_t mask)
{
	struct cgroup_subsys *ss;
	cgroup_mask_t done = 0;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, mask) {
		ret = cgroup_files_add(&root->cgrp, ss, cgroup_root_css(ss));
		if (ret) {
			cgroup_rebind_drop_files(root, done);
			return cgroup_refuse_files(txn, &root->cgrp, ss, ret);
		}
		done |= BIT(ssid);
	}
	return 0;
}

/**
 * cgroup_root_rebind - prepare a hierarchy to carry other subsystems
 * @txn: transaction that this becomes a step of
 * @root: the hierarchy; the caller takes care of its other cgroups
 * @mask: what it shall carry
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0, -EBUSY if a stateful subsystem is in another hierarchy, -EEXIST if a group
 * has the name of a new file, -ENOMEM, or the refusal of a subsystem.
 */
int cgroup_root_rebind(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask)
{
	cgroup_mask_t add = mask & ~root->subsys_mask;
	struct cgroup_rebind_step *s;
	struct cgroup_subsys *ss;
	int ssid, ret;

	lockdep_assert_held(&cgroup_mutex);

	for_each_subsys_mask(ss, ssid, add & CGROUP_STATEFUL_MASK)
		if (ss->root != &cgrp_dfl_root)
			return cgroup_txn_refuse(txn, &root->cgrp, -EBUSY,
						 "subsystem '%s' is in use in another hierarchy",
						 ss->legacy_name);
	ret = cgroup_can_bind(txn, &root->cgrp, mask);
	if (ret || mask == root->subsys_mask)
		return ret;

	s = cgroup_txn_alloc(txn, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->root = root;
	s->add = add;
	s->remove = root->subsys_mask & ~mask;
	ret = cgroup_rebind_add_files(txn, root, add);
	if (ret)
		return ret;
	cgroup_txn_add(txn, &s->step, &cgroup_rebind_ops);
	return 0;
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "bind_kunit.c"
#endif
