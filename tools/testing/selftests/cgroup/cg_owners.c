// SPDX-License-Identifier: GPL-2.0
/* Owners who write everything they may; see cg_owners.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg_others.h"
#include "cg_owners.h"
#include "cg_util.h"

#define FIRST_UID	2000
#define MEMBERS		5
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The groups of an owner.  The first always exists; the others come and go. */
static const char * const places[] = { "", "/a", "/b", "/a/a", "/a/b", "/b/a" };

/* Shared with the owners. */
static struct board {
	volatile bool stop;
	volatile int started;
	struct cg_owners_work work[CG_MAX_OWNERS];
} *board;

static char top[64];		/* the group in which the owners' groups are */
static int owners;		/* their number */
static pid_t keeper, tester;	/* the parent of the owners; who called cg_owners_start() */

/* In an owner */
static int me;
static unsigned int seed;
static pid_t members[MEMBERS];

static int chance(int one_in)
{
	return rand_r(&seed) % one_in == 0;
}

static const char *any(const char * const *words, int nr)
{
	return words[rand_r(&seed) % nr];
}

#define ANY(words) any(words, ARRAY_SIZE(words))

static const char *place(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/o%d%s", top, me, ANY(places));
	return path;
}

/* What this owner and its tasks have done. */
static struct cg_owners_work *done(void)
{
	return &board->work[me];
}

static void count(long *what)
{
	__sync_fetch_and_add(what, 1);
}

static void wrong(const char *what, const char *path)
{
	if (__sync_fetch_and_add(&done()->wrong, 1) < 10)
		fprintf(stderr, "# an owner could %s %s\n", what, path);
}

/* Up to MS milliseconds; longer on a slow kernel, whose time the test needs for itself. */
static void rests(int ms)
{
	cg_msleep(rand_r(&seed) % (ms * cg_slow()));
}

/*
 * Members.  They start in the owner's topmost group.
 */

static void *ends_soon(void *arg)
{
	cg_touch(16384);
	return arg;
}

static int lives(void *arg)
{
	int status;

	if (cg_put(cg_path("%s/o%d/cgroup.procs", top, me), "0"))
		return 1;
	seed = getpid();
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			cg_touch(16384);
			if (chance(2))
				execl("/bin/busybox", "sh", "-c", ":", NULL);
			_exit(0);
		}
		if (chance(2))
			cg_thread(ends_soon, NULL);
		rests(20);
		if (pid > 0)
			waitpid(pid, &status, 0);
		count(&done()->born);
	}
	return 0;
}

static void replace_the_dead(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		if (members[i] <= 0 || waitpid(members[i], NULL, WNOHANG) == members[i])
			members[i] = cg_spawn(lives, NULL);
}

/* Continue those that the owner has stopped. */
static void continue_members(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		if (members[i] > 0)
			kill(members[i], SIGCONT);
}

/*
 * Writes
 */

/* A task of the owner, or one that it must not move. */
static void attaches(const char *path)
{
	bool foreign = chance(10);
	pid_t pid = foreign ? (chance(2) ? 1 : tester) : members[rand_r(&seed) % MEMBERS];
	int ret = cg_put(path, "%d", pid);

	if (!ret && foreign)
		wrong("move a task of root to", path);
	count(ret ? &done()->refused : &done()->attached);
}

static const char *word_for(const char *name)
{
	static const char * const flags[] = { "0", "1" };
	static const char * const signals[] = { "0", "STOP", "CONT", "SIGCONT", "10", "KILL" };
	static const char * const states[] = { "FROZEN", "THAWED", "THAWED", "thawed" };
	static const char * const cpus[] = { "0", "0-1", "", "1", "9999" };
	static const char * const bytes[] = { "-1", "64M", "1G", "x" };
	static const char * const periods[] = { "20000", "100000", "1000000", "10" };
	static const char * const quotas[] = { "-1", "1000", "2000", "50000", "10" };
	static const char * const words[] = {
		"0", "1", "-1", "2", "50", "1000", "100000", "max", "a *:* rwm", "c 1:3 r",
		"lo 3", "8:0 1000", "hca_handle=1", "0x10001", "", "a word",
	};

	if (strstr(name, ".inherit") || strstr(name, "notify_on") || strstr(name, "clone_"))
		return ANY(flags);
	if (!strncmp(name, "signal.", 7))
		return ANY(signals);
	if (!strcmp(name, "freezer.state"))
		return ANY(states);
	if (!strncmp(name, "cpuset.", 7))
		return ANY(cpus);
	/* a limit that is too low would fill the log with reports of the OOM killer */
	if (!strncmp(name, "memory.", 7) || !strncmp(name, "hugetlb.", 8))
		return ANY(bytes);
	/* of a short period the scheduler complains, which lockdep does not like in the base */
	if (!strcmp(name, "cpu.cfs_period_us"))
		return ANY(periods);
	if (!strncmp(name, "cpu.", 4))
		return ANY(quotas);
	return ANY(words);
}

/*
 * Not written: the debug controller's switches, which make the operations of others fail, as
 * they should; and cgroup.event_control, whose words name open files.
 */
static bool is_left_alone(const char *name)
{
	return !strncmp(name, "debug.", 6) || !strcmp(name, "cgroup.event_control");
}

static void writes(const char *dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!strcmp(name, "tasks") || !strcmp(name, "cgroup.procs"))
		attaches(path);
	else if (is_left_alone(name) || cg_put(path, "%s", word_for(name)))
		count(&done()->refused);
	else
		count(&done()->written);
}

/* Read or write one file in so many of a group, those that may be read or written. */
static void uses_files(int one_in)
{
	char path[512], text[4096];
	const char *dir = place();
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && !board->stop && (entry = readdir(d))) {
		if (entry->d_type == DT_DIR || !chance(one_in))
			continue;
		if (!faccessat(dirfd(d), entry->d_name, W_OK, AT_EACCESS) && !chance(4))
			writes(dir, entry->d_name);
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		cg_read(path, text, sizeof(text));
	}
	if (d)
		closedir(d);
}

/* A frozen member of OWNER does nothing more, and cannot even end. */
static void thaw(int owner)
{
	const char * const *p;

	for (p = places; p < places + ARRAY_SIZE(places); p++)
		cg_put(cg_path("%s/o%d%s/freezer.state", top, owner, *p), "THAWED");
}

/*
 * Neither frozen nor starved.  An owner who moves a member that hardly runs waits until the fork
 * of that member is over, which may take a long time.
 */
static void let_run(int owner)
{
	const char * const *p;

	thaw(owner);
	for (p = places; p < places + ARRAY_SIZE(places); p++)
		cg_put(cg_path("%s/o%d%s/cpu.cfs_quota_us", top, owner, *p), "-1");
}

static void reshapes(void)
{
	const char *from = place();

	if (chance(4)) {
		if (!rmdir(from))
			count(&done()->removed);
	} else if (chance(6)) {
		char to[128];

		snprintf(to, sizeof(to), "%s", from);
		to[strlen(to) - 1] ^= 'a' ^ 'b';
		if (from[strlen(top) + 3] && !rename(from, to))
			count(&done()->renamed);
	} else if (!mkdir(from, 0755)) {
		count(&done()->made);
	}
}

/* An owner may make only what is its own; the file system has to refuse the rest. */
static void tries_elsewhere(void)
{
	const char *path = cg_path("%s/o%d-%u", top, me, seed % 1000);

	if (!mkdir(path, 0755))
		wrong("make", path);
	path = cg_path("%s/tasks", top);
	if (!cg_put(path, "0"))
		wrong("write to", path);
}

static int owns(void *arg)
{
	me = (long)arg;
	seed = getpid() * 31 + me;
	/* the change of the uid makes the kernel forget the signal of cg_spawn() */
	if (cg_become(FIRST_UID + me) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		return 1;
	__sync_fetch_and_add(&board->started, 1);
	while (!board->stop) {
		replace_the_dead();
		reshapes();
		uses_files(1 + rand_r(&seed) % 8);
		if (chance(8))
			thaw(me);
		if (chance(4))
			continue_members();
		if (chance(16))
			tries_elsewhere();
		rests(5);
	}
	return 0;
}

/* Reap what has ended.  An owner ends only when it is told to. */
static bool one_ended_early(const pid_t *pids, int nr)
{
	bool early = false;
	int status;
	pid_t pid;
	int i;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
		for (i = 0; i < nr; i++)
			if (pid == pids[i]) {
				fprintf(stderr, "# owner %d ended early, status %#x\n", i, status);
				early = true;
			}
	return early;
}

static bool ends_when_told(int owner, pid_t pid)
{
	char where[4096] = "";
	int ret = cg_wait_exit(pid, 20000);

	if (ret == -ETIMEDOUT)
		cg_read(cg_path("/proc/%d/stack", pid), where, sizeof(where));
	if (ret)
		fprintf(stderr, "# owner %d was told to end: %d\n%s", owner, ret, where);
	return !ret;
}

/* The parent of the owners.  It ends with the test, whatever becomes of that. */
static int keeps(int nr)
{
	pid_t pids[CG_MAX_OWNERS];
	bool failed = false;
	long i;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < nr; i++)
		pids[i] = cg_spawn(owns, (void *)i);
	while (!board->stop && !kill(tester, 0)) {
		failed |= one_ended_early(pids, nr);
		cg_msleep(20);
	}
	board->stop = true;
	for (i = 0; i < nr; i++)
		failed |= !ends_when_told(i, pids[i]);
	return failed;
}

static int make_trees(int nr)
{
	int i, ret = 0;

	for (i = 0; i < nr && !ret; i++)
		ret = cg_mkdir(cg_path("%s/o%d", top, i)) ?:
		      cg_give(cg_path("%s/o%d", top, i), FIRST_UID + i);
	return ret;
}

/*
 * Start NR owners of groups in DIR, a group of a mounted hierarchy.  cg_kill_children() leaves
 * them alone.  Returns 0 or -errno.
 */
int cg_owners_start(const char *dir, int nr)
{
	long long end;
	int ret;

	snprintf(top, sizeof(top), "%s", dir);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (board == MAP_FAILED)
		return -errno;
	ret = make_trees(nr);
	if (ret)
		return ret;
	owners = nr;
	tester = getpid();
	keeper = fork();
	if (!keeper)
		_exit(keeps(nr));
	if (keeper < 0)
		return -errno;
	cg_spared.pid = keeper;
	end = cg_deadline(10000);
	while (board->started < nr && cg_now_ms() < end)
		cg_msleep(2);
	return board->started < nr ? -EAGAIN : 0;
}

/* Has each owner done each kind of work? */
static bool got_on(void)
{
	const struct cg_owners_work *w;
	bool ok = true;

	for (w = board->work; w < board->work + owners; w++)
		ok &= w->written && w->refused && w->attached && w->born && w->made &&
		      w->renamed && w->removed;
	return ok;
}

/*
 * Let the owners go on until each has done each kind of work, at most MS milliseconds.  Say what
 * they did.  Returns 0 or -ETIMEDOUT.
 */
int cg_owners_get_on(int ms)
{
	long long end = cg_deadline(ms);
	int i;

	while (!got_on() && cg_now_ms() < end)
		cg_msleep(20);
	for (i = 0; i < owners; i++) {
		const struct cg_owners_work *w = &board->work[i];

		fprintf(stderr, "# owner %d: %ld writes done, %ld refused, %ld attaches, ", i,
			w->written, w->refused, w->attached);
		fprintf(stderr, "%ld tasks, %ld groups made, %ld renamed, %ld removed\n", w->born,
			w->made, w->renamed, w->removed);
	}
	return got_on() ? 0 : -ETIMEDOUT;
}

/*
 * Stop the owners and their tasks.  Returns 0, 1 if an owner ended early or not at all, or
 * -EPERM if one could do what it may not.
 */
int cg_owners_stop(void)
{
	long long end = cg_deadline(30000);
	int i, ret;

	board->stop = true;
	/* more than once, as an owner may just be writing the opposite */
	do {
		for (i = 0; i < owners; i++)
			let_run(i);
		ret = cg_wait_exit(keeper, 100);
	} while (ret == -ETIMEDOUT && cg_now_ms() < end);
	cg_spared.pid = 0;
	/* what the owners had started are children of the caller now, perhaps frozen */
	cg_thaw_below(top, 4);
	cg_kill_children();
	for (i = 0; i < owners; i++)
		ret = board->work[i].wrong ? -EPERM : ret;
	return ret;
}
