// SPDX-License-Identifier: GPL-2.0
/* Records the visible state and checks that a failed operation has not changed it. */
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
#define PROCESSES	512	/* further ones are seen only in the files of their groups */

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
		fprintf(stderr, "# the visible state does not fit into the buffer\n");
		abort();
	}
}

/*
 * Files that are not compared.  The content of most of them changes by itself, or through an
 * attempt that fails: memory and CPU time of the kernel's own work are charged to the task that
 * tries, pids.peak counts tasks in their new group until another subsystem refuses, and
 * debug.mm_owners counts exits.  The files that make debug refuse are not compared either.
 */
static bool restless(const char *name)
{
	static const char * const names[] = {
		"memory.usage", "memory.max_usage", "memory.kmem.", "memory.memsw.usage",
		"memory.memsw.max_usage", "memory.force_empty", "memory.pressure", "cpuacct.",
		"pids.peak", "debug.cg", "debug.current", "debug.refuse", "debug.mm_owners",
		"throttle.io_", "bfq.", NULL,
	};
	size_t len = strlen(name);
	int i;

	/* values that are set by a write are compared */
	if (strstr(name, "limit_in_bytes") || strstr(name, "weight"))
		return false;
	for (i = 0; names[i]; i++)
		if (strstr(name, names[i]))
			return true;
	/* cpu.stat, memory.numa_stat, but not freezer.state */
	return (len > 4 && !strcmp(name + len - 4, "stat")) || !strcmp(name, "debug.css_sets");
}

/* Not compared in a root: kernel threads, which come and go, are members of it. */
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
	/*
	 * The inode shows that a group was removed and made again.  Inodes of files are not
	 * compared: a subsystem that is bound again has new files.
	 */
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

/* All entries of DIR, which is PATH.  A lookup from the top would cost more than the read. */
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

/* All processes, except kernel threads, which come and go, and processes that have exited. */
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

/* The cgroups of each process that existed when the state was recorded. */
static void dump_processes(struct dump *d)
{
	int i;

	for (i = 0; i < nr_processes; i++)
		add(d, cg_path("process %d", processes[i]),
		    cg_text(cg_path("/proc/%d/cgroup", processes[i])));
}

/* The cgroups of each thread of PID. */
static void dump_threads(struct dump *d, pid_t pid)
{
	pid_t tids[256];
	int i, n = cg_tids(pid, tids, 256);

	for (i = 0; i < n; i++)
		add(d, cg_path("thread %d of %d", tids[i], pid),
		    cg_text(cg_path("/proc/%d/cgroup", tids[i])));
}

/* Without the numbers of cgroups, which fall by themselves when removed groups are freed. */
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

/* The threads of PID are part of the visible state from now on. */
void cg_state_watch(pid_t pid)
{
	if (nr_witnesses == WITNESSES) {
		fprintf(stderr, "# more than %d processes to watch\n", WITNESSES);
		abort();
	}
	witnesses[nr_witnesses++] = pid;
}

/* Record the state that the following operations must not change. */
void cg_state_keep(void)
{
	find_processes();
	dump(&before);
}

/* Is the state as it was recorded?  Prints the first difference. */
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

/* Does the state return to the recorded one within five seconds?  (Mainline unbinds late.) */
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
