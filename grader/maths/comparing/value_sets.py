"""When two sets of values are the same: each value equals one of the other.

How they are read belongs to `reading/listed_values`.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.scalars import compare
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.listed_values import MOST_VALUES
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Listing, Node, Span


def same_values(expected: Listing, answer: Listing, symbols: Symbols, seed: int) -> Comparison:
    """Whether every value of one set is one of the other, and the other way round."""
    one, other = (list(_items(listing)) for listing in (expected, answer))
    whole = Comparison("equal", "identical")
    for values, others in ((one, other), (other, one)):
        for value in values:
            found = [compare(value, candidate, symbols, seed) for candidate in others]
            equal = next((result for result in found if result.verdict == "equal"), None)
            if equal is None:
                unsettled = next((result for result in found if result.verdict == "undecided"), None)
                return unsettled or Comparison("different", "refuted")
            whole = equal
    return whole


def _items(listing: Listing) -> Iterator[Node]:
    for item in listing.items:
        if isinstance(item, Span) and item.last - item.first > MOST_VALUES:
            raise Unreadable(f"more than {MOST_VALUES} values", item.column)
        if isinstance(item, Span):
            yield from (parse(str(value), Symbols()) for value in range(item.first, item.last + 1))
        else:
            yield item
