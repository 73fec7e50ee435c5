"""`hw11 new`: write an assignment to start from.

Owns the command. What it writes stands in `grader/authoring/starter/`: one question with an answer of each kind.
"""

from __future__ import annotations

from pathlib import Path

import click

import grader.authoring
from grader.cli.output import say, with_exit_codes
from grader.errors import UsageError
from grader.files.atomic import write_atomically

STARTER = Path(grader.authoring.__file__).parent / "starter"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@with_exit_codes
def command(folder: Path) -> int:
    """Write a running assignment of one question with an answer of each kind, to be changed into your own."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name a new folder")
    for file in sorted(STARTER.rglob("*")):
        if file.suffix in (".yaml", ".py"):
            write_atomically(folder / file.relative_to(STARTER), file.read_bytes(), 0o644)
    say(f"wrote {folder}: a question in problems/, what is right in reference/")
    say(f"next: cd {folder} && hw11 validate --watch --part a1")
    return 0
