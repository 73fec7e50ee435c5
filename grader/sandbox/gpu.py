"""A GPU where student code runs: whether there is one, its driver and devices, and the room that it takes to start.

CUDA is used by the process of one batch alone. No process that is forked afterwards ever starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from grader.sandbox.base import Limits, ProbeBatch
from grader.sandbox.registry import Device

CONTROL = Path("/dev/nvidiactl")
"""There wherever a driver is loaded."""
ELSEWHERE = ("/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/opt/nvidia/lib64", "/run/opengl-driver/lib")
"""Where drivers are put that the loader does not know: containers, nodes of a cluster, NixOS."""
_DRIVER = "libcuda.so.1"
_COUNTED_FROM_AFAR = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
"""Has torch count GPUs without starting one: a warm process that had started one could not be forked."""
_VISIBLE, _SEARCHED = "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"
_ASK_LOADER = f"""
import ctypes
ctypes.CDLL({_DRIVER!r})
print(next(line.split()[-1] for line in open("/proc/self/maps") if "/libcuda.so" in line))
"""
START_CPU_SECONDS = 10.0
"""What CUDA and its libraries of linear algebra take of the CPU before the first product, on a slow machine."""
START_MEMORY_MIB = 4096
"""What they take of the host's memory: the code of all kernels where it is not loaded one by one."""
START_OPEN_FILES = 448
"""The driver opens its devices dozens of times."""
START_PROCESSES = 32
"""The driver's threads count as processes."""


def is_here() -> bool:
    """Whether this machine has a GPU of the kind that CUDA drives."""
    return CONTROL.exists()


def may_be_used(device: Device) -> bool:
    """Whether student code may use a GPU: it was asked for, or there is one and `auto` was."""
    return device == "cuda" or (device == "auto" and is_here())


def environment(device: Device, searched: str = "") -> dict[str, str]:
    """What CUDA reads of a process's environment. Without a device to use, torch sees none.

    Args:
        device: what student code may compute on.
        searched: `LD_LIBRARY_PATH` as that process has it; the driver's folders come first.
    """
    if not may_be_used(device):
        return {**_COUNTED_FROM_AFAR, _VISIBLE: ""}
    folders = [*map(str, driver_folders()), *filter(None, [searched])]
    found = {_SEARCHED: os.pathsep.join(folders)} if folders else {}
    return {**_COUNTED_FROM_AFAR, _VISIBLE: os.environ.get(_VISIBLE, "0"), **found}


def devices() -> tuple[Path, ...]:
    """The driver's devices, and folders of them."""
    return tuple(sorted(Path("/dev").glob("nvidia*")))


def driver_folders() -> tuple[Path, ...]:
    """Folders with the driver's library, first first: those searched here, and those where it lies elsewhere."""
    named = filter(None, os.environ.get(_SEARCHED, "").split(os.pathsep))
    folders = [Path(folder) for folder in (*named, *ELSEWHERE)]
    return tuple(dict.fromkeys(folder for folder in folders if (folder / _DRIVER).is_file()))


def driver_files() -> tuple[Path, ...]:
    """Every folder that must be seen to load the driver: those, where their links lead, where the loader looks."""
    behind_links = [(folder / _DRIVER).resolve().parent for folder in driver_folders()]
    return tuple(dict.fromkeys([*driver_folders(), *behind_links, *_where_the_loader_looks()]))


def with_room(limits: Limits, device: Device) -> Limits:
    """The limits of a batch that may also start a GPU: what that takes of the host comes on top."""
    if not may_be_used(device):
        return limits
    return replace(
        limits,
        cpu_seconds=limits.cpu_seconds + START_CPU_SECONDS,
        wall_seconds=limits.wall_seconds + 3 * START_CPU_SECONDS,
        memory_mib=limits.memory_mib + START_MEMORY_MIB,
        processes=limits.processes + START_PROCESSES,
        open_files=limits.open_files + START_OPEN_FILES,
    )


def with_room_each(batches: Sequence[ProbeBatch], device: Device) -> Sequence[ProbeBatch]:
    """Batches with room to start a GPU, which may happen in any of their probes."""
    if not may_be_used(device):
        return batches
    return [
        replace(
            batch,
            limits=with_room(batch.limits, device),
            probes=tuple(
                probe
                if probe.cpu_seconds is None
                else replace(probe, cpu_seconds=probe.cpu_seconds + START_CPU_SECONDS)
                for probe in batch.probes
            ),
        )
        for batch in batches
    ]


@cache
def _where_the_loader_looks() -> tuple[Path, ...]:
    """The folder that the driver's library is loaded from, asked in a process of its own; none if it cannot be."""
    command = [sys.executable, "-I", "-S", "-c", _ASK_LOADER]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — our own line
    return (Path(answer.stdout.strip()).parent,) if answer.returncode == 0 else ()
