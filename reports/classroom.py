"""Pages for staff: the class, and one page for each part.

Owns their content and its order: what is not graded, how the class did, what went wrong and how often. They show
everything in the records and are not for students.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from urllib.parse import quote

from markupsafe import Markup

from grader.assignment.model import Assignment, Part
from grader.grouping import by_key
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from reports.answer_classes import AnswerClass, answer_classes
from reports.charts import distribution
from reports.check_views import ROOMS, reading
from reports.notices import class_notices
from reports.pages import render
from reports.statistics import ENOUGH, ItemStatistics, histogram, item, reliability
from reports.words import points

# Limits of lists on the page: rows, and submissions per row.
MOST_MISTAKES = 20
MOST_READINGS = 20
MOST_FAULTS = 100
NAMES_SHOWN = 8
STATES = {
    Verdict.HARNESS_ERROR: "fault of ours",
    Verdict.UNDECIDED: "undecided",
    Verdict.NEEDS_REVIEW: "a person reads",
}
"""States of a submission that is not fully graded, by verdict, the most urgent first."""


@dataclass(frozen=True)
class ClassView:
    """One class of equal answers to a check, for the template."""

    check_id: str
    part: Part
    found: AnswerClass
    reading: Markup | None
    share: float


def render_class(
    records: Sequence[GradeRecord],
    assignment: Assignment,
    facts: Mapping[str, str],
    not_taken: Sequence[tuple[str, str]] = (),
) -> str:
    """The class page, which links to `reports/`, `records/` and `parts/` beside it.

    Args:
        records: effective records, one per submission.
        assignment: the assignment that was graded.
        facts: facts about the run (isolation, versions, times), in order.
        not_taken: files that lay among the submissions and are none, each with the reason.
    """
    ordered = sorted(records, key=lambda record: record.submission)
    shares = [share for record in ordered if (share := _share(record)) is not None]
    notices = class_notices(ordered)
    classes = [one for part in assignment.parts for one in _wrong_classes(ordered, part)]
    named = [one for one in classes if one.found.typical.mistake]
    unnamed = [one for one in classes if not one.found.typical.mistake and one.found.typical.reading]
    return render(
        "class.html.j2",
        script="sort.js",
        assignment=assignment,
        facts=facts,
        not_taken=not_taken,
        rows=[(one, _state(one), _share(one), _late(one), notices[one.submission]) for one in ordered],
        numbers=_numbers(ordered, shares),
        chart=distribution(histogram(shares), _chart_title(ordered)),
        parts=[(part, *_statistics(part, ordered)) for part in assignment.parts],
        faults=_faults(ordered, Verdict.HARNESS_ERROR),
        undecided=_faults(ordered, Verdict.UNDECIDED),
        most_faults=MOST_FAULTS,
        mistakes=_largest(named, MOST_MISTAKES),
        readings=_largest(unnamed, MOST_READINGS),
        enough=ENOUGH,
        link=quote,
    )


def render_part(records: Sequence[GradeRecord], part: Part, assignment: Assignment) -> str:
    """The staff page of one part: every check with its answers, equal ones grouped."""
    ordered = sorted(records, key=lambda record: record.submission)
    answers, (statistics, _) = _answers(ordered, part.id), _statistics(part, ordered)
    checks = [
        (check, _tally([given for _, given in answers[check.id]]), _views(answers[check.id], part, check.id))
        for check in part.checks
    ]
    return render(
        "part.html.j2",
        assignment=assignment,
        part=part,
        statistics=statistics,
        checks=checks,
        total=len(ordered),
        most_names=NAMES_SHOWN,
        enough=ENOUGH,
        link=quote,
    )


def _numbers(records: Sequence[GradeRecord], shares: Sequence[float]) -> list[tuple[str, str]]:
    """The numbers at the top of the page, as (label, value)."""
    waiting = sum(record.awaiting_review > 0 for record in records)
    numbers = [("submissions", str(len(records))), ("not fully graded", str(waiting))]
    if not shares:
        return numbers
    show: Callable[[float], str] = _percent if waiting else points
    of = " of what is decided" if waiting else ""
    values = shares if waiting else [record.score for record in records]
    numbers += [(f"mean{of}", show(fmean(values))), (f"median{of}", show(median(values)))]
    if len(values) > 1:
        numbers.append((f"standard deviation{of}", show(stdev(values))))
    scores = [{part.id: part.score for part in record.parts} for record in records]
    shared = [name for name in scores[0] if all(name in of for of in scores)]  # some may be older than a part
    alpha = reliability([[of[name] for of in scores] for name in shared])
    if len(records) >= ENOUGH and alpha is not None:
        numbers.append(("reliability α", f"{alpha:.2f}"))
    return numbers


def _share(record: GradeRecord) -> float | None:
    """The share of a submission's decided points that was earned; None where nothing is decided."""
    decided = record.max_score - record.awaiting_review
    return record.score / decided if decided > 0 else None


def _chart_title(records: Sequence[GradeRecord]) -> str:
    if any(record.awaiting_review for record in records):
        return "Share of the decided points earned; what is not graded yet is left out"
    return "Share of all points earned"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _state(record: GradeRecord) -> str:
    verdicts = {check.verdict for check in record.checks}
    return next((word for verdict, word in STATES.items() if verdict in verdicts), "graded")


def _late(record: GradeRecord) -> str:
    """The cost of lateness in words; empty if in time or without a deadline."""
    if record.submitted_at is None:
        return "time not known"
    if record.late_deduction:
        return points(record.late_deduction)
    return "costs nothing" if record.late_says else ""


def _statistics(part: Part, records: Sequence[GradeRecord]) -> tuple[ItemStatistics, int]:
    """The statistics of a part, and the number of submissions in which some of it is not graded yet."""
    given = [(record, found) for record in records if (found := _part_of(record, part.id)) is not None]
    statistics = item(
        [found.score for _, found in given],
        [record.score for record, _ in given],
        [found.max_score - found.awaiting for _, found in given],
    )
    return statistics, sum(found.awaiting > 0 for _, found in given)


def _part_of(record: GradeRecord, part_id: str) -> PartRecord | None:
    return next((part for part in record.parts if part.id == part_id), None)


def _faults(records: Sequence[GradeRecord], verdict: Verdict) -> list[tuple[str, CheckRecord]]:
    """(submission, check) of everything with a verdict."""
    return [(record.submission, check) for record in records for check in record.checks if check.verdict is verdict]


def _answers(records: Sequence[GradeRecord], part_id: str) -> Mapping[str, list[tuple[str, CheckRecord]]]:
    parts = [(record.submission, part) for record in records if (part := _part_of(record, part_id)) is not None]
    return by_key((check.id, (submission, check)) for submission, part in parts for check in part.checks)


def _wrong_classes(records: Sequence[GradeRecord], part: Part) -> Iterator[ClassView]:
    """The classes of wrong and partly right answers to the checks of one part."""
    for check_id, answers in _answers(records, part.id).items():
        wrong = [(s, check) for s, check in answers if check.verdict in (Verdict.WRONG, Verdict.PARTIAL)]
        if wrong:
            yield from _views(wrong, part, check_id, out_of=len(answers))


def _views(
    answers: Sequence[tuple[str, CheckRecord]], part: Part, check_id: str, out_of: int | None = None
) -> list[ClassView]:
    total = out_of or len(answers)
    return [_view(found, part, check_id, found.count / total) for found in answer_classes(answers, part.symbols)]


def _view(found: AnswerClass, part: Part, check_id: str, share: float) -> ClassView:
    spec = part.fields.get(check_id.partition(".")[2])
    return ClassView(check_id, part, found, reading(found.typical.reading, spec, part, ROOMS[0].reading), share)


def _tally(checks: Sequence[CheckRecord]) -> list[tuple[Verdict, int]]:
    counts = Counter(check.verdict for check in checks)
    return [(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]


def _largest(views: Sequence[ClassView], most: int) -> list[ClassView]:
    return sorted(views, key=lambda view: -view.found.count)[:most]
