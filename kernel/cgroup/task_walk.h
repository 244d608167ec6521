/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: walks over the tasks of a css that miss none. */
#ifndef __CGROUP_TASK_WALK_H
#define __CGROUP_TASK_WALK_H

#include <linux/cgroup.h>

struct cgroup_move;

/**
 * struct cgroup_walk - a walk over the tasks of a group that misses none
 * @wants: set by the caller, or NULL: must this process be met?  Once it has returned false for
 *	a process, it must always return false for it.  Called under css_set_lock and @lock.
 * @is_interrupted: set by the caller, or NULL: must the walk end early?  If NULL, it ends early
 *	when the current task is killed.  Called when the walk has to start again.
 * @ends: set by the caller: processes that are met end soon
 * @err: see cgroup_walk_next()
 * @nr_rounds: how often it started again; a caller that does not want tasks that have left
 *	since then must drop what it has collected in earlier rounds
 * @css: the css whose tasks are visited
 * @tree: the tasks of all groups below are visited too
 * @by_root: the walk is by a task with CAP_SYS_ADMIN over the whole machine
 * @crowded: too many walks take notes here: this one takes none, and compares @nr_moves instead
 * @nr_moves: S: how many moves to and from the group there were when this round began
 * @node: S: node in cgroup_walk_place::walks, unless @crowded
 * @it: the iterator
 * @iterating: @it is in use
 * @pos: if @tree: the cgroup that @it is in, referenced
 * @noted: the task met last, if it came from a note, referenced
 * @lock: protects what follows; IRQs off
 * @notes: tasks to be met as well, referenced
 * @nr_notes: how many notes there are
 * @capacity: how many notes there is room for
 * @missed: there was no room for some notes
 * @moved: a task was moved in this round
 * @few: room for the notes of most walks
 */
struct cgroup_walk {
	bool (*wants)(struct cgroup_walk *walk, struct task_struct *task);
	bool (*is_interrupted)(struct cgroup_walk *walk);
	bool ends;
	int err;
	unsigned int nr_rounds;

	struct cgroup_subsys_state *css;
	bool tree;
	bool by_root;
	bool crowded;
	unsigned int nr_moves;
	struct hlist_node node;
	struct css_task_iter it;
	bool iterating;
	struct cgroup *pos;
	struct task_struct *noted;

	spinlock_t lock;	/* protects what follows */
	struct task_struct **notes;
	unsigned int nr_notes;
	unsigned int capacity;
	bool missed;
	bool moved;
	struct task_struct *few[16];
};

void cgroup_walks_note_moves(struct cgroup_move *moves, unsigned int nr);
void cgroup_walk_begin(struct cgroup_walk *walk, struct cgroup_subsys_state *css, bool tree);
struct task_struct *cgroup_walk_next(struct cgroup_walk *walk);
bool cgroup_walk_visit(struct cgroup_walk *walk,
		       bool (*visit)(void *arg, struct task_struct *task), void *arg);
void cgroup_walk_end(struct cgroup_walk *walk);

#endif	/* __CGROUP_TASK_WALK_H */
