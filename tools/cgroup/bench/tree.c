// SPDX-License-Identifier: GPL-2.0
/*
 * Hierarchies to measure with.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"
#include "tree.h"

/* On mainline a hierarchy outlives its last unmount for a while, and is in the way. */
void tree_mount(const char *dir, const char *options)
{
	int tries = 60;

	mkdir(dir, 0755);
	while (mount("none", dir, "cgroup", 0, options)) {
		if (!--tries)
			die(path("mount -o %s", options));
		sleep(1);
	}
}

void tree_umount(const char *dir)
{
	if (umount(dir))
		die(path("umount %s", dir));
}

/* The directory of group @i below @dir, the first of which is the parent of all others. */
static char *tree_group_at(const char *dir, int i)
{
	return i ? path("%s/" TREE_TOP "/g%d", dir, i) : path("%s/" TREE_TOP, dir);
}

static char *tree_group(struct tree *t, int i)
{
	return tree_group_at(t->dir, i);
}

static void tree_mkdir(struct tree *t, int i)
{
	if (mkdir(tree_group(t, i), 0755))
		die(tree_group(t, i));
}

/* The cheapest process there is: it shares all pages with us that neither writes to. */
static pid_t tree_sleeper(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	while (!pid)
		pause();
	return pid;
}

static void tree_enter(struct tree *t, int i)
{
	put(path("%s/tasks", tree_group(t, i)), path("%d", t->tasks[i]));
}

/* Begin a tree in the hierarchy mounted at @dir: its first group, empty. */
void tree_top(struct tree *t, const char *dir, int groups)
{
	t->dir = dir;
	t->groups = groups;
	t->tasks = calloc(groups, sizeof(*t->tasks));
	if (!t->tasks)
		die("calloc");
	tree_mkdir(t, 0);
}

/* All other groups, and the tasks. */
void tree_populate(struct tree *t)
{
	int i;

	for (i = 0; i < t->groups; i++) {
		if (i)
			tree_mkdir(t, i);
		t->tasks[i] = tree_sleeper();
		tree_enter(t, i);
	}
}

/* Remove it. */
void tree_fell(struct tree *t)
{
	int i;

	for (i = 0; i < t->groups; i++)
		kill(t->tasks[i], SIGKILL);
	for (i = 0; i < t->groups; i++)
		waitpid(t->tasks[i], NULL, 0);
	settle(2);
	for (i = t->groups; i--; )
		if (rmdir(tree_group(t, i)))
			die("rmdir");
	free(t->tasks);
}

/* Make its groups again, which someone has removed, and put the tasks there. */
void tree_replant(struct tree *t)
{
	int i;

	for (i = 0; i < t->groups; i++) {
		tree_mkdir(t, i);
		tree_enter(t, i);
	}
}

/* Look at a file of each group, where the same tree is mounted at @dir. */
void tree_look(struct tree *t, const char *dir, const char *file)
{
	int i;

	for (i = 0; i < t->groups; i++) {
		char *name = path("%s/%s", tree_group_at(dir, i), file);

		if (access(name, F_OK))
			die(name);
	}
}
