// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: walks that miss no task.
 *
 * A css_task_iter goes from css_set to css_set.  When a task is moved in another hierarchy,
 * it changes its css_set, maybe from one that the iterator has not visited yet to one that
 * it has visited already.  A walk meets such tasks too: the code that moves a task to or from
 * a css_set of the group adds it to the notes of each walk over the group that is under way.
 * So moves do not make a walk start again, unless there was no room for a note.  Then it
 * starts again with more room, and may meet tasks again.
 *
 * A walk that chooses its tasks (cgroup_walk::wants) must also meet the children of each task
 * that it wants but has not met.  Children join their css_set at its end.  So the iterator
 * meets the children of all tasks that it meets, but not those of a task that was moved to a
 * css_set that it has visited.  Therefore such a walk starts again after a round in which a
 * task that it wants was moved within the group.  Tasks that come from outside the group were
 * not members when the walk began.  A member that the caller does not kill can go on forking,
 * and its children can be moved.  So the walk ends after WALK_ROUNDS_MAX rounds in any case.
 *
 * A walk holds no lock between two tasks.  A move visits all walks over the groups concerned,
 * and thousands of tasks of an owner may walk at once.  So in one group, and over trees of one
 * hierarchy, at most WALK_CROWD walks of tasks other than root take notes.  The others only
 * check after each round whether tasks were moved to or from the group, and start again if
 * there was a move.  After WALK_ROUNDS_MAX rounds they fail with EAGAIN, unless they choose
 * their tasks.
 *
 * The memory that a walk needs depends on what the owners of groups do.  It is charged to the
 * task that walks.
 *
 * Locks: css_set_lock protects cgroup_subsys_state::walks and what it points to;
 * cgroup_walk::lock, which nests inside it, protects notes.
 */
#include <linux/capability.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "css_set.h"
#include "migrate.h"
#include "subsys.h"
#include "task_walk.h"

#define WALK_NOTES_MAX		BIT(20)
#define WALK_CROWD		32
/* for walks that choose their tasks, or are crowded */
#define WALK_ROUNDS_MAX		100
/* for walks that kill all processes that they meet */
#define WALK_ROUNDS_MAX_ENDING	10000

/* Walks under way, and those of them that are over a tree (css_set_lock). */
static unsigned int nr_walks, nr_tree_walks;

/**
 * struct cgroup_walk_place - a group that is walked, protected by css_set_lock
 * @walks: the walks that take notes
 * @nr_users: how many walks there are in all
 * @nr_owners: how many of them take notes and are walks of tasks other than root
 * @nr_moves: how often tasks were moved to or from a css_set of the group
 * @nr_tree_moves: the same for the group and all groups below it
 */
struct cgroup_walk_place {
	struct hlist_head walks;
	unsigned int nr_users;
	unsigned int nr_owners;
	unsigned int nr_moves;
	unsigned int nr_tree_moves;
};

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
 * Moves
 */

/* Tasks that were moved from one css_set to another one. */
struct walk_moves {
	struct cgroup_move *moves;
	unsigned int nr;
	bool leaving;
};

static void walk_note(struct cgroup_walk *walk, struct walk_moves *wm)
{
	struct signal_struct *last = NULL;
	struct cgroup_move *move;
	bool wanted = true;

	/* note all at once: a walk must not end when it has met only some of them */
	guard(spinlock)(&walk->lock);
	for (move = wm->moves; move < wm->moves + wm->nr && !walk->missed; move++) {
		if (walk->wants && move->task->signal != last)
			wanted = walk->wants(walk, move->task);
		last = move->task->signal;
		if (!wanted)
			continue;
		walk->moved = true;
		if (walk->nr_notes < walk->capacity)
			walk->notes[walk->nr_notes++] = get_task_struct(move->task);
		else
			walk->missed = true;
	}
}

/*
 * A walk that takes all tasks also meets those that come to the group or leave it.  So a list
 * shows all threads of such a process, even if the iterator met only some of them.
 */
static void walk_note_if_concerned(struct cgroup_walk *walk, struct walk_moves *wm)
{
	struct css_set *other = wm->leaving ? wm->moves->dst : wm->moves->src;

	/* a move within the group is seen twice: at its source and at its destination */
	if (walk->wants ? !wm->leaving && walk_covers(walk, other) :
			  !wm->leaving || !walk_covers(walk, other))
		walk_note(walk, wm);
}

static void walks_note_in_css(struct cgroup_subsys_state *css, bool below, struct walk_moves *wm)
{
	struct cgroup_walk_place *place = css->walks;
	struct cgroup_walk *walk;

	if (likely(!place))
		return;
	place->nr_moves += !below;
	place->nr_tree_moves++;
	hlist_for_each_entry(walk, &place->walks, node)
		if (walk->tree || !below)
			walk_note_if_concerned(walk, wm);
}

static void walks_note_in_cgroup(struct cgroup *cgrp, struct walk_moves *wm)
{
	walks_note_in_css(&cgrp->self, false, wm);
	if (!nr_tree_walks)
		return;
	while ((cgrp = cgroup_parent(cgrp)))
		walks_note_in_css(&cgrp->self, true, wm);
}

/* Visit each walk that covers @cset once, and no other walk on the machine. */
static void walks_note_in_cset(struct css_set *cset, struct walk_moves *wm)
{
	struct cgrp_cset_link *link;
	int ssid;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++)
		if (cset->subsys[ssid])
			walks_note_in_css(cset->subsys[ssid], false, wm);
	list_for_each_entry(link, &cset->links, cset_node)
		walks_note_in_cgroup(link->cgrp, wm);
}

/**
 * cgroup_walks_note_moves - note tasks that were moved
 * @moves: the tasks, all moved from one css_set to another one
 * @nr: how many
 *
 * Context: css_set_lock.
 */
void cgroup_walks_note_moves(struct cgroup_move *moves, unsigned int nr)
{
	struct walk_moves wm = { .moves = moves, .nr = nr };

	lockdep_assert_held(&css_set_lock);

	if (likely(!nr_walks))
		return;
	walks_note_in_cset(moves->dst, &wm);
	wm.leaving = true;
	walks_note_in_cset(moves->src, &wm);
}

/*
 * Walks
 */

/* Allocate room for @capacity notes. */
static int walk_reserve(struct cgroup_walk *walk, unsigned int capacity)
{
	struct task_struct **notes;

	if (capacity <= walk->capacity)
		return 0;
	if (capacity > WALK_NOTES_MAX)
		return -ENOMEM;
	notes = kvmalloc_array(capacity, sizeof(*notes), GFP_KERNEL_ACCOUNT);
	if (!notes)
		return -ENOMEM;
	/* few notes to copy: a walk grows only when it has none left */
	scoped_guard(spinlock_irq, &walk->lock) {
		memcpy(notes, walk->notes, walk->nr_notes * sizeof(*notes));
		swap(notes, walk->notes);
		walk->capacity = capacity;
	}
	if (notes != walk->few)
		kvfree(notes);
	return 0;
}

static struct task_struct *walk_take_note(struct cgroup_walk *walk)
{
	guard(spinlock_irq)(&walk->lock);
	return walk->nr_notes ? walk->notes[--walk->nr_notes] : NULL;
}

/* Get the group after @pos (NULL: the first), with a reference; drop the reference to @pos. */
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
		css_task_iter_start(walk->css, 0, &walk->it);
	} else {
		walk->pos = walk_next_group(walk, first ? NULL : walk->pos);
		if (!walk->pos)
			return false;
		css_task_iter_start(&walk->pos->self, 0, &walk->it);
	}
	walk->iterating = true;
	return true;
}

static unsigned int walk_nr_moves(struct cgroup_walk *walk)
{
	struct cgroup_walk_place *place = walk->css->walks;

	lockdep_assert_held(&css_set_lock);
	return walk->tree ? place->nr_tree_moves : place->nr_moves;
}

/* Can tasks have been missed? */
static bool walk_must_start_again(struct cgroup_walk *walk)
{
	lockdep_assert_held(&walk->lock);
	if (walk->crowded)
		return walk_nr_moves(walk) != walk->nr_moves;
	return walk->missed || (walk->wants && walk->moved);
}

/* Has the walk used up its rounds? */
static bool walk_is_exhausted(struct cgroup_walk *walk)
{
	return (walk->wants || walk->crowded) &&
	       walk->nr_rounds >= (walk->ends ? WALK_ROUNDS_MAX_ENDING : WALK_ROUNDS_MAX);
}

static bool walk_is_interrupted(struct cgroup_walk *walk)
{
	return walk->is_interrupted ? walk->is_interrupted(walk) : fatal_signal_pending(current);
}

/* At the end of a walk, without notes left: has it met all tasks?  If not, let it go on. */
static bool walk_is_over(struct cgroup_walk *walk)
{
	unsigned int capacity = walk->capacity;

	/* while this is held, a move is noted completely or not at all */
	scoped_guard(spinlock_irq, &css_set_lock) {
		guard(spinlock)(&walk->lock);
		if (walk->nr_notes)
			return false;
		if (!walk_must_start_again(walk))
			return true;
		if (walk_is_exhausted(walk)) {
			walk->err = walk->wants ? 0 : -EAGAIN;
			return true;
		}
		capacity <<= walk->missed;
		walk->missed = false;
		walk->moved = false;
		walk->nr_moves = walk_nr_moves(walk);
	}
	walk->nr_rounds++;
	if (walk_is_interrupted(walk))
		walk->err = -EINTR;
	walk->err = walk->err ?: walk_reserve(walk, capacity);
	if (!walk->err)
		walk_enter_next(walk);
	return walk->err;
}

/*
 * The counter of note-taking walks over trees of this hierarchy that are not by root; NULL if the
 * walk is not over a tree.
 */
static unsigned int *walk_nr_in_root(struct cgroup_walk *walk)
{
	return walk->tree ? &walk->css->cgroup->root->nr_tree_walks : NULL;
}

static bool walk_is_crowded(struct cgroup_walk *walk)
{
	return walk->css->walks->nr_owners >= WALK_CROWD ||
	       (walk->tree && *walk_nr_in_root(walk) >= WALK_CROWD);
}

/*
 * Register the walk.  Uses @place if the css has none; otherwise returns it, for the caller to
 * free.
 */
static struct cgroup_walk_place *walk_add_to_css(struct cgroup_walk *walk,
						 struct cgroup_walk_place *place)
{
	guard(spinlock_irq)(&css_set_lock);
	if (!walk->css->walks)
		swap(walk->css->walks, place);
	walk->css->walks->nr_users++;
	walk->crowded = !walk->by_root && walk_is_crowded(walk);
	walk->nr_moves = walk_nr_moves(walk);
	nr_walks++;
	nr_tree_walks += walk->tree;
	if (walk->crowded)
		return place;
	hlist_add_head(&walk->node, &walk->css->walks->walks);
	walk->css->walks->nr_owners += !walk->by_root;
	if (walk->tree)
		*walk_nr_in_root(walk) += !walk->by_root;
	return place;
}

static void walk_register(struct cgroup_walk *walk)
{
	struct cgroup_walk_place *place;

	walk->by_root = ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
	place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
	kfree(walk_add_to_css(walk, place));
}

static void walk_unregister(struct cgroup_walk *walk)
{
	struct cgroup_walk_place *place = walk->css->walks;

	scoped_guard(spinlock_irq, &css_set_lock) {
		nr_walks--;
		nr_tree_walks -= walk->tree;
		if (!walk->crowded) {
			hlist_del(&walk->node);
			place->nr_owners -= !walk->by_root;
			if (walk->tree)
				*walk_nr_in_root(walk) -= !walk->by_root;
		}
		if (--place->nr_users)
			return;
		walk->css->walks = NULL;
	}
	kfree(place);
}

/**
 * cgroup_walk_begin - begin a walk that misses no task of a group
 * @walk: the walk, zeroed except for wants, is_interrupted and ends, which may be set
 * @css: the css whose tasks are visited; cgroup::self for a cgroup; the caller holds a reference
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
	walk->capacity = ARRAY_SIZE(walk->few);
	walk_register(walk);
	walk_enter_next(walk);
}

/**
 * cgroup_walk_next - the next task of a walk
 * @walk: the walk
 *
 * Tasks that are members during the whole walk are met at least once.  With
 * cgroup_walk::wants, this holds for the tasks that it wants and for their children.
 *
 * Context: process; may sleep.
 * Return: the task, referenced until the next call; NULL at the end, or when cgroup_walk::err
 * is set: -ENOMEM; -EINTR if it was interrupted when it had to start again; -EAGAIN if tasks
 * were moved in each round of a walk without notes.
 */
struct task_struct *cgroup_walk_next(struct cgroup_walk *walk)
{
	struct task_struct *task;

	if (walk->noted)
		put_task_struct(walk->noted);
	walk->noted = NULL;

	while (!walk->err) {
		/* there may be any number of groups without a task */
		cond_resched();
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

/* Visit a task that was noted; return false if there is none. */
static bool walk_visit_note(struct cgroup_walk *walk,
			    bool (*visit)(void *arg, struct task_struct *task), void *arg)
{
	struct task_struct *task = walk_take_note(walk);

	if (!task)
		return false;
	visit(arg, task);
	put_task_struct(task);
	return true;
}

/**
 * cgroup_walk_visit - visit the next tasks of a walk without taking references
 * @walk: the walk; cgroup_walk_next() is not called for it
 * @visit: called for each task, with IRQs off or on; it must not sleep.  A task may have been
 *	released.  If @visit returns false, no more tasks are visited in this call.
 * @arg: the first argument of @visit
 *
 * No task is visited in a call in which the walk has started again (cgroup_walk::nr_rounds).
 *
 * Context: process; may sleep.
 * Return: false at the end, or when cgroup_walk::err is set.
 */
bool cgroup_walk_visit(struct cgroup_walk *walk,
		       bool (*visit)(void *arg, struct task_struct *task), void *arg)
{
	while (!walk->err) {
		cond_resched();
		if (walk->iterating) {
			if (css_task_iter_visit(&walk->it, CSET_BATCH, visit, arg))
				return true;
			if (walk_enter_next(walk))
				continue;
		}
		if (walk_visit_note(walk, visit, arg))
			return true;
		return !walk_is_over(walk);
	}
	return false;
}

/**
 * cgroup_walk_end - end a walk, finished or not
 * @walk: the walk
 *
 * Context: process; may sleep.
 */
void cgroup_walk_end(struct cgroup_walk *walk)
{
	walk_leave(walk);
	if (walk->pos)
		cgroup_put(walk->pos);
	walk_unregister(walk);
	/* no move can find the walk any more: no lock needed */
	while (walk->nr_notes)
		put_task_struct(walk->notes[--walk->nr_notes]);
	if (walk->noted)
		put_task_struct(walk->noted);
	if (walk->notes != walk->few)
		kvfree(walk->notes);
}
