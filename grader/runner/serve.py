"""The loop that answers requests inside: one frame in, one probe run, one frame out.

Owns the inner end of the private channel. The channel's socket is the only way out; everything that student
code does to it, to this module or to this process costs that student's own observations and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from grader.runner import call
from grader.runner.codec import decode_inward, encode
from grader.runner.pristine import ProcessBaseline
from grader.runner.protocol import HEADER_BYTES, NEXT_BATCH, NEXT_FILES, REPLY_MARGIN, pack_frame, unpack_header
from grader.runner.socket_messages import receive_exactly
from grader.runner.values import CodecError


def serve(channel: socket.socket, submission: Path, observers: call.Observers, baseline: ProcessBaseline) -> NoReturn:
    """Answer requests until the channel closes or student code breaks it, then end this process at once.

    Every request is answered before the next one is read. `os._exit` skips what student code registered to run at
    exit, and any traceback of ours.
    """
    try:
        while True:
            _answer(channel, submission, observers, baseline)
    finally:
        os._exit(0)


def _answer(channel: socket.socket, submission: Path, observers: call.Observers, baseline: ProcessBaseline) -> None:
    """One request and its reply. Raises `EOFError` where the parent has closed the channel."""
    nonce, length = unpack_header(receive_exactly(channel, HEADER_BYTES))
    request = cast("Mapping[str, Any]", decode_inward(receive_exactly(channel, length)))
    if request == NEXT_BATCH:
        reply: call.Reply = {"pristine": baseline.is_pristine()}
    elif request == NEXT_FILES:
        baseline.look_at_files()
        reply = {}
    else:
        reply = call.run(request, submission, observers)
    _flush()
    channel.sendall(pack_frame(nonce, _encoded(reply, int(request.get("reply_bytes", 0)))))


def _encoded(reply: call.Reply, reply_bytes: int) -> bytes:
    try:
        return encode(reply, reply_bytes + REPLY_MARGIN)
    except CodecError as error:
        refused: call.Reply = {"status": "refused", "value": None, "message": f"what came back holds {error}"}
        return encode({**refused, "where": ""}, REPLY_MARGIN)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
