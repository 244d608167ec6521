// SPDX-License-Identifier: GPL-2.0
/* timeout: 400 */
/*
 * Freezing while tasks fork, vfork, exec and come in: none slips out. And the
 * state is pushed: poll() wakes when it changes.
 */
#include "cg_test.h"

#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>

#define WAIT	20000
#define STATE	"h/a/freezer.state"

static volatile unsigned long *ticks;

static int freezer_tree(void)
{
	ticks = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cg_setup() ?: cg_mount_retry("freezer", "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/a/b");
}

#define RACE_FIXTURE(name) \
	FIXTURE(name) { int unused; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, freezer_tree()); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		cg_put("h/a/b/freezer.state", "THAWED"); \
		cg_put(STATE, "THAWED"); \
		EXPECT_EQ(0, cg_teardown()); \
	}

static int forks(void *arg)
{
	pid_t pid;

	for (;;) {
		++*ticks;
		pid = fork();
		if (!pid) {
			++*ticks;
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return !arg;
}

static int vforks(void *arg)
{
	pid_t pid;

	for (;;) {
		++*ticks;
		pid = vfork();
		if (!pid) {
			++*ticks;
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return !arg;
}

static int execs(void *arg)
{
	pid_t pid;

	for (;;) {
		++*ticks;
		pid = fork();
		if (!pid) {
			++*ticks;
			execl("/bin/busybox", "true", NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return !arg;
}

static void *tick_once(void *arg)
{
	++*ticks;
	return arg;
}

static int makes_threads(void *arg)
{
	pthread_t id;

	for (;;) {
		++*ticks;
		if (!pthread_create(&id, NULL, tick_once, NULL))
			pthread_join(id, NULL);
	}
	return !arg;
}

static int sleeps(void *arg)
{
	for (;;) {
		++*ticks;
		cg_msleep(1);
	}
	return !arg;
}

FIXTURE(storm) { int unused; };
FIXTURE_VARIANT(storm) { int (*what)(void *arg); };
FIXTURE_VARIANT_ADD(storm, fork) { .what = forks };
FIXTURE_VARIANT_ADD(storm, exec) { .what = execs };
FIXTURE_VARIANT_ADD(storm, thread) { .what = makes_threads };
FIXTURE_VARIANT_ADD(storm, sleep) { .what = sleeps };

FIXTURE_SETUP(storm)
{
	ASSERT_EQ(0, freezer_tree());
}

FIXTURE_TEARDOWN(storm)
{
	cg_put(STATE, "THAWED");
	EXPECT_EQ(0, cg_teardown());
}

/* Once FROZEN is read nothing counts any more, round after round. */
static void freeze_storm(struct __test_metadata *_metadata, int (*what)(void *arg))
{
	unsigned long before;
	int i, round;

	for (i = 0; i < 3; i++) {
		pid_t pid = cg_spawn(what, NULL);

		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cg_put(i ? "h/a/tasks" : "h/a/b/tasks", "%d", pid));
	}
	for (round = 0; round < 60; round++) {
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		ASSERT_TRUE(cg_wait_text(STATE, "FROZEN", WAIT))
			TH_LOG("round %d: still %s", round, cg_text(STATE));
		before = *ticks;
		cg_msleep(20);
		ASSERT_EQ(before, *ticks)
			TH_LOG("round %d", round);
		ASSERT_STREQ("FROZEN", cg_text(STATE));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		while (*ticks == before)
			sched_yield();
	}
}

TEST_F(storm, cannot_slip_out)
{
	freeze_storm(_metadata, variant->what);
}

static int bounce_in(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	for (;;) {
		cg_put("h/a/tasks", "%d", pid);
		cg_put("h/tasks", "%d", pid);
	}
	return 0;
}

RACE_FIXTURE(attach);

/* A task attached while its group freezes is frozen with it. */
TEST_F(attach, in_and_out_while_the_state_changes)
{
	pid_t pid = cg_spawn(sleeps, NULL), mover;
	unsigned long before;
	int round;

	ASSERT_LT(0, pid);
	mover = cg_spawn(bounce_in, &pid);
	ASSERT_LT(0, mover);
	for (round = 0; round < 80; round++) {
		ASSERT_EQ(0, cg_put(STATE, round % 2 ? "THAWED" : "FROZEN"));
		cg_msleep(5);
	}
	ASSERT_EQ(0, cg_kill(mover));
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	ASSERT_TRUE(cg_wait_text(STATE, "FROZEN", WAIT));
	before = *ticks;
	cg_msleep(50);
	EXPECT_EQ(before, *ticks);
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	cg_msleep(200);
	EXPECT_LT(before, *ticks);
	EXPECT_STREQ("FROZEN", cg_text(STATE));
}

/* ---- what mainline does not do ---- */

RACE_FIXTURE(beyond);

/*
 * Mainline's parent of a vfork can fall asleep just after it was told to
 * freeze, and then stays FREEZING until its child, which is frozen, runs.
 */
TEST_F(beyond, a_vfork_cannot_slip_out)
{
	freeze_storm(_metadata, vforks);
}

/* Wait for POLLPRI on FD; the state read after it. */
static const char *next_state(int fd, int ms)
{
	static char buf[32];
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	ssize_t n;

	if (poll(&p, 1, ms) != 1 || !(p.revents & POLLPRI))
		return "no event";
	n = pread(fd, buf, sizeof(buf) - 1, 0);
	buf[n > 0 ? n : 0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return buf;
}

static int open_state(const char *path)
{
	char buf[32];
	int fd = open(path, O_RDONLY);

	return fd >= 0 && read(fd, buf, sizeof(buf)) > 0 ? fd : -1;
}

TEST_F(beyond, poll_tells_of_each_change)
{
	int fd = open_state(STATE), below = open_state("h/a/b/freezer.state");
	const char *state;
	int i;

	ASSERT_LE(0, fd);
	ASSERT_LE(0, below);
	ASSERT_LT(0, cg_sleeper("h/a"));
	ASSERT_LT(0, cg_sleeper("h/a/b"));
	EXPECT_STREQ("no event", next_state(fd, 100));
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	state = next_state(fd, WAIT);
	for (i = 0; i < 3 && !strcmp(state, "FREEZING"); i++)
		state = next_state(fd, WAIT);
	EXPECT_STREQ("FROZEN", state);
	state = next_state(below, WAIT);
	for (i = 0; i < 3 && !strcmp(state, "FREEZING"); i++)
		state = next_state(below, WAIT);
	EXPECT_STREQ("FROZEN", state);
	EXPECT_STREQ("no event", next_state(fd, 100));
	ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	EXPECT_STREQ("THAWED", next_state(fd, WAIT));
	EXPECT_STREQ("THAWED", next_state(below, WAIT));
	EXPECT_STREQ("no event", next_state(fd, 100));
}

TEST_F(beyond, poll_tells_of_an_empty_group)
{
	int fd = open_state(STATE);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	EXPECT_STREQ("FROZEN", next_state(fd, WAIT));
	ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	EXPECT_STREQ("THAWED", next_state(fd, WAIT));
}

static int waits_by_poll(void *arg)
{
	int fd = *(int *)arg;
	const char *state;

	do {
		state = next_state(fd, WAIT);
		if (!strcmp(state, "no event"))
			return 1;
	} while (strcmp(state, "FROZEN"));
	return 0;
}

/* A waiter that nobody else's reads help: the state is pushed. */
TEST_F(beyond, a_storm_ends_in_one_event)
{
	pid_t waiter;
	int fd = open_state(STATE), i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 3; i++) {
		pid_t pid = cg_spawn(forks, NULL);

		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	}
	for (i = 0; i < 20; i++) {
		waiter = cg_spawn(waits_by_poll, &fd);
		ASSERT_LT(0, waiter);
		cg_msleep(10);
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		ASSERT_EQ(0, cg_wait_exit(waiter, 2 * WAIT))
			TH_LOG("round %d, state %s", i, cg_text(STATE));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		EXPECT_STREQ("THAWED", next_state(fd, WAIT));
	}
}

/* A task that comes into a FROZEN group makes it FREEZING and FROZEN again. */
TEST_F(beyond, poll_tells_when_a_task_comes_in)
{
	pid_t pid = cg_spawn(sleeps, NULL);
	const char *state;
	int fd, i;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	ASSERT_TRUE(cg_wait_text(STATE, "FROZEN", WAIT));
	fd = open_state(STATE);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	state = next_state(fd, WAIT);
	for (i = 0; i < 3 && !strcmp(state, "FREEZING"); i++)
		state = next_state(fd, WAIT);
	EXPECT_STREQ("FROZEN", state);
}

/* A group whose last unfrozen task exits is frozen, with no one to ask. */
static int ignores_freeze_by_exit(void *arg)
{
	cg_msleep(*(int *)arg);
	return 0;
}

TEST_F(beyond, exits_while_freezing)
{
	int fd = open_state(STATE), i, ms = 1;
	const char *state;

	ASSERT_LE(0, fd);
	for (i = 0; i < 100; i++) {
		pid_t pid = cg_spawn(ignores_freeze_by_exit, &ms);

		ASSERT_LT(0, pid);
		if (cg_put("h/a/tasks", "%d", pid))
			continue;
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		state = next_state(fd, WAIT);
		while (!strcmp(state, "FREEZING"))
			state = next_state(fd, WAIT);
		ASSERT_STREQ("FROZEN", state)
			TH_LOG("round %d, state %s", i, cg_text(STATE));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		ASSERT_STREQ("THAWED", next_state(fd, WAIT));
		cg_wait_exit(pid, 5000);
	}
}

TEST_HARNESS_MAIN
