// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: what the core does differently for one controller.
 *
 * One row per stateful subsystem; most rows are empty.  The rules are described at
 * struct cgroup_rules.
 *
 * A subsystem without a rule is asked and told once about all tasks of a migration: with
 * CONFIG_EXT_GROUP_SCHED the scheduler holds a lock from can_attach() to attach(), so neither may
 * be called twice.  Why the controllers have rules:
 *
 *   cpuset, net_prio, rdma
 *               Writes to their files take a lock that is also taken where groups are made
 *               and removed.
 *   cpuset      can_attach() and attach() take source and destination from the first task.  So
 *               they are called once for each css_set, which has one pair of old and new css.
 *               Several can_attach() calls are then followed by as many attach() calls, and
 *               cpuset calls cgroup_taskset_src() to find out where the tasks come from
 *               (patches/0006).
 *               can_attach() reserves the bandwidth of deadline tasks for one attach at a
 *               time.  So a merge that would move a deadline task to another cpuset is refused.
 *               Its mode (cpuset_v2_mode, noprefix) belongs to the hierarchy.
 *   cpu         Limits the CPU time of its tasks.  A task caches its group, and keeps it
 *               when it is dead.
 *   memory      Lists each mm in the group of its owner.  An exiting leader can be one for a while.
 *   io, memory, perf_event, hugetlb
 *               All CPUs take references, for each page, request or event.
 *   memory, perf_event
 *               Ask for each page, or for each switch of tasks, whether one css is below
 *               another one.
 *   memory      can_attach() prepares to move the charges of one process.  If slots change
 *               and tasks stay in their groups, charges stay with the group that made them.
 *               attach() walks the page tables of one process at a time.  Reclaim remembers a
 *               css that it has found in the tree until css_released().
 *   devices     Only real root may change its rules, even if another user owns the files.
 *   freezer     can_attach() and attach() take the destination from the first task.
 *   net_cls, net_prio
 *               attach() visits the open files of each task.
 *   pids        Counts each task until it is released.
 */
#include "rules.h"
#include "subsys.h"

#define RULES_cpuset	{ .write_by_worker = true,					\
			  .per_source = true, .one_deadline_source = true,		\
			  .root_flags = CGRP_ROOT_CPUSET_V2_MODE | CGRP_ROOT_NOPREFIX }
#define RULES_cpu	{ .starves = true, .tell_dead = true }
#define RULES_cpuacct	{ }
#define RULES_io	{ .percpu_ref = true }
#define RULES_memory	{ .percpu_ref = true, .ancestors = true, .told_only = true,	\
			  .tell_dead = true, .release_refused = true }
#define RULES_devices	{ .inherit_by_root = true }
#define RULES_freezer	{ .per_source = true }
#define RULES_net_cls	{ .late = true }
#define RULES_perf_event { .percpu_ref = true, .ancestors = true }
#define RULES_net_prio	{ .write_by_worker = true, .late = true }
#define RULES_hugetlb	{ .percpu_ref = true }
#define RULES_pids	{ .charge_dead = true }
#define RULES_rdma	{ .write_by_worker = true }
#define RULES_misc	{ }
#define RULES_debug	{ }
#define RULES_oom	{ }

#define SUBSYS(_x)	[_x ## _cgrp_id] = RULES_ ## _x,
const struct cgroup_rules cgroup_rules[CGROUP_SUBSYS_COUNT] = {
#include <linux/cgroup_subsys.h>
};

#undef SUBSYS

/**
 * cgroup_rules_mask - the subsystems that a mount option concerns
 * @root_flag: a CGRP_ROOT_* bit
 *
 * Context: any.
 * Return: the subsystems.
 */
cgroup_mask_t cgroup_rules_mask(unsigned int root_flag)
{
	cgroup_mask_t mask = 0;
	int ssid;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++)
		if (cgroup_rules[ssid].root_flags & root_flag)
			mask |= BIT(ssid);
	return mask;
}
