"""Files of a submission: taken in whatever came, never followed outside."""

import io
import os
import zipfile

from grader.submission import archive
from grader.submission.archive import collect


def zip_with(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_folder_and_a_zip_of_it_hold_the_same(tmp_path):
    folder = tmp_path / "ada"
    (folder / "sub").mkdir(parents=True)
    (folder / "answers.yaml").write_text("a: 1")
    (folder / "sub" / "more.py").write_text("x = 1")
    zipped = zip_with(tmp_path / "ada.zip", {"ada/answers.yaml": "a: 1", "ada/sub/more.py": "x = 1"})
    assert collect(folder).files == collect(zipped).files == {"answers.yaml": b"a: 1", "sub/more.py": b"x = 1"}


def test_wrapping_folders_and_litter_are_taken_off(tmp_path):
    zipped = zip_with(
        tmp_path / "x.zip",
        {"a/b/f.py": "1", "__MACOSX/a/._f.py": "x", "a/b/.DS_Store": "x", "a/b/__pycache__/f.pyc": "x"},
    )
    assert collect(zipped).files == {"f.py": b"1"}


def test_windows_separators_are_understood(tmp_path):
    zipped = zip_with(tmp_path / "x.zip", {"hand-in\\f.py": "1", "hand-in\\sub\\g.py": "2"})
    assert collect(zipped).files == {"f.py": b"1", "sub/g.py": b"2"}


def test_names_that_point_outside_are_left_out_and_told(tmp_path):
    zipped = zip_with(
        tmp_path / "x.zip", {"../evil.py": "1", "/etc/evil": "2", "C:/evil": "3", "ok.py": "4", "b.py": ""}
    )
    collected = collect(zipped)
    assert set(collected.files) == {"ok.py", "b.py"}
    assert len(collected.notices) == 3


def test_links_are_never_followed(tmp_path):
    (tmp_path / "secret").write_text("key")
    folder = tmp_path / "eve"
    folder.mkdir()
    os.symlink(tmp_path / "secret", folder / "answers.yaml")
    os.symlink(tmp_path, folder / "all")
    os.mkfifo(folder / "pipe")
    collected = collect(folder)
    assert collected.files == {}
    assert {where for where, _ in collected.notices} >= {"answers.yaml", "pipe"}


def test_limits_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    zipped = zip_with(tmp_path / "x.zip", {"big.py": "x" * 11, "a.py": "1", "b.py": "2", "c.py": "3"})
    collected = collect(zipped)
    assert set(collected.files) == {"a.py", "b.py"}
    assert len(collected.notices) == 2


def test_a_header_that_lies_about_its_size_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb.py", b"\0" * 100_000)
    lying = buffer.getvalue().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "x.zip").write_bytes(lying)
    assert "bomb.py" not in collect(tmp_path / "x.zip").files


def test_a_broken_zip_costs_only_its_broken_members(tmp_path):
    path = zip_with(tmp_path / "x.zip", {"a.py": "print(1)", "b.py": "print(2)"})
    content = path.read_bytes().replace(b"print(2)", b"print(3)", 1)
    path.write_bytes(content)
    collected = collect(path)
    assert collected.files == {"a.py": b"print(1)"}
    assert collected.notices[0][0] == "b.py"
