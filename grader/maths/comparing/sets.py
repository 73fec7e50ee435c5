"""Sets of integers: `50-71`, `50..71`, `50 to 71`, `{50, …, 71}`, `[50, 51, ..., 71]`, `50–60 and 61–71`.

Owns how a set may be typed. A dash between two whole numbers is a range, dots continue what stands before
them, with its step if two numbers stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.maths.reading.columns import blank, blanked
from grader.maths.reading.delimiters import without_frame
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.tokens import MAX_CHARACTERS, MAX_TOKENS
from grader.maths.reading.tree import Listing, Number, Span
from grader.maths.reading.whole_runs import read_run, without_count

_MAX_VALUE = 10**7
_MAX_SIZE = 100_000
_TOKEN = re.compile(
    r"(?P<number>[-−]?\d+)"
    r"|(?P<dots>\.{2,3}|…|\\[lc]?dots|\b(?:to|through|bis|till|until)\b|:)"
    r"|(?P<dash>[-−–—‐‑])"
    r"|(?P<comma>[,;、，；∪和&]|\\cup\b|\\,|\b(?:and|und|et)\b)"
    r"|(?P<bracket>\\?[{}\[\]()]|\\left|\\right|\$|\{,\})"
    r"|(?P<other>\S)"
)
_ENDING = " \t\r\n,."
_UPRIGHT = re.compile(r"\\(?:text|textrm|mathrm|mbox)\s*\{([^{}]*)\}")
_LONG_DASH = re.compile(r"(?<=\d)-{2,3}(?=\d)")
_INDEXED = re.compile(r"(?<![A-Za-z])([a-z])_(?:(?=\d)|\{\s*(?=\d+\s*\}))(\d+)(?:(?<=\d)\s*\})?")

_EMPTY = re.compile(r"∅|\\emptyset(?![A-Za-z])")
_INDEX = r"(?:\\text\s*\{\s*[a-z]+\s*\}|[a-z])"
_LABEL = re.compile(rf"\s*\$?\s*(?:(?P<word>[A-Za-z_]+)\s*(?:=|:)|{_INDEX}\s*(?:=|∈|\\in(?![a-z])))")
_LEADING = re.compile(r"\s*([A-Za-z]+)\b")
_PLAIN = frozenset(
    {"all", "the", "every", "each", "from", "positions", "position", "indices", "index", "numbers", "at"}
)


def read_set(text: str, asked: str = "") -> Listing:
    """Read a set of integers.

    Args:
        text: as typed; the field's own name, `t ∈`, `all`, `from`, `positions` may stand in front.
        asked: the field's name.

    Raises:
        Unreadable: anything but whole numbers, ranges and separators.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"longer than {MAX_CHARACTERS} characters", MAX_CHARACTERS + 1)
    framed = without_frame(_UPRIGHT.sub(lambda found: found.group(1).rjust(len(found.group())), text))
    if re.fullmatch(r"[\s.]*(?:the )?(?:empty(?: set)?|none|\\varnothing)[\s.]*", framed):
        return Listing((), 1)
    if re.search(r"\{\s*\\?(?:∅|emptyset|varnothing)", framed):
        raise Unreadable("the empty set is written {} or ∅, without braces around it", 1)
    run = read_run(framed)
    if run is not None:
        return run
    framed = _LONG_DASH.sub(lambda found: "-".rjust(len(found.group())), framed)
    text, count = without_count(_without_words(framed, asked))
    text = _INDEXED.sub(lambda found: found.group(2).rjust(len(found.group())), text)
    items = _items(list(_tokens(_without_ending(text))))
    if count is not None and count != len(members(Listing(tuple(items)))):
        raise Unreadable(f"these are not {count}: give the numbers alone", 1)
    if not items and not re.search(r"[{\[∅]|\\emptyset", text):
        raise Unreadable("whole numbers are asked, as in 3-7 or {3, 5, 7}", 1)
    return Listing(tuple(items), 1)


def _without_words(text: str, asked: str) -> str:
    """Blank out a label and words in front that change nothing, so that columns stay."""
    label = _LABEL.match(text)
    word = label.group("word") if label else None
    if label and (not word or not asked or len(word) == 1 or _own(word, asked)):
        text = blanked(text, 0, label.end())
    while (leading := _LEADING.match(text)) and (leading.group(1).lower() in _PLAIN or _own(leading.group(1), asked)):
        text = blanked(text, 0, leading.end())
    return text


def _without_ending(text: str) -> str:
    """Cut off `inclusive` and full stops. No pattern: one that ends in blanks takes minutes over two thousand."""
    text = text.rstrip(_ENDING)
    for ending in ("(inclusive)", "inclusive"):
        text = text.removesuffix(ending)
    return text.rstrip(_ENDING)


def _own(word: str, asked: str) -> bool:
    """Whether a word is the field's own name, in the plural or not."""
    return word.lower().rstrip("s") == asked.lower().rstrip("s")


def members(listing: Listing) -> frozenset[int]:
    """The integers of a set."""
    found: set[int] = set()
    for item in listing.items:
        if isinstance(item, Span) and item.last - item.first > _MAX_SIZE:
            raise Unreadable(f"more than {_MAX_SIZE} numbers", item.column)
        if isinstance(item, Span):
            found.update(range(item.first, item.last + 1))
        elif isinstance(item, Number):
            found.add(int(item.text))
        if len(found) > _MAX_SIZE:
            raise Unreadable(f"more than {_MAX_SIZE} numbers", item.column)
    return frozenset(found)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    previous = before = ""
    for count, match in enumerate(_TOKEN.finditer(_EMPTY.sub(blank, text))):
        kind, value, column = str(match.lastgroup), match.group(), match.start() + 1
        if count > MAX_TOKENS:
            raise Unreadable(f"more than {MAX_TOKENS} words and signs", column)
        if kind == "number" and value[0] in "-−" and previous in ("number", "dash"):
            yield "dash", "-", column
            value, column = value[1:], column + 1
        if kind == "number":
            value = value.replace("−", "-")
            if len(value) > 8 or abs(int(value)) > _MAX_VALUE:
                raise Unreadable(f"a number beyond {_MAX_VALUE}", column)
            if text[match.end() : match.end() + 2][:1] == "." and text[match.end() + 1 : match.end() + 2].isdigit():
                raise Unreadable("whole numbers are asked", match.end() + 1)
        if kind == "bracket" and value[-1] in "{[(" and before in ("number", "close", *",;、，；"):
            raise Unreadable("one set is asked: write out its numbers, or join sets by ∪", column)
        before = value if kind == "comma" else kind if kind != "bracket" else "close" if value[-1] in "}])" else before
        if kind == "other":
            raise Unreadable(f"{value!r} is not expected: give whole numbers only, as in 3-7 or {{3, 5, 7}}", column)
        if kind != "bracket":
            previous = kind
            yield kind, value, column


def _items(tokens: list[tuple[str, str, int]]) -> list[Number | Span]:
    items: list[Span] = []
    at = 0
    while at < len(tokens):
        kind, value, column = tokens[at]
        if kind in ("dots", "dash"):
            if not items or at + 1 >= len(tokens):
                raise Unreadable("a range needs a number on both sides", column)
            stepped = kind == "dots" and tokens[at - 1][0] == "comma"
            at += 1
            while tokens[at][0] in ("comma", "dots") and at + 1 < len(tokens):
                at += 1
            if tokens[at][0] != "number":
                raise Unreadable("a range needs a number on both sides", column)
            _extend(items, int(tokens[at][1]), column, items[-2] if stepped and len(items) > 1 else None)
        elif kind == "number":
            items.append(Span(int(value), int(value), column))
        at += 1
    return [Number(str(item.first), item.column) if item.first == item.last >= 0 else item for item in items]


def _extend(items: list[Span], last: int, column: int, before: Span | None) -> None:
    """Continue the last number up to `last`, in the step from the number before it, if that one counts."""
    previous = items.pop()
    if previous.first != previous.last:
        raise Unreadable("two ranges run into each other", column)
    first = previous.first
    step = first - before.first if before and before.first == before.last else 1
    if step <= 0 or last < first or (last - first) % step:
        raise Unreadable(f"the range from {first} does not reach {last}", column)
    if step == 1 or last == first:
        items.append(Span(first, last, previous.column))
        return
    if (last - first) // step > 1_000:
        raise Unreadable("too many numbers", column)
    items.extend(Span(value, value, column) for value in range(first, last + 1, step))
