// SPDX-License-Identifier: LGPL-2.1
/* libcgstat: the paths of groups by their ids. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "private.h"

/**
 * struct place - a directory
 * @id: the id of its group
 * @path: its path below the top directory; "" for that one
 * @is_sure: no other directory seemed to have this path
 */
struct place {
	uint64_t id;
	char *path;
	bool is_sure;
};

/**
 * struct cgstat_tree - the groups below a directory, as they were when they were listed
 * @dir: the directory
 * @has_long_ids: an inode number is only a part of an id, as on 32-bit machines
 * @places: the groups, parents first
 * @nr: how many
 * @room: for how many there is room
 * @slots: a hash table by the id: the index in @places plus 1, or 0
 * @nr_slots: its size, a power of two
 * @listed: when they were listed, in seconds
 */
struct cgstat_tree {
	int dir;
	bool has_long_ids;
	struct place *places;
	size_t nr;
	size_t room;
	size_t *slots;
	size_t nr_slots;
	time_t listed;
};

CGSTAT_API struct cgstat_tree *cgstat_tree_new(int dir)
{
	struct cgstat_tree *tree = calloc(1, sizeof(*tree));

	if (tree)
		tree->dir = dir;
	return tree;
}

static void forget(struct cgstat_tree *tree)
{
	while (tree->nr)
		free(tree->places[--tree->nr].path);
	free(tree->places);
	free(tree->slots);
	*tree = (struct cgstat_tree){ .dir = tree->dir };
}

CGSTAT_API void cgstat_tree_free(struct cgstat_tree *tree)
{
	if (!tree)
		return;
	forget(tree);
	free(tree);
}

/*
 * Listing the directories
 */

/* The type of the file handles of kernfs: an id of 64 bits. */
#define KERNFS_HANDLE	0xfe

/* The id of a group; NAME as for name_to_handle_at().  0 if the kernel does not tell. */
static uint64_t id_of(int dir, const char *name)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	uint64_t id;
	int mount;

	if (name_to_handle_at(dir, name, &u.handle, &mount, *name ? 0 : AT_EMPTY_PATH) ||
	    u.handle.handle_type != KERNFS_HANDLE || u.handle.handle_bytes != sizeof(id))
		return 0;
	memcpy(&id, u.handle.f_handle, sizeof(id));
	return id;
}

/* Takes PATH. */
static bool add(struct cgstat_tree *tree, uint64_t id, char *path)
{
	size_t room = tree->room ? tree->room * 2 : 64;
	struct place *places = tree->places;

	if (!path)
		return false;
	if (tree->nr == tree->room) {
		places = realloc(places, room * sizeof(*places));
		if (!places) {
			free(path);
			return false;
		}
		tree->places = places;
		tree->room = room;
	}
	places[tree->nr++] = (struct place){ .id = id, .path = path, .is_sure = true };
	return true;
}

static bool add_top(struct cgstat_tree *tree)
{
	struct stat st;
	uint64_t id;

	if (fstat(tree->dir, &st))
		return false;
	id = id_of(tree->dir, "");
	/* the kernel has file handles of groups, or the id is the inode number */
	tree->has_long_ids = id && id != st.st_ino;
	return add(tree, tree->has_long_ids ? id : st.st_ino, strdup(""));
}

/* Open a directory below the top; its path may be longer than the kernel takes at once. */
static DIR *open_below(int top, const char *path)
{
	char part[PATH_MAX] = ".";
	int fd, above = top;
	DIR *dir;

	do {
		size_t len = *path ? strnlen(++path, sizeof(part)) : 0;

		/* as many whole names as fit */
		if (len == sizeof(part))
			while (path[--len] != '/')
				;
		if (len) {
			memcpy(part, path, len);
			part[len] = 0;
		}
		fd = openat(above, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (above != top)
			close(above);
		above = fd;
		path += len;
	} while (fd >= 0 && *path);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* Add the directories in one.  Return false without memory. */
static bool list(struct cgstat_tree *tree, size_t i)
{
	DIR *dir = open_below(tree->dir, tree->places[i].path);
	struct dirent *entry;
	bool ok = true;

	/* removed, or not to be listed: what is below it has no path */
	if (!dir)
		return true;
	while (ok && (entry = readdir(dir))) {
		uint64_t id = entry->d_ino;
		char *path;

		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		if (tree->has_long_ids)
			id = id_of(dirfd(dir), entry->d_name);
		if (!id)
			continue;
		if (asprintf(&path, "%s/%s", tree->places[i].path, entry->d_name) < 0)
			path = NULL;
		ok = add(tree, id, path);
	}
	closedir(dir);
	return ok;
}

/*
 * The index
 */

/* The slot of an id, or the free one where it would be. */
static size_t *slot_of(const struct cgstat_tree *tree, uint64_t id)
{
	size_t i = (id * 0x9e3779b97f4a7c15ULL) >> 20;

	for (i &= tree->nr_slots - 1; tree->slots[i] && tree->places[tree->slots[i] - 1].id != id;
	     i = (i + 1) & (tree->nr_slots - 1))
		;
	return &tree->slots[i];
}

static bool make_slots(struct cgstat_tree *tree)
{
	size_t i;

	/* at most half of them are used */
	for (tree->nr_slots = 64; tree->nr_slots < 2 * tree->nr; tree->nr_slots *= 2)
		;
	tree->slots = calloc(tree->nr_slots, sizeof(*tree->slots));
	if (!tree->slots)
		return false;
	/* a group that was renamed meanwhile may have been listed twice: the new name counts */
	for (i = 0; i < tree->nr; i++)
		*slot_of(tree, tree->places[i].id) = i + 1;
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp((*(struct place *const *)a)->path, (*(struct place *const *)b)->path);
}

/* Groups that were renamed while they were listed may have one path: none of them is sure. */
static bool mark_doubts(struct cgstat_tree *tree)
{
	struct place **sorted = malloc(tree->nr * sizeof(*sorted));
	size_t i, nr = 0;

	if (!sorted)
		return false;
	for (i = 0; i < tree->nr; i++)
		if (*slot_of(tree, tree->places[i].id) == i + 1)
			sorted[nr++] = &tree->places[i];
	qsort(sorted, nr, sizeof(*sorted), by_path);
	for (i = 1; i < nr; i++) {
		if (strcmp(sorted[i]->path, sorted[i - 1]->path))
			continue;
		sorted[i]->is_sure = false;
		sorted[i - 1]->is_sure = false;
	}
	free(sorted);
	return true;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void list_all(struct cgstat_tree *tree)
{
	time_t now = seconds();
	size_t i;
	bool ok;

	forget(tree);
	ok = add_top(tree);
	for (i = 0; ok && i < tree->nr; i++)
		ok = list(tree, i);
	if (!ok || !make_slots(tree) || !mark_doubts(tree)) {
		forget(tree);
		return;
	}
	tree->listed = now;
}

/*
 * Looking up
 */

static const char *look_up(const struct cgstat_tree *tree, uint64_t id)
{
	size_t slot = tree->nr_slots ? *slot_of(tree, id) : 0;
	const struct place *place;

	if (!slot)
		return NULL;
	place = &tree->places[slot - 1];
	if (!place->is_sure)
		return NULL;
	return *place->path ? place->path : "/";
}

CGSTAT_API void cgstat_tree_paths(struct cgstat_tree *tree, const uint64_t *ids,
				  const char **paths, size_t nr)
{
	bool must_list = !tree->nr || seconds() - tree->listed >= CGSTAT_TREE_SECONDS;
	size_t i;

	for (i = 0; i < nr && !must_list; i++)
		must_list = !look_up(tree, ids[i]);
	if (must_list)
		list_all(tree);
	for (i = 0; i < nr; i++)
		paths[i] = look_up(tree, ids[i]);
}

CGSTAT_API const char *cgstat_tree_path(struct cgstat_tree *tree, uint64_t id)
{
	const char *path;

	cgstat_tree_paths(tree, &id, &path, 1);
	return path;
}
