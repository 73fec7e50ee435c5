"""A control group of Linux that holds the memory of one sandbox, whoever maps it.

Owns making one where the machine lets this process, its limit, and what the kernel ended for it. What a look at
processes cannot see counts here too: pages of shared maps, buffers of pipes and sockets, files in memory. Where no
group can be made, the other limits stand alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "hw11-"
_KERNEL_BYTES = 512 << 20
"""For what the kernel keeps of a sandbox and for the pages that forks copy, beyond what a batch may use."""
_JOIN = 'echo $$ > "$0" && exec "$@"'
"""Before anything else, so that no process of the sandbox is ever outside of its group."""
_REMOVAL_SECONDS = 1.0
"""Processes that were killed leave their group a moment later."""


@dataclass(frozen=True)
class _Files:
    """What one version of control groups calls its files."""

    limit: str
    swap: tuple[str, ...]
    """The file that limits what is swapped out, and its values before and after `limit` is written, where `{}` is that
    limit. Not every kernel counts it."""
    own_memory: str
    """The line of `memory.stat` with what no file gives back."""
    kills: str
    """The file with the line `oom_kill`."""


_VERSION_1 = _Files(
    limit="memory.limit_in_bytes",
    swap=("memory.memsw.limit_in_bytes", "-1", "{}"),  # memory and swap together, never below the memory alone
    own_memory="total_rss",
    kills="memory.oom_control",
)
_VERSION_2 = _Files("memory.max", ("memory.swap.max", "0", "0"), own_memory="anon", kills="memory.events")


class MemoryGroup:
    """One group. Raises `OSError` where this machine does not let this process make and fill it."""

    def __init__(self, parent: Path, files: _Files) -> None:
        """Make it below `parent`."""
        self._files = files
        self._folder = parent / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        self._folder.mkdir()
        try:
            if not (self._folder / files.limit).exists():
                raise OSError("memory is not counted in this group")
        except OSError:
            self.close()
            raise

    def command(self, command: list[str]) -> list[str]:
        """The command that starts `command` in this group."""
        return ["/bin/sh", "-c", _JOIN, str(self._folder / "cgroup.procs"), *command]

    def limit(self, more_bytes: int) -> None:
        """Allow so much more than the group's processes hold just now."""
        most = self._number("memory.stat", self._files.own_memory) + more_bytes + _KERNEL_BYTES
        swap, before, after = self._files.swap
        self._write_if_counted(swap, before)
        (self._folder / self._files.limit).write_text(str(most))
        self._write_if_counted(swap, after.format(most))

    def kills(self) -> int:
        """How many of its processes the kernel has ended because the limit was reached."""
        return self._number(self._files.kills, "oom_kill")

    def close(self) -> None:
        """Remove it, once its processes are gone. One that stays is removed by the next sandbox."""
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while self._folder.exists() and time.monotonic() < deadline:
            try:
                self._folder.rmdir()
            except OSError:
                time.sleep(0.01)

    def _write_if_counted(self, file: str, value: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / file).write_text(value)

    def _number(self, file: str, name: str) -> int:
        with open(f"{self._folder}/{file}") as lines:
            words = lines.read().split()
        return int(words[words.index(name) + 1]) if name in words else 0


def make_memory_group() -> MemoryGroup | None:
    """A group below this process's own, or beside it; None where none can be made."""
    for parent, files in _places() if sys.platform == "linux" else ():
        _remove_left(parent)
        with contextlib.suppress(OSError):
            return MemoryGroup(parent, files)
    return None


def _places() -> Iterator[tuple[Path, _Files]]:
    """Folders that may hold a group of memory, with their version; the nearest first."""
    roots = dict(_mounts())
    for line in _lines("/proc/self/cgroup"):
        _number, controllers, own = line.split(":", 2)
        for kind in ("memory",) if "memory" in controllers.split(",") else ("",) if not controllers else ():
            if kind in roots:
                root, files = roots[kind], _VERSION_1 if kind else _VERSION_2
                nearest = root / own.lstrip("/")
                yield from ((each, files) for each in (nearest, nearest.parent) if each.is_relative_to(root))


def _mounts() -> Iterator[tuple[str, Path]]:
    """Where groups are shown: `memory` for version 1, the empty string for version 2."""
    for line in _lines("/proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        kind, _source, options = after.split()[:3]
        place = Path(before.split()[4])
        if kind == "cgroup2":
            yield "", place
        elif kind == "cgroup" and "memory" in options.split(","):
            yield "memory", place


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _remove_left(parent: Path) -> None:
    """Groups of graders that were killed. One that still holds a process cannot be removed."""
    with contextlib.suppress(OSError):
        for folder in parent.glob(f"{_PREFIX}*"):
            maker = folder.name.removeprefix(_PREFIX).partition("-")[0]
            if maker.isdigit() and not Path("/proc", maker).exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()
