// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * The names and modes of the files of each controller: alone in a hierarchy, and with all
 * other controllers.
 */
#include "cg_test.h"

#include <dirent.h>

enum where { ROOT = 1, CHILD = 2, BOTH = 3 };

static const struct row {
	const char *subsys;
	const char *file;
	mode_t mode;
	enum where where;
} rows[] = {
	{ "signal", "signal.send", 0200, BOTH },
	{ "signal", "signal.tree", 0200, BOTH },
	{ "cpuset", "cpuset.cpu_exclusive", 0644, BOTH },
	{ "cpuset", "cpuset.cpus", 0644, BOTH },
	{ "cpuset", "cpuset.effective_cpus", 0444, BOTH },
	{ "cpuset", "cpuset.effective_mems", 0444, BOTH },
	{ "cpuset", "cpuset.mem_exclusive", 0644, BOTH },
	{ "cpuset", "cpuset.mem_hardwall", 0644, BOTH },
	{ "cpuset", "cpuset.memory_migrate", 0644, BOTH },
	{ "cpuset", "cpuset.memory_pressure", 0444, BOTH },
	{ "cpuset", "cpuset.memory_pressure_enabled", 0644, ROOT },
	{ "cpuset", "cpuset.memory_spread_page", 0644, BOTH },
	{ "cpuset", "cpuset.memory_spread_slab", 0644, BOTH },
	{ "cpuset", "cpuset.mems", 0644, BOTH },
	{ "cpuset", "cpuset.sched_load_balance", 0644, BOTH },
	{ "cpuset", "cpuset.sched_relax_domain_level", 0644, BOTH },

	{ "cpu", "cpu.cfs_burst_us", 0644, BOTH },
	{ "cpu", "cpu.cfs_period_us", 0644, BOTH },
	{ "cpu", "cpu.cfs_quota_us", 0644, BOTH },
	{ "cpu", "cpu.idle", 0644, BOTH },
	{ "cpu", "cpu.shares", 0644, BOTH },
	{ "cpu", "cpu.stat", 0444, BOTH },
	{ "cpu", "cpu.stat.local", 0444, BOTH },

	{ "cpuacct", "cpuacct.stat", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage", 0644, BOTH },
	{ "cpuacct", "cpuacct.usage_all", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage_percpu", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage_percpu_sys", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage_percpu_user", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage_sys", 0444, BOTH },
	{ "cpuacct", "cpuacct.usage_user", 0444, BOTH },

	{ "blkio", "blkio.bfq.avg_queue_size", 0444, BOTH },
	{ "blkio", "blkio.bfq.dequeue", 0444, BOTH },
	{ "blkio", "blkio.bfq.empty_time", 0444, BOTH },
	{ "blkio", "blkio.bfq.group_wait_time", 0444, BOTH },
	{ "blkio", "blkio.bfq.idle_time", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_merged", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_merged_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_queued", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_queued_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_service_bytes", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_service_bytes_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_service_time", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_service_time_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_serviced", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_serviced_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_wait_time", 0444, BOTH },
	{ "blkio", "blkio.bfq.io_wait_time_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.sectors", 0444, BOTH },
	{ "blkio", "blkio.bfq.sectors_recursive", 0444, BOTH },
	{ "blkio", "blkio.bfq.time", 0444, BOTH },
	{ "blkio", "blkio.bfq.time_recursive", 0444, BOTH },
	{ "blkio", "blkio.prio.class", 0644, BOTH },
	{ "blkio", "blkio.reset_stats", 0200, BOTH },
	{ "blkio", "blkio.throttle.io_service_bytes", 0444, BOTH },
	{ "blkio", "blkio.throttle.io_service_bytes_recursive", 0444, BOTH },
	{ "blkio", "blkio.throttle.io_serviced", 0444, BOTH },
	{ "blkio", "blkio.throttle.io_serviced_recursive", 0444, BOTH },
	{ "blkio", "blkio.throttle.read_bps_device", 0644, BOTH },
	{ "blkio", "blkio.throttle.read_iops_device", 0644, BOTH },
	{ "blkio", "blkio.throttle.write_bps_device", 0644, BOTH },
	{ "blkio", "blkio.throttle.write_iops_device", 0644, BOTH },
	{ "blkio", "blkio.bfq.weight", 0644, CHILD },
	{ "blkio", "blkio.bfq.weight_device", 0644, CHILD },

	{ "memory", "cgroup.event_control", 0222, BOTH },
	{ "memory", "memory.failcnt", 0644, BOTH },
	{ "memory", "memory.force_empty", 0200, BOTH },
	{ "memory", "memory.kmem.failcnt", 0644, BOTH },
	{ "memory", "memory.kmem.limit_in_bytes", 0644, BOTH },
	{ "memory", "memory.kmem.max_usage_in_bytes", 0644, BOTH },
	{ "memory", "memory.kmem.tcp.failcnt", 0644, BOTH },
	{ "memory", "memory.kmem.tcp.limit_in_bytes", 0644, BOTH },
	{ "memory", "memory.kmem.tcp.max_usage_in_bytes", 0644, BOTH },
	{ "memory", "memory.kmem.tcp.usage_in_bytes", 0444, BOTH },
	{ "memory", "memory.kmem.usage_in_bytes", 0444, BOTH },
	{ "memory", "memory.limit_in_bytes", 0644, BOTH },
	{ "memory", "memory.max_usage_in_bytes", 0644, BOTH },
	{ "memory", "memory.memsw.failcnt", 0644, BOTH },
	{ "memory", "memory.memsw.limit_in_bytes", 0644, BOTH },
	{ "memory", "memory.memsw.max_usage_in_bytes", 0644, BOTH },
	{ "memory", "memory.memsw.usage_in_bytes", 0444, BOTH },
	{ "memory", "memory.move_charge_at_immigrate", 0644, BOTH },
	{ "memory", "memory.oom_control", 0644, BOTH },
	{ "memory", "memory.pressure_level", 0444, BOTH },
	{ "memory", "memory.soft_limit_in_bytes", 0644, BOTH },
	{ "memory", "memory.stat", 0444, BOTH },
	{ "memory", "memory.swappiness", 0644, BOTH },
	{ "memory", "memory.usage_in_bytes", 0444, BOTH },
	{ "memory", "memory.use_hierarchy", 0644, BOTH },

	{ "devices", "devices.allow", 0200, BOTH },
	{ "devices", "devices.deny", 0200, BOTH },
	{ "devices", "devices.list", 0444, BOTH },

	{ "freezer", "freezer.parent_freezing", 0444, CHILD },
	{ "freezer", "freezer.self_freezing", 0444, CHILD },
	{ "freezer", "freezer.state", 0644, CHILD },

	{ "net_cls", "net_cls.classid", 0644, BOTH },

	{ "net_prio", "net_prio.ifpriomap", 0644, BOTH },
	{ "net_prio", "net_prio.prioidx", 0444, BOTH },

	{ "hugetlb", "hugetlb.2MB.failcnt", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.limit_in_bytes", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.max_usage_in_bytes", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.numa_stat", 0444, BOTH },
	{ "hugetlb", "hugetlb.2MB.rsvd.failcnt", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.rsvd.max_usage_in_bytes", 0644, BOTH },
	{ "hugetlb", "hugetlb.2MB.rsvd.usage_in_bytes", 0444, BOTH },
	{ "hugetlb", "hugetlb.2MB.usage_in_bytes", 0444, BOTH },

	{ "pids", "pids.current", 0444, CHILD },
	{ "pids", "pids.events", 0444, CHILD },
	{ "pids", "pids.max", 0644, CHILD },
	{ "pids", "pids.peak", 0444, CHILD },

	{ "rdma", "rdma.current", 0444, CHILD },
	{ "rdma", "rdma.max", 0644, CHILD },

	{ "misc", "misc.capacity", 0444, ROOT },
	{ "misc", "misc.current", 0444, BOTH },
	{ "misc", "misc.peak", 0444, BOTH },
	{ "misc", "misc.events", 0444, CHILD },
	{ "misc", "misc.events.local", 0444, CHILD },
	{ "misc", "misc.max", 0644, CHILD },

	{ "oom", "oom.delay", 0644, BOTH },
	{ "oom", "oom.events", 0444, BOTH },
	{ "oom", "oom.pending", 0444, BOTH },
	{ "oom", "oom.control", 0200, BOTH },
	{ "oom", "oom.history", 0444, BOTH },
	{ "oom", "oom.early", 0644, BOTH },
};

/* Files that exist with another configuration or on another machine. */
static const char * const may_be[] = {
	"memory.numa_stat", "memory.kmem.slabinfo", "hugetlb.1GB.",
	"cpu.rt_period_us", "cpu.rt_runtime_us", "cpu.uclamp.",
};

CG_FIXTURE(table);

static int check_row(const struct row *r, const char *dir, bool there)
{
	const char *path = cg_path("%s/%s", dir, r->file);
	struct stat st;

	if (stat(path, &st))
		st.st_mode = 0;
	if (st.st_mode == (there ? (S_IFREG | r->mode) : 0))
		return 0;
	fprintf(stderr, "# %s has mode %o, not %o\n", path, st.st_mode,
		there ? S_IFREG | r->mode : 0);
	return 1;
}

static int check_rows(const char *subsys)
{
	const struct row *r;
	int bad = 0;

	for (r = rows; r < rows + ARRAY_SIZE(rows); r++) {
		if (strcmp(r->subsys, subsys))
			continue;
		bad += check_row(r, "h", r->where & ROOT);
		bad += check_row(r, "h/a", r->where & CHILD);
	}
	return bad;
}

static bool is_known(const char *file)
{
	const char *dot = strrchr(file, '.');
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].file, file))
			return true;
	for (i = 0; i < ARRAY_SIZE(may_be); i++)
		if (!strncmp(may_be[i], file, strlen(may_be[i])))
			return true;
	/* files of the debug controller are not in the table */
	return !strncmp(file, "debug.", 6) || (dot && !strcmp(dot, ".inherit"));
}

static int unknown_files(const char *dir, const char *subsys)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	size_t len = strlen(subsys);
	int bad = 0;

	while (d && (entry = readdir(d))) {
		if (strncmp(entry->d_name, subsys, len) || entry->d_name[len] != '.')
			continue;
		if (is_known(entry->d_name))
			continue;
		bad++;
		fprintf(stderr, "# %s/%s is not in the table\n", dir, entry->d_name);
	}
	if (d)
		closedir(d);
	return bad;
}

TEST_F(table, each_controller_has_its_files)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!cg_usable(name))
			continue;
		ASSERT_EQ(0, cg_mount_retry(name, "h"));
		ASSERT_EQ(0, cg_mkdir("h/a"));
		EXPECT_EQ(0, check_rows(name))
			TH_LOG("%s", name);
		EXPECT_EQ(0, unknown_files("h", name) + unknown_files("h/a", name));
		ASSERT_EQ(0, cg_rmdir("h/a"));
		ASSERT_EQ(0, cg_umount("h"));
	}
}

TEST_F(table, all_controllers_together_have_their_files)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	ASSERT_EQ(0, cg_mount_retry("all", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	for (i = 0; i < n; i++)
		if (cg_usable(list[i].name))
			EXPECT_EQ(0, check_rows(list[i].name))
				TH_LOG("%s", list[i].name);
}

/* A file whose mode allows reads can be read. */
TEST_F(table, each_readable_file_can_be_read)
{
	static char buf[CG_TEXT_LEN];
	const struct row *r;
	int ret;

	ASSERT_EQ(0, cg_mount_retry("all", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	for (r = rows; r < rows + ARRAY_SIZE(rows); r++) {
		const char *path = cg_path("%s/%s", r->where == ROOT ? "h" : "h/a",
					   r->file);

		if (!(r->mode & 0444) || !cg_usable(r->subsys))
			continue;
		ret = cg_read(path, buf, sizeof(buf));
		/* this file is for cgroup.event_control only */
		if (!strcmp(r->file, "memory.pressure_level") && ret == -EINVAL)
			continue;
		EXPECT_LE(0, ret)
			TH_LOG("%s: %d", path, ret);
	}
}

FIXTURE(fresh) { int unused; };
FIXTURE_VARIANT(fresh) {
	const char *subsys;
	const char *file;
	const char *text;
};

#define FRESH(label, ss, name, value) \
	FIXTURE_VARIANT_ADD(fresh, label) { .subsys = ss, .file = name, .text = value }
FRESH(cpus, "cpuset", "cpuset.cpus", "");
FRESH(mems, "cpuset", "cpuset.mems", "");
FRESH(load_balance, "cpuset", "cpuset.sched_load_balance", "1");
FRESH(shares, "cpu", "cpu.shares", "1024");
FRESH(period, "cpu", "cpu.cfs_period_us", "100000");
FRESH(quota, "cpu", "cpu.cfs_quota_us", "-1");
FRESH(usage, "cpuacct", "cpuacct.usage", "0");
FRESH(acct_stat, "cpuacct", "cpuacct.stat", "user 0\nsystem 0");
FRESH(bfq_weight, "blkio", "blkio.bfq.weight", "100");
FRESH(limit, "memory", "memory.limit_in_bytes", "9223372036854771712");
FRESH(memsw, "memory", "memory.memsw.limit_in_bytes", "9223372036854771712");
FRESH(memory_usage, "memory", "memory.usage_in_bytes", "0");
FRESH(failcnt, "memory", "memory.failcnt", "0");
FRESH(oom, "memory", "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0");
FRESH(hierarchy, "memory", "memory.use_hierarchy", "1");
FRESH(devices, "devices", "devices.list", "a *:* rwm");
FRESH(freezer, "freezer", "freezer.state", "THAWED");
FRESH(classid, "net_cls", "net_cls.classid", "0");
FRESH(huge, "hugetlb", "hugetlb.2MB.limit_in_bytes", "9223372036852678656");
FRESH(pids_max, "pids", "pids.max", "max");
FRESH(pids_current, "pids", "pids.current", "0");
FRESH(pids_events, "pids", "pids.events", "max 0");
FRESH(rdma, "rdma", "rdma.max", "");

FIXTURE_SETUP(fresh)
{
	ASSERT_EQ(0, cg_setup());
}

FIXTURE_TEARDOWN(fresh)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(fresh, a_new_group_has_the_default)
{
	CG_NEED(variant->subsys);
	ASSERT_EQ(0, cg_mount_retry(variant->subsys, "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_STREQ(variant->text, cg_text(cg_path("h/a/%s", variant->file)));
}

TEST_HARNESS_MAIN
