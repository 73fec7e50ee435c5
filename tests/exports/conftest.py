"""A class of eight with names that break tables, as standing records of the tiny assignment."""

from collections.abc import Mapping
from functools import partial

import pytest

from grader.assignment.load import load_assignment
from grader.exports.base import GradedClass
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict

SECRET = b"a secret of sixteen bytes or more"
SHARES = {"ada": 1.0, "bea": 0.75, "cem": 0.5, "dan": 0.25, "eve": 0.0, "fay": 1.0, "gus": 0.9, "hao": 0.6}
STUDENTS: Mapping[str, Mapping[str, str]] = {
    "ada": {"name": "Ada Lovelace", "id": "u0001", "email": "ada@uni.example"},
    "bea": {"name": "Béa Müller-Łoś", "id": "u0002", "email": "bea@uni.example"},
    "cem": {"name": 'Cem "CJ" O\'Brien, Jr.', "id": "u0003", "email": "cem@uni.example"},
    "dan": {"name": "=cmd|' /C calc'!A0", "id": "u0004", "email": "dan@uni.example"},
    "eve": {"name": "王小明", "id": "u0005", "email": "eve@uni.example"},
    "fay": {"name": "Wei Zhang", "id": "u0006", "email": "fay@uni.example"},
    "gus": {"name": "Wei Zhang", "id": "u0007", "email": "gus@uni.example"},
    "hao": {"name": "Hao Ono", "id": "u0008", "email": "hao@uni.example"},
}
WAITING = ("cem", "hao")
ANSWERS = {
    "cem": "=1+1, because\nthe matrix has “rows”; and columns",
    "hao": "Hao Ono says: ask ada@uni.example or look into /home/hao/notes",
}


def _check(check, submission: str, share: float) -> CheckRecord:
    text = check.kind == "text"
    waits = text and submission in WAITING
    verdict = Verdict.NEEDS_REVIEW if waits else Verdict.CORRECT if share == 1 else Verdict.PARTIAL
    verdict = verdict if share or waits else Verdict.WRONG
    return CheckRecord(
        id=check.id,
        kind=check.kind,
        verdict=verdict,
        score=None if waits else round(check.points * share, 6),
        max_score=check.points,
        visibility=check.visibility,
        message="a person reads this" if waits else f"told about {check.id}",
        answer=ANSWERS.get(submission, "Because.") if text else "m*k",
        mistake=None if share == 1 else "this is half the perimeter",
    )


def standing_record(assignment, submission: str, share: float, **facts) -> GradeRecord:
    """A record in which every check that is decided earned the same share."""
    parts = []
    for part in assignment.parts:
        checks = tuple(_check(check, submission, share) for check in part.checks)
        earned = round(sum(check.score or 0 for check in checks), 6)
        awaiting = sum(check.max_score for check in checks if check.score is None)
        parts.append(PartRecord(id=part.id, score=earned, max_score=part.points, awaiting=awaiting, checks=checks))
    about = {
        "submission": submission,
        "student": dict(STUDENTS.get(submission, {})),
        "submitted_at": "2026-11-20T21:00:00+00:00",
        "files_sha256": "f" * 64,
        "problems_sha256": "p" * 64,
        "versions": {"torch": "2"},
        "score": round(sum(part.score for part in parts), 6),
        "max_score": assignment.points,
        "awaiting_review": sum(part.awaiting for part in parts),
        "isolation": "none",
        "parts": tuple(parts),
    }
    return GradeRecord(**{**about, **facts})


_LOADED = []


@pytest.fixture
def assignment(request):
    """The tiny assignment, loaded once: nothing here changes it."""
    if not _LOADED:
        _LOADED.append(load_assignment(request.getfixturevalue("tiny")))
    return _LOADED[0]


@pytest.fixture
def make_record(assignment):
    """`make_record(submission, share, **facts)`: a record in which every decided check earned the same share."""
    return partial(standing_record, assignment)


@pytest.fixture
def graded(assignment, make_record):
    records = [make_record(name, share) for name, share in SHARES.items()]
    return GradedClass(assignment, records, lambda: SECRET)


@pytest.fixture
def golden(request):
    """Compares bytes with a file of tests/golden/exports; `--update-golden` writes it."""

    def compare(name: str, content: bytes) -> None:
        path = request.config.rootpath / "tests" / "golden" / "exports" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        assert content == path.read_bytes()

    return compare
