#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
echo 1..3
echo "ok 1 only this one"
kill -11 $$
