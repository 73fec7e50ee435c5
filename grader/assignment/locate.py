"""The folder of the assignment that a command works on.

Owns the order in which folders are tried if none is named. Reading the folder belongs to `load`.
"""

from __future__ import annotations

from pathlib import Path

from grader.errors import UsageError


def assignment_root(chosen: Path | None) -> Path:
    """The folder `chosen`; else the current one if it has `problems/`; else the installed homework.

    Raises:
        UsageError: the folder has no `problems/`.
    """
    here = Path(__file__).resolve().parent.parent
    candidates = [chosen] if chosen else [Path.cwd(), here / "homework", here.parent]
    for candidate in candidates:
        if (candidate / "problems").is_dir():
            return candidate.resolve()
    raise UsageError(f"{candidates[0]} has no folder `problems`: name an assignment with --assignment DIR")
