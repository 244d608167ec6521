#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# kernels: main
# needs: cgstat script unshare
#
# cgstat, as a new user would try it: each example of its manual page, its formats, its exit
# codes, its picture, and its table on a terminal.
#
#   M -- web         memory, cpuacct
#   |    `-- static
#   P -- web         pids

. "$(dirname "$0")/cg_tap.sh"

DIR=$(cd "$(dirname "$0")" && pwd)
# the guest has the manual page under this name, which is a link
PAGE=$DIR/cg_cgstat.sh
M=$PWD/memory
P=$PWD/pids

# exits STATUS COMMAND...: the command ends with this exit status, and says something if it fails.
exits() {
	want=$1
	shift
	text=$("$@" 2>&1)
	got=$?
	echo "$text"
	echo "exit status $got, not $want"
	[ $got = "$want" ] && { [ $got = 0 ] || [ -n "$text" ]; }
}

# The examples of the manual page, one command in a line.
examples() {
	sed -n '/^\.EX$/,/^\.EE$/p' "$PAGE" | grep -v '^\.' | sed 's/\\-/-/g; s/\\fR//g'
}

as_user() {
	su nobody -s /bin/sh -c "$*"
}

# on_terminal COMMAND: prints what the command wrote to a terminal.
on_terminal() {
	TERM=xterm script -q -f -c "$1" typed < /dev/null > /dev/null
	cat typed
}

# A record of one column with these values, one line for each.
record_of() {
	echo "time,group,memory.failcnt"
	time=1000
	for value; do
		echo "$time,/web,$value"
		time=$((time + 1))
	done
}

# plots STATUS FILE: plotting a file ends, with this exit status.
plots() {
	exits "$1" sh -c "ulimit -f 10000; timeout 30 cgstat plot -o plotted.svg $2"
}

# wait_for TEXT FILE: waits for a line with this text, up to 20 seconds.
wait_for() {
	tries=0
	until grep -aqs -- "$1" "$2" || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
}

# CPU seconds that the commands which have ended used, as "times" says in its last line.
seconds_of() {
	grep -a '^[0-9]*m[0-9.]*s ' | tail -n 1 | sed 's/[ms]/ /g' |
		awk '{ print int($1 * 60 + $2 + $3 * 60 + $4) }'
}

mkdir -p "$M" "$P"
ok "mount memory and cpuacct" mount -t cgroup -o memory,cpuacct none "$M"
ok "mount pids" mount -t cgroup -o pids none "$P"
ok "make groups" mkdir -p "$M/web/static" "$P/web"
ok "set a limit" sh -c "echo 64M > $M/web/memory.limit_in_bytes"
ok "set notify_on_release" sh -c "echo 1 > $M/web/static/notify_on_release"

# the examples
examples > examples
ok "the manual page has examples" [ "$(wc -l < examples)" -ge 7 ]
while read -r command; do
	case $command in
	*" top "*) command="$command --count 2 --interval 0.2";;
	esac
	ok "example: $command" sh -c "$command"
done < examples
ok "the record has 3 groups, 5 times" [ "$(wc -l < /tmp/mem.csv)" = 16 ]
ok "the picture is SVG" grep -q '^<svg xmlns' /tmp/mem.svg
ok "the picture has a line for each group" [ "$(grep -c "<polyline" /tmp/mem.svg)" = 6 ]
ok "the export has the limit of no group that was not asked for" \
	sh -c '! grep -q limit /tmp/cgroups.prom'
ok "the export has a line for each group" \
	[ "$(grep -c '^cgroup_memory_usage_in_bytes{' /tmp/cgroups.prom)" = 3 ]
ok "the export can be read by others" [ "$(stat -c %a /tmp/cgroups.prom)" = 644 ]

# groups
ok "a path" says 'memory.limit_in_bytes 67108864' cgstat get web memory.limit_in_bytes
ok "a path with a slash" says 'memory.limit_in_bytes 67108864' cgstat get /web memory.limit_in_bytes
ok "a directory" says 'memory.limit_in_bytes 67108864' cgstat get "$M/web" memory.limit_in_bytes
ok "a directory below ." sh -c "cd $M && cgstat get ./web memory.limit_in_bytes"
ok "a file that every group has" says 'notify_on_release 1' \
	cgstat get "$M/web/static" notify_on_release
ok "two hierarchies" says 'pids.current 0' cgstat get web memory.failcnt pids.current
ok "two hierarchies, a group that one of them lacks" says '/web/static' \
	cgstat tree web memory.failcnt pids.current

# formats
ok "text: a value for each key" [ "$(cgstat get web cpuacct.stat | wc -l)" = 2 ]
ok "a pattern" says 'memory.memsw.failcnt 0' cgstat get web 'memory.*failcnt'
ok "a pattern of keys" [ "$(cgstat get web 'memory.stat:total_*' | grep -c total_)" -ge 10 ]
ok "human" says '64.0M' cgstat get -H web memory.limit_in_bytes
ok "CSV" says 'time,group,memory.limit_in_bytes' cgstat tree -c web memory.limit_in_bytes
ok "CSV: two samples, one header" \
	[ "$(cgstat tree -c -n 2 -i 0.1 web memory.failcnt | wc -l)" = 5 ]
ok "JSON" says '{"group":"/web","stats":{"cpuacct.stat":{"user":0,"system":0},"memory.failcnt":0}}' \
	cgstat tree -j web cpuacct.stat memory.failcnt
ok "JSON: the list" says '{"name":"cpuacct.stat","type":"map","keys":["user","system"]}' \
	cgstat list --json cpuacct
mkdir "$M/web/a,\"b"
ok "CSV: a name with a comma and a quote" says '"/web/a,""b"' cgstat tree -c web memory.failcnt
ok "JSON: a name with a comma and a quote" says '"/web/a,\"b"' cgstat tree -j web memory.failcnt
ok "Prometheus: such a name" says 'cgroup_memory_failcnt{group="/web/a,\"b"} 0' \
	cgstat export web memory.failcnt
ok "a record with such a name is drawn" sh -c \
	'cgstat record -n 2 -i 0.1 -o r.csv web memory.failcnt && cgstat plot r.csv | grep -q "a,&quot;b"'
rmdir "$M/web/a,\"b"

# the columns of a map that are not next to each other, or given twice
MIXED="memory.stat:cache memory.failcnt memory.stat:rss memory.stat:cache memory.failcnt"
ok "JSON: a statistic is one key" \
	says '"stats":{"memory.stat":{"cache":0,"rss":0},"memory.failcnt":0}' \
	cgstat get -j web/static $MIXED
cgstat export -o columns -1 web $MIXED
ok "Prometheus: a statistic has one HELP" [ "$(grep -c '^# HELP' columns)" = 2 ]
ok "Prometheus: a statistic has one TYPE" [ "$(grep -c '^# TYPE' columns)" = 2 ]
ok "Prometheus: each number once" [ "$(grep -c '^cgroup' columns)" = 3 ]
ok "Prometheus: a statistic is in one piece" \
	[ "$(grep -n '^cgroup_memory_failcnt' columns | cut -d : -f 1)" = 7 ]

# names that are not UTF-8, or have control characters: 9b is CSI of C1
NAME=$(printf 'x\233\302\233\377y')
mkdir "$M/web/$NAME"
ok "text: bytes that are not UTF-8, and C1" says '/web/x\233\302\233\377y' \
	cgstat tree web memory.failcnt
ok "top: bytes that are not UTF-8, and C1" says '/web/x\233\302\233\377y' \
	cgstat top -b -n 1 web memory.failcnt
ok "JSON: bytes that are not UTF-8, and C1" says '"/web/x\\233\u009b\\377y"' \
	cgstat tree -j web memory.failcnt
ok "Prometheus: bytes that are not UTF-8" \
	says "$(printf '{group="/web/x\\\\233\302\233\\\\377y"}')" \
	cgstat export web memory.failcnt
ok "CSV: bytes that are not UTF-8" says "$(printf ',/web/x\\233\302\233\\377y,')" \
	cgstat tree -c web memory.failcnt
ok "CSV on a terminal: C1, too" says ',/web/x\233\302\233\377y,' \
	on_terminal 'cgstat tree -c web memory.failcnt'
ok "Prometheus on a terminal: C1, too" says '/web/x\\233\\302\\233\\377y"' \
	on_terminal 'cgstat export web memory.failcnt'
cgstat record -n 1 -o names.csv web memory.failcnt
ok "SVG: bytes that are not UTF-8, and C1" says '>/web/x\233?\377y ' cgstat plot names.csv
ok "SVG: no ]]>" says 'a]]&gt;b' cgstat plot --title 'a]]>b' names.csv
# a name that looks like the escape of another
mkdir "$M/web/x\\377" "$M/web/$(printf 'x\377')"
ok "two names do not become one" [ "$(cgstat tree -j web memory.failcnt | tr '{' '\n' |
	grep '"group":' | sort -u | wc -l)" = 5 ]
rmdir "$M/web/x\\377" "$M/web/$(printf 'x\377')" "$M/web/$NAME"
for name in '\300\257' '\355\240\200' '\364\220\200\200' '\342\202'; do
	mkdir "$M/web/$(printf "$name")"
	ok "not UTF-8: octal ${name#?}" says "/web/$name" cgstat tree -c web memory.failcnt
	rmdir "$M/web/$(printf "$name")"
done
# U+202E turns the text that follows, U+2028 breaks the line
NAME=$(printf 'x\342\200\256y\342\200\250z')
mkdir "$M/web/$NAME"
ok "text: no turned or broken lines" says '/web/x\342\200\256y\342\200\250z' \
	cgstat tree web memory.failcnt
ok "JSON: no turned or broken lines" says '"/web/x\u202ey\u2028z"' \
	cgstat tree -j web memory.failcnt
ok "CSV on a terminal: no turned or broken lines" says ',/web/x\342\200\256y\342\200\250z,' \
	on_terminal 'cgstat tree -c web memory.failcnt'
rmdir "$M/web/$NAME"

# output files
mknod null c 1 3
ok "output to a device" cgstat export -o null web memory.failcnt
ok "the device is still there" [ -c null ]
ln -s null null.link
ok "output to a device by a link" cgstat export -o null.link web memory.failcnt
ok "the device is there, and the link" sh -c '[ -c null ] && [ -L null.link ]'
# as /dev/stdout is
ln -s /proc/self/fd/1 stdout
ok "output to a pipe by a link" [ "$(cgstat export -1 -o stdout web memory.failcnt | wc -l)" = 3 ]
ok "output to the standard output keeps what a file has" sh -c \
	'(echo before; cgstat export -1 -o stdout web memory.failcnt; echo after) > kept &&
	[ $(wc -l < kept) = 5 ]'
ok "the link is still there" [ -L stdout ]
ok "output to a link to a file" sh -c 'echo > real && chmod 640 real && ln -s real link &&
	cgstat export -o link web memory.failcnt && [ -L link ] && grep -q HELP real'
ok "the file keeps its mode" [ "$(stat -c %a real)" = 640 ]
ok "a new file has the mode of the umask" sh -c \
	'umask 077; cgstat export -o secret web memory.failcnt; [ $(stat -c %a secret) = 600 ]'
mkfifo fifo
# a writer that writes nothing
sleep 100 > fifo &
writer=$!
for signal in HUP INT TERM; do
	rm -f there
	# the one that is killed is in the foreground: those in the background ignore SIGINT
	(
		tries=0
		until ls killed.?????? > there 2> /dev/null || [ $tries = 100 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		kill -$signal "$(cat pid)"
	) &
	timeout 30 sh -c 'echo $$ > pid; exec cgstat plot -o killed fifo'
	wait $!
	ok "SIG$signal: there is a temporary file" grep killed there
	ok "SIG$signal: the temporary file is removed" sh -c '! ls killed.?????? 2> /dev/null'
	rm -f killed.??????
done
kill $writer
ok "list: an error of the output" exits 1 sh -c 'cgstat list > /dev/full'
ok "help: an error of the output" exits 1 sh -c 'cgstat --help > /dev/full'
ok "top in batches: an error of the output" exits 1 \
	sh -c 'timeout 30 cgstat top -b -i 0.1 web memory.failcnt > /dev/full'

# paths
deep=$M/web/deep
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	deep=$deep/$i
done
mkdir -p "$deep"
ok "more levels than files may be open" says "${deep#"$M"}" \
	sh -c 'ulimit -S -n 12; cgstat tree web memory.failcnt'
while [ "$deep" != "$M/web" ]; do
	rmdir "$deep"
	deep=${deep%/*}
done
mkdir "$M/web/old"
cgstat record -i 4 -n 2 -o renamed.csv web memory.failcnt &
wait_for /web/old renamed.csv
mv "$M/web/old" "$M/web/new"
wait $!
ok "a long run: the old name" grep -q '/web/old,' renamed.csv
ok "a long run: the new name" says '/web/new,' tail -n 3 renamed.csv
rm renamed.csv
cgstat record -i 2 -n 2 -o renamed.csv web memory.failcnt &
wait_for /web/new renamed.csv
mv "$M/web/new" "$M/web/old"
mkdir "$M/web/new"
wait $!
ok "another group has the name at once" \
	[ "$(tail -n 4 renamed.csv | cut -d , -f 2 | sort -u | wc -l)" = 4 ]
rmdir "$M/web/new" "$M/web/old"

# a process that was stopped does not catch up
cgstat record -1 -i 0.2 -n 12 -o stopped.csv web memory.failcnt &
wait_for /web stopped.csv
kill -STOP $!
sleep 3
kill -CONT $!
wait $!
ok "no burst of samples" [ "$(awk -F , '
	NR > 2 && $1 - last < 0.05 { n++ }
	{ last = $1 }
	END { print n + 0 }' stopped.csv)" -lt 5 ]

# top
ok "top in batches: sorted by a number" \
	sh -c "cgstat top -b -n 1 / memory.limit_in_bytes | tail -n 1 | grep -q ' /web$'"
ok "top in batches: sorted by path" \
	sh -c "cgstat top -b -n 1 -s path / memory.limit_in_bytes | tail -n 1 | grep -q ' /web/static$'"
ok "top in batches: the first two" [ "$(cgstat top -b -n 1 -m 2 / memory.failcnt | wc -l)" = 3 ]
ok "top on a terminal" sh -c \
	"TERM=linux script -q -c 'cgstat top -n 2 -i 0.3 / memory.usage_in_bytes' typed < /dev/null > /dev/null && \
	 grep -aq 'web/static' typed && grep -aq 'sorted by memory.usage_in_bytes' typed"
ok "top: a head that is too wide is cut off" sh -c "! TERM=xterm script -q -c 'stty cols 40 rows 12
	cgstat top -n 1 -i 0.3 -s path / memory.usage_in_bytes memory.limit_in_bytes memory.usage_in_bytes \
	memory.limit_in_bytes memory.usage_in_bytes memory.limit_in_bytes memory.usage_in_bytes \
	memory.memsw.failcnt' typed < /dev/null | grep -a 'memsw'"
ok "top: the input has ended" [ "$(on_terminal \
	"sh -c 'cgstat top -n 1 -i 4 / memory.failcnt < /dev/null; times'" | seconds_of)" -lt 2 ]
mkdir "$M/gone"
rm -f typed
(wait_for "sorted by" typed; rmdir "$M/gone") &
on_terminal 'cgstat top -i 0.3 -n 100 gone memory.failcnt' > text
wait $!
ok "top: an error is readable when the screen is back" \
	[ "$(grep -ao '1049l\|cgstat: the group' text | tail -n 1)" = 'cgstat: the group' ]

# help, errors and exit codes
for command in list get tree top record plot export; do
	ok "$command --help" says "usage: cgstat $command" cgstat $command --help
	ok "$command --help succeeds" exits 0 cgstat $command --help
	ok "$command refuses an unknown option" exits 2 cgstat $command --nosuch a b
done
ok "no command" exits 2 cgstat
ok "an unknown command" exits 2 cgstat show
ok "no statistic" exits 2 cgstat get web
ok "a bad interval" exits 2 cgstat tree -i 0 web memory.failcnt
ok "a bad count" exits 2 cgstat tree -n -1 web memory.failcnt
ok "an unknown group" exits 4 cgstat get nosuch memory.failcnt
ok "an unknown statistic" exits 4 cgstat get web memory.nosuch
ok "an unknown key" exits 4 cgstat get web memory.stat:nosuch
ok "a subsystem that is not mounted" exits 4 cgstat get web cpu.shares
ok "an unknown statistic of an unknown subsystem" \
	says "the kernel has no such statistic" cgstat get / foo.bar
ok "a subsystem of another hierarchy" exits 1 cgstat get "$P/web" memory.failcnt
echo 1 > "$P/web/pids.inherit"
ok "a group that inherits" exits 4 cgstat get web pids.current
ok "a tree that inherits" exits 4 cgstat tree web pids.current
ok "two hierarchies, the group inherits in one" says '/web/static' \
	cgstat tree web memory.failcnt pids.current
mkdir "$P/web/static"
echo 0 > "$P/web/static/pids.inherit"
ok "two hierarchies, a group below does not inherit" sh -c \
	"cgstat tree web memory.failcnt pids.current | grep -q '^ *0 *0 /web/static'"
ok "a tree that inherits, a group below does not" says '/web/static' cgstat tree web pids.current
rmdir "$P/web/static"
echo 0 > "$P/web/pids.inherit"
chmod 600 "$M/web/memory.failcnt"
ok "a file that may not be read" exits 5 as_user cgstat get web memory.failcnt
ok "another file may be read" exits 0 as_user cgstat get web memory.limit_in_bytes
ok "an output that cannot be written" exits 1 cgstat export -o /nosuch/file web memory.failcnt
ok "not a record" sh -c 'echo x > x; ! cgstat plot x'
for value in inf nan 1e300 -1e300 1x; do
	record_of 1 $value > bad.csv
	ok "not a record: the value $value" plots 1 bad.csv
done
for time in inf nan 1e300 -1 999999999999; do
	printf 'time,group,memory.failcnt\n%s,/web,1\n' $time > bad.csv
	ok "not a record: the time $time" plots 1 bad.csv
done
record_of 18446744073709551615 -9223372036854775808 > wide.csv
ok "a record of the largest numbers" plots 0 wide.csv
record_of -9223372036854775808 -9223372036854775808 > wide.csv
ok "a record of the smallest number" plots 0 wide.csv
ok "its picture has numbers only" sh -c '! grep -e nan -e inf plotted.svg'
record_of 5e-324 0 > narrow.csv
ok "a record of tiny numbers" plots 0 narrow.csv
printf 'time,group,memory.failcnt\n0,/web,1\n5e-324,/web,2\n' > narrow.csv
ok "a record of a tiny time" plots 0 narrow.csv
ok "no temporary file is left" sh -c '! ls x.?????? 2> /dev/null'

rmdir "$P/web"
ok "no group has the statistic: none is gone" exits 0 cgstat tree / pids.current
ok "no group has the statistic: JSON" says '"groups":[]}' cgstat tree -j / pids.current

rmdir "$M/web/static" "$M/web"
umount "$M" "$P"
done_testing
