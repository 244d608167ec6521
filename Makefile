# SPDX-License-Identifier: GPL-2.0
# "make help" lists the targets. Each target prepares what it needs: packages, base, kernels.

.DEFAULT_GOAL := build
KERNELS ?= main debug
# The scripts order their own steps. Those that compile use all processors (or JOBS=).
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

run: ## build and boot the main kernel, run the tour; on a terminal, open a shell after it
	@scripts/need-packages build guest
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/run-guest --kernel main

shell: ## build and boot the main kernel, open a shell, or run the script on standard input
	@scripts/need-packages build guest
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/run-guest --kernel main --shell

check: ## run all tests on the main and debug kernels (some: TESTS='test_mount*' KERNELS=main)
	@scripts/need-packages build guest test
	@scripts/check

lint: ## run W=1, sparse, checkpatch --strict and kernel-doc on our files and patches only
	@scripts/need-packages build lint
	@scripts/lint

bench: ## compare our kernel with the untouched base; this takes hours (scripts/bench --help)
	@scripts/need-packages build guest bench
	@scripts/build-kernel mainline main main+no-cgroups
	@scripts/bench

patch: ## write all changes as one patch, build/cgroup.patch, for "patch -p1"; OPTIONAL=no leaves out the hooks that only make something faster
	@scripts/need-packages build
	@scripts/unpack-base
	@scripts/stage
	@scripts/make-patch

contract: ## compare the symbols that the base links against with those that the core provides
	@scripts/need-packages build
	@scripts/build-kernel main
	@scripts/contract

check-configs: ## build without cgroups, without SMP, without each controller, and with clang
	@scripts/need-packages build clang
	@scripts/check-configs

check-distro: ## boot a Debian 12 with systemd in legacy mode on the main kernel
	@scripts/need-packages build guest distro
	@scripts/build-kernel main
	@scripts/probe-accel
	@scripts/check-distro

clean: ## remove build/
	rm -rf build

help: ## print this list
	@echo "make [TARGET] [KSRC=another 6.12 tarball or tree] [ACCEL=tcg|kvm] [JOBS=N]"
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo "Logs are in build/log/. If a step fails, its message names the log."

.PHONY: writable build run shell check lint bench patch contract check-configs check-distro clean help
