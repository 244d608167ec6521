// SPDX-License-Identifier: GPL-2.0
/*
 * The signal controller: a signal to all processes of a group, or of a group and all
 * below it, just once each.
 *
 * It has no state, so it can be in any number of hierarchies at once.
 *
 * Nobody escapes.  While the signals are sent the gate is closed, so no task becomes a
 * member, and the processes that were noted are all there are.  Who is in the middle
 * of a fork then waits at the gate for his child to become one; such a child gets what
 * its parent gets, as it does from kill(2) of a process group.
 *
 * Each process is judged by the rule of kill(2), for who writes and for who opened the
 * file: a program that is made to write by somebody who may not signal does not do
 * it for him.
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>
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

/* A number, or a name with SIG before it or not; -EINVAL. */
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
 * @cgrp: the group
 * @tree: and all below it
 * @sig: the signal; 0 asks only whether it may be sent
 * @opener: credentials of who opened the file
 * @tasks: members, referenced
 * @nr: how many
 * @room: for how many there is room
 */
struct signal_send {
	struct cgroup *cgrp;
	bool tree;
	int sig;
	const struct cred *opener;
	struct task_struct **tasks;
	unsigned int nr;
	unsigned int room;
};

/* The next group of the walk, the first for NULL; NULL after the last. */
static struct cgroup *signal_next(struct signal_send *send, struct cgroup *pos)
{
	if (!pos)
		return send->cgrp;
	if (!send->tree)
		return NULL;
	return cgroup_next_live(pos, send->cgrp);
}

/* Room for the members, and for some that may come until the gate closes. */
static int signal_reserve(struct signal_send *send)
{
	struct cgroup *cgrp = NULL;
	unsigned int nr = 0;

	while ((cgrp = signal_next(send, cgrp)))
		nr += cgroup_task_count(cgrp);
	nr += nr / 4 + 64;
	if (nr <= send->room)
		return 0;
	kvfree(send->tasks);
	send->room = 0;
	send->tasks = kvmalloc_array(nr, sizeof(*send->tasks), GFP_KERNEL);
	if (!send->tasks)
		return -ENOMEM;
	send->room = nr;
	return 0;
}

static void signal_forget(struct signal_send *send)
{
	while (send->nr)
		put_task_struct(send->tasks[--send->nr]);
}

/* Note the members of one group; false if there is no room. */
static bool signal_gather_group(struct signal_send *send, struct cgroup *cgrp)
{
	struct task_struct *task;
	struct css_task_iter it;
	bool room = true;

	css_task_iter_start(&cgrp->self, 0, &it);
	while (room && (task = css_task_iter_next(&it))) {
		room = send->nr < send->room;
		if (room)
			send->tasks[send->nr++] = get_task_struct(task);
	}
	css_task_iter_end(&it);
	return room;
}

static bool signal_gather(struct signal_send *send)
{
	struct cgroup *cgrp = NULL;

	cgroup_gate_assert_closed();
	while ((cgrp = signal_next(send, cgrp))) {
		if (!signal_gather_group(send, cgrp)) {
			signal_forget(send);
			return false;
		}
	}
	return true;
}

/* Threads of one process together. */
static int signal_cmp(const void *a, const void *b)
{
	const struct task_struct *ta = *(struct task_struct * const *)a;
	const struct task_struct *tb = *(struct task_struct * const *)b;

	return ta->signal < tb->signal ? -1 : ta->signal > tb->signal;
}

static void signal_init_info(struct kernel_siginfo *info, int sig)
{
	clear_siginfo(info);
	info->si_signo = sig;
	info->si_code = SI_USER;
	info->si_pid = task_tgid_vnr(current);
	info->si_uid = from_kuid_munged(current_user_ns(), current_uid());
}

/* May the opener signal the process of @task?  Signal 0 is a question only. */
static int signal_opener_may(struct signal_send *send, struct task_struct *task)
{
	const struct cred *writer;
	struct kernel_siginfo info;
	int ret;

	if (send->opener == current_cred())
		return 0;
	signal_init_info(&info, 0);
	writer = override_creds(send->opener);
	ret = group_send_sig_info(0, &info, task, PIDTYPE_PGID);
	revert_creds(writer);
	return ret;
}

/* To the process of @task: 0; -ESRCH if the task is gone by now; or a refusal. */
static int signal_process(struct signal_send *send, struct task_struct *task)
{
	struct kernel_siginfo info;

	signal_init_info(&info, send->sig);
	/* as one of many, so that a child in the making has it too */
	return signal_opener_may(send, task) ?:
	       group_send_sig_info(send->sig, &info, task, PIDTYPE_PGID);
}

/* To each process that was noted, once: by the first of its threads that is there. */
static int signal_processes(struct signal_send *send)
{
	struct signal_struct *done = NULL;
	int ret = -ESRCH;
	unsigned int i;

	sort(send->tasks, send->nr, sizeof(*send->tasks), signal_cmp, NULL);
	for (i = 0; i < send->nr; i++) {
		int err;

		if (send->tasks[i]->signal == done)
			continue;
		err = signal_process(send, send->tasks[i]);
		if (err == -ESRCH)
			continue;
		done = send->tasks[i]->signal;
		/* one success is one; of refusals the last is as good as any */
		if (ret)
			ret = err;
	}
	return ret;
}

/* Close the gate, note, send. False if more members had come than there was room for. */
static bool signal_try(struct signal_send *send, int *ret)
{
	bool room;

	cgroup_gate_close();
	room = signal_gather(send);
	if (room)
		*ret = signal_processes(send);
	cgroup_gate_open();
	signal_forget(send);
	return room;
}

static int signal_group(struct signal_send *send)
{
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	do {
		ret = signal_reserve(send);
	} while (!ret && !signal_try(send, &ret));
	kvfree(send->tasks);
	return ret;
}

/*
 * signal.send, signal.tree
 */

/* Is the group there still, and this controller bound to its hierarchy? */
static bool signal_is_here(struct cgroup *cgrp)
{
	return !cgroup_is_dead(cgrp) && (cgrp->root->subsys_mask & BIT(signal_cgrp_id));
}

static ssize_t signal_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	struct signal_send send = {
		.cgrp = of_css(of)->cgroup,
		.tree = of_cft(of)->private,
		.sig = signal_parse(strstrip(buf)),
		.opener = of->file->f_cred,
	};
	int ret;

	if (send.sig < 0)
		return cgroup_file_refuse(of, send.cgrp, send.sig,
					  "takes a number from 0 to 64 or the name of a signal");

	/* without active protection a rmdir lets go of the open file */
	if (!cgroup_tryget(send.cgrp))
		return -ENODEV;
	kernfs_break_active_protection(of->kn);
	cgroup_gate_announce();
	scoped_guard(mutex, &cgroup_mutex)
		ret = signal_is_here(send.cgrp) ? signal_group(&send) : -ENODEV;
	cgroup_gate_renounce();
	kernfs_unbreak_active_protection(of->kn);
	if (ret == -EPERM)
		cgroup_file_refuse(of, send.cgrp, ret,
				   "may not go to any process here from who opened it or writes");
	cgroup_put(send.cgrp);
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
