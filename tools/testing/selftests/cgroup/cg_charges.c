// SPDX-License-Identifier: GPL-2.0
/* Charges, their events, counters and CPUs for the cgroup tests; see cg_util.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cg_util.h"

/* Memory */

static void touch(volatile char *mem, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += 4096)
		mem[i] = 1;
}

/* Get SIZE bytes of memory charged to the caller until it exits. */
int cg_touch(size_t size)
{
	volatile char *mem = malloc(size);

	if (!mem)
		return -ENOMEM;
	touch(mem, size);
	return 0;
}

/*
 * An FN for cg_spawn(): enter a group, and take memory there. ARG is a struct cg_eat. The
 * memory is mapped before: in a full group mmap() fails, because it does not wait for memory.
 */
int cg_eats(void *arg)
{
	const struct cg_eat *eat = arg;
	volatile char *mem = mmap(NULL, eat->size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED || cg_put(cg_path("%s/cgroup.procs", eat->dir), "0"))
		return 1;
	touch(mem, eat->size);
	return 0;
}

struct eater {
	struct cg_eat eat;
	int full;
};

static int eats_and_stays(void *arg)
{
	struct eater *e = arg;

	if (cg_eats(&e->eat))
		return 1;
	if (write(e->full, "f", 1) != 1)
		return 2;
	close(e->full);
	cg_pause();
}

/* A child in group DIR with SIZE bytes of memory. It has taken all of them on return. */
pid_t cg_eater(const char *dir, size_t size)
{
	struct eater e = { .eat = { dir, size } };
	int fds[2], ret = 0;
	char byte;
	pid_t pid;

	if (pipe(fds))
		return -errno;
	e.full = fds[1];
	pid = cg_spawn(eats_and_stays, &e);
	close(fds[1]);
	if (pid > 0 && read(fds[0], &byte, 1) != 1)
		ret = -EAGAIN;
	close(fds[0]);
	if (!ret)
		return pid;
	cg_kill(pid);
	return ret;
}

/* An eventfd for the events of FILE of the group DIR; ARGS may be "". */
int cg_listen(const char *dir, const char *file, const char *args)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int of = open(cg_path("%s/%s", dir, file), O_RDONLY | O_CLOEXEC);
	int ret = of < 0 ? -errno : 0;

	ret = ret ?: cg_put(cg_path("%s/cgroup.event_control", dir), "%d %d%s%s", fd, of,
			    *args ? " " : "", args);
	close(of);
	if (ret)
		close(fd);
	return ret ?: fd;
}

/* How often was the eventfd signalled since the last call? Waits at most MS for a signal. */
long long cg_rings(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned long long count;

	if (poll(&p, 1, ms * cg_slow()) != 1 || read(fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

/* Counters */

/* A perf event for the time on CPU of the group whose directory is open as CGROUP. */
int cg_perf_open(int cgroup, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};

	return syscall(SYS_perf_event_open, &attr, cgroup, cpu, -1, PERF_FLAG_PID_CGROUP);
}

/* Open an event on each CPU for the group DIR; 0, or -errno if there is none on some CPU. */
int cg_perf_group(struct cg_perf *perf, const char *dir)
{
	int cpu, fd, ret = 0, group = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	perf->nr = 0;
	for (cpu = 0; cpu < CG_PERF_CPUS && cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
		fd = cg_perf_open(group, cpu);
		if (fd >= 0)
			perf->fd[perf->nr++] = fd;
		else
			ret = -errno;
	}
	close(group);
	return ret;
}

/* The sum of the events in nanoseconds; -1: one of them cannot be read. */
long long cg_perf_sum(const struct cg_perf *perf)
{
	unsigned long long one;
	long long sum = 0;
	int i;

	for (i = 0; i < perf->nr; i++) {
		if (read(perf->fd[i], &one, sizeof(one)) != sizeof(one))
			return -1;
		sum += one;
	}
	return sum;
}

void cg_perf_close(struct cg_perf *perf)
{
	while (perf->nr)
		close(perf->fd[--perf->nr]);
}

/* CPUs */

/* The CPU time of PID in milliseconds, from the scheduler and not from a controller. */
long long cg_cpu_ms(pid_t pid)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		return -1;
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Take a CPU of the guest offline, or bring it back. */
int cg_cpu_online(int cpu, bool online)
{
	return cg_put(cg_path("/sys/devices/system/cpu/cpu%d/online", cpu), "%d", online);
}

/* Pin the caller to a CPU. */
int cg_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}
