// SPDX-License-Identifier: GPL-2.0
/*
 * The oom controller: a program in user space decides what happens when a group runs out of
 * memory, and is warned before.
 *
 * It serves memory limits, the nodes of a cpuset or a memory policy, and the machine alike.
 * An OOM belongs to the oom group of the task whose allocation fails.  The nearest group from
 * there upwards that has a delay (oom.delay) is asked for a verdict.
 *
 * A task waits only where it holds no lock: at the end of a page fault from user mode.
 *
 *	page fault, mmap lock or VMA lock held	end of the fault, no lock held
 *	  allocation or charge
 *	    out_of_memory(), oom_lock held
 *	      oom_cgroup_holds(): HELD
 *	  the allocation fails, the fault	pagefault_out_of_memory()
 *	  unwinds with VM_FAULT_OOM	   -->	  oom_cgroup_wait()
 *						    verdict, room, deadline
 *	the same fault again		   <--	retry: NONE
 *	    out_of_memory()		   <--	kill: KILL, pass at the top: PASS
 *	      the kernel's killer
 *
 * Nothing is allocated between the failure and the verdict: the OOM is noted in task_struct
 * (struct oom_cgroup_task), and what waits is on the stack of the task (struct oom_wait).
 *
 * Other allocations do not wait, because their callers can hold locks, or would not come back
 * to the failed allocation:
 *
 *  - all outside page faults from user mode: system calls, faults of the kernel itself, kernel
 *    threads that fault on behalf of a device
 *  - in a fault, pages of the kernel, and all that must not fail or may not wait for a file
 *    system.  If they failed, the task could get SIGBUS instead of a second try
 *  - those of a task that is being killed
 *  - SysRq, and writes that lower a limit: these are no faults
 *
 * So an OOM that waits delays only its own task.  The group of a task that waits can have any
 * owner: the owner decides how long its own tasks wait, but not how long others do.
 *
 * With memory.oom_control set to 1, the memory controller itself lets a charge of such a fault
 * fail (task_struct::memcg_in_oom).  oom_cgroup_wait() then comes first.  After a pass at the
 * top the task waits as the memory controller wants.  KILL overrides memory.oom_control if the
 * handler is that of the group with this setting, or of one above it.
 *
 * Locks:
 *
 *   oom_lock		(mm/oom_kill.c) oom_now
 *     task_lock()	oom_cgroup_task::waits
 *       oom_css::history_lock
 *   oom_wait_lock	all that wait, with their timers; BH off.  It is held for a bounded time,
 *			whatever the number of tasks that wait
 *   oom_kills_lock	the groups with kills of which those above are to be told
 *   oom_early_lock	the groups that are warned early; held for one group at a time
 *   cgroup_file_lock	(core) inside each of these
 */
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/oom.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "oom_cgroup.h"
#include "../kernel/cgroup/txn.h"

static const char *const oom_verdict_names[] = { "retry", "kill", "pass" };

static const char *const oom_constraint_names[] = {
	[CONSTRAINT_NONE] = "none",
	[CONSTRAINT_CPUSET] = "cpuset",
	[CONSTRAINT_MEMORY_POLICY] = "mempolicy",
	[CONSTRAINT_MEMCG] = "memcg",
};

/*
 * Callbacks
 */

static struct cgroup_subsys_state *oom_css_alloc(struct cgroup_subsys_state *parent)
{
	struct oom_css *oom = kzalloc(sizeof(*oom), GFP_KERNEL);

	if (!oom)
		return ERR_PTR(-ENOMEM);
	oom->waits = RB_ROOT;
	INIT_LIST_HEAD(&oom->early.node);
	oom_history_init(oom);
	return &oom->css;
}

/* The files are gone: no writer sets these again.  Tasks that waited have been moved. */
static void oom_css_offline(struct cgroup_subsys_state *css)
{
	struct oom_css *oom = to_oom_css(css);

	oom_early_set(oom, 0, false);
	oom_set_delay(oom, 0);
}

static void oom_css_free(struct cgroup_subsys_state *css)
{
	struct oom_css *oom = to_oom_css(css);

	WARN_ON_ONCE(oom->nr_waiting);
	oom_history_free(oom);
	kfree(oom);
}

/* Tasks that wait find that they are in another group, and try again. */
static void oom_attach(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *css;
	struct task_struct *task;

	cgroup_taskset_for_each(task, css, tset) {
		guard(task_lock)(task);
		if (task->oom_cgroup.waits)
			wake_up_process(task);
	}
}

/*
 * Files
 */

static int oom_refuse(struct kernfs_open_file *of, int err, const char *why)
{
	struct cgroup *cgrp = NULL;

	/* a mount or a merge may move the css to another cgroup */
	scoped_guard(rcu) {
		cgrp = READ_ONCE(of_css(of)->cgroup);
		if (!cgroup_tryget(cgrp))
			return err;
	}
	cgroup_file_refuse(of, cgrp, err, "%s", why);
	cgroup_put(cgrp);
	return err;
}

static u64 oom_delay_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return READ_ONCE(to_oom_css(css)->delay);
}

static ssize_t oom_delay_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	unsigned int delay;

	if (kstrtouint(strstrip(buf), 0, &delay) || delay > OOM_DELAY_MAX_MS)
		return oom_refuse(of, -EINVAL, "takes milliseconds from 0 to 60000");
	oom_set_delay(to_oom_css(of_css(of)), delay);
	return nbytes;
}

static u64 oom_early_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return READ_ONCE(to_oom_css(css)->early.percent);
}

static ssize_t oom_early_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	unsigned int percent;

	if (kstrtouint(strstrip(buf), 0, &percent) || percent > 100)
		return oom_refuse(of, -EINVAL, "takes a percentage from 0 to 100");
	oom_early_set(to_oom_css(of_css(of)), percent,
		      file_ns_capable(of->file, &init_user_ns, CAP_SYS_RESOURCE));
	return nbytes;
}

static void oom_events_map(struct cgroup_subsys_state *css, struct cftype *cft,
			   struct cgroup_map *map)
{
	static const char *const names[NR_OOM_EVENTS] = {
		[OOM_EVENT_OOM] = "oom",
		[OOM_EVENT_EARLY] = "early",
		[OOM_EVENT_HANDLED] = "handled",
		[OOM_EVENT_KILLED] = "killed",
	};
	struct oom_css *oom = to_oom_css(css);
	int i;

	for (i = 0; i < NR_OOM_EVENTS; i++)
		cgroup_map_add(map, names[i], atomic64_read(&oom->events[i]));
	cgroup_map_add(map, "waiting", READ_ONCE(oom->nr_waiting));
}

/* The position in oom.pending is the id that is shown next.  One read shows a page at most. */
static void *oom_pending_start(struct seq_file *seq, loff_t *pos)
	__acquires(&oom_wait_lock)
{
	struct oom_wait *wait;

	spin_lock_bh(&oom_wait_lock);
	wait = oom_wait_find(to_oom_css(seq_css(seq)), *pos);
	if (wait)
		*pos = wait->id;
	return wait;
}

static void *oom_pending_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct rb_node *next = rb_next(&((struct oom_wait *)v)->node);

	*pos = next ? node_to_wait(next)->id : *pos + 1;
	return next ? node_to_wait(next) : NULL;
}

static void oom_pending_stop(struct seq_file *seq, void *v)
	__releases(&oom_wait_lock)
{
	spin_unlock_bh(&oom_wait_lock);
}

static int oom_pending_show(struct seq_file *seq, void *v)
{
	struct oom_wait *wait = v;

	seq_printf(seq, "%llu %d %s\n", wait->id,
		   task_pid_nr_ns(wait->task, task_active_pid_ns(current)),
		   oom_constraint_names[wait->task->oom_cgroup.constraint]);
	return 0;
}

static int oom_history_show(struct seq_file *seq, void *v)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct oom_css *oom = to_oom_css(seq_css(seq));
	u64 i;

	guard(spinlock)(&oom->history_lock);
	i = oom->nr_kills < OOM_HISTORY ? 0 : oom->nr_kills - OOM_HISTORY;
	for (; i < oom->nr_kills; i++) {
		struct oom_kill_note *kill = &oom->history[i % OOM_HISTORY];

		seq_printf(seq, "%llu %d ", kill->id, pid_nr_ns(kill->pid, ns));
		/* a task can have no name; then there is still a field */
		seq_escape(seq, kill->comm[0] ? kill->comm : " ", " \t\n\\");
		seq_printf(seq, " %s\n", oom_constraint_names[kill->constraint]);
	}
	return 0;
}

/* Parse "VERDICT [ID]"; without ID, @all is true.  Return: OOM_VERDICT_NONE if it is malformed. */
static enum oom_verdict oom_parse_verdict(char *text, u64 *id, bool *all)
{
	char *word = strsep(&text, " \t");
	int verdict = match_string(oom_verdict_names, ARRAY_SIZE(oom_verdict_names), word);

	if (verdict < 0)
		return OOM_VERDICT_NONE;
	*all = !text;
	if (text) {
		text = skip_spaces(text);
		if (!isdigit(*text) || kstrtou64(text, 10, id))
			return OOM_VERDICT_NONE;
	}
	return OOM_VERDICT_RETRY + verdict;
}

static ssize_t oom_control_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				 loff_t off)
{
	struct oom_css *oom = to_oom_css(of_css(of));
	enum oom_verdict verdict;
	bool all;
	u64 id;
	int ret;

	verdict = oom_parse_verdict(strstrip(buf), &id, &all);
	if (verdict == OOM_VERDICT_NONE)
		return oom_refuse(of, -EINVAL, "takes retry, kill or pass, perhaps with an ID");
	ret = all ? oom_decide_all(oom, verdict) : oom_decide_one(oom, verdict, id);
	if (ret)
		return oom_refuse(of, ret, all ? "finds no OOM that waits here" :
						 "finds no OOM with this ID that waits here");
	return nbytes;
}

static struct cftype oom_files[] = {
	{
		.name = "delay",
		.read_u64 = oom_delay_read,
		.write = oom_delay_write,
	},
	{
		.name = "events",
		.file_offset = offsetof(struct oom_css, events_file),
		.read_map = oom_events_map,
	},
	{
		.name = "pending",
		.seq_start = oom_pending_start,
		.seq_next = oom_pending_next,
		.seq_stop = oom_pending_stop,
		.seq_show = oom_pending_show,
	},
	{
		.name = "control",
		.write = oom_control_write,
	},
	{
		.name = "history",
		.seq_show = oom_history_show,
	},
	{
		.name = "early",
		.read_u64 = oom_early_read,
		.write = oom_early_write,
	},
	{ }
};

struct cgroup_subsys oom_cgrp_subsys = {
	.css_alloc = oom_css_alloc,
	.css_offline = oom_css_offline,
	.css_free = oom_css_free,
	.attach = oom_attach,
	.legacy_cftypes = oom_files,
};
