"""YAML read as strings, with line and column.

Owns the one way in which this project reads YAML, whether an author's or a student's: every scalar stays
the string that was typed (`no`, `1e-3`, `50-71`), every node keeps its line and column, duplicate keys are
reported, and no tag constructs an object; anchors and aliases are for authors alone. What keys mean belongs to the
callers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import yaml

MAX_DEPTH = 40  # problem files nest fewer than ten levels; a text of ten thousand brackets would exhaust Python's stack
_NULL = "tag:yaml.org,2002:null"
_ADVICE = {
    "tab character": "indent with spaces",
    "cannot start any token": "indent with spaces; put a text that begins with %, @ or ` in 'single quotes'",
    "expected ':'": "the key in line {line} needs a colon and a blank behind it",
    "mapping values": "put a text that holds a colon in 'single quotes'; a key above needs one behind it",
    "expected key": "indent it like what it belongs to; within 'single quotes' write '' for a quote",
    "'-' indicator": "indent it like what it belongs to",
    "unexpected end": "the quote that begins in line {line} is never closed",
    "expected ',' or": "the bracket that opens in line {line} is never closed",
}
"""What to do about a slip, by words of what libyaml says; `line` is where it began to read what it could not end."""
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
    begins: dict[Path, yaml.Node] = field(default_factory=dict)
    """By path, the node that its position is taken from: for a member of a mapping its key."""
    values: dict[Path, yaml.Node] = field(default_factory=dict)
    """By path, the value."""
    faults: list[Fault] = field(default_factory=list)
    text: str = ""

    def place(self, path: Path) -> Place:
        """Line and column of a path, or of the nearest enclosing one if there is no such path."""
        while path and path not in self.begins:
            path = path[:-1]
        return _place(self.begins[path].start_mark) if path in self.begins else Place(1, 1)

    def without(self, key: str, dropped: Collection[int]) -> Source:
        """The same without some members of the list under a key at the top; what is left keeps its places."""
        if not dropped:
            return self
        kept = [i for i in range(len(self.data[key])) if i not in dropped]
        number = {old: new for new, old in enumerate(kept)}

        def moved(nodes: Mapping[Path, yaml.Node]) -> dict[Path, yaml.Node]:
            listed = {path: node for path, node in nodes.items() if path[:1] == (key,) and len(path) > 1}
            rest = {path: node for path, node in nodes.items() if path not in listed}
            return rest | {
                (key, number[path[1]], *path[2:]): node for path, node in listed.items() if path[1] in number
            }

        data = {**self.data, key: [self.data[key][i] for i in kept]}
        return replace(self, data=data, begins=moved(self.begins), values=moved(self.values))

    def is_bare(self, path: Path) -> bool:
        """Whether a key has no value in a mapping on one line, as the second of `{asks: the mean, not the sum}`."""
        around = self.values.get(path[:-1])
        one_line = isinstance(around, yaml.MappingNode) and bool(around.flow_style)
        return one_line and path in self.values and not self.as_typed(path)

    def as_typed(self, path: Path) -> str:
        """The source text of one value, as it was typed."""
        node = self.values[path]
        return self.text[node.start_mark.index : node.end_mark.index].strip()


def read_yaml(text: str) -> Source:
    """Read one YAML document of an author's, in which anchors and aliases (`&` and `*`) may be used.

    Returns:
        The data and every fault found. After a syntax error `data` is None and that is the only fault.
    """
    return _read(text, yaml.parse(text, Loader=yaml.CSafeLoader))


def read_plain_yaml(text: str) -> Source:
    """Read one YAML document of anybody else's: an anchor, an alias or a tag is a fault, and then the only one."""
    return _read(text, _plain(yaml.parse(text, Loader=yaml.CSafeLoader)))


def _read(text: str, events: Iterable[_Event]) -> Source:
    source = Source(data=None, text=text)
    try:
        _check(events)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        source.faults.append(Fault(_place(error.problem_mark or error.context_mark), _sentence(error)))
    except yaml.YAMLError as error:
        source.faults.append(Fault(Place(1, 1), str(error).split("\n")[0]))
    else:
        source.data = None if node is None else _data(node, (), source)
    return source


def _plain(events: Iterable[_Event]) -> Iterator[_Event]:
    """The events, without anchors, aliases and tags: YAML bombs and the construction of objects need them.

    Raises:
        MarkedYAMLError: there is one.
    """
    for event in events:
        if getattr(event, "anchor", None):
            raise _refused("anchors (&) and aliases (*) are not allowed here; put such a text in quotes", event)
        if getattr(event, "tag", None):
            raise _refused("tags (!) are not allowed here; put such a text in quotes", event)
        yield event


def _check(events: Iterable[_Event]) -> None:
    """See that a text can be read, before anything is built from it.

    Raises:
        YAMLError: it is no YAML, more than one document, nested too deep, or refers to what is not there yet.
    """
    documents = 0
    open_anchors: list[str | None] = []
    anchors: set[str | None] = set()
    for event in events:
        match event:
            case yaml.ScalarEvent() if not event.anchor:
                pass  # nearly every event
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _refused("expected one document, but found another", event)
            case yaml.AliasEvent():
                if event.anchor not in anchors:
                    raise _refused(f"nothing is called &{event.anchor} before this", event)
            case yaml.ScalarEvent() | yaml.CollectionStartEvent() if event.anchor and event.anchor in anchors:
                raise _refused(f"&{event.anchor} is here a second time", event)
            case yaml.ScalarEvent():
                anchors.add(event.anchor)
            case yaml.CollectionStartEvent():
                open_anchors.append(event.anchor)
                if len(open_anchors) > MAX_DEPTH:
                    raise _refused(f"nested deeper than {MAX_DEPTH} levels", event)
            case yaml.CollectionEndEvent():
                anchors.add(open_anchors.pop())


def _data(node: yaml.Node, path: Path, source: Source) -> Data:
    """The data of a node at a path; places and faults go into the source."""
    source.begins[path] = source.values[path] = node
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == _NULL and not node.style else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_data(item, (*path, i), source) for i, item in enumerate(node.value)]
    data: dict[str, Data] = {}
    for key, value in node.value:
        word = key.value if isinstance(key, yaml.ScalarNode) else None
        if word is not None and word not in data:
            here = (*path, word)
            data[word] = _data(value, here, source)
            source.begins[here] = key
            continue
        where, what = path, "a key must be a word"  # not a list or a mapping
        if word is not None:
            where = (*path, word)
            what = f"{word!r} is here a second time (first in line {source.place(where).line})"
        source.faults.append(Fault(_place(key.start_mark), what, where))
    return data


def _refused(what: str, event: _Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """What keeps a text from being read, and what to do."""
    problem, began = error.problem or "not readable as YAML", error.context_mark or error.problem_mark
    advice = next((advice for words, advice in _ADVICE.items() if words in problem), "")
    return f"{problem} — {advice.format(line=began.line + 1)}" if advice and began else problem
