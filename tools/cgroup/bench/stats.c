// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to read statistics of many cgroups: their control files as text, and with one
 * request as numbers.  Figures are instructions for each cgroup, of the kernel and of the program
 * together.  Both ways end with the numbers in the program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cg_stats.h"
#include "measure.h"

#define DIR		"/mnt/stats"
#define CONTROLLERS	"cpu,cpuacct,memory"
#define ROUNDS		5
#define MAX_STATS	7

/* The statistics that are read together. */
static const struct choice {
	const char *name;
	const char *stats[MAX_STATS + 1];
} choices[] = {
	{ "seven", { "memory.usage_in_bytes", "memory.limit_in_bytes", "memory.failcnt",
		     "memory.stat", "cpuacct.usage", "cpu.shares", "cpu.stat" } },
	{ "three", { "memory.usage_in_bytes", "cpuacct.usage", "cpu.shares" } },
	{ "memory.stat", { "memory.stat" } },
	{ "one", { "memory.usage_in_bytes" } },
	{}
};

static int groups;
static unsigned long long sum;

static const char *group(int i)
{
	return text("%s/top/g%d", DIR, i);
}

static void make_groups(void)
{
	int i;

	mkdir(DIR, 0755);
	if (mount("none", DIR, "cgroup", 0, CONTROLLERS))
		die("mount");
	if (mkdir(DIR "/top", 0755))
		die("mkdir");
	for (i = 0; i < groups; i++)
		if (mkdir(group(i), 0755))
			die("mkdir");
}

static void remove_groups(void)
{
	int i;

	for (i = 0; i < groups; i++)
		if (rmdir(group(i)))
			die("rmdir");
	if (rmdir(DIR "/top") || umount(DIR))
		die("umount");
}

/*
 * As text
 */

/* Take the numbers out of lines, with or without keys. */
static void parse(char *lines)
{
	while (*lines) {
		char *end = lines + strcspn(lines, " \n");

		sum += strtoull(*end == ' ' ? end + 1 : lines, NULL, 10);
		lines = strchrnul(end, '\n');
		lines += *lines == '\n';
	}
}

static void read_text(int dir, const char *file)
{
	char buf[8192];
	int fd = openat(dir, file, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		die(file);
	n = read(fd, buf, sizeof(buf) - 1);
	if (n < 0)
		die(file);
	close(fd);
	buf[n] = 0;
	parse(buf);
}

static void read_texts(const struct choice *choice)
{
	int i, k;

	for (i = 0; i < groups; i++) {
		int dir = open(group(i), O_RDONLY | O_DIRECTORY);

		if (dir < 0)
			die("open");
		for (k = 0; choice->stats[k]; k++)
			read_text(dir, choice->stats[k]);
		close(dir);
	}
}

/*
 * As numbers
 */

static struct cg_stats stats;
static int answers;

static int take_answer(const struct cg_answer *a, void *arg)
{
	int i, nr = a->len / 8;

	for (i = 0; i < nr; i++)
		sum += cg_answer_value(a, i);
	answers++;
	return 0;
}

static void read_numbers(const struct choice *choice)
{
	int dir = open(DIR "/top", O_PATH | O_DIRECTORY), k;
	__u32 ids[MAX_STATS];

	for (k = 0; choice->stats[k]; k++) {
		const struct cg_stat *stat = cg_stats_find(&stats, choice->stats[k]);

		if (!stat)
			die(choice->stats[k]);
		ids[k] = stat->id;
	}
	answers = 0;
	if (cg_stats_read(&stats, &dir, 1, ids, k, true, take_answer, NULL) ||
	    answers != groups + 1)
		die("CGROUPSTATS_CMD_READ");
	close(dir);
}

/* The least of some rounds, after one that makes files and fills caches. */
static void bench(const char *how, const struct choice *choice,
		  void (*all)(const struct choice *choice))
{
	long long min = 0;
	int round;

	all(choice);
	for (round = 0; round < ROUNDS; round++) {
		settle(1);
		start();
		all(choice);
		keep_least(&min, measured(groups));
	}
	report(text("%s-%s", how, choice->name), text("%d", groups), min);
}

int main(int argc, char **argv)
{
	const struct choice *choice;
	bool can_read;
	int i;

	can_read = !cg_stats_open(&stats);
	for (i = 1; i < argc; i++) {
		groups = atoi(argv[i]);
		make_groups();
		for (choice = choices; choice->name; choice++) {
			/* before files exist, and after text has made them */
			if (can_read)
				bench("new", choice, read_numbers);
			bench("text", choice, read_texts);
			if (can_read)
				bench("read", choice, read_numbers);
		}
		remove_groups();
		/* groups go, some grace periods later */
		settle(30);
	}
	printf("# the sum of all is %llu\n", sum);
	return 0;
}
