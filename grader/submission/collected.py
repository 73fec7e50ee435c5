"""What was collected of a submission: its files, and what was left out of it and why.

Owns which of what was left out may be work, so that a person has to look. Reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.submission.file_kinds import is_answers_text, is_archive_name, is_notebook
from grader.submission.members import readable_name

_BESIDE_WORK = 3


def rank(name: str) -> int:
    """What is read first, where not everything can be."""
    if is_answers_text(name) or is_notebook(name):
        return 0
    if name.casefold().endswith((".py", ".py.txt")):
        return 1
    return 2 if is_archive_name(name) else _BESIDE_WORK


@dataclass
class Collected:
    """Files by relative POSIX path, and what was left out and why.

    `unreadable` says what could be part of the answer and cannot be read: a person has to look. `unopened` holds
    digests of the archives that these stand in. `hidden` holds other files of a name that is taken. `seen` counts the
    files that were handed in, taken or not.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    notices: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unopened: dict[str, bytes] = field(default_factory=dict)
    hidden: dict[str, bytes] = field(default_factory=dict)
    seen: int = 0
    spent: int = 0
    """Bytes that were read, of damaged files too: so that a thousand of these cost no more than one large one."""

    def leave_out(self, name: str, why: str) -> None:
        """Say what is not taken; a person looks at what is named like work."""
        self.notices.append((readable_name(name), why))
        if rank(name) < _BESIDE_WORK:
            self.unreadable.append(f"{readable_name(name)} was {why}")

    def add(self, name: str, content: bytes, where: str) -> None:
        """Take a file, found somewhere; of several that have the same name the first counts."""
        if name not in self.files:
            self.files[name] = content
            return
        self.notices.append((readable_name(where), "left out: another file handed in has this name"))
        self.hidden[where] = content

    def cannot_read(self, name: str, why: str) -> None:
        """Say what cannot be read and waits for a person."""
        self.notices.append((readable_name(name), f"cannot be read: {why}"))
        self.unreadable.append(f"{readable_name(name)} cannot be read: {why}")
