# SPDX-License-Identifier: GPL-2.0
"""Read the TAP of one test program and judge it."""

import re

PLAN = re.compile(r"1\.\.(\d+)(?:\s*#\s*(SKIP.*))?\s*$", re.I)
RESULT = re.compile(r"(not )?ok\b\s*(\d+)?\s*-?\s*(.*)$")


class Result:
    """What a test program said: counts, and the failures with what was printed before each."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.skipped = 0
        self.failures = []      # (title, [diagnostic lines])
        self.plan = None
        self.seconds = 0.0
        self._notes = []

    @property
    def failed(self):
        return len(self.failures)

    def feed(self, line):
        """One line of output."""
        text = line.rstrip()
        # A program that writes without a newline, or the kernel's, may stand before it.
        plan = PLAN.match(text)
        if plan:
            self.plan = int(plan.group(1))
            if plan.group(2):
                self.skipped += 1
                self.skip_reason = plan.group(2)
            return
        result = RESULT.match(text)
        if not result:
            if text and not text.startswith("TAP version"):
                self._notes.append(text)
            return
        title = result.group(3) or "test " + (result.group(2) or "?")
        if result.group(1):
            self.failures.append((title, self._notes))
        elif re.search(r"#\s*SKIP", title, re.I):
            self.skipped += 1
        else:
            self.passed += 1
        self._notes = []

    def error(self, why):
        """A failure that the program itself did not report."""
        self.failures.append((why, self._notes))
        self._notes = []

    def finish(self, status):
        """The program ended with this exit status: 137 may be the time limit's SIGKILL."""
        seen = self.passed + self.failed + self.skipped
        if self.plan is None:
            self.error(f"no TAP plan (exit status {status})")
        elif self.plan and seen < self.plan:
            self.error(f"{self.plan} results announced, {seen} came (exit status {status})")
        elif self.plan and seen > self.plan:
            self.error(f"{self.plan} results announced, {seen} came")
        elif status not in (0, 4) and not self.failed:
            self.error(f"exit status {status} although nothing failed")


class Kunit(Result):
    """The results that KUnit leaves in debugfs: the cases, one level in."""

    def feed(self, line):
        match = re.match(r"    (not ok|ok) \d+ ?-? ?(.*)$", line)
        if match is None:
            if line.strip():
                self._notes.append(line.rstrip())
            return
        super().feed(line.strip())

    def finish(self, status):
        if status:
            self.error(f"reading the results failed with status {status}")
