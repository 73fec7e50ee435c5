"""One process for student code, on any system: it is started for a batch and not forked.

Owns the connection to the parent over loopback, since Windows cannot pass a socket on. The connection opens with a
token, because any process of this machine could connect to the parent's port. Started by `grader.runner.entry.main`.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from grader.runner.codec import encode
from grader.runner.entry.prepare import prepare
from grader.runner.protocol import pack_frame

HELLO_BYTES = 1 << 20
"""Room for the names of an assignment's probe functions, tens of bytes each."""


def main(order: dict[str, Any]) -> None:
    """Prepare, connect, run one batch."""
    interpreter = prepare(order)
    channel = socket.create_connection(("127.0.0.1", order["port"]))
    channel.sendall(bytes.fromhex(order["token"]) + pack_frame(bytes(16), encode(interpreter.catalogue, HELLO_BYTES)))
    batch = json.loads(_line(channel))
    interpreter.run_batch(channel, Path(batch["submission"]), Path(batch["scratch"]), batch["limits"])


def _line(channel: socket.socket) -> bytes:
    """The parent's first line. What follows it belongs to the requests, so it is read byte by byte."""
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = channel.recv(1)
        if not piece:  # the parent needs no process any more
            os._exit(0)
        line += piece
    return bytes(line)
