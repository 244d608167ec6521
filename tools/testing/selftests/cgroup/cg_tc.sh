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
