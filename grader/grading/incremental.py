"""One submission, graded as far as nothing is known of it.

Owns what may be taken over from earlier: a part of which nothing changed as it was judged, what student code showed
when it was asked the same, what the assignment's own code found. Where that is kept belongs to the caller.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pydantic import ValidationError

from grader.checks.findings import Findings
from grader.files.author_sources import Sources
from grader.gradebook.observations import Known
from grader.grading.fingerprint import PartKeys, environment, isolation_key
from grader.grading.grade import Grader, make_record
from grader.grading.workers import Settings
from grader.records import GradeRecord, JudgedPart, PartRecord, Verdict
from grader.sandbox.cached import CachedExecutor
from grader.submission.model import Submission


@dataclass(frozen=True)
class GradeResult:
    """A record, and whatever was learnt on the way that was not known: of this submission, and of typed answers."""

    record: GradeRecord
    learnt: Known
    decided: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class IncrementalGrader:
    """A grader that does nothing twice. `settings` are those that the grader was made from."""

    grader: Grader
    settings: Settings

    def grade(self, submission: Submission, known: Known) -> GradeResult:
        """Grade one submission; `known` is what earlier gradings of it learnt."""
        assignment, mark_of = self.grader.assignment, self._marks.of(submission)
        recalled = {part: _unpack(known.parts[mark]) for part, mark in mark_of.items() if mark in known.parts}
        taken = {name: part for name, part in recalled.items() if part is not None}
        how = environment(self.settings)
        executor = CachedExecutor(self.grader.executor, known.observations, self._observers, how, self._common)
        findings = Findings(known.findings, self._sources, how)
        grader = replace(self.grader, executor=executor, findings=findings)
        parts = tuple(grader.grade_parts(submission, taken))
        news = {part.record.id: part for part in parts if part.record.id not in taken}
        faulty = {name for name, part in news.items() if _has_fault_of_ours(part.record)}
        learnt = {
            mark_of[name]: _pack(part)
            for name, part in news.items()
            if faulty.isdisjoint({name, *self._marks.built_on(name)})
        }
        level = self._level(executor, known)
        record = make_record(submission, assignment, level, tuple(part.record for part in parts))
        return GradeResult(record, Known(executor.learnt, learnt, findings.learnt), self.grader.judge.take_learnt())

    def _level(self, executor: CachedExecutor, known: Known) -> str:
        """The isolation that student code ran under: now if it did, else when it was observed."""
        mark = isolation_key(self.settings)
        if mark in known.observations and not executor.learnt:
            return known.observations[mark].decode()
        level = executor.guarantees.level
        executor.learnt[mark] = level.encode()
        return level

    @cached_property
    def _marks(self) -> PartKeys:
        return PartKeys(self.grader.assignment, self.settings, self._sources)

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self.grader.assignment.root, ("problems", "reference"))

    @cached_property
    def _common(self) -> dict[str, bytes]:
        """What turns showed that meet no student code: the same for every submission."""
        return {}

    @cached_property
    def _observers(self) -> Sources:
        return Sources(self.grader.assignment.author_code.probes_dir)


def _has_fault_of_ours(part: PartRecord) -> bool:
    """Whether a part may not be taken over, nor what was built on it: a fault of ours left some of it open."""
    return any(check.verdict is Verdict.HARNESS_ERROR for check in part.checks)


def _pack(part: JudgedPart) -> bytes:
    return zlib.compress(part.model_dump_json(exclude_defaults=True).encode(), level=1)


def _unpack(packed: bytes) -> JudgedPart | None:
    """A part as it was judged; None if these bytes are nothing that `_pack` gives."""
    try:
        return JudgedPart.model_validate_json(zlib.decompress(packed))
    except (zlib.error, ValidationError):
        return None
