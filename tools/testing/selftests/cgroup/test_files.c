// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * The files of the core in every cgroup: their names, modes and contents, and which writes
 * they accept and refuse.
 */
#include "cg_test.h"

#include <dirent.h>
#include <sys/statfs.h>

/*
 *  h/          mounted with no subsystem
 *  `-- a/
 */
FIXTURE(core) { int unused; };

FIXTURE_SETUP(core)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("none,name=files", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
}

FIXTURE_TEARDOWN(core)
{
	EXPECT_EQ(0, cg_teardown());
}

static const struct core_file {
	const char *name;
	mode_t mode;
	bool only_root;
	const char *reads;	/* its content; NULL: this varies */
} core_files[] = {
	{ "cgroup.procs", 0644, false, NULL },
	{ "tasks", 0644, false, NULL },
	{ "cgroup.clone_children", 0644, false, "0\n" },
	{ "notify_on_release", 0644, false, "0\n" },
	{ "cgroup.sane_behavior", 0444, true, "0\n" },
	{ "release_agent", 0644, true, "\n" },
};

TEST_F(core, modes_and_contents)
{
	const struct core_file *f;
	struct stat st;
	char buf[4096];

	for (f = core_files; f < core_files + ARRAY_SIZE(core_files); f++) {
		ASSERT_EQ(0, stat(cg_path("h/%s", f->name), &st))
			TH_LOG("h/%s", f->name);
		EXPECT_EQ(S_IFREG | f->mode, st.st_mode)
			TH_LOG("h/%s has mode %o", f->name, st.st_mode);
		EXPECT_EQ(0, st.st_uid);
		EXPECT_LE(0, cg_read(cg_path("h/%s", f->name), buf, sizeof(buf)));
		if (f->reads)
			EXPECT_STREQ(f->reads, buf)
				TH_LOG("h/%s", f->name);
		EXPECT_EQ(!f->only_root, cg_exists(cg_path("h/a/%s", f->name)))
			TH_LOG("h/a/%s", f->name);
		if (f->only_root)
			continue;
		ASSERT_EQ(0, stat(cg_path("h/a/%s", f->name), &st));
		EXPECT_EQ(S_IFREG | f->mode, st.st_mode);
	}
	ASSERT_EQ(0, stat("h", &st));
	EXPECT_EQ(S_IFDIR | 0555, st.st_mode);
	ASSERT_EQ(0, stat("h/a", &st));
	EXPECT_EQ(S_IFDIR | 0755, st.st_mode);
}

static bool is_core_file(const char *name)
{
	/* files that change the hierarchy; only at the root */
	static const char * const shape[] = {
		"cgroup.subsystems", "cgroup.merge", "cgroup.split",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(core_files); i++)
		if (!strcmp(core_files[i].name, name))
			return true;
	for (i = 0; i < ARRAY_SIZE(shape); i++)
		if (!strcmp(shape[i], name))
			return true;
	return false;
}

TEST_F(core, no_other_files)
{
	static const char * const dirs[] = { "h", "h/a" };
	struct dirent *entry;
	DIR *d;
	int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		d = opendir(dirs[i]);
		ASSERT_NE(NULL, d);
		while ((entry = readdir(d)))
			if (entry->d_type != DT_DIR)
				EXPECT_TRUE(is_core_file(entry->d_name))
					TH_LOG("%s/%s", dirs[i], entry->d_name);
		closedir(d);
	}
}

TEST_F(core, mkdir_applies_mode_and_umask)
{
	struct stat st;

	umask(0);
	ASSERT_EQ(0, mkdir("h/m", 0711));
	ASSERT_EQ(0, stat("h/m", &st));
	EXPECT_EQ(S_IFDIR | 0711, st.st_mode);
	umask(027);
	ASSERT_EQ(0, mkdir("h/n", 0777));
	ASSERT_EQ(0, stat("h/n", &st));
	EXPECT_EQ(S_IFDIR | 0750, st.st_mode);
	ASSERT_EQ(0, stat("h/n/tasks", &st));
	EXPECT_EQ(S_IFREG | 0644, st.st_mode);
}

TEST_F(core, statfs_shows_the_type)
{
	struct statfs fs;

	ASSERT_EQ(0, statfs("h/a", &fs));
	EXPECT_EQ(0x27e0eb, fs.f_type);
}

TEST_F(core, chmod_and_chown_are_kept)
{
	struct stat st;

	ASSERT_EQ(0, chmod("h/a/tasks", 0600));
	ASSERT_EQ(0, chown("h/a/tasks", 12, 34));
	ASSERT_EQ(0, chown("h/a", 12, 34));
	ASSERT_EQ(0, stat("h/a/tasks", &st));
	EXPECT_EQ(S_IFREG | 0600, st.st_mode);
	EXPECT_EQ(12, st.st_uid);
	EXPECT_EQ(34, st.st_gid);
	ASSERT_EQ(0, stat("h/a", &st));
	EXPECT_EQ(12, st.st_uid);
	ASSERT_EQ(0, stat("h/a/cgroup.procs", &st));
	EXPECT_EQ(0, st.st_uid);
}

static int changes_attributes(void *arg)
{
	const struct timespec y2001[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	const char *path = arg;

	if (!chmod(path, 0777) || errno != EPERM)
		return 1;
	if (!chown(path, 1000, 1000) || errno != EPERM)
		return 2;
	return !utimensat(AT_FDCWD, path, y2001, 0) || errno != EPERM ? 3 : 0;
}

static bool same_attributes(const struct stat *one, const struct stat *other)
{
	return one->st_mode == other->st_mode && one->st_uid == other->st_uid &&
	       one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
	       one->st_ctim.tv_nsec == other->st_ctim.tv_nsec &&
	       one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	       one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

/* Neither the group nor the file has attributes of its own before, and so no times of its own. */
TEST_F(core, a_refused_change_of_attributes_is_not_seen)
{
	static char * const paths[] = { "h/a", "h/a/tasks" };
	struct stat before, after;
	int i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		ASSERT_EQ(0, stat(paths[i], &before));
		/* so that a new time is another one */
		cg_msleep(20);
		EXPECT_EQ(0, cg_as_user(1000, changes_attributes, paths[i]));
		ASSERT_EQ(0, stat(paths[i], &after));
		EXPECT_TRUE(same_attributes(&before, &after))
			TH_LOG("%s", paths[i]);
	}
}

/* ---- files that change a hierarchy: not in mainline ---- */

CG_FIXTURE(beyond);

TEST_F(beyond, the_root_has_files_that_change_the_hierarchy)
{
	static const struct {
		const char *name;
		mode_t mode;
	} files[] = {
		{ "cgroup.subsystems", 0644 }, { "cgroup.merge", 0200 }, { "cgroup.split", 0200 },
	};
	struct stat st;
	char buf[4096];
	int i;

	ASSERT_EQ(0, cg_mount("signal,pids,freezer,cpu,name=shape", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ASSERT_EQ(0, stat(cg_path("h/%s", files[i].name), &st));
		EXPECT_EQ(S_IFREG | files[i].mode, st.st_mode)
			TH_LOG("%s", files[i].name);
		EXPECT_FALSE(cg_exists(cg_path("h/a/%s", files[i].name)));
	}
	/* in the order of /proc/cgroups, the stateless subsystem last */
	ASSERT_LT(0, cg_read("h/cgroup.subsystems", buf, sizeof(buf)));
	EXPECT_STREQ("cpu freezer pids signal\n", buf);
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-cpu -freezer -pids -signal"));
	ASSERT_LT(0, cg_read("h/cgroup.subsystems", buf, sizeof(buf)));
	EXPECT_STREQ("\n", buf);
}

/* ---- what a flag file accepts ---- */

FIXTURE(flag) { int unused; };
FIXTURE_VARIANT(flag) {
	const char *text;
	int ret;
	const char *after;	/* content after the write; 1 before */
};

#define FLAG(label, in, err, out) \
	FIXTURE_VARIANT_ADD(flag, label) { .text = in, .ret = err, .after = out }
FLAG(zero, "0", 0, "0");
FLAG(one, "1", 0, "1");
FLAG(newline, "0\n", 0, "0");
FLAG(hex, "0x0", 0, "0");
FLAG(octal, "00", 0, "0");
FLAG(big, "4096", 0, "1");
FLAG(plus, "+0", 0, "0");
FLAG(word, "off", -EINVAL, "1");
FLAG(minus, "-1", -EINVAL, "1");
FLAG(minus_zero, "-0", -EINVAL, "1");
FLAG(blank_before, " 0", -EINVAL, "1");
FLAG(blank_after, "0 ", -EINVAL, "1");
FLAG(two, "0 0", -EINVAL, "1");
FLAG(only_newline, "\n", -EINVAL, "1");
FLAG(too_big, "18446744073709551616", -ERANGE, "1");
FLAG(biggest, "18446744073709551615", 0, "1");
FLAG(float, "0.0", -EINVAL, "1");

FIXTURE_SETUP(flag)
{
	ASSERT_EQ(0, cg_setup());
	ASSERT_EQ(0, cg_mount("none,name=files", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
}

FIXTURE_TEARDOWN(flag)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(flag, a_value_is_accepted_or_refused)
{
	static const char * const files[] = {
		"h/notify_on_release", "h/cgroup.clone_children",
		"h/a/notify_on_release", "h/a/cgroup.clone_children",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ASSERT_EQ(0, cg_put(files[i], "1"));
		EXPECT_EQ(variant->ret, cg_put(files[i], "%s", variant->text))
			TH_LOG("%s", files[i]);
		EXPECT_STREQ(variant->after, cg_text(files[i]))
			TH_LOG("%s", files[i]);
	}
}

/* ---- other bad input, and operations of the VFS ---- */

TEST_F(core, a_new_group_copies_the_flags_of_its_parent)
{
	ASSERT_EQ(0, cg_put("h/a/notify_on_release", "1"));
	ASSERT_EQ(0, cg_put("h/a/cgroup.clone_children", "1"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	EXPECT_STREQ("1", cg_text("h/a/b/notify_on_release"));
	EXPECT_STREQ("1", cg_text("h/a/b/cgroup.clone_children"));
	EXPECT_STREQ("0", cg_text("h/notify_on_release"));
	ASSERT_EQ(0, cg_put("h/a/notify_on_release", "0"));
	EXPECT_STREQ("1", cg_text("h/a/b/notify_on_release"));
}

TEST_F(core, an_empty_write_does_nothing)
{
	int fd = open("h/a/tasks", O_WRONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, write(fd, "", 0));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", getpid()));
	close(fd);
}

TEST_F(core, a_write_of_more_than_4096_bytes_is_refused)
{
	char text[5001];

	memset(text, ' ', sizeof(text));
	text[4096] = 0;
	text[4095] = '0';
	EXPECT_EQ(0, cg_put("h/a/tasks", "%s", text));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", getpid()));
	memset(text, ' ', sizeof(text));
	text[4097] = 0;
	cg_state_keep();
	EXPECT_EQ(-E2BIG, cg_put("h/a/tasks", "%s", text));
	EXPECT_EQ(-E2BIG, cg_put("h/notify_on_release", "%s", text));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(core, release_agent_is_trimmed_and_has_a_limit)
{
	char path[4098];

	ASSERT_EQ(0, cg_put("h/release_agent", "  /bin/agent with words \n"));
	EXPECT_STREQ("/bin/agent with words", cg_text("h/release_agent"));
	memset(path, 'p', sizeof(path));
	path[4095] = 0;
	EXPECT_EQ(0, cg_put("h/release_agent", "%s", path));
	EXPECT_STREQ(path, cg_text("h/release_agent"));
	path[4095] = 'p';
	path[4096] = 0;
	cg_state_keep();
	EXPECT_EQ(-E2BIG, cg_put("h/release_agent", "%s", path));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/release_agent", "\n"));
	EXPECT_STREQ("", cg_text("h/release_agent"));
}

TEST_F(core, no_file_can_be_created_or_removed)
{
	cg_state_keep();
	/* root may open a file that cannot be written; the write is refused */
	EXPECT_EQ(-EINVAL, cg_put("h/cgroup.sane_behavior", "1"));
	EXPECT_STREQ("0", cg_text("h/cgroup.sane_behavior"));
	EXPECT_EQ(-1, open("h/a/new", O_CREAT | O_WRONLY, 0644));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, unlink("h/a/tasks"));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, symlink("x", "h/a/link"));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, link("h/a/tasks", "h/a/link"));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, mknod("h/a/node", S_IFIFO | 0600, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(core, a_read_can_begin_anywhere)
{
	char buf[16] = "";
	int fd = open("h/a/notify_on_release", O_RDONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(2, pread(fd, buf, sizeof(buf), 0));
	EXPECT_EQ(1, pread(fd, buf, sizeof(buf), 1));
	EXPECT_EQ('\n', buf[0]);
	EXPECT_EQ(0, pread(fd, buf, sizeof(buf), 2));
	EXPECT_EQ(1, read(fd, buf, 1));
	ASSERT_EQ(0, cg_put("h/a/notify_on_release", "1"));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(2, read(fd, buf, sizeof(buf)));
	EXPECT_EQ('1', buf[0]);
	close(fd);
}

TEST_F(core, open_files_of_a_removed_group_fail)
{
	int tasks, flag, dir;
	char buf[16];

	tasks = open("h/a/tasks", O_RDWR);
	flag = open("h/a/notify_on_release", O_RDWR);
	dir = open("h/a", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, tasks);
	ASSERT_LE(0, flag);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	cg_state_keep();
	EXPECT_EQ(-ENODEV, cg_put_fd(tasks, "0"));
	EXPECT_EQ(-1, read(tasks, buf, sizeof(buf)));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, cg_put_fd(flag, "1"));
	EXPECT_EQ(-1, read(flag, buf, sizeof(buf)));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, mkdirat(dir, "b", 0755));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, openat(dir, "tasks", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_TRUE(cg_state_kept());
	/* a new group with the same name is another group */
	ASSERT_EQ(0, cg_mkdir("h/a"));
	cg_state_keep();
	EXPECT_EQ(-ENODEV, cg_put_fd(flag, "1"));
	EXPECT_STREQ("0", cg_text("h/a/notify_on_release"));
	EXPECT_TRUE(cg_state_kept());
	close(tasks);
	close(flag);
	close(dir);
}

TEST_F(core, a_file_handle_opens_a_group_until_rmdir)
{
	struct { struct file_handle h; unsigned char data[128]; } handle;
	struct stat by_path, by_handle;
	int mount_id, fd, base;

	handle.h.handle_bytes = sizeof(handle.data);
	ASSERT_EQ(0, name_to_handle_at(AT_FDCWD, "h/a", &handle.h, &mount_id, 0));
	base = open("h", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, base);
	fd = open_by_handle_at(base, &handle.h, O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &by_handle));
	ASSERT_EQ(0, stat("h/a", &by_path));
	EXPECT_EQ(by_path.st_ino, by_handle.st_ino);
	close(fd);
	ASSERT_EQ(0, cg_rmdir("h/a"));
	EXPECT_EQ(-1, open_by_handle_at(base, &handle.h, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(ESTALE, errno);
	close(base);
}

TEST_F(core, inode_numbers_are_unique)
{
	struct stat root, a, b, other;

	ASSERT_EQ(0, cg_mkdir("h/b"));
	ASSERT_EQ(0, stat("h", &root));
	ASSERT_EQ(0, stat("h/a", &a));
	ASSERT_EQ(0, stat("h/b", &b));
	EXPECT_NE(a.st_ino, b.st_ino);
	EXPECT_NE(root.st_ino, a.st_ino);
	ASSERT_EQ(0, cg_mount("name=files", "h2"));
	ASSERT_EQ(0, stat("h2/a", &other));
	EXPECT_EQ(a.st_ino, other.st_ino);
	EXPECT_EQ(a.st_dev, other.st_dev);
}

TEST_HARNESS_MAIN
