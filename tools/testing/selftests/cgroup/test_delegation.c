// SPDX-License-Identifier: GPL-2.0
/* timeout: 400, alone: yes */
/* may-skip: debug */
/*
 * The owner of a delegated subtree cannot hold up processes outside the subtree.  Whatever the
 * owner writes to its files, and however seldom its tasks run, other processes fork, exit,
 * exec, make groups and move tasks as if the owner did not write.
 *
 * The attacks are in cg_attack.c.  cg_attack_test.h says how they are measured.
 */
#include "cg_test.h"

#include "cg_attack_test.h"

ATTACK(freezer);
ATTACK(freezer_shares);
ATTACK(freezer_nice);
ATTACK(freezer_idle);
ATTACK(freezer_crowd);
ATTACK(attach);
ATTACK(attach_starved);
ATTACK(attach_crowd);
ATTACK(signal);
ATTACK(signal_starved);
ATTACK(inherit);
ATTACK(inherit_free);
ATTACK(mkdir);
ATTACK(mkdir_full);
ATTACK(read);
ATTACK(open);
ATTACK(setattr);
ATTACK(toggle);
ATTACK(look);
ATTACK(self);
ATTACK(files_inherit);
ATTACK(files_move);
ATTACK(container);
ATTACK(bind);
ATTACK(split);

TEST_HARNESS_MAIN
