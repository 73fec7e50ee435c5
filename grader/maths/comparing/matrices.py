"""Matrix expressions: shapes first, then a normal form that knows products do not commute.

A tree becomes a sum of words (see `matrix_normal_form.py`), each with a coefficient: transposes are pushed inward, sums
expanded, scalars pulled out. Coefficients stay trees and are compared as scalars are, so `eta/2 + eta/2` and `eta`
agree. Two expressions are equal for all sizes exactly when these forms agree.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any, NoReturn

from grader.maths.comparing.calculus import substituted
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import Evaluator, NoValue
from grader.maths.comparing.matrix_normal_form import Form, Letter, Shape, Term, canonical, cut, fits, turned, word_key
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.symbols import Dimension, Symbol, Symbols
from grader.maths.reading.tree import (  # fmt: skip
    PRODUCTS,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Relation,
    Transpose,
    literal,
    names,
    walk,
)

ZERO, ONE = Number("0"), Number("1")
_SCALAR_POINTS = 4
_RATIO_DIGITS = 60
_MAX_TERMS = 600
_MAX_POWER = 8


def shape_of(node: Node, symbols: Symbols) -> Shape:
    """The shape of a tree.

    Raises:
        Unreadable: shapes do not fit; the message names both.
    """
    return _Reader(symbols, 0).form(node).shape


def compare_matrices(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two matrix trees are equal for all matrices of the declared shapes.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if isinstance(answer, Relation) or isinstance(reference, Relation):
        raise Unreadable("one matrix expression is asked", answer.column)
    if reference == answer:
        return Comparison("equal", "identical")
    reader = _Reader(symbols, seed)
    right, found = reader.form(reference), reader.form(answer)
    if not _same_shape(right, found):
        return Comparison("different", message=f"this is {describe(found)}; {describe(right)} is asked")
    return _same_coefficients(right, found, symbols, seed)


def compare_matrix_equations(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two equations between matrices are one a multiple of the other.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if reference.operators != ("=",) or answer.operators != ("=",):
        raise Unreadable("one equation is asked", answer.column)
    right, found = (Binary("-", *equation.sides) for equation in (reference, answer))
    for side in (right, Transpose(right)):
        ratio = constant_ratio(side, found, symbols, seed)
        if ratio is not None and ratio != 0:
            return Comparison("equal", "symbolic")
    return Comparison("different")


def constant_ratio(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Any | None:
    """The number c with `answer == c * reference`, if there is one; None else."""
    reader = _Reader(symbols, seed)
    right, found = reader.form(reference), reader.form(answer)
    if right.shape != found.shape:
        return None
    keys = right.terms.keys() | found.terms.keys()
    pairs = [(right.terms.get(key, ZERO), found.terms.get(key, ZERO)) for key in keys]
    for point in points(symbols, frozenset().union(*(names(part) for pair in pairs for part in pair)), seed, 1):
        evaluator = Evaluator(point, _RATIO_DIGITS)
        try:
            values = [(evaluator.value(one), evaluator.value(other)) for one, other in pairs]
        except NoValue:
            return None
        at = {name: literal(value) for name, value in point.items()}
        for (one, other), (below, above) in zip(pairs, values, strict=True):
            if below != 0:
                ratio = evaluator.binary("/", above, below)
                scale = literal(ratio) if isinstance(ratio, Fraction) else substituted(Binary("/", other, one), at)
                same = all(compare(Binary("*", scale, a), b, symbols, seed).verdict == "equal" for a, b in pairs)
                return ratio if same else None
    return None


def describe(form: Form) -> str:
    """A shape for a sentence."""
    if form.any_size:
        return "an identity matrix times a number"
    if form.shape is None or form.shape == (1, 1):
        return "a single number"
    return f"{form.shape[0]}×{form.shape[1]}"


def _same_shape(a: Form, b: Form) -> bool:
    """Whether two forms can be added or equal: a zero fits everywhere, an identity of any size every square."""
    if a.zero or b.zero:
        return True
    if a.any_size or b.any_size:
        other = b if a.any_size else a
        return other.any_size or (other.shape is not None and other.shape[0] == other.shape[1])
    return _shown(a.shape) == _shown(b.shape)


def _shown(shape: Shape) -> tuple[Dimension, Dimension]:
    return (1, 1) if shape is None else shape


def _same_coefficients(right: Form, found: Form, symbols: Symbols, seed: int) -> Comparison:
    """Whether two sums of words agree: the coefficient of each word is compared as scalars are."""
    whole = Comparison("equal", "symbolic")
    keys = [*right.terms, *(key for key in found.terms if key not in right.terms)]
    for key in keys:
        here = compare(right.terms.get(key, ZERO), found.terms.get(key, ZERO), symbols, seed)
        if here.verdict != "equal":
            return here
        if here.points:
            whole = replace(here, cells=max(whole.cells, here.cells), points=max(whole.points, here.points))
    return whole


class _Reader:
    """Turns trees into forms whose coefficients are trees of scalars."""

    def __init__(self, symbols: Symbols, seed: int) -> None:
        self.symbols = symbols
        self.seed = seed

    def declared(self, name: str) -> Symbol:
        return self.symbols.by_name.get(name) or Symbol(name)

    def form(self, node: Node) -> Form:
        if not any(isinstance(part, Name) and self.declared(part.name).is_matrix for part in walk(node)):
            return self.scalar(node)
        match node:
            case Name(name):
                return self.matrix(self.declared(name))
            case Negative(operand):
                return scaled(self.form(operand), Negative(ONE))
            case Percent(operand):
                return self.form(Binary("/", operand, Number("100"), node.column))
            case Transpose(operand):
                return turned(self.form(operand))
            case Binary("+" | "-" as sign, left, right):
                return self.added(node, left, right, sign)
            case Binary("/", left, right):
                return self.divided(node, left, right)
            case Binary("^", left, right):
                return self.raised(node, left, right)
            case Binary(operator, left, right) if operator in PRODUCTS:
                return self.product(self.form(left), self.form(right), node)
            case Call("inner", (left, right)):
                return self.product(turned(self.form(left)), self.form(right), node)
            case Call("sum", arguments):
                total = arguments[0]
                for argument in arguments[1:]:
                    total = Binary("+", total, argument, node.column)
                return self.form(total)
            case Call(function):
                raise Unreadable(f"{function} of a matrix is not used here", node.column)
        raise Unreadable("this is no matrix expression", node.column)

    def scalar(self, node: Node) -> Form:
        """A factor without matrices.

        Raises:
            Unreadable: it has no real value at any point tried.
        """
        values = []
        for point in list(points(self.symbols, names(node), self.seed, _SCALAR_POINTS)) or [{}]:
            evaluator = Evaluator(point, _RATIO_DIGITS)
            with suppress(NoValue):
                values.append(evaluator.real(evaluator.value(node)))
        if not values:
            raise Unreadable("this factor has no real value", node.column)
        zero = all(value == 0 for value in values) and compare(node, ZERO, self.symbols, self.seed).verdict == "equal"
        return Form(None, {} if zero else {((), ()): node}, zero=zero)

    def matrix(self, symbol: Symbol) -> Form:
        if symbol.identity:
            shape = (symbol.rows, symbol.columns) if symbol.rows is not None and symbol.columns is not None else None
            return Form(shape, {((), ()): ONE}, any_size=shape is None)
        assert symbol.rows is not None
        assert symbol.columns is not None
        letter = Letter(symbol.name, False, symbol.rows, symbol.columns, symbol.symmetric)
        return Form((symbol.rows, symbol.columns), {cut((letter,)): ONE})

    def added(self, node: Node, left: Node, right: Node, sign: str) -> Form:
        a, b = self.form(left), self.form(right)
        if sign == "-":
            b = scaled(b, Negative(ONE))
        if not _same_shape(a, b):
            raise Misfit(
                f"shapes do not fit: {write(left)} is {describe(a)} and {write(right)} is "
                f"{describe(b)}, which cannot be {'added' if sign == '+' else 'subtracted'}",
                node.column,
            )
        larger = b if a.zero or (a.any_size and not b.zero) else a
        return Form(larger.shape, merged(a.terms, b.terms, node), larger.any_size, zero=a.zero and b.zero)

    def product(self, a: Form, b: Form, node: Node) -> Form:
        for one, other in ((a, b), (b, a)):
            if one.zero or one.any_size or (one.shape in (None, (1, 1)) and not fits(a, b)):
                larger = one if other.shape is None and not other.any_size else other
                terms = words(one, other, node, scalar=True)
                return Form(larger.shape, terms, larger.any_size, zero=a.zero or b.zero)
        if not fits(a, b):
            if isinstance(node, Binary) and node.operator == "·" and a.shape == b.shape and a.shape and a.shape[1] == 1:
                return self.product(turned(a), b, node)
            self.misfit(a, b, node)
        assert a.shape is not None
        assert b.shape is not None
        return Form((a.shape[0], b.shape[1]), words(a, b, node, scalar=False))

    def misfit(self, a: Form, b: Form, node: Node) -> NoReturn:
        left, right = (node.left, node.right) if isinstance(node, Binary) else (node, node)
        raise Misfit(
            f"shapes do not fit: {write(left)} is {describe(a)} and {write(right)} is {describe(b)}, "
            f"so there is no product of the two in this order",
            right.column if isinstance(node, Binary) else node.column,
        )

    def divided(self, node: Node, left: Node, right: Node) -> Form:
        under = self.form(right)
        if set(under.terms) != {((), ())} or under.any_size or under.shape not in (None, (1, 1)):
            raise Misfit("division by a matrix has no meaning here", right.column)
        return scaled(self.form(left), Binary("/", ONE, under.terms[((), ())]))

    def raised(self, node: Node, left: Node, right: Node) -> Form:
        exponent = right.value if isinstance(right, Number) else None
        if exponent is None or exponent.denominator != 1 or not 0 < exponent <= _MAX_POWER:
            raise Unreadable("a matrix has small whole powers only; a transpose is written ^T", right.column)
        base = self.form(left)
        result = base
        for _ in range(int(exponent) - 1):
            result = self.product(result, base, Binary("*", left, left, node.column))
        return result


def scaled(form: Form, factor: Node) -> Form:
    """A form times a scalar."""
    return replace(form, terms={key: _times(factor, value) for key, value in form.terms.items()})


def merged(a: dict[Term, Node], b: dict[Term, Node], node: Node) -> dict[Term, Node]:
    """The sum of two sums of words.

    Raises:
        Unreadable: too many terms.
    """
    terms = dict(a)
    for key, value in b.items():
        terms[key] = Binary("+", terms[key], value) if key in terms else value
    if len(terms) > _MAX_TERMS:
        raise Unreadable("this expands to too many terms", node.column)
    return terms


def words(a: Form, b: Form, node: Node, *, scalar: bool) -> dict[Term, Node]:
    """All products of a term of one with a term of the other; with `scalar`, `a` has one row and column.

    Raises:
        Unreadable: too many terms.
    """
    terms: dict[Term, Node] = {}
    if len(a.terms) * len(b.terms) > _MAX_TERMS:
        raise Unreadable("this expands to too many terms", node.column)
    for (scalars, word), value in a.terms.items():
        for (others, last), factor in b.terms.items():
            kept, main = cut(last if scalar else (*word, *last))
            loose = (canonical(word),) if scalar and word else ()
            key = (tuple(sorted((*scalars, *others, *kept, *loose), key=word_key)), main)
            terms = merged(terms, {key: _times(value, factor)}, node)
    return terms


def _times(left: Node, right: Node) -> Node:
    if left == ONE:
        return right
    return left if right == ONE else Binary("*", left, right)
