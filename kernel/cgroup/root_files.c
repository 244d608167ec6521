// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the files of a root that change a hierarchy in use:
 * `cgroup.subsystems`, `cgroup.merge`, `cgroup.split`.
 *
 * This file parses what is written to them; reshape.c, merge.c and split.c make the change.
 */
#include <linux/capability.h>
#include <linux/seq_file.h>
#include "call.h"
#include "core_files.h"
#include "hierarchy.h"
#include "reshape.h"
#include "subsys.h"
#include "txn.h"

/**
 * cgroup_subsystems_show - seq_file show of `cgroup.subsystems`
 * @seq: the file
 * @v: unused
 *
 * Context: a read of the file.
 * Return: 0.
 */
int cgroup_subsystems_show(struct seq_file *seq, void *v)
{
	cgroup_show_mask(seq, READ_ONCE(seq_css(seq)->cgroup->root->subsys_mask), " ");
	seq_putc(seq, '\n');
	return 0;
}

/* The subsystem that can be mounted by a name, as a bit; 0 if there is none. */
static cgroup_mask_t subsys_by_name(const char *name)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys(ss, ssid)
		if (!strcmp(name, ss->legacy_name) && cgroup_ssid_enabled(ssid) &&
		    !cgroup1_ssid_disabled(ssid) && cgroup_ssid_mountable(ssid))
			return BIT(ssid);
	return 0;
}

/*
 * Parse "+name -name ...": at least one subsystem, each at most once.  On error @wrong is the
 * wrong word, which is part of @buf; it is empty if there is no word.
 */
static int subsystems_parse(char *buf, cgroup_mask_t *add, cgroup_mask_t *remove,
			    const char **wrong)
{
	char *word;

	while ((word = strsep(&buf, " \t\n"))) {
		cgroup_mask_t bit;

		if (!*word)
			continue;
		*wrong = word;
		bit = subsys_by_name(word + 1);
		if (!bit || ((*add | *remove) & bit))
			return -EINVAL;
		if (*word == '+')
			*add |= bit;
		else if (*word == '-')
			*remove |= bit;
		else
			return -EINVAL;
	}
	*wrong = "";
	return *add | *remove ? 0 : -EINVAL;
}

/* Does the change make sense for @root? */
static int subsystems_check(struct cgroup_txn *txn, struct cgroup_root *root,
			    cgroup_mask_t add, cgroup_mask_t remove)
{
	cgroup_mask_t wrong = (add & root->subsys_mask) | (remove & ~root->subsys_mask);
	const char *why = NULL;

	if (wrong)
		return cgroup_txn_refuse(txn, &root->cgrp, -EINVAL,
					 "subsystem '%s' is %s bound here",
					 cgroup_subsys[__ffs(wrong)]->legacy_name,
					 wrong & add ? "already" : "not");
	/* without a name and without a subsystem it could not be mounted again */
	if (!root->name[0] && !((root->subsys_mask | add) & ~remove))
		why = "neither a name nor a subsystem would be left here";
	/* file names without prefix are for cpuset, which was once a file system of its own */
	if (root->flags & CGRP_ROOT_NOPREFIX)
		why = "noprefix works with cpuset only";
	return why ? cgroup_txn_refuse(txn, &root->cgrp, -EINVAL, "%s", why) : 0;
}

/**
 * struct root_change - what was written to a file of a root
 * @run: makes the change, under cgroup_mutex
 * @txn: the transaction
 * @root: the hierarchy
 * @add: subsystems to add, for `cgroup.subsystems`
 * @remove: subsystems to remove, for `cgroup.subsystems`, or to split off, for `cgroup.split`
 * @sb: the superblock of the file
 * @name: name of the other hierarchy, or NULL
 * @id: id of the other hierarchy, if @name is NULL
 * @ended: a hierarchy that the change has ended, to be destroyed, or NULL
 */
struct root_change {
	int (*run)(struct cgroup_txn *txn, struct cgroup_root *root, struct root_change *change);
	struct cgroup_txn txn;
	struct cgroup_root *root;
	cgroup_mask_t add;
	cgroup_mask_t remove;
	struct super_block *sb;
	const char *name;
	int id;
	struct cgroup_root *ended;
};

static int root_change_locked(void *arg)
{
	struct root_change *change = arg;

	if (cgroup_is_dead(&change->root->cgrp))
		return -ENODEV;
	return change->run(&change->txn, change->root, change);
}

static int root_change_run(struct cgroup_root *root, struct root_change *change)
{
	int ret;

	change->root = root;
	change->txn = (struct cgroup_txn)CGROUP_TXN_INIT(change->txn);
	cgroup_reshape_begin();
	ret = cgroup_call_locked(root_change_locked, change);
	cgroup_txn_finish(&change->txn);
	if (change->ended)
		cgroup_root_destroy(change->ended);
	cgroup_reshape_end();
	return ret;
}

/* Hierarchies belong to the whole machine, not to a container. */
static int root_change_may(struct kernfs_open_file *of)
{
	if (file_ns_capable(of->file, &init_user_ns, CAP_SYS_ADMIN))
		return 0;
	return cgroup_file_refuse(of, of_css(of)->cgroup, -EPERM,
				  "needs CAP_SYS_ADMIN in the initial user namespace");
}

static int root_change_write(struct kernfs_open_file *of, struct root_change *change)
{
	struct cgroup *cgrp = of_css(of)->cgroup;
	int ret;

	/* the open file keeps the superblock, and nothing else once active protection is broken */
	change->sb = file_inode(of->file)->i_sb;
	if (!cgroup_kn_begin(of->kn))
		return -ENODEV;
	ret = root_change_run(cgrp->root, change);
	cgroup_kn_end(cgrp, of->kn);
	return ret;
}

static int subsystems_run(struct cgroup_txn *txn, struct cgroup_root *root,
			  struct root_change *change)
{
	return subsystems_check(txn, root, change->add, change->remove) ?:
	       cgroup_reshape(txn, root, (root->subsys_mask | change->add) & ~change->remove);
}

/* @wrong: see subsystems_parse() */
static int subsystems_refuse(struct kernfs_open_file *of, const char *wrong)
{
	struct cgroup *cgrp = of_css(of)->cgroup;

	if ((*wrong == '+' || *wrong == '-') && !subsys_by_name(wrong + 1))
		return cgroup_file_refuse(of, cgrp, -EINVAL,
					  "does not know a mountable subsystem '%s'", wrong + 1);
	return cgroup_file_refuse(of, cgrp, -EINVAL,
				  "takes +SUBSYSTEM and -SUBSYSTEM, each once, not '%s'", wrong);
}

/**
 * cgroup_subsystems_write - change which subsystems the hierarchy carries
 * @of: open `cgroup.subsystems`
 * @buf: words +name and -name
 * @nbytes: its length
 * @off: unused
 *
 * Context: a write to the file; may sleep.
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_subsystems_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				loff_t off)
{
	struct root_change change = { .run = subsystems_run };
	int ret = root_change_may(of);
	const char *wrong;

	if (ret)
		return ret;
	if (subsystems_parse(buf, &change.add, &change.remove, &wrong))
		return subsystems_refuse(of, wrong);
	return root_change_write(of, &change) ?: nbytes;
}

/* Parse "name=X" or an id. */
static int merge_parse(char *buf, struct root_change *change)
{
	buf = strstrip(buf);
	if (strstarts(buf, "name=") && buf[5]) {
		change->name = buf + 5;
		return 0;
	}
	return kstrtoint(buf, 10, &change->id) ? -EINVAL : 0;
}

static int merge_run(struct cgroup_txn *txn, struct cgroup_root *root, struct root_change *change)
{
	struct cgroup_root *other = change->name ? cgroup_root_by_name(change->name) :
						   cgroup_root_by_id(change->id);
	int ret;

	if (!other)
		return cgroup_txn_refuse(txn, &root->cgrp, -ENOENT, "no such hierarchy");
	ret = cgroup_merge(txn, root, other);
	/* if it is not mounted, only its groups kept it, and they are gone now */
	if (!ret && cgroup_root_end_if_unused(other))
		change->ended = other;
	return ret;
}

/**
 * cgroup_merge_write - take over all subsystems of another hierarchy
 * @of: open `cgroup.merge`
 * @buf: name=X, or the id of the other one
 * @nbytes: its length
 * @off: unused
 *
 * Context: a write to the file; may sleep.
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_merge_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	struct root_change change = { .run = merge_run };
	int ret = root_change_may(of);

	if (ret)
		return ret;
	if (merge_parse(buf, &change))
		return cgroup_file_refuse(of, of_css(of)->cgroup, -EINVAL,
					  "takes name=NAME, or the number of a hierarchy");
	return root_change_write(of, &change) ?: nbytes;
}

/* Parse "name=X SS,SS...".  On error @wrong is the wrong word, part of @buf; empty if none. */
static int split_parse(char *buf, struct root_change *change, const char **wrong)
{
	char *list = strstrip(buf);
	char *name = strsep(&list, " \t\n");
	char *word;

	*wrong = name;
	if (!strstarts(name, "name=") || !name[5])
		return -EINVAL;
	change->name = name + 5;
	if (cgroup_name_fault(change->name, strlen(change->name)))
		return -EINVAL;
	*wrong = "";
	if (!list)
		return -EINVAL;
	list = skip_spaces(list);
	while ((word = strsep(&list, ","))) {
		cgroup_mask_t bit = subsys_by_name(word) & CGROUP_STATEFUL_MASK;

		*wrong = word;
		if (!bit || (change->remove & bit))
			return -EINVAL;
		change->remove |= bit;
	}
	return 0;
}

static int split_run(struct cgroup_txn *txn, struct cgroup_root *root, struct root_change *change)
{
	return cgroup_split(txn, root, change->sb, change->name, change->remove);
}

/**
 * cgroup_split_write - let a new hierarchy take over some subsystems
 * @of: open `cgroup.split`
 * @buf: name=X and a list of subsystems, separated by commas
 * @nbytes: its length
 * @off: unused
 *
 * Context: a write to the file; may sleep.
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_split_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	struct root_change change = { .run = split_run };
	int ret = root_change_may(of);
	const char *wrong;

	if (ret)
		return ret;
	if (cgroup1_named_disabled())
		return cgroup_file_refuse(of, of_css(of)->cgroup, -EINVAL,
					  "cannot create a named hierarchy: cgroup_no_v1=named");
	if (split_parse(buf, &change, &wrong))
		return cgroup_file_refuse(of, of_css(of)->cgroup, -EINVAL,
					  "takes name=NAME and a list A,B of stateful subsystems, not '%s'",
					  wrong);
	return root_change_write(of, &change) ?: nbytes;
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "root_files_kunit.c"
#endif
