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

MNT=/tmp/net_prio

# A packet from group $1: sh moves itself, then sends.
packet() {
	sh -c "echo 0 > $MNT/$1/tasks && ping -c 1 -W 2 127.0.0.1"
}

clean() {
	[ -z "$pinger" ] || kill $pinger
	"$TC" qdisc del dev lo root 2>/dev/null
	rmdir "$MNT/a" "$MNT/b" 2>/dev/null
	umount "$MNT"
	rmdir "$MNT"
}

if ! "$TC" qdisc add dev lo root handle 10: htb 2>/dev/null; then
	echo "1..0 # SKIP no tc or no htb here"
	exit 0
fi
pinger=
mkdir -p "$MNT"
trap clean EXIT
ok "mount net_prio" mount -t cgroup -o net_prio none "$MNT"
ok "two groups" mkdir "$MNT/a" "$MNT/b"
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
ping 127.0.0.1 > /dev/null 2>&1 &
pinger=$!
sleep 0.5
ok "a process moves to b" sh -c "echo $pinger > $MNT/b/cgroup.procs"
ok "its packets too" grows 10:2 sleep 2
ok "b gets another priority" sh -c "echo lo $((0x100001)) > $MNT/b/net_prio.ifpriomap"
ok "they have it" grows 10:1 sleep 2
ok "and not the old one" stays 10:2 sleep 2
kill $pinger
wait $pinger 2>/dev/null
pinger=
done_testing
