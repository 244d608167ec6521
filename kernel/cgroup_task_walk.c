// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: walks that miss no task.
 *
 * A css_task_iter goes from css_set to css_set.  When a task is moved in another hierarchy,
 * it changes its css_set, maybe from one that the iterator has not visited yet to one that
 * it has visited already.  A walk meets such tasks too: the code that moves a task to or from
 * a css_set of the group adds it to the notes of each walk that is under way.  If the walk
 * asks for it (wants_join), a fork does the same in css_sets that the walk has visited or
 * that tasks were moved to.
 *
 * So moves and forks do not make a walk start again, unless there was no room for a note.
 * Then it starts again with more room, and may meet tasks again.  It holds no lock between
 * two tasks.
 *
 * Locks: css_set_lock protects cgroup_walks; css_set::lock protects css_set::watches;
 * cgroup_walk::lock, inside both, protects notes and spare watches.
 */
#include <linux/capability.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "cgroup_internal.h"

#define WALK_NOTES_MAX		BIT(20)
#define WALK_SPARE		16

/*
 * A fork visits the watches of its css_set, under tasklist_lock.  More walks of owners than
 * this do not watch one css_set: they wait, and begin again.
 */
#define WALK_CROWD		32

/* Walks under way. */
static LIST_HEAD(cgroup_walks);

/**
 * struct cgroup_watch - a css_set in which forks are noted for a walk
 * @node: T: node in css_set::watches
 * @walk: the walk
 * @cset: the css_set, referenced by the walk
 * @next: in cgroup_walk::watches or cgroup_walk::spare
 */
struct cgroup_watch {
	struct list_head node;
	struct cgroup_walk *walk;
	struct css_set *cset;
	struct cgroup_watch *next;
};

static void __walk_note(struct cgroup_walk *walk, struct task_struct *task)
{
	lockdep_assert_held(&walk->lock);
	if (walk->nr_notes < walk->room)
		walk->notes[walk->nr_notes++] = get_task_struct(task);
	else
		walk->missed = true;
}

/**
 * cgroup_walk_watch - begin to note forks in a css_set for a walk
 * @walk: the walk
 * @cset: the css_set
 *
 * Context: css_set_lock, css_set::lock.
 */
void cgroup_walk_watch(struct cgroup_walk *walk, struct css_set *cset)
{
	struct cgroup_watch *watch;

	lockdep_assert_held(&css_set_lock);
	lockdep_assert_held(&cset->lock);

	if (!walk->wants_join)
		return;
	list_for_each_entry(watch, &cset->watches, node)
		if (watch->walk == walk)
			return;
	guard(spinlock)(&walk->lock);
	watch = walk->spare;
	if (!watch || (cset->nr_watches >= WALK_CROWD && !walk->by_root)) {
		walk->missed_watch = true;
		walk->crowded |= !!watch;
		return;
	}
	cset->nr_watches += !walk->by_root;
	walk->spare = watch->next;
	walk->nr_spare--;
	watch->walk = walk;
	watch->cset = cset;
	get_css_set(cset);
	list_add_tail(&watch->node, &cset->watches);
	watch->next = walk->watches;
	walk->watches = watch;
}

/* Does @walk visit the tasks of @cset? */
static bool walk_covers(struct cgroup_walk *walk, struct css_set *cset)
{
	struct cgroup *cgrp;

	if (walk->css->ss)
		return cset->subsys[walk->css->ss->id] == walk->css;
	cgrp = cset_cgroup_from_root(cset, walk->css->cgroup->root);
	return cgrp == walk->css->cgroup ||
	       (walk->tree && cgrp && cgroup_is_descendant(cgrp, walk->css->cgroup));
}

/*
 * Without wants_join, tasks that leave the group are noted as well.  So a list shows all
 * threads of a process that comes or leaves during the walk, even if only some were met.
 */
static bool walk_wants_moves(struct cgroup_walk *walk, struct cgroup_move *move)
{
	return walk_covers(walk, move->dst) || (!walk->wants_join && walk_covers(walk, move->src));
}

/**
 * cgroup_walks_expect - let walks watch a css_set that tasks are about to be moved to
 * @cset: the css_set
 *
 * Context: css_set_lock.
 */
void cgroup_walks_expect(struct css_set *cset)
{
	struct cgroup_walk *walk;

	lockdep_assert_held(&css_set_lock);

	list_for_each_entry(walk, &cgroup_walks, node) {
		if (!walk_covers(walk, cset))
			continue;
		guard(spinlock)(&cset->lock);
		cgroup_walk_watch(walk, cset);
	}
}

/**
 * cgroup_walks_note_moves - note tasks that were moved
 * @moves: the tasks, all to one css_set, for which cgroup_walks_expect() was called
 * @nr: how many
 *
 * Context: css_set_lock.
 */
void cgroup_walks_note_moves(struct cgroup_move *moves, unsigned int nr)
{
	struct cgroup_walk *walk;
	unsigned int i;

	lockdep_assert_held(&css_set_lock);

	list_for_each_entry(walk, &cgroup_walks, node) {
		if (!walk_wants_moves(walk, moves))
			continue;
		/* all at once: a walk that has met no more than some of them does not end */
		guard(spinlock)(&walk->lock);
		for (i = 0; i < nr; i++)
			__walk_note(walk, moves[i].task);
	}
}

/**
 * cgroup_walks_note_join - note a child of the current task
 * @cset: the css_set of both
 * @child: the child
 *
 * Context: css_set::lock.
 */
void cgroup_walks_note_join(struct css_set *cset, struct task_struct *child)
{
	struct cgroup_watch *watch;

	lockdep_assert_held(&cset->lock);

	list_for_each_entry(watch, &cset->watches, node) {
		if (!watch->walk->wants_join(watch->walk))
			continue;
		guard(spinlock)(&watch->walk->lock);
		__walk_note(watch->walk, child);
	}
}

/* Allocate room for @room notes, and spare watches. */
static int walk_reserve(struct cgroup_walk *walk, unsigned int room)
{
	struct task_struct **notes = NULL;

	if (room > walk->room) {
		if (room > WALK_NOTES_MAX)
			return -ENOMEM;
		notes = kvmalloc_array(room, sizeof(*notes), GFP_KERNEL);
		if (!notes)
			return -ENOMEM;
		scoped_guard(spinlock_irq, &walk->lock) {
			memcpy(notes, walk->notes, walk->nr_notes * sizeof(*notes));
			swap(notes, walk->notes);
			walk->room = room;
		}
		if (notes != walk->few)
			kvfree(notes);
	}
	while (walk->wants_join && READ_ONCE(walk->nr_spare) < walk->want_spare) {
		struct cgroup_watch *watch = kmalloc(sizeof(*watch), GFP_KERNEL | __GFP_NOFAIL);

		guard(spinlock_irq)(&walk->lock);
		watch->next = walk->spare;
		walk->spare = watch;
		walk->nr_spare++;
	}
	return 0;
}

static struct task_struct *walk_take_note(struct cgroup_walk *walk)
{
	guard(spinlock_irq)(&walk->lock);
	return walk->nr_notes ? walk->notes[--walk->nr_notes] : NULL;
}

/* Get the group after @pos (NULL: the first), with a reference; drops the one to @pos. */
static struct cgroup *walk_next_group(struct cgroup_walk *walk, struct cgroup *pos)
{
	struct cgroup_subsys_state *css = pos ? &pos->self : NULL;

	scoped_guard(rcu) {
		do {
			css = css_next_descendant_pre(css, &walk->css->cgroup->self);
		} while (css && !css_tryget(css));
	}
	if (pos)
		cgroup_put(pos);
	return css ? css->cgroup : NULL;
}

static void walk_leave(struct cgroup_walk *walk)
{
	if (walk->iterating)
		css_task_iter_end(&walk->it);
	walk->iterating = false;
}

/* Enter the first group, or go on to the next one; return false after the last. */
static bool walk_enter_next(struct cgroup_walk *walk)
{
	bool first = !walk->iterating;

	walk_leave(walk);
	if (!walk->tree) {
		if (!first)
			return false;
		cgroup_task_iter_start(walk->css, &walk->it, walk);
	} else {
		walk->pos = walk_next_group(walk, first ? NULL : walk->pos);
		if (!walk->pos)
			return false;
		cgroup_task_iter_start(&walk->pos->self, &walk->it, walk);
	}
	walk->iterating = true;
	return true;
}

/* Has a walk that is at its end, without a note left, met all tasks?  If not it goes on. */
static bool walk_is_over(struct cgroup_walk *walk)
{
	unsigned int room = walk->room;
	bool crowded;

	/* a move is noted as a whole when this is held */
	scoped_guard(spinlock_irq, &css_set_lock) {
		guard(spinlock)(&walk->lock);
		if (walk->nr_notes)
			return false;
		if (!walk->missed && !walk->missed_watch)
			return true;
		room <<= walk->missed;
		walk->want_spare <<= walk->missed_watch && !walk->crowded;
		crowded = walk->crowded;
		walk->missed = false;
		walk->missed_watch = false;
		walk->crowded = false;
	}
	walk->nr_rounds++;
	if (crowded)
		schedule_timeout_killable(1);
	if (crowded && fatal_signal_pending(current))
		walk->err = -EINTR;
	walk->err = walk->err ?: walk_reserve(walk, room);
	if (!walk->err)
		walk_enter_next(walk);
	return walk->err;
}

/**
 * cgroup_walk_begin - begin a walk over the tasks of a group that misses none
 * @walk: the walk, zeroed except for wants_join, which may be set
 * @css: whose tasks; cgroup::self for those of a cgroup; the caller holds a reference
 * @tree: visit all cgroups below as well; @css must be a cgroup::self
 *
 * Context: process; may sleep.  cgroup_walk_end() must follow.
 */
void cgroup_walk_begin(struct cgroup_walk *walk, struct cgroup_subsys_state *css, bool tree)
{
	walk->css = css;
	walk->tree = tree;
	spin_lock_init(&walk->lock);
	walk->notes = walk->few;
	walk->room = ARRAY_SIZE(walk->few);
	walk->want_spare = WALK_SPARE;
	walk->by_root = ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
	walk_reserve(walk, walk->room);
	scoped_guard(spinlock_irq, &css_set_lock)
		list_add_tail(&walk->node, &cgroup_walks);
	walk_enter_next(walk);
}

/**
 * cgroup_walk_next - the next task of a walk
 * @walk: the walk
 *
 * Tasks that are members during the whole walk are met at least once, and so are new tasks
 * for which cgroup_walk::wants_join returned true.
 *
 * Context: process; may sleep.
 * Return: the task, referenced until the next call; NULL at the end, or without memory
 * (then cgroup_walk::err is set).
 */
struct task_struct *cgroup_walk_next(struct cgroup_walk *walk)
{
	struct task_struct *task;

	if (walk->noted)
		put_task_struct(walk->noted);
	walk->noted = NULL;

	while (!walk->err) {
		if (walk->wants_join)
			walk_reserve(walk, walk->room);
		if (walk->iterating) {
			task = css_task_iter_next(&walk->it);
			if (task)
				return task;
			if (walk_enter_next(walk))
				continue;
		}
		walk->noted = walk_take_note(walk);
		if (walk->noted)
			return walk->noted;
		if (walk_is_over(walk))
			break;
	}
	return NULL;
}

/**
 * cgroup_walk_end - end a walk, finished or not
 * @walk: the walk
 *
 * Context: process.
 */
void cgroup_walk_end(struct cgroup_walk *walk)
{
	struct cgroup_watch *watch;

	walk_leave(walk);
	if (walk->pos)
		cgroup_put(walk->pos);
	scoped_guard(spinlock_irq, &css_set_lock)
		list_del(&walk->node);
	while ((watch = walk->watches)) {
		walk->watches = watch->next;
		scoped_guard(spinlock_irq, &watch->cset->lock) {
			list_del(&watch->node);
			watch->cset->nr_watches -= !walk->by_root;
		}
		put_css_set(watch->cset);
		kfree(watch);
	}
	while ((watch = walk->spare)) {
		walk->spare = watch->next;
		kfree(watch);
	}
	/* no move and no fork can find the walk any more: no lock needed */
	while (walk->nr_notes)
		put_task_struct(walk->notes[--walk->nr_notes]);
	if (walk->noted)
		put_task_struct(walk->noted);
	if (walk->notes != walk->few)
		kvfree(walk->notes);
}
