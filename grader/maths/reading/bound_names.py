r"""Names that an operator binds: the i of `\sum_{i=1}^{n}`, the x of `\int_0^1 … dx` and of `\frac{d}{dx}`.

Owns where the limits of such an operator stand in the text and what its index is. Their worth is `running.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbol, Symbols

Kind = Literal["sum", "product", "integral", "derivative", "limit"]
_OPERATORS = {
    "sum": "sum",
    "prod": "product",
    "int": "integral",
    "∑": "sum",
    "Σ": "sum",
    "∏": "product",
    "∫": "integral",
}
_OPERATOR = re.compile(r"\\(sum|prod|int)(?![A-Za-z])|(sum|prod|int)(?=_)|([∑∏∫])(?=\s*[_^])")
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|\(([^()]*)\)"
_LIMIT = re.compile(rf"\s*([_^])\s*(?:{_GROUP}|(\\infty|oo|\w|∞))")
_INDEXED = re.compile(r"\s*([A-Za-z])\s*=\s*(.*?)\s*", re.DOTALL)
_END = re.compile(r"(?:\\,|\\;|~|\s)*(?:\\mathrm\s*\{\s*d\s*\}|d)\s*([a-zA-Z])(?![A-Za-z])")
_LIM = re.compile(r"(?:\\lim|lim)(?![A-Za-z])")
_NEARING = re.compile(
    r"\s*([A-Za-z])\s*(?:\\to(?![A-Za-z])|\\rightarrow(?![A-Za-z])|→|->)\s*(.*?)"
    r"(?:\s*(?:\^\s*\{\s*([+-])\s*\}|\^\s*([+-])|([⁺⁻])))?\s*",
    re.DOTALL,
)
_SIDES = {"+": "limit_above", "⁺": "limit_above", "-": "limit_below", "⁻": "limit_below"}
_BARE = re.compile(r"\s*[A-Za-z](?:\s*,?\s*[A-Za-z])*\s*")
_SHARED = re.compile(r"\s*([A-Za-z])\s*,\s*(?=[A-Za-z]\s*[,=])")
_D = r"(?:\\mathrm\s*\{\s*d\s*\}|d|\\partial|∂)"
_DERIVATIVE = re.compile(
    rf"\\[td]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_D}\s*([A-Za-z])\s*\}}|{_D}\s*/\s*{_D}\s*([A-Za-z])(?![A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """An operator with its index: its limits, each with where it stands, and where it ends.

    `body` is what an integral is taken over, with its place; a sum runs on to the next plus or minus. A sum without
    limits runs through what its index counts. `side` is `limit_to`, or says from where a limit is approached. `more`
    are further indices with the same limits.
    """

    kind: Kind
    index: str
    first: tuple[str, int] | None
    last: tuple[str, int] | None
    body: tuple[str, int] | None
    stop: int
    side: str = ""
    more: tuple[str, ...] = ()


def read_operator(text: str, place: int) -> Bound | None:
    r"""The operator with symbolic limits that starts here; None for anything else.

    Raises:
        Unreadable: limits are missing, or an integral has no `dx`.
    """
    derived = _DERIVATIVE.match(text, place)
    if derived and text[derived.end() :].strip():
        return Bound("derivative", derived.group(1) or derived.group(2), None, None, None, derived.end())
    lim = _LIM.match(text, place)
    if lim:
        return _limit(text, lim.end(), place)
    operator = _OPERATOR.match(text, place)
    if not operator:
        return None
    kind = _OPERATORS[next(group for group in operator.groups() if group)]
    limits, stop = _limits(text, operator.end())
    if kind == "integral":
        return _integral(text, limits, stop, place)
    below = limits.get("_")
    if below and "^" not in limits and _BARE.fullmatch(below[0]):
        index, *more = re.findall("[A-Za-z]", below[0])
        return Bound("sum" if kind == "sum" else "product", index, None, None, None, stop, more=tuple(more))
    shared: list[str] = []
    while below and (first_of := _SHARED.match(below[0])):
        shared.append(first_of.group(1))
        below = (below[0][first_of.end() :], below[1] + first_of.end())
    indexed = _INDEXED.fullmatch(below[0]) if below else None
    if not below or not indexed or "^" not in limits:
        raise Unreadable(f"a {kind} needs an index with both limits, as in \\{_latex(kind)}_{{j=1}}^{{n}}", place + 1)
    first = (indexed.group(2), below[1] + indexed.start(2))
    return Bound(
        "sum" if kind == "sum" else "product", indexed.group(1), first, limits["^"], None, stop, more=tuple(shared)
    )


def with_index(symbols: Symbols, index: str) -> Symbols:
    """The symbols of a question and a bound name."""
    return replace(symbols, by_name={**symbols.by_name, index: Symbol(index, integer=True)})


def _limits(text: str, place: int) -> tuple[dict[str, tuple[str, int]], int]:
    """The scripts behind an operator, in either order, each with where its text starts, and where they end."""
    found: dict[str, tuple[str, int]] = {}
    while len(found) < 2 and (limit := _LIMIT.match(text, place)) and limit.group(1) not in found:
        group = next(number for number in (2, 3, 4) if limit.group(number) is not None)
        found[limit.group(1)] = (limit.group(group), limit.start(group))
        place = limit.end()
    return found, place


def _integral(text: str, limits: dict[str, tuple[str, int]], stop: int, place: int) -> Bound:
    end = _END.search(text, stop)
    if len(limits) < 2 or not end or not text[stop : end.start()].strip():
        raise Unreadable("an integral needs both limits and its dx, as in \\int_0^1 x^2 dx", place + 1)
    body = (text[stop : end.start()], stop)
    return Bound("integral", end.group(1), limits["_"], limits["^"], body, end.end())


def _limit(text: str, stop: int, place: int) -> Bound:
    limits, stop = _limits(text, stop)
    nearing = _NEARING.fullmatch(limits["_"][0]) if set(limits) == {"_"} else None
    if not nearing or not nearing.group(2):
        raise Unreadable("a limit needs what it goes to, as in \\lim_{n \\to \\infty} or \\lim_{h \\to 0}", place + 1)
    side = nearing.group(3) or nearing.group(4) or nearing.group(5) or ""
    target = (nearing.group(2), limits["_"][1] + nearing.start(2))
    return Bound("limit", nearing.group(1), target, None, None, stop, side=_SIDES.get(side, "limit_to"))


def _latex(kind: str) -> str:
    return "prod" if kind == "product" else kind
