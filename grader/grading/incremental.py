"""Grading of one submission, without computing again what the cache holds.

Owns which judged parts may be stored and taken over. Observations are looked up by `grader.sandbox.cached`, results of
authors' functions by `grader.checks.author_results`, decisions about typed answers by the judge.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

from pydantic import ValidationError

from grader.assignment.model import Assignment
from grader.cache import Cache, Entries, Namespace
from grader.grading.fingerprint import PartKeys, environment, isolation_key
from grader.grading.grade import Grader, make_record
from grader.records import GradeRecord, JudgedPart, PartRecord, Verdict
from grader.sandbox.base import NOTHING_RAN
from grader.sandbox.cached import CachedExecutor
from grader.submission.model import Submission


@dataclass(frozen=True)
class GradeResult:
    """A record, and the results that were computed for it: about this submission, and for the whole class."""

    record: GradeRecord
    own: Entries
    shared: Entries


def grade_incrementally(grader: Grader, part_keys: PartKeys, submission: Submission, entries: Entries) -> GradeResult:
    """Grade one submission, and take results from the cache where they are still valid.

    Args:
        grader: grades what is not in the cache; results that hold for the whole class are in its judge's.
        part_keys: of the grader's assignment, and the settings that it was made from.
        submission: the one to grade.
        entries: stored results about it.
    """
    shared = grader.judge.cache
    cache = Cache(entries, environment(part_keys.settings), shared)
    executor = CachedExecutor(grader.executor, cache, grader.assignment.author_code.probe_sources)
    keys = part_keys.of(submission)
    taken = {part: found for part, key in keys.items() if (found := cache.find(PARTS, key)) is not None}
    parts = tuple(replace(grader, executor=executor).grade_parts(submission, taken, cache))
    faulty = {part.record.id for part in parts if _has_fault_of_ours(part.record)}
    for name, part in ((part.record.id, part) for part in parts if part.record.id not in taken):
        if faulty.isdisjoint({name, *part_keys.built_on(name)}):
            cache.put(PARTS, keys[name], part)
    level = _level(executor, cache, part_keys, grader.assignment)
    record = make_record(submission, grader.assignment, level, tuple(part.record for part in parts))
    return GradeResult(record, cache.take_new(), shared.take_new())


def _level(executor: CachedExecutor, cache: Cache, part_keys: PartKeys, assignment: Assignment) -> str:
    """The isolation that student code ran under: now if it did, else when it was observed.

    Where none is ever asked for, no sandbox is started to say so.
    """
    key = isolation_key(part_keys.settings)
    if executor.has_run_student_code:
        cache.put(ISOLATION, key, executor.guarantees.level)
        return executor.guarantees.level
    if not assignment.modules:
        return NOTHING_RAN
    return cache.get(ISOLATION, key, lambda: executor.guarantees.level)


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
ISOLATION = Namespace("probes", str.encode, bytes.decode)
"""Stands among the observations that were made under it."""
