// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/* cmdline: cgroup_no_v1=all */
/*
 * A kernel parameter excludes all subsystems from v1. Only hierarchies with a name and without
 * a subsystem can be mounted. Skipped without this parameter.
 */
#include "cg_test.h"

#define WORDS	"cgroup_no_v1=all"

CG_FIXTURE(no_v1);

TEST_F(no_v1, all_subsystems_are_listed_as_enabled)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	CG_NEED_BOOT(WORDS);
	EXPECT_EQ(cg_is_mainline() ? 15 : 17, n);
	for (i = 0; i < n; i++) {
		EXPECT_EQ(1, list[i].enabled);
		EXPECT_EQ(0, list[i].hierarchy);
	}
}

TEST_F(no_v1, a_mount_of_each_subsystem_is_refused)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	for (i = 0; i < n; i++) {
		EXPECT_EQ(-EINVAL, cg_mount(list[i].name, "h"))
			TH_LOG("%s", list[i].name);
		EXPECT_TRUE(cg_mount_refused(list[i].name, -EINVAL,
					     cg_path("Disabled controller '%s'", list[i].name)));
	}
	EXPECT_EQ(-EINVAL, cg_mount("all", "h"));
	EXPECT_EQ(-EINVAL, cg_mount("cpu,name=x", "h"));
	EXPECT_EQ(-EINVAL, cg_mount("none,cpu,name=x", "h"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("", cg_text("/proc/self/cgroup"));
}

TEST_F(no_v1, a_named_hierarchy_works)
{
	char path[64];

	CG_NEED_BOOT(WORDS);
	ASSERT_EQ(0, cg_mount("none,name=x", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, cg_proc_path(0, "name=x", path, sizeof(path)));
	EXPECT_STREQ("/a", path);
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_remount("cpu,name=x", "h"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_HARNESS_MAIN
