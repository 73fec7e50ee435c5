"""Measured checks: every function of the reference changed mechanically, and every planted one, over class secrets.

Owns what is measured, under which key a result is kept, and when one is a fault. How one function is measured belongs
to `mutation.trials`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby
from pathlib import Path

import grader
from grader.assignment.model import Assignment
from grader.authoring.mutation.mutants import Mutant
from grader.authoring.mutation.subjects import Placed, Plan, checks_of, functions_of, mutants_of
from grader.authoring.mutation.trials import Measurement, Measurer
from grader.authoring.mutation.visits import Visits
from grader.authoring.trial import Group, Trial, load_reference, reference_numbers
from grader.checks.base import Check, Variant
from grader.errors import HarnessError
from grader.files.author_sources import WORD
from grader.files.digests import files_digest
from grader.grading.grade import versions
from grader.grading.worker_grader import Settings, grader_for
from grader.submission.model import Submission

KEPT = Path("out") / "validate.jsonl"
"""Below an assignment's root: what was measured before."""
AT_ONCE = 4
"""Functions that a worker measures before it tells: so many are measured again where a run is ended."""


@dataclass(frozen=True)
class Task:
    """One function to be measured.

    Attributes:
        group, problem, name: of its trial.
        key: covers all that the result depends on.
        mutant: the function, if it is one.
        check, planted: the check that it was planted for and its name there, if it is not.
    """

    group: Group
    problem: str
    name: str
    key: str
    mutant: Mutant | None = None
    check: str = ""
    planted: str = ""

    @property
    def about(self) -> str:
        """The reference's function that it changes, or the check."""
        return self.check if self.mutant is None else self.mutant.function


def tasks(assignment: Assignment, plan: Plan) -> Iterator[Task | Trial]:
    """Everything to be measured; a trial where something cannot be, or a written reason has lost its mutant."""
    reference = load_reference(assignment)
    for function, reasons in functions_of(assignment).items():
        if plan.functions and function not in plan.functions:
            continue
        authored = _authored(assignment, plan, function)
        problem = next(part.problem for part in assignment.parts if function in part.spec.functions)
        try:
            found = mutants_of(assignment, reference, function, plan)
        except LookupError as error:
            yield Trial("changed function", problem, function, f"cannot be changed: {error}")
            continue
        for mutant in found:
            name = f"{function}: {mutant.key} line {mutant.line}: {mutant.change[:200]}"
            key = _key("changed function", name, [*authored, mutant.source])
            yield Task("changed function", problem, name, key, mutant)
        for key in sorted(set(reasons) - {mutant.key for mutant in found}) if plan.mutants is None else ():
            fault = f"`survivors` gives a reason for {key}, but no change of the function has this key: take it out"
            yield Trial("changed function", problem, f"{function}: {key}", fault)
        if plan.mutants is None:
            yield from _planted(checks_of(assignment, function), authored, reference)


def _planted(placed: Sequence[Placed], authored: Sequence[object], reference: Submission) -> Iterator[Task]:
    """The functions that authors wrote, wrong ones and right ones, over secrets."""
    groups: Sequence[tuple[Group, Callable[[Check], Sequence[Variant]]]] = (
        ("catch rate", lambda check: check.planted_mistakes()),
        ("false alarm", _right),
    )
    for part, check in placed:
        for group, variants_of in groups:
            for variant in variants_of(check):
                files = files_digest(variant.plant(reference).files)
                name = f"{check.id}: {variant.name}"
                key = _key(group, name, [*authored, files])
                yield Task(group, part.problem, name, key, None, check.id, variant.name)


def _right(check: Check) -> Sequence[Variant]:
    return [Variant("the reference", lambda submission: submission), *check.accepted()]


def _key(group: Group, name: str, depends_on: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps([group, name, *depends_on]).encode()).hexdigest()[:32]


@cache
def _engine() -> str:
    """A digest of the engine and of the libraries that compute."""
    root = Path(grader.__file__).parent
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*.py")}
    return json.dumps([files_digest(files), dict(versions())])


def _authored(assignment: Assignment, plan: Plan, function: str) -> list[object]:
    """What every measurement of a function depends on: how much is tried, the engine, and what its checks say."""
    parts = {part.id: part for part, _ in checks_of(assignment, function)}
    specs = [part.spec.model_dump_json(exclude={"functions", "prompt"}) for part in parts.values()]
    code = assignment.author_code.sources.digest(WORD.findall("\0".join(specs)))
    return [plan.secrets, plan.seed, assignment.catch, _engine(), *specs, code]


def together(to_do: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """Tasks about one function, a few at once: what is drawn for it is drawn by one worker."""
    for _, of_one in groupby(to_do, key=lambda task: task.about):
        several = list(of_one)
        yield from (several[first : first + AT_ONCE] for first in range(0, len(several), AT_ONCE))


def measure(settings: Settings, plan: Plan, several: Sequence[Task]) -> list[Trial]:
    """In a worker: measure several functions."""
    measurer = _measurer(settings, plan)
    return [_measured(measurer, task) for task in several]


def _measured(measurer: Measurer, task: Task) -> Trial:
    started = time.perf_counter()
    trial = Trial(task.group, task.problem, task.name)
    if task.mutant is not None:
        run = partial(measurer.mutant, task.mutant)
    else:
        part, check = _placed(measurer.visits.grader.assignment, task.check)
        is_right = task.group == "false alarm"
        variants = _right(check) if is_right else check.planted_mistakes()
        variant = next(variant for variant in variants if variant.name == task.planted)
        run = partial(measurer.right if is_right else measurer.mistake, part, check, variant.plant)
    try:
        found = run()
    except HarnessError as error:  # costs this trial alone, and is tried again in the next run
        return replace(trial, fault=f"not measured: {error}")
    return replace(trial, seconds=round(time.perf_counter() - started, 3), measured=found)


@cache
def _measurer(settings: Settings, plan: Plan) -> Measurer:
    return Measurer(Visits(grader_for(settings), *reference_numbers(settings), plan))


def _placed(assignment: Assignment, check_id: str) -> Placed:
    return next((part, check) for part in assignment.parts for check in part.checks if check.id == check_id)


def with_fault(assignment: Assignment, trial: Trial) -> Trial:
    """A measured trial with what is wrong about it; a reason that its author wrote counts."""
    found = trial.measured
    if found is None:
        return trial
    reason = functions_of(assignment).get(found.function, {}).get(found.key)
    if reason is not None and found.verdict in ("killed", "equivalent"):
        what = "is caught" if found.verdict == "killed" else "gives the same as the reference"
        return replace(trial, fault=f"{what}: `survivors` need not say of {found.key}: {reason}")
    if reason is not None:
        return replace(trial, measured=replace(found, verdict="excused", says=reason))
    return replace(trial, fault=_fault(trial.group, found))


def _fault(group: Group, found: Measurement) -> str:
    if group == "false alarm":
        return f"right, but refused under {found.caught} of {found.tried} secrets, with {found.case}" * bool(
            found.caught
        )
    if found.verdict == "rare":
        return (
            f"caught under {found.caught} of {found.tried} secrets only, by {found.check}; what decides is a case "
            f"such as {found.case}: let it stand in `always`"
        )
    if found.verdict == "surviving":
        inputs = f" with {found.case}" if found.case else ""
        return f"no check sees it; {found.check} should have{inputs}: {found.says}"
    return ""
