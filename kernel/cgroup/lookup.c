// SPDX-License-Identifier: GPL-2.0
/*
 * From what the rest of the kernel has at hand, a path, a descriptor, an id or
 * a task, to a cgroup or a css, referenced.
 *
 * None of these takes cgroup_mutex.  They come to a cgroup by its directory
 * from outside kernfs, so the directory may be removed at any time: its priv is
 * cleared, and then a grace period passes, before the cgroup is freed.
 */
#include <linux/cgroupstats.h>
#include <linux/dcache.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/kernfs.h>
#include <linux/math64.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "css_set.h"
#include "hierarchy.h"
#include "subsys.h"

/* The cgroup of a directory, valid as long as RCU is held; NULL when it is gone. */
static struct cgroup *kn_cgroup_rcu(struct kernfs_node *kn)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "cgroup of a directory without RCU");

	return rcu_dereference(*(void __rcu __force **)&kn->priv);
}

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

/* What is "/" in the default hierarchy for the current task's namespace. */
static struct cgroup *current_dfl_top(void)
{
	struct nsproxy *nsproxy = current->nsproxy;

	/* a css_set that the namespace leaves just now is there for a grace period */
	guard(rcu)();
	/* a task late in its exit has none any more */
	return nsproxy ? READ_ONCE(nsproxy->cgroup_ns->root_cset)->dfl_cgrp :
			 &cgrp_dfl_root.cgrp;
}

/**
 * cgroup_get_from_path - find a cgroup of the default hierarchy by its path
 * @path: path below the root that the current cgroup namespace shows
 *
 * Context: process, may sleep.
 * Return: the cgroup, referenced; or as an ERR_PTR -ENOENT when there is no such
 * path or its cgroup is gone, -ENOTDIR when it is a file.
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
 * Return: the cgroup, referenced; or as an ERR_PTR -EBADF when it is no open
 * cgroup directory, -ENOENT when the cgroup was removed.
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
 * Return: as cgroup_v1v2_get_from_fd(); -EBADF for all other hierarchies too.
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
 * @id: what cgroup_id() says
 *
 * Context: any, takes no sleeping lock.
 * Return: the cgroup, referenced, whatever the caller's namespace; -ENOENT as an
 * ERR_PTR when there is none.
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
 * cgroup_get_from_id - find a cgroup that the current namespace shows by its id
 * @id: what cgroup_id() says
 *
 * Context: any, takes no sleeping lock.
 * Return: as __cgroup_get_from_id(); -ENOENT too for what the cgroup namespace of
 * the current task hides.
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
 * cgroup_path_from_kernfs_id - the path in the default hierarchy of a cgroup id
 * @id: what cgroup_id() says
 * @buf: where to; left as it is when there is no such cgroup
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
 * Return: the cgroup, referenced; -ENOENT as an ERR_PTR when there is no such
 * hierarchy.
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
 * @ss: of which subsystem; NULL: cgroup::self
 *
 * Only a css that the cgroup owns: who asks for the state of this cgroup does not
 * mean that of an ancestor, which stands for other tasks too.  Nor one that may come
 * here yet, by a bind or a merge that may be refused (one by SUBSYS.inherit may be given:
 * if that is refused it is as if it had gone just then).
 *
 * Context: any.
 * Return: the css, referenced; or as an ERR_PTR -EBADF when this is no cgroup
 * directory, -ENOENT when there is no such css or it is going offline.
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

	/* whole values: a state with a modifier is of no class but the last */
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
 * cgroupstats_build - count the tasks of a cgroup by what they do
 * @stats: counters to add to
 * @dentry: directory of the cgroup
 *
 * For CGROUPSTATS_CMD_GET of taskstats.
 *
 * Context: process; takes css_set_lock.
 * Return: 0; -EINVAL when this is no cgroup directory, -ENOENT when the cgroup is
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

/* Decimal places that an s64 has room for; fewer in a fraction than it takes to overflow. */
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
 * @input: text such as "12.3456", of 18 decimal places at most; what follows is ignored
 * @dec_shift: decimal places to keep, the last of them rounded
 * @v: set to the number times 10^@dec_shift: 12346 for three places
 *
 * Context: any.
 * Return: 0, or -EINVAL when @input begins with no number, or one of more places.
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
