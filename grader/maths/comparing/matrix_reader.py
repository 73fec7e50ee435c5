"""How a tree of matrices becomes its normal form: a sum of words, each with a coefficient that stays a tree.

Owns which shapes fit together, and what is said where they do not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from grader.maths.comparing.calculus import times
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.matrix_normal_form import Form, Letter, Shape, Term, canonical, cut, fits, turned, word_key
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.reading.entries import names_matrix
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.symbols import Dimension, Symbol, Symbols
from grader.maths.reading.tree import (  # fmt: skip
    ONE,
    PRODUCTS,
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Transpose,
    names,
    rebuild,
)

_SCALAR_POINTS = 4
_DIGITS = 60
_MAX_TERMS = 600
_MAX_POWER = 8


def describe(form: Form) -> str:
    """A shape for a sentence."""
    if form.any_size:
        return "an identity matrix times a number"
    if form.shape is None or form.shape == (1, 1):
        return "a single number"
    return f"{form.shape[0]}×{form.shape[1]}"


def same_shape(a: Form, b: Form) -> bool:
    """Whether two forms can be added or equal: a zero fits everywhere, an identity of any size every square."""
    if a.zero or b.zero:
        return True
    if a.any_size or b.any_size:
        other = b if a.any_size else a
        return other.any_size or (other.shape is not None and other.shape[0] == other.shape[1])
    return _shown(a.shape) == _shown(b.shape)


def _shown(shape: Shape) -> tuple[Dimension, Dimension]:
    return (1, 1) if shape is None else shape


class FormReader:
    """Turns trees into forms whose coefficients are trees of scalars."""

    def __init__(self, symbols: Symbols, seed: int) -> None:
        self.symbols = symbols
        self.seed = seed

    def form(self, node: Node) -> Form:
        """The normal form of a tree.

        Raises:
            Misfit: shapes do not fit together.
            Unreadable: an operation that has no meaning for matrices.
        """
        if not names_matrix(node, self.symbols):
            return self._scalar(node)
        match node:
            case Name(name):
                return self._matrix(self.symbols.declared(name))
            case Negative(operand):
                return _scaled(self.form(operand), Negative(ONE))
            case Percent(operand):
                return self.form(Binary("/", operand, Number("100"), node.column))
            case Transpose(operand):
                return turned(self.form(operand))
            case Binary("+" | "-" as sign, left, right):
                return self._added(node, left, right, sign)
            case Binary("/", left, right):
                return self._divided(node, left, right)
            case Binary("^", left, right):
                return self._raised(node, left, right)
            case Binary(operator, left, right) if operator in PRODUCTS:
                return self._product(self.form(left), self.form(right), node)
            case Call(function):
                raise Unreadable(f"{function} of a matrix is not used here", node.column)
        raise Unreadable("this is no matrix expression", node.column)

    def _scalar(self, node: Node) -> Form:
        """A factor without matrices.

        Raises:
            Unreadable: it has no real value at any point tried.
        """
        node = rebuild(node, lambda part: part.operand if isinstance(part, Transpose) else part)  # of numbers alone
        values = []
        for point in list(points(self.symbols, names(node), self.seed, _SCALAR_POINTS)) or [{}]:
            evaluator = Evaluator(point, _DIGITS)
            with suppress(NoValue):
                values.append(evaluator.real(evaluator.value(node)))
        if not values:
            raise Unreadable("this factor has no real value", node.column)
        zero = all(value == 0 for value in values) and compare(node, ZERO, self.symbols, self.seed).verdict == "equal"
        return Form(None, {} if zero else {((), ()): node}, zero=zero)

    def _matrix(self, symbol: Symbol) -> Form:
        if symbol.identity:
            shape = (symbol.rows, symbol.columns) if symbol.rows is not None and symbol.columns is not None else None
            return Form(shape, {((), ()): ONE}, any_size=shape is None)
        assert symbol.rows is not None
        assert symbol.columns is not None
        letter = Letter(symbol.name, False, symbol.rows, symbol.columns, symbol.symmetric)
        return Form((symbol.rows, symbol.columns), {cut((letter,)): ONE})

    def _added(self, node: Node, left: Node, right: Node, sign: str) -> Form:
        a, b = self.form(left), self.form(right)
        if sign == "-":
            b = _scaled(b, Negative(ONE))
        if not same_shape(a, b):
            raise Misfit(
                f"shapes do not fit: {write(left)} is {describe(a)} and {write(right)} is "
                f"{describe(b)}, which cannot be {'added' if sign == '+' else 'subtracted'}",
                node.column,
            )
        larger = b if a.zero or (a.any_size and not b.zero) else a
        return Form(larger.shape, _merged(a.terms, b.terms, node), larger.any_size, zero=a.zero and b.zero)

    def _product(self, a: Form, b: Form, node: Node) -> Form:
        for one, other in ((a, b), (b, a)):
            if one.zero or one.any_size or (one.shape in (None, (1, 1)) and not fits(a, b)):
                larger = one if other.shape is None and not other.any_size else other
                terms = _words(one, other, node, scalar=True)
                return Form(larger.shape, terms, larger.any_size, zero=a.zero or b.zero)
        if not fits(a, b):
            if isinstance(node, Binary) and node.operator == "·" and a.shape == b.shape and a.shape and a.shape[1] == 1:
                return self._product(turned(a), b, node)
            self._misfit(a, b, node)
        assert a.shape is not None
        assert b.shape is not None
        return Form((a.shape[0], b.shape[1]), _words(a, b, node, scalar=False))

    def _misfit(self, a: Form, b: Form, node: Node) -> NoReturn:
        left, right = (node.left, node.right) if isinstance(node, Binary) else (node, node)
        raise Misfit(
            f"shapes do not fit: {write(left)} is {describe(a)} and {write(right)} is {describe(b)}, "
            f"so there is no product of the two in this order",
            right.column if isinstance(node, Binary) else node.column,
        )

    def _divided(self, node: Node, left: Node, right: Node) -> Form:
        under = self.form(right)
        if set(under.terms) != {((), ())} or under.any_size or under.shape not in (None, (1, 1)):
            raise Misfit("division by a matrix has no meaning here", right.column)
        return _scaled(self.form(left), Binary("/", ONE, under.terms[((), ())]))

    def _raised(self, node: Node, left: Node, right: Node) -> Form:
        exponent = right.value if isinstance(right, Number) else None
        if exponent is None or exponent.denominator != 1 or not 0 < exponent <= _MAX_POWER:
            raise Unreadable("a matrix has small whole powers only; a transpose is written ^T", right.column)
        base = self.form(left)
        result = base
        for _ in range(int(exponent) - 1):
            result = self._product(result, base, Binary("*", left, left, node.column))
        return result


def _scaled(form: Form, factor: Node) -> Form:
    """A form times a scalar."""
    return replace(form, terms={key: times(factor, value) for key, value in form.terms.items()})


def _merged(a: dict[Term, Node], b: dict[Term, Node], node: Node) -> dict[Term, Node]:
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


def _words(a: Form, b: Form, node: Node, *, scalar: bool) -> dict[Term, Node]:
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
            terms = _merged(terms, {key: times(value, factor)}, node)
    return terms
