"""A `Value` as bytes.

Owns the encoding, and reads it back from bytes that may be hostile. What carries it across belongs to
`grader.runner.protocol`.

An encoded value is one tag byte and a payload, little-endian:

    N                 none                 c  two float64        complex
    T F               bool                 l t  count, items     list, tuple
    i  length, bytes  int                  d  count, key, value  dict with text keys, each once
    b  length, bytes  bytes                m  count, key, value  dict with any keys, each once
    u  count, items   set
    f  float64        float                a  dtype, rank, shape, bytes      Tensor
    s  length, UTF-8  text                 g  int64              Generator, inward only
    q  count, int64   list of ints         r  count, float64     list of floats

A list is written as `q` or `r` whenever it can be: one by one its items would cost a hundred times as much. NaN and
the infinities are IEEE 754 bit patterns, never text.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

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

_DTYPES = tuple(ITEM_BYTES)
_PACKED = {frozenset({int}): (b"q", "q"), frozenset({float}): (b"r", "d")}
"""Types of a list's items -> its tag, and how `struct` names such an item."""
_U16, _COUNT, _I64, _REAL, _COMPLEX = map(struct.Struct, ("<H", "<I", "<q", "<d", "<dd"))
_KIND = struct.Struct("<BB")
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


def decode(data: bytes) -> Value:
    """Decode what may come outward: exactly one value, no `Generator`.

    Raises:
        CodecError: anything else, whatever the bytes are.
    """
    reader = _Reader(data, inward=False)
    return reader.whole()


def decode_inward(data: bytes) -> Value:
    """Decode what we sent inward: exactly one value, `Generator` included. Raises `CodecError`."""
    return _Reader(data, inward=True).whole()


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
        self._out += b"i" + _U16.pack(size) + value.to_bytes(size, "little", signed=True)

    def real(self, value: float, depth: int) -> None:
        self._out += b"f" + _REAL.pack(value)

    def complex(self, value: complex, depth: int) -> None:
        self._out += b"c" + _COMPLEX.pack(value.real, value.imag)

    def text(self, value: str, depth: int) -> None:
        self._out += _short_text(value) if len(value) <= _SHORT else _text(value)

    def sequence(self, value: list[Value] | tuple[Value, ...], depth: int) -> None:
        is_list = type(value) is list
        if is_list and depth < MAX_DEPTH and self._numbers(value):
            return
        self._out += (b"l" if is_list else b"t") + _COUNT.pack(len(value))
        for item in value:
            self.write(item, depth + 1)

    def _numbers(self, value: list[Value] | tuple[Value, ...]) -> bool:
        """Write a list of numbers of one type at once; false if it is none."""
        tag, layout = _PACKED.get(frozenset(map(type, value)), (b"", ""))
        if not tag:
            return False
        try:
            packed = struct.pack(f"<{len(value)}{layout}", *value)
        except struct.error:  # an integer of more than 64 bits
            return False
        self._count(len(value))
        self._out += tag + _COUNT.pack(len(value)) + packed
        return True

    def mapping(self, value: dict[Any, Value], depth: int) -> None:
        texts = all(type(key) is str for key in value)
        self._out += (b"d" if texts else b"m") + _COUNT.pack(len(value))
        for key, item in value.items():
            if texts:
                self.text(key, depth)
            else:
                self.write(key, depth + 1)
            self.write(item, depth + 1)

    def unordered(self, value: frozenset[Value], depth: int) -> None:
        self._out += b"u" + _COUNT.pack(len(value))
        for encoded in sorted(encode(item, self._max_bytes) for item in value):  # equal sets are equal bytes
            self._out += encoded
        self._count(len(value))

    def raw(self, value: bytes, depth: int) -> None:
        if len(value) > MAX_TEXT_BYTES:
            raise CodecError(f"more than {MAX_TEXT_BYTES} raw bytes")
        self._out += b"b" + _COUNT.pack(len(value)) + value

    def tensor(self, value: Tensor, depth: int) -> None:
        if len(self._out) + len(value.data) > self._max_bytes:
            raise CodecError(f"more than {self._max_bytes} bytes")
        rank = len(value.shape)
        self._out += b"a" + _KIND.pack(_DTYPES.index(value.dtype), rank)
        self._out += struct.pack(f"<{rank}Q", *value.shape) + value.data

    def generator(self, value: Generator, depth: int) -> None:
        self._out += b"g" + _I64.pack(value.seed)


def _text(value: str) -> bytes:
    try:
        raw = value.encode()
    except UnicodeEncodeError as error:
        raise CodecError("text with half a surrogate pair") from error
    if len(raw) > MAX_TEXT_BYTES:
        raise CodecError(f"text of more than {MAX_TEXT_BYTES} bytes")
    return b"s" + _COUNT.pack(len(raw)) + raw


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

    def _unpack(self, layout: struct.Struct) -> Any:
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

    def none(self, depth: int) -> None:
        return None

    def true(self, depth: int) -> bool:
        return True

    def false(self, depth: int) -> bool:
        return False

    def integer(self, depth: int) -> int:
        size = self._unpack(_U16)
        if not 0 < size <= MAX_INT_BYTES:
            raise CodecError(f"an integer of {size} bytes")
        return int.from_bytes(self._take(size), "little", signed=True)

    def real(self, depth: int) -> float:
        number: float = self._unpack(_REAL)
        return number

    def complex(self, depth: int) -> complex:
        return complex(self._unpack(_REAL), self._unpack(_REAL))

    def text(self, depth: int) -> str:
        size = self._unpack(_COUNT)
        if size > MAX_TEXT_BYTES:
            raise CodecError(f"text of {size} bytes")
        try:
            return self._take(size).decode()
        except UnicodeDecodeError as error:
            raise CodecError("text that is not UTF-8") from error

    def items(self, depth: int) -> list[Value]:
        return [self._value(depth + 1) for _ in range(self._unpack(_COUNT))]

    def fixed(self, depth: int) -> tuple[Value, ...]:
        return tuple(self.items(depth))

    def integers(self, depth: int) -> list[Value]:
        return self._numbers("q", depth)

    def reals(self, depth: int) -> list[Value]:
        return self._numbers("d", depth)

    def _numbers(self, layout: str, depth: int) -> list[Value]:
        if depth >= MAX_DEPTH:
            raise CodecError(f"nested deeper than {MAX_DEPTH} levels")
        count = self._unpack(_COUNT)
        self._count(count)
        return list(struct.unpack(f"<{count}{layout}", self._take(8 * count)))

    def mapping(self, depth: int) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for _ in range(self._unpack(_COUNT)):
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
        for _ in range(self._unpack(_COUNT)):
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
        size = self._unpack(_COUNT)
        if size > MAX_TEXT_BYTES:
            raise CodecError(f"{size} raw bytes")
        return self._take(size)

    def tensor(self, depth: int) -> Tensor:
        code, rank = self._take(2)
        if code >= len(_DTYPES) or rank > MAX_RANK:
            raise CodecError("a tensor of unknown dtype or rank")
        shape = struct.unpack(f"<{rank}Q", self._take(8 * rank))
        dtype = _DTYPES[code]
        return Tensor(dtype, shape, self._take(math.prod(shape) * ITEM_BYTES[dtype]))

    def generator(self, depth: int) -> Generator:
        return Generator(self._unpack(_I64))


_READERS: dict[bytes, Callable[[_Reader, int], Value]] = {
    b"N": _Reader.none,
    b"T": _Reader.true,
    b"F": _Reader.false,
    b"i": _Reader.integer,
    b"f": _Reader.real,
    b"c": _Reader.complex,
    b"s": _Reader.text,
    b"l": _Reader.items,
    b"t": _Reader.fixed,
    b"q": _Reader.integers,
    b"r": _Reader.reals,
    b"d": _Reader.mapping,
    b"m": _Reader.any_mapping,
    b"u": _Reader.unordered,
    b"b": _Reader.raw,
    b"a": _Reader.tensor,
    b"g": _Reader.generator,
}
