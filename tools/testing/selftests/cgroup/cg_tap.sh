# SPDX-License-Identifier: GPL-2.0
# Sourced by test_*.sh: TAP from commands.

n=0
failed=0

# ok TITLE COMMAND...: one TAP line; the output is shown when it fails.
ok() {
	title=$1
	shift
	n=$((n + 1))
	if out=$("$@" 2>&1); then
		echo "ok $n $title"
	else
		echo "# $*: status $?"
		echo "$out" | sed 's/^/# /'
		echo "not ok $n $title"
		failed=$((failed + 1))
	fi
}

# says TEXT COMMAND...: the output has a line with the text. (lssubsys prints what
# it should and exits with 1.)
says() {
	text=$1
	shift
	"$@" > /tmp/said 2>&1
	cat /tmp/said
	grep -qF -- "$text" /tmp/said
}

# reads TEXT FILE
reads() {
	cat "$2"
	[ "$(cat "$2")" = "$1" ]
}

# refused COMMAND...: it fails, and not because there is no such command.
refused() {
	command -v "$1" > /dev/null || return 1
	! "$@"
}

# The last line: the plan, and the status of the test.
done_testing() {
	echo "1..$n"
	[ $failed = 0 ]
}

echo "TAP version 13"
