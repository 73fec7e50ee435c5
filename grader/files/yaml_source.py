"""YAML read as strings, with line and column.

Owns the one way in which this project reads YAML, whether an author's or a student's: every scalar stays
the string that was typed (`no`, `1e-3`, `50-71`), every node keeps its line and column, duplicate keys are
reported, and no tag constructs an object; anchors and aliases are for authors alone. What keys mean belongs to the
callers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

MAX_DEPTH = 40  # problem files nest fewer than ten levels; a text of ten thousand brackets would exhaust Python's stack
_NOTHING = ("", "~", "null", "Null", "NULL")
Path = tuple[str | int, ...]
"""Keys and list indices that lead from the top of a document to a node."""


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a text, and where."""

    place: Place
    what: str
    path: Path = ()


Data = Any
_Event = Any
"""An event of PyYAML's parser; its type stubs lack attributes that are used here, hence `Any`."""


@dataclass
class Source:
    """A YAML text as data (strings, lists, mappings) with the place of every path."""

    data: Data
    begins: dict[Path, _Event] = field(default_factory=dict)
    """By path, the event that its position is taken from: for a member of a mapping that of its key."""
    values: dict[Path, tuple[_Event, _Event]] = field(default_factory=dict)
    """By path, the first and the last event of the value."""
    faults: list[Fault] = field(default_factory=list)
    text: str = ""

    def place(self, path: Path) -> Place:
        """Line and column of a path, or of the nearest enclosing one if there is no such path."""
        while path and path not in self.begins:
            path = path[:-1]
        return _place(self.begins[path].start_mark) if path in self.begins else Place(1, 1)

    def as_typed(self, path: Path) -> str:
        """The source text of one value, as it was typed."""
        first, last = self.values[path]
        return self.text[first.start_mark.index : last.end_mark.index].strip()


def read_yaml(text: str) -> Source:
    """Read one YAML document of an author's, in which anchors and aliases (`&` and `*`) may be used.

    Returns:
        The data and every fault found. After a syntax error `data` is None and that is the only fault.
    """
    return _read(_Reading(text))


def read_plain_yaml(text: str) -> Source:
    """Read one YAML document of anybody else's: an anchor, an alias or a tag is a fault, and then the only one."""
    return _read(_PlainReading(text))


def _read(reading: _Reading) -> Source:
    try:
        return reading.document()
    except yaml.MarkedYAMLError as error:
        fault = Fault(_place(error.problem_mark or error.context_mark), _sentence(error))
    except yaml.YAMLError as error:
        fault = Fault(Place(1, 1), str(error).split("\n")[0])
    return Source(data=None, faults=[fault], text=reading.text)


class _Reading:
    """The reading of one text, event by event, so that no data is built from a text that is refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._source = Source(data=None, text=text)
        self._events: Iterator[_Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._anchored: dict[str, tuple[Path, Data]] = {}
        self._depth = 0

    def document(self) -> Source:
        """The whole document.

        Raises:
            YAMLError: it cannot be read.
        """
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.DocumentStartEvent):
            self._source.data = self._value(next(self._events), ())
            next(self._events)  # its end
            after = next(self._events)
            if isinstance(after, yaml.DocumentStartEvent):
                raise _refused("expected one document, but found another", after)
        return self._source

    def _admit(self, event: _Event) -> None:
        """Refuse a node that is not allowed; an author's nodes all are.

        Raises:
            MarkedYAMLError: the node is not allowed.
        """

    def _value(self, event: _Event, path: Path) -> Data:
        """The value at a path, which begins with this event."""
        self._admit(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        self._source.begins[path] = event
        data, end = self._data_and_end(event, path)
        self._source.values[path] = (event, end)
        if event.anchor:
            self._anchored[event.anchor] = (path, data)
        return data

    def _data_and_end(self, event: _Event, path: Path) -> tuple[Data, _Event]:
        """The data, and the event that ends it."""
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NOTHING else str(event.value), event
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refused(f"nested deeper than {MAX_DEPTH} levels", event)
        data = self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)
        self._depth -= 1
        return data

    def _list(self, path: Path) -> tuple[list[Data], _Event]:
        data: list[Data] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            data.append(self._value(event, (*path, len(data))))
        return data, event

    def _mapping(self, path: Path) -> tuple[dict[str, Data], _Event]:
        data: dict[str, Data] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            word = self._word(event, path)
            if word is not None and word not in data:
                here = (*path, word)
                data[word] = self._value(next(self._events), here)
                self._source.begins[here] = event
                continue
            where, what = path, "a key must be a word"  # not a list or a mapping
            if word is not None:
                where = (*path, word)
                what = f"{word!r} is here a second time (first in line {self._source.place(where).line})"
            self._source.faults.append(Fault(_place(event.start_mark), what, where))
            self._skip(next(self._events), where)
        return data, event

    def _word(self, event: _Event, path: Path) -> str | None:
        """A key as text; None if it is a list or a mapping."""
        if not isinstance(event, yaml.ScalarEvent):
            found = self._skip(event, path)
            return found if isinstance(found, str) else None
        self._admit(event)
        if event.anchor:
            self._anchored[event.anchor] = ((*path, event.value), event.value)
        return str(event.value)

    def _skip(self, event: _Event, path: Path) -> Data:
        """Read the value that begins with this event and record no place of it: it does not count."""
        kept, self._source = self._source, Source(data=None)
        data = self._value(event, path)
        self._source = kept
        return data

    def _alias(self, event: _Event, path: Path) -> Data:
        """The value that an alias refers to; its members get the places where they were typed."""
        if event.anchor not in self._anchored:
            raise _refused(f"nothing is called &{event.anchor} before this", event)
        named, data = self._anchored[event.anchor]
        source = self._source
        for known in [known for known in source.begins if known[: len(named)] == named]:
            here = (*path, *known[len(named) :])
            source.begins[here] = source.begins[known]
            if known in source.values:
                source.values[here] = source.values[known]
        return data


class _PlainReading(_Reading):
    def _admit(self, event: _Event) -> None:
        """Refuse anchors, aliases and tags: YAML bombs and the construction of objects need them."""
        if event.anchor:
            raise _refused("anchors (&) and aliases (*) are not allowed here; put such a text in quotes", event)
        if getattr(event, "tag", None):
            raise _refused("tags (!) are not allowed here; put such a text in quotes", event)


def _refused(what: str, event: _Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part) or "not readable as YAML"
