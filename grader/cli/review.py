"""`hw11 review`: mark what only a person can, on a local page.

Owns the options and the server's life. The marking desk itself belongs to `grader.review`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from grader.assignment.model import Assignment
from grader.cli.output import class_folder, login, on_assignment, roster_option, say
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.results.roster import find_roster
from grader.seeding import kept_secret

if TYPE_CHECKING:
    from grader.review.service import ReviewService

SESSION_SECRET = "session.secret"  # noqa: S105  # a file name


@click.command()
@class_folder
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
@click.option("--public", metavar="URL", help="Where markers find the desk, if it is behind a reverse proxy.")
@roster_option
@on_assignment
def command(
    assignment: Assignment,
    folder: Path,
    *,
    markers: Sequence[str],
    port: int,
    share: float,
    public: str | None,
    roster: Path | None,
) -> int:
    """Mark what only a person can: text answers, undecided ones, regrade requests. Opens a page on this machine."""
    try:
        import uvicorn  # noqa: F401  # found missing here, before anything is read

        from grader.grading.workers import background_process
        from grader.review.app import Application
        from grader.review.service import ReviewService
        from grader.web.access import LocalAccess
        from grader.web.public_address import public_address
        from grader.web.server import address, listen, port_of, serve
    except ImportError as error:
        raise UsageError(f"the marking desk needs {error.name}: pip install 'hw11[review]'") from error
    names, outside = _names(markers), public_address(public) if public else None
    with Gradebook.existing(folder) as gradebook, listen(port) as listening, background_process() as executor:
        service = ReviewService(gradebook, assignment, share, roster=lambda: find_roster(folder, roster), markers=names)
        _read(service)
        app = Application(service, executor).app
        secret = kept_secret(folder / SESSION_SECRET)
        access = LocalAccess(app, secret=secret, port=port_of(listening), command="hw11 review", public=outside)
        for name in names:
            say(f"{name}: {outside or address(listening)}{access.invite(name)}")
        say("each link works once; its session survives a restart of this server. Ctrl+C stops, nothing is lost")
        serve(access, listening)
    return 0


def _names(markers: Sequence[str]) -> list[str]:
    names = [" ".join(name.split()) for name in markers or [login()]]
    if bad := [name for name in names if not 0 < len(name) <= 100]:
        raise UsageError(f"a marker's name has 1 to 100 characters, {bad[0][:20]!r} does not")
    return list(dict.fromkeys(names))


def _read(service: ReviewService) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("reading the gradebook", total=service.gradebook.index.unread())
        service.read_again(lambda done: bar.update(task, completed=done))
