/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How to measure in a guest whose clock counts instructions.
 */
#ifndef MEASURE_H
#define MEASURE_H

void die(const char *what);
char *path(const char *fmt, ...);
void put(const char *file, const char *text);

void settle(unsigned int seconds);
void start(void);
double elapsed(void);
long long stop(int times);
void least(long long *min, long long value);
long long middle(long long *values, int nr);
void report(const char *name, const char *where, long long count);

#endif
