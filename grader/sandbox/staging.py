"""The files that an executor copies for the sandbox: our own modules and the probes; and the limits there.

Owns the one list of files of the house that student code may read. Nothing else of the house is reachable
from a staged copy: not the problems, the reference, the checks or the judge.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import grader
from grader.runner.write_files import lay_out
from grader.sandbox import gpu
from grader.sandbox.base import SHARED_CPU_SECONDS, Limits
from grader.sandbox.limited_request import TICK_SECONDS
from grader.sandbox.registry import Device

_KEPT = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Has numpy and torch compute in one thread: they read it when they are imported."""
HOUSE = ("__init__.py", "runner")
START_SECONDS = 300
"""An import of torch takes seconds, on a cold disk of a busy machine a minute and more."""
_SOURCES = shutil.ignore_patterns("__pycache__", "*.pyc")


def library_paths() -> list[Path]:
    """Folders of installed packages, first first, as this interpreter finds them."""
    known = {Path(folder) for folder in [*site.getsitepackages(), site.getusersitepackages()]}
    return [path for path in map(Path, dict.fromkeys(sys.path)) if path in known and path.is_dir()]


class Staging:
    """A temporary folder with `house/` (importable) and `probes/`, readable by any user, gone on `close`."""

    def __init__(self, probes_dir: Path) -> None:
        """Copy what goes inside. A missing `probes_dir` counts as an empty one."""
        self.root = Path(tempfile.mkdtemp(prefix="hw11-"))
        self.house = self.root / "house"
        self.probes = self.root / "probes"
        self._copy_house(Path(grader.__file__).parent)
        self.probes.mkdir()
        for source in sorted(probes_dir.glob("*.py")):
            shutil.copyfile(source, self.probes / source.name)
        for path in [self.root, *self.root.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)

    def command(self, entry: str, order: Mapping[str, Any]) -> list[str]:
        """The command that starts a module of `grader.runner.entry` in an interpreter of its own, over the copies.

        Args:
            entry: the module's name.
            order: what it must know beside where everything lies.
        """
        main = self.house / "grader" / "runner" / "entry" / "main.py"
        places = {"path": [str(self.house), *map(str, library_paths())], "probes": str(self.probes)}
        return [sys.executable, "-I", "-S", "-B", str(main), entry, json.dumps({**places, **order})]

    def _copy_house(self, source: Path) -> None:
        package = self.house / "grader"
        package.mkdir(parents=True)
        for name in HOUSE:
            if (source / name).is_dir():
                shutil.copytree(source / name, package / name, ignore=_SOURCES)
            else:
                shutil.copyfile(source / name, package / name)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.root, ignore_errors=True)


def environment(device: Device) -> dict[str, str]:
    """What student code finds in `os.environ`: nothing beyond what a process needs to start."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    cuda = gpu.environment(device, kept.get("LD_LIBRARY_PATH", ""))
    return {**kept, **ONE_THREAD, "VECLIB_MAXIMUM_THREADS": "1", **cuda, "PYTHONHASHSEED": "0"}


def last_words(errors: IO[bytes]) -> str:
    """What a process that ended wrote to its standard error, for staff; empty if it said nothing."""
    errors.seek(0)
    return "\n".join(errors.read(1 << 16).decode(errors="replace").strip().splitlines())


def folders(folder: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """The submission's files, once to import from and once in the scratch folder to work on."""
    places = {name: folder / name for name in ("submission", "scratch")}
    for place in places.values():
        place.mkdir()
        lay_out(place, files)
    return {name: str(place.resolve()) for name, place in places.items()}


def memory_limits(device: Device, hides_memory: bool, grouped: bool = False) -> tuple[str, ...]:
    """What holds the memory of a batch here, as `Guarantees.memory` lists it.

    Args:
        device: what student code may compute on.
        hides_memory: whether it can have memory that no process maps.
        grouped: whether a control group holds all of it.
    """
    on_gpu, linux = gpu.may_be_used(device), sys.platform == "linux"
    clauses = {
        "address space of each process": linux and not on_gpu,
        f"all that is in use, looked at {1 / TICK_SECONDS:.0f} times a second": linux,
        "memory that no process maps is refused": linux and not hides_memory,
        "a control group of the kernel holds all of it": grouped,
        "the GPU's own memory is not limited": on_gpu,
    }
    return tuple(clause for clause, holds in clauses.items() if holds)


def own_limits(limits: Limits, device: Device) -> dict[str, int]:
    """Limits that a process sets on itself; the CPU limit is a backstop behind the parent's, for all its batches.

    CUDA reserves address space by the hundred gigabytes: where it may be used, address space is not limited.
    """
    return {
        "cpu_seconds": math.ceil(limits.cpu_seconds + SHARED_CPU_SECONDS) + 5,
        "address_bytes": 0 if gpu.may_be_used(device) else limits.memory_mib << 20,
        "processes": 0,
        "open_files": limits.open_files,
        "file_bytes": limits.file_bytes,
    }
