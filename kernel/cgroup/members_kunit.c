// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the window of ids.  Included by members.c.
 */
#include <kunit/test.h>

static struct cgroup_pid_window *test_window(struct kunit *test, unsigned int capacity)
{
	struct cgroup_pid_window *win = kunit_kzalloc(test, sizeof(*win), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, win);
	win->pids = kunit_kmalloc_array(test, capacity, sizeof(*win->pids), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, win->pids);
	win->capacity = capacity;
	win->bound = INT_MAX;
	return win;
}

static void test_add_all(struct cgroup_pid_window *win, const pid_t *pids, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		pid_window_add(win, pids[i]);
}

static void test_settle_sorts(struct kunit *test)
{
	static const pid_t in[] = { 5, 3, 5, 1, 4194304, 3, 5 };
	static const pid_t out[] = { 1, 3, 5, 4194304 };
	struct cgroup_pid_window *win = test_window(test, 16);

	test_add_all(win, in, ARRAY_SIZE(in));
	pid_window_settle(win);
	KUNIT_ASSERT_EQ(test, win->nr, ARRAY_SIZE(out));
	KUNIT_EXPECT_MEMEQ(test, win->pids, out, sizeof(out));
	KUNIT_EXPECT_EQ(test, win->bound, INT_MAX);
}

static void test_settle_empty(struct kunit *test)
{
	struct cgroup_pid_window *win = test_window(test, 1);

	pid_window_settle(win);
	KUNIT_EXPECT_EQ(test, win->nr, 0);
	KUNIT_EXPECT_NULL(test, pid_window_find(win, 1));
}

/* Of what is too much the lowest stay, and the window says where it ends. */
static void test_settle_bounds(struct kunit *test)
{
	struct cgroup_pid_window *win = test_window(test, PID_WINDOW_ROOM);
	pid_t pid;

	for (pid = PID_WINDOW_SIZE + 10; pid > 0; pid--)
		pid_window_add(win, 2 * pid);
	pid_window_settle(win);
	KUNIT_EXPECT_EQ(test, win->nr, PID_WINDOW_SIZE);
	KUNIT_EXPECT_EQ(test, win->pids[0], 2);
	KUNIT_EXPECT_EQ(test, win->pids[PID_WINDOW_SIZE - 1], 2 * PID_WINDOW_SIZE);
	KUNIT_EXPECT_EQ(test, win->bound, 2 * (PID_WINDOW_SIZE + 1));
}

static void test_settle_exact(struct kunit *test)
{
	struct cgroup_pid_window *win = test_window(test, PID_WINDOW_ROOM);
	pid_t pid;

	for (pid = 1; pid <= PID_WINDOW_SIZE; pid++)
		pid_window_add(win, pid);
	pid_window_settle(win);
	KUNIT_EXPECT_EQ(test, win->nr, PID_WINDOW_SIZE);
	KUNIT_EXPECT_EQ(test, win->bound, INT_MAX);
}

static void test_add_leaves_out(struct kunit *test)
{
	static const pid_t in[] = { 0, 9, 10, 11, 19, 20, 21 };
	static const pid_t out[] = { 11, 19 };
	struct cgroup_pid_window *win = test_window(test, 16);

	win->after = 10;
	win->bound = 20;
	test_add_all(win, in, ARRAY_SIZE(in));
	KUNIT_ASSERT_EQ(test, win->nr, ARRAY_SIZE(out));
	KUNIT_EXPECT_MEMEQ(test, win->pids, out, sizeof(out));
}

/* A walk that found too little room finds more the next time, up to a whole window. */
static void test_reserve(struct kunit *test)
{
	struct cgroup_pid_window win = {};
	unsigned int last;

	KUNIT_ASSERT_EQ(test, pid_window_reserve(&win, &cgrp_dfl_root.cgrp, 0), 0);
	KUNIT_EXPECT_GE(test, win.capacity, 64);
	while (win.capacity < PID_WINDOW_ROOM) {
		last = win.capacity;
		KUNIT_ASSERT_EQ(test, pid_window_reserve(&win, &cgrp_dfl_root.cgrp, 2 * last), 0);
		KUNIT_ASSERT_GE(test, win.capacity, min(2 * last, PID_WINDOW_ROOM));
	}
	KUNIT_EXPECT_EQ(test, pid_window_reserve(&win, &cgrp_dfl_root.cgrp, 2 * win.capacity), 0);
	KUNIT_EXPECT_EQ(test, win.capacity, PID_WINDOW_ROOM);
	kvfree(win.pids);
}

/* Window after window shows every id once, in order, whatever order they come in. */
static void test_refill(struct kunit *test)
{
	const unsigned int nr = 2 * PID_WINDOW_ROOM + 123;
	struct cgroup_pid_window *win = test_window(test, PID_WINDOW_ROOM);
	unsigned int i, windows = 0, wrong = 0;
	pid_t expect = 1;

	do {
		win->nr = 0;
		win->bound = INT_MAX;
		/* a step prime to their number meets each once; every third comes twice */
		for (i = 0; i < nr; i++) {
			pid_t pid = (u64)i * 7919 % nr + 1;

			pid_window_add(win, pid);
			if (pid % 3 == 0)
				pid_window_add(win, pid);
		}
		pid_window_settle(win);
		KUNIT_ASSERT_GT(test, win->nr, 0);
		KUNIT_ASSERT_LE(test, win->nr, PID_WINDOW_SIZE);
		for (i = 0; i < win->nr; i++)
			wrong += win->pids[i] != expect++;
		win->after = win->pids[win->nr - 1];
		windows++;
	} while (win->bound != INT_MAX);

	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, expect, nr + 1);
	KUNIT_EXPECT_EQ(test, windows, DIV_ROUND_UP(nr, PID_WINDOW_SIZE));
}

static void test_find(struct kunit *test)
{
	static const pid_t in[] = { 2, 4, 7, 100 };
	struct cgroup_pid_window *win = test_window(test, 16);
	pid_t pid;

	test_add_all(win, in, ARRAY_SIZE(in));
	for (pid = 1; pid <= 100; pid++) {
		unsigned int i = 0;

		while (in[i] < pid)
			i++;
		KUNIT_EXPECT_PTR_EQ(test, pid_window_find(win, pid), &win->pids[i]);
	}
	KUNIT_EXPECT_NULL(test, pid_window_find(win, 101));
}

/* What is in the window is found there; what is behind the end of all ids is nowhere. */
static void test_seek_within(struct kunit *test)
{
	static const pid_t in[] = { 12, 14, 17 };
	struct cgroup_pid_window *win = test_window(test, 16);

	win->after = 10;
	test_add_all(win, in, ARRAY_SIZE(in));
	/* no cgroup: it would be needed only to fill the window */
	KUNIT_EXPECT_PTR_EQ(test, pid_window_seek(win, NULL, 10), &win->pids[0]);
	KUNIT_EXPECT_PTR_EQ(test, pid_window_seek(win, NULL, 11), &win->pids[0]);
	KUNIT_EXPECT_PTR_EQ(test, pid_window_seek(win, NULL, 12), &win->pids[1]);
	KUNIT_EXPECT_PTR_EQ(test, pid_window_seek(win, NULL, 16), &win->pids[2]);
	KUNIT_EXPECT_NULL(test, pid_window_seek(win, NULL, 17));
	KUNIT_EXPECT_NULL(test, pid_window_seek(win, NULL, INT_MAX));
	KUNIT_EXPECT_NULL(test, pid_window_seek(win, NULL, (loff_t)INT_MAX + 1));
}

/* Behind a window that is not the last, and before it, it is filled anew. */
static void test_seek_fills(struct kunit *test)
{
	struct cgroup_pid_window *win = pid_window_alloc(&init_pid_ns, true);
	pid_t *pid;

	KUNIT_ASSERT_NOT_NULL(test, win);
	pid = pid_window_seek(win, &cgrp_dfl_root.cgrp, 0);
	if (IS_ERR_OR_NULL(pid)) {
		KUNIT_FAIL(test, "no window");
		goto out;
	}
	/* init, and the maker of kernel threads */
	KUNIT_EXPECT_EQ(test, pid[0], 1);
	KUNIT_EXPECT_EQ(test, pid[1], 2);

	pid = pid_window_seek(win, &cgrp_dfl_root.cgrp, 1);
	KUNIT_EXPECT_PTR_EQ(test, pid, &win->pids[1]);

	/* as if this were the end of a window: more follows */
	win->nr = 1;
	win->bound = 2;
	pid = pid_window_seek(win, &cgrp_dfl_root.cgrp, 1);
	KUNIT_EXPECT_EQ(test, win->after, 1);
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(pid));
	if (!IS_ERR_OR_NULL(pid))
		KUNIT_EXPECT_EQ(test, *pid, 2);

	/* back to where the window does not reach */
	pid = pid_window_seek(win, &cgrp_dfl_root.cgrp, 0);
	KUNIT_EXPECT_EQ(test, win->after, 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(pid));
	if (!IS_ERR_OR_NULL(pid))
		KUNIT_EXPECT_EQ(test, *pid, 1);
out:
	pid_window_free(win);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_settle_sorts),
	KUNIT_CASE(test_settle_empty),
	KUNIT_CASE(test_settle_bounds),
	KUNIT_CASE(test_settle_exact),
	KUNIT_CASE(test_add_leaves_out),
	KUNIT_CASE(test_reserve),
	KUNIT_CASE_SLOW(test_refill),
	KUNIT_CASE(test_find),
	KUNIT_CASE(test_seek_within),
	KUNIT_CASE(test_seek_fills),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_procs",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
