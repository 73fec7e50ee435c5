"""Markdown as `docs/benchmarks.md` holds it: a heading, what is measured, a table."""

from __future__ import annotations

import os
from collections.abc import Sequence

from measuring.account import Used


def section(title: str, text: str) -> None:
    """A heading, and what a reader should know first."""
    print(f"## {title}\n\n{text.strip()}\n", flush=True)


def machine(*facts: str) -> None:
    """Where it was measured."""
    print(f"{'. '.join((f'{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}', *facts))}.\n", flush=True)


def head(first: str, *columns: str) -> None:
    """The head of a table whose columns hold numbers, all but the first."""
    row(first, *columns)
    row("---", *["--:"] * len(columns))


def row(*cells: str) -> None:
    """One line of a table."""
    print(f"| {' | '.join(cells)} |", flush=True)


def used(what: str, seconds: Used | None, beside: str) -> None:
    """One line of a table of CPU seconds, wall seconds and what they are beside another line."""
    row(what, *seconds_of(seconds), beside)


def seconds_of(seconds: Used | None) -> Sequence[str]:
    """Cells; empty where nothing was measured."""
    return (f"{seconds.cpu:.3f}", f"{seconds.wall:.3f}") if seconds else ("", "")
