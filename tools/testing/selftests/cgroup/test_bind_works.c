// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * Subsystems are bound to a hierarchy in use. Each of them works then, also for tasks that were
 * in the groups before. After it is unbound, memory stays charged to the old states.
 */
#include "cg_test.h"

#include <sys/mman.h>

#define SUBSYSTEMS "h/cgroup.subsystems"
#define MB	1048576LL

FIXTURE(beyond) {
	pid_t outer, inner;
};

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_live_tree(&self->outer, &self->inner));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

/* ---- each subsystem works ---- */

#define HERE	"h/a/cgroup.procs"

static int touches(void *arg)
{
	return cg_put(arg, "0") || cg_touch(4 * MB);
}

static int spins(void *arg)
{
	volatile unsigned int i;

	if (cg_put(arg, "0"))
		return 1;
	for (i = 0; i < 1000000; i++)
		;
	return 0;
}

/* Open a device: 0 if it is allowed. */
static int opens_device(void *arg)
{
	if (cg_put(arg, "0"))
		return 100;
	return open("/dev/null", O_RDWR) < 0 ? errno : 0;
}

static bool keeps(const char *file, const char *text)
{
	return !cg_put(file, "%s", text) && !strcmp(cg_text(file), text);
}

static bool cpuset_works(pid_t pid)
{
	cpu_set_t its;

	return keeps("h/a/b/cpuset.cpus", "0") && keeps("h/a/cpuset.cpus", "0") &&
	       !sched_getaffinity(pid, sizeof(its), &its) && CPU_COUNT(&its) == 1 &&
	       CPU_ISSET(0, &its);
}

static bool cpu_works(pid_t pid)
{
	return keeps("h/a/cpu.shares", "512") && keeps("h/a/cpu.cfs_quota_us", "50000");
}

static bool cpuacct_works(pid_t pid)
{
	long long before = cg_num("h/a/cpuacct.usage");

	return before >= 0 && !cg_spawn_wait(spins, HERE) &&
	       cg_num("h/a/cpuacct.usage") > before;
}

static bool blkio_works(pid_t pid)
{
	return keeps("h/a/blkio.throttle.read_bps_device", "1:0 1048576");
}

static bool memory_works(pid_t pid)
{
	return keeps("h/a/memory.limit_in_bytes", "67108864") &&
	       !cg_spawn_wait(touches, HERE) && cg_num("h/a/memory.max_usage_in_bytes") >= 4 * MB;
}

static bool devices_works(pid_t pid)
{
	return !cg_spawn_wait(opens_device, HERE) && !cg_put("h/a/devices.deny", "c 1:3 rwm") &&
	       cg_spawn_wait(opens_device, HERE) == EPERM;
}

static bool freezer_works(pid_t pid)
{
	return !cg_put("h/a/freezer.state", "FROZEN") &&
	       cg_wait_text("h/a/freezer.state", "FROZEN", 5000) &&
	       keeps("h/a/freezer.state", "THAWED");
}

static bool net_cls_works(pid_t pid)
{
	return keeps("h/a/net_cls.classid", "65537");
}

static bool net_prio_works(pid_t pid)
{
	return !cg_put("h/a/net_prio.ifpriomap", "lo 5") &&
	       cg_key("h/a/net_prio.ifpriomap", "lo") == 5;
}

/* perf_event has no files: an event has to count the time of the group. */
static bool perf_event_works(pid_t pid)
{
	struct cg_perf perf;
	bool ok = !cg_perf_group(&perf, "h/a") && !cg_spawn_wait(spins, HERE) &&
		  cg_perf_sum(&perf) > 0;

	cg_perf_close(&perf);
	return ok;
}

static bool hugetlb_works(pid_t pid)
{
	return keeps("h/a/hugetlb.2MB.limit_in_bytes", "2097152");
}

/* h/a has four tasks, and may have five: the caller enters, and cannot fork there. */
static bool pids_works(pid_t pid)
{
	bool ok = cg_num("h/a/pids.current") == 4 && keeps("h/a/pids.max", "5");

	if (cg_put("h/a/cgroup.procs", "0"))
		return false;
	ok &= cg_fork_wait(NULL, NULL) == -EAGAIN;
	return !cg_put("h/cgroup.procs", "0") && ok;
}

static bool signal_works(pid_t pid)
{
	return !cg_put("h/a/signal.send", "0") && cg_put("h/c/signal.send", "0") == -ESRCH;
}

static bool debug_works(pid_t pid)
{
	bool ok = cg_num("h/a/debug.taskcount") == 3 && keeps("h/a/debug.refuse_attach", "16") &&
		  cg_put("h/a/cgroup.procs", "0") == -EBUSY;

	return keeps("h/a/debug.refuse_attach", "0") && ok;
}

/* rdma and misc have nothing in this guest that they could limit. */
static bool rdma_works(pid_t pid)
{
	return cg_exists("h/a/rdma.max");
}

static bool misc_works(pid_t pid)
{
	return cg_exists("h/a/misc.max");
}

static bool oom_works(pid_t pid)
{
	return keeps("h/a/oom.delay", "100") && cg_put("h/a/oom.control", "retry") == -ENOENT &&
	       keeps("h/a/oom.delay", "0");
}

static const struct {
	const char *name;
	bool (*works)(pid_t pid);
} works[] = {
#define WORKS(name)	{ #name, name##_works }
	WORKS(cpuset), WORKS(cpu), WORKS(cpuacct), WORKS(blkio), WORKS(memory), WORKS(devices),
	WORKS(freezer), WORKS(net_cls), WORKS(perf_event), WORKS(net_prio), WORKS(hugetlb),
	WORKS(pids), WORKS(rdma), WORKS(misc), WORKS(debug), WORKS(oom), WORKS(signal),
#undef WORKS
};

/* Does NAME work in h/a, where PID is? False for a subsystem without a row in the table. */
static bool subsystem_works(const char *name, pid_t pid)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(works); i++)
		if (!strcmp(works[i].name, name))
			return works[i].works(pid);
	return false;
}

/* Can tasks move and fork, and can groups be made and removed? */
static bool groups_work(pid_t pid)
{
	return !cg_put("h/c/cgroup.procs", "%d", pid) && !cg_put("h/a/cgroup.procs", "%d", pid) &&
	       !cg_kill(cg_sleeper("h/a/b")) && !cg_mkdir("h/c/new") && !cg_rmdir("h/c/new");
}

TEST_F(beyond, each_subsystem_works)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		const char *name = list[i].name;
		long long start;

		if (!cg_usable(name))
			continue;
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+%s", name))
			TH_LOG("%s", name);
		EXPECT_STREQ(name, cg_text(SUBSYSTEMS));
		EXPECT_TRUE(groups_work(self->outer))
			TH_LOG("%s", name);
		EXPECT_TRUE(subsystem_works(name, self->outer))
			TH_LOG("%s", name);

		/* unbound and bound within a second, while its settings are in use */
		start = cg_now_ms();
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-%s", name))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+%s", name))
			TH_LOG("%s", name);
		EXPECT_GT(1000 * cg_slow(), cg_now_ms() - start)
			TH_LOG("%s", name);
		EXPECT_TRUE(groups_work(self->outer))
			TH_LOG("%s, bound again", name);
		EXPECT_TRUE(subsystem_works(name, self->outer))
			TH_LOG("%s, bound again", name);

		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-%s", name))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_hierarchy_of(name));
	}
}

/* ---- tasks that were there before ---- */

/* The results of a task that opens a device and forks, again and again. */
struct busy {
	volatile unsigned int rounds;
	volatile int open_error, fork_error;
};

static int touches_some(void *arg)
{
	return cg_touch(2 * MB) != 0;
}

static int is_busy(void *arg)
{
	struct busy *busy = arg;

	for (;;) {
		int ret, fd = open("/dev/null", O_RDWR);

		busy->open_error = fd < 0 ? errno : 0;
		if (fd >= 0)
			close(fd);
		ret = cg_fork_wait(touches_some, NULL);
		busy->fork_error = ret < 0 ? -ret : 0;
		busy->rounds++;
	}
	return 1;
}

static bool goes_on(struct busy *busy)
{
	unsigned int then = busy->rounds;

	return CG_SOON(busy->rounds - then > 3);
}

/* No task enters the group after the bind: limits and counters apply to the task in it. */
TEST_F(beyond, limits_apply_to_tasks_that_were_there_before)
{
	struct busy *busy = mmap(NULL, sizeof(*busy), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int then;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, busy);
	pid = cg_spawn(is_busy, busy);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", pid));
	ASSERT_TRUE(goes_on(busy));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpu +cpuacct +memory +devices +freezer +pids"));
	EXPECT_TRUE(CG_SOON(cg_num("h/c/cpuacct.usage") > 0));
	EXPECT_TRUE(CG_SOON(cg_num("h/c/memory.max_usage_in_bytes") >= 2 * MB));
	EXPECT_EQ(0, busy->open_error);
	EXPECT_EQ(0, busy->fork_error);

	ASSERT_EQ(0, cg_put("h/c/devices.deny", "c 1:3 rwm"));
	EXPECT_TRUE(CG_SOON(busy->open_error == EPERM));
	ASSERT_EQ(0, cg_put("h/c/cpu.cfs_quota_us", "5000"));
	EXPECT_TRUE(CG_SOON(cg_key("h/c/cpu.stat", "nr_throttled") > 0));
	ASSERT_EQ(0, cg_put("h/c/cpu.cfs_quota_us", "-1"));
	ASSERT_EQ(0, cg_put("h/c/pids.max", "1"));
	EXPECT_TRUE(CG_SOON(busy->fork_error == EAGAIN));

	ASSERT_EQ(0, cg_put("h/c/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("h/c/freezer.state", "FROZEN", 5000));
	then = busy->rounds;
	cg_msleep(100);
	EXPECT_EQ(then, busy->rounds);

	/* after the unbind no limit applies */
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-cpu -cpuacct -memory -devices -freezer -pids"));
	EXPECT_TRUE(goes_on(busy));
	EXPECT_TRUE(CG_SOON(!busy->open_error && !busy->fork_error));
	munmap(busy, sizeof(*busy));
}

/* ---- memory that is charged to a removed state ---- */

struct eater {
	int full;
	int more;
};

/* Take 8 MB of memory in h/a, and 4 MB more when told to. */
static int eats(void *arg)
{
	struct eater *e = arg;
	volatile char *mem = mmap(NULL, 12 * MB, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;
	char byte;

	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	for (i = 0; i < 12 * MB; i += 4096) {
		if (i == 8 * MB && (write(e->full, "f", 1) != 1 || read(e->more, &byte, 1) != 1))
			return 2;
		mem[i] = 1;
	}
	if (write(e->full, "f", 1) != 1)
		return 3;
	cg_pause();
}

/* The id of the memory state of a group; no other state has it before this one is freed. */
static long long memory_id(const char *group)
{
	const char *at = strstr(cg_text(cg_path("%s/debug.cgroup_subsys_states", group)),
				"memory css ");

	at = at ? strstr(at, " id ") : NULL;
	return at ? strtoll(at + 4, NULL, 10) : -1;
}

/* Is ID free? A new state gets the lowest free id: make some until they get ID, or a higher one. */
static bool is_free(long long id)
{
	long long got = -1;
	int i, nr;

	for (nr = 0; nr < 200; nr++) {
		if (cg_mkdir(cg_path("h/c/n%d", nr)))
			break;
		got = memory_id(cg_path("h/c/n%d", nr));
		if (got >= id)
			break;
	}
	for (i = 0; i <= nr; i++)
		cg_rmdir(cg_path("h/c/n%d", i));
	return got == id;
}

static int touches_on(void *arg)
{
	return cg_pin(*(int *)arg) || touches(HERE);
}

/* A CPU caches charges and pages of the last states, until it caches those of others. */
static void touch_everywhere(void)
{
	int cpu;

	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++)
		cg_spawn_wait(touches_on, &cpu);
}

static bool goes(long long id)
{
	touch_everywhere();
	return is_free(id);
}

/* Memory stays charged to the state that was charged. This state is freed after its memory. */
TEST_F(beyond, memory_stays_charged_to_a_removed_state)
{
	int full[2], more[2];
	struct eater e;
	long long id;
	char byte;
	pid_t pid;

	CG_NEED("debug");
	CG_NEED("memory");
	ASSERT_EQ(0, pipe(full));
	ASSERT_EQ(0, pipe(more));
	e = (struct eater){ full[1], more[0] };
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+memory +debug"));
	pid = cg_spawn(eats, &e);
	ASSERT_LT(0, pid);
	ASSERT_EQ(1, read(full[0], &byte, 1));
	EXPECT_LE(8 * MB, cg_num("h/a/memory.usage_in_bytes"));
	id = memory_id("h/a");
	ASSERT_LT(1, id);

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-memory"));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+memory"));
	EXPECT_NE(id, memory_id("h/a"));
	EXPECT_GT(MB / 2, cg_num("h/a/memory.usage_in_bytes"));
	EXPECT_GT(MB / 2, cg_num("h/a/memory.max_usage_in_bytes"));
	/* new memory is charged to the new state */
	ASSERT_EQ(1, write(more[1], "m", 1));
	ASSERT_EQ(1, read(full[0], &byte, 1));
	EXPECT_LE(4 * MB, cg_num("h/a/memory.usage_in_bytes"));
	EXPECT_GT(5 * MB, cg_num("h/a/memory.usage_in_bytes"));
	EXPECT_FALSE(goes(id));

	/* the new state is uncharged only for memory that was charged to it */
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_TRUE(CG_SOON(goes(id)));
	EXPECT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") < MB));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-memory -debug"));
}

/* ---- refused mkdirs at the same time ---- */

static int is_refused_groups(void *arg)
{
	while (cg_mkdir(arg) == -EDOM)
		;
	return 1;
}

/*
 * If the last subsystem refuses a mkdir, the states that the others have made for it are freed.
 * A change of a hierarchy waits only for the states that it frees itself.
 */
TEST_F(beyond, refused_mkdirs_do_not_hold_up_changes)
{
	long long begun;
	pid_t pid[2];
	int i;

	CG_NEED("debug");
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpu +pids +debug"));
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_online", "%d", EDOM));
	pid[0] = cg_spawn(is_refused_groups, "h/c/x");
	pid[1] = cg_spawn(is_refused_groups, "h/c/y");
	for (i = 0; i < 10; i++) {
		begun = cg_now_ms();
		ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "%d", i % 2 == 0));
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, i % 2 ? "-freezer" : "+freezer"));
		EXPECT_GT(5000 * cg_slow(), cg_now_ms() - begun)
			TH_LOG("round %d", i);
	}
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid[i], 0));
		ASSERT_EQ(0, cg_kill(pid[i]));
	}
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_online", "0"));
}

TEST_HARNESS_MAIN
