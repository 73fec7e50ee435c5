from __future__ import annotations

import pytest
from markupsafe import escape

from grader.assignment.model import Assignment
from reports.messages import sentence

SAYS = "this is half the perimeter and not $a b$"


@pytest.mark.parametrize("before", ["", "the values differ — ", "in <b>: "])
def test_only_the_author_s_sentence_holds_formulas(before: str, assignment: Assignment) -> None:
    part = next(iter(assignment.parts))
    html = str(escape(sentence(before + SAYS, part, 200)))
    assert "<math" in html
    assert "<b>" not in html


@pytest.mark.parametrize("text", ["$a b$", SAYS + " or so", "**bold** <b>", "x $a b$ this is half the perimeter"])
def test_any_other_message_stays_plain(text: str, assignment: Assignment) -> None:
    shown = sentence(text, next(iter(assignment.parts)), 200)
    assert str(shown).lower() == str(escape(text)).lower()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Draw from `generator` alone", "Draw from <code>generator</code> alone"),
        ("No `<b>` & no `", "No <code>&lt;b&gt;</code> &amp; no `"),
        ("`</code><script>` x", "<code>&lt;/code&gt;&lt;script&gt;</code> x"),
        ("`a$b$`", "<code>a$b$</code>"),
    ],
)
def test_what_stands_between_backticks_is_code_and_stays_escaped(text: str, html: str, assignment: Assignment) -> None:
    assert sentence(text, next(iter(assignment.parts)), 200) == html


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("not equal: at a = 2", "Not equal: at a = 2"),
        ("a is missing", "a is missing"),
        ("area comes first", "area comes first"),
        ("'q' is no name", "'q' is no name"),
        ("q_min is not", "q_min is not"),
        ("shapes is used (a.py:1)", "shapes is used (a.py:1)"),
        ("x is nan", "x is nan"),
        ("squares are here", "Squares are here"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_with_a_name(text: str, begun: str, assignment: Assignment) -> None:
    assert sentence(text, next(iter(assignment.parts)), 200) == escape(begun)


@pytest.mark.parametrize("text", ["square is here twice", "circle, which is no option", "corners: 4", "shape is wrong"])
def test_options_and_fields_stay_as_they_are_written(text: str, assignment: Assignment) -> None:
    assert sentence(text, list(assignment.parts)[1], 200) == text
