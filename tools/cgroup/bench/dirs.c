// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to make and to remove groups.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dirs.h"
#include "rounds.h"

#define BATCH		32

/* Read the names of all files in a directory. */
void list_dir(const char *name)
{
	DIR *d = opendir(name);

	if (!d)
		die("opendir");
	while (readdir(d))
		;
	closedir(d);
}

static void make_dir(void *root, int i)
{
	if (mkdir(text("%s/bench-%d", root, i), 0755))
		die("mkdir");
}

/* The files of a group may be made when a task looks for them: then it costs most. */
static void make_and_list_dir(void *root, int i)
{
	make_dir(root, i);
	list_dir(text("%s/bench-%d", root, i));
}

static void remove_dir(void *root, int i)
{
	if (rmdir(text("%s/bench-%d", root, i)))
		die("rmdir");
}

const char *const dir_costs[DIR_COSTS] = { "mkdir", "rmdir", "mkdir+list", "rmdir+listed" };

/* Make and remove some groups below @root. */
void measure_dirs(char *root, long long cost_of[DIR_COSTS])
{
	int round;

	memset(cost_of, 0, sizeof(cost_of[0]) * DIR_COSTS);
	for (round = 0; round < ROUNDS; round++) {
		keep_least(&cost_of[MADE], cost(BATCH, make_dir, root));
		keep_least(&cost_of[REMOVED], cost(BATCH, remove_dir, root));
		keep_least(&cost_of[LISTED], cost(BATCH, make_and_list_dir, root));
		keep_least(&cost_of[REMOVED_LISTED], cost(BATCH, remove_dir, root));
	}
}
