"""`hw11 check`: check your own work: how answers are read, and every public check.

Owns the options and the first lines, which are there before anything that takes time is even imported.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment.locate import assignment_root, title_of
from grader.cli.output import assignment_option, json_option, say, with_exit_codes


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=".")
@click.option("--part", "only", multiple=True, help="Only this part or problem (may be repeated).")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report here.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@json_option
@assignment_option
@with_exit_codes
def command(root: Path | None, path: Path, only: tuple[str, ...], html: Path | None, watch: bool, as_json: bool) -> int:
    """Check your own work: how each answer is read, and every public check."""
    chosen = assignment_root(root, [path])
    say(title_of(chosen))
    if not as_json:
        print(f"checking {path}", flush=True)

    from grader.assignment.load import load_assignment
    from grader.cli.own_check import run

    return run(load_assignment(chosen), path, only, html, as_json, watch)
