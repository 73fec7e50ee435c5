"""One student's card: found from everywhere, with everything there is, and any number changed and taken back."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from desk_class import record_of

from grader.cli import main
from grader.exports.base import GradedClass, Wishes, export
from grader.gradebook import Override
from grader.gradebook.pending import entry_key
from grader.gradebook.regrade_requests import Request
from grader.results.attempts import effective_class
from grader.results.card import student_card
from grader.results.course import Course
from grader.results.release import Chosen
from grader.results.release import release as release_results
from grader.results.roster import Roster, Student
from grader.review.marks import Draft
from grader.submission.model import SubmissionSource

CHECKS = {
    "wa.area": {"answer": "a+b", "reading": "a+b", "verdict": "wrong", "kind": "expr", "score": 0.0, "max_score": 1.0},
    "wa.why": {"answer": "Because."},
}


@pytest.fixture
def card(course, tmp_path):
    """A class of two, one of whom handed in twice; and the page of `lovelace` as `ada` changes it."""
    moodle = {"name": "Lovelace", "moodle": "7", "email": "love@uni.example"}
    course.add(record_of("lovelace", CHECKS, student=moodle, submitted_at="2026-11-20T10:00:00+00:00"))
    course.add(record_of("lovelace-2", CHECKS, student=moodle, attempt=2, submitted_at="2026-11-21T10:00:00+00:00"))
    course.add(record_of("one", CHECKS))
    course.gradebook.gradings.add(SubmissionSource("lovelace-2", tmp_path / "in", attempt=2), 1.0, {})
    course.gradebook.requests.add(Request("lovelace-2", 2, "wa.why", "", "Please look again at this."))
    course.service.read_again()
    return course


def total(course, name="lovelace-2"):
    records = effective_class(Course(course.gradebook, course.service.assignment))
    return next(record for record in records if record.submission == name)


def change(course, target, points, reason="looked again", says="", **more):
    data = {"target": target, "points": str(points), "reason": reason, "says": says, **more}
    return course.browser().post("/student/lovelace-2", data=data)


@pytest.mark.parametrize("who", ["Lovelace", "love@uni.example", "lovelace-2"])
def test_a_student_is_found_from_every_page_with_all_attempts_requests_and_files(card, who, tmp_path):
    ada = card.browser()
    assert 'action="/find"' in ada.get("/quality").text
    found = ada.post("/find", data={"who": who})
    for part in ("Lovelace", "lovelace-2, attempt 2", "lovelace, attempt 1", "Please look again", str(tmp_path / "in")):
        assert part in found.text
    assert f'href="/q/wa.why/{entry_key("wa.why", "lovelace-2")}"' in found.text
    assert ada.get("/student/nobody").status_code == 404


def test_a_card_is_the_record_that_counts_in_the_class_whoever_claims_what(course):
    """Whose a submission is depends on all others: files that claim to be of somebody who handed in are not theirs."""
    roster = Roster((Student(id="ada", name="Ada"), Student(id="bob", name="Bob"), Student(id="u3", name="Cyd")))
    for name, claimed in {"ada": {}, "other": {"id": "ada", "name": "Ada"}, "third": {"id": "u3"}}.items():
        course.add(record_of(name, CHECKS, student=claimed))
    records = effective_class(Course(course.gradebook, course.service.assignment, roster))
    assert [one.student.get("name") for one in records] == ["Ada", "Ada", "Cyd"]
    assert [[notice.where for notice in one.notices] for one in records] == [[], ["student"], []]
    heads = course.gradebook.heads.latest()
    for record in records:
        shown = student_card(Course(course.gradebook, course.service.assignment, roster), heads, record.submission)
        assert shown.counting == record


def test_any_check_is_changed_with_a_reason_and_a_reply_and_taken_back(card):
    page = change(card, "wa.area", 0.5, says="Half of it is right.").text
    assert "changed by ada" in page
    assert (total(card).score, card.score("lovelace-2", "wa.area")) == (0.5, 0.5)
    mark = card.gradebook.marking.marks.latest(entry_key("wa.area", "lovelace-2"))
    assert (mark.score, mark.comment, mark.marker) == (0.5, "Half of it is right.", "ada")
    change(card, "wa.area", "", do="undo")
    assert total(card).score == 0
    assert "taken back" in card.browser().get("/student/lovelace-2").text


@pytest.mark.parametrize("target", ["wa.area", "wa", "total"])
@pytest.mark.parametrize("first", [{"points": "0.5"}, {"do": "hold"}], ids=["points", "a hold"])
def test_who_changes_what_somebody_changed_meanwhile_is_asked_and_then_may(card, target, first):
    ada, bob = card.browser("ada"), card.browser("bob")
    form = {"target": target, "reason": "so", "points": "0.25"}
    seen = [
        re.search(rf'value="{target}"><input type="hidden" name="seen" value="(\w+)"', page)
        for page in (ada.get("/student/lovelace-2").text, bob.get("/student/lovelace-2").text)
    ]
    assert ada.post("/student/lovelace-2", data={**form, **first, "seen": seen[0][1]}).status_code == 200
    asked = bob.post("/student/lovelace-2", data={**form, "seen": seen[1][1]})
    assert (asked.status_code, "after you opened this page" in asked.text) == (422, True)
    assert not any(one.author == "bob" for one in card.gradebook.overrides())
    again = re.search(rf'value="{target}"><input type="hidden" name="seen" value="(\w+)"', asked.text)[1]
    assert bob.post("/student/lovelace-2", data={**form, "seen": again}).status_code == 200
    assert [one.score for one in card.gradebook.overrides() if one.author == "bob"] == [0.25]


def test_what_waits_without_an_answer_is_decided_at_once_and_taken_back_at_once(course):
    """As a file that does not open: hundreds of checks wait, and none has anything that one could read."""
    waits = {"answer": None, "verdict": "needs_review"}
    fault = {**waits, "verdict": "harness_error", "kind": "expr"}
    checks = {
        "wa.why": waits,
        "wa.more": waits,
        "wa.twice": fault,
        "wa.area": {"answer": "a?b", "verdict": "undecided"},
    }
    course.add(record_of("essay", checks))
    course.hand_in({"other": "It is an answer."})
    ada, form = course.browser(), {"do": "settle", "target": "total", "reason": "a photograph", "says": "No text."}
    assert "Give 0 points for all 2" in ada.get("/student/essay").text
    assert ada.post("/student/essay", data={**form, "reason": " "}).status_code == 422
    ada.post("/student/essay", data=form)
    (essay, *_) = effective_class(Course(course.gradebook, course.service.assignment))
    decided = {check.id: (check.score, check.message) for part in essay.parts for check in part.checks}
    assert [decided[name] for name in ("wa.why", "wa.more")] == [(0.0, "No text.")] * 2
    assert (decided["wa.twice"][0], decided["wa.area"][0]) == (None, None), "a fault of ours, and what can be read"
    assert course.entry("essay").state == "marked"
    assert course.entry("other").state == "open"
    assert ada.post("/student/essay", data=form).status_code == 422, "nothing of the kind waits any more"
    assert "and 1 other check: 2 marks for all that waited of a student" in ada.get("/history").text
    (batch,) = course.gradebook.marking.marks.batches()
    ada.post("/undo", data={"batch": batch.batch, "check": batch.check_id})
    (essay, *_) = effective_class(Course(course.gradebook, course.service.assignment))
    assert all(check.score is None for part in essay.parts for check in part.checks)
    assert course.entry("essay").state == "open"


def test_what_the_card_decides_is_the_desks_mark_and_an_open_page_is_asked(card):
    change(card, "wa.why", 1.5)
    entry = card.gradebook.queue.entry(entry_key("wa.why", "lovelace-2"))
    assert (entry.state, entry.score, entry.marker) == ("marked", 1.5, "ada")
    sent = {"items": [1], "seen": 0, "reply": "So."}
    assert card.browser("bob").post(f"/q/wa.why/{entry.key}/mark", json=sent).status_code == 409


def test_a_part_and_the_total_get_a_bonus_or_a_penalty_that_every_table_counts(card):
    change(card, "wa.area", 1)
    change(card, "wa.why", 2)
    assert total(card).score == 3
    change(card, "wa", -1.25, says="Handed in as a photo.")
    change(card, "total", "-0,5", says="Late by agreement.")
    record = total(card)
    assert (record.parts[0].score, record.score) == (1.75, 1.25)
    assert ("wa.adjustment", -1.25) in [(check.id, check.score) for check in record.parts[0].checks]
    assert "-0.5 points: Late by agreement." in [notice.message for notice in record.notices]
    graded = GradedClass(card.service.assignment, [record], bytes)
    table = export("csv", graded, Wishes()).files["submissions.csv"].decode()
    assert ",1.25," in table
    change(card, "wa", "", do="undo")
    change(card, "total", "", do="undo")
    assert total(card).score == 3


def test_a_penalty_never_goes_below_nothing_and_a_bonus_never_above_all(card):
    change(card, "wa", -50)
    assert total(card).parts[0].score == 0
    change(card, "wa", 50)
    assert total(card).parts[0].score == total(card).parts[0].max_score
    change(card, "total", 50)
    assert total(card).score == total(card).max_score
    change(card, "total", -50)
    assert total(card).score == 0


@pytest.mark.parametrize(
    ("target", "points", "reason", "told"),
    [
        ("wa.area", 2, "why", "worth 1: 2 points cannot be given"),
        ("wa.area", -1, "why", "cannot be given"),
        ("wa.nothing", 1, "why", "has no check or part"),
        ("wa.area", 1, " ", "needs a reason"),
        ("wa.area", "much", "why", "is no number of points"),
        ("total", "nan", "why", "more than anybody means"),
        ("total", "inf", "why", "more than anybody means"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(card, target, points, reason, told):
    answer = change(card, target, points, reason)
    assert answer.status_code == 422
    assert told in answer.text.replace("&#39;", "'")
    assert card.gradebook.overrides() == []


def test_a_decision_on_the_desk_shows_on_the_card_and_reports_never_show_what_staff_wrote(card):
    entry = card.gradebook.queue.entry(entry_key("wa.why", "lovelace-2"))
    card.service.save(entry, Draft(items=(1,), reply="So it is."), "bob", "first")
    change(card, "wa", -0.25, reason="a secret suspicion", says="A quarter less.")
    page = card.browser().get("/student/lovelace-2").text
    for part in ("bob", "So it is.", "a secret suspicion"):
        assert part in page
    words = ["report", card.gradebook.folder, "--release", "--student", "lovelace-2", "--assignment", card.root]
    assert CliRunner().invoke(main, [str(word) for word in words]).exit_code == 0
    report = (card.gradebook.folder / "reports" / "lovelace-2.html").read_text(encoding="utf-8")
    assert "A quarter less." in report
    assert "secret suspicion" not in report
    assert not (card.gradebook.folder / "reports" / "one.html").exists()


def test_the_command_tells_the_same_story(card):
    change(card, "total", -0.5, reason="agreed")
    words = ["explain", card.gradebook.folder, "lovelace-2", "--json", "--assignment", card.root]
    done = CliRunner().invoke(main, [str(word) for word in words])
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["event"] for one in told] == [
        *("handed in", "handed in", "student asks", "decided", "part wa", "counts"),
    ]
    assert (told[3]["check"], told[3]["score"], told[3]["reason"]) == ("total", -0.5, "agreed")
    assert told[-1]["total"] == total(card).score


def test_people_are_read_without_their_records(card):
    people = {(one.submission, one.attempt): one.student for one in card.gradebook.heads.latest()}
    assert people["lovelace-2", 2] == {"name": "Lovelace", "moodle": "7", "email": "love@uni.example"}
    assert people["one", 1]["id"] == "u-one"
    card.gradebook.marking.commit([], [Override("one", 1, "total", 1.0, "ada", "kind")])
    assert total(card, "one").score == 1


@pytest.mark.parametrize(("target", "kept"), [("total", {"wa"}), ("wa", {"wa"}), ("wa.why", {"wa"})])
def test_a_result_is_held_with_a_reason_and_a_reply_and_let_go(card, target, kept):
    hold = {"target": target, "do": "hold", "reason": "a talk on Monday", "says": "Please come by."}
    page = card.browser().post("/student/lovelace-2", data=hold).text
    assert "held by ada" in page
    assert "the student reads: Please come by." in page
    assert [notice.message for notice in total(card).notices] == ["this result is kept back for now: Please come by."]
    assert total(card).score == 0, "points are as they were"
    done = release(card, Chosen())
    assert [str(one) for one in done.held] == [f"{target}: 1 held by ada: a talk on Monday (lovelace-2)"]
    assert set(card.gradebook.releases.latest().results) == {"one"}
    assert "a talk on Monday" in card.browser().get("/release").text
    card.browser("bob").post("/student/lovelace-2", data={"target": target, "do": "let go"})
    assert total(card).notices == ()
    assert release(card, Chosen()).held == ()
    assert set(card.gradebook.releases.latest().results) == {"one", "lovelace-2"}
    told = (
        CliRunner()
        .invoke(main, ["explain", str(card.gradebook.folder), "lovelace-2", "--assignment", str(card.root)])
        .stdout
    )
    assert "held back" in told
    assert "let go" in told


def test_a_hold_needs_a_reason_and_something_to_hold(card):
    for wrong in ({"target": "total", "reason": " "}, {"target": "wz", "reason": "because"}):
        answer = card.browser().post("/student/lovelace-2", data={"do": "hold", **wrong})
        assert answer.status_code == 422
    assert card.gradebook.holds.all() == []


def release(course, chosen):
    return release_results(course.service.course(), chosen, "ada", unfinished=True)
