"""Wider inputs: those of a check, and beyond them, as far as the way they are drawn says that anything may come.

Owns what may be widened: a size that nothing but shapes depend on may be larger, numbers of a normal distribution may
be of any scale, whole, or equal. Sizes and draws with bounds stay as they are: an author wrote their bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.checks.base import Check
from grader.checks.code import CodeCheck

WAYS = 5
"""How many ways of widening there are: as it is, larger, on a large scale, on a small one, whole numbers."""
CASES = 8
_LARGER = 5
_SHAPED = {
    "normal": 0, "zeros": 0, "ones": 0, "eye": 0, "symmetric": 0, "low_rank": 0, "stochastic": 0, "boolean": 0,
    "one_hot": 0, "each": 0, "uniform": 2, "loguniform": 2, "integers": 2,
}  # fmt: skip
"""Draws, and from which argument on theirs are nothing but a shape."""
_AS_DRAWN, _LARGE, _HUGE, _TINY, _WHOLE = range(WAYS)


def widened(check: Check, way: int) -> Check:
    """A check on wider inputs, drawn from the secret; of a kind that draws no inputs, the check as it is."""
    if not isinstance(check, CodeCheck):
        return check
    spec = check.spec
    sizes = dict(spec.sizes)
    if way == _LARGE:
        for name in _only_shapes(spec.inputs, set(sizes)):
            low, high = sizes[name]
            sizes[name] = (low, high + _LARGER)
    inputs = {name: _wider(text, way) for name, text in spec.inputs.items()}
    ends = tuple({name: bounds[end] for name, bounds in sizes.items()} for end in (1, 0))
    changed = {"sizes": sizes, "always": ends, "inputs": inputs, "cases": CASES, "visibility": "hidden"}
    if not sizes and "(" not in "".join(inputs.values()):
        changed["cases"] = 1  # nothing is drawn
    wider: Check = replace(check, spec=spec.model_copy(update=changed))
    return wider


def _wider(text: str, way: int) -> str:
    factor = {_HUGE: "1e4 * {}", _TINY: "1e-4 * {}", _WHOLE: "(2 * {} + 0.5) // 1"}.get(way)
    if factor is None or "normal" not in text:
        return text
    return ast.unparse(_Normals(factor).visit(ast.parse(text.replace("^", "**"), mode="eval")))


class _Normals(ast.NodeTransformer):
    """Every draw from a normal distribution put into another expression."""

    def __init__(self, around: str) -> None:
        self._around = around

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "normal":
            return ast.parse(self._around.format(ast.unparse(node)), mode="eval").body
        return node


def _only_shapes(inputs: Mapping[str, str], sizes: set[str]) -> set[str]:
    """The sizes that stand nowhere but where a draw asks for a shape."""
    elsewhere, shaped = set[str](), set[str]()
    for text in inputs.values():
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
        in_shapes = {id(name): name.id for name in _names_in_shapes(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in sizes:
                (shaped if id(node) in in_shapes else elsewhere).add(node.id)
    return shaped - elsewhere


def _names_in_shapes(tree: ast.expr) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SHAPED:
            at = _SHAPED[node.func.id]
            shape = node.args[: at + 1][-1:] if node.func.id == "each" else node.args[at:]
            yield from (argument for argument in shape if isinstance(argument, ast.Name))
