"""What is laid ready: limits and an environment that fit the device, and last words that are kept."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from grader.runner import preload
from grader.sandbox import gpu
from grader.sandbox.base import Limits
from grader.sandbox.registry import Device
from grader.sandbox.staging import last_words, own_limits

MIB = 1 << 20


@pytest.mark.parametrize(
    ("device", "present", "address_bytes"),
    [
        ("cpu", False, 512 * MIB),
        ("cpu", True, 512 * MIB),
        ("auto", False, 512 * MIB),
        ("auto", True, 0),
        ("cuda", True, 0),
    ],
)
def test_address_space_is_limited_unless_a_gpu_may_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: Device, present: bool, address_bytes: int
) -> None:
    control = tmp_path / "nvidiactl"
    if present:
        control.touch()
    monkeypatch.setattr(gpu, "CONTROL", control)
    assert own_limits(Limits(memory_mib=512), device)["address_bytes"] == address_bytes


@pytest.mark.parametrize("before", [None, "", "0,1"])
def test_no_gpu_is_in_sight_while_a_warm_process_does_what_comes_first(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    """An optimiser's first step would start the GPU's threads, and nothing could be forked after it."""
    name = "CUDA_VISIBLE_DEVICES"
    monkeypatch.delenv(name, raising=False)
    if before is not None:
        monkeypatch.setenv(name, before)
    with preload.no_gpu_in_sight():
        assert os.environ[name] == ""
    assert os.environ.get(name) == before


@pytest.mark.parametrize(
    ("written", "said"), [(b"", ""), (b"\n \n", ""), (b"\nKilled\n", "Killed"), (b"caf\xe9\n", "caf�")]
)
def test_last_words_are_what_was_written(written: bytes, said: str) -> None:
    assert last_words(io.BytesIO(written)) == said
