// SPDX-License-Identifier: GPL-2.0
/* timeout: 420 */
/*
 * The kernel against a model (cg_model.h): random operations on both, and after
 * each the same result and the same state, in every file.
 *
 * A list of operations that fails is shortened and printed.  From the environment,
 * in a guest by run-tests --append "NAME=VALUE ...":
 *
 *   CG_SECONDS=	how long, 40 if not said
 *   CG_SEED=		this seed only
 *   CG_OPS=		this list of operations only, as printed
 *   CG_VERBOSE=1	say each operation before it is run
 */
#define _GNU_SOURCE
#include "cg_test.h"
#include "cg_model.h"

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

/* In these, all that all_happened() asks for happens three times or more. */
static const unsigned int fixed_seeds[] = { 1, 6, 82, 5117 };

#define MAX_ERRNO	134

/* How often which result was right, over all lists. */
static long counts[M_KINDS][MAX_ERRNO];

/* How often for a dependency alone. */
static long counts_needs[M_KINDS];

static struct model model;
static struct m_view view;
static bool verbose;

/*
 * Tasks of the test.  Each is served on a socket of its own, which all have.
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

/* A sibling: so that all are children of the test, which reaps them. */
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

/* What a task has of each subsystem, in its own words. */
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
 * Orders are a slot, or a mount point, and a kind of operation; an answer is 0 or a
 * negative errno, or that text.
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

/* All at the same time. */
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

/* Wait until a task that ends has ended. */
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

/* What the model says dies of it has to be dead before anybody looks. */
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
	cg_rmdir("m0/g0");
	cg_umount("m0");
	return has;
}

/* What a frozen task is told waits until it thaws, be it to die. */
static void thaw_below(const char *dir, int depth)
{
	char path[64];
	int name;

	snprintf(path, sizeof(path), "%s/freezer.state", dir);
	cg_put(path, "THAWED");
	for (name = 0; depth && name < M_DIRS; name++) {
		snprintf(path, sizeof(path), "%s/g%d", dir, name);
		if (cg_exists(path))
			thaw_below(path, depth - 1);
	}
}

/* Wherever freezer is now. */
static void thaw_all(void)
{
	char line[512], *list, *end;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && fgets(line, sizeof(line), f)) {
		list = strchr(line, ':');
		end = list ? strchr(list + 1, ':') : NULL;
		if (!end)
			continue;
		*end = 0;
		if (!cg_has_word(list + 1, "freezer") || cg_mount(list + 1, "thaw"))
			continue;
		thaw_below("thaw", M_DEPTH);
		cg_umount("thaw");
	}
	if (f)
		fclose(f);
}

/* In company of all that it can need. */
static int reset_needs(void)
{
	char list[256] = "";

	model_list(M_STATEFUL_MASK, ",", list, sizeof(list));
	return cg_mount(list, "m0") ?: cg_put("m0/debug.needs", "\n") ?: cg_umount("m0");
}

/* Values of root states outlive all hierarchies. */
static int reset_roots(void)
{
	int i, ret = reset_needs();

	for (i = 0; i < M_FILES && !ret; i++) {
		const struct m_file *f = &m_files[i];

		if (!f->on_root)
			continue;
		ret = cg_mount(m_subsys[f->ss], "m0") ?:
		      cg_put(cg_path("m0/%s", f->name), "%s", f->text[0]) ?:
		      cg_umount("m0");
	}
	return ret;
}

static int start_over(unsigned int has)
{
	int p;

	thaw_all();
	cg_kill_children();
	for (p = 0; p <= M_LOOK; p++)
		while (!umount2(cg_path("m%d", p), 0))
			;
	if (cg_sweep() || *cg_text("/proc/self/cgroup"))
		return -EBUSY;
	model_init(&model, has);
	model_view_init(&view);
	return reset_roots();
}

/* One operation on both; false and view.why if they disagree. */
static bool step(const struct m_op *op)
{
	struct m_faults faults;
	struct m_act act;
	int ret;

	if (!model_pick(&model, op, &act))
		return true;
	if (verbose)
		fprintf(stderr, "# %s\n", model_say(&act));
	ret = run(&act);
	model_apply(&model, &act, &faults);
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
	snprintf(view.why, sizeof(view.why), "something is left over when all has gone: %s",
		 cg_text("/proc/self/cgroup"));
	return -1;
}

/* How many operations went well; NR if all did.  -1: there is no fresh start. */
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

/* Drop what is not needed for it to fail, in halves, quarters, ... */
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

/* Without the kernel: the model alone knows what each operation is. */
static void print_list(const struct m_op *ops, int nr, unsigned int has)
{
	static struct model m;
	struct m_faults faults;
	struct m_act act;
	int i, arg;

	fprintf(stderr, "# CG_OPS=");
	for (i = 0; i < nr; i++) {
		fprintf(stderr, "%c", 'a' + ops[i].kind);
		for (arg = 0; arg < M_ARGS; arg++)
			fprintf(stderr, "%02x", ops[i].arg[arg]);
	}
	fprintf(stderr, "\n");
	model_init(&m, has);
	for (i = 0; i < nr; i++) {
		if (!model_pick(&m, &ops[i], &act))
			continue;
		model_apply(&m, &act, &faults);
		fprintf(stderr, "#   %s%s%s\n", model_say(&act), faults.nr ? ": " : "",
			faults.nr ? strerror(faults.err[0]) : "");
	}
}

static int parse_list(const char *text, struct m_op *ops)
{
	unsigned int v[M_ARGS];
	int i, nr;
	char kind;

	for (nr = 0; nr < MAX_OPS && *text; nr++, text += 1 + 2 * M_ARGS) {
		if (sscanf(text, "%c%2x%2x%2x%2x%2x%2x", &kind, &v[0], &v[1], &v[2], &v[3],
			   &v[4], &v[5]) != 1 + M_ARGS)
			return -1;
		ops[nr].kind = kind - 'a';
		for (i = 0; i < M_ARGS; i++)
			ops[nr].arg[i] = v[i];
	}
	return nr;
}

/* Run a list that NAME tells; false if it fails, with all about it printed. */
static bool try_list(struct m_op *ops, int nr, unsigned int has, const char *name)
{
	int failed = run_list(ops, nr, has);

	if (failed == nr)
		return true;
	fprintf(stderr, "# %s: after %d operations: %s\n", name, failed, view.why);
	if (failed < 0) {
		/* in the way of any other list */
		print_list(ops, nr, has);
		return false;
	}
	nr = failed + 1;
	print_list(ops, nr, has);
	nr = shrink(ops, nr, has);
	failed = run_list(ops, nr, has);
	if (failed == nr)
		fprintf(stderr, "# it does not fail each time\n");
	fprintf(stderr, "# %s: shortened to %d operations: %s\n", name, nr, view.why);
	print_list(ops, nr, has);
	return false;
}

static bool try_seed(unsigned int seed, unsigned int has)
{
	struct m_op ops[MAX_OPS];
	unsigned int at = seed;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "CG_SEED=%u", seed);
	for (i = 0; i < MAX_OPS; i++)
		model_random(&ops[i], &at);
	return try_list(ops, MAX_OPS, has, name);
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
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, start_over(0));
	EXPECT_EQ(0, cg_teardown());
}

/* Each kind was done, and each that can be refused was, be it for a dependency. */
static void all_happened(struct __test_metadata *_metadata)
{
	int i, err;

	for (i = 0; i < M_KINDS; i++) {
		char line[512] = "";
		long refused = 0;

		for (err = 1; err < MAX_ERRNO; err++) {
			refused += counts[i][err];
			if (counts[i][err])
				snprintf(line + strlen(line), sizeof(line) - strlen(line),
					 ", %s %ld", strerrorname_np(err), counts[i][err]);
		}
		if (counts_needs[i])
			snprintf(line + strlen(line), sizeof(line) - strlen(line),
				 " (%ld for debug's needs)", counts_needs[i]);
		fprintf(stderr, "# %-8s %5ld done%s\n", m_kind_names[i], counts[i][0], line);
		EXPECT_LT(0, counts[i][0])
			TH_LOG("no %s", m_kind_names[i]);
		switch (i) {
		case M_MOUNT:
		case M_REMOUNT:
		case M_BIND:
		case M_MERGE:
		case M_SPLIT:
		case M_INHERIT:
			EXPECT_LT(0, counts_needs[i])
				TH_LOG("no %s refused for what debug needs", m_kind_names[i]);
		}
		if (i == M_UMOUNT || i == M_EXIT)
			continue;
		EXPECT_LT(0, refused)
			TH_LOG("no refused %s", m_kind_names[i]);
	}
}

TEST_F_TIMEOUT(beyond, kernel_and_model_agree, 380)
{
	const char *seconds = getenv("CG_SECONDS"), *seed = getenv("CG_SEED");
	long long end = cg_now_ms() + (seconds ? atoi(seconds) : 40) * 1000;
	int least = cg_slow() > 1 ? 1 : ARRAY_SIZE(fixed_seeds);
	unsigned int base = cg_now_ms() * 1000003 + getpid() + time(NULL) * 65537;
	const char *list = getenv("CG_OPS");
	struct m_op ops[MAX_OPS];
	int i;

	if (list) {
		i = parse_list(list, ops);
		ASSERT_LT(0, i);
		ASSERT_TRUE(try_list(ops, i, self->has, "CG_OPS"));
		return;
	}
	if (seed) {
		ASSERT_TRUE(try_seed(strtoul(seed, NULL, 10), self->has));
		return;
	}
	TH_LOG("seeds: fixed ones, then %u and so on", base);
	for (i = 0; i < least || cg_now_ms() < end; i++) {
		unsigned int at = i < ARRAY_SIZE(fixed_seeds) ? fixed_seeds[i] : base + i;

		ASSERT_TRUE(try_seed(at, self->has))
			TH_LOG("seed %u", at);
	}
	TH_LOG("%d lists of %d operations", i, MAX_OPS);
	/* a slow kernel is asked for splats more than for numbers */
	if (i >= ARRAY_SIZE(fixed_seeds))
		all_happened(_metadata);
	EXPECT_EQ(M_HAS_ALL, self->has);
}

TEST_HARNESS_MAIN
