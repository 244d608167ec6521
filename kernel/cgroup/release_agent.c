// SPDX-License-Identifier: GPL-2.0
/*
 * notify_on_release: a program is told when a cgroup becomes empty.
 *
 * The program, release_agent of the hierarchy, gets the path of the cgroup and
 * most often removes it.  That is a race with whoever makes use of the cgroup
 * again, which the program loses: rmdir then says EBUSY, and the cgroup is told
 * of anew when it next becomes empty.
 *
 * The program runs as root with all capabilities in the initial namespaces.  So
 * only who has all that may name it.
 */
#include <linux/capability.h>
#include <linux/kmod.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/umh.h>
#include <linux/user_namespace.h>

#include "file.h"
#include "release_agent.h"
#include "subsys.h"

/* Protects cgroup_root::release_agent_path, so that no half of one is run; a leaf. */
static DEFINE_SPINLOCK(release_agent_lock);

/**
 * cgroup_release_agent_may_write - may who opened a file name the program?
 * @of: the file release_agent
 *
 * Judged by the opener: a privileged program that writes to what it was handed
 * must not act for whoever handed it.  The cgroup namespace is that of the opener
 * as well.
 *
 * Context: any.
 * Return: true if he may.
 */
bool cgroup_release_agent_may_write(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	return ctx->ns->user_ns == &init_user_ns &&
	       file_ns_capable(of->file, &init_user_ns, CAP_SYS_ADMIN);
}

/**
 * cgroup_release_agent_set - name the program of a hierarchy
 * @root: the hierarchy
 * @path: of the program; empty: run none
 *
 * Context: any.  The caller has checked who asks.
 * Return: 0, or -ENAMETOOLONG.
 */
int cgroup_release_agent_set(struct cgroup_root *root, const char *path)
{
	size_t len = strlen(path);

	if (len >= sizeof(root->release_agent_path))
		return -ENAMETOOLONG;

	guard(spinlock)(&release_agent_lock);
	memcpy(root->release_agent_path, path, len + 1);
	return 0;
}

/**
 * cgroup_release_agent_show - write the path of the program of a hierarchy, a line
 * @seq: where to
 * @root: the hierarchy
 *
 * Context: any.
 */
void cgroup_release_agent_show(struct seq_file *seq, struct cgroup_root *root)
{
	guard(spinlock)(&release_agent_lock);
	seq_puts(seq, root->release_agent_path);
	seq_putc(seq, '\n');
}

/**
 * cgroup_release_agent_show_option - write the mount option, if there is a program
 * @seq: where to
 * @root: the hierarchy
 *
 * Context: any.
 */
void cgroup_release_agent_show_option(struct seq_file *seq, struct cgroup_root *root)
{
	guard(spinlock)(&release_agent_lock);
	if (root->release_agent_path[0])
		seq_show_option(seq, "release_agent", root->release_agent_path);
}

/**
 * cgroup_check_for_release - tell the program if a cgroup is empty now
 * @cgrp: a cgroup that has lost a task or a child
 *
 * Called after the loss was noted.  Either loss may be the last one, and they are
 * under different locks: each side notes its own before it looks at the other, so
 * that one of the two sees both.
 *
 * Context: cgroup_mutex or css_set_lock.
 */
void cgroup_check_for_release(struct cgroup *cgrp)
{
	if (!notify_on_release(cgrp))
		return;

	/* pairs with itself on the CPU of the other loss */
	smp_mb();
	if (!cgroup_is_populated(cgrp) && !READ_ONCE(cgrp->nr_live_children) &&
	    !cgroup_is_dead(cgrp))
		schedule_work(&cgrp->release_agent_work);
}

/* Copy the path of @cgrp's program; false if there is none. */
static bool get_agent(struct cgroup *cgrp, char *buf, size_t buflen)
{
	struct cgroup_root *root;

	guard(rcu)();
	root = READ_ONCE(cgrp->root);
	guard(spinlock)(&release_agent_lock);
	strscpy(buf, root->release_agent_path, buflen);
	return buf[0];
}

static void run_agent(char *agent, char *path)
{
	char *argv[3] = { agent, path };
	char *envp[3] = { "HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin" };

	/* not until it ends, and nobody asks how it went */
	call_usermodehelper(agent, argv, envp, UMH_WAIT_EXEC);
}

/**
 * cgroup_release_agent - run the program for a cgroup
 * @work: cgroup::release_agent_work, cancelled before the cgroup is freed
 *
 * Context: work, no lock held; waits until the program has started.
 */
void cgroup_release_agent(struct work_struct *work)
{
	struct cgroup *cgrp = container_of(work, struct cgroup, release_agent_work);
	char *agent = kmalloc(PATH_MAX, GFP_KERNEL);
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);

	if (agent && path && get_agent(cgrp, agent, PATH_MAX) &&
	    cgroup_path_ns(cgrp, path, PATH_MAX, &init_cgroup_ns) >= 0)
		run_agent(agent, path);

	kfree(path);
	kfree(agent);
}
