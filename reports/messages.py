"""Messages of checks as sentences on a page.

Owns telling an author's sentences from other messages: an author's may hold formulas; any other message may quote a
student and stays plain text, escaped.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from grader.assignment.model import Part
from grader.files.untrusted_text import shown
from reports.prose import to_inline_html


def sentence(text: str, part: Part, room: int) -> Markup:
    """The message of one of the part's checks, beginning with a capital and cut to `room` characters.

    Escaped, but for the sentence of the author's that it may be or end with; only in that one formulas are rendered.
    """
    ours, authors = _parted(text, part)
    if not authors:
        return _with_code(shown(_begun(text, part), room))
    if not ours:
        return to_inline_html(_begun(text, part))
    return _with_code(shown(_begun(ours, part), room)) + to_inline_html(authors)


def _with_code(text: str) -> Markup:
    """A plain text, escaped, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped just now


def plain_sentence(text: str, part: Part) -> str:
    """The message for a terminal: an author's formulas without their dollar signs."""
    ours, authors = _parted(text, part)
    return ours + undollared(authors)


def undollared(authors: str) -> str:
    """An author's text with its formulas as plain text."""
    return re.sub(r"(?<!\\)\$", "", authors)


def _parted(text: str, part: Part) -> tuple[str, str]:
    """A message split into its beginning and the author's sentence at its end; either may be empty."""
    authors = next((says for says in _author_says(part) if text.endswith(says)), "")
    return text.removesuffix(authors), authors


def _author_says(part: Part) -> list[str]:
    """Every sentence that an author wrote for a part, the longest first."""
    return sorted({says for check in part.checks for says in check.sentences()}, key=len, reverse=True)


def _begun(text: str, part: Part) -> str:
    """The text beginning with a capital, unless its first word is a name of the part's or not a plain word."""
    first = re.match(r"[a-z]+(?=[ :,])", text)
    return text if first is None or first[0] in _names(part) else text[0].upper() + text[1:]


def _names(part: Part) -> set[str]:
    """What the part's author calls things: symbols, functions and their methods, and whatever its checks name."""
    functions = part.spec.functions
    bare = (word for name in functions for word in name.split("."))
    methods = (method for function in functions.values() for method in function.methods)
    return {*part.symbols, *bare, *methods, *(name for check in part.checks for name in check.named())}
