"""Observations that are made once: what a batch of probes showed before is taken from the cache.

Owns what observations depend on, the bytes in which those of a batch are stored, and the isolation that they were made
under. Runs nothing itself.
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
from grader.sandbox.base import Executor, Observation, Probe, ProbeBatch

_LENGTH = struct.Struct("<Q")
_MAX_BYTES = 1 << 30
_ASKED = tuple(field.name for field in dataclasses.fields(Probe) if field.name not in ("args", "kwargs"))
_SEEN = tuple(field.name for field in dataclasses.fields(Observation) if field.name != "value")
"""Fields of nothing but text and numbers."""


def observe_cached(
    executor: Executor, cache: Cache, observers: Sources, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]
) -> list[Observation]:
    """See `Executor.observe`: only batches of probes whose observations are not in the cache are run.

    The key of a batch covers everything that its observations depend on: the files that student code can read, the
    probes with their inputs, seeds and limits, the observers' code, and the cache's environment. A batch is one
    process, so its observations are stored together or not at all. A batch that meets no student code finds no files;
    it shows the same for everybody, and is stored for everybody.

    Args:
        executor: runs what is not in the cache.
        cache: of the submission.
        observers: the assignment's files in `problems/probes/`.
        files: of the submission.
        batches: in order.

    Raises:
        SandboxError: the sandbox broke; then nothing is stored.
    """
    own, nothing = files_digest(files), files_digest({})
    keys = [_key(cache, observers, own if batch.meets_student_code else nothing, batch) for batch in batches]
    seen = {key: cache.find(OBSERVATIONS, key) for key in keys}
    unknown = [(key, batch) for key, batch in zip(keys, batches, strict=True) if seen[key] is None]
    for meeting, found in ((True, files), (False, {})):
        run = [(key, batch) for key, batch in unknown if batch.meets_student_code is meeting]
        if run:
            came = iter(executor.observe(found, [batch for _, batch in run]))
            for key, batch in run:
                seen[key] = observations = [next(came) for _ in batch.probes]
                cache.put(_namespace(batch, observations), key, observations)
            if meeting:
                cache.put(ISOLATION, _isolation_key(cache), executor.guarantees.level)
    return [one for key in keys for one in seen[key] or ()]


def isolation(executor: Executor, cache: Cache) -> str:
    """The isolation that student code ran under when it was observed; if it never was, what the executor promises."""
    return cache.get(ISOLATION, _isolation_key(cache), lambda: executor.guarantees.level)


def _isolation_key(cache: Cache) -> str:
    return hashlib.sha256(f"isolation\0{cache.environment}".encode()).hexdigest()


def _key(cache: Cache, observers: Sources, files: str, batch: ProbeBatch) -> str:
    digest = hashlib.sha256(f"{cache.environment}\0{files}".encode())
    digest.update(json.dumps([batch.id, dataclasses.astuple(batch.limits)]).encode())
    digest.update(_asked(batch.probes))
    named = [word for probe in batch.probes for word in WORD.findall(probe.observer or "")]
    digest.update(observers.digest(named).encode())
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
ISOLATION = Namespace("probes", str.encode, bytes.decode)
"""Stands among the observations that were made under it."""


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
