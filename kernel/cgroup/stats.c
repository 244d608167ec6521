// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: statistics as numbers, through the generic netlink family TASKSTATS.
 *
 * CGROUPSTATS_CMD_DESCRIBE lists the statistics (stat_list.c), CGROUPSTATS_CMD_READ reads some
 * of them from some cgroups.  <linux/cgroupstats.h> describes the messages.
 *
 * A request is judged when it is sent: stats_read_start() takes references to the named
 * directories and to the credentials, and reports errors.  stats_read.c makes the answer.  It
 * judges files that have owners or modes of their own, before the first message.
 */
#include <linux/cgroup_taskstats.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <net/sock.h>

#include "file.h"
#include "stat_list.h"
#include "stats.h"
#include "subsys.h"

/*
 * CGROUPSTATS_CMD_READ
 */

static void stats_read_free(struct stats_read *read)
{
	unsigned int i;

	if (read->pos)
		cgroup_put(read->pos);
	for (i = 0; i < read->nr_dirs; i++) {
		cgroup_put(read->dirs[i].cgrp);
		fput(read->dirs[i].file);
	}
	put_cred(read->opener);
	put_cred(read->sender);
	kfree(read);
}

static int stats_read_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return stats_dump(skb, cb, (void *)cb->args[0]);
}

static int stats_read_done(struct netlink_callback *cb)
{
	stats_read_free((void *)cb->args[0]);
	return 0;
}

/* What a statistic needs of the cgroups that show it. */
static void stats_note_needs(struct stats_read *read, const struct stats_item *item)
{
	const struct cftype *cft = item->cft;

	read->nr_values += item->nr_values;
	read->flags |= cft->flags;
	if (cft->flush_stats)
		read->flushes = true;
	if (cft->ss)
		read->bound |= BIT(cft->ss->id);
	if (!cft_is_of_cgroup(cft))
		read->owned |= BIT(cft->ss->id);
}

/* Make the message for a cgroup, except for its id and its values. */
static int stats_make_message(struct stats_read *read, const struct genl_info *info,
			      struct netlink_ext_ack *extack)
{
	unsigned int size = read->nr_values * sizeof(u64);

	if (sizeof(read->message) + size > STATS_MAX_SIZE) {
		NL_SET_ERR_MSG(extack, "the values of one cgroup are longer than 32000 bytes");
		return -EMSGSIZE;
	}
	read->message = (struct stats_message){
		.nl.nlmsg_len = sizeof(read->message) + size,
		.nl.nlmsg_type = info->family->id,
		.nl.nlmsg_flags = NLM_F_MULTI,
		.nl.nlmsg_seq = info->snd_seq,
		.nl.nlmsg_pid = info->snd_portid,
		.gen.cmd = info->genlhdr->cmd,
		.gen.version = info->family->version,
		.generation_attr = { nla_attr_size(sizeof(u32)), CGROUPSTATS_TYPE_STAT_GENERATION },
		.id_attr = { nla_attr_size(sizeof(u64)), CGROUPSTATS_TYPE_CGROUP_ID },
		.pad_attr = { nla_attr_size(0), CGROUPSTATS_TYPE_PAD },
		.data_attr = { nla_attr_size(size), CGROUPSTATS_TYPE_DATA },
	};
	return 0;
}

static bool stats_is_repeated(const struct stats_read *read, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (read->items[i].id == read->items[nr].id)
			return true;
	return false;
}

/* Look up the statistics that the request names. */
static int stats_take_items(struct stats_read *read, const struct nlattr *ids,
			    struct netlink_ext_ack *extack)
{
	unsigned int i;

	guard(srcu)(&cgroup_cfts_srcu);
	read->generation = cgroup_stats_generation();
	for (i = 0; i < read->nr_items; i++) {
		struct stats_item *item = &read->items[i];

		item->id = ((const u32 *)nla_data(ids))[i];
		item->cft = cgroup_stat_find(item->id);
		if (!item->cft) {
			NL_SET_ERR_MSG_ATTR(extack, ids, "no statistic has this id");
			return -ENOENT;
		}
		item->nr_values = cgroup_stat_nr_values(item->cft);
		item->repeated = stats_is_repeated(read, i);
		stats_note_needs(read, item);
	}

	return 0;
}

/* Take the directory that is open as @fd in the sender. */
static int stats_take_dir(struct stats_read *read, unsigned int fd, struct netlink_ext_ack *extack)
{
	struct cgroup_subsys_state *self;
	struct file *file = fget_raw(fd);

	if (!file) {
		NL_SET_ERR_MSG(extack, "no file is open as this descriptor");
		return -EBADF;
	}
	self = css_tryget_online_from_dir(file->f_path.dentry, NULL);
	if (IS_ERR(self)) {
		fput(file);
		if (PTR_ERR(self) == -EBADF) {
			NL_SET_ERR_MSG(extack, "the descriptor is not that of a cgroup directory");
			return -EINVAL;
		}
		NL_SET_ERR_MSG(extack, "the cgroup was removed");
		return -ENODEV;
	}
	read->dir = read->nr_dirs++;
	read->dirs[read->dir] = (struct stats_dir){ file, self->cgroup };
	return stats_check_dir(read, extack);
}

static int stats_take_dirs(struct stats_read *read, const struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, ret;

	/* the attribute may be given many times */
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != CGROUPSTATS_CMD_ATTR_FD)
			continue;
		if (read->nr_dirs == STATS_MAX_DIRS) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "more than 64 directories");
			return -EINVAL;
		}
		ret = stats_take_dir(read, nla_get_u32(attr), extack);
		if (ret)
			return ret;
	}
	if (!read->nr_dirs) {
		NL_SET_ERR_MSG(extack, "no directory given");
		return -EINVAL;
	}
	read->dir = 0;
	return 0;
}

/* The number of statistics that a request names; 0 if it is malformed. */
static unsigned int stats_count_ids(const struct nlattr *ids, struct netlink_ext_ack *extack)
{
	unsigned int nr = ids ? nla_len(ids) / sizeof(u32) : 0;

	if (!nr)
		NL_SET_ERR_MSG(extack, "no statistic given");
	else if (nr > STATS_MAX_ITEMS)
		NL_SET_ERR_MSG_ATTR(extack, ids, "more than 256 statistics");
	else if (nla_len(ids) % sizeof(u32))
		NL_SET_ERR_MSG_ATTR(extack, ids, "not an array of 32-bit ids");
	else
		return nr;
	return 0;
}

static int stats_read_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	const struct nlattr *ids = attrs[CGROUPSTATS_CMD_ATTR_STATS];
	unsigned int nr = stats_count_ids(ids, cb->extack);
	struct stats_read *read;
	int ret;

	if (!nr)
		return -EINVAL;
	read = kzalloc(struct_size(read, items, nr), GFP_KERNEL_ACCOUNT);
	if (!read)
		return -ENOMEM;
	read->nr_items = nr;
	read->opener = get_cred(NETLINK_CB(cb->skb).sk->sk_socket->file->f_cred);
	read->sender = get_current_cred();
	read->recursive = attrs[CGROUPSTATS_CMD_ATTR_RECURSIVE];

	ret = stats_take_items(read, ids, cb->extack) ?:
	      stats_make_message(read, genl_info_dump(cb), cb->extack) ?:
	      stats_take_dirs(read, cb->nlh, cb->extack);
	if (ret) {
		stats_read_free(read);
		return ret;
	}
	cb->args[0] = (long)read;
	cb->min_dump_alloc = read->message.nl.nlmsg_len;
	cb->prev_seq = read->generation;
	return 0;
}

/*
 * CGROUPSTATS_CMD_DESCRIBE
 */

static unsigned int stats_keys_len(struct cftype *cft)
{
	struct cgroup_map map = {};

	if (cft->read_map)
		cgroup_stat_keys(cft, &map);
	return map.keys_len;
}

/* The length of the message that describes a statistic. */
static unsigned int stats_describe_size(struct cftype *cft)
{
	return nlmsg_total_size(GENL_HDRLEN) + 2 * nla_total_size(sizeof(u32)) +
	       nla_total_size(CGROUP_STAT_NAME_MAX) + nla_total_size(sizeof(u8)) +
	       nla_total_size(stats_keys_len(cft));
}

/* Is a statistic wanted?  @subsys: the name of a subsystem, or NULL for all. */
static bool stats_is_wanted(const struct cftype *cft, const struct nlattr *subsys)
{
	return !subsys || (cft->ss && !nla_strcmp(subsys, cft->ss->legacy_name));
}

static bool stats_is_subsys(const struct nlattr *name)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys(ss, ssid)
		if (cgroup_ssid_enabled(ssid) && !nla_strcmp(name, ss->legacy_name))
			return true;
	return false;
}

static int stats_describe_start(struct netlink_callback *cb)
{
	const struct nlattr *subsys = genl_info_dump(cb)->attrs[CGROUPSTATS_CMD_ATTR_SUBSYS];
	struct cftype *cft;
	u32 id;

	if (subsys && !stats_is_subsys(subsys)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, subsys, "no subsystem has this name");
		return -EINVAL;
	}
	guard(srcu)(&cgroup_cfts_srcu);
	cb->prev_seq = cgroup_stats_generation();
	for (id = 1; (cft = cgroup_stat_next(&id)); id++)
		if (stats_is_wanted(cft, subsys))
			cb->min_dump_alloc = max(cb->min_dump_alloc, stats_describe_size(cft));
	cb->args[0] = 1;
	return 0;
}

static int stats_put_keys(struct sk_buff *skb, struct cftype *cft)
{
	struct cgroup_map map = { .keys_size = stats_keys_len(cft) };
	struct nlattr *attr;

	attr = nla_reserve(skb, CGROUPSTATS_TYPE_STAT_KEYS, map.keys_size);
	if (!attr)
		return -EMSGSIZE;
	map.keys = nla_data(attr);
	cgroup_stat_keys(cft, &map);
	return 0;
}

/* Begin a message, which can be as long as @room; NULL if it does not fit. */
static void *stats_begin(struct sk_buff *skb, struct netlink_callback *cb, unsigned int room)
{
	void *head;

	if (skb_tailroom(skb) < room)
		return NULL;
	head = __genlmsg_iput(skb, genl_info_dump(cb), NLM_F_MULTI);
	if (!head)
		return NULL;
	genl_dump_check_consistent(cb, head);
	if (nla_put_u32(skb, CGROUPSTATS_TYPE_STAT_GENERATION, cb->seq)) {
		genlmsg_cancel(skb, head);
		return NULL;
	}
	return head;
}

/* Add the message that describes a statistic.  Return -EMSGSIZE if it does not fit. */
static int stats_describe(struct sk_buff *skb, struct netlink_callback *cb, struct cftype *cft,
			  u32 id)
{
	void *head = stats_begin(skb, cb, stats_describe_size(cft));
	char name[CGROUP_STAT_NAME_MAX];

	if (!head)
		return -EMSGSIZE;
	cgroup_stat_name(cft, name);
	if (nla_put_u32(skb, CGROUPSTATS_TYPE_STAT_ID, id) ||
	    nla_put_string(skb, CGROUPSTATS_TYPE_STAT_NAME, name) ||
	    nla_put_u8(skb, CGROUPSTATS_TYPE_STAT_TYPE, cgroup_stat_type(cft)) ||
	    (cft->read_map && stats_put_keys(skb, cft))) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

static int stats_describe_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *subsys = genl_info_dump(cb)->attrs[CGROUPSTATS_CMD_ATTR_SUBSYS];
	u32 id = cb->args[0];
	struct cftype *cft;

	guard(srcu)(&cgroup_cfts_srcu);
	cb->seq = cgroup_stats_generation();
	for (; (cft = cgroup_stat_next(&id)); id++) {
		if (stats_is_wanted(cft, subsys) && stats_describe(skb, cb, cft, id)) {
			cb->args[0] = id;
			if (skb->len)
				return skb->len;
			/* the list has changed, and so has the length that start has asked for */
			return cb->seq == cb->prev_seq ? -EMSGSIZE : 0;
		}
	}
	cb->args[0] = id;
	return 0;
}

static const struct nla_policy stats_describe_policy[CGROUPSTATS_CMD_ATTR_SUBSYS + 1] = {
	[CGROUPSTATS_CMD_ATTR_SUBSYS] = { .type = NLA_STRING },
};

static const struct nla_policy stats_read_policy[CGROUPSTATS_CMD_ATTR_RECURSIVE + 1] = {
	[CGROUPSTATS_CMD_ATTR_FD] = { .type = NLA_U32 },
	[CGROUPSTATS_CMD_ATTR_STATS] = { .type = NLA_BINARY },
	[CGROUPSTATS_CMD_ATTR_RECURSIVE] = { .type = NLA_FLAG },
};

/* The operations of this file in the family TASKSTATS; kernel/taskstats.c registers them. */
const struct genl_split_ops cgroup_stats_ops[CGROUP_STATS_NR_OPS] = {
	{
		.cmd = CGROUPSTATS_CMD_DESCRIBE,
		.flags = GENL_CMD_CAP_DUMP,
		.policy = stats_describe_policy,
		.maxattr = ARRAY_SIZE(stats_describe_policy) - 1,
		.start = stats_describe_start,
		.dumpit = stats_describe_dump,
	},
	{
		.cmd = CGROUPSTATS_CMD_READ,
		.flags = GENL_CMD_CAP_DUMP,
		.policy = stats_read_policy,
		.maxattr = ARRAY_SIZE(stats_read_policy) - 1,
		.start = stats_read_start,
		.dumpit = stats_read_dump,
		.done = stats_read_done,
	},
};
