"""Commands for whoever grades a class: options only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.frame import assignment_option, json_option, load, login, with_exit_codes
from grader.cli.group import main


@main.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where results go.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--resume/--fresh", default=True, help="Keep records that nothing has changed [default: resume].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="Share a class secret.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "process"]),
    default="full",
    help="`process` runs code that you trust without a wall.",
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="cpu", help="Where student code runs.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    help="Where workers run: processes here, or a Dask cluster [default: local].",
)
@click.option("--scheduler", metavar="ADDR", help="The Dask scheduler's address [default: a cluster of --jobs here].")
@click.option("--gradebook", metavar="URL", help="A PostgreSQL database to keep records in [default: a file in --out].")
@json_option
@assignment_option
@with_exit_codes
def grade(paths: tuple[Path, ...], root: Path | None, **options: Any) -> int:
    """Grade a class: folders and zip files, one record each, whatever happens."""
    from grader.commands import grade as command

    return command.run(load(root), paths, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--marker", "markers", multiple=True, help="Who marks; one link each [default: your login name].")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8711, show_default=True, help="0 takes any that is free."
)
@click.option(
    "--second",
    "share",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of the answers that a second person marks, blind.",
)
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@assignment_option
@with_exit_codes
def review(folder: Path, root: Path | None, **options: Any) -> int:
    """Mark what only a person can: text answers, undecided ones, regrade requests. Opens a page on this machine."""
    from grader.commands import review as command

    return command.run(load(root), folder, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@click.option("--unfinished", is_flag=True, help="Release although something is open; every report says what.")
@click.option("--author", default=login, help="Who releases, for the history [default: you].")
@json_option
@assignment_option
@with_exit_codes
def release(folder: Path, root: Path | None, **options: Any) -> int:
    """Hand results out: final reports with model answers, and a list of whose result has changed."""
    from grader.commands import release as command

    return command.run(load(root), folder, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--release", "released", is_flag=True, help="Tell hidden outcomes and model answers: for after the deadline."
)
@click.option("--pdf", is_flag=True, help="Also print each report as PDF, with a Chromium that is installed.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@assignment_option
@with_exit_codes
def report(folder: Path, root: Path | None, **options: Any) -> int:
    """Render every report of a graded class again, from its gradebook."""
    from grader.commands import report as command

    return command.run(load(root), folder, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--never-lower", "never_lowered", is_flag=True, help="Keep the higher score of every check.")
@click.option("--apply", is_flag=True, help="Keep the new records [default: only show what would change].")
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The class secret, if shared.")
@click.option("--isolation", type=click.Choice(["full", "process"]), default="full", help="As the class was graded.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="cpu", help="As the class was graded.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@json_option
@assignment_option
@with_exit_codes
def regrade(folder: Path, root: Path | None, **options: Any) -> int:
    """Judge a class again after the problems changed, and show who gains or loses what."""
    from grader.commands import regrade as command

    return command.run(load(root), folder, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("submission")
@click.argument("check_id", metavar="CHECK")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@json_option
@assignment_option
@with_exit_codes
def explain(folder: Path, submission: str, check_id: str, root: Path | None, **options: Any) -> int:
    """Tell the whole story of one decision, for staff: every record, every person's word, what it comes to."""
    from grader.commands import explain as command

    return command.run(load(root), folder, submission, check_id, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--to", "to", required=True, help="Format, such as canvas, moodle or csv; `list` lists them all.")
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), help="The platform's own file, to fill.")
@click.option("--column", "--grade-column", "column", help="The column to fill, where it is not clear.")
@click.option("--feedback", is_flag=True, help="Moodle: also fill empty feedback comments.")
@click.option("--provisional", is_flag=True, help="Also what is still partly open, with the points decided so far.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or folder for several [default: stdout for one].")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The class secret, if shared.")
@json_option
@assignment_option
@with_exit_codes
def export(folder: Path, root: Path | None, **options: Any) -> int:
    """Bring grades to where they are kept: fill a platform's own file, or write tables."""
    from grader.commands import export as command

    return command.run(load(root), folder, **options)


@main.command(name="import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--author", default=login, help="Who marked, where a row does not say [default: you].")
@click.option("--partial", is_flag=True, help="Take the sound rows even if others are not.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@json_option
@assignment_option
@with_exit_codes
def import_(folder: Path, table: Path, root: Path | None, **options: Any) -> int:
    """Read back a review table that people marked, or a student's regrade request (regrade.yaml)."""
    from grader.commands import import_ as command

    return command.run(load(root), folder, table, **options)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("submission")
@click.confirmation_option(prompt="Delete everything about this submission, for good?")
@assignment_option
@with_exit_codes
def forget(folder: Path, submission: str, root: Path | None) -> int:
    """Delete one student's work from a graded class: records, decisions, observations and reports."""
    from grader.commands import forget as command

    return command.run(load(root), folder, submission)
