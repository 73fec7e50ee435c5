"""A submission's files on disk.

Owns which names may be written: relative, forward, below the folder. A file whose name no folder can hold is
left out, as if it had not been handed in, so that a name cannot break a run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath


def acceptable(name: str) -> bool:
    """Whether a name stays below the folder that it is written to, on every system."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or not name.isprintable():
        return False
    return not any(mark in name for mark in '\\:*?"<>|')


def lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write every acceptable file below an existing folder."""
    made = {folder}
    for name, content in files.items():
        if acceptable(name):
            path = folder / name
            with contextlib.suppress(OSError):  # a name too long, or a file where a folder should be
                if path.parent not in made:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    made.add(path.parent)
                path.write_bytes(content)
