"""What is wrong whatever the right answer is, and may be told before the deadline: another dimension."""

import pytest

from grader.maths.decide import decide, read
from grader.maths.reading.question import Question

ANSWERS = [
    ("s", "3 kg", "this is in g; s is asked"),
    ("USD", "3 EUR", "this is in EUR; USD is asked"),
    ("GB", "3 s", "this is in s; B is asked"),
    ("W", "5 J", "this is in"),
    ("s", "3", ""),
    ("s", "3 min", ""),
    ("s", "2*3 h + 1 day", ""),
    ("FLOP", "10^15 FLOP/s * 1 day", ""),
    ("GB", "16 Gbit", ""),
    ("token/min", "1.44/min", ""),
    ("token/min", "1.44 s", "this is in s"),
    ("day", "1 h = 3600 s", ""),
    ("day", "1 h = 3 kg", "this is in g"),
]


@pytest.mark.parametrize(("unit", "answer", "told"), ANSWERS)
def test_another_dimension_is_told_while_it_is_read(unit, answer, told):
    found = read(Question("part.field", "quantity", "", unit=unit), answer)
    assert (found.verdict == "invalid") == bool(told)
    assert told in found.message


@pytest.mark.parametrize(("unit", "answer", "told"), ANSWERS)
def test_what_is_told_early_is_never_right(unit, answer, told):
    if told:
        return
    judged = decide(Question("part.field", "quantity", answer.partition("=")[0], unit=unit), answer)
    assert judged.verdict == "equal"
