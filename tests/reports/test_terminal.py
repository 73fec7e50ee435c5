from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.assignment.model import Assignment
from grader.checks.failure_outcome import NOT_LOADED
from grader.records import EVERY_PART, CheckRecord, GradeRecord, Notice, Verdict
from reports.steps import next_steps
from reports.terminal import (
    WIDTH,
    caret_lines,
    notice_line,
    outcome_line,
    part_lines,
    preview_summary,
    step_lines,
)
from reports.visibility import seen_parts
from reports.words import WORDS

Record = Callable[..., GradeRecord]


def a_check(verdict: Verdict, **facts: object) -> CheckRecord:
    given = {"id": "p.f", "kind": "expr", "score": 0.5, "max_score": 1, "visibility": "public"} | facts
    return CheckRecord(verdict=verdict, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_line_says_the_report_s_word_and_needs_no_colour(verdict: Verdict) -> None:
    line = outcome_line(a_check(verdict))
    assert line.startswith(f"{WORDS[verdict].icon} {WORDS[verdict].word}")


def test_lines_are_aligned() -> None:
    lines = [outcome_line(a_check(verdict, message="x")) for verdict in Verdict]
    assert len({line.index("p.f") for line in lines}) == 1
    assert len({line.index("0.5 / 1") for line in lines}) == 1


def test_a_part_is_a_title_and_its_checks(mixed: GradeRecord, assignment: Assignment) -> None:
    lines = part_lines(seen_parts(mixed, assignment)[0])
    assert lines[:2] == ["", "ta  Area of a *rectangle* (5 points)"]
    assert "    read as a + b" in lines
    assert "    ValueError: negative side" in lines
    assert any("1 more check, 2 points, run after the deadline" in line for line in lines)


def test_a_file_that_does_not_load_is_told_once_for_all_that_waits_for_it(
    record: Record, assignment: Assignment
) -> None:
    every = [check.id for check in next(assignment.parts).checks]
    says = "lora.py line 12 does not compile: expected ':'"
    facts = {"verdict": Verdict.UNREADABLE, "message": says, "details": ((NOT_LOADED, "lora.py:12"),)}
    lines = part_lines(seen_parts(record(dict.fromkeys(every, facts)), assignment)[0])
    assert lines.count(f"    {says}") == 1
    (told,) = [line for line in lines if "until lora.py loads" in line]
    assert f"{len(every)} checks wait" in told
    assert not [line for line in lines for check in every if check in line]


def test_a_caret_stands_below_the_place_that_cannot_be_read(mixed: GradeRecord, assignment: Assignment) -> None:
    lines = part_lines(seen_parts(mixed, assignment)[1])
    place = lines.index("      4 + q")
    assert lines[place + 1] == "          ^"


@pytest.mark.parametrize(
    ("answer", "column", "lines"),
    [
        ("a + q", 5, ["a + q", "    ^"]),
        ("a\nb + q", 7, ["b + q", "    ^"]),
        ("a +", 4, ["a +", "   ^"]),
        ("a\u202eb", 1, []),
        ("a", 9, []),
        ("a", None, []),
    ],
)
def test_carets_are_drawn_only_where_they_would_stand_right(answer: str, column: int | None, lines: list[str]) -> None:
    assert caret_lines(a_check(Verdict.UNREADABLE, answer=answer, column=column)) == lines


def test_the_summary_never_forgets_hidden_checks(record: Record, assignment: Assignment) -> None:
    lines = preview_summary(seen_parts(record(), assignment))
    assert "4 answers read, 2 of 2 public checks passed" in lines
    assert "4 hidden checks count too: 5 points, shown after release." in lines


def test_the_summary_says_what_to_do_about_files_that_cannot_be_read(record: Record, assignment: Assignment) -> None:
    told = Notice(where="submission", message="waits for a person: scan.pdf may hold what is missing")
    lines = preview_summary(seen_parts(record(), assignment), notices=(told,))
    assert lines[lines.index("What to do next") + 1].startswith("  Not everything that you handed in could be read")


def test_the_summary_says_what_to_do_next(mixed: GradeRecord, assignment: Assignment) -> None:
    lines = preview_summary(seen_parts(mixed, assignment))
    assert "  2. ta.run.area.positive: ValueError: negative side" in lines


def test_no_student_text_controls_the_terminal(record: Record, assignment: Assignment) -> None:
    text = "\x1b[2J\x07\u202e\r\n"
    facts = {"verdict": Verdict.WRONG, "message": text, "answer": text, "reading": text, "details": ((text, text),)}
    given = record({check.id: facts for part in assignment.parts for check in part.checks})
    lines = [line for one in seen_parts(given, assignment) for line in part_lines(one)]
    lines += [notice_line(text, text), outcome_line(a_check(Verdict.WRONG, message=text, reading=text))]
    assert all(char.isprintable() for line in lines for char in line)


def test_long_messages_are_wrapped(record: Record, assignment: Assignment) -> None:
    given = record({"tb.shape": {"verdict": Verdict.WRONG, "message": "word " * 70}})
    assert all(len(line) <= WIDTH for line in part_lines(seen_parts(given, assignment)[1]))


def test_an_author_s_formulas_stand_without_dollar_signs_and_a_student_s_text_as_it_is(
    record: Record, assignment: Assignment
) -> None:
    says = {"verdict": Verdict.WRONG, "message": "'$5' — this is half the perimeter and not $a b$"}
    given = record({"ta.area": says | {"visibility": "public"}, "tb.shape": {"verdict": Verdict.WRONG}})
    shown = seen_parts(given, assignment)
    opened = step_lines(next_steps(seen_parts(given, assignment, released=EVERY_PART)))
    assert any("'$5' — this is half the perimeter and not a b" in line for line in opened)
    assert "    This is not equal to what is asked." in part_lines(shown[1])


def test_a_file_that_does_not_load_is_the_first_step(record: Record, assignment: Assignment) -> None:
    broken = {
        "verdict": Verdict.CRASHED,
        "message": "shapes.py line 4 stops at import: x",
        "details": ((NOT_LOADED, "shapes.py:4"),),
    }
    lines = preview_summary(seen_parts(record({"ta.run.area.positive": broken}), assignment))
    assert "  1. shapes.py (2 points at stake): stops at import, line 4: x; 1 function cannot run" in lines
