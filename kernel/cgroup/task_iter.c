// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: walking the tasks of a css, or of a cgroup through its
 * cgroup::self.
 *
 * The walk visits the css_sets whose slot points to the css (for cgroup::self, those
 * linked to the cgroup), and the members of each.  Between two tasks it holds no lock,
 * only a reference to the css_set that it is in.  It is also in the list of iterators of
 * that css_set: code that takes out the task which the walk returned last moves the walk
 * back by one.  New members are added at the end of the list, so the walk also returns tasks
 * that join a css_set before the walk leaves it.  While the walk holds a css_set, the css_set
 * stays in css::csets (or cgroup::cset_links), so the walk finds its successor there.
 */
#include <linux/export.h>
#include <linux/sched/task.h>
#include "css_set.h"
#include "subsys.h"

/**
 * __css_task_iters_skip - move iterators off a task that is about to leave its css_set
 * @cset: the css_set
 * @task: the task
 *
 * Context: css_set::lock of @cset.
 */
void __css_task_iters_skip(struct css_set *cset, struct task_struct *task)
{
	struct css_task_iter *it;

	lockdep_assert_held(&cset->lock);

	list_for_each_entry(it, &cset->task_iters, node)
		if (it->pos == &task->cg_list)
			it->pos = it->pos->prev;
}

/* The link between @cset and @cgrp, or NULL. */
static struct cgrp_cset_link *cset_link_of(struct css_set *cset, struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;

	list_for_each_entry(link, &cset->links, cset_node)
		if (link->cgrp == cgrp)
			return link;
	return NULL;
}

/* The css_set after @cset (NULL: the first) of a cgroup. */
static struct css_set *cgroup_next_cset(struct cgroup *cgrp, struct css_set *cset)
{
	struct list_head *pos = &cgrp->cset_links;
	struct cgrp_cset_link *link;

	if (cset) {
		link = cset_link_of(cset, cgrp);
		if (!link)
			return NULL;	/* the hierarchy has ended meanwhile */
		pos = &link->cgrp_node;
	}
	if (list_is_last(pos, &cgrp->cset_links))
		return NULL;
	return list_entry(pos->next, struct cgrp_cset_link, cgrp_node)->cset;
}

/* The css_set after @cset (NULL: the first) whose slot points to @css. */
static struct css_set *css_next_cset(struct cgroup_subsys_state *css, struct css_set *cset)
{
	int ssid;
	struct list_head *pos;

	lockdep_assert_held(&css_set_lock);

	if (!css->ss)
		return cgroup_next_cset(css->cgroup, cset);

	ssid = css->ss->id;
	pos = cset ? &cset->css_nodes[ssid] : &css->csets;
	if (list_is_last(pos, &css->csets))
		return NULL;
	return list_entry(pos->next, struct css_set, css_nodes[ssid]);
}

static void css_task_iter_leave_cset(struct css_task_iter *it)
{
	lockdep_assert_held(&css_set_lock);

	scoped_guard(spinlock, &it->cset->lock)
		list_del(&it->node);
	put_css_set_locked(it->cset);
}

/* Go on to the next css_set that has tasks; return false at the end. */
static bool css_task_iter_next_cset(struct css_task_iter *it)
{
	struct css_set *cset = it->cset;

	guard(spinlock_irqsave)(&css_set_lock);
	do {
		cset = css_next_cset(it->css, cset);
	} while (cset && !cset->nr_tasks &&
		 (!(it->flags & CSS_TASK_ITER_PROCS) || list_empty(&cset->dying_leaders)));

	if (it->cset)
		css_task_iter_leave_cset(it);
	it->cset = cset;
	if (!cset)
		return false;

	get_css_set(cset);
	guard(spinlock)(&cset->lock);
	list_add(&it->node, &cset->task_iters);
	it->pos = &cset->tasks;
	it->in_leaders = false;
	return true;
}

static bool css_task_iter_wants(struct css_task_iter *it, struct task_struct *task)
{
	/* after an exec the old leader is no leader any more, and is about to be released */
	if (it->in_leaders)
		return thread_group_leader(task) && atomic_read(&task->signal->live);
	return !(it->flags & CSS_TASK_ITER_PROCS) || thread_group_leader(task);
}

/* The next task in the css_set that the walk is in, referenced; NULL at its end. */
static struct task_struct *css_task_iter_take(struct css_task_iter *it)
{
	struct css_set *cset = it->cset;
	struct task_struct *task;

	guard(spinlock_irqsave)(&cset->lock);
	for (;;) {
		if (list_is_last(it->pos, &cset->tasks) && !it->in_leaders &&
		    (it->flags & CSS_TASK_ITER_PROCS)) {
			it->in_leaders = true;
			it->pos = &cset->dying_leaders;
		}
		if (list_is_last(it->pos, it->in_leaders ? &cset->dying_leaders : &cset->tasks))
			return NULL;

		it->pos = it->pos->next;
		task = list_entry(it->pos, struct task_struct, cg_list);
		if (css_task_iter_wants(it, task))
			return get_task_struct(task);
	}
}

/**
 * css_task_iter_start - begin a walk over the tasks of a css
 * @css: the css; the caller keeps it
 * @flags: %CSS_TASK_ITER_PROCS for processes instead of threads, or 0
 * @it: the iterator, on the caller's stack
 *
 * A task that is a member during the whole walk is met once.  But if it is moved in
 * another hierarchy meanwhile, or a hierarchy changes which subsystems it carries, it may
 * be met twice or not at all.  The walks of task_walk.c miss no task.  A task that joins or
 * leaves meanwhile may be met or not.
 *
 * Context: any, except under css_set_lock or a css_set::lock, which it takes; css_task_iter_end()
 * must follow.
 */
void css_task_iter_start(struct cgroup_subsys_state *css, unsigned int flags,
			 struct css_task_iter *it)
{
	*it = (struct css_task_iter){ .css = css, .flags = flags };
	css_task_iter_next_cset(it);
}
EXPORT_SYMBOL_GPL(css_task_iter_start);

/**
 * css_task_iter_next - the next task of a walk
 * @it: the iterator
 *
 * Context: as css_task_iter_start().
 * Return: the task, valid until the next call; NULL at the end.
 */
struct task_struct *css_task_iter_next(struct css_task_iter *it)
{
	if (it->task) {
		put_task_struct(it->task);
		it->task = NULL;
	}
	while (it->cset) {
		it->task = css_task_iter_take(it);
		if (it->task)
			return it->task;
		css_task_iter_next_cset(it);
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(css_task_iter_next);

/* Visit tasks of the css_set that the walk is in; return how many. */
static unsigned int css_task_iter_visit_cset(struct css_task_iter *it, unsigned int max,
					     bool (*visit)(void *arg, struct task_struct *task),
					     void *arg)
{
	struct css_set *cset = it->cset;
	unsigned int nr = 0;

	guard(spinlock_irqsave)(&cset->lock);
	while (nr < max && !list_is_last(it->pos, &cset->tasks)) {
		it->pos = it->pos->next;
		nr++;
		if (!visit(arg, list_entry(it->pos, struct task_struct, cg_list)))
			break;
	}
	return nr;
}

/**
 * css_task_iter_visit - visit the next tasks of a walk, without references to them
 * @it: the iterator, started without flags; css_task_iter_next() may be called for it as well
 * @max: how many tasks to visit at most
 * @visit: called for each task, under css_set::lock with IRQs off; if it returns false, no
 *	more tasks are visited in this call
 * @arg: the first argument of @visit
 *
 * Context: as css_task_iter_start().
 * Return: false at the end of the walk.
 */
bool css_task_iter_visit(struct css_task_iter *it, unsigned int max,
			 bool (*visit)(void *arg, struct task_struct *task), void *arg)
{
	while (it->cset) {
		if (css_task_iter_visit_cset(it, max, visit, arg))
			return true;
		css_task_iter_next_cset(it);
	}
	return false;
}

/**
 * css_task_iter_end - end a walk, finished or not
 * @it: the iterator
 *
 * Context: as css_task_iter_start().
 */
void css_task_iter_end(struct css_task_iter *it)
{
	if (it->cset) {
		guard(spinlock_irqsave)(&css_set_lock);
		css_task_iter_leave_cset(it);
	}
	if (it->task)
		put_task_struct(it->task);
}
EXPORT_SYMBOL_GPL(css_task_iter_end);

/**
 * cgroup_task_count - count the tasks in a cgroup
 * @cgrp: the cgroup
 *
 * Context: any, except under css_set_lock or a css_set::lock; takes css_set_lock.
 * Return: how many there are.
 */
int cgroup_task_count(struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;
	int count = 0;

	guard(spinlock_irqsave)(&css_set_lock);
	list_for_each_entry(link, &cgrp->cset_links, cgrp_node)
		count += READ_ONCE(link->cset->nr_tasks);
	return count;
}
