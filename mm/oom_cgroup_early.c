// SPDX-License-Identifier: GPL-2.0
/*
 * The oom controller: early warnings (oom.early).
 *
 * One work item looks at all groups that have oom.early.  Any owner can set it in many groups.
 * So groups set by a task with CAP_SYS_RESOURCE are looked at first, and the others only for
 * OOM_EARLY_BUDGET_NS at a time.  With very many of these, their warnings come later.
 */
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/memcontrol.h>
#include <linux/mmzone.h>
#include <linux/oom_cgroup.h>
#include <linux/page_counter.h>
#include <linux/sched/clock.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>
#include "oom_cgroup.h"

#define OOM_EARLY_HYSTERESIS	5	/* points below oom.early at which it is armed again */
/* Between two looks at memory limits: a warning comes within 20 ms. */
#define OOM_EARLY_FAST		max(HZ * 12 / 1000, 1)
#define OOM_EARLY_SLOW		(HZ / 10)	/* between two looks at nodes */
#define OOM_EARLY_BUDGET_NS	(500 * NSEC_PER_USEC)	/* in one look, for groups of owners */

enum { OOM_EARLY_BY_ROOT, OOM_EARLY_BY_OWNER, NR_OOM_EARLY_LISTS };

static DEFINE_SPINLOCK(oom_early_lock);
static struct list_head oom_early_lists[NR_OOM_EARLY_LISTS] = {
	LIST_HEAD_INIT(oom_early_lists[OOM_EARLY_BY_ROOT]),
	LIST_HEAD_INIT(oom_early_lists[OOM_EARLY_BY_OWNER]),
};

static struct workqueue_struct *oom_early_wq;

/* The next look comes after OOM_EARLY_FAST, or sooner (oom_early_lock). */
static bool oom_early_is_soon;

static void oom_early_look(struct work_struct *work);
static DECLARE_DELAYED_WORK(oom_early_work, oom_early_look);

/**
 * struct oom_use - how much of what bounds a group is used
 * @percent: oom.early
 * @bound: something bounds it
 * @over: one of these is used more than @percent
 * @low: all of these are used so little that the warning is armed again
 */
struct oom_use {
	unsigned int percent;
	bool bound;
	bool over;
	bool low;
};

static void oom_use_add(struct oom_use *use, u64 used, u64 total)
{
	unsigned int low = max(use->percent, OOM_EARLY_HYSTERESIS) - OOM_EARLY_HYSTERESIS;

	use->bound = true;
	use->over |= used * 100 > total * use->percent;
	use->low &= used * 100 <= total * low;
}

/* Of some nodes: memory that is neither free nor on the LRU lists of files. */
static void oom_use_add_nodes(struct oom_use *use, const nodemask_t *nodes)
{
	unsigned long spare = 0, total = 0;
	int nid;

	for_each_node_mask(nid, *nodes) {
		struct pglist_data *node = NODE_DATA(nid);
		int i;

		for (i = 0; i < MAX_NR_ZONES; i++)
			total += zone_managed_pages(&node->node_zones[i]);
		spare += sum_zone_node_page_state(nid, NR_FREE_PAGES) +
			 node_page_state(node, NR_ACTIVE_FILE) +
			 node_page_state(node, NR_INACTIVE_FILE);
	}
	if (total)
		oom_use_add(use, total - min(spare, total), total);
}

/* The css that bounds @cgrp, or NULL if the subsystem is not in its hierarchy. */
static struct cgroup_subsys_state *oom_bound_css(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	if (!(READ_ONCE(cgrp->root->subsys_mask) & BIT(ss->id)))
		return NULL;
	return cgroup_e_css(cgrp, ss);
}

#ifdef CONFIG_MEMCG
static bool oom_use_add_limits(struct oom_use *use, struct cgroup *cgrp)
{
	struct cgroup_subsys_state *css = oom_bound_css(cgrp, &memory_cgrp_subsys);
	struct mem_cgroup *memcg;

	if (!css)
		return false;
	for (memcg = mem_cgroup_from_css(css); memcg; memcg = parent_mem_cgroup(memcg)) {
		unsigned long limit = READ_ONCE(memcg->memory.max);

		if (limit < PAGE_COUNTER_MAX)
			oom_use_add(use, page_counter_read(&memcg->memory), limit);
	}
	return true;
}
#else
static bool oom_use_add_limits(struct oom_use *use, struct cgroup *cgrp)
{
	return false;
}
#endif

/* The nodes of its cpuset, or those of the machine if nothing else bounds the group. */
static void oom_early_sample(struct oom_early *early, struct oom_use *limits,
			     struct cgroup *cgrp)
{
	struct oom_use use = { .percent = early->percent, .low = true };
#ifdef CONFIG_CPUSETS
	struct cgroup_subsys_state *css = oom_bound_css(cgrp, &cpuset_cgrp_subsys);

	if (css) {
		nodemask_t nodes;

		cpuset_css_mems(css, &nodes);
		oom_use_add_nodes(&use, &nodes);
	}
#endif
	if (!use.bound && !limits->bound)
		oom_use_add_nodes(&use, &node_states[N_MEMORY]);
	early->nodes_over = use.over;
	early->nodes_low = use.low;
	early->sampled_at = jiffies;
}

/* Warn a group if it is time.  Return: true if it has a memory limit to be looked at often. */
static bool oom_early_check(struct oom_css *oom)
{
	struct oom_early *early = &oom->early;
	struct oom_use use = { .percent = early->percent, .low = true };
	struct cgroup *cgrp;
	bool often;

	lockdep_assert_held(&oom_early_lock);

	guard(rcu)();
	cgrp = READ_ONCE(oom->css.cgroup);
	often = oom_use_add_limits(&use, cgrp);
	if (time_after_eq(jiffies, early->sampled_at + OOM_EARLY_SLOW))
		oom_early_sample(early, &use, cgrp);

	if (!early->armed) {
		early->armed = use.low && early->nodes_low;
	} else if (use.over || early->nodes_over) {
		early->armed = false;
		atomic64_inc(&oom->events[OOM_EVENT_EARLY]);
		cgroup_file_notify(&oom->events_file);
	}
	return often;
}

/*
 * Look at the next group of a list that was not looked at in this round.
 * Return: false if there is none.
 */
static bool oom_early_look_next(struct list_head *list, u64 round, bool *often)
{
	struct oom_css *oom;

	guard(spinlock)(&oom_early_lock);
	oom = list_first_entry_or_null(list, struct oom_css, early.node);
	if (!oom || oom->early.round == round)
		return false;
	oom->early.round = round;
	list_move_tail(&oom->early.node, list);
	*often |= oom_early_check(oom);
	return true;
}

static void oom_early_look(struct work_struct *work)
{
	static u64 round;
	bool often = false, any;
	u64 end;

	/* a writer sets it again, for a group that this look does not meet any more */
	scoped_guard(spinlock, &oom_early_lock)
		oom_early_is_soon = false;
	round++;
	while (oom_early_look_next(&oom_early_lists[OOM_EARLY_BY_ROOT], round, &often))
		cond_resched();
	end = local_clock() + OOM_EARLY_BUDGET_NS;
	while (local_clock() < end &&
	       oom_early_look_next(&oom_early_lists[OOM_EARLY_BY_OWNER], round, &often))
		cond_resched();

	scoped_guard(spinlock, &oom_early_lock) {
		any = !list_empty(&oom_early_lists[OOM_EARLY_BY_ROOT]) ||
		      !list_empty(&oom_early_lists[OOM_EARLY_BY_OWNER]);
		often |= oom_early_is_soon;
		oom_early_is_soon = any && often;
	}
	if (any)
		queue_delayed_work(oom_early_wq, &oom_early_work,
				   often ? OOM_EARLY_FAST : OOM_EARLY_SLOW);
}

/**
 * oom_early_set - set oom.early of a group, and arm its warning
 * @oom: the group
 * @percent: the percentage, 0 for no warnings
 * @by_root: the group is looked at first
 *
 * Context: takes oom_early_lock.
 */
void oom_early_set(struct oom_css *oom, unsigned int percent, bool by_root)
{
	struct oom_early *early = &oom->early;
	bool hurry;

	scoped_guard(spinlock, &oom_early_lock) {
		list_del_init(&early->node);
		WRITE_ONCE(early->percent, percent);
		early->armed = true;
		early->nodes_over = false;
		early->nodes_low = true;
		early->sampled_at = jiffies - OOM_EARLY_SLOW;
		if (percent)
			/* behind the others, or a writer could keep their turn from coming */
			list_add_tail(&early->node, &oom_early_lists[by_root ? OOM_EARLY_BY_ROOT :
								     OOM_EARLY_BY_OWNER]);
		hurry = percent && !oom_early_is_soon;
		oom_early_is_soon |= hurry;
	}
	/* once for each look: writers can neither cause many looks nor put the next one off */
	if (hurry)
		mod_delayed_work(oom_early_wq, &oom_early_work, OOM_EARLY_FAST);
}

static int __init oom_early_init(void)
{
	/* it must also run when no worker can be made */
	oom_early_wq = alloc_workqueue("oom_early", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, 1);
	return oom_early_wq ? 0 : -ENOMEM;
}
core_initcall(oom_early_init);

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "oom_cgroup_early_kunit.c"
#endif
