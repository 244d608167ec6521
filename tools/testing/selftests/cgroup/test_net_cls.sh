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

MNT=/tmp/net_cls
# not the shell's own, which knows no htb
TC=/usr/sbin/tc
[ -x $TC ] || TC=/sbin/tc
n=0
failed=0

ok() {
	title=$1
	shift
	n=$((n + 1))
	if out=$("$@" 2>&1); then
		echo "ok $n $title"
	else
		echo "# $*: status $?"
		echo "$out" | sed 's/^/# /'
		echo "not ok $n $title"
		failed=$((failed + 1))
	fi
}

# Bytes that class $1 has sent.
sent() {
	"$TC" -s class show dev lo classid "$1" | sed -n 's/^ *Sent \([0-9]*\) bytes.*/\1/p'
}

# A packet from group $1: sh moves itself, then sends.
packet() {
	sh -c "echo 0 > $MNT/$1/tasks && ping -c 1 -W 2 127.0.0.1"
}

# grows CLASS COMMAND...: more bytes in it afterwards.
grows() {
	class=$1
	before=$(sent "$class")
	shift
	"$@" || return 1
	after=$(sent "$class")
	echo "$class: $before, then $after"
	[ "$after" -gt "$before" ]
}

stays() {
	! grows "$@"
}

clean() {
	"$TC" qdisc del dev lo root 2>/dev/null
	rmdir "$MNT/a" "$MNT/b" 2>/dev/null
	umount "$MNT"
	rmdir "$MNT"
}

echo "TAP version 13"
if ! "$TC" qdisc add dev lo root handle 10: htb 2>/dev/null; then
	echo "1..0 # SKIP no tc or no htb here"
	exit 0
fi
mkdir -p "$MNT"
trap clean EXIT
ifconfig lo 127.0.0.1 up
ok "mount net_cls" mount -t cgroup -o net_cls none "$MNT"
ok "two groups" mkdir "$MNT/a" "$MNT/b"
ok "class of a" sh -c "echo 0x100001 > $MNT/a/net_cls.classid"
ok "class of b" sh -c "echo 0x100002 > $MNT/b/net_cls.classid"
ok "tc class 10:1" "$TC" class add dev lo parent 10: classid 10:1 htb rate 100mbit
ok "tc class 10:2" "$TC" class add dev lo parent 10: classid 10:2 htb rate 100mbit
ok "the cgroup filter" "$TC" filter add dev lo parent 10: protocol ip prio 10 handle 1: cgroup
ok "a sends in 10:1" grows 10:1 packet a
ok "a does not send in 10:2" stays 10:2 packet a
ok "b sends in 10:2" grows 10:2 packet b
ok "the root sends in neither" stays 10:1 ping -c 1 -W 2 127.0.0.1
ok "a moves to the other class" sh -c "echo 0x100002 > $MNT/a/net_cls.classid"
ok "a sends in 10:2 now" grows 10:2 packet a
ok "a sends in 10:1 no more" stays 10:1 packet a

# A process that is moved takes its sockets along.
sh -c 'while :; do ping -c 1 -W 1 127.0.0.1; done' > /dev/null 2>&1 &
loop=$!
ok "a task moves to b" sh -c "echo $loop > $MNT/b/cgroup.procs"
ok "its packets too" grows 10:2 sleep 1
kill $loop
wait $loop 2>/dev/null
sleep 0.3
echo "1..$n"
[ $failed = 0 ]
