# SPDX-License-Identifier: GPL-2.0
"""Parse the TAP of one test program and judge it."""

import re

PLAN = re.compile(r"1\.\.(\d+)(?:\s*#\s*(SKIP.*))?\s*$", re.I)
RESULT = re.compile(r"(not )?ok\b\s*(\d+)?\s*-?\s*(.*)$")


class Result:
    """The results of a test program: counts, and each failure with the lines printed before it."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failures = []      # (title, [diagnostic lines])
        self.skips = []         # the titles of the skipped results
        self.plan = None
        self.seconds = 0.0
        self._notes = []

    @property
    def failed(self):
        return len(self.failures)

    @property
    def skipped(self):
        return len(self.skips)

    def feed(self, line):
        """Parse one line of output."""
        text = line.rstrip()
        # The plan and each result must be at the start of a line, as kselftests print them. After
        # other output on the same line they do not count, and finish() reports them as missing.
        plan = PLAN.match(text)
        if plan:
            self.plan = int(plan.group(1))
            if plan.group(2):
                self.skips.append(plan.group(2))
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
            self.skips.append(title)
        else:
            self.passed += 1
        self._notes = []

    def error(self, why):
        """Add a failure that the program itself did not report."""
        self.failures.append((why, self._notes))
        self._notes = []

    def finish(self, status):
        """Judge the results of a program that ended with this exit status.

        137 may be the SIGKILL of the time limit.
        """
        seen = self.passed + self.failed + self.skipped
        if self.plan is None:
            self.error(f"no TAP plan (exit status {status})")
        elif not self.plan and not seen:
            self.error("the plan is 1..0, without a reason to skip")
        elif self.plan and seen < self.plan:
            self.error(f"{self.plan} results announced, {seen} came (exit status {status})")
        elif self.plan and seen > self.plan:
            self.error(f"{self.plan} results announced, {seen} came")
        elif status not in (0, 4) and not self.failed:
            self.error(f"exit status {status} although nothing failed")

    def refuse_skips(self):
        """Make each skipped result a failure."""
        for skip in self.skips:
            self.error(f"may not be skipped here: {skip}")


class Kunit(Result):
    """The results of KUnit in debugfs: suites, and in each suite its cases, indented by one level.

    The guest writes "# suite NAME" before the results of each suite.
    """

    def __init__(self, name):
        super().__init__(name)
        self.suites = {}        # {name: [cases in the plan, cases with a result, failed cases]}
        self._suite = "?"

    def feed(self, line):
        begin = re.match(r"# suite (\S+)$", line)
        if begin:
            self._suite = begin.group(1)
            self.suites[self._suite] = [None, 0, 0]
            return
        counts = self.suites.setdefault(self._suite, [None, 0, 0])
        plan = re.match(r"    1\.\.(\d+)", line)
        case = re.match(r"    (not ok|ok) \d+ ?-? ?(.*)$", line)
        if plan:
            counts[0] = int(plan.group(1))
        elif case:
            counts[1] += 1
            counts[2] += case.group(1) == "not ok"
            super().feed(line.strip())
        elif line.startswith("not ok ") and not counts[2]:
            self.error(f"suite {self._suite} failed, although none of its cases did")
        elif line.strip():
            self._notes.append(line.rstrip())

    def finish(self, status):
        if status:
            self.error(f"reading the results failed with status {status}")
        if not self.suites:
            self.error("there are no results of KUnit")
        for name, (announced, came, _) in self.suites.items():
            if not announced or came != announced:
                self.error(f"suite {name}: {announced or 'no'} results announced, {came} came")
