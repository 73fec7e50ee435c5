"""Whether two scalar expressions, or two equations, mean the same on the declared domain.

In this order: same tree; different at a random point (most wrong answers end here, in a millisecond); proven
by algebra; the same at every point tried, which is accepted and recorded as such, with the number of points. Where a
formula jumps or bends, points lie on and on either side of each such place (see `breaks.py`). Comparison is relative
to the larger side, at as many digits as the finest constant needs, and a difference counts only if it stays when the
precision is doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from fractions import Fraction
from itertools import chain, islice

from grader.maths.comparing.breaks import Surroundings, breaks_of, cell_of, constants_of
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import Evaluator, NoValue, Outside, Point, Pole, Value
from grader.maths.comparing.known_functions import expanded
from grader.maths.comparing.precision import digits_needed, farthest
from grader.maths.comparing.proof import prove_equal
from grader.maths.comparing.sampling import Domain, points
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Constant, Node, names, walk

_SHORT = 8
_MOST = 20
_STARTS = 3
RESIDUES = 24
"""Consecutive whole numbers that are tried for each whole symbol."""
_GUARD = 15
_SHALLOW = 160
_DEEP_POINTS = 2


class PointResult(Enum):
    """What one point says."""

    SAME = "same"
    DIFFERENT = "different"
    NOTHING = "nothing"
    """A pole, an overflow or a tie."""
    OUTSIDE = "outside"
    """Only one side is real here."""
    UNREAL = "unreal"
    """Neither side is real here, but they agree."""
    UNLIKE = "unlike"
    """Neither side is real here, and they differ: another branch of a root, as a rule."""


def compare(reference: Node, answer: Node, symbols: Symbols, seed: int, tolerance: float | None = None) -> Comparison:
    """Decide whether two scalar trees are equal on the domain of their symbols.

    Args:
        reference: the author's tree.
        answer: the student's tree.
        symbols: domains and constraints.
        seed: where the random points start.
        tolerance: relative; None asks for exact equality.
    """
    if reference == answer:
        return Comparison("equal", "identical")
    return _Trial(expanded(reference, symbols), expanded(answer, symbols), symbols, seed, tolerance).result()


class _Trial:
    """Two trees, tried at one point after another until they differ."""

    def __init__(self, reference: Node, answer: Node, symbols: Symbols, seed: int, tolerance: float | None) -> None:
        self.reference = reference
        self.answer = answer
        self.symbols = symbols
        self.tolerance = tolerance
        self.wanted = names(reference) | names(answer)
        self.deep = digits_needed(reference, answer)
        self.borders = breaks_of(reference, answer)
        self.seen = {agreement: 0 for agreement in PointResult}
        self.cells: set[tuple[int | None, ...]] = set()
        self.domain = Domain(symbols, self.wanted)
        count = max(_MOST, _SHORT + 2 + 2 * len(self.wanted)) if self.wanted else 1
        self.random = points(symbols, self.wanted, seed, count, farthest(reference, answer))

    def result(self) -> Comparison:
        """Refuted at a point, proven, or the same at every point that has to be visited."""
        started: list[Point] = []
        for point in islice(self.random, _SHORT):
            if self.differs_at(point):
                return Comparison("different")
            started.append(point)
        if self.wanted and self.has_no_value(started):
            return Comparison("different")
        provable = self.tolerance is None and self.seen[PointResult.SAME] > 0
        if provable and prove_equal(self.reference, self.answer, self.symbols):
            return Comparison("equal", "symbolic")
        far = list(islice(self.random, 1))
        starts = [*started[:_STARTS], *far]
        for point in chain(far, self.random, self.runs(started[:1]), self.around(starts)):
            if self.differs_at(point):
                return Comparison("different")
        return self.undifferent(proof_tried=provable)

    def has_no_value(self, started: Sequence[Point]) -> bool:
        """Whether the answer is a pole or not real wherever it was tried, though the reference has values there."""
        if self.seen[PointResult.NOTHING] < max(1, len(started)):
            return False
        return all(_is_undefined(self.answer, point) for point in started) and not any(
            _is_undefined(self.reference, point) for point in started
        )

    def runs(self, started: Sequence[Point]) -> Iterator[Point]:
        """Whole numbers one after the other, so that every residue of a small modulus is met."""
        for point in started:
            for name in sorted(self.wanted):
                if self.domain.known[name].integer:
                    for step in range(1, RESIDUES):
                        yield {**point, name: point[name] + step}

    def around(self, started: Sequence[Point]) -> Iterator[Point]:
        """Points on and beside every border."""
        if not self.borders:
            return
        places = Surroundings(self.borders, self.domain.known, constants_of(self.reference, self.answer))
        for point in started:
            yield from (place for place, _ in places.points(point) if self.domain.holds(place))

    def differs_at(self, point: Point) -> bool:
        """Whether the two are told apart, for good, at one more point."""
        digits = self.deep if sum(self.seen.values()) < _DEEP_POINTS else min(self.deep, _SHALLOW)
        found = agree(self.reference, self.answer, point, digits, self.tolerance, ties=self.symbols.ties)
        self.seen[found] += 1
        if found is PointResult.SAME and self.borders:
            self.cells.add(cell_of(self.borders, point))
        return found is PointResult.DIFFERENT or self.seen[PointResult.OUTSIDE] >= 2

    def undifferent(self, *, proof_tried: bool) -> Comparison:
        """The result where no point told the two apart."""
        same, unreal = self.seen[PointResult.SAME], self.seen[PointResult.UNREAL]
        found = Comparison("equal", "numeric", cells=max(1, len(self.cells)), points=same or unreal)
        if self.tolerance is not None and same:
            return replace(found, proof="tolerance")
        if not same and self.seen[PointResult.UNLIKE]:
            return Comparison("different")
        if same >= _SHORT:
            return found
        if not proof_tried and prove_equal(self.reference, self.answer, self.symbols):
            return Comparison("equal", "symbolic")
        if same >= (3 if self.wanted else 1) or unreal >= (_SHORT if self.wanted else 1):
            return found
        return Comparison("undecided", "")


def agree(
    reference: Node, answer: Node, point: Point, digits: int, tolerance: float | None = None, *, ties: bool = True
) -> PointResult:
    """What one point says about two scalar trees.

    Where the two are neither the same nor surely different, the precision is doubled: what cancelled may have
    taken up to `digits` digits with it. Without `ties`, a point where a number is rounded at a tie says nothing.
    """
    complex_meant = any(
        isinstance(part, Constant) and part.name == "i" for node in (reference, answer) for part in walk(node)
    )
    for precision in (digits, 2 * digits, 4 * digits):
        try:
            (a, a_tied), (b, b_tied) = (_value(node, point, precision) for node in (reference, answer))
        except Outside:
            return _one_sided(reference, answer, point, precision)
        except NoValue:
            return PointResult.NOTHING
        evaluator = Evaluator(point, precision)
        sides = (True, True) if complex_meant else (_is_real(a, evaluator), _is_real(b, evaluator))
        if sides[0] != sides[1]:
            return PointResult.OUTSIDE
        if _close(a, b, evaluator, tolerance, digits - _GUARD if precision == digits else digits):
            return PointResult.SAME if sides[0] else PointResult.UNREAL
        if not ties and (a_tied or b_tied):
            return PointResult.NOTHING
        if _settled(reference, answer, point, precision, a, b):
            return PointResult.DIFFERENT if sides[0] or _branches(reference, answer) else PointResult.UNLIKE
    return _vanishing(a, b, evaluator)


def _branches(*nodes: Node) -> bool:
    """Whether an exponent varies, so that what differs beyond the real numbers differs within them too."""
    return any(
        isinstance(part, Binary) and part.operator == "^" and names(part.right) for node in nodes for part in walk(node)
    )


def _value(node: Node, point: Point, digits: int) -> tuple[Value, bool]:
    evaluator = Evaluator(point, digits)
    return evaluator.value(node), evaluator.tied


def _is_undefined(node: Node, point: Point) -> bool:
    try:
        Evaluator(point, _SHALLOW).value(node)
    except (Outside, Pole):
        return True
    except NoValue:
        return False
    return False


def _one_sided(reference: Node, answer: Node, point: Point, digits: int) -> PointResult:
    outside = 0
    for node in (reference, answer):
        try:
            _value(node, point, digits)
        except Outside:
            outside += 1
        except NoValue:
            return PointResult.NOTHING
    return PointResult.OUTSIDE if outside == 1 else PointResult.NOTHING


def _is_real(value: Value, evaluator: Evaluator) -> bool:
    try:
        evaluator.real(value)
    except Outside:
        return False
    return True


def _close(a: Value, b: Value, evaluator: Evaluator, tolerance: float | None, digits: int) -> bool:
    if a == b:
        return True
    a, b = evaluator.number(a), evaluator.number(b)
    if tolerance is not None:
        return bool(abs(a - b) <= abs(a) * evaluator.mp.mpf(tolerance))
    return bool(abs(a - b) <= max(abs(a), abs(b)) * evaluator.mp.mpf(10) ** -digits)


def _settled(reference: Node, answer: Node, point: Point, digits: int, a: Value, b: Value) -> bool:
    """Whether the gap between two values stays when the precision doubles, so that it is no residue."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return True
    finer = Evaluator(point, 2 * digits)
    try:
        gap = finer.number(finer.value(reference)) - finer.number(finer.value(answer))
    except NoValue:
        return False
    coarse = Evaluator(point, digits)
    before = coarse.number(a) - coarse.number(b)
    return bool(abs(gap - before) <= abs(gap) / 100)


def _vanishing(a: Value, b: Value, evaluator: Evaluator) -> PointResult:
    """Both sides still move when the precision grows: equal if both are nothing but residue."""
    tiny = evaluator.mp.mpf(10) ** (-evaluator.digits // 2)
    small = abs(evaluator.number(a)) < tiny and abs(evaluator.number(b)) < tiny
    return PointResult.SAME if small else PointResult.NOTHING
