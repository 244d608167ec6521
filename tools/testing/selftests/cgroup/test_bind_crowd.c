// SPDX-License-Identifier: GPL-2.0
/* timeout: 360 */
/*
 * Each subsystem comes to, and goes from, a hierarchy of 1,000 groups with 5,000
 * tasks, some of which fork, exec, exit, fault and are attached all the while: each
 * of them is seen to get on with all of that in every turn. A debug kernel has far
 * fewer of them.
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

/* Five processes to a group, as cheap as can be: all of one address space. One's id is told. */
static int fill(int i, char **stack, volatile int *pid)
{
	int n, ret = cg_put(cg_path("%s/cgroup.procs", group(i)), "0");

	for (n = 0; n < 5 && !ret; n++) {
		*stack += STACK;
		*pid = clone(sits, *stack, CLONE_VM | CLONE_FS | CLONE_FILES, NULL);
		if (*pid < 0)
			ret = -errno;
	}
	return ret;
}

/* Makes the crowd and is its parent, so that all go with it. Of each group one is noted. */
static int crowd(void *arg)
{
	volatile int *ready = arg;
	char *stack = mmap(NULL, (size_t)groups() * 5 * STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int i, ret = 0;

	for (i = 0; i < groups() && !ret; i++)
		ret = fill(i, &stack, &ready[1 + i]);
	*ready = ret ?: 1;
	return sits(NULL);
}

/* What a worker and its children have done so far. */
struct work {
	unsigned long attaches;
	unsigned long forks;
	unsigned long execs;
	unsigned long exits;
	unsigned long faults;
	int odd;		/* an errno that no attach is to give */
};

/* One attach, of the writer (0) or of a child, which may be about to exit. */
static void attaches(struct work *w, unsigned int *seed, pid_t pid)
{
	int ret = cg_put(cg_path("%s/%s", group(rand_r(seed) % groups()),
				 rand_r(seed) % 2 ? "tasks" : "cgroup.procs"), "%d", pid);

	if (!ret)
		w->attaches++;
	else if (!pid || ret != -ESRCH)
		w->odd = ret;
}

static void faults_and_ends(struct work *w, bool execs)
{
	volatile char *mem = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	for (i = 0; i < 1 << 18; i += 4096)
		mem[i] = 1;
	w->faults += 1 << 6;
	if (execs)
		execl("/bin/busybox", "sh", "-c", "exit 7", NULL);
	_exit(0);
}

/* Its children go one after the other, so there is one who counts at a time. */
static int works(void *arg)
{
	struct work *w = arg;
	unsigned int seed = getpid();
	int i, status;
	pid_t pid;

	for (i = 0;; i++) {
		attaches(w, &seed, 0);
		pid = fork();
		if (!pid)
			faults_and_ends(w, i % 2);
		if (pid < 0) {
			w->odd = -errno;
			continue;
		}
		w->forks++;
		attaches(w, &seed, pid);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != (i % 2 ? 7 : 0)) {
			w->odd = -ECHILD;
			continue;
		}
		w->exits++;
		w->execs += i % 2;
		cg_msleep(rand_r(&seed) % 50);
	}
	return !arg;
}

/* Has it done some of everything since it was as it is in THEN? */
static bool gets_on(const volatile struct work *w, const struct work *then)
{
	return w->attaches > then->attaches && w->forks > then->forks &&
	       w->execs > then->execs && w->exits > then->exits && w->faults > then->faults;
}

static void limit(const char *path, int at_least)
{
	if (cg_num(path) < at_least)
		cg_put(path, "%d", at_least);
}

FIXTURE(beyond) {
	volatile int *ready;
	struct work *work;
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
	self->ready = mmap(NULL, (1 + groups()) * sizeof(int), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->ready);
	ASSERT_LT(0, cg_spawn(crowd, (void *)self->ready));
	ASSERT_TRUE(CG_SOON(self->ready[0]));
	ASSERT_EQ(1, self->ready[0]);
	self->work = mmap(NULL, sizeof(*self->work) * workers(), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->work);
	for (i = 0; i < workers(); i++)
		ASSERT_LT(0, cg_spawn(works, &self->work[i]));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

#define ROOM_WORKERS	32

static bool all_get_on(const struct work *work, const struct work *then)
{
	int i;

	for (i = 0; i < workers(); i++)
		if (!gets_on(&work[i], &then[i]))
			return false;
	return true;
}

/* From now on each worker does some of everything, and nothing goes wrong in that. */
static bool work_goes_on(const struct work *work)
{
	struct work then[ROOM_WORKERS];
	bool ok;
	int i;

	memcpy(then, work, sizeof(*work) * workers());
	ok = CG_SOON(all_get_on(work, then));
	for (i = 0; i < workers(); i++) {
		if (!work[i].odd && gets_on(&work[i], &then[i]))
			continue;
		ok = false;
		fprintf(stderr, "# worker %d: error %d; +%lu attaches, +%lu forks, +%lu execs, ",
			i, work[i].odd, work[i].attaches - then[i].attaches,
			work[i].forks - then[i].forks, work[i].execs - then[i].execs);
		fprintf(stderr, "+%lu exits, +%lu faults\n",
			work[i].exits - then[i].exits, work[i].faults - then[i].faults);
	}
	return ok;
}

/* Is NAME named on the line of each task that is looked at, with its path? */
static bool all_see(const volatile pid_t *pids, const char *name)
{
	char path[256];
	int i;

	for (i = 0; i < groups(); i += 37) {
		if (!cg_proc_path(pids[i], cg_path("%s,name=crowd", name), path, sizeof(path)) &&
		    !strcmp(path, group(i) + 1))
			continue;
		fprintf(stderr, "# %d of %s is at '%s'\n", pids[i], group(i), path);
		return false;
	}
	return true;
}

TEST_F_TIMEOUT(beyond, each_subsystem, 330)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);
	long long start, ms;

	CG_NEED("debug");
	ASSERT_GE(ROOM_WORKERS, workers());
	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!cg_usable(name))
			continue;
		start = cg_now_ms();
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+%s", name))
			TH_LOG("%s", name);
		ms = cg_now_ms() - start;
		EXPECT_TRUE(all_see(self->ready + 1, name))
			TH_LOG("%s", name);
		EXPECT_TRUE(work_goes_on(self->work))
			TH_LOG("+%s", name);
		/* each task has the states that its groups have */
		EXPECT_EQ(0, cg_debug_num("css_sets_wrong"))
			TH_LOG("+%s", name);
		start = cg_now_ms();
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-%s", name))
			TH_LOG("%s", name);
		ms += cg_now_ms() - start;
		/* all tasks are back in the root state */
		EXPECT_EQ(0, cg_hierarchy_of(name));
		EXPECT_EQ(0, cg_debug_num("css_sets_wrong"))
			TH_LOG("-%s", name);
		TH_LOG("%s: %lld ms to and fro", name, ms);
	}
	/* several at once, and by a remount */
	ASSERT_EQ(0, cg_remount("pids,cpu,freezer,name=crowd", "h"));
	EXPECT_TRUE(all_see(self->ready + 1, "cpu,freezer,pids"));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
	EXPECT_TRUE(work_goes_on(self->work));
	ASSERT_EQ(0, cg_remount("none,name=crowd", "h"));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
	EXPECT_TRUE(work_goes_on(self->work));
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
	EXPECT_TRUE(work_goes_on(self->work));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids -cpu -memory"));
}

TEST_HARNESS_MAIN
