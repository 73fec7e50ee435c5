"""Whether two formulas agree whatever their unwieldy parts are worth: `round(x/s)` in a clip, `x^2` in a maximum.

Each such part becomes a real symbol of its own, the same wherever it stands, and whole symbols become real; what is
left has straight bends, all of whose cells can be visited. Of a part only what it is never below is kept. That two
agree so proves that they agree; that they differ proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

from grader.maths.comparing.cells import Cells
from grader.maths.comparing.evaluator import Point
from grader.maths.comparing.linear import Line, line_of
from grader.maths.comparing.lower_bounds import least
from grader.maths.comparing.sampling import Domain, points
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import (
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    has_call,
    literal,
    names,
    rebuild,
    with_children,
)

_BENDS = frozenset({"min", "max", "abs", "sign", "indicator"})
_MOST = 6
"""Parts that are made symbols."""


def visits_all(
    trees: Sequence[Node], symbols: Symbols, seed: int, agrees: Callable[[Sequence[Node], Point], bool]
) -> int:
    """How many cells were visited, all of them, with agreement at every point; 0 where that cannot be said.

    Args:
        trees: what is compared; wherever they bend, a cell ends.
        symbols: the question's.
        seed: what the points follow from.
        agrees: whether the generalised trees agree at a point.
    """
    parts: dict[Node, Name] = {}
    general = [_general(tree, parts) for tree in trees]
    if not parts or len(parts) > _MOST:
        return 0
    declared = {name: replace(symbol, integer=False) for name, symbol in symbols.by_name.items()}
    domain = Domain(symbols, frozenset().union(*map(names, parts)))
    bounds = {name: least(part, domain) for part, name in parts.items()}
    new = {name.name: Symbol(name.name, nonnegative=bound is not None) for name, bound in bounds.items()}
    widened = replace(symbols, by_name={**declared, **new})
    raised: dict[Node, Node] = {name: Binary("+", literal(bound), name) for name, bound in bounds.items() if bound}
    general = [rebuild(tree, lambda node: raised.get(node, node)) for tree in general]
    wanted = frozenset().union(*map(names, general))
    starts = list(points(widened, wanted, seed, 2))
    if not starts:
        return 0
    cells = Cells(general, Domain(widened, wanted), starts, seed)
    if not all(agrees(general, point) for point in cells.points()):
        return 0
    return cells.visited if cells.complete else 0


def _general(node: Node, parts: dict[Node, Name]) -> Node:
    """The tree with a symbol for each part that is neither a multiple nor a sum nor bent straight."""
    match node:
        case Number() | Name():
            return node
        case Negative(operand):
            return Negative(_general(operand, parts))
        case Binary("+" | "-", left, right):
            return Binary(node.operator, _general(left, parts), _general(right, parts))
        case Binary("*" | "·" | "", Number() as factor, other) | Binary("*" | "·" | "", other, Number() as factor):
            return Binary("*", factor, _general(other, parts))
        case Binary("/", left, Number() as right):
            return Binary("/", _general(left, parts), right)
        case Binary(operator, left, right) if has_call({"sign"}, left) and has_call({"sign"}, right):
            return Binary(operator, _general(left, parts), _general(right, parts))
        case Binary("^", Number() as base, exponent) if names(exponent) and (line := line_of(exponent)):
            power = Binary("^", base, _tree(line))
            return Binary("*", Binary("^", base, literal(line.get("", ZERO.value))), _part(power, parts))
        case Call(function, arguments) if function in _BENDS:
            return with_children(node, tuple(_general(argument, parts) for argument in arguments))
    return _part(node, parts) if names(node) else node


def _part(node: Node, parts: dict[Node, Name]) -> Name:
    return parts.setdefault(node, Name(f"part_{len(parts)}"))


def _tree(line: Line) -> Node:
    """A sum of multiples without its constant."""
    terms: list[Node] = [Binary("*", literal(factor), Name(name)) for name, factor in sorted(line.items()) if name]
    return reduce(lambda left, right: Binary("+", left, right), terms)
