// SPDX-License-Identifier: GPL-2.0
/*
 * How to measure in a guest with one processor whose clock counts instructions: one
 * nanosecond is one instruction.
 *
 * The clock also runs while the processor is idle.  So an operation that waits for a grace
 * period or a work item would seem to cost the time that it waits.  Idle time is therefore
 * subtracted.  /proc/timer_list has it in nanoseconds, without the time of interrupts.  What
 * remains is all that the machine did between start() and measured(): tasks, work items, softirqs
 * and interrupts.
 *
 * A result is a line "NAME/WHERE COUNT".  COUNT is the least or the median of some rounds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "measure.h"

void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Format a text.  It is valid until the fourth call after this one. */
char *text(const char *fmt, ...)
{
	static char buf[4][256];
	static int at;
	va_list ap;

	at = (at + 1) % 4;
	va_start(ap, fmt);
	vsnprintf(buf[at], sizeof(buf[at]), fmt, ap);
	va_end(ap);
	return buf[at];
}

void put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die(file);
	close(fd);
}

/* The value of a field in /proc/timer_list. */
static long long field(const char *list, const char *name)
{
	const char *p = strstr(list, name);

	p = p ? strchr(p, ':') : NULL;
	if (!p) {
		errno = ENOENT;
		die(name);
	}
	return atoll(p + 1);
}

/* Nanoseconds that processor 0 has been idle: exact, unlike those in /proc/stat. */
static long long idle(void)
{
	static char buf[65536];
	int fd = open("/proc/timer_list", O_RDONLY);
	ssize_t n, len = 0;

	if (fd < 0)
		die("/proc/timer_list");
	while ((n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0)
		len += n;
	close(fd);
	buf[len] = '\0';
	return field(buf, "idle_sleeptime") + field(buf, "iowait_sleeptime");
}

static long long clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long begun, idle_then;

void start(void)
{
	idle_then = idle();
	begun = clock_ns();
}

/* Seconds since start(), idle or not. */
double elapsed(void)
{
	return (clock_ns() - begun) / 1e9;
}

/* Instructions since start(), without idle time, for each of so many times. */
long long measured(int times)
{
	long long spent = clock_ns() - begun;

	return (spent - (idle() - idle_then)) / times;
}

/* Let deferred work finish.  Idle time costs nothing here. */
void settle(unsigned int seconds)
{
	sleep(seconds);
}

void keep_least(long long *min, long long value)
{
	if (!*min || value < *min)
		*min = value;
}

static int by_size(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* The median of NR values, which are sorted. */
long long median(long long *values, int nr)
{
	qsort(values, nr, sizeof(*values), by_size);
	return values[nr / 2];
}

void report(const char *name, const char *where, long long count)
{
	printf("%s/%s %lld\n", name, where, count);
	fflush(stdout);
}
