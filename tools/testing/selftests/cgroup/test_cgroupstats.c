// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/*
 * CGROUPSTATS_CMD_GET: how many tasks of a cgroup run, sleep or are stopped.
 * The messages are raw generic netlink, so that their format is tested too.
 */
#include "cg_test.h"

#include <linux/cgroupstats.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>

#define BUF	8192

struct message {
	struct nlmsghdr head;
	struct genlmsghdr gen;
	char data[BUF];
};

/* Send a message with one attribute (TYPE 0: with none), and receive the reply. */
static int talk(int sock, int family, int cmd, int type, const void *value,
		int len, struct message *reply)
{
	struct message m = {
		.head = { .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST },
		.gen = { .cmd = cmd, .version = 1 },
	};
	struct nlattr *attr = (struct nlattr *)m.data;
	int size = NLMSG_LENGTH(GENL_HDRLEN);

	if (type) {
		attr->nla_type = type;
		attr->nla_len = NLA_HDRLEN + len;
		memcpy(m.data + NLA_HDRLEN, value, len);
		size += NLA_ALIGN(attr->nla_len);
	}
	m.head.nlmsg_len = size;
	if (send(sock, &m, size, 0) != size)
		return -errno;
	size = recv(sock, reply, sizeof(*reply), 0);
	if (size < 0)
		return -errno;
	if (reply->head.nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(&reply->head))->error;
	return size;
}

static struct nlattr *find_attr(struct message *m, int type)
{
	char *end = (char *)m + m->head.nlmsg_len, *at = m->data;

	while (at + NLA_HDRLEN <= end) {
		struct nlattr *attr = (struct nlattr *)at;

		if (attr->nla_type == type)
			return attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

static int taskstats_family(int sock)
{
	struct message reply;
	struct nlattr *id;
	int ret;

	ret = talk(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		   TASKSTATS_GENL_NAME, sizeof(TASKSTATS_GENL_NAME), &reply);
	if (ret < 0)
		return ret;
	id = find_attr(&reply, CTRL_ATTR_FAMILY_ID);
	return id ? *(unsigned short *)((char *)id + NLA_HDRLEN) : -ENOENT;
}

FIXTURE(get) {
	int sock;
	int family;
};

FIXTURE_SETUP(get)
{
	struct timeval wait = { .tv_sec = 2 };

	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("none,name=stats", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	self->sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	ASSERT_LE(0, self->sock);
	setsockopt(self->sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	self->family = taskstats_family(self->sock);
	ASSERT_LT(0, self->family);
}

FIXTURE_TEARDOWN(get)
{
	close(self->sock);
	EXPECT_EQ(0, cg_teardown());
}

static int get_stats(int sock, int family, int fd, struct cgroupstats *stats)
{
	struct message reply;
	struct nlattr *attr;
	__u32 value = fd;
	int ret;

	ret = talk(sock, family, CGROUPSTATS_CMD_GET, CGROUPSTATS_CMD_ATTR_FD,
		   &value, sizeof(value), &reply);
	if (ret < 0)
		return ret;
	if (reply.gen.cmd != CGROUPSTATS_CMD_NEW)
		return -EPROTO;
	attr = find_attr(&reply, CGROUPSTATS_TYPE_CGROUP_STATS);
	if (!attr || attr->nla_len != NLA_HDRLEN + sizeof(*stats))
		return -EBADMSG;
	memcpy(stats, (char *)attr + NLA_HDRLEN, sizeof(*stats));
	return 0;
}

static int spin(void *arg)
{
	volatile int on = 1;

	while (on)
		;
	return !arg;
}

TEST_F(get, counts_tasks_by_state)
{
	struct cgroupstats stats;
	pid_t sleeping, stopped, running;
	int fd, i;

	for (i = 0; i < 3; i++) {
		sleeping = cg_sleeper("h/a");
		ASSERT_LT(0, sleeping);
		ASSERT_TRUE(cg_wait_state(sleeping, "S", 5000));
	}
	stopped = cg_sleeper("h/a");
	ASSERT_EQ(0, kill(stopped, SIGSTOP));
	running = cg_spawn(spin, NULL);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", running));
	ASSERT_TRUE(cg_wait_state(stopped, "T", 5000));
	ASSERT_TRUE(cg_wait_state(running, "R", 5000));
	fd = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, get_stats(self->sock, self->family, fd, &stats));
	EXPECT_EQ(3, stats.nr_sleeping);
	EXPECT_EQ(1, stats.nr_stopped);
	EXPECT_EQ(1, stats.nr_running);
	EXPECT_EQ(0, stats.nr_uninterruptible);
	close(fd);
}

TEST_F(get, does_not_count_tasks_of_groups_below)
{
	struct cgroupstats stats;
	int fd;

	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_LT(0, cg_sleeper("h/a/b"));
	fd = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, get_stats(self->sock, self->family, fd, &stats));
	EXPECT_EQ(0, stats.nr_sleeping);
	EXPECT_EQ(0, stats.nr_running);
	close(fd);
}

TEST_F(get, refuses_a_file_that_is_no_group)
{
	struct cgroupstats stats;
	struct message reply;
	int fd;

	cg_state_keep();
	fd = open("/proc", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-EINVAL, get_stats(self->sock, self->family, fd, &stats));
	close(fd);
	fd = open("h/a/tasks", O_RDONLY);
	EXPECT_EQ(-EINVAL, get_stats(self->sock, self->family, fd, &stats));
	close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-EINVAL, get_stats(self->sock, self->family, fd, &stats));
	close(fd);
	EXPECT_EQ(-EINVAL, talk(self->sock, self->family, CGROUPSTATS_CMD_GET,
				0, NULL, 0, &reply));
	EXPECT_TRUE(cg_state_kept());
}

/* A removed group counts no task, until its directory is no longer accepted. */
TEST_F(get, counts_no_task_of_a_removed_group)
{
	long long end = cg_deadline(10000);
	struct cgroupstats stats;
	int fd, ret;

	fd = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	while (!(ret = get_stats(self->sock, self->family, fd, &stats))) {
		EXPECT_EQ(0, stats.nr_sleeping + stats.nr_running);
		ASSERT_GT(end, cg_now_ms());
		cg_msleep(10);
	}
	EXPECT_EQ(-ENOENT, ret);
	close(fd);
}

TEST_HARNESS_MAIN
