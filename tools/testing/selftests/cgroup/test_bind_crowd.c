// SPDX-License-Identifier: GPL-2.0
/* timeout: 700 */
/*
 * Each subsystem is bound to, and unbound from, a hierarchy of 1,000 groups with 5,000 tasks.
 * All the time these tasks fork, exec, exit, fault and are attached. They take turns, a few at
 * a time. The test checks after each change that each kind of work goes on. A debug kernel has
 * far fewer groups and tasks.
 */
#include "cg_test.h"
#include "cg_owners.h"

#include <linux/futex.h>
#include <sys/mman.h>

#define MAX_GROUPS	1000
#define IN_GROUP	5	/* the threads of one process */
#define MAX_SLOTS	24

static int groups(void)
{
	return cg_slow() > 1 ? 40 : MAX_GROUPS;
}

static int members(void)
{
	return groups() * IN_GROUP;
}

/* How many tasks have their turn at a time; many would starve the test on a slow kernel. */
static int slots(void)
{
	return cg_slow() > 1 ? 2 : MAX_SLOTS;
}

/* The work that the members of one slot, and their children, have done so far. */
struct work {
	unsigned long attaches;
	unsigned long forks;
	unsigned long execs;
	unsigned long exits;
	unsigned long faults;
	int odd;		/* an unexpected -errno; 0: none */
};

/* Shared by all. A member whose turn is over wakes the next member of its slot. */
struct crowd {
	bool rest;			/* members do not wake the next one */
	int resting[MAX_SLOTS];		/* the member to wake later, plus 1; 0: none */
	int ready;
	int failed;
	struct member {
		pid_t tid;
		unsigned int turns;
		int go;			/* a futex: its turn has come */
	} members[MAX_GROUPS * IN_GROUP];
	struct work work[MAX_SLOTS];
};

static volatile struct crowd *crowd;

/* The path of group I, or of FILE in it. Not cg_path(), which is not for threads. */
#define PATH_LEN	64

static const char *group(char path[PATH_LEN], int i, const char *file)
{
	snprintf(path, PATH_LEN, "h/g%d/s%d%s%s", i / 20, i % 20, file ? "/" : "", file ?: "");
	return path;
}

/* ---- a member's turn ---- */

/* Attach the writer (PID 0), or a child, which may be exiting. */
static void attaches(struct work *w, int to, const char *file, pid_t pid)
{
	char path[PATH_LEN];
	int ret = cg_put(group(path, to, file), "%d", pid);

	if (!ret)
		w->attaches++;
	else if (!pid || ret != -ESRCH)
		w->odd = ret;
}

static void faults_and_ends(struct work *w, bool execs)
{
	volatile char *mem = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	for (i = 0; i < 1 << 18; i += 4096)
		mem[i] = 1;
	w->faults += 1 << 6;
	if (execs)
		execl("/bin/busybox", "sh", "-c", "exit 7", NULL);
	_exit(0);
}

/* The child has exited when this returns, so one task at a time writes to W. */
static void has_a_child(struct work *w, unsigned int *seed)
{
	bool execs = rand_r(seed) % 2;
	int status;
	pid_t pid = fork();

	if (!pid)
		faults_and_ends(w, execs);
	if (pid < 0) {
		w->odd = -errno;
		return;
	}
	w->forks++;
	attaches(w, rand_r(seed) % groups(), "cgroup.procs", pid);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != (execs ? 7 : 0)) {
		w->odd = -ECHILD;
		return;
	}
	w->exits++;
	w->execs += execs;
}

/* Move elsewhere, alone or with the whole process, and back home. */
static void has_its_turn(struct work *w, int home, unsigned int *seed)
{
	const char *file = rand_r(seed) % 2 ? "tasks" : "cgroup.procs";

	attaches(w, rand_r(seed) % groups(), file, 0);
	has_a_child(w, seed);
	cg_msleep(rand_r(seed) % 25);
	attaches(w, home, file, 0);
}

static void wake(int nr)
{
	volatile int *go = &crowd->members[nr].go;

	__atomic_store_n(go, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, go, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void wait_for_turn(volatile int *go)
{
	while (!__atomic_exchange_n(go, 0, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, go, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void *member(void *arg)
{
	int nr = (long)arg, slot = nr % slots();
	int next = nr + slots() < members() ? nr + slots() : slot;
	volatile struct member *me = &crowd->members[nr];
	unsigned int seed = nr;

	me->tid = syscall(SYS_gettid);
	__sync_fetch_and_add(&crowd->ready, 1);
	for (;;) {
		wait_for_turn(&me->go);
		has_its_turn((struct work *)&crowd->work[slot], nr / IN_GROUP, &seed);
		me->turns++;
		if (crowd->rest)
			crowd->resting[slot] = next + 1;
		else
			wake(next);
	}
	return NULL;
}

/* The process of group I, a thread for each member; all are in the group from the start. */
static int group_of(void *arg)
{
	long i = (long)arg, n;
	char path[PATH_LEN];

	if (cg_put(group(path, i, "cgroup.procs"), "0"))
		crowd->failed = 1;
	for (n = 1; n < IN_GROUP; n++)
		if (cg_thread(member, (void *)(i * IN_GROUP + n)))
			crowd->failed = 1;
	member((void *)(i * IN_GROUP));
	return 1;
}

/* The parent of all members: they are killed with it. */
static int crowd_comes(void *unused)
{
	long i;

	for (i = 0; i < groups(); i++)
		if (cg_spawn(group_of, (void *)i) < 0)
			crowd->failed = 1;
	cg_pause();
}

/* ---- the observer ---- */

/* Start the turns, or continue them. */
static void go_on(void)
{
	int slot, next;

	crowd->rest = false;
	for (slot = 0; slot < slots(); slot++) {
		next = crowd->resting[slot];
		crowd->resting[slot] = 0;
		if (next)
			wake(next - 1);
	}
}

static bool all_rest(void)
{
	int slot;

	for (slot = 0; slot < slots(); slot++)
		if (!crowd->resting[slot])
			return false;
	return true;
}

/* Wait until all turns are over and all members are at home. */
static bool comes_to_rest(void)
{
	crowd->rest = true;
	return CG_SOON(all_rest());
}

/* Has each kind of work been done in this slot since THEN? */
static bool gets_on(const volatile struct work *w, const struct work *then)
{
	return w->attaches > then->attaches && w->forks > then->forks &&
	       w->execs > then->execs && w->exits > then->exits && w->faults > then->faults;
}

static bool all_get_on(const struct work *then)
{
	int i;

	for (i = 0; i < slots(); i++)
		if (!gets_on(&crowd->work[i], &then[i]))
			return false;
	return true;
}

/* Is each kind of work done in each slot from now on, without an error? */
static bool work_goes_on(void)
{
	struct work then[MAX_SLOTS];
	const struct work *work = (const struct work *)crowd->work;
	bool ok;
	int i;

	memcpy(then, work, sizeof(then));
	ok = CG_SOON(all_get_on(then)) && !crowd->failed;
	for (i = 0; i < slots(); i++) {
		if (!work[i].odd && gets_on(&work[i], &then[i]))
			continue;
		ok = false;
		fprintf(stderr, "# slot %d: error %d; +%lu attaches, +%lu forks, +%lu execs, ",
			i, work[i].odd, work[i].attaches - then[i].attaches,
			work[i].forks - then[i].forks, work[i].execs - then[i].execs);
		fprintf(stderr, "+%lu exits, +%lu faults\n",
			work[i].exits - then[i].exits, work[i].faults - then[i].faults);
	}
	return ok;
}

static int had_a_turn(void)
{
	int i, n = 0;

	for (i = 0; i < members(); i++)
		n += crowd->members[i].turns > 0;
	return n;
}

/* Does /proc/PID/cgroup of some members show subsystem NAME with their home? At rest. */
static bool all_see(const char *name)
{
	char home[PATH_LEN], path[256];
	int i;

	for (i = 0; i < members(); i += 37) {
		group(home, i / IN_GROUP, NULL);
		if (!cg_proc_path(crowd->members[i].tid, cg_path("%s,name=crowd", name),
				  path, sizeof(path)) && !strcmp(path, home + 1))
			continue;
		fprintf(stderr, "# task %d of %s is at '%s'\n", crowd->members[i].tid, home, path);
		return false;
	}
	return true;
}

/* Does file NAME of each group count exactly its members? At rest: there are no children. */
static bool are_counted(const char *name)
{
	char path[PATH_LEN];
	int i;

	for (i = 0; i < groups(); i++) {
		if (cg_num(group(path, i, name)) == IN_GROUP)
			continue;
		fprintf(stderr, "# %s: %lld\n", path, cg_num(path));
		return false;
	}
	return true;
}

/* The result of TEST for NAME while no member has a turn. */
static bool at_rest(bool (*test)(const char *name), const char *name)
{
	bool rest = comes_to_rest(), ok = rest && test(name);

	if (!rest)
		fprintf(stderr, "# the members do not come to rest\n");
	go_on();
	return ok;
}

static void limit(const char *path, int at_least)
{
	if (cg_num(path) < at_least)
		cg_put(path, "%d", at_least);
}

static int set_up(void)
{
	char path[PATH_LEN];
	long long end;
	int i, ret = cg_setup() ?: cg_mount("none,name=crowd", "h");

	limit("/proc/sys/kernel/pid_max", 40000);
	limit("/proc/sys/kernel/threads-max", 30000);
	for (i = 0; i < groups() && !ret; i++)
		ret = (i % 20 ? 0 : cg_mkdir(cg_path("h/g%d", i / 20))) ?:
		      cg_mkdir(group(path, i, NULL));
	if (ret)
		return ret;
	crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crowd == MAP_FAILED)
		return -errno;
	ret = cg_spawn(crowd_comes, NULL);
	if (ret < 0)
		return ret;
	end = cg_deadline(60000);
	while (crowd->ready < members() && !crowd->failed && cg_now_ms() < end)
		cg_msleep(2);
	if (crowd->ready < members() || crowd->failed)
		return -EAGAIN;
	for (i = 0; i < slots(); i++)
		crowd->resting[i] = i + 1;
	go_on();
	return 0;
}

CG_FIXTURE_WITH(beyond, set_up());

/* Bind NAME to the hierarchy and unbind it; the work of all goes on, with the right states. */
static void comes_and_goes(struct __test_metadata *_metadata, const char *name)
{
	long long start, ms;

	start = cg_now_ms();
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+%s", name))
		TH_LOG("%s", name);
	ms = cg_now_ms() - start;
	EXPECT_TRUE(at_rest(all_see, name))
		TH_LOG("%s", name);
	EXPECT_TRUE(work_goes_on())
		TH_LOG("+%s", name);
	/* each task has the states of its groups */
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"))
		TH_LOG("+%s", name);
	start = cg_now_ms();
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-%s", name))
		TH_LOG("%s", name);
	ms += cg_now_ms() - start;
	/* all tasks are back in the root state */
	EXPECT_EQ(0, cg_hierarchy_of(name));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"))
		TH_LOG("-%s", name);
	TH_LOG("%s: bind and unbind took %lld ms", name, ms);
}

/* Several subsystems come and go at once, by a remount. */
static void some_come_and_go(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, cg_remount("pids,cpu,freezer,name=crowd", "h"));
	EXPECT_TRUE(at_rest(all_see, "cpu,freezer,pids"));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
	EXPECT_TRUE(work_goes_on());
	ASSERT_EQ(0, cg_remount("none,name=crowd", "h"));
	EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
	EXPECT_TRUE(work_goes_on());
}

TEST_F_TIMEOUT(beyond, each_subsystem_is_bound_and_unbound, 330)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);
	long long end;

	CG_NEED("debug");
	for (i = 0; i < n; i++)
		if (cg_usable(list[i].name))
			comes_and_goes(_metadata, list[i].name);
	some_come_and_go(_metadata);
	n = had_a_turn();
	end = cg_deadline(60000);
	while (had_a_turn() < members() && cg_now_ms() < end)
		cg_msleep(100);
	EXPECT_EQ(members(), had_a_turn());
	TH_LOG("%d members had a turn during the changes", n);
}

/*
 * The same beside owners of subtrees who write all they may, for ten seconds or as long as
 * CG_SECONDS says.
 */
TEST_F_TIMEOUT(beyond, beside_owners_who_write_all_they_may, 500)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	long long end = cg_now_ms() + cg_phase_ms(10000);
	int i, n = cg_subsystems(list), first = end % n;

	CG_NEED("debug");
	TH_LOG("from subsystem %d on", first);
	ASSERT_EQ(0, cg_owners_start("h", 3));
	for (i = 0; i < 3 || cg_now_ms() < end; i++) {
		const char *name = list[(first + i) % n].name;

		if (cg_usable(name))
			comes_and_goes(_metadata, name);
		if (i % n == 2)
			some_come_and_go(_metadata);
	}
	TH_LOG("%d subsystems came and went", i);
	EXPECT_EQ(0, cg_owners_get_on(60000));
	EXPECT_EQ(0, cg_owners_stop());
}

/* No member is lost or counted twice. */
TEST_F(beyond, pids_counts_all_members)
{
	CG_NEED("pids");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids +cpu +memory"));
	EXPECT_TRUE(at_rest(are_counted, "pids.current"));
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=x memory,pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_TRUE(at_rest(are_counted, "pids.current"));
	EXPECT_TRUE(work_goes_on());
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids -cpu -memory"));
}

TEST_HARNESS_MAIN
