// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/* cmdline: cgroup_no_v1=cpu,io,named */
/*
 * A kernel told at boot that two subsystems (one by its newer name) and named
 * hierarchies are not for v1. Skipped on others.
 */
#include "cg_test.h"

#define WORDS	"cgroup_no_v1=cpu,io,named"

CG_FIXTURE(no_v1);

TEST_F(no_v1, still_enabled)
{
	struct cg_subsys s;

	CG_NEED_BOOT(WORDS);
	ASSERT_TRUE(cg_subsys("cpu", &s));
	EXPECT_EQ(1, s.enabled);
	EXPECT_EQ(0, s.hierarchy);
}

TEST_F(no_v1, is_refused_with_text)
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

TEST_F(no_v1, no_named_hierarchy)
{
	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	EXPECT_EQ(-ENOENT, cg_mount("none,name=x", "h"));
	EXPECT_EQ(-ENOENT, cg_mount("pids,name=x", "h"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(no_v1, all_leaves_it_out)
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

TEST_F(beyond, no_named_hierarchy_with_text)
{
	CG_NEED_BOOT(WORDS);
	EXPECT_TRUE(cg_mount_refused("none,name=x", -ENOENT,
				     "named hierarchies are disabled by cgroup_no_v1="));
}

/* A new name is no more welcome in a split. */
TEST_F(beyond, no_split)
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
