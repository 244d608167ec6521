// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/* cmdline: numa=fake=2 */
/* may-skip: main debug */
/*
 * The oom controller, when the machine or the memory nodes of a cpuset have no more memory.
 *
 * In the guest there is not much else when this test has taken all memory, so it has a guest of
 * its own.  The debug kernel's own tools need memory too, so it skips there.  The test of cpuset
 * requires a kernel with NUMA: scripts/build-kernel main+numa.
 */
#include "cg_test.h"

#include "cg_food.h"

/*
 *  h/
 *  `-- a/
 */
FIXTURE(beyond) {
	struct cg_food *f;
};

FIXTURE_SETUP(beyond)
{
	const char *kernel = getenv("KERNEL");

	ASSERT_EQ(0, cg_setup());
	CG_NEED("oom");
	if (kernel && !strncmp(kernel, "debug", 5))
		SKIP(return, "the debug kernel needs memory for itself");
	ASSERT_EQ(0, cg_mount_retry("oom", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	self->f = cg_share_food(1);
	ASSERT_NE((void *)-1, (void *)self->f);
	self->f->first = true;
	self->f->name = "eater";
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

/* Has the kernel logged a line with this text, before one with UNTIL? */
static bool logged_before(const char *text, const char *until)
{
	static char line[8192];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	bool found = false;
	ssize_t n;

	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		line[n > 0 ? n : 0] = 0;
		if (strstr(line, until))
			break;
		found |= !!strstr(line, text);
	}
	close(fd);
	return found;
}

/* The kernel itself may need memory and kill, so a verdict cannot be relied on. */
TEST_F(beyond, machine)
{
	ASSERT_EQ(0, cg_put("h/a/oom.delay", "1000"));
	ASSERT_EQ(0, cg_put("h/a/oom.early", "80"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_feed(self->f, "h/a", 4096 * CG_MB), 60000));
	EXPECT_LE(1, cg_oom_event("h", "oom"));
	EXPECT_EQ(1, cg_oom_event("h/a", "killed"));
	EXPECT_EQ(1, cg_oom_event("h/a", "early"));
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
	EXPECT_NE(NULL, strstr(cg_text("h/a/oom.history"), " eater none"))
		TH_LOG("%s", cg_text("h/a/oom.history"));
	/* what is killed may have such a failure */
	EXPECT_FALSE(logged_before("eater: page allocation failure", "(eater)"));
}

/* Only the nodes of the cpuset are used up, so the kernel does not kill meanwhile. */
TEST_F(beyond, cpuset)
{
	long long id;
	pid_t pid;

	if (!cg_exists("/sys/devices/system/node/node1"))
		SKIP(return, "needs a kernel with two memory nodes");
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+cpuset"));
	ASSERT_EQ(0, cg_put("h/a/cpuset.mems", "1"));
	ASSERT_EQ(0, cg_put("h/a/oom.delay", CG_LONG));
	ASSERT_EQ(0, cg_put("h/a/oom.early", "80"));
	pid = cg_feed(self->f, "h/a", 4096 * CG_MB);
	ASSERT_TRUE(cg_oom_waits("h/a", 1));
	id = cg_oom_id("h/a", pid, "cpuset");
	EXPECT_LT(0, id);
	EXPECT_EQ(1, cg_oom_event("h/a", "early"));
	ASSERT_EQ(0, cg_put("h/a/oom.control", "kill %lld", id));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 20000));
	EXPECT_EQ(id, atoll(cg_text("h/a/oom.history")));
	EXPECT_NE(NULL, strstr(cg_text("h/a/oom.history"), " eater cpuset"));
}

TEST_HARNESS_MAIN
