"""Converts Python objects to `Value`s inside the sandbox, and back.

Owns what a returned object counts as, and the sentence for one that counts as nothing. Used inside on what
student code returns, and outside on what a reference returns, so that both are held to one rule. Reads
builtin types through their base class, so that a subclass cannot answer for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy
import torch

from grader.runner.values import (
    ITEM_BYTES,
    MAX_DEPTH,
    MAX_HASHED,
    MAX_INT_BYTES,
    MAX_ITEMS,
    MAX_TEXT_BYTES,
    Generator,
    Tensor,
    Value,
    may_be_key,
)

_INSTEAD = (
    (torch.nn.Module, "a module came back — return the tensor that it computes"),
    (type, "a class came back — return a value, not the class"),
    ((bytearray, memoryview), "a buffer came back — return bytes(…), a tensor, a number or text"),
    (range, "a range came back — return list(range(…))"),
)


class Refused(Exception):
    """The object may not cross; the message says what to return instead."""


def thaw(value: Value) -> Any:
    """Live objects for one call: tensors and generators are fresh every time."""
    if isinstance(value, Tensor):
        return value.to_torch()
    if isinstance(value, Generator):
        return torch.Generator().manual_seed(value.seed)
    if isinstance(value, list):
        return [thaw(item) for item in value]
    if isinstance(value, tuple):
        return tuple(thaw(item) for item in value)
    if isinstance(value, dict):
        return {key: thaw(item) for key, item in value.items()}
    return set(value) if isinstance(value, frozenset) else value


def freeze(live: object, max_bytes: int) -> Value:
    """What `live` is as plain data.

    Subclasses of builtins, arrays and tensors are read as their base; named tuples become tuples. A number of numpy's
    becomes a tensor of shape (), but Python's where it is a key or a member of a set; its texts become Python's, arrays
    of them lists. Nothing is shared with `live` afterwards.

    Raises:
        Refused: it is, or holds, something that may not cross.
    """
    return _Freezer(max_bytes).freeze(live, 0)


class _Freezer:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._items = 0
        self._hashed = 0

    def freeze(self, live: object, depth: int) -> Value:
        self._items += 1
        if depth > MAX_DEPTH:
            raise Refused(f"it is nested deeper than {MAX_DEPTH} levels — return a flat list or a tensor")
        if self._items > MAX_ITEMS:
            raise Refused(f"it holds more than {MAX_ITEMS} items — return a tensor")
        if live is None or live is True or live is False:
            return live
        if isinstance(live, torch.Tensor):
            return _tensor(live, self._max_bytes)
        if isinstance(live, numpy.ndarray | numpy.generic):
            plain = _plain_array(live)
            return self.freeze(plain.tolist(), depth) if plain.dtype.kind in "SU" else _array(plain, self._max_bytes)
        if isinstance(live, int | float | complex | str):
            return _scalar(live)
        return self._container(live, depth)

    def _container(self, live: object, depth: int) -> Value:
        if isinstance(live, list):
            return [self.freeze(item, depth + 1) for item in list.__iter__(live)]
        if isinstance(live, tuple):
            return tuple(self.freeze(item, depth + 1) for item in tuple.__iter__(live))
        if isinstance(live, dict):
            return self._mapping(dict.items(live), depth)
        if isinstance(live, set | frozenset):
            members = set.__iter__(live) if isinstance(live, set) else frozenset.__iter__(live)
            return frozenset(self._keys([self._key(item, depth + 1) for item in members]))
        if isinstance(live, bytes):
            return bytes.__getitem__(live, slice(None))
        for kind, sentence in _INSTEAD:
            if isinstance(live, kind):
                raise Refused(sentence)
        if callable(live):
            raise Refused("a function came back — call it and return what it gives")
        name = type.__getattribute__(type(live), "__name__")
        raise Refused(f"an object of type {name!r} came back — return a tensor, a number, text or a list of them")

    def _mapping(self, items: Iterable[tuple[object, object]], depth: int) -> dict[Any, Value]:
        pairs = [(self._key(key, depth + 1), self.freeze(item, depth + 1)) for key, item in items]
        return dict(zip(self._keys([key for key, _ in pairs]), [item for _, item in pairs], strict=True))

    def _key(self, live: object, depth: int) -> Value:
        """What is to be a key or a member of a set: numbers of numpy's are there what Python's are."""
        if isinstance(live, tuple):
            return tuple(self._key(item, depth + 1) for item in tuple.__iter__(live))
        return self.freeze(numpy.generic.item(live) if isinstance(live, numpy.generic) else live, depth)

    def _keys(self, values: list[Value]) -> list[Value]:
        """The values, which are to be keys or members of a set, and no two of them alike."""
        texts = all(type(value) is str for value in values)
        self._hashed += 0 if texts else len(values)
        if self._hashed > MAX_HASHED:
            raise Refused(f"more than {MAX_HASHED} members of sets and keys came back — return a list")
        if not texts and not all(map(may_be_key, values)):
            raise Refused("a set or the keys of a dictionary hold tensors or arrays — use numbers, text or tuples")
        if len(set(values)) != len(values):
            raise Refused("two keys of a dictionary or members of a set that came back are alike — keep one of them")
        return values


def _scalar(live: int | float | complex | str) -> Value:
    if isinstance(live, int):
        plain = int.__index__(live)
        if plain.bit_length() >= MAX_INT_BYTES * 8:
            raise Refused(f"an integer of more than {MAX_INT_BYTES * 8 - 1} bits came back — return a float")
        return plain
    if isinstance(live, float):
        return float.__pos__(live)
    if isinstance(live, complex):
        return complex.__pos__(live)
    return _text(live)


def _text(live: str) -> str:
    plain = str.__str__(live)
    try:
        size = len(str.encode(plain))
    except UnicodeEncodeError as error:
        raise Refused("text that is not valid Unicode came back — return plain text") from error
    if size > MAX_TEXT_BYTES:
        raise Refused(f"text of more than {MAX_TEXT_BYTES} bytes came back — return less")
    return plain


def _tensor(live: torch.Tensor, max_bytes: int) -> Tensor:
    with torch._C.DisableTorchFunctionSubclass():
        if vars(torch._C.TensorBase)["layout"].__get__(live) != torch.strided:
            raise Refused("a sparse tensor came back — return it dense: x.to_dense()")
        plain = torch.Tensor.as_subclass(live, torch.Tensor)
        if plain.is_quantized or plain.is_nested or plain.device.type == "meta":
            raise Refused("a tensor without plain numbers came back — return an ordinary tensor")
        _fits(str(plain.dtype).removeprefix("torch."), plain.numel(), max_bytes)
        return Tensor.from_torch(plain)


def _plain_array(live: numpy.ndarray[Any, Any] | numpy.generic) -> numpy.ndarray[Any, Any]:
    if isinstance(live, numpy.ma.MaskedArray):
        raise Refused("a masked array came back — fill it and return an ordinary array")
    return numpy.array(live, copy=None, subok=False)


def _array(plain: numpy.ndarray[Any, Any], max_bytes: int) -> Tensor:
    _fits(plain.dtype.name, plain.size, max_bytes)
    return Tensor.from_numpy(plain)


def _fits(dtype: str, count: int, max_bytes: int) -> None:
    if dtype not in ITEM_BYTES:
        raise Refused(f"numbers of type {dtype} came back — return one of {', '.join(ITEM_BYTES)}")
    if count * ITEM_BYTES[dtype] > max_bytes:
        raise Refused(f"{count} numbers of type {dtype} came back — at most {max_bytes} bytes may")
