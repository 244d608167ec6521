// SPDX-License-Identifier: GPL-2.0
/* Groups of the policy come and go. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgoomd.h"

int top = -1;

/*
 * What waited in the group is gone, and the next group of this name must not pay for it.  A
 * command goes on until its deadline: it may be about to start that next group.
 */
void close_group(struct group *g)
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

void look_for_groups(void)
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
void reset_groups(void)
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
