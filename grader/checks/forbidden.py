"""Names that a function may not use: what its text says, and what is made of what was seen while it ran.

Owns following a function through its own helpers and imports in the syntax tree. A name counts where it can mean
nothing but what is forbidden: what the file defines itself, and methods of objects of which the text does not tell the
type, are left to `grader.runner.observing.guarding`, which sees what is called. Registers no kind.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from grader.checks.base import not_judged
from grader.checks.name_scopes import Definition, Scope, bindings, bound_in
from grader.files.untrusted_text import one_line
from grader.grouping import by_key
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation
from grader.submission.notebook import cells_behind, stood_for

_SWITCHED_OFF = "the watch over what is called was switched off"
ELSEWHERE = "other processes were started, in which nothing is watched: a person looks at it"


def watched(
    files: Mapping[str, bytes], call: str, names: Sequence[str], observations: Sequence[Observation]
) -> Sequence[Observation] | Outcome:
    """What calls gave whose use of some names was watched; what is said where one of them was used.

    Args:
        files: the submission's.
        call: `module.function`.
        names: what may not be used; nothing was watched where there are none.
        observations: what came out of the calls, with what the watch saw.
    """
    if not names:
        return observations
    said = said_in_text(files, call, names)
    if said is not None and all(one.status == "returned" for one in observations):
        return said
    values = []
    for one in observations:
        reply: Any = one.value if isinstance(one.value, dict) else {}
        for name, place in _told(reply.get("used"), names):
            at = f" ({one_line(place, 80)})" if place else ""
            says = f"{name} is called, directly or through something else{at}; this is to be done without it"
            return not_judged(Verdict.WRONG, says)
        if one.status == "returned" and reply.get("kept") is not True:
            return not_judged(Verdict.WRONG, _SWITCHED_OFF)
        if one.status == "returned" and reply.get("elsewhere"):
            return not_judged(Verdict.UNDECIDED, ELSEWHERE)
        values.append(replace(one, value=reply.get("value")))
    return values


def _told(used: Any, names: Sequence[str]) -> list[tuple[str, str]]:
    """Names that were seen and places of the student's; whatever else came out of the process is left out."""
    pairs = [one for one in used if isinstance(one, list) and len(one) == 2] if isinstance(used, list) else []
    return [(name, str(place)) for name, place in pairs if name in names]


def said_in_text(files: Mapping[str, bytes], call: str, names: Sequence[str]) -> Outcome | None:
    """What is said of the first of some names that a function holds in its text; None where it holds none."""
    found = uses(files, call, names) if names else None
    if found is None:
        return None
    return not_judged(Verdict.WRONG, f"{found[0]} is used ({found[1]}); this is to be done without it")


def uses(files: Mapping[str, bytes], call: str, names: Sequence[str]) -> tuple[str, str] | None:
    """The first of some names that a function uses in its text, helpers of its file included, and where.

    Args:
        files: the submission's.
        call: `module.function`.
        names: dotted names of functions, classes and modules; a bare one is a builtin, or whatever libraries have
            under it.
    """
    module, _, function = call.rpartition(".")
    own = _own_words(files)
    for place, tree in _trees(files, f"{module.replace('.', '/')}.py"):
        for dotted, line in _used(tree, function, own):
            for name in names:
                if _means(dotted, name):
                    return name, f"{place}:{line}"
    return None


def _means(dotted: str, name: str) -> bool:
    """Whether a name, written out, is a forbidden one, or of it; `.sort` is a method of something."""
    if dotted == name or dotted.startswith(f"{name}."):
        return True
    return "." not in name and "." in dotted and dotted.rpartition(".")[2] == name and not _is_class(dotted)


def _is_class(dotted: str) -> bool:
    """Whether it names a class of a module, such as `itertools.count`, which no method is."""
    module, *words = dotted.split(".")
    found = reduce(lambda one, word: getattr(one, word, None), words, sys.modules.get(module))
    return isinstance(found, type)


def _own_words(files: Mapping[str, bytes]) -> set[str]:
    """Every word that is bound or defined anywhere in the submission: methods of that name may be its own."""
    code = (file for file in files if file.endswith((".py", ".ipynb")))
    return set().union(*(bound_in(tree) for file in code for _, tree in _trees(files, file)))


def _trees(files: Mapping[str, bytes], file: str) -> Iterator[tuple[str, ast.Module]]:
    """The code of a module: its file, or the cells of the notebook that it stands for, as one text."""
    content = files.get(file, b"")
    cells = cells_behind(content, files)
    try:
        yield stood_for(content) or file, ast.parse(content if cells is None else "\n".join(cells.values()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # whoever runs it says so


def _used(tree: ast.Module, function: str, own: set[str]) -> Iterator[tuple[str, int]]:
    """Every name whose meaning is known in a function and in what it names of its file in turn, written out.

    Of a method `.name`, if no own one is so called. The parts of a name that is written with dots are looked at once,
    as a whole.
    """
    file = Scope.of_module(tree)
    statements = [one for one in tree.body if isinstance(one, Definition | ast.Assign | ast.AnnAssign)]
    defined = by_key((name, one) for one in statements for name in bindings(ast.Module([one], [])))
    waiting: list[tuple[Scope, ast.AST]] = [(file, one) for one in defined.pop(function, ())]
    while waiting:
        scope, node = waiting.pop()
        if isinstance(node, ast.Attribute):
            words, inner = [node.attr], node.value
            while isinstance(inner, ast.Attribute):
                words.append(inner.attr)
                inner = inner.value
            root = scope.meaning(inner.id) if isinstance(inner, ast.Name) else None
            if root is not None:
                yield ".".join([root, *reversed(words)]), node.lineno
            else:
                yield from ((f".{word}", node.lineno) for word in words if word not in own)
                waiting.append((scope, inner))
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            binding, meaning = scope.binding(node.id), scope.meaning(node.id)
            if binding is file:
                waiting += [(file, one) for one in defined.pop(node.id, ())]
            if meaning is not None and (binding is not None or meaning != node.id or hasattr(builtins, node.id)):
                yield meaning, node.lineno
        waiting += reversed([*scope.within(node)])
