// SPDX-License-Identifier: GPL-2.0
/* Is everything that the kernel shows as the model has it?  See cg_model.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cg_model.h"
#include "cg_util.h"

/* Files of a subsystem in a cgroup that owns a state of it, of the core at the end. */
#define KINDS_OF_FILES	(M_SUBSYS + 1)

/* How many there are in a root and in other cgroups: as of a fresh mount. */
static int nr_files[2][KINDS_OF_FILES];

/* What one directory holds. */
struct dir {
	int files[KINDS_OF_FILES];
	unsigned int inherit;
	int subdirs;
	unsigned int names;		/* of subdirectories */
	char strange[256];
};

static bool wrong(struct m_view *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(struct m_view *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
	return false;
}

/*
 * Directories
 */

/* One file more.  memory has one without its prefix. */
static void count_file(struct dir *d, const char *name)
{
	const char *dot = strchr(name, '.');
	int ss;

	if (!strcmp(name, "cgroup.event_control")) {
		d->files[S_MEMORY]++;
		return;
	}
	for (ss = 0; dot && ss < M_SUBSYS; ss++) {
		if (strncmp(name, m_subsys[ss], dot - name) || m_subsys[ss][dot - name])
			continue;
		if (!strcmp(dot, ".inherit"))
			d->inherit |= 1U << ss;
		else
			d->files[ss]++;
		return;
	}
	if (!dot || !strncmp(name, "cgroup.", 7))
		d->files[M_SUBSYS]++;
	else
		snprintf(d->strange, sizeof(d->strange), "%s", name);
}

static int scan(const char *path, struct dir *d)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	memset(d, 0, sizeof(*d));
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (name[0] == '.')
			continue;
		if (entry->d_type != DT_DIR) {
			count_file(d, name);
			continue;
		}
		d->subdirs++;
		if (name[0] == 'g' && isdigit((unsigned char)name[1]) && !name[2])
			d->names |= 1U << (name[1] - '0');
	}
	closedir(dir);
	return 0;
}

/* See which files each subsystem makes in a hierarchy that carries it alone. */
int model_learn_files(unsigned int has)
{
	struct dir root, sub;
	int ss, ret;

	for (ss = 0; ss < M_SUBSYS; ss++) {
		if (ss == S_SIGNAL && !(has & M_HAS_SIGNAL))
			continue;
		ret = cg_mount(m_subsys[ss], "m0") ?: cg_mkdir("m0/g0") ?:
		      scan("m0", &root) ?: scan("m0/g0", &sub) ?:
		      cg_rmdir("m0/g0") ?: cg_umount("m0");
		if (ret)
			return ret;
		nr_files[0][ss] = root.files[ss];
		nr_files[1][ss] = sub.files[ss];
		nr_files[0][M_SUBSYS] = root.files[M_SUBSYS];
		nr_files[1][M_SUBSYS] = sub.files[M_SUBSYS];
	}
	return 0;
}

static bool files_agree(const struct model *m, struct m_view *v, int cg, const char *path,
			const struct dir *d)
{
	const struct m_cgroup *c = &m->cg[cg];
	unsigned int mask = m->hier[c->hier].mask;
	unsigned int inherit = mask & M_STATEFUL_MASK;
	const int *want = nr_files[c->parent != M_NONE];
	int ss;

	if (d->strange[0])
		return wrong(v, "%s: there is a file %s", path, d->strange);
	for (ss = 0; ss < KINDS_OF_FILES; ss++) {
		int n = want[ss];

		if (ss == S_SIGNAL && !(mask & (1U << ss)))
			n = 0;
		else if (ss < M_STATEFUL && c->css[ss] == M_NONE)
			n = 0;
		if (d->files[ss] != n)
			return wrong(v, "%s: %d files of %s, not %d", path, d->files[ss],
				     ss < M_SUBSYS ? m_subsys[ss] : "the core", n);
	}
	if (c->parent == M_NONE || !(m->has & M_HAS_INHERIT))
		inherit = 0;
	if (d->inherit != inherit)
		return wrong(v, "%s: inherit files of subsystems %#x, not %#x", path,
			     d->inherit, inherit);
	return true;
}

static bool subdirs_agree(const struct model *m, struct m_view *v, int cg, const char *path,
			  const struct dir *d)
{
	unsigned int names = 0;
	int i, n = 0;

	for (i = 0; i < M_CGROUPS; i++) {
		if (!m->cg[i].live || m->cg[i].parent != cg)
			continue;
		names |= 1U << m->cg[i].name;
		n++;
	}
	if (d->subdirs != n || d->names != names)
		return wrong(v, "%s: %d children (mask %#x), not %d (mask %#x)", path,
			     d->subdirs, d->names, n, names);
	return true;
}

/*
 * Files
 */

static bool reads(struct m_view *v, const char *path, const char *name, const char *want)
{
	const char *is = cg_text(cg_path("%s/%s", path, name));

	if (strcmp(is, want))
		return wrong(v, "%s/%s: '%s', not '%s'", path, name, is, want);
	return true;
}

static bool values_agree(const struct model *m, struct m_view *v, int cg, const char *path)
{
	const struct m_cgroup *c = &m->cg[cg];
	bool root = c->parent == M_NONE;
	int i;

	for (i = 0; i < M_FILES; i++) {
		const struct m_file *f = &m_files[i];
		int css = c->css[f->ss];

		if (css != M_NONE && (f->on_root || !root) &&
		    !reads(v, path, f->name, f->text[m->css[css].value[f->slot]]))
			return false;
	}
	if (!root && c->css[S_FREEZER] != M_NONE && !reads(v, path, "freezer.state", "THAWED"))
		return false;
	if (!root && c->css[S_PIDS] != M_NONE &&
	    !reads(v, path, "pids.current", cg_path("%d", model_count(m, cg))))
		return false;
	return true;
}

static bool inherit_agrees(const struct model *m, struct m_view *v, int cg, const char *path)
{
	const struct m_cgroup *c = &m->cg[cg];
	int ss;

	if (c->parent == M_NONE || !(m->has & M_HAS_INHERIT))
		return true;
	for (ss = 0; ss < M_STATEFUL; ss++)
		if ((m->hier[c->hier].mask & (1U << ss)) &&
		    !reads(v, path, cg_path("%s.inherit", m_subsys[ss]),
			   c->css[ss] == M_NONE ? "1" : "0"))
			return false;
	return true;
}

/* The tasks of the test that are in CG, or the processes that have one there. */
static int members(const struct model *m, const struct m_view *v, int cg, bool procs,
		   pid_t *list)
{
	int i, t, leader, n = 0;

	for (t = 0; t < M_TASKS; t++) {
		if (!m->task[t].live || m->task[t].at[m->cg[cg].hier] != cg)
			continue;
		leader = procs ? m->task[t].leader : t;
		for (i = 0; i < n && list[i] != v->pid[leader]; i++)
			;
		if (i == n)
			list[n++] = v->pid[leader];
	}
	return n;
}

static int by_pid(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

static bool is_ours(const struct model *m, const struct m_view *v, pid_t pid)
{
	int t;

	for (t = 0; t < M_TASKS; t++)
		if (m->task[t].live && v->pid[t] == pid)
			return true;
	return false;
}

/* In a root there are others, which do not count. */
static bool members_agree(const struct model *m, struct m_view *v, int cg, const char *path,
			  bool procs)
{
	const char *name = cg_path("%s/%s", path, procs ? "cgroup.procs" : "tasks");
	const char *text = cg_text(name);
	pid_t want[M_TASKS];
	int nr_want, nr = 0;
	char *next;

	nr_want = members(m, v, cg, procs, want);
	qsort(want, nr_want, sizeof(want[0]), by_pid);
	for (; *text; text = *next ? next + 1 : next) {
		pid_t pid = strtol(text, &next, 10);

		if (m->cg[cg].parent == M_NONE && !is_ours(m, v, pid))
			continue;
		if (nr == nr_want || pid != want[nr])
			return wrong(v, "%s: %d as number %d of %d", name, pid, nr + 1, nr_want);
		nr++;
	}
	return nr == nr_want || wrong(v, "%s: %d members, not %d", name, nr, nr_want);
}

/*
 * States, as the debug subsystem shows them: which are the same and which are not
 */

static bool css_agrees(const struct model *m, struct m_view *v, const char *path, int css, int id)
{
	int i;

	if (css == M_NONE)
		return !id || wrong(v, "%s: a root state has parent %d", path, id);
	if (v->css_uid[css] == m->css[css].uid && v->css_id[css])
		return v->css_id[css] == id ||
		       wrong(v, "%s: state of %s has id %d, had %d", path,
			     m_subsys[m->css[css].ss], id, v->css_id[css]);
	for (i = 0; i < M_CSSES; i++)
		if (m->css[i].live && m->css[i].ss == m->css[css].ss &&
		    v->css_uid[i] == m->css[i].uid && v->css_id[i] == id)
			return wrong(v, "%s: state of %s has id %d of another one", path,
				     m_subsys[m->css[css].ss], id);
	v->css_uid[css] = m->css[css].uid;
	v->css_id[css] = id;
	return true;
}

static bool state_agrees(const struct model *m, struct m_view *v, int cg, int ss,
			 const char *path, const char *line)
{
	int css = model_effective(m, cg, ss);
	int id, parent, level = M_NONE, want = M_NONE, at;
	char last[16], name[32];

	if (sscanf(line, "%31s css %*s id %d parent %d online %*d flags %*s csets %*d %15s %d",
		   name, &id, &parent, last, &level) < 4 || strcmp(name, m_subsys[ss]))
		return wrong(v, "%s: debug.cgroup_subsys_states: '%s' for %s", path, line,
			     m_subsys[ss]);
	for (at = cg; m->cg[at].css[ss] != css; at = m->cg[at].parent)
		;
	if (at != cg)
		want = model_level(m, at);
	if (level != want)
		return wrong(v, "%s: %s: '%s', level %d is wanted", path, m_subsys[ss], line, want);
	return css_agrees(m, v, path, css, id) &&
	       css_agrees(m, v, path, m->css[css].parent, parent);
}

static bool states_agree(const struct model *m, struct m_view *v, int cg, const char *path)
{
	char *save = NULL, *line;
	int ss;

	if (m->cg[cg].css[S_DEBUG] == M_NONE)
		return true;
	line = strtok_r((char *)cg_text(cg_path("%s/debug.cgroup_subsys_states", path)), "\n",
			&save);
	for (ss = 0; ss < M_STATEFUL; ss++) {
		if (!(m->hier[m->cg[cg].hier].mask & (1U << ss)))
			continue;
		if (!state_agrees(m, v, cg, ss, path, line ?: ""))
			return false;
		line = strtok_r(NULL, "\n", &save);
	}
	return !line || wrong(v, "%s: debug.cgroup_subsys_states: '%s' too many", path, line);
}

static bool cgroup_agrees(const struct model *m, struct m_view *v, int cg)
{
	char path[128], list[128] = "";
	struct dir d;
	int ret;

	model_path(m, cg, path, sizeof(path));
	ret = scan(path, &d);
	if (ret)
		return wrong(v, "%s: %s", path, strerror(-ret));
	model_list(m->hier[m->cg[cg].hier].mask, " ", list, sizeof(list));
	if (m->cg[cg].parent == M_NONE && (m->has & M_HAS_SUBSYSTEMS) &&
	    !reads(v, path, "cgroup.subsystems", list))
		return false;
	return subdirs_agree(m, v, cg, path, &d) && files_agree(m, v, cg, path, &d) &&
	       values_agree(m, v, cg, path) && inherit_agrees(m, v, cg, path) &&
	       members_agree(m, v, cg, path, false) && members_agree(m, v, cg, path, true) &&
	       states_agree(m, v, cg, path);
}

/*
 * /proc
 */

static void describe(const struct m_hier *hier, char *buf, size_t size)
{
	buf[0] = 0;
	model_list(hier->mask, ",", buf, size);
	if (hier->name != M_NONE)
		snprintf(buf + strlen(buf), size - strlen(buf), "%sname=n%d", *buf ? "," : "",
			 hier->name);
}

/* The hierarchy that is older than that one, the newest for M_NONE. */
static int next_older(const struct model *m, int than)
{
	int h, found = M_NONE;

	for (h = 0; h < M_HIERS; h++)
		if (m->hier[h].live &&
		    (than == M_NONE || m->hier[h].serial < m->hier[than].serial) &&
		    (found == M_NONE || m->hier[h].serial > m->hier[found].serial))
			found = h;
	return found;
}

static void tree_path(const struct model *m, int cg, char *buf, size_t size)
{
	buf[0] = 0;
	if (m->cg[cg].parent != M_NONE)
		tree_path(m, m->cg[cg].parent, buf, size);
	if (m->cg[cg].parent != M_NONE)
		snprintf(buf + strlen(buf), size - strlen(buf), "/g%d", m->cg[cg].name);
}

/* The id of a hierarchy is its own, and what was seen first. */
static bool id_agrees(const struct model *m, struct m_view *v, int h, int id)
{
	int i;

	if (v->hier_serial[h] == m->hier[h].serial && v->hier_id[h])
		return v->hier_id[h] == id ||
		       wrong(v, "a hierarchy has id %d, had %d", id, v->hier_id[h]);
	for (i = 0; i < M_HIERS; i++)
		if (m->hier[i].live && i != h && v->hier_serial[i] == m->hier[i].serial &&
		    v->hier_id[i] == id)
			return wrong(v, "two hierarchies have id %d", id);
	v->hier_serial[h] = m->hier[h].serial;
	v->hier_id[h] = id;
	return id || wrong(v, "a hierarchy has id 0");
}

/* A line for each hierarchy, the newest first.  AT: where the task is, NULL: in the roots. */
static bool lines_agree(const struct model *m, struct m_view *v, const char *path, const int *at)
{
	char *save = NULL, *line = strtok_r((char *)cg_text(path), "\n", &save);
	int h = M_NONE;

	while ((h = next_older(m, h)) != M_NONE) {
		char list[128], where[128], want[300];
		const char *rest = line ? strchr(line, ':') : NULL;

		if (rest && !id_agrees(m, v, h, atoi(line)))
			return false;
		describe(&m->hier[h], list, sizeof(list));
		tree_path(m, at ? at[h] : m->hier[h].root, where, sizeof(where));
		snprintf(want, sizeof(want), ":%s:%s", list, where[0] ? where : "/");
		if (!rest || strcmp(rest, want))
			return wrong(v, "%s: '%s', wanted '%s'", path, line ?: "", want);
		line = strtok_r(NULL, "\n", &save);
	}
	return !line || wrong(v, "%s: line '%s' is too many", path, line);
}

/* A stateless subsystem shows the lowest id of those that carry it. */
static bool table_agrees(const struct model *m, struct m_view *v)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int h, i, ss, n = cg_subsystems(list);

	for (i = 0, ss = 0; i < n; i++) {
		int id = 0;

		for (ss = 0; ss < M_SUBSYS && strcmp(list[i].name, m_subsys[ss]); ss++)
			;
		for (h = 0; h < M_HIERS; h++)
			if (m->hier[h].live && (m->hier[h].mask & (1U << ss)) &&
			    (!id || v->hier_id[h] < id))
				id = v->hier_id[h];
		if (list[i].hierarchy != id)
			return wrong(v, "/proc/cgroups: %s in hierarchy %d, not %d",
				     list[i].name, list[i].hierarchy, id);
	}
	return true;
}

static bool mounts_agree(const struct model *m, struct m_view *v)
{
	char list[128], want[160], cwd[64], point[80];
	const char *text = cg_text("/proc/self/mountinfo");
	int p;

	if (!getcwd(cwd, sizeof(cwd)))
		return wrong(v, "no working directory");
	for (p = 0; p < M_POINTS; p++) {
		const char *line, *options;

		if (m->point[p] == M_NONE)
			continue;
		describe(&m->hier[m->point[p]], list, sizeof(list));
		/* cg_mount() calls the source as the type */
		snprintf(want, sizeof(want), " - %1$s %1$s rw%2$s%3$s\n", "cgroup",
			 *list ? "," : "", list);
		snprintf(point, sizeof(point), " %s/m%d ", cwd, p);
		line = strstr(text, point);
		options = line ? strstr(line, " - ") : NULL;
		if (!options || strncmp(options, want, strcspn(want, "\n")) ||
		    !strchr("\n", options[strlen(want) - 1]))
			return wrong(v, "mountinfo of m%d: '%.*s', not '%.*s'", p,
				     (int)strcspn(options ?: "", "\n"), options ?: "",
				     (int)strcspn(want, "\n"), want);
	}
	return true;
}

void model_view_init(struct m_view *view)
{
	memset(view, 0, sizeof(*view));
}

/* The whole; view->why says what differs. */
bool model_agrees(const struct model *m, struct m_view *v)
{
	int i;

	v->why[0] = 0;
	if (!lines_agree(m, v, "/proc/self/cgroup", NULL) || !table_agrees(m, v) ||
	    !mounts_agree(m, v))
		return false;
	for (i = 0; i < M_TASKS; i++)
		if (m->task[i].live &&
		    !lines_agree(m, v, cg_path("/proc/%d/cgroup", v->pid[i]), m->task[i].at))
			return false;
	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && model_mounted_at(m, m->cg[i].hier) != M_NONE &&
		    !cgroup_agrees(m, v, i))
			return false;
	return true;
}
