// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * What /proc shows of cgroups: /proc/cgroups, /proc/PID/cgroup, mountinfo.
 */
#include "cg_test.h"

CG_FIXTURE(cgroups);

TEST_F(cgroups, format)
{
	char text[8192], *line, *save = NULL;
	char name[64], rest[8];
	int id, groups, on;

	ASSERT_LT(0, cg_read("/proc/cgroups", text, sizeof(text)));
	line = strtok_r(text, "\n", &save);
	EXPECT_STREQ("#subsys_name\thierarchy\tnum_cgroups\tenabled", line);
	while ((line = strtok_r(NULL, "\n", &save))) {
		ASSERT_EQ(4, sscanf(line, "%63[^\t]\t%d\t%d\t%d%7s", name, &id,
				    &groups, &on, rest))
			TH_LOG("line '%s'", line);
		EXPECT_STREQ(line, cg_path("%s\t%d\t%d\t%d", name, id, groups, on));
		EXPECT_EQ(0, id);
		EXPECT_LE(1, groups);
		EXPECT_EQ(1, on);
	}
}

/* Programs rely on the order of these lines: it is the order of the mount options. */
TEST_F(cgroups, every_subsystem_in_order)
{
	static const char * const order[] = {
		"cpuset", "cpu", "cpuacct", "blkio", "memory", "devices",
		"freezer", "net_cls", "perf_event", "net_prio", "hugetlb",
		"pids", "rdma", "misc", "debug",
	};
	struct cg_subsys list[CG_MAX_SUBSYS];
	int n = cg_subsystems(list), i;

	/* subsystems that only this core has are last */
	ASSERT_EQ(ARRAY_SIZE(order) + (cg_is_mainline() ? 0 : 2), n);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		EXPECT_STREQ(order[i], list[i].name);
	if (!cg_is_mainline()) {
		EXPECT_STREQ("oom", list[i].name);
		EXPECT_STREQ("signal", list[i + 1].name);
	}
}

TEST_F(cgroups, counts_groups)
{
	struct cg_subsys cpu, pids;

	ASSERT_EQ(0, cg_mount("cpu,pids", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_TRUE(cg_subsys("cpu", &cpu));
	ASSERT_TRUE(cg_subsys("pids", &pids));
	EXPECT_LT(0, cpu.hierarchy);
	EXPECT_EQ(cpu.hierarchy, pids.hierarchy);
	EXPECT_EQ(3, cpu.cgroups);
	EXPECT_EQ(3, pids.cgroups);
	ASSERT_EQ(0, cg_rmdir("h/a/b"));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	/* removed groups are counted until their memory is freed */
	EXPECT_TRUE(CG_SOON(cg_subsys("cpu", &cpu) && cpu.cgroups == 1))
		TH_LOG("%d groups", cpu.cgroups);
}

/* ---- /proc/PID/cgroup ---- */

CG_FIXTURE(line);

/* The lines of PID without that of the unified hierarchy. */
static const char *lines(pid_t pid)
{
	static char buf[CG_TEXT_LEN];
	const char *text = cg_text(cg_path("/proc/%d/cgroup", pid));
	char *end;

	snprintf(buf, sizeof(buf), "%s", text);
	end = strstr(buf, "0::");
	if (end && (end == buf || end[-1] == '\n'))
		*(end == buf ? end : end - 1) = 0;
	return buf;
}

TEST_F(line, no_line_if_nothing_is_mounted)
{
	EXPECT_STREQ("", lines(getpid()));
	EXPECT_STREQ("", lines(1));
}

TEST_F(line, exact_text)
{
	int cpu, name;
	char want[256];

	ASSERT_EQ(0, cg_mount("cpuacct,cpu,name=both", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b c"));
	ASSERT_EQ(0, cg_put("h/a/b c/tasks", "0"));
	cpu = cg_hierarchy_of("cpu");
	snprintf(want, sizeof(want), "%d:cpu,cpuacct,name=both:/a/b c", cpu);
	EXPECT_STREQ(want, lines(getpid()));
	/* the newest hierarchy is first */
	ASSERT_EQ(0, cg_mount("none,name=only", "h2"));
	ASSERT_EQ(2, sscanf(lines(getpid()), "%d:name=only:/\n%d:", &name, &cpu));
	snprintf(want, sizeof(want), "%d:name=only:/\n%d:cpu,cpuacct,name=both:/a/b c",
		 name, cpu);
	EXPECT_STREQ(want, lines(getpid()));
	EXPECT_EQ(cpu, cg_hierarchy_of("cpu"));
	EXPECT_NE(cpu, name);
	snprintf(want, sizeof(want), "%d:name=only:/\n%d:cpu,cpuacct,name=both:/", name, cpu);
	EXPECT_STREQ(want, lines(1));
}

TEST_F(line, of_each_thread)
{
	pid_t pid, tids[4];
	char path[64];

	ASSERT_EQ(0, cg_mount("none,name=t", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	pid = cg_threads(NULL, 1);
	ASSERT_LT(0, pid);
	ASSERT_EQ(2, cg_tids(pid, tids, 4));
	ASSERT_EQ(0, cg_put("h/a/tasks", "%d", tids[1]));
	ASSERT_EQ(0, cg_proc_path(pid, "name=t", path, sizeof(path)));
	EXPECT_STREQ("/", path);
	EXPECT_NE(NULL, strstr(cg_text(cg_path("/proc/%d/task/%d/cgroup", pid, tids[1])),
			       "name=t:/a"));
}

TEST_F(line, follows_a_rename)
{
	char path[64];

	ASSERT_EQ(0, cg_mount("none,name=t", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/b/tasks", "0"));
	ASSERT_EQ(0, rename("h/a", "h/new"));
	ASSERT_EQ(0, cg_proc_path(0, "name=t", path, sizeof(path)));
	EXPECT_STREQ("/new/b", path);
}

#define DEEP_NAME	240
#define DEEP_PATH	(1 + DEEP_NAME)		/* of each of the nested groups */

static const char *deep_name(void)
{
	static char name[DEEP_NAME + 1];

	memset(name, 'd', DEEP_NAME);
	return name;
}

/* Make N nested groups with long names below the current directory. */
static int descend(int n)
{
	while (n-- > 0)
		if (mkdir(deep_name(), 0755) || chdir(deep_name()))
			return -errno;
	return 0;
}

/* Remove them. */
static int ascend(int n)
{
	while (n-- > 0)
		if (chdir("..") || rmdir(deep_name()))
			return -errno;
	return 0;
}

/* Is the path of this task the first LEN characters of the path of the nested groups? */
static bool deep_path_is_shown(int len)
{
	const char *text = cg_text("/proc/self/cgroup"), *path = strchr(text, '/');
	int i, n = path ? strcspn(path, "\n") : 0;

	for (i = 0; i < n && path[i] == (i % DEEP_PATH ? 'd' : '/'); i++)
		;
	if (i == len && n == len)
		return true;
	fprintf(stderr, "# %d characters, the first %d right, not %d: '%s'\n", n, i, len, text);
	return false;
}

TEST_F(line, long_paths)
{
	char path[64];
	int home;

	ASSERT_EQ(0, cg_mount("none,name=deep", "h"));
	home = open("h/tasks", O_WRONLY);
	ASSERT_LE(0, home);
	ASSERT_EQ(0, chdir("h"));
	ASSERT_EQ(0, descend(16));
	ASSERT_EQ(0, cg_put("tasks", "0"));
	EXPECT_TRUE(deep_path_is_shown(16 * DEEP_PATH));
	/* a path that is too long is cut, and does no harm */
	ASSERT_EQ(0, descend(4));
	ASSERT_EQ(0, cg_put("tasks", "0"));
	EXPECT_TRUE(deep_path_is_shown(PATH_MAX - 1));
	EXPECT_TRUE(cg_has_pid("tasks", getpid()));
	EXPECT_EQ(0, cg_put_fd(home, "0"));
	EXPECT_EQ(0, cg_proc_path(0, "name=deep", path, sizeof(path)));
	EXPECT_STREQ("/", path);
	EXPECT_EQ(0, ascend(20));
	EXPECT_EQ(0, chdir(".."));
	EXPECT_EQ(0, close(home));
	EXPECT_EQ(0, cg_umount("h"));
}

TEST_F(line, a_bind_mount_shows_its_root_in_mountinfo)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, cg_mount("none,name=t", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a b"));
	ASSERT_EQ(0, mkdir("bind", 0755));
	ASSERT_EQ(0, mount("h/a b", "bind", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, cg_mountinfo("bind", &info));
	EXPECT_STREQ("/a\\040b", info.root);
	EXPECT_STREQ("cgroup", info.type);
	EXPECT_TRUE(cg_has_word(info.super, "name=t"));
}

/* ---- while hierarchies change: only on this core ---- */

CG_FIXTURE(beyond);

#define ROUNDS	(400 / cg_slow())

static const char * const sides[2][4] = {
	{ "cpu", "cpuacct", "rdma", "misc" }, { "devices", "freezer", "net_cls", "pids" },
};

static int swaps(void *arg)
{
	static const char there[] = "+cpu +cpuacct +rdma +misc -devices -freezer -net_cls -pids";
	static const char back[] = "+devices +freezer +net_cls +pids -cpu -cpuacct -rdma -misc";
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (cg_put("h/cgroup.subsystems", there) || cg_put("h/cgroup.subsystems", back))
			return 1;
	return 0;
}

static int splits(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (cg_put("h/cgroup.split", "name=x devices,net_cls,pids") ||
		    cg_put("h/cgroup.merge", "name=x"))
			return 1;
	return 0;
}

/*
 * Does LOOK succeed as long as PID runs, and does PID succeed?  There are many looks per wait,
 * because a wrong state would be visible only for microseconds.
 */
static bool right_while(pid_t pid, bool (*look)(void))
{
	int i, ret;

	do {
		for (i = 0; i < 50; i++)
			if (!look())
				return false;
	} while ((ret = cg_wait_exit(pid, 0)) == -ETIMEDOUT);
	if (ret)
		fprintf(stderr, "# the process that makes the changes ended with %d\n", ret);
	return !ret && look();
}

/* How often is NAME in the text, as a word of its own? */
static int words(const char *text, const char *name)
{
	size_t len;
	int nr = 0;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, ": ,\n");
		nr += len == strlen(name) && !strncmp(text, name, len);
	}
	return nr;
}

/*
 * The side whose four subsystems the text names, each once; -1 if it lacks one of them, names
 * one twice, or names one of the other side.
 */
static int side_in(const char *text)
{
	int side, i, right[2] = { 0, 0 };

	for (side = 0; side < 2; side++)
		for (i = 0; i < 4; i++) {
			right[side] += words(text, sides[side][i]) == 1;
			right[!side] += words(text, sides[side][i]) == 0;
		}
	return right[0] == 8 ? 0 : right[1] == 8 ? 1 : -1;
}

static bool one_side_is_there(void)
{
	const char *in_proc = cg_text("/proc/self/cgroup");
	const char *in_file = cg_text("h/cgroup.subsystems");
	bool good = side_in(in_proc) >= 0 && side_in(in_file) >= 0;

	if (!good)
		fprintf(stderr, "# '%s' in /proc/self/cgroup, '%s' in the file\n", in_proc,
			in_file);
	return good;
}

/* When several subsystems come and go in one write, readers see one change. */
TEST_F(beyond, a_swap_is_seen_as_one_change)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, cg_mount("devices,freezer,net_cls,pids,name=t", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRUE(right_while(cg_spawn(swaps, NULL), one_side_is_there));
	/* after the last change: the side of the mount */
	EXPECT_EQ(1, side_in(cg_text("/proc/self/cgroup")));
	EXPECT_EQ(1, side_in(cg_text("h/cgroup.subsystems")));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_EQ(1, side_in(info.super));
}

static bool each_is_in_one_place(void)
{
	static const char * const moved[] = { "devices", "net_cls", "pids" };
	const char *text = cg_text("/proc/self/cgroup");
	int i;

	for (i = 0; i < ARRAY_SIZE(moved); i++) {
		if (words(text, moved[i]) == 1)
			continue;
		fprintf(stderr, "# %s: %s\n", moved[i], text);
		return false;
	}
	return true;
}

/* Each subsystem is always in exactly one of the two hierarchies. */
TEST_F(beyond, a_split_is_seen_as_one_change)
{
	ASSERT_EQ(0, cg_mount("devices,freezer,net_cls,pids,name=t", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRUE(right_while(cg_spawn(splits, NULL), each_is_in_one_place));
}

/*
 * A hierarchy appears with all its subsystems, and is never seen without them when it goes:
 * each line has a subsystem or a name, and the line of a split-off hierarchy never shows a
 * path where the task was not.
 */
static bool lines_are_whole(void)
{
	char *text = (char *)cg_text("/proc/self/cgroup"), *line;

	while ((line = strsep(&text, "\n"))) {
		bool elsewhere = strstr(line, "name=x:/") && !strstr(line, "name=x:/a/b");

		if (elsewhere || strstr(line, "::")) {
			fprintf(stderr, "# %s\n", line);
			return false;
		}
	}
	return true;
}

static int mounts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (cg_mount("rdma,misc", "m") || cg_umount("m"))
			return 1;
	return 0;
}

TEST_F(beyond, a_mount_and_an_unmount_are_each_seen_as_one_change)
{
	EXPECT_TRUE(right_while(cg_spawn(mounts, NULL), lines_are_whole));
	EXPECT_STREQ("", cg_text("/proc/self/cgroup"));
}

static int splits_once(void *arg)
{
	return -cg_put("h/cgroup.split", "name=x devices,net_cls");
}

TEST_F(beyond, a_split_is_seen_with_its_tree)
{
	int i;

	ASSERT_EQ(0, cg_mount("devices,freezer,net_cls,pids,name=t", "h"));
	for (i = 0; i < 20; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/%c", 'c' + i)));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/b/tasks", "0"));
	for (i = 0; i < ROUNDS / 20; i++) {
		ASSERT_TRUE(right_while(cg_spawn(splits_once, NULL), lines_are_whole));
		ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=x"));
	}
	ASSERT_EQ(0, cg_put("h/tasks", "0"));
}

/* ---- file systems ---- */

CG_FIXTURE(registered);

TEST_F(registered, types_and_mount_point)
{
	const char *types = cg_text("/proc/filesystems");

	EXPECT_NE(NULL, strstr(types, "nodev\tcgroup\n"));
	if (cg_usable("cpuset"))
		EXPECT_NE(NULL, strstr(types, "nodev\tcpuset"));
	/* programs expect this mount point */
	EXPECT_TRUE(cg_exists("/sys/fs/cgroup"));
}

TEST_F(registered, cpuset_file_of_a_process)
{
	CG_NEED("cpuset");
	EXPECT_STREQ("/", cg_text("/proc/self/cpuset"));
	ASSERT_EQ(0, cg_mount("cpuset,clone_children", "h"));
	ASSERT_EQ(0, cg_mkdir("h/set"));
	ASSERT_EQ(0, cg_put("h/set/tasks", "0"));
	EXPECT_STREQ("/set", cg_text("/proc/self/cpuset"));
}

TEST_HARNESS_MAIN
