"""Deleting one student for good: nothing of them is left in any table, nothing of others is lost."""

import pytest
import sqlalchemy as sa
from sqlite_file import sqlite_file
from store_records import CHECK, record

from grader.gradebook import Gradebook, Override
from grader.gradebook.gradings import SHARED
from grader.gradebook.marking.events import Event
from grader.gradebook.marking.marks import Mark
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.gradebook.releases import Result
from grader.submission.model import SubmissionSource

CANARY = "wrote-this-sentence"


def fill(gradebook, name, text, folder):
    gradebook.append(record(name, None, answer=text), "mark")
    gradebook.marking.commit([], [Override(name, 1, CHECK, 1.0, "marker", text)])
    gradebook.requests.add(Request(name, 1, CHECK, "", text))
    request = next(one for one in gradebook.requests.all() if one.submission == name)
    gradebook.requests.answer(request.id, RequestAnswer(0, 1, "marker", text))
    gradebook.releases.add([Result(name, 1, 0, text, text)], "staff")
    gradebook.gradings.add(
        SubmissionSource(name, folder / text),
        1.0,
        {
            name: {(namespace, f"k{name}"): text.encode() for namespace in ("probes", "parts", "functions")},
            SHARED: {("answers", f"k{name}"): text.encode()},
        },
    )
    mark_at_the_desk(gradebook, name, text)


def mark_at_the_desk(gradebook, name, text):
    gradebook.index.read({})
    (entry,) = [one for one in gradebook.queue.entries(CHECK) if one.submission == name]
    gradebook.leases.take(entry.key, "first", "marker", 0.0)
    gradebook.marking.drafts.keep(entry.key, "first", "marker", CHECK, {"comment": text})
    gradebook.marking.commit([Mark(entry.key, CHECK, "marker", 1.0, entry.digest, comment=text)], [])
    gradebook.marking.events.log(Event("flag", entry.key, CHECK, "marker", text))


@pytest.fixture
def graded(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        fill(gradebook, "ada", f"ada-{CANARY}", tmp_path)
        fill(gradebook, "bob", f"bob-{CANARY}", tmp_path)
    return tmp_path


def rows(folder):
    """Every row of the gradebook as text."""
    engine = sa.create_engine(f"sqlite:///{folder}/gradebook.sqlite")
    metadata = sa.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: [repr(row) for row in connection.execute(sa.select(table))] for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found  # fmt: skip


def test_nothing_is_left_of_who_is_forgotten(graded):
    assert "ada" in str(rows(graded))
    with Gradebook(graded) as gradebook:
        assert gradebook.forget("ada") >= 11
    assert "ada" not in str(rows(graded))
    raw = b"".join(file.read_bytes() for file in graded.glob("gradebook.sqlite*"))
    assert b"ada-" + CANARY.encode() not in raw, "not in the file's free pages either"


def test_what_was_seen_before_a_release_names_nobody_who_is_forgotten(graded):
    seen = {
        "a": "ada, bob handed in the same files",
        "b": "bob: held by staff",
        "c": "2 files: “ada”",
        "d": "Adam asks",
    }
    with Gradebook(graded) as gradebook:
        gradebook.marking.events.log(*(Event("settle", key, "", "staff", says) for key, says in seen.items()))
        gradebook.forget("ada")
        assert gradebook.marking.events.keys("settle") == {"b", "d"}
    assert "ada" not in str(rows(graded)["desk_events"])


@pytest.mark.parametrize("name", ["a_b", "a%b"])
def test_no_more_is_forgotten_than_is_named(graded, name):
    with Gradebook(graded) as gradebook:
        gradebook.append(record(name, None), "mark")
        gradebook.marking.events.log(
            Event("settle", "k", "", "staff", "axb: late"), Event("settle", "l", "", "s", "Axb")
        )
        gradebook.forget(name)
        assert gradebook.marking.events.keys("settle") == {"k", "l"}


def test_nothing_of_others_is_lost_but_what_is_decided_again(graded):
    before = {name: [row for row in found if "bob" in row] for name, found in rows(graded).items()}
    with Gradebook(graded) as gradebook:
        gradebook.forget("ada")
        assert gradebook.gradings.entries(SHARED) == {}
    after = {name: [row for row in found if "bob" in row] for name, found in rows(graded).items()}
    assert (len(before["cache"]), len(after["cache"])) == (4, 3)
    assert after.pop("cache") == [row for row in before.pop("cache") if "answers" not in row]
    assert after == before


def test_who_is_not_there_changes_nothing(graded):
    before = rows(graded)
    with Gradebook(graded) as gradebook:
        assert gradebook.forget("nobody") == 0
    assert rows(graded) == before
    with sqlite_file(graded) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
