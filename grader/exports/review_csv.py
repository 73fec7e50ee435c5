"""A table of the answers that wait for a person, for marking without a browser.

Owns the columns of that table. The first one identifies an answer without its author; markers fill in `items` or
`score`, and `comment`. Reading it back belongs to `review_import`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from grader.assignment.model import Part
from grader.exports.base import Export, GradedClass, RubricLine, Wishes, checks_of, points, register
from grader.files.csv_cells import table
from grader.files.untrusted_text import shown
from grader.gradebook.pending import entry_key
from grader.gradebook.records import made_on
from grader.records import CheckRecord, GradeRecord
from grader.results.anonymise import scrubber
from grader.results.context import HandedInFiles, answer_context
from reports.words import counted

COLUMNS = (
    *("entry", "check", "asks", "answer", "read_as", "why", "points", "rubric"),
    *("items", "score", "comment", "author", "stamp", "beside"),
)
_ROOM = 3_000
"""Characters of one answer or file in the column `beside`: a spreadsheet's cell holds 32,767."""
_CELL = 30_000


@register("review-csv", says="a table of the answers that wait for a person; `hw11 import` reads it back")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    asks = {name: check.title for name, check in graded.assignment.checks.items()}
    parts = {part.id: part for part in graded.assignment.parts}
    order = {name: place for place, name in enumerate(asks)}
    rows: list[tuple[int, list[str]]] = []
    for record in graded.records:
        scrub, handed_in = scrubber([record]), HandedInFiles(record, graded.where)
        for of, check in checks_of(record):
            if check.verdict.decided:
                continue
            beside = _beside(parts[of.id], check, handed_in) if of.id in parts else ""
            row = [
                *(entry_name(check, record), check.id, asks.get(check.id, "")),
                *(scrub(check.answer or ""), scrub(check.reading or ""), f"{check.verdict}: {scrub(check.message)}"),
                *(points(check.max_score), rubric_text(graded.rubric(check))),
                *("", "", "", "", stamp(check, record), scrub(beside)),
            ]
            rows.append((order.get(check.id, len(order)), row))
    message = (
        f"{counted(len(rows), 'answer waits', 'answers wait')} for a person; fill in items or score, then `hw11 import`"
    )
    return Export({"review.csv": table(COLUMNS, [row for _, row in sorted(rows)])}, (message,), {"answers": len(rows)})


def entry_name(check: CheckRecord, record: GradeRecord) -> str:
    """The key of an answer, as on the marking desk; the prefix keeps spreadsheets from reading it as a number."""
    return f"a-{entry_key(check.id, record.submission)}"


def stamp(check: CheckRecord, record: GradeRecord) -> str:
    """A digest of the answer or files, the attempt and the points, by which an outdated table is recognised."""
    about = check.answer or made_on(record, check)
    words = (str(record.attempt), about, check.reading or "", points(check.max_score))
    return f"t-{hashlib.sha256(chr(0).join(words).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _beside(part: Part, check: CheckRecord, handed_in: HandedInFiles) -> str:
    """What stands beside an answer on the marking desk, in one cell: other answers, then files."""
    context = answer_context(part, check.id.removeprefix(f"{part.id}."), handed_in)
    lines = [f"{one.name} ({one.check.verdict}): {shown(one.check.answer or '', _ROOM)}" for one in context.answers]
    lines += [f"{file.name}:\n{shown(file.text, _ROOM)}" for file in context.files if file.text]
    return shown("\n".join(lines), _CELL)


def rubric_text(rubric: Sequence[RubricLine]) -> str:
    """A rubric in one cell: a line per item, with its number for the column `items`."""
    return "\n".join(f"{i}: {item.earns} ({points(item.points)})" for i, item in enumerate(rubric, start=1))
