// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the files `tasks` and `cgroup.procs`.
 *
 * A read shows the ids of members in ascending order.  It shows every task that is a
 * member all the time, however many there are, and whatever other tasks come and go.
 * No copy of the list is kept.  Instead an open file has a window of bounded size: the
 * lowest ids above the last one shown.  One walk over the members fills the window.
 * Nearly all lists fit into one window, and take one walk.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sort.h>
#include "call.h"
#include "core_files.h"
#include "css_set.h"
#include "file.h"
#include "migrate.h"
#include "subsys.h"
#include "task_walk.h"

/* Ids in a window: enough that a long list does not take many walks. */
#define PID_WINDOW_SIZE		8192
#define PID_WINDOW_ROOM		(2 * PID_WINDOW_SIZE)

/**
 * struct cgroup_pid_window - part of a list of ids, ascending
 * @ns: pid namespace of the ids
 * @procs: ids of processes, not of threads
 * @after: the window has only ids greater than this one (0: from the start)
 * @bound: the window has all ids greater than @after and less than this one
 * @nr: ids in @pids
 * @capacity: how many ids @pids has room for
 * @pids: the ids, sorted; while the window is being filled, up to @capacity unsorted ids
 */
struct cgroup_pid_window {
	struct pid_namespace *ns;
	bool procs;
	pid_t after;
	pid_t bound;
	unsigned int nr;
	unsigned int capacity;
	pid_t *pids;
};

static int pid_cmp(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

/* Sort the ids, drop duplicates, and keep the lowest PID_WINDOW_SIZE. */
static void pid_window_settle(struct cgroup_pid_window *win)
{
	unsigned int from, to = 0;

	sort(win->pids, win->nr, sizeof(*win->pids), pid_cmp, NULL);
	for (from = 0; from < win->nr; from++)
		if (!to || win->pids[to - 1] != win->pids[from])
			win->pids[to++] = win->pids[from];
	win->nr = to;
	if (win->nr > PID_WINDOW_SIZE) {
		win->bound = win->pids[PID_WINDOW_SIZE];
		win->nr = PID_WINDOW_SIZE;
	}
}

static void pid_window_add(struct cgroup_pid_window *win, pid_t pid)
{
	/* 0: not in this pid namespace */
	if (!pid || pid <= win->after || pid >= win->bound)
		return;
	if (win->nr == win->capacity)
		pid_window_settle(win);
	if (pid < win->bound)
		win->pids[win->nr++] = pid;
}

/* Make room for all members of @cgrp and at least @least ids, but at most PID_WINDOW_ROOM. */
static int pid_window_reserve(struct cgroup_pid_window *win, struct cgroup *cgrp,
			      unsigned int least)
{
	unsigned int want = max_t(unsigned int, cgroup_task_count(cgrp) + 64, least);
	pid_t *pids;

	want = min(want, PID_WINDOW_ROOM);
	if (want <= win->capacity)
		return 0;
	/* a window that is too small for the list needs room to sort in */
	if (want > PID_WINDOW_SIZE)
		want = PID_WINDOW_ROOM;
	pids = kvmalloc_array(want, sizeof(*pids), GFP_KERNEL);
	if (!pids)
		return -ENOMEM;
	kvfree(win->pids);
	win->pids = pids;
	win->capacity = want;
	return 0;
}

static void pid_window_clear(struct cgroup_pid_window *win)
{
	win->nr = 0;
	win->bound = INT_MAX;
}

/* Walk over the members once.  Return 1, 0 if there was no room for all ids, or an errno. */
static int pid_window_walk(struct cgroup_pid_window *win, struct cgroup *cgrp)
{
	struct cgroup_walk walk = {};
	unsigned int round = 0;
	struct task_struct *task;
	bool complete = true;

	pid_window_clear(win);
	cgroup_walk_begin(&walk, &cgrp->self, false);
	while (complete && (task = cgroup_walk_next(&walk))) {
		/* the walk started again: drop what may be part of a process that has left */
		if (round != walk.nr_rounds)
			pid_window_clear(win);
		round = walk.nr_rounds;
		pid_window_add(win, win->procs ? task_tgid_nr_ns(task, win->ns) :
						 task_pid_nr_ns(task, win->ns));
		complete = win->nr < win->capacity || win->capacity == PID_WINDOW_ROOM;
		cond_resched();
		if (fatal_signal_pending(current))
			walk.err = -EINTR;
	}
	if (round != walk.nr_rounds)
		pid_window_clear(win);
	cgroup_walk_end(&walk);
	pid_window_settle(win);
	return walk.err ?: complete;
}

/*
 * Fill the window with the ids after @win->after.  The walk misses no member, whatever is
 * moved meanwhile.  If members come and go all the time, a walk may meet more members
 * than exist at any one time, so each new walk has twice the room.
 */
static int pid_window_fill(struct cgroup_pid_window *win, struct cgroup *cgrp)
{
	unsigned int least = 0;
	int ret;

	do {
		ret = pid_window_reserve(win, cgrp, least);
		least = 2 * win->capacity;
		if (!ret)
			ret = pid_window_walk(win, cgrp);
	} while (!ret);
	if (ret > 0)
		return 0;
	/* the window may have only a part of the ids: fill it again next time */
	win->nr = 0;
	win->bound = 0;
	return ret;
}

/* The first id in the window that is at least @pid, or NULL. */
static pid_t *pid_window_find(struct cgroup_pid_window *win, pid_t pid)
{
	unsigned int lo = 0, hi = win->nr;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (win->pids[mid] < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < win->nr ? &win->pids[lo] : NULL;
}

static struct cgroup_pid_window *pid_window_alloc(struct pid_namespace *ns, bool procs)
{
	struct cgroup_pid_window *win = kzalloc(sizeof(*win), GFP_KERNEL);

	if (!win)
		return NULL;
	win->ns = get_pid_ns(ns);
	win->procs = procs;
	return win;
}

static void pid_window_free(struct cgroup_pid_window *win)
{
	if (!win)
		return;
	put_pid_ns(win->ns);
	kvfree(win->pids);
	kfree(win);
}

/*
 * The position in the file is the last id shown.  At position 0 the window is filled
 * again, so a reader that rewinds sees the current members.
 */
static pid_t *pid_window_seek(struct cgroup_pid_window *win, struct cgroup *cgrp, loff_t pos)
{
	pid_t *pid;
	int ret;

	if (pos >= INT_MAX)
		return NULL;
	if (pos && pos >= win->after && win->pids) {
		pid = pid_window_find(win, pos + 1);
		if (pid || win->bound == INT_MAX)
			return pid;
	}
	win->after = pos;
	ret = pid_window_fill(win, cgrp);
	return ret ? ERR_PTR(ret) : pid_window_find(win, pos + 1);
}

/**
 * cgroup_pids_start - seq_file start of `tasks` and `cgroup.procs`
 * @seq: the file
 * @pos: the last id shown, 0 at the beginning
 *
 * Context: a read of the file; may sleep.
 * Return: the next id, NULL after the last, or an ERR_PTR.
 */
void *cgroup_pids_start(struct seq_file *seq, loff_t *pos)
{
	struct kernfs_open_file *of = seq->private;
	struct cgroup_file_ctx *ctx = of->priv;
	struct pid_namespace *ns = task_active_pid_ns(current);

	if (ctx->pids && ctx->pids->ns != ns) {
		pid_window_free(ctx->pids);
		ctx->pids = NULL;
	}
	if (!ctx->pids) {
		ctx->pids = pid_window_alloc(ns, seq_cft(seq)->private == CGROUP_FILE_PROCS);
		if (!ctx->pids)
			return ERR_PTR(-ENOMEM);
	}
	return pid_window_seek(ctx->pids, seq_css(seq)->cgroup, *pos);
}

/**
 * cgroup_pids_release - free the window of an open file
 * @of: the file
 *
 * Context: the last close of the file, or its removal while it is open.  No read is under way;
 * a write that has broken its active protection may be, and must not use of->priv.
 */
void cgroup_pids_release(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	pid_window_free(ctx->pids);
}

/**
 * cgroup_pids_next - seq_file next of `tasks` and `cgroup.procs`
 * @seq: the file
 * @v: the id shown last
 * @pos: set to it
 *
 * Context: a read of the file; may sleep.
 * Return: as cgroup_pids_start().
 */
void *cgroup_pids_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct kernfs_open_file *of = seq->private;
	struct cgroup_file_ctx *ctx = of->priv;
	pid_t *pid = v;

	*pos = *pid;
	if (++pid < ctx->pids->pids + ctx->pids->nr)
		return pid;
	return pid_window_seek(ctx->pids, seq_css(seq)->cgroup, *pos);
}

/**
 * cgroup_pids_show - seq_file show of `tasks` and `cgroup.procs`
 * @seq: the file
 * @v: an id
 *
 * Context: a read of the file.
 * Return: 0.
 */
int cgroup_pids_show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "%d\n", *(pid_t *)v);
	return 0;
}

/* May the opener of the file move @task?  The credentials of the writer do not matter. */
static int cgroup_may_attach(struct kernfs_open_file *of, struct task_struct *task)
{
	const struct cred *cred = of->file->f_cred;
	const struct cred *tcred = get_task_cred(task);
	bool may = uid_eq(cred->euid, GLOBAL_ROOT_UID) ||
		   uid_eq(cred->euid, tcred->uid) ||
		   uid_eq(cred->euid, tcred->suid);

	put_cred(tcred);
	return may ? 0 : -EACCES;
}

/* The task whose id was written (0: the writer), referenced; or an ERR_PTR. */
static struct task_struct *cgroup_find_task(char *buf, bool threadgroup)
{
	struct task_struct *task = current;
	pid_t pid;

	if (kstrtoint(strstrip(buf), 0, &pid) || pid < 0)
		return ERR_PTR(-EINVAL);

	guard(rcu)();
	if (pid) {
		task = find_task_by_vpid(pid);
		if (!task)
			return ERR_PTR(-ESRCH);
	}
	if (threadgroup)
		task = task->group_leader;

	/*
	 * kthreads start in the root.  They stay there until they are set up, and
	 * always if user space may not choose their CPUs.
	 */
	if (task->no_cgroup_migration || (task->flags & PF_NO_SETAFFINITY))
		return ERR_PTR(-EINVAL);
	return get_task_struct(task);
}

static ssize_t cgroup_members_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				    bool threadgroup)
{
	struct task_struct *task;
	struct cgroup *cgrp;
	int ret;

	cgrp = cgroup_kn_begin(of->kn);
	if (!cgrp)
		return -ENODEV;
	task = cgroup_is_dead(cgrp) ? ERR_PTR(-ENODEV) : cgroup_find_task(buf, threadgroup);
	ret = PTR_ERR_OR_ZERO(task);
	if (!ret) {
		ret = cgroup_may_attach(of, task) ?: cgroup_attach_task(cgrp, task, threadgroup);
		put_task_struct(task);
	}
	cgroup_kn_end(cgrp, of->kn);
	return ret ?: nbytes;
}

/**
 * cgroup_procs_write - move a process to the cgroup of the file
 * @of: open `cgroup.procs`
 * @buf: id of the process or of one of its threads, 0 for the writer
 * @nbytes: its length
 * @off: unused
 *
 * Context: a write to the file; may sleep.
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_procs_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	return cgroup_members_write(of, buf, nbytes, true);
}

/**
 * cgroup_tasks_write - move a thread to the cgroup of the file
 * @of: open `tasks`
 * @buf: its id, 0 for the writer
 * @nbytes: its length
 * @off: unused
 *
 * Context: a write to the file; may sleep.
 * Return: @nbytes or an errno.
 */
ssize_t cgroup_tasks_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	return cgroup_members_write(of, buf, nbytes, false);
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "members_kunit.c"
#endif
