// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/* cmdline: cgroup_disable=memory,net_cls */
/*
 * Two subsystems are disabled by a kernel parameter. Skipped without this parameter.
 */
#include "cg_test.h"

#define WORDS	"cgroup_disable=memory,net_cls"

CG_FIXTURE(disabled);

TEST_F(disabled, a_disabled_subsystem_is_listed_as_disabled)
{
	struct cg_subsys s;

	CG_NEED_BOOT(WORDS);
	ASSERT_TRUE(cg_subsys("memory", &s));
	EXPECT_EQ(0, s.enabled);
	EXPECT_EQ(0, s.hierarchy);
	ASSERT_TRUE(cg_subsys("net_cls", &s));
	EXPECT_EQ(0, s.enabled);
	ASSERT_TRUE(cg_subsys("cpu", &s));
	EXPECT_EQ(1, s.enabled);
}

TEST_F(disabled, a_mount_of_a_disabled_subsystem_is_refused)
{
	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_mount("memory", "h"));
	EXPECT_EQ(-EINVAL, cg_mount("cpu,net_cls", "h"));
	EXPECT_EQ(0, cg_hierarchy_of("cpu"));
	EXPECT_TRUE(cg_mount_refused("cpu,memory", -EINVAL, "Disabled controller 'memory'"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(disabled, a_mount_of_all_leaves_out_disabled_subsystems)
{
	struct cg_mountinfo info;

	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, cg_mount("all", "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_FALSE(cg_has_word(info.super, "memory"));
	EXPECT_FALSE(cg_has_word(info.super, "net_cls"));
	EXPECT_TRUE(cg_has_word(info.super, "cpu"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_FALSE(cg_exists("h/a/memory.limit_in_bytes"));
	EXPECT_FALSE(cg_exists("h/a/cgroup.event_control"));
	EXPECT_FALSE(cg_exists("h/a/net_cls.classid"));
	EXPECT_TRUE(cg_exists("h/a/cpu.shares"));
	EXPECT_EQ(0, cg_put("h/a/cgroup.clone_children", "1"));
}

TEST_HARNESS_MAIN
