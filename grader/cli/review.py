"""`hw11 review`: mark what only a person can, on a local page.

Owns the options and the server's life. The marking desk itself belongs to `grader.review`.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import Progress

from grader.assignment.model import Assignment
from grader.cli.output import assignment_option, load, login, say, with_exit_codes
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.results.roster import find_roster

if TYPE_CHECKING:
    from grader.review.service import ReviewService

HOST = "127.0.0.1"


@click.command()
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
def command(folder: Path, root: Path | None, **options: Any) -> int:
    """Mark what only a person can: text answers, undecided ones, regrade requests. Opens a page on this machine."""
    return run(load(root), folder, **options)


def run(
    assignment: Assignment, folder: Path, *, markers: Sequence[str], port: int, share: float, roster: Path | None
) -> int:
    """Serve the marking desk on this machine until interrupted.

    Raises:
        UsageError: the folder holds no gradebook, the roster cannot be used, the port is taken, or the extra `review`
            is not installed.
    """
    try:
        import uvicorn

        from grader.review.app import Application
        from grader.review.auth import RequestGuard
        from grader.review.service import ReviewService
    except ImportError as error:
        raise UsageError(f"the marking desk needs {error.name}: pip install 'hw11[review]'") from error
    names = _names(markers)
    with Gradebook.existing(folder) as gradebook, _listen(port) as listening:
        service = ReviewService(gradebook, assignment, share, roster=lambda: find_roster(folder, roster))
        _read(service)
        executor = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        guard = RequestGuard(Application(service, executor).app, gradebook, listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(guard, log_level="warning", access_log=False, server_header=False))
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        for name in names:
            say(f"{name}: {address}{guard.invite(name)}")
        say("each link works once; its session survives a restart of this server. Ctrl+C stops, nothing is lost")
        server.run(sockets=[listening])
    return 0


def _names(markers: Sequence[str]) -> list[str]:
    names = [" ".join(name.split()) for name in markers or [login()]]
    if bad := [name for name in names if not 0 < len(name) <= 100]:
        raise UsageError(f"a marker's name has 1 to 100 characters, {bad[0][:20]!r} does not")
    return list(dict.fromkeys(names))


def _listen(port: int) -> socket.socket:
    """A socket that listens on the loopback address, which nobody else on the network can reach.

    It listens before the links are printed, so that a link that is opened at once waits instead of being refused.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} is not free ({error.strerror}): choose another with --port, or 0 for any"
        ) from error
    return listening


def _read(service: ReviewService) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("reading the gradebook", total=service.gradebook.index.unread())
        service.read_again(lambda done: bar.update(task, completed=done))
