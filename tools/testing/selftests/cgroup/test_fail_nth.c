// SPDX-License-Identifier: GPL-2.0
/* timeout: 900 */
/* may-skip: main */
/*
 * Each allocation of an operation is made to fail, one at a time, by /proc/self/fail-nth. The
 * operations are: mount, remount, mkdir, rename, the first look-up of a group's files, a read
 * of its members, attach, fork, a new cgroup namespace, and changes of hierarchies in use.
 * Allocations of per-CPU memory fail too (patches/0013). If the time (CG_SECONDS for each
 * operation) is too short for all allocations, those that fail are spread evenly. An operation
 * that fails leaves the whole visible state as it was, and leaks no memory. Skipped on kernels
 * without fault injection.
 */
#include "cg_test.h"

#include <dirent.h>
#include <sys/rseq.h>

#define DEBUG	"/sys/kernel/debug"
#define LEAKS	DEBUG "/kmemleak"
#define INJECT	DEBUG "/failslab"
#define PAGES	DEBUG "/fail_page_alloc"

/* ---- injection ---- */

static int set_nth(int nth)
{
	return cg_put("/proc/thread-self/fail-nth", "%d", nth);
}

/* 0: an allocation has failed; otherwise the operation had fewer allocations. */
static int left_nth(void)
{
	return cg_num("/proc/thread-self/fail-nth");
}

/* The mount is in the mount namespace of the test. */
static void need_debugfs(void)
{
	if (access(DEBUG "/sched", F_OK) && access(LEAKS, F_OK))
		mount("debug", DEBUG, "debugfs", 0, NULL);
}

static bool can_inject(void)
{
	need_debugfs();
	return !access("/proc/thread-self/fail-nth", W_OK) && !access(INJECT, F_OK);
}

static int arm(void)
{
	return cg_put(INJECT "/ignore-gfp-wait", "N") ?:
	       cg_put(INJECT "/verbose", "0") ?:
	       cg_put(PAGES "/ignore-gfp-wait", "N") ?:
	       cg_put(PAGES "/ignore-gfp-highmem", "N") ?:
	       cg_put(PAGES "/min-order", "0") ?:
	       cg_put(PAGES "/verbose", "0");
}

/* Trace rstat flushes, also in operations that fail halfway. */
static void trace_flushes(bool on)
{
	static const char event[] = DEBUG "/tracing/events/cgroup/cgroup_rstat_locked/enable";

	if (cg_exists(event))
		cg_put(event, on ? "1" : "0");
}

/* A write that makes a change, and the write that undoes it. */
struct change {
	const char *path;
	const char *text;
	const char *back_path;
	const char *back_text;
};

struct operation {
	int (*run)(void);
	int (*undo)(void);
};

/*
 *  h/              cpu, pids, freezer, devices; or all subsystems; or those of the variant
 *  |-- a/
 *  `-- b/
 */
FIXTURE(fail) { int unused; };
FIXTURE_VARIANT(fail) {
	struct operation op;
	const char *also;	/* mounted before at r/, NULL: nothing */
	const char *options;	/* of the mount at h/, NULL: the default */
	bool all;
	struct change change;
	bool undo_first;	/* the change is undone before the first run */
	bool moves_on;		/* each run makes a hierarchy with a new id */
};

static const struct change *change;

/* The words that bind, and unbind, each subsystem. */
static char all_come[1024], all_go[1024];

static pid_t witness;

/* Opened before an allocation is made to fail. */
static int fd_procs = -1, fd_tasks = -1, fd_subsystems = -1, fd_change = -1, fd_ns = -1;

static int do_mkdir(void)
{
	return mkdir("h/new", 0755) ? -errno : 0;
}

static int undo_mkdir(void)
{
	return cg_rmdir("h/new");
}

static int do_mount_new(void)
{
	return mount("c", "m", "cgroup", 0, "net_cls,perf_event,name=new") ? -errno : 0;
}

static int do_mount_named(void)
{
	return mount("c", "m", "cgroup", 0, "none,name=new") ? -errno : 0;
}

static int do_mount_memory(void)
{
	return mount("c", "m", "cgroup", 0, "memory,hugetlb,cpuset") ? -errno : 0;
}

static int do_mount_same(void)
{
	return mount("c", "m", "cgroup", 0, "cpu,pids,freezer,devices") ? -errno : 0;
}

static int undo_mount(void)
{
	return cg_umount("m");
}

static int do_remount(void)
{
	return mount("c", "r", "cgroup", MS_REMOUNT, "net_cls,misc") ? -errno : 0;
}

static int undo_remount(void)
{
	return cg_remount("net_cls", "r");
}

/* Some subsystems are bound and some unbound, with groups and tasks in them. */
static int do_remount_used(void)
{
	return mount("c", "h", "cgroup", MS_REMOUNT, "cpu,pids,memory,cpuset") ? -errno : 0;
}

static int undo_remount_used(void)
{
	return cg_remount("cpu,pids,freezer,devices", "h");
}

#define COMING "+memory +cpuset +net_cls +debug"
#define GOING "-pids -freezer -devices"

static int do_bind(void)
{
	return write(fd_subsystems, COMING, sizeof(COMING) - 1) > 0 ? 0 : -errno;
}

static int undo_bind(void)
{
	return cg_put("h/cgroup.subsystems", "-memory -cpuset -net_cls -debug");
}

static int do_unbind(void)
{
	return write(fd_subsystems, GOING, sizeof(GOING) - 1) > 0 ? 0 : -errno;
}

static int undo_unbind(void)
{
	return cg_put("h/cgroup.subsystems", "+pids +freezer +devices");
}

static int do_attach(void)
{
	return write(fd_tasks, "0", 1) == 1 ? 0 : -errno;
}

static int undo_attach(void)
{
	return cg_put("h/tasks", "0");
}

static char witness_text[16];

static int do_move_process(void)
{
	size_t len = strlen(witness_text);

	return write(fd_procs, witness_text, len) == len ? 0 : -errno;
}

static int undo_move_process(void)
{
	return cg_put("h/cgroup.procs", "%d", witness);
}

/*
 * The kernel writes the CPU to the memory that rseq(2) has registered. After a fork it has to
 * copy the page first. If this allocation fails, it kills the task, as rseq(2) says. So
 * unregister the memory.
 */
static void forget_rseq(void)
{
	if (__rseq_size)
		syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, 32,
			RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

static int do_fork(void)
{
	int pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		return -errno;
	waitpid(pid, NULL, 0);
	return 0;
}

static int do_nothing(void)
{
	return 0;
}

static int do_freeze(void)
{
	return write(fd_procs, "FROZEN", 6) == 6 ? 0 : -errno;
}

static int undo_freeze(void)
{
	return cg_put("h/b/freezer.state", "THAWED");
}

static int do_change(void)
{
	return write(fd_change, change->text, strlen(change->text)) > 0 ? 0 : -errno;
}

static int undo_change(void)
{
	return cg_put(change->back_path, "%s", change->back_text);
}

/* A merge with a process in h/a and r/b: its tasks have to be attached to the merged states. */
static int undo_merge_elsewhere(void)
{
	/* the mount that is left of the merged hierarchy */
	umount2("r", 0);
	return undo_change() ?: cg_mount("name=x", "r") ?:
	       cg_put("r/b/cgroup.procs", "%s", witness_text);
}

static int count(const char *dir)
{
	DIR *d = opendir(dir);
	int nr = 0;

	while (d && readdir(d))
		nr++;
	if (d)
		closedir(d);
	return nr;
}

static int look(void)
{
	int dir = open("h/new", O_RDONLY | O_DIRECTORY), ret;
	char buf[4096];

	if (dir < 0)
		return -errno;
	do {
		ret = syscall(SYS_getdents64, dir, buf, sizeof(buf));
	} while (ret > 0);
	ret = ret ? -errno : 0;
	close(dir);
	return ret;
}

/* The first look-up makes the files of a new group. If it fails, the next one succeeds. */
static int do_look(void)
{
	int ret = do_mkdir();

	if (ret)
		return ret;
	ret = access("h/new/pids.max", F_OK) ? -errno : look();
	if (ret) {
		set_nth(0);
		if (access("h/new/pids.max", F_OK) || count("h/new") != count("h/a"))
			return -EIO;
		undo_mkdir();
	}
	return ret;
}

static int do_rename(void)
{
	return rename("h/a", "h/c") ? -errno : 0;
}

static int undo_rename(void)
{
	return rename("h/c", "h/a") ? -errno : 0;
}

static int do_unshare(void)
{
	return unshare(CLONE_NEWCGROUP) ? -errno : 0;
}

static int undo_unshare(void)
{
	return setns(fd_ns, CLONE_NEWCGROUP) ? -errno : 0;
}

static int do_read_members(void)
{
	int fd = open("h/cgroup.procs", O_RDONLY), ret = 0;
	char buf[4096];

	if (fd < 0)
		return -errno;
	if (read(fd, buf, sizeof(buf)) <= 0)
		ret = -errno;
	close(fd);
	return ret;
}

#define FAIL(label, what, back, more) \
	FIXTURE_VARIANT_ADD(fail, label) { .op = { what, back }, .also = more }
#define FAIL_ALL(label, what, back) \
	FIXTURE_VARIANT_ADD(fail, label) { .op = { what, back }, .all = true }
FAIL(mkdir, do_mkdir, undo_mkdir, NULL);
FAIL_ALL(mkdir_all, do_mkdir, undo_mkdir);
FAIL(look, do_look, undo_mkdir, NULL);
FAIL(mount, do_mount_new, undo_mount, NULL);
FAIL(mount_named, do_mount_named, undo_mount, NULL);
FAIL(mount_memory, do_mount_memory, undo_mount, NULL);
FAIL(mount_same, do_mount_same, undo_mount, NULL);
FAIL(remount, do_remount, undo_remount, "net_cls");
FAIL(remount_used, do_remount_used, undo_remount_used, NULL);
FAIL(bind, do_bind, undo_bind, NULL);
FAIL(unbind, do_unbind, undo_unbind, NULL);
FAIL(attach, do_attach, undo_attach, NULL);
FAIL(move_process, do_move_process, undo_move_process, NULL);
FAIL_ALL(move_process_all, do_move_process, undo_move_process);
FAIL(fork, do_fork, do_nothing, NULL);
FAIL(rename, do_rename, undo_rename, NULL);
FAIL(unshare, do_unshare, undo_unshare, NULL);
FAIL(read_members, do_read_members, do_nothing, NULL);
FAIL(freeze, do_freeze, undo_freeze, NULL);

#define FAIL_CHANGE(label, to, word, back, back_word) \
	FAIL_CHANGE_LIKE(label, to, word, back, back_word, false, false)
#define FAIL_CHANGE_LIKE(label, to, word, back, back_word, undone, moving) \
	FIXTURE_VARIANT_ADD(fail, label) { \
		.op = { do_change, undo_change }, \
		.change = { to, word, back, back_word }, \
		.undo_first = undone, .moves_on = moving, \
	}
#define SUBSYSTEMS "h/cgroup.subsystems"
FAIL_CHANGE(inherit, "h/a/pids.inherit", "1", "h/a/pids.inherit", "0");
FAIL_CHANGE_LIKE(own, "h/a/cpu.inherit", "0", "h/a/cpu.inherit", "1", true, false);
#define MEMORY "memory,cpuset,pids,clone_children"
#define FAIL_OWN(label, file) \
	FIXTURE_VARIANT_ADD(fail, label) { \
		.op = { do_change, undo_change }, .change = { file, "0", file, "1" }, \
		.options = MEMORY, .undo_first = true, \
	}
FAIL_OWN(own_memory, "h/a/memory.inherit");
FAIL_OWN(own_cpuset, "h/a/cpuset.inherit");
FIXTURE_VARIANT_ADD(fail, bind_all) {
	.op = { do_change, undo_change },
	.change = { SUBSYSTEMS, all_come, SUBSYSTEMS, all_go },
	.options = "none,name=fail",
};

FAIL_CHANGE(bind_stateless, SUBSYSTEMS, "+signal", SUBSYSTEMS, "-signal");
FAIL_CHANGE(split, "h/cgroup.split", "name=x pids,freezer", "h/cgroup.merge", "name=x");
FAIL_CHANGE_LIKE(merge, "h/cgroup.merge", "name=x", "h/cgroup.split", "name=x pids,cpu",
		 true, true);
#define FAIL_MERGE_ELSEWHERE(label, mounted, what) \
	FIXTURE_VARIANT_ADD(fail, label) { \
		.op = { do_change, undo_merge_elsewhere }, \
		.change = { "h/cgroup.merge", "name=x", "h/cgroup.split", "name=x " what }, \
		.options = mounted, .undo_first = true, .moves_on = true, \
	}
FAIL_MERGE_ELSEWHERE(merge_elsewhere, NULL, "pids,cpu");
FAIL_MERGE_ELSEWHERE(merge_memory_elsewhere, MEMORY, "memory,cpuset");

FAIL_CHANGE(signal, "h/a/signal.tree", "0", "h/a/signal.tree", "0");

/* The number of groups, with dead ones that are still held, and the number of css_sets. */
struct census {
	struct cg_subsys list[CG_MAX_SUBSYS];
	int n;
	long long css_sets;
};

/* Take the census. The sum, which is returned, falls as long as removed groups are freed. */
static long long take(void *census)
{
	struct census *c = census;
	long long sum;
	int i;

	c->n = cg_subsystems(c->list);
	c->css_sets = cg_debug_num("css_sets");
	sum = c->css_sets;
	for (i = 0; i < c->n; i++)
		sum += c->list[i].cgroups;
	return sum;
}

static bool agree(const struct census *a, const struct census *b, const char **where)
{
	int i;

	*where = "css_sets";
	if (a->n != b->n || a->css_sets != b->css_sets)
		return false;
	for (i = 0; i < a->n; i++) {
		*where = a->list[i].name;
		if (a->list[i].cgroups != b->list[i].cgroups)
			return false;
	}
	return true;
}

/* Are the numbers soon those of BEFORE? No charges are held, so removed groups are freed. */
static bool as_many_as(const struct census *before)
{
	struct census now;
	const char *where;

	if (CG_SOON((take(&now), agree(before, &now, &where))))
		return true;
	fprintf(stderr, "# the number has changed: %s\n", where);
	return false;
}

FIXTURE_SETUP(fail)
{
	const char *procs = variant->op.run == do_freeze ? "h/b/freezer.state" :
			    "h/b/cgroup.procs";

	ASSERT_EQ(0, cg_setup());
	if (!can_inject())
		SKIP(return, "no fault injection in this kernel");
	ASSERT_EQ(0, arm());
	trace_flushes(true);
	ASSERT_EQ(0, mkdir("m", 0755));
	cg_all_words(all_come, "+", " ");
	cg_all_words(all_go, "-", " ");
	ASSERT_EQ(0, cg_mount_retry(variant->options ?: variant->all ? "all,clone_children" :
				    "cpu,pids,freezer,devices", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	if (variant->also)
		ASSERT_EQ(0, cg_mount_retry(variant->also, "r"));
	forget_rseq();
	witness = cg_threads(NULL, 5);
	ASSERT_LT(0, witness);
	cg_state_watch(witness);
	snprintf(witness_text, sizeof(witness_text), "%d", witness);
	/* a task has to be in a group where a subsystem is bound or unbound */
	change = &variant->change;
	if (variant->op.run == do_bind || variant->op.run == do_unbind ||
	    variant->op.run == do_remount_used || change->path)
		ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "%s", witness_text));
	if (change->path && !strcmp(change->path, "h/a/signal.tree"))
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+signal"));
	if (variant->undo_first)
		ASSERT_EQ(0, variant->op.undo());
	if (change->path)
		ASSERT_LE(0, fd_change = open(change->path, O_WRONLY));
	fd_subsystems = open("h/cgroup.subsystems", O_WRONLY);
	fd_tasks = open("h/a/tasks", O_WRONLY);
	fd_procs = open(procs, O_WRONLY);
	fd_ns = open("/proc/self/ns/cgroup", O_RDONLY);
	ASSERT_LE(0, fd_tasks);
	ASSERT_LE(0, fd_procs);
	ASSERT_LE(0, fd_ns);
}

FIXTURE_TEARDOWN(fail)
{
	set_nth(0);
	trace_flushes(false);
	close(fd_change);
	close(fd_subsystems);
	close(fd_tasks);
	close(fd_procs);
	/* the hierarchy of the last split is not mounted */
	if (variant->moves_on)
		EXPECT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	EXPECT_EQ(0, cg_teardown());
}

/* Hundreds of files take long to read: compare the state only after so many successes. */
#define LOOK_EVERY	25

static int gcd(int a, int b)
{
	return b ? gcd(b, a % b) : a;
}

#define TOO_MANY	10000

/* How many allocations an operation makes, or -errno. The operation is undone. */
static int count_allocations(const struct operation *op)
{
	int ret = set_nth(TOO_MANY) ?: op->run();
	int left = left_nth();

	return set_nth(0) ?: ret ?: op->undo() ?: TOO_MANY - left;
}

/* The time for one operation: enough for all its allocations unless the kernel is slow. */
#define VARIANT_MS	7000

/* The I-th number in an order of 1 to NR that begins with numbers spread over all of them. */
static int spread(int i, int nr)
{
	int step = nr * 0.618;

	while (step > 1 && gcd(step, nr) != 1)
		step--;
	return 1 + (int)((long long)i * (step ?: 1) % nr);
}

TEST_F_TIMEOUT(fail, each_allocation_can_fail, 600)
{
	const struct operation *op = &variant->op;
	int nth, ret, nr, nr_failed, refused = 0;
	struct census before;
	long long end;

	/* once without a failure, to fill the caches */
	ASSERT_EQ(0, op->run());
	ASSERT_EQ(0, op->undo());
	cg_msleep(200);
	/* the numbers after everything that was removed before has been freed */
	ASSERT_LT(0, cg_settled(take, &before, 20 * cg_slow()));
	ASSERT_LT(0, before.css_sets);
	cg_state_keep();
	ASSERT_LT(0, nr = count_allocations(op));
	if (variant->moves_on)
		cg_state_keep();
	end = cg_now_ms() + cg_phase_ms(VARIANT_MS);
	for (nr_failed = 0; nr_failed < nr && cg_now_ms() < end; nr_failed++) {
		nth = spread(nr_failed, nr);
		ASSERT_EQ(0, set_nth(nth));
		ret = op->run();
		set_nth(0);
		if (ret) {
			refused++;
			/* a fork may also fail with EAGAIN */
			ASSERT_TRUE(ret == -ENOMEM || (ret == -EAGAIN && op->run == do_fork))
				TH_LOG("allocation %d: error %d", nth, ret);
			ASSERT_TRUE(cg_state_kept())
				TH_LOG("after allocation %d failed", nth);
			continue;
		}
		/* the operation has succeeded; with new ids the state cannot be compared */
		if (variant->moves_on)
			ASSERT_EQ(0, cg_debug_num("css_sets_wrong"))
				TH_LOG("after a success without allocation %d", nth);
		ASSERT_EQ(0, op->undo());
		if (variant->moves_on)
			cg_state_keep();
		/* the operation has succeeded; a later comparison would show damage, too */
		if (!variant->moves_on && nr_failed % LOOK_EVERY)
			continue;
		ASSERT_TRUE(cg_state_comes_back())
			TH_LOG("after a success without allocation %d", nth);
	}
	EXPECT_TRUE(cg_state_comes_back());
	EXPECT_TRUE(as_many_as(&before));
	EXPECT_LT(0, refused);
	TH_LOG("%d of %d allocations failed, %d refusals", nr_failed, nr, refused);
}

/* ---- per-CPU memory ---- */

CG_FIXTURE(percpu);

static int refuse_pages(bool refuse)
{
	return cg_put(PAGES "/task-filter", "Y") ?: cg_put(PAGES "/times", "-1") ?:
	       cg_put(PAGES "/probability", refuse ? "100" : "0");
}

/*
 * Only pages are refused. A group of cpuacct takes its per-CPU memory from pages that are there,
 * so the mkdir fails only because an allocation of per-CPU memory counts as one of a page.
 */
TEST_F(percpu, an_allocation_is_refused_like_that_of_a_page)
{
	int i, ret, fd;

	if (!can_inject())
		SKIP(return, "no fault injection in this kernel");
	CG_NEED("cpuacct");
	fd = open("/proc/thread-self/make-it-fail", O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_mount("cpuacct", "h"));
	for (i = 0; i < 5; i++) {
		/* once without a failure, to fill the caches */
		ASSERT_EQ(0, do_mkdir());
		ASSERT_EQ(0, undo_mkdir());
		ASSERT_EQ(0, arm());
		ASSERT_EQ(0, refuse_pages(true));
		ASSERT_EQ(0, cg_put_fd(fd, "1"));
		ret = do_mkdir();
		ASSERT_EQ(0, cg_put_fd(fd, "0"));
		EXPECT_EQ(-ENOMEM, ret);
		EXPECT_EQ(0, refuse_pages(false));
		if (!ret)
			ASSERT_EQ(0, undo_mkdir());
	}
}

/* Scan twice: the first scan does not report new objects. */
static int scan(void)
{
	int ret = cg_put(LEAKS, "scan");

	cg_msleep(6000);
	return ret ?: cg_put(LEAKS, "scan");
}

CG_FIXTURE(leak);

/* Runs after the others: all memory of operations that failed must have been freed. */
TEST_F_TIMEOUT(leak, kmemleak_finds_nothing, 300)
{
	need_debugfs();
	if (access(LEAKS, W_OK))
		SKIP(return, "no kmemleak in this kernel");
	ASSERT_EQ(0, scan());
	EXPECT_STREQ("", cg_text(LEAKS));
}

TEST_HARNESS_MAIN
