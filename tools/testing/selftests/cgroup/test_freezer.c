// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/*
 * The freezer: its three files, its states in the tree, and that no task runs in a frozen
 * group, whatever the task was doing and however it came into the group.
 */
#include "cg_test.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#define WAIT	20000

/* Counters that the children increment while they run. */
struct shared {
	volatile unsigned long ticks[8];
};

static struct shared *share(void)
{
	return mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

#define FREEZER_FIXTURE(name) \
	FIXTURE(name) { struct shared *shared; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, cg_setup_nested("freezer")); \
		self->shared = share(); \
		ASSERT_NE(MAP_FAILED, self->shared); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		cg_put("h/a/b/freezer.state", "THAWED"); \
		cg_put("h/a/freezer.state", "THAWED"); \
		EXPECT_EQ(0, cg_teardown()); \
	}

static int count(void *arg)
{
	volatile unsigned long *tick = arg;

	for (;;) {
		++*tick;
		cg_msleep(1);
	}
	return 0;
}

static pid_t counter(const char *dir, volatile unsigned long *tick)
{
	pid_t pid = cg_spawn(count, (void *)tick);

	if (pid > 0 && dir && cg_put(cg_path("%s/cgroup.procs", dir), "%d", pid))
		return -1;
	return pid;
}

static bool still(volatile unsigned long *tick)
{
	unsigned long before = *tick;

	cg_msleep(60);
	return *tick == before;
}

static bool moves(volatile unsigned long *tick)
{
	long long end = cg_deadline(5000);
	unsigned long before = *tick;

	while (*tick == before)
		if (cg_now_ms() > end)
			return false;
	return true;
}

static bool freeze(const char *dir)
{
	if (cg_put(cg_path("%s/freezer.state", dir), "FROZEN"))
		return false;
	return cg_wait_text(cg_path("%s/freezer.state", dir), "FROZEN", WAIT);
}

static int thaw(const char *dir)
{
	return cg_put(cg_path("%s/freezer.state", dir), "THAWED");
}

/* ---- the files ---- */

FREEZER_FIXTURE(files);

TEST_F(files, exist_in_all_groups_but_the_root)
{
	EXPECT_FALSE(cg_exists("h/freezer.state"));
	EXPECT_FALSE(cg_exists("h/freezer.self_freezing"));
	EXPECT_FALSE(cg_exists("h/freezer.parent_freezing"));
	EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
	EXPECT_STREQ("0", cg_text("h/a/freezer.self_freezing"));
	EXPECT_STREQ("0", cg_text("h/a/freezer.parent_freezing"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/freezer.self_freezing", "1"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/freezer.parent_freezing", "1"));
}

TEST_F(files, refuse_all_words_but_frozen_and_thawed)
{
	static const char * const bad[] = {
		"FREEZING", "frozen", "FROZEN THAWED", "1", "FROZE", "FROZENN", "\n",
	};
	int i;

	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, cg_put("h/a/freezer.state", "%s", bad[i]))
			TH_LOG("word '%s'", bad[i]);
		EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
	}
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put("h/a/freezer.state", "  FROZEN\n"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/freezer.state", "thawed"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
	EXPECT_EQ(0, cg_put("h/a/freezer.state", "FROZEN"));
	EXPECT_EQ(0, cg_put("h/a/freezer.state", "THAWED"));
	EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
}

TEST_F(files, a_child_is_frozen_with_its_parent)
{
	ASSERT_TRUE(freeze("h/a"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/b/freezer.state"));
	EXPECT_STREQ("1", cg_text("h/a/freezer.self_freezing"));
	EXPECT_STREQ("0", cg_text("h/a/freezer.parent_freezing"));
	EXPECT_STREQ("0", cg_text("h/a/b/freezer.self_freezing"));
	EXPECT_STREQ("1", cg_text("h/a/b/freezer.parent_freezing"));
	/* a child group may be frozen itself too, and stays frozen */
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "FROZEN"));
	EXPECT_STREQ("1", cg_text("h/a/b/freezer.self_freezing"));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/b/freezer.state"));
	EXPECT_STREQ("0", cg_text("h/a/b/freezer.parent_freezing"));
	ASSERT_EQ(0, thaw("h/a/b"));
	EXPECT_STREQ("THAWED", cg_text("h/a/b/freezer.state"));
}

TEST_F(files, a_child_cannot_thaw_itself)
{
	ASSERT_TRUE(freeze("h/a"));
	EXPECT_EQ(0, thaw("h/a/b"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/b/freezer.state"));
	EXPECT_STREQ("1", cg_text("h/a/b/freezer.parent_freezing"));
	EXPECT_STREQ("0", cg_text("h/a/b/freezer.self_freezing"));
}

TEST_F(files, a_new_child_of_a_frozen_group_is_frozen)
{
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/new"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/new/freezer.state"));
	EXPECT_STREQ("1", cg_text("h/a/new/freezer.parent_freezing"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_STREQ("THAWED", cg_text("h/a/new/freezer.state"));
}

TEST_F(files, a_frozen_empty_group_can_be_removed)
{
	ASSERT_TRUE(freeze("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
}

/* ---- tasks ---- */

FREEZER_FIXTURE(tasks);

TEST_F(tasks, stop_in_a_frozen_group_and_go_on_after)
{
	volatile unsigned long *in = &self->shared->ticks[0];
	volatile unsigned long *below = &self->shared->ticks[1];
	volatile unsigned long *out = &self->shared->ticks[2];

	ASSERT_LT(0, counter("h/a", in));
	ASSERT_LT(0, counter("h/a/b", below));
	ASSERT_LT(0, counter(NULL, out));
	ASSERT_TRUE(moves(in) && moves(below) && moves(out));
	ASSERT_TRUE(freeze("h/a"));
	EXPECT_TRUE(still(in));
	EXPECT_TRUE(still(below));
	EXPECT_TRUE(moves(out));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_TRUE(moves(in));
	EXPECT_TRUE(moves(below));
}

TEST_F(tasks, run_if_only_the_child_group_is_frozen)
{
	volatile unsigned long *in = &self->shared->ticks[0];
	volatile unsigned long *below = &self->shared->ticks[1];

	ASSERT_LT(0, counter("h/a", in));
	ASSERT_LT(0, counter("h/a/b", below));
	ASSERT_TRUE(moves(in) && moves(below));
	ASSERT_TRUE(freeze("h/a/b"));
	EXPECT_STREQ("THAWED", cg_text("h/a/freezer.state"));
	EXPECT_TRUE(moves(in));
	EXPECT_TRUE(still(below));
}

TEST_F(tasks, freeze_when_they_enter_a_frozen_group)
{
	volatile unsigned long *tick = &self->shared->ticks[0];
	pid_t pid = counter(NULL, tick);

	ASSERT_LT(0, pid);
	ASSERT_TRUE(moves(tick));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	EXPECT_TRUE(cg_wait_text("h/a/freezer.state", "FROZEN", WAIT));
	EXPECT_TRUE(still(tick));
	/* the task leaves the group and thaws */
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	EXPECT_TRUE(moves(tick));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
}

TEST_F(tasks, can_move_between_frozen_groups)
{
	volatile unsigned long *tick = &self->shared->ticks[0];
	pid_t pid = counter("h/a", tick);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_mkdir("h/c"));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_TRUE(freeze("h/c"));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", pid));
	EXPECT_TRUE(cg_wait_text("h/c/freezer.state", "FROZEN", WAIT));
	EXPECT_TRUE(still(tick));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_TRUE(still(tick));
	ASSERT_EQ(0, thaw("h/c"));
	EXPECT_TRUE(moves(tick));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	EXPECT_EQ(0, cg_rmdir("h/c"));
}

TEST_F(tasks, freeze_while_stopped_by_a_signal)
{
	volatile unsigned long *tick = &self->shared->ticks[0];
	pid_t pid = counter("h/a", tick);

	ASSERT_LT(0, pid);
	ASSERT_TRUE(moves(tick));
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_TRUE(cg_wait_state(pid, "T", 5000));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	EXPECT_TRUE(still(tick));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_TRUE(moves(tick));
	/* a task that is stopped before the freeze is stopped after the thaw */
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_TRUE(cg_wait_state(pid, "T", 5000));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_TRUE(still(tick));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	EXPECT_TRUE(moves(tick));
}

TEST_F(tasks, freeze_while_traced)
{
	volatile unsigned long *tick = &self->shared->ticks[0];
	pid_t pid = counter("h/a", tick);
	int status;

	ASSERT_LT(0, pid);
	ASSERT_TRUE(moves(tick));
	ASSERT_EQ(0, ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, __WALL));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, ptrace(PTRACE_CONT, pid, NULL, NULL));
	EXPECT_TRUE(still(tick));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_TRUE(moves(tick));
	EXPECT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_EQ(pid, waitpid(pid, &status, __WALL));
	EXPECT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

TEST_F(tasks, exit_after_the_thaw_if_killed)
{
	volatile unsigned long *tick = &self->shared->ticks[0];
	pid_t pid = counter("h/a", tick);

	ASSERT_LT(0, pid);
	ASSERT_TRUE(moves(tick));
	ASSERT_TRUE(freeze("h/a"));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_TRUE(still(tick));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 100));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a/b") ?: cg_rmdir("h/a"));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
}

static void *count_thread(void *arg)
{
	count(arg);
	return NULL;
}

static int count_in_threads(void *arg)
{
	struct shared *shared = arg;
	pthread_t id;
	int i;

	for (i = 1; i < 6; i++)
		pthread_create(&id, NULL, count_thread, (void *)&shared->ticks[i]);
	return count((void *)&shared->ticks[0]);
}

TEST_F(tasks, each_thread_freezes)
{
	pid_t pid = cg_spawn(count_in_threads, self->shared), tids[8];
	int i;

	ASSERT_LT(0, pid);
	for (i = 0; i < 6; i++)
		ASSERT_TRUE(moves(&self->shared->ticks[i]));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pid));
	ASSERT_TRUE(freeze("h/a"));
	for (i = 0; i < 6; i++)
		EXPECT_TRUE(still(&self->shared->ticks[i]));
	/* a thread that leaves the group runs, the others do not */
	ASSERT_EQ(6, cg_tids(pid, tids, 8));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", tids[3]));
	EXPECT_TRUE(moves(&self->shared->ticks[3]));
	EXPECT_TRUE(still(&self->shared->ticks[0]));
	EXPECT_STREQ("FROZEN", cg_text("h/a/freezer.state"));
}

/* The time of a sleep passes while the group is frozen; the sleep ends after the thaw. */
TEST_F(tasks, end_a_sleep_after_the_thaw)
{
	static const char * const argv[] = { "/bin/busybox", "sleep", "1", NULL };
	pid_t pid = fork();

	if (!pid) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	ASSERT_TRUE(freeze("h/a"));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 1500));
	ASSERT_EQ(0, thaw("h/a"));
	EXPECT_EQ(0, cg_wait_exit(pid, 10000));
}

TEST_HARNESS_MAIN
