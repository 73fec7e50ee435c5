"""The observers of an assignment that a fresh interpreter inside could load.

Owns reading that list and refusing probes that are not on it. The list is made by `grader.runner.entry.prepare`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.errors import SandboxError
from grader.runner.values import Value
from grader.sandbox.base import ProbeBatch

Catalogue = Mapping[str, str]
"""What an executor found when it started, before it met any student code: why a file of observers cannot be loaded, by
its name, and nothing for every observer (`file:function`) that can."""


def read_catalogue(hello: Value) -> Catalogue:
    """From the first frame of a fresh interpreter. Raises `SandboxError` where it is none."""
    match hello:
        case {"names": list(names), "broken": dict(broken)}:
            return {**{file: str(why) for file, why in broken.items()}, **dict.fromkeys(map(str, names), "")}
    raise SandboxError("a fresh interpreter did not list its probe modules")


def require_observers(batches: Sequence[ProbeBatch], catalogue: Catalogue) -> None:
    """Refuse probes whose observer is not there.

    Raises:
        SandboxError: an observer is unknown, or its file cannot be loaded.
    """
    for probe in (probe for batch in batches for probe in batch.probes):
        if probe.observer is None or catalogue.get(probe.observer) == "":
            continue
        file = probe.observer.partition(":")[0]
        why = catalogue.get(file) or f"{file}.py has no such function, or is missing"
        raise SandboxError(f"problems/probes, {probe.observer} of probe {probe.id}: {why}")
