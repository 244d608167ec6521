// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * Mounting: which options make a hierarchy, which show an existing one, which
 * are refused, and what the mount table shows afterwards.
 */
#include "cg_test.h"

#include <sys/xattr.h>

/* ---- each subsystem alone ---- */

FIXTURE(alone) { int unused; };
FIXTURE_VARIANT(alone) { const char *name; };

#define ALONE(ss) FIXTURE_VARIANT_ADD(alone, ss) { .name = #ss }
ALONE(cpuset);
ALONE(cpu);
ALONE(cpuacct);
ALONE(blkio);
ALONE(memory);
ALONE(devices);
ALONE(freezer);
ALONE(net_cls);
ALONE(perf_event);
ALONE(net_prio);
ALONE(hugetlb);
ALONE(pids);
ALONE(rdma);
ALONE(misc);
ALONE(debug);

FIXTURE_SETUP(alone)
{
	ASSERT_EQ(0, cg_setup());
}

FIXTURE_TEARDOWN(alone)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(alone, mounts_and_is_shown)
{
	struct cg_mountinfo info;
	char path[256];

	CG_NEED(variant->name);
	ASSERT_EQ(0, cg_mount(variant->name, "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_STREQ("cgroup", info.type);
	EXPECT_STREQ("/", info.root);
	EXPECT_TRUE(cg_has_word(info.super, variant->name))
		TH_LOG("options are %s", info.super);
	EXPECT_LT(0, cg_hierarchy_of(variant->name));
	ASSERT_EQ(0, cg_proc_path(0, variant->name, path, sizeof(path)));
	EXPECT_STREQ("/", path);
	EXPECT_TRUE(cg_has_pid("h/tasks", getpid()));
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_EQ(0, cg_mount(cg_path("%s,name=other", variant->name), "h2"));
	EXPECT_EQ(0, cg_umount("h2"));
}

TEST_F(alone, has_groups_with_tasks)
{
	char path[256];

	CG_NEED(variant->name);
	ASSERT_EQ(0, cg_mount(cg_path("clone_children,%s", variant->name), "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mkdir("h/a/b"));
	ASSERT_EQ(0, cg_put("h/a/b/cgroup.procs", "0"));
	ASSERT_EQ(0, cg_proc_path(0, variant->name, path, sizeof(path)));
	EXPECT_STREQ("/a/b", path);
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_rmdir("h/a/b"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_put("h/cgroup.procs", "0"));
	EXPECT_EQ(0, cg_rmdir("h/a/b"));
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

/* ---- many at once ---- */

CG_FIXTURE(together);

TEST_F(together, all_mounts_every_subsystem)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	struct cg_mountinfo info;
	int i, n;

	ASSERT_EQ(0, cg_mount("all", "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	n = cg_subsystems(list);
	ASSERT_LT(5, n);
	for (i = 0; i < n; i++) {
		if (!cg_usable(list[i].name))
			continue;
		EXPECT_TRUE(cg_has_word(info.super, list[i].name))
			TH_LOG("%s is missing in %s", list[i].name, info.super);
		EXPECT_EQ(cg_hierarchy_of("cpu"), list[i].hierarchy);
	}
}

TEST_F(together, no_names_mean_all)
{
	struct cg_mountinfo all, none;

	ASSERT_EQ(0, cg_mount("", "h"));
	ASSERT_EQ(0, cg_mount("all", "h2"));
	ASSERT_EQ(0, cg_mountinfo("h", &none));
	ASSERT_EQ(0, cg_mountinfo("h2", &all));
	EXPECT_STREQ(all.super, none.super);
	EXPECT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRUE(cg_exists("h2/a/tasks"));
}

/* Distribute the subsystems to WAYS piles.  OPTS[I] gets the mount options of pile I. */
static void deal(unsigned int *seed, int ways, char opts[][512], int *pile)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int i, n = cg_subsystems(list);

	for (i = 0; i < ways; i++)
		snprintf(opts[i], 512, "clone_children,name=pile%d", i);
	for (i = 0; i < n; i++) {
		pile[i] = -1;
		if (!cg_usable(list[i].name))
			continue;
		pile[i] = rand_r(seed) % ways;
		strcat(opts[pile[i]], ",");
		strcat(opts[pile[i]], list[i].name);
	}
	for (i = 0; i < ways; i++)
		if (strlen(opts[i]) == strlen("clone_children,name=pileN"))
			strcat(opts[i], ",none");
}

TEST_F(together, any_distribution_to_hierarchies)
{
	struct cg_subsys list[CG_MAX_SUBSYS];
	int pile[CG_MAX_SUBSYS], round, ways, i, j, n;
	unsigned int seed = 20081;
	char opts[6][512], path[256];
	pid_t pid;

	for (round = 0; round < 12; round++) {
		/* not the test itself: its charges would stay with the group */
		pid = cg_sleeper(NULL);
		ASSERT_LT(0, pid);
		ways = 2 + round % 5;
		deal(&seed, ways, opts, pile);
		for (i = 0; i < ways; i++) {
			ASSERT_EQ(0, cg_mount_retry(opts[i], cg_path("h%d", i)))
				TH_LOG("round %d: %s", round, opts[i]);
			ASSERT_EQ(0, cg_mkdir(cg_path("h%d/g%d", i, i)));
			ASSERT_EQ(0, cg_put(cg_path("h%d/g%d/tasks", i, i), "%d", pid))
				TH_LOG("round %d: %s", round, opts[i]);
		}
		n = cg_subsystems(list);
		for (i = 0; i < n; i++) {
			if (pile[i] < 0)
				continue;
			for (j = 0; j < i; j++)
				if (pile[j] >= 0)
					EXPECT_EQ(pile[i] == pile[j],
						  list[i].hierarchy == list[j].hierarchy);
			ASSERT_EQ(0, cg_proc_path(pid, list[i].name, path, sizeof(path)));
			EXPECT_STREQ(cg_path("/g%d", pile[i]), path);
		}
		ASSERT_EQ(0, cg_kill(pid));
		for (i = 0; i < ways; i++) {
			ASSERT_EQ(0, cg_rmdir(cg_path("h%d/g%d", i, i)));
			ASSERT_EQ(0, cg_umount(cg_path("h%d", i)));
		}
		cg_sweep();
	}
}

/* ---- which hierarchy a mount shows ---- */

CG_FIXTURE(match);

TEST_F(match, same_set_same_hierarchy)
{
	ASSERT_EQ(0, cg_mount("cpu,cpuacct", "h"));
	ASSERT_EQ(0, cg_mount("cpuacct,cpu", "h2"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_TRUE(cg_exists("h2/a/cpu.shares"));
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_TRUE(cg_exists("h2/a/cpu.shares"));
	EXPECT_EQ(0, cg_rmdir("h2/a"));
}

TEST_F(match, another_set_is_busy)
{
	static const char * const busy[] = {
		"cpu", "cpuacct", "cpu,pids", "cpu,cpuacct,pids", "all", "",
		"cpu,name=x", "cpu,cpuacct,name=x", "pids,cpuacct",
	};
	int i, pids;

	ASSERT_EQ(0, cg_mount("cpu,cpuacct", "h"));
	ASSERT_EQ(0, mkdir("h2", 0755));
	pids = cg_hierarchy_of("pids");
	cg_state_keep();
	for (i = 0; i < ARRAY_SIZE(busy); i++)
		EXPECT_EQ(-EBUSY, cg_mount(busy[i], "h2"))
			TH_LOG("options '%s'", busy[i] ?: "");
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(pids, cg_hierarchy_of("pids"));
	EXPECT_EQ(cg_hierarchy_of("cpu"), cg_hierarchy_of("cpuacct"));
	EXPECT_EQ(0, cg_mount("pids", "h2"));
}

TEST_F(match, a_name_finds_its_hierarchy)
{
	ASSERT_EQ(0, cg_mount("none,name=one", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mount("name=one", "h2"));
	EXPECT_TRUE(cg_exists("h2/a"));
	ASSERT_EQ(0, cg_mount("none,name=one", "h3"));
	EXPECT_TRUE(cg_exists("h3/a"));
	ASSERT_EQ(0, cg_mount("none,name=two", "h4"));
	EXPECT_FALSE(cg_exists("h4/a"));
	ASSERT_EQ(0, mkdir("h5", 0755));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_mount("cpu,name=one", "h5"));
	EXPECT_EQ(-EINVAL, cg_mount("name=three", "h5"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_rmdir("h3/a"));
}

TEST_F(match, name_and_set_must_both_match)
{
	ASSERT_EQ(0, cg_mount("cpu,pids,name=one", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_EQ(0, cg_mount("name=one", "h2"));
	EXPECT_EQ(0, cg_mount("pids,cpu", "h3"));
	EXPECT_EQ(0, cg_mount("pids,cpu,name=one", "h4"));
	EXPECT_TRUE(cg_exists("h2/a") && cg_exists("h3/a") && cg_exists("h4/a"));
	ASSERT_EQ(0, mkdir("h5", 0755));
	cg_state_keep();
	EXPECT_EQ(-EBUSY, cg_mount("none,name=one", "h5"));
	EXPECT_EQ(-EBUSY, cg_mount("cpu,name=one", "h5"));
	EXPECT_EQ(-EBUSY, cg_mount("cpu,pids,name=two", "h5"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_rmdir("h/a"));
}

TEST_F(match, flags_of_a_second_mount_are_ignored)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, cg_mount("cpu", "h"));
	ASSERT_EQ(0, cg_log_mark());
	ASSERT_EQ(0, cg_mount("cpu", "h1"));
	EXPECT_FALSE(cg_logged("new mount options", ""));
	ASSERT_EQ(0, cg_mount("cpu,xattr", "h2"));
	/* the message of mainline does not contain "cgroup: " */
	EXPECT_TRUE(cg_logged("new mount options do not match the existing superblock",
			      ", will be ignored") || cg_is_mainline());
	ASSERT_EQ(0, cg_mountinfo("h2", &info));
	EXPECT_FALSE(cg_has_word(info.super, "xattr"));
}

TEST_F(match, many_named_hierarchies)
{
	char path[256];
	int i;

	for (i = 0; i < 24; i++) {
		ASSERT_EQ(0, cg_mount(cg_path("none,name=n%d", i), cg_path("h%d", i)));
		ASSERT_EQ(0, cg_mkdir(cg_path("h%d/a%d", i, i)));
		ASSERT_EQ(0, cg_put(cg_path("h%d/a%d/tasks", i, i), "0"));
	}
	for (i = 0; i < 24; i++) {
		ASSERT_EQ(0, cg_proc_path(0, cg_path("name=n%d", i), path, sizeof(path)));
		EXPECT_STREQ(cg_path("/a%d", i), path);
	}
}

/* ---- refusals ---- */

FIXTURE(refuse) { int unused; };
FIXTURE_VARIANT(refuse) {
	const char *options;
	int error;
	const char *text;	/* the message */
};

#define N16 "abcdefghijklmnop"
#define REFUSE(label, opts, err, why) \
	FIXTURE_VARIANT_ADD(refuse, label) { .options = opts, .error = err, .text = why }
REFUSE(unknown_subsystem, "nosuch", -EINVAL, "Unknown subsys name 'nosuch'");
REFUSE(unknown_beside_known, "cpu,nosuch", -EINVAL, "Unknown subsys name 'nosuch'");
REFUSE(name_empty, "none,name=", -EINVAL, "Bad value for 'name'");
REFUSE(name_too_long, "none,name=" N16 N16 N16 N16, -EINVAL, "Name too long");
REFUSE(name_with_slash, "none,name=a/b", -EINVAL, "Invalid name");
REFUSE(name_with_blank, "none,name=a b", -EINVAL, "Invalid name");
REFUSE(name_with_colon, "none,name=a:b", -EINVAL, "Invalid name");
REFUSE(name_with_newline, "none,name=a\nb", -EINVAL, "Invalid name");
REFUSE(name_twice, "none,name=a,name=b", -EINVAL, "name respecified");
REFUSE(name_unknown_alone, "name=absent", -EINVAL, "No subsys list or none specified");
REFUSE(none_without_name, "none", -EINVAL, "Need name or subsystem set");
REFUSE(none_with_subsystem, "none,cpu", -EINVAL, "none used incorrectly");
REFUSE(none_with_both, "none,cpu,name=x", -EINVAL, "none used incorrectly");
REFUSE(none_with_all, "none,all,name=x", -EINVAL, "none used incorrectly");
REFUSE(all_with_subsystem, "all,cpu", -EINVAL, "subsys name conflicts with all");
REFUSE(noprefix_with_cpu, "noprefix,cpu", -EINVAL, "noprefix used incorrectly");
REFUSE(noprefix_with_all, "noprefix,all", -EINVAL, "noprefix used incorrectly");
REFUSE(noprefix_with_cpuset_too, "noprefix,cpuset,cpu", -EINVAL, "noprefix used incorrectly");
REFUSE(agent_empty, "cpu,release_agent=", -EINVAL, "Bad value for 'release_agent'");
REFUSE(agent_twice, "cpu,release_agent=/a,release_agent=/b", -EINVAL, "release_agent respecified");
REFUSE(flag_with_value, "cpu,xattr=1", -EINVAL, "Unexpected value for 'xattr'");
REFUSE(name_without_value, "none,name", -EINVAL, "Bad value for 'name'");

FIXTURE_SETUP(refuse)
{
	ASSERT_EQ(0, cg_setup());
}

FIXTURE_TEARDOWN(refuse)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(refuse, changes_nothing)
{
	char before[8192];

	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	snprintf(before, sizeof(before), "%s", cg_text("/proc/cgroups"));
	EXPECT_EQ(variant->error, cg_mount(variant->options, "h"));
	/* the numbers of groups too, which cg_state_kept() does not compare */
	EXPECT_STREQ(before, cg_text("/proc/cgroups"));
	EXPECT_TRUE(cg_state_kept());
	EXPECT_EQ(0, cg_mount("cpu", "h"));
}

TEST_F(refuse, says_why)
{
	EXPECT_TRUE(cg_mount_refused(variant->options, variant->error, variant->text));
}

/* ---- options and what they do ---- */

FIXTURE(option) { int unused; };
FIXTURE_VARIANT(option) {
	const char *need;
	const char *options;
	const char *shown[4];
	const char *hidden;
};

#define LONGEST	N16 N16 N16 "abcdefghijklmno"
#define CLONE	"clone_children"

#define OPTION(label, needs, opts, no, ...) \
	FIXTURE_VARIANT_ADD(option, label) { .need = needs, .options = opts, \
					     .hidden = no, .shown = { __VA_ARGS__ } }
OPTION(plain, "cpu", "cpu", "name=", "cpu");
OPTION(clone_children, "cpu", "cpu,clone_children", "xattr", "cpu", "clone_children");
OPTION(xattr, "cpu", "cpu,xattr", "clone_children", "cpu", "xattr");
OPTION(favordynmods, "cpu", "cpu,favordynmods", "xattr", "cpu", "favordynmods");
OPTION(nofavordynmods, "cpu", "cpu,nofavordynmods", "favordynmods", "cpu");
OPTION(named, "cpu", "none,name=a.b-c_D9", "cpu", "name=a.b-c_D9");
OPTION(longest_name, "cpu", "none,name=" LONGEST, "cpu", "name=" LONGEST);
OPTION(agent, "cpu", "cpu,release_agent=/bin/agent", "name=", "release_agent=/bin/agent");
OPTION(noprefix, "cpuset", "cpuset,noprefix", "xattr", "cpuset", "noprefix");
OPTION(noprefix_named, "cpu", "none,name=x,noprefix", "cpuset", "noprefix", "name=x");
OPTION(cpuset_v2_mode, "cpuset", "cpuset,cpuset_v2_mode", "xattr", "cpuset_v2_mode");
OPTION(many, "pids", "xattr,pids,name=n,clone_children", "cpu", "pids", "xattr", CLONE, "name=n");

FIXTURE_SETUP(option)
{
	ASSERT_EQ(0, cg_setup());
}

FIXTURE_TEARDOWN(option)
{
	EXPECT_EQ(0, cg_teardown());
}

TEST_F(option, is_shown)
{
	struct cg_mountinfo info;
	int i;

	CG_NEED(variant->need);
	ASSERT_EQ(0, cg_mount(variant->options, "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	for (i = 0; i < 4 && variant->shown[i]; i++)
		EXPECT_TRUE(cg_has_word(info.super, variant->shown[i]))
			TH_LOG("no %s in %s", variant->shown[i], info.super);
	EXPECT_EQ(NULL, strstr(info.super, variant->hidden))
		TH_LOG("%s in %s", variant->hidden, info.super);
	/* the same options mount it again */
	ASSERT_EQ(0, cg_umount("h"));
	EXPECT_EQ(0, cg_mount(variant->options, "h"));
}

CG_FIXTURE(effect);

TEST_F(effect, order_in_the_mount_table)
{
	struct cg_mountinfo info;
	const char *at;

	ASSERT_EQ(0, cg_mount("name=n,clone_children,release_agent=/r,xattr,cpuacct,cpu",
			      "h"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	at = strstr(info.super, "cpu,");
	ASSERT_NE(NULL, at);
	EXPECT_STREQ("cpu,cpuacct,xattr,release_agent=/r,clone_children,name=n", at);
}

TEST_F(effect, clone_children)
{
	ASSERT_EQ(0, cg_mount("none,name=c,clone_children", "h"));
	EXPECT_STREQ("1", cg_text("h/cgroup.clone_children"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_STREQ("1", cg_text("h/a/cgroup.clone_children"));
	ASSERT_EQ(0, cg_put("h/cgroup.clone_children", "0"));
	ASSERT_EQ(0, cg_mkdir("h/b"));
	EXPECT_STREQ("0", cg_text("h/b/cgroup.clone_children"));
	ASSERT_EQ(0, cg_mkdir("h/a/x"));
	EXPECT_STREQ("1", cg_text("h/a/x/cgroup.clone_children"));
}

TEST_F(effect, noprefix)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount("cpuset,noprefix", "h"));
	EXPECT_TRUE(cg_exists("h/cpus"));
	EXPECT_TRUE(cg_exists("h/mems"));
	EXPECT_FALSE(cg_exists("h/cpuset.cpus"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_EQ(0, cg_put("h/a/cpus", "0"));
	EXPECT_STREQ("0", cg_text("h/a/cpus"));
}

TEST_F(effect, cpuset_file_system)
{
	struct cg_mountinfo info;

	CG_NEED("cpuset");
	ASSERT_EQ(0, mkdir("h", 0755));
	cg_state_keep();
	EXPECT_EQ(-1, mount("cpuset", "h", "cpuset", 0, "nosuch"));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, mount("cpuset", "h", "cpuset", 0, NULL));
	EXPECT_TRUE(cg_exists("h/cpus"));
	EXPECT_STREQ("/sbin/cpuset_release_agent", cg_text("h/release_agent"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_TRUE(cg_has_word(info.super, "cpuset"));
	EXPECT_TRUE(cg_has_word(info.super, "noprefix"));
	/* both file system types show the same hierarchy */
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, cg_mount("cpuset,noprefix", "h2"));
	EXPECT_TRUE(cg_exists("h2/a/cpus"));
}

TEST_F(effect, cpuset_v2_mode)
{
	CG_NEED("cpuset");
	ASSERT_EQ(0, cg_mount("cpuset", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	cg_state_keep();
	EXPECT_EQ(-ENOSPC, cg_put("h/a/tasks", "0"));
	EXPECT_TRUE(cg_state_kept());
	ASSERT_EQ(0, cg_rmdir("h/a"));
	ASSERT_EQ(0, cg_umount("h"));
	cg_sweep();
	ASSERT_EQ(0, cg_mount_retry("cpuset,cpuset_v2_mode", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	EXPECT_EQ(0, cg_put("h/a/tasks", "0"));
}

TEST_F(effect, xattr)
{
	char value[8] = "";

	ASSERT_EQ(0, cg_mount("none,name=x,xattr", "h"));
	ASSERT_EQ(0, cg_mkdir("h/a"));
	ASSERT_EQ(0, setxattr("h/a", "trusted.t", "one", 3, 0));
	ASSERT_EQ(3, getxattr("h/a", "trusted.t", value, sizeof(value)));
	EXPECT_EQ(0, memcmp(value, "one", 3));
	EXPECT_EQ(0, setxattr("h/a", "user.u", "two", 3, 0));
	EXPECT_EQ(0, setxattr("h/a/tasks", "trusted.t", "file", 4, 0));
}

TEST_F(effect, mount_flags)
{
	struct cg_mountinfo info;

	ASSERT_EQ(0, mkdir("h", 0755));
	ASSERT_EQ(0, mount("c", "h", "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "cpu"));
	ASSERT_EQ(0, cg_mountinfo("h", &info));
	EXPECT_TRUE(cg_has_word(info.options, "nosuid"));
	EXPECT_TRUE(cg_has_word(info.options, "nodev"));
	EXPECT_TRUE(cg_has_word(info.options, "noexec"));
	ASSERT_EQ(0, mkdir("r", 0755));
	ASSERT_EQ(0, mount("c", "r", "cgroup", MS_RDONLY, "none,name=ro"));
	cg_state_keep();
	EXPECT_EQ(-EROFS, cg_mkdir("r/a"));
	EXPECT_EQ(-EROFS, cg_put("r/tasks", "0"));
	EXPECT_TRUE(cg_state_kept());
}

TEST_HARNESS_MAIN
