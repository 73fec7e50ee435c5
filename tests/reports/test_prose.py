from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reports.prose import formula, to_html, to_inline_html

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("*so*", "<p><em>so</em></p>\n"),
        ("`a<b`", "<p><code>a&lt;b</code></p>\n"),
        ("costs \\$5 and \\$6", "<p>costs $5 and $6</p>\n"),
        ("<b onclick=x>no</b>", "<p>&lt;b onclick=x&gt;no&lt;/b&gt;</p>\n"),
        ("[words](https://example.org)", "<p>[words](https://example.org)</p>\n"),
        ("![picture](x.png)", "<p>![picture](x.png)</p>\n"),
        ("# not a heading", "<p># not a heading</p>\n"),
    ],
)
def test_markdown_without_anything_that_reaches_out(markdown: str, html: str) -> None:
    assert to_html(markdown) == html


def test_dollars_hold_formulas_that_carry_their_tex() -> None:
    html = to_html("Let $W_0$ be frozen.")
    assert '<math alttext="W_0"' in html
    assert "<msub><mi>W</mi><mn>0</mn></msub>" in html
    assert "http" not in html


def test_a_displayed_formula_inside_a_paragraph_keeps_the_paragraph_whole() -> None:
    html = to_html("We have\n$$a = b$$\nindeed.")
    assert "<div" not in html
    assert html.count("<p>") == html.count("</p>") == 1
    assert 'display="block"' in html


def test_a_comma_stays_with_its_formula() -> None:
    assert "</math>,</span></span> too" in to_html("for $a$, too")


@pytest.mark.parametrize("tex", [r"\text{<b>bold</b>}", r"\text{<script>x</script>}", r"a & b < c", r"\left( a", "{"])
def test_what_is_not_pure_mathml_becomes_code(tex: str) -> None:
    shown = formula(tex)
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert shown.startswith(("<code>", "<math"))


def test_a_long_formula_may_end_a_line_at_its_signs_and_keeps_its_tex() -> None:
    html = to_html("$W = W_0 + A B + C D + E F G + H I J$")
    assert html.count("<math") == html.count("<wbr>") + 1 > 2
    assert html.count("alttext=") == 1


def test_a_wide_displayed_formula_scrolls_by_keyboard() -> None:
    assert 'tabindex="0"' in to_html("$$a = b c d e f g h i j k l m n o p q r s t u v w x y z$$")
    assert 'tabindex="0"' not in to_html("$$a = b$$")


def test_a_line_has_no_paragraph_around_it() -> None:
    assert to_inline_html("`lora` on *random* inputs") == "<code>lora</code> on <em>random</em> inputs"


@pytest.mark.parametrize("path", sorted((ROOT / "problems").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_formula_of_the_homework_renders(path: Path) -> None:
    for text in _strings(yaml.safe_load(path.read_text(encoding="utf-8"))):
        html = to_html(text)
        assert html.count("alttext=") == html.count('class="math '), f"a formula of {text!r} is not MathML"


def _strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node] if "$" in node else []
    if isinstance(node, dict):
        return [text for value in node.values() for text in _strings(value)]
    return [text for value in node for text in _strings(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("slip", ["&nbsp;", "&#1;", "&#ab;", "&nothing;", "&#xD800;", "& x"])
@pytest.mark.parametrize("rest", ["", " = a + b + c + d + e + f + g + h + i + j + k + l + m"], ids=["short", "long"])
def test_what_mathml_does_not_know_is_shown_as_it_was_typed(slip: str, rest: str) -> None:
    assert formula(rf"\text{{a {slip}}}{rest}").startswith("<code>")
