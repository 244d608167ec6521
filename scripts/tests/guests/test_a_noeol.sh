#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What it writes last has no end of line.
echo 1..2
echo "ok 1 this has one"
printf 'ok 2 this has none'
