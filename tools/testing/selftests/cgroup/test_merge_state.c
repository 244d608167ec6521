// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * All that a controller keeps of a group is the same after its css has moved to another
 * hierarchy: values, counters, limits in force, and tasks that wait for its events.
 */
#include "cg_test.h"

#include <sys/mman.h>
#include <sys/sysmacros.h>

#define MB		0x100000
#define HELD		(8 * MB)	/* by the task in a/b */
#define LIMIT_B		(32 * MB)
#define DISK		"/dev/nullb0"

static char disk[32];		/* its device numbers */

/*
 * The texts that are written to FILE of a and of a/b. READ shows the value, or FILE if READ is
 * NULL. None of these is the value of a new group. "%s" is the disk.
 */
static const struct value {
	const char *ss, *file, *a, *b, *read;
} values[] = {
	{ "cpuset", "cpuset.cpus", "0-1", "1" },
	{ "cpuset", "cpuset.mems", "0", "0" },
	{ "cpuset", "cpuset.memory_migrate", "1", "1" },
	{ "cpuset", "cpuset.sched_load_balance", "0", "0" },
	{ "cpu", "cpu.shares", "333", "222" },
	{ "cpu", "cpu.cfs_quota_us", "80000", "40000" },
	{ "cpu", "cpu.cfs_burst_us", "7000", "6000" },
	{ "blkio", "blkio.throttle.read_bps_device", "%s 2097152", "%s 1048576" },
	{ "blkio", "blkio.throttle.write_iops_device", "%s 2000", "%s 1000" },
	{ "blkio", "blkio.bfq.weight", "300", "200" },
	{ "memory", "memory.limit_in_bytes", "48M", "32M" },
	{ "memory", "memory.swappiness", "33", "22" },
	{ "memory", "memory.kmem.tcp.limit_in_bytes", "20M", "10M" },
	{ "devices", "devices.allow", "b *:* rwm", "b %s r", "devices.list" },
	{ "devices", "devices.allow", "c 1:3 rwm", "c 1:3 rw", "devices.list" },
	{ "net_cls", "net_cls.classid", "0x10001", "0x10002" },
	{ "net_prio", "net_prio.ifpriomap", "lo 6", "lo 5" },
	{ "hugetlb", "hugetlb.2MB.limit_in_bytes", "4M", "2M" },
	{ "hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", "8M", "6M" },
	{ "pids", "pids.max", "40", "7" },
};

/* Counters of a/b, and of a unless ALONE. They are not 0 before, and not less after. */
static const struct counter {
	const char *ss, *file, *key;
	bool alone;
} counters[] = {
	{ "cpu", "cpu.stat", "nr_periods" },
	{ "cpu", "cpu.stat", "nr_throttled", true },
	{ "cpuacct", "cpuacct.usage" },
	{ "cpuacct", "cpuacct.stat", "user" },
	{ "blkio", "blkio.throttle.io_serviced_recursive", "Total" },
	{ "memory", "memory.max_usage_in_bytes" },
	{ "memory", "memory.failcnt", NULL, true },
	{ "memory", "memory.stat", "total_pgfault" },
	{ "memory", "memory.oom_control", "oom_kill", true },
	{ "hugetlb", "hugetlb.2MB.failcnt", NULL, true },
	{ "hugetlb", "hugetlb.2MB.max_usage_in_bytes" },
	{ "pids", "pids.events", "max", true },
	{ "pids", "pids.peak" },
};

#define NR_VALUES	ARRAY_SIZE(values)
#define NR_COUNTERS	ARRAY_SIZE(counters)

static const char * const groups[] = { "a", "a/b" };
static const char * const roots[] = { "g", "h", "x" };

static struct {
	char values[NR_VALUES][2][512];
	long long counters[NR_COUNTERS][2];
} kept;

/* FILE of GROUP in the hierarchy that has it now. */
static const char *at(const char *group, const char *file)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		const char *path = cg_path("%s/%s/%s", roots[i], group, file);

		if (cg_exists(path))
			return path;
	}
	return cg_path("nowhere/%s/%s", group, file);
}

/* Print why a helper fails. */
#define say(fmt, ...)	fprintf(stderr, "# " fmt "\n", ##__VA_ARGS__)

/* Move the caller to a/b in each hierarchy that has one. */
static int enter(void)
{
	int i, ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(roots); i++)
		if (cg_exists(cg_path("%s/a/b", roots[i])))
			ret = cg_put(cg_path("%s/a/b/cgroup.procs", roots[i]), "0");
	return ret;
}

static const char *shown(const struct value *v, int group)
{
	return cg_text(at(groups[group], v->read ?: v->file));
}

static long long counted(const struct counter *c, int group)
{
	const char *path = at(groups[group], c->file);

	return c->key ? cg_key(path, c->key) : cg_num(path);
}

/* Write all values, and record what the files show then. Before, the groups have defaults. */
static bool set_values(void)
{
	char before[NR_VALUES][2][512];
	bool good = true;
	int i, k;

	for (i = 0; i < NR_VALUES; i++)
		for (k = 0; k < 2; k++)
			snprintf(before[i][k], 512, "%s", shown(&values[i], k));
	for (i = 0; i < NR_VALUES; i++) {
		for (k = 0; k < 2; k++) {
			const char *text = k ? values[i].b : values[i].a;
			char word[64];
			int ret;

			snprintf(word, sizeof(word), text, disk);
			ret = cg_put(at(groups[k], values[i].file), "%s", word);
			if (ret)
				say("%s of %s: %d", values[i].file, groups[k], ret);
			good = good && !ret;
		}
	}
	for (i = 0; i < NR_VALUES; i++) {
		for (k = 0; k < 2; k++) {
			snprintf(kept.values[i][k], 512, "%s", shown(&values[i], k));
			if (strcmp(kept.values[i][k], before[i][k]))
				continue;
			say("%s of %s has the value of a new group", values[i].file, groups[k]);
			good = false;
		}
	}
	return good;
}

static bool note_counters(void)
{
	bool good = true;
	int i, k;

	for (i = 0; i < NR_COUNTERS; i++) {
		for (k = 0; k < 2; k++) {
			kept.counters[i][k] = counted(&counters[i], k);
			if (kept.counters[i][k] > 0 || (!k && counters[i].alone))
				continue;
			say("%s of %s is %lld", counters[i].file, groups[k],
			    kept.counters[i][k]);
			good = false;
		}
	}
	return good;
}

/* Does ROOT have what was recorded of subsystem SS (NULL: of each)? */
static bool is_kept(const char *root, const char *ss)
{
	bool good = true;
	int i, k;

	for (i = 0; i < 2 * NR_VALUES; i++) {
		const struct value *v = &values[i / 2];
		const char *path = at(groups[k = i % 2], v->read ?: v->file);

		if (ss && strcmp(ss, v->ss))
			continue;
		if (*path == *root && !strcmp(cg_text(path), kept.values[i / 2][k]))
			continue;
		say("%s: '%s', not '%s'", path, cg_text(path), kept.values[i / 2][k]);
		good = false;
	}
	for (i = 0; i < 2 * NR_COUNTERS; i++) {
		const struct counter *c = &counters[i / 2];
		const char *path = at(groups[k = i % 2], c->file);

		if (ss && strcmp(ss, c->ss))
			continue;
		if (*path == *root && counted(c, k) >= kept.counters[i / 2][k])
			continue;
		say("%s %s: %lld, not %lld", path, c->key ?: "", counted(c, k),
		    kept.counters[i / 2][k]);
		good = false;
	}
	return good;
}

/* ---- what tasks in a/b do ---- */

static int run(int (*fn)(void *arg), void *arg)
{
	return cg_wait_exit(cg_spawn(fn, arg), 30000);
}

static int eats(void *arg)
{
	return enter() ? 100 : cg_touch(*(int *)arg);
}

static int holds(void *arg)
{
	if (enter() || cg_touch(HELD))
		return 100;
	cg_pause();
}

/* Fork until a fork is refused. The children live until then. Returns their number. */
static int forks(void *arg)
{
	int n = 0, hold[2];
	char byte;
	pid_t pid = 1;

	if (enter() || pipe(hold))
		return 100;
	while (n < 20 && (pid = fork()) > 0)
		n++;
	if (!pid) {
		close(hold[1]);
		return read(hold[0], &byte, 1) != 0;
	}
	if (errno != EAGAIN)
		return 101;
	close(hold[1]);
	while (wait(NULL) > 0)
		;
	return arg ? 102 : n;
}

static int spins(void *arg)
{
	long long end = cg_now_ms() + *(int *)arg;

	if (enter())
		return 100;
	while (cg_now_ms() < end)
		;
	return 0;
}

static int opens(void *arg)
{
	if (enter())
		return 100;
	return open(arg, O_RDONLY) < 0 ? errno : 0;
}

static int reads_directly(void *arg)
{
	int fd = open(DISK, O_RDONLY | O_DIRECT), left = *(int *)arg / 65536;
	char *buf = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || enter())
		return 100;
	for (; left; left--)
		if (read(fd, buf, 65536) != 65536)
			return 101;
	return 0;
}

static int takes_huge_pages(void *arg)
{
	size_t size = *(int *)arg;
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (enter() || mem == MAP_FAILED)
		return 100;
	memset(mem, 1, size);
	return 0;
}

static int cpus_of_b(void *arg)
{
	cpu_set_t set;

	if (enter() || sched_getaffinity(0, sizeof(set), &set))
		return 100;
	return arg || CPU_COUNT(&set) != 1 || !CPU_ISSET(1, &set);
}

static int mbytes(int n)
{
	return n * MB;
}

/* ---- values, counters, limits ---- */

/*
 *  g/ every subsystem		h/ none
 *  |-- a/			|-- a/
 *  |   `-- b/	holder		|   `-- b/	holder
 *  `-- c/	frozen		`-- c/		frozen
 */
FIXTURE(beyond) {
	pid_t holder, frozen;
	int perf;
	char all[256];
};

static int tree(const char *root)
{
	return cg_mkdir(cg_path("%s/a/b", root)) ?: cg_mkdir(cg_path("%s/c", root));
}

static bool stateful(const char *name)
{
	return strcmp(name, "signal") && cg_usable(name);
}

/* A perf event for the time of GROUP on the CPU of a/b. */
static int perf_open(const char *group)
{
	int dir = open(group, O_RDONLY | O_DIRECTORY);
	int fd = cg_perf_open(dir, 1);

	close(dir);
	return fd;
}

static long long perf_ms(int fd)
{
	unsigned long long ns;

	return read(fd, &ns, sizeof(ns)) == sizeof(ns) ? ns / 1000000 : -1;
}

static void name_all(char *all)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	*all = 0;
	for (i = 0; i < n; i++) {
		if (!stateful(list[i].name))
			continue;
		if (*all)
			strcat(all, ",");
		strcat(all, list[i].name);
	}
}

FIXTURE_SETUP(beyond)
{
	struct stat st;

	ASSERT_EQ(0, cg_setup());
	name_all(self->all);
	ASSERT_EQ(0, stat(DISK, &st));
	snprintf(disk, sizeof(disk), "%d:%d", major(st.st_rdev), minor(st.st_rdev));
	ASSERT_EQ(0, cg_mount(cg_path("%s,name=g", self->all), "g"));
	ASSERT_EQ(0, cg_mount("none,name=h", "h"));
	ASSERT_EQ(0, cg_mkdir("g/a"));
	/* possible only while the group has no child */
	ASSERT_EQ(0, cg_put("g/a/devices.deny", "a"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, tree("g"));
	ASSERT_EQ(0, tree("h"));
	ASSERT_TRUE(set_values());
	ASSERT_EQ(0, cg_put("g/c/cpuset.cpus", "0-1"));
	ASSERT_EQ(0, cg_put("g/c/cpuset.mems", "0"));
	self->perf = perf_open("g/a");
	ASSERT_LE(0, self->perf);
	self->holder = cg_spawn(holds, NULL);
	ASSERT_LT(0, self->holder);
	ASSERT_TRUE(CG_SOON(cg_num("g/a/b/memory.usage_in_bytes") >= HELD));
	self->frozen = cg_sleeper("g/c");
	ASSERT_LT(0, self->frozen);
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->frozen));
	ASSERT_EQ(0, cg_put("g/c/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("g/c/freezer.state", "FROZEN", 5000));
}

FIXTURE_TEARDOWN(beyond)
{
	/* FROZEN and the huge pages would outlive a test that failed */
	cg_put(at("c", "freezer.state"), "THAWED");
	cg_put("/proc/sys/vm/nr_hugepages", "0");
	EXPECT_EQ(0, cg_teardown());
}

/* After this, no counter is 0. */
static bool makes_counts(void)
{
	int ms = 300, huge = mbytes(4), pages = mbytes(2), too_much = LIMIT_B, direct = 65536;

	return !cg_put("/proc/sys/vm/nr_hugepages", "4") &&
	       !run(takes_huge_pages, &pages) &&
	       run(takes_huge_pages, &huge) == 128 + SIGBUS &&
	       !run(spins, &ms) && !run(reads_directly, &direct) &&
	       run(eats, &too_much) == 128 + SIGKILL && run(forks, NULL) == 5;
}

/* Have the counters in a/b and above grown that the work of in_force() adds to? */
static bool counts_more(void)
{
	static const char * const more[] = {
		"nr_throttled", "cpuacct.usage", "memory.failcnt", "oom_kill",
		"hugetlb.2MB.failcnt", "max",
	};
	bool good = true;
	int i, j, k;

	for (i = 0; i < 2 * NR_COUNTERS; i++) {
		const struct counter *c = &counters[i / 2];

		k = i % 2;
		for (j = 0; j < ARRAY_SIZE(more); j++) {
			if (strcmp(more[j], c->key ?: c->file) || (!k && c->alone) ||
			    CG_SOON(counted(c, k) > kept.counters[i / 2][k]))
				continue;
			say("%s of %s is not counted", more[j], groups[k]);
			good = false;
		}
	}
	return good;
}

/* Each limit still holds, each counter counts, and charges are given back. */
static void in_force(struct __test_metadata *_metadata, int perf, pid_t holder,
		     pid_t frozen)
{
	int ms = 300, huge = mbytes(4), pages = mbytes(2);
	int little = mbytes(4), much = LIMIT_B, disk = mbytes(1);
	long long start = cg_now_ms(), before;

	EXPECT_EQ(0, run(reads_directly, &disk));
	EXPECT_LT(700, cg_now_ms() - start);
	EXPECT_EQ(5, run(forks, NULL));
	EXPECT_EQ(0, run(cpus_of_b, NULL));
	EXPECT_EQ(0, run(opens, "/dev/null"));
	EXPECT_EQ(EPERM, run(opens, "/dev/zero"));
	EXPECT_EQ(0, run(eats, &little));
	EXPECT_EQ(128 + SIGKILL, run(eats, &much));
	EXPECT_EQ(0, run(takes_huge_pages, &pages));
	EXPECT_EQ(128 + SIGBUS, run(takes_huge_pages, &huge));
	before = perf_ms(perf);
	EXPECT_EQ(0, run(spins, &ms));
	EXPECT_LT(before + ms / 10, perf_ms(perf));
	EXPECT_TRUE(counts_more());

	EXPECT_LE(HELD, cg_num(at("a/b", "memory.usage_in_bytes")));
	EXPECT_LE(HELD, cg_num(at("a", "memory.usage_in_bytes")));
	EXPECT_EQ(1, cg_num(at("a/b", "pids.current")));
	EXPECT_EQ(0, cg_kill(holder));
	EXPECT_TRUE(CG_SOON(!cg_num(at("a", "pids.current"))));
	cg_put(at("a/b", "memory.force_empty"), "0");
	EXPECT_TRUE(CG_SOON(cg_num(at("a", "memory.usage_in_bytes")) < HELD / 2));
	EXPECT_EQ(0, cg_num(at("a", "hugetlb.2MB.usage_in_bytes")));

	EXPECT_STREQ("FROZEN", cg_text(at("c", "freezer.state")));
	ASSERT_EQ(0, kill(frozen, SIGTERM));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(frozen, 50));
	ASSERT_EQ(0, cg_put(at("c", "freezer.state"), "THAWED"));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(frozen, 5000));
}

TEST_F(beyond, each_css_is_the_same_after_a_merge)
{
	ASSERT_TRUE(makes_counts());
	ASSERT_TRUE(note_counters());
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("", cg_text("g/cgroup.subsystems"));
	EXPECT_TRUE(is_kept("h", NULL));
	EXPECT_TRUE(cg_has_pid("h/a/b/cgroup.procs", self->holder));
	in_force(_metadata, self->perf, self->holder, self->frozen);
}

TEST_F(beyond, each_css_is_the_same_after_a_split)
{
	ASSERT_TRUE(makes_counts());
	ASSERT_TRUE(note_counters());
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x %s", self->all));
	ASSERT_EQ(0, cg_mount("name=x", "x"));
	EXPECT_STREQ("", cg_text("g/cgroup.subsystems"));
	EXPECT_TRUE(is_kept("x", NULL));
	EXPECT_TRUE(cg_has_pid("x/a/b/cgroup.procs", self->holder));
	in_force(_metadata, self->perf, self->holder, self->frozen);
}

/* Each subsystem is split off alone and merged back. The other csses do not change. */
TEST_F(beyond, each_subsystem_is_split_off_and_merged_back)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	ASSERT_TRUE(makes_counts());
	ASSERT_TRUE(note_counters());
	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!stateful(name))
			continue;
		ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x %s", name))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_mount("name=x", "x"));
		EXPECT_STREQ(name, cg_text("x/cgroup.subsystems"));
		EXPECT_TRUE(is_kept("x", name));
		EXPECT_STREQ("FROZEN", cg_text(at("c", "freezer.state")));
		EXPECT_LE(HELD, cg_num(at("a/b", "memory.usage_in_bytes")));
		ASSERT_EQ(0, cg_put("g/cgroup.merge", "name=x"))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_umount("x"));
		EXPECT_TRUE(is_kept("g", NULL));
	}
	in_force(_metadata, self->perf, self->holder, self->frozen);
}

/* ---- tasks that wait for events ---- */

FIXTURE(beyond_watch) {
	int unused;
};

/* The write that moves the csses of g, and the hierarchy to which they move. */
FIXTURE_VARIANT(beyond_watch) {
	const char *file, *text, *root;
};

FIXTURE_VARIANT_ADD(beyond_watch, merge) {
	.file = "h/cgroup.merge", .text = "name=g", .root = "h",
};

FIXTURE_VARIANT_ADD(beyond_watch, split) {
	.file = "g/cgroup.split", .text = "name=x memory,freezer,pids", .root = "x",
};

FIXTURE_SETUP(beyond_watch)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("memory,freezer,pids,name=g", "g"));
	ASSERT_EQ(0, cg_mount("none,name=h", "h"));
	ASSERT_EQ(0, cg_mkdir("g/a"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, tree("g"));
	ASSERT_EQ(0, tree("h"));
}

FIXTURE_TEARDOWN(beyond_watch)
{
	EXPECT_EQ(0, cg_teardown());
}

static int move_states(const char *file, const char *text, const char *root)
{
	int ret = cg_put(file, "%s", text);

	return ret || *root != 'x' ? ret : cg_mount("name=x", "x");
}

/* A task that polls a file that goes is woken, and can no longer read the file. */
static bool is_told(int fd)
{
	char buf[64];

	return cg_event(fd, 1000) && pread(fd, buf, sizeof(buf), 0) == -1 && errno == ENODEV;
}

TEST_F(beyond_watch, pollers_are_woken)
{
	int state = cg_watch("g/a/b/freezer.state"), events = cg_watch("g/a/b/pids.events");

	ASSERT_LE(0, state);
	ASSERT_LE(0, events);
	ASSERT_EQ(0, cg_put("g/a/b/pids.max", "7"));
	EXPECT_FALSE(cg_event(state, 0));
	EXPECT_FALSE(cg_event(events, 0));
	ASSERT_EQ(0, move_states(variant->file, variant->text, variant->root));
	EXPECT_TRUE(is_told(state));
	EXPECT_TRUE(is_told(events));
	close(state);
	close(events);

	/* the new files have the events of the old csses */
	state = cg_watch(at("a/b", "freezer.state"));
	events = cg_watch(at("a/b", "pids.events"));
	ASSERT_LE(0, state);
	ASSERT_LE(0, events);
	EXPECT_FALSE(cg_event(state, 0));
	EXPECT_FALSE(cg_event(events, 0));
	EXPECT_EQ(6, run(forks, NULL));
	EXPECT_TRUE(cg_event(events, 5000));
	EXPECT_EQ(1, cg_key(at("a/b", "pids.events"), "max"));
	ASSERT_EQ(0, cg_put(at("a/b", "freezer.state"), "FROZEN"));
	EXPECT_TRUE(cg_event(state, 5000));
	ASSERT_EQ(0, cg_put(at("a/b", "freezer.state"), "THAWED"));
	close(state);
	close(events);
}

/* Read so many pages of a disk that the group has to reclaim most of them. */
static int reads(void *arg)
{
	int fd = open(DISK, O_RDONLY), left = *(int *)arg / MB;
	char *buf = malloc(MB);

	if (fd < 0 || enter())
		return 100;
	for (; left; left--)
		if (read(fd, buf, MB) != MB)
			return 101;
	return 0;
}

/* Eventfds stay registered: the move signals none, and later events signal theirs. */
TEST_F(beyond_watch, eventfds_stay_registered)
{
	int threshold, oom, pressure, pages = mbytes(96), much = LIMIT_B + mbytes(8);

	ASSERT_EQ(0, cg_put("g/a/b/memory.limit_in_bytes", "%d", LIMIT_B));
	threshold = cg_listen("g/a/b", "memory.usage_in_bytes", "16M");
	oom = cg_listen("g/a/b", "memory.oom_control", "");
	pressure = cg_listen("g/a/b", "memory.pressure_level", "low");
	ASSERT_LE(0, threshold);
	ASSERT_LE(0, oom);
	ASSERT_LE(0, pressure);
	ASSERT_EQ(0, move_states(variant->file, variant->text, variant->root));
	EXPECT_FALSE(cg_rings(threshold, 50));
	EXPECT_FALSE(cg_rings(oom, 0));
	EXPECT_FALSE(cg_rings(pressure, 0));
	EXPECT_EQ(0, run(reads, &pages));
	EXPECT_TRUE(cg_rings(threshold, 10000));
	EXPECT_TRUE(cg_rings(pressure, 10000));
	EXPECT_FALSE(cg_rings(oom, 0));
	EXPECT_EQ(128 + SIGKILL, run(eats, &much));
	EXPECT_TRUE(cg_rings(oom, 10000));
	/* the removal of the group signals them */
	cg_rings(threshold, 0);
	ASSERT_EQ(0, cg_rmdir(cg_path("%s/a/b", variant->root)));
	EXPECT_TRUE(cg_rings(threshold, 10000));
	EXPECT_TRUE(cg_rings(oom, 10000));
	close(threshold);
	close(oom);
	close(pressure);
}

/* A task that waits for memory still waits after the move, and continues when there is more. */
TEST_F(beyond_watch, a_task_still_waits_for_memory)
{
	int oom, much = LIMIT_B + mbytes(8);
	pid_t pid;

	ASSERT_EQ(0, cg_put("g/a/b/memory.limit_in_bytes", "%d", LIMIT_B));
	ASSERT_EQ(0, cg_put("g/a/b/memory.oom_control", "1"));
	oom = cg_listen("g/a/b", "memory.oom_control", "");
	ASSERT_LE(0, oom);
	pid = cg_spawn(eats, &much);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(cg_rings(oom, 20000));
	ASSERT_TRUE(CG_SOON(cg_key("g/a/b/memory.oom_control", "under_oom") == 1));
	ASSERT_EQ(0, move_states(variant->file, variant->text, variant->root));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 100));
	EXPECT_EQ(1, cg_key(at("a/b", "memory.oom_control"), "oom_kill_disable"));
	EXPECT_EQ(1, cg_key(at("a/b", "memory.oom_control"), "under_oom"));
	ASSERT_EQ(0, cg_put(at("a/b", "memory.limit_in_bytes"), "-1"));
	EXPECT_EQ(0, cg_wait_exit(pid, 20000));
	EXPECT_EQ(0, cg_key(at("a/b", "memory.oom_control"), "oom_kill"));
	close(oom);
}

TEST_HARNESS_MAIN
