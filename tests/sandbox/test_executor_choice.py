"""Which executor is chosen, and what is said where one cannot run."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox import gpu, guaranteed, start, survey
from grader.sandbox.doctor import examine
from grader.sandbox.registry import executor, executors


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    guaranteed.cache_clear()


@pytest.mark.usefixtures("no_bubblewrap")
def test_full_isolation_is_never_replaced_by_less(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"bubblewrap.*not installed|needs Linux"):
        start("full", tmp_path)
    assert guaranteed("full", tmp_path) is None


@pytest.mark.usefixtures("no_bubblewrap")
def test_the_survey_says_what_to_install(tmp_path: Path) -> None:
    found = {surveyed.name: surveyed for surveyed in survey(tmp_path)}
    assert found["bubblewrap"].guarantees is None
    assert "install bubblewrap" in found["bubblewrap"].advice
    process = found["plain_process"].guarantees
    assert process is not None
    assert not process.full
    assert next(iter(found)) == "bubblewrap", "strongest first"


@pytest.mark.slow
def test_doctor_says_what_each_executor_promises_drops_and_limits(tmp_path: Path) -> None:
    says = {
        finding.what: finding.says for finding in examine(tmp_path) if finding.isolates and finding.state != "missing"
    }
    assert "guarantees nothing; not: hides files, blocks network" in says["plain_process"]
    if "bubblewrap" in says:
        assert "not:" not in says["bubblewrap"]
        assert "memory: address space of each process, all that is in use" in says["bubblewrap"]


@pytest.mark.usefixtures("no_bubblewrap")
def test_every_executor_is_tried_with_a_gpu_too_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    control = tmp_path / "nvidiactl"
    control.touch()
    monkeypatch.setattr(gpu, "CONTROL", control)
    found = {surveyed.name: surveyed.guarantees for surveyed in survey(tmp_path)}
    plain, with_gpu = found["plain_process"], found["plain_process with --device cuda"]
    assert plain is not None
    assert with_gpu is not None
    assert "the GPU's own memory is not limited" in with_gpu.memory
    assert "address space of each process" not in with_gpu.memory
    assert "the GPU's own memory is not limited" not in plain.memory


def test_a_device_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    if Path("/dev/nvidiactl").exists():
        pytest.skip("this machine has one")
    with pytest.raises(SandboxError, match=r"CUDA|not installed|Linux"):
        start("full", tmp_path, "cuda")


def test_two_executors_of_one_name_refuse_to_start() -> None:
    taken = executors()[0]
    with pytest.raises(RuntimeError, match=taken.name):
        executor(taken.name, taken.isolation)(taken.start)
