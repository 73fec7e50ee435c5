"""A student's folder: where an answer is written, and that nobody's text is lost."""

import json
import threading
import zipfile

import pytest

from grader.edit.work import Conflict, Work
from grader.files import atomic
from grader.submission.answer_edit import NotWritten
from grader.submission.file_kinds import ANSWERS

SIZE = ("tinya", "size")


@pytest.fixture
def work(folder, assignment):
    return Work(folder, assignment)


def cells(folder):
    (notebook,) = folder.glob("*.ipynb")
    return ["".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"]]


def write(work, key, text):
    return work.keep(key, text, work.held(key).digest)


def test_an_answer_is_written_into_the_answers_file_and_nothing_else_changes(work, folder):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert write(work, SIZE, "m*k\n").text == "m*k"
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert after.pop(ANSWERS) == before.pop(ANSWERS).replace(b"  size:\n", b"  size: m*k\n")
    assert after == before


def test_who_works_in_a_notebook_stays_there(work, folder, assignment):
    path = folder / assignment.notebook
    path.write_text(path.read_text().replace("  size:\\n", "  size: m\\n", 1))
    answers = (folder / ANSWERS).read_bytes()
    write(work, SIZE, "m*k")
    write(work, ("tinya", "bytes"), "4*m*k")
    assert (folder / ANSWERS).read_bytes() == answers
    assert any("size: m*k" in cell and "bytes: 4*m*k" in cell for cell in cells(folder))


def test_where_the_file_holds_answers_it_goes_on_holding_them(work, folder):
    write(work, SIZE, "m*k")
    before = cells(folder)
    write(work, ("tinyb", "entries"), "3")
    assert cells(folder) == before
    assert "  entries: 3\n" in (folder / ANSWERS).read_text()


def test_without_any_file_the_sheet_is_made_first(folder, assignment):
    for file in folder.iterdir():
        file.unlink()
    write(Work(folder, assignment), SIZE, "m*k")
    assert "# How many entries?\n  size: m*k\n" in (folder / ANSWERS).read_text()


def test_a_field_under_another_spelling_is_changed_where_it_stands(work, folder):
    (folder / ANSWERS).write_text("TinyA:\n  Size: m # mine\n")
    write(work, SIZE, "m*k")
    assert (folder / ANSWERS).read_text() == "TinyA:\n  Size: m*k # mine\n"


def test_what_was_changed_elsewhere_is_shown_and_not_overwritten(work, folder):
    base = work.held(SIZE).digest
    file = folder / ANSWERS
    file.write_text(file.read_text().replace("  size:\n", "  size: m + k\n"))
    content = file.read_bytes()
    with pytest.raises(Conflict) as found:
        work.keep(SIZE, "m*k", base)
    assert found.value.now.text == "m + k"
    assert file.read_bytes() == content
    assert work.keep(SIZE, "m*k", found.value.now.digest).text == "m*k", "who saw it may decide"
    assert work.keep(SIZE, "m*k", base).text == "m*k", "who typed the same has nothing to decide"


def test_another_field_that_was_changed_elsewhere_is_no_conflict(work, folder):
    base = work.held(SIZE).digest
    file = folder / ANSWERS
    file.write_text(file.read_text().replace("  bytes:\n", "  bytes: 4*m*k\n"))
    work.keep(SIZE, "m*k", base)
    assert "  size: m*k\n" in file.read_text()
    assert "  bytes: 4*m*k\n" in file.read_text()


def test_a_save_between_reading_and_writing_is_kept(work, folder, monkeypatch):
    """An editor saves at the worst moment: when the new content lies ready."""
    file, fsync, saves = folder / ANSWERS, atomic.os.fsync, []

    def meanwhile(descriptor):
        if not saves:
            saves.append(file.write_text(file.read_text() + "# typed in an editor\n"))
        fsync(descriptor)

    monkeypatch.setattr(atomic.os, "fsync", meanwhile)
    write(work, SIZE, "m*k")
    assert "  size: m*k\n" in file.read_text()
    assert file.read_text().endswith("# typed in an editor\n")
    assert not list(folder.glob(".*.part"))


def test_many_at_once_lose_nothing(work, folder):
    keys = [("tinya", "size"), ("tinya", "bytes"), ("tinya", "why"), ("tinyb", "entries"), ("tinyb", "seconds")]
    threads = [threading.Thread(target=write, args=(work, key, f"answer {key[1]}")) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [work.held(key).text for key in keys] == [f"answer {name}" for _, name in keys]


def test_an_unreadable_answer_can_be_typed_anew(work, folder):
    (folder / ANSWERS).write_text("tinya:\n  size: 'm*k\n  bytes: 4*m*k\n")
    assert work.held(SIZE).fault
    write(work, SIZE, "m*k")
    assert work.held(SIZE).text == "m*k"
    assert work.held(("tinya", "bytes")).text == "4*m*k"


@pytest.mark.parametrize(
    ("written", "raw"),
    [
        ("  size: 'm*k", "'m*k"),
        ('  size: "a long text\n    over lines', '"a long text\n    over lines'),
        (r'  size: "\frac{m}{k}"', r"\frac{m}{k}"),
        (f"  size: {'x' * 30_000}", "x" * 30_000),
    ],
    ids=["unclosed", "unclosed over lines", "control character", "too long"],
)
def test_what_cannot_be_read_is_shown_before_it_is_typed_over(work, folder, written, raw):
    (folder / ANSWERS).write_text(f"tinya:\n{written}\n  bytes: 4*m*k\n")
    held = work.held(SIZE)
    assert (held.text, bool(held.fault)) == (raw, True)
    write(work, SIZE, "m*k")
    assert work.held(SIZE).text == "m*k"
    assert work.held(("tinya", "bytes")).text == "4*m*k"


@pytest.mark.parametrize("text", ["a\x07b", "x" * 30_000])
def test_what_no_file_can_hold_is_refused_with_a_reason(work, folder, text):
    content = (folder / ANSWERS).read_bytes()
    with pytest.raises(NotWritten, match=r"holds|longer"):
        write(work, SIZE, text)
    assert (folder / ANSWERS).read_bytes() == content


def test_answers_in_an_archive_are_unpacked_by_whoever_owns_them(work, folder):
    content = (folder / ANSWERS).read_bytes()
    for file in folder.iterdir():
        file.unlink()
    with zipfile.ZipFile(folder / "kit.zip", "w") as archive:
        archive.writestr(ANSWERS, content)
    with pytest.raises(NotWritten, match="unpack it"):
        write(work, SIZE, "m*k")


def test_the_file_keeps_its_permissions(work, folder):
    (folder / ANSWERS).chmod(0o664)
    write(work, SIZE, "m*k")
    assert (folder / ANSWERS).stat().st_mode & 0o777 == 0o664
