"""The files that students fill in, generated from the problems.

Owns their text: an answers file with every field, and a stub for every function with its contract as the docstring.
Holds nothing that stands in `reference/` or in a hidden check.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Sequence

from grader.assignment.model import Assignment, FunctionSpec, Part

WIDTH = 110


def files_to_fill_in(assignment: Assignment) -> dict[str, str]:
    """The answers file, a module of stubs for each that is called, and what is handed out as it is, by name."""
    files = {"answers.yaml": _answers(assignment), **assignment.handout}
    stubs: dict[str, list[str]] = defaultdict(list)
    for part in assignment.parts:
        for name in part.spec.functions:
            stubs[name.rpartition(".")[0]].append(stub(assignment, part, name))
    for module, declared in stubs.items():
        files[f"{module}.py"] = _module(module, declared)
    return files


def answers_of(part: Part) -> list[str]:
    """The lines of a part in an answers file: what each check asks to be typed."""
    lines = [line for check in part.checks for line in check.template_lines()]
    return [f"{part.id}:", *(f"  {line}" if line else "" for line in lines)]


def stub(assignment: Assignment, part: Part, name: str) -> str:
    """A function or class (`module.function`) of a part, to be written, with its contract."""
    function, bare = part.spec.functions[name], name.rpartition(".")[2]
    notes = "".join(f"\n\n{note}" for note in assignment.notes(name))
    return _class(bare, function, notes) if function.methods else _function(bare, function, notes)


def _answers(assignment: Assignment) -> str:
    lines = [
        *_comment(f"{assignment.title}: your typed answers. Fill in what stands after each colon."),
        *_comment(
            "Formulas may be plain text (4*k*(m+l)) or LaTeX. Put an answer into 'single quotes' if it holds a colon "
            "or #; never into double quotes, which turn \\f or \\b into control characters. "
            "`hw11 check .` tells you how each answer is read."
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
    if not part.fields:
        return [*title, f"# Nothing to type; write {', '.join(_names(part))}."]
    return [*title, *answers_of(part)]


def _prose(markdown: str) -> list[str]:
    """Markdown as comment lines: paragraphs wrapped, lists and tables as they stand."""
    lines: list[str] = []
    for paragraph in filter(None, markdown.strip().split("\n\n")):
        listed = paragraph.lstrip()[:1] in "-*|0123456789"
        for text in paragraph.splitlines() if listed else [paragraph]:
            lines += _comment(text)
    return lines


def _names(part: Part) -> list[str]:
    return list(dict.fromkeys(run.call for run in part.spec.runs if getattr(run, "call", None)))


def _comment(text: str, start: str = "# ") -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=start, subsequent_indent="# ")


def _module(module: str, stubs: Sequence[str]) -> str:
    blocks = [f'"""{module}: replace each `raise NotImplementedError` by your code."""\n\nimport torch\n']
    return "\n\n".join([*blocks, *stubs])


def _function(name: str, function: FunctionSpec, notes: str) -> str:
    parameters, _, returns = function.signature.partition("->")
    result = f"\n\nReturns: {returns.strip()}" if returns.strip() else ""
    contract = _docstring(function.does + result + notes)
    return f"def {name}{parameters.strip()}:\n{contract}\n    raise NotImplementedError\n"


def _class(name: str, function: FunctionSpec, notes: str) -> str:
    body = [f"class {name}(torch.nn.Module):", _docstring(function.does + notes), ""]
    methods = {"__init__": function.signature, **function.methods}
    for method, signature in methods.items():
        inner = signature.partition("->")[0].strip().removeprefix("(")
        body.append(f"    def {method}(self, {inner}:")
        if method == "__init__":
            body.append("        super().__init__()")
        body += ["        raise NotImplementedError", ""]
    return "\n".join(body).rstrip() + "\n"


def _docstring(text: str) -> str:
    paragraphs = text.strip().split("\n\n")
    wrapped = ["\n".join(textwrap.wrap(" ".join(p.split()), WIDTH - 4)) for p in paragraphs]
    body = "\n\n".join(wrapped).replace("\\", "\\\\").replace('"""', "'''")
    doc = f'"""{body}\n"""' if "\n" in body else f'"""{body}"""'
    return textwrap.indent(doc, "    ", lambda line: bool(line.strip()))
