// SPDX-License-Identifier: GPL-2.0
/*
 * Changes that are impossible in a hierarchy in use: each is refused, the kernel log has the
 * reason, and nothing has changed.
 */
#include "cg_test.h"

/* The argument of sched_setattr(2); no header that we include has it. */
struct dl_attr {
	unsigned int size;
	unsigned int policy;
	unsigned long long flags;
	int nice;
	unsigned int priority;
	unsigned long long runtime;
	unsigned long long deadline;
	unsigned long long period;
};

#define POLICY_DEADLINE	6

/* Give PID three fifths of a CPU as a deadline task, if that much is left. */
static int be_deadline(pid_t pid)
{
	struct dl_attr attr = {
		.size = sizeof(attr),
		.policy = POLICY_DEADLINE,
		.runtime = 60000000,
		.deadline = 100000000,
		.period = 100000000,
	};

	return syscall(SYS_sched_setattr, pid, &attr, 0) ? -errno : 0;
}

/* How many more deadline tasks does the kernel admit? */
static long long room(void *unused)
{
	pid_t pid[16];
	int i, nr;

	(void)unused;
	for (nr = 0; nr < ARRAY_SIZE(pid); nr++) {
		pid[nr] = cg_sleeper(NULL);
		if (be_deadline(pid[nr]))
			break;
	}
	for (i = 0; i <= nr && i < ARRAY_SIZE(pid); i++)
		cg_kill(pid[i]);
	return nr;
}

/* The same, after the bandwidth of earlier deadline tasks has been returned. */
static long long settled_room(void)
{
	/* the return takes up to one period */
	return cg_settled(room, NULL, 200);
}

/* A write of TEXT to PATH: is it refused with ERROR, is WORDS logged, does nothing change? */
static bool cannot(const char *path, const char *text, int error, const char *words)
{
	bool refused, said;

	cg_state_keep();
	cg_log_mark();
	refused = cg_refused(path, text, error);
	/* at most ten lines are logged in five seconds: write again until one is */
	said = cg_logged(words, "/") || CG_SOON(cg_put(path, "%s", text) && cg_logged(words, "/"));
	if (!said)
		fprintf(stderr, "# %s: '%s' was refused, but '%s' was not logged\n", path, text,
			words);
	return cg_state_kept() && refused && said;
}

FIXTURE(beyond) {
	pid_t task;
};

/* cg_state_kept() watches the task, which the tests move. */
FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup());
	self->task = cg_threads(NULL, 1);
	ASSERT_LT(0, self->task);
	cg_state_watch(self->task);
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

static int make(const char *options, const char *dir)
{
	return cg_mount(options, dir) ?: cg_mkdir(cg_path("%s/a", dir)) ?:
	       cg_mkdir(cg_path("%s/b", dir));
}

static int all_cpus(const char *dir)
{
	return cg_put(cg_path("%s/cpuset.cpus", dir), "%s", cg_text("g/cpuset.cpus")) ?:
	       cg_put(cg_path("%s/cpuset.mems", dir), "%s", cg_text("g/cpuset.mems"));
}

static int setup_cpusets(void)
{
	return make("cpu,name=h", "h") ?: make("cpuset,name=g", "g") ?: all_cpus("g/a") ?:
	       all_cpus("g/b");
}

#define DEADLINE	"cpuset has a deadline task at another path"

/* The merge would move a deadline task to another cpuset. */
TEST_F(beyond, a_deadline_task_at_another_path_prevents_a_merge)
{
	int left;

	CG_NEED("cpuset");
	ASSERT_EQ(0, setup_cpusets());
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, cg_put("g/b/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, be_deadline(self->task));
	left = settled_room();
	EXPECT_TRUE(cannot("h/cgroup.merge", "name=g", -EBUSY, DEADLINE));
	EXPECT_TRUE(CG_SOON(room(NULL) == left));

	/* a task at the same path does not hinder the merge */
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_tasks_are_in(self->task, "cpuset", "/a"));
	EXPECT_TRUE(CG_SOON(room(NULL) == left));
	EXPECT_EQ(0, cg_kill(self->task));
	EXPECT_TRUE(CG_SOON(room(NULL) == left + 1));
}

/* A task that is back under the normal policy is moved along. */
TEST_F(beyond, a_former_deadline_task_does_not_prevent_a_merge)
{
	struct sched_param none = { 0 };

	CG_NEED("cpuset");
	ASSERT_EQ(0, setup_cpusets());
	ASSERT_EQ(0, cg_put("g/b/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, be_deadline(self->task));
	EXPECT_TRUE(cannot("h/cgroup.merge", "name=g", -EBUSY, DEADLINE));
	ASSERT_EQ(0, sched_setscheduler(self->task, SCHED_OTHER, &none));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_tasks_are_in(self->task, "cpuset", "/"));
}

/* Cpuset is bound and unbound with the task in a group: its bandwidth stays reserved once. */
TEST_F(beyond, cpuset_can_be_bound_with_a_deadline_task)
{
	int i, left;

	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpu,name=h", "h"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, be_deadline(self->task));
	left = settled_room();
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
		EXPECT_TRUE(cg_tasks_are_in(self->task, "cpuset", "/a"));
		EXPECT_TRUE(CG_SOON(room(NULL) == left));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset"));
		EXPECT_TRUE(CG_SOON(room(NULL) == left));
	}
	EXPECT_EQ(0, cg_kill(self->task));
	EXPECT_TRUE(CG_SOON(room(NULL) == left + 1));
}

/* The bandwidth stays reserved if the subsystem debug refuses what cpuset has agreed to. */
TEST_F(beyond, a_refused_change_keeps_the_bandwidth_of_a_deadline_task)
{
	long long left;

	CG_NEED("cpuset");
	CG_NEED("debug");
	ASSERT_EQ(0, make("cpu,debug,name=h", "h"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, be_deadline(self->task));
	left = settled_room();
	ASSERT_LT(0, left);

	/* the task would get a cpuset of its group, and leave debug */
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "%d", EPERM));
	EXPECT_EQ(-EPERM, cg_put("h/cgroup.subsystems", "-debug +cpuset"));
	EXPECT_STREQ("cpu debug", cg_text("h/cgroup.subsystems"));
	EXPECT_EQ(left, settled_room());

	/* the same for a move to a cpuset with the same CPUs */
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "0"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
	ASSERT_EQ(0, cg_put("h/b/debug.refuse_attach", "%d", EPERM));
	EXPECT_EQ(-EPERM, cg_put("h/b/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cg_tasks_are_in(self->task, "cpuset", "/a"));
	EXPECT_EQ(left, settled_room());
	EXPECT_EQ(0, cg_kill(self->task));
	EXPECT_TRUE(CG_SOON(room(NULL) == left + 1));
}

#define V2_MODE_HERE	"cpuset cannot be added to a hierarchy with cpuset_v2_mode"
#define V2_MODE_BOTH	"cpuset needs cpuset_v2_mode in both hierarchies"
#define NOPREFIX	"noprefix works with cpuset only"

TEST_F(beyond, cpuset_cannot_be_added_to_groups_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpu,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+cpuset", -EINVAL, V2_MODE_HERE));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+pids +cpuset -cpu", -EINVAL, V2_MODE_HERE));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_remount("cpu,cpuset,name=h", "h"));
	EXPECT_TRUE(cg_state_kept());
	/* every other subsystem may be bound */
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_EQ(2, cg_num("h/a/pids.current"));
}

/* The mode makes no difference in a hierarchy without groups. */
TEST_F(beyond, cpuset_can_be_added_to_a_root_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount("cpu,name=h,cpuset_v2_mode", "h"));
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
	EXPECT_STREQ("cpuset cpu", cg_text("h/cgroup.subsystems"));
}

TEST_F(beyond, cpuset_cannot_be_added_again_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,cpu,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset"));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+cpuset", -EINVAL, V2_MODE_HERE));
}

TEST_F(beyond, noprefix_prevents_changes_of_subsystems)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,noprefix,name=h", "h"));
	ASSERT_TRUE(cg_exists("h/a/cpus"));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+pids", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "-cpuset", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+signal", -EINVAL, NOPREFIX));
}

TEST_F(beyond, noprefix_prevents_a_merge)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,noprefix,name=h", "h"));
	ASSERT_EQ(0, make("pids,name=g", "g"));
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("h/cgroup.merge", "name=g", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, NOPREFIX));
}

TEST_F(beyond, a_cpuset_in_cpuset_v2_mode_cannot_be_merged_elsewhere)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, make("pids,name=g", "g"));
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, V2_MODE_BOTH));
	/* cpuset is bound to h already, and stays as it is */
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("cpuset pids", cg_text("h/cgroup.subsystems"));
}

TEST_F(beyond, a_cpuset_cannot_be_merged_into_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,name=h", "h"));
	ASSERT_EQ(0, make("pids,name=g,cpuset_v2_mode", "g"));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, V2_MODE_BOTH));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset +devices"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=h"));
}

TEST_HARNESS_MAIN
