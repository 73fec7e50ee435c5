"""Every key that an author may write, kind by kind, as a page of the documentation.

Owns its text, made from the models that the loader uses; `python -m grader.assignment.reference` prints it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from grader.assignment.spec import AssignmentSpec, FunctionSpec, PartSpec, ProblemSpec
from grader.assignment.symbols import PHRASES, SymbolSpec
from grader.checks.registry import Place, kinds
from grader.grouping import by_key

_HEAD = """\
# Every key, kind by kind

`make schema` wrote this page from the models that read problem files. What the kinds are for, with an example of each,
stands in [authoring.md](authoring.md).
"""
_PLACES: Mapping[Place, str] = {
    "fields": "Fields: what is typed",
    "runs": "Runs: what is executed",
    "checks": "Checks of other kinds",
}
_WORDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "null": "nothing",
}


def reference_text() -> str:
    """The page as Markdown, as it is checked in."""
    lines = [_HEAD]
    for title, model in (
        ("The assignment (`assignment.yaml`)", AssignmentSpec),
        ("A problem", ProblemSpec),
        ("A part", PartSpec),
        ("A symbol", SymbolSpec),
        ("A function that students write", FunctionSpec),
    ):
        lines += [f"## {title}\n", *_keys(model)]
        if model is SymbolSpec:
            lines += [
                "| `is` | what is meant |\n|---|---|",
                *(f"| `{kind}` | {means} |" for kind, means in PHRASES.items()),
                "",
            ]
    for place, title in _PLACES.items():
        lines.append(f"## {title}\n")
        specs = by_key((entry.spec, name) for name, entry in kinds().items() if entry.place == place)
        for spec, names in specs.items():
            lines += [f"### {', '.join(f'`{name}`' for name in names)}\n", *_keys(spec)]
    return "\n".join(lines).rstrip() + "\n"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """What a model says of itself, and a table of its keys."""
    yield "\n\n".join(" ".join(one.split()) for one in (inspect.getdoc(model) or "").split("\n\n")) + "\n"
    schema = model.model_json_schema(by_alias=True)
    shared: Mapping[str, Any] = schema.get("$defs", {})
    yield "| key | what is written | if it is left out |\n|---|---|---|"
    required = schema.get("required", ())
    for key, facts in sorted(schema.get("properties", {}).items(), key=lambda one: one[0] not in required):
        missing = "it must be there" if key in required else _default(facts.get("default"))
        yield f"| `{key}` | {' '.join(dict.fromkeys(_written(facts, shared)))} | {missing} |"
    yield ""


def _default(value: Any) -> str:
    return "" if value in (None, "", [], {}) else f"`{value}`".replace("True", "true").replace("False", "false")


def _written(facts: Mapping[str, Any], shared: Mapping[str, Any]) -> Sequence[str]:
    """What may stand under a key, in a few words."""
    if "$ref" in facts:
        name = facts["$ref"].rpartition("/")[2]
        return ["keys:", ", ".join(f"`{key}`" for key in shared[name].get("properties", {}))]
    if choices := facts.get("enum") or ([facts["const"]] if "const" in facts else []):
        return [", ".join(f"`{choice}`" for choice in choices)]
    if options := facts.get("anyOf") or facts.get("oneOf"):
        told = [" ".join(_written(option, shared)) for option in options if option.get("type") != "null"]
        return [" or ".join(dict.fromkeys(told))]
    match facts.get("type"):
        case "array":
            inner = facts.get("items") or (facts.get("prefixItems") or [{}])[0]
            return ["list of", *_written(inner, shared)] if inner else ["list"]
        case "object":
            inner = facts.get("additionalProperties")
            if not isinstance(inner, dict):
                inner = next(iter(facts.get("patternProperties", {}).values()), {})
            return ["by name:", *_written(inner, shared)] if inner else ["by name"]
        case str() as kind:
            return [_WORDS.get(kind, kind)]
    return ["anything"]


if __name__ == "__main__":
    print(reference_text(), end="")
