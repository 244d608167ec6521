/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness with what the guest needs: an emulated CPU and a debug kernel
 * are slow, and a skipped test says which subsystem it misses.
 *
 * Naming: what mainline also does is in a fixture named for its subject; what
 * only this core promises is in a fixture whose name begins with "beyond".
 * So on the untouched kernel every test outside "beyond" must pass.
 */
#ifndef CG_TEST_H
#define CG_TEST_H

#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg_util.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

/* The time of each test is that on the main kernel. Runs after all have registered. */
static void __attribute__((constructor)) cg_scale_timeouts(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			t->timeout *= cg_slow();
}

/* Does it come true, in ten seconds of the main kernel? */
#define CG_SOON(condition) ({ \
	long long _end = cg_deadline(10000); \
	bool _true; \
	while (!(_true = (condition)) && cg_now_ms() < _end) \
		cg_msleep(2); \
	_true; \
})

#define CG_NEED(name) do { \
	if (!cg_usable(name)) \
		SKIP(return, "subsystem %s is not in this kernel", name); \
} while (0)

/* a kernel booted with these parameters; the test's "cmdline:" asks for them */
#define CG_NEED_BOOT(words) do { \
	if (!strstr(cg_text("/proc/cmdline"), words)) \
		SKIP(return, "not booted with " words); \
} while (0)

/* a fixture with nothing but a place of its own, and what else SETUP makes */
#define CG_FIXTURE(name)	CG_FIXTURE_WITH(name, cg_setup())
#define CG_FIXTURE_WITH(name, setup) \
	FIXTURE(name) { int unused; }; \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, setup); \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		EXPECT_EQ(0, cg_teardown()); \
	}

#endif
