// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the tasks of a hierarchy get other csses.
 *
 * When a hierarchy that is in use begins or ends to carry a subsystem, tasks stay in
 * their cgroups and yet have another css: for the subsystem that is an attach.  Each
 * css_set of a cgroup below the root is replaced by one with the slots that are right
 * from then on, and the tasks that live go there; see cset_clone().
 *
 * It is one step of a transaction, the last to be prepared, with the gate closed: no
 * task comes, none begins to go.
 */
#include <linux/cpu.h>
#include <linux/sched/task.h>
#include "cgroup_internal.h"

/**
 * struct reslot_cset - a css_set and what takes its place
 * @old: referenced
 * @new: the copy, or NULL: nobody who lives is in @old
 * @spare: links for @new
 */
struct reslot_cset {
	struct css_set *old;
	struct css_set *new;
	struct list_head spare;
};

/**
 * struct reslot_group - the tasks of one cgroup
 * @cgrp: the cgroup
 * @first: index of its first move
 * @nr: how many
 * @first_cset: index of its first css_set
 * @nr_csets: how many
 * @agreed: subsystems that were asked about it and did not refuse
 */
struct reslot_group {
	struct cgroup *cgrp;
	unsigned int first;
	unsigned int nr;
	unsigned int first_cset;
	unsigned int nr_csets;
	cgroup_mask_t agreed;
};

/**
 * struct cgroup_reslot - the step
 * @step: node in the transaction
 * @root: the hierarchy
 * @add: subsystems that it begins to carry
 * @remove: subsystems that it carries no more
 * @csets: the css_sets of its cgroups below the root
 * @nr_csets: how many
 * @groups: its cgroups below the root
 * @nr_groups: how many
 * @moves: their tasks, those of a cgroup together
 * @nr_moves: how many
 * @agreed: subsystems that were asked about all and did not refuse
 */
struct cgroup_reslot {
	struct cgroup_step step;
	struct cgroup_root *root;
	cgroup_mask_t add;
	cgroup_mask_t remove;
	struct reslot_cset *csets;
	unsigned int nr_csets;
	struct reslot_group *groups;
	unsigned int nr_groups;
	struct cgroup_move *moves;
	unsigned int nr_moves;
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
 * Who looks at the first task of an attach only, to learn where all go.  All others
 * are called once: the scheduler holds a lock from can_attach() to attach().
 */
static bool reslot_by_group(struct cgroup_subsys *ss)
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

/* The css that the tasks of @cgrp shall have. */
static struct cgroup_subsys_state *reslot_css(struct cgroup_reslot *rs, struct cgroup *cgrp,
					      int ssid)
{
	if (rs->remove & BIT(ssid))
		return init_css_set.subsys[ssid];
	return cgroup_e_css(cgrp, cgroup_subsys[ssid]);
}

/* Make the tables, as large as can be needed; css_sets and tasks can only get fewer. */
static int reslot_alloc(struct cgroup_reslot *rs)
{
	unsigned int nr_csets = 0, nr_moves = 0, nr_groups = 0;
	struct cgrp_cset_link *link;
	struct cgroup *cgrp;

	cgroup_gate_assert_closed();

	for_each_live_cgroup(cgrp, rs->root) {
		nr_groups++;
		guard(spinlock_irq)(&css_set_lock);
		list_for_each_entry(link, &cgrp->cset_links, cgrp_node) {
			nr_csets++;
			nr_moves += READ_ONCE(link->cset->nr_tasks);
		}
	}

	rs->groups = kvcalloc(nr_groups, sizeof(*rs->groups), GFP_KERNEL);
	rs->csets = kvcalloc(nr_csets, sizeof(*rs->csets), GFP_KERNEL);
	rs->moves = kvcalloc(nr_moves, sizeof(*rs->moves), GFP_KERNEL);
	return rs->groups && rs->csets && rs->moves ? 0 : -ENOMEM;
}

/* Note the css_sets of @cgrp, and keep them. */
static void reslot_collect_csets(struct cgroup_reslot *rs, struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &cgrp->cset_links, cgrp_node) {
		struct reslot_cset *rc = &rs->csets[rs->nr_csets++];

		get_css_set(link->cset);
		rc->old = link->cset;
		INIT_LIST_HEAD(&rc->spare);
	}
}

/* Note the tasks of a css_set; one that is exiting keeps its place. */
static void reslot_collect_tasks(struct cgroup_reslot *rs, struct css_set *cset)
{
	struct task_struct *task;

	guard(spinlock_irq)(&cset->lock);
	list_for_each_entry(task, &cset->tasks, cg_list) {
		if (task->flags & PF_EXITING)
			continue;
		rs->moves[rs->nr_moves++] = (struct cgroup_move) {
			.task = get_task_struct(task),
			.src = cset,
		};
	}
}

static int reslot_clone(struct cgroup_reslot *rs, struct cgroup *cgrp, struct reslot_cset *rc)
{
	struct css_set *new = cset_clone(rc->old, &rc->spare);
	int ssid;

	if (!new)
		return -ENOMEM;
	for_each_ssid_mask(ssid, (rs->add | rs->remove) & CGROUP_STATEFUL_MASK) {
		struct cgroup_subsys_state *css = reslot_css(rs, cgrp, ssid);

		css_get(css);
		css_put(new->subsys[ssid]);
		new->subsys[ssid] = css;
	}
	rc->new = new;
	return 0;
}

/* The css_sets and tasks of one cgroup. */
static int reslot_group(struct cgroup_reslot *rs, struct cgroup *cgrp)
{
	struct reslot_group *group = &rs->groups[rs->nr_groups++];
	unsigned int i = rs->nr_csets;
	int ret;

	group->cgrp = cgrp;
	group->first = rs->nr_moves;
	group->first_cset = rs->nr_csets;
	reslot_collect_csets(rs, cgrp);
	group->nr_csets = rs->nr_csets - group->first_cset;

	for (; i < rs->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[i];
		unsigned int first = rs->nr_moves;

		reslot_collect_tasks(rs, rc->old);
		if (rs->nr_moves == first)
			continue;
		ret = reslot_clone(rs, cgrp, rc);
		if (ret)
			return ret;
		for (; first < rs->nr_moves; first++) {
			get_css_set(rc->new);
			rs->moves[first].dst = rc->new;
		}
	}
	group->nr = rs->nr_moves - group->first;
	return 0;
}

static int reslot_collect(struct cgroup_reslot *rs)
{
	struct cgroup *cgrp;
	int ret;

	for_each_live_cgroup(cgrp, rs->root) {
		ret = reslot_group(rs, cgrp);
		if (ret)
			return ret;
	}
	return 0;
}

/* What @ss is to see: the tasks of one cgroup, or of all (NULL). */
static struct cgroup_taskset reslot_taskset(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
					    struct reslot_group *group)
{
	return (struct cgroup_taskset) {
		.moves = rs->moves + (group ? group->first : 0),
		.nr = group ? group->nr : rs->nr_moves,
		.ssid = ss->id,
	};
}

static int reslot_ask_about(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
			    struct reslot_group *group, cgroup_mask_t *agreed)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, group);
	int ret;

	if (!tset.nr)
		return 0;
	ret = ss->can_attach ? ss->can_attach(&tset) : 0;
	if (ret)
		cgroup_log_refusal(ss, group ? group->cgrp : &rs->root->cgrp,
				   "a change of its hierarchy", ret);
	else
		*agreed |= BIT(ss->id);
	return ret;
}

static int reslot_ask(struct cgroup_reslot *rs, struct cgroup_subsys *ss)
{
	unsigned int i;
	int ret;

	if (!reslot_asks(ss))
		return 0;
	if (!reslot_by_group(ss))
		return reslot_ask_about(rs, ss, NULL, &rs->agreed);

	for (i = 0; i < rs->nr_groups; i++) {
		ret = reslot_ask_about(rs, ss, &rs->groups[i], &rs->groups[i].agreed);
		if (ret)
			return ret;
	}
	return 0;
}

static int reslot_ask_all(struct cgroup_reslot *rs)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, (rs->add | rs->remove) & CGROUP_STATEFUL_MASK) {
		ret = reslot_ask(rs, ss);
		if (ret)
			return ret;
	}
	return 0;
}

static void reslot_cancel_about(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
				struct reslot_group *group, cgroup_mask_t agreed)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, group);

	if ((agreed & BIT(ss->id)) && ss->cancel_attach)
		ss->cancel_attach(&tset);
}

static void reslot_cancel_all(struct cgroup_reslot *rs)
{
	unsigned int i;
	int ssid;

	for (ssid = CGROUP_SUBSYS_COUNT - 1; ssid >= 0; ssid--) {
		struct cgroup_subsys *ss = cgroup_subsys[ssid];

		reslot_cancel_about(rs, ss, NULL, rs->agreed);
		for (i = rs->nr_groups; i--; )
			reslot_cancel_about(rs, ss, &rs->groups[i], rs->groups[i].agreed);
	}
}

static void reslot_free(struct cgroup_reslot *rs)
{
	kvfree(rs->groups);
	kvfree(rs->csets);
	kvfree(rs->moves);
	kfree(rs);
}

/* Undo cgroup_reslot_prepare(), however far it got. */
static void reslot_undo(struct cgroup_reslot *rs)
{
	unsigned int i;

	reslot_cancel_all(rs);
	for (i = 0; i < rs->nr_moves; i++)
		put_task_struct(rs->moves[i].task);
	for (i = 0; i < rs->nr_csets; i++) {
		if (rs->csets[i].new)
			cset_free_clone(rs->csets[i].new, &rs->csets[i].spare);
		put_css_set(rs->csets[i].old);
	}
	reslot_free(rs);
}

/* One cgroup: it may have thousands of tasks, and IRQs are off. */
static void reslot_swing(struct cgroup_reslot *rs, struct reslot_group *group)
{
	unsigned int i;

	guard(spinlock_irq)(&css_set_lock);
	for (i = 0; i < group->nr_csets; i++) {
		struct reslot_cset *rc = &rs->csets[group->first_cset + i];

		cset_retire(rc->old);
		if (rc->new)
			cset_install_clone(rc->new, rc->old, &rc->spare);
	}
	cgroup_swing_moves(rs->moves + group->first, group->nr);
}

static void reslot_tell(struct cgroup_reslot *rs, struct cgroup_subsys *ss,
			struct reslot_group *group)
{
	struct cgroup_taskset tset = reslot_taskset(rs, ss, group);

	if (tset.nr)
		ss->attach(&tset);
}

static void reslot_tell_all(struct cgroup_reslot *rs, struct cgroup_subsys *ss)
{
	unsigned int i;

	if (!ss->attach)
		return;
	if (!reslot_by_group(ss)) {
		reslot_tell(rs, ss, NULL);
		return;
	}
	for (i = 0; i < rs->nr_groups; i++)
		reslot_tell(rs, ss, &rs->groups[i]);
}

static void cgroup_reslot_commit(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	struct cgroup_subsys *ss;
	unsigned int i;
	int ssid;

	for (i = 0; i < rs->nr_groups; i++)
		reslot_swing(rs, &rs->groups[i]);
	for_each_subsys_mask(ss, ssid, (rs->add | rs->remove) & CGROUP_STATEFUL_MASK)
		reslot_tell_all(rs, ss);
}

/* What attach() began is waited for as after any attach. */
static void cgroup_reslot_post(struct cgroup_step *step)
{
	struct cgroup_reslot *rs = container_of(step, struct cgroup_reslot, step);
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, (rs->add | rs->remove) & CGROUP_STATEFUL_MASK)
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
	reslot_free(rs);
}

/* The last to be prepared: nothing after it can fail, so there is no abort. */
static const struct cgroup_step_ops cgroup_reslot_ops = {
	.commit = cgroup_reslot_commit,
	.post = cgroup_reslot_post,
	.finish = cgroup_reslot_finish,
};

/**
 * cgroup_reslot_prepare - get ready to give the tasks of a hierarchy other csses
 * @txn: transaction that this becomes the last step of
 * @root: the hierarchy
 * @add: subsystems whose csses its cgroups own already
 * @remove: subsystems whose root css its tasks get
 *
 * Context: cgroup_mutex, cpus_read_lock, the gate closed; may sleep.
 * Return: 0, -ENOMEM, or the refusal of a subsystem.
 */
int cgroup_reslot_prepare(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup_reslot *rs = kzalloc(sizeof(*rs), GFP_KERNEL);
	int ret;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_cpus_held();
	cgroup_gate_assert_closed();

	if (!rs)
		return -ENOMEM;
	rs->root = root;
	rs->add = add;
	rs->remove = remove;
	ret = reslot_alloc(rs) ?: reslot_collect(rs) ?: reslot_ask_all(rs);
	if (ret) {
		reslot_undo(rs);
		return ret;
	}
	cgroup_txn_add(txn, &rs->step, &cgroup_reslot_ops);
	return 0;
}
