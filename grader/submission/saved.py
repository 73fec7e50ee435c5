"""When the files of a submission were saved, to see that one changed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.submission.members import in_folder

ENDINGS = (".py", ".yaml", ".csv", ".ipynb")
"""Endings of the files that students write."""

Saved = dict[str, tuple[int, int]]
"""By path, when a file was written, to the nanosecond, and how long it is."""


def saved_state(path: Path) -> Saved:
    """The state of a submission's files now; `path` is a folder or a single file."""
    written = [path / one.at for one in in_folder(path) if one.at.endswith(ENDINGS)]
    found = {}
    for file in [path] if path.is_file() else written:
        with contextlib.suppress(FileNotFoundError):  # an editor may replace it at this moment
            stat = file.stat()
            found[str(file)] = (stat.st_mtime_ns, stat.st_size)
    return found
