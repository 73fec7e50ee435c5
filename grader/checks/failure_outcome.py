"""What is said when no value came out of the sandbox.

Owns the way from a probe that raised, ran out of time or whose file does not even load to an outcome, with the place
it happened at. Registers no kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.checks.base import not_judged
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation

_FAILED = {
    "raised": Verdict.CRASHED,
    "refused": Verdict.REFUSED,
    "absent": Verdict.MISSING,
    "unreadable": Verdict.UNREADABLE,
    "timeout": Verdict.TIMEOUT,
    "memory": Verdict.MEMORY,
    "crashed": Verdict.CRASHED,
}


NOT_LOADED = "does not load"
"""The label of the detail that names the `file:line` at which a student's file cannot be imported."""

WHERE = "where"
"""The label of the detail that names the `file:line` of the student's own at which something stopped or stands."""

_MOST_OUTPUT = 4000
_CELL = re.compile(r".+\.ipynb cell \d+(:\d+)?")
_IMPORT = re.compile(r"(?P<module>[\w.]+) cannot be imported: (?P<why>.*)", re.S)
_SYNTAX = re.compile(r"(SyntaxError|IndentationError|TabError)(: |$)")


def printed(observations: Iterable[Observation]) -> str:
    """What student code printed, as far as a report shows it."""
    return "".join(one.stdout + one.stderr for one in observations)[:_MOST_OUTPUT]


def failed(observation: Observation, inputs: str = "") -> Outcome:
    """The outcome of a probe from which no value came.

    Args:
        observation: what came instead.
        inputs: what the probe was given, in a line; empty if that says nothing.
    """
    imported = _IMPORT.fullmatch(observation.message) if observation.status == "absent" else None
    if imported is not None:
        return _not_loaded(imported["module"], imported["why"], observation.where)
    verdict = _FAILED[observation.status]
    message = observation.message
    if observation.status == "raised" and message.startswith("NotImplementedError"):
        verdict, message = Verdict.MISSING, "not started: the function is still the template's"
    if observation.status == "timeout" and "stopped after" in message:
        message = f"{message}: look for a loop that never ends, or for more work than is asked for"
    details = [("input", inputs)] if inputs and verdict is not Verdict.MISSING else []
    if observation.where:
        details.append((WHERE, at(observation.where) if is_cell(observation.where) else observation.where))
    return not_judged(verdict, message, details=tuple(details))


def _not_loaded(module: str, why: str, where: str) -> Outcome:
    """A file that is there but cannot be imported. Every check that needs it says so with the same words."""
    place = where or f"{module.replace('.', '/')}.py"
    begin = at(place)
    details = ((NOT_LOADED, place),)
    syntax = _SYNTAX.match(why)
    if syntax:
        message = f"{begin} does not compile: {why[syntax.end() :] or syntax[1]}"
        return not_judged(Verdict.UNREADABLE, message, details=details)
    message = f"{begin}: {why}" if is_cell(place) else f"{begin} stops at import: {why}"
    return not_judged(Verdict.CRASHED, message, details=details)


def is_cell(place: str) -> bool:
    """Whether a `file:line` names a cell of a notebook."""
    return _CELL.fullmatch(place) is not None


def at(place: str) -> str:
    """A `file:line` in words."""
    file, _, line = place.partition(":")
    if not line:
        return file
    return f"{file}, line {line}" if is_cell(place) else f"{file} line {line}"
