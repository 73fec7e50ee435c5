r"""Names that are told apart by numbers, in a sum over their number: `\sum_{j=1}^{3} a_j X_j` of `a_1`, `X_1`, `a_2` ….

Owns how such a name is spelled with the index in the place of its number, and the sum written out term by term.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from grader.maths.reading.bound_names import with_index
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.size_limits import rough
from grader.maths.reading.symbols import Symbol, Symbols, spelling_key
from grader.maths.reading.tree import BINDERS, Binary, Call, Name, Node, calls, literal, names, rebuild, walk

_NUMBER = re.compile(r"\d+$")
_MOST = 100
"""Numbers of names, from 0 on."""
_MAX_NODES = 2_000
Families = Mapping[str, Mapping[int, str]]
"""What stands in front of a number (`x_`, `W^_`) → the declared names by their numbers."""


def with_numbered(symbols: Symbols, index: str) -> Symbols:
    """The symbols of a question, the index of a sum, and names that carry it in the place of their number."""
    running: dict[str, Symbol] = {}
    for symbol in symbols.by_name.values():
        keys = [spelling_key(text) for text in (symbol.name, *symbol.aliases)]
        carrying = [_NUMBER.sub(f"_{index}", key) for key in keys]
        name = carrying[0]
        if name != keys[0] and not symbol.function and symbols.find(name) is None:
            aliases = tuple(spelling.replace("^_", "^") for spelling in carrying)
            running[name] = replace(symbol, name=name, aliases=aliases, numbered=True)
    return with_index(replace(symbols, by_name={**symbols.by_name, **running}), index)


def families_of(index: str, body: Node, symbols: Symbols) -> Families:
    """The families of numbered names that carry an index."""
    carried = {call.function for call in calls(body) if call.function.endswith("_") and index in names(call)}
    found = {
        family: {number: name for number in range(_MOST) if (name := symbols.member(family, number))}
        for family in carried
    }
    return {family: members for family, members in found.items() if members}


def whole_range(first: Node, last: Node) -> range:
    """The values between two limits.

    Raises:
        Unreadable: they are no whole numbers.
    """
    low, high = rough(first), rough(last)
    if low is None or high is None or not low.is_integer() or not high.is_integer():
        raise Unreadable("names with numbers are added up between whole numbers, as in \\sum_{j=1}^{3}", first.column)
    return range(int(low), int(high) + 1)


def term_by_term(kind: str, index: Name, values: Iterable[int], body: Node, families: Families) -> Node:
    """A sum or product with each value of its index put in.

    Raises:
        Unreadable: a name is not declared, or the sum is too long.
    """
    if any(call.arguments[0] == index for call in calls(body) if call.function in BINDERS):
        raise Unreadable(f"{index.name} is bound twice", index.column)
    total: Node | None = None
    for value in values:
        term = rebuild(body, lambda part: _at(part, index, value, families))  # noqa: B023
        total = term if total is None else Binary("+" if kind == "sum" else "*", total, term, index.column)
        if sum(1 for _ in walk(total)) > _MAX_NODES:
            raise Unreadable("this sum is too long", index.column)
    if total is None:
        raise Unreadable(f"{index.name} runs through nothing", index.column)
    return total


def _at(part: Node, index: Name, value: int, families: Families) -> Node:
    """A part of a term whose parts have the value already."""
    if part == index:
        return replace(literal(Fraction(value)), column=part.column)
    if not isinstance(part, Call) or part.function not in families:
        return part
    number = rough(part.arguments[0])
    if number is None:
        return part
    name = families[part.function].get(int(number)) if number.is_integer() else None
    if name is None:
        raise Unreadable(f"{part.function}{number:g} is not a name of this question", part.column)
    return Name(name, part.column)
