// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: cgroup_mutex for tasks that others can starve.
 *
 * A task that has a CPU quota, a low weight or many busy neighbours may get no CPU for
 * seconds, and holds its locks as long.  The owner of a subtree controls all of these for
 * the tasks in it.  So such a task must not hold cgroup_mutex, because it can be preempted
 * there.  Instead a worker, which no owner can throttle, does the part of the operation that
 * needs the mutex.  It uses the credentials of the task and charges memory to the memory
 * cgroup of the task.  The task waits, and of the locks that come before cgroup_mutex it
 * holds those that the operation needs: the thread group that it moves, or
 * cgroup_reshape_mutex, which is root's.
 *
 * Tasks of real root that are in the root group of cpu, and whose priority is not lowered,
 * take the mutex themselves.
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/uidgid.h>
#include "cgroup_internal.h"

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
 * @after: called by the task itself when it goes on, or NULL; see cgroup_call_defer()
 * @after_arg: its argument
 * @worker: the worker, while it calls @fn
 * @node: in cgroup_calls
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
	void (*after)(u64 arg);
	u64 after_arg;
	struct task_struct *worker;
	struct list_head node;
	const struct cred *cred;
	struct mem_cgroup *memcg;
};

/* Calls that a worker is at. */
static LIST_HEAD(cgroup_calls);
static DEFINE_SPINLOCK(cgroup_calls_lock);

/**
 * cgroup_call_defer - leave a wait to the task for which a worker calls
 * @fn: what waits; called by the task when it goes on, without locks
 * @arg: its argument
 *
 * Context: any.
 * Return: false if the current task is no such worker, and has to wait itself.
 */
bool cgroup_call_defer(void (*fn)(u64 arg), u64 arg)
{
	struct cgroup_call *call;

	guard(spinlock)(&cgroup_calls_lock);
	list_for_each_entry(call, &cgroup_calls, node) {
		if (call->worker != current)
			continue;
		call->after = fn;
		call->after_arg = arg;
		return true;
	}
	return false;
}

/* Can a user other than root control how much CPU time the current task gets? */
static bool cgroup_may_be_starved(void)
{
	int ssid;

	if (current->flags & PF_KTHREAD)
		return false;
	/* the real uid: the caller of a setuid program still controls its CPU time */
	if (!uid_eq(current_uid(), GLOBAL_ROOT_UID))
		return true;
	if (current->static_prio > DEFAULT_PRIO || current->policy == SCHED_IDLE)
		return true;
	for_each_ssid_mask(ssid, starving_mask)
		if (!task_css_is_root(current, ssid))
			return true;
	return false;
}

static void cgroup_call_work(struct work_struct *work)
{
	struct cgroup_call *call = container_of(work, struct cgroup_call, work);
	const struct cred *cred = override_creds(call->cred);
	struct mem_cgroup *memcg = set_active_memcg(call->memcg);

	call->worker = current;
	scoped_guard(spinlock, &cgroup_calls_lock)
		list_add(&call->node, &cgroup_calls);
	if (call->locked)
		mutex_lock(&cgroup_mutex);
	call->ret = call->fn(call->arg);
	if (call->locked)
		mutex_unlock(&cgroup_mutex);
	scoped_guard(spinlock, &cgroup_calls_lock)
		list_del(&call->node);
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

/* Let a worker of @wq call @fn, and wait for it. */
static int cgroup_call_by_worker(struct workqueue_struct *wq, int (*fn)(void *arg), void *arg,
				 bool locked, bool killable)
{
	struct cgroup_call call = {
		.done = COMPLETION_INITIALIZER_ONSTACK(call.done),
		.fn = fn,
		.arg = arg,
		.locked = locked,
		.cred = current_cred(),
		.memcg = get_mem_cgroup_from_mm(current->mm),
	};
	int ret;

	INIT_WORK_ONSTACK(&call.work, cgroup_call_work);
	queue_work(wq, &call.work);
	ret = cgroup_call_wait(&call, killable);
	destroy_work_on_stack(&call.work);
	if (call.after)
		call.after(call.after_arg);
	mem_cgroup_put(call.memcg);
	return ret;
}

static int __cgroup_call_locked(int (*fn)(void *arg), void *arg, bool killable)
{
	if (unlikely(cgroup_may_be_starved()))
		return cgroup_call_by_worker(cgroup_call_wq, fn, arg, true, killable);
	guard(mutex)(&cgroup_mutex);
	return fn(arg);
}

/**
 * cgroup_call_locked - call a function under cgroup_mutex
 * @fn: the function; of the current task it may use the credentials only
 * @arg: its argument
 *
 * Context: process; of the locks of the core, the caller may hold cgroup_reshape_mutex and
 * the thread group that it moves; may sleep.
 * Return: what @fn returned; -EINTR if the task was killed before @fn was called.
 */
int cgroup_call_locked(int (*fn)(void *arg), void *arg)
{
	return __cgroup_call_locked(fn, arg, true);
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
	return __cgroup_call_locked(fn, arg, false);
}

/**
 * cgroup_call_write - call the write operation of a control file that takes shared locks
 * @fn: the function
 * @arg: its argument
 *
 * The write operations of some controllers take locks that a mkdir or an attach elsewhere
 * takes under cgroup_mutex: see cgroup_rules::write_by_worker.
 *
 * Context: process; no locks of the core.
 * Return: what @fn returned; -EINTR if the task was killed before @fn was called.
 */
int cgroup_call_write(int (*fn)(void *arg), void *arg)
{
	if (unlikely(cgroup_may_be_starved()))
		return cgroup_call_by_worker(cgroup_write_wq, fn, arg, false, true);
	return fn(arg);
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
	return cgroup_call_wq && cgroup_write_wq ? 0 : -ENOMEM;
}
core_initcall(cgroup_call_init);
