// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: control files.
 *
 * A struct cftype is a kind of file.  The private pointer of a file's kernfs node points to
 * the cftype, that of its directory to the cgroup.  This file makes and removes the nodes,
 * array by array.  populate.c decides which arrays a cgroup has, and when.  file_ops.c
 * implements what an open file does.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include "call.h"
#include "file.h"
#include "subsys.h"

/* Events on one file are at least this far apart. */
#define NOTIFY_MIN_INTERVAL	DIV_ROUND_UP(HZ, 100)

#define CGROUP_FILE_NAME_MAX	(MAX_CGROUP_TYPE_NAMELEN + MAX_CFTYPE_NAME + 16)

/* Protects cgroup_file::kn. */
static DEFINE_SPINLOCK(cgroup_file_lock);

/*
 * Files of a cgroup
 */

/* The subsystem whose name is the prefix of the name of @cft, or NULL. */
static struct cgroup_subsys *cgroup_file_prefix(const struct cgroup *cgrp,
						const struct cftype *cft)
{
	if ((cft->flags & CFTYPE_NO_PREFIX) || (cgrp->root->flags & CGRP_ROOT_NOPREFIX))
		return NULL;
	return cft->ss;
}

static const char *cgroup_prefix_name(const struct cgroup *cgrp, const struct cgroup_subsys *ss)
{
	return cgroup_on_dfl(cgrp) ? ss->name : ss->legacy_name;
}

static const char *cgroup_file_name(const struct cgroup *cgrp, const struct cftype *cft, char *buf)
{
	struct cgroup_subsys *ss = cgroup_file_prefix(cgrp, cft);
	size_t len = 0;

	if (!ss)
		return cft->name;
	if (cft->flags & CFTYPE_DEBUG)
		len += strscpy(buf, ".__DEBUG__.", CGROUP_FILE_NAME_MAX);
	len += strscpy(buf + len, cgroup_prefix_name(cgrp, ss), MAX_CGROUP_TYPE_NAMELEN);
	buf[len++] = '.';
	strscpy(buf + len, cft->name, CGROUP_FILE_NAME_MAX - len);
	return buf;
}

/* Is @name the one that cgroup_file_name() makes for @cft? */
static bool cgroup_file_is_called(const struct cgroup *cgrp, const struct cftype *cft,
				  const char *name)
{
	struct cgroup_subsys *ss = cgroup_file_prefix(cgrp, cft);
	size_t len;

	if (ss && (cft->flags & CFTYPE_DEBUG)) {
		len = str_has_prefix(name, ".__DEBUG__.");
		if (!len)
			return false;
		name += len;
	}
	if (ss) {
		const char *prefix = cgroup_prefix_name(cgrp, ss);

		len = str_has_prefix(name, prefix);
		if (!len || name[len] != '.')
			return false;
		name += len + 1;
	}
	return !strcmp(name, cft->name);
}

static umode_t cgroup_file_mode(const struct cftype *cft)
{
	umode_t mode = 0;

	if (cft->read_u64 || cft->read_s64 || cft->read_map || cft->seq_show)
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

	if (READ_ONCE(kn->iattr))
		set_bit(CGRP_FILES_GIVEN, &cgrp->flags);

	/* the file of a css that is about to move is elsewhere until cgroup_files_follow() */
	if (cfile && !READ_ONCE(cfile->kn)) {
		timer_setup(&cfile->notify_timer, cgroup_file_notify_timer, 0);
		cgroup_file_own(cfile, kn);
	}
	return 0;
}

/* Forget the node of @cfile if it is in @dir; the css may have moved elsewhere by now. */
static bool cgroup_file_disown(struct cgroup_file *cfile, struct kernfs_node *dir)
{
	guard(spinlock_irq)(&cgroup_file_lock);
	if (!cfile->kn || cfile->kn->parent != dir)
		return false;
	cfile->kn = NULL;
	return true;
}

/**
 * cgroup_find_file - get the node of a control file
 * @cgrp: the cgroup
 * @cft: the kind of file
 *
 * Context: may sleep.
 * Return: the node, referenced; NULL if the file does not exist.  Then a child may have its name.
 */
struct kernfs_node *cgroup_find_file(struct cgroup *cgrp, const struct cftype *cft)
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
	kernfs_put(kn);
}

/* Remove the files of one array that are before @end (NULL: all). */
static void cgroup_rm_cfts_before(struct cgroup *cgrp, struct cgroup_subsys_state *css,
				  struct cftype *cfts, struct cftype *end)
{
	struct cftype *cft;

	for (cft = cfts; cft != end && cft->name[0]; cft++)
		if (cgroup_file_belongs(cgrp, cft))
			cgroup_rm_file(cgrp, css, cft);
}

/**
 * cgroup_rm_cft_array - remove the files of one array
 * @cgrp: the cgroup
 * @css: whose files they are; cgroup::self for files of the cgroup
 * @cfts: the array
 *
 * Context: as cgroup_files_rm().
 */
void cgroup_rm_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts)
{
	cgroup_rm_cfts_before(cgrp, css, cfts, NULL);
}

/**
 * cgroup_add_cft_array - make the files of one array, hidden
 * @cgrp: the cgroup
 * @css: whose files they are; cgroup::self for files of the cgroup
 * @cfts: the array
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0; an errno, and none of the files is left.
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

/**
 * cgroup_show_cft_array - show the files of one array
 * @cgrp: the cgroup; others of its files may be visible already
 * @cfts: the array; files that do not exist are skipped
 *
 * Context: cgroup_mutex; may sleep.
 */
void cgroup_show_cft_array(struct cgroup *cgrp, struct cftype *cfts)
{
	struct cftype *cft;

	for (cft = cfts; cft->name[0]; cft++) {
		struct kernfs_node *kn = cgroup_find_file(cgrp, cft);

		if (kn)
			kernfs_activate(kn);
		kernfs_put(kn);
	}
}

/**
 * cgroup_cft_array_has - does an array have a file of a certain name?
 * @cgrp: the cgroup
 * @cfts: the array
 * @name: as in the directory of @cgrp
 *
 * Context: any.
 * Return: true if it has.
 */
bool cgroup_cft_array_has(struct cgroup *cgrp, struct cftype *cfts, const char *name)
{
	struct cgroup_subsys *ss = cgroup_file_prefix(cgrp, cfts);
	/* most names of groups do not begin as a prefix does: only files without one can match */
	bool unlike = ss && name[0] != cgroup_prefix_name(cgrp, ss)[0] && name[0] != '.';
	struct cftype *cft;

	for (cft = cfts; cft->name[0]; cft++)
		if ((!unlike || (cft->flags & CFTYPE_NO_PREFIX)) &&
		    cgroup_file_is_called(cgrp, cft, name) && cgroup_file_belongs(cgrp, cft))
			return true;
	return false;
}

/**
 * cgroup_cft_array_initials - collect the first characters of the file names of an array
 * @cgrp: the cgroup
 * @cfts: the array
 * @initials: bitmap of characters, to which these are added
 *
 * Context: any.
 */
void cgroup_cft_array_initials(struct cgroup *cgrp, struct cftype *cfts, unsigned long *initials)
{
	struct cftype *cft;

	for (cft = cfts; cft->name[0]; cft++) {
		struct cgroup_subsys *ss = cgroup_file_prefix(cgrp, cft);
		const char *name = ss ? cgroup_prefix_name(cgrp, ss) : cft->name;

		__set_bit(ss && (cft->flags & CFTYPE_DEBUG) ? '.' : (u8)name[0], initials);
	}
}

/**
 * cgroup_file_given - note that a file may get another owner or mode
 * @kn: a node in the directory of a cgroup, which gets attributes of its own for the first time
 *
 * As long as CGRP_FILES_GIVEN is not set, all files of a cgroup have the owner and mode that root
 * gave them.
 *
 * Context: any.
 */
void cgroup_file_given(struct kernfs_node *kn)
{
	struct cgroup *cgrp;

	if (kernfs_type(kn) != KERNFS_FILE)
		return;
	guard(rcu)();
	cgrp = kn_cgroup_rcu(kn->parent);
	if (cgrp)
		set_bit(CGRP_FILES_GIVEN, &cgrp->flags);
}

/**
 * cgroup_cft_array_given - was the owner or mode of a file of an array changed?
 * @cgrp: the cgroup
 * @cfts: the array
 *
 * Context: cgroup_mutex.
 * Return: false if all of them have the owner and mode of files that root has just made.
 */
bool cgroup_cft_array_given(struct cgroup *cgrp, struct cftype *cfts)
{
	struct cftype *cft;
	bool given = false;

	for (cft = cfts; !given && cft->name[0]; cft++) {
		struct kernfs_node *kn = cgroup_find_file(cgrp, cft);

		given = kn && READ_ONCE(kn->iattr);
		kernfs_put(kn);
	}
	return given;
}

/**
 * cgroup_file_forget - drop events on the files of a css from now on
 * @css: a css whose files are removed with their directory, or are pending elsewhere
 *
 * Context: cgroup_mutex; may sleep.
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
 * cgroup_files_follow - send events on the files of a css to the files of another cgroup
 * @css: a css that moves
 * @cgrp: the other cgroup; it has the files already, or they are pending
 *
 * Context: cgroup_mutex; may sleep.
 */
void cgroup_files_follow(struct cgroup_subsys_state *css, struct cgroup *cgrp)
{
	struct cftype *cfts, *cft;

	lockdep_assert_held(&cgroup_mutex);

	if (cgroup_files_are_pending(cgrp, css->ss)) {
		cgroup_file_forget(css);
		return;
	}
	list_for_each_entry(cfts, &css->ss->cfts, node)
		for (cft = cfts; cft->name[0]; cft++) {
			struct cgroup_file *cfile = cft_cgroup_file(css, cft);
			struct kernfs_node *kn;

			/* two kinds of file, for the two kinds of hierarchy, may share a handle */
			if (!cfile || !READ_ONCE(cfile->kn) || !cgroup_file_belongs(cgrp, cft))
				continue;
			kn = cgroup_find_file(cgrp, cft);
			if (WARN_ON_ONCE(!kn))
				continue;
			cgroup_file_own(cfile, kn);
			/* the directory keeps the node until cgroup_file_disown() */
			kernfs_put(kn);
		}
}

/* Copy the owner and mode of a node to another one.  Most were never changed. */
static int cgroup_node_copy_owner(struct kernfs_node *to, struct kernfs_node *from,
				  struct super_block *sb)
{
	struct iattr attr = { .ia_valid = ATTR_UID | ATTR_GID | ATTR_MODE };
	struct inode *inode;

	if (!READ_ONCE(from->iattr))
		return 0;
	/* kernfs shows owners only through an inode */
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
 * cgroup_copy_dir_owner - copy the owner and mode of a directory to another one
 * @to: the cgroup whose directory changes
 * @from: the other cgroup
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
 * cgroup_copy_owners - copy owners and modes of the files of one array to another cgroup
 * @to: the cgroup whose files change
 * @from: the other cgroup
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
 * cgroup_file_notify - tell pollers of a control file that it changed
 * @cfile: its handle
 *
 * An event too soon after the last one is delayed, and merged with those that follow.
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
