#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# needs: cgcreate cgset cgget cgexec cgclassify cgdelete lscgroup lssubsys cgsnapshot cgrulesengd
#
# Debian's libcgroup tools, as they are, on hierarchies mounted as its users do.

. "$(dirname "$0")/cg_tap.sh"

MNT=/tmp/libcgroup

# Mainline may still be freeing what the test before had mounted; ours may not.
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

# Nothing is left mounted, nobody in a group.
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

# what there is
ok "lssubsys -a lists what is not mounted" says "net_cls" lssubsys -a
ok "lssubsys -am too" says "perf_event" lssubsys -am
ok "lscgroup shows the roots" says "cpu,cpuacct:/" lscgroup

# make, set, get
ok "cgcreate in three hierarchies" cgcreate -g cpu,memory,pids,freezer:/web
ok "the group is there" test -d "$MNT/cpu,cpuacct/web"
ok "cgcreate below it" cgcreate -g memory,pids:/web/db
ok "lscgroup shows it" says "memory:/web/db" lscgroup
ok "lscgroup of one" says "pids:/web/db" lscgroup pids:/web
ok "cgset one value" cgset -r cpu.shares=256 web
ok "it is set" reads 256 "$MNT/cpu,cpuacct/web/cpu.shares"
ok "cgset several" cgset -r memory.limit_in_bytes=32M -r pids.max=20 web
ok "both are set" reads 20 "$MNT/pids/web/pids.max"
ok "cgget one value" says "cpu.shares: 256" cgget -r cpu.shares web
ok "cgget a controller" says "memory.limit_in_bytes: 33554432" cgget -g memory web
ok "cgget all" says "pids.max: 20" cgget -a web
ok "cgset refuses nonsense" refused cgset -r cpu.shares=nonsense web
ok "and nothing has changed" reads 256 "$MNT/cpu,cpuacct/web/cpu.shares"
ok "cgcreate a pair" cgcreate -g memory,pids:/web/one -g memory,pids:/web/two
ok "cgset in one" cgset -r pids.max=7 web/one
ok "cgset copies to the other" cgset --copy-from web/one web/two
ok "it is copied" reads 7 "$MNT/pids/web/two/pids.max"

# tasks
ok "cgcreate with owners" cgcreate -t alice:alice -a alice:alice -g pids:/alice
ok "tasks file is hers" says 1000 stat -c %u "$MNT/pids/alice/tasks"
ok "cgexec runs in the group" says "pids:/web" cgexec -g pids,cpu:/web cat /proc/self/cgroup
ok "cgexec in a nested group" says "memory:/web/db" cgexec -g memory:/web/db cat /proc/self/cgroup
sleep 1000 &
sleeper=$!
ok "cgclassify moves a process" cgclassify -g pids,freezer:/web $sleeper
ok "it is there" grep -qx $sleeper "$MNT/freezer/web/tasks"
ok "freeze it with cgset" cgset -r freezer.state=FROZEN web
ok "it is frozen" says "FROZEN" cgget -r freezer.state web
ok "thaw it" cgset -r freezer.state=THAWED web
ok "cgdelete moves tasks up" cgdelete -g freezer:/web
ok "it is at the root" grep -qx $sleeper "$MNT/freezer/tasks"

# the state as a configuration
ok "cgsnapshot" says "web" cgsnapshot -s cpu memory pids
ok "cgsnapshot has the values" says "256" cgsnapshot -s cpu

# the rules daemon
echo 'root:busybox pids /web' > /etc/cgrules.conf
rm -f /var/run/cgred.socket
: > /etc/cgconfig.conf
cgrulesengd -n -Q -f /tmp/cgrules.log > /dev/null 2>&1 &
engine=$!
# It says nowhere when it has begun to listen: one after the other, until it has heard of one.
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
ok "cgrulesengd moves what is executed" moved
kill $(cat /tmp/ruled) $engine
wait $engine 2>/dev/null
engine=
rm -f /tmp/cgrules.log /tmp/ruled

for h in memory pids cpu; do
	ok "cgdelete recursively in $h" cgdelete -r "$h:/web"
done
ok "they are gone" test ! -d "$MNT/pids/web"
ok "cgdelete what is not there" refused cgdelete -g pids:/nosuch
ok "cgdelete the other" cgdelete -g pids:/alice
ok "nothing is left" sh -c "! ls -d $MNT/*/*/ 2>/dev/null"
kill -9 $sleeper
wait $sleeper 2>/dev/null
sleeper=
done_testing
