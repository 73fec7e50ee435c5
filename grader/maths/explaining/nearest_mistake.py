"""The nearest mistake: what an author foresaw first, then single slips, then the simplest true statement.

A slip is named only where no other explains the answer as well. Messages name the kind of slip and never
the right answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from grader.maths.comparing.compare import chain_members, same
from grader.maths.comparing.equations import link_of, solution_points
from grader.maths.comparing.evaluator import FLOAT_DIGITS, Evaluator, NoValue, Point
from grader.maths.comparing.matrices import compare_matrices, constant_ratio, shape_of
from grader.maths.comparing.prepared_question import PreparedQuestion
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.explaining import formula_slips
from grader.maths.explaining.number_slips import number_slip, set_slip
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.question import Question
from grader.maths.reading.tree import PRODUCTS, Binary, Node, Relation, Transpose, names, rebuild

_FINGERPRINTS = 4
_MAX_EDITS = 600
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class NearestMistake:
    """What an answer comes near to. `credit` is above 0 only where an author says so."""

    name: str
    message: str
    credit: float = 0.0


def nearest(field: PreparedQuestion, answer: Node, seed: int) -> NearestMistake | None:
    """The simplest explanation of a wrong answer, or None."""
    declared = declared_mistake(field, answer, seed)
    if declared or field.reference is None:
        return declared
    kind = field.question.kind
    try:
        member = answer if kind in ("equation", "set") else _wrong_member(field, field.reference, answer, seed)
        if kind in ("number", "quantity"):
            name = number_slip(field, member)
        elif kind == "set":
            name = set_slip(field.reference, answer)
        elif kind == "matrix" or (kind == "expr" and field.has_matrices(field.reference, member)):
            name = _matrix_slip(field, member, seed)
        elif isinstance(field.reference, Relation):
            name = _equation_slip(field, field.reference, answer, seed)
        else:
            name = _scalar_slip(field, member, seed)
    except Unreadable:
        return None
    return NearestMistake(name, f"looks as if {name}" if name[:2] in ("a ", "on", "tw") else name) if name else None


def _wrong_member(field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> Node:
    """The first member of a chain that is not right."""
    if isinstance(answer, Relation) and not isinstance(reference, Relation):
        for member, _ in chain_members(answer):
            if same(field, reference, member, seed, field.question.tolerance).verdict != "equal":
                return member
    return answer


def declared_mistake(field: PreparedQuestion, answer: Node, seed: int) -> NearestMistake | None:
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
            return NearestMistake(mistake.says, mistake.says, mistake.credit)
    return None


def mutations(question: Question) -> Iterator[str]:
    """Single edits of the reference that change its value, as text: each must be judged different.

    Raises:
        QuestionError: the question cannot be used.
    """
    field = PreparedQuestion.of(question)
    if field.reference is None:
        return
    seen: set[str] = set()
    for _, edited in _edits(field):
        text = write(edited)
        if text not in seen and _changes(field, edited):
            seen.add(text)
            yield text


def _edits(field: PreparedQuestion) -> Iterator[formula_slips.Edit]:
    reference = field.reference
    assert reference is not None
    if isinstance(reference, Relation):
        edits = formula_slips.equation_edits(reference)
    elif field.question.kind == "matrix" or field.has_matrices(reference):
        matrices = frozenset(name for name, symbol in field.symbols.by_name.items() if symbol.is_matrix)
        edits = formula_slips.matrix_edits(reference, matrices)
    elif field.question.kind == "expr":
        edits = formula_slips.scalar_edits(reference)
    else:
        edits = iter(())
    for count, edit in enumerate(edits):
        if count >= _MAX_EDITS:
            return
        yield edit


def _changes(field: PreparedQuestion, edited: Node) -> bool:
    """Whether an edit means something, and something else than the reference."""
    reference = field.reference
    assert reference is not None
    if isinstance(reference, Relation) or field.question.kind == "matrix" or field.has_matrices(reference):
        try:
            return same(field, reference, edited, 1, None).verdict == "different"
        except Unreadable:
            return False
    at = _samples(field, reference, edited)
    found = [_fingerprint(node, at) for node in (reference, edited)]
    return None not in found[1] and not _alike(*found)


def _scalar_slip(field: PreparedQuestion, answer: Node, seed: int) -> str | None:
    reference = field.reference
    assert reference is not None
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
    named = [name for name in found if name != formula_slips.OTHER_NAME] or list(found)
    if len(named) == 1:
        return named[0]
    return _simplest_statement(field, reference, answer, at)


def _simplest_statement(field: PreparedQuestion, reference: Node, answer: Node, at: list[Point]) -> str | None:
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
    """The one symbol without which the two agree: where it is 1, the rest is right."""
    present = sorted(names(reference))
    if len(present) < 2:
        return None
    for name in present:
        fixed: list[Point] = [{**point, name: Fraction(1)} for point in at]
        if _alike(_fingerprint(reference, fixed), _fingerprint(answer, fixed)):
            return f"right except for how it depends on {name}"
    return None


def _factor_statement(ratio: float) -> str | None:
    if ratio == 0 or abs(ratio - 1) < _NEAR:
        return None
    if abs(ratio + 1) < _NEAR:
        return "the sign of the whole is flipped"
    nice = Fraction(ratio).limit_denominator(10_000)
    if nice and abs(float(nice) / ratio - 1) < _NEAR:
        hint = " (bits and bytes?)" if nice in (8, Fraction(1, 8)) else ""
        return f"off by a constant factor {nice}{hint}"
    return "off by a constant factor"


def _matrix_slip(field: PreparedQuestion, answer: Node, seed: int) -> str | None:
    reference = field.reference
    assert reference is not None
    if shape_of(reference, field.symbols) != shape_of(answer, field.symbols):
        turned = compare_matrices(Transpose(reference), answer, field.symbols, seed)[0] == "equal"
        return formula_slips.TURNED if turned else None
    found: dict[str, None] = {}
    for name, edited in _edits(field):
        if name in found:
            continue
        try:
            if compare_matrices(edited, answer, field.symbols, seed)[0] == "equal":
                found[name] = None
        except Unreadable:
            continue
    for first in (formula_slips.TURNED, formula_slips.ORDER):
        if first in found:
            return first
    if len(found) == 1:
        return next(iter(found))
    ratio = constant_ratio(reference, answer, field.symbols, seed)
    return _factor_statement(float(ratio)) if ratio is not None and not found else None


def _equation_slip(field: PreparedQuestion, reference: Relation, answer: Node, seed: int) -> str | None:
    if not isinstance(answer, Relation) or len(answer.operators) != 1 or answer.operators != reference.operators:
        return None
    at = list(solution_points(link_of(answer), field.symbols, seed))[:_FINGERPRINTS]
    if len(at) < _FINGERPRINTS:
        return None
    found: dict[str, None] = {}
    for name, edited in _edits(field):
        if name not in found and isinstance(edited, Relation) and all(_holds(edited, point) for point in at):
            found[name] = None
    named = [name for name in found if name != formula_slips.OTHER_NAME] or list(found)
    return named[0] if len(named) == 1 else None


def _holds(link: Relation, point: Point) -> bool:
    left, right = (_float(member, point) for member in link.members)
    return left is not None and right is not None and abs(left - right) <= _NEAR * max(abs(left), abs(right))


def _samples(field: PreparedQuestion, reference: Node, answer: Node, seed: int = 1) -> list[Point]:
    """Points where both have a value that the machine's own numbers can hold."""
    wanted = names(reference) | names(answer)
    drawn = points(field.symbols, wanted, seed, 3 * _FINGERPRINTS)
    usable = (point for point in drawn if None not in _fingerprint(reference, [point]) + _fingerprint(answer, [point]))
    return list(islice(usable, _FINGERPRINTS))


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

    def plain(part: Node) -> Node:
        product = isinstance(part, Binary) and part.operator in PRODUCTS
        return Binary("*", part.left, part.right) if product and isinstance(part, Binary) else part

    return rebuild(node, plain)
