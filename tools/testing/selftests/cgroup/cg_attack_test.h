/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The test of an attack: test_delegation*.c has a line "ATTACK(name);" for each.
 *
 * The others are measured first without the attack, then with it.  A busy host delays them
 * now and then.  An attack that works delays them nearly each time.  So the test passes if the
 * first try shows no delay; otherwise it fails if two of three tries show one.
 *
 * CG_SECONDS (scripts/run-tests --seconds) sets the length of each measurement, and selects
 * the strict bound: use it with --lanes 1 on a quiet machine.
 */
#ifndef CG_ATTACK_TEST_H
#define CG_ATTACK_TEST_H

#include "cg_attack.h"
#include "cg_test.h"

#define PHASE_MS	2000
#define TRIES		3
#define HELD_UP		2	/* so many tries with a delay fail the test */

FIXTURE(beyond) { int unused; };

FIXTURE_VARIANT(beyond) {
	const char *attack;
};

#define ATTACK(name) FIXTURE_VARIANT_ADD(beyond, name) { .attack = #name }

FIXTURE_SETUP(beyond)
{
	ASSERT_EQ(0, cg_setup());
}

FIXTURE_TEARDOWN(beyond)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F_TIMEOUT(beyond, does_not_hold_up_others, 3600)
{
	const struct cg_attack *attack = cg_attack_find(variant->attack);
	struct cg_times_pair pair;
	bool wrote = false;
	int try, held_up = 0;

	ASSERT_NE(NULL, attack);
	/* a slow kernel delays everything; CG_SECONDS asks for the measurement all the same */
	if (cg_slow() > 1 && !getenv("CG_SECONDS"))
		SKIP(return, "this kernel is too slow for a measurement");
	if (cg_attack_lacks(attack))
		SKIP(return, "this machine lacks %s", cg_attack_lacks(attack));
	/* until the result is known; a try without a write shows nothing */
	for (try = 0; held_up < HELD_UP && try < TRIES && (!wrote || try <= 2 * held_up); try++) {
		if (try) {
			ASSERT_EQ(0, cg_teardown());
			ASSERT_EQ(0, cg_setup());
		}
		ASSERT_EQ(0, cg_attack_run(attack, cg_phase_ms(PHASE_MS), &pair));
		cg_others_print(attack->name, &pair);
		EXPECT_EQ(0, pair.error);
		wrote |= pair.writes || pair.longest;
		held_up += !cg_others_are_free(&pair);
	}
	EXPECT_TRUE(wrote);
	EXPECT_LT(held_up, HELD_UP);
}

#endif
