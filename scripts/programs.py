# SPDX-License-Identifier: GPL-2.0
"""Programs of one C file that are compiled for the guest."""

import os
import subprocess

from guest import BUILD, TOP, fail

# The path in the guest, by the name of the program; and the source.
PROGRAMS = {
    "cgroup_event_listener": ("usr/bin/cgroup_event_listener", "build/base/samples/cgroup/cgroup_event_listener.c"),
    "cgoomd": ("usr/sbin/cgoomd", "tools/cgroup/cgoomd/cgoomd.c"),
}


def compiled(name):
    """Compile a program, statically, if it is older than its source; return its path."""
    source = PROGRAMS[name][1]
    program = os.path.join(BUILD, "tests", name)
    path = os.path.join(TOP, source)
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(path):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        tmp = f"{program}.{os.getpid()}"
        if subprocess.run(["gcc", "-static", "-O2", "-o", tmp, path], check=False).returncode:
            fail(f"{source} does not compile; the errors of gcc are above")
        os.rename(tmp, program)
    return program


def add(image, name):
    """Add a program to the files of a guest."""
    image.copy(PROGRAMS[name][0], compiled(name), 0o755)
