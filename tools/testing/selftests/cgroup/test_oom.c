// SPDX-License-Identifier: GPL-2.0
/* timeout: 400 */
/*
 * The oom controller: handlers decide before the kernel kills, and are warned early.
 *
 * The OOMs here are of memory limits.  test_oom_machine has the others.
 */
#include "cg_test.h"

#include <sched.h>
#include <sys/mman.h>

#include "cg_food.h"

#define MB	CG_MB
#define LONG	CG_LONG

static int lines(const char *text)
{
	int n = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		n++;
	return n;
}

/* How many OOMs had ended, because a page was freed, before the one that the test looks at. */
static long long extra;

/* Does one OOM wait in DIR?  Notes how many have ended before. */
static bool one_waits(const char *dir)
{
	bool waits = cg_oom_waits(dir, 1);

	extra = cg_oom_event(dir, "handled");
	return waits;
}

/* Are these the events of DIR, apart from the OOMs that ended before? */
static bool events_are(const char *dir, int oom, int handled, int killed)
{
	const char *want = cg_path("oom %lld\nearly 0\nhandled %lld\nkilled %d\nwaiting 0",
				   oom + extra, handled + extra, killed);
	const char *text = cg_text(cg_path("%s/oom.events", dir));

	if (!strcmp(want, text))
		return true;
	fprintf(stderr, "# %s: '%s', not '%s'\n", dir, text, want);
	return false;
}

/*
 *  h/          memory, oom
 *  `-- a/      8 MB
 *      `-- b/
 */
FIXTURE(beyond) {
	struct cg_food *f;
};

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup());
	CG_NEED("oom");
	CG_NEED("memory");
	ASSERT_EQ(0, cg_mount_retry("memory,oom", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "8M"));
	extra = 0;
	self->f = cg_share_food(200);
	ASSERT_NE((void *)-1, (void *)self->f);
}

FIXTURE_TEARDOWN(beyond)
{
	cg_put("h/oom.delay", "0");
	cg_put("h/oom.early", "0");
	EXPECT_EQ(0, cg_teardown());
}

/* A child in b that needs more than a may have: its OOM waits for a verdict of HANDLER. */
static pid_t feed_until_it_waits(struct __test_metadata *_metadata, struct cg_food *f,
				 const char *handler)
{
	pid_t pid = cg_feed(f, "h/a/b", 16 * MB);

	ASSERT_TRUE(one_waits(handler));
	return pid;
}

/* ---- values ---- */

TEST_F(beyond, defaults)
{
	const char *const dirs[] = { "h", "h/a" };
	int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		EXPECT_EQ(0, cg_num(cg_path("%s/oom.delay", dirs[i])));
		EXPECT_EQ(0, cg_num(cg_path("%s/oom.early", dirs[i])));
		EXPECT_STREQ("", cg_text(cg_path("%s/oom.pending", dirs[i])));
	}
	EXPECT_TRUE(events_are("h/a", 0, 0, 0));
	EXPECT_STREQ("", cg_text("h/a/oom.history"));
}

TEST_F(beyond, good_values)
{
	static const struct { const char *file, *text; long long value; } good[] = {
		{ "delay", "1", 1 }, { "delay", " 250\n", 250 }, { "delay", "60000", 60000 },
		{ "delay", "0", 0 }, { "early", "1", 1 }, { "early", "100", 100 },
		{ "early", "90\n", 90 }, { "early", "0", 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		const char *path = cg_path("h/a/oom.%s", good[i].file);

		EXPECT_EQ(0, cg_put(path, "%s", good[i].text))
			TH_LOG("%s '%s'", path, good[i].text);
		EXPECT_EQ(good[i].value, cg_num(path));
	}
}

TEST_F(beyond, bad_values)
{
	static const struct { const char *file, *text; int error; } bad[] = {
		{ "delay", "-1", EINVAL }, { "delay", "60001", EINVAL }, { "delay", "x", EINVAL },
		{ "delay", "1 2", EINVAL }, { "delay", " ", EINVAL }, { "delay", "1.5", EINVAL },
		{ "delay", "99999999999999999999999", EINVAL }, { "delay", "4294967297", EINVAL },
		{ "early", "-1", EINVAL }, { "early", "101", EINVAL }, { "early", "50%", EINVAL },
		{ "early", "\n", EINVAL }, { "early", "99999999999999999999999", EINVAL },
		{ "control", "retry", ENOENT }, { "control", "kill", ENOENT },
		{ "control", "pass\n", ENOENT }, { "control", "retry 1", ENOENT },
		{ "control", "kill 0", ENOENT }, { "control", "pass 18446744073709551615", ENOENT },
		{ "control", " ", EINVAL }, { "control", "RETRY", EINVAL },
		{ "control", "retr", EINVAL }, { "control", "retry1", EINVAL },
		{ "control", "retry x", EINVAL }, { "control", "retry 1 2", EINVAL },
		{ "control", "retry -1", EINVAL }, { "control", "retry +1", EINVAL },
		{ "control", "retry 0x1", EINVAL }, { "control", "1 retry", EINVAL },
		{ "control", "retry kill", EINVAL }, { "control", "1", EINVAL },
		{ "control", "retry 18446744073709551616", EINVAL },
		{ "events", "0", EINVAL }, { "pending", "0", EINVAL }, { "history", "0", EINVAL },
	};
	int i;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", "7"));
	ASSERT_EQ(0, cg_put("h/a/oom.early", "8"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *path = cg_path("h/a/oom.%s", bad[i].file);

		EXPECT_EQ(-bad[i].error, cg_put(path, "%s", bad[i].text))
			TH_LOG("%s '%s'", path, bad[i].text);
	}
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(7, cg_num("h/a/oom.delay"));
	EXPECT_EQ(8, cg_num("h/a/oom.early"));
}

/* Is the refusal of TEXT logged, now or when the kernel logs refusals again? */
static bool refusal_is_logged(const char *path, const char *text, int error, const char *words,
			      const char *where)
{
	return CG_SOON(cg_put(path, "%s", text) == error && cg_logged(words, where));
}

TEST_F(beyond, refusals_are_logged)
{
	cg_log_mark();
	EXPECT_TRUE(refusal_is_logged("h/a/oom.delay", "x", -EINVAL,
				      "oom.delay takes milliseconds", "/a"));
	EXPECT_TRUE(refusal_is_logged("h/a/oom.early", "x", -EINVAL,
				      "oom.early takes a percentage", "/a"));
	EXPECT_TRUE(refusal_is_logged("h/a/b/oom.control", "x", -EINVAL,
				      "oom.control takes retry, kill or pass", "/a/b"));
	EXPECT_TRUE(refusal_is_logged("h/a/oom.control", "kill", -ENOENT,
				      "oom.control finds no OOM", "/a"));
}

/* ---- without a delay, and allocations that do not wait ---- */

TEST_F(beyond, without_delay_the_kernel_kills)
{
	self->f->name = "a b\\\n";
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_feed(self->f, "h/a/b", 16 * MB), 20000));
	EXPECT_TRUE(events_are("h/a/b", 1, 0, 1));
	EXPECT_TRUE(events_are("h/a", 1, 0, 1));
	EXPECT_LE(1, cg_oom_event("h", "killed"));
	EXPECT_NE(NULL, strstr(cg_text("h/a/oom.history"), " a\\040b\\134\\012 memcg"))
		TH_LOG("%s", cg_text("h/a/oom.history"));
	EXPECT_EQ('0', cg_text("h/a/b/oom.history")[0]);
}

TEST_F(beyond, history_keeps_the_last_16)
{
	pid_t pid[18];
	char want[32];
	int i;

	for (i = 0; i < ARRAY_SIZE(pid); i++) {
		pid[i] = cg_feed(self->f, "h/a/b", 16 * MB);
		ASSERT_EQ(128 + SIGKILL, cg_wait_exit(pid[i], 20000));
	}
	EXPECT_EQ(16, lines(cg_text("h/a/oom.history")));
	snprintf(want, sizeof(want), "0 %d ", pid[2]);
	EXPECT_EQ(0, strncmp(want, cg_text("h/a/oom.history"), strlen(want)))
		TH_LOG("%s", cg_text("h/a/oom.history"));
	EXPECT_EQ(18, cg_oom_event("h/a", "killed"));
	EXPECT_EQ(18, cg_oom_event("h/a", "oom"));
}

/* A copy to user space faults in the kernel: nothing waits there. */
TEST_F(beyond, system_calls_do_not_wait)
{
	long long begin = cg_now_ms();
	int watch;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	watch = cg_watch("h/a/oom.events");
	ASSERT_LE(0, watch);
	self->f->by_syscall = true;
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_feed(self->f, "h/a/b", 16 * MB), 20000));
	EXPECT_GT(30000, cg_now_ms() - begin);
	EXPECT_TRUE(cg_event(watch, 1000));
	close(watch);
	EXPECT_TRUE(events_are("h/a", 1, 0, 1));
	EXPECT_EQ('0', cg_text("h/a/oom.history")[0]);
}

/* An OOM that waits does not delay those of other groups at the same limit. */
TEST_F(beyond, others_do_not_wait)
{
	pid_t waiter;

	ASSERT_EQ(0, cg_mkdir("h/a/c"));
	ASSERT_EQ(0, cg_put("h/a/b/oom.delay", LONG));
	waiter = cg_feed(&self->f[0], "h/a/b", 16 * MB);
	ASSERT_TRUE(one_waits("h/a/b"));
	/* the kernel may choose either; the task without a handler ends, or gets its memory */
	self->f[1].by_syscall = true;
	EXPECT_LE(0, cg_wait_exit(cg_feed(&self->f[1], "h/a/c", 4 * MB), 20000));
	EXPECT_EQ(0, cg_kill(waiter));
}

/* ---- verdicts ---- */

TEST_F(beyond, waits_and_goes_on_when_there_is_room)
{
	int watch;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	watch = cg_watch("h/a/oom.events");
	ASSERT_LE(0, watch);
	pid = cg_feed(self->f, "h/a/b", 16 * MB);
	EXPECT_TRUE(cg_event(watch, 10000));
	EXPECT_TRUE(one_waits("h/a"));
	EXPECT_LT(0, cg_oom_id("h/a", pid, "memcg"));
	EXPECT_EQ(1, lines(cg_text("h/a/oom.pending")));
	EXPECT_STREQ("", cg_text("h/a/b/oom.pending"));
	EXPECT_EQ(0, cg_oom_event("h/a/b", "waiting"));
	EXPECT_EQ(1 + extra, cg_oom_event("h/a/b", "oom"));
	cg_text("h/a/oom.events");
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "32M"));
	EXPECT_EQ(0, cg_wait_exit(pid, 5000));
	close(watch);
	EXPECT_TRUE(events_are("h/a", 1, 1, 0));
	EXPECT_TRUE(events_are("h/a/b", 1, 1, 0));
	EXPECT_STREQ("", cg_text("h/a/oom.pending"));
}

TEST_F(beyond, retry_is_a_new_oom)
{
	long long id;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	id = cg_oom_id("h/a", pid, "memcg");
	ASSERT_LT(0, id);
	ASSERT_EQ(0, cg_put("h/a/oom.control", "retry"));
	EXPECT_TRUE(CG_SOON(cg_oom_id("h/a", pid, "memcg") > id));
	EXPECT_EQ(2 + extra, cg_oom_event("h/a", "oom"));
	EXPECT_EQ(1 + extra, cg_oom_event("h/a", "handled"));
	EXPECT_EQ(-ENOENT, cg_put("h/a/oom.control", "retry %lld", id));
	EXPECT_EQ(0, cg_kill(pid));
}

TEST_F(beyond, kill)
{
	char want[64];
	long long id;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	id = cg_oom_id("h/a", pid, "memcg");
	ASSERT_EQ(0, cg_put("h/a/oom.control", "kill %lld\n", id));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
	EXPECT_TRUE(events_are("h/a", 1, 0, 1));
	snprintf(want, sizeof(want), "%lld %d test_oom memcg", id, pid);
	EXPECT_STREQ(want, cg_text("h/a/b/oom.history"));
	EXPECT_STREQ(want, cg_text("h/a/oom.history"));
}

TEST_F(beyond, pass_goes_up)
{
	long long id;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	ASSERT_EQ(0, cg_put("h/a/b/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a/b");
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
	id = cg_oom_id("h/a/b", pid, "memcg");
	/* it waits here, and nowhere else */
	EXPECT_EQ(-ENOENT, cg_put("h/a/oom.control", "kill"));
	ASSERT_EQ(0, cg_put("h/a/b/oom.control", "pass"));
	/* the OOM moves at once, before the task has run */
	EXPECT_EQ(-ENOENT, cg_put("h/a/b/oom.control", "pass"));
	EXPECT_EQ(id, cg_oom_id("h/a", pid, "memcg"));
	EXPECT_EQ(0, cg_oom_event("h/a/b", "waiting"));
	ASSERT_EQ(0, cg_put("h/a/oom.control", "pass %lld", id));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
	EXPECT_TRUE(events_are("h/a/b", 1, 0, 1));
	EXPECT_EQ(id, atoll(cg_text("h/a/oom.history")));
}

TEST_F(beyond, one_of_several_by_id)
{
	pid_t pid[3];
	long long id[3];
	int i;

	ASSERT_EQ(0, cg_put("h/oom.delay", LONG));
	for (i = 0; i < 3; i++) {
		const char *dir = cg_path("h/j%d", i);

		ASSERT_EQ(0, cg_mkdir(dir));
		ASSERT_EQ(0, cg_put(cg_path("h/j%d/memory.limit_in_bytes", i), "4M"));
		pid[i] = cg_feed(&self->f[i], i == 0 ? "h/j0" : i == 1 ? "h/j1" : "h/j2", 8 * MB);
		ASSERT_TRUE(cg_oom_waits("h", i + 1));
	}
	EXPECT_EQ(3, sscanf(cg_text("h/oom.pending"), "%lld %*d memcg\n%lld %*d memcg\n%lld",
			    &id[0], &id[1], &id[2]));
	EXPECT_LT(id[0], id[1]);
	EXPECT_LT(id[1], id[2]);
	EXPECT_EQ(-ENOENT, cg_put("h/oom.control", "kill %lld", id[2] + 1));
	ASSERT_EQ(0, cg_put("h/oom.control", "kill %lld", id[1]));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid[1], 10000));
	EXPECT_EQ(2, cg_oom_event("h", "waiting"));
	EXPECT_EQ(-ENOENT, cg_put("h/oom.control", "kill %lld", id[1]));
	EXPECT_EQ(id[0], cg_oom_id("h", pid[0], "memcg"));
	ASSERT_EQ(0, cg_put("h/oom.control", "kill"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid[0], 10000));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid[2], 10000));
	EXPECT_EQ(0, cg_oom_event("h", "waiting"));
}

/* ---- deadlines: handlers that die, hang, or run out of memory themselves ---- */

TEST_F(beyond, deadlines_add_up)
{
	long long begin = cg_now_ms(), ms;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", "400"));
	ASSERT_EQ(0, cg_put("h/a/b/oom.delay", "300"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_feed(self->f, "h/a/b", 16 * MB), 20000));
	ms = cg_now_ms() - begin;
	EXPECT_LE(690, ms);
	EXPECT_GT(700 + 10000 * cg_slow(), ms);
	/* one was killed; others may have ended because a page was freed */
	EXPECT_EQ(1 + cg_oom_event("h/a", "handled"), cg_oom_event("h/a", "oom"));
	EXPECT_EQ(1, cg_oom_event("h/a", "killed"));
	EXPECT_NE('0', cg_text("h/a/oom.history")[0]);
}

static int handler_waits(void *arg)
{
	int watch = cg_watch("h/a/oom.events");

	cg_event(watch, 60000);
	cg_pause();
}

TEST_F(beyond, a_handler_that_dies)
{
	pid_t handler, pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", "500"));
	handler = cg_spawn(handler_waits, NULL);
	pid = cg_feed(self->f, "h/a/b", 16 * MB);
	ASSERT_TRUE(CG_SOON(cg_oom_event("h/a", "oom") > 0));
	EXPECT_EQ(0, cg_kill(handler));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
}

TEST_F(beyond, a_handler_that_hangs)
{
	pid_t handler;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", "500"));
	handler = cg_spawn(handler_waits, NULL);
	ASSERT_EQ(0, kill(handler, SIGSTOP));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_feed(self->f, "h/a/b", 16 * MB), 10000));
	EXPECT_EQ(0, cg_kill(handler));
}

/* A handler in the group that it handles, which needs more memory than there is. */
static int hungry_handler(void *arg)
{
	struct cg_food *f = arg;
	int watch = cg_watch("h/a/oom.events");

	f->eaten = 1;
	while (!cg_event(watch, 1000))
		;
	return cg_eat_food(f);
}

TEST_F(beyond, a_handler_that_runs_out_of_memory)
{
	struct cg_food *f = self->f;
	pid_t handler, pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", "500"));
	f[1].dir = "h/a/b";
	f[1].bytes = 16 * MB;
	handler = cg_spawn(hungry_handler, &f[1]);
	ASSERT_TRUE(CG_SOON(f[1].eaten));
	pid = cg_feed(&f[0], "h/a/b", 16 * MB);
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 20000));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(handler, 20000));
	EXPECT_EQ(2, cg_oom_event("h/a", "killed"));
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
}

/* ---- what ends a wait ---- */

TEST_F(beyond, a_waiting_task_can_be_killed)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	EXPECT_EQ(0, cg_kill(pid));
	EXPECT_TRUE(events_are("h/a", 1, 1, 0));
}

TEST_F(beyond, a_task_that_is_moved_tries_again)
{
	pid_t pid;

	ASSERT_EQ(0, cg_mkdir("h/c"));
	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", pid));
	EXPECT_EQ(0, cg_wait_exit(pid, 5000));
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
}

TEST_F(beyond, a_group_that_loses_its_state)
{
	long long id;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	ASSERT_EQ(0, cg_put("h/a/b/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a/b");
	id = cg_oom_id("h/a/b", pid, "memcg");
	ASSERT_EQ(0, cg_put("h/a/b/oom.inherit", "1"));
	/* it tries again, and now its group is that of the parent */
	EXPECT_TRUE(cg_oom_waits("h/a", 1));
	EXPECT_LT(id, cg_oom_id("h/a", pid, "memcg"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-oom"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
}

TEST_F(beyond, a_frozen_task_keeps_waiting)
{
	long long id;
	pid_t pid;

	CG_NEED("freezer");
	ASSERT_EQ(0, cg_mount_retry("freezer", "f"));
	ASSERT_EQ(0, cg_mkdir("f/a"));
	ASSERT_EQ(0, cg_put("h/oom.delay", LONG));
	ASSERT_EQ(0, cg_put("h/a/oom.delay", "3000"));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	id = cg_oom_id("h/a", pid, "memcg");
	ASSERT_EQ(0, cg_put("f/a/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_put("f/a/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("f/a/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "32M"));
	/* room does not end it, and its deadline runs */
	EXPECT_TRUE(cg_oom_waits("h", 1));
	EXPECT_EQ(id, cg_oom_id("h", pid, "memcg"));
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
	EXPECT_EQ(extra, cg_oom_event("h/a", "handled"));
	ASSERT_EQ(0, cg_put("f/a/freezer.state", "THAWED"));
	EXPECT_EQ(0, cg_wait_exit(pid, 5000));
	EXPECT_EQ(1 + extra, cg_oom_event("h/a", "handled"));
}

/* With memory.oom_control 1, the handler is asked first; the kernel kills only if it says so. */
TEST_F(beyond, oom_control_off)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/memory.oom_control", "1"));
	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = cg_feed(self->f, "h/a", 16 * MB);
	ASSERT_TRUE(one_waits("h/a"));
	EXPECT_LT(0, cg_oom_id("h/a", pid, "memcg"));
	ASSERT_EQ(0, cg_put("h/a/oom.control", "pass"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/memory.oom_control", "under_oom") == 1));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 300));
	EXPECT_EQ(0, cg_oom_event("h/a", "waiting"));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "32M"));
	EXPECT_EQ(0, cg_wait_exit(pid, 5000));

	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "8M"));
	pid = cg_feed(self->f, "h/a", 16 * MB);
	ASSERT_TRUE(one_waits("h/a"));
	ASSERT_EQ(0, cg_put("h/a/oom.control", "kill"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 10000));
}

/* A handler that does not own the group with memory.oom_control does not override it. */
TEST_F(beyond, oom_control_of_a_group_above)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/memory.oom_control", "1"));
	ASSERT_EQ(0, cg_put("h/a/b/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a/b");
	ASSERT_EQ(0, cg_put("h/a/b/oom.control", "kill"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/memory.oom_control", "under_oom") == 1));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(pid, 300));
	EXPECT_EQ(0, cg_oom_event("h/a", "killed"));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "32M"));
	EXPECT_EQ(0, cg_wait_exit(pid, 5000));
}

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE	8
#endif

/* Touch a page of droppable memory when told to. */
static int touches_droppable(void *arg)
{
	volatile int *go = arg;
	volatile char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_DROPPABLE | MAP_ANONYMOUS,
				 -1, 0);

	if (at == MAP_FAILED || cg_put("h/a/cgroup.procs", "0"))
		return 1;
	*go = 1;
	while (*go != 2)
		usleep(1000);
	at[0] = 1;
	return 0;
}

/* A fault in droppable memory waits for a verdict, too; the base would repeat it for ever. */
TEST_F(beyond, droppable_memory)
{
	volatile int *go = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				-1, 0);
	pid_t droppable, eater;

	ASSERT_NE(MAP_FAILED, (void *)go);
	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	droppable = cg_spawn(touches_droppable, (void *)go);
	ASSERT_TRUE(CG_SOON(*go == 1));
	eater = cg_feed(self->f, "h/a", 16 * MB);
	ASSERT_TRUE(one_waits("h/a"));
	*go = 2;
	EXPECT_TRUE(cg_oom_waits("h/a", 2));
	EXPECT_EQ(0, cg_kill(eater));
	EXPECT_EQ(0, cg_wait_exit(droppable, 5000));
	munmap((void *)go, 4096);
}

/* ---- processes that share memory ---- */

static int shares_memory(void *arg)
{
	cg_pause();
}

static int eats_with_sharers(void *arg)
{
	int i;

	if (cg_put("h/a/b/cgroup.procs", "0"))
		return 1;
	for (i = 0; i < 20; i++)
		if (cg_clone_vm(shares_memory, SIGCHLD) < 0)
			return 2;
	return cg_touch(16 * MB);
}

TEST_F(beyond, processes_that_share_memory)
{
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(cg_spawn(eats_with_sharers, NULL), 20000));
	EXPECT_TRUE(CG_SOON(cg_oom_event("h/a/b", "killed") == 21));
	/* the groups above are told a little later */
	EXPECT_TRUE(CG_SOON(cg_oom_event("h/a", "killed") == 21));
	EXPECT_EQ(16, lines(cg_text("h/a/b/oom.history")));
	EXPECT_EQ(16, lines(cg_text("h/a/oom.history")));
	EXPECT_EQ(1, cg_oom_event("h/a", "oom"));
}

/* ---- readers ---- */

static int reads_in_pid_namespace(void *arg)
{
	unsigned long long id;
	char what[32];
	int tid = -1;

	if (sscanf(cg_text("h/a/oom.pending"), "%llu %d %31s", &id, &tid, what) != 3)
		return 1;
	return tid != 0;
}

static int enters_pid_namespace(void *arg)
{
	return unshare(CLONE_NEWPID) ? errno : cg_fork_wait(reads_in_pid_namespace, NULL);
}

TEST_F(beyond, pids_of_other_namespaces)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/oom.delay", LONG));
	pid = feed_until_it_waits(_metadata, self->f, "h/a");
	EXPECT_EQ(0, cg_spawn_wait(enters_pid_namespace, NULL));
	EXPECT_EQ(0, cg_kill(pid));
}

struct owner {
	const char *dir;
};

static int owner_sets(void *arg)
{
	struct owner *o = arg;
	int ret = cg_put(cg_path("%s/oom.delay", o->dir), LONG);

	ret = ret ?: cg_put(cg_path("%s/oom.early", o->dir), "50");
	ret = ret ?: cg_put(cg_path("%s/oom.control", o->dir), "retry") == -ENOENT ? 0 : -EPROTO;
	return -ret;
}

TEST_F(beyond, an_owner_handles_only_its_subtree)
{
	struct owner mine = { "h/a/b" }, other = { "h/a" };
	const char *const files[] = { "delay", "early", "control" };
	int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		ASSERT_EQ(0, chown(cg_path("h/a/b/oom.%s", files[i]), 1000, 1000));
	EXPECT_EQ(0, cg_as_user(1000, owner_sets, &mine));
	EXPECT_EQ(-EACCES, cg_as_user(1000, owner_sets, &other));
}

/* ---- many ---- */

#define CROWD	100

TEST_F(beyond, a_hundred_groups_at_their_limits)
{
	static char dirs[CROWD][32];
	struct cg_food *f = self->f;
	const char *at;
	pid_t pid[CROWD];
	long long last = 0;
	int i, nr = 0, killed = 0, done = 0;

	ASSERT_EQ(0, cg_put("h/oom.delay", LONG));
	for (i = 0; i < CROWD; i++) {
		snprintf(dirs[i], sizeof(dirs[i]), "h/c%d", i);
		ASSERT_EQ(0, cg_mkdir(dirs[i]));
		ASSERT_EQ(0, cg_put(cg_path("%s/memory.limit_in_bytes", dirs[i]), "2M"));
		pid[i] = cg_feed(&f[i], dirs[i], 4 * MB);
		ASSERT_LT(0, pid[i]);
	}
	ASSERT_TRUE(cg_oom_waits("h", CROWD));
	for (at = cg_text("h/oom.pending"); at && *at; at = strchr(at, '\n'), at += !!at, nr++) {
		EXPECT_LT(last, atoll(at));
		last = atoll(at);
	}
	EXPECT_EQ(CROWD, nr);
	for (i = 0; i < CROWD; i += 2)
		ASSERT_EQ(0, cg_put(cg_path("%s/memory.limit_in_bytes", dirs[i]), "8M"));
	EXPECT_TRUE(cg_oom_waits("h", CROWD / 2));
	ASSERT_EQ(0, cg_put("h/oom.control", "kill"));
	EXPECT_EQ(-ENOENT, cg_put("h/oom.control", "kill"));
	for (i = 0; i < CROWD; i++) {
		int status = cg_wait_exit(pid[i], 20000);

		done += status == 0;
		killed += status == 128 + SIGKILL;
	}
	EXPECT_EQ(CROWD / 2, done);
	EXPECT_EQ(CROWD / 2, killed);
	EXPECT_EQ(0, cg_oom_event("h", "waiting"));
}

/* ---- the worked examples ---- */

/* Root's handler: when something waits, it kills the batch job, and says retry when it is gone. */
static int kills_batch(void *arg)
{
	int watch = cg_watch("h/oom.events");

	while (cg_key("h/oom.events", "waiting") < 1)
		if (!cg_event(watch, 30000))
			return 1;
	if (kill(cg_num("h/jobs/batch/cgroup.procs"), SIGKILL))
		return 2;
	if (!CG_SOON(!*cg_text("h/jobs/batch/cgroup.procs")))
		return 3;
	/* there may be room already */
	cg_put("h/oom.control", "retry");
	return 0;
}

/*
 *  h/jobs/           24 MB
 *  |-- batch/        has 16 MB
 *  `-- important/    wants 16 MB
 */
TEST_F(beyond, a_lower_priority_job_is_killed)
{
	struct cg_food *f = self->f;
	pid_t handler, batch, important;

	ASSERT_EQ(0, cg_mkdir("h/jobs"));
	ASSERT_EQ(0, cg_put("h/jobs/memory.limit_in_bytes", "24M"));
	ASSERT_EQ(0, cg_mkdir("h/jobs/batch"));
	ASSERT_EQ(0, cg_mkdir("h/jobs/important"));
	ASSERT_EQ(0, cg_put("h/oom.delay", LONG));
	f[0].stays = true;
	batch = cg_feed(&f[0], "h/jobs/batch", 16 * MB);
	ASSERT_TRUE(CG_SOON(f[0].eaten == 16 * MB));
	handler = cg_spawn(kills_batch, NULL);
	important = cg_feed(&f[1], "h/jobs/important", 16 * MB);
	EXPECT_EQ(0, cg_wait_exit(important, 20000));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(batch, 5000));
	EXPECT_EQ(0, cg_wait_exit(handler, 5000));
	EXPECT_EQ(0, cg_oom_event("h/jobs", "killed"));
	EXPECT_LT(0, cg_oom_event("h/jobs/important", "handled"));
	EXPECT_EQ(cg_oom_event("h/jobs/important", "oom"),
		  cg_oom_event("h/jobs/important", "handled"));
}

/* A group is warned, gives back its cache, and is warned again when it has grown again. */
TEST_F(beyond, warned_early_it_trims_its_cache)
{
	struct cg_food *f = self->f;
	pid_t pid;
	int watch;

	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "32M"));
	ASSERT_EQ(0, cg_put("h/a/b/oom.early", "50"));
	watch = cg_watch("h/a/b/oom.events");
	ASSERT_LE(0, watch);
	f->allowed = 12 * MB;
	pid = cg_feed(f, "h/a/b", 64 * MB);
	ASSERT_TRUE(CG_SOON(f->eaten == 12 * MB));
	cg_msleep(200);
	EXPECT_EQ(0, cg_oom_event("h/a/b", "early"));

	f->allowed = 20 * MB;
	EXPECT_TRUE(cg_event(watch, 5000));
	EXPECT_EQ(1, cg_oom_event("h/a/b", "early"));
	/* once only, and only in this group */
	f->allowed = 24 * MB;
	ASSERT_TRUE(CG_SOON(f->eaten == 24 * MB));
	cg_msleep(200);
	EXPECT_EQ(1, cg_oom_event("h/a/b", "early"));
	EXPECT_EQ(0, cg_oom_event("h/a", "early"));

	/* it gives back all, and is armed again */
	f->allowed = 8 * MB;
	f->drop = true;
	ASSERT_TRUE(CG_SOON(!f->drop && f->eaten == 8 * MB));
	cg_msleep(200);
	cg_text("h/a/b/oom.events");
	f->allowed = 20 * MB;
	EXPECT_TRUE(CG_SOON(cg_oom_event("h/a/b", "early") == 2));
	EXPECT_EQ(0, cg_oom_event("h/a/b", "oom"));
	close(watch);
	EXPECT_EQ(0, cg_kill(pid));
}

/* A small decrease does not arm it; a write does. */
TEST_F(beyond, early_is_armed_5_points_below)
{
	struct cg_food *f = self->f;
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "100M"));
	ASSERT_EQ(0, cg_put("h/a/oom.early", "40"));
	f->stays = true;
	pid = cg_feed(f, "h/a/b", 44 * MB);
	ASSERT_TRUE(CG_SOON(f->eaten == 44 * MB && cg_oom_event("h/a", "early") == 1));
	/* now about 44 %: a higher limit makes it 38 % */
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "116M"));
	cg_msleep(200);
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "100M"));
	cg_msleep(200);
	EXPECT_EQ(1, cg_oom_event("h/a", "early"));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "140M"));
	cg_msleep(200);
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "100M"));
	EXPECT_TRUE(CG_SOON(cg_oom_event("h/a", "early") == 2));
	ASSERT_EQ(0, cg_put("h/a/oom.early", "40"));
	EXPECT_TRUE(CG_SOON(cg_oom_event("h/a", "early") == 3));
	EXPECT_EQ(0, cg_kill(pid));
}

TEST_HARNESS_MAIN
