"""A `Value` as bytes, and the frames that carry it both ways.

Owns the encoding. A frame is a header (magic, version, nonce, length) and one encoded value. A nonce is
drawn outside for every request and must come back with its reply, so that a frame written ahead, replayed
or made up breaks the protocol instead of answering.

An encoded value is one tag byte and a payload, little-endian:

    N                 none                 c  two float64        complex
    T F               bool                 l t  count, items     list, tuple
    i  length, bytes  int                  d  count, key, value  dict with text keys, each once
    f  float64        float                a  dtype, rank, shape, bytes      Tensor
    s  length, UTF-8  text                 g  int64              Generator, inward only

NaN and the infinities are IEEE 754 bit patterns, never text.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from typing import Any

from grader.wire import (
    ITEM_BYTES,
    MAX_DEPTH,
    MAX_INT_BYTES,
    MAX_ITEMS,
    MAX_RANK,
    MAX_TEXT_BYTES,
    Generator,
    Tensor,
    Value,
    WireError,
)

VERSION = 1
NONCE_BYTES = 16

_DTYPES = tuple(ITEM_BYTES)
_HEADER = struct.Struct("<4sB16sQ")
_MAGIC = b"hw11"
HEADER_BYTES = _HEADER.size
NEXT_TURN: Value = {"next": "turn"}
"""The request between two turns that may share a process; its reply is `restored`, true or false."""
REPLY_MARGIN = 4096
"""Bytes a reply may take beyond its value: status, message, place."""


def encode(value: Value, max_bytes: int) -> bytes:
    """Encode one value.

    Raises:
        WireError: over a cap, or holding an object that is no `Value`.
    """
    out = bytearray()
    _Writer(out, max_bytes).write(value, 0)
    return bytes(out)


def decode(data: bytes) -> Value:
    """Decode what may come outward: exactly one value, no `Generator`.

    Raises:
        WireError: anything else, whatever the bytes are.
    """
    reader = _Reader(data, inward=False)
    return reader.whole()


def decode_inward(data: bytes) -> Value:
    """Decode what we sent inward: exactly one value, `Generator` included. Raises `WireError`."""
    return _Reader(data, inward=True).whole()


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
        WireError: these bytes start no frame of this version.
    """
    magic, version, nonce, length = _HEADER.unpack(header)
    if magic != _MAGIC or version != VERSION:
        raise WireError("not a frame of this protocol")
    return nonce, length


class _Writer:
    """Appends values to `out` and counts what is left of the caps."""

    def __init__(self, out: bytearray, max_bytes: int) -> None:
        self._out = out
        self._max_bytes = max_bytes
        self._items = 0

    def write(self, value: Value, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise WireError(f"nested deeper than {MAX_DEPTH} levels")
        self._items += 1
        if self._items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} items")
        writer = _WRITERS.get(type(value))
        if writer is None:
            raise WireError(f"{type(value).__name__} may not cross")
        writer(self, value, depth)
        if len(self._out) > self._max_bytes:
            raise WireError(f"more than {self._max_bytes} bytes")

    def none(self, value: None, depth: int) -> None:
        self._out += b"N"

    def boolean(self, value: bool, depth: int) -> None:
        self._out += b"T" if value else b"F"

    def integer(self, value: int, depth: int) -> None:
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise WireError(f"an integer of more than {MAX_INT_BYTES * 8} bits")
        self._out += struct.pack("<cH", b"i", size) + value.to_bytes(size, "little", signed=True)

    def real(self, value: float, depth: int) -> None:
        self._out += struct.pack("<cd", b"f", value)

    def complex(self, value: complex, depth: int) -> None:
        self._out += struct.pack("<cdd", b"c", value.real, value.imag)

    def text(self, value: str, depth: int) -> None:
        try:
            raw = value.encode()
        except UnicodeEncodeError as error:
            raise WireError("text with half a surrogate pair") from error
        if len(raw) > MAX_TEXT_BYTES:
            raise WireError(f"text of more than {MAX_TEXT_BYTES} bytes")
        self._out += struct.pack("<cI", b"s", len(raw)) + raw

    def sequence(self, value: list[Value] | tuple[Value, ...], depth: int) -> None:
        self._out += struct.pack("<cI", b"l" if type(value) is list else b"t", len(value))
        for item in value:
            self.write(item, depth + 1)

    def mapping(self, value: dict[str, Value], depth: int) -> None:
        self._out += struct.pack("<cI", b"d", len(value))
        for key, item in value.items():
            if type(key) is not str:
                raise WireError("a dictionary key that is not text")
            self.text(key, depth)
            self.write(item, depth + 1)

    def tensor(self, value: Tensor, depth: int) -> None:
        if len(self._out) + len(value.data) > self._max_bytes:
            raise WireError(f"more than {self._max_bytes} bytes")
        rank = len(value.shape)
        self._out += struct.pack("<cBB", b"a", _DTYPES.index(value.dtype), rank)
        self._out += struct.pack(f"<{rank}Q", *value.shape) + value.data

    def generator(self, value: Generator, depth: int) -> None:
        self._out += struct.pack("<cq", b"g", value.seed)


_WRITERS: dict[type, Callable[[_Writer, Any, int], None]] = {
    type(None): _Writer.none,
    bool: _Writer.boolean,
    int: _Writer.integer,
    float: _Writer.real,
    complex: _Writer.complex,
    str: _Writer.text,
    list: _Writer.sequence,
    tuple: _Writer.sequence,
    dict: _Writer.mapping,
    Tensor: _Writer.tensor,
    Generator: _Writer.generator,
}


class _Reader:
    """Reads hostile bytes: every length is checked against what is left before anything is built."""

    def __init__(self, data: bytes, *, inward: bool) -> None:
        self._data = data
        self._at = 0
        self._items = 0
        self._inward = inward

    def whole(self) -> Value:
        value = self._value(0)
        if self._at != len(self._data):
            raise WireError(f"{len(self._data) - self._at} bytes after the value")
        return value

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise WireError("the value ends early")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise WireError(f"nested deeper than {MAX_DEPTH} levels")
        self._items += 1
        if self._items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} items")
        tag = self._take(1)
        if tag == b"N":
            return None
        if tag in (b"T", b"F"):
            return tag == b"T"
        if tag == b"l":
            return list(self._sequence(depth))
        if tag == b"t":
            return tuple(self._sequence(depth))
        if tag == b"d":
            return self._mapping(depth)
        return self._leaf(tag)

    def _leaf(self, tag: bytes) -> Value:
        if tag == b"i":
            return self._integer()
        if tag == b"f":
            return float(self._unpack("<d")[0])
        if tag == b"c":
            return complex(*self._unpack("<dd"))
        if tag == b"s":
            return self._text()
        if tag == b"a":
            return self._tensor()
        if tag == b"g" and self._inward:
            return Generator(int(self._unpack("<q")[0]))
        raise WireError(f"unknown tag {tag!r}")

    def _integer(self) -> int:
        (size,) = self._unpack("<H")
        if not 0 < size <= MAX_INT_BYTES:
            raise WireError(f"an integer of {size} bytes")
        return int.from_bytes(self._take(size), "little", signed=True)

    def _text(self) -> str:
        (size,) = self._unpack("<I")
        if size > MAX_TEXT_BYTES:
            raise WireError(f"text of {size} bytes")
        try:
            return self._take(size).decode()
        except UnicodeDecodeError as error:
            raise WireError("text that is not UTF-8") from error

    def _sequence(self, depth: int) -> Iterator[Value]:
        (count,) = self._unpack("<I")
        for _ in range(count):
            yield self._value(depth + 1)

    def _mapping(self, depth: int) -> dict[str, Value]:
        (count,) = self._unpack("<I")
        out: dict[str, Value] = {}
        for _ in range(count):
            if self._take(1) != b"s":
                raise WireError("a dictionary key that is not text")
            key = self._text()
            if key in out:
                raise WireError("a dictionary key twice")
            out[key] = self._value(depth + 1)
        return out

    def _tensor(self) -> Tensor:
        code, rank = self._unpack("<BB")
        if code >= len(_DTYPES) or rank > MAX_RANK:
            raise WireError("a tensor of unknown dtype or rank")
        shape = self._unpack(f"<{rank}Q")
        dtype = _DTYPES[code]
        return Tensor(dtype, shape, self._take(math.prod(shape) * ITEM_BYTES[dtype]))
