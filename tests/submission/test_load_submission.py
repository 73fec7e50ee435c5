"""From paths to submissions: safe unique ids, names as students' systems give them."""

import io
import json
import os
import shutil
import tarfile
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.submission.discover import find_submissions
from grader.submission.load import handed_in_sha256, load_submission
from grader.submission.model import SubmissionSource

MODULES = ["heads", "loss"]


def make(folder, **files):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_ids_differ_even_where_case_does_not_count(tmp_path):
    for name in ("Ada", "ada", "a d a", "a-d-a"):
        make(tmp_path / name, answers__yaml="")
    ids = [one.id for one in find_submissions([tmp_path], MODULES).sources]
    assert len({name.casefold() for name in ids}) == 4


def test_a_path_may_be_one_submission_or_a_folder_of_them(tmp_path):
    make(tmp_path / "class" / "ada", answers__yaml="")
    make(tmp_path / "class" / "bob", heads__py="")
    make(tmp_path / "class" / "nobody")
    assert [one.id for one in find_submissions([tmp_path / "class"], MODULES).sources] == ["ada", "bob", "nobody"]
    assert [one.id for one in find_submissions([tmp_path / "class" / "ada"], MODULES).sources] == ["ada"]


def test_other_files_beside_submissions_are_passed_over(tmp_path):
    make(tmp_path / "class" / "ada", answers__yaml="")
    (tmp_path / "class" / "class.secret").write_text("x")
    (tmp_path / "class" / "broken.zip").write_text("no zip at all")
    everything = sorted((tmp_path / "class").iterdir())
    assert [one.id for one in find_submissions(everything, MODULES).sources] == ["ada", "broken"]
    assert [one.id for one in find_submissions([tmp_path / "class"], MODULES).sources] == ["ada", "broken"]


@pytest.mark.parametrize("missing", ["nothing-here", "empty"])
def test_a_path_without_submissions_is_a_usage_error(tmp_path, missing):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        find_submissions([tmp_path / missing], MODULES)


@pytest.mark.parametrize(
    "name", ["answers.yaml", "Answers.YAML", "answers.yml", "answers (1).yaml", "answers.yaml.txt"]
)
def test_the_answers_file_is_found_under_the_names_that_systems_give_it(tmp_path, name):
    folder = make(tmp_path / "ada")
    (folder / name).write_text("a: {x: 1}")
    submission = load_submission(SubmissionSource("ada", folder), MODULES)
    assert submission.answers["a", "x"].text == "1"
    assert submission.files == {}


@pytest.mark.parametrize("name", ["heads.py", "Heads.py", "HEADS.PY", "heads (2).py", "heads.py.txt"])
def test_modules_too(tmp_path, name):
    folder = make(tmp_path / "ada")
    (folder / name).write_text("x = 1")
    assert "heads.py" in load_submission(SubmissionSource("ada", folder), MODULES).files


def test_a_right_name_is_never_replaced(tmp_path):
    folder = make(tmp_path / "ada", heads__py="right")
    (folder / "Heads (1).py").write_text("old")
    assert load_submission(SubmissionSource("ada", folder), MODULES).files["heads.py"] == b"right"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"report.pdf": b"%PDF"}, "report.pdf"),
        ({"essay.docx": b"PK"}, "essay.docx"),
        ({"solution.py": b"def f(): return 1"}, "solution.py"),
        ({"hw.zip": b"PK\x03\x04 and then nothing"}, "hw.zip cannot be read"),
        ({"hw.rar": b"Rar!\x1a\x07\x00"}, "RAR archive"),
        ({"answers.yaml": b"\xff\xfe\x00\xd8"}, "answers.yaml cannot be read"),
        ({"answers.yaml": b"- a\n- b\n"}, "must hold parts"),
        ({"hw11.ipynb": b"{"}, "hw11.ipynb cannot be read"),
        ({"heads.py": b"x = 1", "old.zip": b"PK"}, "old.zip cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_waits_for_a_person(tmp_path, files, says):
    folder = make(tmp_path / "ada")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    submission = load_submission(SubmissionSource("ada", folder), MODULES)
    assert says in submission.unreadable
    assert submission.answers == {}


@pytest.mark.parametrize(
    "files", [{}, {"answers.yaml": b""}, {"heads.py": b""}, {"answers.yaml": b"a: {x: 1}", "me.pdf": b"%PDF"}]
)
def test_what_is_empty_or_can_be_read_waits_for_nobody(tmp_path, files):
    folder = make(tmp_path / "ada")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    assert load_submission(SubmissionSource("ada", folder), MODULES).unreadable == ""


@pytest.mark.parametrize("name", ["smith.yaml", "smith_answers.yaml", "answers smith final.yml"])
def test_a_lone_answers_file_is_read_whatever_its_name(tmp_path, name):
    (tmp_path / name).write_text("a: {x: 1}")
    assert load_submission(SubmissionSource("smith", tmp_path / name), MODULES).answers["a", "x"].text == "1"


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({"answers.yaml": "a: {x: }", "answers (1).yaml": "a: {x: 1}"}, "answers (1).yaml"),
        ({"answers.yaml": "a: {x: 1}", "answers (1).yaml": "a: {x: 2, y: 3}"}, "answers.yaml"),
        ({"answers copy.yaml": "a: {x: 2}", "answers copy 2.yaml": "a: {x: 1, y: 2}"}, "answers copy 2.yaml"),
    ],
)
def test_of_several_answers_files_the_one_with_answers_counts_and_the_choice_is_told(tmp_path, files, counts):
    folder = make(tmp_path / "ada")
    for name, content in files.items():
        (folder / name).write_text(content)
    submission = load_submission(SubmissionSource("ada", folder), MODULES)
    assert submission.answers["a", "x"].text == "1"
    (other,) = set(files) - {counts}
    assert any(where == other and f"{counts} counts" in what for where, what in submission.notices)


def test_a_module_in_another_code_is_read_and_told(tmp_path):
    folder = make(tmp_path / "ada")
    (folder / "heads.py").write_bytes("x = 'ü'".encode("cp1252"))
    submission = load_submission(SubmissionSource("ada", folder), MODULES)
    assert submission.files["heads.py"] == "x = 'ü'".encode()
    assert any(where == "heads.py" and "Windows-1252" in what for where, what in submission.notices)


def test_equal_files_have_equal_hashes(tmp_path):
    one = load_submission(SubmissionSource("a", make(tmp_path / "a", heads__py="x")), MODULES)
    two = load_submission(SubmissionSource("b", make(tmp_path / "b", heads__py="x")), MODULES)
    other = load_submission(SubmissionSource("c", make(tmp_path / "c", heads__py="y")), MODULES)
    assert one.files_sha256 == two.files_sha256 != other.files_sha256


def test_a_missing_answers_file_is_told(tmp_path):
    submission = load_submission(SubmissionSource("a", make(tmp_path / "a", heads__py="x")), MODULES)
    assert ("answers.yaml", "not handed in: every typed field counts as not started") in submission.notices


def odd(folder, name, content=b"a: {x: 1}"):
    """A file whose name is in a code page of Windows, as old archives unpack to."""
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "wb") as file:
        file.write(content)
    return Path(os.fsdecode(path))


def odd_tar(folder):
    with tarfile.open(folder / "work.tar", "w") as archive:
        for name in ("../caf\udce9.py", "caf\udce9.py", "caf\udce9.txt"):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
        info.name, info.type, info.size = "link\udce9", tarfile.SYMTYPE, 0
        archive.addfile(info)
    return folder


def odd_link(folder):
    os.symlink(b"/etc/hosts", os.path.join(os.fsencode(folder), b"caf\xe9.csv"))
    (folder / "heads.py").touch()
    return folder


def odd_folder(folder):
    os.mkdir(os.path.join(os.fsencode(folder), b"caf\xe9"))
    return odd(folder, b"caf\xe9/heads.py").parent.parent


def odd_cell(folder, **facts):
    cell = {"cell_type": "code", "source": "!ls caf\ud800", **facts}
    (folder / "hw11.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}))
    return folder


ODD = {
    "a file that counts": lambda folder: odd(folder, b"answers \xe9.yaml").parent,
    "a file of another kind": lambda folder: odd(folder, b"caf\xe9.rar", b"Rar!\x1a\x07").parent,
    "a single file": lambda folder: odd(folder, b"answers-\xe9.yaml"),
    "a single archive": lambda folder: odd(folder, b"caf\xe9.zip", b"PK"),
    "a broken module": lambda folder: odd(folder, b"heads-\xe9.py", b"\xff").parent,
    "a link": odd_link,
    "a folder": odd_folder,
    "members of a tar": odd_tar,
    "a tar": lambda folder: odd_tar(folder) / "work.tar",
    "a line that is left out": odd_cell,
    "a type of cell": lambda folder: odd_cell(folder, cell_type="caf\ud800", source="def f():\n    pass"),
    "answers in a cell": lambda folder: odd_cell(folder, source='answers = r"""\na:\n  x: \ud800\n"""'),
    "a format": lambda folder: odd(folder, b"hw11.ipynb", b'{"nbformat": "\\ud800"}').parent,
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_unicode_never_reaches_a_record(tmp_path, kind):
    folder = make(tmp_path / "class" / "ada")
    path = ODD[kind](folder)
    for place in (path, tmp_path / "class"):
        for source in find_submissions([place], MODULES).sources:
            submission = replace(load_submission(source, MODULES), files={})
            told = {**asdict(submission), "answers": [repr(one) for one in submission.answers.values()]}
            assert "answers" in json.dumps(told, ensure_ascii=False).encode().decode()


def test_names_that_are_no_unicode_are_told_all_the_same(tmp_path):
    make(tmp_path / "class" / "ada")
    odd(tmp_path / "class", b"caf\xe9.xyz")
    os.symlink(b"/etc/hosts", os.path.join(os.fsencode(tmp_path / "class"), b"caf\xe9.csv"))
    told = dict(find_submissions([tmp_path / "class"], MODULES).not_taken)
    assert sorted(told) == ["caf\ufffd.csv", "caf\ufffd.xyz"]


@pytest.mark.parametrize(
    ("name", "may_hold"),
    [
        *((name, ["answers.yaml"]) for name in ("answers.txt", "answers", "answers.json", "Answers (1).docx")),
        *((name, ["answers.yaml"]) for name in ("answers.yaml.bak", "answers.yaml~", ".answers.yaml.icloud")),
        *((name, ["answers.yaml"]) for name in ("scan.jpg", "IMG_1.HEIC", "my answers.pdf", "hw11.pdf")),
        *((name, ["loss.py"]) for name in ("loss.txt", "loss.pyw", "loss.pyc", "loss.py~", "loss")),
        *((name, ["loss.py", "answers.yaml"]) for name in ("hw11.py", "hw11.html", "loss.py.docx")),
        *((name, []) for name in ("README.md", "notes.txt", "plot.svg", "losses.csv", "heads_plots.cfg", "data.bin")),
        *((name, []) for name in ("hw11-0.1.0+kit-py3-none-any.whl", "hw11-2.0.egg", "answers.jar", "loss-1.0.WHL")),
    ],
)
def test_a_file_that_may_hold_what_is_missing_waits_for_a_person(tmp_path, name, may_hold):
    make(tmp_path / "ada", heads__py="def head(x):\n    return x\n")
    (tmp_path / "ada" / name).write_bytes(b"q1:\n  a: 1\n")
    submission = load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES)
    unreadable = submission.unreadable
    assert any("counts as not started" in why for _, why in submission.notices) is not bool(unreadable)
    assert [wanted for wanted in ("loss.py", "answers.yaml") if f"missing in {wanted}," in unreadable] == may_hold


def test_what_is_asked_for_is_told_where_nothing_of_it_is_there(tmp_path):
    make(tmp_path / "ada", notes__txt="x")
    told = load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES).unreadable
    assert told == "nothing has a name that is asked for (answers.yaml, hw11.ipynb, heads.py, loss.py): notes.txt"


def test_answers_in_a_module_wait_for_a_person(tmp_path):
    make(tmp_path / "ada", heads__py='# %%\nanswers = r"""\nq1:\n  a: 1\n"""\n# %%\ndef head(x):\n    return x\n')
    assert "heads.py may hold" in load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES).unreadable
    (tmp_path / "ada" / "answers.yaml").write_text("q1:\n  a: 1\n")
    assert load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES).unreadable == ""


def test_a_file_beside_what_it_is_a_copy_of_waits_for_nobody(tmp_path):
    make(tmp_path / "ada", heads__py="x = 1", loss__py="x = 1", answers__yaml="q1:\n  a: 1\n", answers__pdf="%PDF")
    for name in ("loss.pyc", "hw11.html", "answers.txt"):
        (tmp_path / "ada" / name).write_bytes(b"x")
    assert load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES).unreadable == ""


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *(("hw.7z", b"7z\xbc\xaf\x27\x1c"), ("hw.rar", b"Rar!\x1a\x07")),
        *(("hw.zip", b"PK\x03\x04"), ("heads.py", b"%PDF-1")),
    ],
)
def test_another_file_that_cannot_be_read_is_another_submission(tmp_path, name, head):
    digests = set()
    for content in (b"one", b"two", b"two"):
        make(tmp_path / "ada", answers__yaml="q1:\n  a: 1\n")
        (tmp_path / "ada" / name).write_bytes(head + content)
        one = SubmissionSource("ada", tmp_path / "ada")
        assert load_submission(one, MODULES).unreadable
        assert load_submission(one, MODULES).files_sha256 == handed_in_sha256(one, MODULES)
        digests.add(handed_in_sha256(one, MODULES))
        shutil.rmtree(tmp_path / "ada")
    assert len(digests) == 2


WORK = {"answers.yaml": "q1:\n  a: 1\n", "heads.py": "def head(x):\n    return x\n"}
TEMPLATE = {"answers.yaml": "q1:\n  a:\n", "heads.py": "def head(x):\n    raise NotImplementedError\n"}


@pytest.mark.parametrize(
    ("loose", "packed", "waits"),
    [(WORK, WORK, []), (WORK, TEMPLATE, []), (TEMPLATE, TEMPLATE, []), (TEMPLATE, WORK, ["answers.yaml", "heads.py"])],
)
def test_an_archive_beside_what_it_holds_waits_for_a_person_only_if_the_work_is_in_it(tmp_path, loose, packed, waits):
    (tmp_path / "ada").mkdir()
    for name, text in loose.items():
        (tmp_path / "ada" / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "ada" / "hw.zip", "w") as archive:
        for name, text in packed.items():
            archive.writestr(name, text)
    submission = load_submission(SubmissionSource("ada", tmp_path / "ada"), MODULES)
    assert [name for name in WORK if f"hw.zip/{name} holds work" in submission.unreadable] == waits
    assert bool(submission.unreadable) is bool(waits)
