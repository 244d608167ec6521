/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: giving tasks other css_sets, and moving tasks. */
#ifndef __CGROUP_MIGRATE_H
#define __CGROUP_MIGRATE_H

#include <linux/cgroup.h>
#include "txn.h"

/*
 * kernel/cgroup/migrate.c
 */
/**
 * struct cgroup_move - one task's move
 * @task: referenced
 * @src: its css_set before the switch; the migration_source holds the reference
 * @dst: its css_set after the switch; the migration_source holds the reference
 * @leads: the task stands for its process; see cgroup_taskset_leads()
 */
struct cgroup_move {
	struct task_struct *task;
	struct css_set *src;
	struct css_set *dst;
	bool leads;
};

/**
 * struct cgroup_taskset - the tasks of an attach, as one subsystem sees them
 * @moves: the table
 * @nr: entries in it
 * @pos: the entry that cgroup_taskset_next() looks at next
 * @ssid: id of the subsystem whose callback is being called
 * @single: a thread moves without its process
 * @late: return the css that a task has now
 * @css: if @late, the css that was returned last, referenced
 * @id: see cgroup_taskset_id()
 */
struct cgroup_taskset {
	struct cgroup_move *moves;
	unsigned int nr;
	unsigned int pos;
	int ssid;
	bool single;
	bool late;
	struct cgroup_subsys_state *css;
	u64 id;
};

/**
 * struct migration_source - a css_set that tasks leave, and where they go
 * @src: referenced
 * @dst: referenced
 * @first: index of the first task, if all tasks of @src were collected
 * @nr: how many tasks go
 * @agreed: subsystems that were asked about these tasks and did not refuse
 */
struct migration_source {
	struct css_set *src;
	struct css_set *dst;
	unsigned int first;
	unsigned int nr;
	cgroup_mask_t agreed;
};

/**
 * struct cgroup_migration - tasks on their way to other css_sets, a step of a transaction
 * @step: node in the transaction
 * @cgrp: the cgroup that a refusal names; it is in the hierarchy that changes
 * @refusal: format of the text of a refusal, with the name of the subsystem
 * @id: see cgroup_taskset_id(); a new one whenever tasks are collected
 * @collects: all tasks of the sources migrate; otherwise only those that were added
 * @by_source: the tasks come from several csses, or go to several
 * @many_to_one: several sources may have one destination
 * @single: a thread moves without its process
 * @sources: the css_sets that tasks leave
 * @nr_sources: how many
 * @moves: the tasks; if @collects, the tasks of each source are together
 * @nr: how many
 * @capacity: how many @moves has room for
 * @dead: leaders that have exited and whose processes migrate
 * @nr_dead: how many
 * @dead_capacity: how many @dead has room for
 * @nr_tries: how often migration_reserve() was called
 * @changed: subsystems whose slot changes for some task
 * @agreed: those that were asked about all tasks and did not refuse
 * @few: room for the sources of most processes
 * @one: room for the only move of a thread
 */
struct cgroup_migration {
	struct cgroup_step step;
	struct cgroup *cgrp;
	const char *refusal;
	u64 id;
	bool collects;
	bool by_source;
	bool many_to_one;
	bool single;
	struct migration_source *sources;
	unsigned int nr_sources;
	struct cgroup_move *moves;
	unsigned int nr;
	unsigned int capacity;
	struct cgroup_move *dead;
	unsigned int nr_dead;
	unsigned int dead_capacity;
	unsigned int nr_tries;
	cgroup_mask_t changed;
	cgroup_mask_t agreed;
	struct migration_source few[2];
	struct cgroup_move one[2];
};

void cgroup_migration_begin_collect(struct cgroup_migration *mg);
void cgroup_migration_add_task(struct cgroup_migration *mg, struct task_struct *task,
			       struct css_set *src, struct css_set *dst);
void cgroup_migration_add_source(struct cgroup_migration *mg, struct css_set *src,
				 struct css_set *dst);
void cgroup_migration_add_leader(struct cgroup_migration *mg, struct task_struct *task,
				 struct migration_source *source);
int cgroup_migrate(struct cgroup_txn *txn, struct cgroup_migration *mg);
bool cgroup_leader_left(struct task_struct *task);
void cgroup_migration_free(struct cgroup_migration *mg);

/*
 * kernel/cgroup/attach.c
 */
int cgroup_attach_task(struct cgroup *dst, struct task_struct *task, bool threadgroup);

#endif	/* __CGROUP_MIGRATE_H */
