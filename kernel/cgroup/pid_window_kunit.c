// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the window of ids.  Included by pid_window.c.
 */
#include <kunit/test.h>

static struct cgroup_pid_window *test_window(struct kunit *test, unsigned int nr, pid_t after)
{
	struct cgroup_pid_window *win = kunit_kzalloc(test, sizeof(*win), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, win);
	KUNIT_ASSERT_EQ(test, cgroup_pid_window_reserve(win, nr), 0);
	KUNIT_EXPECT_EQ(test, !win->ids, !!win->bits);
	cgroup_pid_window_clear(win, after);
	return win;
}

static void test_add_all(struct kunit *test, struct cgroup_pid_window *win, const pid_t *ids,
			 unsigned int nr)
{
	while (nr--)
		KUNIT_EXPECT_TRUE(test, cgroup_pid_window_add(win, *ids++));
	cgroup_pid_window_settle(win);
}

/* Find all ids one after the other, as a reader does. */
static void test_expect(struct kunit *test, struct cgroup_pid_window *win, const pid_t *ids,
			unsigned int nr)
{
	pid_t id = win->after;

	while (nr--) {
		id = cgroup_pid_window_find(win, id + 1);
		KUNIT_ASSERT_EQ(test, id, *ids++);
	}
	KUNIT_EXPECT_EQ(test, cgroup_pid_window_find(win, id + 1), 0);
}

static void test_sorts_in(struct kunit *test, unsigned int room)
{
	static const pid_t in[] = { 5, 3, 5, 1, 5, 5, 400000, 3 };
	static const pid_t out[] = { 1, 3, 5, 400000 };
	struct cgroup_pid_window *win = test_window(test, room, 0);

	test_add_all(test, win, in, ARRAY_SIZE(in));
	test_expect(test, win, out, ARRAY_SIZE(out));
	/* once more, and from the middle */
	test_expect(test, win, out, ARRAY_SIZE(out));
	KUNIT_EXPECT_EQ(test, cgroup_pid_window_find(win, 4), 5);
	KUNIT_EXPECT_EQ(test, cgroup_pid_window_find(win, 2), 3);
	cgroup_pid_window_free(win);
}

static void test_sorts(struct kunit *test)
{
	test_sorts_in(test, 16);
	test_sorts_in(test, PID_WINDOW_IDS + 1);
}

static void test_empty(struct kunit *test)
{
	struct cgroup_pid_window *win = test_window(test, 1, 0);

	test_add_all(test, win, NULL, 0);
	test_expect(test, win, NULL, 0);
	cgroup_pid_window_free(win);
	win = test_window(test, PID_WINDOW_IDS + 1, 0);
	test_add_all(test, win, NULL, 0);
	test_expect(test, win, NULL, 0);
	cgroup_pid_window_free(win);
}

/* An array keeps its ids when it has no room for one more. */
static void test_full(struct kunit *test)
{
	static const pid_t ids[] = { 2, 4 };
	struct cgroup_pid_window *win = test_window(test, 2, 0);

	test_add_all(test, win, ids, ARRAY_SIZE(ids));
	KUNIT_EXPECT_FALSE(test, cgroup_pid_window_add(win, 3));
	/* ids that need no room */
	KUNIT_EXPECT_TRUE(test, cgroup_pid_window_add(win, 4));
	KUNIT_EXPECT_TRUE(test, cgroup_pid_window_add(win, 0));
	test_expect(test, win, ids, ARRAY_SIZE(ids));
	cgroup_pid_window_free(win);
}

static void test_leaves_out_in(struct kunit *test, unsigned int room)
{
	static const pid_t in[] = { 0, 9, 10, 11, 19 };
	static const pid_t out[] = { 11, 19 };
	struct cgroup_pid_window *win = test_window(test, room, 10);

	test_add_all(test, win, in, ARRAY_SIZE(in));
	test_expect(test, win, out, ARRAY_SIZE(out));
	cgroup_pid_window_free(win);
}

static void test_leaves_out(struct kunit *test)
{
	test_leaves_out_in(test, 16);
	test_leaves_out_in(test, PID_WINDOW_IDS + 1);
}

/* A window that gets more memory has a bitmap in the end, and keeps it. */
static void test_reserve(struct kunit *test)
{
	struct cgroup_pid_window *win = test_window(test, 16, 0);
	unsigned long *bits;

	KUNIT_EXPECT_EQ(test, win->capacity, 16);
	KUNIT_ASSERT_EQ(test, cgroup_pid_window_reserve(win, PID_WINDOW_IDS), 0);
	KUNIT_EXPECT_EQ(test, win->capacity, PID_WINDOW_IDS);
	KUNIT_EXPECT_NULL(test, win->bits);
	KUNIT_ASSERT_EQ(test, cgroup_pid_window_reserve(win, PID_WINDOW_IDS + 1), 0);
	KUNIT_EXPECT_NULL(test, win->ids);
	bits = win->bits;
	KUNIT_ASSERT_NOT_NULL(test, bits);
	KUNIT_ASSERT_EQ(test, cgroup_pid_window_reserve(win, 16), 0);
	KUNIT_EXPECT_PTR_EQ(test, win->bits, bits);
	cgroup_pid_window_free(win);
}

/* The range of a bitmap begins after @after; the lowest id above the range is noted. */
static void test_range(struct kunit *test)
{
	static const pid_t in[] = { 101 + PID_WINDOW_BITS, 101, 4194303, 100 + PID_WINDOW_BITS };
	static const pid_t out[] = { 101, 100 + PID_WINDOW_BITS };
	struct cgroup_pid_window *win = test_window(test, PID_WINDOW_IDS + 1, 100);

	KUNIT_EXPECT_EQ(test, win->bound, 101 + PID_WINDOW_BITS);
	test_add_all(test, win, in, ARRAY_SIZE(in));
	test_expect(test, win, out, ARRAY_SIZE(out));
	KUNIT_EXPECT_EQ(test, win->beyond, 101 + PID_WINDOW_BITS);
	cgroup_pid_window_clear(win, INT_MAX - 1);
	KUNIT_EXPECT_EQ(test, win->bound, INT_MAX);
	KUNIT_EXPECT_EQ(test, win->beyond, INT_MAX);
	cgroup_pid_window_free(win);
}

/* Window after window shows every id once, in order, whatever order the ids come in. */
static void test_windows(struct kunit *test)
{
	const unsigned int nr = 200003, spacing = 20;
	struct cgroup_pid_window *win = test_window(test, PID_WINDOW_IDS + 1, 0);
	unsigned int i, windows = 0, wrong = 0;
	pid_t id, expect = spacing;

	do {
		cgroup_pid_window_clear(win, expect - 1);
		/* nr is prime: the steps meet each id once; every third id comes twice */
		for (i = 0; i < nr; i++) {
			id = ((u64)i * 7919 % nr + 1) * spacing;
			cgroup_pid_window_add(win, id);
			if (id % 3 == 0)
				cgroup_pid_window_add(win, id);
		}
		for (id = win->after; (id = cgroup_pid_window_find(win, id + 1)); expect += spacing)
			wrong += id != expect;
		wrong += win->beyond != INT_MAX && win->beyond != expect;
		windows++;
	} while (win->beyond != INT_MAX && windows < 100);

	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, expect, (nr + 1) * spacing);
	KUNIT_EXPECT_EQ(test, windows, 8);
	cgroup_pid_window_free(win);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_sorts),
	KUNIT_CASE(test_empty),
	KUNIT_CASE(test_full),
	KUNIT_CASE(test_leaves_out),
	KUNIT_CASE(test_reserve),
	KUNIT_CASE(test_range),
	KUNIT_CASE_SLOW(test_windows),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_pid_window",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
