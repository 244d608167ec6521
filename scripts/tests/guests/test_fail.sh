#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
echo 1..2
echo "ok 1 this holds"
echo "# why it does not hold"
echo "not ok 2 this does not"
