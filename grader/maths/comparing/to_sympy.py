"""From our tree to SymPy, for proofs only.

SymPy never sees text: every symbol, number and function is built here from a tree that `parser.py` has
bounded. Functions that SymPy would search for long (`round`, `min`, `max`) stay opaque over expanded
arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from grader.maths.comparing.evaluator import OPERATIONS
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import Binary, Call, Constant, Name, Negative, Node, Number, Percent, walk

_SAME_NAME = (
    "exp sqrt sin cos tan cot sec csc asin acos atan sinh cosh tanh sech csch coth asinh acosh atanh factorial binomial"
)
_FUNCTIONS = {name: getattr(sympy, name) for name in _SAME_NAME.split()} | {"abs": sympy.Abs, "sum": sympy.Add}
_MAX_DIGITS = 6_000
_KNOWN = frozenset(SPELLINGS.values())
_OPAQUE = frozenset({"round", "floor", "ceil", "min", "max", "sign"})


class CannotLower(Exception):
    """The tree has something that SymPy is not asked about."""


def lower(node: Node, symbols: Symbols) -> Any:
    """The SymPy expression of a scalar tree.

    Raises:
        CannotLower: a matrix, a unit, a root whose real branch SymPy would not take, or numbers that could
            become huge, whatever cancels.
    """
    numbers = [part.value for part in walk(node) if isinstance(part, Number) and part.value]
    powers = [Fraction(1), *(abs(part.value) for part in _exponents(node))]
    if sum(abs(_log10(number)) for number in numbers) * float(max(powers)) > _MAX_DIGITS:
        raise CannotLower
    return _lowered(node, symbols)


def _exponents(node: Node) -> Iterator[Number]:
    """The numbers in exponents and in factorials."""
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "^":
            yield from (below for below in walk(part.right) if isinstance(below, Number))
        elif isinstance(part, Call) and part.function in ("factorial", "binomial"):
            yield from (below for below in walk(part) if isinstance(below, Number))


def _log10(value: Fraction) -> float:
    return (value.numerator.bit_length() - value.denominator.bit_length()) * 0.302


def _lowered(node: Node, symbols: Symbols) -> Any:
    match node:
        case Number():
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case Name(name):
            return symbol(symbols.declared(name))
        case Constant(name):
            if name == "inf":
                raise CannotLower
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}[name]
        case Negative(operand):
            return -_lowered(operand, symbols)
        case Percent(operand):
            return _lowered(operand, symbols) / 100
        case Binary(operator, left, right):
            return _binary(operator, _lowered(left, symbols), _lowered(right, symbols))
        case Call(function, arguments):
            return _call(function, [_lowered(argument, symbols) for argument in arguments])
    raise CannotLower


@lru_cache(maxsize=1024)
def symbol(declared: Symbol) -> Any:
    """The SymPy symbol with the declared assumptions; real unless more is known."""
    known = {"positive": declared.positive, "nonnegative": declared.nonnegative, "integer": declared.integer}
    return sympy.Symbol(declared.name, real=True, **{name: True for name, given in known.items() if given})


def _binary(operator: str, left: Any, right: Any) -> Any:
    if (operator == "/" and right == 0) or (operator == "^" and left == 0 and right.is_positive is not True):
        raise CannotLower
    return left**right if operator == "^" else OPERATIONS[operator](left, right)


def _call(function: str, arguments: list[Any]) -> Any:
    if function == "log":
        return sympy.log(arguments[0]) / (sympy.log(arguments[1]) if len(arguments) == 2 else 1)
    if function == "indicator":
        return arguments[0]
    if function in ("root", "cbrt"):
        if arguments[0].is_nonnegative is not True:
            raise CannotLower
        return arguments[0] ** (1 / (arguments[1] if function == "root" else sympy.Integer(3)))
    if function in _OPAQUE:
        expanded = sorted((sympy.expand(argument) for argument in arguments), key=sympy.default_sort_key)
        return sympy.Function(f"{function}_")(*expanded)
    if function not in _FUNCTIONS:
        if function in _KNOWN:
            raise CannotLower
        return sympy.Function(f"{function}_opaque", real=True)(*map(sympy.expand, arguments))
    return _FUNCTIONS[function](*arguments)
