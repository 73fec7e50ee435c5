"""`hw11 doctor`: say what this machine can guarantee, found out by trying.

Owns printing the findings, and the browser that reports are printed with. The other trials belong to `grader.sandbox`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click

from grader.assignment.locate import assignment_root
from grader.cli.output import (
    NOT_RIGHT,
    assignment_option,
    json_option,
    print_json,
    say,
    with_exit_codes,
)
from grader.errors import UsageError
from grader.sandbox.doctor import Finding, examine
from reports.pdf import find_browser

_SIGNS = {"good": "✓", "lower": "~", "missing": "✗"}


@click.command()
@json_option
@assignment_option
@with_exit_codes
def command(as_json: bool, root: Path | None) -> int:
    """Say what this machine can guarantee, found out by trying."""
    contained = False
    with _probes(root) as probes:
        for finding in chain(examine(probes), [_browser()]):
            contained |= finding.isolates and finding.state == "good"
            if as_json:
                print_json(asdict(finding))
                continue
            print(f"{_SIGNS[finding.state]} {finding.what:12} {finding.says}")
            if finding.advice:
                print(f"  {'':12} → {finding.advice}")
    if not as_json:
        say("untrusted code can be graded here" if contained else "untrusted code cannot be graded safely here")
    return 0 if contained else NOT_RIGHT


def _browser() -> Finding:
    path = find_browser()
    if path is None:
        return Finding("browser", "good", "none: no PDF reports", "install Chromium for `hw11 report --pdf`")
    return Finding("browser", "good", f"{Path(path).name}: PDF reports can be made")


@contextmanager
def _probes(chosen: Path | None) -> Iterator[Path]:
    """The folder of an assignment's probes; where none was named and none is near, none, in a folder that is private.

    The folder in which somebody stands is no assignment, and nothing is found out by whether other users can read it.

    Raises:
        UsageError: what was named is no assignment.
    """
    try:
        root = assignment_root(chosen)
    except UsageError:
        if chosen is not None:
            raise
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "problems" / "probes"
        return
    yield root / "problems" / "probes"
