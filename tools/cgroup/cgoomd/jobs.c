// SPDX-License-Identifier: GPL-2.0
/*
 * What is done about the allocations that wait in a group.
 *
 * For each watched group there is at most one job at a time: a kill whose victims have not
 * ended yet, or a command.  One verdict then answers all that wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgoomd.h"

#define KILL_PATIENCE_MS 2000		/* after that the next group is killed */
#define EARLY_PATIENCE_MS 60000		/* an early command may take as long */
#define COMMAND_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

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
void end_command(pid_t pid, int status)
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
void end_late_commands(struct group *g)
{
	if (g->early_pid && now_ms() >= g->early_until)
		kill(-g->early_pid, SIGKILL);
	/* the kernel has gone on without it */
	if (g->pid && now_ms() >= g->until)
		kill(-g->pid, SIGKILL);
}

/* Look at one group: its counters, what waits there, and its job. */
void look(struct group *g)
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
