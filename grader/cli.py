"""The command line: parses, prints, exits.

Owns options, progress and exit codes, and nothing else: nothing below prints. Products go to stdout, everything
else to stderr.
"""

from __future__ import annotations

import getpass
import json
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader import __version__
from grader.errors import HarnessError, Hw11Error, SpecError, UsageError

if TYPE_CHECKING:
    from grader.problem.model import Assignment

NOT_RIGHT, BAD_INPUT, OUR_FAULT, INTERRUPTED = 1, 2, 3, 130
LOG_FILE = "hw11-fault.log"


def say(text: str = "") -> None:
    """One line for a person, on stderr."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    """One machine-readable line, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def with_exit_codes(command: Callable[..., int | None]) -> Callable[..., NoReturn]:
    """Turn what a command returns or raises into an exit code and a sentence."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> NoReturn:
        try:
            sys.exit(command(*args, **kwargs) or 0)
        except SpecError as error:
            say(str(error))
            annotate(error)
            say(f"\n{len(error.diagnostics)} mistake(s) in the problem files")
            sys.exit(BAD_INPUT)
        except UsageError as error:
            say(f"hw11: {error}")
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            say("\ninterrupted; what is done is saved")
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(INTERRUPTED)
        except (HarnessError, Hw11Error) as error:
            say(f"hw11: a fault of ours: {error}{_log()}")
            sys.exit(OUR_FAULT)

    return run


def annotate(error: SpecError) -> None:
    """Let the pages of a workflow show each mistake beside its line."""
    from grader.annotate import as_annotations, wanted

    for line in as_annotations(error.diagnostics) if wanted() else ():
        say(line)


def _log() -> str:
    """Write what went wrong where the caller stands, for a report to us."""
    try:
        Path(LOG_FILE).write_text(f"hw11 {__version__}\n{sys.version}\n{traceback.format_exc()}", encoding="utf-8")
    except OSError:
        return ""
    return f" (details in {LOG_FILE})"


def login() -> str:
    """The name of whoever runs this, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "staff"


def load(root: Path | None) -> Assignment:
    """The assignment a command works on."""
    from grader.problem.load import load_assignment

    return load_assignment(assignment_root(root))


def assignment_root(chosen: Path | None) -> Path:
    """The folder asked for; else the current one if it has `problems/`; else the installed homework."""
    here = Path(__file__).resolve().parent
    candidates = [chosen] if chosen else [Path.cwd(), here / "homework", here.parent]
    for candidate in candidates:
        if (candidate / "problems").is_dir():
            return candidate.resolve()
    raise UsageError(f"{candidates[0]} has no folder `problems`: name an assignment with --assignment DIR")


assignment_option = click.option(
    "--assignment",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with problems/ [default: here if it has one, else the installed homework].",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable lines on stdout.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hw11")
def main() -> None:
    """Grade a deep-learning homework: typed derivations and torch code, held against a reference.

    Exit codes: 0 done · 1 something is not right yet · 2 usage or problem files · 3 a fault of ours ·
    130 interrupted.
    """


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
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML here.")
@json_option
@assignment_option
@with_exit_codes
def validate(junit: Path | None, as_json: bool, root: Path | None) -> int:
    """Check the checks: the reference is right, planted wrong answers are caught."""
    from grader.commands import validate as command

    return command.run(load(root), junit, as_json)


@main.command()
@json_option
@assignment_option
@with_exit_codes
def doctor(as_json: bool, root: Path | None) -> int:
    """Say what this machine can guarantee, found out by trying."""
    from grader.commands import doctor as command

    return command.run(assignment_root(root), as_json)


@main.command()
@click.argument("reference", required=False)
@click.argument("answer", required=False)
@click.option("--jsonl", is_flag=True, help="Answer JSON lines on stdin, one for one.")
@click.option("--kind", default="expr", help="expr, matrix, equation, number, quantity or set [default: expr].")
@click.option("--symbol", "symbols", multiple=True, help="Declare one: `m: positive integer` (may be repeated).")
@click.option("--rel", type=float, help="Relative tolerance [default: exact].")
@with_exit_codes
def equivalent(reference: str | None, answer: str | None, jsonl: bool, **options: Any) -> int:
    """Say whether an answer equals a reference."""
    from grader.commands import equivalent as command

    if jsonl:
        return command.run_jsonl()
    if reference is None or answer is None:
        raise UsageError("give REFERENCE and ANSWER, or --jsonl")
    return command.run(reference, answer, **options)


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@assignment_option
@with_exit_codes
def run(name: str, arguments: tuple[str, ...], root: Path | None) -> int:
    """Run an experiment that the homework declares in reference/experiments/, such as `hw11 run sweep --out DIR`."""
    from grader.commands import run as command

    return command.run(assignment_root(root), name, arguments)


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
@assignment_option
@with_exit_codes
def review(folder: Path, root: Path | None, **options: Any) -> int:
    """Mark what only a person can: text answers, undecided ones, regrade requests. Opens a page on this machine."""
    from grader.commands import review as command

    return command.run(load(root), folder, **options)


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


@main.command()
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
    help="When Gradescope tells hidden checks, and with them the total.",
)
@click.option("--seconds", type=click.IntRange(60, 2400), default=540, show_default=True, help="For one submission.")
@assignment_option
@with_exit_codes
def kit(out: Path, what: str | None, root: Path | None, **platform: Any) -> int:
    """Write what students get: the template, its notebook, and a wheel that checks without any answer in it."""
    from grader.commands import kit, kit_platforms

    match what:
        case "gradescope":
            return kit_platforms.run_gradescope(load(root), out, **platform)
        case "otter":
            return kit_platforms.run_otter(load(root), out, **platform)
        case "template":
            return kit.run_template(load(root), out)
    return kit.run(load(root), out)
