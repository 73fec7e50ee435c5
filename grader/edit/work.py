"""The folder that a student works in: its answers, read as for a check, and written back where they stand.

Owns which file an answer is written into, and that nobody's text is overwritten unseen: who writes says which text
they had before them, and another one that stands there by now is shown instead. How a file is changed belongs to
`grader.submission.answer_edit`.
"""

from __future__ import annotations

import hashlib
import stat
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment.model import Assignment
from grader.authoring.kit import template_files
from grader.files.atomic import ChangedMeanwhile, write_atomically
from grader.grading.asked_names import read_submission, renamed_keys
from grader.submission.answer_edit import Key, NotWritten, settled, with_answer
from grader.submission.answers import AnswersFile, as_answer
from grader.submission.archive import collect
from grader.submission.file_kinds import ANSWERS
from grader.submission.ids import safe_id
from grader.submission.load import find_answers, find_notebook
from grader.submission.model import Answer, Submission, SubmissionSource
from grader.submission.saved import Saved, saved_state

_TRIES = 5
"""An editor that saves at the same moment does so once."""


@dataclass(frozen=True)
class Held:
    """What stands in a field: its text, and if that cannot be read as one, why.

    `digest` tells one content from another; who writes sends it along.
    """

    text: str
    fault: str
    digest: str


class Conflict(Exception):
    """Another text stands in the field than the one that was to be replaced."""

    def __init__(self, now: Held) -> None:
        super().__init__("this answer was changed elsewhere meanwhile")
        self.now = now


class Work:
    """One student's folder. Safe to share among threads.

    Args:
        folder: where the files lie.
        assignment: what is asked.
    """

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        self.folder, self.assignment = folder.resolve(), assignment
        self._lock = threading.RLock()
        self._read: tuple[Saved, Submission] | None = None

    @property
    def id(self) -> str:
        """Tells this folder from others of its name."""
        return hashlib.sha256(str(self.folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def submission(self) -> Submission:
        """The work as it stands on the disk; read again only if a file changed."""
        with self._lock:
            now = saved_state(self.folder)
            if self._read is None or self._read[0] != now:
                source = SubmissionSource(safe_id(self.folder.name), self.folder)
                self._read = now, read_submission(source, self.assignment)
            return self._read[1]

    def held(self, key: Key) -> Held:
        """What stands in a field now."""
        return _held(self.submission().answer(*key))

    def typing(self, key: Key, text: str) -> Submission:
        """The work as if this text stood in a field."""
        submission = self.submission()
        broken = {part: why for part, why in submission.broken_parts.items() if part != key[0]}
        answers = {**submission.answers, key: as_answer(settled(text))}
        return replace(submission, answers=answers, broken_parts=broken)

    def keep(self, key: Key, text: str, base: str) -> Held:
        """Write an answer where it stands, or where the next one would be typed.

        Args:
            key: the part and field as the assignment names them.
            text: the answer.
            base: the digest of what stood there when the student began to change it.

        Raises:
            Conflict: something else stands there by now, and it is not this text.
            NotWritten: it cannot be written without harm to what else stands in the file.
        """
        text = settled(text)
        with self._lock:
            for _ in range(_TRIES):
                self._read = None  # a file may have been saved twice within one tick of the clock
                now = self.held(key)
                if now.text == text and not now.fault:
                    return now
                if now.digest != base:
                    raise Conflict(now)
                try:
                    self._write(key, text)
                except ChangedMeanwhile:
                    continue
                self._read = None
                return self.held(key)
        raise NotWritten("another program keeps changing the file: close it there, then type on here")

    def _write(self, key: Key, text: str) -> None:
        files = collect(self.folder).files
        answers, name = find_answers(files)
        notebook = find_notebook(files, self.assignment.notebook)[0]
        in_file = self._written_as(answers, key)
        in_notebook = self._written_as(notebook.answers, key) if notebook else None
        lives_in_notebook = notebook and (name is None or (_typed(notebook.answers) and not _typed(answers)))
        is_for_cells = notebook and not in_file and (in_notebook or lives_in_notebook)
        place = notebook.name if notebook and is_for_cells else name or ANSWERS
        path = (self.folder / place).resolve()
        if place not in files:
            write_atomically(path, template_files(self.assignment)[ANSWERS], 0o644)
            files[place] = path.read_bytes()
        if not path.is_file():
            raise NotWritten(f"{place} lies in an archive: unpack it, then go on here")
        content = with_answer(files[place], place, in_file or in_notebook or key, text)
        write_atomically(path, content, stat.S_IMODE(path.stat().st_mode), over=files[place])

    def _written_as(self, answers: AnswersFile, key: Key) -> Key | None:
        """The name under which an answer stands in a file; None if nothing was typed there."""
        typed = _typed(answers)
        if key in typed:
            return key
        return next((one for one, asked in renamed_keys(typed, self.assignment).items() if asked == key), None)


def _typed(answers: AnswersFile) -> list[Key]:
    return [key for key, answer in answers.answers.items() if answer.is_given]


def _held(answer: Answer | None) -> Held:
    text = settled(answer.text or answer.raw) if answer else ""
    fault = (answer.fault or "") if answer else ""
    digest = hashlib.sha256(f"{text}\0{fault}".encode("utf-8", "surrogatepass")).hexdigest()
    return Held(text, fault, digest[:20])
