/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: what all files of the core use, and the order of the locks.
 *
 * Locks, outermost first:
 *
 *   cgroup_reshape_mutex     one change at a time of which subsystems a hierarchy in use
 *                            carries, until it is finished; only root takes it
 *   signal_struct::cgroup_threadgroup_rwsem, called "the thread group"
 *                            write: a move of the process or of one of its threads; a late
 *                            attach(), which may be under cgroup_reshape_mutex
 *                            read: a fork of the process, an exit or exec of a thread
 *     cgroup_mutex           hierarchies, trees, bindings; every change of them
 *       cpus_read_lock()     around attach callbacks; some css callbacks take it
 *         controllers' own locks
 *           css_set_lock     css_set table, links, slots; IRQs off
 *             css_set::lock  members of one css_set; IRQs off
 *               cgroup_walk::lock
 *                 xa_lock of signal_send::sent; also taken under the siglock of its entry
 *   cgroup_file_lock         cgroup_file::kn; a leaf; IRQs off
 *
 * A fork holds the parent's thread group, then the child's, and takes css_set::lock under
 * tasklist_lock and the siglock of the parent.  A task that hands over an mm holds its own
 * thread group and that of the next owner, the one with the lower address first; in an exec,
 * inside cred_guard_mutex and exec_update_lock.  The locks of two css_sets are held together
 * only when a task moves, under css_set_lock.
 *
 * These locks are not part of that order: css_id_lock (ids of csses; BH off), release_agent_lock
 * and file_write_calls_lock (both leaves), trace_cgroup_path_lock, rstat_lock and rstat_cpu_lock
 * (rstat.c), and the locks of the freezer (cgroup_freezer.c).
 *
 * Code under cgroup_mutex does not wait for other tasks: not for a grace period, the draining
 * of kernfs nodes or work, a fork, exit or exec, or anything that user space can hold.  The
 * late and finish parts of a transaction do that.  Forks and exits of tasks that get other
 * css_sets wait for the change, not the other way round (css_set::migrating).
 *
 * A task that its owner can starve does not take cgroup_mutex itself: see cgroup_call_locked().
 *
 * A file operation holds the active protection of its kernfs node.  An operation that takes
 * cgroup_mutex breaks the protection first (cgroup_kn_begin()), so that a removal which
 * drains the node can go on.
 */
#ifndef __CGROUP_SUBSYS_H
#define __CGROUP_SUBSYS_H

#include <linux/cgroup.h>
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

extern struct cgroup_subsys *cgroup_subsys[];
extern bool cgroup_debug;
extern bool cgroup_favordynmods;
extern struct mutex cgroup_reshape_mutex;
extern struct list_head cgroup_roots;

void cgroup_add_subsys(struct cgroup_subsys *ss, int ssid);
void cgroup_show_mask(struct seq_file *m, cgroup_mask_t mask, const char *sep);

bool cgroup_ssid_enabled(int ssid);
bool cgroup_ssid_mountable(int ssid);
bool cgroup1_ssid_disabled(int ssid);
bool cgroup1_named_disabled(void);

/**
 * for_each_subsys - walk all subsystems, stateful ones first
 * @ss: cursor
 * @ssid: its id
 */
#define for_each_subsys(ss, ssid)						\
	for ((ssid) = 0; (ssid) < CGROUP_ID_COUNT &&				\
	     ((ss) = cgroup_subsys[ssid], true); (ssid)++)

/**
 * for_each_ssid_mask - walk the ids of the subsystems of a mask
 * @ssid: cursor
 * @mask: a cgroup_mask_t, evaluated once
 */
#define for_each_ssid_mask(ssid, mask)						\
	for (cgroup_mask_t __left = (mask) & CGROUP_ALL_MASK;			\
	     __left && ((ssid) = __ffs(__left), true); __left &= __left - 1)

/**
 * for_each_subsys_mask - walk the subsystems of a mask
 * @ss: cursor
 * @ssid: its id
 * @mask: a cgroup_mask_t, evaluated once
 */
#define for_each_subsys_mask(ss, ssid, mask)					\
	for (cgroup_mask_t __left = (mask) & CGROUP_ALL_MASK;			\
	     __left && ((ssid) = __ffs(__left), (ss) = cgroup_subsys[ssid], true);	\
	     __left &= __left - 1)

/* Has the cgroup been removed by rmdir, or has its hierarchy ended? (M) */
static inline bool cgroup_is_dead(const struct cgroup *cgrp)
{
	return !(cgrp->self.flags & CSS_ONLINE);
}

/* Is the cgroup in the default hierarchy, which has the subsystems that are not mounted? */
static inline bool cgroup_on_dfl(const struct cgroup *cgrp)
{
	return cgrp->root == &cgrp_dfl_root;
}

/*
 * Trace events name the cgroup by its path.  Making the path takes a lock of
 * kernfs, so it is done here, only when the event is enabled, and never inside
 * the handler of the event.
 */
extern spinlock_t trace_cgroup_path_lock;
extern char trace_cgroup_path[];
#define TRACE_CGROUP_PATH_LEN	1024

#define TRACE_CGROUP_PATH(event, cgrp, ...)					\
do {										\
	if (trace_cgroup_##event##_enabled()) {					\
		guard(spinlock_irqsave)(&trace_cgroup_path_lock);		\
		cgroup_path(cgrp, trace_cgroup_path, TRACE_CGROUP_PATH_LEN);	\
		trace_cgroup_##event(cgrp, trace_cgroup_path, ##__VA_ARGS__);	\
	}									\
} while (0)

#endif	/* __CGROUP_SUBSYS_H */
