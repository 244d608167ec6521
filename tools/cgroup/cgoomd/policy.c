// SPDX-License-Identifier: GPL-2.0
/* The policy file, described in cgoomd(8). */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgoomd.h"

#define DELAY_MAX	60000		/* milliseconds */

struct group groups[MAX_GROUPS];
int nr_groups;
char hierarchy[MAX_PATH];

/* "/batch//night/" is "batch/night".  Return: false if it is too long, or leaves the hierarchy. */
static bool clean_path(char *path, size_t size, char *name)
{
	size_t len = 0;
	char *word;

	snprintf(path, size, ".");
	while ((word = strsep(&name, "/"))) {
		if (!*word || !strcmp(word, "."))
			continue;
		if (!strcmp(word, ".."))
			return false;
		len += snprintf(path + len, size - len, "%s%s", len ? "/" : "", word);
		if (len >= size)
			return false;
	}
	return true;
}

/* The entry of a group, a new one if there is none.  Return: NULL if there can be none. */
static struct group *group_named(char *name)
{
	char path[MAX_PATH - 32];
	struct group *g;

	if (!clean_path(path, sizeof(path), name))
		return NULL;
	for (g = groups; g < groups + nr_groups; g++)
		if (!strcmp(g->path, path))
			return g;
	if (nr_groups == MAX_GROUPS)
		return NULL;
	g = &groups[nr_groups++];
	snprintf(g->path, sizeof(g->path), "%s", path);
	g->dir = -1;
	g->events = -1;
	g->pending = -1;
	g->control = -1;
	g->early = -1;
	g->on_oom = ACT_PASS;
	return g;
}

/* Parse a number from MIN to MAX.  Return: false if it is none. */
static bool number(const char *word, long min, long max, int *value)
{
	char *end;
	long n;

	if (!word || !*word)
		return false;
	errno = 0;
	n = strtol(word, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

static char *next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t");
	while (word && !*word);
	return word;
}

/* "watch GROUP DELAY [EARLY]" */
static const char *parse_watch(struct group *g, char *rest)
{
	char *early;

	if (!number(next_word(&rest), 1, DELAY_MAX, &g->delay))
		return "the delay must be 1 to 60000 milliseconds";
	early = next_word(&rest);
	if (early && !number(early, 0, 100, &g->early))
		return "the early warning must be a percentage";
	g->watched = true;
	return next_word(&rest) ? "too many words" : NULL;
}

/* "oom GROUP kill|pass|run COMMAND", "early GROUP run COMMAND" */
static const char *parse_action(struct group *g, char *rest, bool early)
{
	char *what = next_word(&rest);

	if (what && !strcmp(what, "run")) {
		rest += rest ? strspn(rest, " \t") : 0;
		if (!rest || !*rest)
			return "run needs a command";
		snprintf(early ? g->early_command : g->oom_command, MAX_LINE, "%s", rest);
		if (!early)
			g->on_oom = ACT_RUN;
		return NULL;
	}
	if (early || !what)
		return early ? "must be: early GROUP run COMMAND" : "must be: oom GROUP ACTION";
	if (!strcmp(what, "kill"))
		g->on_oom = ACT_KILL;
	else if (!strcmp(what, "pass"))
		g->on_oom = ACT_PASS;
	else
		return "the action must be kill, pass or run";
	return next_word(&rest) ? "too many words" : NULL;
}

static const char *parse_line(char *line)
{
	char *rest = line, *key = next_word(&rest), *name = next_word(&rest);
	struct group *g;

	if (!key || *key == '#')
		return NULL;
	if (!name)
		return "a word is missing";
	if (!strcmp(key, "hierarchy")) {
		if (*name != '/' || strlen(name) >= sizeof(hierarchy))
			return "the hierarchy must be the directory where it is mounted";
		snprintf(hierarchy, sizeof(hierarchy), "%s", name);
		return next_word(&rest) ? "too many words" : NULL;
	}
	g = group_named(name);
	if (!g)
		return "too many groups, too long a name, or a name with ..";
	if (!strcmp(key, "watch"))
		return parse_watch(g, rest);
	if (!strcmp(key, "oom"))
		return parse_action(g, rest, false);
	if (!strcmp(key, "early"))
		return parse_action(g, rest, true);
	if (strcmp(key, "priority"))
		return "must begin with hierarchy, watch, priority, oom or early";
	if (!strcmp(g->path, "."))
		return "the root has no priority: all processes would be killed";
	if (!number(next_word(&rest), INT_MIN, INT_MAX, &g->priority))
		return "the priority must be a number";
	g->has_priority = true;
	return next_word(&rest) ? "too many words" : NULL;
}

void read_policy(const char *file)
{
	FILE *f = fopen(file, "re");
	char line[MAX_LINE];
	struct group *g;
	int nr = 0, watched = 0;

	if (!f)
		die("%s: %s", file, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		const char *fault;

		nr++;
		if (!strchr(line, '\n') && !feof(f))
			die("%s:%d: the line is too long", file, nr);
		line[strcspn(line, "\n")] = 0;
		fault = parse_line(line);
		if (fault)
			die("%s:%d: %s", file, nr, fault);
	}
	fclose(f);
	if (!*hierarchy)
		die("%s: no line begins with hierarchy", file);
	for (g = groups; g < groups + nr_groups; g++) {
		if (!g->watched && (g->on_oom != ACT_PASS || *g->early_command))
			die("%s: group %s has an action, but is not watched", file, shown(g));
		watched += g->watched;
	}
	if (!watched)
		die("%s: no group is watched", file);
}
