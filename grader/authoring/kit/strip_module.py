"""Authors' modules cut down to some of their functions and what these need.

Owns following names through the top level of modules that lie side by side. Works on the text, so that what stays keeps
its comments and lines.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.files.imports import imported_names

Name = tuple[str, str]
"""Module and name."""


def cut_down(files: Iterable[Path], wanted: Iterable[Name]) -> dict[Path, str]:
    """The modules that hold the wanted names, without every definition that none of these needs.

    Args:
        files: modules that may import one another by their bare names.
        wanted: what must stay; names that no module defines are passed over.
    """
    modules = {file.stem: _Module(file) for file in files}
    kept: dict[str, set[str]] = defaultdict(set)
    waiting = list(wanted)
    while waiting:
        module, name = waiting.pop()
        if module in modules and name not in kept[module]:
            if not kept[module]:
                waiting += modules[module].always
            kept[module].add(name)
            waiting += modules[module].needs(name)
    return {modules[stem].file: modules[stem].without(kept[stem]) for stem in sorted(kept)}


@dataclass(frozen=True)
class _Module:
    file: Path

    @cached_property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @cached_property
    def body(self) -> list[ast.stmt]:
        return ast.parse(self.text).body

    @cached_property
    def definitions(self) -> Mapping[str, ast.stmt]:
        return {name: node for node in self.body for name in _defines(node)}

    @cached_property
    def imported(self) -> Mapping[str, Name]:
        return imported_names(self.body)

    @property
    def always(self) -> list[Name]:
        """What the statements need that always stay: imports bind every name they list."""
        loose = [node for node in self.body if not list(_defines(node))]
        return [*self.imported.values(), *(name for node in loose for name in self._used(node))]

    def needs(self, name: str) -> list[Name]:
        """What a definition needs in turn."""
        node = self.definitions.get(name)
        return [] if node is None else list(self._used(node))

    def _used(self, node: ast.AST) -> Iterator[Name]:
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                yield self.imported.get(part.value.id, ("", ""))[0], part.attr
            if isinstance(part, ast.Name):
                yield self.imported.get(part.id, (self.file.stem, part.id))

    def without(self, kept: set[str]) -> str:
        """The text without definitions of other names and the texts that describe them, and with few blank lines."""
        dropped: set[int] = set()
        leaves = False
        for i, node in enumerate(self.body):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            leaves = leaves if is_text and i else bool(names := set(_defines(node))) and not names & kept
            if leaves:
                first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
                dropped |= set(range(first, (node.end_lineno or node.lineno) + 1))
        lines = [line for number, line in enumerate(self.text.split("\n"), 1) if number not in dropped]
        return re.sub(r"\n([ \t]*\n){3,}", "\n\n\n", "\n".join(lines)).rstrip() + "\n"


def _defines(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
