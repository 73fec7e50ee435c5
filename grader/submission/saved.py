"""When the files of a submission were saved, to see that one changed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from grader.submission.file_kinds import is_litter

ENDINGS = (".py", ".yaml", ".csv", ".ipynb")
"""Endings of the files that students write."""

Saved = dict[str, tuple[int, int]]
"""By path, when a file was written, to the nanosecond, and how long it is."""


def saved_state(path: Path) -> Saved:
    """The state of a submission's files now; `path` is a folder or a single file."""
    found = {}
    for file in [path] if path.is_file() else _files(path):
        with contextlib.suppress(FileNotFoundError):  # an editor may replace it at this moment
            stat = file.stat()
            found[str(file)] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files(folder: Path) -> Iterator[Path]:
    """The files that students write; an environment beside them has ten thousand others, which nobody looks at."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_litter(name)]
        yield from (Path(root, name) for name in names if name.endswith(ENDINGS))
