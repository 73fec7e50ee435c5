"""What every check is.

Owns the base class `Check` with everything that the rest of the house asks of a check, and the context in which checks
are judged. What an author may write stands in `spec`, how kinds join in `registry`. Registers no kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple

from typing_extensions import TypeVar

from grader.cache import Cache
from grader.checks.spec import OF_REFERENCE, CheckSpec, KeyPath, names_in
from grader.files.author_code import AuthorCode, AuthorCodeError
from grader.records import Outcome, Verdict, Visibility
from grader.runner.values import Value
from grader.sandbox.base import Observation, Probe
from grader.seeding import PUBLISHED
from grader.submission.model import Submission

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

Complaint = tuple[KeyPath, str]
"""What is wrong with a check itself: the path below its own place, and a sentence for the author."""


@dataclass(frozen=True)
class PartFacts:
    """What a check may know of the part it stands in."""

    problem: str
    id: str
    symbols: Mapping[str, object]
    author_code: AuthorCode
    fields: Mapping[str, CheckSpec] = field(default_factory=dict)
    runs: Sequence[CheckSpec] = ()
    checks: Sequence[CheckSpec] = ()


@dataclass
class Context:
    """One submission while it is judged.

    By check id, and growing in order: `outcomes` of what is judged here, `numbers` that were read in typed answers.
    `cache` is of this submission alone.
    """

    submission: Submission
    judge: Judge
    secret: bytes
    cache: Cache = field(default_factory=Cache)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def settle(self, check_id: str, outcome: Outcome) -> None:
        """What a check came to, for the checks that build on it."""
        self.outcomes[check_id] = outcome
        if outcome.value is not None:
            self.numbers[check_id] = outcome.value


class Family(StrEnum):
    """What a check looks at; reports group and word checks by it."""

    ANSWER = "answer"
    TEXT = "text"
    """A typed answer that a person reads."""
    FILE = "file"
    """A data file that is handed in."""
    FUNCTION = "function"
    STATEMENT = "statement"
    """What must hold between answers, or between an answer and code."""

    @property
    def readable(self) -> bool:
        """Whether it can be said before the deadline that what was handed in is empty, or cannot be read."""
        return self in (Family.ANSWER, Family.TEXT, Family.FILE)


@dataclass(frozen=True)
class Variant:
    """A right submission with one change, and the outcome that a check must give it; `validate` tries it.

    Attributes:
        name: what is planted: an answer, or a function of `reference/mistakes/`.
        plant: puts it into a submission.
        credit: the share of the points that it must earn; None for anything short of full credit.
        says: the sentence that a student is told; empty if none is promised.
        place: where it is written, as a path below the check's own.
    """

    name: str
    plant: Callable[[Submission], Submission]
    credit: float | None = 0.0
    says: str = ""
    place: KeyPath = ()


class Claim(NamedTuple):
    """Something that a check's own words say, tried: what it is called, its path below the check, and what is wrong."""

    name: str
    place: KeyPath
    fault: str


AnySpec = TypeVar("AnySpec", bound=CheckSpec, default=CheckSpec, covariant=True)


@dataclass(frozen=True)
class Check(ABC, Generic[AnySpec]):
    """One judgement. Built once per assignment, used for every submission, holds no state of any.

    A kind adds `family`, `title` and `judge`, and whatever it does otherwise.

    Attributes:
        part: where it stands.
        name: the key it stands under; its place, where checks stand in a list.
        spec: what its author wrote.
    """

    family: ClassVar[Family]

    part: PartFacts
    name: str
    spec: AnySpec

    @property
    def id(self) -> str:
        """`part.name`, unique in the assignment."""
        return f"{self.part.id}.{self.name}"

    @property
    def kind(self) -> str:
        """The name it was registered under."""
        return self.spec.kind

    @property
    @abstractmethod
    def title(self) -> str:
        """What it asks, in one line of Markdown."""

    @property
    def points(self) -> float:
        """The most it can earn."""
        return self.spec.points

    @property
    def bonus(self) -> bool:
        """Whether its points lie on top of the part's."""
        return self.spec.bonus

    @property
    def visibility(self) -> Visibility:
        """Who may see the outcome before release."""
        return self.spec.shown_to()

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of checks of the same part that must have earned credit first."""
        return tuple(f"{self.part.id}.{name}" for name in self.spec.after)

    @property
    def beside(self) -> tuple[str, ...]:
        """Ids of checks of the same part beside which its points count: only if all of them earn some."""
        return ()

    @property
    def counts_beside(self) -> str:
        """How a message that passed ends where its points count beside `beside`; empty if they count by themselves."""
        return ""

    def by_itself(self, outcome: Outcome) -> Outcome:
        """The outcome as it counts where one of `beside` earns nothing."""
        return outcome.model_copy(update={"credit": 0.0})

    @property
    def published(self) -> tuple[bytes, tuple[str, ...]]:
        """The key and the words of what is drawn for everybody."""
        return PUBLISHED, (self.id,)

    def drawn_from(self, context: Context) -> tuple[bytes, tuple[str, ...]]:
        """The key and the words of what is drawn for a submission; the same for everybody if the check is public."""
        return self.published if self.visibility == "public" else (context.secret, (self.id, context.submission.id))

    def probes(self, context: Context) -> Sequence[Probe]:
        """What to do inside the sandbox; nothing for what is only typed."""
        return ()

    @abstractmethod
    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Judge outside. `observations` answer `probes`, in order."""

    def refused_cases(self, context: Context, observations: Sequence[Observation]) -> Sequence[bool]:
        """For each case that was drawn by itself, whether it alone keeps full credit away; `validate` counts them."""
        credit = self.judge(context, observations).credit
        return [credit is None or credit < 1]

    def before_deadline(self, context: Context) -> Outcome | None:
        """What a student may know early although the check is hidden: how it is read. None if it only runs later."""
        return None

    def template_lines(self) -> Sequence[str]:
        """The lines of the answers file that ask for it, below their part."""
        return ()

    def problems(self) -> Sequence[Complaint]:
        """What is wrong with the check itself, found by trying what its author named."""
        code, found = self.part.author_code, list[Complaint]()
        for place, method, name in names_in(self.spec):
            if code.has_reference or method not in OF_REFERENCE:
                found += missing(place, getattr(code, method), name)
        return found

    def problems_judged(self, judge: Judge) -> Sequence[Complaint]:
        """What is wrong with what its author wrote to be judged; asked where `problems` found nothing."""
        return ()

    def claims(self) -> Iterable[Claim]:
        """What its own words say of numbers, each tried; only `validate` spends the time."""
        return ()

    def planted_mistakes(self) -> Sequence[Variant]:
        """What its author foresaw that must not be accepted."""
        return ()

    def accepted(self) -> Sequence[Variant]:
        """What its author wants to earn everything beside the reference's own."""
        return ()

    def mutants(self) -> Iterable[Variant]:
        """Every single edit of what is right, each of them wrong."""
        return ()

    def spoilt(self, submission: Submission) -> Submission:
        """The submission with a worthless answer in the place of the one that this check reads."""
        return submission

    def named(self) -> Iterable[str]:
        """Names that its author gave, with which a sentence may begin; they stay as they are written."""
        return ()

    def sentences(self) -> Sequence[str]:
        """The sentences of its author's in which an outcome's message may end."""
        return [mistake.says for mistake in self.planted_mistakes() if mistake.says]


def missing(path: KeyPath, find: Callable[[str], object], name: str) -> list[Complaint]:
    """A complaint if what a problem file names cannot be found."""
    try:
        find(name)
    except AuthorCodeError as error:
        return [(path, str(error))]
    return []


def probe_of(check_id: str, index: int, call: str, args: Sequence[Value], **facts: Any) -> Probe:
    """What is asked of a student's `module.function`; `facts` are those of `Probe`."""
    module, _, function = call.rpartition(".")
    return Probe(id=f"{check_id}#{index}", module=module, function=function, args=tuple(args), **facts)


def passed(message: str, **facts: Any) -> Outcome:
    """An outcome that earned everything."""
    return Outcome(verdict=Verdict.CORRECT, credit=1.0, message=message, **facts)


def not_judged(verdict: Verdict, message: str, **facts: Any) -> Outcome:
    """An outcome that earned nothing (or is not decided, if the verdict says so)."""
    return Outcome(verdict=verdict, credit=0.0 if verdict.decided else None, message=message, **facts)
