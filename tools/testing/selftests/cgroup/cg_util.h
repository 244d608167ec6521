/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the cgroup tests: a place of their own for mounts, file access by
 * short relative paths, and children that cannot outlive the test.
 *
 * Every call that may be refused returns 0 (or a count) or a negative errno,
 * so a test can state the refusal that it expects: ASSERT_EQ(-EBUSY, cg_rmdir(p)).
 *
 * Timeouts are in milliseconds on the main kernel. cg_deadline(), and every
 * function here that takes a timeout, waits longer on a slower kernel.
 *
 * cg_setup() leaves the caller in an empty tmpfs, in a mount namespace of its
 * own. All paths below are relative to it.
 */
#ifndef CG_UTIL_H
#define CG_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CG_MAX_SUBSYS	32
#define CG_NAME_LEN	32
#define CG_TEXT_LEN	65536
#define CG_PERF_CPUS	8

/* a row of /proc/cgroups */
struct cg_subsys {
	char name[CG_NAME_LEN];
	int hierarchy;
	int cgroups;
	int enabled;
};

/* perf events for the time on CPU of a group, one for each CPU */
struct cg_perf {
	int fd[CG_PERF_CPUS];
	int nr;
};

/* what cg_eats() takes, and where */
struct cg_eat {
	const char *dir;
	size_t size;
};

/* a row of /proc/self/mountinfo */
struct cg_mountinfo {
	char root[4096];
	char point[4096];
	char options[1024];
	char type[64];
	char super[4096];
};

/* what cg_kill_children() and cg_sweep() leave alone: a child, and a hierarchy by its name */
extern struct cg_spared {
	pid_t pid;
	const char *hierarchy;
} cg_spared;

/* the place of a test: set-up and clean-up */
bool cg_is_mainline(void);
int cg_setup(void);
int cg_setup_two(const char *options);
int cg_setup_nested(const char *options);
int cg_teardown(void);
int cg_sweep(void);
void cg_empty(const char *dir);
void cg_kill_children(void);
void cg_leave(void);
void cg_thaw_below(const char *dir, int levels);
void cg_thaw_all(void);

/* mounts */
int cg_mount(const char *options, const char *dir);
int cg_remount(const char *options, const char *dir);
int cg_mount_retry(const char *options, const char *dir);
int cg_umount(const char *dir);
int cg_mountinfo(const char *dir, struct cg_mountinfo *info);
bool cg_is_listed(const char *list, const char *word, char sep);
bool cg_has_word(const char *list, const char *word);
bool cg_mount_refused(const char *options, int error, const char *text);
bool cg_remount_refused(const char *dir, const char *options, int error, const char *text);

/* subsystems */
int cg_subsystems(struct cg_subsys *list);
bool cg_subsys(const char *name, struct cg_subsys *out);
bool cg_usable(const char *name);
int cg_hierarchy_of(const char *name);
void cg_all_words(char *text, const char *before, const char *after);
long long cg_debug_num(const char *file);

/* cgroups and files */
const char *cg_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int cg_mkdir(const char *path);
int cg_rmdir(const char *path);
bool cg_exists(const char *path);
int cg_read_at(int dir, const char *path, char *buf, size_t size);
int cg_read(const char *path, char *buf, size_t size);
const char *cg_text(const char *path);
long long cg_num(const char *path);
long long cg_key(const char *path, const char *key);
int cg_put(const char *path, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool cg_refused(const char *path, const char *text, int error);
int cg_put_fd(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool cg_wait_text(const char *path, const char *want, int ms);
bool cg_wait_num(const char *path, long long want, int ms);
int cg_watch(const char *path);
bool cg_event(int fd, int ms);

/* members */
int cg_pids(const char *path, pid_t *list, int max);
void cg_sort_pids(pid_t *list, int n);
bool cg_has_pid(const char *path, pid_t pid);
int cg_proc_path(pid_t pid, const char *tag, char *buf, size_t size);
int cg_tids(pid_t pid, pid_t *list, int max);
bool cg_tasks_are_in(pid_t pid, const char *tag, const char *path);
const char *cg_stat(pid_t pid, char *buf, size_t size);
char cg_state(pid_t pid);
bool cg_wait_state(pid_t pid, const char *states, int ms);

/* the visible state: hierarchies, groups, files, and the cgroups of tasks */
void cg_state_watch(pid_t pid);
void cg_state_keep(void);
bool cg_state_kept(void);
bool cg_state_comes_back(void);

/* the kernel's log */
int cg_log_mark(void);
bool cg_logged(const char *what, const char *where);

/* processes */
pid_t cg_spawn(int (*fn)(void *arg), void *arg);
int cg_spawn_wait(int (*fn)(void *arg), void *arg);
int cg_fork_wait(int (*fn)(void *arg), void *arg);
int cg_vfork_wait(int (*fn)(void *arg), void *arg);
int cg_exec_true(void *arg);
__attribute__((noreturn)) void cg_pause(void);
void *cg_pause_thread(void *arg);
pid_t cg_sleeper(const char *dir);
pid_t cg_threads(const char *dir, int extra);
pid_t cg_clone_vm(int (*fn)(void *arg), int flags);
int cg_thread(void *(*fn)(void *arg), void *arg);
void *cg_make_threads(void *arg);
void *cg_make_processes(void *arg);
int cg_live_tree(pid_t *outer, pid_t *inner);
int cg_wait_exit(pid_t pid, int ms);
int cg_kill(pid_t pid);
int cg_run(const char *const argv[], char *out, size_t size);
int cg_as_user(uid_t uid, int (*fn)(void *arg), void *arg);
int cg_drop_caps(void);
int cg_in_userns(uid_t uid, int (*fn)(void *arg), void *arg);

/* charges, their events, counters and CPUs */
int cg_touch(size_t size);
int cg_eats(void *arg);
pid_t cg_eater(const char *dir, size_t size);
int cg_listen(const char *dir, const char *file, const char *args);
long long cg_rings(int fd, int ms);
int cg_perf_open(int cgroup, int cpu);
int cg_perf_group(struct cg_perf *perf, const char *dir);
long long cg_perf_sum(const struct cg_perf *perf);
void cg_perf_close(struct cg_perf *perf);
long long cg_cpu_ms(pid_t pid);
int cg_cpu_online(int cpu, bool online);
int cg_pin(int cpu);
int cg_throttle(const char *group, int us);

/* time */
int cg_slow(void);
long long cg_deadline(int ms);
void cg_msleep(int ms);
long long cg_now_ms(void);
int cg_phase_ms(int by_default);
long long cg_settled(long long (*value)(void *arg), void *arg, int ms);

#endif
