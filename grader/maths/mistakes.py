"""The nearest mistake: what an author foresaw first, then single slips, then the simplest true statement.

A slip is named only where no other explains the answer as well. Messages name the kind of slip and never
the right answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.maths import sets, slips
from grader.maths.comparison import chain_members, field_amount, same
from grader.maths.equations import compare_equations, link_of, solution_points
from grader.maths.equivalence import compare
from grader.maths.evaluation import FLOAT_DIGITS, Evaluator, NoValue, Point, digits_needed
from grader.maths.fields import Field
from grader.maths.matrices import compare_matrices, constant_ratio, shape_of
from grader.maths.nodes import Binary, Listing, Node, Relation, Transpose, names, rebuild
from grader.maths.question import Question
from grader.maths.sampling import points
from grader.maths.unreadable import Misfit, Unreadable
from grader.maths.write import write

_FINGERPRINTS = 3
_MAX_EDITS = 600
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Nearest:
    """What an answer comes near to. `credit` is above 0 only where an author says so."""

    name: str
    message: str
    credit: float = 0.0


def nearest(field: Field, answer: Node, seed: int) -> Nearest | None:
    """The simplest explanation of a wrong answer, or None."""
    declared = declared_mistake(field, answer, seed)
    if declared or field.reference is None:
        return declared
    kind = field.question.kind
    try:
        member = answer if kind in ("equation", "set") else chain_members(answer)[-1][0]
        if kind in ("number", "quantity"):
            name = _number_slip(field, member)
        elif kind == "set":
            name = _set_slip(field.reference, answer)
        elif kind == "matrix":
            name = _matrix_slip(field, member, seed)
        elif isinstance(field.reference, Relation):
            name = _equation_slip(field, field.reference, answer, seed)
        else:
            name = _scalar_slip(field, member, seed)
    except Unreadable:
        return None
    return Nearest(name, f"looks as if {name}" if name[:2] in ("a ", "on", "tw") else name) if name else None


def declared_mistake(field: Field, answer: Node, seed: int) -> Nearest | None:
    """The first mistake that the author foresaw and that the answer equals."""
    for mistake in field.question.mistakes:
        expected = field.author(mistake.answer)
        try:
            equal = same(field, expected, answer, seed, field.question.tolerance).verdict == "equal"
        except Misfit:
            equal = _plain(expected) == _plain(answer)
        except Unreadable:
            equal = False
        if equal:
            return Nearest(mistake.says, mistake.says, mistake.credit)
    return None


def mutations(question: Question) -> Iterator[str]:
    """Single edits of the reference that change its value, as text: each must be judged different.

    Raises:
        QuestionError: the question cannot be used.
    """
    field = Field.of(question)
    if field.reference is None:
        return
    seen: set[str] = set()
    for _, edited in _edits(field):
        text = write(edited)
        if text not in seen and _changes(field, edited):
            seen.add(text)
            yield text


def _edits(field: Field) -> Iterator[slips.Edit]:
    reference = field.reference
    assert reference is not None  # noqa: S101 — callers have checked
    if field.question.kind == "matrix":
        matrices = frozenset(name for name, symbol in field.symbols.by_name.items() if symbol.is_matrix)
        edits = slips.matrix_edits(reference, matrices)
    elif isinstance(reference, Relation):
        edits = slips.equation_edits(reference)
    elif field.question.kind == "expr":
        edits = slips.scalar_edits(reference)
    else:
        edits = iter(())
    for count, edit in enumerate(edits):
        if count >= _MAX_EDITS:
            return
        yield edit


def _changes(field: Field, edited: Node) -> bool:
    """Whether an edit means something, and something else than the reference."""
    reference = field.reference
    assert reference is not None  # noqa: S101 — callers have checked
    if field.question.kind == "matrix":
        try:
            return compare_matrices(reference, edited, field.symbols, 1)[0] == "different"
        except Unreadable:
            return False
    if isinstance(reference, Relation) and isinstance(edited, Relation):
        return compare_equations(reference, edited, field.symbols, 1)[0] == "different"
    at = _samples(field, reference, edited)
    found = [_fingerprint(node, at) for node in (reference, edited)]
    return None not in found[1] and not _alike(*found)


def _scalar_slip(field: Field, answer: Node, seed: int) -> str | None:
    reference = field.reference
    assert reference is not None  # noqa: S101 — callers have checked
    at = _samples(field, reference, answer, seed)
    wanted = _fingerprint(answer, at)
    if None in wanted or not at:
        return None
    found: dict[str, None] = {}
    for name, edited in _edits(field):
        if name in found or not _alike_first(edited, at, wanted):
            continue
        if _alike(_fingerprint(edited, at), wanted) and compare(edited, answer, field.symbols, seed)[0] == "equal":
            found[name] = None
    named = [name for name in found if name != slips.OTHER_NAME] or list(found)
    if len(named) == 1:
        return named[0]
    return _simplest_statement(field, reference, answer, at)


def _simplest_statement(field: Field, reference: Node, answer: Node, at: list[Point]) -> str | None:
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
    """Whether the ratio of the two depends on one symbol alone."""
    present = sorted(names(reference))
    if len(present) < 2:
        return None
    for name in present:
        fixed = [{**point, name: at[0][name]} for point in at]
        pairs = [(_float(reference, point), _float(answer, point)) for point in fixed]
        if all(a and b for a, b in pairs) and _constant([b / a for a, b in pairs if a is not None and b is not None]):
            return f"right except for how it depends on {name}"
    return None


def _factor_statement(ratio: float) -> str | None:
    if ratio == 0:
        return None
    if abs(ratio + 1) < _NEAR:
        return "the sign of the whole is flipped"
    nice = Fraction(ratio).limit_denominator(10_000)
    if nice and abs(float(nice) / ratio - 1) < _NEAR:
        hint = " (bits and bytes?)" if nice in (8, Fraction(1, 8)) else ""
        return f"off by a constant factor {nice}{hint}"
    return "off by a constant factor"


def _matrix_slip(field: Field, answer: Node, seed: int) -> str | None:
    reference = field.reference
    assert reference is not None  # noqa: S101 — callers have checked
    if shape_of(reference, field.symbols) != shape_of(answer, field.symbols):
        turned = compare_matrices(Transpose(reference), answer, field.symbols, seed)[0] == "equal"
        return slips.TURNED if turned else None
    found: dict[str, None] = {}
    for name, edited in _edits(field):
        if name in found:
            continue
        try:
            if compare_matrices(edited, answer, field.symbols, seed)[0] == "equal":
                found[name] = None
        except Unreadable:
            continue
    if slips.TURNED in found:
        return slips.TURNED
    if len(found) == 1:
        return next(iter(found))
    ratio = constant_ratio(reference, answer, field.symbols, seed)
    return _factor_statement(float(ratio)) if ratio is not None and not found else None


def _equation_slip(field: Field, reference: Relation, answer: Node, seed: int) -> str | None:
    if not isinstance(answer, Relation) or len(answer.operators) != 1 or answer.operators != reference.operators:
        return None
    at = list(solution_points(link_of(answer), field.symbols, seed, digits_needed(reference, answer)))[:_FINGERPRINTS]
    if len(at) < _FINGERPRINTS:
        return None
    found: dict[str, None] = {}
    for name, edited in _edits(field):
        if name not in found and isinstance(edited, Relation) and all(_holds(edited, point) for point in at):
            found[name] = None
    named = [name for name in found if name != slips.OTHER_NAME] or list(found)
    return named[0] if len(named) == 1 else None


def _holds(link: Relation, point: Point) -> bool:
    left, right = (_float(member, point) for member in link.members)
    return left is not None and right is not None and abs(left - right) <= _NEAR * max(abs(left), abs(right))


def _number_slip(field: Field, answer: Node) -> str | None:
    reference = field.reference
    assert reference is not None  # noqa: S101 — callers have checked
    right, found = field_amount(field, reference), field_amount(field, answer)
    if right.value == 0 or found.value == 0 or right.dimensions != found.dimensions:
        return None
    tolerance = field.question.tolerance
    near = Fraction(str(min(tolerance.rel, 0.02))) if tolerance and tolerance.rel else Fraction(1, 10**6)
    scale = field.unit.factor if field.unit else Fraction(1)
    ratio = found.value / right.value
    if abs(ratio + 1) <= near:
        return "the sign is flipped"
    if abs(found.value / scale * (right.value / scale) - 1) <= near:
        return "this is upside down"
    for factor, says in _FACTORS:
        if abs(ratio / factor - 1) <= near:
            return says
    power = _power_of_ten(ratio, near)
    return f"off by a factor 10^{power}" if power else None


_FACTORS = (
    (Fraction(8), "off by a factor 8 (bits instead of bytes?)"),
    (Fraction(1, 8), "off by a factor 1/8 (bytes instead of bits?)"),
    (Fraction(1024, 1000), "off by 1024 against 1000"),
    (Fraction(1000, 1024), "off by 1000 against 1024"),
    (Fraction(1024**2, 1000**2), "off by 1024² against 1000²"),
    (Fraction(1000**2, 1024**2), "off by 1000² against 1024²"),
    (Fraction(1024**3, 1000**3), "off by 1024³ against 1000³ (GB or GiB?)"),
    (Fraction(1000**3, 1024**3), "off by 1000³ against 1024³ (GB or GiB?)"),
    (Fraction(60), "off by a factor 60 (minutes and seconds?)"),
    (Fraction(1, 60), "off by a factor 1/60 (minutes and seconds?)"),
    (Fraction(3600), "off by a factor 3600 (hours and seconds?)"),
    (Fraction(1, 3600), "off by a factor 1/3600 (hours and seconds?)"),
    (Fraction(24), "off by a factor 24 (hours and days?)"),
    (Fraction(1, 24), "off by a factor 1/24 (hours and days?)"),
    (Fraction(2), "off by a factor 2"),
    (Fraction(1, 2), "off by a factor 1/2"),
    (Fraction(4), "off by a factor 4"),
    (Fraction(1, 4), "off by a factor 1/4"),
)


def _power_of_ten(ratio: Fraction, near: Fraction) -> int:
    for power in range(1, 19):
        for signed in (power, -power):
            if abs(ratio / Fraction(10) ** signed - 1) <= near:
                return signed
    return 0


def _set_slip(reference: Node, answer: Node) -> str | None:
    if not isinstance(reference, Listing) or not isinstance(answer, Listing):
        return None
    right, found = sets.members(reference), sets.members(answer)
    if not right or not found:
        return None
    shift = min(found) - min(right)
    if shift and {number + shift for number in right} == found:
        return f"every number is shifted by {abs(shift)}"
    if len(found) > 1 and found < right:
        return "all of these belong to it, but some are missing"
    if found > right:
        return "all that belong to it are there, and some too many"
    return None


def _samples(field: Field, reference: Node, answer: Node, seed: int = 1) -> list[Point]:
    wanted = names(reference) | names(answer)
    return list(points(field.symbols, wanted, seed, _FINGERPRINTS))


def _fingerprint(node: Node, at: list[Point]) -> list[Any]:
    return [_float(node, point) for point in at]


def _float(node: Node, point: Point) -> float | None:
    evaluator = Evaluator(point, FLOAT_DIGITS)
    try:
        return float(evaluator.real(evaluator.value(node)))
    except (NoValue, OverflowError, ZeroDivisionError):
        return None


def _alike_first(node: Node, at: list[Point], wanted: list[Any]) -> bool:
    value = _float(node, at[0])
    return value is not None and abs(value - wanted[0]) <= _NEAR * max(abs(value), abs(wanted[0]))


def _alike(one: list[Any], other: list[Any]) -> bool:
    return all(
        a is not None and b is not None and abs(a - b) <= _NEAR * max(abs(a), abs(b))
        for a, b in zip(one, other, strict=True)
    )


def _constant(values: list[float]) -> bool:
    return all(abs(value - values[0]) <= _NEAR * abs(values[0]) for value in values) and values[0] != 0


def _plain(node: Node) -> Node:
    """The tree with every product spelled the same, for answers whose shapes do not fit."""
    return rebuild(
        node,
        lambda part: Binary("*", part.left, part.right) if isinstance(part, Binary) and part.operator in ("", "·") else part,
    )
