# SPDX-License-Identifier: GPL-2.0
"""Run tests on one kernel, in as many guests as are necessary, and judge them."""

import json
import os
import re
import sys
import threading
import time
import traceback
from dataclasses import dataclass

from guest import BUILD, LOG, Guest, relative, say, splats
from tap import Kunit, Result
from testset import TESTS, make_initrd

DEBUG_MEMORY, MEMORY = "3G", "1G"
DEBUG_SLOW = 10 / 3                 # a test may take this many times as long on a debug kernel
LOST_GUESTS = 20                    # a lane gives up when it has lost more guests than this
SLOWEST = 10                        # how many programs are named at the end

ENDS = {"timeout": "ran out of time and was killed",
        "stuck": "ran out of time and cannot be killed: see the console",
        "unclean": "left a task behind that cannot be killed",
        "lost": "the guest ended while this test ran",
        "unended": "the next test began before the end of this one was reported"}


def room_for(guests, memory):
    """Whether this machine has a processor and memory for each guest, and 1 GB more."""
    try:
        with open("/proc/meminfo") as f:
            free = int(re.search(r"^MemAvailable: *(\d+) kB", f.read(), re.M).group(1)) >> 20
    except (OSError, AttributeError):
        return False
    return len(os.sched_getaffinity(0)) >= guests and free >= guests * int(memory.rstrip("G")) + 1


@dataclass
class Group:
    """The work of one guest, or of several if guests are lost: tests, and kunit and leaks."""

    tests: list
    special: list
    leaks: str = "leaks"                # the name of this group's check for leaks in the results

    def names(self):
        """The names that must have a result at the end."""
        return [t.name for t in self.tests] + [self.leaks if s == "leaks" else s for s in self.special]


class Run:
    """All tests on one kernel: runs them, keeps the results and prints them."""

    def __init__(self, kernel, args, directory):
        self.kernel = kernel
        self.args = args
        self.directory = directory
        self.debug = "debug" in kernel
        self.factor = (DEBUG_SLOW if self.debug else 1) * args.slow
        self.memory = DEBUG_MEMORY if self.debug else MEMORY
        self.results = {}
        self.total = 0
        self.guests = 0
        self.lock = threading.RLock()

    def progress(self, text, end="\n"):
        with self.lock:
            if sys.stdout.isatty():
                sys.stdout.write("\r\033[K" + text + ("" if end == "\r" else "\n"))
                sys.stdout.flush()
            elif end != "\r":
                say(text)

    def report(self, result):
        """Print one line for a test that has ended, and its failures."""
        counts = f"{result.passed} passed"
        counts += f", {result.failed} failed" if result.failed else ""
        counts += f", {result.skipped} skipped" if result.skipped else ""
        if result.name.startswith("leaks") and not result.failed:
            counts = "checked"
        with self.lock:
            self.progress(f"  [{len(self.results)}/{self.total}] {result.name}: {counts}, {result.seconds:.0f} s")
            for title, notes in result.failures:
                say(f"    not ok {title}")
                for note in notes[-15:]:
                    say(f"      {note}")

    def number(self):
        """The number of the next guest."""
        with self.lock:
            self.guests += 1
            return self.guests

    def record(self, kernel):
        """The path and the content of the file with the time that each test took on this kernel."""
        path = os.path.join(LOG, f"durations-{kernel}.json")
        try:
            with open(path) as f:
                return path, json.load(f)
        except (FileNotFoundError, ValueError):
            return path, {}

    def remember(self):
        """Save the time that each test took, if it is a test of the suite with its usual timeout.

        A test that only skipped is left out: on another kernel it may take the longest time.
        """
        if self.args.tests_from == TESTS and self.args.slow == 1 and not self.args.seconds:
            path, known = self.record(self.kernel)
            known.update({r.name: round(r.seconds) for r in self.results.values() if r.passed and not r.failed})
            with open(path, "w") as f:
                json.dump(known, f, indent=0)

    def expected(self, tests):
        """{name: the seconds that the test is expected to take}.

        This is the time that the test last took on this kernel. If there is none, it is its time on
        the main kernel. If there is none either, it is its timeout. The last two are scaled: the
        tests with both times show the ratio.
        """
        seconds = {t.name: t.limit for t in tests}
        for kernel in "main", self.kernel:
            known = self.record(kernel)[1]
            both = [name for name in seconds if name in known]
            before = sum(seconds[name] for name in both)
            scale = sum(known[name] for name in both) / before if before else 1
            seconds = {name: known.get(name, value * scale) for name, value in seconds.items()}
        return seconds

    def slowest(self):
        """A line with the slowest programs; empty if ten or fewer ran, as all are just above."""
        ran = sorted((r for r in self.results.values() if r.seconds), key=lambda r: -r.seconds)
        if len(ran) <= SLOWEST:
            return ""
        return "the slowest: " + ", ".join(f"{r.name} {r.seconds:.0f} s" for r in ran[:SLOWEST])

    def share(self, tests, special, count):
        """The work of each lane: [[Group]].

        The longest tests are given to lanes first, and start first, so that the lanes end at about
        the same time. If there is only one lane, its tests are sorted by name.
        """
        seconds = self.expected(tests)
        lanes = [[] for _ in range(count)]
        load = [0.0] * count
        for test in sorted(tests, key=lambda t: (-seconds[t.name] if count > 1 else 0, t.name)):
            least = load.index(min(load))
            lanes[least].append(test)
            load[least] += seconds[test.name]
        work, scans = [], 0
        for number, lane in enumerate(lanes):
            # Tests with the same kernel parameters share a guest. kunit is in a guest with none.
            groups = []
            for cmdline in sorted({t.cmdline for t in lane} | {""}):
                alike = [t for t in lane if t.cmdline == cmdline]
                extra = [s for s in special if s != "kunit" or (not cmdline and number == 0)]
                if alike or "kunit" in extra:
                    scans += "leaks" in extra
                    groups.append(Group(alike, extra, f"leaks{scans}" if scans > 1 else "leaks"))
            work.append(groups)
        return work

    def result(self, name):
        """The result with this name. It is created if there is none."""
        with self.lock:
            return self.results.setdefault(name, Result(name))

    def complete(self, work):
        """Add a failure for everything that should have run and has no result."""
        for groups in work:
            for group in groups:
                for name in group.names():
                    if name not in self.results:
                        self.result(name).error(f"{name}: did not run")
                        say(f"    not ok {name}: did not run")

    def run(self, tests, special):
        """Run all tests; return the results."""
        for test in tests:
            if test.lacks():
                why = (f"{test.name}: this machine has no {' '.join(test.lacks())}, "
                       "which the test needs in the guest")
                self.result(test.name).error(why)
                say(f"    not ok {why}")
        tests = [t for t in tests if not t.lacks()]
        count = self.args.lanes or (2 if len(tests) > 3 and room_for(2, self.memory) else 1)
        # Tests that measure delays run after all others, in one guest.
        alone = [t for t in tests if t.alone and count > 1 and not all(t.alone for t in tests)]
        work = self.share([t for t in tests if t not in alone], special, count)
        last = self.share(alone, [], 1) if alone else []
        self.total = len(self.results) + sum(len(group.names()) for groups in work + last for group in groups)
        say(f"{self.kernel}: {len(tests)} test programs, {count} guest{'s' if count > 1 else ''} at a time; "
            f"logs: {relative(self.directory)}/")
        for stage in work, last:
            lanes = [threading.Thread(target=Lane(self).work, args=(groups,), daemon=True) for groups in stage]
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()
        self.complete(work + last)
        self.remember()
        return self.results.values()


class Lane:
    """Guests that run one after the other."""

    def __init__(self, run):
        self.run = run
        self.group = None
        self.current = None
        self.deadline = None
        self.begun = 0.0
        self.done = set()       # the keys of this group that have begun

    def name(self, key):
        """The name in the results of what the guest calls key."""
        return self.group.leaks if key == "leaks" else key

    def line(self, line):
        """Handle one line from the verdict channel."""
        word = line.split()
        if line.startswith("##BEGIN ") and len(word) >= 3:
            if self.current:
                self.end("unended")
            self.begin(word[1], int(word[2]))
        elif line.startswith("##END ") and self.current and len(word) >= 3 and word[1] == self.current.key:
            self.end(word[2])
        elif self.current:
            self.current.feed(line)
            if self.run.args.verbose:
                say("    " + line)

    def begin(self, key, limit):
        self.done.add(key)
        self.current = (Kunit if key == "kunit" else Result)(self.name(key))
        self.current.key = key
        self.run.results[self.current.name] = self.current
        self.begun = time.monotonic()
        self.deadline = self.begun + limit + self.run.args.grace
        self.run.progress(f"  [{len(self.run.results)}/{self.run.total}] {key} …", "\r")

    def end(self, status):
        # The next test, or the end of the guest, must come soon.
        self.deadline = time.monotonic() + self.run.args.grace
        result, self.current = self.current, None
        result.seconds = time.monotonic() - self.begun
        if status in ENDS:
            result.error(ENDS[status])
        elif result.key != "leaks":
            result.finish(int(status))
        elif status != "0":
            result.error(f"the check for leaks failed with status {status}")
        if not any(t.name == result.key and t.skips_on(self.run.kernel) for t in self.group.tests):
            result.refuse_skips()
        self.run.report(result)

    def tick(self):
        if self.deadline and time.monotonic() > self.deadline:
            return "timeout"
        return None

    def boot(self, tests, special):
        """Boot one guest for these tests; return the tests and specials that it did not begin."""
        run = self.run
        lists = [("kunit", 60)] if "kunit" in special else []
        lists += [(t.name, int(t.limit * run.factor * max(1, run.args.seconds))) for t in tests]
        lists += [("leaks", 200)] if "leaks" in special else []
        prefix = os.path.join(run.directory, f"guest{run.number()}")
        initrd = prefix + ".cpio"
        make_initrd(tests, initrd, lists)
        guest = Guest(os.path.join(BUILD, run.kernel, "bzImage"), initrd, prefix,
                      memory=run.memory, cpus=run.args.cpus, append=(
                          f"guest.mode=test guest.kernel={run.kernel} guest.slow={max(1, round(run.factor))} "
                          f"guest.seconds={run.args.seconds} "
                          f"loglevel=8 {tests[0].cmdline if tests else ''} {run.args.append}"))
        self.deadline = time.monotonic() + 120 * run.factor        # to the first test
        ended = guest.run(None, self.line, self.tick)
        self.deadline = None
        interrupted = self.current is not None
        if interrupted:
            self.end("lost")
        rest = [t for t in tests if t.name not in self.done]
        with run.lock:
            self.judge(guest, ended, interrupted, bool(rest) and rest == tests)
        os.unlink(initrd)
        return rest, [s for s in special if s not in self.done]

    def judge(self, guest, ended, interrupted, nothing_ran):
        """Assign each splat to the test that ran when the kernel printed it."""
        by_test = {}
        with open(guest.console, errors="replace") as f:
            name, owner = "boot", {}
            for number, line in enumerate(f, 1):
                mark = re.search(r"\] ### (\S+)$", line.rstrip())
                name = mark.group(1) if mark and mark.group(1) != "cannot" else name
                owner[number] = name
        for number, line in splats(guest.console):
            by_test.setdefault(owner.get(number, "boot"), []).append((number, line))
        for name, lines in by_test.items():
            result = self.run.result(self.name(name))
            number, line = lines[0]
            result.error(f"{name}: the kernel complained: {line}")
            say(f"    not ok {name}: the kernel complained, {relative(guest.console)}:{number}:")
            for number, line in lines[:4]:
                say(f"      {number}: {line}")
            if len(lines) > 4:
                say(f"      and {len(lines) - 4} more lines of this kind")
        if ended != "off" or nothing_ran:
            for line in guest.complaint() or ["the guest switched itself off before the first test"]:
                say(f"    {line}")
            if not interrupted and not by_test:
                self.run.result("boot").error(
                    "the guest did not come up" if nothing_ran else "the guest did not switch itself off")

    def work(self, groups):
        """Run all guests of this lane. After an exception, the tests that did not run fail."""
        for group in groups:
            try:
                self.group, self.done = group, set()
                self.guests(group)
            except Exception:       # pylint: disable=broad-except
                text = traceback.format_exc().rstrip()
                say("    the runner failed:\n" + text)
                self.failed("the runner failed: " + text.splitlines()[-1])

    def failed(self, why):
        """Add a failure for each part of the group that has not ended."""
        if self.current:
            self.done.discard(self.current.key)
            self.current = None
        for key in [t.name for t in self.group.tests] + self.group.special:
            if key not in self.done:
                self.run.result(self.name(key)).error(f"{self.name(key)}: {why}")

    def guests(self, group):
        """Boot guests until the group is done."""
        tests, special, lost = group.tests, group.special, 0
        while tests or special:
            before = len(self.done)
            tests, special = self.boot(tests, special)
            lost += bool(tests or special)
            if len(self.done) == before or lost > LOST_GUESTS:
                say("    this lane gives up: its guests end before they have run their tests")
                self.failed("did not run")
                break
            if "leaks" in special:
                say("    the guest ended before the check for leaks")
            if not tests and special == ["leaks"]:
                self.failed("not checked, because the guest ended first")
                break
