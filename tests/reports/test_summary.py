from __future__ import annotations

from collections.abc import Callable, Container

from grader.assignment.model import Assignment
from grader.records import EVERY_PART, GradeRecord, Verdict
from reports.summary import Summary, summarize
from reports.visibility import seen_parts

Record = Callable[..., GradeRecord]


def summary(record: GradeRecord, assignment: Assignment, *, released: Container[str] = ()) -> Summary:
    return summarize(record, seen_parts(record, assignment, released=released))


def test_public_checks_are_counted_apart_and_hidden_ones_are_never_forgotten(
    record: Record, assignment: Assignment
) -> None:
    found = summary(record(), assignment)
    assert found.headline == "4 answers read, 2 of 2 public checks passed"
    assert found.sentences[0] == "4 hidden checks count too: 5 points, shown after release."
    assert found.score is None


def test_after_release_the_score_is_the_record_s(mixed: GradeRecord, assignment: Assignment) -> None:
    found = summary(mixed, assignment, released=EVERY_PART)
    assert found.headline == "2.5 of 7 points"
    assert (found.earned, found.open, found.awaiting, found.sealed_points) == (2.5, 3.5, 1.0, 0.0)


def test_what_awaits_a_person_is_not_a_zero(record: Record, assignment: Assignment) -> None:
    found = summary(record(), assignment, released=EVERY_PART)
    assert found.sentences == ("1 point not graded yet. That is not a 0: a person decides, or we grade again.",)


def test_a_perfect_record_says_so_only_when_nothing_is_hidden_or_open(record: Record, assignment: Assignment) -> None:
    perfect = record({"ta.why": {"verdict": Verdict.CORRECT, "score": 1.0}})
    assert summary(perfect, assignment, released=EVERY_PART).sentences == ("Every point is yours.",)
    assert "Every point is yours." not in summary(perfect, assignment).sentences


def test_empty_and_unreadable_answers_are_counted(record: Record, assignment: Assignment) -> None:
    verdicts = {
        "ta.area": Verdict.MISSING,
        "ta.run.area": Verdict.MISSING,
        "ta.run.area.positive": Verdict.MISSING,
        "tb.corners": Verdict.UNREADABLE,
    }
    found = summary(record({name: {"verdict": verdict} for name, verdict in verdicts.items()}), assignment)
    assert "1 answer is empty." in found.sentences
    assert "1 function is not written." in found.sentences
    assert "1 answer cannot be read and so earns nothing." in found.sentences


def test_of_work_that_is_not_begun_hidden_checks_are_counted_once(record: Record, assignment: Assignment) -> None:
    missing = {"verdict": Verdict.MISSING, "answer": None}
    later = {"verdict": Verdict.NEEDS_REVIEW, "answer": None, "score": None}
    given = {name: later if name == "ta.run.area" else missing for name in assignment.checks}
    found = summary(record(given), assignment)
    assert found.headline == "Nothing is checked yet"
    assert sum("hidden check" in sentence for sentence in found.sentences) == 1


def test_public_checks_that_nobody_has_judged_yet_are_none_that_failed(record: Record, assignment: Assignment) -> None:
    given = {"ta.run.area.positive": {"verdict": Verdict.UNDECIDED, "score": None}}
    assert summary(record(given), assignment).headline == "4 answers read, 1 of 1 public check passed"


def test_what_was_typed_and_waits_is_counted_and_what_was_not_started_is_no_failure(
    record: Record, assignment: Assignment
) -> None:
    given = {
        "ta.run.area.positive": {"verdict": Verdict.MISSING},
    }
    assert summary(record(given), assignment).headline == "4 answers read, 1 of 1 public check passed"
