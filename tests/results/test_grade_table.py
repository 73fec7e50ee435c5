"""`grades.csv`: one row per submission, and no cell that a spreadsheet takes for a formula."""

import csv
import io
from types import SimpleNamespace

import pytest

from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.grade_table import grade_table

FORMULAS = [
    "=1+1",
    " =1+1",
    "\n=1+1",
    "\t=1",
    "\r\n@A1",
    "\u00a0+1",
    "'=1",
    "' \n-1",
    "\u3000＝1",
    "\x0b=1",
    "\u200b=1",
]


ASSIGNMENT = SimpleNamespace(parts=[SimpleNamespace(id="tinya"), SimpleNamespace(id="tinyb")])


def record(submission="ada", verdict=Verdict.CORRECT, score=2.0, **student):
    check = CheckRecord(
        id="tinya.area", kind="expr", verdict=verdict, score=score, max_score=2.0, visibility="public", message=""
    )
    waits = 0.0 if verdict.decided else 2.0
    return GradeRecord(
        submission=submission,
        student=student,
        files_sha256="f",
        problems_sha256="p",
        versions={},
        score=score or 0.0,
        max_score=6.0,
        awaiting_review=waits,
        isolation="none",
        parts=(PartRecord(id="tinya", score=score or 0.0, max_score=4.0, awaiting=waits, checks=(check,)),),
    )


@pytest.mark.parametrize("typed", FORMULAS)
@pytest.mark.parametrize("fact", ["name", "id"])
def test_no_cell_begins_a_formula_behind_blanks_or_line_breaks(fact, typed):
    rows = list(csv.reader(io.StringIO(grade_table([record(**{fact: typed})], ASSIGNMENT).decode(), newline="")))
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []


def test_a_row_says_what_is_decided_and_names_what_is_open():
    open_ = record("bea", Verdict.UNDECIDED, None, name="Béa, the second")
    made = grade_table([record(name="Ada", id="u1"), open_], ASSIGNMENT, [("x.rar", "is no folder")])
    assert list(csv.reader(io.StringIO(made.decode()))) == [
        [
            *("submission", "name", "student_id", "score", "max_score", "awaiting_review", "late_deduction"),
            *("status", "undecided", "tinya", "tinyb", "email", "attempt", "submitted_at", "slip_days_used", "notices"),
        ],
        [*("ada", "Ada", "u1", "2", "6", "0", "0", "graded", "0", "2", ""), "", "1", "", "0", "the same files as bea"],
        [
            *("bea", "Béa, the second", "", "0", "6", "2", "0", "awaiting_review", "1", "0", ""),
            *("", "1", "", "0", "the same files as ada"),
        ],
        ["x.rar", *[""] * 6, "not taken: is no folder", *[""] * 8],
    ]
