"""Functions that a question may declare under a name of its own, such as `sigma: {function: logistic}`.

Owns what each of them is, as a tree; a declared function that is none of them stays opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from grader.maths.comparing.calculus import bounded, derivative
from grader.maths.comparing.conditions import without_conditions
from grader.maths.reading.functions import SPELLINGS, arity
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import ONE, ZERO, Binary, Call, Name, Negative, Node, has_call, rebuild


def _logistic(x: Node) -> Node:
    return Binary("/", ONE, Binary("+", ONE, Call("exp", (Negative(x),))))


_DEFINITIONS: Mapping[str, Callable[[Node], Node]] = {
    "logistic": _logistic,
    "sigmoid": _logistic,
    "relu": lambda x: Call("max", (ZERO, x)),
    "softplus": lambda x: Call("log", (Binary("+", ONE, Call("exp", (x,))),)),
    "silu": lambda x: Binary("*", x, _logistic(x)),
}


_COMMON = frozenset(SPELLINGS.values())


def is_known(name: str) -> bool:
    """Whether a question may say that its function is this one."""
    return name in _DEFINITIONS or (name in SPELLINGS and arity(SPELLINGS[name])[0] == 1)


def expanded(node: Node, symbols: Symbols) -> Node:
    """The tree with derivatives taken, conditions as numbers, and declared functions that are known as what they are.

    Raises:
        Unreadable: a derivative that cannot be taken here, or a result that is too large.
    """
    node = without_conditions(node)
    if not symbols.functions and not has_call({"derivative"}, node):
        return node

    def defined(part: Node) -> Node:
        if isinstance(part, Call) and part.function == "derivative" and isinstance(part.arguments[0], Name):
            return derivative(part.arguments[1], part.arguments[0].name)
        if not isinstance(part, Call) or part.function not in symbols.functions:
            return part
        known = symbols.functions[part.function]
        if not is_known(known):  # nothing is known of it, even where its name is that of a function known to all
            return replace(part, function=f"own {part.function}") if part.function in _COMMON else part
        return (
            _DEFINITIONS[known](part.arguments[0]) if known in _DEFINITIONS else Call(SPELLINGS[known], part.arguments)
        )

    return bounded(rebuild(node, defined))
