"""One trial of `hw11 validate`, and the reference among whose answers and functions it is made.

Owns what is known of a trial. Which ones are made belongs to `validate` and `measure`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from grader.assignment.model import Assignment
from grader.authoring.mutation.trials import Measurement
from grader.checks.base import Context
from grader.grading.asked_names import read_submission
from grader.grading.worker_grader import Settings, grader_for
from grader.submission.model import Submission, SubmissionSource

Group = Literal[
    "reference",
    "accepted",
    "option",
    "mistake",
    "code mistake",
    "template",
    "all wrong",
    "mutant",
    "changed function",
    "catch rate",
    "false alarm",
    "given away",
]


@dataclass(frozen=True)
class Trial:
    """One thing that was tried, where, and what is wrong with it: nothing, if it passed.

    `measured` says of a function how surely it is caught.
    """

    group: Group
    problem: str
    name: str
    fault: str = ""
    seconds: float = 0.0
    measured: Measurement | None = None

    @classmethod
    def read(cls, kept: Any) -> Trial:
        """A measured trial from what `dataclasses.asdict` gave of it."""
        return cls(**{**kept, "measured": Measurement(**kept["measured"])})


def load_reference(assignment: Assignment) -> Submission:
    """The reference as a submission."""
    return read_submission(SubmissionSource("reference", assignment.root / "reference"), assignment)


@cache
def reference_numbers(settings: Settings) -> tuple[Submission, Mapping[str, str]]:
    """The reference and the numbers that are typed in it, which follow-through looks back at."""
    grader = grader_for(settings)
    reference = load_reference(grader.assignment)
    context = Context(reference, grader.judge, grader.secret)
    for check in grader.assignment.checks.values():
        if not check.probes(context):
            context.settle(check.id, check.judge(context, ()))
    return reference, context.numbers
