"""What pydantic says of a problem file, in sentences for its author.

Owns where in the file an error stands, what is allowed there and what was probably meant. What else can be wrong with
a file belongs to `load`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from grader.assignment.spec import CALL
from grader.checks.registry import kinds
from grader.errors import Diagnostic, nearest
from grader.files.yaml_source import Source


def diagnostic(detail: Any, model: type[BaseModel], source: Source, file: Path) -> Diagnostic:
    """One error of pydantic's as a diagnostic: a sentence, its line and column, what is allowed, a suggestion."""
    path = _without_tags(detail["loc"], source)
    place, key = source.place(path), str(path[-1]) if path else ""
    allowed, suggestion = "", ""
    match detail["type"]:
        case "extra_forbidden":
            names = _keys_beside(model, path, source)
            what, allowed = f"unknown key {key!r}", f"allowed: {', '.join(names)}"
            suggestion = nearest(key, names)
            if source.is_bare(path):
                what += " (in {…} a comma begins a new key: if it belongs to the text before, put that text in quotes)"
        case "missing":
            what = f"{key!r} is missing"
        case "union_tag_invalid":
            typed = str(detail["ctx"]["tag"])
            names = sorted(kinds())
            what, allowed = f"unknown kind {typed!r}", f"allowed: {detail['ctx']['expected_tags']}"
            suggestion = nearest(typed, names)
            place = source.place((*path, "kind"))
        case "union_tag_not_found":
            what = "'kind' is missing"
        case "value_error":
            what, _, allowed = str(detail["ctx"]["error"]).partition(" — ")
        case _:
            what = f"{key}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
            if isinstance(detail.get("input"), str):
                what += f", not {detail['input']!r}"
    return Diagnostic(file, place.line, place.column, what, allowed, suggestion)


def _without_tags(loc: Sequence[str | int], source: Source) -> tuple[str | int, ...]:
    """A pydantic location without the union tags in it, which are no keys of the YAML file.

    A tag may be called like a key beside it, as `call`: of all ways to leave words out the deepest one counts.
    """
    paths: list[tuple[str | int, ...]] = [()]
    for word in loc[:-1]:
        paths += [(*path, word) for path in paths if (*path, word) in source.begins]
    deepest = max(paths, key=lambda path: len(path) + ((*path, *loc[-1:]) in source.begins))
    return (*deepest, *loc[-1:])


def _keys_beside(model: type[BaseModel], path: Sequence[str | int], source: Source) -> list[str]:
    """The keys that are allowed in the mapping that holds an unknown one."""
    data = source.data
    found: type[BaseModel] | None = model
    for word in path[:-1]:
        data = data[word]
        found = _model_of(found, word, data) if found is not None else None
    if found is None:
        return []
    return [field.alias or name for name, field in found.model_fields.items()]


def _model_of(model: type[BaseModel], word: str | int, data: Any) -> type[BaseModel] | None:
    """The model of the value under `word`: that of its kind, of its field, or of the members of a list or mapping."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if isinstance(kind, str) and kind in kinds():
        return kinds()[kind].spec
    if word == "runs":
        return kinds()[CALL].spec
    if isinstance(word, str) and word in model.model_fields:
        return next(iter(_models_in(model.model_fields[word].annotation)), model)
    return model


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
