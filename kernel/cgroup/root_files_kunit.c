// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the words that a root's files take.  Included by
 * root_files.c.
 */
#include <kunit/test.h>

/* Two subsystems with state that can be mounted, whichever this kernel has. */
struct test_words {
	const char *one, *two;
	cgroup_mask_t one_bit, two_bit;
	char buf[128];
};

static int test_init(struct kunit *test)
{
	struct test_words *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct cgroup_subsys *ss;
	int ssid;

	if (!w)
		return -ENOMEM;
	for_each_subsys_mask(ss, ssid, CGROUP_STATEFUL_MASK) {
		if (!subsys_by_name(ss->legacy_name))
			continue;
		if (w->one) {
			w->two = ss->legacy_name;
			w->two_bit = BIT(ssid);
			break;
		}
		w->one = ss->legacy_name;
		w->one_bit = BIT(ssid);
	}
	if (!w->two)
		kunit_skip(test, "fewer than two subsystems");
	test->priv = w;
	return 0;
}

/* 1 and 2 stand for the names. */
static char *test_text(struct test_words *w, const char *pattern)
{
	size_t len = 0;

	for (; *pattern; pattern++) {
		if (*pattern == '1' || *pattern == '2')
			len += scnprintf(w->buf + len, sizeof(w->buf) - len, "%s",
					 *pattern == '1' ? w->one : w->two);
		else
			len += scnprintf(w->buf + len, sizeof(w->buf) - len, "%c", *pattern);
	}
	w->buf[len] = '\0';
	return w->buf;
}

static cgroup_mask_t test_mask(struct test_words *w, bool one, bool two)
{
	cgroup_mask_t mask = 0;

	if (one)
		mask |= w->one_bit;
	if (two)
		mask |= w->two_bit;
	return mask;
}

static void test_name(struct kunit *test)
{
	struct test_words *w = test->priv;

	KUNIT_EXPECT_EQ(test, subsys_by_name(w->one), w->one_bit);
	KUNIT_EXPECT_EQ(test, subsys_by_name(w->two), w->two_bit);
	KUNIT_EXPECT_EQ(test, subsys_by_name(""), 0);
	KUNIT_EXPECT_EQ(test, subsys_by_name("nosuch"), 0);
}

static void test_subsystems(struct kunit *test)
{
	static const struct {
		const char *text;
		int ret;
		bool add_one, add_two, remove_one, remove_two;
	} cases[] = {
		{ "+1", .add_one = true },
		{ "-2", .remove_two = true },
		{ "+1 -2", .add_one = true, .remove_two = true },
		{ "  -1\t+2\n", .remove_one = true, .add_two = true },
		{ "+1 +2\n", .add_one = true, .add_two = true },
		{ "", -EINVAL },
		{ "\n\t", -EINVAL },
		{ "1", -EINVAL },
		{ "+", -EINVAL },
		{ "+nosuch", -EINVAL },
		{ "+1 +1", -EINVAL },
		{ "+1 -1", -EINVAL },
		{ "+1,-2", -EINVAL },
		{ "+1 2", -EINVAL },
		{ "++1", -EINVAL },
	};
	struct test_words *w = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cgroup_mask_t add = 0, remove = 0;
		const char *odd;
		int ret = subsystems_parse(test_text(w, cases[i].text), &add, &remove, &odd);

		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].ret, "'%s'", cases[i].text);
		if (ret)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, add, test_mask(w, cases[i].add_one, cases[i].add_two),
				    "'%s'", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, remove,
				    test_mask(w, cases[i].remove_one, cases[i].remove_two),
				    "'%s'", cases[i].text);
	}
}

static void test_merge(struct kunit *test)
{
	struct test_words *w = test->priv;
	struct root_change change = { };

	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, " name=a.b\n"), &change), 0);
	KUNIT_EXPECT_STREQ(test, change.name, "a.b");
	change.name = NULL;
	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, "7\n"), &change), 0);
	KUNIT_EXPECT_NULL(test, change.name);
	KUNIT_EXPECT_EQ(test, change.id, 7);
	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, "name="), &change), -EINVAL);
	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, "7 8"), &change), -EINVAL);
	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, "99999999999"), &change), -EINVAL);
	KUNIT_EXPECT_EQ(test, merge_parse(test_text(w, "\n"), &change), -EINVAL);
}

static void test_split(struct kunit *test)
{
	static const char * const wrong[] = {
		"", "name=x", "name=x ", "name= 1", "1", "1 name=x", "name=x 1,1", "name=x 1,",
		"name=x 1 2", "name=x nosuch", "name=a/b 1", "x 1", "name=x ,1",
	};
	struct test_words *w = test->priv;
	struct root_change change = { };
	const char *odd;
	int i;

	KUNIT_EXPECT_EQ(test, split_parse(test_text(w, "name=x 1,2\n"), &change, &odd), 0);
	KUNIT_EXPECT_STREQ(test, change.name, "x");
	KUNIT_EXPECT_EQ(test, change.remove, w->one_bit | w->two_bit);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		change = (struct root_change){ };
		KUNIT_EXPECT_EQ_MSG(test, split_parse(test_text(w, wrong[i]), &change, &odd),
				    -EINVAL, "'%s'", wrong[i]);
	}
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_name),
	KUNIT_CASE(test_subsystems),
	KUNIT_CASE(test_merge),
	KUNIT_CASE(test_split),
	{}
};

static struct kunit_suite test_suite = {
	.name = "cgroup_subsystems",
	.init = test_init,
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
