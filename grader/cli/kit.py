"""`hw11 kit`: write what students get.

Owns the options and writing the files. Their content belongs to `grader.authoring.kit` and `grader.platforms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from grader.assignment.model import Assignment
from grader.authoring.kit import kit_files, template_files
from grader.cli.output import on_assignment, say
from grader.errors import UsageError
from grader.files.atomic import write_atomically
from grader.platforms.gradescope.run import GradescopeSettings


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where to write it.")
@click.option("--template", "what", flag_value="template", help="The files to fill in alone, as they are checked in.")
@click.option("--gradescope", "what", flag_value="gradescope", help="For staff: the autograder zip for Gradescope.")
@click.option(
    "--otter", "what", flag_value="otter", help="For staff: source notebook, tests and plugin for otter-grader."
)
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="Share a class secret.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "user"]),
    default="user",
    show_default=True,
    help="On the platform: `user` also accepts another user where its container forbids namespaces.",
)
@click.option(
    "--hidden",
    type=click.Choice(["after_published", "after_due_date", "visible"]),
    default="after_published",
    show_default=True,
    help="When Gradescope shows hidden checks, and with them the total.",
)
@click.option("--seconds", type=click.IntRange(60, 2400), default=540, show_default=True, help="For one submission.")
@on_assignment
def command(assignment: Assignment, out: Path, what: str | None, **platform: Any) -> int:
    """Write what students get: the template, its notebook, and a wheel that checks without any answer in it."""
    match what:
        case "gradescope":
            _write_gradescope(assignment, out, **platform)
        case "otter":
            _write_otter(assignment, out, **platform)
        case "template":
            _write(template_files(assignment), out)
        case _:
            _write(kit_files(assignment), out)
    return 0


def _write(files: Mapping[str, bytes | str], out: Path) -> None:
    for name, content in files.items():
        write_atomically(out / name, content, 0o644)
        say(f"wrote {out / name}")


def _write_gradescope(assignment: Assignment, out: Path, *, secret_file: Path | None, **chosen: Any) -> None:
    """Build the autograder zip, with a trial run, and print what it needs."""
    from grader.platforms.gradescope.bundle import build

    settings = GradescopeSettings(chosen["isolation"], chosen["hidden"], chosen["seconds"])
    say("building, then grading the untouched template with it …")
    built = build(assignment, out, settings, secret_file)
    say(f"wrote {built.path} (staff: the answers and the class secret are in it)")
    say(f"tried out: {built.seconds:g} s, {built.peak_mib} MiB at the peak, limit {settings.seconds:g} s")
    if built.warning:
        say(built.warning)


def _write_otter(assignment: Assignment, out: Path, *, secret_file: Path | None, **chosen: Any) -> None:
    """Write the source notebook, the tests, and the folder that the plugin grades from."""
    from grader.platforms.otter.files import write

    if secret_file is not None and not secret_file.is_file():
        raise UsageError(f"there is no class secret {secret_file}")
    for path in write(assignment, out, secret_file, chosen["isolation"], chosen["seconds"]):
        say(f"wrote {path}")
    say(f"next: otter assign {out / 'source' / assignment.notebook} DIST")
