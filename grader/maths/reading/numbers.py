"""Literal numbers: grouped digits, decimals, powers of ten behind an `e`, and what is refused about them."""

from __future__ import annotations

import re
from collections.abc import Container

from grader.maths.reading.errors import Unreadable

MAX_DIGITS = 40
MAX_EXPONENT = 1_000

_THIN = "\u00a0\u2009\u202f\u2007"
_PLAIN = r"(?:\d+(?:\.(?!\.)\d*)?|\.\d+)"
_NUMBER = re.compile(_PLAIN, re.ASCII)
_GROUPED = re.compile(rf"\d{{1,3}}(?:(?:\{{,\}}|,\\!|\\,|\\;|_|'|[{_THIN}])\d{{3}})+(?!\d)(?:\.\d+)?", re.ASCII)
_COMMAS = re.compile(r"(?!0)\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?", re.ASCII)
_SPACE = rf"(?: |\\,|[{_THIN}])"
_SPACED = re.compile(
    rf"(?!0)\d{{1,3}}(?: \d{{3}})+(?!\d)(?:\.\d+)?|\d{{1,3}}(?:{_SPACE}\d{{3}})*\.\d{{3}}(?:{_SPACE}\d{{3}})+(?![\d.])",
    re.ASCII,
)
_POWER_OF_TEN = re.compile(r"[eE]([+-]?\d+)(?![\w.])", re.ASCII)
_POWER_BEFORE_UNIT = re.compile(r"[eE]([+-]?\d+)(?![\d.])", re.ASCII)
"""Where amounts are read, a unit may follow without a space: `2e9B`."""


def read_number(
    text: str, place: int, *, commas: bool, spaces: bool, alone: bool, names: Container[str]
) -> tuple[str, int]:
    """Read the number that starts at a digit or a decimal point.

    Args:
        text: the whole answer.
        place: where it starts.
        commas: whether commas may group thousands; not among the arguments of a function.
        spaces: whether spaces may group thousands.
        alone: whether a comma that groups nothing can only be a slip.
        names: letters that mean something else than a power of ten.

    Returns:
        The number as `Fraction` reads it, and where it ends.

    Raises:
        Unreadable: too long, or not clear.
    """
    found = _SPACED.match(text, place) if spaces else None
    found = found or _GROUPED.match(text, place) or (_COMMAS.match(text, place) if commas else None)
    found = found or _NUMBER.match(text, place)
    if found is None:
        raise Unreadable("a number is not complete", place + 1)
    digits, stop = re.sub(r"[^\d.]", "", found.group()), found.end()
    if alone and re.match(r",\d", text[stop : stop + 2]):
        raise Unreadable("a comma inside a number: write 0.5 for a half, 2000 or 2,000 for thousands", stop + 1)
    if len(digits) > MAX_DIGITS + 1:
        raise Unreadable(f"a number of more than {MAX_DIGITS} digits", place + 1)
    power = (_POWER_BEFORE_UNIT if spaces else _POWER_OF_TEN).match(text, stop)
    if not power:
        return digits, stop
    if text[stop] in names:
        raise Unreadable(f"{text[stop]} is a name here: write 10^{power.group(1)} or put a * around it", stop + 1)
    if len(power.group(1)) > 6 or abs(int(power.group(1))) > MAX_EXPONENT:
        raise Unreadable(f"a power of ten beyond {MAX_EXPONENT}", stop + 1)
    return f"{digits}e{int(power.group(1))}", power.end()
