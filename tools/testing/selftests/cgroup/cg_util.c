// SPDX-License-Identifier: GPL-2.0
/* Mounts, files and subsystems for the cgroup tests; see cg_util.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cg_util.h"

#define BASE		"/tmp/cgtest"
#define SWEEP_DIR	".sweep"
#define LOOK_DIR	".look"
#define SWEEP_ROUNDS	100
#define MAX_LEVELS	64

/* Paths */

const char *cg_path(const char *fmt, ...)
{
	static char ring[8][4096];
	static unsigned int turn;
	char *buf = ring[turn++ % 8];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(ring[0]), fmt, ap);
	va_end(ap);
	return buf;
}

int cg_mkdir(const char *path)
{
	return mkdir(path, 0755) ? -errno : 0;
}

int cg_rmdir(const char *path)
{
	return rmdir(path) ? -errno : 0;
}

bool cg_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

/* Files */

/* Read PATH, relative to the directory DIR; returns the number of bytes or -errno. */
int cg_read_at(int dir, const char *path, char *buf, size_t size)
{
	size_t done = 0;
	ssize_t n = 0;
	int fd;

	buf[0] = 0;
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (done < size - 1) {
		n = read(fd, buf + done, size - 1 - done);
		if (n <= 0)
			break;
		done += n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n < 0 ? 0 : done] = 0;
	return n < 0 ? n : (int)done;
}

int cg_read(const char *path, char *buf, size_t size)
{
	return cg_read_at(AT_FDCWD, path, buf, size);
}

/* The whole file without its last newline; "" with errno set if it cannot be read. */
const char *cg_text(const char *path)
{
	static char ring[4][CG_TEXT_LEN];
	static unsigned int turn;
	char *buf = ring[turn++ % 4];
	int n = cg_read(path, buf, CG_TEXT_LEN);

	if (n < 0)
		errno = -n;
	else if (n && buf[n - 1] == '\n')
		buf[n - 1] = 0;
	return buf;
}

long long cg_num(const char *path)
{
	char buf[128];
	int n = cg_read(path, buf, sizeof(buf));

	return n < 0 ? n : strtoll(buf, NULL, 10);
}

/* The value of KEY in a file of "key value" lines, -1 if there is none. */
long long cg_key(const char *path, const char *key)
{
	const char *at = cg_text(path);
	size_t len = strlen(key);

	for (; at; at = strchr(at, '\n')) {
		if (*at == '\n')
			at++;
		if (!strncmp(at, key, len) && at[len] == ' ')
			return strtoll(at + len, NULL, 10);
	}
	return -1;
}

static int put_text(int fd, const char *fmt, va_list ap)
{
	char buf[8192];
	int len = vsnprintf(buf, sizeof(buf), fmt, ap);
	ssize_t n = write(fd, buf, len);

	if (n < 0)
		return -errno;
	return n == len ? 0 : -EIO;
}

/* Write the text with one write(2). */
int cg_put(const char *path, const char *fmt, ...)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	va_list ap;
	int ret;

	if (fd < 0)
		return -errno;
	va_start(ap, fmt);
	ret = put_text(fd, fmt, ap);
	va_end(ap);
	close(fd);
	return ret;
}

/* Is a write of TEXT to PATH refused with ERROR? If not, prints the result. */
bool cg_refused(const char *path, const char *text, int error)
{
	int ret = cg_put(path, "%s", text);

	if (ret != error)
		fprintf(stderr, "# %s: '%s' gives %d, not %d\n", path, text, ret, error);
	return ret == error;
}

int cg_put_fd(int fd, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = put_text(fd, fmt, ap);
	va_end(ap);
	return ret;
}

bool cg_wait_text(const char *path, const char *want, int ms)
{
	long long end = cg_deadline(ms);

	while (strcmp(cg_text(path), want)) {
		if (cg_now_ms() > end)
			return false;
		cg_msleep(2);
	}
	return true;
}

bool cg_wait_num(const char *path, long long want, int ms)
{
	long long end = cg_deadline(ms);

	while (cg_num(path) != want) {
		if (cg_now_ms() > end)
			return false;
		cg_msleep(2);
	}
	return true;
}

/* Open and read a file that has events. Only later changes are events. -1 if it fails. */
int cg_watch(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[256];

	return fd >= 0 && read(fd, buf, sizeof(buf)) > 0 ? fd : -1;
}

/* Is there an event on the file, now or within MS? */
bool cg_event(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };

	return poll(&p, 1, ms * cg_slow()) == 1 && (p.revents & POLLPRI);
}

/* Subsystems */

int cg_subsystems(struct cg_subsys *list)
{
	FILE *f = fopen("/proc/cgroups", "re");
	char line[256];
	int n = 0;

	if (!f)
		return -errno;
	while (n < CG_MAX_SUBSYS && fgets(line, sizeof(line), f)) {
		struct cg_subsys *s = &list[n];

		if (line[0] != '#' &&
		    sscanf(line, "%31s %d %d %d", s->name, &s->hierarchy,
			   &s->cgroups, &s->enabled) == 4)
			n++;
	}
	fclose(f);
	return n;
}

bool cg_subsys(const char *name, struct cg_subsys *out)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].name, name))
			continue;
		*out = list[i];
		return true;
	}
	return false;
}

int cg_hierarchy_of(const char *name)
{
	struct cg_subsys s;

	return cg_subsys(name, &s) ? s.hierarchy : -ENOENT;
}

/* Is it listed, enabled, and a mount option? (A kernel may list subsystems that v1 lacks.) */
bool cg_usable(const char *name)
{
	struct cg_subsys s;
	bool known;
	int fd;

	if (!cg_subsys(name, &s) || !s.enabled)
		return false;
	fd = syscall(SYS_fsopen, "cgroup", 1 /* FSOPEN_CLOEXEC */);
	if (fd < 0)
		return true;
	known = !syscall(SYS_fsconfig, fd, 0 /* FSCONFIG_SET_FLAG */, name, NULL, 0);
	close(fd);
	return known;
}

/* The names of all usable subsystems, each between BEFORE and AFTER. */
void cg_all_words(char *text, const char *before, const char *after)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	*text = 0;
	for (i = 0; i < n; i++)
		if (cg_usable(list[i].name))
			strcat(strcat(strcat(text, before), list[i].name), after);
}

/* Mounts */

int cg_mount(const char *options, const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		return -errno;
	return mount("cgroup", dir, "cgroup", 0, options) ? -errno : 0;
}

int cg_remount(const char *options, const char *dir)
{
	return mount("cgroup", dir, "cgroup", MS_REMOUNT, options) ? -errno : 0;
}

/*
 * Mainline needs some time to free the subsystems of the previous test. On this
 * core they are free at once, so the mount is not retried.
 */
int cg_mount_retry(const char *options, const char *dir)
{
	long long end = cg_is_mainline() ? cg_deadline(5000) : 0;
	int ret;

	while ((ret = cg_mount(options, dir)) == -EBUSY && cg_now_ms() < end)
		cg_msleep(10);
	return ret;
}

int cg_umount(const char *dir)
{
	return umount2(dir, 0) ? -errno : 0;
}

/* Is WORD one of the words of LIST, which are separated by SEP? */
bool cg_is_listed(const char *list, const char *word, char sep)
{
	size_t len = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == sep) &&
		    (!at[len] || at[len] == sep || at[len] == '\n'))
			return true;
		at += len;
	}
	return false;
}

/* Is WORD one of the comma-separated words of LIST? */
bool cg_has_word(const char *list, const char *word)
{
	return cg_is_listed(list, word, ',');
}

static bool parse_mountinfo(char *line, struct cg_mountinfo *info)
{
	char *tail = strstr(line, " - ");

	if (!tail)
		return false;
	if (sscanf(line, "%*d %*d %*s %4095s %4095s %1023s", info->root,
		   info->point, info->options) != 3)
		return false;
	return sscanf(tail, " - %63s %*s %4095s", info->type, info->super) == 2;
}

/* The topmost mount at DIR, which is relative to the place of the test. */
int cg_mountinfo(const char *dir, struct cg_mountinfo *info)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	struct cg_mountinfo row;
	char line[12288], want[4096];
	int ret = -ENOENT;

	if (!f)
		return -errno;
	if (!realpath(dir, want)) {
		fclose(f);
		return -errno;
	}
	while (fgets(line, sizeof(line), f)) {
		if (!parse_mountinfo(line, &row) || strcmp(row.point, want))
			continue;
		*info = row;
		ret = 0;
	}
	fclose(f);
	return ret;
}

static int config_words(int fd, const char *options)
{
	char *copy = strdup(options), *save = NULL, *word;
	int ret = 0;

	for (word = strtok_r(copy, ",", &save); word && !ret;
	     word = strtok_r(NULL, ",", &save)) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = 0;
		if (syscall(SYS_fsconfig, fd, value ? 1 : 0, word, value, 0))
			ret = -errno;
	}
	free(copy);
	return ret;
}

/* Configure FD with OPTIONS, run COMMAND, and collect the messages of the file system. */
static int config_log(int fd, const char *options, unsigned int command, char *log, size_t size)
{
	size_t used = 0;
	ssize_t n;
	int ret;

	log[0] = 0;
	if (fd < 0)
		return -errno;
	ret = config_words(fd, options);
	if (!ret && syscall(SYS_fsconfig, fd, command, NULL, NULL, 0))
		ret = -errno;
	while (used < size - 1) {
		n = read(fd, log + used, size - 1 - used);
		if (n <= 0)
			break;
		used += n;
	}
	log[used] = 0;
	close(fd);
	return ret;
}

/* Are these OPTIONS refused with ERROR and with the message TEXT (NULL: any message)? */
static bool config_refused(int fd, const char *options, unsigned int command, int error,
			   const char *text)
{
	char log[4096];
	int ret = config_log(fd, options, command, log, sizeof(log));

	if (ret == error && (!text || strstr(log, cg_path("e cgroup: %s\n", text))))
		return true;
	fprintf(stderr, "# '%s' gives %d, not %d, and says '%s', not '%s'\n", options, ret, error,
		log, text ?: "");
	return false;
}

/*
 * Do what mount(8) does: configure, create, and collect the messages of the
 * file system. The mount is not attached to any directory.
 */
bool cg_mount_refused(const char *options, int error, const char *text)
{
	return config_refused(syscall(SYS_fsopen, "cgroup", 1), options, 6 /* CMD_CREATE */, error,
			      text);
}

/* The same for a remount of what is mounted at DIR. */
bool cg_remount_refused(const char *dir, const char *options, int error, const char *text)
{
	return config_refused(syscall(SYS_fspick, AT_FDCWD, dir, 1), options,
			      7 /* CMD_RECONFIGURE */, error, text);
}

/* The place of a test */

/* Is this the untouched kernel? The guest sets KERNEL. */
bool cg_is_mainline(void)
{
	const char *kernel = getenv("KERNEL");

	return kernel && !strncmp(kernel, "mainline", 8);
}

/* Move all tasks out of the descendants of DIR and remove these. */
static int empty_tree(const char *root, const char *dir, int depth)
{
	struct dirent *entry;
	pid_t pids[512];
	DIR *d;
	int i, n, tries = 0;

	if (depth) {
		cg_put(cg_path("%s/freezer.state", dir), "THAWED");
		while ((n = cg_pids(cg_path("%s/tasks", dir), pids, 512)) > 0 &&
		       tries++ < 200) {
			for (i = 0; i < n; i++)
				cg_put(cg_path("%s/tasks", root), "%d", pids[i]);
		}
	}
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		char sub[4096];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", dir, entry->d_name);
		empty_tree(root, sub, depth + 1);
	}
	if (d)
		closedir(d);
	if (!depth)
		return 0;
	cg_put(cg_path("%s/memory.force_empty", dir), "0");
	for (tries = 0; rmdir(dir) && errno == EBUSY && tries < 500; tries++)
		cg_msleep(2);
	return 0;
}

/* Move all tasks of a hierarchy to its root and remove its groups. */
void cg_empty(const char *dir)
{
	empty_tree(dir, dir, 0);
}

/* The options that mount the hierarchy of a line of /proc/self/cgroup. */
static bool line_options(const char *line, char *options, size_t size)
{
	const char *list = strchr(line, ':');
	const char *end = list ? strchr(list + 1, ':') : NULL;

	if (!end || atoi(line) == 0 || end == list + 1)
		return false;
	snprintf(options, size, "%.*s", (int)(end - list - 1), list + 1);
	return true;
}

struct cg_spared cg_spared;

static int sweep_once(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[8192], options[4096];
	int found = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (!line_options(line, options, sizeof(options)) ||
		    (cg_spared.hierarchy && cg_has_word(options, cg_spared.hierarchy)))
			continue;
		found++;
		if (cg_mount(options, SWEEP_DIR))
			continue;
		empty_tree(SWEEP_DIR, SWEEP_DIR, 0);
		umount2(SWEEP_DIR, MNT_DETACH);
	}
	if (f)
		fclose(f);
	return found;
}

/* Free every hierarchy that is neither mounted nor spared. Returns how many others are left. */
int cg_sweep(void)
{
	int left, round;

	for (round = 0; (left = sweep_once()) && round < SWEEP_ROUNDS; round++) {
		if (round % 20 == 5)
			cg_put("/proc/sys/vm/drop_caches", "3");
		cg_msleep(round < 5 ? 5 : 50);
	}
	rmdir(SWEEP_DIR);
	return left;
}

/* The options that mount the hierarchy that carries NAME. False: there is none. */
static bool options_of(const char *name, char *options, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool found = false;
	char line[8192];

	while (f && !found && fgets(line, sizeof(line), f))
		found = line_options(line, options, size) && cg_has_word(options, name);
	if (f)
		fclose(f);
	return found;
}

/* A number from the root of debug, in whichever hierarchy debug is now; or -errno. */
long long cg_debug_num(const char *file)
{
	char options[4096];
	long long nr;

	/* if debug is in no hierarchy, make one */
	if (!options_of("debug", options, sizeof(options)))
		snprintf(options, sizeof(options), "debug");
	nr = cg_mount(options, LOOK_DIR);
	if (nr)
		return nr;
	nr = cg_num(cg_path(LOOK_DIR "/debug.%s", file));
	if (umount2(LOOK_DIR, 0))
		nr = -errno;
	rmdir(LOOK_DIR);
	return nr;
}

/* Thaw the groups below DIR, on so many LEVELS. Frozen tasks cannot even exit. */
void cg_thaw_below(const char *dir, int levels)
{
	DIR *d = levels ? opendir(dir) : NULL;
	struct dirent *entry;
	char sub[4096];

	while (d && (entry = readdir(d))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", dir, entry->d_name);
		cg_put(cg_path("%s/freezer.state", sub), "THAWED");
		cg_thaw_below(sub, levels - 1);
	}
	if (d)
		closedir(d);
}

/* Thaw all groups, in whichever hierarchy freezer is now. */
void cg_thaw_all(void)
{
	char options[4096];

	if (!options_of("freezer", options, sizeof(options)) || cg_mount(options, LOOK_DIR))
		return;
	cg_thaw_below(LOOK_DIR, MAX_LEVELS);
	umount2(LOOK_DIR, 0);
	rmdir(LOOK_DIR);
}

/* Move the caller to the root of every hierarchy that is mounted here. */
void cg_leave(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	struct cg_mountinfo row;
	char line[12288];

	while (f && fgets(line, sizeof(line), f))
		if (parse_mountinfo(line, &row) && !strcmp(row.type, "cgroup"))
			cg_put(cg_path("%s/cgroup.procs", row.point), "0");
	if (f)
		fclose(f);
}

static void umount_all(void)
{
	char points[64][256];
	struct cg_mountinfo row;
	char line[12288];
	int n = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && n < 64 && fgets(line, sizeof(line), f))
		if (parse_mountinfo(line, &row) && !strcmp(row.type, "cgroup"))
			snprintf(points[n++], sizeof(points[0]), "%.255s", row.point);
	if (f)
		fclose(f);
	while (n--) {
		empty_tree(points[n], points[n], 0);
		umount2(points[n], MNT_DETACH);
	}
}

int cg_setup(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	mkdir("/tmp", 0755);
	if (mkdir(BASE, 0755) && errno != EEXIST)
		return -errno;
	if (mount("cgtest", BASE, "tmpfs", 0, "mode=755"))
		return -errno;
	if (chdir(BASE))
		return -errno;
	cg_sweep();
	return 0;
}

/*
 *  h/		mounted with OPTIONS
 *  |-- a/
 *  `-- b/
 */
int cg_setup_two(const char *options)
{
	return cg_setup() ?: cg_mount_retry(options, "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/b");
}

/*
 * Remove the tasks, groups, mounts and open files of the test. Then no hierarchy
 * is in use. Returns how many exist all the same, which is an error. On mainline,
 * where they go some time later, returns 0.
 */
int cg_teardown(void)
{
	int left;

	if (chdir(BASE))
		return -errno;
	cg_leave();
	cg_spared = (struct cg_spared) {};
	cg_kill_children();
	syscall(SYS_close_range, 3, ~0U, 0);
	umount_all();
	left = sweep_once();
	if (left && !cg_is_mainline())
		fprintf(stderr, "# hierarchies that are not in use still exist: %s\n",
			cg_text("/proc/self/cgroup"));
	if (left)
		cg_sweep();
	if (chdir("/"))
		return -errno;
	umount2(BASE, MNT_DETACH);
	rmdir(BASE);
	return cg_is_mainline() ? 0 : left;
}

static int kmsg = -1;

/* Ignore all lines that the kernel log has so far. */
int cg_log_mark(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return kmsg < 0 || lseek(kmsg, 0, SEEK_END) ? -errno : 0;
}

/* Has the core logged a line with both texts since cg_log_mark() or the last call? */
bool cg_logged(const char *what, const char *where)
{
	char line[2048];
	bool found = false;
	ssize_t len;

	while ((len = read(kmsg, line, sizeof(line) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		if (len < 0)
			continue;
		line[len] = '\0';
		found |= strstr(line, "cgroup: ") && strstr(line, what) && strstr(line, where);
	}
	return found;
}
