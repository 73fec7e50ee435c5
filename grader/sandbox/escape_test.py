"""The escape test: before any student's code, a submission of our own tries to get out through the same executor.

Owns how it is run and read. What it tries is in `grader.runner.entry.escape_test`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.errors import SandboxError
from grader.sandbox.base import Observation, Probe, ProbeBatch

_SOURCE = Path(grader.__file__).parent / "runner" / "entry" / "escape_test.py"


@dataclass(frozen=True)
class Reached:
    """What a process inside can reach, and the kernel's locks around it."""

    sees_files: bool
    sees_network: bool
    sees_processes: bool
    keeps_privileges: bool
    hides_memory: bool
    locks: tuple[str, ...]


def try_to_escape(
    observe: Callable[[Mapping[str, bytes], Sequence[ProbeBatch]], list[Observation]], hidden: Path
) -> Reached:
    """Run the escape test.

    Args:
        observe: the executor's.
        hidden: a file that student code must not see.

    Raises:
        SandboxError: it did not run.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        probe = Probe("look", "escape_test", "look", (str(hidden), listener.getsockname()[1]))
        (seen,) = observe({"escape_test.py": _SOURCE.read_bytes()}, [ProbeBatch("escape_test", (probe,))])
    facts = seen.value
    if seen.status != "returned" or not isinstance(facts, dict):
        raise SandboxError(f"its own check failed: {seen.status} {seen.message}")
    return Reached(
        sees_files=bool(facts["sees_files"]),
        sees_network=bool(facts["sees_network"]),
        sees_processes=bool(facts["sees_processes"]),
        keeps_privileges=bool(facts["keeps_privileges"]),
        hides_memory=bool(facts["hides_memory"]),
        locks=tuple(name for name in ("landlock", "seccomp") if facts[name]),
    )
