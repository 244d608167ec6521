/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: the data model.
 *
 *   hierarchy (struct cgroup_root)   a tree of cgroups and the subsystems bound to it
 *   cgroup    (struct cgroup)        a place in one hierarchy
 *   css       (cgroup_subsys_state)  one stateful subsystem's object for one cgroup
 *   css_set   (struct css_set)       for a task: which cgroup in each hierarchy?
 *
 * A css_set *is* its tuple of cgroups: it is hashed and looked up by the tuple.
 * Its css pointers are derived from the tuple: the slot of a subsystem
 * holds the effective css of the cgroup in the hierarchy that carries the
 * subsystem, which is the css of the nearest ancestor-or-self that owns one.
 *
 * Each shared field below carries the letter of what protects it:
 *
 *   I: set when the object is made, constant afterwards
 *   M: cgroup_mutex
 *   S: css_set_lock
 *   T: css_set::lock of the css_set concerned
 *   R: written under the lock named beside it, read under RCU as well
 *   A: atomic, or a counter with rules of its own
 *   K: owned by one file, which says how it is used
 *
 * The order of the locks is in kernel/cgroup/subsys.h.
 */
#ifndef _LINUX_CGROUP_DEFS_H
#define _LINUX_CGROUP_DEFS_H

#include <linux/limits.h>
#include <linux/list.h>
#include <linux/idr.h>
#include <linux/wait.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu-rwsem.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/u64_stats_sync.h>	/* for block/blk-cgroup.h, which includes this file */
#include <linux/workqueue.h>
#include <linux/bpf-cgroup-defs.h>
#include <linux/psi_types.h>

struct task_struct;

#ifdef CONFIG_CGROUPS

struct cgroup;
struct cgroup_map;
struct cgroup_root;
struct cgroup_subsys;
struct cgroup_taskset;
struct css_task_iter;
struct kernfs_node;
struct kernfs_ops;
struct kernfs_open_file;
struct kernfs_root;
struct poll_table_struct;
struct seq_file;

#define MAX_CGROUP_TYPE_NAMELEN	32
#define MAX_CGROUP_ROOT_NAMELEN	64
#define MAX_CFTYPE_NAME		64

#define SUBSYS(_x)		_x ## _cgrp_id,
#define SUBSYS_STATELESS(_x)
enum cgroup_subsys_id {
#include <linux/cgroup_subsys.h>
	CGROUP_SUBSYS_COUNT,	/* stateful subsystems: the slots of a css_set */
};

#undef SUBSYS
#undef SUBSYS_STATELESS

#define SUBSYS(_x)
#define SUBSYS_STATELESS(_x)	_x ## _cgrp_id,
enum cgroup_stateless_id {
	CGROUP_STATELESS_BEFORE_FIRST = CGROUP_SUBSYS_COUNT - 1,
#include <linux/cgroup_subsys.h>
	CGROUP_ID_COUNT,	/* all subsystems */
};

#undef SUBSYS
#undef SUBSYS_STATELESS

/* A set of subsystems, bit n for the subsystem with id n. */
typedef u32 cgroup_mask_t;

static_assert(CGROUP_ID_COUNT < 32, "cgroup_mask_t holds 31 subsystems and CGROUP_FILES_CORE");

#define CGROUP_STATEFUL_MASK	((cgroup_mask_t)((1ULL << CGROUP_SUBSYS_COUNT) - 1))
#define CGROUP_ALL_MASK		((cgroup_mask_t)((1ULL << CGROUP_ID_COUNT) - 1))

/* A cgroup has one set of files per subsystem, and one of the core: this is its bit. */
#define CGROUP_FILES_CORE	((cgroup_mask_t)BIT(31))

/**
 * enum - states of a css, bits of cgroup_subsys_state::flags
 * @CSS_NO_REF: a css that is never freed; get and put do nothing
 * @CSS_ONLINE: from css_online() until removal begins; never together with CSS_DYING
 * @CSS_RELEASED: the last reference is gone
 * @CSS_VISIBLE: its control files exist, or are made when a task looks for them
 * @CSS_DYING: removal has begun; css_offline() follows when tryget fails on all CPUs, unless
 *	css_online() has refused the css
 * @CSS_ATOMIC_REF: references are counted by css::atomic_ref
 * @CSS_LEAVING: a change of its hierarchy takes it away from a cgroup that lives on:
 *	cgroup_css_wait_leaving() waits for css_offline()
 * @CSS_STRAY: its parent is in no cgroup above its own: see "strays" in cgroup/rstat.c
 * @CSS_OFFLINE: css_offline() has been called
 * @CSS_NOT_PERCPU_REF: no css::percpu_ref
 */
enum {
	CSS_NO_REF	= BIT(0),
	CSS_ONLINE	= BIT(1),
	CSS_RELEASED	= BIT(2),
	CSS_VISIBLE	= BIT(3),
	CSS_DYING	= BIT(4),
	CSS_ATOMIC_REF	= BIT(5),
	CSS_LEAVING	= BIT(6),
	CSS_STRAY	= BIT(7),
	CSS_OFFLINE	= BIT(8),

	CSS_NOT_PERCPU_REF = CSS_NO_REF | CSS_ATOMIC_REF,
};

/* Bit numbers in cgroup::flags. */
enum {
	CGRP_CPUSET_CLONE_CHILDREN,
	CGRP_NOTIFY_ON_RELEASE,
	CGRP_FILES_GIVEN,	/* a file may have another owner or mode than root gave it */
};

/* Bits of cgroup_root::flags; controllers use the names, the numbers are arbitrary. */
enum {
	CGRP_ROOT_NOPREFIX			= BIT(1),
	CGRP_ROOT_XATTR				= BIT(2),
	CGRP_ROOT_NS_DELEGATE			= BIT(3),
	CGRP_ROOT_FAVOR_DYNMODS			= BIT(4),
	CGRP_ROOT_CPUSET_V2_MODE		= BIT(16),
	CGRP_ROOT_MEMORY_LOCAL_EVENTS		= BIT(17),
	CGRP_ROOT_MEMORY_RECURSIVE_PROT		= BIT(18),
	CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING	= BIT(19),
	CGRP_ROOT_PIDS_LOCAL_EVENTS		= BIT(20),
};

/* Bits of cftype::flags; those with __ are private to the core. */
enum {
	CFTYPE_ONLY_ON_ROOT	= BIT(0),
	CFTYPE_NOT_ON_ROOT	= BIT(1),
	CFTYPE_NS_DELEGATABLE	= BIT(2),
	CFTYPE_NO_PREFIX	= BIT(3),
	CFTYPE_WORLD_WRITABLE	= BIT(4),
	CFTYPE_DEBUG		= BIT(5),

	__CFTYPE_ONLY_ON_DFL	= BIT(16),
	__CFTYPE_NOT_ON_DFL	= BIT(17),
	__CFTYPE_ADDED		= BIT(18),
	__CFTYPE_OF_CGROUP	= BIT(19),	/* exists whether the cgroup owns a css or not */
};

/**
 * struct cgroup_file - handle of one control file of one css
 *
 * For cgroup_file_notify().  Embedded by a controller in its css at
 * cftype::file_offset; private to kernel/cgroup/file.c.
 *
 * @kn: the kernfs node, NULL while the file does not exist (cgroup_file_lock)
 * @notified_at: jiffies of the last event sent
 * @notify_timer: sends the event that came too soon after the last
 */
struct cgroup_file {
	struct timer_list notify_timer;
	unsigned long notified_at;
	struct kernfs_node *kn;
};

/**
 * struct cgroup_subsys_state - a css, which controllers embed in their objects
 *
 * Its life is described in kernel/cgroup/css.c.
 *
 * @cgroup: R (M): the cgroup it belongs to; merge, split and a mount may change it
 * @ss: I: its subsystem; NULL in cgroup::self, which is only a node of the tree
 * @percpu_ref: A: counts references, unless CSS_ATOMIC_REF is set
 * @atomic_ref: A: counts references if CSS_ATOMIC_REF is set
 * @sibling: R (M): node in the parent's @children; stays until release
 * @children: R (M): children in ascending @serial_nr, dying ones among them
 * @rstat_css_node: K (cgroup/rstat.c): node in cgroup::rstat_css_list
 * @csets: S: the css_sets whose slot points here, through css_set::css_nodes
 * @walks: S: the walks over its tasks that are under way, or NULL (kernel/cgroup/task_walk.c)
 * @ref_ops: I: called when css_tryget_online() fails on all CPUs, and when the last reference
 *	is gone
 * @id: I: unique in its subsystem, 1 at the root; free again only after release
 * @flags: M: CSS_* states
 * @serial_nr: I: grows with each css made
 * @online_cnt: A: counts itself and its children while online; the parent goes offline last
 * @destroy_work: K (cgroup/css.c): offline, then release
 * @destroy_rwork: K (cgroup/css.c): free after a grace period
 * @parent: I: the css above, referenced; NULL at the root
 * @level: I: how many csses are above, 0 at the root; a cgroup that inherits adds none
 * @ancestors: I: those above the parent, by level, for css_is_descendant(); [0] is not
 *	used.  NULL at levels 0 to 2, and in subsystems that rarely call it.
 */
struct cgroup_subsys_state {
	/* published: what controllers read */
	union {
		struct percpu_ref percpu_ref;
		refcount_t atomic_ref;
	};
	struct cgroup_subsys *ss;
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
	struct cgroup_subsys_state **ancestors;
	int level;
	u64 serial_nr;
	unsigned int flags;
	int id;
	struct list_head children;
	struct list_head sibling;

	/* private to the core */
	struct list_head rstat_css_node;
	struct list_head csets;
	struct cgroup_walk_place *walks;
	const struct css_ref_ops *ref_ops;
	atomic_t online_cnt;
	struct work_struct destroy_work;
	struct rcu_work destroy_rwork;
};

/**
 * struct css_set - a tuple of cgroups, one for each hierarchy
 *
 * Its life is described in kernel/cgroup/css_set.c.
 *
 * @subsys: R (M and S): slots: the effective css of each stateful subsystem
 * @refcount: A: one for each task, iterator, namespace and transaction that uses it
 * @dfl_cgrp: I: its cgroup in the default hierarchy
 * @lock: protects the fields marked T; IRQs off.  A task changes its css_set only with the
 *	locks of both css_sets held.
 * @migrating: T: tasks are migrating to it or from it: no child joins and no task exits
 * @nr_tasks: T: how many tasks are on @tasks; changes from or to 0 need css_set_lock as well
 * @nr_leaders: T: how many tasks are on @dying_leaders
 * @tasks: T: members through task_struct::cg_list
 * @dying_leaders: T: exited leaders of processes that still have live threads
 * @task_iters: T: iterators that are in this css_set
 * @key: S: sum of the keys of its cgroups; it is hashed by this
 * @hash_node: S: node in the table of css_sets
 * @links: S: cgrp_cset_links to its cgroups, in the order of the hierarchies
 * @css_nodes: S: nodes in cgroup_subsys_state::csets, one per slot
 * @namespaces: S: cgroup namespaces whose root it is
 * @rcu: frees it
 */
struct css_set {
	struct cgroup_subsys_state *subsys[CGROUP_SUBSYS_COUNT];
	refcount_t refcount;
	struct cgroup *dfl_cgrp;

	/* what fork and exit write */
	spinlock_t lock;
	bool migrating;
	int nr_tasks;
	int nr_leaders;
	struct list_head tasks;
	struct list_head dying_leaders;
	struct list_head task_iters;

	/* what changes with cgroups and hierarchies */
	u64 key;
	struct hlist_node hash_node;
	struct list_head links;
	struct list_head css_nodes[CGROUP_SUBSYS_COUNT];
	struct list_head namespaces;
	struct rcu_head rcu;
};

/* CPU time that rstat adds up for each cgroup. */
struct cgroup_base_stat {
	u64 ntime;
	struct task_cputime cputime;
#ifdef CONFIG_SCHED_CORE
	u64 forceidle_sum;
#endif
};

/**
 * struct cgroup - a place in one hierarchy
 *
 * Its life is described in kernel/cgroup/dir.c.
 *
 * @self: node in the tree of cgroups, and the reference count; ss is NULL
 * @flags: A: CGRP_* bits
 * @level: I: depth, 0 at the root
 * @nr_populated_csets: S: css_sets with tasks among its links
 * @nr_populated_children: S: children with tasks in them or below
 * @nr_live_children: M: children that rmdir has not removed
 * @kn: I: its directory, referenced
 * @files_pending: R (M): sets of files not made yet, read by lookups; see kernel/cgroup/populate.c
 * @files_leaving: A: subsystems whose files are being removed because it begins to inherit
 * @subsys: R (M): the csses it owns, by subsystem id
 * @root: R (M): its hierarchy
 * @cset_links: S: cgrp_cset_links to the css_sets that have it in their tuple
 * @key: I: random summand of css_set::key; 0 at a root
 * @rstat_cpu: K (cgroup/rstat.c)
 * @rstat_css_list: K (cgroup/rstat.c): its csses that want css_rstat_flush()
 * @rstat_flush_next: K (cgroup/rstat.c): list under the flush lock
 * @last_bstat: K (cgroup/rstat.c): the part of @bstat that has been added to the parent
 * @bstat: K (cgroup/rstat.c): totals of this cgroup and all below
 * @prev_cputime: K (cpuacct): makes utime and stime monotonic
 * @release_agent_work: K (cgroup/release_agent.c)
 * @psi: K (psi): unused without a unified hierarchy
 * @bpf_cgrp_storage: K (BPF)
 * @ancestors: I: the cgroups from the root down; the cgroup itself is at [level]
 */
struct cgroup {
	struct cgroup_subsys_state self;
	unsigned long flags;
	int level;
	int nr_populated_csets;
	int nr_populated_children;
	int nr_live_children;
	cgroup_mask_t files_pending;
	unsigned long files_leaving;
	struct kernfs_node *kn;
	struct cgroup_subsys_state __rcu *subsys[CGROUP_SUBSYS_COUNT];
	struct cgroup_root *root;
	struct list_head cset_links;
	u64 key;

	struct cgroup_rstat_cpu __percpu *rstat_cpu;
	struct list_head rstat_css_list;
	struct cgroup *rstat_flush_next ____cacheline_aligned_in_smp;
	struct cgroup_base_stat last_bstat;
	struct cgroup_base_stat bstat;
	struct prev_cputime prev_cputime;

	struct work_struct release_agent_work;
	struct psi_group *psi;
#ifdef CONFIG_BPF_SYSCALL
	struct bpf_local_storage __rcu *bpf_cgrp_storage;
#endif
	struct cgroup *ancestors[];
};

/**
 * struct cgroup_root - a hierarchy
 *
 * Its life is described in kernel/cgroup/hierarchy.c.
 *
 * @kf_root: I: its directory tree
 * @subsys_mask: subsystems bound to it, stateful and stateless; written by cgroup_set_masks()
 *	under M and S, read under either, or one mask alone with READ_ONCE()
 * @hierarchy_id: I: 0 is the default hierarchy
 * @root_list: R (M): node in cgroup_roots
 * @nr_users: M: superblocks that show it, and mounts under way
 * @nr_cgrps: A: cgroups in it, including removed ones that are still in memory
 * @flags: M: CGRP_ROOT_* bits
 * @nr_tree_walks: S: owners' walks over trees of it (kernel/cgroup/task_walk.c)
 * @rcu: frees it
 * @rstat_nr_strays: K (cgroup/rstat.c): how many csses of it are strays
 * @rstat_stray_node: K (cgroup/rstat.c): on a list while it has strays
 * @name: I: its name, or empty
 * @release_agent_path: K (cgroup/release_agent.c): program run when a cgroup becomes empty
 * @cgrp: its root cgroup
 * @cgrp_ancestor_storage: room for cgrp.ancestors[0]; must follow @cgrp
 */
struct cgroup_root {
	struct list_head root_list;
	int hierarchy_id;
	unsigned int subsys_mask;
	struct kernfs_root *kf_root;
	int nr_users;
	atomic_t nr_cgrps;
	unsigned int flags;
	unsigned int nr_tree_walks;
	struct rcu_head rcu;
	unsigned int rstat_nr_strays;
	struct list_head rstat_stray_node;
	char name[MAX_CGROUP_ROOT_NAMELEN];
	char release_agent_path[PATH_MAX];

	struct cgroup cgrp;
	struct cgroup *cgrp_ancestor_storage;
};

/**
 * struct cftype - a kind of control file
 *
 * Arrays of these end with an empty @name.  The callbacks are called with active
 * protection: the css and the cgroup stay, and removal of the file waits for the
 * callback.  No callback is called under cgroup_mutex; each may sleep.
 *
 * @name: file name; the subsystem's name and a dot are put before it
 * @private: for the controller
 * @max_write_len: longest write in bytes; 0 means PAGE_SIZE
 * @flags: CFTYPE_* bits
 * @file_offset: offset in the css of a struct cgroup_file to fill, or 0
 * @ss: set by registration: the subsystem, NULL for files of the core
 * @node: set by registration: node in cgroup_subsys::cfts (M)
 * @kf_ops: set by registration
 * @open: optional
 * @release: optional, undoes @open
 * @read_u64: the file reads one unsigned number
 * @read_s64: the file reads one signed number
 * @read_map: the file reads numbers, with keys that never change; @seq_show, if there is one,
 *	shows the same as text, else the core makes lines "KEY VALUE".  It passes them to
 *	cgroup_map_add() and may sleep; the css may be offline, and may move to another cgroup
 *	meanwhile.
 * @seq_show: the file reads text
 * @seq_start: set together with @seq_next and @seq_stop: the file reads records
 * @seq_next: see @seq_start
 * @seq_stop: see @seq_start
 * @write_u64: the file takes one unsigned number
 * @write_s64: the file takes one signed number
 * @write: the file takes text; called instead of the two above
 * @poll: optional; without it poll() waits for cgroup_file_notify()
 * @flush_stats: optional: bring what @read_map reports up to date, for a css and all below it.
 *	Called before the csses are read for statistics; may sleep.  Other reads of the file
 *	do this themselves.
 * @stat_id: set by registration: its id as a statistic, 0 if it is none
 * @stat_nr_values: K (cgroup/stat_list.c): the number of keys of a map, 0 if not known yet
 * @lockdep_key: its lockdep class as a kernfs file
 */
struct cftype {
	unsigned int flags;
	unsigned int file_offset;
	char name[MAX_CFTYPE_NAME];
	size_t max_write_len;
	unsigned long private;

	u64 (*read_u64)(struct cgroup_subsys_state *css, struct cftype *cft);
	int (*write_u64)(struct cgroup_subsys_state *css, struct cftype *cft, u64 val);
	s64 (*read_s64)(struct cgroup_subsys_state *css, struct cftype *cft);
	int (*write_s64)(struct cgroup_subsys_state *css, struct cftype *cft, s64 val);
	void (*read_map)(struct cgroup_subsys_state *css, struct cftype *cft,
			 struct cgroup_map *map);
	int (*seq_show)(struct seq_file *sf, void *v);
	ssize_t (*write)(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
	void *(*seq_start)(struct seq_file *sf, loff_t *ppos);
	void (*seq_stop)(struct seq_file *sf, void *v);
	void *(*seq_next)(struct seq_file *sf, void *v, loff_t *ppos);
	void (*release)(struct kernfs_open_file *of);
	int (*open)(struct kernfs_open_file *of);
	__poll_t (*poll)(struct kernfs_open_file *of, struct poll_table_struct *pt);

	void (*flush_stats)(struct cgroup_subsys_state *css);

	struct kernfs_ops *kf_ops;
	struct cgroup_subsys *ss;
	u32 stat_id;
	unsigned int stat_nr_values;
	struct list_head node;
	struct lock_class_key lockdep_key;
};

/**
 * struct cgroup_subsys - a subsystem (controller)
 *
 * The callbacks of a stateful subsystem are optional, except @css_alloc and @css_free.  Of the
 * callbacks of a stateless one, only @can_bind and those of fork and exit are called.
 *
 * "mutex" below means that cgroup_mutex is held.  A callback that returns an int may refuse
 * with an errno.  Then the callback that undoes it is not called for this subsystem, but for
 * those that agreed before it.  All other callbacks cannot fail.
 *
 * A callback must not take cgroup_mutex.  Under it, a callback may sleep, but must not wait for
 * a grace period, for work items, or for a lock that user space can hold, such as an mmap lock.
 * A callback must not use css->cgroup without RCU or the mutex, because a mount, a merge and a
 * split change it.  The core treats some subsystems differently: see kernel/cgroup/rules.c.
 *
 * @css_alloc: mutex, may sleep: make the css of a new cgroup below @parent_css
 *	(NULL: the root css, at boot).  Undone by @css_free.
 * @css_online: mutex, may sleep: the css is in the tree and about to be used.  If it refuses,
 *	only @css_free follows.  The cgroup may never be shown, because a mkdir may fail in a
 *	later subsystem: then @css_killed and @css_offline are called as after an rmdir.
 *	Undone by @css_offline.
 * @css_killed: mutex, may sleep: removal begins
 * @css_offline: mutex, may sleep, by a work item: css_tryget_online() fails on all CPUs, and all
 *	children are offline
 * @css_released: mutex, may sleep, by a work item: the last reference is gone
 * @css_free: no lock, may sleep, by a work item, a grace period after @css_released
 * @css_reset: not called: only a unified hierarchy disables a css and keeps it
 * @css_rstat_flush: rstat_lock, IRQs off, RCU read lock: add up the updates of one CPU
 * @css_extra_stat_show: not called yet; unified hierarchy: more lines for its cpu.stat
 * @css_local_stat_show: not called yet; unified hierarchy: lines of its cpu.stat.local
 * @can_attach: mutex and cpus_read_lock, may sleep; the tasks neither fork nor leave their
 *	css_set; their slots are still the old ones.  If a hierarchy changes in use, there are
 *	tasks of several csses, with several new ones.  Undone by @cancel_attach.
 * @cancel_attach: as @can_attach, slots still the old ones
 * @attach: as @can_attach, but slots are the new ones.  For subsystems with the rule "late":
 *	without mutex and cpus_read_lock, the thread group of each task held for writing; the
 *	taskset returns the css that the task has by then.
 * @post_attach: without mutex and cpus_read_lock, by the task that asked for the move: wait
 *	for what @attach began, even for a lock that user space can hold.  The tasks may have moved
 *	again, and the groups may be removed meanwhile.  A worker may have called @can_attach and
 *	@attach, and other moves may have begun: cgroup_taskset_id() tells which move this is.
 * @can_fork: by the parent, the thread groups of parent and child held for reading, may sleep.
 *	Undone by @cancel_fork.  If the css_set of the parent changes before the child is a
 *	member, @cancel_fork is called, and then @can_fork again.
 * @cancel_fork: as @can_fork; the fork failed elsewhere, or tries again
 * @fork: as @can_fork; the child is a member now.  Called again if the child migrated meanwhile.
 * @exit: by the task, late in its exit, when it is not a member any more; may sleep
 * @release: in release_task(), before the task is unhashed; must not sleep.  The css may be
 *	offline.
 * @mm_owner_changed: an mm (kernel/mm_owner.c) has @task as its owner now, and @new is the css
 *	of @task; both are NULL if no task uses the mm any more.  @old is the css of the owner
 *	before, which is the current task, in its exit or exec, or a css that it has lost.  Both
 *	csses may be the same, and either may be offline.  May sleep, but must not take
 *	cred_guard_mutex or exec_update_lock; no lock of a task or of the mm is held.  @task is
 *	not moved meanwhile, if only the user of the current task may move it.  If it gets
 *	another css all the same, it is called again with the css that it was told last as @old,
 *	but not for ever; attach() is called later than that.  Calls for one mm are not ordered.
 *	So do not count with it, but look at the state of the mm or of @task.
 * @bind: mutex (at boot: no lock), may sleep: the root css has moved to another hierarchy
 * @can_bind: mutex: may this set of stateful subsystems be in one hierarchy together, or be
 *	owned by one cgroup?  0, or an errno; nothing is undone.  After a refusal it is called
 *	with other sets, to explain the refusal.
 * @early_init: bring it up before the allocators are up
 * @implicit_on_dfl: unified hierarchy only
 * @threaded: unified hierarchy only
 * @stateless: set by the core: has no css and no slot
 * @id: set by the core: its enum cgroup_subsys_id
 * @name: set by the core
 * @legacy_name: name shown to user space; @name when NULL
 * @root: M: the hierarchy that carries it; the default one while it is not mounted
 * @css_idr: K (cgroup/css.c): the ids of its csses
 * @cfts: M: arrays of its control files, through the first one's cftype::node
 * @dfl_cftypes: files for the unified hierarchy
 * @legacy_cftypes: files for all other hierarchies
 * @depends_on: unified hierarchy only: subsystems that come with it
 */
struct cgroup_subsys {
	/* what it is */
	struct cftype *legacy_cftypes;
	struct cftype *dfl_cftypes;
	const char *legacy_name;
	unsigned int depends_on;
	bool early_init:1;
	bool implicit_on_dfl:1;
	bool threaded:1;

	/* its csses, from first to last */
	struct cgroup_subsys_state *(*css_alloc)(struct cgroup_subsys_state *parent_css);
	int (*css_online)(struct cgroup_subsys_state *css);
	void (*css_reset)(struct cgroup_subsys_state *css);
	void (*css_killed)(struct cgroup_subsys_state *css);
	void (*css_offline)(struct cgroup_subsys_state *css);
	void (*css_released)(struct cgroup_subsys_state *css);
	void (*css_free)(struct cgroup_subsys_state *css);
	int (*can_bind)(cgroup_mask_t mask);
	void (*bind)(struct cgroup_subsys_state *root_css);

	/* its members */
	int (*can_attach)(struct cgroup_taskset *tset);
	void (*attach)(struct cgroup_taskset *tset);
	void (*cancel_attach)(struct cgroup_taskset *tset);
	void (*post_attach)(struct cgroup_taskset *tset);
	int (*can_fork)(struct task_struct *task, struct css_set *cset);
	void (*fork)(struct task_struct *task);
	void (*cancel_fork)(struct task_struct *task, struct css_set *cset);
	void (*release)(struct task_struct *task);
	void (*exit)(struct task_struct *task);
	void (*mm_owner_changed)(struct cgroup_subsys_state *old,
				 struct cgroup_subsys_state *new, struct task_struct *task);

	/* its statistics */
	void (*css_rstat_flush)(struct cgroup_subsys_state *css, int cpu);
	int (*css_local_stat_show)(struct seq_file *seq, struct cgroup_subsys_state *css);
	int (*css_extra_stat_show)(struct seq_file *seq, struct cgroup_subsys_state *css);

	/* set by the core */
	bool stateless;
	const char *name;
	int id;
	struct list_head cfts;
	struct idr css_idr;
	struct cgroup_root *root;
};

/* What memory.peak keeps for each open file; see of_peak(). */
struct cgroup_of_peak {
	unsigned long value;
	struct list_head list;
};

void cgroup_threadgroup_change_begin(struct task_struct *tsk);
void cgroup_threadgroup_change_end(struct task_struct *tsk);

#else	/* !CONFIG_CGROUPS */

#define CGROUP_SUBSYS_COUNT 0

static inline void cgroup_threadgroup_change_end(struct task_struct *tsk) { }

static inline void cgroup_threadgroup_change_begin(struct task_struct *tsk)
{
	might_sleep();
}

#endif	/* CONFIG_CGROUPS */

/**
 * struct sock_cgroup_data - what a socket keeps about cgroups
 * @cgroup: its creator's cgroup in the default hierarchy
 * @classid: net_cls: class for tc, written by the controller
 * @prioidx: net_prio: index of its priority map
 */
struct sock_cgroup_data {
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct cgroup *cgroup;
#ifdef CONFIG_CGROUP_NET_CLASSID
	u32 classid;
#endif
#ifdef CONFIG_CGROUP_NET_PRIO
	u16 prioidx;
#endif
#endif
};

#ifdef CONFIG_SOCK_CGROUP_DATA
#ifdef CONFIG_CGROUP_NET_CLASSID
static inline void sock_cgroup_set_classid(struct sock_cgroup_data *skcd, u32 classid)
{
	WRITE_ONCE(skcd->classid, classid);
}

static inline u32 sock_cgroup_classid(const struct sock_cgroup_data *skcd)
{
	return READ_ONCE(skcd->classid);
}
#else
static inline void sock_cgroup_set_classid(struct sock_cgroup_data *skcd, u32 classid) { }

static inline u32 sock_cgroup_classid(const struct sock_cgroup_data *skcd)
{
	return 0;
}
#endif

#ifdef CONFIG_CGROUP_NET_PRIO
static inline void sock_cgroup_set_prioidx(struct sock_cgroup_data *skcd, u16 prioidx)
{
	WRITE_ONCE(skcd->prioidx, prioidx);
}

static inline u16 sock_cgroup_prioidx(const struct sock_cgroup_data *skcd)
{
	return READ_ONCE(skcd->prioidx);
}
#else
static inline void sock_cgroup_set_prioidx(struct sock_cgroup_data *skcd, u16 prioidx) { }

static inline u16 sock_cgroup_prioidx(const struct sock_cgroup_data *skcd)
{
	return 1;	/* the root's index, as if all sockets were in the root */
}
#endif
#endif	/* CONFIG_SOCK_CGROUP_DATA */

#endif	/* _LINUX_CGROUP_DEFS_H */
