"""What should be said about a submission beside its points, for the tables that staff reads.

Owns the notices that only a whole class shows: files that are the same as somebody else's, and work that was never
begun. For staff alone: they name other students.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from grader.files.digests import files_digest
from grader.files.untrusted_text import first_few, one_line
from grader.gradebook.heads import Head
from grader.grouping import by_key
from grader.records import GradeRecord, Verdict
from grader.submission.model import CLAIMED

_NOTHING = files_digest({})
_EMPTY = (Verdict.MISSING, Verdict.BLOCKED)
_NAMED = 5


def class_notices(records: Sequence[GradeRecord]) -> Mapping[str, tuple[str, ...]]:
    """By submission, every notice in one sentence each: of the class first, then those of its own record."""
    alike = {name: group for group in same_files(records) for name in group}
    named: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for name in (record.submission, record.student.get("id", ""), record.student.get(CLAIMED, "")):
            named[name.casefold()].add(record.submission)
    return {
        record.submission: (
            *_same_files(record, alike.get(record.submission, ())),
            *_same_student(record, named),
            *_untouched(record),
            *filter(None, [record.late_says]),
            *(f"{notice.where}: {notice.message}" for notice in record.notices),
        )
        for record in records
    }


def same_files(records: Sequence[GradeRecord | Head]) -> list[tuple[str, ...]]:
    """Submissions that hold the same files, in groups of two and more."""
    alike = by_key((one.files_sha256, one.submission) for one in records if one.files_sha256 not in ("", _NOTHING))
    return [tuple(sorted(group)) for group in alike.values() if len(group) > 1]


def _same_files(record: GradeRecord, alike: Sequence[str]) -> list[str]:
    others = [one for one in alike if one != record.submission]
    return [f"the same files as {listed(others)}"] if others else []


def _same_student(record: GradeRecord, named: Mapping[str, set[str]]) -> list[str]:
    """The files say that they are somebody's who handed in something else, or so do those of another submission."""
    claim = record.student.get(CLAIMED) or record.student.get("id", "")
    others = sorted(named[claim.casefold()] - {record.submission}) if claim else []
    return [f"names the student {one_line(claim, 60)}, and so does or is called {listed(others)}"] if others else []


def listed(names: Sequence[str]) -> str:
    """Some names, and how many others there are."""
    return first_few(names, _NAMED)


def _untouched(record: GradeRecord) -> list[str]:
    """Something was handed in, and nothing in it was begun: as a rule the template."""
    verdicts = {check.verdict for check in record.checks}
    begun = not verdicts or not verdicts <= set(_EMPTY)
    return [] if begun or record.files_sha256 in ("", _NOTHING) else ["nothing is begun: the template as it was?"]
