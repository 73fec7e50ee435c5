"""A process that runs student code, started and ended by a supervisor inside.

Owns the descriptors that the process gets and the orders about it (see `grader.runner.supervisor`).
"""

from __future__ import annotations

import os
import socket

from grader.runner import socket_messages
from grader.runner.values import CodecError, Value
from grader.sandbox.limited_request import StudentProcess, Usage
from grader.sandbox.memory_group import MemoryGroup


class SupervisedProcess(StudentProcess):
    """The process of one batch."""

    def __init__(
        self, supervisor: socket.socket, order: dict[str, Value], memory_group: MemoryGroup | None = None
    ) -> None:
        """Have it started.

        Args:
            supervisor: the socket that the supervisor obeys.
            order: the batch's limits and folders, as its process reads them.
            memory_group: holds the memory of all that the supervisor starts.
        """
        super().__init__()
        self._memory_group = memory_group
        self._kills_before = self._kills()
        self._supervisor = supervisor
        self.channel, channel = socket.socketpair()
        self._outputs, theirs = zip(os.pipe(), os.pipe(), strict=True)
        self.stdout: socket.socket | int = self._outputs[0]
        self.stderr: socket.socket | int = self._outputs[1]
        try:
            socket_messages.send(supervisor, {**order, "do": "start"}, [channel.fileno(), *theirs])
        except OSError:  # the supervisor is gone, and nobody will call `end`
            self._let_go()
            raise
        finally:
            channel.close()
            for descriptor in theirs:
                os.close(descriptor)
        self.channel.setblocking(False)
        for descriptor in self._outputs:
            os.set_blocking(descriptor, False)

    def usage(self) -> Usage:
        """See `StudentProcess.usage`."""
        match self._ask({"do": "usage"}):
            case {
                "cpu_seconds": float(cpu_seconds),
                "memory_bytes": int(memory),
                "processes": int(processes),
                "ended": bool(ended),
            }:
                return Usage(cpu_seconds, memory, processes, ended, self._kills() > self._kills_before)
        raise CodecError("the supervisor did not say what was used")

    def end(self, grace_seconds: float = 0.0) -> int | None:
        """See `StudentProcess.end`."""
        self._let_go()
        match self._ask({"do": "end", "grace_seconds": grace_seconds}):
            case {"status": None | int() as status}:
                return status
        raise CodecError("the supervisor did not say how the process ended")

    def _let_go(self) -> None:
        self.channel.close()
        for descriptor in self._outputs:
            os.close(descriptor)

    def _kills(self) -> int:
        return 0 if self._memory_group is None else self._memory_group.kills()

    def _ask(self, order: Value) -> Value:
        socket_messages.send(self._supervisor, order)
        return socket_messages.receive(self._supervisor)[0]
