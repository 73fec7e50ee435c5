"""One content-addressed cache: what was computed once is looked up by everything that it depends on.

Owns looking up and storing within one process, and telling which entries are new there. Which bytes a result is stored
as and what its key covers belongs to whoever computes it; storing across runs, to `grader.gradebook.gradings`. Any
entry may be lost: that costs time, never a mark.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

Result = TypeVar("Result")
Default = TypeVar("Default")

Entries = Mapping[tuple[str, str], bytes]
"""Stored results, by the name of their namespace and their key."""

MAX_ENTRIES = 50_000
"""A judge may be asked for days (`hw11 equivalent --jsonl`): so many replies take about 50 MB."""
PREFIX = 32
"""Characters of a key that may say by themselves that nothing is known: half of a SHA-256 in hexadecimal digits."""
_ABSENT: Any = object()


@dataclass(frozen=True)
class Namespace(Generic[Result]):
    """One kind of result.

    Attributes:
        name: at most ten letters.
        pack: a result as bytes; raises `ValueError` where it has none. Without `pack` and `unpack` results are held
            as they are, and only as long as the cache.
        unpack: what `pack` packed; raises `ValueError` for other bytes.
        is_final: whether computing the result again would give the same; others are held but never stored.
        shared: whether results hold for every submission of a class.
    """

    name: str
    pack: Callable[[Result], bytes] | None = None
    unpack: Callable[[bytes], Result] | None = None
    is_final: Callable[[Result], bool] = lambda result: True
    shared: bool = False


class Cache:
    """Results that one process has or was handed, and those among them that are new here. Threads may share it."""

    def __init__(
        self, entries: Entries | None = None, environment: str | None = None, shared: Cache | None = None
    ) -> None:
        """Start with what is known.

        Args:
            entries: results of earlier runs.
            environment: whatever all results depend on beside their inputs, such as versions; None where nobody
                stores what is new.
            shared: holds the results of shared namespaces, for this cache and others.
        """
        self.environment = environment
        self._entries: dict[tuple[str, str], Any] = dict(entries or {})
        self._prefixes = {(name, key[:PREFIX]) for name, key in self._entries}
        self._new: dict[tuple[str, str], bytes] = {}
        self._shared = shared
        self._lock = threading.Lock()

    def get(self, namespace: Namespace[Result], key: str, compute: Callable[[], Result]) -> Result:
        """The result under a key: the one that is there, else what `compute` returns, which is put there."""
        found: Result = self.find(namespace, key, _ABSENT)
        if found is not _ABSENT:
            return found
        result = compute()
        self.put(namespace, key, result)
        return result

    @overload
    def find(self, namespace: Namespace[Result], key: str) -> Result | None: ...

    @overload
    def find(self, namespace: Namespace[Result], key: str, default: Default) -> Result | Default: ...

    def find(self, namespace: Namespace[Result], key: str, default: Any = None) -> Any:
        """The result under a key; the default where none is there, or none that can be unpacked."""
        entry = self._entries.get((namespace.name, key), _ABSENT)
        if entry is _ABSENT:
            return default if self._shared is None else self._shared.find(namespace, key, default)
        try:
            return entry if namespace.unpack is None else namespace.unpack(entry)
        except ValueError:
            return default

    def put(self, namespace: Namespace[Result], key: str, result: Result) -> None:
        """Hold a result, and count it as new if it is worth storing; one that cannot be packed is let go."""
        if namespace.shared and self._shared is not None:
            self._shared.put(namespace, key, result)
            return
        place = namespace.name, key
        if namespace.pack is None:
            self._hold({place: result})
            return
        with contextlib.suppress(ValueError):
            packed = {place: namespace.pack(result)}
            self._hold(packed)
            if namespace.is_final(result) and len(self._new) < MAX_ENTRIES:
                self._new |= packed

    def has_prefix(self, namespace: Namespace[Any], prefix: str) -> bool:
        """Whether anything is known from the start under a key whose first `PREFIX` characters are these."""
        return (namespace.name, prefix) in self._prefixes

    def publish(self, entries: Entries) -> None:
        """Know what another process computed; it is not new here."""
        self._hold(entries)

    def take_new(self) -> Entries:
        """What was put here since this was last called, packed."""
        with self._lock:
            new, self._new = self._new, {}
        return new

    def _hold(self, entries: Mapping[tuple[str, str], Any]) -> None:
        with self._lock:
            self._entries.update(entries)
            while len(self._entries) > MAX_ENTRIES:
                del self._entries[next(iter(self._entries))]  # the oldest
