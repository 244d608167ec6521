// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: which control files are statistics.
 *
 * A file that reads one number, or a map of numbers with constant keys, is a statistic.  It is
 * listed as soon as its kind of file is registered, under an id that is never used again.
 *
 * Readers look up ids under cgroup_cfts_srcu.  A kind of file is removed from the list before
 * its removal waits for these readers.
 */
#include <linux/cgroup_stats.h>
#include <linux/export.h>
#include <linux/seq_file.h>
#include <linux/xarray.h>

#include "stat_list.h"
#include "subsys.h"

/* The statistics by id; ids are given in ascending order. */
static DEFINE_XARRAY(stat_list);
static atomic_t stat_last_id;

/* Rises after each change of the list. */
static atomic_t stat_generation = ATOMIC_INIT(1);

/**
 * cgroup_stat_type - the type of a statistic
 * @cft: the kind of file
 *
 * Context: any.
 * Return: CGROUPSTATS_STAT_U64, _S64 or _MAP; 0 if the file is no statistic.
 */
u8 cgroup_stat_type(const struct cftype *cft)
{
	/* no directory of a unified hierarchy can be named in a request */
	if ((cft->flags & __CFTYPE_ONLY_ON_DFL) || ((cft->flags & CFTYPE_DEBUG) && !cgroup_debug))
		return 0;
	if (cft->read_map)
		return CGROUPSTATS_STAT_MAP;
	if (cft->seq_show)
		return 0;
	if (cft->read_u64)
		return CGROUPSTATS_STAT_U64;
	return cft->read_s64 ? CGROUPSTATS_STAT_S64 : 0;
}

/*
 * The list has changed.  Who reads the new number with acquire, in cgroup_stats_generation(), sees
 * the change.
 */
static void stats_changed(void)
{
	(void)atomic_inc_return_release(&stat_generation);
}

/* Delete the statistics before @end (NULL: all) of an array.  Return whether there was one. */
static bool stats_erase(struct cftype *cfts, struct cftype *end)
{
	struct cftype *cft;
	bool any = false;

	for (cft = cfts; cft != end && cft->name[0]; cft++) {
		if (!cft->stat_id)
			continue;
		xa_erase(&stat_list, cft->stat_id);
		cft->stat_id = 0;
		any = true;
	}
	return any;
}

static int stat_insert(struct cftype *cft)
{
	int id = atomic_inc_return(&stat_last_id);
	int ret;

	/* ids are never used again */
	if (id <= 0) {
		atomic_dec(&stat_last_id);
		return -ENOSPC;
	}
	ret = xa_insert(&stat_list, id, cft, GFP_KERNEL);
	if (!ret)
		cft->stat_id = id;
	return ret;
}

/**
 * cgroup_stats_add - list the statistics of an array of kinds of files
 * @cfts: the array; cftype::ss is set
 *
 * Context: process; may sleep.
 * Return: 0; -ENOMEM or -ENOSPC, and none is listed, but readers may use them until they leave
 * cgroup_cfts_srcu.
 */
int cgroup_stats_add(struct cftype *cfts)
{
	struct cftype *cft;
	bool any = false;
	int ret;

	for (cft = cfts; cft->name[0]; cft++) {
		cft->stat_id = 0;
		if (!cgroup_stat_type(cft))
			continue;
		ret = stat_insert(cft);
		if (ret) {
			/* a reader may have seen some of them */
			if (stats_erase(cfts, cft))
				stats_changed();
			return ret;
		}
		any = true;
	}
	if (any)
		stats_changed();
	return 0;
}

/**
 * cgroup_stats_del - remove the statistics of an array from the list
 * @cfts: the array
 *
 * Readers that have found one may use it until they leave cgroup_cfts_srcu.
 *
 * Context: any.
 */
void cgroup_stats_del(struct cftype *cfts)
{
	if (stats_erase(cfts, NULL))
		stats_changed();
}

/**
 * cgroup_stats_generation - which version of the list there is now
 *
 * What was found in the list is still valid while this number is the same.
 *
 * Context: under cgroup_cfts_srcu, so that what is valid now stays valid.
 * Return: the number, not 0.
 */
u32 cgroup_stats_generation(void)
{
	return atomic_read_acquire(&stat_generation);
}

/**
 * cgroup_stat_find - find a statistic by its id
 * @id: the id
 *
 * Context: under cgroup_cfts_srcu.
 * Return: the kind of file, NULL if there is none.
 */
struct cftype *cgroup_stat_find(u32 id)
{
	return xa_load(&stat_list, id);
}

/**
 * cgroup_stat_next - the next statistic of a walk over all
 * @id: look from this id on; set to the id that was found
 *
 * Context: under cgroup_cfts_srcu.
 * Return: the kind of file, NULL at the end.
 */
struct cftype *cgroup_stat_next(u32 *id)
{
	unsigned long index = *id;
	struct cftype *cft = xa_find(&stat_list, &index, INT_MAX, XA_PRESENT);

	*id = index;
	return cft;
}

/**
 * cgroup_stat_name - write the name of a statistic: that of its file
 * @cft: the kind of file
 * @name: where to write it: CGROUP_STAT_NAME_MAX bytes
 *
 * Context: any.
 */
void cgroup_stat_name(const struct cftype *cft, char *name)
{
	if (!cft->ss || (cft->flags & CFTYPE_NO_PREFIX))
		strscpy(name, cft->name, CGROUP_STAT_NAME_MAX);
	else
		snprintf(name, CGROUP_STAT_NAME_MAX, "%s%s.%s",
			 cft->flags & CFTYPE_DEBUG ? ".__DEBUG__." : "", cft->ss->legacy_name,
			 cft->name);
}

/**
 * cgroup_stat_keys - pass the keys of a map
 * @cft: the kind of file
 * @map: gets the keys; has no room for values
 *
 * Context: under cgroup_cfts_srcu; may sleep.
 */
void cgroup_stat_keys(struct cftype *cft, struct cgroup_map *map)
{
	struct cgroup_subsys *ss = cft->ss;

	/* the keys are the same in all groups, and the root always exists */
	cft->read_map(ss && !ss->stateless ? init_css_set.subsys[ss->id] :
					     &cgrp_dfl_root.cgrp.self, cft, map);
}

/**
 * cgroup_stat_nr_values - how many values a statistic has
 * @cft: the kind of file
 *
 * Context: under cgroup_cfts_srcu; may sleep.
 * Return: the number of keys of a map; 1 for a number.
 */
unsigned int cgroup_stat_nr_values(struct cftype *cft)
{
	unsigned int nr = READ_ONCE(cft->stat_nr_values);

	if (!cft->read_map)
		return 1;
	if (!nr) {
		struct cgroup_map map = {};

		cgroup_stat_keys(cft, &map);
		nr = map.nr;
		/* all tasks that count get the same number */
		WRITE_ONCE(cft->stat_nr_values, nr);
	}
	return nr;
}

/**
 * cgroup_map_note - take a value of a map that is read as text, or only for its keys
 * @map: the map
 * @prefix: the first part of the key
 * @key: the second part
 * @value: the value
 *
 * Called by cgroup_map_add().
 *
 * Context: any in which cftype::read_map() is called.
 */
void cgroup_map_note(struct cgroup_map *map, const char *prefix, const char *key, u64 value)
{
	size_t size = map->keys_size - min(map->keys_len, map->keys_size);

	map->nr++;
	if (map->seq)
		seq_printf(map->seq, "%s%s %llu\n", prefix, key, value);
	if (map->keys)
		snprintf(map->keys + map->keys_len, size, "%s%s", prefix, key);
	map->keys_len += strlen(prefix) + strlen(key) + 1;
}
EXPORT_SYMBOL_GPL(cgroup_map_note);

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "stat_list_kunit.c"
#endif
