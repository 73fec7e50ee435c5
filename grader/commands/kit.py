"""`hw11 kit`: what students get."""

from __future__ import annotations

from pathlib import Path

from grader.assignment.model import Assignment
from grader.authoring.kit import kit_files, template_files
from grader.cli import say
from grader.files.atomic import write_atomically


def run(assignment: Assignment, out: Path) -> int:
    """Write the whole kit."""
    files = kit_files(assignment)
    for name, content in files.items():
        write_atomically(out / name, content, 0o644)
        say(f"wrote {out / name}")
    return 0


def run_template(assignment: Assignment, out: Path) -> int:
    """Write the template alone, as it is checked in."""
    for name, text in template_files(assignment).items():
        write_atomically(out / name, text, 0o644)
        say(f"wrote {out / name}")
    return 0
