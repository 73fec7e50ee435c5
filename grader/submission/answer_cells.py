"""Typed answers in the code cells of notebooks.

Owns which text of a cell is a piece of `answers.yaml`: what stands between the quotes of `answers = r\"\"\"…\"\"\"`,
and what a cell writes into a file of that name. Runs nothing, and reads no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.submission.file_kinds import ANSWERS
from grader.submission.magics import WRITES, file_name

_ANSWERS = re.compile(
    r"^[ \t]*answers[ \t]*(?::[ \t]*str[ \t]*)?\+?=[ \t]*\(?[ \t]*[rRuUfF]{0,2}(?P<quotes>\"\"\"|\'\'\')", re.M
)
_OTHER = re.compile(r"^answers[ \t]*(?::[^=\n]*)?\+?=[ \t]*(?:[\[{(]|dict\(|[rRuUfFbB]{0,2}[\"']|textwrap)", re.M)
"""Answers that are no text over several lines."""
_PARTS = re.compile(r"^(?!else:|try:|finally:)[A-Za-z]\w*:[ \t]*\n(?:[ \t]*\n)*[ \t]+[A-Za-z]\w*:[ \t]+\S", re.M)
"""A part with an answer in it, as `answers.yaml` holds them."""
_IDLE = re.compile(r"^[ \t]*(?:#.*|(?:print|check|display)[ \t]*\(.*\)[ \t]*)?$", re.M)
"""Lines beside answers that are no work: comments, and what shows something."""


@dataclass(frozen=True)
class Cell:
    """A cell's answers, if it holds any, and its code, either with the lines of the other left blank."""

    answers: str | None
    code: str
    told: tuple[str, ...] = ()


def holds_answers(text: str) -> bool:
    """Whether answers begin in a text, or it is nothing else."""
    is_bare = re.match(r"\s*[A-Za-z]\w*:", text) is not None and _PARTS.search(text) is not None
    return is_bare or _ANSWERS.search(text) is not None


def pieces(source: str) -> list[tuple[int, int]]:
    """Where the answers in a code cell stand: the start and end of each piece."""
    writes = _writes(source)
    return [(writes.start("content"), len(source))] if writes else [(m.end(), end) for m, end, _ in _found(source)]


def split_cell(source: str) -> Cell:
    """Part a code cell into answers and code."""
    writes = _writes(source)
    if writes:
        return Cell("\n" * source.count("\n", 0, writes.start("content")) + writes["content"], "")
    answers, code, at = "", "", 0
    told: list[str] = []
    for match, end, after in _found(source):
        if end == len(source):
            told.append(f"the closing {match['quotes']} is missing; everything below counts as answers")
        code += source[at : match.start()] + "\n" * source.count("\n", match.start(), end)
        answers += "\n" * source.count("\n", at, match.end()) + source[match.end() : end]
        at = after
    code += source[at:]
    if at == 0:
        other = ('the answers in it were not read: write them as `answers = r"""…"""`',)
        return Cell(None, source, other if _OTHER.search(source) or _PARTS.search(source) else ())
    return Cell(answers, code if _IDLE.sub("", code).strip() else "", tuple(told))


def _writes(source: str) -> re.Match[str] | None:
    """The match of a cell that writes an answers file."""
    writes = WRITES.fullmatch(source)
    return writes if writes and file_name(writes["file"]) == ANSWERS else None


def _found(source: str) -> Iterator[tuple[re.Match[str], int, int]]:
    """Each place where answers begin, with their end and the end of the line that it stands in."""
    at = 0
    while match := _ANSWERS.search(source, at):
        end = source.find(match["quotes"], match.end())
        end = len(source) if end < 0 else end
        line_end = source.find("\n", end)
        at = line_end if line_end >= 0 else len(source)
        yield match, end, at
