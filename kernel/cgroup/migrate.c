// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the migration engine.
 *
 * Several operations give tasks other css_sets: a move, a bind, an unbind, a merge, an
 * inherit flag, an emptied cpuset.  Each specifies which tasks migrate, and from which
 * css_sets to which.  The rest is the same for all, in this order:
 *
 *   collect    either the caller adds the threads of a process whose thread group it holds,
 *              or all tasks of the css_sets are collected, and their forks and exits wait.  The
 *              memory for them is allocated before that.  If there are more tasks by then,
 *              forks and exits go on while more memory is allocated.
 *   ask        can_attach() of each subsystem whose slot changes for some task
 *   cancel     if a subsystem refuses: cancel_attach() of those that agreed, in reverse order
 *   switch     tasks get their new css_sets: those of a process that moves all under one
 *              css_set_lock, those that were collected under one css_set_lock for each source
 *   tell       attach(); then the forks and exits of collected tasks go on
 *   late       without cgroup_mutex: attach() of subsystems with the rule "late", which take
 *              locks that user space can hold for long
 *   finish     without cgroup_mutex, after all late parts of the transaction: post_attach(),
 *              then references are dropped.  By then another migration may have begun.
 *
 * Tasks that are exiting when tasks are collected are left out.  They keep their css_set,
 * and with it what they have charged.  A leader that has exited is not a member any more,
 * but its process is found through it.  So it migrates with the threads, unless it is released
 * before, and subsystems are not asked about it.  (Two rules of rules.h are about such leaders:
 * "charge_dead" and "tell_dead".)
 */
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/sched/deadline.h>
#include <linux/sched/task.h>
#include "css_set.h"
#include "migrate.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"

/*
 * What a subsystem sees
 */

/* For a late attach(): the task may have moved again; return the css that it has now. */
static struct cgroup_subsys_state *taskset_current_css(struct cgroup_taskset *tset,
						       struct task_struct *task)
{
	if (tset->css)
		css_put(tset->css);
	tset->css = task_get_css(task, tset->ssid);
	return tset->css;
}

/**
 * cgroup_taskset_first - the first task of an attach
 * @tset: what the callback was given
 * @dst_cssp: set to the css that the task goes to
 *
 * Context: in an attach callback.
 * Return: the task, or NULL.
 */
struct task_struct *cgroup_taskset_first(struct cgroup_taskset *tset,
					 struct cgroup_subsys_state **dst_cssp)
{
	tset->pos = 0;
	return cgroup_taskset_next(tset, dst_cssp);
}

/**
 * cgroup_taskset_next - the next task of an attach
 * @tset: what the callback was given
 * @dst_cssp: set to the css that the task goes to
 *
 * Context: in an attach callback.
 * Return: the task, or NULL after the last one.
 */
struct task_struct *cgroup_taskset_next(struct cgroup_taskset *tset,
					struct cgroup_subsys_state **dst_cssp)
{
	while (tset->pos < tset->nr) {
		struct cgroup_move *move = &tset->moves[tset->pos++];
		struct cgroup_subsys_state *css = move->dst->subsys[tset->ssid];

		if (css == move->src->subsys[tset->ssid])
			continue;
		*dst_cssp = tset->late ? taskset_current_css(tset, move->task) : css;
		return move->task;
	}
	return NULL;
}

/**
 * cgroup_taskset_src - the css that the first task of an attach comes from
 * @tset: what the callback was given
 *
 * Context: in an attach callback, before or after the move.
 * Return: the css of @tset's subsystem; its root css if no task moves.
 */
struct cgroup_subsys_state *cgroup_taskset_src(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *css;

	if (!cgroup_taskset_first(tset, &css))
		return init_css_set.subsys[tset->ssid];
	return tset->moves[tset->pos - 1].src->subsys[tset->ssid];
}

/**
 * cgroup_taskset_id - identify the migration
 * @tset: what the callback was given
 *
 * Context: in an attach callback.
 * Return: a number that is the same in all callbacks of one migration, and that no other
 * migration has.
 */
u64 cgroup_taskset_id(struct cgroup_taskset *tset)
{
	return tset->id;
}

/* The first thread of a process that has not begun to exit, under RCU; NULL if all have. */
static struct task_struct *task_live_thread(struct task_struct *task)
{
	struct task_struct *thread;

	__for_each_thread(task->signal, thread)
		if (!(thread->flags & PF_EXITING))
			return thread;
	return NULL;
}

/**
 * cgroup_task_leads - does a task stand for its process?
 * @task: the task
 *
 * The leader does.  If it has exited, the first thread that has not exited does.
 *
 * Context: any.
 * Return: true for at most one thread of a process, as long as no thread begins to exit.
 */
bool cgroup_task_leads(struct task_struct *task)
{
	guard(rcu)();
	/* if the task was released, its leader may be freed */
	if (!pid_alive(task))
		return false;
	if (!(READ_ONCE(task->group_leader)->flags & PF_EXITING))
		return thread_group_leader(task);
	return task_live_thread(task) == task;
}

/**
 * cgroup_taskset_leads - does the task that was visited last stand for its process?
 * @tset: what the callback was given
 *
 * The leader does.  If it has exited, the first thread of the process that migrates does.  If
 * a thread moves without its process, only the leader does.
 *
 * Context: in an attach callback, after cgroup_taskset_next().
 * Return: true for at most one task of a process in a migration.
 */
bool cgroup_taskset_leads(struct cgroup_taskset *tset)
{
	return tset->moves[tset->pos - 1].leads;
}

/* The tasks that @ss sees: those of one source, or all if @source is NULL. */
static struct cgroup_taskset migration_taskset(struct cgroup_migration *mg,
					       struct cgroup_subsys *ss,
					       struct migration_source *source)
{
	return (struct cgroup_taskset) {
		.moves = mg->moves + (source ? source->first : 0),
		.nr = source ? source->nr : mg->nr,
		.ssid = ss->id,
		.single = mg->single,
		.id = mg->id,
	};
}

/* A taskset of one task or of one dead leader. */
static struct cgroup_taskset migration_taskset_of(struct cgroup_migration *mg,
						  struct cgroup_subsys *ss,
						  struct cgroup_move *move)
{
	return (struct cgroup_taskset) {
		.moves = move,
		.nr = 1,
		.ssid = ss->id,
		.single = mg->single,
		.id = mg->id,
	};
}

static bool move_concerns(const struct cgroup_move *move, const struct cgroup_subsys *ss)
{
	return move->src->subsys[ss->id] != move->dst->subsys[ss->id];
}

static bool source_concerns(const struct migration_source *source, const struct cgroup_subsys *ss)
{
	return source->nr && source->src->subsys[ss->id] != source->dst->subsys[ss->id];
}

/*
 * Collecting
 */

/**
 * cgroup_migration_add_source - add a css_set that tasks leave
 * @mg: the migration
 * @src: the css_set; this function takes a reference
 * @dst: the css_set that they go to; the migration takes over the caller's reference
 *
 * Context: cgroup_mutex; @mg->sources has room.
 */
void cgroup_migration_add_source(struct cgroup_migration *mg, struct css_set *src,
				 struct css_set *dst)
{
	struct migration_source *source = &mg->sources[mg->nr_sources++];

	get_css_set(src);
	*source = (struct migration_source) { .src = src, .dst = dst };
}

/**
 * cgroup_migration_begin_collect - tasks are about to be collected
 * @mg: the migration, without tasks
 *
 * Context: cgroup_mutex.
 */
void cgroup_migration_begin_collect(struct cgroup_migration *mg)
{
	static u64 last_id;

	lockdep_assert_held(&cgroup_mutex);
	mg->id = ++last_id;
}

/**
 * cgroup_migration_add_task - add a live task
 * @mg: the migration
 * @task: the task
 * @src: the css_set that it leaves
 * @dst: the css_set that it goes to, or NULL if the caller sets it later
 *
 * Context: cgroup_mutex; there is room.
 */
void cgroup_migration_add_task(struct cgroup_migration *mg, struct task_struct *task,
			       struct css_set *src, struct css_set *dst)
{
	mg->moves[mg->nr++] = (struct cgroup_move) {
		.task = get_task_struct(task),
		.src = src,
		.dst = dst,
	};
}

/**
 * cgroup_migration_add_leader - add a leader that has exited and whose process migrates
 * @mg: the migration
 * @task: the leader
 * @source: the css_set that it leaves
 *
 * Context: cgroup_mutex; there is room.
 */
void cgroup_migration_add_leader(struct cgroup_migration *mg, struct task_struct *task,
				 struct migration_source *source)
{
	mg->dead[mg->nr_dead++] = (struct cgroup_move) {
		.task = get_task_struct(task),
		.src = source->src,
		.dst = source->dst,
	};
}

/**
 * cgroup_leader_left - is a task a leader that is exiting, and does its process live on?
 * @task: the task
 *
 * Context: any.
 * Return: true if the leader has at least begun to exit and another thread has not.
 */
bool cgroup_leader_left(struct task_struct *task)
{
	if (likely(!(task->flags & PF_EXITING)) || !thread_group_leader(task))
		return false;
	guard(rcu)();
	return task_live_thread(task);
}

/* Collect the tasks of a list that migrate; return false if there is no room. */
static bool migration_collect_list(struct cgroup_migration *mg, struct migration_source *source,
				   struct list_head *tasks)
{
	struct task_struct *task;

	lockdep_assert_held(&source->src->lock);

	list_for_each_entry(task, tasks, cg_list) {
		if (!(task->flags & PF_EXITING)) {
			if (mg->nr == mg->capacity)
				return false;
			cgroup_migration_add_task(mg, task, source->src, source->dst);
		} else if (cgroup_leader_left(task)) {
			if (mg->nr_dead == mg->dead_capacity)
				return false;
			cgroup_migration_add_leader(mg, task, source);
		}
	}
	return true;
}

/* Collect the tasks of one css_set; return false if there is no room. */
static bool migration_collect_source(struct cgroup_migration *mg, struct migration_source *source)
{
	struct css_set *cset = source->src;

	source->first = mg->nr;
	guard(spinlock_irq)(&cset->lock);
	if (!migration_collect_list(mg, source, &cset->tasks) ||
	    !migration_collect_list(mg, source, &cset->dying_leaders))
		return false;
	source->nr = mg->nr - source->first;
	return true;
}

static void migration_set_migrating(struct cgroup_migration *mg, bool migrating)
{
	unsigned int i;

	for (i = 0; i < mg->nr_sources; i++) {
		cset_set_migrating(mg->sources[i].src, migrating);
		cset_set_migrating(mg->sources[i].dst, migrating);
	}
}

static void migration_put_tasks(struct cgroup_move *moves, unsigned int nr)
{
	while (nr)
		put_task_struct(moves[--nr].task);
}

/* Undo migration_collect(): drop the tasks, and let forks and exits go on. */
static void migration_uncollect(struct cgroup_migration *mg)
{
	migration_put_tasks(mg->moves, mg->nr);
	migration_put_tasks(mg->dead, mg->nr_dead);
	mg->nr = 0;
	mg->nr_dead = 0;
	if (mg->collects)
		migration_set_migrating(mg, false);
}

/* Make forks and exits wait, and collect the tasks of all sources; false if there is no room. */
static bool migration_collect(struct cgroup_migration *mg)
{
	unsigned int i;

	if (!mg->collects)
		return true;
	cgroup_migration_begin_collect(mg);
	migration_set_migrating(mg, true);
	for (i = 0; i < mg->nr_sources; i++) {
		if (!migration_collect_source(mg, &mg->sources[i])) {
			migration_uncollect(mg);
			return false;
		}
	}
	return true;
}

/*
 * Among threads of one process, find the one that stands for it.  No thread begins to exit, or
 * execs, meanwhile.  The leader usually comes first.
 */
static void migration_find_lead(struct cgroup_migration *mg)
{
	struct cgroup_move *move, *end = mg->moves + mg->nr;

	for (move = mg->moves; move < end; move++) {
		if (thread_group_leader(move->task)) {
			move->leads = true;
			return;
		}
	}
	if (mg->nr && !mg->single && mg->moves->task->group_leader->flags & PF_EXITING)
		mg->moves->leads = true;
}

/*
 * Among the tasks of many processes, find the one that stands for each.  Check leaders first,
 * because a leader may begin to exit meanwhile.
 */
static void migration_find_leads(struct cgroup_migration *mg)
{
	struct cgroup_move *move, *end = mg->moves + mg->nr;

	for (move = mg->moves; move < end; move++) {
		move->leads = thread_group_leader(move->task);
		if (move->leads)
			move->task->signal->cgroup_migration = mg->id;
	}
	guard(rcu)();
	for (move = mg->moves; move < end; move++) {
		struct signal_struct *process = move->task->signal;
		struct task_struct *leader = READ_ONCE(move->task->group_leader);

		/* an exec may have made this thread the leader meanwhile */
		if (process->cgroup_migration == mg->id ||
		    (leader != move->task && !(leader->flags & PF_EXITING)))
			continue;
		process->cgroup_migration = mg->id;
		move->leads = true;
	}
}

/* The subsystems whose slot changes for at least one task. */
static cgroup_mask_t migration_find_changed(struct cgroup_migration *mg)
{
	cgroup_mask_t changed = 0;
	unsigned int i;
	int ssid;

	for (i = 0; i < mg->nr_sources; i++)
		for (ssid = 0; mg->sources[i].nr && ssid < CGROUP_SUBSYS_COUNT; ssid++)
			if (mg->sources[i].src->subsys[ssid] != mg->sources[i].dst->subsys[ssid])
				changed |= BIT(ssid);
	return changed;
}

/* Allocate room for the present tasks, and for some that may be forked before the collect. */
static int migration_reserve(struct cgroup_migration *mg)
{
	unsigned int i, nr = 0, nr_dead = 0;

	for (i = 0; i < mg->nr_sources; i++) {
		nr += READ_ONCE(mg->sources[i].src->nr_tasks);
		nr_dead += READ_ONCE(mg->sources[i].src->nr_leaders);
	}
	nr += nr / 4 + 64;
	/* exiting leaders are not in nr_leaders yet: double their room with each try */
	nr_dead += nr_dead / 4 + 16;
	if (mg->nr_tries++)
		nr_dead = max(nr_dead, 2 * mg->dead_capacity);
	if (nr <= mg->capacity && nr_dead <= mg->dead_capacity)
		return 0;
	kvfree(mg->moves);
	mg->capacity = 0;
	mg->dead_capacity = 0;
	mg->moves = kvmalloc_array(nr + nr_dead, sizeof(*mg->moves), GFP_KERNEL);
	if (!mg->moves)
		return -ENOMEM;
	mg->capacity = nr;
	mg->dead = mg->moves + nr;
	mg->dead_capacity = nr_dead;
	return 0;
}

/*
 * Asking
 */

static bool migration_asks(struct cgroup_migration *mg, struct cgroup_subsys *ss)
{
	return !(mg->collects && cgroup_rules[ss->id].told_only);
}

static bool migration_by_source(struct cgroup_migration *mg, struct cgroup_subsys *ss)
{
	return mg->by_source && cgroup_rules[ss->id].per_source;
}

static int migration_ask_about(struct cgroup_txn *txn, struct cgroup_migration *mg,
			       struct cgroup_subsys *ss, struct migration_source *source,
			       cgroup_mask_t *agreed)
{
	struct cgroup_taskset tset;
	struct cgroup *cgrp = mg->cgrp;
	int ret = 0;

	if (ss->can_attach) {
		tset = migration_taskset(mg, ss, source);
		ret = ss->can_attach(&tset);
	}
	if (!ret) {
		*agreed |= BIT(ss->id);
		return 0;
	}
	if (source)
		cgrp = cset_cgroup_from_root(source->src, cgrp->root);
	return cgroup_txn_refuse(txn, cgrp, ret, mg->refusal, ss->legacy_name);
}

static bool source_has_deadline(struct cgroup_migration *mg, struct migration_source *source)
{
	unsigned int i;

	for (i = 0; i < source->nr; i++)
		if (dl_task(mg->moves[source->first + i].task))
			return true;
	return false;
}

/* In a merge, deadline tasks of several csses could go to one css. */
static int migration_check_deadline(struct cgroup_txn *txn, struct cgroup_migration *mg,
				    struct cgroup_subsys *ss)
{
	unsigned int i;

	if (!mg->many_to_one || !cgroup_rules[ss->id].one_deadline_source)
		return 0;
	for (i = 0; i < mg->nr_sources; i++)
		if (source_concerns(&mg->sources[i], ss) &&
		    source_has_deadline(mg, &mg->sources[i]))
			return cgroup_txn_refuse(txn, mg->cgrp, -EBUSY,
						 "%s has a deadline task at another path",
						 ss->legacy_name);
	return 0;
}

static int migration_ask(struct cgroup_txn *txn, struct cgroup_migration *mg,
			 struct cgroup_subsys *ss)
{
	unsigned int i;
	int ret = migration_check_deadline(txn, mg, ss);

	if (ret || !migration_asks(mg, ss))
		return ret;
	if (!migration_by_source(mg, ss))
		return migration_ask_about(txn, mg, ss, NULL, &mg->agreed);

	for (i = 0; !ret && i < mg->nr_sources; i++)
		if (source_concerns(&mg->sources[i], ss))
			ret = migration_ask_about(txn, mg, ss, &mg->sources[i],
						  &mg->sources[i].agreed);
	return ret;
}

static int migration_ask_all(struct cgroup_txn *txn, struct cgroup_migration *mg)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, mg->changed) {
		ret = migration_ask(txn, mg, ss);
		if (ret)
			return ret;
	}
	return 0;
}

static void migration_cancel_about(struct cgroup_migration *mg, struct cgroup_subsys *ss,
				   struct migration_source *source, cgroup_mask_t *agreed)
{
	struct cgroup_taskset tset;

	if ((*agreed & BIT(ss->id)) && ss->cancel_attach) {
		tset = migration_taskset(mg, ss, source);
		ss->cancel_attach(&tset);
	}
	*agreed &= ~BIT(ss->id);
}

static void migration_cancel(struct cgroup_migration *mg)
{
	unsigned int i;
	int ssid;

	for (ssid = CGROUP_SUBSYS_COUNT - 1; ssid >= 0; ssid--) {
		struct cgroup_subsys *ss = cgroup_subsys[ssid];

		if (!(mg->changed & BIT(ssid)))
			continue;
		migration_cancel_about(mg, ss, NULL, &mg->agreed);
		for (i = mg->nr_sources; i--; )
			migration_cancel_about(mg, ss, &mg->sources[i], &mg->sources[i].agreed);
	}
	migration_uncollect(mg);
}

/*
 * Switching
 */

/* Charge a dead leader to its destination.  can_attach() with "charge_dead" cannot fail. */
static void migration_charge_dead(void *arg, struct cgroup_move *move)
{
	struct cgroup_migration *mg = arg;
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, CGROUP_STATEFUL_MASK) {
		struct cgroup_taskset tset = migration_taskset_of(mg, ss, move);

		if (cgroup_rules[ssid].charge_dead && move_concerns(move, ss))
			WARN_ON_ONCE(ss->can_attach(&tset));
	}
}

/* Drop leaders that were released since they were collected. */
static void migration_switch_dead(struct cgroup_migration *mg)
{
	unsigned int i, nr = 0;

	for (i = 0; i < mg->nr_dead; i++) {
		struct cgroup_move *move = &mg->dead[i];

		get_css_set(move->dst);
		if (cset_move_leader(move, migration_charge_dead, mg)) {
			mg->dead[nr++] = *move;
			put_css_set_many(move->src, 1);
		} else {
			put_css_set_many(move->dst, 1);
			put_task_struct(move->task);
		}
	}
	mg->nr_dead = nr;
}

/* Move runs of tasks that have the same source; a source may have several runs. */
static void migration_switch_runs(struct cgroup_move *moves, unsigned int nr)
{
	unsigned int begin, end;

	for (begin = 0; begin < nr; begin = end) {
		end = begin + 1;
		while (end < nr && moves[end].src == moves[begin].src)
			end++;
		refcount_add(end - begin, &moves[begin].dst->refcount);
		cset_move_tasks(moves + begin, end - begin);
		/* the references that the tasks had to their old css_set */
		put_css_set_many(moves[begin].src, end - begin);
	}
}

static void migration_switch(struct cgroup_migration *mg)
{
	unsigned int i;

	if (!mg->collects) {
		/* one process: readers under css_set_lock see all of it moved or nothing */
		guard(spinlock_irq)(&css_set_lock);
		migration_switch_runs(mg->moves, mg->nr);
		migration_switch_dead(mg);
		return;
	}
	for (i = 0; i < mg->nr_sources; i++) {
		struct migration_source *source = &mg->sources[i];

		/* a source may have thousands of tasks: do not keep IRQs off for all sources */
		guard(spinlock_irq)(&css_set_lock);
		migration_switch_runs(mg->moves + source->first, source->nr);
	}
	guard(spinlock_irq)(&css_set_lock);
	migration_switch_dead(mg);
}

/*
 * Telling
 */

static void migration_tell_each(struct cgroup_migration *mg, struct cgroup_subsys *ss,
				struct cgroup_move *moves, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct cgroup_taskset tset = migration_taskset_of(mg, ss, &moves[i]);

		if (move_concerns(&moves[i], ss))
			ss->attach(&tset);
	}
}

static void migration_tell(struct cgroup_migration *mg, struct cgroup_subsys *ss)
{
	struct cgroup_taskset tset;
	unsigned int i;

	if (!ss->attach || cgroup_rules[ss->id].late)
		return;
	if (!migration_asks(mg, ss)) {
		migration_tell_each(mg, ss, mg->moves, mg->nr);
	} else if (!migration_by_source(mg, ss)) {
		tset = migration_taskset(mg, ss, NULL);
		ss->attach(&tset);
	} else {
		for (i = 0; i < mg->nr_sources; i++) {
			if (!source_concerns(&mg->sources[i], ss))
				continue;
			tset = migration_taskset(mg, ss, &mg->sources[i]);
			ss->attach(&tset);
		}
	}
}

static void migration_tell_dead(struct cgroup_migration *mg)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, CGROUP_STATEFUL_MASK)
		if (ss->attach && cgroup_rules[ssid].tell_dead)
			migration_tell_each(mg, ss, mg->dead, mg->nr_dead);
}

static void cgroup_migration_commit(struct cgroup_step *step)
{
	struct cgroup_migration *mg = container_of(step, struct cgroup_migration, step);
	struct cgroup_subsys *ss;
	int ssid;

	migration_switch(mg);
	for_each_subsys_mask(ss, ssid, mg->changed)
		migration_tell(mg, ss);
	if (mg->nr_dead)
		migration_tell_dead(mg);
	if (mg->collects)
		migration_set_migrating(mg, false);
}

/*
 * Afterwards
 */

/* As task_live_thread(), referenced. */
static struct task_struct *migration_get_live(struct task_struct *task)
{
	struct task_struct *thread;

	guard(rcu)();
	thread = task_live_thread(task);
	return thread ? get_task_struct(thread) : NULL;
}

/*
 * Tell a subsystem about one task; the caller holds its thread group.  If the task stood for
 * its process and has begun to exit since it was moved, the first live thread stands for the
 * process now.
 */
static void migration_tell_late_of(struct cgroup_migration *mg, struct cgroup_subsys *ss,
				   struct cgroup_move *move)
{
	struct cgroup_move moved = *move;
	struct cgroup_taskset tset = migration_taskset_of(mg, ss, &moved);

	tset.late = true;
	if (move->task->flags & PF_EXITING)
		moved.task = move->leads ? migration_get_live(move->task) : NULL;
	if (!moved.task)
		return;
	ss->attach(&tset);
	if (tset.css)
		css_put(tset.css);
	if (moved.task != move->task)
		put_task_struct(moved.task);
}

/*
 * By now another move may have changed the css of a task.  The late part of that move
 * waits for the same thread group and comes after this one, so the subsystem is told the
 * right css last.
 */
static void migration_tell_late(struct cgroup_migration *mg, struct cgroup_subsys *ss)
{
	unsigned int i;

	for (i = 0; i < mg->nr; i++) {
		struct cgroup_move *move = &mg->moves[i];

		if (!move_concerns(move, ss))
			continue;
		if (mg->collects)
			down_write(&move->task->signal->cgroup_threadgroup_rwsem);
		migration_tell_late_of(mg, ss, move);
		if (mg->collects)
			up_write(&move->task->signal->cgroup_threadgroup_rwsem);
		cond_resched();
	}
}

static void cgroup_migration_late(struct cgroup_step *step)
{
	struct cgroup_migration *mg = container_of(step, struct cgroup_migration, step);
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, mg->changed)
		if (ss->attach && cgroup_rules[ssid].late)
			migration_tell_late(mg, ss);
}

static void migration_post(struct cgroup_migration *mg)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, mg->changed) {
		struct cgroup_taskset tset;

		if (!ss->post_attach || !migration_asks(mg, ss))
			continue;
		tset = migration_taskset(mg, ss, NULL);
		ss->post_attach(&tset);
	}
}

static void cgroup_migration_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_migration *mg = container_of(step, struct cgroup_migration, step);

	if (committed)
		migration_post(mg);
	cgroup_migration_free(mg);
}

static const struct cgroup_step_ops cgroup_migration_ops = {
	.commit = cgroup_migration_commit,
	.late = cgroup_migration_late,
	.finish = cgroup_migration_finish,
};

/**
 * cgroup_migration_free - drop what a migration holds
 * @mg: the migration, which no transaction will finish
 *
 * Context: not under css_set_lock, which it may take; may sleep.
 */
void cgroup_migration_free(struct cgroup_migration *mg)
{
	unsigned int i;

	migration_put_tasks(mg->moves, mg->nr);
	migration_put_tasks(mg->dead, mg->nr_dead);
	mg->nr = 0;
	mg->nr_dead = 0;
	for (i = 0; i < mg->nr_sources; i++) {
		put_css_set(mg->sources[i].dst);
		put_css_set(mg->sources[i].src);
	}
	mg->nr_sources = 0;
	if (mg->moves != mg->one)
		kvfree(mg->moves);
	if (mg->sources != mg->few)
		kvfree(mg->sources);
	mg->moves = NULL;
	mg->sources = NULL;
}

/* Collect, ask, commit.  Return false if there was no room for all tasks. */
static bool migration_try(struct cgroup_txn *txn, struct cgroup_migration *mg, int *ret)
{
	bool fits;

	/* cpuset's callbacks need a set of online CPUs that does not change */
	cpus_read_lock();
	fits = migration_collect(mg);
	if (fits) {
		if (mg->collects)
			migration_find_leads(mg);
		else
			migration_find_lead(mg);
		mg->changed = migration_find_changed(mg);
		*ret = migration_ask_all(txn, mg);
		if (*ret) {
			migration_cancel(mg);
		} else {
			cgroup_txn_add(txn, &mg->step, &cgroup_migration_ops);
			cgroup_txn_commit(txn);
		}
	}
	cpus_read_unlock();
	return fits;
}

/**
 * cgroup_migrate - migrate tasks, and commit the transaction with them
 * @txn: transaction, all its other steps prepared; the caller aborts it if this fails
 * @mg: the migration, with its sources.  If this succeeds it is a step of @txn, which
 *	cgroup_txn_finish() frees; otherwise the caller frees it.
 *
 * If @mg->collects, all tasks of the sources migrate; their forks and exits wait meanwhile.
 * If not, the tasks that were added migrate, and the caller holds their thread group for
 * writing until after cgroup_txn_late().
 *
 * Context: cgroup_mutex; takes cpus_read_lock(); may sleep, but waits for no fork and no exit.
 * Return: 0, -ENOMEM, or the refusal of a subsystem; then no task has moved.
 */
int cgroup_migrate(struct cgroup_txn *txn, struct cgroup_migration *mg)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	do {
		ret = mg->collects ? migration_reserve(mg) : 0;
		if (ret)
			return ret;
	} while (!migration_try(txn, mg, &ret));
	return ret;
}
