r"""Solutions said as sets: `x ∈ (-2, 2)`, `[3, oo)`, `{x : -2 < x < 2}`, `x < 0 or x > 0`, `x = ±2`.

Each is read as one relation: an interval as a chain, alternatives of equations as a product that vanishes, alternatives
of inequalities as the least of their differences. Two relations joined by `and` are one chain, where they share a side.
What mixes equations and inequalities is one condition, written `1[x^2 = 4 and x > 0] = 1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from grader.maths.reading.columns import alone, blank, pieces, with_either_sign
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.tree import ONE, TURNED, ZERO, Binary, Call, Name, Negative, Node, Relation, RelationOperator

_WRAPPED = re.compile(r"\\(?:text|textrm|mathrm|mbox)\s*\{([^{}]*)\}")
_BUILDER = re.compile(
    r"\s*\\?\{\s*\\?[^\W\d]\w*\s*(?:(?:∈|\\in(?![a-z]))\s*\S+?\s*)?(?::|\||\\mid(?![a-z]))(.*)\\?\}\s*", re.DOTALL
)
_INTERVAL = re.compile(
    r"\s*+(?:(?P<name>[^∈;\[\]]+?)\s*+(?:∈|\\in(?![a-z])|\bin\b)\s*+)?(?:\\left)?\s*+(?P<open>[\[(\]])(?P<low>[^,;\[\]]+)[,;]"
    r"(?P<high>[^,;\[\]]+?)(?:\\right)?\s*+(?P<close>[\])\[])\s*"
)
_INFINITE = re.compile(r"\s*([+-−]?)\s*(?:\\infty|∞|oo|inf(?:inity)?)\s*")
_OR = re.compile(r"\b(?:or|oder|ou)\b|或|\\lor(?![a-z])|\\vee(?![a-z])|∨")
_AND = re.compile(r"\b(?:and|und|et)\b|且|&&|\\land(?![a-z])|\\wedge(?![a-z])|∧")
_SIZE = re.compile(r"\\(?:left|right)(?![A-Za-z])")
_UNION = re.compile(r"∪|\\cup(?![a-z])")
_COMMA = re.compile(r",(?!\d{3}\b)|&")
_SEPARATOR = re.compile(rf"[,;]|{_AND.pattern}|{_OR.pattern}")
_SIGNED = re.compile(r"[<>≤≥=≠]|\\(?:le|ge|lt|gt|ne)")
_LISTED = re.compile(
    r"\s*(?:(?P<name>\\?[^\W\d]\w*)\s*(?:∈|\\in(?![a-z])|\bin\b)\s*)?"
    r"(?P<without>(?:[ℝR]|\\mathbb\s*\{?\s*R\s*\}?)\s*(?:∖|\\setminus(?![a-z])|\\)\s*)?"
    r"\\?\{(?P<list>(?:[^{}\\<>=≤≥≠]|\\(?!\})|\{[^{}]*\})+)\\?\}\s*"
)
_NUMBERED = r"(?<![\w\\]){}(?:_?\d|[₁-₉]|_\{{\s*\d(?:\s*,\s*\d)*\s*\}})(?=\s*=)"
"""One of several solutions: `x_1 =`, or `x_{{1,2}} =` before both."""
_STRICT: dict[bool, RelationOperator] = {True: "<", False: "≤"}
_MOST_PARTS = 12
"""Alternatives, or conditions that hold together."""
Read = Callable[[str], Node]


def read_solutions(text: str, variable: str | None, read: Read) -> Node:
    """Read a relation, or solutions said as a set.

    Args:
        text: as typed.
        variable: the only name of the right answer, for an interval without one; None where there are several.
        read: how the parts are read.

    Raises:
        Unreadable: with the column.
    """
    text = _WRAPPED.sub(lambda found: found.group(1).rjust(len(found.group())), text)
    text = _SIZE.sub(blank, text)
    numbered = _numbered(text, variable, read)
    if numbered is not None:
        return numbered
    builder = _BUILDER.fullmatch(text)
    if builder:
        text = alone(text, *builder.span(1)).rstrip().removesuffix("\\")
    interval = _INTERVAL.fullmatch(text)
    if interval:
        return _chain(interval, variable, read)
    if (listed := _LISTED.fullmatch(text)) and (name := listed.group("name") or variable):
        equations = _equations(name, listed, read)
        if not listed.group("without"):
            return _joined(equations, "min")
        return _joined([replace(one, operators=("≠",)) for one in equations], "max")
    if _UNION.search(text):
        return _joined(_intervals(text, variable, read), "min")
    for sign, choose in ((_OR, "min"), (_AND, "max")):
        if any(_outside(text, sign)):
            return _joined([_relation(read(part)) for part in _parts(text, sign)], choose)
    found = next(_outside(text, _COMMA), None)
    if "\\begin" not in text and found and _SIGNED.search(text, found.end()):
        parts = [_relation(read(part)) for part in _parts(text, _COMMA)]
        if any("=" in part.operators for part in parts):
            raise Unreadable("do both hold, or one of them? write `and` or `or` between them", found.start() + 1)
        return _joined(parts, "max")
    either = [read(part) for part in with_either_sign(text)]
    return _joined([_relation(part) for part in either], "min") if len(either) > 1 else either[0]


def _numbered(text: str, variable: str | None, read: Read) -> Node | None:
    """`x_1 = 2, x_2 = -2` or `x_{1,2} = ±2` as alternatives; None where the solutions have no numbers."""
    label = re.compile(_NUMBERED.format(re.escape(variable))) if variable else None
    count = len(label.findall(text)) if label else 0
    if label is None or count == 0:
        return None
    plain = label.sub(lambda found: str(variable).ljust(len(found.group())), text)
    if count == 1:
        return read_solutions(plain, None, read)
    parts = [part for part in _parts(plain, _SEPARATOR) if part.strip()]
    return _joined([_relation(read(part)) for part in parts], "min")


def _parts(text: str, sign: re.Pattern[str]) -> list[str]:
    """The pieces between signs, each at its own column."""
    return [piece.rstrip(", ;") for piece in pieces(text, _outside(text, sign))]


def _outside(text: str, sign: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The signs that stand in no bracket; one of an interval may open or close either way."""
    for found in sign.finditer(text):
        before = text[: found.start()]
        if sum(map(before.count, "([{")) == sum(map(before.count, ")]}")):
            yield found


def _equations(name: str, listed: re.Match[str], read: Read) -> list[Relation]:
    """`x ∈ {1, 2}` as the equations `x = 1` and `x = 2`."""
    members = [part for part in _parts(alone(listed.string, *listed.span("list")), _COMMA) if part.strip()]
    left = read(" " * max(listed.start("name"), 0) + name)
    return [Relation((left, read(part)), ("=",), left.column) for part in members]


def _intervals(text: str, variable: str | None, read: Read) -> list[Relation]:
    """The intervals of a union; a name in front stands for all of them."""
    found = []
    for part in _parts(text, _UNION):
        interval = _INTERVAL.fullmatch(part)
        if not interval:
            raise Unreadable("a union is one of intervals, as in x in (-oo, 0) ∪ (1, oo)", 1)
        variable = interval.group("name") or variable
        found.append(_relation(_chain(interval, variable, read)))
    return found


def _relation(node: Node) -> Relation:
    if not isinstance(node, Relation):
        raise Unreadable("each of the parts has to be a relation, as in x < 0 or x > 1", node.column)
    return node


def _chain(found: re.Match[str], variable: str | None, read: Read) -> Node:
    """An interval as `low < x < high`."""
    name = found.group("name") or variable
    if name is None:
        raise Unreadable("an interval of which name? write it as x in (a, b)", 1)
    middle = read(" " * found.start("name") + name if found.group("name") else name)
    low, high = (_end(found, side, read) for side in ("low", "high"))
    closed = found.group("open") == "[", found.group("close") == "]"
    if (low is None and closed[0]) or (high is None and closed[1]):
        raise Unreadable("an interval is open where it has no end", 1)
    members = [member for member in (low, middle, high) if member is not None]
    operators = [_STRICT[not shut] for end, shut in zip((low, high), closed, strict=True) if end is not None]
    if not operators:
        raise Unreadable("this interval has no end on either side", 1)
    return Relation(tuple(members), tuple(operators), 1)


def _end(found: re.Match[str], side: str, read: Read) -> Node | None:
    text = found.group(side)
    infinite = _INFINITE.fullmatch(text)
    if infinite and (infinite.group(1) in "-−" and bool(infinite.group(1))) == (side == "low"):
        return None
    return read(alone(found.string, *found.span(side)))


def _joined(relations: list[Relation], choose: str) -> Relation:
    """Alternatives, or conditions that hold together, as one relation."""
    if len(relations) > _MOST_PARTS:
        raise Unreadable(f"more than {_MOST_PARTS} parts", relations[0].column)
    if len(relations) == 1:
        return relations[0]
    kinds = {operator for relation in relations for operator in relation.operators}
    if choose == "max":
        chain = _one_chain(relations)
        if chain is not None:
            return chain
    if kinds == {"="} and choose == "min" and all(len(relation.operators) == 1 for relation in relations):
        product = _difference(*relations[0].sides)
        for relation in relations[1:]:
            product = Binary("*", product, _difference(*relation.sides))
        return Relation((product, ZERO), ("=",), relations[0].column)
    for strict, loose, sign in (("<", ">", "<"), ("≤", "≥", "≤")):
        if kinds <= {strict, loose}:
            parts = tuple(_gap(relation, loose) for relation in relations)
            return Relation((Call(choose, parts), ZERO), (sign,), relations[0].column)  # type: ignore[arg-type]
    condition = Call("or" if choose == "min" else "and", tuple(relations), relations[0].column)
    return Relation((Call("indicator", (condition,)), ONE), ("=",), relations[0].column)


def _gap(relation: Relation, loose: str) -> Node:
    """What is below zero where a chain of inequalities holds."""
    parts = tuple(
        _difference(right, left) if operator == loose else _difference(left, right)
        for (left, right), operator in zip(pairwise(relation.members), relation.operators, strict=True)
    )
    return parts[0] if len(parts) == 1 else Call("max", parts, relation.column)


def _one_chain(relations: list[Relation]) -> Relation | None:
    """`a < x` and `x < b` as `a < x < b`, where the parts share a side, in one order or the other."""
    whole = relations[0]
    for relation in relations[1:]:
        turned = _turned(relation)
        following = next((part for part in (relation, turned) if part.members[0] == whole.members[-1]), None)
        if following is None:
            return None
        whole = replace(
            whole, members=(*whole.members, *following.members[1:]), operators=(*whole.operators, *following.operators)
        )
    return whole


def _turned(relation: Relation) -> Relation:
    operators = tuple(TURNED[operator] for operator in reversed(relation.operators))
    return replace(relation, members=tuple(reversed(relation.members)), operators=operators)


def _difference(left: Node, right: Node) -> Node:
    if right == ZERO:
        return left
    if left == ZERO and isinstance(right, Name):
        return Negative(right)
    return Binary("-", left, right)
