// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup namespaces: which cgroup a task sees as "/".
 *
 * A namespace holds the css_set that its creator had.  A css_set has a cgroup in each
 * hierarchy, including those created later, so the namespace has a root in each.  When
 * a change of a hierarchy retires the css_set, the namespace switches to the successor
 * of the css_set.  A namespace may exist for years: without the switch it would keep
 * csses that nothing else uses.
 */
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "css_set.h"
#include "namespace.h"
#include "subsys.h"

/* Two references: that of init's nsproxy, and one that is never dropped. */
struct cgroup_namespace init_cgroup_ns = {
	.ns = {
		.inum	= PROC_CGROUP_INIT_INO,
		.count	= REFCOUNT_INIT(2),
		.ops	= &cgroupns_operations,
	},
	.root_cset	= &init_css_set,
	.user_ns	= &init_user_ns,
};

static struct cgroup_namespace *to_cgroup_ns(struct ns_common *ns)
{
	return container_of(ns, struct cgroup_namespace, ns);
}

/* Make a css_set, referenced by the caller, the root of a namespace that has none. */
static void ns_add_root(struct cgroup_namespace *ns, struct css_set *cset)
{
	lockdep_assert_held(&css_set_lock);

	WRITE_ONCE(ns->root_cset, cset);
	list_add(&ns->cset_node, &cset->namespaces);
}

static void ns_drop_root(struct cgroup_namespace *ns)
{
	lockdep_assert_held(&css_set_lock);

	list_del(&ns->cset_node);
	put_css_set_locked(ns->root_cset);
}

/**
 * cgroup_ns_set_root - give a namespace another root
 * @ns: the namespace, not the initial one
 * @cset: has the cgroup that becomes the root in each hierarchy
 *
 * Context: process; takes css_set_lock.
 */
void cgroup_ns_set_root(struct cgroup_namespace *ns, struct css_set *cset)
{
	guard(spinlock_irq)(&css_set_lock);
	get_css_set(cset);
	ns_drop_root(ns);
	ns_add_root(ns, cset);
}

/**
 * cgroup_ns_follow - switch the namespaces of a css_set to its successor
 * @from: the css_set, retired; the caller has a reference
 * @to: the successor
 *
 * Context: cgroup_mutex and css_set_lock; readers of the root of a namespace hold one of them.
 */
void cgroup_ns_follow(struct css_set *from, struct css_set *to)
{
	struct cgroup_namespace *ns, *next;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	list_for_each_entry_safe(ns, next, &from->namespaces, cset_node) {
		get_css_set(to);
		ns_drop_root(ns);
		ns_add_root(ns, to);
	}
}

static int init_ns_common(struct ns_common *ns)
{
	refcount_set(&ns->count, 1);
	ns->ops = &cgroupns_operations;
	return ns_alloc_inum(ns);
}

static struct cgroup_namespace *create_cgroup_ns(struct user_namespace *user_ns)
{
	struct cgroup_namespace *ns;
	int err = -ENOMEM;

	ns = kzalloc(sizeof(*ns), GFP_KERNEL_ACCOUNT);
	if (!ns)
		return ERR_PTR(err);

	ns->ucounts = inc_ucount(user_ns, current_euid(), UCOUNT_CGROUP_NAMESPACES);
	if (!ns->ucounts) {
		err = -ENOSPC;
		goto free;
	}
	err = init_ns_common(&ns->ns);
	if (err)
		goto uncount;

	ns->user_ns = get_user_ns(user_ns);
	scoped_guard(spinlock_irq, &css_set_lock) {
		get_css_set(task_css_set(current));
		ns_add_root(ns, task_css_set(current));
	}
	return ns;

uncount:
	dec_ucount(ns->ucounts, UCOUNT_CGROUP_NAMESPACES);
free:
	kfree(ns);
	return ERR_PTR(err);
}

/**
 * copy_cgroup_ns - get the cgroup namespace for a new task, or for unshare()
 * @flags: CLONE_* flags; CLONE_NEWCGROUP asks for a new one
 * @user_ns: user namespace that will own it
 * @old_ns: the current one
 *
 * Context: process, may sleep.  Does not take cgroup_mutex, because a fork calls it.
 * Return: a namespace, referenced; or an ERR_PTR: -EPERM without CAP_SYS_ADMIN in
 * @user_ns, -ENOSPC if its limit is reached, -ENOMEM.
 */
struct cgroup_namespace *copy_cgroup_ns(unsigned long flags, struct user_namespace *user_ns,
					struct cgroup_namespace *old_ns)
{
	if (flags & CLONE_NEWCGROUP)
		return ns_capable(user_ns, CAP_SYS_ADMIN) ? create_cgroup_ns(user_ns) :
							    ERR_PTR(-EPERM);
	get_cgroup_ns(old_ns);
	return old_ns;
}

/**
 * free_cgroup_ns - free a namespace whose last reference is gone
 * @ns: the namespace
 *
 * Context: process.
 */
void free_cgroup_ns(struct cgroup_namespace *ns)
{
	ns_free_inum(&ns->ns);
	scoped_guard(spinlock_irqsave, &css_set_lock)
		ns_drop_root(ns);
	dec_ucount(ns->ucounts, UCOUNT_CGROUP_NAMESPACES);
	put_user_ns(ns->user_ns);
	kfree(ns);
}
EXPORT_SYMBOL(free_cgroup_ns);

/**
 * cgroup_path_ns_locked - write the path of a cgroup as a namespace sees it
 * @cgrp: the cgroup
 * @buf: where to write it
 * @buflen: its size
 * @ns: the namespace
 *
 * "/" is the root of the namespace; the path of a cgroup beside or above the root begins
 * with "/..".  In a dead hierarchy the namespace has no root, and the path starts at
 * the root of the hierarchy: nothing is left to hide.
 *
 * Context: cgroup_mutex or css_set_lock held.
 * Return: as kernfs_path_from_node(): the length, or -E2BIG.
 */
int cgroup_path_ns_locked(struct cgroup *cgrp, char *buf, size_t buflen,
			  struct cgroup_namespace *ns)
{
	struct cgroup *top;

	lockdep_assert(lockdep_is_held(&cgroup_mutex) || lockdep_is_held(&css_set_lock));

	top = cset_cgroup_from_root(ns->root_cset, cgrp->root);
	return kernfs_path_from_node(cgrp->kn, top ? top->kn : NULL, buf, buflen);
}

/**
 * cgroup_path_ns - as cgroup_path_ns_locked(), takes the lock
 * @cgrp: the cgroup
 * @buf: where to write it
 * @buflen: its size
 * @ns: the namespace
 *
 * Context: process; takes css_set_lock.
 * Return: as cgroup_path_ns_locked().
 */
int cgroup_path_ns(struct cgroup *cgrp, char *buf, size_t buflen,
		   struct cgroup_namespace *ns)
{
	guard(spinlock_irq)(&css_set_lock);
	return cgroup_path_ns_locked(cgrp, buf, buflen, ns);
}
EXPORT_SYMBOL_GPL(cgroup_path_ns);

/**
 * cgroup_ns_shows - does a namespace show a cgroup?
 * @ns: the namespace
 * @cgrp: the cgroup
 *
 * Context: process; takes css_set_lock.
 * Return: true if @cgrp is the root that the namespace has in this hierarchy, or below it.
 */
bool cgroup_ns_shows(struct cgroup_namespace *ns, struct cgroup *cgrp)
{
	struct cgroup *top;

	if (ns == &init_cgroup_ns)
		return true;
	guard(spinlock_irq)(&css_set_lock);
	top = cset_cgroup_from_root(ns->root_cset, cgrp->root);
	return top && cgroup_is_descendant(cgrp, top);
}

/*
 * /proc/PID/ns/cgroup and setns()
 */

static struct ns_common *cgroup_ns_of_task(struct task_struct *task)
{
	guard(task_lock)(task);
	if (!task->nsproxy)
		return NULL;

	get_cgroup_ns(task->nsproxy->cgroup_ns);
	return &task->nsproxy->cgroup_ns->ns;
}

static void cgroup_ns_put(struct ns_common *ns)
{
	put_cgroup_ns(to_cgroup_ns(ns));
}

/*
 * The caller needs CAP_SYS_ADMIN in the user namespace that owns @common, and in its own
 * user namespace.
 */
static int cgroup_ns_enter(struct nsset *nsset, struct ns_common *common)
{
	struct cgroup_namespace *ns = to_cgroup_ns(common);

	if (!ns_capable(ns->user_ns, CAP_SYS_ADMIN) ||
	    !ns_capable(nsset->cred->user_ns, CAP_SYS_ADMIN))
		return -EPERM;

	/* the old one may be the same */
	get_cgroup_ns(ns);
	put_cgroup_ns(nsset->nsproxy->cgroup_ns);
	nsset->nsproxy->cgroup_ns = ns;
	return 0;
}

static struct user_namespace *cgroup_ns_owner(struct ns_common *ns)
{
	return to_cgroup_ns(ns)->user_ns;
}

const struct proc_ns_operations cgroupns_operations = {
	.type		= CLONE_NEWCGROUP,
	.name		= "cgroup",
	.install	= cgroup_ns_enter,
	.owner		= cgroup_ns_owner,
	.get		= cgroup_ns_of_task,
	.put		= cgroup_ns_put,
};
