// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: css_sets, their links to cgroups, and their members.
 *
 *     task ──> css_set ──link──> cgroup   one link for each hierarchy
 *                 │
 *                 └──slot──> css          one slot for each stateful subsystem
 *
 * The key of a css_set is the sum of the keys of its cgroups, each a random
 * number; those of roots are 0.  So the key of "this css_set, but there instead
 * of here" is found by one subtraction and one addition, and a hierarchy that
 * comes or goes changes no key.
 *
 * Links stand in a css_set in the order in which their hierarchies were made,
 * so two tuples are compared by one walk along both lists.
 *
 * A css_set in the table has references: the last one is dropped under
 * css_set_lock.  It keeps its cgroups and csses.
 */
#include <linux/cpuset.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/random.h>
#include <linux/sched/deadline.h>
#include <linux/sched/task.h>
#include <linux/siphash.h>
#include <linux/wait.h>
#include "cgroup_internal.h"
#include <linux/psi.h>
#include <trace/events/cgroup.h>

#define CSET_TABLE_BITS	12

static DEFINE_HASHTABLE(cset_table, CSET_TABLE_BITS);

/* Nobody outside can choose cgroups so that many css_sets have one key. */
static siphash_key_t cset_key_secret __ro_after_init;

/* Number of css_sets in the table (S). */
int css_set_count;

DEFINE_SPINLOCK(css_set_lock);
#ifdef CONFIG_PROVE_RCU
EXPORT_SYMBOL_GPL(css_set_lock);
#endif

struct css_set init_css_set = {
	.refcount = REFCOUNT_INIT(1),
	.dfl_cgrp = &cgrp_dfl_root.cgrp,
	.lock = __SPIN_LOCK_UNLOCKED(init_css_set.lock),
	.tasks = LIST_HEAD_INIT(init_css_set.tasks),
	.dying_leaders = LIST_HEAD_INIT(init_css_set.dying_leaders),
	.task_iters = LIST_HEAD_INIT(init_css_set.task_iters),
	.links = LIST_HEAD_INIT(init_css_set.links),
	.namespaces = LIST_HEAD_INIT(init_css_set.namespaces),
};

static void cset_hash(struct css_set *cset)
{
	lockdep_assert_held(&css_set_lock);
	hash_add(cset_table, &cset->hash_node, cset->key);
	css_set_count++;
}

static void cset_unhash(struct css_set *cset)
{
	lockdep_assert_held(&css_set_lock);
	if (hlist_unhashed(&cset->hash_node))
		return;		/* cset_retire() */
	hash_del(&cset->hash_node);
	css_set_count--;
}

/**
 * cset_init_early - put the first css_set into the table
 *
 * Context: boot, one CPU.
 */
void __init cset_init_early(void)
{
	get_random_bytes(&cset_key_secret, sizeof(cset_key_secret));

	guard(spinlock_irq)(&css_set_lock);
	cset_hash(&init_css_set);
}

/**
 * cgroup_new_key - a summand of css_set::key for a new cgroup
 *
 * As good as random for who does not know the secret of this boot, and much
 * cheaper before the random number generator is seeded.
 */
u64 cgroup_new_key(void)
{
	static atomic64_t nr;

	return siphash_1u64(atomic64_inc_return(&nr), &cset_key_secret);
}

static void cset_link(struct css_set *cset, struct cgroup *cgrp, struct list_head *spare)
{
	struct cgrp_cset_link *link = list_first_entry(spare, struct cgrp_cset_link, cset_node);

	lockdep_assert_held(&css_set_lock);

	link->cset = cset;
	link->cgrp = cgrp;
	cgroup_get(cgrp);
	list_move_tail(&link->cset_node, &cset->links);
	list_add_tail(&link->cgrp_node, &cgrp->cset_links);
	cset->key += cgrp->key;
}

static void cset_unlink(struct cgrp_cset_link *link)
{
	lockdep_assert_held(&css_set_lock);

	list_del(&link->cset_node);
	list_del(&link->cgrp_node);
	cgroup_put(link->cgrp);
	kfree(link);
}

/**
 * cset_free_spare - free links that were not needed
 * @spare: made by cset_alloc_spare()
 */
void cset_free_spare(struct list_head *spare)
{
	struct cgrp_cset_link *link, *next;

	list_for_each_entry_safe(link, next, spare, cset_node)
		kfree(link);
}

/**
 * cset_alloc_spare - make links to be used under css_set_lock
 * @nr: how many
 * @spare: list of them
 *
 * Return: 0, or -ENOMEM: then there is none.
 */
int cset_alloc_spare(int nr, struct list_head *spare)
{
	while (nr-- > 0) {
		struct cgrp_cset_link *link = kmalloc(sizeof(*link), GFP_KERNEL);

		if (!link) {
			cset_free_spare(spare);
			return -ENOMEM;
		}
		list_add(&link->cset_node, spare);
	}
	return 0;
}

/**
 * cset_cgroup_from_root - where a css_set is in a hierarchy
 * @cset: the css_set
 * @root: the hierarchy
 *
 * Context: cgroup_mutex or css_set_lock.
 * Return: the cgroup; NULL if the hierarchy is gone.
 */
struct cgroup *cset_cgroup_from_root(struct css_set *cset, struct cgroup_root *root)
{
	struct cgrp_cset_link *link;

	lockdep_assert(lockdep_is_held(&cgroup_mutex) || lockdep_is_held(&css_set_lock));

	list_for_each_entry(link, &cset->links, cset_node)
		if (link->cgrp->root == root)
			return link->cgrp;
	return NULL;
}

/**
 * task_cgroup_from_root - where a task is in a hierarchy
 * @task: the task
 * @root: the hierarchy
 *
 * Context: cgroup_mutex or css_set_lock, and the task's css_set pinned by either.
 * Return: the cgroup; NULL if the hierarchy is gone.
 */
struct cgroup *task_cgroup_from_root(struct task_struct *task, struct cgroup_root *root)
{
	return cset_cgroup_from_root(task_css_set(task), root);
}

/* The key of the tuple of @old with @cgrp in its hierarchy. */
static u64 cset_key_with(struct css_set *old, struct cgroup *cgrp)
{
	return old->key - cset_cgroup_from_root(old, cgrp->root)->key + cgrp->key;
}

/* Is @cset the tuple of @old with @cgrp in its hierarchy? */
static bool cset_matches(struct css_set *cset, struct css_set *old, struct cgroup *cgrp)
{
	struct cgrp_cset_link *b = list_first_entry(&old->links, struct cgrp_cset_link, cset_node);
	struct cgrp_cset_link *a;

	list_for_each_entry(a, &cset->links, cset_node) {
		if (list_entry_is_head(b, &old->links, cset_node))
			return false;
		if (a->cgrp != (b->cgrp->root == cgrp->root ? cgrp : b->cgrp))
			return false;
		b = list_next_entry(b, cset_node);
	}
	return list_entry_is_head(b, &old->links, cset_node);
}

static struct css_set *cset_lookup(struct css_set *old, struct cgroup *cgrp, u64 key)
{
	struct css_set *cset;

	lockdep_assert_held(&css_set_lock);

	hash_for_each_possible(cset_table, cset, hash_node, key)
		if (cset->key == key && cset_matches(cset, old, cgrp)) {
			get_css_set(cset);
			return cset;
		}
	return NULL;
}

/* The slots of "@old, but there": as in @old, but for what @cgrp's hierarchy carries. */
static void cset_derive_slots(struct cgroup_subsys_state **slots, struct css_set *old,
			      struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;
	struct cgroup_subsys *ss;
	int ssid;

	lockdep_assert_held(&cgroup_mutex);

	memcpy(slots, old->subsys, sizeof(old->subsys));
	/* one that was retired has slots that were right then */
	list_for_each_entry(link, &old->links, cset_node) {
		if (!hlist_unhashed(&old->hash_node))
			break;
		for_each_subsys_mask(ss, ssid, link->cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
			slots[ssid] = cgroup_e_css(link->cgrp, ss);
	}
	for_each_subsys_mask(ss, ssid, cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
		slots[ssid] = cgroup_e_css(cgrp, ss);
}

static struct css_set *cset_alloc(void)
{
	struct css_set *cset = kzalloc(sizeof(*cset), GFP_KERNEL);

	if (!cset)
		return NULL;
	refcount_set(&cset->refcount, 1);
	spin_lock_init(&cset->lock);
	INIT_LIST_HEAD(&cset->tasks);
	INIT_LIST_HEAD(&cset->dying_leaders);
	INIT_LIST_HEAD(&cset->task_iters);
	INIT_LIST_HEAD(&cset->links);
	INIT_LIST_HEAD(&cset->namespaces);
	return cset;
}

static void cset_fill_slots(struct css_set *cset, struct cgroup_subsys_state **slots)
{
	int ssid;

	lockdep_assert_held(&css_set_lock);

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		css_get(slots[ssid]);
		cset->subsys[ssid] = slots[ssid];
		list_add_tail(&cset->css_nodes[ssid], &slots[ssid]->csets);
	}
}

/**
 * cset_find - find the css_set that differs from another in one place
 * @old: the other one
 * @cgrp: the place: @old's tuple with this cgroup for its hierarchy
 *
 * Context: cgroup_mutex, which is what keeps hierarchies and bindings.
 * Return: the css_set, referenced; NULL if there is none.
 */
struct css_set *cset_find(struct css_set *old, struct cgroup *cgrp)
{
	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	return cset_lookup(old, cgrp, cset_key_with(old, cgrp));
}

/**
 * cset_make - make a css_set that differs from another in one place
 * @old: the other one
 * @cgrp: the place: @old's tuple with this cgroup for its hierarchy
 * @slots: the css of each stateful subsystem
 *
 * Context: cgroup_mutex; there is none in the table with that tuple; may sleep.
 * Return: the css_set, with one reference; NULL without memory.
 */
struct css_set *cset_make(struct css_set *old, struct cgroup *cgrp,
			  struct cgroup_subsys_state **slots)
{
	struct css_set *cset = cset_alloc();
	struct cgrp_cset_link *link;
	LIST_HEAD(spare);

	lockdep_assert_held(&cgroup_mutex);

	/* links of all hierarchies come and go under cgroup_mutex only */
	if (!cset || cset_alloc_spare(list_count_nodes(&old->links), &spare)) {
		kfree(cset);
		return NULL;
	}

	guard(spinlock_irq)(&css_set_lock);
	cset->dfl_cgrp = cgroup_on_dfl(cgrp) ? cgrp : old->dfl_cgrp;
	cset_fill_slots(cset, slots);
	list_for_each_entry(link, &old->links, cset_node)
		cset_link(cset, link->cgrp->root == cgrp->root ? cgrp : link->cgrp, &spare);
	cset_hash(cset);
	return cset;
}

/**
 * find_css_set - find or make a css_set that differs from another in one place
 * @old: the other one
 * @cgrp: the place: @old's tuple with this cgroup for its hierarchy
 *
 * Context: cgroup_mutex; may sleep.
 * Return: the css_set, referenced; NULL without memory.
 */
struct css_set *find_css_set(struct css_set *old, struct cgroup *cgrp)
{
	struct cgroup_subsys_state *slots[CGROUP_SUBSYS_COUNT];
	struct css_set *cset = cset_find(old, cgrp);

	if (cset)
		return cset;
	cset_derive_slots(slots, old, cgrp);
	return cset_make(old, cgrp, slots);
}

/**
 * cset_retire - let nobody find a css_set any more
 * @cset: the css_set; its slots are about to be wrong, or its tuple
 *
 * Tasks that are exiting or dead keep it: what they have charged is in its csses.
 * Namespaces must not: see cgroup_ns_follow().
 *
 * Context: cgroup_mutex, css_set_lock.
 * Return: false if it was retired already.
 */
bool cset_retire(struct css_set *cset)
{
	bool hashed = !hlist_unhashed(&cset->hash_node);

	lockdep_assert_held(&cgroup_mutex);

	cset_unhash(cset);
	return hashed;
}

/**
 * cset_is_used - has a css_set tasks, leaders that have exited, or namespaces?
 * @cset: the css_set
 *
 * Context: any; the answer may be old, but a css_set that was retired gets none any more.
 */
bool cset_is_used(struct css_set *cset)
{
	guard(spinlock_irq)(&cset->lock);
	return cset->nr_tasks || cset->nr_leaders || !list_empty_careful(&cset->namespaces);
}

/**
 * cset_restore - undo cset_retire()
 * @cset: the css_set
 *
 * Context: cgroup_mutex, css_set_lock.
 */
void cset_restore(struct css_set *cset)
{
	lockdep_assert_held(&cgroup_mutex);
	cset_hash(cset);
}

/**
 * put_css_set_locked - drop a reference to a css_set
 * @cset: the css_set
 *
 * Context: css_set_lock.
 */
void put_css_set_locked(struct css_set *cset)
{
	struct cgrp_cset_link *link, *next;
	int ssid;

	lockdep_assert_held(&css_set_lock);

	if (!refcount_dec_and_test(&cset->refcount))
		return;

	cset_unhash(cset);
	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		list_del(&cset->css_nodes[ssid]);
		css_put(cset->subsys[ssid]);
	}
	list_for_each_entry_safe(link, next, &cset->links, cset_node)
		cset_unlink(link);
	kfree_rcu(cset, rcu);
}

/**
 * put_css_set - drop a reference to a css_set
 * @cset: the css_set
 *
 * Context: any.
 */
void put_css_set(struct css_set *cset)
{
	if (refcount_dec_not_one(&cset->refcount))
		return;

	guard(spinlock_irqsave)(&css_set_lock);
	put_css_set_locked(cset);
}

/**
 * put_css_set_many - drop references to a css_set that the caller has one more of
 * @cset: the css_set
 * @nr: how many
 *
 * Context: any.
 */
void put_css_set_many(struct css_set *cset, unsigned int nr)
{
	if (nr)
		WARN_ON_ONCE(refcount_sub_and_test(nr, &cset->refcount));
}

/*
 * The step that links every css_set to the root of a new hierarchy.  Tasks
 * that exit may take css_sets away between prepare and commit; none is added.
 */
struct cset_links_step {
	struct cgroup_step step;
	struct cgroup_root *root;
	struct list_head spare;
};

static void cset_links_commit(struct cgroup_step *step)
{
	struct cset_links_step *s = container_of(step, struct cset_links_step, step);
	struct css_set *cset;
	int bucket;

	guard(spinlock_irq)(&css_set_lock);
	hash_for_each(cset_table, bucket, cset, hash_node) {
		cset_link(cset, &s->root->cgrp, &s->spare);
		if (cset->nr_tasks)
			s->root->cgrp.nr_populated_csets++;
	}
}

static void cset_links_finish(struct cgroup_step *step, bool committed)
{
	cset_free_spare(&container_of(step, struct cset_links_step, step)->spare);
}

static const struct cgroup_step_ops cset_links_ops = {
	.commit = cset_links_commit,
	.finish = cset_links_finish,
};

/**
 * cset_prepare_root_links - get ready to link all css_sets to a new hierarchy
 * @txn: transaction that it becomes a step of
 * @root: the hierarchy
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -ENOMEM.
 */
int cset_prepare_root_links(struct cgroup_txn *txn, struct cgroup_root *root)
{
	struct cset_links_step *s = cgroup_txn_alloc(txn, sizeof(*s));

	lockdep_assert_held(&cgroup_mutex);

	if (!s)
		return -ENOMEM;
	INIT_LIST_HEAD(&s->spare);
	s->root = root;
	if (cset_alloc_spare(READ_ONCE(css_set_count), &s->spare))
		return -ENOMEM;
	cgroup_txn_add(txn, &s->step, &cset_links_ops);
	return 0;
}

/**
 * cset_drop_root_links - make all css_sets forget a hierarchy
 * @root: the hierarchy, without live children
 *
 * Those of exited tasks may still name removed cgroups of it; they keep these.
 *
 * Context: cgroup_mutex.
 */
void cset_drop_root_links(struct cgroup_root *root)
{
	struct cgrp_cset_link *link, *next;

	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry_safe(link, next, &root->cgrp.cset_links, cgrp_node)
		cset_unlink(link);
}

/* A css_set of @cgrp got its first task or lost its last: tell it and those above. */
static void cgroup_update_populated(struct cgroup *cgrp, int change)
{
	int *count = &cgrp->nr_populated_csets;

	for (; cgrp; cgrp = cgroup_parent(cgrp), count = &cgrp->nr_populated_children) {
		bool was = cgroup_is_populated(cgrp);
		bool is;

		*count += change;
		is = cgroup_is_populated(cgrp);
		if (was == is)
			break;
		if (!is)
			cgroup_check_for_release(cgrp);
		TRACE_CGROUP_PATH(notify_populated, cgrp, is);
	}
}

/* The place of a css_set in the newest hierarchy, where it is in the root or unknown. */
static void cset_set_last_place(struct css_set *cset, struct cgroup *cgrp,
				struct list_head *spare)
{
	struct cgrp_cset_link *link = list_last_entry(&cset->links, struct cgrp_cset_link,
						      cset_node);
	struct cgroup *root = link->cgrp;

	if (cset->nr_tasks)
		cgroup_update_populated(cgrp, 1);
	if (root->root != cgrp->root) {
		/* one that was retired before that hierarchy was made */
		cset_link(cset, cgrp, spare);
		return;
	}
	cset_unhash(cset);
	if (cset->nr_tasks)
		cgroup_update_populated(root, -1);
	cgroup_get(cgrp);
	link->cgrp = cgrp;
	list_move_tail(&link->cgrp_node, &cgrp->cset_links);
	cset->key += cgrp->key;
	cgroup_put(root);
	cset_hash(cset);
}

/**
 * cset_link_members - let those who are in one cgroup be in one of a new hierarchy as well
 * @to: the cgroup of the new hierarchy, to whose root cset_prepare_root_links() has linked all
 * @from: the other cgroup
 * @spare: cset_count_retired() links
 *
 * Context: cgroup_mutex.
 */
void cset_link_members(struct cgroup *to, struct cgroup *from, struct list_head *spare)
{
	struct cgrp_cset_link *link;

	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &from->cset_links, cgrp_node)
		cset_set_last_place(link->cset, to, spare);
}

/**
 * cset_count_retired - how many css_sets of a cgroup nobody can find any more
 * @cgrp: the cgroup
 *
 * Context: cgroup_mutex, under which there are at most fewer later.
 */
int cset_count_retired(struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;
	int nr = 0;

	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &cgrp->cset_links, cgrp_node)
		nr += hlist_unhashed(&link->cset->hash_node);
	return nr;
}

static void cset_update_populated(struct css_set *cset, int change)
{
	struct cgrp_cset_link *link;

	lockdep_assert_held(&css_set_lock);

	list_for_each_entry(link, &cset->links, cset_node)
		cgroup_update_populated(link->cgrp, change);
}

/*
 * Members
 *
 * A fork joins a css_set, and an exit leaves it, by the lock of that css_set alone.  What
 * gives tasks other css_sets marks the css_sets as migrating from before it collects
 * their tasks until the subsystems know where these are: a fork that would join then, or
 * whose parent has another css_set by now, goes back to can_fork(), and an exit waits.  So
 * nothing that changes css_sets ever waits for a fork or an exit, however slow it is.
 */

static DECLARE_WAIT_QUEUE_HEAD(cset_settled_wait);

/* The css_set of a task, locked, IRQs off; the task stays in it meanwhile. */
static struct css_set *cset_lock_of(struct task_struct *task)
{
	struct css_set *cset;

	guard(rcu)();
	for (;;) {
		cset = rcu_dereference(task->cgroups);
		spin_lock_irq(&cset->lock);
		if (likely(cset == rcu_access_pointer(task->cgroups)))
			return cset;
		spin_unlock_irq(&cset->lock);
	}
}

static void cset_wait_settled(struct css_set *cset)
{
	wait_event(cset_settled_wait, !READ_ONCE(cset->migrating));
}

/* Wait until the css_set of an exiting task does not migrate. */
static void cset_wait_settled_of(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	get_css_set(cset);
	spin_unlock_irq(&cset->lock);
	cset_wait_settled(cset);
	put_css_set(cset);
}

/**
 * cset_get_settled - the css_set of a task, when its tasks are not migrating
 * @task: the current task, or a child that it makes
 *
 * Kernel threads that fork are in the root of each hierarchy, where tasks only arrive; they
 * do not wait, for what migrates may need them.
 *
 * Context: may sleep.
 * Return: the css_set, referenced; it may migrate again at any time.
 */
struct css_set *cset_get_settled(struct task_struct *task)
{
	struct css_set *cset;

	for (;;) {
		scoped_guard(rcu) {
			do {
				cset = rcu_dereference(task->cgroups);
			} while (!refcount_inc_not_zero(&cset->refcount));
		}
		if (likely(!READ_ONCE(cset->migrating) || current->flags & PF_KTHREAD))
			return cset;
		cset_wait_settled(cset);
		put_css_set(cset);
	}
}

/**
 * cset_is_settled_of - has a task stayed in its css_set since cset_get_settled()?
 * @cset: what that returned
 * @task: the task
 *
 * Context: any.
 * Return: false if it has another one by now, or is on its way.
 */
bool cset_is_settled_of(struct css_set *cset, struct task_struct *task)
{
	guard(spinlock_irq)(&cset->lock);
	return rcu_access_pointer(task->cgroups) == cset &&
	       (!cset->migrating || current->flags & PF_KTHREAD);
}

/**
 * cset_set_migrating - begin or end to exclude forks and exits of the tasks of a css_set
 * @cset: the css_set
 * @migrating: begin
 *
 * Context: cgroup_mutex.
 */
void cset_set_migrating(struct css_set *cset, bool migrating)
{
	lockdep_assert_held(&cgroup_mutex);

	scoped_guard(spinlock_irq, &cset->lock)
		WRITE_ONCE(cset->migrating, migrating);
	if (!migrating && wq_has_sleeper(&cset_settled_wait))
		wake_up_all(&cset_settled_wait);
}

static void __cset_add_task(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	cset->nr_tasks++;
	cgroup_move_task(task, cset);
	list_add_tail(&task->cg_list, &cset->tasks);
}

/**
 * cset_join - make a new task a member of its parent's css_set
 * @cset: the css_set that the fork began with; its reference becomes the task's
 * @child: the task
 *
 * A parent that is no member itself, such as the boot task, leaves a css_set without tasks
 * to cset_add_task().
 *
 * Context: by the parent, IRQs off, no css_set locks.
 * Return: false if the css_set of the parent has changed, or is about to.
 */
bool cset_join(struct css_set *cset, struct task_struct *child)
{
	lockdep_assert_irqs_disabled();

	/* without waiting, under tasklist_lock, for what moves its tasks */
	if (unlikely(rcu_access_pointer(current->cgroups) != cset || READ_ONCE(cset->migrating)) &&
	    !(current->flags & PF_KTHREAD))
		return false;
	guard(spinlock)(&cset->lock);
	if (unlikely(rcu_access_pointer(current->cgroups) != cset))
		return false;
	if (unlikely(cset->migrating && !(current->flags & PF_KTHREAD)))
		return false;
	if (likely(cset->nr_tasks))
		__cset_add_task(cset, child);
	return true;
}

/**
 * cset_add_task - make a new task the first member of a css_set
 * @cset: the css_set; its reference becomes the task's
 * @task: the task, in none yet
 *
 * Context: IRQs on, no css_set locks.
 */
void cset_add_task(struct css_set *cset, struct task_struct *task)
{
	guard(spinlock_irq)(&css_set_lock);
	if (!cset->nr_tasks)
		cset_update_populated(cset, 1);
	guard(spinlock)(&cset->lock);
	__cset_add_task(cset, task);
}

static void cset_del_leader(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	css_task_iters_skip(cset, task);
	list_del_init(&task->cg_list);
	cset->nr_leaders--;
}

static void cset_add_leader(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	list_add_tail(&task->cg_list, &cset->dying_leaders);
	cset->nr_leaders++;
}

/* A fork may wait for the lock of its css_set with tasklist_lock held: do not keep it long. */
#define MOVE_BATCH	64U

static void cset_move_batch(struct cgroup_move *moves, unsigned int nr)
{
	struct css_set *from = moves->src, *to = moves->dst;
	unsigned int i;

	guard(spinlock)(&from->lock);
	spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	for (i = 0; i < nr; i++) {
		css_task_iters_skip(from, moves[i].task);
		list_del(&moves[i].task->cg_list);
		__cset_add_task(to, moves[i].task);
	}
	from->nr_tasks -= nr;
	spin_unlock(&to->lock);
}

/**
 * cset_move_tasks - move live members of one css_set to another
 * @moves: the tasks, all from one css_set to one other
 * @nr: how many, at least one
 *
 * The references of the tasks to the new css_set become theirs, those to the old one the
 * caller's.
 *
 * Context: cgroup_mutex, css_set_lock.
 */
void cset_move_tasks(struct cgroup_move *moves, unsigned int nr)
{
	struct css_set *from = moves->src, *to = moves->dst;
	unsigned int i;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	/* first in, then out: a cgroup that both share never looks empty */
	if (!to->nr_tasks)
		cset_update_populated(to, 1);

	for (i = 0; i < nr; i += MOVE_BATCH)
		cset_move_batch(moves + i, min(nr - i, MOVE_BATCH));

	if (!from->nr_tasks)
		cset_update_populated(from, -1);
	cgroup_walks_note_moves(moves, nr);
}

/* With the locks of both css_sets. */
static void __cset_move_leader(struct css_set *from, struct css_set *to, struct task_struct *task)
{
	bool deadline;

	if (task->cgroup_exited) {
		css_task_iters_skip(from, task);
		rcu_assign_pointer(task->cgroups, to);
		/* in a list all the while: cgroup_release() looks without a lock */
		list_move_tail(&task->cg_list, &to->dying_leaders);
		from->nr_leaders--;
		to->nr_leaders++;
		return;
	}
	/* still a member: it is on its way out */
	deadline = dl_task(task);
	if (deadline)
		dec_dl_tasks_cs(task);
	if (!to->nr_tasks)
		cset_update_populated(to, 1);
	css_task_iters_skip(from, task);
	list_del(&task->cg_list);
	__cset_add_task(to, task);
	if (deadline)
		inc_dl_tasks_cs(task);
	if (!--from->nr_tasks)
		cset_update_populated(from, -1);
}

/**
 * cset_move_leader - move a leader that has exited, or is about to, to another css_set
 * @move: the leader, from where to where; references as with cset_move_tasks()
 * @charge: called before the leader moves, with both locks held, if it does
 * @arg: for @charge
 *
 * Nothing excludes the release of the leader, which takes it out of its css_set first.
 *
 * Context: cgroup_mutex, css_set_lock.
 * Return: false if the leader has been released.
 */
bool cset_move_leader(struct cgroup_move *move, void (*charge)(void *arg, struct cgroup_move *move),
		      void *arg)
{
	struct css_set *from = move->src, *to = move->dst;
	bool there;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	spin_lock(&from->lock);
	spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	there = !list_empty(&move->task->cg_list);
	if (there) {
		charge(arg, move);
		__cset_move_leader(from, to, move->task);
	}
	spin_unlock(&to->lock);
	spin_unlock(&from->lock);
	if (there)
		cgroup_walks_note_moves(move, 1);
	return there;
}

static void __cset_exit_task(struct css_set *cset, struct task_struct *task)
{
	lockdep_assert_held(&cset->lock);

	css_task_iters_skip(cset, task);
	list_del_init(&task->cg_list);
	cset->nr_tasks--;
	task->cgroup_exited = 1;
	/*
	 * cpuset counts deadline tasks, and learns of their exit from the core only.  A leader
	 * that has exited is not counted any more, wherever it goes.
	 */
	if (dl_task(task))
		dec_dl_tasks_cs(task);
	/* a process outlives its first thread, and is found by it */
	if (thread_group_leader(task) && atomic_read(&task->signal->live))
		cset_add_leader(cset, task);
}

/* As cset_exit_task(), for what may be the last member; false if it has to wait. */
static bool cset_exit_last_task(struct task_struct *task)
{
	struct css_set *cset;

	/* keeps the task where it is */
	guard(spinlock_irq)(&css_set_lock);
	cset = task_css_set(task);
	scoped_guard(spinlock, &cset->lock) {
		if (cset->migrating)
			return false;
		__cset_exit_task(cset, task);
	}
	if (!cset->nr_tasks)
		cset_update_populated(cset, -1);
	return true;
}

/**
 * cset_exit_task - the current task is no member any more
 * @task: the current task; it keeps its css_set as task_css_set()
 *
 * Context: may sleep; no css_set locks.
 */
void cset_exit_task(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	if (likely(cset->nr_tasks > 1 && !cset->migrating)) {
		__cset_exit_task(cset, task);
		spin_unlock_irq(&cset->lock);
		return;
	}
	spin_unlock_irq(&cset->lock);
	while (!cset_exit_last_task(task))
		cset_wait_settled_of(task);
}

/**
 * cset_release_leader - a dead leader is not needed any more to find its process
 * @task: the task, gone through cset_exit_task(); its css_set is final from now on
 *
 * Context: process, IRQs on.
 */
void cset_release_leader(struct task_struct *task)
{
	struct css_set *cset = cset_lock_of(task);

	if (!list_empty(&task->cg_list))
		cset_del_leader(cset, task);
	spin_unlock_irq(&cset->lock);
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "cgroup_cset_kunit.c"
#endif
