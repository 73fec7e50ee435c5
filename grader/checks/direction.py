"""Vectors that count up to a factor, such as eigenvectors: `direction`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Literal

from pydantic import model_validator

from grader.checks.control import Control
from grader.checks.field import partly
from grader.checks.grid import Grid
from grader.checks.numbers import GridCheck, GridSpec
from grader.checks.registry import register
from grader.checks.spec import Told
from grader.records import Outcome


class DirectionSpec(GridSpec):
    """One vector a row, each up to a factor that is not zero; `order: any` lets rows stand in any order.

    The tolerance is the sine of the angle between a vector and the right one. `partial: vectors` gives credit for each
    right vector.
    """

    kind: Literal["direction"]
    order: Told[Literal["kept", "any"]] = "kept"
    partial: Told[Literal["none", "vectors"]] = "none"

    @model_validator(mode="after")
    def _few_rows(self) -> DirectionSpec:
        if self.order == "any" and self.shape is not None and self.shape[0] > 6:
            raise ValueError("`order: any` is for six vectors at most")
        return self


@register("direction", place="fields", spec=DirectionSpec)
class DirectionCheck(GridCheck[DirectionSpec]):
    """Every vector against the right one."""

    def judge_grid(self, typed: Grid, read: Outcome) -> Outcome:
        """All of them must point the right way, or as many as earn something."""
        orders = permutations(self.expected) if self.spec.order == "any" else [tuple(self.expected)]
        limit = max(self._tolerance.rel or 0.0, self._tolerance.abs or 0.0)
        wrong = min(
            (
                [i for i, pair in enumerate(zip(typed, order, strict=True), 1) if _sine(*pair) > limit]
                for order in orders
            ),
            key=len,
        )
        which = "it" if len(typed) == 1 else f"vector {', '.join(map(str, wrong))}"
        says = "the zero vector points nowhere" if not all(map(any, typed)) else f"{which} points elsewhere"
        credit = 1 - len(wrong) / len(typed) if self.spec.partial == "vectors" else float(not wrong)
        return partly(read, credit, says)

    @property
    def asked(self) -> str:
        """That a factor does not count, and whether each vector does."""
        return super().asked + (" Each vector counts." if self.spec.partial == "vectors" else "")

    @property
    def _counts(self) -> str:
        order = "" if self.spec.order == "kept" or (self.spec.shape or (2,))[0] == 1 else " in any order,"
        return f"{super()._counts};{order} any factor but zero"

    @property
    def control(self) -> Control:
        """One vector a row."""
        return replace(super().control, rows=tuple(f"vector {row}" for row in super().control.rows))


def _sine(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the angle between a vector and one that is not zero; 1 if it is zero, and so has no direction."""
    if not any(one):
        return 1.0
    scale, size = max(map(abs, one)), max(map(abs, other))
    a, b = [cell / scale for cell in one], [cell / size for cell in other]
    dot = math.fsum(x * y for x, y in zip(a, b, strict=True))
    lengths = math.fsum(x * x for x in a), math.fsum(y * y for y in b)
    apart = [x - dot / lengths[1] * y for x, y in zip(a, b, strict=True)]
    return math.sqrt(math.fsum(x * x for x in apart) / lengths[0])
