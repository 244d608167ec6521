/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics of the taskstats family, as raw messages: cg_stats.c.
 *
 * The names are those of <linux/cgroupstats.h> with CG_ in place of CGROUPSTATS_: the headers of
 * the machine that compiles the tests do not have them.
 */
#ifndef CG_STATS_H
#define CG_STATS_H

#include <linux/cgroupstats.h>
#include <linux/netlink.h>
#include <stdbool.h>

enum {
	CG_CMD_DESCRIBE = CGROUPSTATS_CMD_NEW + 1,
	CG_CMD_READ,
};

enum {
	CG_TYPE_STAT_ID = CGROUPSTATS_TYPE_CGROUP_STATS + 1,
	CG_TYPE_STAT_NAME,
	CG_TYPE_STAT_TYPE,
	CG_TYPE_STAT_KEYS,
	CG_TYPE_STAT_GENERATION,
	CG_TYPE_CGROUP_ID,
	CG_TYPE_DATA,
	CG_TYPE_PAD,
};

enum {
	CG_ATTR_FD = CGROUPSTATS_CMD_ATTR_FD,
	CG_ATTR_SUBSYS,
	CG_ATTR_STATS,
	CG_ATTR_RECURSIVE,
};

enum {
	CG_STAT_U64 = 1,
	CG_STAT_S64,
	CG_STAT_MAP,
};

#define CG_STATS_MAX	320
#define CG_STATS_DIRS	64

struct cg_stat {
	__u32 id;
	int type;
	char name[128];
	char keys[2048];	/* each ends with a NUL */
	int keys_len;
	int nr_keys;
};

struct cg_stats {
	int sock;
	int family;
	__u32 generation;
	struct cg_stat list[CG_STATS_MAX];
	int nr;
};

/* a request, made attribute by attribute */
struct cg_request {
	char buf[8192];
	int len;
};

/* the answer for one group */
struct cg_answer {
	unsigned long long id;
	__u32 generation;
	int flags;
	const char *data;
	int len;
};

/* Returns 0 to go on, else the dump ends and returns it. */
typedef int (*cg_answer_fn)(const struct cg_answer *a, void *arg);

int cg_stats_open(struct cg_stats *s);
int cg_stats_describe(struct cg_stats *s, const char *subsys);
const struct cg_stat *cg_stats_find(const struct cg_stats *s, const char *name);

void cg_request_begin(struct cg_request *r, const struct cg_stats *s, int cmd, int flags);
void cg_request_add(struct cg_request *r, int type, const void *data, int len);
int cg_request_send(int sock, struct cg_request *r);
int cg_answers(int sock, cg_answer_fn fn, void *arg);

void cg_stats_request(struct cg_request *r, const struct cg_stats *s, const int *dirs, int nr_dirs,
		      const __u32 *ids, int nr_ids, bool recursive);
int cg_stats_read(const struct cg_stats *s, const int *dirs, int nr_dirs, const __u32 *ids,
		  int nr_ids, bool recursive, cg_answer_fn fn, void *arg);
int cg_stats_one(const struct cg_stats *s, int dir, const char *name, unsigned long long *value);
unsigned long long cg_answer_value(const struct cg_answer *a, int i);

#endif
