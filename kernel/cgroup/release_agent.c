// SPDX-License-Identifier: GPL-2.0
/*
 * notify_on_release: run a program when a cgroup becomes empty.
 *
 * The program is the release_agent of the hierarchy.  It gets the path of the cgroup,
 * and usually removes the cgroup.  If the cgroup is in use again by then, rmdir fails
 * with EBUSY, and the program runs again when the cgroup next becomes empty.
 *
 * The program runs as root with all capabilities in the initial namespaces.  So
 * only a task that has all of this may set the program.  There are two ways to set it:
 * cgroup_release_agent_may_write() checks the opener of the file release_agent, and
 * cgroup_parse_release_agent() in mount.c checks the caller of a mount or remount.
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

/* Protects cgroup_root::release_agent_path, so that a path is read as a whole; a leaf. */
static DEFINE_SPINLOCK(release_agent_lock);

/**
 * cgroup_release_agent_may_write - may the opener of a file set the program?
 * @of: the file release_agent
 *
 * Checks the credentials of the opener and not of the writer: a privileged program may
 * be made to write to a file that an unprivileged task has opened.  The cgroup namespace
 * is that of the opener as well.
 *
 * Context: any.
 * Return: true if the opener may.
 */
bool cgroup_release_agent_may_write(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	return ctx->ns->user_ns == &init_user_ns &&
	       file_ns_capable(of->file, &init_user_ns, CAP_SYS_ADMIN);
}

/**
 * cgroup_release_agent_set - set the program of a hierarchy
 * @root: the hierarchy
 * @path: path of the program; empty for none
 *
 * Context: process; takes release_agent_lock, a plain spinlock.  The caller has checked the
 * permission.
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
 * cgroup_release_agent_show - write a line with the path of the program of a hierarchy
 * @seq: the file
 * @root: the hierarchy
 *
 * Context: process; takes release_agent_lock.
 */
void cgroup_release_agent_show(struct seq_file *seq, struct cgroup_root *root)
{
	guard(spinlock)(&release_agent_lock);
	seq_puts(seq, root->release_agent_path);
	seq_putc(seq, '\n');
}

/**
 * cgroup_release_agent_show_option - write the mount option, if there is a program
 * @seq: the file
 * @root: the hierarchy
 *
 * Context: process; takes release_agent_lock.
 */
void cgroup_release_agent_show_option(struct seq_file *seq, struct cgroup_root *root)
{
	guard(spinlock)(&release_agent_lock);
	if (root->release_agent_path[0])
		seq_show_option(seq, "release_agent", root->release_agent_path);
}

/**
 * cgroup_check_for_release - run the program if a cgroup is empty now
 * @cgrp: a cgroup that has lost a task or a child
 *
 * The caller has recorded the loss.  The last task and the last child may go at the same
 * time, and are counted under different locks.  Each side records its loss before it reads
 * the count of the other side, so at least one of them sees both losses.
 *
 * Context: cgroup_mutex or css_set_lock.
 */
void cgroup_check_for_release(struct cgroup *cgrp)
{
	if (!notify_on_release(cgrp))
		return;

	/* pairs with this same barrier on the CPU that records the other loss */
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

	/* do not wait until the program ends: its exit status is not used */
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
