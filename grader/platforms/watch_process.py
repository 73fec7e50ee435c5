"""Running a module in a process of its own, with a time limit and a measure of its memory.

Owns starting it, measuring the memory of its whole process tree, and killing the tree at the end. What it does
belongs to the module that is run, which reads one JSON object from stdin and writes one to stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from grader.runner.process_usage import descendants

POLL_SECONDS = 0.25  # how often memory is measured: a shorter peak may be missed
MAX_ANSWER_BYTES = 64 << 20  # far above any result; the answer is held in memory
MAX_LAST_WORDS = 20_000


@dataclass(frozen=True)
class Ended:
    """The end of a process. `answer` is None if it gave none; `said` is the end of its stderr, for staff."""

    answer: dict[str, Any] | None
    said: str
    seconds: float
    peak_mib: int
    """The peak memory of the process tree, shared pages counted once; 0 where the system does not tell (no /proc)."""


def run_watched(module: str, order: Mapping[str, Any], seconds: float) -> Ended:
    """Run `python -m module` with `order` on its stdin, for at most `seconds`, then kill everything it started."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own module
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=errors,
            cwd="/",
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
                stdin.write(json.dumps(order).encode())
            peak = _watch(process, started + seconds)
        finally:
            in_time = process.poll() is not None
            _end(process)
        said = _text(errors)
        if not in_time:
            said = f"stopped after {seconds:.0f} s\n{said}"
        value = _value(answer) if process.returncode == 0 else None
    return Ended(value, said.strip(), round(time.monotonic() - started, 1), -(-peak >> 20))


def _watch(process: subprocess.Popen[bytes], deadline: float) -> int:
    """Wait for the end or the deadline; returns the peak memory in bytes."""
    peak = 0
    while time.monotonic() < deadline:
        peak = max(peak, sum(map(_proportional_bytes, (process.pid, *descendants(process.pid)))))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_SECONDS)
            break
    return peak


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # ended, or another user's
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process's descendants until no new ones appear, then the process itself."""
    killed: set[int] = set()
    while process.poll() is None and (new := set(descendants(process.pid)) - killed):
        for pid in sorted(new, reverse=True):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= new
    process.kill()
    process.wait()


def _value(file: IO[bytes]) -> dict[str, Any] | None:
    file.seek(0)
    try:
        value = json.loads(file.read(MAX_ANSWER_BYTES))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _text(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - MAX_LAST_WORDS))
    return file.read().decode(errors="replace")
