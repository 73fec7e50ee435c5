"""The files that students fill in, generated from the problems.

Owns their text: an answers file with every field, and a stub for every function with its contract as the docstring.
Holds nothing that stands in `reference/` or in a hidden check.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from grader.assignment.model import Assignment, Part
from grader.assignment.spec import FunctionSpec
from grader.assignment.symbols import in_short
from grader.checks.field import comment
from grader.checks.formula_spec import FormulaSpec
from grader.checks.handed_in import HandedInCheck
from grader.checks.spec import notes_of

WIDTH = 110
_TORCH = re.compile(r"\b(torch|tensors?)\b", re.IGNORECASE)
_DRAWS_TENSOR = re.compile(
    r"\b(normal|zeros|ones|eye|symmetric|low_rank|stochastic|one_hot|boolean|generator)\(|"
    r"\b(uniform|loguniform|integers)\([^(),]+,[^(),]+,"
)


def files_to_fill_in(assignment: Assignment) -> dict[str, str]:
    """The answers file, a module of stubs for each that is called, and what is handed out as it is, by name."""
    files = {"answers.yaml": _answers(assignment), **assignment.handout}
    stubs: dict[str, list[str]] = defaultdict(list)
    for part in assignment.parts:
        asked: set[str] = set()
        for name in part.spec.functions:
            module = name.rpartition(".")[0]
            question = [] if module in asked else [f"# {part.id} · {part.spec.title}", *_prose(part.spec.prompt)]
            asked.add(module)
            stubs[module].append("\n".join([*question, stub(assignment, part, name)]))
    for module, declared in stubs.items():
        files[f"{module}.py"] = _module(module, declared, uses_torch(assignment, module))
    return files


def uses_torch(assignment: Assignment, module: str = "") -> bool:
    """Whether functions of a module, or of any, are handed tensors, or are asked for them."""
    written = [
        " ".join((spec.signature, spec.does, spec.base if spec.methods else ""))
        for part in assignment.parts
        for name, spec in part.spec.functions.items()
        if name.startswith(f"{module}." if module else "")
    ]
    runs = [run for part in assignment.parts for run in part.spec.runs]
    calls = [run for run in runs if (getattr(run, "call", None) or "").startswith(f"{module}." if module else "")]
    drawn = [text for run in calls for text in getattr(run, "inputs", {}).values()]
    return any(map(_TORCH.search, written)) or any(map(_DRAWS_TENSOR.search, drawn))


def formula_example(assignment: Assignment) -> tuple[str, str]:
    """A formula in the assignment's own letters that nobody asks for, as plain text and as LaTeX."""
    declared = (name for part in assignment.parts for name, facts in part.symbols.items() if _is_number(facts))
    one, other, *_ = [*dict.fromkeys(name for name in declared if len(name) == 1), "x", "y"]
    return f"7*{one}*({other} + 3)^2", f"7{one}({other}+3)^2"


def _is_number(facts: object) -> bool:
    return isinstance(facts, dict) and "matrix" not in facts and "function" not in facts


def answers_of(part: Part) -> list[str]:
    """The lines of a part in an answers file: the names that formulas may use, and what each check asks to be typed."""
    names = names_in(part)
    lines = _comment(f"Names: {names}.") if names else []
    lines += [line for check in part.checks for line in check.template_lines()]
    return [f"{part.id}:", *(f"  {line}" if line else "" for line in lines)]


def names_in(part: Part) -> str:
    """The names that formulas of a part may use, each with what it is; empty where no formula is asked for.

    Names beside each other that are of one kind share what is said of them: `m, k (positive integer); A (m×k)`.
    """
    if not any(isinstance(field, FormulaSpec) for field in part.fields.values()):
        return ""
    named = ((in_short(symbol.is_), name) for name, symbol in part.declared.items())
    alike = ((what, [name for _, name in several]) for what, several in groupby(named, key=itemgetter(0)))
    return "; ".join(f"{', '.join(names)} ({what})" for what, names in alike)


def files_in(part: Part) -> list[str]:
    """Which files a part wants beside answers and code, each with what is asked of it, as lines of Markdown."""
    return [check.asked for check in part.checks if isinstance(check, HandedInCheck)]


def file_names(assignment: Assignment) -> list[str]:
    """The names of all files that are wanted beside answers and code."""
    checks = (check for check in assignment.checks.values() if isinstance(check, HandedInCheck))
    return list(dict.fromkeys(name for check in checks for name in check.wanted))


def rules_in(part: Part) -> list[str]:
    """What a part asks of functions beyond their contracts, such as bounds and what may not be used, as Markdown."""
    runs = part.spec.runs
    functions = dict.fromkeys([*part.spec.functions, *(name for run in runs for name in run.notes() if "." in name)])
    return [f"`{name}`: {note}" for name in functions for note in notes_of(runs, name)]


def stub(assignment: Assignment, part: Part, name: str) -> str:
    """A function or class (`module.function`) of a part, to be written, with its contract."""
    function, bare = part.spec.functions[name], name.rpartition(".")[2]
    notes = "".join(f"\n\n{note}" for note in assignment.notes(name))
    return _class(bare, function, notes) if function.methods else _function(bare, function, notes)


def _answers(assignment: Assignment) -> str:
    lines = [
        *_comment(f"{assignment.title}: your typed answers. Fill in what stands after each colon."),
        *_comment(
            f"Formulas may be plain text ({formula_example(assignment)[0]}) or LaTeX. Put an answer into "
            "'single quotes' if it holds a colon or #; never into double quotes, which turn \\f or \\b into control "
            "characters. `hw11 check .` tells you how each answer is read."
        ),
        "",
        "student: {name: , id: }",
    ]
    for problem in assignment.problems:
        lines += ["", *_comment(f"{problem.title}", "## "), *_prose(problem.intro)]
        for part in problem.parts:
            lines += ["", *_part(part)]
    return "\n".join(lines) + "\n"


def _part(part: Part) -> list[str]:
    title = [f"# {part.id} · {part.spec.title}", *_prose(part.spec.prompt)]
    written = ", ".join(part.spec.functions)
    if part.fields:
        told = [f"Write {written}, too."] if written else []
    else:
        told = [f"Nothing to type; write {written}." if written else "Nothing to type."]
    beside = [line for text in (*told, *files_in(part), *rules_in(part)) for line in comment(text)]
    return [*title, *beside, *(answers_of(part) if part.fields else [])]


def _prose(markdown: str) -> list[str]:
    """Markdown as comment lines: paragraphs wrapped, lists and tables as they stand."""
    lines: list[str] = []
    for paragraph in filter(None, markdown.strip().split("\n\n")):
        listed = paragraph.lstrip()[:1] in "-*|0123456789"
        for text in paragraph.splitlines() if listed else [paragraph]:
            lines += _comment(text)
    return lines


def _comment(text: str, start: str = "# ") -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=start, subsequent_indent="# ")


def _module(module: str, stubs: Sequence[str], with_torch: bool) -> str:
    begin = f'"""{module}: replace each `raise NotImplementedError` by your code."""\n'
    blocks = [f"{begin}\nimport torch\n" if with_torch else begin]
    return "\n\n".join([*blocks, *stubs])


def _function(name: str, function: FunctionSpec, notes: str) -> str:
    parameters, _, returns = function.signature.partition("->")
    result = f"\n\nReturns: {returns.strip()}" if returns.strip() else ""
    contract = _docstring(function.does + result + notes)
    return f"def {name}{parameters.strip()}:\n{contract}\n    raise NotImplementedError\n"


def _class(name: str, function: FunctionSpec, notes: str) -> str:
    body = [f"class {name}{f'({function.base})' if function.base else ''}:", _docstring(function.does + notes), ""]
    methods = {"__init__": function.signature, **function.methods}
    for method, signature in methods.items():
        inner = signature.partition("->")[0].strip().removeprefix("(").lstrip()
        body.append(f"    def {method}(self{'' if inner.startswith(')') else ', '}{inner}:")
        if method == "__init__" and function.base:
            body.append("        super().__init__()")
        body += ["        raise NotImplementedError", ""]
    return "\n".join(body).rstrip() + "\n"


def _docstring(text: str) -> str:
    paragraphs = text.strip().split("\n\n")
    wrapped = ["\n".join(textwrap.wrap(" ".join(p.split()), WIDTH - 4)) for p in paragraphs]
    body = "\n\n".join(wrapped).replace("\\", "\\\\").replace('"""', "'''")
    doc = f'"""{body}\n"""' if "\n" in body else f'"""{body}"""'
    return textwrap.indent(doc, "    ", lambda line: bool(line.strip()))
