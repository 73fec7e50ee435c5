"""`hw11 kit`: write what students get.

Owns the options and writing the files. Their content belongs to `grader.authoring.kit` and `grader.platforms`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.assignment.model import Assignment
from grader.authoring.kit import kit_files, template_files
from grader.cli.output import assignment_option, load, say, with_exit_codes
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
@assignment_option
@with_exit_codes
def command(out: Path, what: str | None, root: Path | None, **platform: Any) -> int:
    """Write what students get: the template, its notebook, and a wheel that checks without any answer in it."""
    match what:
        case "gradescope":
            return run_gradescope(load(root), out, **platform)
        case "otter":
            return run_otter(load(root), out, **platform)
        case "template":
            return run_template(load(root), out)
    return run(load(root), out)


def run(assignment: Assignment, out: Path) -> int:
    """Write the whole kit."""
    files = kit_files(assignment)
    for name, content in files.items():
        write_atomically(out / name, content, 0o644)
        say(f"wrote {out / name}")
    return 0


def run_template(assignment: Assignment, out: Path) -> int:
    """Write only the template, as it is checked in."""
    for name, text in template_files(assignment).items():
        write_atomically(out / name, text, 0o644)
        say(f"wrote {out / name}")
    return 0


def run_gradescope(assignment: Assignment, out: Path, *, secret_file: Path | None, **chosen: Any) -> int:
    """Build the autograder zip, with a trial run, and print what it needs."""
    from grader.platforms.gradescope.bundle import build

    settings = GradescopeSettings(chosen["isolation"], chosen["hidden"], chosen["seconds"])
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
