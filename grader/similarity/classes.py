"""Comparing the submissions of a graded class with each other, and with those of earlier years.

Owns where the submissions come from and what each is called. What of them is compared belongs to `pieces`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.gradebook.location import exists
from grader.records import GradeRecord
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.roster import Roster
from grader.similarity.fingerprints import Piece
from grader.similarity.pairs import Pair, SharedPieces
from grader.similarity.pieces import answer_pieces, file_pieces, known_prints, recorded_texts, typed_texts
from grader.submission.discover import find_submissions
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource
from reports.notices import listed


@dataclass(frozen=True)
class Compared:
    """What was compared and found. `notices` say what could not be compared."""

    pairs: Sequence[Pair]
    submissions: int
    earlier: int
    notices: Sequence[str]


@dataclass(frozen=True)
class _Year:
    """One class: its records and files, each by the name that a submission has in the comparison."""

    records: Mapping[str, GradeRecord]
    sources: Mapping[str, SubmissionSource]

    @property
    def names(self) -> set[str]:
        """Every submission of it."""
        return {*self.records, *self.sources}

    @cached_property
    def here(self) -> Mapping[str, SubmissionSource]:
        """The files that lie where they were."""
        return {name: source for name, source in self.sources.items() if source.path.exists()}


def compare_class(
    folder: Path, also: Sequence[Path], assignment: Assignment, roster: Roster | None, most: int
) -> Compared:
    """The pairs of a graded class that stand out most, at most `most`.

    Args:
        folder: what the class was graded into.
        also: earlier years: folders of the same kind, or of submissions, of which typed formulas are not compared.
        assignment: the assignment that was graded.
        roster: says whose attempts belong together, if there is one.
        most: the number of pairs.

    Raises:
        UsageError: a folder holds neither a gradebook nor submissions.
    """
    now = _graded(folder, assignment, "", roster)
    years = [_earlier(path, prefix, assignment) for path, prefix in _called(also).items()]
    earlier = {name for year in years for name in year.names}
    if len(now.names | earlier) < 2:
        raise UsageError("there is nothing to compare: fewer than two submissions")
    gone = [name for year in (now, *years) for name in sorted(year.names - year.here.keys())]
    notice = (
        f"the files of {len(gone)} submissions are not where they were graded, so only what is typed is compared: "
        f"{listed(gone)}"
    )
    shared = SharedPieces(_pieces([now, *years], assignment), known_prints(assignment), earlier)
    return Compared(shared.pairs(most), len(now.names), len(earlier), [notice] if gone else [])


def _graded(folder: Path, assignment: Assignment, prefix: str, roster: Roster | None) -> _Year:
    with Gradebook.existing(folder) as gradebook:
        records = {f"{prefix}{one.submission}": one for one in effective_class(Course(gradebook, assignment, roster))}
        sources = {(source.id, source.attempt): source for source in gradebook.gradings.sources()}
    graded = {name: sources.get((record.submission, record.attempt)) for name, record in records.items()}
    return _Year(records, {name: source for name, source in graded.items() if source})


def _called(years: Sequence[Path]) -> dict[Path, str]:
    """Each folder, once, with what its submissions' names begin with: as much of its path as tells them apart."""
    paths = list(dict.fromkeys(path.resolve() for path in years))
    length = 1
    while len({path.parts[-length:] for path in paths}) < len(paths):
        length += 1
    return {path: "".join(f"{part}/" for part in path.parts[-length:]) for path in paths}


def _earlier(path: Path, prefix: str, assignment: Assignment) -> _Year:
    if exists(path):
        return _graded(path, assignment, prefix, None)
    found = find_submissions([path], assignment.modules, notebook=assignment.notebook).sources
    return _Year({}, {f"{prefix}{one.id}": one for one in found})


def _pieces(years: Sequence[_Year], assignment: Assignment) -> Iterator[Piece]:
    """The pieces of several years."""
    yield from answer_pieces({name: record for year in years for name, record in year.records.items()}, assignment)
    for year in years:
        for name, record in year.records.items():
            yield from recorded_texts(name, record)
        for name, source in year.here.items():
            yield from file_pieces(name, source)
            if name not in year.records:
                submission = load_submission(source, assignment.modules, assignment.notebook)
                yield from typed_texts(name, submission, assignment)
