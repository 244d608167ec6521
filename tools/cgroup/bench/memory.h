/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much memory the kernel has left.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>

bool memory_permits(const char *what, long long bytes);
long long memory_free(void);

#endif
