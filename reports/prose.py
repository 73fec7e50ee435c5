"""Authors' texts as HTML: Markdown with dollar math.

Owns rendering prompts, titles and rubrics, each text once. For texts from problem files only, never for a student's.
Raw HTML, links, images and headings are off, because a page loads nothing and has its own outline. Formulas become
MathML with the TeX as their alternative text.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reports.width import SHORT, is_wide, width

if TYPE_CHECKING:  # a terminal needs neither, and they take as long to import as a student waits for
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_OFF = ("heading", "lheading", "html_block", "html_inline", "link", "image", "autolink", "reference")
_LINE_MAY_END = frozenset("=,+−-∈≤≥<>≈")
_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


@lru_cache(maxsize=4096)
def to_html(markdown: str) -> Markup:
    """A text with paragraphs, lists, code and formulas."""
    return Markup(_glued(_parser().render(markdown)))  # noqa: S704  # raw HTML is off; the parser escapes


@lru_cache(maxsize=4096)
def to_inline_html(markdown: str) -> Markup:
    """One line of text with code and formulas, without a paragraph around it."""
    return Markup(_glued(_parser().renderInline(markdown)))  # noqa: S704


def _glued(html: str) -> str:
    """The HTML with each punctuation mark kept on the line of the formula before it."""
    return _BEFORE_A_SIGN.sub(r'<span class="glue">\1\2</span></span>', html)


_BEFORE_A_SIGN = re.compile(r"(<math(?:(?!</math>).)*</math>)</span>([,.;:?!)])", re.DOTALL)


def formula(tex: str, *, display: bool = False) -> Markup:
    """One TeX formula as MathML; as `<code>` if the conversion fails or gives anything else than MathML."""
    from latex2mathml import converter

    try:
        math = converter.convert(_paired(tex), display="block" if display else "inline")
    except _tex_faults():
        math = ""
    if not _is_pure(math):
        return Markup("<code>{}</code>").format(tex)
    math = _LETTERS.sub(_word, _UPRIGHT.sub(_word, math))
    math = math.replace(_NAMESPACE, f' alttext="{escape(tex)}"', 1)
    return Markup(math if display else _breakable(math))  # noqa: S704  # pure MathML


def _word(found: re.Match[str]) -> str:
    """Letters as one upright word, as readings are drawn: `q_{min}`; but the indices of `A_{ij}` stay two."""
    letters = re.sub(r"<[^>]*>", "", found["letters"])
    indices = found["base"] and len(letters) <= 2 and set(letters) <= _INDICES
    return found[0] if indices else f"{found['base'] or ''}<mrow><mi>{letters}</mi></mrow>"


_LETTERS = re.compile(r"(?P<base><msub(?:sup)?><mi[^>]*>[^<]*</mi>)<mrow>(?P<letters>(?:<mi>[A-Za-z]</mi>){2,})</mrow>")
_UPRIGHT = re.compile(r"(?P<base>)<mrow>(?P<letters>(?:<mi mathvariant=\"normal\">[A-Za-z]</mi>){2,})</mrow>")
_INDICES = frozenset("ijklmnhst")


@cache
def _tex_faults() -> tuple[type[Exception], ...]:
    """What the converter raises; its exceptions share no base."""
    from latex2mathml import exceptions

    return tuple(one for one in vars(exceptions).values() if isinstance(one, type) and issubclass(one, Exception))


def _paired(tex: str) -> str:
    r"""`\lVert x \rVert^2` with bars that belong together, so that the power is one of all that stands between them."""
    for opening, closing in (("lVert", "rVert"), ("lvert", "rvert")):
        ends = re.findall(rf"(?<!\\left)(?<!\\right)\\({opening}|{closing})(?![A-Za-z])", tex)
        if ends == [opening, closing] * (len(ends) // 2):
            tex = re.sub(rf"(?<!\\left)\\{opening}(?![A-Za-z])", rf"\\left\\{opening}", tex)
            tex = re.sub(rf"(?<!\\right)\\{closing}(?![A-Za-z])", rf"\\right\\{closing}", tex)
    return tex


def _breakable(math: str) -> str:
    """A long formula as several elements, because browsers break lines only between them. The first has the TeX."""
    opening, row, rest = math.partition("<mrow>")
    inside = rest.removesuffix("</mrow></math>")
    if not row or width(inside) <= SHORT:
        return math
    root = ElementTree.fromstring(f"<mrow>{inside}</mrow>")  # noqa: S314  # our own converter's output
    pieces = [""]
    for child in root:
        ends = child.tag == "mo" and child.text in _LINE_MAY_END
        if child.tag == "mo" and child.text in _LINE_MAY_END - {","}:
            child.set("form", "infix")
        pieces[-1] += ElementTree.tostring(child, encoding="unicode")
        if ends:
            pieces.append("")
    whole = [f"<math><mrow>{piece}</mrow></math>" for piece in pieces[1:] if piece]
    return "<wbr>".join([f"{opening}<mrow>{pieces[0]}</mrow></math>", *whole])


def _is_pure(math: str) -> bool:
    r"""Whether there are only MathML elements, because the converter does not escape `<` inside `\text`."""
    try:
        ElementTree.fromstring(math)  # noqa: S314  # our own converter's output
    except ElementTree.ParseError:
        return False
    return all(_TAG.fullmatch(tag) for tag in re.findall(r"<([^>]*)>?", math))


_TAG = re.compile(
    r"/?(?:math|m(?:row|i|n|o|text|space|sup|sub|subsup|frac|sqrt|root|over|under|underover|table|tr|td|style|"
    r"padded|phantom|enclose|multiscripts|prescripts))"
    r"(?: [\w:]+=\"[^\"<>]*\")*(?: ?/)?"
)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(list(_OFF))
    dollarmath_plugin(
        parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True, renderer=_render_math
    )
    for rule in ("math_inline_double", "math_block"):
        parser.add_render_rule(rule, _displayed)
    return parser


def _render_math(tex: str, _options: dict[str, Any]) -> str:
    return formula(tex)


def _displayed(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    """A displayed formula, in a `span`, because it may be inside a paragraph. A wide one can be scrolled."""
    math = formula(tokens[place].content.strip(), display=True)
    scrolls = ' tabindex="0" role="group" aria-label="Formula"' if is_wide(math) else ""
    return f'<span class="math block"{scrolls}>{math}</span>'
