"""A notebook as modules: the statements that a name needs, run once, each for itself.

Owns which statements of a notebook's code cells run inside, in which order, and what becomes of one that fails: its
exception is kept, everything else goes on, and whoever asks for what it should have defined gets that exception, with
cell and line. A name needs every statement that binds it or changes what it names, and what those need in turn; plots,
trials and long experiments that nothing depends on do not run. What counts as a notebook belongs to
`grader.submission.notebook`, which wrote the file that is read here.
"""

from __future__ import annotations

import ast
import dis
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_STORES = {"STORE_NAME", "STORE_GLOBAL"}
_LOOKS_DEFINED = re.compile(r"^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", re.M)
_LONGEST_STUB = 3
"""Statements: a docstring, a call of the parent's `__init__`, and the raise."""


@dataclass
class _Statement:
    """One statement at the left edge of a cell, what it has to do with names, and what became of it."""

    code: CodeType | None
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    calls_on: set[str] = field(default_factory=set)
    is_stub: bool = False
    has_run: bool = False
    error: BaseException | None = None


def names_of(module_file: str, file: str) -> Callable[[str], object]:
    """The `__getattr__` of a module that stands for the notebook in `file`, beside it."""
    notebook = _open(str(Path(module_file).parent / file))

    def get(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return notebook.get(name)

    return get


def cause(error: BaseException) -> BaseException:
    """The exception that kept a name from being defined, where a missing name is all that is wrong."""
    name = getattr(error, "name", None)
    if not _OPENED or not isinstance(error, NameError) or not isinstance(name, str):
        return error
    earlier = _OPENED[-1].failure([name])
    return error if earlier is None or earlier is error else cause(earlier)


_OPENED: list[NotebookModules] = []
"""A process opens one: what a submission holds."""


@cache
def _open(path: str) -> NotebookModules:
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    statements = [
        statement
        for number, cell in enumerate(cells, 1)
        if cell["cell_type"] == "code"
        for statement in _statements(cell["source"], f"{path} cell {number}")
    ]
    notebook = NotebookModules(Path(path).name, statements)
    _OPENED.append(notebook)
    return notebook


def forget() -> None:
    """As if no notebook had been opened."""
    for notebook in _OPENED:
        notebook.close()
    _OPENED.clear()
    _open.cache_clear()


class NotebookModules:
    """The statements of one notebook over one namespace."""

    def __init__(self, name: str, statements: list[_Statement]) -> None:
        """Run nothing yet."""
        self._name = name
        self._module = ModuleType("notebook_cells")
        sys.modules[self._module.__name__] = self._module
        written = {name for one in statements if not one.is_stub for name in one.binds}
        self._statements = [one for one in statements if not (one.is_stub and one.binds <= written)]

    def close(self) -> None:
        """Let go of what its cells have defined."""
        sys.modules.pop(self._module.__name__, None)

    def get(self, name: str) -> object:
        """What a name means after everything that it needs has run.

        Raises:
            AttributeError: no cell defines it.
            BaseException: whatever kept it from being defined.
        """
        names = vars(self._module)
        needed, statements = self._needed(name)
        for statement in statements:
            if not statement.has_run:
                self._run(statement, names)
        if name in names:
            return names[name]
        failed = self.failure(needed)
        if failed is not None:
            raise failed
        raise AttributeError(f"{self._name} defines no {name}")

    def failure(self, names: list[str]) -> BaseException | None:
        """The first exception that kept one of some names from being defined."""
        missing = set(names) - set(vars(self._module))
        return next((one.error for one in self._statements if one.error is not None and one.binds & missing), None)

    def _needed(self, name: str) -> tuple[list[str], list[_Statement]]:
        """Every name that `name` depends on, itself included, and the statements to run for them, in their order."""
        needed, chosen = {name}, set[int]()
        while True:
            found = {
                i for i, one in enumerate(self._statements) if i not in chosen and (one.binds | one.changes) & needed
            }
            if not found:
                break
            chosen |= found
            needed |= {used for i in found for used in self._statements[i].uses}
        known = needed | set(dir(__builtins__) if isinstance(__builtins__, ModuleType) else __builtins__)
        chosen |= {i for i, one in enumerate(self._statements) if one.calls_on & needed and one.uses <= known}
        return sorted(needed), [self._statements[i] for i in sorted(chosen)]

    @staticmethod
    def _run(statement: _Statement, names: dict[str, Any]) -> None:
        statement.has_run = True
        if statement.code is None:
            return
        try:
            exec(statement.code, names)  # noqa: S102  # student code: that is what the wall is for
        except BaseException as error:  # noqa: BLE001  # kept for whoever asks for what it should have defined
            statement.error = error


def _statements(source: str, place: str) -> Iterator[_Statement]:
    """The statements of a cell; where it does not compile, one that has failed already."""
    try:
        tree = ast.parse(source, place)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield _unreadable(source, error)
        return
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    for node in tree.body:
        if node in futures:
            continue
        try:
            yield _statement(node, compile(ast.Module([*futures, node], []), place, "exec", dont_inherit=True))
        except (SyntaxError, ValueError, RecursionError) as error:
            yield _unreadable(ast.get_source_segment(source, node) or "", error)


def _unreadable(source: str, error: BaseException) -> _Statement:
    names = {name for match in _LOOKS_DEFINED.finditer(source) for name in match.groups() if name}
    return _Statement(None, binds=names, has_run=True, error=error)


def _statement(node: ast.stmt, code: CodeType) -> _Statement:
    found = _Statement(code, is_stub=_is_stub(node))
    _look_into(code, found, top=True)
    targets: list[ast.expr] = []
    match node:
        case ast.Assign():
            targets = node.targets
        case ast.AugAssign() | ast.AnnAssign():
            targets = [node.target]
        case ast.Delete():
            targets = node.targets
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            found.calls_on |= _root(function)
    for target in targets:
        if isinstance(target, ast.Attribute | ast.Subscript):
            found.changes |= _root(target)
    return found


def _look_into(code: CodeType, found: _Statement, *, top: bool) -> None:
    """Which names of the module a statement binds and uses, those in the bodies of its functions included."""
    for step in dis.get_instructions(code):
        if step.opname in _STORES and (top or step.opname == "STORE_GLOBAL"):
            found.binds.add(step.argval)
        elif step.opname in _LOADS:
            found.uses.add(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _look_into(constant, found, top=False)


def _root(node: ast.expr) -> set[str]:
    """`a` of `a.b[c].d`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _is_stub(node: ast.stmt) -> bool:
    """Whether nothing stands here yet but the template's `raise NotImplementedError`."""
    if isinstance(node, ast.ClassDef):
        methods = [member for member in node.body if isinstance(member, ast.FunctionDef)]
        return bool(methods) and all(map(_is_stub, methods))
    if not isinstance(node, ast.FunctionDef) or len(node.body) > _LONGEST_STUB:
        return False
    match node.body[-1]:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False
