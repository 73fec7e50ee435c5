"""A sandbox that dies between two submissions, or under one, is started again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.inside.tree import processes
from grader.sandbox import start
from grader.sandbox.base import Executor, Probe, Turn

FILES = {"student.py": b"def double(x):\n    return 2 * x\n"}
TURNS = [Turn("turn", (Probe("double", "student", "double", (21,)),))]


def children() -> set[int]:
    return {process.pid for process in processes() if process.parent == os.getpid()}


@pytest.fixture
def others() -> set[int]:
    """What other tests have started in this process and still need."""
    return children()


@pytest.fixture
def executor(others: set[int]) -> Iterator[Executor]:
    try:
        started = start("full", Path("/nonexistent"))
    except SandboxError as error:
        pytest.skip(f"no executor for hostile code runs here: {error}")
    yield started
    started.close()


def test_a_killed_sandbox_is_started_again(executor: Executor, others: set[int]) -> None:
    sandbox = children() - others
    assert sandbox
    for pid in sandbox:
        os.kill(pid, signal.SIGKILL)
    (seen,) = executor.observe(FILES, TURNS)
    assert seen.value == 42


def test_closing_twice_is_harmless(executor: Executor) -> None:
    executor.close()
    executor.close()
