"""Modules in which nothing has been written yet: what running them would say is known without running them.

Owns when that is certain: nothing stands there but the template's stubs, and imports of what is installed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from importlib.util import find_spec

from grader.runner.notebook_modules import is_stub
from grader.submission.notebook import cells_behind


def untouched_stubs(files: Mapping[str, bytes]) -> dict[tuple[str, str], str]:
    """Where the stubs of untouched modules raise their error: `file:line` by (module, name).

    Args:
        files: a submission's files, by relative POSIX path.
    """
    found: dict[tuple[str, str], str] = {}
    for name, content in files.items():
        if name.endswith(".py"):
            cells = cells_behind(content, files)
            stubs = _stubs([(name, content)] if cells is None else cells.items())
            found |= {(name.removesuffix(".py"), function): place for function, place in stubs.items()}
    return found


def _stubs(sources: Iterable[tuple[str, str | bytes]]) -> dict[str, str]:
    """Where each stub of some sources raises, by name; none at all if anything else stands there."""
    found: dict[str, str] = {}
    for place, source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and _is_whole_stub(node) and node.name not in found:
                raises = next(one for one in ast.walk(node) if isinstance(one, ast.Raise))
                found[node.name] = f"{place}:{raises.lineno}"
            elif not _does_nothing(node):
                return {}
    return found


def _is_whole_stub(node: ast.stmt) -> bool:
    """Whether a stub is the template's all around: defining it cannot fail, and calling it raises."""
    match node:
        case ast.ClassDef(decorator_list=[], keywords=[], bases=bases, body=body):
            members = [one for one in body if not _does_nothing(one)]
            return bool(members) and all(map(_is_torch_module, bases)) and all(map(_is_whole_stub, members))
        case ast.FunctionDef(decorator_list=[], returns=None, args=arguments):
            defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
            plain = all(isinstance(default, ast.Constant) for default in defaults)
            annotated = any(isinstance(one, ast.arg) and one.annotation for one in ast.walk(arguments))
            return plain and not annotated and is_stub(node)
    return False


def _is_torch_module(base: ast.expr) -> bool:
    match base:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"), attr="nn"), attr="Module"):
            return True
    return False


def _does_nothing(node: ast.stmt) -> bool:
    """Whether a statement of the template binds nothing of the student's and cannot fail."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Import(names=names):
            return all("." not in one.name and _is_installed(one.name) for one in names)
    return False


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # it stands for no file, such as `__main__`
        return False
