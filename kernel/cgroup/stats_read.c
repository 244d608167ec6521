// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: reading statistics of many cgroups.
 *
 * The answer to a request is a dump, which its receiver drives.  The only lock that is held while
 * cgroups are read is the mutex of the receiver's socket.  Between two calls of the dump its
 * position is one cgroup, referenced, which may be removed meanwhile: the walk goes on behind it
 * (css_walk.c).
 *
 * The first call of the dump still belongs to the sending of the request: generic netlink holds
 * cb_lock for reading, and code that registers a family waits for this lock.  So this call, and
 * the start of the request, are short: they neither flush nor look up files.  If that is to be
 * done, or for a subtree, this call sends only NLMSG_NOOP.  The second call can still refuse the whole
 * request, by an NLMSG_ERROR.
 *
 * What is registered must be able to go, so cgroup_cfts_srcu is held for one cgroup at a time.
 *
 * Permission is that of reading the control files, on the path from the named directory.  Most
 * directories and files still have the owner and mode that root gave them, and allow it: this is
 * seen from kernfs_node::iattr of the directory, and from CGRP_FILES_GIVEN for its files.  Only
 * the others are looked up and asked.
 *
 * A css is read without the active protection of its file, so it may go offline or move to
 * another cgroup while it is read.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/mnt_idmapping.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>

#include "css.h"
#include "file.h"
#include "namespace.h"
#include "stat_list.h"
#include "stats.h"
#include "subsys.h"

/* A call of the dump that finds nothing to show ends after so many cgroups. */
#define STATS_MAX_VISITS	1000

/*
 * Permission
 */

static int stats_may_inode_by(struct super_block *sb, struct kernfs_node *kn, int mask)
{
	struct dentry *dentry;
	int ret;

	/* a security module gives an inode its label when it gets a dentry */
	dentry = d_obtain_alias(kernfs_get_inode(sb, kn) ?: ERR_PTR(-ENOMEM));
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ret = inode_permission(&nop_mnt_idmap, d_inode(dentry), mask);
	dput(dentry);
	return ret;
}

/* May a task with these credentials access a node? */
static int stats_may_by(const struct cred *cred, struct super_block *sb, struct kernfs_node *kn,
			int mask)
{
	const struct cred *old = NULL;
	int ret;

	if (cred != current_cred())
		old = override_creds(cred);
	ret = kernfs_may_access(kn, mask);
	if (ret == -EAGAIN)
		ret = stats_may_inode_by(sb, kn, mask);
	if (old)
		revert_creds(old);
	return ret;
}

/*
 * May both the opener of the socket and the sender of the request access a node?  It is in the
 * hierarchy of the directory that the request is at: inode numbers are those of a hierarchy.
 */
static int stats_may(struct stats_read *read, struct kernfs_node *kn, int mask)
{
	struct super_block *sb = file_inode(read->dirs[read->dir].file)->i_sb;
	int ret = stats_may_by(read->sender, sb, kn, mask);

	if (ret || read->opener == read->sender)
		return ret;
	return stats_may_by(read->opener, sb, kn, mask);
}

/* May files in the directory of a cgroup be looked up? */
static int stats_may_enter(struct stats_read *read, struct cgroup *cgrp)
{
	struct kernfs_node *kn = cgrp->kn;

	/* root made it, for all */
	if (likely(!READ_ONCE(kn->iattr) && (READ_ONCE(kn->mode) & 0001)))
		return 0;
	return stats_may(read, kn, MAY_EXEC);
}

/* May the files of a cgroup be read? */
static int stats_may_read(struct stats_read *read, struct cgroup *cgrp)
{
	unsigned int i;
	int ret = 0;

	if (likely(!test_bit(CGRP_FILES_GIVEN, &cgrp->flags)))
		return 0;
	for (i = 0; i < read->nr_items && !ret; i++) {
		struct kernfs_node *kn;

		if (read->items[i].repeated)
			continue;
		kn = cgroup_find_file(cgrp, read->items[i].cft);
		/* a file that is pending will be root's, and all may read it */
		if (kn && READ_ONCE(kn->iattr))
			ret = stats_may(read, kn, MAY_READ);
		kernfs_put(kn);
	}
	return ret;
}

/*
 * Reading one cgroup
 */

/* Does the cgroup have all files?  Some exist only in the root, or everywhere else. */
static bool stats_has_files(const struct stats_read *read, struct cgroup *cgrp)
{
	return !(read->flags & (cgroup_parent(cgrp) ? CFTYPE_ONLY_ON_ROOT : CFTYPE_NOT_ON_ROOT));
}

static bool stats_are_bound(const struct stats_read *read, const struct cgroup *cgrp)
{
	return !(read->bound & ~READ_ONCE(cgrp->root->subsys_mask));
}

static void stats_put_csses(struct cgroup_subsys_state **csses, cgroup_mask_t mask)
{
	int ssid;

	for_each_ssid_mask(ssid, mask)
		css_put(csses[ssid]);
}

/* Get the csses of a cgroup that the request needs, referenced; false if one is not there. */
static bool stats_get_csses(const struct stats_read *read, struct cgroup *cgrp,
			    struct cgroup_subsys_state **csses)
{
	cgroup_mask_t got = 0;
	int ssid;

	guard(rcu)();
	for_each_ssid_mask(ssid, read->owned) {
		csses[ssid] = cgroup_css(cgrp, ssid);
		if (!csses[ssid] || !css_tryget_online(csses[ssid])) {
			stats_put_csses(csses, got);
			return false;
		}
		got |= BIT(ssid);
	}
	return true;
}

/* Read one statistic to @at, and return where the next one goes. */
static u64 *stats_read_item(const struct stats_item *item, struct cgroup_subsys_state *css,
			    u64 *at)
{
	struct cftype *cft = item->cft;
	struct cgroup_map map = { .next = at, .end = at + item->nr_values };

	if (cft->read_map) {
		cft->read_map(css, cft, &map);
		if (WARN_ON_ONCE(map.next != map.end || map.nr))
			memset(map.next, 0, (void *)map.end - (void *)map.next);
	} else if (cft->read_u64) {
		put_unaligned(cft->read_u64(css, cft), at);
	} else {
		put_unaligned((u64)cft->read_s64(css, cft), at);
	}
	return map.end;
}

static void stats_read_items(const struct stats_read *read, struct cgroup *cgrp,
			     struct cgroup_subsys_state **csses, u64 *at)
{
	const struct stats_item *item;

	for (item = read->items; item < read->items + read->nr_items; item++) {
		struct cftype *cft = item->cft;

		at = stats_read_item(item, cft_is_of_cgroup(cft) ? &cgrp->self :
				     csses[cft->ss->id], at);
	}
}

/* May a named directory be searched?  Security modules are asked, too. */
static int stats_may_search(struct stats_read *read, struct file *dir)
{
	int ret = inode_permission(&nop_mnt_idmap, file_inode(dir), MAY_EXEC);
	const struct cred *old;

	if (ret || read->opener == read->sender)
		return ret;
	old = override_creds(read->opener);
	ret = inode_permission(&nop_mnt_idmap, file_inode(dir), MAY_EXEC);
	revert_creds(old);
	return ret;
}

/**
 * stats_check_dir - may the cgroup of a named directory be shown?
 * @read: the request; the directory is the one that it is at
 * @extack: gets the reason in words
 *
 * Context: the sender of the request; takes css_set_lock; may sleep.
 * Return: 0, also if files are still to be judged; -EACCES; -EINVAL if the hierarchy does not have
 * a subsystem; -ENODATA if the cgroup inherits the state of one or does not have one of the files.
 */
int stats_check_dir(struct stats_read *read, struct netlink_ext_ack *extack)
{
	const struct stats_dir *dir = &read->dirs[read->dir];
	struct cgroup_subsys_state *csses[CGROUP_SUBSYS_COUNT];

	if (!cgroup_ns_shows(current->nsproxy->cgroup_ns, dir->cgrp)) {
		NL_SET_ERR_MSG(extack, "the cgroup is outside the sender's cgroup namespace");
		return -EACCES;
	}
	if (!stats_are_bound(read, dir->cgrp)) {
		NL_SET_ERR_MSG(extack, "the hierarchy does not have the subsystem of a statistic");
		return -EINVAL;
	}
	if (stats_may_search(read, dir->file)) {
		NL_SET_ERR_MSG(extack, "the directory may not be searched");
		return -EACCES;
	}
	/* if files have owners of their own, stats_judge() asks for each */
	read->judges |= test_bit(CGRP_FILES_GIVEN, &dir->cgrp->flags);
	if (!stats_has_files(read, dir->cgrp)) {
		if (read->recursive)
			return 0;
		NL_SET_ERR_MSG(extack, "only the root, or only other groups, have the file");
		return -ENODATA;
	}
	if (!stats_get_csses(read, dir->cgrp, csses)) {
		NL_SET_ERR_MSG(extack, "the cgroup inherits the state of a subsystem");
		return -ENODATA;
	}
	stats_put_csses(csses, read->owned);
	return 0;
}

/* Add the message of a cgroup.  Return -EMSGSIZE if it does not fit. */
static int stats_show(struct sk_buff *skb, struct netlink_callback *cb, struct stats_read *read,
		      struct cgroup *cgrp, struct cgroup_subsys_state **csses)
{
	struct stats_message *message = &read->message;
	void *at;

	if (skb_tailroom(skb) < message->nl.nlmsg_len)
		return -EMSGSIZE;
	message->id = cgroup_id(cgrp);
	at = skb_put(skb, message->nl.nlmsg_len);
	memcpy(at, message, sizeof(*message));
	nl_dump_check_consistent(cb, at);
	stats_read_items(read, cgrp, csses, at + sizeof(*message));
	return 0;
}

/*
 * Add the message of a cgroup, unless it is to be omitted.  Return -EMSGSIZE if it does not fit, or
 * -ENOMEM.
 */
static int stats_visit(struct sk_buff *skb, struct netlink_callback *cb, struct stats_read *read,
		       struct cgroup *cgrp)
{
	struct cgroup_subsys_state *csses[CGROUP_SUBSYS_COUNT];
	int ret;

	ret = stats_may_enter(read, cgrp);
	read->barred = ret;
	if (read->barred || cgroup_is_dead(cgrp) || !stats_are_bound(read, cgrp) ||
	    !stats_has_files(read, cgrp))
		return ret == -ENOMEM ? ret : 0;
	ret = stats_may_read(read, cgrp);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	if (!stats_get_csses(read, cgrp, csses))
		return 0;
	ret = stats_show(skb, cb, read, cgrp, csses);
	stats_put_csses(csses, read->owned);
	return ret;
}

/*
 * The dump
 */

/* The next css of a walk that meets parents first; with @skip not one below @css. */
static struct cgroup_subsys_state *stats_next_css(struct cgroup_subsys_state *css,
						  struct cgroup_subsys_state *top, bool skip)
{
	struct cgroup_subsys_state *next = NULL;

	if (!skip)
		return css_next_descendant_pre(css, top);
	while (!next && css != top) {
		next = css_next_child(css, css->parent);
		css = css->parent;
	}
	return next;
}

/* The next cgroup below a named one, referenced; NULL at the end.  It may have been removed. */
static struct cgroup *stats_next_below(const struct stats_read *read)
{
	struct cgroup_subsys_state *top = &read->dirs[read->dir].cgrp->self;
	struct cgroup_subsys_state *css = &read->pos->self;
	bool skip = read->barred;

	guard(rcu)();
	do {
		css = stats_next_css(css, top, skip);
		skip = false;
	} while (css && !css_tryget(css));
	return css ? css->cgroup : NULL;
}

/* Go to the next cgroup of the request.  Return false at the end. */
static bool stats_advance(struct stats_read *read)
{
	struct cgroup *next = NULL;

	if (read->pos) {
		if (!read->done)
			return true;
		if (read->recursive)
			next = stats_next_below(read);
		cgroup_put(read->pos);
		if (!next)
			read->dir++;
	}
	if (!next && read->dir < read->nr_dirs) {
		next = read->dirs[read->dir].cgrp;
		cgroup_get(next);
	}
	read->pos = next;
	read->done = false;
	return next;
}

/* Flush what is requested of one named cgroup and of all below it. */
static void stats_flush_dir(const struct stats_read *read, struct cgroup *cgrp)
{
	void (*flushed)(struct cgroup_subsys_state *css) = NULL;
	struct cgroup_subsys_state *csses[CGROUP_SUBSYS_COUNT];
	unsigned int i;

	if (!stats_get_csses(read, cgrp, csses))
		return;
	for (i = 0; i < read->nr_items; i++) {
		struct cftype *cft = read->items[i].cft;

		/* two statistics in a row often need the same */
		if (!cft->flush_stats || cft->flush_stats == flushed)
			continue;
		flushed = cft->flush_stats;
		flushed(csses[cft->ss->id]);
	}
	stats_put_csses(csses, read->owned);
}

/* Is what was looked up in the list of statistics still valid?  Under cgroup_cfts_srcu. */
static bool stats_are_valid(const struct stats_read *read)
{
	return read->generation == cgroup_stats_generation();
}

/* Return: 0, or -EAGAIN if the list has changed. */
static int stats_flush(const struct stats_read *read)
{
	unsigned int i;

	for (i = 0; i < read->nr_dirs; i++) {
		scoped_guard(srcu, &cgroup_cfts_srcu) {
			if (!stats_are_valid(read))
				return -EAGAIN;
			stats_flush_dir(read, read->dirs[i].cgrp);
		}
		cond_resched();
	}
	return 0;
}

/* May the files of all named cgroups be read?  Return: 0, -EACCES or -ENOMEM, or -EAGAIN. */
static int stats_judge(struct stats_read *read)
{
	int ret = 0;

	for (read->dir = 0; read->dir < read->nr_dirs && !ret; read->dir++) {
		scoped_guard(srcu, &cgroup_cfts_srcu)
			ret = stats_are_valid(read) ?
			      stats_may_read(read, read->dirs[read->dir].cgrp) : -EAGAIN;
		if (fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	read->dir = 0;
	return ret;
}

/* Look up the statistics again after the list has changed.  Return false if one is gone. */
static bool stats_find_again(struct stats_read *read, u32 generation)
{
	unsigned int i;

	for (i = 0; i < read->nr_items; i++) {
		read->items[i].cft = cgroup_stat_find(read->items[i].id);
		if (!read->items[i].cft)
			return false;
	}
	read->generation = generation;
	return true;
}

static int stats_put_noop(struct sk_buff *skb, const struct genl_info *info)
{
	if (!nlmsg_put(skb, info->snd_portid, info->snd_seq, NLMSG_NOOP, 0, NLM_F_MULTI))
		return -EMSGSIZE;
	return skb->len;
}

/* Refuse the request; the end of the dump follows in the same datagram. */
static int stats_put_error(struct sk_buff *skb, struct netlink_callback *cb, int error)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct nlmsghdr *nlh = nlmsg_put(skb, info->snd_portid, info->snd_seq, NLMSG_ERROR,
					 sizeof(struct nlmsgerr), NLM_F_CAPPED);
	struct nlmsgerr *err;

	if (!nlh)
		return error;
	err = nlmsg_data(nlh);
	err->error = error;
	err->msg = *cb->nlh;
	return 0;
}

static int stats_visit_valid(struct sk_buff *skb, struct netlink_callback *cb,
			     struct stats_read *read)
{
	guard(srcu)(&cgroup_cfts_srcu);
	if (!stats_are_valid(read))
		return -EAGAIN;
	return stats_visit(skb, cb, read, read->pos);
}

static int stats_dump_some(struct sk_buff *skb, struct netlink_callback *cb,
			   struct stats_read *read)
{
	unsigned int visits;
	int ret = 0;

	for (visits = 0; visits < STATS_MAX_VISITS && !ret; visits++) {
		if (!stats_advance(read))
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = stats_visit_valid(skb, cb, read);
		read->done = !ret;
		cond_resched();
	}
	/* a message fits into an empty buffer: start has asked for one of that size */
	if (!skb->len && ret && ret != -EAGAIN)
		return ret;
	/* an empty buffer would look like the end of the file */
	return skb->len ?: stats_put_noop(skb, genl_info_dump(cb));
}

/*
 * What is to be done before the first message: judge and flush.  Return: 0, or an errno; -EAGAIN
 * if the list has changed, so that it is to be done again.
 */
static int stats_prepare(struct stats_read *read)
{
	int ret = read->judges ? stats_judge(read) : 0;

	if (!ret && read->flushes)
		ret = stats_flush(read);
	return ret;
}

/**
 * stats_dump - one call of the dump that answers a request
 * @skb: the buffer to fill
 * @cb: the dump
 * @read: the request
 *
 * Context: the sender in the first call, the receiver in others; no locks of the core; may sleep
 * and wait.
 * Return: 0 at the end; a positive number if there is more; an errno, with which the dump ends.
 */
int stats_dump(struct sk_buff *skb, struct netlink_callback *cb, struct stats_read *read)
{
	int ret;

	scoped_guard(srcu, &cgroup_cfts_srcu) {
		cb->seq = cgroup_stats_generation();
		if (read->generation != cb->seq && !stats_find_again(read, cb->seq)) {
			/* the end of the dump has NLM_F_DUMP_INTR */
			read->dir = read->nr_dirs;
			return 0;
		}
	}
	read->message.generation = cb->seq;
	if (!read->prepared && (read->recursive || read->flushes || read->judges)) {
		ret = read->called ? stats_prepare(read) : -EAGAIN;
		read->called = true;
		if (ret == -EAGAIN)
			return stats_put_noop(skb, genl_info_dump(cb));
		if (ret)
			return stats_put_error(skb, cb, ret);
		read->prepared = true;
	}
	return stats_dump_some(skb, cb, read);
}
