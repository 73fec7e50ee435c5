"""A freshly started interpreter, made ready for student code.

Owns what must happen before the first operation of torch, and the limits that a process sets on itself.
Works on every system; the limits are those that the system has.
"""

from __future__ import annotations

import importlib
import io
import os
import site
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy
import torch

_DEVICES = "CUDA_VISIBLE_DEVICES"
COMMON = (
    *("collections", "copy", "csv", "dataclasses", "functools", "inspect", "itertools", "json", "math", "random"),
    *("statistics", "typing", "numpy.linalg", "numpy.random", "sympy", "torch.nn", "torch.optim", "torch.utils.data"),
)
"""What homework imports, imported before, so that a fork finds it."""

_SEEDED_LATER = ("cuda", "xpu", "mtia")


def preload() -> None:
    """One thread, before the first operation: a fork after a two-threaded product hangs, and sums differ.

    Raises:
        RuntimeError: there is more than one thread all the same.
    """
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    seed_present_devices()
    for name in COMMON:
        importlib.import_module(name)
    first_operations()
    # a module is imported anew for every batch, but its text is compiled once
    SourceFileLoader.source_to_code = lru_cache(maxsize=64)(SourceFileLoader.source_to_code)  # type: ignore[method-assign, assignment]
    require_one_thread("torch cannot be held to one thread")
    site.setquit()


def seed_present_devices() -> None:
    """Let `torch.manual_seed` leave out kinds of devices that this torch is not built for.

    For each of them it notes the call for later, with the formatted stack: a third of a millisecond for all, whenever a
    training starts.
    """
    built_for = torch.accelerator.current_accelerator()
    for kind in _SEEDED_LATER:
        if built_for is None or built_for.type != kind:
            torch.get_device_module(kind).manual_seed_all = _ignore


def _ignore(seed: int) -> None:
    """What torch says of its own: silently ignored where there is no such device."""


def require_one_thread(otherwise: str) -> None:
    """Make sure that this process may be forked: a GPU that was started, or a second thread, would not go along.

    Raises:
        RuntimeError: `otherwise`.
    """
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.is_dir() else 1
    on_gpu = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    if torch.get_num_threads() != 1 or threads != 1 or on_gpu:
        raise RuntimeError(otherwise)


def first_operations() -> None:
    """Whatever is set up on first use: an optimiser's first step imports 800 modules, and changes its class."""
    torch.default_generator.manual_seed(0)
    numpy.random.seed(0)
    square = torch.ones(2, 2, dtype=torch.float64)
    torch.nn.functional.softmax(square @ square, dim=-1)
    parameter = torch.nn.Parameter(square)
    parameter.grad = square
    with no_gpu_in_sight():
        for optimizer in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
            optimizer([parameter], lr=0.1).step()


@contextmanager
def no_gpu_in_sight() -> Iterator[None]:
    """Optimisers ask a GPU that is there how it is, and that starts its threads: a fork could not use it any more."""
    before = os.environ.get(_DEVICES)
    os.environ[_DEVICES] = ""
    try:
        yield
    finally:
        if before is None:
            del os.environ[_DEVICES]
        else:
            os.environ[_DEVICES] = before


def enter(submission: Path, scratch: Path, probes: Path) -> None:
    """Make this process look like a plain `python` started in `scratch`, with the submission importable."""
    sys.path.insert(0, str(submission))
    sys.path.append(str(probes))
    sys.argv = [""]
    sys.dont_write_bytecode = True
    os.chdir(scratch)
    sys.stdin = open(os.devnull)  # noqa: SIM115 — lives as long as the process
    sys.stdout = _stream(1)
    sys.stderr = _stream(2)


def _stream(descriptor: int) -> io.TextIOWrapper:
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


def set_limits(limits: Mapping[str, int]) -> None:
    """Set this process's own limits, hard, as far as this system has them.

    Args:
        limits: `cpu_seconds`, `address_bytes` (beyond what the libraries have mapped by now), `processes`,
            `open_files`, `file_bytes`; 0 is no limit.
    """
    try:
        import resource
    except ImportError:  # Windows has none
        return
    wanted = {
        "RLIMIT_CPU": limits["cpu_seconds"],
        "RLIMIT_AS": limits["address_bytes"] and limits["address_bytes"] + _address_bytes(),
        "RLIMIT_NPROC": limits["processes"],
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_FSIZE": limits["file_bytes"],
    }
    for name, most in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None or not most:
            continue
        hard = resource.getrlimit(kind)[1]
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)  # nobody may go above the hard limit
        try:
            resource.setrlimit(kind, (ceiling, ceiling))
        except (OSError, ValueError):  # macOS refuses a limit on address space
            continue
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash would write its memory to the disk, or to a program


def _address_bytes() -> int:
    """This process's address space, 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
