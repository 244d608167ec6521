// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/*
 * The owner of an mm: when the owner exits or execs, another task that uses the mm becomes
 * the owner, and subsystems are told if the two tasks have different states.  The debug
 * controller counts what it is told.
 */
#include "cg_test.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#include "cg_others.h"

#define MIB	1048576LL

/* Shared by the test and its processes. */
struct board {
	volatile int order;	/* the step that may be done */
	volatile pid_t child;	/* of the first process, with its mm */
	volatile pid_t tid[2];	/* further threads of the first process */
	volatile bool stop;
	volatile int moves;	/* of the second process, by another user */
};

static struct board *board;

FIXTURE(beyond) { pid_t pid; };

FIXTURE_SETUP(beyond)
{
	board = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, board);
	ASSERT_EQ(0, cg_setup());
	CG_NEED("debug");
	ASSERT_EQ(0, cg_mount("debug", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
	munmap((void *)board, 4096);
}

static long long won(const char *group)
{
	return cg_key(cg_path("h/%s/debug.mm_owners", group), "won");
}

static long long lost(const char *group)
{
	return cg_key(cg_path("h/%s/debug.mm_owners", group), "lost");
}

/* What the groups won and lost, each as one number. */
static long long all_counts(void)
{
	return won("a") * 1000000 + lost("a") * 10000 + won("b") * 100 + lost("b");
}

static bool owners_are_right(void)
{
	return CG_SOON(!cg_text("h/debug.mm_owners_wrong")[0]);
}

/* Has it exited?  Whether its parent has waited for it does not matter. */
static bool has_exited(pid_t pid)
{
	return CG_SOON(!strchr("RSDTt", cg_state(pid) ?: 'X'));
}

static void await_order(int order)
{
	while (board->order < order)
		usleep(1000);
}

/*
 * Processes
 */

/* The second process: exits at the second order. */
static int shares(void *arg)
{
	await_order(2);
	syscall(SYS_exit_group, 0);
	return 0;
}

/* The first process: starts the second one, and exits at the first order. */
static int owns_with(int (*second)(void *arg))
{
	board->child = cg_clone_vm(second, SIGCHLD);
	await_order(1);
	syscall(SYS_exit_group, 0);
	return 0;
}

static int owns(void *arg)
{
	return owns_with(shares);
}

static int owns_and_execs(void *arg)
{
	board->child = cg_clone_vm(shares, SIGCHLD);
	await_order(1);
	execl("/bin/sleep", "sleep", "1000", NULL);
	return 1;
}

/* The second process is a child of one that has exited, so it is no relative of the first. */
static int parent_of_distant(void *arg)
{
	board->child = cg_clone_vm(shares, SIGCHLD);
	syscall(SYS_exit_group, 0);
	return 0;
}

static int owns_far_from_the_other(void *arg)
{
	pid_t pid = cg_clone_vm(parent_of_distant, SIGCHLD);

	waitpid(pid, NULL, 0);
	await_order(1);
	syscall(SYS_exit_group, 0);
	return 0;
}

/* A further thread: exits at the order that is its number. */
static void *thread_exits(void *arg)
{
	long order = (long)arg;

	board->tid[order - 2] = syscall(SYS_gettid);
	await_order(order);
	syscall(SYS_exit, 0);
	return arg;
}

/* A process of three threads that exit one after the other, its leader first. */
static int threads_exit(void *arg)
{
	cg_thread(thread_exits, (void *)2L);
	cg_thread(thread_exits, (void *)3L);
	await_order(1);
	syscall(SYS_exit, 0);
	return 0;
}

static int vforks(void *arg)
{
	pid_t pid = vfork();

	if (!pid) {
		cg_put("h/b/cgroup.procs", "0");
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	board->child = pid;
	await_order(1);
	return 0;
}

/* Start the first process in group a. */
static pid_t start(int (*fn)(void *arg))
{
	pid_t pid;

	board->order = 0;
	board->child = 0;
	board->tid[0] = 0;
	board->tid[1] = 0;
	if (cg_put("h/a/cgroup.procs", "0"))
		return -1;
	pid = cg_spawn(fn, NULL);
	return cg_put("h/cgroup.procs", "0") ? -1 : pid;
}

/*
 * Exit and exec
 */

TEST_F(beyond, a_process_that_shares_the_mm_is_next_after_an_exit)
{
	self->pid = start(owns);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", board->child));
	EXPECT_EQ(0, all_counts());

	board->order = 1;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(CG_SOON(won("b") == 1));
	EXPECT_EQ(1, lost("a"));
	EXPECT_EQ(0, lost("b"));
	EXPECT_TRUE(owners_are_right());

	/* then nobody uses it any more */
	board->order = 2;
	EXPECT_TRUE(has_exited(board->child));
	EXPECT_TRUE(CG_SOON(lost("b") == 1));
	EXPECT_EQ(1, won("b"));
	EXPECT_EQ(0, won("a"));
}

TEST_F(beyond, a_process_that_shares_the_mm_is_next_after_an_exec)
{
	self->pid = start(owns_and_execs);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", board->child));

	board->order = 1;
	EXPECT_TRUE(CG_SOON(won("b") == 1));
	EXPECT_EQ(1, lost("a"));
	EXPECT_TRUE(owners_are_right());
	/* the process that has called exec owns its new mm */
	EXPECT_EQ(0, cg_kill(self->pid));
	EXPECT_TRUE(CG_SOON(lost("a") == 2));
	EXPECT_EQ(0, lost("b"));
}

TEST_F(beyond, a_process_that_is_no_relative_is_next)
{
	self->pid = start(owns_far_from_the_other);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", board->child));

	board->order = 1;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(CG_SOON(won("b") == 1));
	EXPECT_EQ(1, lost("a"));
	EXPECT_TRUE(owners_are_right());
}

TEST_F(beyond, the_same_state_is_no_change)
{
	self->pid = start(owns);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	ASSERT_TRUE(cg_has_pid("h/a/cgroup.procs", board->child));

	board->order = 1;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(owners_are_right());
	EXPECT_EQ(0, all_counts());
	/* the next one owns it */
	board->order = 2;
	EXPECT_TRUE(CG_SOON(lost("a") == 1));
}

TEST_F(beyond, an_exit_without_another_user_has_no_new_owner)
{
	self->pid = start(owns);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	board->order = 2;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(has_exited(board->child));
	EXPECT_TRUE(CG_SOON(lost("a") == 1));
	EXPECT_EQ(0, won("a"));
	EXPECT_EQ(0, won("b") + lost("b"));
}

TEST_F(beyond, a_child_of_vfork_does_not_own_the_mm)
{
	self->pid = start(vforks);
	ASSERT_TRUE(CG_SOON(board->child > 0));
	/* the child has lost its own mm, which it got by exec, and nothing else */
	EXPECT_TRUE(CG_SOON(lost("b") == 1));
	EXPECT_EQ(0, lost("a"));
	EXPECT_TRUE(owners_are_right());
	board->order = 1;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(CG_SOON(lost("a") == 1));
	EXPECT_EQ(0, won("a") + won("b"));
}

/* A thread of the process is next, although its leader is a zombie. */
TEST_F(beyond, a_thread_is_next_after_its_leader)
{
	self->pid = start(threads_exit);
	ASSERT_TRUE(CG_SOON(board->tid[0] && board->tid[1]));
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", board->tid[0]));
	ASSERT_EQ(0, cg_put("h/b/tasks", "%d", board->tid[1]));

	board->order = 1;
	ASSERT_TRUE(cg_wait_state(self->pid, "Z", 10000));
	EXPECT_TRUE(CG_SOON(won("b") == 1));
	EXPECT_EQ(1, lost("a"));
	EXPECT_TRUE(owners_are_right());

	/* from one thread to the other one */
	board->order = 2;
	EXPECT_TRUE(has_exited(board->tid[0]));
	EXPECT_TRUE(owners_are_right());
	EXPECT_EQ(0, lost("b"));

	board->order = 3;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(CG_SOON(lost("b") == 1));
	EXPECT_EQ(1, won("b"));
}

/* The second process: its leader exits at once, a thread of it lives on. */
static int shares_without_leader(void *arg)
{
	cg_thread(thread_exits, (void *)2L);
	syscall(SYS_exit, 0);
	return 0;
}

static int owns_beside_threads(void *arg)
{
	return owns_with(shares_without_leader);
}

TEST_F(beyond, a_thread_of_a_process_that_shares_the_mm_is_next)
{
	self->pid = start(owns_beside_threads);
	ASSERT_TRUE(CG_SOON(board->tid[0] > 0));
	ASSERT_TRUE(cg_wait_state(board->child, "Z", 10000));
	ASSERT_EQ(0, cg_put("h/b/cgroup.procs", "%d", board->child));

	board->order = 1;
	ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
	EXPECT_TRUE(CG_SOON(won("b") == 1));
	EXPECT_EQ(1, lost("a"));
	EXPECT_TRUE(owners_are_right());
	board->order = 2;
	EXPECT_TRUE(has_exited(board->tid[0]));
	EXPECT_TRUE(CG_SOON(lost("b") == 1));
}

/*
 * The memory controller
 */

static int takes_and_loses_its_leader(void *arg)
{
	cg_touch(16 * MIB);
	cg_thread(thread_exits, (void *)2L);
	await_order(1);
	syscall(SYS_exit, 0);
	return 0;
}

TEST_F(beyond, charges_move_with_a_process_whose_leader_has_exited)
{
	CG_NEED("memory");
	ASSERT_EQ(0, cg_mount("memory", "m"));
	ASSERT_EQ(0, cg_mkdir("m/from"));
	ASSERT_EQ(0, cg_mkdir("m/to"));
	ASSERT_EQ(0, cg_put("m/to/memory.move_charge_at_immigrate", "1"));

	ASSERT_EQ(0, cg_put("m/from/cgroup.procs", "0"));
	self->pid = start(takes_and_loses_its_leader);
	ASSERT_EQ(0, cg_put("m/cgroup.procs", "0"));
	ASSERT_TRUE(CG_SOON(board->tid[0]));
	board->order = 1;
	ASSERT_TRUE(cg_wait_state(self->pid, "Z", 10000));
	ASSERT_TRUE(owners_are_right());

	ASSERT_EQ(0, cg_put("m/to/cgroup.procs", "%d", self->pid));
	EXPECT_LT(14 * MIB, cg_num("m/to/memory.usage_in_bytes"));
	EXPECT_GT(4 * MIB, cg_num("m/from/memory.usage_in_bytes"));
	board->order = 2;
	EXPECT_EQ(0, cg_wait_exit(self->pid, 10000));
}

/*
 * Another user
 */

#define OTHER_UID	1000

/* The second process becomes another user's. */
static int changes_user(void *arg)
{
	/* not by the C library, which would change the threads of the first process too */
	syscall(SYS_setresuid, OTHER_UID, OTHER_UID, OTHER_UID);
	return shares(arg);
}

static int owns_with_another_user(void *arg)
{
	return owns_with(changes_user);
}

/* That user moves the second process all the time, but hardly ever runs. */
static int moves_seldom(void *arg)
{
	int i;

	if (cg_put("c/slow/cgroup.procs", "0") || cg_become(OTHER_UID) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL))
		return 1;
	for (i = 0; ; i++)
		if (board->child > 0 &&
		    !cg_put(i % 2 ? "h/a/cgroup.procs" : "h/b/cgroup.procs", "%d", board->child))
			board->moves++;
	return 0;
}

TEST_F(beyond, another_user_who_hardly_runs_holds_up_no_exit)
{
	long long begun;
	pid_t mover;
	int i, late = 0;

	CG_NEED("cpu");
	ASSERT_EQ(0, cg_mount("cpu", "c"));
	ASSERT_EQ(0, cg_mkdir("c/slow"));
	/* enough for a few moves in a second */
	ASSERT_EQ(0, cg_throttle("c/slow", 5000));
	ASSERT_EQ(0, cg_give("h/a", OTHER_UID));
	ASSERT_EQ(0, cg_give("h/b", OTHER_UID));
	mover = cg_spawn(moves_seldom, NULL);
	ASSERT_LT(0, mover);
	for (i = 0; i < (cg_slow() > 1 ? 2 : 12); i++) {
		int moves = board->moves;

		self->pid = start(owns_with_another_user);
		ASSERT_TRUE(CG_SOON(board->child > 0));
		/* long enough for the mover to use its time up */
		ASSERT_TRUE(CG_SOON(board->moves > moves));
		cg_msleep(50);
		begun = cg_now_ms();
		board->order = 1;
		ASSERT_EQ(0, cg_wait_exit(self->pid, 10000));
		late += cg_now_ms() - begun > 250;
		board->order = 2;
		EXPECT_TRUE(has_exited(board->child));
	}
	/* on a busy machine everything is late now and then; a slow kernel measures nothing */
	EXPECT_GE(2, late);
	/* or it would die as slowly as it moves */
	ASSERT_EQ(0, cg_throttle("c/slow", -1));
	EXPECT_EQ(0, cg_kill(mover));
}

/*
 * All at once
 */

/* Without a lock: a process may be killed while others that share its mm go on. */
static unsigned int chance(unsigned int of)
{
	struct timespec t;
	unsigned int seed;

	clock_gettime(CLOCK_MONOTONIC, &t);
	seed = t.tv_nsec ^ syscall(SYS_gettid) << 16;
	return rand_r(&seed) % of;
}

/* Long enough to be moved meanwhile now and then. */
static void lives(void)
{
	usleep(chance(2000 * cg_slow()));
}

static int lives_shortly(void *arg)
{
	lives();
	if (!chance(4))
		execl("/bin/true", "true", NULL);
	syscall(SYS_exit_group, 0);
	return 0;
}

static void *thread_lives_shortly(void *arg)
{
	lives();
	return arg;
}

/* Clone processes and threads with one mm, and exit or exec while they use it. */
static int clones(void *arg)
{
	int i;

	for (i = 0; i < 4; i++) {
		cg_clone_vm(lives_shortly, 0);
		cg_thread(thread_lives_shortly, NULL);
	}
	lives();
	if (chance(2))
		execl("/bin/true", "true", NULL);
	syscall(chance(2) ? SYS_exit : SYS_exit_group, 0);
	return 0;
}

static int clones_on(void *arg)
{
	while (!board->stop) {
		pid_t pid = fork();

		if (!pid)
			_exit(clones(arg));
		if (pid < 0)
			continue;
		if (chance(2))
			lives();
		kill(pid, chance(3) ? 0 : SIGKILL);
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			;
	}
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	return 0;
}

/* Move all tasks and processes of one group after the other to a group picked at random. */
static int moves_on(void *arg)
{
	static const char * const groups[] = { "a", "b", "b/c" };
	static pid_t list[4096];
	int i, n, from;

	for (from = 0; !board->stop; from = (from + 1) % 3) {
		n = cg_pids(cg_path("h/%s/tasks", groups[from]), list, 4096);
		/* the youngest first: the others may be gone already */
		for (i = n - 1; i >= 0 && !board->stop; i--)
			cg_put(cg_path("h/%s/%s", groups[chance(3)],
				       chance(2) ? "tasks" : "cgroup.procs"), "%d", list[i]);
	}
	return 0;
}

/* Tasks get other states by inherit flags, while they hand over. */
static int flips_on(void *arg)
{
	int i;

	for (i = 0; !board->stop; i++) {
		cg_put("h/b/c/debug.inherit", "%d", i % 2);
		usleep(5000);
	}
	cg_put("h/b/c/debug.inherit", "0");
	return 0;
}

static int stays(void *arg)
{
	await_order(9);
	syscall(SYS_exit_group, 0);
	return 0;
}

/* Exit while processes that share the mm stay. */
static int leaves_sharers(void *arg)
{
	int i;

	for (i = 0; i < 3; i++) {
		cg_clone_vm(lives_shortly, 0);
		cg_thread(thread_lives_shortly, NULL);
		cg_clone_vm(stays, 0);
	}
	syscall(chance(2) ? SYS_exit : SYS_exit_group, 0);
	return 0;
}

TEST_F_TIMEOUT(beyond, all_ways_at_once, 200)
{
	pid_t pid[5];
	long long end;
	int i;

	ASSERT_EQ(0, cg_mkdir("h/b/c"));
	/* with CONFIG_LRU_GEN the memory controller lists the mms of each group, by their owners */
	if (cg_usable("memory"))
		ASSERT_EQ(0, cg_remount("debug,memory", "h"));

	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
	for (i = 0; i < 3; i++)
		pid[i] = cg_spawn(clones_on, NULL);
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	pid[3] = cg_spawn(moves_on, NULL);
	pid[4] = cg_spawn(flips_on, NULL);
	end = cg_deadline(60000);
	cg_msleep(cg_phase_ms(5000));
	/* on a busy machine it takes longer until an mm has left each group */
	while (!(lost("a") && lost("b") && won("a") + won("b")) && cg_now_ms() < end)
		cg_msleep(100);
	EXPECT_LT(0, lost("a"));
	EXPECT_LT(0, lost("b"));
	EXPECT_LT(0, won("a") + won("b"));
	board->stop = true;
	for (i = 0; i < 5; i++) {
		ASSERT_LT(0, pid[i]);
		EXPECT_EQ(0, cg_wait_exit(pid[i], 60000));
	}

	/* with users that stay */
	for (i = 0; i < 20; i++)
		EXPECT_EQ(0, cg_wait_exit(cg_spawn(leaves_sharers, NULL), 10000));
	EXPECT_TRUE(owners_are_right());
	board->order = 9;
}

TEST_HARNESS_MAIN
