"""What a record and a judged part depend on, as hashes: equal ones mean that judging again would change nothing.

A part's key covers what its author wrote and every file of the assignment that this names, and the same of every part
whose outcomes count in it; what was typed into it and into every part that it mentions; the files handed in, which
student code can read; and how it is graded. The keys of other results belong to whoever computes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.assignment.model import Assignment
from grader.checks.spec import CheckSpec
from grader.files.author_sources import WORD
from grader.files.digests import files_digest
from grader.grading.grade import versions
from grader.grading.worker_grader import Settings
from grader.submission.model import Submission, SubmissionSource


def environment(settings: Settings) -> str:
    """The environment of a grading: versions of the programs that compute, isolation and device."""
    return json.dumps([versions(), settings.isolation, settings.device])


def isolation_key(settings: Settings) -> str:
    """The key under which the isolation of cached observations is kept."""
    return _digest("isolation", environment(settings))


def record_key(source: SubmissionSource, files_sha256: str, assignment_sha256: str, settings: Settings) -> str:
    """The key of a record: over what was handed in, when and by whom, the assignment, and how it is graded."""
    student = sorted(source.student.items())
    handed_in = json.dumps([source.id, student, source.submitted_at, source.attempt, source.notices])
    return _digest(handed_in, files_sha256, assignment_sha256, settings.secret.hex(), environment(settings))


@dataclass(frozen=True)
class PartKeys:
    """Keys of the parts of one assignment's submissions."""

    assignment: Assignment
    settings: Settings

    def of(self, submission: Submission) -> dict[str, str]:
        """One key for every part, by part id."""
        common = [
            environment(self.settings),
            self.settings.secret.hex(),
            submission.id,
            files_digest(submission.files),
            repr(submission.notices),
            submission.unreadable,
        ]
        typed = self._typed(submission)
        keys = {}
        for part, mentioned in self._mentioned.items():
            answers = [word for member in sorted(mentioned | {part}) for word in (member, typed[member])]
            authored = [self._authored[member] for member in (part, *sorted(self._built_on[part]))]
            keys[part] = _digest(*common, part, *authored, *answers)
        return keys

    def built_on(self, part: str) -> set[str]:
        """The parts whose outcomes count in a part, directly or through others."""
        return self._built_on[part]

    def _typed(self, submission: Submission) -> dict[str, str]:
        """The answers typed into each part as JSON, reading faults included."""
        broken = submission.broken_parts
        typed: dict[str, list[object]] = {part: [broken.get(part)] for part in self._authored}
        for (part, field), answer in sorted(submission.answers.items()):
            if part in typed:
                typed[part].append([field, answer.text, answer.fault])
        return {part: json.dumps(found) for part, found in typed.items()}

    @cached_property
    def _authored(self) -> dict[str, str]:
        """A digest of what an author wrote about each part, code included."""
        authored = {}
        for part in self.assignment.parts:
            spec = part.spec.model_dump_json()
            code = self.assignment.author_code.sources.digest(WORD.findall(spec))
            authored[part.id] = _digest(part.problem, spec, json.dumps(part.symbols), code)
        return authored

    @cached_property
    def _mentioned(self) -> Mapping[str, set[str]]:
        """By part, the parts that it mentions, directly or through others."""
        return _closures({part.id: WORD.findall(part.spec.model_dump_json()) for part in self.assignment.parts})

    @cached_property
    def _built_on(self) -> Mapping[str, set[str]]:
        """By part, the parts that `built_on` returns."""
        named: dict[str, list[str]] = {}
        for part in self.assignment.parts:
            specs: list[CheckSpec] = [*part.fields.values(), *part.spec.runs, *part.spec.checks]
            named[part.id] = [name.partition(".")[0] for spec in specs for name in spec.builds_on()]
        return _closures(named)


def _closures(names: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The transitive closure: by key, the other keys that its names lead to, directly or through others."""
    direct = {key: set(named) & set(names) for key, named in names.items()}
    closures = {}
    for key, near in direct.items():
        closure, waiting = set[str](), set(near)
        while waiting:
            other = waiting.pop()
            closure.add(other)
            waiting |= direct[other] - closure
        closures[key] = closure - {key}
    return closures


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
