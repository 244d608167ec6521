/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hierarchy of which one group is the parent of all others, with a task asleep in each.
 */
#ifndef TREE_H
#define TREE_H

#include <sys/types.h>

#define TREE_TOP	"top"
#define TREE_LEAF	"top/g1"

struct tree {
	const char *dir;
	int groups;
	pid_t *tasks;
};

void tree_mount(const char *dir, const char *options);
void tree_umount(const char *dir);
void tree_top(struct tree *t, const char *dir, int groups);
void tree_populate(struct tree *t);
void tree_fell(struct tree *t);
void tree_replant(struct tree *t);
void tree_look(struct tree *t, const char *dir, const char *file);

#endif
