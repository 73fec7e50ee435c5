"""The one interface between the grader and whatever runs student code.

Owns the words that cross it. Implementations are siblings of this file, one per mechanism; a single
contract suite (`tests/sandbox/test_contract.py`) tests exactly what each declares to guarantee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from grader.runner.values import Value

Status = Literal[
    "returned",  # `value` holds what came out
    "raised",  # student code raised; `message` is its own sentence, truncated
    "refused",  # came out, but is nothing that may cross; `message` says what to return instead
    "absent",  # no such module, function, or a module that cannot be compiled or imported
    "timeout",  # wall or CPU limit; `message` names the limit
    "memory",
    "crashed",  # the process died or broke the protocol
]


SHARED_CPU_SECONDS = 5.0
"""A process that has used more is not handed on to the next turn: its own limit counts all that it ever used."""


@dataclass(frozen=True)
class Limits:
    """What one turn may use. A limit that is reached ends as its own status, named in the message."""

    cpu_seconds: float = 10.0
    wall_seconds: float = 30.0
    memory_mib: int = 2048
    processes: int = 32
    open_files: int = 64
    file_bytes: int = 16 << 20
    output_bytes: int = 64 << 10
    reply_bytes: int = 64 << 20


@dataclass(frozen=True)
class Probe:
    """One thing to do inside: call `function` of the student's `module`, or hand it to an observer.

    Without `observer` the observation is the call's return value. With `observer` (`file:function` in the
    assignment's `problems/probes/`) it is `observer(student_function, *args, **kwargs)`. `module` and
    `function` are empty where the observer needs no student code: it is then called with the arguments
    alone. `seed` seeds torch, numpy and random just before.
    """

    id: str
    module: str = ""
    function: str = ""
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    observer: str | None = None
    seed: int = 0
    cpu_seconds: float | None = None
    """A limit for this probe alone, below the turn's."""


@dataclass(frozen=True)
class ProbeBatch:
    """The probes of one part, in order.

    A turn starts in a fresh process, or in one that the submission's turns before it left as they found it.
    """

    id: str
    probes: tuple[Probe, ...]
    limits: Limits = Limits()

    @property
    def meets_student_code(self) -> bool:
        """Whether anything of it depends on what was handed in."""
        return any(probe.module for probe in self.probes)


@dataclass(frozen=True)
class Observation:
    """What came out of one probe: raw values and facts, never a verdict."""

    probe: str
    status: Status
    value: Value = None
    message: str = ""
    where: str = ""
    """`file:line` in the student's own files, where there is one."""
    stdout: str = ""
    stderr: str = ""
    cpu_seconds: float = 0.0
    """As far as anybody looked: what a few short probes used may stand with the next one."""


@dataclass(frozen=True)
class Guarantees:
    """What an executor promises on this machine, found out by trying."""

    hides_files: bool
    blocks_network: bool
    limits_memory: bool
    kills_tree: bool
    level: str
    """One line for the record, such as `bubblewrap+namespaces+landlock`."""

    @property
    def full(self) -> bool:
        """Whether code that nobody trusts may run here."""
        return self.hides_files and self.blocks_network and self.limits_memory and self.kills_tree


class Executor(Protocol):
    """Runs student code somewhere else. Start it from a thread that lives as long as it."""

    @property
    def guarantees(self) -> Guarantees:
        """What it promises on this machine."""

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """Run every probe of every turn over one submission's files.

        Args:
            files: relative POSIX path → content, the submission's own files.
            batches: none of them sees or changes another.

        Returns:
            One observation per probe, in order, whatever student code did.

        Raises:
            SandboxError: the sandbox itself broke; nothing is known about the submission.
        """

    def close(self) -> None:
        """Kill everything that is left and wait for it."""
