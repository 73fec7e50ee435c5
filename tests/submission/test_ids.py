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
    assert named["/c/A-D-A.zip"] == "A-D-A"
    assert len({name.casefold() for name in named.values()}) == 3
    assert named["/c/a d a"] not in ("a-d-a", "A-D-A")


def test_who_was_graded_before_keeps_the_id_whatever_the_order():
    known = with_ids([loose("/a/ada"), loose("/b/ada")], [])
    first, second = [one.id for one in known]
    assert (first, second[:4]) == ("ada", "ada-")
    assert ids([loose("/b/ada"), loose("/a/ada")], known) == [second, "ada"]
    third, *others = ids([loose("/0/ada"), loose("/b/ada"), loose("/a/ada")], known)
    assert others == [second, "ada"]
    assert third not in (*others, "ada")


@pytest.mark.parametrize(
    "names", [[" work", "work"], ["work ", " work", "work"], [" work", "work "], ["Work!", "work?"]]
)
def test_whose_names_come_to_the_same_gets_a_suffix_of_its_own_name_in_whatever_order(names):
    found = [loose(f"/c/{name}.zip", name) for name in names]
    given = {one.path: one.id for one in with_ids(found, [])}
    assert len({name.casefold() for name in given.values()}) == len(names)
    assert given.get(Path("/c/work.zip"), "work") == "work"
    for order in (found[::-1], found[1:] + found[:1]):
        assert {one.path: one.id for one in with_ids(order, [])} == given
    for alone in found:  # what was graded by itself keeps its id whoever comes to stand beside it
        (known,) = with_ids([alone], [])
        later = {one.path: one.id for one in with_ids(found, [known])}
        assert later[alone.path] == known.id == safe_id(alone.id)
        assert len({name.casefold() for name in later.values()}) == len(names)


def test_a_blank_before_a_name_takes_no_id_of_a_file_that_is_gone(tmp_path):
    known = with_ids([loose(tmp_path / "work.zip")], [])
    (other,) = ids([loose(tmp_path / " work.zip", " work")], known)
    assert other != "work"


def test_another_student_of_the_name_does_not_get_a_known_id(tmp_path):
    for folder in ("a/ada", "a/bob", "b/ada", "b/cyd"):
        (tmp_path / folder).mkdir(parents=True)
    known = with_ids([loose(tmp_path / "a/ada"), loose(tmp_path / "a/bob")], [])
    assert ids([loose(tmp_path / "b/ada"), loose(tmp_path / "b/cyd")], known)[1:] == ["cyd"]
    assert ids([loose(tmp_path / "b/ada")], known) != ["ada"]


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
    first, second = ids([moodle, loose("/x/ada-7")], known)
    assert len({first, second, "ada-7"}) == 3
    assert ids([loose("/x/ada-7"), moodle, canvas(7, "ada")], known) == [second, first, "ada-7"]


def test_naming_again_changes_nothing():
    found = [loose("/a/ada"), loose("/b/ada"), canvas(7, "ada"), loose("/a/ada-2"), loose("/a/ADA.zip", "ADA")]
    first = with_ids(found, [])
    assert ids(found, first) == [one.id for one in first]
    assert ids(found[::-1], first) == [one.id for one in first][::-1]
