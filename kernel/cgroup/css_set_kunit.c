// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the identity of css_sets.  Included by css_set.c.
 *
 * Three hierarchies, each with a root and two cgroups below it, that only these tests
 * know of:
 *
 *	root[0]        root[1]        root[2]
 *	 |- cgrp[0][1]  |- cgrp[1][1]  |- cgrp[2][1]
 *	 `- cgrp[0][2]  `- cgrp[1][2]  `- cgrp[2][2]
 *
 * Expectations are checked when css_set_lock is dropped: a failed one allocates.
 */
#include <kunit/test.h>

#define TEST_ROOTS	3
#define TEST_CGROUPS	3

struct test_trees {
	struct cgroup_root *root[TEST_ROOTS];
	struct cgroup *cgrp[TEST_ROOTS][TEST_CGROUPS];
	struct css_set *cset[8];
	int nr_csets;
	struct list_head spare;
};

static int test_init(struct kunit *test)
{
	struct test_trees *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i, j;

	KUNIT_ASSERT_NOT_NULL(test, t);
	INIT_LIST_HEAD(&t->spare);
	test->priv = t;
	for (i = 0; i < TEST_ROOTS; i++) {
		t->root[i] = kunit_kzalloc(test, sizeof(*t->root[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->root[i]);
		for (j = 0; j < TEST_CGROUPS; j++) {
			struct cgroup *cgrp = kunit_kzalloc(test, sizeof(*cgrp), GFP_KERNEL);

			KUNIT_ASSERT_NOT_NULL(test, cgrp);
			cgrp->root = t->root[i];
			cgrp->self.flags = CSS_NO_REF;
			INIT_LIST_HEAD(&cgrp->cset_links);
			if (j)
				cgrp->key = cgroup_new_key();
			t->cgrp[i][j] = cgrp;
		}
	}
	return 0;
}

static void test_exit(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct cgrp_cset_link *link, *next;
	int i;

	for (i = 0; i < t->nr_csets; i++)
		list_for_each_entry_safe(link, next, &t->cset[i]->links, cset_node)
			kfree(link);
	cset_free_spare(&t->spare);
}

/* A css_set, in no table, of the cgroups with these numbers; -1 for no place in a hierarchy. */
static struct css_set *test_cset(struct kunit *test, int a, int b, int c)
{
	struct test_trees *t = test->priv;
	const int number[TEST_ROOTS] = { a, b, c };
	struct css_set *cset;
	int i;

	KUNIT_ASSERT_LT(test, t->nr_csets, (int)ARRAY_SIZE(t->cset));
	cset = kunit_kzalloc(test, sizeof(*cset), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cset);
	refcount_set(&cset->refcount, 1);
	INIT_LIST_HEAD(&cset->links);
	t->cset[t->nr_csets++] = cset;

	KUNIT_ASSERT_EQ(test, cset_alloc_spare(TEST_ROOTS, &t->spare), 0);
	guard(spinlock_irq)(&css_set_lock);
	for (i = 0; i < TEST_ROOTS; i++)
		if (number[i] >= 0)
			cset_link(cset, t->cgrp[i][number[i]], &t->spare);
	return cset;
}

static u64 test_key_with(struct css_set *cset, struct cgroup *cgrp)
{
	guard(spinlock_irq)(&css_set_lock);
	return cset_key_with(cset, cgrp);
}

static void test_key_is_sum(struct kunit *test)
{
	struct test_trees *t = test->priv;

	KUNIT_EXPECT_EQ(test, test_cset(test, 0, 0, 0)->key, 0);
	KUNIT_EXPECT_EQ(test, test_cset(test, 1, 0, 0)->key, t->cgrp[0][1]->key);
	KUNIT_EXPECT_EQ(test, test_cset(test, 1, 2, 2)->key,
			t->cgrp[0][1]->key + t->cgrp[1][2]->key + t->cgrp[2][2]->key);
}

/* Old out, new in, place by place and back again. */
static void test_key_moves(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct css_set *way[] = {
		test_cset(test, 1, 1, 1), test_cset(test, 2, 1, 1),
		test_cset(test, 2, 0, 1), test_cset(test, 2, 0, 2),
	};
	struct cgroup *there[] = { t->cgrp[0][2], t->cgrp[1][0], t->cgrp[2][2] };
	struct cgroup *back[] = { t->cgrp[0][1], t->cgrp[1][1], t->cgrp[2][1] };
	int i;

	for (i = 0; i < TEST_ROOTS; i++) {
		KUNIT_EXPECT_EQ(test, test_key_with(way[i], there[i]), way[i + 1]->key);
		KUNIT_EXPECT_EQ(test, test_key_with(way[i + 1], back[i]), way[i]->key);
		KUNIT_EXPECT_EQ(test, test_key_with(way[i], back[i]), way[i]->key);
	}
}

/* A hierarchy that comes or goes changes no key of a css_set that is at its root. */
static void test_key_of_roots(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, test_cset(test, 1, 2, 0)->key, test_cset(test, 1, 2, -1)->key);
	KUNIT_EXPECT_EQ(test, test_cset(test, 0, 2, 1)->key, test_cset(test, -1, 2, 1)->key);
}

static void test_cgroup_from_root(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct css_set *cset = test_cset(test, 1, -1, 2);
	struct cgroup *found[TEST_ROOTS];
	int i;

	scoped_guard(spinlock_irq, &css_set_lock)
		for (i = 0; i < TEST_ROOTS; i++)
			found[i] = cset_cgroup_from_root(cset, t->root[i]);
	KUNIT_EXPECT_PTR_EQ(test, found[0], t->cgrp[0][1]);
	KUNIT_EXPECT_NULL(test, found[1]);
	KUNIT_EXPECT_PTR_EQ(test, found[2], t->cgrp[2][2]);
}

static void test_matches(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct css_set *old = test_cset(test, 1, 1, 1);
	struct css_set *new = test_cset(test, 1, 2, 1);

	/* itself, when it moves to where it is */
	KUNIT_EXPECT_TRUE(test, cset_matches(old, old, t->cgrp[0][1]));
	KUNIT_EXPECT_FALSE(test, cset_matches(old, old, t->cgrp[0][2]));
	/* one place apart */
	KUNIT_EXPECT_TRUE(test, cset_matches(new, old, t->cgrp[1][2]));
	KUNIT_EXPECT_TRUE(test, cset_matches(old, new, t->cgrp[1][1]));
	KUNIT_EXPECT_FALSE(test, cset_matches(new, old, t->cgrp[1][0]));
	KUNIT_EXPECT_FALSE(test, cset_matches(new, old, t->cgrp[2][2]));
	/* two places apart */
	KUNIT_EXPECT_FALSE(test, cset_matches(test_cset(test, 0, 2, 1), old, t->cgrp[1][2]));
}

/* A shorter or a longer tuple is another one, at either end. */
static void test_matches_lengths(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct css_set *all = test_cset(test, 1, 1, 1);
	struct css_set *tail = test_cset(test, -1, 1, 1);
	struct css_set *head = test_cset(test, 1, 1, -1);
	struct css_set *none = test_cset(test, -1, -1, -1);
	struct cgroup *cgrp = t->cgrp[1][1];

	KUNIT_EXPECT_TRUE(test, cset_matches(all, all, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(all, head, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(head, all, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(all, tail, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(tail, all, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(none, all, cgrp));
	KUNIT_EXPECT_FALSE(test, cset_matches(all, none, cgrp));
	KUNIT_EXPECT_TRUE(test, cset_matches(none, none, cgrp));
}

/* Tuples with one key are told apart in the table. */
static void test_lookup(struct kunit *test)
{
	struct test_trees *t = test->priv;
	struct css_set *twin, *wanted, *old, *found, *missing;
	unsigned int refs;
	int before, after;

	/* the keys of 1 and 2 are swapped in the second hierarchy: {1,2} and {2,1} have one sum */
	t->cgrp[1][1]->key = t->cgrp[0][1]->key;
	t->cgrp[1][2]->key = t->cgrp[0][2]->key;
	twin = test_cset(test, 1, 2, 0);
	wanted = test_cset(test, 2, 1, 0);
	old = test_cset(test, 2, 2, 0);
	KUNIT_ASSERT_EQ(test, twin->key, wanted->key);

	scoped_guard(spinlock_irq, &css_set_lock) {
		before = css_set_count;
		cset_hash(wanted);
		cset_hash(twin);
		found = cset_lookup(old, t->cgrp[1][1], cset_key_with(old, t->cgrp[1][1]));
		missing = cset_lookup(old, t->cgrp[2][1], cset_key_with(old, t->cgrp[2][1]));
		refs = refcount_read(&wanted->refcount);
		cset_unhash(wanted);
		cset_unhash(twin);
		after = css_set_count;
	}
	KUNIT_EXPECT_PTR_EQ(test, found, wanted);
	KUNIT_EXPECT_NULL(test, missing);
	KUNIT_EXPECT_EQ(test, refs, 2);
	KUNIT_EXPECT_EQ(test, after, before);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_key_is_sum),
	KUNIT_CASE(test_key_moves),
	KUNIT_CASE(test_key_of_roots),
	KUNIT_CASE(test_cgroup_from_root),
	KUNIT_CASE(test_matches),
	KUNIT_CASE(test_matches_lengths),
	KUNIT_CASE(test_lookup),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_cset",
	.init = test_init,
	.exit = test_exit,
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
