// SPDX-License-Identifier: GPL-2.0
/* A child that holds its mmap lock when it is told to; see cg_hold.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cg_hold.h"
#include "cg_util.h"

#define HELD_SIZE	(96UL << 20)

/* The ends of the pipes of the last holder. */
struct ends {
	int orders;
	int reports;
};

static struct ends ours = { -1, -1 };

/* Mount the cpu subsystem, with a group whose members hardly run. */
int cg_hold_setup(void)
{
	int ret = cg_mount_retry("cpu", "cpu");

	if (!ret)
		ret = cg_mkdir("cpu/slow");
	/* enough time for a member to take its mmap lock */
	return ret ?: cg_throttle("cpu/slow", 1000);
}

static void *map_and_unmap(void *arg)
{
	void *at;

	(void)arg;
	for (;;) {
		at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at != MAP_FAILED)
			munmap(at, 4096);
		usleep(20000);
	}
	return NULL;
}

/*
 * Report each time when idle. The caller waits for the report, because the state of a task does
 * not show what it sleeps in.
 */
static int hold(void *arg)
{
	char byte, *at = mmap(NULL, HELD_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ends *ends = arg;

	if (at == MAP_FAILED || cg_touch(CG_HOLD_KEPT) || cg_thread(map_and_unmap, NULL))
		return 1;
	madvise(at, HELD_SIZE, MADV_NOHUGEPAGE);
	while (write(ends->reports, "i", 1) == 1 && read(ends->orders, &byte, 1) == 1) {
		mlock(at, HELD_SIZE);
		munlock(at, HELD_SIZE);
		madvise(at, HELD_SIZE, MADV_DONTNEED);
	}
	return 1;
}

/* Does the holder report within MS that it is idle? */
static bool is_idle(int ms)
{
	struct pollfd p = { .fd = ours.reports, .events = POLLIN };
	char byte;

	return poll(&p, 1, ms * cg_slow()) == 1 && read(p.fd, &byte, 1) == 1;
}

/* A child that holds its mmap lock between cg_hold_begin() and cg_hold_end(). */
pid_t cg_hold_mmap_lock(void)
{
	int orders[2], reports[2];
	struct ends its;
	pid_t pid;

	if (pipe2(orders, O_CLOEXEC) || pipe2(reports, O_CLOEXEC))
		return -errno;
	its = (struct ends){ orders[0], reports[1] };
	ours = (struct ends){ orders[1], reports[0] };
	pid = cg_spawn(hold, &its);
	/* the other end stays open: an order to a dead holder must not raise SIGPIPE */
	close(its.reports);
	if (pid > 0 && !is_idle(10000)) {
		cg_kill(pid);
		return -EAGAIN;
	}
	return pid;
}

static long resident(pid_t pid)
{
	long size, pages = 0;

	if (sscanf(cg_text(cg_path("/proc/%d/statm", pid)), "%ld %ld", &size, &pages) != 2)
		return -1;
	return pages * 4096;
}

/* Does the other thread of the child wait for the lock?  It waits for nothing else like that. */
static bool writer_waits(pid_t pid)
{
	pid_t tids[2];

	return cg_tids(pid, tids, 2) == 2 && cg_wait_state(tids[1], "D", 30000);
}

/*
 * The child holds the lock as soon as memory that it populates becomes resident.  Only its first
 * thread gets little CPU time: the other one has to wait for the lock.
 */
int cg_hold_begin(pid_t pid)
{
	long was = resident(pid);
	long long end = cg_deadline(30000);
	int ret = cg_put("cpu/slow/tasks", "%d", pid);

	if (!ret && write(ours.orders, "h", 1) != 1)
		ret = -errno;
	while (!ret && resident(pid) < was + 65536) {
		cg_msleep(2);
		if (cg_now_ms() > end)
			ret = -ETIMEDOUT;
	}
	return ret ?: writer_waits(pid) ? 0 : -ETIMEDOUT;
}

/* Let the child run again; it reports when it has dropped the lock and freed its memory. */
int cg_hold_end(pid_t pid)
{
	int ret = cg_put("cpu/cgroup.procs", "%d", pid);

	return ret ?: is_idle(60000) ? 0 : -ETIMEDOUT;
}

/*
 * Kill the child while it holds the lock. Its group gets all the time that it wants: the child
 * could not be moved to another group, if it were exiting already.
 */
int cg_hold_kill(pid_t pid)
{
	if (kill(pid, SIGKILL))
		return -errno;
	return cg_throttle("cpu/slow", -1);
}
