/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operation costs in the cheapest of some rounds.
 *
 * The functions are inline so that the compiler knows their arguments: the loop itself should
 * cost little, because some operations cost less than a call.
 */
#ifndef ROUNDS_H
#define ROUNDS_H

#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

#define ROUNDS	9

/* What once() costs, so many times in a row. */
static inline long long cost(int times, void (*once)(void *arg, int i), void *arg)
{
	int i;

	settle(2);
	start();
	for (i = 0; i < times; i++)
		once(arg, i);
	return measured(times);
}

/* The least of some rounds, for what needs nothing between them. */
static inline void bench(const char *name, const char *where, int times,
			 void (*once)(void *arg, int i), void *arg)
{
	long long min = 0;
	int round;

	for (round = 0; round < ROUNDS; round++)
		keep_least(&min, cost(times, once, arg));
	report(name, where, min);
}

static inline void fork_and_exit(void *arg, int i)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

#endif
