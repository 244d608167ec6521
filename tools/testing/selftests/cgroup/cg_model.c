// SPDX-License-Identifier: GPL-2.0
/* What each operation does to the model; see cg_model.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cg_model.h"

const char * const m_subsys[M_SUBSYS] = {
	"cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "net_cls",
	"perf_event", "net_prio", "hugetlb", "pids", "rdma", "misc", "debug", "oom",
	"signal",
};

const char * const m_flags[M_FLAGS] = { "notify_on_release", "cgroup.clone_children" };

/* The programs need not exist: no test waits for them. */
const char * const m_agents[M_AGENTS] = { "", "/no/agent", "/no/other/agent" };

const struct m_file m_files[M_FILES] = {
	{ S_CPU, 0, "cpu.shares", false, M_NONE, { "1024", "2", "512", "4096" } },
	{ S_MEMORY, 0, "memory.limit_in_bytes", false, M_NONE,
	  { "9223372036854771712", "67108864", "134217728", "268435456" } },
	{ S_MEMORY, 1, "memory.swappiness", false, 1, { "60", "0", "10", "100" } },
	/* the text that is read depends on the ancestors too */
	{ S_FREEZER, 0, "freezer.state", false, M_NONE,
	  { "THAWED", "FROZEN", "THAWED", "FROZEN" } },
	{ S_NET_CLS, 0, "net_cls.classid", true, 0, { "0", "65537", "131074", "1048577" } },
	/* the file has one line per device */
	{ S_NET_PRIO, 0, "net_prio.ifpriomap", false, 0, { "lo 0", "lo 1", "lo 2", "lo 7" } },
	{ S_HUGETLB, 0, "hugetlb.2MB.limit_in_bytes", false, M_NONE,
	  { "9223372036852678656", "0", "2097152", "8388608" } },
	{ S_PIDS, 0, "pids.max", false, M_NONE, { "max", "0", "2", "4" } },
	/* the values with an odd index refuse, with EPERM or ENOSPC */
	{ S_DEBUG, 0, "debug.refuse_attach", true, 2, { "0", "1", "0", "1" } },
	{ S_DEBUG, 1, "debug.refuse_online", true, M_NONE, { "0", "28", "0", "28" } },
	{ S_DEBUG, 2, "debug.refuse_new", true, 2, { "0", "1", "0", "1" } },
	/* only one quota, because a child must not have more than its parent */
	{ S_CPU, 1, "cpu.cfs_quota_us", false, M_NONE, { "-1", "1000000", "-1", "1000000" } },
};

/* Add an error, but only once.  There are fewer errors than places in err[]. */
static void fault(struct m_faults *f, int err)
{
	int i;

	for (i = 0; i < f->nr; i++)
		if (f->err[i] == err)
			return;
	f->err[f->nr++] = err;
}

/* Is RET, which is 0 or a negative errno, a predicted result? */
bool model_may(const struct m_faults *faults, int ret)
{
	int i;

	if (!faults->nr)
		return !ret;
	for (i = 0; i < faults->nr; i++)
		if (ret == -faults->err[i])
			return true;
	return false;
}

/*
 * Questions
 */

/* The css of the members of CG: that of the nearest cgroup at or above CG that owns one. */
int model_effective(const struct model *m, int cg, int ss)
{
	while (m->cg[cg].css[ss] == M_NONE)
		cg = m->cg[cg].parent;
	return m->cg[cg].css[ss];
}

/* The hierarchy that a stateful subsystem is bound to. */
int model_home(const struct model *m, int ss)
{
	int h;

	for (h = 0; h < M_HIERS; h++)
		if (m->hier[h].live && (m->hier[h].mask & (1U << ss)))
			return h;
	return M_NONE;
}

int model_task_css(const struct model *m, int task, int ss)
{
	int h = model_home(m, ss);

	return h == M_NONE ? ss : model_effective(m, m->task[task].at[h], ss);
}

/* Does this css of freezer freeze its tasks, by itself or because of an ancestor? */
bool model_freezes(const struct model *m, int css)
{
	for (; css != M_NONE; css = m->css[css].parent)
		if (m->css[css].value[0] % 2)
			return true;
	return false;
}

bool model_is_frozen(const struct model *m, int task)
{
	return model_freezes(m, model_task_css(m, task, S_FREEZER));
}

/* Does a process have a frozen thread?  Then it cannot exit. */
bool model_process_is_frozen(const struct model *m, int leader)
{
	int t;

	for (t = 0; t < M_TASKS; t++)
		if (m->task[t].live && m->task[t].leader == leader && model_is_frozen(m, t))
			return true;
	return false;
}

int model_find(const struct model *m, int parent, int name)
{
	int i;

	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].parent == parent && m->cg[i].name == name)
			return i;
	return M_NONE;
}

/* The cgroup of the same path as CG in another hierarchy. */
int model_counterpart(const struct model *m, int cg, int hier)
{
	int parent;

	if (m->cg[cg].parent == M_NONE)
		return m->hier[hier].root;
	parent = model_counterpart(m, m->cg[cg].parent, hier);
	return parent == M_NONE ? M_NONE : model_find(m, parent, m->cg[cg].name);
}

/* Is CG the cgroup TOP or a descendant of it? */
bool model_within(const struct model *m, int cg, int top)
{
	for (; cg != M_NONE; cg = m->cg[cg].parent)
		if (cg == top)
			return true;
	return false;
}

bool model_has_children(const struct model *m, int cg)
{
	int i;

	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].parent == cg)
			return true;
	return false;
}

/* The number of tasks in TOP and its descendants. */
int model_count(const struct model *m, int top)
{
	int t, n = 0;

	for (t = 0; t < M_TASKS; t++)
		if (m->task[t].live &&
		    model_within(m, m->task[t].at[m->cg[top].hier], top))
			n++;
	return n;
}

int model_tree_size(const struct model *m, int hier)
{
	int i, n = 0;

	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].hier == hier)
			n++;
	return n;
}

int model_level(const struct model *m, int cg)
{
	int level = 0;

	while ((cg = m->cg[cg].parent) != M_NONE)
		level++;
	return level;
}

int model_free_hier(const struct model *m)
{
	int h;

	for (h = 0; h < M_HIERS; h++)
		if (!m->hier[h].live)
			return h;
	return M_NONE;
}

/* The first mount point where a hierarchy is mounted. */
int model_mounted_at(const struct model *m, int hier)
{
	int p;

	for (p = 0; p <= M_LOOK; p++)
		if (m->point[p] == hier)
			return p;
	return M_NONE;
}

int model_find_name(const struct model *m, int name)
{
	int h;

	for (h = 0; h < M_HIERS; h++)
		if (m->hier[h].live && m->hier[h].name == name)
			return h;
	return M_NONE;
}

/*
 * csses
 */

/* A new css, whose parent is the css of the cgroup PARENT.  CLONE: a cpuset gets its CPUs. */
static int css_new(struct model *m, int parent, int ss, bool clone)
{
	int up = model_effective(m, parent, ss);
	struct m_css *css;
	int i, f;

	for (i = M_STATEFUL; m->css[i].live; i++)
		;
	css = &m->css[i];
	css->live = true;
	css->ss = ss;
	css->uid = m->next_uid++;
	css->parent = up;
	for (f = 0; f < M_FILES; f++)
		if (m_files[f].ss == ss)
			css->value[m_files[f].slot] = m_files[f].from == M_NONE ? 0 :
				m->css[up].value[m_files[f].from];
	if (ss == S_CPUSET)
		css->value[0] = clone && m->css[up].value[0];
	return i;
}

static void css_end(struct model *m, int cg, int ss)
{
	int css = m->cg[cg].css[ss];

	m->cg[cg].css[ss] = M_NONE;
	if (css >= M_STATEFUL)
		m->css[css].live = false;
}

static void bind_below(struct model *m, int cg, int ss)
{
	int i;

	for (i = 0; i < M_CGROUPS; i++) {
		if (!m->cg[i].live || m->cg[i].parent != cg)
			continue;
		m->cg[i].css[ss] = css_new(m, cg, ss, true);
		bind_below(m, i, ss);
	}
}

/* The hierarchy carries MASK from now on.  Added subsystems are not bound elsewhere. */
static void carry(struct model *m, int h, unsigned int mask)
{
	struct m_hier *hier = &m->hier[h];
	int ss, i;

	for (ss = 0; ss < M_STATEFUL; ss++) {
		unsigned int bit = 1U << ss;

		for (i = 0; (hier->mask & ~mask & bit) && i < M_CGROUPS; i++)
			if (m->cg[i].live && m->cg[i].hier == h)
				css_end(m, i, ss);
		if (mask & ~hier->mask & bit) {
			m->cg[hier->root].css[ss] = ss;
			bind_below(m, hier->root, ss);
		}
	}
	hier->mask = mask;
	hier->charged |= mask & (1U << S_MEMORY);
}

static bool bound_elsewhere(const struct model *m, int h, unsigned int mask)
{
	int ss, home;

	for (ss = 0; ss < M_STATEFUL; ss++) {
		home = mask & (1U << ss) ? model_home(m, ss) : M_NONE;
		if (home != M_NONE && home != h)
			return true;
	}
	return false;
}

/*
 * Cgroups
 */

static int cgroup_new(struct model *m, int hier, int parent, int name)
{
	struct m_cgroup *cg;
	int i, ss;

	for (i = 0; m->cg[i].live; i++)
		;
	cg = &m->cg[i];
	cg->live = true;
	cg->hier = hier;
	cg->parent = parent;
	cg->name = name;
	memset(cg->flag, 0, sizeof(cg->flag));
	if (parent != M_NONE)
		memcpy(cg->flag, m->cg[parent].flag, sizeof(cg->flag));
	for (ss = 0; ss < M_STATEFUL; ss++)
		cg->css[ss] = M_NONE;
	return i;
}

static void cgroup_end(struct model *m, int cg)
{
	int ss;

	for (ss = 0; ss < M_STATEFUL; ss++)
		css_end(m, cg, ss);
	m->cg[cg].live = false;
}

static void apply_mkdir(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_cgroup *parent = &m->cg[a->cg];
	int cg, ss;

	if (a->odd)
		return fault(f, EINVAL);
	if (model_find(m, a->cg, a->name) != M_NONE)
		return fault(f, EEXIST);
	/* a merge left it without name and subsystems: it could never be mounted again */
	if (m->hier[parent->hier].name == M_NONE && !m->hier[parent->hier].mask)
		return fault(f, ENODEV);
	cg = cgroup_new(m, parent->hier, a->cg, a->name);
	/* a new cgroup inherits what its parent inherits */
	for (ss = 0; ss < M_STATEFUL; ss++)
		if (parent->css[ss] != M_NONE)
			m->cg[cg].css[ss] = css_new(m, a->cg, ss, m->cg[cg].flag[FLAG_CLONE]);
}

static void apply_rmdir(struct model *m, const struct m_act *a, struct m_faults *f)
{
	if (model_has_children(m, a->cg) || model_count(m, a->cg))
		return fault(f, EBUSY);
	cgroup_end(m, a->cg);
}

/* Only the name can change.  Errors of the VFS come first. */
static void apply_rename(struct model *m, const struct m_act *a, struct m_faults *f)
{
	int there = a->odd ? M_NONE : model_find(m, a->to, a->name);

	if (there == a->cg)
		return;
	if (model_within(m, a->to, a->cg))
		return fault(f, EINVAL);
	if (there != M_NONE && model_within(m, a->cg, there))
		return fault(f, ENOTEMPTY);
	if (a->odd)
		fault(f, EINVAL);
	if (a->to != m->cg[a->cg].parent)
		fault(f, EIO);
	else if (there != M_NONE)
		fault(f, EEXIST);
	m->cg[a->cg].name = a->name;
}

/*
 * Hierarchies
 */

static int hier_new(struct model *m, int name)
{
	int t, h = model_free_hier(m);
	struct m_hier *hier = &m->hier[h];

	hier->live = true;
	hier->serial = m->next_serial++;
	hier->name = name;
	hier->mask = 0;
	hier->agent = 0;
	hier->charged = false;
	hier->root = cgroup_new(m, h, M_NONE, M_NONE);
	for (t = 0; t < M_TASKS; t++)
		m->task[t].at[h] = hier->root;
	return h;
}

static void hier_end_if_unused(struct model *m, int h)
{
	if (model_mounted_at(m, h) != M_NONE || model_has_children(m, m->hier[h].root))
		return;
	carry(m, h, 0);
	cgroup_end(m, m->hier[h].root);
	m->hier[h].live = false;
}

/* The hierarchy that mount options describe, the newest if they describe several. */
static int find_described(const struct model *m, const struct m_act *a, struct m_faults *f)
{
	int h, found = M_NONE;

	for (h = 0; h < M_HIERS; h++) {
		const struct m_hier *hier = &m->hier[h];

		if (!hier->live || (a->name != M_NONE && a->name != hier->name))
			continue;
		if ((a->mask || a->none) && a->mask != hier->mask) {
			if (a->name != M_NONE)
				fault(f, EBUSY);
			continue;
		}
		if (found == M_NONE || hier->serial > m->hier[found].serial)
			found = h;
	}
	return found;
}

/* Mistakes that do not depend on any hierarchy. */
static bool bad_options(const struct m_act *a)
{
	return a->odd || (a->none && a->mask) || (a->none && a->name == M_NONE);
}

static void apply_mount(struct model *m, const struct m_act *a, struct m_faults *f)
{
	int h;

	if (bad_options(a))
		return fault(f, EINVAL);
	h = find_described(m, a, f);
	if (f->nr)
		return;
	if (h == M_NONE) {
		if (!a->mask && !a->none)
			return fault(f, EINVAL);
		if (bound_elsewhere(m, M_NONE, a->mask))
			return fault(f, EBUSY);
		h = hier_new(m, a->name);
		carry(m, h, a->mask);
	}
	m->point[a->point] = h;
}

static void apply_umount(struct model *m, const struct m_act *a, struct m_faults *f)
{
	(void)f;
	m->point[a->point] = M_NONE;
	hier_end_if_unused(m, a->hier);
}

static void apply_remount(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_hier *hier = &m->hier[a->hier];
	unsigned int mask = a->mask;

	/* options without subsystems keep those of a hierarchy that has children */
	if (!a->mask && !a->none && model_has_children(m, hier->root))
		mask = hier->mask;
	if (bad_options(a) || (a->name != M_NONE && a->name != hier->name))
		fault(f, EINVAL);
	if (bound_elsewhere(m, a->hier, mask))
		fault(f, EBUSY);
	if (!f->nr)
		carry(m, a->hier, mask);
}

static void apply_bind(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_hier *hier = &m->hier[a->hier];
	unsigned int mask = (hier->mask | a->mask) & ~a->drop;

	if (a->odd || (a->mask & a->drop) || !(a->mask | a->drop) ||
	    (a->mask & hier->mask) || (a->drop & ~hier->mask) ||
	    (hier->name == M_NONE && !mask))
		fault(f, EINVAL);
	if (bound_elsewhere(m, a->hier, a->mask & ~hier->mask))
		fault(f, EBUSY);
	if (!f->nr)
		carry(m, a->hier, mask);
}

/* Do two hierarchies have the same paths? */
bool model_same_paths(const struct model *m, int a, int b)
{
	int i;

	if (model_tree_size(m, a) != model_tree_size(m, b))
		return false;
	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].hier == a &&
		    model_counterpart(m, i, b) == M_NONE)
			return false;
	return true;
}

/* Move the subsystems of MASK from FROM to TO, which has the same paths. */
static void hand_over(struct model *m, int from, int to, unsigned int mask)
{
	int i, ss, other;

	for (i = 0; i < M_CGROUPS; i++) {
		if (!m->cg[i].live || m->cg[i].hier != from)
			continue;
		other = model_counterpart(m, i, to);
		for (ss = 0; ss < M_STATEFUL; ss++) {
			if (!(mask & (1U << ss)))
				continue;
			m->cg[other].css[ss] = m->cg[i].css[ss];
			m->cg[i].css[ss] = M_NONE;
		}
	}
	m->hier[from].mask &= ~mask;
	m->hier[to].mask |= mask;
	m->hier[to].charged |= m->hier[from].charged;
}

static void apply_merge(struct model *m, const struct m_act *a, struct m_faults *f)
{
	int i, t;

	if (a->odd)
		return fault(f, a->odd == 3 ? EINVAL : ENOENT);
	if (a->hier == a->other || !model_same_paths(m, a->hier, a->other))
		return fault(f, EINVAL);
	hand_over(m, a->other, a->hier, m->hier[a->other].mask);
	for (t = 0; t < M_TASKS; t++)
		m->task[t].at[a->other] = m->hier[a->other].root;
	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].hier == a->other && m->cg[i].parent != M_NONE)
			cgroup_end(m, i);
	hier_end_if_unused(m, a->other);
}

static void copy_below(struct model *m, int from, int to)
{
	int i, t;

	memcpy(m->cg[to].flag, m->cg[from].flag, sizeof(m->cg[to].flag));
	for (t = 0; t < M_TASKS; t++)
		if (m->task[t].at[m->cg[from].hier] == from)
			m->task[t].at[m->cg[to].hier] = to;
	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].parent == from)
			copy_below(m, i, cgroup_new(m, m->cg[to].hier, to, m->cg[i].name));
}

static void apply_split(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_hier *hier = &m->hier[a->hier];
	int h;

	if (model_find_name(m, a->name) != M_NONE && a->odd != 2)
		fault(f, EEXIST);
	if (a->odd || !a->mask || (a->mask & ~M_STATEFUL_MASK) || (a->mask & ~hier->mask) ||
	    (hier->name == M_NONE && !(hier->mask & ~a->mask)))
		fault(f, EINVAL);
	if (f->nr)
		return;
	h = hier_new(m, a->name);
	copy_below(m, hier->root, m->hier[h].root);
	hand_over(m, a->hier, h, a->mask);
}

/*
 * csses of single cgroups
 */

static bool descendant_owns(const struct model *m, int cg, int ss)
{
	int i;

	for (i = 0; i < M_CGROUPS; i++)
		if (i != cg && m->cg[i].live && m->cg[i].css[ss] != M_NONE &&
		    model_within(m, i, cg))
			return true;
	return false;
}

/* A css below has the nearest css above as its parent, so CG may not change while one exists. */
static void apply_inherit(struct model *m, const struct m_act *a, struct m_faults *f)
{
	struct m_cgroup *cg = &m->cg[a->cg];
	bool owns = cg->css[a->ss] != M_NONE;

	if (cg->parent == M_NONE || !(m->hier[cg->hier].mask & (1U << a->ss)))
		return fault(f, ENOENT);
	if (a->value > 1)
		return fault(f, EINVAL);
	if (owns == !a->value)
		return;
	if (descendant_owns(m, a->cg, a->ss))
		return fault(f, EBUSY);
	if (a->value)
		css_end(m, a->cg, a->ss);
	else
		cg->css[a->ss] = css_new(m, cg->parent, a->ss, true);
}

static void apply_value(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_file *file = &m_files[a->file];
	const struct m_cgroup *cg = &m->cg[a->cg];
	int css = cg->css[file->ss];

	if (css == M_NONE)
		return fault(f, ENOENT);
	if (a->odd)
		return fault(f, EINVAL);
	m->css[css].value[file->slot] = a->value;
}

static void apply_flag(struct model *m, const struct m_act *a, struct m_faults *f)
{
	struct m_cgroup *cg = &m->cg[a->cg];

	if (a->file == M_FLAGS && cg->parent != M_NONE)
		return fault(f, ENOENT);
	if (a->odd)
		return fault(f, EINVAL);
	if (a->file == M_FLAGS)
		m->hier[cg->hier].agent = a->value;
	else
		cg->flag[a->file] = a->value;
}

static void apply_needs(struct model *m, const struct m_act *a, struct m_faults *f)
{
	if (!(m->hier[a->hier].mask & (1U << S_DEBUG)))
		return fault(f, ENOENT);
	if (a->odd)
		return fault(f, EINVAL);
	m->needs = a->mask;
}

/*
 * Tasks
 */

static void apply_attach(struct model *m, const struct m_act *a, struct m_faults *f)
{
	int t, h = m->cg[a->cg].hier;

	if (a->odd)
		return fault(f, a->odd == 1 ? ESRCH : EINVAL);
	for (t = 0; t < M_TASKS; t++)
		if (t == a->task ||
		    (a->whole && m->task[t].live && m->task[t].leader == m->task[a->task].leader))
			m->task[t].at[h] = a->cg;
}

/* Do the limits of the cgroup of TASK and of its ancestors allow one more task? */
static bool pids_allow(const struct model *m, int task)
{
	int cg, css, h = model_home(m, S_PIDS);

	for (cg = h == M_NONE ? M_NONE : m->task[task].at[h]; cg != M_NONE;
	     cg = m->cg[cg].parent) {
		const char *max;

		css = m->cg[cg].css[S_PIDS];
		if (css < M_STATEFUL)
			continue;
		max = m_files[FILE_PIDS_MAX].text[m->css[css].value[0]];
		if (strcmp(max, "max") && model_count(m, cg) + 1 > atoi(max))
			return false;
	}
	return true;
}

static void apply_fork(struct model *m, const struct m_act *a, struct m_faults *f)
{
	struct m_task *task = &m->task[a->slot];
	int h;

	if (a->task != M_NONE && !pids_allow(m, a->task))
		return fault(f, EAGAIN);
	for (h = 0; h < M_HIERS; h++)
		task->at[h] = a->task == M_NONE ? m->hier[h].root : m->task[a->task].at[h];
	task->live = true;
	task->leader = a->kind == M_THREAD ? m->task[a->task].leader : a->slot;
}

static void process_ends(struct model *m, int leader)
{
	int t;

	for (t = 0; t < M_TASKS; t++)
		if (m->task[t].leader == leader)
			m->task[t].live = false;
}

static void apply_exit(struct model *m, const struct m_act *a, struct m_faults *f)
{
	(void)f;
	if (m->task[a->task].leader == a->task)
		process_ends(m, a->task);
	else
		m->task[a->task].live = false;
}

static bool is_member(const struct model *m, int task, const struct m_act *a)
{
	int at = m->task[task].at[m->cg[a->cg].hier];

	return m->task[task].live && (a->whole ? model_within(m, at, a->cg) : at == a->cg);
}

/* value: 0 for signal 0, 1 for SIGKILL, which is never sent to a root: all tasks are in it */
static void apply_signal(struct model *m, const struct m_act *a, struct m_faults *f)
{
	const struct m_cgroup *cg = &m->cg[a->cg];
	bool hit[M_TASKS] = { false };
	int t, n = 0;

	if (!(m->hier[cg->hier].mask & (1U << S_SIGNAL)))
		return fault(f, ENOENT);
	for (t = 0; t < M_TASKS; t++) {
		if (!is_member(m, t, a))
			continue;
		hit[m->task[t].leader] = true;
		n++;
	}
	if (!n && cg->parent != M_NONE)
		fault(f, ESRCH);
	if (a->odd)
		fault(f, EINVAL);
	for (t = 0; t < M_TASKS; t++)
		if (!f->nr && a->value && hit[t])
			process_ends(m, t);
}

/*
 * All operations
 */

static void (*const apply[M_KINDS])(struct model *m, const struct m_act *a,
				    struct m_faults *f) = {
	[M_MKDIR] = apply_mkdir,
	[M_RMDIR] = apply_rmdir,
	[M_RENAME] = apply_rename,
	[M_MOUNT] = apply_mount,
	[M_UMOUNT] = apply_umount,
	[M_REMOUNT] = apply_remount,
	[M_BIND] = apply_bind,
	[M_MERGE] = apply_merge,
	[M_SPLIT] = apply_split,
	[M_INHERIT] = apply_inherit,
	[M_VALUE] = apply_value,
	[M_FLAG] = apply_flag,
	[M_NEEDS] = apply_needs,
	[M_ATTACH] = apply_attach,
	[M_FORK] = apply_fork,
	[M_THREAD] = apply_fork,
	[M_EXIT] = apply_exit,
	[M_SIGNAL] = apply_signal,
};

/* The subsystems of which a cgroup owns a css. */
static unsigned int owned(const struct model *m, int cg)
{
	unsigned int mask = 0;
	int ss;

	for (ss = 0; ss < M_STATEFUL; ss++)
		if (m->cg[cg].css[ss] != M_NONE)
			mask |= 1U << ss;
	return mask;
}

/* Does ACT ask the subsystems whether they accept each other in CG, as it is after ACT? */
static bool is_asked(const struct model *old, const struct model *new, int cg,
		     const struct m_act *act)
{
	int h = new->cg[cg].hier;

	switch (act->kind) {
	case M_INHERIT:
		return cg == act->cg && owned(old, cg) != owned(new, cg);
	case M_MOUNT:
		return !old->hier[h].live;
	case M_REMOUNT:
	case M_BIND:
	case M_MERGE:
	case M_SPLIT:
		return h == act->hier || !old->hier[h].live;
	default:
		return false;
	}
}

/* Refuse if debug is without what it needs, in a cgroup where it is asked. */
static void ask_needs(const struct model *old, const struct model *new, const struct m_act *act,
		      struct m_faults *f)
{
	unsigned int mask;
	int i;

	for (i = 0; i < M_CGROUPS; i++) {
		if (!new->cg[i].live || !is_asked(old, new, i, act))
			continue;
		mask = owned(new, i);
		if (!(mask & (1U << S_DEBUG)) || !(new->needs & ~mask))
			continue;
		f->needs = true;
		return fault(f, EINVAL);
	}
}

/* Refuse the attaches and the new csses that debug was told to refuse. */
static void ask_debug(const struct model *old, const struct model *new, struct m_faults *f)
{
	int i, css;

	for (i = 0; i < M_TASKS; i++) {
		if (!old->task[i].live || !new->task[i].live)
			continue;
		css = model_task_css(new, i, S_DEBUG);
		if (css != model_task_css(old, i, S_DEBUG) && new->css[css].value[0] % 2)
			fault(f, EPERM);
	}
	for (i = M_STATEFUL; i < M_CSSES; i++) {
		const struct m_css *c = &new->css[i];

		if (c->live && c->ss == S_DEBUG && c->uid >= old->next_uid &&
		    new->css[c->parent].value[1] % 2)
			fault(f, ENOSPC);
	}
}

/* Refuse tasks in a cpuset without CPUs. */
static void ask_cpuset(const struct model *old, const struct model *new, struct m_faults *f)
{
	int i, css;

	for (i = 0; i < M_TASKS; i++) {
		if (!old->task[i].live || !new->task[i].live)
			continue;
		css = model_task_css(new, i, S_CPUSET);
		if (css != model_task_css(old, i, S_CPUSET) && !new->css[css].value[0])
			fault(f, ENOSPC);
	}
}

/* Apply ACT, or return the errors in FAULTS and change nothing. */
void model_apply(struct model *m, const struct m_act *act, struct m_faults *faults)
{
	static struct model next;

	faults->nr = 0;
	faults->needs = false;
	next = *m;
	apply[act->kind](&next, act, faults);
	if (!faults->nr)
		ask_needs(m, &next, act, faults);
	if (!faults->nr) {
		ask_debug(m, &next, faults);
		ask_cpuset(m, &next, faults);
	}
	if (!faults->nr)
		*m = next;
}

void model_init(struct model *m, unsigned int has, unsigned int taken)
{
	int i;

	memset(m, 0, sizeof(*m));
	m->has = has;
	m->taken = taken;
	for (i = 0; i <= M_LOOK; i++)
		m->point[i] = M_NONE;
	for (i = 0; i < M_STATEFUL; i++) {
		m->css[i].live = true;
		m->css[i].ss = i;
		m->css[i].uid = m->next_uid++;
		m->css[i].parent = M_NONE;
	}
	m->css[S_CPUSET].value[0] = 1;
}
