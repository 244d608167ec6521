// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/* cmdline: numa=fake=2 */
/* may-skip: main debug */
/*
 * The memory of a process follows its cpuset, also if several processes get new cpusets at once
 * in a merge, and if a policy is copied by a fork before it has followed.
 *
 * A kernel with NUMA is required: scripts/build-kernel main+numa.
 */
#include "cg_test.h"

#include <sys/mman.h>

#include "cg_hold.h"

#define PAGES		64
#define MPOL_INTERLEAVE	3
#define HELD_SIZE	(96UL << 20)

/* Shared by the test and its processes. */
struct board {
	volatile bool ready;	/* the process has its memory */
	volatile bool holds;	/* the leader may take the mmap lock */
	volatile bool forks;	/* the other thread may fork */
	volatile pid_t tid;	/* this thread */
	volatile pid_t child;	/* its child */
};

static struct board *board;

FIXTURE(beyond) { int unused; };

/*
 *  h/ cpu		g/ cpuset
 *  |-- a/		|-- a/	node 0
 *  `-- b/		`-- b/	node 1
 */
static int make_cpuset(const char *dir, int node)
{
	return cg_mkdir(dir) ?: cg_put(cg_path("%s/cpuset.cpus", dir), "0") ?:
	       cg_put(cg_path("%s/cpuset.mems", dir), "%d", node);
}

FIXTURE_SETUP(beyond)
{
	board = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)board);
	ASSERT_EQ(0, cg_setup());
	if (!cg_exists("/sys/devices/system/node/node1"))
		SKIP(return, "one memory node only");
	ASSERT_EQ(0, cg_mount("cpuset,name=g", "g"));
	ASSERT_EQ(0, make_cpuset("g/a", 0));
	ASSERT_EQ(0, make_cpuset("g/b", 1));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
	munmap(board, 4096);
}

/* Pages with a memory policy that names this node. */
static int takes_pages(int node)
{
	unsigned long nodes = 1UL << node;
	void *at = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED)
		return -errno;
	if (syscall(SYS_mbind, at, PAGES * 4096, MPOL_INTERLEAVE, &nodes, 8UL, 0))
		return -errno;
	memset(at, 1, PAGES * 4096);
	return 0;
}

/* The line of the mapping with the policy. */
static const char *mapping(pid_t pid)
{
	static char maps[CG_TEXT_LEN];
	char *line, *end;

	cg_read(cg_path("/proc/%d/numa_maps", pid), maps, sizeof(maps));
	line = strstr(maps, "interleave:");
	end = line ? strchr(line, '\n') : NULL;
	if (end)
		*end = '\0';
	return line ?: "";
}

static bool policy_is(pid_t pid, int node)
{
	return strstr(mapping(pid), cg_path("interleave:%d ", node));
}

static bool is_on(pid_t pid, int node)
{
	return policy_is(pid, node) && strstr(mapping(pid), cg_path("N%d=%d", node, PAGES));
}

/* Does FN soon say so of the process and the node? If not, prints what is there. */
static bool soon(bool (*fn)(pid_t pid, int node), pid_t pid, int node)
{
	if (CG_SOON(fn(pid, node)))
		return true;
	fprintf(stderr, "# process %d, not on node %d: %s\n", pid, node, mapping(pid));
	return false;
}

/* ---- a merge ---- */

struct place {
	const char *in_h, *in_g;
	int node;
};

static int stays(void *arg)
{
	const struct place *place = arg;

	if (cg_put(place->in_h, "0") || cg_put(place->in_g, "0") || takes_pages(place->node))
		return 1;
	cg_pause();
}

/* The merge moves each process to the cpuset at its path in h: these two change places. */
TEST_F(beyond, a_merge_moves_the_pages_of_each_process_from_its_old_nodes)
{
	struct place places[2] = {
		{ "h/b/tasks", "g/a/tasks", 0 }, { "h/a/tasks", "g/b/tasks", 1 },
	};
	pid_t pid[2];
	int i;

	ASSERT_EQ(0, cg_mount("cpu,name=h", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, cg_put("g/a/cpuset.memory_migrate", "1"));
	ASSERT_EQ(0, cg_put("g/b/cpuset.memory_migrate", "1"));
	for (i = 0; i < 2; i++) {
		pid[i] = cg_spawn(stays, &places[i]);
		ASSERT_LT(0, pid[i]);
		ASSERT_TRUE(soon(is_on, pid[i], i));
	}
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_tasks_are_in(pid[0], "cpuset", "/b"));
	EXPECT_TRUE(cg_tasks_are_in(pid[1], "cpuset", "/a"));
	EXPECT_TRUE(soon(is_on, pid[0], 1));
	EXPECT_TRUE(soon(is_on, pid[1], 0));
}

/* ---- a fork ---- */

static void *forks_when_told(void *arg)
{
	pid_t pid;

	board->tid = syscall(SYS_gettid);
	while (!board->forks)
		usleep(1000);
	pid = fork();
	if (!pid)
		cg_pause();
	board->child = pid;
	return arg;
}

/* The leader populates a mapping under the mmap lock; the other thread forks. */
static int holds_and_forks(void *arg)
{
	char *at = mmap(NULL, HELD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED || cg_put("g/a/tasks", "0") || takes_pages(0) ||
	    cg_thread(forks_when_told, NULL))
		return 1;
	madvise(at, HELD_SIZE, MADV_NOHUGEPAGE);
	board->ready = true;
	while (!board->holds)
		usleep(1000);
	mlock(at, HELD_SIZE);
	cg_pause();
}

static long resident(pid_t pid)
{
	long size, pages;

	if (sscanf(cg_text(cg_path("/proc/%d/statm", pid)), "%ld %ld", &size, &pages) != 2)
		return -1;
	return pages * 4096;
}

static int writes_mems(void *arg)
{
	return cg_put("g/a/cpuset.mems", "1") ? 1 : 0;
}

/*
 * The leader holds the mmap lock because it is throttled, and the fork waits for it. Then the
 * nodes of the cpuset change, so a worker waits for the lock as well. The fork gets it first.
 */
TEST_F(beyond, a_child_forked_before_its_parent_has_followed_has_the_new_nodes)
{
	pid_t pid, writer;
	long was;

	ASSERT_EQ(0, cg_hold_setup());
	pid = cg_spawn(holds_and_forks, NULL);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(CG_SOON(board->ready && board->tid > 0));
	ASSERT_TRUE(soon(policy_is, pid, 0));
	/* the leader alone; from now on its maps cannot be read */
	ASSERT_EQ(0, cg_put("cpu/slow/tasks", "%d", pid));
	was = resident(pid);
	board->holds = true;
	ASSERT_TRUE(CG_SOON(resident(pid) > was + 65536));
	board->forks = true;
	ASSERT_TRUE(cg_wait_state(board->tid, "D", 10000));
	writer = cg_spawn(writes_mems, NULL);
	ASSERT_LT(0, writer);
	ASSERT_TRUE(CG_SOON(atoi(cg_text("g/a/cpuset.mems")) == 1));
	/* until the worker has tried more than once */
	cg_msleep(100);
	ASSERT_EQ(0, board->child);

	ASSERT_EQ(0, cg_put("cpu/tasks", "%d", pid));
	ASSERT_TRUE(CG_SOON(board->child > 0));
	EXPECT_TRUE(soon(policy_is, board->child, 1));
	EXPECT_EQ(0, cg_wait_exit(writer, 20000));
	EXPECT_TRUE(soon(policy_is, pid, 1));
}

TEST_HARNESS_MAIN
