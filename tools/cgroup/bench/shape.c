// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to change a hierarchy that is in use, with so and so many groups and as
 * many tasks, and what user space must do for the same end elsewhere ("hand-").
 *
 * An operation counts until all that it has put off is done (groups that go offline and
 * are freed some grace periods later): the machine is watched for WAIT seconds more, and
 * what it does in the whole time by itself is taken off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "hand.h"
#include "measure.h"
#include "tree.h"

#define WAIT		10
#define TREE		"/mnt/shape"
#define TREE_OPTIONS	"name=shape"
#define SECOND		"/mnt/second"
#define OTHER		"/mnt/other"
#define MANY		10000
#define WITH_OTHER	100
#define HAND_GROUPS	1000
#define LEAF_ROUNDS	15

static const char * const subsystems[] = { "cpu", "memory", "freezer", "pids", NULL };

/* An operation and what undoes it; both get @arg, and so do their names. */
struct pair {
	const char *name;
	void (*there)(const char *arg);
	const char *reverse;
	void (*back)(const char *arg);
};

static struct tree tree;
static long long noise;
static int rounds;

/* What the machine does by itself in WAIT seconds. */
static void measure_noise(void)
{
	int round;

	noise = 0;
	for (round = 0; round < 3; round++) {
		settle(WAIT);
		start();
		settle(WAIT);
		keep_least(&noise, measured(1));
	}
}

static long long cost(void (*operation)(const char *arg), const char *arg)
{
	double seconds;

	settle(WAIT);
	start();
	operation(arg);
	settle(WAIT);
	seconds = elapsed();
	return measured(1) - noise * seconds / WAIT;
}

static void measure(const struct pair *pair, const char *arg, const char *where)
{
	long long there = 0, back = 0;
	int round;

	for (round = 0; round < rounds; round++) {
		keep_least(&there, cost(pair->there, arg));
		keep_least(&back, cost(pair->back, arg));
	}
	report(text("%s-%s", pair->name, arg), where, there);
	report(text("%s-%s", pair->reverse, arg), where, back);
}

/* What concerns one group is little beside the machine's noise: the middle of many rounds. */
static void measure_leaf(const struct pair *pair, const char *where)
{
	long long there[LEAF_ROUNDS], back[LEAF_ROUNDS];
	int round;

	for (round = 0; round < LEAF_ROUNDS; round++) {
		there[round] = cost(pair->there, "pids");
		back[round] = cost(pair->back, "pids");
	}
	report(text("%s-pids", pair->name), where, median(there, LEAF_ROUNDS));
	report(text("%s-pids", pair->reverse), where, median(back, LEAF_ROUNDS));
}

static void measure_subsystems(const struct pair *pair, const char *where)
{
	int i;

	for (i = 0; subsystems[i]; i++)
		measure(pair, subsystems[i], where);
}

/*
 * The kernel does it
 */

static void bind_to_tree(const char *ss)
{
	put(TREE "/cgroup.subsystems", text("+%s", ss));
}

static void unbind(const char *ss)
{
	put(TREE "/cgroup.subsystems", text("-%s", ss));
}

static const struct pair binding = { "bind", bind_to_tree, "unbind", unbind };

/* The files of a group cost nothing until somebody looks: here, at one of each group. */
static void look(const char *dir, const char *ss)
{
	tree_look(&tree, dir, strcmp(ss, "pids") ? "memory.limit_in_bytes" : "pids.max");
}

static void bind_and_look(const char *ss)
{
	bind_to_tree(ss);
	look(TREE, ss);
}

static const struct pair looking = { "bind+look", bind_and_look, "unbind+looked", unbind };

/* Who uses the second hierarchy mounts it; else it would not go with its last subsystem. */
static void split_and_mount(const char *ss)
{
	put(TREE "/cgroup.split", text("name=second %s", ss));
	tree_mount(SECOND, "name=second");
}

static void merge_and_umount(const char *ss)
{
	put(TREE "/cgroup.merge", "name=second");
	tree_umount(SECOND);
}

static const struct pair splitting = { "split", split_and_mount, "merge", merge_and_umount };

static void top_owns(const char *ss)
{
	put(text(TREE "/" TREE_TOP "/%s.inherit", ss), "0");
}

static void top_inherits(const char *ss)
{
	put(text(TREE "/" TREE_TOP "/%s.inherit", ss), "1");
}

/* All other groups inherit from it. */
static const struct pair owning_all = { "own-all", top_owns, "inherit-all", top_inherits };

static void leaf_owns(const char *ss)
{
	put(text(TREE "/" TREE_LEAF "/%s.inherit", ss), "0");
}

static void leaf_inherits(const char *ss)
{
	put(text(TREE "/" TREE_LEAF "/%s.inherit", ss), "1");
}

static const struct pair inheriting_leaf = {
	"inherit-leaf", leaf_inherits, "own-leaf", leaf_owns
};

/* In a tree of which all groups inherit pids; leaves it with no subsystem. */
static void measure_kernel(const char *where)
{
	rounds = tree.groups > HAND_GROUPS ? 2 : 5;
	measure(&owning_all, "pids", where);
	unbind("pids");
	measure_subsystems(&binding, where);
	measure(&looking, "memory", where);
	measure(&looking, "pids", where);
	bind_to_tree("pids");
	measure_leaf(&inheriting_leaf, where);
	measure(&splitting, "pids", where);
	unbind("pids");
}

/*
 * User space does it
 */

static void hand_bind(const char *ss)
{
	tree_mount(SECOND, ss);
	hand_mirror(TREE, SECOND);
}

/* If a group is not quite gone at the last umount, then mainline keeps the hierarchy, for good. */
static void hand_unbind(const char *ss)
{
	hand_clear(SECOND);
	settle(WAIT);
	tree_umount(SECOND);
}

static const struct pair hand_binding = { "hand-bind", hand_bind, "hand-unbind", hand_unbind };

static void hand_bind_and_look(const char *ss)
{
	hand_bind(ss);
	look(SECOND, ss);
}

static const struct pair hand_looking = {
	"hand-bind+look", hand_bind_and_look, "hand-unbind+looked", hand_unbind
};

/* A hierarchy with groups keeps its subsystems: all has to be made anew. */
static void hand_split(const char *ss)
{
	hand_clear(TREE);
	hand_remount(TREE, "none," TREE_OPTIONS);
	tree_replant(&tree);
	hand_bind(ss);
}

static void hand_merge(const char *ss)
{
	hand_unbind(ss);
	hand_clear(TREE);
	hand_remount(TREE, text("%s," TREE_OPTIONS, ss));
	tree_replant(&tree);
}

static const struct pair hand_splitting = { "hand-split", hand_split, "hand-merge", hand_merge };

/* Of the groups in the tree, the second one has the first only, for the tasks of all. */
static void hand_own_all(const char *ss)
{
	if (mkdir(SECOND "/" TREE_TOP, 0755))
		die("mkdir");
	hand_move_all(TREE, SECOND "/" TREE_TOP);
}

static void hand_inherit_all(const char *ss)
{
	hand_move_all(TREE, SECOND);
	if (rmdir(SECOND "/" TREE_TOP))
		die("rmdir");
}

static const struct pair hand_owning_all = {
	"hand-own-all", hand_own_all, "hand-inherit-all", hand_inherit_all
};

static void hand_inherit_leaf(const char *ss)
{
	hand_move(SECOND "/" TREE_LEAF, SECOND "/" TREE_TOP);
	if (rmdir(SECOND "/" TREE_LEAF))
		die("rmdir");
}

static void hand_own_leaf(const char *ss)
{
	if (mkdir(SECOND "/" TREE_LEAF, 0755))
		die("mkdir");
	hand_move(TREE "/" TREE_LEAF, SECOND "/" TREE_LEAF);
}

static const struct pair hand_inheriting_leaf = {
	"hand-inherit-leaf", hand_inherit_leaf, "hand-own-leaf", hand_own_leaf
};

/*
 * In a tree with no subsystem.  Mainline finds css_sets by their csses alone, so that it
 * searches those of all groups when a task goes where others are: with more than
 * HAND_GROUPS one operation takes a minute, and is done once.
 */
static void measure_hand(const char *where)
{
	rounds = tree.groups > HAND_GROUPS ? 1 : 5;
	tree_mount(SECOND, "pids");
	measure(&hand_owning_all, "pids", where);
	settle(WAIT);
	tree_umount(SECOND);
	measure_subsystems(&hand_binding, where);
	measure(&hand_looking, "memory", where);
	measure(&hand_looking, "pids", where);
	hand_bind("pids");
	measure_leaf(&hand_inheriting_leaf, where);
	hand_merge("pids");
	measure(&hand_splitting, "pids", where);
}

/*
 * All of it
 */

/* The tree of that many groups; if it carries pids, then all groups inherit that. */
static void grow(int groups, int each, const char *options, int ours)
{
	tree_mount(TREE, options);
	tree_top(&tree, TREE, groups, each);
	if (ours)
		top_inherits("pids");
	tree_populate(&tree);
	measure_noise();
}

static void cut(void)
{
	tree_fell(&tree);
	settle(WAIT);
	tree_umount(TREE);
	settle(WAIT);
}

static void measure_size(int groups, int ours)
{
	char where[16];

	snprintf(where, sizeof(where), "%d", groups);
	grow(groups, 1, ours ? "pids," TREE_OPTIONS : "none," TREE_OPTIONS, ours);
	if (ours)
		measure_kernel(where);
	measure_hand(where);
	cut();
}

/* A tree of WITH_OTHER groups, and what else there is. */
struct scene {
	const char *where;
	int each;	/* tasks in each group */
	int others;	/* groups in another hierarchy, with a task each; 0: there is none */
	int idle;	/* tasks in no group */
	int spread;	/* the tasks of a group are in different ones of the other hierarchy */
};

static void measure_scene(const struct scene *scene)
{
	pid_t *idle = sleepers_start(scene->idle);
	struct tree other;

	if (scene->others) {
		tree_mount(OTHER, "none,name=other");
		tree_top(&other, OTHER, scene->others, 1);
		tree_populate(&other);
	}
	grow(WITH_OTHER, scene->each, "none," TREE_OPTIONS, 0);
	if (scene->spread)
		tree_spread(&tree, &other);
	measure_subsystems(&binding, scene->where);
	cut();
	if (scene->others) {
		tree_fell(&other);
		tree_umount(OTHER);
	}
	sleepers_end(idle, scene->idle);
}

/*
 * Does it matter what else there is?  A hierarchy more is a place more in each css_set.
 * And what is it that matters: ten times the tasks, or ten times the css_sets with them?
 */
static void measure_scenes(void)
{
	static const struct scene scenes[] = {
		{ "alone", .each = 1 },
		{ "beside1", .each = 1, .others = 1 },
		{ "beside", .each = 1, .others = MANY },
		{ "idle", .each = 1, .idle = MANY },
		{ "tasks", .each = 10 },
		{ "csets", .each = 10, .others = 10, .spread = 1 },
		{ NULL }
	};
	const struct scene *scene;

	rounds = 5;
	for (scene = scenes; scene->where; scene++)
		measure_scene(scene);
}

static int kernel_can(void)
{
	int can;

	tree_mount(TREE, "none,name=probe");
	can = !access(TREE "/cgroup.subsystems", W_OK);
	tree_umount(TREE);
	return can;
}

/* Arguments: how many groups, as often as wanted; "beside" for what else there is. */
int main(int argc, char **argv)
{
	int i, ours = kernel_can();

	/* The kernel has things to do yet when user space starts. */
	settle(30);
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "beside"))
			measure_size(atoi(argv[i]), ours);
		else if (ours)
			measure_scenes();
	}
	return 0;
}
