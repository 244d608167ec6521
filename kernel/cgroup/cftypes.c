// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: registering kinds of control files.
 *
 * When an array of kinds is added, its files appear in all cgroups that already show its
 * subsystem.  When it is removed, its files disappear from all cgroups.
 *
 * cgroup_subsys::cfts changes under cgroup_reshape_mutex and cgroup_mutex.  Code that waits
 * for file operations, and so may not hold cgroup_mutex, reads the lists under
 * cgroup_cfts_srcu instead.
 */
#include <linux/export.h>
#include "file.h"
#include "stat_list.h"
#include "subsys.h"

/* A file with a limit of its own on the length of a write needs ops of its own. */
static bool cft_has_own_ops(const struct cftype *cft)
{
	return cft->max_write_len && cft->max_write_len != PAGE_SIZE;
}

/* Undo cgroup_init_cftypes() for the entries before @end (NULL: all). */
static void cgroup_exit_cftypes(struct cftype *cfts, struct cftype *end)
{
	struct cftype *cft;

	for (cft = cfts; cft != end && cft->name[0]; cft++) {
		if (cft_has_own_ops(cft))
			kfree(cft->kf_ops);
		cft->kf_ops = NULL;
		cft->ss = NULL;
		cft->flags &= ~(__CFTYPE_ONLY_ON_DFL | __CFTYPE_NOT_ON_DFL |
				__CFTYPE_OF_CGROUP | __CFTYPE_ADDED);
	}
}

static struct kernfs_ops *cft_kf_ops(const struct cftype *cft)
{
	struct kernfs_ops *ops = cft->seq_start ? &cgroup_record_ops : &cgroup_single_ops;

	if (!cft_has_own_ops(cft))
		return ops;
	ops = kmemdup(ops, sizeof(*ops), GFP_KERNEL);
	if (ops)
		ops->atomic_write_len = cft->max_write_len;
	return ops;
}

/*
 * Register an array of the subsystem @ss (NULL: the core).  @flags: __CFTYPE_ONLY_ON_DFL,
 * __CFTYPE_NOT_ON_DFL, __CFTYPE_OF_CGROUP or 0.  Return: 0, -EBUSY if it is registered
 * already, -ENOMEM, -ENOSPC.
 */
static int cgroup_init_cftypes(struct cgroup_subsys *ss, struct cftype *cfts, unsigned int flags)
{
	struct cftype *cft;
	int ret;

	for (cft = cfts; cft->name[0]; cft++) {
		if (WARN_ON_ONCE(cft->flags & __CFTYPE_ADDED))
			return -EBUSY;
		cft->kf_ops = cft_kf_ops(cft);
		if (!cft->kf_ops) {
			cgroup_exit_cftypes(cfts, cft);
			return -ENOMEM;
		}
		cft->ss = ss;
		cft->flags |= flags | __CFTYPE_ADDED;
	}
	ret = cgroup_stats_add(cfts);
	if (ret) {
		synchronize_srcu(&cgroup_cfts_srcu);
		cgroup_exit_cftypes(cfts, NULL);
	}
	return ret;
}

/**
 * cgroup_init_core_cftypes - register an array of the core, and add it to a set of files
 * @ss: the stateful subsystem whose set it is; NULL: the set that every cgroup has
 * @cfts: the array
 *
 * Context: boot.
 * Return: 0 or -ENOMEM.
 */
int __init cgroup_init_core_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	int ret = cgroup_init_cftypes(ss, cfts, ss ? __CFTYPE_OF_CGROUP : 0);

	if (!ret)
		cgroup_files_set_core(ss, cfts);
	return ret;
}

/* Give the files of a new array to a cgroup that owns a css. */
static int cgroup_show_cftypes_in(struct cgroup *cgrp, struct cgroup_subsys_state *css,
				  struct cftype *cfts)
{
	int ret;

	if (cgroup_files_are_pending(cgrp, css->ss))
		return cgroup_files_check(cgrp, css->ss, css);

	ret = cgroup_add_cft_array(cgrp, css, cfts);
	if (!ret)
		kernfs_activate(cgrp->kn);
	return ret;
}

/* Give the files of a new array to all cgroups that show its subsystem. */
static int cgroup_show_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	struct cgroup_subsys_state *css;
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	/* a stateless subsystem has all its files from boot on, before any mount */
	if (ss->stateless)
		return 0;

	css_for_each_descendant_pre(css, init_css_set.subsys[ss->id]) {
		if (!(css->flags & CSS_VISIBLE) || css_is_dying(css))
			continue;
		ret = cgroup_show_cftypes_in(css->cgroup, css, cfts);
		if (ret)
			return ret;
	}
	return 0;
}

/* Remove the files of an array from all cgroups; the array is off its list already. */
static void cgroup_hide_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	struct cgroup_subsys_state *css;

	lockdep_assert_not_held(&cgroup_mutex);

	rcu_read_lock();
	css_for_each_descendant_pre(css, init_css_set.subsys[ss->id]) {
		/* a root css holds no reference to its cgroup, and may move to another one */
		struct cgroup *cgrp = READ_ONCE(css->cgroup);

		if (!(READ_ONCE(css->flags) & CSS_VISIBLE) || !css_tryget(css))
			continue;
		if (!cgroup_tryget(cgrp)) {
			css_put(css);
			continue;
		}
		rcu_read_unlock();
		cgroup_rm_cft_array(cgrp, css, cfts);
		cgroup_put(cgrp);
		rcu_read_lock();
		css_put(css);
	}
	rcu_read_unlock();
}

/**
 * cgroup_rm_cftypes - remove control files of a subsystem
 * @cfts: the array given to cgroup_add_legacy_cftypes() or cgroup_add_dfl_cftypes()
 *
 * Context: no locks of the core; may sleep, waits for operations on the files.
 * Return: 0, -ENOENT if it was not added.
 */
int cgroup_rm_cftypes(struct cftype *cfts)
{
	if (!cfts || !cfts->name[0])
		return 0;
	if (!(cfts->flags & __CFTYPE_ADDED))
		return -ENOENT;

	/* an unfinished change of a hierarchy removes files by these arrays */
	mutex_lock(&cgroup_reshape_mutex);
	scoped_guard(mutex, &cgroup_mutex)
		list_del_rcu(&cfts->node);
	cgroup_stats_del(cfts);
	synchronize_srcu(&cgroup_cfts_srcu);
	cgroup_hide_cftypes(cfts->ss, cfts);
	mutex_unlock(&cgroup_reshape_mutex);
	cgroup_exit_cftypes(cfts, NULL);
	return 0;
}
EXPORT_SYMBOL_GPL(cgroup_rm_cftypes);

static int cgroup_add_cftypes(struct cgroup_subsys *ss, struct cftype *cfts, unsigned int flags)
{
	int ret;

	if (!cgroup_ssid_enabled(ss->id) || !cfts || !cfts->name[0])
		return 0;

	ret = cgroup_init_cftypes(ss, cfts, flags);
	if (ret)
		return ret;

	mutex_lock(&cgroup_reshape_mutex);
	scoped_guard(mutex, &cgroup_mutex) {
		list_add_tail_rcu(&cfts->node, &ss->cfts);
		ret = cgroup_show_cftypes(ss, cfts);
	}
	mutex_unlock(&cgroup_reshape_mutex);
	if (ret)
		cgroup_rm_cftypes(cfts);
	return ret;
}

/**
 * cgroup_add_legacy_cftypes - give a subsystem more control files
 * @ss: the subsystem
 * @cfts: array of their types
 *
 * They appear in every cgroup that has the subsystem.
 *
 * Context: no locks of the core; may sleep and wait.
 * Return: 0 or an errno.
 */
int cgroup_add_legacy_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, __CFTYPE_NOT_ON_DFL);
}
EXPORT_SYMBOL_GPL(cgroup_add_legacy_cftypes);

/**
 * cgroup_add_dfl_cftypes - give a subsystem more control files in a unified hierarchy
 * @ss: the subsystem
 * @cfts: array of their types
 *
 * Context: no locks of the core; may sleep and wait.
 * Return: 0 or an errno.
 */
int cgroup_add_dfl_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, __CFTYPE_ONLY_ON_DFL);
}
EXPORT_SYMBOL_GPL(cgroup_add_dfl_cftypes);

/**
 * cgroup_add_common_cftypes - give a subsystem more control files in any hierarchy
 * @ss: the subsystem
 * @cfts: array of their types, may be NULL
 *
 * Context: no locks of the core; may sleep and wait.
 * Return: 0 or an errno.
 */
int cgroup_add_common_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, 0);
}
