// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/*
 * The tracepoints of events/cgroup: each operation leaves a line in the trace.
 */
#include "cg_test.h"

#define EVENTS	"tracing/events/cgroup"

static int start_tracefs(void)
{
	int ret = cg_setup() ?: cg_mkdir("tracing");

	if (ret)
		return ret;
	if (mount("t", "tracing", "tracefs", 0, NULL))
		return -errno;
	return cg_exists(EVENTS) ? 0 : -ENOENT;
}

static int clear_trace(void)
{
	int fd = open("tracing/trace", O_WRONLY | O_TRUNC);

	return fd < 0 ? -errno : close(fd);
}

FIXTURE(trace) { int ready; };

FIXTURE_SETUP(trace)
{
	self->ready = start_tracefs();
	ASSERT_TRUE(self->ready == 0 || self->ready == -ENODEV);
	if (self->ready)
		return;
	ASSERT_EQ(0, clear_trace());
	ASSERT_EQ(0, cg_put(EVENTS "/enable", "1"));
	ASSERT_EQ(0, cg_put("tracing/tracing_on", "1"));
}

FIXTURE_TEARDOWN(trace)
{
	/* a test that failed may have left it offline */
	cg_cpu_online(1, true);
	if (!self->ready) {
		cg_put(EVENTS "/enable", "0");
		clear_trace();
		umount2("tracing", MNT_DETACH);
	}
	EXPECT_EQ(0, cg_teardown());
}

/* Does one line of the trace contain both texts? */
static bool traced(const char *event, const char *with)
{
	char line[1024];
	bool found = false;
	FILE *f = fopen("tracing/trace", "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, event) && strstr(line, with);
	if (f)
		fclose(f);
	return found;
}

#define EXPECT_TRACED(event, ...) do { \
	const char *_with = cg_path(__VA_ARGS__); \
	EXPECT_TRUE(CG_SOON(traced(event ": ", _with))) \
		TH_LOG("no %s with '%s'", event, _with); \
} while (0)

TEST_F(trace, each_operation_is_traced)
{
	int id;

	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	ASSERT_EQ(0, cg_mount("cpu,name=traced", "h"));
	id = cg_hierarchy_of("cpu");
	EXPECT_TRACED("cgroup_setup_root", "root=%d ", id);
	EXPECT_TRACED("cgroup_setup_root", "name=traced");
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRACED("cgroup_mkdir", "root=%d ", id);
	EXPECT_TRACED("cgroup_mkdir", "level=1 path=/a");
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_TRACED("cgroup_mkdir", "level=2 path=/a/b");
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	EXPECT_TRACED("cgroup_attach_task", "dst_root=%d ", id);
	EXPECT_TRACED("cgroup_attach_task", "dst_level=1 dst_path=/a pid=%d comm=test_trace",
		      getpid());
	EXPECT_TRACED("cgroup_notify_populated", "level=1 path=/a val=1");
	ASSERT_EQ(0, rename("h/a/b", "h/a/c"));
	EXPECT_TRACED("cgroup_rename", "level=2 path=/a/c");
	ASSERT_EQ(0, cg_rmdir("h/a/c"));
	EXPECT_TRACED("cgroup_rmdir", "level=2 path=/a/c");
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	EXPECT_TRACED("cgroup_attach_task", "dst_path=/ pid=%d", getpid());
	EXPECT_TRACED("cgroup_notify_populated", "level=1 path=/a val=0");
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_TRACED("cgroup_release", "level=1 path=/a");
	ASSERT_EQ(0, cg_remount("cpu", "h"));
	EXPECT_TRACED("cgroup_remount", "root=%d ", id);
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_TRACED("cgroup_destroy_root", "root=%d ", id);
}

TEST_F(trace, the_group_id_is_its_inode)
{
	struct stat st;

	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	ASSERT_EQ(0, cg_mount("none,name=traced", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, stat("h/a", &st));
	EXPECT_TRACED("cgroup_mkdir", "id=%llu level=1", (unsigned long long)st.st_ino);
}

/* cpuset moves the tasks of a group that has lost its last CPU. */
TEST_F(trace, a_transfer_of_tasks_is_traced)
{
	pid_t pid;

	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount("cpuset,clone_children", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/b/cpuset.cpus", "1"));
	pid = cg_sleeper("h/a/b");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_cpu_online(1, false));
	EXPECT_TRACED("cgroup_transfer_tasks", "dst_level=1 dst_path=/a pid=%d ", pid);
	EXPECT_TRUE(CG_SOON(cg_has_pid("h/a/tasks", pid)));
	EXPECT_EQ(0, cg_cpu_online(1, true));
}

static int counts_there(void *dir)
{
	return cg_put(cg_path("%s/tasks", (const char *)dir), "0") || cg_touch(4 << 20);
}

/* The text that identifies DIR in an event of the hierarchy that carries memory. */
static const char *event_of(const char *dir, int level)
{
	struct stat st;

	if (stat(dir, &st))
		return "";
	return cg_path("root=%d id=%llu level=%d ", cg_hierarchy_of("memory"),
		       (unsigned long long)st.st_ino, level);
}

/* The per-CPU counts of a group are summed up before the group goes. */
TEST_F(trace, a_flush_of_statistics_is_traced)
{
	char its[64];

	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	CG_NEED("memory");
	ASSERT_EQ(0, cg_mount("memory", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_wait_exit(cg_spawn(counts_there, "h/a"), 10000));
	/* not the root, which is flushed now and then in any case */
	snprintf(its, sizeof(its), "%s", event_of("h/a", 1));
	ASSERT_STRNE("", its);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_TRACED("cgroup_rstat_locked", "%s", its);
	EXPECT_TRACED("cgroup_rstat_unlock", "%s", its);
	EXPECT_TRACED("cgroup_rstat_cpu_locked", "%s", its);
	EXPECT_TRACED("cgroup_rstat_cpu_unlock", "%s", its);
}

/* Does a read of DIR's statistics flush DIR, and not the whole hierarchy? */
static bool flushes_no_more_than(const char *dir, const char *its, const char *of_all)
{
	char buf[8192];

	if (cg_wait_exit(cg_spawn(counts_there, "h/a"), 10000) ||
	    cg_wait_exit(cg_spawn(counts_there, "h/b"), 10000) || clear_trace() ||
	    cg_put("tracing/set_event_pid", "%d", getpid()) ||
	    cg_read(cg_path("%s/memory.stat", dir), buf, sizeof(buf)) < 0)
		return false;
	return traced("cgroup_rstat_locked: ", its) && !traced("cgroup_rstat_cpu_locked: ", of_all);
}

/* Once, after memory was unbound and bound again, each read flushed the whole hierarchy. */
TEST_F(trace, a_read_flushes_only_its_group)
{
	char its[64], of_all[64];

	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	CG_NEED("memory");
	if (cg_is_mainline())
		SKIP(return, "mainline has no cgroup.subsystems");
	ASSERT_EQ(0, cg_mount("memory,name=traced", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory"));
	snprintf(its, sizeof(its), "%s", event_of("h/a", 1));
	ASSERT_STRNE("", its);
	snprintf(of_all, sizeof(of_all), "%s", event_of("h", 0));
	ASSERT_STRNE("", of_all);
	/* repeated, because all may just have been flushed by the timer */
	EXPECT_TRUE(CG_SOON(flushes_no_more_than("h/a", its, of_all)));
	EXPECT_EQ(0, truncate("tracing/set_event_pid", 0));
}

TEST_F(trace, a_refused_operation_is_not_traced)
{
	if (self->ready)
		SKIP(return, "no tracefs in this kernel");
	ASSERT_EQ(0, cg_mount("none,name=traced", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, clear_trace());
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a"));
	EXPECT_EQ(-EEXIST, cg_mkdir("h/a"));
	EXPECT_EQ(-ESRCH, cg_put("h/tasks", "4194303"));
	EXPECT_FALSE(traced("cgroup_rmdir", ""));
	EXPECT_FALSE(traced("cgroup_mkdir", ""));
	EXPECT_FALSE(traced("cgroup_attach_task", ""));
}

TEST_HARNESS_MAIN
