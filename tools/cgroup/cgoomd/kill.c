// SPDX-License-Identifier: GPL-2.0
/* Which group is killed, and how. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgoomd.h"

#define MAX_DEPTH	24		/* of groups below one that is killed */
#define NEAR_LIMIT	(1024 * 1024)	/* bytes below its limit, a group counts as full */

char own_group[MAX_PATH];

struct linux_dirent64_head {
	unsigned long long d_ino;
	long long d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

/* What has been found on the way through a group. */
struct toll {
	int nr;			/* processes */
	int err;		/* a part could not be read */
};

/* A group that has been removed has no processes: this is no error. */
static void note_error(struct toll *toll)
{
	if (!is_missing())
		toll->err = errno;
}

/* Kill the processes in one directory. */
static void kill_procs(int dir, struct toll *toll)
{
	char *at = text;

	if (read_at(dir, "cgroup.procs") < 0) {
		note_error(toll);
		return;
	}
	while (*at) {
		char *end;
		pid_t pid = strtol(at, &end, 10);

		if (end == at)
			break;
		at = end + (*end == '\n');
		/* 0 is a process of another pid namespace, and 1 is init */
		if (pid > 1 && pid != getpid()) {
			kill(pid, SIGKILL);
			toll->nr++;
		}
	}
}

/* Kill the processes in a group and below it. */
static void kill_tree(int dir, int depth, struct toll *toll)
{
	char buf[2048] __attribute__((aligned(8)));
	long len;

	kill_procs(dir, toll);
	if (depth == MAX_DEPTH || lseek(dir, 0, SEEK_SET) < 0)
		return;
	while ((len = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		long at = 0;

		while (at < len) {
			struct linux_dirent64_head *d = (void *)(buf + at);
			int child;

			at += d->d_reclen;
			if (d->d_type != DT_DIR || d->d_name[0] == '.')
				continue;
			child = openat(dir, d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (child < 0) {
				note_error(toll);
				continue;
			}
			kill_tree(child, depth + 1, toll);
			close(child);
		}
	}
	if (len < 0)
		note_error(toll);
}

/*
 * Kill the processes of a group.  With the signal controller in the hierarchy none escapes.
 * Return: how many there are, or at least 1 if there are any; -1 with errno if that is not known.
 */
int kill_group(const struct group *g)
{
	struct toll toll = { 0 };

	if (!write_at(g->dir, "signal.tree", "KILL"))
		return 1;
	if (errno == ESRCH)
		return 0;
	kill_tree(g->dir, 0, &toll);
	errno = toll.err;
	return toll.err && !toll.nr ? -1 : toll.nr;
}

/* Is the group PATH the same as SCOPE, or below it? */
static bool is_below(const char *path, const char *scope)
{
	size_t len = strlen(scope);

	if (!strcmp(scope, "."))
		return true;
	return !strncmp(path, scope, len) && (!path[len] || path[len] == '/');
}

/* The path of the oom group of a task, below the hierarchy; false if there is none. */
bool group_of(pid_t pid, char *path, size_t size)
{
	char name[64], *line, *next = text;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	if (!pid || read_at(AT_FDCWD, name) < 0)
		return false;
	while ((line = strsep(&next, "\n"))) {
		char *list = strchr(line, ':'), *at = list ? strchr(list + 1, ':') : NULL;
		char *word;

		if (!at)
			continue;
		*at++ = 0;
		list++;
		while ((word = strsep(&list, ",")))
			if (!strcmp(word, "oom"))
				break;
		if (!word)
			continue;
		while (*at == '/')
			at++;
		snprintf(path, size, "%s", *at ? at : ".");
		return true;
	}
	return false;
}

/* Is this program in the group?  signal.tree would kill it too. */
bool has_self(const struct group *g)
{
	/* if that cannot be read now, it is what was read before */
	group_of(getpid(), own_group, sizeof(own_group));
	return is_below(own_group, g->path);
}

/* Is the use of a group about at a limit?  Return: 1, 0, or -1 if the files cannot be read now. */
static int is_at(const char *path, const char *limit_file, const char *usage_file)
{
	char file[MAX_PATH + 32];
	unsigned long long limit;

	snprintf(file, sizeof(file), "%s/%s", path, limit_file);
	if (read_at(top, file) < 0)
		return is_missing() ? 0 : -1;
	limit = strtoull(text, NULL, 10);
	snprintf(file, sizeof(file), "%s/%s", path, usage_file);
	if (read_at(top, file) < 0)
		return is_missing() ? 0 : -1;
	return strtoull(text, NULL, 10) + NEAR_LIMIT >= limit;
}

/* Is a group about at its limit of memory, or of memory and swap? */
static int is_full(const char *path)
{
	int full = is_at(path, "memory.limit_in_bytes", "memory.usage_in_bytes");

	return full ? full : is_at(path, "memory.memsw.limit_in_bytes",
				   "memory.memsw.usage_in_bytes");
}

/*
 * Which groups can make room?  At a memory limit, only those below the group whose limit it is.
 * The nearest group above the task that is full, if it is below the watched one.
 * Return: false if that is not known, so no group may be killed.
 */
bool find_scope(const struct group *g, const struct pending *p, char *scope, size_t size)
{
	char path[MAX_PATH];
	char *slash;

	snprintf(scope, size, "%s", g->path);
	if (!p->all_memcg || !p->pid)
		return true;
	if (!group_of(p->pid, path, sizeof(path)))
		return false;
	while (is_below(path, g->path) && strcmp(path, g->path)) {
		int full = is_full(path);

		if (full < 0)
			return false;
		if (full) {
			snprintf(scope, size, "%s", path);
			return true;
		}
		slash = strrchr(path, '/');
		if (!slash)
			return true;
		*slash = 0;
	}
	return true;
}

/* The order of kills: by priority, then as in the policy. */
static bool is_before(const struct group *a, const struct group *b)
{
	return a->priority != b->priority ? a->priority < b->priority : a < b;
}

/*
 * Kill the first group after FLOOR that has processes.  A group that cannot be read now may have
 * some: the caller tries again, before it comes to the next.
 */
struct group *kill_lowest(const char *scope, const struct group *floor)
{
	struct group *g, *lowest;
	int nr;

	for (;;) {
		lowest = NULL;
		for (g = groups; g < groups + nr_groups; g++)
			if (g->has_priority && g->dir >= 0 && is_below(g->path, scope) &&
			    (!floor || is_before(floor, g)) && (!lowest || is_before(g, lowest)))
				lowest = g;
		if (!lowest)
			return NULL;
		floor = lowest;
		if (has_self(lowest)) {
			say(LOG_WARNING, "group %s has cgoomd in it, not killed", shown(lowest));
			continue;
		}
		nr = kill_group(lowest);
		if (nr)
			break;
	}
	if (nr > 0)
		say(LOG_WARNING, "killed group %s, priority %d", shown(lowest), lowest->priority);
	else
		say(LOG_ERR, "group %s cannot be killed, trying again: %s", shown(lowest),
		    strerror(errno));
	return lowest;
}
