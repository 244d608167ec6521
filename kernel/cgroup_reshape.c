// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: changing which subsystems a hierarchy in use carries, by remount
 * or by `cgroup.subsystems`.
 *
 * Any number of subsystems come and go in one transaction:
 *
 *   coming   each cgroup below the root gets a css, top-down, as mkdir makes it, and
 *            its files, hidden; then the root css moves here, and tasks get the css
 *            of their cgroup
 *   going    tasks get the root css, which moves back to the default hierarchy; then
 *            the csses below the root are taken down as by rmdir
 *
 * Only one such change is under way at a time, and it ends when the files of what went
 * are gone, and its csses offline: the next one may bring the same back.
 */
#include <linux/capability.h>
#include <linux/cpu.h>
#include <linux/seq_file.h>
#include "cgroup_internal.h"

static DEFINE_MUTEX(cgroup_reshape_mutex);

/**
 * cgroup_reshape_begin - get ready to change a hierarchy that is in use
 *
 * Context: no locks of the core; a file operation has broken its active protection.
 *	Waits for other such changes and for a grace period.
 */
void cgroup_reshape_begin(void)
{
	mutex_lock(&cgroup_reshape_mutex);
	cgroup_gate_announce();
}

/**
 * cgroup_reshape_end - undo cgroup_reshape_begin()
 *
 * Context: after cgroup_txn_finish().
 */
void cgroup_reshape_end(void)
{
	cgroup_gate_renounce();
	cgroup_css_wait_leaving();
	mutex_unlock(&cgroup_reshape_mutex);
}

/* The step of one css that comes to, or goes from, a cgroup in use. */
struct cgroup_reshape_step {
	struct cgroup_step step;
	struct cgroup *cgrp;
	struct cgroup_subsys_state *css;
};

static struct cgroup_reshape_step *reshape_step(struct cgroup *cgrp,
						struct cgroup_subsys_state *css)
{
	struct cgroup_reshape_step *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (s) {
		s->cgrp = cgrp;
		s->css = css;
		cgroup_get(cgrp);
		css_get(css);
	}
	return s;
}

static void reshape_step_free(struct cgroup_reshape_step *s)
{
	css_put(s->css);
	cgroup_put(s->cgrp);
	kfree(s);
}

/*
 * Coming
 */

/*
 * The commit of the root's step shows the files of the whole tree.  The css itself is
 * undone by the step of cgroup_css_prepare(), after this.
 */
static void reshape_add_abort(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	cgroup_rm_files(s->cgrp, s->css);
}

static void reshape_add_finish(struct cgroup_step *step, bool committed)
{
	reshape_step_free(container_of(step, struct cgroup_reshape_step, step));
}

static const struct cgroup_step_ops reshape_add_ops = {
	.abort = reshape_add_abort,
	.finish = reshape_add_finish,
};

/* A css that comes up as if its cgroup had been made with clone_children, so that it is of use. */
static int reshape_prepare_css(struct cgroup_txn *txn, struct cgroup *cgrp,
			       struct cgroup_subsys *ss)
{
	bool set = !test_and_set_bit(CGRP_CPUSET_CLONE_CHILDREN, &cgrp->flags);
	int ret = cgroup_css_prepare(txn, cgrp, ss);

	if (set)
		clear_bit(CGRP_CPUSET_CLONE_CHILDREN, &cgrp->flags);
	return ret;
}

static int reshape_prepare_add(struct cgroup_txn *txn, struct cgroup *cgrp,
			       struct cgroup_subsys *ss)
{
	struct cgroup_reshape_step *s;
	int ret = reshape_prepare_css(txn, cgrp, ss);

	if (ret)
		return ret;
	s = reshape_step(cgrp, cgroup_css(cgrp, ss->id));
	if (!s)
		return -ENOMEM;
	ret = cgroup_add_files(cgrp, s->css);
	if (ret) {
		reshape_step_free(s);
		return ret;
	}
	cgroup_txn_add(txn, &s->step, &reshape_add_ops);
	return 0;
}

/*
 * Going
 */

static void reshape_remove_post(struct cgroup_step *step)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	css_mark_leaving(s->css);
}

static void reshape_remove_finish(struct cgroup_step *step, bool committed)
{
	struct cgroup_reshape_step *s = container_of(step, struct cgroup_reshape_step, step);

	if (committed) {
		cgroup_rm_files(s->cgrp, s->css);
		css_kill(s->css);
	}
	reshape_step_free(s);
}

static const struct cgroup_step_ops reshape_remove_ops = {
	.post = reshape_remove_post,
	.finish = reshape_remove_finish,
};

static int reshape_prepare_remove(struct cgroup_txn *txn, struct cgroup *cgrp,
				  struct cgroup_subsys *ss)
{
	struct cgroup_subsys_state *css = cgroup_css(cgrp, ss->id);
	struct cgroup_reshape_step *s;

	if (!css)
		return 0;
	s = reshape_step(cgrp, css);
	if (!s)
		return -ENOMEM;
	cgroup_txn_add(txn, &s->step, &reshape_remove_ops);
	return 0;
}

/*
 * The whole
 */

/* What comes and goes in one cgroup below the root. */
static int reshape_prepare_cgroup(struct cgroup_txn *txn, struct cgroup *cgrp,
				  cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup_subsys *ss;
	int ssid, ret;

	for_each_subsys_mask(ss, ssid, remove & CGROUP_STATEFUL_MASK) {
		ret = reshape_prepare_remove(txn, cgrp, ss);
		if (ret)
			return ret;
	}
	for_each_subsys_mask(ss, ssid, add & CGROUP_STATEFUL_MASK) {
		ret = reshape_prepare_add(txn, cgrp, ss);
		if (ret)
			return ret;
	}
	return 0;
}

static int reshape_prepare_tree(struct cgroup_txn *txn, struct cgroup_root *root,
				cgroup_mask_t add, cgroup_mask_t remove)
{
	struct cgroup *cgrp;
	int ret;

	for_each_live_cgroup(cgrp, root) {
		ret = reshape_prepare_cgroup(txn, cgrp, add, remove);
		if (ret)
			return ret;
	}
	return 0;
}

/* Can the cgroups below the root follow? */
static int reshape_check(struct cgroup_root *root, cgroup_mask_t add)
{
#ifdef CONFIG_CPUSETS
	/* cpuset learns of that mode when its root has come, and the others come before */
	if ((add & BIT(cpuset_cgrp_id)) && (root->flags & CGRP_ROOT_CPUSET_V2_MODE))
		return -EINVAL;
#endif
	return 0;
}

/* Stop the world for the tasks' part, the last that can fail, and commit. */
static int reshape_commit(struct cgroup_txn *txn, struct cgroup_root *root,
			  cgroup_mask_t add, cgroup_mask_t remove)
{
	int ret;

	cpus_read_lock();
	cgroup_gate_close();
	ret = cgroup_reslot_prepare(txn, root, add, remove);
	if (!ret)
		cgroup_txn_commit(txn);
	cgroup_gate_open();
	cpus_read_unlock();
	return ret;
}

/**
 * cgroup_reshape - change what a hierarchy carries
 * @txn: an empty transaction, to be finished by the caller
 * @root: the hierarchy
 * @mask: subsystems that it shall carry, stateful and stateless
 *
 * Context: between cgroup_reshape_begin() and cgroup_reshape_end(); cgroup_mutex.
 * Return: 0; -EBUSY if a stateful subsystem is in another hierarchy, -ENOMEM, or the
 * refusal of a subsystem: then nothing has changed.
 */
int cgroup_reshape(struct cgroup_txn *txn, struct cgroup_root *root, cgroup_mask_t mask)
{
	cgroup_mask_t remove = root->subsys_mask & ~mask;
	cgroup_mask_t add = mask & ~root->subsys_mask;
	int ret;

	lockdep_assert_held(&cgroup_reshape_mutex);
	lockdep_assert_held(&cgroup_mutex);

	ret = cgroup_root_rebind(txn, root, mask);
	if (!ret && !(root->cgrp.nr_live_children && ((add | remove) & CGROUP_STATEFUL_MASK)))
		cgroup_txn_commit(txn);	/* nobody below the root is concerned */
	else if (!ret)
		ret = reshape_check(root, add) ?:
		      reshape_prepare_tree(txn, root, add, remove) ?:
		      reshape_commit(txn, root, add, remove);
	if (ret)
		cgroup_txn_abort(txn);
	else
		cgroup_txn_post(txn);
	return ret;
}

/*
 * cgroup.subsystems
 */

/**
 * cgroup_subsystems_show - seq_file show of `cgroup.subsystems`
 * @seq: the file
 * @v: unused
 */
int cgroup_subsystems_show(struct seq_file *seq, void *v)
{
	cgroup_mask_t mask = READ_ONCE(seq_css(seq)->cgroup->root->subsys_mask);
	struct cgroup_subsys *ss;
	const char *sep = "";
	int ssid;

	for_each_subsys_mask(ss, ssid, mask) {
		seq_printf(seq, "%s%s", sep, ss->legacy_name);
		sep = " ";
	}
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

/* "+name -name ...": each subsystem at most once, at least one. */
static int subsystems_parse(char *buf, cgroup_mask_t *add, cgroup_mask_t *remove)
{
	char *word;

	while ((word = strsep(&buf, " \t\n"))) {
		cgroup_mask_t bit;

		if (!*word)
			continue;
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
	return *add | *remove ? 0 : -EINVAL;
}

/* Does the change make sense for @root? */
static int subsystems_check(struct cgroup_root *root, cgroup_mask_t add, cgroup_mask_t remove)
{
	if ((add & root->subsys_mask) || (remove & ~root->subsys_mask))
		return -EINVAL;
	/* with no name and no subsystem nobody could mount it again */
	if (!root->name[0] && !((root->subsys_mask | add) & ~remove))
		return -EINVAL;
	/* file names without prefix are for what was once a file system of its own */
	if (root->flags & CGRP_ROOT_NOPREFIX)
		return -EINVAL;
	return 0;
}

static int cgroup_subsystems_change(struct cgroup_root *root, cgroup_mask_t add,
				    cgroup_mask_t remove)
{
	DEFINE_CGROUP_TXN(txn);
	int ret;

	cgroup_reshape_begin();
	scoped_guard(mutex, &cgroup_mutex) {
		ret = cgroup_is_dead(&root->cgrp) ? -ENODEV : subsystems_check(root, add, remove);
		if (!ret)
			ret = cgroup_reshape(&txn, root, (root->subsys_mask | add) & ~remove);
	}
	cgroup_txn_finish(&txn);
	cgroup_reshape_end();
	return ret;
}

/**
 * cgroup_subsystems_write - change what the hierarchy carries
 * @of: open `cgroup.subsystems`
 * @buf: words +name and -name
 * @nbytes: its length
 * @off: unused
 *
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_subsystems_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				loff_t off)
{
	struct cgroup *cgrp = of_css(of)->cgroup;
	cgroup_mask_t add = 0, remove = 0;
	int ret;

	/* hierarchies are the machine's, not a container's */
	if (!file_ns_capable(of->file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	ret = subsystems_parse(buf, &add, &remove);
	if (ret)
		return ret;

	/* the open file keeps the cgroup; the hierarchy may go away meanwhile */
	kernfs_break_active_protection(of->kn);
	ret = cgroup_subsystems_change(cgrp->root, add, remove);
	kernfs_unbreak_active_protection(of->kn);
	return ret ?: nbytes;
}
