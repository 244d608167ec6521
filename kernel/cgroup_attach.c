// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: moving tasks.
 *
 * One thread, or all threads of a process, go to another cgroup of one
 * hierarchy.  Each gets the css_set that differs from its old one in that place;
 * the subsystems whose slots differ between the two are asked (can_attach) and,
 * after the move, told (attach).
 *
 * The moves are a table on the side of the transaction.  A task in it is not
 * exiting, has its thread group held for writing, and so neither exits (as far
 * as css_sets go), forks nor is moved by someone else until the end.
 */
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/sched/task.h>
#include "cgroup_internal.h"
#include <trace/events/cgroup.h>

seqcount_spinlock_t cgroup_attach_seq = SEQCNT_SPINLOCK_ZERO(cgroup_attach_seq, &css_set_lock);

/**
 * cgroup_taskset_first - the first task of an attach
 * @tset: what the callback was given
 * @dst_cssp: set to the css that it goes to
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
 * @dst_cssp: set to the css that it goes to
 *
 * Context: in an attach callback.
 * Return: the task, or NULL after the last.
 */
struct task_struct *cgroup_taskset_next(struct cgroup_taskset *tset,
					struct cgroup_subsys_state **dst_cssp)
{
	while (tset->pos < tset->nr) {
		struct cgroup_move *move = &tset->moves[tset->pos++];
		struct cgroup_subsys_state *css = move->dst->subsys[tset->ssid];

		if (css == move->src->subsys[tset->ssid])
			continue;
		*dst_cssp = css;
		return move->task;
	}
	return NULL;
}

/**
 * cgroup_taskset_src - the css that the first task of an attach comes from
 * @tset: what the callback was given
 *
 * Context: in an attach callback, before or after the move.
 * Return: the css; of @tset's subsystem, and the root css if nobody moves.
 */
struct cgroup_subsys_state *cgroup_taskset_src(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *css;

	if (!cgroup_taskset_first(tset, &css))
		return init_css_set.subsys[tset->ssid];
	return tset->moves[tset->pos - 1].src->subsys[tset->ssid];
}

/**
 * struct cgroup_attach - the step of a transaction that moves tasks
 * @step: node in the transaction
 * @dst: where they go
 * @leader: who was asked for, for the trace event
 * @threadgroup: its whole process
 * @tset: the moves
 * @one: room for the only move of a thread
 * @changed: subsystems whose slot changes for some task
 * @agreed: those of them that were asked and did not refuse
 */
struct cgroup_attach {
	struct cgroup_step step;
	struct cgroup *dst;
	struct task_struct *leader;
	bool threadgroup;
	struct cgroup_taskset tset;
	struct cgroup_move one;
	cgroup_mask_t changed;
	cgroup_mask_t agreed;
};

/* An exiting task keeps its place; one that is there has nothing to gain. */
static bool cgroup_attach_wants(struct cgroup_attach *at, struct task_struct *task)
{
	return !(task->flags & PF_EXITING) &&
	       task_cgroup_from_root(task, at->dst->root) != at->dst;
}

static void cgroup_attach_add(struct cgroup_attach *at, struct task_struct *task,
			      unsigned int room)
{
	if (!cgroup_attach_wants(at, task) || WARN_ON_ONCE(at->tset.nr == room))
		return;
	at->tset.moves[at->tset.nr++] = (struct cgroup_move) {
		.task = get_task_struct(task),
	};
}

/* Fill the table with the tasks to move; -ENOMEM, or 0. */
static int cgroup_attach_collect(struct cgroup_attach *at)
{
	struct task_struct *thread;
	unsigned int room = at->threadgroup ? READ_ONCE(at->leader->signal->nr_threads) : 1;

	lockdep_assert_held_write(&at->leader->signal->cgroup_threadgroup_rwsem);

	at->tset.moves = &at->one;
	if (room > 1) {
		/* dead threads can go meanwhile, but none can come */
		at->tset.moves = kvmalloc_array(room, sizeof(*at->tset.moves), GFP_KERNEL);
		if (!at->tset.moves)
			return -ENOMEM;
	}

	guard(rcu)();
	if (!at->threadgroup) {
		cgroup_attach_add(at, at->leader, 1);
		return 0;
	}
	__for_each_thread(at->leader->signal, thread)
		cgroup_attach_add(at, thread, room);
	return 0;
}

/* Find the css_sets that the tasks go to, and which subsystems this concerns. */
static int cgroup_attach_find_csets(struct cgroup_attach *at)
{
	unsigned int i;
	int ssid;

	for (i = 0; i < at->tset.nr; i++) {
		struct cgroup_move *move = &at->tset.moves[i];

		move->src = task_css_set(move->task);
		if (i && move->src == move[-1].src) {
			move->dst = move[-1].dst;
			get_css_set(move->dst);
			continue;
		}
		move->dst = find_css_set(move->src, at->dst);
		if (!move->dst)
			return -ENOMEM;

		for_each_ssid_mask(ssid, at->dst->root->subsys_mask & CGROUP_STATEFUL_MASK)
			if (move->src->subsys[ssid] != move->dst->subsys[ssid])
				at->changed |= BIT(ssid);
	}
	return 0;
}

static int cgroup_attach_ask(struct cgroup_txn *txn, struct cgroup_attach *at)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, at->changed) {
		at->tset.ssid = ssid;
		ret = ss->can_attach ? ss->can_attach(&at->tset) : 0;
		if (ret)
			return cgroup_txn_refuse(txn, at->dst, ret, "%s refuses an attach",
						 ss->legacy_name);
		at->agreed |= BIT(ssid);
	}
	return 0;
}

/* Undo cgroup_attach_prepare(), however far it got. */
static void cgroup_attach_undo(struct cgroup_attach *at)
{
	struct cgroup_subsys *ss;
	unsigned int i;
	int ssid;

	for (ssid = CGROUP_SUBSYS_COUNT - 1; ssid >= 0; ssid--) {
		ss = cgroup_subsys[ssid];
		if (!(at->agreed & BIT(ssid)) || !ss->cancel_attach)
			continue;
		at->tset.ssid = ssid;
		ss->cancel_attach(&at->tset);
	}
	for (i = 0; i < at->tset.nr; i++) {
		struct cgroup_move *move = &at->tset.moves[i];

		if (move->dst)
			put_css_set(move->dst);
		put_task_struct(move->task);
	}
	if (at->tset.moves != &at->one)
		kvfree(at->tset.moves);
}

/**
 * cgroup_swing_moves - give tasks their new css_sets, all at once for readers of `tasks`
 * @moves: the tasks; those of one process are held by its thread group, or all by the gate
 * @nr: how many
 *
 * Context: cgroup_mutex, css_set_lock.
 */
void cgroup_swing_moves(struct cgroup_move *moves, unsigned int nr)
{
	unsigned int i;

	lockdep_assert_held(&css_set_lock);

	write_seqcount_begin(&cgroup_attach_seq);
	for (i = 0; i < nr; i++)
		cset_move_task(moves[i].task, moves[i].src, moves[i].dst);
	write_seqcount_end(&cgroup_attach_seq);
}

static void cgroup_attach_commit(struct cgroup_step *step)
{
	struct cgroup_attach *at = container_of(step, struct cgroup_attach, step);
	struct cgroup_subsys *ss;
	unsigned int i;
	int ssid;

	scoped_guard(spinlock_irq, &css_set_lock)
		cgroup_swing_moves(at->tset.moves, at->tset.nr);
	for_each_subsys_mask(ss, ssid, at->changed) {
		at->tset.ssid = ssid;
		if (ss->attach)
			ss->attach(&at->tset);
	}
	TRACE_CGROUP_PATH(attach_task, at->dst, at->leader, at->threadgroup);

	for (i = 0; i < at->tset.nr; i++) {
		/* the task's reference before the move */
		put_css_set(at->tset.moves[i].src);
		put_task_struct(at->tset.moves[i].task);
	}
	if (at->tset.moves != &at->one)
		kvfree(at->tset.moves);
}

static void cgroup_attach_abort(struct cgroup_step *step)
{
	cgroup_attach_undo(container_of(step, struct cgroup_attach, step));
}

static const struct cgroup_step_ops cgroup_attach_ops = {
	.commit = cgroup_attach_commit,
	.abort = cgroup_attach_abort,
};

/* Prepare the move that @at describes as a step of @txn. */
static int cgroup_attach_prepare(struct cgroup_txn *txn, struct cgroup_attach *at)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_cpus_held();

	ret = cgroup_attach_collect(at);
	if (ret)
		return ret;
	ret = cgroup_attach_find_csets(at) ?: cgroup_attach_ask(txn, at);
	if (ret) {
		cgroup_attach_undo(at);
		return ret;
	}
	cgroup_txn_add(txn, &at->step, &cgroup_attach_ops);
	return 0;
}

/*
 * Let subsystems finish what the attach began.  This may wait, and yet it is under
 * cgroup_mutex: memory keeps one attach at a time in mind, from can_attach() to
 * here, and counts on its groups not to go offline meanwhile.
 */
static void cgroup_attach_post(struct cgroup_attach *at)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, at->changed)
		if (ss->post_attach)
			ss->post_attach();
}

/**
 * cgroup_attach_task - move a thread or a process to a cgroup
 * @dst: the cgroup, not dead
 * @task: the thread, or one of the process
 * @threadgroup: move the process
 *
 * Threads that are exiting stay where they are; it is no error if all are.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0, -ENOMEM, or the refusal of a subsystem; then nothing has moved.
 */
int cgroup_attach_task(struct cgroup *dst, struct task_struct *task, bool threadgroup)
{
	struct cgroup_attach at = {
		.dst = dst,
		.leader = task,
		.threadgroup = threadgroup,
	};
	DEFINE_CGROUP_TXN(txn);
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	/*
	 * cpuset's callbacks want the CPUs to stay.  Outside the thread group, so
	 * nobody who holds that for a fork may wait for CPUs: a subsystem's
	 * can_fork() and fork() must not take cpus_read_lock().
	 */
	cpus_read_lock();
	down_write(&task->signal->cgroup_threadgroup_rwsem);
	ret = cgroup_attach_prepare(&txn, &at);
	if (ret)
		cgroup_txn_abort(&txn);
	else
		cgroup_txn_commit(&txn);
	up_write(&task->signal->cgroup_threadgroup_rwsem);
	cpus_read_unlock();

	if (!ret)
		cgroup_attach_post(&at);
	return ret;
}

/**
 * cgroup_attach_task_all - put a task where another one is, in every hierarchy
 * @from: the other one
 * @tsk: the task
 *
 * Context: may sleep.
 * Return: 0, or an errno: the hierarchies before the refusing one are changed.
 */
int cgroup_attach_task_all(struct task_struct *from, struct task_struct *tsk)
{
	struct cgroup_root *root;
	int ret = 0;

	guard(mutex)(&cgroup_mutex);
	for_each_root(root) {
		if (root == &cgrp_dfl_root)
			continue;
		ret = cgroup_attach_task(task_cgroup_from_root(from, root), tsk, false);
		if (ret)
			break;
	}
	return ret;
}
EXPORT_SYMBOL_GPL(cgroup_attach_task_all);

/* Some task of a css that is not exiting, referenced; NULL if there is none. */
static struct task_struct *css_any_task(struct cgroup_subsys_state *css)
{
	struct task_struct *task, *found = NULL;
	struct css_task_iter it;

	css_task_iter_start(css, 0, &it);
	while (!found && (task = css_task_iter_next(&it)))
		if (!(task->flags & PF_EXITING))
			found = get_task_struct(task);
	css_task_iter_end(&it);
	return found;
}

/*
 * Cpuset decides to empty a css, and does it later: it may be gone by then, or have
 * gone to another hierarchy, together with @to.
 */
static bool css_transfer_is_due(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	return (from->flags & CSS_ONLINE) && !css_is_dying(from) && !css_is_dying(to) &&
	       from->cgroup->root == to->cgroup->root;
}

/* Move some task of @from to the cgroup of @to: 1, 0 if there is none, or an errno. */
static int css_transfer_one(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	struct task_struct *task;
	int ret;

	if (!css_transfer_is_due(to, from))
		return 0;
	task = css_any_task(from);
	if (!task)
		return 0;
	ret = cgroup_attach_task(to->cgroup, task, false);
	if (!ret)
		TRACE_CGROUP_PATH(transfer_tasks, to->cgroup, task, false);
	put_task_struct(task);
	return ret ?: 1;
}

/**
 * css_transfer_tasks - move all tasks of a css to the cgroup of another one
 * @to: the other one, of the same subsystem, above it
 * @from: the css
 *
 * For cpuset, when a css has lost its last CPU or memory node.  Tasks of groups that
 * inherit it go too.  Its members may fork meanwhile: it goes on until none is left.
 *
 * Context: may sleep; the caller keeps both.
 * Return: 0, or the refusal of a subsystem.
 */
int css_transfer_tasks(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	int ret;

	/* one by one, lest members that fork keep everybody else from the mutex */
	do {
		scoped_guard(mutex, &cgroup_mutex)
			ret = css_transfer_one(to, from);
		cond_resched();
	} while (ret > 0);
	return ret;
}
