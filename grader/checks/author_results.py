"""Results of an assignment's own functions, stored so that dear work is done once.

Owns what such a result depends on, which ones are worth storing, and the bytes in which they are stored. A result is
never about who handed in: equal inputs, equal result.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from grader.cache import PREFIX, Cache, Namespace
from grader.checks.convert import from_value
from grader.files.author_code import AuthorCode
from grader.files.author_sources import WORD
from grader.runner.codec import decode, encode
from grader.runner.values import CodecError, Tensor, Value

Result = TypeVar("Result")

WORTH_STORING_SECONDS = 0.0007
"""CPU time of a call below which calling again costs no more than reading its result."""
_MAX_BYTES = 1 << 24


def author_result(
    cache: Cache,
    author_code: AuthorCode,
    functions: Sequence[str],
    inputs: Callable[[], Value],
    compute: Callable[[], Result],
    worth_storing: float | None = None,
) -> Result:
    """What `compute` returns, from the cache where it was dear to compute.

    Args:
        cache: of the submission.
        author_code: where the functions stand.
        functions: what `compute` calls, by the names that problem files use.
        inputs: everything else that it depends on; looked at only where a result is known or worth storing.
        compute: returns the same for the same functions and inputs, and changes nothing.
        worth_storing: CPU seconds from which on its result is stored; None for `WORTH_STORING_SECONDS`.

    Only plain values, lists and mappings of them and tensors are stored: they come back as they were.
    """
    if cache.environment is None:  # nobody would store it, and finding what it depends on costs time
        return compute()
    code = author_code.sources.digest(word for name in functions for word in WORD.findall(name))
    called = _half("\0".join([cache.environment, code, *functions]).encode())
    if cache.has_prefix(FUNCTIONS, called) and (key := _key(called, inputs)) is not None:
        known: Result = cache.get(FUNCTIONS, key, compute)
        return known
    started = time.process_time()
    result = compute()
    least = WORTH_STORING_SECONDS if worth_storing is None else worth_storing
    if time.process_time() - started >= least and (key := _key(called, inputs)) is not None:
        cache.put(FUNCTIONS, key, result)
    return result


def _key(called: str, inputs: Callable[[], Value]) -> str | None:
    """The key of a call; None for more inputs than can be encoded, such as a student's tensors of many megabytes."""
    try:
        return called + _half(encode(inputs(), _MAX_BYTES))
    except CodecError:
        return None


def _half(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:PREFIX]


def _pack(result: Any) -> bytes:
    return zlib.compress(encode(_frozen(result), _MAX_BYTES), level=1)


def _unpack(packed: bytes) -> Any:
    try:
        return from_value(decode(zlib.decompress(packed)))
    except zlib.error as error:
        raise CodecError(f"a stored result cannot be read: {error}") from error


FUNCTIONS: Namespace[Any] = Namespace("functions", _pack, _unpack)


def _frozen(value: Any) -> Value:
    """A value that `from_value` gives back as it is.

    Raises:
        CodecError: it would come back as something else.
    """
    import torch

    if type(value) is torch.Tensor:
        return Tensor.from_torch(value)
    if type(value) is list:
        return [_frozen(member) for member in value]
    if type(value) is dict:
        return {key: _frozen(member) for key, member in value.items()}
    if value is None or type(value) in (bool, int, float, complex, str):
        return value  # type: ignore[no-any-return]  # narrowed by its exact type
    raise CodecError(f"{type(value).__name__} would not come back as it is")
