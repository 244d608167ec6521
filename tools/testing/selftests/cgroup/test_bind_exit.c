// SPDX-License-Identifier: GPL-2.0
/*
 * A group loses its state of hugetlb while one of its tasks exits. The task still has its
 * memory, and charges more: no charge may stay with the old state, which is offline.
 *
 * An exiting task walks its list of robust futexes. Here the first ones are on a disk from
 * which the task may read once per second. The last one is in a huge page that has not been
 * allocated yet.
 */
#include "cg_test.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

#define DISK		"/dev/ram0"
#define HUGE_SIZE	2097152LL
#define NR_HUGE		"/proc/sys/vm/nr_hugepages"
#define APART		1048576	/* distance on the disk, too large for read-ahead */
#define MAX_ON_DISK	32	/* futexes on the disk: a second and a MiB for each */

FIXTURE(beyond) {
	int huge;
	void *at;
	pid_t pid;
};

static int on_disk(void)
{
	return 2 * cg_slow() < MAX_ON_DISK ? 2 * cg_slow() : MAX_ON_DISK;
}

static void *map_huge(int fd)
{
	return mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* Write the pages back, and drop them from the task and from the page cache. */
static bool forgotten(int disk, void *at, size_t size)
{
	return !msync(at, size, MS_SYNC) && !madvise(at, size, MADV_DONTNEED) &&
	       !madvise(at, size, MADV_RANDOM) && !posix_fadvise(disk, 0, 0, POSIX_FADV_DONTNEED);
}

static int exits_slowly(void *arg)
{
	static struct robust_list_head head;
	int i, huge = *(int *)arg, disk = open(DISK, O_RDWR);
	size_t size = on_disk() * APART;
	char *slow = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, disk, 0);
	char *hole = map_huge(huge);

	if (slow == MAP_FAILED || hole == MAP_FAILED)
		return 1;
	for (i = 0; i < on_disk(); i++)
		((struct robust_list *)(slow + i * APART))->next =
			(void *)(i + 1 < on_disk() ? slow + (i + 1) * APART : hole);
	head.list.next = (void *)slow;
	head.futex_offset = sizeof(void *);
	if (!forgotten(disk, slow, size) ||
	    syscall(SYS_set_robust_list, &head, sizeof(head)) ||
	    cg_put("r/slow/cgroup.procs", "0") || cg_put("h/a/b/cgroup.procs", "0"))
		return 2;
	return 0;
}

/* Has PID begun to exit, and does it still have its memory? */
static bool is_exiting(pid_t pid)
{
	char buf[1024];
	const char *stat = cg_stat(pid, buf, sizeof(buf));
	unsigned int flags;

	return stat && sscanf(stat, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       (flags & 4 /* PF_EXITING */) && cg_text(cg_path("/proc/%d/maps", pid))[0];
}

/* Drop the last references to the huge page. */
static void give_up(int huge, void *at)
{
	munmap(at, HUGE_SIZE);
	close(huge);
}

FIXTURE_SETUP(beyond)
{
	struct stat st;

	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount_retry("hugetlb,name=exit", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_mount_retry("blkio", "r"));
	ASSERT_EQ(0, cg_mkdir("r/slow"));
	ASSERT_EQ(0, stat(DISK, &st));
	ASSERT_EQ(0, cg_put("r/slow/blkio.throttle.read_iops_device", "%d:%d 1",
			    major(st.st_rdev), minor(st.st_rdev)));
	ASSERT_EQ(0, cg_put(NR_HUGE, "1"));
	self->huge = memfd_create("huge", MFD_HUGETLB);
	ASSERT_LE(0, self->huge);
	ASSERT_EQ(0, ftruncate(self->huge, HUGE_SIZE));
	/* reserves the page: an unreserved page would hold the state of the task that faults */
	self->at = map_huge(self->huge);
	ASSERT_NE(MAP_FAILED, self->at);
	self->pid = cg_spawn(exits_slowly, &self->huge);
	ASSERT_TRUE(CG_SOON(is_exiting(self->pid)));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_put(NR_HUGE, "0"));
	EXPECT_EQ(0, cg_teardown());
}

/* Is the huge page charged to this group itself, not to one below it? */
static bool is_charged(const char *file)
{
	long long total;

	return sscanf(cg_text(file), "total=%lld", &total) == 1 && total == HUGE_SIZE;
}

/* The task exits, the last user of the old states: they are freed soon. */
#define EXITS_AND_IS_FORGOTTEN() do { \
	EXPECT_TRUE(is_exiting(self->pid)); \
	EXPECT_EQ(0, cg_wait_exit(self->pid, 20000)); \
	cg_msleep(300 * cg_slow()); \
} while (0)

TEST_F(beyond, a_group_inherits_while_its_task_exits)
{
	ASSERT_EQ(0, cg_put("h/a/b/hugetlb.inherit", "1"));
	EXITS_AND_IS_FORGOTTEN();
	EXPECT_EQ(HUGE_SIZE, cg_num("h/a/hugetlb.2MB.usage_in_bytes"));
	EXPECT_TRUE(is_charged("h/a/hugetlb.2MB.numa_stat"));
	give_up(self->huge, self->at);
	EXPECT_EQ(0, cg_num("h/a/hugetlb.2MB.usage_in_bytes"));
}

TEST_F(beyond, hugetlb_is_unbound_while_a_task_exits)
{
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-hugetlb"));
	EXITS_AND_IS_FORGOTTEN();
	EXPECT_NE(NULL, strstr(cg_text("/proc/meminfo"), "HugePages_Free:        0\n"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+hugetlb"));
	EXPECT_TRUE(is_charged("h/hugetlb.2MB.numa_stat"));
	EXPECT_EQ(0, cg_num("h/a/hugetlb.2MB.usage_in_bytes"));
	give_up(self->huge, self->at);
	EXPECT_NE(NULL, strstr(cg_text("/proc/meminfo"), "HugePages_Free:        1\n"));
	EXPECT_EQ(0, cg_num("h/a/hugetlb.2MB.usage_in_bytes"));
}

TEST_HARNESS_MAIN
