// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: directory and file operations that wait.
 *
 * kernfs holds an active reference on the node during an operation, and a removal of the
 * node waits for that reference.  So an operation that waits for cgroup_mutex drops the
 * reference first: the removal must not wait for all that holds the mutex.
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
