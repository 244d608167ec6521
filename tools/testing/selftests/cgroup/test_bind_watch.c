// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * A subsystem is unbound from a hierarchy in use, or a group is removed. Tasks that wait for
 * events of it are woken: in poll(), by an eventfd, or in the wait for memory of a full group.
 * A perf event counts for one state only, whatever happens to this state.
 */
#include "cg_test.h"

#include <poll.h>

#define SUBSYSTEMS	"h/cgroup.subsystems"
#define MB		1048576LL

FIXTURE(beyond) { int unused; };

/* Changes are made by cgroup.subsystems, or by a remount. */
FIXTURE_VARIANT(beyond) {
	bool remounts;
};

FIXTURE_VARIANT_ADD(beyond, by_subsystems) {
	.remounts = false,
};

FIXTURE_VARIANT_ADD(beyond, by_remount) {
	.remounts = true,
};

#define OPTIONS	"pids,freezer,memory,name=watch"

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup_nested(OPTIONS));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

/* Unbind NAME; the other subsystems stay. */
static int leaves(bool remounts, const char *name)
{
	static const char * const rest[] = { "pids", "freezer", "memory" };
	char list[128] = "";
	int i;

	if (!remounts)
		return cg_put(SUBSYSTEMS, "-%s", name);
	for (i = 0; i < ARRAY_SIZE(rest); i++)
		if (strcmp(rest[i], name))
			strcat(strcat(list, rest[i]), ",");
	return cg_remount(strcat(list, "name=watch"), "h");
}

static int comes(bool remounts, const char *name)
{
	if (!remounts)
		return cg_put(SUBSYSTEMS, "+%s", name);
	return cg_remount(OPTIONS, "h");
}

/* ---- poll ---- */

/* Sleep in poll() until there is an event; a read must fail with ENODEV then. */
static int polls(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLPRI };
	char buf[64];

	if (poll(&p, 1, 60000) != 1 || !(p.revents & POLLPRI))
		return 1;
	return pread(p.fd, buf, sizeof(buf), 0) < 0 && errno == ENODEV ? 0 : 2;
}

/* A child that sleeps in poll() of FILE, which has no event yet. */
static pid_t poller(const char *file, int *fd)
{
	pid_t pid;

	*fd = cg_watch(file);
	if (*fd < 0 || cg_event(*fd, 0))
		return -EIO;
	pid = cg_spawn(polls, fd);
	if (!cg_wait_state(pid, "S", 5000))
		return -ETIMEDOUT;
	cg_msleep(20);
	return pid;
}

/* Is the sleeper PID woken, and does a poll() called now report the event, too? */
static bool is_told(pid_t pid, int fd)
{
	return !cg_wait_exit(pid, 5000) && cg_event(fd, 1000);
}

static const struct {
	const char *subsys, *file;
} watched[] = {
	{ "freezer", "freezer.state" },
	{ "pids", "pids.events" },
};

TEST_F(beyond, unbind_wakes_pollers)
{
	static const char * const groups[] = { "h/a", "h/a/b" };
	pid_t sleeper[2];
	int i, g, fd[2];
	char buf[64];

	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		for (g = 0; g < 2; g++) {
			sleeper[g] = poller(cg_path("%s/%s", groups[g], watched[i].file), &fd[g]);
			ASSERT_LT(0, sleeper[g]);
		}
		ASSERT_EQ(0, leaves(variant->remounts, watched[i].subsys));
		for (g = 0; g < 2; g++) {
			EXPECT_TRUE(is_told(sleeper[g], fd[g]))
				TH_LOG("%s of %s", watched[i].file, groups[g]);
			EXPECT_EQ(-1, pread(fd[g], buf, sizeof(buf), 0));
			EXPECT_EQ(ENODEV, errno);
		}
		/* the old file does not become a file of the new state */
		ASSERT_EQ(0, comes(variant->remounts, watched[i].subsys));
		for (g = 0; g < 2; g++) {
			EXPECT_EQ(-1, pread(fd[g], buf, sizeof(buf), 0));
			EXPECT_EQ(ENODEV, errno);
			close(fd[g]);
			fd[g] = cg_watch(cg_path("%s/%s", groups[g], watched[i].file));
			ASSERT_LE(0, fd[g]);
			EXPECT_FALSE(cg_event(fd[g], 0));
			close(fd[g]);
		}
	}
}

/* The files of freezer get no event when pids is unbound. */
TEST_F(beyond, unbind_of_another_subsystem_is_no_event)
{
	char buf[64];
	int fd = cg_watch("h/a/freezer.state");

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, leaves(variant->remounts, "pids"));
	EXPECT_FALSE(cg_event(fd, 50));
	EXPECT_LT(0, pread(fd, buf, sizeof(buf), 0));
	ASSERT_EQ(0, cg_put("h/a/freezer.state", "FROZEN"));
	EXPECT_TRUE(cg_event(fd, 5000));
	ASSERT_EQ(0, cg_put("h/a/freezer.state", "THAWED"));
	close(fd);
}

/* ---- eventfds of memory ---- */

static int waits_for_ring(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	return poll(&p, 1, 60000) == 1 && (p.revents & POLLIN) ? 0 : 1;
}

static const struct {
	const char *file, *args;
} heard[] = {
	{ "memory.usage_in_bytes", "4M" },
	{ "memory.oom_control", "" },
	{ "memory.pressure_level", "low" },
};

TEST_F(beyond, unbind_signals_eventfds_once)
{
	struct cg_eat eat = { "h/a/b", 8 * MB };
	pid_t sleeper[3];
	int i, fd[3];

	for (i = 0; i < ARRAY_SIZE(heard); i++) {
		fd[i] = cg_listen("h/a", heard[i].file, heard[i].args);
		ASSERT_LE(0, fd[i]);
		EXPECT_EQ(0, cg_rings(fd[i], 0));
		sleeper[i] = cg_spawn(waits_for_ring, &fd[i]);
		ASSERT_TRUE(cg_wait_state(sleeper[i], "S", 5000));
	}
	cg_msleep(20);
	ASSERT_EQ(0, leaves(variant->remounts, "memory"));
	for (i = 0; i < ARRAY_SIZE(heard); i++) {
		EXPECT_EQ(0, cg_wait_exit(sleeper[i], 5000))
			TH_LOG("%s", heard[i].file);
		/* exactly once */
		EXPECT_EQ(1, cg_rings(fd[i], 0))
			TH_LOG("%s", heard[i].file);
	}
	ASSERT_EQ(0, comes(variant->remounts, "memory"));
	EXPECT_EQ(0, cg_spawn_wait(cg_eats, &eat));
	/* the old listeners get no events of the new state */
	for (i = 0; i < ARRAY_SIZE(heard); i++)
		EXPECT_EQ(0, cg_rings(fd[i], 0));
	/* the new state has its own listeners */
	close(fd[0]);
	fd[0] = cg_listen("h/a", heard[0].file, heard[0].args);
	ASSERT_LE(0, fd[0]);
	EXPECT_EQ(0, cg_spawn_wait(cg_eats, &eat));
	EXPECT_LE(1, cg_rings(fd[0], 0));
	for (i = 0; i < ARRAY_SIZE(heard); i++)
		close(fd[i]);
}

/* ---- the wait for memory ---- */

/* Less memory than cg_eats() takes here, and no OOM kill: the tasks wait. */
static int no_room(const char *dir)
{
	return cg_put(cg_path("%s/memory.oom_control", dir), "1") ?:
	       cg_put(cg_path("%s/memory.limit_in_bytes", dir), "2M") ?:
	       cg_put(cg_path("%s/memory.memsw.limit_in_bytes", dir), "2M");
}

/* The tasks wait because their group is full, or its parent. */
TEST_F(beyond, unbind_ends_the_wait_for_memory)
{
	static const char * const full[] = { "h/a/b", "h/a" };
	struct cg_eat eat = { "h/a/b", 8 * MB };
	pid_t pid[3];
	int i, n;

	for (i = 0; i < ARRAY_SIZE(full); i++) {
		ASSERT_EQ(0, no_room(full[i]));
		for (n = 0; n < ARRAY_SIZE(pid); n++)
			pid[n] = cg_spawn(cg_eats, &eat);
		ASSERT_TRUE(CG_SOON(cg_key(cg_path("%s/memory.oom_control", full[i]),
					   "under_oom") == 1));
		EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid[0], 100));
		ASSERT_EQ(0, leaves(variant->remounts, "memory"));
		/* the root has no limit: the tasks get all memory that they need */
		for (n = 0; n < ARRAY_SIZE(pid); n++)
			EXPECT_EQ(0, cg_wait_exit(pid[n], 10000))
				TH_LOG("%s is full, task %d", full[i], n);
		ASSERT_EQ(0, comes(variant->remounts, "memory"));
	}
}

/* Unbind at different moments, just before the tasks wait or while they begin to. */
TEST_F(beyond, unbind_while_tasks_begin_to_wait_for_memory)
{
	struct cg_eat eat = { "h/a/b", 8 * MB };
	pid_t pid[3];
	int i, n, rounds = cg_slow() > 1 ? 6 : 12;

	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, no_room("h/a"));
		for (n = 0; n < ARRAY_SIZE(pid); n++)
			pid[n] = cg_spawn(cg_eats, &eat);
		ASSERT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") > MB));
		usleep(i * 7919 % 30000 * cg_slow());
		ASSERT_EQ(0, leaves(variant->remounts, "memory"));
		for (n = 0; n < ARRAY_SIZE(pid); n++)
			ASSERT_EQ(0, cg_wait_exit(pid[n], 10000))
				TH_LOG("round %d, task %d", i, n);
		ASSERT_EQ(0, comes(variant->remounts, "memory"));
	}
}

/* A task is killed in that wait while the state is removed: unbind and exit both succeed. */
TEST_F(beyond, unbind_while_a_waiting_task_is_killed)
{
	struct cg_eat eat = { "h/a/b", 8 * MB };
	pid_t pid;
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, no_room("h/a"));
		pid = cg_spawn(cg_eats, &eat);
		ASSERT_TRUE(CG_SOON(cg_key("h/a/memory.oom_control", "under_oom") == 1));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(0, leaves(variant->remounts, "memory"));
		EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
		ASSERT_EQ(0, comes(variant->remounts, "memory"));
		EXPECT_EQ(0, cg_key("h/a/memory.oom_control", "under_oom"));
	}
}

/* ---- perf events ---- */

FIXTURE(beyond_perf) {
	struct cg_perf event;
	pid_t worker;
};

/* Busy all the time, with short breaks. */
static int works(void *arg)
{
	volatile unsigned int i;

	for (;;) {
		for (i = 0; i < 300000; i++)
			;
		usleep(500);
	}
	return !arg;
}

/* Let PID run for 30 ms of CPU time. Returns how many percent of it the event has counted. */
static int percent_seen(struct cg_perf *e, pid_t pid)
{
	long long start = cg_perf_sum(e), time = cg_cpu_ms(pid), worked = 0;
	long long end = cg_deadline(10000);

	if (start < 0)
		return -1;
	while (worked < 30 && cg_now_ms() < end) {
		cg_msleep(5);
		worked = cg_cpu_ms(pid) - time;
	}
	return worked > 0 ? (cg_perf_sum(e) - start) / 10000 / worked : -2;
}

/* The clocks are not read at the same moment, so half of the time is enough. */
static bool counts(struct cg_perf *e, pid_t pid)
{
	int percent = percent_seen(e, pid);

	if (percent < 50)
		fprintf(stderr, "# the event has counted %d%% of the time\n", percent);
	return percent >= 50;
}

/* Does the event count nothing, but can be read? */
static bool counts_no_more(struct cg_perf *e, pid_t pid)
{
	int percent = percent_seen(e, pid);

	if (percent)
		fprintf(stderr, "# the event has counted %d%% of the time\n", percent);
	return !percent;
}

/*
 *  h/		perf_event, cpu; a counter on h/a
 *  `-- a/
 *      `-- b/	the worker
 */
FIXTURE_SETUP(beyond_perf)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("perf_event,cpu,name=perf", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	self->worker = cg_spawn(works, NULL);
	ASSERT_LT(0, self->worker);
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", self->worker));
	ASSERT_EQ(0, cg_perf_group(&self->event, "h/a"));
	ASSERT_TRUE(counts(&self->event, self->worker));
}

FIXTURE_TEARDOWN(beyond_perf)
{
	cg_perf_close(&self->event);
	EXPECT_EQ(0, cg_teardown());
}

/* The event keeps its count when its state is removed, and does not count for a new state. */
TEST_F(beyond_perf, an_event_does_not_count_for_a_new_state)
{
	struct cg_perf other;
	long long before;
	int i;

	for (i = 0; i < 3; i++) {
		before = cg_perf_sum(&self->event);
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-perf_event"));
		EXPECT_TRUE(counts_no_more(&self->event, self->worker));
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+perf_event"));
		EXPECT_TRUE(counts_no_more(&self->event, self->worker));
		EXPECT_LE(before, cg_perf_sum(&self->event));
		ASSERT_EQ(0, cg_perf_group(&other, "h/a"));
		EXPECT_TRUE(counts(&other, self->worker));
		EXPECT_TRUE(counts_no_more(&self->event, self->worker));
		cg_perf_close(&self->event);
		self->event = other;
	}
}

/* The state moves to another hierarchy: the event counts the tasks that the state has there. */
TEST_F(beyond_perf, an_event_moves_with_its_state)
{
	int i;

	ASSERT_EQ(0, cg_mkdir("h/c"));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, cg_put("h/cgroup.split", "name=x perf_event"));
		ASSERT_EQ(0, cg_mount("name=x", "x"));
		EXPECT_TRUE(counts(&self->event, self->worker));
		/* now only the place of the task in x counts */
		ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->worker));
		EXPECT_TRUE(counts(&self->event, self->worker));
		ASSERT_EQ(0, cg_put("x/c/cgroup.procs", "%d", self->worker));
		EXPECT_TRUE(counts_no_more(&self->event, self->worker));
		ASSERT_EQ(0, cg_put("x/a/b/cgroup.procs", "%d", self->worker));
		EXPECT_TRUE(counts(&self->event, self->worker));
		/* the merge attaches the task to the state of h/c, where it is in h */
		ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
		EXPECT_TRUE(counts_no_more(&self->event, self->worker));
		ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", self->worker));
		EXPECT_TRUE(counts(&self->event, self->worker));
		ASSERT_EQ(0, cg_umount("x"));
	}
}

/*
 * The states of two groups move to a hierarchy whose groups were made in the opposite order:
 * the kernel still finds the events of both.
 */
TEST_F(beyond_perf, events_are_found_if_the_order_of_groups_changes)
{
	pid_t second = cg_spawn(works, NULL);
	struct cg_perf other;

	ASSERT_LT(0, second);
	ASSERT_EQ(0, cg_mkdir("h/c"));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", second));
	ASSERT_EQ(0, cg_perf_group(&other, "h/c"));
	EXPECT_TRUE(counts(&other, second));
	ASSERT_EQ(0, cg_mount("none,name=r", "r"));
	ASSERT_EQ(0, cg_mkdir("r/c"));
	ASSERT_EQ(0, cg_mkdir("r/a"));
	ASSERT_EQ(0, cg_mkdir("r/a/b"));
	ASSERT_EQ(0, cg_put("r/c/cgroup.procs", "%d", second));
	ASSERT_EQ(0, cg_put("r/a/b/cgroup.procs", "%d", self->worker));
	ASSERT_EQ(0, cg_put("r/cgroup.merge", "name=perf"));
	EXPECT_TRUE(counts(&self->event, self->worker));
	EXPECT_TRUE(counts(&other, second));
	cg_perf_close(&other);
}

/* If a group below inherits, the event counts on. If the group itself inherits, it ends. */
TEST_F(beyond_perf, an_event_ends_when_its_group_inherits)
{
	struct cg_perf other;

	ASSERT_EQ(0, cg_put("h/a/b/perf_event.inherit", "1"));
	EXPECT_TRUE(counts(&self->event, self->worker));
	ASSERT_EQ(0, cg_put("h/a/perf_event.inherit", "1"));
	EXPECT_TRUE(counts_no_more(&self->event, self->worker));
	ASSERT_EQ(0, cg_put("h/a/perf_event.inherit", "0"));
	EXPECT_TRUE(counts_no_more(&self->event, self->worker));
	ASSERT_EQ(0, cg_perf_group(&other, "h/a"));
	EXPECT_TRUE(counts(&other, self->worker));
	ASSERT_EQ(0, cg_put("h/a/b/perf_event.inherit", "0"));
	EXPECT_TRUE(counts(&other, self->worker));
	cg_perf_close(&other);
}

/* A group that inherits has no state of its own that an event could count for. */
TEST_F(beyond_perf, a_group_that_inherits_can_have_no_event)
{
	struct cg_perf other;

	ASSERT_EQ(0, cg_put("h/a/b/perf_event.inherit", "1"));
	EXPECT_EQ(-ENOENT, cg_perf_group(&other, "h/a/b"));
	EXPECT_EQ(0, other.nr);
	ASSERT_EQ(0, cg_put("h/a/b/perf_event.inherit", "0"));
	EXPECT_EQ(0, cg_perf_group(&other, "h/a/b"));
	EXPECT_TRUE(counts(&other, self->worker));
	cg_perf_close(&other);
}

/* ---- groups that are removed ---- */

CG_FIXTURE_WITH(beyond_groups, cg_setup_nested(OPTIONS));

static const char * const in_a_group[] = {
	"cgroup.clone_children", "freezer.state", "pids.events",
};

TEST_F(beyond_groups, rmdir_wakes_pollers)
{
	pid_t pid;
	int i, fd;

	for (i = 0; i < ARRAY_SIZE(in_a_group); i++) {
		ASSERT_EQ(0, cg_mkdir("h/c"));
		pid = poller(cg_path("h/c/%s", in_a_group[i]), &fd);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cg_rmdir("h/c"));
		EXPECT_TRUE(is_told(pid, fd))
			TH_LOG("%s", in_a_group[i]);
	}
}

TEST_F(beyond_groups, merge_wakes_pollers)
{
	pid_t pid;
	int fd;

	ASSERT_EQ(0, cg_mount("none,name=away", "r"));
	ASSERT_EQ(0, cg_mkdir("r/a"));
	ASSERT_EQ(0, cg_mkdir("r/a/b"));
	pid = poller("r/a/b/notify_on_release", &fd);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=away"));
	EXPECT_TRUE(is_told(pid, fd));
}

TEST_HARNESS_MAIN
