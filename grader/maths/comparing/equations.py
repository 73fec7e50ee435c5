"""Equations and inequalities: equal when they are true at the same points of the declared domain.

Both are tried at random points, and along each symbol on either side of and on every place where one of them may turn
true or false: where a difference of two members vanishes, or a formula jumps. What an equation was multiplied by,
squared into or logged from does not matter, as long as no solution is gained or lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise

from grader.maths.comparing.agreement import OnBorder
from grader.maths.comparing.borders import Break, any_unseen, breaks_of, cell_of, constants_of, hides_breaks, sides_of
from grader.maths.comparing.cells import Cells
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.crossings import Search
from grader.maths.comparing.evaluator import Evaluator, Point, value_at
from grader.maths.comparing.generalised import visits_all
from grader.maths.comparing.known_functions import expanded
from grader.maths.comparing.no_value import NoValue, Outside, Pole
from grader.maths.comparing.precision import farthest
from grader.maths.comparing.proof import nonzero_ratio
from grader.maths.comparing.real_functions import as_fraction
from grader.maths.comparing.sampling import Domain, points
from grader.maths.comparing.sampling import compare as related
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.solutions import difference_of, link_at
from grader.maths.comparing.surroundings import FULL, Cell, Effort, Surroundings
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import ZERO, Binary, Call, Negative, Node, Number, Relation, names

_TRUTHS = 40
_NEAR_TRUTHS = 8
_FIRST_STARTS, _STARTS = 2, 5
_AROUND = Effort(48, 16)
"""Points around the borders that one starting point may lead to, and borders that are searched for: two formulas of
four symbols stay below half a second."""
_DIGITS, _ROUGH, _FINER = 60, 130, 240
_NEARLY = Fraction(1, 10**30)
_SURELY, _SHRUNK = Fraction(1, 10**150), Fraction(1, 10**100)
_STEP_ASIDE, _NEGLIGIBLE = Fraction(1, 10**48), Fraction(1, 10**6)


def compare_equations(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two relations, or chains of them, are true at the same points."""
    if reference == answer:
        return Comparison("equal", "identical")
    reference, answer = (
        replace(chain, members=tuple(expanded(member, symbols) for member in chain.members))
        for chain in (reference, answer)
    )
    if len(reference.operators) == len(answer.operators) == 1:
        first, second = link_at(reference, 0), link_at(answer, 0)
        if first.operators == second.operators and _same_difference(first, second, symbols, seed):
            return Comparison("equal", "symbolic")
    return _same_truth(reference, answer, symbols, seed)


def _same_difference(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> bool:
    """Whether two relations of one kind are provably the same but for what stands on which side."""
    f, g = difference_of(reference), difference_of(answer)
    turned = [g] if reference.operators[0] in ("<", "≤") else [g, Binary("-", answer.members[1], answer.members[0])]
    return any(compare(f, other, symbols, seed).proof in ("identical", "symbolic") for other in turned)


def _same_truth(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> Comparison:
    wanted = names(reference) | names(answer)
    domain = Domain(symbols, wanted)
    drawn = list(points(symbols, wanted, seed, _TRUTHS if wanted else 1, farthest(reference, answer)))
    gaps = _gaps(reference, answer)
    borders = _borders(gaps)
    bent = bool(breaks_of(reference, answer))
    search = Search(domain.known, constants_of(reference, answer))
    around = Surroundings(borders, search)
    truths: dict[bool, int] = {True: 0, False: 0}
    cells: dict[bool, set[Cell]] = {False: set(), True: set()}
    """Those that were visited, and those in which nothing could be said."""

    def differ(places: Iterable[tuple[Point, str | None]]) -> bool:
        for point, nearly in places:
            if _differ(reference, answer, point, truths, nearly=nearly):
                return True
            if bent:
                silent = truth(answer, point, nearly=nearly) is None
                cells[silent].add((sides_of if silent else cell_of)(borders, point))
        return False

    tried = ((point, None) for point in drawn)
    effort = FULL if bent else _AROUND
    beside = ([place for place in around.points(start, effort) if domain.holds(place[0])] for start in drawn[:_STARTS])
    inside = Cells([Call("sign", (gap,)) for gap in gaps], domain, drawn[:: max(1, len(drawn) - 1)], seed)
    if differ(islice(tried, _NEAR_TRUTHS)) or differ((point, None) for point in inside.points()):
        return Comparison("different")
    if inside.complete:
        return Comparison("equal", "numeric", cells=inside.visited, points=sum(truths.values()))
    if any(map(differ, islice(beside, _FIRST_STARTS))):
        return Comparison("different")
    if truths[True] and _nonzero_ratio(reference, answer, symbols):
        return Comparison("equal", "symbolic")
    sides = {cell_of(borders, point) for point in drawn[:_NEAR_TRUTHS]}
    starts = {truth(reference, point, nearly=None): point for point in drawn[::-1]}.values()
    walked = ([place for place in around.walks(start, sides) if domain.holds(place[0])] for start in starts)
    if any(map(differ, (*beside, *walked, tried))):
        return Comparison("different")
    whole = {name for name in wanted if domain.known[name].integer}
    if hides_breaks(*gaps):
        return Comparison("undecided", "")
    if bent and (any_unseen(cells[True], cells[False]) or not around.reach_all(cells[False], whole)):
        count = _generally_same(reference, answer, symbols, seed)
        found = Comparison("equal", "numeric", cells=count, points=sum(truths.values()))
        return found if count else Comparison("undecided", "")
    return _undifferent(reference, answer, symbols, truths, len(borders))


def _generally_same(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> int:
    """How many cells were visited where two relations say the same whatever their unwieldy parts are worth."""
    count = len(reference.operators)
    gaps = [Binary("-", *pair) for relation in (reference, answer) for pair in pairwise(relation.members)]

    def agrees(signs: Sequence[Node], point: Point) -> bool:
        found = [value_at(sign, point, _DIGITS) for sign in signs]
        if None in found:
            return False
        held = [related(operator, sign, 0) for operator, sign in zip(reference.operators, found, strict=False)]
        others = [related(operator, sign, 0) for operator, sign in zip(answer.operators, found[count:], strict=True)]
        return all(held) == all(others)

    return visits_all([Call("sign", (gap,)) for gap in gaps], symbols, seed, agrees)


def _differ(
    reference: Relation, answer: Relation, place: Point, truths: dict[bool, int], *, nearly: str | None
) -> bool:
    """Whether one of two relations is true at a point and the other is not; counts what both say."""
    one, other = truth(reference, place, nearly=nearly), truth(answer, place, nearly=nearly)
    if one is None or other is None:
        return False
    truths[one] += 1
    return one != other


def _undifferent(
    reference: Relation, answer: Relation, symbols: Symbols, truths: dict[bool, int], borders: int
) -> Comparison:
    """The result where no point told the two apart.

    An equation that was true nowhere says nothing: then only a ratio that never vanishes shows that two are the same.
    """
    if truths[True] or (truths[False] and set(reference.operators) & {"≠"}):
        return Comparison("equal", "numeric", cells=borders + 1, points=sum(truths.values()))
    proven = _nonzero_ratio(reference, answer, symbols)
    return Comparison("equal", "symbolic") if proven else Comparison("undecided", "")


def _nonzero_ratio(reference: Relation, answer: Relation, symbols: Symbols) -> bool:
    """Whether two equations are provably one the multiple of the other by something that never vanishes."""
    if reference.operators != ("=",) or answer.operators != ("=",):
        return False
    return nonzero_ratio(difference_of(reference), difference_of(answer), symbols)


def _borders(gaps: Sequence[Node]) -> list[Break]:
    """Where a relation may turn true or false: where a factor of a gap vanishes, and where a formula jumps."""
    found = {Break(gap): None for gap in gaps if names(gap)}
    return [*found, *(border for border in breaks_of(*gaps) if border not in found)]


def _gaps(*relations: Relation) -> list[Node]:
    """The factors of the gaps between members."""
    return [
        factor for relation in relations for pair in pairwise(relation.members) for factor in _factors(_apart(*pair))
    ]


def _apart(left: Node, right: Node) -> Node:
    """A tree with the sign of a gap; that of two squares is a product."""
    if right == ZERO:
        return left
    match left, right:
        case Binary("^", one, Number("2")), Binary("^", other, Number("2")):
            return Binary("*", Binary("-", one, other), Binary("+", one, other))
    return right if left == ZERO else Binary("-", left, right)


def _factors(node: Node) -> Iterator[Node]:
    """Trees of which one vanishes or has a pole wherever the whole vanishes or changes its sign."""
    match node:
        case Negative(operand) | Call("abs" | "sqrt" | "cbrt", (operand,)):
            yield from _factors(operand)
        case Binary("*" | "·" | "" | "/", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case Binary("^", base, Number()):
            yield from _factors(base)
        case _:
            yield node
            yield from _poles(node)


def _poles(node: Node) -> Iterator[Node]:
    """What stands below a line somewhere in a sum."""
    match node:
        case Binary("/", left, right):
            yield from _factors(right)
            yield from _poles(left)
        case Binary("+" | "-" | "*" | "·" | "", left, right):
            yield from _poles(left)
            yield from _poles(right)
        case Negative(operand):
            yield from _poles(operand)


def truth(relation: Relation, point: Point, *, nearly: str | None) -> bool | None:
    """Whether a relation, or a chain of them, is true at a point; None where that cannot be said.

    Args:
        relation: not true where a member has no value; nothing is said where one is too large to compute.
        point: where.
        nearly: the symbol by which the point solves something, where it does so only to ninety digits.
    """
    try:
        values = _values(relation.members, point, _DIGITS, nearly)
        for place, operator in enumerate(relation.operators):
            left, right = values[place], values[place + 1]
            members = relation.members[place : place + 2]
            near = abs(left - right) <= max(abs(left), abs(right), Fraction(1)) * _NEARLY
            if nearly or (near and not _is_exact(members, point)):
                right = left if _vanishes(members, point, nearly) else right
            if not related(operator, left, right):
                return False
    except (Outside, Pole):
        return None if nearly and _values_aside(relation.members, point, nearly) else False
    except NoValue:
        return None
    return True


def _values(members: Sequence[Node], point: Point, digits: int, nearly: str | None = None) -> tuple[Fraction, ...]:
    evaluator = Evaluator(point, digits) if nearly is None else OnBorder(point, digits, nearly)
    return tuple(as_fraction(evaluator.real(evaluator.value(member))) for member in members)


def _vanishes(members: Sequence[Node], point: Point, nearly: str | None) -> bool:
    """Whether a gap is nothing but residue: it shrinks with the precision, or grows with the least step aside."""
    coarse, fine = (_values(members, point, digits, nearly) for digits in (_DIGITS, _FINER))
    shrunk = abs(fine[0] - fine[1]) <= abs(coarse[0] - coarse[1]) * _SHRUNK
    if shrunk or nearly is None:
        return shrunk or abs(fine[0] - fine[1]) <= max(map(abs, fine)) * _SURELY
    here, *aside = (abs(left - right) for left, right in (fine, *_values_aside(members, point, nearly)))
    return here <= max(aside, default=Fraction(0)) * _NEGLIGIBLE


def _values_aside(members: Sequence[Node], point: Point, nearly: str) -> list[tuple[Fraction, ...]]:
    """What members are worth on either side of a point, where they have a value: a root ends on what it solves."""
    found = []
    for step in (_STEP_ASIDE, -_STEP_ASIDE):
        with suppress(NoValue):
            found.append(_values(members, {**point, nearly: point[nearly] * (1 + step)}, _ROUGH))
    return found


def _is_exact(members: Sequence[Node], point: Point) -> bool:
    evaluator = Evaluator(point, _DIGITS)
    return all(isinstance(evaluator.value(member), Fraction) for member in members)
