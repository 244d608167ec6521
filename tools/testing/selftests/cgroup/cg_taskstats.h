/* SPDX-License-Identifier: GPL-2.0 */
/* The taskstats family of generic netlink, as raw messages: cg_taskstats.c. */
#ifndef CG_TASKSTATS_H
#define CG_TASKSTATS_H

#include <linux/cgroupstats.h>

int cg_taskstats_open(int *family);
int cg_taskstats_get(int sock, int family, int fd, struct cgroupstats *stats);
int cg_taskstats_get_none(int sock, int family);

#endif
