// SPDX-License-Identifier: GPL-2.0
/* Takes samples: the numbers of a group, or of all groups below it, from some hierarchies. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <search.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include "tool.h"

/* The statistics of a kernel change when modules come and go. */
#define MAX_TRIES	10

/**
 * struct source - a hierarchy from which numbers are read
 * @point: where it is mounted
 * @base: the path of the group in it, "" for the root
 * @dir: descriptor of the directory of the group
 * @set: the statistics
 * @tree: the paths of groups
 */
struct source {
	char *point;
	char *base;
	int dir;
	struct cgstat_set *set;
	struct cgstat_tree *tree;
};

struct column {
	struct source *source;
	unsigned int i;
};

struct sampler {
	struct cgstat *cs;
	const char *group;
	bool recursive;
	struct source **sources;
	unsigned int nr_sources;
	struct column *columns;
	unsigned int nr;
};

/* Is GROUP a directory of a mounted hierarchy? */
static bool is_directory(const char *group)
{
	struct statfs fs;

	return (*group == '/' || *group == '.') && !statfs(group, &fs) &&
	       fs.f_type == CGROUP_SUPER_MAGIC;
}

/* The subsystem that a statistic belongs to, or NULL for one that every group has. */
static char *subsys_of(const char *stat)
{
	const char *dot = strchr(stat, '.');
	char *name;

	if (!dot || !strncmp(stat, "cgroup.", 7))
		return NULL;
	name = xstrdup(stat);
	name[dot - stat] = 0;
	return name;
}

static char *source_base(const char *point, const char *group)
{
	char *real, *base;

	if (!is_directory(group)) {
		while (*group == '/')
			group++;
		base = xprintf("/%s", group);
	} else {
		real = realpath(group, NULL);
		if (!real)
			die_errno(exit_code(errno), errno, "'%s'", group);
		base = xstrdup(real + (strcmp(point, "/") ? strlen(point) : 0));
		free(real);
	}
	while (*base && base[strlen(base) - 1] == '/')
		base[strlen(base) - 1] = 0;
	return base;
}

static struct source *source_new(struct sampler *s, char *point)
{
	struct source *source = xrealloc(NULL, sizeof(*source));
	char *path;

	source->point = point;
	source->base = source_base(point, s->group);
	path = xprintf("%s%s", point, source->base);
	source->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source->dir < 0)
		die_errno(exit_code(errno), errno, "the group '%s' (%s)", s->group, path);
	free(path);
	source->set = cgstat_set_new(s->cs);
	source->tree = cgstat_tree_new(source->dir);
	if (!source->set || !source->tree)
		die(EXIT_FAILED, "no memory");
	s->sources = xrealloc(s->sources, (s->nr_sources + 1) * sizeof(*s->sources));
	s->sources[s->nr_sources++] = source;
	return source;
}

/* The hierarchy from which the numbers of a statistic are read. */
static struct source *source_of(struct sampler *s, const char *stat)
{
	char *subsys = subsys_of(stat), *point;
	unsigned int i;

	if (is_directory(s->group))
		point = hierarchy_around(s->group);
	else if (!subsys && s->nr_sources)
		point = xstrdup(s->sources[0]->point);
	else
		point = subsys ? hierarchy_of(subsys) : NULL;
	if (!point && !subsys)
		die(EXIT_USAGE, "'%s' is in every hierarchy: name the directory of a group", stat);
	if (!point)
		die(EXIT_NOT_FOUND, "'%s' is not mounted; try: mount -t cgroup -o %s none DIR",
		    subsys, subsys);
	free(subsys);
	for (i = 0; i < s->nr_sources; i++)
		if (!strcmp(s->sources[i]->point, point)) {
			free(point);
			return s->sources[i];
		}
	return source_new(s, point);
}

static void add_stat(struct sampler *s, const char *stat)
{
	struct source *source = source_of(s, stat);
	unsigned int before = cgstat_set_nr(source->set);
	int i, nr = cgstat_set_add(source->set, stat);

	if (nr < 0)
		die(exit_code(-nr), "%s", cgstat_error(s->cs));
	s->columns = xrealloc(s->columns, (s->nr + nr) * sizeof(*s->columns));
	for (i = 0; i < nr; i++)
		s->columns[s->nr++] = (struct column){ source, before + i };
}

/*
 * A pattern such as '*.usage_in_bytes' may match the statistics of several subsystems: add them
 * one by one.
 */
static void add_pattern(struct sampler *s, const char *pattern)
{
	struct cgstat_set *set = cgstat_set_new(s->cs);
	int i, nr = set ? cgstat_set_add(set, pattern) : -ENOMEM;

	/* before it is said that the subsystem of an unknown statistic is not mounted */
	if (nr < 0)
		die(exit_code(-nr), "%s", cgstat_error(s->cs));
	if (strcspn(pattern, "*?[") >= strcspn(pattern, ".:")) {
		add_stat(s, pattern);
		nr = 0;
	}
	for (i = 0; i < nr; i++)
		add_stat(s, cgstat_set_column(set, i)->name);
	cgstat_set_free(set);
}

/* Statistics of a group, or of it and all groups below it. */
struct sampler *sampler_new(const char *group, char **stats, int nr, bool recursive)
{
	struct sampler *s = xrealloc(NULL, sizeof(*s));
	int i;

	*s = (struct sampler){ .cs = connect_or_die(), .group = group, .recursive = recursive };
	for (i = 0; i < nr; i++)
		add_pattern(s, stats[i]);
	return s;
}

void sampler_free(struct sampler *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_sources; i++) {
		struct source *source = s->sources[i];

		cgstat_set_free(source->set);
		cgstat_tree_free(source->tree);
		close(source->dir);
		free(source->point);
		free(source->base);
		free(source);
	}
	free(s->sources);
	free(s->columns);
	cgstat_close(s->cs);
	free(s);
}

unsigned int sampler_nr(const struct sampler *s)
{
	return s->nr;
}

const struct cgstat_column *sampler_column(const struct sampler *s, unsigned int i)
{
	return cgstat_set_column(s->columns[i].source->set, s->columns[i].i);
}

/*
 * Taking a sample
 */

/**
 * struct taking - a sample that is taken
 * @s: the sampler
 * @sample: the sample
 * @source: the hierarchy that is read
 * @ids: for each row the id of the group
 * @room: for how many rows and ids there is room
 * @by_path: the rows by their paths, if there are several hierarchies
 */
struct taking {
	struct sampler *s;
	struct sample *sample;
	struct source *source;
	uint64_t *ids;
	size_t room;
	void *by_path;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->path, ((const struct row *)b)->path);
}

/* Rows move when there are more of them, so the index has rows of its own with the number. */
struct index {
	struct row row;
	size_t i;
};

static size_t find_row(struct taking *t, char *path)
{
	struct index *index = xrealloc(NULL, sizeof(*index)), **found;

	index->row.path = path;
	index->i = t->sample->nr;
	found = tsearch(index, &t->by_path, by_path);
	if (!found)
		die(EXIT_FAILED, "no memory");
	if (*found != index)
		free(index);
	return (*found)->i;
}

/* The path follows when all groups of the hierarchy have been read. */
static int take_group(const struct cgstat_group *group, void *arg)
{
	struct taking *t = arg;
	struct sample *sample = t->sample;
	unsigned int nr = t->s->nr, i;
	struct row *row;

	if (sample->nr == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		sample->rows = xrealloc(sample->rows, t->room * sizeof(*sample->rows));
		t->ids = xrealloc(t->ids, t->room * sizeof(*t->ids));
	}
	t->ids[sample->nr] = group->id;
	row = &sample->rows[sample->nr++];
	row->path = NULL;
	row->values = xrealloc(NULL, nr * (sizeof(*row->values) + sizeof(*row->has)));
	row->has = (bool *)(row->values + nr);
	for (i = 0; i < nr; i++) {
		row->has[i] = t->s->columns[i].source == t->source;
		if (row->has[i])
			row->values[i] = cgstat_value(group, t->s->columns[i].i);
	}
	return 0;
}

/* The path of a group in its hierarchy.  BELOW: the path below the named group. */
static char *group_path(const struct source *source, const char *below)
{
	if (!strcmp(below, "/"))
		return xstrdup(*source->base ? source->base : "/");
	return xprintf("%s%s", source->base, below);
}

/* Add the numbers of a group to those from other hierarchies, and free its row. */
static void merge(struct row *to, struct row *from, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!from->has[i])
			continue;
		to->values[i] = from->values[i];
		to->has[i] = true;
	}
	free(from->path);
	free(from->values);
}

/*
 * Give the rows from FIRST on their paths.  They are of one hierarchy, so their paths differ, and
 * each is merged with a row of another hierarchy at most.
 */
static void name_rows(struct taking *t, size_t first)
{
	struct sample *sample = t->sample;
	size_t nr = sample->nr - first, i, at;
	const char **below = xrealloc(NULL, nr * sizeof(*below));

	if (t->s->recursive)
		cgstat_tree_paths(t->source->tree, t->ids + first, below, nr);
	sample->nr = first;
	for (i = 0; i < nr; i++) {
		struct row row = sample->rows[first + i];

		/* removed since the kernel read it */
		if (t->s->recursive && !below[i]) {
			free(row.values);
			continue;
		}
		row.path = group_path(t->source, t->s->recursive ? below[i] : "/");
		/* only groups that are in several hierarchies have to be found again */
		at = t->s->nr_sources > 1 ? find_row(t, row.path) : sample->nr;
		if (at == sample->nr)
			sample->rows[sample->nr++] = row;
		else
			merge(&sample->rows[at], &row, t->s->nr);
	}
	free(below);
}

static void free_rows(struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->nr; i++) {
		free(sample->rows[i].path);
		free(sample->rows[i].values);
	}
	free(sample->rows);
	sample->rows = NULL;
	sample->nr = 0;
}

static int read_dir(struct taking *t, int dir)
{
	return cgstat_read(t->source->set, &dir, 1, t->s->recursive ? CGSTAT_RECURSIVE : 0,
			   take_group, t);
}

/* The directories in a directory, which is open as FD; takes FD. */
static char **list_dirs(int fd, size_t *nr)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char **names = NULL;

	*nr = 0;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		names = xrealloc(names, (*nr + 1) * sizeof(*names));
		names[(*nr)++] = xstrdup(entry->d_name);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return names;
}

/*
 * A group inherits, so the kernel reads none below it: read those that do not inherit.  PATH: of
 * the group, from the directory of the source.
 */
static int read_below(struct taking *t, const char *path)
{
	int top = t->source->dir, ret = 0;
	size_t nr, i;
	char **names = list_dirs(openat(top, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), &nr);

	for (i = 0; i < nr; i++) {
		char *below = xprintf("%s/%s", path, names[i]);
		int dir = ret ? -1 : openat(top, below, O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (dir >= 0) {
			ret = read_dir(t, dir);
			close(dir);
		}
		if (ret == -ENODATA)
			ret = read_below(t, below);
		/* as in other answers, groups that are gone or not to be read are missing */
		if (ret == -ENODEV || ret == -EACCES)
			ret = 0;
		free(below);
		free(names[i]);
	}
	free(names);
	return ret;
}

static int take_all(struct taking *t)
{
	int ret = 0, inherits = 0;
	unsigned int i;

	for (i = 0; i < t->s->nr_sources && !ret; i++) {
		size_t first = t->sample->nr;

		t->source = t->s->sources[i];
		ret = read_dir(t, t->source->dir);
		if (ret == -ENODATA && t->s->recursive) {
			inherits = ret;
			ret = read_below(t, ".");
		}
		if (!ret)
			name_rows(t, first);
	}
	/* then the last error is the reason why there is nothing */
	return ret || t->sample->nr ? ret : inherits;
}

struct sample *sampler_take(struct sampler *s)
{
	struct sample *sample = xrealloc(NULL, sizeof(*sample));
	struct timespec now;
	int ret, tries = 0;

	*sample = (struct sample){};
	do {
		struct taking t = { .s = s, .sample = sample };

		free_rows(sample);
		clock_gettime(CLOCK_REALTIME, &now);
		sample->clock = monotonic();
		ret = take_all(&t);
		tdestroy(t.by_path, free);
		free(t.ids);
	} while (ret == -EAGAIN && ++tries < MAX_TRIES);
	if (ret)
		die(exit_code(-ret), "the group '%s': %s", s->group, cgstat_error(s->cs));
	/* of many groups, none may have the statistics */
	if (!sample->nr && !s->recursive)
		die(EXIT_NOT_FOUND, "the group '%s' is gone", s->group);
	sample->time = now.tv_sec + now.tv_nsec / 1e9;
	return sample;
}

void sample_free(struct sample *sample)
{
	if (!sample)
		return;
	free_rows(sample);
	free(sample);
}
