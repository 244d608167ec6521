/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: what kernel/signal.c has for the signal controller. */
#ifndef _LINUX_CGROUP_SIGNAL_H
#define _LINUX_CGROUP_SIGNAL_H

#include <linux/types.h>

struct task_struct;

/* by the credentials of the current task; under RCU */
bool kill_ok_by_cred(struct task_struct *t);

#endif	/* _LINUX_CGROUP_SIGNAL_H */
