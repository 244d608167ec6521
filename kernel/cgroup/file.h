/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: control files: their kinds, when they are made, and open files. */
#ifndef __CGROUP_FILE_H
#define __CGROUP_FILE_H

#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/srcu.h>

struct cgroup_pid_list;
struct cgroup_txn;

/* Is @cft a file of cgroups, and not of the csses of a subsystem? */
static inline bool cft_is_of_cgroup(const struct cftype *cft)
{
	return !cft->ss || cft->ss->stateless || (cft->flags & __CFTYPE_OF_CGROUP);
}

/*
 * kernel/cgroup/file.c
 */
struct kernfs_node *cgroup_find_file(struct cgroup *cgrp, const struct cftype *cft);
void cgroup_file_given(struct kernfs_node *kn);
int cgroup_add_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts);
void cgroup_rm_cft_array(struct cgroup *cgrp, struct cgroup_subsys_state *css,
			 struct cftype *cfts);
void cgroup_show_cft_array(struct cgroup *cgrp, struct cftype *cfts);
bool cgroup_cft_array_has(struct cgroup *cgrp, struct cftype *cfts, const char *name);
void cgroup_cft_array_initials(struct cgroup *cgrp, struct cftype *cfts, unsigned long *initials);
bool cgroup_cft_array_given(struct cgroup *cgrp, struct cftype *cfts);
int cgroup_copy_dir_owner(struct cgroup *to, struct cgroup *from, struct super_block *sb);
int cgroup_copy_owners(struct cgroup *to, struct cgroup *from, struct cftype *cfts,
		       struct super_block *sb);
void cgroup_files_follow(struct cgroup_subsys_state *css, struct cgroup *cgrp);
void cgroup_file_forget(struct cgroup_subsys_state *css);

/*
 * kernel/cgroup/populate.c
 */
extern struct srcu_struct cgroup_cfts_srcu;

void cgroup_files_set_core(struct cgroup_subsys *ss, struct cftype *cfts);

static inline cgroup_mask_t files_bit(const struct cgroup_subsys *ss)
{
	return ss ? BIT(ss->id) : CGROUP_FILES_CORE;
}

/**
 * cgroup_files_are_pending - is a set of files not made yet?
 * @cgrp: the cgroup
 * @ss: the subsystem; NULL for the set of the core
 *
 * Context: cgroup_mutex.
 */
static inline bool cgroup_files_are_pending(const struct cgroup *cgrp,
					    const struct cgroup_subsys *ss)
{
	lockdep_assert_held(&cgroup_mutex);
	return cgrp->files_pending & files_bit(ss);
}

int cgroup_files_add(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css);
void cgroup_files_show(struct cgroup *cgrp, struct cgroup_subsys *ss);
bool cgroup_files_cancel(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_rm(struct cgroup *cgrp, struct cgroup_subsys *ss,
		     struct cgroup_subsys_state *css);
int cgroup_css_files_add(struct cgroup *cgrp, struct cgroup_subsys_state *css);
void cgroup_css_files_rm(struct cgroup *cgrp, struct cgroup_subsys_state *css);
void cgroup_files_set_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_set_left(struct cgroup *cgrp, struct cgroup_subsys *ss);
bool cgroup_files_are_leaving(struct cgroup *cgrp, struct cgroup_subsys *ss);
void cgroup_files_wait_left(struct cgroup *cgrp, struct cgroup_subsys *ss);
int cgroup_refuse_files(struct cgroup_txn *txn, struct cgroup *cgrp, struct cgroup_subsys *ss,
			int err);
int cgroup_files_copy_owners(struct cgroup *to, struct cgroup *from, struct cgroup_subsys *ss,
			     struct super_block *sb);
int cgroup_files_check(struct cgroup *cgrp, struct cgroup_subsys *ss,
		       struct cgroup_subsys_state *css);
int cgroup_files_settle(struct cgroup *cgrp, const char *name);
int cgroup_populate(struct kernfs_node *kn, const char *name);

/*
 * kernel/cgroup/cftypes.c
 */
int cgroup_init_core_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);
int cgroup_add_common_cftypes(struct cgroup_subsys *ss, struct cftype *cfts);

/*
 * kernel/cgroup/file_ops.c
 */
extern struct kernfs_ops cgroup_single_ops;
extern struct kernfs_ops cgroup_record_ops;

/**
 * struct cgroup_file_ctx - what the core keeps for an open control file
 * @css: whose file it is, referenced; cgroup::self for files of the core
 * @ns: cgroup namespace of the opener, referenced
 * @pids: the list of members that a read shows
 * @peak: see of_peak()
 */
struct cgroup_file_ctx {
	struct cgroup_subsys_state *css;
	struct cgroup_namespace *ns;
	struct cgroup_pid_list *pids;
	struct cgroup_of_peak peak;
};

#endif	/* __CGROUP_FILE_H */
