"""`hw11 edit`: type your answers on a local page, and see how each is read.

Owns the options and the server's life. The page itself belongs to `grader.edit`.
"""

from __future__ import annotations

import sys
import webbrowser
from contextlib import closing
from pathlib import Path

import click

from grader.assignment.model import Assignment
from grader.cli.output import on_assignment, say
from grader.edit.app import Application
from grader.edit.service import EditService
from grader.edit.work import Work
from grader.files.own_state import state_folder
from grader.maths.judge_process import Judge
from grader.sandbox import start_strongest
from grader.sandbox.lazy import LazyExecutor
from grader.seeding import kept_secret
from grader.web.access import LocalAccess
from grader.web.server import address, listen, port_of, serve

SESSION_SECRET = "session.secret"  # noqa: S105  # a file name


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8712, show_default=True, help="0 takes any that is free."
)
@click.option("--no-browser", is_flag=True, help="Print the link alone.")
@on_assignment
def command(assignment: Assignment, folder: Path, *, port: int, no_browser: bool) -> int:
    """Type your answers on a page of this machine: each is read while you type, and kept in your own files."""
    sandbox = LazyExecutor(lambda: start_strongest(assignment.author_code.probes_dir))
    with listen(port) as listening, Judge() as reader, Judge() as judge, closing(sandbox) as executor:
        reader.start()  # warm before the first letter is typed
        app = Application(EditService(Work(folder, assignment), reader, judge, executor)).app
        secret = kept_secret(state_folder() / SESSION_SECRET)
        access = LocalAccess(app, secret=secret, port=port_of(listening), command="hw11 edit")
        link = f"{address(listening)}{access.invite('student')}"
        say(f"{folder}\n\n  {link}\n")
        say("opens once; what you type is kept in your own files. Ctrl+C stops, nothing is lost")
        if not no_browser and sys.stderr.isatty():
            webbrowser.open(link)
        serve(access, listening)
    return 0
