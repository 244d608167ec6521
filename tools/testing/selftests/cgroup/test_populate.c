// SPDX-License-Identifier: GPL-2.0
/* timeout: 120 */
/*
 * The files of a group are made at the first lookup. This must be invisible. Here are the
 * operations that might show it.
 */
#include "cg_test.h"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/xattr.h>

#define ALICE	1000

/* How many entries a directory lists, or a negative errno. */
static int listed(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int nr = 0;

	if (!d)
		return -errno;
	while ((entry = readdir(d)))
		nr += entry->d_name[0] != '.';
	closedir(d);
	return nr;
}

static bool is_listed(const char *dir, const char *name)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	bool found = false;

	while (d && (entry = readdir(d)))
		found |= !strcmp(entry->d_name, name);
	if (d)
		closedir(d);
	return found;
}

/* The owner of a file, or a negative errno. */
static int owner(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -errno : (int)st.st_uid;
}

/*
 *  h/ cpu,pids,freezer
 *  `-- a/
 */
FIXTURE(first_look) { int unused; };

FIXTURE_SETUP(first_look)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("cpu,pids,freezer,name=look", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
}

FIXTURE_TEARDOWN(first_look)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(first_look, finds_files_by_name)
{
	EXPECT_EQ(0, owner("h/a/pids.max"));
	EXPECT_EQ(0, owner("h/a/pids.current"));
	EXPECT_EQ(0, owner("h/a/tasks"));
	EXPECT_EQ(0, owner("h/a/notify_on_release"));
	EXPECT_EQ(0, owner("h/a/cpu.shares"));
	EXPECT_EQ(-ENOENT, owner("h/a/pids.maximum"));
	EXPECT_EQ(-ENOENT, owner("h/a/pids"));
	EXPECT_EQ(-ENOENT, owner("h/a/pids."));
	EXPECT_EQ(-ENOENT, owner("h/a/max"));
	EXPECT_EQ(-ENOENT, owner("h/a/memory.usage_in_bytes"));
	EXPECT_EQ(-ENOENT, owner("h/a/release_agent"));
	EXPECT_EQ(-ENOENT, owner("h/a/.pids.max"));
}

TEST_F(first_look, lists_each_file_once)
{
	int one;

	ASSERT_EQ(0, cg_mkdir("h/b"));
	one = listed("h/a");
	EXPECT_LT(10, one);
	/* look up some files by name first: a list still has all of them, and each once */
	EXPECT_EQ(0, owner("h/b/freezer.state"));
	EXPECT_EQ(0, owner("h/b/tasks"));
	EXPECT_EQ(one, listed("h/b"));
	EXPECT_EQ(one, listed("h/b"));
	ASSERT_EQ(0, cg_mkdir("h/b/c"));
	EXPECT_EQ(one + 1, listed("h/b"));
	EXPECT_EQ(one, listed("h/b/c"));
}

static bool names_are_refused(void)
{
	return cg_mkdir("h/a/pids.max") == -EEXIST && cg_mkdir("h/a/b/tasks") == -EEXIST &&
	       rename("h/a/b", "h/a/freezer.state") == -1 && errno == ENOTDIR;
}

TEST_F(first_look, names_of_files_are_taken)
{
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_TRUE(names_are_refused());
	/* once more, after cg_state_keep() has looked at all of them */
	cg_state_keep();
	EXPECT_TRUE(names_are_refused());
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_mkdir("h/a/pids.maximum"));
	EXPECT_EQ(0, rename("h/a/b", "h/a/freezer"));
	EXPECT_EQ(0, owner("h/a/freezer/freezer.state"));
}

/* The user that looks first is not the one that made the group. */
static int look_as_alice(void *arg)
{
	return listed("h/a") < 0 || owner("h/b/pids.max") < 0 ||
	       cg_put("h/b/pids.max", "5") != -EACCES;
}

TEST_F(first_look, by_another_user)
{
	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, chown("h/a", ALICE, ALICE));
	EXPECT_EQ(0, cg_as_user(ALICE, look_as_alice, NULL));
	EXPECT_EQ(0, owner("h/a/tasks"));
	EXPECT_EQ(0, owner("h/a/pids.max"));
	EXPECT_EQ(0, owner("h/b/pids.max"));
	EXPECT_EQ(0, owner("h/b/tasks"));
}

static int mkdir_below(void *arg)
{
	return mkdir("h/a/hers", 0755);
}

TEST_F(first_look, files_belong_to_the_maker_of_the_group)
{
	ASSERT_EQ(0, chown("h/a", ALICE, ALICE));
	ASSERT_EQ(0, cg_as_user(ALICE, mkdir_below, NULL));
	EXPECT_EQ(ALICE, owner("h/a/hers"));
	EXPECT_EQ(ALICE, owner("h/a/hers/tasks"));
	EXPECT_EQ(ALICE, owner("h/a/hers/pids.max"));
	EXPECT_EQ(0, owner("h/a/tasks"));
	ASSERT_EQ(0, cg_mkdir("h/a/hers/roots"));
	EXPECT_EQ(0, owner("h/a/hers/roots/tasks"));
}

TEST_F(first_look, group_of_a_setgid_directory)
{
	struct stat st;

	ASSERT_EQ(0, chown("h/a", 0, 77));
	ASSERT_EQ(0, chmod("h/a", 02775));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, stat("h/a/b/pids.max", &st));
	EXPECT_EQ(77, st.st_gid);
	ASSERT_EQ(0, stat("h/a/b/tasks", &st));
	EXPECT_EQ(77, st.st_gid);
}

/* Files do not change when their directory gets another owner, group or mode. */
TEST_F(first_look, files_keep_owners_when_the_directory_changes)
{
	struct stat st;

	ASSERT_EQ(0, chown("h/a", ALICE, 77));
	ASSERT_EQ(0, chmod("h/a", 02775));
	ASSERT_EQ(0, stat("h/a/pids.max", &st));
	EXPECT_EQ(0, st.st_gid);
	EXPECT_EQ(0, st.st_uid);
	ASSERT_EQ(0, stat("h/a/tasks", &st));
	EXPECT_EQ(0, st.st_gid);
	ASSERT_EQ(0, stat("h/a/freezer.state", &st));
	EXPECT_EQ(0, st.st_gid);
}

TEST_F(first_look, finds_no_file_in_a_removed_group)
{
	int dir = open("h/a", O_RDONLY | O_DIRECTORY);

	ASSERT_LE(0, dir);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	cg_state_keep();
	EXPECT_EQ(-1, openat(dir, "pids.max", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_TRUE(cg_state_kept());
	close(dir);
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_EQ(0, owner("h/a/pids.max"));
}

/* Does FD, of pids.events, have an event after a fork was refused in the group? */
static bool has_an_event(int fd, const char *tasks, const char *tasks_of_root)
{
	bool refused;

	if (cg_event(fd, 0) || cg_put(tasks, "0"))
		return false;
	refused = cg_fork_wait(NULL, NULL) == -EAGAIN;
	return !cg_put(tasks_of_root, "0") && refused && cg_event(fd, 5000);
}

/* An event finds a file that was made late. */
TEST_F(first_look, an_event_finds_its_file)
{
	int fd = cg_watch("h/a/pids.events");

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put("h/a/pids.max", "1"));
	EXPECT_TRUE(has_an_event(fd, "h/a/tasks", "h/tasks"));
	close(fd);
}

/* ---- what others see ---- */

/* The result of stat() for a directory, which a look must not change. */
struct looks {
	struct stat st;
};

static struct looks looks_of(const char *dir)
{
	struct looks looks = { 0 };

	if (stat(dir, &looks.st))
		fprintf(stderr, "# stat %s: %s\n", dir, strerror(errno));
	/* so that a later change gets another time */
	cg_msleep(10);
	return looks;
}

static bool same_time(struct timespec one, struct timespec other)
{
	return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool looks_the_same(const char *dir, const struct looks *was)
{
	struct looks is = looks_of(dir);

	return same_time(was->st.st_mtim, is.st.st_mtim) &&
	       same_time(was->st.st_ctim, is.st.st_ctim) &&
	       was->st.st_nlink == is.st.st_nlink && was->st.st_size == is.st.st_size &&
	       was->st.st_mode == is.st.st_mode && was->st.st_uid == is.st.st_uid;
}

static int refused_chmod(void *arg)
{
	return chmod("h/a", 0700) ? errno : 0;
}

/* Look at h/a in all possible ways.  Returns the name of the way that failed, or "". */
static const char *look_in_all_ways(void)
{
	char buf[64];

	if (owner("h/a/tasks"))
		return "stat";
	if (owner("h/a/nosuch") != -ENOENT)
		return "stat of none";
	if (cg_mkdir("h/a/pids.max") != -EEXIST)
		return "mkdir";
	if (cg_num("h/a/notify_on_release"))
		return "read";
	if (getxattr("h/a", "user.nosuch", buf, sizeof(buf)) != -1)
		return "getxattr";
	if (listxattr("h/a", buf, sizeof(buf)) < 0)
		return "listxattr";
	if (cg_as_user(ALICE, refused_chmod, NULL) != -EPERM)
		return "chmod";
	if (listed("h/a") < 10)
		return "list";
	return "";
}

/* A directory that has attributes also has times of its own. */
TEST_F(first_look, times_of_a_directory_with_attributes)
{
	struct looks was;

	ASSERT_EQ(0, setxattr("h/a", "user.x", "1", 1, 0));
	was = looks_of("h/a");
	EXPECT_STREQ("", look_in_all_ways());
	EXPECT_TRUE(looks_the_same("h/a", &was));
}

TEST_F(first_look, times_of_a_directory_given_away)
{
	struct looks was;

	ASSERT_EQ(0, chown("h/a", ALICE, 77));
	was = looks_of("h/a");
	EXPECT_EQ(0, owner("h/a/tasks"));
	EXPECT_EQ(0, owner("h/a/pids.max"));
	EXPECT_LT(10, listed("h/a"));
	EXPECT_TRUE(looks_the_same("h/a", &was));
}

TEST_F(first_look, times_that_were_set)
{
	const struct timespec y2001[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000001 } };
	struct stat st;

	ASSERT_EQ(0, utimensat(AT_FDCWD, "h/a", y2001, 0));
	EXPECT_STREQ("", look_in_all_ways());
	ASSERT_EQ(0, stat("h/a", &st));
	EXPECT_EQ(1000000001, st.st_mtim.tv_sec);
}

/* A real change of a directory changes its times, whether it was looked at before or not. */
TEST_F(first_look, times_of_a_change)
{
	int looked;

	for (looked = 0; looked < 2; looked++) {
		struct looks was;

		if (looked)
			ASSERT_LT(10, listed("h/a"));
		ASSERT_EQ(0, setxattr("h/a", "user.x", "1", 1, 0));
		was = looks_of("h/a");
		ASSERT_EQ(0, cg_mkdir("h/a/b"));
		EXPECT_FALSE(same_time(was.st.st_mtim, looks_of("h/a").st.st_mtim));
		EXPECT_FALSE(same_time(was.st.st_ctim, looks_of("h/a").st.st_ctim));
		EXPECT_EQ(was.st.st_nlink + 1, looks_of("h/a").st.st_nlink);
		was = looks_of("h/a");
		ASSERT_EQ(0, cg_rmdir("h/a/b"));
		EXPECT_FALSE(same_time(was.st.st_mtim, looks_of("h/a").st.st_mtim));
		EXPECT_EQ(was.st.st_nlink - 1, looks_of("h/a").st.st_nlink);
		ASSERT_EQ(0, cg_rmdir("h/a"));
		ASSERT_EQ(0, cg_mkdir("h/a"));
	}
}

#define EVENTS_OF_A_CHANGE	(IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MODIFY | IN_MOVE | \
				 IN_DELETE_SELF | IN_MOVE_SELF)

TEST_F(first_look, a_look_makes_no_events)
{
	int fd = inotify_init1(IN_NONBLOCK);
	char buf[512];

	ASSERT_LE(0, fd);
	ASSERT_LT(0, inotify_add_watch(fd, "h/a", EVENTS_OF_A_CHANGE));
	ASSERT_LT(0, inotify_add_watch(fd, "h", EVENTS_OF_A_CHANGE));
	EXPECT_EQ(0, owner("h/a/tasks"));
	EXPECT_LT(10, listed("h/a"));
	EXPECT_EQ(-1, read(fd, buf, sizeof(buf)));
	EXPECT_EQ(EAGAIN, errno);
	/* a real change does make events */
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_LT(0, read(fd, buf, sizeof(buf)));
	close(fd);
}

/* The names that a directory lists from its present position on, in its order. */
static const char *names_from(DIR *d, char *buf, size_t size)
{
	struct dirent *entry;
	size_t len = 0;

	buf[0] = '\0';
	while ((entry = readdir(d)) && len < size)
		len += snprintf(buf + len, size - len, "%s ", entry->d_name);
	return buf;
}

static int look_here_and_there(void *arg)
{
	return owner("h/a/freezer.state") || owner("h/a/tasks") || listed("h/a") < 10;
}

/* A reader in the middle of a list finds what it would find if all files had always existed. */
TEST_F(first_look, a_look_does_not_disturb_a_reader_of_the_list)
{
	char first[4096], names[4096];
	struct dirent *entry;
	DIR *a, *b;

	ASSERT_EQ(0, cg_mkdir("h/b"));
	b = opendir("h/b");
	ASSERT_NE(NULL, b);
	names_from(b, names, sizeof(names));
	closedir(b);

	a = opendir("h/a");
	ASSERT_NE(NULL, a);
	/* one entry per call: "." is read before any file is made */
	first[0] = '\0';
	EXPECT_LT(0, syscall(SYS_getdents64, dirfd(a), first, 24));
	EXPECT_EQ(0, cg_wait_exit(cg_spawn(look_here_and_there, NULL), 10000));
	entry = readdir(a);
	ASSERT_NE(NULL, entry);
	EXPECT_STREQ("..", entry->d_name);
	names_from(a, first, sizeof(first));
	EXPECT_STREQ(names + strlen(". .. "), first);
	closedir(a);
}

/* A lookup of a name that did not exist does not hide a file that is made later. */
FIXTURE(beyond_look) { int unused; };

FIXTURE_SETUP(beyond_look)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("cpu,name=look", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
}

FIXTURE_TEARDOWN(beyond_look)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(beyond_look, a_name_that_was_not_there)
{
	int round;

	for (round = 0; round < 3; round++) {
		EXPECT_EQ(-ENOENT, owner("h/a/pids.max"));
		EXPECT_EQ(-ENOENT, owner("h/a/pids.inherit"));
		EXPECT_FALSE(is_listed("h/a", "pids.max"));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
		if (round) {
			EXPECT_EQ(0, owner("h/a/pids.max"));
			EXPECT_EQ(0, owner("h/a/pids.inherit"));
			EXPECT_TRUE(is_listed("h/a", "pids.max"));
		}
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	}
}

TEST_F(beyond_look, a_group_with_the_name_of_a_file_prevents_a_bind)
{
	ASSERT_EQ(0, cg_mkdir("h/a/pids.max"));
	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_rmdir("h/a/pids.max"));
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_EQ(0, owner("h/a/pids.max"));
}

/* A group that inherits has no files of a css, so a child may have the name of such a file. */
TEST_F(beyond_look, a_group_may_have_the_name_of_an_inherited_file)
{
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b/pids.max"));
	EXPECT_EQ(-EEXIST, cg_put("h/a/b/pids.inherit", "0"));
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=apart pids"));
	ASSERT_EQ(0, cg_mount("name=apart", "g"));
	EXPECT_EQ(1, cg_num("g/a/b/pids.inherit"));
	EXPECT_EQ(0, owner("g/a/b/pids.max/tasks"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=apart"));
	EXPECT_EQ(1, cg_num("h/a/b/pids.inherit"));
	ASSERT_EQ(0, cg_umount("g"));
	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_put("h/a/b/pids.inherit", "0"));
	EXPECT_TRUE(cg_state_kept());
}

/* A file is written that was open while its subsystem was unbound and bound again. */
TEST_F(beyond_look, a_file_opened_before_a_rebind_cannot_be_written)
{
	int fd;

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	fd = open("h/a/b/pids.inherit", O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_EQ(-ENODEV, cg_put_fd(fd, "1"));
	EXPECT_EQ(0, cg_num("h/a/b/pids.inherit"));
	EXPECT_EQ(0, owner("h/a/b/pids.max"));
	cg_state_keep();
	EXPECT_EQ(-ENODEV, cg_put_fd(fd, "1"));
	EXPECT_TRUE(cg_state_kept());
	close(fd);
}

TEST_F(beyond_look, in_both_trees_of_a_split)
{
	int fd;

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids +freezer"));
	/* b was looked at and given away, c was looked at, d was not */
	ASSERT_EQ(0, cg_mkdir("h/a/c"));
	ASSERT_EQ(0, cg_mkdir("h/a/d"));
	ASSERT_EQ(0, chown("h/a/b/pids.max", ALICE, ALICE));
	ASSERT_EQ(0, cg_put("h/a/c/pids.max", "1"));
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=apart pids"));
	ASSERT_EQ(0, cg_mount("name=apart", "g"));
	EXPECT_EQ(ALICE, owner("g/a/b/pids.max"));
	EXPECT_EQ(0, owner("g/a/b/pids.current"));
	EXPECT_EQ(0, owner("g/a/b/tasks"));
	EXPECT_EQ(-ENOENT, owner("h/a/b/pids.max"));
	EXPECT_EQ(-ENOENT, owner("h/a/c/pids.max"));
	EXPECT_EQ(-ENOENT, owner("h/a/d/pids.max"));
	EXPECT_EQ(0, owner("g/a/d/pids.max"));

	fd = cg_watch("g/a/c/pids.events");
	ASSERT_LE(0, fd);
	EXPECT_TRUE(has_an_event(fd, "g/a/c/tasks", "g/tasks"));
	close(fd);

	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=apart"));
	ASSERT_EQ(0, cg_umount("g"));
	EXPECT_STREQ("1", cg_text("h/a/c/pids.max"));
	EXPECT_EQ(0, owner("h/a/d/pids.max"));
}

/* After a split, the copy of a directory given away has attributes before it has files. */
TEST_F(beyond_look, times_of_a_copy_by_a_split)
{
	struct looks was;

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	ASSERT_EQ(0, chown("h/a/b", ALICE, ALICE));
	ASSERT_EQ(0, cg_put("h/cgroup.split", "name=apart pids"));
	ASSERT_EQ(0, cg_mount("name=apart", "g"));
	was = looks_of("g/a/b");
	EXPECT_EQ(ALICE, was.st.st_uid);
	EXPECT_EQ(0, owner("g/a/b/tasks"));
	EXPECT_EQ(0, owner("g/a/b/pids.max"));
	EXPECT_LT(5, listed("g/a/b"));
	EXPECT_TRUE(looks_the_same("g/a/b", &was));
	ASSERT_EQ(0, cg_mkdir("g/a/b/c"));
	EXPECT_FALSE(looks_the_same("g/a/b", &was));
	ASSERT_EQ(0, cg_rmdir("g/a/b/c"));
	ASSERT_EQ(0, cg_put("h/cgroup.merge", "name=apart"));
	ASSERT_EQ(0, cg_umount("g"));
}

/* A list of the extended attributes of a directory or a file does not change their times. */
TEST_F(beyond_look, times_when_attributes_are_listed)
{
	struct looks dir, file;
	char buf[64];

	file = looks_of("h/a/tasks");
	dir = looks_of("h/a");
	EXPECT_EQ(0, listxattr("h/a", buf, sizeof(buf)));
	EXPECT_EQ(0, listxattr("h/a/tasks", buf, sizeof(buf)));
	EXPECT_TRUE(looks_the_same("h/a", &dir));
	EXPECT_TRUE(looks_the_same("h/a/tasks", &file));
	ASSERT_EQ(0, setxattr("h/a", "user.x", "1", 1, 0));
	EXPECT_EQ(sizeof("user.x"), listxattr("h/a", buf, sizeof(buf)));
}

/* A refused change leaves the times as they are, although files were made and removed. */
TEST_F(beyond_look, times_when_a_change_is_refused)
{
	struct looks was;

	ASSERT_EQ(0, chown("h/a", ALICE, ALICE));
	ASSERT_EQ(0, cg_mkdir("h/a/b/pids.max"));
	was = looks_of("h/a");
	EXPECT_EQ(-EEXIST, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_TRUE(looks_the_same("h/a", &was));
	ASSERT_EQ(0, cg_rmdir("h/a/b/pids.max"));
	EXPECT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_FALSE(looks_the_same("h/a", &was));
}

/* ---- at the same time ---- */

static int look_all_the_time(void *arg)
{
	for (;;) {
		int ret = owner("h/a/b/pids.max");

		if (ret && ret != -ENOENT)
			return 1;
		ret = listed("h/a");
		if (ret < 0)
			return 2;
		ret = owner("h/a/b/tasks");
		if (ret)
			return 3;
	}
}

TEST_F(beyond_look, while_a_subsystem_comes_and_goes)
{
	pid_t pids[4];
	int i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = cg_spawn(look_all_the_time, NULL);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < 30; i++) {
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
		ASSERT_EQ(0, owner("h/a/b/pids.max"));
		ASSERT_EQ(0, owner("h/a/pids.max"));
		ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
		ASSERT_EQ(-ENOENT, owner("h/a/b/pids.max"));
		ASSERT_EQ(-ENOENT, owner("h/a/pids.max"));
	}
	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		ASSERT_EQ(0, waitpid(pids[i], NULL, WNOHANG))
			TH_LOG("a task saw a result that it should not see");
		EXPECT_EQ(0, cg_kill(pids[i]));
	}
}

static int lists_all_the_time(void *arg)
{
	while (listed("h/a") > 0)
		;
	return 1;
}

static int takes_a_name(void *arg)
{
	for (;;) {
		if (!mkdir("h/a/pids.max", 0755)) {
			if (rmdir("h/a/pids.max"))
				return 1;
		} else if (errno != EEXIST) {
			return 2;
		}
	}
}

/* Either the group or the file gets the name, whichever is first. No other error occurs. */
TEST_F(beyond_look, while_another_task_takes_a_name)
{
	pid_t pids[3];
	int i, ret;

	pids[0] = cg_spawn(takes_a_name, NULL);
	pids[1] = cg_spawn(takes_a_name, NULL);
	pids[2] = cg_spawn(lists_all_the_time, NULL);
	for (i = 0; i < 60; i++) {
		ret = cg_put("h/cgroup.subsystems", "+pids");
		ASSERT_TRUE(!ret || ret == -EEXIST)
			TH_LOG("error %d", ret);
		if (!ret)
			ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	}
	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		ASSERT_EQ(0, waitpid(pids[i], NULL, WNOHANG));
		EXPECT_EQ(0, cg_kill(pids[i]));
	}
	cg_rmdir("h/a/pids.max");
}

TEST_HARNESS_MAIN
