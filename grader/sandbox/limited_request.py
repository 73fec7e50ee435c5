"""Sends one request to a process that runs student code, and enforces its limits until the reply.

Owns the sending of a request, the watch over time and memory, the printed output and the reply. What comes back is
hostile bytes: it is counted before it is kept and decoded under caps. How the process is started and ended is what
executors differ in.
"""

from __future__ import annotations

import os
import secrets
import selectors
import socket
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from grader.runner.codec import decode
from grader.runner.protocol import HEADER_BYTES, NONCE_BYTES, REPLY_MARGIN, may_start_frame, pack_frame, unpack_header
from grader.runner.values import CodecError, Value
from grader.sandbox.base import Limits

TICK_SECONDS = 0.05
"""How often CPU time and memory are looked at. Most probes are over sooner, and a look costs more than they do."""
FLOOD = 64
"""A probe that prints this many times what is kept is stopped: reading it all would cost the grader's own time."""
_CHUNK = 1 << 16
"""What a pipe holds on Linux, so that one read empties it."""
_CHANNEL_CHUNK = 1 << 20
"""Bytes sent or received at once: a large tensor takes few calls, and time and memory are looked at in between."""
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""Made anew for every probe, which costs the kernel nothing with these."""


@dataclass(frozen=True)
class Usage:
    """What a process and everything it started have used: CPU since its start, memory just now."""

    cpu_seconds: float
    memory_bytes: int
    processes: int
    """How many there are, as far as the system tells."""
    ended: bool
    """Whether the process itself has ended, although others may hold its channel open."""
    killed_for_memory: bool = False
    """Whether the kernel has ended any of them because their control group's memory was used up."""


class StudentProcess(ABC):
    """A started process, ready for its first request.

    `channel`, `stdout` and `stderr` are non-blocking and selectable.
    """

    channel: socket.socket
    stdout: socket.socket | int
    stderr: socket.socket | int

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        """What had been used at the latest look."""
        self.due = time.monotonic() + TICK_SECONDS
        """When to look next: across requests, so that short ones are not looked at one by one."""

    def look(self) -> Usage:
        """What has been used by now. The system's count may fall back a little; `cpu_seconds` does not."""
        usage = self.usage()
        self.cpu_seconds = max(self.cpu_seconds, usage.cpu_seconds)
        self.due = time.monotonic() + TICK_SECONDS
        return usage

    @abstractmethod
    def usage(self) -> Usage:
        """What the whole tree has used so far."""

    @abstractmethod
    def end(self, grace_seconds: float = 0.0) -> int | None:
        """Kill the whole tree and wait for it.

        Args:
            grace_seconds: how long the process may take to end by itself before that.

        Returns:
            The status with which it had ended by itself, as `subprocess` gives it (negative is a signal); None if it
            was still alive.
        """


End = Literal["replied", "cpu", "wall", "memory", "output", "closed", "broken"]


def ask(process: StudentProcess, body: bytes, limits: Limits) -> Exchange:
    """Send one encoded request and wait for its reply, or for a limit.

    The process must be silent on its channel before, answer under the nonce drawn here, and send nothing after.
    """
    exchange = Exchange(process, body, limits)
    try:
        exchange.run()
    finally:
        exchange.close()
    return exchange


class Exchange:
    """One request: what is still to send, what came, and how it ended.

    Attributes:
        end: a reply, or the limit or fault that came before it.
        reply: what was replied.
        stdout: the beginning of what was printed meanwhile.
        stderr: the same of the other output.
        cpu_seconds: what was seen to be used. A request that was over before a look shows 0, and the next look counts
            both.
        wall_seconds: how long it took.
        reply_bytes: the size of the reply, as it came.
    """

    def __init__(self, process: StudentProcess, body: bytes, limits: Limits) -> None:
        self.end: End = "replied"
        self.reply: Value = None
        self.stdout, self.stderr = bytearray(), bytearray()
        self.cpu_seconds = self.wall_seconds = 0.0
        self.reply_bytes = 0
        self._process = process
        self._limits = limits
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._outbox = memoryview(pack_frame(self._nonce, body))
        self._inbox = bytearray()
        self._replied = False
        self._cpu_before = process.cpu_seconds
        self._started = time.monotonic()
        self._printed = Counter[str]()
        self._selector = _Selector()
        self._selector.register(process.channel, selectors.EVENT_READ | selectors.EVENT_WRITE, "channel")
        self._outputs = {"stdout": process.stdout, "stderr": process.stderr}
        for name, output in self._outputs.items():
            self._selector.register(output, selectors.EVENT_READ, name)

    def close(self) -> None:
        """Let go of the process's descriptors."""
        self._selector.close()

    def run(self) -> None:
        """Send, and watch until the end."""
        ended = False
        while not ended:
            for key, events in self._selector.select(max(0.0, self._process.due - time.monotonic())):
                ended = self._on_event(key.data, events) or ended
            if time.monotonic() >= self._process.due:
                ended = ended or self._over_limit()
        self._drain()
        self.wall_seconds = time.monotonic() - self._started
        if self.end != "replied" or time.monotonic() >= self._process.due:
            self._over_limit()

    def _on_event(self, name: str, events: int) -> bool:
        if name != "channel":
            return self._on_output(name)
        if events & selectors.EVENT_READ:
            return self._receive()
        return self._send()

    def _send(self) -> bool:
        try:
            sent = self._process.channel.send(self._outbox[:_CHANNEL_CHUNK])
        except BlockingIOError:
            return False
        except OSError:
            return self._end("closed")
        self._outbox = self._outbox[sent:]
        if not self._outbox:
            self._selector.modify(self._process.channel, selectors.EVENT_READ, "channel")
        return False

    def _receive(self) -> bool:
        try:
            piece = self._process.channel.recv(_CHANNEL_CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        if not piece:
            return self._end("closed")
        if self._outbox:  # a reply to a request that has not arrived was made up
            return self._end("broken")
        self._inbox += piece
        return self._parse()

    def _parse(self) -> bool:
        """Whether the inbox holds a whole reply, or can no longer become one."""
        if not may_start_frame(bytes(self._inbox[:HEADER_BYTES])):
            return self._end("broken")
        if len(self._inbox) < HEADER_BYTES:
            return False
        try:
            nonce, length = unpack_header(bytes(self._inbox[:HEADER_BYTES]))
            expected = secrets.compare_digest(nonce, self._nonce)
            if not expected or length > self._limits.reply_bytes + REPLY_MARGIN:
                return self._end("broken")
            missing = HEADER_BYTES + length - len(self._inbox)
            if missing > 0:
                return False
            if missing < 0:  # bytes after the reply were meant to answer the next request
                return self._end("broken")
            self.reply_bytes = length
            self.reply = decode(bytes(self._inbox[HEADER_BYTES:]))
            self._replied = True
        except CodecError:
            return self._end("broken")
        return True

    def _on_output(self, name: str) -> bool:
        piece = self._keep_output(name)
        if piece == b"":
            self._selector.unregister(self._outputs[name])
        self._printed[name] += len(piece or b"")
        return self._printed[name] > FLOOD * self._limits.output_bytes and self._end("output")

    def _drain(self) -> None:
        """Read what the probe had printed before it replied or died: at most what a flood may hold."""
        for name in self._outputs:
            for _ in range(FLOOD):
                if not self._keep_output(name):
                    break

    def _keep_output(self, name: str) -> bytes | None:
        """The next piece of an output, of which as much is kept as there is room for; see `_read`."""
        piece = _read(self._outputs[name])
        kept: bytearray = getattr(self, name)
        kept += (piece or b"")[: self._limits.output_bytes - len(kept)]
        return piece

    def _over_limit(self) -> bool:
        usage = self._process.look()
        self.cpu_seconds = self._process.cpu_seconds - self._cpu_before
        self.wall_seconds = time.monotonic() - self._started
        if usage.killed_for_memory:
            self.end = "memory"
        if self.end != "replied":
            return True
        if self.cpu_seconds > self._limits.cpu_seconds:
            return self._end("cpu")
        if self.wall_seconds > self._limits.wall_seconds:
            return self._end("wall")
        if usage.memory_bytes > self._limits.memory_mib << 20:
            return self._end("memory")
        return usage.ended and not self._replied and self._end("closed")

    def _end(self, end: End) -> bool:
        self.end = end
        return True


def _read(source: socket.socket | int) -> bytes | None:
    """What is there, empty at the end, None where nothing is there yet."""
    try:
        return os.read(source, _CHUNK) if isinstance(source, int) else source.recv(_CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
