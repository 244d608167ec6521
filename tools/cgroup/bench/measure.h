/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How to measure in a guest whose clock counts instructions.
 */
#ifndef MEASURE_H
#define MEASURE_H

void die(const char *what);
char *text(const char *fmt, ...);
void put(const char *file, const char *value);

void settle(unsigned int seconds);
void start(void);
double elapsed(void);
long long measured(int times);
void keep_least(long long *min, long long value);
long long median(long long *values, int nr);
void report(const char *name, const char *where, long long count);

#endif
