/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: changing which subsystems a hierarchy in use carries. */
#ifndef __CGROUP_RESHAPE_H
#define __CGROUP_RESHAPE_H

#include <linux/cgroup.h>
#include "txn.h"

/*
 * kernel/cgroup/reslot.c
 */
/**
 * struct cgroup_reslot_change - a change that gives tasks other csses
 * @top: the tasks of the cgroups below this one are concerned
 * @itself: the tasks of @top are concerned too
 * @add: subsystems whose csses are in cgroup::subsys[] of their cgroups already
 * @remove: subsystems for which tasks get the effective css of the parent of @top, or the
 *	root css if @top is a root
 * @fold: a hierarchy of which only the root is left afterwards, or NULL; the tasks of its cgroups
 *	are concerned too
 */
struct cgroup_reslot_change {
	struct cgroup *top;
	bool itself;
	cgroup_mask_t add;
	cgroup_mask_t remove;
	struct cgroup_root *fold;
};

int cgroup_reslot_commit_txn(struct cgroup_txn *txn, const struct cgroup_reslot_change *change);

/*
 * kernel/cgroup/reshape.c
 */
void cgroup_reshape_begin(void);
void cgroup_reshape_end(void);
int cgroup_reshape_add(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
		       bool keep_inherit);
int cgroup_reshape_remove(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			  bool keep_inherit);
int cgroup_reshape(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask);

/*
 * kernel/cgroup/inherit.c
 */
int cgroup_init_inherit(void);

/*
 * kernel/cgroup/transplant.c
 */
/**
 * struct cgroup_transplant_pair - two cgroups at the same path
 * @to: the cgroup that gets the csses
 * @from: the cgroup that has them
 * @moved: subsystems whose csses were moved from @from to @to
 * @files_exist: subsystems whose files exist in @from
 */
struct cgroup_transplant_pair {
	struct cgroup *to;
	struct cgroup *from;
	cgroup_mask_t moved;
	cgroup_mask_t files_exist;
};

/**
 * struct cgroup_transplant - the step of a transaction that moves csses to another hierarchy
 * @step: node in the transaction
 * @to: the hierarchy that gets the csses
 * @from: the hierarchy that has them
 * @mask: subsystems that move
 * @new_mask: those of @mask that @to does not carry yet
 * @fold: the cgroups of @from below its root are removed as well
 * @pairs: the cgroups below the roots, parents before children
 * @nr: how many pairs there are
 * @capacity: how many pairs there is room for
 * @depth: the deepest level that has cgroups
 * @path: while pairs are found: the cgroup at each level of the hierarchy that is not walked
 */
struct cgroup_transplant {
	struct cgroup_step step;
	struct cgroup_root *to;
	struct cgroup_root *from;
	cgroup_mask_t mask;
	cgroup_mask_t new_mask;
	bool fold;
	struct cgroup_transplant_pair *pairs;
	unsigned int nr;
	unsigned int capacity;
	int depth;
	struct cgroup **path;
};

struct cgroup_transplant *cgroup_transplant_alloc(struct cgroup_root *to,
						  struct cgroup_root *from, cgroup_mask_t mask,
						  struct cgroup_root *shape);
void cgroup_transplant_add(struct cgroup_transplant *tp, struct cgroup *to, struct cgroup *from);
void cgroup_transplant_free(struct cgroup_transplant *tp);
int cgroup_transplant_prepare(struct cgroup_txn *txn, struct cgroup_transplant *tp);

/*
 * kernel/cgroup/merge.c
 */
int cgroup_merge(struct cgroup_txn *txn, struct cgroup_root *to, struct cgroup_root *from);

/*
 * kernel/cgroup/split.c
 */
int cgroup_split(struct cgroup_txn *txn, struct cgroup_root *from, struct super_block *sb,
		 const char *name, cgroup_mask_t mask);

#endif	/* __CGROUP_RESHAPE_H */
