// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: moving tasks.
 *
 * One thread, or all threads of a process, move to another cgroup of one hierarchy.  Each
 * thread gets the css_set that differs from its old one only in that hierarchy.
 *
 * The mover holds the thread group of the process for writing, and takes it before
 * cgroup_mutex.  Until the move is done, the process neither forks nor execs, no thread of
 * it begins to exit, and no other move of it begins.  The mover waits only for forks and
 * exits of that process, and for an mm that gets it as owner or is given up by it
 * (owner_change.c).  While it waits, it holds nothing that others need.
 */
#include <linux/export.h>
#include <linux/sched/task.h>
#include <linux/sort.h>
#include "call.h"
#include "css_set.h"
#include "hierarchy.h"
#include "migrate.h"
#include "subsys.h"
#include "txn.h"
#include <trace/events/cgroup.h>

/*
 * Add @task, unless it is exiting, or is in @dst already.  Most threads of a process have the
 * css_set of the one that was added last, which is not in @dst.
 */
static void attach_collect_thread(struct cgroup_migration *mg, struct cgroup *dst,
				  struct task_struct *task)
{
	struct css_set *cset = task_css_set(task);

	if (task->flags & PF_EXITING)
		return;
	if ((mg->nr && mg->moves[mg->nr - 1].src == cset) ||
	    cset_cgroup_from_root(cset, dst->root) != dst)
		cgroup_migration_add_task(mg, task, cset, NULL);
}

/* Add a source for tasks in @cset; return NULL if out of memory. */
static struct migration_source *attach_add_source(struct cgroup_migration *mg,
						  struct css_set *cset, struct cgroup *dst,
						  unsigned int *capacity)
{
	struct migration_source *sources;
	struct css_set *to;

	if (mg->nr_sources == *capacity) {
		sources = kvmalloc_array(2 * *capacity, sizeof(*sources), GFP_KERNEL);
		if (!sources)
			return NULL;
		memcpy(sources, mg->sources, *capacity * sizeof(*sources));
		if (mg->sources != mg->few)
			kvfree(mg->sources);
		mg->sources = sources;
		*capacity *= 2;
	}
	to = cset_find_or_make(cset, dst);
	if (!to)
		return NULL;
	cgroup_migration_add_source(mg, cset, to);
	return &mg->sources[mg->nr_sources - 1];
}

/* Find the source for tasks in @cset, or add it as attach_add_source() does. */
static struct migration_source *attach_source(struct cgroup_migration *mg, struct css_set *cset,
					      struct cgroup *dst, unsigned int *capacity)
{
	unsigned int i;

	for (i = mg->nr_sources; i--; )
		if (mg->sources[i].src == cset)
			return &mg->sources[i];
	return attach_add_source(mg, cset, dst, capacity);
}

/* Does a live thread of the process, other than @task, stay in @place? */
static bool attach_leaves_thread(struct task_struct *leader, struct task_struct *task,
				 struct cgroup *place)
{
	struct task_struct *thread;

	guard(rcu)();
	__for_each_thread(leader->signal, thread)
		if (thread != task && !(thread->flags & PF_EXITING) &&
		    task_cgroup_from_root(thread, place->root) == place)
			return true;
	return false;
}

/*
 * A process is found by its leader, even if the leader has exited.  So an exited leader moves
 * with its process.  If only one thread moves, the leader moves with it when no other live
 * thread stays in the cgroup of the leader.
 */
static bool attach_takes_leader(struct task_struct *leader, struct task_struct *task,
				bool threadgroup, struct cgroup *dst)
{
	struct cgroup *place;

	if (!cgroup_leader_left(leader) || list_empty_careful(&leader->cg_list))
		return false;
	place = task_cgroup_from_root(leader, dst->root);
	if (!place || place == dst)
		return false;
	return threadgroup || (task_cgroup_from_root(task, dst->root) == place &&
			       !attach_leaves_thread(leader, task, place));
}

/*
 * Get the leader of the process of @task, referenced, if the leader has exited and the process
 * lives on.  @task itself may have exited long ago, but a live thread neither exits nor execs
 * now.
 */
static struct task_struct *attach_get_leader(struct task_struct *task)
{
	struct task_struct *thread, *leader;

	guard(rcu)();
	__for_each_thread(task->signal, thread) {
		if (thread->flags & PF_EXITING)
			continue;
		leader = thread->group_leader;
		return leader->flags & PF_EXITING ? get_task_struct(leader) : NULL;
	}
	return NULL;
}

static int attach_collect_leader(struct cgroup_migration *mg, struct cgroup *dst,
				 struct task_struct *task, bool threadgroup, unsigned int *capacity)
{
	struct task_struct *leader = attach_get_leader(task);
	struct migration_source *source;
	int ret = 0;

	if (!leader)
		return 0;
	/* does @task itself move? */
	if ((threadgroup || mg->nr) && attach_takes_leader(leader, task, threadgroup, dst)) {
		source = attach_source(mg, task_css_set(leader), dst, capacity);
		if (source)
			cgroup_migration_add_leader(mg, leader, source);
		else
			ret = -ENOMEM;
	}
	put_task_struct(leader);
	return ret;
}

/* Collect the threads that move. */
static int attach_collect_threads(struct cgroup_migration *mg, struct cgroup *dst,
				  struct task_struct *task, bool threadgroup)
{
	struct task_struct *thread;

	guard(rcu)();
	if (!threadgroup) {
		attach_collect_thread(mg, dst, task);
		return 0;
	}
	__for_each_thread(task->signal, thread) {
		if (mg->nr < mg->capacity)
			attach_collect_thread(mg, dst, thread);
		else if (WARN_ON_ONCE(!(thread->flags & PF_EXITING)))
			return -EAGAIN;
	}
	return 0;
}

/* Sort moves by their source css_set; those from @first come before all others. */
static int attach_cmp(const void *a, const void *b, const void *first)
{
	const struct css_set *of_a = ((const struct cgroup_move *)a)->src;
	const struct css_set *of_b = ((const struct cgroup_move *)b)->src;

	if (of_a == of_b)
		return 0;
	if (of_a == first || of_b == first)
		return of_a == first ? -1 : 1;
	return of_a < of_b ? -1 : 1;
}

/* Bring threads of one css_set together; the first thread stays the first one. */
static void attach_sort(struct cgroup_migration *mg)
{
	struct task_struct *first = mg->moves[0].task;
	unsigned int i;

	sort_r(mg->moves, mg->nr, sizeof(*mg->moves), attach_cmp, NULL, mg->moves[0].src);
	for (i = 0; mg->moves[i].task != first; )
		i++;
	swap(mg->moves[0], mg->moves[i]);
}

/* Find the source and destination css_set of each collected thread. */
static int attach_find_sources(struct cgroup_migration *mg, struct cgroup *dst,
			       unsigned int *capacity)
{
	struct migration_source *source = NULL;
	bool several = false;
	unsigned int i;

	for (i = 1; i < mg->nr; i++)
		several |= mg->moves[i].src != mg->moves[0].src;
	if (several)
		attach_sort(mg);
	for (i = 0; i < mg->nr; i++) {
		struct css_set *cset = mg->moves[i].src;

		if (!source || source->src != cset)
			source = attach_add_source(mg, cset, dst, capacity);
		if (!source)
			return -ENOMEM;
		mg->moves[i].dst = source->dst;
		source->nr++;
	}
	return 0;
}

static int attach_collect(struct cgroup_migration *mg, struct cgroup *dst,
			  struct task_struct *task, bool threadgroup)
{
	unsigned int capacity = ARRAY_SIZE(mg->few);

	/* the owner may be a task for which a worker runs this: lockdep would complain */
	rwsem_assert_held_write_nolockdep(&task->signal->cgroup_threadgroup_rwsem);

	mg->sources = mg->few;
	mg->moves = mg->one;
	mg->capacity = threadgroup ? READ_ONCE(task->signal->nr_threads) : 1;
	if (mg->capacity > 1) {
		/* nr_threads can only shrink now; one more entry for an exited leader */
		mg->moves = kvmalloc_array(mg->capacity + 1, sizeof(*mg->moves), GFP_KERNEL);
		if (!mg->moves)
			return -ENOMEM;
	}
	mg->dead = mg->moves + mg->capacity;
	mg->dead_capacity = 1;
	cgroup_migration_begin_collect(mg);
	return attach_collect_threads(mg, dst, task, threadgroup) ?:
	       attach_find_sources(mg, dst, &capacity) ?:
	       attach_collect_leader(mg, dst, task, threadgroup, &capacity);
}

/**
 * attach_locked - move a thread or a process to a cgroup, under cgroup_mutex
 * @txn: an empty transaction, to be finished by the caller
 * @mg: zeroed memory for the migration, which becomes a step of @txn
 * @dst: the cgroup, not dead
 * @task: the thread, or any thread of the process
 * @threadgroup: move the whole process
 *
 * Exiting threads stay where they are, except a leader that has exited: it moves with its
 * process.  It is no error if all threads are exiting.
 *
 * Context: cgroup_mutex; may sleep.  The caller holds the thread group of the process for
 * writing until after cgroup_txn_late().
 * Return: 0, -ENOMEM, or the refusal of a subsystem; then nothing has moved.
 */
static int attach_locked(struct cgroup_txn *txn, struct cgroup_migration *mg, struct cgroup *dst,
			 struct task_struct *task, bool threadgroup)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	mg->cgrp = dst;
	mg->refusal = "%s refuses an attach";
	mg->single = !threadgroup;
	ret = attach_collect(mg, dst, task, threadgroup) ?: cgroup_migrate(txn, mg);
	if (ret)
		cgroup_migration_free(mg);
	else
		TRACE_CGROUP_PATH(attach_task, dst, task, threadgroup);
	return cgroup_txn_conclude(txn, ret);
}

struct attach_call {
	struct cgroup_txn txn;
	struct cgroup_migration mg;
	struct cgroup *dst;
	struct task_struct *task;
	bool threadgroup;
};

static int attach_call(void *arg)
{
	struct attach_call *call = arg;

	if (cgroup_is_dead(call->dst))
		return -ENODEV;
	return attach_locked(&call->txn, &call->mg, call->dst, call->task,
				    call->threadgroup);
}

/**
 * cgroup_attach_task - move a thread or a process to a cgroup
 * @dst: the cgroup, referenced
 * @task: the thread, or any thread of the process, referenced
 * @threadgroup: move the whole process
 *
 * Context: no locks of the core; may sleep, and waits for forks and exits of the process.  Holds
 * the thread group of the process for writing until after cgroup_txn_late().
 * Return: as attach_locked(); -ENODEV if @dst is dead; -EINTR if the current task was
 * killed while it waited.
 */
int cgroup_attach_task(struct cgroup *dst, struct task_struct *task, bool threadgroup)
{
	struct attach_call call = {
		.txn = CGROUP_TXN_INIT(call.txn),
		.dst = dst,
		.task = task,
		.threadgroup = threadgroup,
	};
	int ret;

	if (down_write_killable(&task->signal->cgroup_threadgroup_rwsem))
		return -EINTR;
	ret = cgroup_call_locked(attach_call, &call);
	cgroup_txn_late(&call.txn);
	up_write(&task->signal->cgroup_threadgroup_rwsem);
	cgroup_txn_finish(&call.txn);
	return ret;
}

struct attach_root_call {
	struct cgroup_txn txn;
	struct cgroup_migration mg;
	struct task_struct *from;
	struct task_struct *task;
	int id;
};

static int attach_root_call(void *arg)
{
	struct attach_root_call *call = arg;
	struct cgroup_root *root = cgroup_root_next(&call->id);
	struct cgroup *dst;

	if (!root)
		return -ENOENT;
	call->id++;
	dst = task_cgroup_from_root(call->from, root);
	/* only a task that is exiting can be in a removed cgroup */
	if (!dst || cgroup_is_dead(dst))
		return 0;
	return attach_locked(&call->txn, &call->mg, dst, call->task, false);
}

/*
 * Move @tsk to the cgroup of @from in the first hierarchy whose id is at least *@id.  @tsk may
 * be the current task, a kthread.  Earlier moves may have put it into a group with a CPU quota.
 */
static int attach_next_root(struct task_struct *from, struct task_struct *tsk, int *id)
{
	struct attach_root_call call = {
		.txn = CGROUP_TXN_INIT(call.txn),
		.from = from,
		.task = tsk,
		.id = *id,
	};
	int ret = cgroup_call_locked_always(attach_root_call, &call);

	cgroup_txn_finish(&call.txn);
	*id = call.id;
	return ret;
}

/**
 * cgroup_attach_task_all - move a task to the cgroups of another task, in every hierarchy
 * @from: the other task
 * @tsk: the task
 *
 * Context: no locks of the core; may sleep and wait.
 * Return: 0, or an errno; then @tsk has moved in the hierarchies before the one that refused.
 */
int cgroup_attach_task_all(struct task_struct *from, struct task_struct *tsk)
{
	int ret, id = 1;	/* 0 is the default hierarchy */

	down_write(&tsk->signal->cgroup_threadgroup_rwsem);
	do {
		ret = attach_next_root(from, tsk, &id);
	} while (!ret);
	up_write(&tsk->signal->cgroup_threadgroup_rwsem);
	return ret == -ENOENT ? 0 : ret;
}
EXPORT_SYMBOL_GPL(cgroup_attach_task_all);

/*
 * Emptying a css
 */

/*
 * Cpuset decides to empty a css, and a work item does it later.  By then the css may be
 * dying, or may have moved to another hierarchy together with @to.
 */
static bool transfer_is_wanted(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	return (from->flags & CSS_ONLINE) && !css_is_dying(from) && !css_is_dying(to) &&
	       from->cgroup->root == to->cgroup->root;
}

/* Get references to the css_sets whose slot is @css, at most @capacity of them. */
static unsigned int transfer_get_csets(struct cgroup_subsys_state *css, struct css_set **csets,
				       unsigned int capacity)
{
	int ssid = css->ss->id;
	struct css_set *cset;
	unsigned int nr = 0;

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(cset, &css->csets, css_nodes[ssid])
		/* a retired css_set has no task that can move */
		if (nr < capacity && !hlist_unhashed(&cset->hash_node) &&
		    refcount_inc_not_zero(&cset->refcount))
			csets[nr++] = cset;
	return nr;
}

static int transfer_add_sources(struct cgroup_migration *mg, struct cgroup_subsys_state *to,
				struct css_set **csets, unsigned int nr)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr; i++) {
		struct css_set *dst = ret ? NULL : cset_find_or_make(csets[i], to->cgroup);

		if (dst)
			cgroup_migration_add_source(mg, csets[i], dst);
		else
			ret = -ENOMEM;
		put_css_set(csets[i]);
	}
	return ret;
}

static int transfer_prepare(struct cgroup_migration *mg, struct cgroup_subsys_state *to,
			    struct cgroup_subsys_state *from)
{
	unsigned int capacity;
	struct css_set **csets;
	int ret;

	scoped_guard(spinlock_irq, &css_set_lock)
		capacity = list_count_nodes(&from->csets);
	csets = kvmalloc_array(capacity + 1, sizeof(*csets), GFP_KERNEL);
	mg->sources = kvmalloc_array(capacity + 1, sizeof(*mg->sources), GFP_KERNEL);
	if (!csets || !mg->sources) {
		kvfree(csets);
		return -ENOMEM;
	}
	ret = transfer_add_sources(mg, to, csets, transfer_get_csets(from, csets, capacity));
	kvfree(csets);
	return ret;
}

static int transfer_locked(struct cgroup_txn *txn, struct cgroup_migration *mg,
			   struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	unsigned int i;
	int ret;

	if (!transfer_is_wanted(to, from))
		return 0;
	mg->cgrp = to->cgroup;
	ret = transfer_prepare(mg, to, from) ?: cgroup_migrate(txn, mg);
	if (ret)
		cgroup_migration_free(mg);
	for (i = 0; i < mg->nr; i++)
		TRACE_CGROUP_PATH(transfer_tasks, to->cgroup, mg->moves[i].task, false);
	return cgroup_txn_conclude(txn, ret);
}

/**
 * css_transfer_tasks - move all tasks of a css to the cgroup of another css
 * @to: the other css, of the same subsystem, above @from
 * @from: the css
 *
 * cpuset calls this when a css has lost its last CPU or memory node.  Tasks of groups that
 * inherit the css move too.  All tasks migrate at once, and a fork that is under way starts
 * again at the destination.  So one pass is enough, however fast the tasks fork.
 *
 * Context: no locks of the core; takes cgroup_mutex; may sleep and wait.  The caller holds
 * references to both.
 * Return: 0, -ENOMEM, or the refusal of a subsystem; then no task has moved.
 */
int css_transfer_tasks(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from)
{
	struct cgroup_migration mg = {
		.refusal = "%s refuses an attach",
		.collects = true,
	};
	DEFINE_CGROUP_TXN(txn);
	int ret;

	scoped_guard(mutex, &cgroup_mutex)
		ret = transfer_locked(&txn, &mg, to, from);
	cgroup_txn_finish(&txn);
	return ret;
}
