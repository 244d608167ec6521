/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of cgstat share. */
#ifndef CGSTAT_TOOL_H
#define CGSTAT_TOOL_H

#include <cgstat.h>
#include <stdio.h>

/* Exit codes; the manual page describes them. */
enum {
	EXIT_OK,
	EXIT_FAILED,
	EXIT_USAGE,
	EXIT_NO_INTERFACE,
	EXIT_NOT_FOUND,
	EXIT_DENIED,
};

enum format {
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_PROMETHEUS,
};

/**
 * struct options - what the command line says
 * @format: of the output
 * @human: show large numbers with a unit
 * @once: only one sample, because neither @interval nor @count was given
 * @interval: seconds between samples
 * @count: how many samples, 0 for no end
 * @output: write to this file, or NULL
 * @batch: top: print tables, do not take the terminal
 * @rows: top: print at most so many groups, 0 for all
 * @sort: sort by this column (a number from 1, or a name), or NULL
 * @rate: sort by rates; plot: show rates
 * @group: plot: only groups that match, or NULL
 * @title: plot: the title, or NULL
 * @width: plot: of the picture
 * @height: plot: of the picture
 * @single: record, export: only the group itself
 */
struct options {
	enum format format;
	bool human;
	bool once;
	double interval;
	unsigned long count;
	const char *output;
	bool batch;
	unsigned long rows;
	const char *sort;
	bool rate;
	const char *group;
	const char *title;
	unsigned int width;
	unsigned int height;
	bool single;
};

/* main.c */
extern void (*before_message)(void);
void die(int code, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));
void die_errno(int code, int err, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
int exit_code(int err);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
struct cgstat *connect_or_die(void);
double monotonic(void);
double next_time(double last, double interval);

/* sample.c */
struct sampler;

/**
 * struct row - the numbers of one group
 * @path: its path in the hierarchy
 * @values: one for each column
 * @has: is there a value?
 */
struct row {
	char *path;
	uint64_t *values;
	bool *has;
};

/**
 * struct sample - the numbers of all groups at one time
 * @time: when, in seconds since 1970
 * @clock: when, in seconds of CLOCK_MONOTONIC
 * @rows: the groups
 * @nr: how many
 */
struct sample {
	double time;
	double clock;
	struct row *rows;
	size_t nr;
};

struct sampler *sampler_new(const char *group, char **stats, int nr, bool recursive);
void sampler_free(struct sampler *s);
unsigned int sampler_nr(const struct sampler *s);
const struct cgstat_column *sampler_column(const struct sampler *s, unsigned int i);
struct sample *sampler_take(struct sampler *s);
void sample_free(struct sample *sample);

/* mounts.c */
char *hierarchy_of(const char *subsys);
char *hierarchy_around(const char *dir);

/* escape.c */
void put_escaped(const char *text, FILE *f);
void put_csv(const char *text, FILE *f);
void put_json(const char *text, FILE *f);
void put_label(const char *text, FILE *f);
void put_xml(const char *text, FILE *f);

/* output.c */
void put_list(const struct cgstat *cs, char **subsys, int nr, enum format format, FILE *f);
void put_sample(const struct sampler *s, const struct sample *sample, const struct options *o,
		bool first, FILE *f);
char *human(uint64_t value, bool is_signed, bool units);

/* top.c */
void top(struct sampler *s, const struct options *o);

/* plot.c */
void plot(const char *file, char **stats, int nr, const struct options *o, FILE *f);

#endif
