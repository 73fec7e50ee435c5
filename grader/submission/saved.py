"""When the files of a submission were saved, to see that one changed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.submission.file_kinds import is_document_name, is_text_name
from grader.submission.members import in_folder

Saved = dict[str, tuple[int, int]]
"""By path, when a file was written, to the nanosecond, and how long it is."""


def saved_state(path: Path) -> Saved:
    """The state of what students write, now; `path` is a folder or a single file.

    Pages and logs are left out, as a check that goes on may write them beside the work.
    """
    written = [path / one.at for one in in_folder(path) if _is_written(one.name)]
    found = {}
    for file in [path] if path.is_file() else written:
        with contextlib.suppress(FileNotFoundError):  # an editor may replace it at this moment
            stat = file.stat()
            found[str(file)] = (stat.st_mtime_ns, stat.st_size)
    return found


def _is_written(name: str) -> bool:
    return is_text_name(name) or is_document_name(name) or name.casefold().endswith(".csv")
