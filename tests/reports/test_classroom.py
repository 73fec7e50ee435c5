from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from grader.assignment.model import Assignment
from grader.records import GradeRecord, Notice, Verdict
from reports.classroom import render_class, render_part

Record = Callable[..., GradeRecord]
FACTS = {"isolation": "bubblewrap", "torch": "2.13.0"}
HOSTILE = ["<script>alert(1)</script>", '" onclick=alert(1) "', "</table><img src=x>", "{{ 7*7 }}", "\u202e"]


def text(html: str) -> str:
    body = html[html.index("<main") :]
    return " ".join(re.sub(r"<script>.*?</script>|<[^>]*>", " ", body, flags=re.S).split())


def test_faults_and_undecided_answers_stand_at_the_top(record: Record, assignment: Assignment) -> None:
    faulty = record(
        {"ta.run.area": {"verdict": Verdict.HARNESS_ERROR, "staff": "SandboxError: gone"}}, submission="eve"
    )
    undecided = record({"ta.area": {"verdict": Verdict.UNDECIDED}}, submission="bob")
    shown = text(render_class([faulty, undecided], assignment, FACTS))
    assert shown.index("SandboxError: gone") < shown.index("Undecided") < shown.index("The class")


def test_every_submission_has_one_row(record: Record, assignment: Assignment) -> None:
    records = [record(submission=name, student={"name": name.title()}) for name in ("bob", "ada")]
    shown = text(render_class(records, assignment, FACTS))
    assert shown.index("ada Ada 6 100 % 1 a person reads") < shown.index("bob Bob 6 100 %")


def test_a_small_class_is_told_that_n_is_too_small(record: Record, assignment: Assignment) -> None:
    assert "n too small" in render_class([record()], assignment, FACTS)


def test_mistakes_are_named_and_counted_and_other_readings_grouped(record: Record, assignment: Assignment) -> None:
    named = {"verdict": Verdict.WRONG, "answer": "a+b", "reading": "a+b", "mistake": "the perimeter"}
    records = [record({"ta.area": named}, submission=f"s{i}") for i in range(3)]
    for i, answer in enumerate(["2*a*b", "b*a*2"]):
        other = {"verdict": Verdict.WRONG, "answer": answer, "reading": answer, "message": "not equal"}
        records.append(record({"ta.area": other}, submission=f"t{i}"))
    shown = text(render_class(records, assignment, FACTS))
    assert "3 ta.area The perimeter" in shown
    assert "2 ta.area Not equal" in shown


def test_the_distribution_has_a_table(record: Record, assignment: Assignment) -> None:
    shown = text(render_class([record()], assignment, FACTS))
    assert "1 submission; the most frequent range is 90–100 %." in shown
    assert "90–100 % 1" in shown


def test_facts_of_the_run_are_told(record: Record, assignment: Assignment) -> None:
    assert "isolation bubblewrap torch 2.13.0" in text(render_class([record()], assignment, FACTS))


@pytest.mark.parametrize("lacking", [slice(0, 0), slice(0, 1), slice(1, 2), slice(0, 2)], ids=["all", "a", "b", "none"])
def test_a_class_has_a_page_though_some_were_graded_before_a_part_was_added(
    lacking: slice, record: Record, assignment: Assignment
) -> None:
    whole, earlier = record(submission="new"), record(submission="old")
    earlier = earlier.model_copy(update={"parts": earlier.parts[lacking]})
    for records in ([whole, earlier], [earlier, whole], [earlier] * 40 + [whole] * 40):
        assert f"submissions {len(records)}" in text(render_class(records, assignment, FACTS))


def test_an_empty_class_has_a_page(assignment: Assignment) -> None:
    assert "submissions 0" in text(render_class([], assignment, {}))


def test_a_part_s_page_groups_answers_with_counts_and_names(record: Record, assignment: Assignment) -> None:
    part = next(iter(assignment.parts))
    records = [record(submission=f"s{i:02d}") for i in range(12)]
    records.append(record({"ta.area": {"verdict": Verdict.WRONG, "answer": "a", "reading": "a"}}, submission="odd"))
    shown = text(render_part(records, part, assignment))
    assert "Right 12" in shown
    assert "Not yet 1" in shown
    assert "and 4 more" in shown
    assert "odd" in shown


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_student_text_becomes_markup_for_staff(hostile: str, record: Record, assignment: Assignment) -> None:
    facts = {"answer": hostile, "reading": hostile, "message": hostile, "staff": hostile}
    verdicts = [Verdict.WRONG, Verdict.UNDECIDED, Verdict.HARNESS_ERROR, Verdict.UNREADABLE]
    records = [
        record(
            {"ta.area": facts | {"verdict": verdict, "score": None}, "ta.why": facts},
            submission=f"{hostile}{verdict}",
            student={"name": hostile},
        )
        for verdict in verdicts
    ]
    part = next(iter(assignment.parts))
    for html in (render_class(records, assignment, {"torch": hostile}), render_part(records, part, assignment)):
        assert "alert(1)</script>" not in html
        assert "<img" not in html
        assert not re.search(r"<[^>]* onclick=", html)
        assert "\u202e" not in html or hostile != "\u202e"


def test_only_our_own_script_may_run(record: Record, assignment: Assignment) -> None:
    html = render_class([record()], assignment, FACTS)
    assert html.count("<script>") == 1
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", html)


def test_staff_pages_look_as_they_were_approved(
    mixed: GradeRecord, record: Record, assignment: Assignment, golden: Callable[[str, str], None]
) -> None:
    golden("class.html", _without_hash(render_class([mixed, record(submission="bob")], assignment, FACTS), assignment))
    golden("part.html", render_part([mixed, record(submission="bob")], next(iter(assignment.parts)), assignment))


def _without_hash(html: str, assignment: Assignment) -> str:
    return html.replace(assignment.sha256[:16], "0123456789abcdef")


def test_what_is_not_decided_is_left_out_of_means_and_that_is_said(record: Record, assignment: Assignment) -> None:
    half = record({"ta.area": {"verdict": Verdict.UNDECIDED}}, submission="bob")
    shown = text(render_class([half], assignment, FACTS))
    assert "mean of what is decided" in shown
    assert "what is not graded yet is left out" in shown
    everything = {check.id: {"verdict": Verdict.UNDECIDED} for part in half.parts for check in part.checks}
    shown = text(render_class([record(everything, submission="eve")], assignment, FACTS))
    assert "mean" not in shown.split("Submissions")[0]


def test_notices_have_a_column(record: Record, assignment: Assignment) -> None:
    same = {"files_sha256": "a" * 64}
    records = [
        record(submission="ada").model_copy(
            update={**same, "notices": (Notice(where="x.rar", message="cannot be read"),)}
        ),
        record(submission="bob").model_copy(update=same),
        record(submission="cyd").model_copy(update={"files_sha256": "c" * 64, "late_says": "a day late"}),
    ]
    shown = text(render_class(records, assignment, FACTS, [("notes.txt", "is no folder")]))
    for told in ("the same files as bob", "x.rar: cannot be read", "the same files as ada", "a day late", "Not taken"):
        assert told in shown
    page = render_class(records, assignment, FACTS, [("<script>alert(1)</script>", HOSTILE[0])])
    assert "<script>alert" not in page


def test_who_says_to_be_somebody_else_is_told(record: Record, assignment: Assignment) -> None:
    who: dict[str, dict[str, str]] = {
        "u1": {"id": "U1"},
        "bob": {"id": "u1"},
        "c-7": {"id": "7", "canvas": "7", "claimed": "bob"},
        "d-8": {"id": "8", "canvas": "8"},
    }
    records = [record(submission=name, student=student) for name, student in who.items()]
    shown = text(render_class(records, assignment, FACTS))
    assert "names the student U1, and so does or is called bob" in shown
    assert "names the student u1, and so does or is called u1" in shown
    assert "names the student bob, and so does or is called bob" in shown
    assert "names the student 8" not in shown


def test_an_untouched_template_is_told(record: Record, assignment: Assignment) -> None:
    whole = record(submission="ada")
    parts = tuple(
        part.model_copy(
            update={"checks": tuple(one.model_copy(update={"verdict": Verdict.MISSING}) for one in part.checks)}
        )
        for part in whole.parts
    )
    empty = whole.model_copy(update={"parts": parts, "files_sha256": "e" * 64})
    assert "nothing is begun" in text(render_class([empty], assignment, FACTS))
    assert "nothing is begun" not in text(render_class([whole], assignment, FACTS))
