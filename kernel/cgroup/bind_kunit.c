// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of can_bind(): which subsystems are asked, and what reason a refusal
 * gives.  Included by bind.c.
 */
#include <kunit/test.h>

static int test_wants_third(u32 mask)
{
	return mask & BIT(2) ? 0 : -EINVAL;
}

static int test_wants_to_be_alone(u32 mask)
{
	return hweight32(mask) > 1 ? -EINVAL : 0;
}

static int test_wants_nothing(u32 mask)
{
	return -EINVAL;
}

/* @ss has id 0, so it stands for the first subsystem. */
static void test_reason(struct kunit *test)
{
	struct cgroup_subsys *ss = kunit_kzalloc(test, sizeof(*ss), GFP_KERNEL);
	char buf[64], want[64];

	KUNIT_ASSERT_NOT_NULL(test, ss);
	if (CGROUP_SUBSYS_COUNT < 3)
		kunit_skip(test, "fewer than three stateful subsystems");

	ss->can_bind = test_wants_third;
	snprintf(want, sizeof(want), "be without '%s'", cgroup_subsys[2]->legacy_name);
	cgroup_bind_reason(ss, BIT(0), buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, want);
	cgroup_bind_reason(ss, BIT(0) | BIT(1), buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, want);

	ss->can_bind = test_wants_to_be_alone;
	snprintf(want, sizeof(want), "be with '%s'", cgroup_subsys[1]->legacy_name);
	cgroup_bind_reason(ss, BIT(0) | BIT(1), buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, want);
	/* neither adding nor removing one subsystem helps */
	cgroup_bind_reason(ss, BIT(0) | BIT(1) | BIT(2), buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, "be one of these subsystems");

	ss->can_bind = test_wants_nothing;
	cgroup_bind_reason(ss, BIT(0), buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, "be one of these subsystems");
}

static cgroup_mask_t test_first_mask;

/* Keeps the first mask only: for the reason of a refusal it is asked about other masks, too. */
static int test_keep_mask(cgroup_mask_t mask)
{
	if (!test_first_mask)
		test_first_mask = mask;
	return -EINVAL;
}

/* A stateless subsystem in the mask is asked, too, about the stateful ones there. */
static void test_stateless(struct kunit *test)
{
	int (*was)(cgroup_mask_t mask);
	struct cgroup_subsys *ss;
	DEFINE_CGROUP_TXN(txn);

	if (!CGROUP_STATEFUL_MASK || CGROUP_STATEFUL_MASK == CGROUP_ALL_MASK)
		kunit_skip(test, "no stateful subsystem, or no stateless one");
	ss = cgroup_subsys[CGROUP_SUBSYS_COUNT];
	txn.has_text = true;
	test_first_mask = 0;

	guard(mutex)(&cgroup_mutex);
	was = ss->can_bind;
	ss->can_bind = test_keep_mask;
	KUNIT_EXPECT_EQ(test, cgroup_can_bind(&txn, &cgrp_dfl_root.cgrp, BIT(0)), 0);
	KUNIT_EXPECT_EQ(test, test_first_mask, 0);
	KUNIT_EXPECT_EQ(test, cgroup_can_bind(&txn, &cgrp_dfl_root.cgrp, BIT(0) | BIT(ss->id)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, test_first_mask, BIT(0));
	KUNIT_EXPECT_NOT_NULL(test, strstr(txn.why, ss->legacy_name));
	ss->can_bind = was;
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_stateless),
	KUNIT_CASE(test_reason),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_bind",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
