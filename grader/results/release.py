"""Releasing results to students.

Owns whom a release is for, what holds it back, and which reports it writes: those whose result it tells, and no others.
How results differ belongs to `told`, rendering to `publish`, points to `effective`.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field

from grader.assignment.model import Assignment
from grader.errors import UsageError, did_you_mean
from grader.gradebook.records import TOTAL, part_of
from grader.gradebook.releases import Release, Result
from grader.grouping import by_key
from grader.records import EVERY_PART, GradeRecord, PartRecord
from grader.results.attempts import counting_attempts, each_effective, effective_class
from grader.results.course import Course
from grader.results.lookup import HandedIn, find_submission
from grader.results.obstacles import Obstacle, Wait, kept_back, obstacles, open_checks, unanswered
from grader.results.publish import is_published, publish_class, publish_record, shows
from grader.results.roster_match import with_facts
from grader.results.told import ResultChange, change, result


@dataclass(frozen=True)
class Chosen:
    """Whom a release is for, and what of theirs.

    Students as staff knows them, and sections of the roster: everybody if both are empty. Parts by their ids, or
    problems for all of theirs: everything if empty.
    """

    students: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def parts_in(self, assignment: Assignment) -> Container[str]:
        """The parts that are meant.

        Raises:
            UsageError: a part is not known.
        """
        of_problem = {problem.id: [part.id for part in problem.parts] for problem in assignment.problems}
        known = {part.id: [part.id] for part in assignment.parts} | of_problem
        for name in self.parts:
            if name not in known:
                hint = did_you_mean(name, known, f"there are: {', '.join(known)}")
                raise UsageError(f"there is no part or problem {name!r}{hint}")
        return {part for name in self.parts for part in known[name]} if self.parts else EVERY_PART

    def among(self, records: Sequence[HandedIn]) -> set[str]:
        """The submissions that are meant.

        Raises:
            UsageError: a student or a section is not known.
        """
        if not (self.students or self.sections):
            return {record.submission for record in records}
        known = {record.student.get("section", "") for record in records} - {""}
        if unknown := [section for section in self.sections if section not in known]:
            there = f"there are: {', '.join(sorted(known))}" if known else "the roster names none"
            raise UsageError(f"there is no section {unknown[0]!r}{did_you_mean(unknown[0], known, there)}")
        of_sections = {one.submission for one in records if one.student.get("section") in self.sections}
        return of_sections | {find_submission(records, student, "this class") for student in self.students}


@dataclass(frozen=True)
class Released:
    """What a release did, or why it did nothing.

    `obstacles` hold all of it back; `held` holds back single students or parts of theirs, which go on waiting.
    `changed` are those whose result differs from what they were told before, `first` those who are told one, or more
    of it, for the first time. `written` are the reports that were written anew.
    """

    obstacles: tuple[Obstacle, ...] = ()
    held: tuple[Obstacle, ...] = ()
    changed: tuple[ResultChange, ...] = ()
    first: tuple[ResultChange, ...] = ()
    written: tuple[str, ...] = ()
    total: int = 0


def release(course: Course, chosen: Chosen, author: str, *, unfinished: bool = False) -> Released:
    """Release results, and write the reports that change by it.

    Who asks about something that nobody has answered keeps what they have, and so does whose result somebody holds.
    What was released before stays released; of what was handed in since, nothing is until it is released, too.

    Args:
        course: the class, whose roster names the sections.
        chosen: whom the release is for, and what of theirs.
        author: who releases.
        unfinished: release although something is open, to those who ask, too; what is held stays held.

    Raises:
        UsageError: a student, a section or a part is not known, or another program is at work on the class.
    """
    with course.gradebook.lock("hw11 release"):  # two at once would each keep what the other released from the list
        return _release(course, chosen, author, unfinished=unfinished)


def _release(course: Course, chosen: Chosen, author: str, *, unfinished: bool) -> Released:
    gradebook = course.gradebook
    before, parts = gradebook.releases.latest(), chosen.parts_in(course.assignment)
    heads = [one.head for one in counting_attempts(course)]
    meant = chosen.among(with_facts(heads, course.roster))
    holds = [one for one in gradebook.holds.in_force() if one.submission in meant]
    requests = [] if unfinished else [one for one in gradebook.requests.open() if part_of(one.check_id) in parts]
    asking = {request.submission for request in requests}
    held_parts = by_key((hold.submission, hold.part) for hold in holds)

    def told(record: GradeRecord) -> tuple[PartRecord, ...]:
        if record.submission not in meant - asking:
            return ()
        return _told(record, parts, before.parts_of(record), held_parts[record.submission])

    found = _Found()
    for record in each_effective(course):
        found.add(record, told(record), before, course)
    held = obstacles([*unanswered(one for one in requests if one.submission in meant), *kept_back(holds)])
    if not unfinished and found.waits:
        return Released(obstacles=tuple(obstacles(found.waits)), held=tuple(held))
    after = Release(results={**before.results, **found.now})
    if after.results != before.results or not before.id:
        gradebook.releases.add(after.results.values(), author)
    return Released(
        held=tuple(held),
        changed=tuple(change for change in found.moved if change.before is not None),
        first=tuple(change for change in found.moved if change.before is None),
        written=_write(course, found.stale, after),
        total=len(found.now),
    )


@dataclass
class _Found:
    """What one look at every record of a class found, of which none is kept.

    `now` are the results that are told, `moved` how they differ from those told before, `waits` the undecided checks of
    what is told, `stale` the submissions whose report is to be written.
    """

    now: dict[str, Result] = field(default_factory=dict)
    moved: list[ResultChange] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def add(self, record: GradeRecord, told: Sequence[PartRecord], before: Release, course: Course) -> None:
        """Look at one record, of which these parts are told."""
        name = record.submission
        if told:
            self.now[name] = result(record, [part.id for part in told])
            moved = change(record, self.now[name], before)
            self.moved += [moved] if moved is not None else []
            self.waits += open_checks(name, told)
        parts = (Release(results={name: self.now[name]}) if told else before).parts_of(record)
        if _is_stale(record, parts, course, told=bool(told)):
            self.stale.append(name)


def _is_stale(record: GradeRecord, parts: Container[str], course: Course, *, told: bool) -> bool:
    """Whether a report is to be written, which may show these parts.

    Whom nothing is told now, as their result is held or somebody else's was meant, keeps what was told before, whatever
    changed since.
    """
    is_there = is_published if told or parts == () else shows
    return not is_there(record, course.assignment, course.gradebook.folder, parts)


def _told(
    record: GradeRecord, meant: Container[str], out: Container[str], held: Container[str]
) -> tuple[PartRecord, ...]:
    """The parts that a release tells: those that are out already, and those that are meant and that nobody holds."""
    if TOTAL in held:
        return ()
    return tuple(part for part in record.parts if part.id in out or (part.id in meant and part.id not in held))


def undo_release(course: Course, author: str) -> Released:
    """Take the last release back: what was released before it is what is released. Done again, the one before it.

    One that was killed is finished by the next.

    What had been told before stays in the reports as it stands now, since decisions are taken back at their own place;
    `changed` has whose result that is.

    Raises:
        UsageError: nothing is released, or another program is at work on the class.
    """
    gradebook = course.gradebook
    with gradebook.lock("hw11 release"):
        last = gradebook.releases.latest()
        if last.stands != last.id and (left := _unwritten(course, last)):
            return Released(written=_write(course, left, last), total=len(last.results))
        if not last.stands:
            raise UsageError("nothing is released, so there is nothing to undo")
        earlier = gradebook.releases.before(last)
        now, moved, stale = dict(earlier.results), [], []
        for record in each_effective(course):
            parts, name = earlier.parts_of(record), record.submission
            if parts != ():
                told = last.results.get(name)
                if told is None or told.parts != earlier.results[name].parts:
                    told = result(record, parts)
                now[name] = told
                if now[name].digest != earlier.results[name].digest:
                    moved.append(ResultChange(name, earlier.results[name].score, now[name].score))
            if _is_stale(record, parts, course, told=False):
                stale.append(name)
        back = Release(results=now)
        gradebook.releases.add(back.results.values(), author, goes_back_to=earlier.stands)
        written = _write(course, stale, back)
    return Released(changed=tuple(moved), written=written, total=len(back.results))


def _unwritten(course: Course, now: Release) -> list[str]:
    """The submissions whose report shows other parts than are released: what was killed did not come to them."""
    return [one.submission for one in each_effective(course) if _is_stale(one, now.parts_of(one), course, told=False)]


def _write(course: Course, stale: Collection[str], now: Release) -> tuple[str, ...]:
    """Write the reports of these submissions, and the pages of the class if there are any."""
    if not stale:
        return ()
    records = effective_class(course)
    written = [record for record in records if record.submission in stale]
    for record in written:
        publish_record(record, course, now.parts_of(record))
    publish_class(records, course.assignment, course.gradebook.folder)
    return tuple(record.submission for record in written)
