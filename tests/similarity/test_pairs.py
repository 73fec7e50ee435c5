"""Planted copies stand before honest pairs, in a class of 200."""

from __future__ import annotations

import pytest
from made_class import COPIES, Student, made_class

from grader.similarity.code import WORTH as CODE
from grader.similarity.code import code_pieces
from grader.similarity.fingerprints import Piece
from grader.similarity.pairs import SharedPieces
from grader.similarity.texts import WORTH as TEXT
from grader.similarity.texts import text_prints


def pieces(student: Student) -> list[Piece]:
    """What is compared of a student; the sum of an answer is the same in either order."""
    name = student.name
    code = [Piece(name, "code", one.name, one.shown, one.prints, CODE) for one in code_pieces(student.source)]
    texts = [Piece(name, "text", key, text, text_prints(text), TEXT) for key, text in student.texts.items()]
    read = {key: "+".join(sorted(text.replace(" ", "").split("+"))) for key, text in student.wrong.items()}
    wrong = [Piece(name, "answer", key, student.wrong[key], {f"{key} {read[key]}": ((1, 1),)}) for key in read]
    return [*code, *texts, *wrong]


def ranked(students: list[Student], most: int = 300) -> list[frozenset[str]]:
    found = SharedPieces(piece for student in students for piece in pieces(student)).pairs(most)
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)
    return [frozenset((one.one, one.other)) for one in found]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_planted_copies_stand_first_in_a_class_of_200(seed):
    students, planted = made_class(200, 4, seed)
    order = ranked(students)
    places = {pair: order.index(pair) for pair in planted if pair in order}
    late = {how: [places.get(pair) for pair, way in planted.items() if way == how] for how in planted.values()}
    assert len(places) == len(planted) == 4 * len(COPIES), late
    honest_above = max(places.values()) + 1 - len(planted)
    assert honest_above <= 1, late
    print(f"{honest_above} honest pairs above the last of {len(planted)} planted")


def test_without_copies_few_pairs_stand_out():
    students, _ = made_class(60, 0, 1)
    found = SharedPieces(piece for student in students for piece in pieces(student)).pairs(1000)
    assert not [pair for pair in found if pair.strength > 4]


def one(name: str, *prints: str, kind: str = "answer") -> Piece:
    return Piece(name, kind, "q", "x", dict.fromkeys(prints, ((1, 1),)))


def crowd(number: int) -> list[Piece]:
    return [one(f"other{i}", f"own{i}") for i in range(number)]


def test_what_many_share_says_nothing():
    many = [one(f"s{i}", "usual") for i in range(30)]
    assert SharedPieces([*crowd(60), *many]).pairs(10) == []


def test_what_is_known_says_nothing_and_what_is_rare_does():
    two = [one("ada", "template", "rare", "odd"), one("bob", "template", "rare", "odd")]
    (pair,) = SharedPieces([*crowd(60), *two], known={"template"}).pairs(10)
    assert {pair.one, pair.other} == {"ada", "bob"}
    assert SharedPieces([*crowd(60), *two], known={"template", "rare", "odd"}).pairs(10) == []


def test_rarer_counts_more_and_wrong_answers_of_ones_own_count_against():
    few = [one("a", "x", "y"), one("b", "x", "y")]
    some = [one(name, "u", "v") for name in "cdef"]
    own = [one("g", "m", "n"), one("h", "m", "n", "o1", "o2", "o3", "o4", "o5")]
    pairs = SharedPieces([*crowd(80), *few, *some, *own]).pairs(20)
    strength = {frozenset((pair.one, pair.other)): pair.strength for pair in pairs}
    best = strength[frozenset("ab")]
    assert best > strength[frozenset("cd")]
    assert best > strength[frozenset("gh")]


def test_earlier_years_are_compared_with_this_one_and_not_with_each_other():
    same = [one(name, "x", "y", "z") for name in ("ada", "2025/bob", "2025/cyd")]
    pairs = SharedPieces([*crowd(60), *same], earlier={"2025/bob", "2025/cyd"}).pairs(10)
    assert {frozenset((pair.one, pair.other)) for pair in pairs} == {
        frozenset(("ada", "2025/bob")),
        frozenset(("ada", "2025/cyd")),
    }


def test_kinds_are_not_mixed():
    assert SharedPieces([*crowd(60), one("a", "x", "y"), one("b", "x", "y", kind="code")]).pairs(10) == []
