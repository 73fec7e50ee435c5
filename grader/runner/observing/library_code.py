"""Which code is a library's: Python's own, or one that is installed.

Owns telling a library's file by its name. Whose the other files are belongs to whoever watches them.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

_INSTALLED = ("site-packages", "dist-packages")
"""What every folder is called into which packages are installed. Inside the sandbox `sysconfig` does not know those of
a virtual environment: they come with the order, as entries of `sys.path`."""

FOLDERS = tuple(
    os.path.join(folder, "")
    for folder in dict.fromkeys(
        (
            *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
            *(folder for folder in sys.path if Path(folder).name in _INSTALLED),
        )
    )
)
"""How the names of libraries' files begin."""
