/* SPDX-License-Identifier: GPL-2.0 */
/* The base's controllers look for the core's internal header here. */
#include "../cgroup_internal.h"
