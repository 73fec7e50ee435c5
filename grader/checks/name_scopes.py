"""What names mean where they stand in a file of Python: what was imported, a builtin, or the file's own.

Owns the scopes of modules, functions, classes and comprehensions, as far as that question needs them. Registers no
kind.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_OPENING = (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)


@dataclass(frozen=True)
class Scope:
    """The names that one part of a file binds, and the part around it.

    Attributes:
        bound: what each name means, written out; None for the file's own, and for what may be either.
        outer: where a name is looked up that is not bound here.
        stars: modules of which everything was imported, by `from … import *`.
        is_class: whether functions inside do not see these names.
    """

    bound: Mapping[str, str | None]
    outer: Scope | None = None
    stars: tuple[str, ...] = ()
    is_class: bool = False

    @classmethod
    def of_module(cls, tree: ast.Module) -> Scope:
        """The names of a file."""
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        stars = [str(node.module) for node in imports if any(alias.name == "*" for alias in node.names)]
        return cls(bindings(tree), stars=tuple(stars))

    def meaning(self, name: str) -> str | None:
        """What a name means, written out; a builtin is itself. None for what is the file's own, or not known."""
        scope = self.binding(name)
        return self._of_stars(name) if scope is None else scope.bound[name]

    def binding(self, name: str) -> Scope | None:
        """The scope that a name belongs to; None for one that the file neither imports nor defines."""
        scope: Scope | None = self
        while scope is not None and name not in scope.bound:
            scope = scope.outer
        return scope

    def _of_stars(self, name: str) -> str | None:
        """What a name means that is bound nowhere: of a module that was imported whole, or a builtin."""
        for star in self.stars:
            module = sys.modules.get(star)
            if module is None:
                return None
            offered = getattr(module, "__all__", None) or [key for key in vars(module) if not key.startswith("_")]
            if name in offered:
                return f"{star}.{name}"
        return name

    def within(self, node: ast.AST) -> Iterator[tuple[Scope, ast.AST]]:
        """The parts of a node, each with the scope that its names are looked up in."""
        outside = {id(one) for key in ("decorator_list", "bases", "keywords") for one in getattr(node, key, ())}
        inside = self._opened(node) if isinstance(node, _OPENING) else self
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.arguments):
                yield from ((self, one) for one in (*child.defaults, *filter(None, child.kw_defaults)))
            else:
                yield (self if id(child) in outside else inside), child

    def _opened(self, node: ast.AST) -> Scope:
        is_class, around = isinstance(node, ast.ClassDef), self
        while not is_class and around.is_class and around.outer is not None:
            around = around.outer  # what a class body binds is not seen inside its functions
        bound = bindings(node)
        for name in _declared(node):
            bound.pop(name, None)
        return Scope(bound, around, self.stars, is_class)


def bound_in(tree: ast.Module) -> set[str]:
    """Every word that a file defines or sets, attributes and methods included, imports aside."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            found.add(node.name)
        elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
    return found


def bindings(opening: ast.AST) -> dict[str, str | None]:
    """What a part of a file binds itself, not what parts inside it bind for themselves."""
    found: dict[str, str | None] = {}

    def bind(name: str, meaning: str | None) -> None:
        found[name] = meaning if found.get(name, meaning) == meaning else None

    arguments = getattr(opening, "args", None)
    if isinstance(arguments, ast.arguments):
        for one in ast.walk(arguments):
            if isinstance(one, ast.arg):
                bind(one.arg, None)
    for node in _own_nodes(opening):
        if isinstance(node, Definition):
            bind(node.name, None)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            bind(node.id, None)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bind(node.name, None)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                bind(alias.asname or top, alias.name if alias.asname else top)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bind(alias.asname or alias.name, f"{node.module}.{alias.name}" if not node.level else None)
    return found


def _own_nodes(opening: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a part of a file, without those of functions, classes and comprehensions inside it.

    A comprehension's `:=` binds outside of it; that one is found with it.
    """
    waiting = [child for child in ast.iter_child_nodes(opening) if not isinstance(child, ast.arguments)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _COMPREHENSIONS):
            waiting += [part for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
        elif not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _declared(opening: ast.AST) -> Iterator[str]:
    """Names that a function says to be those of a scope around it."""
    for node in _own_nodes(opening):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
