/* SPDX-License-Identifier: LGPL-2.1 */
/* What the files of libcgstat share. */
#ifndef CGSTAT_PRIVATE_H
#define CGSTAT_PRIVATE_H

#include <linux/netlink.h>
#include <stddef.h>
#include "cgstat.h"

#define CGSTAT_API __attribute__((visibility("default")))

/**
 * struct cgstat - a connection
 * @nl: the socket
 * @port: its port
 * @seq: the number of the last request
 * @family: the id of TASKSTATS
 * @generation: of the list of statistics
 * @descs: the list
 * @nr: its length
 * @error: see cgstat_error()
 * @buf: where messages are made and received
 */
struct cgstat {
	struct mnl_socket *nl;
	unsigned int port;
	unsigned int seq;
	uint16_t family;
	uint32_t generation;
	struct cgstat_desc *descs;
	unsigned int nr;
	char error[512];
	char *buf;
};

/* The longest message of the kernel is shorter. */
#define CGSTAT_BUF	65536

/*
 * Called for each message of an answer.  Returns 0 to go on, a negative errno, or a positive
 * number to end.
 */
typedef int (*cgstat_msg_fn)(struct cgstat *cs, const struct nlmsghdr *msg, void *arg);

/* netlink.c */
int cgstat_connect(struct cgstat *cs);
void cgstat_disconnect(struct cgstat *cs);
struct nlmsghdr *cgstat_request(struct cgstat *cs, uint16_t type, uint8_t cmd, uint16_t flags);
int cgstat_ask(struct cgstat *cs, struct nlmsghdr *msg, cgstat_msg_fn fn, void *arg);
int cgstat_fail(struct cgstat *cs, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
