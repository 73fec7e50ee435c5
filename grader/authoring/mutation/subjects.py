"""What is measured: functions that checks give points for, their mutants, and how one is put into a submission.

Owns how much is tried, and which few mutants stand for all. What becomes of one belongs to `trials`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from grader.assignment.model import Assignment, Part
from grader.authoring.mutation.mutants import Mutant, mutants
from grader.checks.base import Check, Family
from grader.seeding import derive_key
from grader.submission.model import Submission

PLANTED, WITNESS = "planted_mutant", "planted_witness"

Planting = Callable[[Submission], Submission]
Placed = tuple[Part, Check]


@dataclass(frozen=True)
class Plan:
    """How much is tried.

    Attributes:
        secrets: at most so many; fewer where it is known earlier how surely a function is caught.
        mutants: of each function, the same ones every time; all of them, and what authors planted, if None.
        seed: decides the secrets and the few mutants.
        functions: the ones to be measured, as `module.function`; all if there are none.
    """

    secrets: int = 50
    mutants: int | None = None
    seed: int = 0
    functions: tuple[str, ...] = ()

    def secret(self, number: int) -> bytes:
        """The class secret of a trial. What a check draws from it depends on its own id, and on no file."""
        return derive_key(b"validate", str(self.seed), str(number))


def checks_of(assignment: Assignment, function: str) -> list[Placed]:
    """The checks that give points for what a function returns."""
    return [
        (part, check)
        for part in assignment.parts
        for check in part.checks
        if check.family is Family.FUNCTION and check.points and getattr(check.spec, "call", None) == function
    ]


def by_part(checks: Iterable[Placed]) -> list[list[Placed]]:
    """Checks in their order, those of one part together."""
    return [list(of_one) for _, of_one in groupby(checks, key=lambda placed: placed[0].id)]


def functions_of(assignment: Assignment) -> dict[str, Mapping[str, str]]:
    """Every function that is checked, as `module.function`, and by key the reasons why mutants of it may survive."""
    declared = {name: spec for part in assignment.parts for name, spec in part.spec.functions.items()}
    return {
        name: {key: reason for keys, reason in spec.survivors.items() for key in keys.split()}
        for name, spec in declared.items()
        if checks_of(assignment, name)
    }


def mutants_of(assignment: Assignment, reference: Submission, function: str, plan: Plan) -> list[Mutant]:
    """The mutants of a function that a plan wants: the same few whatever else changes.

    Raises:
        LookupError: the reference has no such function in a file of that name.
    """
    module = function.rpartition(".")[0]
    if f"{module}.py" not in reference.files:
        raise LookupError(f"the reference has no {module}.py")
    declared = [name for part in assignment.parts for name in part.spec.functions]
    apart = [name.rpartition(".")[2] for name in declared if name.rpartition(".")[0] == module]
    found = mutants(reference.files[f"{module}.py"].decode(), function, apart)
    if plan.mutants is None:
        return found
    chosen = sorted(found, key=lambda mutant: derive_key(b"few", str(plan.seed), function, mutant.key))
    return sorted(chosen[: plan.mutants], key=lambda mutant: mutant.line)


def planted(mutant: Mutant) -> Planting:
    """What puts a mutant into the place of a submission's own function, as a planted mistake is."""
    module, _, name = mutant.function.rpartition(".")

    def plant(submission: Submission) -> Submission:
        own = submission.files[f"{module}.py"]
        override = f"\n\nfrom {PLANTED} import {name} as {name}\n".encode()
        files = {f"{PLANTED}.py": mutant.source.encode(), f"{module}.py": own + override}
        return replace(submission, files={**submission.files, **files})

    return plant


def watched_in(submission: Submission, function: str) -> Submission:
    """A submission one of whose functions tells its side effects instead of returning anything."""
    module, _, name = function.rpartition(".")
    watch = (Path(__file__).parent / "witness.py").read_bytes()
    own = submission.files[f"{module}.py"] + f"\n\nfrom {WITNESS} import watched\n{name} = watched({name})\n".encode()
    return replace(submission, files={**submission.files, f"{WITNESS}.py": watch, f"{module}.py": own})
