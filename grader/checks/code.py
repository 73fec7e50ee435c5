"""Base of the checks that run code: they draw inputs, run something in the sandbox, and get values back.

Owns what an author may say about a run, and how its inputs are drawn and cross into the sandbox. Registers no kind:
what values are held against belongs to `code_call` and `code_pairing`, what is said when none came back to
`failure_outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from grader.cache import Namespace
from grader.checks.base import Check, Complaint, Context, Family, missing
from grader.checks.compare_values import DEFAULT, EXACT
from grader.checks.convert import to_value
from grader.checks.difference import tolerance_words
from grader.checks.formula_spec import Expectation, ToleranceField
from grader.checks.input_language import DrawError, SeededGenerator, evaluate
from grader.checks.spec import WITHHELD, CheckSpec, Spec, only
from grader.maths.reading.question import Tolerance
from grader.records import Visibility
from grader.runner.codec import encode
from grader.runner.values import CodecError, Value
from grader.sandbox.base import Probe
from grader.sandbox.run_calls import REQUEST_BYTES
from grader.seeding import derive_seed


def _sizes(value: Any) -> Any:
    """`1..16`, or one number."""
    if not isinstance(value, str):
        return value
    low, dots, high = value.partition("..")
    return (int(low), int(high if dots else low))


class FieldExpectation(Spec):
    """The expected value is what the student's own typed formula gives."""

    field: str
    element: int | None = None
    at: dict[str, str] = {}


class CodeMistakeSpec(Spec):
    """A wrong variant in `reference/mistakes/`, and the misconception it shows."""

    code: str = Field(pattern=r"^\w+:\w+$")
    says: str


class CodeSpec(CheckSpec):
    """One executed check."""

    kind: Literal["call"] = "call"
    title: str = ""
    call: str | None = Field(default=None, pattern=r"^\w+\.\w+$")
    observe: str | None = Field(default=None, pattern=r"^\w+:\w+$")
    property: str | None = Field(default=None, pattern=r"^\w+$")
    holds: str | None = Field(default=None, pattern=r"^\w+:\w+$")
    expect: Expectation | FieldExpectation | None = None
    sizes: dict[str, Annotated[tuple[int, int], BeforeValidator(_sizes, json_schema_input_type=int | str)]] = {}
    always: tuple[dict[str, int], ...] = ()
    cases: int = Field(default=5, ge=1, le=200)
    inputs: dict[str, str] = {}
    dtype: Literal["float64", "float32"] = "float64"
    tolerance: ToleranceField | Literal["default"] = "default"
    finite: bool = True
    """Whether nan and infinity are refused before a property is asked."""
    mistakes: tuple[CodeMistakeSpec, ...] = ()
    accepted: tuple[Annotated[str, Field(pattern=r"^\w+:\w+$")], ...] = ()
    """Other right variants of the function, in `reference/accepted/`."""
    cpu_seconds: float | None = Field(default=None, gt=0, le=120)
    visibility: Visibility | None = None  # type: ignore[assignment]  # decided by what it is held against

    @model_validator(mode="after")
    def _says_what_to_do(self) -> CodeSpec:
        if self.call is None and self.observe is None:
            raise ValueError("nothing runs — give `call`, `observe` or both")
        if self.property is not None and self.holds is None:
            raise ValueError("a `property` needs `holds: file:function`")
        if self.holds is not None and self.expect is not None:
            raise ValueError("`holds` and `expect` exclude each other")
        if self.call is None and not isinstance(self.expect, FieldExpectation):
            raise ValueError("without `call` only a pairing makes sense — give `expect: {field: …}`")
        if isinstance(self.expect, FieldExpectation) and self.points:
            raise ValueError("a pairing is worth no points")
        if self.visibility == "public" and self.is_comparison():
            raise ValueError(
                "a comparison with the reference cannot be public: students have no reference — show `kind: examples` "
                "of the function, or a `property` that needs no key"
            )
        return self

    def words(self) -> tuple[str, ...]:
        """What its id says below `run`: the student's function, and the property's name if it asks for one."""
        return tuple(word for word in ((self.call or "").rpartition(".")[2], self.property) if word)

    def is_comparison(self) -> bool:
        """Whether it holds a function against the reference's."""
        return self.holds is None and not isinstance(self.expect, FieldExpectation)

    def shown_to(self) -> Visibility:
        """Who may see the outcome: everybody, by default, where no key is involved."""
        keyless = self.property is not None or isinstance(self.expect, FieldExpectation)
        return self.visibility or ("public" if keyless else "hidden")

    def notes(self) -> Mapping[str, str]:
        """How close a result must come, where that is not what is usual."""
        if self.tolerance == "default":
            return {}
        tolerance = self.tolerance or EXACT
        if isinstance(self.expect, FieldExpectation):
            against = f"`{self.call}`" if self.call else "an experiment"
            close = tolerance_words(tolerance, of="")
            return {self.expect.field: f"(Compared with {against}; tolerance: {close}.)"}
        return {self.call or "": f"tolerance: {tolerance_words(tolerance)}."}

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """A public check that needs no key, as it runs; of any other, which function it is about."""
        if self.shown_to() == "public" and not isinstance(self.expect, str) and (self.holds or self.expect):
            return {key: value for key, value in written.items() if key not in ("mistakes", "accepted")}
        asked = {**super().for_students(written), **only(written, "call", "property", "title", "tolerance")}
        if isinstance(self.expect, FieldExpectation):
            return {**asked, **only(written, "observe"), "expect": {"field": self.expect.field}, "visibility": "hidden"}
        key = {"holds": f"{WITHHELD}:{WITHHELD}"} if self.holds else {"expect": WITHHELD}
        return {**asked, **key, "visibility": "hidden"}


@dataclass(frozen=True)
class Case:
    """One set of inputs. `names` holds sizes and inputs, as numpy values; `args` the inputs in order."""

    names: Mapping[str, Any]
    args: tuple[Any, ...]

    @cached_property
    def asked(self) -> tuple[Value, ...]:
        """The inputs as they cross into the sandbox."""
        return tuple(to_value(value) for value in self.args)

    def preview(self) -> str:
        """The inputs in a line short enough for a report."""
        return ", ".join(f"{name} = {_short(value)}" for name, value in self.names.items())[:400]


class _Drawn(NamedTuple):
    """What is drawn for a check: its inputs, and what is asked with them."""

    cases: Sequence[Case]
    probes: Sequence[Probe]


DRAWN: Namespace[_Drawn] = Namespace("drawn")
"""Asked before student code runs and again when it is judged."""


class CodeCheck(Check[CodeSpec]):
    """Something executed on inputs drawn outside, once per case. A kind adds `judge`."""

    family: ClassVar[Family] = Family.FUNCTION

    @cached_property
    def function(self) -> str:
        """The student's function, without its module."""
        return (self.spec.call or "").rpartition(".")[2]

    @property
    def id(self) -> str:
        """`part.run.function`, and the property's name if it asks for one."""
        return ".".join((self.part.id, "run", *self.spec.words()))

    @property
    def title(self) -> str:
        """What it asks, and how close a result must come where that is not what is usual."""
        what = (self.spec.property or "").replace("_", " ")
        title = self.spec.title or f"`{self.spec.call}`" + (f": {what}" if what else " on random inputs")
        return self._with_tolerance(title)

    def _with_tolerance(self, title: str) -> str:
        if self.spec.tolerance == "default":
            return title
        of = "" if isinstance(self.spec.expect, FieldExpectation) else " of the largest entry"
        return f"{title} (tolerance: {tolerance_words(self.tolerance, of)})"

    def cases(self, context: Context) -> Sequence[Case]:
        """The inputs of one submission; the same for everybody if the check is public."""
        return self._drawn(context).cases

    def probes(self, context: Context) -> Sequence[Probe]:
        """One probe per case."""
        return self._drawn(context).probes

    def _drawn(self, context: Context) -> _Drawn:
        if self.visibility == "public":
            return self._published
        return context.cache.get(DRAWN, self.id, lambda: self._draw(*self.drawn_from(context)))

    @cached_property
    def _published(self) -> _Drawn:
        return self._draw(*self.published)

    def _draw(self, key: bytes, words: Sequence[str]) -> _Drawn:
        rng = np.random.default_rng(derive_seed(key, *words))
        cases = [self._case(rng, i) for i in range(self.spec.cases)]
        return _Drawn(cases, [self._probe(case, i) for i, case in enumerate(cases)])

    def _case(self, rng: np.random.Generator, index: int) -> Case:
        names: dict[str, Any] = {
            name: int(rng.integers(low, high, endpoint=True)) for name, (low, high) in self.spec.sizes.items()
        }
        if index < len(self.spec.always):
            names |= self.spec.always[index]
        args = []
        for name, text in self.spec.inputs.items():
            names[name] = _cast(evaluate(text, names, rng, self.part.author_code), self.spec.dtype)
            args.append(names[name])
        return Case(names, tuple(args))

    def _probe(self, case: Case, index: int) -> Probe:
        module, _, function = (self.spec.call or "").rpartition(".")
        return Probe(
            id=f"{self.id}#{index}",
            module=module,
            function=function,
            args=case.asked,
            observer=self.spec.observe,
            seed=index,
            cpu_seconds=self.spec.cpu_seconds,
        )

    @property
    def tolerance(self) -> Tolerance:
        """How far a float may lie from the expected one."""
        return DEFAULT if self.spec.tolerance == "default" else self.spec.tolerance or EXACT

    def problems(self) -> Sequence[Complaint]:
        """Inputs that cannot be drawn, an observer that does not exist."""
        found: list[Complaint] = []
        rng = np.random.default_rng(0)
        try:
            for i in range(max(1, len(self.spec.always))):
                encode(list(self._case(rng, i).asked), REQUEST_BYTES)
        except (DrawError, CodecError) as error:
            found.append((("inputs",), str(error)))
        if self.spec.observe is not None:
            found += missing(("observe",), self.part.author_code.observer, self.spec.observe)
        return found


def _cast(value: Any, dtype: str) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.ascontiguousarray(value, dtype=dtype)
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return type(value)(_cast(member, dtype) for member in value)
    if isinstance(value, dict):
        return {key: _cast(member, dtype) for key, member in value.items()}
    return value


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "×".join(map(str, value.shape))
        if value.size > 6:
            return f"{value.dtype} {shape}"
        return np.array2string(value, precision=4, separator=", ").replace("\n", "")
    if isinstance(value, list | tuple | dict | set | frozenset):
        name = type(value).__name__
        return f"{name} of {len(value)}" if len(str(value)) > 60 else str(value)
    if isinstance(value, str | bytes):
        return repr(value) if len(value) <= 60 else f"{value[:60]!r}…"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "generator" if isinstance(value, SeededGenerator) else str(value)
