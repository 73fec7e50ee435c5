"""What a decision depends on, as hashes: equal ones mean that deciding again would change nothing.

Owns the marks of records and of parts. A part's mark covers what its author wrote and every file of the assignment
that this names; what was typed into it; the files handed in, which student code can read; the same of every part it
mentions; and how it is graded. What student code was asked is marked by `grader.sandbox.remembering`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from grader.grade import versions
from grader.pool import Settings
from grader.problem.model import Assignment
from grader.sources import WORD, Sources
from grader.submission.load import files_digest
from grader.submission.model import Found, Submission


def circumstances(settings: Settings) -> str:
    """How is graded: versions of what computes, and where student code runs."""
    return json.dumps([versions(), settings.isolation, settings.device])


def isolation_mark(settings: Settings) -> str:
    """The key under which the isolation that observations were made under is kept beside them."""
    return _digest("isolation", circumstances(settings))


def record_mark(found: Found, files_sha256: str, assignment_sha256: str, settings: Settings) -> str:
    """What a record depends on: what was handed in, when and by whom, the assignment, and how it is graded."""
    student = sorted(found.student.items())
    handed_in = json.dumps([found.id, student, found.submitted_at, found.attempt, found.notices])
    return _digest(handed_in, files_sha256, assignment_sha256, settings.secret.hex(), circumstances(settings))


@dataclass(frozen=True)
class Marks:
    """Marks of the parts of one assignment's submissions."""

    assignment: Assignment
    settings: Settings
    sources: Sources
    """Every file that problem files may name."""

    def of(self, submission: Submission) -> dict[str, str]:
        """One mark for every part, by part id."""
        common = [
            circumstances(self.settings),
            self.settings.secret.hex(),
            submission.id,
            files_digest(submission.files),
            repr(submission.notices),
        ]
        typed = self._typed(submission)
        marks = {}
        for part, mentioned in self._mentioned.items():
            members = sorted(mentioned | {part})
            words = [word for member in members for word in (member, self._authored[member], typed[member])]
            marks[part] = _digest(*common, part, *words)
        return marks

    def with_mentioned(self, parts: set[str]) -> set[str]:
        """Some parts, and all whose outcomes they may build on."""
        return parts.union(*(self._mentioned[part] for part in parts))

    def _typed(self, submission: Submission) -> dict[str, str]:
        """What was typed into each part, faults included."""
        broken = submission.broken_parts
        typed: dict[str, list[object]] = {part: [broken.get(""), broken.get(part)] for part in self._authored}
        for (part, field), answer in sorted(submission.answers.items()):
            if part in typed:
                typed[part].append([field, answer.text, answer.fault, answer.line])
        return {part: json.dumps(found) for part, found in typed.items()}

    @cached_property
    def _authored(self) -> dict[str, str]:
        """A digest of what an author wrote about each part, code included."""
        authored = {}
        for part in self.assignment.parts:
            spec = part.spec.model_dump_json()
            code = self.sources.digest(WORD.findall(spec))
            authored[part.id] = _digest(part.problem, spec, json.dumps(part.symbols), code)
        return authored

    @cached_property
    def _mentioned(self) -> dict[str, set[str]]:
        """By part, the parts that it mentions, and those that these mention."""
        words = {part.id: set(WORD.findall(part.spec.model_dump_json())) for part in self.assignment.parts}
        direct = {name: said & set(words) - {name} for name, said in words.items()}
        closures = {}
        for name in direct:
            closure, waiting = set[str](), set(direct[name])
            while waiting:
                other = waiting.pop()
                closure.add(other)
                waiting |= direct[other] - closure
            closures[name] = closure - {name}
        return closures


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
