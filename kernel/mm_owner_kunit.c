// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the owner of an mm.  Included by mm_owner.c.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>

struct test_user {
	struct mm_struct *mm;
	struct completion uses;
	struct completion stop;
};

static int test_use(void *data)
{
	struct test_user *user = data;

	kthread_use_mm(user->mm);
	complete(&user->uses);
	wait_for_completion(&user->stop);
	kthread_unuse_mm(user->mm);
	return 0;
}

/* A kernel thread that uses an mm does not become its owner. */
static void test_kthread_does_not_own(struct kunit *test)
{
	struct test_user user = { .mm = mm_alloc() };
	struct task_struct *kthread;

	KUNIT_ASSERT_NOT_NULL(test, user.mm);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(user.mm->owner), current);
	init_completion(&user.uses);
	init_completion(&user.stop);
	mmget(user.mm);
	kthread = kthread_run(test_use, &user, "mm_owner_kunit");
	if (IS_ERR(kthread)) {
		KUNIT_FAIL(test, "no kernel thread");
		mmput(user.mm);
		mmput(user.mm);
		return;
	}
	get_task_struct(kthread);
	wait_for_completion(&user.uses);

	/* the current task has never used the mm */
	mm_update_next_owner(user.mm);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(user.mm->owner));
	KUNIT_EXPECT_FALSE(test, mm_owner_in_process(user.mm, current));

	complete(&user.stop);
	kthread_stop(kthread);
	put_task_struct(kthread);
	mmput(user.mm);
	mmput(user.mm);
}

static struct kunit_case test_cases[] = {
	KUNIT_CASE(test_kthread_does_not_own),
	{}
};

static struct kunit_suite test_suite = {
	.name = "mm_owner",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
