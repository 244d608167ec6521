// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * The memory controller on this core: limits hold, counters count, the OOM
 * killer kills, and cgroup.event_control reports events.
 */
#include "cg_test.h"

#include <sys/mman.h>
#include <sys/swap.h>

#define MB	1048576LL
#define NOLIMIT	9223372036854771712LL

/*
 *  h/
 *  `-- a/
 */
FIXTURE(memory) { int unused; };

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, cg_setup());
	if (!cg_usable("memory"))
		SKIP(return, "subsystem memory is not in this kernel");
	ASSERT_EQ(0, cg_mount_retry("memory", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
}

FIXTURE_TEARDOWN(memory)
{
	swapoff("/dev/ram0");
	EXPECT_EQ(0, cg_teardown());
}

#define A(file) "h/a/memory." file

/* A task in h/a that keeps so much memory. */
static pid_t eater(size_t size)
{
	return cg_eater("h/a", size);
}

/* ---- values ---- */

TEST_F(memory, limit_spellings)
{
	static const struct { const char *text; long long value; } good[] = {
		{ "4194304", 4 * MB }, { "8M", 8 * MB }, { "8192k", 8 * MB },
		{ "1G", 1024 * MB }, { " 16m\n", 16 * MB }, { "-1", NOLIMIT },
		{ "4194305", 4 * MB }, { "0x800000", 8 * MB },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(0, cg_put(A("limit_in_bytes"), "%s", good[i].text))
			TH_LOG("'%s'", good[i].text);
		EXPECT_EQ(good[i].value, cg_num(A("limit_in_bytes")))
			TH_LOG("'%s'", good[i].text);
	}
}

TEST_F(memory, refusals)
{
	static const struct { const char *file, *text; int error; } bad[] = {
		{ "memory.limit_in_bytes", "x", -EINVAL },
		{ "memory.limit_in_bytes", "-2", -EINVAL },
		{ "memory.limit_in_bytes", "1M 1M", -EINVAL },
		{ "memory.limit_in_bytes", "1Q", -EINVAL },
		{ "memory.swappiness", "201", -EINVAL },
		{ "memory.use_hierarchy", "0", -EINVAL },
		{ "memory.oom_control", "2", -EINVAL },
		{ "memory.memsw.limit_in_bytes", "1M", -EINVAL },
		{ "memory.usage_in_bytes", "0", -EINVAL },
		{ "cgroup.event_control", "x", -EINVAL },
		{ "cgroup.event_control", "1", -EINVAL },
		{ "cgroup.event_control", "900 901", -EBADF },
	};
	int i;

	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "64M"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(bad[i].error, cg_put(cg_path("h/a/%s", bad[i].file), "%s",
					       bad[i].text))
			TH_LOG("row %d", i);
	EXPECT_EQ(64 * MB, cg_num(A("limit_in_bytes")));
	EXPECT_EQ(NOLIMIT, cg_num(A("memsw.limit_in_bytes")));
	EXPECT_EQ(-EINVAL, cg_put("h/memory.limit_in_bytes", "64M"));
	EXPECT_EQ(-EINVAL, cg_put("h/memory.oom_control", "1"));
	EXPECT_TRUE(cg_state_kept());
}

/* ---- swap ---- */

#define DISK	"/dev/ram0"

/* Write the header of mkswap: version 1, the last page, and the magic at the page's end. */
static int swap_on(void)
{
	static char page[4096];
	unsigned int *head = (unsigned int *)(page + 1024);
	long long bytes;
	int fd = open(DISK, O_RDWR);

	if (fd < 0)
		return -errno;
	bytes = lseek(fd, 0, SEEK_END);
	head[0] = 1;
	head[1] = bytes / sizeof(page) - 1;
	memcpy(page + sizeof(page) - 10, "SWAPSPACE2", 10);
	if (pwrite(fd, page, sizeof(page), 0) != sizeof(page) || fsync(fd))
		return -EIO;
	close(fd);
	return swapon(DISK, 0) ? -errno : 0;
}

/* Above the memory limit pages are swapped out.  memsw counts them still. */
TEST_F(memory, memsw_counts_swapped_pages)
{
	struct cg_eat eat = { "h/a", 24 * MB };
	pid_t pid;

	ASSERT_EQ(0, swap_on());
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "4M"));
	ASSERT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "16M"));
	pid = eater(10 * MB);
	ASSERT_LT(0, pid);
	EXPECT_LE(10 * MB, cg_num(A("memsw.usage_in_bytes")));
	EXPECT_GE(4 * MB, cg_num(A("max_usage_in_bytes")));
	EXPECT_LT(0, cg_num(A("failcnt")));
	EXPECT_EQ(0, cg_num(A("memsw.failcnt")));
	EXPECT_TRUE(CG_SOON(cg_key(A("stat"), "swap") >= 5 * MB))
		TH_LOG("%lld", cg_key(A("stat"), "swap"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_TRUE(CG_SOON(cg_num(A("memsw.usage_in_bytes")) < 3 * MB));
	/* above the memsw limit the task is killed */
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_spawn(cg_eats, &eat), 60000));
	EXPECT_GE(16 * MB, cg_num(A("memsw.max_usage_in_bytes")));
	EXPECT_LT(0, cg_num(A("memsw.failcnt")));
	ASSERT_EQ(0, swapoff(DISK));
}

struct book {
	const char *dir;
	size_t bytes;
	int written[2];
	int look[2];
};

/* Write that many bytes, each page different.  When told to, check that they are there. */
static int write_and_look(void *arg)
{
	struct book *b = arg;
	size_t *at, i, n = b->bytes / sizeof(*at), page = 4096 / sizeof(*at);
	char byte;

	if (cg_put(cg_path("%s/cgroup.procs", b->dir), "0"))
		return 1;
	at = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return 2;
	for (i = 0; i < n; i += page)
		at[i] = ~i;
	if (write(b->written[1], "w", 1) != 1 || read(b->look[0], &byte, 1) != 1)
		return 3;
	for (i = 0; i < n; i += page)
		if (at[i] != ~i)
			return 4;
	return 0;
}

/* Start the writer.  On return it has written all, or was killed before. */
static pid_t start_book(struct book *b, const char *dir, size_t bytes)
{
	char byte;
	pid_t pid;

	b->dir = dir;
	b->bytes = bytes;
	if (pipe(b->written) || pipe(b->look))
		return -errno;
	pid = cg_spawn(write_and_look, b);
	close(b->written[1]);
	if (pid > 0 && read(b->written[0], &byte, 1) < 0)
		return -errno;
	return pid;
}

static int end_book(struct book *b, pid_t pid)
{
	if (write(b->look[1], "l", 1) != 1)
		return -errno;
	return cg_wait_exit(pid, 60000);
}

/* The memory limit alone makes a group swap.  Without swap space it kills. */
TEST_F(memory, the_limit_alone_makes_a_group_swap)
{
	struct cg_eat eat = { "h/a", 24 * MB };
	struct book b;
	pid_t pid;

	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "8M"));
	ASSERT_EQ(NOLIMIT, cg_num(A("memsw.limit_in_bytes")));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_spawn(cg_eats, &eat), 60000));
	EXPECT_EQ(1, cg_key(A("oom_control"), "oom_kill"));
	ASSERT_EQ(0, swap_on());
	pid = start_book(&b, "h/a", 24 * MB);
	ASSERT_LT(0, pid);
	EXPECT_GE(8 * MB, cg_num(A("usage_in_bytes")));
	EXPECT_LE(24 * MB, cg_num(A("memsw.usage_in_bytes")));
	EXPECT_GE(26 * MB, cg_num(A("memsw.usage_in_bytes")))
		TH_LOG("%lld", cg_num(A("memsw.usage_in_bytes")));
	EXPECT_TRUE(CG_SOON(cg_key(A("stat"), "swap") >= 15 * MB))
		TH_LOG("%lld", cg_key(A("stat"), "swap"));
	EXPECT_EQ(0, end_book(&b, pid));
	EXPECT_EQ(1, cg_key(A("oom_control"), "oom_kill"));
	EXPECT_EQ(0, cg_num(A("memsw.failcnt")));
	EXPECT_TRUE(CG_SOON(cg_num(A("memsw.usage_in_bytes")) < 3 * MB))
		TH_LOG("%lld", cg_num(A("memsw.usage_in_bytes")));
	ASSERT_EQ(0, swapoff(DISK));
}

/*
 * A memory limit below the usage makes the group swap. A memsw limit below the usage is
 * refused, because swapping does not help.
 */
TEST_F(memory, a_memsw_limit_below_the_usage_is_busy)
{
	struct book b;
	pid_t pid;

	ASSERT_EQ(0, swap_on());
	pid = start_book(&b, "h/a", 16 * MB);
	ASSERT_LT(0, pid);
	EXPECT_EQ(0, cg_put(A("limit_in_bytes"), "8M"));
	EXPECT_GE(8 * MB, cg_num(A("usage_in_bytes")));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_put(A("memsw.limit_in_bytes"), "12M"));
	EXPECT_EQ(NOLIMIT, cg_num(A("memsw.limit_in_bytes")));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_LE(16 * MB, cg_num(A("memsw.usage_in_bytes")));
	EXPECT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "20M"));
	EXPECT_EQ(0, end_book(&b, pid));
	ASSERT_EQ(0, swapoff(DISK));
}

/*
 *  h/
 *  |-- a/
 *  |   `-- b/    swaps, then is removed
 *  `-- c/        the task of b moves here
 */
TEST_F(memory, swapped_pages_outlive_the_group)
{
	struct book b;
	pid_t pid;

	ASSERT_EQ(0, swap_on());
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_mkdir("h/c"));
	ASSERT_EQ(0, cg_put("h/a/b/memory.limit_in_bytes", "4M"));
	pid = start_book(&b, "h/a/b", 16 * MB);
	ASSERT_LT(0, pid);
	EXPECT_GE(5 * MB, cg_num(A("usage_in_bytes")));
	EXPECT_LE(16 * MB, cg_num(A("memsw.usage_in_bytes")));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_EQ(0, cg_num("h/a/b/memory.memsw.usage_in_bytes"));
	EXPECT_LE(12 * MB, cg_num(A("memsw.usage_in_bytes")));
	EXPECT_GT(MB, cg_num("h/c/memory.memsw.usage_in_bytes"));
	EXPECT_EQ(0, end_book(&b, pid));
	EXPECT_LE(8 * MB, cg_num("h/c/memory.memsw.max_usage_in_bytes"))
		TH_LOG("%lld", cg_num("h/c/memory.memsw.max_usage_in_bytes"));
	EXPECT_TRUE(CG_SOON(cg_num(A("memsw.usage_in_bytes")) < 2 * MB))
		TH_LOG("%lld", cg_num(A("memsw.usage_in_bytes")));
	ASSERT_EQ(0, swapoff(DISK));
}

/* ---- counting ---- */

TEST_F(memory, usage_is_counted_up_the_tree)
{
	pid_t pid;

	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	pid = eater(8 * MB);
	ASSERT_LT(0, pid);
	ASSERT_LE(8 * MB, cg_num(A("usage_in_bytes")));
	EXPECT_LE(8 * MB, cg_num(A("max_usage_in_bytes")));
	EXPECT_LE(8 * MB, cg_num(A("memsw.usage_in_bytes")));
	EXPECT_LE(6 * MB, cg_key(A("stat"), "total_rss"));
	EXPECT_EQ(0, cg_num("h/a/b/memory.usage_in_bytes"));
	EXPECT_LE(8 * MB, cg_num("h/memory.usage_in_bytes"));
	ASSERT_EQ(0, cg_kill(pid));
	ASSERT_EQ(0, cg_put(A("force_empty"), "0"));
	EXPECT_GT(4 * MB, cg_num(A("usage_in_bytes")));
	ASSERT_EQ(0, cg_put(A("max_usage_in_bytes"), "0"));
	EXPECT_GT(4 * MB, cg_num(A("max_usage_in_bytes")));
}

static int make_files(void *arg)
{
	int i, fds[2];

	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	for (i = 0; i < 200; i++)
		if (pipe(fds))
			return 2;
	if (write(*(int *)arg, "r", 1) != 1)
		return 3;
	cg_pause();
}

TEST_F(memory, kernel_memory_is_counted)
{
	int fds[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = cg_spawn(make_files, &fds[1]);
	ASSERT_LT(0, pid);
	ASSERT_EQ(1, read(fds[0], &byte, 1));
	EXPECT_LT(100000, cg_num(A("kmem.usage_in_bytes")));
	EXPECT_LE(cg_num(A("kmem.usage_in_bytes")), cg_num(A("usage_in_bytes")));
	ASSERT_EQ(0, cg_kill(pid));
}

/* ---- limits ---- */

TEST_F(memory, a_task_above_the_limit_is_killed)
{
	struct cg_eat eat = { "h/a", 64 * MB };
	pid_t pid;

	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "16M"));
	ASSERT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "16M"));
	pid = cg_spawn(cg_eats, &eat);
	ASSERT_LT(0, pid);
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 60000));
	EXPECT_EQ(1, cg_key(A("oom_control"), "oom_kill"));
	EXPECT_LT(0, cg_num(A("memsw.failcnt")));
	EXPECT_GE(16 * MB, cg_num(A("max_usage_in_bytes")));
	ASSERT_EQ(0, cg_put(A("memsw.failcnt"), "0"));
	EXPECT_EQ(0, cg_num(A("memsw.failcnt")));
}

TEST_F(memory, the_limit_of_the_parent_holds_too)
{
	struct cg_eat eat = { "h/a/b", 64 * MB };

	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "16M"));
	EXPECT_EQ(128 + SIGKILL, cg_spawn_wait(cg_eats, &eat));
	EXPECT_LT(0, cg_num(A("failcnt")));
}

TEST_F(memory, a_limit_below_the_usage_is_busy)
{
	pid_t pid = eater(32 * MB);

	ASSERT_LT(0, pid);
	ASSERT_LE(32 * MB, cg_num(A("usage_in_bytes")));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_put(A("limit_in_bytes"), "4M"));
	EXPECT_EQ(NOLIMIT, cg_num(A("limit_in_bytes")));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_LT(0, cg_state(pid));
	ASSERT_EQ(0, cg_kill(pid));
}

TEST_F(memory, the_limit_may_not_exceed_memsw)
{
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "16M"));
	ASSERT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "32M"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put(A("limit_in_bytes"), "64M"));
	EXPECT_EQ(16 * MB, cg_num(A("limit_in_bytes")));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "-1"));
	EXPECT_EQ(0, cg_put(A("limit_in_bytes"), "64M"));
}

/* ---- events ---- */

TEST_F(memory, event_at_a_threshold)
{
	int fd = cg_listen("h/a", "memory.usage_in_bytes", "8388608");
	pid_t pid;

	ASSERT_LE(0, fd);
	EXPECT_FALSE(cg_rings(fd, 50));
	pid = eater(16 * MB);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(cg_rings(fd, 20000));
	ASSERT_EQ(0, cg_kill(pid));
	cg_put(A("force_empty"), "0");
	EXPECT_TRUE(cg_rings(fd, 20000));
	close(fd);
}

TEST_F(memory, event_refusals)
{
	int fd, its, other;

	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_listen("h/a", "memory.usage_in_bytes", "many"));
	EXPECT_EQ(-EINVAL, cg_listen("h/a", "memory.failcnt", ""));
	EXPECT_EQ(-EINVAL, cg_listen("h/a", "tasks", ""));
	EXPECT_EQ(-EINVAL, cg_listen("h/a", "memory.pressure_level", "severe"));
	fd = cg_listen("h/a", "memory.pressure_level", "low");
	ASSERT_LE(0, fd);
	/* a file of another group */
	other = open("h/memory.usage_in_bytes", O_RDONLY);
	ASSERT_LE(0, other);
	EXPECT_EQ(-EINVAL, cg_put("h/a/cgroup.event_control", "%d %d 1M", fd, other));
	/* not an eventfd */
	its = open(A("usage_in_bytes"), O_RDONLY);
	ASSERT_LE(0, its);
	EXPECT_EQ(-EINVAL, cg_put("h/a/cgroup.event_control", "%d %d 1M", other, its));
	/* only this is wrong about it */
	EXPECT_EQ(0, cg_put("h/a/cgroup.event_control", "%d %d 1M", fd, its));
	EXPECT_TRUE(cg_state_kept());
	close(fd);
	close(its);
	close(other);
}

TEST_F(memory, event_when_the_group_is_removed)
{
	int fd = cg_listen("h/a", "memory.usage_in_bytes", "8388608");

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_TRUE(cg_rings(fd, 10000));
	close(fd);
}

/* With the OOM killer disabled, the task waits until there is room. */
TEST_F(memory, an_oom_is_reported_and_the_task_waits)
{
	int fd = cg_listen("h/a", "memory.oom_control", "");
	struct cg_eat eat = { "h/a", 32 * MB };
	pid_t pid;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put(A("oom_control"), "1"));
	EXPECT_EQ(1, cg_key(A("oom_control"), "oom_kill_disable"));
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "16M"));
	ASSERT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "16M"));
	pid = cg_spawn(cg_eats, &eat);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(cg_rings(fd, 30000));
	EXPECT_EQ(1, cg_key(A("oom_control"), "under_oom"));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 200));
	ASSERT_EQ(0, cg_put(A("memsw.limit_in_bytes"), "-1"));
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "-1"));
	EXPECT_EQ(0, cg_wait_exit(pid, 30000));
	EXPECT_EQ(0, cg_key(A("oom_control"), "oom_kill"));
	close(fd);
}

/* ---- a group without room ---- */

#define NR_GROUPS 32

/* Make groups while the group is full of page cache of a disk, which can be reclaimed. */
static int makes_groups(void *arg)
{
	static char buf[MB];
	int i, at, fd = open(DISK, O_RDWR);

	if (fd < 0 || cg_put("h/a/cgroup.procs", "0"))
		return 1;
	for (i = 0; i < NR_GROUPS; i++) {
		for (at = 0; at < 8; at++)
			if (pwrite(fd, buf, MB, at * MB) != MB)
				return 2;
		if (cg_mkdir(cg_path("h/a/g%d", i)))
			return 3;
		/* root made this group: its files are made in this lookup, the first one */
		if (cg_num(cg_path("h/a/of_root%d/memory.usage_in_bytes", i)) < 0)
			return 4;
	}
	return !arg;
}

TEST_F(memory, a_full_group_takes_new_groups)
{
	int i, disk = open(DISK, O_RDWR);

	/* the disk loses its page cache when its last file is closed */
	ASSERT_LE(0, disk);
	for (i = 0; i < NR_GROUPS; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/a/of_root%d", i)));
	ASSERT_EQ(0, cg_put(A("limit_in_bytes"), "8M"));
	ASSERT_EQ(0, cg_log_mark());
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(makes_groups, ""), 60000));
	/* what succeeded after a retry must not be logged as refused */
	EXPECT_FALSE(cg_logged("refuses", ""));
	EXPECT_LT(0, cg_num(A("failcnt")));
	EXPECT_EQ(0, cg_key(A("oom_control"), "oom_kill"));
	close(disk);
}

/* ---- removed groups ---- */

TEST_F(memory, charges_outlive_the_group)
{
	long long before;
	pid_t pid = eater(8 * MB);
	int i;

	ASSERT_LT(0, pid);
	ASSERT_LE(8 * MB, cg_num(A("usage_in_bytes")));
	before = cg_num("h/memory.usage_in_bytes");
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_LT(before - 4 * MB, cg_num("h/memory.usage_in_bytes"));
	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, cg_mkdir("h/a"));
		EXPECT_EQ(0, cg_num(A("usage_in_bytes")));
		ASSERT_EQ(0, cg_rmdir("h/a"));
	}
	ASSERT_EQ(0, cg_kill(pid));
}

TEST_HARNESS_MAIN
