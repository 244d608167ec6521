# SPDX-License-Identifier: GPL-2.0
"""The hooks: patches for files of the base.

Those in patches/optional/ only make something faster. OPTIONAL=no leaves them out.
"""

import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DIRECTORIES = {"patches": True, "patches/optional": False}      # is the directory needed?


def wanted():
    """Return whether the optional hooks are wanted; end the program if OPTIONAL is no answer."""
    answer = os.environ.get("OPTIONAL", "")
    if answer not in ("", "yes", "no"):
        sys.exit(f"OPTIONAL={answer}: must be yes or no")
    return answer != "no"


def hooks(every=False):
    """Return the paths of the hooks below TOP, in the order in which they are applied.

    With every, OPTIONAL=no makes no difference.
    """
    found = []
    for directory, needed in DIRECTORIES.items():
        at = os.path.join(TOP, directory)
        if (needed or every or wanted()) and os.path.isdir(at):
            found += [os.path.join(directory, name) for name in os.listdir(at) if name.endswith(".patch")]
    return sorted(found, key=os.path.basename)
