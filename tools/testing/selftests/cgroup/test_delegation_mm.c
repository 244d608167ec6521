// SPDX-License-Identifier: GPL-2.0
/* timeout: 120, alone: yes */
/* cmdline: numa=fake=2 */
/* may-skip: main debug */
/*
 * The owner of a subtree has a process whose mmap_lock no other task can take, see cg_wedge.h.
 * It writes to files for which the kernel may take that lock, in the write or later.  This
 * holds up the owner alone.
 *
 * The attacks with memory nodes need two of them, and a kernel with support for NUMA:
 * scripts/build-kernel main+numa && scripts/run-tests --kernel main+numa test_delegation_mm
 */
#include "cg_test.h"

#include "cg_attack_test.h"

ATTACK(mm_charges);
ATTACK(mm_charges_inherit);
ATTACK(mm_net_cls_inherit);
ATTACK(mm_cpuset_inherit);
ATTACK(mm_cpuset_move);
ATTACK(mm_migrate_move);
ATTACK(mm_mems);
ATTACK(mm_migrate_mems);

TEST_HARNESS_MAIN
