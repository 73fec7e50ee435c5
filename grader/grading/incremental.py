"""Grading of one submission, without computing again what the cache holds.

Owns which judged parts may be stored and taken over. Observations are looked up by `grader.sandbox.cached`, results of
authors' functions by `grader.checks.author_results`, decisions about typed answers by the judge.
"""

from __future__ import annotations

import zlib

from pydantic import TypeAdapter, ValidationError

from grader.cache import Cache, Entries, Namespace
from grader.checks.base import Context
from grader.gradebook.gradings import SHARED, EntriesBySubmission
from grader.grading.fingerprint import environment, part_keys
from grader.grading.grade import Grader
from grader.grading.worker_grader import Settings
from grader.records import GradeRecord, PartRecord, Verdict
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
    context = grader.context(submission, cache)
    keys = part_keys(grader.assignment, settings, submission)
    taken = {part: found for part, key in keys.items() if (found := cache.find(PARTS, key)) is not None}
    records = []
    for record in grader.grade_parts(context, {part: record for part, (record, _numbers) in taken.items()}):
        context.numbers.update(taken[record.id][1] if record.id in taken else {})  # for the parts that come
        records.append(record)
    faulty = {record.id for record in records if _has_fault_of_ours(record)}
    for record in records:
        if record.id not in taken and faulty.isdisjoint({record.id, *grader.assignment.built_on[record.id]}):
            cache.put(PARTS, keys[record.id], (record, _numbers_of(record, context)))
    return grader.record(context, tuple(records)), {submission.id: cache.take_new(), SHARED: shared.take_new()}


def _numbers_of(record: PartRecord, context: Context) -> dict[str, str]:
    """By check id, the numbers read in a part that answers of later parts may follow from."""
    return {check.id: context.numbers[check.id] for check in record.checks if check.id in context.numbers}


def _has_fault_of_ours(part: PartRecord) -> bool:
    """Whether a part may not be taken over, nor what was built on it: a fault of ours left some of it open."""
    return any(check.verdict is Verdict.HARNESS_ERROR for check in part.checks)


_GRADED_PART = TypeAdapter(tuple[PartRecord, dict[str, str]])


def _pack(part: tuple[PartRecord, dict[str, str]]) -> bytes:
    return zlib.compress(_GRADED_PART.dump_json(part, exclude_defaults=True), level=1)


def _unpack(packed: bytes) -> tuple[PartRecord, dict[str, str]]:
    try:
        return _GRADED_PART.validate_json(zlib.decompress(packed))
    except (zlib.error, ValidationError) as error:
        raise ValueError("a stored part cannot be read") from error


PARTS = Namespace("parts", _pack, _unpack)
"""Records of parts, each with the numbers in it that later parts may follow from."""
