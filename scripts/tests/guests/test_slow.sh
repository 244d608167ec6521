#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 3
# Runs out of time, and its child ignores SIGTERM.
echo 1..1
setsid sh -c 'trap "" TERM; sleep 1000'
