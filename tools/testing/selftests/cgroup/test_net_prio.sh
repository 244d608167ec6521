#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
# needs: tc
#
# net_prio: the packets of a group get the priority that the group has for the device. If
# the priority is the number of a class of htb, htb puts the packets into this class.
#
#   lo -- htb 10: -- 10:1   group a, priority 0x100001
#                 `- 10:2   group b, priority 0x100002

. "$(dirname "$0")/cg_tap.sh"
. "$(dirname "$0")/cg_tc.sh"

two_groups net_prio
two_classes
ok "a without a priority does not send in 10:1" stays 10:1 packet a
ok "set the priority of a" sh -c "echo lo $((0x100001)) > $MNT/a/net_prio.ifpriomap"
ok "set the priority of b" sh -c "echo lo $((0x100002)) > $MNT/b/net_prio.ifpriomap"
ok "a sends in 10:1" grows 10:1 packet a
ok "a does not send in 10:2" stays 10:2 packet a
ok "b sends in 10:2" grows 10:2 packet b
ok "the root does not send in 10:1" stays 10:1 packet .
ok "the root does not send in 10:2" stays 10:2 packet .

# The open socket of a process that is moved changes its priority: one ping, with one socket.
begin_ping
ok "ping moves to b" sh -c "echo $pinger > $MNT/b/cgroup.procs"
ok "ping in b sends in 10:2" grows 10:2 sleep 2
ok "b gets the priority of a" sh -c "echo lo $((0x100001)) > $MNT/b/net_prio.ifpriomap"
ok "ping sends in 10:1" grows 10:1 sleep 2
ok "ping no longer sends in 10:2" stays 10:2 sleep 2
ok "ping is still the same process, with the same socket" same_ping
end_ping
done_testing
