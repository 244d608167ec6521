// SPDX-License-Identifier: GPL-2.0
/*
 * A process to move, and the two groups that it is moved between.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"
#include "move.h"

static void *asleep(void *arg)
{
	pause();
	return arg;
}

/* A process with that many threads, all asleep. */
static pid_t sleeper(int threads)
{
	pid_t pid = fork();
	pthread_t t;

	if (pid < 0)
		die("fork");
	if (!pid) {
		while (--threads)
			if (pthread_create(&t, NULL, asleep, NULL))
				die("pthread_create");
		asleep(NULL);
		_exit(0);
	}
	settle(2);
	return pid;
}

/* Start a process of so many threads, and make two groups.  Moves write to @file. */
void move_begin(struct move *m, const char *root, const char *file, int threads)
{
	int i;

	m->root = root;
	m->pid = sleeper(threads);
	m->len = snprintf(m->text, sizeof(m->text), "%d", m->pid);
	for (i = 0; i < 2; i++) {
		mkdir(text("%s/to-%d", root, i), 0755);
		m->fd[i] = open(text("%s/to-%d/%s", root, i, file), O_WRONLY);
		if (m->fd[i] < 0)
			die("open a group");
	}
}

/* An even move is to one group, an odd one to the other. */
void move(void *arg, int i)
{
	struct move *m = arg;

	if (pwrite(m->fd[i % 2], m->text, m->len, 0) != m->len)
		die("move");
}

void move_end(struct move *m)
{
	int i;

	close(m->fd[0]);
	close(m->fd[1]);
	kill(m->pid, SIGKILL);
	waitpid(m->pid, NULL, 0);
	settle(2);
	for (i = 0; i < 2; i++)
		rmdir(text("%s/to-%d", m->root, i));
}
