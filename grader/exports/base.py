"""The interface of export formats, and their registry.

Owns the input and the output of an export. A new format is one new file beside this one: it turns effective records
into files and registers itself. Writing the files belongs to `grader.cli.export`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Protocol

from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.files.registry import Registry
from grader.gradebook.releases import Release
from grader.records import CheckRecord, GradeRecord, PartRecord
from grader.results.context import Where
from reports import words

Wish = Literal["template", "column", "feedback", "provisional"]


class RubricLine(Protocol):
    """One item of a rubric, from a problem file or from the gradebook."""

    @property
    def earns(self) -> str:
        """The text of what earns the points."""

    @property
    def points(self) -> float:
        """The points that it earns."""


@dataclass(frozen=True)
class GradedClass:
    """A graded class: its assignment, and the effective record of every student.

    `secret` returns the class secret, or raises a UsageError that says how to give it. `rubrics` holds those that
    people changed while marking, by check id, `where` says where the files of a submission's attempt were, and
    `released` is what of them students may read, `report` the page that a submission's student has.
    """

    assignment: Assignment
    records: Sequence[GradeRecord]
    secret: Callable[[], bytes]
    rubrics: Mapping[str, Sequence[RubricLine]] = field(default_factory=dict)
    where: Where = lambda submission, attempt: None
    released: Release = field(default_factory=Release)
    report: Callable[[str], bytes | None] = lambda submission: None

    def rubric(self, check: CheckRecord) -> Sequence[RubricLine]:
        """The rubric that an answer is marked by, as on the desk; empty where there is none, or no answer to tick."""
        if check.answer is None:
            return ()
        return self.rubrics.get(check.id) or self._authored.get(check.id, ())

    @cached_property
    def _authored(self) -> dict[str, Sequence[RubricLine]]:
        """The rubrics of the problem files, by check id."""
        checks = self.assignment.checks.items()
        return {name: rubric for name, check in checks if (rubric := getattr(check.spec, "rubric", ()))}


@dataclass(frozen=True)
class Wishes:
    """The options of an export.

    `template` is the learning platform's own file, `column` the column to fill in it, `feedback` whether its feedback
    column is filled, too, and `provisional` whether scores are exported of which a part is not decided yet.
    """

    template: Path | None = None
    column: str | None = None
    feedback: bool = False
    provisional: bool = False


@dataclass(frozen=True)
class Export:
    """The result of an export: files by name, messages for a person, and the same facts for a program."""

    files: Mapping[str, bytes]
    messages: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


Exporter = Callable[[GradedClass, Wishes], Export]


@dataclass(frozen=True)
class Format:
    """A registered format: its description in one line, and the options that it takes and needs."""

    name: str
    says: str
    takes: frozenset[Wish]
    needs: frozenset[Wish]
    export: Exporter


_FORMATS: Registry[Format] = Registry("grader.exports", "export format")


def register(
    name: str, *, says: str, takes: Sequence[Wish] = (), needs: Sequence[Wish] = ()
) -> Callable[[Exporter], Exporter]:
    """Register `export(graded, wishes) -> Export` for a format.

    Raises:
        RuntimeError: a format is registered twice.
    """

    def add(export: Exporter) -> Exporter:
        _FORMATS.add(name, Format(name, says, frozenset(takes) | frozenset(needs), frozenset(needs), export))
        return export

    return add


@cache
def formats() -> Mapping[str, Format]:
    """Every format by name; imports every file beside this one."""
    return _FORMATS.all()


def listed_formats() -> str:
    """Every format in a line."""
    return "\n".join(f"{one.name:16} {one.says}" for one in formats().values())


def export(name: str, graded: GradedClass, wishes: Wishes) -> Export:
    """Turn a graded class into a format's files.

    Raises:
        UsageError: there is no such format, it does not take or lacks an option, or the template cannot be used.
    """
    known = formats()
    if name not in known:
        raise UsageError(f"there is no export format {name!r}. There are:\n{listed_formats()}")
    wanted = {wish for wish, value in vars(wishes).items() if value}
    for wish in sorted(wanted - known[name].takes):
        raise UsageError(f"{name} does not take --{wish}: leave it out")
    for wish in sorted(known[name].needs - wanted):
        raise UsageError(f"{name} needs --{wish}: a file as the platform itself exports it; only its grades change")
    return known[name].export(graded, wishes)


def checks_of(record: GradeRecord) -> list[tuple[PartRecord, CheckRecord]]:
    """Every check of a record with its part, in order."""
    return [(part, check) for part in record.parts for check in part.checks]


def check_facts(record: GradeRecord) -> Iterator[dict[str, object]]:
    """What tables say of each check of a record, by the names of columns."""
    for part, check in checks_of(record):
        names = {"submission": record.submission, "attempt": record.attempt, "part": part.id, "check": check.id}
        yield {**dict(check), **names}


def is_open(record: GradeRecord) -> bool:
    """Whether any check is undecided, bonus checks included."""
    return any(check.score is None for check in record.checks)


def listed(what: str, names: Sequence[str]) -> list[str]:
    """How many there are, and which; nothing if there are none."""
    return [f"{len(names)} {what}: {', '.join(names)}"] if names else []


def told_open(waiting: Sequence[str], otherwise: str, *, provisional: bool) -> list[str]:
    """What is told of submissions of which something is not decided yet; nothing if there are none."""
    return listed(f"still partly open, {'with the points decided so far' if provisional else otherwise}", waiting)


def points(value: float, digits: int = 6) -> str:
    """A number in decimal notation, without exponent, trailing zeros or a negative zero."""
    return words.points(value, digits)
