from __future__ import annotations

import re
from collections import namedtuple
from types import SimpleNamespace
from typing import Any

import pytest

from grader.assignment.model import Assignment
from grader.maths.reading.question import Tolerance
from reports.model_answers import ModelAnswer, model_answer

Other = namedtuple("Other", "answer")


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


class Spec:
    """A field of which only what is shown matters."""

    def __init__(self, **keys: Any) -> None:
        self.kind = "quantity" if "unit" in keys else "expr"
        vars(self).update(keys)

    def right_in_words(self) -> str:
        """It is no choice."""
        return ""


class Derived:
    """Author code whose expectations are the texts that name them."""

    has_reference = True

    def expectation(self, name: str) -> str:
        return name


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"expect": "(-eta)*(-c + phi) + phi", "shown": "phi - eta*(phi - c)"}, "φ−η⋅(φ−c)"),
        (
            {"expect": "41.666666", "shown": "41.67", "unit": "s", "tolerance": Tolerance(rel=0.05)},
            "41.67 s (within 5 %)",
        ),
        ({"expect": "41.666666", "unit": "s", "tolerance": Tolerance(rel=0.05)}, "41.7 s (within 5 %)"),
        ({"expect": "41.666666", "unit": "s", "tolerance": Tolerance(rel=1e-4)}, "41.6667 s (within 0.01 %)"),
        ({"expect": "0.3", "unit": "s", "also": [Other("0.3 s/token")]}, "0.3 s or 0.3stoken"),
        ({"expect": "0.3", "shown": "0.3", "unit": "s", "also": [Other("0.3 s/token")]}, "0.3 s"),
        ({"expect": None, "unit": "book", "within": (1.5e7, 5e7)}, "anything from 1.5⋅107 to 5⋅107 book"),
        ({"expect": "0.45161", "within": (0.44, 0.46)}, "0.452 (anything from 0.44 to 0.46 counts)"),
        ({"expect": "{50, 51, 52, 53}"}, "50–53"),
        ({"expect": "{3, 1, 2, 7, 8, 10}"}, "1–3, 7, 8, 10"),
        ({"expect": "{}"}, "{}"),
    ],
)
def test_a_model_answer_reads_as_in_a_textbook(keys: dict[str, Any], text: str) -> None:
    part: Any = SimpleNamespace(symbols={"eta": {}, "phi": {}, "c": {}})
    assignment: Any = SimpleNamespace(author_code=Derived())
    found = model_answer(part, Spec(**keys), assignment)  # type: ignore[arg-type]
    assert found is not None
    assert found.line is not None
    assert re.sub(r"<[^>]*>", "", found.line) == text
