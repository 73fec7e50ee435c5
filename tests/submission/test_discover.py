"""A class is found, or it is said: every file in a class's folder is a submission or told as not taken."""

import io
import tarfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.submission.archive import collect
from grader.submission.discover import find_submissions

MODULES = ["heads", "loss"]


def lay(place, *files):
    """Files by name, each with something in it; `name/` is a folder that holds answers."""
    for name in files:
        path = place / name / "answers.yaml" if name.endswith("/") else place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return place


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return buffer.getvalue()


def tarred(*names, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as file:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 1
            file.addfile(info, io.BytesIO(b"x"))
    return buffer.getvalue()


def found(*paths):
    """The ids that are found, and the names that are not taken."""
    these = find_submissions(paths, MODULES)
    return [one.id for one in these.sources], [name for name, _ in these.not_taken]


@pytest.mark.parametrize(
    "name",
    [
        *("zoe.tar.gz", "zoe.tgz", "zoe.tar", "zoe.zip", "zoe.7z", "zoe.rar", "zoe.pdf", "zoe.docx", "zoe.odt"),
        *("zoe.ipynb", "zoe.IPYNB", "zoe.ipynb.json", "zoe.ipynb.txt", "zoe.yaml", "zoe.yml"),
    ],
)
def test_a_file_that_may_hold_work_is_a_submission_of_its_own(tmp_path, name):
    assert found(lay(tmp_path, "ada/", "bob/", name)) == (["ada", "bob", "zoe"], [])


@pytest.mark.parametrize("name", ["zoe_heads.py", "zoe answers.yaml", "heads - Copy.py", "answers (1).yaml"])
def test_a_lone_file_that_is_asked_for_is_a_submission_too(tmp_path, name):
    ids, not_taken = found(lay(tmp_path / "class", "ada/", "bob/", name))
    assert (len(ids), not_taken) == (3, [])


@pytest.mark.parametrize("name", ["notes.txt", "grades.csv", "zoe.html", "run.sh", "README.md", "no ending"])
def test_any_other_file_is_told(tmp_path, name):
    assert found(lay(tmp_path, "ada/", "bob/", name)) == (["ada", "bob"], [name])


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "__MACOSX/x", ".git/config", "._ada.zip"])
def test_what_nobody_handed_in_is_passed_over(tmp_path, name):
    assert found(lay(tmp_path, "ada/", name)) == (["ada"], [])


@pytest.mark.parametrize("name", [".zoe/", ".github/", ".zoe.zip", ".answers.yaml", ".gitignore"])
def test_what_is_hidden_is_told(tmp_path, name):
    assert found(lay(tmp_path / "class", "ada/", name)) == (["ada"], [name.rstrip("/")])
    members = [one.replace("/", "/answers.yaml") for one in ("ada/", "bob/", name)]
    (tmp_path / "all.zip").write_bytes(zipped(*members))
    assert found(tmp_path / "all.zip") == (["ada", "bob"], [name.rstrip("/")])


def test_underscores_before_a_name_hide_nothing(tmp_path):
    assert found(lay(tmp_path, "ada/", "__zoe/", "__zoe2.zip")) == (["__zoe", "__zoe2", "ada"], [])


def test_an_archive_without_the_ending_is_known_by_what_is_in_it(tmp_path):
    lay(tmp_path, "ada/")
    (tmp_path / "bob").write_bytes(zipped("answers.yaml"))
    assert found(tmp_path) == (["ada", "bob"], [])


@pytest.mark.parametrize(
    ("files", "ids", "not_taken"),
    [
        (["answers.yaml", "ada/", "bob/"], ["ada", "bob"], ["answers.yaml"]),
        (["heads.py", "ada/", "bob.zip", "cyd.zip"], ["ada", "bob", "cyd"], ["heads.py"]),
        (["answers.yaml", "a.zip", "b.tgz", "c.zip"], ["a", "b", "c"], ["answers.yaml"]),
        (["answers.yaml", "old/"], ["class"], []),
        (["answers.yaml", "heads.py", "data/x.csv", "a.zip", "b.zip"], ["class"], []),
        ([f"answers ({i}).yaml" for i in range(1, 5)], [f"answers-{i}" for i in range(1, 5)], []),
        (["heads (1).py", "answers (1).yaml"], ["class"], []),
        (["hw11 (1).ipynb", "hw11 (2).ipynb"], ["hw11-1", "hw11-2"], []),
    ],
)
def test_a_class_is_never_read_as_one_student_nor_a_student_as_a_class(tmp_path, files, ids, not_taken):
    got, left = found(lay(tmp_path / "class", *files))
    assert ([name.replace("(", "").replace(")", "") for name in got], left) == (ids, not_taken)


@pytest.mark.parametrize(
    ("files", "ids", "not_taken"),
    [
        (["hw/ada/", "hw/bob/"], ["ada", "bob"], []),
        (["a/hw/ada/", "a/hw/bob/", ".DS_Store", "README.md"], ["ada", "bob"], ["README.md"]),
        (["hw/ada.zip", "hw/bob.zip", "hw/cyd.ipynb", "hw/notes.txt"], ["ada", "bob", "cyd"], ["notes.txt"]),
        (["ada/answers/answers.yaml", "ada/code/heads.py"], ["ada"], []),
        (
            ["hw/ada_answers.yaml", "hw/bob_answers.yaml", "hw/c answers.yml"],
            ["ada_answers", "bob_answers", "c-answers"],
            [],
        ),
        (["ada/hw/", "ada/hw2.zip"], ["ada"], []),
        (["ada/answers.yaml", "ada/old/", "ada/older/"], ["ada"], []),
        (["one/ada/", "one/bob/", "two/cyd/", "two/dan/"], ["one", "two"], []),
        (["one/ada/", "one/bob/", "one/cyd/", "two/"], ["one", "two"], ["one"]),
        (["one/", "one/old/", "one/older/", "two/"], ["one", "two"], []),
    ],
)
def test_a_class_in_a_folder_of_its_own_is_found(tmp_path, files, ids, not_taken):
    assert found(lay(tmp_path / "class", *files)) == (ids, not_taken)


@pytest.mark.parametrize(
    ("members", "told", "wrapped"),
    [
        (["ada/answers.yaml", "bob/answers.yaml", "cyd/answers.yaml"], True, ["ada", "bob", "cyd", "notes"]),
        (["ada/ada_hw11.ipynb", "b/hw11-b.ipynb", "c/hw11.ipynb"], True, ["ada", "b", "c", "notes"]),
        (["class/one/ada/heads.py", "class/one/bob/heads.py", "class/two/cyd/heads.py"], True, ["all"]),
        (["answers.yaml", "old/answers.yaml", "older/answers.yaml"], False, ["answers.yaml", "notes", "old", "older"]),
        (["code/heads.py", "answers/answers.yaml", "old/answers.yaml"], False, ["all"]),
    ],
)
def test_a_class_that_is_read_as_one_students_work_is_told(tmp_path, members, told, wrapped):
    lay(tmp_path / "class", "zoe/")
    (tmp_path / "class" / "part1.zip").write_bytes(zipped(*members))
    assert found(tmp_path / "class") == (["part1", "zoe"], ["part1.zip"] * told)
    deeper = [f"{name.partition('/')[0]}/{name}" for name in members]
    (tmp_path / "all.zip").write_bytes(zipped(*deeper, "notes/x.txt"))
    assert found(tmp_path / "all.zip") == (wrapped, ["all.zip"] * (told and wrapped == ["all"]))


PACKED = {
    "all.zip": zipped,
    "all.tar": partial(tarred, mode="w"),
    "all.tar.gz": tarred,
    "all.tgz": tarred,
    "all.tar.xz": partial(tarred, mode="w:xz"),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(
    ("members", "ids"),
    [
        (["ada/answers.yaml", "ada/heads.py", "bob/answers.yaml"], ["ada", "bob"]),
        (["class/ada/heads.py", "class/bob/heads.py", "__MACOSX/x"], ["ada", "bob"]),
        (["ada.zip", "bob.zip", "cyd.ipynb"], ["ada", "bob", "cyd"]),
        (["ada_answers.yaml", "bob_answers.yaml", "cyd answers.yml"], ["ada_answers", "bob_answers", "cyd-answers"]),
        (["ada_answers.yaml", "ada_heads.py", "ada_loss.py"], ["all"]),
        (["hw/answers.yaml", "hw/heads.py"], ["all"]),
        (["answers.yaml", "old/answers.yaml", "older/answers.yaml"], ["all"]),
        (["answers/answers.yaml", "code/notes.txt"], ["all"]),
        (["answers/answers.yaml", "code/heads.py", "old/notes.txt"], ["all"]),
        (["ada/answers/answers.yaml", "ada/code/loss.py"], ["all"]),
        (["plots/plots.ipynb", "work/hw11.ipynb", "old/hw11_old.ipynb"], ["all"]),
    ],
)
def test_an_archive_may_hold_a_class_if_it_is_all_that_is_given(tmp_path, members, ids, name):
    (tmp_path / name).write_bytes(PACKED[name](*members))
    assert found(tmp_path / name) == (ids, [])
    for one in find_submissions([tmp_path / name], MODULES).sources:
        assert all(content == b"x" for content in collect(one.path, one.members).files.values())
    lay(tmp_path / "more", "zoe/")
    assert found(tmp_path / name, tmp_path / "more" / "zoe") == (["all", "zoe"], [])


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    ("members", "ids"),
    [
        (["ada/ada_hw11.ipynb", "bob/hw11 (bob).ipynb", "cyd/cyd-hw11.ipynb"], ["ada", "bob", "cyd"]),
        (["ada/hw/heads.py", "bob/heads.py", "cyd/work/heads.py", "cyd/work/x.csv"], ["ada", "bob", "cyd"]),
    ],
)
def test_folders_of_students_are_a_class_whatever_lies_around_their_work_or_before_its_name(
    tmp_path, pack, members, ids
):
    (tmp_path / "all").write_bytes(pack(*members))
    assert found(tmp_path / "all") == (ids, [])


@pytest.mark.parametrize("asked", ["HW11.ipynb", "hw11.ipynb", "Hw11.ipynb", "ΑΣΚΗΣΗ.ipynb"])
@pytest.mark.parametrize("named", [str, str.lower, str.upper], ids=["so", "small", "large"])
def test_capitals_of_the_name_that_is_asked_for_tell_no_class_from_a_submission(tmp_path, asked, named):
    name = named(asked.removesuffix(".ipynb")) + ".ipynb"
    (tmp_path / "all.zip").write_bytes(zipped(f"ada/{name}", f"bob/{name}"))
    lay(tmp_path / "cyd", name)
    of = partial(find_submissions, modules=["Heads"], notebook=asked)
    assert [one.id for one in of([tmp_path / "all.zip"]).sources] == ["ada", "bob"]
    assert [one.id for one in of([tmp_path / "cyd"]).sources] == ["cyd"]


def test_members_are_read_by_processes_that_were_forked_off(tmp_path):
    (tmp_path / "all.tgz").write_bytes(tarred(*(f"s{i}/answers.yaml" for i in range(9))))
    sources = find_submissions([tmp_path / "all.tgz"], MODULES).sources
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        read = list(pool.map(collect, [one.path for one in sources], [one.members for one in sources]))
    assert [one.files for one in read] == [{"answers.yaml": b"x"}] * 9


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_name_that_points_elsewhere_stays_with_its_student(tmp_path, pack):
    names = ["ada/answers.yaml", "ada/../bob/heads.py", "/bob/answers.yaml", "bob/../../heads.py", "C:/bob/heads.py"]
    (tmp_path / "all.zip").write_bytes(pack(*names))
    inside = [name for one in find_submissions([tmp_path / "all.zip"], MODULES).sources for name in one.members]
    assert all(".." not in name and not name.startswith("/") and ":" not in name for name in inside)
    assert "_/bob/heads.py" in inside


def test_a_path_that_is_no_submission_is_told_beside_others_and_refused_alone(tmp_path):
    lay(tmp_path, "ada/", "notes.txt")
    assert found(tmp_path / "ada", tmp_path / "notes.txt") == (["ada"], ["notes.txt"])
    with pytest.raises(UsageError, match=r"notes\.txt"):
        found(tmp_path / "notes.txt")


def test_files_of_the_staff_beside_a_class_are_not_counted_as_handed_in(tmp_path):
    lay(tmp_path / "class", "ada/", "bob/")
    for name in ("class.secret", "roster.csv"):
        (tmp_path / "class" / name).write_text("id\n")
    assert found(tmp_path / "class") == (["ada", "bob"], [])


def test_a_tar_of_more_than_may_be_held_is_one_submission_within_the_limits(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.submission.list_names.MAX_MEMBERS", 3)
    (tmp_path / "all.tgz").write_bytes(tarred(*(f"s{i}/answers.yaml" for i in range(4))))
    assert found(tmp_path / "all.tgz") == (["all"], [])
    monkeypatch.setattr("grader.submission.list_names.MAX_UNPACKED_CLASS", 1000)
    (tmp_path / "few.tgz").write_bytes(tarred(*(f"s{i}/answers.yaml" for i in range(3))))
    assert found(tmp_path / "few.tgz") == (["few"], [])


def test_a_folder_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    lay(tmp_path / "class", "ada/", "bob/")
    listed = Path.iterdir

    def closed(folder):
        if folder == tmp_path / "class":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(UsageError, match="class cannot be read: Permission denied"):
        find_submissions([tmp_path / "class"], MODULES)
