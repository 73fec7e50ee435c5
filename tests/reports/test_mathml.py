from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import mathml
from reports.mathml import to_mathml
from reports.width import is_wide

SYMBOLS: Mapping[str, object] = {
    "k": {"positive": True, "integer": True},
    "m": {"positive": True, "integer": True},
    "l": {"positive": True, "integer": True},
    "alpha": {"positive": True},
    "C_0": {"positive": True},
    "N_opt": {"positive": True},
    "A": {"matrix": ["m", "k"]},
    "B": {"matrix": ["k", "l"]},
    "W_OV1": {"matrix": ["m", "m"]},
}


def drawn(reading: str) -> str:
    """The drawing without rows, which group but show nothing."""
    found = to_mathml(reading, SYMBOLS)
    return re.sub(r"</?mrow>|</?math[^>]*>| stretchy=\"true\"", "", found)


@pytest.mark.parametrize(
    ("reading", "math"),
    [
        ("k", "<mi>k</mi>"),
        ("alpha", "<mi>α</mi>"),
        ("C_0", "<msub><mi>C</mi><mn>0</mn></msub>"),
        ("N_opt", "<msub><mi>N</mi><mi>opt</mi></msub>"),
        ("W_OV1", "<msub><mi>W</mi><mi>OV1</mi></msub>"),
        ("12", "<mn>12</mn>"),
        ("150000", "<mn>150\u2009000</mn>"),
        ("2e9", "<mn>2</mn><mo>⋅</mo><msup><mn>10</mn><mn>9</mn></msup>"),
        ("1e-3", "<msup><mn>10</mn><mo>−</mo><mn>3</mn></msup>"),
        ("k*m", "<mi>k</mi><mo>⋅</mo><mi>m</mi>"),
        ("k m", '<mi>k</mi><mspace width="0.17em"/><mi>m</mi>'),
        ("k 2", "<mi>k</mi><mo>⋅</mo><mn>2</mn>"),
        ("k*(m+l)", "<mi>k</mi><mo>⋅</mo><mo>(</mo><mi>m</mi><mo>+</mo><mi>l</mi><mo>)</mo>"),
        ("(((k)))", "<mi>k</mi>"),
        ("k/m", "<mfrac><mi>k</mi><mi>m</mi></mfrac>"),
        ("1/2*k", "<mfrac><mn>1</mn><mn>2</mn></mfrac><mo>⋅</mo><mi>k</mi>"),
        ("(k/m)^2", "<msup><mo>(</mo><mfrac><mi>k</mi><mi>m</mi></mfrac><mo>)</mo><mn>2</mn></msup>"),
        ("-2^2", '<mo form="prefix">−</mo><msup><mn>2</mn><mn>2</mn></msup>'),
        ("k - (m - l)", "<mi>k</mi><mo>−</mo><mo>(</mo><mi>m</mi><mo>−</mo><mi>l</mi><mo>)</mo>"),
        ("k + -m", '<mi>k</mi><mo>+</mo><mo>(</mo><mo form="prefix">−</mo><mi>m</mi><mo>)</mo>'),
        ("k*(-m)", '<mi>k</mi><mo>⋅</mo><mo>(</mo><mo form="prefix">−</mo><mi>m</mi><mo>)</mo>'),
        ("transpose(A)*B", "<msup><mi>A</mi><mo>⊤</mo></msup><mo>⋅</mo><mi>B</mi>"),
        ("sqrt(k)", "<msqrt><mi>k</mi></msqrt>"),
        ("log(k)", "<mi>ln</mi><mo>(</mo><mi>k</mi><mo>)</mo>"),
        ("log(k, 2)", "<msub><mi>log</mi><mn>2</mn></msub><mo>(</mo><mi>k</mi><mo>)</mo>"),
        ("floor(k)", "<mo>⌊</mo><mi>k</mi><mo>⌋</mo>"),
        ("round(k)", "<mi>round</mi><mo>(</mo><mi>k</mi><mo>)</mo>"),
        ("norm(A, 2)", "<msub><mo>‖</mo><mi>A</mi><mo>‖</mo><mi>F</mi></msub>"),
        ("norm(A, 1)", "<msub><mo>‖</mo><mi>A</mi><mo>‖</mo><mn>1</mn></msub>"),
        ("m = k", "<mi>m</mi><mo>=</mo><mi>k</mi>"),
        ("2 GB", '<mn>2</mn><mspace width="0.17em"/><mi mathvariant="normal">GB</mi>'),
        ("1.03 %", "<mn>1.03</mn><mo>%</mo>"),
    ],
)
def test_a_reading_is_drawn_in_the_order_in_which_it_was_written(reading: str, math: str) -> None:
    assert drawn(reading) == math


@pytest.mark.parametrize("arguments", ["k", "k, m", "k, m, l"])
@pytest.mark.parametrize("name", ["root", "sqrt", "cbrt", "kron", "inverse", "binomial", "factorial", "norm"])
def test_a_declared_function_may_have_any_name(name: str, arguments: str) -> None:
    symbols = {**SYMBOLS, name: {"function": True}}
    assert all(f"<mi>{letter}</mi>" in to_mathml(f"{name}({arguments})", symbols) for letter in arguments.split(", "))


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "k <b>", "</math><img src=x>", "k &amp; m", "", "}{", f"{{1..{'9' * 5_000}}}"]
    + [opening * 3_000 + "k" + closing * 3_000 for opening, closing in ("()", "{}", ("O(", ")"), ("", "!"), ("-", ""))]
    + ["k" + "!" * 395, "O(O(k))"],
    ids=lambda text: text[:12],
)
def test_what_is_no_formula_is_shown_as_escaped_text(text: str) -> None:
    shown = to_mathml(text, SYMBOLS)
    assert shown.startswith("<code>")
    assert shown.count("<") == 2


@pytest.mark.parametrize(
    ("reading", "pieces"),
    [
        ("k*m", 1),
        ("k*m*l*k*m*l*k*m*l", 9),
        ("k + m - l*k + m*m*m*m", 8),
        ("N_opt = k*(m + l)^2", 3),
        ("k*m*l + (-m)*k*l", 4),
        ("(k+m+l)/(k*m*l+k)", 1),
    ],
)
def test_long_formulas_are_cut_where_a_line_may_end(reading: str, pieces: int) -> None:
    assert to_mathml(reading, SYMBOLS).count("<math ") == pieces


@pytest.mark.parametrize(
    "opening",
    ["factorial(", "(sum_{i=1}^{k} ", "(prod_{i=1}^{k} ", "(lim_{i -> 0} ", "(d/dk ", "floor(", "(k - ", "-("],
)
def test_each_part_is_drawn_once_however_deep_it_stands(opening: str, monkeypatch: pytest.MonkeyPatch) -> None:
    depth, drawn = 14, []
    draw = mathml._draw
    monkeypatch.setattr(mathml, "_draw", lambda node: (drawn.append(node), draw(node))[1])
    assert mathml.to_mathml(opening * depth + "k" + ")" * depth, SYMBOLS).startswith("<math")
    assert len(drawn) <= 5 * depth


def test_only_what_may_not_fit_a_phone_scrolls() -> None:
    assert not is_wide(to_mathml("k*m*l*k*m*l*k*m*l*k*m*l*k*m*l", SYMBOLS))
    assert is_wide(to_mathml("(k*m*l*k*m*l*k*m*l+k*m*l*k*m*l)/2", SYMBOLS))


@given(st.text(st.sampled_from("kml0123456789.+-*/^() =_ABαlogsqrt,<>&\"'{}\\%"), max_size=30))
def test_whatever_the_reading_the_markup_is_whole_and_holds_nothing_foreign(text: str) -> None:
    root = ElementTree.fromstring(f"<p>{to_mathml(text, SYMBOLS)}</p>".replace("<wbr>", ""))
    allowed = {"p", "math", "code", "mrow", "mi", "mn", "mo", "msup", "msub", "mfrac", "msqrt", "mroot", "mspace"}
    assert {element.tag for element in root.iter()} <= allowed
    attributes = {name for element in root.iter() for name in element.attrib}
    assert attributes <= {"alttext", "displaystyle", "stretchy", "form", "width", "mathvariant", "linethickness"}
