// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: tests of the list of statistics.  Included by stat_list.c.
 */
#include <kunit/test.h>

static u64 test_read_u64(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return 1;
}

static s64 test_read_s64(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return -1;
}

static void test_read_map(struct cgroup_subsys_state *css, struct cftype *cft,
			  struct cgroup_map *map)
{
	cgroup_map_add(map, "one", 1);
	cgroup_map_add_prefixed(map, "to_", "two", 2);
	cgroup_map_add(map, "last", U64_MAX);
}

static int test_show(struct seq_file *sf, void *v)
{
	return 0;
}

enum { TEST_U64, TEST_TEXT, TEST_S64, TEST_MAP, TEST_HIDDEN, TEST_NR };

/* An array as controllers have it, with an empty name at the end. */
static struct cftype *test_cfts(struct kunit *test)
{
	struct cftype *cfts = kunit_kcalloc(test, TEST_NR + 1, sizeof(*cfts), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cfts);
	strscpy(cfts[TEST_U64].name, "number");
	cfts[TEST_U64].read_u64 = test_read_u64;
	strscpy(cfts[TEST_TEXT].name, "text");
	cfts[TEST_TEXT].seq_show = test_show;
	strscpy(cfts[TEST_S64].name, "signed");
	cfts[TEST_S64].read_s64 = test_read_s64;
	strscpy(cfts[TEST_MAP].name, "map");
	cfts[TEST_MAP].read_map = test_read_map;
	cfts[TEST_MAP].seq_show = test_show;
	strscpy(cfts[TEST_HIDDEN].name, "hidden");
	cfts[TEST_HIDDEN].read_u64 = test_read_u64;
	cfts[TEST_HIDDEN].flags = __CFTYPE_ONLY_ON_DFL;
	return cfts;
}

static void test_types(struct kunit *test)
{
	struct cftype *cfts = test_cfts(test);

	KUNIT_EXPECT_EQ(test, cgroup_stat_type(&cfts[TEST_U64]), CGROUPSTATS_STAT_U64);
	KUNIT_EXPECT_EQ(test, cgroup_stat_type(&cfts[TEST_S64]), CGROUPSTATS_STAT_S64);
	KUNIT_EXPECT_EQ(test, cgroup_stat_type(&cfts[TEST_MAP]), CGROUPSTATS_STAT_MAP);
	KUNIT_EXPECT_EQ(test, cgroup_stat_type(&cfts[TEST_TEXT]), 0);
	KUNIT_EXPECT_EQ(test, cgroup_stat_type(&cfts[TEST_HIDDEN]), 0);
}

/* Ids are in the order of the array, and a statistic that comes again gets another one. */
static void test_ids(struct kunit *test)
{
	struct cftype *cfts = test_cfts(test);
	u32 generation = cgroup_stats_generation();
	u32 first, next;

	KUNIT_ASSERT_EQ(test, cgroup_stats_add(cfts), 0);
	KUNIT_EXPECT_NE(test, cgroup_stats_generation(), generation);
	first = cfts[TEST_U64].stat_id;
	KUNIT_EXPECT_NE(test, first, 0);
	KUNIT_EXPECT_EQ(test, cfts[TEST_TEXT].stat_id, 0);
	KUNIT_EXPECT_EQ(test, cfts[TEST_HIDDEN].stat_id, 0);
	KUNIT_EXPECT_LT(test, first, cfts[TEST_S64].stat_id);
	KUNIT_EXPECT_LT(test, cfts[TEST_S64].stat_id, cfts[TEST_MAP].stat_id);
	KUNIT_EXPECT_PTR_EQ(test, cgroup_stat_find(first), &cfts[TEST_U64]);
	next = first + 1;
	KUNIT_EXPECT_PTR_EQ(test, cgroup_stat_next(&next), &cfts[TEST_S64]);
	KUNIT_EXPECT_EQ(test, next, cfts[TEST_S64].stat_id);

	generation = cgroup_stats_generation();
	cgroup_stats_del(cfts);
	KUNIT_EXPECT_NE(test, cgroup_stats_generation(), generation);
	KUNIT_EXPECT_NULL(test, cgroup_stat_find(first));

	KUNIT_ASSERT_EQ(test, cgroup_stats_add(cfts), 0);
	KUNIT_EXPECT_GT(test, cfts[TEST_U64].stat_id, first);
	KUNIT_EXPECT_NULL(test, cgroup_stat_find(first));
	cgroup_stats_del(cfts);
}

/* An array without statistics does not change the list. */
static void test_text_only(struct kunit *test)
{
	struct cftype *cfts = test_cfts(test) + TEST_TEXT;
	u32 generation = cgroup_stats_generation();

	cfts[1].name[0] = 0;
	KUNIT_ASSERT_EQ(test, cgroup_stats_add(cfts), 0);
	cgroup_stats_del(cfts);
	KUNIT_EXPECT_EQ(test, cgroup_stats_generation(), generation);
}

static void test_names(struct kunit *test)
{
	struct cgroup_subsys ss = { .legacy_name = "sys" };
	struct cftype *cft = test_cfts(test);
	char name[CGROUP_STAT_NAME_MAX];

	cgroup_stat_name(cft, name);
	KUNIT_EXPECT_STREQ(test, name, "number");
	cft->ss = &ss;
	cgroup_stat_name(cft, name);
	KUNIT_EXPECT_STREQ(test, name, "sys.number");
	cft->flags = CFTYPE_NO_PREFIX;
	cgroup_stat_name(cft, name);
	KUNIT_EXPECT_STREQ(test, name, "number");
}

static void test_keys(struct kunit *test)
{
	static const char keys[] = "one\0to_two\0last";
	struct cftype *cft = &test_cfts(test)[TEST_MAP];
	struct cgroup_map map = {};
	char buf[sizeof(keys) + 1] = {};

	cgroup_stat_keys(cft, &map);
	KUNIT_EXPECT_EQ(test, map.nr, 3);
	KUNIT_EXPECT_EQ(test, map.keys_len, sizeof(keys));
	KUNIT_EXPECT_EQ(test, cgroup_stat_nr_values(cft), 3);
	KUNIT_EXPECT_EQ(test, cgroup_stat_nr_values(cft), 3);

	buf[sizeof(keys)] = 'x';
	map = (struct cgroup_map){ .keys = buf, .keys_size = sizeof(keys) };
	cgroup_stat_keys(cft, &map);
	KUNIT_EXPECT_MEMEQ(test, buf, keys, sizeof(keys));
	/* nothing is written behind the buffer */
	KUNIT_EXPECT_EQ(test, buf[sizeof(keys)], 'x');
	memset(buf, 'x', sizeof(buf));
	map = (struct cgroup_map){ .keys = buf, .keys_size = 6 };
	cgroup_stat_keys(cft, &map);
	KUNIT_EXPECT_EQ(test, map.keys_len, sizeof(keys));
	KUNIT_EXPECT_EQ(test, buf[6], 'x');
}

/* Values go where there is room, and not beyond. */
static void test_values(struct kunit *test)
{
	u64 values[4] = { 9, 9, 9, 9 };
	struct cgroup_map map = { .next = values, .end = values + 3 };

	test_read_map(NULL, NULL, &map);
	KUNIT_EXPECT_PTR_EQ(test, map.next, map.end);
	KUNIT_EXPECT_EQ(test, map.nr, 0);
	KUNIT_EXPECT_EQ(test, values[0], 1);
	KUNIT_EXPECT_EQ(test, values[1], 2);
	KUNIT_EXPECT_EQ(test, values[2], U64_MAX);
	KUNIT_EXPECT_EQ(test, values[3], 9);

	map = (struct cgroup_map){ .next = values, .end = values + 1 };
	values[1] = 9;
	test_read_map(NULL, NULL, &map);
	KUNIT_EXPECT_EQ(test, map.nr, 2);
	KUNIT_EXPECT_EQ(test, values[1], 9);
}

static struct kunit_case stat_list_cases[] = {
	KUNIT_CASE(test_types),
	KUNIT_CASE(test_ids),
	KUNIT_CASE(test_text_only),
	KUNIT_CASE(test_names),
	KUNIT_CASE(test_keys),
	KUNIT_CASE(test_values),
	{}
};

static struct kunit_suite stat_list_suite = {
	.name = "cgroup_stat_list",
	.test_cases = stat_list_cases,
};

kunit_test_suite(stat_list_suite);
