#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# needs: cgoomd
#
# cgoomd: kills by priority, runs commands, passes on, and survives what it handles.
#
#   oom
#   `-- jobs           limited
#       |-- low        priority 1
#       |-- high       priority 5
#       `-- none       without priority

. "$(dirname "$0")/cg_tap.sh"

MNT=/tmp/test_cgoomd/oom
LOG=/tmp/test_cgoomd/log

# grows GROUP BYTES [STAYS]: run a task in the group that collects a text of so many bytes. The
# memory is touched by its program, not in a system call.
grows() {
	sh -c 'echo 0 > "$0"/tasks; exec awk -v n="$1" -v keep="$2" '\''BEGIN {
		s = "0123456789abcdef"
		while (length(s) < n) s = s s
		if (keep) system("exec sleep 1000")
	}'\' "$MNT/$1" "$2" "$3"
}

# status WANT COMMAND...: the command ends with this status.
status() {
	want=$1
	shift
	"$@"
	got=$?
	echo "status $got, not $want"
	[ $got = "$want" ]
}

# soon COMMAND...: the command succeeds within 20 seconds.
soon() {
	for _ in $(seq 200); do
		"$@" > /dev/null 2>&1 && return
		sleep 0.1
	done
	"$@"
}

# policy LINE...: the policy of the next cgoomd, after the line for the hierarchy.
policy() {
	echo "hierarchy $MNT" > policy
	for line; do echo "$line" >> policy; done
}

# begin TITLE: start cgoomd. Not a command for ok, which runs commands in a subshell.
begin() {
	cgoomd -c policy > /dev/null 2> $LOG &
	daemon=$!
	ok "$1" soon grep 'running with' $LOG
}

end() {
	kill $daemon
	wait $daemon
	ok "cgoomd ends" [ $? = 0 ]
}

empty() {
	[ -z "$(cat $MNT/"$1"/cgroup.procs)" ]
}

# big GROUP: a task in the group that stays, with 16 MB or more
big() {
	grows "$1" 16000000 1 &
	soon sh -c "[ \$(cat $MNT/$1/memory.usage_in_bytes) -gt 16000000 ] && pgrep -x sleep"
}

mkdir -p $MNT
cd /tmp/test_cgoomd || exit 1
mount -t cgroup -o memory,oom,signal none $MNT || exit 1
mkdir $MNT/jobs $MNT/jobs/low $MNT/jobs/high $MNT/jobs/none

policy 'watch jobs 20000 70' 'oom jobs kill' 'priority jobs/high 5' 'priority jobs/low 1' \
	'early jobs run echo "$CGOOMD_EVENT $CGOOMD_GROUP $CGOOMD_DIR" > /tmp/test_cgoomd/early'
ok "the policy is good" cgoomd -c policy --check
begin "cgoomd starts"
ok "it sets the delay" reads 20000 $MNT/jobs/oom.delay
ok "it sets the percentage" reads 70 $MNT/jobs/oom.early
ok "its memory is locked" sh -c "grep -E 'VmLck:.* [1-9][0-9]{2,} kB' /proc/$daemon/status"
ok "the OOM killer does not choose it" reads -1000 /proc/$daemon/oom_score_adj

# what a task needs at most
grows jobs/none 16000000
need=$(cat $MNT/jobs/none/memory.max_usage_in_bytes)
big jobs/low
low=$(cat $MNT/jobs/low/memory.usage_in_bytes)
big jobs/high
# not for all three, but for two of them
used=$(cat $MNT/jobs/memory.usage_in_bytes)
ok "set the limit" sh -c "echo $((used + need - low / 2)) > $MNT/jobs/memory.limit_in_bytes"
grows jobs/none 16000000 1 &
ok "the lowest group is killed" soon empty jobs/low
ok "cgoomd says so" soon grep 'killed group jobs/low, priority 1' $LOG
ok "what waited goes on" soon grep -x 'waiting 0' $MNT/jobs/oom.events
ok "the kernel has killed nothing" grep -x 'killed 0' $MNT/jobs/oom.events
ok "the early command ran" soon reads "early jobs $MNT/jobs" early

# jobs/low has a limit of its own now. Killing jobs/high would not help.
echo 8M > $MNT/jobs/low/memory.limit_in_bytes
ok "a group at its own limit is killed" status 137 grows jobs/low 30000000 0
ok "and does not take others along" sh -c "[ -n \"\$(cat $MNT/jobs/high/cgroup.procs)\" ]"

end
ok "and resets the delay" reads 0 $MNT/jobs/oom.delay
ok "and the percentage" reads 0 $MNT/jobs/oom.early
echo KILL > $MNT/jobs/signal.tree
soon empty jobs/high

policy 'watch jobs/low 20000' \
	"oom jobs/low run echo 200M > $MNT/jobs/low/memory.limit_in_bytes"
echo 300M > $MNT/jobs/memory.limit_in_bytes
begin "cgoomd starts with a command"
ok "the command makes room" status 0 grows jobs/low 16000000 0
ok "the OOM was handled" grep -x 'handled [1-9][0-9]*' $MNT/jobs/low/oom.events
end

policy 'watch jobs/low 1500' 'oom jobs/low run sleep 1000'
echo 8M > $MNT/jobs/low/memory.limit_in_bytes
begin "cgoomd starts with a command that hangs"
ok "the kernel goes on" status 137 grows jobs/low 16000000 0
ok "the command is killed" soon grep 'the command failed' $LOG
kill -9 $daemon
wait $daemon
ok "the delay is still there" reads 1500 $MNT/jobs/low/oom.delay
ok "the deadline holds" status 137 grows jobs/low 16000000 0
ok "reset the delay" cgoomd -c policy --reset
ok "it is reset" reads 0 $MNT/jobs/low/oom.delay

policy 'watch jobs/later 1000'
begin "cgoomd starts before the group is there"
mkdir $MNT/jobs/later
ok "and finds it" soon reads 1000 $MNT/jobs/later/oom.delay
rmdir $MNT/jobs/later
ok "and sees it go" soon grep 'group jobs/later is gone' $LOG
mkdir $MNT/jobs/later
ok "and finds the next one" soon reads 1000 $MNT/jobs/later/oom.delay
end

for line in 'watch / 0' 'watch /' 'watch / 60001' 'oom / kill' 'oom / explode' 'early / kill' \
	'priority x' 'priority x y' 'hierarchy relative' 'unknown x' 'watch / 10 101'; do
	policy "$line"
	ok "refused: $line" status 1 cgoomd -c policy --check
done
ok "no policy" status 1 cgoomd -c /nonexistent
ok "a wrong option" status 2 cgoomd --wrong
ok "help" says 'usage: cgoomd' cgoomd --help
done_testing
