"""The public table: each answer gets its verdict, the message says what it must, the reading reads back."""

from collections import Counter

import pytest

from equivalence_table import SYMBOLS, VERDICTS, rows  # isort: skip
from tables import some_fast  # isort: skip

from grader.maths.decide import decide

ROWS = list(rows())


@pytest.mark.parametrize("row", some_fast(ROWS), ids=lambda row: row.name)
def test_verdict(row):
    decision = decide(row.question, row.answer)
    assert decision.verdict == row.verdict, decision
    assert row.says in decision.message
    if row.column is not None:
        assert decision.column == row.column
    if row.verdict == "different":
        answer = row.question.reference.replace(" ", "")
        assert len(answer) < 4 or answer not in decision.message.replace(" ", ""), "the message gives the answer away"
    if row.verdict == "equal":
        again = decide(row.question, decision.reading)
        assert (again.verdict, again.reading) == ("equal", decision.reading)


def test_the_table_is_large_and_uses_every_symbol_table():
    counts = Counter(row.verdict for row in ROWS)
    assert sum(counts.values()) >= 1_000
    assert min(counts[verdict] for verdict in VERDICTS) >= 100
    used = {id(row.question.symbols) for row in ROWS}
    assert {name for name, table in SYMBOLS.items() if id(table) not in used} == set()
