"""Handing results out: what holds them back, and whose have changed."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from grader.assignment.load import load_assignment
from grader.errors import UsageError
from grader.gradebook import Gradebook, Override
from grader.gradebook.holds import Hold
from grader.gradebook.records import digest_of
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.attempts import each_effective
from grader.results.before_release import findings
from grader.results.course import Course
from grader.results.effective import effective_records
from grader.results.obstacles import obstacles, open_checks, unanswered
from grader.results.publish import publish_record
from grader.results.release import Chosen, release, undo_release
from grader.results.roster_match import Matched
from grader.results.told import change, result


def check(name="p.x", verdict=Verdict.CORRECT, score=1.0, **more):
    return CheckRecord(id=name, kind="expr", verdict=verdict, score=score, max_score=1, visibility="hidden", **more)


def record(name, *checks, **more):
    score = sum(one.score or 0 for one in checks)
    waiting = float(sum(one.score is None for one in checks))
    part = PartRecord(id="p", score=score, max_score=len(checks), awaiting=waiting, checks=checks)
    facts = {"files_sha256": "f", "problems_sha256": "p", "versions": {}, "isolation": "none"} | more
    return GradeRecord(
        submission=name, score=score, max_score=len(checks), awaiting_review=waiting, parts=(part,), **facts
    )


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict.NEEDS_REVIEW, "not marked by a person yet"),
        (Verdict.UNDECIDED, "not decided by any program"),
        (Verdict.HARNESS_ERROR, "fault of ours"),
    ],
)
def test_what_is_not_decided_holds_results_back(verdict, says):
    open_one = check("p.why", verdict, None)
    records = [record("ada", open_one), record("bob", check()), record("cyd", open_one)]
    (obstacle,) = obstacles(wait for one in records for wait in open_checks(one.submission, one.parts))
    assert obstacle.submissions == ("ada", "cyd")
    assert str(obstacle).startswith("p.why: 2 ")
    assert says in str(obstacle)


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict.decided])
def test_what_is_decided_does_not(verdict):
    assert list(open_checks("ada", record("ada", check(verdict=verdict, score=0.0)).parts)) == []


def test_what_is_right_and_counts_only_beside_what_is_open_waits_for_that_alone():
    """The points of a property beside its comparison, which a fault of ours left open."""
    waits = record("ada", check("p.x", Verdict.HARNESS_ERROR, None), check("p.y", Verdict.CORRECT, None))
    assert [name for name, _, _ in open_checks("ada", waits.parts)] == ["p.x"]


def test_a_request_that_nobody_answered_holds_results_back():
    (obstacle,) = obstacles(unanswered([Request("ada", 1, "p.x", "", "because")]))
    assert "looked at again" in str(obstacle)


def parts(one):
    return [part.id for part in one.parts]


def released(folder, records):
    with Gradebook(folder) as gradebook:
        before, told = gradebook.releases.latest(), [(one, result(one, parts(one))) for one in records]
        gradebook.releases.add([now for _, now in told], "staff")
    return [str(moved) for one, now in told if (moved := change(one, now, before))]


def test_a_repeated_release_lists_whose_result_changed(tmp_path):
    before = [record("ada", check()), record("bob", check(score=0.5)), record("cyd", check())]
    assert released(tmp_path, before) == [
        "ada: 1, released for the first time",
        "bob: 0.5, released for the first time",
        "cyd: 1, released for the first time",
    ]
    after = [record("ada", check(message="well said")), record("bob", check(score=0.75)), record("cyd", check())]
    assert released(tmp_path, after) == [
        "ada: 1 as before, but the report says something else",
        "bob: 0.5 → 0.75 (+0.25)",
    ]
    assert released(tmp_path, after) == []


@pytest.mark.parametrize("unread", [{"versions": {"torch": "9"}}, {"isolation": "other"}, {"problems_sha256": "q"}])
def test_what_no_student_reads_is_no_change(tmp_path, unread):
    released(tmp_path, [record("ada", check(seconds=1.0, staff="a"))])
    assert released(tmp_path, [record("ada", check(seconds=2.0, staff="b"), **unread)]) == []


FIRST, SECOND = "tinya", "tinyb"
WORDS = digest_of(None, "f")
"""What decisions about these records are made on: they hold no answers."""


@pytest.fixture
def course(tiny, tmp_path):
    """Two students of a small assignment with two parts; the words of the first part wait for a person."""
    assignment = load_assignment(tiny)

    def graded(name, why=Verdict.NEEDS_REVIEW, files="f", size=1.0):
        seen = []
        for part in assignment.parts:
            checks = tuple(
                check(one.id, why, None) if one.id == "tinya.why" and not why.decided else check(one.id, score=size)
                for one in part.checks
            )
            seen.append(sum_part(part.id, part.points, checks))
        totals = {"score": sum(one.score for one in seen), "max_score": sum(one.max_score for one in seen)}
        empty = record(name, files_sha256=files)
        waits = sum(one.awaiting for one in seen)
        return empty.model_copy(update={**totals, "awaiting_review": waits, "parts": tuple(seen)})

    with Gradebook(tmp_path / "class") as gradebook:
        for name in ("ada", "bob"):
            gradebook.append(graded(name), "fingerprint")
        yield SimpleNamespace(gradebook=gradebook, assignment=assignment, graded=graded)


def out(course, *parts, students=(), **how):
    return release(Course(course.gradebook, course.assignment), Chosen(students, (), parts), "staff", **how)


def shown(course, name):
    """The parts whose outcomes a report shows, as it says itself."""
    page = (course.gradebook.folder / "reports" / f"{name}.html").read_text(encoding="utf-8")
    return re.search('<meta name="released" content="([^"]*)">', page)[1], page


def test_a_part_is_released_while_another_waits_for_a_person(course):
    assert [one.check for one in out(course).obstacles] == ["tinya.why"]
    done = out(course, SECOND)
    assert [one.before for one in done.first] == [None, None]
    state, page = shown(course, "ada")
    assert state == SECOND
    assert "Where you stand so far" in page, "the total would tell of the other part"
    assert "shown after release" in page
    assert course.gradebook.releases.latest().results["ada"].parts == (SECOND,)
    whole = out(course, unfinished=True)
    assert (len(whole.first), whole.changed, shown(course, "ada")[0]) == (2, (), "all")
    undo_release(Course(course.gradebook, course.assignment), "staff")
    assert shown(course, "ada")[0] == SECOND


def test_what_is_undone_twice_goes_further_back_and_hands_nothing_out_again(course):
    def undo():
        return undo_release(Course(course.gradebook, course.assignment), "staff")

    steps = [{"students": ("ada",)}, {"students": ("bob",)}, None, {"students": ("bob",)}, None, None]
    states = [{"ada"}, {"ada", "bob"}, {"ada"}, {"ada", "bob"}, {"ada"}, set()]
    for step, there in zip(steps, states, strict=True):
        undo() if step is None else out(course, unfinished=True, **step)
        assert course.gradebook.releases.latest().results.keys() == there
        assert {name for name in ("ada", "bob") if shown(course, name)[0] == "all"} == there
    with pytest.raises(UsageError, match="nothing is released"):
        undo()
    out(course, unfinished=True)
    assert undo().total == 0


def killed_after(reports):
    """Writing reports as a kill leaves it: so many are there, and no more."""
    written = []

    def dies(one, *args, **how):
        if len(written) == reports:
            raise KeyboardInterrupt
        written.append(one.submission)
        return publish_record(one, *args, **how)

    return dies


@pytest.mark.parametrize("after", [0, 1], ids=["before any report", "between two"])
@pytest.mark.parametrize("releases", [1, 2])
def test_an_undo_that_was_killed_is_finished_by_the_next_and_goes_no_further(course, monkeypatch, after, releases):
    """Else the list would say that nothing is released while reports show it."""
    for parts in [(SECOND,), ()][2 - releases :]:
        out(course, *parts, unfinished=True)
    dies = killed_after(after)

    def undo():
        return undo_release(Course(course.gradebook, course.assignment), "staff")

    with monkeypatch.context() as patched:
        patched.setattr("grader.results.release.publish_record", dies)
        with pytest.raises(KeyboardInterrupt):
            undo()
    assert len(undo().written) == 2 - after
    assert {shown(course, name)[0] for name in ("ada", "bob")} == {"none" if releases == 1 else SECOND}
    if releases == 2:
        undo()
    assert {shown(course, name)[0] for name in ("ada", "bob")} == {"none"}
    with pytest.raises(UsageError, match="nothing is released"):
        undo()


def number(course, name):
    """The total that a report says."""
    return float(re.search(r'<span class="number">([\d.]+)</span>', shown(course, name)[1])[1])


def lower(course, name):
    course.gradebook.marking.commit([], [Override(name, 1, "tinyb.entries", 0.0, "grace", "no", digest=WORDS)])


KEPT = {
    "somebody else is meant": (lambda course: None, {"students": ("bob",)}),
    "a hold": (lambda course: course.gradebook.holds.add(Hold("ada", "total", "grace", "a talk")), {}),
    "a request": (lambda course: course.gradebook.requests.add(Request("ada", 1, "tinyb.entries", "", "Why?")), {}),
}


@pytest.mark.parametrize("why", KEPT)
def test_a_release_tells_nobody_whom_it_does_not_tell(course, why):
    """What changed since somebody was told stays untold until a release tells it, and is then said to differ."""
    for name in ("ada", "bob"):
        course.gradebook.marking.commit([], [Override(name, 1, "tinya.why", 1.0, "grace", "read", digest=WORDS)])
    out(course)
    before = number(course, "ada")
    keeps_back, how = KEPT[why]
    keeps_back(course)
    for name in ("ada", "bob"):
        lower(course, name)
    done = out(course, **how)
    assert [one.submission for one in done.changed] == ["bob"] == [*done.written]
    assert number(course, "bob") < before
    assert number(course, "ada") == before == course.gradebook.releases.latest().results["ada"].score
    for hold in course.gradebook.holds.in_force():
        course.gradebook.holds.add(replace(hold, holds=False))
    for request in course.gradebook.requests.open():
        course.gradebook.requests.answer(request.id, RequestAnswer(1.0, 0.0, "grace", "So it is."))
    assert [one.submission for one in out(course).changed] == ["ada"]
    assert number(course, "ada") < before


def test_an_undo_tells_nothing_that_changed_since(course):
    for name in ("ada", "bob"):
        course.gradebook.marking.commit([], [Override(name, 1, "tinya.why", 1.0, "grace", "read", digest=WORDS)])
    out(course, students=("ada",))
    out(course, students=("bob",))
    before = number(course, "ada")
    lower(course, "ada")
    done = undo_release(Course(course.gradebook, course.assignment), "staff")
    assert (done.changed, done.written) == ((), ("bob",))
    assert number(course, "ada") == before == course.gradebook.releases.latest().results["ada"].score
    assert [one.submission for one in out(course, students=("ada",)).changed] == ["ada"]


@pytest.mark.parametrize("together", [1, 2, 50])
def test_the_records_of_a_class_are_the_same_however_many_are_held_at_once(course, monkeypatch, together):
    monkeypatch.setattr("grader.results.attempts._AT_ONCE", together)
    records = list(each_effective(Course(course.gradebook, course.assignment)))
    assert [one.submission for one in records] == ["ada", "bob"]
    assert records == effective_records(course.gradebook.attempts(), [], course.assignment, Matched())


def test_two_releases_at_once_lose_neither(course):
    with course.gradebook.lock("hw11 release"), pytest.raises(UsageError, match="hw11 release"):
        out(course, unfinished=True)
    assert not course.gradebook.releases.latest().id


def test_what_was_told_of_a_part_is_compared_with_that_part(course):
    out(course, SECOND)
    course.gradebook.marking.commit([], [Override("ada", 1, "tinya.why", 1.0, "grace", "read", digest=WORDS)])
    assert (out(course, SECOND).changed, out(course, SECOND).first) == ((), ())
    course.gradebook.marking.commit([], [Override("ada", 1, "tinyb.entries", 0.0, "grace", "no", digest=WORDS)])
    (moved,) = out(course, SECOND).changed
    assert (moved.submission, moved.after < moved.before) == ("ada", True)


@pytest.mark.parametrize("name", ["tinyc", "", "tinya.why"])
def test_a_part_that_is_not_there_is_told(course, name):
    with pytest.raises(UsageError, match="no part or problem"):
        out(course, name)


def test_a_problem_stands_for_all_its_parts(course):
    assert course.assignment.problems[0].id == "tiny"
    assert len(out(course, "tiny", unfinished=True).first) == 2
    assert course.gradebook.releases.latest().results["ada"].parts == ()


@pytest.mark.parametrize(("size", "moved"), [(0.5, ["ada"]), (1.0, [])], ids=["another result", "the same result"])
def test_other_files_than_were_released_are_not_what_was_released(course, size, moved):
    out(course, unfinished=True)
    again = course.graded("ada", files="other", size=size)
    course.gradebook.append(again, "fingerprint")
    latest = course.gradebook.releases.latest()
    assert (list(latest.parts_of(again)), latest.says(again).partition(":")[0]) == ([], "not what was released")
    out(course, students=("bob",), unfinished=True)
    assert shown(course, "ada")[0] == "none", "nobody released these"
    told = [one.kind for one in findings(Course(course.gradebook, course.assignment))]
    assert told.count("not what was released") == 1
    assert [one.submission for one in out(course, unfinished=True).changed] == moved
    assert shown(course, "ada")[0] == "all"
    assert "not what was released" not in [one.kind for one in findings(Course(course.gradebook, course.assignment))]


@pytest.mark.parametrize("after", [0, 1], ids=["before any report", "between two"])
@pytest.mark.parametrize("back", [False, True], ids=["a release", "an undo"])
def test_what_was_killed_in_between_is_finished_by_the_next_release(course, monkeypatch, after, back):
    if back:
        out(course, SECOND)
        out(course, unfinished=True)
    dies = killed_after(after)
    with monkeypatch.context() as patched:
        patched.setattr("grader.results.release.publish_record", dies)
        with pytest.raises(KeyboardInterrupt):
            undo_release(Course(course.gradebook, course.assignment), "staff") if back else out(course, SECOND)
    out(course, SECOND)
    assert {shown(course, name)[0] for name in ("ada", "bob")} == {SECOND}
