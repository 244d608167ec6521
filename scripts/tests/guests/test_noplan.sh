#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
echo "ok 1 and then nothing is said of a plan"
