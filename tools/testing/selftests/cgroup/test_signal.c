// SPDX-License-Identifier: GPL-2.0
/* timeout: 200 */
/*
 * signal is a stateless subsystem: it can be in any number of hierarchies at once. Each
 * process of a group, or of a tree of groups, gets the signal exactly once. None escapes.
 */
#include "cg_test.h"

#include <pthread.h>
#include <sys/mman.h>

FIXTURE(beyond) {
	volatile int *count;
};

/*
 *  h/ signal
 *  |-- a/
 *  |   `-- b/
 *  `-- c/
 */
FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("signal,name=h", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_mkdir("h/c"));
	self->count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->count);
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
	munmap((void *)self->count, 4096);
}

TEST_F(beyond, any_number_of_hierarchies)
{
	int first = cg_hierarchy_of("signal");
	struct stat st;

	EXPECT_LT(0, first);
	ASSERT_EQ(0, cg_mount("signal,pids,name=g", "g"));
	ASSERT_EQ(0, cg_mount("signal,name=i", "i"));
	EXPECT_STREQ("pids signal", cg_text("g/cgroup.subsystems"));
	EXPECT_EQ(first, cg_hierarchy_of("signal"));
	EXPECT_NE(NULL, strstr(cg_text("/proc/self/cgroup"), ":pids,signal,name=g:/"));
	EXPECT_NE(NULL, strstr(cg_text("/proc/self/cgroup"), ":signal,name=i:/"));
	ASSERT_EQ(0, stat("g/signal.send", &st));
	EXPECT_EQ(0200, st.st_mode & 07777);
	ASSERT_EQ(0, stat("g/signal.tree", &st));
	EXPECT_EQ(0200, st.st_mode & 07777);
	EXPECT_FALSE(cg_exists("g/signal.inherit"));
	/* /proc/cgroups shows the lowest id of the hierarchies that carry it */
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-signal"));
	EXPECT_FALSE(cg_exists("h/a/b/signal.send"));
	EXPECT_EQ(cg_hierarchy_of("pids"), cg_hierarchy_of("signal"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+signal"));
	EXPECT_TRUE(cg_exists("h/a/b/signal.tree"));
	EXPECT_EQ(first, cg_hierarchy_of("signal"));
	/* a mount with exactly these subsystems finds the hierarchy, with others it does not */
	EXPECT_EQ(-EBUSY, cg_mount("pids", "x"));
	ASSERT_EQ(0, cg_mount("pids,signal", "x"));
	EXPECT_EQ(0, cg_umount("x"));
	ASSERT_EQ(0, cg_umount("i"));
	ASSERT_EQ(0, cg_umount("g"));
}

TEST_F(beyond, all_includes_signal)
{
	ASSERT_EQ(0, cg_mount("all", "g"));
	EXPECT_TRUE(cg_exists("g/signal.send"));
	EXPECT_NE(NULL, strstr(cg_text("g/cgroup.subsystems"), "pids"));
	EXPECT_EQ(0, cg_umount("g"));
}

TEST_F(beyond, accepted_and_refused_words)
{
	static const char * const good[] = {
		"0", "USR1", "SIGUSR1", "10", "SIGTERM", "64", "34\n", " WINCH ", "CHLD", "CONT",
		"SIGCLD",
	};
	static const char * const bad[] = {
		"65", "-1", "SIG", "usr1", "SIGNONSENSE", "9 9", "+9", "1e", "SIGSIGHUP", " ",
	};
	pid_t pid;
	int i;

	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_TRUE(cg_refused("h/a/signal.send", bad[i], -EINVAL));
	EXPECT_TRUE(cg_state_kept());
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		pid = cg_sleeper("h/a");
		ASSERT_LT(0, pid);
		EXPECT_EQ(0, cg_put("h/a/signal.send", "%s", good[i]))
			TH_LOG("%d: '%s'", i, good[i]);
		cg_kill(pid);
	}
}

/* Each signal is sent by its number and by both of its names. It arrives, and no other does. */
TEST_F(beyond, each_name_sends_its_signal)
{
	const struct timespec second = { .tv_sec = 1 }, none = { .tv_sec = 0 };
	sigset_t all, old;
	char word[3][32];
	int sig, i;

	sigfillset(&all);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &all, &old));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	for (sig = 1; sig < SIGRTMIN; sig++) {
		const char *name = sigabbrev_np(sig);

		/* SIGKILL and SIGSTOP cannot be blocked; two signals of libc have no name */
		if (sig == SIGKILL || sig == SIGSTOP || !name)
			continue;
		sprintf(word[0], "%d", sig);
		sprintf(word[1], "%s", name);
		sprintf(word[2], "SIG%s", name);
		for (i = 0; i < 3; i++) {
			siginfo_t info;

			EXPECT_EQ(0, cg_put("h/a/signal.send", "%s", word[i]))
				TH_LOG("%s", word[i]);
			EXPECT_EQ(sig, sigtimedwait(&all, &info, &second))
				TH_LOG("%s", word[i]);
			EXPECT_EQ(-1, sigtimedwait(&all, &info, &none));
		}
	}
	for (sig = SIGRTMIN; sig <= SIGRTMAX; sig++) {
		EXPECT_EQ(0, cg_put("h/a/signal.send", "%d", sig));
		EXPECT_EQ(sig, sigtimedwait(&all, NULL, &second));
	}
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	ASSERT_EQ(0, sigprocmask(SIG_SETMASK, &old, NULL));
}

TEST_F(beyond, a_signal_to_no_member_gives_esrch)
{
	pid_t pid = cg_sleeper("h/a/b");

	ASSERT_LT(0, pid);
	cg_state_keep();
	EXPECT_EQ(-ESRCH, cg_put("h/a/signal.send", "0"));
	EXPECT_EQ(-ESRCH, cg_put("h/c/signal.tree", "KILL"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put("h/a/signal.tree", "0"));
	EXPECT_EQ(0, cg_put("h/a/b/signal.send", "KILL"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(pid, 5000));
	EXPECT_EQ(-ESRCH, cg_put("h/a/signal.tree", "0"));
}

TEST_F(beyond, send_signals_a_group_and_tree_a_tree)
{
	pid_t a = cg_sleeper("h/a"), b = cg_sleeper("h/a/b"), c = cg_sleeper("h/c");

	ASSERT_EQ(0, cg_put("h/a/signal.send", "TERM"));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(a, 5000));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(b, 50));
	ASSERT_EQ(0, cg_put("h/a/signal.tree", "TERM"));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(b, 5000));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(c, 50));
	EXPECT_EQ(0, cg_kill(c));
}

/* ---- each process once ---- */

static volatile int *caught;

static void catches(int sig)
{
	__sync_fetch_and_add(caught, 1);
}

static void *waits(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* A process of four threads that counts signals. */
static int counts(void *arg)
{
	struct sigaction sa = { .sa_handler = catches };
	pthread_t id;
	int i;

	caught = arg;
	/* a real-time signal, which is queued if it is sent twice */
	sigaction(SIGRTMIN, &sa, NULL);
	for (i = 0; i < 3; i++)
		pthread_create(&id, NULL, waits, NULL);
	caught[1] = 1;
	for (;;)
		pause();
	return 0;
}

TEST_F(beyond, each_process_gets_it_once)
{
	pid_t tids[8], pid = cg_spawn(counts, (void *)self->count);

	ASSERT_LT(0, pid);
	ASSERT_TRUE(CG_SOON(cg_tids(pid, tids, 8) == 4 && self->count[1]));
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pid));
	/* the threads of the process are in several groups, its leader in yet another one */
	ASSERT_EQ(0, cg_put("h/a/b/tasks", "%d", tids[1]));
	ASSERT_EQ(0, cg_put("h/a/b/tasks", "%d", tids[2]));
	ASSERT_EQ(0, cg_put("h/c/tasks", "%d", tids[0]));
	ASSERT_EQ(0, cg_put("h/a/signal.tree", "%d", SIGRTMIN));
	EXPECT_TRUE(CG_SOON(self->count[0] == 1));
	ASSERT_EQ(0, cg_put("h/a/b/signal.send", "%d", SIGRTMIN));
	EXPECT_TRUE(CG_SOON(self->count[0] == 2));
	cg_msleep(50);
	EXPECT_EQ(2, self->count[0]);
}

/* ---- permissions ---- */

#define ALICE	1000
#define BOB	1001

static int sits(void *arg)
{
	for (;;)
		pause();
	return !arg;
}

struct becomes {
	uid_t uid;
	volatile int *ready;
};

static int sits_as(void *arg)
{
	struct becomes *b = arg;

	if (cg_put("h/a/cgroup.procs", "0") || setresuid(b->uid, b->uid, b->uid))
		return 1;
	*b->ready = 1;
	return sits(NULL);
}

static pid_t user_in_a(uid_t uid, volatile int *ready)
{
	struct becomes b = { uid, ready };
	pid_t pid;

	*ready = 0;
	pid = cg_spawn(sits_as, &b);
	return CG_SOON(*ready) ? pid : -1;
}

static int writes_fd(void *arg)
{
	return -cg_put_fd(*(int *)arg, "TERM");
}

static int asks_fd(void *arg)
{
	return -cg_put_fd(*(int *)arg, "0");
}

static int writes_path(void *arg)
{
	return -cg_put(arg, "TERM");
}

TEST_F(beyond, permission_is_checked_for_each_member)
{
	pid_t alice = user_in_a(ALICE, self->count), bob;
	int fd;

	ASSERT_LT(0, alice);
	/* the file belongs to root */
	EXPECT_EQ(-EACCES, cg_as_user(BOB, writes_path, "h/a/signal.send"));
	fd = open("h/a/signal.send", O_WRONLY);
	ASSERT_LE(0, fd);
	/* root opened the file; bob writes to it, but may signal no member */
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_as_user(BOB, writes_fd, &fd));
	EXPECT_EQ(-EPERM, cg_as_user(BOB, asks_fd, &fd));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(alice, 50));
	bob = user_in_a(BOB, self->count);
	ASSERT_LT(0, bob);
	/* bob may signal a task of his own */
	EXPECT_EQ(0, cg_as_user(BOB, writes_fd, &fd));
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(bob, 5000));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(alice, 50));
	close(fd);
}

/* A write by root to a file that bob opened has only the rights of bob. */
static int opens_as_bob(void *arg)
{
	int *sock = arg;
	int fd;

	if (setresuid(BOB, BOB, BOB))
		return 1;
	fd = open("h/a/signal.send", O_WRONLY);
	if (fd < 0)
		return errno;
	/* fetched by pidfd_getfd() */
	dprintf(sock[1], "%d %d", getpid(), fd);
	return sits(NULL);
}

/* Get h/a/signal.send as bob has opened it; or -errno. */
static int open_by_bob(void)
{
	int sock[2], pid, theirs, pidfd, fd;
	char buf[64] = "";

	if (chown("h/a/signal.send", BOB, BOB) || pipe(sock))
		return -errno;
	if (cg_spawn(opens_as_bob, sock) < 0 || read(sock[0], buf, sizeof(buf) - 1) <= 0 ||
	    sscanf(buf, "%d %d", &pid, &theirs) != 2)
		return -ECHILD;
	close(sock[0]);
	close(sock[1]);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	fd = syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	close(pidfd);
	return fd;
}

TEST_F(beyond, permission_of_the_opener_is_checked_too)
{
	pid_t alice = user_in_a(ALICE, self->count);
	int fd = open_by_bob();

	ASSERT_LT(0, alice);
	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(fd, "TERM"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(alice, 50));
	close(fd);
}

static int writes_from_within(void *arg)
{
	return cg_put("h/a/cgroup.procs", "0") ? EIO : writes_fd(arg);
}

/* A privileged program that is given the file of bob as its output does not end itself. */
TEST_F(beyond, permission_of_the_opener_is_checked_for_the_writer_itself)
{
	int fd = open_by_bob(), own = open("h/a/signal.send", O_WRONLY);

	ASSERT_LE(0, fd);
	ASSERT_LE(0, own);
	EXPECT_EQ(EPERM, cg_wait_exit(cg_spawn(writes_from_within, &fd), 5000));
	/* by a file of its own, it may */
	EXPECT_EQ(128 + SIGTERM, cg_wait_exit(cg_spawn(writes_from_within, &own), 5000));
	close(fd);
	close(own);
}

static int continues_by_fd(void *arg)
{
	int fd = *(int *)arg;

	/* other credentials than those of the opener, although of the same user */
	return setresuid(BOB, BOB, BOB) ? EIO : -cg_put_fd(fd, "CONT");
}

/* As with kill(2), SIGCONT needs no permission in the session of the writer. */
TEST_F(beyond, sigcont_needs_no_permission_in_a_session)
{
	pid_t alice = user_in_a(ALICE, self->count);
	int fd = open_by_bob();

	ASSERT_LT(0, alice);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kill(alice, SIGSTOP));
	ASSERT_TRUE(cg_wait_state(alice, "T", 5000));
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(continues_by_fd, &fd), 5000));
	EXPECT_TRUE(cg_wait_state(alice, "S", 5000));
	close(fd);
}

/* ---- no process escapes ---- */

static int bomb(void *arg)
{
	volatile int *count = arg;
	pid_t pid;

	for (;;) {
		pid = fork();
		if (!pid)
			__sync_fetch_and_add(count, 1);
		else
			/* the parent exits, or there would be too many processes */
			_exit(0);
	}
	return 0;
}

/* Run NR such bombs in h/a/b.  After more than MOST forks, a SIGKILL to FILE must end all. */
static void kill_bombs(struct __test_metadata *_metadata, volatile int *count,
		       int (*fn)(void *arg), int nr, int most, const char *file, int round)
{
	int i;

	count[0] = 0;
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	for (i = 0; i < nr; i++)
		ASSERT_LT(0, cg_spawn(fn, (void *)count));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	ASSERT_TRUE(CG_SOON(count[0] > most));
	ASSERT_EQ(0, cg_put(file, "SIGKILL"));
	EXPECT_TRUE(CG_SOON(cg_put(file, "0") == -ESRCH))
		TH_LOG("round %d", round);
	EXPECT_STREQ("", cg_text("h/a/b/cgroup.procs"));
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

TEST_F_TIMEOUT(beyond, a_fork_bomb_does_not_escape, 180)
{
	int round;

	for (round = 0; round < 20 / cg_slow() + 2; round++)
		kill_bombs(_metadata, self->count, bomb, 4, 50, "h/a/signal.tree", round);
}

static volatile bool first;

/*
 * A bomb that branches: parent and child both continue, and the child has a second thread that
 * does the same. A process whose fork is refused exits, except the first one, so the bomb never
 * ends by itself.
 */
static void *branch(void *arg)
{
	volatile int *count = arg;
	pid_t pid;

	for (;;) {
		pid = fork();
		if (!pid) {
			first = false;
			__sync_fetch_and_add(count, 1);
			cg_thread(branch, arg);
		} else if (pid < 0 && !first) {
			_exit(0);
		}
	}
	return NULL;
}

static int branching_bomb(void *arg)
{
	first = true;
	/* so that the test, which ends it, gets its turn */
	nice(19);
	if (cg_thread(branch, arg))
		return 1;
	branch(arg);
	return 0;
}

TEST_F_TIMEOUT(beyond, a_branching_fork_bomb_with_threads_does_not_escape, 180)
{
	int round;

	CG_NEED("pids");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	ASSERT_EQ(0, cg_put("h/a/b/pids.max", "200"));
	/* children that exit need not be reaped */
	signal(SIGCHLD, SIG_IGN);
	for (round = 0; round < 6; round++) {
		self->count[0] = 0;
		ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
		ASSERT_LT(0, cg_spawn(branching_bomb, (void *)self->count));
		ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
		/* while their number grows; in the last round, when it has reached pids.max */
		ASSERT_TRUE(CG_SOON(self->count[0] > 20 + 20 * round &&
				    (round < 5 || cg_key("h/a/b/pids.events", "max") > 0)));
		ASSERT_EQ(0, cg_put("h/a/signal.tree", "SIGKILL"));
		EXPECT_TRUE(CG_SOON(cg_put("h/a/signal.tree", "0") == -ESRCH))
			TH_LOG("round %d", round);
		EXPECT_STREQ("", cg_text("h/a/b/cgroup.procs"));
		EXPECT_TRUE(cg_wait_num("h/a/b/pids.current", 0, 10000))
			TH_LOG("round %d: %lld are left", round, cg_num("h/a/b/pids.current"));
	}
}

/* It is alone in its group, so the last member that a walk meets is the one that forks. */
TEST_F_TIMEOUT(beyond, a_lone_fork_bomb_does_not_escape, 180)
{
	int round;

	for (round = 0; round < 200 / cg_slow(); round++)
		kill_bombs(_metadata, self->count, bomb, 1, 3, "h/a/b/signal.send", round);
}

static int other_groups[2];

/* Two groups of a hierarchy without signal, between which tasks move to and fro. */
static int make_other_groups(void)
{
	int ret = cg_mount("none,name=g", "g") ?: cg_mkdir("g/x") ?: cg_mkdir("g/y");

	other_groups[0] = open("g/x/cgroup.procs", O_WRONLY);
	other_groups[1] = open("g/y/cgroup.procs", O_WRONLY);
	return ret ?: other_groups[0] < 0 || other_groups[1] < 0 ? -EIO : 0;
}

/* Each child moves to the other group, so to a css_set that a walk may have passed already. */
static int bomb_that_moves(void *arg)
{
	volatile int *count = arg;
	long turn;

	for (turn = 0;; turn++) {
		if (fork())
			_exit(0);
		__sync_fetch_and_add(count, 1);
		cg_put_fd(other_groups[turn & 1], "0");
	}
	return 0;
}

TEST_F_TIMEOUT(beyond, a_fork_bomb_that_moves_does_not_escape, 180)
{
	int round;

	ASSERT_EQ(0, make_other_groups());
	for (round = 0; round < 20 / cg_slow() + 2; round++)
		kill_bombs(_metadata, self->count, bomb_that_moves, 4, 50, "h/a/signal.tree",
			   round);
	close(other_groups[0]);
	close(other_groups[1]);
}

/* This process survives the signal, and its new children move all the time. */
static int has_children_moved(void *arg)
{
	long turn;

	signal(SIGUSR1, SIG_IGN);
	for (turn = 0;; turn++) {
		pid_t pid = fork();

		if (!pid) {
			cg_put_fd(other_groups[turn & 1], "0");
			cg_put_fd(other_groups[~turn & 1], "0");
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return !arg;
}

/* Processes that survive the signal cannot keep its writer busy for ever. */
TEST_F(beyond, a_write_of_a_signal_returns)
{
	pid_t pid[4];
	int i;

	ASSERT_EQ(0, make_other_groups());
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	for (i = 0; i < 4; i++) {
		pid[i] = cg_spawn(has_children_moved, "");
		ASSERT_LT(0, pid[i]);
	}
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	cg_msleep(100);
	for (i = 0; i < 50 / cg_slow() + 2; i++) {
		ASSERT_EQ(0, cg_put("h/a/signal.tree", "USR1"));
		ASSERT_EQ(0, cg_put("h/a/b/signal.send", "0"));
	}
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, cg_kill(pid[i]));
	close(other_groups[0]);
	close(other_groups[1]);
}

static int forks_for_ever(void *arg)
{
	signal(SIGTERM, SIG_IGN);
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return !arg;
}

static int ends_itself(void *arg)
{
	return cg_put("h/a/b/cgroup.procs", "0") ? EIO : -cg_put("h/a/b/signal.send", "TERM");
}

/* A writer that its own signal ends does not go on for ever, although it cannot be killed. */
TEST_F(beyond, a_writer_that_ends_itself_ends)
{
	pid_t pid;
	int i;

	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	for (i = 0; i < 4; i++)
		ASSERT_LT(0, cg_spawn(forks_for_ever, ""));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	cg_msleep(100);
	for (i = 0; i < 5; i++) {
		pid = cg_spawn(ends_itself, NULL);
		EXPECT_EQ(128 + SIGTERM, cg_wait_exit(pid, 10000));
	}
	ASSERT_EQ(0, cg_put("h/a/b/signal.send", "KILL"));
}

static void exits(int sig)
{
	_exit(0);
}

static void *handles(void *arg)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return waits(arg);
}

/* Another thread handles the signal and ends the writer's process. */
static int writes_and_exits(void *arg)
{
	pthread_t id;
	sigset_t set;

	signal(SIGTERM, exits);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pthread_create(&id, NULL, handles, NULL);
	while (!*(volatile int *)arg)
		cg_msleep(1);
	return -cg_put("h/a/b/signal.send", "TERM");
}

#define BESIDE	30

TEST_F(beyond, a_writer_that_exits_reaches_all)
{
	pid_t pid[BESIDE], writer;
	int i;

	/* members are visited from the first one that has joined: the writer */
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	self->count[0] = 0;
	writer = cg_spawn(writes_and_exits, (void *)self->count);
	for (i = 0; i < BESIDE; i++)
		pid[i] = cg_spawn(sits, "");
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	self->count[0] = 1;
	ASSERT_EQ(0, cg_wait_exit(writer, 5000));
	for (i = 0; i < BESIDE; i++)
		EXPECT_EQ(128 + SIGTERM, cg_wait_exit(pid[i], 5000));
}

/* ---- no process gets it twice ---- */

static volatile pid_t got_by;
static volatile int got;

static void count_mine(int sig)
{
	(void)sig;
	/* a child does not continue the count of its parent */
	if (got_by != getpid()) {
		got_by = getpid();
		got = 0;
	}
	got++;
}

static int how_often(void)
{
	return got_by == getpid() ? got : 0;
}

/* Indices of self->count: three counters, and two orders of the test. */
enum { BORN, ONCE, OFTENER, START, OVER };

static int forks_children_that_count(void *arg)
{
	volatile int *count = arg;
	int left = 200;

	signal(SIGUSR1, count_mine);
	signal(SIGCHLD, SIG_IGN);
	while (!count[START])
		usleep(1000);
	while (!count[OVER]) {
		if (left <= 0 || (left--, fork()))
			continue;
		__sync_fetch_and_add(&count[BORN], 1);
		while (!count[OVER])
			cg_msleep(20);
		if (how_often())
			__sync_fetch_and_add(&count[how_often() == 1 ? ONCE : OFTENER], 1);
		_exit(0);
	}
	return how_often() != 1;
}

#define NR_DEAF	300

static int has_deaf_children(void *arg)
{
	int i;

	(void)arg;
	signal(SIGUSR1, SIG_IGN);
	for (i = 1; i < NR_DEAF && fork(); i++)
		;
	for (;;)
		pause();
	return 0;
}

/*
 * A child whose fork is under way when its parent is signalled gets the signal through its
 * parent. Other members are between the two, so the child runs before the walk meets it.
 */
TEST_F_TIMEOUT(beyond, a_child_does_not_get_it_twice_through_a_fork, 180)
{
	volatile int *count = self->count;
	pid_t pid, list[NR_DEAF + 1];
	int round;

	for (round = 0; round < 8 / cg_slow() + 2; round++) {
		memset((void *)count, 0, 4096);
		ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
		pid = cg_spawn(forks_children_that_count, (void *)count);
		ASSERT_LT(0, pid);
		ASSERT_LT(0, cg_spawn(has_deaf_children, NULL));
		ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
		ASSERT_TRUE(CG_SOON(cg_pids("h/a/cgroup.procs", list, NR_DEAF + 1) > NR_DEAF));
		count[START] = 1;
		ASSERT_TRUE(CG_SOON(count[BORN] > 20));
		ASSERT_EQ(0, cg_put("h/a/signal.send", "USR1"));
		count[OVER] = 1;
		EXPECT_EQ(0, cg_wait_exit(pid, 10000))
			TH_LOG("round %d: the parent", round);
		EXPECT_TRUE(CG_SOON(cg_pids("h/a/cgroup.procs", list, NR_DEAF + 1) == NR_DEAF));
		EXPECT_LT(20, count[ONCE]);
		EXPECT_EQ(0, count[OFTENER])
			TH_LOG("round %d: %d of %d", round, count[OFTENER], count[BORN]);
		ASSERT_EQ(0, cg_put("h/a/signal.send", "KILL"));
		EXPECT_TRUE(CG_SOON(cg_put("h/a/signal.send", "0") == -ESRCH));
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

/*
 * The numbers of the last fork that has begun, of the last one that has returned, of the last
 * one whose child has exited, and of the last one whose child had the signal.
 */
enum { BEGUN, RETURNED, RAN, GOT };

#define NR_MAPPINGS	4000

/* The signal is blocked, and pending already. Forks take long because of many mappings. */
static int forks_while_one_is_pending(void *arg)
{
	volatile int *count = arg;
	sigset_t set;
	char *at = mmap(NULL, 8192 * NR_MAPPINGS, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	if (at == MAP_FAILED)
		return 1;
	for (i = 0; i < NR_MAPPINGS; i++)
		if (mprotect(at + 8192L * i, 4096, PROT_READ))
			return 1;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	for (;;) {
		pid_t pid;

		count[BEGUN]++;
		pid = fork();
		if (!pid) {
			sigpending(&set);
			if (sigismember(&set, SIGUSR1))
				count[GOT] = count[BEGUN];
			_exit(0);
		}
		count[RETURNED] = count[BEGUN];
		waitpid(pid, NULL, 0);
		count[RAN] = count[BEGUN];
		/* as long as a fork takes, so that the test sees that the next one begins */
		usleep(1000);
	}
	return 0;
}

/* The walk does not meet the child. It has met the parent, the only member, before. */
TEST_F_TIMEOUT(beyond, a_child_forked_while_it_is_pending_gets_it, 180)
{
	volatile int *count = self->count;
	long long end;
	pid_t pid;
	int seen = 0, signalled = 0;

	memset((void *)count, 0, 4096);
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
	pid = cg_spawn(forks_while_one_is_pending, (void *)count);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	end = cg_deadline(20000);
	while (seen < 10 && cg_now_ms() < end) {
		int nr = count[BEGUN];

		usleep(500);
		if (count[RETURNED] == nr)
			continue;
		ASSERT_EQ(0, cg_put("h/a/signal.send", "USR1"));
		if (count[RETURNED] == nr)
			continue;
		/* all of the write was during this fork, or just before it began */
		seen++;
		ASSERT_TRUE(CG_SOON(count[RAN] >= nr));
		signalled += count[GOT] == nr;
	}
	/* a busy machine sees few; without the signal for children, none of them gets it */
	EXPECT_LE(3, seen);
	EXPECT_LE(seen * 8 / 10, signalled);
	EXPECT_EQ(0, cg_kill(pid));
}

/* A signal that does not end processes: after SIGSTOP, no process is left running. */
TEST_F_TIMEOUT(beyond, sigstop_stops_all, 180)
{
	pid_t pids[512];
	int round, i, n, before;

	for (round = 0; round < 10 / cg_slow() + 2; round++) {
		ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
		for (i = 0; i < 4; i++)
			ASSERT_LT(0, cg_spawn(bomb, (void *)self->count));
		ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
		cg_msleep(20);
		ASSERT_EQ(0, cg_put("h/a/signal.tree", "STOP"));
		cg_msleep(50);
		/* each child counts itself, so the count shows that no process forks or runs */
		before = self->count[0];
		n = cg_pids("h/a/b/cgroup.procs", pids, 512);
		EXPECT_LT(0, n)
			TH_LOG("round %d: no process is left", round);
		for (i = 0; i < n; i++)
			EXPECT_TRUE(cg_wait_state(pids[i], "TZX", 2000))
				TH_LOG("round %d: %d is %c", round, pids[i], cg_state(pids[i]));
		cg_msleep(50);
		EXPECT_EQ(before, self->count[0])
			TH_LOG("round %d", round);
		ASSERT_EQ(0, cg_put("h/a/signal.tree", "KILL"));
		EXPECT_TRUE(CG_SOON(cg_put("h/a/signal.tree", "0") == -ESRCH));
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

TEST_HARNESS_MAIN
