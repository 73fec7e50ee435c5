"""YAML read as text with places.

Owns the one way in which this project reads YAML, whether an author's or a student's: every scalar stays
the string that was typed (`no`, `1e-3`, `50-71`), every node keeps its line and column, duplicate keys are
reported, and nothing is ever constructed: no tags, no anchors, no aliases, so no bombs and no objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 40
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Place:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a text, and where."""

    place: Place
    what: str
    path: tuple[str | int, ...] = ()


Data = Any


@dataclass
class Source:
    """A YAML text as data (strings, lists, mappings) with the place of every path."""

    data: Data
    places: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    spans: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    text: str = ""

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Where a path stands; the nearest enclosing one if it does not exist."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))

    def as_typed(self, path: tuple[str | int, ...]) -> str:
        """The source text of one value, as it was typed."""
        start, end = self.spans[path]
        return self.text[start:end].strip()


def read_yaml(text: str) -> Source:
    """Read one YAML document.

    Returns:
        The data and every fault found. After a syntax error `data` is None and that is the only fault.
    """
    source = Source(data=None, text=text)
    try:
        for _ in _events(text):
            pass
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        source.faults.append(Fault(_place(error.problem_mark or error.context_mark), _sentence(error)))
        return source
    except yaml.YAMLError as error:
        source.faults.append(Fault(Place(1, 1), str(error).split("\n")[0]))
        return source
    if node is not None:
        source.data = _convert(node, (), source)
    return source


def refuse_anchors(text: str) -> Fault | None:
    """The first anchor, alias or tag in a text, if it has one: they are how YAML bombs and objects are made."""
    try:
        for event in _events(text):
            place = _place(event.start_mark)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return Fault(place, "anchors (&) and aliases (*) are not allowed here; put such a text in quotes")
            if getattr(event, "tag", None):
                return Fault(place, "tags (!) are not allowed here; put such a text in quotes")
    except yaml.YAMLError:
        return None
    return None


def _events(text: str) -> Iterator[yaml.Event]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"nested deeper than {MAX_DEPTH} levels")
        yield event


def _convert(node: yaml.Node, path: tuple[str | int, ...], source: Source) -> Data:
    source.places[path] = _place(node.start_mark)
    source.spans[path] = (node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.SequenceNode):
        return [_convert(child, (*path, i), source) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _convert_mapping(node, path, source)
    typed_plainly = isinstance(node, yaml.ScalarNode) and not node.style
    return None if typed_plainly and node.tag == _NULL else str(node.value)


def _convert_mapping(node: yaml.MappingNode, path: tuple[str | int, ...], source: Source) -> dict[str, Data]:
    data: dict[str, Data] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            source.faults.append(Fault(_place(key_node.start_mark), "a key must be a word", path))
            continue
        key = str(key_node.value)
        if key in data:
            first = source.places[(*path, key)].line
            what = f"{key!r} stands here a second time (first in line {first})"
            source.faults.append(Fault(_place(key_node.start_mark), what, (*path, key)))
            continue
        data[key] = _convert(value_node, (*path, key), source)
        source.places[(*path, key)] = _place(key_node.start_mark)
    return data


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part) or "not readable as YAML"
