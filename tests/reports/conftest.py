"""A homework of two parts, records of it, and pages that were looked at and approved."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.records import CheckRecord, GradeRecord, Notice, PartRecord, Verdict

GOLDEN = Path(__file__).parents[1] / "golden" / "reports"

FILES = {
    "problems/assignment.yaml": "title: A small homework\nintro: Two parts.\n",
    "problems/rectangles.yaml": r"""
id: t
title: Rectangles
intro: |
  A rectangle has the sides $a$ and $b$.
symbols: {a: positive real, b: positive real}
parts:
  - id: ta
    title: Area of a *rectangle*
    prompt: |
      Give the area $A$ and twice the area, and say why.
    points: 5
    derivation: [area, twice]
    fields:
      area:
        kind: expr
        points: 1
        asks: The area $A$.
        expect: reference.shapes:area
        mistakes:
          - {answer: a+b, says: this is half the perimeter and not $a b$, credit: 0.5}
      twice:
        kind: expr
        points: 1
        after: [area]
        asks: Twice the area.
        expect: reference.shapes:twice
        follows: 2*area
      why:
        kind: text
        points: 1
        asks: Why?
        rubric:
          - {earns: names $a b$, points: 1}
        full: Unit squares fill it, KEY-TEXT-FULL.
        empty: Because.
    functions:
      shapes.area: {signature: (x) -> area, does: The area.}
    runs:
      - call: shapes.area
        points: 2
        sizes: {a: 1..9, b: 1..9}
        inputs: {x: 'uniform(1, 2, a)'}
      - call: shapes.area
        property: positive
        holds: shapes:positive
        sizes: {a: 1..9, b: 1..9}
        inputs: {x: 'uniform(1, 2, a)'}
  - id: tb
    title: Corners
    prompt: How many corners?
    points: 2
    fields:
      shape:
        kind: choice
        points: 1
        visibility: public
        asks: Which shape?
        options:
          square: A square
          circle: {text: A circle, says: a circle has no corner}
        right: square
      corners:
        kind: number
        points: 1
        asks: Number of corners.
        expect: reference.shapes:corners
""",
    "problems/properties/shapes.py": "def positive(inputs, value):\n    return None\n",
    "reference/__init__.py": "",
    "reference/shapes.py": """
def area(x=None):
    return "a*b"


def twice():
    return "2*a*b"


def corners():
    return 4
""",
}

ANSWERS: dict[str, dict[str, Any]] = {
    "ta.area": {"answer": "b*a", "reading": "b*a"},
    "ta.twice": {"answer": "2ab", "reading": "2 a b"},
    "ta.why": {"answer": "Squares.", "verdict": Verdict.NEEDS_REVIEW, "score": None, "message": "a person reads this"},
    "tb.shape": {"answer": "square", "reading": "square"},
    "tb.corners": {"answer": "4", "reading": "4"},
}


def make_assignment(root: Path) -> Assignment:
    """Write the homework into a folder and load it."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_assignment(root)


def make_record(assignment: Assignment, outcomes: dict[str, dict[str, Any]] | None = None, **more: Any) -> GradeRecord:
    """A record in which everything is right but what `outcomes` says, by check id; sums are those of scoring."""
    parts = []
    for part in assignment.parts:
        checks = []
        for check in part.checks:
            given = ANSWERS.get(check.id, {}) | (outcomes or {}).get(check.id, {})
            verdict = given.get("verdict", Verdict.CORRECT)
            score = check.points if verdict is Verdict.CORRECT else 0.0 if verdict.decided else None
            facts = {"verdict": verdict, "score": score, "kind": check.kind, "visibility": check.visibility}
            checks.append(CheckRecord(id=check.id, max_score=check.points, bonus=check.bonus, **(facts | given)))
        parts.append(
            PartRecord(
                id=part.id,
                score=sum(check.score or 0.0 for check in checks),
                max_score=part.points,
                awaiting=sum(check.max_score for check in checks if check.score is None),
                checks=tuple(checks),
            )
        )
    facts = {
        "submission": "ada",
        "files_sha256": "f" * 64,
        "problems_sha256": "p" * 64,
        "versions": {"hw11": "0.1.0", "torch": "2.13.0"},
        "isolation": "bubblewrap+namespaces+landlock",
        "score": sum(part.score for part in parts),
        "max_score": assignment.points,
        "awaiting_review": sum(part.awaiting for part in parts),
        "parts": tuple(parts),
    }
    return GradeRecord(**(facts | more))


MIXED: dict[str, dict[str, Any]] = {
    "ta.area": {
        "verdict": Verdict.PARTIAL,
        "score": 0.5,
        "answer": "a + b",
        "reading": "a + b",
        "message": "this is half the perimeter and not $a b$",
        "mistake": "this is half the perimeter and not $a b$",
    },
    "ta.twice": {"follows": True, "answer": "2(a+b)", "reading": "2*(a+b)", "message": "follows from your area"},
    "ta.run.area": {
        "verdict": Verdict.WRONG,
        "message": "values differ: largest error 3.5",
        "details": (("input", "a = 3, b = 4, x = [1.5]"), ("first wrong entry", "[0]: 7 where 12 is expected")),
        "output": "area is 7\n",
    },
    "ta.run.area.positive": {"verdict": Verdict.CRASHED, "message": "ValueError: negative side", "output": "oh\n"},
    "tb.corners": {
        "verdict": Verdict.UNREADABLE,
        "answer": "4 + q",
        "reading": None,
        "column": 5,
        "message": "'q' is not a name of this question",
    },
}
"""A mixed submission: a named mistake and what follows from it, wrong code, an answer that cannot be read."""

NOTICE = Notice(where="ta.aera", message="there is no field 'aera' — did you mean 'area'?")


@pytest.fixture(scope="session")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return make_assignment(tmp_path_factory.mktemp("homework"))


@pytest.fixture(scope="session")
def record(assignment: Assignment) -> Callable[..., GradeRecord]:
    """`record(outcomes, **facts)`: a record of the small homework."""

    def make(outcomes: dict[str, dict[str, Any]] | None = None, **facts: Any) -> GradeRecord:
        return make_record(assignment, outcomes, **facts)

    return make


@pytest.fixture(scope="session")
def mixed(record: Callable[..., GradeRecord]) -> GradeRecord:
    """Wrong, partly right, followed through, crashed, unreadable."""
    return record(MIXED, student={"name": "Ada"}, notices=(NOTICE,))


@pytest.fixture(scope="session")
def untouched_homework() -> tuple[Assignment, GradeRecord]:
    """The real homework, nothing done: every prompt, formula and model answer that a page may have to hold."""
    from homework import ASSIGNMENT

    empty = {check.id: {"verdict": Verdict.MISSING} for part in ASSIGNMENT.parts for check in part.checks}
    return ASSIGNMENT, make_record(ASSIGNMENT, empty)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a page, its stylesheet aside, with the one that was approved; `--update-golden` approves."""

    def compare(name: str, page: str) -> None:
        page = re.sub(r"<style>.*?</style>", "<style></style>", page, flags=re.DOTALL)
        path = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8")
        assert page == path.read_text(encoding="utf-8"), f"{name} changed: look at it, then run with --update-golden"

    return compare
