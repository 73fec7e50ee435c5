"""Starts and kills the process of each batch of probes when the grader asks, and measures what it uses.

Owns the fork of a batch and its end, as far as they need no namespaces: what belongs to a batch is its session.
`grader.runner.entry.namespace_init` and `grader.runner.entry.setuid` are stricter. Never reads what student code
writes.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from grader.runner import socket_messages
from grader.runner.process_usage import Process, memory_bytes, usage
from grader.runner.values import Value

Order = Mapping[str, Any]
RunBatch = Callable[[Order, socket.socket], NoReturn]
"""Called in a batch's own process with its order and its channel."""


class Supervisor:
    """Runs one batch at a time."""

    def __init__(self, end: socket.socket, run_batch: RunBatch) -> None:
        """Obey the parent at the other side of `end`; `run_batch` is what a batch's process does."""
        self._end = end
        self._run_batch = run_batch
        self._status: int | None = None
        self._cpu_before = 0.0
        self._own_bytes = memory_bytes(os.getpid())
        self.batch = 0
        """The process of the current batch; 0 before the first."""

    def obey(self) -> NoReturn:
        """Carry out orders until the parent hangs up, then end this process."""
        with contextlib.suppress(EOFError):
            while True:
                order, descriptors = socket_messages.receive(self._end)
                if isinstance(order, dict):
                    self.do(order, descriptors)
        os._exit(0)

    def do(self, order: Order, descriptors: list[int]) -> None:
        """Carry out one order: `start` with the descriptors of channel and outputs, `usage` or `end`."""
        match order["do"]:
            case "start":
                self._start(order, descriptors)
            case "usage":
                socket_messages.send(self._end, self._usage())
            case "end":
                socket_messages.send(self._end, self._finish(order["grace_seconds"]))

    def prepare(self) -> None:
        """Clear what an earlier batch left."""

    def belongs(self, process: Process) -> bool:
        """Whether a process was started by the current batch."""
        return self.batch in (process.pid, process.session)

    def folder_bytes(self) -> int:
        """What the batch's folders hold in memory: nothing, where they are on a disk."""
        return 0

    def kill(self) -> None:
        """Kill everything that belongs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.batch, signal.SIGKILL)

    def _start(self, order: Order, descriptors: list[int]) -> None:
        channel, stdout, stderr = descriptors
        self.prepare()
        self._status = None
        self._cpu_before = _reaped_cpu()
        self.batch = os.fork()
        if self.batch == 0:
            self._end.close()  # student code must not give orders
            os.setsid()  # so that the whole batch can be told from others, and killed, by its session
            os.dup2(stdout, 1)
            os.dup2(stderr, 2)
            os.closerange(3, channel)
            os.closerange(channel + 1, 1024)  # no process of ours opens more
            self._run_batch(order, socket.socket(fileno=channel))
        for descriptor in descriptors:
            os.close(descriptor)

    def _usage(self) -> Value:
        self._reap()
        used = usage(self.belongs, self._own_bytes, self.folder_bytes())
        return {
            "cpu_seconds": used.cpu_seconds + _reaped_cpu() - self._cpu_before,
            "memory_bytes": used.memory_bytes,
            "processes": used.processes,
            "ended": self._status is not None,
        }

    def _finish(self, grace_seconds: float) -> Value:
        deadline = time.monotonic() + grace_seconds
        while self._reap() and self._status is None and time.monotonic() < deadline:
            time.sleep(0.002)  # a process that is exiting takes a few milliseconds
        status = self._status
        self.kill()
        while self._reap():
            self.kill()  # again, as a process may have forked between the look and the signal
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        return {"status": status}

    def _reap(self) -> bool:
        """Collect whatever has ended; whether anything is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.batch:
                self._status = os.waitstatus_to_exitcode(status)


def _reaped_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
