r"""Binomials as they are written in many schools: `nC2`, `{}_nC_k`, `^nC_2`, `n choose 2`.

`C_n^k` and `C^n_k` are read in opposite ways in different countries, so they stay refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.maths.reading.symbols import Symbols

_ONE = r"[A-Za-z]|\d+"
_SCRIPT = rf"(?:\{{([^{{}}]+)\}}|({_ONE}))"
_GLUED = re.compile(rf"({_ONE})C({_ONE})(?![A-Za-z0-9_(])")
_RAISED = re.compile(rf"(?:\{{\s*\}}\s*)?[_^]\s*{_SCRIPT}\s*\\?(?:mathrm\s*\{{\s*C\s*\}}|C)\s*_\s*{_SCRIPT}")
_CHOOSE = re.compile(rf"({_ONE}|\([^()]*\))\s+choose\s+({_ONE}|\([^()]*\))(?![\w^(])")


class Combination(NamedTuple):
    """Of how many, how many are chosen, each with where it stands; and where the whole ends."""

    whole: tuple[str, int]
    chosen: tuple[str, int]
    stop: int


def read_combination(text: str, place: int, symbols: Symbols) -> Combination | None:
    """The binomial that starts here; None where C is a name of the question, or for anything else."""
    if symbols.find("C") or (place and text[place - 1].isalnum()):
        return None
    found = _GLUED.match(text, place) or _RAISED.match(text, place) or _CHOOSE.match(text, place)
    if not found or (found.re is _GLUED and symbols.find(found.group())):
        return None
    first, second = [number for number in range(1, 1 + found.re.groups) if found.group(number)]
    return Combination(
        (found.group(first), found.start(first)), (found.group(second), found.start(second)), found.end()
    )
