#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# kernels: main
# needs: cgoomd
#
# cgoomd: kills by priority, runs commands, passes on, and survives what it handles.
#
#   oom
#   |-- jobs           limited
#   |   |-- low        priority 1
#   |   |-- high       priority 5
#   |   |-- none       without priority
#   |   |-- later      made after cgoomd has started
#   |   `-- web        removed and made again during a job
#   |-- three          limited
#   |   |-- first      priority 1, has processes that do not end, then cgoomd
#   |   |-- second     priority 1, has processes that do not end
#   |   |-- third      priority 1
#   |   `-- none       without priority
#   `-- swap
#       |-- high       priority 1
#       `-- low        priority 2, limited in memory and swap

. "$(dirname "$0")/cg_tap.sh"

MNT=/tmp/test_cgoomd/oom
FREEZER=/tmp/test_cgoomd/freezer
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

# begin TITLE [FILES]: start cgoomd, with a limit of open files. Not a command for ok, which
# runs commands in a subshell.
begin() {
	(ulimit -S -n "${2:-1024}" && exec cgoomd -c policy) > /dev/null 2> $LOG &
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

# big GROUP: a task in the group that stays, with 16 MB or more. It has a child in the end.
big() {
	grows "$1" 16000000 1 &
	soon sh -c "[ \$(wc -l < $MNT/$1/cgroup.procs) = 2 ]"
}

# idle GROUP: a process that sleeps, $idle
idle() {
	sleep 1000 &
	idle=$!
	echo $idle > $MNT/"$1"/cgroup.procs
}

# frozen GROUP: a process that ends only after a thaw
frozen() {
	idle "$1"
	echo $idle > $FREEZER/cold/cgroup.procs
	echo FROZEN > $FREEZER/cold/freezer.state
	soon reads FROZEN $FREEZER/cold/freezer.state
}

thaw() {
	echo THAWED > $FREEZER/cold/freezer.state
}

# clear GROUP: kill all that is in the group and below it
clear() {
	echo KILL > $MNT/"$1"/signal.tree 2> /dev/null
	soon empty "$1"
}

mkdir -p $MNT $FREEZER
cd /tmp/test_cgoomd || exit 1
mount -t cgroup -o memory,oom,signal none $MNT || exit 1
mount -t cgroup -o freezer none $FREEZER && mkdir $FREEZER/cold || exit 1
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

policy 'watch jobs/low 20000' "oom jobs/low run cat /proc/self/oom_score_adj > score; \
grep SigIgn /proc/self/status > ignored; echo 200M > $MNT/jobs/low/memory.limit_in_bytes"
echo 300M > $MNT/jobs/memory.limit_in_bytes
begin "cgoomd starts with a command"
ok "the command makes room" status 0 grows jobs/low 16000000 0
ok "the OOM killer may choose the command" reads 0 score
ok "the command does not ignore SIGPIPE" grep -E '[02468ace]...$' ignored
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

# The kill is under way: a frozen process does not end. What waited has ended.
web() {
	mkdir $MNT/jobs/web
	echo 8M > $MNT/jobs/web/memory.limit_in_bytes
}

web
policy 'watch jobs/web 20000' 'oom jobs/web kill' 'priority jobs/web 1'
frozen jobs/web
begin "cgoomd starts with a group that kills itself"
grows jobs/web 16000000 &
ok "the group is killed" soon grep 'killed group jobs/web' $LOG
ok "nothing waits any more" soon grep -x 'waiting 0' $MNT/jobs/web/oom.events
idle jobs/web
sleep 0.3
ok "so a new process is not killed" grep -x $idle $MNT/jobs/web/cgroup.procs
# cgoomd does not see that the group goes, only that it is another one
kill -STOP $daemon
thaw
clear jobs/web
ok "remove the group" soon rmdir $MNT/jobs/web
web
idle jobs/web
kill -CONT $daemon
ok "the next one is watched" soon reads 20000 $MNT/jobs/web/oom.delay
sleep 0.5
ok "and not killed" grep -x $idle $MNT/jobs/web/cgroup.procs
end
clear jobs/web

policy 'watch jobs/web 5000' 'oom jobs/web run sleep 1000'
begin "cgoomd starts with a command that outlives its group"
grows jobs/web 16000000 &
ok "the command runs" soon grep 'running: sleep' $LOG
clear jobs/web
ok "remove its group" soon rmdir $MNT/jobs/web
ok "the command is killed at its deadline" soon grep 'the command failed' $LOG
end

mkdir $MNT/three $MNT/three/first $MNT/three/second $MNT/three/third $MNT/three/none
echo 8M > $MNT/three/memory.limit_in_bytes
frozen three/first
frozen three/second
idle three/third
policy 'watch three 40000' 'oom three kill' 'priority three/first 1' 'priority three/second 1' \
	'priority three/third 1'
begin "cgoomd starts with groups that do not end"
grows three/none 16000000 &
ok "two are tried, then the third" soon grep 'killed group three/third' $LOG
clear three/none
thaw
end
clear three/first
clear three/second

# It goes there when it has started, so its memory belongs to the root.
policy 'watch three 20000' 'oom three kill' 'priority three/first 1' 'priority three/third 2'
begin "cgoomd starts, and moves"
echo $daemon > $MNT/three/first/cgroup.procs
idle three/third
# At the limit cgoomd itself may need memory, and then the kernel kills at once: try again.
until_seen() {
	for _ in 1 2 3 4 5; do
		grows three/none 16000000
		! grep 'three/first has cgoomd in it' $LOG || break
	done > /dev/null 2>&1
}
until_seen &
ok "its own group is not killed" soon grep 'three/first has cgoomd in it' $LOG
ok "but the next one" soon grep 'killed group three/third' $LOG
echo $daemon > $MNT/cgroup.procs
end
clear three/none

# The lower limit makes the group swap. Then both are at 4 MB above what it has, and its memory
# alone does not come near.
mkdir $MNT/swap $MNT/swap/low $MNT/swap/high
low=$MNT/swap/low
ok "swap on a RAM disk" sh -c 'mkswap /dev/ram0 && swapon /dev/ram0'
big swap/high
big swap/low
ok "swap out" soon sh -c "echo 8M > $low/memory.limit_in_bytes"
ok "4 MB are out" soon sh -c "[ \$((\$(cat $low/memory.memsw.usage_in_bytes) - \
	\$(cat $low/memory.usage_in_bytes))) -gt 4000000 ]"
limit=$(($(cat $low/memory.memsw.usage_in_bytes) + 4000000))
ok "limit memory and swap" sh -c "echo $limit > $low/memory.memsw.limit_in_bytes"
ok "limit memory" sh -c "echo $limit > $low/memory.limit_in_bytes"
policy 'watch swap 20000' 'oom swap kill' 'priority swap/high 1' 'priority swap/low 2'
begin "cgoomd starts with a limit of memory and swap"
ok "a group at this limit is killed" status 137 grows swap/low 64000000 0
ok "and cgoomd did it" grep 'killed group swap/low' $LOG
ok "and does not take others along" sh -c "[ -n \"\$(cat $MNT/swap/high/cgroup.procs)\" ]"
end
clear swap/high
swapoff /dev/ram0

echo 50 > $MNT/jobs/later/oom.early
policy 'watch jobs/later 1000'
begin "cgoomd starts with few files" 8
ok "and watches a group" reads 1000 $MNT/jobs/later/oom.delay
ok "and leaves its percentage" reads 50 $MNT/jobs/later/oom.early
end
ok "at the end, too" reads 50 $MNT/jobs/later/oom.early

# the variable is that of another program, or its own
export JOURNAL_STREAM=1:1
begin "cgoomd starts below a service"
ok "its lines have no level" refused grep '^<' $LOG
end
JOURNAL_STREAM=$(stat -c %d:%i $LOG)
begin "cgoomd starts with a journal"
ok "its lines have a level" grep '^<6>running with' $LOG
end
unset JOURNAL_STREAM

mkdir -p other/group
touch other/oom.delay
printf 'hierarchy /tmp/test_cgoomd/other\nwatch group 1000\n' > policy
begin "cgoomd starts with a group that has no oom files"
sleep 2.5
ok "and says so once" [ "$(grep -c 'group cannot be watched' $LOG)" = 1 ]
end

policy 'watch jobs/later 1000' 'oom //jobs//later/ kill'
ok "slashes do not make another group" cgoomd -c policy --check
for line in 'watch / 0' 'watch /' 'watch / 60001' 'oom / kill' 'oom / explode' 'early / kill' \
	'priority x' 'priority x y' 'hierarchy relative' 'unknown x' 'watch / 10 101' \
	'priority / 1' 'priority ./ 1' 'priority .. 1' 'priority jobs/../.. 1'; do
	policy 'watch jobs 1000' "$line"
	ok "refused: $line" status 1 cgoomd -c policy --check
done
ok "no policy" status 1 cgoomd -c /nonexistent
ok "a wrong option" status 2 cgoomd --wrong
ok "help" says 'usage: cgoomd' cgoomd --help
done_testing
