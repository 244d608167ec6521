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
			die(text("mount -o %s", options));
		sleep(1);
	}
}

void tree_umount(const char *dir)
{
	if (umount(dir))
		die(text("umount %s", dir));
}

/* The directory of group @i below @dir, the first of which is the parent of all others. */
static char *tree_group_at(const char *dir, int i)
{
	return i ? text("%s/" TREE_TOP "/g%d", dir, i) : text("%s/" TREE_TOP, dir);
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
static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	while (!pid)
		pause();
	return pid;
}

/* So many of them, where the caller is; to be given to sleepers_end(). */
pid_t *sleepers_start(int nr)
{
	pid_t *list = calloc(nr, sizeof(*list));
	int i;

	if (!list)
		die("calloc");
	for (i = 0; i < nr; i++)
		list[i] = sleeper();
	return list;
}

void sleepers_end(pid_t *list, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		kill(list[i], SIGKILL);
	for (i = 0; i < nr; i++)
		waitpid(list[i], NULL, 0);
	free(list);
}

/* Put the tasks of group @i there. */
static void tree_enter(struct tree *t, int i)
{
	char file[256];
	int j;

	snprintf(file, sizeof(file), "%s/tasks", tree_group(t, i));
	for (j = 0; j < t->each; j++)
		put(file, text("%d", t->tasks[i * t->each + j]));
}

/* Begin a tree in the hierarchy mounted at @dir: its first group, empty. */
void tree_top(struct tree *t, const char *dir, int groups, int each)
{
	t->dir = dir;
	t->groups = groups;
	t->each = each;
	t->tasks = NULL;
	tree_mkdir(t, 0);
}

/* All other groups, and the tasks. */
void tree_populate(struct tree *t)
{
	int i;

	t->tasks = sleepers_start(t->groups * t->each);
	for (i = 0; i < t->groups; i++) {
		if (i)
			tree_mkdir(t, i);
		tree_enter(t, i);
	}
}

/* Of the tasks that are together in @t none shall be together in @other. */
void tree_spread(struct tree *t, struct tree *other)
{
	int i;

	for (i = 0; i < t->groups * t->each; i++)
		put(text("%s/tasks", tree_group(other, i % t->each)), text("%d", t->tasks[i]));
}

/* Remove it. */
void tree_fell(struct tree *t)
{
	int i;

	sleepers_end(t->tasks, t->groups * t->each);
	settle(2);
	for (i = t->groups; i--; )
		if (rmdir(tree_group(t, i)))
			die("rmdir");
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
		char *name = text("%s/%s", tree_group_at(dir, i), file);

		if (access(name, F_OK))
			die(name);
	}
}
