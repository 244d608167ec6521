#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Leaves a frozen task in a hierarchy whose mount is hidden.
mkdir /mnt/f
mount -t cgroup -o freezer none /mnt/f
mkdir /mnt/f/g
setsid sleep 1000 &
echo $! > /mnt/f/g/tasks
echo FROZEN > /mnt/f/g/freezer.state
mount -t tmpfs none /mnt
echo 1..1
echo "ok 1 dirty"
