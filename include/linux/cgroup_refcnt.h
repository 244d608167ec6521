/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: references to a css; kernel/cgroup/css_ref.c says how they are counted.
 *
 * Included by <linux/cgroup.h>, which makes these inline, or by kernel/cgroup/css_ref.c,
 * which makes them functions for CONFIG_DEBUG_CGROUP_REF; so there is no include guard.
 */

/**
 * css_get_many - take references to a css
 * @css: the css, referenced by the caller already
 * @n: how many
 *
 * Context: any.
 */
CGROUP_REF_FN_ATTRS
void css_get_many(struct cgroup_subsys_state *css, unsigned int n)
{
	if (likely(!(css->flags & CSS_NOT_PERCPU_REF)))
		percpu_ref_get_many(&css->percpu_ref, n);
	else if (!(css->flags & CSS_NO_REF))
		css_atomic_get_many(css, n);
}

CGROUP_REF_EXPORT(css_get_many)

/**
 * css_get - take a reference to a css
 * @css: the css, referenced by the caller already
 *
 * Context: any.
 */
CGROUP_REF_FN_ATTRS
void css_get(struct cgroup_subsys_state *css)
{
	css_get_many(css, 1);
}

CGROUP_REF_EXPORT(css_get)

/**
 * css_tryget - take a reference to a css that may be on its way out
 * @css: the css; RCU keeps its memory
 *
 * Context: any; RCU read lock, or @css is kept by other means.
 * Return: true, or false when the last reference is gone already.
 */
CGROUP_REF_FN_ATTRS
bool css_tryget(struct cgroup_subsys_state *css)
{
	if (likely(!(css->flags & CSS_NOT_PERCPU_REF)))
		return percpu_ref_tryget(&css->percpu_ref);
	return css->flags & CSS_NO_REF || css_atomic_tryget(css);
}

CGROUP_REF_EXPORT(css_tryget)

/**
 * css_tryget_online - take a reference to a css unless its removal has begun
 * @css: the css; RCU keeps its memory
 *
 * css_offline() comes a grace period after the last time this succeeded.
 *
 * Context: any; RCU read lock, or @css is kept by other means.
 * Return: true, or false when it is dying.
 */
CGROUP_REF_FN_ATTRS
bool css_tryget_online(struct cgroup_subsys_state *css)
{
	if (likely(!(css->flags & CSS_NOT_PERCPU_REF)))
		return percpu_ref_tryget_live(&css->percpu_ref);
	return css->flags & CSS_NO_REF || css_atomic_tryget_online(css);
}

CGROUP_REF_EXPORT(css_tryget_online)

/**
 * css_put_many - drop references to a css
 * @css: the css
 * @n: how many
 *
 * Context: any.
 */
CGROUP_REF_FN_ATTRS
void css_put_many(struct cgroup_subsys_state *css, unsigned int n)
{
	if (likely(!(css->flags & CSS_NOT_PERCPU_REF)))
		percpu_ref_put_many(&css->percpu_ref, n);
	else if (!(css->flags & CSS_NO_REF))
		css_atomic_put_many(css, n);
}

CGROUP_REF_EXPORT(css_put_many)

/**
 * css_put - drop a reference to a css
 * @css: the css
 *
 * Context: any.
 */
CGROUP_REF_FN_ATTRS
void css_put(struct cgroup_subsys_state *css)
{
	css_put_many(css, 1);
}

CGROUP_REF_EXPORT(css_put)
