"""Where a gradebook lies: in the folder, or in a database that the folder names without its password."""

import stat

import command_line
import pytest

from grader.errors import GradebookError, UsageError
from grader.gradebook import Gradebook
from grader.gradebook.location import GRADEBOOK, GRADEBOOK_URL, VARIABLE, exists, kept_text, place_of, read_url, shown

URL = "postgresql://staff@db.example.org:5433/hw11"
SECRET = "postgresql://staff:pa%40ss@db.example.org:5433/hw11"


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def test_without_a_word_it_is_a_file_in_the_folder(tmp_path):
    assert place_of(tmp_path) == tmp_path / GRADEBOOK


def test_a_variable_makes_no_folder_one_that_was_graded_into(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, URL)
    assert not exists(tmp_path)
    (tmp_path / GRADEBOOK_URL).touch()
    assert exists(tmp_path)


def test_what_is_asked_for_comes_before_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "postgresql://elsewhere/other")
    assert shown(place_of(tmp_path, URL)) == URL
    assert shown(place_of(tmp_path)) == "postgresql://elsewhere/other"


def test_a_folder_keeps_to_the_gradebook_that_it_has(tmp_path, monkeypatch):
    (tmp_path / GRADEBOOK_URL).write_text(URL + "\n")
    monkeypatch.setenv(VARIABLE, "postgresql://elsewhere/other")
    assert shown(place_of(tmp_path)) == shown(place_of(tmp_path, URL)) == URL
    with pytest.raises(UsageError, match=f"keeps its gradebook at {URL} already"):
        place_of(tmp_path, "postgresql://elsewhere/other")
    (tmp_path / GRADEBOOK_URL).unlink()
    (tmp_path / GRADEBOOK).touch()
    assert place_of(tmp_path) == tmp_path / GRADEBOOK
    with pytest.raises(UsageError, match=r"keeps its gradebook in gradebook\.sqlite already"):
        place_of(tmp_path, URL)


def test_a_password_is_used_but_neither_kept_nor_shown(tmp_path, monkeypatch):
    place = place_of(tmp_path, SECRET)
    assert place.password == "pa@ss"
    assert kept_text(place) == URL + "\n"
    assert "pa" not in shown(place).replace("example", "").split("@")[0].replace("***", "")
    (tmp_path / GRADEBOOK_URL).write_text(kept_text(place))
    monkeypatch.setenv(VARIABLE, SECRET)
    assert place_of(tmp_path).password == "pa@ss"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gradebook", "is not the address of a database — write postgresql://user@host:5432/database"),
        ("mysql://host/db", "'mysql' is not supported — write postgresql://"),
        ("sqlite:///x.sqlite", "or leave it out for SQLite"),
        ("postgresql://host", "names no database"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(text, says):
    with pytest.raises(UsageError) as told:
        read_url(text, "--gradebook")
    assert says in str(told.value)
    assert str(told.value).startswith("--gradebook: ")


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr("grader.gradebook.location.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'hw11\[postgres\]'"):
        read_url(URL, "--gradebook")


@pytest.mark.slow
def test_a_folder_names_its_database_and_is_opened_by_that_name(database, tmp_path):
    url = database()
    with Gradebook(tmp_path, url) as gradebook, gradebook.lock("hw11 grade"):
        pass
    assert stat.S_IMODE((tmp_path / GRADEBOOK_URL).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [GRADEBOOK_URL]
    with Gradebook.existing(tmp_path) as gradebook:
        assert gradebook.path == shown(read_url(url, "test"))
        assert gradebook.records() == {}


@pytest.mark.slow
def test_a_class_is_graded_into_a_database_and_found_there_again(database, tiny, tmp_path):
    ada = tmp_path / "class" / "ada"
    ada.mkdir(parents=True)
    (ada / "answers.yaml").write_text("tinya: {size: m*k}\ntinyb: {entries: 250000}\n")
    common = ("--assignment", tiny)
    grade = ("grade", tmp_path / "class", "--out", tmp_path / "out", "--isolation", "process", "--jobs", 1, *common)
    assert "1 submission · class page" in hw11(*grade, "--gradebook", database())
    assert "1 of 1 submission graded already" in hw11(*grade)
    (tmp_path / "out" / "reports" / "ada.html").unlink()
    assert "1 report rendered" in hw11("report", tmp_path / "out", *common)
    assert (tmp_path / "out" / "reports" / "ada.html").is_file()
    assert not (tmp_path / "out" / GRADEBOOK).exists()
    with Gradebook.existing(tmp_path / "out") as gradebook:
        assert [len(gradebook.history("ada")), gradebook.history("ada")[0].record.score] == [1, 2.0]


def hw11(*arguments):
    done = command_line.hw11(*arguments)
    assert done.exit_code == 0, done.stderr
    return done.stderr


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_told_with_advice(postgres, tmp_path):
    with pytest.raises(GradebookError, match=r"cannot use postgresql://.*does not exist"):
        Gradebook(tmp_path, postgres.format("nowhere"))
    with pytest.raises(GradebookError, match=r"the server must be running and reachable from here"):
        Gradebook(tmp_path, f"postgresql://hw11@/x?host={tmp_path}")
