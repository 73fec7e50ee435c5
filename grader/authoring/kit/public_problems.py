"""The assignment as students may have it: what is asked, and the checks that need no answer key.

Owns which files go out and that a problem file is written again from what may be shown, never cut down from the whole.
What of a check may be shown is the say of its kind (`CheckSpec.for_students`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from grader.assignment.model import Assignment, Part, Problem
from grader.assignment.spec import with_inputs
from grader.authoring.kit.strip_module import cut_down
from grader.checks.spec import only

WIDTH = 110
_PROBLEM = ("id", "title", "intro", "symbols", "constraints")
_PART = ("id", "title", "prompt", "points", "symbols", "constraints", "derivation", "cpu_seconds", "functions")
_FUNCTION = ("signature", "does", "methods", "base")
_DRAW = re.compile(r"\bdraws\.(\w+)")
_PROPERTY = re.compile(r"\b(\w+):(\w+)")


def public_files(assignment: Assignment) -> dict[str, bytes]:
    """Every file of the public assignment below its root, by path.

    Problems without what is right; the probes, which hold no key; of the properties and draws, what public checks use.
    """
    problems = {f"problems/{problem.file.name}": _problem(problem) for problem in assignment.problems}
    about: dict[str, Any] = {"title": assignment.title, "name": assignment.notebook.removesuffix(".ipynb")}
    about |= {"intro": assignment.intro, "handout": _handout(assignment)}
    texts = {"problems/assignment.yaml": _yaml(about), **{name: _yaml(data) for name, data in problems.items()}}
    shown = "\n".join(texts.values())
    folder = assignment.root / "problems"
    files = {name: text.encode() for name, text in texts.items()}
    files |= {f"problems/probes/{file.name}": file.read_bytes() for file in sorted((folder / "probes").glob("*.py"))}
    cut = cut_down(folder.glob("properties/*.py"), _PROPERTY.findall(shown))
    cut |= cut_down(folder.glob("draws.py"), (("draws", name) for name in _DRAW.findall(shown)))
    return files | {file.relative_to(assignment.root).as_posix(): text.encode() for file, text in cut.items()}


def _problem(problem: Problem) -> dict[str, Any]:
    data: Any = problem.source.data
    parts = [_part(part, written) for part, written in zip(problem.parts, data["parts"], strict=True)]
    return {**only(data, *_PROBLEM), "parts": parts}


def _part(part: Part, written: Mapping[str, Any]) -> dict[str, Any]:
    shown = only(written, *_PART)
    if "functions" in shown:
        shown["functions"] = {name: only(one, *_FUNCTION) for name, one in written["functions"].items()}
    if part.spec.fields:
        shown["fields"] = {name: spec.for_students(written["fields"][name]) for name, spec in part.spec.fields.items()}
    if part.spec.runs:
        drawn = with_inputs(written["runs"])
        shown["runs"] = [spec.for_students(one) for spec, one in zip(part.spec.runs, drawn, strict=True)]
    if part.spec.checks:
        pairs = zip(part.spec.checks, written["checks"], strict=True)
        shown["checks"] = [spec.for_students(one) for spec, one in pairs]
    return shown


def _handout(assignment: Assignment) -> list[str]:
    """The paths, below `problems/`, of the files that are handed out as they are."""
    folder = assignment.root / "problems"
    wanted = set(assignment.handout)
    return sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file() and file.name in wanted
    )


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stay readable."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(data: Mapping[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
