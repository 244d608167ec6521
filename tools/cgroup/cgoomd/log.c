// SPDX-License-Identifier: GPL-2.0
/* Messages and the time. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgoomd.h"

bool in_journal;

const char *shown(const struct group *g)
{
	return strcmp(g->path, ".") ? g->path : "/";
}

/* Is stderr the journal?  A child of a service has the variable, but maybe another stderr. */
bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

/* One line for the journal.  A line that the journal does not take at once is lost. */
void say(int level, const char *fmt, ...)
{
	char line[1024];
	int n = in_journal ? snprintf(line, sizeof(line), "<%d>", level) :
			     snprintf(line, sizeof(line), "cgoomd: ");
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, args);
	va_end(args);
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

void die(const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	say(LOG_ERR, "%s", line);
	exit(1);
}

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}
