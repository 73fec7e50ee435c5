"""The normal form of Python code: a sequence of tokens that renaming and reformatting leave as it is.

Owns what does not count: names that are the author's own to choose, comments, docstrings, annotations, texts, the
order of operands where it is free, and ways to write the same (`x += 1`, `a > b`). The order of statements belongs to
`statement_order`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from typing import Any

from grader.files.imports import imported_names
from grader.similarity.fingerprints import Token
from grader.similarity.statement_order import in_normal_order

_BUILTINS = frozenset(dir(builtins))
_OWN = "v"
"""Stands for every name that its author could have chosen otherwise."""
_FREE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Eq, ast.NotEq)
"""Operators whose operands may change places. For tensors, too; `@` is none of them."""
_TURNED: Mapping[type[ast.AST], str] = {ast.Gt: "Lt", ast.GtE: "LtE"}
"""Operators that mean another one with its operands exchanged."""
_NO_CODE = frozenset(("decorator_list", "returns", "annotation", "type_params"))
"""Fields of a tree that do not count."""


class NormalForm:
    """Turns pieces of one module into tokens. An imported name is what it stands for: `F` is `torch.nn.functional`."""

    def __init__(self, module: ast.Module) -> None:
        imported = imported_names(ast.walk(module))
        self._imported = {name: ".".join(filter(None, origin)) for name, origin in imported.items()}

    def tokens(self, node: ast.AST) -> list[Token]:
        """The tokens of a node with all that is in it."""
        return list(self._node(node, getattr(node, "lineno", 1)))

    def _node(self, node: ast.AST, line: int) -> Iterator[Token]:
        line = getattr(node, "lineno", line)
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Nonlocal() | ast.expr_context():
                return
            case ast.Expr(value=ast.Constant()) | ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                return  # a docstring, or what somebody looked at while working
            case ast.Name(id=name):
                yield Token(self._name(name), line)
            case ast.Attribute(value=value, attr=attribute):
                own = isinstance(value, ast.Name) and value.id in ("self", "cls")
                yield from self._node(value, line)
                yield Token(f".{_OWN}" if own else f".{attribute}", line)
            case ast.Constant(value=value):
                yield Token("text" if isinstance(value, str | bytes) else repr(value), line)
            case ast.JoinedStr():
                yield Token("text", line)
            case ast.arg():
                yield Token(_OWN, line)
            case ast.keyword(arg=name, value=value):
                yield Token(f"{name}=", line)
                yield from self._node(value, line)
            case ast.AugAssign(target=target, op=operator, value=value):
                yield from self._node(ast.Assign([target], ast.BinOp(target, operator, value)), line)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    yield from self._node(ast.Assign([target], value), line)
            case ast.BinOp(one, operator, other) | ast.Compare(one, [operator], [other]):
                yield from self._operation(operator, [list(self._node(side, line)) for side in (one, other)], line)
            case _:
                yield Token(type(node).__name__, line)
                yield from self._children(node, line)

    def _children(self, node: ast.AST, line: int) -> Iterator[Token]:
        for field, value in ast.iter_fields(node):
            members = value if isinstance(value, list) else [value]
            several: list[Any] = [one for one in members if isinstance(one, ast.AST)]
            if several and all(isinstance(one, ast.stmt) for one in several):
                yield from self._body(several, line)
            elif field not in _NO_CODE:
                for one in several:
                    yield from self._node(one, line)

    def _body(self, body: list[ast.stmt], line: int) -> Iterator[Token]:
        written = [(statement, list(self._node(statement, line))) for statement in body]
        for tokens in in_normal_order([one for one in written if one[1]]):
            yield from tokens

    def _operation(self, operator: ast.AST, sides: list[list[Token]], line: int) -> Iterator[Token]:
        kind = type(operator)
        if isinstance(operator, _FREE):
            sides.sort(key=lambda side: [token.word for token in side])
        yield Token(_TURNED.get(kind, kind.__name__), line)
        for side in reversed(sides) if kind in _TURNED else sides:
            yield from side

    def _name(self, name: str) -> str:
        return self._imported.get(name) or (name if name in _BUILTINS else _OWN)
