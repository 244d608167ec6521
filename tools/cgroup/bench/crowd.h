/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many tasks.
 */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <sys/types.h>

/* Their parent is the keeper, a process that is in none of their groups. */
struct crowd {
	pid_t keeper;
	int order;	/* closed: the keeper ends them */
	int gone;	/* at its end when all of them have exited; not for crowd_start() */
	int *alive;	/* crowd_start_bomb(): about how many there are, if nobody kills them */
};

void crowd_limits(int nr);
bool crowd_fits(int nr, long long each);
void crowd_start(struct crowd *crowd, const char *const *groups, int nr);
void crowd_start_processes(struct crowd *crowd, const char *const *groups, int nr);
void crowd_start_bomb(struct crowd *crowd, const char *const *groups, int nr);
bool crowd_is_gone(struct crowd *crowd, int seconds);
void crowd_stop(struct crowd *crowd);

/* Bytes that a task of crowd_start() takes, and one of crowd_start_processes(). */
#define CROWD_TASK	32768
#define CROWD_PROCESS	98304

#endif
