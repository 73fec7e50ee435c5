"""An executor that asks nothing twice: what a turn showed before is taken from there.

Owns what an observation depends on, and the bytes in which the observations of a turn are kept. Where they are kept
and for how long is the caller's business. Runs nothing itself.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping, MutableMapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from grader.files.author_sources import WORD, Sources
from grader.files.digests import files_digest
from grader.runner.codec import decode, encode
from grader.runner.values import CodecError, Value
from grader.sandbox.base import Executor, Guarantees, Observation, Probe, ProbeBatch

_LENGTH = struct.Struct("<Q")
_MAX_BYTES = 1 << 30
_ASKED = tuple(field.name for field in dataclasses.fields(Probe) if field.name not in ("args", "kwargs"))
_SEEN = tuple(field.name for field in dataclasses.fields(Observation) if field.name != "value")
"""Fields of nothing but text and numbers."""


class CachedExecutor:
    """One submission's executor: turns that are known are not run, and what the others show is in `learnt`.

    A turn is known by everything it depends on: the files that student code can read, its probes with their inputs,
    seeds and limits, the observers' code, and what `environment` says of versions and isolation. A turn is one
    process, so its probes are known together or not at all. One that meets no student code finds no files, and shows
    the same for everybody.
    """

    def __init__(
        self,
        executor: Executor,
        known: Mapping[str, bytes],
        observers: Sources,
        environment: str,
        common: MutableMapping[str, bytes],
    ) -> None:
        """Stand before `executor`.

        Args:
            executor: runs what is not known.
            known: what turns showed, by key.
            observers: the assignment's files in `problems/probes/`.
            environment: whatever else an observation depends on.
            common: what turns without student code showed, whoever they were run for; added to.
        """
        self.learnt: dict[str, bytes] = {}
        self._executor = executor
        self._known = known
        self._observers = observers
        self._environment = environment
        self._common = common

    @property
    def guarantees(self) -> Guarantees:
        """See `Executor.guarantees`."""
        return self._executor.guarantees

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`. Nothing is learnt from a sandbox that breaks."""
        own, nothing = files_digest(files), files_digest({})
        keys = [self._key(own if batch.meets_student_code else nothing, batch) for batch in batches]
        seen = {key: self._recall(key) for key in keys}
        unknown = [(key, batch) for key, batch in zip(keys, batches, strict=True) if seen[key] is None]
        for meeting, found in ((True, files), (False, {})):
            run = [(key, batch) for key, batch in unknown if batch.meets_student_code is meeting]
            if run:
                came = iter(self._executor.observe(found, [batch for _, batch in run]))
                for key, batch in run:
                    seen[key] = self._learn(key, batch, [next(came) for _ in batch.probes])
        return [one for key in keys for one in seen[key] or ()]

    def close(self) -> None:
        """See `Executor.close`."""
        self._executor.close()

    def _recall(self, key: str) -> list[Observation] | None:
        """What a turn showed; None if that is not known, or is not what was kept."""
        if key in self._common and key not in self._known:
            self.learnt[key] = self._common[key]
        kept = self._known.get(key, self._common.get(key))
        if kept is None:
            return None
        try:
            return unpack(kept)
        except CodecError:
            return None

    def _learn(self, key: str, batch: ProbeBatch, seen: list[Observation]) -> list[Observation]:
        """Keep what a turn showed, unless it is at the very edge of what may cross: then it is run again."""
        with contextlib.suppress(CodecError):
            self.learnt[key] = pack(seen)
            if not batch.meets_student_code and all(one.status == "returned" for one in seen):
                self._common[key] = self.learnt[key]
        return seen

    def _key(self, files: str, batch: ProbeBatch) -> str:
        digest = hashlib.sha256(f"{self._environment}\0{files}".encode())
        digest.update(json.dumps([batch.id, dataclasses.astuple(batch.limits)]).encode())
        digest.update(_told(batch.probes))
        named = [word for probe in batch.probes for word in WORD.findall(probe.observer or "")]
        digest.update(self._observers.digest(named).encode())
        return digest.hexdigest()


def _told(probes: Sequence[Probe]) -> bytes:
    """Everything that probes ask."""
    return _together(probes, _ASKED, [(probe.args, dict(probe.kwargs)) for probe in probes])


def pack(observations: Sequence[Observation]) -> bytes:
    """The observations of one turn as bytes.

    Raises:
        CodecError: one is over a cap.
    """
    return zlib.compress(_together(observations, _SEEN, [one.value for one in observations]), level=1)


def unpack(packed: bytes) -> list[Observation]:
    """What `pack` packed.

    Raises:
        CodecError: these bytes are nothing that `pack` gives.
    """
    try:
        data = zlib.decompress(packed)
        (length,) = _LENGTH.unpack_from(data)
        start = _LENGTH.size + length
        columns, sizes = json.loads(data[_LENGTH.size : start])
        values = [decode(data[begin:end]) for begin, end in pairwise(accumulate(sizes, initial=start))]
        rows = zip(values, *columns, strict=True)
        return [Observation(value=value, **dict(zip(_SEEN, row, strict=True))) for value, *row in rows]
    except (zlib.error, struct.error, ValueError, TypeError) as error:
        raise CodecError(f"a kept observation cannot be read: {error}") from error


def _together(several: Sequence[Any], plain: Sequence[str], values: Sequence[Value]) -> bytes:
    """Fields of text and numbers, one after the other for all, and beside each a value: far faster than one by one."""
    columns = [[getattr(one, name) for one in several] for name in plain]
    encoded = [encode(value, _MAX_BYTES) for value in values]
    head = json.dumps([columns, [len(one) for one in encoded]]).encode()
    return _LENGTH.pack(len(head)) + head + b"".join(encoded)
