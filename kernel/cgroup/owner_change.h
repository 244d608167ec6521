/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: the owner of an mm. */
#ifndef __CGROUP_OWNER_CHANGE_H
#define __CGROUP_OWNER_CHANGE_H

struct cgroup_subsys;

#ifdef CONFIG_MM_OWNER
void cgroup_owner_change_tell_subsys(struct cgroup_subsys *ss, bool tell);
#else
static inline void cgroup_owner_change_tell_subsys(struct cgroup_subsys *ss, bool tell) { }
#endif

#endif	/* __CGROUP_OWNER_CHANGE_H */
