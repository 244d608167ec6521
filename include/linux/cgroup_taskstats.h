/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: the part of the netlink family TASKSTATS that reads statistics of cgroups. */
#ifndef _LINUX_CGROUP_TASKSTATS_H
#define _LINUX_CGROUP_TASKSTATS_H

#include <net/genetlink.h>

/* kernel/cgroup/stats.c */
#ifdef CONFIG_CGROUPS
#define CGROUP_STATS_NR_OPS	2
extern const struct genl_split_ops cgroup_stats_ops[CGROUP_STATS_NR_OPS];

/* Members of the family. */
#define CGROUP_STATS_FAMILY_OPS			\
	.parallel_ops	= true,			\
	.split_ops	= cgroup_stats_ops,	\
	.n_split_ops	= CGROUP_STATS_NR_OPS,
#else
#define CGROUP_STATS_FAMILY_OPS
#endif

#endif	/* _LINUX_CGROUP_TASKSTATS_H */
