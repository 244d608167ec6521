// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: what all files of the core use.
 *
 * The table of subsystems, the boot parameters for them, the locks, the list of hierarchies
 * with the default one, the css_set of the boot task, and the trace points.
 */
#define pr_fmt(fmt) "cgroup: " fmt

#include <linux/export.h>
#include <linux/init.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include "subsys.h"

#define CREATE_TRACE_POINTS
#include <trace/events/cgroup.h>

/* Protects hierarchies, trees and bindings; see subsys.h. */
DEFINE_MUTEX(cgroup_mutex);
#ifdef CONFIG_PROVE_RCU
EXPORT_SYMBOL_GPL(cgroup_mutex);
#endif

/* Links, slots and the table of css_sets; see subsys.h. */
DEFINE_SPINLOCK(css_set_lock);
#ifdef CONFIG_PROVE_RCU
EXPORT_SYMBOL_GPL(css_set_lock);
#endif

/* One change at a time of which subsystems a hierarchy in use carries; see reshape.c. */
DEFINE_MUTEX(cgroup_reshape_mutex);

/*
 * Objects that exist from the beginning
 */

/* The active hierarchies, the newest first, the default one last (M, RCU). */
LIST_HEAD(cgroup_roots);

struct cgroup_root cgrp_dfl_root;
EXPORT_SYMBOL_GPL(cgrp_dfl_root);

struct css_set init_css_set = {
	.refcount = REFCOUNT_INIT(1),
	.dfl_cgrp = &cgrp_dfl_root.cgrp,
	.lock = __SPIN_LOCK_UNLOCKED(init_css_set.lock),
	.tasks = LIST_HEAD_INIT(init_css_set.tasks),
	.dying_leaders = LIST_HEAD_INIT(init_css_set.dying_leaders),
	.task_iters = LIST_HEAD_INIT(init_css_set.task_iters),
	.links = LIST_HEAD_INIT(init_css_set.links),
	.namespaces = LIST_HEAD_INIT(init_css_set.namespaces),
};

/* The buffer in which TRACE_CGROUP_PATH() makes paths. */
DEFINE_SPINLOCK(trace_cgroup_path_lock);
char trace_cgroup_path[TRACE_CGROUP_PATH_LEN];

/*
 * The subsystems
 */

/* Filled by cgroup_add_subsys(). */
struct cgroup_subsys *cgroup_subsys[CGROUP_ID_COUNT] __ro_after_init;

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

/* cgroup_disable=: subsystems that are permanently disabled. */
static cgroup_mask_t cgroup_disabled __ro_after_init;

/* cgroup_no_v1=: subsystems, or named hierarchies, that cannot be mounted. */
static cgroup_mask_t cgroup_no_v1 __ro_after_init;
static bool cgroup_no_v1_named __ro_after_init;

/* cgroup_debug: show the files for debugging controllers. */
bool cgroup_debug __ro_after_init;

/**
 * cgroup_ssid_enabled - do the boot parameters leave a subsystem enabled?
 * @ssid: its id
 *
 * Context: any.
 * Return: true if they do.
 */
bool cgroup_ssid_enabled(int ssid)
{
	return !(cgroup_disabled & BIT(ssid));
}

/**
 * cgroup1_ssid_disabled - do the boot parameters forbid mounting a subsystem?
 * @ssid: its id
 *
 * Context: any.
 * Return: true if they do.
 */
bool cgroup1_ssid_disabled(int ssid)
{
	return cgroup_no_v1 & BIT(ssid);
}

/**
 * cgroup1_named_disabled - do the boot parameters forbid mounting named hierarchies?
 *
 * Context: any.
 * Return: true if they do.
 */
bool cgroup1_named_disabled(void)
{
	return cgroup_no_v1_named;
}

/**
 * cgroup_ssid_mountable - can a subsystem be mounted at all?
 * @ssid: its id
 *
 * It cannot if only its files for a unified hierarchy were built.
 *
 * Context: any.
 * Return: true if it can.
 */
bool cgroup_ssid_mountable(int ssid)
{
	struct cgroup_subsys *ss = cgroup_subsys[ssid];

	return ss->legacy_cftypes || !ss->dfl_cftypes;
}

/**
 * cgroup_show_mask - print the names of subsystems
 * @m: the file to print to
 * @mask: the subsystems
 * @sep: text between two names
 *
 * Context: any.
 */
void cgroup_show_mask(struct seq_file *m, cgroup_mask_t mask, const char *sep)
{
	const char *before = "";
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, mask) {
		seq_printf(m, "%s%s", before, ss->legacy_name);
		before = sep;
	}
}

static const char *subsys_legacy_name(int ssid)
{
	return cgroup_subsys[ssid]->legacy_name ?: cgroup_subsys_name[ssid];
}

/* The subsystem with this name or legacy name, as a bit; 0 if there is none. */
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
 * cgroup_favordynmods=: show that mount option by default.  The option asks for
 * something that always holds here: moving a process makes no other process wait.
 */
bool cgroup_favordynmods __ro_after_init = IS_ENABLED(CONFIG_CGROUP_FAVOR_DYNMODS);

static int __init cgroup_favordynmods_param(char *str)
{
	return kstrtobool(str, &cgroup_favordynmods) == 0;
}
__setup("cgroup_favordynmods=", cgroup_favordynmods_param);

/**
 * cgroup_add_subsys - put a subsystem into the table, and give it its id and names
 * @ss: the subsystem
 * @ssid: its id
 *
 * Context: boot, before the allocators.
 */
void __init cgroup_add_subsys(struct cgroup_subsys *ss, int ssid)
{
	cgroup_subsys[ssid] = ss;
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
}
