"""What an author may say is right, for typed mathematics.

Owns which keys each kind of typed answer takes. A kind that is not named here takes those of a formula. How an answer
is held against them belongs to `formula.py`. Registers no kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from grader.checks.difference import tolerance_words
from grader.checks.field import FieldSpec, ForeseenSpec
from grader.checks.own_data import OwnDataSpec
from grader.checks.spec import CheckSpec, Expectation, ReferenceName, Spec, Told, Withheld, both_ends
from grader.maths.reading.question import Growth, Ties, Tolerance


def _tolerance(value: Any) -> Any:
    """`2 %`, `0.02` (both relative), `±0.005` (absolute, in the field's unit), or `exact`."""
    if not isinstance(value, str):
        return value
    if value.strip() == "exact":
        return None
    match = re.fullmatch(r"(±?)([\d.]+(?:[eE][-+]?\d+)?)\s*(%?)", value.strip())
    if match is None or (match[1] and match[3]):
        raise ValueError(f"{value!r} is no tolerance — allowed: `2 %`, `1e-3` (relative), `±0.005` or `exact`")
    if match[1]:
        return Tolerance(abs=float(match[2]))
    return Tolerance(rel=float(match[2]) / (100 if match[3] else 1))


def _range(value: Any) -> Any:
    """`0.58..0.61`."""
    if not isinstance(value, str):
        return value
    if ".." not in value:
        raise ValueError(f"{value!r} is no range — allowed: `low..high`")
    return both_ends(value, float, "`low..high`")


ToleranceField = Annotated[Tolerance | None, BeforeValidator(_tolerance, json_schema_input_type=float | str)]
RangeField = Annotated[tuple[float, float] | None, BeforeValidator(_range, json_schema_input_type=str)]


class AlternativeSpec(Spec):
    """Another right answer."""

    answer: str
    tolerance: ToleranceField = None


class FormulaSpec(ForeseenSpec):
    """A formula, or whatever else has an expectation and nothing of its own."""

    expect: Withheld[Expectation]
    shown: str = ""
    """The model answer as a textbook writes it, where the derived form is not; `validate` proves it equal."""
    ties: Ties = "judged"
    """`any`: where a number is rounded at a tie, either way is right."""
    follows: str | None = None
    also: tuple[AlternativeSpec, ...] = ()


class ExprSpec(FormulaSpec):
    """A scalar formula, which has a value at a point."""


class ComplexitySpec(FormulaSpec):
    """An asymptotic class."""

    growth: Told[Growth] = "same"
    """`tight`: `O` or `Theta`, as long as it is the class; `upper` and `lower`: a looser bound on that side, too."""


class MatrixSpec(FormulaSpec):
    """An expression of matrices."""

    shape: Told[Annotated[str, Field(pattern=r"^(\w+ x \w+)?$")]] = ""
    """`m x k`: told to whoever types another one, before the deadline too."""


class NumberSpec(ForeseenSpec):
    """A number, bare or with a unit.

    It is held exactly where there is no `tolerance`. `percent: true` asks for a percentage: `expect` gives 66.7, and
    students may type `66.7`, `66.7 %` or the share in front of it.
    """

    unit: Told[str | None] = None
    units: Told[tuple[str, ...]] = ()
    """Units of another dimension in which an answer may be, such as `s/token` where `token/s` is asked."""
    expect: Withheld[Expectation | None] = None
    shown: str = ""
    within: RangeField = None
    tolerance: Told[ToleranceField] = None
    also: tuple[AlternativeSpec, ...] = ()
    percent: Told[bool] = False
    follows: str | None = None
    from_: tuple[str, ...] = Field(default=(), alias="from")
    at: ReferenceName | None = None
    """Where earlier formulas in `from` are evaluated: a function that returns one mapping of symbols per point."""
    evidence: OwnDataSpec | None = None

    model_config = {**FieldSpec.model_config, "validate_by_name": True, "validate_by_alias": True}

    @model_validator(mode="after")
    def _decidable(self) -> NumberSpec:
        if self.expect is None and self.within is None:
            raise ValueError("nothing says what is right — give `expect` or `within`")
        return self

    @property
    def near(self) -> str:
        """How far an answer may be off, in words; empty where nothing is said, or a hidden range decides."""
        told = None if self.within else self.tolerance
        return "" if told is None else f"tolerance: {tolerance_words(told, of='')}"

    def builds_on(self) -> tuple[str, ...]:
        """Whose numbers go into the right answer."""
        return tuple(name for name in self.from_ if "." in name)

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """How near an answer must come, unless a range decides, which is hidden."""
        shown = super().for_students(written)
        return {key: shown[key] for key in shown if key != "tolerance" or not self.within}


class QuantitySpec(NumberSpec):
    """A number with a unit."""

    @model_validator(mode="after")
    def _has_unit(self) -> QuantitySpec:
        if not self.unit:
            raise ValueError("a quantity needs a `unit`")
        return self


class WhenSpec(Spec):
    """Another expectation that holds if a choice of the same part was answered so."""

    field: str
    is_: str = Field(alias="is")
    expect: str


class SetSpec(ForeseenSpec):
    """A set of integers."""

    expect: Withheld[Expectation]
    shown: str = ""
    when: tuple[WhenSpec, ...] = ()


SPECS: Mapping[str, type[FieldSpec]] = {
    "expr": ExprSpec, "matrix": MatrixSpec, "complexity": ComplexitySpec, "number": NumberSpec,
    "quantity": QuantitySpec, "set": SetSpec,
}  # fmt: skip
"""The kinds of typed answers that take other keys than a formula."""


def is_scalar(spec: CheckSpec) -> bool:
    """Whether answers have a value at a point: a formula or a number, without a unit."""
    return isinstance(spec, ExprSpec) or (isinstance(spec, NumberSpec) and not isinstance(spec, QuantitySpec))
