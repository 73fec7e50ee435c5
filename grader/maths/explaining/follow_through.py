"""What follows from a student's own earlier answers: an operation that the author declared, recomputed on them.

`4*params`, `params/(m*l)`, `diff(height, x)`, `subst(height, x, top)`, `solve(slope, x)`,
`solve(eq1, eq2, S, Z)`, `round(exact)`. Author text over names of earlier fields; each name stands for what
the student typed there. Nothing is ever executed: the text is read like an answer, and `solve` is checked by
putting the answer into the student's equation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.maths.comparing.agreement import PointResult, agree
from grader.maths.comparing.calculus import bounded, derivative, substituted
from grader.maths.comparing.comparison import chain_members
from grader.maths.comparing.matrices import compare_matrices
from grader.maths.comparing.precision import digits_needed
from grader.maths.comparing.sampling import points, seed
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.solutions import affine_root, link_of
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.conditions import without_zero
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.filler_words import without_noun
from grader.maths.reading.label_prefix import Label
from grader.maths.reading.parser import parse
from grader.maths.reading.printer import write
from grader.maths.reading.question import Decision, Tolerance
from grader.maths.reading.symbols import OPAQUE, Symbol
from grader.maths.reading.tree import (
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Relation,
    children,
    last_member,
    names,
    with_children,
)

_OPERATIONS = {name: Symbol(name, function=OPAQUE) for name in ("diff", "subst", "solve")}
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
        operation = _read(field, question.follows, previous)
        last = chain_members(answer)[-1][0]
        if not _can_carry(field, previous):
            return False
        values = _earlier_answers(field, operation, previous)
        if isinstance(operation, Call) and operation.function == "solve":
            return _solves(field, operation.arguments, last, values, start)
        expected = _from_earlier(operation, values)
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
    operation = _read(field, statement, previous)
    node = bounded(_worth(operation, _earlier_answers(field, operation, previous)))
    if not isinstance(node, Relation) or set(node.operators) - {"=", "≈"}:
        raise Unreadable(f"{statement!r} is no equation")
    start = seed(field.question.secret, field.question.id, write(node))
    tolerance = field.question.tolerance.rel if field.question.tolerance else None
    if field.has_matrices(node):
        found = compare_matrices(node.members[0], node.members[1], field.symbols, start)
    else:
        found = compare(*_apart(node.members[0], node.members[1]), field.symbols, start, tolerance)
    return Decision(found.verdict, found.proof, message=found.message, cells=found.cells, points=found.points)


def _read(field: PreparedQuestion, text: str, previous: Mapping[str, str]) -> Node:
    """An author's operation as it stands, over earlier fields and the question's symbols."""
    earlier_fields = {name: Symbol(name) for name in previous}
    symbols = replace(field.symbols, by_name={**earlier_fields, **field.symbols.by_name, **_OPERATIONS})
    return parse(text, symbols, replace(field.vocabulary, symbols=symbols))


def _earlier_answers(field: PreparedQuestion, operation: Node, previous: Mapping[str, str]) -> dict[str, Node]:
    """What the student answered in the fields that an operation names."""
    return {name: earlier(field, name, previous[name]) for name in names(operation) & previous.keys()}


def earlier(field: PreparedQuestion, name: str, text: str) -> Node:
    """What a student typed in an earlier field, without label and unit, and without the `= 0` of a condition.

    An equation stays one only where the name does not stand alone on its left side.
    """
    text = Label(name, None, field.symbols, frozenset(field.symbols.by_name)).taken_off(text)
    node = parse(without_noun(text, name, field.symbols), field.symbols, field.vocabulary)
    return without_zero(node)


def _from_earlier(operation: Node, values: Mapping[str, Node]) -> Node:
    """What an operation on earlier answers comes to.

    Raises:
        Unreadable: it names none that is there.
    """
    if not values.keys() & names(operation):
        raise Unreadable("nothing earlier is answered")
    if isinstance(operation, Name):
        return values[operation.name]
    return bounded(_worth(operation, values))


def _worth(operation: Node, values: Mapping[str, Node]) -> Node:
    """The operation with answers in the place of fields, and with derivatives and substitutions carried out."""
    match operation:
        case Name(name):
            return last_member(values.get(name, operation))
        case Call("diff", (subject, Name(variable))):
            return derivative(last_member(_from_earlier(subject, values)), variable)
        case Call("subst", (subject, Name(variable), value)):
            return substituted(last_member(_from_earlier(subject, values)), {variable: _worth(value, values)})
    return with_children(operation, tuple(_worth(part, values) for part in children(operation)))


def _solves(
    field: PreparedQuestion, arguments: Sequence[Node], answer: Node, values: Mapping[str, Node], start: int
) -> bool:
    half = len(arguments) // 2
    unknowns = [argument.name for argument in arguments[half:] if isinstance(argument, Name)]
    equations = [_as_equation(_from_earlier(argument, values)) for argument in arguments[:half]]
    if unknowns[0] in names(answer):
        return False
    put_in = [link_of(_as_equation(substituted(equation, {unknowns[0]: answer}))) for equation in equations]
    if half == 1:
        return _holds_only_there(field, link_of(equations[0]), put_in[0], start)
    return half == 2 and _holds_together(field, equations, put_in, unknowns[1], start)


def _as_equation(node: Node) -> Relation:
    if isinstance(node, Call) and node.function == "indicator":  # an equation in brackets
        node = node.arguments[0]
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
