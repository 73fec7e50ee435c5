"""The observers of an assignment that a fresh interpreter inside could load.

Owns reading that list and refusing probes that are not on it. The list is made by `grader.runner.entry.prepare`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.errors import SandboxError
from grader.runner.values import Value
from grader.sandbox.base import ProbeBatch


@dataclass(frozen=True)
class Catalogue:
    """The observers that an executor found when it started, before it met any student code."""

    names: frozenset[str]
    broken: Mapping[str, str]
    """File → why it cannot be loaded."""

    @classmethod
    def read(cls, hello: Value) -> Catalogue:
        """From the first frame of a fresh interpreter. Raises `SandboxError` where it is none."""
        match hello:
            case {"names": list(names), "broken": dict(broken)}:
                return cls(frozenset(map(str, names)), {file: str(why) for file, why in broken.items()})
        raise SandboxError("a fresh interpreter did not list its probe modules")

    def check(self, batches: Sequence[ProbeBatch]) -> None:
        """Refuse probes whose observer is not there.

        Raises:
            SandboxError: an observer is unknown, or its file cannot be loaded.
        """
        for probe in (probe for batch in batches for probe in batch.probes):
            if probe.observer is None or probe.observer in self.names:
                continue
            file = probe.observer.partition(":")[0]
            why = self.broken.get(file, f"{file}.py has no such function, or is missing")
            raise SandboxError(f"problems/probes, {probe.observer} of probe {probe.id}: {why}")
