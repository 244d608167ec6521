/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: cgroup namespaces. */
#ifndef __CGROUP_NAMESPACE_H
#define __CGROUP_NAMESPACE_H

#include <linux/cgroup.h>

int cgroup_path_ns_locked(struct cgroup *cgrp, char *buf, size_t buflen,
			  struct cgroup_namespace *ns);
bool cgroup_ns_shows(struct cgroup_namespace *ns, struct cgroup *cgrp);
void cgroup_ns_set_root(struct cgroup_namespace *ns, struct css_set *cset);
void cgroup_ns_follow(struct css_set *from, struct css_set *to);

#endif	/* __CGROUP_NAMESPACE_H */
