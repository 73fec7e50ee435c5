"""Matrix expressions: shapes first, then a normal form that knows products do not commute.

A tree becomes a sum of words (see `matrix_normal_form.py`), each with a coefficient: transposes are pushed inward, sums
expanded, scalars pulled out. Coefficients are values at random scalars, so `eta/2 + eta/2` and `eta` agree. Two
expressions are equal for all sizes exactly when these forms agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NoReturn

from grader.maths.comparing.evaluator import Evaluator, NoValue, Point
from grader.maths.comparing.matrix_normal_form import Form, Letter, Shape, Term, canonical, cut, fits, turned, word_key
from grader.maths.comparing.precision import digits_needed
from grader.maths.comparing.sampling import points
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.question import Equality, Proof
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
    names,
    walk,
)

_SCALAR_POINTS = 4
_MAX_TERMS = 600
_MAX_POWER = 8


def shape_of(node: Node, symbols: Symbols) -> Shape:
    """The shape of a tree.

    Raises:
        Unreadable: shapes do not fit; the message names both.
    """
    return _Reader(symbols, node, 0).form(node).shape


def compare_matrices(reference: Node, answer: Node, symbols: Symbols, seed: int) -> tuple[Equality, Proof, str]:
    """Decide whether two matrix trees are equal for all matrices of the declared shapes.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if isinstance(answer, Relation) or isinstance(reference, Relation):
        raise Unreadable("one matrix expression is asked", answer.column)
    if reference == answer:
        return "equal", "identical", ""
    reader = _Reader(symbols, Binary("*", reference, answer), seed)
    right, found = reader.form(reference), reader.form(answer)
    if _shown(right.shape) != _shown(found.shape) and not (right.any_size or found.any_size):
        message = f"this is {describe(found.shape)}; {describe(right.shape)} is asked"
        return "different", "refuted", message
    if _equal_forms(right, found, reader):
        return "equal", "symbolic", ""
    return "different", "refuted", ""


def compare_matrix_equations(
    reference: Relation, answer: Relation, symbols: Symbols, seed: int
) -> tuple[Equality, Proof]:
    """Decide whether two equations between matrices are one a multiple of the other.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if reference.operators != ("=",) or answer.operators != ("=",):
        raise Unreadable("one equation is asked", answer.column)
    right, found = (Binary("-", *equation.sides) for equation in (reference, answer))
    multiple = any(constant_ratio(side, found, symbols, seed) is not None for side in (right, Transpose(right)))
    return ("equal", "symbolic") if multiple else ("different", "refuted")


def constant_ratio(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Any | None:
    """The number c with `answer == c * reference`, if there is one; None else."""
    reader = _Reader(symbols, Binary("*", reference, answer), seed)
    right, found = reader.form(reference), reader.form(answer)
    if right.terms.keys() != found.terms.keys() or not right.terms or right.shape != found.shape:
        return None
    ratios = [b / a for key, values in right.terms.items() for a, b in zip(values, found.terms[key], strict=True) if a]
    if not ratios or any(abs(ratio - ratios[0]) > abs(ratios[0]) * 1e-12 for ratio in ratios):
        return None
    return ratios[0]


def describe(shape: Shape) -> str:
    """A shape for a sentence."""
    if shape is None or shape == (1, 1):
        return "a single number"
    return f"{shape[0]}×{shape[1]}"


def _shown(shape: Shape) -> tuple[Dimension, Dimension]:
    return (1, 1) if shape is None else shape


def _equal_forms(right: Form, found: Form, reader: _Reader) -> bool:
    return all(
        reader.close(a, b)
        for key in right.terms.keys() | found.terms.keys()
        for a, b in zip(right.terms.get(key, reader.zeros), found.terms.get(key, reader.zeros), strict=True)
    )


class _Reader:
    """Turns trees into forms over one choice of random scalars."""

    def __init__(self, symbols: Symbols, everything: Node, seed: int) -> None:
        self.symbols = symbols
        scalars = frozenset(name for name in names(everything) if not self.declared(name).is_matrix)
        self.points: list[Point] = list(points(symbols, scalars, seed, _SCALAR_POINTS)) or [{}]
        self.digits = digits_needed(everything)
        self.evaluators = [Evaluator(point, self.digits) for point in self.points]
        self.zeros = tuple(0 for _ in self.points)

    def declared(self, name: str) -> Symbol:
        return self.symbols.by_name.get(name) or Symbol(name)

    def close(self, a: Any, b: Any) -> bool:
        if a == b:
            return True
        evaluator = self.evaluators[0]
        a, b = evaluator.number(a), evaluator.number(b)
        return bool(abs(a - b) <= max(abs(a), abs(b)) * evaluator.mp.mpf(10) ** (15 - self.digits))

    def form(self, node: Node) -> Form:
        if not any(isinstance(part, Name) and self.declared(part.name).is_matrix for part in walk(node)):
            return self.scalar(node)
        match node:
            case Name(name):
                return self.matrix(self.declared(name))
            case Negative(operand):
                return self.scaled(self.form(operand), tuple(-1 for _ in self.points))
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
        try:
            values = tuple(evaluator.real(evaluator.value(node)) for evaluator in self.evaluators)
        except NoValue:
            raise Unreadable("this factor has no real value", node.column) from None
        zero = all(value == 0 for value in values)
        return Form(None, {} if zero else {((), ()): values}, any_size=zero)

    def matrix(self, symbol: Symbol) -> Form:
        ones = tuple(1 for _ in self.points)
        if symbol.identity:
            shape = (symbol.rows, symbol.columns) if symbol.rows is not None and symbol.columns is not None else None
            return Form(shape, {((), ()): ones}, any_size=shape is None)
        assert symbol.rows is not None
        assert symbol.columns is not None
        letter = Letter(symbol.name, False, symbol.rows, symbol.columns, symbol.symmetric)
        return Form((symbol.rows, symbol.columns), {cut((letter,)): ones})

    def scaled(self, form: Form, factors: Iterable[Any]) -> Form:
        factors = tuple(factors)
        multiply = self.evaluators[0].binary
        terms = {
            key: tuple(multiply("*", _exact(a), _exact(b)) for a, b in zip(values, factors, strict=True))
            for key, values in form.terms.items()
        }
        return Form(form.shape, terms, form.any_size)

    def added(self, node: Node, left: Node, right: Node, sign: str) -> Form:
        a, b = self.form(left), self.form(right)
        if sign == "-":
            b = self.scaled(b, (-1 for _ in self.points))
        if not a.any_size and not b.any_size and _shown(a.shape) != _shown(b.shape):
            raise Misfit(
                f"shapes do not fit: {write(left)} is {describe(a.shape)} and {write(right)} is "
                f"{describe(b.shape)}, which cannot be {'added' if sign == '+' else 'subtracted'}",
                node.column,
            )
        shape = b.shape if a.any_size else a.shape
        return Form(shape, self.merged(a, b, node), a.any_size and b.any_size)

    def merged(self, a: Form, b: Form, node: Node) -> dict[Term, tuple[Any, ...]]:
        terms = dict(a.terms)
        add = self.evaluators[0].binary
        for key, values in b.terms.items():
            if key not in terms:
                terms[key] = values
                continue
            sums = tuple(add("+", _exact(x), _exact(y)) for x, y in zip(terms[key], values, strict=True))
            scale = max(abs(value) for value in (*terms[key], *values))
            if all(abs(value) <= scale * 10.0 ** -(min(self.digits, 300) - 15) for value in sums):
                del terms[key]
            else:
                terms[key] = sums
        if len(terms) > _MAX_TERMS:
            raise Unreadable("this expands to too many terms", node.column)
        return terms

    def product(self, a: Form, b: Form, node: Node) -> Form:
        for one, other in ((a, b), (b, a)):
            if one.any_size or (one.shape in (None, (1, 1)) and not fits(a, b)):
                shape = other.shape if not other.any_size else one.shape
                return Form(shape, self.words(one, other, node, scalar=True), one.any_size and other.any_size)
        if not fits(a, b):
            if isinstance(node, Binary) and node.operator == "·" and a.shape == b.shape and a.shape and a.shape[1] == 1:
                return self.product(turned(a), b, node)
            self.misfit(a, b, node)
        assert a.shape is not None
        assert b.shape is not None
        return Form((a.shape[0], b.shape[1]), self.words(a, b, node, scalar=False))

    def misfit(self, a: Form, b: Form, node: Node) -> NoReturn:
        left, right = (node.left, node.right) if isinstance(node, Binary) else (node, node)
        raise Misfit(
            f"shapes do not fit: {write(left)} is {describe(a.shape)} and {write(right)} is {describe(b.shape)}, "
            f"so there is no product of the two in this order",
            right.column if isinstance(node, Binary) else node.column,
        )

    def words(self, a: Form, b: Form, node: Node, *, scalar: bool) -> dict[Term, tuple[Any, ...]]:
        """All products of a term of one with a term of the other; with `scalar`, `a` has one row and column."""
        result = Form(None, {})
        multiply = self.evaluators[0].binary
        if len(a.terms) * len(b.terms) > _MAX_TERMS:
            raise Unreadable("this expands to too many terms", node.column)
        for (scalars, word), values in a.terms.items():
            for (others, last), factors in b.terms.items():
                kept, main = cut(last if scalar else (*word, *last))
                loose = (canonical(word),) if scalar and word else ()
                key = (tuple(sorted((*scalars, *others, *kept, *loose), key=word_key)), main)
                product = tuple(multiply("*", _exact(x), _exact(y)) for x, y in zip(values, factors, strict=True))
                result = Form(None, self.merged(result, Form(None, {key: product}), node))
        return result.terms

    def divided(self, node: Node, left: Node, right: Node) -> Form:
        under = self.form(right)
        if set(under.terms) != {((), ())} or under.shape not in (None, (1, 1)):
            raise Misfit("division by a matrix has no meaning here", right.column)
        one = _exact(1)
        divide = self.evaluators[0].binary
        return self.scaled(self.form(left), (divide("/", one, value) for value in under.terms[((), ())]))

    def raised(self, node: Node, left: Node, right: Node) -> Form:
        exponent = right.value if isinstance(right, Number) else None
        if exponent is None or exponent.denominator != 1 or not 0 < exponent <= _MAX_POWER:
            raise Unreadable("a matrix has small whole powers only; a transpose is written ^T", right.column)
        base = self.form(left)
        result = base
        for _ in range(int(exponent) - 1):
            result = self.product(result, base, Binary("*", left, left, node.column))
        return result


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int) else value
