/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: what the core does differently for single controllers. */
#ifndef __CGROUP_RULES_H
#define __CGROUP_RULES_H

#include <linux/cgroup.h>

/**
 * struct cgroup_rules - what the core does differently for one controller
 * @per_source: if a migration has several source or destination csses, its can_attach() and
 *	attach() are called once for each source css_set
 * @one_deadline_source: one migration cannot move deadline tasks from several csses to one
 * @told_only: if all tasks of css_sets migrate, its can_attach() and post_attach() are not called,
 *	and its attach() is called for one task at a time
 * @late: its attach() is called without cgroup_mutex; see cgroup_subsys::attach
 * @charge_dead: its can_attach(), which cannot fail or sleep, is also called for dead leaders
 *	that move, to count them
 * @tell_dead: its attach() is also called for dead leaders
 * @write_by_worker: writes to its files take locks that other tasks wait for under cgroup_mutex
 * @starves: its groups limit the CPU time of their tasks
 * @release_refused: its css_released() is also called for a css that its css_online() refused
 * @percpu_ref: references to its csses are counted by a percpu_ref
 * @ancestors: its csses have css::ancestors
 * @inherit_by_root: writing SUBSYS.inherit needs CAP_SYS_ADMIN over the whole machine
 * @root_flags: CGRP_ROOT_* bits of a hierarchy that concern it
 */
struct cgroup_rules {
	bool per_source:1;
	bool one_deadline_source:1;
	bool told_only:1;
	bool late:1;
	bool charge_dead:1;
	bool tell_dead:1;
	bool write_by_worker:1;
	bool starves:1;
	bool release_refused:1;
	bool percpu_ref:1;
	bool ancestors:1;
	bool inherit_by_root:1;
	unsigned int root_flags;
};

extern const struct cgroup_rules cgroup_rules[CGROUP_SUBSYS_COUNT];

cgroup_mask_t cgroup_rules_mask(unsigned int root_flag);

#endif	/* __CGROUP_RULES_H */
