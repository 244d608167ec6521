// SPDX-License-Identifier: GPL-2.0
/* cgstat plot: draws what cgstat record has written as an SVG picture. */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include "tool.h"

/* More lines cannot be told apart. */
#define MAX_SERIES	32

/* What a record can have: times until the year 9999, and numbers of 64 bits. */
#define MAX_TIME	253402300799.0
#define MIN_VALUE	(-0x1p63)
#define MAX_VALUE	0x1p64

/* Times are rounded to milliseconds; shorter intervals and smaller changes are none. */
#define MIN_SECONDS	0.0005
#define MIN_RANGE	(1.0 / (1LL << 40))

#define LEFT	80
#define RIGHT	20
#define TOP	40
#define BOTTOM	40
#define LEGEND	16

static const char *const colours[] = {
	"#1f6fb4", "#d95f02", "#2a9d3f", "#c0392b", "#7b52ab", "#8c6d31", "#d6459b", "#555555",
};

#define NR_COLOURS	(sizeof(colours) / sizeof(*colours))

struct point {
	double time;
	double value;
};

/**
 * struct series - one line of the picture
 * @group: the path of the group
 * @stat: the name of the column
 * @points: its values
 * @nr: how many
 */
struct series {
	char *group;
	char *stat;
	struct point *points;
	size_t nr;
};

/**
 * struct picture - what is drawn
 * @o: the command line
 * @series: the lines
 * @nr: how many
 * @t0: the first time
 * @t1: the last time
 * @min: the bottom of the picture
 * @max: the top
 */
struct picture {
	const struct options *o;
	struct series series[MAX_SERIES];
	unsigned int nr;
	double t0, t1;
	double min, max;
};

/*
 * Reading the record
 */

/* Cut the first field off a line of CSV; NULL at the end. */
static char *next_field(char **line)
{
	char *field = *line, *from = field, *to = field;
	bool quoted = field && *field == '"';

	if (!field)
		return NULL;
	from += quoted;
	while (*from && (quoted || !strchr(",\n", *from))) {
		/* in quotes, a quote is doubled */
		if (quoted && *from == '"' && *++from != '"')
			break;
		*to++ = *from++;
	}
	*line = *from == ',' ? from + 1 : NULL;
	*to = 0;
	return field;
}

static bool matches_any(char **patterns, int nr, const char *name)
{
	int i;

	for (i = 0; i < nr; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return !nr;
}

static struct series *series_of(struct picture *p, const char *group, const char *stat)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (!strcmp(p->series[i].group, group) && !strcmp(p->series[i].stat, stat))
			return &p->series[i];
	if (p->nr == MAX_SERIES)
		die(EXIT_FAILED, "more than %d lines: choose groups with --group, or statistics",
		    MAX_SERIES);
	p->series[p->nr] = (struct series){ .group = xstrdup(group), .stat = xstrdup(stat) };
	return &p->series[p->nr++];
}

static void add_point(struct series *series, double time, double value)
{
	/* powers of two are when the room is used up */
	if (!(series->nr & (series->nr - 1)))
		series->points = xrealloc(series->points,
					  (series->nr ? 2 * series->nr : 1) * sizeof(struct point));
	series->points[series->nr++] = (struct point){ time, value };
}

struct header {
	char **names;
	unsigned int nr;
};

static bool read_header(struct header *h, char *line)
{
	char *time = next_field(&line), *group = next_field(&line), *field;

	if (!group || strcmp(time, "time") || strcmp(group, "group"))
		return false;
	while ((field = next_field(&line))) {
		h->names = xrealloc(h->names, (h->nr + 1) * sizeof(*h->names));
		h->names[h->nr++] = xstrdup(field);
	}
	return h->nr;
}

/* Read a number in a range, which must not be infinite.  Return false if there is none. */
static bool read_number(const char *text, double min, double max, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return end != text && !*end && isfinite(*number) && *number >= min && *number <= max;
}

/* Return false if the line is malformed. */
static bool read_line(struct picture *p, const struct header *h, char *line, char **stats, int nr)
{
	char *time = next_field(&line), *group = next_field(&line), *field;
	unsigned int i;
	double when;

	if (!group || !read_number(time, 0, MAX_TIME, &when))
		return false;
	if (p->o->group && fnmatch(p->o->group, group, 0))
		return true;
	for (i = 0; i < h->nr; i++) {
		double value;

		field = next_field(&line);
		if (!field)
			return false;
		if (!*field || !matches_any(stats, nr, h->names[i]))
			continue;
		if (!read_number(field, MIN_VALUE, MAX_VALUE, &value))
			return false;
		add_point(series_of(p, group, h->names[i]), when, value);
	}
	return true;
}

static void read_record(struct picture *p, const char *file, char **stats, int nr)
{
	FILE *f = strcmp(file, "-") ? fopen(file, "re") : stdin;
	unsigned long number = 0;
	struct header h = {};
	char *line = NULL;
	size_t size = 0;
	unsigned int i;

	if (!f)
		die_errno(EXIT_FAILED, errno, "cannot read '%s'", file);
	while (getline(&line, &size, f) >= 0) {
		bool ok = number++ ? read_line(p, &h, line, stats, nr) : read_header(&h, line);

		if (!ok)
			die(EXIT_FAILED, "'%s', line %lu: not what cgstat record writes", file,
			    number);
	}
	if (ferror(f))
		die_errno(EXIT_FAILED, errno, "cannot read '%s'", file);
	if (!number)
		die(EXIT_FAILED, "'%s' is empty", file);
	for (i = 0; i < h.nr; i++)
		free(h.names[i]);
	free(h.names);
	free(line);
	if (f != stdin)
		fclose(f);
	if (!p->nr)
		die(EXIT_NOT_FOUND, "'%s' has no such groups or statistics", file);
}

/*
 * Preparing the picture
 */

/* Replace the values of a line by their changes in a second. */
static void to_rates(struct series *series)
{
	struct point before = series->points[0];
	size_t i, nr = 0;

	for (i = 1; i < series->nr; i++) {
		struct point now = series->points[i];
		double seconds = now.time - before.time;

		if (seconds < MIN_SECONDS)
			continue;
		series->points[nr].time = now.time;
		series->points[nr++].value = (now.value - before.value) / seconds;
		before = now;
	}
	series->nr = nr;
}

static void find_bounds(struct picture *p)
{
	unsigned int s;
	size_t i;

	p->t0 = INFINITY;
	p->t1 = -INFINITY;
	p->min = 0;
	p->max = 0;
	for (s = 0; s < p->nr; s++) {
		for (i = 0; i < p->series[s].nr; i++) {
			const struct point *point = &p->series[s].points[i];

			p->t0 = fmin(p->t0, point->time);
			p->t1 = fmax(p->t1, point->time);
			p->min = fmin(p->min, point->value);
			p->max = fmax(p->max, point->value);
		}
	}
	if (p->t1 < p->t0)
		die(EXIT_FAILED, "there is nothing to draw: a rate needs two samples");
	if (p->t1 - p->t0 < MIN_SECONDS)
		p->t1 = p->t0 + 1;
	if (p->max - p->min < MIN_RANGE)
		p->max = p->min + 1;
}

/* A round distance between marks, so that there are about NR of them. */
static double step_of(double range, int nr)
{
	double step = pow(10, floor(log10(range / nr)));

	if (range / step > 5 * nr)
		return 10 * step;
	if (range / step > 2 * nr)
		return 5 * step;
	return range / step > nr ? 2 * step : step;
}

/*
 * Drawing
 */

static double x_of(const struct picture *p, double time)
{
	return LEFT + (time - p->t0) / (p->t1 - p->t0) * (p->o->width - LEFT - RIGHT);
}

static double y_of(const struct picture *p, double value)
{
	double height = p->o->height - TOP - BOTTOM - LEGEND * p->nr;

	return TOP + (p->max - value) / (p->max - p->min) * height;
}

static void put_number(double value, FILE *f)
{
	static const char unit[] = "kMGTPE";
	const char *u = NULL;

	while (fabs(value) >= 10000 && (!u || u[1])) {
		value /= 1000;
		u = u ? u + 1 : unit;
	}
	fprintf(f, "%.6g", value);
	if (u)
		fputc(*u, f);
}

static void draw_line(double x1, double y1, double x2, double y2, const char *colour, FILE *f)
{
	fprintf(f, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
		x1, y1, x2, y2, colour);
}

static void draw_values(const struct picture *p, FILE *f)
{
	double step = step_of(p->max - p->min, 6);
	int i, last = floor(p->max / step);

	for (i = ceil(p->min / step); i <= last; i++) {
		double value = i * step, y = y_of(p, value);

		draw_line(LEFT, y, p->o->width - RIGHT, y, "#ddd", f);
		fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6, y + 4);
		put_number(value, f);
		fputs("</text>\n", f);
	}
}

/* Marks are at round numbers of seconds since the beginning. */
static void draw_times(const struct picture *p, FILE *f)
{
	double step = step_of(p->t1 - p->t0, 8);
	int i, last = floor((p->t1 - p->t0) / step + 0.001);
	double y = y_of(p, p->min);
	time_t begin = p->t0;
	struct tm *local = localtime(&begin);
	char text[64] = "";

	for (i = 0; i <= last; i++) {
		double t = i * step, x = x_of(p, p->t0 + t);

		draw_line(x, TOP, x, y, "#eee", f);
		fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%g s</text>\n",
			x, y + 16, t);
	}
	if (local)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", local);
	fprintf(f, "<text x=\"%u\" y=\"24\" text-anchor=\"end\">from %s</text>\n",
		p->o->width - RIGHT, text);
}

/* Lines of one colour have different dashes. */
static void put_stroke(unsigned int s, FILE *f)
{
	fprintf(f, " fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"", colours[s % NR_COLOURS]);
	if (s >= NR_COLOURS)
		fprintf(f, " stroke-dasharray=\"%u 3\"", (unsigned int)(s / NR_COLOURS * 3));
}

static void draw_series(const struct picture *p, unsigned int s, FILE *f)
{
	const struct series *series = &p->series[s];
	double y = p->o->height - LEGEND * (p->nr - s) + 4;
	size_t i;

	fputs("<polyline", f);
	put_stroke(s, f);
	fputs(" points=\"", f);
	for (i = 0; i < series->nr; i++)
		fprintf(f, "%s%.1f,%.1f", i ? " " : "", x_of(p, series->points[i].time),
			y_of(p, series->points[i].value));
	/* the legend has a piece of the line */
	fputs("\"/>\n<polyline", f);
	put_stroke(s, f);
	fprintf(f, " points=\"%d,%.1f %d,%.1f\"/>\n<text x=\"%d\" y=\"%.1f\">", LEFT, y - 4,
		LEFT + 24, y - 4, LEFT + 30, y);
	put_xml(series->group, f);
	fputc(' ', f);
	put_xml(series->stat, f);
	fputs(p->o->rate ? " per second</text>\n" : "</text>\n", f);
}

static void draw(const struct picture *p, FILE *f)
{
	unsigned int s;

	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\"",
		p->o->width, p->o->height);
	fputs(" font-family=\"sans-serif\" font-size=\"12\">\n", f);
	fputs("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n", f);
	fprintf(f, "<text x=\"%d\" y=\"24\" font-size=\"16\">", LEFT);
	put_xml(p->o->title ?: p->series[0].stat, f);
	fputs("</text>\n", f);
	draw_values(p, f);
	draw_times(p, f);
	for (s = 0; s < p->nr; s++)
		draw_series(p, s, f);
	fputs("</svg>\n", f);
	fflush(f);
	if (ferror(f))
		die(EXIT_FAILED, "cannot write the picture");
}

/* Draw the groups and statistics of a record that the command line chooses. */
void plot(const char *file, char **stats, int nr, const struct options *o, FILE *f)
{
	struct picture p = { .o = o };
	unsigned int s;

	read_record(&p, file, stats, nr);
	for (s = 0; s < p.nr && o->rate; s++)
		to_rates(&p.series[s]);
	if (o->height < TOP + BOTTOM + LEGEND * p.nr + 60)
		die(EXIT_USAGE, "the picture is not high enough for %u lines", p.nr);
	find_bounds(&p);
	draw(&p, f);
	for (s = 0; s < p.nr; s++) {
		free(p.series[s].group);
		free(p.series[s].stat);
		free(p.series[s].points);
	}
}
