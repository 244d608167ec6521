// SPDX-License-Identifier: GPL-2.0
/* timeout: 120, alone: yes */
/* cmdline: numa=fake=2 */
/* may-skip: main debug */
/*
 * The owner of a subtree has a process whose mmap_lock nobody gets, see cg_wedge.h, and
 * writes to files whose writer, or what comes of the write, may take that lock.  That
 * holds up the owner alone.
 *
 * What is about memory nodes needs more than one of them, and a kernel that knows them:
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
