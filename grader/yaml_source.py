"""YAML read as text with places.

Owns the one way in which this project reads YAML, whether an author's or a student's: every scalar stays
the string that was typed (`no`, `1e-3`, `50-71`), every node keeps its line and column, duplicate keys are
reported, and nothing is ever constructed: no objects, and from anybody but an author no anchors and no aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """Read one YAML document of an author's, in which one text may stand for another (`&` and `*`).

    Returns:
        The data and every fault found. After a syntax error `data` is None and that is the only fault.
    """
    return _composed(text, _nothing)


def read_plain_yaml(text: str) -> Source:
    """Read one YAML document of anybody's: an anchor, an alias or a tag is a fault, and then the only one."""
    return _composed(text, _reference_or_tag)


def _composed(text: str, forbidden: Callable[[yaml.Event], str]) -> Source:
    source = Source(data=None, text=text)
    try:
        found = next(((event, what) for event in _events(text) if (what := forbidden(event))), None)
        node = None if found else yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        source.faults.append(Fault(_place(error.problem_mark or error.context_mark), _sentence(error)))
        return source
    except yaml.YAMLError as error:
        source.faults.append(Fault(Place(1, 1), str(error).split("\n")[0]))
        return source
    if found is not None:
        event, what = found
        source.faults.append(Fault(_place(event.start_mark), f"{what} are not allowed here; put such a text in quotes"))
    if node is not None:
        source.data = _convert(node, (), source)
    return source


def _nothing(event: yaml.Event) -> str:
    return ""


def _reference_or_tag(event: yaml.Event) -> str:
    """What an event is made by, if that is how YAML bombs and objects are made."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors (&) and aliases (*)"
    return "tags (!)" if getattr(event, "tag", None) else ""


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
