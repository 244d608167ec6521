// SPDX-License-Identifier: GPL-2.0
/* timeout: 300 */
/*
 * Tasks are in every combination of groups of two hierarchies. A move in one hierarchy, or the
 * mount of a third one, does not change the groups of tasks in the other hierarchies.
 */
#include "cg_test.h"

#define MAX_SIDE	16
/* a slow kernel takes long to make a process */
#define SIDE	(cg_slow() > 1 ? 10 : MAX_SIDE)

/*
 *  x/          y/
 *  |-- g0/     |-- g0/
 *  |-- ...     |-- ...
 *  `-- g15/    `-- g15/        a task in each pair (xi, yj)
 */
FIXTURE(grid) { pid_t pid[MAX_SIDE][MAX_SIDE]; };

static int make_grid(void)
{
	int i, ret;

	ret = cg_setup() ?: cg_mount("none,name=x", "x") ?: cg_mount("none,name=y", "y");
	for (i = 0; i < SIDE && !ret; i++)
		ret = cg_mkdir(cg_path("x/g%d", i)) ?: cg_mkdir(cg_path("y/g%d", i));
	return ret;
}

FIXTURE_SETUP(grid)
{
	int i, j;

	ASSERT_EQ(0, make_grid());
	for (i = 0; i < SIDE; i++) {
		for (j = 0; j < SIDE; j++) {
			self->pid[i][j] = cg_sleeper(cg_path("x/g%d", i));
			ASSERT_LT(0, self->pid[i][j]);
			ASSERT_EQ(0, cg_put(cg_path("y/g%d/tasks", j), "%d",
					    self->pid[i][j]));
		}
	}
}

FIXTURE_TEARDOWN(grid)
{
	EXPECT_EQ(0, cg_teardown());
}

static bool is_at(pid_t pid, const char *tag, int group)
{
	char path[256] = "", want[32] = "/";

	if (group >= 0)
		snprintf(want, sizeof(want), "/g%d", group);
	cg_proc_path(pid, tag, path, sizeof(path));
	if (!strcmp(path, want))
		return true;
	fprintf(stderr, "# %d is in %s at %s, not %s\n", pid, tag, path, want);
	return false;
}

/* How many tasks are in a wrong group? MOVED_Y: the group of y where all are; -1: their own. */
static int misplaced(pid_t pid[MAX_SIDE][MAX_SIDE], int moved_y)
{
	int i, j, bad = 0;

	for (i = 0; i < SIDE; i++) {
		for (j = 0; j < SIDE; j++) {
			bad += !is_at(pid[i][j], "name=x", i);
			bad += !is_at(pid[i][j], "name=y", moved_y >= 0 ? moved_y : j);
		}
	}
	return bad;
}

static int wrong_counts(int in_x, int in_y)
{
	pid_t list[SIDE * SIDE + 1];
	int i, bad = 0;

	for (i = 0; i < SIDE; i++) {
		bad += cg_pids(cg_path("x/g%d/tasks", i), list, SIDE * SIDE + 1) != in_x;
		bad += cg_pids(cg_path("y/g%d/tasks", i), list, SIDE * SIDE + 1) != in_y;
	}
	return bad;
}

TEST_F(grid, each_task_is_listed_in_its_groups)
{
	EXPECT_EQ(0, misplaced(self->pid, -1));
	EXPECT_EQ(0, wrong_counts(SIDE, SIDE));
}

TEST_F(grid, a_third_hierarchy_moves_no_task)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, cg_mount_retry("cpu,pids,name=z", "z"));
		EXPECT_EQ(0, misplaced(self->pid, -1));
		EXPECT_TRUE(is_at(self->pid[3][5], "name=z", -1));
		EXPECT_TRUE(cg_has_pid("z/tasks", self->pid[SIDE - 1][0]));
		ASSERT_EQ(0, cg_umount("z"));
		/* the hierarchy goes; on mainline some time later */
		ASSERT_TRUE(CG_SOON(!cg_hierarchy_of("cpu") && !cg_hierarchy_of("pids")));
		EXPECT_EQ(0, misplaced(self->pid, -1));
	}
}

TEST_F(grid, a_move_in_one_hierarchy_changes_no_other)
{
	pid_t list[SIDE * SIDE + 1];
	int i, j;

	for (i = 0; i < SIDE; i++)
		for (j = 0; j < SIDE; j++)
			ASSERT_EQ(0, cg_put("y/g7/cgroup.procs", "%d", self->pid[i][j]));
	EXPECT_EQ(0, misplaced(self->pid, 7));
	EXPECT_EQ(SIDE * SIDE, cg_pids("y/g7/tasks", list, SIDE * SIDE + 1));
	for (i = 0; i < SIDE; i++)
		EXPECT_EQ(i == 7 ? -EBUSY : 0, cg_rmdir(cg_path("y/g%d", i)));
	/* and back into new groups with the old names */
	for (i = 0; i < SIDE; i++)
		if (i != 7)
			ASSERT_EQ(0, cg_mkdir(cg_path("y/g%d", i)));
	for (i = 0; i < SIDE; i++)
		for (j = 0; j < SIDE; j++)
			ASSERT_EQ(0, cg_put(cg_path("y/g%d/tasks", j), "%d",
					    self->pid[i][j]));
	EXPECT_EQ(0, misplaced(self->pid, -1));
	EXPECT_EQ(0, wrong_counts(SIDE, SIDE));
}

TEST_F(grid, a_group_is_empty_after_its_tasks_exit)
{
	pid_t list[2];
	int i;

	for (i = 0; i < SIDE; i++)
		ASSERT_EQ(0, cg_kill(self->pid[4][i]));
	EXPECT_EQ(0, cg_pids("x/g4/tasks", list, 2));
	EXPECT_EQ(0, cg_rmdir("x/g4"));
	for (i = 0; i < SIDE; i++)
		EXPECT_EQ(-EBUSY, cg_rmdir(cg_path("y/g%d", i)));
	EXPECT_EQ(-EBUSY, cg_rmdir("x/g5"));
}

TEST_F(grid, children_are_in_the_groups_of_their_parent)
{
	pid_t pid;

	ASSERT_EQ(0, cg_put("x/g2/cgroup.procs", "0"));
	ASSERT_EQ(0, cg_put("y/g9/cgroup.procs", "0"));
	pid = cg_threads(NULL, 3);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(is_at(pid, "name=x", 2));
	EXPECT_TRUE(is_at(pid, "name=y", 9));
	EXPECT_TRUE(cg_tasks_are_in(pid, "name=x", "/g2"));
	EXPECT_TRUE(cg_tasks_are_in(pid, "name=y", "/g9"));
}

/* ---- controllers with a state in each group ---- */

CG_FIXTURE(state);

/* A task is always counted in the group that lists it. */
TEST_F(state, pids_counts_each_task_where_it_is_listed)
{
	pid_t pid[8];
	int i, round;

	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, cg_mount_retry(cg_path("pids,name=p%d", round), "p"));
		ASSERT_EQ(0, cg_mkdir("p/a"));
		ASSERT_EQ(0, cg_mkdir("p/b"));
		for (i = 0; i < 8; i++) {
			pid[i] = cg_threads(i % 2 ? "p/a" : "p/b", 1);
			ASSERT_LT(0, pid[i]);
		}
		EXPECT_EQ(8, cg_num("p/a/pids.current"));
		EXPECT_EQ(8, cg_num("p/b/pids.current"));
		for (i = 0; i < 4; i++)
			ASSERT_EQ(0, cg_put("p/a/cgroup.procs", "%d", pid[i]));
		EXPECT_EQ(12, cg_num("p/a/pids.current"));
		EXPECT_EQ(4, cg_num("p/b/pids.current"));
		for (i = 0; i < 8; i++)
			ASSERT_EQ(0, cg_kill(pid[i]));
		EXPECT_TRUE(cg_wait_num("p/a/pids.current", 0, 5000));
		EXPECT_TRUE(cg_wait_num("p/b/pids.current", 0, 5000));
		ASSERT_EQ(0, cg_rmdir("p/a"));
		ASSERT_EQ(0, cg_rmdir("p/b"));
		ASSERT_EQ(0, cg_umount("p"));
		cg_sweep();
	}
}

/* One controller of several refuses: no controller has changed anything. */
TEST_F(state, a_refused_move_changes_nothing)
{
	pid_t pid, tids[8];

	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount_retry("cpuset,cpu,pids,freezer", "h"));
	ASSERT_EQ(0, cg_put("h/cgroup.clone_children", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/cgroup.clone_children", "0"));
	ASSERT_EQ(0, cg_mkdir("h/none"));
	pid = cg_threads("h/a", 5);
	ASSERT_LT(0, pid);
	cg_state_watch(pid);
	cg_state_keep();
	EXPECT_EQ(-ENOSPC, cg_put("h/none/cgroup.procs", "%d", pid));
	EXPECT_EQ(-ENOSPC, cg_put("h/none/tasks", "%d", pid));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(6, cg_num("h/a/pids.current"));
	EXPECT_EQ(0, cg_num("h/none/pids.current"));
	EXPECT_STREQ("", cg_text("h/none/tasks"));
	EXPECT_EQ(6, cg_pids("h/a/tasks", tids, 8));
	EXPECT_TRUE(cg_tasks_are_in(pid, "cpu", "/a"));
	EXPECT_EQ(0, cg_rmdir("h/none"));
	EXPECT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	EXPECT_EQ(0, cg_num("h/a/pids.current"));
}

static int reads_stat(void *arg)
{
	for (;;) {
		cg_key("h/memory.stat", "total_rss");
		cg_key("h/a/memory.stat", "total_cache");
	}
	return !arg;
}

/* rstat: the ancestors have the counts of the groups below, also after these are removed. */
TEST_F(state, counts_of_removed_groups_stay_in_the_ancestors)
{
	static char block[65536];
	long long sum;
	int i, j, fd;

	CG_NEED("memory");
	ASSERT_EQ(0, cg_mount_retry("memory", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_LT(0, cg_spawn(reads_stat, NULL));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, cg_mkdir(cg_path("h/a/g%d", i)));
		ASSERT_EQ(0, cg_put(cg_path("h/a/g%d/tasks", i), "0"));
		fd = open(cg_path("file%d", i), O_CREAT | O_WRONLY, 0600);
		for (j = 0; j < 16; j++)
			ASSERT_EQ(sizeof(block), write(fd, block, sizeof(block)));
		close(fd);
	}
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/memory.stat", "total_cache") >= 8 << 20));
	sum = cg_key("h/a/memory.stat", "total_cache");
	EXPECT_LE(8 << 20, sum);
	EXPECT_GT(10 << 20, sum);
	for (i = 0; i < 8; i++)
		ASSERT_EQ(0, cg_rmdir(cg_path("h/a/g%d", i)));
	/* the counts are flushed every two seconds: wait for one more flush */
	cg_msleep(2500);
	EXPECT_LE(7 << 20, cg_key("h/a/memory.stat", "total_cache"));
	for (i = 0; i < 8; i++)
		unlink(cg_path("file%d", i));
	EXPECT_TRUE(CG_SOON(cg_key("h/a/memory.stat", "total_cache") < 2 << 20))
		TH_LOG("%lld", cg_key("h/a/memory.stat", "total_cache"));
}

CG_FIXTURE(beyond);

#define SHOWN	25

/* A css_set as debug shows it. */
struct shown {
	char name[32];
	int refs, tasks, leaders;
};

/* The css_sets that debug shows in GROUP; returns how many. */
static int shown_in(const char *group, struct shown *list, int max)
{
	const char *at = cg_text(cg_path("%s/debug.cgroup_css_links", group));
	int n = 0;

	while (n < max && (at = strstr(at, "css_set "))) {
		if (sscanf(at, "css_set %31s refs %d tasks %d leaders %d", list[n].name,
			   &list[n].refs, &list[n].tasks, &list[n].leaders) != 4)
			return -1;
		n++;
		at++;
	}
	return n;
}

static int lines_with(const char *path, const char *what)
{
	const char *at = cg_text(path);
	int n = 0;

	while ((at = strstr(at, what))) {
		n++;
		at++;
	}
	return n;
}

TEST_F(beyond, debug_shows_members_of_css_sets)
{
	const char *links = "h/a/debug.cgroup_css_links";
	struct shown list[4] = {};
	pid_t crowd, tids[64];
	int i, listed = 0;

	CG_NEED("debug");
	ASSERT_EQ(0, cg_mount("debug", "h"));
	ASSERT_EQ(0, cg_mount("none,name=o", "o"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("o/a"));
	EXPECT_STREQ("", cg_text(links));
	crowd = cg_threads("h/a", SHOWN + 4);
	ASSERT_LT(0, crowd);
	ASSERT_EQ(SHOWN + 5, cg_tids(crowd, tids, 64));
	ASSERT_EQ(1, shown_in("h/a", list, 4));
	EXPECT_EQ(SHOWN + 5, list[0].tasks);
	EXPECT_EQ(0, list[0].leaders);
	EXPECT_LT(0, list[0].refs);
	EXPECT_EQ(SHOWN, lines_with(links, "  task "));
	EXPECT_EQ(1, lines_with(links, "  more 5"));
	for (i = 0; i < SHOWN + 5; i++)
		listed += lines_with(links, cg_path("  task %d\n", tids[i]));
	EXPECT_EQ(SHOWN, listed);

	/* a task in another group of o is in another css_set */
	for (i = 0; i < 7; i++)
		ASSERT_EQ(0, cg_put("o/a/tasks", "%d", tids[i]));
	ASSERT_EQ(2, shown_in("h/a", list, 4));
	EXPECT_STRNE(list[0].name, list[1].name);
	EXPECT_EQ(SHOWN + 5, list[0].tasks + list[1].tasks);
	EXPECT_EQ(7, list[0].tasks < list[1].tasks ? list[0].tasks : list[1].tasks);
	EXPECT_EQ(0, lines_with(links, "more"));
	ASSERT_EQ(0, cg_kill(crowd));
	EXPECT_TRUE(cg_wait_text(links, "", 5000));
}

TEST_F(beyond, debug_shows_the_readers_css_set)
{
	struct shown mine = {}, there = {};
	int id;

	CG_NEED("debug");
	ASSERT_EQ(0, cg_mount("debug", "h"));
	ASSERT_EQ(0, cg_mount("none,name=o", "o"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("o/a"));
	id = cg_hierarchy_of("debug");
	ASSERT_LT(0, id);
	EXPECT_EQ(0, lines_with("h/debug.current_css_set_cg_links", " /a"));
	ASSERT_EQ(0, cg_put("h/a/tasks", "0"));
	ASSERT_EQ(4, sscanf(cg_text("h/debug.current_css_set"),
			    "css_set %31s refs %d tasks %d leaders %d", mine.name, &mine.refs,
			    &mine.tasks, &mine.leaders));
	ASSERT_EQ(1, shown_in("h/a", &there, 1));
	EXPECT_EQ(0, memcmp(&mine, &there, sizeof(mine)));
	EXPECT_EQ(1, mine.tasks);
	EXPECT_EQ(mine.refs, cg_num("h/debug.current_css_set_refcount"));
	EXPECT_EQ(1, lines_with("h/debug.current_css_set", cg_path("hierarchy %d level 1", id)));
	EXPECT_EQ(1, lines_with("h/debug.current_css_set_cg_links",
				cg_path("hierarchy %d /a", id)));
	EXPECT_EQ(1, lines_with("h/debug.current_css_set_cg_links", " /a"));
	ASSERT_EQ(0, cg_put("o/a/tasks", "0"));
	EXPECT_EQ(2, lines_with("h/debug.current_css_set_cg_links", " /a"));
}

TEST_HARNESS_MAIN
