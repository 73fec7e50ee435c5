"""Inputs of runs: a small language over sizes and earlier inputs.

Owns how `normal(m, l)` becomes numbers, from a seed, outside the sandbox. The language is read with Python's
own grammar but never executed by it: names, numbers, arithmetic, lists, and the draws listed in `DRAWS`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.files.author_code import AuthorCode, AuthorCodeError, called

if TYPE_CHECKING:
    from numpy.random import Generator as Rng


class DrawError(Exception):
    """An input cannot be drawn as it is written: the author's mistake."""


@dataclass(frozen=True)
class SeededGenerator:
    """A `torch.Generator` to be made from this seed wherever it is needed."""

    seed: int


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_CONTAINERS: dict[type[ast.AST], type] = {ast.List: list, ast.Tuple: tuple, ast.Set: set}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "round": round, "sqrt": math.sqrt, "log": math.log}


def _numpy() -> Any:
    """Imported where something is drawn: every command reads problem files, and few draw."""
    import numpy

    return numpy


def _scalar_or_array(value: Any, shape: tuple[int, ...]) -> Any:
    return value if shape else float(value)


def _symmetric(rng: Rng, n: int) -> Any:
    a = rng.standard_normal((n, n))
    return (a + a.T) / 2


def _stochastic(rng: Rng, rows: int, columns: int) -> Any:
    weights = _numpy().exp(rng.standard_normal((rows, columns)))
    return weights / weights.sum(axis=1, keepdims=True)


def _one_hot(rng: Rng, classes: int, n: int) -> Any:
    return _numpy().eye(classes)[:, rng.integers(0, classes, n)]


def _low_rank(rng: Rng, rows: int, columns: int, rank: int) -> Any:
    return rng.standard_normal((rows, rank)) @ rng.standard_normal((rank, columns))


def _integers(rng: Rng, low: int, high: int, *shape: int) -> Any:
    drawn = rng.integers(low, high, shape or None, endpoint=True)
    return drawn if shape else int(drawn)


def _tensor(rng: Rng, values: Any) -> Any:
    array = _numpy().asarray(values)
    if array.dtype.kind not in "biufc":
        raise ValueError("a tensor holds numbers alone")
    return array


STEADY = frozenset({"tensor", "zeros", "ones", "eye"})
"""The draws that give the same whatever the seed; torch calls them so, too."""
DRAWS: dict[str, Callable[..., Any]] = {
    "tensor": _tensor,
    "normal": lambda rng, *shape: _scalar_or_array(rng.standard_normal(shape or None), shape),
    "uniform": lambda rng, low, high, *shape: _scalar_or_array(rng.uniform(low, high, shape or None), shape),
    "loguniform": lambda rng, low, high, *shape: _scalar_or_array(
        _numpy().exp(rng.uniform(math.log(low), math.log(high), shape or None)), shape
    ),
    "integers": _integers,
    "choice": lambda rng, *options: options[int(rng.integers(len(options)))],
    "zeros": lambda rng, *shape: _numpy().zeros(shape),
    "ones": lambda rng, *shape: _numpy().ones(shape),
    "eye": lambda rng, n: _numpy().eye(n),
    "symmetric": _symmetric,
    "low_rank": _low_rank,
    "stochastic": _stochastic,
    "one_hot": _one_hot,
    "boolean": lambda rng, *shape: rng.integers(0, 2, shape).astype(bool),
    "generator": lambda rng: SeededGenerator(int(rng.integers(2**31))),
}


def evaluate(text: str, names: Mapping[str, Any], rng: Rng, author_code: AuthorCode) -> Any:
    """One input as a value.

    Args:
        text: such as `normal(m, l)` or `2*H + 1`.
        names: sizes and earlier inputs by name.
        rng: where draws come from.
        author_code: where `draws.NAME` is found.

    Raises:
        DrawError: an unknown name or draw, or arguments that do not fit.
    """
    try:
        return _input(text)(_Given(names, rng, author_code))
    except (TypeError, ValueError, ArithmeticError, LookupError, AuthorCodeError) as error:
        raise DrawError(f"{text!r}: {error}") from error


class _Given(NamedTuple):
    """What an input is computed from."""

    names: Mapping[str, Any]
    rng: Rng
    author_code: AuthorCode


_Input = Callable[[_Given], Any]
"""An input that was read: gives its value. Read once, it is computed for every case of every submission."""


@lru_cache(maxsize=1024)
def _input(text: str) -> _Input:
    try:
        node = ast.parse(text.replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise DrawError(f"{text!r} cannot be read as an input") from error
    return _meant(node)


def _meant(node: ast.expr) -> _Input:
    match node:
        case ast.Constant(value=int() | float() | str() | bytes() | None as constant):
            return lambda given: constant
        case ast.Name(id=name):
            return lambda given: _named(name, given)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _applied(lambda given: _OPERATORS[type(op)], [left, right])
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _applied(lambda given: _OPERATORS[type(op)], [operand])
        case ast.List(elts=members) | ast.Tuple(elts=members) | ast.Set(elts=members):
            container = _CONTAINERS[type(node)]
            return _applied(lambda given: lambda *values: container(values), members)
        case ast.Dict(keys=keys, values=values) if None not in keys:
            pairs = [(_meant(key), _meant(value)) for key, value in zip(keys, values, strict=True) if key]
            return lambda given: {key(given): value(given) for key, value in pairs}
        case ast.Subscript(value=whole, slice=index):
            return _applied(lambda given: operator.getitem, [whole, index])
        case ast.Call(func=function, args=arguments, keywords=[]):
            return _called(function, arguments)
    raise DrawError(f"{ast.unparse(node)!r} is no input")


def _named(name: str, given: _Given) -> Any:
    if name not in given.names:
        known = ", ".join(given.names) or "none"
        raise DrawError(f"{name!r} is neither a size nor an earlier input (there are: {known})")
    return given.names[name]


def _applied(function: Callable[[_Given], Callable[..., Any]], arguments: Sequence[ast.expr]) -> _Input:
    inputs = [_meant(argument) for argument in arguments]
    return lambda given: function(given)(*[argument(given) for argument in inputs])


def _called(function: ast.expr, arguments: Sequence[ast.expr]) -> _Input:
    match function:
        case ast.Name(id="each"):
            count, draw = map(_meant, arguments)
            return lambda given: [draw(given) for _ in range(count(given))]
        case ast.Name(id=name) if name in DRAWS:
            return _applied(lambda given: partial(DRAWS[name], given.rng), arguments)
        case ast.Name(id=name) if name in _FUNCTIONS:
            return _applied(lambda given: _FUNCTIONS[name], arguments)
        case ast.Attribute(value=ast.Name(id="draws"), attr=name):
            word = f"draws.{name}"
            return _applied(lambda given: partial(called, word, given.author_code.draw(name), given.rng), arguments)
    allowed = ", ".join(sorted({*DRAWS, *_FUNCTIONS, "each", "draws.NAME"}))
    raise DrawError(f"{ast.unparse(function)!r} is no draw — allowed: {allowed}")
