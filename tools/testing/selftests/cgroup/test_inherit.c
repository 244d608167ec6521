// SPDX-License-Identifier: GPL-2.0
/* timeout: 200 */
/*
 * SUBSYS.inherit: a group shares the state of the nearest ancestor that owns one.
 */
#include "cg_test.h"

#define SUBSYSTEMS	"cpu,pids,memory,freezer,net_cls,debug"

FIXTURE(beyond) {
	pid_t top, middle, low;
};

/*
 *  h/
 *  `-- a/		a process of 3 threads
 *      `-- b/		a process
 *          `-- c/	a process
 */
FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup_nested(SUBSYSTEMS ",name=inherit"));
	ASSERT_EQ(0, cg_mkdir("h/a/b/c"));
	self->top = cg_threads("h/a", 2);
	ASSERT_LT(0, self->top);
	self->middle = cg_sleeper("h/a/b");
	ASSERT_LT(0, self->middle);
	self->low = cg_sleeper("h/a/b/c");
	ASSERT_LT(0, self->low);
	cg_state_watch(self->top);
	cg_state_watch(self->middle);
	cg_state_watch(self->low);
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(beyond, each_subsystem_has_an_inherit_file)
{
	static const char * const names[] = {
		"cpu", "pids", "memory", "freezer", "net_cls", "debug",
	};
	struct stat st;
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *file = cg_path("h/a/%s.inherit", names[i]);

		ASSERT_EQ(0, stat(file, &st))
			TH_LOG("%s", file);
		EXPECT_EQ(0644, st.st_mode & 07777);
		EXPECT_STREQ("0", cg_text(file));
		EXPECT_FALSE(cg_exists(cg_path("h/%s.inherit", names[i])));
	}
	EXPECT_FALSE(cg_exists("h/a/devices.inherit"));
}

TEST_F(beyond, tasks_share_the_state_of_the_parent)
{
	EXPECT_EQ(1, cg_num("h/a/b/c/pids.current"));
	EXPECT_EQ(5, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_put("h/a/b/c/pids.inherit", "1"));
	EXPECT_STREQ("1", cg_text("h/a/b/c/pids.inherit"));
	EXPECT_FALSE(cg_exists("h/a/b/c/pids.current"));
	EXPECT_TRUE(cg_exists("h/a/b/c/cpu.shares"));
	EXPECT_EQ(2, cg_num("h/a/b/pids.current"));

	ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "1"));
	EXPECT_EQ(5, cg_num("h/a/pids.current"));
	EXPECT_FALSE(cg_exists("h/a/b/pids.max"));
	/* the limit of a applies to all tasks below: they are 5 */
	ASSERT_EQ(0, cg_put("h/a/pids.max", "6"));
	ASSERT_EQ(0, cg_put("h/a/b/c/cgroup.procs", "0"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	EXPECT_EQ(-EAGAIN, cg_fork_wait(NULL, NULL));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));

	ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "0"));
	EXPECT_EQ(2, cg_num("h/a/b/pids.current"));
	EXPECT_STREQ("max", cg_text("h/a/b/pids.max"));
	EXPECT_STREQ("1", cg_text("h/a/b/c/pids.inherit"));
	ASSERT_EQ(0, cg_put("h/a/b/c/pids.inherit", "0"));
	EXPECT_EQ(1, cg_num("h/a/b/c/pids.current"));
	EXPECT_EQ(5, cg_num("h/a/pids.current"));
}

TEST_F(beyond, a_new_group_inherits_as_its_parent_does)
{
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b/c/d"));
	EXPECT_STREQ("1", cg_text("h/a/b/c/d/memory.inherit"));
	EXPECT_STREQ("0", cg_text("h/a/b/c/d/pids.inherit"));
	EXPECT_FALSE(cg_exists("h/a/b/c/d/memory.limit_in_bytes"));
	EXPECT_TRUE(cg_exists("h/a/b/c/d/pids.max"));
	ASSERT_EQ(0, cg_mkdir("h/d"));
	EXPECT_STREQ("0", cg_text("h/d/memory.inherit"));
	/* a group may own a state that its parent inherits */
	ASSERT_EQ(0, cg_put("h/a/b/c/d/memory.inherit", "0"));
	EXPECT_TRUE(cg_exists("h/a/b/c/d/memory.limit_in_bytes"));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_put("h/a/b/c/memory.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_rmdir("h/a/b/c/d"));
	EXPECT_EQ(0, cg_put("h/a/b/c/memory.inherit", "0"));
}

TEST_F(beyond, refusals_change_nothing)
{
	static const char * const bad[] = { "2", "-1", " ", "x", "1 1", "+", "01x" };
	int i;

	ASSERT_EQ(0, cg_put("h/a/b/c/net_cls.inherit", "1"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_TRUE(cg_refused("h/a/b/c/pids.inherit", bad[i], -EINVAL));
	EXPECT_EQ(-EBUSY, cg_put("h/a/b/pids.inherit", "1"));
	EXPECT_EQ(-EBUSY, cg_put("h/a/pids.inherit", "1"));
	/* a write of the present value is accepted */
	EXPECT_EQ(0, cg_put("h/a/pids.inherit", "0"));
	EXPECT_EQ(0, cg_put("h/a/b/c/net_cls.inherit", "1"));
	EXPECT_TRUE(cg_state_kept());
}

/* Only the owner of the file may write: a user must not escape from a limit of the parent. */
static int flips(void *arg)
{
	return -cg_put(arg, "1");
}

TEST_F(beyond, only_the_owner_of_the_file_may_write)
{
	ASSERT_EQ(0, chown("h/a/b", 1000, 1000));
	ASSERT_EQ(0, chown("h/a/b/tasks", 1000, 1000));
	cg_state_keep();
	EXPECT_EQ(-EACCES, cg_as_user(1000, flips, "h/a/b/pids.inherit"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, chown("h/a/b/c/pids.inherit", 1000, 1000));
	EXPECT_EQ(0, cg_as_user(1000, flips, "h/a/b/c/pids.inherit"));
}

/* Only real root may change rules for devices, here as in devices.allow. */
static int flips_devices(void *arg)
{
	int fd = open(arg, O_WRONLY);

	return fd < 0 ? 100 : -cg_put_fd(fd, "1");
}

TEST_F(beyond, only_real_root_may_write_devices_inherit)
{
	CG_NEED("devices");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+devices"));
	ASSERT_EQ(0, chown("h/a/b/c/devices.inherit", 1000, 1000));
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_as_user(1000, flips_devices, "h/a/b/c/devices.inherit"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("0", cg_text("h/a/b/c/devices.inherit"));
	EXPECT_EQ(0, cg_put("h/a/b/c/devices.inherit", "1"));
}

/* A container may change groups below its root, but not its root, which the host limits. */
static int flips_in_ns(void *arg)
{
	if (cg_put("h/a/b/cgroup.procs", "0") || unshare(CLONE_NEWCGROUP))
		return 100;
	return -cg_put(arg, "1");
}

TEST_F(beyond, the_root_of_a_namespace_cannot_be_changed)
{
	pid_t pid = cg_spawn(flips_in_ns, "h/a/b/c/pids.inherit");

	EXPECT_EQ(0, cg_wait_exit(pid, 10000));
	EXPECT_STREQ("1", cg_text("h/a/b/c/pids.inherit"));
	cg_state_keep();
	pid = cg_spawn(flips_in_ns, "h/a/b/pids.inherit");
	EXPECT_EQ(EPERM, cg_wait_exit(pid, 10000));
	pid = cg_spawn(flips_in_ns, "h/a/pids.inherit");
	EXPECT_EQ(EPERM, cg_wait_exit(pid, 10000));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("0", cg_text("h/a/b/pids.inherit"));
}

/* The namespace of the opener of the file counts, not that of the writer. */
TEST_F(beyond, the_namespace_of_the_opener_counts)
{
	int home = open("/proc/self/ns/cgroup", O_RDONLY);
	int outer = open("h/a/b/pids.inherit", O_WRONLY), inner;

	ASSERT_EQ(0, cg_put("h/a/b/c/pids.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	inner = open("h/a/b/pids.inherit", O_WRONLY);
	ASSERT_LE(0, inner);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(inner, "1"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("0", cg_text("h/a/b/pids.inherit"));
	EXPECT_EQ(0, cg_put_fd(outer, "1"));
	EXPECT_STREQ("1", cg_text("h/a/b/pids.inherit"));
	ASSERT_EQ(0, setns(home, CLONE_NEWCGROUP));
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(inner, "0"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("1", cg_text("h/a/b/pids.inherit"));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
}

/* A group may have the name of a file that does not exist. */
TEST_F(beyond, a_group_can_have_the_name_of_an_absent_file)
{
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b/c/memory.limit_in_bytes"));
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.limit_in_bytes/tasks", "%d", self->low));
	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_put("h/a/b/c/memory.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=x memory"));
	EXPECT_TRUE(cg_has_pid("h/a/b/c/memory.limit_in_bytes/tasks", self->low));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_TRUE(cg_has_pid("h/a/b/c/memory.limit_in_bytes/tasks", self->low));
	ASSERT_EQ(0, cg_put("h/a/b/c/tasks", "%d", self->low));
	ASSERT_EQ(0, cg_rmdir("h/a/b/c/memory.limit_in_bytes"));
	EXPECT_EQ(0, cg_put("h/a/b/c/memory.inherit", "0"));
}

/* Write NAME.inherit of DIR. 0: each task then has the state that its group owns or inherits. */
static int flip(const char *dir, const char *name, bool inherits)
{
	int ret = cg_put(cg_path("%s/%s.inherit", dir, name), "%d", inherits);

	return ret ?: cg_debug_num("css_sets_wrong");
}

TEST_F(beyond, each_subsystem_can_be_inherited)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpu -pids -memory -freezer -net_cls -debug"));
	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!cg_usable(name) || !strcmp(name, "signal"))
			continue;
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+%s", name));
		/* else cg_debug_num() would mount debug in a hierarchy of its own each time */
		ASSERT_EQ(0, cg_mount(strcmp(name, "debug") ? "debug" : "none,name=d", "d"));
		ASSERT_EQ(0, flip("h/a/b/c", name, true))
			TH_LOG("%s", name);
		ASSERT_EQ(0, flip("h/a/b", name, true))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_kill(cg_sleeper("h/a/b/c")));
		EXPECT_EQ(0, cg_put("h/a/b/tasks", "%d", self->top));
		EXPECT_EQ(0, cg_put("h/a/tasks", "%d", self->top));
		ASSERT_EQ(0, flip("h/a/b", name, false))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_kill(cg_sleeper("h/a/b/c")));
		ASSERT_EQ(0, flip("h/a/b/c", name, false))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_umount("d"));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-%s", name));
		EXPECT_FALSE(cg_exists(cg_path("h/a/b/%s.inherit", name)));
	}
}

static bool may_open_null_in(const char *dir)
{
	bool may;

	if (cg_put(cg_path("%s/tasks", dir), "0"))
		return false;
	may = open("/dev/null", O_RDWR | O_CLOEXEC) >= 0;
	return !cg_put("h/tasks", "0") && may;
}

/* A group that inherits has the settings of its parent, made before or after the change. */
TEST_F(beyond, settings_of_the_parent_apply)
{
	cpu_set_t set;

	CG_NEED("cpuset");
	CG_NEED("devices");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset +devices"));
	ASSERT_EQ(0, cg_put("h/a/b/c/cpuset.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/a/b/cpuset.cpus", "0"));
	ASSERT_EQ(0, sched_getaffinity(self->low, sizeof(set), &set));
	EXPECT_EQ(1, CPU_COUNT(&set));
	ASSERT_EQ(0, cg_put("h/a/b/c/cpuset.inherit", "0"));
	ASSERT_EQ(0, cg_put("h/a/b/c/cpuset.cpus", "0"));
	ASSERT_EQ(0, cg_put("h/a/b/cpuset.cpus", "%s", cg_text("h/cpuset.cpus")));
	ASSERT_EQ(0, cg_put("h/a/b/c/cpuset.inherit", "1"));
	ASSERT_EQ(0, sched_getaffinity(self->low, sizeof(set), &set));
	EXPECT_LT(1, CPU_COUNT(&set));

	ASSERT_EQ(0, cg_put("h/a/b/c/devices.inherit", "1"));
	EXPECT_TRUE(may_open_null_in("h/a/b/c"));
	ASSERT_EQ(0, cg_put("h/a/b/devices.deny", "c 1:3 rwm"));
	EXPECT_FALSE(may_open_null_in("h/a/b/c"));
	ASSERT_EQ(0, cg_put("h/a/b/devices.allow", "c 1:3 rwm"));
	EXPECT_TRUE(may_open_null_in("h/a/b/c"));
}

/* Memory stays charged to the old state, which is freed after the last charge. */
TEST_F(beyond, memory_stays_charged_to_the_old_state)
{
	pid_t pid = cg_eater("h/a/b/c", 8 << 20);
	long long before;

	ASSERT_LT(0, pid);
	ASSERT_LE(8 << 20, cg_num("h/a/b/c/memory.usage_in_bytes"));
	before = cg_num("h/a/b/memory.usage_in_bytes");
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "1"));
	EXPECT_LE(8 << 20, cg_num("h/a/b/memory.usage_in_bytes"))
		TH_LOG("%lld before", before);
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "0"));
	EXPECT_GT(4 << 20, cg_num("h/a/b/c/memory.usage_in_bytes"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_TRUE(CG_SOON(cg_num("h/a/b/memory.usage_in_bytes") < 4 << 20));
}

TEST_F(beyond, a_group_that_inherits_is_frozen_with_its_parent)
{
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("h/a/b/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, cg_put("h/a/b/c/freezer.inherit", "1"));
	/* still frozen, now by the state of b */
	kill(self->low, SIGTERM);
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(self->low, 100));
	EXPECT_TRUE(cg_wait_text("h/a/b/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "THAWED"));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(self->low, 5000));
}

/* Tasks that wait for events of a removed state are woken. */
TEST_F(beyond, tasks_that_wait_for_events_are_woken)
{
	int state = cg_watch("h/a/b/c/freezer.state");
	int efd = cg_listen("h/a/b/c", "memory.usage_in_bytes", "100M");
	char buf[64];

	ASSERT_LE(0, state);
	ASSERT_LE(0, efd);
	ASSERT_FALSE(cg_event(state, 0));
	ASSERT_EQ(0, cg_put("h/a/b/c/freezer.inherit", "1"));
	EXPECT_TRUE(cg_event(state, 1000));
	EXPECT_EQ(-1, pread(state, buf, sizeof(buf), 0));
	EXPECT_EQ(ENODEV, errno);
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "1"));
	EXPECT_TRUE(cg_rings(efd, 10000));
	close(state);
	close(efd);
}

/* can_attach() may refuse in both directions, and css_online() may refuse a new state. */
TEST_F(beyond, a_refused_change_is_undone)
{
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_attach", "%d", EXDEV));
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_online", "%d", EDOM));
	cg_state_keep();
	EXPECT_EQ(-EXDEV, cg_put("h/a/b/c/debug.inherit", "1"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_attach", "0"));
	ASSERT_EQ(0, cg_put("h/a/b/c/debug.inherit", "1"));
	cg_state_keep();
	EXPECT_EQ(-EDOM, cg_put("h/a/b/c/debug.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_online", "0"));
	/* the new state is made, but refuses the tasks */
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_new", "%d", EL3RST));
	EXPECT_EQ(-EL3RST, cg_put("h/a/b/c/debug.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/a/b/debug.refuse_new", "0"));
	ASSERT_EQ(0, cg_put("h/a/b/c/debug.inherit", "0"));
	EXPECT_STREQ("0", cg_text("h/a/b/c/debug.refuse_attach"));
	EXPECT_STREQ("0", cg_text("h/debug.css_sets_wrong"));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a/b/c"));
	EXPECT_TRUE(cg_state_kept());
}

/* A group may own the state of debug only if it owns the states that debug needs. */
TEST_F(beyond, dependencies_must_be_owned_too)
{
	ASSERT_EQ(0, cg_put("h/debug.needs", "memory"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/a/b/c/memory.inherit", "1"));
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.subsystems", "-memory"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/a/b/c/debug.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "1"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/a/b/c/debug.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	/* each group would own the state of debug after a bind */
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-debug"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.subsystems", "+debug"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/a/b/c/memory.inherit", "0"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("h/debug.needs", " "));
}

/*
 * A use of inherit: three groups have cpu.shares of their own, but share one limit of processes
 * and one of memory. They change between shared and own limits while their tasks run.
 */
#define MB	0x100000
#define HELD	(8 * MB)	/* by each worker */
#define FITS	(24 * MB)	/* within the limit, but not together with the workers */
#define LIMIT	(40 * MB)
#define KIDS	3

static char * const kids[KIDS] = { "h/a/b", "h/a/x", "h/a/y" };

static int enters(const char *dir)
{
	return cg_put(cg_path("%s/cgroup.procs", dir), "0");
}

static int eats(void *arg)
{
	return enters(arg) ? 100 : cg_touch(FITS);
}

/* All workers compete for the same CPU. */
static int works(void *arg)
{
	if (enters(arg) || cg_touch(HELD) || cg_pin(0))
		return 100;
	for (;;)
		;
}

static int forks_once(void *arg)
{
	return enters(arg) ? 100 : -cg_fork_wait(NULL, NULL);
}

static int forks_on(void *arg)
{
	if (enters(arg))
		return 100;
	while (!cg_fork_wait(NULL, NULL))
		;
	return 101;
}

/* The three groups share the states of h/a, or each has its own. */
static int share(bool together)
{
	int i, ret = 0;

	for (i = 0; !ret && i < KIDS; i++)
		ret = cg_put(cg_path("%s/pids.inherit", kids[i]), "%d", together) ?:
		      cg_put(cg_path("%s/memory.inherit", kids[i]), "%d", together);
	return ret;
}

/*
 * The shares are in the ratio of 1 to 2 to 4, and so is the CPU time, roughly. On a slow or
 * busy host the tasks run in long turns, so the ratio shows only after some time.
 */
static bool time_goes_by_shares(const pid_t *workers)
{
	long long had[KIDS], got[KIDS];
	bool fair;
	int i;

	for (i = 0; i < KIDS; i++)
		had[i] = cg_cpu_ms(workers[i]);
	fair = CG_SOON(({
		for (i = 0; i < KIDS; i++)
			got[i] = cg_cpu_ms(workers[i]) - had[i];
		got[0] >= 100 * cg_slow() && 3 * got[0] < 2 * got[1] && 3 * got[1] < 2 * got[2];
	}));
	if (fair)
		return true;
	fprintf(stderr, "# %lld, %lld, %lld ms\n", got[0], got[1], got[2]);
	return false;
}

FIXTURE(beyond_together) {
	pid_t workers[KIDS];
};

/*
 *  h/
 *  `-- a/			limits
 *      |-- b/  1024	a worker in each
 *      |-- x/  2048
 *      `-- y/  4096
 */
FIXTURE_SETUP(beyond_together)
{
	int i;

	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("cpu,pids,memory,name=inherit", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	for (i = 0; i < KIDS; i++) {
		ASSERT_EQ(0, cg_mkdir(kids[i]));
		ASSERT_EQ(0, cg_put(cg_path("%s/cpu.shares", kids[i]), "%d", 1024 << i));
	}
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "%d", LIMIT));
	ASSERT_EQ(0, share(true));
	/* a task that is alone may use the whole limit */
	ASSERT_EQ(0, cg_spawn_wait(eats, "h/a/y"));
	ASSERT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") < HELD));
	for (i = 0; i < KIDS; i++) {
		self->workers[i] = cg_spawn(works, kids[i]);
		ASSERT_LT(0, self->workers[i]);
		cg_state_watch(self->workers[i]);
	}
	ASSERT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") >= KIDS * HELD));
}

FIXTURE_TEARDOWN(beyond_together)
{
	EXPECT_EQ(0, cg_teardown());
}

/* One limit applies to all; a fork that exceeds it is counted in the state of the parent. */
TEST_F(beyond_together, all_groups_have_one_limit_of_processes)
{
	int i;

	ASSERT_EQ(KIDS, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_put("h/a/pids.max", "%d", KIDS + 2));
	for (i = 0; i < KIDS; i++)
		EXPECT_EQ(0, cg_spawn_wait(forks_once, kids[i]));
	ASSERT_EQ(0, cg_put("h/a/pids.max", "%d", KIDS + 1));
	for (i = 0; i < KIDS; i++) {
		EXPECT_EQ(EAGAIN, cg_spawn_wait(forks_once, kids[i]));
		EXPECT_EQ(i + 1, cg_key("h/a/pids.events", "max"));
	}
	EXPECT_EQ(KIDS, cg_num("h/a/pids.current"));
	/* each group has a state with a limit and events of its own */
	ASSERT_EQ(0, share(false));
	for (i = 0; i < KIDS; i++) {
		EXPECT_EQ(1, cg_num(cg_path("%s/pids.current", kids[i])));
		ASSERT_EQ(0, cg_put(cg_path("%s/pids.max", kids[i]), "%d", 2));
	}
	ASSERT_EQ(0, cg_put("h/a/pids.max", "max"));
	EXPECT_EQ(EAGAIN, cg_spawn_wait(forks_once, "h/a/x"));
	EXPECT_EQ(1, cg_key("h/a/x/pids.events", "max"));
	EXPECT_EQ(0, cg_key("h/a/y/pids.events", "max"));
	EXPECT_EQ(KIDS, cg_key("h/a/pids.events", "max"));
}

TEST_F(beyond_together, all_groups_have_one_limit_of_memory)
{
	long long failcnt;
	int i;

	for (i = 0; i < KIDS; i++) {
		failcnt = cg_num("h/a/memory.failcnt");
		EXPECT_EQ(128 + SIGKILL, cg_spawn_wait(eats, kids[i]));
		EXPECT_EQ(i + 1, cg_key("h/a/memory.oom_control", "oom_kill"));
		EXPECT_LT(failcnt, cg_num("h/a/memory.failcnt"));
	}
	EXPECT_LE(KIDS * HELD, cg_num("h/a/memory.usage_in_bytes"));
	/* memory that one group frees can be used by the others */
	for (i = 0; i < KIDS - 1; i++)
		ASSERT_EQ(0, cg_kill(self->workers[i]));
	EXPECT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") < 2 * HELD));
	EXPECT_EQ(0, cg_spawn_wait(eats, "h/a/b"));
}

/* A quota of a hundredth of a CPU is removed with the state; that of the parent applies then. */
TEST_F(beyond_together, the_quota_of_the_parent_applies)
{
	long long had;

	ASSERT_EQ(0, cg_kill(self->workers[1]));
	ASSERT_EQ(0, cg_kill(self->workers[2]));
	ASSERT_EQ(0, cg_put("h/a/b/cpu.cfs_quota_us", "1000"));
	ASSERT_TRUE(CG_SOON(cg_key("h/a/b/cpu.stat", "nr_throttled") > 0));
	ASSERT_EQ(0, cg_put("h/a/b/cpu.inherit", "1"));
	had = cg_cpu_ms(self->workers[0]);
	EXPECT_TRUE(CG_SOON(cg_cpu_ms(self->workers[0]) >= had + 200 * cg_slow()));
	EXPECT_EQ(0, cg_key("h/a/cpu.stat", "nr_throttled"));
	ASSERT_EQ(0, cg_put("h/a/cpu.cfs_quota_us", "1000"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/cpu.stat", "nr_throttled") > 0));
	ASSERT_EQ(0, cg_put("h/a/cpu.cfs_quota_us", "-1"));
	ASSERT_EQ(0, cg_put("h/a/b/cpu.inherit", "0"));
	EXPECT_EQ(-1, cg_num("h/a/b/cpu.cfs_quota_us"));
	had = cg_cpu_ms(self->workers[0]);
	EXPECT_TRUE(CG_SOON(cg_cpu_ms(self->workers[0]) > had));
}

/* CPU time is counted in the parent only, until the group has a state of its own. */
TEST_F(beyond_together, cpu_time_is_counted_in_the_parent)
{
	long long had, own;

	CG_NEED("cpuacct");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuacct"));
	ASSERT_EQ(0, cg_put("h/a/b/cpuacct.inherit", "1"));
	ASSERT_EQ(0, cg_kill(self->workers[1]));
	ASSERT_EQ(0, cg_kill(self->workers[2]));
	had = cg_num("h/a/cpuacct.usage");
	EXPECT_LT(0, had);
	EXPECT_TRUE(CG_SOON(cg_num("h/a/cpuacct.usage") > had));
	ASSERT_EQ(0, cg_put("h/a/b/cpuacct.inherit", "0"));
	EXPECT_TRUE(CG_SOON((own = cg_num("h/a/b/cpuacct.usage")) > 0));
	EXPECT_LE(had + own, cg_num("h/a/cpuacct.usage"));
}

/* Tasks run and fork during the changes: no task is lost, and all tasks go on. */
TEST_F(beyond_together, limits_are_shared_and_unshared_while_tasks_run)
{
	long long had[KIDS];
	pid_t forkers[KIDS];
	int i, round;

	EXPECT_TRUE(time_goes_by_shares(self->workers));
	for (i = 0; i < KIDS; i++) {
		forkers[i] = cg_spawn(forks_on, kids[i]);
		ASSERT_LT(0, forkers[i]);
		had[i] = cg_cpu_ms(self->workers[i]);
	}
	for (round = 0; round < 10; round++) {
		ASSERT_EQ(0, share(false));
		for (i = 0; i < KIDS; i++) {
			long long n = cg_num(cg_path("%s/pids.current", kids[i]));

			EXPECT_TRUE(n >= 1 && n <= 3)
				TH_LOG("%lld in %s", n, kids[i]);
			EXPECT_EQ(1024 << i, cg_num(cg_path("%s/cpu.shares", kids[i])));
		}
		EXPECT_LE(KIDS * HELD, cg_num("h/a/memory.usage_in_bytes"));
		ASSERT_EQ(0, share(true));
		EXPECT_FALSE(cg_exists("h/a/x/pids.current"));
		EXPECT_LE(KIDS, cg_num("h/a/pids.current"));
		EXPECT_LE(KIDS * HELD, cg_num("h/a/memory.usage_in_bytes"));
	}
	for (i = 0; i < KIDS; i++) {
		EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(forkers[i], 0));
		EXPECT_TRUE(CG_SOON(cg_cpu_ms(self->workers[i]) > had[i]));
		ASSERT_EQ(0, cg_kill(forkers[i]));
	}
	/* the last child of a killed forker becomes a child of this process */
	EXPECT_TRUE(CG_SOON(waitpid(-1, NULL, WNOHANG) <= 0 &&
			    cg_num("h/a/pids.current") == KIDS))
		TH_LOG("%lld", cg_num("h/a/pids.current"));
	EXPECT_EQ(KIDS, cg_num("h/a/pids.current"));
	EXPECT_TRUE(time_goes_by_shares(self->workers));
	EXPECT_EQ(128 + SIGKILL, cg_spawn_wait(eats, "h/a/y"));
	ASSERT_EQ(0, share(false));
	EXPECT_TRUE(time_goes_by_shares(self->workers));
	for (i = 0; i < KIDS; i++) {
		EXPECT_EQ(1, cg_num(cg_path("%s/pids.current", kids[i])));
		ASSERT_EQ(0, cg_kill(self->workers[i]));
		EXPECT_EQ(0, cg_num(cg_path("%s/pids.current", kids[i])));
	}
	EXPECT_EQ(0, cg_num("h/a/pids.current"));
	EXPECT_TRUE(CG_SOON(cg_num("h/a/memory.usage_in_bytes") < HELD));
}

TEST_HARNESS_MAIN
