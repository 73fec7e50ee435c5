"""Finds the single edit that turns a right answer into the wrong one; else one true statement about the wrong one.

Owns the search through the edits of `formula_slips.py`: by values at a few points first, then by the comparison that
decides answers. A slip is named only where no other explains the answer as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from grader.maths.comparing.equations import compare_equations
from grader.maths.comparing.evaluator import Point
from grader.maths.comparing.floats import FloatTree
from grader.maths.comparing.matrices import compare_forms, constant_ratio, shape_of
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.solutions import link_of, solution_points
from grader.maths.explaining import formula_slips
from grader.maths.explaining.formula_slips import Edit
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Node, Relation, Transpose, names

_FINGERPRINTS = 4
_MAX_EDITS = 600
"""A formula near the size limit has thousands of single edits; the first ones are the ones that people make."""
_NEAR = 1e-9
_SIMPLE = 100
"""The largest denominator of a factor that is told."""


def scalar_slip(reference: Node, answer: Node, edits: Iterable[Edit], symbols: Symbols, seed: int) -> str | None:
    """The slip behind a wrong scalar formula."""
    at = _samples(symbols, reference, answer, seed)
    wanted = _fingerprint(answer, at)
    if None in wanted or not at:
        return None

    def explains(edited: Node) -> bool:
        near = _alike(_fingerprint(edited, at[:1]), wanted[:1]) and _alike(_fingerprint(edited, at), wanted)
        return near and compare(edited, answer, symbols, seed).verdict == "equal"

    found = _slips(edits, explains)
    return next(iter(found)) if len(found) == 1 else _simplest_statement(reference, answer, at)


def _slips(edits: Iterable[Edit], explains: Callable[[Node], bool]) -> dict[str, Node]:
    """The slips whose edit explains an answer, each with the edit; an exchanged name only where there is no other."""
    found: dict[str, Node] = {}
    for name, edited in islice(edits, _MAX_EDITS):
        if name not in found and explains(edited):
            found[name] = edited
    if len(found) > 1:
        found.pop(formula_slips.OTHER_NAME, None)
    return found


def _simplest_statement(reference: Node, answer: Node, at: list[Point]) -> str | None:
    right, found = _fingerprint(reference, at), _fingerprint(answer, at)
    if None in right or None in found or 0 in right:
        return None
    ratios = [float(b) / float(a) for a, b in zip(right, found, strict=True)]
    if _constant(ratios):
        return _factor_statement(ratios[0])
    if _constant([float(a) * float(b) for a, b in zip(right, found, strict=True)]):
        return "this is upside down"
    if _constant([float(b) - float(a) for a, b in zip(right, found, strict=True)]):
        return "off by an added constant"
    return _one_symbol(reference, answer, at)


def _one_symbol(reference: Node, answer: Node, at: list[Point]) -> str | None:
    """The one symbol without which the two agree: where it is 1, the rest is right, and says something."""
    present = sorted(names(reference))
    if len(present) < 2:
        return None
    for name in present:
        fixed: list[Point] = [{**point, name: Fraction(1)} for point in at]
        right = _fingerprint(reference, fixed)
        if 0 in right or None in right or _constant(right):
            continue
        if _alike(right, _fingerprint(answer, fixed)):
            return f"right except for how it depends on {name}"
    return None


def _factor_statement(ratio: float) -> str | None:
    if ratio == 0 or abs(ratio - 1) < _NEAR:
        return None
    if abs(ratio + 1) < _NEAR:
        return "the sign of the whole is flipped"
    nice = Fraction(ratio).limit_denominator(_SIMPLE)
    if nice and abs(float(nice) / ratio - 1) < _NEAR:
        return f"off by a constant factor {nice}"
    return "off by a constant factor"


def matrix_slip(reference: Node, answer: Node, edits: Iterable[Edit], symbols: Symbols, seed: int) -> str | None:
    """The slip behind a wrong matrix expression.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if shape_of(reference, symbols) != shape_of(answer, symbols):
        turned = compare_forms(Transpose(reference), answer, symbols, seed).verdict == "equal"
        return formula_slips.TURNED if turned else None

    def explains(edited: Node) -> bool:
        try:
            return compare_forms(edited, answer, symbols, seed).verdict == "equal"
        except Unreadable:
            return False

    found = _slips(edits, explains)
    for first in (formula_slips.TURNED, formula_slips.ORDER):
        if first in found:
            return first
    if len(found) == 1:
        return next(iter(found))
    ratio = constant_ratio(reference, answer, symbols, seed)
    return _factor_statement(float(ratio)) if ratio is not None and not found else None


def equation_slip(reference: Relation, answer: Node, edits: Iterable[Edit], symbols: Symbols, seed: int) -> str | None:
    """The slip behind a wrong equation: an edit that makes it true wherever the answer is."""
    if not isinstance(answer, Relation) or len(answer.operators) != 1 or answer.operators != reference.operators:
        return None
    at = list(solution_points(link_of(answer), symbols, seed))[:_FINGERPRINTS]
    if len(at) < _FINGERPRINTS:
        return None

    def explains(edited: Node) -> bool:
        if not isinstance(edited, Relation) or not all(_holds(edited, point) for point in at):
            return False
        return compare_equations(edited, answer, symbols, seed).verdict == "equal"

    found = _slips(edits, explains)
    return next(iter(found)) if len(found) == 1 else None


def _holds(link: Relation, point: Point) -> bool:
    left, right = (_fingerprint(member, [point]) for member in link.members)
    return _alike(left, right)


def _samples(symbols: Symbols, reference: Node, answer: Node, seed: int) -> list[Point]:
    """Points where both have a value that the machine's own numbers can hold."""
    wanted = names(reference) | names(answer)
    drawn = points(symbols, wanted, seed, 3 * _FINGERPRINTS)
    usable = (point for point in drawn if None not in _fingerprint(reference, [point]) + _fingerprint(answer, [point]))
    return list(islice(usable, _FINGERPRINTS))


def _fingerprint(node: Node, at: list[Point]) -> list[Any]:
    tree = FloatTree(node)
    return [tree.at(point) for point in at]


def _alike(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    return all(
        a is not None and b is not None and abs(a - b) <= _NEAR * max(abs(a), abs(b))
        for a, b in zip(one, other, strict=True)
    )


def _constant(values: list[float]) -> bool:
    return all(abs(value - values[0]) <= _NEAR * abs(values[0]) for value in values) and values[0] != 0
