// SPDX-License-Identifier: GPL-2.0
/*
 * The cgroup of a socket is the cgroup of its creator in the default hierarchy.  It
 * stays the same as long as the socket lives.
 */
#include <linux/preempt.h>
#include <linux/sched.h>

#include "subsys.h"

/* The cgroup of the current task in the default hierarchy, referenced. */
static struct cgroup *get_current_dfl_cgroup(void)
{
	struct cgroup *cgrp;

	guard(rcu)();
	/* fails only for a cgroup that the task has just left: look again */
	while (!cgroup_tryget(cgrp = task_dfl_cgroup(current)))
		cpu_relax();
	return cgrp;
}

/**
 * cgroup_sk_alloc - give a new socket its cgroup
 * @skcd: part of the socket
 *
 * A socket that is made in an interrupt, for an incoming connection, has nothing to
 * do with the interrupted task: it gets the root cgroup.
 *
 * Context: any.
 */
void cgroup_sk_alloc(struct sock_cgroup_data *skcd)
{
	if (in_interrupt()) {
		skcd->cgroup = &cgrp_dfl_root.cgrp;
		cgroup_get(skcd->cgroup);
	} else {
		skcd->cgroup = get_current_dfl_cgroup();
	}
}

/**
 * cgroup_sk_clone - take the reference of a copied socket to its cgroup
 * @skcd: part of the copy
 *
 * Context: any.  The cgroup may have been removed.
 */
void cgroup_sk_clone(struct sock_cgroup_data *skcd)
{
	cgroup_get(sock_cgroup_ptr(skcd));
}

/**
 * cgroup_sk_free - drop the reference of a socket to its cgroup
 * @skcd: part of the socket
 *
 * Context: any.
 */
void cgroup_sk_free(struct sock_cgroup_data *skcd)
{
	cgroup_put(sock_cgroup_ptr(skcd));
}
