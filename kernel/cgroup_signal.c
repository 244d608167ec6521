// SPDX-License-Identifier: GPL-2.0
/*
 * The signal controller: send a signal once to each process of a group, or of a group and
 * all groups below it.
 *
 * It has no state, so it can be in any number of hierarchies at once.
 *
 * No process is missed, and none gets the signal twice.  The walk over the groups misses no
 * task (cgroup_task_walk.c): neither a task that is moved meanwhile nor one that a process
 * forks before it gets the signal.  A process that was handled is recorded in
 * signal_send::sent, under the same siglock under which it was signalled.  A child becomes a
 * member under the siglock of its parent.  If that is before the parent is signalled, the
 * walk meets the child.  If it is after, the child gets the signal of its parent from the
 * fork, as after kill(2) of a process group.
 *
 * No task waits for the walk.
 *
 * The rule of kill(2) is applied to each process, for the writer and for the opener of the
 * file.  So an opener who may not signal a process gains nothing by passing the open file to
 * a privileged program that writes to it.
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/xarray.h>
#include "cgroup_internal.h"

#define S(name)	{ SIG ## name, #name }
static const struct {
	int sig;
	const char *name;
} signal_names[] = {
	S(HUP), S(INT), S(QUIT), S(ILL), S(TRAP), S(ABRT), S(BUS), S(FPE), S(KILL), S(USR1),
	S(SEGV), S(USR2), S(PIPE), S(ALRM), S(TERM), S(STKFLT), S(CHLD), S(CONT), S(STOP),
	S(TSTP), S(TTIN), S(TTOU), S(URG), S(XCPU), S(XFSZ), S(VTALRM), S(PROF), S(WINCH),
	S(IO), S(PWR), S(SYS),
	/* the other names that <signal.h> has for some */
	S(IOT), S(POLL),
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
 * @walk: over its tasks
 * @sig: the signal; 0 asks only whether it may be sent
 * @opener: credentials of the opener of the file
 * @ends_writer: the writer's own process got the signal, and may be ended by it
 * @sent: processes that were handled, by their id: one task of each, referenced
 */
struct signal_send {
	struct cgroup_walk walk;
	int sig;
	const struct cred *opener;
	bool ends_writer;
	struct xarray sent;
};

/* Was the process of @task handled?  An entry may be of an earlier process with that id. */
static bool signal_is_sent(struct signal_send *send, struct task_struct *task)
{
	struct task_struct *sent = xa_load(&send->sent, task_tgid_nr(task));

	return sent && sent->signal == task->signal;
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

	xa_for_each(&send->sent, id, task)
		put_task_struct(task);
	xa_destroy(&send->sent);
}

static void signal_init_info(struct kernel_siginfo *info, int sig)
{
	clear_siginfo(info);
	info->si_signo = sig;
	info->si_code = SI_USER;
	info->si_pid = task_tgid_vnr(current);
	info->si_uid = from_kuid_munged(current_user_ns(), current_uid());
}

/* May the opener signal the process of @task?  Signal 0 only checks the permission. */
static int signal_opener_may(struct signal_send *send, struct task_struct *task)
{
	const struct cred *writer;
	struct kernel_siginfo info;
	int ret;

	if (send->opener == current_cred())
		return 0;
	signal_init_info(&info, 0);
	writer = override_creds(send->opener);
	ret = group_send_sig_info(0, &info, task, PIDTYPE_TGID);
	revert_creds(writer);
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

	/* with a reserved entry xa_store() below does not allocate */
	WARN_ON_ONCE(xa_reserve_irq(&send->sent, task_tgid_nr(task), GFP_KERNEL | __GFP_NOFAIL));
	if (!lock_task_sighand(task, &flags))
		return -ESRCH;
	/* as for a process group, so that a fork under way passes the signal to the child */
	if (!ret && send->sig)
		ret = send_signal_locked(send->sig, info, task, PIDTYPE_PGID);
	old = xa_store(&send->sent, task_tgid_nr(task), get_task_struct(task), GFP_ATOMIC);
	unlock_task_sighand(task, &flags);
	if (old)
		put_task_struct(old);
	return ret;
}

/* Signal the process of @task.  Return: 0; -ESRCH if the task is gone by now; or an errno. */
static int signal_process(struct signal_send *send, struct task_struct *task)
{
	struct kernel_siginfo info;
	int ret = signal_opener_may(send, task);

	signal_init_info(&info, send->sig);
	scoped_guard(rcu)
		ret = ret ?: check_kill_permission(send->sig, &info, task);
	ret = signal_process_once(send, task, &info, ret);
	if (same_thread_group(task, current))
		send->ends_writer = !ret && send->sig;
	return ret;
}

/* Signal each process of the walk once, when its first thread is met. */
static int signal_processes(struct signal_send *send)
{
	struct task_struct *task;
	int ret = -ESRCH;

	while ((task = cgroup_walk_next(&send->walk))) {
		int err;

		cond_resched();
		if (signal_is_sent(send, task))
			continue;
		err = signal_process(send, task);
		if (err == -ESRCH)
			continue;
		/* 0 if one process was signalled, else the last refusal */
		if (ret)
			ret = err;
		/* who kills the writer ends this, but the writer's own signal must reach all */
		if (fatal_signal_pending(current) && !send->ends_writer)
			return -EINTR;
	}
	return send->walk.err ?: ret;
}

static int signal_group(struct cgroup *cgrp, bool tree, int sig, const struct cred *opener)
{
	struct signal_send send = {
		.walk.wants = signal_wants,
		.walk.ends = sig == SIGKILL,
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
	if (!cgroup_tryget(cgrp))
		return -ENODEV;
	kernfs_break_active_protection(of->kn);
	ret = signal_is_here(cgrp) ? signal_group(cgrp, of_cft(of)->private, sig,
						  of->file->f_cred) : -ENODEV;
	kernfs_unbreak_active_protection(of->kn);
	if (ret == -EPERM)
		cgroup_file_refuse(of, cgrp, ret,
				   "may not go to any process here from who opened it or writes");
	cgroup_put(cgrp);
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
