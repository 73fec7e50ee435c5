"""Names that a function may not use: what its text says.

Owns following a function through its own helpers and imports in the syntax tree. What it calls while it runs is seen
by `grader.runner.observing.guarding`. Registers no kind.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence

from grader.submission.notebook import stood_for

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def uses(files: Mapping[str, bytes], call: str, names: Sequence[str]) -> tuple[str, str] | None:
    """The first of some names that a function uses in its text, helpers of its file included, and where.

    Args:
        files: the submission's.
        call: `module.function`.
        names: dotted names of functions, classes and modules; a bare one is a builtin, or a method of anything.
    """
    module, _, function = call.rpartition(".")
    for place, tree in _trees(files, f"{module.replace('.', '/')}.py"):
        for node in _reached(tree, function):
            for dotted, line in _used(node, _imported(tree)):
                for name in names:
                    if (
                        dotted == name
                        or dotted.startswith(f"{name}.")
                        or ("." not in name and _is_method(dotted, name))
                    ):
                        return name, f"{place}:{line}"
    return None


def _is_method(dotted: str, name: str) -> bool:
    return dotted.startswith(".") and dotted.rpartition(".")[2] == name


def _trees(files: Mapping[str, bytes], file: str) -> Iterator[tuple[str, ast.Module]]:
    """The code of a module: its file, or the cells of the notebook that it stands for, as one text."""
    content = files.get(file, b"")
    notebook = stood_for(content)
    if notebook is not None and notebook in files:
        cells = [cell["source"] for cell in json.loads(files[notebook])["cells"] if cell["cell_type"] == "code"]
        file, content = notebook, "\n".join(cells).encode("utf-8", "surrogatepass")
    try:
        yield file, ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # whoever runs it says so


def _reached(tree: ast.Module, function: str) -> Iterator[ast.stmt]:
    """The definition of a function, and those of the file that it names in turn."""
    defined: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in _binds(node):
            defined.setdefault(name, []).append(node)
    waiting, seen = [function], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in defined.get(name, ()):
            yield node
            waiting += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _binds(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, Definition):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _imported(tree: ast.Module) -> Mapping[str, str]:
    """What imported names mean, wherever in the file they are imported."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.partition(".")[0]: alias.name
                if alias.asname
                else alias.name.partition(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _used(node: ast.AST, imported: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Every name in a definition, dotted and with what was imported written out; of a method `.name`."""
    own = {part.name for part in ast.walk(node) if isinstance(part, Definition)}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in own:
            yield imported.get(part.id, part.id), part.lineno
        elif isinstance(part, ast.Attribute):
            yield f".{part.attr}", part.lineno
            words = [part.attr]
            inner = part.value
            while isinstance(inner, ast.Attribute):
                words.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                yield ".".join([imported.get(inner.id, inner.id), *reversed(words)]), part.lineno
