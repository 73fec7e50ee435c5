"""What every check is, and how kinds of checks join.

Owns the base of authored models, the `Check` interface, the context in which checks are judged, and the
registry. A new kind is one new file beside this one: it defines a spec (what an author may write) and a check
(what happens), and registers both. Knows no kind itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from grader.checks.findings import Afresh, Finder
from grader.files.author_code import AuthorCode, AuthorCodeError
from grader.records import Outcome, Verdict, Visibility
from grader.registry import Registry
from grader.sandbox.base import Observation, Probe
from grader.seeding import PUBLISHED
from grader.submission.model import Submission

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

Place = Literal["fields", "runs", "checks"]
Complaint = tuple[tuple[str | int, ...], str]
"""What is wrong with a check itself: the path below its own place, and a sentence for the author."""


class Spec(BaseModel):
    """Base of everything an author writes: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


WITHHELD = "withheld"
"""Stands in a students' kit where the author's file says what is right."""


class CheckSpec(Spec):
    """What every check may say about itself."""

    kind: str
    points: float = Field(default=0, ge=0)
    visibility: Visibility = "hidden"
    after: tuple[str, ...] = ()
    bonus: bool = False

    @field_validator("after", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    def shown_to(self) -> Visibility:
        """Who may see the outcome before release."""
        return self.visibility

    def builds_on(self) -> tuple[str, ...]:
        """Fields of other parts, as `part.field`, of which the outcome counts here and not just what was typed."""
        return ()

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What a students' kit may hold of this check: keys that are named here or by its kind, and no others.

        A kind adds the keys that say what is asked, and `WITHHELD` where its form needs to know what is right.

        Args:
            written: the check's keys and values as the author wrote them.
        """
        return only(written, "kind", "points", "after", "bonus")


def only(written: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Those of the keys that are written."""
    return {key: written[key] for key in keys if key in written}


@dataclass(frozen=True)
class PartFacts:
    """What a check may know of the part it stands in."""

    problem: str
    id: str
    symbols: Mapping[str, object]
    author_code: AuthorCode
    fields: Mapping[str, CheckSpec] = field(default_factory=dict)


Result = TypeVar("Result")


@dataclass
class Context:
    """One submission while it is judged.

    By check id, and growing in order: `outcomes` of what is judged here, `numbers` that were read in typed answers.
    """

    submission: Submission
    judge: Judge
    secret: bytes
    findings: Finder = field(default_factory=Afresh)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    _found: dict[str, Any] = field(default_factory=dict)

    def once(self, check_id: str, find: Callable[[], Result]) -> Result:
        """What a check asks before student code runs and again when it judges; found out once per submission."""
        if check_id not in self._found:
            self._found[check_id] = find()
        found: Result = self._found[check_id]
        return found

    def settle(self, check_id: str, outcome: Outcome) -> None:
        """What a check came to, for the checks that build on it."""
        self.outcomes[check_id] = outcome
        if outcome.value is not None:
            self.numbers[check_id] = outcome.value

    def key_for(self, visibility: Visibility) -> bytes:
        """The secret that a check draws from: the class's, or the published one if the check is public."""
        return PUBLISHED if visibility == "public" else self.secret


class Check(Protocol):
    """One judgement. Built once per assignment, used for every submission, holds no state of any."""

    @property
    def id(self) -> str:
        """Unique in the assignment, such as `part.field`."""

    @property
    def kind(self) -> str:
        """The name it was registered under."""

    @property
    def title(self) -> str:
        """What it asks, in one line of Markdown."""

    @property
    def points(self) -> float:
        """The most it can earn."""

    @property
    def bonus(self) -> bool:
        """Whether its points lie on top of the part's."""

    @property
    def visibility(self) -> Visibility:
        """Who may see the outcome before release."""

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of checks of the same part that must have earned credit first."""

    def probes(self, context: Context) -> Sequence[Probe]:
        """What to do inside the sandbox; nothing for what is only typed."""

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Judge outside. `observations` answer `probes`, in order."""

    def problems(self) -> Sequence[Complaint]:
        """What is wrong with the check itself, found by trying it."""


@dataclass(frozen=True)
class KindEntry:
    """A registered kind: where it may stand, what an author writes, and how that becomes checks."""

    names: tuple[str, ...]
    place: Place
    spec: type[CheckSpec]
    build: Callable[[PartFacts, str, Any], Check]


_KINDS: Registry[KindEntry] = Registry("grader.checks", "check kind")


def register(
    *names: str, place: Place, spec: type[CheckSpec]
) -> Callable[[Callable[[PartFacts, str, Any], Check]], Callable[[PartFacts, str, Any], Check]]:
    """Register `build(part, name, spec) -> Check` for one or more kinds.

    Raises:
        RuntimeError: a kind is registered twice.
    """

    def add(build: Callable[[PartFacts, str, Any], Check]) -> Callable[[PartFacts, str, Any], Check]:
        entry = KindEntry(names, place, spec, build)
        for name in names:
            _KINDS.add(name, entry)
        return build

    return add


@cache
def kinds() -> Mapping[str, KindEntry]:
    """Every kind, from every file beside this one, by name: whatever was imported first."""
    return _KINDS.all()


def missing(path: tuple[str | int, ...], find: Callable[[str], object], name: str) -> list[Complaint]:
    """A complaint if what a problem file names cannot be found."""
    try:
        find(name)
    except AuthorCodeError as error:
        return [(path, str(error))]
    return []


def not_judged(verdict: Verdict, message: str, **facts: Any) -> Outcome:
    """An outcome that earned nothing (or is not decided, if the verdict says so)."""
    return Outcome(verdict=verdict, credit=0.0 if verdict.decided else None, message=message, **facts)
