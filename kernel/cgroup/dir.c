// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the life of a cgroup, mkdir to free.
 *
 *   prepared   in no list, its directory is hidden; its csses come online.  An abort takes it
 *              down again.
 *   live       in the list of its parent, visible; CSS_ONLINE in self.flags
 *   dead       it has no task and no child.  rmdir clears CSS_ONLINE and sets CSS_DYING, here and
 *              in its csses, and decrements nr_live_children of the parent.  Then, without
 *              cgroup_mutex, it removes the directory, which waits for operations on the
 *              files, kills the csses and drops the base reference.  css_sets of exited
 *              tasks, csses with charges and open files can still hold the cgroup.  The
 *              cgroups of a merged hierarchy are dead as well, but their csses have moved.
 *   released   no reference: cgroup_release_work() takes it out of the list of its parent, and
 *              its directory node does not point to it any more
 *   freed      a grace period later, in cgroup_free_work()
 *
 * A cgroup holds a reference to its parent until it is freed.  So a hierarchy that is gone
 * stays in memory until the last of its dead cgroups is freed.
 */
#include <linux/bpf.h>
#include <linux/sched/cputime.h>
#include "call.h"
#include "css.h"
#include "css_set.h"
#include "dir.h"
#include "file.h"
#include "release_agent.h"
#include "rstat.h"
#include "subsys.h"
#include "txn.h"
#include <trace/events/cgroup.h>

/* A grace period after cgroup_release_work(). */
static void cgroup_free_work(struct work_struct *work)
{
	struct cgroup *cgrp = container_of(to_rcu_work(work), struct cgroup, self.destroy_rwork);
	struct cgroup *parent = cgroup_parent(cgrp);

	cancel_work_sync(&cgrp->release_agent_work);
	/* a refused mkdir was not counted, and had no rmdir */
	if (cgrp->self.flags & CSS_DYING)
		atomic_dec(&cgrp->root->nr_cgrps);
	bpf_cgrp_storage_free(cgrp);
	cgroup_rstat_exit(cgrp);
	kernfs_put(cgrp->kn);
	if (parent) {
		kfree(cgrp);
		cgroup_put(parent);
	} else {
		/* the last cgroup of its hierarchy; struct cgroup_root contains it */
		kfree_rcu(cgrp->root, rcu);
	}
}

static void cgroup_release_work(struct work_struct *work)
{
	struct cgroup *cgrp = container_of(work, struct cgroup, self.destroy_work);

	scoped_guard(mutex, &cgroup_mutex) {
		TRACE_CGROUP_PATH(release, cgrp);
		cgrp->self.flags |= CSS_RELEASED;
		list_del_rcu(&cgrp->self.sibling);
		/* a lookup of the node by its id does not find the cgroup any more */
		RCU_INIT_POINTER(*(void __rcu __force **)&cgrp->kn->priv, NULL);
	}
	css_queue_free(&cgrp->self, cgroup_free_work);
}

static void cgroup_released(struct cgroup_subsys_state *self)
{
	css_queue_release(self, cgroup_release_work);
}

static const struct css_ref_ops cgroup_self_ref_ops = {
	.released = cgroup_released,
};

/**
 * cgroup_init_node - set up the fields of a new cgroup
 * @cgrp: the cgroup, zeroed
 * @parent: its parent; NULL for the root of a hierarchy, with @cgrp->root set
 *
 * Context: cgroup_mutex, or boot.
 */
void cgroup_init_node(struct cgroup *cgrp, struct cgroup *parent)
{
	cgroup_self_init(cgrp, parent, &cgroup_self_ref_ops);
	INIT_LIST_HEAD(&cgrp->cset_links);
	INIT_LIST_HEAD(&cgrp->rstat_css_list);
	prev_cputime_init(&cgrp->prev_cputime);
	INIT_WORK(&cgrp->release_agent_work, cgroup_release_agent);

	if (parent) {
		cgrp->root = parent->root;
		cgrp->level = parent->level + 1;
		memcpy(cgrp->ancestors, parent->ancestors,
		       cgrp->level * sizeof(cgrp->ancestors[0]));
		cgrp->key = cgroup_new_key();
		cgrp->flags = parent->flags & (BIT(CGRP_NOTIFY_ON_RELEASE) |
					       BIT(CGRP_CPUSET_CLONE_CHILDREN));
	}
	cgrp->ancestors[cgrp->level] = cgrp;
}

/* The step of a mkdir; @show: its commit shows the directory. */
struct cgroup_mkdir_step {
	struct cgroup_step step;
	struct cgroup *cgrp;
	bool show;
};

static void cgroup_mkdir_commit(struct cgroup_step *step)
{
	struct cgroup_mkdir_step *s = container_of(step, struct cgroup_mkdir_step, step);
	struct cgroup *cgrp = s->cgrp;
	struct cgroup *parent = cgroup_parent(cgrp);

	list_add_tail_rcu(&cgrp->self.sibling, &parent->self.children);
	parent->nr_live_children++;
	atomic_inc(&cgrp->root->nr_cgrps);
	TRACE_CGROUP_PATH(mkdir, cgrp);
	if (s->show)
		kernfs_activate(cgrp->kn);
}

static void cgroup_mkdir_abort(struct cgroup_step *step)
{
	struct cgroup *cgrp = container_of(step, struct cgroup_mkdir_step, step)->cgrp;

	cgrp->self.flags &= ~CSS_ONLINE;
	/* the directory was never shown, so no operation can be under way */
	kernfs_remove(cgrp->kn);
	cgroup_put(cgrp);
}

static const struct cgroup_step_ops cgroup_mkdir_ops = {
	.commit = cgroup_mkdir_commit,
	.abort = cgroup_mkdir_abort,
};

/* Make a cgroup with a hidden directory, not in the tree yet; or return an ERR_PTR. */
static struct cgroup *cgroup_create(struct cgroup *parent, const char *name, umode_t mode)
{
	int level = parent->level + 1;
	struct cgroup *cgrp = kzalloc(struct_size(cgrp, ancestors, level + 1), GFP_KERNEL);
	struct kernfs_node *kn;
	int ret;

	if (!cgrp)
		return ERR_PTR(-ENOMEM);
	cgroup_init_node(cgrp, parent);

	ret = cgroup_rstat_init(cgrp);
	if (ret)
		goto free;
	kn = kernfs_create_dir_ns(parent->kn, name, mode, current_fsuid(), current_fsgid(),
				  cgrp, NULL);
	if (IS_ERR(kn)) {
		ret = PTR_ERR(kn);
		goto exit_rstat;
	}
	kernfs_get(kn);
	cgrp->kn = kn;
	return cgrp;

exit_rstat:
	cgroup_rstat_exit(cgrp);
free:
	cgroup_put(parent);
	kfree(cgrp);
	return ERR_PTR(ret);
}

/* Give a new cgroup the files of one subsystem, and a css if its parent owns one. */
static int cgroup_furnish_subsys(struct cgroup_txn *txn, struct cgroup *cgrp,
				 struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = NULL;
	int ret;

	if (!ss->stateless && cgroup_css(cgroup_parent(cgrp), ss->id)) {
		ret = cgroup_css_prepare(txn, cgrp, ss, CGROUP_CSS_NEW);
		if (ret)
			return ret;
		css = cgroup_css(cgrp, ss->id);
	}
	return cgroup_files_add(cgrp, ss, css);
}

/* Give @cgrp its files and csses; it is a step of @txn already. */
static int cgroup_furnish(struct cgroup_txn *txn, struct cgroup *cgrp)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	ret = cgroup_files_add(cgrp, NULL, NULL);
	if (ret)
		return ret;
	for_each_subsys_mask(ss, ssid, cgrp->root->subsys_mask) {
		ret = cgroup_furnish_subsys(txn, cgrp, ss);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * cgroup_mkdir_prepare - prepare a new cgroup
 * @txn: transaction that this becomes steps of; the caller aborts it if this fails
 * @parent: the parent: live, or in a new hierarchy
 * @name: of the directory
 * @mode: its mode
 * @show: show the directory at the commit; else the caller shows it
 *
 * Context: cgroup_mutex; may sleep.
 * Return: the cgroup, hidden; an ERR_PTR.
 */
struct cgroup *cgroup_mkdir_prepare(struct cgroup_txn *txn, struct cgroup *parent,
				    const char *name, umode_t mode, bool show)
{
	struct cgroup_mkdir_step *step = cgroup_txn_alloc(txn, sizeof(*step));
	struct cgroup *cgrp;
	int ret;

	if (!step)
		return ERR_PTR(-ENOMEM);
	cgrp = cgroup_create(parent, name, mode);
	if (IS_ERR(cgrp))
		return cgrp;

	step->cgrp = cgrp;
	step->show = show;
	cgroup_txn_add(txn, &step->step, &cgroup_mkdir_ops);
	ret = cgroup_furnish(txn, cgrp);
	return ret ? ERR_PTR(ret) : cgrp;
}

/**
 * cgroup_child_by_name - find a child of a cgroup
 * @parent: the cgroup
 * @name: of the child's directory
 *
 * Context: cgroup_mutex, which keeps the child; may sleep.
 * Return: the child, live; NULL if there is none.
 */
struct cgroup *cgroup_child_by_name(struct cgroup *parent, const char *name)
{
	struct kernfs_node *kn = kernfs_find_and_get(parent->kn, name);
	struct cgroup *cgrp = kn && kernfs_type(kn) == KERNFS_DIR ? kn->priv : NULL;

	lockdep_assert_held(&cgroup_mutex);

	kernfs_put(kn);
	return cgrp && !cgroup_is_dead(cgrp) ? cgrp : NULL;
}

/* A name with a newline would break the lines of /proc/PID/cgroup. */
static int cgroup_check_name(const char *name)
{
	return strchr(name, '\n') ? -EINVAL : 0;
}

/*
 * A merge may leave a hierarchy that has neither a name nor subsystems.  It goes with its
 * last unmount.  With a group in it, it would stay for ever, and no mount could select it.
 */
static bool cgroup_root_can_be_found(struct cgroup_root *root)
{
	return root->name[0] || root->subsys_mask;
}

struct cgroup_mkdir_call {
	struct cgroup_txn txn;
	struct cgroup *parent;
	const char *name;
	umode_t mode;
};

static int cgroup_mkdir_locked(void *arg)
{
	struct cgroup_mkdir_call *call = arg;
	struct cgroup *parent = call->parent;
	struct cgroup_txn *txn = &call->txn;
	int ret = -ENODEV;

	if (!cgroup_is_dead(parent) && cgroup_root_can_be_found(parent->root))
		ret = cgroup_files_settle(parent, call->name);
	if (!ret)
		ret = PTR_ERR_OR_ZERO(cgroup_mkdir_prepare(txn, parent, call->name, call->mode,
							   true));
	if (ret)
		cgroup_txn_abort(txn);
	else
		cgroup_txn_commit(txn);
	return ret;
}

/**
 * cgroup_mkdir - mkdir(2)
 * @parent_kn: the directory, active
 * @name: of the new directory
 * @mode: its mode
 *
 * Context: a kernfs operation; may sleep.
 * Return: 0; -EINVAL for a name with a newline; -ENODEV if the parent is dead; -ENOMEM; the
 * refusal of a subsystem.
 */
int cgroup_mkdir(struct kernfs_node *parent_kn, const char *name, umode_t mode)
{
	struct cgroup_mkdir_call call = {
		.txn = CGROUP_TXN_INIT(call.txn),
		.name = name,
		.mode = mode,
	};
	int ret = cgroup_check_name(name);

	if (ret)
		return ret;
	call.parent = cgroup_kn_begin(parent_kn);
	if (!call.parent)
		return -ENODEV;
	ret = cgroup_call_locked_again(cgroup_mkdir_locked, &call, &call.txn);
	cgroup_txn_finish(&call.txn);
	cgroup_kn_end(call.parent, parent_kn);
	return ret;
}

/* Is @cgrp without members and children?  The lock waits for the exit of a last member. */
static bool cgroup_is_empty(struct cgroup *cgrp)
{
	guard(spinlock_irq)(&css_set_lock);
	return !cgroup_is_populated(cgrp) && !cgrp->nr_live_children;
}

/* The part of rmdir under cgroup_mutex; return -ESRCH if the cgroup is dead already. */
static int cgroup_make_dead(void *arg)
{
	struct cgroup *cgrp = arg;
	struct cgroup *parent = cgroup_parent(cgrp);

	lockdep_assert_held(&cgroup_mutex);

	if (cgroup_is_dead(cgrp))
		return -ESRCH;
	if (!cgroup_is_empty(cgrp))
		return -EBUSY;

	cgrp->self.flags &= ~CSS_ONLINE;
	cgrp->self.flags |= CSS_DYING;
	cgroup_css_mark_dying(cgrp);

	parent->nr_live_children--;
	cgroup_check_for_release(parent);
	TRACE_CGROUP_PATH(rmdir, cgrp);
	return 0;
}

/*
 * The rest of rmdir.  Others may wait for it: the csses of ancestors go offline only after
 * those of @cgrp.  cgroup_rmdir() has broken its active reference, and keeps @cgrp.
 */
static void cgroup_take_down(void *arg)
{
	struct cgroup *cgrp = arg;

	/* operations on its files end before its csses go offline */
	kernfs_remove(cgrp->kn);
	cgroup_css_kill_all(cgrp);
	/* the base reference */
	cgroup_put(cgrp);
}

/**
 * cgroup_rmdir - rmdir(2)
 * @kn: the directory, active
 *
 * Context: a kernfs operation; may sleep.
 * Return: 0; -EBUSY if the group has a member or a child; -EINTR if the task was killed before
 * it began.
 */
int cgroup_rmdir(struct kernfs_node *kn)
{
	struct cgroup *cgrp = cgroup_kn_begin(kn);
	int ret;

	if (!cgrp)
		return 0;
	ret = cgroup_call_locked_then(cgroup_make_dead, cgrp, NULL, cgroup_take_down);
	cgroup_kn_end(cgrp, kn);
	/* another rmdir has removed it: so it is gone */
	return ret == -ESRCH ? 0 : ret;
}

/* Only the name may change: a new place would change what limits the members. */
static int cgroup_check_rename(struct kernfs_node *kn, struct kernfs_node *new_parent,
			       const char *new_name)
{
	int ret = cgroup_check_name(new_name);

	if (ret)
		return ret;
	if (kernfs_type(kn) != KERNFS_DIR)
		return -ENOTDIR;
	return new_parent == kn->parent ? 0 : -EIO;
}

struct cgroup_rename_call {
	struct cgroup *cgrp;
	struct kernfs_node *new_parent;
	const char *new_name;
};

static int cgroup_rename_locked(void *arg)
{
	struct cgroup_rename_call *call = arg;
	struct cgroup *cgrp = call->cgrp;
	int ret;

	if (cgroup_is_dead(cgrp))
		return -ENOENT;
	ret = cgroup_files_settle(cgroup_parent(cgrp), call->new_name) ?:
	      kernfs_rename(cgrp->kn, call->new_parent, call->new_name);
	if (!ret)
		TRACE_CGROUP_PATH(rename, cgrp);
	return ret;
}

/**
 * cgroup_rename - rename(2)
 * @kn: the directory, active
 * @new_parent: the new parent directory; must be the old one
 * @new_name: its new name
 *
 * Context: a kernfs operation; may sleep.
 * Return: 0; -EINVAL for a name with a newline; -EIO for another @new_parent; -ENOTDIR for a
 * file; what kernfs_rename() returns.
 */
int cgroup_rename(struct kernfs_node *kn, struct kernfs_node *new_parent, const char *new_name)
{
	struct cgroup_rename_call call = { .new_parent = new_parent, .new_name = new_name };
	int ret = cgroup_check_rename(kn, new_parent, new_name);

	if (ret)
		return ret;

	kernfs_break_active_protection(new_parent);
	ret = -ENOENT;
	call.cgrp = cgroup_kn_begin(kn);
	if (call.cgrp) {
		ret = cgroup_call_locked(cgroup_rename_locked, &call);
		cgroup_kn_end(call.cgrp, kn);
	}
	kernfs_unbreak_active_protection(new_parent);
	return ret;
}
