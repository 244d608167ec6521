// SPDX-License-Identifier: GPL-2.0
/* cgstat top: a sorted table of groups, with the change of each number in a second. */
#include <ncurses.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "tool.h"

#define VALUE_WIDTH	10
#define RATE_WIDTH	11
#define COLUMN_WIDTH	(VALUE_WIDTH + 1 + RATE_WIDTH)

/**
 * struct view - what is shown
 * @s: the statistics
 * @o: the command line
 * @now: the newest sample
 * @before: the one before it, or NULL
 * @rates: for each row of @now and each column, the change in a second
 * @order: the rows of @now in the order in which they are shown
 * @sort: the column by which they are sorted; the number of columns: by path
 * @by_rate: sort by the rates
 * @scroll: the first row that is shown
 * @deaf: the standard input has ended
 */
struct view {
	struct sampler *s;
	const struct options *o;
	struct sample *now;
	struct sample *before;
	double *rates;
	size_t *order;
	unsigned int sort;
	bool by_rate;
	size_t scroll;
	bool deaf;
};

static int by_path(const void *a, const void *b)
{
	return strcmp((*(const struct row **)a)->path, (*(const struct row **)b)->path);
}

static const struct row **rows_by_path(const struct sample *sample)
{
	const struct row **rows = xrealloc(NULL, (sample->nr + 1) * sizeof(*rows));
	size_t i;

	for (i = 0; i < sample->nr; i++)
		rows[i] = &sample->rows[i];
	qsort(rows, sample->nr, sizeof(*rows), by_path);
	return rows;
}

static void compute_rates(struct view *v)
{
	unsigned int nr = sampler_nr(v->s), c;
	const struct row **old;
	double seconds;
	size_t i;

	v->rates = xrealloc(v->rates, (v->now->nr * nr + 1) * sizeof(*v->rates));
	memset(v->rates, 0, v->now->nr * nr * sizeof(*v->rates));
	if (!v->before)
		return;
	seconds = v->now->clock - v->before->clock;
	old = rows_by_path(v->before);
	for (i = 0; i < v->now->nr && seconds > 0; i++) {
		const struct row *row = &v->now->rows[i], **found;

		found = bsearch(&row, old, v->before->nr, sizeof(*old), by_path);
		for (c = 0; c < nr && found; c++)
			if (row->has[c] && (*found)->has[c])
				v->rates[i * nr + c] =
					(double)(int64_t)(row->values[c] - (*found)->values[c]) /
					seconds;
	}
	free(old);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct view *v = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct row *x = &v->now->rows[i], *y = &v->now->rows[j];
	unsigned int nr = sampler_nr(v->s), c = v->sort;

	if (c < nr && x->has[c] != y->has[c])
		return x->has[c] ? -1 : 1;
	if (c < nr && v->by_rate) {
		double dx = v->rates[i * nr + c], dy = v->rates[j * nr + c];

		if (dx != dy)
			return dx > dy ? -1 : 1;
	} else if (c < nr && x->has[c] && x->values[c] != y->values[c]) {
		bool less = sampler_column(v->s, c)->is_signed ?
			    (int64_t)x->values[c] < (int64_t)y->values[c] :
			    x->values[c] < y->values[c];

		return less ? 1 : -1;
	}
	return strcmp(x->path, y->path);
}

static void sort_rows(struct view *v)
{
	size_t i;

	v->order = xrealloc(v->order, (v->now->nr + 1) * sizeof(*v->order));
	for (i = 0; i < v->now->nr; i++)
		v->order[i] = i;
	qsort_r(v->order, v->now->nr, sizeof(*v->order), compare, v);
}

static void next_sample(struct view *v)
{
	sample_free(v->before);
	v->before = v->now;
	v->now = sampler_take(v->s);
	compute_rates(v);
	sort_rows(v);
}

static char *rate_text(double rate)
{
	int64_t whole = rate >= 0x1p63 ? INT64_MAX : rate <= -0x1p63 ? INT64_MIN : rate;
	char *number, *text;

	if (rate > -10 && rate < 10 && rate != 0)
		return xprintf("%.1f/s", rate);
	number = human(whole, true, true);
	text = xprintf("%s/s", number);
	free(number);
	return text;
}

/* One line of the table, to be freed. */
static char *line_of(const struct view *v, size_t i)
{
	const struct row *row = &v->now->rows[v->order[i]];
	unsigned int nr = sampler_nr(v->s), c;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die(EXIT_FAILED, "no memory");
	for (c = 0; c < nr; c++) {
		char *value = row->has[c] ?
			      human(row->values[c], sampler_column(v->s, c)->is_signed, true) :
			      xstrdup("-");
		char *rate = row->has[c] && v->before ? rate_text(v->rates[v->order[i] * nr + c]) :
							xstrdup("-");

		fprintf(f, "%*s %*s ", VALUE_WIDTH, value, RATE_WIDTH, rate);
		free(value);
		free(rate);
	}
	put_escaped(row->path, f);
	fclose(f);
	return text;
}

/* The end of a name says more than its beginning. */
static const char *column_name(const struct view *v, unsigned int c)
{
	const char *name = sampler_column(v->s, c)->name;
	size_t len = strlen(name);

	return len > COLUMN_WIDTH ? name + len - COLUMN_WIDTH : name;
}

static void print_table(const struct view *v)
{
	size_t nr = v->o->rows && v->o->rows < v->now->nr ? v->o->rows : v->now->nr, i;
	unsigned int c;

	for (c = 0; c < sampler_nr(v->s); c++)
		printf("%*s ", COLUMN_WIDTH, column_name(v, c));
	puts("group");
	for (i = 0; i < nr; i++) {
		char *line = line_of(v, i);

		puts(line);
		free(line);
	}
	fflush(stdout);
	if (ferror(stdout))
		die(EXIT_FAILED, "cannot write the output");
}

/* Put text on an empty line.  What does not fit is cut off; with addstr() it would wrap. */
static void put_clipped(int y, int x, char *text)
{
	if (x < COLS)
		mvinsstr(y, x, text);
	free(text);
}

static void draw_head(const struct view *v)
{
	bool by_column = v->sort < sampler_nr(v->s);
	char when[32] = "";
	time_t now = v->now->time;
	struct tm *local = localtime(&now);
	unsigned int c;

	if (local)
		strftime(when, sizeof(when), "%H:%M:%S", local);
	put_clipped(0, 0, xprintf("%s  %zu groups, every %g s, sorted by %s%s", when, v->now->nr,
				  v->o->interval,
				  by_column ? sampler_column(v->s, v->sort)->name : "path",
				  v->by_rate && by_column ? " per second" : ""));
	put_clipped(1, 0, xstrdup("left/right: sort by   r: by rate   up/down: scroll   q: quit"));
	attron(A_REVERSE);
	for (c = 0; c < sampler_nr(v->s) && c < (unsigned int)COLS; c++) {
		if (c == v->sort)
			attron(A_BOLD);
		put_clipped(2, c * (COLUMN_WIDTH + 1),
			    xprintf("%*s ", COLUMN_WIDTH, column_name(v, c)));
		attroff(A_BOLD);
	}
	put_clipped(2, c * (COLUMN_WIDTH + 1), xstrdup("group"));
	attroff(A_REVERSE);
}

static void draw(struct view *v)
{
	size_t i, room = LINES > 3 ? LINES - 3 : 0;

	if (v->scroll + room > v->now->nr)
		v->scroll = v->now->nr > room ? v->now->nr - room : 0;
	erase();
	draw_head(v);
	for (i = 0; i < room && v->scroll + i < v->now->nr; i++)
		put_clipped(3 + i, 0, line_of(v, v->scroll + i));
	refresh();
}

/* Return false to quit. */
static bool take_key(struct view *v, int key)
{
	unsigned int nr = sampler_nr(v->s) + 1;

	switch (key) {
	case 'q':
		return false;
	case KEY_LEFT:
		v->sort = (v->sort + nr - 1) % nr;
		break;
	case KEY_RIGHT:
		v->sort = (v->sort + 1) % nr;
		break;
	case 'r':
		v->by_rate = !v->by_rate;
		break;
	case KEY_UP:
		v->scroll -= !!v->scroll;
		break;
	case KEY_DOWN:
		v->scroll++;
		break;
	case KEY_PPAGE:
		v->scroll -= v->scroll < (size_t)LINES ? v->scroll : (size_t)LINES;
		break;
	case KEY_NPAGE:
		v->scroll += LINES;
		break;
	case KEY_HOME:
		v->scroll = 0;
		break;
	}
	sort_rows(v);
	draw(v);
	return true;
}

/* Take the keys that were pressed.  Return false to quit. */
static bool take_keys(struct view *v)
{
	int key;

	while ((key = getch()) != ERR)
		if (!take_key(v, key))
			return false;
	return true;
}

/* Wait until a time or for a key, and take keys.  Return false to quit. */
static bool wait_keys(struct view *v, double end)
{
	/* without a file, poll() waits only; an input that has ended would be ready at once */
	struct pollfd in = { .fd = v->deaf ? -1 : STDIN_FILENO, .events = POLLIN };
	double left = end - monotonic();
	int key;

	if (left <= 0 || poll(&in, 1, left * 1000 + 1) < 0)
		return take_keys(v);
	if (!in.revents)
		return true;
	key = getch();
	v->deaf = key == ERR;
	return v->deaf || (take_key(v, key) && take_keys(v));
}

/* Show the sample and take keys until the next one is due.  Return false to quit. */
static bool show_for(struct view *v, double end)
{
	bool go_on;

	draw(v);
	/* at least once, so that keys work if samples take longer than the interval */
	do {
		go_on = take_keys(v) && wait_keys(v, end);
	} while (go_on && monotonic() < end);
	return go_on;
}

static void end_screen(void)
{
	before_message = NULL;
	if (!isendwin())
		endwin();
}

static void interactive(struct view *v)
{
	unsigned long i;
	double next = monotonic();

	initscr();
	before_message = end_screen;
	atexit(end_screen);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	for (i = 0; !v->o->count || i < v->o->count; i++) {
		next_sample(v);
		next = next_time(next, v->o->interval);
		if (!show_for(v, next))
			break;
	}
}

static void batch(struct view *v)
{
	struct timespec pause = {
		.tv_sec = v->o->interval,
		.tv_nsec = (v->o->interval - (time_t)v->o->interval) * 1e9,
	};
	unsigned long i;

	for (i = 0; !v->o->count || i < v->o->count; i++) {
		if (i) {
			nanosleep(&pause, NULL);
			putchar('\n');
		}
		next_sample(v);
		print_table(v);
	}
}

static unsigned int column_to_sort(const struct sampler *s, const char *name)
{
	unsigned int nr = sampler_nr(s), i;
	char *end;

	if (!name)
		return 0;
	i = strtoul(name, &end, 10);
	if (!*end && *name && i >= 1 && i <= nr)
		return i - 1;
	for (i = 0; i < nr; i++)
		if (!strcmp(sampler_column(s, i)->name, name))
			return i;
	if (strcmp(name, "path") && strcmp(name, "group"))
		die(EXIT_USAGE, "cannot sort by '%s': not a statistic of the command line", name);
	return nr;
}

void top(struct sampler *s, const struct options *o)
{
	struct view v = { .s = s, .o = o, .by_rate = o->rate, .sort = column_to_sort(s, o->sort) };

	if (o->batch || !isatty(STDOUT_FILENO))
		batch(&v);
	else
		interactive(&v);
	sample_free(v.before);
	sample_free(v.now);
	free(v.rates);
	free(v.order);
}
