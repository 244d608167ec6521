// SPDX-License-Identifier: GPL-2.0
/* Compares what the kernel shows with the model; see cg_model.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg_model_files.h"
#include "cg_util.h"

/* Expensive checks run once in so many operations. */
#define MODES_EACH	16
#define NUMBER_EACH	32
#define SLOTS_EACH	8
#define FLAGS_EACH	4
#define LOOK_EACH	8
#define ALONE_EACH	4

/* The content of one directory. */
struct dir {
	int fd;
	bool has[NAMES_MAX];
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

static void count_entry(struct dir *d, const struct dirent *entry)
{
	const char *text = entry->d_name;
	const struct m_name *name;

	if (entry->d_type == DT_DIR) {
		d->subdirs++;
		if (text[0] == 'g' && isdigit((unsigned char)text[1]) && !text[2])
			d->names |= 1U << (text[1] - '0');
		return;
	}
	name = entry->d_type == DT_REG ? model_look_up(text) : NULL;
	if (!name || d->has[name - model_names])
		snprintf(d->strange, sizeof(d->strange), "%s", text);
	else
		d->has[name - model_names] = true;
}

static int scan(DIR *dir, struct dir *d)
{
	struct dirent *entry;

	memset(d, 0, sizeof(*d));
	d->fd = dirfd(dir);
	errno = 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			count_entry(d, entry);
	return -errno;
}

/* The mode that a file has in CG, M_NONE if CG does not have it. */
static int mode_in(const struct model *m, int cg, const struct m_name *name)
{
	const struct m_cgroup *c = &m->cg[cg];

	if (name->owner < M_SUBSYS && !(m->hier[c->hier].mask & (1U << name->owner)))
		return M_NONE;
	if (c->parent == M_NONE)
		return name->mode[AT_ROOT];
	if (name->owner < M_STATEFUL && c->css[name->owner] == M_NONE)
		return name->mode[INHERITED];
	return name->mode[OWNED];
}

/* Does CG have exactly the files of the model?  Their modes are checked now and then. */
static bool files_agree(const struct model *m, struct m_view *v, int cg, const char *path,
			const struct dir *d)
{
	bool modes = (v->turn + cg) % MODES_EACH == 0;
	struct stat st;
	int i, mode;

	if (d->strange[0])
		return wrong(v, "%s: unexpected file %s", path, d->strange);
	for (i = 0; i < model_nr_names; i++) {
		bool there;

		mode = mode_in(m, cg, &model_names[i]);
		there = mode != M_NONE;
		if (d->has[i] != there)
			return wrong(v, "%s: %s is %sthere", path, model_names[i].text,
				     d->has[i] ? "" : "not ");
		if (!d->has[i] || !modes)
			continue;
		if (fstatat(d->fd, model_names[i].text, &st, 0) || (int)st.st_mode != mode)
			return wrong(v, "%s: %s has mode %o, not %o", path, model_names[i].text,
				     st.st_mode, mode);
	}
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

/* Like cg_text(), for short files of a directory that is open. */
static const char *text_at(int fd, const char *name)
{
	static char ring[4][4096];
	static unsigned int turn;
	char *buf = ring[turn++ % 4];
	int file = openat(fd, name, O_RDONLY | O_CLOEXEC);
	int n = file < 0 ? -1 : read(file, buf, sizeof(ring[0]) - 1);

	if (file >= 0)
		close(file);
	buf[n > 0 ? n : 0] = 0;
	if (n > 0 && buf[n - 1] == '\n')
		buf[n - 1] = 0;
	return buf;
}

static bool reads(struct m_view *v, const struct dir *d, const char *path, const char *name,
		  const char *want)
{
	const char *is = text_at(d->fd, name);

	if (strcmp(is, want))
		return wrong(v, "%s/%s: '%s', not '%s'", path, name, is, want);
	return true;
}

/* Does the file have the line WANT? */
static bool has_line(struct m_view *v, const struct dir *d, const char *path, const char *name,
		     const char *want)
{
	const char *is = text_at(d->fd, name), *at = is;
	size_t len = strlen(want);

	for (; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, want, len) && (!at[len] || at[len] == '\n'))
			return true;
	}
	return wrong(v, "%s/%s: '%s' without line '%s'", path, name, is, want);
}

/* Tasks need some time to freeze, so this waits for FROZEN. */
static bool freezer_agrees(const struct model *m, struct m_view *v, const struct dir *d, int css,
			   const char *path)
{
	bool self = m->css[css].value[0] % 2, freezes = model_freezes(m, css);
	const char *file = cg_path("%s/freezer.state", path), *want = freezes ? "FROZEN" : "THAWED";

	if (freezes && !cg_wait_text(file, want, 10000))
		return wrong(v, "%s: '%s' for ten seconds, not '%s'", file, cg_text(file), want);
	return reads(v, d, path, "freezer.state", want) &&
	       reads(v, d, path, "freezer.self_freezing", self ? "1" : "0") &&
	       reads(v, d, path, "freezer.parent_freezing",
		     model_freezes(m, m->css[css].parent) ? "1" : "0");
}

static bool values_agree(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			 const char *path)
{
	const struct m_cgroup *c = &m->cg[cg];
	bool root = c->parent == M_NONE;
	int i;

	for (i = 0; i < M_FILES; i++) {
		const struct m_file *f = &m_files[i];
		int css = c->css[f->ss];
		const char *want;

		if (css == M_NONE || (root && !f->on_root) || f->ss == S_FREEZER)
			continue;
		want = f->text[m->css[css].value[f->slot]];
		if (!(f->ss == S_NET_PRIO ? has_line : reads)(v, d, path, f->name, want))
			return false;
	}
	if (!root && c->css[S_FREEZER] != M_NONE &&
	    !freezer_agrees(m, v, d, c->css[S_FREEZER], path))
		return false;
	if (!root && c->css[S_PIDS] != M_NONE &&
	    !reads(v, d, path, "pids.current", cg_path("%d", model_count(m, cg))))
		return false;
	/* the model never writes the files of devices */
	return c->css[S_DEVICES] == M_NONE || reads(v, d, path, "devices.list", "a *:* rwm");
}

/* All CPUs and nodes, or none, because the model never writes these files. */
static bool cpuset_agrees(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			  const char *path)
{
	int i, css = m->cg[cg].css[S_CPUSET];

	for (i = 0; i < 2 && css != M_NONE; i++)
		if (!reads(v, d, path, model_cpuset_files[i],
			   m->css[css].value[0] ? model_cpuset_all[i] : ""))
			return false;
	return true;
}

/* debug.needs is in the order of /proc/cgroups, and no css_set is ever wrong. */
static bool debug_agrees(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			 const char *path)
{
	char list[256] = "";

	if (m->cg[cg].parent != M_NONE || m->cg[cg].css[S_DEBUG] == M_NONE)
		return true;
	model_list(m->needs, " ", list, sizeof(list));
	return reads(v, d, path, "debug.needs", list) &&
	       reads(v, d, path, "debug.css_sets_wrong", "0");
}

/* A number that is different for another cgroup or other flags. */
static unsigned int sum_of_flags(const struct model *m, int cg)
{
	const struct m_cgroup *c = &m->cg[cg];

	return (m->hier[c->hier].serial * M_CGROUPS + cg) * 64 + m->hier[c->hier].agent * 4 +
	       c->flag[FLAG_NOTIFY] * 2 + c->flag[FLAG_CLONE];
}

/* Checks the flags that should have changed, and once in a while all. */
static bool flags_agree(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			const char *path)
{
	const struct m_cgroup *c = &m->cg[cg];
	int i;

	if (v->sum_of_flags[cg] == sum_of_flags(m, cg) && (v->turn + cg) % FLAGS_EACH)
		return true;
	v->sum_of_flags[cg] = sum_of_flags(m, cg);
	for (i = 0; i < M_FLAGS; i++)
		if (!reads(v, d, path, m_flags[i], c->flag[i] ? "1" : "0"))
			return false;
	return c->parent != M_NONE ||
	       reads(v, d, path, "release_agent", m_agents[m->hier[c->hier].agent]);
}

static bool inherit_agrees(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			   const char *path)
{
	const struct m_cgroup *c = &m->cg[cg];
	int ss;

	if (c->parent == M_NONE || !(m->has & M_HAS_INHERIT))
		return true;
	for (ss = 0; ss < M_STATEFUL; ss++)
		if ((m->hier[c->hier].mask & (1U << ss)) &&
		    !reads(v, d, path, cg_path("%s.inherit", m_subsys[ss]),
			   c->css[ss] == M_NONE ? "1" : "0"))
			return false;
	return true;
}

/* The tasks of the test that are in CG, or (PROCS) the processes that have a task there. */
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

/* A root also has members that are not tasks of the test.  They are ignored. */
static bool members_agree(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			  const char *path, bool procs)
{
	const char *name = cg_path("%s/%s", path, procs ? "cgroup.procs" : "tasks");
	const char *text = m->cg[cg].parent == M_NONE ? cg_text(name) :
			   text_at(d->fd, procs ? "cgroup.procs" : "tasks");
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
			return wrong(v, "%s: pid %d at %d of %d", name, pid, nr + 1, nr_want);
		nr++;
	}
	return nr == nr_want || wrong(v, "%s: %d members, not %d", name, nr, nr_want);
}

/*
 * csses, as the debug subsystem shows them: which are the same and which differ
 */

/* The name of a subsystem in the core, which is "io" for "blkio". */
static const char *core_name(int ss)
{
	return ss == S_BLKIO ? "io" : m_subsys[ss];
}

static bool css_agrees(const struct model *m, struct m_view *v, const char *path, int css, int id)
{
	int i;

	if (css == M_NONE)
		return !id || wrong(v, "%s: a root css has parent %d", path, id);
	if (v->css_uid[css] == m->css[css].uid && v->css_id[css])
		return v->css_id[css] == id ||
		       wrong(v, "%s: css of %s has id %d, had %d", path,
			     m_subsys[m->css[css].ss], id, v->css_id[css]);
	for (i = 0; i < M_CSSES; i++)
		if (m->css[i].live && m->css[i].ss == m->css[css].ss &&
		    v->css_uid[i] == m->css[i].uid && v->css_id[i] == id)
			return wrong(v, "%s: css of %s has id %d of another css", path,
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
		   name, &id, &parent, last, &level) < 4 || strcmp(name, core_name(ss)))
		return wrong(v, "%s: debug.cgroup_subsys_states: '%s' for %s", path, line,
			     m_subsys[ss]);
	for (at = cg; m->cg[at].css[ss] != css; at = m->cg[at].parent)
		;
	if (at != cg)
		want = model_level(m, at);
	if (level != want)
		return wrong(v, "%s: %s: '%s', not level %d", path, m_subsys[ss], line, want);
	return css_agrees(m, v, path, css, id) &&
	       css_agrees(m, v, path, m->css[css].parent, parent);
}

static bool states_agree(const struct model *m, struct m_view *v, const struct dir *d, int cg,
			 const char *path)
{
	char *save = NULL, *line;
	int ss;

	if (m->cg[cg].css[S_DEBUG] == M_NONE)
		return true;
	line = strtok_r((char *)text_at(d->fd, "debug.cgroup_subsys_states"), "\n", &save);
	for (ss = 0; ss < M_STATEFUL; ss++) {
		if (!(m->hier[m->cg[cg].hier].mask & (1U << ss)))
			continue;
		if (!state_agrees(m, v, cg, ss, path, line ?: ""))
			return false;
		line = strtok_r(NULL, "\n", &save);
	}
	return !line || wrong(v, "%s: debug.cgroup_subsys_states: extra '%s'", path, line);
}

/* LINE is what TASK reads about its css of one subsystem.  M_NONE: a task in all roots. */
static bool slot_agrees(const struct model *m, struct m_view *v, int task, int ss,
			const char *line)
{
	int css = task == M_NONE ? ss : model_task_css(m, task, ss);
	int h = model_home(m, ss), want_hier = 0, want_level = 0, id, hier, level, at;

	if (h != M_NONE) {
		at = task == M_NONE ? m->hier[h].root : m->task[task].at[h];
		while (m->cg[at].css[ss] != css)
			at = m->cg[at].parent;
		want_hier = v->hier_id[h];
		want_level = model_level(m, at);
	}
	if (sscanf(line, "%*s css %*s id %d hierarchy %d level %d", &id, &hier, &level) != 3 ||
	    hier != want_hier || level != want_level)
		return wrong(v, "task %d: debug.current_css_set: '%s', not hierarchy %d level %d",
			     task, line, want_hier, want_level);
	return css_agrees(m, v, cg_path("slots of task %d", task), css, id);
}

/* TEXT: debug.current_css_set, as TASK reads it. */
static bool slots_agree(const struct model *m, struct m_view *v, int task, const char *text)
{
	char copy[4096], word[32], *save = NULL, *line;
	int ss, n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	strtok_r(copy, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(line, " "), line);
		for (ss = 0; ss < M_STATEFUL && strcmp(word, core_name(ss)); ss++)
			;
		if (ss == M_STATEFUL)
			continue;
		n++;
		if (m->taken & (1U << ss))
			continue;
		if (!slot_agrees(m, v, task, ss, line))
			return false;
	}
	return n == M_STATEFUL - !(m->has & M_HAS_OOM) ||
	       wrong(v, "task %d: debug.current_css_set: '%s'", task, text);
}

/* A number that is different when TASK has other csses. */
static unsigned int sum_of_states(const struct model *m, int task)
{
	unsigned int sum = 1;
	int ss;

	for (ss = 0; ss < M_STATEFUL; ss++)
		sum = sum * 31 + m->css[model_task_css(m, task, ss)].uid;
	return sum;
}

/*
 * Each task reads its own csses if debug is mounted: when they should have changed, and
 * else once in a while.  For a frozen task, only debug.css_sets_wrong is checked.
 */
static bool tasks_agree(const struct model *m, struct m_view *v)
{
	const char *answer[M_TASKS];
	bool due[M_TASKS];
	int t, h = model_home(m, S_DEBUG);
	int ret, p = h == M_NONE ? M_NONE : model_mounted_at(m, h);

	if (p == M_NONE)
		return true;
	for (t = 0; t < M_TASKS; t++) {
		unsigned int sum = m->task[t].live ? sum_of_states(m, t) : 0;

		due[t] = m->task[t].live && !model_is_frozen(m, t) &&
			 (sum != v->sum[t] || (v->turn + t) % SLOTS_EACH == 0);
		if (due[t] || !m->task[t].live)
			v->sum[t] = sum;
	}
	ret = v->ask(due, p, answer);
	if (ret)
		return wrong(v, "tasks cannot read their csses: %s", strerror(-ret));
	for (t = 0; t < M_TASKS; t++)
		if (answer[t] && !slots_agree(m, v, t, answer[t]))
			return false;
	return slots_agree(m, v, M_NONE, cg_text(cg_path("m%d/debug.current_css_set", p)));
}

static bool dir_agrees(const struct model *m, struct m_view *v, const struct dir *d, int cg,
		       const char *path)
{
	char list[256] = "";

	model_list(m->hier[m->cg[cg].hier].mask, " ", list, sizeof(list));
	if (m->cg[cg].parent == M_NONE && (m->has & M_HAS_SUBSYSTEMS) &&
	    !reads(v, d, path, "cgroup.subsystems", list))
		return false;
	return subdirs_agree(m, v, cg, path, d) && files_agree(m, v, cg, path, d) &&
	       flags_agree(m, v, d, cg, path) && values_agree(m, v, d, cg, path) &&
	       cpuset_agrees(m, v, d, cg, path) &&
	       debug_agrees(m, v, d, cg, path) && inherit_agrees(m, v, d, cg, path) &&
	       members_agree(m, v, d, cg, path, false) && members_agree(m, v, d, cg, path, true) &&
	       states_agree(m, v, d, cg, path);
}

static bool cgroup_agrees(const struct model *m, struct m_view *v, int cg)
{
	char path[128];
	struct dir d;
	bool agrees;
	DIR *dir;
	int ret;

	model_path(m, cg, path, sizeof(path));
	dir = opendir(path);
	if (!dir)
		return wrong(v, "%s: %s", path, strerror(errno));
	ret = scan(dir, &d);
	agrees = ret ? wrong(v, "%s: %s", path, strerror(-ret)) : dir_agrees(m, v, &d, cg, path);
	closedir(dir);
	return agrees;
}

/*
 * /proc
 */

/* MORE: options that only the mount table shows. */
static void describe(const struct m_hier *hier, const char *more, char *buf, size_t size)
{
	buf[0] = 0;
	model_list(hier->mask, ",", buf, size);
	if (*more)
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", *buf ? "," : "", more);
	if (hier->name != M_NONE)
		snprintf(buf + strlen(buf), size - strlen(buf), "%sname=n%d", *buf ? "," : "",
			 hier->name);
}

static void describe_mount(const struct model *m, int h, char *buf, size_t size)
{
	const struct m_hier *hier = &m->hier[h];
	char more[128] = "";

	if (hier->agent)
		snprintf(more, sizeof(more), "release_agent=%s", m_agents[hier->agent]);
	if (m->cg[hier->root].flag[FLAG_CLONE])
		strcat(more, *more ? ",clone_children" : "clone_children");
	describe(hier, more, buf, size);
}

/* The newest hierarchy that is older than THAN; the newest of all for M_NONE. */
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

/* No two hierarchies have the same id, and the id of a hierarchy never changes. */
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

/* The next line of such a file, or the first line of TEXT.  That of the others is left out. */
static char *next_line(char *text, char **save)
{
	char *line = strtok_r(text, "\n", save);

	return line && strstr(line, M_OTHERS) ? strtok_r(NULL, "\n", save) : line;
}

/* One line per hierarchy, the newest first.  AT: the cgroups of the task; NULL: the roots. */
static bool lines_agree(const struct model *m, struct m_view *v, const char *path, const int *at)
{
	char *save = NULL, *line = next_line((char *)cg_text(path), &save);
	int h = M_NONE;

	while ((h = next_older(m, h)) != M_NONE) {
		char list[256], where[128], want[400];
		const char *rest = line ? strchr(line, ':') : NULL;

		if (rest && !id_agrees(m, v, h, atoi(line)))
			return false;
		describe(&m->hier[h], "", list, sizeof(list));
		tree_path(m, at ? at[h] : m->hier[h].root, where, sizeof(where));
		snprintf(want, sizeof(want), ":%s:%s", list, where[0] ? where : "/");
		if (!rest || strcmp(rest, want))
			return wrong(v, "%s: '%s', wanted '%s'", path, line ?: "", want);
		line = next_line(NULL, &save);
	}
	return !line || wrong(v, "%s: extra line '%s'", path, line);
}

/*
 * Removed cgroups are counted until their last user drops them.  This takes a short time,
 * or any time if LASTING.
 */
static bool number_agrees(struct m_view *v, const struct cg_subsys *row, int want, bool lasting)
{
	struct cg_subsys now = *row;
	long long end = cg_deadline(10000);

	if (now.cgroups > want && (lasting || v->turn % NUMBER_EACH))
		return true;
	while (now.cgroups > want && cg_now_ms() < end) {
		cg_msleep(1);
		cg_subsys(row->name, &now);
	}
	return now.cgroups == want ||
	       wrong(v, "/proc/cgroups: %s has %d cgroups, not %d", row->name, now.cgroups, want);
}

/* A stateless subsystem shows the lowest id of the hierarchies that carry it. */
static bool table_agrees(const struct model *m, struct m_view *v)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int h, i, ss, n = cg_subsystems(list);

	for (i = 0, ss = 0; i < n; i++) {
		bool lasting = false;
		int id = 0, number = 1;

		for (ss = 0; ss < M_SUBSYS && strcmp(list[i].name, m_subsys[ss]); ss++)
			;
		if (m->taken & (1U << ss))
			continue;
		for (h = 0; h < M_HIERS; h++)
			if (m->hier[h].live && (m->hier[h].mask & (1U << ss)) &&
			    (!id || v->hier_id[h] < id)) {
				id = v->hier_id[h];
				number = model_tree_size(m, h);
				lasting = m->hier[h].charged;
			}
		if (list[i].hierarchy != id)
			return wrong(v, "/proc/cgroups: %s in hierarchy %d, not %d",
				     list[i].name, list[i].hierarchy, id);
		if (!number_agrees(v, &list[i], number, lasting))
			return false;
	}
	return true;
}

static bool mounts_agree(const struct model *m, struct m_view *v)
{
	char list[256], want[320], cwd[64], point[80];
	const char *text = cg_text("/proc/self/mountinfo");
	int p;

	if (!getcwd(cwd, sizeof(cwd)))
		return wrong(v, "no working directory");
	for (p = 0; p <= M_LOOK; p++) {
		const char *line, *options;

		if (m->point[p] == M_NONE)
			continue;
		describe_mount(m, m->point[p], list, sizeof(list));
		/* cg_mount() passes "cgroup" as the source too */
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
	memset(view, 0, offsetof(struct m_view, ask));
}

/* The files that show the whole machine. */
static bool proc_agrees(const struct model *m, struct m_view *v)
{
	return lines_agree(m, v, "/proc/self/cgroup", NULL) && table_agrees(m, v) &&
	       mounts_agree(m, v);
}

static bool tree_agrees(const struct model *m, struct m_view *v, int h)
{
	int i;

	for (i = 0; i < M_CGROUPS; i++)
		if (m->cg[i].live && m->cg[i].hier == h && !cgroup_agrees(m, v, i))
			return false;
	return true;
}

/*
 * Hierarchies that are mounted nowhere
 */

/* M has one hierarchy mounted for a look. */
static bool look_agrees(const struct model *m, struct m_view *v)
{
	int h = m->point[M_LOOK];

	return proc_agrees(m, v) &&
	       (!(m->hier[h].mask & (1U << S_DEBUG)) || tasks_agree(m, v)) &&
	       tree_agrees(m, v, h);
}

/* Mount a hierarchy, compare, and unmount it.  Skipped if it cannot be mounted.  LOOKS counts. */
static bool look_at(const struct model *m, struct m_view *v, int name, unsigned int mask,
		    long *looks)
{
	struct m_act act = { .kind = M_MOUNT, .name = name, .mask = mask, .point = M_LOOK };
	struct m_hier what = { .name = name, .mask = mask };
	static struct model look;
	char options[256], point[16];
	struct m_faults faults;
	bool agrees;
	int ret, h;

	look = *m;
	model_apply(&look, &act, &faults);
	if (faults.nr)
		return true;
	describe(&what, "", options, sizeof(options));
	snprintf(point, sizeof(point), "m%d", M_LOOK);
	ret = cg_mount(options, point);
	if (ret)
		return wrong(v, "mount of %s for a look: %s", options, strerror(-ret));
	agrees = look_agrees(&look, v);
	ret = cg_umount(point);
	/* the next hierarchy with this index has another id */
	h = look.point[M_LOOK];
	if (!m->hier[h].live)
		v->hier_id[h] = 0;
	++*looks;
	return agrees && (!ret || wrong(v, "umount of %s after a look: %s", options,
					strerror(-ret)));
}

/*
 * A hierarchy that is mounted nowhere is compared at once, and then once in a while.  Not if
 * it has no children: it would go with the unmount.  Nor if it has neither a name nor
 * subsystems: it cannot be mounted.
 */
static bool unmounted_agrees(const struct model *m, struct m_view *v, int h)
{
	const struct m_hier *hier = &m->hier[h];
	bool due = v->looked_at[h] != hier->serial + 1 || (v->turn + h) % LOOK_EACH == 0;

	if (!due || !model_has_children(m, hier->root))
		return true;
	v->looked_at[h] = hier->serial + 1;
	/* several hierarchies can have the same stateless subsystems */
	if (hier->name == M_NONE && !(hier->mask & M_STATEFUL_MASK))
		return true;
	return look_at(m, v, hier->name, hier->name == M_NONE ? hier->mask : 0, &v->unmounted);
}

static bool hierarchy_agrees(const struct model *m, struct m_view *v, int h)
{
	if (model_mounted_at(m, h) == M_NONE)
		return unmounted_agrees(m, v, h);
	v->looked_at[h] = 0;
	return tree_agrees(m, v, h);
}

/* While debug is bound nowhere, mount it with what it needs, and compare the csses of tasks. */
static bool alone_agrees(const struct model *m, struct m_view *v)
{
	if (model_home(m, S_DEBUG) != M_NONE || model_free_hier(m) == M_NONE ||
	    v->turn % ALONE_EACH)
		return true;
	return look_at(m, v, M_NONE, (1U << S_DEBUG) | m->needs, &v->alone);
}

/* Compares everything.  view->why has the first difference. */
bool model_agrees(const struct model *m, struct m_view *v)
{
	int i;

	v->why[0] = 0;
	v->turn++;
	if (!proc_agrees(m, v))
		return false;
	for (i = 0; i < M_TASKS; i++)
		if (m->task[i].live &&
		    !lines_agree(m, v, cg_path("/proc/%d/cgroup", v->pid[i]), m->task[i].at))
			return false;
	if (!tasks_agree(m, v))
		return false;
	for (i = 0; i < M_HIERS; i++)
		if (m->hier[i].live && !hierarchy_agrees(m, v, i))
			return false;
	return alone_agrees(m, v);
}
