// SPDX-License-Identifier: GPL-2.0
/* Prints lists and samples: as text, CSV, JSON, or in the text format of Prometheus. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include "tool.h"

/* A number as text; with units, one that is not small has at most six characters. */
char *human(uint64_t value, bool is_signed, bool units)
{
	static const char unit[] = "KMGTPE";
	bool minus = is_signed && (int64_t)value < 0;
	double d = minus ? -(double)(int64_t)value : (double)value;
	const char *u = unit;

	if (!units || d < 10000)
		return is_signed ? xprintf("%" PRId64, (int64_t)value) :
				   xprintf("%" PRIu64, value);
	for (d /= 1024; d >= 999.5 && u[1]; u++)
		d /= 1024;
	return xprintf("%s%.*f%c", minus ? "-" : "", d < 99.95, d, *u);
}

static void put_value(const struct cgstat_column *column, uint64_t value, FILE *f)
{
	if (column->is_signed)
		fprintf(f, "%" PRId64, (int64_t)value);
	else
		fprintf(f, "%" PRIu64, value);
}

/*
 * The list of statistics
 */

static const char *type_name(enum cgstat_type type)
{
	switch (type) {
	case CGSTAT_U64:
		return "u64";
	case CGSTAT_S64:
		return "s64";
	case CGSTAT_MAP:
		return "map";
	}
	return "?";
}

static void put_desc(const struct cgstat_desc *desc, enum format format, bool first, FILE *f)
{
	unsigned int i;

	switch (format) {
	case FORMAT_JSON:
		fprintf(f, "%s\n{\"name\":", first ? "" : ",");
		put_json(desc->name, f);
		fprintf(f, ",\"type\":\"%s\"", type_name(desc->type));
		for (i = 0; i < desc->nr_keys; i++) {
			fputs(i ? "," : ",\"keys\":[", f);
			put_json(desc->keys[i], f);
		}
		fputs(desc->nr_keys ? "]}" : "}", f);
		break;
	case FORMAT_CSV:
		put_csv(desc->name, f);
		fprintf(f, ",%s,", type_name(desc->type));
		for (i = 0; i < desc->nr_keys; i++)
			fprintf(f, "%s%s", i ? " " : "", desc->keys[i]);
		fputc('\n', f);
		break;
	default:
		fprintf(f, "%s %s", type_name(desc->type), desc->name);
		for (i = 0; i < desc->nr_keys; i++)
			fprintf(f, "%s%s", i ? " " : " : ", desc->keys[i]);
		fputc('\n', f);
	}
}

static bool is_of(const struct cgstat_desc *desc, char **subsys, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		size_t len = strlen(subsys[i]);

		if (!strncmp(desc->name, subsys[i], len) && desc->name[len] == '.')
			return true;
	}
	return !nr;
}

/* All statistics, or those of some subsystems. */
void put_list(const struct cgstat *cs, char **subsys, int nr, enum format format, FILE *f)
{
	bool first = true;
	unsigned int i;

	if (format == FORMAT_JSON)
		fputc('[', f);
	if (format == FORMAT_CSV)
		fputs("name,type,keys\n", f);
	for (i = 0; i < cgstat_nr(cs); i++) {
		const struct cgstat_desc *desc = cgstat_desc(cs, i);

		if (!is_of(desc, subsys, nr))
			continue;
		put_desc(desc, format, first, f);
		first = false;
	}
	if (format == FORMAT_JSON)
		fputs("\n]\n", f);
	if (first)
		die(EXIT_NOT_FOUND, "the kernel has no statistics of %s",
		    nr == 1 ? subsys[0] : "these subsystems");
}

/*
 * Samples
 */

static char *value_text(const struct row *row, unsigned int i, const struct cgstat_column *column,
			bool units)
{
	return row->has[i] ? human(row->values[i], column->is_signed, units) : xstrdup("-");
}

/* One statistic in a line, for a single group. */
static void text_lines(const struct sampler *s, const struct row *row, bool units, FILE *f)
{
	unsigned int i;

	for (i = 0; i < sampler_nr(s); i++) {
		const struct cgstat_column *column = sampler_column(s, i);
		char *value = value_text(row, i, column, units);

		fprintf(f, "%s %s\n", column->name, value);
		free(value);
	}
}

static void text_table(const struct sampler *s, const struct sample *sample, bool units, FILE *f)
{
	unsigned int nr = sampler_nr(s), i;
	size_t r;

	for (i = 0; i < nr; i++)
		fprintf(f, "%*s ", 12, sampler_column(s, i)->name);
	fputs("group\n", f);
	for (r = 0; r < sample->nr; r++) {
		const struct row *row = &sample->rows[r];

		for (i = 0; i < nr; i++) {
			const struct cgstat_column *column = sampler_column(s, i);
			int width = strlen(column->name) > 12 ? (int)strlen(column->name) : 12;
			char *value = value_text(row, i, column, units);

			fprintf(f, "%*s ", width, value);
			free(value);
		}
		put_escaped(row->path, f);
		fputc('\n', f);
	}
}

static void csv(const struct sampler *s, const struct sample *sample, bool first, FILE *f)
{
	unsigned int i;
	size_t r;

	if (first) {
		fputs("time,group", f);
		for (i = 0; i < sampler_nr(s); i++) {
			fputc(',', f);
			put_csv(sampler_column(s, i)->name, f);
		}
		fputc('\n', f);
	}
	for (r = 0; r < sample->nr; r++) {
		const struct row *row = &sample->rows[r];

		fprintf(f, "%.3f,", sample->time);
		put_csv(row->path, f);
		for (i = 0; i < sampler_nr(s); i++) {
			fputc(',', f);
			if (row->has[i])
				put_value(sampler_column(s, i), row->values[i], f);
		}
		fputc('\n', f);
	}
}

static void json_value(const struct sampler *s, const struct row *row, unsigned int i, FILE *f)
{
	if (row->has[i])
		put_value(sampler_column(s, i), row->values[i], f);
	else
		fputs("null", f);
}

/* Is a column not among the NR in ORDER? */
static bool is_new(const struct sampler *s, const unsigned int *order, unsigned int nr,
		   const struct cgstat_column *column)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(sampler_column(s, order[i])->name, column->name))
			return false;
	return true;
}

/*
 * The columns as JSON and Prometheus need them: each once, and those of one statistic together.
 * ORDER gets them; returns how many there are.
 */
static unsigned int by_stat(const struct sampler *s, unsigned int *order)
{
	unsigned int nr = 0, i, at;

	for (i = 0; i < sampler_nr(s); i++) {
		const struct cgstat_column *column = sampler_column(s, i);

		/* behind the last one of its statistic */
		for (at = nr; at > 0; at--)
			if (!strcmp(sampler_column(s, order[at - 1])->stat, column->stat))
				break;
		if (!at)
			at = nr;
		if (!is_new(s, order, at, column))
			continue;
		memmove(order + at + 1, order + at, (nr - at) * sizeof(*order));
		order[at] = i;
		nr++;
	}
	return nr;
}

static void json_row(const struct sampler *s, const struct row *row, const unsigned int *order,
		     unsigned int nr, FILE *f)
{
	const char *stat = NULL, *end = "";
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct cgstat_column *column = sampler_column(s, order[i]);

		if (!stat || strcmp(stat, column->stat)) {
			fprintf(f, "%s%s", end, i ? "," : "");
			put_json(column->stat, f);
			fputs(column->key ? ":{" : ":", f);
			end = column->key ? "}" : "";
		} else {
			fputc(',', f);
		}
		if (column->key) {
			put_json(column->key, f);
			fputc(':', f);
		}
		json_value(s, row, order[i], f);
		stat = column->stat;
	}
	fputs(end, f);
}

static void json(const struct sampler *s, const struct sample *sample, FILE *f)
{
	unsigned int *order = xrealloc(NULL, sampler_nr(s) * sizeof(*order));
	unsigned int nr = by_stat(s, order);
	size_t r;

	fprintf(f, "{\"time\":%.3f,\"groups\":[", sample->time);
	for (r = 0; r < sample->nr; r++) {
		fputs(r ? ",{\"group\":" : "{\"group\":", f);
		put_json(sample->rows[r].path, f);
		fputs(",\"stats\":{", f);
		json_row(s, &sample->rows[r], order, nr, f);
		fputs("}}", f);
	}
	fputs("]}\n", f);
	free(order);
}

/* cgroup_NAME: only letters, digits and underscores. */
static char *metric_name(const char *stat)
{
	char *name = xprintf("cgroup_%s", strncmp(stat, "cgroup.", 7) ? stat : stat + 7), *c;

	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return name;
}

/* All lines of a metric must be together. */
static void prometheus(const struct sampler *s, const struct sample *sample, FILE *f)
{
	unsigned int *order = xrealloc(NULL, sampler_nr(s) * sizeof(*order));
	unsigned int nr = by_stat(s, order), i;
	const char *last = "";
	size_t r;

	for (i = 0; i < nr; i++) {
		const struct cgstat_column *column = sampler_column(s, order[i]);
		char *name = metric_name(column->stat);

		if (strcmp(last, column->stat)) {
			fprintf(f, "# HELP %s The cgroup control file %s.\n", name, column->stat);
			fprintf(f, "# TYPE %s untyped\n", name);
			last = column->stat;
		}
		for (r = 0; r < sample->nr; r++) {
			const struct row *row = &sample->rows[r];

			if (!row->has[order[i]])
				continue;
			fprintf(f, "%s{group=\"", name);
			put_label(row->path, f);
			if (column->key) {
				fputs("\",key=\"", f);
				put_label(column->key, f);
			}
			fputs("\"} ", f);
			put_value(column, row->values[order[i]], f);
			fputc('\n', f);
		}
		free(name);
	}
	free(order);
}

/* Print a sample.  FIRST: of several. */
void put_sample(const struct sampler *s, const struct sample *sample, const struct options *o,
		bool first, FILE *f)
{
	switch (o->format) {
	case FORMAT_CSV:
		csv(s, sample, first, f);
		break;
	case FORMAT_JSON:
		json(s, sample, f);
		break;
	case FORMAT_PROMETHEUS:
		prometheus(s, sample, f);
		break;
	case FORMAT_TEXT:
		if (!first)
			fputc('\n', f);
		if (o->single)
			text_lines(s, &sample->rows[0], o->human, f);
		else
			text_table(s, sample, o->human, f);
	}
	fflush(f);
	if (ferror(f))
		die(EXIT_FAILED, "cannot write the output");
}
