"""The one interface between the grader and whatever runs student code.

Owns the types that cross it. Implementations are siblings of this file, one per executor; one contract suite
(`tests/sandbox/test_contract.py`) tests exactly what each declares to guarantee.
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
"""A process that has used more is not handed on to the next batch: its own limit counts all that it ever used."""


@dataclass(frozen=True)
class Limits:
    """What one batch may use. A limit that is reached ends as its own status, named in the message."""

    cpu_seconds: float = 10.0
    """Homework runs for milliseconds, a small training for seconds. A part may ask for more."""
    wall_seconds: float = 30.0
    """Three times as much, since a busy machine is slow: only code that sleeps should reach it."""
    memory_mib: int = 2048
    """Beyond what the imports take. Two workers of a small grading machine have room for it."""
    processes: int = 32
    """A data loader's workers and their threads, and no fork bomb."""
    open_files: int = 64
    """A few data files beside what the interpreter holds open."""
    file_bytes: int = 16 << 20
    """For one file: a saved model of a homework is below a MiB."""
    output_bytes: int = 64 << 10
    """What is kept of what a probe prints: a screen is below 10 KiB."""
    reply_bytes: int = 1 << 20
    """For one observation: 262,144 numbers of float32. It is kept in the gradebook, and what an author computes from it
    may take a hundred times its size. A part may ask for more."""


@dataclass(frozen=True)
class Probe:
    """One thing to do inside: call `function` of the student's `module`, or hand it to an observer.

    Without `observer` the observation is the call's return value. With `observer` (`file:function` in the
    assignment's `problems/probes/`) it is `observer(student_function, *args, **kwargs)`. `module` and
    `function` are empty where the observer needs no student code: it is then called with the arguments
    alone. `seed` seeds torch, numpy and random just before. With `forbids`, names that must not be used, the
    observation is a mapping: the `value`, what was `used`, whether the watch was `kept` (see
    `grader.runner.observing.guarding`).
    """

    id: str
    module: str = ""
    function: str = ""
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    observer: str | None = None
    forbids: tuple[str, ...] = ()
    seed: int = 0
    cpu_seconds: float | None = None
    """A limit for this probe alone, below the batch's."""


@dataclass(frozen=True)
class ProbeBatch:
    """The probes of one part, in order.

    A batch starts in a fresh process, or in one that the submission's batches before it left as they found it.
    """

    id: str
    probes: tuple[Probe, ...]
    limits: Limits = Limits()

    @property
    def meets_student_code(self) -> bool:
        """Whether anything of it depends on what was handed in."""
        return any(probe.module for probe in self.probes)


NOT_RUN = "not run: "
"""How the message begins of a probe that was left out because of what came before it."""


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
    """As it was looked at: what a few short probes used may be counted with the next one."""

    @property
    def was_run(self) -> bool:
        """Whether it tells something about the call itself."""
        return not self.message.startswith(NOT_RUN)


NOTHING_RAN = "nothing, as none had to run"
"""What student code ran under where no sandbox was needed, for the record."""


@dataclass(frozen=True)
class Guarantees:
    """What an executor promises on this machine, found out by trying."""

    hides_files: bool
    blocks_network: bool
    limits_memory: bool
    kills_tree: bool
    level: str
    """One line for the record, such as `bubblewrap+namespaces+landlock`."""
    memory: tuple[str, ...] = ()
    """What holds the memory of a batch, one clause each."""

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
        """Run every probe of every batch over one submission's files.

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
