#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
# needs: tc
#
# net_prio: the priority that a group has for a device is that of its packets. htb
# takes a priority that is the number of one of its classes for the class.
#
#   lo -- htb 10: -- 10:1   group a, priority 0x100001
#                 `- 10:2   group b, priority 0x100002

. "$(dirname "$0")/cg_tap.sh"
. "$(dirname "$0")/cg_tc.sh"

two_groups net_prio
two_classes
ok "a has no priority yet" stays 10:1 packet a
ok "priority of a" sh -c "echo lo $((0x100001)) > $MNT/a/net_prio.ifpriomap"
ok "priority of b" sh -c "echo lo $((0x100002)) > $MNT/b/net_prio.ifpriomap"
ok "a sends in 10:1" grows 10:1 packet a
ok "a does not send in 10:2" stays 10:2 packet a
ok "b sends in 10:2" grows 10:2 packet b
ok "the root does not send in 10:1" stays 10:1 packet .
ok "nor in 10:2" stays 10:2 packet .

# A process that is moved takes its open socket along: one ping, with one socket.
begin_ping
ok "a process moves to b" sh -c "echo $pinger > $MNT/b/cgroup.procs"
ok "its packets too" grows 10:2 sleep 2
ok "b gets another priority" sh -c "echo lo $((0x100001)) > $MNT/b/net_prio.ifpriomap"
ok "they have it" grows 10:1 sleep 2
ok "and not the old one" stays 10:2 sleep 2
end_ping
done_testing
