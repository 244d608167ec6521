/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __CPUSET_MM_H
#define __CPUSET_MM_H

#include <linux/nodemask.h>
#include <linux/types.h>

struct mm_struct;
struct task_struct;

u64 cpuset_mm_new_id(void);
void cpuset_mm_follow(struct task_struct *task, bool migrate, const nodemask_t *from,
		      const nodemask_t *to, u64 id);
bool cpuset_mm_is_due(struct mm_struct *mm);
void cpuset_mm_wait(u64 id);

#endif	/* __CPUSET_MM_H */
