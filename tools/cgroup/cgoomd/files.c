// SPDX-License-Identifier: GPL-2.0
/* Reading and writing control files.  All have one buffer, so that none is allocated later. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgoomd.h"

char text[TEXT_SIZE];

/* Read an open control file from its begin into text[].  Return: the length, or -1. */
int read_fd(int fd)
{
	int len = 0;

	while (len < (int)sizeof(text) - 1) {
		ssize_t n = pread(fd, text + len, sizeof(text) - 1 - len, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += n;
	}
	/* a file that does not fit ends with a whole line, not with a part of a number */
	if (len == (int)sizeof(text) - 1)
		while (len && text[len - 1] != '\n')
			len--;
	text[len] = 0;
	return len;
}

int read_at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int n;

	if (fd < 0)
		return -1;
	n = read_fd(fd);
	close(fd);
	return n;
}

int write_at(int dir, const char *name, const char *value)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

int write_number(int dir, const char *name, int value)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", value);
	return write_at(dir, name, number);
}

/* Did the last call fail because the file or its group does not exist? */
bool is_missing(void)
{
	return errno == ENOENT || errno == ENODEV;
}

/* The value of a key in text[], or -1. */
long long key_value(const char *key)
{
	size_t len = strlen(key);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ')
			return strtoll(line + len + 1, NULL, 10);
	}
	return -1;
}
