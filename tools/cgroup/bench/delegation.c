// SPDX-License-Identifier: GPL-2.0
/*
 * What the owner of a subtree can do to others: the attacks of the selftests, one after
 * the other, each as long as its load alone before it.
 *
 * delegation SECONDS [ATTACK...]
 *
 * A figure is a line "ATTACK:KIND/baseline MICROSECONDS" or "ATTACK:KIND/attack ...": the
 * longest operation of that kind.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg_attack.h"
#include "cg_util.h"

static void print_figures(const char *name, const struct cg_times_pair *pair)
{
	int kind;

	for (kind = 0; kind < CG_KINDS; kind++) {
		if (!pair->baseline.count[kind])
			continue;
		printf("%s:%s/baseline %lld\n", name, cg_kind_names[kind],
		       pair->baseline.worst[kind]);
		printf("%s:%s/attack %lld\n", name, cg_kind_names[kind], pair->attack.worst[kind]);
	}
	fflush(stdout);
}

/* One attack, in a process of its own, as a test is. 0, or what makes it no measurement. */
static int measure(const struct cg_attack *attack, int ms)
{
	struct cg_times_pair pair;
	int ret = cg_setup();

	if (ret)
		return ret;
	ret = cg_attack_run(attack, ms, &pair) ?: pair.error;
	cg_others_print(attack->name, &pair);
	if (!ret)
		print_figures(attack->name, &pair);
	return ret ?: cg_teardown();
}

static int measure_apart(const struct cg_attack *attack, int ms)
{
	pid_t pid;
	int ret;

	if (cg_attack_lacks(attack)) {
		printf("# %s: this kernel lacks %s\n", attack->name, cg_attack_lacks(attack));
		return 0;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		ret = measure(attack, ms);
		if (ret)
			printf("# %s: %s\n", attack->name, strerror(ret < 0 ? -ret : ret));
		fflush(stdout);
		_exit(ret != 0);
	}
	return pid < 0 || waitpid(pid, &ret, 0) != pid || ret;
}

static bool is_asked_for(const char *name, int argc, char **argv)
{
	int i;

	for (i = 2; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc <= 2;
}

int main(int argc, char **argv)
{
	int failed = 0, seconds = argc > 1 ? atoi(argv[1]) : 60;
	const struct cg_attack *attack;

	for (attack = cg_attacks; attack->name; attack++)
		if (is_asked_for(attack->name, argc, argv))
			failed |= measure_apart(attack, seconds * 1000);
	return failed;
}
