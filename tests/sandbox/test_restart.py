"""A sandbox that dies between two submissions, or under one, is started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from runnable import bubblewrap_works, skip_unless_runnable

from grader.errors import SandboxError
from grader.runner.process_usage import descendants, processes
from grader.sandbox import start
from grader.sandbox.base import Executor, Probe, ProbeBatch
from grader.sandbox.bubblewrap_process import BubblewrapProcess
from grader.sandbox.forkserver import ForkserverExecutor

FILES = {"student.py": b"def double(x):\n    return 2 * x\n"}
BATCHES = [ProbeBatch("batch", (Probe("double", "student", "double", (21,)),))]


def children() -> set[int]:
    return {process.pid for process in processes() if process.parent == os.getpid()}


@pytest.fixture
def others() -> set[int]:
    """What other tests have started in this process and still need."""
    return children()


@pytest.fixture
def executor(others: set[int]) -> Iterator[Executor]:
    with skip_unless_runnable("bubblewrap"):
        started = start("full", Path("/nonexistent"))
    yield started
    started.close()
    started.close()  # closing twice is harmless


needs_bubblewrap = pytest.mark.skipif(not bubblewrap_works(), reason="this machine forbids bubblewrap")


@pytest.mark.slow
def test_a_killed_sandbox_is_started_again(executor: Executor, others: set[int]) -> None:
    sandbox = children() - others
    assert sandbox
    for pid in sandbox:
        os.kill(pid, signal.SIGKILL)
    (seen,) = executor.observe(FILES, BATCHES)
    assert seen.value == 42


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def kill_a_start(before: set[int]) -> None:
    """Kill the sandbox that is starting: whatever is new below this process and runs a zygote."""
    deadline = time.monotonic() + 60
    while not (
        found := [pid for pid in descendants(os.getpid()) if pid not in before and b"zygote" in command_line(pid)]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for pid in found:
        with suppress(ProcessLookupError):  # the others end with it
            os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@needs_bubblewrap
def test_a_sandbox_that_is_killed_while_it_starts_is_started_again() -> None:
    before = set(descendants(os.getpid()))
    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(start, "full", Path("/nonexistent"))
        kill_a_start(before)
        second = starting.result()
    try:
        (seen,) = second.observe(FILES, BATCHES)
        assert seen.value == 42
    finally:
        second.close()


@needs_bubblewrap
def test_what_is_killed_whenever_it_starts_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BubblewrapProcess, "_command", lambda self, control: ["/bin/sh", "-c", "kill -9 $$"])
    with pytest.raises(SandboxError, match="bubblewrap ended without a message"):
        start("full", Path("/nonexistent"))


def test_the_message_of_a_forkserver_that_ended_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForkserverExecutor, "entry", "no_such_entry")
    broken = ForkserverExecutor(Path("/nonexistent"), "cpu")
    try:
        with pytest.raises(SandboxError, match=r"No module named 'grader\.runner\.entry\.no_such_entry'"):
            broken.observe(FILES, BATCHES)
    finally:
        broken.close()
