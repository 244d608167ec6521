// SPDX-License-Identifier: GPL-2.0
/* Reads statistics through the taskstats family; see cg_stats.h. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cg_stats.h"
#include "cg_taskstats.h"

#define MESSAGES	65536

void cg_request_begin(struct cg_request *r, const struct cg_stats *s, int cmd, int flags)
{
	struct nlmsghdr *head = (struct nlmsghdr *)r->buf;
	struct genlmsghdr *gen = NLMSG_DATA(head);

	memset(r, 0, sizeof(*r));
	r->len = NLMSG_LENGTH(GENL_HDRLEN);
	head->nlmsg_type = s->family;
	head->nlmsg_flags = NLM_F_REQUEST | flags;
	gen->cmd = cmd;
	gen->version = 1;
}

void cg_request_add(struct cg_request *r, int type, const void *data, int len)
{
	struct nlattr *attr = (struct nlattr *)(r->buf + r->len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)attr + NLA_HDRLEN, data, len);
	r->len += NLA_ALIGN(attr->nla_len);
}

int cg_request_send(int sock, struct cg_request *r)
{
	((struct nlmsghdr *)r->buf)->nlmsg_len = r->len;
	return send(sock, r->buf, r->len, 0) == r->len ? 0 : -errno;
}

static void take_attr(struct cg_answer *a, const struct nlattr *attr)
{
	const char *data = (const char *)attr + NLA_HDRLEN;

	switch (attr->nla_type) {
	case CG_TYPE_STAT_GENERATION:
		memcpy(&a->generation, data, sizeof(a->generation));
		break;
	case CG_TYPE_CGROUP_ID:
		memcpy(&a->id, data, sizeof(a->id));
		break;
	case CG_TYPE_DATA:
		a->data = data;
		a->len = attr->nla_len - NLA_HDRLEN;
		break;
	}
}

static void for_each_attr(const struct nlmsghdr *m,
			  void (*fn)(void *arg, const struct nlattr *attr), void *arg)
{
	const char *at = (const char *)m + NLMSG_LENGTH(GENL_HDRLEN);
	const char *end = (const char *)m + m->nlmsg_len;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const struct nlattr *)at;

		fn(arg, attr);
		at += NLA_ALIGN(attr->nla_len);
	}
}

static void take_answer_attr(void *arg, const struct nlattr *attr)
{
	take_attr(arg, attr);
}

/* Call FN for each message of a dump.  DUMP_INTR at its end: -EINTR. */
static int dump(int sock, int (*fn)(const struct nlmsghdr *m, void *arg), void *arg)
{
	static char buf[MESSAGES];

	for (;;) {
		int len = recv(sock, buf, sizeof(buf), 0), ret;
		const struct nlmsghdr *m;

		if (len <= 0)
			return len ? -errno : -EPIPE;
		for (m = (void *)buf; NLMSG_OK(m, len); m = NLMSG_NEXT(m, len)) {
			if (m->nlmsg_type == NLMSG_NOOP)
				continue;
			if (m->nlmsg_type == NLMSG_ERROR)
				return ((struct nlmsgerr *)NLMSG_DATA(m))->error;
			if (m->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(m) ?:
				       m->nlmsg_flags & NLM_F_DUMP_INTR ? -EINTR : 0;
			ret = fn(m, arg);
			if (ret)
				return ret;
		}
	}
}

struct answers {
	cg_answer_fn fn;
	void *arg;
};

static int take_answer(const struct nlmsghdr *m, void *arg)
{
	struct cg_answer a = { .flags = m->nlmsg_flags };
	struct answers *answers = arg;
	const struct genlmsghdr *gen = NLMSG_DATA(m);

	if (gen->cmd != CG_CMD_READ || !(m->nlmsg_flags & NLM_F_MULTI))
		return -EPROTO;
	for_each_attr(m, take_answer_attr, &a);
	if (!a.id || !a.data || !a.generation)
		return -EBADMSG;
	return answers->fn ? answers->fn(&a, answers->arg) : 0;
}

/* Receive the answers to a CG_CMD_READ request. */
int cg_answers(int sock, cg_answer_fn fn, void *arg)
{
	struct answers answers = { fn, arg };

	return dump(sock, take_answer, &answers);
}

static void take_stat_attr(void *arg, const struct nlattr *attr)
{
	const char *data = (const char *)attr + NLA_HDRLEN;
	int len = attr->nla_len - NLA_HDRLEN, i;
	struct cg_stat *stat = arg;

	switch (attr->nla_type) {
	case CG_TYPE_STAT_ID:
		memcpy(&stat->id, data, sizeof(stat->id));
		break;
	case CG_TYPE_STAT_NAME:
		snprintf(stat->name, sizeof(stat->name), "%s", data);
		break;
	case CG_TYPE_STAT_TYPE:
		stat->type = *data;
		break;
	case CG_TYPE_STAT_KEYS:
		if (len > (int)sizeof(stat->keys))
			break;
		memcpy(stat->keys, data, len);
		stat->keys_len = len;
		for (i = 0; i < len; i++)
			stat->nr_keys += !data[i];
		break;
	}
}

static int take_stat(const struct nlmsghdr *m, void *arg)
{
	const struct genlmsghdr *gen = NLMSG_DATA(m);
	struct cg_answer a = {};
	struct cg_stats *s = arg;
	struct cg_stat *stat;

	if (gen->cmd != CG_CMD_DESCRIBE || s->nr == CG_STATS_MAX)
		return -EPROTO;
	stat = &s->list[s->nr++];
	memset(stat, 0, sizeof(*stat));
	for_each_attr(m, take_stat_attr, stat);
	for_each_attr(m, take_answer_attr, &a);
	if (!a.generation || (s->nr > 1 && a.generation != s->generation))
		return -EBADMSG;
	s->generation = a.generation;
	return 0;
}

/* List the statistics, of one subsystem or (NULL) of all. */
int cg_stats_describe(struct cg_stats *s, const char *subsys)
{
	struct cg_request r;
	int ret;

	cg_request_begin(&r, s, CG_CMD_DESCRIBE, NLM_F_DUMP);
	if (subsys)
		cg_request_add(&r, CG_ATTR_SUBSYS, subsys, strlen(subsys) + 1);
	s->nr = 0;
	ret = cg_request_send(s->sock, &r);
	return ret ?: dump(s->sock, take_stat, s);
}

/* Open a socket, and list all statistics. */
int cg_stats_open(struct cg_stats *s)
{
	memset(s, 0, sizeof(*s));
	s->sock = cg_taskstats_open(&s->family);
	if (s->sock < 0)
		return s->sock;
	return cg_stats_describe(s, NULL);
}

const struct cg_stat *cg_stats_find(const struct cg_stats *s, const char *name)
{
	int i;

	for (i = 0; i < s->nr; i++)
		if (!strcmp(s->list[i].name, name))
			return &s->list[i];
	return NULL;
}

void cg_stats_request(struct cg_request *r, const struct cg_stats *s, const int *dirs, int nr_dirs,
		      const __u32 *ids, int nr_ids, bool recursive)
{
	int i;

	cg_request_begin(r, s, CG_CMD_READ, NLM_F_DUMP);
	for (i = 0; i < nr_dirs; i++)
		cg_request_add(r, CG_ATTR_FD, &dirs[i], sizeof(__u32));
	cg_request_add(r, CG_ATTR_STATS, ids, nr_ids * sizeof(*ids));
	if (recursive)
		cg_request_add(r, CG_ATTR_RECURSIVE, NULL, 0);
}

int cg_stats_read(const struct cg_stats *s, const int *dirs, int nr_dirs, const __u32 *ids,
		  int nr_ids, bool recursive, cg_answer_fn fn, void *arg)
{
	struct cg_request r;
	int ret;

	cg_stats_request(&r, s, dirs, nr_dirs, ids, nr_ids, recursive);
	ret = cg_request_send(s->sock, &r);
	return ret ?: cg_answers(s->sock, fn, arg);
}

unsigned long long cg_answer_value(const struct cg_answer *a, int i)
{
	unsigned long long value;

	memcpy(&value, a->data + i * sizeof(value), sizeof(value));
	return value;
}

static int take_one(const struct cg_answer *a, void *arg)
{
	*(unsigned long long *)arg = cg_answer_value(a, 0);
	return 0;
}

/* The (first) value of a statistic of one group. */
int cg_stats_one(const struct cg_stats *s, int dir, const char *name, unsigned long long *value)
{
	const struct cg_stat *stat = cg_stats_find(s, name);

	if (!stat)
		return -ENOKEY;
	return cg_stats_read(s, &dir, 1, &stat->id, 1, false, take_one, value);
}
