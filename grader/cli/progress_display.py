"""Progress of a grading run, shown on a terminal, in a log, or as JSON for a program.

Owns what is printed and how often. The numbers belong to `grader.grading.progress`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from grader.cli.output import print_json, say
from grader.grading.progress import Progress, ProgressState
from grader.records import GradeRecord
from grader.results.grade_table import status

_FEW = 20
"""Up to this many submissions a log has a line for each; of more, a line for every tenth part."""
_SLOW_SECONDS = 10.0
"""A submission that takes longer is named."""


class Display(AbstractContextManager["Display"]):
    """Shows the progress of one run. Use as a context manager.

    This one shows nothing: in the log of continuous integration only the end is of interest.
    """

    def watch(self, state: ProgressState) -> None:
        """Show the state of the run; called about once a second."""

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Show that a submission is done; `record` is its effective record."""

    def __exit__(self, kind: object, *_: object) -> None:
        """End it; `kind` is the type of the exception that ended the run, if one did."""


def display_for(total: int, known: int, workers: int, *, as_json: bool) -> Display:
    """The display for a run of `total` submissions; `known` others are graded already."""
    if as_json:
        return JsonDisplay(total, known, workers)
    console = Console(stderr=True)
    if console.is_terminal and total:
        return TerminalDisplay(total, console)
    return Display() if os.environ.get("CI") else LogDisplay(total)


class LogDisplay(Display):
    """Prints a line on stderr for each of a few submissions, or for every tenth part of many."""

    def __init__(self, total: int) -> None:
        self._total = total

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Print a line, if one is due."""
        done = progress.state.done
        place = f"[{done}/{self._total}]"
        if self._total <= _FEW:
            open_points = f", {record.awaiting_review:g} not decided yet" if record.awaiting_review else ""
            say(f"{place} {record.submission}: {record.score:g} of {record.max_score:g}{open_points}")
        elif done * 10 // self._total > (done - 1) * 10 // self._total:
            say(f"{place} {'; '.join(_facts(progress.state))}")


class TerminalDisplay(Display):
    """Shows a progress bar with the time left and the submission that takes longest."""

    def __init__(self, total: int, console: Console) -> None:
        self._bar = Bar(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[facts]}", markup=False),
            console=console,
        )
        self._task = self._bar.add_task("", total=total, facts="")

    def watch(self, state: ProgressState) -> None:
        """Update the bar."""
        self._bar.update(self._task, completed=state.done, facts=" · ".join(_facts(state)))

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Update the bar."""
        self.watch(progress.state)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._bar.stop()


class JsonDisplay(Display):
    """Prints JSON lines on stdout: `start`, `graded` for each submission, and `end` unless the run is interrupted."""

    def __init__(self, total: int, known: int, workers: int) -> None:
        self._start = {"event": "start", "total": total, "known": known, "workers": workers}
        self._faults: list[str] = []
        self._done = 0

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Print the line of a submission."""
        self._done += 1
        if record.has_harness_error:
            self._faults.append(record.submission)
        facts = {name: getattr(record, name) for name in ("submission", "attempt", "score", "max_score")}
        facts |= {"awaiting_review": record.awaiting_review, "status": status(record)}
        state = {**asdict(progress.state), "total": self._start["total"]}
        state["under_way"] = [{"submission": name, "seconds": round(s, 1)} for name, s in progress.state.under_way]
        print_json({"event": "graded", **facts, "seconds": round(progress.seconds, 3), **state})

    def __enter__(self) -> Self:
        print_json(self._start)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            print_json({"event": "end", "graded": self._done, "failed": self._faults, "known": self._start["known"]})


def _facts(state: ProgressState) -> Sequence[str]:
    """The facts beside the number of submissions done: failed, waiting, time left, the slowest."""
    facts = []
    if state.failed:
        facts.append(f"{state.failed} failed")
    if state.waiting:
        facts.append(f"{state.waiting} waiting")
    if state.seconds_left is not None and (state.waiting or state.under_way):
        facts.append(f"about {spelled(state.seconds_left)} left")
    for name, seconds in state.under_way[:1]:
        if seconds >= _SLOW_SECONDS:
            facts.append(f"{name} takes {spelled(seconds)} so far")
    return facts


def spelled(seconds: float) -> str:
    """A duration as a person says it: `40 s`, `12 min`, `3 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
