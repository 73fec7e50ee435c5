"""`hw11 kit --gradescope` and `--otter`: what a course uploads to, or runs with, somebody else's autograder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.assignment.model import Assignment
from grader.cli import say
from grader.errors import UsageError
from grader.platforms.gradescope.run import Settings


def run_gradescope(assignment: Assignment, out: Path, *, secret_file: Path | None, **chosen: Any) -> int:
    """Build the zip, try it out, say what it needs."""
    from grader.platforms.gradescope.bundle import build

    settings = Settings(chosen["isolation"], chosen["hidden"], chosen["seconds"])
    say("building, then grading the untouched template with it …")
    built = build(assignment, out, settings, secret_file)
    say(f"wrote {built.path} (staff: the answers and the class secret are in it)")
    say(f"tried out: {built.seconds:g} s, {built.peak_mib} MiB at the peak, limit {settings.seconds:g} s")
    if built.warning:
        say(built.warning)
    return 0


def run_otter(assignment: Assignment, out: Path, *, secret_file: Path | None, **chosen: Any) -> int:
    """Write the source notebook, the tests, and the folder that the plugin grades from."""
    from grader.platforms.otter.files import write

    if secret_file is not None and not secret_file.is_file():
        raise UsageError(f"there is no class secret {secret_file}")
    for path in write(assignment, out, secret_file, chosen["isolation"], chosen["seconds"]):
        say(f"wrote {path}")
    say(f"next: otter assign {out / 'source' / 'hw11.ipynb'} DIST")
    return 0
