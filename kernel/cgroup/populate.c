// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: which control files a cgroup has, and when they are created.
 *
 * A cgroup has one set of files of the core, and one set per subsystem of its hierarchy:
 * SUBSYS.inherit, and the files of its css if it owns one.  Below the root, most files are
 * never looked at, and a change of a hierarchy in use would have to create thousands.  So a
 * set is pending at first: its bit in cgroup::files_pending is set.  It is created when a task
 * looks up one of its names or lists the directory: kernfs then calls cgroup_populate().
 *
 * The task that looks can notice only that the first look may take memory, and cgroup_mutex.
 * Other tasks cannot notice it: the times of the directory do not change
 * (cgroup_files_settle()), kernfs sends no event, and a listing is in the order of the hashes of
 * the names, not of creation.  The files of a change that is refused are never activated, so they
 * change no times either.  A child cgroup and a file cannot have the same name, whether the file
 * is pending or exists.
 *
 * The owners of the files depend on the creator of the set and on its directory.  So only
 * sets that global root creates can be pending, and only in directories that are still as
 * root creates them and are not setgid.  All other sets are created immediately, hidden, in the
 * operation that they belong to.  Pending sets are created before chown and the like change
 * their directory (kernfs lists it first).  There is one exception: a split creates a twin of
 * each directory, and may give the twin to another owner while sets in it are pending.  Their
 * files belong to root in the old directory, too.
 *
 * files_pending changes under cgroup_mutex, which a transaction holds up to its commit or
 * abort.  So a set may be pending before the commit, and no lookup creates it until then.
 * Lookups read files_pending without the mutex, and take the mutex only if a pending set has the
 * name.
 */
#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/wait_bit.h>
#include "call.h"
#include "css.h"
#include "file.h"
#include "subsys.h"
#include "txn.h"

/* Protects cgroup_subsys::cfts where cgroup_mutex may not be held; see cftypes.c. */
DEFINE_SRCU(cgroup_cfts_srcu);

/* The files that the core adds to the sets: those of every cgroup, and SUBSYS.inherit. */
static struct cftype *base_cfts __ro_after_init;
static struct cftype *inherit_cfts[CGROUP_SUBSYS_COUNT] __ro_after_init;

/**
 * cgroup_files_set_core - register the files that the core adds to a set
 * @ss: a stateful subsystem; NULL for the set of the core
 * @cfts: the array, which cgroup_init_cftypes() has set up
 *
 * Context: boot.
 */
void __init cgroup_files_set_core(struct cgroup_subsys *ss, struct cftype *cfts)
{
	if (ss)
		inherit_cfts[ss->id] = cfts;
	else
		base_cfts = cfts;
}

/* The subsystem whose set a bit stands for; NULL for the core. */
static struct cgroup_subsys *files_subsys(cgroup_mask_t bit)
{
	return bit == CGROUP_FILES_CORE ? NULL : cgroup_subsys[__ffs(bit)];
}

static void files_set_pending(struct cgroup *cgrp, cgroup_mask_t pending)
{
	if (!pending != !cgrp->files_pending)
		kernfs_set_partial(cgrp->kn, pending, false);
	/* cgroup_populate() reads this before it takes cgroup_mutex */
	WRITE_ONCE(cgrp->files_pending, pending);
}

/* Would the files have the same owners if another task created them later? */
static bool files_may_wait(struct cgroup *cgrp)
{
	return cgroup_parent(cgrp) && !READ_ONCE(cgrp->kn->iattr) && !(cgrp->kn->mode & S_ISGID) &&
	       uid_eq(current_fsuid(), GLOBAL_ROOT_UID) &&
	       gid_eq(current_fsgid(), GLOBAL_ROOT_GID);
}

/*
 * The files of a set
 */

/* The array after @cfts in a set, or the first one if @cfts is NULL; NULL at the end. */
static struct cftype *files_next_array(struct cgroup_subsys *ss, struct cftype *cfts)
{
	if (!ss)
		return cfts ? NULL : base_cfts;
	if (!cfts && !ss->stateless)
		return inherit_cfts[ss->id];
	if (!cfts || (cfts->flags & __CFTYPE_OF_CGROUP))
		return list_first_or_null_rcu(&ss->cfts, struct cftype, node);
	return list_next_or_null_rcu(&ss->cfts, &cfts->node, struct cftype, node);
}

/* Walk the arrays of a set, with cgroup_mutex or cgroup_cfts_srcu. */
#define for_each_files_array(cfts, ss)						\
	for ((cfts) = files_next_array(ss, NULL); (cfts);			\
	     (cfts) = files_next_array(ss, cfts))

/* Does the set have a file of this name, if the cgroup owns a css? */
static bool files_have_name(struct cgroup *cgrp, struct cgroup_subsys *ss, const char *name)
{
	struct cftype *cfts;

	for_each_files_array(cfts, ss)
		if (cgroup_cft_array_has(cgrp, cfts, name))
			return true;
	return false;
}

static void files_rm_of_subsys(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			       struct cgroup_subsys *ss)
{
	struct cftype *cfts;

	/* this waits for file operations; a task that adds arrays does not wait for this */
	guard(srcu)(&cgroup_cfts_srcu);
	list_for_each_entry_srcu(cfts, &ss->cfts, node, srcu_read_lock_held(&cgroup_cfts_srcu))
		cgroup_rm_cft_array(cgrp, css, cfts);
}

/* Create the files of all arrays of @ss, hidden; or none. */
static int files_add_of_subsys(struct cgroup *cgrp, struct cgroup_subsys_state *css,
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

/* Create the files of a set, hidden; or none. */
static int files_make(struct cgroup *cgrp, struct cgroup_subsys *ss,
		      struct cgroup_subsys_state *css)
{
	int ret;

	if (!ss)
		return cgroup_add_cft_array(cgrp, &cgrp->self, base_cfts);
	if (ss->stateless)
		return files_add_of_subsys(cgrp, &cgrp->self, ss);
	ret = cgroup_add_cft_array(cgrp, &cgrp->self, inherit_cfts[ss->id]);
	if (ret || !css)
		return ret;
	ret = files_add_of_subsys(cgrp, css, ss);
	if (ret)
		cgroup_rm_cft_array(cgrp, &cgrp->self, inherit_cfts[ss->id]);
	return ret;
}

/* Show a set that was created. */
static void files_show(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cftype *cfts;

	/* the directory contains only files: one walk replaces many look-ups */
	if (!cgrp->nr_live_children) {
		kernfs_activate(cgrp->kn);
		return;
	}
	for_each_files_array(cfts, ss)
		cgroup_show_cft_array(cgrp, cfts);
}

/*
 * Sets come and go
 */

/* As files_next_array(), but without the arrays of a css if @css is NULL. */
static struct cftype *files_next_pending(struct cgroup_subsys *ss,
					 struct cgroup_subsys_state *css, struct cftype *cfts)
{
	cfts = files_next_array(ss, cfts);
	if (cfts && ss && !ss->stateless && !css && !(cfts->flags & __CFTYPE_OF_CGROUP))
		return NULL;
	return cfts;
}

/**
 * cgroup_files_check - can a set of files be pending?
 * @cgrp: the cgroup
 * @ss: the subsystem; NULL for the core
 * @css: NULL if the set does not include the files of a css
 *
 * Context: cgroup_mutex.
 * Return: 0; -EEXIST if a child has the name of one of the files.
 */
int cgroup_files_check(struct cgroup *cgrp, struct cgroup_subsys *ss,
		       struct cgroup_subsys_state *css)
{
	/* the names of most children differ from those of all files in the first character */
	DECLARE_BITMAP(initials, BIT(BITS_PER_BYTE)) = {};
	struct cgroup_subsys_state *child;
	struct cftype *cfts = NULL;

	if (!cgrp->nr_live_children)
		return 0;
	while ((cfts = files_next_pending(ss, css, cfts)))
		cgroup_cft_array_initials(cgrp, cfts, initials);

	css_for_each_child(child, &cgrp->self) {
		const char *name = child->cgroup->kn->name;

		if (!test_bit((u8)name[0], initials) || cgroup_is_dead(child->cgroup))
			continue;
		while ((cfts = files_next_pending(ss, css, cfts)))
			if (cgroup_cft_array_has(cgrp, cfts, name))
				return -EEXIST;
	}
	return 0;
}

/**
 * cgroup_files_add - give a cgroup the files of a subsystem or of the core
 * @cgrp: the cgroup
 * @ss: the subsystem; NULL for the core
 * @css: the css of @ss that @cgrp owns or will own; NULL if there is none
 *
 * Afterwards the files are pending, or they exist and are hidden.  cgroup_files_show() shows
 * hidden files.  So does kernfs_activate(), for all cgroups below as well.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0; -EEXIST if a child has the name of one of the files, or -ENOMEM.  After an error
 * there are no files.
 */
int cgroup_files_add(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	if (files_may_wait(cgrp)) {
		ret = cgroup_files_check(cgrp, ss, css);
		if (!ret)
			files_set_pending(cgrp, cgrp->files_pending | files_bit(ss));
	} else {
		ret = files_make(cgrp, ss, css);
	}
	if (!ret && css)
		css->flags |= CSS_VISIBLE;
	return ret;
}

/**
 * cgroup_files_show - show the files of a subsystem, if they were created
 * @cgrp: the cgroup
 * @ss: the subsystem; NULL for the core
 *
 * Context: cgroup_mutex; may sleep.
 */
void cgroup_files_show(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	if (!cgroup_files_are_pending(cgrp, ss))
		files_show(cgrp, ss);
}

/**
 * cgroup_files_cancel - drop the files of a subsystem, if they are pending
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: cgroup_mutex; may sleep.
 * Return: true if they were pending; false if they exist, and cgroup_files_rm() removes them.
 */
bool cgroup_files_cancel(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	if (!cgroup_files_are_pending(cgrp, ss))
		return false;
	files_set_pending(cgrp, cgrp->files_pending & ~files_bit(ss));
	return true;
}

/**
 * cgroup_files_rm - remove the files of a subsystem, which are not pending
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @css: as for cgroup_files_add(); any css of @ss if that one has moved to another cgroup
 *
 * Waits for operations on the files, and wakes their pollers.
 *
 * Context: not under cgroup_mutex, unless the files were never visible; may sleep and wait.
 */
void cgroup_files_rm(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css)
{
	if (css || ss->stateless)
		files_rm_of_subsys(cgrp, css ?: &cgrp->self, ss);
	if (!ss->stateless)
		cgroup_rm_cft_array(cgrp, &cgrp->self, inherit_cfts[ss->id]);
}

/**
 * cgroup_css_files_add - add the files of a css to a cgroup that inherited so far
 * @cgrp: the cgroup
 * @css: the css, which it owns from now on
 *
 * Context: as cgroup_files_add().
 * Return: as cgroup_files_add().
 */
int cgroup_css_files_add(struct cgroup *cgrp, struct cgroup_subsys_state *css)
{
	int ret;

	ret = cgroup_files_are_pending(cgrp, css->ss) ?
	      cgroup_files_check(cgrp, css->ss, css) : files_add_of_subsys(cgrp, css, css->ss);
	if (!ret)
		css->flags |= CSS_VISIBLE;
	return ret;
}

/**
 * cgroup_css_files_rm - remove the files of a css, which are not pending; SUBSYS.inherit stays
 * @cgrp: the cgroup
 * @css: the css
 *
 * Context: as cgroup_files_rm().
 */
void cgroup_css_files_rm(struct cgroup *cgrp, struct cgroup_subsys_state *css)
{
	files_rm_of_subsys(cgrp, css, css->ss);
}

/**
 * cgroup_files_set_leaving - mark the files of a css as about to go, while the cgroup lives on
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: cgroup_mutex.
 */
void cgroup_files_set_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	lockdep_assert_held(&cgroup_mutex);
	set_bit(ss->id, &cgrp->files_leaving);
}

/**
 * cgroup_files_set_left - mark the files of a css as gone, so that their names are free
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: any.
 */
void cgroup_files_set_left(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	clear_bit(ss->id, &cgrp->files_leaving);
	/* pairs with the barrier of a waiter: it sees that the bit is clear, or it is woken */
	smp_mb__after_atomic();
	wake_up_var(&cgrp->files_leaving);
}

/**
 * cgroup_files_are_leaving - are the files of a css about to go, but not gone yet?
 * @cgrp: the cgroup
 * @ss: the subsystem
 *
 * Context: any; the mark is set under cgroup_mutex only.
 * Return: true if they are.
 */
bool cgroup_files_are_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	return test_bit(ss->id, &cgrp->files_leaving);
}

/**
 * cgroup_files_wait_left - wait until the files of a css are gone, if they are about to go
 * @cgrp: the cgroup, referenced
 * @ss: the subsystem
 *
 * Context: no locks of the core; may sleep, waits for operations on these files.
 */
void cgroup_files_wait_left(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	wait_var_event(&cgrp->files_leaving, !cgroup_files_are_leaving(cgrp, ss));
}

/**
 * cgroup_refuse_files - say why the files of a subsystem could not be created
 * @txn: the transaction
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @err: the error from creating them
 *
 * Context: as cgroup_txn_refuse().
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

/*
 * When they are pending
 */

/* Create the files of a pending set, hidden; it stays pending until the caller clears its bit. */
static int files_make_pending(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	return files_make(cgrp, ss, ss && !ss->stateless ? cgroup_css(cgrp, ss->id) : NULL);
}

static int files_settle(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	int ret = files_make_pending(cgrp, ss);

	if (ret)
		return ret;
	/* pending files count as present, so the times of the directory must not change now */
	kernfs_set_partial(cgrp->kn, true, true);
	/* show them first: a lookup that finds the set not pending must find the files */
	files_show(cgrp, ss);
	WRITE_ONCE(cgrp->files_pending, cgrp->files_pending & ~files_bit(ss));
	kernfs_set_partial(cgrp->kn, cgrp->files_pending, false);
	return 0;
}

/**
 * cgroup_files_settle - create files that are pending
 * @cgrp: the cgroup, live
 * @name: create only sets that have a file of this name; NULL for all sets
 *
 * A caller that is about to give a child a name calls this first: if a pending file has the
 * name, the name is then taken.
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or an errno.
 */
int cgroup_files_settle(struct cgroup *cgrp, const char *name)
{
	const struct cred *cred;
	cgroup_mask_t pending;
	int ret = 0;

	lockdep_assert_held(&cgroup_mutex);

	/* only root leaves sets pending: create the files as root would have done */
	cred = override_creds(&init_cred);
	for (pending = cgrp->files_pending; pending && !ret; pending &= pending - 1) {
		struct cgroup_subsys *ss = files_subsys(pending & -pending);

		if (!name || files_have_name(cgrp, ss, name))
			ret = files_settle(cgrp, ss);
	}
	revert_creds(cred);
	return ret;
}

/* Is it worth taking cgroup_mutex?  Often a name does not exist because mkdir will create it. */
static bool files_pending_have_name(struct cgroup *cgrp, const char *name)
{
	cgroup_mask_t pending;

	guard(srcu)(&cgroup_cfts_srcu);
	for (pending = READ_ONCE(cgrp->files_pending); pending; pending &= pending - 1)
		if (files_have_name(cgrp, files_subsys(pending & -pending), name))
			return true;
	return false;
}

struct populate_call {
	struct cgroup *cgrp;
	const char *name;
};

static int cgroup_populate_locked(void *arg)
{
	struct populate_call *call = arg;

	return cgroup_is_dead(call->cgrp) ? 0 : cgroup_files_settle(call->cgrp, call->name);
}

/**
 * cgroup_populate - create pending files before a lookup, or before a directory is listed
 * @kn: the directory, active
 * @name: the file; NULL for all
 *
 * Context: a lookup, a listing, or a change of the directory's attributes; no locks of the core;
 * may take cgroup_mutex; may sleep and wait.
 * Return: 0 or an errno.
 */
int cgroup_populate(struct kernfs_node *kn, const char *name)
{
	struct populate_call call = { .name = name };
	int ret;

	/* the active reference keeps the cgroup */
	if (name && !files_pending_have_name(kn->priv, name))
		return 0;
	call.cgrp = cgroup_kn_begin(kn);
	if (!call.cgrp)
		return 0;
	ret = cgroup_call_locked_again(cgroup_populate_locked, &call, NULL);
	cgroup_kn_end(call.cgrp, kn);
	return ret;
}

/*
 * Owners
 */

static bool files_were_given(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cftype *cfts;

	for_each_files_array(cfts, ss)
		if (cgroup_cft_array_given(cgrp, cfts))
			return true;
	return false;
}

static int files_copy_owners(struct cgroup *to, struct cgroup *from, struct cgroup_subsys *ss,
			     struct super_block *sb)
{
	struct cftype *cfts;
	int ret = 0;

	for_each_files_array(cfts, ss)
		ret = ret ?: cgroup_copy_owners(to, from, cfts, sb);
	return ret;
}

/**
 * cgroup_files_copy_owners - give files the owners and modes of those in another cgroup
 * @to: the cgroup, hidden, with its set of @ss
 * @from: the other one
 * @ss: the subsystem; NULL for the files of the core
 * @sb: superblock that shows the hierarchy of @from
 *
 * Context: cgroup_mutex; may sleep.
 * Return: 0 or -ENOMEM.
 */
int cgroup_files_copy_owners(struct cgroup *to, struct cgroup *from, struct cgroup_subsys *ss,
			     struct super_block *sb)
{
	int ret;

	if (cgroup_files_are_pending(from, ss) || !files_were_given(from, ss))
		return 0;
	if (cgroup_files_are_pending(to, ss)) {
		ret = files_make_pending(to, ss);
		if (ret)
			return ret;
		cgroup_files_cancel(to, ss);
	}
	return files_copy_owners(to, from, ss, sb);
}
