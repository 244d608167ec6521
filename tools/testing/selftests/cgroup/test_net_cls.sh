#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
# needs: tc
#
# net_cls with the cgroup traffic filter: a packet goes to the class of the
# group of its socket.
#
#   lo -- htb 10: -- 10:1   group a, classid 0x100001
#                 `- 10:2   group b, classid 0x100002

. "$(dirname "$0")/cg_tap.sh"
. "$(dirname "$0")/cg_tc.sh"

two_groups net_cls
ok "class of a" sh -c "echo 0x100001 > $MNT/a/net_cls.classid"
ok "class of b" sh -c "echo 0x100002 > $MNT/b/net_cls.classid"
two_classes
ok "the cgroup filter" "$TC" filter add dev lo parent 10: protocol ip prio 10 handle 1: cgroup
ok "a sends in 10:1" grows 10:1 packet a
ok "a does not send in 10:2" stays 10:2 packet a
ok "b sends in 10:2" grows 10:2 packet b
ok "the root does not send in 10:1" stays 10:1 ping -c 1 -W 2 127.0.0.1
ok "nor in 10:2" stays 10:2 ping -c 1 -W 2 127.0.0.1
ok "a moves to the other class" sh -c "echo 0x100002 > $MNT/a/net_cls.classid"
ok "a sends in 10:2 now" grows 10:2 packet a
ok "a sends in 10:1 no more" stays 10:1 packet a

# A process that is moved takes its open socket along: one ping, with one socket.
begin_ping
moves_to() {
	echo $pinger > "$MNT/$1/cgroup.procs"
}
ok "at the root it does not send in 10:2" stays 10:2 sleep 2
ok "it moves to b" moves_to b
ok "its packets too" grows 10:2 sleep 2
ok "and none to 10:1" stays 10:1 sleep 2
ok "b gets another class" sh -c "echo 0x100001 > $MNT/b/net_cls.classid"
ok "the socket has it" grows 10:1 sleep 2
ok "and not the old one" stays 10:2 sleep 2
ok "it moves to the root" moves_to .
ok "its packets are not in 10:1" stays 10:1 sleep 2
ok "it is the same process still" kill -0 $pinger
end_ping
done_testing
