// SPDX-License-Identifier: GPL-2.0
/* timeout: 400 */
/*
 * A group freezes while its tasks fork, vfork and exec, and while tasks enter it: no task runs
 * on. And poll() reports each change of the state.
 */
#include "cg_test.h"

#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

#define WAIT	20000
#define STATE	"h/a/freezer.state"
#define SELF	"/proc/self/exe"

/* A counter that the running tasks increment; in a memfd, so that an exec can keep it. */
static volatile unsigned long *ticks;
static char ticks_fd[16];

static int map_ticks(int fd)
{
	ticks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	snprintf(ticks_fd, sizeof(ticks_fd), "%d", fd);
	return ticks == MAP_FAILED ? -errno : 0;
}

static int set_up(void)
{
	int fd = memfd_create("ticks", 0);

	if (fd < 0 || ftruncate(fd, 4096))
		return -errno;
	return map_ticks(fd) ?: cg_setup_nested("freezer");
}

/* Frozen members cannot be killed. */
static int thawed_teardown(void)
{
	cg_thaw_below("h", 2);
	return cg_teardown();
}

#define RACE_FIXTURE(name) \
	FIXTURE(name) { int unused; }; \
	RACE_FIXTURE_SETUP(name)

#define RACE_FIXTURE_SETUP(name) \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, set_up()); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		EXPECT_EQ(0, thawed_teardown()); \
	}

/* Tick and make a child, again and again, by cg_fork_wait() or cg_vfork_wait(). */
static int makes(int (*make)(int (*fn)(void *arg), void *arg), int (*child)(void *arg))
{
	for (;;) {
		++*ticks;
		make(child, NULL);
	}
	return 1;
}

static int ticks_and_exits(void *arg)
{
	++*ticks;
	return 0;
}

static int execs_tick(void *arg)
{
	execl(SELF, "tick", ticks_fd, NULL);
	return 1;
}

static int ticks_and_execs(void *arg)
{
	++*ticks;
	return execs_tick(arg);
}

static int forks(void *arg)
{
	return makes(cg_fork_wait, ticks_and_exits);
}

static int vforks(void *arg)
{
	return makes(cg_vfork_wait, ticks_and_exits);
}

static int execs(void *arg)
{
	return makes(cg_fork_wait, ticks_and_execs);
}

static int vforks_and_execs(void *arg)
{
	return makes(cg_vfork_wait, execs_tick);
}

static void *ticks_on(void *arg)
{
	for (;;) {
		++*ticks;
		cg_msleep(1);
	}
	return arg;
}

static void *execs_on(void *arg)
{
	++*ticks;
	cg_msleep(1);
	execl(SELF, "exec-on", ticks_fd, NULL);
	_exit(1);
	return arg;
}

/* Program "exec-on": a leader and three threads, one of which execs the program again. */
static int exec_on(void *arg)
{
	pthread_t id;
	int i;

	for (i = 0; i < 2; i++)
		pthread_create(&id, NULL, ticks_on, NULL);
	pthread_create(&id, NULL, execs_on, NULL);
	ticks_on(arg);
	return 1;
}

static int execs_among_threads(void *arg)
{
	execl(SELF, "exec-on", ticks_fd, NULL);
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

RACE_FIXTURE_SETUP(storm);

struct member {
	const char *tasks;
	int (*what)(void *arg);
};

/* The task itself enters the group first: children made before would be outside. */
static int works_inside(void *arg)
{
	struct member *m = arg;

	return cg_put(m->tasks, "0") ? 1 : m->what(NULL);
}

static pid_t spawn_inside(const char *tasks, int (*what)(void *arg))
{
	struct member m = { tasks, what };
	pid_t pid = cg_spawn(works_inside, &m);

	return pid > 0 && CG_SOON(cg_has_pid(tasks, pid)) ? pid : -1;
}

/* In each round, no task counts after FROZEN was read. */
static void freeze_storm(struct __test_metadata *_metadata, int (*what)(void *arg))
{
	unsigned long before;
	int i, round;

	for (i = 0; i < 3; i++)
		ASSERT_LT(0, spawn_inside(i ? "h/a/tasks" : "h/a/b/tasks", what));
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
		ASSERT_TRUE(CG_SOON(*ticks != before));
	}
}

TEST_F(storm, no_task_runs_on)
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

/* Is the state soon FROZEN, and does no task count then? */
static bool comes_to_rest(void)
{
	unsigned long before;

	if (!cg_wait_text(STATE, "FROZEN", WAIT))
		return false;
	before = *ticks;
	cg_msleep(20);
	return *ticks == before && !strcmp(cg_text(STATE), "FROZEN");
}

static bool goes_on(void)
{
	unsigned long before = *ticks;

	return CG_SOON(*ticks != before);
}

/*
 * A task that is attached while the group freezes is frozen too. The mover is killed at any
 * point of its work. If it leaves the task in the group, the task does not run.
 */
TEST_F(attach, a_task_moved_while_the_group_freezes_is_frozen)
{
	pid_t pid = cg_spawn(sleeps, NULL), mover;
	int round;

	ASSERT_LT(0, pid);
	for (round = 0; round < 60; round++) {
		mover = cg_spawn(bounce_in, &pid);
		ASSERT_LT(0, mover);
		cg_msleep(1 + round % 5);
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		cg_msleep(round % 7);
		ASSERT_EQ(0, cg_kill(mover));
		/* in half of the rounds do not move the task if the mover left it in the group */
		if (round % 2 || !cg_has_pid("h/a/tasks", pid))
			ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
		ASSERT_TRUE(comes_to_rest())
			TH_LOG("round %d: %s", round, cg_text(STATE));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
		ASSERT_TRUE(goes_on());
		ASSERT_STREQ("FROZEN", cg_text(STATE));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	}
}

/* The same for a task that enters while others keep the group FREEZING. */
TEST_F(attach, a_task_that_enters_a_freezing_group_is_frozen)
{
	pid_t pid = cg_spawn(sleeps, NULL);
	int i, round;

	ASSERT_LT(0, pid);
	for (i = 0; i < 3; i++)
		ASSERT_LT(0, spawn_inside("h/a/tasks", forks));
	for (round = 0; round < 60; round++) {
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
		ASSERT_TRUE(comes_to_rest())
			TH_LOG("round %d: %s", round, cg_text(STATE));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	}
}

RACE_FIXTURE(killed);

/* A task killed while frozen exits when its group thaws. Then the group can be removed. */
TEST_F(killed, exits_when_its_group_thaws)
{
	pid_t pid;
	int round;

	for (round = 0; round < 20; round++) {
		pid = cg_spawn(makes_threads, NULL);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", pid));
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		ASSERT_TRUE(comes_to_rest());
		ASSERT_EQ(0, kill(pid, SIGKILL));
		EXPECT_EQ(-EBUSY, cg_rmdir("h/a/b"));
		EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 20));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, WAIT));
		EXPECT_TRUE(CG_SOON(!cg_rmdir("h/a/b")));
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
	}
}

/* It also exits when it is moved out. Its old group is FROZEN, and can be removed then. */
TEST_F(killed, exits_when_it_is_moved_out)
{
	pid_t pid = cg_spawn(sleeps, NULL);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	ASSERT_TRUE(comes_to_rest());
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, WAIT));
	EXPECT_STREQ("FROZEN", cg_text("h/a/b/freezer.state"));
	EXPECT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_STREQ("FROZEN", cg_text(STATE));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_STREQ("THAWED", cg_text(STATE));
}

/* ---- not in mainline ---- */

RACE_FIXTURE(beyond);

/*
 * On mainline the parent in a vfork can fall asleep just after it was told to freeze. Its group
 * stays FREEZING then until the child runs, but the child is frozen.
 */
TEST_F(beyond, a_vfork_is_frozen)
{
	freeze_storm(_metadata, vforks);
}

TEST_F(beyond, a_program_that_a_vfork_execs_is_frozen)
{
	freeze_storm(_metadata, vforks_and_execs);
}

/* On mainline an exec waits for other threads, which are frozen, but is not frozen itself. */
TEST_F(beyond, an_exec_among_threads_is_frozen)
{
	freeze_storm(_metadata, execs_among_threads);
}

static int bounce_elsewhere(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	for (;;) {
		cg_put("other/x/cgroup.procs", "%d", pid);
		cg_put("other/cgroup.procs", "%d", pid);
	}
	return 0;
}

/*
 * A move in another hierarchy moves the task to another css_set, so a walk over the members of
 * its freezer group can miss it. Mainline can leave the task frozen forever.
 */
TEST_F(beyond, a_task_moved_in_another_hierarchy_freezes_and_thaws)
{
	pid_t pid = spawn_inside("h/a/tasks", makes_threads);
	char path[64];
	int round;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_mount("none,name=other", "other"));
	ASSERT_EQ(0, cg_mkdir("other/x"));
	ASSERT_LT(0, cg_spawn(bounce_elsewhere, &pid));
	for (round = 0; round < 60; round++) {
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		ASSERT_TRUE(comes_to_rest())
			TH_LOG("round %d: %s", round, cg_text(STATE));
		ASSERT_EQ(0, cg_proc_path(pid, "freezer", path, sizeof(path)));
		ASSERT_STREQ("/a", path);
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		ASSERT_TRUE(goes_on());
	}
}

/* Wait for an event on FD; returns the state that is read then. */
static const char *next_state(int fd, int ms)
{
	static char buf[32];
	ssize_t n;

	if (!cg_event(fd, ms))
		return "no event";
	n = pread(fd, buf, sizeof(buf) - 1, 0);
	buf[n > 0 ? n : 0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return buf;
}

/*
 * Do events on FD report WANT, perhaps after FREEZING, and then end? One more event is allowed:
 * its change may have been read already after the event before.
 */
static bool settles(int fd, const char *want)
{
	const char *state = next_state(fd, WAIT);
	int i;

	for (i = 0; i < 3 && !strcmp(state, "FREEZING"); i++)
		state = next_state(fd, WAIT);
	for (i = 0; i < 2 && !strcmp(state, want); i++)
		state = next_state(fd, 100);
	if (i && !strcmp(state, "no event"))
		return true;
	fprintf(stderr, "# the state does not settle at %s: %s\n", want, state);
	return false;
}

TEST_F(beyond, poll_reports_each_change)
{
	int fd = cg_watch(STATE), below = cg_watch("h/a/b/freezer.state");

	ASSERT_LE(0, fd);
	ASSERT_LE(0, below);
	ASSERT_LT(0, cg_sleeper("h/a"));
	ASSERT_LT(0, cg_sleeper("h/a/b"));
	EXPECT_STREQ("no event", next_state(fd, 100));
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	EXPECT_TRUE(settles(fd, "FROZEN"));
	EXPECT_TRUE(settles(below, "FROZEN"));
	ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	EXPECT_TRUE(settles(fd, "THAWED"));
	EXPECT_TRUE(settles(below, "THAWED"));
}

/* A throttled write takes some seconds, in which the task cannot be frozen. */
static int writes_slowly(void *arg)
{
	void *block;
	int fd = open("/dev/nullb0", O_WRONLY | O_DIRECT);

	if (fd < 0 || posix_memalign(&block, 4096, 65536))
		return 1;
	memset(block, 's', 65536);
	if (cg_put("io/slow/tasks", "0") || cg_put("h/a/tasks", "0"))
		return 2;
	if (pwrite(fd, block, 65536, 0) != 65536)
		return 3;
	sleeps(arg);
	return 0;
}

/* Events report each of the three states. */
TEST_F(beyond, poll_reports_freezing_too)
{
	struct stat st;
	pid_t pid;
	int fd;

	CG_NEED("blkio");
	ASSERT_EQ(0, stat("/dev/nullb0", &st));
	ASSERT_EQ(0, cg_mount("blkio", "io"));
	ASSERT_EQ(0, cg_mkdir("io/slow"));
	ASSERT_EQ(0, cg_put("io/slow/blkio.throttle.write_bps_device", "%d:%d 32768",
			    major(st.st_rdev), minor(st.st_rdev)));
	fd = cg_watch(STATE);
	ASSERT_LE(0, fd);
	pid = cg_spawn(writes_slowly, NULL);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(cg_wait_state(pid, "D", WAIT));
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	EXPECT_STREQ("FREEZING", next_state(fd, WAIT));
	EXPECT_STREQ("FREEZING", cg_text(STATE));
	EXPECT_STREQ("FROZEN", next_state(fd, WAIT));
	EXPECT_EQ(0, *ticks);
	ASSERT_EQ(0, cg_put(STATE, "THAWED"));
	EXPECT_STREQ("THAWED", next_state(fd, WAIT));
	EXPECT_TRUE(goes_on());
}

TEST_F(beyond, poll_reports_changes_of_an_empty_group)
{
	int fd = cg_watch(STATE);

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

/* The waiter depends on events alone: no other task reads the state. */
TEST_F(beyond, poll_reports_frozen_while_tasks_fork)
{
	pid_t waiter;
	int fd = cg_watch(STATE), i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 3; i++)
		ASSERT_LT(0, spawn_inside("h/a/tasks", forks));
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

/* A task that enters a FROZEN group makes it FREEZING, and then FROZEN again. */
TEST_F(beyond, poll_reports_a_task_that_enters)
{
	pid_t pid = cg_spawn(sleeps, NULL);
	int fd;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
	ASSERT_TRUE(cg_wait_text(STATE, "FROZEN", WAIT));
	fd = cg_watch(STATE);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	EXPECT_TRUE(settles(fd, "FROZEN"));
}

static int exits_after(void *arg)
{
	cg_msleep(*(int *)arg);
	return 0;
}

/*
 * When the last unfrozen task of a group exits, the group is FROZEN. No task reads the state.
 * The task lives longer if it has exited before it was in the group, else shorter: so in many
 * rounds it exits about when the group freezes.
 */
TEST_F(beyond, poll_reports_frozen_when_the_last_task_exits)
{
	int fd = cg_watch(STATE), i, ms = 1, tested = 0;
	const char *state;

	ASSERT_LE(0, fd);
	for (i = 0; i < 100; i++) {
		pid_t pid = cg_spawn(exits_after, &ms);

		ASSERT_LT(0, pid);
		if (cg_put("h/a/tasks", "%d", pid) || !cg_has_pid("h/a/tasks", pid)) {
			ms += 1 + ms / 4;
			ASSERT_EQ(0, cg_wait_exit(pid, 5000));
			continue;
		}
		tested++;
		ms -= ms > 1 ? 1 + ms / 16 : 0;
		ASSERT_EQ(0, cg_put(STATE, "FROZEN"));
		state = next_state(fd, WAIT);
		while (!strcmp(state, "FREEZING"))
			state = next_state(fd, WAIT);
		ASSERT_STREQ("FROZEN", state)
			TH_LOG("round %d, state %s", i, cg_text(STATE));
		ASSERT_EQ(0, cg_put(STATE, "THAWED"));
		ASSERT_STREQ("THAWED", next_state(fd, WAIT));
		ASSERT_EQ(0, cg_wait_exit(pid, 5000));
	}
	EXPECT_LE(10, tested)
		TH_LOG("tested in %d of %d rounds", tested, i);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], "tick"))
		return map_ticks(atoi(argv[1])) ?: (++*ticks, 0);
	if (argc == 2 && !strcmp(argv[0], "exec-on"))
		return map_ticks(atoi(argv[1])) ?: exec_on(NULL);
	return test_harness_run(argc, argv);
}
