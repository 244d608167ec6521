#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: ip
# may-skip: main debug
echo 1..3
echo "ok 1 first"
if [ -x /usr/bin/ip ] || [ -x /usr/sbin/ip ]; then
	echo "ok 2 the tool is there"
else
	echo "not ok 2 the tool is there"
fi
echo "ok 3 third # SKIP not today"
