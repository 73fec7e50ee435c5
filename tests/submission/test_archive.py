"""Files of a submission: taken in whatever came, never followed outside."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import tarfile
import zipfile

import pytest

from grader.submission import archive, members
from grader.submission.archive import collect
from grader.submission.list_names import list_names
from grader.submission.members import safe_name


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


def packed(files, form="zip"):
    """Files in an archive of one of the formats that are read, as bytes."""
    buffer = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(buffer, "w") as file:
            for name, content in files.items():
                file.writestr(name, content)
    else:
        with tarfile.open(fileobj=buffer, mode=f"w:{form}") as file:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def put(place, files, form):
    """Files in a folder, or in an archive of one of the formats that are read; returns its place."""
    if form != "folder":
        place.write_bytes(packed(files, form))
        return place
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


HANDED_IN = {"hw/answers.yaml": b"a: 1", "hw/sub/f.py": b"x = 1"}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *(
            ("x.zip", "zip"),
            ("x.tar", ""),
            ("x.tar.gz", "gz"),
            ("x.tgz", "gz"),
            ("x.tar.bz2", "bz2"),
            ("x.tar.xz", "xz"),
        ),
        *(("renamed.zip", "gz"), ("renamed.tar.gz", "zip"), ("renamed.rar", "zip"), ("without ending", "zip")),
    ],
)
def test_every_archive_that_can_be_read_is_whatever_its_name(tmp_path, name, form):
    (tmp_path / name).write_bytes(packed(HANDED_IN, form))
    collected = collect(tmp_path / name)
    assert collected.files == {"answers.yaml": b"a: 1", "sub/f.py": b"x = 1"}
    assert collected.unreadable == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.zip", b""),
        ("x.zip", packed(HANDED_IN)[:-40]),
        ("x.zip", packed({})),
        ("x.zip", b"<html>please log in</html>"),
        ("x.zip", b"%PDF-1.7 a document"),
        ("x.zip", b"Rar!\x1a\x07\x00 more"),
        ("x.zip", packed({"[Content_Types].xml": b"", "word/document.xml": b"text"})),
        ("x.tar.gz", packed(HANDED_IN, "gz")[:-20]),
        ("x.tar.xz", packed(HANDED_IN, "xz")[:-20]),
        ("x.tar", packed(HANDED_IN, "")[:700]),
        ("x.tar.gz", packed({}, "gz")),
        ("x.rar", b"Rar!\x1a\x07\x01\x00"),
        ("x.7z", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("x", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("x.gz", b"\x1f\x8b no more"),
    ],
)
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a folder"])
def test_an_archive_that_cannot_be_read_waits_for_a_person(tmp_path, name, content, inside):
    place = tmp_path / "ada"
    place.mkdir()
    (place / name).write_bytes(content)
    collected = collect(place if inside else place / name)
    assert len(collected.unreadable) == 1
    assert name in collected.unreadable[0]


@pytest.mark.parametrize("outer", ["zip", "gz"])
@pytest.mark.parametrize("inner", ["zip", "gz"])
def test_archives_in_archives_are_opened_in_place(tmp_path, outer, inner):
    nested = {"readme.md": b"see the archive", "part/hw.zip": packed(HANDED_IN, inner)}
    (tmp_path / "x.zip").write_bytes(packed(nested, outer))
    assert set(collect(tmp_path / "x.zip").files) == {"readme.md", "part/answers.yaml", "part/sub/f.py"}


def test_archives_are_opened_to_a_depth_and_to_a_number(tmp_path, monkeypatch):
    content = b"x = 1"
    for depth in range(6):
        content = packed({f"{depth}.zip" if depth else "f.py": content})
    (tmp_path / "deep.zip").write_bytes(content)
    collected = collect(tmp_path / "deep.zip")
    assert collected.files == {}
    assert "archives in each other" in collected.unreadable[0]
    monkeypatch.setattr(archive, "MAX_ARCHIVES", 2)
    (tmp_path / "many.zip").write_bytes(packed({f"{i}.zip": packed({f"f{i}.py": b"1"}) for i in range(5)}))
    assert len(collect(tmp_path / "many.zip").files) == 2


def test_a_loose_file_is_never_replaced_by_one_from_an_archive(tmp_path):
    (tmp_path / "x.zip").write_bytes(packed({"answers.yaml": b"mine", "old.zip": packed({"answers.yaml": b"old"})}))
    collected = collect(tmp_path / "x.zip")
    assert collected.files == {"answers.yaml": b"mine"}
    assert ("old.zip/answers.yaml", "left out: another file handed in has this name") in collected.notices


def tar_with(path, *infos):
    with tarfile.open(path, "w:gz") as file:
        for info in infos:
            file.addfile(info, io.BytesIO(b"x" * info.size))
    return path


def tar_info(name, size=1, **more):
    info = tarfile.TarInfo(name)
    info.size = size
    for key, value in more.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    "evil",
    [
        tar_info("../evil.py"),
        tar_info("/etc/evil"),
        tar_info("a/../../evil"),
        tar_info("C:/evil"),
        tar_info("link.py", 0, type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        tar_info("hard.py", 0, type=tarfile.LNKTYPE, linkname="../secret"),
        tar_info("pipe", 0, type=tarfile.FIFOTYPE),
        tar_info("disk", 0, type=tarfile.BLKTYPE),
    ],
    ids=lambda info: info.name,
)
def test_a_tar_names_no_place_outside_and_links_nowhere(tmp_path, evil):
    collected = collect(tar_with(tmp_path / "x.tgz", evil, tar_info("ok.py")))
    assert collected.files == {"ok.py": b"x"}
    assert len(collected.notices) == 1


def test_a_tar_that_unpacks_to_too_much_is_no_more_than_a_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_TAR", 1 << 20)
    collected = collect(tar_with(tmp_path / "x.tgz", tar_info("bomb.py", 4 << 20)))
    assert collected.files == {}
    assert "unpacks to more than" in collected.unreadable[0]


def test_a_header_with_a_negative_size_ends(tmp_path):
    header = bytearray(tar_info("f.py", 0).tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" + (-1024 % (1 << 88)).to_bytes(11, "big")
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:]))
    (tmp_path / "x.tar").write_bytes(bytes(header) + b"\0" * 2048)
    assert collect(tmp_path / "x.tar").files == {}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("HW11: part 2/f.py", "HW11_ part 2/f.py"),
        ("submission-05:50:37/f.py", "submission-05_50_37/f.py"),
        ("./a//f.py", "a/f.py"),
        ("C:evil.py", None),
        ("c:/evil.py", None),
        ("..", None),
        ("a/../f.py", None),
        ("/f.py", None),
        ("\\\\host\\f.py", None),
        ("f\0.py", None),
        ("a/" * 600 + "f.py", None),
        ("", None),
    ],
)
def test_a_members_name_is_a_place_inside_or_none(name, place):
    assert safe_name(name) == place


@pytest.mark.parametrize(
    "beside",
    [
        {f"env/lib/python3.11/site-packages/p{i}.py": b"1" for i in range(9)},
        {"my env/pyvenv.cfg": b"", **{f"my env/bin/p{i}.py": b"1" for i in range(9)}},
        {f"venv/p{i}.py": b"1" for i in range(9)},
        {f"conda/conda-meta/p{i}.json": b"1" for i in range(9)},
        {f"data/img_{i}.png": b"1" for i in range(9)},
        {f"a_deeper/data/p{i}.py": b"1" for i in range(9)},
        {f".git/objects/{i}": b"1" for i in range(9)},
        {f"__pycache__/p{i}.pyc": b"1" for i in range(9)},
        {"big.bin": b"x" * 900, "bigger.bin": b"x" * 900},
    ],
    ids=lambda files: next(iter(files)),
)
@pytest.mark.parametrize("form", ["zip", "gz", "folder"])
def test_environments_data_and_caches_do_not_eat_the_limits(tmp_path, monkeypatch, beside, form):
    monkeypatch.setattr(archive, "MAX_FILES", 5)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    files = {**beside, "hw/heads.py": b"x = 1", "hw/hw11.ipynb": b"{}", "hw/answers.yaml": b"a: 1"}
    if form != "folder":
        monkeypatch.setattr(archive, "_most", lambda name: 1 << 20)
    taken = collect(put(tmp_path / "x.zip", files, form))
    assert {name.rpartition("/")[2] for name in taken.files} >= {"heads.py", "hw11.ipynb", "answers.yaml"}


def test_damaged_members_use_up_the_limit_too(tmp_path, monkeypatch):
    """So that a thousand of them cost no more than one large file."""
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    content = packed({f"f{i:03}.py": b"y" * 90 for i in range(100)}).replace(b"y" * 90, b"z" * 90)
    (tmp_path / "x.zip").write_bytes(content)
    collected = collect(tmp_path / "x.zip")
    assert collected.files == {}
    assert sum("more than the limit" in why for _, why in collected.notices) >= 88


def test_a_file_that_goes_while_a_folder_is_read_was_never_there(tmp_path, monkeypatch):
    (tmp_path / "answers.yaml").write_text("a: {x: 1}")
    walk = os.walk

    def with_swap_file(*given, **options):
        for folder, names, files in walk(*given, **options):
            yield folder, names, [*files, ".answers.yaml.swp"]

    monkeypatch.setattr(os, "walk", with_swap_file)
    collected = collect(tmp_path)
    assert (list(collected.files), collected.notices, collected.unreadable) == (["answers.yaml"], [], [])


def test_a_listed_file_that_is_gone_cannot_be_read(tmp_path):
    (tmp_path / "1_heads.py").write_text("x = 1")
    collected = collect(tmp_path, {"heads.py": "1_heads.py", "answers.yaml": "1_answers.yaml"})
    assert list(collected.files) == ["heads.py"]
    assert collected.unreadable[0].startswith("answers.yaml cannot be read: ")


@pytest.mark.parametrize(
    ("members", "waits"),
    [
        ({"../answers.yaml": "a: 1"}, True),
        ({"/home/ada/hw11.ipynb": "{}"}, True),
        ({"C:\\Users\\ada\\heads.py": "x"}, True),
        ({"old.zip/../../x.zip": "x"}, True),
        ({"../notes.md": "x"}, False),
        ({"hw/answers.yaml": "a: 1"}, False),
    ],
    ids=str,
)
def test_work_that_is_left_out_waits_for_a_person(tmp_path, members, waits):
    assert bool(collect(zip_with(tmp_path / "x.zip", members)).unreadable) is waits


def test_a_link_or_a_notebook_that_is_too_large_waits_for_a_person(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_NOTEBOOK_BYTES", 10)
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "hw11.ipynb").write_bytes(b"x" * 11)
    os.symlink(tmp_path / "shared.yaml", folder / "answers.yaml")
    os.symlink(tmp_path, folder / "data")
    assert len(collect(folder).notices) == 3
    assert len(collect(folder).unreadable) == 2


ENVIRONMENT = {"pyvenv.cfg": b"", "bin/python.py": b"1", "lib/python3.11/site-packages/answers.yaml": b"2"}


@pytest.mark.parametrize("folder", ["hw/", "", "a/b/"])
@pytest.mark.parametrize("form", ["zip", "gz", "folder"])
def test_work_in_the_folder_of_its_environment_is_taken(tmp_path, folder, form):
    files = {f"{folder}{name}": content for name, content in {**ENVIRONMENT, "answers.yaml": b"a: 1"}.items()}
    files["README"] = b""
    taken = collect(put(tmp_path / "x.zip", files, form)).files
    assert taken[f"{folder}answers.yaml"] == b"a: 1"
    assert not any("site-packages" in name for name in taken)


@pytest.mark.parametrize(
    "name", ["answers.yaml.gz", "heads.py.XZ", "hw11.ipynb.bz2", "sub/answers.yml.gz", "answers.yaml"]
)
def test_a_single_text_that_was_compressed_is_read(tmp_path, name):
    pack = {"xz": lzma.compress, "bz2": bz2.compress}.get(name.rpartition(".")[2].lower(), gzip.compress)
    (tmp_path / "ada" / name).parent.mkdir(parents=True)
    (tmp_path / "ada" / name).write_bytes(pack(b"a: 1"))
    collected = collect(tmp_path / "ada")
    assert (list(collected.files.values()), collected.unreadable) == ([b"a: 1"], [])


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("answers.yaml", b"{\\rtf1\\ansi q1:\\\n  a: 1\\\n}", "an RTF document"),
        ("answers.yaml", b"\n\n\n<!DOCTYPE html>\n<html>Sign in", "a web page"),
        ("heads.py", b"\xef\xbb\xbf<html><body>", "a web page"),
        ("hw11.ipynb", b"%PDF-1.7", "a PDF document"),
        ("heads.py", b"PK\x03\x04......[Content_Types].xml", "an Office document"),
        ("answers.yml", b"\xd0\xcf\x11\xe0......", "an Office document"),
    ],
)
def test_a_document_under_the_name_of_a_text_is_called_what_it_is(tmp_path, name, content, what):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / name).write_bytes(content)
    collected = collect(tmp_path / "ada")
    assert collected.unreadable == [f"{name} cannot be read: it is {what}; save it as plain text"]


@pytest.mark.parametrize("form", ["zip", "gz", "folder"])
def test_work_behind_as_many_files_as_are_looked_at_waits_for_a_person(tmp_path, monkeypatch, form):
    for place in (archive, members):
        monkeypatch.setattr(place, "MAX_MEMBERS", 3)
    collected = collect(put(tmp_path / "x.zip", {f"{i}.txt": b"x" for i in range(5)}, form))
    assert set(collected.files) == {"0.txt", "1.txt", "2.txt"}
    assert "more than 3" in collected.unreadable[0]
    many = collect(put(tmp_path / "y.zip", {f"{i}.txt": b"x" for i in range(9)}, form))
    assert "more than " in many.unreadable[0]


@pytest.mark.parametrize("form", ["zip", "gz", "folder"])
@pytest.mark.parametrize("now", [{"bob/f.py": b"2"}, None])
def test_what_is_gone_from_where_many_lay_waits_for_a_person(tmp_path, form, now):
    place = put(tmp_path / "class", {"ada/f.py": b"1", "bob/f.py": b"2"}, form)
    assert collect(place, {"f.py": "ada/f.py"}).files == {"f.py": b"1"}
    shutil.rmtree(place) if form == "folder" else place.unlink()
    if now is not None:
        put(place, now, form)
    elif form != "folder":
        place.write_bytes(b"PK\x03\x04, and nothing of it")
    (told,) = collect(place, {"f.py": "ada/f.py"}).unreadable
    assert told.startswith("f.py cannot be read: ")


def test_what_is_no_plain_file_is_nobodys_where_many_lie(tmp_path):
    place = put(tmp_path / "class", {"ada/f.py": b"1"}, "folder")
    os.mkfifo(place / "ada" / "pipe.py")
    assert collect(place, {"f.py": "ada/f.py", "pipe.py": "ada/pipe.py"}).files == {"f.py": b"1"}
    listing = list_names(place)
    assert (listing.names, listing.links) == ({"ada/f.py": "ada/f.py"}, ("ada/pipe.py",))
