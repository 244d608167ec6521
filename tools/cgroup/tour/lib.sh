# SPDX-License-Identifier: GPL-2.0
# What the steps of the tour are written with. A step is a file NN-name: it shows what the
# kernel can do by the commands a user would type, and checks what came of them.

failures=0

# say TEXT: what is to be seen now.
say() { echo "$*"; }

# run COMMAND: print it as a user would type it, do it in this shell, show and keep what
# it prints. Sets out and status.
run() {
	echo "# $1"
	eval "$1" > /run/tour.out 2>&1
	status=$?
	cat /run/tour.out
	out=$(cat /run/tour.out)
}

# want WHAT TEST...: the step does what it should only if this holds.
want() {
	what=$1
	shift
	"$@" && return
	echo "!! not so: $what"
	failures=$((failures + 1))
}

ok() { want "the command succeeds" [ "$status" = 0 ]; }
refused() { want "the command is refused" [ "$status" != 0 ]; }
has() { want "the output has '$1'" matches "$1"; }
matches() { echo "$out" | grep -q -e "$1"; }
is() { want "the output is '$1'" [ "$out" = "$1" ]; }

# soon TEST...: wait up to five seconds until it holds; the caller then checks it.
soon() {
	for _ in $(seq 50); do
		"$@" 2> /dev/null && return
		sleep 0.1
	done
	return 1
}

trap 'exit $((failures != 0))' EXIT
