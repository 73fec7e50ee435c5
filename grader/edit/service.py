"""What a student may ask of their work: how an answer is read, what public checks say, what changed since last time.

Owns the judges and the sandbox behind the page. Judging is that of `grader.grading.preview`, as for `hw11 check`; it
knows no right answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.assignment.model import Assignment, Part
from grader.checks.field import FieldCheck
from grader.edit.work import Work
from grader.files.own_state import remember, remembered
from grader.grading.grade import notices
from grader.grading.preview import preview, read_answer
from grader.maths.judge_process import Judge
from grader.records import Notice, Outcome, Verdict
from grader.sandbox.base import Executor
from reports.news import BROKEN, Changes, news, stands
from reports.visibility import SeenPart, seen_part


@dataclass(frozen=True)
class Findings:
    """Parts that were checked, as a student may see them, and what changed in them since last time."""

    seen: tuple[SeenPart, ...]
    changes: Changes


class EditService:
    """The actions behind the page.

    Args:
        work: the student's folder.
        reader: reads answers while they are typed; a judge of its own, so that no check keeps it waiting.
        judge: decides what public checks hold against each other.
        executor: runs student code.

    Attributes:
        fields: by part and field, the check that reads it.
        parts: by id.
    """

    def __init__(self, work: Work, reader: Judge, judge: Judge, executor: Executor) -> None:
        self.work = work
        self.fields = {
            (part.id, check.name): check
            for part in work.assignment.parts
            for check in part.checks
            if isinstance(check, FieldCheck)
        }
        self.parts = {part.id: part for part in work.assignment.parts}
        self._reader, self._judge, self._executor = reader, judge, executor

    @property
    def assignment(self) -> Assignment:
        """What is asked."""
        return self.work.assignment

    def read(self, check: FieldCheck, text: str) -> Outcome | None:
        """How a text would be read in a field."""
        return read_answer(check, self.work.typing((check.part.id, check.name), text), self._reader)

    def read_held(self, check: FieldCheck) -> Outcome | None:
        """How what stands in a field is read."""
        return read_answer(check, self.work.submission(), self._reader)

    def next_place(self, fits: Callable[[str], bool], after: str) -> str | None:
        """The id of the first field or part behind another that fits, all around; None if none does."""
        places = [name for part in self.assignment.parts for name in (*self._fields_of(part), part.id)]
        start = places.index(after) + 1 if after in places else 0
        return next((name for name in (*places[start:], *places[:start]) if fits(name)), None)

    def is_empty(self, place: str) -> bool:
        """Whether it is a field in which nothing stands."""
        part, _, name = place.partition(".")
        held = self.work.held((part, name)) if name else None
        return held is not None and not held.text and not held.fault

    def is_to_mend(self, place: str) -> bool:
        """Whether it is a field that cannot be read now, or was wrong last time, or a part where something else was."""
        part, _, name = place.partition(".")
        last = remembered(self.work.folder)
        if name:
            check = self.fields[part, name]
            outcome = self.read_held(check)
            unread = outcome is not None and outcome.verdict is Verdict.UNREADABLE
            return unread or (check.visibility == "public" and last.get(place) == BROKEN)
        fields = self._fields_of(self.parts[part])
        return any(last.get(check.id) == BROKEN and check.id not in fields for check in self.parts[part].checks)

    def _fields_of(self, part: Part) -> list[str]:
        return [check.id for check in part.checks if isinstance(check, FieldCheck)]

    def notices(self) -> list[Notice]:
        """What should be said of the files as a whole."""
        return list(notices(self.work.submission(), self.assignment))

    def check(self, parts: Sequence[Part]) -> Findings:
        """Run the public checks of some parts; call it from one thread alone, which outlives the sandbox."""
        found = preview(self.work.submission(), parts, self._executor, self._judge)
        seen = tuple(seen_part(one.part, one.record) for one in found)
        before = remembered(self.work.folder)
        remember(self.work.folder, {**before, **stands(seen)})
        return Findings(seen, news(before, seen))
