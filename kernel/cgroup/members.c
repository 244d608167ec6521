// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: the files `tasks` and `cgroup.procs`.
 *
 * A read shows the ids of members in ascending order.  It shows every task that is a
 * member all the time, however many there are, and whatever other tasks come and go.
 * No copy of the list is kept.  Instead an open file has a window of bounded size
 * (pid_window.c): ids that follow the last one shown.  One walk over the members fills the
 * window.  Nearly all lists fit into one window, and take one walk.  The position in the file is
 * the last id shown, and position 0 starts again.
 *
 * The walk (task_walk.c) does not miss a member that is moved meanwhile, and does not take
 * cgroup_mutex.  For `cgroup.procs` it visits threads too, and shows their process ids.  So a
 * process whose leader has exited is listed where it has a live thread.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "call.h"
#include "core_files.h"
#include "css_set.h"
#include "file.h"
#include "migrate.h"
#include "pid_window.h"
#include "subsys.h"
#include "task_walk.h"

/**
 * struct cgroup_pid_list - a list of members that an open file shows
 * @ns: pid namespace of the ids, referenced
 * @procs: ids of processes, not of threads
 * @filled: @win has ids
 * @shown: the id shown last
 * @next: the id to be shown next
 * @win: the ids that follow @shown
 */
struct cgroup_pid_list {
	struct pid_namespace *ns;
	bool procs;
	bool filled;
	pid_t shown;
	pid_t next;
	struct cgroup_pid_window win;
};

/*
 * The id of a task, 0 if it has none in the namespace of @list.  A task that was moved may
 * have been released by now.  But its process may live on, in threads that it has forked and
 * that the walk does not meet.
 */
static pid_t pid_list_id(struct cgroup_pid_list *list, struct task_struct *task)
{
	if (unlikely(!pid_alive(task)))
		return list->procs ? task_tgid_nr_ns(task, list->ns) : 0;
	if (likely(list->ns == &init_pid_ns))
		return list->procs ? task->tgid : READ_ONCE(task->pid);
	return list->procs ? task_tgid_nr_ns(task, list->ns) : task_pid_nr_ns(task, list->ns);
}

/* What a walk collects, and whether there was room for it. */
struct pid_list_walk {
	struct cgroup_pid_list *list;
	bool fits;
};

static bool pid_list_visit(void *arg, struct task_struct *task)
{
	struct pid_list_walk *plw = arg;

	plw->fits = cgroup_pid_window_add(&plw->list->win, pid_list_id(plw->list, task));
	return plw->fits;
}

/*
 * Walk over the members once and collect the ids that are greater than @after.  Return 1, 0
 * if there was no room for all of them, or an errno.
 */
static int pid_list_walk(struct cgroup_pid_list *list, struct cgroup *cgrp, pid_t after)
{
	struct pid_list_walk plw = { .list = list, .fits = true };
	struct cgroup_walk walk = {};
	unsigned int round = 0;

	cgroup_pid_window_clear(&list->win, after);
	cgroup_walk_begin(&walk, &cgrp->self, false);
	while (plw.fits && cgroup_walk_visit(&walk, pid_list_visit, &plw)) {
		/* the walk started again: drop what may be part of a process that has left */
		if (round != walk.nr_rounds)
			cgroup_pid_window_clear(&list->win, after);
		round = walk.nr_rounds;
		if (fatal_signal_pending(current))
			walk.err = -EINTR;
	}
	cgroup_walk_end(&walk);
	cgroup_pid_window_settle(&list->win);
	return walk.err ?: plw.fits;
}

/* Fill the window with the ids after @after. */
static int pid_list_fill(struct cgroup_pid_list *list, struct cgroup *cgrp, pid_t after)
{
	unsigned int nr = cgroup_task_count(cgrp) + 64;
	int ret;

	list->filled = false;
	do {
		ret = cgroup_pid_window_reserve(&list->win, nr);
		if (!ret)
			ret = pid_list_walk(list, cgrp, after);
		/* more have come than there was room for: a bitmap has room for all */
		nr = PID_WINDOW_IDS + 1;
	} while (!ret);
	list->filled = ret > 0;
	return ret > 0 ? 0 : ret;
}

static struct cgroup_pid_list *pid_list_alloc(struct pid_namespace *ns, bool procs)
{
	struct cgroup_pid_list *list = kzalloc(sizeof(*list), GFP_KERNEL);

	if (!list)
		return NULL;
	list->ns = get_pid_ns(ns);
	list->procs = procs;
	return list;
}

static void pid_list_free(struct cgroup_pid_list *list)
{
	if (!list)
		return;
	put_pid_ns(list->ns);
	cgroup_pid_window_free(&list->win);
	kfree(list);
}

/* Find the id after @pos in the window.  If it may be beyond the window, return false. */
static bool pid_list_find(struct cgroup_pid_list *list, pid_t pos)
{
	if (!list->filled || pos < list->win.after)
		return false;
	list->next = cgroup_pid_window_find(&list->win, pos + 1);
	return list->next || list->win.beyond == INT_MAX;
}

/*
 * Find the first id after @pos.  The position in the file is the last id shown.  At position 0
 * the window is filled again, so a reader that rewinds sees the current members.
 */
static void *pid_list_seek(struct cgroup_pid_list *list, struct cgroup *cgrp, loff_t pos)
{
	bool rewound = !pos;
	int ret;

	if (pos >= INT_MAX)
		return NULL;
	while (rewound || !pid_list_find(list, pos)) {
		/* no member has an id between the end of this window and @beyond */
		if (!rewound && list->filled && pos >= list->win.after)
			pos = max(pos, list->win.beyond - 1);
		rewound = false;
		ret = pid_list_fill(list, cgrp, pos);
		if (ret)
			return ERR_PTR(ret);
	}
	return list->next ? list : NULL;
}

/**
 * cgroup_pids_start - seq_file start of `tasks` and `cgroup.procs`
 * @seq: the file
 * @pos: the last id shown, 0 at the beginning
 *
 * Context: a read of the file; may sleep.
 * Return: the list, which has an id to show; NULL after the last id, or an ERR_PTR.
 */
void *cgroup_pids_start(struct seq_file *seq, loff_t *pos)
{
	struct kernfs_open_file *of = seq->private;
	struct cgroup_file_ctx *ctx = of->priv;
	struct pid_namespace *ns = task_active_pid_ns(current);

	if (ctx->pids && ctx->pids->ns != ns) {
		pid_list_free(ctx->pids);
		ctx->pids = NULL;
	}
	if (!ctx->pids) {
		ctx->pids = pid_list_alloc(ns, seq_cft(seq)->private == CGROUP_FILE_PROCS);
		if (!ctx->pids)
			return ERR_PTR(-ENOMEM);
	}
	return pid_list_seek(ctx->pids, seq_css(seq)->cgroup, *pos);
}

/**
 * cgroup_pids_release - free the list of an open file
 * @of: the file
 *
 * Context: the last close of the file, or its removal while it is open.  No read is under way;
 * a write that has broken its active protection may be, and must not use of->priv.
 */
void cgroup_pids_release(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	pid_list_free(ctx->pids);
}

/**
 * cgroup_pids_next - seq_file next of `tasks` and `cgroup.procs`
 * @seq: the file
 * @v: the list
 * @pos: set to the id shown last
 *
 * Context: a read of the file; may sleep.
 * Return: as cgroup_pids_start().
 */
void *cgroup_pids_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct cgroup_pid_list *list = v;

	*pos = list->shown;
	return list->next ? list : pid_list_seek(list, seq_css(seq)->cgroup, *pos);
}

/* Room for the text of an id and a newline. */
#define PID_TEXT_MAX	12

/**
 * cgroup_pids_show - seq_file show of `tasks` and `cgroup.procs`
 * @seq: the file
 * @v: the list
 *
 * Shows the ids in the window, as many as the buffer has room for.
 *
 * Context: a read of the file.
 * Return: 0.
 */
int cgroup_pids_show(struct seq_file *seq, void *v)
{
	struct cgroup_pid_list *list = v;
	char *buf;
	size_t room = seq_get_buf(seq, &buf), len = 0;

	while (list->next && room - len >= PID_TEXT_MAX) {
		len += num_to_str(buf + len, room - len, list->next, 0);
		buf[len++] = '\n';
		list->shown = list->next;
		list->next = cgroup_pid_window_find(&list->win, list->shown + 1);
	}
	/* without room for one id, seq_file asks again with more room */
	seq_commit(seq, len ?: -1);
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
