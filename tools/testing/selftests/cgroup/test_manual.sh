#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 150
# kernels: main
# needs: unshare
#
# Runs the examples of the manual.
#
# The guest has the manual as cg_manual.sh, a link to Documentation/cgroups.txt. A line
# "    # COMMAND" of the manual is a command. The indented lines below it are its output,
# with "..." for any text. The command must print all of them, in this order. A command
# without such lines must print nothing and succeed. One shell runs all commands of a chapter.

DIR=$(cd "$(dirname "$0")" && pwd)
MANUAL=$DIR/cg_manual.sh
[ -r "$MANUAL" ] || MANUAL=$DIR/../../../../Documentation/cgroups.txt
WORK=/tmp/manual
n=0
failed=0

# Splits the manual into WORK/CHAPTER/NNN.cmd, .want (patterns of grep -x) and .line.
split() {
	awk -v work="$WORK" '
	function chapter(title) {
		sub(/ .*/, "", title)
		sub(/\.$/, "", title)
		dir = work "/" title
	}
	/^[0-9]+(\.[0-9]+)?\. / { title = $0; cmd = ""; next }
	/^(==|--)/ { if (title != "") { chapter(title); made = 0; title = "" } next }
	/^    # / && dir != "" {
		if (!made++)
			system("mkdir -p " dir)
		cmd = sprintf("%s/%03d", dir, ++k)
		print substr($0, 7) > (cmd ".cmd")
		print NR > (cmd ".line")
		printf "" > (cmd ".want")
		close(cmd ".cmd"); close(cmd ".line")
		next
	}
	/^    / && cmd != "" {
		s = substr($0, 5)
		gsub(/[][\\.*^$]/, "\\\\&", s)
		gsub(/(\\\.){3}/, ".*", s)
		print s > (cmd ".want")
		close(cmd ".want")
		next
	}
	{ cmd = "" }
	' "$MANUAL"
}

# Did the command do what the manual says? If not, prints why.
judge() {
	c=$1
	status=$2
	if [ ! -s "$c.want" ]; then
		[ "$status" = 0 ] && [ ! -s "$c.out" ] && return
		echo "status $status; status 0 and no output are expected"
		return 1
	fi
	at=0
	while IFS= read -r pattern; do
		# a command may also print nothing where any text is allowed
		[ "$pattern" = '.*' ] && continue
		next=$(tail -n +$((at + 1)) "$c.out" | grep -nxm 1 -- "$pattern")
		if [ -z "$next" ]; then
			echo "after line $at of the output, no line matches: $pattern"
			return 1
		fi
		at=$((at + ${next%%:*}))
	done < "$c.want"
}

# Runs all commands of a chapter in one shell. Those that fail go to WORK/bad. WORK/done
# shows that the shell has not ended before.
play() {
	for c in "$1"/*.cmd; do
		c=${c%.cmd}
		. "$c.cmd" > "$c.out" 2>&1 < /dev/null
		judge "$c" $? > "$c.why" || echo "$c" >> "$WORK/bad"
	done
	: > "$WORK/done"
}

# Removes what a chapter leaves: members (frozen ones too), cgroups and mounts. Hierarchies
# that are not mounted, such as those of a split, are mounted first. debug.needs is cleared,
# because it would make later mounts fail.
clean() {
	while IFS=: read -r id opts _; do
		[ -n "$opts" ] || continue
		mkdir -p "/mnt/hidden.$id"
		mount -t cgroup -o "$opts" none "/mnt/hidden.$id"
	done < /proc/self/cgroup
	for f in $(find /mnt -name debug.needs); do
		echo > "$f"
	done
	for f in $(find /mnt -name freezer.state | sort); do
		echo THAWED > "$f"
	done
	for i in $(seq 50); do
		for f in $(find /mnt -mindepth 3 -name cgroup.procs); do
			while read -r pid; do
				kill -9 "$pid"
			done < "$f"
		done
		find /mnt -mindepth 2 -depth -type d -exec rmdir {} + && break
		sleep 0.1
	done
	awk '$3 == "cgroup" { print $2 }' /proc/mounts | while read -r m; do
		umount "$m"
	done
	rm -rf /mnt/* /tmp/agent /tmp/released
} 2>/dev/null

echo "TAP version 13"
if [ "$KERNEL" = mainline ] || [ "$KERNEL" = mainline+debug ]; then
	echo "1..0 # SKIP the manual is not about mainline"
	exit 0
fi
mkdir -p $WORK
split
if ! ls $WORK/*/*.cmd > /dev/null 2>&1; then
	echo "# no example in $MANUAL"
	echo "not ok 1 the manual has examples"
	echo "1..1"
	exit 1
fi
for chapter in $(ls -d $WORK/*/ | sort -V); do
	rm -f $WORK/bad $WORK/done
	(play "${chapter%/}")
	clean
	n=$((n + 1))
	title="chapter $(basename "$chapter"), $(ls "$chapter"/*.cmd | wc -l) commands"
	# a command that ends the shell ends the chapter, and has no result
	if [ ! -e $WORK/done ]; then
		for c in "$chapter"/*.cmd; do
			[ -e "${c%.cmd}.why" ] && continue
			echo "the shell ended before this command had a result" > "${c%.cmd}.why"
			echo "${c%.cmd}" >> $WORK/bad
			break
		done
	fi
	if [ ! -e $WORK/bad ]; then
		echo "ok $n $title"
		continue
	fi
	failed=$((failed + 1))
	while read -r c; do
		echo "# line $(cat "$c.line"): $(cat "$c.cmd")"
		sed 's/^/#   /' "$c.why" "$c.out"
	done < $WORK/bad
	echo "not ok $n $title"
done
rm -rf $WORK
echo "1..$n"
[ $failed = 0 ]
