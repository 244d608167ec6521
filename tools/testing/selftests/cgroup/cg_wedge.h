/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process whose mmap_lock is held for as long as its user likes: cg_wedge.c.
 *
 * A thread reads, through /proc/self/mem, from a page of a file on FUSE: that takes the
 * lock for reading, and waits with it for the server, which does not answer.  A second
 * thread waits for the lock to write, and so no more readers get it.  All of it ends with
 * the server.
 */
#ifndef CG_WEDGE_H
#define CG_WEDGE_H

#include <sys/types.h>

int cg_wedge_mount(const char *dir, uid_t uid);
pid_t cg_wedge_serve(int fd);
pid_t cg_wedge_spawn(const char *dir);

#endif
