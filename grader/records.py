"""The words of a decision and the shape of a record.

Owns verdicts, outcomes and the graded submission as it is stored and reported. Knows nothing of how
a verdict is reached.
"""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1


class Verdict(StrEnum):
    """The result of one check. The last three are not decided: they carry no points until they are resolved."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    REFUSED = "refused"
    BLOCKED = "blocked"
    HARNESS_ERROR = "harness_error"
    UNDECIDED = "undecided"
    NEEDS_REVIEW = "needs_review"

    @property
    def decided(self) -> bool:
        """Whether this verdict carries a number of points."""
        return self not in (Verdict.HARNESS_ERROR, Verdict.UNDECIDED, Verdict.NEEDS_REVIEW)


Visibility = Literal["public", "hidden"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


Points = Annotated[tuple[tuple[Positive, Positive], ...], Field(max_length=32)]
"""(x, y) pairs on logarithmic axes. At most 32, so that a page stays small whatever was measured."""


class Curve(_Frozen):
    """A curve that one point of a plot was read from; `own_at` and `reference_at` are the x of that point."""

    title: str
    own: Points
    reference: Points = ()
    own_at: Positive | None = None
    reference_at: Positive | None = None


class Curves(_Frozen):
    """The curves that a plot's points were read from, drawn on common axes."""

    title: str
    description: str
    x: str
    y: str
    members: Annotated[tuple[Curve, ...], Field(max_length=16)]


class Plot(_Frozen):
    """Numbers drawn on logarithmic axes: a student's own, and the reference's, which are shown after release only.

    Every text in it is the author's; a student contributes numbers alone.
    """

    title: str
    description: str
    x: str
    y: str
    own: Points
    reference: Points = ()
    curves: Curves | None = None


class Outcome(_Frozen):
    """The judgement of one check, before points.

    `credit` is a share from 0 to 1, None where nothing was decided. `answer` is what the student typed
    (truncated), `reading` how it was read. `column` is where in the answer reading failed, from 1. `proof` is how
    equality was established. `mistake` is the name of the planted mistake that was recognised. `follows` marks credit
    for a step that follows from an earlier wrong answer. `value` is the number that later parts may follow from.
    `details` are labelled facts for the report, in order (input, shape, largest error …). `output` is what student
    code printed; `staff` is for staff alone.
    """

    verdict: Verdict
    credit: Annotated[float, Field(ge=0, le=1)] | None = None
    message: str = ""
    answer: str | None = None
    reading: str | None = None
    column: int | None = None
    proof: str = ""
    mistake: str | None = None
    follows: bool = False
    value: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    plot: Plot | None = None
    output: str = ""
    staff: str = ""


class _Worth(_Frozen):
    """Which check it is and what it is worth: these facts come first in a record that is written out."""

    id: str
    kind: str
    verdict: Verdict
    score: float | None
    max_score: float
    bonus: bool = False
    visibility: Visibility


class CheckRecord(Outcome, _Worth):
    """One check of one submission: its outcome, whose credit became `score` and whose `value` is not kept."""

    credit: None = Field(default=None, exclude=True)
    value: None = Field(default=None, exclude=True)
    seconds: float = 0.0

    def model_post_init(self, _: object) -> None:
        """Share one set of the fields that were given: a class holds a hundred thousand checks, and each set 2 kB."""
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN)


_GIVEN = set(CheckRecord.model_fields)
"""Stands for the fields that a check was given, which nobody asks for."""


class PartRecord(_Frozen):
    """One part of one submission. `score` is the points decided so far, `awaiting` the points not decided yet."""

    id: str
    score: float
    max_score: float
    awaiting: float = 0.0
    checks: tuple[CheckRecord, ...]


class _EveryPart(Container[str]):
    def __contains__(self, part: object) -> bool:
        return True


EVERY_PART: Container[str] = _EveryPart()
"""Holds the id of every part, also of those that an assignment gets later."""


MAY_STAND_ELSEWHERE = "not graded yet, a person has to look"
"""How the message begins of a check whose answer may stand in a file that could not be read."""
WAITS = "waits for a person"
"""How the notice begins of a submission of which not everything could be read or judged."""


class Notice(_Frozen):
    """Something about the submission as a whole: an unknown field, a duplicate key, an unreadable file."""

    where: str
    message: str


class GradeRecord(_Frozen):
    """One graded submission: everything a report, an export or a later decision needs.

    `late_deduction` is the points already subtracted from `score`, `late_says` the sentence about it for the student,
    `slip_days_used` how many of their slip days it took.
    Times aside (`seconds`), the same submission under the same class secret gives the same bytes.
    """

    schema_: Annotated[int, Field(alias="schema")] = SCHEMA_VERSION
    submission: str
    student: dict[str, str] = {}
    attempt: int = 1
    submitted_at: str | None = None
    late_deduction: float = 0.0
    late_says: str = ""
    slip_days_used: Annotated[int, Field(exclude_if=lambda days: days == 0)] = 0
    files_sha256: str
    problems_sha256: str
    versions: dict[str, str]
    score: float
    max_score: float
    awaiting_review: float
    isolation: str
    notices: tuple[Notice, ...] = ()
    parts: tuple[PartRecord, ...]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @property
    def checks(self) -> tuple[CheckRecord, ...]:
        """Every check of every part, in order."""
        return tuple(check for part in self.parts for check in part.checks)

    def check(self, check_id: str) -> CheckRecord | None:
        """The check of this id; None if there is none."""
        return next((check for check in self.checks if check.id == check_id), None)

    @property
    def has_harness_error(self) -> bool:
        """Whether a fault of ours left something ungraded."""
        return any(check.verdict is Verdict.HARNESS_ERROR for check in self.checks)
