"""Which assignment a command works on: the nearest one around the work, never one that was handed in."""

import pytest

from grader.assignment.locate import assignment_root, title_of
from grader.errors import UsageError


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Two courses with an assignment each, work beside and below one of them, and a place far from both."""
    for name in ("one/problems", "one/subs/ada", "two/problems", "two/class/ben/problems", "far/eve"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "far")
    return tmp_path


@pytest.mark.parametrize(
    ("chosen", "work", "here", "found"),
    [
        (None, "one/subs/ada", "far", "one"),
        (None, "one/subs", "two", "one"),
        (None, "two/class", "one", "two"),
        (None, "two/class/ben", "far", "two"),
        (None, "two/class/ben", "two/class/ben", "two"),
        (None, "far/eve", "one/subs", "one"),
        ("two", "one/subs/ada", "one", "two"),
        (None, None, "one/subs/ada", "one"),
    ],
)
def test_the_nearest_assignment_around_the_work_counts(places, monkeypatch, chosen, work, here, found):
    monkeypatch.chdir(places / here)
    root = assignment_root(places / chosen if chosen else None, [places / work] if work else [])
    assert root == (places / found).resolve()


@pytest.mark.parametrize(
    ("chosen", "says"),
    [("far", "has no folder `problems`"), (None, "nor one around it .* wheel that lies in")],
)
def test_no_other_homework_stands_in_for_one_that_is_missing(places, chosen, says):
    with pytest.raises(UsageError, match=says):
        assignment_root(places / chosen if chosen else None, [places / "far" / "eve"])


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("title: Heat and work\n", "Heat and work"),
        ("title: [1]\n", "course"),
        ("- title\n", "course"),
        ("title: 'open\n", "course"),
        ("name: x\n", "course"),
        (None, "course"),
    ],
)
def test_a_title_is_read_at_once_whatever_else_is_wrong(written, told, tmp_path):
    (tmp_path / "course" / "problems").mkdir(parents=True)
    if written is not None:
        (tmp_path / "course" / "problems" / "assignment.yaml").write_text(written)
    assert title_of(tmp_path / "course") == told
