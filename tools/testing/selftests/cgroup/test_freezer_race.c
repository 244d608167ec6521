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
#include <sys/sysmacros.h>

#define WAIT	20000
#define STATE	"h/a/freezer.state"
#define SELF	"/proc/self/exe"

/* Counted up by whatever runs its program; in a memfd, for what has execed too. */
static volatile unsigned long *ticks;
static char ticks_fd[16];

static int map_ticks(int fd)
{
	ticks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	snprintf(ticks_fd, sizeof(ticks_fd), "%d", fd);
	return ticks == MAP_FAILED ? -errno : 0;
}

static int freezer_tree(void)
{
	int fd = memfd_create("ticks", 0);

	if (fd < 0 || ftruncate(fd, 4096))
		return -errno;
	return map_ticks(fd) ?: cg_setup() ?: cg_mount_retry("freezer", "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/a/b");
}

/* Members that are frozen could not be killed. */
static int thawed_teardown(void)
{
	cg_put("h/a/b/freezer.state", "THAWED");
	cg_put(STATE, "THAWED");
	return cg_teardown();
}

#define RACE_FIXTURE(name) \
	FIXTURE(name) { int unused; }; \
	RACE_FIXTURE_SETUP(name)

#define RACE_FIXTURE_SETUP(name) \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, freezer_tree()); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		EXPECT_EQ(0, thawed_teardown()); \
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
			execl(SELF, "tick", ticks_fd, NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return !arg;
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

/* Program "exec-on": three threads, and one that is not the leader execs it again. */
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

static int vforks_and_execs(void *arg)
{
	pid_t pid;

	for (;;) {
		++*ticks;
		pid = vfork();
		if (!pid) {
			execl(SELF, "tick", ticks_fd, NULL);
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

RACE_FIXTURE_SETUP(storm);

struct member {
	const char *tasks;
	int (*what)(void *arg);
};

/* Goes in by itself: what it makes before that would be outside. */
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

/* Once FROZEN is read nothing counts any more, round after round. */
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

/* FROZEN is reached, and then nothing counts. */
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
 * A task attached while its group freezes is frozen with it: wherever a mover
 * was when it was stopped, the task it left in the group does not run.
 */
TEST_F(attach, in_and_out_while_the_state_changes)
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
		/* half of the rounds: judge where it was left, if that is in there */
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

/* The same of a task that comes while others keep the group FREEZING. */
TEST_F(attach, comes_in_at_the_last_moment)
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

/* Killed while frozen: it dies when its group thaws, and then the group can go. */
TEST_F(killed, dies_with_the_thaw)
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

/* Or when it is taken out; the group that it left is FROZEN, and can go so. */
TEST_F(killed, dies_when_taken_out)
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

TEST_F(beyond, nor_what_a_vfork_execs)
{
	freeze_storm(_metadata, vforks_and_execs);
}

/* And its exec waits for threads that are frozen, without being frozen itself. */
TEST_F(beyond, an_exec_among_threads_cannot_slip_out)
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
 * A move in another hierarchy takes a task to another css_set, past a walk over the
 * members of its freezer group: mainline can leave it frozen for good.
 */
TEST_F(beyond, moved_in_another_hierarchy)
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

/* Wait for an event on FD; the state read after it. */
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
 * By events alone FD comes to WANT, perhaps through FREEZING, and to rest: the event
 * of a change may come when what it tells of has been read with the one before.
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
	fprintf(stderr, "# not %s at rest, but %s\n", want, state);
	return false;
}

TEST_F(beyond, poll_tells_of_each_change)
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

/* Held up for some seconds where it cannot be frozen, in a write that is throttled. */
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

/* Each of the three states, by events alone. */
TEST_F(beyond, poll_tells_of_freezing_too)
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

TEST_F(beyond, poll_tells_of_an_empty_group)
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

/* A waiter that nobody else's reads help: the state is pushed. */
TEST_F(beyond, a_storm_ends_in_one_event)
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

/* A task that comes into a FROZEN group makes it FREEZING and FROZEN again. */
TEST_F(beyond, poll_tells_when_a_task_comes_in)
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

/* A group whose last unfrozen task exits is frozen, with no one to ask. */
static int ignores_freeze_by_exit(void *arg)
{
	cg_msleep(*(int *)arg);
	return 0;
}

TEST_F(beyond, exits_while_freezing)
{
	int fd = cg_watch(STATE), i, ms = 1;
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

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], "tick"))
		return map_ticks(atoi(argv[1])) ?: (++*ticks, 0);
	if (argc == 2 && !strcmp(argv[0], "exec-on"))
		return map_ticks(atoi(argv[1])) ?: exec_on(NULL);
	return test_harness_run(argc, argv);
}
