# SPDX-License-Identifier: GPL-2.0
"""Boot one QEMU guest and report how it ended.

The guest has three channels. ttyS0 is the kernel's console and goes to
PREFIX.console. ttyS1 carries verdicts, as lines, to PREFIX.verdict. hvc0 is the
user's terminal: on request, it is the terminal of this process. The guest has no
network.
"""

import fcntl
import os
import re
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build")
LOG = os.path.join(BUILD, "log")
KVM = "/dev/kvm"

# A healthy kernel prints none of these. One of them fails the run, even if all tests passed.
SPLAT = re.compile("|".join((
    r"\bBUG: ", r"\bBUG at ", r"\bWARNING: ", r"\bKASAN: ", r"\bUBSAN: ", r"\bODEBUG: ",
    r"possible (circular|recursive|irq|unsafe|reason|deadlock).*",
    r"possible .* detected", r"inconsistent lock state", r"suspicious RCU usage",
    r"INFO: (task|rcu|possible|lockdep is turned off|trying to register)",
    r"rcu: INFO: ", r"self-detected stall", r"detected stalls? on", r"soft lockup", r"hard LOCKUP",
    r"\bOops\b", r"Kernel panic", r"general protection fault", r"refcount_t: ",
    r"unreferenced object", r"kmemleak: (\d+ new suspected|Cannot|Memory pool|.*disabled)",
    r"DEBUG_LOCKS_WARN_ON", r"turning off the locking", r"list_(add|del) corruption",
    r"scheduling while atomic", r"sleeping function called", r"unregister_netdevice: waiting",
    r"page allocation stalls", r"Bad page state", r"bad: scheduling", r"blocked for more than")))


STAMP = re.compile(r"^\[ *\d+\.\d+\](\[ *[CT]\d+\])? ")    # of printk
REPEAT = 12


def splats(console):
    """[(line number, line)] of the lines that a healthy kernel does not print.

    A line is left out only if the same text was found in the REPEAT lines above it.
    One report may have more than one such line.
    """
    found, last = [], {}        # last: {text: number of the line where it was found}
    try:
        with open(console, errors="replace") as f:
            for number, line in enumerate(f, 1):
                if SPLAT.search(line) and "] ### " not in line:
                    text = STAMP.sub("", line).strip()
                    if number > last.get(text, -REPEAT) + REPEAT:
                        found.append((number, line.strip()))
                        last[text] = number
    except FileNotFoundError:
        pass
    return found


def jobs():
    """How many compilers run at once: JOBS=, or else one for each processor, as in scripts/jobs."""
    number = os.environ.get("JOBS") or str(len(os.sched_getaffinity(0)))
    if not re.fullmatch("[1-9][0-9]*", number):
        fail(f"{os.path.basename(sys.argv[0])}: JOBS={number} is not a number of compilers (1, 2, ...)")
    return int(number)


def kvm_opens():
    """Whether this process may open /dev/kvm. A guest may still fail to run with it."""
    return os.access(KVM, os.R_OK | os.W_OK)


def accelerators():
    """Arguments for QEMU: ACCEL= if it is set, else KVM if a probe boot worked, else TCG."""
    accel = os.environ.get("ACCEL", "")
    source = f"ACCEL={accel}"
    if not accel:
        source = "build/accel"
        try:
            with open(os.path.join(BUILD, "accel")) as f:
                accel = f.read().strip()
        except FileNotFoundError:
            accel = "tcg"
        if accel == "kvm" and not kvm_opens():
            accel = "tcg"
    if accel not in ("tcg", "kvm"):
        fail(f"{source}: unknown accelerator; use tcg or kvm")
    if accel == "tcg":
        return ["-accel", "tcg,thread=multi", "-cpu", "max"]
    return ["-accel", "kvm", "-cpu", "host"]


class Guest:
    """One guest.

    After run(), ``ended`` is one of: off, panic, qemu (QEMU itself failed), timeout, or the
    string with which tick() stopped the guest.
    """

    def __init__(self, kernel, initrd, prefix, *, append="", memory="1G", cpus=2,
                 icount=False, terminal=None, interactive=False, disks=(), accel=None):
        self.console = prefix + ".console"
        self.verdict = prefix + ".verdict"
        self.ended = None
        self.seconds = 0.0
        self.started = None
        self.process = None
        if icount:
            # QEMU counts each repetition of a string instruction: 512 per page with 8 bytes
            # each, 4096 with one byte each. Without erms and fsrm the kernel uses 8 bytes.
            cpus, machine = 1, ["-accel", "tcg", "-cpu", "max,-erms,-fsrm", "-icount", "shift=0,sleep=off"]
        else:
            machine = accel or accelerators()
        # QEMU ends when this process ends, whatever the cause.
        self.argv = [
            "setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-M", "q35", *machine, "-smp", str(cpus), "-m", memory,
            "-serial", "file:" + self.console, "-serial", "file:" + self.verdict,
            "-kernel", kernel, "-append",
            f"console=ttyS0 panic=-1 random.trust_cpu=on no_timer_check {append}"]
        if initrd:
            self.argv += ["-initrd", initrd]
        if terminal:
            # This character device of QEMU becomes hvc0. Only an interactive guest reads from our
            # standard input.
            self.argv += ["-chardev", f"{terminal},id=term", "-device", "virtio-serial-pci",
                          "-device", "virtconsole,chardev=term"]
        self.stdout = bool(terminal and "stdio" in terminal)
        self.interactive = interactive
        for disk in disks:
            self.argv += ["-drive", f"if=virtio,format=raw,file={disk}"]
        for path in (self.console, self.verdict):
            open(path, "w").close()

    def start(self):
        self.started = time.monotonic()
        with open(self.console + ".qemu", "w") as err:
            self.process = subprocess.Popen(
                self.argv, stdin=None if self.interactive else subprocess.DEVNULL,
                stdout=None if self.stdout else err, stderr=None if self.stdout else err)

    def stop(self, why):
        """End the QEMU that we started, and no other."""
        self.ended = why
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def run(self, timeout, on_line=None, tick=None):
        """Boot, pass each verdict line to on_line, wait for the end; timeout in seconds or None.

        tick() is called several times per second. If it returns a string, the
        guest is stopped, and ``ended`` is this string.
        """
        self.start()
        try:
            with open(self.verdict, "rb") as lines:
                rest = b""
                while True:
                    over = self.process.poll() is not None
                    rest = self._drain(lines, rest, on_line)
                    if over:
                        break
                    if timeout and time.monotonic() - self.started > timeout:
                        self.stop("timeout")
                    why = tick() if tick else None
                    if why and self.process.poll() is None:
                        self.stop(why)
                    time.sleep(0.05)
                if rest and on_line:
                    on_line(rest.decode(errors="replace"))
        finally:
            self.stop(self.ended or "off")
        self.seconds = time.monotonic() - self.started
        if self.ended == "off" and self.process.returncode:
            self.ended = "qemu"
        if self.ended == "off" and self.panicked():
            self.ended = "panic"
        return self.ended

    @staticmethod
    def _drain(lines, rest, on_line):
        rest += lines.read()
        *whole, rest = rest.split(b"\n")
        for line in whole:
            if on_line:
                on_line(line.decode(errors="replace").rstrip("\r"))
        return rest

    def panicked(self):
        with open(self.console, errors="replace") as f:
            return any("Kernel panic" in line for line in f)

    def complaint(self):
        """Lines that say what failed, and which file has the details; [] if nothing failed."""
        said = {"timeout": "the guest hung and was stopped", "panic": "the guest's kernel panicked",
                "qemu": "QEMU failed; its last messages:"}.get(self.ended)
        out = [said] if said else []
        if self.ended == "qemu":
            out += tail(self.console + ".qemu", 5)
        for number, line in splats(self.console):
            out.append(f"splat at {relative(self.console)}:{number}: {line}")
        if said and len(out) == 1:
            out += tail(self.console, 8)
        return out


def log_directory(name):
    """Make or empty a log directory that no other process uses; return its path and lock.

    It is build/log/NAME, or NAME.2 and so on if others run at the same time. The lock ends with
    this process.
    """
    for number in range(1, 100):
        path = os.path.join(LOG, name + (f".{number}" if number > 1 else ""))
        os.makedirs(path, exist_ok=True)
        lock = os.open(os.path.join(path, ".lock"), os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        for old in os.listdir(path):
            if old != ".lock":
                os.unlink(os.path.join(path, old))
        return path, lock
    return fail(f"no free log directory {relative(os.path.join(LOG, name))}.N: 99 are in use")


def tail(path, count):
    try:
        with open(path, errors="replace") as f:
            return ["  " + line.rstrip() for line in f.readlines()[-count:]]
    except FileNotFoundError:
        return []


def relative(path):
    return os.path.relpath(path, os.getcwd()) if path.startswith(TOP) else path


def say(text=""):
    print(text, flush=True)


def note(text=""):
    print(text, file=sys.stderr, flush=True)


def fail(text):
    note(text)
    sys.exit(1)


def refused(kind, value, trace):
    """If this user cannot write to the tree, say what to do instead of a traceback."""
    if not issubclass(kind, PermissionError) or not subprocess.run([os.path.join(TOP, "scripts/writable")], check=False).returncode:
        sys.__excepthook__(kind, value, trace)


sys.excepthook = refused
