// SPDX-License-Identifier: GPL-2.0
/* timeout: 200 */
/*
 * cgroup.merge and cgroup.split: two hierarchies become one, one becomes two, and the groups
 * keep their csses.
 */
#include "cg_test.h"

static int tree(const char *dir)
{
	return cg_mkdir(cg_path("%s/a", dir)) ?: cg_mkdir(cg_path("%s/a/b", dir)) ?:
	       cg_mkdir(cg_path("%s/c", dir));
}

FIXTURE(beyond) {
	pid_t outer, inner, apart;
};

/*
 *  h/ cpu,pids		g/ memory,freezer,net_cls
 *  |-- a/   outer		|-- a/   outer
 *  |   `-- b/   inner	|   `-- b/   inner
 *  `-- c/   apart		`-- c/
 */
FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("cpu,pids,name=h", "h"));
	ASSERT_EQ(0, cg_mount("memory,freezer,net_cls,name=g", "g"));
	ASSERT_EQ(0, tree("h"));
	ASSERT_EQ(0, tree("g"));
	self->outer = cg_threads("h/a", 2);
	ASSERT_LT(0, self->outer);
	ASSERT_EQ(0, cg_put("g/a/cgroup.procs", "%d", self->outer));
	self->inner = cg_sleeper("h/a/b");
	ASSERT_LT(0, self->inner);
	ASSERT_EQ(0, cg_put("g/a/b/cgroup.procs", "%d", self->inner));
	self->apart = cg_sleeper("h/c");
	ASSERT_LT(0, self->apart);
	cg_state_watch(self->outer);
	cg_state_watch(self->inner);
	cg_state_watch(self->apart);
}

FIXTURE_TEARDOWN(beyond)
{
	/* debug.needs and FROZEN would outlive a test that failed */
	cg_put("g/debug.needs", " ");
	cg_put("h/debug.needs", " ");
	cg_thaw_all();
	EXPECT_EQ(0, cg_teardown());
}

static bool path_is(pid_t pid, const char *tag, const char *want)
{
	char path[256];

	return !cg_proc_path(pid, tag, path, sizeof(path)) && !strcmp(path, want);
}

TEST_F(beyond, only_roots_have_the_files)
{
	struct stat st;

	ASSERT_EQ(0, stat("h/cgroup.merge", &st));
	EXPECT_EQ(0200, st.st_mode & 07777);
	ASSERT_EQ(0, stat("h/cgroup.split", &st));
	EXPECT_EQ(0200, st.st_mode & 07777);
	EXPECT_FALSE(cg_exists("h/a/cgroup.merge"));
	EXPECT_FALSE(cg_exists("h/a/cgroup.split"));
}

TEST_F(beyond, merge_keeps_states)
{
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "333"));
	ASSERT_EQ(0, cg_put("g/a/b/memory.limit_in_bytes", "64M"));
	ASSERT_EQ(0, cg_put("g/c/net_cls.classid", "0x10001"));
	ASSERT_EQ(0, cg_put("g/a/b/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("g/a/b/freezer.state", "FROZEN", 5000));

	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("cpu memory freezer net_cls pids", cg_text("h/cgroup.subsystems"));
	EXPECT_STREQ("", cg_text("g/cgroup.subsystems"));
	EXPECT_FALSE(cg_exists("g/a"));
	EXPECT_FALSE(cg_exists("g/memory.limit_in_bytes"));
	EXPECT_EQ(333, cg_num("h/a/cpu.shares"));
	EXPECT_EQ(64 << 20, cg_num("h/a/b/memory.limit_in_bytes"));
	EXPECT_EQ(0x10001, cg_num("h/c/net_cls.classid"));
	EXPECT_STREQ("FROZEN", cg_text("h/a/b/freezer.state"));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
	EXPECT_TRUE(path_is(self->inner, "cpu,memory,freezer,net_cls,pids,name=h", "/a/b"));
	EXPECT_TRUE(path_is(self->inner, "name=g", "/"));
	EXPECT_EQ(cg_hierarchy_of("memory"), cg_hierarchy_of("cpu"));
	/* and the merged hierarchy works */
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "THAWED"));
	EXPECT_TRUE(cg_wait_text("h/a/b/freezer.state", "THAWED", 5000));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->inner));
	EXPECT_EQ(3, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_mkdir("h/c/new"));
	EXPECT_TRUE(cg_exists("h/c/new/memory.limit_in_bytes"));
	EXPECT_EQ(0, cg_rmdir("h/c/new"));
	/* the rest of the other hierarchy goes with its last unmount */
	EXPECT_EQ(0, cg_umount("g"));
	EXPECT_EQ(NULL, strstr(cg_text("/proc/self/cgroup"), "name=g"));
}

TEST_F(beyond, merge_by_id)
{
	cg_state_keep();
	EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "9999"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "%d", cg_hierarchy_of("memory")));
	EXPECT_TRUE(cg_exists("h/a/b/memory.limit_in_bytes"));
}

/* A task that is in another group in the other hierarchy gets the css of its group in this one. */
TEST_F(beyond, merge_attaches_tasks)
{
	ASSERT_EQ(0, cg_put("g/c/freezer.state", "FROZEN"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	/* apart was in g's root */
	EXPECT_TRUE(cg_wait_text("h/c/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, kill(self->apart, SIGTERM));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(self->apart, 100));
	ASSERT_EQ(0, cg_put("h/c/freezer.state", "THAWED"));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(self->apart, 5000));
}

TEST_F(beyond, pids_counts_right_after_a_merge)
{
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->apart));
	ASSERT_EQ(0, cg_put("g/c/cgroup.procs", "%d", self->outer));
	ASSERT_EQ(0, cg_put("g/cgroup.merge", "name=h"));
	EXPECT_EQ(1, cg_num("g/a/pids.current"));
	EXPECT_EQ(3, cg_num("g/c/pids.current"));
	EXPECT_EQ(1, cg_num("g/a/b/pids.current"));
	EXPECT_EQ(0, cg_kill(self->outer));
	EXPECT_TRUE(CG_SOON(!cg_num("g/c/pids.current")));
}

/* The other hierarchy is not mounted: after the merge nothing of it is left. */
TEST_F(beyond, merge_of_an_unmounted_hierarchy)
{
	ASSERT_EQ(0, cg_umount("g"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_EQ(NULL, strstr(cg_text("/proc/self/cgroup"), "name=g"));
	cg_state_keep();
	EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_state_kept());
}

/*
 * The rest of a hierarchy without a name takes no new groups: it could not be mounted again to
 * remove them.
 */
TEST_F(beyond, the_rest_of_a_nameless_hierarchy_takes_no_groups)
{
	ASSERT_EQ(0, cg_mount("devices", "d"));
	ASSERT_EQ(0, tree("d"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "%d", cg_hierarchy_of("devices")));
	cg_state_keep();
	EXPECT_EQ(-ENODEV, cg_mkdir("d/a"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_umount("d"));
	EXPECT_EQ(NULL, strstr(cg_text("/proc/self/cgroup"), "::/"));
}

TEST_F(beyond, merge_refusals)
{
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "name=nonsense", -ENOENT },
		{ "name=h", -EINVAL },
		{ "0", -EINVAL },
		{ "name=", -EINVAL },
		{ "h", -EINVAL },
		{ "-1", -ENOENT },
		{ "1x", -EINVAL },
		{ " ", -EINVAL },
	};
	int i;

	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_TRUE(cg_refused("h/cgroup.merge", bad[i].text, bad[i].error));
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "%d", cg_hierarchy_of("cpu")));
	EXPECT_TRUE(cg_state_kept());
}

/* An extra group on one side, one on each side with different names, then the same name. */
TEST_F(beyond, merge_needs_the_same_paths)
{
	ASSERT_EQ(0, cg_mkdir("h/d"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.merge", "name=h"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_mkdir("g/e"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, rename("g/e", "g/d"));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
}

TEST_F(beyond, a_subsystem_may_refuse_a_merge)
{
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("g/c/debug.refuse_attach", "%d", EXDEV));
	ASSERT_EQ(0, cg_put("g/c/debug.refuse_online", "%d", EDOM));
	cg_state_keep();
	EXPECT_EQ(-EXDEV, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("g/c/debug.refuse_attach", "0"));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	/* the values have come along with the css; those of a new css are 0 */
	EXPECT_STREQ("0", cg_text("h/c/debug.refuse_attach"));
	EXPECT_EQ(EDOM, cg_num("h/c/debug.refuse_online"));
	cg_state_keep();
	EXPECT_EQ(-EDOM, cg_mkdir("h/c/new"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_online", "0"));
	EXPECT_EQ(0, cg_mkdir("h/c/new"));
}

TEST_F(beyond, merge_keeps_inherit)
{
	ASSERT_EQ(0, cg_put("g/a/b/memory.inherit", "1"));
	ASSERT_EQ(0, cg_put("g/a/memory.limit_in_bytes", "77M"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("1", cg_text("h/a/b/memory.inherit"));
	EXPECT_FALSE(cg_exists("h/a/b/memory.limit_in_bytes"));
	EXPECT_EQ(77 << 20, cg_num("h/a/memory.limit_in_bytes"));
	ASSERT_EQ(0, cg_put("h/a/b/memory.inherit", "0"));
	EXPECT_TRUE(cg_exists("h/a/b/memory.limit_in_bytes"));
}

TEST_F(beyond, merge_with_a_stateless_subsystem)
{
	CG_NEED("signal");
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+signal"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_exists("h/a/b/signal.send"));
	EXPECT_FALSE(cg_exists("g/signal.send"));
	EXPECT_EQ(0, cg_put("h/a/signal.tree", "0"));
}

/* ---- split ---- */

TEST_F(beyond, split_keeps_states)
{
	ASSERT_EQ(0, cg_put("g/a/b/memory.limit_in_bytes", "64M"));
	ASSERT_EQ(0, cg_put("g/c/net_cls.classid", "0x10001"));
	ASSERT_EQ(0, cg_put("g/a/b/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("g/a/b/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, cg_put("g/a/b/notify_on_release", "1"));
	ASSERT_EQ(0, cg_put("g/notify_on_release", "1"));
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x memory,net_cls"));
	EXPECT_STREQ("freezer", cg_text("g/cgroup.subsystems"));
	EXPECT_FALSE(cg_exists("g/a/memory.limit_in_bytes"));
	EXPECT_FALSE(cg_exists("g/a/memory.inherit"));
	EXPECT_TRUE(path_is(self->inner, "memory,net_cls,name=x", "/a/b"));
	EXPECT_TRUE(path_is(self->inner, "freezer,name=g", "/a/b"));
	EXPECT_TRUE(path_is(getpid(), "memory,net_cls,name=x", "/"));

	ASSERT_EQ(0, cg_mount("name=x", "x"));
	EXPECT_STREQ("memory net_cls", cg_text("x/cgroup.subsystems"));
	EXPECT_EQ(64 << 20, cg_num("x/a/b/memory.limit_in_bytes"));
	EXPECT_EQ(0x10001, cg_num("x/c/net_cls.classid"));
	EXPECT_TRUE(cg_has_pid("x/a/b/tasks", self->inner));
	EXPECT_STREQ("1", cg_text("x/a/b/notify_on_release"));
	EXPECT_STREQ("1", cg_text("x/notify_on_release"));
	EXPECT_STREQ("0", cg_text("x/a/notify_on_release"));
	EXPECT_STREQ("FROZEN", cg_text("g/a/b/freezer.state"));
	ASSERT_EQ(0, cg_put("g/a/b/freezer.state", "THAWED"));
	/* from now on the two hierarchies are independent */
	ASSERT_EQ(0, cg_put("x/c/cgroup.procs", "%d", self->inner));
	EXPECT_TRUE(path_is(self->inner, "freezer,name=g", "/a/b"));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("g/a/b"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_rmdir("x/a/b"));
	ASSERT_EQ(0, cg_umount("x"));
	ASSERT_EQ(0, cg_mount("memory,net_cls,name=x", "x"));
	EXPECT_TRUE(cg_has_pid("x/c/tasks", self->inner));
	ASSERT_EQ(0, cg_umount("x"));
	/* they can be merged again once their paths are the same */
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.merge", "name=x"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("g/cgroup.procs", "%d", self->inner));
	ASSERT_EQ(0, cg_rmdir("g/a/b"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=x"));
	EXPECT_EQ(0x10001, cg_num("g/c/net_cls.classid"));
}

/* Files that were given to a user belong to that user in both hierarchies. */
TEST_F(beyond, split_keeps_owners)
{
	struct stat st;

	ASSERT_EQ(0, chown("g/a", 1000, 1001));
	ASSERT_EQ(0, chown("g/a/tasks", 1000, 1001));
	ASSERT_EQ(0, chown("g/a/memory.limit_in_bytes", 1000, 1001));
	ASSERT_EQ(0, chmod("g/a/memory.limit_in_bytes", 0660));
	ASSERT_EQ(0, chown("g/a/memory.inherit", 1002, 0));
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x memory"));
	ASSERT_EQ(0, cg_mount("name=x", "x"));
	ASSERT_EQ(0, stat("x/a", &st));
	EXPECT_EQ(1000, st.st_uid);
	EXPECT_EQ(1001, st.st_gid);
	ASSERT_EQ(0, stat("x/a/tasks", &st));
	EXPECT_EQ(1000, st.st_uid);
	ASSERT_EQ(0, stat("x/a/memory.limit_in_bytes", &st));
	EXPECT_EQ(1000, st.st_uid);
	EXPECT_EQ(0660, st.st_mode & 07777);
	ASSERT_EQ(0, stat("x/a/memory.inherit", &st));
	EXPECT_EQ(1002, st.st_uid);
	ASSERT_EQ(0, stat("x/a/cgroup.procs", &st));
	EXPECT_EQ(0, st.st_uid);
	ASSERT_EQ(0, stat("x/a/b/tasks", &st));
	EXPECT_EQ(0, st.st_uid);
}

TEST_F(beyond, split_refusals)
{
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "name=h memory", -EEXIST },
		{ "name=x cpu", -EINVAL },
		{ "name=x memory,cpu", -EINVAL },
		{ "name=x nonsense", -EINVAL },
		{ "name=x memory,memory", -EINVAL },
		{ "name=x", -EINVAL },
		{ "name=x ", -EINVAL },
		{ "x memory", -EINVAL },
		{ "name= memory", -EINVAL },
		{ "name=a/b memory", -EINVAL },
		{ "name=x memory,", -EINVAL },
		{ "name=x memory freezer", -EINVAL },
		{ "name=x signal", -EINVAL },
		{ "name=0123456789012345678901234567890123456789012345678901234567890123 memory",
		  -EINVAL },
	};
	int i;

	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_TRUE(cg_refused("g/cgroup.split", bad[i].text, bad[i].error));
	EXPECT_TRUE(cg_state_kept());
	/* the rest, without name and subsystems, could not be mounted */
	ASSERT_EQ(0, cg_mount("devices", "d"));
	ASSERT_EQ(0, cg_mkdir("d/a"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("d/cgroup.split", "name=x devices"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_rmdir("d/a"));
	EXPECT_EQ(0, cg_umount("d"));
	/* with a name it can be mounted */
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x memory,freezer,net_cls"));
	EXPECT_STREQ("", cg_text("g/cgroup.subsystems"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=x"));
}

/* After each change, debug must be together with the subsystem that it needs. */
TEST_F(beyond, dependencies_are_checked)
{
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("g/debug.needs", "memory"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.split", "name=x memory"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.split", "name=x debug"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.split", "name=x debug,freezer"));
	EXPECT_EQ(-EINVAL, cg_remount("debug,freezer,net_cls,name=g", "g"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put("g/cgroup.split", "name=x memory,debug"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=x"));
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "-debug"));
	ASSERT_EQ(0, mkdir("x", 0755));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_mount("debug", "x"));
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.subsystems", "+debug"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+debug"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("g/debug.needs", "nonsense"));
	EXPECT_TRUE(cg_state_kept());
	/* checked at each remount, even at one that changes nothing */
	ASSERT_EQ(0, cg_put("g/debug.needs", "devices"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_remount("memory,freezer,net_cls,debug,name=g", "g"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("g/debug.needs", " "));
	/* a merge is refused if neither of the two hierarchies has what debug needs */
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "-debug"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("h/debug.needs", "devices"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.merge", "name=h"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/debug.needs", "cpu"));
	EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	ASSERT_EQ(0, cg_put("h/debug.needs", " "));
}

/*
 * The hierarchy would carry both subsystems, but b would own a css of debug and inherit
 * that of memory. It does not matter which hierarchy is merged into the other.
 */
TEST_F(beyond, dependencies_of_a_group_in_a_merge)
{
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("g/a/b/memory.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/debug.needs", "memory"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.merge", "name=h"));
	EXPECT_TRUE(cg_state_kept());
	/* a group that owns neither css is as good as one that owns both */
	ASSERT_EQ(0, cg_put("h/a/b/debug.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_STREQ("1", cg_text("h/a/b/memory.inherit"));
	EXPECT_STREQ("1", cg_text("h/a/b/debug.inherit"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/a/b/debug.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/debug.needs", " "));
}

/* Memory and debug stay on the same side, but b owns a css of debug and none of memory. */
TEST_F(beyond, dependencies_of_a_group_in_a_split)
{
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("g/a/b/memory.inherit", "1"));
	ASSERT_EQ(0, cg_put("g/debug.needs", "memory"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.split", "name=x memory,debug"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.split", "name=x freezer"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("g/a/b/debug.inherit", "1"));
	EXPECT_EQ(0, cg_put("g/cgroup.split", "name=x memory,debug"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=x"));
	EXPECT_EQ(0, cg_put("g/cgroup.split", "name=x freezer"));
	EXPECT_EQ(0, cg_put("g/cgroup.merge", "name=x"));
	ASSERT_EQ(0, cg_put("g/debug.needs", " "));
}

/* A stateless subsystem has no css that could move, even if it is bound here. */
TEST_F(beyond, a_stateless_subsystem_cannot_be_split_off)
{
	CG_NEED("signal");
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+signal"));
	cg_state_keep();
	EXPECT_TRUE(cg_refused("g/cgroup.split", "name=x signal", -EINVAL));
	EXPECT_TRUE(cg_refused("g/cgroup.split", "name=x memory,signal", -EINVAL));
	EXPECT_TRUE(cg_refused("g/cgroup.split", "name=x signal,memory", -EINVAL));
	EXPECT_TRUE(cg_state_kept());
	/* signal stays in its hierarchy */
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x memory"));
	EXPECT_STREQ("freezer net_cls signal", cg_text("g/cgroup.subsystems"));
	ASSERT_EQ(0, cg_mount("name=x", "x"));
	EXPECT_STREQ("memory", cg_text("x/cgroup.subsystems"));
	EXPECT_FALSE(cg_exists("x/a/signal.send"));
	EXPECT_EQ(0, cg_put("g/a/signal.tree", "0"));
}

TEST_F(beyond, a_refused_mount_says_why)
{
	ASSERT_EQ(0, cg_mount("debug", "d"));
	ASSERT_EQ(0, cg_put("d/debug.needs", "devices"));
	ASSERT_EQ(0, cg_umount("d"));
	cg_state_keep();
	EXPECT_TRUE(cg_mount_refused("debug", -EINVAL,
				     "subsystem 'debug' refuses to be without 'devices'"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_mount("debug,devices", "d"));
	ASSERT_EQ(0, cg_put("d/debug.needs", " "));
	ASSERT_EQ(0, cg_umount("d"));
}

/* ---- tasks that wait for events ---- */

TEST_F(beyond, eventfds_follow_their_css)
{
	int efd = cg_listen("g/a/b", "memory.usage_in_bytes", "4M");
	pid_t pid;

	ASSERT_LE(0, efd);
	ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x memory"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_FALSE(cg_rings(efd, 0));
	pid = cg_eater("h/a/b", 16 << 20);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(cg_rings(efd, 10000));
	EXPECT_EQ(0, cg_kill(pid));
	close(efd);
}

TEST_F(beyond, pollers_are_woken)
{
	int fd = cg_watch("g/a/b/freezer.state");
	char buf[64];

	ASSERT_LE(0, fd);
	ASSERT_FALSE(cg_event(fd, 0));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_TRUE(cg_event(fd, 1000));
	EXPECT_EQ(-1, pread(fd, buf, sizeof(buf), 0));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
	/* the new file has the events of the old css */
	fd = cg_watch("h/a/b/freezer.state");
	ASSERT_LE(0, fd);
	ASSERT_FALSE(cg_event(fd, 0));
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "FROZEN"));
	EXPECT_TRUE(cg_event(fd, 5000));
	ASSERT_EQ(0, cg_put("h/a/b/freezer.state", "THAWED"));
	close(fd);
}

/* Earlier counts are not lost, and new ones are added in all ancestors. */
static int fills(void *arg)
{
	return cg_touch(8 << 20);
}

TEST_F(beyond, counters_continue_after_a_merge)
{
	long long faults;

	ASSERT_EQ(0, cg_put("g/a/b/cgroup.procs", "0"));
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(fills, NULL), 10000));
	ASSERT_EQ(0, cg_put("g/cgroup.procs", "0"));
	ASSERT_TRUE(CG_SOON(cg_key("g/a/b/memory.stat", "pgfault") >= 2048));
	ASSERT_TRUE(CG_SOON(cg_key("g/memory.stat", "total_pgfault") >= 2048));
	faults = cg_key("g/a/b/memory.stat", "pgfault");
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=g"));
	EXPECT_LE(faults, cg_key("h/a/b/memory.stat", "pgfault"));
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(fills, NULL), 10000));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/b/memory.stat", "pgfault") >= faults + 2048));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/memory.stat", "total_pgfault") >= faults + 2048));
	EXPECT_TRUE(CG_SOON(cg_key("h/memory.stat", "total_pgfault") >= faults + 2048));
}

/* Each subsystem is split off and merged. */
TEST_F(beyond, every_subsystem_can_be_split_and_merged)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpu -pids"));
	ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "-memory -freezer -net_cls"));
	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		if (!cg_usable(name) || !strcmp(name, "signal"))
			continue;
		ASSERT_EQ(0, cg_put("g/cgroup.subsystems", "+%s", name));
		ASSERT_EQ(0, cg_put("g/cgroup.split", "name=x %s", name))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_kill(cg_sleeper("g/a/b")));
		ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_kill(cg_sleeper("h/a/b")));
		EXPECT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", self->outer));
		EXPECT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->outer));
		EXPECT_STREQ(name, cg_text("h/cgroup.subsystems"));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-%s", name));
	}
}

TEST_HARNESS_MAIN
