// SPDX-License-Identifier: LGPL-2.1
/* libcgstat: the list of statistics, sets of them, and reading. */
#include <errno.h>
#include <fnmatch.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include "abi.h"
#include "private.h"

/*
 * The list of statistics
 */

static void free_desc(struct cgstat_desc *desc)
{
	free((void *)desc->name);
	if (desc->keys)
		free((void *)desc->keys[0]);
	free((void *)desc->keys);
}

static void free_descs(struct cgstat *cs)
{
	unsigned int i;

	for (i = 0; i < cs->nr; i++)
		free_desc(&cs->descs[i]);
	free(cs->descs);
	cs->descs = NULL;
	cs->nr = 0;
}

/* Split the keys of a map, each of which ends with a NUL. */
static int take_keys(struct cgstat_desc *desc, const char *text, size_t len)
{
	unsigned int nr = 0;
	const char **keys;
	char *copy;
	size_t at;

	if (!len || text[len - 1])
		return -EBADMSG;
	for (at = 0; at < len; at += strlen(text + at) + 1)
		nr++;
	copy = malloc(len);
	keys = calloc(nr, sizeof(*keys));
	if (!copy || !keys) {
		free(copy);
		free(keys);
		return -ENOMEM;
	}
	memcpy(copy, text, len);
	for (at = 0, nr = 0; at < len; at += strlen(copy + at) + 1)
		keys[nr++] = copy + at;
	desc->keys = keys;
	desc->nr_keys = nr;
	return 0;
}

static bool is_map(const struct cgstat_desc *desc)
{
	return desc->type == CGSTAT_MAP;
}

/* Add a statistic to the list.  It is complete, or not there. */
static int keep_desc(struct cgstat *cs, struct cgstat_desc *desc, const struct nlattr *name,
		     const struct nlattr *keys)
{
	struct cgstat_desc *descs = realloc(cs->descs, (cs->nr + 1) * sizeof(*descs));
	int ret = 0;

	if (!descs)
		return -ENOMEM;
	cs->descs = descs;
	if (keys)
		ret = take_keys(desc, mnl_attr_get_payload(keys), mnl_attr_get_payload_len(keys));
	if (ret)
		return ret;
	desc->name = strndup(mnl_attr_get_payload(name), mnl_attr_get_payload_len(name));
	if (!desc->name) {
		free_desc(desc);
		return -ENOMEM;
	}
	descs[cs->nr++] = *desc;
	return 0;
}

static int take_desc(struct cgstat *cs, const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *attr, *name = NULL, *keys = NULL;
	struct cgstat_desc desc = {};
	int ret = -EBADMSG;

	mnl_attr_for_each(attr, msg, GENL_HDRLEN) {
		size_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case ABI_TYPE_STAT_GENERATION:
			cs->generation = len == sizeof(uint32_t) ? mnl_attr_get_u32(attr) : 0;
			break;
		case ABI_TYPE_STAT_ID:
			desc.id = len == sizeof(uint32_t) ? mnl_attr_get_u32(attr) : 0;
			break;
		case ABI_TYPE_STAT_TYPE:
			desc.type = len == 1 ? mnl_attr_get_u8(attr) : 0;
			break;
		case ABI_TYPE_STAT_NAME:
			name = attr;
			break;
		case ABI_TYPE_STAT_KEYS:
			keys = attr;
			break;
		}
	}
	/* a type that this library does not know: of no use, whatever it has */
	if (desc.type > CGSTAT_MAP)
		return 0;
	if (desc.type && desc.id && name && is_map(&desc) == !!keys)
		ret = keep_desc(cs, &desc, name, keys);
	if (ret == -EBADMSG)
		cgstat_fail(cs, ret, "the kernel described a statistic incompletely");
	else if (ret)
		cgstat_fail(cs, ret, "no memory");
	return ret;
}

CGSTAT_API int cgstat_refresh(struct cgstat *cs)
{
	struct cgstat old = *cs;
	int ret, tries = 0;

	cs->descs = NULL;
	cs->nr = 0;
	do {
		struct nlmsghdr *msg = cgstat_request(cs, cs->family, ABI_CMD_DESCRIBE, NLM_F_DUMP);

		free_descs(cs);
		ret = cgstat_ask(cs, msg, take_desc, NULL);
	} while (ret == -EAGAIN && ++tries < 10);
	if (ret == -EOPNOTSUPP)
		cgstat_fail(cs, ret,
			    "this kernel does not report statistics of cgroups as numbers");
	if (!ret) {
		free_descs(&old);
		return 0;
	}
	/* the old list, which a later call can refresh */
	free_descs(cs);
	cs->descs = old.descs;
	cs->nr = old.nr;
	cs->generation = old.generation;
	return ret;
}

CGSTAT_API int cgstat_open(struct cgstat **csp)
{
	struct cgstat *cs = calloc(1, sizeof(*cs));
	int ret;

	*csp = cs;
	if (!cs)
		return -ENOMEM;
	cs->buf = malloc(CGSTAT_BUF);
	if (!cs->buf)
		return cgstat_fail(cs, -ENOMEM, "no memory");
	ret = cgstat_connect(cs);
	return ret ?: cgstat_refresh(cs);
}

CGSTAT_API void cgstat_close(struct cgstat *cs)
{
	if (!cs)
		return;
	cgstat_disconnect(cs);
	free_descs(cs);
	free(cs->buf);
	free(cs);
}

CGSTAT_API const char *cgstat_error(const struct cgstat *cs)
{
	if (!cs)
		return "no memory";
	return cs->error[0] ? cs->error : "no error";
}

CGSTAT_API uint32_t cgstat_generation(const struct cgstat *cs)
{
	return cs->generation;
}

CGSTAT_API unsigned int cgstat_nr(const struct cgstat *cs)
{
	return cs->nr;
}

CGSTAT_API const struct cgstat_desc *cgstat_desc(const struct cgstat *cs, unsigned int i)
{
	return i < cs->nr ? &cs->descs[i] : NULL;
}

CGSTAT_API const struct cgstat_desc *cgstat_find(const struct cgstat *cs, const char *name)
{
	unsigned int i;

	for (i = 0; i < cs->nr; i++)
		if (!strcmp(cs->descs[i].name, name))
			return &cs->descs[i];
	return NULL;
}

/*
 * Sets
 */

/**
 * struct cgstat_set - columns, and the statistics of which they are
 * @cs: the connection
 * @generation: of the list of statistics that @ids, @nr_values and the offsets are from
 * @columns: the columns
 * @nr: how many
 * @ids: what a request names
 * @nr_ids: how many
 * @nr_values: how many values the kernel sends for each group
 */
struct cgstat_set {
	struct cgstat *cs;
	uint32_t generation;
	struct cgstat_column **columns;
	unsigned int nr;
	uint32_t ids[CGSTAT_MAX_STATS];
	unsigned int nr_ids;
	unsigned int nr_values;
};

CGSTAT_API struct cgstat_set *cgstat_set_new(struct cgstat *cs)
{
	struct cgstat_set *set = calloc(1, sizeof(*set));

	if (!set) {
		cgstat_fail(cs, -ENOMEM, "no memory");
		return NULL;
	}
	set->cs = cs;
	set->generation = cs->generation;
	return set;
}

static void free_column(struct cgstat_column *column)
{
	if (!column)
		return;
	free((void *)column->name);
	free((void *)column->stat);
	free(column);
}

static void set_shorten(struct cgstat_set *set, unsigned int nr)
{
	while (set->nr > nr)
		free_column(set->columns[--set->nr]);
}

CGSTAT_API void cgstat_set_free(struct cgstat_set *set)
{
	if (!set)
		return;
	set_shorten(set, 0);
	free(set->columns);
	free(set);
}

CGSTAT_API unsigned int cgstat_set_nr(const struct cgstat_set *set)
{
	return set->nr;
}

CGSTAT_API const struct cgstat_column *cgstat_set_column(const struct cgstat_set *set,
							 unsigned int i)
{
	return set->columns[i];
}

/* The column owns one string "stat:key" as its name, and another that ends before the key. */
static struct cgstat_column *make_column(const char *stat, const char *key)
{
	struct cgstat_column *column = calloc(1, sizeof(*column));
	char *name;

	if (!column)
		return NULL;
	if (asprintf(&name, "%s%s%s", stat, key ? ":" : "", key ?: "") < 0) {
		free(column);
		return NULL;
	}
	column->name = name;
	column->key = key ? name + strlen(stat) + 1 : NULL;
	column->stat = strdup(stat);
	if (!column->stat) {
		free_column(column);
		return NULL;
	}
	return column;
}

static int add_column(struct cgstat_set *set, const char *stat, const char *key)
{
	struct cgstat_column **columns = realloc(set->columns, (set->nr + 1) * sizeof(*columns));

	if (!columns)
		return -ENOMEM;
	set->columns = columns;
	columns[set->nr] = make_column(stat, key);
	if (!columns[set->nr])
		return -ENOMEM;
	set->nr++;
	return 0;
}

/* Add the keys of a statistic that match (NULL: all, and numbers). */
static int add_desc(struct cgstat_set *set, const struct cgstat_desc *desc, const char *keys)
{
	unsigned int i;
	int ret = 0;

	if (!is_map(desc))
		return keys ? 0 : add_column(set, desc->name, NULL);
	for (i = 0; i < desc->nr_keys && !ret; i++)
		if (!keys || !fnmatch(keys, desc->keys[i], 0))
			ret = add_column(set, desc->name, desc->keys[i]);
	return ret;
}

static int key_index(const struct cgstat_desc *desc, const char *key)
{
	unsigned int i;

	for (i = 0; i < desc->nr_keys; i++)
		if (!strcmp(desc->keys[i], key))
			return i;
	return -1;
}

/* The place of a statistic in the request; the number of ids if it is not there yet. */
static unsigned int place_of(const struct cgstat_set *set, const struct cgstat_desc *desc)
{
	unsigned int i;

	for (i = 0; i < set->nr_ids && set->ids[i] != desc->id; i++)
		;
	return i;
}

/* Find out what to request, and where the values will be. */
static int resolve(struct cgstat_set *set)
{
	unsigned int places[CGSTAT_MAX_STATS], i;

	set->nr_ids = 0;
	set->nr_values = 0;
	for (i = 0; i < set->nr; i++) {
		struct cgstat_column *column = set->columns[i];
		const struct cgstat_desc *desc = cgstat_find(set->cs, column->stat);
		unsigned int place;
		int key;

		if (!desc || is_map(desc) != !!column->key)
			return cgstat_fail(set->cs, -ENOENT,
					   "the kernel has no statistic '%s' any more",
					   column->stat);
		key = column->key ? key_index(desc, column->key) : 0;
		if (key < 0)
			return cgstat_fail(set->cs, -ENOENT, "'%s' has no key '%s' any more",
					   column->stat, column->key);
		place = place_of(set, desc);
		if (place == CGSTAT_MAX_STATS)
			return cgstat_fail(set->cs, -E2BIG, "more than %d statistics in a set",
					   CGSTAT_MAX_STATS);
		if (place == set->nr_ids) {
			set->ids[set->nr_ids++] = desc->id;
			places[place] = set->nr_values;
			set->nr_values += is_map(desc) ? desc->nr_keys : 1;
		}
		column->is_signed = desc->type == CGSTAT_S64;
		column->offset = places[place] + key;
	}
	set->generation = set->cs->generation;
	return 0;
}

/* Add the columns that a pattern names.  KEYS: the part after the colon, or NULL. */
static int add_matching(struct cgstat_set *set, const char *names, const char *keys)
{
	struct cgstat *cs = set->cs;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < cs->nr && !ret; i++)
		if (!fnmatch(names, cs->descs[i].name, 0))
			ret = add_desc(set, &cs->descs[i], keys);
	return ret ? cgstat_fail(cs, ret, "no memory") : 0;
}

CGSTAT_API int cgstat_set_add(struct cgstat_set *set, const char *pattern)
{
	unsigned int before = set->nr;
	char *names = strdup(pattern);
	char *keys;
	int ret;

	if (!names)
		return cgstat_fail(set->cs, -ENOMEM, "no memory");
	keys = strchr(names, ':');
	if (keys)
		*keys++ = 0;
	ret = add_matching(set, names, keys);
	if (!ret && set->nr == before)
		ret = cgstat_fail(set->cs, -ENOENT, keys && cgstat_find(set->cs, names) ?
				  "'%s': the statistic has no such key" :
				  "'%s': the kernel has no such statistic", pattern);
	free(names);
	ret = ret ?: resolve(set);
	if (!ret)
		return set->nr - before;
	set_shorten(set, before);
	/* as before: this cannot fail if it did not before */
	if (before) {
		char error[sizeof(set->cs->error)];

		memcpy(error, set->cs->error, sizeof(error));
		if (resolve(set))
			set->nr_ids = 0;
		memcpy(set->cs->error, error, sizeof(error));
	}
	return ret;
}

/*
 * Reading
 */

/**
 * struct reading - a call of cgstat_read()
 * @set: what is read
 * @fn: the callback
 * @arg: its argument
 * @stopped: the callback ended the read, so the result is its own
 */
struct reading {
	struct cgstat_set *set;
	cgstat_fn fn;
	void *arg;
	bool stopped;
};

static int take_group(struct cgstat *cs, const struct nlmsghdr *msg, void *arg)
{
	struct reading *r = arg;
	struct cgstat_group group = { .set = r->set };
	uint32_t generation = 0;
	const struct nlattr *attr;
	bool has_id = false;
	int ret;

	mnl_attr_for_each(attr, msg, GENL_HDRLEN) {
		size_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case ABI_TYPE_STAT_GENERATION:
			if (len == sizeof(generation))
				generation = mnl_attr_get_u32(attr);
			break;
		case ABI_TYPE_CGROUP_ID:
			has_id = len == sizeof(group.id);
			if (has_id)
				memcpy(&group.id, mnl_attr_get_payload(attr), len);
			break;
		case ABI_TYPE_DATA:
			if (len == r->set->nr_values * sizeof(uint64_t))
				group.values = mnl_attr_get_payload(attr);
			break;
		}
	}
	/* ids mean the same for ever, but there may be new ones */
	if (generation != r->set->generation)
		return cgstat_fail(cs, -EAGAIN, "the statistics of the kernel have changed");
	if (!has_id || !group.values)
		return cgstat_fail(cs, -EBADMSG, "the kernel sent a group without its values");
	ret = r->fn(&group, r->arg);
	r->stopped = ret;
	return ret;
}

CGSTAT_API int cgstat_read(struct cgstat_set *set, const int *dirs, unsigned int nr,
			   unsigned int flags, cgstat_fn fn, void *arg)
{
	struct reading r = { .set = set, .fn = fn, .arg = arg };
	struct cgstat *cs = set->cs;
	struct nlmsghdr *msg;
	unsigned int i;
	int ret, err;

	if (!set->nr || !nr || nr > CGSTAT_MAX_DIRS)
		return cgstat_fail(cs, -EINVAL, !set->nr ? "no statistic was chosen" :
				   nr ? "too many groups in one request" : "no group was given");
	if (set->generation != cs->generation) {
		ret = resolve(set);
		if (ret)
			return ret;
	}
	msg = cgstat_request(cs, cs->family, ABI_CMD_READ, NLM_F_DUMP);
	for (i = 0; i < nr; i++)
		mnl_attr_put_u32(msg, ABI_ATTR_FD, dirs[i]);
	mnl_attr_put(msg, ABI_ATTR_STATS, set->nr_ids * sizeof(*set->ids), set->ids);
	if (flags & CGSTAT_RECURSIVE)
		mnl_attr_put(msg, ABI_ATTR_RECURSIVE, 0, NULL);
	ret = cgstat_ask(cs, msg, take_group, &r);
	if (r.stopped || (ret != -EAGAIN && ret != -ENOENT))
		return ret;
	/* an id is gone or the list has changed: find out which statistics there are now */
	err = cgstat_refresh(cs) ?: resolve(set);
	return err ?: cgstat_fail(cs, -EAGAIN, "the statistics of the kernel have changed");
}
