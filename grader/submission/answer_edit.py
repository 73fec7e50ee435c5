"""Changing one typed answer where it stands, and nothing else.

Owns where in an answers file or notebook a field's value begins and ends, and how a text is written there. Every other
byte stays: comments, order, the style of other answers. What was written is read back before anybody keeps it; where
that would change another answer, or not give this one, nothing is changed and the student is told why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from grader.files.yaml_source import read_plain_yaml
from grader.submission.answer_cells import pieces
from grader.submission.answer_lines import (
    FieldLines,
    chunks,
    dedented,
    indented_prose,
    part_head,
    split_fields,
    without_frame,
    without_wide_blanks,
)
from grader.submission.answers import AnswersFile, as_answer, read_answers
from grader.submission.file_kinds import is_notebook
from grader.submission.notebook import read_notebook
from grader.submission.notebook_text import CodeSource, code_sources, with_source

Key = tuple[str, str]
"""A part and a field, as the file names them."""

_TAIL = re.compile(r"[ \t]+#.*$")
_BLOCK_HEAD = re.compile(r"[ \t]*[|>][-+0-9]{0,2}(?P<tail>[ \t]+#.*)?[ \t]*")
_PLAIN = re.compile(r"[\w(\\{$+.-][^#:]*")
_FLOW_PLAIN = re.compile(r"[\w(+.-][\w()*^+/ .-]*")


class NotWritten(Exception):
    """An answer cannot be written where it stands; the message says why and what to do."""


def settled(answer: str) -> str:
    """An answer as files hold it: no blanks at the ends of lines, no empty lines around it."""
    lines = answer.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return text if "\n" in text else text.strip()


def with_answer(content: bytes, name: str, key: Key, answer: str) -> bytes:
    """An answers file or notebook with one answer changed: in a notebook in the cell that holds its part.

    Args:
        content: the file.
        name: its name, which says what it is.
        key: the part and field as the file names them; added where it has none.
        answer: what to write there, as `settled` gives it; an empty one leaves the field empty.

    Raises:
        NotWritten: it cannot be written there without harm, or no cell of a notebook holds answers of this part.
    """
    mark, text = _decoded(content, name)
    before = _read(content, name)
    why = before.unreadable or before.broken_parts.get(key[0]) or as_answer(answer).fault
    if why:
        raise NotWritten(why)
    edited = _in_cell(text, name, key, answer) if is_notebook(name) else _edited(text, key, answer, before)
    changed = (mark + edited).encode("utf-8")
    _confirm(before, _read(changed, name), key, answer, name)
    return changed


def _read(content: bytes, name: str) -> AnswersFile:
    if not is_notebook(name):
        return read_answers(content, name)
    notebook = read_notebook(content, name)
    if notebook.fault:
        raise NotWritten(f"{name} cannot be read: {notebook.fault}")
    return notebook.answers


def _in_cell(text: str, name: str, key: Key, answer: str) -> str:
    """A notebook's text with one answer changed."""
    place = _cell_for(list(code_sources(text)), key[0])
    if place is None:
        raise NotWritten(f'{name}: there is no cell with {key[0]}: add one that begins with `answers = r"""`')
    cell, start, end = place
    source = cell.source
    piece = source[start:end]
    edited = _edited(piece, key, answer, read_answers(piece.encode("utf-8", "surrogatepass"), name))
    return with_source(text, cell, source[:start] + edited + source[end:])


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """The mark that a text may begin with, and the text."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotWritten(f"{name} is not saved as UTF-8: save it as UTF-8 in your editor, then go on here") from error
    return ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)


def _cell_for(cells: Sequence[CodeSource], part: str) -> tuple[CodeSource, int, int] | None:
    """The cell and piece that counts for a part: the last that answers it, or else the last that asks for it."""
    asked = None
    for cell in reversed(cells):
        for start, end in reversed(pieces(cell.source)):
            piece = cell.source[start:end]
            held = read_answers(piece.encode("utf-8", "surrogatepass"), "").answers
            if any(one == part and answer.is_given for (one, _), answer in held.items()):
                return cell, start, end
            if asked is None and any(name == part for name, _, _ in chunks(_as_read(piece))):
                asked = cell, start, end
    return asked


def _confirm(before: AnswersFile, after: AnswersFile, key: Key, answer: str, name: str) -> None:
    """See that an edit changed this answer and no other.

    Raises:
        NotWritten: it did not.
    """
    now = after.answers.get(key)
    read = (now.text or "") if now else ""
    right = read == (as_answer(answer).text if answer else "") and not (now and now.fault)
    same = _others(before, key) == _others(after, key) and before.student == after.student
    if not (right and same and after.broken_parts.keys() <= before.broken_parts.keys()):
        raise NotWritten(
            f"{'.'.join(key)} cannot be written into {name} as that file stands now: type it there by hand, below "
            f"`{key[0]}:`, in single quotes"
        )


def _others(found: AnswersFile, key: Key) -> dict[Key, tuple[str | None, bool]]:
    return {
        one: (answer.text, answer.fault is not None)
        for one, answer in found.answers.items()
        if one != key and answer.is_given
    }


def _as_read(text: str) -> str:
    """A text as its lines are read; each keeps its number."""
    plain = "\n".join(line.rstrip("\r") for line in text.split("\n"))
    return indented_prose(dedented(without_frame(without_wide_blanks(plain))))


def _edited(text: str, key: Key, answer: str, before: AnswersFile) -> str:
    """A piece of answers with one of them changed; what was read of it says where the one that counts stands now."""
    line = before.answers[key].line if key in before.answers else None
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = [one.rstrip("\r") for one in text.split("\n")] if ending == "\r\n" else text.split("\n")
    part, name = key
    parts = [(chunk.split("\n"), first) for found, chunk, first in chunks(_as_read(text)) if found == part]
    in_lines: list[tuple[int, list[FieldLines]]] = []
    for below, first in parts:
        head, _ = part_head(below[0])
        if head:
            if line is None or first <= line < first + len(below):
                return _in_braces(text, "\n".join(below), name, answer)
        else:
            in_lines.append((first, split_fields(below[1:], first + 1)[0]))
    fields = [one for _, found in in_lines for one in found if one.key == name]
    if fields:
        now = next((one for one in fields if one.line == line), fields[0])
        lines[now.line - 1 : now.last] = _rewritten(lines[now.line - 1 : now.last], now, answer)
    elif answer and in_lines:
        first, found = in_lines[-1]
        at = found[-1].last if found else first
        margin = _margin(lines[found[-1].line - 1]) if found else _margin(lines[first - 1]) + "  "
        lines[at:at] = _value(f"{margin}{name}:", margin, answer, "", block=False)
    elif answer:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += [*([""] if lines else []), f"{part}:", *_value(f"  {name}:", "  ", answer, "", block=False), ""]
    return ending.join(lines)


def _rewritten(lines: Sequence[str], now: FieldLines, answer: str) -> list[str]:
    """The lines of a field with another value; a comment behind it, or between its lines, stays."""
    first, *below = lines
    begins = re.match(rf"(.*?['\"]?{re.escape(now.key)}['\"]?[ \t]*[:：=])(.*)$", first)
    if begins is None:
        raise NotWritten(f"{now.key} cannot be found in its line")
    start, head = begins[1], begins[2]
    block = _BLOCK_HEAD.fullmatch(head)
    kept = [] if block or now.head.strip()[:1] in ("'", '"') else [one for one in below if _is_comment(one)]
    tail = (block["tail"] or "") if block else _tail(head, below)
    return [*_value(start, _margin(first), answer, tail, block=block is not None), *kept]


def _value(start: str, margin: str, answer: str, tail: str, *, block: bool) -> list[str]:
    """The lines of a field.

    Args:
        start: what stands before the value, colon and all.
        margin: the blanks before it.
        answer: the value.
        tail: a comment, with the blanks before it.
        block: whether it stands in lines of its own even if one is enough.
    """
    if block or "\n" in answer:
        mark = "|2" if answer[:1] in (" ", "\t") else "|"
        return [
            f"{start} {mark}{tail}",
            *(f"{margin}  {line}" if line else "" for line in answer.split("\n") if answer),
        ]
    return [f"{start} {_scalar(answer, _PLAIN)}{tail}" if answer else f"{start}{tail}"]


def _scalar(answer: str, plain: re.Pattern[str]) -> str:
    """One line as YAML: as it is where that says the same, else in single quotes."""
    if plain.fullmatch(answer) and read_plain_yaml(f"k: {answer}").data == {"k": answer}:
        return answer
    quoted = answer.replace("'", "''")
    return f"'{quoted}'"


def _tail(head: str, below: Sequence[str]) -> str:
    """The comment behind a value that is not a block, with the blanks before it; empty if there is none."""
    text = "\n".join([f"k:{head}", *below])
    source = read_plain_yaml(text)
    if source.faults or not isinstance(source.data, dict):
        found = _TAIL.search((below or [head])[-1])
        return found[0] if found else ""
    rest = text[source.values["k",].end_mark.index :].split("\n")[0]
    return rest if rest.strip().startswith("#") else ""


def _in_braces(text: str, chunk: str, name: str, answer: str) -> str:
    """A piece in which a part's fields stand between braces, with one of them changed."""
    at = text.find(chunk)
    source = read_plain_yaml(chunk)
    part = next(iter(source.data), "") if isinstance(source.data, dict) else ""
    fields = source.data.get(part) if part else None
    if at < 0 or not isinstance(fields, dict):
        raise NotWritten(f"{name} cannot be written between braces here: put each field on a line of its own")
    in_one_line = json.dumps(answer, ensure_ascii=False) if "\n" in answer else _scalar(answer, _FLOW_PLAIN)
    value = in_one_line if answer else ""
    if name in fields:
        node = source.values[part, name]
        start, end = node.start_mark.index, node.end_mark.index
        gap = "" if chunk[start - 1 : start].isspace() or not value else " "
        return text[: at + start] + gap + value + text[at + end :]
    end = source.values[part,].end_mark.index - 1
    gap = ", " if fields and not chunk[:end].rstrip().endswith(",") else " " if fields else ""
    return f"{text[: at + end].rstrip()}{gap}{name}: {value}{text[at + end :]}"


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
