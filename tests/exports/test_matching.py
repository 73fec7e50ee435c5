"""Who is who: exact, by the surest key, and nobody where two could be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exports.matching import Person, pair
from grader.files.csv_edit import CsvRow
from grader.records import GradeRecord


def person(line, **known):
    known = {key: value if isinstance(value, tuple) else (value,) for key, value in known.items()}
    return Person(CsvRow(line, ()), f"row {line}", known)


def record(submission, **student):
    return GradeRecord(
        submission=submission,
        student=student,
        files_sha256="f",
        problems_sha256="p",
        versions={},
        score=1,
        max_score=2,
        awaiting_review=0,
        isolation="none",
        parts=(),
    )


def matched(people, records):
    return {person.row.line: record.submission for person, record in pair(people, records).found}


@pytest.mark.parametrize(
    ("row", "student"),
    [
        ({"canvas": "101"}, {"canvas": "101", "name": "somebody else"}),
        ({"moodle": "7"}, {"moodle": "7"}),
        ({"id": ("u1", "login")}, {"id": "U1"}),
        ({"email": "Ada@Uni.example"}, {"email": "ada@uni.example"}),
        ({"id": "folder"}, {}),
        ({"name": "Lovelace, Ada"}, {"name": "Ada  Lovelace"}),
        ({"name": "Müller-Łoś, Béa"}, {"name": "Bea Muller Łos"}),
        ({"name": "O'Brien, Cem"}, {"name": "Cem O’Brien"}),
        ({"name": "王小明"}, {"name": "王小明"}),
    ],
)
def test_one_of_either_side_is_recognised(row, student):
    assert matched([person(2, **row)], [record("folder", **student)]) == {2: "folder"}


def test_an_id_that_somebody_else_typed_takes_nobody_s_row():
    people = [person(2, id="u1"), person(3, id="u2")]
    assert matched(people, [record("u2", id="u1"), record("u1")]) == {2: "u1", 3: "u2"}
    assert matched(people, [record("a", id="u1"), record("u1")]) == {2: "u1"}


@pytest.mark.parametrize(
    ("row", "student"),
    [
        ({"id": "u1"}, {"id": "u10"}),
        ({"name": "Ada Lovelace"}, {"name": "Ada"}),
        ({"name": ""}, {"name": ""}),
        ({"canvas": "101", "name": "Ada"}, {"canvas": "102", "name": "Ada"}),
        ({"canvas": "101"}, {"id": "101"}),
    ],
)
def test_likeness_is_not_enough(row, student):
    assert matched([person(2, **row)], [record("folder", **student)]) == {}


def test_a_surer_key_goes_first():
    people = [person(2, id="u1", name="Wei Zhang"), person(3, id="u2", name="Wei Zhang")]
    records = [record("b", id="u2", name="Wei Zhang"), record("a", id="u1", name="Wei Zhang")]
    assert matched(people, records) == {2: "a", 3: "b"}


def test_two_who_claim_one_number_are_both_left_out_and_told():
    pairs = pair([person(2, id="u1", name="Ada")], [record("a", id="u1", name="Ada"), record("m", id="u1")])
    assert pairs.found == ()
    assert [one.submission for one in pairs.lone_records] == ["a", "m"]
    assert pairs.doubts == ("the same id 'u1' for 'row 2' (line 2) and for a, m: none of them was matched",)


def test_a_number_that_fits_with_a_name_that_does_not_is_told():
    pairs = pair([person(2, id="u1", name="Bob Ray")], [record("a", id="u1", name="Ada Lovelace")])
    assert len(pairs.found) == 1
    assert "calls itself 'Ada Lovelace': look at it" in pairs.doubts[0]


KEYS = st.fixed_dictionaries({}, optional={key: st.sampled_from("abc") for key in ("id", "email", "name", "canvas")})


@given(st.lists(KEYS, max_size=5), st.lists(KEYS, max_size=5))
def test_everybody_is_accounted_for_once(rows, students):
    people = [person(i + 2, **known) for i, known in enumerate(rows)]
    records = [record(f"s{i}", **student) for i, student in enumerate(students)]
    pairs = pair(people, records)
    assert sorted([*(p.row.line for p, _ in pairs.found), *(p.row.line for p in pairs.lone_people)]) == [
        p.row.line for p in people
    ]
    assert sorted([*(r.submission for _, r in pairs.found), *(r.submission for r in pairs.lone_records)]) == [
        r.submission for r in records
    ]
    assert all(set(p.known) & {*r.student, "submission"} for p, r in pairs.found)
