"""Whether two scalar expressions, or two equations, mean the same on the declared domain.

In this order: same tree; different at a random point (most wrong answers end here, in a millisecond); proven
by algebra; the same at every point tried, which is accepted and recorded as such, with the number of points. Where a
formula jumps or bends, every cell has to be visited: by taking straight bends apart (`cells.py`), else by points on
and on either side of each border (`surroundings.py`); where so many borders meet that their corners cannot all be
reached, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice, product

from grader.maths.comparing.agreement import SHALLOW, PointResult, agree, differ_on_border, is_beyond, is_undefined
from grader.maths.comparing.borders import any_unseen, breaks_of, cell_of, constants_of, hides_breaks, sides_of
from grader.maths.comparing.cells import Cells
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.crossings import Search
from grader.maths.comparing.evaluator import Point
from grader.maths.comparing.generalised import visits_all
from grader.maths.comparing.known_functions import expanded
from grader.maths.comparing.precision import digits_needed, farthest, holds_integral
from grader.maths.comparing.proof import prove_equal
from grader.maths.comparing.sampling import Domain, points
from grader.maths.comparing.surroundings import BRIEF, FULL, Cell, Place, Surroundings
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import BINDERS, Binary, Call, Node, calls, has_call, names, walk

_SHORT = 8
_MOST = 20
_STARTS = 3
RESIDUES = 200
"""Points at which whole symbols are tried one after the other: 200 values of one, pairs up to 14, triples up to 5."""
_FEW_RESIDUES = 9
"""Points of that kind where an integral is taken at each."""
_FAR_RESIDUES = 24
"""Consecutive values of each whole symbol that are tried far out."""
_DEEP_POINTS = 2
_ASIDE = ((1, Fraction(1, 10**9)), (2, Fraction(-1, 10**9)), (5, Fraction(2, 10**9)))
"""Steps aside that a pole does not follow where it is one at single values: a few on, and a share of the value."""


def compare(reference: Node, answer: Node, symbols: Symbols, seed: int, tolerance: float | None = None) -> Comparison:
    """Decide whether two scalar trees are equal on the domain of their symbols.

    Args:
        reference: the author's tree.
        answer: the student's tree.
        symbols: domains and constraints.
        seed: where the random points start.
        tolerance: relative; None or 0 asks for exact equality.
    """
    if reference == answer:
        return Comparison("equal", "identical")
    return _Trial(expanded(reference, symbols), expanded(answer, symbols), symbols, seed, tolerance or None).result()


class _Trial:
    """Two trees, tried at one point after another until they differ."""

    def __init__(self, reference: Node, answer: Node, symbols: Symbols, seed: int, tolerance: float | None) -> None:
        self.reference = reference
        self.answer = answer
        self.both = (reference, answer)
        self.symbols = symbols
        self.tolerance = tolerance
        self.start = seed
        self.complete = True
        """Whether every cell that borders cut was visited, as far as can be said."""
        self.blind = False
        """Whether a place beside a border had no value, because a sum has too many terms there, or a limit none."""
        self.at_borders = False
        self.wanted = names(reference) | names(answer)
        self.deep = digits_needed(reference, answer)
        self.seen = {agreement: 0 for agreement in PointResult}
        self.cells: set[Cell] = set()
        self.silent: set[Cell] = set()
        """Cells with a point beside a border at which nothing could be said."""
        self.domain = Domain(symbols, self.wanted)
        found = breaks_of(*self.both)
        self.borders = [one for one in found if one.offset is not None or not self.domain.is_positive(one.margin)]
        most = _SHORT if holds_integral(reference, answer) else max(_MOST, _SHORT + 2 + 2 * len(self.wanted))
        count = most if self.wanted else 1
        self.random = points(symbols, self.wanted, seed, count, farthest(reference, answer))

    def result(self) -> Comparison:
        """Refuted at a point, proven, or the same at every point that has to be visited."""
        started: list[Point] = []
        for point in islice(self.random, _SHORT):
            if self.differs_at(point):
                return Comparison("different")
            started.append(point)
        if self.has_no_value(started):
            return Comparison("different")
        provable = self.tolerance is None and self.seen[PointResult.SAME] > 0
        if provable and prove_equal(*self.both, self.symbols):
            return Comparison("equal", "symbolic")
        far = list(islice(self.random, 1))
        rest = chain(far, self.random, self.residues(started[:1], far))
        places = chain((Place(point) for point in rest), self.bends([*started[:_STARTS], *far]))
        if any(map(self.differs_around, places)):
            return Comparison("different")
        return self.undifferent(proof_tried=provable)

    def has_no_value(self, started: Sequence[Point]) -> bool:
        """Whether the answer is a pole or not real wherever it was tried, though the reference has values there."""
        if self.seen[PointResult.NOTHING] < max(1, len(started)):
            return False
        return all(is_undefined(self.answer, point) for point in started) and not any(
            is_undefined(self.reference, point) for point in started
        )

    def residues(self, near: Sequence[Point], far: Sequence[Point]) -> Iterator[Point]:
        """Whole numbers one after the other, so that every residue of a small modulus is met, near and far out."""
        whole = sorted(name for name in self.wanted if self.domain.known[name].integer)
        if not whole or not self.may_jump():
            return
        residues = _FEW_RESIDUES if holds_integral(*self.both) else RESIDUES
        side = max(2, int(residues ** (1 / len(whole)) + 1e-9))
        first = {name: 1 if self.domain.known[name].positive else 0 for name in whole}
        for point in near:
            for values in product(*(range(first[name], first[name] + side) for name in whole)):
                place = {**point, **{name: Fraction(value) for name, value in zip(whole, values, strict=True)}}
                if self.domain.holds(place):
                    yield place
        for point in (*near, *far) if residues == RESIDUES else ():
            for name in whole:
                for step in range(1, _FAR_RESIDUES):
                    place = {**point, name: point[name] + step}
                    if self.domain.holds(place):
                        yield place

    def may_jump(self) -> bool:
        """Whether something may depend on residues: a border, an angle, or an exponent that varies."""
        return bool(self.borders) or any(
            (isinstance(part, Call) and part.function in _PERIODIC)
            or (isinstance(part, Binary) and part.operator == "^" and names(part.right))
            for part in walk(*self.both)
        )

    def leaves_gap(self) -> bool:
        """Whether only one of the two says nothing at some place where its cases leave a gap."""
        return self.seen[PointResult.OUTSIDE] > 0 and any(
            call.function == "cases" and len(call.arguments) % 2 == 0 for call in calls(*self.both)
        )

    def bends(self, started: Sequence[Point]) -> Iterator[Place]:
        """Points in every cell, and on and beside every border."""
        if not self.borders or not started:
            return
        self.at_borders = True
        inside = Cells(self.both, self.domain, [started[0], started[-1]], self.start)
        yield from map(Place, inside.points())
        around = Surroundings(self.borders, Search(self.domain.known, constants_of(*self.both)))
        if inside.complete:
            yield from self.kept(around.points(started[0], BRIEF))
            return
        for place, point in enumerate(started):
            yield from self.kept(around.points(point, BRIEF if place else FULL))
        for point in started:
            yield from self.kept(around.walks(point, self.cells))
        self.complete = around.reach_all(self.cells, {name for name in self.wanted if self.domain.known[name].integer})

    def kept(self, places: Iterator[Place]) -> Iterator[Place]:
        """Those that lie in the domain."""
        return (place for place in places if self.domain.holds(place.point))

    def differs_at(self, point: Point) -> bool:
        """Whether the two are told apart, for good, at one more point."""
        digits = self.deep if sum(self.seen.values()) < _DEEP_POINTS else min(self.deep, SHALLOW)
        found = agree(self.reference, self.answer, point, digits, self.tolerance, ties=self.symbols.ties)
        if found is PointResult.POLE:
            found = PointResult.OUTSIDE if self.is_pole_around(point) else PointResult.NOTHING
        self.seen[found] += 1
        nothing = found is PointResult.NOTHING and self.at_borders
        if nothing and any(is_beyond(node, point) for node in self.both):
            self.silent.add(sides_of(self.borders, point))
        self.blind = self.blind or (nothing and has_call(BINDERS, *self.both))
        if found is PointResult.SAME and self.borders:
            self.cells.add(cell_of(self.borders, point))
        return found is PointResult.DIFFERENT or self.seen[PointResult.OUTSIDE] >= 2

    def is_pole_around(self, point: Point) -> bool:
        """Whether the answer divides by zero at a point and all around it, where the reference has values."""
        around = [point, *(self.moved(point, *step) for step in _ASIDE)]
        return all(is_undefined(self.answer, place) and not is_undefined(self.reference, place) for place in around)

    def moved(self, point: Point, few: int, share: Fraction) -> Point:
        """A point a few steps on along whole symbols, and a little aside along all others."""
        return {
            name: value + few if self.domain.known[name].integer else value + (value or 1) * share
            for name, value in point.items()
        }

    def differs_around(self, place: Place) -> bool:
        """Whether the two are told apart at a place beside or on a border, be it one that no fraction meets."""
        if place.nearly is None:
            return self.differs_at(place.point)
        ties = self.symbols.ties or not has_call({"round"}, self.reference)
        return ties and differ_on_border(self.reference, self.answer, place.point, place.nearly)

    def undifferent(self, *, proof_tried: bool) -> Comparison:
        """The result where no point told the two apart."""
        same, unreal = self.seen[PointResult.SAME], self.seen[PointResult.UNREAL]
        found = Comparison("equal", "numeric", cells=max(1, len(self.cells)), points=same or unreal)
        if self.tolerance is not None and same:
            return replace(found, proof="tolerance")
        if not same and self.seen[PointResult.UNLIKE]:
            return Comparison("different")
        hidden = hides_breaks(*self.both)
        unseen = any_unseen(self.silent, self.cells)
        self.complete = self.complete and not (self.blind or hidden or unseen or self.leaves_gap())
        if same >= _SHORT and self.complete:
            return found
        if not proof_tried and prove_equal(*self.both, self.symbols):
            return Comparison("equal", "symbolic")
        if not self.complete:
            cells = visits_all(self.both, self.symbols, self.start, self.same_generally)
            return replace(found, cells=cells) if cells and same else Comparison("undecided", "")
        if same >= (3 if self.wanted else 1) or unreal >= (_SHORT if self.wanted else 1):
            return found
        return Comparison("undecided", "")

    def same_generally(self, trees: Sequence[Node], point: Point) -> bool:
        """Whether two trees with other symbols have the same value at a point."""
        reference, answer = trees
        return agree(reference, answer, point, SHALLOW, ties=self.symbols.ties) is PointResult.SAME


_PERIODIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
