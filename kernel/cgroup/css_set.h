/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: css_sets and their tasks. */
#ifndef __CGROUP_CSS_SET_H
#define __CGROUP_CSS_SET_H

#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/refcount.h>

struct cgroup_move;
struct cgroup_txn;

/**
 * struct cgrp_cset_link - one place in the tuple of a css_set
 * @cgrp: the cgroup, referenced
 * @cset: the css_set
 * @cgrp_node: S: node in cgroup::cset_links of @cgrp
 * @cset_node: S: node in css_set::links of @cset
 * @is_part: its memory is part of @cset
 */
struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct css_set *cset;
	struct list_head cgrp_node;
	struct list_head cset_node;
	bool is_part;
};

/*
 * Visit at most so many tasks under css_set::lock: a fork may wait for it with tasklist_lock
 * held.
 */
#define CSET_BATCH	64U

/*
 * kernel/cgroup/css_set.c
 */
extern int css_set_count;

u64 cgroup_new_key(void);
struct css_set *cset_find(struct css_set *old, struct cgroup *cgrp);
struct css_set *cset_make(struct css_set *old, struct cgroup *cgrp,
			  struct cgroup_subsys_state **slots);
struct css_set *cset_find_or_make(struct css_set *old, struct cgroup *cgrp);
bool cset_retire(struct css_set *cset);
void cset_restore(struct css_set *cset);
int cset_alloc_spare(int nr, struct list_head *spare);
void cset_free_spare(struct list_head *spare);
int cset_count_retired(struct cgroup *cgrp);
bool cset_set_last_place(struct css_set *cset, struct cgroup *cgrp, struct list_head *spare);
struct cgroup *cset_cgroup_from_root(struct css_set *cset, struct cgroup_root *root);
struct cgroup *task_cgroup_from_root(struct task_struct *task, struct cgroup_root *root);
int cset_prepare_root_links(struct cgroup_txn *txn, struct cgroup_root *root);
void cset_drop_root_links(struct cgroup_root *root);
bool cset_is_used(struct css_set *cset);
void cset_init_early(void);

static inline void get_css_set(struct css_set *cset)
{
	refcount_inc(&cset->refcount);
}

void put_css_set_locked(struct css_set *cset);
void put_css_set(struct css_set *cset);
void put_css_set_many(struct css_set *cset, unsigned int nr);

/*
 * kernel/cgroup/css_set_tasks.c
 */
void cset_link_members(struct cgroup *to, struct cgroup *from, struct list_head *spare);
struct css_set *cset_get_of(struct task_struct *task);
struct css_set *cset_get_settled(struct task_struct *task);
bool cset_is_settled_of(struct css_set *cset, struct task_struct *task);
void cset_set_migrating(struct css_set *cset, bool migrating);
bool cset_join(struct css_set *cset, struct task_struct *child);
void cset_add_task(struct css_set *cset, struct task_struct *task);
void cset_move_tasks(struct cgroup_move *moves, unsigned int nr);
bool cset_move_leader(struct cgroup_move *move, void (*charge)(void *arg, struct cgroup_move *move),
		      void *arg);
void cset_exit_task(struct task_struct *task);
void cset_release_leader(struct task_struct *task);

/*
 * kernel/cgroup/task_iter.c
 */
void __css_task_iters_skip(struct css_set *cset, struct task_struct *task);
bool css_task_iter_visit(struct css_task_iter *it, unsigned int max,
			 bool (*visit)(void *arg, struct task_struct *task), void *arg);
int cgroup_task_count(struct cgroup *cgrp);

/* A task is about to be taken out of the lists of @cset, whose lock is held. */
static inline void css_task_iters_skip(struct css_set *cset, struct task_struct *task)
{
	if (unlikely(!list_empty(&cset->task_iters)))
		__css_task_iters_skip(cset, task);
}

#endif	/* __CGROUP_CSS_SET_H */
