// SPDX-License-Identifier: GPL-2.0
/*
 * What user space must do where the kernel cannot change a hierarchy that is in use: make
 * a second tree and move each task.
 *
 * It is one process that is in no group, and spares itself what it can: no command is run
 * for any of this, and it knows that nobody makes groups or tasks meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "measure.h"
#include "hand.h"

/* Move the tasks of the group @from to the one whose file `tasks` is open. */
static void hand_move_to(const char *from, int to)
{
	FILE *tasks = fopen(text("%s/tasks", from), "r");
	char pid[16];

	if (!tasks)
		die(from);
	while (fgets(pid, sizeof(pid), tasks))
		if (write(to, pid, strlen(pid)) < 0)
			die("move a task");
	fclose(tasks);
}

static int hand_open(const char *group)
{
	int fd = open(text("%s/tasks", group), O_WRONLY);

	if (fd < 0)
		die(group);
	return fd;
}

/* Move the tasks of one group to another one. */
void hand_move(const char *from, const char *to)
{
	int fd = hand_open(to);

	hand_move_to(from, fd);
	close(fd);
}

/* Call @visit for each group below the one at @dir, with the name of either. */
static void hand_each_child(const char *dir, void (*visit)(const char *from, void *arg),
			    void *arg)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char child[512];

	if (!d)
		die(dir);
	while ((entry = readdir(d))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%s/%s", dir, entry->d_name);
		visit(child, arg);
	}
	closedir(d);
}

/* Make the group of the same name as @from in @arg, and all below it. */
static void hand_mirror_one(const char *from, void *arg)
{
	char to[256];

	snprintf(to, sizeof(to), "%s%s", (char *)arg, strrchr(from, '/'));
	if (mkdir(to, 0755))
		die(to);
	hand_move(from, to);
	hand_mirror(from, to);
}

/* Make below @to the groups that are below @from, and put each task at its place. */
void hand_mirror(const char *from, const char *to)
{
	hand_each_child(from, hand_mirror_one, (void *)to);
}

static void hand_clear_one(const char *dir, void *arg)
{
	hand_move_to(dir, *(int *)arg);
	hand_each_child(dir, hand_clear_one, arg);
	if (rmdir(dir))
		die(dir);
}

/* Move all tasks to the root of the hierarchy at @dir, and remove all groups. */
void hand_clear(const char *dir)
{
	int fd = hand_open(dir);

	hand_each_child(dir, hand_clear_one, &fd);
	close(fd);
}

static void hand_move_one(const char *dir, void *arg)
{
	hand_move_to(dir, *(int *)arg);
	hand_each_child(dir, hand_move_one, arg);
}

/* Move all tasks from below @from to the group @to. */
void hand_move_all(const char *from, const char *to)
{
	int fd = hand_open(to);

	hand_each_child(from, hand_move_one, &fd);
	close(fd);
}

/* On mainline removed groups are in the way for a while. */
void hand_remount(const char *dir, const char *options)
{
	int tries = 60;

	while (mount("none", dir, "cgroup", MS_REMOUNT, options)) {
		if (!--tries)
			die(text("remount %s", options));
		sleep(1);
	}
}
