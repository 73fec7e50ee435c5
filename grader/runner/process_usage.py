"""What a set of processes has used, read from Linux's /proc. Empty on other systems.

Owns the reading of `stat` and `status`. The caller says which processes belong to the set.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Process(NamedTuple):
    """One process, from its `stat` line."""

    pid: int
    parent: int
    session: int
    cpu_seconds: float
    """Its own and that of the children it has waited for."""


def processes(proc: Path = Path("/proc")) -> list[Process]:
    """Every process that can be seen."""
    found = []
    for entry in os.listdir(proc) if proc.is_dir() else ():
        if entry.isdigit():
            try:
                line = (proc / entry / "stat").read_text()
            except OSError:  # ended meanwhile
                continue
            fields = line[line.rindex(")") + 2 :].split()
            found.append(Process(int(entry), int(fields[1]), int(fields[3]), sum(map(int, fields[11:15])) / _TICKS))
    return found


class Used(NamedTuple):
    """By a set of processes."""

    cpu_seconds: float
    memory_bytes: int
    """Private, shared and in folders, just now."""
    processes: int


def descendants(pid: int) -> list[int]:
    """Every process below one, parents first; none where there is no /proc."""
    family = [pid]
    parents = {process.pid: process.parent for process in processes()}
    for one in family:
        family += [child for child, parent in parents.items() if parent == one]
    return family[1:]


def usage(belongs: Callable[[Process], bool], own_bytes: int = 0, folder_bytes: int = 0) -> Used:
    """What the processes that belong have used.

    Args:
        belongs: whether a process counts.
        own_bytes: memory that each of them had from the start, which is not counted.
        folder_bytes: what folders in memory hold. A file there may be mapped, and is not counted twice then.
    """
    members = [process for process in processes() if belongs(process)]
    memory = [_memory(process.pid) for process in members]
    own = sum(max(0, one.private - own_bytes) for one in memory)
    shared = sum(one.shared for one in memory)
    return Used(sum(process.cpu_seconds for process in members), own + max(shared, folder_bytes), len(members))


class _Memory(NamedTuple):
    """Bytes of one process."""

    private: int
    """In memory, on huge pages that the system set aside, or swapped out: a process can have its pages swapped."""
    shared: int


def memory_bytes(pid: int) -> int:
    """Private and shared memory of one process, 0 where it cannot be read."""
    return sum(_memory(pid))


def _memory(pid: int) -> _Memory:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return _Memory(0, 0)
    kib = {line.partition(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("Rss", "VmSwap", "Huge"))}
    private = sum(kib.get(kind, 0) for kind in ("RssAnon", "VmSwap", "HugetlbPages"))
    return _Memory(1024 * private, 1024 * kib.get("RssShmem", 0))
