"""Deleting one student for good: nothing of them is left in any table, nothing of others is lost."""

import sqlite3

import pytest
import sqlalchemy as sa
from store_records import CHECK, record

from grader.gradebook import Override, Store
from grader.gradebook.marking.events import Event
from grader.gradebook.marking.marks import Mark
from grader.gradebook.observations import Known
from grader.gradebook.regrade_requests import Answer, Request
from grader.gradebook.releases import Result
from grader.submission.model import Found

CANARY = "wrote-this-sentence"


def fill(store, name, text, folder):
    store.append(record(name, None, answer=text), "mark")
    store.add_override(Override(name, 1, CHECK, 1.0, "marker", text))
    store.requests.add(Request(name, 1, CHECK, "", text))
    request = next(one for one in store.requests.all() if one.submission == name)
    store.requests.answer(request.id, Answer(0, 1, "marker", text))
    store.releases.add([Result(name, 1, 0, text)], "staff")
    store.observations.keep(
        Found(name, folder / text),
        Known({"k" + name: text.encode()}, {"p" + name: text.encode()}, {"f" + name: text.encode()}),
        {"d" + name: text.encode()},
        1.0,
    )
    mark_at_the_desk(store, name, text)


def mark_at_the_desk(store, name, text):
    store.index.read()
    (entry,) = [one for one in store.queue.entries(CHECK) if one.submission == name]
    store.leases.take(entry.key, "first", "marker", 0.0)
    store.desk.drafts.keep(entry.key, "first", "marker", CHECK, {"comment": text})
    store.desk.commit([Mark(entry.key, CHECK, "marker", 1.0, entry.digest, comment=text)], [])
    store.desk.events.log(Event("flag", entry.key, CHECK, "marker", text))


@pytest.fixture
def gradebook(tmp_path):
    with Store(tmp_path) as store:
        fill(store, "ada", f"ada-{CANARY}", tmp_path)
        fill(store, "bob", f"bob-{CANARY}", tmp_path)
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


def test_nothing_is_left_of_who_is_forgotten(gradebook):
    assert "ada" in str(rows(gradebook))
    with Store(gradebook) as store:
        assert store.forget("ada") >= 11
    assert "ada" not in str(rows(gradebook))
    raw = b"".join(file.read_bytes() for file in gradebook.glob("gradebook.sqlite*"))
    assert b"ada-" + CANARY.encode() not in raw, "not in the file's free pages either"


def test_nothing_of_others_is_lost_but_what_is_decided_again(gradebook):
    before = {name: [row for row in found if "bob" in row] for name, found in rows(gradebook).items()}
    with Store(gradebook) as store:
        store.forget("ada")
    after = {name: [row for row in found if "bob" in row] for name, found in rows(gradebook).items()}
    assert before.pop("decisions")
    assert after.pop("decisions") == []
    assert after == before


def test_who_is_not_there_changes_nothing(gradebook):
    before = rows(gradebook)
    with Store(gradebook) as store:
        assert store.forget("nobody") == 0
    assert rows(gradebook) == before
    sqlite3.connect(gradebook / "gradebook.sqlite").execute("pragma integrity_check").close()
