#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# kernels: main mainline
# needs: cgcreate cgset cgget cgexec cgclassify cgdelete lscgroup lssubsys cgsnapshot cgrulesengd
#
# Debian's libcgroup tools, unchanged, on hierarchies that are mounted as usual.

. "$(dirname "$0")/cg_tap.sh"

MNT=/tmp/libcgroup

# Mainline may still be freeing the hierarchies of the previous test. This core may not.
mount_one() {
	mkdir -p "$MNT/$1"
	i=49
	case $KERNEL in mainline*) i=0;; esac
	while ! mount -t cgroup -o "$1" none "$MNT/$1" 2>/dev/null; do
		i=$((i + 1))
		[ $i -lt 50 ] || return 1
		sleep 0.1
	done
}

# Moves all tasks out of the groups, removes the groups and unmounts.
clean() {
	[ -z "$engine" ] || kill "$engine" 2>/dev/null
	[ -z "$sleeper" ] || kill -9 "$sleeper" 2>/dev/null
	for h in cpu,cpuacct memory pids freezer devices; do
		[ -d "$MNT/$h" ] || continue
		for pid in $(cat "$MNT/$h"/*/tasks "$MNT/$h"/*/*/tasks 2>/dev/null); do
			echo "$pid" > "$MNT/$h/tasks" 2>/dev/null
		done
		i=0
		while [ $i -lt 20 ]; do
			rmdir "$MNT/$h"/*/*/ "$MNT/$h"/*/ 2>/dev/null
			ls -d "$MNT/$h"/*/ > /dev/null 2>&1 || break
			i=$((i + 1))
			sleep 0.1
		done
		umount "$MNT/$h"
	done
	umount "$MNT"
	rmdir "$MNT"
	rm -f /tmp/said /var/run/cgred.socket
}

if ! command -v cgcreate > /dev/null; then
	echo "1..0 # SKIP no libcgroup tools here"
	exit 0
fi
mkdir -p "$MNT" /etc
mount -t tmpfs none "$MNT"
engine=
sleeper=
trap clean EXIT
mkdir -p /var/run /etc/cgconfig.d
touch /etc/cgsnapshot_blacklist.conf
[ -f /etc/passwd ] || echo 'root:x:0:0:root:/:/bin/sh' > /etc/passwd
[ -f /etc/group ] || echo 'root:x:0:' > /etc/group
grep -q ^alice: /etc/passwd || echo 'alice:x:1000:1000::/:/bin/sh' >> /etc/passwd
grep -q ^alice: /etc/group || echo 'alice:x:1000:' >> /etc/group
for h in cpu,cpuacct memory pids freezer devices; do
	ok "mount $h" mount_one "$h"
done

# list subsystems and groups
ok "lssubsys -a lists an unmounted subsystem" says "net_cls" lssubsys -a
ok "lssubsys -am lists an unmounted subsystem" says "perf_event" lssubsys -am
ok "lscgroup shows the root of a hierarchy" says "cpu,cpuacct:/" lscgroup

# make, set, get
ok "cgcreate makes a group in four hierarchies" cgcreate -g cpu,memory,pids,freezer:/web
ok "the group exists" test -d "$MNT/cpu,cpuacct/web"
ok "cgcreate makes a nested group" cgcreate -g memory,pids:/web/db
ok "lscgroup shows the nested group" says "memory:/web/db" lscgroup
ok "lscgroup of a group shows its child" says "pids:/web/db" lscgroup pids:/web
ok "cgset sets one value" cgset -r cpu.shares=256 web
ok "the value is set" reads 256 "$MNT/cpu,cpuacct/web/cpu.shares"
ok "cgset sets two values" cgset -r memory.limit_in_bytes=32M -r pids.max=20 web
ok "pids.max is set" reads 20 "$MNT/pids/web/pids.max"
ok "cgget shows one value" says "cpu.shares: 256" cgget -r cpu.shares web
ok "cgget shows values of a controller" says "memory.limit_in_bytes: 33554432" cgget -g memory web
ok "cgget shows all values" says "pids.max: 20" cgget -a web
ok "cgset refuses an invalid value" refused cgset -r cpu.shares=nonsense web
ok "the value has not changed" reads 256 "$MNT/cpu,cpuacct/web/cpu.shares"
ok "cgcreate makes two groups" cgcreate -g memory,pids:/web/one -g memory,pids:/web/two
ok "cgset sets a value of one group" cgset -r pids.max=7 web/one
ok "cgset copies the values to the other group" cgset --copy-from web/one web/two
ok "the value is copied" reads 7 "$MNT/pids/web/two/pids.max"

# tasks
ok "cgcreate makes a group that alice owns" cgcreate -t alice:alice -a alice:alice -g pids:/alice
ok "alice owns the tasks file" says 1000 stat -c %u "$MNT/pids/alice/tasks"
ok "cgexec runs in the group" says "pids:/web" cgexec -g pids,cpu:/web cat /proc/self/cgroup
ok "cgexec in a nested group" says "memory:/web/db" cgexec -g memory:/web/db cat /proc/self/cgroup
sleep 1000 &
sleeper=$!
ok "cgclassify moves a process" cgclassify -g pids,freezer:/web $sleeper
ok "the process is in the group" grep -qx $sleeper "$MNT/freezer/web/tasks"
ok "cgset freezes the group" cgset -r freezer.state=FROZEN web
ok "cgget shows that it is frozen" says "FROZEN" cgget -r freezer.state web
ok "cgset thaws the group" cgset -r freezer.state=THAWED web
ok "cgdelete removes a group with a task" cgdelete -g freezer:/web
ok "the task is in the root" grep -qx $sleeper "$MNT/freezer/tasks"

# the present groups as a configuration
ok "cgsnapshot shows the group" says "web" cgsnapshot -s cpu memory pids
ok "cgsnapshot shows a value" says 'cpu.shares="256";' cgsnapshot -s cpu

# the rules daemon
echo 'root:busybox pids /web' > /etc/cgrules.conf
rm -f /var/run/cgred.socket
: > /etc/cgconfig.conf
cgrulesengd -n -Q -f /tmp/cgrules.log > /dev/null 2>&1 &
engine=$!
# The daemon does not tell when it begins to listen. So processes are started, one after the
# other, until it moves one.
moved() {
	tries=0
	while [ $tries -lt 40 ]; do
		sleep 1001 > /dev/null 2>&1 &
		ruled=$!
		echo $ruled > /tmp/ruled
		i=0
		while [ $i -lt 10 ]; do
			grep -qx $ruled "$MNT/pids/web/tasks" && return 0
			sleep 0.1
			i=$((i + 1))
		done
		cat /proc/$ruled/cgroup
		kill $ruled
		wait $ruled 2>/dev/null
		tries=$((tries + 1))
	done
	cat /tmp/cgrules.log
	return 1
}
ok "cgrulesengd moves a program that is executed" moved
kill $(cat /tmp/ruled) $engine
wait $engine 2>/dev/null
engine=
rm -f /tmp/cgrules.log /tmp/ruled

for h in memory pids cpu; do
	ok "cgdelete -r removes the groups in $h" cgdelete -r "$h:/web"
done
ok "the groups are gone" test ! -d "$MNT/pids/web"
ok "cgdelete refuses a group that does not exist" refused cgdelete -g pids:/nosuch
ok "cgdelete removes the group of alice" cgdelete -g pids:/alice
ok "no group is left" sh -c "! ls -d $MNT/*/*/ 2>/dev/null"
kill -9 $sleeper
wait $sleeper 2>/dev/null
sleeper=
done_testing
