// SPDX-License-Identifier: GPL-2.0
/* Turns random numbers into operations that are possible in the model; see cg_model.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cg_model.h"

const char * const m_kind_names[M_KINDS] = {
	"mkdir", "rmdir", "rename", "mount", "umount", "remount", "bind", "merge",
	"split", "inherit", "value", "flag", "needs", "attach", "fork", "thread", "exit", "signal",
};

/* How often each kind is tried. */
static const unsigned char weights[M_KINDS] = {
	[M_MKDIR] = 20, [M_RMDIR] = 7, [M_RENAME] = 4, [M_MOUNT] = 12, [M_UMOUNT] = 3,
	[M_REMOUNT] = 5, [M_BIND] = 10, [M_MERGE] = 16, [M_SPLIT] = 10, [M_INHERIT] = 12,
	[M_VALUE] = 16, [M_FLAG] = 6, [M_NEEDS] = 8, [M_ATTACH] = 14, [M_FORK] = 7,
	[M_THREAD] = 4, [M_EXIT] = 4, [M_SIGNAL] = 4,
};

/* A mask of subsystems from two numbers of an operation, with half of the bits set. */
static unsigned int spread(unsigned int a, unsigned int b)
{
	unsigned int x = (a | (b << 8)) * 0x9e3779b1U;

	x = (x ^ (x >> 15)) * 0x85ebca6bU;
	return x ^ (x >> 13);
}

/* For each bit of @x that stands for a subsystem another bit of it. */
static unsigned int other_bits(unsigned int x)
{
	_Static_assert(M_SUBSYS <= 19, "bits 16 to 18 have bits 3 to 5");
	return x >> 16 | (x << 13 & ~0xffffU);
}

/* A mask with one bit in four set. */
static unsigned int few(unsigned int a, unsigned int b)
{
	unsigned int x = spread(a, b);

	return x & other_bits(x);
}

/* A mask with three bits in four set. */
static unsigned int most(unsigned int a, unsigned int b)
{
	unsigned int x = spread(a, b);

	return x | other_bits(x);
}

void model_random(struct m_op *op, unsigned int *seed)
{
	int i, total = 0, at;

	for (i = 0; i < M_KINDS; i++)
		total += weights[i];
	at = rand_r(seed) % total;
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	op->kind = i;
	for (i = 0; i < M_ARGS; i++)
		op->arg[i] = rand_r(seed) >> 8;
}

/*
 * Text
 */

/* Such as "m0/g1/g2".  The hierarchy must be mounted. */
void model_path(const struct model *m, int cg, char *buf, size_t size)
{
	size_t used;

	if (m->cg[cg].parent == M_NONE) {
		snprintf(buf, size, "m%d", model_mounted_at(m, m->cg[cg].hier));
		return;
	}
	model_path(m, m->cg[cg].parent, buf, size);
	used = strlen(buf);
	snprintf(buf + used, size - used, "/g%d", m->cg[cg].name);
}

/* Append the names of the subsystems of MASK to BUF, with SEP between them. */
void model_list(unsigned int mask, const char *sep, char *buf, size_t size)
{
	int ss;

	for (ss = 0; ss < M_SUBSYS; ss++)
		if (mask & (1U << ss))
			snprintf(buf + strlen(buf), size - strlen(buf), "%s%s",
				 *buf ? sep : "", m_subsys[ss]);
}

static void add(char *buf, size_t size, const char *sep, const char *word)
{
	snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", *buf ? sep : "", word);
}

static void file_path(const struct model *m, struct m_act *act, int cg, const char *name)
{
	model_path(m, cg, act->path, sizeof(act->path));
	add(act->path, sizeof(act->path), "/", name);
}

/* The options of a mount or a remount. */
static void option_text(struct m_act *act)
{
	char name[8];

	model_list(act->mask, ",", act->text, sizeof(act->text));
	if (act->odd)
		add(act->text, sizeof(act->text), ",", "nonsense");
	if (act->none)
		add(act->text, sizeof(act->text), ",", "none");
	snprintf(name, sizeof(name), "name=n%d", act->name);
	if (act->name != M_NONE)
		add(act->text, sizeof(act->text), ",", name);
}

/* The operation as one readable line. */
const char *model_say(const struct m_act *act)
{
	static char buf[512];
	const char *what = m_kind_names[act->kind];
	char *at;

	switch (act->kind) {
	case M_MKDIR:
	case M_RMDIR:
		snprintf(buf, sizeof(buf), "%s %s", what, act->path);
		break;
	case M_RENAME:
	case M_MOUNT:
	case M_REMOUNT:
		snprintf(buf, sizeof(buf), "%s %s %s", what, act->path, act->text);
		break;
	case M_UMOUNT:
		snprintf(buf, sizeof(buf), "%s %s", what, act->path);
		break;
	case M_FORK:
	case M_THREAD:
		snprintf(buf, sizeof(buf), "%s task %d of task %d", what, act->slot, act->task);
		break;
	case M_EXIT:
		snprintf(buf, sizeof(buf), "%s task %d", what, act->task);
		break;
	default:
		snprintf(buf, sizeof(buf), "%s: echo '%s' > %s", what, act->text, act->path);
	}
	while ((at = strchr(buf, '\n')))
		*at = '?';
	return buf;
}

/*
 * Choices
 */

/* A cgroup of a mounted hierarchy, perhaps its root if ROOTS; M_NONE if there is none. */
static int pick_cgroup(const struct model *m, unsigned int arg, bool roots)
{
	int i, n = 0, list[M_CGROUPS];

	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && (roots || m->cg[i].parent != M_NONE) &&
		    model_mounted_at(m, m->cg[i].hier) != M_NONE)
			list[n++] = i;
	return n ? list[arg % n] : M_NONE;
}

static int pick_point(const struct model *m, unsigned int arg, bool mounted)
{
	int i, n = 0, list[M_POINTS];

	for (i = 0; i < M_POINTS; i++) {
		bool is_mounted = m->point[i] != M_NONE;

		if (is_mounted == mounted)
			list[n++] = i;
	}
	return n ? list[arg % n] : M_NONE;
}

static int pick_hier(const struct model *m, unsigned int arg)
{
	int i, n = 0, list[M_HIERS];

	for (i = 0; i < M_HIERS; i++)
		if (m->hier[i].live)
			list[n++] = i;
	return n ? list[arg % n] : M_NONE;
}

static int pick_task(const struct model *m, unsigned int arg, bool live)
{
	int i, n = 0, list[M_TASKS];

	for (i = 0; i < M_TASKS; i++)
		if (m->task[i].live == live)
			list[n++] = i;
	return n ? list[arg % n] : M_NONE;
}

/* A few subsystems.  Those that are bound to a hierarchy only if GREEDY. */
static unsigned int pick_mask(const struct model *m, unsigned int arg, unsigned int arg2,
			      bool greedy)
{
	unsigned int mask = few(arg, arg2) & ((1U << M_SUBSYS) - 1);
	int ss;

	if (!(m->has & M_HAS_SIGNAL))
		mask &= ~(1U << S_SIGNAL);
	if (!(m->has & M_HAS_OOM))
		mask &= ~(1U << S_OOM);
	/* debug often, because it shows and refuses most, and often with what it needs */
	if (arg % 2)
		mask |= 1U << S_DEBUG;
	if ((mask & (1U << S_DEBUG)) && arg2 % 2)
		mask |= m->needs;
	for (ss = 0; ss < M_STATEFUL && !greedy; ss++)
		if (model_home(m, ss) != M_NONE)
			mask &= ~(1U << ss);
	return mask & ~m->taken;
}

/* A cgroup that makes two trees more alike, so that merges succeed; false if there is none. */
static bool pick_copy(const struct model *m, unsigned int arg, struct m_act *act)
{
	int i, parent, h = m->cg[act->cg].hier;
	int other = pick_hier(m, arg);

	for (i = 0; i < M_CGROUPS; i++) {
		if (!m->cg[i].live || m->cg[i].hier != other || m->cg[i].parent == M_NONE)
			continue;
		parent = model_counterpart(m, m->cg[i].parent, h);
		if (parent == M_NONE || model_find(m, parent, m->cg[i].name) != M_NONE)
			continue;
		act->cg = parent;
		act->name = m->cg[i].name;
		return true;
	}
	return false;
}

static bool pick_mkdir(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->cg = pick_cgroup(m, arg[0], true);
	if (act->cg == M_NONE || model_tree_size(m, m->cg[act->cg].hier) >= M_TREE)
		return false;
	act->name = arg[1] % M_DIRS;
	if (arg[2] % 4)
		pick_copy(m, arg[3], act);
	act->odd = arg[4] % 32 == 0;
	if (model_level(m, act->cg) >= M_DEPTH)
		return false;
	model_path(m, act->cg, act->path, sizeof(act->path));
	snprintf(act->text, sizeof(act->text), "/g%d%s", act->name, act->odd ? "\nx" : "");
	add(act->path, sizeof(act->path), "", act->text);
	return true;
}

static bool pick_rmdir(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->cg = pick_cgroup(m, arg[0], false);
	if (act->cg == M_NONE)
		return false;
	model_path(m, act->cg, act->path, sizeof(act->path));
	return true;
}

static bool pick_rename(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	int to;

	act->cg = pick_cgroup(m, arg[0], false);
	if (act->cg == M_NONE)
		return false;
	act->name = arg[1] % M_DIRS;
	act->odd = arg[2] % 16 == 0;
	act->to = m->cg[act->cg].parent;
	to = pick_cgroup(m, arg[4], true);
	if (arg[3] % 4 == 0 && m->cg[to].hier == m->cg[act->cg].hier)
		act->to = to;
	model_path(m, act->cg, act->path, sizeof(act->path));
	model_path(m, act->to, act->text, sizeof(act->text));
	snprintf(act->text + strlen(act->text), sizeof(act->text) - strlen(act->text), "/g%d%s",
		 act->name, act->odd ? "\nx" : "");
	return true;
}

static bool pick_mount(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	int i, h = pick_hier(m, arg[1]);

	act->point = pick_point(m, arg[0], false);
	if (act->point == M_NONE)
		return false;
	for (i = 0; i < M_HIERS && h != M_NONE && arg[2] % 8 < 3; i++)
		if (model_mounted_at(m, h) != M_NONE)
			h = pick_hier(m, arg[1] + i);
	if (h != M_NONE && arg[2] % 8 < 4) {
		/* an existing hierarchy, by its name, its subsystems or both */
		act->name = arg[3] % 3 ? m->hier[h].name : M_NONE;
		act->mask = arg[3] % 2 || act->name == M_NONE ? m->hier[h].mask : 0;
	} else {
		act->name = arg[3] % 2 ? arg[4] % M_NAMES : M_NONE;
		act->mask = pick_mask(m, arg[1], arg[5], arg[2] % 8 == 7);
		act->none = !act->mask && arg[4] % 8;
	}
	if (arg[5] % 16 == 0)
		act->none = true;
	act->odd = arg[5] % 16 == 1;
	/* no option means "all", and that includes subsystems that the model does not know */
	if (!act->mask && !act->none && act->name == M_NONE && !act->odd)
		return false;
	snprintf(act->path, sizeof(act->path), "m%d", act->point);
	option_text(act);
	return model_free_hier(m) != M_NONE;
}

static bool pick_umount(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->point = pick_point(m, arg[0], true);
	if (act->point == M_NONE)
		return false;
	act->hier = m->point[act->point];
	snprintf(act->path, sizeof(act->path), "m%d", act->point);
	return true;
}

static bool pick_remount(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	const struct m_hier *hier;

	if (!pick_umount(m, arg, act) || !(m->has & M_HAS_SUBSYSTEMS))
		return false;
	hier = &m->hier[act->hier];
	if (arg[3] % 4)
		act->mask = (hier->mask & most(arg[3], arg[4])) |
			    pick_mask(m, arg[1], arg[2], arg[3] % 4 == 1);
	act->name = arg[4] % 3 ? hier->name : M_NONE;
	if (arg[4] % 16 == 3)
		act->name = arg[2] % M_NAMES;
	act->none = arg[5] % 2 && !act->mask;
	if (arg[5] % 16 == 0)
		act->none = true;
	act->odd = arg[5] % 16 == 2;
	if (!act->mask && !act->none && act->name == M_NONE && !act->odd &&
	    !model_has_children(m, hier->root))
		return false;
	option_text(act);
	return true;
}

/* A file in the root of a mounted hierarchy. */
static bool pick_root(const struct model *m, const unsigned char *arg, struct m_act *act,
		      const char *name)
{
	if (!pick_umount(m, arg, act))
		return false;
	add(act->path, sizeof(act->path), "/", name);
	return true;
}

static bool pick_bind(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	static const char * const odd[] = { "", "+nonsense", "pids", "+", "+cpu +cpu" };
	unsigned int mask;
	int ss;

	if (!(m->has & M_HAS_SUBSYSTEMS) || !pick_root(m, arg, act, "cgroup.subsystems"))
		return false;
	mask = m->hier[act->hier].mask;
	act->drop = mask & few(arg[1], arg[2]);
	act->mask = pick_mask(m, arg[3], arg[4], arg[5] % 8 == 0);
	if (arg[5] % 8)
		act->mask &= ~mask;
	if (arg[5] % 16 == 1)
		act->drop |= 1U << (arg[3] % M_STATEFUL);
	if (arg[5] % 16 == 2)
		act->odd = 1 + arg[4] % 4;
	for (ss = 0; ss < M_SUBSYS; ss++) {
		char word[CG_MODEL_WORD];

		snprintf(word, sizeof(word), "+%s", m_subsys[ss]);
		if (act->mask & (1U << ss))
			add(act->text, sizeof(act->text), " ", word);
		word[0] = '-';
		if (act->drop & (1U << ss))
			add(act->text, sizeof(act->text), " ", word);
	}
	if (act->odd)
		add(act->text, sizeof(act->text), " ", odd[act->odd]);
	return act->text[0];
}

/* Only test_model.c knows the id of the hierarchy. */
static bool pick_merge(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	static const char * const odd[] = { "", "name=n9", "99999", "nonsense" };
	int i;

	if (!(m->has & M_HAS_MERGE) || !pick_root(m, arg, act, "cgroup.merge"))
		return false;
	act->other = pick_hier(m, arg[1]);
	/* mostly a hierarchy with the same paths */
	for (i = 0; i < M_HIERS && arg[3] % 4; i++) {
		if (act->other != act->hier && model_same_paths(m, act->hier, act->other))
			break;
		act->other = pick_hier(m, arg[1] + i);
	}
	if (i == M_HIERS && arg[4] % 2)
		return false;
	act->by_id = arg[2] % 2 || m->hier[act->other].name == M_NONE;
	act->odd = arg[3] % 32 < 4 ? arg[3] % 32 : 0;
	if (act->odd)
		act->by_id = false;
	snprintf(act->text, sizeof(act->text), act->by_id ? "id of hierarchy %d" : "name=n%d",
		 act->by_id ? act->other : m->hier[act->other].name);
	if (act->odd)
		snprintf(act->text, sizeof(act->text), "%s", odd[act->odd]);
	return true;
}

static bool pick_split(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	unsigned int mask;
	int i;

	if (!(m->has & M_HAS_SPLIT) || !pick_root(m, arg, act, "cgroup.split"))
		return false;
	if (model_free_hier(m) == M_NONE)
		return false;
	mask = m->hier[act->hier].mask & M_STATEFUL_MASK;
	act->mask = mask & spread(arg[1], arg[2]);
	if (!act->mask && arg[4] % 8 != 1)
		act->mask = mask & -mask;
	if (!act->mask && arg[4] % 2)
		return false;
	if (arg[4] % 8 == 0)
		act->mask |= pick_mask(m, arg[1], arg[2], true);
	for (i = 0; i < M_NAMES; i++) {
		act->name = (arg[5] + i) % M_NAMES;
		if (model_find_name(m, act->name) == M_NONE || arg[4] % 8 == 2)
			break;
	}
	if (i == M_NAMES)
		return false;
	act->odd = arg[4] % 32 < 4 ? arg[4] % 32 : 0;
	snprintf(act->text, sizeof(act->text), "name=n%d%s", act->name, act->odd == 2 ? "!" : "");
	if (act->odd != 3 && (act->mask || act->odd == 1)) {
		char list[256] = "";

		model_list(act->mask, ",", list, sizeof(list));
		if (act->odd == 1)
			add(list, sizeof(list), ",", "nonsense");
		add(act->text, sizeof(act->text), " ", list);
	}
	return true;
}

static bool pick_inherit(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	bool any = arg[3] % 16 == 0;
	char name[CG_MODEL_WORD];
	int i;

	/* mostly a subsystem that is bound there */
	for (i = 0; i < M_CGROUPS * M_STATEFUL; i++) {
		act->cg = pick_cgroup(m, arg[0] + i, any);
		act->ss = (arg[1] + i / M_CGROUPS) % M_STATEFUL;
		if (!(m->has & M_HAS_INHERIT) || act->cg == M_NONE)
			return false;
		if (any || (m->hier[m->cg[act->cg].hier].mask & (1U << act->ss)))
			break;
	}
	act->value = arg[2] % 16 ? arg[2] % 2 : 2;
	snprintf(name, sizeof(name), "%s.inherit", m_subsys[act->ss]);
	file_path(m, act, act->cg, name);
	snprintf(act->text, sizeof(act->text), "%d", act->value);
	return true;
}

static bool pick_value(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	const struct m_file *file = m_files;
	bool any = arg[3] % 16 == 0;
	int i;

	/* mostly a file that exists */
	for (i = 0; i < M_CGROUPS * M_FILES; i++) {
		act->cg = pick_cgroup(m, arg[0] + i, arg[4] % 4 == 0);
		act->file = (arg[1] + i / M_CGROUPS) % M_FILES;
		if (act->cg == M_NONE)
			return false;
		/* prefer files that make other operations fail, above all in roots */
		if (arg[5] % 8 == 0 && i < M_CGROUPS)
			act->file = FILE_REFUSE_ATTACH;
		if (arg[5] % 8 == 1 && i < M_CGROUPS)
			act->file = FILE_PIDS_MAX;
		if (arg[5] % 16 < 8 && act->file == FILE_REFUSE_ATTACH)
			act->cg = m->hier[m->cg[act->cg].hier].root;
		file = &m_files[act->file];
		if (any || m->cg[act->cg].css[file->ss] != M_NONE)
			break;
	}
	if (m->cg[act->cg].parent == M_NONE && !file->on_root)
		return false;
	act->value = arg[2] % M_TEXTS;
	act->odd = arg[4] % 16 == 1;
	file_path(m, act, act->cg, file->name);
	snprintf(act->text, sizeof(act->text), "%s", act->odd ? "x" : file->text[act->value]);
	return true;
}

static bool pick_flag(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->cg = pick_cgroup(m, arg[0], true);
	if (act->cg == M_NONE)
		return false;
	act->file = arg[1] % (M_FLAGS + 1);
	if (act->file < M_FLAGS) {
		act->value = arg[2] % 2;
		act->odd = arg[3] % 8 == 0;
		file_path(m, act, act->cg, m_flags[act->file]);
		snprintf(act->text, sizeof(act->text), "%c", act->odd ? 'x' : '0' + act->value);
		return true;
	}
	/* mostly in the root, which has the file */
	if (arg[3] % 8)
		act->cg = m->hier[m->cg[act->cg].hier].root;
	act->value = arg[2] % M_AGENTS;
	file_path(m, act, act->cg, "release_agent");
	snprintf(act->text, sizeof(act->text), "%s\n", m_agents[act->value]);
	return true;
}

/* Half of the time nothing, else subsystems of this hierarchy or any single one. */
static bool pick_needs(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	int h = model_home(m, S_DEBUG);
	int p = h == M_NONE ? M_NONE : model_mounted_at(m, h);

	if (!pick_umount(m, arg, act))
		return false;
	/* mostly where debug is bound */
	if (arg[1] % 16 && p == M_NONE)
		return false;
	if (arg[1] % 16)
		act->hier = h;
	file_path(m, act, m->hier[act->hier].root, "debug.needs");
	if (arg[2] % 8 > 3)
		act->mask = m->hier[act->hier].mask & M_STATEFUL_MASK & few(arg[3], arg[4]);
	if (arg[2] % 8 > 5)
		act->mask = 1U << (arg[3] % M_STATEFUL);
	act->odd = arg[5] % 8 == 0;
	act->mask &= ~m->taken;
	model_list(act->mask, " ", act->text, sizeof(act->text));
	if (act->odd)
		add(act->text, sizeof(act->text), " ", "nonsense");
	add(act->text, sizeof(act->text), "", "\n");
	return true;
}

static bool pick_attach(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->cg = pick_cgroup(m, arg[0], arg[3] % 4 == 0);
	act->task = pick_task(m, arg[1], true);
	if (act->cg == M_NONE || act->task == M_NONE)
		return false;
	act->whole = arg[2] % 2;
	act->odd = arg[4] % 16 < 3 ? arg[4] % 16 : 0;
	file_path(m, act, act->cg, act->whole ? "cgroup.procs" : "tasks");
	snprintf(act->text, sizeof(act->text), "task %d", act->task);
	if (act->odd)
		snprintf(act->text, sizeof(act->text), "%s", act->odd == 1 ? "99999999" : "x");
	return true;
}

static bool pick_fork(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->slot = pick_task(m, arg[0], false);
	act->task = pick_task(m, arg[1], true);
	/* a frozen task cannot fork */
	if (act->task != M_NONE && model_is_frozen(m, act->task))
		act->task = M_NONE;
	if (act->task == M_NONE)
		act->kind = M_FORK;
	return act->slot != M_NONE;
}

static bool pick_exit(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	act->task = pick_task(m, arg[0], true);
	return act->task != M_NONE && !model_process_is_frozen(m, m->task[act->task].leader);
}

/* Would a signal to the members of CG, or of its tree, go to a process with a frozen thread? */
static bool somebody_is_frozen(const struct model *m, int cg, bool tree)
{
	int t, at;

	for (t = 0; t < M_TASKS; t++) {
		at = m->task[t].at[m->cg[cg].hier];
		if (m->task[t].live && (tree ? model_within(m, at, cg) : at == cg) &&
		    model_process_is_frozen(m, m->task[t].leader))
			return true;
	}
	return false;
}

static bool pick_signal(const struct model *m, const unsigned char *arg, struct m_act *act)
{
	static const char * const name[] = { "0", "KILL", "0", "SIGKILL", "9" };
	static const char * const bad[] = { "65", "NOSUCH", "-1", "SIG", "SIG9" };
	int i, t;

	act->cg = pick_cgroup(m, arg[0], arg[3] % 4 == 0);
	if (!(m->has & M_HAS_SIGNAL) || act->cg == M_NONE)
		return false;
	for (i = 1; i <= M_CGROUPS && arg[3] % 16 != 1; i++) {
		if (m->hier[m->cg[act->cg].hier].mask & (1U << S_SIGNAL))
			break;
		act->cg = pick_cgroup(m, arg[0] + i, false);
		if (act->cg == M_NONE)
			return false;
	}
	/* often a cgroup with a member */
	t = pick_task(m, arg[5], true);
	if (t != M_NONE && arg[1] % 4 < 2)
		act->cg = m->task[t].at[m->cg[act->cg].hier];
	act->whole = arg[1] % 2;
	i = arg[2] % 5;
	act->value = i % 2 || i == 4;
	act->odd = arg[4] % 8 == 0;
	if (act->value && !act->odd && m->cg[act->cg].parent == M_NONE)
		return false;
	/* the processes would not exit before they are thawed */
	if (act->value && !act->odd && somebody_is_frozen(m, act->cg, act->whole))
		return false;
	file_path(m, act, act->cg, act->whole ? "signal.tree" : "signal.send");
	snprintf(act->text, sizeof(act->text), "%s", act->odd ? bad[i] : name[i]);
	return true;
}

static bool (*const pick[M_KINDS])(const struct model *m, const unsigned char *arg,
				   struct m_act *act) = {
	[M_MKDIR] = pick_mkdir,
	[M_RMDIR] = pick_rmdir,
	[M_RENAME] = pick_rename,
	[M_MOUNT] = pick_mount,
	[M_UMOUNT] = pick_umount,
	[M_REMOUNT] = pick_remount,
	[M_BIND] = pick_bind,
	[M_MERGE] = pick_merge,
	[M_SPLIT] = pick_split,
	[M_INHERIT] = pick_inherit,
	[M_VALUE] = pick_value,
	[M_FLAG] = pick_flag,
	[M_NEEDS] = pick_needs,
	[M_ATTACH] = pick_attach,
	[M_FORK] = pick_fork,
	[M_THREAD] = pick_fork,
	[M_EXIT] = pick_exit,
	[M_SIGNAL] = pick_signal,
};

/* What OP means in the present state of the model; false: it is not possible now. */
bool model_pick(const struct model *m, const struct m_op *op, struct m_act *act)
{
	memset(act, 0, sizeof(*act));
	act->kind = op->kind % M_KINDS;
	act->name = M_NONE;
	return pick[act->kind](m, op->arg, act);
}
