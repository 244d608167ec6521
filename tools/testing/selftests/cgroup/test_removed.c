// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * A group that rmdir has removed no longer exists for any check of a controller,
 * although its csses go offline later.
 */
#include "cg_test.h"

#include <sys/mman.h>

/* A css goes offline a grace period after the rmdir. Each try is before that. */
#define TRIES	20

/*
 *  h/          the controller of the test
 *  `-- a/
 *      `-- b/  is made and removed
 */
CG_FIXTURE(removed);
CG_FIXTURE(beyond_removed);

#define GROUP_OF(ss) do { \
	ASSERT_EQ(0, cg_mount_retry(ss, "h")); \
	ASSERT_EQ(0, cg_mkdir("h/a")); \
} while (0)

/* ---- cpuset ---- */

static int exclusive_child(const char *flag)
{
	return cg_mkdir("h/a/b") ?: cg_put("h/a/b/cpuset.cpus", "0-1") ?:
	       cg_put("h/a/b/cpuset.mems", "0") ?: cg_put(flag, "1") ?: cg_rmdir("h/a/b");
}

/* A parent need not keep the CPUs of a removed child. */
TEST_F(removed, cpuset_of_a_removed_child_does_not_limit_the_parent)
{
	int i;

	GROUP_OF("cpuset");
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0-1"));
		ASSERT_EQ(0, exclusive_child("h/a/b/cpuset.sched_load_balance"));
		ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0"));
	}
}

/* A removed exclusive cpuset affects neither its successor nor its siblings nor its parent. */
TEST_F(removed, cpuset_of_a_removed_child_excludes_no_other)
{
	static const char * const flags[] = { "cpuset.cpu_exclusive", "cpuset.mem_exclusive" };
	int i, round;

	GROUP_OF("cpuset");
	ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0-1"));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	for (round = 0; round < 2 * TRIES; round++) {
		i = round % 2;
		ASSERT_EQ(0, cg_put(cg_path("h/a/%s", flags[i]), "1"));
		ASSERT_EQ(0, exclusive_child(cg_path("h/a/b/%s", flags[i])));
		ASSERT_EQ(0, exclusive_child(cg_path("h/a/b/%s", flags[i])));
		ASSERT_EQ(0, cg_put(cg_path("h/a/%s", flags[i]), "0"));
	}
}

/* ---- devices ---- */

/* The default of a group changes only while it has no child. */
TEST_F(beyond_removed, devices_ignores_a_removed_child)
{
	int i;

	GROUP_OF("devices");
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		ASSERT_EQ(-EINVAL, cg_put("h/a/devices.deny", "a"));
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
		ASSERT_EQ(0, cg_put("h/a/devices.deny", "a"));
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		ASSERT_EQ(-EINVAL, cg_put("h/a/devices.allow", "a"));
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
		ASSERT_EQ(0, cg_put("h/a/devices.allow", "a"));
	}
}

/* Children that begin to inherit, or that were refused, have no css of devices any more. */
TEST_F(beyond_removed, devices_ignores_a_child_without_a_css)
{
	int i;

	GROUP_OF("devices,debug");
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, cg_put("h/a/b/devices.inherit", "1"));
		ASSERT_EQ(0, cg_put("h/a/devices.deny", "a"));
		ASSERT_EQ(0, cg_put("h/a/devices.allow", "a"));
		ASSERT_EQ(0, cg_put("h/a/b/devices.inherit", "0"));
		ASSERT_EQ(-EINVAL, cg_put("h/a/devices.deny", "a"));
	}
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, cg_put("h/a/debug.refuse_online", "%d 1", EPERM));
		ASSERT_EQ(-EPERM, cg_mkdir("h/a/b"));
		ASSERT_EQ(0, cg_put("h/a/devices.deny", "a"));
		ASSERT_EQ(0, cg_put("h/a/devices.allow", "a"));
	}
}

/* ---- cpu ---- */

#define QUOTA(group)	"h/" group "/cpu.cfs_quota_us"

TEST_F(beyond_removed, cpu_quota)
{
	int i;

	GROUP_OF("cpu");
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(0, cg_put(QUOTA("a"), "50000"));
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		ASSERT_EQ(0, cg_put(QUOTA("a/b"), "40000"));
		ASSERT_EQ(-EINVAL, cg_put(QUOTA("a"), "20000"));
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
		ASSERT_EQ(0, cg_put(QUOTA("a"), "20000"));
	}
}

static int join_and_exit(void *arg)
{
	return cg_put("h/a/b/tasks", "0");
}

/* A zombie holds the css of its group until its parent reaps it. */
TEST_F(beyond_removed, cpu_quota_held_by_a_zombie)
{
	pid_t pid;

	GROUP_OF("cpu");
	ASSERT_EQ(0, cg_put(QUOTA("a"), "50000"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put(QUOTA("a/b"), "40000"));
	pid = cg_spawn(join_and_exit, NULL);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(cg_wait_state(pid, "Z", 10000));
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	cg_msleep(200);
	EXPECT_EQ(0, cg_put(QUOTA("a"), "20000"));
	EXPECT_EQ(0, cg_wait_exit(pid, 10000));
}

/* ---- memory ---- */

static int touch_from_b(void *page)
{
	if (cg_put("h/a/b/tasks", "0"))
		return 1;
	*(volatile char *)page = 1;
	return 0;
}

/* The 64-bit entry NR of a file in /proc; 0 if there is none. */
static unsigned long long entry(const char *path, unsigned long long nr)
{
	unsigned long long value = 0;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return 0;
	if (pread(fd, &value, sizeof(value), nr * sizeof(value)) != sizeof(value))
		value = 0;
	close(fd);
	return value;
}

/* /proc/kpagecgroup shows the group of a page. Pages of a removed group show its parent. */
TEST_F(beyond_removed, memory_pages_of_a_removed_child_show_the_parent)
{
	struct stat a, b;
	int i;

	GROUP_OF("memory");
	ASSERT_EQ(0, stat("h/a", &a));
	for (i = 0; i < TRIES; i++) {
		char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
		unsigned long long pfn;

		ASSERT_NE(MAP_FAILED, page);
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		ASSERT_EQ(0, stat("h/a/b", &b));
		ASSERT_EQ(0, cg_wait_exit(cg_spawn(touch_from_b, page), 10000));
		*(volatile char *)page = 2;
		pfn = entry("/proc/self/pagemap", (unsigned long)page / 4096) & ((1ULL << 55) - 1);
		ASSERT_NE(0, pfn);
		ASSERT_EQ(b.st_ino, entry("/proc/kpagecgroup", pfn));
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
		ASSERT_EQ(a.st_ino, entry("/proc/kpagecgroup", pfn));
		munmap(page, 4096);
	}
}

/* ---- debug ---- */

/* How many online csses of h/a and its children debug.cgroup_subsys_states counts, or -1. */
static int online_cpu(void)
{
	const char *line = strstr(cg_text("h/a/debug.cgroup_subsys_states"), "cpu css ");
	int nr;

	line = line ? strstr(line, " online ") : NULL;
	return line && sscanf(line, " online %d", &nr) == 1 ? nr : -1;
}

TEST_F(beyond_removed, debug_does_not_count_a_removed_child)
{
	int i;

	GROUP_OF("cpu,debug");
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(1, online_cpu());
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		ASSERT_EQ(2, online_cpu());
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
	}
}

TEST_HARNESS_MAIN
