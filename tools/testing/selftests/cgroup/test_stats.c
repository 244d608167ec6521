// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/* may-skip: main */
/*
 * Statistics through taskstats: CGROUPSTATS_CMD_DESCRIBE and CGROUPSTATS_CMD_READ.
 */
#include "cg_test.h"

#include <sys/xattr.h>
#include <time.h>

#include <linux/genetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "cg_stats.h"
#include "cg_taskstats.h"

#define USAGE	"memory.usage_in_bytes"

/*
 *  h/		all usable subsystems
 *  |-- a/	a task that has used memory and CPU time
 *  |   `-- b/
 *  `-- c/
 */
FIXTURE(beyond) {
	struct cg_stats stats;
	int root, a, b, c;
};

static int open_dir(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int use_up(void *arg)
{
	struct timespec used = {};

	if (cg_put("h/a/cgroup.procs", "0") || cg_touch(4 << 20))
		return 1;
	while (used.tv_nsec < 60000000 && !used.tv_sec)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	cg_pause();
}

FIXTURE_SETUP(beyond)
{
	char options[1024];

	ASSERT_EQ(0, cg_setup());
	CG_NEED("memory");
	CG_NEED("pids");
	cg_all_words(options, "", ",");
	strcat(options, "clone_children");
	ASSERT_EQ(0, cg_mount_retry(options, "h"))
		TH_LOG("%s", options);
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_mkdir("h/c"));
	ASSERT_LT(0, cg_spawn(use_up, NULL));
	ASSERT_TRUE(CG_SOON(cg_num("h/a/cpuacct.usage") > 40000000));
	self->root = open_dir("h");
	self->a = open_dir("h/a");
	self->b = open_dir("h/a/b");
	self->c = open_dir("h/c");
	ASSERT_LE(0, self->c);
	ASSERT_EQ(0, cg_stats_open(&self->stats));
}

FIXTURE_TEARDOWN(beyond)
{
	close(self->stats.sock);
	close(self->root);
	close(self->a);
	close(self->b);
	close(self->c);
	EXPECT_EQ(0, cg_teardown());
}

static __u32 id_of(const struct cg_stats *s, const char *name)
{
	const struct cg_stat *stat = cg_stats_find(s, name);

	return stat ? stat->id : 0;
}

/* What a request for one number of one group returns. */
static int one(const struct cg_stats *s, int dir, const char *name)
{
	unsigned long long value;

	return cg_stats_one(s, dir, name, &value);
}

static bool has_key(const struct cg_stat *stat, const char *key)
{
	const char *at = stat->keys;

	for (; at < stat->keys + stat->keys_len; at += strlen(at) + 1)
		if (!strcmp(at, key))
			return true;
	return false;
}

/*
 * DESCRIBE
 */

TEST_F(beyond, the_list_has_numbers_and_maps)
{
	const struct cg_stat *stat;
	int i;

	stat = cg_stats_find(&self->stats, USAGE);
	ASSERT_NE(NULL, stat);
	EXPECT_EQ(CG_STAT_U64, stat->type);
	EXPECT_EQ(0, stat->nr_keys);
	stat = cg_stats_find(&self->stats, "pids.current");
	ASSERT_NE(NULL, stat);
	EXPECT_EQ(CG_STAT_S64, stat->type);
	stat = cg_stats_find(&self->stats, "memory.stat");
	ASSERT_NE(NULL, stat);
	EXPECT_EQ(CG_STAT_MAP, stat->type);
	EXPECT_TRUE(has_key(stat, "cache"));
	EXPECT_TRUE(has_key(stat, "total_pgfault"));
	EXPECT_TRUE(has_key(stat, "hierarchical_memory_limit"));
	stat = cg_stats_find(&self->stats, "oom.events");
	ASSERT_NE(NULL, stat);
	EXPECT_EQ(CG_STAT_MAP, stat->type);
	EXPECT_TRUE(has_key(stat, "oom"));
	EXPECT_TRUE(has_key(stat, "waiting"));
	EXPECT_NE(NULL, cg_stats_find(&self->stats, "notify_on_release"));
	EXPECT_NE(NULL, cg_stats_find(&self->stats, "memory.inherit"));
	/* text, and lists of devices */
	EXPECT_EQ(NULL, cg_stats_find(&self->stats, "tasks"));
	EXPECT_EQ(NULL, cg_stats_find(&self->stats, "pids.max"));
	EXPECT_EQ(NULL, cg_stats_find(&self->stats, "devices.list"));
	for (i = 0; i < self->stats.nr; i++) {
		stat = &self->stats.list[i];
		ASSERT_TRUE(stat->type >= CG_STAT_U64 && stat->type <= CG_STAT_MAP);
		ASSERT_EQ(stat->type == CG_STAT_MAP, stat->nr_keys > 0);
		/* ids are unique: they ascend */
		ASSERT_LT(i ? stat[-1].id : 0, stat->id);
		ASSERT_EQ(stat, cg_stats_find(&self->stats, stat->name))
			TH_LOG("two statistics are called %s", stat->name);
	}
}

TEST_F(beyond, the_list_of_a_subsystem)
{
	__u32 id = id_of(&self->stats, USAGE), generation = self->stats.generation;
	char name[300];
	int i;

	ASSERT_EQ(0, cg_stats_describe(&self->stats, "memory"));
	ASSERT_LT(5, self->stats.nr);
	for (i = 0; i < self->stats.nr; i++)
		EXPECT_EQ(0, strncmp(self->stats.list[i].name, "memory.", 7));
	EXPECT_EQ(id, id_of(&self->stats, USAGE));
	EXPECT_EQ(generation, self->stats.generation);
	/* no numbers, but a subsystem all the same */
	EXPECT_EQ(0, cg_stats_describe(&self->stats, "devices"));
	EXPECT_EQ(-EINVAL, cg_stats_describe(&self->stats, "memor"));
	EXPECT_EQ(-EINVAL, cg_stats_describe(&self->stats, "memory2"));
	EXPECT_EQ(-EINVAL, cg_stats_describe(&self->stats, ""));
	memset(name, 'm', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	EXPECT_EQ(-EINVAL, cg_stats_describe(&self->stats, name));
}

/*
 * Values
 */

struct copy {
	unsigned long long values[512];
	int nr;
	unsigned long long id;
	int answers;
};

static int copy_answer(const struct cg_answer *a, void *arg)
{
	struct copy *copy = arg;

	copy->id = a->id;
	copy->answers++;
	copy->nr = a->len / 8;
	if (copy->nr > (int)ARRAY_SIZE(copy->values))
		return -E2BIG;
	memcpy(copy->values, a->data, a->len);
	return 0;
}

/* Is each value that of the text?  A key that the text does not have reads 0. */
static bool is_text(const struct cg_stat *stat, const struct copy *copy, const char *file)
{
	const char *key = stat->keys;
	int i;

	if (stat->type != CG_STAT_MAP) {
		char text[32];

		snprintf(text, sizeof(text), stat->type == CG_STAT_U64 ? "%llu" : "%lld",
			 copy->values[0]);
		return copy->nr == 1 && !strcmp(text, cg_text(file));
	}
	if (copy->nr != stat->nr_keys)
		return false;
	for (i = 0; i < stat->nr_keys; i++, key += strlen(key) + 1) {
		long long value = cg_key(file, key);

		if (copy->values[i] != (value == -1 ? 0 : (unsigned long long)value))
			return false;
	}
	return true;
}

/* Does the map have each key of the text? */
static bool has_all_keys(const struct cg_stat *stat, const char *file)
{
	char text[CG_TEXT_LEN], *line, *save = NULL;

	if (cg_read(file, text, sizeof(text)) < 0)
		return false;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line[strcspn(line, " ")] = 0;
		if (!has_key(stat, line))
			return false;
	}
	return true;
}

/* Some numbers of the root and of a group with a task change all the time: try again. */
static bool equals_text(const struct cg_stats *s, const struct cg_stat *stat, int dir,
			const char *file)
{
	struct copy copy = {};
	int tries;

	for (tries = 0; tries < 200; tries++) {
		if (cg_stats_read(s, &dir, 1, &stat->id, 1, false, copy_answer, &copy))
			return false;
		if (is_text(stat, &copy, file))
			return true;
	}
	return false;
}

/* A clock of the kernel that cannot be read twice without a difference. */
static bool is_never_still(const char *name, const char *group)
{
	return !strcmp(group, "h") &&
	       (!strncmp(name, "cpuacct.usage", 13) || !strncmp(name, "memory.", 7));
}

/* The value is between that of a text before and that of a text after. */
static bool is_between(const struct cg_stats *s, const struct cg_stat *stat, int dir,
		       const char *file)
{
	unsigned long long value;
	long long before;
	int tries;

	/* only the first key of a map */
	for (tries = 0; tries < 200; tries++) {
		before = stat->type == CG_STAT_MAP ? cg_key(file, stat->keys) : cg_num(file);
		if (cg_stats_one(s, dir, stat->name, &value))
			return false;
		if (before <= (long long)value)
			return true;
	}
	return false;
}

TEST_F(beyond, values_are_those_of_the_files)
{
	static const char * const groups[] = { "h", "h/a", "h/a/b", "h/c" };
	int dirs[] = { self->root, self->a, self->b, self->c };
	int i, g, compared = 0;

	for (g = 0; g < ARRAY_SIZE(groups); g++) {
		for (i = 0; i < self->stats.nr; i++) {
			const struct cg_stat *stat = &self->stats.list[i];
			const char *file = cg_path("%s/%s", groups[g], stat->name);

			if (!cg_exists(file)) {
				EXPECT_EQ(-ENODATA, one(&self->stats, dirs[g], stat->name))
					TH_LOG("%s", file);
				continue;
			}
			if (stat->type == CG_STAT_MAP)
				EXPECT_TRUE(has_all_keys(stat, file))
					TH_LOG("%s", file);
			EXPECT_TRUE(equals_text(&self->stats, stat, dirs[g], file) ||
				    (is_never_still(stat->name, groups[g]) &&
				     is_between(&self->stats, stat, dirs[g], file)))
				TH_LOG("%s", file);
			compared++;
		}
	}
	EXPECT_LT(100, compared);
}

TEST_F(beyond, negative_numbers_are_signed)
{
	unsigned long long value;

	CG_NEED("cpu");
	ASSERT_EQ(0, cg_stats_one(&self->stats, self->a, "cpu.cfs_quota_us", &value));
	EXPECT_EQ(-1LL, (long long)value);
}

TEST_F(beyond, values_are_in_the_order_requested)
{
	const struct cg_stat *map = cg_stats_find(&self->stats, "memory.stat");
	__u32 ids[] = {
		id_of(&self->stats, "notify_on_release"), map->id,
		id_of(&self->stats, "memory.limit_in_bytes"),
		id_of(&self->stats, "notify_on_release"),
	};
	struct copy copy = {};
	struct stat st;

	ASSERT_EQ(0, cg_put("h/c/notify_on_release", "1"));
	ASSERT_EQ(0, cg_put("h/c/memory.limit_in_bytes", "%d", 1 << 20));
	ASSERT_EQ(0, cg_stats_read(&self->stats, &self->c, 1, ids, 4, false, copy_answer, &copy));
	ASSERT_EQ(3 + map->nr_keys, copy.nr);
	EXPECT_EQ(1, copy.values[0]);
	EXPECT_EQ(1 << 20, copy.values[1 + map->nr_keys]);
	EXPECT_EQ(1, copy.values[2 + map->nr_keys]);
	ASSERT_EQ(0, fstat(self->c, &st));
	EXPECT_EQ(st.st_ino, copy.id);
	EXPECT_EQ(1, copy.answers);
}

/*
 * Many groups
 */

struct seen {
	unsigned long long ids[4096];
	int nr;
	int interrupted;
};

static int see(const struct cg_answer *a, void *arg)
{
	struct seen *seen = arg;

	if (seen->nr == ARRAY_SIZE(seen->ids))
		return -E2BIG;
	seen->ids[seen->nr++] = a->id;
	seen->interrupted |= a->flags & NLM_F_DUMP_INTR;
	return 0;
}

static int times_seen(const struct seen *seen, const char *path)
{
	struct stat st;
	int i, n = 0;

	if (stat(path, &st))
		return -1;
	for (i = 0; i < seen->nr; i++)
		n += seen->ids[i] == st.st_ino;
	return n;
}

static int read_tree(const struct cg_stats *s, int dir, const char *name, struct seen *seen)
{
	__u32 id = id_of(s, name);

	memset(seen, 0, sizeof(*seen));
	return cg_stats_read(s, &dir, 1, &id, 1, true, see, seen);
}

TEST_F(beyond, a_tree_is_read_parents_first)
{
	struct seen seen;
	struct stat st;

	ASSERT_EQ(0, read_tree(&self->stats, self->root, USAGE, &seen));
	ASSERT_EQ(4, seen.nr);
	ASSERT_EQ(0, fstat(self->root, &st));
	EXPECT_EQ(st.st_ino, seen.ids[0]);
	ASSERT_EQ(0, fstat(self->a, &st));
	EXPECT_EQ(st.st_ino, seen.ids[1]);
	ASSERT_EQ(0, fstat(self->b, &st));
	EXPECT_EQ(st.st_ino, seen.ids[2]);
	ASSERT_EQ(0, fstat(self->c, &st));
	EXPECT_EQ(st.st_ino, seen.ids[3]);

	ASSERT_EQ(0, read_tree(&self->stats, self->a, USAGE, &seen));
	EXPECT_EQ(2, seen.nr);
}

/* The root does not have the file: it is missing in the answer, as if it inherited. */
TEST_F(beyond, a_tree_whose_root_does_not_have_the_file)
{
	struct seen seen;

	EXPECT_EQ(-ENODATA, one(&self->stats, self->root, "pids.current"));
	ASSERT_EQ(0, read_tree(&self->stats, self->root, "pids.current", &seen));
	EXPECT_EQ(3, seen.nr);
	EXPECT_EQ(0, times_seen(&seen, "h"));
}

TEST_F(beyond, up_to_64_directories)
{
	__u32 id = id_of(&self->stats, USAGE);
	struct seen seen = {};
	int dirs[65], i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		dirs[i] = i % 2 ? self->b : self->c;
	ASSERT_EQ(0, cg_stats_read(&self->stats, dirs, 64, &id, 1, false, see, &seen));
	EXPECT_EQ(64, seen.nr);
	EXPECT_EQ(32, times_seen(&seen, "h/a/b"));
	EXPECT_EQ(-EINVAL, cg_stats_read(&self->stats, dirs, 65, &id, 1, false, see, &seen));
}

/* A thread: the texts of cg_path() are those of the main thread. */
static void *come_and_go(void *stop)
{
	char path[64];
	int i = 0;

	while (!*(volatile bool *)stop) {
		snprintf(path, sizeof(path), "h/c/new%d", i % 50);
		mkdir(path, 0755);
		snprintf(path, sizeof(path), "h/c/new%d", (i + 25) % 50);
		rmdir(path);
		i++;
	}
	return NULL;
}

TEST_F_TIMEOUT(beyond, a_tree_whose_groups_come_and_go, 200)
{
	/* more than fit in one datagram; on a slow kernel they take long to make */
	int nr = cg_slow() > 1 ? 300 : 1500;
	bool stop = false;
	struct seen seen;
	int i, round;

	for (i = 0; i < nr; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/c/g%d", i)));
	ASSERT_EQ(0, cg_thread(come_and_go, &stop));
	for (round = 0; round < 20 / cg_slow(); round++) {
		ASSERT_EQ(0, read_tree(&self->stats, self->root, "memory.stat", &seen));
		EXPECT_EQ(0, seen.interrupted);
		EXPECT_EQ(1, times_seen(&seen, "h/a"));
		for (i = 0; i < nr; i += 100)
			EXPECT_EQ(1, times_seen(&seen, cg_path("h/c/g%d", i)));
		EXPECT_LE(nr + 4, seen.nr);
	}
	stop = true;
	cg_msleep(50);
}

/* The cgroup that an unfinished answer is at may go, and so may all the others. */
TEST_F(beyond, a_tree_that_goes_while_it_is_read)
{
	__u32 id = id_of(&self->stats, "memory.stat");
	struct cg_request r;
	struct seen seen = {};
	int i;

	for (i = 0; i < 500; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/c/g%d", i)));
	cg_stats_request(&r, &self->stats, &self->c, 1, &id, 1, true);
	ASSERT_EQ(0, cg_request_send(self->stats.sock, &r));
	for (i = 0; i < 500; i++)
		ASSERT_EQ(0, cg_rmdir(cg_path("h/c/g%d", i)));
	ASSERT_EQ(0, cg_rmdir("h/c"));
	EXPECT_EQ(0, cg_answers(self->stats.sock, see, &seen));
	EXPECT_EQ(0, seen.interrupted);
	EXPECT_GT(500, seen.nr);
}

static int ask_for_list(void *arg)
{
	static struct cg_stats other;

	return cg_stats_open(&other) ? 1 : 0;
}

/* A receiver that does not receive. */
TEST_F(beyond, an_answer_that_is_not_received_delays_no_others)
{
	__u32 id = id_of(&self->stats, "memory.stat");
	long long begin;
	struct cg_request r;
	int i;

	for (i = 0; i < 300; i++)
		ASSERT_EQ(0, cg_mkdir(cg_path("h/c/g%d", i)));
	cg_stats_request(&r, &self->stats, &self->root, 1, &id, 1, true);
	ASSERT_EQ(0, cg_request_send(self->stats.sock, &r));
	begin = cg_now_ms();
	EXPECT_EQ(0, cg_mkdir("h/c/more"));
	EXPECT_EQ(0, cg_rmdir("h/c/more"));
	EXPECT_EQ(0, cg_spawn_wait(ask_for_list, NULL));
	EXPECT_EQ(0, cg_fork_wait(cg_exec_true, NULL));
	EXPECT_GT(5000 * cg_slow(), cg_now_ms() - begin);
	/* a second request on the same socket */
	EXPECT_EQ(0, cg_request_send(self->stats.sock, &r));
	EXPECT_EQ(-EBUSY, cg_answers(self->stats.sock, NULL, NULL));
}

/* An answer that is not received keeps the directory open, until the socket is closed. */
TEST_F(beyond, an_answer_that_is_given_up)
{
	__u32 id = id_of(&self->stats, USAGE);
	struct cg_request r;
	int i;

	for (i = 0; i < 20; i++) {
		struct cg_stats other = { .family = self->stats.family };

		other.sock = cg_taskstats_open(&other.family);
		ASSERT_LE(0, other.sock);
		cg_stats_request(&r, &other, &self->root, 1, &id, 1, true);
		ASSERT_EQ(0, cg_request_send(other.sock, &r));
		close(other.sock);
	}
	close(self->root);
	close(self->a);
	close(self->b);
	close(self->c);
	cg_kill_children();
	EXPECT_TRUE(CG_SOON(!cg_umount("h")));
	/* the hierarchy still has its groups */
	EXPECT_EQ(0, cg_sweep());
}

/*
 * Errors
 */

TEST_F(beyond, requests_that_are_refused)
{
	const struct cg_stats *s = &self->stats;
	__u32 id = id_of(s, USAGE), bad = 0x7fffffff, many[257];
	int dir = self->a, closed, file, i;

	closed = dup(dir);
	close(closed);
	EXPECT_EQ(-EBADF, cg_stats_read(s, &closed, 1, &id, 1, false, NULL, NULL));
	closed = -1;
	EXPECT_EQ(-EBADF, cg_stats_read(s, &closed, 1, &id, 1, false, NULL, NULL));
	file = open("h/a/tasks", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &file, 1, &id, 1, false, NULL, NULL));
	close(file);
	file = open("/proc", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &file, 1, &id, 1, false, NULL, NULL));
	close(file);
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &s->sock, 1, &id, 1, false, NULL, NULL));
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &dir, 0, &id, 1, false, NULL, NULL));
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &dir, 1, &id, 0, false, NULL, NULL));
	EXPECT_EQ(-ENOENT, cg_stats_read(s, &dir, 1, &bad, 1, false, NULL, NULL));
	bad = 0;
	EXPECT_EQ(-ENOENT, cg_stats_read(s, &dir, 1, &bad, 1, false, NULL, NULL));
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = id;
	EXPECT_EQ(0, cg_stats_read(s, &dir, 1, many, 256, false, NULL, NULL));
	EXPECT_EQ(-EINVAL, cg_stats_read(s, &dir, 1, many, 257, false, NULL, NULL));
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = id_of(s, "memory.stat");
	EXPECT_EQ(-EMSGSIZE, cg_stats_read(s, &dir, 1, many, 256, false, NULL, NULL));
	EXPECT_EQ(0, cg_stats_read(s, &dir, 1, many, 60, false, NULL, NULL));
}

TEST_F(beyond, a_subsystem_of_another_hierarchy)
{
	int dir;

	ASSERT_EQ(0, cg_mount("none,name=other", "other"));
	dir = open_dir("other");
	EXPECT_EQ(-EINVAL, one(&self->stats, dir, USAGE));
	EXPECT_EQ(-EINVAL, one(&self->stats, dir, "memory.inherit"));
	EXPECT_EQ(0, one(&self->stats, dir, "notify_on_release"));
	close(dir);
}

TEST_F(beyond, a_group_that_was_removed)
{
	struct seen seen;

	ASSERT_EQ(0, cg_rmdir("h/c"));
	EXPECT_EQ(-ENODEV, one(&self->stats, self->c, USAGE));
	ASSERT_EQ(0, read_tree(&self->stats, self->root, USAGE, &seen));
	EXPECT_EQ(3, seen.nr);
}

TEST_F(beyond, a_group_that_inherits)
{
	unsigned long long value;
	struct seen seen;

	ASSERT_EQ(0, cg_put("h/a/b/pids.inherit", "1"));
	EXPECT_EQ(-ENODATA, one(&self->stats, self->b, "pids.current"));
	EXPECT_EQ(0, one(&self->stats, self->b, USAGE));
	ASSERT_EQ(0, cg_stats_one(&self->stats, self->b, "pids.inherit", &value));
	EXPECT_EQ(1, value);
	ASSERT_EQ(0, read_tree(&self->stats, self->a, "pids.current", &seen));
	EXPECT_EQ(1, seen.nr);
	EXPECT_EQ(1, times_seen(&seen, "h/a"));
}

TEST_F(beyond, a_subsystem_that_is_unbound)
{
	__u32 generation = self->stats.generation;

	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "-pids"));
	EXPECT_EQ(-EINVAL, one(&self->stats, self->a, "pids.current"));
	ASSERT_EQ(0, cg_put("h/cgroup.subsystems", "+pids"));
	EXPECT_EQ(0, one(&self->stats, self->a, "pids.current"));
	/* the files are there all the time */
	ASSERT_EQ(0, cg_stats_describe(&self->stats, NULL));
	EXPECT_EQ(generation, self->stats.generation);
}

/*
 * Permission
 */

struct as_other {
	struct cg_stats *stats;
	int dir;
	const char *name;
	bool own_socket;
};

/* The errno of a request, as the exit status. */
static int ask_as_other(void *arg)
{
	struct as_other *other = arg;

	if (other->own_socket && cg_stats_open(other->stats))
		return 99;
	return -one(other->stats, other->dir, other->name);
}

static int as_user(struct cg_stats *s, int dir, const char *name, bool own_socket)
{
	static struct cg_stats copy;
	struct as_other other = { &copy, dir, name, own_socket };

	copy = *s;
	return cg_as_user(65534, ask_as_other, &other);
}

TEST_F(beyond, all_may_read_what_all_may_read)
{
	EXPECT_EQ(0, as_user(&self->stats, self->a, USAGE, true));
	EXPECT_EQ(0, as_user(&self->stats, self->a, USAGE, false));
}

TEST_F(beyond, a_file_that_may_not_be_read)
{
	ASSERT_EQ(0, chmod(cg_path("h/a/%s", USAGE), 0600));
	EXPECT_EQ(-EACCES, as_user(&self->stats, self->a, USAGE, true));
	/* the sender counts, not only the opener of the socket */
	EXPECT_EQ(-EACCES, as_user(&self->stats, self->a, USAGE, false));
	EXPECT_EQ(0, as_user(&self->stats, self->a, "memory.limit_in_bytes", true));
	EXPECT_EQ(0, as_user(&self->stats, self->b, USAGE, true));
	EXPECT_EQ(0, one(&self->stats, self->a, USAGE));
	ASSERT_EQ(0, chmod(cg_path("h/a/%s", USAGE), 0644));
	EXPECT_EQ(0, as_user(&self->stats, self->a, USAGE, true));
}

TEST_F(beyond, a_file_that_was_given_away)
{
	ASSERT_EQ(0, chmod(cg_path("h/a/%s", USAGE), 0400));
	ASSERT_EQ(0, chown(cg_path("h/a/%s", USAGE), 65534, 65534));
	EXPECT_EQ(0, as_user(&self->stats, self->a, USAGE, true));
	ASSERT_EQ(0, chown(cg_path("h/a/%s", USAGE), 1000, 1000));
	EXPECT_EQ(-EACCES, as_user(&self->stats, self->a, USAGE, true));
}

struct two_dirs {
	struct cg_stats *stats;
	int dirs[2];
};

/* Ask for a file that every hierarchy has, of a group of each. */
static int asks_for_two(void *arg)
{
	struct two_dirs *two = arg;
	struct cg_stats *s = two->stats;
	struct cg_request r;
	__u32 id;

	if (cg_stats_open(s))
		return 99;
	id = id_of(s, "notify_on_release");
	cg_stats_request(&r, s, two->dirs, 2, &id, 1, false);
	return -(cg_request_send(s->sock, &r) ?: cg_answers(s->sock, NULL, NULL));
}

/* A file with an extended attribute is judged by its inode, in its own hierarchy. */
TEST_F(beyond, a_file_with_an_attribute_in_a_second_hierarchy)
{
	static struct cg_stats copy;
	struct two_dirs two = { &copy, { self->a } };
	const char *file = "x/a/notify_on_release";

	ASSERT_EQ(0, cg_mount("none,name=x", "x"));
	ASSERT_EQ(0, cg_mkdir("x/a"));
	two.dirs[1] = open_dir("x/a");
	ASSERT_LE(0, two.dirs[1]);
	EXPECT_EQ(0, cg_as_user(65534, asks_for_two, &two));
	ASSERT_EQ(0, setxattr(file, "user.x", "1", 1, 0));
	EXPECT_EQ(0, cg_as_user(65534, asks_for_two, &two));
	ASSERT_EQ(0, chmod(file, 0600));
	EXPECT_EQ(-EACCES, cg_as_user(65534, asks_for_two, &two));
	ASSERT_EQ(0, chmod(file, 0644));
	EXPECT_EQ(0, cg_as_user(65534, asks_for_two, &two));
	close(two.dirs[1]);
}

TEST_F(beyond, a_directory_that_may_not_be_searched)
{
	ASSERT_EQ(0, chmod("h/a", 0700));
	EXPECT_EQ(-EACCES, as_user(&self->stats, self->a, USAGE, true));
	/* the descriptor was opened when the way to it was free */
	EXPECT_EQ(0, as_user(&self->stats, self->b, USAGE, true));
}

static int count_as_other(void *arg)
{
	struct as_other *other = arg;
	struct seen seen;

	if (cg_stats_open(other->stats) ||
	    read_tree(other->stats, other->dir, other->name, &seen))
		return 99;
	return seen.nr;
}

static int count_as_user(struct cg_stats *s, int dir, const char *name)
{
	static struct cg_stats copy;
	struct as_other other = { &copy, dir, name, true };

	return -cg_as_user(65534, count_as_other, &other);
}

TEST_F(beyond, a_tree_without_what_may_not_be_read)
{
	EXPECT_EQ(4, count_as_user(&self->stats, self->root, USAGE));
	ASSERT_EQ(0, chmod(cg_path("h/a/%s", USAGE), 0600));
	EXPECT_EQ(3, count_as_user(&self->stats, self->root, USAGE));
	EXPECT_EQ(4, count_as_user(&self->stats, self->root, "memory.failcnt"));
	/* a directory bars the way to everything below it */
	ASSERT_EQ(0, chmod("h/a", 0700));
	EXPECT_EQ(2, count_as_user(&self->stats, self->root, "memory.failcnt"));
}

/* A socket of a user that a privileged task sends on. */
TEST_F(beyond, the_opener_of_the_socket_counts)
{
	const char *file = cg_path("h/a/%s", USAGE);
	int family, sock;

	ASSERT_EQ(0, chmod(file, 0600));
	EXPECT_EQ(0, one(&self->stats, self->a, USAGE));
	ASSERT_EQ(0, seteuid(65534));
	sock = cg_taskstats_open(&family);
	ASSERT_EQ(0, seteuid(0));
	ASSERT_LE(0, sock);
	close(self->stats.sock);
	self->stats.sock = sock;
	EXPECT_EQ(-EACCES, one(&self->stats, self->a, USAGE));
	EXPECT_EQ(0, one(&self->stats, self->b, USAGE));
}

struct in_ns {
	struct cg_stats *stats;
	int a, b, c;
};

static int read_in_ns(void *arg)
{
	struct in_ns *in = arg;
	struct seen seen;

	if (cg_put("h/a/cgroup.procs", "0") || unshare(CLONE_NEWCGROUP))
		return 1;
	if (cg_stats_open(in->stats))
		return 2;
	if (one(in->stats, in->c, USAGE) != -EACCES)
		return 3;
	if (one(in->stats, in->a, USAGE) || one(in->stats, in->b, USAGE))
		return 4;
	if (read_tree(in->stats, in->a, USAGE, &seen) || seen.nr != 2)
		return 5;
	return 0;
}

TEST_F(beyond, a_namespace_hides_other_groups)
{
	static struct cg_stats copy;
	struct in_ns in = { &copy, self->a, self->b, self->c };

	EXPECT_EQ(0, cg_spawn_wait(read_in_ns, &in));
	in.c = self->root;
	EXPECT_EQ(0, cg_spawn_wait(read_in_ns, &in));
}

/*
 * Malformed requests
 */

static int answer_of(struct cg_stats *s, struct cg_request *r)
{
	int ret = cg_request_send(s->sock, r);

	return ret ?: cg_answers(s->sock, NULL, NULL);
}

TEST_F(beyond, malformed_requests_are_refused)
{
	struct cg_stats *s = &self->stats;
	__u32 id = id_of(s, USAGE);
	struct cg_request r;

	/* not a dump */
	cg_request_begin(&r, s, CG_CMD_DESCRIBE, 0);
	EXPECT_EQ(-EOPNOTSUPP, answer_of(s, &r));
	cg_request_begin(&r, s, CG_CMD_READ, 0);
	EXPECT_EQ(-EOPNOTSUPP, answer_of(s, &r));
	/* no attribute */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	/* half an id */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	cg_request_add(&r, CG_ATTR_FD, &self->a, 4);
	cg_request_add(&r, CG_ATTR_STATS, &id, 2);
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	/* half a descriptor */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	cg_request_add(&r, CG_ATTR_FD, &self->a, 2);
	cg_request_add(&r, CG_ATTR_STATS, &id, 4);
	EXPECT_GT(0, answer_of(s, &r));
	/* a flag with data */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	cg_request_add(&r, CG_ATTR_FD, &self->a, 4);
	cg_request_add(&r, CG_ATTR_STATS, &id, 4);
	cg_request_add(&r, CG_ATTR_RECURSIVE, &id, 4);
	EXPECT_GT(0, answer_of(s, &r));
	/* an attribute that this command does not have, or no command */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	cg_request_add(&r, CG_ATTR_FD, &self->a, 4);
	cg_request_add(&r, CG_ATTR_STATS, &id, 4);
	cg_request_add(&r, CG_ATTR_RECURSIVE + 1, &id, 4);
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	cg_request_begin(&r, s, CG_CMD_DESCRIBE, NLM_F_DUMP);
	cg_request_add(&r, CG_ATTR_FD, &self->a, 4);
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	/* the length of the last attribute is more than there is */
	cg_stats_request(&r, s, &self->a, 1, &id, 1, false);
	r.len -= 4;
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	/* a header that is too short */
	cg_request_begin(&r, s, CG_CMD_READ, NLM_F_DUMP);
	r.len = NLMSG_LENGTH(2);
	EXPECT_EQ(-EINVAL, answer_of(s, &r));
	EXPECT_EQ(0, one(s, self->a, USAGE));
}

/* The old command is as it was. */
TEST_F(beyond, the_old_command_still_works)
{
	int fd = open("h/a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct cgroupstats stats;

	ASSERT_EQ(0, cg_taskstats_get(self->stats.sock, self->stats.family, fd, &stats));
	EXPECT_EQ(1, stats.nr_sleeping + stats.nr_running);
	close(fd);
}

static unsigned int next_random(unsigned int *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* A request that is right in most parts. */
static void random_request(struct cg_request *r, struct cg_stats *s, const int *dirs, int nr_dirs,
			   unsigned int *seed)
{
	int i, nr = next_random(seed) % 6;
	char junk[64];

	cg_request_begin(r, s, next_random(seed) % 8 ? CG_CMD_READ : next_random(seed) % 16,
			 next_random(seed) % 8 ? NLM_F_DUMP : next_random(seed) & 0xffff);
	for (i = 0; i < nr; i++) {
		int fd = next_random(seed) % 8 ? dirs[next_random(seed) % nr_dirs] :
			 (int)next_random(seed);
		__u32 ids[4];
		int n;

		switch (next_random(seed) % 6) {
		case 0:
		case 1:
			cg_request_add(r, CG_ATTR_FD, &fd, 4);
			break;
		case 2:
		case 3:
			for (n = 0; n < 4; n++)
				ids[n] = next_random(seed) % 8 ?
					 s->list[next_random(seed) % s->nr].id : next_random(seed);
			cg_request_add(r, CG_ATTR_STATS, ids, 4 * (next_random(seed) % 5));
			break;
		case 4:
			cg_request_add(r, CG_ATTR_RECURSIVE, NULL, 0);
			break;
		default:
			for (n = 0; n < (int)sizeof(junk); n++)
				junk[n] = next_random(seed);
			cg_request_add(r, next_random(seed) % 12, junk,
				       next_random(seed) % sizeof(junk));
		}
	}
	/* some bytes after the header of netlink, and the length */
	for (i = next_random(seed) % 4; i > 1; i--)
		r->buf[NLMSG_HDRLEN + next_random(seed) % (r->len - NLMSG_HDRLEN)] =
			next_random(seed);
	if (!(next_random(seed) % 8) && r->len > NLMSG_HDRLEN + 8)
		r->len -= next_random(seed) % 8;
}

/* Receive all that there is: an answer, an error, or nothing. */
static void receive_all(int sock)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	char buf[65536];

	while (poll(&p, 1, 0) == 1 && recv(sock, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

/* With a fixed seed; nothing may change, and the kernel may not complain. */
TEST_F_TIMEOUT(beyond, random_requests, 200)
{
	int dirs[] = { self->root, self->a, self->b, self->c };
	struct cg_stats *s = &self->stats;
	long long end = cg_now_ms() + 20000;
	unsigned int seed = 19, sent = 0;
	struct cg_request r;

	cg_state_keep();
	while (sent < 20000 && cg_now_ms() < end) {
		random_request(&r, s, dirs, ARRAY_SIZE(dirs), &seed);
		cg_request_send(s->sock, &r);
		receive_all(s->sock);
		sent++;
	}
	TH_LOG("%u requests", sent);
	EXPECT_LT(500, sent);
	EXPECT_TRUE(cg_state_kept());
	close(s->sock);
	s->sock = cg_taskstats_open(&s->family);
	EXPECT_EQ(0, one(s, self->a, USAGE));
}

TEST_HARNESS_MAIN
