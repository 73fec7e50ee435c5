"""What an author may say is right, for typed mathematics.

Owns the specs of `expr matrix equation number quantity set`. How an answer is held against them belongs to
`typed`. Registers no kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from grader.checks.base import WITHHELD, Spec, only
from grader.checks.field import FieldSpec
from grader.checks.own_data import OwnDataSpec
from grader.maths.reading.question import Tolerance


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
    low, dots, high = value.partition("..")
    if not dots:
        raise ValueError(f"{value!r} is no range — allowed: `low..high`")
    return (float(low), float(high))


ToleranceField = Annotated[Tolerance | None, BeforeValidator(_tolerance)]
RangeField = Annotated[tuple[float, float] | None, BeforeValidator(_range)]


Expectation = Annotated[str, Field(pattern=rf"^(reference\.[\w.]+:\w+|{WITHHELD})$")]
"""The function of `reference/` that derives what is right."""


class MistakeSpec(Spec):
    """A wrong answer that the author foresaw."""

    answer: str
    says: str
    credit: float = Field(default=0, ge=0, lt=1)


class AlternativeSpec(Spec):
    """Another right answer."""

    answer: str
    tolerance: ToleranceField = None


class FormulaSpec(FieldSpec):
    """A formula: scalar, matrix or equation."""

    kind: Literal["expr", "matrix", "equation"]
    expect: Expectation
    follows: str | None = None
    also: tuple[AlternativeSpec, ...] = ()
    mistakes: tuple[MistakeSpec, ...] = ()

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked."""
        return {**super().for_students(written), "expect": WITHHELD}


class NumberSpec(FieldSpec):
    """A number, bare or with a unit."""

    kind: Literal["number", "quantity"]
    unit: str | None = None
    expect: Expectation | None = None
    within: RangeField = None
    tolerance: ToleranceField = None
    also: tuple[AlternativeSpec, ...] = ()
    percent: bool = False
    follows: str | None = None
    from_: tuple[str, ...] = Field(default=(), alias="from")
    evidence: OwnDataSpec | None = None
    mistakes: tuple[MistakeSpec, ...] = ()

    model_config = {**FieldSpec.model_config, "validate_by_name": True, "validate_by_alias": True}

    @model_validator(mode="after")
    def _decidable(self) -> NumberSpec:
        if self.expect is None and self.within is None:
            raise ValueError("nothing says what is right — give `expect` or `within`")
        if self.kind == "quantity" and not self.unit:
            raise ValueError("a quantity needs a `unit`")
        return self

    def builds_on(self) -> tuple[str, ...]:
        """Whose numbers go into the right answer."""
        return tuple(name for name in self.from_ if "." in name)

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked, in which unit."""
        return {**super().for_students(written), **only(written, "unit", "percent"), "expect": WITHHELD}


class WhenSpec(Spec):
    """Another expectation that holds if a choice of the same part was answered so."""

    field: str
    is_: str = Field(alias="is")
    expect: str


class SetSpec(FieldSpec):
    """A set of integers."""

    kind: Literal["set"]
    expect: Expectation
    when: tuple[WhenSpec, ...] = ()
    mistakes: tuple[MistakeSpec, ...] = ()

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked."""
        return {**super().for_students(written), "expect": WITHHELD}
