# SPDX-License-Identifier: GPL-2.0
# Sourced by test_*.sh: runs commands and prints TAP.

n=0
failed=0

# ok TITLE COMMAND...: prints one TAP line, and the output of the command if it fails.
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

# says TEXT COMMAND...: a line of the output contains the text. The exit status is
# ignored, because lssubsys exits with 1 after correct output.
says() {
	text=$1
	shift
	"$@" > /tmp/said 2>&1
	cat /tmp/said
	grep -qF -- "$text" /tmp/said
}

# reads TEXT FILE: the file contains exactly the text.
reads() {
	cat "$2"
	[ "$(cat "$2")" = "$1" ]
}

# refused COMMAND...: the command exists and fails.
refused() {
	command -v "$1" > /dev/null || return 1
	! "$@"
}

# Prints the plan as the last line. Its status is the status of the test.
done_testing() {
	echo "1..$n"
	[ $failed = 0 ]
}

echo "TAP version 13"
