// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * A subsystem refuses an operation. Then all subsystems that had agreed undo their part, and
 * the visible state is as before, for each thread.
 *
 * cpuset is asked first. It refuses tasks in a group without CPUs. debug is asked last. It
 * refuses what debug.refuse_attach and debug.refuse_online tell it to refuse.
 */
#include "cg_test.h"

#define EXTRA	7

/*
 *  h/			all subsystems
 *  |-- a/		six threads of a process of eight
 *  |-- b/		its other two threads, and another process
 *  |   `-- low/
 *  |-- c/		no task
 *  `-- none/		no task, and no CPUs
 */
static int all_in_one(pid_t *crowd, pid_t *single)
{
	pid_t tids[EXTRA + 1];
	int ret;

	ret = cg_setup() ?: cg_mount_retry("all,clone_children", "h") ?:
	      cg_mkdir("h/a") ?: cg_mkdir("h/b") ?: cg_mkdir("h/b/low") ?:
	      cg_mkdir("h/c") ?: cg_put("h/cgroup.clone_children", "0") ?:
	      cg_mkdir("h/none") ?: cg_put("h/cgroup.clone_children", "1");
	if (ret)
		return ret;
	*crowd = cg_threads("h/a", EXTRA);
	*single = cg_sleeper("h/b");
	if (*crowd < 0 || *single < 0)
		return -EAGAIN;
	if (cg_tids(*crowd, tids, EXTRA + 1) != EXTRA + 1)
		return -ESRCH;
	cg_state_watch(*crowd);
	cg_state_watch(*single);
	return cg_put("h/b/tasks", "%d", tids[2]) ?: cg_put("h/b/tasks", "%d", tids[5]);
}

#define REFUSAL_FIXTURE(name) \
	FIXTURE(name) { pid_t crowd, single; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, all_in_one(&self->crowd, &self->single)); \
		ASSERT_EQ(6, cg_num("h/a/pids.current")); \
		ASSERT_EQ(3, cg_num("h/b/pids.current")); \
		cg_state_keep(); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		cg_put("h/b/freezer.state", "THAWED"); \
		EXPECT_EQ(0, cg_teardown()); \
	}

REFUSAL_FIXTURE(look);

/* All of these tests rely on this: a changed state is noticed. */
TEST_F(look, notices_each_change)
{
	static const struct {
		const char *path, *text, *back;
	} changes[] = {
		{ "h/c/freezer.state", "FROZEN", "THAWED" },
		{ "h/b/low/cpu.shares", "2", "1024" },
		{ "h/c/pids.max", "9", "max" },
		{ "h/c/memory.limit_in_bytes", "1G", "-1" },
		{ "h/c/memory.kmem.tcp.limit_in_bytes", "1G", "-1" },
		{ "h/c/blkio.bfq.weight", "7", "100" },
		{ "h/b/notify_on_release", "1", "0" },
		{ "h/a/cpuset.memory_migrate", "1", "0" },
		{ "h/release_agent", "/bin/true", "" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		ASSERT_EQ(0, cg_put(changes[i].path, "%s", changes[i].text))
			TH_LOG("%s", changes[i].path);
		EXPECT_FALSE(cg_state_kept())
			TH_LOG("%s", changes[i].path);
		ASSERT_EQ(0, cg_put(changes[i].path, "%s\n", changes[i].back))
			TH_LOG("%s", changes[i].path);
		EXPECT_TRUE(cg_state_comes_back());
	}
	/* the groups of tasks, and the owners of files */
	ASSERT_EQ(0, cg_put("h/c/tasks", "%d", self->single));
	EXPECT_FALSE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", self->single));
	EXPECT_TRUE(cg_state_comes_back());
	ASSERT_EQ(0, chown("h/c/tasks", 0, 1000));
	EXPECT_FALSE(cg_state_kept());
	ASSERT_EQ(0, chown("h/c/tasks", 0, 0));
	ASSERT_EQ(0, cg_mkdir("h/c/new"));
	EXPECT_FALSE(cg_state_kept());
	ASSERT_EQ(0, cg_rmdir("h/c/new"));
	ASSERT_EQ(0, cg_rmdir("h/c"));
	ASSERT_EQ(0, cg_mkdir("h/c"));
	EXPECT_FALSE(cg_state_kept());
	cg_state_keep();
	ASSERT_EQ(0, cg_mount("none,name=another", "other"));
	EXPECT_FALSE(cg_state_kept());
	ASSERT_EQ(0, cg_umount("other"));
	ASSERT_EQ(0, rmdir("other"));
	EXPECT_TRUE(cg_state_comes_back());
}

REFUSAL_FIXTURE(cpuset);

TEST_F(cpuset, refuses_tasks_without_cpus)
{
	EXPECT_EQ(-ENOSPC, cg_put("h/none/tasks", "%d", self->crowd));
	EXPECT_EQ(-ENOSPC, cg_put("h/none/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(-ENOSPC, cg_put("h/none/cgroup.procs", "0"));
	EXPECT_TRUE(cg_state_kept());
}

/* ---- debug.refuse_*: only on this core ---- */

REFUSAL_FIXTURE(beyond);

TEST_F(beyond, a_refused_attach_of_one_thread_changes_nothing)
{
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/c/tasks", "%d", self->crowd));
	EXPECT_EQ(-EXDEV, cg_put("h/c/tasks", "0"));
	EXPECT_TRUE(cg_state_kept());
}

/* The threads are in two groups, and their memory is to move along. */
TEST_F(beyond, a_refused_attach_of_a_process_changes_nothing)
{
	int i;

	ASSERT_EQ(0, cg_put("h/c/memory.move_charge_at_immigrate", "3"));
	cg_state_keep();
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d", EL2HLT));
	for (i = 0; i < 20; i++)
		ASSERT_EQ(-EL2HLT, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_TRUE(cg_state_kept());
	/* except for charges that a CPU keeps in stock, which force_empty gives back */
	EXPECT_EQ(0, cg_put("h/c/memory.force_empty", "0"));
	EXPECT_TRUE(CG_SOON(!cg_num("h/c/memory.usage_in_bytes")));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "0"));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(EXTRA + 1, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_num("h/a/pids.current"));
	EXPECT_EQ(1, cg_num("h/b/pids.current"));
}

/* debug is asked once per move, and the move after the last refusal succeeds. */
TEST_F(beyond, attach_is_refused_as_often_as_requested)
{
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d 2", ENOLCK));
	EXPECT_EQ(-ENOLCK, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_STREQ(cg_path("%d 1", ENOLCK), cg_text("h/c/debug.refuse_attach"));
	EXPECT_EQ(-ENOLCK, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_STREQ("0", cg_text("h/c/debug.refuse_attach"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(EXTRA + 1, cg_num("h/c/pids.current"));
}

/* A refused move neither thaws a frozen task nor freezes another task. */
TEST_F(beyond, a_frozen_task_stays_frozen_after_a_refused_attach)
{
	ASSERT_EQ(0, cg_put("h/b/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("h/b/freezer.state", "FROZEN", 20000));
	cg_state_keep();
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/c/cgroup.procs", "%d", self->single));
	EXPECT_TRUE(cg_state_comes_back());
	ASSERT_EQ(0, kill(self->single, SIGKILL));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(self->single, 50));

	ASSERT_EQ(0, cg_put("h/b/low/debug.refuse_attach", "%d", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/b/low/cgroup.procs", "0"));
	EXPECT_TRUE(cg_state_comes_back());
	ASSERT_EQ(0, cg_put("h/b/freezer.state", "THAWED"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(self->single, 10000));
}

/* All other subsystems have made their csses when debug refuses. */
TEST_F(beyond, a_refused_mkdir_changes_nothing)
{
	int i;

	ASSERT_EQ(0, cg_put("h/b/low/debug.refuse_online", "%d", EDOM));
	for (i = 0; i < 20; i++)
		ASSERT_EQ(-EDOM, cg_mkdir("h/b/low/new"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/b/low/debug.refuse_online", "0"));
	ASSERT_EQ(0, cg_mkdir("h/b/low/new"));
	ASSERT_EQ(0, cg_put("h/b/low/new/cgroup.procs", "%d", self->crowd));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(0, cg_rmdir("h/b/low/new"));
}

/* Only the first mkdir is refused. */
TEST_F(beyond, only_the_first_mkdir_is_refused)
{
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_online", "%d 1", ENOSPC));
	EXPECT_EQ(-ENOSPC, cg_mkdir("h/c/new"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_mkdir("h/c/new"));
	EXPECT_EQ(0, cg_rmdir("h/c/new"));
	EXPECT_TRUE(cg_state_comes_back());
}

/* debug refuses that tasks go back to its root css. */
TEST_F(beyond, a_refused_unbind_changes_nothing)
{
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "%d", ENOTUNIQ));
	EXPECT_EQ(-ENOTUNIQ, cg_put("h/cgroup.subsystems", "-memory -pids -debug"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-ENOTUNIQ, cg_remount("cpu,memory", "h"));
	EXPECT_TRUE(cg_state_kept());
	/* if debug stays bound, no subsystem refuses */
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory -pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory +pids"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "0"));
}

/* debug refuses a new css when other subsystems of the same change have theirs. */
TEST_F(beyond, a_refused_bind_changes_nothing)
{
	ASSERT_EQ(0, cg_put("h/debug.refuse_online", "%d", EBADSLT));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory -pids -debug -cpuset"));
	cg_state_keep();
	EXPECT_EQ(-EBADSLT, cg_put("h/cgroup.subsystems", "+memory +pids +debug +cpuset"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory +pids +cpuset"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	/* the value belongs to the root css, in whichever hierarchy that is */
	ASSERT_EQ(0, cg_mount("debug", "d"));
	EXPECT_STREQ(cg_path("%d", EBADSLT), cg_text("d/debug.refuse_online"));
	ASSERT_EQ(0, cg_put("d/debug.refuse_online", "0"));
	ASSERT_EQ(0, cg_umount("d"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
}

/* Writes to debug's root css. debug must not be mounted elsewhere. */
static int refuse_new(int error)
{
	return cg_mount("debug", "d") ?: cg_put("d/debug.refuse_new", "%d", error) ?:
	       cg_umount("d");
}

/* All groups have their csses by then, and some subsystems have agreed to the attach. */
TEST_F(beyond, a_bind_is_undone_if_an_attach_is_refused)
{
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory -pids -debug -cpuset"));
	ASSERT_EQ(0, refuse_new(EDOM));
	cg_state_keep();
	EXPECT_EQ(-EDOM, cg_put("h/cgroup.subsystems", "+memory +pids +debug +cpuset"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-EDOM, cg_put("h/cgroup.subsystems", "+cpuset +debug -cpu -freezer"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-EDOM, cg_remount("cpu,freezer,debug,pids", "h"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, refuse_new(0));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory +pids +debug +cpuset"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	EXPECT_EQ(3, cg_num("h/b/pids.current"));
	EXPECT_STREQ("0", cg_text("h/debug.css_sets_wrong"));
}

/*
 * In x, all tasks are in other groups. So the merge attaches all of them. cpuset (for each
 * css_set), cpu, freezer and pids have agreed when debug refuses.
 */
TEST_F(beyond, a_refused_merge_changes_nothing)
{
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=x cpuset,cpu,memory,freezer,pids,debug"));
	ASSERT_EQ(0, cg_mount("name=x", "x"));
	ASSERT_EQ(0, cg_put("x/c/cgroup.procs", "%d", self->crowd));
	ASSERT_EQ(0, cg_put("x/b/low/cgroup.procs", "%d", self->single));
	ASSERT_EQ(0, cg_put("x/b/debug.refuse_attach", "%d", ECOMM));
	cg_state_keep();
	EXPECT_EQ(-ECOMM, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(EXTRA + 1, cg_num("x/c/pids.current"));
	EXPECT_EQ(0, cg_num("x/a/pids.current"));
	EXPECT_EQ(1, cg_num("x/b/pids.current"));
	/* no attach to a is pending, so its CPUs may be cleared */
	EXPECT_EQ(0, cg_put("x/a/cpuset.cpus", "\n"));
	EXPECT_EQ(0, cg_put("x/a/cpuset.cpus", "%s", cg_text("x/c/cpuset.cpus")));
	EXPECT_TRUE(cg_state_kept());

	ASSERT_EQ(0, cg_put("x/b/debug.refuse_attach", "0"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	EXPECT_EQ(3, cg_num("h/b/pids.current"));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
}

TEST_F(beyond, debug_refuses_invalid_words)
{
	static const char * const files[] = {
		"h/a/debug.refuse_attach", "h/debug.refuse_online", "h/debug.refuse_new",
	};
	static const char * const bad[] = { "x", "-1", "4096", "5 0", "5 x", "5 -1", " " };
	int i, j;

	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		for (j = 0; j < ARRAY_SIZE(bad); j++)
			EXPECT_TRUE(cg_refused(files[i], bad[j], -EINVAL));
		EXPECT_STREQ("0", cg_text(files[i]));
	}
	EXPECT_TRUE(cg_state_kept());
}

/* ---- the reason, in the kernel's log ---- */

/*
 *  h/ cpu,pids,name=log	g/ freezer,name=other
 *  `-- a/			`-- b/
 *      `-- memory.stat/
 */
FIXTURE(beyond_log) { int unused; };

FIXTURE_SETUP(beyond_log)
{
	int i;

	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("cpu,pids,name=log", "h"));
	ASSERT_EQ(0, cg_mount("freezer,name=other", "g"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("g/b"));
	ASSERT_EQ(0, cg_mkdir("h/a/memory.stat"));
	ASSERT_EQ(0, cg_log_mark());
	/*
	 * The log takes at most ten lines in five seconds.  Use them up and wait for the next
	 * period, in which nine lines are left after this.
	 */
	for (i = 0; i < 10; i++)
		EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "name=nobody"));
	cg_msleep(3000);
	ASSERT_EQ(0, cg_log_mark());
	ASSERT_TRUE(CG_SOON(cg_put("h/cgroup.merge", "name=nobody") &&
			    cg_logged("no such hierarchy", "/ of")));
}

FIXTURE_TEARDOWN(beyond_log)
{
	/* these values would outlive a test that failed */
	cg_put("h/debug.needs", " ");
	cg_put("h/debug.refuse_online", "0");
	EXPECT_EQ(0, cg_teardown());
}

/* A write, its error, and the words and the path in the log. */
struct logged {
	const char *path, *text;
	int error;
	const char *what, *where;
};

static bool is_logged(const struct logged *l)
{
	int ret = cg_put(l->path, "%s", l->text);
	bool said = cg_logged(l->what, l->where);

	if (ret == l->error && said)
		return true;
	fprintf(stderr, "# %s > %s: error %d, %slogged\n", l->text, l->path, ret,
		said ? "" : "not ");
	return false;
}

static bool are_logged(const struct logged *list, int n)
{
	bool all = true;

	while (n--)
		all &= is_logged(list++);
	return all;
}

TEST_F(beyond_log, says_why)
{
	static const struct logged refusals[] = {
		{ "h/cgroup.subsystems", "+cpu", -EINVAL, "'cpu' is already bound", "/ of" },
		{ "h/cgroup.subsystems", "-freezer", -EINVAL, "'freezer' is not bound", "/ of" },
		{ "h/cgroup.subsystems", "+freezer", -EBUSY, "'freezer' is in use", "/ of" },
		{ "h/cgroup.subsystems", "+memory", -EEXIST, "a file of 'memory'", "/a of" },
		{ "h/cgroup.subsystems", "memory", -EINVAL, "each once, not 'memory'", "/ of" },
		{ "h/cgroup.merge", "name=nobody", -ENOENT, "no such hierarchy", "/ of" },
		{ "h/cgroup.merge", "name=other", -EINVAL, "has other groups", "/a of" },
		{ "h/cgroup.split", "pids", -EINVAL, "subsystems, not 'pids'", "/ of" },
		{ "h/cgroup.split", "name=x freezer", -EINVAL, "'freezer' is not bound", "/ of" },
	};

	cg_state_keep();
	EXPECT_TRUE(are_logged(refusals, ARRAY_SIZE(refusals)));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(beyond_log, says_why_a_name_is_refused)
{
	static const struct logged refusals[] = {
		{ "h/cgroup.split", "name=other pids", -EEXIST, "'other' already exists", "/ of" },
		{ "h/cgroup.merge", "name=log", -EINVAL, "cannot be merged", "/ of" },
		{ "h/cgroup.subsystems", "-cpu +nosuch", -EINVAL, "subsystem 'nosuch'", "/ of" },
		{ "h/cgroup.subsystems", "-cpu -cpu", -EINVAL, "not '-cpu'", "/ of" },
		{ "h/cgroup.subsystems", " ", -EINVAL, "each once, not ''", "/ of" },
		{ "u/cgroup.split", "name=x net_cls", -EINVAL, "neither a name nor", "/ of" },
		{ "u/cgroup.subsystems", "-net_cls", -EINVAL, "neither a name nor", "/ of" },
	};

	ASSERT_EQ(0, cg_mount("net_cls", "u"));
	cg_state_keep();
	EXPECT_TRUE(are_logged(refusals, ARRAY_SIZE(refusals)));
	EXPECT_TRUE(cg_remount_refused("h", "cpu,pids,freezer,name=log", -EBUSY,
				       "subsystem 'freezer' is in use in another hierarchy"));
	EXPECT_TRUE(cg_state_kept());
}

/* There are at most ten lines in five seconds, however many writes are refused. */
TEST_F(beyond_log, logs_at_most_ten_lines_per_period)
{
	int i, n = 0;

	cg_msleep(6000);
	ASSERT_EQ(0, cg_log_mark());
	for (i = 0; i < 30; i++)
		if (cg_put("h/cgroup.merge", "name=nobody") == -ENOENT)
			n += cg_logged("no such hierarchy", "/ of");
	/* a new period may begin meanwhile */
	EXPECT_LE(1, n);
	EXPECT_GE(20, n);
}

TEST_F(beyond_log, says_which_values_a_file_takes)
{
	static const struct logged refusals[] = {
		{ "h/a/pids.inherit", "2", -EINVAL, "pids.inherit takes 0 or 1", "/a of" },
		{ "h/a/cpu.inherit", "yes", -EINVAL, "cpu.inherit takes 0 or 1", "/a of" },
		{ "h/a/signal.send", "NOPE", -EINVAL, "signal.send takes", "/a of" },
		{ "h/signal.tree", "65", -EINVAL, "signal.tree takes", "/ of" },
		{ "h/a/pids.inherit", "0", -EEXIST, "a file of 'pids'", "/a of" },
	};

	CG_NEED("signal");
	/* it owns a css of pids, so its parent may not inherit */
	ASSERT_EQ(0, cg_rmdir("h/a/memory.stat"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+signal"));
	ASSERT_EQ(0, cg_put("h/a/pids.inherit", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/pids.max"));
	cg_state_keep();
	EXPECT_TRUE(are_logged(refusals, ARRAY_SIZE(refusals)));
	EXPECT_TRUE(cg_state_kept());
}

static int put_of(void *arg)
{
	const struct logged *l = arg;

	return -cg_put(l->path, "%s", l->text);
}

/* Users other than root share lines of their own, which another test may just have used up. */
static bool is_logged_for_a_user(struct logged *l)
{
	if (chown(l->path, 1000, 1000) ||
	    CG_SOON(cg_as_user(1000, put_of, l) == l->error && cg_logged(l->what, l->where)))
		return !chown(l->path, 0, 0);
	fprintf(stderr, "# %s > %s\n", l->text, l->path);
	return false;
}

TEST_F(beyond_log, says_which_permission_is_missing)
{
	struct logged refusals[] = {
		{ "h/cgroup.subsystems", "+signal", -EPERM, "cgroup.subsystems needs", "/ of" },
		{ "h/cgroup.merge", "name=other", -EPERM, "cgroup.merge needs", "/ of" },
		{ "h/cgroup.split", "name=x cpu", -EPERM, "cgroup.split needs", "/ of" },
		{ "h/a/signal.send", "0", -EPERM, "signal.send may not signal", "/a of" },
		{ "h/a/devices.inherit", "1", -EPERM, "devices.inherit may not be", "/a of" },
	};
	int i;

	CG_NEED("signal");
	ASSERT_EQ(0, cg_rmdir("h/a/memory.stat"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+signal +devices"));
	/* this task belongs to root, not to the writer */
	ASSERT_LT(0, cg_sleeper("h/a"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		EXPECT_TRUE(is_logged_for_a_user(&refusals[i]));
	EXPECT_TRUE(cg_state_kept());
}

/*
 * The log names the subsystem that refuses a cgroup, an attach, or the lack of another
 * subsystem, on either side of a change. A remount has this text itself.
 */
TEST_F(beyond_log, says_which_subsystem)
{
	static const struct logged refusals[] = {
		{ "h/cgroup.split", "name=x pids", -EINVAL, "'debug' refuses to be without 'pids'",
		  "/ of" },
		{ "h/cgroup.split", "name=x debug", -EINVAL, "'debug' refuses to be without 'pids'",
		  "/ of" },
		{ "h/cgroup.subsystems", "-pids", -EINVAL, "'debug' refuses to be without 'pids'",
		  "/ of" },
		{ "h/a/pids.inherit", "1", -EINVAL, "'debug' refuses to be without 'pids'",
		  "/a of" },
	};

	CG_NEED("debug");
	ASSERT_EQ(0, cg_rmdir("h/a/memory.stat"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
	ASSERT_EQ(0, cg_put("h/debug.needs", "pids"));
	cg_state_keep();
	EXPECT_TRUE(are_logged(refusals, ARRAY_SIZE(refusals)));
	EXPECT_TRUE(cg_remount_refused("h", "cpu,debug,name=log", -EINVAL,
				       "subsystem 'debug' refuses to be without 'pids'"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/debug.needs", " "));
	ASSERT_EQ(0, cg_put("h/debug.refuse_online", "%d 1", EDOM));
	EXPECT_EQ(-EDOM, cg_mkdir("h/new"));
	EXPECT_TRUE(cg_logged("debug refuses a new cgroup", "/new of"));
	ASSERT_EQ(0, cg_put("h/a/debug.refuse_attach", "%d 1", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/a/tasks", "0"));
	EXPECT_TRUE(cg_logged("debug refuses an attach", "/a of"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "%d 1", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/cgroup.subsystems", "-debug"));
	EXPECT_TRUE(cg_logged("debug refuses a change of its hierarchy", " of"));
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	/* give the other tree the same paths */
	ASSERT_EQ(0, cg_put("h/debug.needs", "devices"));
	ASSERT_EQ(0, cg_rmdir("g/b"));
	ASSERT_EQ(0, cg_mkdir("g/a"));
	EXPECT_EQ(-EINVAL, cg_put("g/cgroup.merge", "name=log"));
	EXPECT_TRUE(cg_logged("'debug' refuses to be without 'devices'", "/ of"));
	ASSERT_EQ(0, cg_put("h/debug.needs", " "));
}

static int asks_for_much(void *arg)
{
	int i;

	for (i = 0; i < 20; i++)
		if (cg_put("h/a/pids.inherit", "1") != -EBUSY)
			return 1;
	return 0;
}

/* Refused writes of a user do not use up the lines that root needs. */
TEST_F(beyond_log, refused_users_do_not_use_up_the_lines_of_root)
{
	ASSERT_EQ(0, chown("h/a/pids.inherit", 1000, 1000));
	EXPECT_EQ(0, cg_as_user(1000, asks_for_much, NULL));
	EXPECT_TRUE(cg_logged("owns state of 'pids'", "/a of"));
	EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "name=nobody"));
	EXPECT_TRUE(cg_logged("no such hierarchy", "/ of"));
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "nobody"));
	EXPECT_TRUE(cg_logged("cgroup.merge takes", "/ of"));
}

/* A group below the root has the name of a file that the root would get. */
TEST_F(beyond_log, a_group_with_the_name_of_a_file_of_the_root)
{
	ASSERT_EQ(0, cg_mkdir("h/memory.usage_in_bytes"));
	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_put("h/cgroup.subsystems", "+memory"));
	EXPECT_TRUE(cg_logged("a file of 'memory'", "/ of"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_HARNESS_MAIN
