"""What statements of a notebook have to do with names: bind them, use them, change what they stand for.

Owns the analysis alone: it reads syntax trees, runs nothing, and errs towards too much. A thing is taken to be changed
by whatever is assigned to a piece of it, by calls of its methods, by functions of the notebook that change what is
handed to them, by other functions if it is data, and through other names for it or its pieces.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_HARMLESS = frozenset(
    (
        *("abs", "all", "any", "bool", "callable", "dict", "dir", "display", "divmod", "enumerate", "filter", "float"),
        *("format", "frozenset", "getattr", "hasattr", "hash", "help", "id", "input", "int", "isinstance"),
        *("issubclass", "iter", "len", "list", "map", "max", "min", "open", "print", "range", "repr", "reversed"),
        *("round", "set", "slice", "sorted", "staticmethod", "classmethod", "property", "str", "sum", "super"),
        *("tuple", "type", "vars", "zip"),
    )
)
"""Functions of Python that change nothing that is handed to them."""
_PASSED_ON = frozenset(["getattr", "vars", "iter", "next", "reversed", "enumerate", "zip", "list", "super"])
"""Functions of Python whose result is a piece of what is handed to them, or gives out such pieces."""
_PASSES = 8
"""Functions that call functions that change something are followed so many times."""


@dataclass(frozen=True)
class Call:
    """A call by name, and the names behind each of its arguments, by place and by keyword."""

    name: str
    places: tuple[frozenset[str], ...]
    keywords: Mapping[str, frozenset[str]]


@dataclass
class Effects:
    """What some nodes do when they run, before it is known what the functions do that they call."""

    changes: set[str] = field(default_factory=set)
    pieces: set[str] = field(default_factory=set)
    """Names to a piece of which something is assigned, which even functions and classes may be open to."""
    handed_on: set[str] = field(default_factory=set)
    """Names handed to functions that are not called by name: changed if they are data."""
    calls: list[Call] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)
    aliases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Function:
    """A function of the notebook: its parameters, and which of them and of the notebook's names it changes."""

    parameters: tuple[str, ...]
    effects: Effects
    own_names: set[str]
    changes: set[str] = field(default_factory=set)
    pieces: set[str] = field(default_factory=set)


class Program:
    """All statements of a notebook, to ask what one of them changes."""

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        """Look into every function."""
        self._functions: dict[str, list[Function]] = defaultdict(list)
        self._classes: set[str] = set()
        self._imported: set[str] = set()
        self._assigned: set[str] = set()
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for statement in statements:
            for node in ast.walk(statement):
                self._meet(node)
            here = list(executed(statement))
            self._assigned |= {one.id for one in here if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            for name, behind in effects_of(here).aliases.items():
                self._aliases[name] |= behind
        self._settle()

    def changes(self, statement: ast.stmt) -> set[str]:
        """The names whose things may be others after a statement has run, those that it binds aside."""
        return self._changes(effects_of(executed(statement)), self._aliases)

    def is_module(self, name: str) -> bool:
        """Whether a name stands for something imported."""
        return name in self._imported

    def _meet(self, node: ast.AST) -> None:
        if isinstance(node, _FUNCTIONS):
            self._functions[node.name].append(_function(node))
        elif isinstance(node, ast.ClassDef):
            self._classes.add(node.name)
            for method in node.body:
                if isinstance(method, _FUNCTIONS) and method.name in ("__init__", "__new__", "__call__"):
                    made = _function(method)
                    self._functions[node.name].append(Function(made.parameters[1:], made.effects, made.own_names))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._imported |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}

    def _settle(self) -> None:
        """What functions change, once for themselves and then through the functions that they call."""
        everything = [one for found in self._functions.values() for one in found]
        for _ in range(_PASSES):
            grown = False
            for one in everything:
                aliases = one.effects.aliases
                pieces = _with_aliases(one.effects.pieces | self._pieces(one.effects.calls), aliases) - one.own_names
                changes = (self._changes(one.effects, aliases) | pieces) - one.own_names
                grown |= not (changes <= one.changes and pieces <= one.pieces)
                one.changes |= changes
                one.pieces |= pieces
            if not grown:
                return

    def _changes(self, effects: Effects, aliases: Mapping[str, set[str]]) -> set[str]:
        found = {name for name in effects.changes | effects.pieces if name not in self._imported}
        found |= {name for name in effects.handed_on if self._is_data(name)}
        for call in effects.calls:
            found |= self._changed_by_call(call)
        for method in effects.methods:
            for one in self._functions.get(method, ()):
                found |= one.changes - set(one.parameters)
        return _with_aliases(found | self._pieces(effects.calls), aliases)

    def _pieces(self, calls: Iterable[Call]) -> set[str]:
        """The names handed to functions that assign something to a piece of them."""
        found: set[str] = set()
        for call in calls:
            if call.name in ("setattr", "delattr"):
                found |= call.places[0] if call.places else set()
            for one in self._functions.get(call.name, ()):
                found |= _handed(call, one, one.pieces)
        return found

    def _changed_by_call(self, call: Call) -> set[str]:
        """What a call changes, pieces of functions and classes aside."""
        handed = frozenset[str]().union(*call.places, *call.keywords.values())
        found: set[str] = set()
        if call.name in self._functions:
            for one in self._functions[call.name]:
                extra = frozenset[str]().union(*call.places[len(one.parameters) :])  # behind `*args`
                found |= one.changes - set(one.parameters)
                found |= {name for name in _handed(call, one, one.changes) | extra if self._is_data(name)}
        elif call.name not in _HARMLESS:
            found = {name for name in handed if self._is_data(name)}
            found |= {call.name} if call.name in self._assigned and self._is_data(call.name) else set()
        return found

    def _is_data(self, name: str) -> bool:
        return not (name in self._functions or name in self._classes or name in self._imported or name in _HARMLESS)


def _handed(call: Call, function: Function, parameters: set[str]) -> set[str]:
    """The names that a call hands to some parameters of a function."""
    by_place = zip(function.parameters, call.places, strict=False)
    return {name for one, names in (*by_place, *call.keywords.items()) if one in parameters for name in names}


def executed(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a statement runs: not what stands in the functions that it defines."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _FUNCTIONS):
            waiting += [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def effects_of(nodes: Iterable[ast.AST]) -> Effects:
    """What some nodes do, each for itself."""
    found = Effects()
    for node in nodes:
        match node:
            case ast.Assign():
                _assign(node.targets, node.value, found)
            case ast.AnnAssign(value=ast.expr() as value):
                _assign([node.target], value, found)
            case ast.NamedExpr():
                _assign([node.target], node.value, found)
            case ast.AugAssign():
                found.pieces |= root(node.target)
            case ast.Delete():
                for target in node.targets:
                    found.pieces |= _pieces(target)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                _alias(node.target, _names(node.iter), found)
                found.pieces |= _pieces(node.target)
            case ast.withitem(optional_vars=ast.expr() as target):
                _alias(target, _names(node.context_expr), found)
            case ast.Call():
                _call(node, found)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                _decorate(node, found)
    return found


def root(node: ast.expr) -> set[str]:
    """The names whose things a piece belongs to: `a` of `a.b[c].d`, of `getattr(a, "b")` and of `a.b().c`."""
    while True:
        match node:
            case ast.Attribute() | ast.Subscript() | ast.Starred() | ast.NamedExpr():
                node = node.value
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _PASSED_ON:
                node = first
            case ast.Call(func=ast.Attribute() as method):
                node = method
            case ast.Tuple() | ast.List():
                return {name for one in node.elts if not isinstance(one, ast.Name) for name in root(one)}
            case _:
                return {node.id} if isinstance(node, ast.Name) else set()


def _assign(targets: Sequence[ast.expr], value: ast.expr, found: Effects) -> None:
    for target in targets:
        found.pieces |= _pieces(target)
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, of in zip(target.elts, value.elts, strict=False):
                _alias(one, root(of), found)
        else:
            _alias(target, root(value), found)


def _pieces(target: ast.expr) -> set[str]:
    """What is changed by an assignment to a target; a bare name is bound, not changed."""
    return set() if isinstance(target, ast.Name) else root(target)


def _alias(target: ast.expr, behind: set[str], found: Effects) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            found.aliases[node.id] |= behind - {node.id}


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _call(node: ast.Call, found: Effects) -> None:
    places = tuple(frozenset(root(one)) for one in node.args)
    keywords = {one.arg or "": frozenset(root(one.value)) for one in node.keywords}
    if isinstance(node.func, ast.Name):
        found.calls.append(Call(node.func.id, places, keywords))
        return
    if isinstance(node.func, ast.Attribute):
        found.changes |= root(node.func)
        found.methods.add(node.func.attr)
    found.handed_on |= {name for names in (*places, *keywords.values()) for name in names}


def _decorate(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, found: Effects) -> None:
    """A decorator is a call with what it decorates; one that is called itself may change what is handed to it."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name):
            found.calls.append(Call(decorator.id, (frozenset(),), {}))
        else:
            found.changes |= root(decorator)
        if isinstance(decorator, ast.Call):
            found.pieces |= {name for one in decorator.args for name in root(one)}
    if node.decorator_list and not isinstance(node, ast.ClassDef):
        hints = (argument.annotation for argument in node.args.args[:1] if argument.annotation)
        found.pieces |= {name for hint in hints for name in _names(hint)}


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    signature = node.args
    parameters = tuple(one.arg for one in (*signature.posonlyargs, *signature.args, *signature.kwonlyargs))
    inside = [one for statement in node.body for one in ast.walk(statement)]
    effects = effects_of(inside)
    declared = {name for one in inside if isinstance(one, ast.Global) for name in one.names}
    stored = {one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    effects.changes |= stored & declared
    return Function(parameters, effects, stored - declared - set(parameters))


def _with_aliases(names: set[str], aliases: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(names), list(names)
    while waiting:
        behind = aliases.get(waiting.pop(), set()) - found
        found |= behind
        waiting += behind
    return found
