// SPDX-License-Identifier: GPL-2.0
/*
 * cgoomd: decides, by a policy file, what happens when a control group runs out of memory.
 *
 * The kernel waits for the verdict of a group that has a delay (oom.delay), and goes on
 * without it after that.  So this program can fail in any way, and the machine goes on.  It
 * tries not to fail: its memory is locked and allocated before it handles anything, and the
 * kernel's OOM killer does not choose it.  The files that tell of OOMs and take the verdicts are
 * open.  A kill opens files, and a command is a new process: these can fail for lack of memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgoomd.h"

#define MAX_FILES	4096		/* open at a time */
#define STACK_SIZE	(512 * 1024)	/* locked before it is needed */
#define KILL_POLL_MS	20		/* how often victims are looked for */
#define RETRY_MS	1000		/* how often groups that are missing are looked for */

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
