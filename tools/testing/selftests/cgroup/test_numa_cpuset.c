// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/* cmdline: numa=fake=2 */
/* may-skip: main debug */
/*
 * The memory of processes follows the memory nodes of their cpuset: memory policies are
 * rebound and pages are migrated.  A process that holds its mmap lock delays only itself and
 * the tasks that wait for its memory.
 *
 * A kernel with NUMA is required: scripts/build-kernel main+numa.
 */
#include "cg_test.h"

#include <sys/mman.h>

#include "cg_hold.h"

#define PAGES		64
#define MPOL_INTERLEAVE	3

/*
 *  h/
 *  |-- a/    node 0; members take their pages along
 *  |-- b/    node 1; members take their pages along
 *  `-- c/    node 0; used by other tasks
 */
static int make_cpuset(const char *dir, int node)
{
	int ret = cg_mkdir(dir);

	if (!ret)
		ret = cg_put(cg_path("%s/cpuset.cpus", dir), "0-1");
	if (!ret)
		ret = cg_put(cg_path("%s/cpuset.mems", dir), "%d", node);
	return ret ?: cg_put(cg_path("%s/cpuset.memory_migrate", dir), "1");
}

static int setup(void)
{
	int ret = cg_mount_retry("cpuset", "h");

	if (!ret)
		ret = make_cpuset("h/a", 0);
	if (!ret)
		ret = make_cpuset("h/b", 1);
	return ret ?: make_cpuset("h/c", 0);
}

/* Pages with a memory policy that names the nodes of the cpuset. */
static int owner(void *arg)
{
	unsigned long nodes = *(int *)arg ? 2 : 1;
	void *at = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || cg_put(nodes == 1 ? "h/a/tasks" : "h/b/tasks", "0"))
		return 1;
	if (syscall(SYS_mbind, at, PAGES * 4096, MPOL_INTERLEAVE, &nodes, 8UL, 0))
		return 2;
	memset(at, 1, PAGES * 4096);
	cg_pause();
}

/* A process in h/a (h/b for node 1) whose pages are on that node. */
static pid_t owner_on(int node)
{
	pid_t pid = cg_spawn(owner, &node);
	long long end = cg_deadline(20000);
	const char *maps;

	while (pid > 0 && cg_now_ms() < end) {
		maps = cg_text(cg_path("/proc/%d/numa_maps", pid));
		maps = strstr(maps, "interleave:");
		if (maps && strstr(maps, "anon=64"))
			break;
		cg_msleep(2);
	}
	return pid;
}

/* Are the pages with the policy on this node, and does the policy name it? */
static bool is_on(pid_t pid, int node)
{
	char policy[32], pages[32], *line, *end;
	static char maps[CG_TEXT_LEN];

	cg_read(cg_path("/proc/%d/numa_maps", pid), maps, sizeof(maps));
	line = strstr(maps, "interleave:");
	if (!line)
		return false;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	snprintf(policy, sizeof(policy), "interleave:%d ", node);
	snprintf(pages, sizeof(pages), "N%d=%d", node, PAGES);
	if (strstr(line, policy) && strstr(line, pages))
		return true;
	fprintf(stderr, "# not on node %d: %s\n", node, line);
	return false;
}

FIXTURE(numa) { int unused; };

FIXTURE_SETUP(numa)
{
	ASSERT_EQ(0, cg_setup());
	if (!cg_exists("/sys/devices/system/node/node1"))
		SKIP(return, "one memory node only");
	ASSERT_EQ(0, setup());
}

FIXTURE_TEARDOWN(numa)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(numa, a_write_to_mems_takes_members_along)
{
	pid_t pid = owner_on(0);

	ASSERT_TRUE(is_on(pid, 0));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "1"));
	EXPECT_TRUE(is_on(pid, 1));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	EXPECT_TRUE(is_on(pid, 0));
}

TEST_F(numa, an_attach_takes_the_process_along)
{
	pid_t pid = owner_on(0);

	ASSERT_TRUE(is_on(pid, 0));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_TRUE(is_on(pid, 1));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pid));
	EXPECT_TRUE(is_on(pid, 0));
}

TEST_F(numa, pages_stay_without_memory_migrate)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/b/cpuset.memory_migrate", "0"));
	pid = owner_on(0);
	ASSERT_TRUE(is_on(pid, 0));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_NE(NULL, strstr(cg_text(cg_path("/proc/%d/numa_maps", pid)), "interleave:1 "));
	EXPECT_NE(NULL, strstr(cg_text(cg_path("/proc/%d/numa_maps", pid)), "N0=64"));
}

static int fork_and_wait(void *arg)
{
	cg_make_processes(arg);
	return 0;
}

TEST_F(numa, members_may_fork_meanwhile)
{
	pid_t pid[8];
	int i;

	for (i = 0; i < 8; i++) {
		pid[i] = cg_spawn(fork_and_wait, NULL);
		ASSERT_LT(0, pid[i]);
		ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pid[i]));
	}
	for (i = 0; i < 20; i++)
		ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "%d", i % 2));
	for (i = 0; i < 20; i++)
		ASSERT_EQ(0, cg_put(i % 2 ? "h/a/cgroup.procs" : "h/b/cgroup.procs", "%d", pid[0]));
}

FIXTURE(beyond_numa) { pid_t holder; };

FIXTURE_SETUP(beyond_numa)
{
	ASSERT_EQ(0, cg_setup());
	if (!cg_exists("/sys/devices/system/node/node1"))
		SKIP(return, "one memory node only");
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, cg_hold_setup());
	self->holder = cg_hold_mmap_lock();
	ASSERT_LT(0, self->holder);
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->holder));
	ASSERT_EQ(0, cg_hold_begin(self->holder));
}

FIXTURE_TEARDOWN(beyond_numa)
{
	EXPECT_EQ(0, cg_teardown());
}

static int write_mems_of(void *arg)
{
	return cg_put("h/a/cpuset.mems", "%d", *(int *)arg) ? 1 : 0;
}

static int write_mems(void *arg)
{
	int node = 1;

	(void)arg;
	return write_mems_of(&node);
}

static int remove_a(void *arg)
{
	(void)arg;
	return cg_rmdir("h/a") ? 1 : 0;
}

static int attach(void *arg)
{
	return cg_put("h/b/cgroup.procs", "%d", *(pid_t *)arg) ? 1 : 0;
}

/* What other tasks do.  Each operation must be quick. */
static int others(void *arg)
{
	pid_t pid = owner_on(1);
	int i;

	(void)arg;
	for (i = 0; i < 10; i++) {
		if (cg_mkdir("h/c/x") || cg_put("h/c/x/cpuset.cpus", "0") || cg_rmdir("h/c/x"))
			return 1;
		if (cg_put("h/c/cpuset.cpus", i % 2 ? "0-1" : "0"))
			return 2;
		if (cg_put("h/c/cgroup.procs", "%d", pid) || !is_on(pid, 0))
			return 3;
		if (cg_put("h/c/cpuset.mems", "1") || !is_on(pid, 1))
			return 4;
		if (cg_put("h/c/cpuset.mems", "0") || cg_put("h/b/cgroup.procs", "%d", pid))
			return 5;
	}
	cg_kill(pid);
	return 0;
}

/* Is the stack of a process on this node? */
static bool stack_is_on(pid_t pid, int node)
{
	static char maps[CG_TEXT_LEN];
	char *line, *end;

	cg_read(cg_path("/proc/%d/numa_maps", pid), maps, sizeof(maps));
	line = strstr(maps, " stack ");
	end = line ? strchr(line, '\n') : NULL;
	if (end)
		*end = '\0';
	return line && !strstr(line, cg_path(" N%d=", !node)) &&
	       strstr(line, cg_path(" N%d=", node));
}

/* Only WRITER waits for the memory of HOLDER.  When it is killed, it no longer waits. */
static void expect_only(struct __test_metadata *_metadata, pid_t holder, pid_t writer)
{
	cg_msleep(200);
	EXPECT_NE('Z', cg_state(writer));
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(others, NULL), 10000));
	EXPECT_NE('Z', cg_state(writer));
	EXPECT_EQ(0, kill(writer, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(writer, 5000));
	EXPECT_EQ(0, cg_hold_end(holder));
	EXPECT_TRUE(CG_SOON(stack_is_on(holder, 1)));
}

TEST_F(beyond_numa, a_held_mmap_lock_delays_only_the_writer_of_mems)
{
	pid_t writer = cg_spawn(write_mems, NULL);

	ASSERT_LT(0, writer);
	expect_only(_metadata, self->holder, writer);
}

TEST_F(beyond_numa, a_held_mmap_lock_delays_only_the_attaching_task)
{
	pid_t writer = cg_spawn(attach, &self->holder);

	ASSERT_LT(0, writer);
	expect_only(_metadata, self->holder, writer);
	EXPECT_TRUE(cg_has_pid("h/b/cgroup.procs", self->holder));
}

TEST_F(beyond_numa, a_removal_does_not_wait_for_the_writer_of_mems)
{
	pid_t writer, mover;

	writer = cg_spawn(write_mems, NULL);
	ASSERT_LT(0, writer);
	ASSERT_TRUE(CG_SOON(atoi(cg_text("h/a/cpuset.mems")) == 1));
	mover = cg_spawn(attach, &self->holder);
	ASSERT_LT(0, mover);
	ASSERT_TRUE(CG_SOON(cg_has_pid("h/b/cgroup.procs", self->holder)));

	/* both wait, the writer with a file of h/a open */
	cg_msleep(200);
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(remove_a, NULL), 10000));
	EXPECT_FALSE(cg_exists("h/a"));
	EXPECT_NE('Z', cg_state(writer));
	EXPECT_NE('Z', cg_state(mover));

	EXPECT_EQ(0, cg_hold_end(self->holder));
	EXPECT_EQ(0, cg_wait_exit(writer, 20000));
	EXPECT_EQ(0, cg_wait_exit(mover, 20000));
	EXPECT_TRUE(stack_is_on(self->holder, 1));
}

#define WRITERS		9

/* A new change replaces those that are pending, and the last one is done. */
TEST_F(beyond_numa, the_last_of_many_changes_is_done)
{
	pid_t writer[WRITERS];
	int i, node;

	for (i = 0; i < WRITERS; i++) {
		node = !(i % 2);
		writer[i] = cg_spawn(write_mems_of, &node);
		ASSERT_LT(0, writer[i]);
		ASSERT_TRUE(CG_SOON(atoi(cg_text("h/a/cpuset.mems")) == node));
		if (i % 3 == 1)
			ASSERT_EQ(0, kill(writer[i], SIGKILL));
	}
	cg_msleep(200);
	EXPECT_NE('Z', cg_state(writer[WRITERS - 1]));
	EXPECT_EQ(0, cg_hold_end(self->holder));
	for (i = 0; i < WRITERS; i++) {
		int ret = cg_wait_exit(writer[i], 20000);

		if (i % 3 != 1)
			EXPECT_EQ(0, ret);
	}
	EXPECT_TRUE(stack_is_on(self->holder, 1));
}

TEST_F(beyond_numa, the_writer_continues_when_the_lock_is_free)
{
	pid_t writer = cg_spawn(write_mems, NULL);

	ASSERT_LT(0, writer);
	cg_msleep(100);
	EXPECT_EQ(0, cg_hold_end(self->holder));
	EXPECT_EQ(0, cg_wait_exit(writer, 10000));
	EXPECT_TRUE(stack_is_on(self->holder, 1));
}

TEST_F(beyond_numa, a_killed_holder_does_not_delay_the_writer)
{
	pid_t writer = cg_spawn(write_mems, NULL);

	ASSERT_LT(0, writer);
	cg_msleep(100);
	/* it waits for the holder */
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(writer, 0));
	ASSERT_EQ(0, cg_hold_kill(self->holder));
	EXPECT_EQ(0, cg_wait_exit(writer, 20000));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(self->holder, 20000));
}

TEST_HARNESS_MAIN
