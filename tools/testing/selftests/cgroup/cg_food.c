// SPDX-License-Identifier: GPL-2.0
/* Processes that need memory, and the OOMs that they cause; see cg_food.h. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cg_food.h"
#include "cg_util.h"

#define PAGE	4096

struct cg_food *cg_share_food(size_t nr)
{
	return mmap(NULL, nr * sizeof(struct cg_food), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

static int eat_by_syscall(struct cg_food *f, char *at)
{
	int fd = open("/dev/zero", O_RDONLY);

	return fd < 0 || read(fd, at, f->bytes) != (ssize_t)f->bytes;
}

/* Wait until it may have more than I bytes; return where to go on. */
static size_t wait_for_more(struct cg_food *f, char *at, size_t i)
{
	while (f->allowed && i >= f->allowed) {
		if (f->drop) {
			madvise(at, i, MADV_DONTNEED);
			f->eaten = 0;
			f->drop = false;
			i = 0;
		}
		cg_msleep(1);
	}
	return i;
}

/* Touch the memory in the group, page by page. The exit status is 0 if all of it was there. */
int cg_eat_food(void *food)
{
	struct cg_food *f = food;
	char *at = mmap(NULL, f->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t i;

	/* pages that another processor keeps in stock would be room later, too */
	cg_pin(getpid() % sysconf(_SC_NPROCESSORS_ONLN));
	if (at == MAP_FAILED || (f->first && cg_put("/proc/self/oom_score_adj", "1000")) ||
	    cg_put(cg_path("%s/tasks", f->dir), "0"))
		return 99;
	if (f->name)
		prctl(PR_SET_NAME, f->name);
	if (f->by_syscall)
		return eat_by_syscall(f, at);
	for (i = 0; i < f->bytes; i += PAGE) {
		i = wait_for_more(f, at, i);
		((volatile char *)at)[i] = 1;
		f->eaten = i + PAGE;
	}
	while (f->stays)
		cg_msleep(10);
	return 0;
}

/* A child in group DIR that needs BYTES of memory. */
pid_t cg_feed(struct cg_food *f, const char *dir, size_t bytes)
{
	f->dir = dir;
	f->bytes = bytes;
	return cg_spawn(cg_eat_food, f);
}

long long cg_oom_event(const char *dir, const char *key)
{
	return cg_key(cg_path("%s/oom.events", dir), key);
}

/*
 * The id of the first OOM that waits in DIR; -1 if there is none, or if it is not one of PID (0:
 * any task) with this constraint.
 */
long long cg_oom_id(const char *dir, pid_t pid, const char *constraint)
{
	unsigned long long id;
	char what[32];
	int tid;

	if (sscanf(cg_text(cg_path("%s/oom.pending", dir)), "%llu %d %31s", &id, &tid, what) != 3 ||
	    (pid && tid != pid) || strcmp(what, constraint))
		return -1;
	return id;
}

/*
 * Do NR OOMs wait in DIR, now or soon, and stay?  A page that is freed a little later is room for
 * the first one: then it ends as handled, and the next one begins.
 */
bool cg_oom_waits(const char *dir, int nr)
{
	long long end = cg_deadline(30000), since = cg_now_ms();
	static char before[CG_TEXT_LEN];
	const char *now;

	before[0] = 0;
	while (cg_now_ms() < end) {
		now = cg_text(cg_path("%s/oom.pending", dir));
		if (strcmp(before, now) || cg_oom_event(dir, "waiting") != nr) {
			since = cg_now_ms();
			snprintf(before, sizeof(before), "%s", now);
		} else if (cg_now_ms() > since + 250) {
			return true;
		}
		cg_msleep(5);
	}
	return false;
}
