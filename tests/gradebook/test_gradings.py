"""What grading left beside the records: results by submission, times, and where submissions were found."""

from pathlib import Path

import pytest
from sqlite_file import sqlite_file
from store_records import record

from grader.gradebook import Gradebook
from grader.gradebook.gradings import SHARED
from grader.submission.model import SubmissionSource

ADA = SubmissionSource("ada", Path("/class/ada"))
BOB = SubmissionSource("bob", Path("/class/bob"))


@pytest.fixture
def gradings(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        yield gradebook.gradings


def test_nothing_is_there_at_first(gradings):
    assert gradings.entries("ada") == {}
    assert gradings.entries(SHARED) == {}
    assert gradings.seconds() == {}
    assert gradings.sources() == []


def test_own_results_are_one_submissions_and_shared_ones_the_class_s(gradings):
    own = {("probes", "k"): b"\0\xff", ("parts", "k"): b"part"}
    gradings.add(ADA, 2.0, {"ada": own, SHARED: {("answers", "a"): b"right"}})
    gradings.add(BOB, 2.0, {"bob": {}, SHARED: {("answers", "b"): b"wrong"}})
    assert gradings.entries("ada") == {("probes", "k"): b"\0\xff", ("parts", "k"): b"part"}
    assert gradings.entries("bob") == {}
    assert gradings.entries(SHARED) == {("answers", "a"): b"right", ("answers", "b"): b"wrong"}


def test_of_equal_keys_the_newest_counts(gradings):
    gradings.add(ADA, 2.0, {"ada": {("probes", "one"): b"1", ("probes", "two"): b"2"}})
    gradings.add(ADA, 1.0, {"ada": {("probes", "one"): b"new"}})
    gradings.add(ADA, 0.1, {})
    assert gradings.entries("ada") == {("probes", "one"): b"new", ("probes", "two"): b"2"}


def test_entries_are_there_when_the_gradebook_is_opened_again(tmp_path):
    for _ in range(2):
        with Gradebook(tmp_path) as gradebook:
            computed = {"ada": {("probes", "k"): b"1"}, SHARED: {("answers", "a"): b"right"}}
            gradebook.gradings.add(ADA, 1.0, computed)
    with Gradebook(tmp_path) as gradebook:
        assert gradebook.gradings.entries("ada") == {("probes", "k"): b"1"}
        assert gradebook.gradings.entries(SHARED) == {("answers", "a"): b"right"}


OLD_TABLES = {
    7: ("observations", "judged_parts"),
    8: ("observations", "judged_parts"),
    9: ("observations", "judged_parts", "findings", "decisions"),
}
"""By schema version: what gradebooks held in a table each."""


@pytest.mark.parametrize("version", OLD_TABLES)
def test_what_an_older_gradebook_holds_is_moved(tmp_path, version):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record("ada", 1.0), "fingerprint")
        gradebook.gradings.add(ADA, 3.0, {})
        before = gradebook.records()
    with sqlite_file(tmp_path) as old:
        old.execute("DROP TABLE cache")
        for name in OLD_TABLES[version]:
            whose, ada = ("", "") if name == "decisions" else ("submission TEXT, ", "'ada', ")
            old.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {whose}key TEXT, body BLOB)")
            for row, body in enumerate((b"older", name.encode())):
                old.execute(f"INSERT INTO {name} VALUES ({row}, {ada}'k', ?)", [body])
        old.execute("UPDATE meta SET schema_version = ?", [version])
    with Gradebook(tmp_path) as gradebook:
        own, shared = gradebook.gradings.entries("ada"), gradebook.gradings.entries(SHARED)
        assert gradebook.records() == before
        assert gradebook.gradings.sources() == [ADA]
    moved = {("probes", "k"): b"observations", ("parts", "k"): b"judged_parts", ("functions", "k"): b"findings"}
    assert own == {place: body for place, body in moved.items() if body.decode() in OLD_TABLES[version]}
    assert shared == ({("answers", "k"): b"decisions"} if version == 9 else {})
    with sqlite_file(tmp_path) as now:
        tables = {name for (name,) in now.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables.isdisjoint(OLD_TABLES[9])


def test_the_longest_time_is_told_since_taking_over_takes_none(gradings):
    gradings.add(ADA, 0.1, {})
    gradings.add(ADA, 9.0, {})
    gradings.add(ADA, 0.2, {})
    gradings.add(BOB, 1.0, {})
    assert gradings.seconds() == {"ada": 9.0, "bob": 1.0}


def test_a_submission_is_found_again_just_as_it_was(gradings, tmp_path):
    found = SubmissionSource(
        "ada", tmp_path, {"name": "Ada", "canvas": "7"}, "2026-01-01T10:00:00+01:00", 2, "canvas", {"a.py": "x/a.py"},
        (("a.py", "left out"),),
    )  # fmt: skip
    gradings.add(found, 1.0, {})
    gradings.add(BOB, 1.0, {})
    assert gradings.sources() == [found, BOB]


def test_each_attempt_is_found_where_it_lay_last(gradings):
    for attempt, place in ((1, "old"), (2, "second"), (1, "new")):
        gradings.add(SubmissionSource("ada", Path("/class") / place, attempt=attempt), 1.0, {})
    assert [(one.attempt, one.path.name) for one in gradings.sources()] == [(1, "new"), (2, "second")]
