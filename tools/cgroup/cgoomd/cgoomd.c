// SPDX-License-Identifier: GPL-2.0
/*
 * cgoomd: decides, by a policy file, what happens when a control group runs out of memory.
 *
 * The kernel waits for the verdict of a group that has a delay (oom.delay), and goes on
 * without it after that.  So this program can fail in any way, and the machine goes on.  It
 * tries not to fail: its memory is locked and allocated before it handles anything, and the
 * kernel's OOM killer does not choose it.  The files that tell of OOMs and take the verdicts are
 * open.  A kill opens files, and a command is a new process: these can fail for lack of memory.
 *
 * For each watched group there is at most one job at a time: a kill whose victims have not
 * ended yet, or a command.  One verdict then answers all that wait.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_GROUPS	256
#define MAX_DEPTH	24		/* of groups below one that is killed */
#define MAX_FILES	4096		/* open at a time */
#define MAX_LINE	1024
#define MAX_PATH	1024
#define DELAY_MAX	60000
#define STACK_SIZE	(512 * 1024)	/* locked before it is needed */

#define KILL_POLL_MS	20		/* how often victims are looked for */
#define KILL_PATIENCE_MS 2000		/* after that the next group is killed */
#define EARLY_PATIENCE_MS 60000		/* an early command may take as long */
#define RETRY_MS	1000		/* how often groups that are missing are looked for */
#define COMMAND_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define NEAR_LIMIT	(1024 * 1024)	/* bytes below its limit, a group counts as full */

enum action { ACT_PASS, ACT_KILL, ACT_RUN };

/* What a watched group does about what waits there. */
enum job { JOB_NONE, JOB_KILL, JOB_COMMAND };

struct group {
	char path[MAX_PATH];	/* below the hierarchy, "." for its root */
	bool has_priority;
	int priority;

	/* of a watched group */
	bool watched;
	int delay;
	int early;		/* -1: left to others */
	enum action on_oom;
	char oom_command[MAX_LINE];
	char early_command[MAX_LINE];

	/* -1 while the group does not exist */
	int dir;
	int events;
	int pending;
	int control;
	bool unread;		/* a read failed: look again soon */
	int fault;		/* why it could not be opened, as logged */

	enum job job;
	struct group *victim;	/* of a kill, NULL when it has been removed */
	pid_t pid;		/* of a command, which may outlive the job and the group */
	long long until;	/* when the job has taken too long, in ms */

	long long early_seen;	/* warnings */
	bool early_due;
	pid_t early_pid;	/* of the command, which may run beside a job */
	long long early_until;
};

/* What is pending at a group, as far as it matters here. */
struct pending {
	int nr;
	bool all_memcg;
	pid_t pid;		/* of the first */
};

static struct group groups[MAX_GROUPS];
static int nr_groups;
static char hierarchy[MAX_PATH];
static char own_group[MAX_PATH];
static int top = -1;
static char text[65536];	/* for one file at a time */
static bool in_journal;

/* ---- messages ---- */

static const char *shown(const struct group *g)
{
	return strcmp(g->path, ".") ? g->path : "/";
}

/* Is stderr the journal?  A child of a service has the variable, but maybe another stderr. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

/* One line for the journal.  A line that the journal does not take at once is lost. */
static void __attribute__((format(printf, 2, 3))) say(int level, const char *fmt, ...)
{
	char line[1024];
	int n = in_journal ? snprintf(line, sizeof(line), "<%d>", level) :
			     snprintf(line, sizeof(line), "cgoomd: ");
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, args);
	va_end(args);
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

#define LOG_ERR		3
#define LOG_WARNING	4
#define LOG_NOTICE	5
#define LOG_INFO	6

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	say(LOG_ERR, "%s", line);
	exit(1);
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* ---- files ---- */

/* Read an open control file from its begin into text[].  Return: the length, or -1. */
static int read_fd(int fd)
{
	int len = 0;

	while (len < (int)sizeof(text) - 1) {
		ssize_t n = pread(fd, text + len, sizeof(text) - 1 - len, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += n;
	}
	/* a file that does not fit ends with a whole line, not with a part of a number */
	if (len == (int)sizeof(text) - 1)
		while (len && text[len - 1] != '\n')
			len--;
	text[len] = 0;
	return len;
}

static int read_at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int n;

	if (fd < 0)
		return -1;
	n = read_fd(fd);
	close(fd);
	return n;
}

static int write_at(int dir, const char *name, const char *value)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static int write_number(int dir, const char *name, int value)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", value);
	return write_at(dir, name, number);
}

/* Did the last call fail because the file or its group does not exist? */
static bool is_missing(void)
{
	return errno == ENOENT || errno == ENODEV;
}

/* The value of a key in text[], or -1. */
static long long key_value(const char *key)
{
	size_t len = strlen(key);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ')
			return strtoll(line + len + 1, NULL, 10);
	}
	return -1;
}

/* ---- the policy ---- */

/* "/batch//night/" is "batch/night".  Return: false if it is too long, or leaves the hierarchy. */
static bool clean_path(char *path, size_t size, char *name)
{
	size_t len = 0;
	char *word;

	snprintf(path, size, ".");
	while ((word = strsep(&name, "/"))) {
		if (!*word || !strcmp(word, "."))
			continue;
		if (!strcmp(word, ".."))
			return false;
		len += snprintf(path + len, size - len, "%s%s", len ? "/" : "", word);
		if (len >= size)
			return false;
	}
	return true;
}

/* The entry of a group, a new one if there is none.  Return: NULL if there can be none. */
static struct group *group_named(char *name)
{
	char path[MAX_PATH - 32];
	struct group *g;

	if (!clean_path(path, sizeof(path), name))
		return NULL;
	for (g = groups; g < groups + nr_groups; g++)
		if (!strcmp(g->path, path))
			return g;
	if (nr_groups == MAX_GROUPS)
		return NULL;
	g = &groups[nr_groups++];
	snprintf(g->path, sizeof(g->path), "%s", path);
	g->dir = -1;
	g->events = -1;
	g->pending = -1;
	g->control = -1;
	g->early = -1;
	g->on_oom = ACT_PASS;
	return g;
}

/* Parse a number from MIN to MAX.  Return: false if it is none. */
static bool number(const char *word, long min, long max, int *value)
{
	char *end;
	long n;

	if (!word || !*word)
		return false;
	errno = 0;
	n = strtol(word, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

static char *next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t");
	while (word && !*word);
	return word;
}

/* "watch GROUP DELAY [EARLY]" */
static const char *parse_watch(struct group *g, char *rest)
{
	char *early;

	if (!number(next_word(&rest), 1, DELAY_MAX, &g->delay))
		return "the delay must be 1 to 60000 milliseconds";
	early = next_word(&rest);
	if (early && !number(early, 0, 100, &g->early))
		return "the early warning must be a percentage";
	g->watched = true;
	return next_word(&rest) ? "too many words" : NULL;
}

/* "oom GROUP kill|pass|run COMMAND", "early GROUP run COMMAND" */
static const char *parse_action(struct group *g, char *rest, bool early)
{
	char *what = next_word(&rest);

	if (what && !strcmp(what, "run")) {
		rest += rest ? strspn(rest, " \t") : 0;
		if (!rest || !*rest)
			return "run needs a command";
		snprintf(early ? g->early_command : g->oom_command, MAX_LINE, "%s", rest);
		if (!early)
			g->on_oom = ACT_RUN;
		return NULL;
	}
	if (early || !what)
		return early ? "must be: early GROUP run COMMAND" : "must be: oom GROUP ACTION";
	if (!strcmp(what, "kill"))
		g->on_oom = ACT_KILL;
	else if (!strcmp(what, "pass"))
		g->on_oom = ACT_PASS;
	else
		return "the action must be kill, pass or run";
	return next_word(&rest) ? "too many words" : NULL;
}

static const char *parse_line(char *line)
{
	char *rest = line, *key = next_word(&rest), *name = next_word(&rest);
	struct group *g;

	if (!key || *key == '#')
		return NULL;
	if (!name)
		return "a word is missing";
	if (!strcmp(key, "hierarchy")) {
		if (*name != '/' || strlen(name) >= sizeof(hierarchy))
			return "the hierarchy must be the directory where it is mounted";
		snprintf(hierarchy, sizeof(hierarchy), "%s", name);
		return next_word(&rest) ? "too many words" : NULL;
	}
	g = group_named(name);
	if (!g)
		return "too many groups, too long a name, or a name with ..";
	if (!strcmp(key, "watch"))
		return parse_watch(g, rest);
	if (!strcmp(key, "oom"))
		return parse_action(g, rest, false);
	if (!strcmp(key, "early"))
		return parse_action(g, rest, true);
	if (strcmp(key, "priority"))
		return "must begin with hierarchy, watch, priority, oom or early";
	if (!strcmp(g->path, "."))
		return "the root has no priority: all processes would be killed";
	if (!number(next_word(&rest), INT_MIN, INT_MAX, &g->priority))
		return "the priority must be a number";
	g->has_priority = true;
	return next_word(&rest) ? "too many words" : NULL;
}

static void read_policy(const char *file)
{
	FILE *f = fopen(file, "re");
	char line[MAX_LINE];
	struct group *g;
	int nr = 0, watched = 0;

	if (!f)
		die("%s: %s", file, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		const char *fault;

		nr++;
		if (!strchr(line, '\n') && !feof(f))
			die("%s:%d: the line is too long", file, nr);
		line[strcspn(line, "\n")] = 0;
		fault = parse_line(line);
		if (fault)
			die("%s:%d: %s", file, nr, fault);
	}
	fclose(f);
	if (!*hierarchy)
		die("%s: no line begins with hierarchy", file);
	for (g = groups; g < groups + nr_groups; g++) {
		if (!g->watched && (g->on_oom != ACT_PASS || *g->early_command))
			die("%s: group %s has an action, but is not watched", file, shown(g));
		watched += g->watched;
	}
	if (!watched)
		die("%s: no group is watched", file);
}

/* ---- groups that come and go ---- */

/*
 * What waited in the group is gone, and the next group of this name must not pay for it.  A
 * command goes on until its deadline: it may be about to start that next group.
 */
static void close_group(struct group *g)
{
	int *fds[] = { &g->dir, &g->events, &g->pending, &g->control };
	struct group *other;
	unsigned int i;

	for (other = groups; other < groups + nr_groups; other++)
		if (other->victim == g)
			other->victim = NULL;
	g->job = JOB_NONE;
	g->victim = NULL;
	g->early_due = false;
	g->unread = false;
	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* Open a group of the policy, and ask the kernel to wait for it if it is watched. */
static void open_group(struct group *g)
{
	int err;

	g->dir = openat(top, g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (g->dir < 0 && errno != ENOENT)
		goto fail;
	if (g->dir < 0 || !g->watched) {
		g->fault = 0;
		return;
	}
	g->events = openat(g->dir, "oom.events", O_RDONLY | O_CLOEXEC);
	g->pending = openat(g->dir, "oom.pending", O_RDONLY | O_CLOEXEC);
	g->control = openat(g->dir, "oom.control", O_WRONLY | O_CLOEXEC);
	if (g->events < 0 || g->pending < 0 || g->control < 0)
		goto fail;
	/* the kernel keeps the buffers of the first reads */
	if (read_fd(g->pending) < 0 || read_fd(g->events) < 0)
		goto fail;
	g->early_seen = key_value("early");
	if (write_number(g->dir, "oom.delay", g->delay) ||
	    (g->early >= 0 && write_number(g->dir, "oom.early", g->early)))
		goto fail;
	g->fault = 0;
	say(LOG_INFO, "group %s is watched, delay %d ms", shown(g), g->delay);
	return;
fail:
	/* tried once per second, said once */
	err = errno;
	if (err != g->fault)
		say(LOG_WARNING, "group %s cannot be %s: %s", shown(g),
		    g->watched ? "watched" : "opened", strerror(err));
	g->fault = err;
	close_group(g);
}

static bool is_gone(struct group *g)
{
	struct stat there, here;

	if (fstatat(top, g->path, &there, 0))
		return errno == ENOENT;
	/* a group with the same name may have been made meanwhile */
	return !fstat(g->dir, &here) && there.st_ino != here.st_ino;
}

static void look_for_groups(void)
{
	struct group *g;

	for (g = groups; g < groups + nr_groups; g++) {
		if (g->dir >= 0 && is_gone(g)) {
			say(LOG_INFO, "group %s is gone", shown(g));
			close_group(g);
		}
		if (g->dir < 0)
			open_group(g);
	}
}

/* Nothing waits for this program any more. */
static void reset_groups(void)
{
	struct group *g;

	for (g = groups; g < groups + nr_groups; g++) {
		if (!g->watched || g->dir < 0)
			continue;
		write_number(g->dir, "oom.delay", 0);
		if (g->early >= 0)
			write_number(g->dir, "oom.early", 0);
		if (g->control >= 0 && write(g->control, "pass", 4) < 0)
			continue;
	}
}

/* ---- killing ---- */

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
static int kill_group(const struct group *g)
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
static bool group_of(pid_t pid, char *path, size_t size)
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
static bool has_self(const struct group *g)
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
static bool find_scope(const struct group *g, const struct pending *p, char *scope, size_t size)
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
static struct group *kill_lowest(const char *scope, const struct group *floor)
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

/* ---- commands ---- */

/*
 * Run a command in its own process group.  vfork() copies no page tables, so it needs little
 * memory.  The OOM killer may kill the command, but only after exec: before, the child has the
 * memory of this program, and would take it along.  The command's memory is not locked.
 */
static pid_t run(const char *command, const struct group *g, const char *event)
{
	static char group_env[MAX_PATH + 32], event_env[32], dir_env[2 * MAX_PATH + 32];
	char *const argv[] = { "sh", "-c", "echo 0 >/proc/self/oom_score_adj || exit 126;"
			       "exec /bin/sh -c \"$1\"", "sh", (char *)command, NULL };
	char *const env[] = { COMMAND_PATH, group_env, event_env, dir_env, NULL };
	sigset_t none;
	pid_t pid;

	snprintf(group_env, sizeof(group_env), "CGOOMD_GROUP=%s", shown(g));
	snprintf(event_env, sizeof(event_env), "CGOOMD_EVENT=%s", event);
	snprintf(dir_env, sizeof(dir_env), "CGOOMD_DIR=%s/%s", hierarchy, g->path);
	sigemptyset(&none);
	pid = vfork();
	if (!pid) {
		setpgid(0, 0);
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execve("/bin/sh", argv, env);
		_exit(127);
	}
	if (pid < 0)
		say(LOG_ERR, "group %s, %s: no command: %s", shown(g), event, strerror(errno));
	else
		say(LOG_NOTICE, "group %s, %s: running: %s", shown(g), event, command);
	return pid;
}

/* ---- jobs ---- */

/* Return: false if the file cannot be read now. */
static bool read_pending(const struct group *g, struct pending *p)
{
	char *line, *next = text;

	*p = (struct pending){ .all_memcg = true };
	if (read_fd(g->pending) < 0)
		return false;
	while ((line = strsep(&next, "\n")) && *line) {
		char constraint[16];
		int pid;

		if (sscanf(line, "%*u %d %15s", &pid, constraint) != 2)
			continue;
		if (!p->nr++)
			p->pid = pid;
		p->all_memcg &= !strcmp(constraint, "memcg");
	}
	return true;
}

static void answer(struct group *g, const char *verdict)
{
	/* ENOENT: there was room, or the time was over */
	if (write(g->control, verdict, strlen(verdict)) < 0 && errno != ENOENT)
		say(LOG_ERR, "group %s: %s: %s", shown(g), verdict, strerror(errno));
	else
		say(LOG_INFO, "group %s: %s", shown(g), verdict);
}

static void begin_kill(struct group *g, const struct pending *p, const struct group *floor)
{
	char scope[MAX_PATH];

	g->victim = NULL;
	if (!find_scope(g, p, scope, sizeof(scope))) {
		g->unread = true;
		return;
	}
	g->victim = kill_lowest(scope, floor);
	if (!g->victim) {
		say(LOG_WARNING, "group %s: nothing is left to kill", shown(g));
		answer(g, "pass");
		return;
	}
	g->job = JOB_KILL;
	g->until = now_ms() + KILL_PATIENCE_MS;
}

static void begin_command(struct group *g)
{
	g->pid = run(g->oom_command, g, "oom");
	if (g->pid > 0) {
		g->job = JOB_COMMAND;
		g->until = now_ms() + g->delay;
	} else {
		g->pid = 0;
		answer(g, "pass");
	}
}

/* Something waits at a group that has no job. */
static void begin(struct group *g, const struct pending *p)
{
	say(LOG_NOTICE, "group %s: %d allocations wait, first of task %d", shown(g), p->nr, p->pid);
	if (g->on_oom == ACT_KILL)
		begin_kill(g, p, NULL);
	else if (g->on_oom == ACT_RUN)
		begin_command(g);
	else
		answer(g, "pass");
}

/* Kill what is left of the victim, but only as long as something waits for that. */
static void continue_kill(struct group *g, const struct pending *p)
{
	struct group *victim = g->victim;

	if (p->nr && victim && !has_self(victim) && kill_group(victim)) {
		if (now_ms() < g->until)
			return;
		say(LOG_WARNING, "group %s does not end", shown(victim));
		g->job = JOB_NONE;
		begin_kill(g, p, victim);
		return;
	}
	g->job = JOB_NONE;
	g->victim = NULL;
	if (p->nr)
		answer(g, "retry");
}

/* A command has ended. */
static void end_command(pid_t pid, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	struct group *g;

	for (g = groups; g < groups + nr_groups; g++) {
		if (g->pid != pid && g->early_pid != pid)
			continue;
		if (code)
			say(LOG_WARNING, "group %s: the command failed, status %d", shown(g), code);
		if (g->early_pid == pid) {
			g->early_pid = 0;
			return;
		}
		g->pid = 0;
		/* what it was run for may be gone, with its group */
		if (g->job == JOB_COMMAND)
			answer(g, code ? "pass" : "retry");
		g->job = JOB_NONE;
		return;
	}
}

static void look_at_early(struct group *g)
{
	long long seen = key_value("early");

	if (seen > g->early_seen) {
		say(LOG_NOTICE, "group %s: early warning", shown(g));
		g->early_seen = seen;
		g->early_due = *g->early_command;
	}
	if (g->early_due && !g->early_pid) {
		g->early_due = false;
		g->early_pid = run(g->early_command, g, "early");
		g->early_until = now_ms() + EARLY_PATIENCE_MS;
		if (g->early_pid < 0)
			g->early_pid = 0;
	}
}

/* Kill the commands that take too long, those of removed groups too. */
static void end_late_commands(struct group *g)
{
	if (g->early_pid && now_ms() >= g->early_until)
		kill(-g->early_pid, SIGKILL);
	/* the kernel has gone on without it */
	if (g->pid && now_ms() >= g->until)
		kill(-g->pid, SIGKILL);
}

/* Look at one group: its counters, what waits there, and its job. */
static void look(struct group *g)
{
	struct pending p;

	g->unread = read_fd(g->events) < 0;
	if (g->unread && errno == ENODEV) {
		say(LOG_INFO, "group %s is gone", shown(g));
		close_group(g);
		return;
	}
	if (!g->unread)
		look_at_early(g);
	/* its command answers */
	if (g->pid)
		return;
	if (!read_pending(g, &p))
		g->unread = true;
	else if (g->job == JOB_KILL)
		continue_kill(g, &p);
	else if (p.nr)
		begin(g, &p);
}

/* ---- the loop ---- */

/* Return: false if the program shall end. */
static bool take_signals(int fd)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			return false;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		end_command(pid, status);
	return true;
}

static void loop(int signals)
{
	static struct pollfd fds[MAX_GROUPS + 1];
	long long looked = now_ms();

	for (;;) {
		int timeout = RETRY_MS, i;
		struct group *g;

		/* before the first poll: something may wait since before this program began */
		for (g = groups; g < groups + nr_groups; g++) {
			end_late_commands(g);
			if (g->events >= 0)
				look(g);
		}
		fds[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		for (i = 0; i < nr_groups; i++) {
			g = &groups[i];
			/* a file that cannot be read now would end each poll */
			fds[i + 1] = (struct pollfd){ .fd = g->unread ? -1 : g->events,
						      .events = POLLPRI };
			if (g->job != JOB_NONE || g->unread)
				timeout = KILL_POLL_MS;
		}
		poll(fds, nr_groups + 1, timeout);
		if (!take_signals(signals))
			return;
		if (now_ms() - looked >= RETRY_MS) {
			look_for_groups();
			looked = now_ms();
		}
	}
}

/* A watched group takes four files, and a kill one per level. */
static void raise_limit(void)
{
	struct rlimit limit = { 0 };

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur >= MAX_FILES)
		return;
	limit.rlim_cur = MAX_FILES;
	if (limit.rlim_max < MAX_FILES)
		limit.rlim_max = MAX_FILES;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		say(LOG_WARNING, "too few files may be open: %s", strerror(errno));
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		die("signalfd: %s", strerror(errno));
	return fd;
}

/* Memory, stack and score: nothing that happens later may take the program down. */
static void __attribute__((noinline)) survive(void)
{
	volatile char stack[STACK_SIZE];
	size_t i;

	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		say(LOG_WARNING, "memory is not locked: %s", strerror(errno));
	for (i = 0; i < sizeof(stack); i += 4096)
		stack[i] = 0;
	if (write_at(AT_FDCWD, "/proc/self/oom_score_adj", "-1000"))
		say(LOG_WARNING, "the OOM killer may choose this program: %s", strerror(errno));
}

static void print_help(FILE *to)
{
	fprintf(to, "usage: cgoomd [-c FILE] [--check | --reset]\n"
		"Decides by a policy what happens when a control group runs out of memory.\n"
		"  -c FILE  the policy, /etc/cgoomd.conf by default\n"
		"  --check  only check the policy\n"
		"  --reset  only set the delays of its groups to 0, and pass what waits there\n"
		"cgoomd(8) describes the policy.\n");
}

int main(int argc, char **argv)
{
	const char *policy = "/etc/cgoomd.conf", *mode = "";
	int i, signals;

	in_journal = is_journal();
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-c") && i + 1 < argc) {
			policy = argv[++i];
		} else if (!strcmp(argv[i], "--check") || !strcmp(argv[i], "--reset")) {
			mode = argv[i];
		} else {
			bool help = !strcmp(argv[i], "-h") || !strcmp(argv[i], "--help");

			print_help(help ? stdout : stderr);
			return help ? 0 : 2;
		}
	}
	read_policy(policy);
	if (!strcmp(mode, "--check"))
		return 0;
	top = open(hierarchy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		die("%s: %s", hierarchy, strerror(errno));
	if (faccessat(top, "oom.delay", W_OK, AT_EACCESS))
		die("%s: oom.delay: %s", hierarchy, strerror(errno));
	if (!strcmp(mode, "--reset")) {
		for (i = 0; i < nr_groups; i++) {
			groups[i].dir = openat(top, groups[i].path, O_RDONLY | O_DIRECTORY);
			groups[i].control = openat(groups[i].dir, "oom.control", O_WRONLY);
		}
		reset_groups();
		return 0;
	}
	if (!group_of(getpid(), own_group, sizeof(own_group)))
		die("/proc/%d/cgroup: cannot be read, or has no line for oom", getpid());
	/* a journal that does not read must not stop the program */
	if (in_journal)
		fcntl(STDERR_FILENO, F_SETFL, fcntl(STDERR_FILENO, F_GETFL) | O_NONBLOCK);
	raise_limit();
	signals = open_signals();
	survive();
	look_for_groups();
	say(LOG_INFO, "running with policy %s", policy);
	loop(signals);
	reset_groups();
	say(LOG_INFO, "ended, the kernel decides alone");
	return 0;
}
