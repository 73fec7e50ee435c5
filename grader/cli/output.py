"""Printing, exit codes and options that commands share.

Owns the rule that products go to stdout and everything else to stderr, and the exit code of each kind of error.
"""

from __future__ import annotations

import getpass
import json
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from grader import __version__
from grader.assignment.locate import assignment_root
from grader.errors import Diagnostic, HarnessError, Hw11Error, SpecError, UsageError

if TYPE_CHECKING:
    from grader.assignment.model import Assignment

NOT_RIGHT, BAD_INPUT, OUR_FAULT, INTERRUPTED = 1, 2, 3, 130
LOG_FILE = "hw11-fault.log"


def say(text: str = "") -> None:
    """Print one line for a person, on stderr."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print one value as a line of JSON, on stdout; with escapes where that cannot take every letter."""
    click.echo(json.dumps(value, ensure_ascii="utf" not in (sys.stdout.encoding or "").lower()))


def with_exit_codes(command: Callable[..., int | None]) -> Callable[..., NoReturn]:
    """Exit with the code that a command returns, or print the error that it raises and exit with that error's code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> NoReturn:
        try:
            sys.exit(command(*args, **kwargs) or 0)
        except SpecError as error:
            say(str(error))
            annotate(error.diagnostics)
            several = "s" if len(error.diagnostics) > 1 else ""
            say(f"\n{len(error.diagnostics)} mistake{several} in the problem files")
            sys.exit(BAD_INPUT)
        except UsageError as error:
            say(f"hw11: {error}")
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            say("\ninterrupted; what is done is saved")
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()  # else Python prints the error a second time while it flushes at exit
            sys.exit(INTERRUPTED)
        except (HarnessError, Hw11Error) as error:
            say(f"hw11: a fault of ours: {error}{_log()}")
            sys.exit(OUR_FAULT)

    return run


def annotate(found: Iterable[Diagnostic], level: Literal["error", "warning"] = "error") -> None:
    """In a GitHub workflow, print each mistake as an annotation, which is shown beside its line."""
    from grader.authoring.github_annotations import as_annotations, wanted

    for line in as_annotations(found, level) if wanted() else ():
        say(line)


def _log() -> str:
    """Write versions and traceback to a file in the current folder, for a bug report; returns a note of it."""
    try:
        Path(LOG_FILE).write_text(f"hw11 {__version__}\n{sys.version}\n{traceback.format_exc()}", encoding="utf-8")
    except OSError:
        return ""
    return f" (details in {LOG_FILE})"


def login() -> str:
    """The login name of whoever runs this, for the history; `staff` if there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "staff"


assignment_option = click.option(
    "--assignment",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with problems/ [default: the nearest, up from the work and from here; else the installed homework].",
)


def on_assignment(command: Callable[..., int]) -> Callable[..., NoReturn]:
    """Give a command `--assignment`, the assignment as its first argument, and an exit code.

    Its title is the first thing that is said: a command that found another assignment than was meant shows it.
    """

    @wraps(command)
    def run(root: Path | None, **given: Any) -> int:
        from grader.assignment.load import load_assignment

        work = (given.get("path"), given.get("folder"), *(given.get("paths") or ()))
        assignment = load_assignment(assignment_root(root, [path for path in work if isinstance(path, Path)]))
        say(assignment.title)
        return command(assignment, **given)

    return assignment_option(with_exit_codes(run))


def on_class(command: Callable[..., int]) -> Callable[..., NoReturn]:
    """Give a command with a `class_folder` `--roster`, `--assignment`, and the graded class as its first argument."""

    @wraps(command)
    def run(assignment: Assignment, folder: Path, roster: Path | None, **given: Any) -> int:
        from grader.gradebook import Gradebook
        from grader.results.course import Course
        from grader.results.roster import find_roster

        students = find_roster(folder, roster)
        with Gradebook.existing(folder) as gradebook:
            return command(Course(gradebook, assignment, students), **given)

    return roster_option(on_assignment(run))


class_folder = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
"""The folder that a class was graded into."""
roster_option = click.option(
    "--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable lines on stdout.")
