// SPDX-License-Identifier: GPL-2.0
/* Attacks on the machine by the owner of a subtree; see cg_attack.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg_attack.h"
#include "cg_util.h"
#include "cg_wedge.h"

#define SLOW		"h/u/slow"
#define A		SLOW "/a"
#define B		SLOW "/b"
#define X		SLOW "/x"
#define FREE		"h/u/free"
#define MOUNT_POINT	"m"
#define WEDGE		"f"
#define DISK		"/dev/ram1"
#define FULL_BYTES	(8 << 20)
#define MAX_FILES	20000
#define SHORT_MS	10000
#define MAX_WRITERS	8	/* files that a writer keeps open */

/* Shared by the test, the owner and the writer. */
static volatile struct {
	bool ready;		/* all tasks are in their groups */
	bool on;		/* the writer writes */
	pid_t moved;		/* the process that the writer moves */
	long writes;
	long long begun;	/* start of the current write; 0: none */
	long long longest;
	int error;
} *scene;

static const struct cg_attack *attack;
static bool is_short;
static int wedge_fd;

/* ---- what the writer writes ---- */

static int fds[MAX_WRITERS], nr_fds;

/* Open a file of the writer once, so that a write needs no look-up. Returns 0 or -errno. */
static int keep_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	fds[nr_fds++] = fd;
	return 0;
}

static int opens_state(void)
{
	return keep_open(X "/freezer.state", O_WRONLY);
}

static int freezes(long turn)
{
	return cg_put_fd(fds[0], turn & 1 ? "THAWED" : "FROZEN");
}

static int opens_procs(void)
{
	return keep_open(X "/cgroup.procs", O_WRONLY) ?: keep_open(B "/cgroup.procs", O_WRONLY);
}

static int moves_process(long turn)
{
	return cg_put_fd(fds[~turn & 1], "%d", scene->moved);
}

static int opens_signals(void)
{
	return keep_open(X "/signal.send", O_WRONLY) ?: keep_open(SLOW "/signal.tree", O_WRONLY) ?:
	       keep_open(B "/signal.send", O_WRONLY);
}

/* The third file belongs to a group without a process: its write returns -ESRCH. */
static int sends_signals(long turn)
{
	int ret = cg_put_fd(fds[turn % 3], "0");

	return ret == -ESRCH && turn % 3 == 2 ? 0 : ret;
}

/* The NR-th of the files SUBSYS.inherit of X, or NULL. */
static const char *inherit_file(int nr)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		const char *path = cg_path(X "/%s.inherit", list[i].name);

		if (cg_exists(path) && !nr--)
			return path;
	}
	return NULL;
}

/* Done before groups are made in X: a new group inherits what its parent inherits. */
static int inherits_all(void)
{
	const char *path;
	int i, ret = 0;

	for (i = 0; !ret && (path = inherit_file(i)); i++)
		ret = cg_put(path, "1");
	return ret;
}

static int opens_all_inherits(void)
{
	const char *path;
	int i, ret = 0;

	for (i = 0; !ret && i < MAX_WRITERS && (path = inherit_file(i)); i++)
		ret = keep_open(path, O_WRONLY);
	return ret;
}

static int flips(long turn)
{
	return cg_put_fd(fds[turn / 2 % nr_fds], "%ld", turn & 1);
}

static int opens_switch(void)
{
	return keep_open(X "/cgroup.clone_children", O_WRONLY);
}

static int makes_group(long turn)
{
	return cg_mkdir(A "/made") ?: cg_rmdir(A "/made");
}

static int opens_lists(void)
{
	return keep_open(X "/tasks", O_RDONLY) ?: keep_open(X "/cgroup.procs", O_RDONLY);
}

static int reads_members(long turn)
{
	static char buf[65536];
	ssize_t n;

	lseek(fds[turn & 1], 0, SEEK_SET);
	while ((n = read(fds[turn & 1], buf, sizeof(buf))) > 0)
		;
	return n < 0 ? -errno : 0;
}

static int opens_and_reads(long turn)
{
	static char buf[65536];
	int n = cg_read(turn & 1 ? X "/tasks" : X "/cgroup.procs", buf, sizeof(buf));

	return n < 0 ? n : 0;
}

static int opens_group_and_file(void)
{
	return keep_open(X, O_RDONLY) ?: keep_open(X "/tasks", O_RDONLY);
}

/* Change the times of the group and of the file, then their modes, without a look-up. */
static int sets_attributes(long turn)
{
	int ret, fd = fds[turn & 1];

	if (turn & 2)
		ret = fchmod(fd, turn & 1 ? 0644 : 0755);
	else
		ret = futimens(fd, NULL);
	return ret ? -errno : 0;
}

/* Each look-up takes the lock of the hierarchy's directories. */
static int looks(long turn)
{
	struct stat st;

	return stat(A "/cgroup.procs", &st) || stat(X "/tasks", &st) ? -errno : 0;
}

static int opens_own_lists(void)
{
	return keep_open(X "/tasks", O_WRONLY) ?: keep_open(B "/cgroup.procs", O_WRONLY) ?:
	       keep_open(B "/tasks", O_WRONLY) ?: keep_open(X "/cgroup.procs", O_WRONLY);
}

static int moves_itself(long turn)
{
	return cg_put_fd(fds[turn & 3], "0");
}

/* A container: root of a user namespace, with cgroup and mount namespaces of its own. */
static int enters_container(void)
{
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP))
		return -errno;
	return cg_put("/proc/self/setgroups", "deny") ?:
	       cg_put("/proc/self/uid_map", "0 %d 1", CG_OWNER) ?:
	       cg_put("/proc/self/gid_map", "0 %d 1", CG_OWNER);
}

static int mounts(long turn)
{
	if (mount("none", MOUNT_POINT, "cgroup", 0, attack->options))
		return -errno;
	return umount2(MOUNT_POINT, 0) ? -errno : 0;
}

/* A move brings the charges of the task along, so the kernel walks its page tables. */
static int moves_charges(void)
{
	static const char * const groups[] = { SLOW, B, X };
	int i, ret = 0;

	for (i = 0; i < 3 && !ret; i++)
		ret = cg_put(cg_path("%s/memory.move_charge_at_immigrate", groups[i]), "3");
	return ret;
}

static int inherits_with_charges(void)
{
	return moves_charges() ?: inherits_all();
}

static int limits_memory(void)
{
	return cg_put(FREE "/memory.limit_in_bytes", "%d", FULL_BYTES);
}

static char *dirty;

/* Page cache fills the group. Each further charge needs reclaim, which waits for the disk. */
static int maps_disk(void)
{
	int fd = open(DISK, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	dirty = mmap(NULL, FULL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return dirty == MAP_FAILED ? -errno : 0;
}

static int makes_group_when_full(long turn)
{
	int at, ret;

	for (at = 0; at < FULL_BYTES; at += 4096)
		dirty[at] = turn;
	ret = cg_mkdir(FREE "/made");
	if (ret)
		return ret == -ENOMEM ? 0 : ret;
	return cg_rmdir(FREE "/made");
}

static int takes_nodes(void)
{
	return cg_put(X "/cpuset.mems", "0") ?: cg_put(B "/cpuset.mems", "1");
}

static int takes_nodes_and_migrates(void)
{
	return takes_nodes() ?: cg_put(X "/cpuset.memory_migrate", "1") ?:
	       cg_put(B "/cpuset.memory_migrate", "1");
}

static int opens_mems(void)
{
	return keep_open(X "/cpuset.mems", O_WRONLY);
}

static int changes_mems(long turn)
{
	return cg_put_fd(fds[0], turn & 1 ? "0" : "1");
}

static int binds(long turn)
{
	return cg_put("h/cgroup.subsystems", turn & 1 ? "-pids" : "+pids");
}

static int splits_and_merges(long turn)
{
	if (turn & 1)
		return cg_put("h/cgroup.merge", "name=s");
	return cg_put("h/cgroup.split", "name=s pids");
}

#define FREEZER		.options = "cpu,freezer", .home = A, .begin = opens_state, .write = freezes
#define ATTACH		.options = "cpu", .home = X, .begin = opens_procs, .write = moves_process
#define SIGNAL		.options = "cpu,signal", .ours = true, .home = X, \
			.begin = opens_signals, .write = sends_signals
#define INHERIT		.ours = true, .home = A, .prepare = inherits_all, \
			.begin = opens_all_inherits, .write = flips
#define WEDGED		.home = A, .wedged = true, .is_free = true
#define WEDGED_MOVE	WEDGED, .begin = opens_procs, .write = moves_process
#define WEDGED_FLIP	WEDGED, .ours = true, .begin = opens_all_inherits, .write = flips
#define CPUSET		"cpu,cpuset,clone_children"
#define SEVERAL		"cpu,cpuset,cpuacct,freezer,memory,pids,net_cls,clone_children"
#define NO_NEW_GROUPS	((1U << CG_FORK) | (1U << CG_EXEC))

const struct cg_attack cg_attacks[] = {
	{ "freezer", FREEZER, .members = 400, .spinners = 20 },
	{ "freezer_shares", FREEZER, .members = 400, .spinners = 2, .starve = CG_BY_SHARES },
	{ "freezer_nice", FREEZER, .members = 400, .spinners = 3, .starve = CG_BY_NICE },
	{ "freezer_idle", FREEZER, .members = 400, .spinners = 1, .starve = CG_BY_IDLE },
	{ "freezer_crowd", FREEZER, .members = 400, .spinners = 200, .starve = CG_BY_CROWD },
	{ "attach", ATTACH, .spinners = 30, .forkers = 30, .is_free = true },
	{ "attach_starved", ATTACH, .spinners = 20, .forkers = 30 },
	{ "attach_crowd", ATTACH, .spinners = 200, .forkers = 30, .is_free = true,
	  .starve = CG_BY_CROWD },
	{ "signal", SIGNAL, .members = 100, .spinners = 30, .forkers = 30, .is_free = true },
	{ "signal_starved", SIGNAL, .members = 300, .spinners = 20, .forkers = 30 },
	{ "inherit", INHERIT, .options = SEVERAL, .members = 200, .groups = 50, .spinners = 2,
	  .forkers = 30 },
	{ "inherit_free", INHERIT, .options = SEVERAL, .members = 200, .groups = 50,
	  .spinners = 10, .forkers = 30, .is_free = true },
	{ "mkdir", .options = "cpu", .home = A, .spinners = 20, .write = makes_group },
	{ "mkdir_full", .options = "cpu,memory", .home = A, .spinners = 10, .is_free = true,
	  .disk = true, .prepare = limits_memory, .begin = maps_disk,
	  .write = makes_group_when_full },
	{ "read", .options = "cpu", .home = A, .members = 500, .spinners = 20,
	  .begin = opens_lists, .write = reads_members },
	{ "open", .options = "cpu", .home = A, .members = 500, .spinners = 20,
	  .write = opens_and_reads },
	{ "setattr", .options = "cpu", .home = A, .spinners = 20,
	  .begin = opens_group_and_file, .write = sets_attributes },
	{ "toggle", .options = "cpu", .home = A, .spinners = 20,
	  .begin = opens_switch, .write = flips },
	{ "look", .options = "cpu", .home = A, .spinners = 20, .looks = true, .write = looks },
	{ "self", .options = "cpu", .home = X, .spinners = 20, .begin = opens_own_lists,
	  .write = moves_itself },
	{ "files_inherit", INHERIT, .options = "cpu,net_cls", .members = 8, .files = 8000,
	  .spinners = 10 },
	{ "files_move", ATTACH, .options = "cpu,net_cls", .members = 1, .files = 16000,
	  .spinners = 10 },
	{ "mm_charges", WEDGED_MOVE, .options = "cpu,memory", .prepare = moves_charges },
	{ "mm_charges_inherit", WEDGED_FLIP, .options = "cpu,memory",
	  .prepare = inherits_with_charges },
	{ "mm_net_cls_inherit", WEDGED_FLIP, .options = "cpu,net_cls", .prepare = inherits_all },
	{ "mm_cpuset_inherit", WEDGED_FLIP, .options = CPUSET, .numa = true,
	  .prepare = takes_nodes },
	{ "mm_cpuset_move", WEDGED_MOVE, .options = CPUSET, .numa = true,
	  .prepare = takes_nodes },
	{ "mm_migrate_move", WEDGED_MOVE, .options = CPUSET, .numa = true,
	  .prepare = takes_nodes_and_migrates },
	{ "mm_mems", WEDGED, .options = CPUSET, .numa = true, .prepare = takes_nodes,
	  .begin = opens_mems, .write = changes_mems },
	{ "mm_migrate_mems", WEDGED, .options = CPUSET, .numa = true,
	  .prepare = takes_nodes_and_migrates, .begin = opens_mems, .write = changes_mems },
	{ "container", .options = "cpu", .home = A, .spinners = 20, .begin = enters_container,
	  .write = mounts },
	{ "bind", .options = "cpu", .ours = true, .by_root = true, .home = A, .spinners = 20,
	  .forkers = 30, .groups = 20, .kinds = NO_NEW_GROUPS, .write = binds },
	{ "split", .options = "cpu,pids", .ours = true, .by_root = true, .home = A,
	  .spinners = 20, .forkers = 30, .groups = 20, .kinds = NO_NEW_GROUPS,
	  .write = splits_and_merges },
	{ }
};

const struct cg_attack *cg_attack_find(const char *name)
{
	const struct cg_attack *at;

	for (at = cg_attacks; at->name; at++)
		if (!strcmp(at->name, name))
			return at;
	return NULL;
}

/* What this machine lacks for the attack, or NULL. */
const char *cg_attack_lacks(const struct cg_attack *at)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	if (at->ours && cg_is_mainline())
		return "an operation of this core";
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return "a second processor";
	if (at->numa && !cg_exists("/sys/devices/system/node/node1"))
		return "a second memory node";
	if (at->wedged && !cg_exists("/dev/fuse"))
		return "/dev/fuse";
	if (at->disk && !cg_exists(DISK))
		return DISK;
	for (i = 0; i < n; i++)
		if (cg_has_word(at->options, list[i].name) && !cg_usable(list[i].name))
			return "a subsystem";
	return NULL;
}

/* ---- the owner's tasks ---- */

static int enter(const char *dir)
{
	return cg_put(cg_path("%s/cgroup.procs", dir), "0");
}

static int sleeps(void *arg)
{
	cg_pause();
}

static int spins(void *arg)
{
	cg_pin_rest((long)arg);
	for (;;)
		if (attack->looks && scene->on)
			looks(0);
	return 0;
}

/* Every third thread makes processes, the others make threads. */
static int forks(void *arg)
{
	int i;

	cg_pin_rest(-1);
	for (i = 0; i < attack->forkers; i++)
		if (cg_thread(i % 3 == 2 ? cg_make_processes : cg_make_threads, NULL))
			return 1;
	return sleeps(NULL);
}

/* Open the files that the members get from their parent in a fork. */
static int open_files(void)
{
	int i, sock = attack->files ? socket(AF_UNIX, SOCK_DGRAM, 0) : -1;

	for (i = 0; i < attack->files; i++)
		if (dup(sock) < 0)
			return -errno;
	return 0;
}

static int spawn_members(void)
{
	int i, ret = open_files();

	for (i = 0; i < attack->members && !ret; i++) {
		pid_t pid;

		if (attack->groups)
			ret = enter(cg_path(X "/g%d", i % attack->groups));
		else if (!i)
			ret = enter(X);
		pid = cg_spawn(sleeps, NULL);
		if (pid < 0)
			ret = pid;
		scene->moved = pid;
	}
	if (attack->files)
		close_range(3, ~0U, 0);
	return ret;
}

static int spawn_forkers(void)
{
	pid_t pid;

	if (!attack->forkers)
		return 0;
	pid = cg_spawn(forks, NULL);
	if (pid < 0)
		return pid;
	scene->moved = pid;
	return cg_put(X "/cgroup.procs", "%d", pid);
}

/*
 * The wedged process and its server; root has mounted the file system. The process is forked
 * in X, because a move of it might have to wait.
 */
static int spawn_wedged(void)
{
	pid_t pid;
	int ret;

	if (!attack->wedged)
		return 0;
	pid = cg_wedge_serve(wedge_fd);
	ret = pid < 0 ? pid : enter(X);
	if (ret)
		return ret;
	pid = cg_wedge_spawn(WEDGE);
	scene->moved = pid;
	return pid < 0 ? pid : 0;
}

static int spawn_spinners(void)
{
	int ret = enter(attack->starve == CG_BY_SHARES ? FREE : attack->home);
	long i, nr = attack->spinners;

	if (attack->starve != CG_BY_QUOTA)
		nr *= sysconf(_SC_NPROCESSORS_ONLN) - 1;
	for (i = 0; i < nr && !ret; i++) {
		pid_t pid = cg_spawn(spins, (void *)i);

		ret = pid < 0 ? pid : 0;
	}
	return ret;
}

/* ---- the writer ---- */

static int starve_writer(void)
{
	struct sched_param none = { 0 };

	if (attack->starve == CG_BY_NICE)
		return setpriority(PRIO_PROCESS, 0, 19) ? -errno : 0;
	if (attack->starve == CG_BY_IDLE)
		return sched_setscheduler(0, SCHED_IDLE, &none) ? -errno : 0;
	return 0;
}

static void write_once(long turn)
{
	long long took;
	int ret;

	scene->begun = cg_now_us();
	ret = attack->write(turn);
	took = cg_now_us() - scene->begun;
	scene->begun = 0;
	scene->writes++;
	if (took > scene->longest)
		scene->longest = took;
	if (ret && !scene->error)
		scene->error = ret;
}

/* Before the attack the writer is as busy as during the attack, but does not write. */
static int writes(void *arg)
{
	long turn = 0;
	int ret = attack->begin ? attack->begin() : 0;

	if (attack->by_root || (attack->is_free && sysconf(_SC_NPROCESSORS_ONLN) == 2))
		cg_pin_first();
	else
		cg_pin_rest(0);
	ret = ret ?: starve_writer();
	if (ret) {
		scene->error = ret;
		return 1;
	}
	for (;;) {
		if (scene->on)
			write_once(turn++);
		else if (attack->by_root)
			cg_msleep(1);
	}
	return 0;
}

static int spawn_writer(void)
{
	pid_t pid;
	int ret = attack->by_root ? 0 : enter(attack->is_free ? FREE : attack->home);

	if (ret)
		return ret;
	pid = cg_spawn(writes, NULL);
	return pid < 0 ? pid : 0;
}

/* ---- the owner ---- */

static int make_groups(void)
{
	int i, ret = cg_mkdir(SLOW) ?: cg_mkdir(A) ?: cg_mkdir(B) ?: cg_mkdir(X) ?:
		     cg_mkdir(FREE);

	if (!ret && attack->prepare)
		ret = attack->prepare();
	for (i = 0; i < attack->groups && !ret; i++)
		ret = cg_mkdir(cg_path(X "/g%d", i));
	return ret;
}

/* Done last: starved tasks would take long to prepare the rest. */
static int starve(void)
{
	switch (attack->starve) {
	case CG_BY_QUOTA:
		/* a short measurement must have several periods, too */
		return cg_put(SLOW "/cpu.cfs_period_us", is_short ? "10000" : "100000") ?:
		       cg_put(SLOW "/cpu.cfs_quota_us", is_short ? "1000" : "2000");
	case CG_BY_SHARES:
		return cg_put(SLOW "/cpu.shares", "2");
	default:
		return 0;
	}
}

static int owns(void *arg)
{
	int ret = cg_become(CG_OWNER) ?: make_groups() ?: spawn_wedged() ?: spawn_members() ?:
		  spawn_forkers() ?: (attack->by_root ? 0 : spawn_writer()) ?:
		  spawn_spinners() ?: enter(FREE) ?: starve();

	if (ret) {
		scene->error = ret;
		return 1;
	}
	scene->ready = true;
	return sleeps(NULL);
}

/* ---- the scene ---- */

static int kills_all(void *arg)
{
	return cg_become(CG_OWNER) || (kill(-1, SIGKILL) && errno != ESRCH);
}

/* Let all tasks of the owner run again, then kill them. */
static void relieve(void)
{
	scene->on = false;
	/* ends each wait for the server; first, because a fork or an exit may have to wait too */
	if (attack->wedged)
		umount2(WEDGE, MNT_FORCE);
	cg_put(SLOW "/cpu.cfs_quota_us", "-1");
	cg_put(SLOW "/cpu.shares", "1024");
	cg_wait_exit(cg_spawn(kills_all, NULL), 60000);
	cg_put(X "/freezer.state", "THAWED");
	cg_wait_exit(cg_spawn(kills_all, NULL), 60000);
}

static int set_up(void)
{
	struct rlimit files = { MAX_FILES + 64, MAX_FILES + 64 };
	long long end = cg_deadline(60000);
	pid_t pid;
	int ret;

	setrlimit(RLIMIT_NOFILE, &files);
	cg_pin_first();
	ret = cg_others_mount(attack->options) ?: cg_mkdir(MOUNT_POINT) ?: cg_mkdir("h/u") ?:
	      cg_give("h/u", CG_OWNER);
	if (!ret && attack->disk && chmod(DISK, 0666))
		ret = -errno;
	if (ret)
		return ret;
	if (attack->wedged) {
		wedge_fd = cg_mkdir(WEDGE) ?: cg_wedge_mount(WEDGE, CG_OWNER);
		if (wedge_fd < 0)
			return wedge_fd;
	}
	pid = cg_spawn(owns, NULL);
	/* else the exit of the server would not end the waits for it */
	if (attack->wedged)
		close(wedge_fd);
	if (pid < 0)
		return pid;
	while (!scene->ready && !scene->error && cg_state(pid) != 'Z' && cg_now_ms() < end)
		cg_msleep(5);
	if (!scene->ready)
		return scene->error ?: -ECHILD;
	return attack->by_root ? spawn_writer() : 0;
}

/* A starved writer takes long until its first write. */
static void await_writer(void)
{
	long long end = cg_deadline(20000);

	while (!scene->begun && !scene->writes && cg_now_ms() < end)
		cg_msleep(1);
}

static int measure(int ms, struct cg_times_pair *pair)
{
	long long begun;
	int ret = cg_others_start(attack->kinds ?: CG_ALL_KINDS);

	if (ret)
		return ret;
	/* until all of them, and the load, run */
	cg_msleep(200);
	cg_others_measure(ms, &pair->baseline);
	scene->on = true;
	await_writer();
	cg_others_measure(ms, &pair->attack);
	begun = scene->begun;
	pair->writes = scene->writes;
	pair->longest = begun ? cg_now_us() - begun : 0;
	if (scene->longest > pair->longest)
		pair->longest = scene->longest;
	pair->error = scene->error;
	return 0;
}

/*
 * Measure the others for MS without the attack, and then for MS with it.  The caller has called
 * cg_setup().  Returns 0, or -errno if one of the two measurements failed.
 */
int cg_attack_run(const struct cg_attack *at, int ms, struct cg_times_pair *pair)
{
	int ret;

	memset(pair, 0, sizeof(*pair));
	attack = at;
	is_short = ms < SHORT_MS;
	nr_fds = 0;
	scene = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (scene == MAP_FAILED)
		return -errno;
	ret = set_up() ?: measure(ms, pair);
	relieve();
	/* the writer may have been stopped after a split, before the merge */
	if (at->write == splits_and_merges)
		cg_put("h/cgroup.merge", "name=s");
	ret = ret ?: cg_others_stop();
	munmap((void *)scene, 4096);
	return ret;
}
