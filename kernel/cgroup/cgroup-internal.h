/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: all that the core has, for the base's controllers and BPF, which ask for it. */
#ifndef __CGROUP_INTERNAL_H
#define __CGROUP_INTERNAL_H

#include "subsys.h"
#include "rules.h"
#include "txn.h"
#include "call.h"
#include "css.h"
#include "rstat.h"
#include "css_set.h"
#include "task_walk.h"
#include "namespace.h"
#include "release_agent.h"
#include "fork.h"
#include "file.h"
#include "dir.h"
#include "migrate.h"
#include "hierarchy.h"
#include "reshape.h"
#include "core_files.h"

#endif	/* __CGROUP_INTERNAL_H */
