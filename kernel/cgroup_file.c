// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: control files.
 *
 * A struct cftype is a kind of file; the private pointer of its kernfs node names
 * it, that of the directory above names the cgroup.  Here they come and go; what an
 * open one does is in cgroup_file_ops.c.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include "cgroup_internal.h"

/* Events on one file are at least this far apart. */
#define NOTIFY_MIN_INTERVAL	DIV_ROUND_UP(HZ, 100)

#define CGROUP_FILE_NAME_MAX	(MAX_CGROUP_TYPE_NAMELEN + MAX_CFTYPE_NAME + 16)

/* Protects cgroup_file::kn. */
static DEFINE_SPINLOCK(cgroup_file_lock);

/*
 * cgroup_subsys::cfts changes under cgroup_mutex and this one together; who may
 * not take cgroup_mutex, since he waits for file operations, reads under this.
 */
static DECLARE_RWSEM(cgroup_cfts_rwsem);

/*
 * Files of a cgroup
 */

static const char *cgroup_file_name(struct cgroup *cgrp, struct cftype *cft, char *buf)
{
	struct cgroup_subsys *ss = cft->ss;

	if (!ss || (cft->flags & CFTYPE_NO_PREFIX) || (cgrp->root->flags & CGRP_ROOT_NOPREFIX))
		strscpy(buf, cft->name, CGROUP_FILE_NAME_MAX);
	else
		snprintf(buf, CGROUP_FILE_NAME_MAX, "%s%s.%s",
			 cft->flags & CFTYPE_DEBUG ? ".__DEBUG__." : "",
			 cgroup_on_dfl(cgrp) ? ss->name : ss->legacy_name, cft->name);
	return buf;
}

static umode_t cgroup_file_mode(const struct cftype *cft)
{
	umode_t mode = 0;

	if (cft->read_u64 || cft->read_s64 || cft->seq_show)
		mode |= 0444;
	if (cft->write_u64 || cft->write_s64 || cft->write)
		mode |= cft->flags & CFTYPE_WORLD_WRITABLE ? 0222 : 0200;
	return mode;
}

/* Is @cft for cgroups like @cgrp? */
static bool cgroup_file_belongs(struct cgroup *cgrp, const struct cftype *cft)
{
	unsigned int unwanted = cgroup_on_dfl(cgrp) ? __CFTYPE_NOT_ON_DFL : __CFTYPE_ONLY_ON_DFL;

	unwanted |= cgroup_parent(cgrp) ? CFTYPE_ONLY_ON_ROOT : CFTYPE_NOT_ON_ROOT;
	if (!cgroup_debug)
		unwanted |= CFTYPE_DEBUG;
	return !(cft->flags & unwanted);
}

static void cgroup_file_notify_timer(struct timer_list *timer)
{
	cgroup_file_notify(container_of(timer, struct cgroup_file, notify_timer));
}

static struct cgroup_file *cft_cgroup_file(struct cgroup_subsys_state *css,
					   const struct cftype *cft)
{
	return cft->file_offset && css->ss ? (void *)css + cft->file_offset : NULL;
}

/* Events on @cfile go to @kn from now on. */
static void cgroup_file_own(struct cgroup_file *cfile, struct kernfs_node *kn)
{
	guard(spinlock_irq)(&cgroup_file_lock);
	cfile->kn = kn;
}

static int cgroup_add_file(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			   struct cftype *cft)
{
	struct cgroup_file *cfile = cft_cgroup_file(css, cft);
	char name[CGROUP_FILE_NAME_MAX];
	struct lock_class_key *key = NULL;
	struct kernfs_node *kn;

#ifdef CONFIG_DEBUG_LOCK_ALLOC
	key = &cft->lockdep_key;
#endif
	kn = __kernfs_create_file(cgrp->kn, cgroup_file_name(cgrp, cft, name),
				  cgroup_file_mode(cft), current_fsuid(), current_fsgid(),
				  0, cft->kf_ops, cft, NULL, key);
	if (IS_ERR(kn))
		return PTR_ERR(kn);

	/* a css that is about to move still shows its file elsewhere: cgroup_files_follow() */
	if (cfile && !READ_ONCE(cfile->kn)) {
		timer_setup(&cfile->notify_timer, cgroup_file_notify_timer, 0);
		cgroup_file_own(cfile, kn);
	}
	return 0;
}

/* Forget the node of @cfile if it is in @dir; the css may be elsewhere by now. */
static bool cgroup_file_disown(struct cgroup_file *cfile, struct kernfs_node *dir)
{
	guard(spinlock_irq)(&cgroup_file_lock);
	if (!cfile->kn || cfile->kn->parent != dir)
		return false;
	cfile->kn = NULL;
	return true;
}

/*
 * The node of @cft in @cgrp, referenced; NULL if there is none.  Where the file is not, a
 * child may have its name.
 */
static struct kernfs_node *cgroup_find_file(struct cgroup *cgrp, struct cftype *cft)
{
	char name[CGROUP_FILE_NAME_MAX];
	struct kernfs_node *kn;

	kn = kernfs_find_and_get(cgrp->kn, cgroup_file_name(cgrp, cft, name));
	if (!kn || kn->priv == cft)
		return kn;
	kernfs_put(kn);
	return NULL;
}

static void cgroup_rm_file(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			   struct cftype *cft)
{
	struct cgroup_file *cfile = cft_cgroup_file(css, cft);
	struct kernfs_node *kn;

	if (cfile && cgroup_file_disown(cfile, cgrp->kn))
		timer_delete_sync(&cfile->notify_timer);
	kn = cgroup_find_file(cgrp, cft);
	if (!kn)
		return;
	kernfs_remove(kn);
	/* who waits in poll() for an event of this file would wait for ever */
	if (rcu_access_pointer(kn->attr.open))
		kernfs_notify(kn);
	kernfs_put(kn);
}

/* Take away the files of one array, up to but without @end (NULL: all). */
static void cgroup_rm_cfts_before(struct cgroup *cgrp, struct cgroup_subsys_state *css,
				  struct cftype *cfts, struct cftype *end)
{
	struct cftype *cft;

	for (cft = cfts; cft != end && cft->name[0]; cft++)
		if (cgroup_file_belongs(cgrp, cft))
			cgroup_rm_file(cgrp, css, cft);
}

/**
 * cgroup_rm_cft_array - take away the files of one array
 * @cgrp: the cgroup
 * @css: whose files; cgroup::self if they are of the cgroup
 * @cfts: the array
 *
 * Context: as cgroup_rm_files().
 */
void cgroup_rm_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts)
{
	cgroup_rm_cfts_before(cgrp, css, cfts, NULL);
}

/**
 * cgroup_add_cft_array - make the files of one array, hidden
 * @cgrp: the cgroup
 * @css: whose files; cgroup::self if they are of the cgroup
 * @cfts: the array
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0; an errno, then none is left.
 */
int cgroup_add_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts)
{
	struct cftype *cft;
	int ret;

	for (cft = cfts; cft->name[0]; cft++) {
		if (!cgroup_file_belongs(cgrp, cft))
			continue;
		ret = cgroup_add_file(cgrp, css, cft);
		if (ret) {
			cgroup_rm_cfts_before(cgrp, css, cfts, cft);
			return ret;
		}
	}
	return 0;
}

/* Take away all files that a subsystem has in @cgrp. */
static void cgroup_rm_subsys_files(struct cgroup *cgrp, struct cgroup_subsys_state *css,
				   struct cgroup_subsys *ss)
{
	struct cftype *cfts;

	guard(rwsem_read)(&cgroup_cfts_rwsem);
	list_for_each_entry(cfts, &ss->cfts, node)
		cgroup_rm_cft_array(cgrp, css, cfts);
}

/* All files that a subsystem has in a cgroup like @cgrp, hidden; or none. */
static int cgroup_add_subsys_files(struct cgroup *cgrp, struct cgroup_subsys_state *css,
				   struct cgroup_subsys *ss)
{
	struct cftype *cfts;
	int ret;

	list_for_each_entry(cfts, &ss->cfts, node) {
		ret = cgroup_add_cft_array(cgrp, css, cfts);
		if (ret)
			goto undo;
	}
	return 0;
undo:
	list_for_each_entry_continue_reverse(cfts, &ss->cfts, node)
		cgroup_rm_cft_array(cgrp, css, cfts);
	return ret;
}

/**
 * cgroup_rm_files - take away the control files of a css, or the core's
 * @cgrp: the cgroup
 * @css: whose files; cgroup::self for those of the core
 *
 * Waits for operations on them.  Who polls one is woken.
 *
 * Context: not under cgroup_mutex, unless nobody could see the files yet.
 */
void cgroup_rm_files(struct cgroup *cgrp, struct cgroup_subsys_state *css)
{
	if (css->ss)
		cgroup_rm_subsys_files(cgrp, css, css->ss);
	else
		cgroup_rm_cft_array(cgrp, css, cgroup_base_files);
}

/**
 * cgroup_add_files - make the control files of a css, or the core's, hidden
 * @cgrp: the cgroup
 * @css: whose files; cgroup::self for those of the core
 *
 * kernfs_activate() shows them.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0; an errno, then none is left.
 */
int cgroup_add_files(struct cgroup *cgrp, struct cgroup_subsys_state *css)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	ret = css->ss ? cgroup_add_subsys_files(cgrp, css, css->ss) :
			cgroup_add_cft_array(cgrp, css, cgroup_base_files);
	if (!ret)
		css->flags |= CSS_VISIBLE;
	return ret;
}

/**
 * cgroup_rm_stateless_files - take away the control files of a stateless subsystem
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: as cgroup_rm_files().
 */
void cgroup_rm_stateless_files(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	cgroup_rm_subsys_files(cgrp, &cgrp->self, ss);
}

/**
 * cgroup_add_stateless_files - make the control files of a stateless subsystem, hidden
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0; an errno, then none is left.
 */
int cgroup_add_stateless_files(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	lockdep_assert_held(&cgroup_mutex);
	return cgroup_add_subsys_files(cgrp, &cgrp->self, ss);
}

/**
 * cgroup_files_follow - events on the files of a css go to another cgroup's from now on
 * @css: a css that moves
 * @cgrp: the cgroup, which has its files already
 *
 * Context: cgroup_mutex.
 */
void cgroup_files_follow(struct cgroup_subsys_state *css, struct cgroup *cgrp)
{
	struct cftype *cfts, *cft;

	lockdep_assert_held(&cgroup_mutex);

	list_for_each_entry(cfts, &css->ss->cfts, node)
		for (cft = cfts; cft->name[0]; cft++) {
			struct cgroup_file *cfile = cft_cgroup_file(css, cft);
			struct kernfs_node *kn;

			/* kinds of file for either kind of hierarchy share a handle */
			if (!cfile || !READ_ONCE(cfile->kn) || !cgroup_file_belongs(cgrp, cft))
				continue;
			kn = cgroup_find_file(cgrp, cft);
			if (WARN_ON_ONCE(!kn))
				continue;
			cgroup_file_own(cfile, kn);
			/* its directory keeps it until cgroup_file_disown() */
			kernfs_put(kn);
		}
}

/**
 * cgroup_refuse_files - say why the files of a subsystem could not be made
 * @txn: the change
 * @cgrp: where
 * @ss: the subsystem
 * @err: what making them returned
 *
 * Return: @err.
 */
int cgroup_refuse_files(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			int err)
{
	if (err != -EEXIST)
		return err;
	return cgroup_txn_refuse(txn, cgrp, err, "a group has the name of a file of '%s'",
				 ss->legacy_name);
}

/* Let a node belong to whom another one does.  Most were never given away. */
static int cgroup_node_copy_owner(struct kernfs_node *to, struct kernfs_node *from,
				  struct super_block *sb)
{
	struct iattr attr = { .ia_valid = ATTR_UID | ATTR_GID | ATTR_MODE };
	struct inode *inode;

	if (!READ_ONCE(from->iattr))
		return 0;
	/* kernfs shows owners only so */
	inode = kernfs_get_inode(sb, from);
	if (!inode)
		return -ENOMEM;
	attr.ia_uid = inode->i_uid;
	attr.ia_gid = inode->i_gid;
	attr.ia_mode = inode->i_mode;
	iput(inode);
	return kernfs_setattr(to, &attr);
}

/**
 * cgroup_copy_dir_owner - let a directory belong to whom another one does
 * @to: the cgroup
 * @from: the other one
 * @sb: superblock that shows the hierarchy of @from
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cgroup_copy_dir_owner(struct cgroup *to, struct cgroup *from, struct super_block *sb)
{
	return cgroup_node_copy_owner(to->kn, from->kn, sb);
}

/**
 * cgroup_copy_owners - let the files of one array belong to whom those of another cgroup do
 * @to: the cgroup
 * @from: the other one
 * @cfts: the array
 * @sb: superblock that shows the hierarchy of @from
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -ENOMEM.
 */
int cgroup_copy_owners(struct cgroup *to, struct cgroup *from, struct cftype *cfts,
		       struct super_block *sb)
{
	struct cftype *cft;
	int ret = 0;

	lockdep_assert_held(&cgroup_mutex);

	for (cft = cfts; !ret && cft->name[0]; cft++) {
		struct kernfs_node *like = cgroup_find_file(from, cft);
		struct kernfs_node *kn = cgroup_find_file(to, cft);

		if (kn && like)
			ret = cgroup_node_copy_owner(kn, like, sb);
		kernfs_put(kn);
		kernfs_put(like);
	}
	return ret;
}

/**
 * cgroup_file_forget - events on the files of a css go nowhere from now on
 * @css: a css whose files are going as part of a whole directory
 *
 * Context: cgroup_mutex.
 */
void cgroup_file_forget(struct cgroup_subsys_state *css)
{
	struct cftype *cfts, *cft;

	lockdep_assert_held(&cgroup_mutex);

	list_for_each_entry(cfts, &css->ss->cfts, node)
		for (cft = cfts; cft->name[0]; cft++) {
			struct cgroup_file *cfile = cft_cgroup_file(css, cft);

			if (!cfile || !READ_ONCE(cfile->kn))
				continue;
			cgroup_file_own(cfile, NULL);
			timer_delete_sync(&cfile->notify_timer);
		}
}

/**
 * cgroup_file_notify - tell those who poll() a control file that it changed
 * @cfile: its handle
 *
 * Too soon after the last time, it is put off and merged with what follows.
 *
 * Context: any.
 */
void cgroup_file_notify(struct cgroup_file *cfile)
{
	unsigned long next;

	guard(spinlock_irqsave)(&cgroup_file_lock);
	if (!cfile->kn)
		return;
	next = cfile->notified_at + NOTIFY_MIN_INTERVAL;
	if (time_in_range(jiffies, cfile->notified_at, next)) {
		timer_reduce(&cfile->notify_timer, next);
	} else {
		cfile->notified_at = jiffies;
		kernfs_notify(cfile->kn);
	}
}
EXPORT_SYMBOL_GPL(cgroup_file_notify);

/*
 * Registration
 */

/* A file with a limit of its own on the length of a write needs ops of its own. */
static bool cft_has_own_ops(const struct cftype *cft)
{
	return cft->max_write_len && cft->max_write_len != PAGE_SIZE;
}

/* Undo cgroup_init_cftypes() up to but without @end (NULL: all). */
static void cgroup_exit_cftypes(struct cftype *cfts, struct cftype *end)
{
	struct cftype *cft;

	for (cft = cfts; cft != end && cft->name[0]; cft++) {
		if (cft_has_own_ops(cft))
			kfree(cft->kf_ops);
		cft->kf_ops = NULL;
		cft->ss = NULL;
		cft->flags &= ~(__CFTYPE_ONLY_ON_DFL | __CFTYPE_NOT_ON_DFL |
				__CFTYPE_OF_CGROUP | __CFTYPE_ADDED);
	}
}

static struct kernfs_ops *cft_kf_ops(const struct cftype *cft)
{
	struct kernfs_ops *ops = cft->seq_start ? &cgroup_record_ops : &cgroup_single_ops;

	if (!cft_has_own_ops(cft))
		return ops;
	ops = kmemdup(ops, sizeof(*ops), GFP_KERNEL);
	if (ops)
		ops->atomic_write_len = cft->max_write_len;
	return ops;
}

/**
 * cgroup_init_cftypes - make an array of control file types known
 * @ss: its subsystem, NULL for the core
 * @cfts: the array
 * @flags: __CFTYPE_ONLY_ON_DFL, __CFTYPE_NOT_ON_DFL, __CFTYPE_OF_CGROUP or 0
 *
 * Return: 0, -EBUSY if it is known already, -ENOMEM.
 */
int cgroup_init_cftypes(struct cgroup_subsys *ss, struct cftype *cfts, unsigned int flags)
{
	struct cftype *cft;

	for (cft = cfts; cft->name[0]; cft++) {
		if (WARN_ON_ONCE(cft->flags & __CFTYPE_ADDED))
			return -EBUSY;
		cft->kf_ops = cft_kf_ops(cft);
		if (!cft->kf_ops) {
			cgroup_exit_cftypes(cfts, cft);
			return -ENOMEM;
		}
		cft->ss = ss;
		cft->flags |= flags | __CFTYPE_ADDED;
	}
	return 0;
}

/* Give the files of a new array to all cgroups that show the subsystem. */
static int cgroup_show_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	struct cgroup_subsys_state *css;
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	/* a stateless one has all its files from the start, before there is a mount */
	if (ss->stateless)
		return 0;

	css_for_each_descendant_pre(css, init_css_set.subsys[ss->id]) {
		if (!(css->flags & CSS_VISIBLE) || css_is_dying(css))
			continue;
		ret = cgroup_add_cft_array(css->cgroup, css, cfts);
		if (ret)
			return ret;
		kernfs_activate(css->cgroup->kn);
	}
	return 0;
}

/* The files of an array that is out of its list go from all cgroups. */
static void cgroup_hide_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	struct cgroup_subsys_state *css;

	lockdep_assert_not_held(&cgroup_mutex);

	rcu_read_lock();
	css_for_each_descendant_pre(css, init_css_set.subsys[ss->id]) {
		/* a root css does not keep its cgroup: that may change */
		struct cgroup *cgrp = READ_ONCE(css->cgroup);

		if (!(READ_ONCE(css->flags) & CSS_VISIBLE) || !css_tryget(css))
			continue;
		if (!cgroup_tryget(cgrp)) {
			css_put(css);
			continue;
		}
		rcu_read_unlock();
		cgroup_rm_cft_array(cgrp, css, cfts);
		cgroup_put(cgrp);
		rcu_read_lock();
		css_put(css);
	}
	rcu_read_unlock();
}

/**
 * cgroup_rm_cftypes - take control files of a subsystem away again
 * @cfts: the array given to cgroup_add_legacy_cftypes() or cgroup_add_dfl_cftypes()
 *
 * Context: may sleep; waits for operations on the files.
 * Return: 0, -ENOENT if it was not added.
 */
int cgroup_rm_cftypes(struct cftype *cfts)
{
	if (!cfts || !cfts->name[0])
		return 0;
	if (!(cfts->flags & __CFTYPE_ADDED))
		return -ENOENT;

	/* a change of shape that is not through yet takes files away by these arrays */
	cgroup_shape_lock();
	scoped_guard(mutex, &cgroup_mutex) {
		guard(rwsem_write)(&cgroup_cfts_rwsem);
		list_del(&cfts->node);
	}
	cgroup_hide_cftypes(cfts->ss, cfts);
	cgroup_shape_unlock();
	cgroup_exit_cftypes(cfts, NULL);
	return 0;
}
EXPORT_SYMBOL_GPL(cgroup_rm_cftypes);

static int cgroup_add_cftypes(struct cgroup_subsys *ss, struct cftype *cfts, unsigned int flags)
{
	int ret;

	if (!cgroup_ssid_enabled(ss->id) || !cfts || !cfts->name[0])
		return 0;

	ret = cgroup_init_cftypes(ss, cfts, flags);
	if (ret)
		return ret;

	scoped_guard(mutex, &cgroup_mutex) {
		scoped_guard(rwsem_write, &cgroup_cfts_rwsem)
			list_add_tail(&cfts->node, &ss->cfts);
		ret = cgroup_show_cftypes(ss, cfts);
	}
	if (ret)
		cgroup_rm_cftypes(cfts);
	return ret;
}

/**
 * cgroup_add_legacy_cftypes - give a subsystem more control files
 * @ss: the subsystem
 * @cfts: array of their types
 *
 * They appear in every cgroup that has the subsystem.
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int cgroup_add_legacy_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, __CFTYPE_NOT_ON_DFL);
}
EXPORT_SYMBOL_GPL(cgroup_add_legacy_cftypes);

/**
 * cgroup_add_dfl_cftypes - control files of a subsystem in a unified hierarchy
 * @ss: the subsystem
 * @cfts: array of their types
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int cgroup_add_dfl_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, __CFTYPE_ONLY_ON_DFL);
}
EXPORT_SYMBOL_GPL(cgroup_add_dfl_cftypes);

/**
 * cgroup_add_common_cftypes - control files of a subsystem in whatever hierarchy
 * @ss: the subsystem
 * @cfts: array of their types, may be NULL
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int cgroup_add_common_cftypes(struct cgroup_subsys *ss, struct cftype *cfts)
{
	return cgroup_add_cftypes(ss, cfts, 0);
}
