"""The keys of problem files and of `assignment.yaml`.

Owns those of problems and parts. Which keys a field, run or check may have belongs to its kind (`grader.checks`);
reading the files belongs to `load`, what is built from them to `model`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model, field_validator

from grader.assignment.late_policy import Attempts, LatePolicy
from grader.assignment.symbols import SymbolSpec
from grader.checks.registry import Place, kinds
from grader.checks.spec import Spec, spelled_out

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
