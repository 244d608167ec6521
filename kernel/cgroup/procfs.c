// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups in /proc: /proc/cgroups and /proc/PID/cgroup.
 *
 * Programs parse both, so the formats are fixed.  Neither takes cgroup_mutex:
 * service managers read them all the time, and must not wait for a mount or an rmdir
 * elsewhere.  The subsystems of hierarchies change under css_set_lock
 * (cgroup_set_masks()), which /proc/PID/cgroup holds.  /proc/cgroups does not hold it:
 * during a change it may show one subsystem in its old hierarchy, and another one in
 * its new hierarchy.
 */
#include <linux/nsproxy.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "core_files.h"
#include "css_set.h"
#include "hierarchy.h"
#include "namespace.h"
#include "subsys.h"

/*
 * The hierarchy on the line of a subsystem.  If several hierarchies carry a stateless
 * subsystem, then the one with the lowest id is shown.  If none carries it, the default
 * hierarchy is shown.
 */
static struct cgroup_root *shown_root(const struct cgroup_subsys *ss)
{
	struct cgroup_root *root, *oldest = &cgrp_dfl_root;

	if (!ss->stateless)
		return READ_ONCE(ss->root);

	for_each_root(root) {
		if (root == &cgrp_dfl_root || !(READ_ONCE(root->subsys_mask) & BIT(ss->id)))
			continue;
		if (oldest == &cgrp_dfl_root || root->hierarchy_id < oldest->hierarchy_id)
			oldest = root;
	}
	return oldest;
}

/**
 * proc_cgroupstats_show - write /proc/cgroups
 * @m: the file
 * @v: unused
 *
 * One line per subsystem: its name, the id of its hierarchy, the number of cgroups
 * there, and 1, or 0 if the boot parameters disable it.
 *
 * Context: process.  Return: 0.
 */
int proc_cgroupstats_show(struct seq_file *m, void *v)
{
	struct cgroup_subsys *ss;
	int ssid;

	seq_puts(m, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n");

	guard(rcu)();
	for_each_subsys(ss, ssid) {
		struct cgroup_root *root = shown_root(ss);

		seq_printf(m, "%s\t%d\t%d\t%d\n", ss->legacy_name, root->hierarchy_id,
			   atomic_read(&root->nr_cgrps), cgroup_ssid_enabled(ssid));
	}
	return 0;
}

/* "cpu,cpuacct,name=x": what a hierarchy carries and what it is called. */
static void show_subsystems(struct seq_file *m, struct cgroup_root *root)
{
	cgroup_mask_t mask = READ_ONCE(root->subsys_mask);

	cgroup_show_mask(m, mask, ",");
	if (root->name[0])
		seq_printf(m, "%sname=%s", mask ? "," : "", root->name);
}

/*
 * A task that is exiting is shown in the root: it keeps its place until it is
 * released, but that cgroup may have been removed meanwhile.
 */
static int show_path(struct seq_file *m, struct cgroup *cgrp, struct task_struct *tsk,
		     char *buf)
{
	int len;

	if (tsk->flags & PF_EXITING) {
		seq_puts(m, "/\n");
		return 0;
	}

	len = cgroup_path_ns_locked(cgrp, buf, PATH_MAX, current->nsproxy->cgroup_ns);
	if (len < 0)
		return len == -E2BIG ? -ENAMETOOLONG : len;

	seq_puts(m, buf);
	seq_putc(m, '\n');
	return 0;
}

/**
 * proc_cgroup_show - write /proc/PID/cgroup
 * @m: the file
 * @ns: unused
 * @pid: unused
 * @tsk: the task
 *
 * One line per hierarchy, the newest first: "ID:SUBSYSTEMS:PATH", with the path as
 * the reader's cgroup namespace shows it.  The default hierarchy is not shown.
 * All lines are from one moment: css_set_lock keeps the task in place.
 *
 * Context: process; takes css_set_lock.  Return: 0, or an errno.
 */
int proc_cgroup_show(struct seq_file *m, struct pid_namespace *ns,
		     struct pid *pid, struct task_struct *tsk)
{
	char *buf __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	struct cgroup_root *root;
	int ret = 0;

	if (!buf)
		return -ENOMEM;

	guard(rcu)();
	guard(spinlock_irq)(&css_set_lock);

	for_each_root(root) {
		struct cgroup *cgrp;

		if (root == &cgrp_dfl_root)
			continue;

		/* NULL if the hierarchy is ending, or was created after the task began to exit */
		cgrp = task_cgroup_from_root(tsk, root);
		if (!cgrp)
			continue;

		seq_printf(m, "%d:", root->hierarchy_id);
		show_subsystems(m, root);
		seq_putc(m, ':');
		ret = show_path(m, cgrp, tsk, buf);
		if (ret)
			break;
	}
	return ret;
}
