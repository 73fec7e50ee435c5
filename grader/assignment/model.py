"""An assignment as it is loaded: problems with their parts, each with its checks, and what they depend on.

Owns what is asked of an assignment as a whole. The keys that its author writes belong to `spec`, building it to `load`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from grader.assignment.dependencies import closures
from grader.assignment.late_policy import Attempts, LatePolicy
from grader.assignment.spec import PartSpec
from grader.assignment.symbols import SymbolSpec
from grader.checks.base import Check
from grader.checks.spec import CheckSpec, notes_of
from grader.files.author_code import AuthorCode
from grader.files.author_sources import WORD
from grader.files.yaml_source import Source


@dataclass(frozen=True)
class Part:
    """One part with its checks built.

    `symbols` has the form of the judge's protocol; `declared` are the same as their author declared them.
    """

    problem: str
    spec: PartSpec
    declared: Mapping[str, SymbolSpec]
    symbols: Mapping[str, object]
    checks: tuple[Check, ...]

    @property
    def id(self) -> str:
        """The part's id, unique in the assignment."""
        return self.spec.id

    @property
    def points(self) -> float:
        """The most that the part can earn."""
        return self.spec.points

    @property
    def fields(self) -> Mapping[str, CheckSpec]:
        """The typed fields by name, in the order in which students are asked for them."""
        return self.spec.fields

    def places(self) -> Iterator[tuple[tuple[str | int, ...], Check]]:
        """Every check with its path in the part's YAML."""
        names: list[tuple[str | int, ...]] = [("fields", name) for name in self.spec.fields]
        names += [("runs", i) for i in range(len(self.spec.runs))]
        names += [("checks", i) for i in range(len(self.spec.checks))]
        return zip(names, self.checks, strict=True)

    @property
    def builds_on(self) -> list[str]:
        """The parts whose outcomes count in this one."""
        specs: list[CheckSpec] = [*self.fields.values(), *self.spec.runs, *self.spec.checks]
        return [name.partition(".")[0] for spec in specs for name in spec.builds_on()]

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The students' modules that the part calls."""
        calls = (getattr(check, "call", None) for check in (*self.spec.runs, *self.spec.checks))
        return tuple(dict.fromkeys(call.rpartition(".")[0] for call in calls if call))


@dataclass(frozen=True)
class Problem:
    """One problem file with its parts."""

    id: str
    title: str
    intro: str
    file: Path
    parts: tuple[Part, ...]
    source: Source

    @property
    def points(self) -> float:
        """The sum of its parts' points."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True)
class Assignment:
    """A whole homework: problems, and the Python that belongs to them.

    `sha256` covers both, but not what is decided after judging: `late` and `attempts`.
    `handout` maps the bare name of each file that students get unchanged to its text.
    """

    root: Path
    title: str
    intro: str
    problems: tuple[Problem, ...]
    author_code: AuthorCode
    sha256: str
    handout: Mapping[str, str] = field(default_factory=dict)
    late: LatePolicy | None = None
    attempts: Attempts = "last"
    catch: float = 0.99
    name: str = ""

    @property
    def notebook(self) -> str:
        """What the template's notebook is called."""
        short = re.sub(r"\W+", "_", self.title.partition(":")[0].casefold()).strip("_")
        return f"{self.name or short or 'homework'}.ipynb"

    @property
    def parts(self) -> Iterator[Part]:
        """Every part of every problem, in order."""
        return (part for problem in self.problems for part in problem.parts)

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Every check of every part by its id, in order."""
        return {check.id: check for part in self.parts for check in part.checks}

    def only(self, names: Collection[str]) -> Assignment:
        """The assignment as if it had no other parts than those named; all of it if none is."""
        if not names:
            return self
        problems = []
        for problem in self.problems:
            dropped = {i for i, part in enumerate(problem.parts) if part.id not in names}
            parts = tuple(part for part in problem.parts if part.id in names)
            if parts:
                problems.append(replace(problem, parts=parts, source=problem.source.without("parts", dropped)))
        return replace(self, problems=tuple(problems))

    def notes(self, function: str) -> list[str]:
        """What checks of any part ask of a function (`module.function`) beyond the common rules."""
        return [f"In {part.id}, {note}" for part in self.parts for note in notes_of(part.spec.runs, function)]

    @cached_property
    def authored(self) -> Mapping[str, str]:
        """By part, a digest of what its author wrote about it, and of every file of the assignment that this names."""
        digests = {}
        for part in self.parts:
            spec = part.spec.model_dump_json()
            code = self.author_code.sources.digest(WORD.findall(spec))
            words = "\0".join((part.problem, spec, json.dumps(part.symbols), code))
            digests[part.id] = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        return digests

    @cached_property
    def mentioned(self) -> Mapping[str, set[str]]:
        """By part, the other parts that it mentions, directly or through others."""
        return closures({part.id: WORD.findall(part.spec.model_dump_json()) for part in self.parts})

    @cached_property
    def built_on(self) -> Mapping[str, set[str]]:
        """By part, the other parts whose outcomes count in it, directly or through others."""
        return closures({part.id: part.builds_on for part in self.parts})

    @property
    def points(self) -> float:
        """The most that the homework can earn, without bonus."""
        return sum(problem.points for problem in self.problems)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The students' modules that any part calls."""
        return tuple(dict.fromkeys(module for part in self.parts for module in part.modules))
