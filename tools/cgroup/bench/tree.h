/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hierarchy of which one group is the parent of all others, with tasks asleep in each.
 */
#ifndef TREE_H
#define TREE_H

#include <sys/types.h>

#define TREE_TOP	"top"
#define TREE_LEAF	"top/g1"

struct tree {
	const char *dir;
	int groups;
	int each;	/* tasks in each of them */
	pid_t *tasks;
};

pid_t *sleepers_start(int nr);
void sleepers_end(pid_t *list, int nr);

void tree_mount(const char *dir, const char *options);
void tree_umount(const char *dir);
void tree_top(struct tree *t, const char *dir, int groups, int each);
void tree_populate(struct tree *t);
void tree_spread(struct tree *t, struct tree *other);
void tree_fell(struct tree *t);
void tree_replant(struct tree *t);
void tree_look(struct tree *t, const char *dir, const char *file);

#endif
