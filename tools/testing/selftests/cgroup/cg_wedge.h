/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process whose mmap_lock is held for as long as its user likes: cg_wedge.c.
 *
 * A thread reads a page of a FUSE file through /proc/self/mem.  It takes the lock for reading
 * and, while it holds the lock, waits for the server, which does not answer.  A second thread
 * waits for the lock for writing, so no new reader gets it.  Both waits end when the server
 * exits.
 */
#ifndef CG_WEDGE_H
#define CG_WEDGE_H

#include <sys/types.h>

int cg_wedge_mount(const char *dir, uid_t uid);
pid_t cg_wedge_serve(int fd);
pid_t cg_wedge_spawn(const char *dir);

#endif
