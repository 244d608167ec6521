// SPDX-License-Identifier: GPL-2.0
/* The visible state, and whether an operation that failed has changed it. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg_util.h"

#define DUMP_SIZE	(2 << 20)
#define WITNESSES	8
#define PROCESSES	512	/* of more, the files of their groups tell */

struct dump {
	char *text;
	size_t used;
};

static struct dump before, after;
static pid_t witnesses[WITNESSES];
static int nr_witnesses;
static pid_t processes[PROCESSES];
static int nr_processes;

static void add(struct dump *d, const char *path, const char *text)
{
	d->used += snprintf(d->text + d->used, DUMP_SIZE - d->used, "%s: %s\n", path, text);
	if (d->used >= DUMP_SIZE) {
		fprintf(stderr, "# the visible state does not fit\n");
		abort();
	}
}

/*
 * Files whose content changes by itself, or with what is only tried: memory and CPU time
 * of the kernel's own work for the task that tries; the peak of pids, which counts tasks
 * where they are to go until somebody else refuses.  And what tells debug to refuse.
 */
static bool restless(const char *name)
{
	static const char * const names[] = {
		"memory.usage", "memory.max_usage", "memory.kmem.", "memory.memsw.usage",
		"memory.memsw.max_usage", "memory.force_empty", "memory.pressure", "cpuacct.",
		"pids.peak", "debug.cg", "debug.current", "debug.refuse", "throttle.io_", "bfq.",
		NULL,
	};
	size_t len = strlen(name);
	int i;

	/* what somebody has set is none of these */
	if (strstr(name, "limit_in_bytes") || strstr(name, "weight"))
		return false;
	for (i = 0; names[i]; i++)
		if (strstr(name, names[i]))
			return true;
	/* cpu.stat, memory.numa_stat, but not freezer.state */
	return (len > 4 && !strcmp(name + len - 4, "stat")) || !strcmp(name, "debug.css_sets");
}

/* A root has the kernel's own threads among its members, which come and go. */
static bool is_members(const char *name)
{
	return !strcmp(name, "tasks") || !strcmp(name, "cgroup.procs") ||
	       !strcmp(name, "debug.taskcount");
}

static void dump_dir(struct dump *d, int dir, const char *path);

static void dump_entry(struct dump *d, int dir, const char *dir_path, const char *name, bool root)
{
	char path[4096], text[CG_TEXT_LEN];
	struct stat st;
	int below;

	snprintf(path, sizeof(path), "%s/%s", dir_path, name);
	if (fstatat(dir, name, &st, 0))
		return;
	/* a group made anew is another one; files come anew with their subsystem */
	add(d, path, cg_path("%o %d %d %llu", st.st_mode, st.st_uid, st.st_gid,
			     S_ISDIR(st.st_mode) ? (unsigned long long)st.st_ino : 0));
	if (S_ISDIR(st.st_mode)) {
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		dump_dir(d, below, path);
		close(below);
	} else if ((st.st_mode & 0400) && !restless(name) && !(root && is_members(name))) {
		cg_read_at(dir, name, text, sizeof(text));
		add(d, path, text);
	}
}

/* What stands in the directory DIR, which is PATH: a walk from the top costs more than the file. */
static void dump_dir(struct dump *d, int dir, const char *path)
{
	bool root = !faccessat(dir, "cgroup.sane_behavior", F_OK, 0);
	struct dirent **list;
	int i, n = scandirat(dir, ".", &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			dump_entry(d, dir, path, list[i]->d_name, root);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static int is_process(const struct dirent *entry)
{
	return isdigit((unsigned char)entry->d_name[0]);
}

/* Not threads of the kernel, which come and go, nor who has exited. */
static void find_processes(void)
{
	char kernel_threads[CG_TEXT_LEN];
	struct dirent **list;
	int i, n = scandir("/proc", &list, is_process, versionsort);

	nr_processes = 0;
	cg_read("/proc/2/task/2/children", kernel_threads, sizeof(kernel_threads));
	for (i = 0; i < n; i++) {
		const char *pid = list[i]->d_name;

		if (strcmp(pid, "2") && !cg_is_listed(kernel_threads, pid, ' ') &&
		    strchr("RSDTt", cg_state(atoi(pid)) ?: 'X') && nr_processes < PROCESSES)
			processes[nr_processes++] = atoi(pid);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/* Where each process is that there was when the state was remembered. */
static void dump_processes(struct dump *d)
{
	int i;

	for (i = 0; i < nr_processes; i++)
		add(d, cg_path("process %d", processes[i]),
		    cg_text(cg_path("/proc/%d/cgroup", processes[i])));
}

/* Where each thread of PID is. */
static void dump_threads(struct dump *d, pid_t pid)
{
	pid_t tids[256];
	int i, n = cg_tids(pid, tids, 256);

	for (i = 0; i < n; i++)
		add(d, cg_path("thread %d of %d", tids[i], pid),
		    cg_text(cg_path("/proc/%d/cgroup", tids[i])));
}

/* Counters of dying groups fall by themselves: not in the comparison. */
static void dump_cgroups(struct dump *d)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++)
		add(d, list[i].name, cg_path("%d %d", list[i].hierarchy, list[i].enabled));
}

static void dump(struct dump *d)
{
	int i;

	if (!d->text)
		d->text = malloc(DUMP_SIZE);
	d->used = 0;
	dump_cgroups(d);
	dump_processes(d);
	for (i = 0; i < nr_witnesses; i++)
		dump_threads(d, witnesses[i]);
	add(d, "mounts", cg_text("/proc/self/mountinfo"));
	dump_dir(d, AT_FDCWD, ".");
}

/* PID's threads are part of the state from now on. */
void cg_state_watch(pid_t pid)
{
	if (nr_witnesses == WITNESSES) {
		fprintf(stderr, "# more than %d to be watched\n", WITNESSES);
		abort();
	}
	witnesses[nr_witnesses++] = pid;
}

/* Remember the state that operations are to leave as it is. */
void cg_state_keep(void)
{
	find_processes();
	dump(&before);
}

/* Is it as remembered? Says the first difference. */
bool cg_state_kept(void)
{
	char *a = before.text, *b;

	dump(&after);
	if (!strcmp(before.text, after.text))
		return true;
	for (b = after.text; *a && *a == *b; a++, b++)
		;
	while (a > before.text && a[-1] != '\n') {
		a--;
		b--;
	}
	fprintf(stderr, "# before: %.*s\n# after:  %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
	return false;
}

/* The same of what may be on its way still (mainline unbinds late). */
bool cg_state_comes_back(void)
{
	long long end = cg_deadline(5000);

	do {
		dump(&after);
		if (!strcmp(before.text, after.text))
			return true;
		cg_msleep(20);
	} while (cg_now_ms() < end);
	return cg_state_kept();
}
