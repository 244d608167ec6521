// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to kill a group: with one write to signal.send, and as container managers do
 * it where the kernel has no such file.
 *
 * A figure is the work of the whole machine until the last task has exited, per task.  The
 * task that kills has a real-time priority, because others would not let it run.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "crowd.h"
#include "kills.h"
#include "measure.h"

#define BOMB	1000	/* tasks */
#define ORDERS	5	/* after so many, what is left cannot be killed */
#define WAIT	10	/* seconds after each of them */

/* A group in each of the hierarchies, whose members are killed. */
struct victims {
	char freezer[64];
	char signals[64];
	const char *groups[3];
};

static void set_realtime(bool on)
{
	struct sched_param param = { .sched_priority = on };

	if (sched_setscheduler(0, on ? SCHED_FIFO | SCHED_RESET_ON_FORK : SCHED_OTHER, &param))
		die("sched_setscheduler");
}

static void add_group(struct victims *v, char *group, size_t size, const char *root)
{
	int i;

	snprintf(group, size, "%s/victims", root);
	if (mkdir(group, 0755))
		die(group);
	for (i = 0; v->groups[i]; i++)
		;
	v->groups[i] = group;
}

static void make_groups(struct victims *v, const char *freezer, const char *signals)
{
	memset(v, 0, sizeof(*v));
	add_group(v, v->freezer, sizeof(v->freezer), freezer);
	if (signals)
		add_group(v, v->signals, sizeof(v->signals), signals);
	/* in case a bomb grows more than it should */
	put(text("%s/pids.max", v->freezer), "30000");
}

static void remove_groups(struct victims *v)
{
	int i;

	for (i = 0; v->groups[i]; i++)
		if (rmdir(v->groups[i]))
			die(v->groups[i]);
}

static void kill_by_signal(struct victims *v)
{
	put(text("%s/signal.send", v->signals), "KILL");
}

static void wait_until_frozen(const char *group)
{
	const char *file = text("%s/freezer.state", group);
	int tries = 10000;
	char state[16];
	FILE *f;

	while (tries--) {
		f = fopen(file, "r");
		if (!f || !fgets(state, sizeof(state), f))
			die(file);
		fclose(f);
		if (!strcmp(state, "FROZEN\n"))
			return;
		usleep(1000);
	}
	die("a group does not freeze");
}

static void kill_by_freezer(struct victims *v)
{
	FILE *f;
	int pid;

	put(text("%s/freezer.state", v->freezer), "FROZEN");
	wait_until_frozen(v->freezer);
	f = fopen(text("%s/cgroup.procs", v->freezer), "r");
	if (!f)
		die(v->freezer);
	while (fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(f);
	put(text("%s/freezer.state", v->freezer), "THAWED");
}

/* Kill a crowd, and end it.  The caller has a real-time priority. */
static void bench_kill(const char *name, struct crowd *crowd, int size, struct victims *v,
		       void (*kills)(struct victims *v))
{
	int orders = 0;
	long long cost;
	char where[16];

	snprintf(where, sizeof(where), "%d", size);
	start();
	do {
		if (++orders > ORDERS)
			die("tasks are left");
		kills(v);
	} while (!crowd_is_gone(crowd, WAIT));
	cost = measured(size);
	crowd_stop(crowd);
	if (orders > 1)
		printf("# %s/%s: the group was killed %d times until no task was left\n", name,
		       where, orders);
	report(name, where, cost);
}

/* Processes that sleep.  Without @signals, only what mainline can do. */
void bench_kills(const char *freezer, const char *signals, int size)
{
	struct crowd crowd;
	struct victims v;

	if (!crowd_fits(size, CROWD_PROCESS))
		return;
	set_realtime(true);
	make_groups(&v, freezer, signals);
	if (signals) {
		crowd_start_processes(&crowd, v.groups, size);
		bench_kill("kill-by-signal", &crowd, size, &v, kill_by_signal);
	}
	crowd_start_processes(&crowd, v.groups, size);
	bench_kill("kill-by-freezer", &crowd, size, &v, kill_by_freezer);
	remove_groups(&v);
	set_realtime(false);
}

/* Processes that fork without end. */
void bench_kill_bombs(const char *freezer, const char *signals)
{
	struct crowd crowd;
	struct victims v;

	set_realtime(true);
	make_groups(&v, freezer, signals);
	if (signals) {
		crowd_start_bomb(&crowd, v.groups, BOMB);
		bench_kill("kill-bomb-by-signal", &crowd, BOMB, &v, kill_by_signal);
	}
	crowd_start_bomb(&crowd, v.groups, BOMB);
	bench_kill("kill-bomb-by-freezer", &crowd, BOMB, &v, kill_by_freezer);
	remove_groups(&v);
	set_realtime(false);
}
