"""A decision counts for what it was made on and for nothing else, whatever becomes of files and their names."""

from __future__ import annotations

import hashlib
import shutil
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from store_records import CHECK, record

from grader.assignment.load import load_assignment
from grader.exports.base import GradedClass
from grader.exports.review_csv import COLUMNS, entry_name, stamp
from grader.exports.review_import import read_review
from grader.gradebook import Gradebook, Override
from grader.gradebook.marking.marks import Mark
from grader.gradebook.pending import CHANGED, entry_key
from grader.gradebook.records import made_on
from grader.grading.grade import Grader
from grader.records import Verdict
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.effective import in_force
from grader.results.obstacles import open_checks
from grader.submission.discover import find_submissions
from grader.submission.load import load_submission

ANSWERS = "tinya: {{size: m*k, bytes: 4*m*k, shape: wide, why: {why}}}\ntinyb: {{entries: 250000, seconds: 2.5 s}}\n"
RIGHT, OTHER = "def double(X):\n    return 2 * X\n", "def double(X):\n    return X + X\n"
TEXT, CODE = "tinya.why", "tinya.run.double"


@pytest.fixture
def course(tiny, tmp_path, fake_executor, judge):
    """A class that is graded in this process, and a person who decides a text and a function of each."""
    assignment = load_assignment(tiny)
    observers = {"tiny:bytes_of": assignment.author_code.observer("tiny:bytes_of")}
    grader = Grader(assignment, fake_executor({"tiny.double": lambda X: 2 * X}, observers), judge, b"secret" * 4)
    folder = tmp_path / "class"

    def hand_in(name, why, code=RIGHT):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "answers.yaml").write_text(ANSWERS.format(why=why))
        (folder / name / "tiny.py").write_text(code)

    def grade():
        """Every submission is graded; the effective records, by the name of the folder that they come from."""
        found = find_submissions([folder], assignment.modules, gradebook.gradings.sources()).sources
        for one in found:
            graded = grader.grade(load_submission(one, assignment.modules))
            gradebook.append(graded, "fingerprint")
            gradebook.gradings.add(one, 1.0, {})
        records = {one.submission: one for one in effective_class(Course(gradebook, assignment))}
        return {one.path.name: records[one.id] for one in found}

    def decide(graded, score, check_id=TEXT):
        about = check(graded, check_id)
        where = (graded.submission, graded.attempt, check_id)
        gradebook.marking.commit([], [Override(*where, score, "grace", "read it", digest=made_on(graded, about))])

    with Gradebook(tmp_path / "out") as gradebook:
        yield SimpleNamespace(**{name: value for name, value in locals().items() if name != "tiny"})


def check(graded, name):
    return next(one for part in graded.parts for one in part.checks if one.id == name)


def scores(graded):
    return [check(graded, TEXT).score, check(graded, CODE).score]


def test_a_class_in_which_files_are_added_replaced_renamed_come_late_collide_and_are_forgotten(course):
    course.hand_in("work", "Because of work.")
    course.hand_in("zoe", "Because of zoe.")
    graded = course.grade()
    assert scores(graded["work"]) == [None, 1.0]
    for name, score in (("work", 0.5), ("zoe", 0.25)):
        course.decide(graded[name], score)
        course.decide(graded[name], 0.75, CODE)

    graded = course.grade()  # the same files
    assert (scores(graded["work"]), scores(graded["zoe"])) == ([0.5, 0.75], [0.25, 0.75])

    course.hand_in(" work", "Because of a blank.")  # added, with a name that comes to the same
    graded = course.grade()
    assert (graded["work"].submission, scores(graded["work"])) == ("work", [0.5, 0.75])
    assert graded[" work"].submission.startswith("work-")
    assert scores(graded[" work"]) == [None, 1.0]

    shutil.rmtree(course.folder / "work")  # gone, and the other one stays where it is
    graded = course.grade()
    assert graded[" work"].submission.startswith("work-")
    assert scores(graded[" work"]) == [None, 1.0]

    course.hand_in("zoe", "Because of something else.")  # the answer is replaced, and with it one of the files
    graded = course.grade()
    assert scores(graded["zoe"]) == [None, None]
    assert {check(graded["zoe"], name).message for name in (TEXT, CODE)} == {CHANGED}
    assert "grace" in check(graded["zoe"], CODE).staff
    says = [why for _, why, _ in open_checks("zoe", graded["zoe"].parts)]
    assert says == ["decided by a person on what was handed in before, which has changed since"] * 2
    course.hand_in("zoe", "Because of zoe.", OTHER)  # the answer is the old one, the code is not
    assert scores(course.grade()["zoe"]) == [0.25, None]

    (course.folder / "zoe").rename(course.folder / "renamed")  # nobody is called so: somebody new
    graded = course.grade()
    assert graded["renamed"].submission != "zoe"
    assert scores(graded["renamed"]) == [None, 1.0]

    course.gradebook.forget("zoe")
    course.hand_in("zoe", "Because of zoe.")  # forgotten: nothing is known of the very same work
    assert scores(course.grade()["zoe"]) == [None, 1.0]
    assert {one.submission for one in course.gradebook.overrides()} == {"work"}


def test_a_late_attempt_has_no_decisions_of_the_one_before(course):
    course.hand_in("ada", "Because.")
    first = course.grade()["ada"]
    course.decide(first, 0.5)
    late = first.model_copy(update={"attempt": 2})
    course.gradebook.append(late, "fingerprint")
    assert in_force(late, course.gradebook.overrides()) == {}
    assert in_force(first, course.gradebook.overrides()).keys() == {TEXT}


@pytest.mark.parametrize("change", ["answer", "files"])
def test_an_imported_mark_of_what_changed_since_is_refused(course, tmp_path, change):
    course.hand_in("ada", "Because.")
    graded = course.grade()["ada"]
    name = TEXT if change == "answer" else CODE
    facts = {"verdict": Verdict.NEEDS_REVIEW, "score": None}
    parts = tuple(
        part.model_copy(
            update={"checks": tuple(one.model_copy(update=facts) if one.id == name else one for one in part.checks)}
        )
        for part in graded.parts
    )
    waits = graded.model_copy(update={"parts": parts})
    row = {column: "" for column in COLUMNS}
    about = check(waits, name)
    row |= {"entry": entry_name(about, waits), "check": name, "score": "0.5", "stamp": stamp(about, waits)}
    table = tmp_path / "review.csv"
    table.write_text(",".join(COLUMNS) + "\n" + ",".join(row[column] for column in COLUMNS) + "\n")

    def read(one):
        among = GradedClass(course.assignment, [one], lambda: b"", {})
        return read_review(table, among, [], "grace")

    (decision,) = read(waits).marks
    assert decision.digest == made_on(waits, about)
    if change == "answer":
        answered = about.model_copy(update={"answer": "Because, they say."})
        others = tuple(
            part.model_copy(update={"checks": tuple(answered if one.id == name else one for one in part.checks)})
            for part in waits.parts
        )
        changed = waits.model_copy(update={"parts": others})
    else:
        changed = waits.model_copy(update={"files_sha256": "0" * 64})
    assert "has changed" in read(changed).faults[0]


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ({"answer": "a"}, {"answer": "a", "files_sha256": "g"}, True),
        ({"answer": "a"}, {"answer": "b"}, False),
        ({"says": "run it"}, {"says": "run it"}, True),
        ({"says": "run it"}, {"says": "run it", "files_sha256": "g"}, False),
    ],
    ids=["same answer", "another answer", "same files", "other files"],
)
def test_decisions_of_an_older_gradebook_are_bound_to_the_record_that_stood_there(tmp_path, before, after, holds):
    with Gradebook(tmp_path) as gradebook:
        decided = record("ada", None, **before)
        about = decided.parts[0].checks[0]
        gradebook.append(decided, "one")
        gradebook.marking.commit(
            [], [Override("ada", 1, CHECK, 0.5, "grace", "read it", digest=made_on(decided, about))]
        )
        digest = made_on(decided, about) if "answer" in before else _old_digest(about.message)
        gradebook.marking.commit([Mark(entry_key(CHECK, "ada"), CHECK, "grace", 0.5, digest)], [])
        with gradebook._book.writing() as connection:
            connection.execute(sa.text("UPDATE records SET made_at = '2026-01-01T00:00:00+00:00'"))
        gradebook.append(record("ada", None, **after), "two")
        with gradebook._book.writing() as connection:
            connection.execute(sa.text("UPDATE records SET made_at = '2036-01-01T00:00:00+00:00' WHERE id = 2"))
            connection.execute(sa.text("ALTER TABLE overrides DROP COLUMN digest"))
            connection.execute(sa.text("UPDATE meta SET schema_version = 11"))
    with Gradebook(tmp_path) as gradebook:
        latest, _ = gradebook.records()["ada"]
        assert bool(in_force(latest, gradebook.overrides())) is holds
        (mark,) = gradebook.marking.marks.of(entry_key(CHECK, "ada"))
        assert (mark.digest == made_on(latest, latest.parts[0].checks[0])) is holds


def _old_digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
