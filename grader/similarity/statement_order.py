"""A normal order of the statements of one block: whatever order they were written in, as far as they are independent.

Owns which statements depend on each other (by the names they read and write) and which of those that may come next
does: the one whose tokens come first.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from grader.similarity.fingerprints import Token

MOST = 200
"""Statements in a block that are put in order; longer blocks stay as they are, so that no block takes long."""
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Yield, ast.YieldFrom)


class _Touched(NamedTuple):
    reads: frozenset[str]
    writes: frozenset[str]
    fixed: bool

    def before(self, other: _Touched) -> bool:
        """Whether this statement, which stands above, must stay above the other."""
        return (
            self.fixed
            or other.fixed
            or not self.writes.isdisjoint(other.reads | other.writes)
            or not self.reads.isdisjoint(other.writes)
        )


def in_normal_order(statements: Sequence[tuple[ast.stmt, list[Token]]]) -> list[list[Token]]:
    """The tokens of the statements of a block, in normal order."""
    if not 1 < len(statements) <= MOST:
        return [tokens for _, tokens in statements]
    touched = [_touched(statement) for statement, _ in statements]
    above = {i: {j for j in range(i) if touched[j].before(touched[i])} for i in range(len(statements))}
    ordered = []
    while above:
        ready = [i for i, waits in above.items() if not waits & above.keys()]
        chosen = min(ready, key=lambda i: ([token.word for token in statements[i][1]], i))
        ordered.append(statements[chosen][1])
        del above[chosen]
    return ordered


def _touched(statement: ast.stmt) -> _Touched:
    """The names that a statement reads and writes. What is called for its effect alone may change all that it names."""
    reads: set[str] = set()
    writes: set[str] = set()
    fixed = False
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (reads if isinstance(node.ctx, ast.Load) else writes).add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            (reads if isinstance(node.ctx, ast.Load) else writes).add(_base(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            writes.add(node.name)
        fixed = fixed or isinstance(node, _ENDS)
    if isinstance(statement, ast.AugAssign):
        reads |= writes
    if isinstance(statement, ast.Expr):
        writes |= reads
    return _Touched(
        frozenset(reads), frozenset(writes), fixed and not isinstance(statement, ast.FunctionDef | ast.ClassDef)
    )


def _base(node: ast.expr) -> str:
    """The name whose content is changed by writing to an attribute or element; a `self.x` counts for itself."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
