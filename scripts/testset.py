# SPDX-License-Identifier: GPL-2.0
"""Find the tests, compile them, and write the initramfs of a guest that runs them."""

import fnmatch
import os
import re
import shutil
import subprocess

import programs
from guest import BUILD, TOP, jobs, say
from initramfs import OWN_TOOLS, TOOL_PATH, Initramfs, build_tools

TESTS = os.path.join(TOP, "tools/testing/selftests/cgroup")
DEFAULT_LIMIT = 120


class Test:
    """A test program: test_*.c, which is compiled, or test_*.sh, which is copied to the guest."""

    def __init__(self, source):
        self.source = source
        self.name = os.path.splitext(os.path.basename(source))[0]
        with open(source, errors="replace") as f:
            head = "".join(line for line, _ in zip(f, range(20)))
        limit = re.search(r"\btimeout: *(\d+)", head)
        self.limit = int(limit.group(1)) if limit else DEFAULT_LIMIT
        needs = re.findall(r"\bneeds: *([^*\n]+)", head)
        self.needs = " ".join(needs).split()
        cmdline = re.search(r"\bcmdline: *([^*\n]+)", head)
        self.cmdline = cmdline.group(1).strip() if cmdline else ""
        may_skip = re.findall(r"\bmay-skip: *([^*\n]+)", head)
        self.may_skip = " ".join(may_skip).split()
        kernels = re.search(r"\bkernels: *([^*\n]+)", head)
        self.kernels = kernels.group(1).split() if kernels else []
        self.alone = bool(re.search(r"\balone: *yes\b", head))
        self.program = source

    def skips_on(self, kernel):
        """Whether the test may skip on this kernel: on mainline always, else if may-skip has it."""
        kernel = kernel.split("+")[0]
        return kernel == "mainline" or kernel in self.may_skip

    def runs_on(self, kernel):
        """Whether the test runs on this kernel without being named."""
        return not self.kernels or kernel.split("+")[0] in self.kernels

    def lacks(self):
        """The programs that the test needs and this machine does not have."""
        return [tool for tool in self.needs
                if tool not in programs.PROGRAMS and not shutil.which(tool, path=TOOL_PATH)]


def find_tests(directory, patterns):
    """The tests whose name matches a pattern, with or without suffix; all without a pattern."""
    try:
        files = sorted(os.listdir(directory))
    except FileNotFoundError:
        files = []
    tests = [Test(os.path.join(directory, f)) for f in files if re.fullmatch(r"test_.*\.(c|sh)", f)]
    if not patterns:
        return tests
    return [t for t in tests if any(matches(t, p) for p in patterns)]


def matches(test, pattern):
    return fnmatch.fnmatch(test.name, pattern.removesuffix(".c").removesuffix(".sh"))


def compile_tests(tests, directory):
    """Compile, statically, each C test that is older than its sources, and our own tools if a test needs them.

    Return {name: errors of gcc} for the tests that do not compile.
    """
    at_once = jobs()
    if any(tool in OWN_TOOLS for test in tests for tool in test.needs) and not build_tools():
        say("tests: tools/cgroup does not build here; the log is build/log/tools.log")
    out = os.path.join(BUILD, "tests")
    if os.path.abspath(directory) != os.path.abspath(TESTS):
        # a test of another directory may have the name of one of the suite
        out = os.path.join(out, re.sub(r"\W+", "-", os.path.abspath(directory)).strip("-"))
    os.makedirs(out, exist_ok=True)
    shared = sorted(os.path.join(directory, f) for f in os.listdir(directory)
                    if re.fullmatch(r"cg_.*\.[ch]", f))
    harness = [os.path.join(BUILD, tree, "tools/testing/selftests") for tree in ("src", "base")]
    base = ["gcc", "-static", "-O2", "-Wall", "-pthread",
            "-I", directory, *(w for h in harness for w in ("-I", h))]
    todo = []
    for test in tests:
        if not test.source.endswith(".c"):
            continue
        test.program = os.path.join(out, test.name)
        parts = [os.path.relpath(s, TOP) for s in (test.source, *shared) if s.endswith(".c")]
        newest = max(os.path.getmtime(p) for p in (*shared, test.source, __file__))
        if os.path.exists(test.program) and os.path.getmtime(test.program) > newest:
            continue
        tmp = f"{test.program}.{os.getpid()}"
        todo.append((test, tmp, [*base, "-o", tmp, *parts]))
    if todo:
        say(f"tests: compile {len(todo)} programs …")
    broken = {}
    for at in range(0, len(todo), at_once):
        running = [(t, tmp, subprocess.Popen(c, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
                   for t, tmp, c in todo[at:at + at_once]]
        for test, tmp, compiler in running:
            text = compiler.communicate()[0]
            if compiler.returncode:
                broken[test.name] = text
                continue
            if text.strip():
                say(text.rstrip())
            os.rename(tmp, test.program)
    return broken


def make_initrd(tests, path, lists):
    """Write the guest's files: the tests, the tools that they need, and the list of tests."""
    image = Initramfs()
    image.base(os.path.join(TOP, "scripts/guest"))
    for test in tests:
        for tool in test.needs:
            if tool in programs.PROGRAMS:
                programs.add(image, tool)
            else:
                image.tool(tool)
        image.copy("tests/" + test.name, test.program, 0o755)
    for name in sorted(os.listdir(TESTS)) if os.path.isdir(TESTS) else ():
        if re.fullmatch(r"cg_.*\.sh", name):
            image.copy("tests/" + name, os.path.join(TESTS, name), 0o755)
    image.text("tests/LIST", "".join(f"{name} {limit}\n" for name, limit in lists))
    image.write(path)
