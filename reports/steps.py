"""Next steps for a student.

Owns the choice of the few steps to take next: before release by what keeps the rest from being seen (a file that does
not load, an answer that cannot be read, a contradiction, a crash) and only then by points; after release by points
alone. The explanation is the check's own message. What is empty is one line, as the student knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.checks.base import Family
from grader.checks.failure_outcome import is_cell
from grader.grouping import by_key
from grader.records import WAITS, Notice, Verdict
from reports.summary import unwritten
from reports.visibility import SeenCheck, SeenPart
from reports.words import counted, worth

MOST = 3  # steps; more would not be read
NAMES = 6  # fields or functions that a step lists


@dataclass(frozen=True)
class Step:
    """One next step.

    `check` is the check to look at, `lead` says what is wrong there (if `several`, with several checks), and `more`
    how many other checks fail. `points` are those of all of them, `alone` those of what `lead` is about. `file` is set
    if the step is to repair a whole file.
    """

    part: SeenPart
    check: SeenCheck
    points: float
    alone: float
    lead: str
    more: str
    several: bool
    file: str = ""

    @property
    def gain(self) -> float:
        """The points that are told beside the part: none where what leads the step is worth none by itself."""
        return self.points if self.alone else 0.0


@dataclass(frozen=True)
class NextSteps:
    """The few steps that are shown, and a line about everything else: what is also broken, and what is empty."""

    steps: tuple[Step, ...]
    rest: str = ""


_UNREAD = (
    "Not everything that you handed in could be read: the notes about your files say what waits for a person. "
    "As long as you may, hand it in as it is asked for."
)


def next_steps(parts: Sequence[SeenPart], notices: Sequence[Notice] = ()) -> NextSteps:
    """What to mend first: files that do not load, then parts by the easiest of what is broken in them.

    Equals are in the order of points, then of the assignment. `notices` are those about the whole submission.
    """
    broken = [part for part in map(_loaded, parts) if _ease(part) < _EMPTY]
    by_ease = sorted(broken, key=lambda part: (_ease(part), -_to_gain(part)))
    steps = [*_by_points(_file_steps(parts)), *map(_step, by_ease)]
    more = len(steps) - MOST
    said = [f"{counted(more, 'more place has', 'more places have')} something to mend."] if more > 0 else []
    told = {step.part.part.id for step in steps[:MOST] if not step.file}
    others = [(part, check) for part in parts if part.part.id not in told for check in part.failing]
    if empty := [one for one in others if one[1].verdict is Verdict.MISSING]:
        said.append(_still_empty(empty))
        if not steps:
            said = [*_nothing_to_mend(parts), *said, f"Go on with {empty[0][0].part.id}."]
    if any(notice.message.startswith(WAITS) for notice in notices):
        said.append(_UNREAD)
    return NextSteps(tuple(steps[:MOST]), " ".join(said))


def _nothing_to_mend(parts: Sequence[SeenPart]) -> list[str]:
    """What is said of work that stops early, without a fault that shows; nothing of no work at all."""
    checks = [check for part in parts for check in part.checks]
    written = [check for check in checks if check.verdict is not Verdict.MISSING]
    begun = any(check.outcome.answer is not None or check.verdict is Verdict.CORRECT for check in written)
    return ["Nothing that you have written asks for a change that you may see yet."] if begun else []


def costliest_steps(parts: Sequence[SeenPart]) -> NextSteps:
    """What cost the most points: files that did not load, then parts."""
    steps = [_step(part) for part in map(_loaded, parts) if part.failing]
    return NextSteps(tuple([*_by_points(_file_steps(parts)), *_by_points(steps)][:MOST]))


_UNREADABLE, _CONTRADICTS, _STOPS, _WRONG, _EMPTY = range(5)
"""What can be wrong, easiest to mend first."""


def _rank(check: SeenCheck) -> int:
    match check.verdict:
        case Verdict.UNREADABLE:
            return _UNREADABLE
        case Verdict.CRASHED | Verdict.TIMEOUT | Verdict.MEMORY | Verdict.REFUSED:
            return _STOPS
        case Verdict.MISSING | Verdict.BLOCKED:
            return _EMPTY
    return _CONTRADICTS if check.family is Family.STATEMENT else _WRONG


def is_broken(check: SeenCheck) -> bool:
    """Whether something is there that is not right yet."""
    return check.fails and _rank(check) < _EMPTY


def _ease(part: SeenPart) -> int:
    """The rank of the easiest of what fails in a part."""
    return min(map(_rank, part.failing), default=_EMPTY)


def _still_empty(empty: Sequence[tuple[SeenPart, SeenCheck]]) -> str:
    """One sentence about everything that is empty."""
    stake = _stake(empty)
    gain = f" ({worth(stake)} at stake)" if stake else ""
    names = list(dict.fromkeys(part.part.id for part, _ in empty))
    return f"Still empty: {_listed(names)}{gain}."


def _by_points(steps: Sequence[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: -step.points)


def _loaded(part: SeenPart) -> SeenPart:
    """The part without checks that need a file that does not load."""
    return replace(part, checks=tuple(check for check in part.checks if not check.not_loaded))


def _file_steps(parts: Sequence[SeenPart]) -> list[Step]:
    """One step for each `file:line` at which a file does not load."""
    failing = ((part, check) for part in parts for check in part.failing)
    waiting = by_key((check.not_loaded, (part, check)) for part, check in failing if check.not_loaded)
    return [_file_step(place, found) for place, found in waiting.items()]


def _file_step(place: str, waiting: Sequence[tuple[SeenPart, SeenCheck]]) -> Step:
    part, first = next((one for one in waiting if one[1].verdict is not Verdict.BLOCKED), waiting[0])
    file, _, line = place.partition(":")
    functions = len({check.function for _, check in waiting if check.function})
    lost = f"{counted(functions, 'function')} cannot run" if functions else "nothing that needs it can run"
    stops = "stops" if is_cell(place) else "stops at import"
    what = "does not compile" if first.verdict is Verdict.UNREADABLE else stops
    why = first.outcome.message.partition(f"{what}: ")[2]
    points = _stake(waiting)
    return Step(
        part=part,
        check=first,
        points=points,
        alone=points,
        lead=f"{file} {what}{f', line {line}' if line else ''}{f': {why}' if why else ''}; {lost}",
        more="",
        several=True,
        file=file,
    )


def repeated_stops(checks: Sequence[SeenCheck]) -> list[SeenCheck]:
    """The checks of a function that stop where an earlier one of it does: mended together, told once."""
    seen, again = set[tuple[str, str]](), []
    for check in checks:
        place = check.function, check.where
        if is_broken(check) and all(place):
            again += [check] if place in seen else []
            seen.add(place)
    return again


def broken_step(part: SeenPart) -> SeenCheck | None:
    """The first failing step of the part's derivation; None if an earlier one is sealed or none fails."""
    by_name = {check.name: check for check in part.checks}
    for name in part.part.spec.derivation:
        check = by_name.get(name)
        if check is None or check.verdict is None:
            return None
        if check.fails and check.verdict is not Verdict.BLOCKED:
            return check
    return None


def _step(part: SeenPart) -> Step:
    first = _first_to_mend(part)
    empty = [check for check in part.failing if check.verdict is Verdict.MISSING]
    several = first.verdict is Verdict.MISSING and len(empty) > 1
    why = (first.outcome.message or first.explanation) + (f" ({first.where})" if first.where else "")
    lead = still_to_do(empty) if several else why
    others = len(part.failing) - (len(empty) if several else 1)
    more = f"{others} more in this part" if others else ""
    points = _to_gain(part)
    alone = sum(dict(_at_stake(one, part) for one in empty).values()) if several else first.recoverable
    alone = round(min(alone, points), 6)
    return Step(part=part, check=first, points=points, alone=alone, lead=lead, more=more, several=several)


def _first_to_mend(part: SeenPart) -> SeenCheck:
    """The failing check that is easiest to mend, then the one with the most points at stake.

    Of a derivation only the first broken step counts.
    """
    broken = broken_step(part)
    later = set(part.part.spec.derivation) - ({broken.name} if broken else set())

    def urgency(check: SeenCheck) -> tuple[float, ...]:
        in_turn = check.name not in later or check.verdict is Verdict.UNREADABLE
        return in_turn, _can_lead(check, part), -_rank(check), _at_stake(check, part)[1], check.max_score

    return max(part.failing, key=urgency)


def _can_lead(check: SeenCheck, part: SeenPart) -> bool:
    """Whether a check may lead a step: it is not blocked, and the check that it continues does not fail itself."""
    guarded, _ = _at_stake(check, part)
    beside = any(other.id == guarded != check.id for other in part.failing)
    return check.verdict is not Verdict.BLOCKED and not beside


def _to_gain(part: SeenPart) -> float:
    """The points of failing checks, each counted once, at most those that the part still lacks."""
    missing = part.max_score - (part.score or 0.0)
    return round(min(_stake([(part, check) for check in part.failing]), missing), 6)


def _stake(checks: Iterable[tuple[SeenPart, SeenCheck]]) -> float:
    """The points at stake in some checks, without bonus, each counted once."""
    return round(sum(dict(_at_stake(check, part) for part, check in checks if not check.bonus).values()), 6)


def _at_stake(check: SeenCheck, part: SeenPart) -> tuple[str, float]:
    """The id of the check whose points are at stake, and how many.

    A check without points belongs to the check with points whose id it continues: `part.field.pairing` to
    `part.field`.
    """
    if check.max_score:
        return check.id, check.recoverable
    beside = [other for other in part.checks if check.id.startswith(f"{other.id}.") and other.max_score]
    if not beside:
        return check.id, 0.0
    guarded = max(beside, key=lambda other: len(other.id))
    return guarded.id, guarded.max_score - (guarded.score or 0.0)


def still_to_do(empty: Sequence[SeenCheck]) -> str:
    """A clause about what is empty: answers and functions counted and named, files as their checks name them."""
    fields = [check.name for check in empty if not check.function and check.family is not Family.FILE]
    functions = unwritten(empty)
    files = [check.outcome.message for check in empty if check.family is Family.FILE and check.outcome.message]
    said = [message.removeprefix("not started: ") for message in files]
    if fields:
        said.append(f"{counted(len(fields), 'answer is', 'answers are')} empty ({_listed(fields)})")
    if functions:
        said.append(f"{counted(len(functions), 'function is', 'functions are')} not written ({_listed(functions)})")
    return " and ".join(said) or empty[0].words.explanation


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES]) + (", …" if len(names) > NAMES else "")
