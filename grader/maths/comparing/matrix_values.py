"""Matrix expressions decided by exact evaluation: inverses, traces, determinants, norms, matrices written out.

Every size is given a small number of its own, every matrix random rational entries with its declared structure
(symmetric, orthogonal, diagonal, positive definite), and both sides are computed exactly: two expressions that agree at
several sizes and draws are the same. What is irrational (a norm, a sine in an entry) is computed to fifty digits.
Sums of products of matrices alone have a normal form and need none of this (see `matrices.py`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Set
from fractions import Fraction
from itertools import cycle, permutations, repeat

from grader.maths.comparing.budget import spend
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.exact_matrices import Grid, drawn, is_rational
from grader.maths.comparing.matrix_arithmetic import Identity
from grader.maths.comparing.matrix_evaluator import MatrixEvaluator
from grader.maths.comparing.matrix_reader import FormReader
from grader.maths.comparing.no_value import NoValue, Outside, Pole
from grader.maths.comparing.sampling import Domain, holds, points
from grader.maths.reading.entries import holds_matrix, names_matrix
from grader.maths.reading.functions import MATRIX_SPELLINGS
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Call, Name, Node, Number, Rows, has_call, names, walk

_SIZES = (3, 2, 5, 4, 7, 6)
_FEW, _ORDERS = 4, 24
"""So many sizes are tried in every order; of more, so many orders."""
_ROUNDS, _TRIES = 6, 18
"""Draws that are compared, and draws among which they are sought: at some the reference has no value."""
_ENOUGH = 3
"""Draws at which both sides have to have a value."""
_DIGITS = 50
_NEAR, _FAR = 35, 25
"""Digits to which equal values agree, and to which different ones differ."""
_FUNCTIONS = frozenset(MATRIX_SPELLINGS.values())
_BREAKS = frozenset({"floor", "ceil", "round", "sign", "min", "max"})


def needs_values(node: Node, symbols: Symbols) -> bool:
    """Whether a tree holds what the normal form of sums of products does not know."""
    return any(_needs_values(part, symbols) for part in walk(node))


def _needs_values(part: Node, symbols: Symbols) -> bool:
    match part:
        case Rows():
            return True
        case Name(name):
            symbol = symbols.declared(name)
            return symbol.orthogonal or symbol.diagonal or symbol.positive_definite
        case Call(function):
            return function in _FUNCTIONS or names_matrix(part, symbols)
        case Binary("/", _, right):
            return holds_matrix(right, symbols)
        case Binary("^", _, right):
            return not isinstance(right, Number) and names_matrix(part, symbols)
    return False


def check_shapes(node: Node, symbols: Symbols) -> None:
    """Refuse shapes that do not fit together.

    Raises:
        Misfit: with both shapes.
        Unreadable: an operation that has no meaning.
    """
    if not needs_values(node, symbols):
        FormReader(symbols, 0).form(node)
        return
    for draw in drawn_values(symbols, frozenset(names(node)), 0, 2):
        try:
            draw.value(node)
        except NoValue:
            continue


def compare_values(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Comparison:
    """Compare the values of two trees at several draws of all matrices.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    same = undefined = 0
    for draw in drawn_values(symbols, names(reference) | names(answer), seed, _TRIES):
        if same + undefined == _ROUNDS:
            break
        spend(_DIGITS)
        try:
            right = draw.value(reference)
        except NoValue:
            continue
        try:
            found = draw.value(answer)
        except (Pole, Outside):
            undefined += 1
            continue
        except NoValue:
            continue
        right, found = draw.fitted(right, found)
        if right.shape != found.shape:
            told = f"this is {draw.described(found)}; {draw.described(right)} is asked"
            return Comparison("different", message=told)
        agreed = _agree(right, found, draw.scalars)
        if agreed is False:
            return Comparison("different")
        same += agreed is True
    if undefined >= 2:
        return Comparison("different")
    if same < _ENOUGH or has_call(_BREAKS, reference, answer):
        return Comparison("undecided", "")
    return Comparison("equal", "numeric", cells=1, points=same)


def drawn_values(symbols: Symbols, wanted: frozenset[str], seed: int, count: int) -> Iterator[MatrixEvaluator]:
    """Up to `count` assignments; no two sizes have the same value, and each is larger than another one and smaller.

    The order matters: with a tall X, X^T X has an inverse; with a wide one it has none.
    """
    draw = random.Random(seed)  # noqa: S311 — reproducible on purpose; the secret is in the seed
    matrices = [name for name in sorted(wanted) if symbols.declared(name).is_matrix]
    scalars = frozenset(wanted) - frozenset(matrices) - symbols.sizes
    taken = {size for name in matrices for size in (symbols.declared(name).rows, symbols.declared(name).columns)}
    numbers = points(symbols, scalars, seed, count) if scalars else repeat({}, count)
    for point, chosen in zip(numbers, _sizes(symbols, taken, draw), strict=False):
        values: dict[str, Grid | Identity] = {}
        for name in matrices:
            symbol = symbols.declared(name)
            shape = [
                chosen.get(size, size) if isinstance(size, str) else size for size in (symbol.rows, symbol.columns)
            ]
            values[name] = Identity(Fraction(1)) if symbol.rows is None else drawn(symbol, shape, draw)
        scalars_at = Evaluator({**point, **{name: Fraction(size) for name, size in chosen.items()}}, _DIGITS)
        yield MatrixEvaluator(values, scalars_at, {size: name for name, size in chosen.items()})


def _sizes(symbols: Symbols, taken: Set[str | int | None], draw: random.Random) -> Iterator[dict[str, int]]:
    """Values of the sizes, without end, in every order that the constraints between them allow.

    Where they allow none of the orders and values that are tried, they are not kept.
    """
    sizes = sorted(symbols.sizes)
    between = [node for node in Domain(symbols, symbols.sizes).relevant if names(node) <= symbols.sizes]
    turns = max(len(sizes), 3)
    free = [size for size in (*_SIZES, *range(8, 8 + turns)) if size not in taken][:turns]
    places = range(len(sizes))
    few = len(sizes) <= _FEW
    orders = [*permutations(places)] if few else [tuple(draw.sample(places, len(sizes))) for _ in range(_ORDERS)]
    tried = [
        {name: free[(turn + place) % turns] for name, place in zip(sizes, order, strict=True)}
        for turn in range(turns)
        for order in orders
    ]
    kept = [one for one in tried if all(holds(node, {name: Fraction(one[name]) for name in one}) for node in between)]
    return cycle(kept or tried)


def _agree(right: Grid, found: Grid, evaluator: Evaluator) -> bool | None:
    """Whether all entries are the same; None where they are neither near enough nor far enough."""
    if is_rational(right) and is_rational(found):
        return bool((right == found).all())
    mp = evaluator.mp
    pairs = [
        (evaluator.number(one), evaluator.number(other)) for one, other in zip(right.flat, found.flat, strict=True)
    ]
    scale = max(max(abs(one), abs(other)) for one, other in pairs)
    gap = max(abs(one - other) for one, other in pairs)
    if gap <= scale * mp.mpf(10) ** -_NEAR:
        return True
    return False if gap >= scale * mp.mpf(10) ** -_FAR else None
