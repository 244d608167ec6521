// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: cgroup_mutex for tasks that others can starve.
 *
 * A task that has a CPU quota, a low weight or many busy neighbours may get no CPU for
 * seconds, and holds its locks as long.  The owner of a subtree controls all of these for
 * the tasks in it.  So such a task must not hold cgroup_mutex, because it can be preempted
 * there.  Instead a worker, which no owner can throttle, does the part of the operation that
 * needs the mutex.  It uses the credentials of the task and charges memory to the memory
 * cgroup of the task.  The task waits.  Of the locks that come before cgroup_mutex, it
 * meanwhile holds those that the operation needs: the thread group that it moves, or
 * cgroup_reshape_mutex, which only root takes.
 *
 * These take the mutex themselves:
 *
 * - tasks of real root, in cpu's root group, with a priority that is not lowered;
 * - kernel threads in that group.  vhost attaches a kernel thread to the cgroups of its owner;
 *   from then on a worker takes the mutex for this thread;
 * - workers;
 * - a remount, which only real root may do.
 *
 * Other tasks can depend on what follows the part under the mutex: the late part of
 * SUBSYS.inherit, the second half of rmdir.  When a worker has done the part under the mutex, it
 * queues the rest to another worker, and the task waits.  If no worker has begun the rest within
 * a second, the task does it itself (cgroup_call_locked_then()).
 *
 * In a memory cgroup at its limit, each allocation may wait for reclaim, writeback and the
 * OOM killer.  How long depends on what the owner of that group has filled it with.  So such
 * allocations fail under cgroup_mutex.  The task then drops the mutex, reclaims, and tries
 * again.
 */
#include <linux/cgroup_call.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uidgid.h>
#include <linux/vmalloc.h>
#include "call.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"

static struct workqueue_struct *cgroup_call_wq;
static struct workqueue_struct *cgroup_write_wq;

/* Subsystems whose groups limit the CPU time of their tasks. */
static cgroup_mask_t starving_mask __ro_after_init;

/**
 * struct cgroup_call - a function that a worker calls for a task
 * @work: the work item
 * @done: the function has returned @ret
 * @fn: the function
 * @arg: its argument
 * @locked: call it under cgroup_mutex
 * @ret: what it returned
 * @full: see cgroup_call_fn()
 * @cred: credentials of the task
 * @memcg: the memory cgroup of the task, which memory is charged to
 */
struct cgroup_call {
	struct work_struct work;
	struct completion done;
	int (*fn)(void *arg);
	void *arg;
	bool locked;
	int ret;
	struct mem_cgroup **full;
	const struct cred *cred;
	struct mem_cgroup *memcg;
};

/* Did a user other than root start the current task, or was its priority lowered? */
static bool cgroup_has_low_priority(void)
{
	/* the real uid: the caller of a setuid program still controls its CPU time */
	return !uid_eq(current_uid(), GLOBAL_ROOT_UID) ||
	       current->static_prio > DEFAULT_PRIO || current->policy == SCHED_IDLE;
}

/* Can a user other than root control how much CPU time the current task gets? */
static bool cgroup_may_be_starved(void)
{
	int ssid;

	/* workers never leave the root groups; and a worker must not wait for its own queue */
	if (current->flags & PF_WQ_WORKER)
		return false;
	/* the kernel sets the priority of a kthread, but may attach it to the group of a user */
	if (!(current->flags & PF_KTHREAD) && cgroup_has_low_priority())
		return true;
	guard(rcu)();
	for_each_ssid_mask(ssid, starving_mask)
		if (!task_css_is_root(current, ssid))
			return true;
	return false;
}

/* Bytes to reclaim before the first retry of a call, doubled for each later retry. */
#define CALL_ROOM	SZ_64K
#define CALL_TRIES	6

/*
 * Protected by cgroup_mutex: the task that runs the function of cgroup_call_locked_again(), and
 * the memory cgroup that was full, referenced.
 */
static struct task_struct *cgroup_call_task;
static struct mem_cgroup *cgroup_call_full;

/**
 * cgroup_defers_reclaim - must a charge fail because the current task holds cgroup_mutex?
 * @memcg: the memory cgroup, which is full
 *
 * Context: any in which a charge may sleep.
 * Return: true if the charge must fail; the task reclaims after it has dropped the mutex.
 */
bool cgroup_defers_reclaim(struct mem_cgroup *memcg)
{
	if (likely(READ_ONCE(cgroup_call_task) != current))
		return false;
	if (!cgroup_call_full && mem_cgroup_tryget(memcg))
		cgroup_call_full = memcg;
	return true;
}

/*
 * Call @fn under cgroup_mutex.  If @full is not NULL, charges to a full memory cgroup fail, and
 * *@full is that memory cgroup, referenced, or NULL.
 */
static int cgroup_call_fn(int (*fn)(void *arg), void *arg, struct mem_cgroup **full)
{
	int ret;

	guard(mutex)(&cgroup_mutex);
	if (!full)
		return fn(arg);
	WRITE_ONCE(cgroup_call_task, current);
	ret = fn(arg);
	WRITE_ONCE(cgroup_call_task, NULL);
	*full = cgroup_call_full;
	cgroup_call_full = NULL;
	return ret;
}

/*
 * Reclaim, by charging and uncharging @memcg; return false if that fails or is not worth
 * trying.  It does not invoke the OOM killer: no task is killed so that a group can be made.
 */
static bool cgroup_call_make_room(struct mem_cgroup *memcg, unsigned int nr_tries)
{
	struct mem_cgroup *old;
	void *memory;

	if (nr_tries >= CALL_TRIES || fatal_signal_pending(current))
		return false;
	old = set_active_memcg(memcg);
	/* single pages are enough: only the memory cgroup is short of memory */
	memory = __vmalloc(CALL_ROOM << nr_tries,
			   GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	set_active_memcg(old);
	vfree(memory);
	return memory;
}

static void cgroup_call_work(struct work_struct *work)
{
	struct cgroup_call *call = container_of(work, struct cgroup_call, work);
	const struct cred *cred = override_creds(call->cred);
	struct mem_cgroup *memcg = set_active_memcg(call->memcg);

	call->ret = call->locked ? cgroup_call_fn(call->fn, call->arg, call->full) :
				   call->fn(call->arg);
	set_active_memcg(memcg);
	revert_creds(cred);
	complete(&call->done);
}

/* Wait for the worker.  If the task is killed before the worker has begun, cancel the work. */
static int cgroup_call_wait(struct cgroup_call *call, bool killable)
{
	if (killable && !wait_for_completion_killable(&call->done))
		return call->ret;
	if (killable && cancel_work_sync(&call->work))
		return -EINTR;
	wait_for_completion(&call->done);
	return call->ret;
}

/* Let a worker of @wq call @fn, under cgroup_mutex if @locked, and wait for it. */
static int cgroup_call_by_worker(struct workqueue_struct *wq, int (*fn)(void *arg), void *arg,
				 bool locked, struct mem_cgroup **full, bool killable)
{
	struct cgroup_call call = {
		.done = COMPLETION_INITIALIZER_ONSTACK(call.done),
		.fn = fn,
		.arg = arg,
		.locked = locked,
		.full = full,
		.cred = current_cred(),
		.memcg = get_mem_cgroup_from_mm(current->mm),
	};
	int ret;

	INIT_WORK_ONSTACK(&call.work, cgroup_call_work);
	queue_work(wq, &call.work);
	ret = cgroup_call_wait(&call, killable);
	destroy_work_on_stack(&call.work);
	mem_cgroup_put(call.memcg);
	return ret;
}

static int cgroup_call_once(int (*fn)(void *arg), void *arg, struct mem_cgroup **full,
			    bool killable)
{
	if (unlikely(cgroup_may_be_starved()))
		return cgroup_call_by_worker(cgroup_call_wq, fn, arg, true, full, killable);
	return cgroup_call_fn(fn, arg, full);
}

/**
 * cgroup_call_locked - call a function under cgroup_mutex
 * @fn: the function; a worker may run it, so it may use only the credentials of current
 * @arg: its argument
 *
 * Context: process; takes cgroup_mutex; may sleep and wait.  The caller may hold
 * cgroup_reshape_mutex and the thread group that it moves, but no other lock of the core.
 * Return: what @fn returned; -EINTR if the task was killed before @fn was called.
 */
int cgroup_call_locked(int (*fn)(void *arg), void *arg)
{
	return cgroup_call_once(fn, arg, NULL, true);
}

/**
 * cgroup_call_locked_again - as cgroup_call_locked(), but reclaim and retry on -ENOMEM
 * @fn: the function; when it returns -ENOMEM it has changed nothing
 * @arg: its argument
 * @txn: the transaction that @fn aborts when it fails, or NULL
 *
 * In @fn, charges to a memory cgroup that is full fail.  If @fn fails because of that,
 * reclaim without locks and call @fn again.
 *
 * Context: process; no locks of the core; may sleep and wait.
 * Return: as cgroup_call_locked().
 */
int cgroup_call_locked_again(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn)
{
	unsigned int nr_tries = 0;
	bool again, last = false;
	int ret;

	if (txn)
		txn->tries_again = true;
	do {
		struct mem_cgroup *full = NULL;

		ret = cgroup_call_once(fn, arg, &full, true);
		again = ret == -ENOMEM && full && !last;
		if (again && txn)
			cgroup_txn_finish(txn);
		/* if reclaim fails, there may still be enough room: make a last try */
		if (again)
			last = !cgroup_call_make_room(full, nr_tries++);
		mem_cgroup_put(full);
	} while (again);
	if (ret == -ENOMEM && txn)
		cgroup_txn_say(txn);
	return ret;
}

/**
 * cgroup_call_locked_always - as cgroup_call_locked(), but call it even if the task is killed
 * @fn: the function
 * @arg: its argument
 *
 * Context: as cgroup_call_locked().
 * Return: what @fn returned.
 */
int cgroup_call_locked_always(int (*fn)(void *arg), void *arg)
{
	return cgroup_call_once(fn, arg, NULL, false);
}

/**
 * cgroup_call_write - call the write operation of a control file that takes shared locks
 * @fn: the function
 * @arg: its argument
 *
 * The write operations of some controllers take locks that a mkdir or an attach elsewhere
 * takes under cgroup_mutex: see cgroup_rules::write_by_worker.
 *
 * Context: process; no locks of the core; may sleep and wait.
 * Return: what @fn returned; -EINTR if the task was killed before @fn was called.
 */
int cgroup_call_write(int (*fn)(void *arg), void *arg)
{
	if (unlikely(cgroup_may_be_starved()))
		return cgroup_call_by_worker(cgroup_write_wq, fn, arg, false, NULL, true);
	return fn(arg);
}

/**
 * cgroup_call_always - call a function that others wait for, even if the task is killed
 * @fn: the function
 * @arg: its argument
 *
 * Context: process; no locks of the core; may sleep and wait.
 */
void cgroup_call_always(int (*fn)(void *arg), void *arg)
{
	if (unlikely(cgroup_may_be_starved()))
		cgroup_call_by_worker(cgroup_write_wq, fn, arg, false, NULL, false);
	else
		fn(arg);
}

/*
 * What follows the part under cgroup_mutex
 */

/* Its work items wait for operations on files, so they must not run on cgroup_call_wq. */
static struct workqueue_struct *cgroup_then_wq;

/**
 * struct cgroup_then - a function to call under cgroup_mutex, and one to call after it
 * @work: the work item that calls @then
 * @done: @work has called @then
 * @fn: the function to call under cgroup_mutex
 * @then: the function to call after it
 * @arg: the argument of both
 * @task: the task that does the operation
 * @queued: @work was queued
 */
struct cgroup_then {
	struct work_struct work;
	struct completion done;
	int (*fn)(void *arg);
	void (*then)(void *arg);
	void *arg;
	struct task_struct *task;
	bool queued;
};

static void cgroup_then_work(struct work_struct *work)
{
	struct cgroup_then *call = container_of(work, struct cgroup_then, work);

	call->then(call->arg);
	complete(&call->done);
}

static int cgroup_then_locked(void *arg)
{
	struct cgroup_then *call = arg;
	int ret = call->fn(call->arg);

	/* not left to the task, which may not run again for a long time */
	if (!ret && current != call->task) {
		call->queued = true;
		queue_work(cgroup_then_wq, &call->work);
	}
	return ret;
}

static void cgroup_then_wait(struct cgroup_then *call)
{
	if (wait_for_completion_timeout(&call->done, HZ))
		return;
	/* the tasks of one owner may block all workers; those of other owners must not wait */
	if (cancel_work(&call->work))
		call->then(call->arg);
	else
		wait_for_completion(&call->done);
}

/**
 * cgroup_call_locked_then - as cgroup_call_locked_again(), and then call another function
 * @fn: the function
 * @arg: its argument
 * @txn: as for cgroup_call_locked_again()
 * @then: called without locks if @fn has returned 0, even if the task is killed.  A worker
 *	may call it, without the credentials of the task, while the caller of @fn still holds
 *	cgroup_mutex.
 *
 * @then is for work that must follow @fn soon, because others wait for it, but that cannot
 * run under cgroup_mutex, because it waits itself.
 *
 * Context: process; no locks of the core; may sleep and wait.
 * Return: as cgroup_call_locked().
 */
int cgroup_call_locked_then(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn,
			    void (*then)(void *arg))
{
	struct cgroup_then call = {
		.done = COMPLETION_INITIALIZER_ONSTACK(call.done),
		.fn = fn,
		.then = then,
		.arg = arg,
		.task = current,
	};
	int ret;

	INIT_WORK_ONSTACK(&call.work, cgroup_then_work);
	ret = cgroup_call_locked_again(cgroup_then_locked, &call, txn);
	if (call.queued)
		cgroup_then_wait(&call);
	else if (!ret)
		then(arg);
	destroy_work_on_stack(&call.work);
	return ret;
}

static int __init cgroup_call_init(void)
{
	int ssid;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++)
		if (cgroup_rules[ssid].starves)
			starving_mask |= BIT(ssid);

	/* each call takes cgroup_mutex: a second worker would only wait for the first one */
	cgroup_call_wq = alloc_workqueue("cgroup_call", WQ_UNBOUND | WQ_HIGHPRI, 1);
	cgroup_write_wq = alloc_workqueue("cgroup_write", WQ_UNBOUND | WQ_HIGHPRI, 0);
	cgroup_then_wq = alloc_workqueue("cgroup_then", WQ_UNBOUND | WQ_HIGHPRI, WQ_MAX_ACTIVE);
	return cgroup_call_wq && cgroup_write_wq && cgroup_then_wq ? 0 : -ENOMEM;
}
core_initcall(cgroup_call_init);
