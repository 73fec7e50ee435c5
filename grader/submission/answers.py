"""Reading `answers.yaml`: strings only, field by field.

Owns what can be wrong with the file and how little of it that costs: a slip costs the answer it stands in, and is told
with its line and what to type. A file that is YAML is read as YAML; what is not, line by line
(`grader.submission.answer_lines`). Judging what was typed belongs elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from grader.files.yaml_source import Source, read_plain_yaml
from grader.submission.answer_lines import (
    chunks,
    cut_by_comment,
    dedented,
    field_text,
    indented_prose,
    part_head,
    spans_fields,
    split_fields,
    without_frame,
    without_wide_blanks,
)
from grader.submission.model import Answer
from grader.submission.text_encoding import decode_text

MAX_BYTES = 512 << 10
MAX_ANSWER_CHARACTERS = 20_000
MAX_NOTICES = 200
MAX_FIELDS = 2_000
"""Fields, or parts, of a file that is no YAML: the largest homework has a tenth."""
STUDENT = "student"
_STUDENT_FACTS = ("name", "id")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")
"""What Unicode calls a control character, line ends and tabs aside, and what stands for one that YAML refused."""
_ESCAPED = {"\x07": "\\a", "\x08": "\\b", "\x0b": "\\v", "\x0c": "\\f", "\x1b": "\\e", "\x00": "\\0"}
_QUOTES = "in YAML use single quotes or none around LaTeX: double quotes turn \\f, \\b, \\t … into control characters"
_MARKS = ("“”", "„“", "‘’", "‚‘", "«»", "»«", "「」", "``")
_LOOSE_FACT = re.compile(r"\b(name|id) {0,3}: {0,3}([^{}\n]*?)(?=, {0,3}(?:name|id) {0,3}:|[{}\n]|\Z)", re.IGNORECASE)


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
        content: the bytes as handed in; UTF-8 with or without BOM, or what `decode_text` reads; any line ending.
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
    reading = _Reading(found, name)
    reading.read(_printable(text.replace("\r\n", "\n").replace("\r", "\n")))
    if len(found.notices) > MAX_NOTICES:
        more = len(found.notices) - MAX_NOTICES
        found.notices[MAX_NOTICES:] = [(name, f"{more} more things are not as they should be")]
    return found


def _printable(text: str) -> str:
    """A text without signs that show nothing and, marked, those that YAML refuses a whole file for."""
    visible = re.sub("[\u200b\u2060\ufeff]", "", text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", visible)


class _Reading:
    """One file on its way into `found`."""

    def __init__(self, found: AnswersFile, name: str) -> None:
        self._found, self._name = found, name
        self._room = MAX_FIELDS

    def read(self, text: str) -> None:
        """All of it as YAML if it is; else each part by itself, as YAML or by its lines."""
        text = without_frame(without_wide_blanks(text))
        source = read_plain_yaml(text)
        if source.data is None and not source.faults:
            return
        if _is_clean(source):
            self._take(source, 1)
            return
        pieces = list(islice(chunks(indented_prose(dedented(text))), MAX_FIELDS))
        if any(key for key, _, _ in pieces):
            for key, chunk, first_line in pieces:
                self._part(key, chunk, first_line)
        elif isinstance(source.data, dict):
            self._take(source, 1)
        else:
            self._found.unreadable = f"{self._name} must hold parts with fields, such as `part: {{field: answer}}`"

    def _part(self, part: str, chunk: str, first_line: int) -> None:
        source = read_plain_yaml(chunk)
        head, slip = part_head(chunk.split("\n", 1)[0]) if part else ("", "")
        readable = isinstance(source.data, dict) and not any(fault.path == () for fault in source.faults)
        if _is_clean(source) or (readable and head and "." not in part):
            self._take(source, first_line)
        elif part.casefold() == STUDENT:
            facts = {match[1].casefold(): match[2].strip(" '\"“”„‘’") for match in _LOOSE_FACT.finditer(chunk)}
            self._student(facts, first_line)
            self._tell(first_line, f"{STUDENT} is no YAML: write `{STUDENT}: {{name: 'your name', id: 'your number'}}`")
        elif head and "." in part:
            owner, _, field = part.partition(".")
            self._tell(first_line, f"write `{owner}:`, and `{field}: …` indented below it")
            self._lines(owner, ["", f" {field}: {head}", *chunk.split("\n")[1:]], first_line - 1, "")
        elif head:
            fault = next(iter(source.faults), None)
            where = f"{self._name}:{first_line + (fault.place.line - 1 if fault else 0)}"
            why = (
                f"{fault.what}; write each field on a line of its own"
                if fault
                else f"write `{part}:` and its fields below"
            )
            self._found.broken_parts.setdefault(part, f"{where}: {part} cannot be read: {why}")
        else:
            self._lines(part, chunk.split("\n"), first_line, slip)

    def _lines(self, part: str, lines: list[str], first_line: int, slip: str) -> None:
        """A part that is no YAML; the first of its lines is its name."""
        if slip:
            self._tell(first_line, slip)
        below, start = (lines[1:], first_line + 1) if part else (lines, first_line)
        fields, stray = split_fields(below, start) if part else ([], _with_text(lines, first_line))
        for found in fields[: self._room]:
            self._room -= 1
            read = field_text(found)
            if read.told:
                self._tell(found.line, f"{found.key}: {read.told}")
            answer = self._answer(read.text, found.line)
            if read.fault:
                raw = "\n".join([found.head, *found.body]).strip()
                answer = Answer(None, read.fault, found.line, raw, self._name)
            self._put(part, found.key, answer)
        if len(fields) > MAX_FIELDS:
            self._tell(fields[MAX_FIELDS].line, f"not read, as all below: more than {MAX_FIELDS} fields")
        for line in stray[:MAX_NOTICES]:
            self._tell(line, "belongs to no field and was not read: write `field: answer`, indented below its part")

    def _take(self, source: Source, first_line: int) -> None:
        """What was read as YAML."""
        for fault in source.faults:
            self._tell(fault.place.line + first_line - 1, f"{fault.what}; the first one counts")
        for part, fields in (source.data or {}).items():
            if part.casefold() == STUDENT:
                self._student(fields, source.place((part,)).line + first_line - 1)
            elif isinstance(fields, dict):
                for key, value in fields.items():
                    path, line = (part, key), source.place((part, key)).line + first_line - 1
                    told = cut_by_comment(source, path)
                    if told:
                        self._tell(line, f"{key}: {told}")
                    text = value if value is None or isinstance(value, str) else source.as_typed(path)
                    self._put(part, key, self._answer(text, line))
            elif fields is not None:
                line = source.place((part,)).line + first_line - 1
                why = f"{part} must hold fields, such as `{part}: {{field: answer}}`"
                self._found.broken_parts.setdefault(part, f"{self._name}:{line}: {why}")

    def _answer(self, text: str | None, line: int) -> Answer | None:
        return None if text is None else as_answer(text, line, self._name)

    def _put(self, part: str, key: str, answer: Answer | None) -> None:
        """Keep one answer. Of two for one field the first counts, unless nothing stands there."""
        if answer is None:
            return
        before = self._found.answers.get((part, key))
        if before is None or not before.is_given:
            self._found.answers[part, key] = answer
        elif answer.is_given:
            second = f"{part}.{key} stands here a second time (first in line {before.line}); the first one counts"
            self._tell(answer.line or 0, second)

    def _student(self, fields: object, line: int) -> None:
        """Who hands in; whatever else stands there is told."""
        if fields is None:
            return
        if not isinstance(fields, dict):
            self._tell(line, f"{STUDENT} was not read: write `{STUDENT}: {{name: 'your name', id: 'your number'}}`")
            return
        for key, value in fields.items():
            if key.casefold() in _STUDENT_FACTS and not isinstance(value, dict | list):
                if told := _without_marks(str(value or "")).strip():
                    self._found.student.setdefault(key.casefold(), told[:200])
            else:
                why = f"{STUDENT}: {key[:60]!r} was not read: there are {' and '.join(_STUDENT_FACTS)}"
                self._tell(line, f"{why}; put a name with a comma in single quotes")

    def _tell(self, line: int, what: str) -> None:
        self._found.notices.append((f"{self._name}:{line}", what))


def _is_clean(source: Source) -> bool:
    """Whether a text is YAML throughout, and no value swallowed the field below it."""
    if source.faults or not isinstance(source.data, dict):
        return False
    parts = {part: fields for part, fields in source.data.items() if fields is not None and part.casefold() != STUDENT}
    return all(
        isinstance(fields, dict) and not any(spans_fields(source, (part, key)) for key in fields)
        for part, fields in parts.items()
    )


def as_answer(text: str, line: int | None = None, file: str = "") -> Answer:
    """A typed text as it counts: without quotation marks around it, or with what is wrong with it as a text."""
    if len(text) > MAX_ANSWER_CHARACTERS:
        return Answer(None, f"longer than {MAX_ANSWER_CHARACTERS:,} characters", line, text, file)
    bad = _CONTROL.search(text)
    if bad is not None:
        typed = _ESCAPED.get(bad.group())
        what = f"the control character {typed} " if typed else "a control character "
        where = f" (line {line})" if line else ""
        meant = _CONTROL.sub(lambda found: _ESCAPED.get(found[0], ""), text)
        return Answer(None, f"holds {what.rstrip()}{where}: {_QUOTES}", line, meant, file)
    return Answer(_without_marks(text.strip("\n")), None, line, file=file)


def _without_marks(text: str) -> str:
    """An answer without the quotation marks that a word processor, or the backticks that Markdown wants around it."""
    bare = text.strip()
    framed = len(bare) > 2 and bare[0] + bare[-1] in _MARKS and not set(bare[1:-1]) & {bare[0], bare[-1]}
    return bare[1:-1] if framed else text


def _with_text(lines: list[str], first_line: int) -> list[int]:
    """The numbers of lines that say something; not comments, nor the marks that YAML documents begin with."""
    return [
        n
        for n, line in enumerate(lines, first_line)
        if line.strip() and not line.lstrip().startswith(("#", "---", "%"))
    ]
