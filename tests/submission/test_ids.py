"""Ids: safe file names in every script, unique, and never another student's."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.ids import safe_id, with_ids
from grader.submission.model import SubmissionSource


@given(st.text(max_size=300))
def test_an_id_is_safe_on_every_system(name):
    safe = safe_id(name)
    assert 0 < len(safe.encode()) <= 140
    assert all(c in "._-" or unicodedata.category(c)[0] in "LMN" for c in safe)
    assert safe[0] not in ".-"
    assert safe[-1] not in ". "
    assert safe.casefold().partition(".")[0] not in {"con", "nul", "aux", "prn", "com1", "lpt1"}
    assert safe_id(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Иванов Пётр 504", "Иванов-Пётр-504"),
        ("王小明_103", "王小明_103"),
        ("Müller", "Müller"),
        ("Mu\u0308ller", "Müller"),
        ("김민준", "김민준"),
        ("प्रिया", "प्रिया"),
        ("أحمد-7", "أحمد-7"),
        ("Ada\u202egpj.Lovelace", "Ada-gpj.Lovelace"),
        ("a\u200bb", "a-b"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "submission-CON"),
        ("x" * 500, "x" * 120),
        ("я" * 500, "я" * 60),
    ],
)
def test_letters_of_every_script_stay_and_nothing_else(name, safe):
    assert safe_id(name) == safe


def test_a_name_without_a_letter_gets_a_digest():
    assert safe_id("😀") != safe_id("😁")
    assert safe_id("😀").startswith("submission-")


def loose(place, name=None):
    path = Path(place)
    return SubmissionSource(name or path.stem, path)


def canvas(user, name, attempt=1):
    return SubmissionSource(
        f"{name}-{user}", Path("/c.zip"), {"canvas": str(user)}, platform="Canvas", attempt=attempt, members={}
    )


def ids(found, known=()):
    return [one.id for one in with_ids(found, known)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_goes_to_whoever_is_called_just_so(order):
    found = [loose("/c/a d a"), loose("/c/a-d-a"), loose("/c/A-D-A.zip", "A-D-A")][::order]
    named = dict(zip([str(one.path) for one in found], ids(found), strict=True))
    assert named["/c/a-d-a" if order == 1 else "/c/A-D-A.zip"] in ("a-d-a", "A-D-A")
    assert len({name.casefold() for name in named.values()}) == 3
    assert named["/c/a d a"] not in ("a-d-a", "A-D-A")


def test_who_was_graded_before_keeps_the_id_whatever_the_order():
    known = with_ids([loose("/a/ada"), loose("/b/ada")], [])
    assert [one.id for one in known] == ["ada", "ada-2"]
    assert ids([loose("/b/ada"), loose("/a/ada")], known) == ["ada-2", "ada"]
    assert ids([loose("/0/ada"), loose("/b/ada"), loose("/a/ada")], known) == ["ada-3", "ada-2", "ada"]


def test_another_student_of_the_name_does_not_get_a_known_id(tmp_path):
    for folder in ("a/ada", "a/bob", "b/ada", "b/cyd"):
        (tmp_path / folder).mkdir(parents=True)
    known = with_ids([loose(tmp_path / "a/ada"), loose(tmp_path / "a/bob")], [])
    assert ids([loose(tmp_path / "b/ada"), loose(tmp_path / "b/cyd")], known) == ["ada-2", "cyd"]


def test_a_class_that_was_downloaded_again_elsewhere_keeps_its_ids(tmp_path):
    for folder in ("old/ada", "old/Ada B", "new/ada", "new/Ada B", "new/zoe"):
        (tmp_path / folder).mkdir(parents=True)
    known = with_ids([loose(tmp_path / "old/ada"), loose(tmp_path / "old/Ada B")], [])
    again = [loose(tmp_path / "new/Ada B"), loose(tmp_path / "new/ada"), loose(tmp_path / "new/zoe")]
    assert ids(again, known) == ["Ada-B", "ada", "zoe"]


def test_a_submission_that_was_moved_keeps_its_id(tmp_path):
    known = with_ids([loose(tmp_path / "gone/ada"), loose(tmp_path / "gone/bob")], [])
    assert ids([loose(tmp_path / "there/ada")], known) == ["ada"]


def test_a_student_of_a_platform_keeps_the_id_in_every_download():
    known = with_ids([canvas(7, "ada"), canvas(8, "bob"), canvas(7, "ada", attempt=2)], [])
    assert [one.id for one in known] == ["ada-7", "bob-8", "ada-7-attempt-2"]
    later = [replace(canvas(8, "bob b"), path=Path("/d.zip")), canvas(7, "ada l"), canvas(7, "ada l", attempt=2)]
    assert ids(later, known) == ["bob-8", "ada-7", "ada-7-attempt-2"]


def test_the_same_name_on_two_platforms_is_two_students():
    moodle = SubmissionSource("ada-7", Path("/m.zip"), {"moodle": "7"}, platform="Moodle", members={})
    known = with_ids([canvas(7, "ada")], [])
    assert ids([moodle, loose("/x/ada-7")], known) == ["ada-7-2", "ada-7-3"]
    assert ids([loose("/x/ada-7"), moodle, canvas(7, "ada")], known) == ["ada-7-2", "ada-7-3", "ada-7"]


def test_naming_again_changes_nothing():
    found = [loose("/a/ada"), loose("/b/ada"), canvas(7, "ada"), loose("/a/ada-2"), loose("/a/ADA.zip", "ADA")]
    first = with_ids(found, [])
    assert ids(found, first) == [one.id for one in first]
    assert ids(found[::-1], first) == [one.id for one in first][::-1]
