/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: a sorted part of a list of process or thread ids. */
#ifndef __CGROUP_PID_WINDOW_H
#define __CGROUP_PID_WINDOW_H

#include <linux/bitops.h>
#include <linux/types.h>

/* A window has an array for so many ids, or a bitmap for so many consecutive ids. */
#define PID_WINDOW_IDS		1024
#define PID_WINDOW_BITS		(64 * 1024 * BITS_PER_BYTE)

/**
 * struct cgroup_pid_window - part of a list of ids, which are added in any order
 * @after: the window has only ids greater than this one
 * @bound: the window has all added ids greater than @after and less than this one
 * @beyond: the lowest id added that is not less than @bound; INT_MAX if there is none
 * @last: the id added last
 * @ascending: each id added was greater than the one before it
 * @nr: how many ids @ids has
 * @capacity: how many ids @ids has room for
 * @pos: index in @ids of the id found last
 * @ids: the ids, sorted by cgroup_pid_window_settle(); NULL if there is a bitmap
 * @bits: bit n is set for the id @after + 1 + n; NULL if there is an array
 */
struct cgroup_pid_window {
	pid_t after;
	pid_t bound;
	pid_t beyond;
	pid_t last;
	bool ascending;
	unsigned int nr;
	unsigned int capacity;
	unsigned int pos;
	pid_t *ids;
	unsigned long *bits;
};

/*
 * kernel/cgroup/pid_window.c
 */
int cgroup_pid_window_reserve(struct cgroup_pid_window *win, unsigned int nr);
void cgroup_pid_window_clear(struct cgroup_pid_window *win, pid_t after);
void cgroup_pid_window_settle(struct cgroup_pid_window *win);
pid_t cgroup_pid_window_find(struct cgroup_pid_window *win, pid_t from);
void cgroup_pid_window_free(struct cgroup_pid_window *win);

/**
 * cgroup_pid_window_add - add an id to a window
 * @win: the window
 * @id: the id, which may be there already; 0 is not added
 *
 * Context: any; the caller excludes others.
 * Return: false if there is no room for @id.
 */
static inline bool cgroup_pid_window_add(struct cgroup_pid_window *win, pid_t id)
{
	if (id <= win->after || id == win->last)
		return true;
	if (win->ids) {
		if (win->nr == win->capacity)
			return false;
		win->ids[win->nr++] = id;
		win->ascending &= id > win->last;
	} else if (id < win->bound) {
		__set_bit(id - win->after - 1, win->bits);
	} else {
		win->beyond = min(win->beyond, id);
	}
	win->last = id;
	return true;
}

#endif	/* __CGROUP_PID_WINDOW_H */
