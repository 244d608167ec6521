// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: directory and file operations that wait.
 *
 * kernfs holds an active reference on the node during an operation.  A removal of the node
 * takes cgroup_mutex, and then waits for that reference.  So an operation that takes
 * cgroup_mutex must drop the reference first.
 */
#include "call.h"
#include "subsys.h"

/**
 * cgroup_kn_begin - get ready to wait in an operation on a directory or file
 * @kn: the node, active
 *
 * The active reference is given up until cgroup_kn_end(), so that a removal of the node
 * does not wait for an operation that waits for cgroup_mutex.
 *
 * Context: a kernfs operation; no locks of the core.
 * Return: the cgroup, referenced; NULL if it is about to be freed.
 */
struct cgroup *cgroup_kn_begin(struct kernfs_node *kn)
{
	struct cgroup *cgrp = kernfs_type(kn) == KERNFS_DIR ? kn->priv : kn->parent->priv;

	/* the active reference keeps it */
	if (!cgroup_tryget(cgrp))
		return NULL;
	kernfs_break_active_protection(kn);
	return cgrp;
}

/**
 * cgroup_kn_end - undo cgroup_kn_begin()
 * @cgrp: what it returned
 * @kn: what it was given
 *
 * Context: as cgroup_kn_begin().
 */
void cgroup_kn_end(struct cgroup *cgrp, struct kernfs_node *kn)
{
	kernfs_unbreak_active_protection(kn);
	cgroup_put(cgrp);
}

/**
 * cgroup_kn_lock_live - take cgroup_mutex in an operation on a directory or file of user root
 * @kn: the node, active
 *
 * Operations that other users may do use cgroup_kn_begin() and cgroup_call_locked() instead.
 *
 * Context: as cgroup_kn_begin().
 * Return: the cgroup, referenced, cgroup_mutex held; NULL if it is dead, nothing
 * held.  cgroup_kn_unlock() undoes it.
 */
struct cgroup *cgroup_kn_lock_live(struct kernfs_node *kn)
{
	struct cgroup *cgrp = cgroup_kn_begin(kn);

	if (!cgrp)
		return NULL;
	mutex_lock(&cgroup_mutex);
	if (!cgroup_is_dead(cgrp))
		return cgrp;
	cgroup_kn_unlock(cgrp, kn);
	return NULL;
}

/**
 * cgroup_kn_unlock - undo cgroup_kn_lock_live()
 * @cgrp: what it returned
 * @kn: what it was given
 *
 * Context: cgroup_mutex, which cgroup_kn_lock_live() took.
 */
void cgroup_kn_unlock(struct cgroup *cgrp, struct kernfs_node *kn)
{
	mutex_unlock(&cgroup_mutex);
	cgroup_kn_end(cgrp, kn);
}
