"""The command line: parses, prints, exits.

Owns options, progress and exit codes, and nothing else: nothing below prints. Products go to stdout, everything
else to stderr.
"""

from __future__ import annotations

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


def _log() -> str:
    """Write what went wrong where the caller stands, for a report to us."""
    try:
        Path(LOG_FILE).write_text(f"hw11 {__version__}\n{sys.version}\n{traceback.format_exc()}", encoding="utf-8")
    except OSError:
        return ""
    return f" (details in {LOG_FILE})"


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
@assignment_option
@with_exit_codes
def report(folder: Path, released: bool, pdf: bool, root: Path | None) -> int:
    """Render every report of a graded class again, from its gradebook."""
    from grader.commands import report as command

    return command.run(load(root), folder, released=released, pdf=pdf)


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where to write it.")
@assignment_option
@with_exit_codes
def kit(out: Path, root: Path | None) -> int:
    """Write what students start from: the answers file and a stub for every function."""
    from grader.kit import template_files
    from grader.store import write_atomically

    for name, text in template_files(load(root)).items():
        write_atomically(out / name, text, 0o644)
        say(f"wrote {out / name}")
    return 0
