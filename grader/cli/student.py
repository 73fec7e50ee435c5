"""Commands for whoever works on the homework: options only."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.frame import assignment_option, assignment_root, json_option, load, with_exit_codes
from grader.cli.group import main


@main.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=".")
@click.option("--part", "only", multiple=True, help="Only this part or problem (may be repeated).")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report here.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@json_option
@assignment_option
@with_exit_codes
def check(path: Path, only: tuple[str, ...], html: Path | None, watch: bool, as_json: bool, root: Path | None) -> int:
    """Check your own work: how each answer is read, and every public check."""
    from grader.commands import check as command

    return command.run(load(root), path, only, html, as_json, watch)


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@assignment_option
@with_exit_codes
def run(name: str, arguments: tuple[str, ...], root: Path | None) -> int:
    """Run an experiment that the homework declares in reference/experiments/, such as `hw11 run sweep --out DIR`."""
    from grader.commands import run as command

    return command.run(assignment_root(root), name, arguments)
