"""The parent's side of a keeper: a turn's process as a `StudentProcess`.

Owns the descriptors that a turn gets and the orders about it.
"""

from __future__ import annotations

import os
import socket

from grader.runner import socket_messages
from grader.runner.values import CodecError, Value
from grader.sandbox.exchange import Ending, Usage, ending_of


class Serving:
    """One turn's process, through its keeper."""

    def __init__(self, orders: socket.socket, order: dict[str, Value]) -> None:
        """Have a turn started.

        Args:
            orders: the keeper's socket.
            order: the turn's limits and folders, as its process reads them.
        """
        self._orders = orders
        self.channel, channel = socket.socketpair()
        self._outputs, theirs = zip(os.pipe(), os.pipe(), strict=True)
        self.stdout: socket.socket | int = self._outputs[0]
        self.stderr: socket.socket | int = self._outputs[1]
        try:
            socket_messages.send(orders, {**order, "do": "turn"}, [channel.fileno(), *theirs])
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
                return Usage(cpu_seconds, memory, processes, ended)
        raise CodecError("the keeper's answer is none")

    def end(self, grace_seconds: float = 0.0) -> Ending:
        """See `StudentProcess.end`."""
        self.channel.close()
        for descriptor in self._outputs:
            os.close(descriptor)
        match self._ask({"do": "end", "grace_seconds": grace_seconds}):
            case {"status": None | int() as status}:
                return ending_of(status)
        raise CodecError("the keeper's answer is none")

    def _ask(self, order: Value) -> Value:
        socket_messages.send(self._orders, order)
        return socket_messages.receive(self._orders)[0]
