/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * The part of <linux/cgroupstats.h> that kernels with this interface add: the headers of the
 * machine on which this is compiled may not have it.
 */
#ifndef CGSTAT_ABI_H
#define CGSTAT_ABI_H

#include <linux/cgroupstats.h>

enum {
	ABI_CMD_DESCRIBE = CGROUPSTATS_CMD_NEW + 1,
	ABI_CMD_READ,
};

enum {
	ABI_TYPE_STAT_ID = CGROUPSTATS_TYPE_CGROUP_STATS + 1,
	ABI_TYPE_STAT_NAME,
	ABI_TYPE_STAT_TYPE,
	ABI_TYPE_STAT_KEYS,
	ABI_TYPE_STAT_GENERATION,
	ABI_TYPE_CGROUP_ID,
	ABI_TYPE_DATA,
	ABI_TYPE_PAD,
	ABI_TYPE_NR,
};

enum {
	ABI_ATTR_FD = CGROUPSTATS_CMD_ATTR_FD,
	ABI_ATTR_SUBSYS,
	ABI_ATTR_STATS,
	ABI_ATTR_RECURSIVE,
};

#endif
