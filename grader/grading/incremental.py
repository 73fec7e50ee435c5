"""Grading of one submission, without computing again what the cache holds.

Owns which judged parts may be stored and taken over. Observations are looked up by `grader.sandbox.cached`, results of
authors' functions by `grader.checks.author_results`, decisions about typed answers by the judge.
"""

from __future__ import annotations

import zlib

from pydantic import ValidationError

from grader.cache import Cache, Entries, Namespace
from grader.gradebook.gradings import SHARED, EntriesBySubmission
from grader.grading.fingerprint import environment, part_keys
from grader.grading.grade import Grader
from grader.grading.worker_grader import Settings
from grader.records import GradeRecord, JudgedPart, PartRecord, Verdict
from grader.submission.model import Submission


def grade_incrementally(
    grader: Grader, settings: Settings, submission: Submission, entries: Entries
) -> tuple[GradeRecord, EntriesBySubmission]:
    """Grade one submission, and take results from the cache where they are still valid.

    Args:
        grader: grades what is not in the cache; results that hold for the whole class are in its judge's.
        settings: that the grader was made from.
        submission: the one to grade.
        entries: stored results about it.

    Returns:
        The record, and the results that were computed for it.
    """
    shared = grader.judge.cache
    cache = Cache(entries, environment(settings), shared)
    keys = part_keys(grader.assignment, settings, submission)
    taken = {part: found for part, key in keys.items() if (found := cache.find(PARTS, key)) is not None}
    parts = tuple(grader.grade_parts(submission, taken, cache))
    faulty = {part.record.id for part in parts if _has_fault_of_ours(part.record)}
    for name, part in ((part.record.id, part) for part in parts if part.record.id not in taken):
        if faulty.isdisjoint({name, *grader.assignment.built_on[name]}):
            cache.put(PARTS, keys[name], part)
    record = grader.record(submission, tuple(part.record for part in parts), cache)
    return record, {submission.id: cache.take_new(), SHARED: shared.take_new()}


def _has_fault_of_ours(part: PartRecord) -> bool:
    """Whether a part may not be taken over, nor what was built on it: a fault of ours left some of it open."""
    return any(check.verdict is Verdict.HARNESS_ERROR for check in part.checks)


def _pack(part: JudgedPart) -> bytes:
    return zlib.compress(part.model_dump_json(exclude_defaults=True).encode(), level=1)


def _unpack(packed: bytes) -> JudgedPart:
    try:
        return JudgedPart.model_validate_json(zlib.decompress(packed))
    except (zlib.error, ValidationError) as error:
        raise ValueError("a stored part cannot be read") from error


PARTS = Namespace("parts", _pack, _unpack)
