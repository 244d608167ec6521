# SPDX-License-Identifier: GPL-2.0
"""Run tests on one kernel, in as many guests as it takes, and judge them."""

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
DEBUG_SLOW = 10 / 3                 # how much longer a test may take on a debug kernel
LOST_GUESTS = 20                    # a lane gives up after that many
SLOWEST = 10                        # so many programs are named at the end

ENDS = {"timeout": "ran out of time and was killed",
        "stuck": "ran out of time and cannot be killed: see the console",
        "unclean": "left a task behind that cannot be killed",
        "lost": "the guest ended while it ran",
        "unended": "the next test began before the end of this one was reported"}


def room_for(guests, memory):
    """Whether this machine has a processor for each guest, and the memory, with one GB to spare."""
    try:
        with open("/proc/meminfo") as f:
            free = int(re.search(r"^MemAvailable: *(\d+) kB", f.read(), re.M).group(1)) >> 20
    except (OSError, AttributeError):
        return False
    return len(os.sched_getaffinity(0)) >= guests and free >= guests * int(memory.rstrip("G")) + 1


@dataclass
class Group:
    """What one guest is to do, or several if it is lost: tests, and kunit and leaks."""

    tests: list
    special: list
    leaks: str = "leaks"                # what its search for leaks is called in the results

    def names(self):
        """What has to have a result in the end."""
        return [t.name for t in self.tests] + [self.leaks if s == "leaks" else s for s in self.special]


class Run:
    """All the tests on one kernel: the results, and what is said of them."""

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
        """One line for a test that is over, and its failures."""
        counts = f"{result.passed} passed"
        counts += f", {result.failed} failed" if result.failed else ""
        counts += f", {result.skipped} skipped" if result.skipped else ""
        if result.name.startswith("leaks") and not result.failed:
            counts = "looked for"
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
        """The file that keeps how long each test took on this kernel, and what it says."""
        path = os.path.join(LOG, f"durations-{kernel}.json")
        try:
            with open(path) as f:
                return path, json.load(f)
        except (FileNotFoundError, ValueError):
            return path, {}

    def remember(self):
        """Keep how long the tests took, if they are the suite's and were given their usual time.

        Not of those that were skipped here: on another kernel they may take longest.
        """
        if self.args.tests_from == TESTS and self.args.slow == 1 and not self.args.seconds:
            path, known = self.record(self.kernel)
            known.update({r.name: round(r.seconds) for r in self.results.values() if r.passed and not r.failed})
            with open(path, "w") as f:
                json.dump(known, f, indent=0)

    def expected(self, tests):
        """The seconds that each test is expected to take, by name: what it took on this kernel the last time.

        Without that, what it took on the main kernel; without that too, its timeout. Either is scaled
        by what the other tests say of the two.
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
        """A line of the programs that took longest; none if there are so few that each was just seen."""
        ran = sorted((r for r in self.results.values() if r.seconds), key=lambda r: -r.seconds)
        if len(ran) <= SLOWEST:
            return ""
        return "the slowest: " + ", ".join(f"{r.name} {r.seconds:.0f} s" for r in ran[:SLOWEST])

    def share(self, tests, special, count):
        """The work of each lane: [[Group]].

        The longest tests are dealt out first and start first, so that the lanes end together. One lane
        alone takes its tests by name.
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
            # Tests that ask for the same kernel parameters share a guest; kunit goes with those that ask for none.
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
        """The result of this name, made if there is none yet."""
        with self.lock:
            return self.results.setdefault(name, Result(name))

    def complete(self, work):
        """Nothing that was to run may be missing without a word."""
        for groups in work:
            for group in groups:
                for name in group.names():
                    if name not in self.results:
                        self.result(name).error(f"{name}: did not run")
                        say(f"    not ok {name}: did not run")

    def run(self, tests, special):
        """Do it all; the results."""
        for test in tests:
            if test.lacks():
                why = f"{test.name}: this machine has no {' '.join(test.lacks())} to give to the guest"
                self.result(test.name).error(why)
                say(f"    not ok {why}")
        tests = [t for t in tests if not t.lacks()]
        count = self.args.lanes or (2 if len(tests) > 3 and room_for(2, self.memory) else 1)
        # Those that measure how late others are run when the rest is through, in one guest.
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
    """Guests one after the other."""

    def __init__(self, run):
        self.run = run
        self.group = None
        self.current = None
        self.deadline = None
        self.begun = 0.0
        self.done = set()       # of this group

    def name(self, key):
        """What the results call something that the guest knows as key."""
        return self.group.leaks if key == "leaks" else key

    def line(self, line):
        """One line over the verdict channel."""
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
        # What comes next, a test or the end of the guest, comes soon.
        self.deadline = time.monotonic() + self.run.args.grace
        result, self.current = self.current, None
        result.seconds = time.monotonic() - self.begun
        if status in ENDS:
            result.error(ENDS[status])
        elif result.key != "leaks":
            result.finish(int(status))
        elif status != "0":
            result.error(f"looking for leaks failed with status {status}")
        if not any(t.name == result.key and t.skips_on(self.run.kernel) for t in self.group.tests):
            result.refuse_skips()
        self.run.report(result)

    def tick(self):
        if self.deadline and time.monotonic() > self.deadline:
            return "timeout"
        return None

    def boot(self, tests, special):
        """One guest for these tests; what it left to do comes back."""
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
        """Put splats down to the test that was on when they came."""
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
        if ended != "off" or nothing_ran:
            for line in guest.complaint() or ["the guest switched itself off before the first test"]:
                say(f"    {line}")
            if not interrupted and not by_test:
                self.run.result("boot").error(
                    "the guest did not come up" if nothing_ran else "the guest did not switch itself off")

    def work(self, groups):
        """All the guests of this lane. Whatever goes wrong in here is a failure of what did not run for it."""
        for group in groups:
            try:
                self.group, self.done = group, set()
                self.guests(group)
            except Exception:       # pylint: disable=broad-except
                text = traceback.format_exc().rstrip()
                say("    the runner failed:\n" + text)
                self.failed("the runner failed: " + text.splitlines()[-1])

    def failed(self, why):
        """A failure for all of the group that is not over."""
        if self.current:
            self.done.discard(self.current.key)
            self.current = None
        for key in [t.name for t in self.group.tests] + self.group.special:
            if key not in self.done:
                self.run.result(self.name(key)).error(f"{self.name(key)}: {why}")

    def guests(self, group):
        """As many guests as the group takes."""
        tests, special, lost = group.tests, group.special, 0
        while tests or special:
            before = len(self.done)
            tests, special = self.boot(tests, special)
            lost += bool(tests or special)
            if len(self.done) == before or lost > LOST_GUESTS:
                say("    giving up")
                self.failed("did not run")
                break
            if "leaks" in special:
                say("    what leaked in the guest that is gone was not looked for")
            if not tests and special == ["leaks"]:
                self.failed("not looked for: the guest was gone")
                break
