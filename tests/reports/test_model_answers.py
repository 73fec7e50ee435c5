from __future__ import annotations

import re

import pytest

from grader.assignment.model import Assignment
from reports.model_answers import ModelAnswer, model_answer


def answer(assignment: Assignment, part_id: str, name: str) -> ModelAnswer:
    part = next(part for part in assignment.parts if part.id == part_id)
    found = model_answer(part, part.fields[name], assignment)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("part", "name", "text"),
    [("ta", "area", "a⋅b"), ("ta", "twice", "2⋅a⋅b"), ("tb", "corners", "4"), ("tb", "shape", "A square square")],
)
def test_the_right_answer_is_derived_and_shown(part: str, name: str, text: str, assignment: Assignment) -> None:
    assert re.sub(r"<[^>]*>", "", answer(assignment, part, name).line) == text


def test_a_text_has_its_rubric_and_a_whole_answer(assignment: Assignment) -> None:
    found = answer(assignment, "ta", "why")
    assert [points for _, points in found.rubric] == ["1"]
    assert "KEY-TEXT-FULL" in found.full
