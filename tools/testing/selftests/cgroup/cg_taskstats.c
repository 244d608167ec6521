// SPDX-License-Identifier: GPL-2.0
/* Sends a request to the taskstats family and reads the answer; see cg_taskstats.h. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cg_taskstats.h"

struct message {
	struct nlmsghdr head;
	struct genlmsghdr gen;
	char data[4096];
};

/* ATTR_TYPE 0: the message has no attribute. */
static int ask(int sock, int type, int cmd, int attr_type, const void *value, int len,
	       struct message *reply)
{
	struct message m = {
		.head = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST },
		.gen = { .cmd = cmd, .version = 1 },
	};
	struct nlattr *attr = (struct nlattr *)m.data;
	int size = NLMSG_LENGTH(GENL_HDRLEN);

	if (attr_type) {
		attr->nla_type = attr_type;
		attr->nla_len = NLA_HDRLEN + len;
		memcpy(m.data + NLA_HDRLEN, value, len);
		size += NLA_ALIGN(attr->nla_len);
	}
	m.head.nlmsg_len = size;
	if (send(sock, &m, size, 0) != size || recv(sock, reply, sizeof(*reply), 0) < 0)
		return -errno;
	if (reply->head.nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(&reply->head))->error;
	return 0;
}

static const void *answer(const struct message *m, int type, size_t size)
{
	const char *end = (const char *)m + m->head.nlmsg_len, *at = m->data;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const struct nlattr *)at;

		if (attr->nla_type == type && attr->nla_len == NLA_HDRLEN + size)
			return at + NLA_HDRLEN;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

/* A socket for the taskstats family, whose id is stored in FAMILY; or -errno. */
int cg_taskstats_open(int *family)
{
	int ret, sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	struct timeval wait = { .tv_sec = 2 };
	struct message reply;
	const __u16 *id;

	if (sock < 0)
		return -errno;
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	ret = ask(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		  TASKSTATS_GENL_NAME, sizeof(TASKSTATS_GENL_NAME), &reply);
	id = ret ? NULL : answer(&reply, CTRL_ATTR_FAMILY_ID, sizeof(*id));
	if (!id) {
		close(sock);
		return ret ?: -ENOENT;
	}
	*family = *id;
	return sock;
}

/* CGROUPSTATS_CMD_GET for the group that is open as FD. */
int cg_taskstats_get(int sock, int family, int fd, struct cgroupstats *stats)
{
	struct message reply;
	const void *data;
	__u32 value = fd;
	int ret = ask(sock, family, CGROUPSTATS_CMD_GET, CGROUPSTATS_CMD_ATTR_FD, &value,
		      sizeof(value), &reply);

	if (ret)
		return ret;
	if (reply.gen.cmd != CGROUPSTATS_CMD_NEW)
		return -EPROTO;
	data = answer(&reply, CGROUPSTATS_TYPE_CGROUP_STATS, sizeof(*stats));
	if (!data)
		return -EBADMSG;
	memcpy(stats, data, sizeof(*stats));
	return 0;
}

/* CGROUPSTATS_CMD_GET for no group: the message has no attribute. */
int cg_taskstats_get_none(int sock, int family)
{
	struct message reply;

	return ask(sock, family, CGROUPSTATS_CMD_GET, 0, NULL, 0, &reply);
}
