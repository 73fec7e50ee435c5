"""`hw11 similar`: pairs of submissions worth a look, for staff.

Owns the options and the page's file. The comparison belongs to `grader.similarity`; nothing of it reaches a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from grader.assignment.model import Assignment
from grader.cli.output import class_folder, json_option, on_assignment, print_json, roster_option, say
from grader.files.atomic import write_atomically
from grader.results.publish import SIMILAR
from grader.results.roster import find_roster
from grader.similarity.classes import compare_class
from grader.similarity.page import KINDS, similar_page
from grader.similarity.pairs import Pair
from reports.words import counted

_SHOWN = 10


@click.command()
@class_folder
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="An earlier year: a graded class, or a folder of submissions. May be given several times.",
)
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="Pairs on the page.")
@roster_option
@json_option
@on_assignment
def command(
    assignment: Assignment, folder: Path, *, also: Sequence[Path], most: int, roster: Path | None, as_json: bool
) -> int:
    """Pairs of submissions worth a look, with the evidence side by side, for staff alone. Never a verdict."""
    found = compare_class(folder, also, assignment, find_roster(folder, roster), most)
    write_atomically(folder / SIMILAR, similar_page(found, assignment))
    for notice in found.notices:
        say(notice)
    for number, pair in enumerate(found.pairs):
        if as_json:
            print_json(_facts(pair))
        elif number < _SHOWN:
            say(_line(pair))
    if len(found.pairs) > _SHOWN and not as_json:
        say(f"… and {len(found.pairs) - _SHOWN} more on the page; --json lists them all")
    pairs, of = counted(len(found.pairs), "pair"), counted(found.submissions, "submission")
    say(f"{pairs} of {of} in {folder / SIMILAR}, for staff: a reason to look")
    return 0


def _line(pair: Pair) -> str:
    said = ", ".join(f"{KINDS[kind]} {times:.1f}" for kind, times in pair.by_kind.items())
    return f"{pair.strength:5.1f}  {pair.one} and {pair.other}: {said}"


def _facts(pair: Pair) -> dict[str, object]:
    return {
        "one": pair.one,
        "other": pair.other,
        "strength": round(pair.strength, 3),
        "by_kind": {kind: round(times, 3) for kind, times in pair.by_kind.items()},
        "evidence": [
            {"kind": one.kind, "one": one.one.where, "other": one.other.where, "others": one.others}
            for one in pair.evidence
        ],
    }
