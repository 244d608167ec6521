# SPDX-License-Identifier: GPL-2.0
"""Small programs that are compiled for the guest."""

import glob
import os
import subprocess

from guest import BUILD, TOP, fail

# The path in the guest, by the name of the program; and the sources, as a pattern.
PROGRAMS = {
    "cgroup_event_listener": ("usr/bin/cgroup_event_listener", "build/base/samples/cgroup/cgroup_event_listener.c"),
    "cgoomd": ("usr/sbin/cgoomd", "tools/cgroup/cgoomd/*.[ch]"),
}


def compiled(name):
    """Compile a program, statically, if it is older than its sources; return its path."""
    pattern = PROGRAMS[name][1]
    sources = sorted(glob.glob(os.path.join(TOP, pattern)))
    program = os.path.join(BUILD, "tests", name)
    if not sources:
        fail(f"{pattern}: there is no such file")
    if not os.path.exists(program) or os.path.getmtime(program) < max(map(os.path.getmtime, sources)):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        tmp = f"{program}.{os.getpid()}"
        files = [path for path in sources if path.endswith(".c")]
        if subprocess.run(["gcc", "-static", "-O2", "-o", tmp, *files], check=False).returncode:
            fail(f"{pattern} does not compile; the errors of gcc are above")
        os.rename(tmp, program)
    return program


def add(image, name):
    """Add a program to the files of a guest."""
    image.copy(PROGRAMS[name][0], compiled(name), 0o755)
