// SPDX-License-Identifier: GPL-2.0
/* timeout: 200 */
/*
 * Cgroup namespaces: the paths that a member sees of itself and of others, what
 * it can mount, and which tasks may make or enter a namespace.
 */
#include "cg_test.h"

#define TAG	"name=ns"

/*
 *  h/
 *  `-- a/
 *      |-- b/      the root of the namespace of most tests
 *      |   `-- x/
 *      `-- c/
 */
static int tree(void)
{
	return cg_setup() ?: cg_mount("none," TAG, "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/a/b") ?: cg_mkdir("h/a/b/x") ?: cg_mkdir("h/a/c");
}

FIXTURE(view) {
	int started[2];
	int done[2];
};

FIXTURE_SETUP(view)
{
	ASSERT_EQ(0, tree());
	ASSERT_EQ(0, pipe(self->started));
	ASSERT_EQ(0, pipe(self->done));
}

FIXTURE_TEARDOWN(view)
{
	EXPECT_EQ(0, cg_teardown());
}

static bool is_at(pid_t pid, const char *want)
{
	char path[4096] = "";

	cg_proc_path(pid, TAG, path, sizeof(path));
	if (!strcmp(path, want))
		return true;
	fprintf(stderr, "# %d is seen at '%s', not '%s'\n", pid, path, want);
	return false;
}

TEST_F(view, from_inside)
{
	pid_t above = cg_sleeper("h/a"), beside = cg_sleeper("h/a/c");
	pid_t below = cg_sleeper("h/a/b/x"), here = cg_sleeper("h/a/b");

	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	EXPECT_TRUE(is_at(0, "/"));
	EXPECT_TRUE(is_at(here, "/"));
	EXPECT_TRUE(is_at(below, "/x"));
	EXPECT_TRUE(is_at(above, "/.."));
	EXPECT_TRUE(is_at(beside, "/../c"));
	EXPECT_TRUE(is_at(1, "/../.."));
	/* a namespace limits the view, not the moves */
	ASSERT_EQ(0, cg_put("h/a/c/cgroup.procs", "0"));
	EXPECT_TRUE(is_at(0, "/../c"));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	EXPECT_TRUE(is_at(0, "/../.."));
}

struct pipes {
	int started;
	int done;
};

static int inside(void *arg)
{
	struct pipes *p = arg;
	char byte;

	if (cg_put("h/a/b/cgroup.procs", "0") || unshare(CLONE_NEWCGROUP))
		return 1;
	if (write(p->started, "s", 1) != 1 || read(p->done, &byte, 1) < 0)
		return 2;
	return 0;
}

static pid_t start_inside(int *started, int *done)
{
	struct pipes p = { started[1], done[0] };
	pid_t pid = cg_spawn(inside, &p);
	char byte;

	if (pid > 0 && read(started[0], &byte, 1) != 1)
		return -1;
	return pid;
}

/* The cgroup namespace of PID, as "cgroup:[INODE]"; "" if the link cannot be read. */
static const char *ns_of(pid_t pid)
{
	char link[64];
	ssize_t n = readlink(cg_path("/proc/%d/ns/cgroup", pid), link, sizeof(link) - 1);

	link[n < 0 ? 0 : n] = 0;
	return cg_path("%s", link);
}

TEST_F(view, from_outside)
{
	pid_t pid = start_inside(self->started, self->done), here = cg_sleeper("h/a/b");
	unsigned long inode;
	char end = 0;

	ASSERT_LT(0, pid);
	ASSERT_LT(0, here);
	EXPECT_TRUE(is_at(pid, "/a/b"));
	EXPECT_TRUE(is_at(0, "/"));
	EXPECT_EQ(2, sscanf(ns_of(pid), "cgroup:[%lu%c", &inode, &end))
		TH_LOG("'%s'", ns_of(pid));
	EXPECT_EQ(']', end);
	EXPECT_STRNE(ns_of(getpid()), ns_of(pid));
	/* the group does not matter: this task is there, but did not enter the namespace */
	EXPECT_STREQ(ns_of(getpid()), ns_of(here));
}

TEST_F(view, after_setns)
{
	pid_t pid = start_inside(self->started, self->done);
	int fd, home;

	ASSERT_LT(0, pid);
	home = open("/proc/self/ns/cgroup", O_RDONLY);
	fd = open(cg_path("/proc/%d/ns/cgroup", pid), O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	EXPECT_TRUE(is_at(pid, "/"));
	EXPECT_TRUE(is_at(0, "/../.."));
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	ASSERT_EQ(0, setns(home, 0));
	EXPECT_TRUE(is_at(0, "/"));
	EXPECT_TRUE(is_at(pid, "/a/b"));
}

TEST_F(view, outlives_its_first_task)
{
	pid_t pid = start_inside(self->started, self->done);
	int fd;

	ASSERT_LT(0, pid);
	fd = open(cg_path("/proc/%d/ns/cgroup", pid), O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_kill(pid));
	pid = cg_sleeper("h/a/c");
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	EXPECT_TRUE(is_at(pid, "/../c"));
}

/* The root group of a namespace can be removed like any other group. */
TEST_F(view, of_a_root_that_is_removed)
{
	pid_t pid = start_inside(self->started, self->done);
	char path[4096];

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/a/c/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_rmdir("h/a/b/x"));
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_TRUE(is_at(pid, "/a/c"));
	ASSERT_EQ(0, setns(open(cg_path("/proc/%d/ns/cgroup", pid), O_RDONLY), 0));
	EXPECT_EQ(0, cg_proc_path(pid, TAG, path, sizeof(path)));
	EXPECT_EQ(0, cg_mkdir("h/a/b"));
}

TEST_F(view, of_a_hierarchy_made_later)
{
	char path[4096];
	int home = open("/proc/self/ns/cgroup", O_RDONLY);
	int fd;

	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	fd = open("/proc/self/ns/cgroup", O_RDONLY);
	ASSERT_EQ(0, setns(home, 0));
	ASSERT_EQ(0, cg_mount("none,name=later", "late"));
	ASSERT_EQ(0, cg_mkdir("late/z"));
	ASSERT_EQ(0, cg_put("late/z/tasks", "0"));
	ASSERT_EQ(0, setns(fd, 0));
	ASSERT_EQ(0, cg_proc_path(0, "name=later", path, sizeof(path)));
	EXPECT_STREQ("/z", path);
	EXPECT_TRUE(is_at(0, "/"));
}

/* ---- mounts ---- */

TEST_F(view, mounts_its_own_part)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	ASSERT_EQ(0, cg_mount(TAG, "m"));
	EXPECT_TRUE(cg_exists("m/x/tasks"));
	EXPECT_FALSE(cg_exists("m/a"));
	EXPECT_FALSE(cg_exists("m/release_agent"));
	EXPECT_TRUE(cg_has_pid("m/tasks", getpid()));
	ASSERT_EQ(0, cg_mountinfo("m", &info));
	EXPECT_STREQ("/", info.root);
	/* the root of the mount from outside is shown relative to the namespace */
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_STREQ("/../..", info.root);
	EXPECT_EQ(0, cg_umount("m"));
}

static int mounts_and_waits(void *arg)
{
	struct pipes *p = arg;
	char byte;

	if (cg_put("h/a/b/cgroup.procs", "0") || unshare(CLONE_NEWCGROUP) ||
	    cg_mount(TAG, "m"))
		return 1;
	if (write(p->started, "s", 1) != 1 || read(p->done, &byte, 1) < 0)
		return 2;
	return 0;
}

TEST_F(view, of_an_inner_mount_from_outside)
{
	struct pipes p = { self->started[1], self->done[0] };
	struct cg_mountinfo info;
	pid_t pid = cg_spawn(mounts_and_waits, &p);
	char byte;

	ASSERT_LT(0, pid);
	close(self->started[1]);
	ASSERT_EQ(1, read(self->started[0], &byte, 1));
	/* one mount namespace, two cgroup namespaces */
	ASSERT_EQ(0, cg_mountinfo("m", &info));
	EXPECT_STREQ("/a/b", info.root);
	EXPECT_TRUE(cg_has_pid("m/tasks", pid));
}

/* ---- permissions ---- */

static int tries_unshare(void *arg)
{
	(void)arg;
	return unshare(CLONE_NEWCGROUP) ? errno : 0;
}

static int tries_setns(void *arg)
{
	return setns(*(int *)arg, CLONE_NEWCGROUP) ? errno : 0;
}

TEST_F(view, unshare_and_setns_need_the_capability)
{
	int fd = open("/proc/self/ns/cgroup", O_RDONLY);

	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_as_user(1000, tries_unshare, NULL));
	EXPECT_EQ(-EPERM, cg_as_user(1000, tries_setns, &fd));
	EXPECT_EQ(0, cg_in_userns(1000, tries_unshare, NULL));
	EXPECT_EQ(-EPERM, cg_in_userns(1000, tries_setns, &fd));
	EXPECT_EQ(-1, setns(fd, CLONE_NEWUTS));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(view, the_number_of_namespaces_is_limited)
{
	static const char limit[] = "/proc/sys/user/max_cgroup_namespaces";
	long long before = cg_num(limit);

	ASSERT_LT(0, before);
	ASSERT_EQ(0, cg_put(limit, "0"));
	cg_state_keep();
	EXPECT_EQ(-ENOSPC, cg_as_user(0, tries_unshare, NULL));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put(limit, "%lld", before));
	EXPECT_EQ(0, cg_as_user(0, tries_unshare, NULL));
}

/*
 * A namespace outlives csses of its groups.  It follows to the csses that these groups get
 * later, and does not keep the old ones alive.  A css that is freed is seen by its id: a new
 * css gets the lowest free id, see kernel/cgroup/css.c.
 */
FIXTURE(beyond) {
	int started[2];
	int done[2];
	pid_t pid;
};

FIXTURE_VARIANT(beyond) {
	const char *at_last;
};

FIXTURE_VARIANT_ADD(beyond, member_stays)	{ .at_last = "h/a/b" };
FIXTURE_VARIANT_ADD(beyond, members_elsewhere)	{ .at_last = "h/a/c" };

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, tree());
	ASSERT_EQ(0, pipe(self->started));
	ASSERT_EQ(0, pipe(self->done));
	if (cg_is_mainline() || !cg_usable("debug") || !cg_usable("pids"))
		SKIP(return, "needs this core, debug and pids");
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids +debug"));
	self->pid = start_inside(self->started, self->done);
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(0, cg_put(cg_path("%s/cgroup.procs", variant->at_last), "%d", self->pid));
}

FIXTURE_TEARDOWN(beyond)
{
	cg_kill_children();
	cg_put("h/cgroup.subsystems", "-pids -debug");
	EXPECT_EQ(0, cg_teardown());
}

static int id_of(const char *dir, const char *name)
{
	const char *text = cg_text(cg_path("%s/debug.cgroup_subsys_states", dir));
	const char *line = strstr(text, name);
	int id;

	return line && sscanf(line, "%*s css %*s id %d", &id) == 1 ? id : -1;
}

/* Does a css have this id again?  If no group does, look at that of another new group. */
static bool is_id_taken_again(int *nr, int id)
{
	static const char * const dirs[] = { "h/a", "h/a/b", "h/a/b/x", "h/a/c" };
	char dir[32];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (id_of(dirs[i], "pids") == id)
			return true;
	snprintf(dir, sizeof(dir), "h/new%d", (*nr)++);
	return !cg_mkdir(dir) && id_of(dir, "pids") == id;
}

TEST_F(beyond, a_css_of_an_unbound_subsystem_is_freed)
{
	int id = id_of("h/a/b", "pids"), nr = 0;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_TRUE(CG_SOON(is_id_taken_again(&nr, id)));
	EXPECT_TRUE(is_at(self->pid, !strcmp(variant->at_last, "h/a/b") ? "/a/b" : "/a/c"));
}

TEST_F(beyond, a_css_of_a_group_that_inherits_is_freed)
{
	int id = id_of("h/a/b", "pids"), nr = 0;

	ASSERT_LT(0, id);
	/* a css that is the parent of another css cannot go */
	ASSERT_EQ(0, cg_put("h/a/b/x/pids.inherit", "1"));
	ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "1"));
	EXPECT_TRUE(CG_SOON(is_id_taken_again(&nr, id)));
}

TEST_F(beyond, the_root_of_a_namespace_stays)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", self->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	ASSERT_EQ(0, setns(fd, CLONE_NEWCGROUP));
	EXPECT_TRUE(is_at(0, "/../.."));
	/* the namespace outlives all of its tasks */
	cg_kill_children();
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	EXPECT_TRUE(is_at(0, "/../.."));
}

TEST_HARNESS_MAIN
