/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: what controllers and the rest of the kernel call.
 *
 * Declarations are grouped by the file of the core that defines them, where
 * their kernel-doc is.  The data model is in <linux/cgroup-defs.h>.
 */
#ifndef _LINUX_CGROUP_H
#define _LINUX_CGROUP_H

#include <linux/cgroupstats.h>
#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/kernel_stat.h>
#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/nodemask.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/user_namespace.h>

#include <linux/cgroup-defs.h>
#include <linux/cgroup_stats.h>

struct kernel_clone_args;
struct multiprocess_signals;

/* Range of the weight files of controllers; the default is its logarithmic middle. */
#define CGROUP_WEIGHT_MIN		1
#define CGROUP_WEIGHT_DFL		100
#define CGROUP_WEIGHT_MAX		10000

/**
 * struct cgroup_namespace - which cgroup of each hierarchy its members see as "/"
 * @root_cset: R (S): the css_set with these cgroups, referenced; see cgroup_ns_follow()
 * @cset_node: S: node in css_set::namespaces; empty in the initial namespace
 * @ns: what namespaces of all kinds have
 * @ucounts: I: the counters that count it
 * @user_ns: I: owns it
 */
struct cgroup_namespace {
	struct css_set *root_cset;
	struct list_head cset_node;
	struct ns_common ns;
	struct ucounts *ucounts;
	struct user_namespace *user_ns;
};

extern struct cgroup_namespace init_cgroup_ns;

#ifdef CONFIG_CGROUPS

/*
 * kernel/cgroup.c
 */
#define SUBSYS(_x)							\
	extern struct cgroup_subsys _x ## _cgrp_subsys;			\
	extern struct static_key_true _x ## _cgrp_subsys_enabled_key;
#define SUBSYS_STATELESS(_x)	extern struct cgroup_subsys _x ## _cgrp_subsys;
#include <linux/cgroup_subsys.h>
#undef SUBSYS
#undef SUBSYS_STATELESS

extern struct cgroup_root cgrp_dfl_root;
extern struct css_set init_css_set;
extern struct mutex cgroup_mutex;
extern spinlock_t css_set_lock;
extern struct file_system_type cgroup_fs_type;

/**
 * cgroup_subsys_enabled - do the boot parameters leave a subsystem enabled?
 * @ss: the subsystem, by the name of its variable
 */
#define cgroup_subsys_enabled(ss)	static_branch_likely(&ss ## _enabled_key)

/**
 * cgroup_subsys_on_dfl - does a subsystem serve the unified hierarchy?
 * @ss: the subsystem, by the name of its variable
 *
 * There is no unified hierarchy, so no subsystem does, whether mounted or not.
 * Controllers use this to choose between two sets of rules.  If the answer changed
 * while a subsystem holds charges, it would uncharge what it never charged.
 */
#define cgroup_subsys_on_dfl(ss)	((void)&(ss), false)

int cgroup_init_early(void);
int cgroup_init(void);

static inline void cgroup_lock(void)
{
	mutex_lock(&cgroup_mutex);
}

static inline void cgroup_unlock(void)
{
	mutex_unlock(&cgroup_mutex);
}

/*
 * kernel/cgroup/css.c
 */
struct cgroup_subsys_state *css_from_id(int id, struct cgroup_subsys *ss);
struct cgroup_subsys_state *cgroup_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss);
struct cgroup_subsys_state *cgroup_get_e_css(struct cgroup *cgrp, struct cgroup_subsys *ss);

/*
 * kernel/cgroup/css_walk.c
 */
bool css_has_online_children(struct cgroup_subsys_state *css);
struct cgroup_subsys_state *css_next_child(struct cgroup_subsys_state *pos,
					   struct cgroup_subsys_state *parent);
struct cgroup_subsys_state *css_next_descendant_pre(struct cgroup_subsys_state *pos,
						    struct cgroup_subsys_state *root);
struct cgroup_subsys_state *css_next_descendant_post(struct cgroup_subsys_state *pos,
						     struct cgroup_subsys_state *root);
struct cgroup_subsys_state *css_rightmost_descendant(struct cgroup_subsys_state *pos);

/**
 * css_for_each_child - walk the children of a css, oldest first
 * @pos: cursor
 * @parent: the css
 *
 * Context: RCU read lock or cgroup_mutex.  The RCU lock may be dropped in the
 * body if @pos is kept with css_get() and friends.  Children that are not yet
 * or no longer online are seen too.
 */
#define css_for_each_child(pos, parent)						\
	for (pos = css_next_child(NULL, parent); pos; pos = css_next_child(pos, parent))

/**
 * css_for_each_descendant_pre - walk a css and all below it, parents first
 * @pos: cursor
 * @root: the css; the walk begins with it
 *
 * A child that came online before the walk began, and stays, is seen.  A child
 * that comes online meanwhile is seen, or its css_online() sees what the walk did
 * to its parent, if both take a common lock.
 *
 * Context: as css_for_each_child().
 */
#define css_for_each_descendant_pre(pos, root)					\
	for (pos = css_next_descendant_pre(NULL, root); pos;			\
	     pos = css_next_descendant_pre(pos, root))

/**
 * css_for_each_descendant_post - walk a css and all below it, children first
 * @pos: cursor
 * @root: the css; the walk ends with it
 *
 * Context: as css_for_each_child().
 */
#define css_for_each_descendant_post(pos, root)					\
	for (pos = css_next_descendant_post(NULL, root); pos;			\
	     pos = css_next_descendant_post(pos, root))

/*
 * kernel/cgroup/css_ref.c: css_get(), css_tryget(), css_put() and the like are inline,
 * or functions with CONFIG_DEBUG_CGROUP_REF.
 */
void css_atomic_get_many(struct cgroup_subsys_state *css, unsigned int n);
bool css_atomic_tryget(struct cgroup_subsys_state *css);
bool css_atomic_tryget_online(struct cgroup_subsys_state *css);
void css_atomic_put_many(struct cgroup_subsys_state *css, unsigned int n);

#ifdef CONFIG_DEBUG_CGROUP_REF
void css_get(struct cgroup_subsys_state *css);
bool css_tryget(struct cgroup_subsys_state *css);
void css_put(struct cgroup_subsys_state *css);
bool css_tryget_online(struct cgroup_subsys_state *css);
void css_get_many(struct cgroup_subsys_state *css, unsigned int n);
void css_put_many(struct cgroup_subsys_state *css, unsigned int n);
#else
#define CGROUP_REF_FN_ATTRS	static inline
#define CGROUP_REF_EXPORT(fn)
#include <linux/cgroup_refcnt.h>
#endif

/**
 * css_is_dying - has the removal of a css begun?
 * @css: the css
 *
 * True from rmdir on, well before css_offline().
 */
static inline bool css_is_dying(struct cgroup_subsys_state *css)
{
	return css->flags & CSS_DYING;
}

static inline void cgroup_get(struct cgroup *cgrp)
{
	css_get(&cgrp->self);
}

static inline void cgroup_put(struct cgroup *cgrp)
{
	css_put(&cgrp->self);
}

static inline bool cgroup_tryget(struct cgroup *cgrp)
{
	return css_tryget(&cgrp->self);
}

/*
 * kernel/cgroup/task_iter.c
 */

/* css_task_iter_start() flags */
enum {
	/* thread group leaders only, including dead ones with live threads */
	CSS_TASK_ITER_PROCS	= BIT(0),
	/* no meaning without threaded cgroups */
	CSS_TASK_ITER_THREADED	= BIT(1),
};

/**
 * struct css_task_iter - a walk over the tasks of a css; opaque to its users
 * @css: the css whose tasks are visited
 * @flags: CSS_TASK_ITER_* bits
 * @cset: the css_set that the walk is in, referenced
 * @in_leaders: the walk is in @cset's dying leaders already
 * @pos: node of the last task that was looked at, or the head of its list (css_set::lock)
 * @task: the task returned last, referenced
 * @node: node in css_set::task_iters of @cset
 */
struct css_task_iter {
	struct cgroup_subsys_state *css;
	unsigned int flags;
	struct css_set *cset;
	bool in_leaders;
	struct list_head *pos;
	struct task_struct *task;
	struct list_head node;
};

void css_task_iter_start(struct cgroup_subsys_state *css, unsigned int flags,
			 struct css_task_iter *it);
struct task_struct *css_task_iter_next(struct css_task_iter *it);
void css_task_iter_end(struct css_task_iter *it);

/**
 * css_is_descendant - is a css the same as another one of its subsystem, or below it?
 * @css: the css
 * @ancestor: the other one
 *
 * This compares csses, not their cgroups, which can change while a hierarchy is in use.
 * It takes the same time at any depth in those subsystems that have css::ancestors.
 *
 * Context: any; the caller keeps both, offline or not.
 * Return: true if it is.
 */
static inline bool css_is_descendant(const struct cgroup_subsys_state *css,
				     const struct cgroup_subsys_state *ancestor)
{
	int level = ancestor->level;

	if (css->level <= level)
		return css == ancestor;
	if (!level)
		return true;
	if (css->ancestors && css->level > level + 1)
		return css->ancestors[level] == ancestor;
	while (css->level > level)
		css = css->parent;
	return css == ancestor;
}

/*
 * kernel/cgroup/migrate.c
 */
u64 cgroup_taskset_id(struct cgroup_taskset *tset);
bool cgroup_task_leads(struct task_struct *task);
bool cgroup_taskset_leads(struct cgroup_taskset *tset);
struct cgroup_subsys_state *cgroup_taskset_src(struct cgroup_taskset *tset);
struct task_struct *cgroup_taskset_first(struct cgroup_taskset *tset,
					 struct cgroup_subsys_state **dst_cssp);
struct task_struct *cgroup_taskset_next(struct cgroup_taskset *tset,
					struct cgroup_subsys_state **dst_cssp);

/*
 * kernel/cgroup/attach.c
 */
int cgroup_attach_task_all(struct task_struct *from, struct task_struct *tsk);
int css_transfer_tasks(struct cgroup_subsys_state *to, struct cgroup_subsys_state *from);

/**
 * cgroup_taskset_for_each - walk the tasks of an attach
 * @task: cursor
 * @dst_css: set to the css that @task goes to
 * @tset: what the callback was given
 *
 * When a hierarchy in use changes, the tasks of one call may go to several csses: see
 * cgroup_rules::per_source for controllers that cannot handle that.
 */
#define cgroup_taskset_for_each(task, dst_css, tset)				\
	for (task = cgroup_taskset_first(tset, &(dst_css)); task;		\
	     task = cgroup_taskset_next(tset, &(dst_css)))

/**
 * cgroup_taskset_for_each_leader - walk the processes of an attach
 * @leader: cursor: the leader of a process, or a live thread if the leader has exited
 * @dst_css: set to the css that @leader goes to
 * @tset: what the callback was given
 */
#define cgroup_taskset_for_each_leader(leader, dst_css, tset)			\
	cgroup_taskset_for_each(leader, dst_css, tset)				\
		if (!cgroup_taskset_leads(tset))				\
			continue;						\
		else

/*
 * kernel/cgroup/file_ops.c
 */
bool cgroup_call_defer(void (*fn)(u64 arg), u64 arg);

/*
 * kernel/cgroup/file.c
 */
int cgroup_add_legacy_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);
int cgroup_add_dfl_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);
int cgroup_rm_cftypes(struct cftype *cfts);
void cgroup_file_notify(struct cgroup_file *cfile);
struct cgroup_subsys_state *of_css(struct kernfs_open_file *of);
struct cgroup_of_peak *of_peak(struct kernfs_open_file *of);

static inline struct cftype *of_cft(struct kernfs_open_file *of)
{
	return of->kn->priv;
}

static inline struct cftype *seq_cft(struct seq_file *seq)
{
	return of_cft(seq->private);
}

static inline struct cgroup_subsys_state *seq_css(struct seq_file *seq)
{
	return of_css(seq->private);
}

/*
 * kernel/cgroup/lookup.c
 */
struct cgroup *cgroup_get_from_path(const char *path);
struct cgroup *cgroup_get_from_fd(int fd);
struct cgroup *cgroup_v1v2_get_from_fd(int fd);
struct cgroup *__cgroup_get_from_id(u64 id);
struct cgroup *cgroup_get_from_id(u64 id);
struct cgroup *task_get_cgroup1(struct task_struct *tsk, int hierarchy_id);
struct cgroup_subsys_state *css_tryget_online_from_dir(struct dentry *dentry,
						       struct cgroup_subsys *ss);
void cgroup_path_from_kernfs_id(u64 id, char *buf, size_t buflen);
int cgroupstats_build(struct cgroupstats *stats, struct dentry *dentry);
int cgroup_parse_float(const char *input, unsigned int dec_shift, s64 *v);

/*
 * kernel/cgroup/procfs.c
 */
int proc_cgroup_show(struct seq_file *m, struct pid_namespace *ns,
		     struct pid *pid, struct task_struct *tsk);

/*
 * kernel/cgroup/fork.c
 */
void cgroup_fork(struct task_struct *child);
int cgroup_can_fork(struct task_struct *child, struct kernel_clone_args *kargs);
void cgroup_cancel_fork(struct task_struct *child, struct kernel_clone_args *kargs);
bool cgroup_fork_join(struct task_struct *child, struct kernel_clone_args *kargs,
		      const struct multiprocess_signals *delayed);
void cgroup_post_fork(struct task_struct *child, struct kernel_clone_args *kargs);
void cgroup_exit(struct task_struct *tsk);
void cgroup_release(struct task_struct *tsk);
void cgroup_free(struct task_struct *tsk);

/* kthreadd stays in its cgroups, and so does a kthread that is being made */
static inline void cgroup_init_kthreadd(void)
{
	current->no_cgroup_migration = 1;
}

/* from here on the creator of a kthread or the administrator may move it */
static inline void cgroup_kthread_ready(void)
{
	current->no_cgroup_migration = 0;
}

/*
 * kernel/cgroup/namespace.c
 */
struct cgroup_namespace *copy_cgroup_ns(unsigned long flags, struct user_namespace *user_ns,
					struct cgroup_namespace *old_ns);
void free_cgroup_ns(struct cgroup_namespace *ns);
int cgroup_path_ns(struct cgroup *cgrp, char *buf, size_t buflen,
		   struct cgroup_namespace *ns);

/*
 * kernel/cgroup/rstat.c
 */
void cgroup_rstat_flush(struct cgroup *cgrp);

/*
 * Callers name the cgroup as css->cgroup.  This may change, and the old cgroup may be freed
 * a grace period later.  So the macro looks up and references it under one RCU read lock.
 */
#define cgroup_rstat_flush(cgrp)						\
do {										\
	struct cgroup *__cgrp;							\
										\
	rcu_read_lock();							\
	__cgrp = (cgrp);							\
	if (!cgroup_tryget(__cgrp))						\
		__cgrp = NULL;							\
	rcu_read_unlock();							\
	if (__cgrp) {								\
		(cgroup_rstat_flush)(__cgrp);					\
		cgroup_put(__cgrp);						\
	}									\
} while (0)
void cgroup_rstat_updated(struct cgroup *cgrp, int cpu);
void __cgroup_rstat_updated(struct cgroup *cgrp, int cpu);
void __cgroup_account_cputime(struct cgroup *cgrp, u64 delta_exec);
void __cgroup_account_cputime_field(struct cgroup *cgrp, enum cpu_usage_stat index,
				    u64 delta_exec);

/*
 * A task's css_set and slots
 */

/**
 * task_css_set_check - the css_set of a task
 * @task: the task
 * @__c: a further condition under which it cannot change
 *
 * After the fork it changes only with cgroup_mutex, css_set_lock and css_set::lock held, so each
 * of these keeps it.  A task that has begun to exit keeps it as well, except a leader whose
 * process lives on.  Under RCU the old one stays valid for a grace period.
 */
#ifdef CONFIG_PROVE_RCU
#define task_css_set_check(task, __c)						\
	rcu_dereference_check((task)->cgroups, (__c) ||				\
			      rcu_read_lock_sched_held() ||			\
			      lockdep_is_held(&cgroup_mutex) ||			\
			      lockdep_is_held(&css_set_lock) ||			\
			      ((task)->flags & PF_EXITING))
#else
#define task_css_set_check(task, __c)	rcu_dereference((task)->cgroups)
#endif

/**
 * task_css_check - the effective css of a task
 * @task: the task
 * @subsys_id: of which subsystem
 * @__c: as in task_css_set_check()
 */
#define task_css_check(task, subsys_id, __c)					\
	(READ_ONCE(task_css_set_check(task, __c)->subsys[subsys_id]))

static inline struct css_set *task_css_set(struct task_struct *task)
{
	return task_css_set_check(task, false);
}

static inline struct cgroup_subsys_state *task_css(struct task_struct *task, int subsys_id)
{
	return task_css_check(task, subsys_id, false);
}

/**
 * task_get_css - the effective css of a task, referenced
 * @task: the task
 * @subsys_id: of which subsystem
 *
 * The css may be offline: a task that is exiting keeps the css of a removed
 * cgroup.
 *
 * Context: any.  Return: the css, never NULL.
 */
static inline struct cgroup_subsys_state *task_get_css(struct task_struct *task, int subsys_id)
{
	struct cgroup_subsys_state *css;

	guard(rcu)();
	/* fails only for a css that the task has just left: look again */
	while (!css_tryget(css = task_css(task, subsys_id)))
		cpu_relax();
	return css;
}

/**
 * task_css_is_root - is a task in the root css of a subsystem?
 * @task: the task
 * @subsys_id: of which subsystem
 */
static inline bool task_css_is_root(struct task_struct *task, int subsys_id)
{
	return task_css_check(task, subsys_id, true) == init_css_set.subsys[subsys_id];
}

static inline struct cgroup *task_cgroup(struct task_struct *task, int subsys_id)
{
	return task_css(task, subsys_id)->cgroup;
}

static inline struct cgroup *task_dfl_cgroup(struct task_struct *task)
{
	return task_css_set(task)->dfl_cgrp;
}

/*
 * The tree of cgroups
 */
static inline struct cgroup *cgroup_parent(struct cgroup *cgrp)
{
	return cgrp->level ? cgrp->ancestors[cgrp->level - 1] : NULL;
}

/**
 * cgroup_ancestor - the ancestor of a cgroup at a level
 * @cgrp: the cgroup
 * @ancestor_level: 0 for the root, up to the level of @cgrp for itself
 *
 * Return: the ancestor, NULL if @ancestor_level is out of range.
 */
static inline struct cgroup *cgroup_ancestor(struct cgroup *cgrp, int ancestor_level)
{
	if (ancestor_level >= 0 && ancestor_level <= cgrp->level)
		return cgrp->ancestors[ancestor_level];
	return NULL;
}

/**
 * cgroup_is_descendant - is a cgroup the same as another one, or below it?
 * @cgrp: the cgroup
 * @ancestor: the other one
 */
static inline bool cgroup_is_descendant(struct cgroup *cgrp, struct cgroup *ancestor)
{
	return cgroup_ancestor(cgrp, ancestor->level) == ancestor;
}

/* The same for the cgroup of a task in the default hierarchy. */
static inline bool task_under_cgroup_hierarchy(struct task_struct *task,
					       struct cgroup *ancestor)
{
	return cgroup_is_descendant(task_dfl_cgroup(task), ancestor);
}

/* Are there tasks in the cgroup or below it?  Only a hint without css_set_lock. */
static inline bool cgroup_is_populated(struct cgroup *cgrp)
{
	return cgrp->nr_populated_csets || cgrp->nr_populated_children;
}

static inline u64 cgroup_id(const struct cgroup *cgrp)
{
	return cgrp->kn->id;
}

static inline ino_t cgroup_ino(struct cgroup *cgrp)
{
	return kernfs_ino(cgrp->kn);
}

static inline void pr_cont_cgroup_path(struct cgroup *cgrp)
{
	pr_cont_kernfs_path(cgrp->kn);
}

static inline void pr_cont_cgroup_name(struct cgroup *cgrp)
{
	pr_cont_kernfs_name(cgrp->kn);
}

static inline int cgroup_path(struct cgroup *cgrp, char *buf, size_t buflen)
{
	return kernfs_path(cgrp->kn, buf, buflen);
}

static inline int cgroup_name(struct cgroup *cgrp, char *buf, size_t buflen)
{
	return kernfs_name(cgrp->kn, buf, buflen);
}

/* As with cgroup_rstat_flush(): RCU keeps the css->cgroup that a caller names. */
#define cgroup_print_under_rcu(print)						\
do {										\
	rcu_read_lock();							\
	print;									\
	rcu_read_unlock();							\
} while (0)
#define cgroup_len_under_rcu(len)						\
({										\
	int __len;								\
										\
	rcu_read_lock();							\
	__len = (len);								\
	rcu_read_unlock();							\
	__len;									\
})
#define pr_cont_cgroup_path(cgrp)	cgroup_print_under_rcu((pr_cont_cgroup_path)(cgrp))
#define pr_cont_cgroup_name(cgrp)	cgroup_print_under_rcu((pr_cont_cgroup_name)(cgrp))
#define cgroup_path(cgrp, buf, buflen)	cgroup_len_under_rcu((cgroup_path)(cgrp, buf, buflen))
#define cgroup_name(cgrp, buf, buflen)	cgroup_len_under_rcu((cgroup_name)(cgrp, buf, buflen))

/* Pressure is kept for the whole machine only: pressure per cgroup needs a unified hierarchy. */
static inline bool cgroup_psi_enabled(void)
{
	return false;
}

#ifdef CONFIG_CGROUP_CPUACCT
void cpuacct_charge(struct task_struct *tsk, u64 cputime);
void cpuacct_account_field(struct task_struct *tsk, int index, u64 val);
#else
static inline void cpuacct_charge(struct task_struct *tsk, u64 cputime) { }
static inline void cpuacct_account_field(struct task_struct *tsk, int index, u64 val) { }
#endif

/* CPU time goes to cpuacct, and to the default hierarchy below its root. */
static inline void cgroup_account_cputime(struct task_struct *task, u64 delta_exec)
{
	cpuacct_charge(task, delta_exec);
	if (task_dfl_cgroup(task)->level)
		__cgroup_account_cputime(task_dfl_cgroup(task), delta_exec);
}

static inline void cgroup_account_cputime_field(struct task_struct *task,
						enum cpu_usage_stat index, u64 delta_exec)
{
	cpuacct_account_field(task, index, delta_exec);
	if (task_dfl_cgroup(task)->level)
		__cgroup_account_cputime_field(task_dfl_cgroup(task), index, delta_exec);
}

#else	/* !CONFIG_CGROUPS */

struct cgroup;
struct cgroup_subsys_state;

static inline int cgroup_init_early(void) { return 0; }
static inline int cgroup_init(void) { return 0; }
static inline void cgroup_lock(void) { }
static inline void cgroup_unlock(void) { }
static inline void cgroup_init_kthreadd(void) { }
static inline void cgroup_kthread_ready(void) { }
static inline void cgroup_fork(struct task_struct *child) { }
static inline void cgroup_exit(struct task_struct *tsk) { }
static inline void cgroup_release(struct task_struct *tsk) { }
static inline void cgroup_free(struct task_struct *tsk) { }
static inline void css_get(struct cgroup_subsys_state *css) { }
static inline void css_put(struct cgroup_subsys_state *css) { }
static inline void free_cgroup_ns(struct cgroup_namespace *ns) { }

static inline int cgroup_can_fork(struct task_struct *child, struct kernel_clone_args *kargs)
{
	return 0;
}

static inline void cgroup_cancel_fork(struct task_struct *child,
				      struct kernel_clone_args *kargs)
{
}

static inline bool cgroup_fork_join(struct task_struct *child, struct kernel_clone_args *kargs,
				    const struct multiprocess_signals *delayed)
{
	return true;
}

static inline void cgroup_post_fork(struct task_struct *child,
				    struct kernel_clone_args *kargs)
{
}

static inline struct cgroup_namespace *copy_cgroup_ns(unsigned long flags,
						      struct user_namespace *user_ns,
						      struct cgroup_namespace *old_ns)
{
	return old_ns;
}

static inline int cgroup_attach_task_all(struct task_struct *from, struct task_struct *tsk)
{
	return 0;
}

static inline int cgroupstats_build(struct cgroupstats *stats, struct dentry *dentry)
{
	return -EINVAL;
}

static inline struct cgroup *cgroup_parent(struct cgroup *cgrp)
{
	return NULL;
}

static inline u64 cgroup_id(const struct cgroup *cgrp)
{
	return 1;
}

static inline bool task_under_cgroup_hierarchy(struct task_struct *task,
					       struct cgroup *ancestor)
{
	return true;
}

static inline bool cgroup_psi_enabled(void)
{
	return false;
}

static inline void cgroup_path_from_kernfs_id(u64 id, char *buf, size_t buflen)
{
}

static inline void cgroup_account_cputime(struct task_struct *task, u64 delta_exec)
{
}

static inline void cgroup_account_cputime_field(struct task_struct *task,
						enum cpu_usage_stat index, u64 delta_exec)
{
}

#endif	/* CONFIG_CGROUPS */

/*
 * Freezing by signal delivery belongs to the unified hierarchy; its hooks in
 * signal and fork code compile away.  The freezer subsystem does not use it.
 */
static inline void cgroup_enter_frozen(void)
{
}

static inline void cgroup_leave_frozen(bool always_leave)
{
}

static inline bool cgroup_task_frozen(struct task_struct *task)
{
	return false;
}

static inline void put_cgroup_ns(struct cgroup_namespace *ns)
{
	if (ns && refcount_dec_and_test(&ns->ns.count))
		free_cgroup_ns(ns);
}

static inline void get_cgroup_ns(struct cgroup_namespace *ns)
{
	if (ns)
		refcount_inc(&ns->ns.count);
}

/*
 * kernel/cgroup/sock.c
 */
#ifdef CONFIG_SOCK_CGROUP_DATA
static inline struct cgroup *sock_cgroup_ptr(struct sock_cgroup_data *skcd)
{
	return skcd->cgroup;
}

void cgroup_sk_alloc(struct sock_cgroup_data *skcd);
void cgroup_sk_free(struct sock_cgroup_data *skcd);
void cgroup_sk_clone(struct sock_cgroup_data *skcd);
#else
static inline void cgroup_sk_alloc(struct sock_cgroup_data *skcd) { }
static inline void cgroup_sk_free(struct sock_cgroup_data *skcd) { }
static inline void cgroup_sk_clone(struct sock_cgroup_data *skcd) { }
#endif

#endif	/* _LINUX_CGROUP_H */
