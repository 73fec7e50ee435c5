"""The pieces of submissions that are compared: wrong answers, code, texts and whole files.

Owns which pieces there are, and what says nothing about anybody: the template, the questions and the reference.
Wrong answers are compared as the judge read them; everything else as it was handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.assignment.model import Assignment, Part
from grader.authoring.kit.template import files_to_fill_in
from grader.checks.text import TextSpec
from grader.grouping import by_key
from grader.records import CheckRecord, GradeRecord, Verdict
from grader.similarity.code import WORTH as CODE_WORTH
from grader.similarity.code import code_pieces
from grader.similarity.fingerprints import Piece
from grader.similarity.texts import WORTH as TEXT_WORTH
from grader.similarity.texts import text_prints
from grader.submission.archive import collect
from grader.submission.model import Submission, SubmissionSource
from grader.submission.source_text import code_texts
from reports.answer_classes import answer_classes

_WRONG = (Verdict.WRONG, Verdict.PARTIAL, Verdict.UNREADABLE, Verdict.UNDECIDED)
_NAMED = 0.5
"""Worth of a wrong answer that is a mistake the author knows: several people make it by themselves."""
_FILE = 3.0  # worth of an identical file: much more must agree in it than in one answer
_SMALLEST = 40  # bytes of a file without spaces: smaller ones are the same by chance


def answer_pieces(records: Mapping[str, GradeRecord], assignment: Assignment) -> Iterator[Piece]:
    """Wrong typed answers: those that are equal as mathematics have the same fingerprint.

    Args:
        records: effective records, by the name that each submission has in the comparison.
        assignment: the assignment that was graded.
    """
    checks = ((name, check) for name, record in records.items() for check in record.checks)
    given = by_key((one.id, (name, one)) for name, one in checks if one.verdict in _WRONG and one.answer)
    for part in assignment.parts:
        typed = {f"{part.id}.{name}" for name, spec in part.fields.items() if not isinstance(spec, TextSpec)}
        for check_id in sorted(typed):
            yield from _answer_pieces(check_id, given[check_id], part)


def _answer_pieces(check_id: str, answers: Sequence[tuple[str, CheckRecord]], part: Part) -> Iterator[Piece]:
    said = {name: check.answer or "" for name, check in answers}
    for number, found in enumerate(answer_classes(answers, part.symbols)):
        worth = _NAMED if found.typical.mistake else 1.0
        for name in found.submissions:
            prints = {f"{check_id} {number}": ((1, said[name].count("\n") + 1),)}
            yield Piece(name, "answer", check_id, said[name], prints, worth)


def recorded_texts(name: str, record: GradeRecord) -> Iterator[Piece]:
    """The answers in words of a record."""
    for check in record.checks:
        if check.kind == "text" and check.answer:
            yield from _text(name, check.id, check.answer)


def typed_texts(name: str, submission: Submission, assignment: Assignment) -> Iterator[Piece]:
    """The answers in words of a submission that was not graded here."""
    for part in assignment.parts:
        for field in (field for field, spec in part.fields.items() if isinstance(spec, TextSpec)):
            answer = submission.answer(part.id, field)
            yield from _text(name, f"{part.id}.{field}", (answer and answer.text) or "")


def _text(name: str, where: str, text: str) -> Iterator[Piece]:
    if prints := text_prints(text):
        yield Piece(name, "text", where, text, prints, TEXT_WORTH)


def file_pieces(name: str, source: SubmissionSource) -> Iterator[Piece]:
    """The code of a submission, and its files as wholes."""
    files = collect(source.path, source.members).files
    for file, content in sorted(files.items()):
        if print_ := _whole(content):
            yield Piece(name, "file", file, "", {print_: ((1, 1),)}, _FILE)
    for file, code in code_texts(files):
        for piece in code_pieces(code):
            place = f"{file}: {piece.name}" if piece.name else file
            yield Piece(name, "code", place, piece.shown, piece.prints, CODE_WORTH)


def known_prints(assignment: Assignment) -> set[str]:
    """The fingerprints of the template, the questions with their model answers, and right code in `reference/`."""
    known: set[str] = set()
    sheets = files_to_fill_in(assignment)
    for name, text in {**sheets, **_reference(assignment.root)}.items():
        known.add(_whole(text.encode("utf-8", "replace")))
        known |= {print_ for piece in code_pieces(text) for print_ in piece.prints} if name.endswith(".py") else set()
    for part in assignment.parts:
        shown = [part.spec.prompt, *part.spec.derivation, *(check.title for check in part.checks)]
        for spec in part.fields.values():
            if isinstance(spec, TextSpec):
                shown += [spec.full, spec.empty, *(item.earns for item in spec.rubric)]
        known |= {print_ for text in shown for print_ in text_prints(text)}
    return known


def _reference(root: Path) -> dict[str, str]:
    """The author's right code, by path; planted mistakes are left out, so that two who make one still share it."""
    found = {}
    for path in sorted((root / "reference").rglob("*.*")):
        if path.is_file() and "mistakes" not in path.parts and path.suffix in (".py", ".csv"):
            found[str(path)] = path.read_text(encoding="utf-8", errors="replace")
    return found


def _whole(content: bytes) -> str:
    """The fingerprint of a whole file, whatever its spaces and line ends; empty for a small one."""
    packed = b"".join(content.split())
    return f"file {hashlib.sha256(packed).hexdigest()}" if len(packed) >= _SMALLEST else ""
