"""Model answers, which are shown after release.

Owns how an author's expectation is shown: derived formulas as mathematics, ranges and tolerances in words, options
by their text, rubrics as a list. Comparing answers with them belongs to the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

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
    expect: str | None = getattr(spec, "expect", None)
    within: tuple[float, float] | None = getattr(spec, "within", None)
    unit = Markup(" {}").format(spec.unit) if getattr(spec, "unit", None) else Markup("")  # type: ignore[attr-defined]
    said = []
    if expect and hasattr(spec, "shape"):
        said.append(Markup("<code>{}</code>").format(assignment.author_code.expectation(expect)))
    elif expect:
        said.append(to_mathml(_readable(assignment.author_code.expectation(expect)), part.symbols) + unit)
    for also in getattr(spec, "also", ()):
        said.append(Markup("or ") + to_mathml(also.answer, part.symbols) + unit)
    for case in getattr(spec, "when", ()):
        answer = to_mathml(assignment.author_code.expectation(case.expect), part.symbols)
        said.append(Markup("or {} where <code>{}</code> is <code>{}</code>").format(answer, case.field, case.is_))
    if within:
        said.append(Markup("anything from {:g} to {:g}").format(*within) + unit)
    elif tolerance := _tolerance(getattr(spec, "tolerance", None)):
        said.append(Markup("({})").format(tolerance))
    return ModelAnswer(Markup(" ").join(said)) if said else None


def _readable(number: str) -> str:
    """A derived number with six digits, without the rounding error of binary fractions; other text unchanged."""
    try:
        value = float(number)
    except ValueError:
        return number
    return f"{value:.6g}"


def _tolerance(tolerance: Tolerance | None) -> str:
    if tolerance is None:
        return ""
    if tolerance.rel is not None:
        return f"within {100 * tolerance.rel:g} %"
    return f"within {tolerance.abs:g}" if tolerance.abs is not None else ""
