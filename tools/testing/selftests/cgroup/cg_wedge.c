// SPDX-License-Identifier: GPL-2.0
/* A file server that never answers a read, and a process that reads; see cg_wedge.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cg_util.h"
#include "cg_wedge.h"

#define FILE_NODE	2
#define FILE_SIZE	65536
#define REQUEST_SIZE	(FUSE_MIN_READ_BUFFER + 65536)

/* ---- the server ---- */

/* Root mounts for UID. Returns the descriptor on which UID has to serve, or -errno. */
int cg_wedge_mount(const char *dir, uid_t uid)
{
	int ret, fd = open("/dev/fuse", O_RDWR);

	if (fd < 0)
		return -errno;
	ret = mount("wedge", dir, "fuse", MS_NOSUID | MS_NODEV,
		    cg_path("fd=%d,rootmode=40000,user_id=%d,group_id=%d", fd, uid, uid));
	if (!ret)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static void answer(int fd, const struct fuse_in_header *in, int error, void *data, size_t len)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + len, .error = error, .unique = in->unique,
	};
	struct iovec parts[2] = { { &out, sizeof(out) }, { data, len } };

	if (writev(fd, parts, 2) < 0)
		perror("# fuse");
}

static void set_attr(struct fuse_attr *attr, __u64 node)
{
	attr->ino = node;
	attr->mode = node == FILE_NODE ? S_IFREG | 0444 : S_IFDIR | 0755;
	attr->size = node == FILE_NODE ? FILE_SIZE : 0;
	attr->nlink = 1;
	attr->uid = getuid();
	attr->gid = getgid();
	attr->blksize = 4096;
}

static void answer_init(int fd, const struct fuse_in_header *in)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096, .time_gran = 1,
	};

	answer(fd, in, 0, &out, sizeof(out));
}

/* Every name is a name of the file. */
static void answer_lookup(int fd, const struct fuse_in_header *in)
{
	struct fuse_entry_out out = {
		.nodeid = FILE_NODE, .entry_valid = 3600, .attr_valid = 3600,
	};

	set_attr(&out.attr, FILE_NODE);
	answer(fd, in, 0, &out, sizeof(out));
}

static void answer_getattr(int fd, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = 3600 };

	set_attr(&out.attr, in->nodeid);
	answer(fd, in, 0, &out, sizeof(out));
}

static void answer_open(int fd, const struct fuse_in_header *in)
{
	struct fuse_open_out out = { .fh = 1 };

	answer(fd, in, 0, &out, sizeof(out));
}

static int serves(void *arg)
{
	static char buf[REQUEST_SIZE];
	const struct fuse_in_header *in = (void *)buf;
	int fd = *(int *)arg;

	while (read(fd, buf, sizeof(buf)) > 0) {
		switch (in->opcode) {
		case FUSE_INIT:
			answer_init(fd, in);
			break;
		case FUSE_LOOKUP:
			answer_lookup(fd, in);
			break;
		case FUSE_GETATTR:
			answer_getattr(fd, in);
			break;
		case FUSE_OPEN:
			answer_open(fd, in);
			break;
		case FUSE_READ:
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
		case FUSE_INTERRUPT:
			/* no answer: a read waits for it; the others need none */
			break;
		default:
			answer(fd, in, -EOPNOTSUPP, NULL, 0);
		}
	}
	return 1;
}

/* Serve on the descriptor of cg_wedge_mount(); the caller runs as the UID given there. */
pid_t cg_wedge_serve(int fd)
{
	pid_t pid = cg_spawn(serves, &fd);

	close(fd);
	return pid;
}

/* ---- the process ---- */

static volatile struct {
	bool ready;		/* both threads exist; to create one takes the lock */
	bool reads;
	bool waits;
} *wedge;

static void *page;

static void *reads_page(void *arg)
{
	int mem = open("/proc/self/mem", O_RDONLY);
	char byte;

	while (!wedge->ready)
		cg_msleep(1);
	wedge->reads = mem >= 0;
	if (pread(mem, &byte, 1, (off_t)(unsigned long)page) < 0)
		perror("# wedge");
	return arg;
}

static void *changes_map(void *arg)
{
	while (!wedge->reads)
		cg_msleep(1);
	cg_msleep(100);
	wedge->waits = true;
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return arg;
}

static int is_wedged(void *arg)
{
	int fd = open(cg_path("%s/file", (char *)arg), O_RDONLY);

	prctl(PR_SET_DUMPABLE, 1);
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (fd < 0 || page == MAP_FAILED || cg_thread(reads_page, NULL) ||
	    cg_thread(changes_map, NULL))
		return 1;
	wedge->ready = true;
	cg_pause();
}

/* A child whose mmap_lock no other task can take; the server is mounted at DIR. */
pid_t cg_wedge_spawn(const char *dir)
{
	long long end = cg_deadline(20000);
	bool wedged;
	pid_t pid;

	wedge = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (wedge == MAP_FAILED)
		return -errno;
	pid = cg_spawn(is_wedged, (void *)dir);
	while (pid > 0 && !(wedge->reads && wedge->waits) && cg_now_ms() < end)
		cg_msleep(2);
	/* until the thread that waits for the lock sleeps */
	cg_msleep(100);
	wedged = wedge->reads && wedge->waits;
	munmap((void *)wedge, 4096);
	return pid < 0 || wedged ? pid : -ETIMEDOUT;
}
