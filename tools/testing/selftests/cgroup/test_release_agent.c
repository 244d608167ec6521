// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * notify_on_release: the kernel runs the hierarchy's release_agent with the
 * path of a group when its last task or its last child has gone.
 *
 * The agent is this program, under another name: it appends its arguments to a
 * file.
 */
#include "cg_test.h"

#include <sys/sendfile.h>

#define AGENT	"/tmp/cg-release-agent"
#define LOG	"/tmp/cg-release-log"
/* The runs for this group have a log of their own. */
#define FENCED	"/fence"
#define FENCE	"/tmp/cg-release-fence"

static int copy_self(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY);
	int out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0755);
	ssize_t n;

	if (in < 0 || out < 0)
		return -errno;
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	close(in);
	close(out);
	return n;
}

/* The agent: appends one line "ARGC PATH UID PATHVAR". */
static int agent_main(int argc, char **argv)
{
	bool fence = argc > 1 && !strcmp(argv[1], FENCED);
	int fd = open(fence ? FENCE : LOG, O_WRONLY | O_APPEND);
	char line[4096];
	int len;

	if (fd < 0)
		return 1;
	len = snprintf(line, sizeof(line), "%d %s %d %s\n", argc,
		       argc > 1 ? argv[1] : "-", getuid(),
		       getenv("PATH") ?: "-");
	return write(fd, line, len) == len ? 0 : 1;
}

/*
 *  h/          release_agent set
 *  `-- a/      notify_on_release set
 *      `-- b/  inherits it
 *  f/          release_agent set
 *  `-- fence/  notify_on_release set
 */
FIXTURE(agent) { int unused; };

FIXTURE_SETUP(agent)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, copy_self(AGENT));
	close(open(LOG, O_CREAT | O_TRUNC | O_WRONLY, 0644));
	ASSERT_EQ(0, cg_mount("none,name=agent", "h"));
	ASSERT_EQ(0, cg_put("h/release_agent", AGENT));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/a/notify_on_release", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_mount("none,name=fence,release_agent=" AGENT, "f"));
	ASSERT_EQ(0, cg_mkdir("f" FENCED));
	ASSERT_EQ(0, cg_put("f" FENCED "/notify_on_release", "1"));
}

FIXTURE_TEARDOWN(agent)
{
	unlink(AGENT);
	EXPECT_EQ(0, cg_teardown());
	unlink(LOG);
	unlink(FENCE);
}

/* How often has the agent run? */
static int runs(void)
{
	const char *at = cg_text(LOG);
	int n;

	for (n = 0; *at; n++) {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return n;
}

/*
 * Let the agent run for another hierarchy, and wait for this run. A run that should not be was
 * begun before it, and is in the log by then.
 */
static bool fence(void)
{
	close(open(FENCE, O_CREAT | O_TRUNC | O_WRONLY, 0644));
	return !cg_mkdir("f" FENCED "/x") && !cg_rmdir("f" FENCED "/x") && CG_SOON(*cg_text(FENCE));
}

/*
 * Wait some seconds until the agent has run WANT times. Returns how often it has run when
 * another run would have been seen, or -1.
 */
static int released(int want)
{
	long long end = cg_deadline(5000);
	int n;

	while (runs() < want && cg_now_ms() < end)
		cg_msleep(5);
	if (!fence()) {
		fprintf(stderr, "# the agent does not run for another hierarchy\n");
		return -1;
	}
	n = runs();
	if (n != want)
		fprintf(stderr, "# the agent ran %d times, not %d: %s\n", n, want,
			cg_text(LOG));
	return n;
}

/* The same after a while in which nothing must happen. */
static int quiet(int want)
{
	cg_msleep(300);
	return released(want);
}

TEST_F(agent, when_the_last_task_exits)
{
	pid_t one = cg_sleeper("h/a/b"), two = cg_sleeper("h/a/b");

	ASSERT_LT(0, one);
	ASSERT_LT(0, two);
	ASSERT_EQ(0, cg_kill(one));
	EXPECT_EQ(0, quiet(0));
	ASSERT_EQ(0, cg_kill(two));
	EXPECT_EQ(1, released(1));
	EXPECT_STREQ("2 /a/b 0 /sbin:/bin:/usr/sbin:/usr/bin", cg_text(LOG));
}

TEST_F(agent, when_the_last_task_moves_out)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	EXPECT_EQ(1, released(1));
	/* and again when it leaves the next time */
	ASSERT_EQ(0, cg_put("h/a/b/tasks", "%d", pid));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	EXPECT_EQ(2, released(2));
}

TEST_F(agent, when_only_a_zombie_is_left)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(1, released(1));
	EXPECT_EQ('Z', cg_state(pid));
}

TEST_F(agent, when_the_last_child_is_removed)
{
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_EQ(1, released(1));
	EXPECT_NE(NULL, strstr(cg_text(LOG), "2 /a 0 "));
}

TEST_F(agent, not_while_something_is_left)
{
	pid_t pid = cg_sleeper("h/a"), other;

	ASSERT_LT(0, pid);
	/* a task is in a when its child goes */
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_EQ(0, quiet(0));
	/* a child is there when its task goes */
	ASSERT_EQ(0, cg_mkdir("h/a/c"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, quiet(0));
	/* the child has a task, which exits */
	other = cg_sleeper("h/a/c");
	ASSERT_LT(0, other);
	ASSERT_EQ(0, cg_kill(other));
	EXPECT_EQ(1, released(1));
	EXPECT_NE(NULL, strstr(cg_text(LOG), "2 /a/c 0 "));
}

TEST_F(agent, not_when_the_flag_is_off)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/a/b/notify_on_release", "0"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, quiet(0));
	/* setting the flag of an empty group runs nothing */
	ASSERT_EQ(0, cg_put("h/a/b/notify_on_release", "1"));
	EXPECT_EQ(0, quiet(0));
}

TEST_F(agent, not_when_no_agent_is_set)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/release_agent", "\n"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, quiet(0));
	/* an agent that does not exist does no harm */
	ASSERT_EQ(0, cg_put("h/release_agent", "/no/such/program"));
	pid = cg_sleeper("h/a/b");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, quiet(0));
	EXPECT_EQ(0, cg_rmdir("h/a/b"));
}

TEST_F(agent, once_for_each_of_many_groups)
{
	pid_t pid;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, cg_mkdir(cg_path("h/a/b/g%d", i)));
		pid = cg_sleeper(cg_path("h/a/b/g%d", i));
		ASSERT_LT(0, pid);
		kill(pid, SIGKILL);
	}
	EXPECT_EQ(20, released(20));
	for (i = 0; i < 20; i++)
		EXPECT_NE(NULL, strstr(cg_text(LOG), cg_path("2 /a/b/g%d 0 ", i)));
}

TEST_F(agent, the_path_is_that_in_the_initial_namespace)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(1, released(1));
	EXPECT_NE(NULL, strstr(cg_text(LOG), "2 /a/b 0 "));
}

TEST_F(agent, set_by_a_mount_option)
{
	pid_t pid;

	ASSERT_EQ(0, cg_mount("none,name=two,release_agent=" AGENT, "h2"));
	EXPECT_STREQ(AGENT, cg_text("h2/release_agent"));
	ASSERT_EQ(0, cg_put("h2/notify_on_release", "1"));
	ASSERT_EQ(0, cg_mkdir("h2/z"));
	EXPECT_STREQ("1", cg_text("h2/z/notify_on_release"));
	pid = cg_sleeper("h2/z");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(1, released(1));
	EXPECT_NE(NULL, strstr(cg_text(LOG), "2 /z 0 "));
}

/* A new group gets the flag of its parent, even if this is the root. */
TEST_F(agent, flag_is_inherited)
{
	EXPECT_STREQ("1", cg_text("h/a/b/notify_on_release"));
	ASSERT_EQ(0, cg_mkdir("h/c"));
	EXPECT_STREQ("0", cg_text("h/c/notify_on_release"));
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], AGENT))
		return agent_main(argc, argv);
	return test_harness_run(argc, argv);
}
