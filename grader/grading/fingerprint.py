"""What a record and a judged part depend on, as hashes: equal ones mean that judging again would change nothing.

A part's key covers what its author wrote and every file of the assignment that this names, and the same of every part
whose outcomes count in it; what was typed into it and into every part that it mentions; the files handed in, which
student code can read; and how it is graded. The keys of other results belong to whoever computes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from grader.assignment.model import Assignment
from grader.files.digests import files_digest
from grader.grading.grade import versions
from grader.grading.worker_grader import Settings
from grader.submission.model import Submission, SubmissionSource


def environment(settings: Settings) -> str:
    """The environment of a grading: versions of the programs that compute, isolation and device."""
    return json.dumps([versions(), settings.isolation, settings.device])


def record_key(source: SubmissionSource, files_sha256: str, assignment_sha256: str, settings: Settings) -> str:
    """The key of a record: over what was handed in, when and by whom, the assignment, and how it is graded."""
    student = sorted(source.student.items())
    handed_in = json.dumps([source.id, student, source.submitted_at, source.attempt, source.notices])
    return _digest(handed_in, files_sha256, assignment_sha256, settings.secret.hex(), environment(settings))


def part_keys(assignment: Assignment, settings: Settings, submission: Submission) -> dict[str, str]:
    """One key for every part of a submission, by part id."""
    common = [
        environment(settings),
        settings.secret.hex(),
        submission.id,
        files_digest(submission.files),
        repr(submission.notices),
        submission.unreadable,
    ]
    typed = _typed(submission, assignment.authored)
    keys = {}
    for part, mentioned in assignment.mentioned.items():
        answers = [word for member in sorted(mentioned | {part}) for word in (member, typed[member])]
        authored = [assignment.authored[member] for member in (part, *sorted(assignment.built_on[part]))]
        keys[part] = _digest(*common, part, *authored, *answers)
    return keys


def _typed(submission: Submission, parts: Iterable[str]) -> dict[str, str]:
    """The answers typed into each part as JSON, reading faults included."""
    typed: dict[str, list[object]] = {part: [submission.broken_parts.get(part)] for part in parts}
    for (part, field), answer in sorted(submission.answers.items()):
        if part in typed:
            typed[part].append([field, answer.text, answer.fault])
    return {part: json.dumps(found) for part, found in typed.items()}


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
