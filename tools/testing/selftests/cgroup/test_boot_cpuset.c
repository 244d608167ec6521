// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/* cmdline: maxcpus=1 */
/*
 * Cpuset is bound to a hierarchy in use, and was bound to none since boot.  The parameter makes
 * sure that no other test has bound it in this guest, and that the kernel knows a CPU that is
 * not online.  Skipped without it.
 */
#include "cg_test.h"

CG_FIXTURE(beyond);

/* The only test of this program, because the first bind makes up for what is wrong at boot. */
TEST_F(beyond, the_first_cpusets_have_the_cpus_that_are_online)
{
	char online[64];

	CG_NEED_BOOT("maxcpus=1");
	CG_NEED("cpuset");
	snprintf(online, sizeof(online), "%s", cg_text("/sys/devices/system/cpu/online"));
	ASSERT_STREQ("0", online);
	ASSERT_EQ(0, cg_mount("none,name=live", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_LT(0, cg_sleeper("h/a"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
	EXPECT_STREQ(online, cg_text("h/cpuset.cpus"));
	EXPECT_STREQ(online, cg_text("h/a/cpuset.cpus"));
	EXPECT_STREQ(cg_text("h/cpuset.mems"), cg_text("h/a/cpuset.mems"));
}

TEST_HARNESS_MAIN
