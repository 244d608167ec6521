/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of cgoomd: the policy, the groups, kills, jobs, and the files they use. */
#ifndef CGOOMD_H
#define CGOOMD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_GROUPS	256
#define MAX_LINE	1024
#define MAX_PATH	1024
#define TEXT_SIZE	65536

enum action { ACT_PASS, ACT_KILL, ACT_RUN };

/* What a watched group does about what waits there. */
enum job { JOB_NONE, JOB_KILL, JOB_COMMAND };

struct group {
	char path[MAX_PATH];	/* below the hierarchy, "." for its root */
	bool has_priority;
	int priority;

	/* of a watched group */
	bool watched;
	int delay;
	int early;		/* -1: left to others */
	enum action on_oom;
	char oom_command[MAX_LINE];
	char early_command[MAX_LINE];

	/* -1 while the group does not exist */
	int dir;
	int events;
	int pending;
	int control;
	bool unread;		/* a read failed: look again soon */
	int fault;		/* why it could not be opened, as logged */

	enum job job;
	struct group *victim;	/* of a kill, NULL when it has been removed */
	pid_t pid;		/* of a command, which may outlive the job and the group */
	long long until;	/* when the job has taken too long, in ms */

	long long early_seen;	/* warnings */
	bool early_due;
	pid_t early_pid;	/* of the command, which may run beside a job */
	long long early_until;
};

/* What is pending at a group, as far as it matters here. */
struct pending {
	int nr;
	bool all_memcg;
	pid_t pid;		/* of the first */
};

/* log.c */

#define LOG_ERR		3
#define LOG_WARNING	4
#define LOG_NOTICE	5
#define LOG_INFO	6

extern bool in_journal;		/* is stderr the journal? */

bool is_journal(void);
const char *shown(const struct group *g);
void say(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
long long now_ms(void);

/* files.c */

extern char text[TEXT_SIZE];	/* what was read last */

int read_fd(int fd);
int read_at(int dir, const char *name);
int write_at(int dir, const char *name, const char *value);
int write_number(int dir, const char *name, int value);
bool is_missing(void);
long long key_value(const char *key);

/* policy.c */

extern struct group groups[MAX_GROUPS];
extern int nr_groups;
extern char hierarchy[MAX_PATH];	/* where it is mounted */

void read_policy(const char *file);

/* groups.c */

extern int top;			/* the hierarchy's root directory */

void close_group(struct group *g);
void look_for_groups(void);
void reset_groups(void);

/* kill.c */

extern char own_group[MAX_PATH];	/* of this program, as last read */

bool group_of(pid_t pid, char *path, size_t size);
bool has_self(const struct group *g);
int kill_group(const struct group *g);
bool find_scope(const struct group *g, const struct pending *p, char *scope, size_t size);
struct group *kill_lowest(const char *scope, const struct group *floor);

/* jobs.c */

void look(struct group *g);
void end_command(pid_t pid, int status);
void end_late_commands(struct group *g);

#endif
