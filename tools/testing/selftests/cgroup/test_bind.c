// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * Subsystems are bound to a hierarchy in use and unbound from it, by cgroup.subsystems and by
 * a remount. The hierarchy has groups with processes, threads and zombies. Some tests change
 * it while tasks fork, exec and move.
 */
#include "cg_test.h"

#define SUBSYSTEMS "h/cgroup.subsystems"

FIXTURE(beyond) {
	pid_t outer, inner;
};

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_live_tree(&self->outer, &self->inner));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(beyond, a_named_hierarchy_lists_no_subsystem)
{
	EXPECT_STREQ("", cg_text(SUBSYSTEMS));
	EXPECT_FALSE(cg_exists("h/a/cgroup.subsystems"));
}

TEST_F(beyond, tasks_are_charged_where_they_are)
{
	char path[256];

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids"));
	EXPECT_STREQ("pids", cg_text(SUBSYSTEMS));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
	EXPECT_EQ(1, cg_num("h/a/b/pids.current"));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	ASSERT_EQ(0, cg_proc_path(self->inner, "pids,name=live", path, sizeof(path)));
	EXPECT_STREQ("/a/b", path);

	/* the limit of the group applies to its tasks */
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, cg_put("h/a/b/pids.max", "2"));
	EXPECT_EQ(-EAGAIN, cg_fork_wait(NULL, NULL));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-pids"));
	EXPECT_STREQ("", cg_text(SUBSYSTEMS));
	EXPECT_FALSE(cg_exists("h/a/pids.current"));
	EXPECT_EQ(0, cg_hierarchy_of("pids"));
	EXPECT_TRUE(cg_has_pid("h/a/b/tasks", self->inner));

	/* the subsystem can be mounted elsewhere at once */
	EXPECT_EQ(0, cg_mount("pids", "p"));
	EXPECT_EQ(0, cg_umount("p"));
}

TEST_F(beyond, a_subsystem_can_be_bound_again_at_once)
{
	int i;

	for (i = 0; i < 30; i++) {
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids +freezer +memory"));
		ASSERT_EQ(4, cg_num("h/a/pids.current"));
		ASSERT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->inner));
		ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "%d", self->inner));
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-pids -freezer -memory"));
	}
}

TEST_F(beyond, one_write_binds_all_subsystems)
{
	char add[2048], remove[2048];

	cg_all_words(add, "+", " ");
	cg_all_words(remove, " -", "\t");
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "%s", add));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
	EXPECT_TRUE(cg_exists("h/a/b/cpuset.cpus"));
	EXPECT_EQ(0, cg_put("h/c/cgroup.procs", "%d", self->inner));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "%s", remove));
	EXPECT_STREQ("", cg_text(SUBSYSTEMS));
	EXPECT_FALSE(cg_exists("h/a/b/cpuset.cpus"));
	EXPECT_TRUE(cg_has_pid("h/c/tasks", self->inner));
}

TEST_F(beyond, one_write_binds_and_unbinds)
{
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpu"));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids -cpu"));
	EXPECT_STREQ("pids", cg_text(SUBSYSTEMS));
	EXPECT_EQ(0, cg_hierarchy_of("cpu"));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
}

/* A few children at a time, each asleep for a while. */
static int forks_sleepers(void *arg)
{
	pid_t pids[8] = { 0 };
	int i;

	for (i = 0; ; i = (i + 1) % ARRAY_SIZE(pids)) {
		if (pids[i] > 0) {
			kill(pids[i], SIGKILL);
			waitpid(pids[i], NULL, 0);
		}
		pids[i] = fork();
		if (!pids[i])
			cg_pause();
	}
	return !arg;
}

/* May PID run on all CPUs on which the caller may run, or has it exited? */
static bool has_our_cpus(pid_t pid)
{
	cpu_set_t ours, its;

	sched_getaffinity(0, sizeof(ours), &ours);
	return sched_getaffinity(pid, sizeof(its), &its) || CPU_EQUAL(&ours, &its) ||
	       cg_state(pid) == 'Z';
}

/* A fork waits or starts again while cpuset is unbound: the child has all CPUs, as its parent. */
TEST_F(beyond, a_child_forked_while_cpuset_is_unbound_has_all_cpus)
{
	pid_t pids[64], parents[3];
	int round, i, nr;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	for (i = 0; i < ARRAY_SIZE(parents); i++) {
		parents[i] = cg_spawn(forks_sleepers, NULL);
		ASSERT_EQ(0, cg_put("h/c/tasks", "%d", parents[i]));
	}
	for (round = 0; round < 60; round++) {
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpuset"));
		ASSERT_EQ(0, cg_put("h/c/cpuset.cpus", "0"));
		cg_msleep(3);
		ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-cpuset"));
		for (i = 0; i < ARRAY_SIZE(parents); i++)
			kill(parents[i], SIGSTOP);
		nr = cg_pids("h/c/tasks", pids, ARRAY_SIZE(pids));
		ASSERT_LT(0, nr);
		for (i = 0; i < nr; i++) {
			/* a child whose fork has not finished may need a moment */
			ASSERT_TRUE(CG_SOON(has_our_cpus(pids[i])))
				TH_LOG("round %d, state %c", round, cg_state(pids[i]));
		}
		for (i = 0; i < ARRAY_SIZE(parents); i++)
			kill(parents[i], SIGCONT);
	}
}

static int makes_processes(void *arg)
{
	return cg_make_processes(arg) != arg;
}

static int makes_threads(void *arg)
{
	return cg_make_threads(arg) != arg;
}

#define CPUS_OF_C	"h/c/cpuset.cpus"

/*
 * h/c/d begins and ends to have a cpuset of its own, while its tasks fork. A fork that starts
 * again has asked the cpuset of h/c before. Afterwards no fork must be counted there: a cpuset
 * can lose its CPUs only if it has no task, and if none is about to come.
 */
TEST_F(beyond, a_fork_that_starts_again_is_not_counted_in_a_cpuset)
{
	static int (*const makes[])(void *arg) = {
		makes_processes, makes_threads, makes_threads,
	};
	pid_t pid[ARRAY_SIZE(makes)];
	int i, round, rounds = cg_slow() > 1 ? 80 : 300;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	ASSERT_EQ(0, cg_mkdir("h/c/d"));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpuset"));
	for (i = 0; i < ARRAY_SIZE(makes); i++) {
		pid[i] = cg_spawn(makes[i], NULL);
		ASSERT_LT(0, pid[i]);
		ASSERT_EQ(0, cg_put("h/c/d/cgroup.procs", "%d", pid[i]));
	}
	for (round = 0; round < rounds; round++) {
		ASSERT_EQ(0, cg_put("h/c/d/cpuset.inherit", "1"));
		cg_msleep(1);
		ASSERT_EQ(0, cg_put("h/c/d/cpuset.inherit", "0"));
	}
	for (i = 0; i < ARRAY_SIZE(makes); i++)
		ASSERT_EQ(0, cg_kill(pid[i]));
	/* the last child of a killed parent becomes a child of this process */
	EXPECT_TRUE(CG_SOON(waitpid(-1, NULL, WNOHANG) <= 0 && !cg_text("h/c/d/tasks")[0]));
	/* a cpuset has at least the CPUs of the cpusets below it */
	ASSERT_EQ(0, cg_put("h/c/d/cpuset.inherit", "1"));
	EXPECT_TRUE(CG_SOON(!cg_put(CPUS_OF_C, "\n")));
	EXPECT_STREQ("", cg_text(CPUS_OF_C));
}

TEST_F(beyond, a_new_cpuset_is_usable)
{
	char all[256];

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpuset"));
	snprintf(all, sizeof(all), "%s", cg_text("h/cpuset.cpus"));
	EXPECT_STREQ(all, cg_text("h/a/b/cpuset.cpus"));
	EXPECT_STREQ("0", cg_text("h/a/cgroup.clone_children"));
	/* clone_children is off: the cpuset of a group made later is empty */
	ASSERT_EQ(0, cg_mkdir("h/d"));
	EXPECT_STREQ("", cg_text("h/d/cpuset.cpus"));
}

TEST_F(beyond, frozen_tasks_thaw_when_freezer_is_unbound)
{
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+freezer"));
	ASSERT_EQ(0, cg_put("h/a/freezer.state", "FROZEN"));
	ASSERT_TRUE(cg_wait_text("h/a/freezer.state", "FROZEN", 5000));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-freezer"));
	EXPECT_EQ(0, kill(self->inner, SIGTERM));
	EXPECT_LE(0, cg_wait_exit(self->inner, 5000));
}

TEST_F(beyond, reads_of_open_files_fail_after_unbind)
{
	char buf[64];
	int fd;

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids"));
	fd = open("h/a/pids.current", O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf)));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-pids"));
	EXPECT_EQ(-1, pread(fd, buf, sizeof(buf), 0));
	EXPECT_EQ(ENODEV, errno);
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids"));
	EXPECT_EQ(-1, pread(fd, buf, sizeof(buf), 0));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
}

/* They fail even after the subsystem is bound again. */
TEST_F(beyond, writes_to_open_files_fail_after_unbind)
{
	static const char * const files[] = {
		"h/cpu.shares", "h/a/pids.max", "h/a/pids.inherit", "h/signal.tree",
		"h/a/signal.send",
	};
	int fd[ARRAY_SIZE(files)], i;

	CG_NEED("signal");
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids +cpu +signal"));
	for (i = 0; i < ARRAY_SIZE(files); i++)
		ASSERT_LE(0, fd[i] = open(files[i], O_WRONLY));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-pids -cpu -signal"));
	for (i = 0; i < ARRAY_SIZE(files); i++)
		EXPECT_EQ(-ENODEV, cg_put_fd(fd[i], "1"))
			TH_LOG("file %d", i);
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids +cpu +signal"));
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(-ENODEV, cg_put_fd(fd[i], "1"))
			TH_LOG("file %d", i);
		close(fd[i]);
	}
	EXPECT_STREQ("max", cg_text("h/a/pids.max"));
	EXPECT_STREQ("0", cg_text("h/a/pids.inherit"));
}

static int become_zombie_in(void *arg)
{
	return cg_put(cg_path("%s/cgroup.procs", (char *)arg), "0");
}

/* A zombie is uncharged from the state to which it was charged, and from no other. */
TEST_F(beyond, zombies_are_not_charged_to_a_new_state)
{
	pid_t before = cg_spawn(become_zombie_in, "h/c"), after;

	ASSERT_TRUE(cg_wait_state(before, "Z", 5000));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids"));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_wait_exit(before, 5000));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));

	after = cg_spawn(become_zombie_in, "h/c");
	ASSERT_TRUE(cg_wait_state(after, "Z", 5000));
	EXPECT_EQ(1, cg_num("h/c/pids.current"));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "-pids"));
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids"));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_wait_exit(after, 5000));
	EXPECT_EQ(0, cg_num("h/c/pids.current"));
	EXPECT_EQ(0, cg_rmdir("h/c"));
}

TEST_F(beyond, a_remount_binds_and_unbinds)
{
	ASSERT_EQ(0, cg_remount("pids,cpu,name=live", "h"));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
	EXPECT_TRUE(cg_exists("h/a/b/cpu.shares"));
	/* a remount that names no subsystem unbinds none */
	ASSERT_EQ(0, cg_remount("name=live", "h"));
	ASSERT_EQ(0, cg_remount(NULL, "h"));
	EXPECT_STREQ("cpu pids", cg_text(SUBSYSTEMS));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_remount("cpu,name=live", "h"));
	EXPECT_FALSE(cg_exists("h/a/pids.current"));
	EXPECT_STREQ("cpu", cg_text(SUBSYSTEMS));
	EXPECT_EQ(0, cg_hierarchy_of("pids"));
	ASSERT_EQ(0, cg_remount("none,name=live", "h"));
	EXPECT_STREQ("", cg_text(SUBSYSTEMS));
}

/*
 * A mount shows the hierarchy with exactly the given subsystems. A stateless subsystem may be
 * in several hierarchies.
 */
TEST_F(beyond, a_mount_of_a_stateless_subsystem_makes_a_hierarchy)
{
	CG_NEED("signal");
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+signal +pids"));
	ASSERT_EQ(0, cg_mount("signal", "s"));
	EXPECT_STREQ("signal", cg_text("s/cgroup.subsystems"));
	EXPECT_FALSE(cg_exists("s/a"));
	ASSERT_EQ(0, cg_mkdir("s/own"));
	/* now a hierarchy with exactly this subsystem exists */
	ASSERT_EQ(0, cg_mount("signal", "t"));
	EXPECT_TRUE(cg_exists("t/own"));
	ASSERT_EQ(0, cg_rmdir("t/own"));
	/* /proc/cgroups shows the oldest hierarchy to which it is bound */
	EXPECT_EQ(cg_hierarchy_of("pids"), cg_hierarchy_of("signal"));
}

TEST_F(beyond, refusals_change_nothing)
{
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "+nonsense", -EINVAL },
		{ "pids", -EINVAL },
		{ "+", -EINVAL },
		{ " ", -EINVAL },
		{ "*pids", -EINVAL },
		{ "+cpu", -EINVAL },		/* is bound here */
		{ "-pids", -EINVAL },		/* is not bound here */
		{ "+pids +pids", -EINVAL },
		{ "+pids -pids", -EINVAL },
		{ "+pids +nonsense", -EINVAL },
		{ "+pids -freezer", -EINVAL },
		{ "+memory", -EBUSY },
		{ "+pids +memory -cpu", -EBUSY },
	};
	char before[CG_TEXT_LEN];
	int i;

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+cpu"));
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "512"));
	ASSERT_EQ(0, cg_mount("memory", "m"));
	cg_state_watch(self->outer);
	cg_state_watch(self->inner);
	snprintf(before, sizeof(before), "%s", cg_text("/proc/cgroups"));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		cg_state_keep();
		EXPECT_EQ(bad[i].error, cg_put(SUBSYSTEMS, "%s", bad[i].text))
			TH_LOG("%s", bad[i].text);
		EXPECT_TRUE(cg_state_kept())
			TH_LOG("%s", bad[i].text);
		EXPECT_STREQ("cpu", cg_text(SUBSYSTEMS));
		EXPECT_STREQ(before, cg_text("/proc/cgroups"));
		EXPECT_FALSE(cg_exists("h/a/pids.current"));
		EXPECT_TRUE(cg_exists("h/a/cpu.shares"));
	}
	EXPECT_EQ(0, cg_umount("m"));

	/* a hierarchy without a name and without a subsystem could not be mounted again */
	ASSERT_EQ(0, cg_mount("pids", "p"));
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("p/cgroup.subsystems", "-pids"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_umount("p"));
}

/* A subsystem refuses in the middle of the change: the steps before are undone. */
TEST_F(beyond, a_refused_change_is_undone)
{
	CG_NEED("debug");
	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+debug"));
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "%d", EPERM));
	cg_state_watch(self->outer);
	cg_state_watch(self->inner);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put(SUBSYSTEMS, "-debug +pids"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("debug", cg_text(SUBSYSTEMS));
	EXPECT_FALSE(cg_exists("h/a/pids.current"));
	EXPECT_TRUE(cg_exists("h/a/debug.refuse_attach"));
	EXPECT_EQ(0, cg_hierarchy_of("pids"));
	/* the refused change does not keep rmdir or another try from working */
	EXPECT_EQ(0, cg_rmdir("h/c"));
	ASSERT_EQ(0, cg_put("h/debug.refuse_attach", "0"));
	EXPECT_EQ(0, cg_put(SUBSYSTEMS, "-debug +pids"));
	EXPECT_EQ(4, cg_num("h/a/pids.current"));
}

/* ---- while tasks fork, exec and move ---- */

/* Unbind and bind subsystems for MS; the subsystems of the first line are bound in the end. */
static int binds_again(int ms)
{
	long long end = cg_now_ms() + ms;
	int ret;

	do {
		ret = cg_put(SUBSYSTEMS, "-pids -freezer -memory -cpuset -devices") ?:
		      cg_put(SUBSYSTEMS, "+pids +cpu +freezer") ?:
		      cg_put(SUBSYSTEMS, "-cpu +memory +cpuset +devices");
	} while (!ret && cg_now_ms() < end);
	return ret;
}

static int forks(void *arg)
{
	for (;;)
		cg_fork_wait(cg_exec_true, NULL);
	return !arg;
}

static int moves(void *arg)
{
	static const char * const where[] = { "h/a", "h/a/b", "h/c", "h" };
	pid_t pid = *(pid_t *)arg;
	int i;

	for (i = 0;; i++)
		cg_put(cg_path("%s/%s", where[i % 4], i % 3 ? "cgroup.procs" : "tasks"),
		       "%d", pid);
	return 0;
}

static int makes(void *arg)
{
	for (;;) {
		cg_mkdir("h/c/x");
		cg_mkdir("h/c/x/y");
		cg_rmdir("h/c/x/y");
		cg_rmdir("h/c/x");
	}
	return !arg;
}

#define RACERS	4

/* Start the tasks that fork, move, and make groups. */
static int start_racers(pid_t *racers, pid_t *outer)
{
	int i, ret;

	racers[0] = cg_spawn(forks, NULL);
	ret = cg_put("h/a/b/cgroup.procs", "%d", racers[0]);
	racers[1] = cg_spawn(moves, &racers[0]);
	racers[2] = cg_spawn(moves, outer);
	racers[3] = cg_spawn(makes, NULL);
	for (i = 0; i < RACERS; i++)
		ret = ret ?: racers[i] < 0 ? racers[i] : 0;
	return ret;
}

static int stop_racers(const pid_t *racers)
{
	int i, ret = 0;

	for (i = 0; i < RACERS; i++)
		ret = cg_kill(racers[i]) ?: ret;
	return ret;
}

/* Are as many tasks in DIR, and in BELOW (NULL: none), as the pids state of DIR counts? */
static bool counts_its_tasks(const char *dir, const char *below)
{
	pid_t list[64];
	int nr = cg_pids(cg_path("%s/tasks", dir), list, ARRAY_SIZE(list));

	if (below)
		nr += cg_pids(cg_path("%s/tasks", below), list, ARRAY_SIZE(list));
	return cg_num(cg_path("%s/pids.current", dir)) == nr;
}

static bool all_count_their_tasks(void)
{
	/* the last child of a killed forker becomes a child of this process */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return counts_its_tasks("h/a", "h/a/b") && counts_its_tasks("h/a/b", NULL) &&
	       counts_its_tasks("h/c", NULL);
}

/* No task is lost or counted twice in a state that was bound during the race. */
TEST_F_TIMEOUT(beyond, subsystems_are_bound_while_tasks_fork_and_move, 200)
{
	long long end = cg_now_ms() + 10000;
	pid_t racers[RACERS];
	int round;

	ASSERT_EQ(0, cg_put(SUBSYSTEMS, "+pids +freezer +memory +cpuset +devices"));
	for (round = 0; round < 4 || cg_now_ms() < end; round++) {
		ASSERT_EQ(0, start_racers(racers, &self->outer));
		ASSERT_EQ(0, binds_again(500))
			TH_LOG("a change was refused, the subsystems are: %s", cg_text(SUBSYSTEMS));
		ASSERT_EQ(0, stop_racers(racers));
		EXPECT_TRUE(cg_has_pid("h/a/b/tasks", self->inner));
		ASSERT_TRUE(CG_SOON(all_count_their_tasks()))
			TH_LOG("round %d: %lld in a, %lld in a/b, %lld in c", round,
			       cg_num("h/a/pids.current"), cg_num("h/a/b/pids.current"),
			       cg_num("h/c/pids.current"));
	}
	cg_kill_children();
	EXPECT_TRUE(cg_wait_num("h/a/pids.current", 0, 5000))
		TH_LOG("%lld", cg_num("h/a/pids.current"));
	EXPECT_TRUE(cg_wait_num("h/c/pids.current", 0, 5000))
		TH_LOG("%lld", cg_num("h/c/pids.current"));
}

TEST_HARNESS_MAIN
