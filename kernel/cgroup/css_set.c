// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: css_sets and their links to cgroups.
 *
 *     task ──> css_set ──link──> cgroup   one link for each hierarchy
 *                 │
 *                 └──slot──> css          one slot for each stateful subsystem
 *
 * The key of a css_set is the sum of the keys of its cgroups.  The key of a cgroup
 * is a random number; that of a root is 0.  So one subtraction and one addition
 * give the key of a css_set that differs from another in one cgroup, and a
 * hierarchy that comes or goes changes no key.
 *
 * The links of a css_set are in the order in which their hierarchies were made,
 * so one walk along both lists compares two tuples.
 *
 * A css_set in the table has at least one reference: the last one is dropped under
 * css_set_lock.  A css_set holds references to its cgroups and csses.  Each task holds a
 * reference to its css_set until the task is freed, not only until it exits.  Each iterator,
 * cgroup namespace and migration under way holds one too.
 *
 *	made -> populated <-> empty -> freed
 *		    |	       |	 ^
 *		    +-> retired <-+ -----+
 *
 *   made       cset_make(); in the table from the start.  Only this function makes css_sets,
 *              and it runs under cgroup_mutex.
 *   populated  nr_tasks > 0: counted in nr_populated_csets of its cgroups, and through these
 *              in nr_populated_children of the cgroups above
 *   empty      no task, but references of exited tasks, namespaces, walks or migrations
 *   retired    its slots or its tuple are about to become wrong, so it is not in the table any
 *              more.  After the change only tasks that are exiting or dead use it; no
 *              namespace does (reslot.c).  An abort puts it back (cset_restore()).
 *   freed      a grace period after the last reference was dropped
 *
 * init_css_set, the tuple of all roots, is never freed: the initial namespace holds a
 * reference.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/random.h>
#include <linux/sched/task.h>
#include <linux/siphash.h>
#include "css_set.h"
#include "subsys.h"
#include "txn.h"

#define CSET_TABLE_BITS	12

static DEFINE_HASHTABLE(cset_table, CSET_TABLE_BITS);

/* Because of this, user space cannot choose cgroups so that many css_sets have the same key. */
static siphash_key_t cset_key_secret __ro_after_init;

/* Number of css_sets in the table (S). */
int css_set_count;

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
 * cgroup_new_key - make the summand of css_set::key for a new cgroup
 *
 * It is as good as random to anyone who does not know the secret of this boot, and
 * much cheaper before the random number generator is seeded.
 *
 * Context: any.
 * Return: the summand.
 */
u64 cgroup_new_key(void)
{
	static atomic64_t nr;

	return siphash_1u64(atomic64_inc_return(&nr), &cset_key_secret);
}

static void cset_add_link(struct css_set *cset, struct cgroup *cgrp, struct cgrp_cset_link *link)
{
	lockdep_assert_held(&css_set_lock);

	link->cset = cset;
	link->cgrp = cgrp;
	cgroup_get(cgrp);
	list_add_tail(&link->cset_node, &cset->links);
	list_add_tail(&link->cgrp_node, &cgrp->cset_links);
	cset->key += cgrp->key;
}

static void cset_link(struct css_set *cset, struct cgroup *cgrp, struct list_head *spare)
{
	struct cgrp_cset_link *link = list_first_entry(spare, struct cgrp_cset_link, cset_node);

	list_del(&link->cset_node);
	cset_add_link(cset, cgrp, link);
}

static void cset_unlink(struct cgrp_cset_link *link)
{
	lockdep_assert_held(&css_set_lock);

	list_del(&link->cset_node);
	list_del(&link->cgrp_node);
	cgroup_put(link->cgrp);
	if (!link->is_part)
		kfree(link);
}

/**
 * cset_free_spare - free links that were not needed
 * @spare: made by cset_alloc_spare()
 *
 * Context: any.
 */
void cset_free_spare(struct list_head *spare)
{
	struct cgrp_cset_link *link, *next;

	list_for_each_entry_safe(link, next, spare, cset_node)
		kfree(link);
}

/**
 * cset_alloc_spare - allocate links for use under css_set_lock
 * @nr: how many
 * @spare: list to which they are added
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, and all links of @spare are freed.
 */
int cset_alloc_spare(int nr, struct list_head *spare)
{
	while (nr-- > 0) {
		struct cgrp_cset_link *link = kmalloc(sizeof(*link), GFP_KERNEL);

		if (!link) {
			cset_free_spare(spare);
			return -ENOMEM;
		}
		link->is_part = false;
		list_add(&link->cset_node, spare);
	}
	return 0;
}

/**
 * cset_cgroup_from_root - the cgroup of a css_set in a hierarchy
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
 * task_cgroup_from_root - the cgroup of a task in a hierarchy
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

/* The key of the tuple that @old has if @cgrp replaces its cgroup in that hierarchy. */
static u64 cset_key_with(struct css_set *old, struct cgroup *cgrp)
{
	return old->key - cset_cgroup_from_root(old, cgrp->root)->key + cgrp->key;
}

/* Does @cset have the tuple that @old has if @cgrp replaces its cgroup in that hierarchy? */
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

/* Derive the slots for @old's tuple with @cgrp: only what that hierarchy carries may differ. */
static void cset_derive_slots(struct cgroup_subsys_state **slots, struct css_set *old,
			      struct cgroup *cgrp)
{
	struct cgrp_cset_link *link;
	struct cgroup_subsys *ss;
	int ssid;

	lockdep_assert_held(&cgroup_mutex);

	memcpy(slots, old->subsys, sizeof(old->subsys));
	/* the slots of a retired css_set may be outdated: derive all of them */
	list_for_each_entry(link, &old->links, cset_node) {
		if (!hlist_unhashed(&old->hash_node))
			break;
		for_each_subsys_mask(ss, ssid, link->cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
			slots[ssid] = cgroup_e_css(link->cgrp, ss);
	}
	for_each_subsys_mask(ss, ssid, cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
		slots[ssid] = cgroup_e_css(cgrp, ss);
}

/*
 * A css_set and its links to the hierarchies that exist when it is made.  One allocation is
 * cheaper than several: a move of a single task often makes a css_set and frees another one.
 */
struct css_set_with_links {
	struct css_set cset;
	struct cgrp_cset_link links[];
};

/* put_css_set_locked() frees it as a css_set */
static_assert(offsetof(struct css_set_with_links, cset) == 0);

static struct css_set_with_links *cset_alloc(size_t nr_links)
{
	struct css_set_with_links *mem = kzalloc(struct_size(mem, links, nr_links), GFP_KERNEL);
	struct css_set *cset = &mem->cset;

	if (!mem)
		return NULL;
	refcount_set(&cset->refcount, 1);
	spin_lock_init(&cset->lock);
	INIT_LIST_HEAD(&cset->tasks);
	INIT_LIST_HEAD(&cset->dying_leaders);
	INIT_LIST_HEAD(&cset->task_iters);
	INIT_LIST_HEAD(&cset->links);
	INIT_LIST_HEAD(&cset->namespaces);
	return mem;
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
 * @cgrp: replaces the cgroup that @old has in the same hierarchy
 *
 * Context: cgroup_mutex, which keeps hierarchies and bindings as they are; takes css_set_lock.
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
 * @cgrp: replaces the cgroup that @old has in the same hierarchy
 * @slots: the css of each stateful subsystem
 *
 * Context: cgroup_mutex, so no other task can make a css_set with that tuple; none in the table
 * has it yet.  May sleep.
 * Return: the css_set, with one reference; NULL if out of memory.
 */
struct css_set *cset_make(struct css_set *old, struct cgroup *cgrp,
			  struct cgroup_subsys_state **slots)
{
	struct css_set_with_links *mem;
	struct cgrp_cset_link *link, *new;

	lockdep_assert_held(&cgroup_mutex);

	/* links of all hierarchies come and go under cgroup_mutex only */
	mem = cset_alloc(list_count_nodes(&old->links));
	if (!mem)
		return NULL;
	new = mem->links;

	guard(spinlock_irq)(&css_set_lock);
	mem->cset.dfl_cgrp = cgroup_on_dfl(cgrp) ? cgrp : old->dfl_cgrp;
	cset_fill_slots(&mem->cset, slots);
	list_for_each_entry(link, &old->links, cset_node) {
		new->is_part = true;
		cset_add_link(&mem->cset, link->cgrp->root == cgrp->root ? cgrp : link->cgrp,
			      new++);
	}
	cset_hash(&mem->cset);
	return &mem->cset;
}

/**
 * cset_find_or_make - find or make a css_set that differs from another in one place
 * @old: the other one
 * @cgrp: replaces the cgroup that @old has in the same hierarchy
 *
 * Context: cgroup_mutex; may sleep.
 * Return: the css_set, referenced; NULL if out of memory.
 */
struct css_set *cset_find_or_make(struct css_set *old, struct cgroup *cgrp)
{
	struct cgroup_subsys_state *slots[CGROUP_SUBSYS_COUNT];
	struct css_set *cset = cset_find(old, cgrp);

	if (cset)
		return cset;
	cset_derive_slots(slots, old, cgrp);
	return cset_make(old, cgrp, slots);
}

/**
 * cset_retire - take a css_set out of the table, so that it is not found any more
 * @cset: the css_set; its slots or its tuple are about to become wrong
 *
 * Tasks that are exiting or dead keep the css_set, because its csses have what they
 * charged.  Namespaces must not keep it: see cgroup_ns_follow().
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
 * cset_is_used - does a css_set have tasks, leaders that have exited, or namespaces?
 * @cset: the css_set
 *
 * Context: process, IRQs on; takes css_set::lock of @cset.  The answer may be outdated, but a
 * retired css_set does not get new ones.
 * Return: true if it has any of them.
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
 * Context: any, except under css_set_lock or a css_set::lock; takes css_set_lock for the last
 * reference.
 */
void put_css_set(struct css_set *cset)
{
	if (refcount_dec_not_one(&cset->refcount))
		return;

	guard(spinlock_irqsave)(&css_set_lock);
	put_css_set_locked(cset);
}

/**
 * put_css_set_many - drop references to a css_set, but not the last one
 * @cset: the css_set
 * @nr: how many; the caller has at least one more
 *
 * Context: any.
 */
void put_css_set_many(struct css_set *cset, unsigned int nr)
{
	if (nr)
		WARN_ON_ONCE(refcount_sub_and_test(nr, &cset->refcount));
}

/*
 * The step that links every css_set to the root of a new hierarchy.  Between prepare
 * and commit css_sets may go when tasks exit, but none is added.
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
 * cset_drop_root_links - unlink all css_sets from the root of a hierarchy
 * @root: the hierarchy, without live children
 *
 * css_sets of exited tasks may still be linked to removed cgroups of the hierarchy, and
 * stay so.
 *
 * Context: cgroup_mutex; takes css_set_lock.
 */
void cset_drop_root_links(struct cgroup_root *root)
{
	struct cgrp_cset_link *link, *next;

	lockdep_assert_held(&cgroup_mutex);

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry_safe(link, next, &root->cgrp.cset_links, cgrp_node)
		cset_unlink(link);
}

/**
 * cset_set_last_place - change the place of a css_set in the newest hierarchy
 * @cset: the css_set; it is in the root of that hierarchy, or has no link to it
 * @cgrp: the new place
 * @spare: contains a link, if @cset was retired before that hierarchy was made
 *
 * Context: cgroup_mutex, css_set_lock.
 * Return: true if it was in the root.
 */
bool cset_set_last_place(struct css_set *cset, struct cgroup *cgrp, struct list_head *spare)
{
	struct cgrp_cset_link *link = list_last_entry(&cset->links, struct cgrp_cset_link,
						      cset_node);
	struct cgroup *root = link->cgrp;

	if (root->root != cgrp->root) {
		cset_link(cset, cgrp, spare);
		return false;
	}
	cset_unhash(cset);
	cgroup_get(cgrp);
	link->cgrp = cgrp;
	list_move_tail(&link->cgrp_node, &cgrp->cset_links);
	cset->key += cgrp->key;
	cgroup_put(root);
	cset_hash(cset);
	return true;
}

/**
 * cset_count_retired - count the retired css_sets of a cgroup
 * @cgrp: the cgroup
 *
 * Context: cgroup_mutex; while it is held, the number does not grow.  Takes css_set_lock.
 * Return: how many.
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

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "css_set_kunit.c"
#endif
