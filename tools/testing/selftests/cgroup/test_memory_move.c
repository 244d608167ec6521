// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * Charges that move with their tasks (memory.move_charge_at_immigrate), many
 * tasks at once: the controller has room for one move at a time and counts on
 * the core to let it end before the next one begins.
 */
#include "cg_test.h"

#include <sys/mman.h>

#define MB	1048576LL
#define EATERS	4

/*
 *  h/
 *  |-- a/    tasks go to and fro, and
 *  |-- b/    take their pages along
 *  `-- xN/   comes and goes
 */
FIXTURE(memory_move) { int unused; };

static int take_pages_along(const char *dir)
{
	return cg_put(cg_path("%s/memory.move_charge_at_immigrate", dir), "1");
}

FIXTURE_SETUP(memory_move)
{
	ASSERT_EQ(0, cg_setup());
	if (!cg_usable("memory"))
		SKIP(return, "subsystem memory is not in this kernel");
	ASSERT_EQ(0, cg_mount_retry("memory", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, take_pages_along("h/a"));
	ASSERT_EQ(0, take_pages_along("h/b"));
}

FIXTURE_TEARDOWN(memory_move)
{
	EXPECT_EQ(0, cg_teardown());
}

static int eat(void *arg)
{
	char *at = mmap(NULL, 2 * MB, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (cg_put("h/a/cgroup.procs", "0") || at == MAP_FAILED)
		return 1;
	memset(at, 1, 2 * MB);
	for (;;)
		pause();
	return !arg;
}

static pid_t eater(void)
{
	return cg_spawn(eat, NULL);
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
	long long end = cg_deadline(20000);

	ASSERT_LT(0, pid);
	while (cg_num("h/a/memory.usage_in_bytes") < 2 * MB && cg_now_ms() < end)
		cg_msleep(5);
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

TEST_F(memory_move, many_at_once)
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
	/* no mm was forgotten on the way */
	EXPECT_TRUE(shrinks("h/a/memory.usage_in_bytes"));
	EXPECT_TRUE(shrinks("h/b/memory.usage_in_bytes"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

TEST_HARNESS_MAIN
