"""An executor that runs nothing twice: what a batch of probes showed before is taken from the cache.

Owns what observations depend on, and the bytes in which those of a batch are stored. Runs nothing itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from grader.cache import Cache, Namespace
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
    """One submission's executor: batches of probes whose observations are in the cache are not run.

    The key of a batch covers everything that its observations depend on: the files that student code can read, the
    probes with their inputs, seeds and limits, the observers' code, and the cache's environment. A batch is one
    process, so its observations are stored together or not at all. A batch that meets no student code finds no files;
    it shows the same for everybody, and is stored for everybody.
    """

    def __init__(self, executor: Executor, cache: Cache, observers: Sources) -> None:
        """Stand before `executor`.

        Args:
            executor: runs what is not in the cache.
            cache: of the submission.
            observers: the assignment's files in `problems/probes/`.
        """
        self.has_run_student_code = False
        self._executor = executor
        self._cache = cache
        self._observers = observers

    @property
    def guarantees(self) -> Guarantees:
        """See `Executor.guarantees`."""
        return self._executor.guarantees

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`. Nothing is stored if the sandbox breaks."""
        own, nothing = files_digest(files), files_digest({})
        keys = [self._key(own if batch.meets_student_code else nothing, batch) for batch in batches]
        seen = {key: self._cache.find(OBSERVATIONS, key) for key in keys}
        unknown = [(key, batch) for key, batch in zip(keys, batches, strict=True) if seen[key] is None]
        for meeting, found in ((True, files), (False, {})):
            run = [(key, batch) for key, batch in unknown if batch.meets_student_code is meeting]
            if run:
                self.has_run_student_code |= meeting
                came = iter(self._executor.observe(found, [batch for _, batch in run]))
                for key, batch in run:
                    seen[key] = observations = [next(came) for _ in batch.probes]
                    self._cache.put(_namespace(batch, observations), key, observations)
        return [one for key in keys for one in seen[key] or ()]

    def close(self) -> None:
        """See `Executor.close`."""
        self._executor.close()

    def _key(self, files: str, batch: ProbeBatch) -> str:
        digest = hashlib.sha256(f"{self._cache.environment}\0{files}".encode())
        digest.update(json.dumps([batch.id, dataclasses.astuple(batch.limits)]).encode())
        digest.update(_asked(batch.probes))
        named = [word for probe in batch.probes for word in WORD.findall(probe.observer or "")]
        digest.update(self._observers.digest(named).encode())
        return digest.hexdigest()


def _asked(probes: Sequence[Probe]) -> bytes:
    """Everything that probes ask."""
    return _together(probes, _ASKED, [(probe.args, dict(probe.kwargs)) for probe in probes])


def pack(observations: list[Observation]) -> bytes:
    """The observations of one batch as bytes.

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
        raise CodecError(f"a stored observation cannot be read: {error}") from error


OBSERVATIONS = Namespace("probes", pack, unpack)
SHARED_OBSERVATIONS = Namespace("probes", pack, unpack, shared=True)


def _namespace(batch: ProbeBatch, observations: Sequence[Observation]) -> Namespace[list[Observation]]:
    """Whose observations they are: without student code everybody's, but a limit that was reached once is not."""
    returned = all(one.status == "returned" for one in observations)
    return SHARED_OBSERVATIONS if returned and not batch.meets_student_code else OBSERVATIONS


def _together(several: Sequence[Any], plain: Sequence[str], values: Sequence[Value]) -> bytes:
    """Fields of text and numbers, one after the other for all, and beside each a value: far faster than one by one."""
    columns = [[getattr(one, name) for one in several] for name in plain]
    encoded = [encode(value, _MAX_BYTES) for value in values]
    head = json.dumps([columns, [len(one) for one in encoded]]).encode()
    return _LENGTH.pack(len(head)) + head + b"".join(encoded)
