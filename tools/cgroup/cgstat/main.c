// SPDX-License-Identifier: GPL-2.0
/* cgstat: shows statistics of control groups.  See cgstat(1). */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "tool.h"

#ifndef CGSTAT_VERSION
#define CGSTAT_VERSION "unknown"
#endif

/*
 * What all files use
 */

/* Called before the program ends with a message: gives the terminal back. */
void (*before_message)(void);

/* End the program with a message. */
void die(int code, const char *fmt, ...)
{
	va_list args;

	if (before_message)
		before_message();
	fflush(stdout);
	fputs("cgstat: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(code);
}

/* The exit code for an errno. */
int exit_code(int err)
{
	switch (err) {
	case EOPNOTSUPP:
		return EXIT_NO_INTERFACE;
	case ENOENT:
	case ENOTDIR:
	case ENODEV:
	case ENODATA:
		return EXIT_NOT_FOUND;
	case EACCES:
	case EPERM:
		return EXIT_DENIED;
	}
	return EXIT_FAILED;
}

/* End the program with a message and what the errno means. */
void die_errno(int code, int err, const char *fmt, ...)
{
	va_list args;
	char text[4096];

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	die(code, "%s: %s", text, strerror(err));
}

void *xrealloc(void *old, size_t size)
{
	void *new = realloc(old, size ?: 1);

	if (!new)
		die(EXIT_FAILED, "no memory");
	return new;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xrealloc(NULL, size), text, size);
}

char *xprintf(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		die(EXIT_FAILED, "no memory");
	return text;
}

struct cgstat *connect_or_die(void)
{
	struct cgstat *cs;
	int ret = cgstat_open(&cs);

	if (ret)
		die(exit_code(-ret), "%s", cgstat_error(cs));
	return cs;
}

double monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* When a sample is due, by monotonic(); one that is late delays all that follow. */
double next_time(double last, double interval)
{
	double next = last + interval, now = monotonic();

	return next > now ? next : now;
}

/* Errors of writing may show at the end only. */
static int finish(void)
{
	if (fflush(stdout) || ferror(stdout))
		die(EXIT_FAILED, "cannot write the output");
	return EXIT_OK;
}

/*
 * Output to a file: under a new name first, so that readers see all of it or nothing.
 */

/* The new name, and the one that it gets.  A handler of signals reads the first. */
static char *volatile output_tmp, *output_path;

/* When the program ends early. */
static void output_remove(void)
{
	if (output_tmp)
		unlink(output_tmp);
}

static void output_signal(int sig)
{
	output_remove();
	/* it was reset, and is blocked until this returns */
	raise(sig);
}

/* Remove the file when a signal ends the program.  SET: gets these signals. */
static void output_catch(sigset_t *set)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	struct sigaction action = { .sa_handler = output_signal, .sa_flags = SA_RESETHAND }, old;
	unsigned int i;

	sigemptyset(set);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaddset(set, signals[i]);
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
	}
}

/* Create the file that becomes the output.  The mode is that of the old file, if there is one. */
static FILE *output_create(mode_t mode)
{
	sigset_t set, old;
	char *name = xprintf("%s.XXXXXX", output_path);
	FILE *f = NULL;
	int fd;

	output_catch(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	fd = mkstemp(name);
	if (fd >= 0) {
		output_tmp = name;
		f = fdopen(fd, "w");
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (!f || fchmod(fd, mode))
		die_errno(EXIT_FAILED, errno, "cannot write '%s'", name);
	return f;
}

static FILE *output_at_once(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		die_errno(EXIT_FAILED, errno, "cannot write '%s'", path);
	return f;
}

static bool is_stdout(const struct stat *st)
{
	struct stat out;

	return !fstat(STDOUT_FILENO, &out) && out.st_dev == st->st_dev && out.st_ino == st->st_ino;
}

/* Only a regular file is replaced, and the one to which a symbolic link points. */
static FILE *output_open(const struct options *o, bool at_once)
{
	mode_t mask = umask(0);
	bool exists;
	struct stat st;

	umask(mask);
	if (!o->output || !strcmp(o->output, "-"))
		return stdout;
	exists = !stat(o->output, &st);
	/* such as /dev/stdout: what was written before stays */
	if (exists && is_stdout(&st))
		return stdout;
	if (at_once || (exists && !S_ISREG(st.st_mode)))
		return output_at_once(o->output);
	output_path = exists ? realpath(o->output, NULL) : xstrdup(o->output);
	/* a link to nothing is one to a new file; a link of /proc may have no path */
	if (!output_path || (!exists && !lstat(o->output, &st))) {
		free(output_path);
		return output_at_once(o->output);
	}
	return output_create(exists ? st.st_mode & 0777 : 0666 & ~mask);
}

static void output_close(const struct options *o, FILE *f)
{
	char *tmp;

	if (f == stdout)
		return;
	if (fclose(f))
		die_errno(EXIT_FAILED, errno, "cannot write '%s'", o->output);
	if (!output_tmp)
		return;
	if (rename(output_tmp, output_path))
		die_errno(EXIT_FAILED, errno, "cannot write '%s'", o->output);
	tmp = output_tmp;
	output_tmp = NULL;
	free(tmp);
	free(output_path);
}

/*
 * The commands
 */

static void sleep_until(double when)
{
	struct timespec next = { .tv_sec = when, .tv_nsec = (when - (time_t)when) * 1e9 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR)
		;
}

/* Take and print samples. */
static void run_samples(struct sampler *s, const struct options *o, FILE *f)
{
	unsigned long count = o->once ? 1 : o->count, i;
	double next = monotonic();

	for (i = 0; !count || i < count; i++) {
		struct sample *sample;

		if (i) {
			next = next_time(next, o->interval);
			sleep_until(next);
		}
		sample = sampler_take(s);
		put_sample(s, sample, o, !i, f);
		sample_free(sample);
	}
}

static void command_list(char **args, int nr, struct options *o)
{
	struct cgstat *cs = connect_or_die();

	put_list(cs, args, nr, o->format, stdout);
	cgstat_close(cs);
}

static void command_get(char **args, int nr, struct options *o)
{
	struct sampler *s = sampler_new(args[0], args + 1, nr - 1, false);

	o->single = true;
	run_samples(s, o, stdout);
	sampler_free(s);
}

static void command_tree(char **args, int nr, struct options *o)
{
	struct sampler *s = sampler_new(args[0], args + 1, nr - 1, true);

	run_samples(s, o, stdout);
	sampler_free(s);
}

static void command_top(char **args, int nr, struct options *o)
{
	struct sampler *s = sampler_new(args[0], args + 1, nr - 1, true);

	top(s, o);
	sampler_free(s);
}

static void command_record(char **args, int nr, struct options *o)
{
	struct sampler *s = sampler_new(args[0], args + 1, nr - 1, !o->single);
	FILE *f = output_open(o, true);

	o->once = false;
	o->format = FORMAT_CSV;
	run_samples(s, o, f);
	output_close(o, f);
	sampler_free(s);
}

static void command_plot(char **args, int nr, struct options *o)
{
	FILE *f = output_open(o, false);

	plot(args[0], args + 1, nr - 1, o, f);
	output_close(o, f);
}

/* With an interval, the file is replaced by each sample. */
static void command_export(char **args, int nr, struct options *o)
{
	struct sampler *s = sampler_new(args[0], args + 1, nr - 1, !o->single);
	unsigned long count = o->once ? 1 : o->count, i;
	double next = monotonic();

	o->format = FORMAT_PROMETHEUS;
	for (i = 0; !count || i < count; i++) {
		struct sample *sample;
		FILE *f;

		if (i) {
			next = next_time(next, o->interval);
			sleep_until(next);
		}
		sample = sampler_take(s);
		f = output_open(o, false);
		put_sample(s, sample, o, true, f);
		output_close(o, f);
		sample_free(sample);
	}
	sampler_free(s);
}

/*
 * The command line
 */

/* Options, as letters; those with a value have a colon. */
static const struct option long_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "json", no_argument, NULL, 'j' },
	{ "csv", no_argument, NULL, 'c' },
	{ "human", no_argument, NULL, 'H' },
	{ "interval", required_argument, NULL, 'i' },
	{ "count", required_argument, NULL, 'n' },
	{ "output", required_argument, NULL, 'o' },
	{ "batch", no_argument, NULL, 'b' },
	{ "rows", required_argument, NULL, 'm' },
	{ "sort", required_argument, NULL, 's' },
	{ "rate", no_argument, NULL, 'r' },
	{ "group", required_argument, NULL, 'g' },
	{ "title", required_argument, NULL, 't' },
	{ "size", required_argument, NULL, 'S' },
	{ "single", no_argument, NULL, '1' },
	{}
};

/**
 * struct command - a command of cgstat
 * @name: its name
 * @args: what its arguments are
 * @min: how many it needs
 * @options: the letters of its options
 * @help: what it does
 * @run: does it
 */
struct command {
	const char *name;
	const char *args;
	int min;
	const char *options;
	const char *help;
	void (*run)(char **args, int nr, struct options *o);
};

static const struct command commands[] = {
	{ "list", "[SUBSYSTEM...]", 0, "hjc",
	  "List the statistics that the kernel has: type, name, and the keys of maps.",
	  command_list },
	{ "get", "GROUP STAT...", 2, "hjcHi:n:",
	  "Show statistics of one group.", command_get },
	{ "tree", "GROUP STAT...", 2, "hjcHi:n:",
	  "Show statistics of a group and of all groups below it, parents first.", command_tree },
	{ "top", "GROUP STAT...", 2, "hi:n:bm:s:r",
	  "Show a sorted table of a group and all below it that follows the changes.",
	  command_top },
	{ "record", "GROUP STAT...", 2, "hi:n:o:1",
	  "Write samples of a group and all below it as CSV, until interrupted.", command_record },
	{ "plot", "FILE [STAT...]", 1, "ho:g:rt:S:",
	  "Draw a record as an SVG picture.", command_plot },
	{ "export", "GROUP STAT...", 2, "hi:n:o:1",
	  "Write statistics in the text format that Prometheus reads.", command_export },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(*commands))

static const struct {
	char letter;
	const char *text;
} option_help[] = {
	{ 'j', "  -j, --json            as JSON, one object for each sample" },
	{ 'c', "  -c, --csv             as comma-separated values" },
	{ 'H', "  -H, --human           large numbers with a unit: K is 1024" },
	{ 'i', "  -i, --interval SECS   a sample every SECS seconds (1 if only a count is given)" },
	{ 'n', "  -n, --count N         end after N samples" },
	{ 'o', "  -o, --output FILE     write to FILE" },
	{ '1', "  -1, --single          only the group itself, not those below" },
	{ 'b', "  -b, --batch           print tables, without control of the terminal" },
	{ 'm', "  -m, --rows N          with --batch: print the first N groups" },
	{ 's', "  -s, --sort COLUMN     sort by a statistic, by its number from 1, or by 'path'" },
	{ 'r', "  -r, --rate            top: sort by the change in a second; plot: draw it" },
	{ 'g', "  -g, --group PATTERN   only groups whose path matches" },
	{ 't', "  -t, --title TEXT      the title of the picture" },
	{ 'S', "  -S, --size WxH        the size of the picture (800x400)" },
	{ 'h', "  -h, --help            print this text" },
};

static void help_all(FILE *f)
{
	unsigned int i;

	fputs("usage: cgstat COMMAND [OPTION...] [ARGUMENT...]\n\n"
	      "Show statistics of control groups, which the kernel sends as numbers.\n\n", f);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(f, "  cgstat %-7s%-18s%s\n", commands[i].name, commands[i].args,
			commands[i].help);
	fputs("\nGROUP is a directory of a mounted hierarchy if it begins with / or . and is one.\n"
	      "Else it is the path of a group in the hierarchy of each statistic.\n"
	      "STAT is a name that 'cgstat list' shows, NAME:KEY of a map, or a pattern of these.\n\n"
	      "cgstat COMMAND --help says more about a command.\n", f);
}

static void help_command(const struct command *c, FILE *f)
{
	unsigned int i;

	fprintf(f, "usage: cgstat %s [OPTION...] %s\n\n%s\n\n", c->name, c->args, c->help);
	for (i = 0; i < sizeof(option_help) / sizeof(*option_help); i++)
		if (strchr(c->options, option_help[i].letter))
			fprintf(f, "%s\n", option_help[i].text);
}

static const struct command *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	die(EXIT_USAGE, "no command '%s'; try: cgstat --help", name);
}

static unsigned long take_count(const char *text)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n)
		die(EXIT_USAGE, "'%s' is not a number of at least 1", text);
	return n;
}

static double take_interval(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.01 && seconds <= 1e6))
		die(EXIT_USAGE, "'%s' is not a number of seconds from 0.01 to 1000000", text);
	return seconds;
}

static void take_size(struct options *o, const char *text)
{
	char rest;

	if (sscanf(text, "%ux%u%c", &o->width, &o->height, &rest) != 2 || o->width < 200 ||
	    o->height < 200 || o->width > 20000 || o->height > 20000)
		die(EXIT_USAGE, "'%s' is not a size such as 800x400, from 200 to 20000 each", text);
}

static void take_option(const struct command *c, struct options *o, int letter)
{
	switch (letter) {
	case 'h':
		help_command(c, stdout);
		exit(finish());
	case 'j':
	case 'c':
		o->format = letter == 'j' ? FORMAT_JSON : FORMAT_CSV;
		break;
	case 'H':
		o->human = true;
		break;
	case 'i':
		o->interval = take_interval(optarg);
		o->once = false;
		break;
	case 'n':
		o->count = take_count(optarg);
		o->once = false;
		break;
	case 'o':
		o->output = optarg;
		break;
	case 'b':
		o->batch = true;
		break;
	case 'm':
		o->rows = take_count(optarg);
		break;
	case 's':
		o->sort = optarg;
		break;
	case 'r':
		o->rate = true;
		break;
	case 'g':
		o->group = optarg;
		break;
	case 't':
		o->title = optarg;
		break;
	case 'S':
		take_size(o, optarg);
		break;
	case '1':
		o->single = true;
		break;
	}
}

/* The long options of a command, for getopt_long(). */
static void options_of(const struct command *c, struct option *options)
{
	const struct option *o;

	for (o = long_options; o->name; o++)
		if (strchr(c->options, o->val))
			*options++ = *o;
	*options = (struct option){};
}

int main(int argc, char **argv)
{
	struct options o = { .once = true, .interval = 1, .width = 800, .height = 400 };
	struct option options[sizeof(long_options) / sizeof(*long_options)];
	const struct command *c;
	int letter;

	if (argc < 2) {
		help_all(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help_all(stdout);
		return finish();
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("cgstat " CGSTAT_VERSION);
		return finish();
	}
	c = find_command(argv[1]);
	argc--;
	argv++;
	options_of(c, options);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, c->options, options, NULL)) != -1) {
		if (letter == '?')
			die(EXIT_USAGE,
			    "%s has no option '%s', or it lacks a value; try: cgstat %s -h",
			    c->name, argv[optind - 1], c->name);
		take_option(c, &o, letter);
	}
	if (argc - optind < c->min)
		die(EXIT_USAGE, "usage: cgstat %s [OPTION...] %s", c->name, c->args);
	atexit(output_remove);
	c->run(argv + optind, argc - optind, &o);
	return finish();
}
