// SPDX-License-Identifier: LGPL-2.1
/* libcgstat: the paths of groups by their ids. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "private.h"

struct place {
	uint64_t id;
	char *path;
};

/**
 * struct cgstat_tree - a hash table of the groups below a directory
 * @dir: the directory
 * @places: the table; a free place has no path
 * @size: its size, a power of two
 * @nr: how many are used
 */
struct cgstat_tree {
	int dir;
	struct place *places;
	size_t size;
	size_t nr;
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
	size_t i;

	for (i = 0; i < tree->size; i++)
		free(tree->places[i].path);
	free(tree->places);
	tree->places = NULL;
	tree->size = 0;
	tree->nr = 0;
}

CGSTAT_API void cgstat_tree_free(struct cgstat_tree *tree)
{
	if (!tree)
		return;
	forget(tree);
	free(tree);
}

/* The place of an id, or the free one where it would be. */
static struct place *find(const struct cgstat_tree *tree, uint64_t id)
{
	size_t i = (id * 0x9e3779b97f4a7c15ULL) >> 20;

	for (i &= tree->size - 1; tree->places[i].path && tree->places[i].id != id;
	     i = (i + 1) & (tree->size - 1))
		;
	return &tree->places[i];
}

/* Keep half of the table free. */
static bool grow(struct cgstat_tree *tree)
{
	struct cgstat_tree old = *tree;
	size_t i;

	if (tree->nr * 2 < tree->size)
		return true;
	tree->size = old.size ? old.size * 2 : 64;
	tree->places = calloc(tree->size, sizeof(*tree->places));
	if (!tree->places) {
		*tree = old;
		return false;
	}
	for (i = 0; i < old.size; i++)
		if (old.places[i].path)
			*find(tree, old.places[i].id) = old.places[i];
	free(old.places);
	return true;
}

/* Takes PATH. */
static bool add(struct cgstat_tree *tree, uint64_t id, char *path)
{
	struct place *place;

	if (!path || !grow(tree)) {
		free(path);
		return false;
	}
	place = find(tree, id);
	if (place->path)
		free(place->path);
	else
		tree->nr++;
	place->id = id;
	place->path = path;
	return true;
}

/* Add the directories below one; takes FD.  PATH: of that one, without a slash at the end. */
static bool scan(struct cgstat_tree *tree, int fd, const char *path)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	bool ok = true;

	if (!dir) {
		/* removed, or not to be listed: what is below it has no path */
		close(fd);
		return true;
	}
	while (ok && (entry = readdir(dir))) {
		char *below;

		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&below, "%s/%s", path, entry->d_name) < 0)
			below = NULL;
		ok = add(tree, entry->d_ino, below);
		if (ok) {
			fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (fd >= 0)
				ok = scan(tree, fd, below);
		}
	}
	closedir(dir);
	return ok;
}

static bool scan_all(struct cgstat_tree *tree)
{
	int fd = openat(tree->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	forget(tree);
	if (fstat(tree->dir, &st) || !add(tree, st.st_ino, strdup("/"))) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	return fd < 0 || scan(tree, fd, "");
}

CGSTAT_API const char *cgstat_tree_path(struct cgstat_tree *tree, uint64_t id)
{
	struct place *place = tree->size ? find(tree, id) : NULL;

	if (place && place->path)
		return place->path;
	if (!scan_all(tree))
		return NULL;
	return find(tree, id)->path;
}
