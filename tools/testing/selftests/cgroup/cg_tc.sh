# SPDX-License-Identifier: GPL-2.0
# Sourced by test_*.sh after cg_tap.sh: finds the class of a qdisc on lo that packets go to.

# not the tc of busybox, which does not support htb
TC=/usr/sbin/tc
[ -x $TC ] || TC=/sbin/tc

# Bytes that class $1 has sent.
sent() {
	"$TC" -s class show dev lo classid "$1" | sed -n 's/^ *Sent \([0-9]*\) bytes.*/\1/p'
}

# measure CLASS COMMAND...: runs the command, which must succeed. Sets before and after to
# the bytes that the class had sent before and after it.
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

# Adds the classes 10:1 and 10:2 to htb 10: on lo.
two_classes() {
	ifconfig lo 127.0.0.1 up
	ok "add tc class 10:1" "$TC" class add dev lo parent 10: classid 10:1 htb rate 100mbit
	ok "add tc class 10:2" "$TC" class add dev lo parent 10: classid 10:2 htb rate 100mbit
}

# two_groups SUBSYSTEM: makes groups a and b below MNT, and htb 10: on lo. All of this is
# removed at the exit.
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
	ok "make two groups" mkdir "$MNT/a" "$MNT/b"
}

remove_groups() {
	[ -z "$pinger" ] || kill $pinger
	"$TC" qdisc del dev lo root 2>/dev/null
	rmdir "$MNT/a" "$MNT/b" 2>/dev/null
	umount "$MNT"
	rmdir "$MNT"
}

# packet GROUP: sends a packet from the group. The shell moves itself there first.
packet() {
	sh -c "echo 0 > $MNT/$1/tasks && ping -c 1 -W 2 127.0.0.1"
}

# Starts one ping, with one socket, which runs until end_ping.
begin_ping() {
	ping 127.0.0.1 > /dev/null 2>&1 &
	pinger=$!
	tries=0
	sleep 0.5
	socket=$(socket_of_ping)
	while [ -z "$socket" ] && [ $tries -lt 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
		socket=$(socket_of_ping)
	done
}

# The inode of its socket: no other process has it.
socket_of_ping() {
	ls -l /proc/$pinger/fd 2>/dev/null | grep -o 'socket:\[[0-9]*\]' | sort -u
}

same_ping() {
	echo "socket: $socket, then $(socket_of_ping)"
	[ -n "$socket" ] && [ "$(socket_of_ping)" = "$socket" ]
}

end_ping() {
	kill $pinger
	wait $pinger 2>/dev/null
	pinger=
}
