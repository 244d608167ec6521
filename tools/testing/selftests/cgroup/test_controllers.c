// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * Each controller works on this core: the test shows one effect of each, and what its files
 * refuse. The memory controller and the freezer have tests of their own.
 */
#include "cg_test.h"

#include <arpa/inet.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

/*
 *  h/          the controller of the test
 *  `-- a/
 */
CG_FIXTURE(effect);

#define GROUP_OF(ss) do { \
	ASSERT_EQ(0, cg_mount_retry(ss, "h")); \
	ASSERT_EQ(0, cg_mkdir("h/a")); \
} while (0)

static int spin_for(void *arg)
{
	long long end = cg_now_ms() + *(int *)arg;

	while (cg_now_ms() < end)
		;
	return 0;
}

/* ---- cpu, cpuacct, cpuset ---- */

TEST_F(effect, cpu_shares_have_a_minimum)
{
	GROUP_OF("cpu");
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "512"));
	EXPECT_EQ(512, cg_num("h/a/cpu.shares"));
	EXPECT_EQ(0, cg_put("h/a/cpu.shares", "1"));
	EXPECT_EQ(2, cg_num("h/a/cpu.shares"));
	EXPECT_EQ(-EINVAL, cg_put("h/cpu.shares", "512"));
	EXPECT_EQ(1024, cg_num("h/cpu.shares"));
}

static int spin_on_cpu0(void *arg)
{
	if (cg_put(arg, "0") || cg_pin(0))
		return 1;
	for (;;)
		;
}

/* Two groups compete for one CPU: they get it in the ratio of 1 to 4. */
TEST_F(effect, cpu_shares_divide_a_cpu)
{
	long long little, much;

	GROUP_OF("cpu,cpuacct");
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "256"));
	ASSERT_EQ(0, cg_put("h/b/cpu.shares", "1024"));
	ASSERT_LT(0, cg_spawn(spin_on_cpu0, "h/a/tasks"));
	ASSERT_LT(0, cg_spawn(spin_on_cpu0, "h/b/tasks"));
	ASSERT_TRUE(CG_SOON(cg_num("h/a/cpuacct.usage") > 0 &&
			    cg_num("h/b/cpuacct.usage") > 0));
	ASSERT_EQ(0, cg_put("h/a/cpuacct.usage", "0"));
	ASSERT_EQ(0, cg_put("h/b/cpuacct.usage", "0"));
	/* until group a has used 600 ms of CPU time */
	ASSERT_TRUE(CG_SOON(cg_num("h/a/cpuacct.usage") >= 600 * 1000000LL));
	little = cg_num("h/a/cpuacct.usage");
	much = cg_num("h/b/cpuacct.usage");
	EXPECT_LT(3 * little, much)
		TH_LOG("%lld ms and %lld ms", little / 1000000, much / 1000000);
	EXPECT_GT(5 * little, much)
		TH_LOG("%lld ms and %lld ms", little / 1000000, much / 1000000);
}

/* FEW and MANY compete for one CPU: does MANY get about eight times as much from now on? */
static bool gets_eight_times(pid_t few, pid_t many)
{
	long long little = cg_cpu_ms(few), much = cg_cpu_ms(many), start = little;
	bool soon = CG_SOON(cg_cpu_ms(few) >= start + 250);

	little = cg_cpu_ms(few) - little;
	much = cg_cpu_ms(many) - much;
	if (soon && 4 * little <= much && much <= 16 * little)
		return true;
	fprintf(stderr, "# %lld ms and %lld ms\n", little, much);
	return false;
}

/* New shares, and a move to another group, take effect at once. */
TEST_F(effect, cpu_shares_can_change_in_use)
{
	pid_t one, two;

	GROUP_OF("cpu");
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "1024"));
	ASSERT_EQ(0, cg_put("h/b/cpu.shares", "8192"));
	one = cg_spawn(spin_on_cpu0, "h/a/tasks");
	two = cg_spawn(spin_on_cpu0, "h/b/tasks");
	ASSERT_TRUE(CG_SOON(cg_has_pid("h/a/tasks", one) && cg_has_pid("h/b/tasks", two)));
	EXPECT_TRUE(gets_eight_times(one, two));
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "8192"));
	ASSERT_EQ(0, cg_put("h/b/cpu.shares", "1024"));
	EXPECT_TRUE(gets_eight_times(two, one));
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", two));
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", one));
	EXPECT_TRUE(gets_eight_times(one, two));
}

TEST_F(effect, cpu_quota_throttles)
{
	struct rusage usage;
	int ms = 1500, status;
	long long used;
	pid_t pid;

	GROUP_OF("cpu");
	ASSERT_EQ(0, cg_put("h/a/cpu.cfs_quota_us", "10000"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	pid = cg_spawn(spin_for, &ms);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	ASSERT_EQ(pid, wait4(pid, &status, 0, &usage));
	used = usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000 +
	       usage.ru_stime.tv_sec * 1000 + usage.ru_stime.tv_usec / 1000;
	EXPECT_LT(0, cg_key("h/a/cpu.stat", "nr_throttled"));
	EXPECT_LT(0, cg_key("h/a/cpu.stat", "throttled_time"));
	EXPECT_GT(ms / 2, used)
		TH_LOG("used %lld of %d ms at a tenth", used, ms);
}

static int spins(void *arg)
{
	for (;;)
		;
	return !arg;
}

/* Does PID, which could always run, get less than half of a CPU for a while? */
static bool gets_less_than_half(pid_t pid)
{
	long long start = cg_now_ms(), had = cg_cpu_ms(pid), used;

	cg_msleep(500);
	used = cg_cpu_ms(pid) - had;
	return had >= 0 && 2 * used < cg_now_ms() - start;
}

/*
 * A process that is forked in a group, and its threads, are in the group. So the quota of the
 * group, a twentieth of a CPU, applies to a child that runs.
 */
TEST_F(effect, a_child_is_in_the_cpu_group_of_its_parent)
{
	pid_t pids[8];
	pid_t pid, busy;

	GROUP_OF("cpu");
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	pid = cg_threads(NULL, 2);
	ASSERT_LT(0, pid);
	busy = cg_spawn(spins, NULL);
	ASSERT_LT(0, busy);
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	EXPECT_EQ(4, cg_pids("h/a/tasks", pids, 8));
	ASSERT_EQ(0, cg_put("h/a/cpu.cfs_quota_us", "5000"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/cpu.stat", "nr_throttled") > 0));
	EXPECT_TRUE(CG_SOON(gets_less_than_half(busy)));
}

TEST_F(effect, cpuacct_counts_cpu_time)
{
	int ms = 300;
	long long used;
	pid_t pid;

	GROUP_OF("cpuacct");
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	pid = cg_spawn(spin_for, &ms);
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	ASSERT_EQ(0, cg_wait_exit(pid, 20000));
	used = cg_num("h/a/cpuacct.usage");
	EXPECT_LT(50 * 1000000LL, used);
	EXPECT_LE(used, cg_num("h/cpuacct.usage"));
	EXPECT_LT(0, cg_key("h/a/cpuacct.stat", "user"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/cpuacct.usage", "1"));
	EXPECT_EQ(0, cg_put("h/a/cpuacct.usage", "0"));
	EXPECT_EQ(0, cg_num("h/a/cpuacct.usage"));
}

TEST_F(effect, cpuset_limits_the_cpus_of_a_task)
{
	cpu_set_t set;
	pid_t pid;

	GROUP_OF("cpuset");
	pid = cg_sleeper(NULL);
	ASSERT_LT(0, pid);
	EXPECT_EQ(-ENOSPC, cg_put("h/a/tasks", "%d", pid));
	ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0"));
	EXPECT_EQ(-ENOSPC, cg_put("h/a/tasks", "%d", pid));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid));
	ASSERT_EQ(0, sched_getaffinity(pid, sizeof(set), &set));
	EXPECT_EQ(1, CPU_COUNT(&set));
	EXPECT_TRUE(CPU_ISSET(0, &set));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	ASSERT_EQ(0, sched_getaffinity(pid, sizeof(set), &set));
	EXPECT_LT(1, CPU_COUNT(&set));
}

TEST_F(effect, cpuset_refuses_bad_values)
{
	pid_t pid;

	GROUP_OF("cpuset");
	EXPECT_EQ(-EINVAL, cg_put("h/a/cpuset.cpus", "many"));
	EXPECT_EQ(-ERANGE, cg_put("h/a/cpuset.cpus", "100000"));
	EXPECT_EQ(-ERANGE, cg_put("h/a/cpuset.mems", "100000"));
	EXPECT_EQ(-EACCES, cg_put("h/cpuset.cpus", "0"));
	ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0"));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_EQ(-EACCES, cg_put("h/a/b/cpuset.cpus", "1"));
	EXPECT_STREQ("", cg_text("h/a/b/cpuset.cpus"));
	pid = cg_sleeper("h/a");
	ASSERT_LT(0, pid);
	EXPECT_EQ(-ENOSPC, cg_put("h/a/cpuset.cpus", "\n"));
	EXPECT_STREQ("0", cg_text("h/a/cpuset.cpus"));
}

TEST_F(effect, cpuset_is_copied_with_clone_children)
{
	GROUP_OF("cpuset");
	ASSERT_EQ(0, cg_put("h/a/cpuset.cpus", "0-1"));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "0"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.clone_children", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_STREQ("0-1", cg_text("h/a/b/cpuset.cpus"));
	EXPECT_STREQ("0", cg_text("h/a/b/cpuset.mems"));
	EXPECT_EQ(0, cg_put("h/a/b/tasks", "0"));
}

/* ---- pids, devices ---- */

static int fork_until_refused(void *arg)
{
	int n = 0;
	pid_t pid;

	if (cg_put("h/a/tasks", "0"))
		return 100;
	while (n < 20 && (pid = fork()) >= 0) {
		if (!pid)
			cg_pause();
		n++;
	}
	return n + (n < 20 && errno != EAGAIN ? 50 : 0);
}

TEST_F(effect, pids_limits_forks)
{
	GROUP_OF("pids");
	ASSERT_EQ(0, cg_put("h/a/pids.max", "4"));
	EXPECT_EQ(3, cg_spawn_wait(fork_until_refused, NULL));
	EXPECT_EQ(1, cg_key("h/a/pids.events", "max"));
	EXPECT_EQ(3, cg_num("h/a/pids.current"));
	EXPECT_EQ(4, cg_num("h/a/pids.peak"));
	cg_kill_children();
	EXPECT_TRUE(cg_wait_num("h/a/pids.current", 0, 10000));
	EXPECT_EQ(-EINVAL, cg_put("h/a/pids.max", "-1"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/pids.max", "many"));
	EXPECT_EQ(4, cg_num("h/a/pids.max"));
	EXPECT_EQ(0, cg_put("h/a/pids.max", "max"));
	EXPECT_STREQ("max", cg_text("h/a/pids.max"));
}

/* An attach may exceed the limit; only forks are refused. */
TEST_F(effect, pids_counts_tasks_that_move)
{
	pid_t pid;

	GROUP_OF("pids");
	ASSERT_EQ(0, cg_put("h/a/pids.max", "1"));
	pid = cg_threads("h/a", 5);
	ASSERT_LT(0, pid);
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", pid));
	EXPECT_EQ(5, cg_num("h/a/pids.current"));
	EXPECT_EQ(1, cg_num("h/b/pids.current"));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	EXPECT_EQ(0, cg_num("h/a/pids.current"));
	EXPECT_EQ(0, cg_num("h/b/pids.current"));
}

static int open_null(void *arg)
{
	int fd;

	if (cg_put("h/a/tasks", "0"))
		return 100;
	fd = open("/dev/null", O_RDWR);
	return fd < 0 ? errno : 0;
}

static int make_node(void *arg)
{
	if (cg_put("h/a/tasks", "0"))
		return 100;
	return mknod("node", S_IFCHR | 0600, makedev(1, 5)) ? errno : 0;
}

TEST_F(effect, devices_limits_open_and_mknod)
{
	GROUP_OF("devices");
	EXPECT_EQ(0, cg_spawn_wait(open_null, NULL));
	ASSERT_EQ(0, cg_put("h/a/devices.deny", "c 1:3 rwm"));
	EXPECT_EQ(EPERM, cg_spawn_wait(open_null, NULL));
	ASSERT_EQ(0, cg_put("h/a/devices.deny", "a"));
	EXPECT_STREQ("", cg_text("h/a/devices.list"));
	EXPECT_EQ(EPERM, cg_spawn_wait(make_node, NULL));
	ASSERT_EQ(0, cg_put("h/a/devices.allow", "c 1:3 rw"));
	EXPECT_STREQ("c 1:3 rw", cg_text("h/a/devices.list"));
	EXPECT_EQ(0, cg_spawn_wait(open_null, NULL));
	EXPECT_EQ(EPERM, cg_spawn_wait(make_node, NULL));
	/* a child may have no more than its parent */
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_EQ(-EPERM, cg_put("h/a/b/devices.allow", "c 1:5 r"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/devices.allow", "x 1:3 r"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/devices.allow", "c 1"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/devices.allow", "c 1:3 q"));
	EXPECT_STREQ("c 1:3 rw", cg_text("h/a/devices.list"));
}

/* ---- net_cls, net_prio ---- */

TEST_F(effect, net_cls_classid_is_copied_to_a_child)
{
	GROUP_OF("net_cls");
	ASSERT_EQ(0, cg_put("h/a/net_cls.classid", "0x100001"));
	EXPECT_STREQ("1048577", cg_text("h/a/net_cls.classid"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_STREQ("1048577", cg_text("h/a/b/net_cls.classid"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/net_cls.classid", "10:1"));
	EXPECT_EQ(0, cg_put("h/a/tasks", "0"));
}

TEST_F(effect, net_prio_map_is_copied_to_a_child)
{
	GROUP_OF("net_prio");
	ASSERT_EQ(0, cg_put("h/a/net_prio.ifpriomap", "lo 5"));
	EXPECT_EQ(5, cg_key("h/a/net_prio.ifpriomap", "lo"));
	EXPECT_EQ(0, cg_key("h/net_prio.ifpriomap", "lo"));
	EXPECT_EQ(-ENODEV, cg_put("h/a/net_prio.ifpriomap", "nosuch 5"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/net_prio.ifpriomap", "lo"));
	EXPECT_NE(cg_num("h/net_prio.prioidx"), cg_num("h/a/net_prio.prioidx"));
	/* a new child copies the map of its parent */
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_EQ(5, cg_key("h/a/b/net_prio.ifpriomap", "lo"));
	EXPECT_EQ(0, cg_put("h/a/tasks", "0"));
}

/* ---- perf_event, hugetlb, blkio, rdma, misc, debug ---- */

TEST_F(effect, perf_event_counts_a_group)
{
	long long idle, busy;
	struct cg_perf perf;
	int ms = 300, other;
	pid_t pid;

	GROUP_OF("perf_event");
	ASSERT_EQ(0, cg_perf_group(&perf, "h/a"));
	/* a task outside the group */
	EXPECT_EQ(0, cg_spawn_wait(spin_for, &ms));
	idle = cg_perf_sum(&perf);
	ASSERT_LE(0, idle);
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	pid = cg_spawn(spin_for, &ms);
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	ASSERT_EQ(0, cg_wait_exit(pid, 20000));
	busy = cg_perf_sum(&perf);
	EXPECT_LT(idle + 50 * 1000000LL, busy);
	EXPECT_GT(50 * 1000000LL, idle);
	EXPECT_EQ(-1, cg_perf_open(perf.fd[0], 0));
	EXPECT_EQ(EBADF, errno);
	other = open("/proc", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-1, cg_perf_open(other, 0));
	EXPECT_EQ(EBADF, errno);
	close(other);
	/* the event can be read after the group was removed */
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_LE(busy, cg_perf_sum(&perf));
	cg_perf_close(&perf);
}

static int touch_huge(void *arg)
{
	size_t size = *(size_t *)arg;
	char *at;

	if (cg_put("h/a/tasks", "0"))
		return 100;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return 101;
	memset(at, 1, size);
	return 0;
}

TEST_F(effect, hugetlb_limits_huge_pages)
{
	static const char nr[] = "/proc/sys/vm/nr_hugepages";
	size_t one = 2 << 20, two = 4 << 20;

	GROUP_OF("hugetlb");
	ASSERT_EQ(0, cg_put(nr, "4"));
	ASSERT_EQ(0, cg_put("h/a/hugetlb.2MB.limit_in_bytes", "2M"));
	EXPECT_EQ(0, cg_spawn_wait(touch_huge, &one));
	EXPECT_EQ(128 + SIGBUS, cg_spawn_wait(touch_huge, &two));
	EXPECT_EQ(1, cg_num("h/a/hugetlb.2MB.failcnt"));
	EXPECT_EQ(one, cg_num("h/a/hugetlb.2MB.max_usage_in_bytes"));
	EXPECT_EQ(0, cg_num("h/a/hugetlb.2MB.usage_in_bytes"));
	EXPECT_EQ(-EINVAL, cg_put("h/a/hugetlb.2MB.limit_in_bytes", "x"));
	EXPECT_EQ(0, cg_put(nr, "0"));
}

static int write_ram_disk(void *arg)
{
	char *block;
	int i, fd;

	if (cg_put("h/a/tasks", "0") || posix_memalign((void **)&block, 4096, 65536))
		return 1;
	memset(block, 'b', 65536);
	fd = open(arg, O_WRONLY | O_DIRECT);
	if (fd < 0)
		return 2;
	for (i = 0; i < 16; i++)
		if (pwrite(fd, block, 65536, i * 65536) != 65536)
			return 3;
	return 0;
}

/* Bytes that the group has written to the disk; counted only if the disk has a limit. */
static long long written_to(const char *dev)
{
	const char *line = strstr(cg_text("h/a/blkio.throttle.io_service_bytes"),
				  cg_path("%s Write ", dev));

	return line ? atoll(strstr(line, "Write ") + 6) : 0;
}

TEST_F(effect, blkio_throttles)
{
	const char *limit = "h/a/blkio.throttle.write_bps_device";
	long long start, fast, before;
	struct stat st;
	char dev[32];

	GROUP_OF("blkio");
	ASSERT_EQ(0, stat("/dev/nullb0", &st));
	snprintf(dev, sizeof(dev), "%d:%d", major(st.st_rdev), minor(st.st_rdev));
	start = cg_now_ms();
	ASSERT_EQ(0, cg_spawn_wait(write_ram_disk, "/dev/nullb0"));
	fast = cg_now_ms() - start;
	ASSERT_EQ(0, cg_put(limit, "%s 1048576", dev));
	EXPECT_EQ(1048576, cg_key(limit, dev));
	before = written_to(dev);
	start = cg_now_ms();
	ASSERT_EQ(0, cg_spawn_wait(write_ram_disk, "/dev/nullb0"));
	EXPECT_LT(fast + 400, cg_now_ms() - start);
	EXPECT_EQ(1048576, written_to(dev) - before);
	EXPECT_EQ(-EINVAL, cg_put(limit, "%s", dev));
	EXPECT_EQ(-ENODEV, cg_put(limit, "250:250 1"));
	EXPECT_EQ(0, cg_put(limit, "%s 0", dev));
	EXPECT_STREQ("", cg_text(limit));
}

TEST_F(effect, rdma_and_misc_refuse_unknown_resources)
{
	GROUP_OF("rdma");
	EXPECT_STREQ("", cg_text("h/a/rdma.current"));
	EXPECT_GT(0, cg_put("h/a/rdma.max", "nosuch hca_handle=1"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	ASSERT_EQ(0, cg_mount_retry("misc", "m"));
	ASSERT_EQ(0, cg_mkdir("m/a"));
	EXPECT_STREQ("", cg_text("m/misc.capacity"));
	EXPECT_EQ(-EINVAL, cg_put("m/a/misc.max", "nosuch 1"));
	EXPECT_EQ(0, cg_put("m/a/tasks", "0"));
}

/* Each controller can be mounted, makes its files in a new group, and accepts a task there. */
TEST_F(effect, each_controller_has_its_files_and_accepts_a_task)
{
	static const struct { const char *name, *file; } all[] = {
		{ "cpuset", "cpuset.cpus" },
		{ "cpu", "cpu.shares" },
		{ "cpuacct", "cpuacct.usage" },
		{ "blkio", "blkio.throttle.write_bps_device" },
		{ "memory", "memory.limit_in_bytes" },
		{ "devices", "devices.list" },
		{ "freezer", "freezer.state" },
		{ "net_cls", "net_cls.classid" },
		{ "perf_event", "tasks" },
		{ "net_prio", "net_prio.ifpriomap" },
		{ "hugetlb", "hugetlb.2MB.limit_in_bytes" },
		{ "pids", "pids.max" },
		{ "rdma", "rdma.max" },
		{ "misc", "misc.max" },
		{ "debug", "debug.taskcount" },
	};
	char path[64];
	int i;

	ASSERT_EQ(15, ARRAY_SIZE(all));
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		const char *name = all[i].name, *dir = cg_path("d%d", i);

		EXPECT_TRUE(cg_usable(name))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_mount_retry(cg_path("%s,clone_children", name), dir))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_mkdir(cg_path("d%d/a", i)))
			TH_LOG("%s", name);
		EXPECT_TRUE(cg_exists(cg_path("d%d/a/%s", i, all[i].file)))
			TH_LOG("%s", all[i].file);
		EXPECT_EQ(0, cg_put(cg_path("d%d/a/tasks", i), "0"))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_proc_path(0, name, path, sizeof(path)));
		EXPECT_STREQ("/a", path);
		EXPECT_EQ(0, cg_put(cg_path("d%d/tasks", i), "0"));
		EXPECT_EQ(0, cg_rmdir(cg_path("d%d/a", i)));
	}
}

TEST_F(effect, each_file_of_debug_can_be_read)
{
	static char buf[CG_TEXT_LEN];
	char files[4096];
	const char * const list[] = { "/bin/busybox", "ls", "h/a", NULL };
	char *file, *save = NULL;
	int n = 0;

	GROUP_OF("debug");
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, cg_run(list, files, sizeof(files)));
	for (file = strtok_r(files, "\n", &save); file; file = strtok_r(NULL, "\n", &save)) {
		if (strncmp(file, "debug.", 6))
			continue;
		n++;
		EXPECT_LE(0, cg_read(cg_path("h/a/%s", file), buf, sizeof(buf)))
			TH_LOG("%s", file);
	}
	EXPECT_LT(0, n);
}

/* ---- a processor goes offline ---- */

/*
 *  h/ cpuset
 *  `-- a/	cpus 0-1
 *      `-- b/	cpus 1, a process with two threads
 *          `-- c/
 */
static int make_hotplug(pid_t *pid)
{
	int ret = cg_setup() ?: cg_mount_retry("cpuset,clone_children", "h") ?:
		  cg_mkdir("h/a") ?: cg_mkdir("h/a/b") ?: cg_put("h/a/b/cpuset.cpus", "1") ?:
		  cg_mkdir("h/a/b/c");

	*pid = ret ?: cg_threads(NULL, 1);
	return *pid < 0 ? *pid : cg_put("h/a/b/cgroup.procs", "%d", *pid);
}

#define HOTPLUG_FIXTURE(name) \
	FIXTURE(name) { pid_t pid; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, make_hotplug(&self->pid)); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		cg_cpu_online(1, true); \
		EXPECT_EQ(0, cg_teardown()); \
	}

HOTPLUG_FIXTURE(hotplug);

TEST_F(hotplug, tasks_of_a_cpuset_without_a_cpu_move_to_the_parent)
{
	ASSERT_EQ(0, cg_cpu_online(1, false));
	EXPECT_TRUE(CG_SOON(cg_has_pid("h/a/cgroup.procs", self->pid) &&
			    !strcmp(cg_text("h/a/b/tasks"), "")));
	EXPECT_STREQ("0", cg_text("h/a/cpuset.cpus"));
	EXPECT_STREQ("", cg_text("h/a/b/cpuset.cpus"));
	/* the task is not moved back */
	ASSERT_EQ(0, cg_cpu_online(1, true));
	EXPECT_TRUE(cg_has_pid("h/a/cgroup.procs", self->pid));
}

/* ---- not in mainline ---- */

CG_FIXTURE(beyond);

static long long nr_css_sets(void *arg)
{
	return cg_num("h/debug.css_sets");
}

/* There is one css_set for each combination of groups that has a member. */
TEST_F(beyond, debug_counts_css_sets)
{
	long long before;
	pid_t pid[3];
	int i;

	ASSERT_EQ(0, cg_mount("debug", "h"));
	ASSERT_EQ(0, cg_mount("none,name=other", "o"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("o/a"));
	for (i = 0; i < 3; i++) {
		pid[i] = cg_sleeper(NULL);
		ASSERT_LT(0, pid[i]);
	}
	/* until the css_sets of tasks that have exited are freed */
	before = cg_settled(nr_css_sets, NULL, 100 * cg_slow());
	ASSERT_LT(0, before);
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid[0]));
	EXPECT_EQ(before + 1, cg_num("h/debug.css_sets"));
	/* the same combination */
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", pid[1]));
	EXPECT_EQ(before + 1, cg_num("h/debug.css_sets"));
	/* pid[2] is in h and o/a, then pid[1] is in h/a and o/a */
	ASSERT_EQ(0, cg_put("o/a/tasks", "%d", pid[2]));
	EXPECT_EQ(before + 2, cg_num("h/debug.css_sets"));
	ASSERT_EQ(0, cg_put("o/a/tasks", "%d", pid[1]));
	EXPECT_EQ(before + 3, cg_num("h/debug.css_sets"));
	/* the last member of a combination moves, or is killed */
	ASSERT_EQ(0, cg_put("o/tasks", "%d", pid[1]));
	EXPECT_EQ(before + 2, cg_num("h/debug.css_sets"));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid[1]));
	EXPECT_EQ(before + 2, cg_num("h/debug.css_sets"));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid[0]));
	EXPECT_EQ(before + 1, cg_num("h/debug.css_sets"));
	ASSERT_EQ(0, cg_kill(pid[2]));
	EXPECT_TRUE(CG_SOON(cg_num("h/debug.css_sets") == before))
		TH_LOG("%lld, not %lld", cg_num("h/debug.css_sets"), before);
}

HOTPLUG_FIXTURE(beyond_hotplug);

/* Tasks of a group that inherits the cpuset without a CPU move to the parent, too. */
TEST_F(beyond_hotplug, tasks_that_inherit_the_cpuset_move_to_the_parent)
{
	pid_t below = cg_sleeper("h/a/b/c");

	ASSERT_LT(0, below);
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("h/a/b/c/cpuset.inherit", "1"));
	ASSERT_EQ(0, cg_cpu_online(1, false));
	EXPECT_TRUE(CG_SOON(cg_has_pid("h/a/tasks", self->pid) && cg_has_pid("h/a/tasks", below)));
	EXPECT_STREQ("", cg_text("h/a/b/tasks"));
	EXPECT_STREQ("", cg_text("h/a/b/c/tasks"));
	EXPECT_STREQ("0", cg_text("h/debug.css_sets_wrong"));
}

/* ---- BFQ, below a group that inherits ---- */

#define CONFIGFS	"/sys/kernel/config"
#define SLOW_DISK	CONFIGFS "/nullb/cgslow"
#define SLOW_QUEUE	"/sys/block/cgslow/queue/scheduler"
#define READS		64
#define READ_SIZE	4096
#define READS_APART	1048576	/* so that no two requests are merged */

FIXTURE(beyond_disk) { int unused; };

/* Each request takes 2 ms, and there are at most four at a time: the others queue up in BFQ. */
static int make_slow_disk(void)
{
	if (!cg_exists(CONFIGFS "/nullb"))
		mount("config", CONFIGFS, "configfs", 0, NULL);
	return cg_mkdir(SLOW_DISK) ?: cg_put(SLOW_DISK "/irqmode", "2") ?:
	       cg_put(SLOW_DISK "/completion_nsec", "2000000") ?:
	       cg_put(SLOW_DISK "/hw_queue_depth", "4") ?: cg_put(SLOW_DISK "/power", "1") ?:
	       cg_put(SLOW_QUEUE, "bfq");
}

FIXTURE_SETUP(beyond_disk)
{
	ASSERT_EQ(0, cg_setup());
	if (make_slow_disk()) {
		rmdir(SLOW_DISK);
		SKIP(return, "this kernel has no null_blk, or no BFQ");
	}
}

FIXTURE_TEARDOWN(beyond_disk)
{
	EXPECT_EQ(0, cg_teardown());
	EXPECT_EQ(0, cg_rmdir(SLOW_DISK));
}

static int reads_all_at_once(void *arg)
{
	struct iocb reads[READS] = { 0 }, *next;
	struct io_event events[READS];
	aio_context_t context = 0;
	void *block;
	int i, fd;

	if (cg_put(arg, "0") || posix_memalign(&block, READ_SIZE, READ_SIZE))
		return 1;
	fd = open("/dev/cgslow", O_RDONLY | O_DIRECT);
	if (fd < 0 || syscall(SYS_io_setup, READS, &context))
		return 2;
	for (i = 0; i < READS; i++) {
		next = &reads[i];
		next->aio_lio_opcode = IOCB_CMD_PREAD;
		next->aio_fildes = fd;
		next->aio_buf = (unsigned long)block;
		next->aio_nbytes = READ_SIZE;
		next->aio_offset = (long long)i * READS_APART;
		if (syscall(SYS_io_submit, context, 1, &next) != 1)
			return 3;
	}
	if (syscall(SYS_io_getevents, context, READS, READS, events, NULL) != READS)
		return 4;
	for (i = 0; i < READS; i++)
		if (events[i].res != READ_SIZE)
			return 5;
	return 0;
}

static long long warnings(void)
{
	return cg_num("/proc/sys/kernel/tainted") & 512;
}

/*
 * h/a/b is two levels below the root, but its state is only one level below that of the root.
 * BFQ compares its own levels with those of the states, and warns if they differ.
 */
TEST_F(beyond_disk, bfq_knows_the_level_of_a_state)
{
	long long before = warnings();

	ASSERT_EQ(0, cg_mount("blkio", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/a/blkio.inherit", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/b/blkio.inherit", "0"));
	EXPECT_EQ(0, cg_spawn_wait(reads_all_at_once, "h/a/b/tasks"));
	EXPECT_EQ(0, cg_spawn_wait(reads_all_at_once, "h/a/tasks"));
	EXPECT_EQ(before, warnings());
}

TEST_HARNESS_MAIN
