// SPDX-License-Identifier: LGPL-2.1
/* libcgstat: requests to the kernel and their answers. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <stdarg.h>
#include <stdio.h>
#include "private.h"

/* Store a sentence for cgstat_error(), and return ERR. */
int cgstat_fail(struct cgstat *cs, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(cs->error, sizeof(cs->error), fmt, args);
	va_end(args);
	return err;
}

void cgstat_disconnect(struct cgstat *cs)
{
	if (cs->nl)
		mnl_socket_close(cs->nl);
	cs->nl = NULL;
}

static int open_socket(struct cgstat *cs)
{
	int on = 1, ret;

	cs->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!cs->nl)
		return cgstat_fail(cs, -errno, "cannot open a netlink socket: %s", strerror(errno));
	if (mnl_socket_bind(cs->nl, 0, MNL_SOCKET_AUTOPID)) {
		ret = cgstat_fail(cs, -errno, "cannot bind a netlink socket: %s", strerror(errno));
		cgstat_disconnect(cs);
		return ret;
	}
	cs->port = mnl_socket_get_portid(cs->nl);
	/* without it there are only errnos */
	mnl_socket_setsockopt(cs->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

static int note_family(struct cgstat *cs, const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    !mnl_attr_validate(attr, MNL_TYPE_U16))
			cs->family = mnl_attr_get_u16(attr);
	return 1;
}

/* Open the socket and find the family. */
int cgstat_connect(struct cgstat *cs)
{
	struct nlmsghdr *msg;
	int ret = open_socket(cs);

	if (ret)
		return ret;
	msg = cgstat_request(cs, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(msg, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME);
	ret = cgstat_ask(cs, msg, note_family, NULL);
	if (ret == -ENOENT || (ret >= 0 && !cs->family))
		return cgstat_fail(cs, -EOPNOTSUPP,
				   "this kernel has no taskstats: it was built without CONFIG_TASKSTATS");
	return ret < 0 ? ret : 0;
}

/* Begin a request in the buffer. */
struct nlmsghdr *cgstat_request(struct cgstat *cs, uint16_t type, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(cs->buf);
	struct genlmsghdr *gen;

	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	msg->nlmsg_seq = ++cs->seq;
	gen = mnl_nlmsg_put_extra_header(msg, sizeof(*gen));
	gen->cmd = cmd;
	gen->version = TASKSTATS_GENL_VERSION;
	return msg;
}

/* The sentence of the kernel about an error, or NULL. */
static const char *error_text(const struct nlmsghdr *msg)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(msg);
	unsigned int offset = sizeof(*err);
	const struct nlattr *attr;

	if (!(msg->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	/* the request comes before it, unless the kernel was asked not to send it */
	if (!(msg->nlmsg_flags & NLM_F_CAPPED))
		offset += err->msg.nlmsg_len - sizeof(err->msg);
	if (msg->nlmsg_len < NLMSG_HDRLEN + MNL_ALIGN(offset))
		return NULL;
	mnl_attr_for_each(attr, msg, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			return mnl_attr_get_str(attr);
	return NULL;
}

/* The errno of NLMSG_ERROR, 0 for an acknowledgment. */
static int error_of(struct cgstat *cs, const struct nlmsghdr *msg)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(msg);
	const char *text;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*err))
		return cgstat_fail(cs, -EBADMSG, "the kernel sent a truncated error");
	if (!err->error)
		return 0;
	text = error_text(msg);
	if (text)
		return cgstat_fail(cs, err->error, "%s", text);
	return cgstat_fail(cs, err->error, "the kernel refused: %s", strerror(-err->error));
}

/**
 * struct answer - an answer that is received
 * @fn: called for each message
 * @arg: passed to @fn
 * @ended: nothing follows
 * @changed: the statistics have changed meanwhile
 */
struct answer {
	cgstat_msg_fn fn;
	void *arg;
	bool ended;
	bool changed;
};

static int take_message(struct cgstat *cs, const struct nlmsghdr *msg, struct answer *a)
{
	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		a->changed = true;
	switch (msg->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
		a->ended = true;
		return error_of(cs, msg);
	case NLMSG_DONE:
		a->ended = true;
		if (mnl_nlmsg_get_payload_len(msg) < sizeof(int) ||
		    !*(const int *)mnl_nlmsg_get_payload(msg))
			return 0;
		return cgstat_fail(cs, *(const int *)mnl_nlmsg_get_payload(msg),
				   "the answer ended early: %s",
				   strerror(-*(const int *)mnl_nlmsg_get_payload(msg)));
	}
	if (!(msg->nlmsg_flags & NLM_F_MULTI))
		a->ended = true;
	return a->fn(cs, msg, a->arg);
}

static int take_messages(struct cgstat *cs, int len, struct answer *a)
{
	const struct nlmsghdr *msg = (void *)cs->buf;
	int ret = 0;

	for (; !ret && mnl_nlmsg_ok(msg, len); msg = mnl_nlmsg_next(msg, &len))
		if (msg->nlmsg_seq == cs->seq && msg->nlmsg_pid == cs->port)
			ret = take_message(cs, msg, a);
	return ret;
}

/* What is left of an answer goes with the socket. */
static int drop_answer(struct cgstat *cs)
{
	cgstat_disconnect(cs);
	return open_socket(cs);
}

/* Receive one buffer of messages, and return what the function of the answer returned. */
static int take_buffer(struct cgstat *cs, struct answer *a)
{
	ssize_t len;

	do {
		len = mnl_socket_recvfrom(cs->nl, cs->buf, CGSTAT_BUF);
	} while (len < 0 && errno == EINTR);
	if (!len)
		errno = EPIPE;
	if (len <= 0)
		return cgstat_fail(cs, -errno, "cannot receive from the kernel: %s",
				   strerror(errno));
	return take_messages(cs, len, a);
}

/*
 * Send a request and call FN for each message of the answer.  Return 0, what FN returned, or an
 * errno; -EAGAIN if the statistics have changed meanwhile.
 */
int cgstat_ask(struct cgstat *cs, struct nlmsghdr *msg, cgstat_msg_fn fn, void *arg)
{
	struct answer a = { .fn = fn, .arg = arg };
	int ret = 0, err;

	/* it could not be opened again after the last answer was dropped */
	err = cs->nl ? 0 : open_socket(cs);
	if (err)
		return err;
	if (mnl_socket_sendto(cs->nl, msg, msg->nlmsg_len) < 0)
		return cgstat_fail(cs, -errno, "cannot send to the kernel: %s", strerror(errno));
	while (!a.ended && !ret)
		ret = take_buffer(cs, &a);
	/* while an answer is not read to its end, the kernel refuses the next request */
	if (!a.ended) {
		err = drop_answer(cs);
		if (err)
			return err;
	}
	if (!ret && a.changed)
		return cgstat_fail(cs, -EAGAIN, "the statistics of the kernel have changed");
	return ret;
}
