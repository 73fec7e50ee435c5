"""One question to a process: when it is looked at, and what a look decides."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from grader.runner.codec import encode
from grader.runner.protocol import HEADER_BYTES, pack_frame, unpack_header
from grader.sandbox import limited_request
from grader.sandbox.base import Limits
from grader.sandbox.limited_request import StudentProcess, Usage, ask

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=60.0, memory_mib=1, output_bytes=1 << 10, reply_bytes=64)


class Echo(StudentProcess):
    """Answers every request with itself, at once, and shows the usage that a test sets."""

    def __init__(self, channel: socket.socket, stdout: int, stderr: int) -> None:
        super().__init__()
        self.channel, self.stdout, self.stderr = channel, stdout, stderr
        self.says: list[Usage] = []
        self.looks = 0

    def usage(self) -> Usage:
        self.looks += 1
        return self.says.pop(0)

    def end(self, grace_seconds: float = 0.0) -> int | None:
        raise AssertionError("asking ends nobody")


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Echo]:
    monkeypatch.setattr(limited_request, "TICK_SECONDS", 1_000.0)  # nobody looks unless a test says that it is time
    ours, theirs = socket.socketpair()
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()

    def answer() -> None:
        with theirs, contextlib.suppress(OSError):  # whoever asked has ended the request
            while header := theirs.recv(HEADER_BYTES, socket.MSG_WAITALL):
                nonce, length = unpack_header(header)
                theirs.sendall(pack_frame(nonce, theirs.recv(length, socket.MSG_WAITALL)))

    serving = threading.Thread(target=answer)
    serving.start()
    for end in (out, err):
        os.set_blocking(end, False)
    ours.setblocking(False)
    yield Echo(ours, out, err)
    ours.close()
    serving.join()
    for end in (out, out_end, err, err_end):
        os.close(end)


def test_what_is_over_before_the_next_look_is_not_looked_at(echo: Echo) -> None:
    echo.due = time.monotonic() + 1_000
    exchanges = [ask(echo, encode(number, 64), LIMITS) for number in range(3)]
    assert [(one.end, one.reply, one.cpu_seconds) for one in exchanges] == [("replied", n, 0.0) for n in range(3)]
    assert echo.looks == 0


def test_what_short_probes_used_stands_with_the_one_at_which_somebody_looks(echo: Echo) -> None:
    echo.says = [Usage(0.25, 0, 1, False)]
    echo.due = time.monotonic() + 1_000
    ask(echo, encode(0, 64), LIMITS)
    echo.due = 0.0
    assert ask(echo, encode(1, 64), LIMITS).cpu_seconds == 0.25
    assert echo.cpu_seconds == 0.25


@pytest.mark.parametrize(
    ("usage", "end"),
    [
        (Usage(1.5, 0, 1, False), "cpu"),
        (Usage(0.5, 2 << 20, 1, False), "memory"),
        (Usage(0.5, 1 << 20, 9, False), "replied"),
        (Usage(0.5, 0, 1, True), "closed"),
    ],
)
def test_a_look_decides(echo: Echo, usage: Usage, end: str) -> None:
    echo.says = [usage] * 2
    echo.due = 0.0
    assert ask(echo, encode(0, 64), LIMITS).end == end


def test_what_was_used_before_is_not_counted_again(echo: Echo) -> None:
    echo.says = [Usage(0.9, 0, 1, False), Usage(1.7, 0, 1, False), Usage(1.6, 0, 1, False)]
    spent = []
    for number in range(3):
        echo.due = 0.0
        spent.append(round(ask(echo, encode(number, 64), LIMITS).cpu_seconds, 3))
    assert spent == [0.9, 0.8, 0.0], "the system's count may fall back a little; ours does not"
