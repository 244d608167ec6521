/* SPDX-License-Identifier: GPL-2.0 */
/* The oom controller: what its files share.  See mm/oom_cgroup.c. */
#ifndef __MM_OOM_CGROUP_H
#define __MM_OOM_CGROUP_H

#include <linux/cgroup.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

struct pid;

#define OOM_DELAY_MAX_MS	60000
#define OOM_HISTORY		16	/* kills that a group remembers */

/* What oom.events counts in a group and all groups above it; OOM_EVENT_EARLY in the group only. */
enum oom_event {
	OOM_EVENT_OOM,
	OOM_EVENT_EARLY,
	OOM_EVENT_HANDLED,
	OOM_EVENT_KILLED,
	NR_OOM_EVENTS,
};

/**
 * struct oom_kill_note - a kill, for oom.history
 * @id: of the OOM, 0 if it never waited
 * @pid: of the victim's process, referenced
 * @constraint: enum oom_constraint
 * @untold: the groups above do not have it yet
 * @comm: name of the victim
 */
struct oom_kill_note {
	u64 id;
	struct pid *pid;
	u8 constraint;
	bool untold;
	char comm[TASK_COMM_LEN];
};

/**
 * struct oom_early - the early warning of a group (oom_early_lock)
 * @node: in one of oom_early_lists while @percent is not 0
 * @percent: oom.early; also read without the lock
 * @armed: the next use above @percent is a warning
 * @round: the last look that visited the group
 * @sampled_at: jiffies of the last look at its nodes
 * @nodes_over: its nodes were used more than @percent then
 * @nodes_low: its nodes were used so little that @armed can be set again
 */
struct oom_early {
	struct list_head node;
	unsigned int percent;
	bool armed;
	bool nodes_over;
	bool nodes_low;
	u64 round;
	unsigned long sampled_at;
};

/**
 * struct oom_css - a css of this controller
 * @css: its generic part
 * @events_file: for events of oom.events
 * @delay: oom.delay, in milliseconds; any task reads it, writers exchange it
 * @events: counters, by enum oom_event
 * @waits: what waits for its verdict, by id (oom_wait_lock)
 * @nr_waiting: how many these are (written under oom_wait_lock)
 * @early: its early warning
 * @kills_node: in a list of groups with kills of which the groups above are to be told; has a
 *	reference (oom_kills_lock in oom_cgroup_count.c)
 * @history_lock: protects the following fields
 * @nr_untold: how many kills these are
 * @nr_kills: kills so far; kill n is in @history[n % OOM_HISTORY]
 * @history: the last kills in this group and below
 */
struct oom_css {
	struct cgroup_subsys_state css;
	struct cgroup_file events_file;
	unsigned int delay;
	atomic64_t events[NR_OOM_EVENTS];

	struct rb_root waits;
	unsigned long nr_waiting;

	struct oom_early early;

	struct list_head kills_node;

	spinlock_t history_lock;	/* for those below */
	unsigned long nr_untold;
	u64 nr_kills;
	struct oom_kill_note history[OOM_HISTORY];
};

/* The values after OOM_VERDICT_NONE have the order of oom_verdict_names[]. */
enum oom_verdict {
	OOM_VERDICT_NONE,
	OOM_VERDICT_RETRY,
	OOM_VERDICT_KILL,
	OOM_VERDICT_PASS,
};

/**
 * struct oom_wait - a task that waits for a verdict; on its stack
 * @node: in oom_css::waits of @handler (oom_wait_lock)
 * @id: of the OOM
 * @task: the task
 * @group: the group of the OOM, referenced.  This keeps all groups above it as well.
 * @handler: whose verdict it waits for, NULL when there is a verdict (oom_wait_lock)
 * @next: the handler above @handler, or NULL (oom_wait_lock)
 * @knows_next: @next is that of @handler (oom_wait_lock)
 * @verdict: written under oom_wait_lock
 * @overrides: a verdict to kill goes before memory.oom_control (oom_wait_lock)
 * @deadline: jiffies at which the OOM goes to the next handler (oom_wait_lock)
 * @timer: does this even if the task is frozen or gets no CPU time; see oom_wait_timer()
 */
struct oom_wait {
	struct rb_node node;
	u64 id;
	struct task_struct *task;
	struct oom_css *group;
	struct oom_css *handler;
	struct oom_css *next;
	bool knows_next;
	enum oom_verdict verdict;
	bool overrides;
	unsigned long deadline;
	struct timer_list timer;
};

#define node_to_wait(_node)	rb_entry((_node), struct oom_wait, node)

static inline struct oom_css *to_oom_css(struct cgroup_subsys_state *css)
{
	return css ? container_of(css, struct oom_css, css) : NULL;
}

/* The group of a task.  The caller is in an RCU read section. */
static inline struct oom_css *task_oom_css(struct task_struct *task)
{
	return to_oom_css(task_css(task, oom_cgrp_id));
}

static inline struct oom_css *oom_parent(struct oom_css *oom)
{
	return to_oom_css(oom->css.parent);
}

/*
 * mm/oom_cgroup_count.c
 */
void oom_add(struct oom_css *oom, enum oom_event event);
void oom_tell(struct oom_css *oom);
void oom_count(struct oom_css *oom, enum oom_event event);
void oom_history_init(struct oom_css *oom);
void oom_history_free(struct oom_css *oom);

/*
 * mm/oom_cgroup_wait.c
 */
extern spinlock_t oom_wait_lock;

struct oom_wait *oom_wait_find(struct oom_css *oom, u64 id);
int oom_decide_one(struct oom_css *oom, enum oom_verdict verdict, u64 id);
int oom_decide_all(struct oom_css *oom, enum oom_verdict verdict);
void oom_set_delay(struct oom_css *oom, unsigned int delay);

/*
 * mm/oom_cgroup_early.c
 */
void oom_early_set(struct oom_css *oom, unsigned int percent, bool by_root);

#endif	/* __MM_OOM_CGROUP_H */
