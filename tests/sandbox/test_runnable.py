"""A sandbox that our own fault keeps from starting fails the tests of the wall; it does not skip them."""

from __future__ import annotations

from pathlib import Path

import pytest
import runnable
from runnable import bubblewrap_works, isolation, skip_unless_runnable

from grader.errors import SandboxError
from grader.sandbox import bubblewrap_process, start
from grader.sandbox.registry import executors


@pytest.mark.parametrize("name", ["bubblewrap", "setuid"])
def test_a_refusal_skips_only_where_the_machine_is_the_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for works in (False, True):
        monkeypatch.setattr(runnable, "bubblewrap_works", lambda works=works: works)
        monkeypatch.setattr(runnable, "another_user_works", lambda works=works: works)
        with pytest.raises(SandboxError if works else pytest.skip.Exception), skip_unless_runnable(name):
            raise SandboxError("a path that has moved")


@pytest.mark.skipif(not runnable.LINUX, reason="forkserver needs Linux")
@pytest.mark.parametrize("name", ["forkserver", "plain_process"])
def test_what_every_machine_can_run_is_never_skipped(name: str) -> None:
    with pytest.raises(SandboxError), skip_unless_runnable(name):
        raise SandboxError("a path that has moved")


def test_a_fault_that_is_not_the_executors_is_not_hidden() -> None:
    with pytest.raises(FileNotFoundError), skip_unless_runnable("bubblewrap"):
        raise FileNotFoundError("/house/grader/inside/main.py")


def test_every_executor_has_its_own_question_to_the_machine() -> None:
    """Were one missing, its tests could be skipped for a fault of ours."""
    asked = {"bubblewrap", "forkserver", "setuid", "plain_process"}
    assert {known.name for known in executors()} == asked


def test_a_sandbox_with_a_path_that_is_not_there_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    if not bubblewrap_works():
        pytest.skip("bubblewrap is missing, or this machine forbids it")
    assert isolation() == "full"
    monkeypatch.setattr(bubblewrap_process, "interpreter", lambda: Path("/house/moved/python"))
    with pytest.raises(SandboxError, match="moved"), skip_unless_runnable("bubblewrap"):
        start("full", Path("/nonexistent"))
