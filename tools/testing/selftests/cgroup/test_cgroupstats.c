// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/*
 * CGROUPSTATS_CMD_GET: how many tasks of a cgroup run, sleep or are stopped.
 * The messages are raw generic netlink, so that their format is tested too.
 */
#include "cg_test.h"

#include "cg_taskstats.h"

FIXTURE(get) {
	int sock;
	int family;
};

FIXTURE_SETUP(get)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("none,name=stats", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	self->sock = cg_taskstats_open(&self->family);
	ASSERT_LE(0, self->sock);
}

FIXTURE_TEARDOWN(get)
{
	close(self->sock);
	EXPECT_EQ(0, cg_teardown());
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
	ASSERT_LT(0, stopped);
	ASSERT_EQ(0, kill(stopped, SIGSTOP));
	running = cg_spawn(spin, NULL);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", running));
	ASSERT_TRUE(cg_wait_state(stopped, "T", 5000));
	ASSERT_TRUE(cg_wait_state(running, "R", 5000));
	fd = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_taskstats_get(self->sock, self->family, fd, &stats));
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
	ASSERT_EQ(0, cg_taskstats_get(self->sock, self->family, fd, &stats));
	EXPECT_EQ(0, stats.nr_sleeping);
	EXPECT_EQ(0, stats.nr_running);
	close(fd);
}

TEST_F(get, refuses_a_file_that_is_no_group)
{
	struct cgroupstats stats;
	int fd;

	cg_state_keep();
	fd = open("/proc", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-EINVAL, cg_taskstats_get(self->sock, self->family, fd, &stats));
	close(fd);
	fd = open("h/a/tasks", O_RDONLY);
	EXPECT_EQ(-EINVAL, cg_taskstats_get(self->sock, self->family, fd, &stats));
	close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-EINVAL, cg_taskstats_get(self->sock, self->family, fd, &stats));
	close(fd);
	EXPECT_EQ(-EINVAL, cg_taskstats_get_none(self->sock, self->family));
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
	while (!(ret = cg_taskstats_get(self->sock, self->family, fd, &stats))) {
		EXPECT_EQ(0, stats.nr_sleeping + stats.nr_running);
		ASSERT_GT(end, cg_now_ms());
		cg_msleep(10);
	}
	EXPECT_EQ(-ENOENT, ret);
	close(fd);
}

TEST_HARNESS_MAIN
