// SPDX-License-Identifier: GPL-2.0
/* timeout: 400, alone: yes */
/* may-skip: debug */
/*
 * The owner of a delegated subtree cannot hold up anybody outside it: whatever it writes
 * to its files, and however seldom it runs, others fork, exit, exec, make groups and move
 * tasks as if it did not write.
 *
 * How it is measured: cg_attack_test.h.  The attacks: cg_attack.c.
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
