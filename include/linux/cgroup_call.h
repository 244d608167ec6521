/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: what controllers may not do under cgroup_mutex, and what a worker does for
 * tasks that others can starve.  See kernel/cgroup/call.c.
 */
#ifndef _LINUX_CGROUP_CALL_H
#define _LINUX_CGROUP_CALL_H

#include <linux/types.h>

struct mem_cgroup;

bool cgroup_defers_reclaim(struct mem_cgroup *memcg);
void cgroup_call_always(int (*fn)(void *arg), void *arg);

#endif
