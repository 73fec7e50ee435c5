"""One submission as it was handed in.

Owns what a submission is: where it was found, its files, and what was typed into which field. Knows nothing of
problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CLAIMED = "claimed"
"""Among the facts of a platform about a student: who the files say it is, where that is not what the platform says."""

NotTaken = tuple[str, str]
"""The name of what is no submission, and why it was not taken."""


@dataclass(frozen=True)
class SubmissionSource:
    """A submission that was found but not read yet, and what the place where it lay says about it.

    `student` is what a learning platform knows (`name`, `id`, `email`, and its own number under its own name:
    `canvas`, `moodle`, `gradescope`); it stands in place of what the files claim. `submitted_at` is ISO 8601 with its
    offset from UTC. `members` maps names in the submission to names in `path` where many submissions lie there.
    `notices` are (where, sentence).
    """

    id: str
    path: Path
    student: Mapping[str, str] = field(default_factory=dict)
    submitted_at: str | None = None
    attempt: int = 1
    platform: str = ""
    members: Mapping[str, str] | None = None
    notices: tuple[tuple[str, str], ...] = ()

    @property
    def submission(self) -> str:
        """The id, as records call it."""
        return self.id


@dataclass(frozen=True)
class FoundSubmissions:
    """What some place holds: submissions in a stable order, and everything that is none, with why."""

    sources: list[SubmissionSource]
    not_taken: list[NotTaken]


@dataclass(frozen=True)
class Answer:
    """One typed field. Exactly one of `text` and `fault` is set.

    `fault` says why it cannot be read as a text at all (control characters, broken YAML); `line` is its line in
    `file`, the answers file or a cell of a notebook. `raw` is what stands there instead of a text, for whoever is to
    mend it.
    """

    text: str | None
    fault: str | None = None
    line: int | None = None
    raw: str = field(default="", compare=False)
    file: str = field(default="", compare=False)

    @property
    def is_given(self) -> bool:
        """Whether anything stands there: a field left empty is as if it were not asked for."""
        return self.fault is not None or bool((self.text or "").strip())

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`; empty where that is not known."""
        return f"{self.file}:{self.line}" if self.file and self.line else ""


@dataclass(frozen=True)
class Submission:
    """Everything that was handed in, by whom and when.

    `files` maps relative POSIX paths to content and holds what student code may see. `answers` is keyed by
    (part, field). `broken_parts` maps a part to the reason why none of its answers can be read. `notices` are (where,
    sentence) pairs about things that cost nothing but should be said. `unreadable` says which file could not be read
    that may hold part of the answer: then nothing counts as not handed in, but waits for a person.
    """

    id: str
    files: Mapping[str, bytes]
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    broken_parts: Mapping[str, str] = field(default_factory=dict)
    student: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[tuple[str, str], ...] = ()
    attempt: int = 1
    submitted_at: str | None = None
    files_sha256: str = ""
    unreadable: str = ""

    def answer(self, part: str, name: str) -> Answer | None:
        """What was typed into a field: None if nothing was."""
        fault = self.broken_parts.get(part)
        if fault is not None:
            return Answer(text=None, fault=fault)
        return self.answers.get((part, name))
