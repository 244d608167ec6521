/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: what controllers need treated differently. */
#ifndef __CGROUP_RULES_H
#define __CGROUP_RULES_H

#include <linux/cgroup.h>

/**
 * struct cgroup_rules - what the core does differently for one controller
 * @per_source: where tasks come from several csses it is asked and told for each css_set
 * @one_deadline_source: css_sets of several csses cannot give deadline tasks to one at once
 * @told_only: where all tasks of css_sets go it is not asked, and told of one task at a time
 * @late: its attach() is called when no lock of the core is held
 * @charge_dead: its can_attach(), which cannot fail or sleep, counts dead leaders that move
 * @tell_dead: its attach() hears of dead leaders as well
 * @write_by_worker: writes to its files take locks that others wait for under cgroup_mutex
 * @starves: its groups bound the CPU time of their tasks
 * @percpu_ref: its csses are counted by a percpu_ref
 * @ancestors: its csses have css::ancestors
 * @inherit_by_root: SUBSYS.inherit is for CAP_SYS_ADMIN over the whole machine
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
	bool percpu_ref:1;
	bool ancestors:1;
	bool inherit_by_root:1;
	unsigned int root_flags;
};

extern const struct cgroup_rules cgroup_rules[CGROUP_SUBSYS_COUNT];

cgroup_mask_t cgroup_rules_mask(unsigned int root_flag);

#endif	/* __CGROUP_RULES_H */
