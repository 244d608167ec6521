// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/*
 * Members of a cgroup: tasks and cgroup.procs are read, and threads and
 * processes are moved by writing to them.
 */
#include "cg_test.h"

#include <linux/sched.h>
#include <pthread.h>

#define TAG	"name=members"
#define MAX_CROWD	1500

#define MEMBERS_FIXTURE(name)	CG_FIXTURE_WITH(name, cg_setup_two("none," TAG))

/* Their list is longer than a page.  They take long to fork on a slow kernel. */
static int crowd(void)
{
	return cg_slow() > 1 ? 900 : MAX_CROWD;
}

/* ---- reading ---- */

MEMBERS_FIXTURE(reading);

static bool ascending(const pid_t *list, int n)
{
	int i;

	for (i = 1; i < n; i++)
		if (list[i] <= list[i - 1])
			return false;
	return true;
}

static bool same_list(pid_t *want, int nwant, const char *path)
{
	static pid_t got[2 * MAX_CROWD];
	int n = cg_pids(path, got, 2 * crowd());

	cg_sort_pids(want, nwant);
	if (n != nwant)
		return false;
	return !memcmp(want, got, n * sizeof(*want));
}

TEST_F(reading, an_empty_group_reads_empty)
{
	char buf[16];

	EXPECT_EQ(0, cg_read("h/a/tasks", buf, sizeof(buf)));
	EXPECT_EQ(0, cg_read("h/a/cgroup.procs", buf, sizeof(buf)));
}

TEST_F(reading, threads_and_processes)
{
	pid_t tids[64], pids[3];
	int i, n = 0;

	for (i = 0; i < 3; i++) {
		pids[i] = cg_threads("h/a", 9);
		ASSERT_LT(0, pids[i]);
		n += cg_tids(pids[i], tids + n, 64 - n);
	}
	ASSERT_EQ(30, n);
	EXPECT_TRUE(same_list(tids, n, "h/a/tasks"));
	EXPECT_TRUE(same_list(pids, 3, "h/a/cgroup.procs"));
	EXPECT_FALSE(cg_has_pid("h/tasks", pids[0]));
	EXPECT_FALSE(cg_has_pid("h/b/tasks", pids[0]));
}

static int crowd_in_a(pid_t *pids)
{
	int i;

	if (cg_put("h/a/cgroup.procs", "0"))
		return -1;
	for (i = 0; i < crowd(); i++) {
		pids[i] = cg_sleeper(NULL);
		if (pids[i] < 0)
			return -1;
	}
	return cg_put("h/cgroup.procs", "0");
}

/* Read all of PATH in pieces of SIZE bytes. */
static int read_in_pieces(const char *path, size_t size, char *buf, size_t max)
{
	int fd = open(path, O_RDONLY);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (done + size < max && (n = read(fd, buf + done, size)) > 0)
		done += n;
	buf[done] = 0;
	close(fd);
	return done;
}

TEST_F(reading, thousands_of_members_are_listed)
{
	static pid_t pids[MAX_CROWD], got[2 * MAX_CROWD];
	static char whole[65536], pieces[65536];
	static const int sizes[] = { 1, 7, 100, 4096 };
	int i, n, fd, len;

	ASSERT_EQ(0, crowd_in_a(pids));
	ASSERT_TRUE(same_list(pids, crowd(), "h/a/tasks"));
	ASSERT_TRUE(same_list(pids, crowd(), "h/a/cgroup.procs"));
	n = cg_pids("h/a/tasks", got, 2 * crowd());
	EXPECT_EQ(crowd(), n);
	EXPECT_TRUE(ascending(got, n));
	len = cg_read("h/a/tasks", whole, sizeof(whole));
	ASSERT_LT(crowd(), len);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(len, read_in_pieces("h/a/tasks", sizes[i], pieces,
					      sizeof(pieces)));
		EXPECT_EQ(0, strcmp(whole, pieces))
			TH_LOG("in pieces of %d", sizes[i]);
	}
	fd = open("h/a/tasks", O_RDONLY);
	ASSERT_LE(0, fd);
	for (i = 0; i < 40; i++) {
		int at = i * 2654435761U % len;

		n = pread(fd, pieces, 64, at);
		EXPECT_LT(0, n);
		EXPECT_EQ(0, memcmp(whole + at, pieces, n > 0 ? n : 0))
			TH_LOG("at offset %d", at);
	}
	EXPECT_EQ(0, pread(fd, pieces, 64, len));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_LT(0, read(fd, pieces, 64));
	EXPECT_EQ(0, memcmp(whole, pieces, 64));
	close(fd);
}

TEST_F(reading, an_open_file_shows_changes_after_rewind)
{
	pid_t one = cg_sleeper("h/a"), two;
	char buf[64] = "";
	int fd = open("h/a/tasks", O_RDONLY);

	ASSERT_LT(0, one);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	EXPECT_EQ(one, atoi(buf));
	EXPECT_EQ(0, read(fd, buf, sizeof(buf) - 1));
	two = cg_sleeper("h/a");
	ASSERT_LT(0, two);
	EXPECT_TRUE(cg_has_pid("h/a/tasks", two));
	EXPECT_EQ(0, cg_kill(one));
	EXPECT_TRUE(cg_wait_text("h/a/tasks", cg_path("%d", two), 5000));
	memset(buf, 0, sizeof(buf));
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	EXPECT_STREQ(cg_path("%d\n", two), buf);
	close(fd);
}

static int read_in_pid_ns(void *arg)
{
	pid_t list[8];
	int n;

	(void)arg;
	/* PID 1 of its own namespace */
	if (getpid() != 1)
		return 1;
	n = cg_pids("h/a/tasks", list, 8);
	if (n != 1 || list[0] != 1)
		return 2;
	if (cg_pids("h/b/tasks", list, 8) != 0)
		return 3;
	if (cg_put("h/b/cgroup.procs", "1"))
		return 4;
	n = cg_pids("h/b/cgroup.procs", list, 8);
	if (n != 1 || list[0] != 1)
		return 5;
	return cg_put("h/a/tasks", "30000") == -ESRCH ? 0 : 6;
}

TEST_F(reading, in_a_pid_namespace)
{
	pid_t outside = cg_sleeper("h/b"), pid;

	ASSERT_LT(0, outside);
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	pid = fork();
	if (!pid)
		_exit(read_in_pid_ns(NULL));
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	EXPECT_EQ(0, cg_wait_exit(pid, 10000));
}

/* ---- moving ---- */

MEMBERS_FIXTURE(moving);

TEST_F(moving, zero_is_the_writer)
{
	char path[64];

	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(0, cg_proc_path(0, TAG, path, sizeof(path)));
	EXPECT_STREQ("/a", path);
	EXPECT_TRUE(cg_has_pid("h/a/tasks", getpid()));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "0\n"));
	EXPECT_TRUE(cg_has_pid("h/b/cgroup.procs", getpid()));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", getpid()));
	/* to the group where the task is already */
	EXPECT_EQ(0, cg_put("h/b/cgroup.procs", "0"));
	EXPECT_EQ(0, cg_put("h/b/tasks", "%d", getpid()));
}

TEST_F(moving, one_thread_moves_alone)
{
	pid_t pid = cg_threads("h/a", 3), tids[8];
	int n;

	ASSERT_LT(0, pid);
	n = cg_tids(pid, tids, 8);
	ASSERT_EQ(4, n);
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", tids[2]));
	EXPECT_TRUE(cg_has_pid("h/b/tasks", tids[2]));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", tids[2]));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", tids[1]));
	/* a process is listed in each group that has one of its threads */
	EXPECT_TRUE(cg_has_pid("h/a/cgroup.procs", pid));
	EXPECT_TRUE(cg_has_pid("h/b/cgroup.procs", pid));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("h/b"));
	EXPECT_TRUE(cg_state_kept());
	/* the leader alone */
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", pid));
	EXPECT_TRUE(cg_has_pid("h/b/tasks", pid));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", tids[1]));
}

TEST_F(moving, any_thread_moves_its_process)
{
	pid_t pid = cg_threads("h/a", 5), tids[8];

	ASSERT_LT(0, pid);
	ASSERT_EQ(6, cg_tids(pid, tids, 8));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", tids[4]));
	EXPECT_TRUE(cg_tasks_are_in(pid, TAG, "/b"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	EXPECT_TRUE(cg_tasks_are_in(pid, TAG, "/"));
}

TEST_F(moving, scattered_threads_come_together)
{
	pid_t pid = cg_threads("h/a", 5), tids[8];

	ASSERT_LT(0, pid);
	ASSERT_EQ(6, cg_tids(pid, tids, 8));
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", tids[1]));
	ASSERT_EQ(0, cg_put("h/tasks", "%d", tids[2]));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", pid));
	EXPECT_TRUE(cg_tasks_are_in(pid, TAG, "/b"));
}

TEST_F(moving, a_child_starts_in_the_group_of_its_parent)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
	pid = cg_threads(NULL, 2);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(cg_tasks_are_in(pid, TAG, "/a"));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	EXPECT_TRUE(cg_tasks_are_in(pid, TAG, "/a"));
}

static int lose_leader(void *arg)
{
	pthread_t id;

	(void)arg;
	pthread_create(&id, NULL, cg_pause_thread, NULL);
	pthread_create(&id, NULL, cg_pause_thread, NULL);
	syscall(SYS_exit, 0);
	return 1;
}

TEST_F(moving, a_process_with_a_dead_leader_moves)
{
	pid_t pid = cg_spawn(lose_leader, NULL), tids[8];

	ASSERT_LT(0, pid);
	ASSERT_TRUE(cg_wait_state(pid, "Z", 5000));
	ASSERT_EQ(3, cg_tids(pid, tids, 8));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pid));
	EXPECT_EQ(2, cg_pids("h/a/tasks", tids, 8));
	EXPECT_EQ(1, cg_pids("h/a/cgroup.procs", tids, 8));
	EXPECT_EQ(pid, tids[0]);
	ASSERT_EQ(2, cg_pids("h/a/tasks", tids, 8));
	/* by the id of a living thread */
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", tids[1]));
	EXPECT_EQ(2, cg_pids("h/b/tasks", tids, 8));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_F(moving, a_move_into_a_removed_group_is_refused)
{
	int fd = open("h/a/cgroup.procs", O_WRONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	cg_state_keep();
	EXPECT_EQ(-ENODEV, cg_put_fd(fd, "0"));
	EXPECT_TRUE(cg_has_pid("h/tasks", getpid()));
	EXPECT_TRUE(cg_state_kept());
	close(fd);
}

/* clone3() into a group is possible only in the unified hierarchy. */
TEST_F(moving, clone_into_cgroup_is_refused)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	int fd = open("h/a", O_RDONLY | O_DIRECTORY);
	long pid;

	ASSERT_LE(0, fd);
	args.cgroup = fd;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	EXPECT_EQ(-1, pid);
	EXPECT_EQ(EBADF, errno);
	close(fd);
}

/* ---- bad input ---- */

FIXTURE(bad) { int unused; };
FIXTURE_VARIANT(bad) {
	const char *text;
	int ret;
};

#define BAD(label, in, err) \
	FIXTURE_VARIANT_ADD(bad, label) { .text = in, .ret = err }
BAD(no_such_task, "4194303", -ESRCH);
BAD(far_too_big, "99999999999", -EINVAL);
BAD(minus_one, "-1", -EINVAL);
BAD(word, "me", -EINVAL);
BAD(two, "1 1", -EINVAL);
BAD(two_lines, "1\n1", -EINVAL);
BAD(float, "1.0", -EINVAL);
BAD(only_newline, "\n", -EINVAL);
BAD(only_blanks, "   ", -EINVAL);
BAD(kthreadd, "2", -EINVAL);

FIXTURE_SETUP(bad)
{
	ASSERT_EQ(0, cg_setup_two("none," TAG));
}

FIXTURE_TEARDOWN(bad)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(bad, pid_moves_no_task)
{
	cg_state_keep();
	EXPECT_EQ(variant->ret, cg_put("h/a/tasks", "%s", variant->text));
	EXPECT_EQ(variant->ret, cg_put("h/a/cgroup.procs", "%s", variant->text));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("", cg_text("h/a/tasks"));
	EXPECT_TRUE(cg_has_pid("h/tasks", getpid()));
	EXPECT_TRUE(cg_has_pid("h/tasks", 2));
}

/* The id of the kernel thread NAME, 0 if there is none. */
static pid_t kernel_thread(const char *name)
{
	char comm[64];
	int pid;

	for (pid = 2; pid < 400; pid++) {
		if (cg_read(cg_path("/proc/%d/comm", pid), comm, sizeof(comm)) < 0)
			continue;
		comm[strcspn(comm, "\n")] = 0;
		if (!strcmp(comm, name))
			return pid;
	}
	return 0;
}

TEST_F(moving, only_unbound_kernel_threads_move)
{
	pid_t bound = kernel_thread("ksoftirqd/0");
	pid_t loose = kernel_thread("oom_reaper");

	ASSERT_LT(0, bound);
	cg_state_keep();
	EXPECT_EQ(-EINVAL, cg_put("h/a/tasks", "%d", bound));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_TRUE(cg_has_pid("h/tasks", bound));
	ASSERT_LT(0, loose);
	EXPECT_EQ(0, cg_put("h/a/tasks", "%d", loose));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", loose));
	EXPECT_EQ(0, cg_put("h/tasks", "%d", loose));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_F(moving, unusual_spellings_of_a_pid_are_accepted)
{
	pid_t pid = cg_sleeper("h/b");

	ASSERT_LT(0, pid);
	EXPECT_EQ(0, cg_put("h/a/tasks", "  0x%x \n", pid));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", pid));
	EXPECT_EQ(0, cg_put("h/b/cgroup.procs", "0%o", pid));
	EXPECT_TRUE(cg_has_pid("h/b/tasks", pid));
}

/* ---- dead tasks ---- */

MEMBERS_FIXTURE(dead);

TEST_F(dead, zombies_do_not_count)
{
	char path[64];
	pid_t pid = cg_sleeper("h/a");

	ASSERT_LT(0, pid);
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_TRUE(cg_wait_state(pid, "Z", 5000));
	EXPECT_TRUE(cg_wait_text("h/a/tasks", "", 5000));
	EXPECT_STREQ("", cg_text("h/a/cgroup.procs"));
	ASSERT_EQ(0, cg_proc_path(pid, TAG, path, sizeof(path)));
	EXPECT_STREQ("/", path);
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

static int exit_at_once(void *arg)
{
	(void)arg;
	return 0;
}

/* A group without children can go as soon as its files read empty, even if a task still exits. */
TEST_F(dead, an_empty_group_can_always_be_removed)
{
	long long end;
	pid_t pid;
	int i, fd;

	for (i = 0; i < 200 / cg_slow(); i++) {
		ASSERT_EQ(0, cg_mkdir("h/x"));
		fd = open("h/x/cgroup.procs", O_WRONLY);
		ASSERT_EQ(0, cg_put_fd(fd, "0"));
		pid = cg_spawn(exit_at_once, NULL);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
		close(fd);
		end = cg_deadline(5000);
		while (*cg_text("h/x/cgroup.procs"))
			ASSERT_GT(end, cg_now_ms());
		ASSERT_EQ(0, cg_rmdir("h/x"))
			TH_LOG("round %d", i);
		waitpid(pid, NULL, 0);
	}
}

TEST_HARNESS_MAIN
