// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * The life of a hierarchy: remounts, several mounts of one hierarchy, what
 * keeps it alive, and that it goes with its last unmount if no child is left.
 */
#include "cg_test.h"

/* ---- remount ---- */

static int mount_one(void)
{
	return cg_setup() ?: cg_mount("cpu,name=one,clone_children", "h");
}

CG_FIXTURE_WITH(remount, mount_one());
CG_FIXTURE_WITH(beyond_remount, mount_one());

static const char *super_of(const char *dir)
{
	static struct cg_mountinfo info;

	return cg_mountinfo(dir, &info) ? "" : info.super;
}

TEST_F(remount, same_options)
{
	char before[4096];

	snprintf(before, sizeof(before), "%s", super_of("h"));
	EXPECT_EQ(0, cg_remount("cpu,name=one,clone_children", "h"));
	EXPECT_EQ(0, cg_remount("cpu", "h"));
	EXPECT_STREQ(before, super_of("h"));
}

TEST_F(remount, adds_and_removes_subsystems)
{
	ASSERT_EQ(0, cg_remount("cpu,pids,cpuacct", "h"));
	EXPECT_TRUE(cg_has_word(super_of("h"), "pids"));
	EXPECT_TRUE(cg_exists("h/cpuacct.usage"));
	EXPECT_EQ(cg_hierarchy_of("cpu"), cg_hierarchy_of("pids"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRUE(cg_exists("h/a/pids.max"));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	/* mainline has to finish the rmdir first */
	ASSERT_TRUE(cg_is_mainline() ? CG_SOON(!cg_remount("pids", "h")) :
		    !cg_remount("pids", "h"));
	EXPECT_FALSE(cg_has_word(super_of("h"), "cpu"));
	EXPECT_FALSE(cg_exists("h/cpu.shares"));
	EXPECT_EQ(0, cg_hierarchy_of("cpu"));
	EXPECT_EQ(0, cg_mount("cpu", "h2"));
}

#define MISMATCH(flags, name) \
	"option or name mismatch, new: " flags " \"" name "\", old: 0x0 \"one\""
#define PIDS_BUSY "subsystem 'pids' is in use in another hierarchy"

/* Only this core has a message if the error is not EINVAL. */
static const struct { const char *options; int error; const char *text; } bad_remounts[] = {
	{ "cpu,name=two", -EINVAL, MISMATCH("0x0", "two") },
	{ "cpu,xattr", -EINVAL, MISMATCH("0x4", "") },
	{ "cpu,favordynmods", -EINVAL, MISMATCH("0x10", "") },
	{ "cpu,nosuch", -EINVAL, "Unknown subsys name 'nosuch'" },
	{ "none,cpu", -EINVAL, "none used incorrectly" },
	{ "all,cpu", -EINVAL, "subsys name conflicts with all" },
	{ "none", -EINVAL, "Need name or subsystem set" },
	{ "cpu,noprefix", -EINVAL, "noprefix used incorrectly" },
	{ "cpu,pids", -EBUSY, PIDS_BUSY },
	{ "pids", -EBUSY, PIDS_BUSY },
	{ "all", -EBUSY, PIDS_BUSY },
};

TEST_F(remount, refusals_change_nothing)
{
	char before[4096], groups[8192];
	int i;

	ASSERT_EQ(0, cg_mount("pids", "busy"));
	cg_state_keep();
	snprintf(before, sizeof(before), "%s", super_of("h"));
	snprintf(groups, sizeof(groups), "%s", cg_text("/proc/cgroups"));
	for (i = 0; i < ARRAY_SIZE(bad_remounts); i++) {
		EXPECT_EQ(bad_remounts[i].error, cg_remount(bad_remounts[i].options, "h"))
			TH_LOG("options %s", bad_remounts[i].options);
		EXPECT_STREQ(before, super_of("h"));
		EXPECT_STREQ(groups, cg_text("/proc/cgroups"));
	}
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(remount, refusals_say_why)
{
	const char *text;
	int i;

	ASSERT_EQ(0, cg_mount("pids", "busy"));
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad_remounts); i++) {
		text = bad_remounts[i].text;
		if (cg_is_mainline() && bad_remounts[i].error != -EINVAL)
			text = NULL;
		EXPECT_TRUE(cg_remount_refused("h", bad_remounts[i].options, bad_remounts[i].error,
					       text));
	}
	EXPECT_TRUE(cg_state_kept());
}

/* The same with a group that has a member, so that more than the root could change. */
TEST_F(beyond_remount, refusals_change_nothing)
{
	pid_t pid;
	int i;

	ASSERT_EQ(0, cg_mount("pids", "busy"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	pid = cg_sleeper("h/a");
	ASSERT_LT(0, pid);
	cg_state_watch(pid);
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(bad_remounts); i++) {
		EXPECT_EQ(bad_remounts[i].error, cg_remount(bad_remounts[i].options, "h"))
			TH_LOG("options %s", bad_remounts[i].options);
		EXPECT_TRUE(cg_state_kept())
			TH_LOG("options %s", bad_remounts[i].options);
	}
}

TEST_F(remount, release_agent)
{
	ASSERT_EQ(0, cg_remount("cpu,release_agent=/bin/one", "h"));
	EXPECT_STREQ("/bin/one", cg_text("h/release_agent"));
	EXPECT_NE(NULL, strstr(super_of("h"), "release_agent=/bin/one"));
	ASSERT_EQ(0, cg_remount("cpu", "h"));
	EXPECT_STREQ("/bin/one", cg_text("h/release_agent"));
}

TEST_F(remount, read_only)
{
	ASSERT_EQ(0, mount("c", "h", "cgroup", MS_REMOUNT | MS_RDONLY, "cpu"));
	cg_state_keep();
	EXPECT_EQ(-EROFS, cg_mkdir("h/a"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, mount("c", "h", "cgroup", MS_REMOUNT, "cpu"));
	EXPECT_EQ(0, cg_mkdir("h/a"));
}

/* ---- life ---- */

CG_FIXTURE(life);

TEST_F(life, goes_with_the_last_unmount)
{
	char path[256];
	int id;

	ASSERT_EQ(0, cg_mount("cpu,name=gone", "h"));
	ASSERT_EQ(0, cg_mount("name=gone", "h2"));
	id = cg_hierarchy_of("cpu");
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_EQ(id, cg_hierarchy_of("cpu"));
	ASSERT_EQ(0, cg_umount("h2"));
	EXPECT_EQ(0, cg_mount("cpu,cpuacct", "h"));
	EXPECT_EQ(-ENOENT, cg_proc_path(0, "name=gone", path, sizeof(path)));
	EXPECT_EQ(-EINVAL, cg_mount("name=gone", "h2"));
}

TEST_F(life, children_keep_it)
{
	char path[256];
	pid_t pid;

	ASSERT_EQ(0, cg_mount("cpu", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_put("h/a/cpu.shares", "512"));
	pid = cg_sleeper("h/a");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_umount("h"));
	ASSERT_EQ(0, cg_proc_path(pid, "cpu", path, sizeof(path)));
	EXPECT_STREQ("/a", path);
	ASSERT_EQ(0, mkdir("h2", 0755));
	cg_state_watch(pid);
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_mount("cpu,cpuacct", "h2"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_mount("cpu", "h"));
	EXPECT_EQ(512, cg_num("h/a/cpu.shares"));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", pid));
	EXPECT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_F(life, an_open_file_keeps_the_mount)
{
	int fd;

	ASSERT_EQ(0, cg_mount("cpu", "h"));
	fd = open("h/cpu.shares", O_RDONLY);
	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_umount("h"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, umount2("h", MNT_DETACH));
	/* the mount is detached, but it is in use, so its subsystem is still bound */
	ASSERT_EQ(0, mkdir("h2", 0755));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_mount("cpu,cpuacct", "h2"));
	EXPECT_TRUE(cg_state_kept());
	close(fd);
	EXPECT_EQ(0, cg_mount_retry("cpu,cpuacct", "h2"));
}

TEST_F(life, a_bind_mount_shows_a_subtree)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, cg_mount("cpu", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, mkdir("bind", 0755));
	ASSERT_EQ(0, mount("h/a", "bind", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, cg_mountinfo("bind", &info));
	EXPECT_STREQ("/a", info.root);
	EXPECT_TRUE(cg_exists("bind/b/cpu.shares"));
	EXPECT_EQ(0, cg_rmdir("bind/b"));
	EXPECT_EQ(0, cg_umount("bind"));
}

#define ID_ROUNDS	60

/* The id of a hierarchy is not used again soon, and the ids stay small. */
TEST_F(life, hierarchy_ids_are_given_out_in_turn)
{
	int i, id, other, first = 0, last = 0;

	ASSERT_EQ(0, cg_mount_retry("pids", "other"));
	other = cg_hierarchy_of("pids");
	ASSERT_LT(0, other);
	for (i = 0; i < ID_ROUNDS; i++) {
		ASSERT_EQ(0, cg_mount_retry("cpu", "h"));
		id = cg_hierarchy_of("cpu");
		ASSERT_LT(last, id)
			TH_LOG("round %d", i);
		ASSERT_NE(other, id);
		first = first ?: id;
		last = id;
		ASSERT_EQ(0, cg_umount("h"));
	}
	EXPECT_EQ(other, cg_hierarchy_of("pids"));
	/* a refused mount may take an id, too */
	EXPECT_GT(first + 10 * ID_ROUNDS, last);
}

/* ---- what mainline does not do ---- */

CG_FIXTURE(beyond);

/* Mount SS, use one child, remove it, unmount; then mount SS elsewhere at once. */
static int rebind_at_once(const char *ss, int round)
{
	pid_t pid;
	int ret;

	ret = cg_mount(cg_path("clone_children,%s,name=a%d", ss, round), "h");
	if (ret)
		return ret;
	ret = cg_mkdir("h/a");
	if (ret)
		return ret;
	pid = cg_sleeper("h/a");
	if (pid < 0)
		return pid;
	ret = cg_kill(pid) ?: cg_rmdir("h/a") ?: cg_umount("h");
	if (ret)
		return ret;
	ret = cg_mount(cg_path("%s,name=b%d", ss, round), "h2");
	return ret ?: cg_umount("h2");
}

TEST_F(beyond, a_subsystem_is_free_at_once)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, round, ret, n = cg_subsystems(list);

	for (i = 0; i < n; i++) {
		if (!cg_usable(list[i].name))
			continue;
		for (round = 0; round < 10; round++) {
			ret = rebind_at_once(list[i].name, round);
			EXPECT_EQ(0, ret)
				TH_LOG("%s, round %d", list[i].name, round);
			if (ret)
				break;
		}
		cg_sweep();
	}
}

TEST_F(beyond, a_hierarchy_goes_at_once)
{
	char path[256];

	ASSERT_EQ(0, cg_mount("cpu,pids,name=gone", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_EQ(-ENOENT, cg_proc_path(0, "name=gone", path, sizeof(path)));
	EXPECT_EQ(0, cg_hierarchy_of("cpu"));
	EXPECT_EQ(0, cg_hierarchy_of("pids"));
}

/* A zombie that was in h/a when it died, 0 if any step failed. */
static pid_t zombie_in_a(void)
{
	pid_t pid = cg_sleeper("h/a");
	siginfo_t info;

	if (pid < 0 || kill(pid, SIGKILL) ||
	    waitid(P_PID, pid, &info, WEXITED | WNOWAIT) || cg_state(pid) != 'Z')
		return 0;
	return pid;
}

TEST_F(beyond, a_subsystem_is_free_despite_zombies)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);
	pid_t pid[CG_MAX_SUBSYS];

	for (i = 0; i < n; i++) {
		const char *name = list[i].name;

		ASSERT_EQ(0, cg_mount(cg_path("%s,clone_children,name=z%d", name, i), "h"))
			TH_LOG("%s", name);
		ASSERT_EQ(0, cg_mkdir("h/a"));
		pid[i] = zombie_in_a();
		ASSERT_LT(0, pid[i]);
		EXPECT_EQ(0, cg_rmdir("h/a"))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_umount("h"));
		EXPECT_EQ(0, cg_hierarchy_of(name))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_mount(cg_path("%s,name=elsewhere", name), "h2"))
			TH_LOG("%s", name);
		EXPECT_EQ(0, cg_umount("h2"));
	}
	/* while these zombies exist, mount all subsystems together, then each alone */
	ASSERT_EQ(0, cg_mount("all,clone_children", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_LT(0, zombie_in_a());
	EXPECT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(0, cg_umount("h"));
	for (i = 0; i < n; i++) {
		EXPECT_EQ(0, cg_mount(list[i].name, cg_path("alone%d", i)))
			TH_LOG("%s", list[i].name);
		EXPECT_EQ('Z', cg_state(pid[i]));
		EXPECT_EQ(pid[i], waitpid(pid[i], NULL, 0));
	}
}

static int fill_file(void *arg)
{
	static char block[65536];
	int i, fd;

	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	memset(block, 'x', sizeof(block));
	fd = open(arg, O_CREAT | O_WRONLY, 0600);
	for (i = 0; i < 64; i++)
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return 2;
	close(fd);
	return 0;
}

/* The pages of a tmpfs file stay charged to the removed group. */
TEST_F(beyond, a_subsystem_is_free_despite_memory_charges)
{
	pid_t pid;

	CG_NEED("memory");
	ASSERT_EQ(0, cg_mount("memory", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	pid = cg_spawn(fill_file, "charged");
	ASSERT_EQ(0, cg_wait_exit(pid, 30000));
	ASSERT_LE(4 << 20, cg_num("h/a/memory.usage_in_bytes"));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_umount("h"));
	ASSERT_EQ(0, cg_mount("memory,cpu", "h2"));
	ASSERT_EQ(0, cg_mkdir("h2/a"));
	ASSERT_EQ(0, cg_mkdir("h2/b"));
	/* a new group is not charged for it, even if it has the old name */
	EXPECT_EQ(0, cg_num("h2/a/memory.usage_in_bytes"));
	pid = cg_eater("h2/b", 4 << 20);
	ASSERT_LT(0, pid);
	EXPECT_LE(4 << 20, cg_num("h2/b/memory.usage_in_bytes"));
	/* the memory of the old group is not taken off the new ones */
	ASSERT_EQ(0, unlink("charged"));
	EXPECT_EQ(0, cg_num("h2/a/memory.usage_in_bytes"));
	EXPECT_LE(4 << 20, cg_num("h2/b/memory.usage_in_bytes"));
	EXPECT_EQ(0, cg_kill(pid));
	EXPECT_TRUE(CG_SOON(cg_num("h2/b/memory.usage_in_bytes") < 2 << 20));
	EXPECT_EQ(0, cg_rmdir("h2/b"));
	EXPECT_EQ(0, cg_rmdir("h2/a"));
}

/* Page cache of a disk, and memory of a live task that was moved to the root. */
TEST_F(beyond, a_subsystem_is_free_despite_page_cache)
{
	int disk = open("/dev/ram0", O_RDONLY);
	pid_t pid;

	/* the disk loses its page cache when its last file is closed */
	ASSERT_LE(0, disk);
	ASSERT_EQ(0, cg_mount("memory,blkio", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	pid = cg_spawn(fill_file, "/dev/ram0");
	ASSERT_EQ(0, cg_wait_exit(pid, 30000));
	ASSERT_LE(4 << 20, cg_num("h/a/memory.usage_in_bytes"));
	pid = cg_sleeper("h/a");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "%d", pid));
	ASSERT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_EQ(0, cg_mount("memory,cpu", "h2"));
	EXPECT_EQ(0, cg_mount("blkio", "h3"));
	EXPECT_EQ(0, cg_put("/proc/sys/vm/drop_caches", "3"));
	EXPECT_EQ(0, cg_kill(pid));
	close(disk);
}

/* A perf event counts a removed group as long as the event is open. */
TEST_F(beyond, a_subsystem_is_free_despite_a_perf_event)
{
	unsigned long long count;
	int dir, event, late;

	ASSERT_EQ(0, cg_mount("perf_event", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	dir = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, dir);
	event = cg_perf_open(dir, 0);
	ASSERT_LE(0, event);
	close(dir);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_umount("h"));
	ASSERT_EQ(0, cg_mount("perf_event,cpu", "h2"));
	ASSERT_EQ(0, cg_mkdir("h2/b"));
	ASSERT_EQ(0, cg_put("h2/b/tasks", "0"));
	dir = open("h2/b", O_RDONLY | O_DIRECTORY);
	late = cg_perf_open(dir, 0);
	ASSERT_LE(0, late);
	EXPECT_EQ(sizeof(count), read(event, &count, sizeof(count)));
	close(event);
	EXPECT_EQ(sizeof(count), read(late, &count, sizeof(count)));
	close(late);
	close(dir);
	ASSERT_EQ(0, cg_put("h2/tasks", "0"));
}

/* An open directory and an open file use a removed group, but they are not children. */
TEST_F(beyond, a_subsystem_is_free_after_open_files)
{
	int dir, file;

	ASSERT_EQ(0, cg_mount("cpu", "h"));
	ASSERT_EQ(0, cg_mount("cpu", "other"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	dir = open("h/a", O_RDONLY | O_DIRECTORY);
	file = open("h/a/cpu.shares", O_RDWR);
	ASSERT_LE(0, dir);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(-ENODEV, cg_put_fd(file, "100"));
	EXPECT_EQ(-1, openat(dir, "cpu.shares", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	ASSERT_EQ(0, cg_umount("other"));
	EXPECT_EQ(-EBUSY, cg_umount("h"));
	ASSERT_EQ(0, umount2("h", MNT_DETACH));
	/* each of them keeps the mount, and with the last one the hierarchy goes */
	EXPECT_EQ(-EBUSY, cg_mount("cpu,cpuacct", "h2"));
	close(dir);
	EXPECT_EQ(-EBUSY, cg_mount("cpu,cpuacct", "h2"));
	close(file);
	EXPECT_EQ(0, cg_hierarchy_of("cpu"));
	EXPECT_EQ(0, cg_mount("cpu,cpuacct", "h2"));
}

TEST_F(beyond, a_refused_mount_says_why)
{
	ASSERT_EQ(0, cg_mount("cpu,name=one", "h"));
	cg_state_keep();
	EXPECT_TRUE(cg_mount_refused("cpu,pids", -EBUSY,
				     "subsystem 'cpu' is in use in another hierarchy"));
	EXPECT_TRUE(cg_mount_refused("pids,name=one", -EBUSY,
				     "hierarchy 'one' carries other subsystems"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(beyond, no_cgroup2_yet)
{
	ASSERT_EQ(0, mkdir("h", 0755));
	EXPECT_EQ(-1, mount("c", "h", "cgroup2", 0, NULL));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(NULL, strstr(cg_text("/proc/filesystems"), "cgroup2"));
}

TEST_HARNESS_MAIN
