// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: a sorted part of a list of process or thread ids.
 *
 * A list of members can be as long as the machine has tasks.  A reader of such a list keeps
 * no copy of it, but a window: some ids that follow each other in the sorted list.  The
 * memory of a window does not depend on the length of the list.
 *
 * A short list fits into an array, which is sorted if the ids did not come in order.  For a
 * long list there is a bitmap, which sorts its ids and drops duplicates by itself.  It covers
 * a range of ids, and the window notes the lowest id above that range.  The next window begins
 * there:
 *
 *	ids of members	  2  5  9 11 | 12 ...... 500000 |     800000 ...
 *				     ^after		^bound  ^beyond
 *				       \____ window ____/
 *
 * So a list takes one walk for each PID_WINDOW_BITS ids that the members are spread over.  As ids
 * are less than PID_MAX_LIMIT, eight windows show any list.
 */
#include <linux/bitmap.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "pid_window.h"

/**
 * cgroup_pid_window_reserve - get memory for a window
 * @win: the window, zeroed before its first use; it loses its ids
 * @nr: how many ids there may be
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cgroup_pid_window_reserve(struct cgroup_pid_window *win, unsigned int nr)
{
	if (win->bits || nr <= win->capacity)
		return 0;
	cgroup_pid_window_free(win);
	if (nr <= PID_WINDOW_IDS) {
		win->ids = kmalloc_array(nr, sizeof(*win->ids), GFP_KERNEL_ACCOUNT);
		win->capacity = win->ids ? nr : 0;
	} else {
		win->bits = kvmalloc_array(BITS_TO_LONGS(PID_WINDOW_BITS), sizeof(*win->bits),
					   GFP_KERNEL_ACCOUNT);
	}
	return win->ids || win->bits ? 0 : -ENOMEM;
}

/**
 * cgroup_pid_window_clear - empty a window
 * @win: the window
 * @after: from now on it has only ids greater than this one, which is not negative
 *
 * Context: any; the caller excludes others.
 */
void cgroup_pid_window_clear(struct cgroup_pid_window *win, pid_t after)
{
	win->after = after;
	win->bound = INT_MAX;
	win->beyond = INT_MAX;
	win->last = 0;
	win->ascending = true;
	win->nr = 0;
	win->pos = 0;
	if (win->bits) {
		win->bound = min_t(s64, after + 1LL + PID_WINDOW_BITS, INT_MAX);
		bitmap_zero(win->bits, PID_WINDOW_BITS);
	}
}

static int pid_cmp(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

/**
 * cgroup_pid_window_settle - bring the ids of a window into order
 * @win: the window, to which all ids have been added
 *
 * Context: any; the caller excludes others.
 */
void cgroup_pid_window_settle(struct cgroup_pid_window *win)
{
	if (win->ids && !win->ascending)
		sort(win->ids, win->nr, sizeof(*win->ids), pid_cmp, NULL);
	win->ascending = true;
}

/**
 * cgroup_pid_window_find - find the lowest id of a window that is not less than another one
 * @win: the window, settled
 * @from: the other one, greater than @win->after
 *
 * This is cheap if @from increases from call to call.
 *
 * Context: any; the caller excludes others.
 * Return: the id; 0 if there is none.
 */
pid_t cgroup_pid_window_find(struct cgroup_pid_window *win, pid_t from)
{
	if (win->bits) {
		unsigned long bit = find_next_bit(win->bits, PID_WINDOW_BITS,
						  from - win->after - 1);

		return bit < PID_WINDOW_BITS ? win->after + 1 + bit : 0;
	}
	if (win->pos && win->ids[win->pos - 1] >= from)
		win->pos = 0;
	while (win->pos < win->nr && win->ids[win->pos] < from)
		win->pos++;
	return win->pos < win->nr ? win->ids[win->pos] : 0;
}

/**
 * cgroup_pid_window_free - free the memory of a window
 * @win: the window, which cgroup_pid_window_reserve() can give memory again
 *
 * Context: any that may free vmalloc memory.
 */
void cgroup_pid_window_free(struct cgroup_pid_window *win)
{
	kfree(win->ids);
	kvfree(win->bits);
	win->ids = NULL;
	win->bits = NULL;
	win->capacity = 0;
}

#ifdef CONFIG_CGROUP_KUNIT_TEST
#include "pid_window_kunit.c"
#endif
