// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the life of a css.
 *
 *   alloc    css_alloc()      in its parent's list, has an id
 *   online   css_online()     in cgroup::subsys[], CSS_ONLINE
 *   dying    css_killed()     rmdir: CSS_ONLINE is cleared and CSS_DYING set, so checks of
 *                             children ignore it; no more events on its files; the files are
 *                             removed; the base reference is dropped: a grace period later
 *                             css_tryget_online() fails on all CPUs
 *   offline  css_offline()    after all its children (online_cnt); references may remain:
 *                             those of memory charges for years
 *   released css_released()   no reference; out of its parent's list, not found by its id
 *   freed    css_free()       a grace period later; its id may be used again
 *
 * If a cgroup that stays alive loses a css (unbind, inherit), css_mark_leaving() removes the css
 * from cgroup::subsys[] at once.  So the next rmdir does not take it down again, and another css
 * can take its place immediately.  In an unbind css_mark_leaving() also sets CSS_LEAVING, and
 * cgroup_css_wait_leaving() waits until the css is offline.
 *
 * cgroup::self is a css without a subsystem.  It shares the reference count and
 * the list of children with real ones, and has a release path of its own in
 * kernel/cgroup/dir.c.
 *
 * Each stage has a workqueue of its own, because css_offline() may wait for CPU
 * hotplug, which may wait for a release.
 */
#include <linux/export.h>
#include "css.h"
#include "file.h"
#include "rstat.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"
#include <trace/events/cgroup.h>

static struct workqueue_struct *css_offline_wq;
static struct workqueue_struct *css_release_wq;
static struct workqueue_struct *css_free_wq;

/* Grows with each css made; under cgroup_mutex. */
static u64 css_serial_nr_next = 1;

/* Protects css_idr of all subsystems; ids are freed outside cgroup_mutex. */
static DEFINE_SPINLOCK(css_id_lock);

/* Give a css its id, by which it is found from now on; return 0, -ENOMEM or -ENOSPC. */
static int css_id_alloc(struct cgroup_subsys_state *css)
{
	/* the lowest free id, from 1: a free id below 1 would make a search visit all in use */
	u32 *id = (u32 *)&css->id;
	int ret;

	*id = 1;
	idr_preload(GFP_KERNEL);
	scoped_guard(spinlock_bh, &css_id_lock)
		ret = idr_alloc_u32(&css->ss->css_idr, css, id, INT_MAX, GFP_NOWAIT);
	idr_preload_end();
	if (ret)
		css->id = -1;
	return ret;
}

/* From now on css_from_id() does not find the css; its id stays in use. */
static void css_id_hide(struct cgroup_subsys_state *css)
{
	guard(spinlock_bh)(&css_id_lock);
	idr_replace(&css->ss->css_idr, NULL, css->id);
}

static void css_id_free(struct cgroup_subsys *ss, int id)
{
	guard(spinlock_bh)(&css_id_lock);
	idr_remove(&ss->css_idr, id);
}

/**
 * css_from_id - find a css by its id
 * @id: the id
 * @ss: the subsystem
 *
 * Context: RCU read lock.
 * Return: the css, maybe offline, not referenced; NULL if there is none.
 */
struct cgroup_subsys_state *css_from_id(int id, struct cgroup_subsys *ss)
{
	WARN_ON_ONCE(!rcu_read_lock_held());
	return idr_find(&ss->css_idr, id);
}

/**
 * cgroup_css - the css that a cgroup owns
 * @cgrp: the cgroup
 * @ssid: id of a stateful subsystem
 *
 * Context: cgroup_mutex or RCU read lock.
 * Return: the css; NULL if the subsystem is not bound there, or @cgrp inherits its css.
 */
struct cgroup_subsys_state *cgroup_css(struct cgroup *cgrp, int ssid)
{
	return rcu_dereference_check(cgrp->subsys[ssid], lockdep_is_held(&cgroup_mutex));
}

/**
 * cgroup_e_css - the effective css of a cgroup
 * @cgrp: the cgroup
 * @ss: a stateful subsystem
 *
 * This is the css of the nearest ancestor-or-self that owns one, or the root css if the
 * hierarchy does not carry @ss.
 *
 * Context: cgroup_mutex or RCU read lock.
 * Return: the css, never NULL.
 */
struct cgroup_subsys_state *cgroup_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css;

	for (; cgrp; cgrp = cgroup_parent(cgrp)) {
		css = cgroup_css(cgrp, ss->id);
		if (css)
			return css;
	}
	return init_css_set.subsys[ss->id];
}

/**
 * cgroup_get_e_css - the effective css of a cgroup, referenced
 * @cgrp: the cgroup
 * @ss: a stateful subsystem
 *
 * Context: any.
 * Return: the css, online or about to go; never NULL.
 */
struct cgroup_subsys_state *cgroup_get_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css;

	guard(rcu)();
	for (; cgrp; cgrp = cgroup_parent(cgrp)) {
		css = cgroup_css(cgrp, ss->id);
		if (css && css_tryget_online(css))
			return css;
	}
	css = init_css_set.subsys[ss->id];
	css_get(css);
	return css;
}
EXPORT_SYMBOL_GPL(cgroup_get_e_css);

static void css_init(struct cgroup_subsys_state *css, struct cgroup_subsys *ss,
		     struct cgroup *cgrp, struct cgroup_subsys_state *parent)
{
	memset(css, 0, sizeof(*css));
	css->cgroup = cgrp;
	css->ss = ss;
	css->id = -1;
	css->serial_nr = css_serial_nr_next++;
	INIT_LIST_HEAD(&css->sibling);
	INIT_LIST_HEAD(&css->children);
	INIT_LIST_HEAD(&css->rstat_css_node);
	INIT_LIST_HEAD(&css->csets);
	if (parent) {
		css->parent = parent;
		css->level = parent->level + 1;
		css_get(parent);
	}
}

/**
 * css_alloc_ancestors - make css::ancestors, if the css is deep enough to need it
 * @css: a css that has its parent
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int css_alloc_ancestors(struct cgroup_subsys_state *css)
{
	/* css::parent and the root css need no entry: the others are at 1 .. nr - 1 */
	int nr = css->level - 1;

	if (nr < 2)
		return 0;
	css->ancestors = kmalloc_array(nr, sizeof(*css->ancestors), GFP_KERNEL);
	if (!css->ancestors)
		return -ENOMEM;
	css->ancestors[0] = NULL;
	if (nr > 2)
		memcpy(css->ancestors, css->parent->ancestors,
		       (nr - 1) * sizeof(*css->ancestors));
	css->ancestors[nr - 1] = css->parent->parent;
	return 0;
}

/* Last stage: a grace period after the last reference was dropped. */
static void css_free_work(struct work_struct *work)
{
	struct cgroup_subsys_state *css =
		container_of(to_rcu_work(work), struct cgroup_subsys_state, destroy_rwork);
	struct cgroup_subsys_state *parent = css->parent;
	struct cgroup_subsys *ss = css->ss;
	struct cgroup *cgrp = css->cgroup;
	int id = css->id;

	css_ref_exit(css);
	kfree(css->ancestors);
	ss->css_free(css);
	if (id > 0)
		css_id_free(ss, id);
	css_put(parent);
	cgroup_put(cgrp);
}

/**
 * css_queue_free - queue the last stage of a css, to run after a grace period
 * @css: the css, without references
 * @fn: the stage: a work function, which gets cgroup_subsys_state::destroy_rwork of @css
 *
 * Context: process.
 */
void css_queue_free(struct cgroup_subsys_state *css, work_func_t fn)
{
	INIT_RCU_WORK(&css->destroy_rwork, fn);
	queue_rcu_work(css_free_wq, &css->destroy_rwork);
}

/* Must css_released() be called?  A css without CSS_OFFLINE has never been online. */
static bool css_is_told_of_release(struct cgroup_subsys_state *css)
{
	return css->flags & CSS_OFFLINE || cgroup_rules[css->ss->id].release_refused;
}

static void css_release_work(struct work_struct *work)
{
	struct cgroup_subsys_state *css =
		container_of(work, struct cgroup_subsys_state, destroy_work);
	struct cgroup_subsys *ss = css->ss;

	scoped_guard(mutex, &cgroup_mutex) {
		/* before it is unlinked: see css_next_child() */
		css->flags |= CSS_RELEASED;
		list_del_rcu(&css->sibling);

		if (ss->css_rstat_flush) {
			cgroup_rstat_flush(css->cgroup);
			cgroup_rstat_del_css(css);
		}
		css_id_hide(css);
		if (ss->css_released && css_is_told_of_release(css))
			ss->css_released(css);
	}
	css_queue_free(css, css_free_work);
}

/**
 * css_queue_release - queue the stage of a css that follows its last reference
 * @css: the css
 * @fn: the stage: a work function, which gets cgroup_subsys_state::destroy_work of @css
 *
 * Context: any.
 */
void css_queue_release(struct cgroup_subsys_state *css, work_func_t fn)
{
	INIT_WORK(&css->destroy_work, fn);
	queue_work(css_release_wq, &css->destroy_work);
}

static void css_released(struct cgroup_subsys_state *css)
{
	css_queue_release(css, css_release_work);
}

static int css_online(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys *ss = css->ss;
	int ret = ss->css_online ? ss->css_online(css) : 0;

	lockdep_assert_held(&cgroup_mutex);
	if (ret)
		return ret;

	css->flags |= CSS_ONLINE;
	rcu_assign_pointer(css->cgroup->subsys[ss->id], css);
	atomic_inc(&css->online_cnt);
	if (css->parent)
		atomic_inc(&css->parent->online_cnt);
	return 0;
}

/*
 * From now on all checks ignore the css, including those that a parent makes on its children.
 * css_offline() comes later, because it waits for readers that have found the css.
 */
static void css_mark_dying(struct cgroup_subsys_state *css)
{
	if (css->ss->css_killed)
		css->ss->css_killed(css);
	/* one store: a lockless reader finds the css online or dying, never both or neither */
	WRITE_ONCE(css->flags, (css->flags & ~CSS_ONLINE) | CSS_DYING);
	cgroup_file_forget(css);
}

/* From now on its cgroup does not own the css. */
static void css_detach(struct cgroup_subsys_state *css)
{
	RCU_INIT_POINTER(css->cgroup->subsys[css->ss->id], NULL);
	css_mark_dying(css);
}

/* The number of counted csses that leave cgroups which live on, and are not offline yet. */
static atomic_t css_nr_leaving;
static DECLARE_WAIT_QUEUE_HEAD(css_leaving_wait);

/**
 * css_mark_leaving - take a css from a cgroup that lives on
 * @css: the css
 * @counted: cgroup_css_wait_leaving() waits for it.  Only for changes that run one at a time:
 *	with any number of changes at once it could wait for ever.
 *
 * Context: cgroup_mutex; if @counted, also between cgroup_reshape_begin() and
 * cgroup_reshape_end(); may sleep.
 */
void css_mark_leaving(struct cgroup_subsys_state *css, bool counted)
{
	lockdep_assert_held(&cgroup_mutex);

	if (counted) {
		css->flags |= CSS_LEAVING;
		atomic_inc(&css_nr_leaving);
	}
	css_detach(css);
}

/**
 * cgroup_css_wait_leaving - wait until all csses that were marked leaving are offline
 *
 * A subsystem checks its online csses when a new one comes.  So an exclusive cpuset that is
 * leaving must not block its successor.
 *
 * Context: no locks of the core except cgroup_reshape_mutex; may sleep and wait.  css_kill()
 *	was called for each such css.  For a css below one, an rmdir or a write to
 *	SUBSYS.inherit may not have called it yet.  cgroup_call_locked_then() ensures that it
 *	does, even if the writer gets no CPU time.
 */
void cgroup_css_wait_leaving(void)
{
	wait_event(css_leaving_wait, !atomic_read(&css_nr_leaving));
}

/**
 * css_wait_offline - wait until a css that has gone through css_kill() is offline
 * @css: the css, referenced
 *
 * Context: no locks of the core; may sleep and wait.  Returns early if the current task is
 * killed.
 */
void css_wait_offline(struct cgroup_subsys_state *css)
{
	wait_event_killable(css_leaving_wait, READ_ONCE(css->flags) & CSS_OFFLINE);
}

static void css_offline(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys *ss = css->ss;

	lockdep_assert_held(&cgroup_mutex);

	if (ss->css_offline)
		ss->css_offline(css);
	if (rcu_access_pointer(css->cgroup->subsys[ss->id]) == css)
		RCU_INIT_POINTER(css->cgroup->subsys[ss->id], NULL);
	css->flags |= CSS_OFFLINE;
	if (css->flags & CSS_LEAVING)
		atomic_dec(&css_nr_leaving);
	if (wq_has_sleeper(&css_leaving_wait))
		wake_up_all(&css_leaving_wait);
}

/* @css and its children are all dying: take it offline, and parents that waited for it. */
static void css_offline_work(struct work_struct *work)
{
	struct cgroup_subsys_state *css =
		container_of(work, struct cgroup_subsys_state, destroy_work);

	guard(mutex)(&cgroup_mutex);
	do {
		css_offline(css);
		css_put(css);
		/* the release of @css needs cgroup_mutex, so @css is not freed yet */
		css = css->parent;
	} while (css && atomic_dec_and_test(&css->online_cnt));
}

/* css_tryget_online() fails on all CPUs now. */
static void css_killed(struct cgroup_subsys_state *css)
{
	if (atomic_dec_and_test(&css->online_cnt)) {
		INIT_WORK(&css->destroy_work, css_offline_work);
		queue_work(css_offline_wq, &css->destroy_work);
	}
}

static const struct css_ref_ops css_subsys_ref_ops = {
	.killed = css_killed,
	.released = css_released,
};

/**
 * css_kill - drop the base reference of a css; css_offline() follows
 * @css: the css, marked dying, its files removed
 *
 * Context: any.
 */
void css_kill(struct cgroup_subsys_state *css)
{
	/* put by css_offline_work() */
	css_get(css);
	css_ref_kill(css);
}

/**
 * cgroup_css_mark_dying - begin to take down the csses of a cgroup
 * @cgrp: the cgroup
 *
 * The caller then removes the files of @cgrp and calls cgroup_css_kill_all().  Until
 * then it keeps @cgrp referenced.
 *
 * Context: cgroup_mutex; may sleep.
 */
void cgroup_css_mark_dying(struct cgroup *cgrp)
{
	int ssid;

	lockdep_assert_held(&cgroup_mutex);

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		struct cgroup_subsys_state *css = cgroup_css(cgrp, ssid);

		if (css)
			css_mark_dying(css);
	}
}

/**
 * cgroup_css_kill_all - drop the base references of the csses of a cgroup
 * @cgrp: the cgroup, after cgroup_css_mark_dying(), its files removed
 *
 * Context: no lock needed: nothing else takes down the csses of a dead cgroup.
 */
void cgroup_css_kill_all(struct cgroup *cgrp)
{
	int ssid;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		struct cgroup_subsys_state *css =
			rcu_dereference_protected(cgrp->subsys[ssid], cgroup_is_dead(cgrp));

		if (css)
			css_kill(css);
	}
}

/* The step of a new css: it is online already, so an abort takes it down as rmdir would. */
struct css_step {
	struct cgroup_step step;
	struct cgroup_subsys_state *css;
	enum cgroup_css_use use;
};

static void css_step_abort(struct cgroup_step *step)
{
	struct css_step *s = container_of(step, struct css_step, step);

	/* a cgroup that lives on must not own it any more: its rmdir would take it down again */
	if (s->use == CGROUP_CSS_NEW)
		css_detach(s->css);
	else
		css_mark_leaving(s->css, s->use == CGROUP_CSS_RESHAPED);
	css_kill(s->css);
}

static const struct cgroup_step_ops css_step_ops = {
	.abort = css_step_abort,
};

/* Make a css that is in the tree, has an id, and is not online; or return an ERR_PTR. */
static struct cgroup_subsys_state *css_create(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *parent = cgroup_e_css(cgroup_parent(cgrp), ss);
	struct cgroup_subsys_state *css = ss->css_alloc(parent);
	int ret;

	if (!css)
		return ERR_PTR(-ENOMEM);
	if (IS_ERR(css))
		return css;

	css_init(css, ss, cgrp, parent);
	cgroup_get(cgrp);
	ret = css_ref_init(css, &css_subsys_ref_ops);
	if (!ret && cgroup_rules[ss->id].ancestors)
		ret = css_alloc_ancestors(css);
	if (ret)
		goto free;
	ret = css_id_alloc(css);
	if (ret)
		goto free;

	list_add_tail_rcu(&css->sibling, &parent->children);
	if (ss->css_rstat_flush)
		cgroup_rstat_add_css(css);
	return css;
free:
	css_queue_free(css, css_free_work);
	return ERR_PTR(ret);
}

static void css_refused_killed(struct cgroup_subsys_state *css)
{
	/* the reference of css_kill() */
	css_put(css);
}

static const struct css_ref_ops css_refused_ref_ops = {
	.killed = css_refused_killed,
	.released = css_released,
};

/*
 * Undo css_create() of a css that css_online() has refused.  Others may have found it in the
 * tree, for example reclaim of memory, and have references.
 */
static void css_destroy_refused(struct cgroup_subsys_state *css)
{
	css->ref_ops = &css_refused_ref_ops;
	WRITE_ONCE(css->flags, css->flags | CSS_DYING);
	css_kill(css);
}

/**
 * cgroup_css_prepare - make the css of a subsystem for a cgroup, and bring it online
 * @txn: transaction that it becomes a step of
 * @cgrp: the cgroup; it is not visible yet, or none of its tasks has this css yet
 * @ss: a stateful subsystem bound to its hierarchy
 * @use: why @cgrp gets the css
 *
 * Context: cgroup_mutex; if @use is CGROUP_CSS_RESHAPED, also between cgroup_reshape_begin()
 * and cgroup_reshape_end(); may sleep.
 * Return: 0, -ENOMEM, or the subsystem's refusal.
 */
int cgroup_css_prepare(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
		       enum cgroup_css_use use)
{
	struct cgroup_subsys_state *css;
	struct css_step *step;
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	step = cgroup_txn_alloc(txn, sizeof(*step));
	if (!step)
		return -ENOMEM;

	css = css_create(cgrp, ss);
	ret = PTR_ERR_OR_ZERO(css);
	if (ret)
		goto refused;
	ret = css_online(css);
	if (ret) {
		css_destroy_refused(css);
		goto refused;
	}

	step->css = css;
	step->use = use;
	cgroup_txn_add(txn, &step->step, &css_step_ops);
	return 0;
refused:
	return cgroup_txn_refuse(txn, cgrp, ret, "%s refuses a new cgroup", ss->legacy_name);
}

/**
 * cgroup_css_init_root - make the root css of a subsystem, in the default hierarchy
 * @ss: a stateful subsystem
 * @early: the allocators are not up yet: the id is assigned later
 *
 * It is never freed, so its references are not counted.
 *
 * Context: boot, one CPU.
 * Return: 0 or an errno.
 */
int cgroup_css_init_root(struct cgroup_subsys *ss, bool early)
{
	struct cgroup_subsys_state *css = ss->css_alloc(NULL);

	if (IS_ERR_OR_NULL(css))
		return css ? PTR_ERR(css) : -ENOMEM;

	css_init(css, ss, &cgrp_dfl_root.cgrp, NULL);
	css->flags |= CSS_NO_REF;
	init_css_set.subsys[ss->id] = css;
	list_add_tail(&init_css_set.css_nodes[ss->id], &css->csets);
	ss->root = &cgrp_dfl_root;
	if (!early)
		cgroup_css_init_root_id(ss);
	return css_online(css);
}

/**
 * cgroup_css_init_root_id - give the root css of a subsystem its id, 1
 * @ss: a stateful subsystem
 *
 * Context: boot, allocators up.
 */
void cgroup_css_init_root_id(struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = init_css_set.subsys[ss->id];
	int ret = css_id_alloc(css);

	WARN_ON(ret || css->id != 1);
	if (ss->css_rstat_flush)
		cgroup_rstat_add_css(css);
}

/**
 * cgroup_self_init - set up a cgroup as a node of the tree of cgroups
 * @cgrp: the cgroup
 * @parent: its parent, NULL for a root
 * @ops: what to do when its last reference is gone
 *
 * Context: cgroup_mutex, or boot.
 */
void cgroup_self_init(struct cgroup *cgrp, struct cgroup *parent, const struct css_ref_ops *ops)
{
	css_init(&cgrp->self, NULL, cgrp, parent ? &parent->self : NULL);
	css_ref_init(&cgrp->self, ops);
	cgrp->self.flags |= CSS_ONLINE;
}

static int __init css_init_workqueues(void)
{
	/* each work item takes cgroup_mutex: a second worker would only wait for the first one */
	css_offline_wq = alloc_workqueue("cgroup_offline", 0, 1);
	css_release_wq = alloc_workqueue("cgroup_release", 0, 1);
	css_free_wq = alloc_workqueue("cgroup_free", 0, 1);
	return css_offline_wq && css_release_wq && css_free_wq ? 0 : -ENOMEM;
}
core_initcall(css_init_workqueues);
