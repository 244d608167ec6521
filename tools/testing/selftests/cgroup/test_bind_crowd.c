// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * Each subsystem comes to, and goes from, a hierarchy of 1,000 groups with 5,000
 * tasks, some of which fork, exec, exit, fault and are attached all the while. A
 * debug kernel has far fewer of them.
 */
#include "cg_test.h"

#include <sys/mman.h>

#define STACK		4096

static int groups(void)
{
	return cg_slow() > 1 ? 40 : 1000;
}

/* Of those who work there are few, or on a slow kernel nobody else gets to run. */
static int workers(void)
{
	return cg_slow() > 1 ? 2 : 24;
}

static const char *group(int i)
{
	return cg_path("h/g%d/s%d", i / 20, i % 20);
}

static int sits(void *arg)
{
	for (;;)
		pause();
	return !arg;
}

/* Five processes to a group, as cheap as can be: all of one address space. */
static int fill(int i, char **stack)
{
	int n, ret = cg_put(cg_path("%s/cgroup.procs", group(i)), "0");

	for (n = 0; n < 5 && !ret; n++) {
		*stack += STACK;
		if (clone(sits, *stack, CLONE_VM | CLONE_FS | CLONE_FILES, NULL) < 0)
			ret = -errno;
	}
	return ret;
}

/* Makes the crowd and is its parent, so that all go with it. */
static int crowd(void *arg)
{
	volatile int *ready = arg;
	char *stack = mmap(NULL, (size_t)groups() * 5 * STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int i, ret = 0;

	for (i = 0; i < groups() && !ret; i++)
		ret = fill(i, &stack);
	*ready = ret ?: 1;
	return sits(NULL);
}

static int works(void *arg)
{
	unsigned int seed = getpid();
	volatile char *mem;
	pid_t pid;
	int i;

	for (;;) {
		cg_put(cg_path("%s/%s", group(rand_r(&seed) % groups()),
			       rand_r(&seed) % 2 ? "tasks" : "cgroup.procs"), "0");
		pid = fork();
		if (!pid) {
			mem = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			for (i = 0; i < 1 << 18; i += 4096)
				mem[i] = 1;
			if (rand_r(&seed) % 2)
				execl("/bin/busybox", "true", NULL);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		cg_msleep(rand_r(&seed) % 50);
	}
	return !arg;
}

static void limit(const char *path, int at_least)
{
	if (cg_num(path) < at_least)
		cg_put(path, "%d", at_least);
}

FIXTURE(beyond) {
	volatile int *ready;
};

FIXTURE_SETUP(beyond)
{
	int i;

	ASSERT_EQ(0, cg_setup());
	limit("/proc/sys/kernel/pid_max", 40000);
	limit("/proc/sys/kernel/threads-max", 30000);
	ASSERT_EQ(0, cg_mount("none,name=crowd", "h"));
	for (i = 0; i < groups(); i++) {
		if (i % 20 == 0)
			ASSERT_EQ(0, cg_mkdir(cg_path("h/g%d", i / 20)));
		ASSERT_EQ(0, cg_mkdir(group(i)));
	}
	self->ready = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->ready);
	ASSERT_LT(0, cg_spawn(crowd, (void *)self->ready));
	ASSERT_TRUE(CG_SOON(self->ready[0]));
	ASSERT_EQ(1, self->ready[0]);
	for (i = 0; i < workers(); i++)
		ASSERT_LT(0, cg_spawn(works, NULL));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

static bool sees(const char *name, pid_t pid)
{
	char path[256];

	return !cg_proc_path(pid, cg_path("%s,name=crowd", name), path, sizeof(path));
}

TEST_F_TIMEOUT(beyond, each_subsystem, 220)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);
	long long start;

	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!cg_usable(name))
			continue;
		start = cg_now_ms();
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+%s", name))
			TH_LOG("%s", name);
		EXPECT_TRUE(sees(name, getpid()))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-%s", name))
			TH_LOG("%s", name);
		TH_LOG("%s: %lld ms to and fro", name, cg_now_ms() - start);
	}
}

/* Nobody is lost or counted twice, and a few are without limits for a moment only. */
TEST_F(beyond, pids_counts_all)
{
	int i;

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids +cpu +memory"));
	for (i = 0; i < groups(); i += 37)
		EXPECT_LE(5, cg_num(cg_path("%s/pids.current", group(i))))
			TH_LOG("%s", group(i));
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=x memory,pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	for (i = 0; i < groups(); i += 37)
		EXPECT_LE(5, cg_num(cg_path("%s/pids.current", group(i))))
			TH_LOG("%s", group(i));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids -cpu -memory"));
}

TEST_HARNESS_MAIN
