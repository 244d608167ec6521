// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/*
 * Everything at once, for a minute (CG_SECONDS= sets another time). Groups are made,
 * renamed and removed. Hierarchies are mounted, remounted, changed and unmounted. Tasks
 * fork, exec and exit; they are moved, frozen, signalled and read about. Each css_set always
 * has the right csses. Each kind of operation succeeds now and then, whatever the others do.
 * In the end all of it goes away, and every subsystem is free.
 */
#include "cg_test.h"

#include <pthread.h>
#include <sys/mman.h>

#define GROUPS	6

/* The hierarchies in which the workers work. They are mounted all the time. */
static const char * const fixed[] = { "h0", "h1", "h2" };
static const char * const fixed_options[] = {
	"cpu,cpuacct", "pids,memory", "freezer,devices",
};

/* Subsystems that are bound to these and unbound, one by one. */
static const char * const added[] = { "rdma", "cpuset", "blkio", "debug", "oom" };

/* Hierarchies that are mounted and unmounted. */
static const char * const moving[] = {
	"net_cls", "net_cls,net_prio", "perf_event", "none,name=stress",
	"hugetlb,rdma", "misc", "net_prio", "perf_event,misc",
	"cpuset,clone_children", "blkio", "debug", "blkio,debug",
};

/* The operations of the workers. */
enum kind {
	MKDIR, RMDIR, RENAME, MOUNT, ATTACH, FORK, EXEC, FREEZE, READ, NAMESPACE,
	/* only on this core */
	BIND, UNBIND, REMOUNT, INHERIT, OWN, SPLIT, MERGE, SIGNAL, LOOK,
	NR_KINDS
};

static const char * const kind_names[NR_KINDS] = {
	"mkdir", "rmdir", "rename", "mount", "attach", "fork", "exec", "freeze", "read",
	"namespace", "bind", "unbind", "remount", "inherit", "own", "split", "merge",
	"signal", "look at css_sets",
};

#define MAX_WORKERS	32

struct counters {
	volatile long turns[MAX_WORKERS];
	volatile long tried[NR_KINDS];
	volatile long done[NR_KINDS];
	volatile long wrong;
	volatile long long still_until;		/* nobody changes the trees before, in ms */
};

static struct counters *counters;
static int me;		/* the index of this worker */

/* Count an operation. RET is its result, 0 if it was done. */
static int tally(enum kind kind, int ret)
{
	counters->turns[me]++;
	__sync_fetch_and_add(&counters->tried[kind], 1);
	if (!ret)
		__sync_fetch_and_add(&counters->done[kind], 1);
	return ret;
}

/* Report a result that no race explains. */
static void wrong(const char *what, int ret)
{
	if (__sync_fetch_and_add(&counters->wrong, 1) < 20)
		fprintf(stderr, "# %s: %d\n", what, ret);
}

static bool one_of(int ret, int a, int b, int c, int d)
{
	return !ret || ret == a || ret == b || ret == c || ret == d;
}

static const char *group_of(const char *dir, unsigned int *seed)
{
	int outer = rand_r(seed) % GROUPS;

	if (rand_r(seed) % 2)
		return cg_path("%s/g%d", dir, outer);
	return cg_path("%s/g%d/s%d", dir, outer, rand_r(seed) % GROUPS);
}

static const char *group(unsigned int *seed)
{
	return group_of(fixed[rand_r(seed) % ARRAY_SIZE(fixed)], seed);
}

/* Workers that change the trees wait here while a split-off hierarchy is merged. */
static void wait_while_still(void)
{
	while (cg_now_ms() < counters->still_until)
		cg_msleep(1);
}

static int make_and_remove(void *arg)
{
	unsigned int seed = getpid();
	int ret;

	for (;;) {
		wait_while_still();
		ret = tally(MKDIR, cg_mkdir(group(&seed)));
		if (!one_of(ret, -EEXIST, -ENOENT, -ENODEV, -EAGAIN))
			wrong("mkdir", ret);
		ret = tally(RMDIR, cg_rmdir(group(&seed)));
		if (!one_of(ret, -EBUSY, -ENOENT, -ENODEV, 0))
			wrong("rmdir", ret);
	}
	return !arg;
}

static int renames(void *arg)
{
	unsigned int seed = getpid();
	const char *dir;
	int from;

	for (;;) {
		wait_while_still();
		dir = fixed[rand_r(&seed) % ARRAY_SIZE(fixed)];
		from = rand_r(&seed) % GROUPS;
		if (!tally(RENAME, rename(cg_path("%s/g%d", dir, from),
					  cg_path("%s/renamed", dir))) &&
		    rename(cg_path("%s/renamed", dir), cg_path("%s/g%d", dir, from)))
			rename(cg_path("%s/renamed", dir), cg_path("%s/r%d", dir, from));
		cg_rmdir(cg_path("%s/r%d", dir, from));
		cg_msleep(1);
	}
	return !arg;
}

static int mounts(void *arg)
{
	unsigned int seed = getpid();
	char dir[32];
	int ret;

	snprintf(dir, sizeof(dir), "m%d", getpid());
	for (;;) {
		ret = tally(MOUNT, cg_mount(moving[rand_r(&seed) % ARRAY_SIZE(moving)], dir));
		if (!one_of(ret, -EBUSY, 0, 0, 0))
			wrong("mount", ret);
		if (ret)
			continue;
		ret = cg_mkdir(cg_path("%s/x", dir));
		if (!ret || ret == -EEXIST) {
			cg_put(cg_path("%s/x/tasks", dir), "0");
			cg_put(cg_path("%s/tasks", dir), "0");
			cg_rmdir(cg_path("%s/x", dir));
		}
		ret = cg_umount(dir);
		if (ret)
			wrong("umount", ret);
	}
	return !arg;
}

/* Bind subsystems to the hierarchies where all others work, and unbind them. */
static int binds(void *arg)
{
	unsigned int seed = getpid();
	int ret, goes;

	for (;;) {
		goes = rand_r(&seed) % 2;
		ret = cg_put(cg_path("%s/cgroup.subsystems", fixed[rand_r(&seed) % 3]), "%c%s",
			     "+-"[goes], added[rand_r(&seed) % ARRAY_SIZE(added)]);
		if (!one_of(tally(goes ? UNBIND : BIND, ret), -EBUSY, -EINVAL, -ENOSPC, 0))
			wrong("bind", ret);
		cg_msleep(rand_r(&seed) % 20);
	}
	return !arg;
}

/* The same by remount: added subsystems go, split-off ones come back, and another one comes. */
static int remounts(void *arg)
{
	unsigned int seed = getpid();
	int ret, which;

	for (;;) {
		which = rand_r(&seed) % 3;
		ret = cg_remount(cg_path("%s,%s", fixed_options[which],
					 added[rand_r(&seed) % ARRAY_SIZE(added)]), fixed[which]);
		if (!one_of(tally(REMOUNT, ret), -EBUSY, -ENOSPC, 0, 0))
			wrong("remount", ret);
		cg_msleep(rand_r(&seed) % 50);
	}
	return !arg;
}

/* Send signals that a process without handlers does not notice. */
static int signals(void *arg)
{
	static const char * const names[] = { "0", "CONT", "WINCH", "URG" };
	unsigned int seed = getpid();
	int ret;

	for (;;) {
		ret = cg_put("h1/cgroup.subsystems", "+signal");
		if (!one_of(ret, -EINVAL, 0, 0, 0))
			wrong("bind of signal", ret);
		ret = cg_put(cg_path("h1/g%d/signal.%s", rand_r(&seed) % GROUPS,
				     rand_r(&seed) % 2 ? "send" : "tree"),
			     "%s", names[rand_r(&seed) % ARRAY_SIZE(names)]);
		if (!one_of(tally(SIGNAL, ret), -ENOENT, -ENODEV, -ESRCH, 0))
			wrong("signal", ret);
		cg_msleep(rand_r(&seed) % 10);
	}
	return !arg;
}

/* Check the css_sets, in whichever hierarchy debug is now. */
static void look_at_css_sets(void)
{
	int i, nr;

	for (i = 0; i < 3; i++) {
		nr = tally(LOOK, cg_num(cg_path("%s/debug.css_sets_wrong", fixed[i])));
		if (nr > 0)
			wrong("css_sets with wrong csses", nr);
	}
}

/* A group begins to inherit, or stops inheriting. */
static void flip(const char *path)
{
	int was = cg_num(path), ret;

	ret = was < 0 ? was : cg_put(path, "%d", !was);
	if (!one_of(tally(was == 1 ? OWN : INHERIT, ret), -ENOENT, -ENODEV, -EBUSY, 0))
		wrong("inherit", ret);
}

static int inherits(void *arg)
{
	/* the hierarchies of these subsystems, unless one is split off */
	static const char * const names[][2] = {
		{ "cpu", "cpuacct" }, { "pids", "memory" }, { "freezer", "devices" },
	};
	unsigned int seed = getpid();
	const char *path;
	int which;

	for (;;) {
		which = rand_r(&seed) % 3;
		path = cg_path("%s/%s.inherit", group_of(fixed[which], &seed),
			       names[which][rand_r(&seed) % 2]);
		flip(path);
		cg_msleep(rand_r(&seed) % 10);
		/* back again, or most groups would be removed before both have happened */
		if (rand_r(&seed) % 2)
			flip(path);
	}
	return !arg;
}

/*
 * Hierarchies are split and merged again. If a tree has changed meanwhile, the merge is
 * refused, and the split-off hierarchy is emptied and unmounted. On a slow kernel that is nearly
 * always so: now and then those who change the trees wait, and all others go on.
 */
static int splits(void *arg)
{
	static const char * const what[] = { "cpuacct", "memory", "devices" };
	unsigned int seed = getpid();
	int ret, which;

	for (;;) {
		which = rand_r(&seed) % 3;
		/* not for ever: this worker may be frozen meanwhile */
		if (rand_r(&seed) % 4 == 0)
			counters->still_until = cg_deadline(500);
		ret = cg_put(cg_path("%s/cgroup.split", fixed[which]), "name=split %s",
			     what[which]);
		if (tally(SPLIT, ret)) {
			wrong("split", ret);
			continue;
		}
		if (rand_r(&seed) % 2)
			cg_msleep(rand_r(&seed) % 5);
		ret = cg_put(cg_path("%s/cgroup.merge", fixed[which]), "name=split");
		counters->still_until = 0;
		if (!one_of(tally(MERGE, ret), -EINVAL, -ENOSPC, 0, 0))
			wrong("merge", ret);
		if (!ret)
			continue;
		/* remove its groups, so that it goes and its subsystem can come back */
		ret = cg_mount("name=split", "split");
		if (ret)
			wrong("mount split", ret);
		cg_empty("split");
		ret = cg_umount("split");
		if (ret)
			wrong("umount split", ret);
		ret = cg_put(cg_path("%s/cgroup.subsystems", fixed[which]), "+%s",
			     what[which]);
		/* EINVAL: a remount has brought it back before */
		if (!one_of(ret, -EINVAL, 0, 0, 0))
			wrong("bind again", ret);
		cg_msleep(rand_r(&seed) % 50);
	}
	return !arg;
}

static int attaches(void *arg)
{
	unsigned int seed = getpid();
	int ret;

	for (;;) {
		ret = cg_put(cg_path("%s/%s", group(&seed),
				     rand_r(&seed) % 2 ? "tasks" : "cgroup.procs"),
			     "%d", rand_r(&seed) % 2 ? 0 : getppid());
		/* a group that was made while cpuset was bound has no CPUs yet */
		if (!one_of(tally(ATTACH, ret), -ENOENT, -ENODEV, -ESRCH, -ENOSPC))
			wrong("attach", ret);
		if (rand_r(&seed) % 4 == 0)
			cg_put(cg_path("%s/tasks", fixed[rand_r(&seed) % 3]), "0");
	}
	return !arg;
}

static void *thread_life(void *arg)
{
	return arg;
}

static int process_life(void *seed)
{
	pthread_t id;

	if (rand_r(seed) % 3 == 0)
		cg_exec_true(NULL);
	if (!pthread_create(&id, NULL, thread_life, NULL))
		pthread_join(id, NULL);
	return 0;
}

static int forks(void *arg)
{
	unsigned int seed = getpid();

	for (;;) {
		cg_put(cg_path("%s/cgroup.procs", group(&seed)), "0");
		tally(FORK, cg_fork_wait(process_life, &seed));
	}
	return !arg;
}

static void *execs_program(void *arg)
{
	_exit(cg_exec_true(arg));
	return arg;
}

/* Exec by a thread that is not the leader, while another thread exits. */
static int execs_among_threads(void *arg)
{
	pthread_t id;

	pthread_create(&id, NULL, thread_life, NULL);
	pthread_create(&id, NULL, execs_program, NULL);
	cg_pause();
}

static int execs(void *arg)
{
	unsigned int seed = getpid();

	for (;;) {
		cg_put(cg_path("%s/cgroup.procs", group(&seed)), "0");
		tally(EXEC, cg_fork_wait(execs_among_threads, NULL));
	}
	return !arg;
}

/* Thaw the groups that freezes() may have frozen, whatever their names are now. */
static void thaw_all(void)
{
	cg_thaw_below("h2", 1);
}

static int freezes(void *arg)
{
	unsigned int seed = getpid();
	const char *path;
	int ret;

	for (;;) {
		path = cg_path("h2/g%d/freezer.state", rand_r(&seed) % GROUPS);
		ret = cg_put(path, "FROZEN");
		if (!one_of(tally(FREEZE, ret), -ENOENT, -ENODEV, 0, 0))
			wrong("freeze", ret);
		cg_text(path);
		cg_msleep(rand_r(&seed) % 8);
		thaw_all();
	}
	return !arg;
}

static int reads(void *arg)
{
	static const char * const files[] = {
		"tasks", "cgroup.procs", "cpu.stat", "pids.current", "memory.stat",
		"notify_on_release", "devices.list", "memory.usage_in_bytes",
	};
	static char buf[CG_TEXT_LEN];
	unsigned int seed = getpid();
	int n;

	for (;;) {
		n = cg_read(cg_path("%s/%s", group(&seed), files[rand_r(&seed) % 8]), buf,
			    sizeof(buf));
		tally(READ, n < 0 ? n : 0);
		cg_read(cg_path("/proc/%d/cgroup", rand_r(&seed) % 2 ? getpid() : getppid()),
			buf, sizeof(buf));
		cg_read("/proc/cgroups", buf, sizeof(buf));
		cg_read("/proc/self/mountinfo", buf, sizeof(buf));
		look_at_css_sets();
	}
	return !arg;
}

static int enters_namespace(void *arg)
{
	return unshare(CLONE_NEWCGROUP) || !*cg_text("/proc/self/cgroup");
}

static int namespaces(void *arg)
{
	for (;;)
		tally(NAMESPACE, cg_fork_wait(enters_namespace, NULL));
	return !arg;
}

static int mount_fixed(void)
{
	int i, ret = cg_setup();

	counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 3 && !ret; i++)
		ret = cg_mount_retry(fixed_options[i], fixed[i]);
	return counters == MAP_FAILED ? -ENOMEM : ret;
}

#define STRESS_FIXTURE(name) \
	FIXTURE(name) { int unused; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, mount_fixed()); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		thaw_all(); \
		EXPECT_EQ(0, cg_teardown()); \
	}

static int (*workers[])(void *) = {
	make_and_remove, make_and_remove, renames, mounts, mounts, attaches,
	attaches, forks, forks, freezes, reads, namespaces, execs,
	/* only on this core */
	binds, inherits, splits, remounts, signals,
};

_Static_assert(ARRAY_SIZE(workers) <= MAX_WORKERS, "one counter per worker");

#define BEYOND_WORKERS	5	/* the last of them */

static int nr_workers(void)
{
	return ARRAY_SIZE(workers) - (cg_is_mainline() ? BEYOND_WORKERS : 0);
}

/*
 * Workers that are stopped first, in this order. An attacher, even a killed one, may move
 * the test into a group that is frozen at this time, so the worker that thaws must run on.
 * Renames are stopped too, because thaw_all() does not find all groups meanwhile.
 */
static int (*stopped_first[])(void *) = { attaches, freezes, renames };

/* Each subsystem can be mounted alone, although all were in use. */
static void all_are_free(struct __test_metadata *_metadata)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		if (!cg_usable(list[i].name))
			continue;
		EXPECT_EQ(0, cg_mount_retry(cg_path("%s,name=after%d", list[i].name, i), "f"))
			TH_LOG("%s", list[i].name);
		cg_umount("f");
	}
}

static void go_to_the_roots(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		cg_put(cg_path("%s/cgroup.procs", fixed[i]), "0");
}

/* Workers start in the roots: none may be in a group that it freezes itself for ever. */
static int start_worker(void *arg)
{
	int (**worker)(void *) = arg;

	me = worker - workers;
	go_to_the_roots();
	return (*worker)(NULL);
}

static int nr_kinds(void)
{
	return cg_is_mainline() ? BIND : NR_KINDS;
}

static bool each_kind_succeeded(void)
{
	int i;

	for (i = 0; i < nr_kinds(); i++)
		if (!counters->done[i])
			return false;
	return true;
}

/* Run for MS. If EACH_KIND, run on until each kind has succeeded, as long as there is time. */
static void run_workers(struct __test_metadata *_metadata, int ms, bool each_kind)
{
	long long end = cg_now_ms() + ms, latest = end + 3LL * ms * cg_slow();
	pid_t pid[ARRAY_SIZE(workers)];
	int i, j;

	for (i = 0; i < nr_workers(); i++) {
		pid[i] = cg_spawn(start_worker, &workers[i]);
		ASSERT_LT(0, pid[i]);
	}
	while (cg_now_ms() < end ||
	       (each_kind && !each_kind_succeeded() && cg_now_ms() < latest)) {
		cg_msleep(200);
		/* the attachers move the test too, even into frozen groups */
		go_to_the_roots();
	}
	for (i = 0; i < ARRAY_SIZE(stopped_first); i++)
		for (j = 0; j < nr_workers(); j++) {
			if (workers[j] != stopped_first[i])
				continue;
			EXPECT_EQ(0, cg_kill(pid[j]))
				TH_LOG("worker %d does not die", j);
		}
	/*
	 * Leave the groups to which the attachers have moved the test. Not yet with
	 * cg_leave(): it opens a file on every mount, and a worker that unmounts at the
	 * same time would get EBUSY.
	 */
	go_to_the_roots();
	thaw_all();
	cg_kill_children();
	cg_leave();
	/* the mounts of the killed workers */
	umount2("split", MNT_DETACH);
	for (i = 0; i < nr_workers(); i++)
		umount2(cg_path("m%d", pid[i]), MNT_DETACH);
}

static void judge(struct __test_metadata *_metadata)
{
	int i;

	for (i = 0; i < nr_kinds(); i++)
		TH_LOG("%s: %ld of %ld", kind_names[i], counters->done[i], counters->tried[i]);
	for (i = 0; i < nr_workers(); i++)
		EXPECT_LT(0, counters->turns[i])
			TH_LOG("worker %d did nothing", i);
	EXPECT_LT(0, counters->done[MOUNT]);
	if (!cg_is_mainline())
		EXPECT_LT(0, counters->tried[MERGE]);
	EXPECT_TRUE(cg_has_pid("h0/tasks", getpid()));
	/* debug may be in a hierarchy whose worker was killed */
	if (!cg_is_mainline())
		EXPECT_EQ(0, cg_debug_num("css_sets_wrong"));
	EXPECT_EQ(0, counters->wrong);
	cg_sweep();
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, cg_umount(fixed[i]));
}

STRESS_FIXTURE(stress);

TEST_F_TIMEOUT(stress, everything_at_once, 280)
{
	run_workers(_metadata, cg_phase_ms(60000), true);
	EXPECT_TRUE(each_kind_succeeded());
	judge(_metadata);
}

STRESS_FIXTURE(beyond);

/* No child is left, so no hierarchy is left, and each subsystem can be mounted. */
TEST_F_TIMEOUT(beyond, every_subsystem_is_free_afterwards, 200)
{
	run_workers(_metadata, 10000, false);
	judge(_metadata);
	EXPECT_EQ(0, cg_sweep())
		TH_LOG("hierarchies left: %s", cg_text("/proc/self/cgroup"));
	all_are_free(_metadata);
}

TEST_HARNESS_MAIN
