r"""Names that an operator binds: the i of `\sum_{i=1}^{n}`, the x of `\int_0^1 … dx` and of `\frac{d}{dx}`.

Owns where the limits of such an operator stand in the text and what its index is. Their worth is `running.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.sign_tables import SUBSCRIPT_DIGITS, SUBSCRIPT_LETTERS, SUPERSCRIPTS
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import TURNED, RelationOperator

Kind = Literal["sum", "product", "integral", "derivative", "limit"]
_OPERATORS: dict[str, Kind] = {
    "sum": "sum", "prod": "product", "int": "integral", "∑": "sum", "Σ": "sum", "∏": "product", "∫": "integral",
}  # fmt: skip
_OPERATOR = re.compile(
    r"\\(sum|prod|int)(?![A-Za-z])|(sum|prod|int)(?=_)|([∑∏])|(∫)(?=\s*[_^])|(Σ)(?=\s*_\s*\{\s*\w\s*=)"
)
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|\(([^()]*)\)"
_LIMIT = re.compile(rf"\s*([_^])\s*(?:{_GROUP}|(\\infty|oo|[A-Za-z]=\w+|\w|∞))")
_SMALL = re.compile(
    rf"([{''.join(SUBSCRIPT_LETTERS)}](?:₌[{''.join(SUBSCRIPT_DIGITS)}]+)?)|([{''.join(SUPERSCRIPTS)}]+)"
)
"""A limit in small characters."""
_PLAIN = str.maketrans({**SUBSCRIPT_LETTERS, **SUBSCRIPT_DIGITS, **SUPERSCRIPTS, "₌": "="})
_INDEXED = re.compile(r"\s*([A-Za-z])\s*=\s*(.*?)\s*", re.DOTALL)
_END = re.compile(
    r"(?:\\[,;:! ]|~|\s)*(?:\\(?:math)?rm\s*(?:\{\s*d\s*\}|d(?![A-Za-z]))|(?<![A-Za-z\\])d|(?<=[a-zA-Z\d)}])\s+d|"
    r"(?<=[\d)}])d)\s*([a-zA-Z])(?![A-Za-z])"
)
_OVER = re.compile(r"(\\[td]?frac\s*\{)\s*(?:\\mathrm\s*\{\s*d\s*\}|d)\s*([a-zA-Z])\s*(?=\})")
_LIM = re.compile(r"(?:\\lim|lim)(?![A-Za-z])")
_NEARING = re.compile(
    r"\s*([A-Za-z])\s*(?:\\to(?![A-Za-z])|\\rightarrow(?![A-Za-z])|→|->|(?P<down>\\downarrow(?![A-Za-z])|↓))\s*(.*?)"
    r"(?:\s*(?:\^\s*)?(?:\{\s*)?(?P<side>[+⁺⁻-])(?:\s*\})?)?\s*",
    re.DOTALL,
)
_SIDES = {"+": "limit_above", "⁺": "limit_above", "-": "limit_below", "⁻": "limit_below"}
_BARE = re.compile(r"\s*[A-Za-z](?:\s*,?\s*[A-Za-z])*\s*")
_SHARED = re.compile(r"\s*([A-Za-z])\s*,\s*(?=[A-Za-z]\s*[,=])")
_UNLESS = re.compile(r"\s*(?:,|:|;|\\\\)\s*(?:\\[,;:! ]\s*)?(?=[A-Za-z]\s*(?:\\ne|≠|!=))")
_SIGNS: dict[RelationOperator, str] = {
    "≤": r"≤|⩽|<=|\\(?:leqslant|leq|le)(?![A-Za-z])", "≥": r"≥|⩾|>=|\\(?:geqslant|geq|ge)(?![A-Za-z])",
    "<": r"<|\\lt(?![A-Za-z])", ">": r">|\\gt(?![A-Za-z])", "≠": r"≠|!=|\\neq?(?![A-Za-z])",
}  # fmt: skip
_SIGN = re.compile("|".join(_SIGNS.values()))
_LETTERS = re.compile(r"\s*[A-Za-z]\s*(?:,\s*[A-Za-z]\s*)*")
_D = r"(?:\\mathrm\s*\{\s*d\s*\}|d|\\partial|∂)"
_TIMES = r"(?:\s*\^\s*(?:\{\s*)?\d(?:\s*\})?)?"
_BY = rf"\s*(?:\\[,;:! ]\s*)*{_D}\s*[A-Za-z]{_TIMES}"  # no blank may be matched in two ways: it is repeated
_DERIVATIVE = re.compile(
    rf"(?P<above>\\[td]?frac\s*\{{\s*)?{_D}(?P<times>{_TIMES})\s*(?(above)\}}\s*\{{|/)"
    rf"(?P<by>{_BY}(?(above)(?:{_BY})*|(?![A-Za-z])))(?(above)\s*\}})"
)
_ONCE = re.compile(rf"{_D}\s*([A-Za-z])({_TIMES})")
_SUBSCRIBED = re.compile(r"(?:\\partial|∂)\s*_\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z]))")
_TAKEN_OF = re.compile(
    rf"\\[td]?frac\s*\{{\s*{_D}\s*([^{{}}]*\((?:[^{{}}]|\{{[^{{}}]*\}})*\)\s*)\}}\s*\{{\s*{_D}\s*([A-Za-z])\s*\}}"
)


Typed = tuple[str, int]
"""A part of the text, and where it starts."""


@dataclass(frozen=True, slots=True)
class Index:
    """A bound name with its limits; without them it runs through what it counts."""

    name: str
    first: Typed | None = None
    last: Typed | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """An operator with its indices, and where it ends.

    `body` is what an integral is taken over; a sum runs on to the next plus or minus. `side` is `limit_to`, or says
    from where a limit is approached. `given` is a condition between indices, as in `i < j`; of two names in it that
    have no limits, only those are bound that are not bound already.
    """

    kind: Kind
    indices: tuple[Index, ...]
    stop: int
    body: Typed | None = None
    side: str = ""
    given: Typed | None = None


def read_operator(text: str, place: int) -> Bound | None:
    r"""The operator with symbolic limits that starts here; None for anything else.

    Raises:
        Unreadable: limits are missing, or an integral has no `dx`.
    """
    derived = _derivative(text, place)
    if derived is not None:
        return derived
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
    found = _running(kind, limits, stop)
    if found is None:
        sign = "prod" if kind == "product" else "sum"
        raise Unreadable(f"a {kind} needs an index with both limits, as in \\{sign}_{{j=1}}^{{n}}", place + 1)
    return found


def _derivative(text: str, place: int) -> Bound | None:
    r"""`\frac{d}{dx}`, `\partial_x`, `\frac{\partial^2}{\partial x \partial y}`, `\frac{d f(x)}{dx}`."""
    whole = _TAKEN_OF.match(text, place)
    if whole:
        return Bound("derivative", (Index(whole.group(2)),), whole.end(), (whole.group(1), whole.start(1)))
    found = _DERIVATIVE.match(text, place) or _SUBSCRIBED.match(text, place)
    if not found or not text[found.end() :].strip():
        return None
    if found.re is _SUBSCRIBED:
        return Bound("derivative", (Index(found.group(1) or found.group(2)),), found.end())
    names = [name for name, times in _ONCE.findall(found["by"]) for _ in range(_order(times))]
    return Bound("derivative", tuple(map(Index, names)), found.end()) if len(names) == _order(found["times"]) else None


def _order(times: str) -> int:
    """How often a derivative is taken, by the power that is written on its d."""
    return int(re.sub(r"\D", "", times) or 1)


def _running(kind: Kind, limits: dict[str, Typed], stop: int) -> Bound | None:
    """A sum or product with its scripts; None where they do not say how far it runs."""
    below = limits.get("_")
    if not below:
        return None
    if "^" not in limits:
        if _BARE.fullmatch(below[0]):
            return Bound(kind, tuple(Index(name) for name in re.findall("[A-Za-z]", below[0])), stop)
        return _chained(kind, below, stop)
    shared: list[str] = []
    while first_of := _SHARED.match(below[0]):
        shared.append(first_of.group(1))
        below = (below[0][first_of.end() :], below[1] + first_of.end())
    given = None
    if unless := _UNLESS.search(below[0]):
        given = (below[0][unless.end() :], below[1] + unless.end())
        below = (below[0][: unless.start()], below[1])
    indexed = _INDEXED.fullmatch(below[0])
    if not indexed:
        return None
    first = (indexed.group(2), below[1] + indexed.start(2))
    names = (*shared, indexed.group(1))
    return Bound(kind, tuple(Index(name, first, limits["^"]) for name in names), stop, given=given)


def _chained(kind: Kind, below: Typed, stop: int) -> Bound | None:
    r"""`\sum_{1 \le i < j \le n}`, `\sum_{k \ge 0}`, `\sum_{i < j}`."""
    found = [*_SIGN.finditer(below[0])]
    starts, ends = [0, *(sign.end() for sign in found)], [*(sign.start() for sign in found), len(below[0])]
    parts = [(below[0][start:end], below[1] + start) for start, end in zip(starts, ends, strict=True)]
    signs = [next(name for name, spelt in _SIGNS.items() if re.fullmatch(spelt, sign.group())) for sign in found]
    if signs and set(signs) <= {"≥", ">"}:
        parts, signs = parts[::-1], [TURNED[sign] for sign in signs[::-1]]
    between = [part for part in parts if _LETTERS.fullmatch(part[0])]
    if len(parts) == 2 and len(between) == 2:
        return Bound(kind, tuple(Index(part[0].strip()) for part in between), stop, given=below)
    if not signs or not set(signs) <= {"≤", "<"}:
        return None
    if len(parts) == 2 and between == [parts[1]]:
        parts, signs = [*parts, ("\\infty", parts[1][1])], [*signs, "≤"]
    if len(parts) < 3 or any(part not in between for part in parts[1:-1]):
        return None
    last = _stepped(parts[-1], "-1" if signs[-1] == "<" else "")
    indices: list[Index] = []
    for number, part in enumerate(parts[1:-1]):
        first = _stepped((indices[-1].name, part[1]) if indices else parts[0], "+1" if signs[number] == "<" else "")
        indices += [Index(name, first, last) for name in re.findall("[A-Za-z]", part[0])]
    return Bound(kind, tuple(indices), stop)


def _stepped(limit: Typed, step: str) -> Typed:
    return limit[0] + step, limit[1]


def with_index(symbols: Symbols, index: str) -> Symbols:
    """The symbols of a question and a bound name."""
    return replace(symbols, by_name={**symbols.by_name, index: Symbol(index, integer=True)})


def _limits(text: str, place: int) -> tuple[dict[str, Typed], int]:
    """The scripts behind an operator, in either order, each with where its text starts, and where they end."""
    found: dict[str, Typed] = {}
    while len(found) < 2:
        if small := _SMALL.match(text, place):
            script, typed, end = "_" if small.group(1) else "^", (small.group().translate(_PLAIN), place), small.end()
        elif limit := _LIMIT.match(text, place):
            group = next(number for number in (2, 3, 4) if limit.group(number) is not None)
            script, typed, end = limit.group(1), (limit.group(group), limit.start(group)), limit.end()
        else:
            break
        if script in found:
            break
        found[script], place = typed, end
    return found, place


def _integral(text: str, limits: dict[str, Typed], stop: int, place: int) -> Bound:
    over = _OVER.search(text, stop)
    end = _END.search(text, stop)
    if over and len(limits) == 2 and (not end or over.end() >= end.end()):
        whole = over.group(1) + "1".rjust(over.end() - over.end(1))
        body = text[stop : over.start()] + whole + text[over.end() :]
        return Bound("integral", (Index(over.group(2), limits["_"], limits["^"]),), len(text), (body, stop))
    if len(limits) < 2 or not end or not text[stop : end.start()].strip():
        raise Unreadable("an integral needs both limits and its dx, as in \\int_0^1 x^2 dx", place + 1)
    body = text[stop : end.start()]
    return Bound("integral", (Index(end.group(1), limits["_"], limits["^"]),), end.end(), (body, stop))


def _limit(text: str, stop: int, place: int) -> Bound:
    limits, stop = _limits(text, stop)
    nearing = _NEARING.fullmatch(limits["_"][0]) if set(limits) == {"_"} else None
    if not nearing or not nearing.group(3):
        raise Unreadable("a limit needs what it goes to, as in \\lim_{n \\to \\infty} or \\lim_{h \\to 0}", place + 1)
    side = nearing.group("side") or ("+" if nearing.group("down") else "")
    target = (nearing.group(3), limits["_"][1] + nearing.start(3))
    return Bound("limit", (Index(nearing.group(1), target),), stop, side=_SIDES.get(side, "limit_to"))
