/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: recursive statistics. */
#ifndef __CGROUP_RSTAT_H
#define __CGROUP_RSTAT_H

#include <linux/cgroup.h>

int cgroup_rstat_init(struct cgroup *cgrp);
void cgroup_rstat_exit(struct cgroup *cgrp);
void cgroup_rstat_boot(void);
void cgroup_rstat_add_css(struct cgroup_subsys_state *css);
void cgroup_rstat_del_css(struct cgroup_subsys_state *css);
void bpf_rstat_flush(struct cgroup *cgrp, struct cgroup *parent, int cpu);

#endif	/* __CGROUP_RSTAT_H */
