"""Grading whole submissions with trusted functions, called in this process and observed as the sandbox does."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from homework import ASSIGNMENT

from grader.authoring.validate import load_reference
from grader.cache import Cache
from grader.checks.base import Check
from grader.grading.grade import Grader
from grader.grading.score import score_part
from grader.records import CheckRecord
from grader.runner.convert import Refused, freeze, thaw
from grader.runner.preload import seed_present_devices
from grader.sandbox.base import Guarantees, Observation, Probe, ProbeBatch
from grader.submission.model import Answer

seed_present_devices()  # as in the sandbox
REFERENCE = load_reference(ASSIGNMENT)
CHECKS: Mapping[str, Check] = {check.id: check for part in ASSIGNMENT.parts for check in part.checks}
FUNCTIONS = tuple(dict.fromkeys(name for part in ASSIGNMENT.parts for name in part.spec.functions))
Changed = Mapping[str, Callable[..., Any]]


@dataclass
class InProcess:
    """Calls the reference's functions, or those that a test puts in their places; what is right is computed once."""

    changed: Changed = field(default_factory=dict)
    known: dict[str, Observation] = field(default_factory=dict)
    guarantees: Guarantees = field(default_factory=lambda: Guarantees(True, True, True, True, "here"))

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """One observation per probe."""
        return [self._seen(probe) for batch in batches for probe in batch.probes]

    def _seen(self, probe: Probe) -> Observation:
        name = f"{probe.module}.{probe.function}"
        if name in self.changed:
            return self._run(probe, self.changed[name])
        if probe.id not in self.known:
            self.known[probe.id] = self._run(probe, ASSIGNMENT.author_code.oracle(name) if probe.module else None)
        return self.known[probe.id]

    def _run(self, probe: Probe, function: Callable[..., Any] | None) -> Observation:
        torch.manual_seed(probe.seed)
        args = [thaw(value) for value in probe.args]
        if probe.observer:
            args = args if function is None else [function, *args]
            function = ASSIGNMENT.author_code.observer(probe.observer)
        assert function is not None
        try:
            return Observation(probe.id, "returned", value=freeze(function(*args), 1 << 20))
        except Refused as error:
            return Observation(probe.id, "refused", message=str(error))
        except BaseException as error:  # noqa: BLE001  # as the sandbox does
            return Observation(probe.id, "raised", message=f"{type(error).__name__}: {error}"[:200])

    def close(self) -> None:
        """Nothing was started."""


@dataclass
class Class:
    """Grades what differs from the reference's submission. Only what a test asks for is run and judged."""

    judge: Any
    known: dict[str, Observation] = field(default_factory=dict)

    def graded(
        self,
        changed: Changed,
        answers: Mapping[tuple[str, str], str] | None = None,
        files: Mapping[str, bytes] | None = None,
        only: Collection[str] = (),
    ) -> dict[str, CheckRecord]:
        """The checks of the reference's submission with other functions, answers and files, by id.

        `only` names the parts that are graded; all, if it is empty.
        """
        typed = {key: Answer(text) for key, text in (answers or {}).items()}
        submission = replace(
            REFERENCE, answers={**REFERENCE.answers, **typed}, files={**REFERENCE.files, **(files or {})}
        )
        grader = Grader(ASSIGNMENT, InProcess(changed, self.known), self.judge, b"secret" * 4)
        left_out = [part for part in ASSIGNMENT.parts if only and part.id not in only]
        taken = {part.id: score_part(part, ()) for part in left_out}
        parts = grader.grade_parts(grader.context(submission, Cache()), taken)
        return {check.id: check for part in parts for check in part.checks}
