"""Writes a `Value` as bytes.

Owns the caps on what is written. The encoding belongs to `value_format`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from grader.runner.value_format import COMPLEX, COUNT, DTYPES, I64, KIND, PACKED, REAL, U16
from grader.runner.values import (
    MAX_DEPTH,
    MAX_INT_BYTES,
    MAX_ITEMS,
    MAX_TEXT_BYTES,
    CodecError,
    Generator,
    Tensor,
    Value,
)

_SHORT = 64
"""Characters of a text that is likely to be written again, such as a key."""


def encode(value: Value, max_bytes: int) -> bytes:
    """Encode one value.

    Raises:
        CodecError: over a cap, or holding an object that is no `Value`.
    """
    out = bytearray()
    _Writer(out, max_bytes).write(value, 0)
    return bytes(out)


class _Writer:
    """Appends values to `out` and counts what is left of the caps."""

    def __init__(self, out: bytearray, max_bytes: int) -> None:
        self._out = out
        self._max_bytes = max_bytes
        self._items = 0

    def write(self, value: Value, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise CodecError(f"nested deeper than {MAX_DEPTH} levels")
        self._count(1)
        writer = _WRITERS.get(type(value))
        if writer is None:
            raise CodecError(f"{type(value).__name__} may not cross")
        writer(self, value, depth)
        if len(self._out) > self._max_bytes:
            raise CodecError(f"more than {self._max_bytes} bytes")

    def _count(self, items: int) -> None:
        self._items += items
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS} items")

    def none(self, value: None, depth: int) -> None:
        self._out += b"N"

    def boolean(self, value: bool, depth: int) -> None:
        self._out += b"T" if value else b"F"

    def integer(self, value: int, depth: int) -> None:
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise CodecError(f"an integer of more than {MAX_INT_BYTES * 8} bits")
        self._out += b"i" + U16.pack(size) + value.to_bytes(size, "little", signed=True)

    def real(self, value: float, depth: int) -> None:
        self._out += b"f" + REAL.pack(value)

    def complex(self, value: complex, depth: int) -> None:
        self._out += b"c" + COMPLEX.pack(value.real, value.imag)

    def text(self, value: str, depth: int) -> None:
        self._out += _short_text(value) if len(value) <= _SHORT else _text(value)

    def sequence(self, value: list[Value] | tuple[Value, ...], depth: int) -> None:
        is_list = type(value) is list
        if is_list and depth < MAX_DEPTH and self._numbers(value):
            return
        self._out += (b"l" if is_list else b"t") + COUNT.pack(len(value))
        for item in value:
            self.write(item, depth + 1)

    def _numbers(self, value: list[Value] | tuple[Value, ...]) -> bool:
        """Write a list of numbers of one type at once; false if it is none."""
        tag, layout = PACKED.get(frozenset(map(type, value)), (b"", ""))
        if not tag:
            return False
        try:
            packed = struct.pack(f"<{len(value)}{layout}", *value)
        except struct.error:  # an integer of more than 64 bits
            return False
        self._count(len(value))
        self._out += tag + COUNT.pack(len(value)) + packed
        return True

    def mapping(self, value: dict[Any, Value], depth: int) -> None:
        texts = all(type(key) is str for key in value)
        self._out += (b"d" if texts else b"m") + COUNT.pack(len(value))
        for key, item in value.items():
            if texts:
                self.text(key, depth)
            else:
                self.write(key, depth + 1)
            self.write(item, depth + 1)

    def unordered(self, value: frozenset[Value], depth: int) -> None:
        self._out += b"u" + COUNT.pack(len(value))
        for encoded in sorted(encode(item, self._max_bytes) for item in value):  # equal sets are equal bytes
            self._out += encoded
        self._count(len(value))

    def raw(self, value: bytes, depth: int) -> None:
        if len(value) > MAX_TEXT_BYTES:
            raise CodecError(f"more than {MAX_TEXT_BYTES} raw bytes")
        self._out += b"b" + COUNT.pack(len(value)) + value

    def tensor(self, value: Tensor, depth: int) -> None:
        if len(self._out) + len(value.data) > self._max_bytes:
            raise CodecError(f"more than {self._max_bytes} bytes")
        rank = len(value.shape)
        self._out += b"a" + KIND.pack(DTYPES.index(value.dtype), rank)
        self._out += struct.pack(f"<{rank}Q", *value.shape) + value.data

    def generator(self, value: Generator, depth: int) -> None:
        self._out += b"g" + I64.pack(value.seed)


def _text(value: str) -> bytes:
    try:
        raw = value.encode()
    except UnicodeEncodeError as error:
        raise CodecError("text with half a surrogate pair") from error
    if len(raw) > MAX_TEXT_BYTES:
        raise CodecError(f"text of more than {MAX_TEXT_BYTES} bytes")
    return b"s" + COUNT.pack(len(raw)) + raw


_short_text = lru_cache(maxsize=512)(_text)


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
    frozenset: _Writer.unordered,
    bytes: _Writer.raw,
    Tensor: _Writer.tensor,
    Generator: _Writer.generator,
}
