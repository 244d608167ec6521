/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: the list of control files that are statistics. */
#ifndef __CGROUP_STAT_LIST_H
#define __CGROUP_STAT_LIST_H

#include <linux/cgroup.h>

#define CGROUP_STAT_NAME_MAX	(MAX_CGROUP_TYPE_NAMELEN + MAX_CFTYPE_NAME + 16)

int cgroup_stats_add(struct cftype *cfts);
void cgroup_stats_del(struct cftype *cfts);
u32 cgroup_stats_generation(void);
struct cftype *cgroup_stat_find(u32 id);
struct cftype *cgroup_stat_next(u32 *id);
u8 cgroup_stat_type(const struct cftype *cft);
void cgroup_stat_name(const struct cftype *cft, char *name);
void cgroup_stat_keys(struct cftype *cft, struct cgroup_map *map);
unsigned int cgroup_stat_nr_values(struct cftype *cft);

#endif	/* __CGROUP_STAT_LIST_H */
