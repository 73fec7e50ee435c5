"""Messages between trusted processes over Unix sockets, with descriptors: the parent, the zygote, the supervisors.

Owns their sending and receiving. Student code holds no end of these sockets.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

from grader.runner.codec import decode, encode
from grader.runner.protocol import HEADER_BYTES, NONCE_BYTES, pack_frame, unpack_header
from grader.runner.values import Value

MAX_BYTES = 1 << 30
"""Far above a submission's files, the largest message; what is larger is a fault of ours."""
_MAX_DESCRIPTORS = 8
"""A channel and two outputs are the most that one message brings."""
_PIECE = 1 << 20


def send(end: socket.socket, message: Value, descriptors: Sequence[int] = ()) -> None:
    """Send one value, and descriptors with it. Raises `OSError`."""
    frame = memoryview(pack_frame(bytes(NONCE_BYTES), encode(message, MAX_BYTES)))
    if descriptors:
        sent = socket.send_fds(end, [frame[:HEADER_BYTES]], list(descriptors))
        frame = frame[sent:]
    end.sendall(frame)


def receive(end: socket.socket) -> tuple[Value, list[int]]:
    """The next value and its descriptors, which are the caller's to close.

    Raises:
        EOFError: the other end is gone.
        OSError: so is the socket, or it took too long.
    """
    header, descriptors, _flags, _address = socket.recv_fds(end, HEADER_BYTES, _MAX_DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    header += receive_exactly(end, HEADER_BYTES - len(header)) if header else b""
    if not header:
        raise EOFError("the other end is gone")
    _nonce, length = unpack_header(header)
    return decode(receive_exactly(end, length)), descriptors


def receive_exactly(end: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes from a blocking socket.

    Raises:
        EOFError: the other end closed before.
        OSError: the socket is broken, or its timeout passed.
    """
    pieces = bytearray()
    while len(pieces) < count:
        piece = end.recv(min(count - len(pieces), _PIECE))
        if not piece:
            raise EOFError("the other end is gone")
        pieces += piece
    return bytes(pieces)
