r"""A run of whole numbers said by its ends: `[50, 72)`, `t ∈ [50, 71]`, `{t : 50 ≤ t ≤ 71}`, `t ≥ 50 and t ≤ 71`.

A bare `[50, 71]` may be two numbers or all of them, and `(49, 72)` a pair: both are asked back.
"""

from __future__ import annotations

import re

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.tree import Listing, Span

_INDEX = r"(?:\s*[a-z]+\s*|[a-z])"
_WHOLE = r"(?:\\mathbb\s*\{?\s*[NZ]\s*\}?|[ℕℤNZ])(?:_0|_\{0\}|\^\+)?"
_ELEMENT = r"(?:∈|\\in(?![a-z])|\bin\b)"
_LE, _GE = r"(?:≤|⩽|<=|<|\\leqslant|\\leq?|\\lt)", r"(?:≥|⩾|>=|>|\\geqslant|\\geq?|\\gt)"
_AND = r"(?:,|;|&|∧|\\wedge|\\land|\band\b)"
_SUCH = rf"\\?\{{\s*[a-z]\s*(?:{_ELEMENT}\s*{_WHOLE}\s*)?(?:\||:|\\mid)\s*"
_TAIL = rf"\s*(?:,?\s*[a-z]\s*{_ELEMENT}\s*{_WHOLE}|(?:∩|\\cap)\s*{_WHOLE})?\s*(?:\\?\}})?[\s.$]*"
_NUMBER = r"([-−]?\d{1,7})"
_BETWEEN = re.compile(rf"\s*(?:{_SUCH})?{_NUMBER}\s*({_LE})\s*{_INDEX}\s*({_LE})\s*{_NUMBER}{_TAIL}")
_BOTH = re.compile(
    rf"\s*(?:{_SUCH})?([a-z])\s*({_GE}|{_LE})\s*{_NUMBER}\s*{_AND}\s*\1\s*({_GE}|{_LE})\s*{_NUMBER}{_TAIL}"
)
_INTERVAL = re.compile(
    rf"\s*((?:[a-z]+|[a-z]_?\w?)\s*{_ELEMENT}\s*)?(?:\\left\s*)?([\[(\]])\s*{_NUMBER}\s*[,;]\s*{_NUMBER}\s*(?:\\right\s*)?([\])\[])"
    rf"(\s*,?\s*\(?(?:inclusive|both included|(?:∩|\\cap)\s*{_WHOLE})\)?)?[\s.$]*"
)
_RANGE = re.compile(
    r"\s*(?:list\(|set\()?(?:np\.a)?range\(\s*(?:(-?\d{1,7})\s*,\s*)?(-?\d{1,7})\s*(?:,\s*(-?[1-9]\d{0,6})\s*)?\)\)?\s*"
)
_MOST_STEPS = 1_000
_COUNT = re.compile(r"\s*\(\s*(\d{1,6})\s+[a-z]+(?:\s+[a-z]+)?\s*\)[\s.]*$")


def read_run(text: str) -> Listing | None:
    """The run that the text as a whole says by its ends; None where it is written in another way.

    Raises:
        Unreadable: an interval that may mean two things.
    """
    if between := _BETWEEN.fullmatch(text):
        first, low, high, last = between.groups()
        return _run(_number(first) + _strict(low), _number(last) - _strict(high))
    if both := _BOTH.fullmatch(text):
        return _bounded(both)
    if python := _RANGE.fullmatch(text):
        return _stepped(range(int(python.group(1) or 0), int(python.group(2)), int(python.group(3) or 1)))
    if interval := _INTERVAL.fullmatch(text):
        return _interval(interval)
    return None


def _stepped(values: range) -> Listing | None:
    """The values of Python's `range`, which leaves out its end."""
    if values.step == 1:
        return _run(values.start, values.stop - 1)
    return Listing(tuple(Span(value, value, 1) for value in values), 1) if len(values) <= _MOST_STEPS else None


def without_count(text: str) -> tuple[str, int | None]:
    """The text without a count in brackets behind it (`50-71 (22 outputs)`), and that count."""
    found = _COUNT.search(text)
    return (text[: found.start()], int(found.group(1))) if found else (text, None)


def _interval(found: re.Match[str]) -> Listing | None:
    named, opening, closing, said = found.group(1), found.group(2), found.group(5), found.group(6)
    first, last = _number(found.group(3)), _number(found.group(4))
    half_open = (opening == "[") != (closing == "]")
    if opening == "(" and closing == ")" and not named and not said:
        between = f" or {first + 1}-{last - 1}" if first + 1 < last - 1 else ""
        raise Unreadable(f"a pair, or an interval? write {{{first}, {last}}}{between}", 1)
    if not named and not said and not half_open and last - first > 1:
        raise Unreadable(f"two numbers, or all from {first} to {last}? write {{{first}, {last}}} or {first}-{last}", 1)
    return _run(first + (opening != "["), last - (closing != "]"))


def _bounded(found: re.Match[str]) -> Listing:
    _, sign, bound, other_sign, other = found.groups()
    ends = [(sign, _number(bound)), (other_sign, _number(other))]
    above = [value + _strict(sign) for sign, value in ends if re.fullmatch(_GE, sign)]
    below = [value - _strict(sign) for sign, value in ends if not re.fullmatch(_GE, sign)]
    if len(above) != 1:
        raise Unreadable("both ends are on one side: give the first and the last number, as in 3-7", 1)
    return _run(above[0], below[0])


def _run(first: int, last: int) -> Listing:
    return Listing((Span(first, last, 1),), 1) if first <= last else Listing((), 1)


def _number(text: str) -> int:
    return int(text.replace("−", "-"))


def _strict(sign: str) -> int:
    return sign in ("<", ">", "\\lt", "\\gt")
