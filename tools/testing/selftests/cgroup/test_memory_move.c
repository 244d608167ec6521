// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * Charges move with their tasks (memory.move_charge_at_immigrate), also those of
 * many tasks at once: the controller moves the charges of one attach at a time,
 * and each attach gets its turn.
 */
#include "cg_test.h"

#include <sys/mman.h>

#include "cg_hold.h"

#define MB	1048576LL
#define EATERS	4
#define DISK	"/dev/ram1"

/*
 *  h/
 *  |-- a/    tasks move to and fro between the groups,
 *  |-- b/    and take their pages along
 *  `-- xN/   is made and removed all the time
 */
FIXTURE(memory_move) { int unused; };

static int take_pages_along(const char *dir)
{
	return cg_put(cg_path("%s/memory.move_charge_at_immigrate", dir), "1");
}

static int setup(void)
{
	return cg_setup() ?: cg_mount_retry("memory", "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/b") ?: take_pages_along("h/a") ?: take_pages_along("h/b");
}

FIXTURE_SETUP(memory_move)
{
	CG_NEED("memory");
	ASSERT_EQ(0, setup());
}

FIXTURE_TEARDOWN(memory_move)
{
	EXPECT_EQ(0, cg_teardown());
}

/* A task in h/a with 2 MB of memory. */
static pid_t eater(void)
{
	return cg_eater("h/a", 2 * MB);
}

struct moves {
	pid_t pid;
	int nr;
	long long ms;
};

static int move_to_and_fro(void *arg)
{
	struct moves *m = arg;
	long long end = cg_now_ms() + m->ms;
	char x[32];

	snprintf(x, sizeof(x), "h/x%d", m->nr);
	while (cg_now_ms() < end) {
		if (cg_put("h/b/cgroup.procs", "%d", m->pid))
			return 1;
		if (cg_mkdir(x) || take_pages_along(x))
			return 2;
		if (cg_put(cg_path("%s/cgroup.procs", x), "%d", m->pid))
			return 3;
		if (cg_put("h/a/cgroup.procs", "%d", m->pid))
			return 4;
		if (cg_rmdir(x))
			return 5;
	}
	return 0;
}

TEST_F(memory_move, one_task_takes_its_pages_along)
{
	pid_t pid = eater();

	ASSERT_LT(0, pid);
	ASSERT_LE(2 * MB, cg_num("h/a/memory.usage_in_bytes"));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_LE(2 * MB, cg_num("h/b/memory.usage_in_bytes"));
	EXPECT_GT(1 * MB, cg_num("h/a/memory.usage_in_bytes"));
}

static bool shrinks(const char *path)
{
	long long end = cg_deadline(20000);

	while (cg_num(path) >= MB) {
		if (cg_now_ms() > end)
			return false;
		cg_msleep(5);
	}
	return true;
}

struct start {
	pid_t pid;
	volatile int *go;
};

static int moves_when_told(void *arg)
{
	struct start *start = arg;

	while (!*start->go)
		;
	return cg_put("h/b/cgroup.procs", "%d", start->pid) ? 1 : 0;
}

TEST_F(memory_move, many_tasks_take_their_pages_along_at_once)
{
	volatile int *go = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				-1, 0);
	pid_t mover[EATERS];
	int i;

	ASSERT_NE(MAP_FAILED, (void *)go);
	for (i = 0; i < EATERS; i++) {
		struct start start = { .pid = eater(), .go = go };

		ASSERT_LT(0, start.pid);
		mover[i] = cg_spawn(moves_when_told, &start);
		ASSERT_LT(0, mover[i]);
	}
	ASSERT_LE(EATERS * 2 * MB, cg_num("h/a/memory.usage_in_bytes"));
	*go = 1;
	for (i = 0; i < EATERS; i++)
		EXPECT_EQ(0, cg_wait_exit(mover[i], 20000));
	EXPECT_LE(EATERS * 2 * MB, cg_num("h/b/memory.usage_in_bytes"));
	EXPECT_GT(2 * MB, cg_num("h/a/memory.usage_in_bytes"));
	munmap((void *)go, 4096);
}

TEST_F(memory_move, many_tasks_move_to_and_fro_at_once)
{
	struct moves m = { .ms = 10000 };
	pid_t mover[EATERS];
	int i;

	for (i = 0; i < EATERS; i++) {
		m.pid = eater();
		m.nr = i;
		ASSERT_LT(0, m.pid);
		mover[i] = cg_spawn(move_to_and_fro, &m);
		ASSERT_LT(0, mover[i]);
	}
	for (i = 0; i < EATERS; i++)
		EXPECT_EQ(0, cg_wait_exit(mover[i], 60000));
	cg_kill_children();
	/* no charges are left, so no mm was forgotten */
	EXPECT_TRUE(shrinks("h/a/memory.usage_in_bytes"));
	EXPECT_TRUE(shrinks("h/b/memory.usage_in_bytes"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

TEST_F(memory_move, charges_that_do_not_fit_are_refused)
{
	pid_t pid = eater();

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/b/memory.limit_in_bytes", "1M"));
	EXPECT_EQ(-ENOMEM, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_TRUE(cg_has_pid("h/a/cgroup.procs", pid));
	EXPECT_EQ(0, cg_num("h/b/memory.usage_in_bytes"));
	ASSERT_EQ(0, cg_put("h/b/memory.limit_in_bytes", "64M"));
	EXPECT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_LE(2 * MB, cg_num("h/b/memory.usage_in_bytes"));
}

static int write_disk(void *arg)
{
	static char buf[MB];
	int i, fd = *(int *)arg;

	if (cg_put("h/b/cgroup.procs", "0"))
		return 1;
	for (i = 0; i < 8; i++)
		if (pwrite(fd, buf, MB, i * MB) != MB)
			return 2;
	return fsync(fd) ? 3 : 0;
}

/* The group is full of page cache of a disk, which can be reclaimed. */
TEST_F(memory_move, charges_that_fit_after_reclaim)
{
	pid_t pid = eater();
	int disk = open(DISK, O_RDWR);

	ASSERT_LT(0, pid);
	/* the disk keeps its page cache until this file is closed */
	ASSERT_LE(0, disk);
	ASSERT_EQ(0, cg_put("h/b/memory.limit_in_bytes", "6M"));
	ASSERT_EQ(0, cg_wait_exit(cg_spawn(write_disk, &disk), 20000));
	ASSERT_LT(5 * MB, cg_num("h/b/memory.usage_in_bytes"));
	EXPECT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_GT(1 * MB, cg_num("h/a/memory.usage_in_bytes"));
}

FIXTURE(beyond) { int unused; };

FIXTURE_SETUP(beyond)
{
	CG_NEED("memory");
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, cg_hold_setup());
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

/*
 * Move the process from the root to h/a. It takes its pages along, unless its mmap lock happens
 * to be taken for too long.
 */
static bool takes_its_pages_along(pid_t pid)
{
	return !cg_put("h/cgroup.procs", "%d", pid) && !cg_put("h/a/cgroup.procs", "%d", pid) &&
	       cg_num("h/a/memory.usage_in_bytes") >= CG_HOLD_KEPT;
}

/* A process that holds its mmap lock keeps its charges, and delays no other task. */
TEST_F(beyond, a_held_mmap_lock_keeps_the_charges)
{
	pid_t holder = cg_hold_mmap_lock();
	long long begun;

	ASSERT_LT(0, holder);
	ASSERT_TRUE(CG_SOON(takes_its_pages_along(holder)));
	ASSERT_EQ(0, cg_hold_begin(holder));
	begun = cg_now_ms();
	EXPECT_EQ(0, cg_put("h/b/cgroup.procs", "%d", holder));
	EXPECT_GT(1000 * cg_slow(), cg_now_ms() - begun);
	EXPECT_TRUE(cg_has_pid("h/b/cgroup.procs", holder));
	EXPECT_LE(CG_HOLD_KEPT, cg_num("h/a/memory.usage_in_bytes"));
	EXPECT_EQ(0, cg_mkdir("h/x"));
	EXPECT_EQ(0, cg_rmdir("h/x"));
	EXPECT_EQ(0, cg_hold_end(holder));
	/* the charges do not move later, when the lock is free */
	EXPECT_LE(CG_HOLD_KEPT, cg_num("h/a/memory.usage_in_bytes"));
	cg_kill_children();
	EXPECT_TRUE(shrinks("h/a/memory.usage_in_bytes"));
	EXPECT_TRUE(shrinks("h/b/memory.usage_in_bytes"));
}

TEST_HARNESS_MAIN
