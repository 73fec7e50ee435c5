"""Formulas that an author typed, tried before anybody is graded: the right answer, alternatives, mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.checks.base import Complaint
from grader.checks.formula_spec import FormulaSpec, NumberSpec, SetSpec
from grader.errors import UnusableQuestion
from grader.maths.reading.question import Question

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge


def unusable_texts(question: Question, spec: FormulaSpec | NumberSpec | SetSpec, judge: Judge) -> Iterator[Complaint]:
    """What is wrong with the right answer, the alternatives and the mistakes that an author typed, each at its place.

    Raises:
        UnusableQuestion: the right answer cannot be used.
    """
    right, foreseen, question = question.reference, question.mistakes, replace(question, mistakes=())
    decision = judge.decide(replace(question, alternatives=()), right, {})
    if decision.verdict != "equal":
        yield ("expect",), f"{spec.expect} gives {right!r}, which is {decision.verdict}: {decision.message}"
        return
    for i, label in enumerate(spec.labels):
        if judge.decide(replace(question, alternatives=()), f"{label} = {right}", {}).verdict != "equal":
            yield ("labels", i), f"{label!r} can never stand before an answer — it is a left side, as in `S_ij = …`"
    if spec.shown:
        decision = judge.decide(question, spec.shown, {})
        if decision.verdict != "equal" or decision.proof == "numeric":
            why = decision.message or f"it is {decision.verdict} ({decision.proof or 'no proof'})"
            yield ("shown",), f"{spec.shown!r} is not proven equal to what is right: {why}"
    for i, other in enumerate(getattr(spec, "also", ())):
        decision = judge.decide(question, other.answer, {})
        if decision.verdict != "equal":
            yield ("also", i, "answer"), f"{other.answer!r} cannot be read: {decision.message}"
        elif what := _unusable(question, other.answer, judge):
            yield ("also", i, "answer"), what
    for i, mistake in enumerate(foreseen):
        # foreseen, it is recognised, and no slip is looked for that would explain it
        decision = judge.decide(replace(question, mistakes=(mistake,)), mistake.answer, {})
        if decision.verdict == "equal":
            yield ("mistakes", i, "answer"), f"{mistake.answer!r} is listed as a mistake but is right"
        elif decision.verdict == "invalid":
            yield ("mistakes", i, "answer"), f"{mistake.answer!r} cannot be read: {decision.message}"
        elif decision.mistake != mistake.says and (what := _unusable(question, mistake.answer, judge)):
            yield ("mistakes", i, "answer"), what


def _unusable(question: Question, text: str, judge: Judge) -> str:
    """Why a formula cannot be an author's, empty where it can: `k(m + l)` may be a call or a product."""
    try:
        judge.read(replace(question, reference=text, alternatives=()), text)
    except UnusableQuestion as error:
        return str(error)
    return ""
