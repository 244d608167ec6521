// SPDX-License-Identifier: GPL-2.0
/*
 * The oom controller: OOMs that wait for a verdict.
 *
 * See mm/oom_cgroup.c for the whole way of an OOM.
 */
#include <linux/cleanup.h>
#include <linux/cpuset.h>
#include <linux/memcontrol.h>
#include <linux/mmzone.h>
#include <linux/oom.h>
#include <linux/oom_cgroup.h>
#include <linux/page_counter.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "internal.h"
#include "oom_cgroup.h"

#define OOM_ROOM_INTERVAL	(HZ / 10)	/* how often a task that waits looks for room */
#define OOM_VERDICT_BATCH	64	/* verdicts under one oom_wait_lock */

/* All that wait, with their timers; BH off. */
DEFINE_SPINLOCK(oom_wait_lock);

static atomic64_t oom_last_id;

/* How many groups have a delay.  While none has, an OOM looks at no group. */
static atomic_t oom_nr_delays;

/*
 * Waiting
 */

/* The nearest group from @oom upwards that has a delay, or NULL. */
static struct oom_css *oom_handler(struct oom_css *oom)
{
	while (oom && !READ_ONCE(oom->delay))
		oom = oom_parent(oom);
	return oom;
}

static bool oom_wait_less(struct rb_node *a, const struct rb_node *b)
{
	return node_to_wait(a)->id < node_to_wait(b)->id;
}

/**
 * oom_wait_find - find what waits for the verdict of a group
 * @oom: the group
 * @id: the least id
 *
 * Context: oom_wait_lock.
 * Return: the first one whose id is @id or more, or NULL.
 */
struct oom_wait *oom_wait_find(struct oom_css *oom, u64 id)
{
	struct rb_node *node = oom->waits.rb_node;
	struct oom_wait *found = NULL;

	lockdep_assert_held(&oom_wait_lock);

	while (node) {
		struct oom_wait *wait = node_to_wait(node);

		if (wait->id < id) {
			node = node->rb_right;
		} else {
			found = wait;
			node = node->rb_left;
		}
	}
	return found;
}

/* Ask @handler, from @since (jiffies) on. */
static void oom_wait_ask(struct oom_wait *wait, struct oom_css *handler, unsigned long since)
{
	lockdep_assert_held(&oom_wait_lock);

	WRITE_ONCE(wait->handler, handler);
	wait->knows_next = false;
	wait->deadline = since + msecs_to_jiffies(READ_ONCE(handler->delay));
	rb_add(&wait->node, &handler->waits, oom_wait_less);
	WRITE_ONCE(handler->nr_waiting, handler->nr_waiting + 1);
	mod_timer(&wait->timer, wait->deadline);
	cgroup_file_notify(&handler->events_file);
}

static void oom_wait_leave(struct oom_wait *wait)
{
	struct oom_css *handler = wait->handler;

	lockdep_assert_held(&oom_wait_lock);

	rb_erase(&wait->node, &handler->waits);
	WRITE_ONCE(handler->nr_waiting, handler->nr_waiting - 1);
	WRITE_ONCE(wait->handler, NULL);
	cgroup_file_notify(&handler->events_file);
}

/* From here on the task may go on, and @wait with it, as soon as the lock is dropped. */
static void oom_wait_end(struct oom_wait *wait, enum oom_verdict verdict)
{
	lockdep_assert_held(&oom_wait_lock);

	oom_wait_leave(wait);
	WRITE_ONCE(wait->verdict, verdict);
	wake_up_process(wait->task);
}

/* Ask the next handler above, from @since on.  If there is none, the kernel decides. */
static void oom_wait_pass(struct oom_wait *wait, struct oom_css *next, unsigned long since)
{
	lockdep_assert_held(&oom_wait_lock);

	if (!next) {
		oom_wait_end(wait, OOM_VERDICT_PASS);
		return;
	}
	oom_wait_leave(wait);
	oom_wait_ask(wait, next, since);
	/* the task looks for the handler after that */
	wake_up_process(wait->task);
}

/*
 * The deadline is over.  The tree of groups can be very deep, and many timers can expire at
 * once, so the timer does not look for the next handler: the task has done that before.  A
 * task that has not done it yet, because it is frozen, passes its OOM on itself, later.
 */
static void oom_wait_timer(struct timer_list *timer)
{
	struct oom_wait *wait = from_timer(wait, timer, timer);

	guard(spinlock)(&oom_wait_lock);
	if (wait->handler && wait->knows_next && time_after_eq(jiffies, wait->deadline))
		oom_wait_pass(wait, wait->next, wait->deadline);
}

/* Look for the handler above the present one. */
static void oom_wait_find_next(struct oom_wait *wait)
{
	/* only this task sets it to true, and no lock is needed to walk up from its own group */
	struct oom_css *handler = READ_ONCE(wait->handler), *next;

	if (!handler || READ_ONCE(wait->knows_next))
		return;
	next = oom_handler(oom_parent(handler));

	guard(spinlock_bh)(&oom_wait_lock);
	if (wait->handler != handler)
		return;		/* it was passed on meanwhile, and the task woken */
	wait->next = next;
	wait->knows_next = true;
	if (time_after_eq(jiffies, wait->deadline))
		oom_wait_pass(wait, next, wait->deadline);
}

/* Has the task been moved to another group, or has its group lost its state? */
static bool oom_wait_is_moved(struct oom_wait *wait)
{
	guard(rcu)();
	return task_oom_css(current) != wait->group;
}

#ifdef CONFIG_MEMCG
static bool oom_memcg_has_room(struct mem_cgroup *memcg, unsigned long nr_pages)
{
	return READ_ONCE(memcg->memory.max) >= page_counter_read(&memcg->memory) + nr_pages &&
	       READ_ONCE(memcg->memsw.max) >= page_counter_read(&memcg->memsw) + nr_pages;
}

static void oom_memcg_get(struct mem_cgroup *memcg)
{
	css_get(&memcg->css);
}

/* Is a handler that of the group of @memcg, or of one above it? */
static bool oom_is_above(struct oom_css *handler, struct mem_cgroup *memcg)
{
	guard(rcu)();
	return cgroup_is_descendant(READ_ONCE(memcg->css.cgroup), READ_ONCE(handler->css.cgroup));
}

static u64 oom_memcg_serial(struct mem_cgroup *memcg)
{
	return memcg->css.serial_nr;
}
#else
static bool oom_memcg_has_room(struct mem_cgroup *memcg, unsigned long nr_pages)
{
	return true;
}

static void oom_memcg_get(struct mem_cgroup *memcg)
{
}

static bool oom_is_above(struct oom_css *handler, struct mem_cgroup *memcg)
{
	return false;
}

static u64 oom_memcg_serial(struct mem_cgroup *memcg)
{
	return 0;
}
#endif

/* As the allocator before it calls out_of_memory(): is a zone above its high watermark? */
static bool oom_nodes_have_room(struct oom_cgroup_task *note)
{
	unsigned int flags = gfp_migratetype(note->gfp_mask) == MIGRATE_MOVABLE ? ALLOC_CMA : 0;
	enum zone_type highest = gfp_zone(note->gfp_mask);
	nodemask_t *nodes = NULL;
	struct zoneref *z;
	struct zone *zone;

#ifdef CONFIG_NUMA
	if (note->constraint == CONSTRAINT_MEMORY_POLICY)
		nodes = &note->nodes;
#endif
	for_each_zone_zonelist_nodemask(zone, z, node_zonelist(numa_node_id(), note->gfp_mask),
					highest, nodes)
		if (cpuset_zone_allowed(zone, note->gfp_mask | __GFP_HARDWALL) &&
		    zone_watermark_ok(zone, note->order, high_wmark_pages(zone), highest, flags))
			return true;
	return false;
}

/* Would the allocation that failed succeed now?  Does not sleep. */
static bool oom_has_room(struct oom_cgroup_task *note)
{
	return note->memcg ? oom_memcg_has_room(note->memcg, 1UL << note->order) :
			     oom_nodes_have_room(note);
}

static void oom_set_waits(bool waits)
{
	task_lock(current);
	current->oom_cgroup.waits = waits;
	task_unlock(current);
}

/*
 * Sleep until there is a verdict or a reason to go on without one.  Only the task itself looks
 * for room: while it is frozen it keeps waiting.
 */
static void oom_wait_sleep(struct oom_wait *wait)
{
	for (;;) {
		set_current_state(TASK_KILLABLE | TASK_FREEZABLE);
		if (READ_ONCE(wait->verdict) || fatal_signal_pending(current) ||
		    oom_wait_is_moved(wait) || oom_has_room(&current->oom_cgroup))
			break;
		oom_wait_find_next(wait);
		schedule_timeout(OOM_ROOM_INTERVAL);
	}
	__set_current_state(TASK_RUNNING);
}

/* Wait for a verdict of @handler and of those above it. */
static enum oom_verdict oom_wait_for_verdict(struct oom_wait *wait, struct oom_css *handler)
{
	timer_setup_on_stack(&wait->timer, oom_wait_timer, 0);
	/* the first event finds everything in the files */
	if (!current->oom_cgroup.counted)
		oom_add(wait->group, OOM_EVENT_OOM);
	current->oom_cgroup.counted = true;
	scoped_guard(spinlock_bh, &oom_wait_lock)
		oom_wait_ask(wait, handler, jiffies);
	oom_tell(wait->group);

	/* oom_attach() either finds this set, or has changed the group before it is set */
	oom_set_waits(true);
	oom_wait_sleep(wait);
	oom_set_waits(false);

	scoped_guard(spinlock_bh, &oom_wait_lock) {
		if (wait->handler) {
			oom_wait_leave(wait);
			wait->verdict = OOM_VERDICT_RETRY;
		}
	}
	timer_delete_sync(&wait->timer);
	destroy_timer_on_stack(&wait->timer);

	if (wait->verdict == OOM_VERDICT_RETRY)
		oom_count(wait->group, OOM_EVENT_HANDLED);
	return wait->verdict;
}

/*
 * Verdicts
 */

static void oom_decide(struct oom_wait *wait, enum oom_verdict verdict)
{
	/* the task changes it only while it does not wait */
	struct mem_cgroup *memcg = wait->task->oom_cgroup.memcg;

	if (verdict == OOM_VERDICT_PASS) {
		oom_wait_pass(wait, wait->knows_next ? wait->next :
			      oom_handler(oom_parent(wait->handler)), jiffies);
		return;
	}
	wait->overrides = memcg && oom_is_above(wait->handler, memcg);
	oom_wait_end(wait, verdict);
}

/**
 * oom_decide_one - give a verdict about one OOM
 * @oom: the group that was asked
 * @verdict: the verdict
 * @id: of the OOM
 *
 * Context: takes oom_wait_lock.
 * Return: 0, or -ENOENT if no OOM with this id waits for a verdict of @oom.
 */
int oom_decide_one(struct oom_css *oom, enum oom_verdict verdict, u64 id)
{
	struct oom_wait *wait;

	guard(spinlock_bh)(&oom_wait_lock);
	wait = oom_wait_find(oom, id);
	if (!wait || wait->id != id)
		return -ENOENT;
	oom_decide(wait, verdict);
	return 0;
}

/* Those with ids from @id to @last, a batch of them.  Return: the id to go on with, or 0. */
static u64 oom_decide_some(struct oom_css *oom, enum oom_verdict verdict, u64 id, u64 last,
			   bool *found)
{
	struct oom_wait *wait;
	int i;

	guard(spinlock_bh)(&oom_wait_lock);
	/* a pass may have to look for the next handler: one at a time */
	for (i = 0; i < (verdict == OOM_VERDICT_PASS ? 1 : OOM_VERDICT_BATCH); i++) {
		wait = oom_wait_find(oom, id);
		if (!wait || wait->id > last)
			return 0;
		id = wait->id + 1;
		oom_decide(wait, verdict);
		*found = true;
	}
	return id;
}

/**
 * oom_decide_all - give a verdict about all OOMs that wait for one of a group
 * @oom: the group
 * @verdict: the verdict
 *
 * OOMs that begin to wait meanwhile do not get the verdict.
 *
 * Context: takes oom_wait_lock; may sleep.
 * Return: 0, or -ENOENT if there is none.
 */
int oom_decide_all(struct oom_css *oom, enum oom_verdict verdict)
{
	u64 last = atomic64_read(&oom_last_id);
	bool found = false;
	u64 id = 1;

	while ((id = oom_decide_some(oom, verdict, id, last, &found)))
		cond_resched();
	return found ? 0 : -ENOENT;
}

/**
 * oom_set_delay - set the delay of a group
 * @oom: the group
 * @delay: in milliseconds
 *
 * What waits already keeps its deadline.
 *
 * Context: any.
 */
void oom_set_delay(struct oom_css *oom, unsigned int delay)
{
	unsigned int old = xchg(&oom->delay, delay);

	atomic_add(!!delay - !!old, &oom_nr_delays);
}

/*
 * The OOM of a task
 */

static void oom_note_set(u8 state, u64 id)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;

	if (note->memcg) {
		mem_cgroup_put(note->memcg);
		note->memcg = NULL;
	}
	note->id = id;
	note->state = state;
	if (state == OOM_CGROUP_NONE)
		note->counted = false;
}

/* May the allocation fail now, and be tried again after a wait at the end of the fault? */
static bool oom_may_wait(struct oom_control *oc)
{
	/* a charge does not do this itself: a file system may have a transaction open */
	gfp_t gfp = current_gfp_context(oc->gfp_mask);

	if (!current->in_user_fault || (current->flags & PF_KTHREAD) ||
	    fatal_signal_pending(current))
		return false;
	if (oc->order < 0 || oc->order > PAGE_ALLOC_COSTLY_ORDER ||
	    !(gfp & __GFP_FS) || (gfp & (__GFP_NOFAIL | __GFP_HIGH)))
		return false;
	return oc->memcg || ((gfp & __GFP_IO) && (gfp & (__GFP_MOVABLE | __GFP_HARDWALL)));
}

static bool oom_current_has_handler(void)
{
	guard(rcu)();
	return oom_handler(task_oom_css(current));
}

/**
 * oom_cgroup_holds - does the current task wait for a verdict before the kernel acts?
 * @oc: the allocation that has failed
 *
 * Context: out_of_memory(), after @oc->constraint is known; oom_lock.  Does not sleep or
 * allocate.
 * Return: true if the allocation must fail now.  The task waits at the end of its fault.
 */
bool oom_cgroup_holds(struct oom_control *oc)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;

	lockdep_assert_held(&oom_lock);

	if (!atomic_read(&oom_nr_delays) || !oom_may_wait(oc))
		return false;
	if (note->state == OOM_CGROUP_HELD)
		return true;
	if (note->state == OOM_CGROUP_PASS || note->state == OOM_CGROUP_KILL ||
	    !oom_current_has_handler())
		return false;

	if (oc->memcg)
		oom_memcg_get(oc->memcg);
	note->memcg = oc->memcg;
	note->gfp_mask = oc->gfp_mask;
	note->order = oc->order;
	note->constraint = oc->constraint;
#ifdef CONFIG_NUMA
	if (oc->constraint == CONSTRAINT_MEMORY_POLICY)
		note->nodes = *oc->nodemask;
#endif
	note->state = OOM_CGROUP_HELD;
	return true;
}

/**
 * oom_cgroup_kills - did a handler tell the kernel's killer to choose a victim in a group,
 *	whatever memory.oom_control says?
 * @memcg: the group whose limit was hit
 *
 * Only a handler of this group, or of one above it, may do that.
 *
 * Context: a charge of the current task has failed.
 * Return: true if memory.oom_control is to be ignored.
 */
bool oom_cgroup_kills(struct mem_cgroup *memcg)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;

	return current->in_user_fault && note->state == OOM_CGROUP_KILL && note->kills_in &&
	       note->kills_in == oom_memcg_serial(memcg);
}

/**
 * __oom_cgroup_end_fault - a page fault of the current task from user mode has ended
 * @ret: how
 *
 * Context: handle_mm_fault(); may hold the mmap lock or the lock of the VMA.
 * Return: how it is to end: @ret, or VM_FAULT_OOM if the task shall wait and try again.
 */
vm_fault_t __oom_cgroup_end_fault(vm_fault_t ret)
{
	if (ret & VM_FAULT_OOM)
		return ret;
	/*
	 * What has waited goes on with the same fault, now with another lock.  If there is a
	 * signal, it may be another fault.
	 */
	if ((ret & VM_FAULT_RETRY) && !oom_cgroup_is_held() && !signal_pending(current))
		return ret;
	/* a file could not be read, most likely because this allocation failed */
	if ((ret & VM_FAULT_ERROR) == VM_FAULT_SIGBUS && oom_cgroup_is_held())
		return (ret & ~VM_FAULT_SIGBUS) | VM_FAULT_OOM;
	oom_note_set(OOM_CGROUP_NONE, 0);
	return ret;
}

#ifdef CONFIG_MEMCG_V1
/* The memory controller let the charge fail, to wait for user space: see memcg1_oom_prepare(). */
static bool oom_note_memcg(void)
{
	struct oom_cgroup_task *note = &current->oom_cgroup;
	struct mem_cgroup *memcg = current->memcg_in_oom;

	if (!memcg || (current->flags & PF_KTHREAD) || fatal_signal_pending(current) ||
	    !oom_current_has_handler())
		return false;
	oom_memcg_get(memcg);
	note->memcg = memcg;
	note->order = 0;
	note->constraint = CONSTRAINT_MEMCG;
	return true;
}

static void oom_forget_memcg(void)
{
	mem_cgroup_oom_synchronize(false);
}
#else
static bool oom_note_memcg(void)
{
	return false;
}

static void oom_forget_memcg(void)
{
}
#endif

/* Let the current task wait.  Return: the state for the next try. */
static enum oom_cgroup_state oom_wait_at_end(u64 *id)
{
	struct oom_wait wait = {
		.task = current,
		.group = to_oom_css(task_get_css(current, oom_cgrp_id)),
	};
	struct oom_css *handler = oom_handler(wait.group);
	enum oom_cgroup_state state = OOM_CGROUP_PASS;

	/* the delay may have been removed since the allocation failed */
	if (handler) {
		static const u8 states[] = {
			[OOM_VERDICT_RETRY] = OOM_CGROUP_NONE,
			[OOM_VERDICT_KILL] = OOM_CGROUP_KILL,
			[OOM_VERDICT_PASS] = OOM_CGROUP_PASS,
		};

		wait.id = atomic64_inc_return(&oom_last_id);
		state = states[oom_wait_for_verdict(&wait, handler)];
		current->oom_cgroup.kills_in =
			wait.overrides ? oom_memcg_serial(current->oom_cgroup.memcg) : 0;
	}
	*id = wait.id;
	css_put(&wait.group->css);
	return state;
}

/**
 * __oom_cgroup_wait - wait for a verdict about the fault that has ended with VM_FAULT_OOM
 *
 * Context: pagefault_out_of_memory(); no lock is held.  Sleeps, killable and freezable.
 * Return: true if the task shall try the fault again; false if the base goes on.
 */
bool __oom_cgroup_wait(void)
{
	enum oom_cgroup_state state = current->oom_cgroup.state;
	bool held = state == OOM_CGROUP_HELD;
	u64 id = 0;

	might_sleep();

	if (!held)
		oom_note_set(OOM_CGROUP_NONE, 0);
	/* the kernel had its turn, and found nothing to kill: the next OOM is another one */
	if (state == OOM_CGROUP_PASS || state == OOM_CGROUP_KILL)
		return false;
	if (!held && !oom_note_memcg())
		return false;
	if (fatal_signal_pending(current))
		state = OOM_CGROUP_NONE;
	else
		state = oom_wait_at_end(&id);

	if (!held && state == OOM_CGROUP_PASS) {
		/* now the memory controller waits, as memory.oom_control asks */
		oom_note_set(OOM_CGROUP_NONE, 0);
		return false;
	}
	oom_note_set(state, id);
	oom_forget_memcg();
	return true;
}
