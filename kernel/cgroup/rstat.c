// SPDX-License-Identifier: GPL-2.0
/*
 * Recursive statistics: counters that are written per CPU and read per subtree.
 *
 * Code that has counted something for a cgroup on a CPU calls cgroup_rstat_updated().
 * The first call links the cgroup and its ancestors into the tree of cgroups with
 * updates on that CPU.  Later calls only check one pointer.  A flush of a subtree
 * unlinks it from the trees of all CPUs and adds up the updates, children before
 * parents.  So the cost of a read depends on how much has changed since the last
 * flush, not on how many cgroups there are.
 *
 * The tree of a CPU consists of struct cgroup_rstat_cpu: a cgroup with updates is on
 * its parent's list, a root with updates on a list of its CPU.  If a cgroup is
 * linked, all its ancestors are.  Unlinking one takes the same time, however many
 * siblings have updates.
 *
 * The locks:
 *
 *   rstat_lock              flushing; css lists, strays, and the totals
 *     per-CPU rstat_cpu_lock  the tree of that CPU; IRQs off; raw, because the
 *                             scheduler counts too
 *
 * Strays: a hierarchy that is unmounted dies at once, but its removed cgroups live
 * on while something holds them, such as memory charges.  Their csses stay in the
 * dead tree, but the root css, their parent, moves to another hierarchy.  Updates of
 * such a stray css are added up in its parent.  So the flush of a stray marks its
 * parent's cgroup as updated, and trees with strays are flushed before any other.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/sched/cputime.h>
#include <linux/u64_stats_sync.h>

#include "rstat.h"
#include "subsys.h"

/* the function itself, for callers that hold a reference; see <linux/cgroup.h> */
#undef cgroup_rstat_flush

#include <trace/events/cgroup.h>

static DEFINE_SPINLOCK(rstat_lock);
static DEFINE_PER_CPU(raw_spinlock_t, rstat_cpu_lock);

/* Hierarchies with strays, through cgroup_root::rstat_stray_node (rstat_lock). */
static LIST_HEAD(rstat_stray_roots);

/**
 * struct cgroup_rstat_cpu - the statistics of one cgroup on one CPU
 *
 * @updated_node: node in the list of siblings with updates; empty if the cgroup has none
 * @updated_children: children with updates, through their @updated_node
 * @cgrp: the cgroup
 *
 * The lists and their nodes change under the CPU's rstat_cpu_lock.
 */
struct cgroup_rstat_cpu {
	struct list_head updated_node;
	struct list_head updated_children;
	struct cgroup *cgrp;
};

/**
 * struct cgroup_base_stat_cpu - the same in the default hierarchy, where CPU time is counted
 *
 * Other hierarchies do not use it, because it is four times as large, on each CPU.
 *
 * @rstat: the first member: cgroup::rstat_cpu points to it
 * @bsync: lets 64-bit counters be read on 32-bit machines
 * @bstat: what this CPU has counted
 * @last_bstat: the part of @bstat that is in the totals already
 * @subtree_bstat: @bstat of this cgroup and all below it, on this CPU
 * @last_subtree_bstat: the part of @subtree_bstat that has been added to the parent
 */
struct cgroup_base_stat_cpu {
	struct cgroup_rstat_cpu rstat;
	struct u64_stats_sync bsync;
	struct cgroup_base_stat bstat;
	struct cgroup_base_stat subtree_bstat;
	struct cgroup_base_stat last_bstat;
	struct cgroup_base_stat last_subtree_bstat;
};

/* Roots with updates, through their updated_node. */
static DEFINE_PER_CPU(struct list_head, rstat_updated_roots);

/* The default hierarchy counts before the allocators are up. */
static DEFINE_PER_CPU(struct cgroup_base_stat_cpu, rstat_dfl_root_cpu);

static struct cgroup_rstat_cpu *rstat_cpu(struct cgroup *cgrp, int cpu)
{
	return per_cpu_ptr(cgrp->rstat_cpu, cpu);
}

/* For cgroups of the default hierarchy. */
static struct cgroup_base_stat_cpu *base_stat_cpu(struct cgroup *cgrp, int cpu)
{
	return container_of(rstat_cpu(cgrp, cpu), struct cgroup_base_stat_cpu, rstat);
}

/* Is @cgrp_cpu in its CPU's tree?  Then its updates are known already. */
static bool is_linked(struct cgroup_rstat_cpu *cgrp_cpu)
{
	/* callers without the lock recheck after taking it, or accept an old answer */
	return !data_race(list_empty(&cgrp_cpu->updated_node));
}

/*
 * The locks, with trace events that show when a task waits for them.  Updates and flushes
 * have different events, because flushes are far fewer.
 */

static __always_inline unsigned long lock_cpu(struct cgroup *cgrp, int cpu, bool update)
{
	raw_spinlock_t *lock = per_cpu_ptr(&rstat_cpu_lock, cpu);
	bool waited = false;
	unsigned long flags;

	if (unlikely(!raw_spin_trylock_irqsave(lock, flags))) {
		waited = true;
		if (update)
			trace_cgroup_rstat_cpu_lock_contended_fastpath(cgrp, cpu, true);
		else
			trace_cgroup_rstat_cpu_lock_contended(cgrp, cpu, true);
		raw_spin_lock_irqsave(lock, flags);
	}
	if (update)
		trace_cgroup_rstat_cpu_locked_fastpath(cgrp, cpu, waited);
	else
		trace_cgroup_rstat_cpu_locked(cgrp, cpu, waited);
	return flags;
}

static __always_inline void unlock_cpu(struct cgroup *cgrp, int cpu, bool update,
				       unsigned long flags)
{
	if (update)
		trace_cgroup_rstat_cpu_unlock_fastpath(cgrp, cpu, false);
	else
		trace_cgroup_rstat_cpu_unlock(cgrp, cpu, false);
	raw_spin_unlock_irqrestore(per_cpu_ptr(&rstat_cpu_lock, cpu), flags);
}

/* @cpu: the CPU flushed last, if the lock was dropped during a flush, else -1. */
static void lock_flush(struct cgroup *cgrp, int cpu)
	__acquires(&rstat_lock)
{
	bool waited = !spin_trylock_irq(&rstat_lock);

	if (waited) {
		trace_cgroup_rstat_lock_contended(cgrp, cpu, true);
		spin_lock_irq(&rstat_lock);
	}
	trace_cgroup_rstat_locked(cgrp, cpu, waited);
}

static void unlock_flush(struct cgroup *cgrp, int cpu)
	__releases(&rstat_lock)
{
	trace_cgroup_rstat_unlock(cgrp, cpu, false);
	spin_unlock_irq(&rstat_lock);
}

/*
 * Updates
 */

static noinline void rstat_link(struct cgroup *cgrp, int cpu)
{
	unsigned long flags = lock_cpu(cgrp, cpu, true);
	struct cgroup_rstat_cpu *pos_cpu;
	struct list_head *siblings;
	struct cgroup *pos, *parent;

	/* stop at the first ancestor that is linked: all above it are linked too */
	for (pos = cgrp; pos; pos = parent) {
		pos_cpu = rstat_cpu(pos, cpu);
		if (is_linked(pos_cpu))
			break;

		parent = cgroup_parent(pos);
		siblings = parent ? &rstat_cpu(parent, cpu)->updated_children :
				    per_cpu_ptr(&rstat_updated_roots, cpu);
		list_add(&pos_cpu->updated_node, siblings);
	}
	unlock_cpu(cgrp, cpu, true, flags);
}

/**
 * __cgroup_rstat_updated - note that a cgroup has updates on a CPU
 * @cgrp: the cgroup
 * @cpu: where it was counted
 *
 * The caller counts first.  A flush that runs at the same time may miss this update.
 * Then it is added up by the first flush after the cgroup's next update on this CPU.
 *
 * Context: any but NMI.
 */
void __cgroup_rstat_updated(struct cgroup *cgrp, int cpu)
{
	/* take no lock: all calls except the first one after a flush end here */
	if (!is_linked(rstat_cpu(cgrp, cpu)))
		rstat_link(cgrp, cpu);
}

/*
 * The core itself counts CPU time, and nothing else.  It does so in the default
 * hierarchy, below the root.
 */

#define BASE_STAT_WORDS		(sizeof(struct cgroup_base_stat) / sizeof(u64))

static_assert(sizeof(struct cgroup_base_stat) % sizeof(u64) == 0);

static void base_stat_add(struct cgroup_base_stat *to, const struct cgroup_base_stat *from)
{
	unsigned int i;

	for (i = 0; i < BASE_STAT_WORDS; i++)
		((u64 *)to)[i] += ((const u64 *)from)[i];
}

/* Return how much has been counted between @last and @now, and set @last to @now. */
static struct cgroup_base_stat base_stat_advance(struct cgroup_base_stat *last,
						 const struct cgroup_base_stat *now)
{
	struct cgroup_base_stat news;
	unsigned int i;

	for (i = 0; i < BASE_STAT_WORDS; i++)
		((u64 *)&news)[i] = ((const u64 *)now)[i] - ((u64 *)last)[i];
	*last = *now;
	return news;
}

/* Add @time to what it was spent for; idle time and the like are not counted. */
static void base_stat_account(struct cgroup_base_stat *stat, enum cpu_usage_stat index,
			      u64 time)
{
	switch (index) {
	case CPUTIME_NICE:
		stat->ntime += time;
		fallthrough;
	case CPUTIME_USER:
		stat->cputime.utime += time;
		break;
	case CPUTIME_SOFTIRQ:
	case CPUTIME_IRQ:
	case CPUTIME_SYSTEM:
		stat->cputime.stime += time;
		break;
#ifdef CONFIG_SCHED_CORE
	case CPUTIME_FORCEIDLE:
		stat->forceidle_sum += time;
		break;
#endif
	default:
		break;
	}
}

static void base_stat_count(struct cgroup *cgrp, const struct cgroup_base_stat *news)
{
	int cpu = get_cpu();
	struct cgroup_base_stat_cpu *this = base_stat_cpu(cgrp, cpu);
	unsigned long flags = u64_stats_update_begin_irqsave(&this->bsync);

	base_stat_add(&this->bstat, news);
	u64_stats_update_end_irqrestore(&this->bsync, flags);
	__cgroup_rstat_updated(cgrp, cpu);
	put_cpu();
}

/**
 * __cgroup_account_cputime - count time that a task of a cgroup has run
 * @cgrp: its cgroup in the default hierarchy, not the root
 * @delta_exec: nanoseconds
 *
 * Context: any; the scheduler's locks may be held.
 */
void __cgroup_account_cputime(struct cgroup *cgrp, u64 delta_exec)
{
	struct cgroup_base_stat news = { .cputime.sum_exec_runtime = delta_exec };

	base_stat_count(cgrp, &news);
}

/**
 * __cgroup_account_cputime_field - count time of a task by what it was spent for
 * @cgrp: its cgroup in the default hierarchy, not the root
 * @index: what it was spent for
 * @delta_exec: nanoseconds
 *
 * Context: any; the scheduler's locks may be held.
 */
void __cgroup_account_cputime_field(struct cgroup *cgrp, enum cpu_usage_stat index,
				    u64 delta_exec)
{
	struct cgroup_base_stat news = {};

	base_stat_account(&news, index, delta_exec);
	base_stat_count(cgrp, &news);
}

static void base_stat_flush(struct cgroup *cgrp, int cpu)
{
	struct cgroup *parent = cgroup_parent(cgrp);
	struct cgroup_base_stat_cpu *cgrp_cpu;
	struct cgroup_base_stat now, news;
	unsigned int start;

	/* other hierarchies count no CPU time, and the root's is that of the machine */
	if (!parent || !cgroup_on_dfl(cgrp))
		return;

	cgrp_cpu = base_stat_cpu(cgrp, cpu);
	do {
		start = u64_stats_fetch_begin(&cgrp_cpu->bsync);
		now = cgrp_cpu->bstat;
	} while (u64_stats_fetch_retry(&cgrp_cpu->bsync, start));

	news = base_stat_advance(&cgrp_cpu->last_bstat, &now);
	base_stat_add(&cgrp_cpu->subtree_bstat, &news);
	base_stat_add(&cgrp->bstat, &news);
	if (!parent->level)
		return;

	news = base_stat_advance(&cgrp->last_bstat, &cgrp->bstat);
	base_stat_add(&parent->bstat, &news);
	news = base_stat_advance(&cgrp_cpu->last_subtree_bstat, &cgrp_cpu->subtree_bstat);
	base_stat_add(&base_stat_cpu(parent, cpu)->subtree_bstat, &news);
}

/*
 * Flushes
 */

/*
 * Unlink @top and what is below it from the tree of @cpu.  The result is a list
 * through rstat_flush_next, children before parents.
 */
static struct cgroup *take_updated(struct cgroup *top, int cpu)
{
	struct cgroup_rstat_cpu *top_cpu = rstat_cpu(top, cpu), *pos, *next;
	struct cgroup *done = NULL;
	unsigned long flags;
	LIST_HEAD(taken);

	/* updates from before the flush began are seen without the lock */
	if (!is_linked(top_cpu))
		return NULL;

	flags = lock_cpu(top, cpu, false);
	list_move(&top_cpu->updated_node, &taken);
	/* the list grows as it is walked: parents, then all their children */
	list_for_each_entry(pos, &taken, updated_node)
		list_splice_tail_init(&pos->updated_children, &taken);

	list_for_each_entry_safe(pos, next, &taken, updated_node) {
		INIT_LIST_HEAD(&pos->updated_node);
		pos->cgrp->rstat_flush_next = done;
		done = pos->cgrp;
	}
	unlock_cpu(top, cpu, false, flags);
	return done;
}

__bpf_hook_start();

/**
 * bpf_rstat_flush - hook for BPF programs that flush counters of their own
 * @cgrp: the cgroup that is flushed
 * @parent: its parent, or NULL
 * @cpu: the CPU whose counters are flushed
 *
 * Weak, so that the compiler keeps both the function and the call.
 *
 * Context: rstat_lock, RCU read lock.
 */
__weak noinline void bpf_rstat_flush(struct cgroup *cgrp, struct cgroup *parent, int cpu)
{
}

__bpf_hook_end();

static void flush_css(struct cgroup_subsys_state *css, struct cgroup *cgrp, int cpu)
{
	struct cgroup *home;

	css->ss->css_rstat_flush(css, cpu);

	/* a stray's parent is in another tree, where this update is not known */
	home = css->parent ? READ_ONCE(css->parent->cgroup) : cgrp;
	if (unlikely(!cgroup_is_descendant(cgrp, home)))
		__cgroup_rstat_updated(home, cpu);
}

/* Flush one CPU's updates of @top and all below it.  Return false if there were none. */
static bool flush_cpu(struct cgroup *top, int cpu)
{
	struct cgroup *first = take_updated(top, cpu), *pos;
	struct cgroup_subsys_state *css;

	/* keeps the old cgroups of csses that move meanwhile */
	guard(rcu)();

	for (pos = first; pos; pos = pos->rstat_flush_next) {
		base_stat_flush(pos, cpu);
		bpf_rstat_flush(pos, cgroup_parent(pos), cpu);
		list_for_each_entry(css, &pos->rstat_css_list, rstat_css_node)
			flush_css(css, pos, cpu);
	}
	return first;
}

static void flush_locked(struct cgroup *cgrp)
	__must_hold(&rstat_lock)
{
	struct cgroup_root *root;
	int cpu;

	lockdep_assert_held(&rstat_lock);

	for_each_possible_cpu(cpu) {
		bool worked = false;

		list_for_each_entry(root, &rstat_stray_roots, rstat_stray_node)
			worked |= flush_cpu(&root->cgrp, cpu);
		worked |= flush_cpu(cgrp, cpu);

		if (!worked && !need_resched())
			continue;

		/* IRQs are off: drop the lock after each CPU that had updates */
		unlock_flush(cgrp, cpu);
		if (!cond_resched())
			cpu_relax();
		lock_flush(cgrp, cpu);
	}
}

/**
 * cgroup_rstat_flush - bring the totals of a cgroup and of all below it up to date
 * @cgrp: the cgroup
 *
 * Most callers use the macro of the same name, which holds a reference to @cgrp; see
 * <linux/cgroup.h>.  The macro does nothing if the last reference to @cgrp is gone;
 * cgroup_rstat_exit() flushes it for the last time.
 *
 * Context: process, may sleep; @cgrp is referenced.
 */
__bpf_kfunc void cgroup_rstat_flush(struct cgroup *cgrp)
{
	might_sleep();
	lock_flush(cgrp, -1);
	flush_locked(cgrp);
	unlock_flush(cgrp, -1);
}

/*
 * Csses that want css_rstat_flush().  Their lists change under rstat_lock, so that a
 * css can move from one cgroup to another without a grace period in between.
 */

/* Note whether @css is a stray.  Hierarchies with strays are flushed before others. */
static void set_stray(struct cgroup_subsys_state *css, bool stray)
{
	struct cgroup_root *root = css->cgroup->root;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&rstat_lock);

	if (stray == !!(css->flags & CSS_STRAY))
		return;
	css->flags ^= CSS_STRAY;
	if (stray && !root->rstat_nr_strays++)
		list_add_tail(&root->rstat_stray_node, &rstat_stray_roots);
	else if (!stray && !--root->rstat_nr_strays)
		list_del(&root->rstat_stray_node);
}

/* @css has moved: it has left dying children behind, or has come back to them. */
static void note_strays(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys_state *child;

	list_for_each_entry_rcu(child, &css->children, sibling,
				lockdep_is_held(&cgroup_mutex))
		set_stray(child, !cgroup_is_descendant(child->cgroup, css->cgroup));
}

/**
 * cgroup_rstat_add_css - from now on flush a css with its cgroup
 * @css: the css; its subsystem has css_rstat_flush(), and css->cgroup is set
 *
 * A css that is online comes from another cgroup: this function notes that it may have
 * updates.
 *
 * Context: cgroup_mutex; takes a spinlock.
 */
void cgroup_rstat_add_css(struct cgroup_subsys_state *css)
{
	int cpu;

	guard(spinlock_irq)(&rstat_lock);

	list_add_tail(&css->rstat_css_node, &css->cgroup->rstat_css_list);
	if (!(css->flags & CSS_ONLINE))
		return;

	note_strays(css);
	for_each_possible_cpu(cpu)
		__cgroup_rstat_updated(css->cgroup, cpu);
}

/**
 * cgroup_rstat_del_css - do not flush a css any more
 * @css: the css, added by cgroup_rstat_add_css()
 *
 * When this returns, the css is not flushed any more.  It may be freed, or added again
 * after css->cgroup has changed.
 *
 * Context: cgroup_mutex; takes a spinlock.
 */
void cgroup_rstat_del_css(struct cgroup_subsys_state *css)
{
	guard(spinlock_irq)(&rstat_lock);
	set_stray(css, false);
	list_del_init(&css->rstat_css_node);
}

/*
 * The life of a cgroup
 */

static struct cgroup_rstat_cpu __percpu *alloc_cpus(struct cgroup *cgrp)
{
	struct cgroup_base_stat_cpu __percpu *base;

	if (!cgroup_on_dfl(cgrp))
		return alloc_percpu(struct cgroup_rstat_cpu);
	base = alloc_percpu(struct cgroup_base_stat_cpu);
	return base ? &base->rstat : NULL;
}

static void init_cpus(struct cgroup *cgrp)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cgroup_rstat_cpu *cgrp_cpu = rstat_cpu(cgrp, cpu);

		if (cgroup_on_dfl(cgrp))
			u64_stats_init(&base_stat_cpu(cgrp, cpu)->bsync);
		INIT_LIST_HEAD(&cgrp_cpu->updated_node);
		INIT_LIST_HEAD(&cgrp_cpu->updated_children);
		cgrp_cpu->cgrp = cgrp;
	}
}

/**
 * cgroup_rstat_boot - set up the locks, and the root of the default hierarchy
 *
 * Context: boot, before the first css that counts.
 */
void __init cgroup_rstat_boot(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		raw_spin_lock_init(per_cpu_ptr(&rstat_cpu_lock, cpu));
		INIT_LIST_HEAD(per_cpu_ptr(&rstat_updated_roots, cpu));
	}

	cgrp_dfl_root.cgrp.rstat_cpu = &rstat_dfl_root_cpu.rstat;
	init_cpus(&cgrp_dfl_root.cgrp);
}

/**
 * cgroup_rstat_init - set a cgroup up for statistics
 * @cgrp: a new cgroup; nothing is done for the root of the default hierarchy, which
 *	cgroup_rstat_boot() has set up
 *
 * Undone by cgroup_rstat_exit().
 *
 * Context: process, may sleep.  Return: 0 or -ENOMEM.
 */
int cgroup_rstat_init(struct cgroup *cgrp)
{
	if (cgrp == &cgrp_dfl_root.cgrp)
		return 0;

	cgrp->rstat_cpu = alloc_cpus(cgrp);
	if (!cgrp->rstat_cpu)
		return -ENOMEM;
	init_cpus(cgrp);
	return 0;
}

static bool in_a_tree(struct cgroup *cgrp)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (is_linked(rstat_cpu(cgrp, cpu)) ||
		    !list_empty(&rstat_cpu(cgrp, cpu)->updated_children))
			return true;
	return false;
}

/**
 * cgroup_rstat_exit - take a cgroup's statistics down
 * @cgrp: a cgroup that is about to be freed and has no css left; its parent still exists
 *
 * Its last updates are added to the parent.
 *
 * Context: process, may sleep.
 */
void cgroup_rstat_exit(struct cgroup *cgrp)
{
	/* without a directory it was never visible, and has no id for trace events */
	if (cgrp->kn)
		cgroup_rstat_flush(cgrp);

	/* rather leak it than leave a dangling link */
	if (!WARN_ON_ONCE(in_a_tree(cgrp)))
		free_percpu(cgrp->rstat_cpu);
	cgrp->rstat_cpu = NULL;
}

/*
 * BPF programs may count and flush
 */

/**
 * cgroup_rstat_updated - __cgroup_rstat_updated() for untrusted callers
 * @cgrp: the cgroup
 * @cpu: where it was counted; nothing happens if there is no such CPU
 *
 * Context: any but NMI.
 */
__bpf_kfunc void cgroup_rstat_updated(struct cgroup *cgrp, int cpu)
{
	if (cpu >= 0 && cpu < nr_cpu_ids && cpu_possible(cpu))
		__cgroup_rstat_updated(cgrp, cpu);
}

BTF_KFUNCS_START(rstat_kfunc_ids)
BTF_ID_FLAGS(func, cgroup_rstat_flush, KF_SLEEPABLE)
BTF_ID_FLAGS(func, cgroup_rstat_updated)
BTF_KFUNCS_END(rstat_kfunc_ids)

static const struct btf_kfunc_id_set rstat_kfunc_set = {
	.set	= &rstat_kfunc_ids,
	.owner	= THIS_MODULE,
};

static int __init rstat_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_TRACING, &rstat_kfunc_set);
}
late_initcall(rstat_kfunc_init);
