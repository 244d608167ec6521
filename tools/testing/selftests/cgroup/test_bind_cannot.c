// SPDX-License-Identifier: GPL-2.0
/*
 * Where a hierarchy in use truly cannot become what is asked: it says so, and all is
 * as it was.
 */
#include "cg_test.h"

/* What sched_setattr(2) takes; no header of ours has it. */
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

/* It may run three fifths of a CPU, if that much is left. */
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

/* For how many more deadline tasks is there room? */
static int room(void)
{
	pid_t pid[16];
	int i, nr;

	for (nr = 0; nr < ARRAY_SIZE(pid); nr++) {
		pid[nr] = cg_sleeper(NULL);
		if (be_deadline(pid[nr]))
			break;
	}
	for (i = 0; i <= nr && i < ARRAY_SIZE(pid); i++)
		cg_kill(pid[i]);
	return nr;
}

/* The same, when what earlier deadline tasks had booked has been given back. */
static int settled_room(void)
{
	int before, now = room();

	do {
		before = now;
		/* that takes up to a period */
		cg_msleep(200);
		now = room();
	} while (now != before);
	return now;
}

/* Is TEXT, written to PATH, refused with ERROR and these words, and nothing else done? */
static bool cannot(const char *path, const char *text, int error, const char *words)
{
	bool refused, said;

	cg_state_keep();
	cg_log_mark();
	refused = cg_refused(path, text, error);
	/* there are ten lines in five seconds at most */
	said = cg_logged(words, "/") || CG_SOON(cg_put(path, "%s", text) && cg_logged(words, "/"));
	if (!said)
		fprintf(stderr, "# %s: '%s' is refused without '%s'\n", path, text, words);
	return cg_state_kept() && refused && said;
}

FIXTURE(beyond) {
	pid_t task;
};

/* The task is watched; each test puts it somewhere. */
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

/* A deadline task of one cpuset that would come to another one. */
TEST_F(beyond, merge_of_a_deadline_task_at_another_path)
{
	int left;

	CG_NEED("cpuset");
	ASSERT_EQ(0, setup_cpusets());
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, cg_put("g/b/cgroup.procs", "%d", self->task));
	ASSERT_EQ(0, be_deadline(self->task));
	left = settled_room();
	EXPECT_TRUE(cannot("h/cgroup.merge", "name=g", -EBUSY, DEADLINE));
	EXPECT_TRUE(CG_SOON(room() == left));

	/* at the same path it is in nobody's way */
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_tasks_are_in(self->task, "cpuset", "/a"));
	EXPECT_TRUE(CG_SOON(room() == left));
	EXPECT_EQ(0, cg_kill(self->task));
	EXPECT_TRUE(CG_SOON(room() == left + 1));
}

/* One that is back under the usual policy goes along. */
TEST_F(beyond, merge_when_it_has_no_deadline_any_more)
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

/* Cpuset comes and goes with it in a group: its bandwidth is booked once all the time. */
TEST_F(beyond, cpuset_comes_to_a_deadline_task)
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
		EXPECT_TRUE(CG_SOON(room() == left));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset"));
		EXPECT_TRUE(CG_SOON(room() == left));
	}
	EXPECT_EQ(0, cg_kill(self->task));
	EXPECT_TRUE(CG_SOON(room() == left + 1));
}

#define V2_MODE_HERE	"cpuset cannot be added to a hierarchy with cpuset_v2_mode"
#define V2_MODE_BOTH	"cpuset needs cpuset_v2_mode in both hierarchies"
#define NOPREFIX	"noprefix works with cpuset only"

TEST_F(beyond, cpuset_to_a_tree_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpu,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+cpuset", -EINVAL, V2_MODE_HERE));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+pids +cpuset -cpu", -EINVAL, V2_MODE_HERE));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_remount("cpu,cpuset,name=h", "h"));
	EXPECT_TRUE(cg_state_kept());
	/* all others may come */
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_EQ(2, cg_num("h/a/pids.current"));
}

/* The mode makes no difference where there is no group. */
TEST_F(beyond, cpuset_to_a_root_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount("cpu,name=h,cpuset_v2_mode", "h"));
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
	EXPECT_STREQ("cpuset cpu", cg_text("h/cgroup.subsystems"));
}

TEST_F(beyond, cpuset_that_leaves_a_tree_with_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,cpu,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset"));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+cpuset", -EINVAL, V2_MODE_HERE));
}

TEST_F(beyond, subsystems_where_names_have_no_prefix)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,noprefix,name=h", "h"));
	ASSERT_TRUE(cg_exists("h/a/cpus"));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+pids", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "-cpuset", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("h/cgroup.subsystems", "+signal", -EINVAL, NOPREFIX));
}

TEST_F(beyond, merge_where_names_have_no_prefix)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,noprefix,name=h", "h"));
	ASSERT_EQ(0, make("pids,name=g", "g"));
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("h/cgroup.merge", "name=g", -EINVAL, NOPREFIX));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, NOPREFIX));
}

TEST_F(beyond, merge_where_one_has_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,name=h,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, make("pids,name=g", "g"));
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->task));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, V2_MODE_BOTH));
	/* cpuset is there already, and stays as it is */
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("cpuset pids", cg_text("h/cgroup.subsystems"));
}

TEST_F(beyond, merge_where_the_other_one_has_cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, make("cpuset,name=h", "h"));
	ASSERT_EQ(0, make("pids,name=g,cpuset_v2_mode", "g"));
	EXPECT_TRUE(cannot("g/cgroup.merge", "name=h", -EINVAL, V2_MODE_BOTH));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpuset +devices"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=h"));
}

TEST_HARNESS_MAIN
