"""The models of a problem file, and the `Assignment` that is built from them.

Owns the keys of problems, parts and `assignment.yaml`. Which keys a field, run or check may have belongs to its kind
(`grader.checks`); reading the files belongs to `load`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model, field_validator

from grader.assignment.dependencies import closures
from grader.assignment.late_policy import Attempts, LatePolicy
from grader.assignment.symbols import SymbolSpec
from grader.checks.base import Check
from grader.checks.registry import Place, kinds
from grader.checks.spec import CheckSpec, Spec, notes_of, spelled_out
from grader.files.author_code import AuthorCode
from grader.files.author_sources import WORD
from grader.files.yaml_source import Source

CALL = "call"
"""The kind of a run that does not say which it is."""
_DRAWN = ("let", "sizes", "inputs")
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


Symbols = Annotated[
    dict[str, SymbolSpec], BeforeValidator(spelled_out("is"), json_schema_input_type=dict[str, str | SymbolSpec])
]


class FunctionSpec(Spec):
    """The contract of a function, or (with `methods`) a class, that students write.

    `base` is what such a class derives from; nothing if it is empty.

    `survivors`: by keys of mutants that `validate` lists, separated by spaces, why these may earn everything.
    """

    signature: str = Field(pattern=r"^\(.*\)")
    does: str
    methods: dict[str, str] = {}
    base: Literal["torch.nn.Module", ""] = "torch.nn.Module"
    survivors: dict[str, Annotated[str, Field(min_length=1)]] = {}


class PartSpec(Spec):
    """One part of a problem, as written. `problem_spec` types `fields`, `runs` and `checks` by the registered kinds."""

    id: Identifier
    title: str
    prompt: str
    points: float = Field(gt=0)
    symbols: Symbols = {}
    constraints: tuple[str, ...] = ()
    derivation: tuple[str, ...] = ()
    cpu_seconds: float = Field(default=5.0, gt=0, le=120)
    reply_mib: int = Field(default=1, ge=1, le=64)
    staff_note: str = ""
    functions: dict[str, FunctionSpec] = {}
    fields: dict[str, Any] = {}
    runs: tuple[Any, ...] = ()
    checks: tuple[Any, ...] = ()

    @field_validator("runs", mode="before")
    @classmethod
    def _inputs_once(cls, value: Any) -> Any:
        return with_inputs(value)


class ProblemSpec(Spec):
    """One problem file, as written."""

    id: Identifier
    title: str
    intro: str = ""
    symbols: Symbols = {}
    constraints: tuple[str, ...] = ()
    parts: tuple[PartSpec, ...]


def _share(value: Any) -> Any:
    """`99 %`, or the same as a fraction."""
    if isinstance(value, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value.strip())):
        return float(found[1]) / 100
    return value


class AssignmentSpec(Spec):
    """`problems/assignment.yaml`: settings of the assignment as a whole.

    `name` is what its files are called: the notebook is `NAME.ipynb`; made of the title where it is not said.
    `handout` names files below `problems/` that students get unchanged. `late` says what lateness costs, `attempts`
    which of several attempts counts. `catch` is the share of class secrets under which each wrong function must be
    caught: `validate` measures it.
    """

    title: str
    name: Annotated[str, Field(pattern=r"^\w[\w-]*$")] = ""
    intro: str = ""
    late: LatePolicy | None = None
    attempts: Attempts = "last"
    catch: Annotated[float, BeforeValidator(_share, json_schema_input_type=float | str), Field(gt=0, le=1)] = 0.99
    handout: tuple[Annotated[str, Field(pattern=r"^(\w+/)*\w+\.\w+$")], ...] = ()


def with_inputs(runs: Any) -> Any:
    """Runs as written, each with what is drawn for it.

    One without `inputs` takes those of the first run of the same function, and the `let` and `sizes` that go with them
    unless it says its own.
    """
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        return runs  # what is wrong with them is told where they are read
    drawn: dict[str, dict[str, Any]] = {}
    whole = []
    for run in runs:
        kind, call = kinds().get(str(run.get("kind", CALL))), run.get("call")
        if kind is not None and getattr(kind.spec, "draws_inputs", False) and isinstance(call, str):
            if "inputs" not in run:
                run = {**drawn.get(call, {}), **run}
            if "inputs" in run:
                drawn.setdefault(call, {key: run[key] for key in _DRAWN if key in run})
        whole.append(run)
    return whole


@cache
def problem_spec() -> type[ProblemSpec]:
    """`ProblemSpec` with every registered kind filled in."""
    field, run, other = (_any_kind(place) for place in ("fields", "runs", "checks"))
    mapping: Any = dict
    several: Any = tuple
    filled: dict[str, Any] = {
        "fields": (mapping[Identifier, field], Field(default={})),
        "runs": (several[run, ...], ()),
        "checks": (several[other, ...], ()),
    }
    part: Any = create_model("Part", __base__=PartSpec, **filled)
    parts: dict[str, Any] = {"parts": (several[part, ...], ...)}
    return create_model("Problem", __base__=ProblemSpec, **parts)


def _any_kind(place: Place) -> Any:
    named = {entry.spec: entry.names[0] for entry in kinds().values() if entry.place == place}
    if place == "runs":  # where `kind` may be left out: most runs are calls
        tagged = tuple(Annotated[spec, Tag(name)] for spec, name in named.items())
        return Annotated[Union[tagged], Discriminator(_kind_of_run)]  # noqa: UP007  # a union of a tuple
    return Annotated[Union[tuple(named)], Field(discriminator="kind")]  # noqa: UP007  # a union of a tuple


def _kind_of_run(written: Any) -> Any:
    return written.get("kind", CALL) if isinstance(written, dict) else getattr(written, "kind", CALL)


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
