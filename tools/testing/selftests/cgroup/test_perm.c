// SPDX-License-Identifier: GPL-2.0
/* timeout: 200 */
/*
 * Permissions: moving tasks, delegation by chown, release_agent, and mounting in
 * user namespaces.
 */
#include "cg_test.h"

#include <sys/socket.h>

#define TAG	"name=perm"
#define ALICE	1000
#define BOB	1001

/*
 *  h/           root's
 *  |-- a/       alice's, with all its files
 *  `-- r/       root's
 */
static int give(const char *dir, uid_t uid)
{
	static const char * const files[] = {
		"", "/tasks", "/cgroup.procs", "/notify_on_release",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (chown(cg_path("%s%s", dir, files[i]), uid, uid))
			return -errno;
	return 0;
}

static int delegated(void)
{
	return cg_setup() ?: cg_mount("none," TAG, "h") ?: cg_mkdir("h/a") ?:
	       cg_mkdir("h/r") ?: give("h/a", ALICE);
}

#define PERM_FIXTURE(name)	CG_FIXTURE_WITH(name, delegated())

/* A write of TEXT to PATH or FD, by a child with other credentials. */
struct put {
	const char *path;
	int fd;
	char text[64];
};

static int do_put(void *arg)
{
	struct put *p = arg;

	if (p->path)
		return -cg_put(p->path, "%s", p->text);
	return -cg_put_fd(p->fd, "%s", p->text);
}

static int put_as(uid_t uid, const char *path, int pid)
{
	struct put p = { .path = path };

	snprintf(p.text, sizeof(p.text), "%d", pid);
	return cg_as_user(uid, do_put, &p);
}

static int put_fd_as(uid_t uid, int fd, int pid)
{
	struct put p = { .fd = fd };

	snprintf(p.text, sizeof(p.text), "%d", pid);
	return cg_as_user(uid, do_put, &p);
}

struct creds {
	uid_t real, effective, saved;
};

static int pause_with(void *arg)
{
	struct creds *c = arg;

	if (setresuid(c->real, c->effective, c->saved))
		return 1;
	cg_pause();
}

/* A task with these user ids; it has them when this returns. */
static pid_t task_of(uid_t real, uid_t effective, uid_t saved)
{
	struct creds c = { real, effective, saved };
	char want[64];
	pid_t pid = cg_spawn(pause_with, &c);
	int i;

	snprintf(want, sizeof(want), "Uid:\t%d\t%d\t%d\t", real, effective, saved);
	for (i = 0; pid > 0 && i < 2000; i++) {
		if (strstr(cg_text(cg_path("/proc/%d/status", pid)), want))
			return pid;
		cg_msleep(1);
	}
	return -1;
}

/* ---- moving tasks ---- */

PERM_FIXTURE(attach);

TEST_F(attach, needs_write_permission_for_the_file)
{
	cg_state_keep();
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/r/tasks", 0));
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/tasks", 0));
	EXPECT_EQ(-EACCES, put_as(BOB, "h/a/tasks", 0));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, put_as(ALICE, "h/a/tasks", 0));
	EXPECT_EQ(0, put_as(ALICE, "h/a/cgroup.procs", 0));
}

TEST_F(attach, a_user_moves_only_own_tasks)
{
	pid_t alice = task_of(ALICE, ALICE, ALICE);
	pid_t bob = task_of(BOB, BOB, BOB);
	pid_t root = cg_sleeper(NULL);

	ASSERT_LT(0, alice);
	ASSERT_LT(0, bob);
	EXPECT_EQ(0, put_as(ALICE, "h/a/tasks", alice));
	cg_state_keep();
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/a/tasks", bob));
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/a/cgroup.procs", root));
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/a/tasks", 1));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", alice));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", bob));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", root));
	/* EINVAL and ESRCH come before permission */
	EXPECT_EQ(-ESRCH, put_as(ALICE, "h/a/tasks", 4194303));
	EXPECT_EQ(-EINVAL, put_as(ALICE, "h/a/tasks", 2));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(attach, the_real_or_saved_uid_makes_a_task_ones_own)
{
	pid_t real = task_of(ALICE, BOB, BOB);
	pid_t saved = task_of(BOB, BOB, ALICE);
	pid_t effective = task_of(BOB, ALICE, BOB);

	ASSERT_LT(0, real);
	ASSERT_LT(0, saved);
	ASSERT_LT(0, effective);
	EXPECT_EQ(0, put_as(ALICE, "h/a/tasks", real));
	EXPECT_EQ(0, put_as(ALICE, "h/a/tasks", saved));
	cg_state_keep();
	EXPECT_EQ(-EACCES, put_as(ALICE, "h/a/tasks", effective));
	EXPECT_TRUE(cg_state_kept());
}

/* The user id alone counts. A chroot shows that the capabilities are gone. */
static int put_without_caps(void *arg)
{
	if (cg_drop_caps() || !chroot(".") || errno != EPERM)
		return 100;
	return do_put(arg);
}

TEST_F(attach, root_without_capabilities_still_may)
{
	struct put p = { .path = "h/r/tasks" };
	pid_t bob = task_of(BOB, BOB, BOB);

	ASSERT_LT(0, bob);
	snprintf(p.text, sizeof(p.text), "%d", bob);
	EXPECT_EQ(0, cg_as_user(0, put_without_caps, &p));
	EXPECT_TRUE(cg_has_pid("h/r/tasks", bob));
}

/* A file that root opened has the rights of root, whoever writes to it. */
TEST_F(attach, a_file_opened_by_root_has_the_rights_of_root)
{
	pid_t bob = task_of(BOB, BOB, BOB);
	int fd = open("h/r/tasks", O_WRONLY);

	ASSERT_LT(0, bob);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, put_fd_as(ALICE, fd, bob));
	EXPECT_TRUE(cg_has_pid("h/r/tasks", bob));
	close(fd);
}

static int alice_opens(const char *path)
{
	int fd, err;

	if (setresuid(-1, ALICE, -1))
		return -errno;
	fd = open(path, O_WRONLY);
	err = errno;
	if (setresuid(-1, 0, -1))
		return -errno;
	return fd < 0 ? -err : fd;
}

/* A file that alice opened moves only tasks that alice may move, even if root writes to it. */
TEST_F(attach, a_file_opened_by_a_user_has_the_rights_of_the_user)
{
	pid_t bob = task_of(BOB, BOB, BOB);
	pid_t alice = task_of(ALICE, ALICE, ALICE);
	int fd = alice_opens("h/a/cgroup.procs");

	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EACCES, cg_put_fd(fd, "0"));
	EXPECT_EQ(-EACCES, cg_put_fd(fd, "%d", bob));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_put_fd(fd, "%d", alice));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", getpid()));
	EXPECT_FALSE(cg_has_pid("h/a/tasks", bob));
	EXPECT_TRUE(cg_has_pid("h/a/tasks", alice));
	close(fd);
}

static int write_as_stdout(void *arg)
{
	static const char * const argv[] = { "/bin/busybox", "echo", "0", NULL };

	dup2(*(int *)arg, 1);
	execv(argv[0], (char *const *)argv);
	return 127;
}

/* The classic attack: a setuid program is made to print into the file. */
TEST_F(attach, a_privileged_program_cannot_be_tricked)
{
	int fd = alice_opens("h/a/cgroup.procs");
	pid_t pid;

	ASSERT_LE(0, fd);
	pid = cg_spawn(write_as_stdout, &fd);
	EXPECT_EQ(1, cg_wait_exit(pid, 10000));
	EXPECT_STREQ("", cg_text("h/a/tasks"));
	close(fd);
}

/* ---- delegation ---- */

PERM_FIXTURE(delegation);

static int alice_builds(void *arg)
{
	struct stat st;

	(void)arg;
	umask(022);
	if (cg_mkdir("h/a/x") || cg_mkdir("h/a/x/y"))
		return 1;
	if (stat("h/a/x", &st) || st.st_uid != ALICE || st.st_gid != ALICE)
		return 2;
	if (stat("h/a/x/tasks", &st) || st.st_uid != ALICE || st.st_gid != ALICE)
		return 3;
	if (cg_put("h/a/x/y/tasks", "0") || !cg_has_pid("h/a/x/y/tasks", getpid()))
		return 4;
	if (cg_put("h/a/x/notify_on_release", "1"))
		return 5;
	if (cg_rmdir("h/a/x/y") != -EBUSY)
		return 6;
	if (cg_put("h/a/tasks", "0") || cg_rmdir("h/a/x/y") || cg_rmdir("h/a/x"))
		return 7;
	if (cg_mkdir("h/mine") != -EACCES || cg_mkdir("h/r/mine") != -EACCES)
		return 8;
	/* her own group is in root's directory */
	if (cg_rmdir("h/a") != -EACCES)
		return 9;
	if (cg_put("h/tasks", "0") != -EACCES)
		return 10;
	return 0;
}

TEST_F(delegation, a_user_makes_groups_below_a_delegated_group)
{
	EXPECT_EQ(0, cg_as_user(ALICE, alice_builds, NULL));
}

static int user_mounts(void *arg)
{
	return -cg_mount(arg, "h");
}

TEST_F(delegation, a_user_cannot_mount)
{
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_as_user(ALICE, user_mounts, TAG));
	EXPECT_EQ(-EPERM, cg_as_user(ALICE, user_mounts, "cpu"));
	EXPECT_TRUE(cg_state_kept());
}

/* ---- release_agent ---- */

PERM_FIXTURE(agent);

TEST_F(agent, a_user_who_owns_the_file_may_not_write_it)
{
	struct put p = { .path = "h/release_agent", .text = "/bin/evil" };

	ASSERT_EQ(0, chown("h/release_agent", ALICE, ALICE));
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_as_user(ALICE, do_put, &p));
	EXPECT_STREQ("", cg_text("h/release_agent"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_F(agent, the_opener_counts)
{
	struct put p = { .text = "/bin/agent" };
	int fd;

	ASSERT_EQ(0, chown("h/release_agent", ALICE, ALICE));
	fd = open("h/release_agent", O_WRONLY);
	ASSERT_LE(0, fd);
	p.fd = fd;
	EXPECT_EQ(0, cg_as_user(ALICE, do_put, &p));
	EXPECT_STREQ("/bin/agent", cg_text("h/release_agent"));
	close(fd);
	fd = alice_opens("h/release_agent");
	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(fd, "/bin/evil"));
	EXPECT_STREQ("/bin/agent", cg_text("h/release_agent"));
	EXPECT_TRUE(cg_state_kept());
	close(fd);
}

static int userns_writes_agent(void *arg)
{
	(void)arg;
	if (cg_put("h/release_agent", "/bin/evil") != -EPERM)
		return 1;
	if (unshare(CLONE_NEWCGROUP))
		return 2;
	return cg_put("h/release_agent", "/bin/evil") == -EPERM ? 0 : 3;
}

TEST_F(agent, root_of_a_user_namespace_may_not_write_it)
{
	ASSERT_EQ(0, chown("h/release_agent", ALICE, ALICE));
	cg_state_keep();
	EXPECT_EQ(0, cg_in_userns(ALICE, userns_writes_agent, NULL));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("", cg_text("h/release_agent"));
}

TEST_F(agent, real_root_in_a_cgroup_namespace_may_write_it)
{
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	EXPECT_EQ(0, cg_put("h/release_agent", "/bin/agent"));
	EXPECT_STREQ("/bin/agent", cg_text("h/release_agent"));
}

/* ---- files that cross a namespace ---- */

PERM_FIXTURE(across);

static int send_fd(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = "", byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &m, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int sock)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sock, &m, MSG_DONTWAIT) != 1 || !CMSG_FIRSTHDR(&m))
		return -EIO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

struct opening {
	const char *dir;
	const char *path;
	int sock[2];
};

/* Opens as root of a user namespace, in a group that is the root of its cgroup namespace. */
static int opens_inside(void *arg)
{
	struct opening *o = arg;
	int fd;

	if (cg_put(cg_path("%s/cgroup.procs", o->dir), "0") || unshare(CLONE_NEWCGROUP))
		return 1;
	fd = open(o->path, O_WRONLY);
	return fd < 0 ? errno : -send_fd(o->sock[1], fd);
}

static int opened_inside(uid_t uid, const char *dir, const char *path)
{
	struct opening o = { .dir = dir, .path = path };
	int ret;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, o.sock))
		return -errno;
	ret = cg_in_userns(uid, opens_inside, &o) ?: receive_fd(o.sock[0]);
	close(o.sock[0]);
	close(o.sock[1]);
	return ret;
}

/* A write by real root to a file that root of a user namespace opened has only its rights. */
TEST_F(across, opened_inside_written_outside)
{
	static const char * const files[] = { "h/a/tasks", "h/a/cgroup.procs" };
	pid_t bob = task_of(BOB, BOB, BOB), alice = task_of(ALICE, ALICE, ALICE);
	int i, fd;

	ASSERT_LT(0, bob);
	ASSERT_LT(0, alice);
	for (i = 0; i < 2; i++) {
		fd = opened_inside(ALICE, "h/a", files[i]);
		ASSERT_LE(0, fd);
		cg_state_keep();
		EXPECT_EQ(-EACCES, cg_put_fd(fd, "%d", bob));
		EXPECT_EQ(-EACCES, cg_put_fd(fd, "0"));
		EXPECT_TRUE(cg_state_kept());
		EXPECT_FALSE(cg_has_pid("h/a/tasks", bob));
		EXPECT_FALSE(cg_has_pid("h/a/tasks", getpid()));
		/* the file moves her own task, even from outside her cgroup namespace */
		EXPECT_EQ(0, cg_put_fd(fd, "%d", alice));
		EXPECT_TRUE(cg_has_pid("h/a/tasks", alice));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", alice));
		close(fd);
	}
}

TEST_F(across, release_agent_opened_inside)
{
	int fd;

	ASSERT_EQ(0, chown("h/release_agent", ALICE, ALICE));
	fd = opened_inside(ALICE, "h/a", "h/release_agent");
	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(fd, "/bin/evil"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("", cg_text("h/release_agent"));
	close(fd);
}

static int writes_inside(void *arg)
{
	struct put *p = arg;

	if (cg_put("h/a/cgroup.procs", "0") || unshare(CLONE_NEWCGROUP))
		return 100;
	return -cg_put_fd(p->fd, "%s", p->text);
}

/* A write by root of a user namespace to a file that real root opened has the rights of root. */
TEST_F(across, opened_outside_written_inside)
{
	static const char * const files[] = { "h/r/tasks", "h/r/cgroup.procs" };
	pid_t bob = task_of(BOB, BOB, BOB);
	struct put p = { 0 };
	int i;

	ASSERT_LT(0, bob);
	snprintf(p.text, sizeof(p.text), "%d", bob);
	for (i = 0; i < 2; i++) {
		p.fd = open(files[i], O_WRONLY);
		ASSERT_LE(0, p.fd);
		EXPECT_EQ(0, cg_in_userns(ALICE, writes_inside, &p));
		EXPECT_TRUE(cg_has_pid("h/r/tasks", bob));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", bob));
		close(p.fd);
	}
	snprintf(p.text, sizeof(p.text), "/bin/agent");
	p.fd = open("h/release_agent", O_WRONLY);
	ASSERT_LE(0, p.fd);
	EXPECT_EQ(0, cg_in_userns(ALICE, writes_inside, &p));
	EXPECT_STREQ("/bin/agent", cg_text("h/release_agent"));
	close(p.fd);
}

static int put_fd_in_userns(uid_t uid, int fd, int pid)
{
	struct put p = { .fd = fd };

	snprintf(p.text, sizeof(p.text), "%d", pid);
	return cg_in_userns(uid, do_put, &p);
}

/* Of two user namespaces, only that of the opener counts, not that of the writer. */
TEST_F(across, opened_in_one_namespace_written_in_another)
{
	static const char * const names[] = { "tasks", "cgroup.procs" };
	static const struct { uid_t opener, writer; const char *dir; } ways[] = {
		{ ALICE, BOB, "h/a" }, { BOB, ALICE, "h/r" },
	};
	pid_t his, hers;
	char file[32];
	int w, i, fd;

	ASSERT_EQ(0, give("h/r", BOB));
	for (w = 0; w < 2; w++) {
		hers = task_of(ways[w].opener, ways[w].opener, ways[w].opener);
		his = task_of(ways[w].writer, ways[w].writer, ways[w].writer);
		ASSERT_LT(0, hers);
		ASSERT_LT(0, his);
		for (i = 0; i < 2; i++) {
			snprintf(file, sizeof(file), "%s/%s", ways[w].dir, names[i]);
			fd = opened_inside(ways[w].opener, ways[w].dir, file);
			ASSERT_LE(0, fd);
			cg_state_keep();
			EXPECT_EQ(-EACCES, put_fd_in_userns(ways[w].writer, fd, his));
			EXPECT_EQ(-EACCES, put_fd_in_userns(ways[w].writer, fd, 0));
			EXPECT_TRUE(cg_state_kept());
			EXPECT_FALSE(cg_has_pid(file, his));
			EXPECT_EQ(0, put_fd_in_userns(ways[w].writer, fd, hers));
			EXPECT_TRUE(cg_has_pid(file, hers));
			ASSERT_EQ(0, cg_put("h/tasks", "%d", hers));
			close(fd);
		}
	}
}

/*
 * Root that has entered a user namespace of its own has no capability outside, but still has
 * uid 0.  A file that it opened moves tasks, which uid 0 may do.  It does not set the release
 * agent.
 */
TEST_F(across, opened_by_root_in_a_user_namespace)
{
	static const char * const files[] = { "h/r/tasks", "h/r/cgroup.procs" };
	pid_t bob = task_of(BOB, BOB, BOB);
	int i, fd;

	ASSERT_LT(0, bob);
	for (i = 0; i < 2; i++) {
		fd = opened_inside(0, "h/r", files[i]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(0, put_fd_as(ALICE, fd, bob));
		EXPECT_TRUE(cg_has_pid("h/r/tasks", bob));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", bob));
		EXPECT_EQ(0, put_fd_in_userns(ALICE, fd, bob));
		EXPECT_TRUE(cg_has_pid("h/r/tasks", bob));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", bob));
		close(fd);
	}
	fd = opened_inside(0, "h/r", "h/release_agent");
	ASSERT_LE(0, fd);
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_put_fd(fd, "/bin/evil"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_STREQ("", cg_text("h/release_agent"));
	close(fd);
}

/* A cgroup namespace alone is only a view: it restricts neither the opener nor the writer. */
TEST_F(across, a_cgroup_namespace_is_no_restriction)
{
	static const char * const files[] = { "h/r/tasks", "h/r/cgroup.procs" };
	int home = open("/proc/self/ns/cgroup", O_RDONLY), inner, i, fd[2][2];
	pid_t pid = cg_sleeper(NULL);

	ASSERT_LT(0, pid);
	for (i = 0; i < 2; i++)
		fd[0][i] = open(files[i], O_WRONLY);
	ASSERT_EQ(0, cg_put("h/a/cgroup.procs", "0"));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	inner = open("/proc/self/ns/cgroup", O_RDONLY);
	for (i = 0; i < 2; i++) {
		fd[1][i] = open(files[i], O_WRONLY);
		EXPECT_EQ(0, cg_put_fd(fd[0][i], "%d", pid));
		EXPECT_TRUE(cg_has_pid("h/r/tasks", pid));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	}
	ASSERT_EQ(0, setns(home, CLONE_NEWCGROUP));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, cg_put_fd(fd[1][i], "%d", pid));
		EXPECT_TRUE(cg_has_pid("h/r/tasks", pid));
		ASSERT_EQ(0, cg_put("h/tasks", "%d", pid));
	}
	ASSERT_EQ(0, setns(inner, CLONE_NEWCGROUP));
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
}

/* ---- mounting in namespaces ---- */

PERM_FIXTURE(userns);

static int mounts_without_cgroupns(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWNS))
		return 1;
	if (mount("c", "m", "cgroup", 0, TAG) != -1 || errno != EPERM)
		return 2;
	if (mount("c", "m", "cgroup", 0, "none," TAG) != -1 || errno != EPERM)
		return 3;
	if (!cg_mount_refused(TAG, -EPERM, NULL))
		return 4;
	return 0;
}

TEST_F(userns, a_mount_needs_a_cgroup_namespace)
{
	ASSERT_EQ(0, mkdir("m", 0777));
	cg_state_keep();
	EXPECT_EQ(0, cg_in_userns(ALICE, mounts_without_cgroupns, NULL));
	EXPECT_TRUE(cg_state_kept());
}

static int mounts_what_exists(void *arg)
{
	struct cg_mountinfo info;

	(void)arg;
	if (cg_put("h/a/cgroup.procs", "0"))
		return 1;
	if (unshare(CLONE_NEWNS | CLONE_NEWCGROUP))
		return 2;
	if (mount("c", "m", "cgroup", 0, "none," TAG))
		return 3;
	if (!cg_has_pid("m/tasks", getpid()) || cg_exists("m/release_agent"))
		return 4;
	if (cg_mountinfo("m", &info) || strcmp(info.root, "/"))
		return 5;
	if (cg_mkdir("m/inside") || cg_put("m/inside/tasks", "0"))
		return 6;
	if (cg_put("m/tasks", "0") || cg_rmdir("m/inside"))
		return 7;
	if (mount("c", "m", "cgroup", MS_REMOUNT, "none," TAG) != -1 || errno != EPERM)
		return 8;
	return 0;
}

TEST_F(userns, mounts_a_hierarchy_that_exists)
{
	ASSERT_EQ(0, mkdir("m", 0777));
	EXPECT_EQ(0, cg_in_userns(ALICE, mounts_what_exists, NULL));
	EXPECT_FALSE(cg_exists("h/a/inside"));
}

#define NO_NEW	"no new hierarchy inside a cgroup namespace"

/* Mainline refuses this without a message. */
static const char *ours(const char *text)
{
	return cg_is_mainline() && !strcmp(text, NO_NEW) ? NULL : text;
}

static int makes_a_hierarchy(void *arg)
{
	static const char agent[] = "Setting release_agent not allowed";
	static const struct { const char *options; int error; const char *text; } tries[] = {
		{ "cpu", EPERM, NO_NEW },
		{ "all", EPERM, NO_NEW },
		{ "none,name=new", EPERM, NO_NEW },
		{ "cpu,name=new", EPERM, NO_NEW },
		{ "none," TAG ",release_agent=/bin/evil", EINVAL, agent },
		{ "cpu,release_agent=/bin/evil", EINVAL, agent },
		{ "nosuch", EINVAL, "Unknown subsys name 'nosuch'" },
	};
	int i;

	(void)arg;
	if (unshare(CLONE_NEWNS | CLONE_NEWCGROUP))
		return 100;
	for (i = 0; i < ARRAY_SIZE(tries); i++)
		if (mount("c", "m", "cgroup", 0, tries[i].options) != -1 ||
		    errno != tries[i].error ||
		    !cg_mount_refused(tries[i].options, -tries[i].error, ours(tries[i].text)))
			return i + 1;
	return 0;
}

TEST_F(userns, makes_no_hierarchy)
{
	char before[8192];

	ASSERT_EQ(0, mkdir("m", 0777));
	snprintf(before, sizeof(before), "%s", cg_text("/proc/cgroups"));
	cg_state_keep();
	EXPECT_EQ(0, cg_in_userns(ALICE, makes_a_hierarchy, NULL));
	EXPECT_TRUE(cg_state_kept());
	/* the numbers of groups too, which cg_state_kept() does not compare */
	EXPECT_STREQ(before, cg_text("/proc/cgroups"));
}

TEST_F(userns, real_root_in_a_cgroup_namespace_makes_no_hierarchy)
{
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	ASSERT_EQ(0, mkdir("m", 0777));
	cg_state_keep();
	EXPECT_EQ(-EPERM, cg_mount("cpu", "m"));
	EXPECT_EQ(-EPERM, cg_mount("none,name=new", "m"));
	EXPECT_TRUE(cg_mount_refused("none,name=new", -EPERM, ours(NO_NEW)));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_mount(TAG, "m"));
}

static int looks_busy(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWNS | CLONE_NEWCGROUP))
		return 1;
	/* cpu is free, but the name belongs to another set: refused */
	if (mount("c", "m", "cgroup", 0, "cpu," TAG) != -1 || errno != EBUSY)
		return 2;
	return 0;
}

TEST_F(userns, a_name_with_another_set_is_busy)
{
	ASSERT_EQ(0, mkdir("m", 0777));
	EXPECT_EQ(0, cg_in_userns(ALICE, looks_busy, NULL));
}

/* ---- changes of hierarchies: only on this core ---- */

static const struct {
	const char *path, *text;
} shapes[] = {
	{ "h/cgroup.subsystems", "-pids" },
	{ "h/cgroup.split", "name=x pids" },
	{ "h/cgroup.merge", "name=other" },
};

/* The files were given to alice by mistake: only the permission check is in her way. */
static int shapes_of_alice(void)
{
	int i, ret = cg_setup() ?: cg_mount("cpu,pids,name=shape", "h") ?:
		     cg_mount("freezer,name=other", "g") ?: cg_mkdir("h/a") ?: cg_mkdir("g/a");

	for (i = 0; i < ARRAY_SIZE(shapes) && !ret; i++)
		if (chown(shapes[i].path, ALICE, ALICE))
			ret = -errno;
	cg_state_keep();
	return ret;
}

CG_FIXTURE_WITH(beyond, shapes_of_alice());

static int opens(void *arg)
{
	struct opening *o = arg;
	int fd = open(o->path, O_WRONLY);

	return fd < 0 ? errno : -send_fd(o->sock[1], fd);
}

TEST_F(beyond, a_user_may_not_change_a_hierarchy)
{
	struct put p;
	int i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		p = (struct put) { .path = shapes[i].path };
		snprintf(p.text, sizeof(p.text), "%s", shapes[i].text);
		EXPECT_EQ(-EPERM, cg_as_user(ALICE, do_put, &p))
			TH_LOG("%s", p.path);
		EXPECT_EQ(-EPERM, cg_in_userns(ALICE, do_put, &p))
			TH_LOG("%s", p.path);
		EXPECT_EQ(-EACCES, cg_as_user(BOB, do_put, &p))
			TH_LOG("%s", p.path);
	}
	EXPECT_TRUE(cg_state_kept());
}

/* The rights of the opener count, not those of a writer who was tricked into writing. */
TEST_F(beyond, the_opener_of_the_file_must_be_allowed_to_change_it)
{
	struct opening o = { .dir = NULL };
	struct put p = { .path = NULL, .text = "-pids" };
	int i, fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, o.sock));
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		o.path = shapes[i].path;
		ASSERT_EQ(0, cg_as_user(ALICE, opens, &o));
		fd = receive_fd(o.sock[0]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EPERM, cg_put_fd(fd, "%s", shapes[i].text))
			TH_LOG("%s", o.path);
		close(fd);
	}
	EXPECT_TRUE(cg_state_kept());

	p.fd = open("h/cgroup.subsystems", O_WRONLY);
	ASSERT_LE(0, p.fd);
	EXPECT_EQ(0, cg_as_user(BOB, do_put, &p));
	EXPECT_STREQ("cpu", cg_text("h/cgroup.subsystems"));
	close(p.fd);
}

TEST_HARNESS_MAIN
