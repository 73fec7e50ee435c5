"""One submission's turns, one probe after the other, whatever student code does.

Owns what a limit, a death or a broken protocol is called, how a turn goes on after one, whether the next turn may have
its process, and what a whole submission may cost. Executors differ only in how they start a `StudentProcess`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.errors import SandboxError
from grader.runner.codec import encode
from grader.runner.protocol import NEXT_TURN
from grader.runner.values import CodecError, Value
from grader.sandbox.base import SHARED_CPU_SECONDS, Limits, Observation, Probe, ProbeBatch, Status
from grader.sandbox.exchange import FLOOD, Allowance, Ending, Exchange, StudentProcess, Watch, ask

SUBMISSION_CPU_SECONDS = 120.0
SUBMISSION_WALL_SECONDS = 180.0
"""What all turns of one submission may take together, so that nobody delays a class."""
DEATHS_PER_TURN = 4
"""After so many in one turn, the rest is not run: it would very likely end the same way."""
GRACE_SECONDS = 1.0
"""How long a process that closed its channel gets to end, so that we can say how."""
KEPT_BYTES = 64 << 20
"""What a turn may leave allocated; more would count against the memory of the next."""
TIDYING_SECONDS = 5.0
"""What asking a process about that may take; a student's destructors run then, too."""
MESSAGE_CHARS = 400
REQUEST_BYTES = 256 << 20

_FROM_INSIDE: dict[str, Status] = {
    "returned": "returned",
    "raised": "raised",
    "refused": "refused",
    "absent": "absent",
    "memory": "memory",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass
class _Ledger:
    """What the submission has used so far."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    def add(self, exchange: Exchange) -> None:
        """Count what one exchange used."""
        self.cpu_seconds += exchange.cpu_seconds
        self.wall_seconds += exchange.wall_seconds

    def spent(self) -> str:
        """The submission's limit that is reached, or nothing."""
        if self.cpu_seconds >= SUBMISSION_CPU_SECONDS:
            return f"the whole submission's limit of {SUBMISSION_CPU_SECONDS:g} s of CPU time was reached"
        if self.wall_seconds >= SUBMISSION_WALL_SECONDS:
            return f"the whole submission's limit of {SUBMISSION_WALL_SECONDS:g} s was reached"
        return ""


@dataclass
class _BatchState:
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    timeouts: set[tuple[str, str]] = field(default_factory=set)
    worker_died: int = 0


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
        raise SandboxError("a fresh interpreter did not introduce itself")

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


def drive(
    start: Callable[[Limits], StudentProcess], files: Collection[str], batches: Sequence[ProbeBatch]
) -> list[Observation]:
    """Run every probe of every turn.

    Args:
        start: a fresh child for one turn; called again after a death.
        files: the submission's paths, the only ones that `Observation.where` may name.
        batches: in order.

    Raises:
        SandboxError: a child could not be started.
    """
    ledger = _Ledger()
    children = _StudentProcesses(start, ledger)
    try:
        return [seen for batch in batches for seen in _Driver(children, frozenset(files), batch, ledger).run()]
    finally:
        children.end()


class _StudentProcesses:
    """The process that runs student code just now, and whether the next turn may have it."""

    def __init__(self, start: Callable[[Limits], StudentProcess], ledger: _Ledger) -> None:
        self._start = start
        self._ledger = ledger
        self._watch: Watch | None = None
        self._limits = Limits()

    def for_turn(self, batch: ProbeBatch) -> Watch:
        """A child for the rest of a turn: the one before, if it stands as it did before any student code."""
        if self._watch is None or not (self._suits(batch) and self._is_restored(self._watch)):
            self.end()
            self._watch, self._limits = Watch(self._start(batch.limits)), batch.limits
        return self._watch

    def end(self, grace_seconds: float = 0.0) -> Ending:
        """Kill what is left."""
        watch, self._watch = self._watch, None
        return Ending() if watch is None else watch.child.end(grace_seconds)

    def _suits(self, batch: ProbeBatch) -> bool:
        """An observer that looks at no student code must not meet any either."""
        used = 0.0 if self._watch is None else self._watch.cpu_seconds
        return (
            batch.limits == self._limits and used < SHARED_CPU_SECONDS and all(probe.module for probe in batch.probes)
        )

    def _is_restored(self, watch: Watch) -> bool:
        """Whether it has left nothing behind: what can be seen from outside first, for that cannot lie."""
        usage = watch.look()
        if usage.processes > 1 or usage.memory_bytes > KEPT_BYTES:
            return False
        allowance = Allowance(TIDYING_SECONDS, TIDYING_SECONDS, self._limits.memory_mib << 20, 1 << 16, 0)
        exchange = ask(watch, encode(NEXT_TURN, REQUEST_BYTES), allowance)
        self._ledger.add(exchange)
        return exchange.end == "replied" and exchange.reply == {"restored": True}


class _Driver:
    """One turn: its current child, if it has one yet, and what is left of its limits."""

    def __init__(self, children: _StudentProcesses, files: frozenset[str], batch: ProbeBatch, ledger: _Ledger) -> None:
        self._children = children
        self._files = files
        self._turn = batch
        self._ledger = ledger
        self._watch: Watch | None = None
        self._state = _BatchState()

    def run(self) -> list[Observation]:
        return [self._observe(probe) for probe in self._turn.probes]

    def _observe(self, probe: Probe) -> Observation:
        reason = self._ledger.spent() or self._given_up(probe)
        if reason:
            return Observation(probe.id, "timeout", message=f"not run: {reason}")
        if self._watch is None:
            self._watch = self._children.for_turn(self._turn)
            self._state.cpu_seconds = self._state.wall_seconds = 0.0
        allowance = self._allowance(probe)
        exchange = ask(self._watch, _request(probe, self._turn.limits), allowance)
        self._account(exchange)
        seen = self._observation(probe, exchange, allowance)
        return replace(
            seen,
            stdout=_text(exchange.stdout),
            stderr=_text(exchange.stderr),
            cpu_seconds=round(exchange.cpu_seconds, 4),
        )

    def _given_up(self, probe: Probe) -> str:
        if (probe.module, probe.function) in self._state.timeouts:
            return f"an earlier call of {probe.function} reached a limit"
        if self._state.worker_died >= DEATHS_PER_TURN:
            return f"{DEATHS_PER_TURN} calls of this part had already ended the process"
        return ""

    def _allowance(self, probe: Probe) -> Allowance:
        limits = self._turn.limits
        own = limits.cpu_seconds if probe.cpu_seconds is None else probe.cpu_seconds
        return Allowance(
            cpu_seconds=min(
                own,
                limits.cpu_seconds - self._state.cpu_seconds,
                SUBMISSION_CPU_SECONDS - self._ledger.cpu_seconds,
            ),
            wall_seconds=min(
                limits.wall_seconds - self._state.wall_seconds,
                SUBMISSION_WALL_SECONDS - self._ledger.wall_seconds,
            ),
            memory_bytes=limits.memory_mib << 20,
            output_bytes=limits.output_bytes,
            reply_bytes=limits.reply_bytes,
        )

    def _account(self, exchange: Exchange) -> None:
        self._ledger.add(exchange)
        self._state.cpu_seconds += exchange.cpu_seconds
        self._state.wall_seconds += exchange.wall_seconds

    def _observation(self, probe: Probe, exchange: Exchange, allowance: Allowance) -> Observation:
        if exchange.end == "replied":
            seen = _checked(probe.id, exchange.reply, self._files)
            if seen is not None and seen.status == "memory":
                return replace(seen, message=f"the limit is {self._turn.limits.memory_mib} MiB: {seen.message}")
            if seen is not None:
                return seen
        self._state.worker_died += 1
        if exchange.end in ("cpu", "wall"):
            self._state.timeouts.add((probe.module, probe.function))
        ending = self._end_child(GRACE_SECONDS if exchange.end == "closed" else 0.0)
        status, message = _death(exchange, allowance, ending, self._turn.limits)
        return Observation(probe.id, status, message=message)

    def _end_child(self, grace_seconds: float = 0.0) -> Ending:
        self._watch = None
        return self._children.end(grace_seconds)


def _request(probe: Probe, limits: Limits) -> bytes:
    request: dict[str, Value] = {
        "module": probe.module,
        "function": probe.function,
        "observer": probe.observer,
        "args": list(probe.args),
        "kwargs": dict(probe.kwargs),
        "seed": probe.seed,
        "reply_bytes": limits.reply_bytes,
    }
    try:
        return encode(request, REQUEST_BYTES)
    except CodecError as error:
        raise SandboxError(f"probe {probe.id} cannot be sent inside: {error}") from error


def _checked(probe: str, reply: Value, files: Collection[str]) -> Observation | None:
    """The reply as an observation, or None where it is no reply that our own side of the wall writes."""
    if not isinstance(reply, dict) or set(reply) != {"status", "value", "message", "where"}:
        return None
    status, message, where = reply["status"], reply["message"], reply["where"]
    if not isinstance(status, str) or not isinstance(message, str) or not isinstance(where, str):
        return None
    if status not in _FROM_INSIDE or (status != "returned" and reply["value"] is not None):
        return None
    place, _, line = where.rpartition(":")
    file = re.sub(r"\.ipynb cell [0-9]{1,5}$", ".ipynb", place)
    known = file in files and re.fullmatch(r"[0-9]{1,7}", line) is not None
    return Observation(probe, _FROM_INSIDE[status], reply["value"], one_line(message), where if known else "")


def _death(exchange: Exchange, allowance: Allowance, ending: Ending, limits: Limits) -> tuple[Status, str]:
    if exchange.end == "cpu" or ending.reason == "cpu":
        return "timeout", f"stopped after {allowance.cpu_seconds:.3g} s of CPU time"
    if exchange.end == "wall":
        return "timeout", f"stopped after {allowance.wall_seconds:.3g} s"
    if exchange.end == "memory" or ending.reason == "memory":
        return "memory", f"stopped above {limits.memory_mib} MiB of memory"
    if exchange.end == "output":
        return "crashed", f"stopped after printing more than {FLOOD * allowance.output_bytes >> 10} KiB"
    if exchange.end == "closed":
        how = f" ({ending.how})" if ending.how else ""
        return "crashed", f"the process ended before the call returned{how}"
    return "crashed", "the process wrote something else than a reply on the grader's channel"


def one_line(text: str) -> str:
    """Student text fit for a message: one line, no control or direction characters, truncated."""
    return _CONTROL.sub(" ", text).strip()[:MESSAGE_CHARS]


def _text(raw: bytearray) -> str:
    return raw.decode(errors="replace")
