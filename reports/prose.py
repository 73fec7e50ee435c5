"""What authors wrote, as HTML: Markdown with dollar math.

Owns turning prompts, titles and rubrics into markup, once per text. Only for texts from problem files. Raw HTML,
links, pictures and headings are off: a page needs no network, and its outline is its own. Formulas become MathML
that carries its TeX.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from typing import Any

from latex2mathml import converter, exceptions
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

_OFF = ("heading", "lheading", "html_block", "html_inline", "link", "image", "autolink", "reference")
_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_TEX_FAULTS: tuple[type[Exception], ...] = tuple(
    value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, Exception)
)


@lru_cache(maxsize=4096)
def to_html(markdown: str) -> Markup:
    """Paragraphs, lists, code and formulas of one text."""
    return Markup(_glued(_parser().render(markdown)))  # noqa: S704  # raw HTML is off; the parser escapes


@lru_cache(maxsize=4096)
def to_inline_html(markdown: str) -> Markup:
    """One line of text with code and formulas, without a paragraph around it."""
    return Markup(_glued(_parser().renderInline(markdown)))  # noqa: S704


def _glued(html: str) -> str:
    """Keep a comma or full stop on the line of the formula before it."""
    return _BEFORE_A_SIGN.sub(r'<span class="glue">\1\2</span>', html)


_BEFORE_A_SIGN = re.compile(r'(<span class="math inline">(?:(?!</span>).)*</span>)([,.;:?!)])')


def formula(tex: str, *, display: bool = False) -> Markup:
    """One TeX formula as MathML; as code where it cannot be converted to nothing but MathML."""
    try:
        math = converter.convert(tex, display="block" if display else "inline")
    except _TEX_FAULTS:
        math = ""
    if not _is_pure(math):
        return Markup("<code>{}</code>").format(tex)
    return Markup(math.replace(_NAMESPACE, f' alttext="{escape(tex)}"', 1))  # noqa: S704  # pure MathML


def _is_pure(math: str) -> bool:
    r"""Whether there are only MathML's own elements: the converter passes `<` inside `\text` on as it is."""
    tags = re.findall(r"<([^>]*)>?", math)
    bare = re.search(r"&(?!#x?[0-9A-Fa-f]+;|\w+;)", math)
    return bool(tags) and bare is None and all(_TAG.fullmatch(tag) for tag in tags)


_TAG = re.compile(
    r"/?(?:math|m(?:row|i|n|o|text|space|sup|sub|subsup|frac|sqrt|root|over|under|underover|table|tr|td|style|"
    r"padded|phantom|enclose|multiscripts|prescripts))"
    r"(?: [\w:]+=\"[^\"<>]*\")*(?: ?/)?"
)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(list(_OFF))
    dollarmath_plugin(
        parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True, renderer=_render_math
    )
    parser.add_render_rule("math_inline_double", _displayed_in_a_sentence)
    return parser


def _render_math(tex: str, options: dict[str, Any]) -> str:
    return formula(tex, display=bool(options.get("display_mode")))


def _displayed_in_a_sentence(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    """A displayed formula inside a paragraph: a `span`, because a paragraph may hold no `div`."""
    return f'<span class="math block">{formula(tokens[place].content.strip(), display=True)}</span>'
