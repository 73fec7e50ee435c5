"""Changing one answer: it reads back as typed, and nothing else of the file changes."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.answer_edit import NotWritten, settled, with_answer
from grader.submission.answers import as_answer, read_answers
from grader.submission.notebook import read_notebook

ROOT = Path(__file__).parents[2]
SHEET = """\
# my answers
q1a: # first
  # asks
  knob: raise   # mine
  why: |  # two lines
    one
    two

  # next
  x: "a \\
     b"
q1b: {a: 1, b: , c: 'x'}   # flow
q1c:
"""
"""An answers file with every style that people use, and comments everywhere."""


def changed_lines(before: str, after: str) -> list[str]:
    """Lines that went (`-`) and came (`+`)."""
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in told if line[:3] not in ("---", "+++") and not line.startswith("@@")]


@pytest.mark.parametrize(
    ("key", "answer", "lines"),
    [
        (("q1a", "knob"), "lower", ["-  knob: raise   # mine", "+  knob: lower   # mine"]),
        (("q1a", "knob"), "", ["-  knob: raise   # mine", "+  knob:   # mine"]),
        (("q1a", "why"), "new", ["-    one", "-    two", "+    new"]),
        (("q1a", "why"), "", ["-    one", "-    two"]),
        (("q1a", "x"), "it's: 1", ['-  x: "a \\', '-     b"', "+  x: 'it''s: 1'"]),
        (("q1a", "y"), "a # b", ["+  y: 'a # b'"]),
        (("q1b", "b"), "2 s", ["-q1b: {a: 1, b: , c: 'x'}   # flow", "+q1b: {a: 1, b: 2 s, c: 'x'}   # flow"]),
        (
            ("q1b", "d"),
            "4\n5",
            ["-q1b: {a: 1, b: , c: 'x'}   # flow", "+q1b: {a: 1, b: , c: 'x', d: \"4\\n5\"}   # flow"],
        ),
        (("q1c", "a"), "4", ["+  a: 4"]),
        (("q1d", "a"), "null", ["+", "+q1d:", "+  a: 'null'"]),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_lines_of_one_answer_change(key, answer, lines, ending, mark):
    before = mark + SHEET.replace("\n", ending)
    after = with_answer(before.encode(), "answers.yaml", key, answer).decode()
    assert changed_lines(before, after) == lines
    assert after.startswith(mark)
    assert after.count(ending) == after.count("\n")
    found = read_answers(after.encode(), "answers.yaml").answers.get(key)
    assert ((found.text if found else None) or "") == answer


HOSTILE = [
    *(
        "4*k*(m+l)",
        "\\frac{a}{b}",
        "it's: a # b",
        "- x",
        "null",
        "~",
        "no",
        "1e-3",
        "'q'",
        "{a, b}",
        "[1, 2]",
        "|",
        ">",
    ),
    *("%x", "@a", "`a`", "&a", "*a", "!a", "? a", "“x”", 'a"b', "---", "...", "a\n---\nb", "x\n\n y", "  a\n b"),
    *(
        "q1a:\n  knob: x",
        "tab\tthere",
        "</textarea><script>alert(1)</script>",
        "ü ∂ 𝒳",
        "{{ 7*7 }}",
        "'",
        '"',
        "#",
        ":",
    ),
]
FILES = [
    ROOT / "student_template" / "answers.yaml",
    *sorted((ROOT / "tests" / "sample_class").glob("*/answers.y*ml")),
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_hostile_texts_are_written_into_real_files_or_refused_and_harm_nothing(file):
    content = file.read_bytes()
    before = read_answers(content, file.name)
    keys = [*[*before.answers][:3], ("q1d", "bytes"), ("q9z", "new")]
    refused = 0
    for number, answer in enumerate(map(settled, HOSTILE)):
        key = keys[number % len(keys)]
        try:
            after = read_answers(with_answer(content, file.name, key, answer), file.name)
        except NotWritten:
            refused += 1
            continue
        assert after.answers[key].text == as_answer(answer).text
        assert {k: a.text for k, a in after.answers.items() if k != key and a.text} == {
            k: a.text for k, a in before.answers.items() if k != key and a.text
        }
    assert refused <= (len(HOSTILE) if before.unreadable else 3)


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXTS, st.sampled_from(["knob", "why", "x", "z"]))
def test_any_text_reads_back_or_is_refused(text, field):
    answer = settled(text)
    try:
        after = with_answer(SHEET.encode(), "answers.yaml", ("q1a", field), answer)
    except NotWritten:
        return
    found = read_answers(after, "answers.yaml").answers.get(("q1a", field))
    assert (found.text if found else "") == (as_answer(answer).text if answer else "")
    kept = after.decode().split("\n")
    assert [line for line in kept if "#" in line and "asks" in line] == ["  # asks"]
    assert "q1b: {a: 1, b: , c: 'x'}   # flow" in kept


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"q1a:\n  knob: \xff\xfe\x80\n", "UTF-8"),
        (b"- a\n- b\n", "must hold parts"),
        (b"q1a: 3\n", "q1a must hold fields"),
    ],
)
def test_a_file_that_cannot_be_written_without_harm_is_left_alone(content, why):
    with pytest.raises(NotWritten, match=why):
        with_answer(content, "answers.yaml", ("q1a", "knob"), "x")


def notebook(cells, indent=1, **style):
    listed = [
        {"cell_type": kind, "id": str(n), "metadata": {}, "source": source} for n, (kind, source) in enumerate(cells)
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent, **style)


CELLS = [
    ("markdown", ["# ü\n", 'answers = r"""no"""']),
    ("code", ['answers = r"""\n', "q1a:\n", "  # asks\n", "  knob: raise\n", '"""\n', "check('q1a')"]),
    ("code", "def f():\n    return 1"),
    ("code", 'answers = r"""\nq1b:\n  a:\n"""'),
]


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(("key", "answer"), [(("q1a", "knob"), "4*k"), (("q1b", "a"), "x\ny: ü"), (("q1a", "n"), "1")])
def test_a_notebook_changes_in_one_cell_alone(indent, plain, key, answer):
    before = notebook(CELLS, indent, ensure_ascii=plain)
    after = with_answer(before.encode(), "hw11.ipynb", key, answer).decode()
    assert read_notebook(after.encode(), "hw11.ipynb").answers.answers[key].text == answer
    cells = [["".join(cell["source"]) for cell in json.loads(text)["cells"]] for text in (before, after)]
    assert sum(old != new for old, new in zip(*cells, strict=True)) == 1
    assert json.dumps(json.loads(after), indent=indent, ensure_ascii=plain) == after, "the layout is as it was"


def test_a_notebook_without_the_part_says_what_to_add():
    with pytest.raises(NotWritten, match="add one that begins with"):
        with_answer(notebook(CELLS).encode(), "hw11.ipynb", ("q9", "a"), "1")
