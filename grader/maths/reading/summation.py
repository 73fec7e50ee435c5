r"""Running sums: the limits of `\sum_{j=1}^{3}`, and names that carry its index (`a_j X_j`).

Owns what an index means at each of its values. Writing the sum out is `operands.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.maths.reading.names import Piece, read_word
from grader.maths.reading.symbols import Symbols

MAX_TERMS = 20
_LIMITS = re.compile(
    r"\s*_\s*(?:\{\s*([A-Za-z])\s*=\s*(\d{1,4})\s*\}|([A-Za-z])=(\d{1,4}))\s*\^\s*(?:\{\s*(\d{1,4})\s*\}|(\d{1,2}))",
    re.ASCII,
)
_ALONE = re.compile(r"\s*_\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z]))(?!\s*[\^=])")


@dataclass(frozen=True, slots=True)
class SumIndex:
    """The index of a sum, what it runs through, and where its limits end in the text."""

    name: str
    values: tuple[str, ...]
    stop: int


def has_limits(text: str, place: int) -> bool:
    """Whether limits that can be read stand here, or an index alone."""
    return bool(_LIMITS.match(text, place) or _ALONE.match(text, place))


def read_index(text: str, place: int, symbols: Symbols) -> SumIndex | None:
    """An index without limits, which runs through the numbers of the declared names that carry it."""
    found = _ALONE.match(text, place)
    if not found:
        return None
    name = found.group(1) or found.group(2)
    carriers = {base for base, _ in _carriers(text[found.end() :], name)}
    ranges = set()
    for base in carriers:
        numbers = {
            int(match.group(1)) for key in symbols.by_name if (match := re.fullmatch(rf"{base}_?(\d{{1,2}})", key))
        }
        if numbers:
            ranges.add((min(numbers), max(numbers), len(numbers)))
    if len(ranges) != 1 or (first_last := ranges.pop())[1] - first_last[0] + 1 != first_last[2]:
        return None
    return SumIndex(name, tuple(str(value) for value in range(first_last[0], first_last[1] + 1)), found.end())


def _carriers(text: str, index: str) -> list[tuple[str, str]]:
    return re.findall(rf"([A-Za-z]+)\s*([_^])\s*\{{?\s*\(?{index}(?![A-Za-z])", text)


def carries(text: str, index: SumIndex, symbols: Symbols) -> bool:
    """Whether a declared name behind the limits carries the index, so that the sum has to be written out."""
    bases = {re.sub(r"[_^]?\d+$", "", name) for name in symbols.by_name if name[-1:].isdigit()}
    found = [base for base, _ in _carriers(text[index.stop :], index.name)]
    return any(base in bases or any(base.endswith(name) for name in bases) for base in found)


def read_limits(text: str, place: int) -> SumIndex | None:
    """The limits that stand behind a sign of a sum, where they are whole numbers and not too far apart."""
    limits = _LIMITS.match(text, place)
    if not limits:
        return None
    first = int(limits.group(2) or limits.group(4))
    last = int(limits.group(5) or limits.group(6))
    if not 0 <= last - first < MAX_TERMS:
        return None
    values = tuple(str(value) for value in range(first, last + 1))
    return SumIndex(limits.group(1) or limits.group(3), values, limits.end())


def running_pieces(text: str, start: int, symbols: Symbols, index: SumIndex) -> tuple[list[tuple[Piece, ...]], int]:
    """The pieces of a run of letters that carries the index, each at every value, and where the run ends.

    No pieces, and the place where it starts, for a run that does not carry it.
    """
    plain, stop = read_word(text, start, symbols)
    if text[start:stop] == index.name and plain is None:
        return [tuple(Piece("number", value, start, stop) for value in index.values)], stop
    runs = [read_word(text, start, symbols, {index.name: value})[0] for value in index.values]
    if any(run is None for run in runs) or all(run == plain for run in runs):
        return [], start
    rows = list(zip(*(run for run in runs if run is not None), strict=True))
    return rows, rows[-1][0].end
