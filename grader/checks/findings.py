"""What an assignment's own code found outside, kept so that dear work is done once.

Owns what a finding depends on, which findings are worth keeping, and the bytes in which they are kept. Where they are
kept and for how long is the caller's business. A finding is never about who handed in: equal inputs, equal finding.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from grader.checks.convert import from_value
from grader.files.author_sources import WORD, Sources
from grader.runner.codec import decode, encode
from grader.runner.values import CodecError, Tensor, Value

Result = TypeVar("Result")

WORTH_KEEPING_SECONDS = 0.0007
"""CPU time of a finding below which finding it again costs no more than reading it."""
_MAX_BYTES = 1 << 24
_HALF = 32
"""Characters of either half of a finding's key."""


class Afresh:
    """Knows nothing and keeps nothing."""

    def once(
        self,
        functions: Sequence[str],
        inputs: Callable[[], Value],
        find: Callable[[], Result],
        worth_keeping: float | None = None,
    ) -> Result:
        """See `Findings.once`."""
        return find()


class Findings:
    """One submission's findings: what is known is not found again, and what was dear to find is in `learnt`."""

    def __init__(self, known: Mapping[str, bytes], sources: Sources, environment: str) -> None:
        """Stand before the assignment's own code.

        Args:
            known: findings by key.
            sources: the files in which the functions stand.
            environment: whatever else a finding depends on, such as versions.
        """
        self.learnt: dict[str, bytes] = {}
        self._known = known
        self._known_functions = {key[:_HALF] for key in known}
        self._sources = sources
        self._environment = environment

    def once(
        self,
        functions: Sequence[str],
        inputs: Callable[[], Value],
        find: Callable[[], Result],
        worth_keeping: float | None = None,
    ) -> Result:
        """What `find` gives.

        Args:
            functions: what it calls, by the names that problem files use.
            inputs: everything else that it depends on.
            find: returns the same for the same functions and inputs, and changes nothing.
            worth_keeping: CPU seconds from which on it is kept; None for `WORTH_KEEPING_SECONDS`.

        Only plain values, lists of them and tensors are kept: they come back as they were.
        """
        asked = self._asked(functions)
        if asked in self._known_functions:
            kept = self._known.get(asked + _given(inputs()))
            if kept is not None:
                with contextlib.suppress(CodecError, zlib.error):
                    recalled: Result = from_value(decode(zlib.decompress(kept)))
                    return recalled
        started = time.process_time()
        found = find()
        least = WORTH_KEEPING_SECONDS if worth_keeping is None else worth_keeping
        if time.process_time() - started >= least:
            with contextlib.suppress(CodecError):
                body = zlib.compress(encode(_frozen(found), _MAX_BYTES), level=1)
                self.learnt[asked + _given(inputs())] = body
        return found

    def _asked(self, functions: Sequence[str]) -> str:
        """The first half of a finding's key: by itself it tells that nothing is known, and inputs need no look."""
        code = self._sources.digest(word for name in functions for word in WORD.findall(name))
        return _half("\0".join([self._environment, code, *functions]).encode())


def _given(inputs: Value) -> str:
    """The second half of a finding's key."""
    return _half(encode(inputs, _MAX_BYTES))


def _half(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_HALF]


Finder = Afresh | Findings
"""Runs the assignment's own functions, or knows what they would give."""


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
