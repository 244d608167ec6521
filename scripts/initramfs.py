# SPDX-License-Identifier: GPL-2.0
"""Write an initramfs (a newc cpio archive) without root and without a staging tree."""

import os
import shutil
import stat
import subprocess

from guest import BUILD, LOG, TOP, fail

TOOLS = os.path.join(BUILD, "tools")
TOOL_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:" + os.path.join(TOOLS, "usr/bin")
# Our own programs, which build_tools() installs in build/tools.
OWN_TOOLS = ("cgstat",)
# What ncurses needs to know about the terminal.
TERMINFO = ("l/linux", "v/vt100", "x/xterm")


def build_tools():
    """Build and install our own programs. Return False if this machine cannot; the log says why."""
    os.makedirs(LOG, exist_ok=True)
    with open(os.path.join(LOG, "tools.log"), "w") as log:
        run = subprocess.run(["make", "-C", os.path.join(TOP, "tools/cgroup"), "install",
                              f"O={os.path.join(BUILD, 'tools.obj')}", f"DESTDIR={TOOLS}", "PREFIX=/usr"],
                             stdout=log, stderr=subprocess.STDOUT, check=False)
    return not run.returncode


def busybox():
    """The path of busybox. If there is none, say what to do and end this program."""
    return shutil.which("busybox", path=TOOL_PATH) or fail(
        "busybox, which every guest needs, is not installed; install it with: scripts/need-packages guest")


class Initramfs:
    """A set of paths in the guest, each with its mode and content."""

    def __init__(self):
        self.entries = {}

    def _add(self, path, mode, data):
        parent = os.path.dirname(path.strip("/"))
        if parent and parent not in self.entries:
            self._add(parent, stat.S_IFDIR | 0o755, b"")
        self.entries[path.strip("/")] = (mode, data)

    def directory(self, path, mode=0o755):
        self._add(path, stat.S_IFDIR | mode, b"")

    def symlink(self, path, target):
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def data(self, path, data, mode=0o644):
        self._add(path, stat.S_IFREG | mode, data)

    def text(self, path, text, mode=0o644):
        self.data(path, text.encode(), mode)

    def copy(self, path, host, mode=None):
        with open(host, "rb") as f:
            data = f.read()
        mode = stat.S_IMODE(os.stat(host).st_mode) if mode is None else mode
        self._add(path, stat.S_IFREG | mode, data)

    def base(self, guest_dir):
        """Add the files that every guest has: busybox, our init and its parts."""
        for path in ("proc", "sys", "dev", "run", "mnt", "root", "usr/bin", "usr/sbin", "etc"):
            self.directory(path)
        self.directory("tmp", 0o1777)
        for link in ("sbin", "lib", "lib64"):
            self.symlink(link, "usr/" + link)
        for path in ("usr/lib", "usr/lib64"):
            self.directory(path)
        program = busybox()
        self.copy("bin/busybox", program, 0o755)
        applets = subprocess.run([program, "--list"], stdout=subprocess.PIPE, text=True, check=True)
        for applet in applets.stdout.split():
            if applet != "busybox":
                self.symlink("bin/" + applet, "busybox")
        self.text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                                "user:x:1000:1000:user:/tmp:/bin/sh\n"
                                "nobody:x:65534:65534:nobody:/:/bin/false\n")
        self.text("etc/group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n")
        self.text("etc/hosts", "127.0.0.1 localhost\n")
        for name in sorted(os.listdir(guest_dir)):
            self.copy("guest/" + name, os.path.join(guest_dir, name), 0o755)
        self.symlink("init", "guest/init")

    def tool(self, name):
        """Add a program of the host with its shared libraries; return False if there is none."""
        host = shutil.which(name, path=TOOL_PATH)
        if host is None:
            return False
        path = host.removeprefix(TOOLS)
        path = path if path.startswith("/usr/") else "/usr" + path
        self.copy(path, os.path.realpath(host), 0o755)
        self.symlink("bin/" + name, path)
        for entry in TERMINFO if name in OWN_TOOLS else ():
            if os.path.exists("/lib/terminfo/" + entry):
                self.copy("usr/lib/terminfo/" + entry, "/lib/terminfo/" + entry)
        ldd = subprocess.run(["ldd", host], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             text=True, check=False)
        for word in ldd.stdout.split():
            if word.startswith("/") and os.path.exists(word):
                self.copy(word if word.startswith("/usr/") else "/usr" + word,
                          os.path.realpath(word), 0o755)
        return True

    def write(self, path):
        tmp = f"{path}.{os.getpid()}"
        with open(tmp, "wb") as out:
            names = list(self.entries) + ["TRAILER!!!"]
            for ino, name in enumerate(names, 1):
                mode, data = self.entries.get(name, (0, b""))
                raw = name.encode() + b"\0"
                head = "070701" + "".join(f"{v:08x}" for v in (
                    ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0))
                out.write(_pad(head.encode() + raw) + _pad(data))
            out.write(b"\0" * (-out.tell() % 512))
        os.rename(tmp, path)


def _pad(data):
    return data + b"\0" * (-len(data) % 4)
