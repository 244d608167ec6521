// SPDX-License-Identifier: GPL-2.0
/*
 * What members of groups cost: fork and exit, lists of members, large processes, the owner of
 * an mm, killing a group; and how costs grow with the number of tasks and groups.
 *
 * members SIZE...: the numbers of tasks and of groups, in ascending order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "crowd.h"
#include "dirs.h"
#include "kills.h"
#include "memory.h"
#include "move.h"
#include "rounds.h"

#define FORKS		300
#define OWNERS		64
#define MOVES		64
#define THREADS		1000
#define PLACES		3
#define PLACE		13		/* groups from one to the next, but a tenth at most */
#define GROUP		65536		/* bytes that a group takes at most */
#define MEMORY_GROUPS	65000		/* the memory controller has 65535 at most */
#define MANY		900		/* of which the kernel's memory is measured */
#define KILLS_MAX	10000		/* processes */
#define LISTED_MAX	10000		/* groups */
#define CSS_SETS_MAX	10000
#define STACK		16384
#define CONTROLLERS	"cpu,cpuacct,memory,freezer,pids,devices"
#define ALL		"/mnt/all"
#define NAMED		"/mnt/named"
#define SIGNALS		"/mnt/signal"
#define ONE		"/mnt/one"
#define TWO		"/mnt/two"
#define CROWD		NAMED "/crowd"

static const char *const in_crowd[] = { CROWD, NULL }, *const nowhere[] = { NULL };

static void make_group(const char *group)
{
	if (mkdir(group, 0755))
		die(group);
}

static void remove_group(const char *group)
{
	if (rmdir(group))
		die(group);
}

/*
 * Fork and exit
 */

static void bench_forks(const char *where)
{
	bench("fork+exit", where, FORKS, fork_and_exit, NULL);
}

/* Three deep in a hierarchy. */
static void bench_forks_deep(const char *root, const char *where)
{
	make_group(text("%s/a", root));
	make_group(text("%s/a/b", root));
	make_group(text("%s/a/b/c", root));
	put(text("%s/a/b/c/cgroup.procs", root), "0");
	bench_forks(where);
	put(text("%s/cgroup.procs", root), "0");
}

/*
 * Lists of members
 */

/* What it costs to read a list to its end.  To count its lines would cost more. */
static long long cost_of_list(const char *file)
{
	static char buf[65536];
	int fd = open(file, O_RDONLY);
	long long cost;
	ssize_t n;

	if (fd < 0)
		die(file);
	start();
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		;
	cost = measured(1);
	if (n)
		die(file);
	close(fd);
	return cost;
}

static int count_lines(const char *file)
{
	int c, lines = 0;
	FILE *f = fopen(file, "r");

	if (!f)
		die(file);
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	return lines;
}

static void bench_list(const char *name, const char *file, int size)
{
	int round, lines = count_lines(file);
	long long min = 0;

	if (lines != size) {
		printf("# %s has %d lines instead of %d\n", file, lines, size);
		exit(1);
	}
	for (round = 0; round < ROUNDS; round++) {
		settle(2);
		keep_least(&min, cost_of_list(file));
	}
	report(name, text("%d", size), min / size);
}

/*
 * Large processes
 */

static void report_moves(const char *name, const char *where, long long *costs)
{
	report(name, where, median(costs, MOVES));
	report(text("%s-worst", name), where, costs[MOVES - 1]);
}

/* A process that forks without end. */
static pid_t start_forker(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	while (!pid)
		fork_and_exit(NULL, 0);
	return pid;
}

static void bench_large(const char *root, const char *where)
{
	long long costs[MOVES];
	struct move m;
	pid_t forker;
	int i;

	move_begin(&m, root, "cgroup.procs", THREADS);
	for (i = 0; i < MOVES; i++) {
		settle(1);
		start();
		move(&m, i);
		costs[i] = measured(1);
	}
	report_moves("move-1000-threads", where, costs);
	forker = start_forker();
	for (i = 0; i < MOVES; i++) {
		/* not settle(): nothing is idle here, and each second takes many of real time */
		usleep(10000);
		start();
		move(&m, i);
		costs[i] = measured(1);
	}
	report_moves("move-1000-threads-beside-forks", where, costs);
	kill(forker, SIGKILL);
	waitpid(forker, NULL, 0);
	move_end(&m);
}

/*
 * The owner of an mm
 */

/* One byte in each: the owner is ready (1) or not, it shall exit, the next owner shall exit. */
static int ready[2], first_ends[2], next_ends[2];

static int next_owner(void *arg)
{
	char c;

	return read(next_ends[0], &c, 1) != 1;
}

static int parent_of_next_owner(void *arg)
{
	pid_t pid = clone(next_owner, (char *)arg + STACK, CLONE_VM, NULL);

	/* of this process only */
	syscall(SYS_exit_group, pid < 0);
	return 0;
}

/* The first owner of an mm.  The next one is neither its child nor its sibling. */
static void first_owner(void)
{
	char is_ready, *stack = mmap(NULL, 2 * STACK, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status = 1;
	pid_t pid = -1;

	if (stack != MAP_FAILED)
		pid = clone(parent_of_next_owner, stack + 2 * STACK, CLONE_VM | SIGCHLD, stack);
	is_ready = pid > 0 && waitpid(pid, &status, 0) == pid && !status;
	if (write(ready[1], &is_ready, 1) != 1 || read(first_ends[0], &is_ready, 1) != 1)
		_exit(1);
	_exit(0);
}

static long long cost_of_owner(void)
{
	pid_t pid = fork();
	long long cost;
	int status;
	char c = 0;

	if (pid < 0)
		die("fork");
	if (!pid)
		first_owner();
	if (read(ready[0], &c, 1) != 1 || !c)
		die("the owner of an mm is not ready");
	settle(1);
	start();
	if (write(first_ends[1], &c, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
		die("the owner of an mm did not exit");
	cost = measured(1);
	if (write(next_ends[1], &c, 1) != 1)
		die("the next owner of an mm");
	return cost;
}

static void bench_owners(int size)
{
	long long costs[OWNERS];
	int i;

	for (i = 0; i < OWNERS; i++)
		costs[i] = cost_of_owner();
	report("mm-owner-exits", text("%d", size), median(costs, OWNERS));
}

/*
 * Among many tasks
 */

static void bench_among_tasks(const char *const *groups, int size)
{
	struct crowd crowd;
	char where[16];

	if (!crowd_fits(size, CROWD_TASK))
		return;
	snprintf(where, sizeof(where), "%d", size);
	if (*groups)
		make_group(*groups);
	crowd_start(&crowd, groups, size);
	bench("fork+exit-beside", where, FORKS, fork_and_exit, NULL);
	if (*groups) {
		bench_list("read-tasks", CROWD "/tasks", size);
		bench_list("read-procs", CROWD "/cgroup.procs", size);
		bench_owners(size);
	}
	crowd_stop(&crowd);
	if (*groups)
		remove_group(*groups);
}

/*
 * Groups
 */

/* Make groups until there are @size, or no memory.  Return how many there are. */
static int grow(const char *root, int from, int size)
{
	for (; from < size; from++) {
		if (from % 256 == 0 && !memory_permits(text("%d groups", size), 256 * GROUP))
			break;
		make_group(text("%s/sibling-%d", root, from));
	}
	return from;
}

static void report_dirs(const char *where, int size, long long cost_of[PLACES][DIR_COSTS])
{
	long long at[PLACES];
	int i, place;

	for (i = 0; i < DIR_COSTS; i++) {
		for (place = 0; place < PLACES; place++)
			at[place] = cost_of[place][i];
		report(text("%s-%s", dir_costs[i], where), text("%d", size), median(at, PLACES));
	}
}

/* Bytes of the kernel for each group.  Files may be made when a task looks for them. */
static void report_memory(const char *root, const char *where, int from, int size,
			  long long before)
{
	char at[16];
	int i;

	snprintf(at, sizeof(at), "%d", size);
	report(text("bytes-per-cgroup-%s", where), at, (before - memory_free()) / (size - from));
	if (size > LISTED_MAX)
		return;
	for (i = from; i < size; i++)
		list_dir(text("%s/sibling-%d", root, i));
	report(text("bytes-per-cgroup-listed-%s", where), at,
	       (before - memory_free()) / (size - from));
}

/* Among so many siblings; the middle of some numbers, as in operations.c. */
static int bench_among_groups(char *root, const char *where, int from, int size)
{
	long long cost_of[PLACES][DIR_COSTS], before = 0;
	int n, place, step = size / 10 < PLACE ? size / 10 : PLACE;

	if (size - from >= MANY)
		before = memory_free();
	n = grow(root, from, size);
	if (n < size)
		return n;
	if (before)
		report_memory(root, where, from, size, before);
	for (place = 0; place < PLACES; place++) {
		n = grow(root, n, size + place * step);
		measure_dirs(root, cost_of[place]);
	}
	report_dirs(where, size, cost_of);
	return n;
}

/* There can be @most groups. */
static void bench_groups(char *root, const char *where, char **sizes, int most)
{
	int size, n = 0;

	for (; *sizes; sizes++) {
		size = atoi(*sizes);
		if (size > most) {
			printf("# %s: not with %d groups, %d at most\n", where, size, most);
			return;
		}
		n = bench_among_groups(root, where, n, size);
		if (n < size)
			return;
	}
}

/*
 * css_sets
 */

static bool mount_at(const char *dir, const char *options)
{
	mkdir(dir, 0755);
	return !mount("none", dir, "cgroup", 0, options);
}

/* Give each member of the crowd its own pair of groups. */
static void spread(int size, int side)
{
	FILE *f = fopen(CROWD "/cgroup.procs", "r");
	int *pid = calloc(size, sizeof(*pid)), i;

	if (!f || !pid)
		die("the list of a crowd");
	for (i = 0; i < size; i++)
		if (fscanf(f, "%d", &pid[i]) != 1)
			die("a list is not complete");
	fclose(f);
	for (i = 0; i < size; i++) {
		put(text("%s/%d/tasks", ONE, i / side), text("%d", pid[i]));
		put(text("%s/%d/tasks", TWO, i % side), text("%d", pid[i]));
	}
	free(pid);
}

/* Bytes of the kernel for each css_set, with two named hierarchies in addition to the others. */
static void bench_css_sets(int size)
{
	long long before;
	struct crowd crowd;
	int i, side = 1;

	if (!mount_at(ONE, "none,name=one") || !mount_at(TWO, "none,name=two"))
		die("mount two hierarchies");
	while (side * side < size)
		side++;
	for (i = 0; i < side; i++) {
		make_group(text("%s/%d", ONE, i));
		make_group(text("%s/%d", TWO, i));
	}
	make_group(CROWD);
	crowd_start(&crowd, in_crowd, size);
	before = memory_free();
	spread(size, side);
	report("bytes-per-css_set", text("%d", size), (before - memory_free()) / size);
	crowd_stop(&crowd);
	remove_group(CROWD);
	for (i = 0; i < side; i++) {
		remove_group(text("%s/%d", ONE, i));
		remove_group(text("%s/%d", TWO, i));
	}
	umount(ONE);
	umount(TWO);
}

/*
 * All of it
 */

static void bench_killing(char **sizes)
{
	/* mainline does not have it; no other figure is measured with this hierarchy */
	const char *signals = mount_at(SIGNALS, "signal") ? SIGNALS : NULL;

	for (; *sizes && atoi(*sizes) <= KILLS_MAX; sizes++)
		bench_kills(ALL, signals, atoi(*sizes));
	bench_kill_bombs(ALL, signals);
	if (signals && umount(signals))
		die("umount " SIGNALS);
}

static void bench_with_cgroups(char **sizes)
{
	int i, css_sets = 0;

	bench_forks("named-root");
	bench_forks_deep(NAMED, "named-deep");
	if (!mount_at(ALL, CONTROLLERS))
		die("mount " CONTROLLERS);
	bench_forks("controllers-root");
	bench_forks_deep(ALL, "controllers-deep");
	bench_large(NAMED, "named");
	bench_large(ALL, "controllers");
	for (i = 0; sizes[i]; i++) {
		bench_among_tasks(in_crowd, atoi(sizes[i]));
		if (atoi(sizes[i]) <= CSS_SETS_MAX)
			css_sets = atoi(sizes[i]);
	}
	bench_killing(sizes);
	if (css_sets >= MANY && crowd_fits(css_sets, CROWD_TASK))
		bench_css_sets(css_sets);
	bench_groups(NAMED, "named", sizes, INT_MAX);
	bench_groups(ALL, "controllers", sizes, MEMORY_GROUPS);
}

static void bench_without_cgroups(char **sizes)
{
	for (; *sizes; sizes++)
		bench_among_tasks(nowhere, atoi(*sizes));
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (atoi(argv[i]) <= (i > 1 ? atoi(argv[i - 1]) : 0)) {
			printf("# members: '%s': the sizes must be numbers in ascending order\n",
			       argv[i]);
			return 2;
		}
	crowd_limits(argc > 1 ? atoi(argv[argc - 1]) : 0);
	if (pipe(ready) || pipe(first_ends) || pipe(next_ends))
		die("pipe");
	/* the kernel has other things to do when user space starts */
	sleep(30);
	bench_forks("unmounted");
	if (mount_at(NAMED, "none,name=bench"))
		bench_with_cgroups(argv + 1);
	else if (errno == ENODEV)
		bench_without_cgroups(argv + 1);
	else
		die("mount name=bench");
	return 0;
}
