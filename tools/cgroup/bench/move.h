/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process to move, and the two groups that it is moved between.
 */
#ifndef MOVE_H
#define MOVE_H

#include <sys/types.h>

struct move {
	char text[16];		/* its id */
	int len;
	int fd[2];		/* a file of each group */
	pid_t pid;
	const char *root;	/* of the groups */
};

void move_begin(struct move *m, const char *root, const char *file, int threads);
void move(void *arg, int i);
void move_end(struct move *m);

#endif
