"""Grading of one submission, without computing again what the cache holds.

Owns which judged parts may be stored and taken over. Observations are looked up by `grader.sandbox.cached`, results of
authors' functions by `grader.checks.author_results`, decisions about typed answers by the judge.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import ValidationError

from grader.cache import Cache, Entries, Namespace
from grader.grading.fingerprint import PartKeys, environment, isolation_key
from grader.grading.grade import Grader, make_record
from grader.grading.worker_grader import Settings
from grader.records import GradeRecord, JudgedPart, PartRecord, Verdict
from grader.sandbox.cached import CachedExecutor
from grader.submission.model import Submission


@dataclass(frozen=True)
class GradeResult:
    """A record, and the results that were computed for it: about this submission, and for the whole class."""

    record: GradeRecord
    own: Entries
    shared: Entries


@dataclass(frozen=True)
class IncrementalGrader:
    """A grader that takes results from the cache where they are still valid.

    Attributes:
        grader: grades what is not in the cache; results that hold for the whole class are in its judge's.
        settings: those that the grader was made from.
    """

    grader: Grader
    settings: Settings

    def grade(self, submission: Submission, entries: Entries) -> GradeResult:
        """Grade one submission; `entries` are stored results about it."""
        shared = self.grader.judge.cache
        cache = Cache(entries, environment(self.settings), shared)
        author_code = self.grader.assignment.author_code
        executor = CachedExecutor(self.grader.executor, cache, author_code.probe_sources)
        grader = replace(self.grader, executor=executor)
        keys = self._keys.of(submission)
        taken = {part: found for part, key in keys.items() if (found := cache.find(PARTS, key)) is not None}
        parts = tuple(grader.grade_parts(submission, taken, cache))
        faulty = {part.record.id for part in parts if _has_fault_of_ours(part.record)}
        for name, part in ((part.record.id, part) for part in parts if part.record.id not in taken):
            if faulty.isdisjoint({name, *self._keys.built_on(name)}):
                cache.put(PARTS, keys[name], part)
        level = self._level(executor, cache)
        record = make_record(submission, grader.assignment, level, tuple(part.record for part in parts))
        return GradeResult(record, cache.take_new(), shared.take_new())

    def _level(self, executor: CachedExecutor, cache: Cache) -> str:
        """The isolation that student code ran under: now if it did, else when it was observed."""
        key = isolation_key(self.settings)
        if not executor.has_run_student_code:
            return cache.get(ISOLATION, key, lambda: executor.guarantees.level)
        cache.put(ISOLATION, key, executor.guarantees.level)
        return executor.guarantees.level

    @cached_property
    def _keys(self) -> PartKeys:
        return PartKeys(self.grader.assignment, self.settings)


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
