/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: the control files of the core, and /proc. */
#ifndef __CGROUP_CORE_FILES_H
#define __CGROUP_CORE_FILES_H

#include <linux/cgroup.h>
#include <linux/kernfs.h>

/*
 * kernel/cgroup/members.c
 */
ssize_t cgroup_procs_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
ssize_t cgroup_tasks_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
void *cgroup_pids_start(struct seq_file *seq, loff_t *pos);
void *cgroup_pids_next(struct seq_file *seq, void *v, loff_t *pos);
int cgroup_pids_show(struct seq_file *seq, void *v);
void cgroup_pids_release(struct kernfs_open_file *of);

enum cgroup_filetype {
	CGROUP_FILE_PROCS,
	CGROUP_FILE_TASKS,
};

/*
 * kernel/cgroup/root_files.c
 */
int cgroup_subsystems_show(struct seq_file *seq, void *v);
ssize_t cgroup_subsystems_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				loff_t off);
ssize_t cgroup_merge_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);
ssize_t cgroup_split_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off);

/*
 * kernel/cgroup/base_files.c
 */
extern struct cftype cgroup_base_files[];

/*
 * kernel/cgroup/procfs.c
 */
int proc_cgroupstats_show(struct seq_file *m, void *v);

#endif	/* __CGROUP_CORE_FILES_H */
