"""The normal form of Python code: a sequence of tokens that renaming and reformatting leave as it is.

Owns what does not count: names that are the author's own to choose, comments, docstrings, annotations, texts, the
order of operands where it is free, and ways to write the same (`x += 1`, `a > b`). The order of statements belongs to
`statement_order`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from grader.similarity.fingerprints import Token
from grader.similarity.statement_order import in_normal_order

_BUILTINS = frozenset(dir(builtins))
_OWN = "v"
"""Stands for every name that its author could have chosen otherwise."""
_FREE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
"""Operators whose operands may change places. For tensors, too; `@` is none of them."""
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


def imported_names(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for: `F` for `torch.nn.functional`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


class NormalForm:
    """Turns pieces of one module into tokens.

    Args:
        imported: the module's imported names, as `imported_names` returns them.
    """

    def __init__(self, imported: Mapping[str, str]) -> None:
        self._imported = imported

    def tokens(self, node: ast.AST) -> list[Token]:
        """The tokens of a node with all that is in it."""
        return list(self._node(node, getattr(node, "lineno", 1)))

    def _node(self, node: ast.AST, line: int) -> Iterator[Token]:
        line = getattr(node, "lineno", line)
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Nonlocal():
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
            case ast.BinOp(left=left, op=operator, right=right):
                yield from self._binary(left, operator, right, line)
            case ast.AugAssign(target=target, op=operator, value=value):
                yield Token("Assign", line)
                yield from self._node(target, line)
                yield from self._binary(target, operator, value, line)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    yield Token("Assign", line)
                    yield from self._node(target, line)
                    yield from self._node(value, line)
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _TURNED:
                yield Token(f"Compare {_TURNED[type(operator)].__name__}", line)
                yield from self._node(right, line)
                yield from self._node(left, line)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.arguments():
                yield from self._definition(node, line)
            case ast.Load() | ast.Store() | ast.Del():
                return
            case _:
                yield Token(type(node).__name__, line)
                yield from self._children(node, line)

    def _children(self, node: ast.AST, line: int) -> Iterator[Token]:
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and all(isinstance(one, ast.stmt) for one in value):
                yield from self._body(value, line)
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, ast.AST):
                        yield from self._node(one, line)
            elif isinstance(value, ast.AST):
                yield from self._node(value, line)

    def _body(self, body: list[ast.stmt], line: int) -> Iterator[Token]:
        written = [(statement, list(self._node(statement, line))) for statement in body]
        for tokens in in_normal_order([one for one in written if one[1]]):
            yield from tokens

    def _binary(self, left: ast.AST, operator: ast.operator, right: ast.AST, line: int) -> Iterator[Token]:
        sides = [list(self._node(left, line)), list(self._node(right, line))]
        if isinstance(operator, _FREE):
            sides.sort(key=lambda side: [token.word for token in side])
        yield Token(type(operator).__name__, line)
        for side in sides:
            yield from side

    def _definition(self, node: ast.AST, line: int) -> Iterator[Token]:
        yield Token(type(node).__name__, line)
        match node:
            case ast.arguments():
                given = [*node.posonlyargs, *node.args, node.vararg, *node.kwonlyargs, node.kwarg]
                defaults = [*node.defaults, *node.kw_defaults]
                for one in (*filter(None, given), *filter(None, defaults)):
                    yield from self._node(one, line)
            case ast.ClassDef():
                for base in node.bases:
                    yield from self._node(base, line)
                yield from self._body(node.body, line)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._node(node.args, line)
                yield from self._body(node.body, line)

    def _name(self, name: str) -> str:
        return self._imported.get(name) or (name if name in _BUILTINS else _OWN)
