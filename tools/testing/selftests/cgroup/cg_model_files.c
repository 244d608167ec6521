// SPDX-License-Identifier: GPL-2.0
/* Learns which files the core and each subsystem have; see cg_model.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cg_model_files.h"
#include "cg_util.h"

struct m_name model_names[NAMES_MAX];
int model_nr_names;

#define M_BUCKETS	2048

static const struct m_name *bucket[M_BUCKETS];

const char * const model_cpuset_files[2] = { "cpuset.cpus", "cpuset.mems" };
char model_cpuset_all[2][64];

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct m_name *)a)->text, ((const struct m_name *)b)->text);
}

/* Slow, used only while the files are being learned. */
static struct m_name *find_name(const char *text)
{
	struct m_name key;

	snprintf(key.text, sizeof(key.text), "%s", text);
	return bsearch(&key, model_names, model_nr_names, sizeof(key), by_text);
}

static unsigned int hash_of(const char *text)
{
	unsigned int hash = 0;

	while (*text)
		hash = hash * 31 + (unsigned char)*text++;
	return (hash ^ (hash >> 12)) % M_BUCKETS;
}

/* Fast, because directories are read all the time. */
const struct m_name *model_look_up(const char *text)
{
	unsigned int at = hash_of(text);

	for (; bucket[at]; at = (at + 1) % M_BUCKETS)
		if (!strcmp(bucket[at]->text, text))
			return bucket[at];
	return NULL;
}

static void fill_buckets(void)
{
	unsigned int at;
	int i;

	for (i = 0; i < model_nr_names; i++) {
		for (at = hash_of(model_names[i].text); bucket[at]; at = (at + 1) % M_BUCKETS)
			;
		bucket[at] = &model_names[i];
	}
}

/* Note a file of OWNER in such a place.  A file that the core has is only checked. */
static int learn_name(const char *text, int owner, int place, int mode)
{
	struct m_name *name = find_name(text);
	int i;

	if (name && name->owner == M_SUBSYS && owner != M_SUBSYS)
		return name->mode[place == AT_ROOT ? AT_ROOT : OWNED] == mode ? 0 : -EPROTO;
	if (name && name->owner != owner)
		return -EEXIST;
	if (!name) {
		if (model_nr_names == NAMES_MAX || strlen(text) >= sizeof(name->text))
			return -ENOSPC;
		name = &model_names[model_nr_names++];
		snprintf(name->text, sizeof(name->text), "%s", text);
		name->owner = owner;
		for (i = 0; i < M_PLACES; i++)
			name->mode[i] = M_NONE;
		name->mode[place] = mode;
		qsort(model_names, model_nr_names, sizeof(model_names[0]), by_text);
		return 0;
	}
	name->mode[place] = mode;
	return 0;
}

static int learn_place(const char *path, int owner, int place)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat st;
	int ret = 0;

	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir))) {
		if (entry->d_type == DT_DIR)
			continue;
		ret = fstatat(dirfd(dir), entry->d_name, &st, 0) ? -errno :
		      learn_name(entry->d_name, owner, place, st.st_mode);
	}
	closedir(dir);
	return ret;
}

/* A cgroup that inherits has one file of the subsystem, SUBSYSTEM.inherit.  No root has it. */
static int check_inherit(int ss)
{
	int i;

	for (i = 0; i < model_nr_names; i++) {
		const struct m_name *name = &model_names[i];
		bool there = name->mode[INHERITED] != M_NONE;
		bool is_it = !strcmp(name->text, cg_path("%s.inherit", m_subsys[ss]));

		if (name->owner != ss)
			continue;
		if (there != is_it)
			return -EPROTO;
		if (is_it && (name->mode[AT_ROOT] != M_NONE ||
			      name->mode[OWNED] != (S_IFREG | 0644)))
			return -EPROTO;
	}
	return find_name(cg_path("%s.inherit", m_subsys[ss])) ? 0 : -EPROTO;
}

static int learn_inherited(int ss)
{
	return cg_put(cg_path("m0/g0/%s.inherit", m_subsys[ss]), "1") ?:
	       learn_place("m0/g0", ss, INHERITED) ?: check_inherit(ss);
}

static int learn_hierarchy(const char *options, int owner, bool inherit)
{
	int ret = cg_mount(options, "m0") ?: cg_mkdir("m0/g0") ?:
		  learn_place("m0", owner, AT_ROOT) ?: learn_place("m0/g0", owner, OWNED) ?:
		  (inherit ? learn_inherited(owner) : 0);

	if (ret)
		fprintf(stderr, "# cannot learn the files of a hierarchy with %s: %s\n", options,
			strerror(-ret));
	return cg_rmdir("m0/g0") ?: cg_umount("m0") ?: ret;
}

static int learn_cpuset(void)
{
	int i, ret = cg_mount("cpuset", "m0");

	for (i = 0; i < 2 && !ret; i++) {
		snprintf(model_cpuset_all[i], sizeof(model_cpuset_all[i]), "%s",
			 cg_text(cg_path("m0/%s", model_cpuset_files[i])));
		if (!model_cpuset_all[i][0])
			ret = -ENODATA;
	}
	return cg_umount("m0") ?: ret;
}

/* Learn the files of the core, and of each subsystem in a hierarchy that carries it alone. */
int model_learn_files(unsigned int has)
{
	int i, ss, ret = learn_hierarchy("none,name=files", M_SUBSYS, false);

	for (ss = 0; ss < M_SUBSYS && !ret; ss++)
		if ((ss != S_SIGNAL || (has & M_HAS_SIGNAL)) && (ss != S_OOM || (has & M_HAS_OOM)))
			ret = learn_hierarchy(m_subsys[ss], ss,
					      ss < M_STATEFUL && (has & M_HAS_INHERIT));
	for (i = 0; i < M_FILES && !ret; i++) {
		const struct m_name *name = find_name(m_files[i].name);

		if (!name || name->owner != m_files[i].ss) {
			fprintf(stderr, "# there is no file %s\n", m_files[i].name);
			ret = -ENOENT;
		}
	}
	fill_buckets();
	return ret ?: learn_cpuset();
}
