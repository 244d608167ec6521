// SPDX-License-Identifier: GPL-2.0
/*
 * What the operations of a cgroup core cost: those that mainline has too.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dirs.h"
#include "measure.h"
#include "move.h"
#include "rounds.h"

#define SIBLINGS	10000
#define PLACES		5
#define MOVES		512
#define FORKS		300
#define THREADS		16
#define CONTROLLERS	"cpu,cpuacct,memory,freezer,pids,devices"
#define ALL		"/mnt/all"
#define NAMED		"/mnt/named"

static void *nothing(void *arg)
{
	return arg;
}

static void start_and_join(void *arg, int i)
{
	pthread_t t;

	if (pthread_create(&t, NULL, nothing, NULL))
		die("pthread_create");
	pthread_join(t, NULL);
}

static void touch(void *pages, int i)
{
	((char *)pages)[i * 4096L] = 1;
}

static void bench_fault(const char *where)
{
	const int pages = 4096;
	long long min = 0;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		void *p = mmap(NULL, pages * 4096L, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			die("mmap");
		madvise(p, pages * 4096L, MADV_NOHUGEPAGE);
		keep_least(&min, cost(pages, touch, p));
		munmap(p, pages * 4096L);
	}
	report("fault", where, min);
}

static void bench_tasks(const char *where)
{
	bench("fork+exit", where, FORKS, fork_and_exit, NULL);
	bench("thread", where, FORKS, start_and_join, NULL);
	bench_fault(where);
}

static void bench_dirs(char *root, const char *where)
{
	long long cost_of[DIR_COSTS];
	int i;

	measure_dirs(root, cost_of);
	for (i = 0; i < DIR_COSTS; i++)
		report(dir_costs[i], where, cost_of[i]);
}

/*
 * Among siblings, the middle of some numbers of them: at one or another, not the same on two
 * kernels, a chunk of percpu is full, and each round makes and destroys one.
 */
static void bench_dirs_among(char *root, const char *where)
{
	long long cost_of[PLACES][DIR_COSTS], at[PLACES];
	int i, n = 0, place;

	for (place = 0; place < PLACES; place++) {
		for (; n < SIBLINGS + place * SIBLINGS / 10; n++)
			if (mkdir(text("%s/sibling-%d", root, n), 0755))
				die("mkdir sibling");
		measure_dirs(root, cost_of[place]);
	}
	for (i = 0; i < DIR_COSTS; i++) {
		for (place = 0; place < PLACES; place++)
			at[place] = cost_of[place][i];
		report(dir_costs[i], where, median(at, PLACES));
	}
}

static void bench_move(const char *root, const char *file, int threads, const char *name,
		       const char *where)
{
	struct move m;

	move_begin(&m, root, file, threads);
	bench(name, where, MOVES, move, &m);
	move_end(&m);
}

int main(void)
{
	/* The kernel has things to do yet when user space starts. */
	sleep(30);
	bench_tasks("unmounted");

	mkdir(ALL, 0755);
	mkdir(NAMED, 0755);
	if (mount("none", ALL, "cgroup", 0, CONTROLLERS))
		die("mount " CONTROLLERS);
	if (mount("none", NAMED, "cgroup", 0, "none,name=bench"))
		die("mount name=bench");
	bench_tasks("root");

	mkdir(ALL "/a", 0755);
	mkdir(ALL "/a/b", 0755);
	mkdir(ALL "/a/b/c", 0755);
	put(ALL "/a/b/c/cgroup.procs", "0");
	bench_tasks("deep");
	put(ALL "/cgroup.procs", "0");

	bench_move(NAMED, "tasks", 1, "move-thread", "named");
	bench_move(NAMED, "cgroup.procs", THREADS, "move-16-threads", "named");
	bench_move(ALL, "tasks", 1, "move-thread", "controllers");
	bench_move(ALL, "cgroup.procs", THREADS, "move-16-threads", "controllers");

	bench_dirs(NAMED, "named");
	bench_dirs(ALL, "controllers");
	bench_dirs_among(NAMED, "named-10000");
	bench_dirs_among(ALL, "controllers-10000");
	return 0;
}
