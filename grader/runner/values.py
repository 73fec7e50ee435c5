"""The types of value that may go into the sandbox or come out of it.

Owns `Value` and its caps. Imports nothing of the house and, until a tensor is converted, nothing heavy: it
is also loaded beside student code. Does not own its bytes (see `grader.runner.codec`) nor the step from a
live object to a `Value` (see `grader.runner.convert`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, Union

if TYPE_CHECKING:
    import numpy
    import torch

MAX_DEPTH = 32
MAX_ITEMS = 200_000
MAX_HASHED = 10_000
"""Members of sets, and keys that are not text, in one value: tuples can be made so that all of them hash alike."""
MAX_INT_BYTES = 512
MAX_RANK = 16
MAX_ELEMENTS = 1 << 40
MAX_TEXT_BYTES = 1 << 20

ITEM_BYTES = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
    "uint16": 2,
    "uint32": 4,
    "uint64": 8,
}
"""Every dtype that may cross, by the name that torch and numpy share, and its bytes per element."""


class CodecError(ValueError):
    """Bytes that are no frame or no value, or a value that is over a cap."""


@dataclass(frozen=True)
class Tensor:
    """A dense array as raw bytes: row-major, little-endian, detached from any graph or device."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        if self.dtype not in ITEM_BYTES:
            raise CodecError(f"dtype {self.dtype!r} is none of {', '.join(ITEM_BYTES)}")
        if len(self.shape) > MAX_RANK or any(size < 0 for size in self.shape):
            raise CodecError(f"shape {self.shape} has over {MAX_RANK} dimensions or a negative size")
        if math.prod(max(size, 1) for size in self.shape) > MAX_ELEMENTS:
            raise CodecError(f"shape {self.shape} is over {MAX_ELEMENTS} elements, empty dimensions aside")
        if math.prod(self.shape) * ITEM_BYTES[self.dtype] != len(self.data):
            raise CodecError(f"{len(self.data)} bytes do not fill {self.dtype} {self.shape}")
        if self.dtype == "bool" and self.data.translate(None, b"\x00\x01"):
            raise CodecError("a truth value that is neither 0 nor 1")

    @classmethod
    def from_numpy(cls, array: numpy.ndarray[Any, Any]) -> Tensor:
        """Copy a plain numeric array of any shape and byte order; `CodecError` for other dtypes."""
        import numpy

        plain = numpy.asarray(array)
        name, little = _on_the_wire(plain.dtype)
        return cls(name, plain.shape, plain.astype(little, order="C", copy=False).tobytes())

    @classmethod
    def from_torch(cls, tensor: torch.Tensor) -> Tensor:
        """Copy a dense tensor of any shape, strides and device; `CodecError` for other dtypes."""
        import torch

        plain = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
        name = str(plain.dtype).removeprefix("torch.")
        flat = plain.as_strided((plain.numel(),), (1,))  # of a single number, `contiguous` leaves any stride
        raw = flat.view(torch.uint8).numpy().tobytes() if plain.numel() else b""
        return cls(name, tuple(plain.shape), raw)

    def to_torch(self) -> torch.Tensor:
        """A fresh, contiguous tensor of `shape` on the CPU, without gradient."""
        import torch

        dtype: torch.dtype = getattr(torch, self.dtype)
        if not self.data:
            return torch.empty(self.shape, dtype=dtype)
        return torch.frombuffer(bytearray(self.data), dtype=dtype).reshape(self.shape)


@lru_cache(maxsize=64)
def _on_the_wire(dtype: numpy.dtype[Any]) -> tuple[str, numpy.dtype[Any]]:
    """A dtype's name, and the same with its bytes in the order in which they cross."""
    return dtype.name, dtype.newbyteorder("<")


@dataclass(frozen=True)
class Generator:
    """Inward only: becomes `torch.Generator().manual_seed(seed)` inside, fresh for every call."""

    seed: int


HASHED = (bool, int, float, complex, str, bytes, tuple, frozenset, type(None))
"""Types of what may be a member of a set, or a key; of a tuple or a set, if its own members may."""


def may_be_key(value: object) -> bool:
    """Whether a value has no tensor, list or mapping anywhere in it."""
    if isinstance(value, tuple | frozenset):
        return all(map(may_be_key, value))
    return isinstance(value, HASHED)


Value: TypeAlias = Union[
    bool,
    int,
    float,
    str,
    complex,
    bytes,
    "list[Value]",
    "tuple[Value, ...]",
    "frozenset[Value]",
    "dict[Any, Value]",
    Tensor,
    Generator,
    None,
]
