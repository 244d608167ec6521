// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * A subsystem refuses: then every other one that had agreed takes it back, and
 * the visible state is that before, thread by thread.
 *
 * cpuset, the first to be asked, refuses tasks for a group without CPUs. debug, the
 * last, refuses whatever debug.refuse_attach and debug.refuse_online say.
 */
#include "cg_test.h"

#define EXTRA	7

/*
 *  h/			all subsystems
 *  |-- a/		a process of eight threads, but for
 *  |-- b/		two of them, and another process
 *  |   `-- low/
 *  |-- c/		nobody
 *  `-- none/		nobody, and no CPUs
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

/* What all of this stands on: a state that is not as it was is seen. */
TEST_F(look, sees_what_has_changed)
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
	/* who is where, and whose */
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

TEST_F(cpuset, tasks)
{
	EXPECT_EQ(-ENOSPC, cg_put("h/none/tasks", "%d", self->crowd));
	EXPECT_EQ(-ENOSPC, cg_put("h/none/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(-ENOSPC, cg_put("h/none/cgroup.procs", "0"));
	EXPECT_TRUE(cg_state_kept());
}

/* ---- debug.refuse_*: ours ---- */

REFUSAL_FIXTURE(beyond);

TEST_F(beyond, one_thread)
{
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d", EXDEV));
	EXPECT_EQ(-EXDEV, cg_put("h/c/tasks", "%d", self->crowd));
	EXPECT_EQ(-EXDEV, cg_put("h/c/tasks", "0"));
	EXPECT_TRUE(cg_state_kept());
}

/* From two groups at once, with memory that is to move along. */
TEST_F(beyond, a_process_of_many_threads)
{
	int i;

	ASSERT_EQ(0, cg_put("h/c/memory.move_charge_at_immigrate", "3"));
	cg_state_keep();
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "%d", EL2HLT));
	for (i = 0; i < 20; i++)
		ASSERT_EQ(-EL2HLT, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_TRUE(cg_state_kept());
	/* but for what a CPU keeps in stock, which force_empty gives back */
	EXPECT_EQ(0, cg_put("h/c/memory.force_empty", "0"));
	EXPECT_TRUE(CG_SOON(!cg_num("h/c/memory.usage_in_bytes")));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_attach", "0"));
	ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->crowd));
	EXPECT_EQ(EXTRA + 1, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_num("h/a/pids.current"));
	EXPECT_EQ(1, cg_num("h/b/pids.current"));
}

/* It is asked once for each move, and what comes after the last refusal goes. */
TEST_F(beyond, so_many_times)
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

/* A refused move neither thaws who is frozen nor freezes who is not. */
TEST_F(beyond, frozen)
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

/* All the others have made their states by then. */
TEST_F(beyond, mkdir)
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

/* The first of several refuses, and the rest was refused nothing. */
TEST_F(beyond, mkdir_once)
{
	ASSERT_EQ(0, cg_put("h/c/debug.refuse_online", "%d 1", ENOSPC));
	EXPECT_EQ(-ENOSPC, cg_mkdir("h/c/new"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_mkdir("h/c/new"));
	EXPECT_EQ(0, cg_rmdir("h/c/new"));
	EXPECT_TRUE(cg_state_comes_back());
}

/* Tasks go back to the root's state, and that is refused. */
TEST_F(beyond, unbind)
{
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "%d", ENOTUNIQ));
	EXPECT_EQ(-ENOTUNIQ, cg_put("h/cgroup.subsystems", "-memory -pids -debug"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-ENOTUNIQ, cg_remount("cpu,memory", "h"));
	EXPECT_TRUE(cg_state_kept());
	/* without debug nobody refuses */
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory -pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory +pids"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "0"));
}

/* A group's new state is refused when others of the same change have theirs. */
TEST_F(beyond, bind)
{
	ASSERT_EQ(0, cg_put("h/debug.refuse_online", "%d", EBADSLT));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-memory -pids -debug -cpuset"));
	cg_state_keep();
	EXPECT_EQ(-EBADSLT, cg_put("h/cgroup.subsystems", "+memory +pids +debug +cpuset"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+memory +pids +cpuset"));
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	/* what was written stands with the root's state, wherever that is */
	ASSERT_EQ(0, cg_mount("debug", "d"));
	EXPECT_STREQ(cg_path("%d", EBADSLT), cg_text("d/debug.refuse_online"));
	ASSERT_EQ(0, cg_put("d/debug.refuse_online", "0"));
	ASSERT_EQ(0, cg_umount("d"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+debug"));
}

/* Debug's root state, to be written while debug is mounted nowhere else. */
static int refuse_new(int error)
{
	return cg_mount("debug", "d") ?: cg_put("d/debug.refuse_new", "%d", error) ?:
	       cg_umount("d");
}

/* All groups have their states by then, and some subsystems have agreed about the tasks. */
TEST_F(beyond, bind_of_tasks)
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
 * Everybody is elsewhere in x. That it comes back is an attach of all of them, to which
 * cpuset, for each css_set, cpu, freezer and pids have agreed by then.
 */
TEST_F(beyond, merge)
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
	/* nobody is on the way to it */
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

TEST_F(beyond, words_for_debug)
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
	/* there are ten lines in five seconds at most, and nine of the next ten are left then */
	for (i = 0; i < 10; i++)
		EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "name=nobody"));
	cg_msleep(3000);
	ASSERT_EQ(0, cg_log_mark());
	ASSERT_TRUE(CG_SOON(cg_put("h/cgroup.merge", "name=nobody") &&
			    cg_logged("no such hierarchy", "/ of")));
}

FIXTURE_TEARDOWN(beyond_log)
{
	/* they outlive a test that failed */
	cg_put("h/debug.needs", " ");
	cg_put("h/debug.refuse_online", "0");
	EXPECT_EQ(0, cg_teardown());
}

/* What is refused, how, and the words and the path in the log. */
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

TEST_F(beyond_log, says_why_names_do_not_do)
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

/* Ten lines in five seconds, whatever is tried. */
TEST_F(beyond_log, says_it_ten_times)
{
	int i, n = 0;

	cg_msleep(6000);
	ASSERT_EQ(0, cg_log_mark());
	for (i = 0; i < 30; i++)
		if (cg_put("h/cgroup.merge", "name=nobody") == -ENOENT)
			n += cg_logged("no such hierarchy", "/ of");
	/* five seconds may end meanwhile */
	EXPECT_LE(1, n);
	EXPECT_GE(20, n);
}

TEST_F(beyond_log, says_what_files_take)
{
	static const struct logged refusals[] = {
		{ "h/a/pids.inherit", "2", -EINVAL, "pids.inherit takes 0 or 1", "/a of" },
		{ "h/a/cpu.inherit", "yes", -EINVAL, "cpu.inherit takes 0 or 1", "/a of" },
		{ "h/a/signal.send", "NOPE", -EINVAL, "signal.send takes", "/a of" },
		{ "h/signal.tree", "65", -EINVAL, "signal.tree takes", "/ of" },
		{ "h/a/pids.inherit", "0", -EEXIST, "a file of 'pids'", "/a of" },
	};

	CG_NEED("signal");
	/* it has a state of its own */
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

/* Others have lines of their own; another test may just have used them up. */
static bool is_logged_for_a_user(struct logged *l)
{
	if (chown(l->path, 1000, 1000) ||
	    CG_SOON(cg_as_user(1000, put_of, l) == l->error && cg_logged(l->what, l->where)))
		return !chown(l->path, 0, 0);
	fprintf(stderr, "# %s > %s\n", l->text, l->path);
	return false;
}

TEST_F(beyond_log, says_who_may)
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
	/* root's, and not who writes */
	ASSERT_LT(0, cg_sleeper("h/a"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		EXPECT_TRUE(is_logged_for_a_user(&refusals[i]));
	EXPECT_TRUE(cg_state_kept());
}

/*
 * What a subsystem refuses, by its name: a cgroup, and company, here or there; a remount
 * has the text itself.
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
	/* the other tree is of the same shape */
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

/* What a user is refused in a group of his does not keep root from reading why. */
TEST_F(beyond_log, says_why_to_root_whoever_else_asks)
{
	ASSERT_EQ(0, chown("h/a/pids.inherit", 1000, 1000));
	EXPECT_EQ(0, cg_as_user(1000, asks_for_much, NULL));
	EXPECT_TRUE(cg_logged("owns state of 'pids'", "/a of"));
	EXPECT_EQ(-ENOENT, cg_put("h/cgroup.merge", "name=nobody"));
	EXPECT_TRUE(cg_logged("no such hierarchy", "/ of"));
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.merge", "nobody"));
	EXPECT_TRUE(cg_logged("cgroup.merge takes", "/ of"));
}

/* A first-level group is in the way of the root's files. */
TEST_F(beyond_log, a_group_called_like_a_file_of_the_root)
{
	ASSERT_EQ(0, cg_mkdir("h/memory.usage_in_bytes"));
	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_put("h/cgroup.subsystems", "+memory"));
	EXPECT_TRUE(cg_logged("a file of 'memory'", "/ of"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_HARNESS_MAIN
