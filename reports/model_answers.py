"""Model answers, which are shown after release.

Owns how an author's expectation is shown: derived formulas as mathematics, ranges and tolerances in words, options
by their text, rubrics as a list. Comparing answers with them belongs to the checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.assignment.model import Assignment, Part
from grader.checks.spec import CheckSpec
from grader.maths.reading.question import Tolerance
from reports.mathml import to_mathml
from reports.prose import to_html, to_inline_html
from reports.words import points


@dataclass(frozen=True)
class ModelAnswer:
    """An answer that earns all points: one line, or for texts a rubric and a full answer."""

    line: Markup | None = None
    rubric: tuple[tuple[Markup, str], ...] = ()
    full: str = ""


def model_answer(part: Part, spec: CheckSpec, assignment: Assignment) -> ModelAnswer | None:
    """The model answer of a field; None if there is none, as in a students' kit."""
    if rubric := getattr(spec, "rubric", ()):
        items = tuple((to_inline_html(item.earns), points(item.points)) for item in rubric)
        return ModelAnswer(rubric=items, full=to_html(getattr(spec, "full", "")))
    if told := spec.right_in_words():
        return ModelAnswer(to_inline_html(told))
    if options := getattr(spec, "options", None):
        right: Sequence[str] = spec.right  # type: ignore[attr-defined]  # where there are options
        lines = [to_inline_html(options[key].text) + Markup(" <code>{}</code>").format(key) for key in right]
        return ModelAnswer(Markup(" or ").join(lines))
    if not assignment.author_code.has_reference:
        return None
    return _derived(part, spec, assignment)


def _derived(part: Part, spec: CheckSpec, assignment: Assignment) -> ModelAnswer | None:
    expectation = assignment.author_code.expectation
    expect: str | None = getattr(spec, "expect", None)
    shown: str = getattr(spec, "shown", "")
    within: tuple[float, float] | None = getattr(spec, "within", None)
    tolerance: Tolerance | None = getattr(spec, "tolerance", None)
    rough = within or (tolerance and (tolerance.rel or 0) >= _ROUGH)
    digits = _FEW_DIGITS if rough and not shown else _DIGITS
    said = []
    if expect and hasattr(spec, "shape"):
        said.append(Markup("<code>{}</code>").format(expectation(expect)))
    elif expect:
        said.append(_drawn(shown or expectation(expect), part, spec, digits))
    for also in () if shown else getattr(spec, "also", ()):
        said.append(Markup("or ") + _drawn(also.answer, part, spec, digits))
    for case in getattr(spec, "when", ()):
        answer = _drawn(expectation(case.expect), part, spec, digits)
        said.append(Markup("or {} where <code>{}</code> is <code>{}</code>").format(answer, case.field, case.is_))
    if within:
        low, high = (to_mathml(f"{bound:g}", part.symbols) for bound in within)
        between = Markup("anything from {} to {}{}").format(low, high, _unit(spec))
        said.append(Markup("({} counts)").format(between) if expect else between)
    elif tolerance is not None and (told := _tolerance(tolerance)):
        said.append(Markup("({})").format(told))
    return ModelAnswer(Markup(" ").join(said)) if said else None


_DIGITS, _FEW_DIGITS = 6, 3
_ROUGH = 0.01
"""A relative tolerance from which on three digits say all there is."""
_RUN = 3
"""As many integers in a row are shown as a range."""


def _drawn(text: str, part: Part, spec: CheckSpec, digits: int) -> Markup:
    """A right answer as mathematics; a quantity's unit stands behind it once."""
    number, members = _readable(text, digits), _integers(text)
    if members is not None:
        return escape(_ranges(members))
    return to_mathml(text, part.symbols) if number is None else to_mathml(number, part.symbols) + _unit(spec)


def _unit(spec: CheckSpec) -> Markup:
    """The unit that an answer is asked in, behind a number; empty if there is none."""
    unit: str | None = getattr(spec, "unit", None)
    return Markup(" {}").format(unit) if unit else Markup("")


def _readable(text: str, digits: int) -> str | None:
    """A number with so many digits, without the rounding error of binary fractions; None for other text."""
    try:
        return f"{float(f'{float(text):.{digits}g}'):.{_DIGITS}g}"
    except ValueError:
        return None


def _integers(text: str) -> list[int] | None:
    """The members of a set of integers, in order; None for another text."""
    inside = re.fullmatch(r"\{\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\}", text.strip())
    return sorted(map(int, inside[1].split(","))) if inside else None


def _ranges(members: Sequence[int]) -> str:
    """A set with its runs as ranges: `50–71`."""
    runs: list[list[int]] = []
    for member in members:
        if runs and member == runs[-1][-1] + 1:
            runs[-1].append(member)
        else:
            runs.append([member])
    pieces = [[f"{run[0]}–{run[-1]}"] if len(run) >= _RUN else list(map(str, run)) for run in runs]
    return ", ".join(piece for some in pieces for piece in some)


def _tolerance(tolerance: Tolerance) -> str:
    if tolerance.rel is not None:
        return f"within {100 * tolerance.rel:g} %"
    return f"within {tolerance.abs:g}" if tolerance.abs is not None else ""
