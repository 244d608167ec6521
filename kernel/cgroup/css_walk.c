// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: walking trees of csses, of controllers or of the cgroups
 * themselves (cgroup::self).
 *
 * A css stays in its parent's list of children until its last reference is
 * gone.  A walker that holds only a reference to a css may find later that the css
 * was unlinked meanwhile.  It must not follow the list pointers of an unlinked
 * node.  Children are in ascending order of serial_nr, so the walker finds the next
 * child by that number.
 */
#include <linux/export.h>
#include "css.h"
#include "subsys.h"

#define assert_css_walk()							\
	RCU_LOCKDEP_WARN(!rcu_read_lock_held() && !lockdep_is_held(&cgroup_mutex), \
			 "css walk needs cgroup_mutex or the RCU read lock")

/**
 * css_next_child - the next younger child of a css
 * @pos: the child to go on from, NULL for the first
 * @parent: the css
 *
 * Context: RCU read lock or cgroup_mutex; @pos must be referenced if the lock was
 * dropped since @pos was returned.
 * Return: the child, or NULL after the last.
 */
struct cgroup_subsys_state *css_next_child(struct cgroup_subsys_state *pos,
					   struct cgroup_subsys_state *parent)
{
	struct cgroup_subsys_state *child;

	assert_css_walk();

	if (!pos)
		return list_first_or_null_rcu(&parent->children,
					      struct cgroup_subsys_state, sibling);

	/*
	 * CSS_RELEASED is set before the node is unlinked.  If it is clear here, the
	 * next node is valid for this RCU section, whatever happens from now on.
	 */
	if (likely(!(READ_ONCE(pos->flags) & CSS_RELEASED)))
		return list_next_or_null_rcu(&parent->children, &pos->sibling,
					     struct cgroup_subsys_state, sibling);

	list_for_each_entry_rcu(child, &parent->children, sibling,
				lockdep_is_held(&cgroup_mutex))
		if (child->serial_nr > pos->serial_nr)
			return child;
	return NULL;
}

/**
 * css_next_descendant_pre - the next css of a walk that meets parents first
 * @pos: the css to go on from, NULL for the first, which is @root
 * @root: top of the walk
 *
 * Context: as css_next_child().
 * Return: the css, or NULL after the last.
 */
struct cgroup_subsys_state *css_next_descendant_pre(struct cgroup_subsys_state *pos,
						    struct cgroup_subsys_state *root)
{
	struct cgroup_subsys_state *next;

	if (!pos)
		return root;

	next = css_next_child(NULL, pos);
	while (!next && pos != root) {
		next = css_next_child(pos, pos->parent);
		pos = pos->parent;
	}
	return next;
}
EXPORT_SYMBOL_GPL(css_next_descendant_pre);

/* The css that a post-order walk below @css meets first. */
static struct cgroup_subsys_state *css_leftmost(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys_state *child;

	while ((child = css_next_child(NULL, css)))
		css = child;
	return css;
}

/**
 * css_next_descendant_post - the next css of a walk that meets children first
 * @pos: the css to go on from, NULL for the first
 * @root: top of the walk, met last
 *
 * Context: as css_next_child().
 * Return: the css, or NULL after @root.
 */
struct cgroup_subsys_state *css_next_descendant_post(struct cgroup_subsys_state *pos,
						     struct cgroup_subsys_state *root)
{
	struct cgroup_subsys_state *sibling;

	if (!pos)
		return css_leftmost(root);
	if (pos == root)
		return NULL;

	sibling = css_next_child(pos, pos->parent);
	return sibling ? css_leftmost(sibling) : pos->parent;
}

/**
 * css_rightmost_descendant - the css that a pre-order walk below a css meets last
 * @pos: the css
 *
 * For a walker that wants to skip all below @pos.
 *
 * Context: as css_next_child().
 * Return: that css; @pos itself if it has no child.
 */
struct cgroup_subsys_state *css_rightmost_descendant(struct cgroup_subsys_state *pos)
{
	struct cgroup_subsys_state *child, *last;

	do {
		last = pos;
		pos = NULL;
		css_for_each_child(child, last)
			pos = child;
	} while (pos);
	return last;
}

/**
 * css_has_online_children - is there a child whose removal has not begun?
 * @css: the css
 *
 * Context: any; without cgroup_mutex the answer may be outdated when it is used.
 * Return: true if it has one.
 */
bool css_has_online_children(struct cgroup_subsys_state *css)
{
	struct cgroup_subsys_state *child;

	guard(rcu)();
	css_for_each_child(child, css)
		if (READ_ONCE(child->flags) & CSS_ONLINE)
			return true;
	return false;
}

/**
 * cgroup_next_live - the next live cgroup of a walk over all cgroups below another one
 * @pos: the cgroup to go on from, NULL for the first
 * @top: the other one; the walk does not visit it
 *
 * Context: cgroup_mutex.
 * Return: the cgroup, NULL at the end.
 */
struct cgroup *cgroup_next_live(struct cgroup *pos, struct cgroup *top)
{
	struct cgroup_subsys_state *css = pos ? &pos->self : &top->self;

	lockdep_assert_held(&cgroup_mutex);

	do {
		css = css_next_descendant_pre(css, &top->self);
	} while (css && cgroup_is_dead(css->cgroup));
	return css ? css->cgroup : NULL;
}
