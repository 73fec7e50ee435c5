"""Base of the checks that run code: they draw inputs, run something in the sandbox, and get values back.

Owns how inputs are drawn and cross into the sandbox. Registers no kind: what an author may say about a run stands in
`code_spec`, what values are held against belongs to `code_call` and `code_pairing`, what is said when none came back to
`failure_outcome`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NamedTuple

from typing_extensions import TypeVar

from grader.cache import Namespace
from grader.checks.base import Check, Complaint, Context, Family, probe_of
from grader.checks.case import Case, cast
from grader.checks.code_spec import CodeSpec, FieldExpectation, RunSpec
from grader.checks.compare_values import DEFAULT, EXACT, differ
from grader.checks.convert import from_value
from grader.checks.difference import tolerance_words
from grader.checks.failure_outcome import failed, printed
from grader.checks.forbidden import watched
from grader.checks.input_language import DrawError, evaluate
from grader.maths.reading.question import Tolerance
from grader.records import Outcome, Verdict
from grader.runner.codec import encode
from grader.runner.values import CodecError, Value
from grader.sandbox.base import Observation, Probe
from grader.sandbox.run_calls import REQUEST_BYTES
from grader.seeding import derive_seed, generator

if TYPE_CHECKING:
    import numpy as np


Seen = Sequence[Observation]
"""What came out, case by case."""


class Unlike(NamedTuple):
    """Where one function gives something else than another: the number of the case, and how."""

    case: int
    says: str


DRAWN: Namespace[Sequence[Case]] = Namespace("drawn")
"""Asked before student code runs and again when it is judged."""


AnyRunSpec = TypeVar("AnyRunSpec", bound=RunSpec, default=CodeSpec, covariant=True)


class CodeCheck(Check[AnyRunSpec], Generic[AnyRunSpec]):
    """Something executed on inputs drawn outside, once per case. A kind adds `judge_values`."""

    family: ClassVar[Family] = Family.FUNCTION

    @cached_property
    def function(self) -> str:
        """The student's function, without its module."""
        return (self.spec.call or "").rpartition(".")[2]

    @cached_property
    def id(self) -> str:
        """`part.run.function`, and the property's name if it asks for one."""
        return ".".join((self.part.id, "run", *self.spec.words()))

    @property
    def title(self) -> str:
        """What it asks, and how close a result must come where that is not what is usual."""
        what = " ".join(self.spec.words()[1:]).replace("_", " ")
        title = self.spec.title or f"`{self.spec.call}`" + (f": {what}" if what else " on random inputs")
        return self._with_tolerance(title)

    def _with_tolerance(self, title: str) -> str:
        if getattr(self.spec, "tolerance", "default") == "default":
            return title
        of = "" if isinstance(getattr(self.spec, "expect", None), FieldExpectation) else " of the largest entry"
        return f"{title} (tolerance: {tolerance_words(self.tolerance, of)})"

    def cases(self, context: Context) -> Sequence[Case]:
        """The inputs of one submission; the same for everybody if the check is public."""
        if self.visibility == "public":
            return self.sample
        return context.cache.get(DRAWN, self.id, lambda: self._draw(*self.drawn_from(context)))

    @cached_property
    def sample(self) -> Sequence[Case]:
        """Inputs as it draws them, of no submission."""
        return self._draw(*self.published)

    def sample_of(self, times: int) -> Sequence[Case]:
        """Inputs as it draws them for so many submissions, whoever hands in."""
        key, words = self.published
        return [case for i in range(times) for case in self._draw(key, [*words, str(i)])]

    def _draw(self, key: bytes, words: Sequence[str]) -> Sequence[Case]:
        rng = generator(derive_seed(key, *words))
        repeated = int(bool(self.spec.sizes) and self._count > max(1, len(self.spec.always)))
        cases = [self._case(rng, i) for i in range(self._count - repeated)]
        if repeated:  # the last one has the first one's sizes: what a function remembers of a shape is wrong there
            sizes = {name: cases[0].names[name] for name in self.spec.sizes}
            cases.append(self._case(rng, self._count - 1, sizes))
        return cases

    @property
    def _count(self) -> int:
        return self.spec.cases

    def _case(self, rng: np.random.Generator, index: int, sizes: Mapping[str, int] | None = None) -> Case:
        names: dict[str, Any] = {**(self._drawn_sizes(rng) if sizes is None else sizes), **self._given_sizes(index)}
        for name, text in {**self.spec.let, **self.spec.inputs}.items():
            names[name] = cast(evaluate(text, names, rng, self.part.author_code), self.spec.dtype)
        return Case(names, tuple(names[name] for name in self.spec.inputs), index)

    def _drawn_sizes(self, rng: np.random.Generator) -> dict[str, int]:
        return {name: int(rng.integers(low, high, endpoint=True)) for name, (low, high) in self.spec.sizes.items()}

    def _given_sizes(self, index: int) -> Mapping[str, int]:
        """Sizes of a case that are not drawn."""
        return self.spec.always[index] if index < len(self.spec.always) else {}

    def probes(self, context: Context) -> Sequence[Probe]:
        """One probe per case."""
        return [self._probe(case) for case in self.cases(context)]

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """What may not be used, then what stopped, then what the kind asks."""
        told = watched(context.submission.files, self.spec.call or "", self.forbids, observations)
        outcome = told if isinstance(told, Outcome) else self._judge_watched(context, told)
        return outcome.model_copy(update={"output": printed(observations)})

    def _judge_watched(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        cases = self.cases(context)
        stopped = [pair for pair in zip(cases, observations, strict=True) if pair[1].status != "returned"]
        if stopped:
            case, observation = min(stopped, key=lambda pair: (not pair[1].was_run, pair[0].numbers))
            outcome = failed(observation, self._told(case) if observation.was_run else "")
            again = self._again(context, case, {}) if outcome.verdict is Verdict.CRASHED else ()
            return outcome.model_copy(update={"details": (*outcome.details, *again)})
        return self.judge_values(context, cases, [observation.value for observation in observations])

    @abstractmethod
    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Judge what came out in every case, where nothing was used that may not be."""

    def _told(self, case: Case) -> str:
        """A case in a line."""
        return case.preview()

    def _again(self, context: Context, case: Case, results: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Lines to paste that repeat a case, with results beside them, where a kind knows how."""
        return ()

    @property
    def forbids(self) -> Sequence[str]:
        """What the function may not use."""
        return self.spec.forbids

    @property
    def observer(self) -> str | None:
        """Who is handed the student's function, if it is not simply called."""
        return getattr(self.spec, "observe", None)

    def _asked(self, case: Case) -> tuple[Value, ...]:
        """What crosses into the sandbox with a case."""
        return case.asked

    def _probe(self, case: Case) -> Probe:
        return probe_of(
            self.id,
            case.index,
            self.spec.call or "",
            self._asked(case),
            observer=self.observer,
            forbids=tuple(self.forbids),
            seed=case.index,
            cpu_seconds=self.spec.cpu_seconds,
        )

    @property
    def tolerance(self) -> Tolerance:
        """How far a float may lie from the expected one."""
        chosen: Tolerance | Literal["default"] | None = getattr(self.spec, "tolerance", "default")
        return DEFAULT if chosen == "default" else chosen or EXACT

    def named(self) -> Iterable[str]:
        """The function with its module, what it is given, and what it may not use."""
        spec = self.spec
        return (*(spec.call or "").split("."), *spec.let, *spec.sizes, *spec.inputs, *spec.forbids)

    def unlike(self, context: Context, expected: Seen, came: Seen) -> Unlike | None:
        """The first case in which a changed function gives something else than the reference, as this kind sees it.

        Args:
            context: what the cases are drawn from.
            expected: what came out of the reference.
            came: what came out of the changed function.
        """
        right, others = (watched({}, self.spec.call or "", self.forbids, seen) for seen in (expected, came))
        if isinstance(right, Outcome):
            return None
        if isinstance(others, Outcome):
            return Unlike(0, others.message)
        return self.unlike_runs(context, right, others)

    def unlike_runs(self, context: Context, expected: Seen, came: Seen) -> Unlike | None:
        """See `unlike`; without what was watched."""
        return first_unlike(expected, came, partial(unlike_values, self.tolerance))

    def problems(self) -> Sequence[Complaint]:
        """Inputs that cannot be drawn."""
        found = [*super().problems()]
        try:
            for case in self.sample:
                encode(list(case.asked), REQUEST_BYTES)
        except (DrawError, CodecError) as error:
            found.append((("inputs",), str(error)))
        return [*found, *self._unknown_names()]

    def _unknown_names(self) -> Iterable[Complaint]:
        """Names that may not be used and mean nothing, so that everything could be."""
        dotted = [(i, name) for i, name in enumerate(self.spec.forbids) if "." in name]
        if dotted and self.part.author_code.has_reference:
            from grader.runner.observing.forbidden_things import Forbidden  # torch

            for i, name in dotted:
                if Forbidden.named(name).meant is None:
                    says = f"`{name}` means nothing here — write the whole name, such as `torch.nn.functional.softmax`"
                    yield ("forbids", i), says


def first_unlike(expected: Seen, came: Seen, differs: Callable[[int, Any, Any], str | None]) -> Unlike | None:
    """The first case in which no value came, or another than the expected one, where there is such a value.

    Args:
        expected: what came out of the reference.
        came: what came out of another function.
        differs: says how a value differs, given the number of the case, the expected value and this one.
    """
    for i, (one, its) in enumerate(zip(expected, came, strict=True)):
        if one.status == "returned" and its.status != "returned":
            return Unlike(i, f"{its.status}: {its.message}")
        if one.status == "returned" and (says := differs(i, from_value(one.value), from_value(its.value))):
            return Unlike(i, says)
    return None


def unlike_values(tolerance: Tolerance, _: int, right: Any, came: Any) -> str | None:
    """How a value differs from the expected one, where that is one to compare with."""
    difference = None if differ(right, right, tolerance) else differ(came, right, tolerance)
    return difference.message if difference else None
