// SPDX-License-Identifier: GPL-2.0
/* timeout: 560 */
/*
 * Compares the kernel with a model (cg_model.h): random operations run on both, and after
 * each operation both must have the same result and the same state.  What is compared, and
 * how often (cg_model_view.c has the numbers):
 *
 *   after each operation
 *			its result; /proc/cgroups, mountinfo, and /proc/PID/cgroup of the
 *			test and of each task.  In each cgroup of each mounted hierarchy:
 *			which files and children exist, members, values, what is
 *			inherited; the csses, if debug is bound there
 *   when they should have changed, else each 4th time
 *			notify_on_release, cgroup.clone_children, release_agent
 *   when they should have changed, else each 8th time
 *			the csses of each task.  The task reads them itself, so not while
 *			it is frozen.  The hierarchy with debug is mounted, or it is
 *			mounted for the look
 *   each 4th time	the same while debug is bound nowhere: debug is mounted for the look
 *   when it has lost its last mount, then each 8th time
 *			a hierarchy that is mounted nowhere, like all others: it is
 *			mounted for the look.  For two kinds, only /proc is compared:
 *			without children, a hierarchy would go with the unmount; with
 *			neither a name nor a stateful subsystem, mount options may not
 *			tell it from others
 *   each 16th time	modes of files
 *   each 32nd time	that /proc/cgroups counts no removed cgroup for long
 *
 * The values are those of m_files in cg_model.c; cpuset.cpus, cpuset.mems and devices.list,
 * which are never written; pids.current; and the three of freezer.  Of usage, statistics and
 * all other files, only the existence is compared.
 *
 * A list of operations that fails is shortened and printed.  These variables are taken from
 * the environment, in a guest from run-tests --append "NAME=VALUE ...":
 *
 *   CG_SECONDS=	how many seconds each comparison runs, by default 40, and 10 beside owners
 *   CG_SEED=		use only this seed
 *   CG_OPS=		run only this list of operations, as printed, with the dot at its end
 *   CG_LIE=KIND:N	plant a mistake that must be found: from its Nth success on, the model
 *			ignores each KIND of operation (mkdir, attach, ...)
 *   CG_VERBOSE=1	print each operation before it is run
 */
#define _GNU_SOURCE
#include "cg_test.h"
#include "cg_model.h"
#include "cg_owners.h"

#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#define MAX_OPS		300
#define SHRINK_MS	60000
#define ANSWER_MS	20000
#define SLOTS_TEXT	4096
#define ORDER_SLOTS	M_KINDS

/* the second mkdir of this list is about its eighth operation */
#define LIE_OPS		20
#define LIE_SEED	2886

/* With these, all that all_happened() requires happens at least three times. */
static const unsigned int fixed_seeds[] = { 49786, 665, 1991, 2434 };

#define MAX_ERRNO	134

/* How often each result was right, over all lists. */
static long counts[M_KINDS][MAX_ERRNO];

/* How often an operation was refused only because of debug.needs. */
static long counts_needs[M_KINDS];

static struct model model;
static int list_ops = MAX_OPS;	/* in each list */
static unsigned int taken;	/* the subsystems of the owners, who are not in the model */
static struct m_view view;
static bool verbose;

/* Has no operation been run since the last fresh start? */
static bool fresh;

/* A planted mistake: the model ignores each KIND of operation from its FROM-th success on. */
static struct {
	int kind, from;		/* from 0: no mistake */
	int seen;		/* in this list */
} lie;

/*
 * Tasks of the test.  Each task has a socket of its own for orders.  All tasks have all sockets
 * open.
 */

static int tester_end[M_TASKS], task_end[M_TASKS];

static void *serve(void *arg);

static int make_sockets(void)
{
	int t, fds[2];

	for (t = 0; t < M_TASKS; t++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds))
			return -errno;
		tester_end[t] = fds[0];
		task_end[t] = fds[1];
	}
	return 0;
}

static void tell(int fd, int value)
{
	if (write(fd, &value, sizeof(value)) != sizeof(value))
		_exit(1);
}

static int begin_serving(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tell(task_end[(long)arg], getpid());
	serve(arg);
	return 0;
}

/* Make a sibling, so that all processes are children of the test, which reaps them. */
static int make_process(int slot)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!pid)
		_exit(begin_serving((void *)(long)slot));
	return pid < 0 ? -errno : 0;
}

static void *begin_thread(void *arg)
{
	tell(task_end[(long)arg], syscall(SYS_gettid));
	return serve(arg);
}

static int make_thread(int slot)
{
	pthread_attr_t attr;
	pthread_t id;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	return -pthread_create(&id, &attr, begin_thread, (void *)(long)slot);
}

/* Send the csses of this task, as it reads them. */
static void tell_slots(int fd, int point)
{
	char path[64], text[SLOTS_TEXT] = "";
	int n, file;

	snprintf(path, sizeof(path), "m%d/debug.current_css_set", point);
	file = open(path, O_RDONLY | O_CLOEXEC);
	n = file < 0 ? 0 : read(file, text, sizeof(text) - 1);
	if (file >= 0)
		close(file);
	if (write(fd, text, n > 0 ? n + 1 : 1) < 0)
		_exit(1);
}

/*
 * An order is a kind of operation and a slot or a mount point.  The answer is 0, a negative
 * errno, or the text of tell_slots().
 */
static void *serve(void *arg)
{
	int order, fd = task_end[(long)arg];

	while (read(fd, &order, sizeof(order)) == sizeof(order)) {
		int slot = order % M_TASKS;

		switch (order / M_TASKS) {
		case M_FORK:
			tell(fd, make_process(slot));
			break;
		case M_THREAD:
			tell(fd, make_thread(slot));
			break;
		case M_EXIT:
			return NULL;
		case ORDER_SLOTS:
			tell_slots(fd, slot);
			break;
		}
	}
	_exit(1);
}

static int hear(int slot)
{
	struct pollfd p = { .fd = tester_end[slot], .events = POLLIN };
	int value;

	if (poll(&p, 1, ANSWER_MS * cg_slow()) != 1)
		return -ETIMEDOUT;
	return read(p.fd, &value, sizeof(value)) == sizeof(value) ? value : -EPIPE;
}

/* Ask all of these tasks at the same time. */
static int ask_slots(const bool due[M_TASKS], int point, const char *answer[M_TASKS])
{
	static char text[M_TASKS][SLOTS_TEXT];
	int t;

	for (t = 0; t < M_TASKS; t++) {
		answer[t] = due[t] ? text[t] : NULL;
		if (answer[t])
			tell(tester_end[t], ORDER_SLOTS * M_TASKS + point);
	}
	for (t = 0; t < M_TASKS; t++) {
		struct pollfd p = { .fd = tester_end[t], .events = POLLIN };

		if (!answer[t])
			continue;
		if (poll(&p, 1, ANSWER_MS * cg_slow()) != 1)
			return -ETIMEDOUT;
		if (read(p.fd, text[t], sizeof(text[t])) <= 0)
			return -EPIPE;
	}
	return 0;
}

static int run_fork(const struct m_act *act)
{
	int ret;

	if (act->task == M_NONE) {
		ret = cg_spawn(begin_serving, (void *)(long)act->slot);
	} else {
		tell(tester_end[act->task], act->kind * M_TASKS + act->slot);
		ret = hear(act->task);
	}
	if (ret >= 0)
		ret = hear(act->slot);
	if (ret < 0)
		return ret;
	view.pid[act->slot] = ret;
	return 0;
}

/* Wait until a task that exits is gone. */
static int wait_end(int task)
{
	int leader = model.task[task].leader;
	long long end = cg_deadline(ANSWER_MS);
	const char *path;

	if (leader == task)
		return cg_wait_exit(view.pid[task], ANSWER_MS) < 0 ? -ETIMEDOUT : 0;
	path = cg_path("/proc/%d/task/%d", view.pid[leader], view.pid[task]);
	while (cg_exists(path)) {
		if (cg_now_ms() > end)
			return -ETIMEDOUT;
		sched_yield();
	}
	return 0;
}

static int run_exit(const struct m_act *act)
{
	tell(tester_end[act->task], M_EXIT * M_TASKS);
	return wait_end(act->task);
}

/*
 * Operations on the kernel: 0 or a negative errno
 */

static int run_attach(const struct m_act *act)
{
	if (act->odd)
		return cg_put(act->path, "%s", act->text);
	return cg_put(act->path, "%d", view.pid[act->task]);
}

static int run_merge(const struct m_act *act)
{
	if (!act->by_id)
		return cg_put(act->path, "%s", act->text);
	return cg_put(act->path, "%d", view.hier_id[act->other]);
}

/* Wait until all processes that the signal kills in the model are gone. */
static int run_signal(const struct m_act *act)
{
	struct m_faults faults;
	struct model after = model;
	int t, ret = cg_put(act->path, "%s", act->text);

	model_apply(&after, act, &faults);
	for (t = 0; t < M_TASKS && !ret; t++)
		if (model.task[t].live && !after.task[t].live && model.task[t].leader == t)
			ret = wait_end(t);
	return ret;
}

static int run(const struct m_act *act)
{
	switch (act->kind) {
	case M_MKDIR:
		return cg_mkdir(act->path);
	case M_RMDIR:
		return cg_rmdir(act->path);
	case M_RENAME:
		return rename(act->path, act->text) ? -errno : 0;
	case M_MOUNT:
		return cg_mount(act->text, act->path);
	case M_UMOUNT:
		return cg_umount(act->path);
	case M_REMOUNT:
		return cg_remount(act->text, act->path);
	case M_MERGE:
		return run_merge(act);
	case M_ATTACH:
		return run_attach(act);
	case M_FORK:
	case M_THREAD:
		return run_fork(act);
	case M_EXIT:
		return run_exit(act);
	case M_SIGNAL:
		return run_signal(act);
	default:
		return cg_put(act->path, "%s", act->text);
	}
}

/*
 * Lists of operations
 */

static unsigned int what_there_is(void)
{
	unsigned int has = 0;

	if (cg_mount("pids", "m0") || cg_mkdir("m0/g0"))
		return 0;
	has |= cg_exists("m0/cgroup.subsystems") ? M_HAS_SUBSYSTEMS : 0;
	has |= cg_exists("m0/cgroup.merge") ? M_HAS_MERGE : 0;
	has |= cg_exists("m0/cgroup.split") ? M_HAS_SPLIT : 0;
	has |= cg_exists("m0/g0/pids.inherit") ? M_HAS_INHERIT : 0;
	has |= cg_usable("signal") ? M_HAS_SIGNAL : 0;
	has |= cg_usable("oom") ? M_HAS_OOM : 0;
	cg_rmdir("m0/g0");
	cg_umount("m0");
	return has;
}

/* Clear debug.needs.  debug is mounted with all subsystems that it can need. */
static int reset_needs(void)
{
	char list[256] = "";

	model_list(M_STATEFUL_MASK & ~taken & ~(cg_usable("oom") ? 0 : 1U << S_OOM), ",", list,
		   sizeof(list));
	return cg_mount(list, "m0") ?: cg_put("m0/debug.needs", "\n") ?: cg_umount("m0");
}

/* The values of root csses outlive all hierarchies. */
static int reset_roots(void)
{
	int i, ret = reset_needs();

	for (i = 0; i < M_FILES && !ret; i++) {
		const struct m_file *f = &m_files[i];

		if (!f->on_root || (taken & (1U << f->ss)))
			continue;
		ret = cg_mount(m_subsys[f->ss], "m0") ?:
		      cg_put(cg_path("m0/%s", f->name), "%s", f->text[0]) ?:
		      cg_umount("m0");
	}
	return ret;
}

/* Is there no hierarchy but that of the owners? */
static bool all_gone(void)
{
	char *text = (char *)cg_text("/proc/self/cgroup");

	return !*text || (taken && strstr(text, M_OTHERS) &&
			  strchr(text, '\n') == strrchr(text, '\n'));
}

static int start_over(unsigned int has)
{
	int p, ret;

	if (fresh)
		return 0;
	cg_thaw_all();
	cg_kill_children();
	for (p = 0; p <= M_LOOK; p++)
		while (!umount2(cg_path("m%d", p), 0))
			;
	if (cg_sweep() || !all_gone())
		return -EBUSY;
	model_init(&model, has, taken);
	model_view_init(&view);
	lie.seen = 0;
	ret = reset_roots();
	fresh = !ret;
	return ret;
}

static void apply(const struct m_act *act, struct m_faults *faults)
{
	static struct model before;

	before = model;
	model_apply(&model, act, faults);
	if (lie.from && act->kind == lie.kind && !faults->nr && ++lie.seen >= lie.from)
		model = before;
}

/* Run one operation on both.  If they disagree, returns false with the reason in view.why. */
static bool step(const struct m_op *op)
{
	struct m_faults faults;
	struct m_act act;
	int ret;

	if (!model_pick(&model, op, &act))
		return true;
	if (verbose)
		fprintf(stderr, "# %s\n", model_say(&act));
	fresh = false;
	ret = run(&act);
	apply(&act, &faults);
	if (!model_may(&faults, ret)) {
		snprintf(view.why, sizeof(view.why), "result %d (%s), not %d", ret,
			 strerror(-ret), faults.nr ? -faults.err[0] : 0);
		return false;
	}
	counts[act.kind][-ret]++;
	counts_needs[act.kind] += faults.needs;
	return model_agrees(&model, &view);
}

static int left_over(void)
{
	snprintf(view.why, sizeof(view.why), "hierarchies are left after the clean-up: %s",
		 cg_text("/proc/self/cgroup"));
	return -1;
}

/* How many operations went well; NR if all did.  -1: a fresh start was not possible. */
static int run_list(const struct m_op *ops, int nr, unsigned int has)
{
	int i, ret = start_over(has);

	if (ret)
		return left_over();
	for (i = 0; i < nr; i++)
		if (!step(&ops[i]))
			return i;
	return start_over(has) ? left_over() : nr;
}

/* Drop operations that the failure does not need: halves, quarters, ... */
static int shrink(struct m_op *ops, int nr, unsigned int has)
{
	long long end = cg_deadline(SHRINK_MS);
	struct m_op less[MAX_OPS];
	int chunk, at, left, failed;

	for (chunk = nr / 2; chunk && cg_now_ms() < end; chunk = chunk > 1 ? (chunk + 1) / 2 : 0) {
		for (at = 0; at < nr && cg_now_ms() < end;) {
			left = nr - at < chunk ? nr - at : chunk;
			memcpy(less, ops, at * sizeof(*ops));
			memcpy(less + at, ops + at + left, (nr - at - left) * sizeof(*ops));
			failed = run_list(less, nr - left, has);
			if (failed >= 0 && failed < nr - left) {
				nr = failed + 1;
				memcpy(ops, less, nr * sizeof(*ops));
			} else {
				at += left;
			}
		}
	}
	return nr;
}

/*
 * Run the list that is called NAME.  Returns 0 if it goes well.  Otherwise prints the list,
 * shortens it in OPS and returns its new length; -1: a fresh start was not possible.
 */
static int try_list(struct m_op *ops, int nr, unsigned int has, const char *name)
{
	int failed = run_list(ops, nr, has);

	if (failed == nr)
		return 0;
	fprintf(stderr, "# %s: after %d operations: %s\n", name, failed, view.why);
	if (failed < 0) {
		/* no other list can run either */
		model_print_list(ops, nr, &model, name);
		return failed;
	}
	nr = failed + 1;
	model_print_list(ops, nr, &model, name);
	nr = shrink(ops, nr, has);
	failed = run_list(ops, nr, has);
	if (failed == nr)
		fprintf(stderr, "# the shortened list does not fail each time\n");
	fprintf(stderr, "# %s: shortened to %d operations: %s\n", name, nr, view.why);
	model_print_list(ops, nr, &model, name);
	return nr;
}

static void random_list(struct m_op *ops, int nr, unsigned int seed)
{
	int i;

	for (i = 0; i < nr; i++)
		model_random(&ops[i], &seed);
}

static bool try_seed(unsigned int seed, unsigned int has)
{
	struct m_op ops[MAX_OPS];
	char name[32];

	snprintf(name, sizeof(name), "CG_SEED=%u", seed);
	random_list(ops, list_ops, seed);
	return !try_list(ops, list_ops, has, name);
}

/* "KIND:FROM" */
static bool parse_lie(const char *text)
{
	const char *number = strchr(text, ':');
	int i;

	for (i = 0; number && i < M_KINDS; i++) {
		if (strncmp(text, m_kind_names[i], number - text) ||
		    m_kind_names[i][number - text])
			continue;
		lie.kind = i;
		lie.from = atoi(number + 1);
	}
	return lie.from > 0;
}

FIXTURE(beyond) {
	unsigned int has;
};

FIXTURE_SETUP(beyond)
{
	int p;

	verbose = getenv("CG_VERBOSE");
	ASSERT_EQ(0, cg_setup());
	for (p = 0; p < M_POINTS; p++)
		ASSERT_EQ(0, cg_mkdir(cg_path("m%d", p)));
	ASSERT_EQ(0, make_sockets());
	view.ask = ask_slots;
	self->has = what_there_is();
	ASSERT_EQ(0, model_learn_files(self->has));
	if (getenv("CG_LIE"))
		ASSERT_TRUE(parse_lie(getenv("CG_LIE")));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, start_over(0));
	EXPECT_EQ(0, cg_teardown());
}

static long print_kind(int kind)
{
	char line[512] = "";
	long refused = 0;
	int err;

	for (err = 1; err < MAX_ERRNO; err++) {
		refused += counts[kind][err];
		if (counts[kind][err])
			snprintf(line + strlen(line), sizeof(line) - strlen(line), ", %s %ld",
				 strerrorname_np(err), counts[kind][err]);
	}
	if (counts_needs[kind])
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 " (%ld only because of debug.needs)", counts_needs[kind]);
	fprintf(stderr, "# %-8s %5ld done%s\n", m_kind_names[kind], counts[kind][0], line);
	return refused;
}

/*
 * Each kind was done, and each that can be refused was refused.  This is so even in the first
 * fixed list alone, after which a slow kernel may stop.  All fixed lists together also have
 * refusals because of debug.needs.
 */
static void all_happened(struct __test_metadata *_metadata, int lists)
{
	long refused, total = 0;
	int i;

	for (i = 0; i < M_KINDS; i++) {
		refused = print_kind(i);
		total += counts[i][0] + refused;
		EXPECT_LT(0, counts[i][0])
			TH_LOG("no %s was done", m_kind_names[i]);
		switch (i) {
		case M_MOUNT:
		case M_REMOUNT:
		case M_BIND:
		case M_MERGE:
		case M_SPLIT:
		case M_INHERIT:
			if (lists < (int)ARRAY_SIZE(fixed_seeds))
				break;
			EXPECT_LT(0, counts_needs[i])
				TH_LOG("no %s was refused because of debug.needs", m_kind_names[i]);
		}
		if (i == M_UMOUNT || i == M_EXIT)
			continue;
		EXPECT_LT(0, refused)
			TH_LOG("no %s was refused", m_kind_names[i]);
	}
	TH_LOG("%d lists of %d operations, %ld of them possible", lists, MAX_OPS, total);
	TH_LOG("looks: %ld at unmounted hierarchies, %ld with debug mounted for the look",
	       view.unmounted, view.alone);
	/* the other operations need objects that do not exist in their turn */
	EXPECT_LE(lists * MAX_OPS / 2, total);
	EXPECT_LT(0, view.unmounted);
	EXPECT_LT(0, view.alone);
}

/*
 * Run the list that CG_OPS or CG_SEED asks for, else the fixed lists (LEAST of them even if it
 * takes longer) and then random ones for MS.  Returns how many lists, 0 if one was asked for.
 */
static int agree(struct __test_metadata *_metadata, unsigned int has, int least, int ms)
{
	unsigned int base = cg_now_ms() * 1000003 + getpid() + time(NULL) * 65537;
	const char *list = getenv("CG_OPS"), *seed = getenv("CG_SEED"), *why;
	long long end = cg_now_ms() + cg_phase_ms(ms);
	struct m_op ops[MAX_OPS];
	int i;

	if (list) {
		i = model_parse_list(list, ops, MAX_OPS, &why);
		ASSERT_LT(0, i)
			TH_LOG("CG_OPS: %s", i ? why : "it is empty");
		ASSERT_EQ(0, try_list(ops, i, has, "CG_OPS"));
		return 0;
	}
	if (seed) {
		ASSERT_TRUE(try_seed(strtoul(seed, NULL, 10), has));
		return 0;
	}
	TH_LOG("seeds: the fixed ones, then %u + n", base);
	for (i = 0; i < least || cg_now_ms() < end; i++) {
		unsigned int at = i < ARRAY_SIZE(fixed_seeds) ? fixed_seeds[i] : base + i;

		ASSERT_TRUE(try_seed(at, has))
			TH_LOG("seed %u", at);
	}
	return i;
}

TEST_F_TIMEOUT(beyond, kernel_and_model_agree, 380)
{
	int lists = agree(_metadata, self->has, cg_slow() > 1 ? 1 : ARRAY_SIZE(fixed_seeds), 40000);

	if (!lists)
		return;
	all_happened(_metadata, lists);
	EXPECT_EQ(M_HAS_ALL, self->has);
}

/*
 * The same beside owners of subtrees who write all they may, in a hierarchy with some of the
 * subsystems.  The model does without these.  On a slow kernel the list is short, unless CG_SECONDS
 * asks for more.
 */
TEST_F_TIMEOUT(beyond, they_agree_beside_owners, 380)
{
	char list[256] = "";

	taken = 1U << S_CPU | 1U << S_MEMORY | 1U << S_FREEZER | 1U << S_NET_CLS | 1U << S_PIDS |
		1U << S_SIGNAL;
	model_list(taken, ",", list, sizeof(list));
	ASSERT_EQ(0, cg_mount(cg_path("%s," M_OTHERS, list), "others"));
	cg_spared.hierarchy = M_OTHERS;
	ASSERT_EQ(0, cg_owners_start("others", 3));
	fresh = false;
	if (cg_slow() > 1 && !cg_phase_ms(0))
		list_ops = MAX_OPS / 15;
	agree(_metadata, self->has & ~M_HAS_SIGNAL, 1, 10000);
	EXPECT_EQ(0, cg_owners_get_on(60000));
	EXPECT_EQ(0, cg_owners_stop());
	ASSERT_EQ(0, start_over(0));
	cg_empty("others");
	ASSERT_EQ(0, cg_umount("others"));
	cg_spared.hierarchy = NULL;
	taken = 0;
	fresh = false;
}

/*
 * A mistake in the model is found, and the list is shortened.  When the printed list is read
 * and run again, it fails at its last operation, and does not fail without it.
 */
static void find_lie(struct __test_metadata *_metadata, unsigned int has, const char *text)
{
	struct m_op ops[LIE_OPS], again[LIE_OPS];
	char printed[M_LIST_TEXT(LIE_OPS)];
	const char *why;
	int nr;

	ASSERT_TRUE(parse_lie(text));
	random_list(ops, LIE_OPS, LIE_SEED);
	nr = try_list(ops, LIE_OPS, has, text);
	ASSERT_LT(0, nr);
	EXPECT_GE(5, nr);
	model_list_text(ops, nr, printed);
	ASSERT_EQ(nr, model_parse_list(printed, again, LIE_OPS, &why));
	EXPECT_EQ(nr - 1, run_list(again, nr, has));
	EXPECT_EQ(nr - 1, run_list(again, nr - 1, has));
	lie.from = 0;
	EXPECT_EQ(nr, run_list(again, nr, has));
}

TEST_F(beyond, a_mistake_is_found_and_its_list_shortened)
{
	find_lie(_metadata, self->has, "mkdir:2");
}

/* A list that was cut off is not run, because it would go well. */
TEST(lists_are_read_whole_or_not_at_all)
{
	struct m_op ops[3], again[3];
	char text[M_LIST_TEXT(3)];
	const char *why;
	int i, len;

	random_list(ops, 3, 1);
	model_list_text(ops, 3, text);
	ASSERT_EQ(3, model_parse_list(text, again, 3, &why));
	EXPECT_EQ(0, memcmp(ops, again, sizeof(ops)));
	EXPECT_EQ(-1, model_parse_list(text, again, 2, &why));
	len = strlen(text);
	for (i = 0; i < len; i++) {
		char bad[M_LIST_TEXT(3)];

		snprintf(bad, sizeof(bad), "%.*s", i, text);
		EXPECT_EQ(-1, model_parse_list(bad, again, 3, &why))
			TH_LOG("'%s'", bad);
		memcpy(bad, text, len + 1);
		bad[i] = 'z';
		EXPECT_EQ(-1, model_parse_list(bad, again, 3, &why))
			TH_LOG("'%s'", bad);
	}
}

TEST_HARNESS_MAIN
