// SPDX-License-Identifier: GPL-2.0
/* The oom controller: tests of the percentages.  Included by oom_cgroup_early.c. */
#include <kunit/test.h>

static struct oom_use test_use(unsigned int percent, u64 used, u64 total)
{
	struct oom_use use = { .percent = percent, .low = true };

	oom_use_add(&use, used, total);
	return use;
}

/* Use must exceed the percentage, and must have fallen 5 points below it. */
static void test_limits(struct kunit *test)
{
	static const struct {
		unsigned int percent;
		u64 used, total;
		bool over, low;
	} cases[] = {
		{ 80, 800, 1000, false, false }, { 80, 801, 1000, true, false },
		{ 80, 751, 1000, false, false }, { 80, 750, 1000, false, true },
		{ 100, 1000, 1000, false, false }, { 100, 1001, 1000, true, false },
		{ 100, 950, 1000, false, true }, { 1, 10, 1000, false, false },
		{ 1, 11, 1000, true, false }, { 1, 0, 1000, false, true },
		{ 5, 1, 1000, false, false }, { 6, 10, 1000, false, true },
		/* a limit of nothing */
		{ 50, 0, 0, false, true }, { 50, 1, 0, true, false },
		/* the largest sizes, in pages */
		{ 50, 1ULL << 51, 1ULL << 52, false, false },
		{ 50, (1ULL << 51) + 1, 1ULL << 52, true, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oom_use use = test_use(cases[i].percent, cases[i].used, cases[i].total);

		KUNIT_EXPECT_EQ_MSG(test, use.over, cases[i].over, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, use.low, cases[i].low, "case %d", i);
		KUNIT_EXPECT_TRUE(test, use.bound);
	}
}

/* One bound that is exceeded is enough for a warning; all must be low again after it. */
static void test_several(struct kunit *test)
{
	struct oom_use use = test_use(50, 10, 100);

	KUNIT_EXPECT_TRUE(test, use.low);
	oom_use_add(&use, 51, 100);
	KUNIT_EXPECT_TRUE(test, use.over);
	KUNIT_EXPECT_FALSE(test, use.low);
	oom_use_add(&use, 0, 100);
	KUNIT_EXPECT_TRUE(test, use.over);
	KUNIT_EXPECT_FALSE(test, use.low);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_limits),
	KUNIT_CASE(test_several),
	{}
};

static struct kunit_suite test_suite = {
	.name = "oom_early",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
