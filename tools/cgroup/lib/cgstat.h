/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * libcgstat: statistics of control groups as numbers, through the netlink family TASKSTATS.
 *
 * A program opens a connection, chooses statistics by name, and reads them from groups:
 *
 *	struct cgstat *cs;
 *	struct cgstat_set *set;
 *	int dir = open("/sys/fs/cgroup/memory/web", O_PATH | O_DIRECTORY);
 *
 *	if (cgstat_open(&cs) || !(set = cgstat_set_new(cs)) ||
 *	    cgstat_set_add(set, "memory.usage_in_bytes") < 0 ||
 *	    cgstat_read(set, &dir, 1, CGSTAT_RECURSIVE, show, NULL) < 0)
 *		errx(1, "%s", cgstat_error(cs));
 *
 *	static int show(const struct cgstat_group *group, void *arg)
 *	{
 *		printf("%llu %llu\n", group->id, cgstat_value(group, 0));
 *		return 0;
 *	}
 *
 * All functions that return an int return a negative errno when they fail, and cgstat_error()
 * then says in words what was wrong.  A connection and what belongs to it is used by one thread
 * at a time.
 */
#ifndef CGSTAT_H
#define CGSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits of one request. */
#define CGSTAT_MAX_DIRS		64
#define CGSTAT_MAX_STATS	256

struct cgstat;
struct cgstat_set;
struct cgstat_tree;

/**
 * enum cgstat_type - what a statistic is
 * @CGSTAT_U64: an unsigned number
 * @CGSTAT_S64: a signed number
 * @CGSTAT_MAP: an unsigned number for each of its keys
 */
enum cgstat_type {
	CGSTAT_U64 = 1,
	CGSTAT_S64,
	CGSTAT_MAP,
};

/**
 * struct cgstat_desc - a statistic that the kernel has
 * @name: the name of its control file
 * @keys: of a map: its keys
 * @nr_keys: of a map: how many
 * @id: its id in the kernel
 * @type: what it is
 */
struct cgstat_desc {
	const char *name;
	const char *const *keys;
	unsigned int nr_keys;
	uint32_t id;
	enum cgstat_type type;
};

/**
 * struct cgstat_column - a number of a set
 * @name: the name of the statistic; for a map NAME:KEY
 * @stat: the name of the statistic
 * @key: for a map the key, else NULL
 * @is_signed: the value is an int64_t
 * @offset: its place among the values of a group
 */
struct cgstat_column {
	const char *name;
	const char *stat;
	const char *key;
	bool is_signed;
	unsigned int offset;
};

/**
 * struct cgstat_group - the answer for one group; valid in the callback only
 * @id: the id of the group: the number in the handle that name_to_handle_at() gives for its
 *	directory; on 64-bit machines also the inode number
 * @set: what was read
 * @values: the values, in the memory that the kernel's message was received in
 */
struct cgstat_group {
	uint64_t id;
	const struct cgstat_set *set;
	const void *values;
};

/**
 * cgstat_open - connect to the kernel and list its statistics
 * @csp: gets the connection, also after an error, for cgstat_error(); NULL without memory
 *
 * Return: 0; -EOPNOTSUPP if the kernel does not have the interface; another errno.
 */
int cgstat_open(struct cgstat **csp);

/**
 * cgstat_close - end a connection
 * @cs: the connection, or NULL; its sets must be freed before
 */
void cgstat_close(struct cgstat *cs);

/**
 * cgstat_error - what was wrong
 * @cs: the connection, or NULL
 *
 * Return: a sentence about the last call that failed, without a newline.
 */
const char *cgstat_error(const struct cgstat *cs);

/**
 * cgstat_refresh - list the statistics again
 * @cs: the connection
 *
 * Descriptions that were returned before are not valid any more.  Columns of sets are.  After an
 * error, the list is as before.
 *
 * Return: 0 or an errno.
 */
int cgstat_refresh(struct cgstat *cs);

/**
 * cgstat_generation - which list of statistics this is
 * @cs: the connection
 *
 * Return: a number that rises when the list of the kernel has changed and was read again.
 */
uint32_t cgstat_generation(const struct cgstat *cs);

/**
 * cgstat_nr - how many statistics there are
 * @cs: the connection
 */
unsigned int cgstat_nr(const struct cgstat *cs);

/**
 * cgstat_desc - a statistic
 * @cs: the connection
 * @i: its place, below cgstat_nr()
 */
const struct cgstat_desc *cgstat_desc(const struct cgstat *cs, unsigned int i);

/**
 * cgstat_find - find a statistic by its name
 * @cs: the connection
 * @name: its name
 *
 * Return: the statistic, NULL if there is none.
 */
const struct cgstat_desc *cgstat_find(const struct cgstat *cs, const char *name);

/**
 * cgstat_set_new - make an empty set of statistics
 * @cs: the connection
 *
 * Return: the set, NULL without memory.
 */
struct cgstat_set *cgstat_set_new(struct cgstat *cs);

/**
 * cgstat_set_free - free a set
 * @set: the set, or NULL
 */
void cgstat_set_free(struct cgstat_set *set);

/**
 * cgstat_set_add - add numbers to a set
 * @set: the set
 * @pattern: NAME, a pattern of names as in the shell, or NAME:KEY with one or more keys of a map;
 *	without a key all keys of a map are added
 *
 * Return: how many columns were added; -ENOENT if nothing matches, -E2BIG if there are more than
 * CGSTAT_MAX_STATS statistics, -ENOMEM.  After an error the set is as before.
 */
int cgstat_set_add(struct cgstat_set *set, const char *pattern);

/**
 * cgstat_set_nr - how many columns a set has
 * @set: the set
 */
unsigned int cgstat_set_nr(const struct cgstat_set *set);

/**
 * cgstat_set_column - a column of a set
 * @set: the set
 * @i: its place, below cgstat_set_nr()
 *
 * Return: the column, valid as long as the set; its offset changes with the generation.
 */
const struct cgstat_column *cgstat_set_column(const struct cgstat_set *set, unsigned int i);

/* Flags of cgstat_read(). */
#define CGSTAT_RECURSIVE	1	/* all groups below as well, parents first */

/**
 * typedef cgstat_fn - called for each group of an answer
 * @group: the answer
 * @arg: what cgstat_read() was given
 *
 * Returns 0 to go on, another number to end the read, which then returns it.  It must not read
 * with the same connection.
 */
typedef int (*cgstat_fn)(const struct cgstat_group *group, void *arg);

/**
 * cgstat_read - read the numbers of a set from groups
 * @set: the set, not empty
 * @dirs: descriptors of open directories of groups; O_PATH is enough
 * @nr: how many, up to CGSTAT_MAX_DIRS
 * @flags: CGSTAT_RECURSIVE or 0
 * @fn: called for each group
 * @arg: passed to @fn
 *
 * A group that is removed meanwhile may be missing in the answer.
 *
 * Return: 0, what @fn returned (any number, also one that looks like an errno), or an errno.
 * -EAGAIN: the statistics of the kernel have changed during the read.  They were listed again, and
 * the groups can be read again.  Other errors are reported before the first call of @fn: -EACCES,
 * -ENODEV for a group that was removed, -ENODATA for one that inherits the state, -EINVAL for a
 * directory that is not that of a group or whose hierarchy does not have a subsystem, -EBADF,
 * -ENOENT if a statistic is gone.
 */
int cgstat_read(struct cgstat_set *set, const int *dirs, unsigned int nr, unsigned int flags,
		cgstat_fn fn, void *arg);

/**
 * cgstat_value - a number of a group
 * @group: the group
 * @i: the column
 *
 * Return: the value; to be cast to int64_t if cgstat_column::is_signed is set.
 */
static inline uint64_t cgstat_value(const struct cgstat_group *group, unsigned int i)
{
	uint64_t value;

	/* the kernel aligns messages to four bytes */
	memcpy(&value, (const char *)group->values +
	       8 * cgstat_set_column(group->set, i)->offset, sizeof(value));
	return value;
}

/**
 * cgstat_tree_new - remember the paths of groups by their ids
 * @dir: descriptor of the top directory; the caller keeps it open
 *
 * Return: the tree, NULL without memory.
 */
struct cgstat_tree *cgstat_tree_new(int dir);

/**
 * cgstat_tree_free - free a tree
 * @tree: the tree, or NULL
 */
void cgstat_tree_free(struct cgstat_tree *tree);

/* A list of the directories is not used for longer. */
#define CGSTAT_TREE_SECONDS	3

/**
 * cgstat_tree_paths - the paths of the groups of one answer
 * @tree: the tree
 * @ids: their ids
 * @paths: gets the path of each below the top directory, which is "/"; NULL if there is no such
 *	group any more
 * @nr: how many
 *
 * All directories are listed, once, if an id is not known or if the list is CGSTAT_TREE_SECONDS
 * old.  So a renamed group may have its old path for this time.  Different groups never have the
 * same path in one call: if they seem to, because they were renamed while the directories were
 * listed, they have none, and the next call lists the directories again.
 *
 * The paths are valid until the next call.  A program that runs for long and looks up the groups of
 * an answer one by one, with cgstat_tree_path(), may list the directories once for each group that
 * was removed.
 */
void cgstat_tree_paths(struct cgstat_tree *tree, const uint64_t *ids, const char **paths,
		       size_t nr);

/**
 * cgstat_tree_path - the path of one group
 * @tree: the tree
 * @id: its id
 *
 * Return: as a path of cgstat_tree_paths().
 */
const char *cgstat_tree_path(struct cgstat_tree *tree, uint64_t id);

#ifdef __cplusplus
}
#endif

#endif
