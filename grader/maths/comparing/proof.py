"""Proving two scalar expressions equal with SymPy: cheap steps first, all of them bounded.

Only called when numbers have not told the two apart, so it costs nothing on wrong answers. A failure to
prove says nothing. The bound is on the size of what is tried, never on a clock that runs while others work:
the same pair gives the same outcome everywhere.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import sympy

from grader.maths.comparing.to_sympy import CannotLower, lower
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Node

_MAX_OPERATIONS = 160
_MAX_TERMS = 400
_MAX_DEGREE = 200

_cpu_seconds: float | None = None


class _OutOfTime(Exception):
    """A proof took more CPU time than it may."""


def limit_cpu(seconds: float) -> None:
    """Give every later proof at most so much CPU time. For a process of its own: it takes SIGVTALRM."""
    global _cpu_seconds
    if sys.platform == "win32":
        return
    signal.signal(signal.SIGVTALRM, _interrupt)
    _cpu_seconds = seconds


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise _OutOfTime


@contextmanager
def _limited() -> Iterator[None]:
    if _cpu_seconds is None:
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, _cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def prove_equal(left: Node, right: Node, symbols: Symbols) -> bool:
    """Whether some step proves `left == right` on the declared domain."""
    try:
        with _limited():
            return _proven(lower(left, symbols), lower(right, symbols))
    except _NO_PROOF:
        return False


def nonzero_ratio(reference: Node, answer: Node, symbols: Symbols) -> bool:
    """Whether one tree is provably the other times something that is finite and vanishes nowhere."""
    try:
        with _limited():
            f, g = lower(reference, symbols), lower(answer, symbols)
            if not _affordable(f, g):
                return False
            over, under = sympy.fraction(sympy.cancel(g / f))
            return bool(over.is_nonzero and under.is_nonzero)
    except _NO_PROOF:
        return False


def _affordable(a: Any, b: Any) -> bool:
    """Whether both are small enough for algebra to end soon."""
    if any(part.has(sympy.nan, sympy.zoo, sympy.oo) for part in (a, b)):
        return False
    if sympy.count_ops(a) + sympy.count_ops(b) > _MAX_OPERATIONS or _terms(a) + _terms(b) > _MAX_TERMS:
        return False
    return all(
        abs(power.exp) <= _MAX_DEGREE for part in (a, b) for power in part.atoms(sympy.Pow) if power.exp.is_number
    )


_NO_PROOF = (
    _OutOfTime, CannotLower, TypeError, ValueError, ArithmeticError, NotImplementedError, RecursionError,
    AttributeError, sympy.PolynomialError,
)  # fmt: skip
"""What SymPy raises on what it cannot do; none of it says anything about the answer."""


def _proven(a: Any, b: Any) -> bool:
    if a == b:
        return True
    return _affordable(a, b) and any(step(a, b) for step in (_expanded, _logged, _cancelled, _trigonometric))


def _expanded(a: Any, b: Any) -> bool:
    return bool(sympy.expand(a - b) == 0)


def _logged(a: Any, b: Any) -> bool:
    """Equal logarithms of positive products: linear in log A, log B, … however they were spelled."""
    ratio = sympy.powdenest(a / b)
    if ratio == 1:
        return True
    if not (a.is_positive and b.is_positive):
        return False
    difference = sympy.expand_log(sympy.log(a)) - sympy.expand_log(sympy.log(b))
    return bool(sympy.cancel(sympy.together(sympy.expand(difference))) == 0)


def _cancelled(a: Any, b: Any) -> bool:
    difference = sympy.expand_log(sympy.powdenest(a)) - sympy.expand_log(sympy.powdenest(b))
    if sympy.expand(difference) == 0:
        return True
    joined = sympy.together(sympy.powsimp(sympy.expand_power_base(sympy.expand(difference))))
    numerator = sympy.fraction(joined)[0]
    if _terms(numerator) > _MAX_TERMS:
        return False
    return bool(sympy.expand(sympy.powsimp(sympy.expand(numerator))) == 0)


def _trigonometric(a: Any, b: Any) -> bool:
    difference = a - b
    if not difference.has(sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh):
        return False
    if sympy.count_ops(difference) > _MAX_OPERATIONS // 4:
        return False
    return bool(sympy.cancel(sympy.together(sympy.expand(difference.rewrite(sympy.exp)))) == 0)


def _terms(expression: Any) -> int:
    """About how many terms an expansion has; a bomb counts as very many."""
    if expression.is_Add:
        return min(10**9, sum(_terms(part) for part in expression.args))
    if expression.is_Mul:
        count = 1
        for part in expression.args:
            count = min(10**9, count * _terms(part))
        return count
    if expression.is_Pow and expression.exp.is_Integer:
        base = _terms(expression.base)
        return 1 if base == 1 else min(10**9, base ** min(abs(int(expression.exp)), 30))
    return max([1, *(_terms(part) for part in expression.args)])
