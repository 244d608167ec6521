// SPDX-License-Identifier: GPL-2.0
/* timeout: 60 */
/*
 * Names of cgroups: mkdir, rmdir and rename, and what these refuse.
 */
#include "cg_test.h"

/*
 *  h/
 *  |-- a/
 *  |   `-- x/
 *  `-- b/
 */
FIXTURE(names) { int unused; };

FIXTURE_SETUP(names)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("none,name=names", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/x"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
}

FIXTURE_TEARDOWN(names)
{
	EXPECT_EQ(0, cg_teardown());
}

static int cg_rename(const char *from, const char *to)
{
	return rename(from, to) ? -errno : 0;
}

TEST_F(names, mkdir_refusals)
{
	char name[300];

	cg_state_keep();
	EXPECT_EQ(-EEXIST, cg_mkdir("h/a"));
	EXPECT_EQ(-EEXIST, cg_mkdir("h/tasks"));
	EXPECT_EQ(-EEXIST, cg_mkdir("h/a/cgroup.procs"));
	EXPECT_EQ(-ENOENT, cg_mkdir("h/no/x"));
	EXPECT_EQ(-ENOTDIR, cg_mkdir("h/tasks/x"));
	EXPECT_EQ(-EINVAL, cg_mkdir("h/with\nnewline"));
	EXPECT_EQ(-EINVAL, cg_mkdir("h/\n"));
	EXPECT_TRUE(cg_state_kept());
	memset(name, 'n', sizeof(name));
	name[255] = 0;
	EXPECT_EQ(0, cg_mkdir(cg_path("h/%s", name)));
	EXPECT_TRUE(cg_exists(cg_path("h/%s/tasks", name)));
	EXPECT_EQ(0, cg_rmdir(cg_path("h/%s", name)));
}

TEST_F(names, unusual_names_are_accepted)
{
	static const char * const odd[] = {
		"h/with blank", "h/.hidden", "h/a:b", "h/a,b", "h/name=x", "h/\t",
		"h/\\", "h/\x80\xff", "h/cgroup.mine",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		EXPECT_EQ(0, cg_mkdir(odd[i]))
			TH_LOG("'%s'", odd[i]);
		EXPECT_TRUE(cg_exists(cg_path("%s/tasks", odd[i])));
		EXPECT_EQ(0, cg_rmdir(odd[i]));
	}
}

TEST_F(names, rmdir_refusals)
{
	pid_t pid = cg_sleeper("h/b");

	ASSERT_LT(0, pid);
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a"));
	EXPECT_EQ(-EBUSY, cg_rmdir("h/b"));
	EXPECT_EQ(-ENOENT, cg_rmdir("h/c"));
	EXPECT_EQ(-ENOTDIR, cg_rmdir("h/tasks"));
	EXPECT_EQ(-EBUSY, cg_rmdir("h"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(-1, unlink("h/a"));
	EXPECT_EQ(EISDIR, errno);
	EXPECT_TRUE(cg_exists("h/a/x/tasks"));
	ASSERT_EQ(0, cg_kill(pid));
	EXPECT_EQ(0, cg_rmdir("h/b"));
	EXPECT_EQ(0, cg_rmdir("h/a/x"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_F(names, rename_in_place)
{
	pid_t pid = cg_sleeper("h/a/x");
	struct stat before, after;
	char path[64];
	int fd;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, stat("h/a", &before));
	fd = open("h/a/notify_on_release", O_RDWR);
	ASSERT_EQ(0, cg_rename("h/a", "h/c"));
	EXPECT_FALSE(cg_exists("h/a"));
	ASSERT_EQ(0, stat("h/c", &after));
	EXPECT_EQ(before.st_ino, after.st_ino);
	EXPECT_TRUE(cg_has_pid("h/c/x/tasks", pid));
	ASSERT_EQ(0, cg_proc_path(pid, "name=names", path, sizeof(path)));
	EXPECT_STREQ("/c/x", path);
	/* an open file still belongs to the same group */
	EXPECT_EQ(0, cg_put_fd(fd, "1"));
	EXPECT_STREQ("1", cg_text("h/c/notify_on_release"));
	close(fd);
	EXPECT_EQ(0, cg_mkdir("h/a"));
	EXPECT_STREQ("0", cg_text("h/a/notify_on_release"));
}

TEST_F(names, rename_refusals)
{
	cg_state_keep();
	EXPECT_EQ(-EIO, cg_rename("h/a/x", "h/x"));
	EXPECT_EQ(-EIO, cg_rename("h/b", "h/a/b"));
	EXPECT_EQ(-EEXIST, cg_rename("h/a", "h/b"));
	EXPECT_EQ(-EINVAL, cg_rename("h/a", "h/a/x/y"));
	EXPECT_EQ(-EINVAL, cg_rename("h/a", "h/new\nline"));
	EXPECT_EQ(-ENOENT, cg_rename("h/no", "h/c"));
	EXPECT_EQ(-ENOTDIR, cg_rename("h/tasks", "h/jobs"));
	EXPECT_EQ(-ENOTDIR, cg_rename("h/a", "h/tasks"));
	EXPECT_EQ(-EXDEV, cg_rename("h/a", "c"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_rename("h/a", "h/a"));
	EXPECT_EQ(-1, renameat2(AT_FDCWD, "h/a", AT_FDCWD, "h/b", RENAME_EXCHANGE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(cg_exists("h/a/x/tasks"));
	EXPECT_TRUE(cg_exists("h/b/tasks"));
	EXPECT_FALSE(cg_exists("h/a/b"));
}

TEST_F(names, many_groups_and_deep_trees)
{
	char path[1024] = "h";
	int i;

	for (i = 0; i < 300; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/b/g%d", i)));
	for (i = 0; i < 300; i++)
		ASSERT_EQ(0, cg_rmdir(cg_path("h/b/g%d", (i * 7) % 300)));
	for (i = 0; i < 100; i++) {
		strcat(path, "/d");
		ASSERT_EQ(0, cg_mkdir(path));
	}
	EXPECT_EQ(0, cg_put(cg_path("%s/tasks", path), "0"));
	EXPECT_TRUE(cg_has_pid(cg_path("%s/tasks", path), getpid()));
	EXPECT_EQ(0, cg_put("h/tasks", "0"));
	for (; i > 0; i--) {
		ASSERT_EQ(0, cg_rmdir(path));
		path[strlen(path) - 2] = 0;
	}
}

TEST_HARNESS_MAIN
