"""A gradebook in trouble: no room, no right to write, somebody else at work, something half written."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap

import pytest
import sqlalchemy as sa
from sqlite_file import sqlite_file
from store_records import record

from grader.errors import GradebookError, UsageError
from grader.files.atomic import write_atomically
from grader.gradebook import Gradebook, engine
from grader.gradebook.engine import Book, as_gradebook_error, migrate, open_engine
from grader.gradebook.gradebook import _MIGRATIONS


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("database or disk is full", "free some space and run the same command again"),
        ("[Errno 28] No space left on device", "free some space"),
        ("attempt to write a readonly database", "must be one that you may write to"),
        ("[Errno 30] Read-only file system: 'x'", "must be one that you may write to"),
        ("database is locked", "or --gradebook with PostgreSQL"),
        ("disk I/O error", "On a network drive"),
        ("file is not a database", "put back a copy"),
        ('connection failed: FATAL: password authentication failed for user "x"', "PGPASSWORD or in ~/.pgpass"),
        ("connection failed: Connection refused", "must be running and reachable"),
        ("something new", ""),
    ],
)
def test_what_the_system_says_comes_with_what_to_do(said, advice):
    with pytest.raises(GradebookError) as told, as_gradebook_error("gradebook.sqlite"):
        raise OSError(said)
    assert str(told.value).startswith(f"cannot use gradebook.sqlite: {said}")
    assert advice in str(told.value)
    assert (" — " in str(told.value)) == bool(advice)


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")

        @sa.event.listens_for(gradebook._book.engine, "connect")
        def no_room(connection, _):
            connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

        gradebook._book.engine.dispose()
        with pytest.raises(GradebookError, match="free some space"):
            gradebook.append(record("bob", files_sha256="f" * (1 << 20)), "mark")
        assert list(gradebook.records()) == ["ada"]
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record("bob", files_sha256="f" * (1 << 20)), "mark")
        assert list(gradebook.records()) == ["ada", "bob"]


def test_a_gradebook_that_may_only_be_read_can_be_read(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")
    reader = sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"file:{tmp_path}/gradebook.sqlite?mode=ro", uri=True)
    )
    migrate(reader, _MIGRATIONS, "gradebook")
    with Gradebook(tmp_path) as gradebook:
        gradebook._book.engine.dispose()
        gradebook._book = Book(reader, gradebook.path)
        assert list(gradebook.records()) == ["ada"]
        with pytest.raises(GradebookError, match="must be one that you may write to"):
            gradebook.append(record(), "mark")


def test_a_folder_in_which_nothing_can_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(GradebookError, match="must be one that you may write to"):
        Gradebook(tmp_path / "file")


def test_a_writer_waits_for_another_and_is_told_if_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    with Gradebook(tmp_path) as gradebook:
        with sqlite_file(tmp_path) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(GradebookError, match="another program holds it"):
                gradebook.append(record(), "mark")
            assert gradebook.records() == {}
        gradebook.append(record(), "mark")
        assert list(gradebook.records()) == ["ada"]


@pytest.mark.parametrize("text", ["", "{", '{"submission": "ada"}', '{"schema": 9, "new": 1}'])
def test_a_record_that_cannot_be_read_is_told_by_name(tmp_path, text):
    with Gradebook(tmp_path) as gradebook:
        gradebook.append(record(), "mark")
    with sqlite_file(tmp_path) as connection:
        connection.execute("update records set record = ?", (text,))
    with (
        Gradebook(tmp_path) as gradebook,
        pytest.raises(GradebookError, match=r"record 1 of ada cannot be read.*--fresh"),
    ):
        gradebook.records()


def test_what_a_killed_writer_left_half_written_is_cleared_away(tmp_path, monkeypatch):
    write_atomically(tmp_path / "records" / "ada.json", "whole")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", killed)
        for place in (tmp_path / "grades.csv", tmp_path / "records" / "ada.json"):
            with pytest.raises(KeyboardInterrupt):
                write_atomically(place, "half")
    assert len(list(tmp_path.rglob(".*"))) == 2
    with Gradebook(tmp_path) as gradebook, gradebook.lock("hw11 grade"):
        assert list(tmp_path.rglob(".*")) == []
    assert (tmp_path / "records" / "ada.json").read_text() == "whole"


@pytest.mark.slow
def test_two_programs_may_make_one_gradebook_at_once(tmp_path):
    half = open_engine(tmp_path / "gradebook.sqlite")
    migrate(half, _MIGRATIONS[:1], "gradebook")
    half.dispose()
    code = (
        f"from pathlib import Path; from grader.gradebook import Gradebook; Gradebook(Path({str(tmp_path)!r})).close()"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    assert [(one.communicate(timeout=900)[1], one.returncode) for one in running] == [(b"", 0)] * 3


@pytest.mark.slow
def test_whoever_grades_is_named_and_a_killed_one_holds_nothing(tmp_path):
    code = f"""
        import sys
        from pathlib import Path
        from grader.gradebook import Gradebook
        with Gradebook(Path({str(tmp_path)!r})) as gradebook, gradebook.lock("hw11 grade"):
            print("holds it", flush=True)
            sys.stdin.read()
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"holds it\n"
        with Gradebook(tmp_path) as gradebook:
            with pytest.raises(UsageError, match=rf"graded already \(hw11 grade, process {holder.pid} on"):
                gradebook.lock("hw11 regrade").__enter__()
            holder.send_signal(signal.SIGKILL)
            holder.wait(900)
            with gradebook.lock("hw11 regrade"):
                gradebook.append(record(), "mark")
    finally:
        holder.kill()
        holder.communicate()
