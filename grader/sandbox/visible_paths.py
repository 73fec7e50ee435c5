"""Which folders of this machine a sandbox shows: the interpreter and installed packages, nothing else.

Owns the masks over what lies inside those folders and is ours: an installed copy of the house, with the
homework's reference in it, and the assignment.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.sandbox import gpu
from grader.sandbox.staging import library_paths

_SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64")
_SHARED_PREFIXES = (Path("/"), Path("/usr"), Path("/usr/local"))
_CUDA = ("/usr/local/cuda", "/etc/nvidia", "/sys/devices", "/sys/bus/pci", "/sys/module/nvidia")


@dataclass(frozen=True)
class VisiblePaths:
    """Folders and files to show read-only under their own names, links to make, folders to empty."""

    shown: tuple[Path, ...]
    links: tuple[tuple[str, Path], ...]
    masked: tuple[Path, ...]
    devices: tuple[Path, ...]


def visible_paths(probes_dir: Path, cuda: bool) -> VisiblePaths:
    """What this interpreter needs to import what is installed for it."""
    system = [Path(path) for path in _SYSTEM]
    links = tuple((os.readlink(path), path) for path in system if path.is_symlink())
    wanted = [path for path in system if path.is_dir() and not path.is_symlink()]
    wanted += [Path("/etc/ld.so.cache"), *_interpreter(), *library_paths()]
    if cuda:
        wanted += [*map(Path, _CUDA), *gpu.driver_files()]
    shown = _outermost(path for path in wanted if path.exists())
    assignment = probes_dir.resolve().parent.parent
    ours = [Path(grader.__file__).resolve().parent, Path(grader.__file__).resolve().parent.parent / "reports"]
    masked = tuple(
        path for path in [*ours, assignment] if path.is_dir() and any(path.is_relative_to(root) for root in shown)
    )
    devices = gpu.devices() if cuda else ()
    return VisiblePaths(shown, links, masked, devices)


def interpreter() -> Path:
    """The interpreter itself, behind every link of a virtual environment."""
    return Path(sys.executable).resolve()


def _interpreter() -> list[Path]:
    prefix = Path(sys.base_prefix).resolve()
    if prefix not in _SHARED_PREFIXES:
        return [prefix, interpreter()]
    folders = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    return [*folders, prefix / "lib", interpreter()]


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(outer) for outer in kept):
            kept.append(path)
    return tuple(kept)
