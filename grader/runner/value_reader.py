"""Reads a `Value` from bytes that may be hostile.

Owns the caps on what is read. The encoding belongs to `value_format`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from grader.runner.value_format import COUNT, DTYPES, I64, REAL, U16
from grader.runner.values import (
    ITEM_BYTES,
    MAX_DEPTH,
    MAX_HASHED,
    MAX_INT_BYTES,
    MAX_ITEMS,
    MAX_RANK,
    MAX_TEXT_BYTES,
    CodecError,
    Generator,
    Tensor,
    Value,
    may_be_key,
)


def decode(data: bytes) -> Value:
    """Decode what may come outward: exactly one value, no `Generator`.

    Raises:
        CodecError: anything else, whatever the bytes are.
    """
    return _Reader(data, inward=False).whole()


def decode_inward(data: bytes) -> Value:
    """Decode what we sent inward: exactly one value, `Generator` included. Raises `CodecError`."""
    return _Reader(data, inward=True).whole()


class _Reader:
    """Reads hostile bytes: every length is checked against what is left before anything is built."""

    def __init__(self, data: bytes, *, inward: bool) -> None:
        self._data = data
        self._at = 0
        self._items = 0
        self._keys = 0
        self._inward = inward

    def whole(self) -> Value:
        value = self._value(0)
        if self._at != len(self._data):
            raise CodecError(f"{len(self._data) - self._at} bytes after the value")
        return value

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise CodecError("the value ends early")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def unpack(self, layout: struct.Struct) -> Any:
        """The one thing that a layout holds."""
        at, self._at = self._at, self._at + layout.size
        if self._at > len(self._data):
            raise CodecError("the value ends early")
        return layout.unpack_from(self._data, at)[0]

    def _value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise CodecError(f"nested deeper than {MAX_DEPTH} levels")
        self._count(1)
        tag = self._take(1)
        reader = _READERS.get(tag)
        if reader is None or (tag == b"g" and not self._inward):
            raise CodecError(f"unknown tag {tag!r}")
        return reader(self, depth)

    def _count(self, items: int) -> None:
        self._items += items
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS} items")

    def integer(self, depth: int) -> int:
        size = self.unpack(U16)
        if not 0 < size <= MAX_INT_BYTES:
            raise CodecError(f"an integer of {size} bytes")
        return int.from_bytes(self._take(size), "little", signed=True)

    def real(self, depth: int) -> float:
        number: float = self.unpack(REAL)
        return number

    def complex(self, depth: int) -> complex:
        return complex(self.unpack(REAL), self.unpack(REAL))

    def text(self, depth: int) -> str:
        size = self.unpack(COUNT)
        if size > MAX_TEXT_BYTES:
            raise CodecError(f"text of {size} bytes")
        try:
            return self._take(size).decode()
        except UnicodeDecodeError as error:
            raise CodecError("text that is not UTF-8") from error

    def items(self, depth: int) -> list[Value]:
        return [self._value(depth + 1) for _ in range(self.unpack(COUNT))]

    def numbers(self, depth: int, layout: str) -> list[Value]:
        if depth >= MAX_DEPTH:
            raise CodecError(f"nested deeper than {MAX_DEPTH} levels")
        count = self.unpack(COUNT)
        self._count(count)
        return list(struct.unpack(f"<{count}{layout}", self._take(8 * count)))

    def mapping(self, depth: int) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for _ in range(self.unpack(COUNT)):
            if self._take(1) != b"s":
                raise CodecError("a dictionary key that is not text")
            key = self.text(depth)
            if key in out:
                raise CodecError("a dictionary key twice")
            out[key] = self._value(depth + 1)
        return out

    def any_mapping(self, depth: int) -> dict[Any, Value]:
        keys: list[Value] = []
        items = []
        for _ in range(self.unpack(COUNT)):
            keys.append(self._value(depth + 1))
            items.append(self._value(depth + 1))
        self._hashed(keys)
        return dict(zip(keys, items, strict=True))

    def unordered(self, depth: int) -> frozenset[Value]:
        members = self.items(depth)
        self._hashed(members)
        return frozenset(members)

    def _hashed(self, values: list[Value]) -> None:
        """See that values may be keys or members: before any of them is hashed, and each once."""
        self._keys += len(values)
        if self._keys > MAX_HASHED:
            raise CodecError(f"more than {MAX_HASHED} members of sets and keys")
        if not all(map(may_be_key, values)) or len(set(values)) != len(values):
            raise CodecError("a member of a set or a key that may be none, or is there twice")

    def raw(self, depth: int) -> bytes:
        size = self.unpack(COUNT)
        if size > MAX_TEXT_BYTES:
            raise CodecError(f"{size} raw bytes")
        return self._take(size)

    def tensor(self, depth: int) -> Tensor:
        code, rank = self._take(2)
        if code >= len(DTYPES) or rank > MAX_RANK:
            raise CodecError("a tensor of unknown dtype or rank")
        shape = struct.unpack(f"<{rank}Q", self._take(8 * rank))
        dtype = DTYPES[code]
        return Tensor(dtype, shape, self._take(math.prod(shape) * ITEM_BYTES[dtype]))


_READERS: dict[bytes, Callable[[_Reader, int], Value]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"i": _Reader.integer,
    b"f": _Reader.real,
    b"c": _Reader.complex,
    b"s": _Reader.text,
    b"l": _Reader.items,
    b"t": lambda reader, depth: tuple(reader.items(depth)),
    b"q": lambda reader, depth: reader.numbers(depth, "q"),
    b"r": lambda reader, depth: reader.numbers(depth, "d"),
    b"d": _Reader.mapping,
    b"m": _Reader.any_mapping,
    b"u": _Reader.unordered,
    b"b": _Reader.raw,
    b"a": _Reader.tensor,
    b"g": lambda reader, depth: Generator(reader.unpack(I64)),
}
