"""Several numbers in one field, a vector or a small table, each cell told: `numbers`."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Generic, Literal

from pydantic import model_validator
from typing_extensions import TypeVar

from grader.checks.base import Complaint, Context, Variant
from grader.checks.control import BOX, Control
from grader.checks.difference import tolerance_words
from grader.checks.field import FieldCheck, ForeseenSpec, Unreadable, partly
from grader.checks.formula_spec import ToleranceField
from grader.checks.grid import Grid, expected_grid, read_grid, written
from grader.checks.registry import register
from grader.checks.spec import Expectation, Told, Withheld
from grader.files.author_code import AuthorCodeError, called
from grader.maths.reading.question import Tolerance
from grader.records import Outcome, Verdict


class GridSpec(ForeseenSpec):
    """Rows of numbers: `expect` gives a list (one row), a list of rows, or an array.

    `shape` is told: how many rows and columns are to be typed.
    """

    expect: Withheld[Expectation]
    shape: Told[tuple[int, int] | None] = None
    tolerance: Told[ToleranceField] = Tolerance(rel=1e-3)


class NumbersSpec(GridSpec):
    """A vector or a table of numbers.

    `rows` and `columns` name them, for the student. `partial: cells` gives credit for each right cell.
    """

    kind: Literal["numbers"]
    rows: Told[tuple[str, ...]] = ()
    columns: Told[tuple[str, ...]] = ()
    partial: Told[Literal["none", "cells"]] = "none"

    @model_validator(mode="after")
    def _names_fit(self) -> NumbersSpec:
        named = (len(self.rows), len(self.columns))
        if self.shape and any(names not in (0, size) for names, size in zip(named, self.shape, strict=True)):
            raise ValueError(f"`rows` and `columns` name {named[0]} and {named[1]}, `shape` says {self.shape}")
        return self


_DECIMAL_COMMA = re.compile(r"\d,\d")
MOST_CELLS = 60
"""Of a table that a page shows; larger ones are pasted."""
AnyGridSpec = TypeVar("AnyGridSpec", bound=GridSpec, default=GridSpec, covariant=True)


class GridCheck(FieldCheck[AnyGridSpec], Generic[AnyGridSpec]):
    """Typed rows of numbers held against the right ones. A kind adds `judge_grid`."""

    @cached_property
    def expected(self) -> Grid:
        """The right numbers."""
        function = self.part.author_code.reference(self.spec.expect)
        return expected_grid(called(self.spec.expect, function), self.spec.expect)

    @abstractmethod
    def judge_grid(self, typed: Grid, read: Outcome) -> Outcome:
        """Judge numbers of the right shape."""

    def judge_read(self, context: Context, meant: Grid, read: Outcome) -> Outcome:
        """Shape first, then the numbers, then the mistakes that were foreseen."""
        shape = _shape(self.expected)
        typed = _fitted(meant, shape)
        if _shape(typed) != shape:
            return partly(read, 0.0, _not_of(shape, typed))
        outcome = self.judge_grid(typed, read)
        if outcome.verdict is Verdict.CORRECT:
            return outcome
        for mistake in self.spec.mistakes:
            wrong = _fitted(self._grid(context, mistake.answer), shape)
            if _shape(wrong) == shape and not _differing(typed, wrong, self._tolerance):
                return partly(read, mistake.credit, mistake.says, mistake.says)
        return outcome

    def read(self, context: Context, text: str) -> tuple[Grid, str]:
        """The numbers, row by row; unreadable if they are not as many as are told to be wanted."""
        typed = self._grid(context, text)
        if self.spec.shape is not None:
            typed = _fitted(typed, self.spec.shape)
            if _shape(typed) != self.spec.shape:
                commas = " — a number takes a point, as in 0.5" if _DECIMAL_COMMA.search(text) else ""
                raise Unreadable(_not_of(self.spec.shape, typed) + commas)
        return typed, written(typed)

    def _grid(self, context: Context, text: str) -> Grid:
        return read_grid(text, context.judge, getattr(self.spec, "rows", ()), getattr(self.spec, "columns", ()))

    @property
    def _tolerance(self) -> Tolerance:
        return self.spec.tolerance or Tolerance(rel=1e-9)

    @property
    def asked(self) -> str:
        """What is asked, in how many rows and columns, and how near."""
        size = "several numbers" if self.spec.shape is None else _size(*self.spec.shape)
        how = "commas between numbers" + ("" if self.spec.shape and self.spec.shape[0] == 1 else ", `;` between rows")
        return f"{self.spec.asks.rstrip()} ({size}, {how}; {self._counts})"

    @property
    def _counts(self) -> str:
        return f"tolerance: {tolerance_words(self._tolerance, '')}"

    @property
    def control(self) -> Control:
        """A cell for each number, where it is said how many there are."""
        if self.spec.shape is None or self.spec.shape[0] * self.spec.shape[1] > MOST_CELLS:
            return BOX
        rows, columns = (tuple(map(str, range(1, size + 1))) for size in self.spec.shape)
        return Control("table", rows=rows, columns=columns, note=f"({self._counts})")

    def accepted(self) -> Sequence[Variant]:
        """Other ways to write the right numbers, and what the reference gives, as rows in brackets."""
        answers = super().accepted()
        if not self.part.author_code.has_reference:
            return answers
        rows = ", ".join(f"[{', '.join(f'{cell:.12g}' for cell in row)}]" for row in self.expected)
        return [*answers, self.variant(f"[{rows}]", credit=1.0, place=("expect",))]

    def problems(self) -> Sequence[Complaint]:
        """An expectation that gives no rows of numbers, or not as many as are told."""
        if not self.part.author_code.has_reference:
            return []
        try:
            shape = _shape(self.expected)
        except AuthorCodeError as error:
            return [(("expect",), str(error))]
        if self.spec.shape is not None and self.spec.shape != shape:
            return [(("shape",), f"{self.spec.expect} gives {_size(*shape)}")]
        return []


@register("numbers", place="fields", spec=NumbersSpec)
class NumbersCheck(GridCheck[NumbersSpec]):
    """Every cell, by itself."""

    def judge_grid(self, typed: Grid, read: Outcome) -> Outcome:
        """By the share of right cells, where cells count."""
        wrong = _differing(typed, self.expected, self._tolerance)
        total = len(typed) * len(typed[0])
        credit = 1 - len(wrong) / total if self.spec.partial == "cells" or not wrong else 0.0
        named = ", ".join(self._name(*cell) for cell in wrong[:6])
        return partly(
            read, credit, f"{total - len(wrong)} of {total} are right; not {named}{', …' if wrong[6:] else ''}"
        )

    def _name(self, row: int, column: int) -> str:
        rows, columns = self.spec.rows, self.spec.columns
        down = (rows[row] if rows else f"row {row + 1}") if len(self.expected) > 1 or rows else ""
        across = (
            (columns[column] if columns else f"number {column + 1}") if len(self.expected[0]) > 1 or columns else ""
        )
        return ", ".join(filter(None, [down, across])) or "it"

    @property
    def control(self) -> Control:
        """With the names of rows and columns, and what counts."""
        cells, spec = super().control, self.spec
        note = f"{cells.note}{self._rule}".strip()
        return replace(cells, rows=spec.rows or cells.rows, columns=spec.columns or cells.columns, note=note)

    @property
    def _rule(self) -> str:
        return " Each cell counts." if self.spec.partial == "cells" else ""

    @property
    def asked(self) -> str:
        """With the names of rows and columns."""
        names = [f"rows: {', '.join(self.spec.rows)}"] if self.spec.rows else []
        names += [f"columns: {', '.join(self.spec.columns)}"] if self.spec.columns else []
        return super().asked + (f" {'; '.join(names)}." if names else "") + self._rule


def _differing(typed: Grid, right: Grid, tolerance: Tolerance) -> list[tuple[int, int]]:
    """The cells that are not near enough, each by its own size."""
    return [
        (i, j)
        for i, (row, other) in enumerate(zip(typed, right, strict=True))
        for j, (cell, wanted) in enumerate(zip(row, other, strict=True))
        if not abs(cell - wanted) <= max((tolerance.rel or 0.0) * abs(wanted), tolerance.abs or 0.0)
    ]


def _fitted(typed: Grid, shape: tuple[int, int]) -> Grid:
    """Rows of numbers where a shape is wanted: a vector is one as a row and as a column.

    Raises:
        Unreadable: several rows stand in one.
    """
    columns = len(typed[0])
    if len(typed) == 1 and shape[1] > 1 and columns % shape[1] == 0 and columns != shape[1]:
        raise Unreadable(f"{columns} numbers are in one row; a row has {shape[1]}, and `;` or a new line ends it")
    if 1 not in shape or 1 not in _shape(typed):
        return typed
    cells = [cell for row in typed for cell in row]
    return [cells] if shape[0] == 1 else [[cell] for cell in cells]


def _shape(grid: Grid) -> tuple[int, int]:
    return len(grid), len(grid[0])


def _not_of(shape: tuple[int, int], typed: Grid) -> str:
    return f"{_size(*shape)} are wanted, {_size(*_shape(typed))} came"


def _size(rows: int, columns: int) -> str:
    if rows == 1:
        return f"{columns} numbers"
    return f"{rows} rows of {columns} numbers" if columns > 1 else f"{rows} numbers, one a row"
