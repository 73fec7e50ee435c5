"""A notebook as modules: the statements that a name needs, run once, each for itself.

Owns which statements of a notebook's code cells run inside, in which order, and what becomes of one that fails: its
exception is kept, everything else goes on, and whoever asks for what it should have defined gets that exception, with
cell and line. A name needs every statement that binds it or may change what it names, and what those need in turn;
plots, trials and long experiments that nothing depends on do not run. Which statements change what belongs to
`grader.runner.name_dependencies`; what counts as a notebook to `grader.submission.notebook`, which wrote the file that
is read here.
"""

from __future__ import annotations

import ast
import dis
import inspect
import json
import linecache
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from grader.runner.name_dependencies import Program, executed, root

_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_STORES = {"STORE_NAME", "STORE_GLOBAL"}
_LOOKS_DEFINED = re.compile(r"^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", re.M)
_MAY_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_SHOWS = ("display", "clear_output")
"""Functions that notebooks have, or import from a package that is not here: without them a cell could not run."""


@dataclass
class _Statement:
    """One statement at the left edge of a cell, what it has to do with names, and what became of it."""

    code: CodeType | None
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    calls_on: set[str] = field(default_factory=set)
    binds_anything: bool = False
    """An `import *` or `exec`: nobody knows which names it binds, so it always runs."""
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
    seen = {id(error)}
    while _OPENED and isinstance(error, NameError) and isinstance(error.name, str):
        earlier = _OPENED[-1].failure([error.name])
        if earlier is None or id(earlier) in seen:
            break
        seen.add(id(earlier))
        error = earlier
    return error


_OPENED: list[NotebookModules] = []
"""A process opens one: what a submission holds."""


@cache
def _open(path: str) -> NotebookModules:
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    folder, number, parsed = str(Path(path).parent), 0, list[_Parsed]()
    all_lines: list[str] = []
    for cell in cells:
        brought_from = cell["metadata"].get("place") if "metadata" in cell else None
        number += brought_from is None
        if cell["cell_type"] == "code":
            place = f"{folder}/{brought_from}" if brought_from else f"{path} cell {number}"
            source = cell["source"]
            _show_lines(place, source.splitlines())
            here = list(_parse(source, place, lines_above=len(all_lines)))
            all_lines += source.splitlines() if all(one.node for one in here) else [""] * len(source.splitlines())
            parsed += here
    _show_lines(path, all_lines)
    program = Program(one.node for one in parsed if one.node is not None)
    notebook = NotebookModules(path, [_statement(one, program) for one in parsed])
    _OPENED.append(notebook)
    return notebook


def _show_lines(file: str, lines: list[str]) -> None:
    """Lines that stand in no file, for `inspect`: of a function by its cell, of a class by the whole notebook."""
    linecache.cache[file] = (0, None, [f"{line}\n" for line in lines], file)


def forget() -> None:
    """As if no notebook had been opened."""
    for notebook in _OPENED:
        notebook.close()
    _OPENED.clear()
    _open.cache_clear()


def _main_module(path: str) -> ModuleType:
    """What a notebook's cells are to Python: the program itself. Its `__file__` is no name that they see."""
    module: ModuleType = type("NotebookModule", (ModuleType,), {"__file__": path})("__main__")
    vars(module).update(dict.fromkeys(_SHOWS, _show_nothing))
    return module


def _show_nothing(*_: object, **__: object) -> None:
    """Nobody looks at what a cell shows."""


class NotebookModules:
    """The statements of one notebook over one namespace."""

    def __init__(self, path: str, statements: list[_Statement]) -> None:
        """Run nothing yet."""
        self._name = Path(path).name
        self._module = _main_module(path)
        self._before = sys.modules["__main__"]
        sys.modules["__main__"] = self._module
        written = {name for one in statements if not one.is_stub for name in one.binds}
        self._statements = [one for one in statements if not (one.is_stub and one.binds <= written)]

    def close(self) -> None:
        """Let go of what its cells have defined."""
        linecache.clearcache()
        sys.modules["__main__"] = self._before

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
        failed = (one for one in self._statements if one.error is not None)
        return next((one.error for one in failed if (one.binds or one.changes) & missing), None)

    def _needed(self, name: str) -> tuple[list[str], list[_Statement]]:
        """Every name that `name` depends on, itself included, and the statements to run for them, in their order."""
        needed, chosen = {name}, {i for i, one in enumerate(self._statements) if one.binds_anything}
        needed |= {used for i in chosen for used in self._statements[i].uses}
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
            waits = eval(statement.code, names)  # noqa: S307  # student code: that is what the wall is for
            if inspect.iscoroutine(waits):  # a cell may hold `await` at its left edge
                import asyncio  # few do, and it takes long to import

                asyncio.run(waits)
        except BaseException as error:  # noqa: BLE001  # kept for whoever asks for what it should have defined
            statement.error = error


@dataclass(frozen=True)
class _Parsed:
    """One statement as it was written: compiled, or the reason why it cannot be."""

    node: ast.stmt | None
    code: CodeType | None = None
    error: BaseException | None = None
    source: str = ""


def _parse(source: str, place: str, lines_above: int) -> Iterator[_Parsed]:
    """The statements of a cell; where it does not compile, one that has failed already.

    Args:
        source: the cell.
        place: its name in messages.
        lines_above: how many lines of code stand in the cells before it.
    """
    try:
        tree = ast.parse(source, place)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield _Parsed(None, error=error, source=source)
        return
    if sys.version_info >= (3, 13):
        _tell_lines(tree, lines_above)
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    for node in tree.body:
        if node in futures:
            continue
        try:
            code = compile(ast.Module([*futures, node], []), place, "exec", _MAY_AWAIT, dont_inherit=True)
            yield _Parsed(node, code)
        except (SyntaxError, ValueError, RecursionError) as error:
            yield _Parsed(None, error=error, source=ast.get_source_segment(source, node) or "")


def _tell_lines(tree: ast.Module, lines_above: int) -> None:
    """Tell classes their line in the whole notebook, where Python keeps it with the class for `inspect`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            told = ast.parse(f"__firstlineno__ = {first + lines_above}").body[0]
            node.body.append(ast.fix_missing_locations(ast.copy_location(told, node.body[-1])))


def _statement(parsed: _Parsed, program: Program) -> _Statement:
    node, code = parsed.node, parsed.code
    if node is None or code is None:
        names = {name for match in _LOOKS_DEFINED.finditer(parsed.source) for name in match.groups() if name}
        return _Statement(None, binds=names, has_run=True, error=parsed.error)
    found = _Statement(code, changes=program.changes(node), is_stub=is_stub(node))
    _look_into(code, found, top=True)
    found.binds_anything = any(_binds_anything(one) for one in executed(node))
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            found.calls_on = {name for name in root(function) if program.is_module(name)}
    return found


def _binds_anything(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]) | ast.Call(func=ast.Name(id="exec")):
            return True
    return False


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


def is_stub(node: ast.stmt) -> bool:
    """Whether nothing stands here yet but the template's `raise NotImplementedError`."""
    if isinstance(node, ast.ClassDef):
        methods = [member for member in node.body if isinstance(member, ast.FunctionDef)]
        return bool(methods) and all(map(is_stub, methods))
    if not isinstance(node, ast.FunctionDef):
        return False
    *above, last = node.body
    match last:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return all(map(_says_nothing, above))
    return False


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a statement of a stub is its docstring or the call of the parent's `__init__`."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"))):
            return True
    return False
