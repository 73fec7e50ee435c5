from __future__ import annotations

from typing import Any

import pytest

from grader.records import CheckRecord, Verdict
from reports.answer_classes import answer_classes

SYMBOLS: dict[str, object] = {"a": {"positive": True}, "b": {"positive": True}, "A": {"matrix": ["m", "k"]}}


def check(answer: str | None, verdict: Verdict = Verdict.WRONG, **facts: Any) -> CheckRecord:
    given: dict[str, Any] = {"id": "p.f", "kind": "expr", "score": 0, "max_score": 1, "visibility": "hidden"}
    return CheckRecord(verdict=verdict, answer=answer, **(given | {"reading": answer} | facts))


def counts(*checks: CheckRecord) -> list[int]:
    return [one.count for one in answer_classes([(f"s{i}", c) for i, c in enumerate(checks)], SYMBOLS)]


@pytest.mark.parametrize(
    ("answers", "sizes"),
    [
        (["a+b", "b + a", "2*a"], [2, 1]),
        (["(a+b)^2", "a^2+2*a*b+b^2"], [2]),
        (["A", "A"], [2]),
        (["a = b", "b = a"], [1, 1]),
        (["log(-a)", "1/(a-a)"], [1, 1]),
        (["1e400", "1e400", "-1e400"], [2, 1]),
        (["5e3999 % ", "12345e3999", "a"], [1, 1, 1]),
        (["1e400/1e399", "10", "1e400*i"], [2, 1]),
    ],
)
def test_wrong_formulas_are_put_together_if_they_come_to_the_same(answers: list[str], sizes: list[int]) -> None:
    assert counts(*map(check, answers)) == sizes


def test_right_answers_are_one_class_and_those_that_follow_another() -> None:
    right = [check(text, Verdict.CORRECT) for text in ("a", "b", "a*b")]
    assert counts(*right, check("2*a", Verdict.CORRECT, follows=True)) == [3, 1]


def test_a_named_mistake_is_one_class_however_it_is_spelled() -> None:
    assert counts(check("a", mistake="lost b"), check("2*a-a", mistake="lost b"), check("a", mistake="other")) == [2, 1]


def test_what_cannot_be_read_is_grouped_by_what_was_typed() -> None:
    typed = ["a ++ q", "A  ++  q", "??"]
    assert counts(*(check(text, Verdict.UNREADABLE, reading=None) for text in typed)) == [2, 1]


def test_code_is_grouped_by_what_was_said() -> None:
    assert counts(*(check(None, Verdict.CRASHED, message=text) for text in ("boom", "boom", "bang"))) == [2, 1]


def test_the_most_common_spelling_is_the_typical_one() -> None:
    (found,) = answer_classes([(f"s{i}", check(text)) for i, text in enumerate(["b+a", "a+b", "a+b"])], SYMBOLS)
    assert found.typical.answer == "a+b"
    assert found.spellings == (("a+b", 2), ("b+a", 1))
    assert found.submissions == ("s0", "s1", "s2")
