# SPDX-License-Identifier: GPL-2.0
# Sourced by test_*.sh after cg_tap.sh: which class of a qdisc on lo a packet is in.

# not the shell's own, which knows no htb
TC=/usr/sbin/tc
[ -x $TC ] || TC=/sbin/tc

# Bytes that class $1 has sent.
sent() {
	"$TC" -s class show dev lo classid "$1" | sed -n 's/^ *Sent \([0-9]*\) bytes.*/\1/p'
}

# measure CLASS COMMAND...: bytes in it before and after the command, which succeeds.
measure() {
	class=$1
	before=$(sent "$class")
	shift
	"$@" || return 1
	after=$(sent "$class")
	echo "$class: $before, then $after"
	[ -n "$before" ] && [ -n "$after" ]
}

grows() {
	measure "$@" && [ "$after" -gt "$before" ]
}

stays() {
	measure "$@" && [ "$after" -eq "$before" ]
}

# htb 10: on lo, with the classes 10:1 and 10:2
two_classes() {
	ifconfig lo 127.0.0.1 up
	ok "tc class 10:1" "$TC" class add dev lo parent 10: classid 10:1 htb rate 100mbit
	ok "tc class 10:2" "$TC" class add dev lo parent 10: classid 10:2 htb rate 100mbit
}

# two_groups SUBSYSTEM: groups a and b below MNT, and htb 10: on lo; all goes at the exit.
two_groups() {
	MNT=/tmp/$1
	pinger=
	if ! "$TC" qdisc add dev lo root handle 10: htb 2>/dev/null; then
		echo "1..0 # SKIP no tc or no htb here"
		exit 0
	fi
	mkdir -p "$MNT"
	trap remove_groups EXIT
	ok "mount $1" mount -t cgroup -o "$1" none "$MNT"
	ok "two groups" mkdir "$MNT/a" "$MNT/b"
}

remove_groups() {
	[ -z "$pinger" ] || kill $pinger
	"$TC" qdisc del dev lo root 2>/dev/null
	rmdir "$MNT/a" "$MNT/b" 2>/dev/null
	umount "$MNT"
	rmdir "$MNT"
}

# A packet from group $1: sh moves itself, then sends.
packet() {
	sh -c "echo 0 > $MNT/$1/tasks && ping -c 1 -W 2 127.0.0.1"
}

# One ping, with one socket, that goes on until end_ping.
begin_ping() {
	ping 127.0.0.1 > /dev/null 2>&1 &
	pinger=$!
	sleep 0.5
}

end_ping() {
	kill $pinger
	wait $pinger 2>/dev/null
	pinger=
}
