"""One submission's batches, one probe after the other, whatever student code does.

Owns how a batch goes on after a death, whether the next batch may have its process, and what a whole submission may
use. Executors differ only in how they start a `StudentProcess`; what an end is called belongs to `process_end`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from grader.errors import SandboxError
from grader.runner.codec import encode
from grader.runner.protocol import NEXT_BATCH, NEXT_FILES
from grader.runner.values import CodecError, Value
from grader.sandbox.base import NOT_RUN, SHARED_CPU_SECONDS, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.limited_request import Exchange, StudentProcess, ask
from grader.sandbox.process_end import death
from grader.sandbox.replies import observation

SUBMISSION_CPU_SECONDS = 120.0
"""For all batches of one submission together: forty times what a whole homework takes, and a bound on a class."""
SUBMISSION_WALL_SECONDS = 180.0
"""The same for code that sleeps, which a limit on CPU time does not see."""
SUBMISSION_REPLIES = 16
"""All replies of one submission together may be as large as so many of the largest single one that an author allows:
many times what a homework returns, and a bound on what one submission leaves in memory and gradebook."""
SUBMISSION_OUTPUT_BYTES = 1 << 20
"""What is kept of all that one submission prints: far more than anybody reads. Printing more is no fault."""
DEATHS_PER_BATCH = 4
"""After so many deaths in one batch the rest is not run: it would very likely end the same way."""
GRACE_SECONDS = 1.0
"""How long a process that closed its channel gets to end, so that we can say how."""
KEPT_BYTES = 64 << 20
"""What a batch may leave allocated; more would count against the memory of the next."""
TIDYING_SECONDS = 5.0
"""What the look at what a batch left may take; a student's destructors run then, too."""
REQUEST_BYTES = 256 << 20
"""Far above any input that an author draws; what is larger is a mistake in a problem file."""


@dataclass
class KeptProcess:
    """The process of one submission, for the next one of the same author.

    Attributes:
        process: None before the first, and after one whose process died.
        limits: under which it was started.
        change_files: gives it the next submission's files.
    """

    process: StudentProcess | None = None
    limits: Limits = field(default_factory=Limits)
    change_files: Callable[[], None] = lambda: None


def run_calls(
    start: Callable[[Limits], StudentProcess],
    files: Collection[str],
    batches: Sequence[ProbeBatch],
    kept: KeptProcess | None = None,
) -> list[Observation]:
    """Run every probe of every batch.

    Args:
        start: starts a process for one batch; called again after a death.
        files: the submission's paths, the only ones that `Observation.where` may name.
        batches: in order.
        kept: what an earlier submission of the same author left, and what this one leaves.

    Returns:
        One observation per probe, in order.

    Raises:
        SandboxError: a process could not be started.
    """
    most_reply_bytes = SUBMISSION_REPLIES * max((batch.limits.reply_bytes for batch in batches), default=0)
    submission = _Submission(start, most_reply_bytes, kept)
    try:
        return [seen for batch in batches for seen in _Batch(submission, frozenset(files), batch).run()]
    finally:
        submission.close()


class _Submission:
    """The process that runs one submission's code just now, and what all of them have used."""

    def __init__(
        self, start: Callable[[Limits], StudentProcess], most_reply_bytes: int, kept: KeptProcess | None
    ) -> None:
        self.cpu_seconds = 0.0
        self.wall_seconds = 0.0
        self.output_bytes = 0
        self._reply_bytes = 0
        self._most_reply_bytes = most_reply_bytes
        self._start = start
        self._kept = kept
        self._process = None if kept is None else kept.process
        self._limits = Limits() if kept is None else kept.limits
        self._has_own_files = self._process is None

    def spent(self) -> str:
        """The submission's limit on time that is reached; empty for none."""
        if self.cpu_seconds >= SUBMISSION_CPU_SECONDS:
            return f"the whole submission's limit of {SUBMISSION_CPU_SECONDS:g} s of CPU time was reached"
        if self.wall_seconds >= SUBMISSION_WALL_SECONDS:
            return f"the whole submission's limit of {SUBMISSION_WALL_SECONDS:g} s was reached"
        return ""

    def returned_too_much(self) -> str:
        """The submission's limit on replies, if that is reached; empty otherwise."""
        if self._reply_bytes < self._most_reply_bytes:
            return ""
        return (
            f"all calls together returned more than {self._most_reply_bytes >> 20} MiB — return only what is asked for"
        )

    def ask(self, process: StudentProcess, body: bytes, limits: Limits) -> Exchange:
        """See `limited_request.ask`; what it used is counted, and no more of its output kept than is left to keep."""
        exchange = ask(process, body, limits)
        most = max(0, SUBMISSION_OUTPUT_BYTES - self.output_bytes) // 2
        del exchange.stdout[most:], exchange.stderr[most:]
        self.cpu_seconds += exchange.cpu_seconds
        self.wall_seconds += exchange.wall_seconds
        self.output_bytes += len(exchange.stdout) + len(exchange.stderr)
        self._reply_bytes += exchange.reply_bytes
        return exchange

    def process_for(self, batch: ProbeBatch) -> StudentProcess:
        """A fresh process for a batch, or the one before, if it is as it was before any student code."""
        process = self._process
        if process is None or not (self._suits(process, batch) and self._is_pristine(process) and self._owns(process)):
            self.end()
            self._process, self._limits = process, _ = self._start(batch.limits), batch.limits
        self._has_own_files = True
        return process

    def end(self, grace_seconds: float = 0.0) -> int | None:
        """Kill what is left; how the process had ended by itself, see `StudentProcess.end`."""
        process, self._process = self._process, None
        return None if process is None else process.end(grace_seconds)

    def close(self) -> None:
        """Kill what is left, or leave it to the next submission."""
        if self._kept is None:
            self.end()
        else:
            self._kept.process, self._kept.limits = self._process, self._limits

    def _suits(self, process: StudentProcess, batch: ProbeBatch) -> bool:
        """An observer that looks at no student code must not meet any either."""
        fits = batch.limits == self._limits and process.cpu_seconds < SHARED_CPU_SECONDS
        return fits and all(probe.module for probe in batch.probes)

    def _is_pristine(self, process: StudentProcess) -> bool:
        """Whether it left nothing behind. What is seen from outside comes first, as student code cannot forge it."""
        usage = process.look()
        if usage.processes > 1 or usage.memory_bytes > KEPT_BYTES:
            return False
        return self._tidied(process, NEXT_BATCH) == {"pristine": True}

    def _owns(self, process: StudentProcess) -> bool:
        """Whether it has this submission's files, as it now is given where an earlier submission left it."""
        if self._kept is None or self._has_own_files:
            return True
        self._kept.change_files()
        return self._tidied(process, NEXT_FILES) == {}

    def _tidied(self, process: StudentProcess, request: Value) -> Value:
        """The reply to a request between two batches; None where there is none."""
        limits = replace(self._limits, cpu_seconds=TIDYING_SECONDS, wall_seconds=TIDYING_SECONDS, reply_bytes=0)
        exchange = self.ask(process, encode(request, REQUEST_BYTES), limits)
        return exchange.reply if exchange.end == "replied" else None


class _Batch:
    """The probes of one part: their process, if there is one yet, and what is left of their limits."""

    def __init__(self, submission: _Submission, files: frozenset[str], batch: ProbeBatch) -> None:
        self._submission = submission
        self._files = files
        self._batch = batch
        self._process: StudentProcess | None = None
        self._cpu_seconds = 0.0
        self._wall_seconds = 0.0
        self._deaths = 0
        self._timeouts: dict[tuple[str, str], str] = {}
        """How calls that reached a limit ended, by module and function."""

    def run(self) -> list[Observation]:
        return [self._observe(probe) for probe in self._batch.probes]

    def _observe(self, probe: Probe) -> Observation:
        limits = self._batch.limits
        if self._cpu_seconds >= limits.cpu_seconds or self._wall_seconds >= limits.wall_seconds:
            self._end()  # the last call replied just in time, and left nothing for the next
        reason = self._submission.spent() or self._given_up(probe)
        if reason:
            return Observation(probe.id, "timeout", message=f"{NOT_RUN}{reason}")
        if reason := self._submission.returned_too_much():
            return Observation(probe.id, "refused", message=f"{NOT_RUN}{reason}")
        if self._process is None:
            self._process = self._submission.process_for(self._batch)
        limits = self._left(probe)
        exchange = self._submission.ask(self._process, _request(probe, limits), limits)
        self._cpu_seconds += exchange.cpu_seconds
        self._wall_seconds += exchange.wall_seconds
        return replace(
            self._observation(probe, exchange, limits),
            stdout=exchange.stdout.decode(errors="replace"),
            stderr=exchange.stderr.decode(errors="replace"),
            cpu_seconds=round(exchange.cpu_seconds, 4),
        )

    def _given_up(self, probe: Probe) -> str:
        if how := self._timeouts.get((probe.module, probe.function)):
            return f"an earlier call of {probe.function} was {how}"
        if self._deaths >= DEATHS_PER_BATCH:
            return f"{DEATHS_PER_BATCH} calls of this part had already ended the process"
        return ""

    def _left(self, probe: Probe) -> Limits:
        """The least of what the probe, its batch and the submission have left."""
        limits = self._batch.limits
        own = limits.cpu_seconds if probe.cpu_seconds is None else probe.cpu_seconds
        cpu_left = min(limits.cpu_seconds - self._cpu_seconds, SUBMISSION_CPU_SECONDS - self._submission.cpu_seconds)
        wall_left = min(
            limits.wall_seconds - self._wall_seconds, SUBMISSION_WALL_SECONDS - self._submission.wall_seconds
        )
        return replace(limits, cpu_seconds=min(own, cpu_left), wall_seconds=wall_left)

    def _observation(self, probe: Probe, exchange: Exchange, limits: Limits) -> Observation:
        if exchange.end == "replied":
            seen = observation(probe.id, exchange.reply, self._files)
            if seen is not None and seen.status == "memory":
                return replace(seen, message=f"the limit is {limits.memory_mib} MiB: {seen.message}")
            if seen is not None:
                return seen
        exit_status = self._end(GRACE_SECONDS if exchange.end == "closed" else 0.0)
        status, message = death(exchange, limits, exit_status)
        if status == "timeout":
            self._timeouts[probe.module, probe.function] = message
        return Observation(probe.id, status, message=message)

    def _end(self, grace_seconds: float = 0.0) -> int | None:
        """End the process: the next call begins in a fresh one. How it had ended, see `StudentProcess.end`."""
        self._deaths += 1
        self._process = None
        self._cpu_seconds = self._wall_seconds = 0.0
        return self._submission.end(grace_seconds)


def _request(probe: Probe, limits: Limits) -> bytes:
    request: dict[str, Value] = {
        "module": probe.module,
        "function": probe.function,
        "observer": probe.observer,
        "forbids": list(probe.forbids),
        "args": list(probe.args),
        "kwargs": dict(probe.kwargs),
        "seed": probe.seed,
        "reply_bytes": limits.reply_bytes,
    }
    try:
        return encode(request, REQUEST_BYTES)
    except CodecError as error:
        raise SandboxError(f"probe {probe.id} cannot be sent inside: {error}") from error
