#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
# needs: tc
#
# net_cls with the cgroup traffic filter: a packet goes to the class of the
# group that its socket belongs to.
#
#   lo -- htb 10: -- 10:1   group a, classid 0x100001
#                 `- 10:2   group b, classid 0x100002

. "$(dirname "$0")/cg_tap.sh"
. "$(dirname "$0")/cg_tc.sh"

two_groups net_cls
ok "set the class of a" sh -c "echo 0x100001 > $MNT/a/net_cls.classid"
ok "set the class of b" sh -c "echo 0x100002 > $MNT/b/net_cls.classid"
two_classes
ok "add the filter" "$TC" filter add dev lo parent 10: protocol ip prio 10 handle 1: cgroup
ok "a sends in 10:1" grows 10:1 packet a
ok "a does not send in 10:2" stays 10:2 packet a
ok "b sends in 10:2" grows 10:2 packet b
ok "the root does not send in 10:1" stays 10:1 ping -c 1 -W 2 127.0.0.1
ok "the root does not send in 10:2" stays 10:2 ping -c 1 -W 2 127.0.0.1
ok "a gets the class of b" sh -c "echo 0x100002 > $MNT/a/net_cls.classid"
ok "a sends in 10:2 now" grows 10:2 packet a
ok "a no longer sends in 10:1" stays 10:1 packet a

# The open socket of a process that is moved changes its class: one ping, with one socket.
begin_ping
moves_to() {
	echo $pinger > "$MNT/$1/cgroup.procs"
}
ok "ping in the root does not send in 10:2" stays 10:2 sleep 2
ok "ping moves to b" moves_to b
ok "ping in b sends in 10:2" grows 10:2 sleep 2
ok "ping in b does not send in 10:1" stays 10:1 sleep 2
ok "b gets the class 10:1" sh -c "echo 0x100001 > $MNT/b/net_cls.classid"
ok "ping sends in 10:1" grows 10:1 sleep 2
ok "ping no longer sends in 10:2" stays 10:2 sleep 2
ok "ping moves to the root" moves_to .
ok "ping no longer sends in 10:1" stays 10:1 sleep 2
ok "ping is still the same process, with the same socket" same_ping
end_ping
done_testing
