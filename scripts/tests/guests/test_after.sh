#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Checks that everything that test_a_dirty left behind is removed.
echo 1..4
[ "$(ls -A /mnt)" = "" ] && echo "ok 1 no directory" || echo "not ok 1 no directory"
grep -q ' cgroup ' /proc/mounts && echo "not ok 2 no mount" || echo "ok 2 no mount"
ps | grep -q '[s]leep 1000' && echo "not ok 3 no task" || echo "ok 3 no task"
[ "$(pwd)" = /tmp/test_after ] && echo "ok 4 own directory" || echo "not ok 4 own directory"
