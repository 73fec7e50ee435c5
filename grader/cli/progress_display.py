"""How a class that is being graded is shown: to a person at a terminal, to a log, to a program.

Owns words and rhythm. What it says comes from `grader.grading.progress` and is true at that moment.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from grader.cli.output import print_json, say
from grader.grading.progress import Progress, ProgressState
from grader.records import GradeRecord
from grader.results.publish import status

_FEW = 20
"""Up to so many submissions a log gets one line for each, beyond that one for every tenth of them."""
_SLOW_SECONDS = 10.0
"""What is under way for longer is worth naming."""


class Display(Protocol):
    """Shows one run. Use as a context manager."""

    def watch(self, state: ProgressState) -> None:
        """How things stand, about once a second."""

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """A submission has its record, here as it counts."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def display_for(total: int, known: int, workers: int, *, as_json: bool) -> Display:
    """The way to show a run of `total` submissions beside `known` ones that need no work."""
    if as_json:
        return JsonDisplay(total, known, workers)
    console = Console(stderr=True)
    if console.is_terminal and total:
        return TerminalDisplay(total, console)
    return NoDisplay() if os.environ.get("CI") else LogDisplay(total)


class NoDisplay:
    """Nothing: the log of a continuous integration needs only the end."""

    def watch(self, state: ProgressState) -> None:
        """Nothing."""

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing."""


class LogDisplay(NoDisplay):
    """One line on stderr for each of a few submissions, else for every tenth part of them."""

    def __init__(self, total: int) -> None:
        self._total = total

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """A line, if one is due."""
        done = progress.state.done
        place = f"[{done}/{self._total}]"
        if self._total <= _FEW:
            open_points = f", {record.awaiting_review:g} not decided yet" if record.awaiting_review else ""
            say(f"{place} {record.submission}: {record.score:g} of {record.max_score:g}{open_points}")
        elif done * 10 // self._total > (done - 1) * 10 // self._total:
            say(f"{place} {'; '.join(_facts(progress.state))}")


class TerminalDisplay(NoDisplay):
    """A bar with what is left, and what takes long just now."""

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
        """Redraw."""
        self._bar.update(self._task, completed=state.done, facts=" · ".join(_facts(state)))

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """Redraw."""
        self.watch(progress.state)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class JsonDisplay(NoDisplay):
    """JSON lines on stdout: `start`, `graded` for each, `end` unless it is cut short."""

    def __init__(self, total: int, known: int, workers: int) -> None:
        self._start = {"event": "start", "total": total, "known": known, "workers": workers}
        self._faults: list[str] = []
        self._done = 0

    def finished(self, record: GradeRecord, progress: Progress) -> None:
        """One line."""
        self._done += 1
        if record.has_harness_error:
            self._faults.append(record.submission)
        told = {name: getattr(record, name) for name in ("submission", "attempt", "score", "max_score")}
        told |= {"awaiting_review": record.awaiting_review, "status": status(record)}
        state = {**asdict(progress.state), "total": self._start["total"]}
        state["under_way"] = [{"submission": name, "seconds": round(s, 1)} for name, s in progress.state.under_way]
        print_json({"event": "graded", **told, "seconds": round(progress.seconds, 3), **state})

    def __enter__(self) -> Self:
        print_json(self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            print_json({"event": "end", "graded": self._done, "failed": self._faults, "known": self._start["known"]})


def _facts(state: ProgressState) -> Sequence[str]:
    """What is worth saying beside the number that is done."""
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
