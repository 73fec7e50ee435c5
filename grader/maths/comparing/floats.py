"""A tree in the machine's own numbers: fast, good to some fifteen digits, for a first look and for searches.

What decides is computed by the `Evaluator`, exactly or to sixty digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from operator import add

from grader.maths.comparing.evaluator import FLOAT_DIGITS, OPERATIONS, Point, value_at
from grader.maths.reading.tree import Binary, Call, Constant, Name, Negative, Node, Number, Percent

FloatPoint = Mapping[str, float]
Floating = Callable[[FloatPoint], float]

_NOTHING = (ArithmeticError, ValueError, TypeError, KeyError)
_CONSTANTS = {"pi": math.pi, "e": math.e}
_OPERATORS: Mapping[str, Callable[[float, float], float]] = {**OPERATIONS, "^": math.pow}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: getattr(math, name) for name in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh")},
    "abs": abs, "min": min, "max": max, "round": round, "floor": math.floor, "ceil": math.ceil, "cbrt": math.cbrt,
    "sum": lambda *values: reduce(add, values),
    "sign": lambda value: (value > 0) - (value < 0),
    "cot": lambda value: 1 / math.tan(value), "sec": lambda value: 1 / math.cos(value),
    "csc": lambda value: 1 / math.sin(value), "coth": lambda value: 1 / math.tanh(value),
    "sech": lambda value: 1 / math.cosh(value), "csch": lambda value: 1 / math.sinh(value),
}  # fmt: skip


class _Unknown(Exception):
    """A part that only the evaluator knows."""


class FloatTree:
    """A tree that is evaluated at many points."""

    def __init__(self, node: Node) -> None:
        self.node = node
        try:
            self.compiled: Floating | None = _compiled(node)
        except (_Unknown, OverflowError):  # a number such as 1e400 is none that a float can hold
            self.compiled = None

    def at(self, point: Point) -> float | None:
        """The real value at a point; None where there is none that a float can hold."""
        try:
            if self.compiled is None:
                value = float(value_at(self.node, point, FLOAT_DIGITS))
            else:
                value = float(self.compiled({name: float(value) for name, value in point.items()}))
        except _NOTHING:
            return None
        return value if math.isfinite(value) else None


def _compiled(node: Node) -> Floating:
    match node:
        case Number():
            value = float(node.value)
            return lambda point: value
        case Constant(name) if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda point: constant
        case Name(name):
            return lambda point: point[name]
        case Negative(operand):
            inner = _compiled(operand)
            return lambda point: -inner(point)
        case Percent(operand):
            inner = _compiled(operand)
            return lambda point: inner(point) / 100
        case Binary(operator, left, right):
            operate, one, other = _OPERATORS[operator], _compiled(left), _compiled(right)
            return lambda point: operate(one(point), other(point))
        case Call(function, arguments) if function in _FUNCTIONS:
            call, values = _FUNCTIONS[function], [_compiled(argument) for argument in arguments]
            return lambda point: call(*(value(point) for value in values))
    raise _Unknown
