/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness, adapted to the guest: timeouts are longer where the CPU is
 * emulated or the kernel is slow, and a skipped test says which subsystem is
 * missing.
 *
 * Naming: a test of behaviour that mainline has too is in a fixture named after
 * its subject. A test of behaviour that only this core promises is in a fixture
 * whose name begins with "beyond". So every test outside "beyond" must pass on
 * mainline.
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

/* Tests give their timeout on the main kernel. This runs after all tests have registered. */
static void __attribute__((constructor)) cg_scale_timeouts(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			t->timeout *= cg_slow();
}

/* Does the condition become true within ten seconds (more on a slower kernel)? */
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

/* needs a kernel that was booted with these parameters; the "cmdline:" of the test sets them */
#define CG_NEED_BOOT(words) do { \
	if (!strstr(cg_text("/proc/cmdline"), words)) \
		SKIP(return, "not booted with " words); \
} while (0)

/* a fixture without data; SETUP makes a place of its own, and perhaps more */
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
