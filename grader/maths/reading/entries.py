r"""Entries of declared vectors and matrices, `A_{ij}` and `x_i`, and sums that run through all of them.

Owns which subscript is an index, and how far an index runs where a sum names no limits: through what it counts, which
has to be the same wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Dimension, Symbol, Symbols, spelling_key
from grader.maths.reading.tree import (
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Rows,
    Transpose,
    calls,
    rebuild,
    walk,
)

_SUBSCRIPT = re.compile(r"\s*_\s*(?P<script>\{[^{}]*\}|[a-z0-9]{2}(?![A-Za-z0-9])|[A-Za-z0-9])")
_ENTRY = re.compile(
    r"(?:\\(?:mathbf|mathrm|bm|boldsymbol|mathit)\s*\{\s*(?P<wrapped>[A-Za-z]|\\[A-Za-z]+)\s*\}"
    rf"|(?P<base>[A-Za-z]|\\[A-Za-z]+)){_SUBSCRIPT.pattern}"
)
_INDICES = re.compile(r"(?P<listed>[^,]+,[^,]+)|(?P<two>[a-z0-9]\s*[a-z0-9])|(?P<one>.+)", re.DOTALL)
_LETTER = re.compile(r"[i-ntc]")
_RUN = re.compile(r"\\?\w*[^\W_]")
_INDEX = re.compile(r"\s*[A-Za-z0-9](?:[\w\s+-]*\w)?\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as typed: its matrix or family, its indices with where each stands, and where it ends.

    A family is a scalar that is declared with an index of its own, such as `lambda_i`; its name ends in `_`, or in `__`
    where all of it is positive.
    """

    base: str
    indices: tuple[tuple[str, int], ...]
    stop: int


def read_entry(text: str, place: int, symbols: Symbols) -> Entry | None:
    """The entry of a declared matrix that starts here; None where a name of its own stands here, or no matrix."""
    found = _ENTRY.match(text, place)
    if not found:
        return None
    typed, whole, inner = found.group("wrapped") or found.group("base"), found.group(), found.group("script")
    shorter = whole[:-1] if len(inner) == 2 and inner.isalnum() else whole
    run = _RUN.match(text, place)
    longer = run.group() if run and "_" in run.group() else whole
    if any(symbols.find(name) is not None for name in (whole, shorter, longer)):
        return None
    base = symbols.find(typed)
    if base is None or not symbols.declared(base).is_matrix:
        base = _family(typed, inner.strip("{}"), symbols)
    if base is None:
        return None
    inner, start = _unbraced(found)
    one = base.endswith("_") or symbols.declared(base).columns == 1
    stop = found.end()
    if one and len(inner) == 2 and inner.isalnum() and not inner.isdigit() and whole.endswith(inner):
        inner, stop = inner[:1], stop - 1
    indices = ((inner, start),) if one and inner.isdigit() else tuple(_indices(inner, start))
    whole_indices = all(_INDEX.fullmatch(index) for index, _ in indices)
    return Entry(base, indices, stop) if whole_indices and len(indices) == (1 if one else 2) else None


def read_subscript(text: str, place: int) -> Entry | None:
    """The subscript of a product in brackets, as in `(A B)_{ij}`; None where none stands here."""
    found = _SUBSCRIPT.match(text, place)
    if not found:
        return None
    indices = tuple(_indices(*_unbraced(found)))
    if not indices or any(not _INDEX.fullmatch(index) for index, _ in indices):
        return None
    return Entry("", indices, found.end())


def _unbraced(found: re.Match[str]) -> tuple[str, int]:
    script = found.group("script")
    return script.strip("{}"), found.start("script") + script.startswith("{")


def _family(typed: str, script: str, symbols: Symbols) -> str | None:
    """The family that a letter with an index belongs to."""
    key = spelling_key(typed)
    for name, symbol in symbols.by_name.items():
        base, _, index = name.rpartition("_")
        stepped = symbol.numbered and re.match(rf"\s*{index}\s*[+-]", script)
        indexed = stepped or (_LETTER.fullmatch(index) and not symbol.is_matrix and not symbol.numbered)
        if base and indexed and spelling_key(base) == key:
            return base + ("__" if symbol.positive else "_")
    return None


def _indices(inner: str, start: int) -> Iterator[tuple[str, int]]:
    found = _INDICES.fullmatch(inner)
    if not found:
        return
    if found.group("listed"):
        first, _, second = inner.partition(",")
        yield from ((first, start), (second, start + len(first) + 1))
    elif found.group("two"):
        yield from ((inner[0], start), (inner[-1], start + len(inner) - 1))
    else:
        yield inner, start


def range_of(index: str, body: Node, symbols: Symbols, column: int) -> Node:
    """How far an index runs through the entries of a body.

    Raises:
        Unreadable: it counts nothing that is declared, or two things of different size.
    """
    counted = set(_counted(index, body, symbols))
    if not counted:
        raise Unreadable(f"how far does {index} run? write both limits, as in \\sum_{{{index}=1}}^{{n}}", column)
    if len(counted) > 1:
        shown = " and ".join(sorted(map(str, counted)))
        raise Unreadable(f"{index} runs through sizes that differ: {shown}; write its limits", column)
    size = next(iter(counted))
    return Name(size) if isinstance(size, str) else Number(str(size))


def _counted(index: str, body: Node, symbols: Symbols) -> Iterator[Dimension]:
    for part in walk(body):
        match part:
            case Call("entry", (matrix, *positions)):
                sizes = zip(positions, shape(matrix, symbols), strict=False)
                yield from (size for position, size in sizes if position == Name(index) and size is not None)
            case Call(family, (Name(name),)) if family.endswith("_") and name == index:
                yield from symbols.ranges.get(family, ())


def family_ranges(node: Node) -> dict[str, frozenset[Dimension]]:
    """How far a tree runs through each family of names, from 1 on."""
    found: dict[str, frozenset[Dimension]] = {}
    for part in walk(node):
        match part:
            case Call("sum_over" | "product_over", (index, Number("1"), (Name() | Number()) as last, body)):
                size = last.name if isinstance(last, Name) else int(last.value)
                for member in calls(body):
                    if member.function.endswith("_") and member.arguments == (index,):
                        found[member.function] = found.get(member.function, frozenset()) | {size}
    return found


def with_norms(node: Node, symbols: Symbols) -> Node:
    """The tree in which the norm of a matrix is Frobenius', as it is for numpy; for an author's text."""

    def told(part: Node) -> Node:
        match part:
            case Call("norm", (inner,)) if not {None, 1} & set(shape(inner, symbols)):
                return replace(part, arguments=(inner, Number("2")))
        return part

    return rebuild(node, told)


def shape(node: Node, symbols: Symbols) -> tuple[Dimension | None, Dimension | None]:
    """Rows and columns as far as a tree tells without its factors being checked; None for what it does not tell."""
    declared = _declared(node, symbols)
    if declared is not None and declared.is_matrix:
        return declared.rows, declared.columns
    match node:
        case Transpose(operand):
            rows, columns = shape(operand, symbols)
            return columns, rows
        case Binary("+" | "-", left, right):
            found = shape(left, symbols)
            return found if found != (None, None) else shape(right, symbols)
        case Binary("^" | "/", operand, _) | Negative(operand):
            return shape(operand, symbols)
        case Binary("*" | "·" | "", left, right):
            (rows, inner), (outer, columns) = shape(left, symbols), shape(right, symbols)
            if (rows, inner) == (None, None) or (outer, columns) == (None, None):
                return (rows, inner) if (outer, columns) == (None, None) else (outer, columns)
            return rows, columns
        case Call("inverse" | "hadamard", (operand, *_)):
            return shape(operand, symbols)
    return None, None


def holds_matrix(node: Node, symbols: Symbols) -> bool:
    """Whether a matrix occurs in a tree: a declared one, one written out, or a transpose."""
    return names_matrix(node, symbols) or any(isinstance(part, Rows | Transpose) for part in walk(node))


def names_matrix(node: Node, symbols: Symbols) -> bool:
    """Whether a declared matrix occurs in a tree."""
    return any(found.is_matrix for part in walk(node) if (found := _declared(part, symbols)))


def _declared(node: Node, symbols: Symbols) -> Symbol | None:
    """What a name is declared as, or the first of numbered names; None of anything else."""
    if isinstance(node, Call) and node.function.endswith("_"):
        name = symbols.member(node.function, 1)
        return symbols.declared(name) if name else None
    return symbols.declared(node.name) if isinstance(node, Name) else None
