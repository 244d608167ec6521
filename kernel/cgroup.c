// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the table of subsystems, boot parameters, and start-up.
 *
 * The core is a concern a file:
 *
 *   cgroup_txn.c         transactions: prepare, commit or abort, finish
 *   cgroup_call.c        cgroup_mutex for tasks that others can starve
 *   cgroup_hierarchy.c   hierarchies, and which subsystems they carry
 *   cgroup_mount.c       the file system: options, mount, remount, umount
 *   cgroup_dir.c         cgroups: mkdir, rmdir, rename, free
 *   cgroup_css.c         csses: alloc to free
 *   cgroup_css_walk.c    walking their trees
 *   cgroup_ref.c         counting references to them
 *   cgroup_cset.c        css_sets, their links and members
 *   cgroup_task_iter.c   walking the tasks of a css
 *   cgroup_task_walk.c   walking them so that none is missed
 *   cgroup_rules.c       what controllers need treated differently
 *   cgroup_migrate.c     giving tasks other css_sets
 *   cgroup_attach.c      moving tasks
 *   cgroup_bind.c        which subsystems a hierarchy carries, dependencies
 *   cgroup_reslot.c      giving the tasks of many cgroups other csses
 *   cgroup_reshape.c     changing what a hierarchy in use carries
 *   cgroup_transplant.c  moving csses to another hierarchy
 *   cgroup_merge.c       merging hierarchies
 *   cgroup_split.c       splitting one
 *   cgroup_inherit.c     SUBSYS.inherit
 *   cgroup_subsystems.c  the files of a root that change its hierarchy
 *   cgroup_fork.c        fork, exec, exit
 *   cgroup_cftypes.c     kinds of control files, as controllers make them known
 *   cgroup_populate.c    which of them a cgroup has, and when they are made
 *   cgroup_file.c        control files
 *   cgroup_file_ops.c    open ones
 *   cgroup_base_files.c  those that every cgroup has
 *   cgroup_procs.c       `tasks` and `cgroup.procs`
 *   cgroup_release.c     notify_on_release
 *   cgroup_proc.c        /proc/cgroups, /proc/PID/cgroup
 *   cgroup_lookup.c      finding cgroups by path, fd or id
 *   cgroup_namespace.c   cgroup namespaces
 *   cgroup_rstat.c       recursive statistics
 *   cgroup_sock.c        sockets
 *
 * See Documentation/cgroups-core.txt.
 */
#define pr_fmt(fmt) "cgroup: " fmt

#include <linux/bpf.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/proc_fs.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include "cgroup_internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/cgroup.h>

/* Protects hierarchies, trees and bindings; see cgroup_internal.h. */
DEFINE_MUTEX(cgroup_mutex);
#ifdef CONFIG_PROVE_RCU
EXPORT_SYMBOL_GPL(cgroup_mutex);
#endif

/* The buffer in which TRACE_CGROUP_PATH() makes paths. */
DEFINE_SPINLOCK(trace_cgroup_path_lock);
char trace_cgroup_path[TRACE_CGROUP_PATH_LEN];

/*
 * The subsystems
 */

#define SUBSYS(_x)		[_x ## _cgrp_id] = &_x ## _cgrp_subsys,
#define SUBSYS_STATELESS(_x)	[_x ## _cgrp_id] = &_x ## _cgrp_subsys,
struct cgroup_subsys *cgroup_subsys[CGROUP_ID_COUNT] = {
#include <linux/cgroup_subsys.h>
};

#undef SUBSYS
#undef SUBSYS_STATELESS

#define SUBSYS(_x)		[_x ## _cgrp_id] = #_x,
#define SUBSYS_STATELESS(_x)	[_x ## _cgrp_id] = #_x,
static const char * const cgroup_subsys_name[CGROUP_ID_COUNT] = {
#include <linux/cgroup_subsys.h>
};

#undef SUBSYS
#undef SUBSYS_STATELESS

#define SUBSYS(_x)								\
	DEFINE_STATIC_KEY_TRUE(_x ## _cgrp_subsys_enabled_key);			\
	EXPORT_SYMBOL_GPL(_x ## _cgrp_subsys_enabled_key);
#include <linux/cgroup_subsys.h>
#undef SUBSYS

#define SUBSYS(_x)		[_x ## _cgrp_id] = &_x ## _cgrp_subsys_enabled_key,
static struct static_key_true *cgroup_enabled_key[CGROUP_SUBSYS_COUNT] = {
#include <linux/cgroup_subsys.h>
};

#undef SUBSYS

/*
 * Boot parameters
 */

/* cgroup_disable=: subsystems that are off for good. */
static cgroup_mask_t cgroup_disabled __ro_after_init;

/* cgroup_no_v1=: subsystems, or named hierarchies, that cannot be mounted. */
static cgroup_mask_t cgroup_no_v1 __ro_after_init;
static bool cgroup_no_v1_named __ro_after_init;

/* cgroup_debug: show files that are for the debugging of controllers. */
bool cgroup_debug __ro_after_init;

/**
 * cgroup_ssid_enabled - was a subsystem left on by the boot parameters?
 * @ssid: its id
 */
bool cgroup_ssid_enabled(int ssid)
{
	return !(cgroup_disabled & BIT(ssid));
}

/**
 * cgroup1_ssid_disabled - may a subsystem not be mounted, by the boot parameters?
 * @ssid: its id
 */
bool cgroup1_ssid_disabled(int ssid)
{
	return cgroup_no_v1 & BIT(ssid);
}

/**
 * cgroup1_named_disabled - may named hierarchies not be mounted?
 */
bool cgroup1_named_disabled(void)
{
	return cgroup_no_v1_named;
}

/**
 * cgroup_ssid_mountable - can a subsystem be mounted at all?
 * @ssid: its id
 *
 * Not if the only files that were built for it are those of a unified hierarchy.
 */
bool cgroup_ssid_mountable(int ssid)
{
	struct cgroup_subsys *ss = cgroup_subsys[ssid];

	return ss->legacy_cftypes || !ss->dfl_cftypes;
}

static const char *subsys_legacy_name(int ssid)
{
	return cgroup_subsys[ssid]->legacy_name ?: cgroup_subsys_name[ssid];
}

/* The subsystem that a boot parameter means, by either name; 0 if there is none. */
static cgroup_mask_t __init subsys_mask_of_word(const char *word)
{
	int ssid;

	for (ssid = 0; ssid < CGROUP_ID_COUNT; ssid++)
		if (!strcmp(word, cgroup_subsys_name[ssid]) ||
		    !strcmp(word, subsys_legacy_name(ssid)))
			return BIT(ssid);
	return 0;
}

static int __init cgroup_disable_param(char *str)
{
	char *word;

	while ((word = strsep(&str, ","))) {
		cgroup_mask_t bit = subsys_mask_of_word(word);

		if (!bit)
			continue;
		cgroup_disabled |= bit;
		if (bit & CGROUP_STATEFUL_MASK)
			static_branch_disable(cgroup_enabled_key[__ffs(bit)]);
		pr_info("Disabling %s control group subsystem\n", word);
	}
	return 1;
}
__setup("cgroup_disable=", cgroup_disable_param);

static int __init cgroup_no_v1_param(char *str)
{
	char *word;

	while ((word = strsep(&str, ","))) {
		if (!strcmp(word, "all"))
			cgroup_no_v1 = CGROUP_ALL_MASK;
		else if (!strcmp(word, "named"))
			cgroup_no_v1_named = true;
		else
			cgroup_no_v1 |= subsys_mask_of_word(word);
	}
	return 1;
}
__setup("cgroup_no_v1=", cgroup_no_v1_param);

static int __init cgroup_debug_param(char *str)
{
	cgroup_debug = true;
	return 1;
}
__setup("cgroup_debug", cgroup_debug_param);

/*
 * cgroup_favordynmods=: show that mount option by default.  It asks for what is
 * always so here: moving a process makes no other process wait.
 */
bool cgroup_favordynmods __ro_after_init = IS_ENABLED(CONFIG_CGROUP_FAVOR_DYNMODS);

static int __init cgroup_favordynmods_param(char *str)
{
	return kstrtobool(str, &cgroup_favordynmods) == 0;
}
__setup("cgroup_favordynmods=", cgroup_favordynmods_param);

/*
 * Start-up
 */

static void __init cgroup_name_subsys(struct cgroup_subsys *ss, int ssid)
{
	WARN(strlen(cgroup_subsys_name[ssid]) >= MAX_CGROUP_TYPE_NAMELEN,
	     "cgroup subsystem name %s is too long\n", cgroup_subsys_name[ssid]);
	WARN(ss->early_init && ss->css_rstat_flush,
	     "cgroup subsystem %s cannot have statistics before the allocators\n",
	     cgroup_subsys_name[ssid]);

	ss->id = ssid;
	ss->name = cgroup_subsys_name[ssid];
	ss->legacy_name = subsys_legacy_name(ssid);
	ss->stateless = ssid >= CGROUP_SUBSYS_COUNT;
	ss->root = &cgrp_dfl_root;
	INIT_LIST_HEAD(&ss->cfts);
	idr_init_base(&ss->css_idr, 1);
	cgroup_fork_init_subsys(ss);
}

/**
 * cgroup_init_early - bring up what the scheduler needs
 *
 * The default hierarchy, the first css_set with the boot task's place, and the
 * subsystems that ask for it.
 *
 * Context: boot, before the allocators.
 */
int __init cgroup_init_early(void)
{
	struct cgroup_subsys *ss;
	int ssid;

	cgroup_init_dfl_root_early();
	RCU_INIT_POINTER(init_task.cgroups, &init_css_set);

	for_each_subsys(ss, ssid)
		cgroup_name_subsys(ss, ssid);

	/* nobody to exclude yet, but css_online() callbacks count on it */
	guard(mutex)(&cgroup_mutex);
	for_each_subsys(ss, ssid)
		if (ss->early_init)
			WARN_ON(cgroup_css_init_root(ss, true));
	return 0;
}

/* No task can be without a css_set and its csses. */
static void __init cgroup_must(int err)
{
	if (err)
		panic("cgroup: cannot start: error %d", err);
}

static void __init cgroup_init_stateful(struct cgroup_subsys *ss)
{
	if (ss->early_init)
		cgroup_css_init_root_id(ss);
	else
		cgroup_must(cgroup_css_init_root(ss, false));
	cgrp_dfl_root.subsys_mask |= BIT(ss->id);
}

static void __init cgroup_init_subsys_files(struct cgroup_subsys *ss)
{
	if (!ss->dfl_cftypes || ss->dfl_cftypes == ss->legacy_cftypes) {
		/* one array for both kinds of hierarchy carries no flag for either */
		WARN_ON(cgroup_add_common_cftypes(ss, ss->legacy_cftypes));
		return;
	}
	WARN_ON(cgroup_add_dfl_cftypes(ss, ss->dfl_cftypes));
	WARN_ON(cgroup_add_legacy_cftypes(ss, ss->legacy_cftypes));
}

/**
 * cgroup_init - bring up the rest
 *
 * Context: boot, one task.
 */
int __init cgroup_init(void)
{
	struct cgroup_subsys *ss;
	int ssid;

	cgroup_must(cgroup_init_cftypes(NULL, cgroup_base_files, 0));
	cgroup_must(cgroup_init_inherit());
	cgroup_rstat_boot();
	get_user_ns(init_cgroup_ns.user_ns);

	scoped_guard(mutex, &cgroup_mutex) {
		cset_init_early();
		cgroup_must(cgroup_init_dfl_root());
		for_each_subsys(ss, ssid)
			if (!ss->stateless)
				cgroup_init_stateful(ss);
	}
	for_each_subsys(ss, ssid) {
		if (!cgroup_ssid_enabled(ssid))
			continue;
		if (cgroup1_ssid_disabled(ssid))
			pr_info("Disabling %s control group subsystem in v1 mounts\n",
				ss->legacy_name);
		cgroup_init_subsys_files(ss);
		if (ss->bind && !ss->stateless)
			ss->bind(init_css_set.subsys[ssid]);
	}

	WARN_ON(sysfs_create_mount_point(fs_kobj, "cgroup"));
	WARN_ON(cgroup_init_fs());
	WARN_ON(!proc_create_single("cgroups", 0, NULL, proc_cgroupstats_show));
	return 0;
}
