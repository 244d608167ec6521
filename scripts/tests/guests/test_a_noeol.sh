#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The last line that it writes has no newline.
echo 1..2
echo "ok 1 this has one"
printf 'ok 2 this has none'
