"""Which attempts come onto the desk: just those that a release waits for."""

from __future__ import annotations

import random

import pytest
from desk_class import record_of, write_homework

from grader.assignment.load import load_assignment
from grader.errors import UsageError
from grader.gradebook import Override
from grader.gradebook.records import made_on
from grader.gradebook.regrade_requests import Request
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.obstacles import open_checks
from grader.results.roster import find_roster
from grader.review.marks import Draft
from grader.review.service import ReviewService

CANVAS = {"name": "Ada Lovelace", "canvas": "7"}


def attempt(number, points, *, why="Because of rows.", submission=None, **facts):
    """One of Ada's attempts: a formula that gave points, and a text that waits."""
    checks = {
        "wa.area": {"verdict": "partial", "kind": "expr", "answer": "a*b", "score": points, "max_score": 1.0},
        "wa.why": {"answer": why},
    }
    name = submission or ("ada" if number == 1 else f"ada-attempt-{number}")
    record = record_of(name, checks, attempt=number, **{"student": CANVAS, **facts})
    part = record.parts[0].model_copy(update={"score": points})
    return record.model_copy(update={"parts": (part,), "score": points})


def policy(course, **keys):
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    (course.root / "problems/assignment.yaml").write_text(f"title: Words and areas\n{lines}")
    course.service.read_again()


def waits(course):
    """Submissions of which the desk has an open text, and those that hold a release back."""
    entries = [entry for entry in course.gradebook.queue.entries("wa.why") if entry.state == "open"]
    records = effective_class(Course(course.gradebook, course.service.assignment))
    open_ones = [wait for record in records for wait in open_checks(record.submission, record.parts)]
    held_back = [name for check, _, name in open_ones if check == "wa.why"]
    return [entry.submission for entry in entries], held_back


@pytest.mark.parametrize(("rule", "counts"), [("last", "ada-attempt-3"), ("best", "ada-attempt-2")])
def test_the_attempt_that_counts_is_marked_and_no_other(course, rule, counts):
    policy(course, attempts=rule)
    for number, points in ((1, 0.25), (2, 0.75), (3, 0.5)):
        course.add(attempt(number, points))
    course.hand_in({"bob": "Because."})
    marking, release = waits(course)
    assert set(marking) == set(release) == {counts, "bob"}


def test_where_nobody_handed_in_twice_no_record_is_read_for_it(course, monkeypatch):
    course.hand_in({"one": "Because.", "two": "Well."})
    monkeypatch.setattr(course.gradebook, "attempts", lambda: pytest.fail("read every record"))
    course.service.read_again()
    assert len(course.gradebook.queue.entries("wa.why")) == 2


def test_attempts_that_only_look_alike_are_all_marked(course):
    for number in (1, 2):
        course.add(attempt(number, 0.5, student={"name": "Ada Lovelace", "id": "7"}))
    marking, release = waits(course)
    assert set(marking) == set(release) == {"ada", "ada-attempt-2"}


def test_attempts_under_one_name_give_the_marker_the_one_that_counts(course):
    policy(course, attempts="best")
    course.add(attempt(1, 0.75, why="The first.", submission="ada"))
    course.add(attempt(2, 0.5, why="The second.", submission="ada"))
    assert course.entry("ada").answer == "The first."
    course.service.save(course.entry("ada"), Draft(items=(1,)), "tina", "first")
    assert [(one.attempt, one.score) for one in course.gradebook.overrides()] == [(1, 1.0)]
    assert waits(course) == ([], [])


def test_another_attempt_counts_once_points_or_the_rule_say_so(course):
    policy(course, attempts="best")
    course.add(attempt(1, 0.75))
    course.add(attempt(2, 0.5))
    assert waits(course) == (["ada"], ["ada"])
    course.add(attempt(2, 1.0))
    assert waits(course) == (["ada-attempt-2"], ["ada-attempt-2"])
    course.add(attempt(3, 0.0))
    assert waits(course) == (["ada-attempt-2"], ["ada-attempt-2"])
    policy(course, attempts="last")
    assert waits(course) == (["ada-attempt-3"], ["ada-attempt-3"])


def test_marks_of_an_attempt_that_counts_no_longer_are_there_again_when_it_does(course):
    course.add(attempt(1, 0.75))
    course.service.save(course.entry("ada"), Draft(items=(1,)), "tina", "first")
    course.browser("tina").post(f"/q/wa.why/{course.entry('ada').key}/flag")
    course.add(attempt(2, 0.5))
    assert course.entry("ada") is None
    assert waits(course) == (["ada-attempt-2"], ["ada-attempt-2"])
    policy(course, attempts="best")
    entry = course.entry("ada")
    assert (entry.state, entry.marker, entry.flagged, course.score("ada")) == ("marked", "tina", True, 1.0)
    assert waits(course) == ([], [])


def test_what_is_the_same_keeps_its_mark_and_flag_when_the_desk_reads_again(course):
    course.add(attempt(1, 0.75))
    course.add(attempt(2, 0.5))
    entry = course.entry("ada-attempt-2")
    course.service.save(entry, Draft(items=(1,)), "tina", "first")
    course.browser("tina").post(f"/q/wa.why/{entry.key}/flag")
    course.service.read_again()
    assert (course.entry("ada-attempt-2").state, course.entry("ada-attempt-2").flagged) == ("marked", True)


def test_a_request_about_an_attempt_that_counts_no_longer_can_still_be_answered(course):
    course.add(attempt(1, 0.75))
    course.add(attempt(2, 0.5))
    course.gradebook.requests.add(Request("ada", 1, "wa.area", "", "My first formula says the same."))
    course.service.read_again()
    assert course.entry("ada", "wa.area").state == "marked"
    assert course.entry("ada", "wa.why") is None, "nothing else of it waits"
    draft = Draft(awarded=1, reason="it does", reply="Yes, it does.")
    course.service.save(course.entry("ada", "wa.area"), draft, "tina", "first")
    assert course.entry("ada", "wa.why") is None
    assert course.gradebook.requests.open() == []


def test_the_best_attempt_is_the_best_after_lateness_and_the_roster_says_who_has_more_time(course, tmp_path):
    late = "{deadline: 2026-11-20T12:00Z, per_day: 50 %}"
    course.add(attempt(1, 0.75, submitted_at="2026-11-20T10:00Z"))
    course.add(attempt(2, 1.0, submitted_at="2026-11-21T10:00Z"))
    policy(course, attempts="best", late=late)
    assert [entry.submission for entry in course.gradebook.queue.entries("wa.why")] == ["ada"]
    (tmp_path / "roster.csv").write_text("name,extra_days\nAda Lovelace,2\n")
    roster = lambda: find_roster(tmp_path, None)  # noqa: E731  # read each time
    service = ReviewService(course.gradebook, load_assignment(course.root), roster=roster)
    service.read_again()
    assert [entry.submission for entry in course.gradebook.queue.entries("wa.why")] == ["ada-attempt-2"]
    (tmp_path / "roster.csv").write_text("nobody\n")
    with pytest.raises(UsageError, match="unknown column"):
        service.read_again()
    assert service.generation == 1


def test_a_roster_that_cannot_be_used_is_told_on_the_page_and_the_desk_goes_on(course):
    course.hand_in({"one": "Because."})

    def broken():
        raise UsageError("roster.csv:1: unknown column 'nobody'")

    course.service.roster = broken
    write_homework(course.root, (("says something else", 1.0),))
    answer = course.browser().post("/read-again")
    assert answer.status_code == 422
    assert "roster.csv:1: unknown column" in answer.text
    assert "1 answer waits" in answer.text
    assert course.service.questions["wa.why"].points == 2.0, "nothing was taken over"


def test_who_deletes_an_attempt_has_the_one_before_on_the_desk(course):
    course.add(attempt(1, 0.75))
    course.add(attempt(2, 0.5))
    course.gradebook.forget("ada-attempt-2")
    course.service.read_again()
    assert waits(course) == (["ada"], ["ada"])


def test_deleting_an_attempt_deletes_what_was_done_at_the_desk_even_if_it_left_the_queue(course):
    course.add(attempt(1, 0.75))
    course.service.save(course.entry("ada"), Draft(items=(1,), comment="a word to Ada"), "tina", "first")
    key = course.entry("ada").key
    course.add(attempt(2, 0.5))
    assert course.entry("ada") is None
    assert course.gradebook.marking.marks.of(key)
    course.gradebook.forget("ada")
    assert course.gradebook.marking.marks.of(key) == []


@pytest.mark.parametrize("seed", [0, 3, 5, 8, 11])
def test_whatever_is_graded_and_decided_in_whatever_order_the_desk_has_open_what_a_release_waits_for(course, seed):
    draw = random.Random(seed)
    clock = iter(range(100))

    def at():
        return f"2040-01-01T00:00:{next(clock):02}+00:00"

    for _ in range(12):
        if draw.random() < 0.4 or not course.gradebook.heads.has("one"):
            answers = {"wa.area": draw.choice(["a*b", "b*a"]), "wa.twice": draw.choice(["2*a*b", "a*b*2"])}
            checks = {
                name: {"verdict": draw.choice(["undecided", "wrong", "blocked"]), "answer": answer, "max_score": 1.0}
                for name, answer in answers.items()
            }
            course.add(record_of("one", checks))
        else:
            (record,) = course.gradebook.attempts()
            check = draw.choice(record.checks)
            points = draw.choice([0.0, 1.0, None])
            decision = Override("one", 1, check.id, points, "grace", "so it is", "", at(), made_on(record, check))
            course.service.commit([], [decision])
        if draw.random() < 0.5:
            course.service.read_again()
    course.service.read_again()
    queue = {one.check_id for one in course.gradebook.queue.of(["one"]) if one.state == "open"}
    (record,) = effective_class(Course(course.gradebook, course.service.assignment))
    assert queue == {check.id for check in record.checks if not check.verdict.decided}
