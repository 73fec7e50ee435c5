"""From paths to submissions: safe unique ids, names as students' systems give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submission.discover import find_submissions, safe_id
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource

MODULES = ["heads", "loss"]


def make(folder, **files):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


@given(st.text(max_size=300))
def test_an_id_is_safe_on_every_system(name):
    safe = safe_id(name)
    assert 0 < len(safe) <= 100
    assert set(safe) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert safe[0] not in ".-"
    assert safe[-1] not in ". "
    assert safe.casefold().partition(".")[0] not in {"con", "nul", "aux", "prn", "com1", "lpt1"}


def test_ids_differ_even_where_case_does_not_count(tmp_path):
    for name in ("Ada", "ada", "a d a", "a-d-a"):
        make(tmp_path / name, answers__yaml="")
    ids = [one.id for one in find_submissions([tmp_path], MODULES)]
    assert len({name.casefold() for name in ids}) == 4


def test_a_path_may_be_one_submission_or_a_folder_of_them(tmp_path):
    make(tmp_path / "class" / "ada", answers__yaml="")
    make(tmp_path / "class" / "bob", heads__py="")
    make(tmp_path / "class" / "nobody")
    assert [one.id for one in find_submissions([tmp_path / "class"], MODULES)] == ["ada", "bob", "nobody"]
    assert [one.id for one in find_submissions([tmp_path / "class" / "ada"], MODULES)] == ["ada"]


def test_other_files_beside_submissions_are_passed_over(tmp_path):
    make(tmp_path / "class" / "ada", answers__yaml="")
    (tmp_path / "class" / "class.secret").write_text("x")
    (tmp_path / "class" / "broken.zip").write_text("no zip at all")
    everything = sorted((tmp_path / "class").iterdir())
    assert [one.id for one in find_submissions(everything, MODULES)] == ["ada", "broken"]
    assert [one.id for one in find_submissions([tmp_path / "class"], MODULES)] == ["ada", "broken"]


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


def test_equal_files_have_equal_hashes(tmp_path):
    one = load_submission(SubmissionSource("a", make(tmp_path / "a", heads__py="x")), MODULES)
    two = load_submission(SubmissionSource("b", make(tmp_path / "b", heads__py="x")), MODULES)
    other = load_submission(SubmissionSource("c", make(tmp_path / "c", heads__py="y")), MODULES)
    assert one.files_sha256 == two.files_sha256 != other.files_sha256


def test_a_missing_answers_file_is_told(tmp_path):
    submission = load_submission(SubmissionSource("a", make(tmp_path / "a", heads__py="x")), MODULES)
    assert ("answers.yaml", "not handed in: every typed field counts as not started") in submission.notices
