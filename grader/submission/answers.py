"""Reading `answers.yaml`: strings only, part by part.

Owns what can be wrong with the file and how little of it that costs: a broken part costs that part, a field
with control characters that field. Judging what was typed belongs elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from grader.files.yaml_source import Fault, Source, read_plain_yaml
from grader.submission.model import Answer
from grader.submission.text_encoding import decode_text

MAX_BYTES = 512 << 10
MAX_ANSWER_CHARACTERS = 20_000
_TOP_LEVEL_KEY = re.compile(r"^(?:([A-Za-z_]\w*)|'([A-Za-z_]\w*)'|\"([A-Za-z_]\w*)\")\s*:(?:\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")
"""What Unicode calls a control character, line ends and tabs aside, and what stands for one that YAML refused."""
_ESCAPED = {"\x07": "\\a", "\x08": "\\b", "\x0b": "\\v", "\x0c": "\\f", "\x1b": "\\e", "\x00": "\\0"}
_QUOTES = "in YAML use single quotes or none around LaTeX: double quotes turn \\f, \\b, \\t … into control characters"


@dataclass
class AnswersFile:
    """What an answers file holds. Keys of `answers` are (part, field)."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    broken_parts: dict[str, str] = field(default_factory=dict)
    unreadable: str = ""
    """Why nothing of the file can be read; then it waits for a person."""
    student: dict[str, str] = field(default_factory=dict)
    notices: list[tuple[str, str]] = field(default_factory=list)


def read_answers(content: bytes, name: str) -> AnswersFile:
    """Read an answers file, whatever is in it.

    Args:
        content: the bytes as handed in; UTF-8 with or without BOM, any line ending.
        name: the file's name, for messages.
    """
    found = AnswersFile()
    if len(content) > MAX_BYTES:
        size = f"{len(content) / (1 << 20):.1f} MiB"
        found.unreadable = f"{name} cannot be read: {size}; at most {MAX_BYTES >> 10} KiB are read"
        return found
    try:
        text, recoded = decode_text(content)
    except ValueError as error:
        found.unreadable = f"{name} cannot be read: {error}"
        return found
    if recoded:
        found.notices.append((name, recoded))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for source, first_line in _documents(text, found, name):
        _take(source, first_line, found, name)
    return found


def _documents(text: str, found: AnswersFile, name: str) -> Iterator[tuple[Source, int]]:
    """The whole file if it can be read; otherwise each part that can, the others being told as broken."""
    source = read_plain_yaml(_printable(text))
    if source.data is not None and not isinstance(source.data, dict):
        found.unreadable = f"{name} must hold parts with fields, such as `part: {{field: answer}}`"
        return
    unreadable = next((fault for fault in source.faults if fault.path == ()), None)
    if unreadable is None:
        yield source, 1
        return
    chunks = list(_chunks(text))
    if not chunks:  # nothing looks like a part: the whole file waits for a person
        found.unreadable = _broken(unreadable, 1, name)
    for key, chunk, first_line in chunks:
        source = read_plain_yaml(_printable(chunk))
        fault = next((fault for fault in source.faults if fault.path == ()), None)
        if fault is None:
            yield source, first_line
        else:
            found.broken_parts.setdefault(key, _broken(fault, first_line, name))


def _printable(text: str) -> str:
    """YAML refuses raw control characters for the whole file; marked instead, they cost one field."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _chunks(text: str) -> Iterator[tuple[str, str, int]]:
    """The text cut before every key that stands at the left edge: (key, lines, number of the first line)."""
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if _TOP_LEVEL_KEY.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        match = _TOP_LEVEL_KEY.match(lines[start])
        assert match is not None
        yield next(filter(None, match.groups())), "\n".join(lines[start:end]), start + 1


def _broken(fault: Fault, first_line: int, name: str) -> str:
    line, column = fault.place.line + first_line - 1, fault.place.column
    advice = f"; {_QUOTES}" if "escape" in fault.what else "; put the answer in single quotes"
    return f"{name}:{line}:{column}: not readable as YAML: {fault.what}{advice}"


def _take(source: Source, first_line: int, found: AnswersFile, name: str) -> None:
    for fault in source.faults:
        line = fault.place.line + first_line - 1
        found.notices.append((f"{name}:{line}", f"{fault.what}; the first one counts"))
    for part, fields in (source.data or {}).items():
        if part == "student":
            found.student.update(_student(fields))
        elif fields is None:
            continue
        elif not isinstance(fields, dict):
            line = source.place((part,)).line + first_line - 1
            found.broken_parts[part] = f"{name}:{line}: {part} must hold fields, such as `{part}: {{field: answer}}`"
        else:
            for key, value in fields.items():
                line = source.place((part, key)).line + first_line - 1
                answer = _answer(source, part, key, value, line)
                if answer is not None and (part, key) not in found.answers:
                    found.answers[part, key] = answer


def _answer(source: Source, part: str, key: str, value: object, line: int) -> Answer | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else source.as_typed((part, key))
    if len(text) > MAX_ANSWER_CHARACTERS:
        return Answer(None, f"longer than {MAX_ANSWER_CHARACTERS:,} characters", line)
    bad = _CONTROL.search(text)
    if bad is not None:
        typed = _ESCAPED.get(bad.group())
        what = f"the control character {typed} " if typed else "a control character "
        return Answer(None, f"holds {what}(line {line}): {_QUOTES}", line)
    return Answer(text.strip("\n"), None, line)


def _student(fields: object) -> dict[str, str]:
    if not isinstance(fields, dict):
        return {}
    return {key: str(value)[:200] for key, value in fields.items() if value is not None and key in ("name", "id")}
