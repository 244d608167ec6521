/* SPDX-License-Identifier: GPL-2.0 */
/* The files that cg_model_files.c learns and cg_model_view.c looks up. */
#ifndef CG_MODEL_FILES_H
#define CG_MODEL_FILES_H

#include "cg_model.h"

/* A kind of place for files. */
enum {
	AT_ROOT,
	OWNED,			/* a cgroup that owns a css of the subsystem; core: any cgroup */
	INHERITED,
	M_PLACES
};

/* A file, as it is in a hierarchy that carries the subsystem alone. */
struct m_name {
	char text[64];
	int owner;		/* a subsystem, or M_SUBSYS for the core */
	int mode[M_PLACES];	/* M_NONE: not there */
};

#define NAMES_MAX	512

/* All files, sorted by text. */
extern struct m_name model_names[NAMES_MAX];
extern int model_nr_names;

extern const char * const model_cpuset_files[2];

/* All CPUs and memory nodes of the machine, as these files show them. */
extern char model_cpuset_all[2][64];

const struct m_name *model_look_up(const char *text);

#endif
