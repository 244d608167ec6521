/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: csses, walks over their trees, and their references. */
#ifndef __CGROUP_CSS_H
#define __CGROUP_CSS_H

#include <linux/cgroup.h>
#include <linux/workqueue.h>

struct cgroup_txn;

/*
 * kernel/cgroup/css_ref.c
 */
/**
 * struct css_ref_ops - what to do at the end of the references of a css
 * @killed: after css_ref_kill(), when css_tryget_online() fails on all CPUs; in softirq context
 * @released: the last reference is gone; in any context
 */
struct css_ref_ops {
	void (*killed)(struct cgroup_subsys_state *css);
	void (*released)(struct cgroup_subsys_state *css);
};

int css_ref_init(struct cgroup_subsys_state *css, const struct css_ref_ops *ops);
void css_ref_kill(struct cgroup_subsys_state *css);
void css_ref_exit(struct cgroup_subsys_state *css);

/*
 * kernel/cgroup/css_walk.c
 */
struct cgroup *cgroup_next_live(struct cgroup *pos, struct cgroup *top);

/**
 * for_each_live_cgroup - walk the live cgroups below another one, parents first
 * @pos: cursor
 * @top: the other one, such as the root of a hierarchy
 *
 * Context: cgroup_mutex.
 */
#define for_each_live_cgroup(pos, top)						\
	for (pos = cgroup_next_live(NULL, top); pos;				\
	     pos = cgroup_next_live(pos, top))

/*
 * kernel/cgroup/css.c
 */
struct cgroup_subsys_state *cgroup_css(struct cgroup *cgrp, int ssid);
int cgroup_css_init_root(struct cgroup_subsys *ss, bool early);
void cgroup_css_init_root_id(struct cgroup_subsys *ss);

/**
 * enum cgroup_css_use - why a cgroup gets a css
 * @CGROUP_CSS_NEW: the same transaction makes the cgroup, and removes it on abort
 * @CGROUP_CSS_IN_USE: the cgroup is in use, and its owner asks for the css
 * @CGROUP_CSS_RESHAPED: the cgroup is in use, and its hierarchy changes: css_mark_leaving()
 */
enum cgroup_css_use {
	CGROUP_CSS_NEW,
	CGROUP_CSS_IN_USE,
	CGROUP_CSS_RESHAPED,
};

int css_alloc_ancestors(struct cgroup_subsys_state *css);
int cgroup_css_prepare(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
		       enum cgroup_css_use use);
void cgroup_css_mark_dying(struct cgroup *cgrp);
void css_mark_leaving(struct cgroup_subsys_state *css, bool counted);
void cgroup_css_wait_leaving(void);
void css_wait_offline(struct cgroup_subsys_state *css);
void css_kill(struct cgroup_subsys_state *css);
void cgroup_css_kill_all(struct cgroup *cgrp);
void cgroup_self_init(struct cgroup *cgrp, struct cgroup *parent, const struct css_ref_ops *ops);
void css_queue_release(struct cgroup_subsys_state *css, work_func_t fn);
void css_queue_free(struct cgroup_subsys_state *css, work_func_t fn);

#endif	/* __CGROUP_CSS_H */
