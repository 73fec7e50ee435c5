"""The page of pairs worth a look, for staff: the evidence of each side by side, and no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from grader.assignment.model import Assignment
from grader.files.untrusted_text import cut, visible
from grader.similarity.classes import Compared
from grader.similarity.fingerprints import Lines
from grader.similarity.pairs import Evidence, Pair, Side
from reports.pages import render

MOST_EVIDENCE = 12
"""Pieces of evidence that are shown of one pair; the others are counted."""
_ROOM = 6_000  # characters of one side
KINDS = {"answer": "wrong answers", "code": "code", "text": "texts", "file": "identical files"}
"""What each kind of evidence is called."""


def similar_page(found: Compared, assignment: Assignment) -> str:
    """The page: every pair with its evidence."""
    return render(
        "similar.html.j2",
        assignment=assignment,
        found=found,
        kinds=KINDS,
        pairs=[(pair, _evidence(pair), max(0, len(pair.evidence) - MOST_EVIDENCE)) for pair in found.pairs],
    )


def _evidence(pair: Pair) -> Sequence[Evidence]:
    return [replace(one, one=_drawn(one.one), other=_drawn(one.other)) for one in pair.evidence[:MOST_EVIDENCE]]


def _drawn(side: Side) -> Side:
    """A side with what both have marked, and everything else escaped."""
    lines = cut(side.shown, _ROOM).split("\n")
    marked = [_line(line, number, side.passages) for number, line in enumerate(lines, 1)]
    return replace(side, shown=Markup("\n").join(marked))


def _line(line: str, number: int, passages: Sequence[Lines]) -> Markup:
    same = any(first <= number <= last for first, last in passages)
    return (Markup("<mark>{}</mark>") if same and line.strip() else Markup("{}")).format(visible(line))
