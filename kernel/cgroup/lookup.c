// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: finding a cgroup or a css by path, file descriptor, id or task.
 *
 * The rest of the kernel calls these functions, and gets a reference.  None of them
 * takes cgroup_mutex.  They reach a cgroup through its directory, and not in a kernfs
 * operation, so the directory may be removed at any time.  Before the cgroup is freed,
 * the priv of the directory's node is cleared and a grace period passes.
 */
#include <linux/cgroupstats.h>
#include <linux/dcache.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/kernfs.h>
#include <linux/math64.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "call.h"
#include "css_set.h"
#include "hierarchy.h"
#include "subsys.h"

static struct cgroup *kn_tryget_cgroup(struct kernfs_node *kn)
{
	struct cgroup *cgrp;

	guard(rcu)();
	cgrp = kn_cgroup_rcu(kn);
	return cgrp && cgroup_tryget(cgrp) ? cgrp : ERR_PTR(-ENOENT);
}

/* The node of a dentry that is a directory of a cgroup file system, or NULL. */
static struct kernfs_node *dentry_cgroup_kn(struct dentry *dentry)
{
	struct kernfs_node *kn;

	if (dentry->d_sb->s_type != &cgroup_fs_type)
		return NULL;
	kn = kernfs_node_from_dentry(dentry);
	return kn && kernfs_type(kn) == KERNFS_DIR ? kn : NULL;
}

/* The cgroup that is "/" of the default hierarchy in the current task's cgroup namespace. */
static struct cgroup *current_dfl_top(void)
{
	struct nsproxy *nsproxy = current->nsproxy;

	/* the namespace may switch to another css_set now: RCU keeps the old one */
	guard(rcu)();
	/* an exiting task may have dropped its nsproxy */
	return nsproxy ? READ_ONCE(nsproxy->cgroup_ns->root_cset)->dfl_cgrp :
			 &cgrp_dfl_root.cgrp;
}

/**
 * cgroup_get_from_path - find a cgroup of the default hierarchy by its path
 * @path: path below the root that the current cgroup namespace shows
 *
 * Context: process, may sleep.
 * Return: the cgroup, referenced; or an ERR_PTR: -ENOENT if there is no such path or
 * its cgroup is gone, -ENOTDIR if it is the path of a file.
 */
struct cgroup *cgroup_get_from_path(const char *path)
{
	struct kernfs_node *kn = kernfs_walk_and_get(current_dfl_top()->kn, path);
	struct cgroup *cgrp;

	if (!kn)
		return ERR_PTR(-ENOENT);

	cgrp = kernfs_type(kn) == KERNFS_DIR ? kn_tryget_cgroup(kn) : ERR_PTR(-ENOTDIR);
	kernfs_put(kn);
	return cgrp;
}
EXPORT_SYMBOL_GPL(cgroup_get_from_path);

/**
 * cgroup_v1v2_get_from_fd - the cgroup whose directory is open
 * @fd: descriptor of the directory, of any hierarchy
 *
 * Context: process.
 * Return: the cgroup, referenced; or an ERR_PTR: -EBADF if @fd is not an open cgroup
 * directory, -ENOENT if the cgroup was removed.
 */
struct cgroup *cgroup_v1v2_get_from_fd(int fd)
{
	struct cgroup_subsys_state *self;

	CLASS(fd_raw, dir)(fd);
	if (!fd_file(dir))
		return ERR_PTR(-EBADF);

	self = css_tryget_online_from_dir(fd_file(dir)->f_path.dentry, NULL);
	return IS_ERR(self) ? ERR_CAST(self) : self->cgroup;
}

/**
 * cgroup_get_from_fd - the cgroup of the default hierarchy whose directory is open
 * @fd: descriptor of the directory
 *
 * Context: process.
 * Return: as cgroup_v1v2_get_from_fd(); also -EBADF for a directory of another hierarchy.
 */
struct cgroup *cgroup_get_from_fd(int fd)
{
	struct cgroup *cgrp = cgroup_v1v2_get_from_fd(fd);

	if (!IS_ERR(cgrp) && !cgroup_on_dfl(cgrp)) {
		cgroup_put(cgrp);
		return ERR_PTR(-EBADF);
	}
	return cgrp;
}
EXPORT_SYMBOL_GPL(cgroup_get_from_fd);

/**
 * __cgroup_get_from_id - find a cgroup of the default hierarchy by its id
 * @id: what cgroup_id() returns
 *
 * Context: any, takes no sleeping lock.
 * Return: the cgroup, referenced, even if the caller's cgroup namespace hides it; or
 * ERR_PTR(-ENOENT) if there is none.
 */
struct cgroup *__cgroup_get_from_id(u64 id)
{
	struct kernfs_node *kn = kernfs_find_and_get_node_by_id(cgrp_dfl_root.kf_root, id);
	struct cgroup *cgrp;

	if (!kn)
		return ERR_PTR(-ENOENT);

	/* files have ids too */
	cgrp = kernfs_type(kn) == KERNFS_DIR ? kn_tryget_cgroup(kn) : ERR_PTR(-ENOENT);
	kernfs_put(kn);
	return cgrp;
}

/**
 * cgroup_get_from_id - find a cgroup by its id, if the current cgroup namespace shows it
 * @id: what cgroup_id() returns
 *
 * Context: any, takes no sleeping lock.
 * Return: as __cgroup_get_from_id(); also -ENOENT if the cgroup namespace of the
 * current task hides the cgroup.
 */
struct cgroup *cgroup_get_from_id(u64 id)
{
	struct cgroup *cgrp = __cgroup_get_from_id(id);

	if (!IS_ERR(cgrp) && !cgroup_is_descendant(cgrp, current_dfl_top())) {
		cgroup_put(cgrp);
		return ERR_PTR(-ENOENT);
	}
	return cgrp;
}
EXPORT_SYMBOL_GPL(cgroup_get_from_id);

/**
 * cgroup_path_from_kernfs_id - write the path of a cgroup of the default hierarchy, by its id
 * @id: what cgroup_id() returns
 * @buf: where to write it; unchanged if there is no such cgroup
 * @buflen: its size
 *
 * Context: any.
 */
void cgroup_path_from_kernfs_id(u64 id, char *buf, size_t buflen)
{
	struct kernfs_node *kn = kernfs_find_and_get_node_by_id(cgrp_dfl_root.kf_root, id);

	if (kn) {
		kernfs_path(kn, buf, buflen);
		kernfs_put(kn);
	}
}

/**
 * task_get_cgroup1 - the cgroup of a task in a mounted hierarchy
 * @tsk: the task
 * @hierarchy_id: id of the hierarchy, not that of the default one
 *
 * Context: any; takes css_set_lock.
 * Return: the cgroup, referenced; or ERR_PTR(-ENOENT) if there is no such hierarchy.
 */
struct cgroup *task_get_cgroup1(struct task_struct *tsk, int hierarchy_id)
{
	struct cgroup_root *root;

	guard(rcu)();
	for_each_root(root) {
		struct cgroup *cgrp;

		if (root == &cgrp_dfl_root || root->hierarchy_id != hierarchy_id)
			continue;

		guard(spinlock_irqsave)(&css_set_lock);
		cgrp = task_cgroup_from_root(tsk, root);
		return cgrp && cgroup_tryget(cgrp) ? cgrp : ERR_PTR(-ENOENT);
	}
	return ERR_PTR(-ENOENT);
}

/**
 * css_tryget_online_from_dir - the css of the cgroup that a directory shows
 * @dentry: the directory
 * @ss: the subsystem; NULL for cgroup::self
 *
 * Finds only a css that the cgroup owns: the caller asks for the state of this cgroup, and
 * the css of an ancestor has the state of other tasks too.  Does not find a css that a bind
 * or a merge has prepared, because it may still be refused.  May find a css that a write to
 * SUBSYS.inherit has prepared: if the write is refused, the css looks like one that was
 * removed just then.
 *
 * Context: any.
 * Return: the css, referenced; or an ERR_PTR: -EBADF if @dentry is not a cgroup directory,
 * -ENOENT if there is no such css or it is going offline.
 */
struct cgroup_subsys_state *css_tryget_online_from_dir(struct dentry *dentry,
						       struct cgroup_subsys *ss)
{
	struct kernfs_node *kn = dentry_cgroup_kn(dentry);
	struct cgroup_subsys_state *css;
	struct cgroup *cgrp;

	if (!kn)
		return ERR_PTR(-EBADF);

	guard(rcu)();
	cgrp = kn_cgroup_rcu(kn);
	if (!cgrp || (ss && (ss->stateless || READ_ONCE(ss->root) != cgrp->root)))
		return ERR_PTR(-ENOENT);

	css = ss ? rcu_dereference(cgrp->subsys[ss->id]) : &cgrp->self;
	return css && css_tryget_online(css) ? css : ERR_PTR(-ENOENT);
}

static void count_task_state(struct cgroupstats *stats, struct task_struct *task)
{
	unsigned int state = READ_ONCE(task->__state);

	/* compare whole values: a state with modifier bits can only count as I/O wait */
	if (state == TASK_RUNNING)
		stats->nr_running++;
	else if (state == TASK_INTERRUPTIBLE)
		stats->nr_sleeping++;
	else if (state == TASK_UNINTERRUPTIBLE)
		stats->nr_uninterruptible++;
	else if (state == TASK_STOPPED)
		stats->nr_stopped++;
	else if (task->in_iowait)
		stats->nr_io_wait++;
}

/**
 * cgroupstats_build - count the tasks of a cgroup by their state
 * @stats: counters to add to
 * @dentry: directory of the cgroup
 *
 * For CGROUPSTATS_CMD_GET of taskstats.
 *
 * Context: process; takes css_set_lock.
 * Return: 0; -EINVAL if @dentry is not a cgroup directory, -ENOENT if the cgroup is
 * gone.
 */
int cgroupstats_build(struct cgroupstats *stats, struct dentry *dentry)
{
	struct kernfs_node *kn = dentry_cgroup_kn(dentry);
	struct css_task_iter it;
	struct task_struct *task;
	struct cgroup *cgrp;

	if (!kn)
		return -EINVAL;
	cgrp = kn_tryget_cgroup(kn);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	if (cgroup_is_dead(cgrp)) {
		cgroup_put(cgrp);
		return -ENOENT;
	}

	css_task_iter_start(&cgrp->self, 0, &it);
	while ((task = css_task_iter_next(&it)))
		count_task_state(stats, task);
	css_task_iter_end(&it);

	cgroup_put(cgrp);
	return 0;
}

/* An s64 has room for this many decimal places, so a fraction with no more cannot overflow. */
#define MAX_PLACES	18

static s64 ten_to(unsigned int exp)
{
	s64 val = 1;

	while (exp--)
		val *= 10;
	return val;
}

/**
 * cgroup_parse_float - read a decimal fraction as a scaled integer
 * @input: text such as "12.3456", with at most 18 decimal places; text after it is ignored
 * @dec_shift: decimal places to keep; the last one is rounded
 * @v: set to the number times 10^@dec_shift: 12346 for three places
 *
 * Context: any.
 * Return: 0, or -EINVAL if @input does not begin with a number or has more places.
 */
int cgroup_parse_float(const char *input, unsigned int dec_shift, s64 *v)
{
	int begin = 0, end = 0;
	s64 whole, frac = 0;
	unsigned int places;

	if (sscanf(input, "%lld.%n%lld%n", &whole, &begin, &frac, &end) < 1 || frac < 0)
		return -EINVAL;

	places = end > begin ? end - begin : 0;
	if (places > MAX_PLACES)
		return -EINVAL;
	if (places > dec_shift)
		frac = DIV64_U64_ROUND_CLOSEST(frac, ten_to(places - dec_shift));
	else
		frac *= ten_to(dec_shift - places);

	*v = whole * ten_to(dec_shift) + frac;
	return 0;
}
