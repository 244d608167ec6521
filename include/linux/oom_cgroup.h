/* SPDX-License-Identifier: GPL-2.0 */
/* OOM handlers of groups: what the memory management calls.  See mm/oom_cgroup.c. */
#ifndef _LINUX_OOM_CGROUP_H
#define _LINUX_OOM_CGROUP_H

#include <linux/compiler.h>
#include <linux/mm_types.h>
#include <linux/oom_cgroup_types.h>
#include <linux/sched.h>

struct cgroup_subsys_state;
struct mem_cgroup;
struct oom_control;

/*
 * kernel/cgroup/cpuset-mm.c
 */
void cpuset_css_mems(struct cgroup_subsys_state *css, nodemask_t *nodes);

/*
 * mm/oom_cgroup_wait.c, mm/oom_cgroup_count.c
 */
#ifdef CONFIG_CGROUP_OOM

bool oom_cgroup_holds(struct oom_control *oc);
bool oom_cgroup_kills(struct mem_cgroup *memcg);
void oom_cgroup_chose(struct oom_control *oc);
void oom_cgroup_killed(struct task_struct *victim);
void oom_cgroup_killed_too(struct task_struct *sharer);
vm_fault_t __oom_cgroup_end_fault(vm_fault_t ret);
bool __oom_cgroup_wait(void);

/* A child has no OOM. */
static inline void oom_cgroup_init_task(struct task_struct *child)
{
	child->oom_cgroup.state = OOM_CGROUP_NONE;
	child->oom_cgroup.counted = false;
	child->oom_cgroup.waits = false;
}

/* Does the current task wait at the end of its fault, because an allocation has failed? */
static inline bool oom_cgroup_is_held(void)
{
	return current->oom_cgroup.state == OOM_CGROUP_HELD;
}

/*
 * A page fault from user mode has ended with @ret: its OOM is over unless memory is missing.
 * Return: @ret, or VM_FAULT_OOM if the fault failed for another reason only because of the OOM.
 */
static inline vm_fault_t oom_cgroup_end_fault(vm_fault_t ret)
{
	if (unlikely(current->oom_cgroup.state != OOM_CGROUP_NONE))
		return __oom_cgroup_end_fault(ret);
	return ret;
}

/*
 * Wait for a verdict if the OOM of the fault that has just ended is held, or if the memory
 * controller wants to wait for user space.  Return: true if the fault is to be tried again.
 */
static inline bool oom_cgroup_wait(void)
{
#ifdef CONFIG_MEMCG_V1
	if (current->memcg_in_oom)
		return __oom_cgroup_wait();
#endif
	return current->oom_cgroup.state != OOM_CGROUP_NONE && __oom_cgroup_wait();
}

#else	/* !CONFIG_CGROUP_OOM */

static inline bool oom_cgroup_holds(struct oom_control *oc)
{
	return false;
}

static inline void oom_cgroup_chose(struct oom_control *oc)
{
}

static inline void oom_cgroup_killed(struct task_struct *victim)
{
}

static inline void oom_cgroup_killed_too(struct task_struct *sharer)
{
}

static inline void oom_cgroup_init_task(struct task_struct *child)
{
}

static inline bool oom_cgroup_is_held(void)
{
	return false;
}

static inline bool oom_cgroup_kills(struct mem_cgroup *memcg)
{
	return false;
}

static inline vm_fault_t oom_cgroup_end_fault(vm_fault_t ret)
{
	return ret;
}

static inline bool oom_cgroup_wait(void)
{
	return false;
}

#endif	/* CONFIG_CGROUP_OOM */

#endif	/* _LINUX_OOM_CGROUP_H */
