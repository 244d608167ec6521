// SPDX-License-Identifier: GPL-2.0
/* Finds the mounted hierarchies. */
#include <errno.h>
#include <stdlib.h>
#include "tool.h"

/**
 * struct mount - a line of /proc/self/mountinfo
 * @root: which directory of the hierarchy is mounted
 * @point: where
 * @options: of the hierarchy
 */
struct mount {
	char *root;
	char *point;
	char *options;
};

/* Spaces and the like are octal escapes. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int c;

		if (*text == '\\' && sscanf(text + 1, "%3o", &c) == 1) {
			*to++ = c;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = 0;
}

/* Split a line; false if it is not that of a cgroup v1 hierarchy. */
static bool parse(char *line, struct mount *m)
{
	char *words[6], *save = NULL, *word;
	int i;

	for (i = 0; i < 6; i++) {
		words[i] = strtok_r(i ? NULL : line, " \n", &save);
		if (!words[i])
			return false;
	}
	while ((word = strtok_r(NULL, " \n", &save)) && strcmp(word, "-"))
		;
	word = strtok_r(NULL, " \n", &save);
	if (!word || strcmp(word, "cgroup") || !strtok_r(NULL, " \n", &save))
		return false;
	m->root = words[3];
	m->point = words[4];
	m->options = strtok_r(NULL, " \n", &save) ?: "";
	unescape(m->root);
	unescape(m->point);
	return true;
}

static bool has_option(const char *options, const char *name)
{
	size_t len = strlen(name);

	for (; options; options = strchr(options, ',')) {
		options += *options == ',';
		if (!strncmp(options, name, len) && (!options[len] || options[len] == ','))
			return true;
	}
	return false;
}

/* Is DIR the directory POINT or below it? */
static bool is_below(const char *dir, const char *point)
{
	size_t len = strlen(point);

	return !strncmp(dir, point, len) && (!dir[len] || dir[len] == '/' || !strcmp(point, "/"));
}

/* Call WANTS for each mount, and return the mount point of the best one, or NULL. */
static char *best_mount(int (*wants)(const struct mount *m, const char *arg), const char *arg)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *found = NULL;
	size_t size = 0;
	int best = 0;

	if (!f)
		die_errno(EXIT_FAILED, errno, "cannot read /proc/self/mountinfo");
	while (getline(&line, &size, f) >= 0) {
		struct mount m;
		int score = parse(line, &m) ? wants(&m, arg) : 0;

		if (score <= best)
			continue;
		best = score;
		free(found);
		found = xstrdup(m.point);
	}
	free(line);
	fclose(f);
	return found;
}

/* A mount of the whole hierarchy is better than one of a part. */
static int carries(const struct mount *m, const char *subsys)
{
	if (!has_option(m->options, subsys))
		return 0;
	return strcmp(m->root, "/") ? 1 : 2;
}

static int contains(const struct mount *m, const char *dir)
{
	return is_below(dir, m->point) ? (int)strlen(m->point) + 1 : 0;
}

/* Where the hierarchy of a subsystem is mounted, or NULL; to be freed. */
char *hierarchy_of(const char *subsys)
{
	return best_mount(carries, subsys);
}

/* Where the hierarchy is mounted that a directory is in, or NULL; to be freed. */
char *hierarchy_around(const char *dir)
{
	char *real = realpath(dir, NULL);
	char *point = real ? best_mount(contains, real) : NULL;

	free(real);
	return point;
}
