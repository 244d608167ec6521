// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the lists of members.  Included by members.c.
 */
#include <kunit/test.h>

/* A list over a window that the test fills; nothing fills it again. */
static void test_list(struct kunit *test, struct cgroup_pid_list *list, unsigned int room,
		      const pid_t *ids, unsigned int nr)
{
	KUNIT_ASSERT_EQ(test, cgroup_pid_window_reserve(&list->win, room), 0);
	cgroup_pid_window_clear(&list->win, 10);
	while (nr--)
		KUNIT_ASSERT_TRUE(test, cgroup_pid_window_add(&list->win, *ids++));
	cgroup_pid_window_settle(&list->win);
	list->filled = true;
}

static void test_seek_in(struct kunit *test, unsigned int room)
{
	static const pid_t ids[] = { 12, 17, 14 };
	struct cgroup_pid_list list = {};

	test_list(test, &list, room, ids, ARRAY_SIZE(ids));
	/* no cgroup: it would be needed only to fill the window */
	KUNIT_EXPECT_PTR_EQ(test, pid_list_seek(&list, NULL, 10), &list);
	KUNIT_EXPECT_EQ(test, list.next, 12);
	pid_list_seek(&list, NULL, 16);
	KUNIT_EXPECT_EQ(test, list.next, 17);
	pid_list_seek(&list, NULL, 12);
	KUNIT_EXPECT_EQ(test, list.next, 14);
	KUNIT_EXPECT_NULL(test, pid_list_seek(&list, NULL, 17));
	KUNIT_EXPECT_NULL(test, pid_list_seek(&list, NULL, INT_MAX));
	KUNIT_EXPECT_NULL(test, pid_list_seek(&list, NULL, (loff_t)INT_MAX + 1));
	cgroup_pid_window_free(&list.win);
}

static void test_seek_within(struct kunit *test)
{
	test_seek_in(test, 16);
	test_seek_in(test, PID_WINDOW_IDS + 1);
}

static void test_seek_expect(struct kunit *test, struct cgroup_pid_list *list, pid_t pos, pid_t id)
{
	void *ret = pid_list_seek(list, &cgrp_dfl_root.cgrp, pos);

	KUNIT_EXPECT_PTR_EQ(test, ret, (void *)list);
	KUNIT_EXPECT_EQ(test, list->next, id);
}

/* Outside the window, and at position 0, the window is filled again. */
static void test_seek_fills(struct kunit *test)
{
	struct cgroup_pid_list *list = pid_list_alloc(&init_pid_ns, true);

	KUNIT_ASSERT_NOT_NULL(test, list);
	/* the process of user space, and the one that makes kernel threads */
	test_seek_expect(test, list, 0, 1);
	test_seek_expect(test, list, 1, 2);

	/* as if there were more ids than the window has */
	list->win.nr = 0;
	if (list->win.bits)
		bitmap_zero(list->win.bits, PID_WINDOW_BITS);
	list->win.beyond = 2;
	test_seek_expect(test, list, 1, 2);
	KUNIT_EXPECT_EQ(test, list->win.after, 1);

	/* back to a position before the window */
	test_seek_expect(test, list, 0, 1);
	KUNIT_EXPECT_EQ(test, list->win.after, 0);
	pid_list_free(list);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_seek_within),
	KUNIT_CASE(test_seek_fills),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_members",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
