// SPDX-License-Identifier: GPL-2.0
/*
 * Cpuset: the memory of processes follows the memory nodes of their cpuset.
 *
 * When these change, the memory policies of the address space are rebound to the new
 * nodes, and its pages are migrated if the cpuset says so.  Both need the mmap lock of
 * the process, whose holder may wait for user space.  Cpuset decides under cgroup_mutex
 * or cpuset_mutex what must be done; a work item for each address space does it:
 *
 * - A work item never waits for a lock that user space can keep: it tries again later.
 *   So address spaces that are stuck use no worker, however many there are.
 * - An address space has two work items at most, however many changes there are: one at
 *   work, and one that waits until the first is done and takes in all later changes.  So
 *   the newest nodes win, and a process that keeps its mmap lock collects no work items.
 * - Each writer waits for the work items that it queued, not for those of others, and
 *   stops waiting when it is killed.  The work items go on without it.
 *
 * A work item has one reference while it is in the tables, and one for each waiter.
 */
#include <linux/cgroup.h>
#include <linux/completion.h>
#include <linux/hashtable.h>
#include <linux/init.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/oom_cgroup.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "cpuset-internal.h"
#include "cpuset-mm.h"

#define CPUSET_MM_BITS		8

/* How often pages that could not be isolated or locked are tried. */
#define CPUSET_MM_PASSES	10

/*
 * The longest time between two tries, in jiffies.  Another task may hold a lock for ever, so
 * these tries must cost little; there are few tries for pages.
 */
#define CPUSET_MM_DELAY_LOCK	(2 * HZ)
#define CPUSET_MM_DELAY_PAGES	(HZ / 8)

/**
 * struct cpuset_mm_work - a work item for an address space
 * @work: runs it
 * @ref: see above
 * @mm: the address space; mm_count is held, so that a process which exits frees its memory
 * @from: the nodes whose pages are migrated, none unless @migrate
 * @to: the nodes that it gets
 * @id: a task that waits for it finds it by this id; see cpuset_mm_follow()
 * @migrate: migrate pages
 * @waits: an older work item of @mm is at work, and queues this one when it is done; until
 *	then other fields may change, too (cpuset_mm_lock)
 * @rebound: the memory policies have been rebound
 * @passes: how often the pages were tried
 * @delay: until the next try, in jiffies
 * @by_mm: node in cpuset_mm_by_mm, newest first (cpuset_mm_lock)
 * @by_id: node in cpuset_mm_by_id unless @id is 0 (cpuset_mm_lock)
 * @done: completed when it is in no table any more
 */
struct cpuset_mm_work {
	struct delayed_work work;
	refcount_t ref;
	struct mm_struct *mm;
	nodemask_t from;
	nodemask_t to;
	u64 id;
	bool migrate;
	bool waits;
	bool rebound;
	unsigned int passes;
	unsigned long delay;
	struct hlist_node by_mm;
	struct hlist_node by_id;
	struct completion done;
};

/* Protects both tables; only workqueue's own locks nest inside. */
static DEFINE_SPINLOCK(cpuset_mm_lock);
static DEFINE_HASHTABLE(cpuset_mm_by_mm, CPUSET_MM_BITS);
static DEFINE_HASHTABLE(cpuset_mm_by_id, CPUSET_MM_BITS);

static struct workqueue_struct *cpuset_mm_wq;

/**
 * cpuset_mm_new_id - an id for cpuset_mm_follow() and cpuset_mm_wait()
 *
 * Context: any.
 * Return: an id that no migration has: those of cgroup_taskset_id() count from 1.
 */
u64 cpuset_mm_new_id(void)
{
	static atomic64_t nr;

	return BIT_ULL(63) | atomic64_inc_return(&nr);
}

static void cpuset_mm_put(struct cpuset_mm_work *w)
{
	if (!refcount_dec_and_test(&w->ref))
		return;
	mmdrop(w->mm);
	kfree(w);
}

/* The newest work item of an address space, or NULL. */
static struct cpuset_mm_work *cpuset_mm_newest(struct mm_struct *mm)
{
	struct cpuset_mm_work *pos;

	lockdep_assert_held(&cpuset_mm_lock);

	hash_for_each_possible(cpuset_mm_by_mm, pos, by_mm, (unsigned long)mm)
		if (pos->mm == mm)
			return pos;
	return NULL;
}

/* Do what can be done without waiting; return false if there is more to do. */
static bool cpuset_mm_try(struct cpuset_mm_work *w, struct mm_struct *mm)
{
	int ret;

	if (!w->rebound && !mpol_rebind_mm(mm, &w->to))
		return false;
	w->rebound = true;
	if (nodes_subset(w->from, w->to))
		return true;

	/* do_migrate_pages() begins with work on all CPUs: do not call it in vain */
	if (!mmap_read_trylock(mm))
		return false;
	mmap_read_unlock(mm);
	/* the mems_allowed of the worker do not restrict the migration */
	ret = do_migrate_pages(mm, &w->from, &w->to, MPOL_MF_MOVE_ALL | MPOL_MF_NOWAIT);
	/* pages on a node of @to have arrived, and must not be moved to another one */
	nodes_andnot(w->from, w->from, w->to);
	if (ret == -EAGAIN)
		return false;
	/* the locks were free: only the pages are tried again */
	w->delay = min(w->delay, CPUSET_MM_DELAY_PAGES / 2UL);
	return ret <= 0 || ++w->passes == CPUSET_MM_PASSES;
}

/* @w is done; queue the work item that waits for it, if there is one. */
static void cpuset_mm_finish(struct cpuset_mm_work *w)
{
	struct cpuset_mm_work *next;

	scoped_guard(spinlock, &cpuset_mm_lock) {
		hash_del(&w->by_mm);
		hash_del(&w->by_id);
		next = cpuset_mm_newest(w->mm);
		if (next) {
			next->waits = false;
			queue_delayed_work(cpuset_mm_wq, &next->work, 0);
		}
	}
	complete_all(&w->done);
	cpuset_mm_put(w);
}

static void cpuset_mm_workfn(struct work_struct *work)
{
	struct cpuset_mm_work *w = container_of(to_delayed_work(work), struct cpuset_mm_work, work);
	bool done = true;

	if (mmget_not_zero(w->mm)) {
		done = cpuset_mm_try(w, w->mm);
		/* dropping the last reference to an address space may wait for I/O */
		mmput_async(w->mm);
	}
	if (done) {
		cpuset_mm_finish(w);
		return;
	}
	w->delay = clamp(w->delay * 2, 1UL, (unsigned long)CPUSET_MM_DELAY_LOCK);
	queue_delayed_work(cpuset_mm_wq, &w->work, w->delay);
}

/* The address space of a task, or NULL; mm_count is taken. */
static struct mm_struct *cpuset_mm_grab(struct task_struct *task)
{
	guard(task_lock)(task);
	if (!task->mm || (task->flags & PF_KTHREAD))
		return NULL;
	mmgrab(task->mm);
	return task->mm;
}

/* Do both make the same change?  The threads of a process ask for it one after the other. */
static bool cpuset_mm_is_same(struct cpuset_mm_work *last, struct cpuset_mm_work *w)
{
	return last->id == w->id && w->id &&
	       last->migrate == w->migrate && nodes_equal(last->to, w->to);
}

/*
 * Let @last, which waits, do what @w is for as well.  A task that waits for the old id of
 * @last goes on waiting.  A task that looks for this id later finds nothing: its change is
 * out of date.
 */
static void cpuset_mm_merge(struct cpuset_mm_work *last, struct cpuset_mm_work *w)
{
	/* pages may be on the nodes that @last migrates from, or on those that it migrates to */
	nodes_or(last->from, last->from, w->from);
	last->to = w->to;
	last->migrate |= w->migrate;
	hash_del(&last->by_id);
	last->id = w->id;
	if (w->id)
		hash_add(cpuset_mm_by_id, &last->by_id, w->id);
}

/* Return: false if @w is not needed, because another work item does what it is for. */
static bool cpuset_mm_add(struct cpuset_mm_work *w)
{
	struct cpuset_mm_work *last;

	guard(spinlock)(&cpuset_mm_lock);
	last = cpuset_mm_newest(w->mm);
	if (last && last->waits) {
		cpuset_mm_merge(last, w);
		return false;
	}
	if (last && cpuset_mm_is_same(last, w))
		return false;
	w->waits = last;
	hash_add(cpuset_mm_by_mm, &w->by_mm, (unsigned long)w->mm);
	if (w->id)
		hash_add(cpuset_mm_by_id, &w->by_id, w->id);
	if (!last)
		queue_delayed_work(cpuset_mm_wq, &w->work, 0);
	return true;
}

/**
 * cpuset_mm_follow - let the address space of a task follow its cpuset
 * @task: the task; nothing is done if it has no address space
 * @migrate: migrate the pages, too
 * @from: the nodes that it had
 * @to: the nodes that it gets
 * @id: given to cpuset_mm_wait() by the task that waits; 0 if no task waits
 *
 * Context: cpuset_mutex, which orders the changes; may sleep, but only for memory.
 */
void cpuset_mm_follow(struct task_struct *task, bool migrate, const nodemask_t *from,
		      const nodemask_t *to, u64 id)
{
	struct cpuset_mm_work *w;
	struct mm_struct *mm;

	if (nr_node_ids == 1)
		return;
	mm = cpuset_mm_grab(task);
	if (!mm)
		return;

	/* the change cannot be refused any more */
	w = kzalloc(sizeof(*w), GFP_KERNEL | __GFP_NOFAIL);
	INIT_DELAYED_WORK(&w->work, cpuset_mm_workfn);
	refcount_set(&w->ref, 1);
	init_completion(&w->done);
	w->mm = mm;
	if (migrate)
		w->from = *from;
	w->to = *to;
	w->id = id;
	w->migrate = migrate;
	if (!cpuset_mm_add(w))
		cpuset_mm_put(w);
}

/**
 * cpuset_mm_is_due - is a change of an address space pending?
 * @mm: the address space
 *
 * A child that is forked meanwhile gets copies of policies that are not rebound yet.
 *
 * Context: the mmap lock of @mm, for writing: a work item that is done has held it.
 * Return: true if it is.
 */
bool cpuset_mm_is_due(struct mm_struct *mm)
{
	if (nr_node_ids == 1 || !mm)
		return false;
	guard(spinlock)(&cpuset_mm_lock);
	return cpuset_mm_newest(mm);
}

static struct cpuset_mm_work *cpuset_mm_get_by_id(u64 id)
{
	struct cpuset_mm_work *pos;

	guard(spinlock)(&cpuset_mm_lock);
	hash_for_each_possible(cpuset_mm_by_id, pos, by_id, id)
		if (pos->id == id) {
			refcount_inc(&pos->ref);
			return pos;
		}
	return NULL;
}

/**
 * cpuset_mm_wait - wait until the changes with an id are done
 * @id: given to cpuset_mm_follow()
 *
 * A task that is killed stops waiting.  A kernel thread does not wait at all, because nothing
 * could end its wait.  In a write operation of a file, the wait is deferred until the
 * operation has returned.
 *
 * Context: no locks that others need; sleeps.
 */
void cpuset_mm_wait(u64 id)
{
	struct cpuset_mm_work *w;
	int ret = 0;

	might_sleep();
	/* do not wait in a write operation: a removal of the file would wait, too */
	if (!id || cgroup_call_defer(cpuset_mm_wait, id) || (current->flags & PF_KTHREAD))
		return;
	while (!ret && (w = cpuset_mm_get_by_id(id))) {
		ret = wait_for_completion_killable(&w->done);
		cpuset_mm_put(w);
	}
}

/**
 * cpuset_css_mems - the memory nodes that a cpuset allows
 * @css: its css
 * @nodes: set to these nodes; none if the cpuset has none yet
 *
 * Context: IRQs on; takes callback_lock of cpuset.  The caller keeps @css.
 */
void cpuset_css_mems(struct cgroup_subsys_state *css, nodemask_t *nodes)
{
	cpuset_callback_lock_irq();
	*nodes = css_cs(css)->effective_mems;
	cpuset_callback_unlock_irq();
}

static int __init cpuset_mm_init(void)
{
	cpuset_mm_wq = alloc_workqueue("cpuset_mm", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return cpuset_mm_wq ? 0 : -ENOMEM;
}
core_initcall(cpuset_mm_init);
