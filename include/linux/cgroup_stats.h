/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: how control files report numbers as numbers. */
#ifndef _LINUX_CGROUP_STATS_H
#define _LINUX_CGROUP_STATS_H

#include <linux/types.h>
#include <linux/unaligned.h>

struct seq_file;

/**
 * struct cgroup_map - takes the keys and values of one read of a map
 *
 * A cftype::read_map() method passes it to cgroup_map_add() once for each key, always the same
 * keys in the same order.
 *
 * @next: where the next value goes
 * @end: the end of the room for values; at @next if only the keys are wanted
 * @seq: write lines of text to this file; or NULL
 * @keys: append the keys, each with its NUL; or NULL
 * @keys_size: the size of @keys
 * @keys_len: the length of all keys so far, each with its NUL, whether they fit or not
 * @nr: the number of keys so far that were not values with room at @next
 */
struct cgroup_map {
	u64 *next;
	u64 *end;
	struct seq_file *seq;
	char *keys;
	size_t keys_size;
	size_t keys_len;
	unsigned int nr;
};

/* kernel/cgroup/stat_list.c */
void cgroup_map_note(struct cgroup_map *map, const char *prefix, const char *key, u64 value);

/**
 * cgroup_map_add_prefixed - add a value whose key has two parts
 * @map: the map
 * @prefix: the first part of the key
 * @key: the second part
 * @value: the value
 *
 * Context: any in which the read_map() method is called.
 */
static inline void cgroup_map_add_prefixed(struct cgroup_map *map, const char *prefix,
					   const char *key, u64 value)
{
	if (likely(map->next != map->end))
		put_unaligned(value, map->next++);
	else
		cgroup_map_note(map, prefix, key, value);
}

/**
 * cgroup_map_add - add a value to a map
 * @map: the map
 * @key: its key
 * @value: the value
 *
 * Context: any in which the read_map() method is called.
 */
static inline void cgroup_map_add(struct cgroup_map *map, const char *key, u64 value)
{
	cgroup_map_add_prefixed(map, "", key, value);
}

#endif	/* _LINUX_CGROUP_STATS_H */
