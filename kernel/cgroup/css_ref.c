// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: how references to a css are counted.
 *
 *   CSS_NO_REF      not at all: root csses are never freed
 *   CSS_ATOMIC_REF  by one refcount_t
 *   neither         by a percpu_ref: for subsystems where all CPUs take references
 *                   at once, for each page, request or event
 *
 * A percpu_ref costs each mkdir two allocations, and often a search of a chunk of
 * per-CPU memory.  It costs each group one word per possible CPU.  The csses of most
 * subsystems, and the cgroups themselves, are referenced by slow operations only.
 *
 * With either count, css_ref_kill() drops the base reference, and css_tryget_online()
 * fails from then on.  css_ref_ops::killed is called when it fails on all CPUs.
 */
#include <linux/export.h>
#include "css.h"
#include "rules.h"
#include "subsys.h"

#ifdef CONFIG_DEBUG_CGROUP_REF
/* css_get() and similar ones as functions, so that kprobes can be set on them */
#define CGROUP_REF_FN_ATTRS	noinline
#define CGROUP_REF_EXPORT(fn)	EXPORT_SYMBOL_GPL(fn);
#include <linux/cgroup_refcnt.h>
#endif

/**
 * css_atomic_get_many - css_get_many() for a css that is counted by css::atomic_ref
 * @css: the css
 * @n: how many
 *
 * Context: any; the caller has a reference.
 */
void css_atomic_get_many(struct cgroup_subsys_state *css, unsigned int n)
{
	refcount_add(n, &css->atomic_ref);
}
EXPORT_SYMBOL_GPL(css_atomic_get_many);

/**
 * css_atomic_tryget - css_tryget() for a css that is counted by css::atomic_ref
 * @css: the css
 *
 * Context: any; the caller ensures that @css is not freed meanwhile.
 * Return: as css_tryget().
 */
bool css_atomic_tryget(struct cgroup_subsys_state *css)
{
	return refcount_inc_not_zero(&css->atomic_ref);
}
EXPORT_SYMBOL_GPL(css_atomic_tryget);

/**
 * css_atomic_tryget_online - css_tryget_online() for a css that is counted by css::atomic_ref
 * @css: the css
 *
 * Context: any; the caller ensures that @css is not freed meanwhile.
 * Return: as css_tryget_online().
 */
bool css_atomic_tryget_online(struct cgroup_subsys_state *css)
{
	/* css_ref_ops::killed waits for tasks that have checked the flag and not yet counted */
	guard(rcu)();
	return !(READ_ONCE(css->flags) & CSS_DYING) && refcount_inc_not_zero(&css->atomic_ref);
}
EXPORT_SYMBOL_GPL(css_atomic_tryget_online);

/**
 * css_atomic_put_many - css_put_many() for a css that is counted by css::atomic_ref
 * @css: the css
 * @n: how many
 *
 * Context: any.
 */
void css_atomic_put_many(struct cgroup_subsys_state *css, unsigned int n)
{
	if (refcount_sub_and_test(n, &css->atomic_ref))
		css->ref_ops->released(css);
}
EXPORT_SYMBOL_GPL(css_atomic_put_many);

static struct cgroup_subsys_state *to_css(struct percpu_ref *ref)
{
	return container_of(ref, struct cgroup_subsys_state, percpu_ref);
}

static void percpu_ref_released(struct percpu_ref *ref)
{
	to_css(ref)->ref_ops->released(to_css(ref));
}

static void percpu_ref_killed(struct percpu_ref *ref)
{
	to_css(ref)->ref_ops->killed(to_css(ref));
}

static void atomic_ref_killed(struct rcu_head *rcu)
{
	struct cgroup_subsys_state *css =
		container_of(rcu, struct cgroup_subsys_state, destroy_rwork.rcu);

	css->ref_ops->killed(css);
}

/**
 * css_ref_init - give a css its base reference
 * @css: a new css; @css->ss is set, @css->flags is 0
 * @ops: what to do at the end of its references
 *
 * Undone by css_ref_exit().
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM; never fails for a cgroup's self css.
 */
int css_ref_init(struct cgroup_subsys_state *css, const struct css_ref_ops *ops)
{
	css->ref_ops = ops;
	if (css->ss && cgroup_rules[css->ss->id].percpu_ref)
		return percpu_ref_init(&css->percpu_ref, percpu_ref_released, 0, GFP_KERNEL);

	css->flags |= CSS_ATOMIC_REF;
	refcount_set(&css->atomic_ref, 1);
	return 0;
}

/**
 * css_ref_kill - drop the base reference of a css, and have css_ref_ops::killed called
 * @css: the css of a subsystem, marked CSS_DYING, referenced by the caller
 *
 * Context: any; css_ref_ops::killed is called a grace period later, in softirq context.
 */
void css_ref_kill(struct cgroup_subsys_state *css)
{
	if (css->flags & CSS_ATOMIC_REF) {
		call_rcu_hurry(&css->destroy_rwork.rcu, atomic_ref_killed);
		css_put(css);
	} else {
		percpu_ref_kill_and_confirm(&css->percpu_ref, percpu_ref_killed);
	}
}

/**
 * css_ref_exit - free what css_ref_init() has allocated
 * @css: the css, without references
 *
 * Context: process.
 */
void css_ref_exit(struct cgroup_subsys_state *css)
{
	if (!(css->flags & CSS_ATOMIC_REF))
		percpu_ref_exit(&css->percpu_ref);
}
