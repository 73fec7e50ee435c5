"""Forms in which students end or begin an answer, each with its no-op: what looks alike must stay refused."""

import pytest

from grader.maths.judging import decide
from grader.maths.question import Question, Tolerance

POSITIVE = {name: {"positive": True, "real": True} for name in ("A", "B", "N", "D", "d")}
CLOSE = Tolerance(rel=0.05)


def asked(kind, reference, **more):
    return Question("part.field", kind, reference, symbols=POSITIVE, **more)


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (asked("expr", "B*D - A*N"), "BD - AN = 0", "equal"),
        (asked("expr", "B*D - A*N"), "BD - 2AN = 0", "different"),
        (asked("expr", "B*D - A*N"), "BD - AN = 1", "different"),
        (asked("expr", "A*N"), "AN = 0", "different"),
        (asked("expr", "d"), "≤ d", "equal"),
        (asked("expr", "d"), "at most d", "equal"),
        (asked("expr", "d"), "≤ D", "different"),
        (asked("expr", "d"), "≥ d", "invalid"),
        (asked("number", "1.03", percent=True, tolerance=CLOSE), "0.0103 = 1.03 %", "equal"),
        (asked("number", "1.03", percent=True, tolerance=CLOSE), "0.0206 = 1.03 %", "different"),
        (asked("number", "1.03", percent=True, tolerance=CLOSE), "0.0103", "different"),
        (asked("number", "0.4516", within=(0.44, 0.46)), "0.28/0.62 = 0.452", "equal"),
        (asked("number", "0.4516", within=(0.44, 0.46)), "0.28/0.62 = 0.548", "different"),
        (asked("quantity", "66182", unit="USD", tolerance=CLOSE), "about $66,000", "equal"),
        (asked("quantity", "66182", unit="USD", tolerance=CLOSE), "about $6,600", "different"),
        (asked("quantity", "66182", unit="USD", tolerance=CLOSE), "aboutness", "invalid"),
        (asked("quantity", "148349", unit="token", tolerance=CLOSE), "350 GB / 2.359 MB", "equal"),
        (asked("quantity", "148349", unit="token", tolerance=CLOSE), "350 GB / 2.359 GB", "different"),
        (asked("quantity", "148349", unit="token", tolerance=CLOSE), "350 GB", "different"),
    ],
)
def test_forms(question, answer, verdict):
    assert decide(question, answer, {}).verdict == verdict
