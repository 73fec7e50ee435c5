"""What follows from a student's own earlier answers: an operation that the author declared, recomputed on them.

`4*params`, `params/(m*l)`, `diff(height, x)`, `subst(height, x, top)`, `solve(slope, x)`,
`solve(eq1, eq2, S, Z)`, `round(exact)`. Author text over names of earlier fields; each name stands for what
the student typed there. Nothing is ever executed: the text is read like an answer, and `solve` is checked by
putting the answer into the student's equation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from grader.maths.comparing.agreement import PointResult, agree
from grader.maths.comparing.calculus import derivative, substituted
from grader.maths.comparing.comparison import chain_members
from grader.maths.comparing.matrices import compare_matrices
from grader.maths.comparing.precision import digits_needed
from grader.maths.comparing.sampling import points, seed
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.solutions import affine_root, link_of
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.columns import closing, is_open, pieces
from grader.maths.reading.conditions import without_zero
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.filler_words import without_noun
from grader.maths.reading.label_prefix import Label
from grader.maths.reading.parser import parse
from grader.maths.reading.printer import write
from grader.maths.reading.question import Decision, Tolerance
from grader.maths.reading.symbols import Symbol
from grader.maths.reading.tree import ZERO, Binary, Name, Negative, Node, Relation, last_member, names

_OPERATION = re.compile(r"\b(diff|subst)\s*\(")
_SOLVE = re.compile(r"\s*solve\s*\((.*)\)\s*", re.DOTALL)
_POINTS = 8
_NEARLY = Tolerance(rel=1e-9)


def following(field: PreparedQuestion, answer: Node, previous: Mapping[str, str], start: int) -> bool:
    """Whether an answer is right given the student's own earlier answers.

    Where an earlier answer is missing or cannot be read, nothing follows.
    """
    question = field.question
    try:
        if question.follow_reference is not None:
            expected = field.read_author(question.follow_reference)
            tolerance = question.tolerance or _NEARLY
            if field.kind.compare(field, expected, answer, start, tolerance).verdict == "equal":
                return True
        if not question.follows:
            return False
        solved = _SOLVE.fullmatch(question.follows)
        last = chain_members(answer)[-1][0]
        if not _can_carry(field, previous):
            return False
        if solved:
            return _solves(field, _split(solved.group(1)), last, previous, start)
        expected = expand(field, question.follows, previous)
        return field.kind.compare(field, expected, answer, start, question.tolerance).verdict == "equal"
    except Unreadable:
        return False


def _can_carry(field: PreparedQuestion, previous: Mapping[str, str]) -> bool:
    """Whether every earlier answer holds more than half of the symbols of what is right there."""
    for name, right in field.question.rights.items():
        wanted = names(field.read_author(right))
        if name in previous and wanted:
            held = names(earlier(field, name, previous[name])) & wanted
            if 2 * len(held) <= len(wanted):
                return False
    return True


def statement_holds(field: PreparedQuestion, statement: str, previous: Mapping[str, str]) -> Decision:
    """Whether a relation is true everywhere once the student's answers stand in it.

    Raises:
        Unreadable: an answer that it needs is missing or cannot be read, or it is no relation.
    """
    node = expand(field, statement, previous, anything=True)
    if not isinstance(node, Relation) or set(node.operators) - {"=", "≈"}:
        raise Unreadable(f"{statement!r} is no equation")
    start = seed(field.question.secret, field.question.id, write(node))
    tolerance = field.question.tolerance.rel if field.question.tolerance else None
    if field.has_matrices(node):
        found = compare_matrices(node.members[0], node.members[1], field.symbols, start)
    else:
        found = compare(*_apart(node.members[0], node.members[1]), field.symbols, start, tolerance)
    return Decision(found.verdict, found.proof, message=found.message, cells=found.cells, points=found.points)


def expand(field: PreparedQuestion, text: str, previous: Mapping[str, str], *, anything: bool = False) -> Node:
    """An author's operation as a tree over the question's symbols.

    Args:
        field: the field that is asked, for symbols and vocabulary.
        text: the operation.
        previous: earlier field → the student's answer as typed.
        anything: whether the text may also name no earlier answer at all.

    Raises:
        Unreadable: an earlier answer is missing or cannot be read.
    """
    known: dict[str, Node] = {}
    place = 0
    while operation := _OPERATION.search(text):
        stop = closing(text, operation.end())
        if stop is None:
            raise Unreadable("a bracket of the operation is never closed")
        place += 1
        stand_in = f"operation_{place}"
        known[stand_in] = _operated(field, operation.group(1), _split(text[operation.end() : stop]), previous, known)
        text = f"{text[: operation.start()]}{stand_in}{text[stop + 1 :]}"
    return _replaced(field, text, previous, known, anything=anything)


def earlier(field: PreparedQuestion, name: str, text: str) -> Node:
    """What a student typed in an earlier field, without label and unit, and without the `= 0` of a condition.

    An equation stays one only where the name does not stand alone on its left side.
    """
    text = Label(name, None, field.symbols, frozenset(field.symbols.by_name)).taken_off(text)
    node = parse(without_noun(text, name, field.symbols), field.symbols, field.vocabulary)
    return without_zero(node)


def _operated(
    field: PreparedQuestion, operation: str, arguments: list[str], previous: Mapping[str, str], known: dict[str, Node]
) -> Node:
    """The derivative of, or the substitution into, an earlier answer."""
    subject = last_member(_replaced(field, arguments[0], previous, known, anything=False))
    variable = arguments[1].strip()
    if operation == "diff":
        return derivative(subject, variable)
    value = last_member(_replaced(field, arguments[2], previous, known, anything=True))
    return substituted(subject, {variable: value})


def _replaced(
    field: PreparedQuestion, text: str, previous: Mapping[str, str], known: Mapping[str, Node], *, anything: bool
) -> Node:
    names_here = {**{name: Symbol(name) for name in (*previous, *known)}, **field.symbols.by_name}
    symbols = replace(field.symbols, by_name=names_here)
    node = parse(text, symbols, replace(field.vocabulary, symbols=symbols))
    values = dict(known)
    for name in names(node) & previous.keys():
        values[name] = earlier(field, name, previous[name])
    if not values.keys() & names(node) and not anything:
        raise Unreadable("nothing earlier is answered")
    chains = {name: last_member(value) for name, value in values.items()}
    if isinstance(node, Name) and node.name in values:
        return values[node.name]
    return substituted(node, chains)


def _solves(
    field: PreparedQuestion, arguments: list[str], answer: Node, previous: Mapping[str, str], start: int
) -> bool:
    half = len(arguments) // 2
    unknowns = [argument.strip() for argument in arguments[half:]]
    equations = [_as_equation(_replaced(field, text, previous, {}, anything=False)) for text in arguments[:half]]
    if unknowns[0] in names(answer):
        return False
    put_in = [link_of(_as_equation(substituted(equation, {unknowns[0]: answer}))) for equation in equations]
    if half == 1:
        return _holds_only_there(field, link_of(equations[0]), put_in[0], start)
    return half == 2 and _holds_together(field, equations, put_in, unknowns[1], start)


def _as_equation(node: Node) -> Relation:
    if not isinstance(node, Relation):
        return Relation((node, ZERO), ("=",))
    if set(node.operators) - {"=", "≈"}:
        raise Unreadable("this is no equation")
    return node


def _holds_only_there(field: PreparedQuestion, before: Relation, put_in: Relation, start: int) -> bool:
    """Whether an equation is true with the answer in it, and was not true of everything before."""
    trivial = compare(*_apart(*before.sides), field.symbols, start).verdict != "different"
    return not trivial and compare(*_apart(*put_in.sides), field.symbols, start).verdict == "equal"


def _holds_together(
    field: PreparedQuestion, before: list[Relation], put_in: list[Relation], other: str, start: int
) -> bool:
    """Whether some value of the other unknown makes both equations true, with the answer in them."""
    wanted = frozenset().union(*(names(link) for link in (*before, *put_in)))
    digits = digits_needed(*put_in)
    met = 0
    for point in points(field.symbols, wanted, start, _POINTS):
        for one, two in (put_in, reversed(put_in)):
            root = affine_root(one, other, point)
            if root is None:
                continue
            if agree(*two.sides, {**point, other: root}, digits) is not PointResult.SAME:
                return False
            if all(agree(*link_of(link).sides, {**point, other: root}, digits) is PointResult.SAME for link in before):
                return False
            met += 1
            break
    return met >= _POINTS // 2


def _apart(left: Node, right: Node) -> tuple[Node, Node]:
    """`a + b = 0` as `a = -b`, so that no digits are lost in the difference."""
    if right != ZERO or not isinstance(left, Binary) or left.operator not in ("+", "-"):
        return left, right
    return left.left, Negative(left.right) if left.operator == "+" else left.right


def _split(arguments: str) -> list[str]:
    return pieces(arguments, (comma for comma in re.finditer(",", arguments) if is_open(arguments, comma.start())))
