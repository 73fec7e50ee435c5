"""Entry of a process that was started to run student code in, on any system.

Owns the call back to the parent: a loopback connection that opens with a token. Started by
`grader.runner.entry.main`.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from grader.runner.call import Observers
from grader.runner.codec import encode
from grader.runner.preload import address_bytes, enter, preload, set_limits
from grader.runner.pristine import Baseline
from grader.runner.protocol import pack_frame
from grader.runner.serve import serve


def main(order: dict[str, Any]) -> None:
    """Prepare, call back, serve. Never returns to the interpreter, so nothing left behind runs at exit."""
    preload()
    probes = Path(order["probes"])
    observers = Observers(probes)
    hello = encode({"names": list(observers.names()), "broken": dict(observers.broken)}, 1 << 20)
    channel = socket.create_connection(("127.0.0.1", order["port"]))
    channel.sendall(bytes.fromhex(order["token"]) + pack_frame(bytes(16), hello))
    begin = json.loads(_line(channel))
    submission, scratch = Path(begin["submission"]), Path(begin["scratch"])
    enter(submission, scratch, probes)
    set_limits({**begin["limits"], "address_bytes": begin["limits"]["address_bytes"] + address_bytes()})
    serve(channel, submission, observers, Baseline(observers.modules()).begin(submission, [submission, scratch]))


def _line(channel: socket.socket) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = channel.recv(1)
        if not piece:
            os._exit(0)
        line += piece
    return bytes(line)
