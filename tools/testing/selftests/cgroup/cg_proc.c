// SPDX-License-Identifier: GPL-2.0
/* Time, members and processes for the cgroup tests; see cg_util.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cg_util.h"

#define CLONE_STACK	65536

void cg_msleep(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

long long cg_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* How many times slower this kernel is than the main kernel.  The guest sets SLOW. */
int cg_slow(void)
{
	const char *slow = getenv("SLOW");
	int times = slow ? atoi(slow) : 1;

	return times > 1 ? times : 1;
}

/* The time to give up waiting for what takes at most MS on the main kernel. */
long long cg_deadline(int ms)
{
	return cg_now_ms() + (long long)ms * cg_slow();
}

/*
 * Let the tasks of GROUP, of the cpu subsystem, run for US microseconds in each second, and longer
 * on a slow kernel; -1: for as long as they want.
 */
int cg_throttle(const char *group, int us)
{
	return cg_put(cg_path("%s/cpu.cfs_period_us", group), "1000000") ?:
	       cg_put(cg_path("%s/cpu.cfs_quota_us", group), "%d", us < 0 ? -1 : us * cg_slow());
}

/* The length of a phase in ms: CG_SECONDS if it is set and not 0, else BY_DEFAULT. */
int cg_phase_ms(int by_default)
{
	const char *seconds = getenv("CG_SECONDS");

	return seconds && atoi(seconds) > 0 ? atoi(seconds) * 1000 : by_default;
}

/* The result of VALUE as soon as two calls, MS apart, return the same; -ETIMEDOUT: never. */
long long cg_settled(long long (*value)(void *arg), void *arg, int ms)
{
	long long end = cg_deadline(20000), before, now = value(arg);

	do {
		before = now;
		cg_msleep(ms);
		now = value(arg);
		if (now == before)
			return now;
	} while (cg_now_ms() < end);
	return -ETIMEDOUT;
}

/* Members */

/* Reads up to MAX numbers from PATH; returns how many it has stored. */
int cg_pids(const char *path, pid_t *list, int max)
{
	FILE *f = fopen(path, "re");
	int n = 0, pid;

	if (!f)
		return -errno;
	while (fscanf(f, "%d", &pid) == 1) {
		if (n < max)
			list[n] = pid;
		n++;
	}
	fclose(f);
	return n < max ? n : max;
}

static int by_number(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

/* Put the ids in the order in which the core lists them. */
void cg_sort_pids(pid_t *list, int n)
{
	qsort(list, n, sizeof(*list), by_number);
}

bool cg_has_pid(const char *path, pid_t pid)
{
	FILE *f = fopen(path, "re");
	bool found = false;
	int at;

	while (f && !found && fscanf(f, "%d", &at) == 1)
		found = at == pid;
	if (f)
		fclose(f);
	return found;
}

/* The path in LINE, if TAG is one of the words between its first two colons; else NULL. */
static char *match_line(char *line, const char *tag)
{
	char *list = strchr(line, ':');
	char *path = list ? strchr(list + 1, ':') : NULL;

	if (!path)
		return NULL;
	*path++ = 0;
	path[strcspn(path, "\n")] = 0;
	return cg_has_word(list + 1, tag) ? path : NULL;
}

/* The path of the cgroup of PID (0: the caller) in the hierarchy that carries TAG. */
int cg_proc_path(pid_t pid, const char *tag, char *buf, size_t size)
{
	char line[8192], *path;
	FILE *f;
	int ret = -ENOENT;

	f = fopen(pid ? cg_path("/proc/%d/cgroup", pid) : "/proc/self/cgroup", "re");
	if (!f)
		return -errno;
	buf[0] = 0;
	while (ret && fgets(line, sizeof(line), f)) {
		path = match_line(line, tag);
		if (!path)
			continue;
		snprintf(buf, size, "%s", path);
		ret = 0;
	}
	fclose(f);
	return ret;
}

/* The threads of PID, in the order of /proc; returns how many. */
int cg_tids(pid_t pid, pid_t *list, int max)
{
	DIR *d = opendir(cg_path("/proc/%d/task", pid));
	struct dirent *entry;
	int n = 0;

	if (!d)
		return -errno;
	while (n < max && (entry = readdir(d)))
		if (isdigit((unsigned char)entry->d_name[0]))
			list[n++] = atoi(entry->d_name);
	closedir(d);
	return n;
}

/* An exiting thread is shown at the root: wait until it has exited. */
static bool dies_soon(pid_t tid)
{
	long long end = cg_deadline(2000);

	while (cg_now_ms() < end) {
		char state = cg_state(tid);

		if (!state || state == 'Z' || state == 'X')
			return true;
		cg_msleep(1);
	}
	return false;
}

/* Is every live thread of PID at PATH in the hierarchy that carries TAG? */
bool cg_tasks_are_in(pid_t pid, const char *tag, const char *path)
{
	pid_t tids[1024];
	char at[4096];
	int i, n = cg_tids(pid, tids, 1024);

	for (i = 0; i < n; i++) {
		if (cg_proc_path(tids[i], tag, at, sizeof(at)) || !strcmp(at, path))
			continue;
		if (!strcmp(at, "/") && dies_soon(tids[i]))
			continue;
		fprintf(stderr, "# thread %d of %d is at %s\n", tids[i], pid, at);
		return false;
	}
	return n > 0;
}

/* The text after the name in /proc/PID/stat, or NULL if there is no such process. */
const char *cg_stat(pid_t pid, char *buf, size_t size)
{
	const char *end;

	if (cg_read(cg_path("/proc/%d/stat", pid), buf, size) < 0)
		return NULL;
	end = strrchr(buf, ')');
	return end ? end + 1 : NULL;
}

/* The state letter of /proc/PID/stat, 0 if there is no such process. */
char cg_state(pid_t pid)
{
	char buf[1024];
	const char *stat = cg_stat(pid, buf, sizeof(buf));

	return stat && stat[0] ? stat[1] : 0;
}

bool cg_wait_state(pid_t pid, const char *states, int ms)
{
	long long end = cg_deadline(ms);
	char state;

	do {
		state = cg_state(pid);
		if (state && strchr(states, state))
			return true;
		cg_msleep(2);
	} while (cg_now_ms() < end);
	return false;
}

/* Processes */

/* A child that runs FN and exits with its result.  It is killed when its parent exits. */
pid_t cg_spawn(int (*fn)(void *arg), void *arg)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	_exit(fn(arg));
}

/* Run FN in a child and wait for it, at most a minute; returns what cg_wait_exit() returns. */
int cg_spawn_wait(int (*fn)(void *arg), void *arg)
{
	return cg_wait_exit(cg_spawn(fn, arg), 60000);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Wait for CHILD, the result of a fork. */
static int reap(pid_t child)
{
	int status;

	return child < 0 || waitpid(child, &status, 0) < 0 ? -errno : exit_status(status);
}

/*
 * Fork a child that runs FN (NULL: nothing) and exits with its result, and wait for it. Returns
 * its exit status (128 + signal if killed) or -errno. This is a bare fork(2), for tasks that
 * fork again and again, and for forks that must be refused.
 */
int cg_fork_wait(int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(fn ? fn(arg) : 0);
	return reap(pid);
}

/* The same with vfork(2): FN may change only shared memory, and exec. */
int cg_vfork_wait(int (*fn)(void *arg), void *arg)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(fn ? fn(arg) : 0);
	return reap(pid);
}

/* An FN for cg_fork_wait() and cg_vfork_wait(): exec a program that exits at once. */
int cg_exec_true(void *arg)
{
	execl("/bin/busybox", "true", NULL);
	return 127;
}

/* Do nothing until killed. */
void cg_pause(void)
{
	for (;;)
		pause();
}

/* The same as the function of a thread. */
void *cg_pause_thread(void *arg)
{
	(void)arg;
	cg_pause();
}

static int pauses(void *arg)
{
	(void)arg;
	cg_pause();
}

/* A child that does nothing, in cgroup DIR (NULL: in the cgroups of the caller). */
pid_t cg_sleeper(const char *dir)
{
	pid_t pid = cg_spawn(pauses, NULL);
	int ret = 0;

	if (pid > 0 && dir)
		ret = cg_put(cg_path("%s/cgroup.procs", dir), "%d", pid);
	if (!ret)
		return pid;
	cg_kill(pid);
	return ret;
}

/* Start a process that shares the mm of the caller, as clone(2) with these further FLAGS. */
pid_t cg_clone_vm(int (*fn)(void *arg), int flags)
{
	char *stack = mmap(NULL, CLONE_STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return stack == MAP_FAILED ? -1 : clone(fn, stack + CLONE_STACK, CLONE_VM | flags, NULL);
}

struct crowd {
	int extra;
	int ready;
};

/* Make a thread with a small stack, so that there can be many.  Returns 0 or an error. */
int cg_thread(void *(*fn)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t id;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	return pthread_create(&id, &attr, fn, arg);
}

static void *short_life(void *arg)
{
	return arg;
}

/* Make threads as fast as possible, one after the other, for ever. */
void *cg_make_threads(void *arg)
{
	pthread_attr_t attr;
	pthread_t id;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	for (;;)
		if (!pthread_create(&id, &attr, short_life, NULL))
			pthread_join(id, NULL);
	return arg;
}

/* The same with processes. */
void *cg_make_processes(void *arg)
{
	for (;;)
		cg_fork_wait(NULL, NULL);
	return arg;
}

static int crowd(void *arg)
{
	struct crowd *c = arg;
	int i;

	for (i = 0; i < c->extra; i++)
		if (cg_thread(cg_pause_thread, NULL))
			return 1;
	if (write(c->ready, "r", 1) != 1)
		return 1;
	cg_pause();
}

/* A child in DIR with EXTRA threads beside its leader.  All exist and are idle on return. */
pid_t cg_threads(const char *dir, int extra)
{
	struct crowd c = { .extra = extra };
	int fds[2], ret = 0;
	char byte;
	pid_t pid;

	if (pipe(fds))
		return -errno;
	c.ready = fds[1];
	pid = cg_spawn(crowd, &c);
	close(fds[1]);
	if (pid > 0 && read(fds[0], &byte, 1) != 1)
		ret = -EAGAIN;
	close(fds[0]);
	if (pid > 0 && !ret && dir)
		ret = cg_put(cg_path("%s/cgroup.procs", dir), "%d", pid);
	if (!ret)
		return pid;
	cg_kill(pid);
	return ret;
}

/*
 * Wait until all threads of PID sleep.  Memory that a thread touches later would be charged
 * to its group if the group has got the memory subsystem meanwhile.
 */
static bool threads_sleep(pid_t pid)
{
	pid_t tids[16];
	int i, n = cg_tids(pid, tids, 16);

	for (i = 0; i < n; i++)
		if (!cg_wait_state(tids[i], "S", 5000))
			return false;
	return n > 0;
}

/*
 *  h/		mounted with OPTIONS
 *  `-- a/
 *      `-- b/
 */
int cg_setup_nested(const char *options)
{
	return cg_setup() ?: cg_mount_retry(options, "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/a/b");
}

/*
 * A hierarchy in use, without subsystems: h, h/a, h/a/b, h/c.  OUTER, a process of three
 * threads, is in h/a.  INNER is in h/a/b.
 */
int cg_live_tree(pid_t *outer, pid_t *inner)
{
	int ret = cg_setup() ?: cg_mount("none,name=live", "h") ?: cg_mkdir("h/a") ?:
		  cg_mkdir("h/a/b") ?: cg_mkdir("h/c");

	if (ret)
		return ret;
	*outer = cg_threads("h/a", 2);
	*inner = cg_sleeper("h/a/b");
	if (*outer < 0 || *inner < 0)
		return *outer < 0 ? *outer : *inner;
	return threads_sleep(*outer) && threads_sleep(*inner) ? 0 : -ETIMEDOUT;
}

/*
 * The exit status (128 + signal if killed), -ETIMEDOUT, or -ECHILD. A negative PID is the error
 * of cg_spawn(), and is returned.
 */
int cg_wait_exit(pid_t pid, int ms)
{
	long long end = cg_deadline(ms);
	int status;
	pid_t got;

	if (pid <= 0)
		return pid ?: -ECHILD;
	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		if (cg_now_ms() > end)
			return -ETIMEDOUT;
		cg_msleep(1);
	}
	if (got < 0)
		return -errno;
	return exit_status(status);
}

/* Kill PID and wait for it. A negative PID is the error of cg_spawn(), and is returned. */
int cg_kill(pid_t pid)
{
	if (pid <= 0)
		return pid ?: -ESRCH;
	if (kill(pid, SIGKILL))
		return -errno;
	return cg_wait_exit(pid, 10000) < 0 ? -ETIMEDOUT : 0;
}

static int parent_of(pid_t pid)
{
	char buf[1024];
	const char *stat = cg_stat(pid, buf, sizeof(buf));
	int ppid;

	return stat && sscanf(stat, " %*c %d", &ppid) == 1 ? ppid : -1;
}

static int kill_round(void)
{
	struct dirent *entry;
	DIR *d = opendir("/proc");
	pid_t me = getpid();
	int found = 0;

	while (d && (entry = readdir(d))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || pid == cg_spared.pid || parent_of(pid) != me)
			continue;
		found++;
		kill(pid, SIGKILL);
	}
	if (d)
		closedir(d);
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
	return found;
}

/* Kill and reap every child but cg_spared, and all orphans that become children of the caller. */
void cg_kill_children(void)
{
	long long end = cg_deadline(10000);

	while (kill_round() && cg_now_ms() < end)
		cg_msleep(2);
}

/* Run a program; returns its exit status and the start of its output. */
int cg_run(const char *const argv[], char *out, size_t size)
{
	int fds[2];
	size_t used = 0;
	ssize_t n;
	char drop[512];
	pid_t pid;

	out[0] = 0;
	if (pipe(fds))
		return -errno;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], drop, sizeof(drop))) > 0) {
		size_t take = (size_t)n < size - 1 - used ? (size_t)n : size - 1 - used;

		memcpy(out + used, drop, take);
		used += take;
	}
	out[used] = 0;
	close(fds[0]);
	return cg_wait_exit(pid, 10000);
}

struct as_user {
	uid_t uid;
	int (*fn)(void *arg);
	void *arg;
};

static int drop_and_run(void *arg)
{
	struct as_user *as = arg;

	if (setgroups(0, NULL) || setresgid(as->uid, as->uid, as->uid) ||
	    setresuid(as->uid, as->uid, as->uid))
		return 126;
	return as->fn(as->arg);
}

/*
 * Run FN as UID in a child. If UID is not 0, the child has no capability; root keeps its own
 * ones, unless FN calls cg_drop_caps(). FN returns 0 or a positive errno; the result is its
 * negative.
 */
int cg_as_user(uid_t uid, int (*fn)(void *arg), void *arg)
{
	struct as_user as = { uid, fn, arg };
	pid_t pid = cg_spawn(drop_and_run, &as);

	return pid < 0 ? pid : -cg_wait_exit(pid, 20000);
}

/* The caller gives up all of its capabilities. */
int cg_drop_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capset, &head, none) ? -errno : 0;
}

struct in_userns {
	uid_t uid;
	int (*fn)(void *arg);
	void *arg;
	int ready[2];
	int mapped[2];
};

static int enter_userns(void *arg)
{
	struct in_userns *in = arg;
	char byte;

	if (setgroups(0, NULL) || setresgid(in->uid, in->uid, in->uid) ||
	    setresuid(in->uid, in->uid, in->uid))
		return 126;
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER) || write(in->ready[1], "r", 1) != 1)
		return 125;
	if (read(in->mapped[0], &byte, 1) != 1)
		return 124;
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return 123;
	return in->fn(in->arg);
}

/* As cg_as_user(), but UID is root of a user namespace of its own. */
int cg_in_userns(uid_t uid, int (*fn)(void *arg), void *arg)
{
	struct in_userns in = { .uid = uid, .fn = fn, .arg = arg };
	int ret = 0;
	char byte;
	pid_t pid;

	if (pipe(in.ready) || pipe(in.mapped))
		return -errno;
	pid = cg_spawn(enter_userns, &in);
	close(in.ready[1]);
	if (pid < 0 || read(in.ready[0], &byte, 1) != 1)
		ret = -1000;
	if (!ret)
		ret = cg_put(cg_path("/proc/%d/uid_map", pid), "0 %d 1", uid) ?:
		      cg_put(cg_path("/proc/%d/gid_map", pid), "0 %d 1", uid);
	if (!ret && write(in.mapped[1], "m", 1) != 1)
		ret = -1001;
	close(in.ready[0]);
	close(in.mapped[0]);
	close(in.mapped[1]);
	if (ret) {
		cg_kill(pid);
		return ret;
	}
	return -cg_wait_exit(pid, 20000);
}
