# SPDX-License-Identifier: GPL-2.0
# The front door. "make help" lists what is here; each target does its own set-up.

.DEFAULT_GOAL := build
KERNELS ?= main debug
# Every step is ordered by its script; kernels build with all processors by themselves.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

export KSRC ACCEL KERNELS TESTS JOBS

build run shell check lint bench patch contract check-configs check-distro clean: writable
writable:
	@scripts/writable

build: ## build the main kernel: build/main/bzImage
	@scripts/need-packages build
	@scripts/build-kernel main
	@echo "the kernel: build/main/bzImage"

run: ## build, boot, go through the tour; on a terminal, leave a shell in the guest
	@scripts/need-packages build guest
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/run-guest --kernel main

shell: ## build, boot, a shell in the guest; without a terminal, what the standard input says
	@scripts/need-packages build guest
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/run-guest --kernel main --shell

check: ## all tests, on the main and on the debug kernel (TESTS='test_mount*' KERNELS=main: some)
	@scripts/need-packages build guest test
	@scripts/check

lint: ## W=1, sparse, checkpatch --strict, kernel-doc, on our files and patches only
	@scripts/need-packages build lint
	@scripts/lint

bench: ## our kernel against the untouched base, and against moving tasks by hand there, in instructions
	@scripts/need-packages build guest
	@scripts/build-kernel mainline main
	@scripts/bench

patch: ## write build/cgroup.patch: all of this as one patch, for "patch -p1"
	@scripts/need-packages build
	@scripts/unpack-base
	@scripts/stage
	@scripts/make-patch

contract: ## what the base links against and what the core provides: no gap either way
	@scripts/need-packages build
	@scripts/build-kernel main
	@scripts/contract

check-configs: ## builds without cgroups, without SMP, without each controller, and with clang
	@scripts/need-packages build clang
	@scripts/check-configs

check-distro: ## a Debian 12 with systemd in legacy mode boots on the kernel
	@scripts/need-packages build guest distro
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/check-distro

clean: ## remove build/
	rm -rf build

help: ## this list
	@echo "make [TARGET] [KSRC=another 6.12 tarball or tree] [ACCEL=tcg|kvm] [JOBS=N]"
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo "Logs are in build/log/, which every failure names."

.PHONY: writable build run shell check lint bench patch contract check-configs check-distro clean help
