// SPDX-License-Identifier: GPL-2.0
/* timeout: 400 */
/*
 * Members while tasks move: threads are created, processes fork and exec, and
 * readers read. No task is left behind, and no reader sees a process half moved
 * or misses a task.
 */
#include "cg_test.h"

#include <pthread.h>
#include <sys/mman.h>

#define TAG	"name=members"

#define RACE_FIXTURE(name)	CG_FIXTURE_WITH(name, cg_setup_two("none," TAG))

/* How long each race runs by default; a longer run finds more. */
#define RACE_MS		5000

RACE_FIXTURE(storm);

/* ---- moves that must not leave tasks behind ---- */

/* Create threads as fast as possible, in four threads. */
static int thread_storm(void *arg)
{
	pthread_t id;
	int i;

	for (i = 0; i < 3; i++)
		pthread_create(&id, NULL, cg_make_threads, NULL);
	cg_make_threads(arg);
	return 0;
}

TEST_F(storm, threads_created_while_the_process_moves)
{
	long long end = cg_now_ms() + cg_phase_ms(RACE_MS);
	pid_t pid = cg_spawn(thread_storm, NULL);
	int rounds = 0;

	ASSERT_LT(0, pid);
	while (cg_now_ms() < end) {
		const char *to = rounds++ % 2 ? "/b" : "/a";

		ASSERT_EQ(0, cg_put(cg_path("h%s/cgroup.procs", to), "%d", pid));
		ASSERT_TRUE(cg_tasks_are_in(pid, TAG, to))
			TH_LOG("round %d", rounds);
	}
	TH_LOG("%d moves", rounds);
	EXPECT_LT(2, rounds);
}

static int fork_storm(void *arg)
{
	cg_make_processes(arg);
	return 0;
}

#define FORKERS		4

/* Shared with the processes that fork. */
struct forks {
	volatile long done[FORKERS];
	volatile long failed[FORKERS];
	volatile long strays[FORKERS];
};

struct forker {
	struct forks *forks;
	int nr;
};

/* A new task looks where it is: it runs, so it is not shown at the root because it exits. */
static int is_a_stray(void *arg)
{
	char path[64];

	(void)arg;
	return cg_proc_path(0, TAG, path, sizeof(path)) ||
	       (strcmp(path, "/a") && strcmp(path, "/b"));
}

/* Enter h/a, then fork again and again. The children of every other process look where they are. */
static int forks_in_a_group(void *arg)
{
	const struct forker *f = arg;
	int ret;

	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	for (;;) {
		ret = cg_fork_wait(f->nr % 2 ? is_a_stray : NULL, NULL);
		if (ret < 0)
			f->forks->failed[f->nr]++;
		else if (ret)
			f->forks->strays[f->nr]++;
		else
			f->forks->done[f->nr]++;
	}
}

/* At every moment, each task is in one of the two groups. */
TEST_F(storm, forks_while_the_process_moves)
{
	struct forks *forks = mmap(NULL, sizeof(*forks), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct forker forker = { .forks = forks };
	long before[FORKERS];
	pid_t pid[FORKERS];
	int i, rounds = 0;
	long long end;
	char path[64];

	ASSERT_NE(MAP_FAILED, forks);
	for (i = 0; i < FORKERS; i++) {
		forker.nr = i;
		pid[i] = cg_spawn(forks_in_a_group, &forker);
		ASSERT_LT(0, pid[i]);
		/* from now on this process forks only in one of the two groups */
		ASSERT_TRUE(CG_SOON(forks->done[i]));
	}
	for (i = 0; i < FORKERS; i++)
		before[i] = forks->done[i];
	end = cg_now_ms() + cg_phase_ms(RACE_MS);
	while (cg_now_ms() < end) {
		const char *to = rounds++ % 2 ? "/a" : "/b";

		for (i = 0; i < FORKERS; i++)
			ASSERT_EQ(0, cg_put(cg_path("h%s/cgroup.procs", to), "%d", pid[i]));
		for (i = 0; i < FORKERS; i++) {
			ASSERT_EQ(0, cg_proc_path(pid[i], TAG, path, sizeof(path)));
			ASSERT_STREQ(to, path);
		}
	}
	for (i = 0; i < FORKERS; i++) {
		TH_LOG("%d moves, %ld forks", rounds, forks->done[i] - before[i]);
		EXPECT_EQ(0, forks->failed[i]);
		EXPECT_EQ(0, forks->strays[i]);
		EXPECT_LT(before[i], forks->done[i]);
	}
	EXPECT_LT(2, rounds);
	cg_kill_children();
	EXPECT_TRUE(cg_wait_text("h/a/tasks", "", 5000));
	EXPECT_TRUE(cg_wait_text("h/b/tasks", "", 5000));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

static void *exec_self(void *arg)
{
	char count[16];

	snprintf(count, sizeof(count), "%d", *(int *)arg - 1);
	execl("/proc/self/exe", "exec-storm", count, NULL);
	_exit(1);
}

/*
 * Exec from a thread that is not the leader, COUNT times. Each time the thread
 * takes over the id of the leader. This is what main() calls after the exec.
 */
static int exec_storm(int count)
{
	pthread_t id;

	if (count <= 0)
		return 0;
	if (pthread_create(&id, NULL, exec_self, &count))
		return 1;
	cg_pause();
}

static int start_exec_storm(void *arg)
{
	execl("/proc/self/exe", "exec-storm", (char *)arg, NULL);
	return 1;
}

TEST_F(storm, execs_by_threads_while_the_process_moves)
{
	pid_t pid = cg_spawn(start_exec_storm, "50");
	int rounds = 0, ret, status = -ETIMEDOUT;
	long long end = cg_deadline(90000);

	ASSERT_LT(0, pid);
	while (status == -ETIMEDOUT && cg_now_ms() < end) {
		ret = cg_put(rounds++ % 2 ? "h/b/cgroup.procs" : "h/a/cgroup.procs",
			     "%d", pid);
		if (ret && ret != -ESRCH)
			ASSERT_EQ(0, ret);
		status = cg_wait_exit(pid, 0);
	}
	EXPECT_EQ(0, status);
	EXPECT_TRUE(cg_wait_text("h/a/tasks", "", 5000));
	EXPECT_TRUE(cg_wait_text("h/b/tasks", "", 5000));
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

/* Move each member of a to b until a is empty. This ends, and loses no task. */
TEST_F(storm, a_group_can_be_emptied)
{
	long long end = cg_deadline(90000);
	pid_t pids[4], list[256];
	int i, n;

	for (i = 0; i < 4; i++) {
		pids[i] = cg_spawn(fork_storm, NULL);
		ASSERT_LT(0, pids[i]);
		ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%d", pids[i]));
	}
	cg_msleep(100);
	while ((n = cg_pids("h/a/cgroup.procs", list, 256)) > 0) {
		ASSERT_GT(end, cg_now_ms());
		for (i = 0; i < n; i++)
			cg_put("h/b/cgroup.procs", "%d", list[i]);
	}
	EXPECT_EQ(0, cg_rmdir("h/a"));
	for (i = 0; i < 4; i++)
		EXPECT_TRUE(cg_has_pid("h/b/tasks", pids[i]));
}

/* ---- rmdir against attach ---- */

static int attach_storm(void *arg)
{
	static const char * const to[] = {
		"h/x/tasks", "h/tasks", "h/x/cgroup.procs", "h/a/tasks",
	};
	int i;

	for (i = 0; ; i++)
		cg_put(to[i % 4], "0");
	return !arg;
}

TEST_F(storm, rmdir_while_tasks_attach)
{
	long long end = cg_now_ms() + cg_phase_ms(RACE_MS);
	int i, ret, gone = 0, busy = 0;

	for (i = 0; i < 3; i++)
		ASSERT_LT(0, cg_spawn(attach_storm, NULL));
	while (cg_now_ms() < end) {
		ret = cg_mkdir("h/x");
		ASSERT_TRUE(ret == 0 || ret == -EEXIST)
			TH_LOG("mkdir: %d", ret);
		ret = cg_rmdir("h/x");
		ASSERT_TRUE(ret == 0 || ret == -EBUSY)
			TH_LOG("rmdir: %d", ret);
		if (ret)
			busy++;
		else
			gone++;
	}
	TH_LOG("removed %d times, busy %d times", gone, busy);
	EXPECT_LT(0, gone);
}

/* ---- what mainline does not promise ---- */

RACE_FIXTURE(beyond);

static int bounce(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	for (;;) {
		if (cg_put("h/b/cgroup.procs", "%d", pid) ||
		    cg_put("h/a/cgroup.procs", "%d", pid))
			return 1;
	}
}

#define THREADS	40

/* A process moves in one step: the file tasks shows all of its threads or none. */
TEST_F(beyond, a_process_is_never_seen_half_moved)
{
	long long end = cg_now_ms() + cg_phase_ms(RACE_MS);
	pid_t pid = cg_threads("h/a", THREADS - 1), list[2 * THREADS];
	int n, reads = 0, half = 0, seen[2] = { 0, 0 };

	ASSERT_LT(0, pid);
	ASSERT_LT(0, cg_spawn(bounce, &pid));
	while (cg_now_ms() < end) {
		n = cg_pids("h/a/tasks", list, 2 * THREADS);
		reads++;
		if (n == 0)
			seen[0]++;
		else if (n == THREADS)
			seen[1]++;
		else
			half++;
	}
	EXPECT_EQ(0, half)
		TH_LOG("%d of %d reads saw a part", half, reads);
	EXPECT_LT(0, seen[0]);
	EXPECT_LT(0, seen[1]);
}

static int churn(void *arg)
{
	pid_t pids[64];
	int i;

	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	for (;;) {
		for (i = 0; i < 64; i++) {
			pids[i] = fork();
			if (!pids[i])
				_exit(0);
		}
		for (i = 0; i < 64; i++)
			waitpid(pids[i], NULL, 0);
	}
	return !arg;
}

/* How many numbers of WANT are not in TEXT; SORTED: is TEXT ascending? */
static int missing(const char *text, const pid_t *want, int nwant, bool *sorted)
{
	static pid_t got[8192];
	int i, n = 0, lost = 0, at = 0;
	char *end;

	while (*text && n < 8192) {
		got[n++] = strtol(text, &end, 10);
		text = *end ? end + 1 : end;
	}
	*sorted = true;
	for (i = 1; i < n; i++)
		if (got[i] <= got[i - 1])
			*sorted = false;
	for (i = 0; i < nwant; i++) {
		while (at < n && got[at] < want[i])
			at++;
		if (at == n || got[at] != want[i])
			lost++;
	}
	return lost;
}

#define STAY	400

/* The members of h/a stay there, but get another css_set each time. */
static int shuffles(void *arg)
{
	pid_t *stay = arg;
	int i;

	for (i = 0; ; i++)
		if (cg_put(i / STAY % 2 ? "o/tasks" : "o/x/tasks", "%d", stay[i % STAY]))
			return 1;
	return 0;
}

/* Small reads of a group that changes all the time show every task that stays. */
TEST_F(beyond, a_read_misses_no_task_that_stays)
{
	static char text[CG_TEXT_LEN];
	long long end;
	pid_t stay[STAY], mover;
	int i, fd, len, n, rounds = 0;
	bool sorted;

	for (i = 0; i < STAY; i++) {
		stay[i] = cg_sleeper("h/a");
		ASSERT_LT(0, stay[i]);
	}
	cg_sort_pids(stay, STAY);
	ASSERT_EQ(0, cg_mount("none,name=o", "o"));
	ASSERT_EQ(0, cg_mkdir("o/x"));
	mover = cg_spawn(shuffles, stay);
	ASSERT_LT(0, mover);
	ASSERT_LT(0, cg_spawn(churn, NULL));
	ASSERT_LT(0, cg_spawn(churn, NULL));
	end = cg_now_ms() + cg_phase_ms(RACE_MS);
	while (cg_now_ms() < end) {
		fd = open(rounds % 2 ? "h/a/cgroup.procs" : "h/a/tasks", O_RDONLY);
		ASSERT_LE(0, fd);
		for (len = 0; (n = read(fd, text + len, 200)) > 0; len += n)
			if (len % 1000 < 200)
				sched_yield();
		text[len] = 0;
		close(fd);
		ASSERT_EQ(0, missing(text, stay, STAY, &sorted))
			TH_LOG("round %d", rounds);
		ASSERT_TRUE(sorted)
			TH_LOG("round %d", rounds);
		rounds++;
	}
	EXPECT_LT(0, rounds);
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(mover, 0));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], "exec-storm"))
		return exec_storm(atoi(argv[1]));
	return test_harness_run(argc, argv);
}
