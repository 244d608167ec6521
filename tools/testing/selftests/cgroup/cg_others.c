// SPDX-License-Identifier: GPL-2.0
/* The operations of other processes and the longest time of each; see cg_others.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cg_others.h"
#include "cg_util.h"

/* The pause between two operations of one kind. */
#define PAUSE_US	2000
/* An operation may take twice as long as without the attack, and this much more. */
#define GRACE_US	50000
#define SUITE_GRACE_US	300000

const char * const cg_kind_names[CG_KINDS] = { "fork+exit", "exec", "mkdir", "move" };

/* Shared with the processes of the others. */
static volatile struct {
	bool stop;
	long long start;		/* of the phase */
	long long begun[CG_KINDS];	/* 0: between two operations */
	struct cg_times times;
} *others;

static pid_t doers[CG_KINDS];

long long cg_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

void cg_pin_first(void)
{
	cg_pin(0);
}

/* Pin the caller to a processor, never the first: one after the other by TURN; -1: the last. */
void cg_pin_rest(int turn)
{
	int rest = sysconf(_SC_NPROCESSORS_ONLN) - 1;

	cg_pin(rest ? 1 + (turn + rest) % rest : 0);
}

/* Give a group and its files to UID. */
int cg_give(const char *dir, uid_t uid)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int ret = 0;

	if (!d)
		return -errno;
	while (!ret && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".."))
			ret = fchownat(dirfd(d), entry->d_name, uid, uid, 0) ? -errno : 0;
	closedir(d);
	return ret;
}

int cg_become(uid_t uid)
{
	return setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ?
	       -errno : 0;
}

/* Mount the two hierarchies, with the groups of the others. */
int cg_others_mount(const char *options)
{
	return cg_mount_retry(options, "h") ?: cg_mount_retry("none,name=o", "o") ?:
	       cg_mkdir("h/v") ?: cg_mkdir("h/v/a") ?: cg_mkdir("h/v/b") ?:
	       cg_mkdir("o/v") ?: cg_mkdir("o/v/a") ?: cg_mkdir("o/v/b");
}

/* The operations; TURN counts them.  They return 0, or 1 if they failed. */

static int forks(int turn)
{
	return cg_fork_wait(NULL, NULL) != 0;
}

static int execs(int turn)
{
	return cg_fork_wait(cg_exec_true, NULL) != 0;
}

static int makes_groups(int turn)
{
	const char *dir = turn & 1 ? "o/v/made" : "h/v/made";

	return cg_mkdir(dir) || cg_rmdir(dir);
}

static pid_t moved;

static int moves(int turn)
{
	return cg_put(cg_path("%c/v/%c/cgroup.procs", turn & 1 ? 'o' : 'h', turn & 2 ? 'a' : 'b'),
		      "%d", moved) != 0;
}

static int (*const operations[CG_KINDS])(int turn) = { forks, execs, makes_groups, moves };

/* The time since BEGUN, without the time before the phase. */
static long long time_in_phase(long long begun)
{
	long long start = others->start;

	return cg_now_us() - (begun > start ? begun : start);
}

static int does(void *arg)
{
	int turn, kind = (long)arg;

	cg_pin_first();
	if (kind == CG_MOVE) {
		moved = cg_sleeper(NULL);
		if (moved < 0)
			return 1;
	}
	for (turn = 0; !others->stop; turn++) {
		long long begun = cg_now_us(), took;

		others->begun[kind] = begun;
		if (operations[kind](turn))
			return 1;
		took = time_in_phase(begun);
		others->begun[kind] = 0;
		if (took > others->times.worst[kind])
			others->times.worst[kind] = took;
		others->times.count[kind]++;
		usleep(PAUSE_US);
	}
	return 0;
}

/* Start a process for each kind of operation in KINDS. */
int cg_others_start(unsigned int kinds)
{
	long kind;
	int ret = 0;

	others = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (others == MAP_FAILED)
		return -errno;
	for (kind = 0; kind < CG_KINDS; kind++) {
		doers[kind] = 0;
		if (!(kinds & (1U << kind)))
			continue;
		doers[kind] = cg_spawn(does, (void *)kind);
		if (doers[kind] < 0)
			return doers[kind];
		ret = ret ?: cg_put("h/v/cgroup.procs", "%d", doers[kind]);
		ret = ret ?: cg_put("o/v/cgroup.procs", "%d", doers[kind]);
	}
	return ret;
}

/*
 * Measure the longest operations of the next MS. Only their time in this phase counts: from its
 * start if an operation has begun before, and until its end if an operation is unfinished then.
 */
void cg_others_measure(int ms, struct cg_times *times)
{
	long long lasts, begun;
	int kind;

	others->start = cg_now_us();
	for (kind = 0; kind < CG_KINDS; kind++) {
		others->times.worst[kind] = 0;
		others->times.count[kind] = 0;
	}
	cg_msleep(ms);
	for (kind = 0; kind < CG_KINDS; kind++) {
		begun = others->begun[kind];
		lasts = begun ? time_in_phase(begun) : 0;
		times->count[kind] = others->times.count[kind];
		times->worst[kind] = others->times.worst[kind];
		if (lasts > times->worst[kind])
			times->worst[kind] = lasts;
	}
}

/* Stop the others after the attack. Returns 0 if no operation has failed. */
int cg_others_stop(void)
{
	int kind, ret = 0;

	if (!others || others == MAP_FAILED)
		return 0;
	others->stop = true;
	for (kind = 0; kind < CG_KINDS; kind++)
		if (doers[kind] > 0)
			ret = ret ?: cg_wait_exit(doers[kind], 60000);
	munmap((void *)others, 4096);
	others = NULL;
	return ret;
}

/*
 * Does each kind of operation take at most twice as long as without the attack, plus 50 ms?
 * In the suite another guest may run beside this one, so more is allowed.
 */
bool cg_others_are_free(const struct cg_times_pair *pair)
{
	int grace = getenv("CG_SECONDS") ? GRACE_US : SUITE_GRACE_US;
	int kind;

	for (kind = 0; kind < CG_KINDS; kind++)
		if (pair->attack.worst[kind] >
		    2 * pair->baseline.worst[kind] + grace * cg_slow())
			return false;
	return true;
}

void cg_others_print(const char *name, const struct cg_times_pair *pair)
{
	int kind;

	printf("# %s:", name);
	for (kind = 0; kind < CG_KINDS; kind++)
		if (pair->baseline.count[kind])
			printf(" %s %lld/%lld ms (%ld/%ld),", cg_kind_names[kind],
			       pair->baseline.worst[kind] / 1000, pair->attack.worst[kind] / 1000,
			       pair->baseline.count[kind], pair->attack.count[kind]);
	printf(" attacker: %ld writes, the longest %lld ms\n", pair->writes,
	       pair->longest / 1000);
	fflush(stdout);
}
