"""Labels: `N_opt = …` in front of an answer, taken off where it names what is asked.

A label that names something else is not taken off: then the answer is a chain, or it is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.maths.nodes import Name
from grader.maths.parse import parse, without_frame
from grader.maths.symbols import GREEK, Symbols, spelling_key
from grader.maths.unreadable import Unreadable

_SPLIT = re.compile(r":=|(?<![<>!~=:≤≥])=(?!=)|≈|\\approx(?![A-Za-z])|(?<![=<>]):(?!=)|(?<=\w)\s*~\s*(?=[\d.])")
_LETTERS = "A-Za-z" + "".join(GREEK)
_NAME = rf"[{_LETTERS}](?:[\w{_LETTERS}*']|[{{}}^\\](?=[\w{{}}\\*]))*\}}*"
_SIMPLE = re.compile(rf"\\?{_NAME}(?:\s*\(\s*\w[\w,\s]*\))?")
_DERIVATIVE = re.compile(
    rf"(?:\\[td]?frac\s*\{{\s*)?(?:d|∂|\\partial|\\mathrm\{{d\}})\s*\\?(?:mathcal)?\{{?(\w*)\}}?(?:\(\w+\))?\s*"
    rf"(?:\}}\s*\{{|/)\s*(?:d|∂|\\partial|\\mathrm\{{d\}})\s*\\?({_NAME})\s*\}}?"
)
_GRADIENT = re.compile(rf"(?:∇|\\nabla)\s*_?\s*\{{?\\?([{_LETTERS}](?:_?\w)*)\}}?\s*\\?(?:mathcal)?\{{?\w?\}}?")
_STARRED = re.compile(r"(?:\^?\{?(?:\*|\\star|\\ast|')\}?)$")
_WORDS = re.compile(r"[\w ]+")


def take_label(
    text: str, asked: str | None, labels: Sequence[str] | None, symbols: Symbols, used: frozenset[str]
) -> str:
    """Blank out a label in front, so that columns stay.

    Args:
        text: the answer as typed.
        asked: the name of the field; None where it is unknown.
        labels: other names that mean the same; None accepts any name that is no part of the right answer.
            Without it a symbol of the question that the right answer does not hold is taken off too, unless
            what is asked is a symbol of its own.
        symbols: the question's symbols.
        used: names that the right answer holds.

    Raises:
        Unreadable: the label names something that is not asked.
    """
    text = without_frame(text)
    opening = len(text) - len(text.lstrip(" $"))
    split = next((found for found in _SPLIT.finditer(text, opening + 1) if _open(text, found.start())), None)
    if not split:
        return text
    left = text[opening : split.start()].strip().removeprefix("\\(").strip()
    if not left or len(left) > 80:
        return text
    left = _STARRED.sub("", left)
    meant = _meanings(left)
    accepted = [spelling_key(name).lower() for name in (*([asked] if asked else []), *(labels or ()))]
    if any(spelling_key(name).lower() in accepted for name in meant):
        return _blanked(text, opening, split.end())
    if not meant or _is_formula(left, symbols, used):
        return text
    a_symbol = symbols.find(left) is not None and (asked is None or symbols.find(asked) is None)
    if labels is None or asked is None or a_symbol:
        return _blanked(text, opening, split.end())
    raise Unreadable(f"{left!r} is not what this field asks for: give {asked} alone", opening + 1)


def _open(text: str, place: int) -> bool:
    """Whether a place lies inside no bracket, so that `sum_{j=1}` has no label."""
    return all(text.count(pair[0], 0, place) == text.count(pair[1], 0, place) for pair in ("()", "{}", "[]"))


def _is_formula(left: str, symbols: Symbols, used: frozenset[str]) -> bool:
    """Whether a left side is mathematics of this question, and so a member of a chain."""
    try:
        node = parse(left, symbols)
    except Unreadable:
        return False
    return not isinstance(node, Name) or node.name in used


def _meanings(left: str) -> list[str]:
    """The field names that a left side may stand for; none where it is no label at all."""
    derivative = _DERIVATIVE.fullmatch(left)
    if derivative:
        function, variable = derivative.group(1), derivative.group(2)
        return [f"d{function}_d{variable}", f"grad_{variable}", f"d{variable}", f"d{function}d{variable}"]
    gradient = _GRADIENT.fullmatch(left)
    if gradient:
        return [f"grad_{gradient.group(1)}"]
    if _SIMPLE.fullmatch(left):
        bare = left.partition("(")[0].strip()
        argument = re.sub(r"[()\s]", "", left[len(bare) :])
        return [bare, f"{bare}_of_{argument}"] if argument else [bare]
    if _WORDS.fullmatch(left) and left[0].isalpha():
        return [left.replace(" ", "_")]
    return []


def _blanked(text: str, start: int, stop: int) -> str:
    return text[:start] + " " * (stop - start) + text[stop:]
