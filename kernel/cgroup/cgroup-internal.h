/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: what the files of the core share with each other.
 *
 * Locks, outermost first:
 *
 *   cgroup_reshape_mutex     one change of what a hierarchy in use carries at a time, to its
 *                            end; root's only
 *   signal_struct::cgroup_threadgroup_rwsem
 *                            write: the process, or a thread of it, is moved; a late
 *                            attach(), which may be under cgroup_reshape_mutex
 *                            read: it forks, a thread of it exits or execs
 *     cgroup_mutex           hierarchies, trees, bindings; every change of them
 *       cpus_read_lock()     around attach callbacks; some css callbacks take it
 *         controllers' own locks
 *           css_set_lock     css_set table, links, slots; IRQs off
 *             css_set::lock  members of one css_set; IRQs off
 *               cgroup_walk::lock
 *                 xa_lock of signal_send::sent; also under the siglock of its entry
 *   cgroup_file_lock         cgroup_file::kn; a leaf; IRQs off
 *
 * A fork holds the parent's thread group, then the child's, and takes css_set::lock under
 * tasklist_lock and the siglock of the parent.  Two css_set::lock are held together only
 * when a task moves, under css_set_lock.
 *
 * Nothing waits for other tasks under cgroup_mutex: no grace period, no draining of
 * kernfs nodes or work, no fork, exit or exec, nothing that user space can hold.  That is
 * left to the late and finish parts of a transaction.  Forks and exits of tasks that get
 * other css_sets wait for the change, not the other way round (css_set::migrating).
 *
 * A task that its owner can starve does not take cgroup_mutex itself: cgroup_call_locked().
 *
 * The file operations of kernfs hold an active reference on their node; one
 * that takes cgroup_mutex breaks it first (cgroup_kn_lock_live()), so that a
 * removal which drains the node can go on.
 */
#ifndef __CGROUP_INTERNAL_H
#define __CGROUP_INTERNAL_H

#include <linux/cgroup.h>
#include <linux/cleanup.h>
#include <linux/fs_context.h>
#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/workqueue.h>

struct cgroup_move;
struct cgroup_pid_window;

/**
 * struct cgrp_cset_link - one place in the tuple of a css_set
 * @cgrp: the cgroup, referenced
 * @cset: the css_set
 * @cgrp_node: S: node in cgroup::cset_links of @cgrp
 * @cset_node: S: node in css_set::links of @cset
 */
struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct css_set *cset;
	struct list_head cgrp_node;
	struct list_head cset_node;
};

/**
 * struct cgroup_fs_context - the options of a mount under way
 * @kfc: what kernfs wants to know
 * @root: the hierarchy to show, once it is known; counted in its nr_users
 * @ns: cgroup namespace of the mounter
 * @flags: CGRP_ROOT_* bits
 * @subsys_mask: subsystems named
 * @all_ss: "all" was given
 * @none: "none" was given
 * @clone_children: "clone_children" was given
 * @name: hierarchy name, or NULL
 * @release_agent: path, or NULL
 */
struct cgroup_fs_context {
	struct kernfs_fs_context kfc;
	struct cgroup_namespace *ns;
	struct cgroup_root *root;
	cgroup_mask_t subsys_mask;
	unsigned int flags;
	bool all_ss;
	bool none;
	bool clone_children;
	char *name;
	char *release_agent;
};

static inline struct cgroup_fs_context *cgroup_fc2context(struct fs_context *fc)
{
	return container_of(fc->fs_private, struct cgroup_fs_context, kfc);
}

/**
 * struct cgroup_file_ctx - what the core keeps for an open control file
 * @css: whose file it is, referenced; cgroup::self for files of the core
 * @ns: cgroup namespace of the opener, referenced
 * @pids: position in a list of members
 * @peak: see of_peak()
 */
struct cgroup_file_ctx {
	struct cgroup_subsys_state *css;
	struct cgroup_namespace *ns;
	struct cgroup_pid_window *pids;
	struct cgroup_of_peak peak;
};

/*
 * kernel/cgroup/txn.c
 *
 * Every operation that gives tasks other csses is a transaction: a list of
 * steps.  An operation prepares its steps one after the other, adding each
 * that succeeded; then it commits all, or aborts all in reverse order.
 */
struct cgroup_step;
struct cgroup_txn;

/**
 * struct cgroup_step_ops - what a step of a transaction can do
 * @commit: under the locks of the operation: let it happen; cannot fail
 * @post: after all commits, under cgroup_mutex alone: what takes other locks of its own
 * @abort: under the locks of the prepare: undo what that did
 * @late: without cgroup_mutex, after the commit, before any finish: what may sleep on locks
 *	that user space can hold.  A move still holds its thread group.  A worker may do it:
 *	see cgroup_call_locked_then().
 * @finish: in the same context, after all of the commit or the abort: what has to wait
 */
struct cgroup_step_ops {
	void (*commit)(struct cgroup_step *step);
	void (*post)(struct cgroup_step *step);
	void (*abort)(struct cgroup_step *step);
	void (*late)(struct cgroup_step *step);
	void (*finish)(struct cgroup_step *step, bool committed);
};

/* The first member of each kind of step; most are made by cgroup_txn_alloc(). */
struct cgroup_step {
	const struct cgroup_step_ops *ops;
	struct list_head node;
};

/**
 * struct cgroup_txn - a transaction, on the stack of its operation
 * @steps: those prepared, in order
 * @blocks: memory of its steps
 * @committed: how it ended
 * @late_done: cgroup_txn_late() is through
 * @has_text: the operation shows @why to its caller
 * @tries_again: without memory the operation may be tried again
 * @said: what follows was in the log
 * @err: the errno of the refusal
 * @hierarchy_id: of the cgroup that was to change
 * @path: of that cgroup; a longer one is cut
 * @why: why it was refused, or empty; see cgroup_txn_refuse()
 */
struct cgroup_txn {
	struct list_head steps;
	struct cgroup_txn_block *blocks;
	bool committed;
	bool late_done;
	bool has_text;
	bool tries_again;
	bool said;
	int err;
	int hierarchy_id;
	char path[128];
	char why[128];
};

#define DEFINE_CGROUP_TXN(_name)						\
	struct cgroup_txn _name = { .steps = LIST_HEAD_INIT(_name.steps) }

void cgroup_txn_say(struct cgroup_txn *txn);
void *cgroup_txn_alloc(struct cgroup_txn *txn, size_t size);
void cgroup_txn_add(struct cgroup_txn *txn, struct cgroup_step *step,
		    const struct cgroup_step_ops *ops);
void cgroup_txn_commit(struct cgroup_txn *txn);
void cgroup_txn_late(struct cgroup_txn *txn);
void cgroup_txn_abort(struct cgroup_txn *txn);
int cgroup_txn_conclude(struct cgroup_txn *txn, int ret);
void cgroup_txn_finish(struct cgroup_txn *txn);
__printf(4, 5)
int cgroup_txn_refuse(struct cgroup_txn *txn, struct cgroup *cgrp, int err, const char *fmt, ...);
__printf(4, 5)
int cgroup_file_refuse(struct kernfs_open_file *of, struct cgroup *cgrp, int err,
		       const char *fmt, ...);

/*
 * kernel/cgroup/subsys.c
 */
extern struct cgroup_subsys *cgroup_subsys[];
extern bool cgroup_debug;
extern bool cgroup_favordynmods;
extern struct mutex cgroup_reshape_mutex;
extern struct list_head cgroup_roots;

void cgroup_name_subsys(struct cgroup_subsys *ss, int ssid);
void cgroup_show_mask(struct seq_file *m, cgroup_mask_t mask, const char *sep);

bool cgroup_ssid_enabled(int ssid);
bool cgroup_ssid_mountable(int ssid);
bool cgroup1_ssid_disabled(int ssid);
bool cgroup1_named_disabled(void);

/**
 * for_each_subsys - walk all subsystems, stateful ones first
 * @ss: cursor
 * @ssid: its id
 */
#define for_each_subsys(ss, ssid)						\
	for ((ssid) = 0; (ssid) < CGROUP_ID_COUNT &&				\
	     ((ss) = cgroup_subsys[ssid], true); (ssid)++)

/**
 * for_each_ssid_mask - walk the ids of the subsystems of a mask
 * @ssid: cursor
 * @mask: a cgroup_mask_t, evaluated once
 */
#define for_each_ssid_mask(ssid, mask)						\
	for (cgroup_mask_t __left = (mask) & CGROUP_ALL_MASK;			\
	     __left && ((ssid) = __ffs(__left), true); __left &= __left - 1)

/**
 * for_each_subsys_mask - walk the subsystems of a mask
 * @ss: cursor
 * @ssid: its id
 * @mask: a cgroup_mask_t, evaluated once
 */
#define for_each_subsys_mask(ss, ssid, mask)					\
	for (cgroup_mask_t __left = (mask) & CGROUP_ALL_MASK;			\
	     __left && ((ssid) = __ffs(__left), (ss) = cgroup_subsys[ssid], true);	\
	     __left &= __left - 1)

/*
 * kernel/cgroup/call.c
 */
int cgroup_call_locked(int (*fn)(void *arg), void *arg);
int cgroup_call_locked_again(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn);
int cgroup_call_locked_always(int (*fn)(void *arg), void *arg);
int cgroup_call_locked_then(int (*fn)(void *arg), void *arg, struct cgroup_txn *txn,
			    void (*then)(void *arg));
int cgroup_call_write(int (*fn)(void *arg), void *arg);

/*
 * kernel/cgroup/hierarchy.c
 */
#define for_each_root(root)							\
	list_for_each_entry_rcu(root, &cgroup_roots, root_list,			\
				lockdep_is_held(&cgroup_mutex))

void cgroup_init_dfl_root_early(void);
int cgroup_init_dfl_root(struct kernfs_syscall_ops *kf_ops);
struct cgroup_root *cgroup_root_from_kf(struct kernfs_root *kf_root);
struct cgroup_root *cgroup_root_by_id(int id);
struct cgroup_root *cgroup_root_next(int *id);
struct cgroup_root *cgroup_root_by_name(const char *name);
const char *cgroup_name_fault(const char *name, size_t len);
struct cgroup_root *cgroup_root_create(struct cgroup_txn *txn, struct cgroup_fs_context *ctx);
bool cgroup_root_put_user(struct cgroup_root *root);
bool cgroup_root_end_if_unused(struct cgroup_root *root);
void cgroup_root_release(struct cgroup_root *root);

/*
 * kernel/cgroup/bind.c
 */
int cgroup_can_bind(struct cgroup_txn *txn, struct cgroup *cgrp, cgroup_mask_t mask);
int cgroup_can_bind_below(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove);
cgroup_mask_t cgroup_owned(struct cgroup *cgrp);
void cgroup_set_masks(struct cgroup_root *a, cgroup_mask_t mask_a,
		      struct cgroup_root *b, cgroup_mask_t mask_b);
void cgroup_move_root_css(struct cgroup_subsys *ss, struct cgroup_root *to);
void cgroup_hide_root_css(struct cgroup_subsys *ss);
int cgroup_root_rebind(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask);

/*
 * kernel/cgroup/mount.c
 */
extern struct kernfs_syscall_ops cgroup_kf_syscall_ops;

int cgroup_init_fs(void);

/*
 * kernel/cgroup/kn.c
 */
struct cgroup *cgroup_kn_begin(struct kernfs_node *kn);
void cgroup_kn_end(struct cgroup *cgrp, struct kernfs_node *kn);
struct cgroup *cgroup_kn_lock_live(struct kernfs_node *kn);
void cgroup_kn_unlock(struct cgroup *cgrp, struct kernfs_node *kn);

/*
 * kernel/cgroup/dir.c
 */
void cgroup_init_node(struct cgroup *cgrp, struct cgroup *parent);
struct cgroup *cgroup_mkdir_prepare(struct cgroup_txn *txn, struct cgroup *parent,
				    const char *name, umode_t mode, bool show);
struct cgroup *cgroup_child_by_name(struct cgroup *parent, const char *name);
int cgroup_mkdir(struct kernfs_node *parent_kn, const char *name, umode_t mode);
int cgroup_rmdir(struct kernfs_node *kn);
int cgroup_rename(struct kernfs_node *kn, struct kernfs_node *new_parent, const char *new_name);

/* Removed by rmdir, or of a hierarchy that is gone? (M) */
static inline bool cgroup_is_dead(const struct cgroup *cgrp)
{
	return !(cgrp->self.flags & CSS_ONLINE);
}

/* Is this the hierarchy of those subsystems that nobody mounted? */
static inline bool cgroup_on_dfl(const struct cgroup *cgrp)
{
	return cgrp->root == &cgrp_dfl_root;
}

/*
 * kernel/cgroup/css.c
 */
struct cgroup_subsys_state *cgroup_css(struct cgroup *cgrp, int ssid);
int cgroup_css_init_root(struct cgroup_subsys *ss, bool early);
void cgroup_css_init_root_id(struct cgroup_subsys *ss);

/**
 * enum cgroup_css_use - what a cgroup is in which a css comes up
 * @CGROUP_CSS_NEW: it is made by the same transaction, and goes if that is aborted
 * @CGROUP_CSS_IN_USE: it lives on; the owner of a group asks for the css
 * @CGROUP_CSS_RESHAPED: it lives on; its hierarchy changes, see css_mark_leaving()
 */
enum cgroup_css_use {
	CGROUP_CSS_NEW,
	CGROUP_CSS_IN_USE,
	CGROUP_CSS_RESHAPED,
};

int css_alloc_ancestors(struct cgroup_subsys_state *css);
int cgroup_css_prepare(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
		       enum cgroup_css_use use);
void cgroup_css_mark_dying(struct cgroup *cgrp);
void css_mark_leaving(struct cgroup_subsys_state *css, bool counted);
void cgroup_css_wait_leaving(void);
void css_wait_offline(struct cgroup_subsys_state *css);
void css_kill(struct cgroup_subsys_state *css);
void cgroup_css_kill_all(struct cgroup *cgrp);
void cgroup_self_init(struct cgroup *cgrp, struct cgroup *parent, const struct css_ref_ops *ops);
void css_queue_release(struct cgroup_subsys_state *css, work_func_t fn);
void css_queue_free(struct cgroup_subsys_state *css, work_func_t fn);

/*
 * kernel/cgroup/css_walk.c
 */
struct cgroup *cgroup_next_live(struct cgroup *pos, struct cgroup *top);

/**
 * for_each_live_cgroup - walk the cgroups below another one, parents first
 * @pos: cursor
 * @top: the other one, such as the root of a hierarchy
 *
 * Context: cgroup_mutex.
 */
#define for_each_live_cgroup(pos, top)						\
	for (pos = cgroup_next_live(NULL, top); pos;				\
	     pos = cgroup_next_live(pos, top))

/*
 * kernel/cgroup/css_ref.c
 */

/**
 * struct css_ref_ops - the end of the references of a css
 * @killed: after css_ref_kill(), when css_tryget_online() fails on all CPUs; in softirq context
 * @released: the last reference is gone; in any context
 */
struct css_ref_ops {
	void (*killed)(struct cgroup_subsys_state *css);
	void (*released)(struct cgroup_subsys_state *css);
};

int css_ref_init(struct cgroup_subsys_state *css, const struct css_ref_ops *ops);
void css_ref_kill(struct cgroup_subsys_state *css);
void css_ref_exit(struct cgroup_subsys_state *css);

/*
 * kernel/cgroup/css_set.c
 */
extern int css_set_count;

u64 cgroup_new_key(void);
struct css_set *cset_find(struct css_set *old, struct cgroup *cgrp);
struct css_set *cset_make(struct css_set *old, struct cgroup *cgrp,
			  struct cgroup_subsys_state **slots);
struct css_set *find_css_set(struct css_set *old, struct cgroup *cgrp);
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
 * kernel/cgroup/fork.c
 */
void cgroup_fork_init_subsys(struct cgroup_subsys *ss);

/*
 * kernel/cgroup/task_iter.c
 */
void css_task_iters_skip(struct css_set *cset, struct task_struct *task);
int cgroup_task_count(struct cgroup *cgrp);

/*
 * kernel/cgroup/task_walk.c
 */
/**
 * struct cgroup_walk - a walk over the tasks of a group that misses none
 * @wants: set by the caller, or NULL: shall this process be met?  Once it has said no of a
 *	process it stays with that.  Called under css_set_lock and @lock.
 * @is_interrupted: set by the caller, or NULL: shall the walk end early?  If NULL it does
 *	when the task is killed.  Asked when the walk has to start again.
 * @ends: set by the caller: who is met ends soon
 * @err: see cgroup_walk_next()
 * @nr_rounds: how often it started again; a caller that does not want tasks that have left
 *	since then must drop what it has collected in earlier rounds
 * @css: whose tasks
 * @tree: and those below
 * @by_root: by a task with CAP_SYS_ADMIN over the whole machine
 * @crowded: too many walks take notes here: it takes none, and looks at @nr_moves
 * @nr_moves: S: moves to and from the group when this round began
 * @node: S: node in cgroup_walk_place::walks, unless @crowded
 * @it: the iterator
 * @iterating: @it is in use
 * @pos: if @tree: the cgroup that @it is in, referenced
 * @noted: the task met last, if it was a note, referenced
 * @lock: protects what follows; IRQs off
 * @notes: tasks to be met as well, referenced
 * @nr_notes: how many
 * @room: for how many there is room
 * @missed: there was no room for some
 * @moved: a task was moved in this round
 * @few: room for the notes of most walks
 */
struct cgroup_walk {
	bool (*wants)(struct cgroup_walk *walk, struct task_struct *task);
	bool (*is_interrupted)(struct cgroup_walk *walk);
	bool ends;
	int err;
	unsigned int nr_rounds;

	struct cgroup_subsys_state *css;
	bool tree;
	bool by_root;
	bool crowded;
	unsigned int nr_moves;
	struct hlist_node node;
	struct css_task_iter it;
	bool iterating;
	struct cgroup *pos;
	struct task_struct *noted;

	spinlock_t lock;	/* protects what follows */
	struct task_struct **notes;
	unsigned int nr_notes;
	unsigned int room;
	bool missed;
	bool moved;
	struct task_struct *few[16];
};

void cgroup_walks_note_moves(struct cgroup_move *moves, unsigned int nr);
void cgroup_walk_begin(struct cgroup_walk *walk, struct cgroup_subsys_state *css, bool tree);
struct task_struct *cgroup_walk_next(struct cgroup_walk *walk);
void cgroup_walk_end(struct cgroup_walk *walk);

/*
 * kernel/cgroup/rules.c
 */

/**
 * struct cgroup_rules - what the core does differently for one controller
 * @per_source: where tasks come from several csses it is asked and told for each css_set
 * @one_deadline_source: css_sets of several csses cannot give deadline tasks to one at once
 * @told_only: where all tasks of css_sets go it is not asked, and told of one task at a time
 * @late: its attach() is called when no lock of the core is held
 * @charge_dead: its can_attach(), which cannot fail or sleep, counts dead leaders that move
 * @tell_dead: its attach() hears of dead leaders as well
 * @write_by_worker: writes to its files take locks that others wait for under cgroup_mutex
 * @starves: its groups bound the CPU time of their tasks
 * @percpu_ref: its csses are counted by a percpu_ref
 * @ancestors: its csses have css::ancestors
 * @inherit_by_root: SUBSYS.inherit is for CAP_SYS_ADMIN over the whole machine
 * @root_flags: CGRP_ROOT_* bits of a hierarchy that concern it
 */
struct cgroup_rules {
	bool per_source:1;
	bool one_deadline_source:1;
	bool told_only:1;
	bool late:1;
	bool charge_dead:1;
	bool tell_dead:1;
	bool write_by_worker:1;
	bool starves:1;
	bool percpu_ref:1;
	bool ancestors:1;
	bool inherit_by_root:1;
	unsigned int root_flags;
};

extern const struct cgroup_rules cgroup_rules[CGROUP_SUBSYS_COUNT];

cgroup_mask_t cgroup_rules_mask(unsigned int root_flag);

/*
 * kernel/cgroup/migrate.c
 */

/**
 * struct cgroup_move - one task's move
 * @task: referenced
 * @src: its css_set until the switch; kept by the migration's source
 * @dst: its css_set after the switch; kept likewise
 * @leads: it stands for its process; see cgroup_taskset_leads()
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
 * @ssid: whose callback is being called
 * @single: a thread moves without its process
 * @late: tell where a task is now
 * @css: the css that was told last, referenced, if @late
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
 * @first: index of the first task, if all of @src were collected
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
 * @cgrp: named in a refusal; of the hierarchy that changes
 * @refusal: format of the text of one, with the subsystem's name
 * @id: see cgroup_taskset_id(); a new one whenever tasks are collected
 * @collects: all tasks of the sources go; else those that were added
 * @by_source: they come from several csses, or go to several
 * @many_to_one: several sources may have one destination
 * @single: a thread moves without its process
 * @sources: the css_sets that tasks leave
 * @nr_sources: how many
 * @moves: the tasks; those of a source together if @collects
 * @nr: how many
 * @room: for how many there is room
 * @dead: leaders that have exited, whose processes go
 * @nr_dead: how many
 * @room_dead: for how many there is room
 * @nr_tries: how often room was made
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
	unsigned int room;
	struct cgroup_move *dead;
	unsigned int nr_dead;
	unsigned int room_dead;
	unsigned int nr_tries;
	cgroup_mask_t changed;
	cgroup_mask_t agreed;
	struct migration_source few[2];
	struct cgroup_move one[2];
};

void cgroup_migration_begin_collect(struct cgroup_migration *mg);
void cgroup_migration_add_task(struct cgroup_migration *mg, struct task_struct *task);
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

/*
 * kernel/cgroup/reslot.c
 */
/**
 * struct cgroup_reslot_change - what gives tasks other csses
 * @top: those of the cgroups below this one are concerned
 * @itself: and its own
 * @add: subsystems whose csses are in cgroup::subsys[] of their cgroups already
 * @remove: subsystems whose tasks get the css that is effective above @top, the root css
 *	if there is nothing above
 * @fold: a hierarchy of which only the root is left afterwards, or NULL
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
 * @to: gets csses
 * @from: has them
 * @moved: subsystems whose csses went from one to the other
 * @made: subsystems whose files are in @from
 */
struct cgroup_transplant_pair {
	struct cgroup *to;
	struct cgroup *from;
	cgroup_mask_t moved;
	cgroup_mask_t made;
};

/**
 * struct cgroup_transplant - the step of a transaction that moves csses to another hierarchy
 * @step: node in the transaction
 * @to: gets them
 * @from: has them
 * @mask: subsystems that go
 * @new_mask: those of them that @to has not yet
 * @fold: with them goes all that @from has below its root
 * @pairs: the cgroups below the roots, parents before children
 * @nr: how many pairs
 * @room: for how many there is room
 * @depth: the lowest level that has cgroups
 * @way: while pairs are found: the cgroup at each level of the hierarchy that is not walked
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
	unsigned int room;
	int depth;
	struct cgroup **way;
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

/*
 * kernel/cgroup/root_files.c
 */
int cgroup_subsystems_show(struct seq_file *seq, void *v);
ssize_t cgroup_subsystems_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				loff_t off);
ssize_t cgroup_merge_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
ssize_t cgroup_split_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);

/*
 * kernel/cgroup/file_ops.c
 */
extern struct kernfs_ops cgroup_single_ops;
extern struct kernfs_ops cgroup_record_ops;

/*
 * kernel/cgroup/file.c
 */
int cgroup_add_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts);
void cgroup_rm_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts);
void cgroup_show_cft_array(struct cgroup *cgrp, struct cftype *cfts);
bool cgroup_cft_array_has(struct cgroup *cgrp, struct cftype *cfts, const char *name);
void cgroup_cft_array_initials(struct cgroup *cgrp, struct cftype *cfts, unsigned long *initials);
bool cgroup_cft_array_given(struct cgroup *cgrp, struct cftype *cfts);
int cgroup_copy_dir_owner(struct cgroup *to, struct cgroup *from, struct super_block *sb);
int cgroup_copy_owners(struct cgroup *to, struct cgroup *from, struct cftype *cfts,
		       struct super_block *sb);
void cgroup_files_follow(struct cgroup_subsys_state *css, struct cgroup *cgrp);
void cgroup_file_forget(struct cgroup_subsys_state *css);

/*
 * kernel/cgroup/populate.c
 */
extern struct srcu_struct cgroup_cfts_srcu;

void cgroup_files_set_core(struct cgroup_subsys *ss, struct cftype *cfts);

static inline cgroup_mask_t files_bit(const struct cgroup_subsys *ss)
{
	return ss ? BIT(ss->id) : CGROUP_FILES_CORE;
}

/**
 * cgroup_files_are_due - is a set of files not made yet?
 * @cgrp: the cgroup
 * @ss: the subsystem; NULL for the set of the core
 *
 * Context: cgroup_mutex.
 */
static inline bool cgroup_files_are_due(const struct cgroup *cgrp,
					const struct cgroup_subsys *ss)
{
	lockdep_assert_held(&cgroup_mutex);
	return cgrp->files_due & files_bit(ss);
}

int cgroup_files_add(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css);
void cgroup_files_show(struct cgroup *cgrp, struct cgroup_subsys *ss);
bool cgroup_files_cancel(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_rm(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css);
int cgroup_css_files_add(struct cgroup *cgrp, struct cgroup_subsys_state *css);
void cgroup_css_files_rm(struct cgroup *cgrp, struct cgroup_subsys_state *css);
void cgroup_files_set_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_set_left(struct cgroup *cgrp, struct cgroup_subsys *ss);
bool cgroup_files_are_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_wait_left(struct cgroup *cgrp, struct cgroup_subsys *ss);
int cgroup_refuse_files(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			int err);
int cgroup_files_copy_owners(struct cgroup *to, struct cgroup *from, struct cgroup_subsys *ss,
			     struct super_block *sb);
int cgroup_files_check(struct cgroup *cgrp, struct cgroup_subsys *ss,
		       struct cgroup_subsys_state *css);
int cgroup_files_settle(struct cgroup *cgrp, const char *name);
int cgroup_populate(struct kernfs_node *kn, const char *name);

/*
 * kernel/cgroup/cftypes.c
 */
int cgroup_init_core_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);
int cgroup_add_common_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);

/*
 * kernel/cgroup/members.c
 */
ssize_t cgroup_procs_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
ssize_t cgroup_tasks_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
void *cgroup_pids_start(struct seq_file *seq, loff_t *pos);
void *cgroup_pids_next(struct seq_file *seq, void *v, loff_t *pos);
int cgroup_pids_show(struct seq_file *seq, void *v);
void cgroup_pids_release(struct kernfs_open_file *of);

enum cgroup_filetype {
	CGROUP_FILE_PROCS,
	CGROUP_FILE_TASKS,
};

/*
 * kernel/cgroup/base_files.c
 */
extern struct cftype cgroup_base_files[];

/*
 * kernel/cgroup/release_agent.c
 */
void cgroup_release_agent(struct work_struct *work);
void cgroup_check_for_release(struct cgroup *cgrp);
bool cgroup_release_agent_may_write(struct kernfs_open_file *of);
int cgroup_release_agent_set(struct cgroup_root *root, const char *path);
void cgroup_release_agent_show(struct seq_file *seq, struct cgroup_root *root);
void cgroup_release_agent_show_option(struct seq_file *seq, struct cgroup_root *root);

static inline bool notify_on_release(const struct cgroup *cgrp)
{
	return test_bit(CGRP_NOTIFY_ON_RELEASE, &cgrp->flags);
}

/*
 * kernel/cgroup/namespace.c
 */
int cgroup_path_ns_locked(struct cgroup *cgrp, char *buf, size_t buflen,
			  struct cgroup_namespace *ns);
void cgroup_ns_set_root(struct cgroup_namespace *ns, struct css_set *cset);
void cgroup_ns_follow(struct css_set *from, struct css_set *to);

/*
 * kernel/cgroup/procfs.c
 */
int proc_cgroupstats_show(struct seq_file *m, void *v);

/*
 * kernel/cgroup/rstat.c
 */
int cgroup_rstat_init(struct cgroup *cgrp);
void cgroup_rstat_exit(struct cgroup *cgrp);
void cgroup_rstat_boot(void);
void cgroup_rstat_add_css(struct cgroup_subsys_state *css);
void cgroup_rstat_del_css(struct cgroup_subsys_state *css);
void bpf_rstat_flush(struct cgroup *cgrp, struct cgroup *parent, int cpu);

/*
 * Trace events name the cgroup by its path, which takes a lock of kernfs: it is
 * made here, only when the event is on, and never inside the event's handler.
 */
extern spinlock_t trace_cgroup_path_lock;
extern char trace_cgroup_path[];
#define TRACE_CGROUP_PATH_LEN	1024

#define TRACE_CGROUP_PATH(event, cgrp, ...)					\
do {										\
	if (trace_cgroup_##event##_enabled()) {					\
		guard(spinlock_irqsave)(&trace_cgroup_path_lock);		\
		cgroup_path(cgrp, trace_cgroup_path, TRACE_CGROUP_PATH_LEN);	\
		trace_cgroup_##event(cgrp, trace_cgroup_path, ##__VA_ARGS__);	\
	}									\
} while (0)

#endif	/* __CGROUP_INTERNAL_H */
