// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: hierarchies.
 *
 *	prepared --commit of mount--> active --last user, no child--> dead
 *	    |                                                         |
 *	    +--abort--> dead                      last cgroup freed --+--> freed
 *
 *   prepared  has an id, a root cgroup and a hidden directory tree
 *   active    is in cgroup_roots; nr_users counts superblocks and mounts under way
 *   dead      has no live child and no user.  cgroup_root_end_if_unused() does all of this
 *             in one section under cgroup_mutex: its subsystems go back to the default
 *             hierarchy, it leaves cgroup_roots, its id is freed, its links are dropped.
 *             This function is called when the last user goes, and by a merge for the
 *             other hierarchy, which may have no user.  cgroup_root_destroy() then
 *             removes the directories.
 *   freed     together with the root cgroup, to which every dead cgroup below holds a
 *             reference
 *
 * A hierarchy without users stays active as long as it has a live child, and the next mount
 * finds it again.  The rmdir of its last child does not end it.  It ends at the last umount
 * after the next mount.
 *
 * A stateful subsystem is always bound to a hierarchy: to the default hierarchy while
 * it is not mounted.  Its root css is never replaced; it moves from root cgroup to
 * root cgroup.  Before a mount, every css_set has the root css in its slot, so the
 * mount changes no slots.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernfs.h>
#include "css_set.h"
#include "dir.h"
#include "file.h"
#include "hierarchy.h"
#include "rstat.h"
#include "subsys.h"
#include "txn.h"
#include <trace/events/cgroup.h>

/* The operations on the directories of all hierarchies. */
static struct kernfs_syscall_ops *cgroup_kf_ops __ro_after_init;

/* Hierarchy ids (M). */
static DEFINE_IDR(cgroup_hierarchy_idr);

static void cgroup_init_root(struct cgroup_root *root)
{
	INIT_LIST_HEAD(&root->root_list);
	atomic_set(&root->nr_cgrps, 1);
	root->cgrp.root = root;
	cgroup_init_node(&root->cgrp, NULL);
}

/**
 * cgroup_root_from_kf - the hierarchy of a directory tree
 * @kf_root: the tree
 *
 * Context: any; the caller makes sure that @kf_root exists.
 * Return: the hierarchy.
 */
struct cgroup_root *cgroup_root_from_kf(struct kernfs_root *kf_root)
{
	struct cgroup *root_cgrp = kernfs_root_to_node(kf_root)->priv;

	return root_cgrp->root;
}

/**
 * cgroup_root_by_id - find a hierarchy by its id
 * @id: the id
 *
 * Context: cgroup_mutex.
 * Return: the hierarchy, or NULL.
 */
struct cgroup_root *cgroup_root_by_id(int id)
{
	lockdep_assert_held(&cgroup_mutex);
	return id < 0 ? NULL : idr_find(&cgroup_hierarchy_idr, id);
}

/**
 * cgroup_root_next - find the hierarchy with the lowest id, from a given id on
 * @id: the given id; set to the id of the hierarchy
 *
 * Context: cgroup_mutex.
 * Return: the hierarchy, or NULL.
 */
struct cgroup_root *cgroup_root_next(int *id)
{
	lockdep_assert_held(&cgroup_mutex);
	return idr_get_next(&cgroup_hierarchy_idr, id);
}

/**
 * cgroup_root_by_name - find a hierarchy by its name
 * @name: the name, not empty
 *
 * Context: cgroup_mutex.
 * Return: the hierarchy, or NULL.
 */
struct cgroup_root *cgroup_root_by_name(const char *name)
{
	struct cgroup_root *root;

	lockdep_assert_held(&cgroup_mutex);

	for_each_root(root)
		if (!strcmp(root->name, name))
			return root;
	return NULL;
}

/**
 * cgroup_name_fault - what is wrong with the name of a hierarchy?
 * @name: the name
 * @len: its length
 *
 * Context: any.
 * Return: a text, or NULL.
 */
const char *cgroup_name_fault(const char *name, size_t len)
{
	if (len >= MAX_CGROUP_ROOT_NAMELEN)
		return "Name too long";
	for (; *name; name++)
		if (!isalnum(*name) && !strchr("._-", *name))
			return "Invalid name";
	return NULL;
}

/* Give a hierarchy its directory tree, hidden and empty, and its id. */
static int cgroup_root_setup(struct cgroup_root *root)
{
	struct cgroup *cgrp = &root->cgrp;
	struct kernfs_root *kf_root;
	int id;

	/* do not reuse an id while others are free: user space may remember it */
	id = idr_alloc_cyclic(&cgroup_hierarchy_idr, root, 0, 0, GFP_KERNEL);
	if (id < 0)
		return id;
	root->hierarchy_id = id;

	kf_root = kernfs_create_root(cgroup_kf_ops,
				     KERNFS_ROOT_CREATE_DEACTIVATED |
				     KERNFS_ROOT_SUPPORT_EXPORTOP |
				     KERNFS_ROOT_SUPPORT_USER_XATTR, cgrp);
	if (IS_ERR(kf_root)) {
		idr_remove(&cgroup_hierarchy_idr, id);
		return PTR_ERR(kf_root);
	}
	root->kf_root = kf_root;
	cgrp->kn = kernfs_root_to_node(kf_root);
	kernfs_get(cgrp->kn);
	return 0;
}

/*
 * The step that creates a hierarchy.  If a later step fails, the hierarchy, which was
 * never visible, is destroyed like one that died.
 */
struct cgroup_root_step {
	struct cgroup_step step;
	struct cgroup_root *root;
};

static void cgroup_root_commit(struct cgroup_step *step)
{
	struct cgroup_root *root = container_of(step, struct cgroup_root_step, step)->root;

	kernfs_activate(root->cgrp.kn);
}

/* Add a hierarchy without subsystems to cgroup_roots: no rebind or split has done so. */
static void cgroup_root_post(struct cgroup_step *step)
{
	struct cgroup_root *root = container_of(step, struct cgroup_root_step, step)->root;

	cgroup_set_masks(root, root->subsys_mask, &cgrp_dfl_root, cgrp_dfl_root.subsys_mask);
}

static void cgroup_root_abort(struct cgroup_step *step)
{
	struct cgroup_root *root = container_of(step, struct cgroup_root_step, step)->root;

	root->cgrp.self.flags &= ~CSS_ONLINE;
	root->cgrp.self.flags |= CSS_DYING;
	idr_remove(&cgroup_hierarchy_idr, root->hierarchy_id);
}

static void cgroup_root_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_root_step *s = container_of(step, struct cgroup_root_step, step);

	/* the trace event comes last, because the hierarchy has its subsystems only now */
	if (committed)
		trace_cgroup_setup_root(s->root);
	else
		cgroup_root_destroy(s->root);
}

static const struct cgroup_step_ops cgroup_root_ops = {
	.commit = cgroup_root_commit,
	.post = cgroup_root_post,
	.abort = cgroup_root_abort,
	.finish = cgroup_root_finish,
};

static struct cgroup_root *cgroup_root_alloc(struct cgroup_fs_context *ctx)
{
	struct cgroup_root *root = kzalloc(sizeof(*root), GFP_KERNEL);
	int ret;

	if (!root)
		return ERR_PTR(-ENOMEM);
	cgroup_init_root(root);
	root->flags = ctx->flags;
	if (ctx->name)
		strscpy(root->name, ctx->name);
	if (ctx->release_agent)
		strscpy(root->release_agent_path, ctx->release_agent);
	if (ctx->clone_children)
		set_bit(CGRP_CPUSET_CLONE_CHILDREN, &root->cgrp.flags);

	ret = cgroup_rstat_init(&root->cgrp);
	if (ret)
		goto free;
	ret = cgroup_root_setup(root);
	if (ret)
		goto exit_rstat;
	return root;

exit_rstat:
	cgroup_rstat_exit(&root->cgrp);
free:
	kfree(root);
	return ERR_PTR(ret);
}

/**
 * cgroup_root_create - prepare a new hierarchy
 * @txn: transaction that gets the steps; the caller aborts it if this fails
 * @ctx: the options of the mount
 *
 * Context: cgroup_mutex; may sleep.
 * Return: the hierarchy, which is visible after cgroup_txn_conclude(); or an ERR_PTR:
 * -EBUSY if a subsystem is bound to another hierarchy, -ENOMEM, or the refusal of a
 * subsystem.
 */
struct cgroup_root *cgroup_root_create(struct cgroup_txn *txn, struct cgroup_fs_context *ctx)
{
	struct cgroup_root_step *s = cgroup_txn_alloc(txn, sizeof(*s));
	struct cgroup_root *root;
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	if (!s)
		return ERR_PTR(-ENOMEM);
	root = cgroup_root_alloc(ctx);
	if (IS_ERR(root))
		return root;
	s->root = root;
	cgroup_txn_add(txn, &s->step, &cgroup_root_ops);

	ret = cgroup_files_add(&root->cgrp, NULL, NULL) ?:
	      cset_prepare_root_links(txn, root) ?:
	      cgroup_root_rebind(txn, root, ctx->subsys_mask);
	return ret ? ERR_PTR(ret) : root;
}

/*
 * The end
 */

/**
 * cgroup_root_end_if_unused - end a hierarchy if it has no live child and no user
 * @root: the hierarchy
 *
 * Its subsystems can be mounted elsewhere when this returns.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: true if the hierarchy is dead now; the caller drops cgroup_mutex and
 * calls cgroup_root_destroy().
 */
bool cgroup_root_end_if_unused(struct cgroup_root *root)
{
	cgroup_mask_t mask = root->subsys_mask & CGROUP_STATEFUL_MASK;
	struct cgroup_subsys *ss;
	int ssid;

	lockdep_assert_held(&cgroup_mutex);

	if (root->nr_users || root->cgrp.nr_live_children)
		return false;

	trace_cgroup_destroy_root(root);
	for_each_subsys_mask(ss, ssid, mask)
		cgroup_hide_root_css(ss);
	/* without links it has no line in /proc/PID/cgroup any more */
	cset_drop_root_links(root);
	cgroup_set_masks(root, root->subsys_mask & ~mask,
			 &cgrp_dfl_root, cgrp_dfl_root.subsys_mask | mask);
	root->cgrp.self.flags &= ~CSS_ONLINE;
	root->cgrp.self.flags |= CSS_DYING;
	list_del_rcu(&root->root_list);
	idr_remove(&cgroup_hierarchy_idr, root->hierarchy_id);
	return true;
}

/**
 * cgroup_root_put_user - drop the use of a hierarchy by a superblock or a mount under way
 * @root: the hierarchy
 *
 * Context: cgroup_mutex; may sleep.
 * Return: as cgroup_root_end_if_unused().
 */
bool cgroup_root_put_user(struct cgroup_root *root)
{
	lockdep_assert_held(&cgroup_mutex);

	root->nr_users--;
	return cgroup_root_end_if_unused(root);
}

/**
 * cgroup_root_destroy - take down a dead hierarchy, or one that was never visible
 * @root: the hierarchy
 *
 * Context: no locks; may sleep, waits for operations on its files.
 */
void cgroup_root_destroy(struct cgroup_root *root)
{
	lockdep_assert_not_held(&cgroup_mutex);

	kernfs_destroy_root(root->kf_root);
	cgroup_put(&root->cgrp);
}

/**
 * cgroup_init_dfl_root_early - set up the parts of the default hierarchy that need no memory
 *
 * Context: boot, one CPU.
 */
void __init cgroup_init_dfl_root_early(void)
{
	cgroup_init_root(&cgrp_dfl_root);
	cgrp_dfl_root.cgrp.self.flags |= CSS_NO_REF;
	/* it always has a user, so it never ends */
	cgrp_dfl_root.nr_users = 1;
}

/**
 * cgroup_init_dfl_root - set up the rest of the default hierarchy
 * @kf_ops: the operations on the directories of all hierarchies
 *
 * Its directory tree is never shown, but the paths of its cgroups come from it.
 *
 * Context: boot; cgroup_mutex.
 * Return: 0 or -ENOMEM.
 */
int __init cgroup_init_dfl_root(struct kernfs_syscall_ops *kf_ops)
{
	struct cgroup_root *root = &cgrp_dfl_root;
	DEFINE_CGROUP_TXN(txn);
	int ret;

	cgroup_kf_ops = kf_ops;
	ret = cgroup_rstat_init(&root->cgrp) ?: cgroup_root_setup(root);
	if (ret)
		return ret;
	ret = cset_prepare_root_links(&txn, root);
	if (ret)
		return ret;
	cgroup_txn_commit(&txn);
	list_add_rcu(&root->root_list, &cgroup_roots);
	mutex_unlock(&cgroup_mutex);
	cgroup_txn_finish(&txn);
	mutex_lock(&cgroup_mutex);
	return 0;
}
