/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: cgroups as directories. */
#ifndef __CGROUP_DIR_H
#define __CGROUP_DIR_H

#include <linux/cgroup.h>
#include <linux/kernfs.h>

struct cgroup_txn;

void cgroup_init_node(struct cgroup *cgrp, struct cgroup *parent);
struct cgroup *cgroup_mkdir_prepare(struct cgroup_txn *txn, struct cgroup *parent,
				    const char *name, umode_t mode, bool show);
struct cgroup *cgroup_child_by_name(struct cgroup *parent, const char *name);
int cgroup_mkdir(struct kernfs_node *parent_kn, const char *name, umode_t mode);
int cgroup_rmdir(struct kernfs_node *kn);
int cgroup_rename(struct kernfs_node *kn, struct kernfs_node *new_parent, const char *new_name);

#endif	/* __CGROUP_DIR_H */
