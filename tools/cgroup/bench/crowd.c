// SPDX-License-Identifier: GPL-2.0
/*
 * Many tasks.
 *
 * A crowd is in groups, one per hierarchy, each of which is a child of the root of its
 * hierarchy.  The list of groups ends with NULL.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "crowd.h"
#include "measure.h"
#include "memory.h"

/* pause() needs less: no signal has a handler */
#define STACK	1024
/* seconds that the start of a crowd may take */
#define START	300

static void raise_limit(const char *file, int least)
{
	FILE *f = fopen(file, "r");
	int limit = 0;

	if (!f || fscanf(f, "%d", &limit) != 1)
		die(file);
	fclose(f);
	if (limit < least)
		put(file, text("%d", least));
}

/* Allow so many tasks. */
void crowd_limits(int nr)
{
	/* an id is not used again soon, and the search for a free one is short */
	nr = 2 * nr + 32768;
	raise_limit("/proc/sys/kernel/threads-max", nr);
	raise_limit("/proc/sys/kernel/pid_max", nr);
}

/* Is there memory for so many tasks? */
bool crowd_fits(int nr, long long each)
{
	return memory_permits(text("%d tasks", nr), nr * each);
}

static void enter(const char *const *groups)
{
	for (; *groups; groups++)
		put(text("%s/cgroup.procs", *groups), "0");
}

static void leave(const char *const *groups)
{
	for (; *groups; groups++)
		put(text("%s/../cgroup.procs", *groups), "0");
}

static int sleeps(void *arg)
{
	for (;;)
		pause();
	return 0;
}

static void end_all(const pid_t *pid, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		kill(pid[i], SIGKILL);
	for (i = 0; i < nr; i++)
		waitpid(pid[i], NULL, 0);
}

/* Tasks that share as much as processes can, also the memory of the keeper. */
static void clone_all(pid_t *pid, int nr)
{
	char *stacks = mmap(NULL, (size_t)nr * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int i;

	if (stacks == MAP_FAILED)
		die("mmap stacks");
	for (i = 0; i < nr; i++) {
		pid[i] = clone(sleeps, stacks + (size_t)(i + 1) * STACK,
			       CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL);
		if (pid[i] < 0) {
			printf("# clone: task %d of %d: %m\n", i + 1, nr);
			end_all(pid, i);
			die("clone");
		}
	}
}

static void fork_all(pid_t *pid, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		pid[i] = fork();
		if (!pid[i])
			sleeps(NULL);
		if (pid[i] < 0) {
			printf("# fork: task %d of %d: %m\n", i + 1, nr);
			end_all(pid, i);
			die("fork");
		}
	}
}

/* Fork a child or two, and exit: the crowd grows until it has @nr tasks. */
static void explode(int *alive, int nr)
{
	int forks, failed;
	pid_t pid;

	for (;;) {
		forks = __atomic_load_n(alive, __ATOMIC_RELAXED) < nr ? 2 : 1;
		failed = 0;
		while (forks--) {
			pid = fork();
			if (!pid)
				break;
			if (pid < 0)
				failed++;
			else
				__atomic_add_fetch(alive, 1, __ATOMIC_RELAXED);
		}
		if (forks >= 0 || failed)
			continue;
		__atomic_sub_fetch(alive, 1, __ATOMIC_RELAXED);
		_exit(0);
	}
}

static void start_bomb(struct crowd *crowd, int nr)
{
	pid_t pid;

	/* all of them become children of the keeper, and vanish when they exit */
	signal(SIGCHLD, SIG_IGN);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("PR_SET_CHILD_SUBREAPER");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return;
	/* until the keeper has left the groups, which is slow beside a bomb */
	while (!__atomic_load_n(crowd->alive, __ATOMIC_RELAXED))
		usleep(1000);
	explode(crowd->alive, nr);
}

/* The keeper: start them, wait for the order, end them. */
static void keep(struct crowd *crowd, void (*start_all)(pid_t *pid, int nr),
		 const char *const *groups, int nr, int order, int answer, int gone)
{
	pid_t *pid = calloc(nr, sizeof(*pid));
	char c = 0;

	if (!pid)
		die("calloc");
	enter(groups);
	if (start_all)
		start_all(pid, nr);
	else
		start_bomb(crowd, nr);
	leave(groups);
	close(gone);
	if (!start_all)
		__atomic_store_n(crowd->alive, 1, __ATOMIC_RELAXED);
	if (write(answer, &c, 1) != 1 || read(order, &c, 1) < 0)
		die("keeper");
	if (start_all)
		end_all(pid, nr);
	_exit(0);
}

static void start_crowd(struct crowd *crowd, void (*start_all)(pid_t *pid, int nr),
			const char *const *groups, int nr)
{
	struct pollfd started = { .events = POLLIN };
	int order[2], answer[2], gone[2];
	char c;

	if (pipe(order) || pipe(answer) || pipe(gone))
		die("pipe");
	started.fd = answer[0];
	crowd->keeper = fork();
	if (crowd->keeper < 0)
		die("fork");
	if (!crowd->keeper) {
		close(order[1]);
		close(answer[0]);
		close(gone[0]);
		keep(crowd, start_all, groups, nr, order[0], answer[1], gone[1]);
	}
	close(order[0]);
	close(answer[1]);
	close(gone[1]);
	crowd->order = order[1];
	crowd->gone = gone[0];
	/* if the keeper has failed, a task of the crowd may still have the other end */
	if (poll(&started, 1, START * 1000) != 1 || read(answer[0], &c, 1) != 1)
		die("a crowd did not start");
	close(answer[0]);
}

/* Start @nr processes that sleep and share one mm. */
void crowd_start(struct crowd *crowd, const char *const *groups, int nr)
{
	start_crowd(crowd, clone_all, groups, nr);
	settle(2);
}

/* Start @nr processes that sleep, each with memory of its own. */
void crowd_start_processes(struct crowd *crowd, const char *const *groups, int nr)
{
	start_crowd(crowd, fork_all, groups, nr);
	settle(2);
}

/*
 * Start processes that fork without end, about @nr at a time, and wait until there are as many.
 * The caller should have a real-time priority that its children do not get.
 */
void crowd_start_bomb(struct crowd *crowd, const char *const *groups, int nr)
{
	int tries = 6000;

	crowd->alive = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	if (crowd->alive == MAP_FAILED)
		die("mmap");
	start_crowd(crowd, NULL, groups, nr);
	while (__atomic_load_n(crowd->alive, __ATOMIC_RELAXED) < nr && tries--)
		usleep(10000);
	if (tries < 0)
		die("a fork bomb does not grow");
}

/* Wait until all tasks of a crowd have exited; return false if some are left. */
bool crowd_is_gone(struct crowd *crowd, int seconds)
{
	struct pollfd end = { .fd = crowd->gone };

	return poll(&end, 1, seconds * 1000) == 1;
}

/* End all tasks of a crowd.  Those of a bomb must have been killed. */
void crowd_stop(struct crowd *crowd)
{
	close(crowd->order);
	waitpid(crowd->keeper, NULL, 0);
	close(crowd->gone);
	settle(2);
}
