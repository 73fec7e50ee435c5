"""What is read beyond one homework: every answer of `fluent.yaml`, and the table of the documents made from it.

`python tests/maths/test_fluent.py` writes the table again.
"""

import time
from pathlib import Path

import pytest

from grader.maths.decide import decide, read
from grader.maths.reading.question import Question

from tables import read_table, some_fast  # isort: skip

HERE = Path(__file__).parent
DATA = read_table(HERE / "fluent.yaml")
PAGE = HERE.parent.parent / "docs" / "typed-answers.md"
BEGIN, END = "<!-- fluent: made from tests/maths/fluent.yaml -->", "<!-- fluent: end -->"
VERDICTS = {"equal": "equal", "different": "different", "asked_back": "invalid"}

BOMBS = [
    ("expr", r"\sum_{i=1}^{1000000000} i"),
    ("expr", r"\prod_{i=1}^{10^{9}} i"),
    ("expr", r"\sum_{i=1}^{300}" * 30 + " 1"),
    ("expr", r"\binom{" * 40 + "n" + "}{2}" * 40),
    ("expr", r"\binom{10^9}{5}"),
    ("expr", r"\int_0^{10^9} e^{e^t} dt"),
    ("matrix", "[" + ",".join(["1"] * 10_000) + "]"),
    ("matrix", "[" * 200 + "1,2" + "]" * 200),
    ("matrix", "\\begin{pmatrix}" * 70 + "1" + "\\end{pmatrix}" * 70),
    ("matrix", " ⊗ ".join(["A"] * 30)),
    ("complexity", "O(" + "2^" * 200 + "n)"),
    ("set", "±" * 300 + "1"),
    ("expr", r"\lim_{n\to\infty}" * 40 + "n"),
    ("expr", r"\lim_{h\to 0" + " " * 1_900 + "x} n"),
    ("expr", r"\lim_{h\to 0" + " " * 900 + "-" + " " * 900 + "x} n"),
    ("expr", r"\lim_{h\to 0" + " " * 600 + "^" + " " * 600 + "{" + " " * 600 + "x} n"),
    ("expr", "(" * 20 + "1" + " if n > 1 else 0)" * 20),
    ("expr", r"\sum_{1\le i<j\le 10^9} 1"),
    ("expr", r"\sum_{i\ge 1}" * 8 + " 1"),
    ("expr", r"\binom{" * 20 + "n" + "}{n}" * 20),
    ("expr", r"{}_{10^9}C_{5\cdot 10^8}"),
    ("expr", r"\sum_{i,j,k,l=1}^{n} 1"),
    ("matrix", "[[" + "],[".join([",".join(["1"] * 30)] * 30) + "]]"),
    ("equation", "n = " + "max(n," * 40 + "1" + ")" * 40),
    ("equation", "\\cup".join(["(0,1)"] * 200)),
    ("complexity", "+".join(["O(n^2)"] * 150)),
    ("complexity", "O(n^{n^{n^{n^n}}})"),
    ("expr", r"\frac{d}{" + "dx " * 60 + "n"),
    ("expr", r"\frac{d^2}{" + "dx^2 " * 60 + "n"),
    ("complexity", "O((3^n)!)"),
    ("complexity", "O((n!)!)"),
    ("expr", "n" + " x" * 850 + ", x =" + " y" * 40 + ", y =" + " z" * 40 + ", z =" + " w" * 40 + ", w = n"),
    ("number", "1/4 " + "(25 %)" * 100),
]


def cases():
    for row in DATA["rows"]:
        for kind, verdict in VERDICTS.items():
            for answer in row.get(kind, ()):
                yield pytest.param(row, answer, verdict, id=f"{row['family']}: {answer}"[:70])


def asked(row):
    return Question("q.value", row["kind"], row["reference"], DATA["symbols"][row["symbols"]], labels=None)


@pytest.mark.parametrize(("row", "answer", "verdict"), some_fast(cases()))
def test_every_answer_is_decided_as_the_table_says(row, answer, verdict):
    found = decide(asked(row), answer)
    assert found.verdict == verdict, found
    assert verdict != "invalid" or found.message


@pytest.mark.parametrize(
    ("row", "answer", "verdict"), some_fast(case for case in cases() if "invalid" not in case.values)
)
def test_what_is_shown_reads_back_to_the_same(row, answer, verdict):
    shown = read(asked(row), answer).reading
    assert shown
    assert read(asked(row), shown).reading == shown


@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_what_would_never_end_is_refused_or_left_to_a_person_at_once(number):
    kind, answer = BOMBS[number]
    references = {"complexity": "O(n)", "set": "{1, 2}", "matrix": "A", "equation": "n = 1", "number": "2"}
    reference = references.get(kind, "n")
    symbols = {"n": {"positive": True, "integer": True}, "A": {"matrix": ["m", "m"]}}
    started = time.process_time()
    assert decide(Question("q.value", kind, reference, symbols, labels=None), answer).verdict != "equal"
    assert time.process_time() - started < 5


def table():
    """The table of the documents, one family a line."""
    lines = ["| what | right answer | read as the same | told apart | asked back |", "|---|---|---|---|---|"]
    for row in DATA["rows"]:
        cells = [", ".join(shown(answer) for answer in row.get(kind, ())) for kind in VERDICTS]
        lines.append(f"| {row['family']} | {shown(row['reference'])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(answer):
    quoted = answer.replace("|", "\\|")
    return f"`` {quoted} ``" if "`" in quoted else f"`{quoted}`"


def with_table(page):
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def test_the_page_shows_the_table_of_what_is_tested():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "run `python tests/maths/test_fluent.py`"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
