/* SPDX-License-Identifier: GPL-2.0 */
/* OOM handlers of groups: what each task has for them.  See mm/oom_cgroup.c. */
#ifndef _LINUX_OOM_CGROUP_TYPES_H
#define _LINUX_OOM_CGROUP_TYPES_H

#include <linux/nodemask_types.h>
#include <linux/types.h>

struct mem_cgroup;

/**
 * enum oom_cgroup_state - what happens to the OOM of a page fault
 * @OOM_CGROUP_NONE: there is none
 * @OOM_CGROUP_KILLED: a victim was chosen for it, without a wait
 * @OOM_CGROUP_HELD: the allocation failed, and the task waits at the end of the fault
 * @OOM_CGROUP_PASS: the task has waited, and the rest of the kernel decides
 * @OOM_CGROUP_KILL: a handler told the kernel's killer to choose a victim
 */
enum oom_cgroup_state {
	OOM_CGROUP_NONE,
	OOM_CGROUP_KILLED,
	OOM_CGROUP_HELD,
	OOM_CGROUP_PASS,
	OOM_CGROUP_KILL,
};

/**
 * struct oom_cgroup_task - the OOM of a task in a page fault from user mode
 *
 * Only the task itself uses it, except for @waits.
 *
 * @id: of the OOM, in the states OOM_CGROUP_PASS and OOM_CGROUP_KILL
 * @kills_in: serial number of the css of the memory controller in which the handler that said
 *	"kill" may decide, whatever memory.oom_control says; 0: none
 * @memcg: whose limit was hit, referenced while the OOM is held; NULL if none was
 * @gfp_mask: of the allocation, while the OOM is held
 * @state: enum oom_cgroup_state
 * @order: of the allocation, while the OOM is held
 * @constraint: enum oom_constraint, while the OOM is held
 * @counted: oom.events has it
 * @waits: the task waits for a verdict; set and cleared under task_lock()
 * @nodes: of the memory policy, if that is the constraint
 */
struct oom_cgroup_task {
	u64 id;
	u64 kills_in;
	struct mem_cgroup *memcg;
	gfp_t gfp_mask;
	u8 state;
	u8 order;
	u8 constraint;
	bool counted;
	bool waits;
#ifdef CONFIG_NUMA
	nodemask_t nodes;
#endif
};

#endif	/* _LINUX_OOM_CGROUP_TYPES_H */
