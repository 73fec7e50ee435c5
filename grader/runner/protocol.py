"""The frames that carry encoded values both ways.

Owns the header (magic, version, nonce, length) before one value, encoded by `grader.runner.codec`. A nonce is drawn
outside for every request and must come back with its reply, so that a frame written ahead, replayed or made up breaks
the protocol instead of answering.
"""

from __future__ import annotations

import struct

from grader.runner.values import CodecError, Value

VERSION = 1
NONCE_BYTES = 16
"""128 bits cannot be guessed within any number of replies that fits into a time limit."""

_HEADER = struct.Struct("<4sB16sQ")
_MAGIC = b"hw11"
HEADER_BYTES = _HEADER.size
NEXT_BATCH: Value = {"next": "batch"}
"""The request between two batches that may share a process; its reply is `pristine`, true or false."""
NEXT_FILES: Value = {"next": "files"}
"""The request after a pristine process was given another submission's files; its reply is empty. None of a class is."""
REPLY_MARGIN = 4096
"""Bytes a reply may take beyond its value: status, message of at most 400 characters, place."""


def pack_frame(nonce: bytes, body: bytes) -> bytes:
    """Frame `body` under a nonce of `NONCE_BYTES`."""
    return _HEADER.pack(_MAGIC, VERSION, nonce, len(body)) + body


def may_start_frame(prefix: bytes) -> bool:
    """Whether a frame of this protocol can start so."""
    start = _MAGIC + bytes([VERSION])
    return prefix[: len(start)] == start[: len(prefix)]


def unpack_header(header: bytes) -> tuple[bytes, int]:
    """The nonce and the body's length of a frame whose first `HEADER_BYTES` are given.

    Raises:
        CodecError: these bytes start no frame of this version.
    """
    magic, version, nonce, length = _HEADER.unpack(header)
    if magic != _MAGIC or version != VERSION:
        raise CodecError("not a frame of this protocol")
    return nonce, length
