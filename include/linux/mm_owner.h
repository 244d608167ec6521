/* SPDX-License-Identifier: GPL-2.0 */
/* The owner of an mm. */
#ifndef _LINUX_MM_OWNER_H
#define _LINUX_MM_OWNER_H

#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

struct css_set;
struct mm_struct;
struct task_struct;

/*
 * kernel/mm_owner.c
 */
#ifdef CONFIG_MM_OWNER
void mm_owner_share(struct task_struct *child);
bool mm_owner_in_process(struct mm_struct *mm, struct task_struct *task);

/* Must mm_owner_share() be called for @child, which the current task has cloned? */
static inline bool mm_owner_is_shared(struct task_struct *child)
{
	return child->mm && child->mm == current->mm &&
	       (child->signal != current->signal ||
		!hlist_unhashed_lockless(&child->signal->mm_sharer));
}
#else
static inline void mm_owner_share(struct task_struct *child) { }
static inline bool mm_owner_is_shared(struct task_struct *child) { return false; }
#endif

/*
 * kernel/cgroup/owner_change.c
 */
/**
 * struct cgroup_owner_change - the owner of an mm is about to change, or has changed
 * @told: the subsystems that are told
 * @to: the new owner, or NULL
 * @from_cset: the css_set of the old owner, which is the current task; referenced
 * @lock: held for reading: excludes moves of the new owner; or NULL
 */
struct cgroup_owner_change {
	u32 told;
	struct task_struct *to;
	struct css_set *from_cset;
	struct rw_semaphore *lock;
};

void cgroup_owner_change_begin(struct cgroup_owner_change *change, struct task_struct *to);
void cgroup_owner_change_end(struct cgroup_owner_change *change, bool changed);

#endif	/* _LINUX_MM_OWNER_H */
