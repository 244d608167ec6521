// SPDX-License-Identifier: GPL-2.0
/*
 * What the operations of a cgroup core cost: those that mainline has too.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

#define ROUNDS		9
#define SIBLINGS	10000
#define PLACES		5
#define BATCH		32
#define MOVES		512
#define FORKS		300
#define THREADS		16
#define CONTROLLERS	"cpu,cpuacct,memory,freezer,pids,devices"
#define ALL		"/mnt/all"
#define NAMED		"/mnt/named"

/* What once() costs, so many times in a row. */
static long long cost(int times, void (*once)(void *arg, int i), void *arg)
{
	int i;

	settle(2);
	start();
	for (i = 0; i < times; i++)
		once(arg, i);
	return stop(times);
}

/* The least of some rounds, for what needs nothing between them. */
static void bench(const char *name, const char *where, int times,
		  void (*once)(void *arg, int i), void *arg)
{
	long long min = 0;
	int round;

	for (round = 0; round < ROUNDS; round++)
		least(&min, cost(times, once, arg));
	report(name, where, min);
}

static void fork_and_exit(void *arg, int i)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

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
		least(&min, cost(pages, touch, p));
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

static void make_dir(void *root, int i)
{
	if (mkdir(path("%s/bench-%d", root, i), 0755))
		die("mkdir");
}

/* Files may be made when somebody looks: with all of them, the dearest that a group can be. */
static void make_and_list_dir(void *root, int i)
{
	DIR *d;

	make_dir(root, i);
	d = opendir(path("%s/bench-%d", root, i));
	if (!d)
		die("opendir");
	while (readdir(d))
		;
	closedir(d);
}

static void remove_dir(void *root, int i)
{
	if (rmdir(path("%s/bench-%d", root, i)))
		die("rmdir");
}

/* What there is to do with a directory, and what each costs. */
enum { MADE, REMOVED, LISTED, REMOVED_LISTED, DIR_COSTS };

static const char *const dir_costs[] = { "mkdir", "rmdir", "mkdir+list", "rmdir+listed" };

static void measure_dirs(char *root, long long cost_of[DIR_COSTS])
{
	int round;

	memset(cost_of, 0, sizeof(cost_of[0]) * DIR_COSTS);
	for (round = 0; round < ROUNDS; round++) {
		least(&cost_of[MADE], cost(BATCH, make_dir, root));
		least(&cost_of[REMOVED], cost(BATCH, remove_dir, root));
		least(&cost_of[LISTED], cost(BATCH, make_and_list_dir, root));
		least(&cost_of[REMOVED_LISTED], cost(BATCH, remove_dir, root));
	}
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
			if (mkdir(path("%s/sibling-%d", root, n), 0755))
				die("mkdir sibling");
		measure_dirs(root, cost_of[place]);
	}
	for (i = 0; i < DIR_COSTS; i++) {
		for (place = 0; place < PLACES; place++)
			at[place] = cost_of[place][i];
		report(dir_costs[i], where, middle(at, PLACES));
	}
}

static void *asleep(void *arg)
{
	pause();
	return arg;
}

/* A process with that many threads, all asleep. */
static pid_t sleeper(int threads)
{
	pid_t pid = fork();
	pthread_t t;

	if (pid < 0)
		die("fork");
	if (!pid) {
		while (--threads)
			pthread_create(&t, NULL, asleep, NULL);
		asleep(NULL);
		_exit(0);
	}
	settle(2);
	return pid;
}

struct move {
	char text[16];
	int len;
	int fd[2];
};

static void move(void *arg, int i)
{
	struct move *m = arg;

	if (pwrite(m->fd[i % 2], m->text, m->len, 0) != m->len)
		die("move");
}

static void bench_move(const char *root, const char *file, int threads, const char *name,
		       const char *where)
{
	pid_t pid = sleeper(threads);
	struct move m;
	int i;

	m.len = snprintf(m.text, sizeof(m.text), "%d", pid);
	for (i = 0; i < 2; i++) {
		mkdir(path("%s/to-%d", root, i), 0755);
		m.fd[i] = open(path("%s/to-%d/%s", root, i, file), O_WRONLY);
		if (m.fd[i] < 0)
			die("open a group");
	}
	bench(name, where, MOVES, move, &m);
	close(m.fd[0]);
	close(m.fd[1]);
	kill(pid, 9);
	waitpid(pid, NULL, 0);
	settle(2);
	for (i = 0; i < 2; i++)
		rmdir(path("%s/to-%d", root, i));
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
