/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroup subsystems of this kernel, in the order of their ids.
 *
 * An X-macro table: the includer defines SUBSYS() for the stateful subsystems
 * (each has a slot in every css_set), SUBSYS_STATELESS() for those that only
 * need to know which tasks are in which cgroup (no css, no slot), or both.
 * Stateful ones come first, so that a stateful id is an index into
 * css_set::subsys[].
 */

#ifndef SUBSYS
#define SUBSYS(_x)
#define CGROUP_SUBSYS_H_NO_STATEFUL
#endif
#ifndef SUBSYS_STATELESS
#define SUBSYS_STATELESS(_x)
#define CGROUP_SUBSYS_H_NO_STATELESS
#endif

#ifdef CONFIG_CPUSETS
SUBSYS(cpuset)
#endif
#ifdef CONFIG_CGROUP_SCHED
SUBSYS(cpu)
#endif
#ifdef CONFIG_CGROUP_CPUACCT
SUBSYS(cpuacct)
#endif
#ifdef CONFIG_BLK_CGROUP
SUBSYS(io)
#endif
#ifdef CONFIG_MEMCG
SUBSYS(memory)
#endif
#ifdef CONFIG_CGROUP_DEVICE
SUBSYS(devices)
#endif
#ifdef CONFIG_CGROUP_FREEZER
SUBSYS(freezer)
#endif
#ifdef CONFIG_CGROUP_NET_CLASSID
SUBSYS(net_cls)
#endif
#ifdef CONFIG_CGROUP_PERF
SUBSYS(perf_event)
#endif
#ifdef CONFIG_CGROUP_NET_PRIO
SUBSYS(net_prio)
#endif
#ifdef CONFIG_CGROUP_HUGETLB
SUBSYS(hugetlb)
#endif
#ifdef CONFIG_CGROUP_PIDS
SUBSYS(pids)
#endif
#ifdef CONFIG_CGROUP_RDMA
SUBSYS(rdma)
#endif
#ifdef CONFIG_CGROUP_MISC
SUBSYS(misc)
#endif
#ifdef CONFIG_CGROUP_DEBUG
SUBSYS(debug)
#endif
#ifdef CONFIG_CGROUP_OOM
SUBSYS(oom)
#endif

/* stateless ones */

#ifdef CONFIG_CGROUP_SIGNAL
SUBSYS_STATELESS(signal)
#endif

#ifdef CGROUP_SUBSYS_H_NO_STATEFUL
#undef SUBSYS
#undef CGROUP_SUBSYS_H_NO_STATEFUL
#endif
#ifdef CGROUP_SUBSYS_H_NO_STATELESS
#undef SUBSYS_STATELESS
#undef CGROUP_SUBSYS_H_NO_STATELESS
#endif
