// SPDX-License-Identifier: GPL-2.0
/*
 * The signal controller: send a signal once to each process of a group, or of a group and
 * all groups below it.
 *
 * It has no state, so it can be in any number of hierarchies at once.
 *
 * No process is missed, and none gets the signal twice, except as said below.  The walk over
 * the groups misses no task (task_walk.c): neither a task that is moved meanwhile nor one that a
 * process forks before it gets the signal.  A process that was handled is recorded in
 * signal_send::sent, under the same siglock under which it was signalled.  A child becomes a
 * member under the siglock of its parent.  If that is before the parent is signalled, the
 * walk meets the child.  If it is after, and the fork began before, the child gets the
 * signal of its parent from the fork, as after kill(2) of a process group.
 * signal_struct::cgroup_signal says so, and the walk does not signal such a child again.  (It
 * holds the id of one write only.  So a child whose parent is signalled by two writes during
 * one fork may get the signal of one of them twice.)  A child whose fork began later has a
 * parent that lives on: it gets the signal if the walk meets it.  A walk that has to start
 * again too often ends (task_walk.c).  So processes that survive the signal, fork and are
 * moved without end can keep children from it.
 *
 * No task waits for the walk.
 *
 * The rule of kill(2) is applied to each process, for the writer and for the opener of the
 * file.  So an opener who may not signal a process gains nothing by passing the open file to
 * a privileged program that writes to it.
 */
#include <linux/cgroup_signal.h>
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/xarray.h>
#include "call.h"
#include "subsys.h"
#include "task_walk.h"
#include "txn.h"

#define S(name)	{ SIG ## name, #name }
static const struct {
	int sig;
	const char *name;
} signal_names[] = {
	S(HUP), S(INT), S(QUIT), S(ILL), S(TRAP), S(ABRT), S(BUS), S(FPE), S(KILL), S(USR1),
	S(SEGV), S(USR2), S(PIPE), S(ALRM), S(TERM), S(STKFLT), S(CHLD), S(CONT), S(STOP),
	S(TSTP), S(TTIN), S(TTOU), S(URG), S(XCPU), S(XFSZ), S(VTALRM), S(PROF), S(WINCH),
	S(IO), S(PWR), S(SYS),
	/* other names that <signal.h> has for some of these */
	S(IOT), S(POLL), { SIGCHLD, "CLD" },
};

#undef S

/* Parse a number, or a name with or without the prefix SIG; -EINVAL if it is neither. */
static int signal_parse(const char *word)
{
	unsigned int i;
	int sig;

	if (!kstrtoint(word, 10, &sig))
		return valid_signal(sig) && *word != '+' && *word != '-' ? sig : -EINVAL;
	if (strstarts(word, "SIG"))
		word += 3;
	for (i = 0; i < ARRAY_SIZE(signal_names); i++)
		if (!strcmp(word, signal_names[i].name))
			return signal_names[i].sig;
	return -EINVAL;
}

/**
 * struct signal_send - a signal on its way to a group
 * @walk: the walk over its tasks
 * @id: id of this write, for signal_struct::cgroup_signal; not 0
 * @sig: the signal; 0 asks only whether it may be sent
 * @opener: credentials of the opener of the file
 * @to_writer: the writer's own process got the signal, and may be ended by it
 * @dying: the writer's process is ending because of that
 * @nr_left: if @dying, how many tasks the walk may still meet
 * @sent: processes that were handled, by their id: one task of each, referenced
 * @nr_sent: how many entries @sent may have
 * @nr_to_prune: drop the entries of dead processes when there are so many entries
 */
struct signal_send {
	struct cgroup_walk walk;
	u64 id;
	int sig;
	const struct cred *opener;
	bool to_writer;
	bool dying;
	unsigned int nr_left;
	struct xarray sent;
	unsigned int nr_sent;
	unsigned int nr_to_prune;
};

/*
 * Was the process of @task handled?  An entry may be of an earlier process with that id, and
 * code that moves tasks may call this while the writer replaces such an entry.  cgroup_signal
 * is set before the process can be found.
 */
static bool signal_is_sent(struct signal_send *send, struct task_struct *task)
{
	struct task_struct *sent;
	unsigned long flags;
	bool ret;

	if (task->signal->cgroup_signal == send->id)
		return true;
	xa_lock_irqsave(&send->sent, flags);
	sent = xa_load(&send->sent, task_tgid_nr(task));
	ret = sent && sent->signal == task->signal;
	xa_unlock_irqrestore(&send->sent, flags);
	return ret;
}

/* The walk need not meet a process that was handled. */
static bool signal_wants(struct cgroup_walk *walk, struct task_struct *task)
{
	return !signal_is_sent(container_of(walk, struct signal_send, walk), task);
}

static void signal_forget(struct signal_send *send)
{
	struct task_struct *task;
	unsigned long id;

	xa_for_each(&send->sent, id, task) {
		put_task_struct(task);
		cond_resched();
	}
	xa_destroy(&send->sent);
}

/* The array shall not grow with processes that have come and gone since the write began. */
#define SIGNAL_PRUNE_MIN	1024

/* Drop the entries of dead processes: if the walk meets them, it finds that they are dead. */
static void signal_prune(struct signal_send *send)
{
	struct task_struct *task;
	unsigned long id;

	send->nr_sent = 0;
	xa_for_each(&send->sent, id, task) {
		if (READ_ONCE(task->signal->nr_threads)) {
			send->nr_sent++;
		} else {
			xa_erase_irq(&send->sent, id);
			put_task_struct(task);
		}
		cond_resched();
	}
	send->nr_to_prune = 2 * send->nr_sent + SIGNAL_PRUNE_MIN;
}

/* Make room for an entry, before anything that must not be separated by an allocation. */
static void signal_reserve(struct signal_send *send, struct task_struct *task)
{
	if (send->nr_sent >= send->nr_to_prune)
		signal_prune(send);
	send->nr_sent++;
	WARN_ON_ONCE(xa_reserve_irq(&send->sent, task_tgid_nr(task), GFP_KERNEL | __GFP_NOFAIL));
}

/* Undo signal_reserve(), unless the entry is of an earlier process with that id. */
static void signal_unreserve(struct signal_send *send, struct task_struct *task)
{
	xa_cmpxchg_irq(&send->sent, task_tgid_nr(task), XA_ZERO_ENTRY, NULL, 0);
	send->nr_sent--;
}

static void signal_init_info(struct kernel_siginfo *info, int sig)
{
	clear_siginfo(info);
	info->si_signo = sig;
	info->si_code = SI_USER;
	info->si_pid = task_tgid_vnr(current);
	info->si_uid = from_kuid_munged(current_user_ns(), current_uid());
}

/*
 * Does it depend on the uids only whether the opener may signal the process of @task?
 * check_kill_permission() permits any signal to the process of the current task, and SIGCONT
 * in its session.  But the current task is the writer.
 */
static bool signal_is_by_cred(struct signal_send *send, struct task_struct *task)
{
	if (send->sig == SIGCONT)
		return !uid_eq(send->opener->uid, current_uid()) ||
		       !uid_eq(send->opener->euid, current_euid());
	return same_thread_group(task, current);
}

/* May the opener signal the process of @task? */
static int signal_opener_may(struct signal_send *send, struct task_struct *task,
			     struct kernel_siginfo *info)
{
	bool by_cred = signal_is_by_cred(send, task);
	const struct cred *writer;
	int ret;

	if (send->opener == current_cred())
		return 0;
	writer = override_creds(send->opener);
	scoped_guard(rcu) {
		if (by_cred && !kill_ok_by_cred(task))
			ret = -EPERM;
		else
			ret = check_kill_permission(send->sig, info, task);
	}
	revert_creds(writer);
	return ret;
}

/*
 * If a process blocks the signal and it is pending already, send_signal_locked() does not give
 * it to the children that are being forked.  This does.  SIGCONT removes stop signals, and a
 * stop signal removes SIGCONT.
 */
static void signal_add_delayed(sigset_t *set, int sig)
{
	if (sig == SIGCONT)
		sigdelsetmask(set, SIG_KERNEL_STOP_MASK);
	else if (sig_kernel_stop(sig))
		sigdelset(set, SIGCONT);
	sigaddset(set, sig);
}

/*
 * Send the signal to the process of @task and to the children that it is forking, and note
 * that these have it.  If the process ignores the signal, its children do not get it.
 */
static int signal_with_children(struct signal_send *send, struct task_struct *task,
				struct kernel_siginfo *info)
{
	struct multiprocess_signals *delayed;
	int ret = send_signal_locked(send->sig, info, task, PIDTYPE_PGID);

	hlist_for_each_entry(delayed, &task->signal->multiprocess, node) {
		if (sigismember(&task->signal->shared_pending.signal, send->sig))
			signal_add_delayed(&delayed->signal, send->sig);
		if (sigismember(&delayed->signal, send->sig))
			delayed->cgroup_signal = send->id;
	}
	return ret;
}

/*
 * Send the signal to the process of @task if that is permitted (@ret is 0), and record in any
 * case that the process was handled.  Return: @ret; -ESRCH if the task is gone by now.
 */
static int signal_process_once(struct signal_send *send, struct task_struct *task,
			       struct kernel_siginfo *info, int ret)
{
	struct task_struct *old;
	unsigned long flags;

	if (!lock_task_sighand(task, &flags)) {
		signal_unreserve(send, task);
		return -ESRCH;
	}
	if (!ret && send->sig)
		ret = signal_with_children(send, task, info);
	/* signal_reserve() has made room: this does not allocate */
	old = xa_store(&send->sent, task_tgid_nr(task), get_task_struct(task), GFP_ATOMIC);
	unlock_task_sighand(task, &flags);
	if (old)
		put_task_struct(old);
	return ret;
}

/* A child is a member before its fork has set up all that a signal needs: wait for the fork. */
static void signal_await_fork(void)
{
	/* a fork holds it for writing until then */
	read_lock(&tasklist_lock);
	read_unlock(&tasklist_lock);
}

/* Signal the process of @task.  Return: 0; -ESRCH if the task is gone by now; or an errno. */
static int signal_process(struct signal_send *send, struct task_struct *task)
{
	struct kernel_siginfo info;
	int ret;

	/* may sleep: before the permission is checked */
	signal_reserve(send, task);
	signal_await_fork();
	signal_init_info(&info, send->sig);
	ret = signal_opener_may(send, task, &info);
	scoped_guard(rcu)
		ret = ret ?: check_kill_permission(send->sig, &info, task);
	ret = signal_process_once(send, task, &info, ret);
	if (same_thread_group(task, current))
		send->to_writer = !ret && send->sig;
	/* a process that lives on may have new children for ever */
	if (ret ? ret != -ESRCH : task->signal->flags & SIGNAL_UNKILLABLE)
		send->walk.ends = false;
	return ret;
}

/*
 * Is the writer's process ending because it got the signal that it sends?  The signal may have
 * ended it, or a handler that called exit().
 */
static bool signal_ends_writer(struct signal_send *send)
{
	unsigned long flags;
	int code;

	if (!send->to_writer || !lock_task_sighand(current, &flags))
		return false;
	code = current->signal->group_exit_code;
	unlock_task_sighand(current, &flags);
	/* the signal, and 0x80 if it dumps core; or the status of an exit() in the second byte */
	return !(code & 0x7f) || (code & 0x7f) == send->sig;
}

/*
 * Must the walk end early?  It ends when the writer is killed, but not by the signal that it
 * sends: that signal must reach all tasks.  A process that is ending already cannot be killed.
 * So if members survive the signal, the walk then meets at most twice as many tasks as there
 * are on the machine: the members may fork for ever.
 */
static bool signal_is_interrupted(struct cgroup_walk *walk)
{
	struct signal_send *send = container_of(walk, struct signal_send, walk);

	if (!fatal_signal_pending(current))
		return false;
	if (!send->dying) {
		if (!signal_ends_writer(send))
			return true;
		send->dying = true;
		send->nr_left = 2 * READ_ONCE(nr_threads);
	}
	if (send->walk.ends)
		return false;
	if (!send->nr_left)
		return true;
	send->nr_left--;
	return false;
}

/* Signal each process of the walk once, when its first thread is met. */
static int signal_processes(struct signal_send *send)
{
	struct task_struct *task;
	int ret = -ESRCH;

	while ((task = cgroup_walk_next(&send->walk))) {
		int err;

		cond_resched();
		if (signal_is_interrupted(&send->walk))
			return -EINTR;
		if (signal_is_sent(send, task))
			continue;
		err = signal_process(send, task);
		if (err == -ESRCH)
			continue;
		/* 0 if one process was signalled, else the last refusal */
		if (ret)
			ret = err;
	}
	return send->walk.err ?: ret;
}

static int signal_group(struct cgroup *cgrp, bool tree, int sig, const struct cred *opener)
{
	static atomic64_t last_id;
	struct signal_send send = {
		.id = atomic64_inc_return(&last_id),
		.walk.wants = signal_wants,
		.walk.is_interrupted = signal_is_interrupted,
		.walk.ends = sig == SIGKILL,
		.nr_to_prune = SIGNAL_PRUNE_MIN,
		.sig = sig,
		.opener = opener,
	};
	int ret;

	xa_init_flags(&send.sent, XA_FLAGS_LOCK_IRQ | XA_FLAGS_ACCOUNT);
	cgroup_walk_begin(&send.walk, &cgrp->self, tree);
	ret = signal_processes(&send);
	cgroup_walk_end(&send.walk);
	signal_forget(&send);
	return ret;
}

/*
 * signal.send, signal.tree
 */

/* Does the group still exist, with this controller bound to its hierarchy? */
static bool signal_is_here(struct cgroup *cgrp)
{
	return !cgroup_is_dead(cgrp) && (READ_ONCE(cgrp->root->subsys_mask) & BIT(signal_cgrp_id));
}

static ssize_t signal_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	struct cgroup *cgrp = of_css(of)->cgroup;
	int sig = signal_parse(strstrip(buf));
	int ret;

	if (sig < 0)
		return cgroup_file_refuse(of, cgrp, sig,
					  "takes a number from 0 to 64 or the name of a signal");

	/* break the active protection, so that an rmdir does not wait for this */
	if (!cgroup_kn_begin(of->kn))
		return -ENODEV;
	ret = signal_is_here(cgrp) ? signal_group(cgrp, of_cft(of)->private, sig,
						  of->file->f_cred) : -ENODEV;
	if (ret == -EPERM)
		cgroup_file_refuse(of, cgrp, ret,
				   "may not signal any process here, by the rights of its writer and its opener");
	cgroup_kn_end(cgrp, of->kn);
	return ret ?: nbytes;
}

static struct cftype signal_files[] = {
	{
		.name = "send",
		.private = false,
		.write = signal_write,
	},
	{
		.name = "tree",
		.private = true,
		.write = signal_write,
	},
	{ }
};

struct cgroup_subsys signal_cgrp_subsys = {
	.legacy_cftypes = signal_files,
};
