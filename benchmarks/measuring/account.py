"""What commands use, everything they start included, whatever becomes of it.

Owns the counting of CPU and wall time. A sandbox kills its processes where no parent waits for them, so that what the
system tells of "children" leaves most of the work out: here a control group counts. Without the rights to make one,
all that the machine does is counted, which is right where nothing else runs.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_GROUPS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))


@dataclass(frozen=True)
class Used:
    """What something took, in seconds."""

    cpu: float
    wall: float

    def __truediv__(self, count: float) -> Used:
        return Used(self.cpu / count, self.wall / count)

    def __add__(self, other: Used) -> Used:
        return Used(self.cpu + other.cpu, self.wall + other.wall)

    def __sub__(self, other: Used) -> Used:
        return Used(self.cpu - other.cpu, self.wall - other.wall)


def median(several: Sequence[Used]) -> Used:
    """Of CPU and of wall time."""
    return Used(statistics.median(one.cpu for one in several), statistics.median(one.wall for one in several))


def run(*command: str | Path, cwd: Path | None = None) -> Used:
    """Run a command to its end, and count all that it started."""
    before = account().used()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr or done.stdout}")
    return account().used() - before


class Account:
    """Counts from its making on: this process and all that it starts."""

    def __init__(self) -> None:
        self._group = _own_group()

    @property
    def how(self) -> str:
        """One clause for the reader."""
        return "counted by a control group" if self._group else "counted for the whole machine: let nothing else run"

    def used(self) -> Used:
        """So far."""
        return Used(self._cpu_seconds(), time.perf_counter())

    def _cpu_seconds(self) -> float:
        if self._group is not None:
            words = (self._group / "cpu.stat").read_text().split()
            return int(words[words.index("usage_usec") + 1]) / 1e6
        user, nice, system, _idle, _waiting, interrupts, soft, *_rest = map(
            int, Path("/proc/stat").read_text().split()[1:9]
        )
        return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


account = cache(Account)
"""Begun by the one process that measures; workers import this file, too."""


def _own_group() -> Path | None:
    """A control group of version 2 with this process in it; it is empty, and so may be removed, when that has ended."""
    for root in _GROUPS:
        group = root / f"hw11-bench-{os.getpid()}"
        with contextlib.suppress(OSError):
            if not (root / "cgroup.procs").exists():
                continue
            group.mkdir()
            (group / "cgroup.procs").write_text(str(os.getpid()))
            return group
    return None
