"""What an author may say about a run.

Owns the keys that all kinds of runs share, and those of a function that is held against the reference, a property or a
field. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from grader.checks.compare_values import EXACT
from grader.checks.difference import tolerance_words
from grader.checks.formula_spec import ToleranceField
from grader.checks.spec import (
    WITHHELD,
    AcceptedName,
    CheckSpec,
    MistakeName,
    ProbeName,
    PropertyName,
    ReferenceName,
    Spec,
    Told,
    both_ends,
    only,
)
from grader.records import Visibility


def _sizes(value: Any) -> Any:
    """`1..16`, or one number."""
    if not isinstance(value, str):
        return value
    return both_ends(value, int, "`1..16`, or one number")


CallName = Annotated[str, Field(pattern=r"^\w+\.\w+$")]
"""`module.function` of the student's."""


class FieldExpectation(Spec):
    """The expected value is what the student's own typed formula gives."""

    field: str
    element: int | None = None
    at: dict[str, str] = {}


class CodeMistakeSpec(Spec):
    """A wrong variant in `reference/mistakes/`, and the misconception it shows."""

    code: MistakeName
    says: str


class MeasuredMistakeSpec(CodeMistakeSpec):
    """A wrong variant of a function that is judged by a number: what is told of the number may be enough."""

    says: str = ""


class RunSpec(CheckSpec):
    """What every check that runs code may say: what is called, how often, on which inputs.

    `name` tells several checks of one function apart. `let` is drawn before the inputs, for them and for who judges,
    and handed to nobody. A run without `inputs` takes those of the first run of the same function in its part, and the
    `let` and `sizes` that go with them unless it gives its own. `forbids` are names that the function may not use,
    directly or through anything else: `torch.nn.BatchNorm1d`, `sorted`. `mistakes` and `accepted` are variants of the
    function, wrong and right ones, in `reference/mistakes/` and `reference/accepted/`.
    """

    draws_inputs: ClassVar[bool] = True
    title: Told[str] = ""
    call: Told[CallName | None] = None
    name: Told[str | None] = Field(default=None, pattern=r"^\w+$")
    let: dict[str, str] = {}
    sizes: dict[str, Annotated[tuple[int, int], BeforeValidator(_sizes, json_schema_input_type=int | str)]] = {}
    always: tuple[dict[str, int], ...] = ()
    cases: int = Field(default=5, ge=1, le=200)
    inputs: dict[str, str] = {}
    dtype: Literal["float64", "float32"] = "float64"
    mistakes: tuple[CodeMistakeSpec, ...] = ()
    accepted: tuple[AcceptedName, ...] = ()
    forbids: Told[tuple[str, ...]] = ()
    cpu_seconds: float | None = Field(default=None, gt=0, le=120)

    @model_validator(mode="after")
    def _gives_sizes(self) -> Self:
        unknown = [name for case in self.always for name in case if name not in self.sizes]
        if unknown and self.inputs:
            raise ValueError(
                f"`always` names {unknown[0]}, which is none of `sizes`: {', '.join(self.sizes) or 'none'}"
            )
        return self

    def words(self) -> tuple[str, ...]:
        """What its id says below `run`: the student's function, and the check's name, or its kind if it has none."""
        return tuple(word for word in ((self.call or "").rpartition(".")[2], self.name or self.kind) if word)

    def is_comparison(self) -> bool:
        """Whether it is enough to earn points; a property is not, beside a comparison."""
        return True

    def asked(self) -> Sequence[str]:
        """What is asked beyond the common rules, in pieces of a sentence: what may not be used."""
        return ["without " + ", ".join(f"`{name}`" for name in self.forbids)] if self.forbids else []

    def notes(self) -> Mapping[str, str]:
        """What is asked, by the function."""
        return {self.call or "": f"{'; '.join(self.asked())}."} if self.asked() else {}


_NO_REFERENCE = (
    "a comparison with the reference cannot be public: students have no reference — show `kind: examples` of the "
    "function, or a `property` that needs no key"
)


class CodeSpec(RunSpec):
    """A function held against the reference or a property, or a field held against what is executed."""

    kind: Literal["call"] = "call"
    observe: ProbeName | None = None
    property: Told[str | None] = Field(default=None, pattern=r"^\w+$")
    holds: PropertyName | None = None
    expect: ReferenceName | FieldExpectation | None = None
    tolerance: Told[ToleranceField | Literal["default"]] = "default"
    finite: bool = True
    """Whether nan and infinity are refused before a property is asked."""
    visibility: Visibility | None = None  # type: ignore[assignment]  # decided by what it is held against

    @model_validator(mode="after")
    def _says_what_to_do(self) -> CodeSpec:
        is_pairing = isinstance(self.expect, FieldExpectation)
        wrong = {
            "nothing runs — give `call`, `observe` or both": not self.call and not self.observe,
            "a `property` needs `holds: file:function`": self.property and not self.holds,
            "`holds` and `expect` exclude each other": self.holds and self.expect,
            "without `call` only a pairing makes sense — give `expect: {field: …}`": not self.call and not is_pairing,
            "a pairing is worth no points": is_pairing and self.points,
            "`forbids` belongs to a check that earns points, and a pairing is worth none": is_pairing and self.forbids,
            _NO_REFERENCE: self.visibility == "public" and self.is_comparison(),
        }
        if told := [says for says, is_so in wrong.items() if is_so]:
            raise ValueError(told[0])
        return self

    def words(self) -> tuple[str, ...]:
        """What its id says below `run`: the student's function, and the property's or the check's name."""
        return tuple(word for word in ((self.call or "").rpartition(".")[2], self.property, self.name) if word)

    def is_comparison(self) -> bool:
        """Whether it holds a function against the reference's."""
        return self.holds is None and not isinstance(self.expect, FieldExpectation)

    def shown_to(self) -> Visibility:
        """Who may see the outcome: everybody, by default, where no key is involved."""
        keyless = self.property is not None or isinstance(self.expect, FieldExpectation)
        return self.visibility or ("public" if keyless else "hidden")

    def notes(self) -> Mapping[str, str]:
        """How close a result must come, where that is not what is usual, and what may not be used."""
        if isinstance(self.expect, FieldExpectation) and self.tolerance != "default":
            against = f"`{self.call}`" if self.call else "an experiment"
            close = tolerance_words(self.tolerance or EXACT, of="")
            return {self.expect.field: f"(Compared with {against}; tolerance: {close}.)"}
        return super().notes()

    def asked(self) -> Sequence[str]:
        """What may not be used, and how close a result must come."""
        chosen = [] if self.tolerance == "default" else [f"tolerance: {tolerance_words(self.tolerance or EXACT)}"]
        return [*super().asked(), *chosen]

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """A public check that needs no key, as it runs; of any other, which function it is about."""
        if self.shown_to() == "public" and not isinstance(self.expect, str) and (self.holds or self.expect):
            return {key: value for key, value in written.items() if key not in ("mistakes", "accepted")}
        asked = super().for_students(written)
        if isinstance(self.expect, FieldExpectation):
            return {**asked, **only(written, "observe"), "expect": {"field": self.expect.field}, "visibility": "hidden"}
        key = {"holds": f"{WITHHELD}:{WITHHELD}"} if self.holds else {"expect": WITHHELD}
        return {**asked, **key, "visibility": "hidden"}
