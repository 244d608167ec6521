/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: fork. */
#ifndef __CGROUP_FORK_H
#define __CGROUP_FORK_H

#include <linux/cgroup.h>

void cgroup_fork_init_subsys(struct cgroup_subsys *ss);

#endif	/* __CGROUP_FORK_H */
