/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: a request for statistics. */
#ifndef __CGROUP_STATS_H
#define __CGROUP_STATS_H

#include <linux/cgroup.h>
#include <net/genetlink.h>

/* Limits of a request; they are part of the interface. */
#define STATS_MAX_DIRS		64
#define STATS_MAX_ITEMS		256
#define STATS_MAX_SIZE		32000

/**
 * struct stats_dir - a directory that a request names
 * @file: the open directory, referenced: its hierarchy stays mounted until the answer ends
 * @cgrp: its cgroup, referenced
 */
struct stats_dir {
	struct file *file;
	struct cgroup *cgrp;
};

/**
 * struct stats_item - a statistic that a request names
 * @id: its id
 * @nr_values: how many values it has
 * @repeated: the request names it already before
 * @cft: its kind of file, valid under cgroup_cfts_srcu while stats_read::generation is current
 */
struct stats_item {
	u32 id;
	unsigned int nr_values;
	bool repeated;
	struct cftype *cft;
};

/**
 * struct stats_message - the message for a cgroup, without its values
 *
 * Thousands of messages differ only in the id and the values, so all else is made once.  Values
 * are aligned to 8 bytes from the beginning of the message, on all machines.
 *
 * @nl: header of netlink
 * @gen: header of generic netlink
 * @generation_attr: CGROUPSTATS_TYPE_STAT_GENERATION
 * @generation: its payload
 * @id_attr: CGROUPSTATS_TYPE_CGROUP_ID
 * @id: its payload
 * @pad_attr: CGROUPSTATS_TYPE_PAD, without payload
 * @data_attr: CGROUPSTATS_TYPE_DATA, whose payload follows
 */
struct stats_message {
	struct nlmsghdr nl;
	struct genlmsghdr gen;
	struct nlattr generation_attr;
	u32 generation;
	struct nlattr id_attr;
	u64 id;
	struct nlattr pad_attr;
	struct nlattr data_attr;
};

static_assert(offsetof(struct stats_message, id) == 32 && sizeof(struct stats_message) == 48);

/**
 * struct stats_read - a CGROUPSTATS_CMD_READ request and its position
 * @opener: credentials of the opener of the socket
 * @sender: credentials of the sender of the request
 * @generation: of the list of statistics, when stats_item::cft was looked up
 * @recursive: show the cgroups below the named ones too
 * @flushes: there is a statistic that must be flushed
 * @judges: files of a named cgroup have owners or modes of their own
 * @bound: subsystems that the hierarchies must have
 * @owned: subsystems of which a cgroup must own a css
 * @flags: cftype::flags of all statistics
 * @nr_values: the number of values of one cgroup
 * @message: the message for one cgroup
 * @called: the first call of the dump is over
 * @prepared: all named cgroups were judged and flushed
 * @dir: the named directory that the dump is at
 * @pos: the cgroup that the dump is at, referenced; NULL before the first one of @dir
 * @done: @pos was shown or skipped already
 * @barred: the directory of @pos may not be entered, so nothing below it is shown
 * @nr_dirs: length of @dirs
 * @nr_items: length of @items
 * @dirs: the named directories
 * @items: the statistics, in the order of the values
 */
struct stats_read {
	const struct cred *opener;
	const struct cred *sender;
	u32 generation;
	bool recursive;
	bool flushes;
	bool judges;
	cgroup_mask_t bound;
	cgroup_mask_t owned;
	unsigned int flags;
	unsigned int nr_values;
	struct stats_message message;

	bool called;
	bool prepared;
	unsigned int dir;
	struct cgroup *pos;
	bool done;
	bool barred;

	unsigned int nr_dirs;
	unsigned int nr_items;
	struct stats_dir dirs[STATS_MAX_DIRS];
	struct stats_item items[] __counted_by(nr_items);
};

/*
 * kernel/cgroup/stats_read.c
 */
int stats_check_dir(struct stats_read *read, struct netlink_ext_ack *extack);
int stats_dump(struct sk_buff *skb, struct netlink_callback *cb, struct stats_read *read);

#endif	/* __CGROUP_STATS_H */
