/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: hierarchies, what they carry, and the options of a mount. */
#ifndef __CGROUP_HIERARCHY_H
#define __CGROUP_HIERARCHY_H

#include <linux/cgroup.h>
#include <linux/fs_context.h>
#include <linux/kernfs.h>

struct cgroup_txn;

/**
 * struct cgroup_fs_context - the options of a mount under way
 * @kfc: the part that kernfs uses
 * @root: the hierarchy to mount, once it is found or created; its nr_users counts the mount
 * @ns: cgroup namespace of the mounter
 * @flags: CGRP_ROOT_* bits
 * @subsys_mask: subsystems named
 * @all_ss: "all" was given
 * @none: "none" was given
 * @clone_children: "clone_children" was given
 * @name: hierarchy name, or NULL
 * @release_agent: path, or NULL
 */
struct cgroup_fs_context {
	struct kernfs_fs_context kfc;
	struct cgroup_namespace *ns;
	struct cgroup_root *root;
	cgroup_mask_t subsys_mask;
	unsigned int flags;
	bool all_ss;
	bool none;
	bool clone_children;
	char *name;
	char *release_agent;
};

static inline struct cgroup_fs_context *cgroup_fc2context(struct fs_context *fc)
{
	return container_of(fc->fs_private, struct cgroup_fs_context, kfc);
}

/*
 * kernel/cgroup/bind.c
 */
int cgroup_can_bind(struct cgroup_txn *txn, struct cgroup *cgrp, cgroup_mask_t mask);
int cgroup_can_bind_below(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove);
cgroup_mask_t cgroup_owned(struct cgroup *cgrp);
void cgroup_set_masks(struct cgroup_root *a, cgroup_mask_t mask_a,
		      struct cgroup_root *b, cgroup_mask_t mask_b);
void cgroup_move_root_css(struct cgroup_subsys *ss, struct cgroup_root *to);
void cgroup_hide_root_css(struct cgroup_subsys *ss);
int cgroup_root_rebind(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask);

/*
 * kernel/cgroup/hierarchy.c
 */
#define for_each_root(root)							\
	list_for_each_entry_rcu(root, &cgroup_roots, root_list,			\
				lockdep_is_held(&cgroup_mutex))

void cgroup_init_dfl_root_early(void);
int cgroup_init_dfl_root(struct kernfs_syscall_ops *kf_ops);
struct cgroup_root *cgroup_root_from_kf(struct kernfs_root *kf_root);
struct cgroup_root *cgroup_root_by_id(int id);
struct cgroup_root *cgroup_root_next(int *id);
struct cgroup_root *cgroup_root_by_name(const char *name);
const char *cgroup_name_fault(const char *name, size_t len);
struct cgroup_root *cgroup_root_create(struct cgroup_txn *txn, struct cgroup_fs_context *ctx);
bool cgroup_root_put_user(struct cgroup_root *root);
bool cgroup_root_end_if_unused(struct cgroup_root *root);
void cgroup_root_destroy(struct cgroup_root *root);

/*
 * kernel/cgroup/mount.c
 */
extern struct kernfs_syscall_ops cgroup_kf_syscall_ops;

int cgroup_init_fs(void);

#endif	/* __CGROUP_HIERARCHY_H */
