// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: start-up.
 *
 * Documentation/cgroups-core.txt, section 18, says what each file of the core does, and which
 * files it may call.
 */
#define pr_fmt(fmt) "cgroup: " fmt

#include <linux/bpf.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/proc_fs.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include "cgroup/core_files.h"
#include "cgroup/css.h"
#include "cgroup/css_set.h"
#include "cgroup/file.h"
#include "cgroup/fork.h"
#include "cgroup/hierarchy.h"
#include "cgroup/owner_change.h"
#include "cgroup/reshape.h"
#include "cgroup/rstat.h"
#include "cgroup/subsys.h"

/*
 * Start-up
 */

#define SUBSYS(_x)		[_x ## _cgrp_id] = &_x ## _cgrp_subsys,
#define SUBSYS_STATELESS(_x)	[_x ## _cgrp_id] = &_x ## _cgrp_subsys,
static struct cgroup_subsys * const all_subsys[CGROUP_ID_COUNT] __initconst = {
#include <linux/cgroup_subsys.h>
};

#undef SUBSYS
#undef SUBSYS_STATELESS

/**
 * cgroup_init_early - bring up what the scheduler needs
 *
 * Sets up the default hierarchy, the first css_set, which the boot task gets, and the root
 * csses of subsystems with early_init.
 *
 * Context: boot, before the allocators.
 * Return: 0.
 */
int __init cgroup_init_early(void)
{
	struct cgroup_subsys *ss;
	int ssid;

	cgroup_init_dfl_root_early();
	RCU_INIT_POINTER(init_task.cgroups, &init_css_set);

	for (ssid = 0; ssid < CGROUP_ID_COUNT; ssid++) {
		cgroup_add_subsys(all_subsys[ssid], ssid);
		cgroup_fork_init_subsys(all_subsys[ssid]);
	}

	/* there is no other task to exclude yet, but css_online() callbacks expect the mutex */
	guard(mutex)(&cgroup_mutex);
	for_each_subsys(ss, ssid)
		if (ss->early_init)
			WARN_ON(cgroup_css_init_root(ss, true));
	return 0;
}

/* A task cannot run without a css_set and its csses, so a failure is fatal. */
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
		/* an array for both kinds of hierarchy gets no flag that limits it to one */
		WARN_ON(cgroup_add_common_cftypes(ss, ss->legacy_cftypes));
		return;
	}
	WARN_ON(cgroup_add_dfl_cftypes(ss, ss->dfl_cftypes));
	WARN_ON(cgroup_add_legacy_cftypes(ss, ss->legacy_cftypes));
}

/**
 * cgroup_init - bring up what cgroup_init_early() did not
 *
 * Context: boot, one task.
 * Return: 0.
 */
int __init cgroup_init(void)
{
	struct cgroup_subsys *ss;
	int ssid;

	cgroup_must(cgroup_init_core_cftypes(NULL, cgroup_base_files));
	cgroup_must(cgroup_init_inherit());
	cgroup_rstat_boot();
	get_user_ns(init_cgroup_ns.user_ns);

	scoped_guard(mutex, &cgroup_mutex) {
		cset_init_early();
		cgroup_must(cgroup_init_dfl_root(&cgroup_kf_syscall_ops));
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
		cgroup_owner_change_tell_subsys(ss, true);
		if (ss->bind && !ss->stateless)
			ss->bind(init_css_set.subsys[ssid]);
	}

	WARN_ON(sysfs_create_mount_point(fs_kobj, "cgroup"));
	WARN_ON(cgroup_init_fs());
	WARN_ON(!proc_create_single("cgroups", 0, NULL, proc_cgroupstats_show));
	return 0;
}
