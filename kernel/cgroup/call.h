/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: cgroup_mutex for tasks that others can starve, and operations that wait. */
#ifndef __CGROUP_CALL_H
#define __CGROUP_CALL_H

#include <linux/cgroup_call.h>
#include <linux/kernfs.h>

struct cgroup_txn;

/*
 * kernel/cgroup/call.c
 */
int cgroup_call_locked(int (*fn)(void *arg), void *arg);
int cgroup_call_locked_again(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn);
int cgroup_call_locked_always(int (*fn)(void *arg), void *arg);
int cgroup_call_locked_then(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn,
			    void (*then)(void *arg));
int cgroup_call_write(int (*fn)(void *arg), void *arg);

/*
 * kernel/cgroup/kn.c
 */
struct cgroup *cgroup_kn_begin(struct kernfs_node *kn);
void cgroup_kn_end(struct cgroup *cgrp, struct kernfs_node *kn);

/* The cgroup of a directory, valid under the RCU read lock; NULL if it is gone. */
static inline struct cgroup *kn_cgroup_rcu(struct kernfs_node *kn)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "cgroup of a directory without RCU");

	return rcu_dereference(*(void __rcu __force **)&kn->priv);
}

#endif	/* __CGROUP_CALL_H */
