/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: notify_on_release. */
#ifndef __CGROUP_RELEASE_AGENT_H
#define __CGROUP_RELEASE_AGENT_H

#include <linux/cgroup.h>

void cgroup_release_agent(struct work_struct *work);
void cgroup_check_for_release(struct cgroup *cgrp);
bool cgroup_release_agent_may_write(struct kernfs_open_file *of);
int cgroup_release_agent_set(struct cgroup_root *root, const char *path);
void cgroup_release_agent_show(struct seq_file *seq, struct cgroup_root *root);
void cgroup_release_agent_show_option(struct seq_file *seq, struct cgroup_root *root);

static inline bool notify_on_release(const struct cgroup *cgrp)
{
	return test_bit(CGRP_NOTIFY_ON_RELEASE, &cgrp->flags);
}

#endif	/* __CGROUP_RELEASE_AGENT_H */
