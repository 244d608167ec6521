// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/* cmdline: cgroup_no_v1=cpu,io,named */
/*
 * A kernel parameter excludes two subsystems (one by its v2 name) and named hierarchies from
 * v1. Skipped without this parameter.
 */
#include "cg_test.h"

#define WORDS	"cgroup_no_v1=cpu,io,named"

CG_FIXTURE(no_v1);

TEST_F(no_v1, an_excluded_subsystem_is_listed_as_enabled)
{
	struct cg_subsys s;

	CG_NEED_BOOT(WORDS);
	ASSERT_TRUE(cg_subsys("cpu", &s));
	EXPECT_EQ(1, s.enabled);
	EXPECT_EQ(0, s.hierarchy);
}

TEST_F(no_v1, a_mount_of_an_excluded_subsystem_is_refused)
{
	static const struct { const char *options, *text; } no[] = {
		{ "cpu", "Disabled controller 'cpu'" },
		{ "blkio", "Disabled controller 'blkio'" },
		{ "pids,cpu", "Disabled controller 'cpu'" },
	};
	int i;

	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(no); i++) {
		EXPECT_EQ(-EINVAL, cg_mount(no[i].options, "h"))
			TH_LOG("options %s", no[i].options);
		EXPECT_TRUE(cg_mount_refused(no[i].options, -EINVAL, no[i].text));
	}
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_hierarchy_of("pids"));
}

TEST_F(no_v1, a_mount_of_a_named_hierarchy_is_refused)
{
	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	EXPECT_EQ(-ENOENT, cg_mount("none,name=x", "h"));
	EXPECT_EQ(-ENOENT, cg_mount("pids,name=x", "h"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(no_v1, a_mount_of_all_leaves_out_excluded_subsystems)
{
	struct cg_mountinfo info;

	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, cg_mount("all", "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_FALSE(cg_has_word(info.super, "cpu"));
	EXPECT_FALSE(cg_has_word(info.super, "blkio"));
	EXPECT_TRUE(cg_has_word(info.super, "pids"));
	EXPECT_TRUE(cg_has_word(info.super, "cpuacct"));
}

CG_FIXTURE(beyond);

TEST_F(beyond, a_refused_named_hierarchy_has_a_message)
{
	CG_NEED_BOOT(WORDS);
	EXPECT_TRUE(cg_mount_refused("none,name=x", -ENOENT,
				     "named hierarchies are disabled by cgroup_no_v1="));
}

/* A split would make a named hierarchy. */
TEST_F(beyond, a_split_is_refused)
{
	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, cg_mount("pids,memory", "h"));
	ASSERT_EQ(0, cg_log_mark());
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.split", "name=x pids"));
	EXPECT_TRUE(cg_logged("cgroup.split cannot create", "/ of"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_HARNESS_MAIN
