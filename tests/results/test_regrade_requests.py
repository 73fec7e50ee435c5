"""Regrade requests: what a file may hold, and what is said about one that cannot be used."""

import textwrap

import pytest

from grader.assignment.load import load_assignment
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.regrade_requests import answered, read_requests

WHY = "My second sentence says just that."


def check(name, verdict=Verdict.NEEDS_REVIEW, score=None):
    return CheckRecord(id=name, kind="text", verdict=verdict, score=score, max_score=0.5, visibility="hidden")


def record(name="ada", attempt=2):
    part = PartRecord(id="tinya", score=0, max_score=4, awaiting=0.5, checks=(check("tinya.why"), check("tinya.size")))
    return GradeRecord(
        submission=name, attempt=attempt, files_sha256="f", problems_sha256="p", versions={},
        score=0, max_score=6, awaiting_review=0.5, isolation="none", parts=(part,),
    )  # fmt: skip


@pytest.fixture
def read(tiny, tmp_path):
    assignment = load_assignment(tiny)

    def read(text):
        file = tmp_path / "regrade.yaml"
        file.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return read_requests(file, {"ada": record()}, assignment)

    return read


def test_a_request_names_a_check_and_a_reason(read):
    assert read(f"""
        submission: ada
        requests:
          - {{check: tinya.why, item: says why, reason: {WHY}}}
          - {{check: tinya.size, reason: {WHY}}}
    """) == [Request("ada", 2, "tinya.why", "says why", WHY), Request("ada", 2, "tinya.size", "", WHY)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1:1: `submission` names nobody"),
        ("submission: adda\nrequests: []", ":1:1: `submission` names nobody in this class — did you mean 'ada'?"),
        ("submission: ada", "`requests` must list at least one check"),
        ("submission: ada\nrequests: [tinya.why]", ":2:12: a request needs the keys"),
        (f"submission: ada\nrequests: [{{check: tinya.wy, reason: {WHY}}}]", ":2:13: there is no check"),
        ("submission: ada\nrequests: [{check: tinya.why, reason: unfair}]", ":2:31: `reason` must say"),
        ("submission: ada\nrequests: [{check: tinya.why}]", "`reason` must say"),
        (f"submission: ada\nrequests: [{{check: tinya.why, item: x, reason: {WHY}}}]", "there are: says why"),
        (f"submission: ada\nrequests: [{{check: tinya.size, item: x, reason: {WHY}}}]", "leave it out"),
        (f"submission: ada\nrequests: [{{check: tinya.why, points: 9, reason: {WHY}}}]", "unknown key 'points'"),
        ("submission: ada\nrequests: &a [*a]", "anchors (&) and aliases (*) are not allowed"),
        ("submission: [", "regrade.yaml:2:1"),
        (b"submission: \xff", "not UTF-8"),
        (b"#" * (65 << 10), "larger than 64 KiB"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_place(read, text, says):
    with pytest.raises(UsageError) as told:
        read(text)
    assert says in str(told.value)


def test_every_mistake_is_told_at_once(read):
    with pytest.raises(UsageError) as told:
        read("submission: nobody\nrequests: [{check: tinya.why, reason: no}, 7]")
    assert len(str(told.value).splitlines()) == 3


def test_a_file_read_twice_changes_nothing(tmp_path):
    request = Request("ada", 1, "tinya.why", "", WHY)
    with Gradebook(tmp_path) as gradebook:
        assert [gradebook.requests.add(request), gradebook.requests.add(request)] == [True, False]
        assert len(gradebook.requests.all()) == 1


def test_an_answered_request_is_open_no_more_and_keeps_its_story(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.requests.add(Request("ada", 1, "tinya.why", "", WHY))
        gradebook.requests.add(Request("bob", 1, "tinya.why", "", WHY))
        first = gradebook.requests.open()[0]
        gradebook.requests.answer(first.id, RequestAnswer(0.0, 0.5, "marker", "You are right."))
    with Gradebook(tmp_path) as gradebook:
        assert [request.submission for request in gradebook.requests.open()] == ["bob"]
        ada = gradebook.requests.all()[0]
    assert (ada.reason, ada.answer.says, ada.answer.changed) == (WHY, "You are right.", True)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "not yet"),
        (RequestAnswer(0.0, 0.5, "marker", "You are right."), "You are right. (0 → 0.5 points)"),
        (RequestAnswer(None, 0.5, "marker", ""), "looked at again (open → 0.5 points)"),
        (
            RequestAnswer(0.5, 0.5, "marker", "It says the opposite."),
            "It says the opposite. (points stay as they were)",
        ),
    ],
)
def test_what_was_asked_and_answered_stands_beside_the_check(answer, says):
    mine = Request("ada", 2, "tinya.why", "says why", WHY, answer=answer)
    others = [Request("bob", 2, "tinya.why", "", "of bob"), Request("ada", 1, "tinya.why", "", "of another attempt")]
    why, size = answered(record(), [mine, *others]).parts[0].checks
    assert why.details == (("you asked", f"says why: {WHY}"), ("answer", says))
    assert size.details == ()
