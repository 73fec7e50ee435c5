"""The gradebook: append-only, private, versioned, and never half written."""

import os
import stat

import pytest
from sqlite_file import sqlite_file
from store_records import record

from grader.errors import GradebookError
from grader.files.atomic import write_atomically
from grader.gradebook import Gradebook, Override
from grader.gradebook.releases import Result
from grader.gradebook.schema import metadata


def test_the_latest_record_counts_and_the_earlier_one_stays(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(score=1.0), "one")
        gradebook.append(record(score=2.0), "two")
        gradebook.append(record("bob"), "three")
        assert [(name, r.score, mark) for name, (r, mark) in gradebook.records().items()] == [
            ("ada", 2.0, "two"),
            ("bob", 1.0, "three"),
        ]
    with sqlite_file(tmp_path) as connection:
        assert connection.execute("select count(*) from records").fetchone() == (3,)


def test_what_is_stored_is_what_was_recorded(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")
        assert gradebook.records()["ada"][0] == record()


def test_what_is_read_of_a_class_holds_nothing_for_each_check_that_nobody_asks_for(tmp_path):
    """Which fields a check was given takes more memory than the check: of a thousand, twice as much."""
    with Gradebook(tmp_path) as gradebook:
        for name in ("ada", "bob"):
            gradebook.append(record(name), "mark")
        checks = [check for one in gradebook.attempts() for part in one.parts for check in part.checks]
    assert len({id(check.model_fields_set) for check in checks}) == 1 < len(checks)
    changed = checks[0].model_copy(update={"score": 0.5})
    assert (changed.score, checks[0].score, checks[1]) == (0.5, 1.0, checks[1].model_copy())


def test_a_gradebook_can_be_opened_again(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")
    with Gradebook(tmp_path) as gradebook:
        assert list(gradebook.records()) == ["ada"]


def test_overrides_carry_author_and_reason_and_are_never_lost(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.marking.commit([], [Override("ada", 1, "p.x", 0.5, "marker", "half right")])
        gradebook.marking.commit([], [Override("ada", 1, "p.x", None, "marker", "taken back")])
        found = gradebook.overrides()
    assert [(o.score, o.author, o.reason) for o in found] == [
        (0.5, "marker", "half right"),
        (None, "marker", "taken back"),
    ]
    assert all(o.made_at for o in found)


def test_a_gradebook_is_for_staff_alone(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        assert stat.S_IMODE(os.stat(gradebook.path).st_mode) == 0o600


def test_a_newer_gradebook_is_refused_with_advice(tmp_path):
    Gradebook(tmp_path).close()
    with sqlite_file(tmp_path) as connection:
        connection.execute("update meta set schema_version = 99")
    with pytest.raises(GradebookError, match=r"schema version 99.*update"):
        Gradebook(tmp_path)


def test_sessions_of_an_older_version_are_removed_and_nothing_else(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")
    with sqlite_file(tmp_path) as connection:
        connection.execute("update meta set schema_version = 9")
        connection.execute("create table desk_sessions (digest text, marker text, expires float)")
    with Gradebook(tmp_path) as gradebook:
        assert list(gradebook.records()) == ["ada"]
    with sqlite_file(tmp_path) as connection:
        assert connection.execute("select name from sqlite_master where name = 'desk_sessions'").fetchall() == []


def test_a_new_gradebook_has_every_table_that_a_module_declares(tmp_path):
    Gradebook(tmp_path).close()
    with sqlite_file(tmp_path) as connection:
        made = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    assert set(metadata.tables) - made == set()


def test_what_is_no_gradebook_is_refused(tmp_path):
    (tmp_path / "gradebook.sqlite").write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(GradebookError, match="cannot use"):
        Gradebook(tmp_path)


def test_a_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "sub" / "file.txt"
    write_atomically(path, "one")
    write_atomically(path, "two", mode=0o644)
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GradebookError, match="cannot use"):
        write_atomically(tmp_path / "file" / "below.txt", "x")


OLDER = """\
UPDATE meta SET schema_version = 12;
DROP TABLE record_heads; DROP TABLE holds; DROP TABLE desk_shares; DROP INDEX desk_entries_waiting;
ALTER TABLE released_results DROP COLUMN parts; ALTER TABLE released_results DROP COLUMN files_sha256;
UPDATE records SET made_at = '2026-01-01T00:00:00+00:00' WHERE id <= 2;
UPDATE records SET made_at = '2026-03-01T00:00:00+00:00' WHERE id = 3;
UPDATE releases SET made_at = '2026-02-01T00:00:00+00:00';
"""
"""A gradebook of before there were heads: two students were released, and one handed in other files afterwards."""


def test_releases_of_an_older_gradebook_are_about_the_files_that_were_graded_then(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record("ada", files_sha256="one"), "mark")
        gradebook.append(record("bob", files_sha256="one", student={"name": "Bob"}), "mark")
        gradebook.append(record("ada", files_sha256="two"), "mark")
        gradebook.releases.add([Result(name, 1.0, 0.0, "digest", "") for name in ("ada", "bob")], "staff")
    with sqlite_file(tmp_path) as connection:
        connection.executescript(OLDER)
    with Gradebook(tmp_path) as gradebook:
        ada, bob = (gradebook.records()[name][0] for name in ("ada", "bob"))
        released = gradebook.releases.latest()
        assert ("p" in released.parts_of(ada), "p" in released.parts_of(bob)) == (False, True)
        heads = {head.submission: head for head in gradebook.heads.latest()}
        assert (heads["ada"].files_sha256, heads["bob"].student) == ("two", {"name": "Bob"})
        assert gradebook.earlier_work(ada).files_sha256 == "one"
        assert gradebook.earlier_work(bob) is None
        assert (gradebook.holds.all(), gradebook.marking.shares.assigned(), gradebook.queue.waiting()) == ([], {}, [])
