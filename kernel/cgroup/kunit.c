// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of what needs no tasks and no mount.  Those of static
 * functions are in files of their own, *_kunit.c.
 */
#include <kunit/test.h>
#include "cgroup-internal.h"

/*
 * Masks of subsystems
 */

static void test_masks_hold_all(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, hweight32(CGROUP_STATEFUL_MASK), CGROUP_SUBSYS_COUNT);
	KUNIT_EXPECT_EQ(test, hweight32(CGROUP_ALL_MASK), CGROUP_ID_COUNT);
	KUNIT_EXPECT_EQ(test, CGROUP_ALL_MASK & CGROUP_STATEFUL_MASK, CGROUP_STATEFUL_MASK);
}

static void test_mask_walks(struct kunit *test)
{
	const cgroup_mask_t masks[] = {
		0, CGROUP_ALL_MASK, CGROUP_STATEFUL_MASK, 0x55555555 & CGROUP_ALL_MASK,
		BIT(0), BIT(CGROUP_ID_COUNT - 1), ~CGROUP_ALL_MASK,
	};
	struct cgroup_subsys *ss;
	int i, ssid, last;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		cgroup_mask_t by_id = 0, by_ss = 0;

		last = -1;
		for_each_ssid_mask(ssid, masks[i]) {
			KUNIT_EXPECT_GT(test, ssid, last);
			last = ssid;
			by_id |= BIT(ssid);
		}
		for_each_subsys_mask(ss, ssid, masks[i]) {
			KUNIT_EXPECT_EQ(test, ss->id, ssid);
			KUNIT_EXPECT_EQ(test, ss->stateless, ssid >= CGROUP_SUBSYS_COUNT);
			by_ss |= BIT(ss->id);
		}
		KUNIT_EXPECT_EQ(test, by_id, masks[i] & CGROUP_ALL_MASK);
		KUNIT_EXPECT_EQ(test, by_ss, masks[i] & CGROUP_ALL_MASK);
	}
}

/* An "else" of the caller belongs to the caller's "if". */
static void test_mask_walk_nests(struct kunit *test)
{
	int ssid, outer = 0;

	if (!test)
		for_each_ssid_mask(ssid, CGROUP_ALL_MASK)
			outer |= BIT(ssid);
	else
		outer = 2;
	KUNIT_EXPECT_EQ(test, outer, 2);
}

/*
 * Fractions
 */

static void test_parse_float(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int places;
		s64 want;
	} good[] = {
		{ "0", 0, 0 },
		{ "7", 0, 7 },
		{ "7", 2, 700 },
		{ "7.", 2, 700 },
		{ "12.3456", 3, 12346 },
		{ "12.3454", 3, 12345 },
		{ "12.34", 3, 12340 },
		{ "1.05", 2, 105 },
		{ "1.005", 2, 101 },
		{ "1.004", 2, 100 },
		{ "0.5", 0, 1 },
		{ "0.4", 0, 0 },
		{ "0.999", 2, 100 },
		{ "100.00\n", 2, 10000 },
		{ "3.5max", 1, 35 },
		{ "-2", 1, -20 },
		{ "0.500000000000", 2, 50 },
		{ "0.994999999999", 2, 99 },
		{ "1.999999999999999999", 2, 200 },
		{ "0.999999999999999999", 18, 999999999999999999 },
		{ "9223372036854775807", 0, S64_MAX },
	};
	static const char * const bad[] = {
		"", "max", ".5", "x1", "1.-5",
		"1.0000000000000000000", "1.0000000000000000000000000000000000",
	};
	s64 got;
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		got = -1;
		KUNIT_EXPECT_EQ_MSG(test, cgroup_parse_float(good[i].text, good[i].places, &got),
				    0, "\"%s\"", good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, got, good[i].want, "\"%s\"", good[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		got = 42;
		KUNIT_EXPECT_EQ_MSG(test, cgroup_parse_float(bad[i], 2, &got), -EINVAL,
				    "\"%s\"", bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, got, 42, "\"%s\"", bad[i]);
	}
}

/*
 * Walking trees of csses, each named by a number that is its serial_nr:
 *
 *	1
 *	|- 2
 *	|  |- 4
 *	|  `- 5
 *	|     `- 7
 *	|- 3
 *	`- 6
 *
 * Walks are noted down under the RCU read lock and compared after it.
 */

#define TEST_CSSES	8

struct test_walk {
	u64 met[2 * TEST_CSSES];
	unsigned int nr;
};

static void note(struct test_walk *walk, struct cgroup_subsys_state *css)
{
	if (walk->nr < ARRAY_SIZE(walk->met))
		walk->met[walk->nr++] = css->serial_nr;
}

#define EXPECT_WALK(test, walk, ...)						\
do {										\
	const u64 __want[] = { __VA_ARGS__ };					\
										\
	KUNIT_EXPECT_EQ(test, (walk)->nr, ARRAY_SIZE(__want));			\
	if ((walk)->nr == ARRAY_SIZE(__want))					\
		KUNIT_EXPECT_MEMEQ(test, (walk)->met, __want, sizeof(__want));	\
	memset(walk, 0, sizeof(*(walk)));					\
} while (0)

static struct cgroup_subsys_state *test_tree(struct kunit *test)
{
	static const u8 parent[TEST_CSSES] = { 0, 0, 1, 1, 2, 2, 1, 5 };
	struct cgroup_subsys_state *css =
		kunit_kcalloc(test, TEST_CSSES, sizeof(*css), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, css);
	for (i = 1; i < TEST_CSSES; i++) {
		css[i].serial_nr = i;
		css[i].flags = CSS_ONLINE;
		INIT_LIST_HEAD(&css[i].children);
		INIT_LIST_HEAD(&css[i].sibling);
		if (!parent[i])
			continue;
		css[i].parent = &css[parent[i]];
		css[i].level = css[i].parent->level + 1;
		list_add_tail_rcu(&css[i].sibling, &css[i].parent->children);
	}
	return css;
}

/* As the last put does it. */
static void test_release(struct cgroup_subsys_state *css)
{
	css->flags |= CSS_RELEASED;
	list_del_rcu(&css->sibling);
}

static void test_walk_orders(struct kunit *test)
{
	struct cgroup_subsys_state *css = test_tree(test), *pos;
	struct test_walk walk = {};

	scoped_guard(rcu)
		css_for_each_child(pos, &css[1])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 2, 3, 6);

	scoped_guard(rcu)
		css_for_each_descendant_pre(pos, &css[1])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 1, 2, 4, 5, 7, 3, 6);

	scoped_guard(rcu)
		css_for_each_descendant_post(pos, &css[1])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 4, 7, 5, 2, 3, 6, 1);
}

/* A walk below a css does not leave it, though it has siblings. */
static void test_walk_subtree(struct kunit *test)
{
	struct cgroup_subsys_state *css = test_tree(test), *pos;
	struct test_walk walk = {};

	scoped_guard(rcu)
		css_for_each_descendant_pre(pos, &css[2])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 2, 4, 5, 7);

	scoped_guard(rcu)
		css_for_each_descendant_post(pos, &css[2])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 4, 7, 5, 2);

	scoped_guard(rcu) {
		css_for_each_descendant_pre(pos, &css[3])
			note(&walk, pos);
		css_for_each_descendant_post(pos, &css[3])
			note(&walk, pos);
	}
	EXPECT_WALK(test, &walk, 3, 3);
}

static void test_walk_skips(struct kunit *test)
{
	struct cgroup_subsys_state *css = test_tree(test), *pos;
	struct test_walk walk = {};

	scoped_guard(rcu) {
		note(&walk, css_rightmost_descendant(&css[1]));
		note(&walk, css_rightmost_descendant(&css[2]));
		note(&walk, css_rightmost_descendant(&css[3]));
		css_for_each_descendant_pre(pos, &css[1]) {
			note(&walk, pos);
			if (pos == &css[2])
				pos = css_rightmost_descendant(pos);
		}
	}
	EXPECT_WALK(test, &walk, 6, 7, 3, 1, 2, 3, 6);
}

/* A walker that stands on a css which was released goes on by number. */
static void test_walk_from_released(struct kunit *test)
{
	struct cgroup_subsys_state *css = test_tree(test), *pos;
	struct test_walk walk = {};

	scoped_guard(rcu)
		css_for_each_child(pos, &css[1]) {
			note(&walk, pos);
			if (pos == &css[2]) {
				test_release(&css[2]);
				/* and so is the next, whose node &css[2] still points to */
				test_release(&css[3]);
			}
		}
	EXPECT_WALK(test, &walk, 2, 6);

	scoped_guard(rcu)
		css_for_each_child(pos, &css[1]) {
			note(&walk, pos);
			test_release(pos);
		}
	EXPECT_WALK(test, &walk, 6);
	scoped_guard(rcu)
		css_for_each_descendant_pre(pos, &css[1])
			note(&walk, pos);
	EXPECT_WALK(test, &walk, 1);
}

static void test_online_children(struct kunit *test)
{
	struct cgroup_subsys_state *css = test_tree(test);

	KUNIT_EXPECT_TRUE(test, css_has_online_children(&css[2]));
	KUNIT_EXPECT_FALSE(test, css_has_online_children(&css[3]));
	css[4].flags = CSS_DYING;
	KUNIT_EXPECT_TRUE(test, css_has_online_children(&css[2]));
	css[5].flags = 0;
	KUNIT_EXPECT_FALSE(test, css_has_online_children(&css[2]));
}

/* Is it, as told by the parents? */
static bool test_is_below(struct cgroup_subsys_state *css, struct cgroup_subsys_state *ancestor)
{
	while (css && css != ancestor)
		css = css->parent;
	return css;
}

static void test_expect_descendants(struct kunit *test, struct cgroup_subsys_state *css, int nr)
{
	int i, j;

	for (i = 0; i < nr; i++)
		for (j = 0; j < nr; j++)
			KUNIT_EXPECT_EQ_MSG(test, css_is_descendant(&css[i], &css[j]),
					    test_is_below(&css[i], &css[j]), "%d below %d", i, j);
}

static void test_css_is_descendant(struct kunit *test)
{
	/* two ways down from one css, and one beside them */
	static const u8 parent[] = { 0, 0, 1, 2, 3, 4, 5, 2, 7, 8, 0, 10, 11, 12 };
	struct cgroup_subsys_state *css =
		kunit_kcalloc(test, ARRAY_SIZE(parent), sizeof(*css), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, css);
	for (i = 1; i < ARRAY_SIZE(parent); i++) {
		css[i].parent = &css[parent[i]];
		css[i].level = css[i].parent->level + 1;
	}
	test_expect_descendants(test, css, ARRAY_SIZE(parent));

	for (i = 0; i < ARRAY_SIZE(parent); i++) {
		KUNIT_EXPECT_EQ(test, css_alloc_ancestors(&css[i]), 0);
		KUNIT_EXPECT_EQ(test, !!css[i].ancestors, css[i].level > 2);
	}
	test_expect_descendants(test, css, ARRAY_SIZE(parent));
	for (i = 0; i < ARRAY_SIZE(parent); i++)
		kfree(css[i].ancestors);
}

/*
 * The tree of cgroups: root - a - b, and c beside a.
 */

static struct cgroup *test_cgroup(struct kunit *test, struct cgroup *parent)
{
	int level = parent ? parent->level + 1 : 0;
	struct cgroup *cgrp = kunit_kzalloc(test, struct_size(cgrp, ancestors, level + 1),
					    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cgrp);
	cgrp->level = level;
	cgrp->ancestors[level] = cgrp;
	for (; parent; parent = cgroup_parent(parent))
		cgrp->ancestors[parent->level] = parent;
	return cgrp;
}

static void test_ancestors(struct kunit *test)
{
	struct cgroup *root = test_cgroup(test, NULL);
	struct cgroup *a = test_cgroup(test, root);
	struct cgroup *b = test_cgroup(test, a);
	struct cgroup *c = test_cgroup(test, root);

	KUNIT_EXPECT_NULL(test, cgroup_parent(root));
	KUNIT_EXPECT_PTR_EQ(test, cgroup_parent(b), a);
	KUNIT_EXPECT_PTR_EQ(test, cgroup_ancestor(b, 0), root);
	KUNIT_EXPECT_PTR_EQ(test, cgroup_ancestor(b, 1), a);
	KUNIT_EXPECT_PTR_EQ(test, cgroup_ancestor(b, 2), b);
	KUNIT_EXPECT_NULL(test, cgroup_ancestor(b, 3));
	KUNIT_EXPECT_NULL(test, cgroup_ancestor(b, -1));
	KUNIT_EXPECT_TRUE(test, cgroup_is_descendant(b, root));
	KUNIT_EXPECT_TRUE(test, cgroup_is_descendant(b, b));
	KUNIT_EXPECT_FALSE(test, cgroup_is_descendant(a, b));
	KUNIT_EXPECT_FALSE(test, cgroup_is_descendant(b, c));
	KUNIT_EXPECT_FALSE(test, cgroup_is_descendant(c, a));
}

/* The effective css is that of the nearest ancestor-or-self which owns one. */
static void test_effective_css(struct kunit *test)
{
	struct cgroup_subsys *ss = cgroup_subsys[0];
	struct cgroup_subsys_state *css = test_tree(test), *got[5];
	struct cgroup *root = test_cgroup(test, NULL);
	struct cgroup *a = test_cgroup(test, root);
	struct cgroup *b = test_cgroup(test, a);

	if (!CGROUP_SUBSYS_COUNT)
		kunit_skip(test, "no stateful subsystem");

	scoped_guard(rcu) {
		got[0] = cgroup_e_css(b, ss);
		RCU_INIT_POINTER(root->subsys[0], &css[1]);
		got[1] = cgroup_e_css(b, ss);
		RCU_INIT_POINTER(a->subsys[0], &css[2]);
		got[2] = cgroup_e_css(b, ss);
		RCU_INIT_POINTER(b->subsys[0], &css[3]);
		got[3] = cgroup_e_css(b, ss);
		got[4] = cgroup_e_css(root, ss);
	}
	KUNIT_EXPECT_PTR_EQ(test, got[0], init_css_set.subsys[0]);
	KUNIT_EXPECT_PTR_EQ(test, got[1], &css[1]);
	KUNIT_EXPECT_PTR_EQ(test, got[2], &css[2]);
	KUNIT_EXPECT_PTR_EQ(test, got[3], &css[3]);
	KUNIT_EXPECT_PTR_EQ(test, got[4], &css[1]);
}

/*
 * Transactions: each step notes ten times its number, plus 1 for commit, 2 for
 * abort, 3 and 4 for the finish after either.
 */

struct test_step {
	struct cgroup_step step;
	struct test_walk *log;
	unsigned int number;
};

static void test_step_note(struct cgroup_step *step, unsigned int what)
{
	struct test_step *s = container_of(step, struct test_step, step);

	s->log->met[s->log->nr++] = 10 * s->number + what;
}

static void test_step_commit(struct cgroup_step *step)
{
	test_step_note(step, 1);
}

static void test_step_abort(struct cgroup_step *step)
{
	test_step_note(step, 2);
}

static void test_step_finish(struct cgroup_step *step, bool committed)
{
	test_step_note(step, committed ? 3 : 4);
}

static const struct cgroup_step_ops test_step_ops = {
	.commit = test_step_commit,
	.abort = test_step_abort,
	.finish = test_step_finish,
};

/* A step may leave out what it has no need of. */
static const struct cgroup_step_ops test_null_ops = {};

static void test_transaction(struct kunit *test)
{
	struct test_walk log = {};
	struct test_step step[] = {
		{ .log = &log, .number = 1 },
		{ .log = &log, .number = 2 },
		{ .log = &log, .number = 3 },
	};
	DEFINE_CGROUP_TXN(txn);
	int commit, i;

	for (commit = 1; commit >= 0; commit--) {
		txn.committed = false;
		scoped_guard(mutex, &cgroup_mutex) {
			for (i = 0; i < ARRAY_SIZE(step); i++)
				cgroup_txn_add(&txn, &step[i].step,
					       i == 1 ? &test_null_ops : &test_step_ops);
			if (commit)
				cgroup_txn_commit(&txn);
			else
				cgroup_txn_abort(&txn);
		}
		cgroup_txn_finish(&txn);
		if (commit)
			EXPECT_WALK(test, &log, 11, 31, 13, 33);
		else
			EXPECT_WALK(test, &log, 32, 12, 14, 34);
		KUNIT_EXPECT_TRUE(test, list_empty(&txn.steps));
	}
}

/* More than one block of it: zeroed, and no piece is in another. */
static void test_transaction_memory(struct kunit *test)
{
	static u8 *piece[40];
	DEFINE_CGROUP_TXN(txn);
	int i, size;

	mutex_lock(&cgroup_mutex);
	for (i = 0; i < ARRAY_SIZE(piece); i++) {
		size = 3 * i + 1;
		piece[i] = cgroup_txn_alloc(&txn, size);
		KUNIT_EXPECT_NOT_NULL(test, piece[i]);
		if (!piece[i])
			break;
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)piece[i], sizeof(u64)));
		KUNIT_EXPECT_NULL(test, memchr_inv(piece[i], 0, size));
		memset(piece[i], i + 1, size);
	}
	while (i-- > 0)
		KUNIT_EXPECT_NULL(test, memchr_inv(piece[i], i + 1, 3 * i + 1));
	KUNIT_EXPECT_NOT_NULL(test, txn.blocks);
	mutex_unlock(&cgroup_mutex);

	cgroup_txn_finish(&txn);
	KUNIT_EXPECT_NULL(test, txn.blocks);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_masks_hold_all),
	KUNIT_CASE(test_mask_walks),
	KUNIT_CASE(test_mask_walk_nests),
	KUNIT_CASE(test_parse_float),
	KUNIT_CASE(test_walk_orders),
	KUNIT_CASE(test_walk_subtree),
	KUNIT_CASE(test_walk_skips),
	KUNIT_CASE(test_walk_from_released),
	KUNIT_CASE(test_online_children),
	KUNIT_CASE(test_css_is_descendant),
	KUNIT_CASE(test_ancestors),
	KUNIT_CASE(test_effective_css),
	KUNIT_CASE(test_transaction),
	KUNIT_CASE(test_transaction_memory),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
