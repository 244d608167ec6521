// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: mount, remount and umount.
 *
 * A hierarchy has at most one superblock, which is a user of the hierarchy as long
 * as it exists.  A mount is a user too, from the time it finds the hierarchy until
 * it has the superblock, so that a concurrent umount does not end the hierarchy.
 *
 * Options are parsed and checked here.  What they do is elsewhere: file.c (noprefix),
 * hierarchy.c (clone_children), rules.c (cpuset_v2_mode) and release_agent.c.  xattr and
 * favordynmods are only shown.
 */
#define pr_fmt(fmt) "cgroup: " fmt

#include <linux/ctype.h>
#include <linux/fs_parser.h>
#include <linux/magic.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>
#include "call.h"
#include "css_set.h"
#include "dir.h"
#include "file.h"
#include "hierarchy.h"
#include "release_agent.h"
#include "reshape.h"
#include "rules.h"
#include "subsys.h"
#include "txn.h"
#include <trace/events/cgroup.h>

enum cgroup_param {
	Opt_all,
	Opt_clone_children,
	Opt_cpuset_v2_mode,
	Opt_favordynmods,
	Opt_name,
	Opt_nofavordynmods,
	Opt_none,
	Opt_noprefix,
	Opt_release_agent,
	Opt_xattr,
};

/* All other words are names of subsystems. */
static const struct fs_parameter_spec cgroup_fs_parameters[] = {
	fsparam_flag("all", Opt_all),
	fsparam_flag("clone_children", Opt_clone_children),
	fsparam_flag("cpuset_v2_mode", Opt_cpuset_v2_mode),
	fsparam_flag("favordynmods", Opt_favordynmods),
	fsparam_string("name", Opt_name),
	fsparam_flag("nofavordynmods", Opt_nofavordynmods),
	fsparam_flag("none", Opt_none),
	fsparam_flag("noprefix", Opt_noprefix),
	fsparam_string("release_agent", Opt_release_agent),
	fsparam_flag("xattr", Opt_xattr),
	{ }
};

/* The options that are flags of the hierarchy, as the mount table shows them. */
static const struct {
	unsigned int flag;
	const char *name;
} cgroup_flag_options[] = {
	{ CGRP_ROOT_NOPREFIX, "noprefix" },
	{ CGRP_ROOT_XATTR, "xattr" },
	{ CGRP_ROOT_CPUSET_V2_MODE, "cpuset_v2_mode" },
	{ CGRP_ROOT_FAVOR_DYNMODS, "favordynmods" },
};

/*
 * Options
 */

static int cgroup_parse_subsys(struct fs_context *fc, const char *name)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys(ss, ssid) {
		if (strcmp(name, ss->legacy_name) || !cgroup_ssid_mountable(ssid))
			continue;
		if (!cgroup_ssid_enabled(ssid) || cgroup1_ssid_disabled(ssid))
			return invalfc(fc, "Disabled controller '%s'", name);
		ctx->subsys_mask |= BIT(ssid);
		return 0;
	}
	return invalfc(fc, "Unknown subsys name '%s'", name);
}

static int cgroup_parse_name(struct fs_context *fc, struct fs_parameter *param)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	const char *fault = cgroup_name_fault(param->string, param->size);

	if (cgroup1_named_disabled())
		return errorfc(fc, "named hierarchies are disabled by cgroup_no_v1="), -ENOENT;
	if (!fault && ctx->name)
		fault = "name respecified";
	if (fault)
		return invalfc(fc, "%s", fault);
	ctx->name = no_free_ptr(param->string);
	return 0;
}

static int cgroup_parse_release_agent(struct fs_context *fc, struct fs_parameter *param)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);

	if (ctx->release_agent)
		return invalfc(fc, "release_agent respecified");
	/*
	 * The program will run as root in the initial namespaces.  For a write to the file
	 * release_agent the same rule is cgroup_release_agent_may_write().
	 */
	if (fc->user_ns != &init_user_ns || !capable(CAP_SYS_ADMIN))
		return invalfc(fc, "Setting release_agent not allowed");
	ctx->release_agent = no_free_ptr(param->string);
	return 0;
}

static int cgroup_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	struct fs_parse_result result;
	int opt, ret;

	opt = fs_parse(fc, cgroup_fs_parameters, param, &result);
	if (opt == -ENOPARAM) {
		ret = vfs_parse_fs_param_source(fc, param);
		return ret == -ENOPARAM ? cgroup_parse_subsys(fc, param->key) : ret;
	}
	if (opt < 0)
		return opt;

	switch (opt) {
	case Opt_all:
		ctx->all_ss = true;
		break;
	case Opt_none:
		ctx->none = true;
		break;
	case Opt_clone_children:
		ctx->clone_children = true;
		break;
	case Opt_noprefix:
		ctx->flags |= CGRP_ROOT_NOPREFIX;
		break;
	case Opt_xattr:
		ctx->flags |= CGRP_ROOT_XATTR;
		break;
	case Opt_cpuset_v2_mode:
		ctx->flags |= CGRP_ROOT_CPUSET_V2_MODE;
		break;
	case Opt_favordynmods:
		ctx->flags |= CGRP_ROOT_FAVOR_DYNMODS;
		break;
	case Opt_nofavordynmods:
		ctx->flags &= ~CGRP_ROOT_FAVOR_DYNMODS;
		break;
	case Opt_name:
		return cgroup_parse_name(fc, param);
	case Opt_release_agent:
		return cgroup_parse_release_agent(fc, param);
	}
	return 0;
}

/* Do the options make sense together?  Resolves "all". */
static int cgroup_check_options(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	cgroup_mask_t enabled = 0;
	int ssid;

	for (ssid = 0; ssid < CGROUP_ID_COUNT; ssid++)
		if (cgroup_ssid_enabled(ssid) && !cgroup1_ssid_disabled(ssid) &&
		    cgroup_ssid_mountable(ssid))
			enabled |= BIT(ssid);
	ctx->subsys_mask &= enabled;

	if (ctx->subsys_mask) {
		if (ctx->all_ss)
			return invalfc(fc, "subsys name conflicts with all");
		if (ctx->none)
			return invalfc(fc, "none used incorrectly");
	} else if (ctx->all_ss || (!ctx->none && !ctx->name)) {
		/* "all", or no subsystem, name or "none": take all */
		ctx->subsys_mask = enabled;
		if (ctx->none && enabled)
			return invalfc(fc, "none used incorrectly");
	}
	if (!ctx->subsys_mask && !ctx->name)
		return invalfc(fc, "Need name or subsystem set");
	/* only cpuset, once a file system of its own, may have file names without prefix */
	if ((ctx->flags & CGRP_ROOT_NOPREFIX) &&
	    (ctx->subsys_mask & ~cgroup_rules_mask(CGRP_ROOT_NOPREFIX)))
		return invalfc(fc, "noprefix used incorrectly");
	return 0;
}

/* The options of a hierarchy, for the mount table. */
static int cgroup_show_options(struct seq_file *seq, struct kernfs_root *kf_root)
{
	struct cgroup_root *root = cgroup_root_from_kf(kf_root);
	struct cgroup_subsys *ss;
	int ssid, i;

	for_each_subsys_mask(ss, ssid, READ_ONCE(root->subsys_mask))
		seq_show_option(seq, ss->legacy_name, NULL);
	for (i = 0; i < ARRAY_SIZE(cgroup_flag_options); i++)
		if (root->flags & cgroup_flag_options[i].flag)
			seq_show_option(seq, cgroup_flag_options[i].name, NULL);
	cgroup_release_agent_show_option(seq, root);
	if (test_bit(CGRP_CPUSET_CLONE_CHILDREN, &root->cgrp.flags))
		seq_puts(seq, ",clone_children");
	if (root->name[0])
		seq_show_option(seq, "name", root->name);
	return 0;
}

/* The root of the reader's cgroup namespace in a hierarchy. */
static struct cgroup *current_ns_cgroup(struct cgroup_root *root)
{
	struct cgroup *cgrp = cset_cgroup_from_root(current->nsproxy->cgroup_ns->root_cset, root);

	return cgrp ?: &root->cgrp;
}

/* The root of a mount, for /proc/PID/mountinfo.  Return: 0, -ENOMEM, -ERANGE. */
static int cgroup_show_path(struct seq_file *sf, struct kernfs_node *kf_node,
			    struct kernfs_root *kf_root)
{
	char *buf __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	int len;

	if (!buf)
		return -ENOMEM;
	scoped_guard(spinlock_irq, &css_set_lock)
		len = kernfs_path_from_node(kf_node,
					    current_ns_cgroup(cgroup_root_from_kf(kf_root))->kn,
					    buf, PATH_MAX);
	if (len < 0)
		return len == -E2BIG ? -ERANGE : len;
	seq_escape(sf, buf, " \t\n\\");
	return 0;
}

struct kernfs_syscall_ops cgroup_kf_syscall_ops = {
	.show_options	= cgroup_show_options,
	.mkdir		= cgroup_mkdir,
	.rmdir		= cgroup_rmdir,
	.rename		= cgroup_rename,
	.show_path	= cgroup_show_path,
	.populate	= cgroup_populate,
	.given		= cgroup_file_given,
};

/*
 * Mount
 */

/* The hierarchy that the options describe; NULL if there is none; or an ERR_PTR. */
static struct cgroup_root *cgroup_find_root(struct cgroup_fs_context *ctx)
{
	struct cgroup_root *root;

	for_each_root(root) {
		if (root == &cgrp_dfl_root)
			continue;
		if (ctx->name && strcmp(ctx->name, root->name))
			continue;
		/* a name alone matches whatever the hierarchy of that name carries */
		if ((ctx->subsys_mask || ctx->none) && ctx->subsys_mask != root->subsys_mask) {
			if (ctx->name)
				return ERR_PTR(-EBUSY);
			continue;
		}
		return root;
	}
	return NULL;
}

/* Say why @root (NULL: a new one) cannot carry what the options say. */
static void cgroup_report_refusal(struct cgroup_txn *txn, struct fs_context *fc,
				  struct cgroup_root *root)
{
	cgroup_mask_t mask = cgroup_fc2context(fc)->subsys_mask & CGROUP_STATEFUL_MASK;
	struct cgroup_subsys *ss;
	bool busy = false;
	int ssid;

	for_each_subsys_mask(ss, ssid, mask) {
		if (ss->root == root || ss->root == &cgrp_dfl_root)
			continue;
		busy = true;
		errorfc(fc, "subsystem '%s' is in use in another hierarchy", ss->legacy_name);
	}
	if (!busy && txn->why[0])
		errorfc(fc, "%s", txn->why);
}

/* Find or prepare the hierarchy to mount, and become a user of it. */
static int cgroup_prepare_root(struct cgroup_txn *txn, struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	struct cgroup_root *root = cgroup_find_root(ctx);

	lockdep_assert_held(&cgroup_mutex);

	if (!root) {
		if (!ctx->subsys_mask && !ctx->none)
			return invalfc(fc, "No subsys list or none specified");
		/* a hierarchy affects the whole machine, so a container cannot create one */
		if (ctx->ns != &init_cgroup_ns)
			return errorfc(fc, "no new hierarchy inside a cgroup namespace"), -EPERM;
		root = cgroup_root_create(txn, ctx);
		if (IS_ERR(root))
			cgroup_report_refusal(txn, fc, NULL);
	} else if (!IS_ERR(root)) {
		if (root->flags ^ ctx->flags)
			pr_warn("new mount options do not match the existing superblock, will be ignored\n");
	} else {
		errorfc(fc, "hierarchy '%s' carries other subsystems", ctx->name);
	}
	if (IS_ERR(root))
		return PTR_ERR(root);
	root->nr_users++;
	ctx->root = root;
	return 0;
}

struct mount_call {
	struct cgroup_txn txn;
	struct fs_context *fc;
};

static int cgroup_get_root_locked(void *arg)
{
	struct mount_call *call = arg;
	int ret = cgroup_prepare_root(&call->txn, call->fc);

	if (!ret)
		cgroup_txn_commit(&call->txn);
	return cgroup_txn_conclude(&call->txn, ret);
}

static int cgroup_get_root(struct fs_context *fc)
{
	struct mount_call call = {
		.txn = CGROUP_TXN_INIT(call.txn),
		.fc = fc,
	};
	int ret;

	call.txn.has_text = true;
	ret = cgroup_call_locked(cgroup_get_root_locked, &call);
	cgroup_txn_finish(&call.txn);
	return ret;
}

static int cgroup_put_root_locked(void *arg)
{
	return cgroup_root_put_user(arg);
}

static void cgroup_put_root(struct cgroup_root *root)
{
	if (cgroup_call_locked_always(cgroup_put_root_locked, root))
		cgroup_root_destroy(root);
}

/* Inside a cgroup namespace, a mount shows the root of the namespace. */
static int cgroup_shift_to_ns_root(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	struct super_block *sb = fc->root->d_sb;
	struct dentry *dentry;
	struct cgroup *cgrp;

	if (ctx->ns == &init_cgroup_ns)
		return 0;

	scoped_guard(spinlock_irq, &css_set_lock) {
		cgrp = cset_cgroup_from_root(ctx->ns->root_cset, ctx->root);
		if (!cgrp)
			cgrp = &ctx->root->cgrp;
		cgroup_get(cgrp);
	}
	dentry = kernfs_node_dentry(cgrp->kn, sb);
	cgroup_put(cgrp);

	dput(fc->root);
	if (IS_ERR(dentry)) {
		fc->root = NULL;
		deactivate_locked_super(sb);
		return PTR_ERR(dentry);
	}
	fc->root = dentry;
	return 0;
}

static int cgroup_get_tree(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	int ret;

	/* the VFS has checked this already, for the user namespace that @fc was given */
	if (!ns_capable(ctx->ns->user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	ret = cgroup_check_options(fc) ?: cgroup_get_root(fc);
	if (ret)
		return ret;

	ctx->kfc.root = ctx->root->kf_root;
	ctx->kfc.magic = CGROUP_SUPER_MAGIC;
	ret = kernfs_get_tree(fc);
	if (!ret)
		ret = cgroup_shift_to_ns_root(fc);
	/* a new superblock is the user now, until cgroup_kill_sb() */
	if (!ctx->kfc.new_sb_created)
		cgroup_put_root(ctx->root);
	return ret;
}

static int cgroup_reconfigure_check(struct fs_context *fc, struct cgroup_root *root)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);

	if ((ctx->flags ^ root->flags) || (ctx->name && strcmp(ctx->name, root->name)))
		return errorfc(fc, "option or name mismatch, new: 0x%x \"%s\", old: 0x%x \"%s\"",
			       ctx->flags, ctx->name ?: "", root->flags, root->name), -EINVAL;
	return 0;
}

static int cgroup_reconfigure(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);
	struct cgroup_root *root = cgroup_root_from_kf(kernfs_root_from_sb(fc->root->d_sb));
	bool listed = ctx->subsys_mask || ctx->all_ss || ctx->none;
	DEFINE_CGROUP_TXN(txn);
	int ret;

	txn.has_text = true;
	ret = cgroup_check_options(fc);
	if (ret)
		return ret;

	cgroup_reshape_begin();
	scoped_guard(mutex, &cgroup_mutex) {
		/* options without subsystems do not change those of a hierarchy in use */
		if (!listed && root->cgrp.nr_live_children)
			ctx->subsys_mask = root->subsys_mask;
		ret = cgroup_reconfigure_check(fc, root) ?:
		      cgroup_reshape(&txn, root, ctx->subsys_mask);
		if (ret)
			cgroup_report_refusal(&txn, fc, root);
		if (!ret) {
			if (ctx->release_agent)
				cgroup_release_agent_set(root, ctx->release_agent);
			trace_cgroup_remount(root);
		}
	}
	cgroup_txn_finish(&txn);
	cgroup_reshape_end();
	return ret;
}

static void cgroup_fs_context_free(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = cgroup_fc2context(fc);

	kernfs_free_fs_context(fc);
	put_cgroup_ns(ctx->ns);
	kfree(ctx->release_agent);
	kfree(ctx->name);
	kfree(ctx);
}

static const struct fs_context_operations cgroup_fs_context_ops = {
	.free		= cgroup_fs_context_free,
	.parse_param	= cgroup_parse_param,
	.get_tree	= cgroup_get_tree,
	.reconfigure	= cgroup_reconfigure,
};

static int cgroup_init_fs_context(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->ns = current->nsproxy->cgroup_ns;
	get_cgroup_ns(ctx->ns);
	if (cgroup_favordynmods)
		ctx->flags |= CGRP_ROOT_FAVOR_DYNMODS;

	fc->fs_private = &ctx->kfc;
	fc->ops = &cgroup_fs_context_ops;
	/* a mount needs CAP_SYS_ADMIN in the user namespace that owns the cgroup namespace */
	put_user_ns(fc->user_ns);
	fc->user_ns = get_user_ns(ctx->ns->user_ns);
	fc->global = true;
	return 0;
}

static void cgroup_kill_sb(struct super_block *sb)
{
	struct cgroup_root *root = cgroup_root_from_kf(kernfs_root_from_sb(sb));

	kernfs_kill_sb(sb);
	cgroup_put_root(root);
}

struct file_system_type cgroup_fs_type = {
	.name			= "cgroup",
	.init_fs_context	= cgroup_init_fs_context,
	.parameters		= cgroup_fs_parameters,
	.kill_sb		= cgroup_kill_sb,
	.fs_flags		= FS_USERNS_MOUNT,
};

#ifdef CONFIG_CPUSETS_V1
/* `mount -t cpuset` from before there were cgroups: one subsystem, bare file names. */
static const struct fs_parameter_spec cpuset_fs_parameters[] = {
	fsparam_flag("cpuset_v2_mode", Opt_cpuset_v2_mode),
	{ }
};

static int cpuset_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct fs_parse_result result;
	int opt = fs_parse(fc, cpuset_fs_parameters, param, &result);

	if (opt < 0)
		return opt;
	cgroup_fc2context(fc)->flags |= CGRP_ROOT_CPUSET_V2_MODE;
	return 0;
}

static const struct fs_context_operations cpuset_fs_context_ops = {
	.free		= cgroup_fs_context_free,
	.parse_param	= cpuset_parse_param,
	.get_tree	= cgroup_get_tree,
};

static int cpuset_init_fs_context(struct fs_context *fc)
{
	struct cgroup_fs_context *ctx;
	int ret = cgroup_init_fs_context(fc);

	if (ret)
		return ret;

	ctx = cgroup_fc2context(fc);
	ctx->flags |= CGRP_ROOT_NOPREFIX;
	ctx->subsys_mask = BIT(cpuset_cgrp_id);
	fc->ops = &cpuset_fs_context_ops;

	/* the superblock must be of type cgroup_fs_type */
	get_filesystem(&cgroup_fs_type);
	put_filesystem(fc->fs_type);
	fc->fs_type = &cgroup_fs_type;

	ctx->release_agent = kstrdup("/sbin/cpuset_release_agent", GFP_USER);
	if (ctx->release_agent)
		return 0;
	/* the VFS does not call ->free() if this function fails */
	cgroup_fs_context_free(fc);
	return -ENOMEM;
}

static struct file_system_type cpuset_fs_type = {
	.name			= "cpuset",
	.fs_flags		= FS_USERNS_MOUNT,
	.parameters		= cpuset_fs_parameters,
	.init_fs_context	= cpuset_init_fs_context,
};
#endif

/**
 * cgroup_init_fs - register the file systems
 *
 * Context: boot.
 * Return: 0 or an errno.
 */
int __init cgroup_init_fs(void)
{
	int ret = register_filesystem(&cgroup_fs_type);

#ifdef CONFIG_CPUSETS_V1
	if (!ret)
		ret = register_filesystem(&cpuset_fs_type);
#endif
	return ret;
}
