"""Answers as lines, for a part of an answers file that YAML cannot read as it stands.

Owns where one field ends and the next begins when brackets, quotes, tabs or colons are not as YAML wants them, and
what was meant by a value: the text as it was typed. Nothing is expanded or followed: `*x`, `&x` and `!x` are text.
Every line is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from grader.files.yaml_source import Source, read_plain_yaml

_NAME = r"[A-Za-z_][\w.-]*"
_KEY = rf"(?:'(?P<single>{_NAME})'|\"(?P<double>{_NAME})\"|(?P<key>{_NAME}))"
_FIELD = re.compile(rf"(?P<indent> *)(?P<item>[-*•] +)?{_KEY}[ ]*(?P<colon>[:：=])(?P<head>.*)", re.S)
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}[ ]*(?:#.*)?", re.S)
_COMMENT = re.compile(r"[ \t]#")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000]+")
_WIDE_BLANKS = re.compile(r"^[ \u00a0\u2000-\u200a\u3000]+", re.M)
_FRAME = re.compile(r"answers[ \t]*:[ \t]*(?:#.*)?", re.IGNORECASE)
_BEFORE = r"(?P<mark>['\"]?)(?a:[A-Za-z_][\w-]*)(?P=mark)[ \t]*[:：]"
"""A name as it stands before prose, or ends it; no word of another script is one, as in `结论：`."""
_PROSE_STARTS = re.compile(rf"(?P<indent> +){_BEFORE}[ \t]*[|>][-+0-9]{{0,2}}[ \t]*(?:#.*)?")
_PROSE_ENDS = re.compile(rf" *#|(?P<indent> +)?{_BEFORE}(?(indent)(?:[ \t]|$)|[ \t]*(?:[{{#].*)?$)")


@dataclass
class FieldLines:
    """One field: the line its key stands in, what stands behind the colon, and the lines below that belong to it."""

    key: str
    line: int
    indent: int
    head: str
    slip: str = ""
    body: list[str] = field(default_factory=list)
    is_open: bool = False
    """Whether a quotation mark waits for its end."""
    last: int = 0
    """The last line that says something of it."""

    def __post_init__(self) -> None:
        """See whether a quotation mark is opened."""
        self.last = self.line
        text = self.head.strip()
        self.is_open = text[:1] in ("'", '"') and not _closes(text, 1, text[0])

    def add(self, line: str, number: int) -> None:
        """One more line that belongs here."""
        self.body.append(line)
        self.last = number if line.strip() else self.last
        self.is_open = self.is_open and not _closes(line, 0, self.head.strip()[0])

    @property
    def is_block(self) -> bool:
        """Whether a text over several lines begins here."""
        return _BLOCK.fullmatch(self.head.strip()) is not None


@dataclass(frozen=True)
class FieldText:
    """What a field comes to: a text, nothing, or why it cannot be read; `told` is what should be typed instead."""

    text: str | None
    fault: str = ""
    told: str = ""


def plain_blanks(line: str) -> str:
    """A line that is indented by spaces alone: tabs and wide blanks count as two."""
    match = _BLANKS.match(line)
    if match is None or match[0].count(" ") == len(match[0]):
        return line
    return "".join(" " if blank in " \u00a0" else "  " for blank in match[0]) + line[match.end() :]


def without_wide_blanks(text: str) -> str:
    """A text whose lines are indented by blanks that YAML knows: word processors write others, which look the same."""
    return _WIDE_BLANKS.sub(lambda match: " " * len(match[0]), text)


def without_frame(text: str) -> str:
    """Parts without what may stand around all of them: the hyphens of a list, or one key `answers`."""
    lines = text.split("\n")
    edge = [i for i, line in enumerate(lines) if line.strip() and line[0] not in " #%" and line.strip() != "---"]
    if edge and all(re.match(rf"- +{_KEY}[ \t]*[:：]", lines[i]) for i in edge):
        return dedented("\n".join(f"  {line[2:]}" if i in set(edge) else line for i, line in enumerate(lines)))
    for at, end in pairwise([*edge, len(lines)]):
        below = [line for line in lines[at + 1 : end] if line.strip() and not line.lstrip().startswith("#")]
        holds_parts = len(below) > 1 and below[0].rstrip().endswith(":") and _indent(below[1]) > _indent(below[0])
        if holds_parts and _FRAME.fullmatch(lines[at]):
            inner = dedented("\n".join(lines[at + 1 : end]))
            return "\n".join([*lines[:at], "", inner, *lines[end:]])
    return text


def dedented(text: str) -> str:
    """A text without the blanks that every line begins with."""
    lines = text.split("\n")
    held = [_indent(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    margin = min(held, default=0)
    return "\n".join(line[margin:] if line[:margin].isspace() else line for line in lines) if margin else text


def split_fields(lines: Sequence[str], first_line: int) -> tuple[list[FieldLines], list[int]]:
    """The fields of a part, and the numbers of lines that belong to none.

    Args:
        lines: what stands below the part's own line.
        first_line: the number of the first of them in the file.
    """
    fields: list[FieldLines] = []
    stray: list[int] = []
    for number, typed in enumerate(lines, first_line):
        line = plain_blanks(typed)
        indent = len(line) - len(line.lstrip(" "))
        now = fields[-1] if fields else None
        if now and now.is_block and (not line.strip() or indent > now.indent):
            now.add(line, number)
        elif not line.strip() or line.lstrip().startswith("#"):
            continue
        elif found := _field(line, number, now):
            found.slip = found.slip or ("indented by a tab: use spaces" if line != typed else "")
            fields.append(found)
        elif now and indent > now.indent:
            now.add(line, number)
        else:
            stray.append(number)
    return fields, stray


def _field(line: str, number: int, now: FieldLines | None) -> FieldLines | None:
    """The field that begins in a line; None if the line goes on with the one before."""
    match = _FIELD.fullmatch(line)
    if match is None:
        return None
    indent, head, colon = len(match["indent"]), match["head"], match["colon"]
    deeper = now is not None and indent > now.indent
    loose = colon == "=" or (colon == ":" and head[:1] not in ("", " ", "\t"))
    if deeper and (loose or (now is not None and now.is_open)):
        return None
    slip = ""
    if match["item"]:
        slip = f"a field without `{match['item'].strip()}` before it"
    elif colon != ":" or loose:
        slip = "a colon and a blank behind the name"
    key = match["key"] or match["single"] or match["double"]
    return FieldLines(key, number, indent + len(match["item"] or ""), head, f"write {slip}" if slip else "")


def field_text(found: FieldLines) -> FieldText:
    """What was typed into a field: what YAML says of these lines alone, or else the text as it stands."""
    body = [
        " " * max(1, _indent(line) - found.indent) + line.lstrip(" ") if line.strip() else "" for line in found.body
    ]
    source = read_plain_yaml("\n".join([f"{found.key}: {found.head.strip()}", *body]))
    if not any(fault.path == () for fault in source.faults) and isinstance(source.data, dict):
        told = cut_by_comment(source, (found.key,))
        value = source.data.get(found.key)
        typed = value if value is None or isinstance(value, str) else source.as_typed((found.key,))
        return FieldText(typed, told="; ".join(filter(None, (found.slip, told))))
    return _as_typed(found)


def _as_typed(found: FieldLines) -> FieldText:
    """A value that is no YAML, read as text."""
    text = " ".join([found.head.strip(), *(line.strip() for line in found.body)]).strip()
    label = re.match(rf"{re.escape(found.key)} *[:=] *", text)
    if label:
        return FieldText(text[label.end() :] or None, told=f"the name {found.key!r} stands here twice: leave one out")
    if text[:1] in ("'", '"'):
        if not _closes(text, 1, text[0]) and text.count(text[0]) < 2:
            quote = f"the quotation mark {text[0]} is opened here and never closed"
            return FieldText(None, f"line {found.line}: {quote}: put one behind the answer, or take it away")
        if text.endswith(text[0]):
            return FieldText(
                text[1:-1], told="read without its quotation marks: use single ones, and '' for one inside"
            )
    cut = _COMMENT.search(text)
    if cut and cut.start():
        text = text[: cut.start()].rstrip()
        return FieldText(text, told="read as typed, up to the # of a comment: put the whole answer in single quotes")
    return FieldText(text, told="read as typed, though it is no YAML: put the whole answer in single quotes")


def _closes(text: str, at: int, quote: str) -> bool:
    """Whether a quoted text ends here, with nothing but a comment behind its mark."""
    while at < len(text):
        if quote == '"' and text[at] == "\\":
            at += 2
        elif text[at] != quote:
            at += 1
        elif quote == "'" and text[at + 1 : at + 2] == "'":
            at += 2
        else:
            rest = text[at + 1 :].strip()
            return not rest or rest.startswith("#")
    return False


def cut_by_comment(source: Source, path: tuple[str, ...]) -> str:
    """A sentence if YAML took the end of an unquoted value for a comment."""
    node = source.values[path]
    if getattr(node, "style", None):  # a quoted text, or one over several lines
        return ""
    end = node.end_mark.index
    behind = source.text[end : end + 200].split("\n", 1)[0].strip()
    if not behind.startswith("#"):
        return ""
    return f"{behind[:40]!r} was taken for a comment: put the whole answer in single quotes if it belongs to it"


def spans_fields(source: Source, path: tuple[str, ...]) -> bool:
    """Whether a value in brackets or quotes goes on over what looks like the next field."""
    node = source.values[path]
    if node.start_mark.line == node.end_mark.line or getattr(node, "style", None) in ("|", ">"):
        return False
    indent = source.begins[path].start_mark.column
    lines = source.text[node.start_mark.index : node.end_mark.index].split("\n")[1:]
    return any(_indent(line) <= indent and _FIELD.fullmatch(line) for line in lines if line.strip())


def indented_prose(text: str) -> str:
    """Answers in which paragraphs below `field: |` may stand at the left edge, as people type them."""
    lines, indent = text.split("\n"), ""
    for i, line in enumerate(lines):
        starts = _PROSE_STARTS.fullmatch(line)
        if starts:
            indent = starts["indent"] + "  "
        elif indent and line.strip() and not line.startswith(indent):
            if _PROSE_ENDS.match(line):
                indent = ""
            else:
                lines[i] = indent + line.lstrip()
    return "\n".join(lines)


def chunks(text: str) -> Iterator[tuple[str, str, int]]:
    """A text cut before every key at the left edge: (key, lines, number of the first line).

    What stands before the first has no key.
    """
    lines = text.split("\n")
    starts = [(i, match) for i, line in enumerate(lines) if (match := _PART.match(line))]
    if starts and starts[0][0] > 0:
        yield "", "\n".join(lines[: starts[0][0]]), 1
    ends = [i for i, _ in starts[1:]] + [len(lines)] if starts else []
    for (start, match), end in zip(starts, ends, strict=True):
        yield match["key"] or match["single"] or match["double"], "\n".join(lines[start:end]), start + 1


_PART = re.compile(rf"{_KEY}[ \t]*(?:[:：](?P<rest>[ \t].*|)|(?P<bare>)$)", re.S)


def part_head(line: str) -> tuple[str, str]:
    """What stands behind the name and colon of a part, comments aside, and a sentence where the colon is a slip."""
    match = _PART.match(line)
    if match is None or match["bare"] is not None:
        return "", "write a colon behind the name of a part"
    head = (match["rest"] or "").strip()
    slip = "write the colon as `:`" if "：" in line[: match.start("rest")] else ""
    return "" if head.startswith("#") else head, slip


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
