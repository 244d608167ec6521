// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: inheritance.
 *
 * For each stateful subsystem of its hierarchy, a cgroup either owns a css or inherits the
 * css of the nearest ancestor which owns one.  There is no flag: a cgroup inherits if it
 * owns no css.  Every cgroup except the root has the file SUBSYS.inherit, whether it
 * inherits or not.
 *
 * Subsystems need no code for this.  A subsystem does not see a cgroup that inherits: the
 * tasks of that cgroup count as tasks of the ancestor.
 */
#include <linux/capability.h>
#include "call.h"
#include "css.h"
#include "css_set.h"
#include "file.h"
#include "hierarchy.h"
#include "reshape.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"

static u64 cgroup_inherit_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	guard(rcu)();
	return !cgroup_css(css->cgroup, cft->ss->id);
}

/*
 * Does a cgroup below @cgrp own a css of @ss?  The parent of that css is the css that @cgrp
 * owns or inherits, and css->parent never changes.
 */
static bool inherit_is_pinned(struct cgroup *cgrp, struct cgroup_subsys *ss)
{
	struct cgroup *pos;

	for_each_live_cgroup(pos, cgrp)
		if (cgroup_css(pos, ss->id))
			return true;
	return false;
}

static int inherit_prepare(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			   bool inherit)
{
	return inherit ? cgroup_reshape_remove(txn, cgrp, ss, true) :
			 cgroup_reshape_add(txn, cgrp, ss, true);
}

/* May @cgrp start (@inherit) or stop inheriting? */
static int inherit_check(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			 bool inherit)
{
	cgroup_mask_t owned = cgroup_owned(cgrp);

	if (inherit_is_pinned(cgrp, ss))
		return cgroup_txn_refuse(txn, cgrp, -EBUSY, "a group below owns state of '%s'",
					 ss->legacy_name);
	return cgroup_can_bind(txn, cgrp, inherit ? owned & ~BIT(ss->id) : owned | BIT(ss->id));
}

/**
 * struct inherit_call - a write to SUBSYS.inherit
 * @txn: the transaction
 * @cgrp: the cgroup
 * @ss: the subsystem
 * @inherit: share the css of an ancestor
 * @css: the css that @cgrp gives up, referenced, or NULL
 * @early: the files of the last change are not removed yet: try again later
 */
struct inherit_call {
	struct cgroup_txn txn;
	struct cgroup *cgrp;
	struct cgroup_subsys *ss;
	bool inherit;
	struct cgroup_subsys_state *css;
	bool early;
};

static int inherit_change(struct inherit_call *call)
{
	struct cgroup_subsys *ss = call->ss;
	struct cgroup_txn *txn = &call->txn;
	struct cgroup *cgrp = call->cgrp;
	bool inherit = call->inherit;
	struct cgroup_reslot_change change = {
		.top = cgrp,
		.itself = true,
		.add = inherit ? 0 : BIT(ss->id),
		.remove = inherit ? BIT(ss->id) : 0,
	};
	int ret;

	lockdep_assert_held(&cgroup_mutex);

	if (cgroup_is_dead(cgrp) || ss->root != cgrp->root)
		return -ENODEV;
	if (inherit == !cgroup_css(cgrp, ss->id))
		return 0;
	call->early = cgroup_files_are_leaving(cgrp, ss);
	if (call->early)
		return 0;
	ret = inherit_check(txn, cgrp, ss, inherit);
	if (ret)
		return ret;

	if (inherit) {
		/* drop the reference of an earlier try */
		if (call->css)
			css_put(call->css);
		call->css = cgroup_css(cgrp, ss->id);
		css_get(call->css);
	}
	ret = inherit_prepare(txn, cgrp, ss, inherit) ?:
	      cgroup_reslot_commit_txn(txn, &change);
	return cgroup_txn_conclude(txn, ret);
}

static int inherit_call(void *arg)
{
	return inherit_change(arg);
}

static void inherit_late(void *arg)
{
	struct inherit_call *call = arg;

	cgroup_txn_late(&call->txn);
}

/*
 * First the tasks get other csses, then the files are removed, then the css is killed.  This
 * can take long, and no lock that other tasks need is held meanwhile.  The next change of the
 * same flag waits for the files, and a change of the hierarchy waits for the files and the
 * css.  So a worker does the late part if the writer may get no CPU time.
 */
static int inherit_write(struct cgroup *cgrp, struct cgroup_subsys *ss, bool inherit)
{
	struct inherit_call call = {
		.txn = CGROUP_TXN_INIT(call.txn),
		.cgrp = cgrp,
		.ss = ss,
		.inherit = inherit,
	};
	int ret;

	do {
		cgroup_files_wait_left(cgrp, ss);
		call.early = false;
		ret = cgroup_call_locked_then(inherit_call, &call, &call.txn, inherit_late);
	} while (call.early);
	cgroup_txn_finish(&call.txn);
	if (call.css && !ret)
		css_wait_offline(call.css);
	if (call.css)
		css_put(call.css);
	return ret;
}

/*
 * May the opener of the file decide where the limits of @cgrp come from?  Only below the root
 * of the opener's cgroup namespace: the limits of that root belong to the creator of the
 * namespace.  Only real root may change the rules for devices, whoever owns the files.
 */
static bool inherit_may(struct kernfs_open_file *of, struct cgroup *cgrp)
{
	struct cgroup_file_ctx *ctx = of->priv;
	struct cgroup *top;

	if (cgroup_rules[of_cft(of)->ss->id].inherit_by_root &&
	    !file_ns_capable(of->file, &init_user_ns, CAP_SYS_ADMIN))
		return false;
	if (ctx->ns == &init_cgroup_ns)
		return true;
	guard(spinlock_irq)(&css_set_lock);
	/* if the hierarchy was created later, the namespace begins at its root */
	top = cset_cgroup_from_root(ctx->ns->root_cset, cgrp->root) ?: &cgrp->root->cgrp;
	return top != cgrp && cgroup_is_descendant(cgrp, top);
}

static ssize_t cgroup_inherit_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				    loff_t off)
{
	struct cgroup *cgrp = of_css(of)->cgroup;
	unsigned int inherit;
	int ret;

	if (kstrtouint(strstrip(buf), 0, &inherit) || inherit > 1)
		return cgroup_file_refuse(of, cgrp, -EINVAL, "takes 0 or 1");
	if (!inherit_may(of, cgrp))
		return cgroup_file_refuse(of, cgrp, -EPERM, "may not be changed by its opener");

	/* without active protection, rmdir may release the open file and its reference to @cgrp */
	if (!cgroup_kn_begin(of->kn))
		return -ENODEV;
	ret = inherit_write(cgrp, of_cft(of)->ss, inherit);
	cgroup_kn_end(cgrp, of->kn);
	return ret ?: nbytes;
}

/* One array per stateful subsystem, because a cftype belongs to one subsystem. */
static struct cftype inherit_files[CGROUP_SUBSYS_COUNT][2];

/**
 * cgroup_init_inherit - set up the cftypes of SUBSYS.inherit
 *
 * Context: boot.
 * Return: 0 or -ENOMEM.
 */
int __init cgroup_init_inherit(void)
{
	int ssid, ret;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		struct cftype *cft = &inherit_files[ssid][0];

		strscpy(cft->name, "inherit");
		cft->flags = CFTYPE_NOT_ON_ROOT;
		cft->read_u64 = cgroup_inherit_read;
		cft->write = cgroup_inherit_write;
		ret = cgroup_init_core_cftypes(cgroup_subsys[ssid], cft);
		if (ret)
			return ret;
	}
	return 0;
}
