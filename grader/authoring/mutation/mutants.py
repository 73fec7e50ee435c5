"""Mutants: every file in which one function of the reference is changed in one place.

Owns finding a function with what it needs in its module, visiting its nodes, and the text, the diff and the key of each
change. What may be changed belongs to `operators`; what the checks make of it to `trials`.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import warnings
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from grader.authoring.mutation.operators import expressions, statements
from grader.files.imports import imported_names

_NO_VALUES = frozenset({"annotation", "returns", "decorator_list", "type_params", "type_comment", "bases", "keywords"})
"""Fields of definitions and arguments that decide nothing while a function runs."""
_WHOLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List)
"""Expressions that nothing around them takes apart, but for a sign before a number and a point behind it."""
_CONTEXT = 2
"""Lines around a change in a diff."""


@dataclass(frozen=True)
class Mutant:
    """One change of one function.

    Attributes:
        function: `module.function`, as problem files name it.
        key: names the change in a problem file; edits elsewhere leave it as it is.
        line: in the file of the reference.
        change: the line before and after it.
        diff: the same with the lines around, as a unified diff.
        source: the whole changed module.
    """

    function: str
    key: str
    line: int
    change: str
    diff: str
    source: str


def mutants(source: str, function: str, apart: Collection[str] = ()) -> list[Mutant]:
    """Every change of a function and of what it uses in its module, in the order of their lines.

    Args:
        source: the module's text.
        function: `module.function`, a function or class at the top of it.
        apart: other functions of the module that are mutated for themselves, by their bare names.

    Raises:
        LookupError: the module defines no such function itself.
    """
    name = function.rpartition(".")[2]
    tree = ast.parse(source)
    text = source.encode()
    found, texts, seen = [], {source}, Counter[str]()
    for definition in _with_helpers(tree, name, frozenset(apart) - {name}):
        changes = _Changes(text, tree, definition)
        programs = {changes.program(changes.begin, changes.begin, "")}
        for start, end, other in changes.all():
            changed = (text[:start] + other.encode() + text[end:]).decode()
            if changed in texts:
                continue
            texts.add(changed)
            program = changes.program(start, end, other)
            if program is not None and program not in programs:
                programs.add(program)
                found.append(_mutant(function, source, changed, text[:start].count(b"\n") + 1, seen))
    return found


def _mutant(function: str, source: str, changed: str, line: int, seen: Counter[str]) -> Mutant:
    """The mutant of a changed text."""
    before, after = source.splitlines(), changed.splitlines()
    diff = list(difflib.unified_diff(before, after, "reference", "mutant", lineterm="", n=_CONTEXT))[2:]
    lines = [text for text in diff if text[0] in "+-"]
    said = "\0".join([function, *(text[0] + text[1:].strip() for text in lines)])
    digest = hashlib.sha256(said.encode()).hexdigest()[:8]
    seen[digest] += 1
    key = digest if seen[digest] == 1 else f"{digest}.{seen[digest]}"
    removed, added = ([text[1:].strip() for text in lines if text[0] == sign] for sign in "-+")
    change = f"{' '.join(removed) or '(nothing)'} → {' '.join(added) or '(nothing)'}"
    return Mutant(function, key, line, change, "\n".join(diff), changed)


def _with_helpers(tree: ast.Module, name: str, apart: frozenset[str]) -> list[ast.stmt]:
    """The definition of a function, and those of what it uses that stand in the same module and are nobody's own."""
    defined: dict[str, ast.stmt] = {}
    for statement in tree.body:
        for given in _gives(statement):
            defined[given] = statement
    if not isinstance(defined.get(name), ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        raise LookupError(f"there is no function or class {name} in this module")
    found, waiting = list[ast.stmt](), [name]
    while waiting:
        statement = defined[waiting.pop(0)]
        if statement not in found:
            found.append(statement)
            waiting += sorted((_used(statement) & set(defined)) - apart)
    return found


def _gives(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return [name]
    return []


def _used(statement: ast.stmt) -> set[str]:
    """Names that a definition reads from outside itself."""
    nodes = list(_walk(statement))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return read - own - {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything below it that decides what is computed, in the order of the text.

    The words of an error are nobody's result.
    """
    yield node
    for field, value in ast.iter_fields(node) if not isinstance(node, ast.Raise) else ():
        if field in _NO_VALUES and isinstance(node, ast.stmt | ast.arg):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.expr_context):
                yield from _walk(child)


class _Changes:
    """The changes of one definition, as (first byte, last byte, other text)."""

    def __init__(self, text: bytes, tree: ast.Module, definition: ast.stmt) -> None:
        self._text = text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._definition = definition
        self.begin, self._end = self._span(definition)
        self._libraries = frozenset(imported_names(ast.walk(tree)))
        nodes = list(ast.walk(definition))
        self._stored = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self._arguments = frozenset(n.arg for n in nodes if isinstance(n, ast.arg))
        self.program = cache(self._program)  # asked first of how to write a change, then of whether it is one

    def _program(self, start: int, end: int, other: str) -> str | None:
        """The changed definition as it is computed, whatever its layout; None if it is none."""
        text = self._text[self.begin : start] + other.encode() + self._text[end : self._end]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a call of a mapping is suspicious, as it should be
            try:
                tree = ast.parse(text)
                compile(tree, "mutant", "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                return None
        return ast.dump(tree)

    def all(self) -> Iterator[tuple[int, int, str]]:
        for node in _walk(self._definition):
            if isinstance(node, ast.expr):
                yield from self._expression(node)
            elif isinstance(node, ast.stmt) and node is not self._definition:
                yield from self._statement(node)
        yield from self._early_returns()

    def _expression(self, node: ast.expr) -> Iterator[tuple[int, int, str]]:
        for other in expressions(node, self._libraries):
            text = ast.unparse(ast.fix_missing_locations(other))
            start, end = self._span(node)
            closed = f"({text})"  # what stands around it might take it apart
            if isinstance(other, _WHOLE) and text[0] != "-" and self._text[end : end + 1] != b".":
                yield start, end, text
                continue
            program = self.program(start, end, closed)
            yield start, end, text if program is None or program == self.program(start, end, text) else closed

    def _statement(self, node: ast.stmt) -> Iterator[tuple[int, int, str]]:
        for others in statements(node, self._bound_before(node)):
            yield (*self._span(node), self._block(others, node.col_offset))

    def _early_returns(self) -> Iterator[tuple[int, int, str]]:
        """What a function returns at its end, returned before a statement, if all of it is known by then."""
        match self._definition:
            case ast.FunctionDef(body=[_, *later, ast.Return(value=ast.expr() as value) as last]):
                own = self._arguments.union(name.id for name in self._stored)
                needs = own.intersection(node.id for node in ast.walk(value) if isinstance(node, ast.Name))
                for statement in later:
                    if needs <= self._bound_before(statement):
                        yield self._span(statement)[0], self._span(last)[1], ast.unparse(last)

    def _block(self, statements: list[ast.stmt], indent: int) -> str:
        module = ast.fix_missing_locations(ast.Module(statements, []))
        return ast.unparse(module).replace("\n", "\n" + " " * indent)

    def _bound_before(self, node: ast.stmt) -> frozenset[str]:
        ended = (name.id for name in self._stored if name.end_lineno is not None and name.end_lineno < node.lineno)
        return self._arguments.union(ended)

    def _span(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset
