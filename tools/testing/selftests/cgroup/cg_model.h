/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small reference model of hierarchies, cgroups, csses and tasks, for
 * test_model.c.  It has arrays of structs, and indices instead of pointers, so
 * a copy of struct model is a copy of the whole model.
 *
 *   cg_model.c        applies an operation to the model, or tells why it fails
 *   cg_model_pick.c   turns random numbers into possible operations and their text
 *   cg_model_list.c   converts lists of operations to text and back
 *   cg_model_files.c  learns from the kernel which files exist
 *   cg_model_view.c   compares what the kernel shows with the model
 *   test_model.c      runs operations on both; shortens a list that fails
 *
 * An operation (struct m_op) is a few small numbers.  Their meaning depends on
 * the state of the model when the operation is run.  So any part of a list of
 * operations is a valid list too.
 */
#ifndef CG_MODEL_H
#define CG_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* In the order of /proc/cgroups, the stateless one last. */
enum {
	S_CPUSET,
	S_CPU,
	S_CPUACCT,
	S_BLKIO,
	S_MEMORY,
	S_DEVICES,
	S_FREEZER,
	S_NET_CLS,
	S_PERF_EVENT,
	S_NET_PRIO,
	S_HUGETLB,
	S_PIDS,
	S_RDMA,
	S_MISC,
	S_DEBUG,
	S_OOM,
	S_SIGNAL,
	M_SUBSYS
};

/* The hierarchy of others, which the model does not know; model->taken has its subsystems. */
#define M_OTHERS	"name=others"

#define M_STATEFUL	S_SIGNAL
#define M_STATEFUL_MASK	((1U << M_STATEFUL) - 1)

#define M_HIERS		8
#define M_NAMES		6	/* of hierarchies: n0, n1, ... */
#define M_DIRS		3	/* names of cgroups: g0, g1, ... */
#define M_DEPTH		3
#define M_TREE		9	/* cgroups of one hierarchy, at most */
#define M_CGROUPS	(M_HIERS * M_TREE)
#define M_CSSES		(M_CGROUPS * M_STATEFUL + M_STATEFUL)
#define M_TASKS		10
#define M_POINTS	5	/* mount points: m0, m1, ... */
#define M_LOOK		M_POINTS	/* one more mount point, for cg_model_view.c */
#define M_VALUES	3	/* files of one subsystem that keep a value */
#define M_TEXTS		4	/* values to choose from */
#define CG_MODEL_WORD	32
#define M_NONE		(-1)

/* Features that mainline does not have. */
#define M_HAS_SUBSYSTEMS	1U
#define M_HAS_MERGE		2U
#define M_HAS_SPLIT		4U
#define M_HAS_INHERIT		8U
#define M_HAS_SIGNAL		16U
#define M_HAS_OOM		32U
#define M_HAS_ALL		63U

/* A control file with a value that the css keeps.  The value is an index of text[]. */
struct m_file {
	int ss;
	int slot;		/* in m_css.value */
	const char *name;
	bool on_root;		/* false: the model does not use it in a root */
	int from;		/* a new css copies this slot of its parent, or M_NONE */
	const char *text[M_TEXTS];
};

#define M_FILES			12

/* Indices of m_files. */
#define FILE_PIDS_MAX		7
#define FILE_REFUSE_ATTACH	8

/* Files of each cgroup.  A new cgroup copies the value of its parent. */
enum {
	FLAG_NOTIFY,
	FLAG_CLONE,
	M_FLAGS
};

#define M_AGENTS		3	/* programs to choose from */

extern const struct m_file m_files[M_FILES];
extern const char * const m_subsys[M_SUBSYS];
extern const char * const m_flags[M_FLAGS];
extern const char * const m_agents[M_AGENTS];

/* A css.  The first M_STATEFUL ones are the root csses, which are never freed. */
struct m_css {
	bool live;
	int ss;
	int uid;		/* never used twice, unlike the id of a css in the kernel */
	int parent;
	int value[M_VALUES];	/* cpuset: value[0] is 1 if it has CPUs */
};

struct m_cgroup {
	bool live;
	int hier;
	int parent;		/* M_NONE: a root */
	int name;
	bool flag[M_FLAGS];
	int css[M_STATEFUL];	/* M_NONE: inherited, or not bound here */
};

struct m_hier {
	bool live;
	int serial;		/* the newest has the greatest */
	int name;		/* M_NONE: none */
	int root;
	int agent;		/* an index of m_agents */
	bool charged;		/* memory may be charged to a removed cgroup of it */
	unsigned int mask;
};

struct m_task {
	bool live;
	int leader;		/* the first thread of its process, perhaps itself */
	int at[M_HIERS];
};

struct model {
	unsigned int has;
	unsigned int taken;	/* subsystems that others use meanwhile */
	int next_serial;
	int next_uid;
	unsigned int needs;	/* debug.needs */
	struct m_hier hier[M_HIERS];
	struct m_cgroup cg[M_CGROUPS];
	struct m_css css[M_CSSES];
	struct m_task task[M_TASKS];
	int point[M_POINTS + 1];	/* the hierarchy mounted there */
};

enum {
	M_MKDIR,
	M_RMDIR,
	M_RENAME,
	M_MOUNT,
	M_UMOUNT,
	M_REMOUNT,
	M_BIND,
	M_MERGE,
	M_SPLIT,
	M_INHERIT,
	M_VALUE,
	M_FLAG,
	M_NEEDS,
	M_ATTACH,
	M_FORK,
	M_THREAD,
	M_EXIT,
	M_SIGNAL,
	M_KINDS
};

#define M_ARGS 6

struct m_op {
	unsigned char kind;
	unsigned char arg[M_ARGS];
};

/* What an operation means in the present state of the model.  Unused members are 0. */
struct m_act {
	int kind;
	int cg;			/* the cgroup of the operation; mkdir: the parent */
	int to;			/* the parent after a rename */
	int name;		/* of a hierarchy or cgroup, M_NONE: none */
	int hier, other;
	int point;
	int ss, file, value;	/* file: an index of m_files, or a flag; M_FLAGS: the agent */
	unsigned int mask;	/* the subsystems to add, or to mount */
	unsigned int drop;
	bool none;		/* the mount option "none" */
	bool whole;		/* attach: the process; signal: the tree */
	bool by_id;
	int task;		/* M_NONE: the test itself */
	int slot;		/* the index of a new task */
	int odd;		/* which mistake the text has, 0: none */
	char path[128];
	char text[320];
};

/* The errors with which an operation may be refused.  Without any, it succeeds. */
struct m_faults {
	int nr;
	int err[8];
	bool needs;		/* refused only because debug.needs is not met */
};

extern const char * const m_kind_names[M_KINDS];

/* cg_model.c */
void model_init(struct model *m, unsigned int has, unsigned int taken);
void model_apply(struct model *m, const struct m_act *act, struct m_faults *faults);
bool model_may(const struct m_faults *faults, int ret);
int model_task_css(const struct model *m, int task, int ss);
bool model_freezes(const struct model *m, int css);
bool model_is_frozen(const struct model *m, int task);
bool model_process_is_frozen(const struct model *m, int leader);
int model_effective(const struct model *m, int cg, int ss);
int model_find(const struct model *m, int parent, int name);
int model_counterpart(const struct model *m, int cg, int hier);
bool model_within(const struct model *m, int cg, int top);
int model_count(const struct model *m, int top);
int model_home(const struct model *m, int ss);
bool model_has_children(const struct model *m, int cg);
int model_tree_size(const struct model *m, int hier);
int model_free_hier(const struct model *m);
int model_level(const struct model *m, int cg);
int model_find_name(const struct model *m, int name);
bool model_same_paths(const struct model *m, int a, int b);
int model_mounted_at(const struct model *m, int hier);

/* cg_model_pick.c */
void model_random(struct m_op *op, unsigned int *seed);
bool model_pick(const struct model *m, const struct m_op *op, struct m_act *act);
void model_path(const struct model *m, int cg, char *buf, size_t size);
void model_list(unsigned int mask, const char *sep, char *buf, size_t size);
const char *model_say(const struct m_act *act);

/* cg_model_list.c */
#define M_LIST_TEXT(nr)		((nr) * (1 + 2 * M_ARGS) + 2)

void model_list_text(const struct m_op *ops, int nr, char *buf);
int model_parse_list(const char *text, struct m_op *ops, int max, const char **why);
void model_print_list(const struct m_op *ops, int nr, const struct model *like,
		      const char *instead);

/* cg_model_files.c; more in cg_model_files.h */
int model_learn_files(unsigned int has);

/* cg_model_view.c */
struct m_view {
	pid_t pid[M_TASKS];
	int hier_id[M_HIERS];
	int hier_serial[M_HIERS];	/* the hierarchy that has this id */
	int css_uid[M_CSSES];
	int css_id[M_CSSES];
	unsigned int sum[M_TASKS];	/* of the csses that each was last seen with */
	unsigned int sum_of_flags[M_CGROUPS];
	int looked_at[M_HIERS];		/* serial + 1, once checked since its last unmount */
	int turn;
	/*
	 * Set once.  The tasks in due[] read their csses from debug's file at a mount point.
	 * answer[] is that text, and NULL for other tasks.  Returns 0 or a negative errno.
	 */
	int (*ask)(const bool due[M_TASKS], int point, const char *answer[M_TASKS]);
	char why[512];			/* the first difference */
	long unmounted;			/* looks at hierarchies that are mounted nowhere */
	long alone;			/* looks at csses of tasks, with debug mounted for it */
};

void model_view_init(struct m_view *view);
bool model_agrees(const struct model *m, struct m_view *view);

#endif
