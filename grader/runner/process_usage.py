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
    """Anonymous and shared, just now."""
    processes: int


def descendants(pid: int) -> list[int]:
    """Every process below one, parents first; none where there is no /proc."""
    family = [pid]
    parents = {process.pid: process.parent for process in processes()}
    for one in family:
        family += [child for child, parent in parents.items() if parent == one]
    return family[1:]


def usage(belongs: Callable[[Process], bool], own_bytes: int = 0) -> Used:
    """What the processes that belong have used. `own_bytes` of each are not counted: it had them from the start."""
    members = [process for process in processes() if belongs(process)]
    memory = sum(max(0, memory_bytes(process.pid) - own_bytes) for process in members)
    return Used(sum(process.cpu_seconds for process in members), memory, len(members))


def memory_bytes(pid: int) -> int:
    """Anonymous and shared memory of one process, 0 where it cannot be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    kib = [line.split()[1] for line in status.splitlines() if line.startswith(("RssAnon", "RssShmem"))]
    return 1024 * sum(map(int, kib))
