"""Where student code runs.

Owns the choice of an executor: by running it here, never by looking at what seems to be installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox import gpu
from grader.sandbox.base import Executor, Guarantees
from grader.sandbox.registry import Device, ExecutorEntry, Isolation, executors

__all__ = ["Device", "Isolation", "Surveyed", "guaranteed", "start", "start_strongest", "survey"]


@dataclass(frozen=True)
class Surveyed:
    """What one executor can promise on this machine, or why it cannot run and what would help."""

    name: str
    guarantees: Guarantees | None
    reason: str = ""
    advice: str = ""


INSTALL_TORCH = "python -m pip install torch --extra-index-url https://download.pytorch.org/whl/cpu"
"""The build without CUDA, which on Linux is a tenth of the other's size; elsewhere there is no other."""


def start(isolation: Isolation, probes_dir: Path, device: Device = "cpu") -> Executor:
    """Start the best executor of this isolation that works here.

    Args:
        isolation: `full` for code that nobody trusts, `user` for the same in a container that is thrown away,
            `process` for one's own.
        probes_dir: the assignment's probe modules; read, never written.
        device: what student code may compute on; `auto` takes a GPU where there is one.

    Raises:
        SandboxError: none works at this level; the message says why, one clause per executor.
    """
    if find_spec("torch") is None:
        raise SandboxError(f"torch is not installed. Install it: {INSTALL_TORCH}")
    reasons = []
    for candidate in executors():
        if candidate.isolation != isolation:
            continue
        try:
            executor = candidate.start(probes_dir, device)
        except SandboxError as error:
            reasons.append(f"{candidate.name}: {error}")
            continue
        if isolation != "full" or executor.guarantees.full:
            return executor
        reasons.append(f"{candidate.name}: only {executor.guarantees.level}")
        executor.close()
    raise SandboxError(f"no executor reaches {isolation} isolation here — {'; '.join(reasons) or 'none is known'}")


def start_strongest(probes_dir: Path) -> Executor:
    """Start the strongest executor that works here, for code that is trusted: one's own, or the reference.

    Raises:
        SandboxError: not even a plain subprocess can be started.
    """
    try:
        return start("full", probes_dir)
    except SandboxError:
        return start("process", probes_dir)


def survey(probes_dir: Path) -> list[Surveyed]:
    """Start and stop every executor, strongest isolation first, with a GPU too if there is one: for `hw11 doctor`."""
    devices: list[Device] = ["cpu", "cuda"] if gpu.is_here() else ["cpu"]
    strongest_first = sorted(executors(), key=lambda known: known.isolation != "full")
    return [_try(candidate, probes_dir, device) for candidate in strongest_first for device in devices]


@lru_cache
def guaranteed(isolation: Isolation, probes_dir: Path) -> Guarantees | None:
    """What the best executor of this isolation promises here, found once per process; None where none runs."""
    tried = (_try(candidate, probes_dir) for candidate in executors() if candidate.isolation == isolation)
    return next((surveyed.guarantees for surveyed in tried if surveyed.guarantees is not None), None)


def _try(candidate: ExecutorEntry, probes_dir: Path, device: Device = "cpu") -> Surveyed:
    name = candidate.name if device == "cpu" else f"{candidate.name} with --device {device}"
    try:
        executor = candidate.start(probes_dir, device)
    except SandboxError as error:
        return Surveyed(name, None, str(error), candidate.advice)
    executor.close()
    advice = "" if executor.guarantees.full else candidate.advice
    return Surveyed(name, executor.guarantees, advice=advice)
