// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/* needs: tc */
/* may-skip: debug */
/*
 * A process whose leader (its first thread) has exited is treated like any other process.
 * However it came into its group, it is listed, moved, counted, killed, frozen and signalled.
 */
#include "cg_test.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "cg_taskstats.h"

#define WORKERS		3
#define STATEFUL	"memory,pids,freezer,cpuset,net_cls"
#define PLUS_ALL	"+memory +pids +freezer +cpuset +net_cls"
#define MINUS_ALL	"-memory -pids -freezer -cpuset -net_cls"
#define MIB		1048576LL

/* What the first worker is told to do. */
enum {
	REST,
	TAKE_MEMORY,
	SEND_PACKET,
	END_THREAD,
	EXEC
};

/* Shared by the test and the process. */
struct board {
	volatile int order;
	volatile size_t size;
	volatile int caught;
	volatile bool leader_goes;
	volatile long beats[WORKERS];
};

/* The process and its groups. */
struct cast {
	struct board *board;
	pid_t pid;
	pid_t live[WORKERS + 1];
	int nr_live;
	int nr;			/* with the leader, which is a zombie */
	bool alive;		/* the leader lives, for comparison */
	const char *place;	/* its group */
	const char *path;	/* the path of @place in its hierarchy */
	const char *state;	/* the group that owns the states */
	const char *old;	/* another group; the process may come from it */
	const char *signals;	/* its group in the hierarchy of signal */
};

/* ---- the process ---- */

static struct board *board;
static int packets = -1;

static void catches(int sig)
{
	__sync_fetch_and_add(&board->caught, 1);
}

static void send_packet(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	sendto(packets, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static void obey(void)
{
	int order = board->order;

	switch (order) {
	case TAKE_MEMORY:
		cg_touch(board->size);
		break;
	case SEND_PACKET:
		send_packet();
		break;
	case END_THREAD:
		board->order = REST;
		syscall(SYS_exit, 0);
		break;
	case EXEC:
		execl("/bin/sleep", "sleep", "1000", NULL);
		break;
	}
	board->order = REST;
}

static void *works(void *arg)
{
	long me = (long)arg;

	for (;;) {
		board->beats[me]++;
		if (!me && board->order)
			obey();
		usleep(5000);
	}
	return arg;
}

static int acts(void *arg)
{
	struct sigaction sa = { .sa_handler = catches };
	long i;

	board = arg;
	sigaction(SIGRTMIN, &sa, NULL);
	packets = socket(AF_INET, SOCK_DGRAM, 0);
	for (i = 0; i < WORKERS; i++)
		if (cg_thread(works, (void *)i))
			return 1;
	while (!board->leader_goes)
		usleep(100);
	syscall(SYS_exit, 0);
	return 0;
}

static bool all_work(const struct cast *c)
{
	int i;

	for (i = 0; i < WORKERS; i++)
		if (!c->board->beats[i])
			return false;
	return c->alive || !c->board->leader_goes || cg_state(c->pid) == 'Z';
}

static int note_threads(struct cast *c)
{
	pid_t tids[WORKERS + 2];
	int i;

	c->nr = cg_tids(c->pid, tids, WORKERS + 2);
	c->nr_live = 0;
	for (i = 0; i < c->nr; i++)
		if (tids[i] != c->pid || c->alive)
			c->live[c->nr_live++] = tids[i];
	return c->nr == WORKERS + 1 ? 0 : -ESRCH;
}

/* Start the process in DIR and, unless it is NULL, in OTHER, a group of another hierarchy. */
static int start(struct cast *c, const char *dir, const char *other)
{
	int ret = cg_put(cg_path("%s/cgroup.procs", dir), "0");

	memset(c->board, 0, sizeof(*c->board));
	if (other)
		ret = ret ?: cg_put(cg_path("%s/cgroup.procs", other), "0");
	if (ret)
		return ret;
	c->board->leader_goes = !c->alive;
	c->pid = cg_spawn(acts, c->board);
	cg_leave();
	if (c->pid < 0)
		return c->pid;
	return CG_SOON(all_work(c)) ? note_threads(c) : -ETIMEDOUT;
}

static bool tell(struct cast *c, int order)
{
	c->board->order = order;
	return CG_SOON(c->board->order == REST);
}

/* ---- how the process comes into its group ---- */

static int two_groups(const char *dir, const char *options)
{
	return cg_mount_retry(options, dir) ?: cg_mkdir(cg_path("%s/a", dir)) ?:
	       cg_mkdir(cg_path("%s/b", dir));
}

static int all_bound(void)
{
	if (cg_is_mainline())
		return two_groups("h", STATEFUL ",clone_children");
	return two_groups("h", STATEFUL ",signal,clone_children");
}

static int born(struct cast *c)
{
	return all_bound() ?: start(c, "h/a", NULL);
}

static int moved_by_leader(struct cast *c)
{
	return all_bound() ?: start(c, "h/b", NULL) ?: cg_put("h/a/cgroup.procs", "%d", c->pid);
}

static int moved_by_thread(struct cast *c)
{
	return all_bound() ?: start(c, "h/b", NULL) ?:
	       cg_put("h/a/cgroup.procs", "%d", c->live[1]);
}

static int moved_one_by_one(struct cast *c)
{
	int i, ret = all_bound() ?: start(c, "h/b", NULL);

	for (i = 0; i < c->nr_live && !ret; i++)
		ret = cg_put("h/a/tasks", "%d", c->live[i]);
	return ret;
}

static int bound_later(struct cast *c)
{
	return two_groups("h", "signal,name=h,clone_children") ?: start(c, "h/a", NULL) ?:
	       cg_put("h/cgroup.subsystems", PLUS_ALL);
}

static int set_inherit(const char *dir, int value)
{
	static const char * const names[] = { "memory", "pids", "freezer", "cpuset", "net_cls" };
	int i, ret = 0;

	for (i = 0; i < ARRAY_SIZE(names) && !ret; i++)
		ret = cg_put(cg_path("%s/%s.inherit", dir, names[i]), "%d", value);
	return ret;
}

static int owned_later(struct cast *c)
{
	return all_bound() ?: set_inherit("h/a", 1) ?: start(c, "h/a", NULL) ?:
	       set_inherit("h/a", 0);
}

static int inherited_later(struct cast *c)
{
	c->place = "h/a/sub";
	c->path = "/a/sub";
	c->signals = "h/a/sub";
	return all_bound() ?: cg_mkdir("h/a/sub") ?: start(c, "h/a/sub", NULL) ?:
	       set_inherit("h/a/sub", 1);
}

static int merged(struct cast *c)
{
	return two_groups("h", "signal,name=h,clone_children") ?:
	       two_groups("g", STATEFUL ",name=g,clone_children") ?: start(c, "h/a", "g/b") ?:
	       cg_put("h/cgroup.merge", "name=g");
}

static int split_off(struct cast *c)
{
	c->place = "x/a";
	c->state = "x/a";
	c->old = "x/b";
	return all_bound() ?: start(c, "h/a", NULL) ?:
	       cg_put("h/cgroup.split", "name=x " STATEFUL) ?: cg_mount("name=x", "x");
}

FIXTURE(beyond) {
	struct cast cast;
};

FIXTURE_VARIANT(beyond) {
	int (*arrive)(struct cast *c);
	bool alive;
	bool alike;		/* by the same operation as another: left out on a slow kernel */
};

#define ARRIVES(how)		FIXTURE_VARIANT_ADD(beyond, how) { .arrive = how }
#define ARRIVES_ALIKE(how)	FIXTURE_VARIANT_ADD(beyond, how) { .arrive = how, .alike = true }

ARRIVES(born);
ARRIVES_ALIKE(moved_by_leader);
ARRIVES(moved_by_thread);
ARRIVES_ALIKE(moved_one_by_one);
ARRIVES(bound_later);
ARRIVES_ALIKE(owned_later);
ARRIVES(inherited_later);
ARRIVES(merged);
ARRIVES(split_off);
FIXTURE_VARIANT_ADD(beyond, moved_with_a_live_leader) { .arrive = moved_by_leader, .alive = true };

static struct board *new_board(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* A network namespace for this test alone: only the process sends on its lo. */
static int loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int ret, sock;

	if (unshare(CLONE_NEWNET))
		return -errno;
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	ret = ioctl(sock, SIOCSIFFLAGS, &req) ? -errno : 0;
	close(sock);
	return ret;
}

FIXTURE_SETUP(beyond)
{
	struct cast *c = &self->cast;

	if (variant->alike && cg_slow() > 1)
		SKIP(return, "an operation that is tried with another variant");
	*c = (struct cast) {
		.board = new_board(), .alive = variant->alive, .place = "h/a", .path = "/a",
		.state = "h/a", .old = "h/b", .signals = "h/a",
	};
	ASSERT_NE(MAP_FAILED, c->board);
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, loopback_up());
	ASSERT_EQ(0, variant->arrive(c));
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
	munmap(self->cast.board, 4096);
}

/* ---- what must be true of the process in its group ---- */

#define FILE_OF(dir, name)	cg_path("%s/%s", dir, name)

/* Does PATH list exactly the NR ids in WANT? */
static bool lists(const char *path, const pid_t *want, int nr)
{
	pid_t got[64];
	int i, j, n = cg_pids(path, got, 64);

	for (i = 0; i < nr; i++) {
		for (j = 0; j < n && got[j] != want[i]; j++)
			;
		if (j == n)
			break;
	}
	if (n == nr && i == nr)
		return true;
	fprintf(stderr, "# %s has %d lines, not %d: %s\n", path, n, nr, cg_text(path));
	return false;
}

TEST_F(beyond, is_listed_once)
{
	struct cast *c = &self->cast;

	EXPECT_TRUE(lists(FILE_OF(c->place, "cgroup.procs"), &c->pid, 1));
	EXPECT_TRUE(lists(FILE_OF(c->place, "tasks"), c->live, c->nr_live));
	EXPECT_STREQ("", cg_text(FILE_OF(c->old, "cgroup.procs")));
	EXPECT_STREQ("", cg_text(FILE_OF(c->old, "tasks")));
	EXPECT_TRUE(cg_tasks_are_in(c->pid, "memory", c->path));
}

TEST_F(beyond, can_be_moved_to_another_group)
{
	struct cast *c = &self->cast;

	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "cgroup.procs"), "%d", c->pid));
	EXPECT_TRUE(lists(FILE_OF(c->old, "cgroup.procs"), &c->pid, 1));
	EXPECT_TRUE(lists(FILE_OF(c->old, "tasks"), c->live, c->nr_live));
	EXPECT_STREQ("", cg_text(FILE_OF(c->place, "cgroup.procs")));
	EXPECT_EQ(c->nr, cg_num(FILE_OF(c->old, "pids.current")));
	EXPECT_EQ(0, cg_num(FILE_OF(c->state, "pids.current")));
	EXPECT_EQ(0, cg_rmdir(c->place));
}

TEST_F(beyond, is_killed_at_its_memory_limit)
{
	struct cast *c = &self->cast;

	ASSERT_EQ(0, cg_put(FILE_OF(c->state, "memory.limit_in_bytes"), "20M"));
	c->board->size = 60 * MIB;
	c->board->order = TAKE_MEMORY;
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(c->pid, 20000));
}

/* Exceed the limit of another group: the OOM kill there must not hit the process. */
static int takes_too_much(void *arg)
{
	const char *dir = arg;

	if (cg_put(FILE_OF(dir, "cgroup.procs"), "0"))
		return 1;
	return cg_touch(60 * MIB);
}

TEST_F(beyond, is_not_killed_at_the_limit_of_another_group)
{
	struct cast *c = &self->cast;
	pid_t other;

	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "memory.limit_in_bytes"), "20M"));
	/* more memory than the other process has when it reaches its limit */
	c->board->size = 40 * MIB;
	ASSERT_TRUE(tell(c, TAKE_MEMORY));
	EXPECT_LE(40 * MIB, cg_num(FILE_OF(c->state, "memory.usage_in_bytes")));
	other = cg_spawn(takes_too_much, (void *)c->old);
	ASSERT_LT(0, other);
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(other, 20000));
	EXPECT_EQ(-ETIMEDOUT, cg_wait_exit(c->pid, 50));
}

/* A zombie still has its process id, so it is counted. */
TEST_F(beyond, is_counted_by_pids)
{
	struct cast *c = &self->cast;

	EXPECT_EQ(c->nr, cg_num(FILE_OF(c->state, "pids.current")));
	EXPECT_EQ(0, cg_num(FILE_OF(c->old, "pids.current")));
	ASSERT_TRUE(tell(c, END_THREAD));
	EXPECT_TRUE(cg_wait_num(FILE_OF(c->state, "pids.current"), c->nr - 1, 2000));
	ASSERT_EQ(0, cg_kill(c->pid));
	EXPECT_TRUE(cg_wait_num(FILE_OF(c->state, "pids.current"), 0, 2000))
		TH_LOG("%lld", cg_num(FILE_OF(c->state, "pids.current")));
	EXPECT_EQ(0, cg_num(FILE_OF(c->old, "pids.current")));
}

static bool beats(const struct cast *c, int ms)
{
	long before[WORKERS];
	int i;

	memcpy(before, (void *)c->board->beats, sizeof(before));
	cg_msleep(ms);
	for (i = 0; i < WORKERS; i++)
		if (c->board->beats[i] != before[i])
			return true;
	return false;
}

TEST_F(beyond, is_frozen_and_thawed)
{
	struct cast *c = &self->cast;
	const char *file = FILE_OF(c->state, "freezer.state");

	ASSERT_EQ(0, cg_put(file, "FROZEN"));
	EXPECT_TRUE(cg_wait_text(file, "FROZEN", 5000));
	EXPECT_FALSE(beats(c, 100));
	ASSERT_EQ(0, cg_put(file, "THAWED"));
	EXPECT_STREQ("THAWED", cg_text(file));
	EXPECT_TRUE(CG_SOON(beats(c, 20)));
	/* a freeze of the other group does not stop the process */
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "freezer.state"), "FROZEN"));
	EXPECT_TRUE(beats(c, 100));
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "freezer.state"), "THAWED"));
}

TEST_F(beyond, gets_each_signal_once)
{
	struct cast *c = &self->cast;

	ASSERT_EQ(0, cg_put(FILE_OF(c->signals, "signal.send"), "%d", SIGRTMIN));
	EXPECT_TRUE(CG_SOON(c->board->caught == 1));
	EXPECT_EQ(-ESRCH, cg_put("h/b/signal.send", "%d", SIGRTMIN));
	ASSERT_EQ(0, cg_put("h/a/signal.tree", "%d", SIGRTMIN));
	EXPECT_TRUE(CG_SOON(c->board->caught >= 2));
	cg_msleep(50);
	EXPECT_EQ(2, c->board->caught);
	ASSERT_EQ(0, cg_put(FILE_OF(c->signals, "signal.send"), "KILL"));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(c->pid, 20000));
}

TEST_F(beyond, its_group_cannot_be_removed_while_it_lives)
{
	struct cast *c = &self->cast;

	EXPECT_EQ(0, cg_rmdir(c->old));
	EXPECT_EQ(-EBUSY, cg_rmdir(c->place));
	ASSERT_EQ(0, kill(c->pid, SIGKILL));
	/* the parent has not waited for the process yet */
	EXPECT_TRUE(CG_SOON(!cg_text(FILE_OF(c->place, "cgroup.procs"))[0]));
	EXPECT_EQ(0, cg_rmdir(c->place));
	EXPECT_EQ(128 + SIGKILL, cg_wait_exit(c->pid, 20000));
}

static bool run_on(const struct cast *c, int cpu)
{
	cpu_set_t set, want;
	int i;

	CPU_ZERO(&want);
	CPU_SET(cpu, &want);
	for (i = 0; i < c->nr_live; i++)
		if (sched_getaffinity(c->live[i], sizeof(set), &set) || !CPU_EQUAL(&set, &want))
			return false;
	return true;
}

TEST_F(beyond, runs_on_the_cpus_of_its_group)
{
	struct cast *c = &self->cast;

	ASSERT_EQ(0, cg_put(FILE_OF(c->state, "cpuset.cpus"), "1"));
	EXPECT_TRUE(run_on(c, 1));
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "cpuset.cpus"), "0"));
	EXPECT_TRUE(run_on(c, 1));
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "cgroup.procs"), "%d", c->pid));
	EXPECT_TRUE(run_on(c, 0));
}

static int run_tc(const char *words)
{
	char copy[256], out[4096], *word, *save = NULL;
	const char *argv[32] = { "tc" };
	int ret, n = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &save); word && n < 31; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	ret = cg_run(argv, out, sizeof(out));
	if (ret)
		fprintf(stderr, "# tc %s: %d, %s\n", words, ret, out);
	return ret;
}

/* The packets that class 10:MINOR of lo has sent. */
static long class_sent(int minor)
{
	static const char *const argv[] = { "tc", "-s", "class", "show", "dev", "lo", NULL };
	char out[4096], *at;
	long packets = -1;

	if (cg_run(argv, out, sizeof(out)))
		return -1;
	at = strstr(out, cg_path("class htb 10:%d ", minor));
	at = at ? strstr(at, " Sent ") : NULL;
	return at && sscanf(at, " Sent %*d bytes %ld pkt", &packets) == 1 ? packets : -1;
}

TEST_F(beyond, sends_with_the_class_of_its_group)
{
	struct cast *c = &self->cast;
	long before;

	ASSERT_EQ(0, cg_put(FILE_OF(c->state, "net_cls.classid"), "0x100001"));
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "net_cls.classid"), "0x100002"));
	ASSERT_EQ(0, run_tc("qdisc add dev lo root handle 10: htb"));
	ASSERT_EQ(0, run_tc("class add dev lo parent 10: classid 10:1 htb rate 40mbit"));
	ASSERT_EQ(0, run_tc("class add dev lo parent 10: classid 10:2 htb rate 40mbit"));
	ASSERT_EQ(0, run_tc("filter add dev lo parent 10: protocol ip prio 10 handle 1: cgroup"));
	before = class_sent(1);
	ASSERT_TRUE(tell(c, SEND_PACKET));
	EXPECT_EQ(before + 1, class_sent(1));
	ASSERT_EQ(0, cg_put(FILE_OF(c->old, "cgroup.procs"), "%d", c->pid));
	before = class_sent(2);
	ASSERT_TRUE(tell(c, SEND_PACKET));
	EXPECT_EQ(before + 1, class_sent(2));
}

static long long in_stats(int sock, int family, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct cgroupstats s;
	int ret = cg_taskstats_get(sock, family, fd, &s);

	close(fd);
	return ret ?: s.nr_stopped;
}

TEST_F(beyond, is_counted_by_cgroupstats)
{
	int family, sock = cg_taskstats_open(&family);
	struct cast *c = &self->cast;

	ASSERT_LE(0, sock);
	/* stopped tasks are counted; threads in nanosleep() are not */
	ASSERT_EQ(0, kill(c->pid, SIGSTOP));
	EXPECT_TRUE(CG_SOON(in_stats(sock, family, c->place) == c->nr_live))
		TH_LOG("%lld", in_stats(sock, family, c->place));
	EXPECT_EQ(0, in_stats(sock, family, c->old));
	close(sock);
}

/* ---- while the process changes ---- */

FIXTURE(beyond_race) {
	struct cast cast;
};

FIXTURE_SETUP(beyond_race)
{
	self->cast = (struct cast) {
		.board = new_board(), .place = "h/a", .path = "/a", .state = "h/a",
		.old = "h/b",
	};
	ASSERT_NE(MAP_FAILED, self->cast.board);
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, all_bound());
}

FIXTURE_TEARDOWN(beyond_race)
{
	EXPECT_EQ(0, cg_teardown());
	munmap(self->cast.board, 4096);
}

static bool has_execed(pid_t pid)
{
	return !strcmp(cg_text(cg_path("/proc/%d/comm", pid)), "sleep");
}

/* Is the process in h/a only, with NR threads counted there? Then kill it: none is counted. */
static bool ends_well(struct cast *c, int nr)
{
	bool good = lists("h/a/cgroup.procs", &c->pid, 1) &&
		    !cg_text("h/b/cgroup.procs")[0] && !cg_text("h/b/tasks")[0];

	if (cg_num("h/a/pids.current") != nr || cg_num("h/b/pids.current")) {
		fprintf(stderr, "# pids.current: %lld in a, not %d, and %lld in b\n",
			cg_num("h/a/pids.current"), nr, cg_num("h/b/pids.current"));
		good = false;
	}
	return !cg_kill(c->pid) && cg_wait_num("h/a/pids.current", 0, 2000) &&
	       cg_wait_num("h/b/pids.current", 0, 2000) && good;
}

/* A thread execs while the process moves: it takes the process id of the dead leader. */
TEST_F(beyond_race, a_thread_execs_while_the_process_moves)
{
	struct cast *c = &self->cast;
	int round, i, ret = 0;

	for (round = 0; round < 20 / cg_slow(); round++) {
		ASSERT_EQ(0, start(c, "h/b", NULL));
		c->board->order = EXEC;
		for (i = 0; i < 2000 && !ret && !has_execed(c->pid); i++)
			ret = cg_put(i & 1 ? "h/a/cgroup.procs" : "h/b/cgroup.procs", "%d", c->pid);
		EXPECT_EQ(0, ret);
		EXPECT_TRUE(CG_SOON(has_execed(c->pid)));
		EXPECT_EQ(0, cg_put("h/a/cgroup.procs", "%d", c->pid));
		EXPECT_TRUE(lists("h/a/tasks", &c->pid, 1));
		ASSERT_TRUE(ends_well(c, 1))
			TH_LOG("round %d", round);
	}
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

/* The leader exits while the process moves. */
TEST_F(beyond_race, the_leader_exits_while_the_process_moves)
{
	struct cast *c = &self->cast;
	int round, i, ret = 0;

	for (round = 0; round < 40 / cg_slow(); round++) {
		c->alive = true;
		ASSERT_EQ(0, start(c, "h/b", NULL));
		c->alive = false;
		for (i = 0; !ret && (i < 20 || cg_state(c->pid) != 'Z'); i++) {
			c->board->leader_goes = i > round % 10;
			ret = cg_put(i & 1 ? "h/a/cgroup.procs" : "h/b/cgroup.procs", "%d", c->pid);
		}
		EXPECT_EQ(0, ret);
		EXPECT_EQ(0, cg_put("h/a/cgroup.procs", "%d", c->pid));
		ASSERT_EQ(0, note_threads(c));
		EXPECT_TRUE(lists("h/a/tasks", c->live, c->nr_live));
		ASSERT_TRUE(ends_well(c, c->nr))
			TH_LOG("round %d", round);
	}
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_rmdir("h/b"));
}

/* The subsystems of its hierarchy are unbound and bound. */
TEST_F(beyond_race, subsystems_are_unbound_and_bound)
{
	struct cast *c = &self->cast;
	int round;

	ASSERT_EQ(0, start(c, "h/a", NULL));
	ASSERT_EQ(0, cg_put("h/a/memory.limit_in_bytes", "20M"));
	ASSERT_EQ(0, cg_put("h/a/pids.max", "4"));
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", MINUS_ALL));
		EXPECT_TRUE(lists("h/a/tasks", c->live, c->nr_live));
		/* no limit applies now */
		c->board->size = 8 * MIB;
		EXPECT_TRUE(tell(c, TAKE_MEMORY));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", PLUS_ALL));
		EXPECT_EQ(c->nr, cg_num("h/a/pids.current"));
		EXPECT_EQ(0, cg_num("h/b/pids.current"));
	}
	ASSERT_TRUE(ends_well(c, c->nr));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

/* Threads move one by one: both groups list the process until the last thread has moved. */
TEST_F(beyond_race, threads_move_one_by_one)
{
	struct cast *c = &self->cast;
	int i;

	ASSERT_EQ(0, start(c, "h/b", NULL));
	for (i = 0; i < c->nr_live; i++) {
		EXPECT_TRUE(lists("h/b/cgroup.procs", &c->pid, 1));
		EXPECT_TRUE(lists("h/b/tasks", c->live + i, c->nr_live - i));
		EXPECT_TRUE(lists("h/a/tasks", c->live, i));
		EXPECT_EQ(c->nr, cg_num("h/a/pids.current") + cg_num("h/b/pids.current"));
		ASSERT_EQ(0, cg_put("h/a/tasks", "%d", c->live[i]));
		EXPECT_TRUE(lists("h/a/cgroup.procs", &c->pid, 1));
	}
	EXPECT_EQ(0, cg_rmdir("h/b"));
	EXPECT_EQ(c->nr, cg_num("h/a/pids.current"));
	ASSERT_EQ(0, cg_kill(c->pid));
	EXPECT_TRUE(cg_wait_num("h/a/pids.current", 0, 2000));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_HARNESS_MAIN
