"""Equations and inequalities: equal when they have the same solutions on the declared domain.

Solutions of the one are found at random values of all other symbols and put into the other, both ways
round. What an equation was multiplied by, squared into or logged from does not matter, as long as no
solution is gained or lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from grader.maths.comparing.evaluator import FLOAT_DIGITS, Evaluator, NoValue, Point, Value
from grader.maths.comparing.precision import digits_needed
from grader.maths.comparing.proof import constant_ratio, extra_factors
from grader.maths.comparing.sampling import holds, points
from grader.maths.comparing.scalars import PointResult, agree, compare
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Equality, Proof
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import Binary, Node, Relation, names

_POINTS = 10
_SCANNED_POINTS = 4
_COARSE = 30
_FINE = 160
_GRID = 24
_TRUTHS = 60
_BORDERS = 6
_FLIPPED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "=", "≠": "≠", "≈": "="}


def compare_equations(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> tuple[Equality, Proof]:
    """Decide whether two relations have the same solutions.

    A longer chain `a = b = c` is equal if each of its links either says the same as the reference or holds
    everywhere, and at least one says it.
    """
    if reference == answer:
        return "equal", "identical"
    if len(reference.operators) > 1 and set(reference.operators) & {"<", "≤", ">", "≥"}:
        return _same_truth(reference, answer, symbols, seed)
    first, links = _link(reference, 0), [_link(answer, at) for at in range(len(answer.operators))]
    verdicts = [_pair(first, link, symbols, seed) for link in links]
    for at, (verdict, _) in enumerate(verdicts):
        if verdict != "equal" and not (len(links) > 1 and _always(links[at], symbols, seed)):
            return verdicts[at]
    found = [verdict for verdict in verdicts if verdict[0] == "equal"]
    return found[0] if found else ("different", "refuted")


def _link(chain: Relation, at: int) -> Relation:
    """One link as `left ⋛ right`, never with > or ≥."""
    left, right, operator = chain.members[at], chain.members[at + 1], chain.operators[at]
    if operator in (">", "≥"):
        left, right, operator = right, left, _FLIPPED[operator]  # type: ignore[assignment]
    return Relation((left, right), ("=" if operator == "≈" else operator,))


def _always(link: Relation, symbols: Symbols, seed: int) -> bool:
    return link.operators == ("=",) and compare(*link.sides, symbols, seed)[0] == "equal"


def _pair(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> tuple[Equality, Proof]:
    if reference.operators != answer.operators:
        return "different", "refuted"
    if reference.operators[0] in ("<", "≤"):
        return _same_truth(reference, answer, symbols, seed)
    f, g = _difference(reference), _difference(answer)
    for candidate in (g, _difference(Relation((answer.members[1], answer.members[0]), ("=",)))):
        verdict, proof = compare(f, candidate, symbols, seed)
        if verdict == "equal":
            return "equal", "symbolic" if proof == "identical" else proof
    trivial = [_always(link, symbols, seed) for link in (reference, answer)]
    if any(trivial):
        return ("equal", "symbolic") if all(trivial) else ("different", "refuted")
    return _same_solutions(reference, answer, symbols, seed)


def _difference(link: Relation) -> Node:
    return Binary("-", link.members[0], link.members[1])


def link_of(chain: Relation) -> Relation:
    """The last link of a chain, never with > or ≥."""
    return _link(chain, len(chain.operators) - 1)


def solution_points(link: Relation, symbols: Symbols, seed: int) -> Iterator[Point]:
    """Random points where an equation holds exactly."""
    for point in points(symbols, names(link), seed, _POINTS):
        solved = next(_exact_solutions(link, point, symbols), None)
        if solved:
            yield solved[0]


def _same_solutions(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> tuple[Equality, Proof]:
    wanted = names(reference) | names(answer)
    digits = min(digits_needed(reference, answer), _FINE)
    met = 0
    for number, point in enumerate(points(symbols, wanted, seed, _POINTS)):
        for one, other in ((reference, answer), (answer, reference)):
            found = list(_exact_solutions(one, point, symbols))
            if number < _SCANNED_POINTS and (one is answer or not found):
                found += _near_solutions(one, point, symbols)
            for solved, along in found:
                solves = _solves(other, solved, along, digits)
                if solves is False:
                    return "different", "refuted"
                met += solves is True and one is reference
    if not met:
        return _without_solutions(reference, answer, symbols)
    if _gains_solutions(reference, answer, symbols, seed):
        return "different", "refuted"
    return "equal", "numeric"


def _without_solutions(reference: Relation, answer: Relation, symbols: Symbols) -> tuple[Equality, Proof]:
    """No solution was found on the domain: equal only where the ratio of the two is a constant."""
    constant = constant_ratio(_difference(reference), _difference(answer), symbols)
    return ("equal", "symbolic") if constant else ("undecided", "")


def _solves(link: Relation, point: Point, along: str | None, digits: int) -> bool | None:
    """Whether an equation holds at a point; `along` names the symbol in which the point is only nearly exact."""
    if along is None:
        agreement = agree(*link.sides, point, digits)
        known = {PointResult.SAME: True, PointResult.NOTHING: None}
        return known.get(agreement, False)
    difference = _difference(link)
    steps = (Fraction(1), Fraction(1001, 1000), Fraction(999, 1000))
    here, above, below = (_float(difference, {**point, along: point[along] * step}) for step in steps)
    if here is None or (above is None and below is None):
        return None
    return abs(here) <= 1e-6 * max(abs(above or 0.0), abs(below or 0.0))


Solution = tuple[Point, str | None]
"""A point where an equation holds, and the symbol in which it is only nearly exact."""


def _exact_solutions(link: Relation, point: Point, symbols: Symbols) -> Iterator[Solution]:
    """Solutions along every symbol in which the equation is a straight line."""
    for name in sorted(names(link)):
        root = affine_root(link, name, point)
        if root is not None and _allowed(symbols.by_name.get(name) or Symbol(name), root):
            solved = {**point, name: root}
            if _kept(symbols, solved):
                yield solved, None


def _near_solutions(link: Relation, point: Point, symbols: Symbols) -> Iterator[Solution]:
    """Solutions along every other symbol, found where the sign changes."""
    for name in sorted(names(link)):
        if affine_root(link, name, point) is None:
            for found in _scanned_roots(_difference(link), name, point, symbols.by_name.get(name) or Symbol(name)):
                solved = {**point, name: found}
                if _kept(symbols, solved):
                    yield solved, name


def _allowed(symbol: Symbol, value: Fraction) -> bool:
    return value > 0 or not (symbol.positive or (symbol.nonnegative and value < 0))


def _kept(symbols: Symbols, point: Point) -> bool:
    trees = [parse(text, symbols) for text in symbols.constraints]
    return all(holds(tree, point) for tree in trees if isinstance(tree, Relation) and names(tree) <= set(point))


def affine_root(link: Relation, name: str, point: Point) -> Fraction | None:
    """The exact root in one symbol where the difference is a straight line in it, and rational."""
    difference = _difference(link)
    try:
        at = [Evaluator({**point, name: Fraction(x)}, _COARSE).value(difference) for x in (1, 2, 3)]
    except NoValue:
        return None
    if not all(isinstance(value, Fraction) for value in at):
        return None
    slope = at[1] - at[0]
    if slope == 0 or at[2] - at[1] != slope:
        return None
    root = 1 - at[0] / slope
    try:
        straight = Evaluator({**point, name: root}, _COARSE).value(difference) == 0
    except NoValue:
        return None
    return root if straight else None


def _scanned_roots(difference: Node, name: str, point: Point, symbol: Symbol) -> Iterator[Fraction]:
    """Roots to floating-point precision where the difference changes its sign along one symbol."""
    steps = (Fraction(1), Fraction(17, 10), Fraction(3), Fraction(52, 10))
    sizes = [Fraction(10) ** power * step for power in range(-3, 4) for step in steps]
    negative = [] if symbol.positive or symbol.nonnegative else [-size for size in reversed(sizes)]
    grid = [*negative, *sizes]
    values = [_float(difference, {**point, name: x}) for x in grid]
    for low, high, a, b in zip(grid, grid[1:], values, values[1:], strict=False):
        if a is not None and a == 0:
            yield low
        elif a is not None and b is not None and (a < 0) != (b < 0):
            root = _bisected(difference, name, point, low, high, a)
            if root is not None:
                yield root


def _bisected(
    difference: Node, name: str, point: Point, low: Fraction, high: Fraction, at_low: float
) -> Fraction | None:
    size = max(abs(at_low), 1e-300)
    value: float | None = at_low
    for _ in range(60):
        middle = Fraction(float((low + high) / 2))
        value = _float(difference, {**point, name: middle})
        if value is None:
            return None
        if value == 0:
            return middle
        if (value < 0) == (at_low < 0):
            low = middle
        else:
            high = middle
    return middle if value is not None and abs(value) < 1e-6 * max(size, 1e-6) else None


def _float(node: Node, point: Point) -> float | None:
    evaluator = Evaluator(point, FLOAT_DIGITS)
    try:
        value: Value = evaluator.real(evaluator.value(node))
        return float(value)
    except (NoValue, OverflowError, ZeroDivisionError):
        return None


def _gains_solutions(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> bool:
    """Whether the answer is the reference times a factor that vanishes somewhere on the domain."""
    for factor in extra_factors(_difference(reference), _difference(answer), symbols):
        signs = set()
        for point in points(symbols, frozenset(str(symbol) for symbol in factor.free_symbols), seed, 2 * _GRID):
            value = factor.evalf(20, subs={symbol: _rational(point[str(symbol)]) for symbol in factor.free_symbols})
            if value.is_real:
                signs.add(bool(value > 0))
        if len(signs) == 2:
            return True
    return False


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _same_truth(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> tuple[Equality, Proof]:
    """Inequalities: true and false at the same points, those beside the border included."""
    wanted = names(reference) | names(answer)
    truths = set()
    for number, point in enumerate(points(symbols, wanted, seed, _TRUTHS if wanted else 1)):
        near = [
            place
            for chain in ((reference, answer) if number < _BORDERS else ())
            for place in _beside(chain, point, symbols)
        ]
        for place in (point, *near):
            one, other = holds(reference, place), holds(answer, place)
            if one != other:
                return "different", "refuted"
            truths.add(one)
    return "equal", "numeric"


def _beside(chain: Relation, point: Point, symbols: Symbols) -> Iterator[Point]:
    """Points on the border of an inequality and a little to both sides of it, link by link."""
    for at in range(len(chain.operators)):
        border = Relation(chain.members[at : at + 2], ("=",))
        exact = list(_exact_solutions(border, point, symbols))
        for solved, along in exact or _near_solutions(border, point, symbols):
            for name in sorted(names(border))[:2]:
                for sign in (-1, 0, 1) if along is None else (-1, 1):
                    yield {**solved, name: solved[name] * (1 + sign * Fraction(1, 10**7))}
