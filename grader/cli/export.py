"""`hw11 export`: bring grades to where they are kept.

Owns the options and writing the files. What is in them belongs to `grader.exports`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from grader.cli.output import OUR_FAULT, class_folder, json_option, on_class, print_json, say
from grader.errors import UsageError
from grader.exports.base import GradedClass, Wishes, export, listed_formats
from grader.files.atomic import write_atomically
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.publish import read_report
from grader.seeding import SECRET_FILE, class_secret

_SHOWN = 3  # files that are named one by one; of more, only the folder is


def _list_formats(context: click.Context, _: click.Parameter, to: str) -> str:
    """Print the formats and end where `list` is asked for: no class is needed for that."""
    if to == "list":
        click.echo(listed_formats())
        context.exit()
    return to


@click.command()
@class_folder
@click.option(
    "--to",
    required=True,
    is_eager=True,
    callback=_list_formats,
    help="Format, such as canvas, moodle or csv; `list` lists them all.",
)
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), help="The platform's own file, to fill.")
@click.option("--column", "--grade-column", "column", help="The column to fill, where it is not clear.")
@click.option("--feedback", is_flag=True, help="Moodle: also fill empty feedback comments.")
@click.option("--provisional", is_flag=True, help="Also what is still partly open, with the points decided so far.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or folder for several [default: stdout for one].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The class secret, if shared.")
@json_option
@on_class
def command(
    course: Course,
    *,
    to: str,
    out: Path | None,
    secret_file: Path | None,
    as_json: bool,
    template: Path | None,
    column: str | None,
    feedback: bool,
    provisional: bool,
) -> int:
    """Bring grades to where they are kept: fill a platform's own file, or write tables."""
    if out is not None and template is not None and out.resolve() == template.resolve():
        raise UsageError(f"--out would overwrite {template}: give another name, and keep theirs until it is imported")
    graded = graded_class(course, secret_file)
    made = export(to, graded, Wishes(template, column, feedback, provisional))
    written = _write(made.files, out, as_json)
    for line in made.messages:
        say(line)
    if len(written) > _SHOWN:
        say(f"wrote {len(written)} files in {out}")
    else:
        for path in written:
            say(f"wrote {path}")
    faults = [record.submission for record in graded.records if record.has_harness_error]
    if faults:
        say(f"{len(faults)} with a fault of ours, not graded yet: {', '.join(faults)}")
    if as_json:
        print_json({"format": to, "files": [str(path) for path in written], "harness_errors": faults, **made.facts})
    return OUR_FAULT if faults else 0


def graded_class(course: Course, secret_file: Path | None = None) -> GradedClass:
    """The effective records of a class, with the rubrics that people changed while marking."""
    gradebook, folder = course.gradebook, course.gradebook.folder
    rubrics = {version.check_id: version.items for version in gradebook.marking.rubrics.versions()}
    return GradedClass(
        course.assignment,
        effective_class(course),
        lambda: secret_of(folder, secret_file),
        rubrics,
        gradebook.gradings.source,
        gradebook.releases.latest(),
        partial(read_report, out=folder),
    )


def secret_of(folder: Path, shared: Path | None) -> bytes:
    """The secret that a class was graded with. A missing one is not created: with another every draw would change."""
    if shared is None and not (folder / SECRET_FILE).is_file():
        raise UsageError(f"{folder} holds no {SECRET_FILE}: name the one it was graded with by --secret-file")
    return class_secret(folder, shared)


def _write(files: Mapping[str, bytes], out: Path | None, as_json: bool) -> list[Path]:
    """Write one file to `out` or stdout, several into the folder `out`; returns the paths written."""
    (name, content), *others = files.items()
    if not others and out is None and not as_json:
        sys.stdout.buffer.write(content)
        return []
    if out is None:
        why = "--json prints on stdout" if not others else f"these are {len(files)} files"
        raise UsageError(f"{why}: say with --out where to write")
    if not others and not out.is_dir():
        write_atomically(out, content)
        return [out]
    if out.is_file():
        raise UsageError(f"{out} is a file; these are {len(files)}: give a folder")
    for name, content in files.items():
        write_atomically(out / name, content)
    return [out / name for name in files]
