// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the table of the core's control files: those that every cgroup has, and those
 * that only the root of a hierarchy has, whatever is bound.
 */
#include "call.h"
#include "core_files.h"
#include "release_agent.h"
#include "subsys.h"

static u64 cgroup_clone_children_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return test_bit(CGRP_CPUSET_CLONE_CHILDREN, &css->cgroup->flags);
}

struct clone_children_call {
	struct cgroup *cgrp;
	bool on;
};

static int cgroup_set_clone_children(void *arg)
{
	struct clone_children_call *call = arg;

	assign_bit(CGRP_CPUSET_CLONE_CHILDREN, &call->cgrp->flags, call->on);
	return 0;
}

static ssize_t cgroup_clone_children_write(struct kernfs_open_file *of, char *buf,
					   size_t nbytes, loff_t off)
{
	struct clone_children_call call;
	u64 val;
	int ret = kstrtou64(buf, 0, &val);

	if (ret)
		return ret;
	call.on = val;
	call.cgrp = cgroup_kn_begin(of->kn);
	if (!call.cgrp)
		return -ENODEV;
	/* cpuset sets the bit for a while when its hierarchy changes, under cgroup_mutex */
	ret = cgroup_call_locked(cgroup_set_clone_children, &call);
	cgroup_kn_end(call.cgrp, of->kn);
	return ret ?: nbytes;
}

static u64 cgroup_notify_on_release_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return notify_on_release(css->cgroup);
}

static int cgroup_notify_on_release_write(struct cgroup_subsys_state *css, struct cftype *cft,
					  u64 val)
{
	assign_bit(CGRP_NOTIFY_ON_RELEASE, &css->cgroup->flags, val);
	return 0;
}

/* There is one behaviour.  Old programs read this to tell a unified hierarchy. */
static int cgroup_sane_behavior_show(struct seq_file *seq, void *v)
{
	seq_puts(seq, "0\n");
	return 0;
}

static int cgroup_release_agent_file_show(struct seq_file *seq, void *v)
{
	cgroup_release_agent_show(seq, seq_css(seq)->cgroup->root);
	return 0;
}

static ssize_t cgroup_release_agent_write(struct kernfs_open_file *of, char *buf,
					  size_t nbytes, loff_t off)
{
	int ret;

	if (!cgroup_release_agent_may_write(of))
		return -EPERM;
	ret = cgroup_release_agent_set(of_css(of)->cgroup->root, strstrip(buf));
	return ret ?: nbytes;
}

struct cftype cgroup_base_files[] = {
	{
		.name = "tasks",
		.private = CGROUP_FILE_TASKS,
		.seq_start = cgroup_pids_start,
		.seq_next = cgroup_pids_next,
		.seq_show = cgroup_pids_show,
		.release = cgroup_pids_release,
		.write = cgroup_tasks_write,
	},
	{
		.name = "cgroup.procs",
		.private = CGROUP_FILE_PROCS,
		.seq_start = cgroup_pids_start,
		.seq_next = cgroup_pids_next,
		.seq_show = cgroup_pids_show,
		.release = cgroup_pids_release,
		.write = cgroup_procs_write,
	},
	{
		.name = "notify_on_release",
		.read_u64 = cgroup_notify_on_release_read,
		.write_u64 = cgroup_notify_on_release_write,
	},
	{
		.name = "cgroup.clone_children",
		.read_u64 = cgroup_clone_children_read,
		.write = cgroup_clone_children_write,
	},
	{
		.name = "release_agent",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.max_write_len = PATH_MAX - 1,
		.seq_show = cgroup_release_agent_file_show,
		.write = cgroup_release_agent_write,
	},
	{
		.name = "cgroup.sane_behavior",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = cgroup_sane_behavior_show,
	},
	{
		.name = "cgroup.subsystems",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = cgroup_subsystems_show,
		.write = cgroup_subsystems_write,
	},
	{
		.name = "cgroup.merge",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.write = cgroup_merge_write,
	},
	{
		.name = "cgroup.split",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.write = cgroup_split_write,
	},
	{ }
};
