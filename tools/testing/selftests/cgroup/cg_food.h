/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that need memory, and the OOMs that they cause; for the tests of the oom controller. */
#ifndef CG_FOOD_H
#define CG_FOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CG_MB	1048576LL

/* A delay that is never reached. */
#define CG_LONG	"60000"

/* What an eater does; shared with the test. */
struct cg_food {
	const char *dir;
	size_t bytes;
	bool by_syscall;	/* the kernel touches the memory */
	bool first;		/* the OOM killer chooses it before all others */
	bool stays;		/* when it has eaten */
	const char *name;	/* of the thread, or NULL */
	volatile size_t eaten;
	volatile size_t allowed;	/* it waits there, if this is not 0 */
	volatile bool drop;	/* it gives back what it has, once, while it waits there */
};

struct cg_food *cg_share_food(size_t nr);
int cg_eat_food(void *food);
pid_t cg_feed(struct cg_food *f, const char *dir, size_t bytes);

long long cg_oom_event(const char *dir, const char *key);
long long cg_oom_id(const char *dir, pid_t pid, const char *constraint);
bool cg_oom_waits(const char *dir, int nr);

#endif
